"""A drawing as vector PDF and as PNG for print, with the fonts of ``typesetting.py``.

An SVG is read as from a stranger: what would be fetched, run or read from a disk is taken out before it is drawn.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

from lxml import etree

from review.errors import ReportError
from review.reporting.documents import typesetting
from review.reporting.documents.svg import GRAPHIC
from review.reporting.escaping import legal

NAMESPACE = "http://www.w3.org/2000/svg"
POINTS = {"": 0.75, "px": 0.75, "pt": 1.0, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0}
LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)\s*$")
OUTWARD = re.compile(r"url\s*\(\s*['\"]?(?!#)|@import|\\", re.IGNORECASE)
HEADER = 33  # bytes before which a PNG says its size, and after which this may stand
PRINT = 300  # pixels an inch, which journals ask for


@dataclass(frozen=True)
class Drawing:
    """An SVG that is safe to draw, with its size in points and its title ('' without one)."""

    svg: str
    width: float
    height: float
    title: str


def svg_to_pdf(svg: str, *, lang: str = "en") -> bytes:
    """The drawing as a PDF of its own size: vector, text selectable, tagged. Raises ReportError where *svg* is none."""
    return typesetting.pdf("picture.typ", drawing=_told(svg, lang)).content


def svg_to_png(svg: str, ppi: float = PRINT) -> bytes:
    """The drawing on white as PNG at its own size. Raises ReportError where *svg* is none."""
    return _with_resolution(typesetting.png("picture.typ", ppi, drawing=_told(svg, "en")), ppi)


def _with_resolution(png: bytes, ppi: float) -> bytes:
    """*png* that says how many pixels make a metre (chunk pHYs), so that programs place it at its size."""
    metre = round(ppi / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", metre, metre, 1)
    return png[:HEADER] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[HEADER:]


def _told(svg: str, lang: str) -> dict[str, object]:
    drawing = read_drawing(svg)
    return {"svg": drawing.svg, "width": drawing.width, "title": drawing.title or "Figure", "lang": lang}


def read_drawing(svg: str) -> Drawing:
    """*svg* with only what draws, its size taken from width and height or from the view box."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(legal(svg).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ReportError(f"a figure is no SVG: {error}", expected="SVG that is well-formed XML") from error
    if etree.QName(root).localname != "svg":
        raise ReportError(f"a figure begins with <{etree.QName(root).localname}>", expected="SVG")
    title = "".join(root.xpath("string(*[local-name()='title'])")).strip()
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or etree.QName(element).localname.lower() not in GRAPHIC:
            _take_out(element)
        else:
            element.tag = f"{{{NAMESPACE}}}{etree.QName(element).localname}"
            _keep_inside(element)
    width, height = _size(root)
    return Drawing(etree.tostring(root, encoding="unicode", doctype=None), width, height, title)


def _take_out(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _keep_inside(element: etree._Element) -> None:
    """Leave no address outside the file: only places in it, and pictures that it carries."""
    for name, value in list(element.attrib.items()):
        local = etree.QName(name).localname.lower()
        outward = local == "href" and not value.lstrip().startswith(("#", "data:image/png", "data:image/jpeg"))
        if outward or local.startswith("on") or OUTWARD.search(value):
            del element.attrib[name]


def _size(root: etree._Element) -> tuple[float, float]:
    """Width and height in points. Where one is not an absolute length, both are the view box's."""
    given = [LENGTH.match(root.get(side, "")) for side in ("width", "height")]
    if all(found and found[2] in POINTS for found in given):
        wide, high = (float(found[1]) * POINTS[found[2]] for found in given if found)
    else:
        numbers = re.findall(r"-?\d+(?:\.\d+)?", root.get("viewBox", ""))
        wide, high = (float(number) * POINTS["px"] for number in numbers[2:4]) if len(numbers) == 4 else (0.0, 0.0)
    if wide <= 0 or high <= 0:
        raise ReportError("a figure does not state its size", expected="width and height, or a viewBox")
    return wide, high
