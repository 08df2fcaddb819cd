"""Origins of values: readable without a script, every text escaped, the value marked where it stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from review.errors import InputRefused, ReportError
from review.reporting.escaping import anchor
from review.reporting.trace_view import Quote, Trace, TraceEntry, article, merged, origins, traces_from_json, traces_to_json
from tests.reporting.examples import trace

WORDS = st.text(max_size=12)
QUOTES = st.none() | st.builds(Quote, WORDS, st.booleans(), st.lists(st.tuples(st.integers(1, 999), WORDS), max_size=3).map(tuple), WORDS)
ENTRIES = st.builds(TraceEntry, WORDS, WORDS, WORDS, WORDS, WORDS, QUOTES)
TRACES = st.builds(Trace, WORDS, WORDS, WORDS, WORDS, st.lists(ENTRIES, max_size=3).map(tuple))


def quoted(mark: str, *lines: str) -> str:
    entry = TraceEntry("e", "Read", "tool", "", quote=Quote("page", False, tuple(enumerate(lines, 7)), mark))
    return article(Trace("k", "Label", mark, "", (entry,)))


def test_an_origin_says_value_state_who_when_why_and_shows_the_lines() -> None:
    page = lxml_html.fromstring(article(trace("s1-n", "Study 1: enrolled", "120")))
    assert page.get("id") == "trace-s1-n"
    said = " ".join(page.text_content().split())
    for part in ("Study 1: enrolled", "120", "checked by one", "tool · 20 Nov 2026, 09:12 UTC", "Quoted from register entry, 12 Oct 2026"):
        assert part in said
    assert "Reason: The page says 'anticipated' & no more." in said
    assert [time.get("datetime") for time in page.iterfind(".//time")] == ["2026-11-20T09:12:44.000001Z", "2026-11-21T14:05:10.120000Z"]
    assert page.findtext(".//mark") == "120" and "line 42" in said
    assert page.find(".//p[@class='back']/a").get("href") == "#from-trace-s1-n"


def test_a_teaching_copy_is_not_called_a_quotation() -> None:
    found = article(trace("k", "L", "120", teaching=True))
    assert "Teaching copy of register entry, 12 Oct 2026, paraphrased" in found and "Quoted" not in found


def test_the_whole_number_is_marked_and_not_a_part_of_another() -> None:
    assert "1,120 or 120.5, then <mark>120</mark>." in quoted("120", "1,120 or 120.5, then 120.")
    assert "a<mark>12</mark>0" in quoted("12", "a120")
    assert "<mark>" not in quoted("99", "a120")
    assert "<mark>" not in quoted("", "a120")


def test_a_value_over_two_lines_is_marked_in_both() -> None:
    found = quoted("once a day", "taken once", "a day, &c.")
    assert "taken <mark>once</mark>" in found and "<mark>a day</mark>, &amp;c." in found


def test_a_trace_without_entries_says_so_and_one_without_value_shows_none() -> None:
    found = article(Trace("k", "L", "", "", ()))
    assert "No entry yet." in found and 'class="value' not in found


def test_back_leads_to_the_top_where_the_value_is_not_on_the_page() -> None:
    traces = {key: trace(key, key, "1") for key in ("a", "b")}
    found = origins(traces, linked=["from-trace-a"])
    assert 'href="#from-trace-a"' in found and 'href="#from-trace-b"' not in found and 'href="#top"' in found
    assert origins({}) == ""


@given(TRACES)
def test_no_text_becomes_markup(one: Trace) -> None:
    page = lxml_html.fromstring(f"<div>{article(one)}</div>")
    allowed = set("div article h3 p span ol li time figure figcaption blockquote mark a".split())
    assert {element.tag for element in page.iter()} <= allowed
    assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")]


@given(st.lists(TRACES, max_size=4, unique_by=lambda one: one.key))
def test_json_gives_back_what_was_given(some: list[Trace]) -> None:
    traces = {one.key: one for one in some}
    assert traces_from_json(json.loads(json.dumps(traces_to_json(traces)))) == traces


@pytest.mark.parametrize(
    "value", [None, 3, {"key": "a"}, ["a"], [{"key": "a"}], [{"key": "a", "label": "", "value": "", "state": "", "entries": [1]}]]
)
def test_another_shape_is_refused(value: object) -> None:
    with pytest.raises(InputRefused, match="origins of an output cannot be read"):
        traces_from_json(value)


def test_one_key_for_two_origins_is_refused() -> None:
    one, other = trace("k", "L", "1"), trace("k", "L", "2")
    assert merged([{"k": one}, {"k": one}]) == {"k": one}
    with pytest.raises(ReportError, match="two different origins have the key 'k'"):
        merged([{"k": one}, {"k": other}])


@given(st.text(), st.text())
def test_two_keys_never_share_an_anchor(one: str, other: str) -> None:
    assert (anchor(one) == anchor(other)) == (one == other)
    assert all(c.isascii() and (c.isalnum() or c in "_.:-~") for c in anchor(one))
