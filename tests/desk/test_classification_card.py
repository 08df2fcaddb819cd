"""The kernel's side of the card of classification: what is shown and what is not, reasons, conflicts without names, undo."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review import Review
from review.desk import ClassificationCard, Desk
from review.desk.start import Start
from tests.desk.classified import lay_out_classifying
from tests.desk.reviews import Browser, kinds

Sit = Callable[[str], Browser]


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_classifying(tmp_path_factory.mktemp("classifying") / "review")


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path / "review"))


@pytest.fixture
def at_desk(folder: Path) -> Sit:
    return lambda reviewer: Browser(ClassificationCard(Review.open(folder, reviewer=reviewer)))  # type: ignore[arg-type]


def press(desk: Browser, what: str, note: str = "", **more: Any) -> list[dict[str, Any]]:
    return desk.ask("classify", **{"study": desk.shown["report"], "what": what, "note": note, **more})


def to(desk: Browser, label: str) -> None:
    """Goes to the study of that label."""
    listed = next(one for message in reversed(desk.told) if message["kind"] == "card" for one in message["list"] if one["label"] == label)
    desk.ask("look", study=listed["study"])
    assert desk.shown["title"] == label


def stored(folder: Path) -> list[tuple[str, str, str]]:
    """Who said what of the studies, and why."""
    rv = Review.open(folder, reviewer="lead")
    return [(e.actor, e.body["classification"], e.body["reason"]) for study in rv.studies.views() for e in rv.studies.history(study)]


def test_a_study_is_shown_with_its_reports_and_what_they_propose(at_desk: Sit) -> None:
    desk = at_desk("r1")
    card = desk.shown
    assert (card["title"], card["proposed"], card["because"]) == ("Doe 2024", "included", "Doe 2024 is included at full text.")
    assert card["numbers"] == ["NCT90000001"] and card["checked"] == "Primary register entry not checked"
    assert [(one["stands"], [s["words"] for s in one["statuses"]]) for one in card["reports"]] == [
        ("included at full text", []), ("included at full text", ["COMPLETED (page of 3 Feb 2026)"]),
    ]  # fmt: skip
    to(desk, "NCT90000002")
    assert (desk.shown["proposed"], desk.shown["numbers"]) == ("ongoing", [])
    to(desk, "NCT90000003")
    assert desk.shown["proposed"] == "" and desk.told[-1]["progress"] == "3 of 3 left"


def test_what_is_proposed_needs_no_words_and_all_else_does(at_desk: Sit, folder: Path) -> None:
    desk = at_desk("r1")
    [refused] = press(desk, "excluded")
    assert refused["kind"] == "refused" and "say why" in refused["message"]
    saved, card, moved = press(desk, "included", token="a-key-press")
    assert saved["words"] == "included; it waits for another reviewer" and card["counts"] == {
        "waiting": "2", "conflicts": "0", "classified": "1",
    }  # fmt: skip
    assert moved["words"] == "No number of the flow moved."
    again = desk.ask("classify", study=card["list"][0]["study"], what="ongoing", token="a-key-press")
    assert "stored with another answer" in again[0]["message"]
    press(desk, "ongoing", " Adults, by the page. ")
    assert stored(folder) == [("r1", "included", "Doe 2024 is included at full text."), ("r1", "ongoing", "Adults, by the page.")]
    undone, card = desk.ask("undo")[:2]
    assert undone["words"] == "undone" and card["card"]["title"] == "NCT90000002" and card["counts"]["waiting"] == "2"


def test_another_classification_is_shown_only_once_both_have_answered(at_desk: Sit) -> None:
    first = at_desk("r1")
    to(first, "NCT90000002")
    press(first, "awaiting", "Nothing is said of age.")
    for who in ("r2", "lead"):
        seen = at_desk(who)
        seen.ask("part", part="conflicts")
        assert "Nothing is said of age." not in json.dumps(seen.told) and seen.shown == {}
    second = at_desk("r2")
    to(second, "NCT90000002")
    assert second.shown["mine"] is None and second.shown["sides"] == []
    assert press(second, "ongoing")[0]["words"] == "ongoing; another classified it differently: it waits as a conflict"
    second.ask("part", part="conflicts")
    assert second.shown["by_agreement"] and {s["classification"] for s in second.shown["sides"]} == {"awaiting", "ongoing"}
    lead = at_desk("lead")
    told = lead.told[-1]
    assert told["part"] == "conflicts" and told["counts"] == {"waiting": "0", "conflicts": "1", "classified": "0"}
    assert (
        "r1" not in json.dumps(told["card"]["sides"]) and "r2" not in json.dumps(told["card"]["sides"]) and not told["card"]["by_agreement"]
    )
    assert "has its reason" in press(lead, "ongoing")[0]["message"], "nothing ends a conflict without one"
    saved, card, moved = press(lead, "ongoing", "Both agree now.")
    assert saved["words"] == "ongoing; final" and card["card"] is None and "Reports of ongoing studies 0 → 1" in moved["words"]


def test_what_somebody_else_settled_meanwhile_stands(at_desk: Sit) -> None:
    for who, what in (("r1", "awaiting"), ("r2", "ongoing")):
        desk = at_desk(who)
        to(desk, "NCT90000002")
        press(desk, what, "As the page says.")
    lead, other = at_desk("lead"), at_desk("lead")
    study = lead.shown["report"]
    press(other, "ongoing", "Talked over.")
    assert "ended meanwhile" in press(lead, "awaiting", "Mine.")[0]["message"]
    assert "nothing is classified unseen" in lead.ask("classify", study=study, what="awaiting", note="Mine.")[0]["message"]


def test_an_own_classification_can_be_changed_and_is_seen_again(at_desk: Sit, folder: Path) -> None:
    desk = at_desk("r1")
    press(desk, "included")
    desk.ask("part", part="classified")
    assert desk.shown["mine"]["classification"] == "included" and desk.shown["stood"] == "it waits for another reviewer"
    press(desk, "awaiting", "No adult data.")
    assert [what for _, what, _ in stored(folder)] == ["included", "awaiting"] and desk.shown["mine"]["classification"] == "awaiting"


def test_a_study_excluded_against_its_report_is_said_to_leave_that_open(at_desk: Sit) -> None:
    for who, follows in (
        ("r1", "it waits for another reviewer"),
        ("r2", "final; its report that is included at full text waits until that is changed too"),
    ):
        assert press(at_desk(who), "excluded", "Not the drug.")[0]["words"] == f"excluded; {follows}"


def test_the_look_at_the_register_is_stored(at_desk: Sit) -> None:
    desk = at_desk("r2")
    saved, card, _ = desk.ask("check", study=desk.shown["report"], date="2026-03-04", note="No results.")
    assert saved["words"] == "the look at the register" and card["card"]["checked"] == "Primary register entry checked 4 Mar 2026"
    assert desk.ask("undo")[1]["card"]["checked"] == "Primary register entry not checked"
    assert "not a date" in desk.ask("check", study=desk.shown["report"], date="March")[0]["message"]


def test_who_may_not_classify_is_told_who_may(folder: Path) -> None:
    assert kinds(Browser(ClassificationCard(Review.open(folder))).told) == ["closed"]  # type: ignore[arg-type]


def test_the_first_page_counts_what_waits_and_shows_the_card(folder: Path) -> None:
    for who, waits in (("r1", "3"), ("lead", "0")):
        rv = Review.open(folder, reviewer=who)
        [told] = Start(rv, lambda what: None).answers({"kind": "open", "token": "token-of-start"})
        assert {row["what"]: row["waits"] for row in told["rows"]}["classification"] == waits
    desk = Desk(rv)
    desk.show("classification")
    assert isinstance(desk.children[-1], ClassificationCard)
