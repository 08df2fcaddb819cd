"""Report pages as a reader meets them: with mouse and keyboard, with and without a script, on a phone, in the dark, on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from review.reporting.diagram import draw, figure
from review.reporting.documents.html import page
from review.reporting.flow_text import box_lists, flow_table
from tests.reporting.examples import FLOWS, HOSTILE_REASONS, Flow, table

pytestmark = pytest.mark.browser
Opened = Callable[..., Page]

ENROLLED = 'a.trace[href="#trace-s0-enrolled"]'
# every line of text, against the box it stands in: the least distance to a border, in points of the drawing
MARGINS = """() => {
  const svg = document.querySelector('svg.flow-diagram');
  const unit = svg.viewBox.baseVal.width / svg.getBoundingClientRect().width;
  const rect = (element) => element.getBoundingClientRect();
  const found = [];
  for (const group of svg.querySelectorAll('g.flow-box')) {
    const box = rect(group.querySelector('rect.box'));
    for (const text of group.querySelectorAll('text')) {
      const inside = rect(text);
      found.push({ text: text.textContent, left: (inside.left - box.left) * unit, right: (box.right - inside.right) * unit,
                   top: (inside.top - box.top) * unit, bottom: (box.bottom - inside.bottom) * unit });
    }
  }
  return found;
}"""
OVERLAPS = """() => {
  const all = [...document.querySelectorAll('rect.box, rect.lane, rect.stage')].map((one) => one.getBoundingClientRect());
  let count = 0;
  all.forEach((a, i) => all.slice(i + 1).forEach((b) => {
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) count += 1;
  }));
  return count;
}"""


@cache
def report(name: str = "small") -> str:
    """A whole page: prose, diagram with its lists, an evidence table with origins, the numbers, and the demonstration line."""
    flow, studies = FLOWS[name], table()
    parts = ['<div class="prose"><p>Two reviewers screened apart.</p></div>', "<h2>Flow</h2>", figure(flow), "<h2>Studies</h2>"]
    return page(
        "Flow of the review",
        "Treatments for a condition in adults",
        [*parts, studies.html(), flow_table(flow).html()],
        as_of="2026-11-21",
        heads=flow.heads,
        traces=studies.traces,
        demonstration="Demonstration: texts paraphrased, decisions invented. Do not cite.",
        made=[("Notebook", "30_flow"), ("Parameters", "as_of = ''")],
        nav=[("", "Flow"), ("20_records.html", "Records")],
    )


def picture(flow: Flow) -> str:
    return page("T", "R", [f'<figure class="flow">{draw(flow)}</figure>'], as_of="", heads={}, traces={})


def test_a_click_opens_the_origin_and_escape_gives_the_focus_back(opened: Opened) -> None:
    shown = opened(report())
    panel = shown.locator("#panel")
    expect(panel).to_be_hidden()
    shown.click(ENROLLED)
    expect(panel).to_be_visible()
    expect(panel).to_be_focused()
    for said in ("Study 1: enrolled", "checked by one", "20 Nov 2026, 09:12 UTC", "Teaching copy of register entry"):
        expect(panel).to_contain_text(said)
    expect(panel.locator("mark")).to_have_text("120")
    expect(shown.locator(ENROLLED)).to_have_attribute("aria-current", "true")
    shown.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(shown.locator(ENROLLED)).to_be_focused()
    assert shown.locator("[aria-current=true]").count() == 0


def test_enter_opens_it_and_the_button_closes_it(opened: Opened) -> None:
    shown = opened(report())
    shown.focus(ENROLLED)
    shown.keyboard.press("Enter")
    expect(shown.locator("#panel")).to_be_focused()
    shown.keyboard.press("Tab")
    expect(shown.locator("#panel button.close")).to_be_focused()
    shown.keyboard.press("Enter")
    expect(shown.locator("#panel")).to_be_hidden()
    expect(shown.locator(ENROLLED)).to_be_focused()


def test_a_number_of_the_diagram_opens_its_list(opened: Opened) -> None:
    shown = opened(report())
    link = shown.locator('svg a[href="#box-register_results"]')
    link.focus()
    shown.keyboard.press("Enter")
    panel = shown.locator("#panel")
    expect(panel).to_contain_text("3 records")
    expect(panel).to_contain_text("ClinicalTrials.gov: 2 records")
    shown.keyboard.press("Escape")
    assert shown.evaluate("document.activeElement.getAttribute('href')") == "#box-register_results"


def test_the_next_number_replaces_the_panel(opened: Opened) -> None:
    shown = opened(report())
    shown.click(ENROLLED)
    shown.click('a.trace[href="#trace-s2-enrolled"]')
    expect(shown.locator("#panel h3")).to_have_text("Study 3: enrolled")
    assert shown.locator("[aria-current=true]").count() == 1
    assert shown.evaluate(
        "[...document.querySelectorAll('[id]')].length === new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size"
    )


def test_an_entry_of_a_list_opens_its_own_origin_and_back_leads_to_the_list(opened: Opened) -> None:
    studies, flow = table(), FLOWS["small"]
    lists = box_lists(flow, trace=lambda unit, one: "s0-enrolled" if unit == "studies" else None)
    html = page("T", "R", [f"{draw(flow)}{lists}", studies.html()], as_of="", heads={}, traces=studies.traces)
    shown = opened(html)
    panel, link = shown.locator("#panel"), shown.locator('svg a[href="#box-new_studies"]')
    link.click()
    expect(panel.locator("button.earlier")).to_be_hidden()
    panel.locator(".ids a").first.click()
    expect(panel).to_contain_text("Study 1: enrolled")
    panel.locator("button.earlier").click()
    expect(panel).to_contain_text("2 studies")
    expect(panel.locator("button.earlier")).to_be_hidden()
    panel.locator(".ids a").last.press("Enter")
    shown.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert shown.evaluate("document.activeElement.getAttribute('href')") == "#box-new_studies"


def test_without_a_script_a_link_leads_to_the_origin_and_back(opened: Opened) -> None:
    shown = opened(report(), script=False)
    shown.click(ENROLLED)
    origin = shown.locator("#trace-s0-enrolled")
    expect(origin).to_be_visible()
    expect(origin).to_be_in_viewport()
    expect(shown.locator("#panel")).to_be_hidden()
    origin.locator("p.back a").click()
    expect(shown.locator(ENROLLED)).to_be_in_viewport()
    shown.click('svg a[href="#box-duplicates"]')
    expect(shown.locator("#box-duplicates")).to_be_in_viewport()


@pytest.mark.parametrize("wide", [360, 390, 768, 1280])
def test_only_boxes_scroll_sideways(opened: Opened, wide: int) -> None:
    shown = opened(report("upd_v2"), wide=wide, high=800)
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = shown.evaluate(widths)
    assert scroll <= client
    shown.click(ENROLLED)
    scroll, client = shown.evaluate(widths)
    assert scroll <= client
    expect(shown.locator("#panel")).to_be_in_viewport()


def test_on_a_phone_the_asked_value_stays_in_sight(opened: Opened) -> None:
    shown = opened(report(), wide=390, high=800)
    shown.emulate_media(reduced_motion="reduce")
    shown.click(ENROLLED)
    link, panel = shown.locator(ENROLLED).bounding_box(), shown.locator("#panel").bounding_box()
    assert link is not None and panel is not None and 0 <= link["y"] and link["y"] + link["height"] <= panel["y"]


def test_the_first_column_stays_while_a_table_scrolls(opened: Opened) -> None:
    shown = opened(report(), wide=390, high=800)
    box = shown.locator("#table-included .scroll")
    before = box.locator("tbody th").first.bounding_box()
    box.evaluate("box => { box.scrollLeft = 300; }")
    assert box.evaluate("box => box.scrollLeft") == 300
    assert box.locator("tbody th").first.bounding_box() == before
    assert box.get_attribute("tabindex") == "0"
    expect(box).to_have_class("scroll more")
    box.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    expect(box).to_have_class("scroll")


def test_a_table_that_fits_is_no_stop_for_the_keyboard(opened: Opened) -> None:
    shown = opened(report(), wide=1280)
    assert shown.locator("#table-flow-numbers .scroll").get_attribute("tabindex") is None


def test_numbers_meet_at_their_point(opened: Opened) -> None:
    shown = opened(report())
    rights = shown.evaluate(
        "[...document.querySelectorAll('#table-included .after')].map(one => Math.round(one.getBoundingClientRect().left))"
    )
    assert len(rights) == 5 and len(set(rights)) == 1


@pytest.mark.parametrize("name", FLOWS)
def test_no_text_of_the_diagram_touches_a_border(opened: Opened, name: str) -> None:
    shown = opened(picture(FLOWS[name]))
    assert shown.evaluate(OVERLAPS) == 0
    for face in ("", "DejaVu Sans", "Liberation Serif"):
        if face:  # what a machine without Arial may put in its place
            shown.evaluate("face => document.querySelector('svg').setAttribute('font-family', face + ', sans-serif')", face)
        for text in shown.evaluate(MARGINS):
            assert min(text["left"], text["right"]) >= (0.5 if face else 3), (face, text)
            assert min(text["top"], text["bottom"]) >= 1.5, (face, text)


def test_the_diagram_can_be_selected_and_holds_hostile_reasons_as_text(opened: Opened) -> None:
    shown = opened(picture(FLOWS["long"]))
    shown.evaluate("getSelection().selectAllChildren(document.querySelector('svg .box9'))")
    said = re.sub(r"[\s-]+", "", shown.evaluate("getSelection().toString()"))  # a long word is divided by a hyphen
    for reason in HOSTILE_REASONS:
        assert re.sub(r"[\s-]+", "", reason) in said


@pytest.mark.parametrize(("scheme", "wide"), [pytest.param("light", 1280, marks=pytest.mark.soak), ("dark", 390)])
def test_axe_finds_nothing(opened: Opened, axe: str, scheme: str, wide: int) -> None:
    shown = opened(report(), wide=wide, scheme=scheme)
    for fold in shown.locator("details > summary").all():
        fold.click()
    assert violations(shown, axe) == []
    shown.click(ENROLLED)
    assert violations(shown, axe) == []


def corrected() -> str:
    """A page whose one origin has a fact that was replaced and one that was withdrawn."""
    studies = table(1)
    (key, trace), *others = studies.traces.items()
    facts = tuple(replace(entry, past=past) for entry, past in zip(trace.entries, ("replaced", "withdrawn"), strict=True))
    traces = {key: replace(trace, entries=facts), **dict(others)}
    return page("T", "R", [replace(studies, traces=traces).html()], as_of="", heads={}, traces=traces)


@pytest.mark.parametrize(("scheme", "wide"), [pytest.param("light", 1280, marks=pytest.mark.soak), ("dark", 390)])
def test_what_counts_no_more_says_so_on_screen_in_the_panel_and_in_print(opened: Opened, axe: str, scheme: str, wide: int) -> None:
    shown = opened(corrected(), scheme=scheme, wide=wide)
    shown.locator("details.origins > summary").click()
    shown.click(ENROLLED)
    said = ["replaced later", "withdrawn later"]
    expect(shown.locator("#trace-s0-enrolled .past")).to_have_text(said)
    expect(shown.locator("#panel .past")).to_have_text(said)
    assert violations(shown, axe) == []
    shown.emulate_media(media="print")
    for label in shown.locator("#trace-s0-enrolled .past").all():
        expect(label).to_be_visible()
        assert label.evaluate("one => getComputedStyle(one).color") == "rgb(139, 0, 0)"  # dark red on white, in words and framed


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.soak), "dark"])
def test_axe_finds_nothing_in_a_full_diagram(opened: Opened, axe: str, scheme: str) -> None:
    assert violations(opened(picture(FLOWS["long"]), scheme=scheme), axe) == []


def violations(shown: Page, axe: str) -> list[tuple[str, str]]:
    """What axe-core objects to; it is run from outside the page's policy, as a reader's extension would be."""
    shown.evaluate(axe)
    found: dict[str, Any] = shown.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [(one["id"], node["html"][:160]) for one in found["violations"] for node in one["nodes"][:3]]


def test_print_is_light_and_leaves_out_what_is_not_open(opened: Opened) -> None:
    shown = opened(report(), scheme="dark")
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(25, 25, 24)"
    shown.click(ENROLLED)
    shown.emulate_media(media="print")
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for hidden in ("#panel", "nav.pages", "#origins", "#flow-lists"):
        expect(shown.locator(hidden)).to_be_hidden()
    expect(shown.locator(".demonstration")).to_be_visible()
    expect(shown.locator("footer dl")).to_be_visible()
    assert shown.locator("#table-included").evaluate("one => getComputedStyle(one).page") == "wide"
    assert shown.locator("#table-flow-numbers").evaluate("one => getComputedStyle(one).page") == "auto"


def test_the_traced_value_is_quiet_until_asked(opened: Opened) -> None:
    shown = opened(report())
    line = "one => getComputedStyle(one).textDecorationLine + ' ' + getComputedStyle(one).textDecorationStyle"
    assert shown.locator(ENROLLED).evaluate(line) == "none solid"
    shown.focus(ENROLLED)
    assert shown.locator(ENROLLED).evaluate(line) == "underline dotted"
    shown.locator(ENROLLED).blur()
    shown.hover(ENROLLED)
    assert shown.locator(ENROLLED).evaluate(line) == "underline dotted"
