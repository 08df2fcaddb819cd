"""What the numeric core takes: effects with their variances, and words for methods; refuses all else and says what to do.

Nothing is dropped here. A row without an effect or variance is an excluded row with a reason, and that is decided before pooling.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from review.errors import InputRefused, near

Vector = NDArray[np.float64]
LARGEST = 1e45  # beyond it the products that an estimator is made of leave the range of a float


def numbers(values: ArrayLike, name: str, *, labels: Sequence[str] = ()) -> Vector:
    """A vector of finite numbers, or a refusal that names the first row that is none."""
    plain = isinstance(getattr(values, "dtype", None), np.dtype) and values.dtype.kind in "fiu"  # type: ignore[union-attr]
    if (plain and not isinstance(values, np.ma.MaskedArray)) or (isinstance(values, list) and all(type(one) is float for one in values)):
        vector = np.array(values, dtype=float)
    else:
        vector = _read(values, name, labels)
    if vector.ndim != 1:
        raise InputRefused(f"{vector.ndim} dimensions were given", where=name, expected="a list with one number for each study")
    bad = np.flatnonzero(~(np.abs(vector) < LARGEST))
    if bad.size:
        row = int(bad[0])
        label = f" ({labels[row]})" if row < len(labels) else ""
        raise InputRefused(
            f"row {row + 1}{label} has {vector[row]}, and {bad.size} of {vector.size} rows are missing or not finite",
            where=name,
            expected=f"a finite number in every row, below {LARGEST:g}",
            next_step="exclude the row with a reason, or complete it, before pooling",
        )
    return vector


def effects_and_variances(yi: ArrayLike, vi: ArrayLike, labels: Sequence[str] | None = None) -> tuple[Vector, Vector, tuple[str, ...]]:
    """Effects, their sampling variances and a label for each study; InputRefused where they cannot be pooled."""
    names = tuple(str(label) for label in labels) if labels is not None else ()
    y, v = numbers(yi, "yi", labels=names), numbers(vi, "vi", labels=names)
    if not y.size:
        raise InputRefused("there is no study", where="yi", expected="at least one row", next_step="see which rows were excluded, and why")
    same_length({"yi": y, "vi": v} | ({"labels": names} if labels is not None else {}))
    bad = np.flatnonzero(v < 1 / LARGEST)
    if bad.size:
        row = int(bad[0])
        raise InputRefused(
            f"row {row + 1}{f' ({names[row]})' if names else ''} has the variance {v[row]}",
            where="vi",
            expected=f"a variance above 0 in every row (the square of the standard error), and not below {1 / LARGEST:g}",
            next_step="see the zero cells, SDs and intervals of that row, or exclude it with a reason",
        )
    return y, v, names or numbered(y.size)


def _read(values: ArrayLike, name: str, labels: Sequence[str]) -> Vector:
    """Numbers from what is no array of numbers, value by value, so that a refusal names the row; what is missing becomes NaN."""
    dimensions = np.ndim(values) if isinstance(values, list | tuple | np.ndarray) else getattr(values, "ndim", 0)
    if dimensions != 1 or isinstance(values, Mapping):
        what = f"{dimensions} dimensions were" if dimensions > 1 else f"a {type(values).__name__} and no list was"
        raise InputRefused(f"{what} given", where=name, expected="a list with one number for each study")
    return np.array([_one(value, row, name, labels) for row, value in enumerate(values)], dtype=float)  # type: ignore[arg-type]


def _one(value: object, row: int, name: str, labels: Sequence[str]) -> float:
    """One value as a float; NaN where nothing is there: None, NA, a masked value. Truth values, dates and words are no numbers."""
    if value is None or value is np.ma.masked or type(value).__name__ in ("NAType", "NaTType"):
        return math.nan
    word = isinstance(value, str) and ("_" in value or not value.strip())
    try:
        if word or isinstance(value, bool | np.bool_ | np.datetime64 | np.timedelta64):
            raise TypeError
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        label = f" ({labels[row]})" if row < len(labels) else ""
        raise InputRefused(
            f"row {row + 1}{label} has {value!r}, which is no number",
            where=name,
            expected="one number for each study, written with a point",
        ) from None


@lru_cache(maxsize=8)
def numbered(k: int) -> tuple[str, ...]:
    """Labels of k studies that were given none: their numbers."""
    return tuple(map(str, range(1, k + 1)))


def same_length(columns: dict[str, Vector | Sequence[object]]) -> None:
    """Refuses columns that do not have one value for each study."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputRefused(
            f"the columns differ in length: {said}", where=next(iter(lengths)), expected="one value for each study in each column"
        )


def one_of(word: object, known: Collection[str], name: str) -> str:
    """The word if it is known, or a refusal that names the near ones."""
    if not isinstance(word, str) or word not in known:
        raise InputRefused(
            f"{name} {word!r} is not offered", where=name, expected="one of " + ", ".join(known), next_step=near(str(word), known)
        )
    return word


def tail_of(level: float) -> float:
    """alpha of an interval's level in per cent: 95 gives 0.05."""
    if isinstance(level, bool) or not isinstance(level, int | float) or not 1 <= level < 100:
        raise InputRefused(f"the level is {level!r}", where="level", expected="per cent from 1 to below 100: 95, not 0.95")
    return (100 - level) / 100


def at_least(studies: int, fewest: int, what: str) -> None:
    """Refuses what has no meaning with so few studies."""
    if studies < fewest:
        raise InputRefused(f"{what} needs {fewest} studies, and there are {studies}", where="yi", next_step="show the studies without it")


def counts(columns: dict[str, ArrayLike]) -> dict[str, Vector]:
    """Columns of numbers from 0, all of one length and with at least one row; effective numbers of cluster trials need not be whole."""
    found = {name: numbers(values, name) for name, values in columns.items()}
    same_length(dict(found))
    for name, column in found.items():
        if not column.size:
            raise InputRefused("there is no study", where=name, expected="at least one row")
        bad = np.flatnonzero(column < 0)
        if bad.size:
            raise InputRefused(f"row {bad[0] + 1} has {column[bad[0]]:g}", where=name, expected="a number from 0")
    return found


def events_within(events: Vector, people: Vector, name: str) -> None:
    """Refuses more events than people, and arms without people."""
    bad = np.flatnonzero((events > people) | (people <= 0))
    if bad.size:
        row = int(bad[0])
        raise InputRefused(
            f"row {row + 1} has {events[row]:g} events of {people[row]:g}", where=name, expected="no more events than people, and people"
        )
