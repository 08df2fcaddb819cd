"""The kernel's side of the screening card: message in, messages out; stored once, seen before decided, blind to others."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review import Review
from review.desk import ScreeningCard, desk_review
from review.desk.card import Card
from review.errors import InputRefused, NotFound
from tests.desk.reviews import TITLES, Browser, kinds, lay_out, refuse_once
from tests.structure.tree import ROOT


@pytest.fixture
def desk(rv: Review) -> Browser:
    return Browser(ScreeningCard(rv))


def decisions(rv: Review) -> list[tuple[str, str, str | None]]:
    """The reviewer's own live decisions: report, decision, reason."""
    frame = rv.screening.frame()
    frame = frame[frame["live"] & (frame["reviewer"] == rv.reviewer)]
    return [(r.report, r.decision, None if r.reason != r.reason else r.reason) for r in frame.itertuples()]


# one record after the other


def test_it_opens_with_the_criteria_of_the_stage_and_the_first_record(desk: Browser) -> None:
    opening, card = desk.told
    assert opening["stage"] == "Title and abstract" and opening["reviewer"] == "r1"
    assert [c["id"] for c in opening["criteria"]] == ["P1", "I1"], "S1 belongs to full text"
    assert opening["reason_needed"] is False
    assert card["card"]["title"] == TITLES[0] and card["progress"] == "3 left"


def test_saved_is_said_with_the_stored_event_and_then_comes_the_next(desk: Browser, rv: Review) -> None:
    first = desk.shown["report"]
    saved, card = desk.decide("include", token="a-key-press")
    assert saved["kind"] == "saved" and saved["token"] == "a-key-press"
    assert decisions(rv) == [(first, "include", None)]
    assert saved["event"] in set(rv.screening.frame()["event"])
    assert card["card"]["title"] == TITLES[1] and card["progress"] == "1 of 3 done · 2 left"


def test_saved_is_said_before_the_next_record_is_looked_for(desk: Browser, rv: Review) -> None:
    answers = desk.card.answers({"kind": "decide", "token": "a-key-press", "report": desk.shown["report"], "decision": "include"})
    assert next(answers)["kind"] == "saved"
    assert len(decisions(rv)) == 1


def test_judgements_reason_and_note_are_stored(desk: Browser, rv: Review) -> None:
    desk.decide("exclude", judgements={"P1": "met", "I1": "not_met"}, note="A survey.")
    row = rv.screening.frame().iloc[0]
    assert (row["decision"], row["reason"], row["note"]) == ("exclude", "I1", "A survey.")


def test_at_the_end_nothing_waits_and_the_last_can_still_be_undone(desk: Browser, rv: Review) -> None:
    for decision in ("include", "unsure", "exclude"):
        desk.decide(decision)
    assert desk.shown == {} and desk.left == "0"
    assert kinds(desk.ask("undo")) == ["saved", "card"]
    assert desk.shown["title"] == TITLES[2] and len(decisions(rv)) == 2


def test_a_skipped_record_comes_again_at_the_end(desk: Browser) -> None:
    assert kinds(desk.ask("skip", report=desk.shown["report"])) == ["card"]
    titles = []
    for _ in TITLES:
        titles.append(desk.shown["title"])
        desk.decide("include")
    assert titles == [TITLES[1], TITLES[2], TITLES[0]]


def test_what_came_in_meanwhile_is_shown_when_the_queue_has_run_empty(desk: Browser, folder: Path) -> None:
    lead = Review.open(folder, reviewer="lead")
    lead.records.add(lead.searches.views()[0].id, title="A late one", year=2025)
    for _ in TITLES:
        desk.decide("include")
    assert desk.shown["title"] == "A late one" and desk.left == "1"


# once only


def test_the_same_token_is_the_same_event(desk: Browser, rv: Review) -> None:
    report = desk.shown["report"]
    first = desk.decide("include", token="a-key-press")[0]
    again = desk.ask("decide", token="a-key-press", report=report, decision="include")
    assert kinds(again) == ["saved", "card"] and again[0] == first
    assert again[1]["card"]["title"] == TITLES[1], "the next record stays on show"
    assert decisions(rv) == [(report, "include", None)]


def test_the_same_token_with_another_decision_is_refused(desk: Browser, rv: Review) -> None:
    report = desk.shown["report"]
    desk.decide("include", token="a-key-press")
    [refused] = desk.ask("decide", token="a-key-press", report=report, decision="exclude")
    assert refused["kind"] == "refused" and "token" in refused["message"]
    assert decisions(rv) == [(report, "include", None)]


