"""From numbers to places on the paper: an axis with round marks, linear or logarithmic, and how much of wide intervals it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, exp, floor, log, log10
from statistics import median

from review.errors import InputRefused
from review.reporting.lettering import width as width_of
from review.reporting.plots.wording import plain

MOST_MARKS = 9
WORTH_CUTTING = 0.15  # of the axis: a cut that saves less hides more than it gains
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """*low* at *left* points, *high* at *right* (an upright axis may run from below to above). ratio: by logarithms.

    first: a value whose number is written whatever is left out, as that of no effect. exponential: values are logarithms, read as ratios.
    """

    low: float
    high: float
    left: float
    right: float
    ratio: bool = False
    first: float | None = None
    exponential: bool = False

    def at(self, value: float) -> float:
        """The place of *value*, also beyond the ends."""
        low, high, here = (log(one) if self.ratio else one for one in (self.low, self.high, value))
        return self.left + (self.right - self.left) * (here - low) / (high - low)

    def holds(self, value: float) -> bool:
        """Whether *value* is on the axis."""
        return self.low <= value <= self.high

    def held(self, value: float) -> float:
        """*value*, or the end of the axis that it is beyond."""
        return min(max(value, self.low), self.high)

    @cached_property
    def marks(self) -> tuple[float, ...]:
        """Round values on the axis."""
        if self.exponential:
            return tuple(log(one) for one in round_ratios(exp(self.low), exp(self.high)))
        return round_ratios(self.low, self.high) if self.ratio else round_values(self.low, self.high)

    def words(self, value: float) -> str:
        """How a mark is written."""
        if self.exponential:
            value = float(f"{exp(value):.6g}")
        return plain(value)

    def labelled(self, size: float, left: float, right: float) -> list[tuple[float, str]]:
        """The marks whose numbers stand between *left* and *right* and apart from each other: of the even choices the fullest."""
        best: list[tuple[float, str]] = []
        for chosen in self._choices():
            found = [(value, self.words(value), self.at(value), width_of(self.words(value), size) / 2) for value in chosen]
            found = [one for one in found if left <= one[2] - one[3] and one[2] + one[3] <= right]
            apart = all(abs(two[2] - one[2]) >= one[3] + two[3] + 3 for one, two in pairwise(found))
            if apart and len(found) > len(best):
                best = [(value, words) for value, words, *_ in found]
        return best

    def labelled_upright(self, size: float) -> list[tuple[float, str]]:
        """The same on an upright axis, where heights and not widths decide."""
        for chosen in self._choices():
            if all(abs(self.at(two) - self.at(one)) >= size * 1.15 for one, two in pairwise(chosen)):
                return [(value, self.words(value)) for value in chosen]
        return []

    def _choices(self) -> Iterator[list[float]]:
        """Which marks get numbers, fewer each time: of ratios powers of ten with a half and a double, then powers; else every nth."""
        marks = list(self.marks)
        yield marks
        if self.ratio or self.exponential:
            read = {value: exp(value) if self.exponential else value for value in marks}
            powers = [value for value in marks if abs(log10(read[value]) - round(log10(read[value]))) < 1e-9]
            yield [value for value in marks if value in powers or any(abs(read[value] - near) < 1e-9 for near in (0.5, 2.0))]
            if len(powers) > 1:
                yield powers
        start = next((at for at, value in enumerate(marks) if self.first is not None and abs(value - self.first) < 1e-12), 0)
        for step in range(2, len(marks) + 1):
            yield marks[start % step :: step]


def round_values(low: float, high: float) -> tuple[float, ...]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten from *low* to *high*, as many as ``MOST_MARKS`` allows."""
    power = 10.0 ** floor(log10((high - low) / MOST_MARKS))
    step = next(size * power for size in STEPS if floor(high / (size * power)) - ceil(low / (size * power)) < MOST_MARKS)
    return tuple(float(f"{step * at:.10g}") for at in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1))


def round_ratios(low: float, high: float) -> tuple[float, ...]:
    """1, 2 and 5 times powers of ten; powers alone on a long axis; multiples of one step on a short one."""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    fine = [float(f"{size * 10.0**power:.6g}") for power in powers for size in (1, 2, 5)]
    fine = [value for value in fine if low <= value <= high]
    if len(fine) < 3:
        return round_values(low, high)
    if len(fine) <= MOST_MARKS + 2:
        return tuple(fine)
    every = ceil(len(powers) / MOST_MARKS)
    return tuple(value for power in powers if power % every == 0 and low <= (value := 10.0**power) <= high)


def shown_range(
    points: Sequence[float], intervals: Sequence[tuple[float, float]], *, ratio: bool, null: float | None
) -> tuple[float, float]:
    """From where to where a forest's axis goes.

    Every point and the place of no effect are on it. An interval is shown whole unless it is far wider than the points lie apart or than
    is usual here (beyond the points by more than their spread, and twice half the width of the middle interval): then it is cut.
    """
    if not points:
        raise InputRefused("there is nothing to draw: no row has an effect", where="the axis", expected="one row with an estimate")

    def on(value: float) -> float:
        return log(value) if ratio else value

    core = [on(value) for value in (*points, *([] if null is None else [null]))]
    ends = [(on(low), on(high)) for low, high in intervals]
    reach = max(max(core) - min(core), 2 * median([(high - low) / 2 for low, high in ends]) if ends else 0.0)
    whole = min([*core, *(end for end, _ in ends)]), max([*core, *(end for _, end in ends)])
    low, high = max(whole[0], min(core) - reach), min(whole[1], max(core) + reach)
    spare = WORTH_CUTTING * (high - low)
    low, high = whole[0] if low - whole[0] <= spare else low, whole[1] if whole[1] - high <= spare else high
    room = (high - low) * 0.03 or (abs(high) * 0.1 or 1.0)
    low, high = low - room, high + room
    return (exp(low), exp(high)) if ratio else (low, high)
