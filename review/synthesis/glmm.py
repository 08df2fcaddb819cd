"""Logistic models with a random effect between studies, fitted to counts without any correction: proportions and odds ratios.

The random effect is integrated out by adaptive Gauss-Hermite quadrature with seven points, as metafor and lme4 do by default. For odds
ratios seven points are an approximation that moves the estimate in the fourth digit; ``points`` takes more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from review.errors import InputRefused
from review.synthesis.distributions import two_sided_p
from review.synthesis.inputs import Vector, at_least, counts, events_within, tail_of
from review.synthesis.intervals import about
from review.synthesis.tables2x2 import tables

POINTS = 7
STEP, WIDE = 1e-3, 2e-3  # of differences of the second and of the fourth order in log-likelihoods, which are smooth on the scale of 0.01
SETTLED = 1e-6  # the last step of a maximum that was found


@dataclass(frozen=True, slots=True)
class MixedModel:
    """A pooled logit or log odds ratio with its Wald interval; tau2 on that scale. excluded: how many of the studies say nothing."""

    estimate: float
    se: float
    ci: tuple[float, float]
    z: float
    p: float
    tau2: float
    k: int
    excluded: int
    log_likelihood: float
    points: int
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class Arms:
    """Events x of n people, shape (k, arms), with the share of the pooled and of the random effect in the logit of each arm."""

    x: Vector
    n: Vector
    fixed: Vector
    random: Vector


def mixed_proportion(x: ArrayLike, n: ArrayLike, *, points: int = POINTS, level: float = 95) -> MixedModel:
    """The mean logit of proportions, x of n in each study (Stijnen, Hamza & Özdemir 2010, doi 10.1002/sim.4040, section 3.2)."""
    found = counts({"x": x, "n": n})
    events_within(found["x"], found["n"], "x")
    at_least(found["x"].size, 2, "a mixed model")
    arms = Arms(*_in_order(found["x"][:, None], found["n"][:, None]), np.ones(1), np.ones(1))
    if arms.x.sum() in (0, arms.n.sum()):
        raise _without_information()
    share = (arms.x.sum() + 0.5) / (arms.n.sum() + 1)
    start = math.log(share / (1 - share))

    def function(at: float, tau: float) -> float:
        return float(_log_likelihood(arms, np.array([[at]]), tau, points).sum())

    return _fitted(function, start, arms.x.shape[0], 0, points, level)


def mixed_odds_ratio(a: ArrayLike, n1: ArrayLike, c: ArrayLike, n2: ArrayLike, *, points: int = POINTS, level: float = 95) -> MixedModel:
    """The mean log odds ratio with a level of its own for each study (Stijnen 2010, section 3.3; Jackson 2018, doi 10.1002/sim.7588).

    a of n1 and c of n2: events and people of both arms. The random effect is shared half and half by the arms (metafor's UM.FS). Studies in
    which nobody or everybody has the event say nothing about an odds ratio and are left out; ``excluded`` counts them.
    """
    t = tables(a, n1, c, n2)
    used = ~t.empty
    events, people = _in_order(np.column_stack([t.a, t.c])[used], np.column_stack([t.n1, t.n2])[used])
    arms = Arms(events, people, np.array([0.5, -0.5]), np.array([0.5, -0.5]))
    if not used.any() or any(total in (0, people) for total, people in zip(arms.x.sum(0), arms.n.sum(0), strict=True)):
        raise _without_information()
    at_least(arms.x.shape[0], 2, "a mixed model")
    share = (arms.x.sum(0) + 0.5) / (arms.n.sum(0) + 1)
    logits = np.log(share / (1 - share))
    pooled = (arms.x.sum(1) + 0.5) / (arms.n.sum(1) + 1)
    levels = np.log(pooled / (1 - pooled))

    def profile(at: float, tau: float) -> float:
        """The log-likelihood at the best level of each study; those levels are found from the last ones."""
        nonlocal levels
        levels, best = _best_levels(arms, levels, at, tau, points)
        return float(best.sum())

    return _fitted(profile, float(logits[0] - logits[1]), arms.x.shape[0], int((~used).sum()), points, level)


def _in_order(x: Vector, n: Vector) -> tuple[Vector, Vector]:
    """Events and people with the studies sorted, so that their order changes not even the last bit."""
    order = np.lexsort((*n.T, *x.T))
    return x[order], n[order]


def _best_levels(arms: Arms, levels: Vector, at: float, tau: float, points: int) -> tuple[Vector, Vector]:
    """For each study the level with the highest likelihood, and that likelihood: Newton's steps by differences."""

    def value(level: Vector) -> Vector:
        return _log_likelihood(arms, level[:, None] + at * arms.fixed, tau, points)

    here = value(levels)
    for _ in range(100):
        above, below = value(levels + STEP), value(levels - STEP)
        slope, bend = (above - below) / (2 * STEP), (above - 2 * here + below) / STEP**2
        move = np.clip(np.where(bend < 0, -slope / np.minimum(bend, -1e-300), np.sign(slope)), -1, 1)
        following = value(levels + move)
        worse = following < here - 1e-12
        levels = levels + np.where(worse, move / 4, move)
        here = np.where(worse, value(levels), following)
        if np.abs(move).max() < 1e-6:
            break
    return levels, here


def _log_likelihood(arms: Arms, logits: Vector, tau: float, points: int) -> Vector:
    """The log-likelihood of each study, shape (k,), without the binomial coefficients; logits: of the arms without the random effect.

    The quadrature is centred at the mode of the random effect and scaled by the curvature there.
    """
    slopes = tau * arms.random
    mode = np.zeros(arms.x.shape[0])
    for _ in range(100):
        p = _expit(logits + mode[:, None] * slopes)
        gradient = ((arms.x - arms.n * p) * slopes).sum(1) - mode
        curvature = (arms.n * p * (1 - p) * slopes**2).sum(1) + 1
        move = np.clip(gradient / curvature, -2, 2)
        mode = mode + move
        if np.abs(move).max() < 1e-13:
            break
    p = _expit(logits + mode[:, None] * slopes)
    width = 1 / np.sqrt((arms.n * p * (1 - p) * slopes**2).sum(1) + 1)
    nodes, weights = np.polynomial.hermite_e.hermegauss(points)
    u = mode[:, None] + width[:, None] * nodes
    eta = logits[:, None, :] + u[:, :, None] * slopes
    logs = (arms.x[:, None, :] * eta - arms.n[:, None, :] * np.logaddexp(0, eta)).sum(2) - u**2 / 2 + nodes**2 / 2
    top = logs.max(1)
    return top + np.log((weights * np.exp(logs - top[:, None])).sum(1)) + np.log(width) - math.log(2 * math.pi) / 2


def _fitted(function: Callable[[float, float], float], start: float, k: int, excluded: int, points: int, level: float) -> MixedModel:
    """The maximum over the pooled effect and tau >= 0; the standard error from the curvature there."""
    from scipy.optimize import minimize

    alpha = tail_of(level)
    rough = minimize(lambda at: -function(at[0], at[1]), [start, 0.5], method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-7})
    best = np.array([rough.x[0], abs(rough.x[1])])
    for _ in range(30):
        slope, bend = _differences(function, best)
        if np.linalg.eigvalsh(bend)[-1] >= 0:
            break
        move = -np.linalg.solve(bend, slope)
        best = best + np.clip(move, -0.2, 0.2)
        best[1] = abs(best[1])
        if np.abs(move).max() < 1e-8:
            break
    else:
        if np.abs(move).max() > SETTLED:
            raise _not_settled()
    if best[1] < 10 * STEP and function(best[0], 0.0) >= function(*best) - 1e-9:
        best, bend = _without_tau(function, best[0])
    if not np.isfinite(bend).all() or np.linalg.eigvalsh(-bend)[0] <= 0:
        raise _without_information()  # the likelihood goes on rising: there is no maximum
    cov = np.linalg.inv(-bend)
    estimate, se = float(best[0]), math.sqrt(float(cov[0, 0]))
    if not math.isfinite(estimate) or abs(estimate) > 50:
        raise _without_information()
    return MixedModel(
        estimate=estimate, se=se, ci=about(estimate, se, alpha, None), z=estimate / se, p=two_sided_p(estimate / se, None),
        tau2=float(best[1]) ** 2, k=k, excluded=excluded, log_likelihood=function(*best), points=points, level=level,
    )  # fmt: skip


