"""Intervals about a pooled estimate: Wald, Hartung-Knapp-Sidik-Jonkman with and without a floor, and prediction.

Every interval is estimate ± quantile times standard error; what differs is the scale of the standard error and the quantile's degrees of
freedom.
"""

from __future__ import annotations

import math

from review.synthesis.distributions import quantile

INTERVALS = ("hksj_floor", "hksj", "wald")
PREDICTIONS = ("t_k1", "t_k2", "normal")


def variance_factor(interval: str, ypy: float, df: int) -> float:
    """What the Wald variance is multiplied by.

    hksj: y'Py / df at the estimated tau² (Hartung & Knapp 2001, doi 10.1002/sim.791; Sidik & Jonkman 2002, doi 10.1002/sim.1262).
    hksj_floor: the same, never below 1 (Knapp & Hartung 2003, doi 10.1002/sim.1482), so never below the Wald standard error.
    """
    if interval == "wald":
        return 1.0
    return max(1.0, ypy / df) if interval == "hksj_floor" else ypy / df


def interval_df(interval: str, df: int) -> int | None:
    """Degrees of freedom of the quantile; None is the normal distribution."""
    return None if interval == "wald" else df


def about(estimate: float, se: float, alpha: float, df: float | None) -> tuple[float, float]:
    """The interval about an estimate."""
    half = quantile(alpha, df) * se
    return estimate - half, estimate + half


def prediction_interval(estimate: float, se: float, tau2: float, k: int, alpha: float, convention: str) -> tuple[float, float] | None:
    """Where the true effect of a further study lies; None where the convention leaves no degree of freedom.

    normal, t with k - 1, or t with k - 2 degrees of freedom (Higgins, Thompson & Spiegelhalter 2009, doi 10.1111/j.1467-985X.2008.00552.x).
    """
    df = {"normal": None, "t_k1": k - 1, "t_k2": k - 2}[convention]
    if df is not None and df < 1:
        return None
    return about(estimate, math.sqrt(se * se + tau2), alpha, df)