def test_undo_sent_twice_takes_back_one_decision(desk: Browser, rv: Review) -> None:
    desk.decide("include")
    desk.decide("include")
    first = desk.ask("undo", token="undo-once")
    assert desk.ask("undo", token="undo-once")[0] == first[0]
    assert len(decisions(rv)) == 1 and desk.shown["title"] == TITLES[1]


def test_undo_reaches_back_before_this_sitting(desk: Browser, folder: Path) -> None:
    desk.decide("include")
    later = Browser(ScreeningCard(Review.open(folder, reviewer="r1")))
    assert later.shown["title"] == TITLES[1]
    later.ask("undo")
    assert later.shown["title"] == TITLES[0] and later.left == "3"
    [refused] = later.ask("undo")
    assert refused["message"] == "there is no decision of yours to undo."


# what is refused, in words


def test_a_record_that_is_not_on_show_cannot_be_decided(desk: Browser, rv: Review) -> None:
    unseen = rv.screening.queue("title_abstract")[2]
    refused, card = desk.ask("decide", report=unseen, decision="include")
    assert refused["kind"] == "refused" and "nothing is decided unseen" in refused["message"]
    assert card["card"]["title"] == TITLES[0], "it shows which one is"
    assert decisions(rv) == []


def test_nothing_is_decided_before_the_card_has_shown_anything(rv: Review) -> None:
    card, first = ScreeningCard(rv), rv.screening.queue("title_abstract")[0]
    for report in (first, ""):
        answers = list(card.answers({"kind": "decide", "token": "too-early", "report": report, "decision": "include"}))
        assert answers[0]["kind"] == "refused"
        card = ScreeningCard(rv)
    assert decisions(rv) == []


def test_a_refused_decision_leaves_the_record_on_show(desk: Browser, rv: Review) -> None:
    [refused] = desk.decide("include", judgements={"P1": "not_met"})
    assert refused["message"] == "the judgements lead to 'exclude', not 'include'. Next: say why in a note, or change the judgements."
    assert kinds(desk.decide("include", judgements={"P1": "not_met"}, note="Half of them are adults.")) == ["saved", "card"]


def test_an_exclusion_at_full_text_needs_its_reason(folder: Path) -> None:
    reviews = [Review.open(folder, reviewer=name) for name in ("r1", "r2")]
    report = reviews[0].screening.queue("title_abstract")[0]
    for rv in reviews:
        rv.screening.decide(report, stage="title_abstract", decision="include")
    reviews[0].screening.retrieve(report, "retrieved")
    desk = Browser(ScreeningCard(reviews[0], stage="full_text"))
    assert desk.told[0]["reason_needed"] is True and [c["id"] for c in desk.told[0]["criteria"]] == ["P1", "I1", "S1"]
    [refused] = desk.decide("exclude")
    assert refused["message"] == "an exclusion at full text needs its reason. Next: give reason=…, or judge the criteria."
    assert kinds(desk.decide("exclude", reason="S1")) == ["saved", "card"]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"kind": "decide"},
        {"kind": "decide", "token": "long-enough", "vote": "include"},
        {"kind": "delete", "token": "long-enough"},
        {"kind": "decide", "token": 7},
        {"kind": "undo", "token": ""},
        {"kind": "decide", "token": "long-enough", "judgements": ["met"]},
        [],
        None,
    ],
)
def test_what_is_not_understood_is_refused_and_stores_nothing(desk: Browser, rv: Review, content: Any) -> None:
    [refused] = list(desk.card.answers(content))
    assert refused["kind"] == "refused" and "run the cell again" in refused["message"]
    assert decisions(rv) == []


def test_a_stage_that_is_none_is_refused(rv: Review) -> None:
    with pytest.raises(InputRefused, match="'abstract' is no stage"):
        ScreeningCard(rv, stage="abstract")


def test_an_undone_decision_of_another_sitting_is_not_undone_twice(desk: Browser, rv: Review) -> None:
    desk.decide("include")
    rv.screening.undo(rv.screening.frame()["event"].iloc[0])
    [refused] = desk.ask("undo")
    assert refused["kind"] == "refused" and "cannot be withdrawn" in refused["message"]


# who may sit here


