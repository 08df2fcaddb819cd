"""How far screening is: what is finally decided alone, an estimate from the random share, and the checklist of stopping."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import InputRefused, NotAllowed
from review.screening.order import by_lot
from review.screening.progress import Progress, Settled, progress_of
from review.screening.safe import safe
from review.screening.stopping import estimate, outlook, probability_recall_missed
from tests.rooms.team import PLAN, Team, make_team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def progress(labels: list[int], records: int, *, share: float = 0.1, models: tuple[str, ...] = ("random",), people: int = 2) -> Progress:
    """Reports decided in the order of the lot, so that the random sample is complete."""
    reports = [f"rep:{at}" for at in range(records)]
    decided = enumerate(zip(by_lot(reports), labels, strict=False))
    done = [Settled(report, f"event {at}", at, label, models, people) for at, (report, label) in decided]
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
    outlook = team.nobody.screening.outlook()
    assert (outlook.left, outlook.stopped) == (3, 3)


def test_a_stop_names_its_rule_and_recall_and_progress_is_of_a_stage(team: Team) -> None:
    for said in ({"rule": " ", "target_recall": 0.95}, {"rule": "none left", "target_recall": "nan"}):
        with pytest.raises(InputRefused, match="promises nothing"):
            team.lead.screening.stop(**said, note="so")
    assert team.lead.screening.stops() == []
    for asked in (team.lead.screening.outlook, team.lead.screening.progress, team.lead.screening.safe):
        with pytest.raises(InputRefused, match="'abstract' is no stage"):
            asked("abstract")


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


def test_the_sample_is_the_lot_whoever_presented_it_and_nothing_is_estimated_while_one_of_it_waits() -> None:
    made = progress([1, 0, 0, 0] * 25, 1000)
    assert made.drawn == ([1, 0, 0, 0] * 3)[:10]
    found = made.outlook(0.95, 0.95).estimate
    assert found is not None and (found.drawn, found.relevant) == (10, 3)
    third = by_lot(made.reports)[2]
    gap = Progress(made.reports, tuple(one for one in made.done if one.report != third), 0.102)
    assert (len(gap.sample), gap.waiting) == (10, 1)
    outlook = gap.outlook(0.95, 0.95)
    assert outlook.estimate is None
    assert ("Relevant in all, estimated", "cannot be said: 1 of those drawn at random have no final decision yet") in outlook.as_rows()
    assert [line.figures for line in safe(gap, {}, reviewers=2)][3] == "1 of those drawn at random have no final decision yet"
    assert Progress(made.reports, made.done, 0.0).drawn == []


@given(st.floats(0.01, 1.0), st.integers(1, 100))
@settings(max_examples=30, deadline=None)
def test_a_share_that_was_raised_later_makes_no_sample_of_what_the_ranking_found(share: float, ranked: int) -> None:
    assert progress([1] * ranked, 200, share=share, models=("elas-u4",)).outlook(0.95, 0.95).estimate is None


def test_the_checklist_moves_with_the_facts() -> None:
    start = lines(progress([], 1000))
    assert start == {"A1": "not yet", "All2": "cannot be said", "At2": "cannot be said", "The2": "not yet", "Another3": "not yet",
                     "The4": "not yet"}  # fmt: skip
    labels = [1] * 3 + [0] * 97
    there = {line.what: line for line in safe(progress(labels, 400), {"NCT1": {by_lot([f"rep:{a}" for a in range(400)])[0]}}, reviewers=2)}
    states = [line.state for line in there.values()]
    assert states == ["done", "done", "done", "not yet", "done", "not yet", "done"]
    assert "100 screened, 40 wanted of 400" in [line.figures for line in there.values()]
    by_other = safe(progress(labels, 400, models=("elas-u4", "nb")), {"10.1/x": set()}, reviewers=1)
    assert [line.state for line in by_other][-2:] == ["done", "cannot be said"]
    assert "10.1/x (in no search)" in by_other[1].figures
    assert [line.state for line in safe(progress(labels, 400, models=(), share=0), {}, reviewers=2)][:1] == ["cannot be said"]
    assert ceil(0.01 * 400) == 4


def test_a_key_paper_is_known_by_its_identifier(tmp_path) -> None:
    made = make_team(tmp_path / "review", plan=PLAN + '\n[settings]\nkey_papers = ["10.1000/ABC1", "10.1000/none"]\n')
    search = made.search()
    report = made.article(search, "A trial", "10.1000/abc1")
    made.decide(report, "include", "include")
    line = made.nobody.screening.safe()[1]
    assert (line.state, line.figures) == ("not yet", "1 of 2; not included so far: 10.1000/none (in no search)")
    made.ledger.close()


def rows(team: Team, **asked: float) -> dict[str, str]:
    return dict(team.nobody.screening.outlook(**asked).as_rows())


def screened(team: Team, n: int, decided: list[str]) -> list[str]:
    """*n* records, of which the first are decided so by both."""
    search = team.search()
    reports = [team.article(search, f"Trial {at}") for at in range(n)]
    for report, decision in zip(reports, decided, strict=False):
        team.decide(report, decision, decision)
    return reports


@pytest.mark.parametrize(("decided", "begun"), [(["include", "exclude"], False), (["exclude", "exclude", "include", "exclude"], True)])
def test_a_stop_changes_neither_p_nor_what_is_left(team: Team, decided: list[str], begun: bool) -> None:
    reports = screened(team, 10, decided)
    if begun:
        team.r1.screening.decide(reports[-1], stage="title_abstract", decision="include")
    before, checked = team.nobody.screening.outlook(recall_target=0.8), team.nobody.screening.safe()
    stop = team.lead.screening.stop(rule="tired", target_recall=0.8, note="enough")
    after = team.nobody.screening.outlook(recall_target=0.8)
    assert (after.p, after.screened, after.left, after.estimate) == (before.p, before.screened, before.left, before.estimate)
    assert after.stopped == 10 - len(decided) - begun
    assert f"Screening was stopped: {after.stopped} records were not screened." in after.words and "Every record" not in after.words
    assert team.nobody.screening.safe() == checked
    assert float(team.nobody.screening.stops()[0].body["p"]) == pytest.approx(before.p, rel=1e-5)
    team.lead.screening.undo(stop)
    assert team.nobody.screening.outlook(recall_target=0.8) == before


def test_nothing_is_promised_while_a_conflict_is_open(team: Team) -> None:
    reports = screened(team, 9, ["include", "include", *["exclude"] * 5])
    assert team.nobody.screening.outlook(recall_target=0.5).reached
    team.decide(reports[7], "include", "exclude")
    found = team.nobody.screening.outlook(recall_target=0.5)
    assert (found.p, found.reached, found.unsettled, found.left) == (None, False, 1, 2)
    assert rows(team, recall_target=0.5)["Test that recall is below 50 %"] == "cannot be said: 1 of those left are not settled"
    assert "to be settled first" in found.words
    team.lead.screening.stop(rule="test", target_recall=0.5, note="enough")
    assert [(s.body["p"], s.body["why_no_p"]) for s in team.nobody.screening.stops()] == [(None, "unsettled")]
    team.lead.screening.resolve(reports[7], stage="title_abstract", decision="exclude", reason="P1")
    assert team.nobody.screening.outlook(recall_target=0.5).reached


def test_a_promise_is_seldom_broken_once_conflicts_are_settled() -> None:
    """600 records, 40 relevant, a ranking that finds them early; a quarter of these and few others end in conflict."""
    import numpy as np

    chance = np.random.default_rng(3)
    promised = broken = 0
    for _ in range(60):
        relevant = np.zeros(600, int)
        relevant[chance.choice(600, 40, replace=False)] = 1
        seen = np.argsort(-(relevant * 1.5 + chance.normal(size=600)))[:540]
        hard = [at for at in seen if chance.random() < (0.25 if relevant[at] else 0.01)]
        agreed = [int(relevant[at]) for at in seen if at not in hard]
        assert not outlook(agreed, 600, unsettled=len(hard)).reached
        found = outlook([int(relevant[at]) for at in seen], 600)
        promised += found.reached
        broken += found.reached and found.relevant < 0.95 * 40
    assert promised > 10
    assert broken <= 0.05 * 60


def test_a_conflict_that_is_resolved_late_stands_where_it_was_read(team: Team) -> None:
    reports = screened(team, 8, ["include"])
    team.decide(reports[1], "include", "exclude")
    for report in reports[2:6]:
        team.decide(report, "exclude", "exclude")
    resolved = team.lead.screening.resolve(reports[1], stage="title_abstract", decision="include")
    found = team.nobody.screening.progress("title_abstract")
    assert found.labels == [1, 1, 0, 0, 0, 0] and found.done[1].event == resolved
    assert team.nobody.screening.outlook().in_a_row == 4


def typed(kind: str, number: int) -> list[Settled]:
    """Imported decisions, in the order of a file."""
    return [Settled(f"rep:{kind}{at}", f"{kind} {at}", at, int(kind == "i"), (), 0, imported=True) for at in range(number)]


@given(st.permutations([*typed("i", 4), *typed("e", 12)]), st.lists(st.integers(0, 1), max_size=30))
def test_the_order_of_a_file_moves_nothing(file: list[Settled], here: list[int]) -> None:
    taken = [Settled(one.report, one.event, at, one.label, (), 0, imported=True) for at, one in enumerate(file)]
    own = [Settled(f"rep:h{at}", f"here {at}", 100 + at, label, (), 2) for at, label in enumerate(here)]
    reports = [one.report for one in (*taken, *own)] + [f"rep:u{at}" for at in range(8)]
    found = progress_of(reports, [*taken, *own], 0.0)
    sorted_ = sorted(taken, key=lambda one: (-one.label, one.report))
    first = progress_of(
        reports, [*(Settled(o.report, o.event, at, o.label, (), 0, imported=True) for at, o in enumerate(sorted_)), *own], 0.0
    )
    said, again = found.outlook(0.95, 0.95), first.outlook(0.95, 0.95)
    assert (said.p, said.in_a_row, said.reached, said.words) == (again.p, again.in_a_row, again.reached, again.words)
    assert (said.p is None) == (not here)
    assert [line.state for line in safe(found, {}, reviewers=2)] == [line.state for line in safe(first, {}, reviewers=2)]
    if not here:
        assert "the order in which imported decisions were made is not known" in said.words
    else:
        assert said.p is not None and said.p >= probability_recall_missed(found.labels, len(reports)) - 1e-12


def test_a_consensus_from_a_file_is_by_nobody_in_particular() -> None:
    imported = progress_of([f"rep:e{at}" for at in range(12)], typed("e", 12), 0.0)
    line = safe(imported, {}, reviewers=2)[-1]
    assert line.state == "cannot be said" and "12 by an imported consensus, whose readers are not known" in line.figures
