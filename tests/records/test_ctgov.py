"""ClinicalTrials.gov JSON, version 2: its four shapes, lines of values, cut files, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import FormatUnknown
from review.model.record import Record
from review.records import Reading, read_bytes
from review.records.formats import Source
from review.records.formats.ctgov_v2 import text_of
from review.records.json_lines import LineCount, closed, spans, split

STUDY: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT09000001",
            "orgStudyIdInfo": {"id": "TEA-1"},
            "secondaryIdInfos": [
                {"id": "2019-004321-18", "type": "EUDRACT_NUMBER"},
                {"id": "U10-TEA", "type": "NIH", "domain": "Test Institute"},
            ],
            "briefTitle": "Tea \\[green\\] for Mouths",
            "officialTitle": "A Study of Green Tea in Dry Mouths",
            "acronym": "TEAM",
        },
        "statusModule": {
            "overallStatus": "TERMINATED",
            "whyStopped": "No more tea.",
            "startDateStruct": {"date": "2019-05", "type": "ACTUAL"},
            "completionDateStruct": {"date": "2021-01-15", "type": "ESTIMATED"},
            "studyFirstSubmitDate": "2019-03-02",
            "resultsFirstPostDateStruct": {"date": "2022-02-02", "type": "ACTUAL"},
            "lastUpdateSubmitDate": "2022-01-01",
            "lastUpdatePostDateStruct": {"date": "2022-02-03", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {
            "responsibleParty": {"type": "PRINCIPAL_INVESTIGATOR", "investigatorFullName": "Ada First", "investigatorTitle": "Professor"},
            "leadSponsor": {"name": "First Test University", "class": "OTHER"},
            "collaborators": [{"name": "Test Tea Company", "class": "INDUSTRY"}],
        },
        "descriptionModule": {"briefSummary": "Tea is tried.\n\n* green\n* black", "detailedDescription": "More \\< less."},
        "conditionsModule": {"conditions": ["Dry Mouth", "Sjogren's Syndrome"], "keywords": ["tea"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2", "PHASE1"],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "CROSSOVER",
                "primaryPurpose": "SUPPORTIVE_CARE",
                "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]},
            },
            "enrollmentInfo": {"count": 42, "type": "ACTUAL"},
        },
        "armsInterventionsModule": {
            "armGroups": [{"label": "Tea", "type": "EXPERIMENTAL", "description": "Tea first", "interventionNames": ["Drug: Green tea"]}],
            "interventions": [
                {"type": "DRUG", "name": "Green tea", "description": "A cup", "armGroupLabels": ["Tea"], "otherNames": ["Camellia"]}
            ],
        },
        "outcomesModule": {
            "primaryOutcomes": [{"measure": "Saliva", "description": "in mL", "timeFrame": "week 4"}],
            "otherOutcomes": [{"measure": "Taste"}],
        },
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* Dry mouth for \\>= 3 months\n* Score ? 5\n\n"
            "Exclusion Criteria:\n\n1. Allergy to tea",
            "healthyVolunteers": False,
            "sex": "FEMALE",
            "minimumAge": "18 Years",
            "maximumAge": "70 Years",
        },
        "contactsLocationsModule": {
            "centralContacts": [{"name": "Test Office", "role": "CONTACT", "email": "office@example.org"}],
            "overallOfficials": [{"name": "Ada First", "affiliation": "First Test University", "role": "STUDY_CHAIR"}],
            "locations": [
                {"facility": "Clinic A", "status": "COMPLETED", "city": "Testville", "country": "United Kingdom"},
                {"facility": "Clinic B", "city": "Testburg", "country": "Netherlands"},
            ],
        },
        "referencesModule": {"references": [{"pmid": "31234567", "type": "RESULT", "citation": "First A. Tea. J Test. 2020."}]},
        "ipdSharingStatementModule": {"ipdSharing": "NO", "description": "Not planned"},
    },
    "resultsSection": {"participantFlowModule": {}},
    "hasResults": True,
}


def named(number: int) -> dict[str, Any]:
    study = json.loads(json.dumps(STUDY))
    study["protocolSection"]["identificationModule"]["nctId"] = f"NCT{number:08d}"
    return study


def reading(value: Any, indent: int | None = 1) -> Reading:
    data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False, indent=indent).encode()
    return read_bytes(data, "studies.json")


def one(value: Any, indent: int | None = 1) -> Record:
    (record,) = reading(value, indent).records
    return record


def test_all_fields_of_a_study() -> None:
    record = one(STUDY)
    assert [(i.type, i.value, i.role, i.issuer) for i in record.identifiers] == [
        ("NCT", "NCT09000001", "primary", "ClinicalTrials.gov"),
        ("ORG_STUDY_ID", "TEA-1", "secondary", None),
        ("EUDRACT", "2019-004321-18", "secondary", "EudraCT"),
        ("OTHER", "U10-TEA", "secondary", "Test Institute"),
    ]
    assert (record.brief_title, record.acronym) == ("Tea [green] for Mouths", "TEAM")
    assert record.brief_summary == "Tea is tried.\n\n• green\n• black"
    assert record.detailed_description == "More < less."
    assert (record.conditions, record.keywords) == (("Dry Mouth", "Sjogren's Syndrome"), ("tea",))
    assert (record.overall_status, record.why_stopped) == ("TERMINATED", "No more tea.")
    assert (record.phases, record.allocation, record.intervention_model) == (("PHASE1", "PHASE2"), "RANDOMIZED", "CROSSOVER")
    assert (record.masking, record.who_masked) == ("DOUBLE", ("PARTICIPANT", "INVESTIGATOR"))
    assert record.enrollment is not None
    assert (record.enrollment.count, record.enrollment.type) == (42, "ACTUAL")
    assert [(a.label, a.type, a.intervention_names) for a in record.arm_groups] == [("Tea", "EXPERIMENTAL", ("Green tea",))]
    assert [(i.type, i.name, i.other_names, i.arm_group_labels) for i in record.interventions] == [
        ("DRUG", "Green tea", ("Camellia",), ("Tea",))
    ]
    assert [(o.measure, o.time_frame) for o in record.primary_outcomes] == [("Saliva", "week 4")]
    assert [o.measure for o in record.other_outcomes] == ["Taste"]
    assert [c.text for c in record.eligibility.inclusion] == ["Dry mouth for >= 3 months", "Score ? 5"]
    assert [(c.number, c.text) for c in record.eligibility.exclusion] == [("1", "Allergy to tea")]
    assert (record.sex, record.healthy_volunteers) == ("FEMALE", False)
    assert record.maximum_age is not None and record.maximum_age.value == 70
    assert record.lead_sponsor is not None and record.lead_sponsor.agency_class == "OTHER"
    assert [(c.name, c.agency_class) for c in record.collaborators] == [("Test Tea Company", "INDUSTRY")]
    assert record.responsible_party is not None and record.responsible_party.type == "PRINCIPAL_INVESTIGATOR"
    assert [(o.name, o.role) for o in record.overall_officials] == [("Ada First", "STUDY_CHAIR")]
    assert [(c.role, c.email) for c in record.contacts] == [("CENTRAL", "office@example.org")]
    assert [(place.facility, place.status) for place in record.locations] == [("Clinic A", "COMPLETED"), ("Clinic B", None)]
    assert record.countries == ("United Kingdom", "Netherlands")
    assert (record.has_results, record.results.date_posted) == (True, "2022-02-02")
    assert record.ipd_sharing is not None and record.ipd_sharing.statement == "NO"
    assert record.extra["references_result"] == ("PMID 31234567. First A. Tea. J Test. 2020.",)
    assert "possible_lost_comparison" in {p.code.value for p in record.problems}


def test_dates_keep_precision_and_kind() -> None:
    dates = one(STUDY).dates
    assert dates.start is not None and (dates.start.date, dates.start.precision, dates.start.type) == ("2019-05", "month", "ACTUAL")
    assert dates.completion is not None and dates.completion.type == "ESTIMATED"
    assert dates.last_update is not None and dates.last_update.date == "2022-02-03", "what was posted, not what was submitted"
    assert dates.first_submitted is not None and dates.primary_completion is None


def test_what_is_not_stated_is_null() -> None:
    record = one({"protocolSection": {"identificationModule": {"nctId": "NCT09000002"}}})
    values = record.model_dump(exclude={"record_id", "provenance", "identifiers", "schema_version", "record_type", "eligibility"})
    flat = [v for value in values.values() for v in (value.values() if isinstance(value, dict) else [value])]
    assert all(v in (None, (), [], {}) for v in flat)
    assert one({"protocolSection": {"identificationModule": {"nctId": "NCT09000002"}}, "resultsSection": {"x": 1}}).has_results is True


@pytest.mark.parametrize("shape", ["object", "array", "search", "lines"])
@pytest.mark.parametrize("indent", [None, 1, 4])
def test_the_four_shapes_hold_the_same_studies(shape: str, indent: int | None) -> None:
    studies = [named(9000001)] if shape == "object" else [named(9000001 + n) for n in range(3)]
    text = {
        "object": lambda: json.dumps(studies[0], indent=indent),
        "array": lambda: json.dumps(studies, indent=indent),
        "search": lambda: json.dumps({"totalCount": 3, "studies": studies}, indent=indent),
        "lines": lambda: "\n".join(json.dumps(s, indent=indent) for s in studies),
    }[shape]()
    found = reading(text.encode())
    assert [r.identifiers[0].value for r in found.records] == [s["protocolSection"]["identificationModule"]["nctId"] for s in studies]
    assert (found.read, found.refused) == (len(studies), ())
    assert not [p for p in found.problems if p.code == "receipt_mismatch"]
    alone = one(studies[-1])
    assert found.records[-1].record_id == alone.record_id, "the same study is the same entry, however the file is set out"


@pytest.mark.parametrize("indent", [None, 1])
def test_lines_point_at_the_printed_value(indent: int | None) -> None:
    data = json.dumps({"totalCount": 2, "studies": [named(9000001), named(9000002)]}, indent=indent).encode()
    lines = text_of(Source(data)).splitlines()
    for record in reading(data).records:
        spans_ = record.provenance.field_spans
        for path, printed in [
            ("identifiers[0]", record.identifiers[0].value),
            ("overall_status", "TERMINATED"),
            ("dates.start", "2019-05"),
            ("minimum_age", "18 Years"),
            ("conditions[1]", "Sjogren"),
            ("eligibility.exclusion[0]", "Allergy"),
            ("has_results", "true"),
        ]:
            first, last = spans_[path]
            assert printed in "\n".join(lines[first - 1 : last]), path
        assert spans_["enrollment"][1] - spans_["enrollment"][0] == 3
    if indent:
        assert text_of(Source(data)) == data.decode()


def test_a_page_of_a_longer_answer_is_named() -> None:
    found = reading({"totalCount": 120, "studies": [STUDY], "nextPageToken": "abc"})
    assert [p.message for p in found.problems if p.code == "capped_export"] == [
        "the search found 120 studies, this file holds 1: the other pages of the answer are missing"
    ]


def test_identical_studies_in_one_file_are_two_entries() -> None:
    first, second = reading([STUDY, STUDY]).records
    assert first.record_id != second.record_id


def test_what_is_no_study_is_refused_with_its_line() -> None:
    found = reading({"studies": [STUDY, {"nctId": "NCT1"}, 7]})
    assert [(r.line, r.reason) for r in found.refused] == [
        (found.refused[0].line, "not a study: it has no protocolSection"),
        (found.refused[1].line, "not a study: an element that is no object"),
    ]
    assert found.refused[0].line is not None and found.refused[0].line > 50
    assert found.read == 3


def test_the_older_layout_is_refused_by_name() -> None:
    older = {"required_header": {"url": "x"}, "id_info": {"nct_id": "NCT09000001"}, "brief_title": "Tea"}
    found = reading(older)
    assert found.records == ()
    assert "older ClinicalTrials.gov record" in found.refused[0].reason


def test_other_json_is_not_recognised() -> None:
    with pytest.raises(FormatUnknown, match="no reader recognises"):
        reading({"shopping": ["milk", "bread"], "total": 3})


def test_unknown_words_and_wrong_kinds_are_kept_apart() -> None:
    study = named(9000003)
    study["protocolSection"]["statusModule"]["overallStatus"] = "RESTING"
    study["protocolSection"]["designModule"]["phases"] = "PHASE2"
    study["protocolSection"]["conditionsModule"] = ["not", "a", "module"]
    study["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = "many"
    study["protocolSection"]["identificationModule"]["nctId"] = "NCT123"
    record = one(study)
    assert (record.overall_status, record.phases, record.conditions, record.enrollment) == (None, (), (), None)
    assert record.extra["overall_status"] == ("RESTING",)
    assert {"unknown_word", "identifier_malformed", "no_identifier"} <= {p.code.value for p in record.problems}


@settings(max_examples=100)
@given(st.integers(0, 9_000), st.sampled_from([None, 2]), st.sampled_from(["array", "search", "lines"]))
def test_a_file_cut_at_any_byte_keeps_what_is_whole(cut: int, indent: int | None, shape: str) -> None:
    studies = [named(9000001), named(9000002)]
    if shape == "lines":
        text = "\n".join(json.dumps(s, indent=indent) for s in studies)
    else:
        text = json.dumps(studies if shape == "array" else {"totalCount": 2, "studies": studies}, indent=indent)
    data = text.encode()[:cut]
    found = read_bytes(data, "cut.json", "ctgov_v2")
    whole = one(named(9000001)).model_dump(exclude={"provenance", "problems", "record_id", "eligibility"})
    if found.records and cut > len(text) * 0.6:
        assert found.records[0].model_dump(exclude={"provenance", "problems", "record_id", "eligibility"}) == whole
    for record in found.records[-1:]:
        if record.problems and any(p.code == "cut_off" for p in record.problems):
            for name, value in record.model_dump(include={"brief_title", "overall_status", "sex", "allocation"}).items():
                assert value in (None, whole[name])


@settings(max_examples=100)
@given(st.text(alphabet='{}[]",:\\ \n"protocolSection"studies1truenull', max_size=200))
def test_any_text_is_taken_apart(text: str) -> None:
    _, entries = split(text, "studies")
    for entry in entries:
        spans(text, start=entry.start, end=entry.end, lines=LineCount(text), wanted="protocolSection")
    assert read_bytes(text.encode(), "x", "ctgov_v2").format == "ctgov_v2"


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=100)
@given(ANY_JSON, st.data())
def test_the_beginning_of_an_object_can_be_closed(value: Any, data: st.DataObject) -> None:
    text = json.dumps({"a": value, "b": 1}, ensure_ascii=data.draw(st.booleans()))
    start = text[: data.draw(st.integers(1, len(text)))]
    whole = closed(start)
    assert whole is not None
    assert isinstance(json.loads(whole), dict)
