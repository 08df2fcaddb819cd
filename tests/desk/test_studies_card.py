"""The kernel's side of the card of studies: two records and how they differ, one press one event, everything can be taken back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from review import Review
from review.desk import Desk, StudiesCard
from review.desk.side_by_side import likeness
from review.desk.start import Start
from review.errors import NotAllowed
from tests.desk.pairs import ABSTRACT, ARABIC, AUTHORS, GUM, lay_out_pairs
from tests.desk.reviews import Browser, kinds


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_pairs(tmp_path_factory.mktemp("studies") / "review")


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path / "review"))


@pytest.fixture
def at_desk(folder: Path) -> Callable[..., Browser]:
    return lambda reviewer="r1": Browser(StudiesCard(Review.open(folder, reviewer=reviewer)))


def press(desk: Browser, what: str, **more: Any) -> list[dict[str, Any]]:
    return desk.ask("decide", **{"pair": desk.shown["report"], "what": what, **more})


def row(desk: Browser, field: str) -> dict[str, Any]:
    return next(one for one in desk.shown["rows"] if one["field"] == field)


def decided(folder: Path) -> list[tuple[str, str]]:
    """What counts of what people decided: kind and reason."""
    return [(e.kind, e.body["reason"]) for e in Review.open(folder).studies.decisions() if not e.by_tool]


def test_two_records_are_shown_field_by_field_with_what_differs(at_desk: Callable[..., Browser]) -> None:
    desk = at_desk()
    assert desk.told[0]["reviewer"] == "r1" and desk.told[-1]["progress"] == "1 of 2 left"
    assert desk.told[-1]["counts"] == {"documents": "2", "suggested": "1"}
    assert desk.shown["question"] == "One document or two?" and desk.shown["says"] and desk.shown["answers"] == ["same", "apart"]
    assert [side["found"] for side in desk.shown["sides"]] == [
        [f"{name} (database), databases and registers"] for name in ("Embase", "Scopus")
    ]
    title = row(desk, "Title")
    assert "".join(text for text, _ in title["runs"][0]) == GUM
    assert [[text for text, apart in runs if apart] for runs in title["runs"]] == [["women"], ["men"]]
    assert row(desk, "Authors")["says"] == f"only A: '\u2068{AUTHORS[-1]}\u2069'" and row(desk, "Year")["state"] == "same"
    assert [text for text, apart in row(desk, "Abstract or summary")["runs"][1] if apart] == ["10"]
    assert ABSTRACT.format(dose=5) == "".join(text for text, _ in row(desk, "Abstract or summary")["runs"][0])
    assert "Sponsor" in desk.shown["neither"] and not {one["field"] for one in desk.shown["rows"]} & set(desk.shown["neither"])


def test_one_press_is_one_event_and_the_flow_is_told(at_desk: Callable[..., Browser], folder: Path) -> None:
    desk = at_desk()
    pair = desk.shown["report"]
    saved, card, moved = press(desk, "same", note="The same trial of gum.", token="a-key-press")
    assert kinds([saved, card, moved]) == ["saved", "card", "moved"] and saved["words"] == "one document"
    assert card["card"]["sides"][0]["title"].startswith(ARABIC) and card["progress"] == "1 of 1 left · 1 decided"
    assert moved["words"].startswith("In the flow: Duplicate records removed 1 → 2; Records screened 9 → 8")
    again = desk.ask("decide", pair=pair, what="same", note="The same trial of gum.", token="a-key-press")
    assert again[0] == saved and kinds(again) == ["saved", "card"]
    [refused, _] = desk.ask("decide", pair=pair, what="apart", token="a-key-press")
    assert "stored with another answer" in refused["message"]
    assert decided(folder) == [("studies.merged", "The same trial of gum.")]


def test_what_a_kernel_stored_before_it_was_lost_is_not_stored_twice(at_desk: Callable[..., Browser], folder: Path) -> None:
    desk, other = at_desk(), at_desk()
    pair = desk.shown["report"]
    told = [one.ask("decide", pair=pair, what="same", token="a-key-press")[0] for one in (desk, other)]
    assert kinds(told) == ["saved", "refused"] and "waits no more" in told[1]["message"] and len(decided(folder)) == 1


def test_after_the_documents_come_the_links_and_undo_goes_back_through_all(at_desk: Callable[..., Browser], folder: Path) -> None:
    desk = at_desk()
    first = desk.shown["report"]
    press(desk, "apart")
    press(desk, "same")
    assert desk.shown["question"] == "Is this a report of this trial?" and desk.shown["answers"] == ["link", "refuse"]
    assert [side["name"] for side in desk.shown["sides"]] == ["Trial", "Report"] and ["Number", "PMID 91000008"] in desk.shown["alike"]
    press(desk, "refuse")
    assert desk.shown == {} and [kind for kind, _ in decided(folder)] == ["studies.kept_apart", "studies.merged", "studies.link_refused"]
    assert kinds(desk.ask("undo", token="undo-once")) == ["saved", "card", "moved"]
    assert kinds(desk.ask("undo", token="undo-once")) == ["saved", "card"], "sent again it takes back nothing else"
    assert desk.shown["question"] == "Is this a report of this trial?"
    for _ in range(2):
        desk.ask("undo")
    assert decided(folder) == [] and desk.shown["report"] == first and desk.told[-1]["words"] == "No number of the flow moved."
    [refused] = desk.ask("undo")
    assert refused["message"].startswith("nothing was decided at this card since it was opened.")
    press(desk, "apart")
    assert [kind for kind, _ in decided(folder)] == ["studies.kept_apart"], "what was undone can be decided again"


def ranked(rv: Review) -> pd.DataFrame:
    """Two candidates for each trial, as the ranking gives them."""
    trials = {study.label: study.id for study in rv.studies.views() if study.label.startswith("NCT")}
    named = {view.title.split()[0]: view.id for view in rv.studies.report_views() if not view.stands.is_registration}
    rows = [
        (trials[label], label, named[word], word, rank, 0.5, signals)
        for label, word, rank, signals in (
            ("NCT90000001", "Lozenges", 1, "title 0.79; text 0.21; protocol ×0.75"),
            ("NCT90000001", "Mouthwash", 2, "text 0.10"),
            ("NCT90000002", "Mouthwash", 1, "title 1.00"),
            ("NCT90000002", "Spit", 2, ""),
        )
    ]
    return pd.DataFrame(rows, columns=["study", "label", "report", "title", "rank", "score", "signals"])


def test_candidates_come_when_they_are_asked_for_the_likeliest_of_each_trial_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rv = Review.open(folder, reviewer="r1")
    asked: list[int] = []
    monkeypatch.setattr(rv.studies, "candidates", lambda *, top: (asked.append(top), ranked(rv))[1])
    desk = Browser(StudiesCard(rv))
    assert not asked and "candidates" not in desk.told[-1]["counts"]
    desk.ask("part", part="candidates")
    seen = []
    while desk.shown:
        seen.append((desk.shown["sides"][1]["title"].split()[0], desk.shown["says"].split()[1]))
        if seen[-1][0] == "Lozenges":
            assert desk.shown["alike"] == [
                ["Words of the titles", "79\u00a0%"],
                ["Words of the texts", "21\u00a0%"],
                ["A protocol", "counts ×0.75"],
            ]
        press(desk, "link" if seen[-1][1] == "1" else "refuse")
    assert sorted(seen[:2]) == [("Lozenges", "1"), ("Mouthwash", "1")] and {place for _, place in seen[2:]} == {"2"} and len(seen) == 4
    assert sorted(kind for kind, _ in decided(folder)) == ["studies.link_refused"] * 2 + ["studies.linked"] * 2 and asked == [10]


@pytest.mark.soak
def test_the_ranking_says_what_the_card_reads(at_desk: Callable[..., Browser]) -> None:
    desk = at_desk()
    desk.ask("part", part="candidates")
    assert desk.shown["says"] == "Place 1 of what may report this trial." and "Words of the titles" in dict(desk.shown["alike"])


def test_next_previous_and_skip_lead_through_the_queue(at_desk: Callable[..., Browser]) -> None:
    desk = at_desk()
    first = desk.shown["report"]
    desk.ask("step", pair=first, step=1)
    second = desk.shown["report"]
    desk.ask("step", pair=second, step=1)
    assert desk.shown["report"] == second and desk.told[-1]["progress"] == "2 of 2 left"
    desk.ask("step", pair=second, step=-1)
    desk.ask("skip", pair=first)
    assert desk.shown["report"] == second and desk.told[-1]["progress"] == "1 of 2 left"
    refused, _ = desk.ask("skip", pair=first)
    assert "nothing is decided unseen" in refused["message"]
    refused, _ = desk.ask("decide", pair=first, what="same")
    assert "nothing is decided unseen" in refused["message"]
    refused, _ = desk.ask("decide", pair=second, what="link")
    assert refused["kind"] == "refused", "no link is asked about here"


def test_a_merge_by_rule_is_found_looked_at_and_taken_back(at_desk: Callable[..., Browser], folder: Path) -> None:
    desk = at_desk()
    [listed] = desk.ask("list", only="merged_by_rule")
    assert listed["kinds"] == [{"only": "merged_by_rule", "words": "Merged by rule", "n": "1"}] and listed["more"] == 0
    assert [one["first"] for one in listed["rows"]] == ["Spit and the voice"]
    rule = Review.open(folder).studies.decisions()[0].body["rule"]
    assert [len(desk.ask("list", words=words)[0]["rows"]) for words in ("SPIT voice", rule, "gum")] == [1, 1, 0]
    desk.ask("look", event=listed["rows"][0]["event"])
    assert desk.shown["question"].startswith("Merged by rule") and desk.shown["says"] and desk.shown["answers"] == ["take_back"]
    assert [side["found"][0].split()[0] for side in desk.shown["sides"]] == ["Embase", "Scopus"], "each as it is without the other"
    assert row(desk, "Abstract or summary")["state"] == "first_only"
    saved, card, moved = press(desk, "take_back")
    assert saved["words"] == "taken back" and "Duplicate records removed 1 → 0" in moved["words"] and card["card"]["part"] == "documents"
    assert Review.open(folder).studies.decisions() == []
    desk.ask("undo")
    assert desk.shown["part"] == "decided" and len(Review.open(folder).studies.decisions()) == 1
    desk.ask("step")
    assert desk.shown["part"] == "documents"


def test_of_decisions_on_a_record_only_the_viewers_own_are_shown(at_desk: Callable[..., Browser], folder: Path) -> None:
    for name, decision in (("r1", "include"), ("r2", "exclude")):
        rv = Review.open(folder, reviewer=name)
        gum = rv.studies.unsure()[0].first.id
        rv.screening.decide(gum, stage="title_abstract", decision=decision, reason="P1" if decision == "exclude" else None, note="secret")
        if name == "r1":
            for viewer in ("r2", "lead"):
                desk = at_desk(viewer)
                assert not any(side["own"] for side in desk.shown["sides"]) and "secret" not in json.dumps(desk.told)
    own = {name: at_desk(name).shown["sides"][0]["own"] for name in ("r1", "r2", "lead")}
    assert "include." in own["r1"][0] and "exclude (P1)." in own["r2"][0] and own["lead"] == []


def test_what_somebody_else_decided_meanwhile_is_said_and_left_as_it_stands(at_desk: Callable[..., Browser], folder: Path) -> None:
    mine, other = at_desk(), at_desk("r2")
    press(other, "apart", note="Women and men.")
    refused, card = press(mine, "same")[:2]
    assert "decided meanwhile" in refused["message"] and card["card"]["sides"][0]["title"].startswith(ARABIC)
    assert decided(folder) == [("studies.kept_apart", "Women and men.")]
    [listed] = mine.ask("list", only="apart")
    mine.ask("look", event=listed["rows"][0]["event"])
    [refused] = press(mine, "take_back")
    assert "may not replace or withdraw what another reviewer wrote" in refused["message"]


def test_records_that_state_nothing_can_be_looked_at(at_desk: Callable[..., Browser], folder: Path) -> None:
    rv = Review.open(folder, reviewer="r1")
    search = rv.searches.record("A box", kind="other", via="hand", searched="2026-03-01")
    bare = ["rep:" + rv.records.add(search, title=title).removeprefix("rec:") for title in ("A", "B")]
    event = rv.studies.keep_apart(bare, reason="Two letters.")
    desk = at_desk()
    desk.ask("look", event=event)
    assert [one["field"] for one in desk.shown["rows"]] == ["Title"] and len(desk.shown["neither"]) > 15
    assert desk.shown["sides"][0]["found"] == ["A box (hand), other methods"] and desk.shown["says"] == ""
    rv.studies.undo(event)
    with pytest.raises(NotAllowed, match="counts no more"):
        list(desk.card.answer(desk.card.Asked(kind="look", token="long-enough", event=event)))


def test_the_saved_state_holds_no_record_and_no_answer(at_desk: Callable[..., Browser]) -> None:
    desk = at_desk()
    press(desk, "same", note="only-mine")
    state = json.dumps({name: value for name, value in desk.card.get_state().items() if name not in ("_esm", "_css")}, default=str)
    assert not any(word in state for word in ("only-mine", "gum", "rep:"))


def test_who_looks_only_is_told_how(folder: Path) -> None:
    [closed] = list(StudiesCard(Review.open(folder)).answers({"kind": "open", "token": "long-enough"}))
    assert closed["kind"] == "closed" and 'Set reviewer to "r1" or "r2" or "lead"' in closed["message"]


def test_the_first_page_names_it_with_how_many_wait(folder: Path) -> None:
    desk = Desk(Review.open(folder, reviewer="lead"))
    start = next(child for child in desk.children if isinstance(child, Start))
    [told] = list(start.answers({"kind": "open", "token": "long-enough"}))
    assert told["rows"][0] == {"what": "studies", "words": "Duplicates and links", "waits": "3"}
    list(start.answers({"kind": "choose", "what": "studies", "token": "long-enough-too"}))
    assert isinstance(desk.children[-1], StudiesCard)


def test_scores_of_rules_are_said_in_words() -> None:
    told = dict(likeness({"title": 99, "doi": 100, "first_page": 50, "year": 0, "volume": 7}))
    assert told == {
        "Title": "nearly alike (99\u00a0%)", "DOI": "alike", "First page": "partly alike (50\u00a0%)", "Year": "not alike",
        "Volume": "hardly alike (7\u00a0%)",
    }  # fmt: skip
