"""The captured pages, registry files and number patterns beside the project: read in place, compared with what they should give."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from review.model.identifiers import find, recognise
from review.records import read

SHARED = Path(__file__).parents[3] / "shared"

if not (SHARED / "seeds" / "truth").is_dir():
    pytest.skip("the captured pages are not beside this checkout", allow_module_level=True)

NOT_COMPARED = {"site"}  # the name of a site is worded by the project


def differences(true: Any, found: Any, path: str = "") -> Iterator[str]:
    """Places where *found* says something else than *true*, or less."""
    if isinstance(true, dict):
        for name, value in true.items():
            if not name.startswith("_") and name not in NOT_COMPARED:
                yield from differences(value, found.get(name) if isinstance(found, dict) else None, f"{path}.{name}")
    elif isinstance(true, list):
        found = found or []
        if len(true) != len(found):
            yield f"{path}: {len(true)} entries, {len(found)} found"
        for n, (one, other) in enumerate(zip(true, found, strict=False)):
            yield from differences(one, other, f"{path}[{n}]")
    elif true != found and not (true is None and found in (None, [], {}, "")):
        yield f"{path}: {true!r}, found {found!r}"


@pytest.mark.parametrize("name", ["001_e995806bc981aac9", "003_4a410da79fed395c"])
def test_a_captured_page_gives_its_true_record(name: str) -> None:
    true = json.loads((SHARED / "seeds" / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    (record,) = read(SHARED / "seeds" / f"{name}.txt").records
    assert list(differences(true, record.model_dump(mode="json"))) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("001_e995806bc981aac9", {"possible_lost_comparison", "age_conflict"}), ("003_4a410da79fed395c", {"fused_citation"})],
)
def test_doubts_of_a_captured_page_are_among_its_problems(name: str, expected: set[str]) -> None:
    (record,) = read(SHARED / "seeds" / f"{name}.txt").records
    assert expected <= {p.code.value for p in record.problems}


@pytest.mark.parametrize("path", sorted((SHARED / "samples" / "ctgov_v2_json").glob("*.json")), ids=lambda p: p.stem)
def test_registry_files_are_read_whole(path: Path) -> None:
    reading = read(path)
    text = path.read_text(encoding="utf-8")
    assert len(reading.records) == len(re.findall(r'"nctId"\s*:', text)) == 1
    (record,) = reading.records
    study = json.loads(text)["protocolSection"]
    assert record.identifiers[0].value == path.stem
    assert len(record.arm_groups) == len(study["armsInterventionsModule"]["armGroups"])
    assert len(record.locations) == len(study["contactsLocationsModule"]["locations"])
    assert len(record.secondary_outcomes) == len(study["outcomesModule"].get("secondaryOutcomes", []))
    assert record.enrollment is not None
    assert record.enrollment.count == study["designModule"]["enrollmentInfo"]["count"]
    assert record.has_results is True
    assert "\\" not in json.dumps(record.model_dump(mode="json", include={"eligibility", "brief_summary"}), ensure_ascii=False).replace(
        "\\n", ""
    ).replace('\\"', "")


@pytest.mark.parametrize("path", sorted((SHARED / "samples" / "ctgov_legacy_json").glob("*.json")), ids=lambda p: p.stem)
def test_files_of_the_older_layout_are_refused_by_name(path: Path) -> None:
    reading = read(path)
    assert (reading.records, len(reading.refused)) == ((), 1)
    assert "older ClinicalTrials.gov record" in reading.refused[0].reason


def test_number_patterns_agree_with_the_list() -> None:
    with (SHARED / "facts" / "records" / "registry_ids.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == 28
    for row in rows:
        assert recognise(row["example"]) is not None, row["registry"]
        mine = {f.issuer for f in find(row["example"])}
        assert not mine & {f.issuer for f in find(row["negative_example"])}, row["registry"]


def test_all_registry_numbers_of_the_exports_are_recognised() -> None:
    text = "".join(p.read_text(encoding="utf-8", errors="replace") for p in (SHARED / "samples" / "ictrp_xml").glob("*.xml"))
    numbers = re.findall(r"<TrialID>([^<]+)<", text)
    assert len(numbers) > 500
    assert [n for n in numbers if recognise(n) is None] == []
