"""Markup from outside: what a page keeps of notebook Markdown, HTML outputs and SVG figures, and what it never lets through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from review.reporting.diagram import draw, figure
from review.reporting.documents.markup import ELEMENTS, clean_html, clean_svg, render_notebook_markdown, safe_link, split_title
from review.reporting.documents.svg import GRAPHIC
from tests.reporting.examples import SMALL, table

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="https://example.org/x.png">',
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><a href="javascript:alert(1)"><text>x</text></a></svg>',
    '<svg><a xlink:href="java\tscript:alert(1)"><text>x</text></a></svg>',
    '<svg><use href="https://example.org/x.svg#y"/></svg>',
    '<svg><image href="https://example.org/x.png"/></svg>',
    '<svg><foreignObject><iframe src="x"></iframe></foreignObject></svg>',
    '<svg><animate attributeName="href" to="javascript:alert(1)"/></svg>',
    '<svg><rect style="fill:url(https://example.org/x)" fill="url(//example.org/y)"/></svg>',
    "<svg><title><style><img src=x onerror=alert(1)></style></title></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" &#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="/\\example.org">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<form action="https://example.org"><input name="a"><button formaction="javascript:alert(1)">x</button></form>',
    '<link rel="stylesheet" href="https://example.org/x.css"><style>@import "https://example.org/x.css";</style>',
    '<meta http-equiv="refresh" content="0;url=https://example.org">',
    '<base href="https://example.org/">',
    "<div style=\"background:url('https://example.org/x')\">x</div>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "</div></body></html><script>alert(1)</script>",
    "<x-y><script>alert(1)</script></x-y>",
    "<textarea></textarea><img src=x onerror=alert(1)></textarea>",
    "<template><script>alert(1)</script></template>",
    '<table background="https://example.org/x"><tr><td onclick="x()">y</td></tr></table>',
)


def harmless(text: str) -> bool:
    """Whether only listed elements are left and no attribute runs, loads or leads to a script."""
    if not text.strip():
        return True
    for element in lxml_html.fromstring(f"<div>{text}</div>").iter():
        if not isinstance(element.tag, str) or element.tag not in ELEMENTS | GRAPHIC:
            return False
        for name, value in element.attrib.items():
            if name.startswith("on") or name in {"style", "srcdoc", "formaction", "background", "action"}:
                return False
            if name == "src" and not value.startswith("data:image/"):
                return False
            if name == "href" and not (safe_link(value) if element.tag == "a" else value.startswith(("#", "data:image/"))):
                return False
            if "url(" in value.lower() and not re.fullmatch(r"\s*url\(#[^)]*\)\s*", value):
                return False
    return True


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_gets_through(attack: str) -> None:
    assert harmless(clean_html(attack))
    assert harmless(clean_html(clean_html(attack)))
    assert harmless(render_notebook_markdown(attack))


@given(
    st.lists(
        st.sampled_from(ATTACKS)
        | st.text(max_size=12)
        | st.sampled_from(["<", "</", ">", '"', "'", "<svg>", "</svg>", "<p>", "<!--", "&#1;", "&#xD800;", "&lt;script>"])
    )
)
def test_no_mixture_gets_through(parts: list[str]) -> None:
    assert harmless(clean_html("".join(parts)))


def test_our_own_output_is_kept_whole() -> None:
    for ours in (table().html(), draw(SMALL)):
        before, after = lxml_html.fromstring(ours), lxml_html.fromstring(clean_html(ours))
        assert [element.tag for element in before.iter()] == [element.tag for element in after.iter()]
        assert " ".join(before.text_content().split()) == " ".join(after.text_content().split())
        lost = [(b.attrib, a.attrib) for b, a in zip(before.iter(), after.iter(), strict=True) if set(b.attrib) - set(a.attrib) - {"xmlns"}]
        assert not lost


def test_a_pandas_frame_is_kept_without_its_style() -> None:
    frame = table(2).frame
    found = clean_html(frame._repr_html_())
    assert found.count("<tr") == 3 and "<style" not in found and "&lt;12 weeks" in found


def test_unknown_elements_leave_their_text() -> None:
    assert clean_html("a<x-y>b<b>c</b>d</x-y>e") == "ab<b>c</b>de"
    assert clean_html("a<script>b</script>c") == "ac"


def test_a_picture_from_elsewhere_becomes_its_words() -> None:
    assert clean_html('<p>a<img src="https://example.org/x.png" alt="b &lt;c">d</p>') == "<p>ab &lt;cd</p>"


def test_references_to_no_character_are_marked() -> None:
    assert clean_html(f"<p>&#1;&#x1f;&#{'9' * 5000};&#65;&#x4E2D;</p>") == "<p>\ufffd\ufffd\ufffdA中</p>"


def test_text_after_a_closed_page_stays() -> None:
    assert clean_html("<p>a</p></body></html><p>b</p>") == "<p>a</p><p>b</p>"


def test_folded_origins_can_be_left_out() -> None:
    html = table()._repr_html_()
    assert "origin" in clean_html(html) and 'class="origin"' not in clean_html(html, drop_origins=True)
    assert clean_html(html, drop_origins=True).count("<tr>") == 7
    assert 'id="box-duplicates"' in clean_html(figure(SMALL), drop_origins=True)


def test_a_figure_keeps_its_look_without_inline_styles() -> None:
    svg = (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
        "<metadata>x</metadata><defs><style>*{stroke-linejoin:round}</style>"
        '<clipPath id="c"><rect width="9" height="9"/></clipPath></defs>'
        '<g id="g" clip-path="url(#c)" style="fill: none; stroke: #000; stroke-width: 0.8; position: fixed">'
        '<use xlink:href="#g" style="fill: #56b4e9"/>'
        "<text style=\"font: bold 8px 'DejaVu Sans', sans-serif; text-anchor: middle\">n &lt; 5</text></g></svg>"
    )
    found = clean_svg(svg, prefix="f1-", label="Forest plot")
    for part in ('fill="none"', 'stroke-width="0.8"', 'id="f1-c"', 'url(#f1-c)"', 'href="#f1-g"', 'font-size="8px"', 'font-weight="bold"'):
        assert part in found
    assert 'aria-label="Forest plot"' in found and "viewBox" in found and "n &lt; 5" in found
    assert "style" not in found and "metadata" not in found and "position" not in found and "xlink" not in found


def test_what_is_no_svg_is_nothing() -> None:
    assert clean_svg("<svg><g></svg>") == "" and clean_svg("<html/>") == "" and clean_svg("no") == ""


def test_entities_of_a_figure_are_not_expanded() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;&b;</text></svg>'
    assert "aaaa" not in clean_svg(bomb)


def test_markdown_keeps_one_heading_of_level_one_and_no_html() -> None:
    found = render_notebook_markdown("# A\n\n<b>x</b> ![alt <i>](https://example.org/x.png)\n\n|a|b|\n|-|-|\n|1|2|\n")
    assert "<h2>A</h2>" in found and "&lt;b&gt;x" in found and "alt &lt;i&gt;" in found and "<img" not in found and "<table>" in found


def test_links_of_markdown_are_safe_ones() -> None:
    found = render_notebook_markdown(
        "[a](20_records.html) [b](https://example.org) [c](javascript:alert(1)) [d](file:///etc/passwd) [e](//x.org)"
    )
    assert re.findall(r'href="([^"]+)"', found) == ["20_records.html", "https://example.org"]


def test_the_title_is_split_off() -> None:
    assert split_title("# The *flow* of `it` & more\n\nText.\n") == ("The flow of it & more", "\nText.\n")
    assert split_title("Text.\n\n# Later\n") == ("", "Text.\n\n# Later\n")
