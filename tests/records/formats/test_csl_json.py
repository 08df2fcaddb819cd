"""CSL-JSON: variables, names, dates, Zotero's note, the four shapes of a file, broken files."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.model.record import ProblemCode
from review.records import Reading, read_bytes

LAMPS: dict[str, Any] = {
    "id": "http://zotero.org/users/1/items/LAMP", "type": "article-journal", "title": "Morning light for <i>tired</i> nurses",
    "container-title": "Journal of lamps", "container-title-short": "J Lamps", "volume": 7, "issue": "2", "page": "113-125",
    "abstract": "Nurses are tired (NCT09000001).", "DOI": "10.1234/LAMPS.7", "ISSN": "1234-5678", "language": "en",
    "note": "PMID: 30000001\nPMCID: PMC9000001\nseen twice", "keyword": "lamp, night shift", "URL": "https://lamps.example.org/7",
    "author": [
        {"family": "Hale", "given": "Rosa M.", "suffix": "Jr"}, {"family": "Berg", "given": "A", "non-dropping-particle": "van den"},
        {"literal": "Lamp Study Group"},
    ],
    "editor": [{"family": "Okafor", "given": "B"}],
    "issued": {"date-parts": [[2021, "2", 3]]}, "accessed": {"date-parts": [[2022]], "circa": True},
    "my-variable": {"inner": ["kept", 5]},
}  # fmt: skip
CHAPTER = {"id": "b", "type": "chapter", "title": "Lamps at night", "issued": {"raw": "circa 2019"}, "author": [{"family": "Hale"}]}
WHOLE = json.dumps([LAMPS, CHAPTER], ensure_ascii=False, indent=1)


def read(text: str) -> Reading:
    reading = read_bytes(text.encode(), "lamps.json")
    assert reading.format == "csl_json"
    assert reading.read == len(reading.records) + len(reading.refused)
    assert [p.code for p in reading.problems if p.code == ProblemCode.UNTRIED_FORMAT]
    return reading


def test_variables_of_an_item() -> None:
    one, two = read(WHOLE).records
    paper = one.publication
    assert paper is not None
    assert one.brief_title == "Morning light for tired nurses"
    assert [a.name for a in paper.authors] == ["Hale, Rosa M. Jr", "van den Berg, A", "Lamp Study Group"]
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("Journal of lamps", 2021, "7", "2", "113-125")
    assert (paper.pmid, paper.pmcid, paper.doi) == ("30000001", "PMC9000001", "10.1234/lamps.7")
    assert [i.type for i in one.identifiers if i.role == "primary"] == ["PMID"]
    assert ("NCT", "NCT09000001") in [(i.type, i.value) for i in one.identifiers]
    assert one.keywords == ("lamp", "night shift")
    assert (one.extra["issued"], one.extra["accessed"], one.extra["editor"]) == (("2021-2-3",), ("2022 True",), ("Okafor, B",))
    assert one.extra["note"] == ("PMID: 30000001\nPMCID: PMC9000001\nseen twice",)
    assert one.extra["my-variable.inner"] == ("kept", "5")
    assert [p.message.split("'")[1] for p in one.problems if p.code == ProblemCode.UNKNOWN_TAG] == ["my-variable.inner"]
    assert (two.record_type, two.publication.year if two.publication else None) == ("other", 2019)


def test_spans_point_to_the_lines_of_the_file() -> None:
    lines = WHOLE.split("\n")
    where = read(WHOLE).records[0].provenance.field_spans
    assert all("title" in lines[n - 1] for n in where["brief_title"])
    first, last = where["publication.authors[2]"]
    assert "Lamp Study Group" in "".join(lines[first - 1 : last])


@pytest.mark.parametrize(
    "text",
    [json.dumps([LAMPS, CHAPTER]), json.dumps({"items": [LAMPS, CHAPTER]}, indent=2), f"{json.dumps(LAMPS)}\n{json.dumps(CHAPTER)}\n"],
    ids=["array", "items", "lines"],
)
def test_every_shape_gives_the_same_records(text: str) -> None:
    assert [r.record_id for r in read(text).records] == [r.record_id for r in read(WHOLE).records]


def test_what_is_no_item_is_refused_with_its_line() -> None:
    reading = read('[\n{"type": "book", "title": "A", "issued": {}},\n5,\n{"type": "book"},\n{"type": "book", "title": "B"}]')
    assert [(r.line, r.reason.split(":")[0]) for r in reading.refused] == [(3, "not an item"), (4, "not an item")]
    assert [r.brief_title for r in reading.records] == ["A", "B"]


@pytest.mark.parametrize(
    "value", ["1" * 5000, '"\\ud800"', "[" * 60 + "]" * 60, "NaN", "1e999", "null", "true", "[[]]", '{"date-parts": 5}']
)
@pytest.mark.parametrize("name", ["title", "author", "issued", "keyword", "note", "other"])
def test_a_value_of_an_unexpected_kind_never_raises(name: str, value: str) -> None:
    reading = read(f'[{{"type": "book", "container-title": "x", "{name}": {value}}}]')
    for record in reading.records:
        record.model_dump_json().encode()
    assert reading.read == 1


@settings(max_examples=60)
@given(at=st.integers(0, len(WHOLE.encode())), flip=st.integers(0, 255))
def test_cut_and_flipped_never_raise(at: int, flip: int) -> None:
    data = WHOLE.encode()
    for broken in (data[:at], data[:at] + bytes([flip]) + data[at + 1 :]):
        reading = read_bytes(broken, format="csl_json")
        assert reading.read == len(reading.records) + len(reading.refused)
