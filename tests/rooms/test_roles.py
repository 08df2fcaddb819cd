"""Roles that an amendment changes: who had the review open is asked to open it again, before anything is shown or written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from review import Review
from review.errors import NotAllowed
from review.model.plan import read_plan
from tests.plans import plan
from tests.rooms.team import PLAN, Team, make_team

OTHER = "gives {} other roles than when this review was opened"


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return make_team(tmp_path / "team")


def amend(team: Team, old: str, new: str) -> None:
    assert old in PLAN
    (team.folder / "review.toml").write_text(PLAN.replace(old, new), encoding="utf-8")
    team.lead.protocol.amend(reason="the work is shared otherwise", results_known=False)


@pytest.mark.parametrize(("named", "due"), [(0, 1), (1, 1), (2, 2), (3, 2)])
def test_an_answer_is_due_to_two_where_two_or_more_are_named(named: int, due: int, team: Team) -> None:
    people = {"lead": ["lead"]} | {f"r{n}": ["assessor", "extractor"] for n in range(1, named + 1)}
    asked = read_plan(plan("A review", people=people, population="p", intervention="i", outcome=("o1", "Activity")))
    assert asked.needed("assessor") == asked.needed("extractor") == due
    assert team.r1.bias.needed == team.r1.certainty.needed == team.r1.extraction.needed == team.r1.protocol.needed("assessor") == 2


@pytest.mark.parametrize(
    "asked",
    [
        lambda rv: rv.screening.queue("title_abstract"),
        lambda rv: rv.screening.frame(),
        lambda rv: rv.status(),
        lambda rv: rv.flow(),
        lambda rv: rv.flow(as_of="2026-01-05"),
        lambda rv: rv.tables.screening_process(),
        lambda rv: rv.records.add("none", title="A trial"),
        lambda rv: rv.protocol.amend(reason="again", results_known=False),
    ],
)
def test_a_lead_who_is_to_screen_sees_and_writes_nothing_more_until_the_review_is_opened_again(
    team: Team, asked: Callable[[Review], object]
) -> None:
    report = team.article(team.search(), "A trial")
    team.r1.screening.decide(report, stage="title_abstract", decision="exclude", note="secret words")
    assert list(team.lead.screening.frame().note) == ["secret words"]
    amend(team, 'id = "lead"\nroles = ["lead"]', 'id = "lead"\nroles = ["lead", "screener"]')
    (team.folder / "review.toml").write_text(PLAN, encoding="utf-8")
    with pytest.raises(NotAllowed, match=OTHER.format("lead")) as refused:
        asked(team.lead)
    assert refused.value.expected == "lead, screener" and "open it again" in refused.value.next_step
    anew = Review.open(team.folder, reviewer="lead", ledger=team.ledger)
    assert anew.screening.frame().empty and anew.screening.queue("title_abstract") == [report]
    assert team.r2.screening.queue("title_abstract") == [report] and team.nobody.status(), "whose roles stay goes on"
    team.ledger.close()


def test_whose_role_was_taken_writes_no_more_until_it_is_given_back(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    amend(team, 'id = "r2"\nroles = ["screener", "extractor", "assessor"]', 'id = "r2"\nroles = ["screener", "extractor"]')
    with pytest.raises(NotAllowed, match=OTHER.format("r2")):
        team.r2.screening.decide(report, stage="title_abstract", decision="include")
    event = team.lead.protocol.history[-1].id
    team.lead.protocol.withdraw(event, reason="r2 stays")
    assert team.r2.screening.decide(report, stage="title_abstract", decision="include")
    team.ledger.close()


def test_a_freeze_of_the_same_roles_asks_nobody_to_open_again(tmp_path: Path) -> None:
    team = make_team(tmp_path / "draft", frozen=False)
    team.search()
    team.lead.protocol.freeze()
    assert team.r1.screening.queue("title_abstract") == [] and team.r1.reviewer == "r1"
    team.ledger.close()
