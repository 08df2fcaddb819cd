"""The harvest plot, for results that are not pooled: bars in columns by direction, their height by how far the design suits the question.

Ogilvie et al. 2008, BMC Med Res Methodol 8:8. A bar is a result, never a size of effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from review.errors import InputRefused
from review.model.synthesis import HarvestBar
from review.reporting.bias_pictures_paper import RULE
from review.reporting.lettering import held
from review.reporting.plots.paper import GREY, INK, LINE, SIZE, SMALL, Paper, breaks, width_of
from review.reporting.plots.plot import Numbers, Plot, finished, points_wide
from review.reporting.plots.wording import results_of, told_apart

SHADES = {"filled": "#44627f", "open": "#ffffff"}
BAR, STEP, LEVEL, NUMBER = 7.0, 11.5, 9.0, 6.5  # points: a bar's width, from bar to bar, a level of height, the number below
LEAST_CELL = 2 * STEP


def draw_harvest(
    bars: Sequence[HarvestBar],
    *,
    title: str,
    columns: Sequence[str],
    levels: Sequence[str],
    shades: tuple[str, str] = ("", ""),
    width: int = 174,
) -> Plot:
    """The harvest plot of *bars*, *width* 174 or 85 mm: a row for each outcome in the order of *bars*, a column for each direction.

    columns: the directions from left to right. levels: what heights 1, 2, … stand for. shades: what filled and open stand for.
    Each bar has a number, which the list below explains. Raises InputRefused for a column, height or shade that there is not.
    """
    _check(bars, title, columns, levels)
    wide = points_wide(width)
    rows = list(dict.fromkeys(bar.row for bar in bars))
    label = min(wide * 0.24, max(width_of(row, SIZE) for row in rows) + 6)
    cell = (wide - label) / len(columns)
    if cell < LEAST_CELL:
        raise InputRefused(f"{len(columns)} columns have no room in {width} mm", where=title, next_step="draw it 174 mm wide")
    each = int((cell - 6) // STEP)
    names = told_apart([bar.label for bar in bars])
    key = breaks("; ".join(held(f"{at} {name}") for at, name in enumerate(names, 1)), wide, SMALL)
    legend = [line for words in _legend(levels, shades) for line in breaks(words, wide, SMALL)]
    tier = LEVEL * len(levels) + NUMBER + 5
    tiers = [max(-(-sum(bar.row == row and bar.column == column for bar in bars) // each) for column in columns) for row in rows]
    heights = [max(tier * max(n, 1) + 6, LINE * len(breaks(row, label - 6, SIZE)) + 6) for row, n in zip(rows, tiers, strict=True)]
    heads = [breaks(column, cell - 6, SIZE, bold=True) for column in columns]
    head = 6 + LINE * max(map(len, heads))
    paper = Paper(wide, head + sum(heights) + 8 + (LINE - 0.6) * (len(key) + len(legend)) + 4)
    paper.rule(0, 0.5, wide, 0.5, weight=0.8, ink=INK)
    for at, lines in enumerate(heads):
        for number, words in enumerate(lines):
            paper.text(label + cell * (at + 0.5), head - 4 - LINE * (len(lines) - 1 - number), words, bold=True, align="center")
    shape = (label, cell, (tier, each, len(levels)))
    y = _draw_rows(paper, bars, columns, dict(zip(rows, heights, strict=True)), head, shape)
    for at, words in enumerate([*legend, *key]):
        paper.text(0, y + 8 + (LINE - 0.6) * (at + 1) - 2, words, size=SMALL, ink=INK if at < len(legend) else GREY)
    caption = (
        f"{title}. Harvest plot, {results_of(len(bars))}: each bar is one, its column the direction of effect, its height the suitability."
    )
    counts = [f"{row}: " + ", ".join(f"{n} {column}" for column in columns if (n := _count(bars, row, column))) for row in rows]
    numbers: list[Numbers] = [
        {"element": "result", "number": at, "label": name, "row": bar.row, "column": bar.column, "height": bar.height,
         "height_means": levels[bar.height - 1], "shade": bar.shade, "key": bar.key, "events": " ".join(bar.events)}
        for at, (name, bar) in enumerate(zip(names, bars, strict=True), 1)
    ]  # fmt: skip
    return finished("harvest", title, caption, f"Harvest plot of {results_of(len(bars))}. {'. '.join(counts)}.", numbers, [paper])


def _draw_rows(
    paper: Paper,
    bars: Sequence[HarvestBar],
    columns: Sequence[str],
    heights: Mapping[str, float],
    y: float,
    shape: tuple[float, float, tuple[float, int, int]],
) -> float:
    """The rows below each other from *y* down; returns where they end. shape: width of the names, of a cell, and that of its tiers."""
    label, cell, tiers = shape
    for at, (row, high) in enumerate(heights.items()):
        paper.rule(0, y, paper.width, y, weight=0.35 if at else 0.5, ink=RULE if at else INK)
        paper.lines(0, y + 4, breaks(row, label - 6, SIZE))
        for number, column in enumerate(columns):
            own = [(place, bar) for place, bar in enumerate(bars, 1) if bar.row == row and bar.column == column]
            _draw_cell(paper, own, label + cell * number + 3, y + 3, cell - 6, tiers)
        y += high
    paper.rule(0, y, paper.width, y, weight=0.8, ink=INK)
    return y


def _check(bars: Sequence[HarvestBar], title: str, columns: Sequence[str], levels: Sequence[str]) -> None:
    if not bars:
        raise InputRefused("there is no result to draw", where=title, expected="one bar at least")
    for bar in bars:
        if bar.column not in columns or not 1 <= bar.height <= len(levels) or bar.shade not in SHADES:
            raise InputRefused(
                f"{bar.label} stands in {bar.column!r} with height {bar.height} and shade {bar.shade!r}",
                where=title,
                expected=f"one of {', '.join(columns)}; a height from 1 to {len(levels)}; {' or '.join(SHADES)}",
            )


def _count(bars: Sequence[HarvestBar], row: str, column: str) -> int:
    return sum(bar.row == row and bar.column == column for bar in bars)


def _legend(levels: Sequence[str], shades: tuple[str, str]) -> list[str]:
    found = ["Height: " + "; ".join(f"{at} {words}" for at, words in enumerate(levels, 1))]
    return [*found, f"Filled: {shades[0]}; open: {shades[1]}"] if any(shades) else found


def _draw_cell(paper: Paper, own: Sequence[tuple[int, HarvestBar]], x: float, y: float, wide: float, shape: tuple[float, int, int]) -> None:
    """The bars of one cell in tiers of as many as fit, centred, each with its number below. shape: height of a tier, bars in it, levels."""
    tier, each, levels = shape
    for at, (number, bar) in enumerate(own):
        line, place = divmod(at, each)
        in_tier = min(each, len(own) - line * each)
        left = x + (wide - in_tier * STEP) / 2 + place * STEP + (STEP - BAR) / 2
        base, high = y + tier * line + LEVEL * levels, LEVEL * bar.height
        paper.box(left, base - high, BAR, high, SHADES[bar.shade], edge=INK, link=bar.key)
        paper.text(left + BAR / 2, base + NUMBER + 0.5, str(number), size=NUMBER, align="center", link=bar.key)
