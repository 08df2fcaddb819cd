"""The real exports in XML and BibTeX beside the project: every value that stands in them stands in its record."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from review.model.record import Record
from review.records import read

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
if not SAMPLES.is_dir():
    pytest.skip("the exports are not beside this checkout", allow_module_level=True)

XML = [*sorted(SAMPLES.glob("pubmed_xml/*.xml")), *sorted(SAMPLES.glob("endnote_xml/*.xml"))]


def held(record: Record) -> str:
    """Everything that a record says, in small letters, blanks folded."""
    return " ".join(" ".join(_texts(record.model_dump(mode="json"))).lower().split())


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inside in value.values():
            yield from _texts(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _texts(inside)
    elif value is not None:
        yield value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("file", XML, ids=lambda file: file.name)
def test_no_text_of_an_xml_entry_is_lost(file: Path) -> None:
    root = etree.parse(file, etree.XMLParser(resolve_entities=False, remove_comments=True)).getroot()
    elements = [element for element in root.iter() if element.tag in ("PubmedArticle", "PubmedBookArticle", "record")]
    seen = 0
    for element, record in zip(elements, read(file).records, strict=True):
        text = held(record)
        for said in element.itertext():
            for line in re.split(r"[\r\n;]", said):  # affiliations stand a line each, types of publication between semicolons
                seen += 1
                assert " ".join(line.lower().split()) in text
    assert seen > 40


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("bibtex/*.bib")), ids=lambda file: file.name)
def test_no_value_of_a_bibtex_entry_is_lost(file: Path) -> None:
    reading = read(file)
    text = " ".join(held(record) for record in reading.records)
    refused = {r.line for r in reading.refused}
    number = 0
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        if refused and number > min(refused):
            continue
        if found := re.match(r"\s*[\w -]+?\s*=\s*\{(.*?)\}?,?\s*$", line):
            value = html.unescape(re.sub(r"--", "-", found[1])).removeprefix("https://doi.org/").lower()
            for part in re.split(r"\band\b|, |; ", value):
                assert " ".join(part.split()) in text
    assert number
