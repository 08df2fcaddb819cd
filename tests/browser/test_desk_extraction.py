"""The extraction desk as two extractors and a lead meet it: sentences quoted, cells confirmed, differences settled; by keys, on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from review import Review
from review.desk import ExtractionDesk
from tests.browser.desk_page import behind, check_fit, kernel, losing_the_first, page_of, violations, walk
from tests.desk.extractions import ARTICLE, PAPER, lay_out_extraction, study_of

pytestmark = pytest.mark.browser
Opened = Callable[..., Page]
VIEWS = [pytest.param(1280, 900, "light", marks=pytest.mark.soak), (390, 844, "dark")]

HOSTILE = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>'
HEBREW = "התרופה ניתנה פעמיים ביום."
TEXT = f"{PAPER}{HOSTILE} was given.\n{HEBREW}\n"
LONG = TEXT + "".join(f"Line {n} says nothing of use.\n" for n in range(7, 3001))


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_extraction(tmp_path_factory.mktemp("extraction") / "review", title=f"Pilocarpine {HOSTILE}", paper=TEXT)


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path / "review"))


def said(page: Page) -> Any:
    """What the card says under the form."""
    return expect(page.locator(".said [role=status]"))


def here(page: Page) -> Any:
    """The cell that the keys are on."""
    return expect(page.locator(".cells [data-here]"))


def opens(page: Page, lines: int = 5) -> None:
    """Opens the form of the article and waits for its source."""
    page.get_by_role("button", name="Doe 2020").click()
    here(page).to_be_visible()
    expect(page.locator(".quotable [role=group]")).to_have_count(lines)


def to_cell(page: Page, name: str) -> None:
    """Puts the keys on a cell."""
    page.locator(".cellrow").filter(has=page.get_by_text(name, exact=True)).first.click()
    expect(page.locator(".cells [data-here] .asks b")).to_have_text(name)


def cells(rv: Review, title: str = ARTICLE) -> dict[str, Any]:
    """The cells of a study that this reviewer may see, by item."""
    study = next(s for s in rv.studies.views() if s.id == study_of(rv, title))
    return {cell.item: cell for cell in rv.extraction.cells(study)}


def untouched(page: Page) -> bool:
    """Nothing of a hostile text became markup, or ran."""
    return page.title() == "Desk" and page.locator(".review-desk img, .review-desk script").count() == 0


def test_two_extract_apart_and_a_lead_settles_what_differs(opened: Opened, seat: Callable[[str], Review]) -> None:
    first, second, lead = seat("r1"), seat("r2"), seat("lead")
    one, two = behind(opened, ExtractionDesk(first)), behind(opened, ExtractionDesk(second))
    for page, sentence, value in ((one, "Mean flow at week 12", "double"), (two, "We allotted 120 adults", "quadruple")):
        opens(page)
        to_cell(page, "Masking")
        page.get_by_role("option").filter(has_text=sentence).first.click()
        expect(page.get_by_label("Value of Masking")).to_be_focused()
        expect(page.get_by_label("Where the quotation for Masking stands")).to_have_value(f"paper.txt, line {4 if page is one else 3}")
        page.keyboard.type(value)
        page.keyboard.press("Enter")
        said(page).to_have_text("Saved")
        if page is one:
            assert "double" not in str(two.evaluate("document.body.innerText")) and "masking" not in cells(second)
    expect(two.locator("li").filter(has_text="Masking")).to_contain_text("two differ: it waits for a consensus")
    assert "double" not in two.evaluate("document.body.innerText"), "one's own value stays on show"
    third = behind(opened, ExtractionDesk(lead))
    expect(third.locator(".studyrow")).to_have_count(0)
    third.get_by_role("button", name="1 cell to settle").click()
    sides = third.locator(".saying")
    expect(sides).to_have_count(2)
    expect(sides.filter(has_text="double")).to_contain_text("Mean flow at week 12 was 1.4 mL/min (SD 0.6) with gum.")
    expect(sides.filter(has_text="quadruple")).to_contain_text("We allotted 120 adults by a list drawn by computer.")
    expect(third.locator(".cited")).to_have_count(2)
    assert {one.get_attribute("data-cited") for one in third.locator(".cited").all()} == {"1", "2"}
    shown = third.evaluate("document.body.innerText")
    assert "r1" not in shown and "r2" not in shown
    taken = sides.first.locator(".value").inner_text()
    third.keyboard.press("f")
    said(third).to_have_text("Saved: settled")
    expect(third.locator(".left")).to_have_text("Nothing waits")
    assert (cells(first)["masking"].state, cells(first)["masking"].value) == ("consensus", taken)
    third.keyboard.press("z")
    said(third).to_have_text("Undone")
    expect(sides).to_have_count(2)
    assert cells(first)["masking"].conflict


def test_what_was_pre_filled_is_confirmed_corrected_or_not_reported_by_keys_alone(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    page = behind(opened, ExtractionDesk(rv))
    expect(page.locator(".studyrow")).to_have_count(2)
    page.locator(".studyrow").first.focus()
    page.keyboard.press("Enter")
    here(page).to_contain_text("pre-filled")
    here(page).to_contain_text(HOSTILE)
    expect(page.locator(".cited")).to_have_count(1)
    expect(page.locator(".cited")).to_contain_text("briefTitle")
    page.keyboard.press("y")
    said(page).to_have_text("Saved: confirmed")
    here(page).to_contain_text("Scientific title")
    page.keyboard.press("n")
    said(page).to_have_text("Saved: not reported")
    here(page).to_contain_text("Acronym")
    page.keyboard.press("ArrowDown")
    here(page).to_contain_text("NCT90000001")
    page.keyboard.press("e")
    expect(page.get_by_label("Value of Registration number")).to_be_focused()
    page.keyboard.type("NCT90000009")
    page.keyboard.press("Enter")
    said(page).to_have_text("Saved")
    here(page).to_contain_text("Study type")
    found = cells(rv, rv.studies.views()[0].reports[0].title)
    assert (found["title"].state, found["official_title"].value, found["registry_number"].value) == (
        "checked by one", "not reported", "NCT90000009",
    )  # fmt: skip
    page.keyboard.press("z")
    said(page).to_have_text("Undone")
    assert cells(rv, rv.studies.views()[0].reports[0].title)["registry_number"].state == "pre-filled"
    assert untouched(page)


def test_a_row_takes_a_number_from_a_long_page_and_a_wrong_one_is_refused(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    report = next(r for r in rv.studies.report_views() if r.title == ARTICLE)
    rv.screening.retrieve(report.id, "retrieved", file="long.txt", content=LONG.encode())
    page = behind(opened, ExtractionDesk(rv))
    opens(page, 2999)
    page.locator(".side").focus()
    page.keyboard.press("a")
    expect(page.get_by_label("Arm")).to_be_focused()
    for word in ("Gum", "Salivary flow", "week 12"):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".side h4")).to_have_text("Gum · Salivary flow · week 12")
    to_cell(page, "Mean")
    page.keyboard.press("c")
    expect(page.get_by_role("listbox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Quotation for Mean", exact=True)).to_have_value("Mean flow at week 12 was 1.4 mL/min (SD 0.6) with gum.")
    expect(page.get_by_label("Value of Mean")).to_be_focused()
    page.keyboard.type("one point four")
    page.keyboard.press("Enter")
    said(page).to_contain_text("Refused: 'one point four' is no value of Mean")
    expect(page.get_by_label("Value of Mean")).to_have_value("one point four")
    page.get_by_label("Value of Mean").fill("1.4")
    page.keyboard.press("Enter")
    said(page).to_have_text("Saved")
    mean = cells(rv)["mean"]
    assert (mean.value, mean.arm, mean.outcome, mean.timepoint) == ("1.4", "Gum", "Salivary flow", "week 12")


def test_what_is_typed_and_not_saved_is_there_for_the_next_kernel_and_for_nobody_else(
    opened: Opened, seat: Callable[[str], Review]
) -> None:
    page = behind(opened, ExtractionDesk(seat("r1")))
    opens(page)
    to_cell(page, "Masking")
    page.get_by_role("option").filter(has_text=HEBREW).click()
    expect(page.get_by_label("Value of Masking")).to_be_focused()
    assert page.get_by_label("Quotation for Masking", exact=True).evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    page.keyboard.type(f"Typed {HOSTILE}")
    for reviewer, there in (("r2", False), ("r1", True)):  # another kernel each: what it knew is gone
        later = behind(opened, ExtractionDesk(seat(reviewer)))
        opens(later)
        to_cell(later, "Masking")
        expect(later.get_by_label("Value of Masking")).to_have_value(f"Typed {HOSTILE}" if there else "")
        assert untouched(later)
    later.get_by_role("button", name="Drop what is typed").click()
    expect(later.get_by_label("Value of Masking")).to_have_value("")


def test_a_key_pressed_twice_and_one_sent_again_are_one_event(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    card = ExtractionDesk(rv)
    answers, sent = losing_the_first(card, "confirm")
    page = opened(page_of(card, confirm_after=0.2))
    kernel(page, answers)
    page.evaluate("start()")
    page.locator(".studyrow").first.click()
    here(page).to_contain_text("pre-filled")
    for _ in range(3):
        page.keyboard.press("y")
    said(page).to_contain_text("Not confirmed yet")
    page.keyboard.press("r")
    said(page).to_have_text("Saved: confirmed")
    here(page).to_contain_text("Scientific title")
    assert len(sent) == 2 and len(set(sent)) == 1
    assert [e.kind for e in rv._ledger.events() if e.kind.startswith("extraction.") and not e.by_tool] == ["extraction.confirmed"]


@pytest.mark.parametrize(("wide", "high", "scheme"), VIEWS)
def test_it_fits_and_can_be_read_by_everybody(
    opened: Opened, seat: Callable[[str], Review], axe: str, wide: int, high: int, scheme: str
) -> None:
    page = behind(opened, ExtractionDesk(seat("r1")), wide=wide, high=high, scheme=scheme)
    expect(page.locator(".studyrow")).to_have_count(2)
    assert violations(page, axe) == []
    page.locator(".studyrow").first.click()
    here(page).to_contain_text("pre-filled")
    expect(page.locator(".quotable [role=group]").first).to_be_attached()
    to_cell(page, "Scientific title")
    assert violations(page, axe) == []
    check_fit(page, wide, high)
    page.locator(".side").focus()
    page.keyboard.press("c")
    expect(page.get_by_role("listbox")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Value of Scientific title")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_label("Arm")).to_be_focused()
    assert violations(page, axe) == []
    page.keyboard.press("Escape")
    seen = [name for _, name in zip(range(8), walk(page), strict=False)]
    assert {"Value of Scientific title", "Quotation for Scientific title", "SaveEnter"} <= set(seen)
