"""Exports of trial registers, in texts of our own with the registers' layouts: what stands in them is read, nothing else."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from review.model.record import Record
from review.records import read_bytes
from review.records.reading import Reading

ICTRP = """<?xml version='1.0' encoding='UTF-8' ?><Trials_downloaded_from_ICTRP>
  <Trial>
    <TrialID>ChiCTR2100099001</TrialID>
    <Last_Refreshed_on>5 March 2024</Last_Refreshed_on>
    <Public_title>Warm baths for cold feet &amp; hands</Public_title>
    <Scientific_title>A randomised trial of warm baths</Scientific_title>
    <Acronym>WARM</Acronym>
    <Primary_sponsor>Hospital of the North</Primary_sponsor>
    <Prospective_registration>No</Prospective_registration>
    <Date_registration3>20210402</Date_registration3>
    <Date_registration>02/04/2021</Date_registration>
    <Source_Register>ChiCTR</Source_Register>
    <web_address>http://www.example.org/proj=1</web_address>
    <Recruitment_Status>Recruiting</Recruitment_Status>
    <Inclusion_agemin>18</Inclusion_agemin>
    <Inclusion_agemax>65 Years</Inclusion_agemax>
    <Inclusion_gender>&lt;br&gt;Female: yes&lt;br&gt;Male: yes&lt;br&gt;</Inclusion_gender>
    <Date_enrollement>05/04/2021</Date_enrollement>
    <Target_size>Control:80;Test:81;</Target_size>
    <Study_type>Interventional study</Study_type>
    <Study_design>Parallel</Study_design>
    <Phase>0</Phase>
    <Countries>China;Norway</Countries>
    <Contact_Firstname>A;</Contact_Firstname>
    <Contact_Lastname>Hale;Okoye</Contact_Lastname>
    <Contact_Email>a@example.org;b@example.org</Contact_Email>
    <Inclusion_Criteria>Inclusion criteria: 1. Cold feet;
&lt;br&gt;2. Score =4;</Inclusion_Criteria>
    <Exclusion_Criteria>Exclusion criteria: 1. Warm feet;</Exclusion_Criteria>
    <Condition>Cold feet;Cold hands</Condition>
    <Intervention>Control:none;Test:warm bath;</Intervention>
    <Primary_outcome>Skin temperature;</Primary_outcome>
    <Secondary_outcome>Pain;Sleep;</Secondary_outcome>
    <Secondary_ID>N-17;NCT01234567</Secondary_ID>
    <Source_Support>Please refer to primary and secondary sponsors</Source_Support>
    <results_yes_no>Yes</results_yes_no>
    <results_date_posted>06/11/2022</results_date_posted>
    <Bridged_type>parent</Bridged_type>
  </Trial>
  <Trial>
    <TrialID></TrialID>
    <Phase>2</Phase>
  </Trial>
