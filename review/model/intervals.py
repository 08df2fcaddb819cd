"""Intervals around a statistic of agreement: by a standard error, or by drawing the reports again. It holds no statistic."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Z = 1.959963984540054  # the normal deviate of a two-sided 95 % interval
REPLICATES = 1000
MOST_UNDEFINED = 0.05  # share of draws without a value above which no interval is given

Estimate = tuple[float, float, float]  # value, lower limit, upper limit


def limits(value: float, error: float, deviate: float) -> Estimate:
    """Value and limits, none beyond -1 and 1."""
    return value, max(-1.0, value - deviate * error), min(1.0, value + deviate * error)


def t_deviate(freedom: int) -> float:
    """The two-sided 95 % deviate of Student's t, to 6 decimals from 29 degrees of freedom on.

    Source: Abramowitz, Stegun 1964, formula 26.7.5.

    >>> round(t_deviate(29), 4), round(t_deviate(499), 4)
    (2.0452, 1.9647)
    """
    z = Z
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * freedom**4)
    )


def bootstrap(
    counts: Sequence[int], value: Callable[[Sequence[int]], float | None], *, replicates: int, seed: int
) -> tuple[float, float] | None:
    """The middle 95 % of *value* over as many draws of the same number of reports, with putting back. The same seed gives the same limits.

    counts: reports of each sort; value: the statistic of such counts, None where undefined. None where too many draws are undefined.
    Source: percentile limits, Efron, Tibshirani 1993, An Introduction to the Bootstrap, ch. 13.
    """
    import numpy as np

    n = sum(counts)
    draws = np.random.default_rng(seed).multinomial(n, [count / n for count in counts], size=replicates)
    found = sorted(one for one in map(value, draws.tolist()) if one is not None)
    if len(found) < replicates * (1 - MOST_UNDEFINED):
        return None
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
