"""The card's way back and its order: search over one's own records, an own decision changed, why a record comes, keys of one's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from review import Review
from review.desk import ScreeningCard
from review.desk.ordering import Ordering
from review.desk.reading import words_shown
from review.errors import InputRefused
from review.model.views import ReportView
from review.screening.order import Learning, Order
from tests.desk.reviews import TITLES, Browser, import_trials, kinds, trial


@pytest.fixture
def desk(rv: Review) -> Browser:
    return Browser(ScreeningCard(rv, order="arrival"))


def found(desk: Browser, words: str = "", only: str = "all") -> list[str]:
    [answer] = desk.ask("find", words=words, only=only)
    return [row["title"] for row in answer["rows"]]


# finding


def test_texts_are_made_ready_beside_the_work_and_never_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, str]] = []

    def noted(report: ReportView) -> Iterator[str]:
        made.append((threading.current_thread().name, report.title))
        return words_shown(report)

    monkeypatch.setattr("review.desk.finding.words_shown", noted)
    desk = Browser(ScreeningCard(Review.open(folder, reviewer="r1"), order="arrival"))
    for thread in [one for one in threading.enumerate() if one.name == "search"]:
        thread.join(10)
    assert sorted(made) == sorted(("search", title) for title in TITLES)
    assert found(desk, "nothing of the kind") == [] and len(made) == len(TITLES)


def test_words_are_found_in_any_order_without_case_and_accents(folder: Path) -> None:
    import_trials(folder, [trial(1, "Céviméline", "For the mouth, when it is dry."), trial(2, "Tea", "For nothing.")])
    desk = Browser(ScreeningCard(Review.open(folder, reviewer="r1")))
    assert found(desk, "DRY cevimeline") == ["Céviméline"]
    assert found(desk, "nct90000002") == ["Tea"]
    assert found(desk, "cevimeline nothing") == []
    assert len(found(desk)) == 5


def test_a_filter_shows_what_waits_what_was_decided_noted_or_unsure(desk: Browser) -> None:
    desk.decide("unsure", note="Ask the authors.")
    desk.decide("include")
    assert found(desk, only="waiting") == [TITLES[2]]
    assert found(desk, only="decided") == [TITLES[1], TITLES[0]]
    assert found(desk, only="noted") == found(desk, only="unsure") == [TITLES[0]]
    [refused] = desk.ask("find", only="excluded")
    assert refused["kind"] == "refused" and "'excluded' is no filter" in refused["message"]


def test_finding_changes_nothing_of_what_is_on_show(desk: Browser) -> None:
    before = desk.shown
    found(desk, "gum")
    assert kinds(desk.decide("include", report=before["report"])) == ["saved", "card"]


def test_what_others_decided_is_neither_found_nor_shown(desk: Browser, folder: Path) -> None:
    other = Browser(ScreeningCard(Review.open(folder, reviewer="r2"), order="arrival"))
    other.decide("exclude", reason="I1", note="secret")
    [answer] = desk.ask("find")
    assert {row["own"] for row in answer["rows"]} == {""}
    [card] = desk.ask("go", report=other.told[1]["card"]["report"])
    assert card["card"]["own"] is None and "secret" not in json.dumps(card)


# going there


def test_one_that_waits_is_gone_to_and_then_the_queue_goes_on(desk: Browser) -> None:
    first, third = desk.shown["report"], desk.ask("find", words="survey")[0]["rows"][0]["report"]
    desk.ask("go", report=third)
    assert desk.shown["title"] == TITLES[2]
    refused, _ = desk.ask("decide", report=first, decision="include")
    assert refused["kind"] == "refused" and "nothing is decided unseen" in refused["message"]
    desk.decide("include")
    assert desk.shown["title"] == TITLES[0] and desk.left == "2"


def test_an_own_decision_is_shown_again_and_changed_by_another(desk: Browser, rv: Review) -> None:
    report = desk.shown["report"]
    desk.decide("exclude", judgements={"P1": "not_met"}, note="Children.")
    [card] = desk.ask("go", report=report)
    own = card["card"]["own"]
    assert own["words"].startswith("You decided on ") and "exclude (P1)" in own["words"]
    assert own["judgements"] == {"P1": "not_met"} and own["note"] == "Children."
    desk.decide("include")
    frame = rv.screening.frame()
    assert list(frame["decision"]) == ["exclude", "include"] and list(frame["live"]) == [False, True]
    assert desk.shown["title"] == TITLES[1] and desk.left == "2"
    assert desk.ask("undo")[0]["waits"] is False, "the earlier decision stands again"
    assert desk.shown["own"]["words"] == own["words"] and desk.left == "2"


def test_skip_leaves_an_own_decision_as_it_was(desk: Browser, rv: Review) -> None:
    report = desk.shown["report"]
    desk.decide("include")
    desk.ask("go", report=report)
    desk.ask("skip", report=report)
    assert desk.shown["title"] == TITLES[1] and list(rv.screening.frame()["decision"]) == ["include"]


def test_nobody_goes_to_what_is_not_theirs(desk: Browser) -> None:
    [refused] = desk.ask("go", report="rep:nowhere")
    assert refused["kind"] == "refused" and "neither waits for you nor was decided by you" in refused["message"]


# near miss


def test_a_near_miss_is_an_exclusion_at_full_text(folder: Path) -> None:
    reviews = [Review.open(folder, reviewer=name) for name in ("r1", "r2")]
    report = reviews[0].screening.queue("title_abstract")[0]
    for rv in reviews:
        rv.screening.decide(report, stage="title_abstract", decision="include")
    reviews[0].screening.retrieve(report, "retrieved")
    desk = Browser(ScreeningCard(reviews[0], stage="full_text", order="arrival"))
    [refused] = desk.decide("include", near_miss=True)
    assert refused["kind"] == "refused" and "near" in refused["message"]
    desk.decide("exclude", reason="S1", near_miss=True)
    panel = reviews[0].screening.panel(reviews[0].studies.report_views()[0], "full_text")
    assert panel.answers[0].body["near_miss"] is True
    desk.ask("go", report=report)
    assert desk.shown["own"]["near_miss"] is True


# the order


def test_a_record_says_why_it_comes_and_the_decision_keeps_its_place(rv: Review) -> None:
    card = ScreeningCard(rv)
    card._ordering.renew(patience=60)  # type: ignore[union-attr]
    desk = Browser(card)
    why = desk.shown["why"]
    assert desk.shown["title"] == TITLES[0] and "protocol's question" in why["words"] and "mouth" in " ".join(why["terms"])
    desk.decide("include")
    body = rv.screening.panel(next(r for r in rv.studies.report_views() if r.title == TITLES[0]), "title_abstract").answers[0].body
    assert (body["rank"], body["model"]) == (1, "question")


def test_training_delays_no_answer_and_is_asked_again_when_something_changed() -> None:
    gate, made = threading.Event(), []

    class Slow(Learning):
        def after(self, earlier: Learning | None) -> Learning:
            return self

        def order(self, model: str = "elas-u4") -> Order:
            gate.wait(30)
            made.append(len(made))
            return self.arrival()

    def learning() -> Learning:
        return Slow("title_abstract", ("a",), ("text",), (None,), ("a",), 0, "", 0.0)

    ordering = Ordering(learning)
    ordering.renew()
    assert ordering.newest() is None, "it is being made"
    ordering.changed()
    ordering.renew()
    gate.set()
    ordering.renew(patience=30)
    ordering.renew(patience=30)
    ordering.renew(patience=30)
    assert ordering.newest() is not None and made == [0, 1], "what had changed was learned from once, and then it rested"


def test_another_model_is_chosen_at_the_card_and_its_decisions_say_so(rv: Review) -> None:
    first = Browser(ScreeningCard(rv))
    first.ask("open")
    first.decide("include")
    first.decide("exclude")
    other = Browser(ScreeningCard(rv, model="nb"))
    other.ask("open")
    other.decide("exclude")
    models = [event.body["model"] for event in rv.screening.visible_events()]
    assert models[-1] == "nb" and "nb" not in models[:-1]
    with pytest.raises(InputRefused, match="'bm25' is no model"):
        ScreeningCard(rv, model="bm25")


def test_an_order_that_cannot_be_made_leaves_the_one_that_stands() -> None:
    class Broken(Learning):
        def order(self, model: str = "elas-u4") -> Order:
            raise MemoryError("too many records")

    ordering = Ordering(lambda: Broken("title_abstract", ("a",), ("text",), (None,), ("a",), 0, "", 0.0))
    ordering.renew(patience=30)
    assert ordering.newest() is None


# keys


def test_keys_of_ones_own_and_a_clash_is_refused_in_words(rv: Review) -> None:
    card = ScreeningCard(rv, keys={"include": "j", "skip": "shift+x"})
    assert card.shortcuts["include"] == "j" and card.shortcuts["exclude"] == "e"
    assert ScreeningCard(rv, keys={"include": "e", "exclude": "i"}).shortcuts["include"] == "e", "two may change places"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"include": "e"}, "'e' would be the key for 'include' and for 'exclude'"),
        ({"inclde": "j"}, "'inclde' is no command of this card"),
        ({"include": "1"}, "'1' cannot be the key for 'include'"),
        ({"include": "Enter"}, "'Enter' cannot be the key"),
        ({"include": ""}, "'' cannot be the key"),
        ({"include": 7}, "7 cannot be the key"),
        ({"include": "shift+?"}, "'shift\\+\\?' cannot be the key"),
    ],
)
def test_what_cannot_be_a_key_is_refused(rv: Review, keys: dict[str, str], said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        ScreeningCard(rv, keys=keys)


def test_another_order_is_refused(rv: Review) -> None:
    with pytest.raises(InputRefused, match="'random' is no order"):
        ScreeningCard(rv, order="random")


def test_an_order_that_could_not_be_made_is_said_and_tried_again(rv: Review, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Learning):
        def after(self, earlier: Learning | None) -> Learning:
            return self

        def order(self, model: str = "elas-u4") -> Order:
            if broken:
                raise InputRefused("no words to learn from")
            return self.arrival()

    broken = [True]
    waiting = tuple(rv.screening.queue("title_abstract"))
    card = ScreeningCard(rv)
    card._learned = Ordering(lambda: Broken("title_abstract", waiting, waiting, (None,) * 3, waiting, 0, "", 0.0))
    desk = Browser(card)
    desk.ask("open")
    assert desk.shown["why"]["words"] == "No newer order could be made: no words to learn from."
    assert "no new order of reading could be made" in caplog.text
    broken.clear()
    card._learned.renew(patience=30)
    card._learned.renew(patience=30)
    card._learned.renew(patience=30)
    assert card._learned.newest() is not None and card._learned.failed == ""
