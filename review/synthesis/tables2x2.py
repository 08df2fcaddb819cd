"""Common effects from counts without correcting them: Mantel-Haenszel for ratios and differences, Peto's method for odds ratios.

A study without events, or with nothing else, in both arms has weight 0 for odds and risk ratios. Only Q needs an effect for each study;
which rows it uses and whether their zero cells are corrected is said by ``zero_cells``, never done in silence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from review.errors import InputRefused
from review.synthesis import binary
from review.synthesis.distributions import chi2_upper, two_sided_p
from review.synthesis.heterogeneity import h2_from_q, i2_from_q
from review.synthesis.inputs import Vector, counts, events_within, one_of, same_length, tail_of
from review.synthesis.intervals import about
from review.synthesis.pool import Pooled

MEASURES = ("OR", "RR", "RD")
ZERO_CELLS = ("half_to_zero_rows", "as_they_are")


@dataclass(frozen=True, slots=True)
class Test:
    """A statistic with its degrees of freedom and p."""

    __test__ = False  # no test of pytest

    statistic: float
    df: int
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Two-by-two tables: a of n1 in the first arm and c of n2 in the second have the event; shapes (k,)."""

    a: Vector
    b: Vector
    c: Vector
    d: Vector
    n1: Vector
    n2: Vector

    @property
    def n(self) -> Vector:
        """People in both arms."""
        return self.n1 + self.n2

    @property
    def empty(self) -> NDArray[np.bool_]:
        """Rows in which nobody or everybody has the event."""
        events = self.a + self.c
        return (events == 0) | (events == self.n)


def tables(a: ArrayLike, n1: ArrayLike, c: ArrayLike, n2: ArrayLike) -> Tables:
    """The tables from events and people of both arms; refuses what is no count."""
    found = counts({"a": a, "n1": n1, "c": c, "n2": n2})
    events_within(found["a"], found["n1"], "a")
    events_within(found["c"], found["n2"], "c")
    return Tables(found["a"], found["n1"] - found["a"], found["c"], found["n2"] - found["c"], found["n1"], found["n2"])


def mantel_haenszel(
    a: ArrayLike, n1: ArrayLike, c: ArrayLike, n2: ArrayLike, *, measure: str = "OR", zero_cells: str = "half_to_zero_rows",
    level: float = 95, labels: Sequence[str] | None = None,
) -> Pooled:  # fmt: skip
    """The Mantel-Haenszel estimate: log OR, log RR or RD, without any correction.

    a of n1 and c of n2: events and people of the first and second arm, shape (k,), effective numbers where arms are clustered. Standard
    errors: OR Robins, Breslow & Greenland 1986 (doi 10.2307/2531052), RR and RD Greenland & Robins 1985 (doi 10.2307/2530643), RD in the
    form of Sato, Greenland & Robins 1989 (doi 10.2307/2531784). zero_cells: effects in Q get 0.5 added to all cells of a row with a zero
    cell, or stay as they are, so that rows without an effect are not in Q. Rows without events in both arms are never in Q.
    """
    t = tables(a, n1, c, n2)
    one_of(measure, MEASURES, "measure")
    one_of(zero_cells, ZERO_CELLS, "zero_cells")
    estimate, se, weights = {"OR": _odds_ratio, "RR": _risk_ratio, "RD": _risk_difference}[measure](t)
    y, v = _rows(t, measure, half=zero_cells == "half_to_zero_rows")
    return _pooled("MH", estimate, se, weights, y, v, level, labels)


def peto(a: ArrayLike, n1: ArrayLike, c: ArrayLike, n2: ArrayLike, *, level: float = 95, labels: Sequence[str] | None = None) -> Pooled:
    """Peto's one-step log odds ratio (Yusuf 1985, doi 10.1016/S0033-0620(85)80003-7); parameters as in `mantel_haenszel`."""
    t = tables(a, n1, c, n2)
    above, v = _observed_less_expected(t)
    total = _sum(v)
    if total == 0:
        raise _without_information("OR")
    y, w = above[v > 0] / v[v > 0], 1 / v[v > 0]
    return _pooled("PETO", _sum(above) / total, 1 / math.sqrt(total), v, y, w, level, labels)


def cochran_mantel_haenszel(a: ArrayLike, n1: ArrayLike, c: ArrayLike, n2: ArrayLike, *, continuity: bool = True) -> Test:
    """The test of a common odds ratio of 1 (Mantel & Haenszel 1959, doi 10.1093/jnci/22.4.719); 0.5 is taken off for continuity or not.

    Where observed and expected events are less than 0.5 apart the statistic with continuity is 0; metafor squares what is then below 0.
    """
    above, v = _observed_less_expected(tables(a, n1, c, n2))
    if not v.any():
        raise _without_information("OR")
    statistic = max(0.0, abs(_sum(above)) - (0.5 if continuity else 0.0)) ** 2 / _sum(v)
    return Test(statistic, 1, chi2_upper(statistic, 1))


def tarone(a: ArrayLike, n1: ArrayLike, c: ArrayLike, n2: ArrayLike) -> Test:
    """The test of equal odds ratios about Mantel-Haenszel's (Breslow & Day 1980; Tarone 1985, doi 10.1093/biomet/72.1.91)."""
    t = tables(a, n1, c, n2)
    psi = math.exp(_odds_ratio(t)[0])
    used = ~t.empty
    events, n1_, n2_, observed = (t.a + t.c)[used], t.n1[used], t.n2[used], t.a[used]
    # the cell a that has this odds ratio with the margins of the table: a root of a quadratic, in the form that does not cancel
    linear = psi * (n1_ + events) + n2_ - events
    expected = 2 * psi * n1_ * events / (linear + np.sqrt(linear**2 - 4 * (psi - 1) * psi * n1_ * events))
    variance = 1 / (1 / expected + 1 / (n1_ - expected) + 1 / (events - expected) + 1 / (n2_ - events + expected))
    above = observed - expected
    statistic = _sum(above**2 / variance) - _sum(above) ** 2 / _sum(variance)
    df = int(used.sum()) - 1
    return Test(statistic, df, chi2_upper(statistic, df))


