"""The kernel's side of the desk of certainty: what stands beside each domain, what follows from ratings, two apart, a consensus."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from review import Review
from review.certainty import Baseline, Effect, absolute
from review.certainty.absolute import whole
from review.desk import CertaintyDesk
from review.desk.start import Start
from review.errors import InputRefused, LedgerBusy
from tests.desk.gradings import COMPARISON, FLARES, HOSTILE, NO_CONCERN, Grader, lay_out_grading
from tests.desk.reviews import Browser, kinds

IMPRECISE = {"ratings": {**NO_CONCERN, "imprecision": -1}, "explanations": {"imprecision": f"SECRETWORD few events {HOSTILE}"}}
MEDIAN = {"risk": "192", "label": "", "source": "the trials", "per": ""}
SIZES = {"small": "20", "moderate": "", "large": "150", "source": "protocol", "better": "lower"}


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_grading(tmp_path_factory.mktemp("grading") / "review")


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path / "review"))


@pytest.fixture
def sit(folder: Path) -> Callable[[str], Grader]:
    return lambda reviewer: Grader(folder, reviewer)


def test_each_domain_stands_beside_what_the_review_holds_and_nothing_is_rated(sit: Callable[[str], Grader]) -> None:
    desk = sit("r1")
    assert [row["name"] for row in desk.shown["rows"]] == ["Activity", "Flare, 26 weeks", "Pain, 26 weeks"] and desk.left == "3"
    card = desk.go()
    assert card["form"]["ratings"] == {} and card["form"]["synthesis"] == "flares-drug" and card["judged"]["proposed"] is None
    assert len(card["judged"]["open"]) == 5 and card["judged"]["effect"] == "RR 0.50 (0.27 to 0.92)"
    assert card["judged"]["people"] == ["285", "284"] and card["judged"]["start"]["word"] == "High"
    told = card["evidence"]["told"]
    assert (
        told["risk_of_bias"][0].startswith("Share of the weight by overall judgement (RoB 2")
        and "High 41.7% (Fir 2018)" in told["risk_of_bias"][0]
    )
    assert told["risk_of_bias"][1].startswith("Not judged, 10.5% of the weight:") and "Birch 2013, Elm 2016" in told["risk_of_bias"][1]
    assert "I² 0%" in told["inconsistency"][0] and "Prediction interval" in told["inconsistency"][1]
    assert "comparator: placebo; outcome: Flare, 26 weeks" in told["indirectness"][0]
    assert told["imprecision"] == ["Events: 27 of 285 with the intervention; 56 of 284 with the comparator."]
    assert "fewer than 10 studies (5)" in told["publication_bias"][0] and "Oak 2023" in told["publication_bias"][1]
    assert card["evidence"]["comparator"]["risk"] == "192"
    words = json.dumps([told, card["judged"]["beside"]])
    assert not [sign for sign in ("-1", "−1", "rate down", "serious") if sign in words], "nothing speaks of a rating"


def test_the_level_is_drawn_as_far_as_domains_are_rated(sit: Callable[[str], Grader]) -> None:
    desk = sit("r1")
    desk.go()
    judged = desk.judged(ratings={"imprecision": -1, "risk_of_bias": 0})
    assert [step["name"] for step in judged["path"]] == ["Imprecision"] and judged["proposed"] is None
    assert judged["open"] == ["Inconsistency", "Indirectness", "Publication bias"]
    assert judged["problems"] == ["imprecision: rated -1 without an explanation"]
    judged = desk.judged(**IMPRECISE, baselines=[MEDIAN], threshold=SIZES)
    assert judged["proposed"]["word"] == "Moderate" and judged["problems"] == [] and judged["final"] is None
    stated = desk.rv.certainty.evidence("flares").effect
    assert stated is not None
    risk = absolute(Effect("RR", stated.value, stated.low, stated.high), Baseline("0.192", source="the trials"))
    assert risk is not None and risk.difference.low is not None and risk.intervention is not None
    [shown] = judged["risks"]
    assert shown["comparator"] == "192 per 1,000" and f"{whole(risk.intervention.value)} per 1,000" in shown["intervention"]
    assert f"{-whole(risk.difference.value)} fewer per 1,000 ({-whole(risk.difference.low)} fewer" in shown["difference"]
    assert shown["sentence"] == "Drug A probably improves Flare."
    threshold, size = judged["beside"]["imprecision"]
    assert threshold == "Against the threshold: the interval crosses one threshold of ±20."
    assert (
        size.startswith("Optimal information size, to find the smallest difference that matters: 11,") and "569 are in the evidence" in size
    )


def test_a_grading_is_stored_once_and_as_it_was_shown(sit: Callable[[str], Grader]) -> None:
    desk = sit("r1")
    desk.go()
    answers = desk.of_form("grade", token="token-once", **IMPRECISE, baselines=[MEDIAN], threshold=SIZES)
    assert kinds(answers) == ["saved", "card"]
    assert kinds(desk.ask("grade", token="token-once", **FLARES, form={}))[0] == "saved", "a key press that is sent again stores nothing"
    own = desk.rv.certainty.own("flares")
    assert own is not None and own.grading is not None and len(own.events) == 1
    body = own.grading
    assert (body["start"], body["proposed"], body["final"]) == (4, 3, 3) and list(body["participants"]) == [285, 284]
    assert len(body["studies"]) == 5 and body["effect"]["entered"] == "from the synthesis of flares-drug"
    assert body["baselines"][0]["risk"] == "0.192" and body["threshold"]["large"] == "150" and body["threshold"]["moderate"] is None
    assert desk.row("Flare")["own"] == "Moderate" and desk.row("Flare")["stands"] == "one assessor so far" and desk.left == "2"
    again = desk.go()
    assert again["own"] and again["form"]["ratings"] == IMPRECISE["ratings"] and again["form"]["baselines"][0]["risk"] == "192"
    assert again["form"]["explanations"] == IMPRECISE["explanations"], "text as it was typed"


def test_another_level_needs_its_reason(sit: Callable[[str], Grader]) -> None:
    desk = sit("r1")
    desk.go()
    judged = desk.judged(**IMPRECISE, final=2)
    assert judged["final"]["word"] == "Low" and judged["problems"] == ["Another level than the one that follows needs its reason"]
    [refused] = desk.of_form("grade", **IMPRECISE, final=2)
    assert refused["kind"] == "refused" and "give the reason" in refused["message"]
    assert desk.rv.certainty.own("flares") is None
    desk.of_form("grade", **IMPRECISE, final=2, reason="one trial weighs most")
    own = desk.rv.certainty.own("flares")
    assert own is not None and own.grading is not None and (own.grading["proposed"], own.grading["final"]) == (3, 2)
    assert own.reason == "one trial weighs most"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"effect": {"value": "0,5", "source": "a page"}}, "'0,5' is no number"),
        ({"effect": {"value": "0.5"}}, "the effect has no source"),
        ({"effect": {"value": "0.5", "low": "0.6", "high": "0.9", "source": "a page"}}, "do not enclose the value"),
        ({"studies": "two"}, "the number of studies: 'two'"),
        ({"people": ["", "118"]}, "for the comparator alone"),
        ({"threshold": {"small": "5"}}, "has no source"),
        ({"effect": {"value": "0.5", "source": "s"}, "baselines": [{"risk": "1200", "source": "s"}]}, "is impossible"),
        ({"effect": {"value": "0.5", "source": "s"}, "baselines": [{"risk": "30"}]}, "has no source"),
    ],
)
def test_what_is_typed_wrong_is_said_in_words_and_not_stored(sit: Callable[[str], Grader], typed: dict[str, object], wrong: str) -> None:
    desk = sit("r1")
    desk.go()
    by_hand = {"synthesis": "", "start": "randomised", "ratings": NO_CONCERN, "explanations": {}, **typed}
    assert wrong in "; ".join(desk.judged(**by_hand)["problems"])
    [refused] = desk.of_form("grade", **by_hand)
    assert refused["kind"] == "refused" and wrong in refused["message"] and desk.rv.certainty.own("flares") is None


def test_an_effect_by_hand_and_evidence_that_is_never_rated_up(sit: Callable[[str], Grader]) -> None:
    desk = sit("r1")
    desk.go(outcome="o1")
    assert desk.shown["planned"] == [] and desk.shown["judged"]["start"] is None
    assert desk.judged(ratings=NO_CONCERN)["problems"] == ["State the design that this evidence starts from"]
    judged = desk.judged(start="single-arm", ratings={**NO_CONCERN, "large_effect": 1}, explanations={"large_effect": "yes"})
    assert judged["options"]["large_effect"] == {"ratings": [], "why": "Evidence without a comparison group is never rated up."}
    assert any("never rated up" in one for one in judged["problems"])
    hand = {"measure": "HR", "value": "0.45", "low": "0.18", "high": "1.13", "source": "two trials", "unit": ""}
    desk.of_form(
        "grade", start="randomised", ratings=NO_CONCERN, explanations={}, effect=hand, studies="2", people=["1,200", ""],
        baselines=[{"risk": "13.5", "label": "low", "source": "a register", "per": ""}],
    )  # fmt: skip
    own = desk.rv.certainty.own("o1")
    assert own is not None and own.grading is not None and own.grading["effect"]["entered"] == "by hand"
    assert own.grading["baselines"][0]["risk"] == "0.0135" and list(own.grading["participants"]) == [1200]


def test_the_second_assessor_learns_nothing_before_both_have_saved(sit: Callable[[str], Grader], folder: Path) -> None:
    first, second = sit("r1"), sit("r2")
    before = json.dumps(second.ask("list"))
    first.go()
    first.of_form("grade", **IMPRECISE)
    first.go(comparison="Drug A versus SECRETARM")
    first.of_form("grade", **IMPRECISE)
    assert json.dumps(second.ask("list")).replace(second.told[-1]["token"], "") == before.replace(json.loads(before)[0]["token"], "")
    card = second.go()
    assert card["form"]["ratings"] == {} and not card["own"] and card["stale"] == []
    seen = json.dumps([*second.told, second.go(comparison="Drug A versus secretarm")])
    assert "SECRET" not in seen.replace(COMPARISON, "")
    second.go()
    second.of_form("grade", ratings={**NO_CONCERN, "imprecision": -2}, explanations={"imprecision": "very few"})
    assert second.row("Flare")["differs"] and "SECRETWORD" in json.dumps(second.go(settles=True)), "once both have saved"


def test_a_difference_is_settled_side_by_side_without_names(sit: Callable[[str], Grader]) -> None:
    for who, points in (("r1", -1), ("r2", -2)):
        desk = sit(who)
        desk.go()
        desk.of_form("grade", ratings={**NO_CONCERN, "imprecision": points}, explanations={"imprecision": f"by {points}"})
    lead = sit("lead")
    assert lead.left == "1" and not lead.shown["assessor"]
    [refused] = lead.ask("go", **FLARES)
    assert refused["kind"] == "refused" and "has no role assessor" in refused["message"]
    card = lead.go(settles=True)
    assert sorted(side["form"]["ratings"]["imprecision"] for side in card["sides"]) == [-2, -1]
    assert "imprecision" not in card["form"]["ratings"] and card["form"]["ratings"]["inconsistency"] == 0, "what both have said alike"
    assert not {"r1", "r2"} & set(json.dumps(card["sides"]).replace('"', " ").split()) and not card["by_agreement"]
    ratings = {**NO_CONCERN, "imprecision": -1}
    [refused] = lead.of_form("settle", ratings=ratings, explanations={"imprecision": "talked over"})
    assert refused["kind"] == "refused" and "needs a reason" in refused["message"]
    answers = lead.of_form("settle", ratings=ratings, explanations={"imprecision": "talked over"}, because="both agree by now")
    assert kinds(answers) == ["saved", "card"] and lead.left == "0" and lead.row("Flare")["stands"] == "the consensus"
    assert lead.row("Flare")["level"]["word"] == "Moderate"
    lead.ask("undo")
    assert lead.row("Flare")["differs"]
    second = sit("r2")
    assert second.go(settles=True)["by_agreement"]
    second.ask("decline", **FLARES, settles=True, reason="the scale says nothing")
    [view] = second.rv.certainty.gradings()
    assert (view.status, view.reason) == ("not graded", "the scale says nothing")


def test_not_graded_has_its_reason_and_ones_own_is_taken_back(sit: Callable[[str], Grader]) -> None:
    desk = sit("r1")
    desk.go()
    [refused] = desk.of_form("decline")
    assert "needs its reason" in refused["message"]
    desk.of_form("decline", because="the result is not usable")
    assert desk.row("Flare")["own"] == "not graded: the result is not usable"
    later = sit("r1")
    assert kinds(later.ask("undo", token="token-back", **FLARES)) == ["saved", "card"] and later.row("Flare")["waits"]
    [refused] = later.ask("undo")
    assert "nothing was stored at this card" in refused["message"]
    assert later.rv.certainty.own("flares") is None


def test_what_was_typed_comes_back_and_a_stale_card_stores_nothing(sit: Callable[[str], Grader]) -> None:
    desk = sit("r1")
    desk.go()
    desk.of_form("keep", ratings={"imprecision": -2})
    desk.ask("list")
    assert desk.row("Flare")["begun"]
    [refused] = desk.ask("grade", **FLARES, form={})
    assert "not on show any more" in refused["message"]
    assert desk.go()["form"]["ratings"] == {"imprecision": -2}


def test_what_was_typed_is_there_in_the_next_kernel_for_its_author_alone(sit: Callable[[str], Grader]) -> None:
    typed = {"ratings": {"imprecision": -2}, "explanations": {"imprecision": f"SECRETWORD {HOSTILE}"}, "studies": "2"}
    desk, second = sit("r1"), sit("r2")
    desk.go()
    for _ in range(2):  # the same again is no second draft
        desk.of_form("keep", **typed)
    assert len([e for e in desk.rv._ledger.events() if e.kind == "certainty.drafted"]) == 1
    desk.go(comparison="Drug A versus SECRETARM")
    desk.of_form("keep", ratings={"imprecision": -1})
    anew = sit("r1")
    assert anew.row("Flare")["begun"]
    form = anew.go()["form"]
    assert {name: form[name] for name in typed} == typed
    assert "SECRET" not in json.dumps([*second.told, second.ask("list"), second.go()]).replace(COMPARISON, "")
    assert second.rv.certainty.open_of_others() and not second.rv.certainty.drafts()
    anew.go()
    anew.of_form("grade", **IMPRECISE)
    after = sit("r1")
    assert not after.row("Flare")["begun"] and after.go()["form"]["ratings"] == IMPRECISE["ratings"], "what was saved stands in its place"


def test_a_draft_that_was_refused_is_written_when_the_same_comes_again(
    sit: Callable[[str], Grader], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = sit("r1")
    desk.go()

    def busy(*_: object, **__: object) -> str:
        raise LedgerBusy("another process holds the ledger", next_step="try again")

    with monkeypatch.context() as patch:
        patch.setattr(desk.rv.certainty, "keep_draft", busy)
        assert kinds(desk.of_form("keep", ratings={"imprecision": -2})) == ["refused"]
    assert kinds(desk.of_form("keep", ratings={"imprecision": -2})) == ["kept"]
    assert sit("r1").go()["form"]["ratings"] == {"imprecision": -2}, "the next kernel has it"


def test_how_a_difference_is_being_settled_is_kept_until_anybody_settles_it(sit: Callable[[str], Grader]) -> None:
    for who, points in (("r1", -1), ("r2", -2)):
        desk = sit(who)
        desk.go()
        desk.of_form("grade", ratings={**NO_CONCERN, "imprecision": points}, explanations={"imprecision": f"by {points}"})
    lead = sit("lead")
    lead.go(settles=True)
    lead.of_form("keep", ratings={**NO_CONCERN, "imprecision": -1}, explanations={"imprecision": "talked over"})
    assert sit("lead").go(settles=True)["form"]["explanations"]["imprecision"] == "talked over"
    assert "imprecision" not in sit("r1").go(settles=True)["form"]["ratings"], "a draft is its author's"
    first = sit("r1")
    first.go(settles=True)
    first.of_form("settle", ratings={**NO_CONCERN, "imprecision": -2}, explanations={"imprecision": "few"}, because="agreed")
    assert not sit("lead").rv.certainty.drafts()


def test_it_says_what_changed_since_it_was_graded(sit: Callable[[str], Grader], folder: Path) -> None:
    desk = sit("r1")
    desk.go()
    desk.of_form("grade", **IMPRECISE)
    rv = Review.open(folder, reviewer="r2")
    study = next(s.id for s in rv.studies.views() if s.label == "Alder 2011")
    about = {"arm": "Drug A", "outcome": "Flare", "timepoint": "26 weeks", "quotation": "9 of 40", "location": "abstract"}
    rv.extraction.record(study, item="events", value="9", **about)  # the two differ now, and the study is left out
    desk.ask("list")
    assert any(said.startswith("effect changed since graded: RR 0.499661") for said in desk.row("Flare")["stale"])
    assert any("effect changed since graded" in said for said in desk.go()["stale"])


def test_it_is_open_to_assessors_and_the_lead_and_counted_on_the_first_page(folder: Path) -> None:
    for reviewer, words in ((None, "needs to know who grades"), ("r1", "")):
        desk = Browser(CertaintyDesk(Review.open(folder, reviewer=reviewer)))  # type: ignore[arg-type]
        closed = [m["message"] for m in desk.told if m["kind"] == "closed"]
        assert (words in closed[0]) if words else closed == []
    [waits] = Start(Review.open(folder, reviewer="r1"), lambda what: None).answers({"kind": "open", "token": "token-start"})
    assert {"what": "certainty", "words": "Certainty", "waits": "3"} in waits["rows"]
    with pytest.raises(InputRefused, match="would be the key for"):
        CertaintyDesk(Review.open(folder, reviewer="r1"), keys={"why": "o"})
