"""A question that was settled twice, before reports were joined, in two copies of a review, or at the same moment, can be settled again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from review import Review
from review.errors import NotAllowed
from review.ledger.ledger import Ledger
from review.ledger.pen import Pen
from tests.rooms.assessing import LOW, ROB, both_judge, trial
from tests.rooms.graded import COMPARISON, NO_CONCERN
from tests.rooms.switched import V1, V2, study_of
from tests.rooms.switched import report as reported
from tests.rooms.team import PLAN, Clock, Team, make_team


@dataclass(frozen=True)
class Question:
    """A difference between two people: how to settle it in one of two ways, how many wait, and what stands."""

    settle: Callable[[Review, int], str]
    waits: Callable[[Review], int]
    stands: Callable[[Review], str]
    ways: tuple[str, str]


def screening(team: Team) -> Question:
    report = team.article(team.search(), "A trial")
    team.decide(report, "include", "exclude")
    place: dict[str, Any] = {"stage": "title_abstract"}
    ways = ("include", "exclude")
    return Question(
        lambda rv, n: rv.screening.resolve(report, **place, decision=ways[n], reason="P1" if n else None, note=f"way {n}"),
        lambda rv: len(rv.screening.conflicts(**place)),
        lambda rv: str(rv.screening.standing(next(r for r in rv.studies.report_views() if r.id == report), "title_abstract").outcome),
        ways,
    )


def classifying(team: Team) -> Question:
    study, ways = team.include(team.article(team.search(), "A trial")), ("ongoing", "awaiting")
    for rv, word in zip(team.both, ways, strict=True):
        rv.studies.classify(study, word, reason="so")
    return Question(
        lambda rv, n: rv.studies.resolve(study, ways[n], reason=f"way {n}"),
        lambda rv: len(rv.studies.conflicts()),
        lambda rv: str(rv.studies.final(next(s for s in rv.studies.views() if s.id == study))),
        ways,
    )


def bias(team: Team) -> Question:
    study = trial(team)
    both_judge(team, study, LOW, {**LOW, "1.2": "N"})
    settled = (LOW, {**LOW, "1.2": "N"})
    return Question(
        lambda rv, n: rv.bias.resolve(study, **ROB, answers=settled[n], reason=f"way {n}"),
        lambda rv: len(rv.bias.conflicts()),
        lambda rv: str(rv.bias.assessments(next(s for s in rv.studies.views() if s.id == study))[0].overall),
        ("Low", "High"),
    )


def certainty(team: Team) -> Question:
    asked: dict[str, Any] = {"comparison": COMPARISON, "start": "randomised"}
    rated = tuple({"ratings": {**NO_CONCERN, "imprecision": down}, "explanations": {"imprecision": "few"}} for down in (-1, -2))
    for rv, given in zip(team.both, rated, strict=True):
        rv.certainty.grade("Activity", **asked, **given)
    return Question(
        lambda rv, n: rv.certainty.resolve("Activity", **asked, **rated[n], why=f"way {n}"),
        lambda rv: len(rv.certainty.conflicts()),
        lambda rv: str((rv.certainty.gradings()[0].grading or {}).get("final")),
        ("3", "2"),
    )


def extraction(team: Team) -> Question:
    study, ways = team.include(team.article(team.search(), "A trial")), ("8", "11")
    for rv, value in zip(team.both, ways, strict=True):
        rv.extraction.record(study, item="visits", value=value, quotation=f"{value} visits", location="p. 1")
    return Question(
        lambda rv, n: rv.extraction.resolve(study, item="visits", value=ways[n], reason=f"way {n}"),
        lambda rv: len(rv.extraction.conflicts()),
        lambda rv: str(rv.extraction.frame().query("item == 'visits'")["value"].iloc[0]),
        ways,
    )


def switching(team: Team) -> Question:
    files = team.folder.parent / "files"
    files.mkdir()
    study = study_of(team, files, V1, V2)
    reported(team, study)
    found = team.r1.extraction.switching().query("difference == 'added'").iloc[0]["item"]
    words = (("confirmed", None), ("no_difference", ()))
    for rv, (judgement, difference) in zip(team.both, words, strict=True):
        rv.extraction.judge_switching(study, found, judgement=judgement, difference=difference)
    return Question(
        lambda rv, n: rv.extraction.resolve_switching(study, found, judgement=words[n][0], difference=words[n][1], reason=f"way {n}"),
        lambda rv: len(rv.extraction.switching_conflicts()),
        lambda rv: str(rv.extraction.switching().set_index("item").at[found, "judgement"]),
        ("confirmed", "no_difference"),
    )


ROOMS = pytest.mark.parametrize("asked", [screening, classifying, extraction, switching, bias, certainty])


@ROOMS
def test_what_two_copies_of_a_review_settled_differently_is_settled_once_more(asked: Callable[[Team], Question], tmp_path: Path) -> None:
    team = make_team(tmp_path / "here", plan=PLAN)
    question = asked(team)
    shutil.copytree(team.folder, tmp_path / "there")
    with Ledger.open(tmp_path / "there" / "data" / "ledger.sqlite3", clock=Clock()) as ledger:
        question.settle(Review.open(tmp_path / "there", reviewer="lead", ledger=ledger), 1)
    question.settle(team.lead, 0)
    team.lead.merge(tmp_path / "there" / "data" / "ledger.sqlite3")
    assert question.waits(team.lead) == 1
    event = question.settle(team.lead, 1)
    assert (question.waits(team.lead), question.stands(team.lead)) == (0, question.ways[1])
    again = question.settle(team.lead, 0)  # and anew, as often as need be
    assert (question.waits(team.lead), question.stands(team.lead)) == (0, question.ways[0])
    assert team.ledger.event(again).replaces == event
    team.ledger.close()


@ROOMS
def test_who_settles_what_was_settled_at_the_same_moment_is_told_and_nothing_is_written(
    asked: Callable[[Team], Question], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = make_team(tmp_path / "review", plan=PLAN)
    question = asked(team)
    other = Review.open(team.folder, reviewer="lead", ledger=team.ledger)
    once, write = list[str](), Pen.write_all

    def in_between(pen: Pen, *args: Any, **kwargs: Any) -> Any:
        if not once:
            once.append("the other window")
            once.append(question.settle(other, 0))
        return write(pen, *args, **kwargs)

    monkeypatch.setattr(Pen, "write_all", in_between)
    with pytest.raises(NotAllowed, match="settled by somebody else just now"):
        question.settle(team.lead, 1)
    assert (question.waits(team.lead), question.stands(team.lead)) == (0, question.ways[0])
    question.settle(team.lead, 1)  # having looked, the lead may
    assert question.stands(team.lead) == question.ways[1]
    team.ledger.close()


def test_reports_that_were_settled_apart_are_settled_together_and_each_has_its_own_again_when_they_are_two(team: Team) -> None:
    search = team.search()
    one, two = team.article(search, "A trial"), team.article(search, "Quite another heading")
    for report, decision in ((one, "include"), (two, "exclude")):
        team.decide(report, "include", "exclude")
        team.lead.screening.resolve(report, stage="title_abstract", decision=decision, note="apart")

    def outcomes() -> list[str | None]:
        standing = {r.id: team.lead.screening.standing(r, "title_abstract").outcome for r in team.lead.studies.report_views()}
        return [standing[report] for report in (one, two) if report in standing]

    assert outcomes() == ["include", "exclude"]
    merge = team.lead.studies.merge([one, two], reason="the same document")
    assert len(team.lead.screening.conflicts(stage="title_abstract")) == 1
    team.lead.screening.resolve(one, stage="title_abstract", decision="exclude", note="together")
    assert (len(team.lead.screening.conflicts(stage="title_abstract")), outcomes()) == (0, ["exclude"])
    team.lead.studies.undo(merge)
    assert outcomes() == ["include", "exclude"]
    assert len(team.lead.screening.conflicts(stage="title_abstract")) == 0
