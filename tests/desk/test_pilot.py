"""A pilot on the card: offered until the protocol is frozen, decided in its round, by each on their own, and apart from the screening."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from review import Review
from review.desk import ScreeningCard
from review.desk.start import Desk, Start
from tests.desk.reviews import TITLES, Browser, kinds, lay_out

Seat = Callable[[str], Review]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "review", frozen=False)


@pytest.fixture
def seat(folder: Path) -> Seat:
    return lambda reviewer: Review.open(folder, reviewer=reviewer)


def open_pilot(rv: Review, round: str, *titles: str) -> None:
    rv.screening.pilot([r.id for r in rv.studies.report_views() if r.title in titles], round=round)


def waits(desk: Browser) -> list[str]:
    """The titles that the card gives, until nothing waits."""
    titles = []
    while desk.shown:
        titles.append(desk.shown["title"])
        assert kinds(desk.decide("include")) == ["saved", "card"]
    return titles


def test_without_a_pilot_the_card_says_how_screening_begins(seat: Seat) -> None:
    [closed] = Browser(ScreeningCard(seat("r1"))).told
    assert closed["kind"] == "closed" and "review freeze" in closed["message"] and "pilot round" in closed["message"]


def test_before_the_freeze_the_open_pilot_is_offered_and_decided_in_its_round(seat: Seat) -> None:
    open_pilot(seat("lead"), "1", TITLES[2], TITLES[0])
    rv = seat("r1")
    desk = Browser(ScreeningCard(rv))
    opening, card = desk.told
    assert opening["round"] == "1" and card["progress"] == "2 left"
    assert card["card"]["why"] is None, "a pilot is read in the order of arrival"
    assert waits(desk) == [TITLES[0], TITLES[2]]
    frame = rv.screening.frame()
    assert list(frame["round"]) == ["1", "1"]


def test_each_reads_the_pilot_without_seeing_the_other_and_undoes_only_an_own_decision(seat: Seat) -> None:
    open_pilot(seat("lead"), "1", *TITLES)
    first, second = Browser(ScreeningCard(seat("r1"))), Browser(ScreeningCard(seat("r2")))
    first.decide("exclude", reason="P1", note="only mine")
    second.ask("open")
    assert second.left == "3" and second.shown["own"] is None and "only mine" not in str(second.told)
    [refused] = second.ask("undo")
    assert refused["message"] == "there is no decision of yours to undo."
    assert kinds(first.ask("undo")) == ["saved", "card"] and first.left == "3"
    assert seat("r1").screening.frame()["live"].sum() == 0


def test_the_first_round_that_waits_comes_first_and_each_can_be_named(seat: Seat) -> None:
    lead = seat("lead")
    open_pilot(lead, "first", TITLES[0])
    open_pilot(lead, "second", TITLES[1])
    desk = Browser(ScreeningCard(seat("r1")))
    assert waits(desk) == [TITLES[0]]
    desk.ask("open")
    assert waits(desk) == [TITLES[1]]
    assert waits(Browser(ScreeningCard(seat("r2"), round="second"))) == [TITLES[1]]


def test_after_the_freeze_the_card_turns_to_the_main_screening_with_nothing_of_the_pilot(seat: Seat) -> None:
    lead = seat("lead")
    open_pilot(lead, "1", *TITLES)
    desk = Browser(ScreeningCard(seat("r1"), order="arrival"))
    desk.decide("include")
    lead.protocol.freeze()
    desk.decide("include")
    assert list(seat("r1").screening.frame()["round"]) == ["1", "1"], "what was on show as a pilot's record is decided in the pilot"
    desk.ask("open")
    assert desk.told[-2]["round"] is None and desk.left == "3" and desk.shown["title"] == TITLES[0] and desk.shown["own"] is None
    [refused] = desk.ask("undo")
    assert refused["kind"] == "refused", "a decision of the pilot is not undone from the main screening"
    desk.decide("include")
    assert seat("r1").screening.frame()["round"].isna().sum() == 1
    named = Browser(ScreeningCard(seat("r1"), round="1"))
    assert named.left == "1" and named.told[-1]["progress"].startswith("2 of 3 done")


def test_a_round_that_is_not_there_is_said_in_words(seat: Seat) -> None:
    [closed] = Browser(ScreeningCard(seat("r1"), round="9")).told
    assert closed["kind"] == "closed" and "no pilot round 9" in closed["message"]


def test_the_first_page_counts_and_names_the_pilot(seat: Seat) -> None:
    open_pilot(seat("lead"), "1", TITLES[0])
    [waiting] = Start(seat("r1"), lambda what: None).answers({"kind": "open", "token": "first-page"})
    row = next(row for row in waiting["rows"] if row["what"] == "title_abstract")
    assert (row["what"], row["words"], row["waits"]) == ("title_abstract", "Title and abstract, pilot round 1", "1")


def test_a_card_that_was_chosen_before_stays_where_it_is_and_is_hidden(tmp_path: Path) -> None:
    desk = Desk(Review.open(lay_out(tmp_path), reviewer="r1"))
    desk.show("title_abstract")
    first = desk.children[1]
    desk.show("to_find")
    assert desk.children[1] is first and first.layout.display == "none" and desk.children[2].layout.display is None
    desk.show("title_abstract")
    assert desk.children[1] is first and len(desk.children) == 3
    assert first.layout.display is None and desk.children[2].layout.display == "none"


def test_the_first_page_counts_once_for_each_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rv = Review.open(lay_out(tmp_path), reviewer="r1")
    start, unresolved, counted = Start(rv, lambda what: None), rv.screening.unresolved, list[int]()

    def count() -> object:
        counted.append(1)
        return unresolved()

    monkeypatch.setattr(rv.screening, "unresolved", count)
    [said] = list(start.answers({"kind": "choose", "token": "long-enough", "what": "title_abstract"}))
    assert said["chosen"] == "title_abstract" and counted == [1]


def test_the_first_page_counts_anew_only_when_somebody_has_written(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    rv, other = seat("r1"), seat("r2")
    start, counted = Start(rv, lambda what: None), list[int]()
    to_retrieve = rv.screening.to_retrieve
    monkeypatch.setattr(rv.screening, "to_retrieve", lambda: counted.append(1) or to_retrieve())

    def asked(token: str) -> dict[str, str]:
        [said] = list(start.answers({"kind": "open", "token": token}))
        return {row["what"]: row["waits"] for row in said["rows"]}

    seat("lead").protocol.freeze()
    before = asked("first-look")
    assert asked("second-look") == before and counted == [1]
    report = rv.screening.queue("title_abstract")[0]
    rv.screening.decide(report, stage="title_abstract", decision="include")
    other.screening.decide(report, stage="title_abstract", decision="include")
    after = asked("third-look")
    assert counted == [1, 1] and int(after["title_abstract"]) == int(before["title_abstract"]) - 1
    assert int(after["to_find"]) == int(before["to_find"]) + 1
