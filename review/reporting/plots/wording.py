"""How numbers are written in a picture: fixed decimals with a real minus sign, p never as 0, statistics as one line of words."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from math import floor, isfinite, log10

from review.errors import InputRefused
from review.model.synthesis import Heterogeneity, Statistic
from review.reporting.lettering import held

MINUS = "\u2212"
SMALLEST_P = 0.001
LARGEST = 1e15  # beyond it a number fills its column and says nothing
NOT_ESTIMABLE = "not estimable"


def shown(value: float, digits: int = 2) -> str:
    """*value* with so many decimals: more where it would be read as zero and is not, none from 1,000 on.

    >>> shown(-0.5), shown(0.0042), shown(1234.5), shown(0.0)
    ('−0.50', '0.004', '1,234', '0.00')
    """
    if not isfinite(value):
        raise InputRefused(f"{value!r} cannot be shown in a picture", expected="a finite number")
    size = abs(value)
    if size >= 999.5:
        text = f"{size:,.0f}"
    elif size and round(size, digits) == 0:
        text = f"{size:.{-floor(log10(size))}f}" if size >= 1e-6 else f"{size:.0e}".replace("e-0", "e-").replace("-", MINUS)
    else:
        text = f"{size:.{digits}f}"
    return (MINUS if value < 0 and text.strip("0.") else "") + text


def limit(value: float, digits: int = 2) -> str:
    """A limit of an interval as `shown`, in words where it is beyond every number that can be written.

    >>> limit(0.5), limit(float("inf"))
    ('0.50', 'not estimable')
    """
    return shown(value, digits) if isfinite(value) and abs(value) < LARGEST else NOT_ESTIMABLE


def count(value: float | None) -> str:
    """A number of people or events, thousands set apart; a fraction (events of an adjusted trial) keeps one decimal."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def plain(value: float) -> str:
    """A number of an axis or of degrees of freedom: as few decimals as it has.

    >>> plain(0.05), plain(-2.0), plain(1000.0)
    ('0.05', '−2', '1,000')
    """
    text = f"{abs(value):,.10f}".rstrip("0").rstrip(".")
    return (MINUS if value < 0 and text != "0" else "") + text


def p_words(p: float) -> str:
    """A p value in words, never as 0 and never as 1.

    >>> p_words(2e-26), p_words(0.0019), p_words(0.5), p_words(0.9999)
    ('p < 0.001', 'p = 0.002', 'p = 0.50', 'p > 0.99')
    """
    if not 0 <= p <= 1:
        raise InputRefused(f"{p!r} is no p value", expected="a number from 0 to 1")
    if p < SMALLEST_P:
        return f"p < {SMALLEST_P}"
    if p > 0.99:
        return "p > 0.99"
    return f"p = {p:.3f}" if p < 0.0995 else f"p = {p:.2f}"


def statistic_words(test: Statistic) -> str:
    """'t = −3.95 (df = 12), p = 0.002', with blanks at which no line breaks."""
    df = "" if test.df is None else f" (df = {plain(round(test.df, 1))})"
    return held(f"{test.name} = {shown(test.value)}{df}") + f", {held(p_words(test.p))}"


def heterogeneity_words(found: Heterogeneity) -> str:
    """Q with its test, I² and tau², each with its interval where there is one, and the estimator of tau²."""
    parts = [f"Q = {shown(found.q)} (df = {found.df}), {p_words(found.p)}", f"I² = {found.i2:.1f}%"]
    if found.i2_low is not None and found.i2_high is not None:
        parts[-1] += f" [{found.i2_low:.1f}, {found.i2_high:.1f}]"
    if found.tau2 is not None:
        tau2 = f"τ² = {shown(found.tau2, 3)}"
        if found.tau2_low is not None and found.tau2_high is not None:
            tau2 += f" [{shown(found.tau2_low, 3)}, {shown(found.tau2_high, 3)}]"
        parts.append(tau2 + (f" ({found.estimator})" if found.estimator else ""))
    return "; ".join(map(held, parts))


def rows_of(rows: int, studies: int | None = None) -> str:
    """How many rows a picture has, in words: studies, or comparisons of fewer studies.

    >>> rows_of(5), rows_of(1), rows_of(10, 5)
    ('5 studies', '1 study', '10 comparisons of 5 studies')
    """
    if studies is not None and studies != rows:
        return f"{rows} comparisons of {rows_of(studies)}"
    return "1 study" if rows == 1 else f"{rows} studies"


def results_of(n: int) -> str:
    """A number of results in words.

    >>> results_of(1), results_of(20)
    ('1 result', '20 results')
    """
    return "1 result" if n == 1 else f"{n} results"


def told_apart(labels: Iterable[str]) -> list[str]:
    """The labels in their order; those that several share get a number behind them, so that no two are the same.

    >>> told_apart(["Comstock", "Hart", "Comstock"])
    ['Comstock (1)', 'Hart', 'Comstock (2)']
    """
    given = list(labels)
    shared = {label for label, n in Counter(given).items() if n > 1}
    taken, found = set(given) - shared, []
    for label in given:
        name, numbers = label, itertools.count(1)
        while name in shared or (name in taken and label in shared):
            name = f"{label} ({next(numbers)})"
        taken.add(name)
        found.append(name)
    return found
