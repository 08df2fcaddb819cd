"""Effects of 2x2 tables: risk, odds and arcsine differences, Peto; something is added to a zero only where the policy says so.

Formulas: Cochrane Handbook 10.4; Yusuf 1985, Prog Cardiovasc Dis 27:335 (Peto); Rücker 2009, Stat Med 28:721 (arcsine). Ratios are
logarithms. An effect is (yi, vi); ZeroDivisionError and ValueError never leave a table that ``undefined`` finds nothing in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, log, sqrt


@dataclass(frozen=True, slots=True)
class Table:
    """a with the event and b without in the experimental arm, c and d in the control arm."""

    a: float
    b: float
    c: float
    d: float

    @property
    def zero(self) -> bool:
        """Whether a cell is zero."""
        return 0 in (self.a, self.b, self.c, self.d)

    @property
    def double_zero(self) -> bool:
        """Whether nobody, or everybody, had the event in both arms."""
        return self.a == self.c == 0 or self.b == self.d == 0

    def plus(self, added: float) -> Table:
        """The table with *added* in every cell."""
        return Table(self.a + added, self.b + added, self.c + added, self.d + added)


def added_to(tables: Sequence[Table], policy: str, correction: float) -> list[float]:
    """What is added to each table's cells; *policy*: none, only0, all, if0all."""
    everywhere = policy == "all" or (policy == "if0all" and any(table.zero for table in tables))
    return [correction if everywhere or (policy == "only0" and table.zero) else 0.0 for table in tables]


def risk_ratio(t: Table) -> tuple[float, float]:
    n1, n2 = t.a + t.b, t.c + t.d
    return log(t.a / n1) - log(t.c / n2), 1 / t.a - 1 / n1 + 1 / t.c - 1 / n2


def odds_ratio(t: Table) -> tuple[float, float]:
    return log(t.a / t.b) - log(t.c / t.d), 1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d


def risk_difference(t: Table) -> tuple[float, float]:
    n1, n2 = t.a + t.b, t.c + t.d
    return t.a / n1 - t.c / n2, t.a * t.b / n1**3 + t.c * t.d / n2**3


def arcsine_difference(t: Table) -> tuple[float, float]:
    n1, n2 = t.a + t.b, t.c + t.d
    return asin(sqrt(t.a / n1)) - asin(sqrt(t.c / n2)), 1 / (4 * n1) + 1 / (4 * n2)


def peto_odds_ratio(t: Table) -> tuple[float, float]:
    """Observed less expected events over their hypergeometric variance."""
    n1, n2, events = t.a + t.b, t.c + t.d, t.a + t.c
    n = n1 + n2
    v = n1 * n2 * events * (n - events) / (n**2 * (n - 1))
    return (t.a - events * n1 / n) / v, 1 / v


def undefined(measure: str, t: Table) -> str:
    """Why *measure* has no value for this table, '' where it has."""
    if measure == "RR" and 0 in (t.a, t.c):
        return "no events in an arm, and nothing is added"
    if measure == "OR" and t.zero:
        return "a zero cell, and nothing is added"
    if measure == "PETO" and t.double_zero:
        return "no events, or no non-events, in both arms: nothing to compare"
    if measure == "PETO" and t.a + t.b + t.c + t.d <= 1:
        return "one participant"
    return ""
