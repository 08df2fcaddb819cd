"""Effects of means: differences, standardised differences with the exact small-sample factor, ratios of means; parallel and paired.

Formulas: Hedges 1981, J Educ Stat 6:107; Hedges 1982, Psychol Bull 92:490 (variances); Bonett 2008, Psychol Methods 13:99 (SMDH); Hedges,
Gurevitch, Curtis 1999, Ecology 80:1150 (ROM); Elbourne 2002, Int J Epidemiol 31:140 (crossover). An effect is (yi, vi).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

from review.model.formulas import hedges_factor


@dataclass(frozen=True, slots=True)
class Means:
    """n, mean and SD of the experimental arm, and of the control arm."""

    n1: float
    m1: float
    s1: float
    n2: float
    m2: float
    s2: float

    @property
    def pooled_sd(self) -> float:
        """The SD within arms."""
        return sqrt(((self.n1 - 1) * self.s1**2 + (self.n2 - 1) * self.s2**2) / (self.n1 + self.n2 - 2))


def mean_difference(x: Means, variance: str) -> tuple[float, float]:
    """*variance*: 'unequal' between arms, or 'pooled'."""
    if variance == "pooled":
        return x.m1 - x.m2, x.pooled_sd**2 * (1 / x.n1 + 1 / x.n2)
    return x.m1 - x.m2, x.s1**2 / x.n1 + x.s2**2 / x.n2


def standardised(x: Means, variance: str) -> tuple[float, float]:
    """Hedges' g. *variance*: 'LS', the large-sample one, or 'UB', the unbiased one."""
    freedom = x.n1 + x.n2 - 2
    j = hedges_factor(freedom)
    g = j * (x.m1 - x.m2) / x.pooled_sd
    within = 1 / x.n1 + 1 / x.n2
    if variance == "UB":
        return g, within + (1 - (freedom - 2) / (freedom * j**2)) * g**2
    return g, within + g**2 / (2 * (x.n1 + x.n2))


def standardised_unequal(x: Means) -> tuple[float, float]:
    """By the mean of both variances, which may differ."""
    j = hedges_factor(x.n1 + x.n2 - 2)
    mean_variance = (x.s1**2 + x.s2**2) / 2
    d = j * (x.m1 - x.m2) / sqrt(mean_variance)
    fourth = x.s1**4 / (x.n1 - 1) + x.s2**4 / (x.n2 - 1)
    second = x.s1**2 / (x.n1 - 1) + x.s2**2 / (x.n2 - 1)
    return d, j**2 * (d**2 * fourth / (8 * mean_variance**2) + second / mean_variance)


def ratio_of_means(x: Means) -> tuple[float, float]:
    return log(x.m1 / x.m2), x.s1**2 / (x.n1 * x.m1**2) + x.s2**2 / (x.n2 * x.m2**2)


def paired_difference(x: Means, r: float) -> tuple[float, float]:
    """Of the same people in two periods, n of each; *r* correlates the periods."""
    people = min(x.n1, x.n2)
    return x.m1 - x.m2, (x.s1**2 + x.s2**2 - 2 * r * x.s1 * x.s2) / people


def paired_standardised(x: Means, r: float) -> tuple[float, float]:
    """Of the same people in two periods, by the SD between people."""
    people = min(x.n1, x.n2)
    g = hedges_factor(people - 1) * (x.m1 - x.m2) / sqrt((x.s1**2 + x.s2**2) / 2)
    return g, (1 / people + g**2 / (2 * people)) * 2 * (1 - r)


def undefined(measure: str, x: Means) -> str:
    """Why *measure* has no value for these means, '' where it has."""
    if measure in ("SMD", "SMDH") and (min(x.n1, x.n2) <= 1 or x.n1 + x.n2 <= 3):
        return "too few participants for a standardised difference"
    if measure == "ROM" and x.m1 * x.m2 <= 0:
        return "means that do not lie on one side of 0 have no ratio"
    if measure == "MD" and x.n1 + x.n2 <= 2:
        return "too few participants for a variance"
    return ""
