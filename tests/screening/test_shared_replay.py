"""Two published reviews replayed from their recorded codes, where the data lie beside this project: the counts of each stage and reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.screening.replays import NO_REASON, Coded, begun, counts, imported
from tests.structure.tree import ROOT

DATA = ROOT.parent / "shared" / "bench" / "screening"
COUNTS = {
    "ADHD": {
        "screened": 851,
        "passed": 84,
        "first reasons": {NO_REASON: 686, "Publication": 32, "Outcome": 21, "Design": 12, "Drug": 10, "Population": 4, "Language": 1,
                          "Background": 1},
        "assessed": 84,
        "second reasons": {NO_REASON: 59, "Outcome": 2, "Drug": 1, "Population": 1, "Design": 1},
        "included": 20,
    },
    "Antihistamines": {
        "screened": 310,
        "passed": 92,
        "first reasons": {NO_REASON: 218},
        "assessed": 92,
        "second reasons": {NO_REASON: 62, "Language": 7, "Outcome": 5, "Drug": 1, "Background": 1},
        "included": 16,
    },
}  # fmt: skip


@pytest.mark.soak
@pytest.mark.parametrize("name", COUNTS)
def test_a_replay_gives_the_counts_of_the_review(name: str, tmp_path: Path) -> None:
    file = DATA / f"{name}.csv"
    if not file.is_file():
        pytest.skip(f"{file.name} does not lie in ../shared/bench/screening beside this project")
    with file.open(encoding="utf-8", newline="") as source:
        records = [Coded(row["pubmedID"], row["title"], int(row["year"]), "", "") for row in csv.DictReader(source)]
    team = begun(tmp_path / "review", records)
    assert counts(imported(team, DATA / f"{name}_codes.csv")) == COUNTS[name]
    team.ledger.close()
