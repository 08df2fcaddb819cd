"""The kernel's side of the extraction desk: one event a press, nothing of another's open work, differences settled without names."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review import Review
from review.desk import ExtractionDesk
from review.desk.comparing_form import waiting
from review.desk.extracting_form import asked_of, items_for
from review.desk.start import Start
from review.errors import InputRefused
from review.extraction.forms import load_forms
from review.extraction.state import STRAYED
from tests.desk.extractions import ARTICLE, TRIAL, Extractor, lay_out_extraction, study_of
from tests.desk.files import HOSTILE_PAGE
from tests.desk.reviews import Browser, kinds

SAYS = "We allotted 120 adults by a list drawn by computer."
GUM = {"arm": "Gum", "outcome": "Salivary flow", "timepoint": "week 12"}


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_extraction(tmp_path_factory.mktemp("extraction") / "review")


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    """A review of this test's own: a copy, which costs a tenth of making one."""
    return Path(shutil.copytree(laid_out, tmp_path / "review"))


@pytest.fixture
def at_desk(folder: Path) -> Callable[[str], Extractor]:
    return lambda reviewer="r1": Extractor(folder, reviewer)


def people(rv: Review) -> list[tuple[str, str]]:
    """Who wrote what on cells, in order; without what tools proposed."""
    return [(e.actor, e.kind) for e in rv._ledger.events() if e.kind.startswith("extraction.") and not e.by_tool]


def both_differ(at_desk: Callable[[str], Extractor], title: str = TRIAL) -> tuple[Extractor, Extractor]:
    """Two extractors who give one cell of a study unlike values, each with words of its own."""
    one, two = at_desk("r1"), at_desk("r2")
    for desk, value, words in ((one, "quadruple", "words of the one"), (two, "open label", "words of the other")):
        desk.go(title)
        assert kinds(desk.save("masking", value, words)) == ["saved", "card"]
    return one, two


def test_a_study_is_chosen_and_every_cell_says_its_state(at_desk: Callable[[str], Extractor]) -> None:
    desk = at_desk("r1")
    assert [(row["label"], row["became"], row["differ"]) for row in desk.shown["rows"]] == [
        ("NCT90000001", "not classified yet", 0), ("Doe 2020", "not classified yet", 0),
    ]  # fmt: skip
    desk.go()
    design, masking = desk.cell("design"), desk.cell("masking")
    assert (design["state"], design["value"], design["waits"]) == ("pre-filled", "randomised-trial", True)
    assert design["quotation"] == '"allocation": "RANDOMIZED",' and design["lines"] == [24, 24]
    assert (masking["state"], masking["value"], masking["waits"]) == ("", None, True)
    [source] = desk.shown["sources"]
    [answer] = desk.ask("source", report=source["report"], other=source["what"])
    assert next(part for part in answer["parts"] if part["line"] == 24)["sentences"] == ['"allocation": "RANDOMIZED",']


def test_a_cell_is_confirmed_corrected_or_not_reported_and_taken_back(at_desk: Callable[[str], Extractor]) -> None:
    desk = at_desk("r1")
    desk.go()
    left = waiting(desk.rv)
    assert kinds(desk.confirm("design")) == ["saved", "card"]
    assert desk.cell("design")["state"] == "checked by one" and desk.cell("design")["mine"]
    desk.save("title", "Pilocarpine", '"briefTitle": "Pilocarpine')
    assert (desk.cell("title")["value"], desk.cell("title")["lines"]) == ("Pilocarpine", [8, 8])
    desk.of_cell("missing", "masking")
    assert (desk.cell("masking")["value"], desk.cell("masking")["state"]) == ("not reported", "recorded by one")
    assert desk.shown["mode"] == "form" and waiting(desk.rv) == left - 3
    assert people(desk.rv) == [("r1", "extraction.confirmed"), ("r1", "extraction.recorded"), ("r1", "extraction.recorded")]
    desk.ask("undo")
    assert desk.cell("masking")["value"] is None
    desk.ask("undo")
    assert desk.cell("title")["state"] == "pre-filled" and waiting(desk.rv) == left - 1
    later = at_desk("r1")  # another kernel: the cell on show says what is taken back
    later.go()
    [refused] = later.of_cell("undo", "masking")
    assert "nothing of yours to undo here" in refused["message"]
    assert kinds(later.of_cell("undo", "design")) == ["saved", "card"] and later.cell("design")["state"] == "pre-filled"


