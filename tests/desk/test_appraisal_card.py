"""The kernel's side of the appraisal desk: drafts at each answer, nothing of the other before both have submitted, differences settled."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import Review
from review.bias import load_tool, tool_names
from review.desk import AppraisalDesk
from review.desk.appraisal_form import judged, shown
from review.desk.appraisal_list import details
from review.desk.quoting import sentences
from review.desk.start import Start
from review.errors import InputRefused
from tests.desk.appraisals import DESIGNS, LOW, RESULT, Assessor, lay_out_appraisal, study_of
from tests.desk.files import HOSTILE_PAGE, small_pdf
from tests.desk.reviews import kinds
from tests.rooms.assessing import filled

FIRST, SECOND = DESIGNS


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_appraisal(tmp_path_factory.mktemp("appraisal") / "review")


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    """A review of this test's own: a copy, which costs a tenth of making one."""
    return Path(shutil.copytree(laid_out, tmp_path / "review"))


@pytest.fixture
def at_desk(folder: Path) -> Callable[[str], Assessor]:
    return lambda reviewer="r1": Assessor(folder, reviewer)


def events(rv: Review, kind: str) -> int:
    """How many events of a kind the ledger holds."""
    return sum(event.kind == kind for event in rv._ledger.events())


def open_form(desk: Assessor, what: str = "forms", settle: bool = False) -> dict[str, Any]:
    """Opens the first form (or difference) of the list."""
    place = next(one for row in desk.rows for one in row[what])
    desk.ask("go", other="settle" if settle else "", **{name: place[name] for name in ("study", "tool", "result", "effect")})
    return dict(desk.shown)


def submit(desk: Assessor, **answers: str) -> None:
    desk.begin()
    assert kinds(desk.of_form("submit", answers={**LOW, **answers})) == ["saved", "card"]


# choosing


