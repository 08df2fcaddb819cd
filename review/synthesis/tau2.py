"""Estimators of the variance between studies, each truncated at 0, with its large-sample standard error.

Names and conventions are metafor's (Viechtbauer 2010, doi 10.18637/jss.v036.i03); formulas: Veroniki 2016, doi 10.1002/jrsm.1164.
Likelihoods are searched over their whole range: where there are several maxima, the highest counts, and 0 is one of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from review.errors import InputRefused
from review.synthesis.inputs import Vector
from review.synthesis.weighted import Design, Sums

PER_DECADE = 3  # points of the search for maxima, in each decade of tau²
STEPS = 200  # halving alone needs about a hundred
Of = Callable[[Sums], Vector]


def dersimonian_laird(design: Design) -> tuple[float, float]:
    """DL, the moment estimator (DerSimonian & Laird 1986, doi 10.1016/0197-2456(86)90046-2)."""
    fixed, df = design.fixed, design.df
    tr_p, tr_pp = float(fixed.tr_p[0]), float(fixed.tr_pp[0])
    tau2 = max(0.0, (float(fixed.ypy[0]) - df) / tr_p)
    return tau2, math.sqrt(2 * df + 4 * tau2 * tr_p + 2 * tau2**2 * tr_pp) / tr_p


def hedges(design: Design) -> tuple[float, float]:
    """HE, the moment estimator without weights (Hedges & Olkin 1985, doi 10.1016/C2009-0-03396-0)."""
    (tr_mv, tr_mvmv), df = design.plain_traces, design.df
    tau2 = max(0.0, (design.plain_squares - tr_mv) / df)
    return tau2, math.sqrt(2 * tr_mvmv + 4 * tau2 * tr_mv + 2 * tau2**2 * df) / df


def hunter_schmidt(design: Design) -> tuple[float, float]:
    """HS (Hunter & Schmidt 1990; form of Viechtbauer 2005, doi 10.3102/10769986030003261)."""
    fixed = design.fixed
    total = float(fixed.total[0])
    tau2 = max(0.0, (float(fixed.ypy[0]) - design.k) / total)
    inner = 2 * (design.df) + 4 * tau2 * float(fixed.tr_p[0]) + 2 * tau2**2 * float(fixed.tr_pp[0])
    return tau2, math.sqrt(inner) / total


def sidik_jonkman(design: Design) -> tuple[float, float]:
    """SJ, two steps from the variance of the effects over k (Sidik & Jonkman 2005, doi 10.1111/j.1467-9876.2005.00489.x)."""
    start, df = float(np.var(design.y)), design.df
    if start == 0:
        return 0.0, 0.0
    first = design.at(start)
    tr_p, tr_pp = float(first.tr_p[0]), float(first.tr_pp[0])
    tau2 = start * float(first.ypy[0]) / df
    tr_pvpv, tr_pvp = df - 2 * start * tr_p + start**2 * tr_pp, tr_p - start * tr_pp
    return tau2, start / df * math.sqrt(max(0.0, 2 * tr_pvpv + 4 * tau2 * tr_pvp + 2 * tau2**2 * tr_pp))


def maximum_likelihood(design: Design) -> tuple[float, float]:
    """ML (Hardy & Thompson 1996, doi 10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A)."""
    tau2 = _highest(
        design,
        score=lambda at: at.yppy - at.total,
        slope=lambda at: (at.weights * at.weights).sum(1) - 2 * at.ypppy,
        log_likelihood=lambda at: np.log(at.weights).sum(1) - at.ypy,
    )
    weights = design.at(tau2).weights
    return tau2, math.sqrt(2 / float((weights * weights).sum()))


def restricted_likelihood(design: Design) -> tuple[float, float]:
    """REML (Raudenbush 2009; Viechtbauer 2005, doi 10.3102/10769986030003261)."""
    tau2 = _highest(
        design,
        score=lambda at: at.yppy - at.tr_p,
        slope=lambda at: at.tr_pp - 2 * at.ypppy,
        log_likelihood=lambda at: np.log(at.weights).sum(1) - at.log_det - at.ypy,
    )
    information = float(design.at(tau2).tr_pp[0])
    if not information > 0:
        raise InputRefused(
            "these effects and variances differ by too many powers of ten for a variance between studies",
            where="vi",
            next_step="see whether one of them was mistyped or is in another unit",
        )
    return tau2, math.sqrt(2 / information)


def paule_mandel(design: Design) -> tuple[float, float]:
    """PM, where the generalised Q equals its expectation (Paule & Mandel 1982, doi 10.6028/jres.087.022)."""
    df = design.df
    tau2 = tau2_where_q_is(design, df)
    return tau2, math.sqrt(2 * design.k**2 / df) / float(design.at(tau2).total[0])


ESTIMATORS: dict[str, Callable[[Design], tuple[float, float]]] = {
    "REML": restricted_likelihood,
    "DL": dersimonian_laird,
    "PM": paule_mandel,
    "ML": maximum_likelihood,
    "EB": paule_mandel,  # empirical Bayes (Morris 1983, doi 10.1080/01621459.1983.10477920) solves the same equation
    "SJ": sidik_jonkman,
    "HE": hedges,
    "HS": hunter_schmidt,
}
METHODS = ("EE", *ESTIMATORS)


def tau2_where_q_is(design: Design, value: float, near: float = 0.0) -> float:
    """The tau² at which the generalised Q, which falls as tau² grows, has this value; 0 where it is below from the start.

    1 / Q is nearly a line in tau², and one where all variances are equal: a few steps suffice, the first at *near*.
    """
    if float(design.fixed.ypy[0]) <= value:
        return 0.0

    def gap(tau2: float) -> tuple[float, float]:
        at = design.at(tau2)
        q = float(at.ypy[0])
        return 1 / value - 1 / q, -float(at.yppy[0]) / q**2

    top = 2 * design.plain_squares / value  # Q(tau²) <= squares / tau²
    return falling_root(gap, 0.0, top, min(near / top, 1.0))


def _highest(design: Design, *, score: Of, slope: Of, log_likelihood: Of) -> float:
    """The tau² >= 0 with the highest likelihood: of the roots at which its slope, the score, turns negative, and of 0.

    The score is negative where Q(tau²) <= 1, thus beyond the plain sum of squares, and where tau² is above every variance and above twice
    the plain variance: no maximum lies outside of the grid.
    """
    squares = design.plain_squares
    if squares == 0:
        return 0.0
    grid = _grid(design, 1.1 * min(squares, max(float(design.v.max()), 2 * squares / design.df)))
    scores = score(design.at(*grid))

    def both(tau2: float) -> tuple[float, float]:
        at = design.at(tau2)
        return float(score(at)[0]), float(slope(at)[0])

    turns = np.flatnonzero((scores[:-1] > 0) & (scores[1:] <= 0))
    maxima = [falling_root(both, float(grid[n]), float(grid[n + 1]), float(scores[n] / (scores[n] - scores[n + 1]))) for n in turns]
    if scores[0] <= 0:
        maxima.insert(0, 0.0)
    if len(maxima) == 1:
        return maxima[0]
    return maxima[int(np.argmax(log_likelihood(design.at(*maxima))))]


def _grid(design: Design, top: float) -> Vector:
    """0, then a few steps in each decade up to ``top``, the first where tau² begins to matter beside the smallest variance."""
    low = min(float(design.v.min()), top) / 10
    steps = 2 + math.ceil(PER_DECADE * math.log10(top / low))
    return np.concatenate(([0.0], np.exp(np.linspace(math.log(low), math.log(top), steps))))


def falling_root(function: Callable[[float], tuple[float, float]], low: float, high: float, start: float = 0.0) -> float:
    """Where a function, given as value and slope, falls through 0 between two points: Newton's steps, halving if one leads outside.

    start: where between the points the first step is taken, 0 to 1. The digits double with each step, so that after a step in the eighth
    digit only rounding is left.
    """
    point = low + start * (high - low)
    for _ in range(STEPS):
        value, slope = function(point)
        low, high = (point, high) if value > 0 else (low, point)
        following = point - value / slope if slope < 0 else math.inf
        if abs(following - point) <= 1e-8 * abs(following):
            return max(following, 0.0)
        point = following if low < following < high else (low + high) / 2
    return point
