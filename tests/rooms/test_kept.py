"""What an open review keeps between two questions is what a newly opened one derives, whatever happened in between."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review import Review
from review.ledger.ledger import Ledger
from review.model.decision import STAGES
from tests.rooms.team import Clock, Team
from tests.rooms.test_identities import STEPS, Walk


def told(rv: Review) -> list[Any]:
    """What this reviewer is told of the flow, and of each report and study."""
    stands = [rv.screening.standings(stage) for stage in STAGES]
    return [rv.flow(), rv.studies.report_views(), rv.studies.views(), rv.studies.finals(), rv.screening.removed(), *stands]


def as_newly_opened(team: Team, *names: str | None) -> bool:
    """Whether the reviews that are open for these people (one who only looks) tell what one tells that was opened just now."""
    opened = {"r1": team.r1, "lead": team.lead, None: team.nobody}
    return all(told(opened[name]) == told(Review.open(team.folder, reviewer=name, ledger=team.ledger)) for name in names or (None,))


def work_apart(walk: Walk, folder: Path) -> None:
    """A copy of the review in which others worked on at the same time, merged into the review."""
    (folder / "data").mkdir(parents=True)
    shutil.copy(walk.team.folder / "review.toml", folder / "review.toml")
    place = walk.team.lead.backup(folder / "data" / "ledger.sqlite3")
    ledger = Ledger.open(place, clock=Clock())
    r1, r2, lead, nobody = (Review.open(folder, reviewer=name, ledger=ledger) for name in ("r1", "r2", "lead", None))
    other = copy.copy(walk)
    other.team, other.chance, other.undoable = Team(folder, ledger, r1, r2, lead, nobody), Random(walk.chance.random()), []
    other.run(range(4, STEPS // 2))
    walk.run(range(4, STEPS // 2), as_newly_opened)
    ledger.close()
    walk.team.lead.merge(place)


def kept_through(seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        walk = Walk(seed, Path(name) / "review", Counter())
        try:
            walk.run(range(STEPS), as_newly_opened)
            work_apart(walk, Path(name) / "apart")
            assert as_newly_opened(walk.team, None, "r1", "lead")
            walk.run(range(4, 8), as_newly_opened)
        finally:
            walk.team.ledger.close()


@settings(max_examples=1)
@given(st.integers(0, 10_000))
def test_a_warm_review_tells_what_a_newly_opened_one_tells(seed: int) -> None:
    kept_through(seed)


@pytest.mark.soak
@settings(max_examples=100)
@given(st.integers(0, 10_000))
def test_so_it_does_on_a_hundred(seed: int) -> None:
    kept_through(seed)
