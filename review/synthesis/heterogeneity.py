"""How much studies differ: I², H² and the interval of tau² by the Q-profile.

I² and H² follow from tau² and the typical sampling variance (Higgins & Thompson 2002, doi 10.1002/sim.1186), as in metafor; for DL this is
(Q - df) / Q. In the common-effect model, where tau² is not estimated, they follow from Q.
"""

from __future__ import annotations

from review.synthesis.distributions import chi2_quantile
from review.synthesis.tau2 import tau2_where_q_is
from review.synthesis.weighted import Design


def typical_variance(design: Design, tr_p: float) -> float:
    """The sampling variance of a typical study, (k - p) / tr P with weights 1 / v."""
    return design.df / tr_p


def i2_from_tau2(tau2: float, typical: float) -> float:
    """I² in per cent: the share of the variance of effects that is not sampling."""
    return 100 * tau2 / (typical + tau2)


def h2_from_tau2(tau2: float, typical: float) -> float:
    """H²: the variance of effects over the sampling variance."""
    return tau2 / typical + 1


def i2_from_q(q: float, df: int) -> float:
    """I² in per cent from Q, 0 where Q is below its degrees of freedom, and where there are none."""
    return max(0.0, 100 * (q - df) / q) if q > 0 and df > 0 else 0.0


def h2_from_q(q: float, df: int) -> float:
    """H² from Q; 1 where a single study leaves no degree of freedom."""
    return q / df if df > 0 else 1.0


def q_profile(design: Design, alpha: float, near: float = 0.0) -> tuple[float, float]:
    """Interval of tau²: those values at which the generalised Q is not surprising (Viechtbauer 2007, doi 10.1002/sim.2514).

    Both ends are 0 where Q is so small that no tau² >= 0 agrees with it. near: where the search begins.
    """
    low, high = chi2_quantile(alpha / 2, design.df), chi2_quantile(1 - alpha / 2, design.df)
    return tau2_where_q_is(design, low, near), tau2_where_q_is(design, high, near)
