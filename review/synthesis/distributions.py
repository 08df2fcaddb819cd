"""Tails and quantiles of the normal, t, chi-squared and F distributions, exact far into the tail.

Beta and gamma functions are called directly: scipy.stats gives the same values at fifty times the time, which counts in a leave-one-out of
a thousand studies. Probabilities are two-sided or upper tails; none is 1 minus another, so that a small p keeps its digits.
"""

from __future__ import annotations

import math


def quantile(alpha: float, df: float | None) -> float:
    """The value that normal (``df`` None) or t with ``df`` degrees of freedom exceeds in absolute value with probability ``alpha``."""
    from scipy.special import betaincinv, ndtri

    if df is None:
        return -float(ndtri(alpha / 2))
    share = float(betaincinv(0.5, df / 2, 1 - alpha))  # t² / (df + t²)
    return math.sqrt(df * share / (1 - share))


def two_sided_p(statistic: float, df: float | None) -> float:
    """Two-sided p of a z (``df`` None) or t statistic."""
    if df is None:
        return math.erfc(abs(statistic) / math.sqrt(2))
    if math.isinf(statistic):
        return 0.0
    from scipy.special import betainc

    return float(betainc(df / 2, 0.5, df / (df + statistic * statistic)))


def chi2_upper(statistic: float, df: float) -> float:
    """P(chi² with df degrees of freedom >= statistic); 1 where df is 0."""
    from scipy.special import gammaincc

    return float(gammaincc(df / 2, statistic / 2)) if df > 0 else 1.0


def chi2_quantile(upper: float, df: float) -> float:
    """The value that chi² with df degrees of freedom exceeds with probability ``upper``."""
    from scipy.special import gammainccinv

    return 2 * float(gammainccinv(df / 2, upper))


def f_upper(statistic: float, df1: float, df2: float) -> float:
    """P(F with df1 and df2 degrees of freedom >= statistic)."""
    from scipy.special import betainc

    return float(betainc(df2 / 2, df1 / 2, df2 / (df2 + df1 * statistic)))
