"""Every page of a rendered folder in a real browser, from ``file://``: the example's, and those of a review full of hostile texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from review import Review
from tests.example.build import ROOT
from tests.hostile import seen
from tests.hostile_review import Hostile, hostile_review
from tests.reporting.pages import CHECKLIST, NOTEBOOKS, write_pages

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]

# what reaches past the window to the right, boxes that scroll by themselves apart
TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.body.querySelectorAll('*')]
    .filter((one) => one.getBoundingClientRect().right > wide + 1 && !one.closest('.scroll, .flow, pre, .output, .unseen'))
    .slice(0, 5).map((one) => one.outerHTML.slice(0, 200));
}"""

# all text of a page, with that of its origins where the page holds them as data
READ = """() => {
  const texts = (value) => typeof value === 'object' ? Object.values(value).map(texts).join(' ') : String(value);
  const data = document.getElementById('origins-data');
  return document.body.textContent + (data ? texts(JSON.parse(data.textContent)) : '');
}"""
# shown of some: of included studies, of what became a cell, of decisions on reports that were not merged; so many at least
PARTLY = {
    "author": 40, "journal": 20, "volume": 20, "pages": 20, "decision": 150, "retrieval": 22, "unit": 90, "value": 130, "quotation": 115,
    "location": 115, "page: officialTitle": 3, "page: label": 9,
    "page: description": 19, "page: interventionNames": 3, "page: otherNames": 3,
}  # fmt: skip
# no report has a place for them; the ledger holds them
UNSHOWN = {"page: fullName", "page: briefSummary", "page: detailedDescription", "page: keywords"}


@pytest.fixture
def visit(tab: Callable[..., tuple[Page, Any]]) -> Iterator[Visit]:
    """Opens a file of a folder. Every request is looked at: nothing but that folder and data: may be asked, no dialog, no error."""
    wrong: list[str] = []
    ends: list[Callable[[], None]] = []

    def open_page(file: Path) -> Page:
        page, seen = tab(wide=1280, high=900, motion="reduce")
        here = file.parent.as_uri() + "/"

        def look(route: Route) -> None:
            if route.request.url.startswith((here, "data:")):
                route.continue_()
            else:
                wrong.append(f"asked for {route.request.url}")
                route.abort()

        page.route("**/*", look)

        def heard(dialog: Dialog) -> None:
            wrong.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", heard)
        ends.append(lambda: (page.remove_listener("dialog", heard), wrong.extend(seen.said))[1])
        page.goto(file.as_uri(), wait_until="load")
        return page

    yield open_page
    for end in ends:
        end()
    assert not wrong


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The example's pages by name."""
    with pytest.MonkeyPatch.context() as patch, closing(Review.open(ROOT)) as review:
        patch.setenv("REVIEW_PROJECT", str(ROOT))
        return write_pages(review, tmp_path_factory.mktemp("pages"))


OF_A_SYNTHESIS = ("70_effects", "71_synthesis", "72_without_pooling")  # the example plans none: these pages hold a sentence, no value


@pytest.mark.parametrize("name", OF_A_SYNTHESIS)
def test_a_page_without_a_synthesis_says_so(example: dict[str, Path], visit: Visit, name: str) -> None:
    page = visit(example[name])
    assert "plans no comparison" in page.locator("main").inner_text() and page.locator("main a.trace").count() == 0


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Path], Hostile]]:
    """The pages of the hostile review as its lead sees them, with what was written."""
    folder = tmp_path_factory.mktemp("hostile")
    made = hostile_review(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REVIEW_PROJECT", str(folder))
        yield write_pages(made.team.lead, tmp_path_factory.mktemp("hostile-pages")), made
    made.team.ledger.close()


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if name != CHECKLIST and name not in OF_A_SYNTHESIS])
def test_a_page_of_the_example_asks_nothing_and_its_panel_answers_to_mouse_and_keyboard(
    example: dict[str, Path], visit: Visit, name: str
) -> None:
    page = visit(example[name])
    panel, links = page.locator("#panel"), page.locator("main a.trace")
    assert links.count() > 0
    for at in (0, links.count() // 2):
        link = links.nth(at)
        if link.is_hidden():
            continue
        link.click()
        expect(panel).to_be_visible()
        assert panel.locator(".entries > li").count() > 0
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        expect(link).to_be_focused()
        page.keyboard.press("Enter")
        expect(panel).to_be_visible()
        expect(panel).to_be_focused()
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        expect(link).to_be_focused()


def test_every_place_that_the_checklist_names_is_there(example: dict[str, Path], visit: Visit) -> None:
    page = visit(example[CHECKLIST])
    leads = {str(link.get_attribute("href")) for link in page.locator("main td a").all()}
    assert len(leads) > 10
    for name, places in ((name, {to.partition("#")[2] for to in leads if to.startswith(f"{name}.html")}) for name in NOTEBOOKS):
        text = example[name].read_text(encoding="utf-8")
        assert all(f'id="{place}"' in text for place in places if place), name
    assert all(to.partition(".html")[0] in NOTEBOOKS for to in leads if not to.startswith("#"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_hostile_texts_stay_texts(spoilt: tuple[dict[str, Path], Hostile], visit: Visit, name: str) -> None:
    out, _ = spoilt
    page = visit(out[name])
    for wide in (1280, 390):
        page.set_viewport_size({"width": wide, "height": 900})
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = false; })")
        assert page.evaluate(TOO_WIDE) == []
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate(TOO_WIDE) == []
        for link in page.locator("main a.trace").all()[:3]:
            link.press("Enter")
            assert page.evaluate(TOO_WIDE) == []
            page.keyboard.press("Escape")
    page.wait_for_timeout(100)
    assert page.evaluate("window.RAN === undefined && !document.querySelector('iframe, object, embed, base, img, video, audio, form')")
    assert page.evaluate("document.querySelectorAll('script').length") == 1
    outside = page.evaluate(
        "[...document.querySelectorAll('[href], [src]')].map((one) => one.getAttribute('href') || one.getAttribute('src'))"
    )
    own = {f"{page}.html" for page in NOTEBOOKS}
    assert not [to for to in outside if not to.startswith(("#", "data:")) and to.partition("#")[0] not in own]


def test_everything_that_was_written_can_be_read_on_some_page(spoilt: tuple[dict[str, Path], Hostile], visit: Visit) -> None:
    out, made = spoilt
    pages = [" ".join(visit(file).evaluate(READ).split()) for file in out.values()]
    assert made.written.keys() >= PARTLY.keys() | UNSHOWN
    for field, written in made.written.items():
        # the ledger keeps a fact in NFC, a reading as it is; a quoted line of a JSON file has it as it stands in the file
        kept = {text: {seen(one) for one in (text, normalize("NFC", text), json.dumps(text, ensure_ascii=False)[1:-1])} for text in written}
        lost = [text for text in written if not _shown(kept[text], pages)]
        least = 0 if field in UNSHOWN else PARTLY.get(field, len(written))
        assert len(written) - len(lost) >= least, (field, lost[:3])


def _shown(forms: set[str], pages: list[str]) -> bool:
    """Whether one of *forms* stands on a page. The page that had it comes first for the next text, which is often beside it."""
    for at, page in enumerate(pages):
        if any(form in page for form in forms):
            pages.insert(0, pages.pop(at))
            return True
    return False
