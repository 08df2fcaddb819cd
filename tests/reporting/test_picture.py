"""A drawing as PDF and PNG: its own size, its text as text, and nothing that it would fetch or run."""

from __future__ import annotations

import io
import struct

import pytest
from pypdf import PdfReader

from review.errors import ReportError
from review.reporting.documents.picture import read_drawing, svg_to_pdf, svg_to_png

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="85mm" height="20mm" viewBox="0 0 240 56" font-family="Arial" font-size="8">'
    "<title>Two boxes</title><script>alert(1)</script>"
    '<a href="#box"><rect x="1" y="1" width="60" height="20" fill="none" stroke="#000" onclick="x()"/></a>'
    '<text x="4" y="14">n ≥ 4 &amp; more</text><image href="../secret.png" width="9" height="9"/>'
    '<rect fill="url(https://x.invalid/a)" width="4" height="4"/><foreignObject><p>no</p></foreignObject></svg>'
)


def test_a_pdf_has_the_size_the_words_and_the_tags() -> None:
    made = PdfReader(io.BytesIO(svg_to_pdf(DRAWING)))
    assert [float(side) for side in made.pages[0].mediabox[2:]] == pytest.approx([85 / 25.4 * 72, 20 / 25.4 * 72], abs=0.01)
    assert "n ≥ 4 & more" in made.pages[0].extract_text()
    assert made.metadata is not None and made.metadata.title == "Two boxes"
    assert made.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_a_png_has_300_pixels_an_inch_and_says_so() -> None:
    made = svg_to_png(DRAWING)
    assert struct.unpack(">II", made[16:24]) == (1004, 236)
    assert made[37:41] == b"pHYs" and struct.unpack(">II", made[41:49]) == (11811, 11811)


def test_both_are_the_same_bytes_again() -> None:
    assert svg_to_pdf(DRAWING) == svg_to_pdf(DRAWING)
    assert svg_to_png(DRAWING) == svg_to_png(DRAWING)


def test_what_fetches_or_runs_is_taken_out() -> None:
    left = read_drawing(DRAWING).svg
    assert not [word for word in ("script", "onclick", "secret", "invalid", "foreignObject", "alert") if word in left]
    assert "n ≥ 4 &amp; more" in left


def test_a_size_comes_from_the_view_box_where_no_length_is_given() -> None:
    drawing = read_drawing('<svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0 0 96 48"/>')
    assert (drawing.width, drawing.height) == (72, 36)


@pytest.mark.parametrize(
    ("text", "said"), [("<svg", "is no SVG"), ("<p/>", "begins with <p>"), ('<svg xmlns="http://www.w3.org/2000/svg"/>', "its size")]
)
def test_what_is_no_drawing_is_refused(text: str, said: str) -> None:
    with pytest.raises(ReportError, match=said):
        svg_to_png(text)


def test_an_entity_is_not_read() -> None:
    size = 'width="9" height="9"'
    bomb = (
        f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname">]><svg xmlns="http://www.w3.org/2000/svg" {size}><text>&a;</text></svg>'
    )
    assert "ENTITY" not in read_drawing(bomb).svg
