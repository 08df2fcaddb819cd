"""Do small studies differ from large ones: Egger's regression, Begg's rank correlation, trim and fill.

None of them proves that results were left unpublished; heterogeneity and chance look alike. Whether there are studies enough is for the
guard rails.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from review.errors import InputRefused
from review.synthesis.distributions import two_sided_p
from review.synthesis.inputs import Vector, at_least, effects_and_variances, numbers, one_of, same_length, tail_of
from review.synthesis.intervals import INTERVALS, about
from review.synthesis.moderators import ROUNDING, regression
from review.synthesis.pool import Pooled, fit, pool, ratio
from review.synthesis.tau2 import METHODS
from review.synthesis.weighted import Mean, Regression

MODELS = ("lm", "rma")
PREDICTORS = ("sei", "vi", "ninv", "sqrtninv")
ESTIMATORS = ("L0", "R0")
SIDES = ("left", "right")
ROUNDS = 100  # of trim and fill
ALIKE = 12  # digits by which distances from a centre differ; ties must not be told apart by what rounding left


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """Egger's test. slope: change of the effect with the predictor; limit: the effect where the predictor is 0, a study without error."""

    slope: float
    slope_se: float
    statistic: float
    df: int | None  # None: z
    p: float
    limit: float
    limit_se: float
    limit_ci: tuple[float, float]
    model: str
    predictor: str


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Begg's test: Kendall's tau of standardised effects and variances."""

    tau: float
    p: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """Trim and fill: k0 studies are thought missing on ``side``; ``pooled`` includes them, the last k0 of its labels and weights.

    k0_se is None where the formula of its variance falls below 0, as it may with few studies.
    """

    k0: int
    k0_se: float | None
    side: str
    estimator: str
    yi: tuple[float, ...]  # of the studies filled in
    vi: tuple[float, ...]
    pooled: Pooled


def egger(
    yi: ArrayLike, vi: ArrayLike, *, model: str = "lm", method: str = "REML", predictor: str = "sei", n: ArrayLike | None = None,
    level: float = 95,
) -> Asymmetry:  # fmt: skip
    """Regression of the effects on their precision; three studies are needed.

    model: "lm" with a multiplicative dispersion and t (Egger 1997, doi 10.1136/bmj.315.7109.629), "rma" a meta-regression with tau² by
    ``method`` and z (Sterne & Egger 2005). predictor: sei the standard error, vi the variance, ninv 1 / n, sqrtninv 1 / √n with ``n`` the
    people in each study. Raises InputRefused where all effects are equal or on one line (lm), and where all predictors are equal.
    """
    y, v, _ = effects_and_variances(yi, vi)
    one_of(model, MODELS, "model")
    one_of(method, METHODS, "method")
    at_least(y.size, 3, "Egger's test")
    x = _predictor(one_of(predictor, PREDICTORS, "predictor"), v, n)
    alpha, design = tail_of(level), np.column_stack([np.ones(y.size), x])
    if x.min() == x.max():
        raise InputRefused("all studies have the same precision", where=predictor, next_step="do without this test")
    if model == "rma":
        one = regression(y, v, design, ("limit", predictor), method, "wald", level)
        return Asymmetry(one.coef[1], one.se[1], one.z_or_t[1], None, one.p[1], one.coef[0], one.se[0], one.ci[0], model, predictor)
    line = Regression(y, v, design)
    coef, cov = line.coefficients(0.0)
    left = float(line.fixed.ypy[0])
    if left <= ROUNDING * float((y * y / v).sum()):
        what = "all effects are equal" if np.ptp(y) <= 1e-9 * np.abs(y).max() else "the effects lie on one line in their standard errors"
        raise InputRefused(f"{what}: nothing is left to test with", where="yi", next_step="do without this test")
    se = np.sqrt(np.diag(cov) * left / line.df)
    statistic = ratio(float(coef[1]), float(se[1]))
    return Asymmetry(
        slope=float(coef[1]), slope_se=float(se[1]), statistic=statistic, df=line.df, p=two_sided_p(statistic, line.df),
        limit=float(coef[0]), limit_se=float(se[0]), limit_ci=about(float(coef[0]), float(se[0]), alpha, line.df),
        model=model, predictor=predictor,
    )  # fmt: skip


def begg(yi: ArrayLike, vi: ArrayLike) -> RankCorrelation:
    """Rank correlation of effects and variances (Begg & Mazumdar 1994, doi 10.2307/2533446); three studies are needed.

    The p is exact where no values are tied, else by the normal distribution with the variance for ties.
    """
    from scipy.stats import kendalltau

    y, v, _ = effects_and_variances(yi, vi)
    at_least(y.size, 3, "Begg's test")
    mean, variance = Mean(y, v).estimate(0.0)
    own = v - variance
    if not (own > 0).all():
        raise InputRefused("one study has all the weight", where="vi", next_step="do without this test")
    standard = (y - mean) / np.sqrt(own)
    exact = np.unique(standard).size == y.size == np.unique(v).size
    found = kendalltau(standard, v, method="exact" if exact else "asymptotic")
    if math.isnan(found.statistic):
        raise InputRefused("all effects or all variances are equal", where="vi", next_step="do without this test")
    return RankCorrelation(float(found.statistic), float(found.pvalue), exact)


def trim_and_fill(
    yi: ArrayLike, vi: ArrayLike, *, method: str = "REML", estimator: str = "L0", side: str | None = None, interval: str = "hksj_floor",
    level: float = 95, prediction: str = "t_k1", labels: Sequence[str] | None = None,
) -> Filled:  # fmt: skip
    """Fills in mirror images of the k0 most extreme studies (Duval & Tweedie 2000, doi 10.1111/j.0006-341X.2000.00455.x, 10.2307/2669529).

    estimator: L0 or R0. side: where studies are thought missing; None takes the side on which small studies are rarer by Egger's
    regression with the same method. Three studies are needed.
    """
    y, v, names = effects_and_variances(yi, vi, labels)
    one_of(method, METHODS, "method")
    one_of(interval, INTERVALS, "interval")
    one_of(estimator, ESTIMATORS, "estimator")
    at_least(y.size, 3, "trim and fill")
    if side is None:
        side = "right" if _slope(y, v, method) < 0 else "left"
    sign = -1.0 if one_of(side, SIDES, "side") == "right" else 1.0
    order = np.lexsort((v, sign * y))
    k0, k0_se, centre = _missing(sign * y[order], v[order], method, estimator)
    extreme = order[y.size - k0 :]
    mirrored = 2 * sign * centre - y[extreme]
    filled = [f"filled: {names[n]}" for n in extreme]
    pooled = pool(
        np.concatenate([y, mirrored]), np.concatenate([v, v[extreme]]), method=method, interval=interval, level=level,
        prediction=prediction, labels=[*names, *filled],
    )  # fmt: skip
    return Filled(k0, k0_se, side, estimator, tuple(mirrored.tolist()), tuple(v[extreme].tolist()), pooled)


def _missing(y: Vector, v: Vector, method: str, estimator: str) -> tuple[int, float | None, float]:
    """How many are missing on the left of effects sorted upwards, its standard error, and the centre of those that were not trimmed."""
    k, k0, seen = y.size, 0, set[int]()
    while True:
        centre = fit(Mean(y[: k - k0], v[: k - k0]), method, "wald", 0.05).estimate
        around = y - centre
        around = np.round(around / max(float(np.abs(around).max()), np.finfo(float).tiny), ALIKE)
        ranks = np.empty(k)
        ranks[np.argsort(np.abs(around), kind="stable")] = np.arange(1, k + 1)
        found, se = (_l0 if estimator == "L0" else _r0)(around, ranks, k)
        following = min(int(np.round(max(0.0, found))), k - 1)
        if following == k0:
            return k0, se, centre
        if following in seen or len(seen) > ROUNDS:
            raise InputRefused(
                f"trim and fill does not settle: it goes between {k0} and {following} studies",
                where="estimator",
                next_step="use the other estimator (L0, R0), or do without",
            )
        seen.add(following)
        k0 = following


def _l0(around: Vector, ranks: Vector, k: int) -> tuple[float, float | None]:
    """From the sum of the ranks on the right."""
    s = float(ranks[around > 0].sum())
    k0 = (4 * s - k * (k + 1)) / (2 * k - 1)
    variance = (k * (k + 1) * (2 * k + 1) + 10 * k0**3 + 27 * k0**2 + 17 * k0 - 18 * k * k0**2 - 18 * k * k0 + 6 * k**2 * k0) / 24
    return k0, 4 * math.sqrt(variance) / (2 * k - 1) if variance >= 0 else None


def _r0(around: Vector, ranks: Vector, k: int) -> tuple[float, float | None]:
    """From the run of highest ranks on the right."""
    left = ranks[around < 0]
    if not left.size and (around > 0).any():
        raise InputRefused(
            "trim and fill by R0 trims all studies but one, and has no other side to go by",
            where="estimator",
            next_step="use the other estimator (L0), or do without",
        )
    k0 = k - float(left.max()) - 1 if left.size else 0.0  # equal effects: none is extreme
    return k0, math.sqrt(2 * max(0.0, k0) + 2)


def _slope(y: Vector, v: Vector, method: str) -> float:
    """The slope of Egger's regression on the standard error; 0 where all standard errors are equal."""
    if v.min() == v.max():
        return 0.0
    return regression(y, v, np.column_stack([np.ones(y.size), np.sqrt(v)]), ("limit", "sei"), method, "wald", 95).coef[1]


def _predictor(name: str, v: Vector, n: ArrayLike | None) -> Vector:
    if name in ("sei", "vi"):
        return np.sqrt(v) if name == "sei" else v
    if n is None:
        raise InputRefused(f"the predictor {name} needs the people of each study", where="n", expected="one number for each study")
    people = numbers(n, "n")
    same_length({"vi": v, "n": people})
    if not (people > 0).all():
        raise InputRefused("a study has no people", where="n", expected="numbers above 0")
    return 1 / people if name == "ninv" else 1 / np.sqrt(people)
