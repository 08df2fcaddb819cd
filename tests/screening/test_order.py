"""A reviewer's order of reading: own decisions only until everybody answered, a share at random, a reason for every place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import InputRefused, NotFound
from review.ledger.ledger import Ledger
from review.screening.order import by_lot, mixed
from tests.rooms.team import PLAN, Team, make_team
from tests.screening.corpus import corpus

TEXTS, TRUTH = corpus()
HOW_MANY = 30


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review with thirty records of the corpus at title and abstract, and nothing decided."""
    plan = PLAN.replace('population = "people with a disease"', 'population = "people with dry eye"') + "\n[settings]\nrandom_share = 0.2\n"
    made = make_team(tmp_path_factory.mktemp("stocked"), plan=plan)
    search = made.search()
    for at in range(HOW_MANY):
        made.article(search, TEXTS[at], f"10.1000/abc{at}")
    made.ledger.close()
    return made.folder


@pytest.fixture
def shelf(stocked: Path, tmp_path: Path) -> Iterator[tuple[Team, list[str]]]:
    """That review, its own copy, and its reports in the order they came in."""
    import shutil

    from review import Review

    shutil.copytree(stocked, folder := tmp_path / "review")
    ledger = Ledger.open(folder / "data" / "ledger.sqlite3")
    team = Team(folder, ledger, *(Review.open(folder, reviewer=name, ledger=ledger) for name in ("r1", "r2", "lead", None)))
    yield team, [r.id for r in team.nobody.studies.report_views()]
    ledger.close()


def say(team: Team, who: str, report: str, at: int) -> None:
    verdict = "include" if TRUTH[at] else "exclude"
    getattr(team, who).screening.decide(report, stage="title_abstract", decision=verdict, reason=None if TRUTH[at] else "P1")


FIRST, OTHER = TRUTH.index(1), TRUTH.index(0)


def test_open_decisions_of_another_change_nothing(shelf: tuple[Team, list[str]]) -> None:
    team, reports = shelf
    for at in (FIRST, OTHER):
        say(team, "r1", reports[at], at)
    before = team.r1.screening.learning()
    order = before.order()
    for at in range(HOW_MANY):
        if at not in (FIRST, OTHER):
            say(team, "r2", reports[at], 1 - at % 2 if at % 3 else at)
    after = team.r1.screening.learning()
    assert repr(after) == repr(before)
    assert (after.texts, after.labels, after.waiting) == (before.texts, before.labels, before.waiting)
    assert after.order().reports == order.reports
    assert [after.order().place(r) for r in order.reports] == [order.place(r) for r in order.reports]
    assert team.nobody.screening.learning().labels == team.lead.screening.learning().labels == (None,) * HOW_MANY


def test_what_everybody_has_answered_teaches_both(shelf: tuple[Team, list[str]]) -> None:
    team, reports = shelf
    team.decide(reports[0], "include", "unsure")  # goes on, so it stands as an include
    team.decide(reports[1], "exclude", "include")  # a conflict: each learns from the own answer
    team.r1.screening.decide(reports[2], stage="title_abstract", decision="unsure")
    assert team.r1.screening.learning().labels[:4] == (1, 0, 1, None)
    assert team.r2.screening.learning().labels[:4] == (1, 1, None, None)
    team.lead.screening.resolve(reports[1], stage="title_abstract", decision="exclude")
    assert team.r2.screening.learning().labels[:4] == (1, 0, None, None)
    assert team.r1.screening.learning().read == 3


def test_every_place_has_its_reason(shelf: tuple[Team, list[str]]) -> None:
    team, reports = shelf
    learning = team.r1.screening.learning()
    order = learning.order()
    assert sorted(order.reports) == sorted(learning.waiting)
    places = [order.place(r) for r in order.reports]
    assert [place.rank for place in places] == list(range(1, HOW_MANY + 1))
    assert [place.rank for place in places if place.model == "random"] == [5, 10, 15, 20, 25, 30]
    assert {place.model for place in places} == {"question", "random"}
    assert any("dry eye" in place.terms for place in places)
    assert not any(place.terms for place in places if place.model == "random")
    for at in (FIRST, OTHER):
        say(team, "r1", reports[at], at)
    learned = team.r1.screening.learning().after(learning)
    assert learned._ranker is learning._ranker
    places = [learned.order().place(r) for r in learned.order().reports]
    assert {place.model for place in places} == {"elas-u4", "random"}
    assert [place.rank for place in places if place.model == "random"][:2] == [3, 8]  # two were read before: places 5 and 10 of the whole
    ranked = next(place for place in places if place.model == "elas-u4")
    assert "1 included, 1 excluded" in ranked.why
    assert 0 < len(ranked.terms) <= 8
    assert {learned.order("nb").place(r).model for r in learned.waiting} == {"nb", "random"}
    assert learned.arrival().place(learned.waiting[0]).model == "arrival"
    with pytest.raises(NotFound, match="does not wait in this order"):
        learned.order().place(reports[FIRST])


def test_new_texts_are_made_ready_anew(shelf: tuple[Team, list[str]]) -> None:
    team, _ = shelf
    learning = team.r1.screening.learning()
    team.article(team.r1.searches.views()[0].id, "One more on dry eye", "10.1000/more")
    assert team.r1.screening.learning().after(learning)._ranker is not learning._ranker
    assert len(team.r1.screening.learning().order().reports) == HOW_MANY + 1


def test_a_decision_keeps_where_it_was_presented(shelf: tuple[Team, list[str]]) -> None:
    team, reports = shelf
    screening = team.r1.screening
    event = screening.decide(reports[0], stage="title_abstract", decision="include", rank=3, model="elas-u4", token="token-of-a-key")
    again = screening.decide(reports[0], stage="title_abstract", decision="include", rank=9, model="nb", token="token-of-a-key")
    assert again == event
    body = next(e.body for e in screening.visible_events() if e.id == event)
    assert (body["rank"], body["model"]) == (3, "elas-u4")
    with pytest.raises(InputRefused, match="0 is no rank"):
        screening.decide(reports[1], stage="title_abstract", decision="include", rank=0)


@given(st.integers(0, 60), st.integers(0, 200), st.sampled_from([0.0, 0.05, 0.1, 0.3, 1.0]))
@settings(max_examples=60, deadline=None)
def test_the_share_holds_over_the_whole_of_screening(size: int, read: int, share: float) -> None:
    best = [f"rep:{at}" for at in range(size)]
    order, drawn = mixed(best, read=read, share=share)
    assert sorted(order) == sorted(best)
    assert abs(len(drawn) - share * size) < 1
    ranked = [report for report in order if report not in drawn]
    assert ranked == [report for report in best if report not in drawn]
    assert [report for report in order if report in drawn] == [r for r in by_lot(best) if r in drawn]
