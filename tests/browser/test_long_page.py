"""A page with very many values: its origins are data, its rows are laid out as they come into sight; nothing is lost, nor on paper."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from playwright.sync_api import Page, expect

from review.reporting.documents.html import page
from review.reporting.documents.island import island
from review.reporting.labels import load_labels
from review.reporting.trace_view import MANY, Quote, Trace, TraceEntry
from tests.hostile import HOSTILE, seen
from tests.reporting.examples import table

pytestmark = [pytest.mark.browser, pytest.mark.soak]  # pages of a thousand rows take their time
Opened = Callable[..., Page]
ROWS = 600  # with two origins each

SHOWN = "document.querySelector('#panel .origin').innerHTML"


def of_all_kinds() -> dict[str, Trace]:
    """Origins with everything that one can hold, and hostile texts in every place."""
    made = {}
    for at, text in enumerate(HOSTILE):
        key = f"s{at}-{'age' if at % 2 else 'enrolled'}"
        quote = Quote(text if at % 3 else "", at % 2 == 0, ((7, f"before {text} after"), (8, text)), text)
        facts = (
            TraceEntry(f"sha256:{at:064x}", text, text, "2026-11-20T09:12:44.000001Z", text, quote, "replaced"),
            TraceEntry("", text, "", "2026-11-20", past="withdrawn"),
            TraceEntry("b4" * 32, "Said", "lead", "", quote=Quote("page", False, ((1, "𝒳 𝒴 120 z"),), "120")),
        )
        made[key] = Trace(key, text, text if at % 4 else "", text if at % 5 else "", facts if at % 6 else (), at % 7)
    return made


def as_page(*, many: bool) -> str:
    """The same origins as data or as articles."""
    shown, own = table(ROWS), of_all_kinds()
    traces = {key: own.get(key, trace) for key, trace in shown.traces.items()}
    kept = traces if many else {key: trace for key, trace in traces.items() if key in own}
    assert (len(kept) > MANY) is many
    return page("T", "R", [replace(shown, traces=traces).html()], as_of="", heads={}, traces=kept)


@cache
def long_page() -> str:
    return as_page(many=True)


def test_the_panel_says_the_same_from_data_as_from_articles(opened: Opened) -> None:
    data, articles = opened(long_page()), opened(as_page(many=False))
    assert data.locator("article").count() == 0
    for key in of_all_kinds():
        said = []
        for shown in (data, articles):
            shown.locator(f'a.trace[href="#trace-{key}"]').first.evaluate("link => link.click()")
            said.append(shown.evaluate(SHOWN))
        lines = ["".join(one.replace("\r", "").split("\n")) for one in said]  # a page's source has line ends of its own
        assert lines[0] == lines[1], key
    assert data.evaluate("window.RAN === undefined && document.querySelectorAll('script:not([type])').length === 1")


def test_every_row_can_be_asked_by_mouse_and_keyboard_found_and_printed(opened: Opened) -> None:
    shown = opened(long_page())
    last = shown.locator(f'a.trace[href="#trace-s{ROWS - 1}-enrolled"]')
    last.click()
    panel = shown.locator("#panel")
    expect(panel.locator("h3")).to_have_text(f"Study {ROWS}: enrolled")
    expect(panel.locator("mark").first).to_be_visible()
    shown.keyboard.press("Escape")
    expect(last).to_be_focused()
    shown.keyboard.press("Enter")
    expect(panel).to_be_focused()
    shown.emulate_media(media="print")
    rows = shown.locator("#table-included tbody tr")
    assert rows.count() == ROWS
    assert rows.evaluate_all("all => all.every((row) => getComputedStyle(row).display === 'table-row' && row.offsetHeight > 0)")


@pytest.mark.parametrize("wide", [390, 1280])
def test_heads_stand_over_their_columns_and_only_the_box_scrolls(opened: Opened, wide: int) -> None:
    shown = opened(long_page(), wide=wide)
    lefts = """(at) => {
      const row = document.querySelectorAll('#table-included tbody tr')[at];
      row.scrollIntoView();
      return [...row.children].map((cell) => Math.round(cell.getBoundingClientRect().left));
    }"""
    heads = "[...document.querySelectorAll('#table-included thead th')].map((cell) => Math.round(cell.getBoundingClientRect().left))"
    for at in (0, 333, ROWS - 1):
        assert shown.evaluate(lefts, at) == shown.evaluate(heads)
    assert shown.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("scheme", "wide"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing(opened: Opened, axe: str, scheme: str, wide: int) -> None:
    shown = opened(as_page(many=True), scheme=scheme, wide=wide)
    shown.locator('a.trace[href="#trace-s1-age"]').first.click()  # replaced later, withdrawn later
    expect(shown.locator("#panel .past")).to_have_count(2)
    shown.evaluate(axe)
    where = "{ include: ['#panel', '#table-included thead', 'main > .within > p'] }"
    found = shown.evaluate(f"axe.run({where}, {{ resultTypes: ['violations'] }})")
    assert [(one["id"], node["html"][:160]) for one in found["violations"] for node in one["nodes"][:3]] == []


def test_no_text_ends_the_element_that_holds_the_data() -> None:
    inside = island(of_all_kinds(), load_labels()).partition('id="origins-data">')[2]
    assert inside.count("<") == inside.count("</script>") == 1
    held = {seen(label) for label, *_ in json.loads(inside.partition("</script>")[0])["origins"].values()}
    assert held >= {seen(text) for text in HOSTILE}
