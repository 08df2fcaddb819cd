"""Which answers count as given apart: none that somebody else could have seen first, whatever rules and versions came and went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review import Review
from review.errors import EventRefused, InputRefused, NotAllowed, ProtocolInvalid
from review.model.decision import whose
from tests.rooms.team import PLAN, Team, make_team

STAGE = "title_abstract"
ONE = "\n[settings.reviewers_per_stage]\ntitle_abstract = 1\n"
SCREENS_TOO = PLAN.replace('roles = ["lead"]', 'roles = ["lead", "screener", "extractor", "assessor"]')
THIRD = '\n[[reviewers]]\nid = "r3"\nroles = ["screener"]\n'


def amended(team: Team, plan: str) -> None:
    """Put *plan* in force."""
    (team.folder / "review.toml").write_text(plan, encoding="utf-8")
    team.lead.protocol.amend(reason="as the team decided", results_known=False)


def exclude(rv: Review, report: str, round: str | None = None) -> str:
    return rv.screening.decide(report, stage=STAGE, decision="exclude", reason="P1", note="a thought", round=round)


def shown(rv: Review, report: str) -> set[str]:
    """The answers of others on *report* that this viewer may see."""
    view = next(r for r in rv.studies.report_views() if r.id == report)
    panel = rv.screening.panel(view, STAGE)
    own = rv.screening.frame()
    seen = {e.id for e in (*panel.answers, *panel.late, *panel.independent)} | set(own["event"] if len(own) else ())
    return seen | {e.id for e in rv.screening.decisions_on(view)}


def test_an_answer_seen_under_a_rule_since_taken_back_is_not_independent(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    rule = team.lead.screening.allocate(STAGE, scheme="all", double_share=0)
    first, other = (team.r1, team.r2) if report in team.r1.screening.queue(STAGE) else (team.r2, team.r1)
    exclude(first, report)
    team.lead.screening.undo(rule)
    assert len(other.screening.frame()) == 1, "what was open stays open"
    assert report in other.screening.queue(STAGE), "what is due follows today's rule"
    exclude(other, report)
    assert team.nobody.screening.pairs(STAGE) == []
    assert team.nobody.screening.left_out(STAGE).seen == (report,)
    [view] = team.nobody.studies.report_views()
    panel = team.nobody.screening.panel(view, STAGE)
    assert [e.actor for e in panel.late] == [other.reviewer] and team.nobody.screening.standing(view, STAGE).outcome == "exclude"


def test_an_answer_seen_under_an_earlier_version_is_not_independent(tmp_path: Path) -> None:
    team = make_team(tmp_path / "review", plan=PLAN + ONE)
    report = team.article(team.search(), "A trial")
    exclude(team.r1, report)
    amended(team, PLAN)
    assert team.r2.screening.queue(STAGE) == [report]
    exclude(team.r2, report)
    assert team.nobody.screening.pairs(STAGE) == []
    team.ledger.close()


def test_a_version_that_held_between_two_answers_opened_the_first(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    exclude(team.r1, report)
    assert len(team.r2.screening.frame()) == 0
    amended(team, PLAN + ONE)
    assert len(team.r2.screening.frame()) == 1
    amended(team, PLAN)
    exclude(team.r2, report)
    assert team.nobody.screening.pairs(STAGE) == []


def test_who_joins_after_a_pilot_has_seen_it_and_is_not_counted(team: Team) -> None:
    search = team.search()
    reports = [team.article(search, f"Trial {n}") for n in range(2)]
    team.lead.screening.pilot(reports, round="1")
    for rv in team.both:
        exclude(rv, reports[0], "1")
    amended(team, PLAN + THIRD)
    third = Review.open(team.folder, reviewer="r3", ledger=team.ledger)
    for report in reports:
        exclude(third, report, "1")
    assert [{e.actor for e in pair} for pair in team.nobody.screening.pairs(STAGE, round="1")] == [{"r1", "r2"}]
    view = next(r for r in team.r2.studies.report_views() if r.id == reports[1])
    assert not team.r2.screening.panel(view, STAGE, round="1").closed, "the two who were named have not answered"


def test_what_a_pilot_showed_both_is_left_out_of_the_agreement(team: Team) -> None:
    search = team.search()
    reports = [team.article(search, f"Trial {n}") for n in range(3)]
    pilot = team.lead.screening.pilot(reports[:2], round="1")
    for rv in team.both:
        exclude(rv, reports[0], "1")
    for report in reports:
        for rv in team.both:
            exclude(rv, report)
    assert {e.subject for pair in team.nobody.screening.pairs(STAGE) for e in pair} == set(reports[1:])
    team.lead.screening.undo(pilot)
    assert team.nobody.screening.left_out(STAGE).in_pilot == (reports[0],), "taking the round back hides nothing from memory"
    assert team.nobody.screening.agreement(STAGE).n == 2
    assert "Not counted at title and abstract: 1 whose answers a pilot round had shown" in team.nobody.tables.agreement().notes[-1]


@pytest.fixture
def lead_screens(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review", plan=SCREENS_TOO)
    yield made
    made.ledger.close()


def test_a_lead_who_screens_is_blind_like_every_screener(lead_screens: Team) -> None:
    team = lead_screens
    report = team.article(team.search(), "A trial")
    answer = exclude(team.r1, report)
    assert answer not in shown(team.lead, report) and team.lead.screening.open_of_others()
    exclude(team.lead, report)
    assert answer in shown(team.lead, report) and len(team.nobody.screening.pairs(STAGE)) == 1


def test_a_lead_who_also_extracts_and_assesses_is_blind_there_too(lead_screens: Team) -> None:
    team = lead_screens
    study = team.include(team.article(team.search(), "A trial"), "included")
    [view] = team.lead.studies.views()
    team.r1.extraction.record(study, item="participants", value="30", quotation="30 people", location="page 1")
    team.r1.bias.not_assessed(study, tool="jbi-case-series", reason="No result in hand.")
    assert not [c for c in team.lead.extraction.cells(view) if c.value == "30"]
    assert "No result in hand." not in team.lead.bias.frame().to_csv()


def test_a_lead_who_saw_all_and_screens_since_is_not_counted(team: Team) -> None:
    search = team.search()
    before, after = (team.article(search, f"Trial {n}") for n in "ab")
    answer = exclude(team.r1, before)
    assert answer in shown(team.lead, before)
    amended(team, SCREENS_TOO)
    exclude(team.r1, after)
    lead = Review.open(team.folder, reviewer="lead", ledger=team.ledger)
    for report in (before, after):
        exclude(lead, report)
    assert [{e.subject for e in pair} for pair in team.nobody.screening.pairs(STAGE)] == [{after}]
    assert team.nobody.screening.left_out(STAGE).seen == (before,)


answers = st.tuples(st.just("decide"), st.sampled_from(["r1", "r2", "r3", "lead"]), st.integers(0, 1))
rules = st.tuples(st.just("allocate"), st.sampled_from([None, 0, 0.5, 1]), st.integers(0, 3))
versions = st.tuples(st.just("amend"), st.sampled_from(["", ONE]), st.sampled_from([PLAN + THIRD, SCREENS_TOO + THIRD]))
undone = st.tuples(st.just("undo"), st.integers(0, 20), st.just(None))
steps = st.lists(st.one_of(answers, answers, answers, rules, versions, undone), min_size=5, max_size=12)


def follow(taken: list) -> None:
    """Take these steps, note after each who may see what, and look at last whether a counted answer was given after another was seen."""
    with TemporaryDirectory() as name:
        team = make_team(Path(name) / "review", plan=SCREENS_TOO + THIRD)
        try:
            search = team.search()
            reports = [team.article(search, f"Trial {n}") for n in range(2)]
            people: dict[str, Review] = {}
            known: dict[str, set[str]] = {who: set() for who in ("r1", "r2", "r3", "lead")}
            before: dict[str, set[str]] = {}  # answer -> what its writer had seen when it was given
            for step in taken:
                with suppress(NotAllowed, InputRefused, ProtocolInvalid, EventRefused):
                    people = people or _people(team)
                    _take(team, people, reports, step, known, before)
                people = _people(team) if step[0] == "amend" or not people else people
                for who, rv in people.items():
                    known[who] |= {e.id for e in rv.screening.visible_events()}
            for view in team.nobody.studies.report_views():
                counted = team.nobody.screening.panel(view, STAGE).independent
                for own in counted:
                    others = {e.id for e in counted if whose(e) != whose(own)}
                    assert others.isdisjoint(before[own.id]), (taken, own.actor)
        finally:
            team.ledger.close()


def _people(team: Team) -> dict[str, Review]:
    """Everybody, with the roles of today."""
    return {who: Review.open(team.folder, reviewer=who, ledger=team.ledger) for who in ("r1", "r2", "r3", "lead")}


def _take(
    team: Team, people: dict[str, Review], reports: list[str], step: tuple, known: dict[str, set[str]], before: dict[str, set[str]]
) -> None:
    what, one, other = step
    if what == "decide":
        before[exclude(people[one], reports[other])] = set(known[one])
    elif what == "allocate":
        team.lead.screening.allocate(STAGE, scheme="all", double_share=one, seed=other)
    elif what == "amend":
        amended(team, other + one)
    else:
        own = [(rv, e.id) for rv in (team.r1, team.r2) for e in rv.screening.visible_events() if e.actor == rv.reviewer]
        made = [(team.lead, rule.id) for rule, gone in team.lead.screening.allocations(STAGE) if gone is None]
        if possible := [*made, *own]:
            rv, event = possible[one % len(possible)]
            rv.screening.undo(event)


@settings(max_examples=4, deadline=None)
@given(steps)
def test_no_answer_counts_that_was_given_after_another_could_be_seen(taken: list) -> None:
    follow(taken)


@pytest.mark.soak
@settings(max_examples=60, deadline=None)
@given(steps)
def test_no_answer_counts_that_was_given_after_another_could_be_seen_however_often(taken: list) -> None:
    follow(taken)
