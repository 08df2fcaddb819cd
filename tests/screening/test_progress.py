"""How far screening is: what is finally decided alone, an estimate from the random share, and the checklist of stopping."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import NotAllowed
from review.screening.order import by_lot
from review.screening.progress import Progress, Settled, progress_of
from review.screening.safe import safe
from review.screening.stopping import estimate
from tests.rooms.team import PLAN, Team, make_team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def progress(labels: list[int], records: int, *, share: float = 0.1, model: str = "elas-u4", people: int = 2) -> Progress:
    """Reports decided in the order of the lot, so that the random sample is complete."""
    reports = [f"rep:{at}" for at in range(records)]
    decided = enumerate(zip(by_lot(reports), labels, strict=False))
    done = [Settled(report, f"event {at}", at, label, model, people) for at, (report, label) in decided]
    return progress_of(reports, done, share)


def lines(made: Progress, key_papers: dict | None = None, reviewers: int = 2) -> dict[str, str]:
    return {line.what.split(" ")[0] + str(line.phase): line.state for line in safe(made, key_papers or {}, reviewers=reviewers)}


def test_open_decisions_are_in_no_outlook(team: Team) -> None:
    search = team.search()
    reports = [team.article(search, f"Trial {at}", f"10.1000/abc{at}") for at in range(12)]
    team.decide(reports[0], "include", "unsure")
    team.decide(reports[1], "include", "exclude")
    before = team.r1.screening.outlook()
    for at in range(2, 12):
        team.r2.screening.decide(reports[at], stage="title_abstract", decision="include")
    for rv in (team.r1, team.r2, team.lead, team.nobody):
        assert rv.screening.outlook() == before
        assert rv.screening.safe() == team.nobody.screening.safe()
    assert (before.screened, before.relevant, before.left, before.found) == (1, 1, 11, (1,))
    team.lead.screening.resolve(reports[1], stage="title_abstract", decision="exclude")
    after = team.nobody.screening.outlook(recall_target=0.8)
    assert (after.found, after.in_a_row, after.left) == ((1, 1), 1, 10)
    assert ("Left", "10") in after.as_rows()


def test_only_a_person_of_the_team_stops_and_the_p_is_stored(team: Team) -> None:
    search = team.search()
    reports = [team.article(search, f"Trial {at}", f"10.1000/abc{at}") for at in range(4)]
    team.decide(reports[0], "include", "include")
    p = team.nobody.screening.outlook(recall_target=0.9).p
    team.r1.screening.stop(rule="test", target_recall="90 %", note="enough")
    team.lead.screening.stop(rule="by hand", target_recall="most of them", note="enough")
    assert [event.body["p"] for event in team.nobody.screening.stops()] == [f"{p:.6g}", None]
    assert team.nobody.screening.outlook().left == 0


def test_somebody_who_only_extracts_does_not_stop(tmp_path) -> None:
    plan = PLAN + '\n[[reviewers]]\nid = "x1"\nroles = ["extractor"]\n'
    made = make_team(tmp_path / "review", plan=plan)
    from review import Review

    x1 = Review.open(made.folder, reviewer="x1", ledger=made.ledger)
    with pytest.raises(NotAllowed, match="x1 has no role screener"):
        x1.screening.stop(rule="by hand", target_recall="0.95", note="enough")
    made.ledger.close()


@given(st.integers(1, 80), st.integers(0, 200), st.integers(0, 120), st.data())
@settings(max_examples=60, deadline=None)
def test_the_estimate_keeps_what_is_known(drawn: int, further: int, unread: int, data: st.DataObject) -> None:
    sample = data.draw(st.lists(st.integers(0, 1), min_size=drawn, max_size=drawn))
    labels = [*sample, *data.draw(st.lists(st.integers(0, 1), min_size=further, max_size=further))]
    found = estimate(sample, labels, len(labels) + unread)
    assert found is not None
    assert sum(labels) <= found.fewest <= found.most <= sum(labels) + unread
    assert found.fewest - 1 <= found.total <= found.most + 1
    assert found.low <= found.share <= found.high


def test_the_exact_interval_is_that_of_the_tables() -> None:
    found = estimate([1] * 10 + [0] * 90, [1] * 10 + [0] * 90, 10_000)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.0490, 0.1762)  # Clopper and Pearson, 10 of 100
    assert estimate([], [1, 0], 10) is None


def test_the_sample_is_the_lot_whoever_presented_it_and_ends_at_what_waits() -> None:
    made = progress([1, 0, 0, 0] * 25, 1000)
    assert made.drawn == ([1, 0, 0, 0] * 3)[:10]
    third = by_lot(made.reports)[2]
    gap = Progress(made.reports, tuple(one for one in made.done if one.report != third), 0.1)
    assert gap.drawn == [1, 0]
    assert Progress(made.reports, made.done, 0.0).drawn == []


def test_the_checklist_moves_with_the_facts() -> None:
    start = lines(progress([], 1000))
    assert start == {"A1": "not yet", "All2": "cannot be said", "At2": "cannot be said", "The2": "not yet", "Another3": "not yet",
                     "The4": "not yet"}  # fmt: skip
    labels = [1] * 3 + [0] * 97
    there = {line.what: line for line in safe(progress(labels, 400), {"NCT1": {by_lot([f"rep:{a}" for a in range(400)])[0]}}, reviewers=2)}
    states = [line.state for line in there.values()]
    assert states == ["done", "done", "done", "not yet", "done", "not yet", "done"]
    assert "100 screened, 40 wanted of 400" in [line.figures for line in there.values()]
    by_other = safe(progress(labels, 400, model="nb"), {"10.1/x": set()}, reviewers=1)
    assert [line.state for line in by_other][-2:] == ["done", "cannot be said"]
    assert "10.1/x (in no search)" in by_other[1].figures
    assert [line.state for line in safe(progress(labels, 400, model="", share=0), {}, reviewers=2)][:1] == ["cannot be said"]
    assert ceil(0.01 * 400) == 4


def test_a_key_paper_is_known_by_its_identifier(tmp_path) -> None:
    made = make_team(tmp_path / "review", plan=PLAN + '\n[settings]\nkey_papers = ["10.1000/ABC1", "10.1000/none"]\n')
    search = made.search()
    report = made.article(search, "A trial", "10.1000/abc1")
    made.decide(report, "include", "include")
    line = made.nobody.screening.safe()[1]
    assert (line.state, line.figures) == ("not yet", "1 of 2; not included so far: 10.1000/none (in no search)")
    made.ledger.close()
