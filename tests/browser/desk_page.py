"""A card in a page as a reviewer meets it, with the kernel's side of it behind, or with a kernel that answers when a test says so."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from playwright.sync_api import Page

from review.desk.card import Card

Content = dict[str, Any]
_KERNELS: dict[Page, Callable[..., Any]] = {}
SHELL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Desk</title>
<style>body { margin: 0; padding: 8px; background: light-dark(#fff, #111); color-scheme: light dark }</style><style>@STYLE</style></head>
<body><main id="el"></main>
<script type="module">
  import card from "data:text/javascript;base64,@SCRIPT";
  const settings = @SETTINGS;
  const listeners = new Set();
@MODEL</script></body></html>"""
MODEL = """  const inBase64 = (buffer) => new Uint8Array(buffer).toBase64?.() ?? btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const outOf = (text) => { const made = Uint8Array.from(atob(text), (one) => one.charCodeAt(0)); return new DataView(made.buffer); };
  Object.assign(window, { sent: [], hear: (message, buffers = []) => [...listeners].forEach((one) => one(message, buffers.map(outOf))) });
  const model = {
    get: (name) => settings[name],
    on: (name, one) => listeners.add(one),
    off: (name, one) => listeners.delete(one),
    send: async (content, _, buffers = []) => {
      sent.push(content);
      for (const [message, parts] of (await window.answers?.(content, buffers.map(inBase64))) ?? []) hear(message, parts);
    },
  };
  window.start = () => { window.leave = card.render({ model, el: document.querySelector("#el") }); };
"""


def page_of(card: Card, **settings: float) -> str:
    """The page that shows *card*; settings are its traits, as confirm_after."""
    state = card.get_state()
    given = {name: state[name] for name in ("confirm_after", "lost_after", "shortcuts")} | {"seen_after": 0} | settings
    return page_around(state["_esm"], state["_css"], MODEL, given)


def page_around(script: str, style: str, model: str, settings: Mapping[str, Any]) -> str:
    """The page of a card's *script* and *style*; *model* is what stands for the kernel in it, and has ``start``."""
    code = base64.b64encode(script.encode()).decode()
    shell = SHELL.replace("@MODEL", model).replace("@STYLE", style)
    return shell.replace("@SCRIPT", code).replace("@SETTINGS", json.dumps(settings))


def behind(opened: Callable[..., Page], card: Card, **view: Any) -> Page:
    """Opens *card* in a page, the card itself where Jupyter would have it."""
    told: list[tuple[Content, list[bytes]]] = []
    card.send = lambda content, buffers=None: told.append((dict(content), list(buffers or ())))  # type: ignore[method-assign]

    def answers(content: Content, buffers: Sequence[str]) -> list[list[Any]]:
        told.clear()
        card.receive(card, content, [memoryview(base64.b64decode(one)) for one in buffers])
        return [[message, [base64.b64encode(one).decode() for one in parts]] for message, parts in told]

    page = opened(page_of(card), **view)
    kernel(page, answers)
    page.evaluate("start()")
    return page


def kernel(page: Page, answers: Callable[..., Any]) -> None:
    """*answers* is asked by ``answers`` of this page; what was exposed to a page stays, so it leads to whoever answers now."""
    if page not in _KERNELS:
        page.expose_function("answers", lambda *asked: _KERNELS[page](*asked))
    _KERNELS[page] = answers


def losing_the_first(card: Card, kind: str) -> tuple[Callable[..., list[list[Any]]], list[str]]:
    """(a kernel that stores everything and loses its answer to the first message of *kind*, the tokens of these messages as they come)."""
    told, sent = list[Content](), list[str]()
    card.send = lambda content, buffers=None: told.append(dict(content))  # type: ignore[method-assign]

    def answers(content: Content, _buffers: Sequence[str]) -> list[list[Any]]:
        told.clear()
        card.receive(card, content, [])
        if content["kind"] == kind:
            sent.append(content["token"])
        return [] if content["kind"] == kind and len(sent) == 1 else [[message, []] for message in told]

    return answers, sent


def walk(page: Page) -> Iterator[str]:
    """Goes through the page by Tab from its beginning; gives what has the focus, in words, while its outline is there to be seen."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return
        here = page.locator(":focus")
        yield here.evaluate("(one) => one.getAttribute('aria-label') || one.textContent.slice(0, 24) || one.tagName")
        assert here.evaluate("(one) => getComputedStyle(one).outlineStyle") == "solid"
    raise AssertionError("the focus does not come to an end")


def violations(page: Page, axe: str) -> list[tuple[str, str]]:
    """What axe-core finds in the card, of WCAG A and AA."""
    page.add_script_tag(content=axe)
    found = page.evaluate("axe.run(document.querySelector('#el'), { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })")
    return [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]


WIDER_THAN_IT_SHOWS = """() => [...document.querySelectorAll('.review-desk, .review-desk *')]
  .filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1 && !one.matches('.unheard, .unheard *, kbd'))
  .map((one) => one.outerHTML.slice(0, 80))"""


def check_fit(page: Page, wide: int, high: int) -> None:
    """Asserts that nothing of the card is wider than it shows, at this width and at 320 pixels, and that each button can be hit."""
    for width in (wide, 320):
        page.set_viewport_size({"width": width, "height": high})
        assert page.evaluate(WIDER_THAN_IT_SHOWS) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": wide, "height": high})
    assert page.evaluate("[...document.querySelectorAll('button')].every((b) => !b.offsetHeight || b.offsetHeight >= 32)")
