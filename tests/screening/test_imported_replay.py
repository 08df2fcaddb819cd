"""A review replayed from codes gives its counts of every stage and reason, whether the codes are imported or decided one by one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.screening.replays import REASONS, Coded, begun, counts, decided, imported, reasons_of, table_of

ALONE = "\n[settings]\nreviewers_per_stage = { title_abstract = 1, full_text = 1 }\n"


def made(seed: int, number: int, *, bare: bool) -> list[Coded]:
    """Records with codes drawn by chance; bare: exclusions at full text may have no reason."""
    chance = random.Random(seed)
    found = []
    for n in range(number):
        first = chance.choice(["I", "I", "E", "E", *REASONS])
        second = chance.choice(["I", *(["E"] if bare else []), *REASONS]) if first == "I" else ""
        found.append(Coded(str(1000 + n), f"Record {n} of a replay", 2000 + n % 9, first, second))
    return found


def test_imported_codes_give_the_counts_that_they_hold(tmp_path: Path) -> None:
    records = made(1, 60, bare=True)
    passed = [one for one in records if one.first == "I"]
    team = begun(tmp_path / "review", records)
    assert counts(imported(team, table_of(records))) == {
        "screened": 60,
        "passed": len(passed),
        "first reasons": reasons_of([one.first for one in records]),
        "assessed": len(passed),
        "second reasons": reasons_of([one.second for one in passed]),
        "included": sum(one.second == "I" for one in passed),
    }
    team.ledger.close()


@pytest.mark.parametrize("seed", [2, 3])
def test_deciding_one_by_one_gives_the_flow_of_the_import(tmp_path: Path, seed: int) -> None:
    records = made(seed, 20, bare=False)
    one, two = begun(tmp_path / "one", records), begun(tmp_path / "two", records, ALONE)
    by_file, by_hand = imported(one, table_of(records)), decided(two, records)
    assert counts(by_file) == counts(by_hand)
    assert {name: (box.ids, box.by) for name, box in by_file.boxes.items()} == {n: (b.ids, b.by) for n, b in by_hand.boxes.items()}
    for team in (one, two):
        team.ledger.close()
