"""Where each word of an SVG stands, measured with the fonts that PDF and PNG are set in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from lxml import etree

import review.reporting

FONTS = Path(review.reporting.__file__).parent / "assets" / "fonts"
SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    """Left, top, right, bottom in points, the words and their size."""

    left: float
    top: float
    right: float
    bottom: float
    words: str
    size: float


@cache
def _font(bold: bool):  # type: ignore[no-untyped-def]
    from matplotlib.ft2font import FT2Font

    return FT2Font(str(FONTS / f"LiberationSans-{'Bold' if bold else 'Regular'}.ttf"))


@cache
def measured(words: str, size: float, bold: bool) -> tuple[float, float, float]:
    """Width, height above the base and depth below it."""
    font = _font(bold)
    font.set_size(200, 72)  # large, so that no hint for pixels rounds a width
    font.set_text(words.replace("\u202e", ""), 0.0)
    wide, high = (side / 64 * size / 200 for side in font.get_width_height())
    down = font.get_descent() / 64 * size / 200
    return wide, high - down, down


def boxes(svg: str) -> list[Box]:
    """The box of every text that is not turned."""
    found = []
    for text in etree.fromstring(svg).iter(f"{SVG}text"):
        if "rotate" in text.get("transform", ""):
            continue
        words, size = "".join(text.itertext()), float(text.get("font-size", "0").removesuffix("px"))
        place = re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", text.get("transform", ""))
        x, y = (float(place[1]), float(place[2])) if place else (float(text.get("x", "0")), float(text.get("y", "0")))
        wide, up, down = measured(words, size, text.get("font-weight") == "700")
        left = {"middle": x - wide / 2, "end": x - wide}.get(text.get("text-anchor", ""), x)
        found.append(Box(left, y - up, left + wide, y + down, words, size))
    return found


def overlaps(found: list[Box]) -> list[tuple[str, str]]:
    """Pairs of words that touch."""
    return [
        (one.words, two.words)
        for one, two in combinations(found, 2)
        if one.left < two.right - 0.1 and two.left < one.right - 0.1 and one.top < two.bottom - 0.1 and two.top < one.bottom - 0.1
    ]


def beyond(svg: str, found: list[Box]) -> list[str]:
    """Words that leave their page."""
    wide, high = (float(number) for number in etree.fromstring(svg).get("viewBox", "").split()[2:])
    return [box.words for box in found if box.left < -0.5 or box.right > wide + 0.5 or box.top < -0.5 or box.bottom > high + 0.5]
