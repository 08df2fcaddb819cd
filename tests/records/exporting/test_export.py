"""The verb and its receipt: what is chosen, what is refused, and that nothing is lost in silence."""

from __future__ import annotations

import pytest

from review.errors import InputRefused
from review.model.own_note import read_note
from review.records.exporting import FORMATS, to_bytes
from tests.records.exporting.entries import article, examples, record_id


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_records_are_the_same_bytes_and_none_are_a_file_too(format: str) -> None:
    assert to_bytes(examples(), format) == to_bytes(examples(), format)
    assert to_bytes([], format)[1:] == ({}, {})


def test_an_unknown_format_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputRefused, match="'bibtx' is no format to export to(.|\n)*bibtex"):
        to_bytes(examples(), "bibtx")


def test_every_stated_field_is_written_or_counted() -> None:
    doc = article().model_dump(mode="json")
    doc |= {"lead_sponsor": {"name": "A hospital"}, "eligibility": {"inclusion": [{"text": "adults"}]}, "acronym": "WARM"}
    doc["publication"]["affiliations"] = [{"ref": 1, "text": "a town"}]
    doc["publication"]["authors"][0]["orcid"] = "0000-0000-0000-0000"
    doc["extra"]["CY"] = ["a city"]
    lacking = to_bytes([("rec:1", doc), ("rec:2", doc)], "ris")[1]
    of_an_article = ("affiliations", "authors.orcid", "funding")
    assert lacking == dict.fromkeys(("eligibility", "extra.CY", "lead_sponsor", *(f"publication.{name}" for name in of_an_article)), 2)
    assert set(to_bytes([("rec:1", doc)], "asreview")[1]) > {"acronym", "publication.volume", "publication.pages", "extra.SN", *lacking}


def test_what_stands_in_the_place_of_something_else_is_said() -> None:
    altered = to_bytes(examples(), "ris")[2]
    assert altered["summaries stand as the abstract, where there is none"] == 1
    assert altered["records have their conditions or MeSH terms among the keywords"] == 2
    assert altered["values in several lines, which became one line"] == 1


def test_texts_that_no_file_can_hold_are_counted() -> None:
    doc = {**article().model_dump(mode="json"), "brief_title": "half \ud83d, bell \x07, page\x0cbreak, line\u2028break"}
    altered = to_bytes([("rec:1", doc)], "ris")[2]
    assert b"half \xef\xbf\xbd, bell , page break, line break" in to_bytes([("rec:1", doc)], "ris")[0]
    assert sum("replacement character" in what or "control characters" in what or "rare line breaks" in what for what in altered) == 3


def test_the_note_is_found_wherever_another_program_puts_it() -> None:
    said = read_note(examples_note())
    assert said is not None and [(one.type, one.value, one.primary) for one in said.identifiers] == [
        ("NCT", "NCT09999999", True), ("EUDRACT", "2019-012345-67", False), ("ORG_STUDY_ID", "LID 7/b", False),
    ]  # fmt: skip
    for around in ("{}", "<p>{}</p>", "a note before | {}", '{} | RAYYAN-INCLUSION: {{"r1"=>"Included"}}', "line\n{}\nline"):
        found = read_note(around.format(examples_note()))
        assert found == said and found.record == record_id("registration")
    assert read_note("Review record: rec:12 | kind: other") is None
    odd = read_note(f"Review record: {record_id(1)} | kind: nonsense | NOTYPE: 1 | NCT: ")
    assert odd is not None and odd.record_type is None and odd.identifiers == ()


def examples_note() -> str:
    lines = to_bytes(examples(), "ris")[0].decode().split("\r\n")
    return [line.removeprefix("N1  - ") for line in lines if line.startswith("N1")][1]