</Trials_downloaded_from_ICTRP>
"""


def told(record: Record) -> dict[str, Any]:
    """The stated values of a record, without those that only say where it came from."""
    return record.model_dump(mode="json", exclude_defaults=True, exclude={"provenance", "record_id", "problems", "derived"})


def one(reading: Reading) -> Record:
    (record,) = reading.records
    return record


def test_an_export_of_the_who_portal_as_xml() -> None:
    reading = read_bytes(ICTRP.encode())
    record = one(reading)
    assert (reading.format, reading.read) == ("ictrp_xml", 2)
    assert [(r.line, r.reason) for r in reading.refused] == [(40, "the trial has no TrialID and no title")]
    said = told(record)
    assert said["identifiers"] == [
        {"type": "CHICTR", "value": "ChiCTR2100099001", "role": "primary", "issuer": "ChiCTR"},
        {"type": "ORG_STUDY_ID", "value": "N-17"},
        {"type": "NCT", "value": "NCT01234567", "issuer": "ClinicalTrials.gov"},
    ]
    assert (said["brief_title"], said["official_title"], said["acronym"]) == (
        "Warm baths for cold feet & hands", "A randomised trial of warm baths", "WARM",
    )  # fmt: skip
    assert (record.phases, record.sex, record.overall_status, record.study_type) == (("NA",), "ALL", "RECRUITING", "INTERVENTIONAL")
    assert record.intervention_model == "PARALLEL" and record.prospective_registration is False and record.has_results is True
    assert record.enrollment is not None and record.enrollment.count == 161
    assert [(a.label, a.count) for a in record.enrollment.per_arm] == [("Control", 80), ("Test", 81)]
    assert record.dates.registration is not None and record.dates.registration.date == "2021-04-02"
    assert record.dates.start is not None and record.dates.start.date == "2021-04-05"
    assert record.minimum_age is not None and record.maximum_age is not None
    assert (record.minimum_age.value, record.maximum_age.value) == (18, 65)
    assert (record.conditions, record.countries) == (("Cold feet", "Cold hands"), ("China", "Norway"))
    assert [(i.name, i.arm_group_labels) for i in record.interventions] == [("warm bath", ("Test",))]
    assert [o.measure for o in (*record.primary_outcomes, *record.secondary_outcomes)] == ["Skin temperature", "Pain", "Sleep"]
    assert [c.name for c in record.contacts] == ["A Hale", "Okoye"] and record.funding_sources == ()
    assert [c.text for c in record.eligibility.inclusion] == ["Cold feet;", "Score =4;"]
    assert [c.text for c in record.eligibility.exclusion] == ["Warm feet;"]
    assert record.results.date_posted == "2022-11-06" and record.extra["bridged type"] == ("parent",)
    assert {str(p.code) for p in record.problems} == {"placeholder_text", "possible_lost_comparison"}
    assert record.provenance.field_spans["brief_title"] == (5, 5) and record.provenance.raw_span == (2, 39)


def test_the_same_export_as_csv() -> None:
    names = ["TrialID", "Public title", "Scientific title", "Source Register", "Date registration3", "Retrospective flag", "Phase"]
    out = io.StringIO()
    rows = [
        names,
        ["NCT01234567", "Warm\nfeet", "", "ClinicalTrials.gov", "20210402", "No", "Phase 2/Phase 3"],
        ["", "", "", "", "", "", "1"],
    ]
    csv.writer(out).writerows(rows)
    reading = read_bytes(out.getvalue().encode())
    record = one(reading)
    assert (reading.format, reading.read, [r.line for r in reading.refused]) == ("ictrp_csv", 2, [4])
    assert (record.brief_title, record.phases, record.prospective_registration) == ("Warm feet", ("PHASE2", "PHASE3"), True)
    assert record.provenance.raw_span == (2, 3) and not reading.problems


def test_a_table_of_clinicaltrials_gov() -> None:
    cells = {
        "NCT Number": "NCT01234567", "Study Title": "Warm baths", "Study URL": "https://clinicaltrials.gov/study/NCT01234567",
        "Acronym": "WARM", "Study Status": "COMPLETED", "Brief Summary": "Feet.", "Study Results": "NO", "Conditions": "Cold Feet|Pain",
        "Interventions": "DRUG: Warm-7|BEHAVIORAL: Rest", "Primary Outcome Measures": "Warmth, in degrees, 4 weeks|Pain, on a scale, 1 day",
        "Sponsor": "Hospital of the North", "Collaborators": "Fund A|Fund B", "Sex": "FEMALE", "Age": "ADULT, OLDER_ADULT",
        "Phases": "PHASE2|PHASE3", "Enrollment": "120", "Funder Type": "OTHER", "Study Type": "INTERVENTIONAL",
        "Study Design": "Allocation: RANDOMIZED|Intervention Model: CROSSOVER|Masking: DOUBLE (PARTICIPANT, INVESTIGATOR)"
        "|Primary Purpose: TREATMENT",
        "Other IDs": "N-17|2020-001234-56", "Start Date": "2020-03", "Completion Date": "2021-05-04", "First Posted": "2020-02-01",
        "Locations": "Hospital of the North, Oslo, 0123, Norway|Clinic, Bergen, Norway",
    }  # fmt: skip
    out = io.StringIO()
    csv.writer(out).writerows([list(cells), list(cells.values())])
    reading = read_bytes(out.getvalue().encode())
    record = one(reading)
    assert reading.format == "ctgov_csv" and {str(p.code) for p in reading.problems} == {"untried_format"}
    assert [(i.type, i.value, i.role) for i in record.identifiers] == [
        ("NCT", "NCT01234567", "primary"), ("ORG_STUDY_ID", "N-17", "secondary"), ("EUDRACT", "2020-001234-56", "secondary"),
    ]  # fmt: skip
    assert (record.overall_status, record.sex, record.phases, record.has_results) == ("COMPLETED", "FEMALE", ("PHASE2", "PHASE3"), False)
    assert (record.allocation, record.intervention_model, record.primary_purpose) == ("RANDOMIZED", "CROSSOVER", "TREATMENT")
    assert (record.masking, record.who_masked) == ("DOUBLE", ("PARTICIPANT", "INVESTIGATOR"))
    assert [(i.type, i.name) for i in record.interventions] == [("DRUG", "Warm-7"), ("BEHAVIORAL", "Rest")]
    assert record.minimum_age is None and record.extra["Age"] == ("ADULT, OLDER_ADULT",)  # groups are no limits
    assert record.enrollment is not None and (record.enrollment.count, record.enrollment.type) == (120, None)
    assert record.dates.start is not None and (record.dates.start.date, record.dates.start.precision) == ("2020-03", "month")
    assert (record.countries, [x.country for x in record.locations]) == (("Norway",), ["Norway", "Norway"])


STUDY = """<?xml version="1.0" encoding="UTF-8"?>
<clinical_study rank="1">
  <required_header><url>https://clinicaltrials.gov/show/NCT01234567</url></required_header>
  <id_info><org_study_id>N-17</org_study_id><nct_id>NCT01234567</nct_id></id_info>
  <brief_title>Warm baths</brief_title>
  <sponsors>
    <lead_sponsor><agency>Hospital of the North</agency><agency_class>Other</agency_class></lead_sponsor>
    <collaborator><agency>Feet Ltd</agency><agency_class>Industry</agency_class></collaborator>
  </sponsors>
  <brief_summary><textblock>
      Feet are
      warmed.

      Then rested.
  </textblock></brief_summary>
  <overall_status>Active, not recruiting</overall_status>
  <start_date type="Actual">March 2020</start_date>
  <phase>Phase 2/Phase 3</phase>
  <study_type>Interventional</study_type>
  <study_design_info>
    <allocation>Randomized</allocation>
    <intervention_model>Parallel Assignment</intervention_model>
    <masking>Double (Participant, Investigator)</masking>
  </study_design_info>
  <primary_outcome><measure>Warmth</measure><time_frame>4 weeks</time_frame></primary_outcome>
  <enrollment type="Anticipated">120</enrollment>
  <condition>Cold Feet</condition>
  <arm_group><arm_group_label>Bath</arm_group_label><arm_group_type>Experimental</arm_group_type></arm_group>
  <intervention><intervention_type>Drug</intervention_type><intervention_name>Warm-7</intervention_name>
    <arm_group_label>Bath</arm_group_label></intervention>
  <eligibility>
    <criteria><textblock>Inclusion Criteria:

          -  Cold feet

        Exclusion Criteria:

          -  Warm feet
    </textblock></criteria>
    <gender>All</gender><minimum_age>18 Years</minimum_age><maximum_age>N/A</maximum_age><healthy_volunteers>No</healthy_volunteers>
  </eligibility>
  <overall_official><last_name>R. Hale</last_name><role>Principal Investigator</role></overall_official>
  <location><facility><name>Clinic</name><address><city>Oslo</city><country>Norway</country></address></facility></location>
  <location_countries><country>Norway</country></location_countries>
  <reference><citation>First A. Feet. 2010.</citation><PMID>30000001</PMID></reference>
  <results_reference><citation>Hale R. Warm feet. 2022.</citation><PMID>30000002</PMID></results_reference>
  <patient_data><sharing_ipd>No</sharing_ipd></patient_data>
