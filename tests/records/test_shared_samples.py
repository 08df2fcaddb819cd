"""Every real export that lies beside the project is read: no exception, told by its content, as many entries as an independent count."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from review.model.record import Problem
from review.records import read
from review.records.formats import Refusal, formats
from review.records.reading import entries, source_at

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
if not SAMPLES.is_dir():
    pytest.skip("the exports are not beside this checkout", allow_module_level=True)

INDEX = list(csv.DictReader((SAMPLES / "index.csv").read_text(encoding="utf-8").splitlines()))
FILES = [SAMPLES.parent / row["file"] for row in INDEX]
# file -> (entries, why they are not what the index says)
OTHERWISE = {
    "cff_baseline_excel.csv": (10, "the index counts the three rows above the names of the columns"),
    "biopython_pubmed_result1.txt": (1, "one line begins with PMID; the index counts PMID and PMC"),
    "biopython_pubmed_result3.txt": (1, "one line begins with PMID; the index counts PMID and PMC"),
    "cff_baseline_pubmed.ris": (50, "it is MEDLINE by another name: 50 lines begin with PMID, none with TY"),
    "colrev_ais_enl.txt": (6, "the index states no count; six lines begin with %0"),
}
NOT_READ = {"ctgov_legacy_json", "isrctn_json", "eudract_json"}  # conversions by another package


@pytest.mark.parametrize("row", INDEX, ids=lambda row: Path(row["file"]).name + f" in {Path(row['file']).parent.name}")
def test_as_many_entries_as_the_index_counts(row: dict[str, str]) -> None:
    file = SAMPLES.parent / row["file"]
    wanted = OTHERWISE[file.name][0] if file.name in OTHERWISE else int(row["records"])
    reading = read(file)
    assert (reading.read, len(reading.records) == 0) == (wanted, row["format"] in NOT_READ)
    assert not [p for p in reading.problems if p.code == "receipt_mismatch"]
    assert [r for r in reading.refused if not r.reason] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_no_other_reader_comes_near(file: Path) -> None:
    source = source_at(file)
    scores = sorted(((one.detect(source), name) for name, one in formats().items()), reverse=True)
    assert scores[0][0] >= 0.5 and scores[0][0] - scores[1][0] >= 0.1, scores[:3]


@pytest.mark.parametrize("name", sorted(formats()))
def test_a_reader_that_was_given_any_other_file_says_so_and_raises_nothing(name: str) -> None:
    for file in FILES[:: len(FILES) // 12]:
        found = entries(source_at(file), name)
        items = list(found)
        assert all(item.reason for item in items if isinstance(item, Refusal))
        assert (found.kept + found.refused, all(isinstance(p, Problem) for p in found.problems)) == (len(items), True)
