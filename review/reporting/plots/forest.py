"""The forest plot: studies with their arms, effects, weights and judgements, diamonds, prediction intervals; on as few pages as hold it.

Nothing is computed but places: every number is one that was given. An interval wider than the axis is cut and ends in an arrow. Where
there are too many rows for a page they are first set closer and smaller (6.8 points), then on several pages, each with heads and axis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from review.errors import InputRefused
from review.model.synthesis import BiasSign, Forest
from review.reporting.bias_pictures_lights import HIGHEST
from review.reporting.bias_pictures_paper import ink_on
from review.reporting.plots.forest_columns import BIAS_CELL, NOTE_SIZE, RADIUS, Columns, Sizes, columns
from review.reporting.plots.forest_paint import Sketch
from review.reporting.plots.forest_rows import Entry, bias_heads, difference_numbers, entries, letter
from review.reporting.plots.paper import GREY, INK, Paper, breaks, width_of
from review.reporting.plots.plot import Numbers, Plot, finished, points_wide
from review.reporting.plots.scales import Scale, shown_range
from review.reporting.plots.wording import heterogeneity_words, p_words, plain, shown, statistic_words

SIZES = {174: (Sizes(8.0, 13.0, 9.6), Sizes(7.3, 11.0, 8.8), Sizes(6.8, 8.7, 8.0)), 85: (Sizes(7.0, 11.4, 8.4), Sizes(6.8, 8.7, 8.0))}
NOTE_INDENT = 8.0
ARROWS = "An arrow: the interval goes on beyond the axis."


@dataclass(frozen=True)
class Tail:
    """What stands below the axis of the last page: lines of (letter of a note, words, key of their origin), and the signs of bias."""

    lines: tuple[tuple[str, str, str], ...]
    signs: tuple[tuple[BiasSign | None, str], ...]
    line: float

    @property
    def height(self) -> float:
        """Points that it takes."""
        return self.line * (len(self.lines) + (1.6 if self.signs else 0)) + 6


def draw_forest(forest: Forest, *, width: int = 174, axis: tuple[float, float] | None = None) -> Plot:
    """The forest plot of *forest*, *width* 174 or 85 mm.

    axis: from where to where the axis goes, as it is read; None chooses. At 85 mm, and where there is no room, columns are left out in
    the order of ``forest_columns.DROPPED``, which the caption says.
    Raises InputRefused where numbers do not agree or nothing has an effect.
    """
    points_wide(width)
    rows, _ = entries(forest)
    axis = _axis(forest, rows, axis)
    laid = min(
        (_laid(forest, width, sizes, axis) for sizes in SIZES[width]), key=lambda one: (len(one.sketch.columns.dropped), len(one.ends))
    )
    cut = [entry for entry in rows if entry.values and (entry.values[1] < axis[0] or entry.values[2] > axis[1])]
    caption = _caption(forest, laid.sketch.columns, cut=bool(cut))
    numbers = _numbers(forest, rows, laid.sketch.scale)
    return finished("forest", forest.title, caption, _alt(forest, len(cut)), numbers, list(_papers(laid)))


@dataclass(frozen=True)
class Laid:
    """A forest laid out in letters of one size: its rows, where each page ends, what stands below the last."""

    sketch: Sketch
    rows: tuple[Entry, ...]
    tail: Tail
    ends: tuple[int, ...]


def _laid(forest: Forest, width: int, sizes: Sizes, axis: tuple[float, float]) -> Laid:
    rows, notes = entries(forest)
    placed = columns(forest, rows, width, sizes)
    if not placed.arms and any(arm.note for row in forest.rows for arm in row.arms):
        rows, notes = entries(forest, arms=False)
        placed = columns(forest, rows, width, sizes)
    scale = Scale(*axis, placed.plot[0] + 3, placed.plot[1] - 3, ratio=forest.ratio, first=forest.null)
    heaviest = max((entry.weight for entry in rows if entry.weight is not None), default=0.0)
    sketch = Sketch(forest, placed, sizes, scale, heaviest)
    tail = _tail(sketch, rows, notes)
    return Laid(sketch, tuple(rows), tail, tuple(_pages(sketch, rows, tail)))


def _axis(forest: Forest, rows: Sequence[Entry], axis: tuple[float, float] | None) -> tuple[float, float]:
    if axis is not None:
        if not axis[0] < axis[1] or (forest.ratio and axis[0] <= 0):
            raise InputRefused(f"an axis cannot go from {axis[0]} to {axis[1]}", where=forest.title, expected="the lower end first")
        return axis
    drawn = [entry.values for entry in rows if entry.values]
    points = [value[0] for value in drawn if value[0] is not None]
    return shown_range(points, [(low, high) for _, low, high in drawn], ratio=forest.ratio, null=forest.null)


def _tail(sketch: Sketch, rows: Sequence[Entry], notes: Sequence[str]) -> Tail:
    forest, room, size = sketch.forest, sketch.columns.width, sketch.sizes.note
    words: list[tuple[str, str]] = []  # each with the key of its origin
    for at, one in enumerate(forest.overall):
        named = f" ({one.label})" if len(forest.overall) > 1 else ""
        if one.heterogeneity and (at == 0 or one.heterogeneity != forest.overall[0].heterogeneity):
            words.append((f"Heterogeneity{named}: {heterogeneity_words(one.heterogeneity)}", one.key))
        if one.test:
            words.append((f"Test for overall effect{named}: {statistic_words(one.test)}", one.key))
    if forest.difference:
        whole = forest.overall[0].key if forest.overall else ""  # the test is of the studies of that estimate
        words.append((f"Test for subgroup differences: {statistic_words(forest.difference)}", whole))
    if sketch.columns.bias:
        heads = bias_heads(forest, BIAS_CELL, sketch.sizes.text)
        named = [(head, words or own) for head, (own, words) in zip(heads, forest.bias_domains, strict=True)]
        told = [f"{head} {words}" for head, words in named if head != words]
        words += [("Risk of bias: " + "; ".join(told), "")] if told else []
    signs: dict[str, tuple[BiasSign | None, str]] = {}
    for sign in (*forest.bias_levels, *(sign for entry in rows for sign in entry.bias)) if sketch.columns.bias else ():
        signs.setdefault(sign.label if sign else "No judgement", (sign, sign.label if sign else "No judgement"))
    lines = [("", line, key) for one, key in words for line in breaks(one, room, size)]
    for at, note in enumerate(notes):
        lines += [(letter(at) if not number else "", line, "") for number, line in enumerate(breaks(note, room - NOTE_INDENT, size))]
    return Tail(tuple(lines), tuple(signs.values()), size + 2.0)


def _pages(sketch: Sketch, rows: Sequence[Entry], tail: Tail) -> list[int]:
    """Where each page ends: as few as there must be, about equally full; totals stay with the row before, headings with the one after."""
    heights = [sketch.height(entry) for entry in rows]
    heading = max((sketch.height(entry) for entry in rows if entry.kind == "heading"), default=0.0)  # of a group that goes on
    room = HIGHEST - sketch.head_height - sketch.axis_height - 4 - heading

    def stays(at: int) -> bool:
        """Whether the row at this place may not begin a page."""
        return rows[at].kind in ("subtotal", "pooled", "prediction", "words") or rows[at - 1].kind == "heading"

    def filled(most: float) -> list[int]:
        ends, used, start = [], 0.0, 0
        for at, high in enumerate([*heights, tail.height]):
            if used and used + high > most:
                first = at
                while first > start + 1 and (first == len(rows) or stays(first)):
                    first -= 1
                if first > start:
                    ends.append(first)
                    start, used = first, sum(heights[first:at])
            used += high
        return [*ends, len(rows)]

    fewest = len(filled(room))
    most = (sum(heights) + tail.height) / fewest
    while len(filled(most)) > fewest and most < room:
        most += sketch.sizes.row / 3
    return filled(min(most, room))


def _papers(laid: Laid) -> Iterator[Paper]:
    sketch, tail, start = laid.sketch, laid.tail, 0
    for page, end in enumerate(laid.ends, 1):
        own, last = (*_continued(laid.rows, start), *laid.rows[start:end]), page == len(laid.ends)
        high = sketch.head_height + 2 + sum(map(sketch.height, own)) + 2 + sketch.axis_height + (tail.height if last else 0.0)
        paper = Paper(sketch.columns.width, high)
        y = sketch.draw_heads(paper, f"page {page} of {len(laid.ends)}" if len(laid.ends) > 1 else "") + 2
        sketch.rules(paper, own, y)
        sketch.draw_null(paper, own, y)
        for entry in own:
            sketch.draw_row(paper, entry, y)
            y += sketch.height(entry)
        y = sketch.draw_axis(paper, y + 2)
        if last:
            _draw_tail(paper, sketch, tail, y)
        start = end
        yield paper


def _continued(rows: Sequence[Entry], start: int) -> tuple[Entry, ...]:
    """The heading of the group that a page goes on with, said to be continued."""
    before = [entry.label for entry in rows[:start] if entry.kind == "heading"]
    goes_on = bool(before) and rows[start].kind in ("study", "excluded")
    return (Entry("heading", f"{before[-1]}, continued"),) if goes_on else ()


def _draw_tail(paper: Paper, sketch: Sketch, tail: Tail, y: float) -> None:
    size = sketch.sizes.note
    noted = False
    for at, (mark, words, key) in enumerate(tail.lines):
        noted, base = noted or bool(mark), y + tail.line * (at + 1) - 2
        if mark:
            paper.text(0, base - size * 0.28, mark, size=NOTE_SIZE, ink=INK)
        paper.text(NOTE_INDENT if noted else 0, base, words, size=size, ink=INK, link=key)
    x, middle = 0.0, y + tail.line * (len(tail.lines) + 0.75)
    for sign, words in tail.signs:
        if sign is None:
            paper.blank(x + RADIUS, middle, RADIUS * 0.8, filled=False)
        else:
            paper.dot(x + RADIUS, middle, RADIUS, sign.colour)
            paper.symbol(x + RADIUS, middle, RADIUS * 1.15, sign.symbol, ink_on(sign.colour))
        paper.text(x + 2 * RADIUS + 3, middle + size * 0.35, words, size=size, ink=GREY)
        x += 2 * RADIUS + 3 + width_of(words, size) + 12


def _numbers(forest: Forest, rows: Sequence[Entry], scale: Scale) -> list[Numbers]:
    found: list[Numbers] = []
    for entry in rows:
        if not entry.numbers:
            continue
        cut: Numbers = {}
        if entry.values:
            estimate, low, high = entry.values
            cut = {"cut_low": low < scale.low, "cut_high": high > scale.high}
            if estimate is not None and not scale.holds(estimate):
                cut = {**cut, "point": "beyond the axis"}
        found.append({**entry.numbers, **cut})
    found += difference_numbers(forest)
    found.append({"element": "axis", "label": forest.measure, "low": scale.low, "high": scale.high, "estimate": forest.null})
    return found


def _caption(forest: Forest, placed: Columns, *, cut: bool) -> str:
    used, all_ = sum(row.estimate is not None for row in forest.rows), len(forest.rows)
    row, rows = forest.rows_are
    told = [f"{used} of {all_} {rows} have an effect that is drawn" if used < all_ else f"{all_} {rows if all_ != 1 else row}"]
    for one in forest.overall:
        how = [one.method] if one.method and one.method != one.label else []
        how += [f"{plain(forest.level)}% interval: {one.interval}"] if one.interval else []
        told.append(f"{one.label} (k = {one.k})" + (f": {'; '.join(how)}" if how else ""))
        if one.prediction:
            told[-1] += f"; prediction interval: {one.prediction.convention}"
    if any(row.weight is not None for row in forest.rows):
        told.append("Squares: estimates, their area by weight")
    found = [
        one.heterogeneity for one in (*forest.overall, *(group.pooled for group in forest.groups if group.pooled)) if one.heterogeneity
    ]
    if any(one.i2_low is not None or one.tau2_low is not None for one in found):
        told.append(f"In brackets: {plain(forest.level)}% intervals")
    if placed.dropped:
        told.append(f"Left out for want of room, and in the table: {', '.join(placed.dropped)}")
    sentences = [*(f"{one}." for one in told), *([ARROWS] if cut else []), *forest.notes]
    return f"{forest.title}. {' '.join(sentences)}"


def _alt(forest: Forest, cut: int) -> str:
    """The main numbers as words."""
    used, digits = [row for row in forest.rows if row.estimate is not None], forest.digits
    estimates = sorted(row.estimate for row in used if row.estimate is not None)
    n = f"{len(forest.rows)} {forest.rows_are[len(forest.rows) != 1]}"
    said = [f"Forest plot of {n}, {len(used)} with an effect ({forest.measure})"]
    said[0] += f", from {shown(estimates[0], digits)} to {shown(estimates[-1], digits)}" if len(estimates) > 1 else ""
    said[0] += f": {shown(estimates[0], digits)}" if len(estimates) == 1 else ""
    pooled = [*((group.label, group.pooled) for group in forest.groups if group.pooled), *(("", one) for one in forest.overall)]
    for group, one in pooled:
        words = f"{shown(one.estimate, digits)} ({plain(forest.level)}% interval {shown(one.low, digits)} to {shown(one.high, digits)})"
        said.append(f"{group + ', ' if group else ''}{one.label}, k = {one.k}: {words}")
        if one.heterogeneity:
            said[-1] += f", I² {one.heterogeneity.i2:.1f}%"
        if one.test:
            said[-1] += f", {p_words(one.test.p)}"
        if one.prediction:
            said[-1] += f", prediction interval {shown(one.prediction.low, digits)} to {shown(one.prediction.high, digits)}"
    if forest.difference:
        said.append(f"Subgroup differences: {p_words(forest.difference.p)}")
    if cut:
        said.append(f"{cut} interval{'s' if cut > 1 else ''} cut at the axis")
    return "; ".join(said) + "."
