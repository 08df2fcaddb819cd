"""A report page: complete in one file, the same bytes each time, with headings, stamp, origins and how it was made."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from lxml import html as lxml_html

from review.reporting.diagram import figure
from review.reporting.documents.html import page
from review.reporting.trace_view import Trace
from tests.reporting.examples import SMALL, table, trace

HEADS = {"5f0c1a22": "9be0" * 16}


def made(parts: list[str], traces: Mapping[str, Trace] | None = None, **more: Any) -> str:
    return page("Flow & numbers", "A <review>", parts, as_of="2026-11-21", heads=HEADS, traces=traces or {}, **more)


def parsed(text: str) -> lxml_html.HtmlElement:
    return lxml_html.fromstring(text)


def test_the_head_of_the_page() -> None:
    root = parsed(made(["<p>Text.</p>"]))
    assert root.get("lang") == "en"
    assert root.findtext(".//title") == "Flow & numbers · A <review>"
    assert [one.text for one in root.iterfind(".//h1")] == ["Flow & numbers"]
    stamp = root.find(".//p[@class='stamp']")
    assert stamp.text_content() == "As of 21 Nov 2026 · Heads 9be09be0"
    assert stamp.find("time").get("datetime") == "2026-11-21"
    assert root.find(".//meta[@name='viewport']") is not None


def test_nothing_may_load_but_the_page_itself() -> None:
    text = made([table().html()], table().traces)
    policy = parsed(text).find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    for tag, name in (("style", "style-src"), ("script", "script-src")):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert inside is not None
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert not re.search(r"\b(?:src|href)=\"(?:https?:)?//|@import|url\(", text)
    assert " style=" not in text


def test_the_demonstration_line_comes_first() -> None:
    root = parsed(made([], demonstration="Demonstration <only>."))
    header = root.find(".//header")
    assert header[0].get("class") == "demonstration" and header[0].text == "Demonstration <only>."
    assert "demonstration" not in made([]).partition("</style>")[2]


def test_how_it_was_made_is_folded_at_the_end() -> None:
    root = parsed(made([], made=[("Parameters", "as_of = ''\nseed = 1"), ("Package", "review 0.1 <x>")]))
    fold = root.find(".//footer//details")
    assert fold.get("open") is None
    assert [one.text for one in fold.iterfind(".//dt")] == ["Parameters", "Package", "Heads of the ledger"]
    assert fold.findall(".//dd")[-1].text == f"5f0c1a22 {HEADS['5f0c1a22']}"


def test_the_other_pages_are_linked_and_this_one_is_marked() -> None:
    root = parsed(made([], nav=[("20_records.html", "Records"), ("", "Flow"), ("javascript:alert(1)", "Bad")]))
    links = root.findall(".//nav//a")
    assert [(link.get("href"), link.get("aria-current")) for link in links] == [
        ("20_records.html", None),
        ("#top", "page"),
        ("#top", "page"),
    ]


def test_every_origin_is_at_the_end_and_every_link_has_a_target() -> None:
    one = table()
    root = parsed(made([figure(SMALL), one.html(), one.html()], one.traces | {"unused": trace("unused", "Not shown", "1")}))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    targets = [link.get("href") for link in root.iter("a") if link.get("href", "")[:1] == "#"]
    assert not [target for target in targets if target[1:] not in ids]
    assert {f"trace-{key}" for key in one.traces} <= set(ids)
    assert root.find(".//details[@id='origins']").get("open") is None


def test_headings_step_down_one_at_a_time() -> None:
    root = parsed(made(["<h2>A</h2>", table().html()], table().traces))
    levels = [int(one.tag[1]) for one in root.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))


def test_without_heads_and_date_it_says_so() -> None:
    text = page("T", "R", [], as_of="", heads={}, traces={})
    assert "As of the last entry · Heads none" in parsed(text).find(".//p[@class='stamp']").text_content()
    assert "<footer>" not in text


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert made([figure(SMALL), table().html()], table().traces) == made([figure(SMALL), table().html()], table().traces)


@pytest.mark.parametrize("name", ["close", "panel"])
def test_the_words_of_the_panel_stand_in_the_page(name: str) -> None:
    said = {"close": "Close", "panel": "Where this comes from"}
    assert said[name] in parsed(made([])).find(".//aside").text_content()
