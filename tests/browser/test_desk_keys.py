"""What the screening card has beside deciding, as a reviewer meets it: tints, keys of one's own, search, the way back, near miss."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from review import Review
from review.desk import ScreeningCard
from tests.browser.desk_page import behind, violations
from tests.desk.reviews import TITLES, lay_out

pytestmark = pytest.mark.browser
Opened = Callable[..., Page]
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


@pytest.fixture
def rv(tmp_path: Path) -> Review:
    return Review.open(lay_out(tmp_path / "review"), reviewer="r1")


@pytest.fixture
def page(opened: Opened, rv: Review) -> Page:
    page = behind(opened, ScreeningCard(rv, order="arrival"))
    expect(page.locator(".review-desk")).to_contain_text("3 left")
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_terms_are_marked_by_tint_line_and_letter_and_each_element_can_be_plain(page: Page) -> None:
    terms = page.locator("h2 mark.P")
    assert terms.all_inner_texts() == ["dry", "mouth"]
    parts = "of(one).backgroundColor, of(one).textDecorationLine, of(one, '::after').content"
    look = f"(one) => {{ const of = getComputedStyle; return [{parts}]; }}"
    tinted = terms.first.evaluate(look)
    assert tinted[1] == "underline" and '"P"' in tinted[2]
    legend = page.get_by_role("button", name="population: tint")
    expect(legend).to_have_attribute("aria-keyshortcuts", "Shift+P")
    press(page, "Shift+P")
    expect(legend).to_have_attribute("aria-pressed", "false")
    plain = terms.first.evaluate(look)
    assert plain[1] == "none" and plain[2] == "none" and plain[0] != tinted[0]
    legend.click()
    assert terms.first.evaluate(look) == tinted
    assert page.get_by_role("heading", level=2).inner_text() == TITLES[0]


def test_a_key_is_changed_on_the_card_kept_in_the_browser_and_a_clash_is_refused(page: Page, rv: Review, axe: str) -> None:
    press(page, "?")
    panel = page.get_by_role("group", name="Keys")
    panel.get_by_role("button", name="Include").click()
    press(page, "e")
    expect(panel).to_contain_text("'e' is the key for 'Exclude' already")
    press(page, "5")
    expect(panel).to_contain_text("digits are for criteria")
    press(page, "j")
    expect(panel).to_contain_text("'Include' is now 'j'.")
    assert violations(page, axe) == []
    press(page, "Escape")
    include = page.get_by_role("button", name="Include", exact=True)
    expect(include).to_have_attribute("aria-keyshortcuts", "j")
    expect(include.locator("kbd")).to_have_text("j")
    press(page, "i")
    assert page.evaluate("sent.filter((one) => one.kind === 'decide').length") == 0
    press(page, "j")
    expect(page.get_by_role("status")).to_have_text("Saved: include")
    page.evaluate("leave(), start()")
    expect(page.get_by_role("button", name="Include", exact=True)).to_have_attribute("aria-keyshortcuts", "j")
    press(page, "?")
    page.get_by_role("button", name="As they were").click()
    expect(page.get_by_role("button", name="Include", exact=True).last).to_have_attribute("aria-keyshortcuts", "i")


def test_what_the_browser_keeps_of_keys_and_does_not_fit_is_left_aside(page: Page) -> None:
    for kept in ("no JSON", '{"include": "e"}', '{"include": 7, "nothing": "j"}', "null", '["i"]'):
        page.evaluate("(text) => localStorage.setItem('review-desk: Screening card', text)", kept)
        page.evaluate("leave(), start()")
        expect(page.get_by_role("button", name="Include", exact=True)).to_have_attribute("aria-keyshortcuts", "i")
    page.evaluate("Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden') } }), leave(), start()")
    expect(page.get_by_role("button", name="Include", exact=True)).to_have_attribute("aria-keyshortcuts", "i")


def test_a_record_is_found_and_an_own_decision_changed_by_keys_alone(page: Page, rv: Review, axe: str) -> None:
    press(page, "n", "e")
    expect(page.get_by_role("status")).to_have_text("Saved: exclude")
    press(page, "/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.get_by_role("searchbox").fill("pilocarpine")
    rows = page.get_by_role("group", name="Found").get_by_role("button")
    expect(rows).to_have_text([f"{TITLES[0]}exclude"])
    assert violations(page, axe) == []
    rows.first.focus()
    press(page, "Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text(TITLES[0])
    expect(page.get_by_role("region", name="Record")).to_contain_text("exclude (P1). Another decision replaces it.")
    expect(page.get_by_role("group", name="P1").locator("[aria-pressed=true]")).to_have_text("✕Not metn")
    press(page, "n", "i")
    expect(page.get_by_role("status")).to_have_text("Saved: include")
    frame = rv.screening.frame()
    assert list(frame["decision"]) == ["exclude", "include"] and list(frame["live"]) == [False, True]
    expect(page.get_by_role("heading", level=2)).to_have_text(TITLES[1])


def test_a_filter_lists_what_is_unsure_and_escape_leads_back(page: Page) -> None:
    press(page, "u")
    expect(page.get_by_role("status")).to_have_text("Saved: unsure")
    press(page, "/")
    page.get_by_role("button", name="Unsure", exact=True).first.click()
    expect(page.get_by_role("group", name="Found").get_by_role("button")).to_have_count(1)
    press(page, "Escape")
    expect(page.get_by_role("group", name="Find a record")).to_be_hidden()
    press(page, "u")
    expect(page.locator(".review-desk")).to_contain_text("2 of 3 done · 1 left")


def test_a_decision_that_was_taken_back_is_not_shown_any_more(page: Page, rv: Review) -> None:
    press(page, "i")
    expect(page.get_by_role("heading", level=2)).to_have_text(TITLES[1])
    press(page, "/")
    page.get_by_role("group", name="Found").get_by_role("button", name=TITLES[0]).click()
    record = page.get_by_role("region", name="Record")
    expect(record).to_contain_text("include. Another decision replaces it.")
    press(page, "u")
    expect(page.get_by_role("heading", level=2)).to_have_text(TITLES[1])
    press(page, "z")
    expect(record).to_contain_text("include. Another decision replaces it.")
    press(page, "z")
    expect(page.locator(".left")).to_have_text("3 left")
    expect(page.get_by_role("heading", level=2)).to_have_text(TITLES[0])
    expect(record).not_to_contain_text("You decided")


def test_a_card_that_was_hidden_and_comes_back_asks_anew_and_keeps_what_was_typed(page: Page) -> None:
    press(page, "m")
    page.get_by_label("Note").fill("Half of them")
    page.evaluate("document.querySelector('#el').style.display = 'none'")
    page.wait_for_function("document.querySelector('.review-desk').offsetParent === null")
    page.evaluate(DRAWN)  # by then the card has heard that it is hidden
    page.evaluate("document.querySelector('#el').style.display = ''")
    page.wait_for_function("sent.filter((one) => one.kind === 'open').length === 2")
    expect(page.locator(".left")).to_have_text("3 left")
    expect(page.get_by_label("Note")).to_have_value("Half of them")
    expect(page.get_by_role("group", name="P1").locator("[aria-pressed=true]")).to_have_text("✓Metm")