</clinical_study>
"""


def test_the_older_xml_of_clinicaltrials_gov() -> None:
    reading = read_bytes(STUDY.encode())
    record = one(reading)
    assert reading.format == "ctgov_xml" and {str(p.code) for p in reading.problems} == {"untried_format"}
    assert (record.brief_title, record.brief_summary) == ("Warm baths", "Feet are warmed.\n\nThen rested.")
    assert (record.overall_status, record.phases, record.masking) == ("ACTIVE_NOT_RECRUITING", ("PHASE2", "PHASE3"), "DOUBLE")
    assert record.lead_sponsor is not None and (record.lead_sponsor.name, record.lead_sponsor.agency_class) == (
        "Hospital of the North",
        "OTHER",
    )
    assert [(c.name, c.agency_class) for c in record.collaborators] == [("Feet Ltd", "INDUSTRY")]
    assert record.enrollment is not None and (record.enrollment.count, record.enrollment.type) == (120, "ESTIMATED")
    assert record.dates.start is not None and (record.dates.start.date, record.dates.start.type) == ("2020-03", "ACTUAL")
    assert record.minimum_age is not None and record.minimum_age.value == 18
    assert record.maximum_age is not None and record.maximum_age.value is None and record.healthy_volunteers is False
    assert [c.text for c in record.eligibility.inclusion] == ["Cold feet"] and [c.text for c in record.eligibility.exclusion] == [
        "Warm feet"
    ]
    assert [(a.label, a.type) for a in record.arm_groups] == [("Bath", "EXPERIMENTAL")]
    assert [(i.name, i.arm_group_labels) for i in record.interventions] == [("Warm-7", ("Bath",))]
    assert [(o.name, o.role) for o in record.overall_officials] == [("R. Hale", "PRINCIPAL_INVESTIGATOR")]
    assert record.extra["references_result"] == ("PMID 30000002. Hale R. Warm feet. 2022.",)
    assert record.extra["references_unspecified"] == ("PMID 30000001. First A. Feet. 2010.",) and "reference" not in record.extra
    assert record.extra["patient_data"] == ("No",) and record.provenance.field_spans["phases"] == (18, 18)


TRIAL = """<allTrials xmlns="http://www.67bricks.com/isrctn" totalCount="1">
<fullTrial>
  <trial lastUpdated="2021-06-07T08:09:10Z">
    <isrctn dateAssigned="2020-02-03T00:00:00Z">12345678</isrctn>
    <trialDescription>
      <title>Warm baths</title><scientificTitle>A randomised trial of warm baths</scientificTitle><acronym>WARM</acronym>
      <plainEnglishSummary>Feet are warmed.</plainEnglishSummary>
      <primaryOutcome>Warmth at 4 weeks</primaryOutcome>
    </trialDescription>
    <externalRefs><eudraCTNumber>2020-001234-56</eudraCTNumber><protocolSerialNumber>N-17</protocolSerialNumber></externalRefs>
    <trialDesign>
      <studyDesign>Multicentre randomized double-blind trial</studyDesign><primaryStudyDesign>Interventional</primaryStudyDesign>
      <secondaryStudyDesign>Randomised controlled trial</secondaryStudyDesign><overallEndDate>2022-01-31T00:00:00Z</overallEndDate>
    </trialDesign>
    <participants>
      <recruitmentCountries><country>Norway</country></recruitmentCountries>
      <inclusion>1. Cold feet