def test_the_tool_that_fits_is_offered_and_a_wrong_one_refused_with_the_right_one(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    assert [(row["became"], row["waits"]) for row in desk.rows] == [("included", 1), ("included", 1)]
    found = desk.ask("choose", study=study_of(desk.rv, SECOND))[-1]["card"]["study"]
    assert found["design"] == "single-arm-trial" and "rob2-parallel" not in [tool["tool"] for tool in found["tools"]]
    assert found["tools"][0]["tool"] == "jbi-case-series"
    refused = next(one for one in found["refused"] if one["tool"] == "rob2-parallel")
    assert "one arm only" in refused["why"] and "jbi-case-series" in refused["instead"]
    [answer] = desk.begin(SECOND)
    assert answer["kind"] == "refused" and "one arm only" in answer["message"] and "jbi-case-series" in answer["message"]


def test_each_tool_file_is_read_once_and_a_wrong_one_says_what_is_wrong(folder: Path, at_desk: Callable[[str], Assessor]) -> None:
    (folder / "tools").mkdir()
    text = load_tool("jbi-case-series").text
    (folder / "tools" / "ours.toml").write_text(text.replace('id = "jbi-case-series"', 'id = "ours"'), encoding="utf-8")
    (folder / "tools" / "wrong.toml").write_text('id = "wrong"\nlabe = "x"\n', encoding="utf-8")
    desk, read = at_desk("r1"), list[str]()
    with pytest.MonkeyPatch.context() as patch:
        was = Path.read_bytes
        patch.setattr(Path, "read_bytes", lambda path: read.append(path.name) or was(path))
        found = details(desk.rv, next(s for s in desk.rv.studies.views() if s.id == study_of(desk.rv, SECOND)))
    assert (read.count("ours.toml"), read.count("wrong.toml"), read.count("rob2-parallel.toml")) == (1, 1, 1)
    assert {"jbi-case-series", "ours"} <= {one["tool"] for one in found["tools"]}
    assert "line 2, labe" in next(one["why"] for one in found["refused"] if one["tool"] == "wrong")


def test_a_study_without_a_design_is_asked_about_first(folder: Path, at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    for rv in (desk.rv, Review.open(folder, reviewer="r2")):
        cell = next(c for s in rv.studies.views() if s.id == study_of(rv) for c in rv.extraction.cells(s) if c.item == "design")
        rv.extraction.undo(next(e for e in cell.history if rv._ledger.event(e).actor == rv.reviewer))
    found = desk.ask("choose", study=study_of(desk.rv))[-1]["card"]["study"]
    assert not found["design"] and "rob2-parallel" in [one["tool"] for one in found["refused"]]
    assert all("state the design" in one["instead"] for one in found["refused"] if one["tool"] == "rob2-parallel")


def test_a_form_is_begun_once_and_a_result_needs_its_name(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    assert "name the result" in desk.begin(result="  ")[0]["message"]
    assert kinds(desk.begin(result=" Salivary flow ")) == ["saved", "card"]
    assert desk.shown["place"]["result"] == "Salivary flow" and desk.shown["outcome"] == "Salivary flow"
    desk.of_form("keep", answers={"1.1": "Y"})
    for written in ("Salivary flow", "Salivary  flow", "Salivary\u00a0flow ", "salivary flow"):
        assert "in the list already" in desk.begin(result=written)[0]["message"]
    assert open_form(at_desk("r1"))["form"]["answers"] == {"1.1": "Y"}, "nothing blanks a draft"


# drafts and paths


def test_the_path_is_given_at_each_answer_as_far_as_it_goes(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    desk.begin()
    [kept] = desk.of_form("keep", answers={"1.2": "NI"})
    assert kept["stored"] and kept["judged"]["domains"]["D1"]["missing"] == ["1.1", "1.3"]
    [kept] = desk.of_form("keep", answers={"1.1": "Y", "1.2": "NI", "1.3": "N"})
    first = kept["judged"]["domains"]["D1"]
    assert first["proposed"] == "Some concerns" and first["path"] == [
        {"part": "", "answers": [["1.2", "NI"], ["1.3", "N"]], "level": "Some concerns", "because": "concealment is not described"}
    ]
    [kept] = desk.of_form("keep", answers=LOW)
    assert kept["judged"]["overall"]["proposed"] == "Low" and len(kept["judged"]["domains"]["D2"]["path"]) == 2
    [kept] = desk.of_form("keep", answers={**LOW, "1.2": "NI", "5.1": "N"})
    assert kept["judged"]["overall"]["proposed"] == "Some concerns" and "people decide" in kept["judged"]["overall"]["flag"]


def test_a_draft_is_kept_whole_and_what_is_asked_no_more_is_kept_aside(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    desk.begin(form={"preliminary": {"P3": "mean 1.2"}, "sources": ["journal article"]})
    support = {"2.3": {"text": "As said.", "quotation": "", "location": ""}}
    desk.of_form("keep", answers={"2.1": "Y", "2.2": "N", "2.3": "Y", "2.4": "N"}, support=support)
    answers = {"2.1": "N", "2.2": "N", "2.3": "Y", "2.4": "N"}
    [kept] = desk.of_form("keep", answers=answers, support=support, directions={"D2": "unpredictable"})
    assert kept["judged"]["domains"]["D2"]["missing"] == ["2.6"]
    later = at_desk("r1")
    assert later.rows[0]["forms"][0]["status"] == "draft"
    form = open_form(later)["form"]
    assert form["answers"] == {"2.1": "N", "2.2": "N", "2.3": "Y", "2.4": "N"} and form["support"]["2.3"]["text"] == "As said."
    assert (form["directions"], form["preliminary"], form["sources"]) == ({"D2": "unpredictable"}, {"P3": "mean 1.2"}, ["journal article"])
    view = later.rv.bias.drafts(next(s for s in later.rv.studies.views() if s.id == study_of(later.rv)))[0]
    assert view.answers == {"2.1": "N", "2.2": "N"} and view.aside == {"2.3": "Y", "2.4": "N"}


def test_the_same_message_again_is_the_same_event(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    desk.begin(token="begin-once")
    for _ in range(2):
        assert desk.of_form("keep", token="keep-once", answers={"1.1": "Y"})[0]["kind"] == "kept"
    assert events(desk.rv, "appraisal.drafted") == 2
    first = desk.of_form("submit", token="submit-once", answers=LOW)
    again = desk.ask("submit", token="submit-once", **{**RESULT, "study": study_of(desk.rv)}, form={"answers": LOW})
    assert first[0] == again[0] and events(desk.rv, "appraisal.judged") == 1


def test_a_form_that_is_not_on_show_is_not_written(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    desk.begin()
    place = desk.shown["place"]
    desk.ask("list", study=place["study"])
    assert "not on show any more" in desk.ask("keep", **place, form={"answers": {"1.1": "Y"}})[0]["message"]
    assert "not on show any more" in desk.ask("submit", **place, form={"answers": LOW})[0]["message"]
    assert "not on show any more" in desk.ask("decline", **place, reason="No figures.", other="form")[0]["message"]
    open_form(desk)
    assert "not on show any more" in desk.ask("decline", **place, reason="No figures.", other="list")[0]["message"]
    assert "not on show any more" in desk.ask("settle", **place, form={"answers": LOW}, reason="So.")[0]["message"]
    assert (events(desk.rv, "appraisal.judged"), events(desk.rv, "appraisal.not_assessed")) == (0, 0)


def test_a_card_that_went_stale_settles_nothing(at_desk: Callable[[str], Assessor]) -> None:
    one, two = at_desk("r1"), at_desk("r2")
    submit(one)
    submit(two, **{"1.2": "NI"})
    desk = at_desk("r1")  # one of the two, who might else say of their own form that there is nothing to assess
    place = open_form(desk, "differing", settle=True)["place"]
    assert kinds(desk.ask("decline", **place, reason="No figures.", other="settle")) == ["saved", "card"]
    for other in ("settle", "form"):
        assert "not on show any more" in desk.ask("decline", **place, reason="No figures.", other=other)[0]["message"]
    assert "not on show any more" in desk.ask("settle", **place, form={"answers": LOW}, reason="So.")[0]["message"]
    assert (events(desk.rv, "appraisal.resolved"), events(desk.rv, "appraisal.not_assessed")) == (1, 0)


def test_an_answer_is_missing_and_an_override_needs_its_reason(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    desk.begin()
    [refused] = desk.of_form("submit", answers={**LOW, "5.3": ""})
    assert refused["kind"] == "refused" and "no answer was given" in refused["message"]
    [refused] = desk.of_form("submit", answers=LOW, judgements={"D4": "High"})
    assert "the rules propose 'Low', not 'High'" in refused["message"]
    desk.of_form("submit", answers=LOW, judgements={"D4": "High"}, override={"D4": "They met."})
    again = open_form(at_desk("r1"))
    assert again["form"]["judgements"] == {"D4": "High"} and again["form"]["override"] == {"D4": "They met."}
    assert again["judged"]["overall"]["proposed"] == "High" and again["status"] == "by one"


def test_a_change_of_what_was_submitted_is_a_draft_beside_it(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    submit(desk)
    open_form(desk)
    desk.of_form("keep", answers={**LOW, "1.2": "NI"})
    study = next(s for s in desk.rv.studies.views() if s.id == study_of(desk.rv))
    assert desk.rv.bias.own(study)[0].overall == "Low"
    assert at_desk("r1").rows[0]["forms"][0]["status"] == "draft"
    desk.of_form("submit", answers={**LOW, "1.2": "NI"})
    assert desk.rv.bias.own(study)[0].overall == "Some concerns" and desk.rows[0]["forms"][0]["status"] == "by one"


def test_not_assessed_and_undone(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    place = {"study": study_of(desk.rv), "tool": "rob2-parallel", "result": "Salivary flow"}
    assert "needs its reason" in desk.ask("decline", **place, reason=" ", other="list")[0]["message"]
    desk.ask("decline", **place, reason="No figures.", other="list")
    assert [form["status"] for form in desk.rows[0]["forms"]] == ["not assessed"] and desk.rows[0]["waits"] == 0
    assert kinds(desk.ask("undo", token="undo-once")) == kinds(desk.ask("undo", token="undo-once")) == ["saved", "card"]
    assert not desk.rows[0]["forms"] and desk.rows[0]["waits"] == 1
    submit(desk)
    later = at_desk("r1")
    later.ask("choose", study=place["study"])
    later.ask("undo")
    assert later.shown["study"]["id"] == place["study"] and events(later.rv, "appraisal.judged") == 1
    assert later.rv.bias.own(next(s for s in later.rv.studies.views() if s.id == place["study"])) == []


def test_domain_one_is_copied_from_another_result(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    submit(desk)
    desk.begin(result="Saliva at week 24")
    assert desk.shown["others"] == ["Salivary flow"]
    [taken] = desk.ask("copy", **desk.shown["place"], other="Salivary flow")
    assert taken["answers"] == {name: LOW[name] for name in ("1.1", "1.2", "1.3")} and list(taken["copied"]) == ["D1"]
    [kept] = desk.of_form("keep", answers=taken["answers"], copied=taken["copied"])
    assert kept["judged"]["domains"]["D1"]["proposed"] == "Low"
    assert open_form(at_desk("r1"))["form"]["copied"] == taken["copied"]


# blindness and consensus


def test_nothing_of_the_other_is_shown_before_both_have_submitted(at_desk: Callable[[str], Assessor]) -> None:
    one, two = at_desk("r1"), at_desk("r2")
    one.begin(result="A result of r1 alone")
    one.of_form("keep", answers={"1.2": "NI"}, support={"1.2": {"text": "secret words", "quotation": "", "location": ""}})
    words = json.dumps(at_desk("r2").told) + json.dumps(two.ask("choose", study=study_of(two.rv)))
    one.of_form("submit", answers={**LOW, "1.2": "NI"}, support={"1.2": {"text": "secret words", "quotation": "", "location": ""}})
    desk = at_desk("r2")
    words += json.dumps(desk.told) + json.dumps(desk.ask("choose", study=study_of(desk.rv)))
    place = {**RESULT, "result": "A result of r1 alone", "study": study_of(desk.rv)}
    words += json.dumps([desk.ask("go", other=other, **place) for other in ("", "settle")])
    assert "secret words" not in words and "A result of r1 alone" not in words and '"r1"' not in words


def test_what_two_judged_differently_is_settled_side_by_side_without_names(at_desk: Callable[[str], Assessor]) -> None:
    one, two = at_desk("r1"), at_desk("r2")
    submit(one, **{"1.2": "NI"})
    submit(two, **{"2.1": "PY", "2.3": "N"})
    lead = at_desk("lead")
    card = open_form(lead, "differing", settle=True)
    assert card["mode"] == "settle" and not card["by_agreement"] and len(card["sides"]) == 2
    assert sorted((side["answers"]["1.2"], side["answers"]["2.1"]) for side in card["sides"]) == [("NI", "N"), ("Y", "PY")]
    assert not {"1.2", "2.1"} & set(card["form"]["answers"]) and card["form"]["answers"]["1.1"] == "Y"
    assert '"r1"' not in json.dumps(card) and '"r2"' not in json.dumps(card)
    assert json.dumps(open_form(at_desk("r1"), "differing", settle=True)["sides"]) == json.dumps(card["sides"])
    [noted] = lead.of_form("keep", answers={**LOW, "1.2": "NI"})
    assert noted["kind"] == "kept" and not noted["stored"] and events(lead.rv, "appraisal.resolved") == 0
    lead.ask("list")
    assert open_form(lead, "differing", settle=True)["form"]["answers"]["1.2"] == "NI"
    assert "needs a reason" in lead.of_form("settle", answers={**LOW, "1.2": "NI"}, reason=" ")[0]["message"]
    assert kinds(lead.of_form("settle", answers={**LOW, "1.2": "NI"}, reason="Read again.")) == ["saved", "card"]
    frame = Review.open(lead.rv.folder).bias.frame()
    assert frame["status"].tolist() == ["consensus"] and frame["overall"].tolist() == ["Some concerns"]
    assert not lead.rows[0]["differing"]
    lead.ask("undo")
    assert lead.rows[0]["differing"]


def test_a_consensus_states_the_facts_that_its_tool_needs(at_desk: Callable[[str], Assessor]) -> None:
    form = filled(load_tool("minors"))
    for name, first in (("r1", "2"), ("r2", "0")):
        desk = at_desk(name)
        desk.begin(SECOND, tool="minors", effect=None)
        said = {"answers": {**form["answers"], "1": first}, "preliminary": form["preliminary"]}
        assert kinds(desk.of_form("submit", **said)) == ["saved", "card"]
    lead = at_desk("lead")
    card = open_form(lead, "differing", settle=True)
    assert card["form"]["preliminary"] == form["preliminary"] == card["sides"][0]["preliminary"]
    assert "not given" in lead.of_form("settle", answers=form["answers"], preliminary={}, reason="Read again.")[0]["message"]
    assert kinds(lead.of_form("settle", answers=form["answers"], reason="Read again.")) == ["saved", "card"]
    study = next(s for s in lead.rv.studies.views() if s.id == study_of(lead.rv, SECOND))
    (one,) = lead.rv.bias.assessments(study)
    assert (one.status, dict(one.preliminary), str(one.score)) == ("consensus", form["preliminary"], "0 of 24 points")


def test_one_of_the_two_settles_by_agreement(at_desk: Callable[[str], Assessor]) -> None:
    one, two = at_desk("r1"), at_desk("r2")
    submit(one, **{"1.2": "NI"})
    submit(two)
    desk = at_desk("r1")
    assert desk.rows[0]["forms"] and desk.rows[0]["waits"] == 1
    assert open_form(desk, "differing", settle=True)["by_agreement"]
    assert kinds(desk.of_form("settle", answers=LOW, reason="We read it together.")) == ["saved", "card"]


def test_where_one_found_nothing_to_assess_the_consensus_may_be_that(at_desk: Callable[[str], Assessor]) -> None:
    one, two = at_desk("r1"), at_desk("r2")
    submit(one)
    two.ask("decline", study=study_of(two.rv), tool="rob2-parallel", result="Salivary flow", reason="No figures.", other="list")
    lead = at_desk("lead")
    card = open_form(lead, "differing", settle=True)
    assert sorted(side["not_assessed"] for side in card["sides"]) == ["", "No figures."] and card["form"]["answers"] == {}
    assert lead.of_form("settle", reason="Hm.")[0]["kind"] == "refused"
    assert kinds(lead.ask("decline", **card["place"], reason="A median without a spread.", other="settle")) == ["saved", "card"]
    frame = Review.open(lead.rv.folder).bias.frame()
    assert frame["status"].tolist() == ["not assessed"] and frame["reason"].tolist() == ["A median without a spread."]


def test_who_may_not_assess_is_told_how(folder: Path) -> None:
    [closed] = list(AppraisalDesk(Review.open(folder)).answers({"kind": "open", "token": "long-enough"}))
    assert closed["kind"] == "closed" and 'Set reviewer to "r1" or "r2" or "lead"' in closed["message"]
    lead = Assessor(folder, "lead")
    assert not lead.ask("choose", study=study_of(lead.rv))[-1]["card"]["study"]["assessor"]
    assert lead.begin()[0]["kind"] == "refused"
    with pytest.raises(InputRefused, match="'yes' and for 'no'|'no' and for 'yes'"):
        AppraisalDesk(lead.rv, keys={"yes": "n"})


def test_the_first_page_counts_what_waits_for_this_assessor(folder: Path, at_desk: Callable[[str], Assessor]) -> None:
    def waits(reviewer: str) -> str:
        [told] = Start(Review.open(folder, reviewer=reviewer), lambda what: None).answers({"kind": "open", "token": "first-page"})
        return str(next(row["waits"] for row in told["rows"] if row["what"] == "appraisal"))

    assert (waits("r1"), waits("lead")) == ("2", "0")
    submit(at_desk("r1"), **{"1.2": "NI"})
    assert (waits("r1"), waits("r2"), waits("lead")) == ("1", "2", "0")
    submit(at_desk("r2"))
    assert (waits("r1"), waits("r2"), waits("lead")) == ("2", "2", "1")


def test_the_saved_state_holds_no_form(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    state = {name: value for name, value in desk.card.get_state().items() if name not in ("_esm", "_css")}
    desk.begin()
    desk.of_form("keep", answers={"1.1": "Y"}, support={"1.1": {"text": "only-mine", "quotation": "", "location": ""}})
    assert {name: value for name, value in desk.card.get_state().items() if name not in ("_esm", "_css")} == state
    assert not any(word in json.dumps(state, default=str) for word in ("only-mine", "Salivary", "stu:"))


# quoting


def test_each_sentence_of_a_text_is_accepted_where_it_says_that_it_stands(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    desk.begin()
    text = desk.shown["sources"][1]
    assert text["what"] == "document" and text["name"] == "paper.txt"
    [source] = desk.ask("source", report=text["report"], other="document")
    assert [part["line"] for part in source["parts"]] == [1, 3, 4, 5]
    for part in source["parts"]:
        for sentence in part["sentences"]:
            said = {"text": "", "quotation": sentence, "location": f"{part['name']}, {part['place']}"}
            assert desk.of_form("keep", answers={"1.1": "Y"}, support={"1.1": said})[0]["kind"] == "kept"
    study = next(s for s in desk.rv.studies.views() if s.id == study_of(desk.rv))
    assert desk.rv.bias.drafts(study)[0].support["1.1"].lines == (5, 5)


def test_only_sources_of_the_study_on_show_are_handed_out(at_desk: Callable[[str], Assessor]) -> None:
    desk = at_desk("r1")
    other = next(s for s in desk.rv.studies.views() if s.id == study_of(desk.rv, SECOND)).reports[0].id
    assert "does not belong to the study on show" in desk.ask("source", report=other, other="record")[0]["message"]
    desk.begin()
    assert desk.ask("source", report=other, other="record")[0]["kind"] == "refused"
    own = desk.shown["sources"][0]["report"]
    assert desk.ask("source", report=own, other="record")[0]["parts"][0]["sentences"] == [FIRST]


@pytest.mark.parametrize(("data", "what"), [(small_pdf(), "pdf"), (HOSTILE_PAGE, "document")], ids=["pdf", "page"])
def test_a_page_is_paragraphs_and_a_pdf_is_shown_by_the_browser(
    folder: Path, at_desk: Callable[[str], Assessor], data: bytes, what: str
) -> None:
    rv = Review.open(folder, reviewer="r1")
    report = next(s for s in rv.studies.views() if s.id == study_of(rv)).reports[0].id
    rv.screening.retrieve(report, "retrieved", file="paper", content=data)
    desk = at_desk("r1")
    desk.begin()
    assert desk.shown["sources"][1]["what"] == what
    [source] = desk.ask("source", report=report, other="document")
    if what == "pdf":
        assert "no page or text" in source["message"]
        [part] = desk.card.answers({"kind": "document", "token": "of-the-pdf", "report": report})
        assert part["media_type"] == "application/pdf" and part["buffers"] == [data]
    else:
        assert [(part["place"], part["sentences"]) for part in source["parts"]][-1] == ("paragraph 3", ["Adults <b>only</b>."])
        said = {"text": "", "quotation": "Adults <b>only</b>.", "location": "paper, paragraph 3"}
        assert desk.of_form("keep", answers={}, support={"1.1": said})[0]["kind"] == "kept"


@given(st.text(max_size=200))
def test_sentences_leave_out_nothing_but_blanks(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


# tools as data


@pytest.mark.parametrize("name", sorted(tool_names()))
def test_every_tool_that_ships_can_be_shown_and_judged_from_the_first_answer(name: str) -> None:
    tool = load_tool(name)
    for effect in tool.effects or (None,):
        form = shown(tool, effect)
        json.dumps(form)
        assert all(question["options"] for domain in form["domains"] for question in domain["questions"])
        assert all(one["ink"] in ("#000000", "#ffffff") for one in form["levels"] if one["colour"])
        found = judged(tool, effect, {}, {}, {})
        assert set(found["domains"]) == {domain["id"] for domain in form["domains"]} and not found["overall"]["proposed"]
