"""The kernel's side of the conflict card: both answers and no name, one press one resolution, nobody's resolution written over."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review import Review
from review.desk import ConflictCard
from review.errors import InputRefused
from tests.desk.reviews import TITLES, Browser, kinds, lay_out, refuse_once


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two screeners who agreed on nothing at title and abstract."""
    folder = lay_out(tmp_path / "review")
    first, second = (Review.open(folder, reviewer=name) for name in ("r1", "r2"))
    for report in first.screening.queue("title_abstract"):
        first.screening.decide(
            report, stage="title_abstract", decision="include", judgements={"P1": "met", "I1": "met"}, note="Half are adults."
        )
        second.screening.decide(
            report, stage="title_abstract", decision="exclude", judgements={"P1": "met", "I1": "not_met"}, note="A gum."
        )
    return folder


@pytest.fixture
def at_desk(folder: Path) -> Callable[..., Browser]:
    return lambda reviewer="lead", stage=None: Browser(ConflictCard(Review.open(folder, reviewer=reviewer), stage))


def press(desk: Browser, decision: str = "include", **more: Any) -> list[dict[str, Any]]:
    return desk.ask("resolve", **{"report": desk.shown["report"], "stage": desk.shown["stage"], "decision": decision, **more})


def outcomes(folder: Path) -> list[str]:
    rv = Review.open(folder)
    return [rv.screening.standing(report, "title_abstract").outcome or "waits" for report in rv.studies.report_views()]


def test_it_shows_the_record_and_both_answers_without_a_name(at_desk: Callable[..., Browser]) -> None:
    desk = at_desk()
    assert desk.told[0]["reviewer"] == "lead" and desk.told[-1]["progress"] == "3 of 3 left"
    card = desk.shown
    assert card["title"] == TITLES[0] and card["stage_name"] == "Title and abstract" and not card["by_agreement"]
    assert sorted((s["decision"], s["reason"], s["note"], s["judgements"]["I1"]) for s in card["sides"]) == [
        ("exclude", "I1", "A gum.", "not_met"),
        ("include", None, "Half are adults.", "met"),
    ]
    assert [c["id"] for c in card["criteria"]] == ["P1", "I1"]
    words = json.dumps([m for m in desk.told if m["kind"] == "card"])
    assert '"r1"' not in words and '"r2"' not in words


def test_the_order_of_the_answers_is_the_same_for_everybody_and_tells_nothing(at_desk: Callable[..., Browser]) -> None:
    desks = [at_desk(name) for name in ("lead", "r1", "r2")]
    assert len({json.dumps(desk.shown["sides"]) for desk in desks}) == 1
    assert [desk.shown["by_agreement"] for desk in desks] == [False, True, True]


def test_resolving_is_stored_once_and_the_next_comes(at_desk: Callable[..., Browser], folder: Path) -> None:
    desk = at_desk()
    first = desk.shown
    saved, card = press(desk, "exclude", reason="P1", note="They are children.", token="a-key-press")
    assert saved["kind"] == "saved" and card["card"]["title"] == TITLES[1] and card["progress"] == "2 of 3 left"
    again = desk.ask(
        "resolve",
        token="a-key-press",
        report=first["report"],
        stage=first["stage"],
        decision="exclude",
        reason="P1",
        note="They are children.",
    )
    assert again[0] == saved and again[1]["card"]["title"] == TITLES[1]
    refused = desk.ask("resolve", token="a-key-press", report=first["report"], stage=first["stage"], decision="include")
    assert kinds(refused) == ["refused"] and "token" in refused[0]["message"]
    assert outcomes(folder) == ["exclude", "waits", "waits"]


def test_undo_brings_the_conflict_back_also_after_this_sitting(at_desk: Callable[..., Browser], folder: Path) -> None:
    desk = at_desk()
    press(desk)
    press(desk)
    assert kinds(desk.ask("undo", token="undo-once")) == kinds(desk.ask("undo", token="undo-once")) == ["saved", "card"]
    assert desk.shown["title"] == TITLES[1] and outcomes(folder) == ["include", "waits", "waits"]
    later = at_desk()
    later.ask("undo")
    assert later.shown["title"] == TITLES[0] and later.told[-1]["progress"] == "3 of 3 left"
    assert later.ask("undo")[0]["message"] == "there is no resolution of yours to undo."


def test_one_of_the_two_resolves_by_agreement_only_and_says_so(at_desk: Callable[..., Browser], folder: Path) -> None:
    desk = at_desk("r1")
    [refused] = press(desk, note="  ")
    assert refused["message"].startswith("one of the two may resolve only by agreement with the other.")
    assert kinds(press(desk, note="We read it together.")) == ["saved", "card"]
    assert outcomes(folder) == ["include", "waits", "waits"]


