"""The identities of the flow hold at every moment of random reviews."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import ReviewError
from review.model.decision import CLASSIFICATIONS
from tests.rooms.team import Team, broken, make_team

SOURCES = (
    ("Embase", "database", None),
    ("WHO ICTRP", "register", None),
    ("A website", "other", "website"),
    ("Reference lists", "other", "citation"),
    ("By hand", "other", "hand"),
)
STAGES = ("title_abstract", "full_text")

# One step of a random review: what is done, and small numbers that choose whom, which report and how.
steps = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)), min_size=4, max_size=28)


def walk(team: Team, script: list[tuple[int, int, int, int]], after: Callable[[Team], None]) -> None:
    """Do the steps; what the rules refuse is simply not done."""
    undoable: list[tuple[Any, str]] = []
    for what, first, second, third in script:
        try:
            done = _do(team, what, first, second, third, undoable)
        except ReviewError:
            continue
        if done is not None:
            undoable.append(done)
        after(team)


def _do(team: Team, what: int, first: int, second: int, third: int, undoable: list[tuple[Any, str]]) -> tuple[Any, str] | None:
    reports = [r.id for r in team.lead.studies.report_views()]
    who = team.both[third % 2]
    if what <= 2 or not reports:
        source, kind, via = SOURCES[first % 5]
        team.article(team.search(source, kind, via), f"Trial {second}", f"10.1000/abc{second}", year=2000 + third)
        team.lead.studies.find()
        return None
    report, other = reports[first % len(reports)], reports[second % len(reports)]
    if what <= 5:
        decision = ("include", "include", "exclude", "unsure")[second % 4]
        return who.screening, who.screening.decide(
            report, stage=STAGES[what % 2], decision=decision, reason=("P1", "I1")[first % 2] if decision == "exclude" else None
        )
    if what == 6:
        return who.screening, who.screening.retrieve(report, ("retrieved", "extract_only", "not_retrieved")[second % 3])
    if what == 7:
        return team.lead.screening, team.lead.screening.resolve(
            report, stage=STAGES[second % 2], decision=("include", "exclude")[third % 2], reason="P1" if third % 2 else None
        )
    if what == 8:
        return who.studies, who.studies.classify(team.study(report), CLASSIFICATIONS[second % 4], reason="so")
    if what == 9:
        return team.lead.studies, team.lead.studies.merge([report, other], reason="the same document")
    if what == 10:
        return team.lead.studies, team.lead.studies.link(report, team.study(other), reason="the same trial")
    if undoable:
        room, event = undoable[(first + second) % len(undoable)]
        room.undo(event)
    elif third == 3:
        team.lead.screening.stop(rule="by hand", target_recall="0.95", note="enough")
    return None


def _hold(team: Team) -> None:
    assert broken(team) == []


def _run(script: list[tuple[int, int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        team = make_team(Path(folder))
        walk(team, script, _hold)
        _hold(team)
        team.ledger.close()


@settings(max_examples=100)
@given(steps)
def test_they_hold_on_random_reviews(script: list[tuple[int, int, int, int]]) -> None:
    _run(script)


@pytest.mark.soak
@settings(max_examples=1000)
@given(steps)
def test_they_hold_on_a_thousand(script: list[tuple[int, int, int, int]]) -> None:
    _run(script)


def test_a_broken_flow_names_the_ids(team: Team) -> None:
    from dataclasses import replace

    from review.reporting.flow import Box

    report = team.article(team.search(), "A trial", "10.1000/abc1")
    flow = team.nobody.flow()
    wrong = replace(flow, boxes={**flow.boxes, "records_passed": Box("records_passed", "records", ("rec:" + report.removeprefix("rep:"),))})
    found = {name: message for name, holds, message in wrong.identities() if not holds}
    assert set(found) == {"I2", "I4"}
    assert report.removeprefix("rep:") in found["I2"]
