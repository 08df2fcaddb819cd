"""Where the columns of a forest plot stand: each as wide as its longest words, and which are left out where there is no room.

They are left out in this order: the judgements of bias, the numbers of the arms, the weights. Names, effects and the plot always stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.errors import InputRefused
from review.model.synthesis import Forest
from review.reporting.bias_pictures_paper import POINTS
from review.reporting.lettering import held
from review.reporting.plots.forest_rows import ArmColumns, Entry
from review.reporting.plots.paper import FIT, breaks, width_of
from review.reporting.plots.wording import plain

DROPPED = {"bias": "risk of bias", "arms": "numbers of the arms", "weight": "weights"}  # in the order in which they are left out
LEAST_PLOT, LEAST_LABEL = {174: 104.0, 85: 72.0}, 50.0
SHARE = {174: 0.26, 85: 0.34}  # of the width at most for names, unless more is free
AMPLE = {174: 1.5, 85: 1.12}  # of the least plot: what is free beyond that goes to names
GAP, INNER, RADIUS = {174: 8.0, 85: 6.0}, 2.4, 4.3
BIAS_CELL = 2 * RADIUS + 2.0
BOLD = ("heading", "subtotal", "pooled", "prediction")
NOTE_SIZE = 6.5  # points: the letters of notes


@dataclass(frozen=True)
class Sizes:
    """Points: letters, from row to row, from line to line of one row."""

    text: float
    row: float
    line: float

    @property
    def note(self) -> float:
        """Letters of notes and of words below the rows; nothing is smaller than 6.5."""
        return max(6.5, self.text - 1)


@dataclass(frozen=True)
class Columns:
    """Places from left to right in points. ``arms``: the right end of each column of numbers, ``weight`` that of weights; none if left out.

    effect: right ends of estimate, lower and upper limit. bias: the middle of each column. spans: of each arm, from and to.
    """

    width: float
    label: float
    arms: tuple[float, ...]
    spans: tuple[tuple[float, float], ...]
    weight: float | None
    weight_left: float
    effect_left: float
    effect: tuple[float, float, float]
    plot: tuple[float, float]
    bias: tuple[float, ...]
    dropped: tuple[str, ...]

    @property
    def after_arms(self) -> float:
        """Where the reason of an excluded row begins."""
        return self.weight_left if self.weight is not None else self.effect_left


def weight_head(size: float, room: float) -> list[str]:
    """'Weight, %' in one line or two."""
    return breaks("Weight, %", room, size, bold=True)


def effect_head(forest: Forest, size: float, room: float) -> list[str]:
    """'RR [95% CI]' in one line or two, never broken within its brackets."""
    lines = breaks(f"{forest.short} {held(f'[{plain(forest.level)}% CI]')}", room, size, bold=True)
    return [line.replace("\u00a0", " ") for line in lines]


def columns(forest: Forest, entries: Sequence[Entry], width_mm: int, sizes: Sizes) -> Columns:
    """The columns for these rows. Raises InputRefused where even names, effects and a small plot have no room."""
    width, gap = width_mm * POINTS, GAP[width_mm]
    widths = _widths(forest, entries, sizes)
    natural = max(_wide(entry.label, sizes.text, bold=entry.kind in BOLD) for entry in entries if _named(entry)) + 3
    least = LEAST_PLOT[width_mm]
    kept = [part for part in DROPPED if widths[part]]
    while True:
        used = sum(sum(widths[part]) + gap * _gaps(part, forest) for part in kept) + sum(widths["effect"]) + 2 * INNER + 2 * gap
        label = min(natural, width * SHARE[width_mm])
        free = width - used - label
        if free >= least or not kept:
            break
        kept.pop(0)
    if free < least:
        label = max(LEAST_LABEL, label - (least - free))
        free = width - used - label
    label += max(0.0, min(natural - label, free - AMPLE[width_mm] * least))
    if width - used - label < 36:
        raise InputRefused(f"the effects leave no room for a plot in {width_mm} mm", where=forest.title, next_step="draw it 174 mm wide")
    return _placed(forest, entries, widths, kept, (width, label, gap))


def _named(entry: Entry) -> bool:
    return entry.kind not in ("heading", "words")


def _gaps(part: str, forest: Forest) -> int:
    return len(forest.arms) * len(ArmColumns.of(forest).heads) if part == "arms" else 1


def _widths(forest: Forest, entries: Sequence[Entry], sizes: Sizes) -> dict[str, list[float]]:
    """The width of each column of each part; no columns where nothing is to be shown."""
    heads = ArmColumns.of(forest).heads * len(forest.arms)
    arms = []
    for at, head in enumerate(heads):
        cells = [(entry.cells[at][0], entry) for entry in entries if len(entry.cells) > at]
        longest = max([_wide(head, sizes.text, bold=True), *(_wide(words, sizes.text, bold=entry.kind in BOLD) for words, entry in cells)])
        arms.append(longest + _kept_for_note(entries, at))
    each = len(heads) // len(forest.arms) if forest.arms else 0
    for arm, name in enumerate(forest.arms if each else ()):  # the longest word of an arm's name stands unbroken above its numbers
        missing = max(_wide(word, sizes.text, bold=True) for word in name.split() or [""]) - sum(arms[arm * each : (arm + 1) * each])
        arms[arm * each] += min(max(0.0, missing), 40.0)
    weights = [
        _wide(entry.cells[-1][0], sizes.text, bold=entry.kind in BOLD)
        for entry in entries
        if len(entry.cells) > len(heads) and entry.cells[-1][0]
    ]
    effect = [max([_wide(entry.effect[at], sizes.text, bold=entry.kind in BOLD) for entry in entries], default=0.0) for at in range(3)]
    effect[2] += _room_for([entry.mark for entry in entries])
    effect[0] += max(0.0, _wide((forest.short.split() or [""])[0], sizes.text, bold=True) - sum(effect))
    return {
        "bias": [BIAS_CELL * len(forest.bias_domains)] if forest.bias_domains else [],
        "arms": arms,
        "weight": [max(_wide("Weight,", sizes.text, bold=True), *weights)] if weights else [],
        "effect": effect,
    }


def _wide(words: str, size: float, *, bold: bool = False) -> float:
    return width_of(words, size, bold=bold) / FIT


def _placed(
    forest: Forest, entries: Sequence[Entry], widths: dict[str, list[float]], kept: Sequence[str], across: tuple[float, float, float]
) -> Columns:
    width, label, gap = across
    x, arms, spans = label, [], []
    if "arms" in kept:
        each = len(widths["arms"]) // len(forest.arms)
        for at, wide in enumerate(widths["arms"]):
            if at % each == 0:
                spans.append((x + gap, x + gap))
            x += gap + wide
            arms.append(x - _kept_for_note(entries, at))
            spans[-1] = (spans[-1][0], x)
    weight, weight_left = None, x + gap
    if "weight" in kept:
        x += gap + widths["weight"][0]
        weight = x
    left = x + gap
    estimate = left + widths["effect"][0]
    low = estimate + INNER + widths["effect"][1]
    high = low + INNER + widths["effect"][2]
    noted = _room_for([entry.mark for entry in entries])
    dropped = tuple(words for part, words in DROPPED.items() if widths[part] and part not in kept)
    bias_wide = widths["bias"][0] if "bias" in kept else 0.0
    end = width - (bias_wide + gap if bias_wide else 3.0)
    bias_left = width - bias_wide
    middles = tuple(bias_left + BIAS_CELL * (at + 0.5) for at in range(len(forest.bias_domains))) if bias_wide else ()
    return Columns(
        width,
        label,
        tuple(arms),
        tuple(spans),
        weight,
        weight_left,
        left,
        (estimate, low, high - noted),
        (high + gap, end),
        middles,
        dropped,
    )


def _kept_for_note(entries: Sequence[Entry], at: int) -> float:
    """The room behind a column of numbers for the letters of its notes."""
    return _room_for([entry.cells[at][1] for entry in entries if len(entry.cells) > at])


def _room_for(marks: Sequence[str]) -> float:
    return max((width_of(mark, NOTE_SIZE) + 1.2 for mark in marks if mark), default=0.0)
