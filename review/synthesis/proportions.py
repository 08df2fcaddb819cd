"""Effects of one arm, proportions, rates and means, the ratio of two rates, and the way back from each scale.

Formulas: Freeman, Tukey 1950, Ann Math Stat 21:607; its inverse Miller 1978, Am Stat 32:138, with the harmonic mean of the numbers of
participants; Rothman, Greenland 2008, Modern Epidemiology (rates). An effect is (yi, vi).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, log, pi, sin, sqrt


def proportion(events: float, n: float) -> tuple[float, float]:
    p = events / n
    return p, p * (1 - p) / n


def log_proportion(events: float, n: float) -> tuple[float, float]:
    return log(events / n), 1 / events - 1 / n


def logit_proportion(events: float, n: float) -> tuple[float, float]:
    return log(events / (n - events)), 1 / events + 1 / (n - events)


def arcsine_proportion(events: float, n: float) -> tuple[float, float]:
    return asin(sqrt(events / n)), 1 / (4 * n)


def freeman_tukey(events: float, n: float) -> tuple[float, float]:
    return (asin(sqrt(events / (n + 1))) + asin(sqrt((events + 1) / (n + 1)))) / 2, 1 / (4 * n + 2)


def rate(events: float, time: float) -> tuple[float, float]:
    return events / time, events / time**2


def log_rate(events: float, time: float) -> tuple[float, float]:
    return log(events / time), 1 / events


def rate_ratio(events1: float, time1: float, events2: float, time2: float) -> tuple[float, float]:
    return log(events1 / time1) - log(events2 / time2), 1 / events1 + 1 / events2


def harmonic_mean(n: Sequence[float]) -> float:
    """Of the numbers of participants, none of which is 0."""
    return len(n) / sum(1 / one for one in n)


def from_arcsine(y: float) -> float:
    """The proportion; a limit beyond the scale is the end of the scale."""
    return sin(min(max(y, 0.0), pi / 2)) ** 2


def from_freeman_tukey(y: float, n: float) -> float:
    """The proportion, *n* the harmonic mean of participants; a limit beyond what n people can give is the end of the scale."""
    if y <= freeman_tukey(0, n)[0]:
        return 0.0
    if y >= freeman_tukey(n, n)[0]:
        return 1.0
    s = sin(2 * y)
    sign = 1.0 if cos(2 * y) >= 0 else -1.0
    return (1 - sign * sqrt(max(0.0, 1 - (s + (s - 1 / s) / n) ** 2))) / 2
