"""The sheet that pictures of bias are drawn on with matplotlib: points from the top left, text as text, the same bytes each time.

Where a line of text breaks is measured by ``lettering.py``; matplotlib measures nothing, so that no font of a machine moves anything.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from lxml import etree

from review.bias.algorithm import Level
from review.reporting.documents.svg import presentation
from review.reporting.escaping import anchor, legal
from review.reporting.lettering import FACE

if TYPE_CHECKING:
    from matplotlib.artist import Artist

POINTS = 72 / 25.4  # in a millimetre
INK, GREY, RULE, BLANK, SHADE = "#1a1a1a", "#5a5a5a", "#c8c8c8", "#e4e4e4", "#f4f4f4"
SIZE, SMALL = 8.0, 7.0  # points at the printed size
LINE = 9.8  # points from line to line
Align = Literal["left", "center", "right"]
_STROKES: dict[str, tuple[tuple[tuple[float, float], tuple[float, float]], ...]] = {
    "+": (((-0.5, 0), (0.5, 0)), ((0, -0.5), (0, 0.5))),
    "-": (((-0.5, 0), (0.5, 0)),),
    "x": (((-0.38, -0.38), (0.38, 0.38)), ((-0.38, 0.38), (0.38, -0.38))),
    "*": (((0, -0.5), (0, 0.5)), ((-0.43, -0.25), (0.43, 0.25)), ((-0.43, 0.25), (0.43, -0.25))),
    "/": (((-0.28, 0.45), (0.28, -0.45)),),
    "!": (((0, -0.54), (0, 0.16)), ((0, 0.3), (0, 0.54))),
}


def luminance(colour: str) -> float:
    """Relative luminance of ``#RRGGBB`` (WCAG 2): 0 black to 1 white."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2): 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(fill: str) -> str:
    """Black or white, whichever stands out more on *fill*; that is never below 4.58."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, fill))


class Sheet:
    """One page of a picture, *width* by *height* points; y grows downwards."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.names: dict[str, str] = {}  # key of an origin -> what leads there, said where no words of the page do
        self._parts: list[Callable[[Any], None]] = []  # each draws itself on the axes, once all are known: under settings of our own

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = SIZE,
        bold: bool = False,
        align: Align = "left",
        ink: str = INK,
        link: str = "",
    ) -> None:
        """*words* in one line, y its base; a formula, a tag or a dollar in them is text. link: the key of an origin."""
        how: dict[str, Any] = {"fontsize": size, "fontweight": "bold" if bold else "normal", "ha": align, "va": "baseline", "color": ink}
        how["zorder"] = len(self._parts)
        self._parts.append(lambda axes: axes.text(x, y, legal(words), parse_math=False, **how).set_url(link or None))

    def lines(self, x: float, y: float, lines: Sequence[str], *, size: float = SIZE, bold: bool = False, ink: str = INK) -> float:
        """Lines from *y* down, each ``LINE`` below the one before; returns where they end."""
        for at, words in enumerate(lines):
            self.text(x, y + LINE * at + size * 0.9, words, size=size, bold=bold, ink=ink)
        return y + LINE * len(lines)

    def rule(self, x: float, y: float, to_x: float, to_y: float, *, weight: float = 0.5, ink: str = RULE) -> None:
        """A straight line."""
        from matplotlib.lines import Line2D

        self._add(lambda: Line2D([x, to_x], [y, to_y], color=ink, linewidth=weight, solid_capstyle="butt"), "")

    def box(self, x: float, y: float, wide: float, high: float, fill: str, *, edge: str = "", dashed: bool = False, link: str = "") -> None:
        """A rectangle."""
        from matplotlib.patches import Rectangle

        dashes = (0, (1.6, 1.4)) if dashed else "-"
        outline: dict[str, Any] = {"edgecolor": edge or "none", "linewidth": 0.6 if edge else 0.0, "linestyle": dashes}
        self._add(lambda: Rectangle((x, y), wide, high, facecolor=fill, **outline), link)

    def mark(self, x: float, y: float, radius: float, level: Level, palette: str, *, link: str = "") -> None:
        """The sign of a level: its colour in a dark outline, its symbol in black or white."""
        from matplotlib.patches import Circle

        fill = level.colour.get(palette, "#ffffff")
        self._add(lambda: Circle((x, y), radius, facecolor=fill, edgecolor=INK, linewidth=0.7), link)
        self.symbol(x, y, radius * 1.15, level.symbol, ink_on(fill), link=link)

    def blank(self, x: float, y: float, radius: float, *, filled: bool, link: str = "") -> None:
        """A cell without a judgement: a grey square where nothing was to be judged, a dashed one where a judgement is still missing."""
        self.box(
            x - radius * 0.85, y - radius * 0.85, radius * 1.7, radius * 1.7, BLANK if filled else "#ffffff",
            edge="#8a8a8a" if filled else GREY, dashed=not filled, link=link,
        )  # fmt: skip

    def symbol(self, x: float, y: float, size: float, symbol: str, ink: str, *, link: str = "") -> None:
        """A symbol about *size* points high; plus, minus and the like as strokes, others as letters."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        strokes = _STROKES.get(symbol)
        if strokes is None:
            letters = size * (1.3 if len(symbol) == 1 else 1.7 / len(symbol))
            return self.text(x, y + letters * 0.36, symbol, size=letters, bold=True, align="center", ink=ink, link=link)
        ends = [(x + size * dx, y + size * dy) for stroke in strokes for dx, dy in stroke]
        codes = [Path.MOVETO, Path.LINETO] * len(strokes)
        weight = max(1.0, size * 0.24)
        self._add(lambda: PathPatch(Path(ends, codes), facecolor="none", edgecolor=ink, linewidth=weight, capstyle="butt"), link)

    def svgs(self, title: str, description: str) -> tuple[str, str]:
        """The page as SVG with its size in it and itself in words: plain, and with parts that lead to their origins, ``#trace-KEY``."""
        from matplotlib import style
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        drawn, ours = io.StringIO(), {"svg.hashsalt": "review", "svg.fonttype": "none", "path.simplify": False}
        with style.context(["default", ours]), warnings.catch_warnings():  # whatever the user's matplotlibrc says
            warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)  # the page's fonts are asked
            figure = Figure(figsize=(self.width / 72, self.height / 72), facecolor="white")
            FigureCanvasSVG(figure)
            axes: Any = figure.add_axes((0, 0, 1, 1))
            axes.set_axis_off()
            axes.set(xlim=(0, self.width), ylim=(self.height, 0))
            for part in self._parts:
                part(axes)
            figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
        plain, linked = (_finished(drawn.getvalue(), title, description, links) for links in (None, self.names))
        return plain, linked

    def _add(self, made: Callable[[], Artist], link: str) -> None:
        at = len(self._parts)

        def draw(axes: Any) -> None:
            artist = made()
            artist.set_url(link or None)
            artist.set_zorder(at)  # what is drawn later lies above, whether line or area
            axes.add_artist(artist)  # not add_patch, which would measure each for limits that are fixed
            artist.set_clip_on(False)

        self._parts.append(draw)