2. Adults</inclusion><gender>All</gender><targetEnrolment>120</targetEnrolment><totalFinalEnrolment>118</totalFinalEnrolment>
      <lowerAgeLimit value="18.0" unit="Years"/><exclusion>Warm feet</exclusion><recruitmentStart>2020-03-01T00:00:00Z</recruitmentStart>
    </participants>
    <conditions><condition><description>Cold feet</description></condition></conditions>
    <interventions><intervention><description>Bath</description><interventionType>Other</interventionType></intervention></interventions>
    <results><publicationDetails>2020 protocol in: https://pubmed.ncbi.nlm.nih.gov/30000003
2022 results in: https://doi.org/10.5555/feet.2</publicationDetails></results>
  </trial>
  <sponsor><organisation>Hospital of the North</organisation></sponsor>
  <funder><name>Fund A</name></funder>
</fullTrial>
</allTrials>
"""


def test_the_xml_of_isrctn() -> None:
    reading = read_bytes(TRIAL.encode())
    record = one(reading)
    assert reading.format == "isrctn_xml" and {str(p.code) for p in reading.problems} == {"untried_format"}
    assert record.extra["references_result"] == ("2022 results in: https://doi.org/10.5555/feet.2",)
    assert record.extra["references_unspecified"] == ("2020 protocol in: https://pubmed.ncbi.nlm.nih.gov/30000003",)
    assert [(i.type, i.value) for i in record.identifiers] == [
        ("ISRCTN", "ISRCTN12345678"), ("EUDRACT", "2020-001234-56"), ("ORG_STUDY_ID", "N-17"),
    ]  # fmt: skip
    assert (record.lay_summary, record.brief_summary, record.allocation, record.masking) == (
        "Feet are warmed.",
        None,
        "RANDOMIZED",
        "DOUBLE",
    )
    assert record.enrollment is not None and (record.enrollment.count, record.enrollment.type) == (118, "ACTUAL")
    assert record.extra["targetEnrolment"] == ("120",)
    assert record.minimum_age is not None and (record.minimum_age.value, record.minimum_age.unit) == (18, "YEARS")
    assert record.dates.registration is not None and record.dates.registration.date == "2020-02-03"
    assert record.dates.last_update is not None and record.dates.last_update.date == "2021-06-07"
    assert [c.text for c in record.eligibility.inclusion] == ["Cold feet", "Adults"]
    assert [c.text for c in record.eligibility.exclusion] == ["Warm feet"] and record.funding_sources == ("Fund A",)


CTIS = {
    "ctStatus": "Authorised, recruitment pending",
    "trialPhase": "Therapeutic exploratory (Phase II)",
    "ctNumber": "2023-501234-56-00",
    "primarySponsor": {"organisation": {"name": "Hospital of the North"}, "publicContacts": [{"functionalName": "Desk"}]},
    "eudraCtInfo": {"eudraCtCode": "2020-001234-56"},
    "submissionDate": "2023-04-19",
    "memberStatesConcerned": [{"countryName": "Norway", "recruitmentSubjectCount": 20}, {"mscName": "Italy", "recruitmentSubjectCount": 5}],
    "authorizedPartI": {
        "rowSubjectCount": 10,
        "products": [{"productDictionaryInfo": {"prodName": "Warm-7", "activeSubstanceName": "WARMIN"}}],
        "trialDetails": {
            "clinicalTrialIdentifiers": {"publicTitle": "Warm baths", "fullTitle": "A trial of warm baths", "shortTitle": "WARM"},
            "trialInformation": {
                "medicalCondition": {"partIMedicalConditions": [{"medicalCondition": "Cold feet"}]},
                "eligibilityCriteria": {"principalInclusionCriteria": [{"principalInclusionCriteria": "Cold feet"}]},
                "endPoint": {"primaryEndPoints": [{"endPoint": "Warmth"}], "secondaryEndPoints": []},
                "populationOfTrialSubjects": {"isFemaleSubjects": True, "isMaleSubjects": False},
                "trialDuration": {"estimatedRecruitmentStartDate": "2023-06-01"},
            },
        },
    },
}


@pytest.mark.parametrize("nested", [False, True], ids=["plan at the top", "plan within the application"])
def test_the_json_of_ctis(nested: bool) -> None:
    value: dict[str, Any] = dict(CTIS)
    if nested:
        value["authorizedApplication"] = {"authorizedPartI": value.pop("authorizedPartI")}
    reading = read_bytes(json.dumps(value, indent=1).encode())
    record = one(reading)
    assert reading.format == "ctis_json" and not reading.problems
    assert [(i.type, i.value) for i in record.identifiers] == [("EUCT", "2023-501234-56-00"), ("EUDRACT", "2020-001234-56")]
    assert (record.brief_title, record.acronym, record.phases, record.sex) == ("Warm baths", "WARM", ("PHASE2",), "FEMALE")
    assert record.overall_status == "NOT_YET_RECRUITING" and record.countries == ("Norway", "Italy")
    assert record.enrollment is not None and (record.enrollment.count, record.enrollment.type) == (35, "ESTIMATED")
    assert [(i.name, i.other_names) for i in record.interventions] == [("Warm-7", ("WARMIN",))]
    assert [c.text for c in record.eligibility.inclusion] == ["Cold feet"] and [o.measure for o in record.primary_outcomes] == ["Warmth"]
    assert record.dates.start is not None and (record.dates.start.date, record.dates.start.type) == ("2023-06-01", "ESTIMATED")
    assert "brief_title" in record.provenance.field_spans


EUDRACT = """This file contains full details on each clinical trial selected for download.

