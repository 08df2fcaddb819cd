"""The words in which twelve registers print status, type, phase, ages, sex and design on the WHO portal, and what each says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

D = dict[str, Any]


@dataclass(frozen=True)
class Register:
    """How one register's records look on the portal: shape of the number ('#' a digit), words, dates (registration, start), lists."""

    name: str
    shape: str
    kind: str
    statuses: Sequence[tuple[str, str]]
    types: Sequence[tuple[str, str]]
    phases: Sequence[tuple[str, list[str]]]
    ages: Sequence[tuple[str, int | None, str | None]]
    sexes: Sequence[tuple[str, str]]
    designs: Sequence[tuple[str, D]]
    dates: tuple[str, str] = ("dmy/", "dmy/")
    arms: bool = False  # 'Control:80;Test:80;'
    listing: str = "lines"  # how criteria are printed


NO_YES = (
    "Controlled: {c} Randomised: {r} Open: {o} Single blind: no Double blind: {d} Parallel group: {p} Cross over: {x} Other: no "
    "If controlled, specify comparator, Other Medicinial Product: no Placebo: yes Other: no Number of treatment arms in the trial: 2"
)
YEARS = "YEARS"
REGISTERS = (
    Register(
        "ClinicalTrials.gov",
        "NCT0#######",
        "NCT",
        (
            ("Completed", "COMPLETED"),
            ("Recruiting", "RECRUITING"),
            ("Active, not recruiting", "ACTIVE_NOT_RECRUITING"),
            ("Not recruiting", "NOT_RECRUITING"),
            ("Unknown status", "UNKNOWN"),
            ("Terminated", "TERMINATED"),
            ("Not yet recruiting", "NOT_YET_RECRUITING"),
            ("Enrolling by invitation", "ENROLLING_BY_INVITATION"),
            ("Withdrawn", "WITHDRAWN"),
            ("Suspended", "SUSPENDED"),
        ),
        (
            ("Interventional", "INTERVENTIONAL"),
            ("Observational", "OBSERVATIONAL"),
            ("Expanded Access", "EXPANDED_ACCESS"),
            ("Observational [Patient Registry]", "OBSERVATIONAL"),
        ),
        (
            ("Phase 1/Phase 2", ["PHASE1", "PHASE2"]),
            ("N/A", ["NA"]),
            ("Phase 4", ["PHASE4"]),
            ("Early Phase 1", ["EARLY_PHASE1"]),
            ("", []),
        ),
        (("18 Years", 18, YEARS), ("N/A", None, None), ("6 Months", 6, "MONTHS"), ("28 Days", 28, "DAYS"), ("1 Year", 1, YEARS)),
        (("All", "ALL"), ("Female", "FEMALE"), ("Male", "MALE")),
        (
            (
                "Allocation: Randomized. Intervention model: Parallel Assignment. Primary purpose: Treatment. "
                "Masking: None (Open Label).  ",
                {"allocation": "RANDOMIZED", "intervention_model": "PARALLEL", "primary_purpose": "TREATMENT", "masking": "NONE"},
            ),
            (
                "Allocation: N/A. Intervention model: Single Group Assignment. Primary purpose: Health Services "
                "Research. Masking: Quadruple "
                "(Participant, Care Provider, Investigator, Outcomes Assessor). ",
                {
                    "allocation": "NA",
                    "intervention_model": "SINGLE_GROUP",
                    "primary_purpose": "HEALTH_SERVICES_RESEARCH",
                    "masking": "QUADRUPLE",
                    "who_masked": ["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"],
                },
            ),
            (
                "Allocation: Randomized, Endpoint Classification: Safety/Efficacy Study, Intervention Model: "
                "Crossover Assignment, Masking: Double Blind "
                "(Subject, Investigator), Primary Purpose: Basic Science",
                {
                    "allocation": "RANDOMIZED",
                    "intervention_model": "CROSSOVER",
                    "primary_purpose": "BASIC_SCIENCE",
                    "masking": "DOUBLE",
                    "who_masked": ["PARTICIPANT", "INVESTIGATOR"],
                },
            ),
            ("Observational Model: Case Control, Time Perspective: Retrospective", {"intervention_model": "CASE_CONTROL"}),
            ("Time Perspective: Prospective", {}),
        ),
        ("dmy/", "mdy"),
        listing="spaced",
    ),
    Register(
        "ChiCTR",
        "ChiCTR2#########",
        "CHICTR",
        (("Pending", "NOT_YET_RECRUITING"), ("Recruiting", "RECRUITING"), ("Not Recruiting", "NOT_RECRUITING"), ("Completed", "COMPLETED")),
        (("Interventional study", "INTERVENTIONAL"), ("Observational study", "OBSERVATIONAL"), ("Diagnostic test", "DIAGNOSTIC")),
        (("0", ["NA"]), ("N/A", ["NA"]), ("4", ["PHASE4"]), ("1-2", ["PHASE1", "PHASE2"]), ("2", ["PHASE2"]), ("Retrospective study", [])),
        (("18", 18, YEARS), ("0", 0, YEARS), ("75", 75, YEARS), ("", None, None)),
        (("Both", "ALL"), ("Male", "MALE"), ("Female", "FEMALE")),
        (
            ("Parallel", {"intervention_model": "PARALLEL"}),
            ("Single arm", {"intervention_model": "SINGLE_GROUP"}),
            ("Non randomized control", {"allocation": "NON_RANDOMIZED"}),
            ("Factorial", {"intervention_model": "FACTORIAL"}),
            ("Cohort study", {"intervention_model": "COHORT"}),
            ("Case-Control study", {"intervention_model": "CASE_CONTROL"}),
            ("Cross-over", {"intervention_model": "CROSSOVER"}),
            ("Cross-sectional", {}),
            ("Dose comparison", {}),
        ),
        ("iso", "iso"),
        arms=True,
        listing="same_line",
    ),
    Register(
        "EUCTR",
        "EUCTR20##-0#####-##-NL",
        "EUDRACT",
        (("Authorised-recruitment may be ongoing or finished", "AUTHORISED"), ("Not Recruiting", "NOT_RECRUITING")),
        (("Interventional clinical trial of medicinal product", "INTERVENTIONAL"),),
        (
            (
                "Human pharmacology (Phase I): no\nTherapeutic exploratory (Phase II): yes\nTherapeutic confirmatory - (Phase III): no\n"
                "Therapeutic use (Phase IV): no\n",
                ["PHASE2"],
            ),
            (
                "Human pharmacology (Phase I): yes Therapeutic exploratory (Phase II): yes Therapeutic confirmatory - (Phase III): no "
                "Therapeutic use (Phase IV): no",
                ["PHASE1", "PHASE2"],
            ),
        ),
        (("", None, None),),
        (("\nFemale: yes\nMale: yes", "ALL"), ("\nFemale: no\nMale: yes", "MALE"), ("Female: yes Male: no", "FEMALE")),
        (
            (
                NO_YES.format(c="yes", r="yes", o="no", d="yes", p="yes", x="no"),
                {"allocation": "RANDOMIZED", "intervention_model": "PARALLEL", "masking": "DOUBLE"},
            ),
            (NO_YES.format(c="no", r="no", o="yes", d="no", p="no", x="no"), {"masking": "NONE"}),
            (
                NO_YES.format(c="yes", r="yes", o="no", d="no", p="no", x="yes"),
                {"allocation": "RANDOMIZED", "intervention_model": "CROSSOVER"},
            ),
            (
                "Controlled: no\nRandomised: no\nOpen: no\nSingle blind: no\nDouble blind: no\nParallel group: "
                "no\nCross over: no\nOther: no",
                {},
            ),
        ),
        listing="question",
    ),
    Register(
        "Clinical Trials Information System",
        "CTIS20##-5#####-##-00",
        "EUCT",
        (("Recruiting", "RECRUITING"), ("Authorised", "AUTHORISED"), ("Not Recruiting", "NOT_RECRUITING")),
        (("Interventional clinical trial of medicinal product", "INTERVENTIONAL"),),
        (
            (
                "Human pharmacology (Phase I): No Therapeutic exploratory (Phase II): No Therapeutic confirmatory - "
                "(Phase III): Yes Therapeutic use - "
                "(Phase IV): No",
                ["PHASE3"],
            ),
        ),
        (("18", 18, YEARS), ("64", 64, YEARS)),
        (("Female: yes Male: yes", "ALL"),),
        (
            (
                NO_YES.format(c="yes", r="yes", o="no", d="yes", p="yes", x="no"),
                {"allocation": "RANDOMIZED", "intervention_model": "PARALLEL", "masking": "DOUBLE"},
            ),
        ),
        listing="lines",
    ),
    Register(
        "JPRN",
        "JPRN-UMIN000######",
        "UMIN",
        (
            ("Complete: follow-up complete", "COMPLETED"),
            ("Not Recruiting", "NOT_RECRUITING"),
            ("Recruiting", "RECRUITING"),
            ("Pending", "NOT_YET_RECRUITING"),
            ("Open public recruiting", "RECRUITING"),
            ("Enrolling by invitation", "ENROLLING_BY_INVITATION"),
        ),
        (("Interventional", "INTERVENTIONAL"), ("Observational", "OBSERVATIONAL")),
        (("Not selected", []), ("Not applicable", ["NA"]), ("Phase II", ["PHASE2"]), ("Phase II,III", ["PHASE2", "PHASE3"])),
        (("20years-old", 20, YEARS), ("Not applicable", None, None), ("75years-old", 75, YEARS)),
        (("Male and Female", "ALL"), ("Female", "FEMALE")),
        (
            ("Parallel Randomized", {"intervention_model": "PARALLEL", "allocation": "RANDOMIZED"}),
            ("Single arm Non-randomized", {"intervention_model": "SINGLE_GROUP", "allocation": "NON_RANDOMIZED"}),
            ("Cross-over Randomized", {"intervention_model": "CROSSOVER", "allocation": "RANDOMIZED"}),
        ),
        ("dmy/", "ymd/"),
        listing="run_together",
    ),
    Register(
        "JPRN",
        "JPRN-jRCTs0########",
        "JRCT",
        (("Not Recruiting", "NOT_RECRUITING"), ("Recruiting", "RECRUITING"), ("Complete", "COMPLETED"), ("Pending", "NOT_YET_RECRUITING")),
        (("Interventional", "INTERVENTIONAL"),),
        (("N/A", ["NA"]), ("2", ["PHASE2"]), ("1-2", ["PHASE1", "PHASE2"])),
        ((">= 20age old", 20, YEARS), ("Not applicable", None, None), ("< 75age old", 75, YEARS), ("No limit", None, None)),
        (("Both", "ALL"),),
        (
            (
                "randomized controlled trial, open(masking not used), active control, parallel assignment, treatment purpose",
                {"allocation": "RANDOMIZED", "masking": "NONE", "intervention_model": "PARALLEL", "primary_purpose": "TREATMENT"},
            ),
            (
                "single arm study, open(masking not used), no treatment control/standard of care control, single "
                "assignment, prevention purpose",
                {"masking": "NONE", "intervention_model": "SINGLE_GROUP", "primary_purpose": "PREVENTION"},
            ),
            (
                "randomized controlled trial, double blind, placebo control, crossover assignment, treatment purpose",
                {"allocation": "RANDOMIZED", "masking": "DOUBLE", "intervention_model": "CROSSOVER", "primary_purpose": "TREATMENT"},
            ),
        ),
        ("dmy/", "dmy/"),
        listing="run_together",
    ),
    Register(
        "ISRCTN",
        "ISRCTN########",
        "ISRCTN",
        (("Completed", "COMPLETED"), ("Recruiting", "RECRUITING"), ("Not Recruiting", "NOT_RECRUITING"), ("Stopped", "TERMINATED")),
        (("Interventional", "INTERVENTIONAL"), ("Observational", "OBSERVATIONAL")),
        (("Not Specified", []), ("Phase II", ["PHASE2"]), ("Not Applicable", ["NA"]), ("Phase III/IV", ["PHASE3", "PHASE4"])),
        (("", None, None), ("18 Years", 18, YEARS)),
        (("Both", "ALL"), ("All", "ALL"), ("Female", "FEMALE")),
        (
            (
                "Multi-centre randomised double-blind placebo-controlled parallel-group trial (Treatment)",
                {"allocation": "RANDOMIZED", "masking": "DOUBLE", "intervention_model": "PARALLEL", "primary_purpose": "TREATMENT"},
            ),
            ("Randomised controlled trial (Prevention)", {"allocation": "RANDOMIZED", "primary_purpose": "PREVENTION"}),
            (
                "Single-centre observational case-control study (Diagnostic)",
                {"intervention_model": "CASE_CONTROL", "primary_purpose": "DIAGNOSTIC"},
            ),
            ("Quasi-randomised study (Quality of life)", {}),
        ),
        listing="same_line",
    ),
    Register(
        "ANZCTR",
        "ACTRN126###########",
        "ACTRN",
        (
            ("Completed", "COMPLETED"),
            ("Not yet recruiting", "NOT_YET_RECRUITING"),
            ("Stopped early", "TERMINATED"),
            ("Recruiting", "RECRUITING"),
            ("Closed: follow-up continuing", "ACTIVE_NOT_RECRUITING"),
            ("Withdrawn", "WITHDRAWN"),
        ),
        (("Interventional", "INTERVENTIONAL"), ("Observational", "OBSERVATIONAL")),
        (("Not Applicable", ["NA"]), ("Phase 2", ["PHASE2"]), ("Phase 2 / Phase 3", ["PHASE2", "PHASE3"])),
        (("18 Years", 18, YEARS), ("No limit", None, None), ("6 Weeks", 6, "WEEKS")),
        (("Both males and females", "ALL"), ("Females", "FEMALE"), ("Males", "MALE")),
        (
            (
                "Purpose: Treatment; Allocation: Randomised controlled trial; Masking: Blinded (masking "
                "used);Assignment: Parallel;Type of endpoint: Efficacy;",
                {"primary_purpose": "TREATMENT", "allocation": "RANDOMIZED", "intervention_model": "PARALLEL"},
            ),
            (
                "Purpose: Prevention; Allocation: Non-randomised trial; Masking: Open (masking not used);Assignment: "
                "Single group;Type of endpoint: Safety;",
                {"primary_purpose": "PREVENTION", "allocation": "NON_RANDOMIZED", "masking": "NONE", "intervention_model": "SINGLE_GROUP"},
            ),
        ),
        listing="lines",
    ),
    Register(
        "IRCT",
        "IRCT20##########N#",
        "IRCT",
        (("Complete", "COMPLETED"), ("Recruiting", "RECRUITING"), ("Pending", "NOT_YET_RECRUITING")),
        (("interventional", "INTERVENTIONAL"),),
        (("N/A", ["NA"]), ("2", ["PHASE2"]), ("2-3", ["PHASE2", "PHASE3"])),
        (("18 years", 18, YEARS), ("no limit", None, None), ("2 months", 2, "MONTHS")),
        (("Both", "ALL"), ("Female", "FEMALE")),
        (
            (
                "Randomization: Randomized, Blinding: Double blinded, Placebo: Used, Assignment: Parallel, Purpose: "
                "Treatment, Other design features: told elsewhere.",
                {"allocation": "RANDOMIZED", "masking": "DOUBLE", "intervention_model": "PARALLEL", "primary_purpose": "TREATMENT"},
            ),
            (
                "Randomization: Not randomized, Blinding: Not blinded, Placebo: Not used, Assignment: Single, Purpose: Prevention.",
                {"allocation": "NON_RANDOMIZED", "masking": "NONE", "intervention_model": "SINGLE_GROUP", "primary_purpose": "PREVENTION"},
            ),
            (
                "Randomization: N/A, Blinding: Single blinded, Placebo: Not used, Assignment: Crossover, Purpose: Supportive.",
                {"allocation": "NA", "masking": "SINGLE", "intervention_model": "CROSSOVER", "primary_purpose": "SUPPORTIVE_CARE"},
            ),
        ),
        ("iso", "iso"),
        listing="same_line",
    ),
    Register(
        "CTRI",
        "CTRI/20##/05/00####",
        "CTRI",
        (
            ("Not Yet Recruiting", "NOT_YET_RECRUITING"),
            ("Open to Recruitment", "RECRUITING"),
            ("Completed", "COMPLETED"),
            ("Not Recruiting", "NOT_RECRUITING"),
            ("Closed to Recruitment of Participants", ""),
        ),
        (("Interventional", "INTERVENTIONAL"), ("Observational", "OBSERVATIONAL"), ("PMS", "")),
        (("Phase 3", ["PHASE3"]), ("Phase 2/ Phase 3", ["PHASE2", "PHASE3"]), ("N/A", ["NA"]), ("Post Marketing Surveillance", [])),
        (("18.00 Year(s)", 18, YEARS), ("65.00 Year(s)", 65, YEARS), ("6.00 Month(s)", 6, "MONTHS"), ("", None, None)),
        (("Both", "ALL"), ("", "")),
        (
            (
                "Randomized, Parallel Group, Placebo Controlled Trial\nMethod of generating randomization "
                "sequence:Computer generated randomization     "
                "Method of allocation concealment:Sequentially numbered, sealed, opaque envelopes     Blinding and "
                "masking:Participant and Investigator Blinded",
                {
                    "allocation": "RANDOMIZED",
                    "intervention_model": "PARALLEL",
                    "masking": "DOUBLE",
                    "who_masked": ["PARTICIPANT", "INVESTIGATOR"],
                },
            ),
            (
                "Single Arm Trial\nMethod of generating randomization sequence:Not Applicable     Method of "
                "allocation concealment:Not Applicable     "
                "Blinding and masking:Open Label",
                {"intervention_model": "SINGLE_GROUP", "masking": "NONE"},
            ),
            (
                "Other\nMethod of generating randomization sequence:Not Applicable     Method of allocation concealment:Not Applicable     "
                "Blinding and masking:Not Applicable",
                {},
            ),
        ),
        ("dmy-", "dmy-"),
        listing="lines",
    ),
    Register(
        "German Clinical Trials Register",
        "DRKS000#####",
        "DRKS",
        (("Recruiting", "RECRUITING"), ("Not Recruiting", "NOT_RECRUITING"), ("Complete", "COMPLETED")),
        (("interventional", "INTERVENTIONAL"), ("observational", "OBSERVATIONAL"), ("Non-interventional", "OBSERVATIONAL")),
        (("N/A", ["NA"]), ("II-III", ["PHASE2", "PHASE3"]), ("IV", ["PHASE4"])),
        (("18 Years", 18, YEARS), ("no maximum age", None, None), ("no minimum age", None, None)),
        (("All", "ALL"), ("Both, male and female", "ALL"), ("Female", "FEMALE")),
        (
            (
                "Allocation: Randomized controlled study. Masking: Blinded (masking used). Control: Placebo. "
                "Assignment: Parallel. Study design purpose: treatment",
                {"allocation": "RANDOMIZED", "intervention_model": "PARALLEL", "primary_purpose": "TREATMENT"},
            ),
            (
                "Allocation: Single arm study. Masking: Open (masking not used). Control: Uncontrolled/Single arm. "
                "Assignment: Single (group). Study design purpose: prevention",
                {"masking": "NONE", "intervention_model": "SINGLE_GROUP", "primary_purpose": "PREVENTION"},
            ),
        ),
        ("dmy/", "dmy/"),
        listing="lines",
    ),
    Register(
        "LBCTR",
        "LBCTR##########",
        "LBCTR",
        (("Recruiting", "RECRUITING"),),
        (("Interventional", "INTERVENTIONAL"),),
        (("2", ["PHASE2"]),),
        (("18", 18, YEARS), ("100", 100, YEARS)),
        (("Both", "ALL"),),
        (
            (
                "Allocation: N/A: Single arm study;Masking: N/A;Control: Uncontrolled;Assignment: Single;Purpose: Treatment",
                {"allocation": "NA", "intervention_model": "SINGLE_GROUP", "primary_purpose": "TREATMENT"},
            ),
            (
                "Allocation: Randomized Controlled Trial;Masking: Double blind;Control: Placebo;Assignment: Parallel;Purpose: Diagnosis",
                {"allocation": "RANDOMIZED", "masking": "DOUBLE", "intervention_model": "PARALLEL", "primary_purpose": "DIAGNOSTIC"},
            ),
        ),
        listing="same_line",
    ),
)