def _finished(svg: str, title: str, description: str, links: Mapping[str, str] | None) -> str:
    """What matplotlib wrote with one face for all text, no styles and ids of its own, and a title and description for readers by ear.

    links: what to call the parts that lead to each origin; None for a picture that leads nowhere.
    """
    root = etree.fromstring(svg.encode(), etree.XMLParser(remove_blank_text=True, resolve_entities=False, load_dtd=False))
    space = f"{{{root.nsmap[None]}}}"
    for name in ("metadata", "defs"):
        for element in root.findall(space + name):
            root.remove(element)
    for element in root.iter():
        element.attrib.pop("id", None)
        presentation(element)
        element.attrib.pop("font-family", None)
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
    if links is None:
        for link in list(root.iter(f"{space}a")):
            _unwrap(link)
    else:
        _lead(root, space, links)
    root.set("role", "img" if links is None else "group")
    root.set("aria-label", legal(title))
    root.set("font-family", FACE)
    root.set("stroke-linejoin", "round")
    for name, words in (("desc", description), ("title", title)):
        element = etree.Element(space + name)
        element.text = legal(words)
        root.insert(0, element)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode") + "\n"


def _lead(root: etree._Element, space: str, names: Mapping[str, str]) -> None:
    """Let every part lead to its origin by mouse, and by keyboard one part for each origin: its first words, else its first shape."""
    links = [(link, link.attrib.pop("{http://www.w3.org/1999/xlink}href")) for link in root.iter(f"{space}a")]
    worded = {key for link, key in links if link.find(f"{space}text") is not None}
    reached: set[str] = set()
    for link, key in links:
        link.attrib.pop("target", None)
        link.set("href", f"#trace-{anchor(key)}")
        shape = link.find(f"{space}text") is None
        if shape and key not in worded and key in names:  # as a point without its name beside it
            tip = etree.Element(f"{space}title")
            tip.text = legal(names[key])
            link.insert(0, tip)
            link.set("aria-label", legal(names[key]))
        elif shape:
            link.set("aria-hidden", "true")
        if key in reached or link.get("aria-hidden"):
            link.set("tabindex", "-1")
        else:
            reached.add(key)


def _unwrap(link: etree._Element) -> None:
    parent = link.getparent()
    assert parent is not None
    for inner in list(link):
        link.addprevious(inner)
    parent.remove(link)