@pytest.mark.parametrize(
    ("reviewer", "said"), [(None, "This card needs to know who decides"), ("lead", "lead has no role screener in review.toml")]
)
def test_without_a_screener_it_says_how_to_open_it(folder: Path, reviewer: str | None, said: str) -> None:
    desk = ScreeningCard(Review.open(folder, reviewer=reviewer))
    [closed] = list(desk.answers({"kind": "open", "token": "long-enough"}))
    assert closed["kind"] == "closed" and said in closed["message"]
    assert 'Set reviewer to "r1" or "r2"' in closed["message"] and "review desk --as r1" in closed["message"]
    answers = list(desk.answers({"kind": "decide", "token": "long-enough", "report": "", "decision": "include"}))
    assert kinds(answers) == ["closed"]


def test_before_the_freeze_it_says_what_comes_first(tmp_path: Path) -> None:
    desk = ScreeningCard(Review.open(lay_out(tmp_path, frozen=False), reviewer="r1"))
    [closed] = list(desk.answers({"kind": "open", "token": "long-enough"}))
    assert "review freeze" in closed["message"]


def test_the_reviewer_is_the_parameter_else_the_environment_else_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert desk_review().reviewer is None
    monkeypatch.setenv("REVIEW_AS", "r2")
    assert desk_review().reviewer == "r2"
    assert desk_review("r1").reviewer == "r1"
    with pytest.raises(NotFound, match="'r9' is not a reviewer"):
        desk_review("r9")


