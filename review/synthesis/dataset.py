"""Rows of results as they come in: one row, one arm or one reported contrast; what cannot be is said and is never mended.

The layout is that of the extraction table: a row for each study, arm, outcome, time point and analysis set. ``events`` is the number of
participants with the event; ``cells`` are the ids of the ledger's events from which the values of the row were read.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from math import isfinite, isnan, log
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused, near
from review.synthesis.measures import MEASURES
from review.text import fold_blanks

if TYPE_CHECKING:
    import pandas as pd

ROLES = ("experimental", "control", "single", "contrast")
DESIGNS = ("parallel", "cluster", "crossover", "single_arm")
DIRECTIONS = ("", "higher", "lower")
SCALES = ("natural", "log")
MOST_ASYMMETRY = 0.05  # of the half width, on the log scale; E03
RATIOS = tuple(one.id for one in MEASURES.values() if one.ratio)


def folded(words: str) -> str:
    """A name for comparison: neither capitals nor blanks make a difference."""
    return fold_blanks(words).casefold()


@dataclass(frozen=True, slots=True)
class Row:
    """One arm of one outcome at one time point, or (role contrast) an effect as a report states it. None is 'not there', never zero.

    Of an arm: n, events, mean, sd, person_time; change: whether mean and sd are of changes from baseline (None: not said); mean_baseline
    and sd_baseline with r, the correlation of before and after. Of a contrast: est_type (the measure that it is of), est, ci_low, ci_high,
    ci_level, se (of a ratio: of its logarithm), p; scale: whether est and limits are natural or log. n_clusters, icc, adjusted (the trial's
    own analysis allowed for its clusters) in a cluster trial; r in a crossover the correlation of the two periods. better: whether higher
    or lower values are better. derived: ids of the formulas behind values that no report states; skewed: what the test for skewness found
    of medians and quartiles among them. est_words: the report's words for an effect that it adjusted; p_bound: p is the bound of 'p < …'.
    stated_instead: what is stated where a number is missing, a clause each. excluded: why a person leaves it out.
    """

    row: str
    study: str
    label: str = ""
    arm: str = ""
    role: str = ""
    design: str = "parallel"
    outcome: str = ""
    timepoint: str = ""
    analysis_set: str = ""
    unit: str = ""
    n: float | None = None
    events: float | None = None
    mean: float | None = None
    sd: float | None = None
    person_time: float | None = None
    change: bool | None = None
    mean_baseline: float | None = None
    sd_baseline: float | None = None
    r: float | None = None
    est_type: str = ""
    est: float | None = None
    se: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float | None = None
    p: float | None = None
    scale: str = "natural"
    n_clusters: float | None = None
    icc: float | None = None
    adjusted: bool | None = None
    better: str = ""
    derived: tuple[str, ...] = ()
    skewed: bool | None = None
    est_words: str = ""
    p_bound: bool | None = None
    stated_instead: tuple[str, ...] = ()
    excluded: str = ""
    cells: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What the row is a result of: study, outcome, time point, analysis set; neither capitals nor blanks count but in the study."""
        return self.study, folded(self.outcome), folded(self.timepoint), folded(self.analysis_set)

    @property
    def people(self) -> tuple[str, str]:
        """Whose result it is: role and arm, neither capitals nor blanks counting."""
        return self.role, folded(self.arm)

    @property
    def side(self) -> str:
        """Its role; the arm of a single-arm study is single, whatever its role was called."""
        return "single" if self.design == "single_arm" and self.role in ("experimental", "control") else self.role


_OPTIONAL_NUMBERS = {one.name for one in fields(Row) if one.type == "float | None"}
_FLAGS = {one.name for one in fields(Row) if one.type == "bool | None"}
_LISTS = {one.name for one in fields(Row) if one.type == "tuple[str, ...]"}
_WORDS = {"role": ("", *ROLES), "design": DESIGNS, "better": DIRECTIONS, "scale": SCALES}
COLUMNS = tuple(one.name for one in fields(Row))


def read_rows(given: pd.DataFrame | Sequence[Row]) -> tuple[Row, ...]:
    """The rows of a frame, or these ``Row`` values, in the order of study, outcome, time point and arm, whatever the order they come in.

    Columns are the fields of ``Row``; study and role must be there, others where they apply, further ones are not looked at. Row ids are
    the column ``row``, else the frame's index. Raises InputRefused for a missing column, an unknown word, a value that is no number, and
    an id that two rows have.
    """
    if isinstance(given, list | tuple):
        for one in given:
            if not isinstance(one, Row):
                raise InputRefused(f"among the rows is {one!r}"[:200], expected="a list of Row, or a frame with a row for each arm")
        _no_id_twice([row.row for row in given])
        return tuple(sorted(given, key=_order))
    if not hasattr(given, "columns"):
        raise InputRefused(f"the rows are {type(given).__name__}", expected="a frame with a row for each arm, or a list of Row")
    frame: pd.DataFrame = given
    missing = [name for name in ("study", "role") if name not in frame.columns]
    if missing:
        raise InputRefused(f"the rows have no column {' and no column '.join(missing)}", expected=", ".join(COLUMNS))
    ids = frame["row"].tolist() if "row" in frame.columns else frame.index.tolist()
    _no_id_twice(ids)
    known = [name for name in COLUMNS if name in frame.columns and name != "row"]
    values = [frame[name].tolist() for name in known]
    rows = [_row(str(row), dict(zip(known, line, strict=True))) for row, line in zip(ids, zip(*values, strict=True), strict=True)]
    return tuple(sorted(rows, key=_order))


