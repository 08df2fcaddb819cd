"""At the extraction desk: the spreadsheet taken away and given back, what is typed and not saved, registered against reported."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from review import Review
from review.desk import ExtractionDesk
from tests.browser.desk_page import WIDER_THAN_IT_SHOWS, behind, kernel, page_of, violations
from tests.browser.test_desk_extraction import HOSTILE, TEXT, cells, here, opens, said, to_cell, untouched
from tests.desk.extractions import lay_out_extraction
from tests.rooms.sheets import Opened as Workbook
from tests.rooms.switched import V1, V2, report, study_of
from tests.rooms.team import Team, make_team

pytestmark = pytest.mark.browser
Opened = Callable[..., Page]

SAYS = "Mean flow at week 12 was 1.4 mL/min (SD 0.6) with gum."


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_extraction(tmp_path_factory.mktemp("sheets") / "review", title=f"Pilocarpine {HOSTILE}", paper=TEXT)


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path / "review"))


def taken_away(page: Page, name: str, folder: Path) -> Path:
    """The sheet as the browser saves it."""
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Take away: all studies")).to_be_focused()
    with page.expect_download() as saved:
        page.get_by_role("button", name=name).click()
    file = folder / saved.value.suggested_filename
    saved.value.save_as(file)
    expect(page.locator(".sheets [role=status]")).to_contain_text("was handed to the browser")
    return file


def give_back(page: Page, file: Path) -> None:
    """Chooses the file in the panel, which is opened where it is closed."""
    if page.locator(".sheets").is_hidden():
        page.keyboard.press("s")
    expect(page.get_by_role("button", name="Give back a filled one")).to_be_visible()
    page.locator(".sheets input[type=file]").set_input_files(file)


def row_of(book: Workbook) -> int:
    """The row of the article's outcome."""
    sheet = book.sheet
    return next(
        row for row in range(3, sheet.max_row + 1) if "Doe" in str(book.cell(row, "study").value) and book.cell(row, "outcome").value
    )


def people(rv: Review) -> list[str]:
    every = [e.kind for e in rv._ledger.events() if e.kind.startswith("extraction.") and not e.by_tool]
    return [kind for kind in every if kind != "extraction.sheet_returned"]


def test_a_sheet_is_taken_away_filled_in_and_given_back(opened: Opened, seat: Callable[[str], Review], axe: str, tmp_path: Path) -> None:
    rv, other = seat("r1"), seat("r2")
    page = behind(opened, ExtractionDesk(rv))
    expect(page.locator(".studyrow")).to_have_count(2)
    file = taken_away(page, "Take away: all studies", tmp_path)
    assert file.name == "extraction r1.xlsx"
    book = Workbook(file)
    row = row_of(book)
    book.type(
        row, arm="Gum", timepoint="week 12", mean="one point four", sd="=1+1", median=HOSTILE, quotation=SAYS, location="paper.txt, line 4"
    )
    give_back(page, book.saved())
    wrong = page.get_by_role("table", name="What is wrong").locator("tbody tr")
    expect(wrong).to_have_count(3)
    expect(page.locator(".warning")).to_contain_text("3 cells cannot be taken. Nothing of this sheet is stored")
    places = [book.place(row, column).split("!")[1] for column in ("mean", "sd", "median")]
    assert [one.inner_text() for one in wrong.locator("th").all()] == places
    expect(wrong.first).to_contain_text("'one point four' is no value of Mean")
    expect(wrong.first).to_contain_text("a number with a point before decimals")
    expect(wrong.nth(1)).to_contain_text("a formula: =1+1")
    expect(page.locator(".keys").get_by_role("button", name="Store")).to_have_count(0)
    assert people(rv) == [] and untouched(page) and violations(page, axe) == []
    for wide, high in ((390, 844), (320, 700), (1280, 900)):
        page.set_viewport_size({"width": wide, "height": high})
        expect(wrong.first).to_be_visible()
        assert page.evaluate(WIDER_THAN_IT_SHOWS) == [], wide
    book.type(row, mean="1.4", sd="0.6", median=None, unit="mL/min")
    give_back(page, book.saved())
    fresh = page.get_by_role("table", name="To be stored").locator("tbody tr")
    expect(fresh).to_have_count(2)
    expect(fresh.first).to_contain_text("1.4 mL/min")
    expect(fresh.first).to_contain_text(SAYS)
    assert people(rv) == [], "nothing is stored before it is accepted"
    page.keyboard.press("y")
    said(page).to_have_text("Saved: 2 values of the sheet")
    assert people(rv) == ["extraction.recorded"] * 2 and cells(rv)["mean"].value == "1.4"
    page.keyboard.press("z")
    said(page).to_have_text("Undone")
    assert not {"mean", "sd"} & cells(rv).keys(), "one key takes all of the sheet back"
    give_back(page, file)
    expect(fresh).to_have_count(2)
    page.keyboard.press("y")
    said(page).to_have_text("Saved: 2 values of the sheet")
    assert people(rv) == ["extraction.recorded"] * 4 and cells(rv)["mean"].value == "1.4"
    give_back(page, file)
    expect(page.locator(".record")).to_contain_text("There is nothing new in it")
    page.keyboard.press("y")
    page.keyboard.press("b")
    expect(page.locator(".studyrow")).to_have_count(2)
    assert len(people(rv)) == 4
    second = behind(opened, ExtractionDesk(other))
    expect(second.locator(".studyrow")).to_have_count(2)
    give_back(second, file)
    said(second).to_contain_text("Refused: the sheet was made for r1, and is returned by r2")
    assert len(people(rv)) == 4 and "1.4" not in second.locator(".record").inner_text()


