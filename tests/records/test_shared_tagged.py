"""The real exports of tagged lines beside the project: as many records as other signs say, and no tag whose value is lost."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from review.records import read
from review.records.formats import formats
from review.records.source import Source
from review.text import fold_blanks

SHARED = Path(__file__).parents[3] / "shared"

if not (SHARED / "samples" / "index.csv").is_file():
    pytest.skip("the real exports are not beside this checkout", allow_module_level=True)

KINDS = {"ris", "scopus_ris", "nbib", "enw", "wos"}
# files that are called what they are not, and those whose index counts otherwise
FORMATS = {"cff_baseline_pubmed.ris": "medline", "rispy_example_wos.ris": "wos_tagged"}
COUNTS = {
    "cff_baseline_pubmed.ris": 50,  # the index counts entries of RIS, of which it holds none
    "biopython_pubmed_result1.txt": 1,  # the index says two, but there is one line with a number of PubMed, and one title
    "biopython_pubmed_result3.txt": 1,
    "colrev_ais_enl.txt": 6,  # the index says nothing; there are six titles
}
ROWS = [
    row for row in csv.DictReader((SHARED / "samples" / "index.csv").read_text(encoding="utf-8").splitlines()) if row["format"] in KINDS
]
LISTS = re.compile(r"\s*;\s*")


def words(value: Any) -> Iterator[str]:
    """Every text within a record."""
    if isinstance(value, dict):
        for one in value.values():
            yield from words(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from words(one)
    elif value is not None:
        yield fold_blanks(str(value)).lower()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['format']}/{Path(row['file']).name}" for row in ROWS])
def test_a_real_export_is_read_whole(row: dict[str, str]) -> None:
    path = SHARED / row["file"]
    reading = read(path)
    assert reading.format == FORMATS.get(
        path.name, {"scopus_ris": "ris", "nbib": "medline", "wos": "ris"}.get(row["format"], row["format"])
    )
    assert len(reading.records) == COUNTS.get(path.name, int(row["records"] or 0))
    assert reading.refused == ()
    assert "receipt_mismatch" not in [p.code for p in reading.problems]
    kept = "\n".join(text for record in reading.records for text in words(record.model_dump(exclude={"provenance"})))
    passed = next((p for p in reading.problems if p.code == "text_outside_records"), None)
    lost = [value for value in tagged(path, reading.format) if value not in kept]
    lost = [value for value in lost if not all(part in kept for part in LISTS.split(value))]
    assert lost == [], passed


def tagged(path: Path, format: str) -> Iterator[str]:
    """The value of every line that stands behind a tag, found without the reader."""
    patterns = {
        "ris": r"[A-Z][A-Z0-9]  ?- *(.*)",
        "medline": r"[A-Z]{2,4} *- (.*)",
        "wos_tagged": r"(?!FN|VR)[A-Z][A-Z0-9] (.*)",
        "enw": r"%. (.*)",
    }
    text = path.read_bytes().decode("utf-8-sig", "replace")
    for line in re.split(r"\r\n|\r|\n", text):
        found = re.match(patterns[format], line, re.S)
        value = fold_blanks(found[1]).lower() if found else ""
        value = re.sub(r"^https?://(?:dx\.)?doi\.org/|\s*\[doi\]$", "", value)  # the number is kept, in its own writing
        if value:
            yield value


def test_no_reader_of_tagged_lines_takes_another_real_file_for_its_own() -> None:
    own = {"ris", "medline", "wos_tagged", "ovid_tagged", "refworks", "enw"}
    rows = csv.DictReader((SHARED / "samples" / "index.csv").read_text(encoding="utf-8").splitlines())
    taken = {}
    for row in rows:
        if row["format"] not in KINDS:
            source = Source.of_file(SHARED / row["file"])
            taken |= {(row["file"], name): score for name in own if (score := formats()[name].detect(source)) >= 0.4}
    assert taken == {}