def _no_id_twice(ids: list[Hashable]) -> None:
    names = [str(one) for one in ids]
    twice = sorted({one for one in names if names.count(one) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise InputRefused(f"two rows have the id {', '.join(twice)}", next_step="give each row an id of its own, or reset the index")


def _row(row: str, given: Mapping[str, Any]) -> Row:
    values: dict[str, Any] = {name: _value(row, name, value) for name, value in given.items() if not _blank(value)}
    if not values.get("study"):
        raise InputRefused("a row names no study", where=f"row {row}")
    for name, words in _WORDS.items():
        if values.get(name, words[0]) not in words:
            raise InputRefused(
                f"{name} is {values[name]!r}", where=f"row {row}", next_step=near(str(values[name]), [w for w in words if w])
            )
    values.setdefault("label", values["study"])
    return Row(row=row, **values)


def _blank(value: Any) -> bool:
    """None, NaN, NA or empty text."""
    if isinstance(value, (list, tuple)):
        return not value
    return value is None or (isinstance(value, float) and isnan(value)) or str(value).strip() in ("", "<NA>", "NaT")


def _value(row: str, name: str, value: Any) -> Any:
    if name in _LISTS:
        return tuple(str(one) for one in value) if isinstance(value, (list, tuple)) else tuple(re.split(r"\s*;\s*", str(value).strip()))
    if name in _FLAGS:
        return _flag(row, name, value)
    if name not in _OPTIONAL_NUMBERS:
        return str(value).strip()
    try:
        if isinstance(value, bool) or type(value).__name__ == "bool" or (isinstance(value, str) and "_" in value):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError):
        raise InputRefused(f"{name} is {value!r}, which is no number", where=f"row {row}", expected="a number, or nothing") from None
    if not isfinite(number):
        raise InputRefused(f"{name} is {value!r}", where=f"row {row}", expected="a finite number, or nothing")
    return number


def _flag(row: str, name: str, value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "1.0": True, "false": False, "no": False, "0": False, "0.0": False}
    word = str(value).strip().lower()
    if word not in words:
        raise InputRefused(f"{name} is {value!r}", where=f"row {row}", expected="yes, no, or nothing")
    return words[word]


def _order(row: Row) -> tuple[Any, ...]:
    """The row's id decides last."""
    return tuple(map(_by_numbers, (*row.place, row.role, row.arm, row.row)))


def _by_numbers(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Numbers in a name count as numbers, so that study 2 comes before study 10."""
    return tuple((part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", name))


def in_order(names: Iterable[str]) -> list[str]:
    """Names as a reader looks for them, each once: in their own order, whatever the order of the ids behind them."""
    return sorted(dict.fromkeys(names), key=_by_numbers)


def impossible(row: Row) -> str:
    """What in *row* cannot be (guard E03), in words; '' where all can."""
    return next(filter(None, (_in_the_counts(row), _in_the_spread(row), _in_the_interval(row))), "")


def _in_the_counts(row: Row) -> str:
    if row.n is not None and (row.n != int(row.n) or row.n < 1):
        return f"n is {row.n:g}, no whole number of participants"
    if row.events is not None:
        if row.events != int(row.events) or row.events < 0:
            return f"events is {row.events:g}, no whole number of participants"
        if row.n is not None and row.person_time is None and row.events > row.n:
            return f"there are more events ({row.events:g}) than participants ({row.n:g})"
    if row.person_time is not None and row.person_time <= 0:
        return f"the person-time is {row.person_time:g}"
    if row.n_clusters is not None and (row.n_clusters < 1 or (row.n is not None and row.n_clusters > row.n)):
        return f"there are {row.n_clusters:g} clusters"
    return ""


def _in_the_spread(row: Row) -> str:
    for name, value in (("SD", row.sd), ("SE", row.se), ("SD at baseline", row.sd_baseline)):
        if value is not None and value <= 0:
            return f"the {name} is {value:g}"
    if row.r is not None and not -1 <= row.r <= 1:
        return f"the correlation is {row.r:g}"
    if row.icc is not None and not 0 <= row.icc <= 1:
        return f"the intracluster correlation is {row.icc:g}"
    if row.p is not None and not 0 <= row.p <= 1:
        return f"p is {row.p:g}"
    return ""


def _in_the_interval(row: Row) -> str:
    level = row.ci_level
    if level is not None and not 0 < level < 100:
        return f"the level of the interval is {level:g} %"
    low, high, est = row.ci_low, row.ci_high, row.est
    if low is None or high is None:
        return ""
    if low >= high:
        return f"the interval {low:g} to {high:g} is empty"
    if est is None:
        return ""
    if not low <= est <= high:
        return f"the estimate {est:g} lies outside its interval {low:g} to {high:g}"
    if row.est_type in RATIOS and row.scale == "natural" and low > 0:
        return _asymmetry(est, low, high)
    return ""


def _decimals(value: float) -> int:
    """How many decimals a number has as it is written."""
    return max(0, -int(Decimal(str(value)).normalize().as_tuple().exponent))


def _asymmetry(est: float, low: float, high: float) -> str:
    """A ratio's interval is symmetric on the log scale, but for the rounding of the three numbers as they are printed."""
    half, printed = (log(high) - log(low)) / 2, 0.5 * 10.0 ** -max(_decimals(value) for value in (est, low, high))
    apart = abs(log(est) - (log(low) + log(high)) / 2) / half
    by_rounding = (printed / est + (printed / low + printed / high) / 2) / half  # how far it alone may put them apart, to first order
    if apart <= MOST_ASYMMETRY + by_rounding:
        return ""
    return f"the interval {low:g} to {high:g} is not symmetric around {est:g} on the log scale (by {100 * apart:.0f} %)"