def test_a_sheet_of_one_study_and_a_file_that_is_none(opened: Opened, seat: Callable[[str], Review], tmp_path: Path) -> None:
    page = behind(opened, ExtractionDesk(seat("r1")))
    opens(page)
    file = taken_away(page, "Take away: Doe 2020", tmp_path)
    assert file.name == "extraction r1 Doe 2020.xlsx"
    book = Workbook(file)
    assert {book.cell(row, "study").value for row in range(3, book.sheet.max_row + 1)} - {None} == {"Doe 2020"}
    none = tmp_path / "letter.xlsx"
    none.write_bytes(b"PK and nothing")
    give_back(page, none)
    said(page).to_contain_text("Refused: this is no workbook that can be read")
    empty = tmp_path / "empty.xlsx"
    empty.write_bytes(b"")
    give_back(page, empty)
    expect(page.locator(".sheets [role=status]")).to_have_text("empty.xlsx is empty.")
    page.keyboard.press("Escape")
    here(page).to_be_visible()


def test_what_was_recorded_meanwhile_is_shown_before_anything_is_stored(
    opened: Opened, seat: Callable[[str], Review], tmp_path: Path
) -> None:
    rv = seat("r1")
    page = behind(opened, ExtractionDesk(rv))
    expect(page.locator(".studyrow")).to_have_count(2)
    book = Workbook(taken_away(page, "Take away: all studies", tmp_path))
    book.type(row_of(book), arm="Gum", timepoint="week 12", mean="1.4", quotation=SAYS, location="line 4")
    give_back(page, book.saved())
    expect(page.get_by_role("table", name="To be stored").locator("tbody tr")).to_have_count(1)
    study = next(s for s in rv.studies.views() if s.label == "Doe 2020").id
    where = {"arm": "Gum", "outcome": "Salivary flow", "timepoint": "week 12"}
    rv.extraction.record(study, item="mean", value="1.5", **where, quotation="1.5 elsewhere", location="p. 9")
    page.keyboard.press("y")
    said(page).to_contain_text("has changed since the sheet was looked at")
    expect(page.get_by_role("table", name="What is wrong")).to_contain_text("where the review holds '1.5' since the sheet was made")
    assert people(rv) == ["extraction.recorded"]


# what is typed and not saved


