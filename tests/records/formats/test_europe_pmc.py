"""Europe PMC JSON: core and lite results, authors with affiliations, MeSH, notices, markup, missing pages, broken files."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.model.record import ProblemCode, Record
from review.records import Reading, read_bytes

CORE: dict[str, Any] = {
    "id": "30000001", "source": "MED", "pmid": "30000001", "pmcid": "PMC9000001", "doi": "10.1234/lamps.7",
    "title": "Morning light for <i>tired</i> nurses: CO<sub>2</sub> &amp; sleep.", "authorString": "Hale RM, Ünal E, Lamp Study Group.",
    "authorList": {"author": [
        {"fullName": "Hale RM", "firstName": "Rosa M", "lastName": "Hale", "initials": "RM",
         "authorId": {"type": "ORCID", "value": "0000-0002-1825-0097"},
         "authorAffiliationDetailsList": {"authorAffiliation": [{"affiliation": "Ward of Lamps."}, {"affiliation": "School of Sleep."}]}},
        {"fullName": "Ünal E", "firstName": "Ece", "lastName": "Ünal", "initials": "E",
         "authorAffiliationDetailsList": {"authorAffiliation": [{"affiliation": "School of Sleep."}]}},
        {"collectiveName": "Lamp Study Group"},
    ]},
    "journalInfo": {"issue": "2", "volume": "7", "journalIssueId": 1, "yearOfPublication": 2021,
                    "journal": {"title": "Journal of lamps", "isoabbreviation": "J Lamps", "issn": "1234-5678"}},
    "pubYear": "2021", "pageInfo": "113-125",
    "abstractText": "<h4>Background</h4>Nurses are tired (p &lt; 0.05). <h4>Results</h4>Light helped (NCT09000001).",
    "language": "eng", "pubTypeList": {"pubType": ["research-article", "Journal Article"]},
    "grantsList": {"grant": [{"grantId": "R01", "agency": "Lamp Fund", "orderIn": 0}]},
    "meshHeadingList": {"meshHeading": [
        {"majorTopic_YN": "N", "descriptorName": "Sleep",
         "meshQualifierList": {"meshQualifier": [{"abbreviation": "RE", "qualifierName": "radiation effects", "majorTopic_YN": "Y"}]}},
        {"majorTopic_YN": "Y", "descriptorName": "Nurses"},
    ]},
    "keywordList": {"keyword": ["night shift", "lamp"]},
    "commentCorrectionList": {"commentCorrection": [
        {"id": "31", "source": "MED", "reference": "J Lamps. 2023;9(1):1", "type": "Retraction in", "orderIn": 1},
        {"id": "32", "source": "MED", "reference": "J Lamps. 2022;8(1):1", "type": "Comment in", "orderIn": 2},
    ]},
    "isOpenAccess": "Y", "citedByCount": 3, "newMember": {"deep": ["kept"]},
}  # fmt: skip
LITE = {
    "id": "PPR1", "source": "PPR", "doi": "10.1234/pre.1", "title": "Foot baths", "authorString": "Hale RM, Okafor B.", "pubYear": "2020",
    "journalTitle": "Bath letters", "journalVolume": "3", "issue": "1", "pageInfo": "1-9", "pubType": "preprint; review", "citedByCount": 0,
}  # fmt: skip
ANSWER = {
    "version": "6.9", "hitCount": 2, "nextCursorMark": "x", "request": {"queryString": "lamps"}, "resultList": {"result": [CORE, LITE]},
}  # fmt: skip
WHOLE = json.dumps(ANSWER, ensure_ascii=False, indent=1)


def read(text: str) -> Reading:
    reading = read_bytes(text.encode(), "lamps.json")
    assert reading.format == "europe_pmc"
    assert reading.read == len(reading.records) + len(reading.refused)
    return reading


@pytest.fixture(scope="module")
def records() -> tuple[Record, ...]:
    reading = read(WHOLE)
    assert [p.code for p in reading.problems if p.code in (ProblemCode.RECEIPT_MISMATCH, ProblemCode.CAPPED_EXPORT)] == []
    return reading.records


def test_a_core_result(records: tuple[Record, ...]) -> None:
    one = records[0]
    paper = one.publication
    assert paper is not None
    assert one.brief_title == "Morning light for tired nurses: CO2 & sleep."
    assert one.abstract == "Background: Nurses are tired (p < 0.05).\n\nResults: Light helped (NCT09000001)."
    assert [(i.type, i.value) for i in one.identifiers] == [
        ("PMID", "30000001"), ("PMCID", "PMC9000001"), ("DOI", "10.1234/lamps.7"), ("NCT", "NCT09000001"),
    ]  # fmt: skip
    assert [(a.name, a.affiliation_refs, a.orcid) for a in paper.authors] == [
        ("Hale, Rosa M", (1, 2), "0000-0002-1825-0097"), ("Ünal, Ece", (2,), None), ("Lamp Study Group", (), None),
    ]  # fmt: skip
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("Journal of lamps", 2021, "7", "2", "113-125")
    assert (paper.mesh, one.keywords) == (("Sleep/*radiation effects", "*Nurses"), ("night shift", "lamp"))
    assert (paper.grant_numbers, paper.publication_types) == (("R01",), ("research-article", "Journal Article"))
    assert one.extra["newMember.deep"] == ("kept",)


def test_a_lite_result(records: tuple[Record, ...]) -> None:
    paper = records[1].publication
    assert paper is not None
    assert [a.name for a in paper.authors] == ["Hale RM", "Okafor B"]
    assert (paper.journal, paper.year, paper.volume, paper.issue) == ("Bath letters", 2020, "3", "1")
    assert paper.publication_types == ("preprint", "review")


def test_notices_are_read_from_the_links(records: tuple[Record, ...]) -> None:
    [notice] = [p for p in records[0].problems if p.code == ProblemCode.RETRACTED]
    assert "J Lamps. 2023;9(1):1" in notice.message
    assert "Comment in: J Lamps. 2022;8(1):1" in records[0].extra["comment"][0]


def test_missing_pages_of_the_answer_are_said() -> None:
    [note] = [p for p in read(json.dumps({**ANSWER, "hitCount": 1200})).problems if p.code == ProblemCode.CAPPED_EXPORT]
    assert note.message.startswith("the search found 1,200, this file holds 2")


def test_one_result_a_line() -> None:
    assert [r.record_id for r in read(f"{json.dumps(CORE)}\n{json.dumps(LITE)}\n").records] == [r.record_id for r in read(WHOLE).records]


@settings(max_examples=60)
@given(at=st.integers(0, len(WHOLE.encode())), flip=st.integers(0, 255))
def test_cut_and_flipped_never_raise(at: int, flip: int) -> None:
    data = WHOLE.encode()
    for broken in (data[:at], data[:at] + bytes([flip]) + data[at + 1 :]):
        reading = read_bytes(broken, format="europe_pmc")
        assert reading.read == len(reading.records) + len(reading.refused)


def test_a_concern_is_read_from_its_link() -> None:
    item = {"id": "30000001", "source": "MED", "pmid": "30000001", "title": "Warm feet", "citedByCount": 0}
    links = [{"id": "30000002", "source": "MED", "type": "Expression of concern in", "reference": "J Feet. 2021"}]
    answer = {"resultList": {"result": [item | {"commentCorrectionList": {"commentCorrection": links}}]}}
    (record,) = read_bytes(json.dumps(answer).encode()).records
    assert "under_concern" in {str(p.code) for p in record.problems}
