"""The formulas by which reported numbers give another: spread, means from quantiles, two groups as one, clusters. Arithmetic alone.

Nothing is checked here and nothing is recorded: a caller asks ``review.extraction.derive``, which refuses impossible input and says
where the value came from. Sources stand with the table of formulas in ``review/extraction/conversions.py``.
"""

from __future__ import annotations

from math import exp, lgamma, log, log1p, sqrt
from statistics import NormalDist

SMALL = 100  # participants below which limits were set with Student's t


def normal_quantile(p: float) -> float:
    """The *p* quantile of the standard normal distribution, 0 < p < 1."""
    return NormalDist().inv_cdf(p)


def t_quantile(p: float, freedom: float) -> float:
    """The *p* quantile of Student's t with *freedom* > 0."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, p))


def deviate(level: float, freedom: float | None = None) -> float:
    """How many standard errors an interval of *level* per cent reaches to one side; of Student's t where *freedom* is given."""
    p = 0.5 + level / 200
    return normal_quantile(p) if freedom is None else t_quantile(p, freedom)


def hedges_factor(freedom: float) -> float:
    """The exact small-sample factor of a standardised mean difference, *freedom* > 1. Source: Hedges 1981, J Educ Stat 6:107.

    Above 100 by the series of the ratio of gamma functions (Tricomi, Erdélyi 1951, Pac J Math 1:133): a difference of logarithms loses a
    digit with each digit of *freedom*.
    """
    if freedom <= 100:
        return exp(lgamma(freedom / 2) - lgamma((freedom - 1) / 2)) / sqrt(freedom / 2)
    x = 2 / (freedom - 1)
    return exp(log1p(-1 / freedom) / 2 - x / 8 + x**3 / 192 - x**5 / 640 + 17 * x**7 / 14336)


def sd_from_se(se: float, n: float) -> float:
    return se * sqrt(n)


def se_from_sd(sd: float, n: float) -> float:
    return sd / sqrt(n)


def sd_from_ci(low: float, high: float, n: float, level: float = 95, small: float = SMALL) -> float:
    """Of one group's mean: with Student's t of n - 1 below *small* participants, else with the normal."""
    return sqrt(n) * (high - low) / (2 * deviate(level, n - 1 if n < small else None))


def se_from_ci(low: float, high: float, level: float = 95, freedom: float | None = None) -> float:
    return (high - low) / (2 * deviate(level, freedom))


def sd_from_t(mean_difference: float, t: float, n1: float, n2: float) -> float:
    """The SD that both groups have in common."""
    return abs(mean_difference / t) / sqrt(1 / n1 + 1 / n2)


def sd_from_p(mean_difference: float, p: float, n1: float, n2: float) -> float:
    return sd_from_t(mean_difference, t_quantile(p / 2, n1 + n2 - 2), n1, n2)  # of the lower tail, where a small p keeps its digits


def sd_change(sd_baseline: float, sd_final: float, r: float) -> float:
    """The SD of the change within people, of the SDs before and after and their correlation *r*."""
    return sqrt(sd_baseline**2 + sd_final**2 - 2 * r * sd_baseline * sd_final)


def corr_from_sds(sd_baseline: float, sd_final: float, sd_of_change: float) -> float:
    return (sd_baseline**2 + sd_final**2 - sd_of_change**2) / (2 * sd_baseline * sd_final)


def combine_groups(n1: float, mean1: float, sd1: float, n2: float, mean2: float, sd2: float) -> tuple[float, float, float]:
    """(n, mean, SD) of two groups as one."""
    n = n1 + n2
    within = (n1 - 1) * sd1**2 + (n2 - 1) * sd2**2
    between = n1 * n2 / n * (mean1 - mean2) ** 2
    return n, (n1 * mean1 + n2 * mean2) / n, sqrt((within + between) / (n - 1))


def log_ratio_from_ci(ratio: float, low: float, high: float, level: float = 95) -> tuple[float, float]:
    """(logarithm, its standard error)."""
    return log(ratio), se_from_ci(log(low), log(high), level)


def se_from_est_p(estimate: float, p: float) -> float:
    """*estimate* is a difference, or the logarithm of a ratio."""
    return abs(estimate) / -normal_quantile(p / 2)


def luo_mean_iqr(q1: float, median: float, q3: float, n: float) -> float:
    return (0.7 + 0.39 / n) * (q1 + q3) / 2 + (0.3 - 0.39 / n) * median


def luo_mean_range(minimum: float, median: float, maximum: float, n: float) -> float:
    w = 4 / (4 + n**0.75)
    return w * (minimum + maximum) / 2 + (1 - w) * median


def luo_mean_5num(minimum: float, q1: float, median: float, q3: float, maximum: float, n: float) -> float:
    outer, inner = 2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55
    return outer * (minimum + maximum) / 2 + inner * (q1 + q3) / 2 + (1 - outer - inner) * median


def wan_sd_iqr(q1: float, q3: float, n: float) -> float:
    return (q3 - q1) / (2 * normal_quantile((0.75 * n - 0.125) / (n + 0.25)))


def wan_sd_range(minimum: float, maximum: float, n: float) -> float:
    return (maximum - minimum) / (-2 * normal_quantile(0.625 / (n + 0.25)))  # the deviate of (n - .375)/(n + .25), by its upper tail


def wan_sd_5num(minimum: float, q1: float, q3: float, maximum: float, n: float) -> float:
    return (wan_sd_range(minimum, maximum, n) + wan_sd_iqr(q1, q3, n)) / 2


def shi_sd_5num(minimum: float, q1: float, q3: float, maximum: float, n: float) -> float:
    w = 1 / (1 + 0.07 * n**0.6)
    return w * wan_sd_range(minimum, maximum, n) + (1 - w) * wan_sd_iqr(q1, q3, n)


def skew_test_iqr(q1: float, median: float, q3: float, n: float) -> tuple[float, float]:
    """(statistic, critical value): the data are skewed where the first is above the second."""
    return abs(q1 + q3 - 2 * median) / (q3 - q1), 2.66 / sqrt(n) - 5.92 / n**2


def skew_test_range(minimum: float, median: float, maximum: float, n: float) -> tuple[float, float]:
    """(statistic, critical value): the data are skewed where the first is above the second."""
    return abs(minimum + maximum - 2 * median) / (maximum - minimum), 1 / log(n + 9) + 2.5 / (n + 1)


def design_effect(cluster_size: float, icc: float) -> float:
    """By how much clusters inflate a variance."""
    return 1 + (cluster_size - 1) * icc


def effective_n(n: float, cluster_size: float, icc: float) -> float:
    """How many people allotted one by one say as much as *n* in clusters."""
    return n / design_effect(cluster_size, icc)
