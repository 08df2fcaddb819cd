"""The effect measures as a table: what each needs, on which scale it is analysed, where there is no effect, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, inf
from types import MappingProxyType

from review.errors import InputRefused, near
from review.model.plan_synthesis import ON_A_SCALE
from review.synthesis.proportions import from_arcsine, from_freeman_tukey

LARGEST_LOG = 700  # beyond it a ratio leaves the range of a float


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. arms: 2 between groups, 1 of a single arm, 0 between groups and only as a study states it.

    needs: the columns that each arm must state. scale: identity, log, logit, arcsine, double arcsine. formula: in words.
    """

    id: str
    name: str
    arms: int
    needs: tuple[str, ...]
    scale: str
    formula: str

    @property
    def ratio(self) -> bool:
        """Whether it is a ratio of two groups, analysed as its logarithm."""
        return self.scale == "log" and self.arms != 1

    @property
    def null(self) -> float | None:
        """The value, as it is read, at which groups do not differ; None for a single arm."""
        if self.arms == 1:
            return None
        return 1.0 if self.ratio else 0.0

    @property
    def of_means(self) -> bool:
        """Whether it compares means."""
        return "sd" in self.needs and self.arms == 2

    @property
    def on_a_scale(self) -> bool:
        """Whether effects are on a scale of the study, which may run either way."""
        return self.id in ON_A_SCALE


_TWO_BY_TWO, _MEANS, _RATE = ("n", "events"), ("n", "mean", "sd"), ("events", "person_time")
_TABLE = (
    Measure("RR", "risk ratio", 2, _TWO_BY_TWO, "log", "ln(a/n1) - ln(c/n2); 1/a - 1/n1 + 1/c - 1/n2"),
    Measure("OR", "odds ratio", 2, _TWO_BY_TWO, "log", "ln(ad/bc); 1/a + 1/b + 1/c + 1/d"),
    Measure("RD", "risk difference", 2, _TWO_BY_TWO, "identity", "a/n1 - c/n2; ab/n1³ + cd/n2³"),
    Measure("AS", "arcsine difference", 2, _TWO_BY_TWO, "identity", "asin√(a/n1) - asin√(c/n2); 1/(4 n1) + 1/(4 n2)"),
    Measure("PETO", "Peto odds ratio", 2, _TWO_BY_TWO, "log", "(O - E)/V; 1/V, V hypergeometric"),
    Measure("MD", "mean difference", 2, _MEANS, "identity", "m1 - m2; s1²/n1 + s2²/n2 (unequal) or s²(1/n1 + 1/n2) (pooled)"),
    Measure("SMD", "standardised mean difference (Hedges' g, exact factor)", 2, _MEANS, "identity",
            "J (m1 - m2)/s; 1/n1 + 1/n2 + g²/(2(n1 + n2)) (LS) or unbiased (UB)"),
    Measure("SMDH", "standardised mean difference, variances unequal (exact factor)", 2, _MEANS, "identity",
            "J (m1 - m2)/√((s1² + s2²)/2); Bonett's variance"),
    Measure("ROM", "ratio of means", 2, _MEANS, "log", "ln(m1/m2); s1²/(n1 m1²) + s2²/(n2 m2²)"),
    Measure("IRR", "incidence rate ratio", 2, _RATE, "log", "ln(x1/t1) - ln(x2/t2); 1/x1 + 1/x2"),
    Measure("HR", "hazard ratio", 0, (), "log", "ln HR; from its interval, standard error or p"),
    Measure("GEN", "effect as stated", 0, (), "identity", "as stated; from its interval, standard error or p"),
    Measure("PR", "proportion", 1, _TWO_BY_TWO, "identity", "p; p(1 - p)/n"),
    Measure("PLN", "proportion (logarithm)", 1, _TWO_BY_TWO, "log", "ln p; 1/x - 1/n"),
    Measure("PLO", "proportion (logit)", 1, _TWO_BY_TWO, "logit", "ln(x/(n - x)); 1/x + 1/(n - x)"),
    Measure("PAS", "proportion (arcsine)", 1, _TWO_BY_TWO, "arcsine", "asin√p; 1/(4n)"),
    Measure("PFT", "proportion (Freeman–Tukey double arcsine)", 1, _TWO_BY_TWO, "double arcsine",
            "(asin√(x/(n + 1)) + asin√((x + 1)/(n + 1)))/2; 1/(4n + 2)"),
    Measure("IR", "incidence rate", 1, _RATE, "identity", "x/t; x/t²"),
    Measure("IRLN", "incidence rate (logarithm)", 1, _RATE, "log", "ln(x/t); 1/x"),
    Measure("MN", "mean", 1, _MEANS, "identity", "m; s²/n"),
)  # fmt: skip

MEASURES: Mapping[str, Measure] = MappingProxyType({one.id: one for one in _TABLE})


def measure_of(name: str | Measure) -> Measure:
    """The measure of that id. Raises InputRefused for an unknown one."""
    if isinstance(name, Measure):
        return name
    if name not in MEASURES:
        raise InputRefused(f"there is no effect measure {name!r}", next_step=near(str(name), MEASURES))
    return MEASURES[name]


def back(value: float, measure: str | Measure, *, n: float | None = None) -> float:
    """*value* of the analysis as it is read: a ratio, a proportion, a difference. *n*: for PFT the harmonic mean of participants.

    Raises InputRefused for PFT without n.
    """
    scale = measure_of(measure).scale
    if scale == "log":
        return exp(value) if value < LARGEST_LOG else inf
    if scale == "logit":
        return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))
    if scale == "arcsine":
        return from_arcsine(value)
    if scale == "double arcsine":
        if n is None or n <= 0:
            raise InputRefused("the Freeman–Tukey scale has no way back without n", expected="the harmonic mean of the participants")
        return from_freeman_tukey(value, n)
    return value