def test_what_somebody_else_resolved_meanwhile_is_said_and_left_as_it_stands(at_desk: Callable[..., Browser], folder: Path) -> None:
    mine, other = at_desk(), at_desk("r1")
    press(other, "exclude", note="agreed")
    refused, card = press(mine, "include")
    assert "ended meanwhile by somebody else (exclude), and that stands" in refused["message"]
    assert card["card"]["title"] == TITLES[1] and card["progress"].endswith("left")
    assert outcomes(folder)[0] == "exclude"


def test_nothing_is_resolved_unseen_and_what_is_skipped_comes_last(at_desk: Callable[..., Browser], folder: Path) -> None:
    desk = at_desk()
    first = desk.shown
    desk.ask("skip", report=first["report"], stage=first["stage"])
    refused, card = desk.ask("resolve", report=first["report"], stage=first["stage"], decision="include")
    assert refused["kind"] == "refused" and "nothing is resolved unseen" in refused["message"] and card["card"]["title"] == TITLES[1]
    titles = []
    while desk.shown:
        titles.append(desk.shown["title"])
        press(desk)
    assert titles == [TITLES[1], TITLES[2], TITLES[0]] and desk.told[-1]["progress"] == "0 of 3 left"
    assert outcomes(folder) == ["include"] * 3


def test_two_exclusions_for_different_reasons_ask_which_counts(folder: Path, at_desk: Callable[..., Browser]) -> None:
    desk = at_desk()
    report = desk.shown["report"]
    press(desk)
    both = [Review.open(folder, reviewer=name) for name in ("r1", "r2")]
    both[0].screening.retrieve(report, "retrieved")
    for rv, reason in zip(both, ("P1", "S1"), strict=True):
        rv.screening.decide(report, stage="full_text", decision="exclude", reason=reason)
    later = at_desk(stage="full_text")
    assert later.shown["about_reasons"] and [c["id"] for c in later.shown["criteria"]] == ["P1", "I1", "S1"]
    [refused] = press(later, "exclude")
    assert refused["message"] == "an exclusion at full text needs its reason. Expected: one of: P1, I1, S1."
    assert kinds(press(later, "exclude", reason="S1", near_miss=True)) == ["saved", "card"]
    stand = Review.open(folder).screening.standing(Review.open(folder).studies.report_views()[0], "full_text")
    assert (stand.outcome, stand.reason, stand.near_miss) == ("exclude", "S1", True)


def test_nothing_that_is_open_is_shown(tmp_path: Path) -> None:
    folder = lay_out(tmp_path)
    rv = Review.open(folder, reviewer="r1")
    rv.screening.decide(rv.screening.queue("title_abstract")[0], stage="title_abstract", decision="exclude", note="secret")
    for name in ("r2", "lead"):
        desk = Browser(ConflictCard(Review.open(folder, reviewer=name)))
        assert desk.shown == {} and "secret" not in json.dumps(desk.told)


def test_the_saved_state_holds_no_record_and_no_answer(at_desk: Callable[..., Browser]) -> None:
    desk = at_desk()
    state = {name: value for name, value in desk.card.get_state().items() if name not in ("_esm", "_css")}
    press(desk, note="only-mine")
    assert {name: value for name, value in desk.card.get_state().items() if name not in ("_esm", "_css")} == state
    assert not any(word in json.dumps(state, default=str) for word in ("only-mine", "Gum", "Pilocarpine", "rep:"))


def test_who_may_not_resolve_is_told_how(folder: Path) -> None:
    [closed] = list(ConflictCard(Review.open(folder)).answers({"kind": "open", "token": "long-enough"}))
    assert closed["kind"] == "closed" and 'Set reviewer to "r1" or "r2" or "lead"' in closed["message"]
    with pytest.raises(InputRefused, match="'abstract' is no stage"):
        ConflictCard(Review.open(folder), "abstract")


def test_an_undo_that_was_refused_takes_back_the_same_resolution_when_it_is_sent_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rv = Review.open(folder, reviewer="lead")
    desk = Browser(ConflictCard(rv))
    press(desk)
    press(desk)
    refuse_once(rv, monkeypatch)
    assert kinds(desk.ask("undo", token="undo-once")) == ["refused"]
    assert kinds(desk.ask("undo", token="undo-once")) == ["saved", "card"]
    assert desk.shown["title"] == TITLES[1] and outcomes(folder) == ["include", "waits", "waits"]