def test_the_same_press_again_is_one_event_in_this_kernel_and_the_next(at_desk: Callable[[str], Extractor]) -> None:
    desk = at_desk("r1")
    desk.go()
    first = desk.save("masking", "quadruple", token="press-one")
    assert desk.save("masking", "quadruple", token="press-one")[0] == first[0]
    assert "stored with something else" in desk.save("masking", "double", token="press-one")[0]["message"]
    later = at_desk("r1")
    later.go()
    assert later.save("masking", "quadruple", token="press-one")[0] == first[0]
    event = desk.cell("design")["event"]
    confirmed = [one.of_cell("confirm", "design", event=event, token="press-two") for one in (desk, desk)]
    assert confirmed[0][0] == confirmed[1][0] and len(people(desk.rv)) == 2


def test_what_is_wrong_is_refused_in_words_and_nothing_is_stored(at_desk: Callable[[str], Extractor]) -> None:
    desk = at_desk("r1")
    desk.go(ARTICLE, rows=[GUM])
    assert "needs the words" in desk.save("masking", "none", "")[0]["message"]
    [wrong] = desk.save("mean", "one point four", SAYS, of=GUM)
    assert "Mean" in wrong["message"]
    assert kinds(desk.save("masking", "none", SAYS, token="short")) == ["refused"]
    event = desk.cell("title")["event"]
    assert "changed meanwhile" in desk.of_cell("confirm", "masking", event=event)[0]["message"]
    desk.save("title", "Gum", "Gum and salivary flow")
    assert "changed meanwhile" in desk.of_cell("confirm", "title", event=event)[0]["message"], "the value on show then is another by now"
    desk.ask("undo")
    assert not desk.cell("sd", **GUM)["waits"], "what is empty in a row of results waits for nobody"
    desk.ask("list")
    assert "not on show" in desk.ask("save", study=study_of(desk.rv, ARTICLE), cell={"item": "masking"}, value="none")[0]["message"]
    assert people(desk.rv) == [("r1", "extraction.recorded")]


def test_rows_take_values_and_names_in_use_are_offered(at_desk: Callable[[str], Extractor]) -> None:
    desk = at_desk("r1")
    desk.go(ARTICLE)
    assert [section["title"] for section in desk.shown["sections"]] == ["The study"]
    desk.ask("row", study=desk.shown["report"], rows=[{**GUM, "arm": "  Gum "}])
    assert [section["title"] for section in desk.shown["sections"]] == ["The study", "Gum · Salivary flow · week 12"]
    assert desk.shown["named"]["arm"] == ["Gum"] and desk.shown["named"]["outcome"] == ["Salivary flow"]
    left = desk.left
    assert kinds(desk.save("mean", "1.4", "Mean flow at week 12 was 1.4 mL/min", of=GUM, unit="mL/min")) == ["saved", "card"]
    assert desk.cell("mean", **GUM)["unit"] == "mL/min" and desk.left == left, "cells of results wait for nobody"
    later = at_desk("r1")
    later.go(ARTICLE)
    assert later.cell("mean", **GUM)["value"] == "1.4" and later.cell("sd", **GUM)["value"] is None
    asked = {item.id for item, results in items_for(load_forms(), None) if asked_of(item, results, ("Gum", None, None, None))}
    assert {"dose", "arm", "n_randomised"} <= asked and not {"mean", "title", "primary_outcome"} & asked


def test_neither_sees_anything_of_the_other_before_both_have_answered(at_desk: Callable[[str], Extractor]) -> None:
    one, two = at_desk("r1"), at_desk("r2")
    one.go(ARTICLE)
    one.save("masking", "SECRET VALUE", "SECRET WORDS")
    one.ask("row", study=one.shown["report"], rows=[{**GUM, "arm": "SECRET ARM"}])
    one.save("mean", "9.87654", "SECRET MEAN", of={**GUM, "arm": "SECRET ARM"})
    waits, lead = waiting(two.rv), at_desk("lead")
    two.ask("open")
    two.go(ARTICLE)
    two.of_cell("missing", "acronym")
    two.ask("list")
    for desk in (two, lead):
        said = json.dumps(desk.told)
        assert "SECRET" not in said and "9.87654" not in said and '"r1"' not in said
        assert "SECRET" not in json.dumps(desk.card.get_state(), default=str)
    assert waiting(two.rv) == waits - 1
    assert kinds(lead.go(ARTICLE)) == ["refused"] and [row["form"] for row in lead.shown["rows"]] == [False, False]


