"""The sheet of the pictures of results: that of the pictures of bias with curves, areas, clipped intervals, axes and a legend more."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import Any, Literal

from review.reporting.bias_pictures_paper import GREY, INK, LINE, SIZE, SMALL, Sheet
from review.reporting.escaping import legal
from review.reporting.lettering import RESERVE, wrap
from review.reporting.lettering import width as width_of
from review.reporting.plots.scales import Scale

__all__ = ["FIT", "GREY", "INK", "LINE", "SIZE", "SMALL", "Paper", "Point", "breaks", "width_of"]

Point = tuple[float, float]
FIT = 0.97  # of a width is used: the faces of the pictures agree in theirs
CLEARER = 3.0  # points: by how much a label is nearer to its mark than to the next
ARROW = 4.2  # points: the head of an arrow
_DASHES = {"solid": "-", "dashed": (0, (4, 2.5)), "dotted": (0, (1.2, 2))}
Stroke = Literal["solid", "dashed", "dotted"]


def breaks(words: str, room: float, size: float, *, bold: bool = False, most: int = 0) -> list[str]:
    """*words* in lines that fit into *room* points; of more than *most* (0: any number) the last has an ellipsis and how *words* end."""
    lines = wrap(words, room * FIT / RESERVE, size, bold=bold, hyphen="-")
    if most and len(lines) > most:
        last = " ".join(lines[most - 1 :])
        while last and width_of(f"… {last}", size, bold=bold) > room * FIT:
            last = last.partition(" ")[2] or last[1:]
        return [*lines[: most - 1], f"… {last.lstrip()}"]
    return lines


class Paper(Sheet):
    """One page, *width* by *height* points; y grows downwards."""

    def area(self, corners: Sequence[Point], fill: str, *, edge: str = "", weight: float = 0.6, link: str = "") -> None:
        """A filled polygon."""
        from matplotlib.patches import Polygon

        outline: dict[str, Any] = {"edgecolor": edge or "none", "linewidth": weight if edge else 0.0}
        self._add(lambda: Polygon(list(corners), closed=True, facecolor=fill, joinstyle="miter", **outline), link)

    def curve(self, through: Sequence[Point], *, ink: str = INK, weight: float = 0.7, stroke: Stroke = "solid", link: str = "") -> None:
        """A line through points."""
        from matplotlib.lines import Line2D

        xs, ys = [x for x, _ in through], [y for _, y in through]
        self._add(lambda: Line2D(xs, ys, color=ink, linewidth=weight, linestyle=_DASHES[stroke], dash_capstyle="butt"), link)

    def dot(self, x: float, y: float, radius: float, fill: str, *, edge: str = INK, weight: float = 0.6, link: str = "") -> None:
        """A circle."""
        from matplotlib.patches import Circle

        self._add(lambda: Circle((x, y), radius, facecolor=fill, edgecolor=edge, linewidth=weight), link)

    def arrow(self, x: float, y: float, *, to_right: bool, ink: str = INK, link: str = "") -> None:
        """The head of an arrow with its tip at *x*: what it ends goes on beyond the axis."""
        back = x - ARROW if to_right else x + ARROW
        self.area([(x, y), (back, y - ARROW * 0.45), (back, y + ARROW * 0.45)], ink, link=link)

    def upright(self, x: float, y: float, words: str, *, size: float = SIZE, ink: str = INK) -> None:
        """*words* from below to above, their middle at *y*, their base at *x*."""
        how: dict[str, Any] = {"fontsize": size, "ha": "right", "va": "center", "rotation": 90, "color": ink, "zorder": len(self._parts)}
        self._parts.append(lambda axes: axes.text(x, y, legal(words), parse_math=False, rotation_mode="default", **how))

    def axis_below(self, scale: Scale, y: float, *, size: float = SMALL, within: tuple[float, float] | None = None) -> None:
        """The axis of *scale* at *y* with its marks, and below them the numbers that have room between *within* (0 and the width)."""
        self.rule(scale.left, y, scale.right, y, weight=0.6, ink=INK)
        for value in scale.marks:
            self.rule(scale.at(value), y, scale.at(value), y + 2.6, weight=0.6, ink=INK)
        for value, words in scale.labelled(size, *(within or (0.0, self.width))):
            self.text(scale.at(value), y + 3.8 + size * 0.85, words, size=size, align="center")

    def axis_left(self, scale: Scale, x: float, *, size: float = SMALL) -> None:
        """The axis of an upright *scale* at *x* with its numbers to the left."""
        self.rule(x, scale.left, x, scale.right, weight=0.6, ink=INK)
        for value in scale.marks:
            self.rule(x - 2.6, scale.at(value), x, scale.at(value), weight=0.6, ink=INK)
        for value, words in scale.labelled_upright(size):
            self.text(x - 4.4, scale.at(value) + size * 0.35, words, size=size, align="right")


def labels_beside(
    marks: Sequence[tuple[float, float, float]],
    labels: Sequence[str],
    size: float,
    box: tuple[float, float, float, float],
) -> list[Point | None]:
    """Where each label stands (left end, base) so that it touches no mark (x, y, radius), no other label and no edge of *box*.

    It is nearer to its own mark than to any other. Tried right, left, above and below of its mark, in the order of *labels*; None where
    there is no room: its row in the table has it.
    """
    left, top, right, bottom = box
    taken = [(x - r, y - r, x + r, y + r) for x, y, r in marks]
    found: list[Point | None] = []
    for at, ((x, y, r), label) in enumerate(zip(marks, labels, strict=True)):
        wide, high = width_of(label, size) / FIT, size * 0.95
        places = [
            (x + r + 2, y + high * 0.36), (x - r - 2 - wide, y + high * 0.36),
            (x - wide / 2, y - r - 2.5), (x - wide / 2, y + r + 1 + high), (x + r + 1, y - r - 1),
            (x - r - 1 - wide, y - r - 1), (x + r + 1, y + r + high), (x - r - 1 - wide, y + r + high),
        ]  # fmt: skip
        boxes = [(at, base - high * 0.8, at + wide, base + high * 0.25) for at, base in places]
        free = [
            (place, own)
            for place, own in zip(places, boxes, strict=True)
            if own[0] >= left and own[1] >= top and own[2] <= right and own[3] <= bottom
            and not any(_touch(own, one) for one in taken) and _nearest(own, marks) == at
        ]  # fmt: skip
        if free:
            taken.append(free[0][1])
        found.append(free[0][0] if free else None)
    return found


def _nearest(own: tuple[float, float, float, float], marks: Sequence[tuple[float, float, float]]) -> int | None:
    """Which mark the label in *own* is read as that of: the nearest one, None where two are about as near."""
    away = sorted((hypot(max(own[0] - x, 0, x - own[2]), max(own[1] - y, 0, y - own[3])), at) for at, (x, y, _) in enumerate(marks))
    return None if len(away) > 1 and away[1][0] < away[0][0] + CLEARER else away[0][1]


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