def _sum(values: Vector) -> float:
    """The exact sum, rounded once: the same in whatever order rows come."""
    return math.fsum(values.tolist())


def _odds_ratio(t: Tables) -> tuple[float, float, Vector]:
    p, q = (t.a + t.d) / t.n, (t.b + t.c) / t.n
    r, s = t.a * t.d / t.n, t.b * t.c / t.n
    sum_r, sum_s = _sum(r), _sum(s)
    if sum_r == 0 or sum_s == 0:
        raise _without_information("OR")
    mixed = _sum(p * s + q * r) / (2 * sum_r * sum_s)
    variance = _sum(p * r) / (2 * sum_r**2) + mixed + _sum(q * s) / (2 * sum_s**2)
    return math.log(sum_r / sum_s), math.sqrt(variance), s


def _risk_ratio(t: Tables) -> tuple[float, float, Vector]:
    r, s = t.a * t.n2 / t.n, t.c * t.n1 / t.n
    sum_r, sum_s = _sum(r), _sum(s)
    products = _sum((t.n1 * t.a * t.d + t.n2 * t.b * t.c) / t.n**2)  # n1 n2 (a + c) / n² - ac / n, without its difference
    if sum_r == 0 or sum_s == 0 or products == 0:  # the last: everybody has the event
        raise _without_information("RR")
    return math.log(sum_r / sum_s), math.sqrt(products / (sum_r * sum_s)), s


def _risk_difference(t: Tables) -> tuple[float, float, Vector]:
    weights = t.n1 * t.n2 / t.n
    total = _sum(weights)
    estimate = _sum((t.a * t.n2 - t.c * t.n1) / t.n) / total
    l = t.c * (t.n1 / t.n) ** 2 - t.a * (t.n2 / t.n) ** 2 + t.n1 * t.n2 * (t.n2 - t.n1) / (2 * t.n**2)  # noqa: E741
    m = (t.a * t.d + t.b * t.c) / (2 * t.n)
    variance = estimate * _sum(l) + _sum(m)
    if variance <= 0:
        raise _without_information("RD")
    return estimate, math.sqrt(variance) / total, weights


def _observed_less_expected(t: Tables) -> tuple[Vector, Vector]:
    """Events of the first arm above what the margins let expect, and their variance (hypergeometric)."""
    events, n = t.a + t.c, t.n
    variance = t.n1 * t.n2 * events * (n - events) / (n * n * np.maximum(n - 1, 1))
    return t.a - t.n1 * events / n, variance


def _rows(t: Tables, measure: str, *, half: bool) -> tuple[Vector, Vector]:
    """Effects and variances of the rows that have them."""
    cells = [binary.Table(*row) for row in np.column_stack([t.a, t.b, t.c, t.d])[~t.empty].tolist()]
    added = binary.added_to(cells, "only0" if half else "none", 0.5)
    effect = {"OR": binary.odds_ratio, "RR": binary.risk_ratio, "RD": binary.risk_difference}[measure]
    without = {"OR": lambda one: one.zero, "RR": lambda one: 0 in (one.a, one.c), "RD": lambda one: False}[measure]
    corrected = [one.plus(more) for one, more in zip(cells, added, strict=True)]
    found = np.array([effect(one) for one in corrected if not without(one)]).reshape(-1, 2)
    used = found[:, 1] > 0
    return found[used, 0], found[used, 1]


def _pooled(
    method: str, estimate: float, se: float, weights: Vector, y: Vector, v: Vector, level: float, labels: Sequence[str] | None
) -> Pooled:  # fmt: skip
    """The result in the form of `pool`: no tau², the Wald interval, Q of the rows about this estimate."""
    alpha, k = tail_of(level), weights.size
    names = tuple(map(str, labels if labels is not None else range(1, k + 1)))
    same_length({"a": weights, "labels": names})
    df = max(0, y.size - 1)
    q = _sum((y - estimate) ** 2 / v) if df else 0.0  # one row alone differs from no other
    z, empty = estimate / se, int((weights == 0).sum())
    said = [f"{empty} of {k} studies say nothing about this measure and have weight 0"] if empty else []
    if y.size < k - empty:
        said.append(f"Q is of the {y.size} studies that have an effect and a variance")
    return Pooled(
        estimate=estimate, se=se, ci=about(estimate, se, alpha, None), tau2=0.0, se_tau2=None, tau2_ci=None,
        i2=i2_from_q(q, df), i2_ci=None, h2=h2_from_q(q, df), h2_ci=None, q=q, q_df=df, q_p=chi2_upper(q, df),
        z_or_t=z, df=None, p=two_sided_p(z, None), pi=None, weights=tuple((100 * weights / _sum(weights)).tolist()), k=k,
        method=method, interval="wald", prediction="none", level=level, labels=names, wald_se=se, warnings=tuple(said),
    )  # fmt: skip


def _without_information(measure: str) -> InputRefused:
    return InputRefused(
        f"these counts give no finite {measure}: in all studies together an arm has no event, or nothing but events",
        where="a",
        expected="events and their absence in both arms, in one study or another",
        next_step="show the counts without pooling, or the risk difference",
    )