def test_without_anywidget_the_import_says_what_to_install() -> None:
    code = """
import sys
sys.modules["anywidget"] = None
from review.errors import InputRefused
try:
    import review.desk
except InputRefused as refused:
    print(refused)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["the cards need anywidget, which is not installed", "  next: pip install 'review-toolkit[lab]'"]


# blind to others


def test_nothing_of_the_other_reviewer_reaches_the_card_or_its_saved_state(desk: Browser, folder: Path) -> None:
    other = Browser(ScreeningCard(Review.open(folder, reviewer="r2")))
    for number, decision in enumerate(("include", "exclude", "unsure")):
        other.decide(decision, reason="I1" if decision == "exclude" else None, note=f"secret-{number}")
    before = len(desk.told)
    desk.ask("open")
    desk.ask("skip", report=desk.shown["report"])
    desk.decide("include")
    for said in [desk.card.get_state(), *desk.told[before:]]:
        text = json.dumps(said, default=str)
        assert "secret" not in text and '"r2"' not in text
    assert desk.told[before + 1] == {**desk.told[1], "token": desk.told[before + 1]["token"]}, (
        "the card is as it was before the other decided"
    )


def test_the_saved_state_holds_no_record_and_no_decision(desk: Browser) -> None:
    plain = desk.card.get_state()
    desk.decide("exclude", reason="P1", note="only-mine")
    after = desk.card.get_state()
    assert after == plain
    settings = {name: value for name, value in after.items() if not name.startswith("_")}
    assert set(settings) == {"confirm_after", "lost_after", "seen_after", "shortcuts", "layout", "tabbable", "tooltip"}
    text = json.dumps({name: value for name, value in after.items() if name not in ("_esm", "_css")}, default=str)
    assert not re.search("only-mine|Gum|Pilocarpine|rep:|r1", text)


def test_what_has_been_answered_by_as_many_as_needed_is_not_shown_any_more(tmp_path: Path) -> None:
    folder = lay_out(tmp_path)
    text = (folder / "review.toml").read_text(encoding="utf-8")
    lead = Review.open(folder, reviewer="lead")
    third = text + '\n[[reviewers]]\nid = "r3"\nroles = ["screener"]\n'
    (folder / "review.toml").write_text(third, encoding="utf-8")
    lead.protocol.amend(reason="a third screener", results_known=False)
    desk = Browser(ScreeningCard(Review.open(folder, reviewer="r3")))
    for name in ("r1", "r2"):
        rv = Review.open(folder, reviewer=name)
        for report in rv.screening.queue("title_abstract")[:2]:
            rv.screening.decide(report, stage="title_abstract", decision="include")
    desk.ask("skip", report=desk.shown["report"])
    assert desk.shown["title"] == TITLES[2], "the second was answered while the first was on show"


# threads


def test_many_threads_store_one_key_press_once(rv: Review) -> None:
    card = ScreeningCard(rv)
    sent: list[dict[str, Any]] = []
    card.send = lambda content, buffers=None: sent.append(content)  # type: ignore[method-assign]
    card.receive(card, {"kind": "open", "token": "long-enough"}, [])
    report = sent[-1]["card"]["report"]
    press = {"kind": "decide", "token": "one-key-press", "report": report, "decision": "include"}
    threads = [threading.Thread(target=card.receive, args=(card, press, [])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    saved = [m for m in sent if m["kind"] == "saved"]
    assert len(saved) == 8 and len({m["event"] for m in saved}) == 1
    assert len(decisions(rv)) == 1


def test_two_cards_of_one_review_in_two_threads_lose_nothing(folder: Path) -> None:
    titles = [f"Trial {n}" for n in range(20)]
    lead = Review.open(folder, reviewer="lead")
    search = lead.searches.views()[0].id
    for title in titles:
        lead.records.add(search, title=title)
    reviews = [Review.open(folder, reviewer=name) for name in ("r1", "r2")]

    def screen(rv: Review) -> None:
        desk = Browser(ScreeningCard(rv))
        while desk.shown:
            assert kinds(desk.decide("include")) == ["saved", "card"]

    threads = [threading.Thread(target=screen, args=(rv,)) for rv in reviews]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(decisions(rv)) for rv in reviews] == [23, 23]


# whatever is pressed


@settings(max_examples=15)
@given(keys=st.lists(st.sampled_from(["include", "exclude", "unsure", "skip", "undo", "again"]), max_size=12))
def test_every_record_has_one_live_decision_or_waits(tmp_path_factory: pytest.TempPathFactory, keys: list[str]) -> None:
    rv = Review.open(lay_out(tmp_path_factory.mktemp("keys")), reviewer="r1")
    desk, last = Browser(ScreeningCard(rv)), None
    for number, key in enumerate(keys):
        if key == "again":
            if last:
                desk.ask(**last)
        elif key == "undo":
            desk.ask("undo")
        elif desk.shown and key == "skip":
            desk.ask("skip", report=desk.shown["report"])
        elif desk.shown:
            last = {"kind": "decide", "token": f"press-no-{number}", "report": desk.shown["report"], "decision": key}
            desk.ask(**last)
        decided = [report for report, _, _ in decisions(rv)]
        assert len(decided) == len(set(decided))
        assert set(decided).isdisjoint(rv.screening.queue("title_abstract"))
        assert len(decided) + int(desk.left) == len(TITLES)
        assert not desk.shown or desk.shown["report"] not in decided
    rv.close()


def test_a_card_says_what_it_is_and_knows_only_its_own_messages(rv: Review) -> None:
    assert repr(ScreeningCard(rv)) == "<ScreeningCard: title and abstract, r1>"
    [refused] = list(Card(rv).answers({"kind": "knit", "token": "long-enough"}))
    assert refused["message"] == "this card knows no 'knit'."


def test_an_undo_that_was_refused_takes_back_the_same_decision_when_it_is_sent_again(
    desk: Browser, rv: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = desk.shown["report"], (desk.decide("include"), desk.shown["report"])[1]
    desk.decide("exclude")
    refuse_once(rv, monkeypatch)
    assert kinds(desk.ask("undo", token="undo-once")) == ["refused"]
    assert kinds(desk.ask("undo", token="undo-once")) == ["saved", "card"]
    assert desk.shown["report"] == second and decisions(rv) == [(first, "include", None)]


def test_what_is_asked_again_can_be_skipped_and_comes_round(folder: Path) -> None:
    text = (folder / "review.toml").read_text(encoding="utf-8")
    (folder / "review.toml").write_text(f"{text}\n[settings.reviewers_per_stage]\nfull_text = 1\n", encoding="utf-8")
    lead = Review.open(folder, reviewer="lead")
    lead.protocol.amend(reason="one reads the full text", results_known=False)
    both = [Review.open(folder, reviewer=name) for name in ("r1", "r2")]
    reports = both[0].screening.queue("title_abstract")
    for report in reports:
        for rv in both:
            rv.screening.decide(report, stage="title_abstract", decision="include")
        both[0].screening.retrieve(report, "retrieved")
    desk = Browser(ScreeningCard(both[0], stage="full_text", order="arrival"))
    for _ in reports:
        desk.decide("unsure")
    assert both[0].screening.queue("full_text") == reports and desk.left == "3"
    assert desk.told[-1]["share"] == 0, "what is asked again is not done"
    seen = []
    for _ in range(4):
        seen.append(desk.shown["report"])
        desk.ask("skip", report=desk.shown["report"])
    assert seen == [*reports, reports[0]]
    assert len(desk.ask("find")[0]["rows"]) == 3, "each is listed once"
    desk.decide("include", judgements={"P1": "met", "I1": "met", "S1": "met"})
    assert desk.left == "2"
