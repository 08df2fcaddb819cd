"""One pooled estimate from effects and their sampling variances, with all that must be said beside it.

Nothing is decided here about which studies belong together: `pool` takes what it is given or refuses it. Scale: that of ``yi``, thus
logarithms for ratios; nothing is transformed back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from review.synthesis.distributions import chi2_upper, two_sided_p
from review.synthesis.heterogeneity import h2_from_q, h2_from_tau2, i2_from_q, i2_from_tau2, q_profile, typical_variance
from review.synthesis.inputs import effects_and_variances, one_of, tail_of
from review.synthesis.intervals import INTERVALS, PREDICTIONS, about, interval_df, prediction_interval, variance_factor
from review.synthesis.tau2 import ESTIMATORS, METHODS
from review.synthesis.weighted import Mean


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled estimate. Effects, standard errors and intervals have the unit of ``yi``, tau² its square, I² and weights per cent.

    Intervals are (low, high). None: not defined for this model or so few studies; ``warnings`` says why.
    """

    estimate: float
    se: float
    ci: tuple[float, float]
    tau2: float
    se_tau2: float | None
    tau2_ci: tuple[float, float] | None
    i2: float
    i2_ci: tuple[float, float] | None
    h2: float
    h2_ci: tuple[float, float] | None
    q: float
    q_df: int
    q_p: float
    z_or_t: float
    df: int | None  # of z_or_t; None: z
    p: float
    pi: tuple[float, float] | None
    weights: tuple[float, ...]
    k: int
    method: str
    interval: str  # the one used, which for the common effect and for one study is always wald
    prediction: str
    level: float
    labels: tuple[str, ...]
    wald_se: float  # before Hartung and Knapp's factor
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """The model alone, without the intervals of tau²: what leave-one-out and trim and fill repeat."""

    estimate: float
    se: float
    wald_se: float
    tau2: float
    se_tau2: float | None
    q: float
    i2: float
    h2: float
    typical: float | None
    z_or_t: float
    df: int | None
    p: float
    ci: tuple[float, float]
    interval: str


def pool(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: str = "REML",
    interval: str = "hksj_floor",
    level: float = 95,
    prediction: str = "t_k1",
    labels: Sequence[str] | None = None,
) -> Pooled:
    """The pooled estimate of k studies by inverse variance.

    yi, vi: effects and sampling variances, shape (k,). method: EE (common effect) or, for random effects, REML, DL, PM, ML, EB, SJ, HE, HS.
    interval: hksj_floor, hksj, wald. prediction: t_k1, t_k2, normal. level: per cent. The common effect and a single study have the Wald
    interval and no prediction interval. InputRefused names a missing value, a variance that is not above 0, and an unknown word.
    Source: Viechtbauer 2010, doi 10.18637/jss.v036.i03; each formula where it stands.
    """
    y, v, names = effects_and_variances(yi, vi, labels)
    one_of(method, METHODS, "method")
    one_of(interval, INTERVALS, "interval")
    one_of(prediction, PREDICTIONS, "prediction")
    alpha, design = tail_of(level), Mean(y, v)
    found = fit(design, method, interval, alpha)
    tau2_ci = i2_ci = h2_ci = pi = None
    if found.typical is not None and method != "EE":
        tau2_ci = q_profile(design, alpha, found.tau2)
        i2_ci = (i2_from_tau2(tau2_ci[0], found.typical), i2_from_tau2(tau2_ci[1], found.typical))
        h2_ci = (h2_from_tau2(tau2_ci[0], found.typical), h2_from_tau2(tau2_ci[1], found.typical))
        pi = prediction_interval(found.estimate, found.se, found.tau2, design.k, alpha, prediction)
    return Pooled(
        estimate=found.estimate, se=found.se, ci=found.ci,
        tau2=found.tau2, se_tau2=found.se_tau2, tau2_ci=tau2_ci,
        i2=found.i2, i2_ci=i2_ci, h2=found.h2, h2_ci=h2_ci,
        q=found.q, q_df=design.k - 1, q_p=chi2_upper(found.q, design.k - 1),
        z_or_t=found.z_or_t, df=found.df, p=found.p, pi=pi,
        weights=tuple(design.percent(found.tau2).tolist()), k=design.k, method=method, interval=found.interval,
        prediction=prediction, level=level, labels=names, wald_se=found.wald_se,
        warnings=_warnings(found, method, tau2_ci, pi, design.k),
    )  # fmt: skip


def fit(design: Mean, method: str, interval: str, alpha: float) -> Fit:
    """The estimate with its test and interval; words are those of `pool` and have been looked at."""
    fixed = design.fixed
    df, q = design.df, float(fixed.ypy[0])
    tau2, se_tau2, typical, used = 0.0, None, None, "wald"
    if df > 0:
        typical = typical_variance(design, float(fixed.tr_p[0]))
    if df > 0 and method != "EE":
        (tau2, se_tau2), used = ESTIMATORS[method](design), interval
    estimate, variance = design.estimate(tau2)
    wald_se = math.sqrt(variance)
    se = wald_se if used == "wald" else wald_se * math.sqrt(variance_factor(used, float(design.at(tau2).ypy[0]), df))
    by_tau2 = typical is not None and method != "EE"
    statistic, t_df = ratio(estimate, se), interval_df(used, df)
    return Fit(
        estimate=estimate, se=se, wald_se=wald_se, tau2=tau2, se_tau2=se_tau2, q=q,
        i2=i2_from_tau2(tau2, typical) if by_tau2 else i2_from_q(q, df),
        h2=h2_from_tau2(tau2, typical) if by_tau2 else h2_from_q(q, df),
        typical=typical, z_or_t=statistic, df=t_df, p=two_sided_p(statistic, t_df), ci=about(estimate, se, alpha, t_df), interval=used,
    )  # fmt: skip


def ratio(estimate: float, se: float) -> float:
    """The test statistic; infinite where effects are equal and Hartung and Knapp's standard error is 0, and 0 for a zero estimate."""
    if se > 0:
        return estimate / se
    return math.copysign(math.inf, estimate) if estimate else 0.0


def _warnings(found: Fit, method: str, tau2_ci: tuple[float, float] | None, pi: tuple[float, float] | None, k: int) -> tuple[str, ...]:
    """What a reader of the numbers must know; rules about reporting them are those of the guard rails."""
    said = []
    if k == 1:
        said.append("one study: nothing was pooled; its own estimate and Wald interval stand here")
    elif method != "EE":
        if found.interval == "hksj" and found.se < found.wald_se:
            said.append("the Hartung-Knapp interval is narrower than by its floor: its standard error is below the Wald standard error")
        if found.se == 0:
            said.append("the effects are equal, so that the Hartung-Knapp standard error is 0: use hksj_floor or wald")
        if tau2_ci == (0.0, 0.0):
            said.append("the studies agree better than chance would have it: no tau² is in its interval, which is given as 0 to 0")
        if pi is None:
            said.append(f"no prediction interval: {k} studies leave no degree of freedom")
    return tuple(said)
