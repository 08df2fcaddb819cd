"""Draws one page of a forest plot: heads, rows with their squares, diamonds and bars, the line of no effect, the axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from review.model.synthesis import Forest
from review.reporting.bias_pictures_paper import RULE, ink_on
from review.reporting.plots.forest_columns import BIAS_CELL, BOLD, NOTE_SIZE, RADIUS, Columns, Sizes, effect_head, weight_head
from review.reporting.plots.forest_rows import ArmColumns, Entry, bias_heads
from review.reporting.plots.paper import FIT, GREY, INK, Paper, breaks, width_of
from review.reporting.plots.scales import Scale

SQUARE, SUBTOTAL, BAR = "#8fa8c0", "#7f8fa0", "#6b7f93"
MOST_LINES = 4  # of one name; the table of drawn numbers has it whole
ARROW_ROOM = 5.0


@dataclass(frozen=True)
class Sketch:
    """What every page of one forest shares."""

    forest: Forest
    columns: Columns
    sizes: Sizes
    scale: Scale
    heaviest: float

    def lines(self, entry: Entry) -> list[str]:
        """The name of a row in lines; of a heading or a line of words over the whole width."""
        if entry.kind == "words":
            return breaks(entry.label, self.columns.width - 6, self.sizes.note)
        bold = entry.kind in BOLD
        room = self.columns.width if entry.kind == "heading" else self.columns.label
        return breaks(entry.label, room, self.sizes.text, bold=bold, most=MOST_LINES)

    def reason(self, entry: Entry) -> list[str]:
        """Why an excluded row has no point, in lines from behind the numbers of the arms to the end of the plot."""
        return breaks(entry.reason, self.columns.plot[1] - self.columns.after_arms, self.sizes.note, most=MOST_LINES)

    def height(self, entry: Entry) -> float:
        """Points from above to below of a row."""
        if entry.kind == "words":
            return (self.sizes.note + 1.8) * len(self.lines(entry)) + 5
        lines = len(self.lines(entry))
        own = self.sizes.row + (lines - 1) * self.sizes.line + (2.0 if lines > 1 else 0.0)
        if entry.kind == "excluded":
            own = max(own, self.sizes.row + (len(self.reason(entry)) - 1) * self.sizes.line)
        return own + (3.0 if entry.kind == "heading" else 0.0)

    @property
    def head_height(self) -> float:
        """Points of the heads."""
        return 5 + self.sizes.line * max(map(len, self._heads()), default=1) + 3

    def _heads(self) -> list[list[str]]:
        size, columns = self.sizes.text, self.columns
        found = [[self.forest.head], effect_head(self.forest, size, columns.effect[2] - columns.effect_left)]
        if columns.weight is not None:
            found.append(weight_head(size, columns.weight - columns.weight_left))
        for (left, right), name in zip(columns.spans, self.forest.arms, strict=False):
            found.append([*breaks(name, right - left, size, bold=True, most=MOST_LINES), ""])
        return found

    def draw_heads(self, paper: Paper, page: str) -> float:
        """Draw the heads; returns where the rows begin."""
        size, columns, high = self.sizes.text, self.columns, self.head_height
        base = high - 4.5
        paper.rule(0, 0.5, columns.width, 0.5, weight=0.8, ink=INK)
        paper.text(0, base, self.forest.head, size=size, bold=True)
        if page:
            paper.text(width_of(self.forest.head, size, bold=True) + 5, base, page, size=self.sizes.note, ink=GREY)
        self._draw_arm_heads(paper, base)
        if columns.weight is not None:
            self._stacked(paper, columns.weight, base, weight_head(size, columns.weight - columns.weight_left), "right")
        room = columns.effect[2] - columns.effect_left
        self._stacked(paper, columns.effect[2], base, effect_head(self.forest, size, room), "right")
        heads = bias_heads(self.forest, BIAS_CELL, size)
        for x, words in zip(columns.bias, heads, strict=False):
            paper.text(x, base, words, size=size, bold=True, align="center")
        if columns.bias:
            left, right = columns.bias[0] - RADIUS, columns.bias[-1] + RADIUS
            over = "Risk of bias" if width_of("Risk of bias", size, bold=True) <= right - left + 10 else "Bias"
            paper.text(right, base - self.sizes.line, over, size=size, bold=True, align="right")
        paper.rule(0, high, columns.width, high, ink=INK)
        return high

    def _draw_arm_heads(self, paper: Paper, base: float) -> None:
        size, columns = self.sizes.text, self.columns
        heads = ArmColumns.of(self.forest).heads
        for at, ((left, right), name) in enumerate(zip(columns.spans, self.forest.arms, strict=False)):
            for own, words in zip(columns.arms[at * len(heads) :], heads, strict=False):
                paper.text(own, base, words, size=size, bold=True, align="right")
            lines = breaks(name, right - left, size, bold=True, most=MOST_LINES)
            ends = columns.arms[(at + 1) * len(heads) - 1]
            self._stacked(paper, ends, base - self.sizes.line, lines, "right")

    def _stacked(self, paper: Paper, x: float, base: float, lines: Sequence[str], align: str) -> None:
        for at, words in enumerate(reversed(lines)):
            paper.text(x, base - self.sizes.line * at, words, size=self.sizes.text, bold=True, align=align)  # type: ignore[arg-type]

    def draw_row(self, paper: Paper, entry: Entry, y: float) -> None:
        """Draw one row from *y* down."""
        high, size, columns = self.height(entry), self.sizes.text, self.columns
        lines = self.lines(entry)
        if entry.kind == "words":
            for at, words in enumerate(lines):
                base = y + (self.sizes.note + 1.8) * (at + 1) - 1.5
                paper.text(6, base, words, size=self.sizes.note, ink=GREY, link=entry.key)
            return
        bold, ink = entry.kind in BOLD, GREY if entry.kind == "excluded" else INK
        middle = y + high / 2 + (1.5 if entry.kind == "heading" else 0.0)
        top = middle - (len(lines) - 1) * self.sizes.line / 2
        for at, words in enumerate(lines):
            paper.text(0, top + at * self.sizes.line + size * 0.35, words, size=size, bold=bold, ink=ink, link=entry.key)
        base = middle + size * 0.35
        for x, (words, mark) in zip(columns.arms, entry.cells, strict=False):
            if words:
                paper.text(x, base, words, size=size, bold=bold, align="right", ink=ink, link=entry.key)
            self._note(paper, x, base, mark)
        self._draw_bias(paper, entry, middle)
        if entry.kind == "excluded":
            return self._draw_reason(paper, entry, middle)
        if columns.weight is not None and entry.cells and entry.cells[-1][0]:
            paper.text(columns.weight, base, entry.cells[-1][0], size=size, bold=bold, align="right", link=entry.key)
        for x, words in zip(columns.effect, entry.effect, strict=True):
            if words:
                paper.text(x, base, words, size=size, bold=bold, align="right", link=entry.key)
        self._note(paper, columns.effect[2], base, entry.mark)
        self._draw_values(paper, entry, middle)

    def _note(self, paper: Paper, x: float, base: float, mark: str) -> None:
        if mark:
            paper.text(x + 0.6, base - self.sizes.text * 0.28, mark, size=NOTE_SIZE, ink=INK)

    def _draw_reason(self, paper: Paper, entry: Entry, middle: float) -> None:
        lines = self.reason(entry)
        top = middle - (len(lines) - 1) * self.sizes.line / 2
        for at, words in enumerate(lines):
            base = top + at * self.sizes.line + self.sizes.note * 0.35
            paper.text(self.columns.after_arms, base, words, size=self.sizes.note, ink=GREY, link=entry.key)

    def _draw_bias(self, paper: Paper, entry: Entry, y: float) -> None:
        radius = min(RADIUS, self.sizes.row * 0.44)
        for x, sign in zip(self.columns.bias, entry.bias, strict=False):
            if sign is None:
                paper.blank(x, y, radius * 0.8, filled=False, link=entry.key)
            else:
                paper.dot(x, y, radius, sign.colour, link=entry.key)
                paper.symbol(x, y, radius * 1.15, sign.symbol, ink_on(sign.colour), link=entry.key)

    def _draw_values(self, paper: Paper, entry: Entry, y: float) -> None:
        if entry.values is None:
            return
        estimate, low, high = entry.values
        scale = self.scale
        left, right = scale.at(scale.held(low)), scale.at(scale.held(high))
        if entry.kind in ("subtotal", "pooled") and estimate is not None:
            fill = INK if entry.kind == "pooled" else SUBTOTAL
            half = min(self.sizes.row * 0.4, 4.6)
            corners = diamond(scale.at(low), scale.at(estimate), scale.at(high), y, half, (scale.left, scale.right))
            if corners:
                paper.area(corners, fill, link=entry.key)
            self._draw_ends(paper, low, high, y, fill, entry.key)
            return
        if entry.kind == "prediction":
            paper.box(left, y - 1.7, right - left, 3.4, BAR, link=entry.key)
            self._draw_ends(paper, low, high, y, BAR, entry.key)
            return
        side = self._side(entry.weight)
        if estimate is not None and scale.holds(estimate):
            x = scale.at(estimate)
            paper.box(x - side / 2, y - side / 2, side, side, SQUARE, link=entry.key)
            paper.rule(x, y - side / 2, x, y + side / 2, weight=0.7, ink=INK)
        if low <= scale.high and high >= scale.low:
            paper.curve([(left, y), (right, y)], weight=0.8, link=entry.key)
        self._draw_ends(paper, low, high, y, INK, entry.key)

    def _draw_ends(self, paper: Paper, low: float, high: float, y: float, ink: str, link: str) -> None:
        """An arrow at each end of the axis beyond which an interval goes on."""
        if low < self.scale.low:
            paper.arrow(self.scale.left - ARROW_ROOM + 2, y, to_right=False, ink=ink, link=link)
        if high > self.scale.high:
            paper.arrow(self.scale.right + ARROW_ROOM - 2, y, to_right=True, ink=ink, link=link)

    def _side(self, weight: float | None) -> float:
        """The side of a square: its area goes with the weight."""
        largest = min(self.sizes.row * 0.66, 8.0)
        return max(1.6, largest * sqrt(weight / self.heaviest)) if weight is not None and self.heaviest else largest * 0.6

    def draw_null(self, paper: Paper, entries: Sequence[Entry], y: float) -> None:
        """The line of no effect, behind the rows that have a place on the axis and not through words."""
        null = self.forest.null
        if null is None or not self.scale.holds(null):
            return
        x, start = self.scale.at(null), y
        for entry in entries:
            end = y + self.height(entry)
            wordy = entry.kind in ("excluded", "words") or (
                entry.kind == "heading" and max(width_of(words, self.sizes.text, bold=True) for words in self.lines(entry)) > x - 6
            )
            if wordy:
                if y > start:
                    paper.rule(x, start, x, y, weight=0.6, ink=GREY)
                start = end
            y = end
        paper.rule(x, start, x, y, weight=0.6, ink=GREY)

    def rules(self, paper: Paper, entries: Sequence[Entry], y: float) -> None:
        """A thin line above each block of totals."""
        for before, entry in zip([None, *entries], entries, strict=False):
            if entry.kind == "pooled" and (before is None or before.kind != "prediction"):
                paper.rule(0, y, self.columns.width, y, weight=0.4, ink=RULE)
            y += self.height(entry)

    def favours(self) -> list[tuple[float, str, list[str]]]:
        """The words left and right of no effect: where they end or begin, how they are set, in lines."""
        null, (left, right) = self.forest.null, self.columns.plot
        if null is None or not any(self.forest.favours):
            return []
        edges = max(0.0, left - 30), min(self.columns.width, right + 30)
        wanted = [width_of(words, self.sizes.note) / FIT + 5 for words in self.forest.favours]
        if sum(wanted) > edges[1] - edges[0]:
            wanted = [min(one, (edges[1] - edges[0]) / 2) for one in wanted]
        x = max(min(self.scale.at(self.scale.held(null)), edges[1] - wanted[1]), edges[0] + wanted[0])
        rooms = (x - 4 - edges[0], edges[1] - x - 4)
        found = []
        for words, room, align, at in zip(self.forest.favours, rooms, ("right", "left"), (x - 4, x + 4), strict=True):
            if words:
                found.append((at, align, breaks(words, room, self.sizes.note)))
        return found

    @property
    def axis_height(self) -> float:
        """Points of the axis with its numbers, the measure and what each side favours."""
        line = self.sizes.note + 1.8
        return 12 + line * len(self._measure()) + line * max((len(lines) for *_, lines in self.favours()), default=0) + 5

    def _measure(self) -> list[str]:
        words = self.forest.measure + (", logarithmic scale" if self.forest.ratio else "")
        return breaks(words, self.columns.plot[1] - self.columns.plot[0] + 30, self.sizes.note)

    def draw_axis(self, paper: Paper, y: float) -> float:
        """Draw the axis at *y*; returns where it ends."""
        size, line = self.sizes.note, self.sizes.note + 1.8
        left, right = self.columns.plot
        paper.axis_below(self.scale, y, size=size, within=(left - 8, min(self.columns.width, right + 8)))
        at = y + 12
        for words in self._measure():
            half = width_of(words, size) / 2
            paper.text(min((left + right) / 2, self.columns.width - half), at + size, words, size=size, align="center")
            at += line
        for x, align, lines in self.favours():
            for number, words in enumerate(lines):
                paper.text(x, at + size + number * line, words, size=size, align=align)  # type: ignore[arg-type]
        return y + self.axis_height


def diamond(low: float, middle: float, high: float, y: float, half: float, ends: tuple[float, float]) -> list[tuple[float, float]]:
    """The corners of a diamond on the paper, cut at the *ends* of the axis; none where it lies beyond them."""
    left, right = max(low, ends[0]), min(high, ends[1])
    if left > right:
        return []

    def thick(x: float) -> float:
        if x <= middle:
            return half if middle == low else half * (x - low) / (middle - low)
        return half if high == middle else half * (high - x) / (high - middle)

    xs = [left, *([middle] if left < middle < right else []), right]
    above = [(x, y - thick(x)) for x in xs]
    below = [(x, y + thick(x)) for x in reversed(xs)]
    return list(dict.fromkeys([*above, *below]))