def test_a_difference_is_settled_by_a_lead_with_both_words_and_no_names(at_desk: Callable[[str], Extractor]) -> None:
    _, two = both_differ(at_desk)
    assert two.cell("masking")["differs"] and two.cell("masking")["value"] == "open label", "one's own value stays on show"
    lead = at_desk("lead")
    assert lead.shown["rows"][0]["differ"] == 1 and waiting(lead.rv) == 1
    lead.go(other="settle")
    shown = lead.shown
    assert {side["value"]: side["quotation"] for side in shown["sides"]} == {
        "quadruple": "words of the one", "open label": "words of the other",
    }  # fmt: skip
    assert not shown["by_agreement"] and not {'"r1"', '"r2"', "mine"} & set(json.dumps(lead.told).split())
    [refused] = lead.of_cell("settle", "masking", event="another", other="first")
    assert "changed meanwhile" in refused["message"]
    answers = lead.of_cell("settle", "masking", event=shown["print"], other="second", token="settle-once")
    assert kinds(answers) == ["saved", "card"] and lead.shown["mode"] == "list"
    again = lead.of_cell_again("settle", shown, other="second", token="settle-once")
    assert again[0] == answers[0] and people(lead.rv)[-1] == ("lead", "extraction.resolved") and len(people(lead.rv)) == 3
    two.go()
    assert (two.cell("masking")["state"], two.cell("masking")["value"]) == ("consensus", shown["sides"][1]["value"])
    lead.ask("undo")
    assert lead.shown["mode"] == "settle"


def test_one_of_the_two_settles_by_agreement_only_and_a_third_value_is_checked(at_desk: Callable[[str], Extractor]) -> None:
    one, _ = both_differ(at_desk)
    one.go(other="settle")
    shown = one.shown
    assert shown["by_agreement"] and "mine" not in json.dumps(shown["sides"])
    [refused] = one.of_cell("settle", "masking", event=shown["print"], other="first")
    assert "say in the reason that you agreed" in refused["message"]
    more = {"event": shown["print"], "value": "double", "reason": "We read it again together."}
    assert kinds(one.of_cell("settle", "masking", **more)) == ["saved", "card"]
    one.go()
    assert (one.cell("masking")["state"], one.cell("masking")["value"]) == ("consensus", "double")


def test_a_source_of_another_study_is_not_handed_out_and_markup_is_text(folder: Path, at_desk: Callable[[str], Extractor]) -> None:
    rv = Review.open(folder, reviewer="r1")
    article = next(s for s in rv.studies.views() if s.reports[0].title == ARTICLE)
    rv.screening.retrieve(article.reports[0].id, "retrieved", file="page.html", content=HOSTILE_PAGE)
    desk = at_desk("r1")
    desk.go()
    for kind, report in (("source", article.reports[0].id), ("document", article.reports[0].id), ("source", article.records[0].id)):
        assert "does not belong to the study on show" in desk.ask(kind, report=report, other="text")[0]["message"]
    desk.go(ARTICLE)
    page = next(one for one in desk.shown["sources"] if one["what"] == "document")
    [answer] = desk.ask("source", report=page["report"], other="document")
    assert "<script" not in "".join(sentence for part in answer["parts"] for sentence in part["sentences"])


def test_a_page_of_three_thousand_lines_is_shown_whole(at_desk: Callable[[str], Extractor], folder: Path) -> None:
    rv = Review.open(folder, reviewer="r1")
    article = next(s for s in rv.studies.views() if s.reports[0].title == ARTICLE)
    text = "\n".join(f"Line {n} says something. And something else." for n in range(1, 3001))
    rv.screening.retrieve(article.reports[0].id, "retrieved", file="long.txt", content=text.encode())
    desk = at_desk("r1")
    desk.go(ARTICLE)
    [answer] = desk.ask("source", report=article.reports[0].id, other="document")
    assert len(answer["parts"]) == 3000 and answer["remark"] == "" and answer["parts"][2999]["place"] == "line 3000"


def test_nobody_and_somebody_without_the_role_are_told_so(folder: Path) -> None:
    text = (folder / "review.toml").read_text(encoding="utf-8")
    for who, said in ((None, "needs to know who extracts"), ("r2", "neither the role extractor nor lead")):
        if who:
            (folder / "review.toml").write_text(_only_r1_extracts(text), encoding="utf-8")
            lead = Review.open(folder, reviewer="lead")
            lead.protocol.amend(reason="r2 extracts no more", results_known=False)
            lead.close()
        told = list(ExtractionDesk(Review.open(folder, reviewer=who)).answers({"kind": "open", "token": "token-one"}))
        assert kinds(told) == ["closed"] and said in told[0]["message"]
    with pytest.raises(InputRefused, match="no command"):
        ExtractionDesk(Review.open(folder, reviewer="r1"), keys={"fly": "x"})


def _only_r1_extracts(text: str) -> str:
    first, _, rest = text.partition('id = "r2"')
    return first + 'id = "r2"' + rest.replace(', "extractor"', "", 1)


