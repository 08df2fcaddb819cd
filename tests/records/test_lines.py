"""The line model: bytes to numbered lines, list marks, and HTML flattened to the same lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.records.lines import decode, make_line, newline_of, page_from_bytes, page_from_text, paragraphs, split_lines


def html(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("data", "text", "encoding", "codes"),
    [
        (b"\xef\xbb\xbfone", "one", "utf-8", []),
        ("zwölf".encode(), "zwölf", "utf-8", []),
        ("zwölf".encode("utf-16"), "zwölf", "utf-16-le", []),
        ("zw\xf6lf \x80".encode("latin-1"), "zwölf €", "cp1252", ["decoded_cp1252"]),
        ("a ≥".encode()[:-1], "a ", "utf-8", ["cut_off"]),
        (b"a\x81", "a\ufffd", "cp1252", ["decoded_cp1252", "decoded_with_loss"]),
    ],
)
def test_bytes_are_decoded_by_mark_then_utf8_then_cp1252(data: bytes, text: str, encoding: str, codes: list[str]) -> None:
    found, name, problems = decode(data)
    assert (found, name, [p.code.value for p in problems]) == (text, encoding, codes)


def test_lines_end_at_cr_lf_and_crlf_only() -> None:
    assert split_lines("a\r\nb\rc\nd\u2028e\x0bf\x85g\n") == ["a", "b", "c", "d\u2028e\x0bf\x85g"]
    assert [newline_of(t) for t in ("a\n", "a\r\n", "a\r", "a\r\n\n", "a")] == ["LF", "CRLF", "CR", "mixed", "none"]


@pytest.mark.parametrize(
    ("raw", "bullet", "enum", "text"),
    [
        ("  • One", "•", "", "One"),
        ("  12. One", "", "12.", "One"),
        ("- • 3. One", "-•", "3.", "One"),
        ("* One", "*", "", "One"),
        ("-One", "-", "", "One"),
        ("(1)One", "", "(1)", "One"),
        ("a) One", "", "a)", "One"),
        ("C. difficile in stool", "", "", "C. difficile in stool"),
        ("1.5 mg a day", "", "", "1.5 mg a day"),
        ("-80 °C", "", "", "-80 °C"),
        ("2024-03-09", "", "", "2024-03-09"),
        ("ESSDAI \\>= 5 \\[points\\]", "", "", "ESSDAI >= 5 [points]"),
        ("- ", "", "", "-"),
    ],
)
def test_list_marks_are_told_from_text(raw: str, bullet: str, enum: str, text: str) -> None:
    line = make_line(1, raw)
    assert (line.bullet, line.enum, line.text) == (bullet, enum, text)


def test_a_lost_character_is_remarked_with_its_line() -> None:
    page = page_from_text("whole\nSj\ufffdgren")
    assert [(p.code.value, p.lines) for p in page.problems] == [("lost_character", (2, 2))]


def test_html_becomes_headings_lists_tables_and_links() -> None:
    page = page_from_bytes(
        html(
            "<h2>Head</h2><p>One<br>two</p><ul><li>a<ol><li>b</li><li>c</li></ol></li></ul>"
            "<table><tr><td>Sex</td><td>All</td></tr></table><p>see <a href='/x'>here</a></p>"
            "<script>never()</script><div style='display: none'>hidden</div>"
        )
    )
    shown = [(line.raw, line.level, line.depth) for line in page.filled]
    assert shown == [
        ("Head", 2, 0), ("One", 0, 0), ("two", 0, 0), ("  • a", 0, 1), ("    1. b", 0, 2), ("    2. c", 0, 2),
        ("| Sex | All |", 0, 0), ("see here", 0, 0),
    ]  # fmt: skip
    assert page.filled[-1].href == "/x"
    assert page.filled[-2].cells == ("Sex", "All")
    assert page.flat.splitlines()[page.filled[3].number - 1] == "  • a"


def test_a_superscript_is_a_power_only_after_ten_or_a_length() -> None:
    page = page_from_bytes(
        html("<p>5 × 10<sup>9</sup>/L, 1.73 m<sup>2</sup>, index ≥5<sup><a href='#ref-6'>6</a></sup>, Adam<sup>2</sup></p>")
    )
    assert page.filled[0].plain == "5 × 10^9/L, 1.73 m^2, index ≥56, Adam2"
    marked = [page.filled[0].plain[s.start : s.end] for s in page.filled[0].spans if s.kind == "sup"]
    assert marked == ["6", "2"]


def test_elements_are_found_by_the_end_of_their_id() -> None:
    page = page_from_bytes(html("<p>Main ID: <span id='List3_ctl01_NumberLabel'>NCT99999999</span> and <b id='x'>on<br>two</b> more</p>"))
    assert [(e.text, e.lines) for e in page.by_id("NumberLabel")] == [("NCT99999999", (1, 1))]
    assert page.by_id("x")[0].text == "on\ntwo"


def test_a_page_tells_its_own_addresses_meta_and_data() -> None:
    head = (
        "<link rel='canonical' href='https://a.example/1'><meta property='og:url' content='https://b.example/2'>"
        "<meta name='citation_doi' content='10.1/x'><script type='application/ld+json'>[{\"name\": \"n\"}, 3]</script>"
        "<script type='application/ld+json'>{broken</script>"
    )
    page = page_from_bytes(b"<!-- saved from url=(0019)https://c.example/3 -->" + html("<p>x</p>", head))
    assert page.urls == ("https://c.example/3", "https://a.example/1", "https://b.example/2")
    assert page.first_meta("CITATION_DOI") == "10.1/x"
    assert [dict(d) for d in page.json_ld] == [{"name": "n"}]


def test_values_in_boxes_are_kept_apart() -> None:
    page = page_from_bytes(html("<div><span>Sore Feet</span><span>Flat Feet</span></div><p>one <span>word</span> more</p>"))
    assert [line.chips for line in page.filled] == [("Sore Feet", "Flat Feet"), ()]


def test_running_text_keeps_paragraphs_and_lists() -> None:
    page = page_from_text(
        "First paragraph.\n\nSecond:\n\n  • one\n  • two\n\nA line that was wrapped at its margin, as registers do it,\nafter eighty signs."
    )
    assert paragraphs(page.lines) == (
        "First paragraph.\n\nSecond:\n\n• one\n• two\n\nA line that was wrapped at its margin, as registers do it, after eighty signs."
    )
    assert paragraphs(page_from_text("First.\nSecond.").lines) == "First.\n\nSecond."


@given(st.binary(max_size=400))
def test_any_bytes_give_a_page(data: bytes) -> None:
    page = page_from_bytes(data)
    assert page.bytes == len(data)
    assert [line.number for line in page.lines] == list(range(1, len(page.lines) + 1))


@given(st.text(alphabet="<>/abip lut=\"'h1-&;#\n", max_size=300))
def test_any_markup_gives_a_page(text: str) -> None:
    page = page_from_bytes(b"<html><body>" + text.encode())
    assert page.is_html
    for element in page.elements:
        assert 1 <= element.lines[0] <= element.lines[1] <= max(len(page.lines), 1)


def test_an_entity_is_not_expanded_and_nothing_is_fetched() -> None:
    data = b"<!DOCTYPE html [<!ENTITY a SYSTEM 'file:///etc/passwd'><!ENTITY b '&a;&a;'>]><html><body><p>x &b; y</p></body></html>"
    assert "root:" not in page_from_bytes(data).flat