Summary
EudraCT Number: 2020-001234-56
Sponsor's Protocol Code Number: N-17
National Competent Authority: Spain - AEMPS
Clinical Trial Type: EEA CTA
Trial Status: Completed
Date on which this record was first entered in the EudraCT database: 2020-02-03
Link: https://www.example.org/2020-001234-56/ES/

A. Protocol Information
A.1 Member State Concerned: Spain - AEMPS
A.2 EudraCT number: 2020-001234-56
A.3 Full title of the trial: A trial of warm baths
A.3 Full title of the trial (es): Un ensayo
A.3.2 Name or abbreviated title of the trial where available:

B. Sponsor Information
B.1.1 Name of Sponsor: Hospital of the North

D. IMP Identification
D.IMP: 1
D.3.1 Product name: Warm-7
D.3.7 Routes of administration for this IMP:
Bath use
D.IMP: 2
D.3.8 INN - Proposed INN: COLDIN

E. General Information on the Trial
E.1.1 Medical condition(s) being investigated: Cold feet
E.3 Principal inclusion criteria: 1. Cold feet;
2. Age over 17: yes
E.4 Principal exclusion criteria: 1. Warm feet
E.5.1 Primary end point(s): Warmth
E.5.1.1 Timepoint(s) of evaluation of this end point: 4 weeks
E.7.1 Human pharmacology (Phase I): No
E.7.2 Therapeutic exploratory (Phase II): Yes
E.7.3 Therapeutic confirmatory (Phase III): Yes
E.8.1.1 Randomised: Yes
E.8.1.2 Open: No
E.8.1.4 Double blind: Yes
E.8.1.5 Parallel group: No

