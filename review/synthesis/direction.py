"""Directions of effect counted without pooling, with the sign test; what is significant is not counted (guard W16)."""

from __future__ import annotations

from review.errors import InputRefused
from review.synthesis.inputs import tail_of


def sign_test(positive: int, n: int, *, level: float = 95) -> tuple[float, tuple[float, float]]:
    """(two-sided exact p of *positive* among *n* results with a direction, the exact interval of the share, 0 to 1).

    Source: Boon & Thomson 2021, doi 10.1002/jrsm.1458; interval of Clopper & Pearson 1934, doi 10.1093/biomet/26.4.404.
    """
    from scipy.stats import binomtest

    if not 0 <= positive <= n or n < 1:
        raise InputRefused(f"{positive} of {n} results", where="sign test", expected="at least one result with a direction")
    found = binomtest(positive, n)
    limits = found.proportion_ci(1 - tail_of(level), method="exact")
    return float(found.pvalue), (float(limits.low), float(limits.high))