def test_the_first_page_says_how_many_cells_wait(folder: Path) -> None:
    chosen: list[str] = []
    page = Browser(Start(Review.open(folder, reviewer="r1"), chosen.append))  # type: ignore[arg-type]
    rows: dict[str, Any] = {row["what"]: row["waits"] for row in page.told[-1]["rows"]}
    assert rows["extraction"] == f"{waiting(Review.open(folder, reviewer='r1')):,}" and int(rows["extraction"]) > 50
    page.ask("choose", what="extraction")
    assert chosen == ["extraction"]


def test_a_form_that_has_changed_since_is_told_in_its_cell(folder: Path, at_desk: Callable[[str], Extractor]) -> None:
    desk = at_desk("r1")
    desk.go(ARTICLE)
    desk.save("masking", "double", SAYS)
    assert desk.cell("masking")["since"] == ""
    (folder / "forms").mkdir()
    text = (
        desk.rv.extraction.form("general").text.replace('label = "Masking"', 'label = "Blinding"').replace('id = "general"', 'id = "ours"')
    )
    (folder / "forms" / "ours.toml").write_text(text, encoding="utf-8")
    desk.go(ARTICLE)
    assert "which said otherwise of label: Masking, now Blinding" in desk.cell("masking")["since"]


def test_what_is_typed_is_kept_for_its_author_and_the_other_is_sent_nothing_of_it(at_desk: Callable[[str], Extractor]) -> None:
    one, two = at_desk("r1"), at_desk("r2")
    for desk in (one, two):
        desk.go(ARTICLE)
    sent = {"cell": {"item": "mean", **GUM}, "value": "SECRET", "unit": "mL/min"}
    [kept] = one.ask("keep", study=one.shown["report"], token="typed-one", **sent)
    assert kept["kind"] == "kept" and one.ask("keep", study=one.shown["report"], token="typed-one", **sent) == [kept]
    later = at_desk("r1")
    later.go(ARTICLE)
    assert later.cell("mean", **GUM)["draft"] == {"value": "SECRET", "unit": "mL/min", "quotation": "", "location": ""}
    two.go(ARTICLE)
    assert "SECRET" not in json.dumps(two.told) and [s["title"] for s in two.shown["sections"]] == ["The study"]
    assert at_desk("lead").ask("keep", study=one.shown["report"], cell={"item": "masking"}, value="x")[0]["kind"] == "refused"


def test_a_value_of_a_report_that_is_linked_no_more_waits_for_its_extractors_and_a_lead(at_desk: Callable[[str], Extractor]) -> None:
    one, two, lead = at_desk("r1"), at_desk("r2"), at_desk("lead")
    search = one.rv.searches.record("PubMed", kind="database", searched="2026-03-02")
    second = one.rv.records.add(search, title="A second report", authors=["Roe K"], year=2021).replace("rec:", "rep:")
    study = study_of(one.rv, ARTICLE)
    one.rv.studies.link(second, study, reason="the same trial")
    for desk in (one, two):
        desk.go(ARTICLE)
        desk.of_cell("save", "masking", value="double", quotation="both were blind", location="p. 2")
    one.go(ARTICLE)
    assert not one.cell("masking")["waits"] and [row["differ"] for row in lead.shown["rows"]] == [0, 0]
    one.rv.studies.unlink(second, study, reason="another trial")
    one.go(ARTICLE)
    assert one.cell("masking")["waits"] and one.cell("masking")["differs"] == STRAYED
    lead.go(ARTICLE, other="settle")
    assert [side["astray"] for side in lead.shown["sides"]] == [True, True] and STRAYED in lead.shown["about"]
    one.of_cell("save", "masking", value="double", quotation="We allotted 120 adults", location="paper.txt, line 3")
    one.go(ARTICLE)
    assert not one.cell("masking")["waits"] and one.cell("masking")["differs"] == STRAYED, "the other's waits still"
    lead.go(ARTICLE, other="settle")
    assert sorted(side["astray"] for side in lead.shown["sides"]) == [False, True]
    said = lead.of_cell("settle", "masking", event=lead.shown["print"], other="first", reason="It is in the paper.")
    assert kinds(said) == ["saved", "card"]
    two.go(ARTICLE)
    assert (two.cell("masking")["state"], two.cell("masking")["waits"]) == ("consensus", False)


def test_a_third_value_has_words_of_its_own(at_desk: Callable[[str], Extractor]) -> None:
    both_differ(at_desk)
    lead = at_desk("lead")
    lead.go(other="settle")
    more = {"event": lead.shown["print"], "value": "triple", "reason": "Read again.", "quotation": "three were blind", "location": "p. 9"}
    lead.of_cell("settle", "masking", **more)
    study = next(s for s in lead.rv.studies.views() if s.id == study_of(lead.rv))
    [cell] = [c for c in lead.rv.extraction.cells(study) if c.item == "masking"]
    assert (cell.value, cell.state, cell.quotation, cell.location) == ("triple", "consensus", "three were blind", "p. 9")