F. Population of Trial Subjects
F.2.1 Female: Yes
F.2.2 Male: Yes
F.3.1 Healthy volunteers: No
F.4.1 In the member state: 5
F.4.2.2 In the whole clinical trial: 15

P. End of Trial
P. End of Trial Status: Completed

Summary
EudraCT Number: 2020-001234-56
National Competent Authority: Norway - NOMA

A. Protocol Information
A.3 Full title of the trial (no): Et forsøk
"""


def test_the_text_of_the_eu_register() -> None:
    reading = read_bytes(EUDRACT.encode())
    first, second = reading.records
    assert (reading.format, reading.read) == ("eudract_text", 2)
    assert [(i.type, i.value) for i in first.identifiers] == [("EUDRACT", "2020-001234-56"), ("ORG_STUDY_ID", "N-17")]
    assert (first.official_title, first.acronym, first.overall_status) == ("A trial of warm baths", None, "COMPLETED")
    assert [i.name for i in first.interventions] == ["Warm-7", "COLDIN"] and first.conditions == ("Cold feet",)
    assert [c.text for c in first.eligibility.inclusion] == ["Cold feet;", "Age over 17: yes"]
    assert [c.text for c in first.eligibility.exclusion] == ["Warm feet"]
    assert [(o.measure, o.time_frame) for o in first.primary_outcomes] == [("Warmth", "4 weeks")]
    assert (first.phases, first.allocation, first.masking, first.intervention_model) == (("PHASE2", "PHASE3"), "RANDOMIZED", "DOUBLE", None)
    assert (first.sex, first.healthy_volunteers) == ("ALL", False)
    assert first.enrollment is not None and (first.enrollment.count, first.enrollment.type) == (15, "ESTIMATED")
    assert first.provenance.raw_span == (4, 55) and first.provenance.field_spans["official_title"] == (15, 15)
    assert (second.official_title, second.countries, second.allocation) == ("Et forsøk", ("Norway",), None)


@pytest.mark.parametrize(
    ("text", "name", "whose"),
    [
        ('{"isrctn": "12345678", "trialDescription": {"title": "Feet"}}', "isrctn_json", "ISRCTN"),
        ('{"a2_eudract_number": "2020-001234-56", "a3_full_title_of_the_trial": "Feet"}', "eudract_json", "EU Clinical Trials Register"),
    ],
)
def test_a_conversion_by_another_package_is_refused_by_name(text: str, name: str, whose: str) -> None:
    reading = read_bytes(text.encode())
    assert (reading.format, reading.records) == (name, ())
    assert [r.reason for r in reading.refused] == [r.reason for r in reading.refused if whose in r.reason and "converted" in r.reason]
    assert reading.read == 1


@pytest.mark.parametrize("size", ["9" * 5000, "A:" + "9" * 5000 + ";", "²", "١٢"])
def test_a_number_that_is_none_is_kept_as_printed(size: str) -> None:
    record = one(read_bytes(ICTRP.partition("  <Trial>\n    <TrialID></TrialID>")[0].replace("Control:80;Test:81;", size).encode()))
    assert record.enrollment is None and record.extra["enrollment"] == (size,)


def test_words_in_another_script_are_words() -> None:
    text = (
        ICTRP.partition("  <Trial>\n    <TrialID></TrialID>")[0]
        .replace("Cold feet;Cold hands", "糖尿病;—;холод")
        .replace("China;Norway", "中国")
    )
    record = one(read_bytes(text.encode()))
    assert (record.conditions, record.countries) == (("糖尿病", "холод"), ("中国",))