def _differences(function: Callable[[float, float], float], at: Vector) -> tuple[Vector, Vector]:
    """Slope, shape (2,), and second derivatives, shape (2, 2), by differences of the fourth order."""
    steps, first, second = np.array([-2, -1, 0, 1, 2]), np.array([1, -8, 0, 8, -1]) / 12, np.array([-1, 16, -30, 16, -1]) / 12
    values = np.array([[function(at[0] + WIDE * one, at[1] + WIDE * two) for two in steps] for one in steps])
    slope = np.array([first @ values[:, 2], first @ values[2, :]]) / WIDE
    mixed = first @ values @ first
    return slope, np.array([[second @ values[:, 2], mixed], [mixed, second @ values[2, :]]]) / WIDE**2


def _without_tau(function: Callable[[float, float], float], estimate: float) -> tuple[Vector, Vector]:
    """The maximum where tau is 0, and its curvature; tau stands beside it with a curvature of its own that touches nothing."""
    for _ in range(30):
        slope, bend = _differences(function, np.array([estimate, 0.0]))
        move = -slope[0] / bend[0, 0]
        estimate += float(np.clip(move, -0.5, 0.5))
        if abs(move) < 1e-8:
            break
    return np.array([estimate, 0.0]), np.array([[bend[0, 0], 0.0], [0.0, -1.0]])


def _expit(x: Vector) -> Vector:
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


def _not_settled() -> InputRefused:
    return InputRefused(
        "the likelihood of these counts has no maximum that the search settles at",
        where="x",
        expected="enough events, and enough people without one, to estimate a variance between studies",
        next_step="pool the effects by REML, or show the counts without pooling",
    )


def _without_information() -> InputRefused:
    return InputRefused(
        "these counts give no finite logit: in all studies together nobody or everybody of an arm has the event",
        where="x",
        expected="events and their absence, in one study or another",
        next_step="show the counts without pooling",
    )