@pytest.mark.soak  # shown by a fresh kernel in test_desk_extraction.py, by the names in tests/rooms/test_extraction.py
def test_a_draft_is_there_in_another_browser_and_is_gone_when_it_is_saved_or_dropped(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    page = behind(opened, ExtractionDesk(rv))
    opens(page)
    to_cell(page, "Masking")
    page.get_by_label("Value of Masking").fill("double")
    unsaved = expect(page.locator(".unsaved"))
    unsaved.to_have_text("Not saved: 1 cell; it is kept as a draft, for you alone.")
    assert people(rv) == ["extraction.drafted"]
    assert page.evaluate("Object.values(localStorage).every((one) => !one.includes('double'))")
    page.evaluate("localStorage.clear()")  # another browser
    for reviewer, there in (("r2", ""), ("r1", "double")):
        later = behind(opened, ExtractionDesk(seat(reviewer)))
        opens(later)
        to_cell(later, "Masking")
        expect(later.get_by_label("Value of Masking")).to_have_value(there)
    later.get_by_label("Quotation for Masking", exact=True).fill("We allotted 120 adults by a list drawn by computer.")
    later.keyboard.press("Enter")
    said(later).to_have_text("Saved")
    expect(later.locator(".unsaved")).to_have_text("")
    to_cell(later, "Phase")
    later.get_by_label("Value of Phase").fill("two")
    expect(later.locator(".unsaved")).to_contain_text("kept as a draft")
    later.get_by_role("button", name="Drop what is typed").click()
    expect(later.locator(".unsaved")).to_have_text("")
    last = behind(opened, ExtractionDesk(seat("r1")))
    opens(last)
    expect(last.locator(".unsaved")).to_have_text("")
    assert cells(rv)["masking"].value == "double" and "phase" not in cells(rv)


def test_what_the_kernel_has_not_taken_is_told_kept_here_and_asked_about(opened: Opened, seat: Callable[[str], Review]) -> None:
    card = ExtractionDesk(seat("r1"))
    told = list[dict[str, Any]]()
    card.send = lambda content, buffers=None: told.append(dict(content))  # type: ignore[method-assign]
    dead = {"is": False}

    def answers(content: dict[str, Any], _buffers: list[str]) -> list[list[Any]]:
        told.clear()
        if dead["is"]:
            return []
        card.receive(card, content, [])
        return [[json.loads(json.dumps(message)), []] for message in told]

    page = opened(page_of(card, lost_after=0.3))
    kernel(page, answers)
    page.evaluate("start()")
    opens(page)
    to_cell(page, "Masking")
    leaving = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert page.evaluate(leaving) is False
    dead["is"] = True
    page.get_by_label("Value of Masking").fill("double")
    expect(page.locator(".unsaved")).to_contain_text("in this browser alone: no answer from the kernel")
    assert page.evaluate(leaving) is True
    dead["is"] = False
    page.get_by_label("Value of Masking").fill("double dummy")
    expect(page.locator(".unsaved")).to_have_text("Not saved: 1 cell; it is kept as a draft, for you alone.")
    assert page.evaluate(leaving) is False


# registered against reported


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A team with a study whose registration changed twice and whose article says otherwise."""
    folder = tmp_path_factory.mktemp("compared")
    team = make_team(folder / "review")
    report(team, study_of(team, folder, V1, V2))
    yield team
    team.ledger.close()


def test_two_judge_what_differs_from_the_registration_apart_and_a_lead_settles_it(opened: Opened, compared: Team, axe: str) -> None:
    one, two = (behind(opened, ExtractionDesk(rv)) for rv in compared.both)
    for page in (one, two):
        page.get_by_role("button", name="Registered and reported").click()
        expect(page.locator(".side h3")).to_have_text("Doe 2021: primary outcome")
        expect(page.locator(".side .source").first).to_have_text("1 of 10 · 10 left for you")
        expect(page.get_by_role("button", name="demoted")).to_have_attribute("aria-pressed", "true")
    assert violations(one, axe) == []
    shown = one.locator(".saying")
    expect(shown.first).to_contain_text("Grip strength [12 weeks]")
    expect(shown.nth(1)).to_contain_text("grip strength at 12 weeks,")
    one.keyboard.press("e")
    said(one).to_contain_text("Say in the note what explains it")
    expect(one.locator(".note textarea")).to_be_focused()
    one.keyboard.type("SECRET amendment, p. 3")
    one.keyboard.press("Escape")
    expect(one.locator(".side")).to_be_focused()
    one.keyboard.press("e")
    said(one).to_have_text("Saved: judged")
    expect(one.locator(".side .source").first).to_have_text("2 of 10 · 9 left for you")
    one.keyboard.press("z")
    said(one).to_have_text("Undone")
    expect(one.locator(".side .source").first).to_have_text("1 of 10 · 10 left for you")
    one.keyboard.press("5")
    expect(one.get_by_role("button", name="time changed")).to_have_attribute("aria-pressed", "true")
    one.keyboard.press("y")
    said(one).to_have_text("Saved: judged")
    two.keyboard.press("ArrowRight")
    expect(two.locator(".side .source").first).to_have_text("2 of 10 · 10 left for you")
    two.keyboard.press("ArrowLeft")
    expect(two.locator(".side .source").first).to_have_text("1 of 10 · 10 left for you")
    assert "You said" not in two.locator(".side").inner_text() and "SECRET" not in str(two.evaluate("document.body.innerText"))
    two.keyboard.press("n")
    said(two).to_have_text("Saved: judged")
    lead = behind(opened, ExtractionDesk(compared.lead))
    lead.get_by_role("button", name="Two judged 1 comparison differently").click()
    words = lead.locator(".saying").filter(has_text="One").or_(lead.locator(".saying").filter(has_text="The other"))
    expect(words).to_have_count(2)
    text = lead.evaluate("document.body.innerText")
    assert "Confirmed: demoted, time changed" in text and "No difference" in text and "r1" not in text and "r2" not in text
    assert violations(lead, axe) == []
    lead.keyboard.press("4")  # only the time, in the lead's own words
    expect(lead.get_by_role("button", name="demoted")).to_have_attribute("aria-pressed", "false")
    lead.keyboard.press("5")
    expect(lead.get_by_role("button", name="time changed")).to_have_attribute("aria-pressed", "true")
    lead.keyboard.press("y")
    said(lead).to_have_text("Saved: settled")
    [row] = compared.r1.extraction.switching().query("state == 'consensus'").to_dict("records")
    assert (row["judgement"], row["difference"]) == ("confirmed", "time changed")
    for width in (1280, 390, 320):
        two.set_viewport_size({"width": width, "height": 844})
        assert two.evaluate(WIDER_THAN_IT_SHOWS) == [], width
