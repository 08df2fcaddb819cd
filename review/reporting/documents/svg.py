"""What may stand in an inline SVG: elements, attributes, and inline styles turned into attributes, for a page without inline styles."""

from __future__ import annotations

import re

from lxml import etree

GRAPHIC = frozenset(
    """
    a circle clippath defs desc ellipse g image line lineargradient marker mask path pattern polygon polyline radialgradient
    rect stop svg symbol text textpath title tspan use
    """.split()
)
PRESENTATION = frozenset(
    """
    alignment-baseline baseline-shift clip-path clip-rule color color-interpolation display dominant-baseline fill fill-opacity
    fill-rule font-family font-size font-style font-variant font-weight letter-spacing marker-end marker-mid
    marker-start mask opacity overflow paint-order pointer-events shape-rendering stop-color stop-opacity stroke stroke-dasharray
    stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor
    text-decoration text-rendering vector-effect visibility word-spacing writing-mode
    """.split()
)
GRAPHIC_ATTRIBUTES = PRESENTATION | frozenset(
    """
    class clippathunits cx cy d dx dy fx fy gradienttransform gradientunits height href id lang lengthadjust markerheight
    markerunits markerwidth maskunits offset orient patterncontentunits patterntransform patternunits points
    preserveaspectratio r refx refy role rotate rx ry spreadmethod startoffset tabindex textlength transform version viewbox
    width x x1 x2 y y1 y2
    """.split()
)
FONT = re.compile(r"(?P<before>.*?)(?P<size>[\d.]+(?:px|pt|em|%)?)(?:/\S+)?\s+(?P<family>[^;]+)$")
LOCAL = re.compile(r"url\(\s*(['\"]?)#([^'\")]+)\1\s*\)")


def presentation(element: etree._Element) -> None:
    """Turn the ``style`` of *element* into presentation attributes: a page whose policy forbids inline styles then shows the same."""
    style = element.attrib.pop("style", "")
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon or not value:
            continue
        if name == "font":
            _font(element, value)
        elif name in PRESENTATION:
            element.set(name, value)


def _font(element: etree._Element, value: str) -> None:
    found = FONT.match(value)
    if found is None:
        return
    element.set("font-size", found["size"])
    element.set("font-family", found["family"])
    for word in found["before"].split():
        if word in {"italic", "oblique"}:
            element.set("font-style", word)
        elif word == "bold" or word.isdigit():
            element.set("font-weight", word)


def own_ids(svg: etree._Element, prefix: str) -> None:
    """Put *prefix* before every id inside *svg* and before what refers to it; ``from-…``, the ways back to a value, stay."""
    if not prefix:
        return
    ids = {element.get("id"): prefix + element.get("id") for element in svg.iter() if element.get("id", "from-")[:5] != "from-"}
    for element in svg.iter():
        for name, value in list(element.attrib.items()):
            if name == "id" and value in ids:
                element.set(name, ids[value])
            elif name == "href" and value[:1] == "#" and value[1:] in ids:
                element.set(name, "#" + ids[value[1:]])
            elif name in {"aria-labelledby", "aria-describedby"}:
                element.set(name, " ".join(ids.get(one, one) for one in value.split()))
            elif "url(" in value:
                element.set(name, LOCAL.sub(lambda found: f"url(#{ids.get(found[2], found[2])})", value))
