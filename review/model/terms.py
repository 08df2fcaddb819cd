"""The terms of schema 0.1: closed vocabularies, named as in the ClinicalTrials.gov v2 data model where it has a name."""

from __future__ import annotations

from typing import Literal

RecordType = Literal["trial_registration", "article_report", "conference_abstract", "other"]
IdentifierType = Literal[
    "NCT", "ISRCTN", "EUDRACT", "EUCT", "CHICTR", "JPRN", "JRCT", "UMIN", "CTRI", "DRKS", "ACTRN", "IRCT", "NTR", "PACTR", "KCT",
    "SLCTR", "TCTR", "LBCTR", "REBEC", "UTN", "DOI", "PMID", "PMCID", "ORG_STUDY_ID", "OTHER",
]  # fmt: skip
ArmType = Literal["EXPERIMENTAL", "ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION", "OTHER"]
InterventionType = Literal[
    "DRUG", "BIOLOGICAL", "DEVICE", "PROCEDURE", "RADIATION", "BEHAVIORAL", "GENETIC", "DIETARY_SUPPLEMENT", "DIAGNOSTIC_TEST",
    "COMBINATION_PRODUCT", "OTHER",
]  # fmt: skip
AgeUnit = Literal["YEARS", "MONTHS", "WEEKS", "DAYS", "HOURS", "MINUTES"]
Sex = Literal["ALL", "FEMALE", "MALE"]
StudyType = Literal["INTERVENTIONAL", "OBSERVATIONAL", "EXPANDED_ACCESS", "DIAGNOSTIC", "OTHER"]
Phase = Literal["EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA"]
Allocation = Literal["RANDOMIZED", "NON_RANDOMIZED", "NA"]
InterventionModel = Literal[
    "SINGLE_GROUP", "PARALLEL", "CROSSOVER", "FACTORIAL", "SEQUENTIAL",
    "COHORT", "CASE_CONTROL", "CASE_ONLY", "CASE_CROSSOVER", "ECOLOGIC_OR_COMMUNITY", "FAMILY_BASED", "OTHER",
]  # fmt: skip
PrimaryPurpose = Literal[
    "TREATMENT", "PREVENTION", "DIAGNOSTIC", "SUPPORTIVE_CARE", "SCREENING", "HEALTH_SERVICES_RESEARCH", "BASIC_SCIENCE",
    "DEVICE_FEASIBILITY", "ECT", "OTHER",
]  # fmt: skip
Masking = Literal["NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE", "DOUBLE_LEGACY"]
Masked = Literal["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"]
Status = Literal[
    "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "COMPLETED", "SUSPENDED", "TERMINATED",
    "WITHDRAWN", "UNKNOWN", "AUTHORISED", "NOT_RECRUITING",
    "AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING", "WITHHELD",
]  # fmt: skip
AgencyClass = Literal["INDUSTRY", "NIH", "FED", "OTHER_GOV", "INDIV", "NETWORK", "AMBIG", "OTHER", "UNKNOWN"]
ContactRole = Literal["PUBLIC", "SCIENTIFIC", "CENTRAL", "FACILITY", "PRIMARY", "BACKUP", "UNSPECIFIED"]
CountType = Literal["ACTUAL", "ESTIMATED"]
Precision = Literal["day", "month", "year"]
Kind = Literal["capture", "export", "teaching_copy"]
