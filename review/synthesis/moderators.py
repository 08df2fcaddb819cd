"""Differences between studies that something known about them may explain: subgroups and meta-regression.

A moderator is observed, not drawn by lot: what it explains is an association. Whether there are studies enough is for the guard rails.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from review.errors import InputRefused
from review.synthesis.distributions import chi2_upper, f_upper, two_sided_p
from review.synthesis.heterogeneity import h2_from_q, h2_from_tau2, i2_from_q, i2_from_tau2, typical_variance
from review.synthesis.inputs import Vector, effects_and_variances, numbers, one_of, same_length, tail_of
from review.synthesis.intervals import INTERVALS, about, interval_df, prediction_interval, variance_factor
from review.synthesis.pool import Pooled, pool, ratio
from review.synthesis.tau2 import ESTIMATORS, METHODS
from review.synthesis.weighted import Mean, Regression

TAU2 = ("separate", "common")
ROUNDING = 1e-20  # of the effects' squares: where no more than this is left about a line, a statistic would be made of rounding


@dataclass(frozen=True, slots=True)
class MetaRegression:
    """A fitted meta-regression; tuples have one value for each coefficient, in the order of ``names``.

    qm tests all coefficients but the intercept: chi² with qm_df[0], or F with both degrees of freedom where the interval is not wald.
    r2: the share of tau² that the moderators take away, per cent, None where there is no tau² without them.
    """

    names: tuple[str, ...]
    coef: tuple[float, ...]
    se: tuple[float, ...]
    ci: tuple[tuple[float, float], ...]
    z_or_t: tuple[float, ...]
    p: tuple[float, ...]
    df: int | None
    tau2: float
    se_tau2: float | None
    i2: float
    h2: float
    r2: float | None
    qm: float
    qm_df: tuple[int, int | None]
    qm_p: float
    qe: float
    qe_df: int
    qe_p: float
    k: int
    method: str
    interval: str
    level: float


@dataclass(frozen=True, slots=True)
class Subgroups:
    """Estimates by group, and the test that they are one. ``model`` is the regression that a common tau² comes from."""

    pooled: Mapping[str, Pooled]
    tau2: str
    q: float
    q_df: int
    q_p: float
    model: MetaRegression | None


def meta_regression(
    yi: ArrayLike, vi: ArrayLike, moderators: Mapping[str, Sequence[float] | Sequence[str]], *, method: str = "REML",
    interval: str = "hksj_floor", level: float = 95,
) -> MetaRegression:  # fmt: skip
    """Effects as a linear function of moderators, with the rest of their variance as tau².

    moderators: name -> one value for each study; numbers as they are, words as contrasts with the first word in alphabetical order.
    Source: Berkey 1995, doi 10.1002/sim.4780140406; interval and F test Knapp & Hartung 2003, doi 10.1002/sim.1482.
    """
    y, v, _ = effects_and_variances(yi, vi)
    one_of(method, METHODS, "method")
    one_of(interval, INTERVALS, "interval")
    names, x = design_of(y.size, moderators)
    return regression(y, v, x, names, method, interval, level)


def design_of(k: int, moderators: Mapping[str, Sequence[float] | Sequence[str]]) -> tuple[tuple[str, ...], Vector]:
    """Names and columns of the design, the intercept first."""
    if not isinstance(moderators, Mapping):
        raise InputRefused(f"moderators are {type(moderators).__name__}", where="moderators", expected="{name: one value for each study}")
    columns: dict[str, Vector] = {"intercept": np.ones(k)}
    for name, values in moderators.items():
        if any(isinstance(value, str) for value in values):
            words = groups_of(values, name)
            columns |= {f"{name}: {word}": np.array([value == word for value in values], dtype=float) for word in words[1:]}
        else:
            columns[name] = numbers(values, name)
    same_length({name: column for name, column in columns.items()})
    if len(columns) == 1:
        raise InputRefused("there is no moderator that differs between studies", where="moderators", expected="at least one")
    return tuple(columns), np.column_stack(list(columns.values()))


def groups_of(values: Sequence[object], name: str) -> list[str]:
    """The words in alphabetical order; every study must have one."""
    for row, value in enumerate(values, 1):
        if not isinstance(value, str) or not value.strip():
            raise InputRefused(f"row {row} has {value!r}", where=name, expected="a word", next_step="give the study a group")
    return sorted(set(map(str, values)))


def regression(y: Vector, v: Vector, x: Vector, names: tuple[str, ...], method: str, interval: str, level: float) -> MetaRegression:
    """The fit of a design whose first column is the intercept."""
    alpha, design = tail_of(level), Regression(y, v, x)
    df, qe = design.df, float(design.fixed.ypy[0])
    common = method == "EE"
    tau2, se_tau2 = (0.0, None) if common else ESTIMATORS[method](design)
    coef, cov = design.coefficients(tau2)
    used, left = "wald" if common else interval, float(design.at(tau2).ypy[0])
    if used == "hksj" and left <= ROUNDING * float((y * y / (v + tau2)).sum()):
        raise InputRefused(
            "the effects are equal or lie on the model: nothing is left for Hartung and Knapp's standard error",
            where="yi",
            next_step="use hksj_floor or wald",
        )
    cov = cov * variance_factor(used, left, df)
    t_df, se = interval_df(used, df), np.sqrt(np.diag(cov))
    statistic = [ratio(float(b), float(s)) for b, s in zip(coef, se, strict=True)]
    tested = len(coef) - 1
    wald = float(coef[1:] @ np.linalg.solve(cov[1:, 1:], coef[1:])) if se.all() else math.inf
    qm, qm_df = (wald, (tested, None)) if t_df is None else (wald / tested, (tested, df))
    typical = typical_variance(design, float(design.fixed.tr_p[0]))
    without = 0.0 if common else ESTIMATORS[method](Mean(y, v))[0]
    return MetaRegression(
        names=names, coef=tuple(coef.tolist()), se=tuple(se.tolist()),
        ci=tuple(about(float(b), float(s), alpha, t_df) for b, s in zip(coef, se, strict=True)),
        z_or_t=tuple(statistic), p=tuple(two_sided_p(one, t_df) for one in statistic), df=t_df, tau2=tau2, se_tau2=se_tau2,
        i2=i2_from_q(qe, df) if common else i2_from_tau2(tau2, typical),
        h2=h2_from_q(qe, df) if common else h2_from_tau2(tau2, typical),
        r2=max(0.0, 100 * (without - tau2) / without) if without > 0 else None,
        qm=qm, qm_df=qm_df, qm_p=chi2_upper(qm, tested) if t_df is None else f_upper(qm, tested, df),
        qe=qe, qe_df=df, qe_p=chi2_upper(qe, df), k=design.k, method=method, interval=used, level=level,
    )  # fmt: skip


def subgroups(
    yi: ArrayLike, vi: ArrayLike, groups: Sequence[str], *, method: str = "REML", interval: str = "hksj_floor", level: float = 95,
    prediction: str = "t_k1", tau2: str = "separate", labels: Sequence[str] | None = None,
) -> Subgroups:  # fmt: skip
    """Estimates by group, and whether they differ.

    groups: a word for each study. tau2: "separate" estimates it in each group, and the test is Q between the groups' estimates with their
    Wald standard errors; "common" takes one from a regression on the groups, and the test is the regression's (chi², or F under Hartung and
    Knapp). Source: Borenstein & Higgins 2013, doi 10.1007/s11121-013-0377-7.
    """
    y, v, names = effects_and_variances(yi, vi, labels)
    one_of(tau2, TAU2, "tau2")
    same_length({"yi": y, "groups": list(groups)})
    words = groups_of(groups, "groups")
    members = {word: np.array([n for n, group in enumerate(groups) if group == word]) for word in words}
    pooled = {
        word: pool(y[rows], v[rows], method=method, interval=interval, level=level, prediction=prediction, labels=[names[n] for n in rows])
        for word, rows in members.items()
    }
    if len(words) < 2:
        return Subgroups(pooled, tau2, 0.0, 0, 1.0, None)
    if tau2 == "common":
        terms, x = design_of(y.size, {"group": list(groups)})
        model = regression(y, v, x, terms, method, interval, level)
        factor = (model.se[0] / _group_se(v[members[words[0]]], model.tau2)) ** 2  # Hartung and Knapp's, of the whole model
        shared = {word: _with_tau2(one, y[members[word]], v[members[word]], model, factor) for word, one in pooled.items()}
        return Subgroups(shared, tau2, model.qm, model.qm_df[0], model.qm_p, model)
    return apart(pooled)


def apart(pooled: Mapping[str, Pooled]) -> Subgroups:
    """Groups that were each pooled alone, with Q between their estimates and its test; of one group there is none."""
    if len(pooled) < 2:
        return Subgroups(pooled, "separate", 0.0, 0, 1.0, None)
    between = Mean(np.array([one.estimate for one in pooled.values()]), np.array([one.wald_se**2 for one in pooled.values()]))
    q = float(between.fixed.ypy[0])
    return Subgroups(pooled, "separate", q, between.df, chi2_upper(q, between.df), None)


def _group_se(v: Vector, tau2: float) -> float:
    return 1 / math.sqrt(float((1 / (v + tau2)).sum()))


def _with_tau2(one: Pooled, y: Vector, v: Vector, model: MetaRegression, factor: float) -> Pooled:
    """A group's estimate with the tau² of all groups; Q, I² and H² stay those of the group by its Q, for tau² is not its own."""
    design = Mean(y, v)
    estimate, variance = design.estimate(model.tau2)
    se, alpha = math.sqrt(variance * factor), tail_of(model.level)
    statistic = ratio(estimate, se)
    return replace(
        one, estimate=estimate, se=se, wald_se=math.sqrt(variance), ci=about(estimate, se, alpha, model.df), tau2=model.tau2,
        se_tau2=model.se_tau2, tau2_ci=None, i2=i2_from_q(one.q, one.q_df), i2_ci=None, h2=h2_from_q(one.q, one.q_df), h2_ci=None,
        z_or_t=statistic, df=model.df, p=two_sided_p(statistic, model.df), interval=model.interval, warnings=(),
        pi=None if model.method == "EE" else prediction_interval(estimate, se, model.tau2, one.k, alpha, one.prediction),
        weights=tuple(design.percent(model.tau2).tolist()),
    )  # fmt: skip
