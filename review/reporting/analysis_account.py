"""Rows in = rows used + rows excluded, in the three units that a synthesis counts: studies, comparisons, rows of results."""

from __future__ import annotations

from dataclasses import dataclass

from review.reporting.analyses import Synthesis


@dataclass(frozen=True)
class Count:
    """One unit: how many came in, are in the estimate (or have an effect, where nothing is pooled), and are excluded with a reason."""

    unit: str
    used: int
    excluded: int

    @property
    def all(self) -> int:
        """What came in."""
        return self.used + self.excluded


def account(one: Synthesis) -> tuple[Count, Count, Count]:
    """Studies; comparisons, with what gave none as one each (the lines of its tables); rows of results.

    A study is used where one of its comparisons is. A row of results is an arm, or an effect as stated, on the outcome.
    """
    used = one.done.pooled_of
    studies = {effect.comparison.first.study for effect in used}
    rows_used = {row.row for effect in used for row in effect.comparison.rows}
    rows = {row.row for row in one.gathered.rows}
    return (
        Count("studies", len(studies), len(set(one.gathered.studies) - studies)),
        Count("comparisons", len(used), one.excluded),
        Count("rows of results", len(rows_used), len(rows - rows_used) + sum(left.rows for left in one.left)),
    )


def identities(one: Synthesis) -> str:
    """The three identities as one sentence; what has an effect and is not pooled is said to be so."""
    word, counts = "used" if one.done.pooled else "with an effect, not pooled,", account(one)
    said = "; ".join(f"{c.unit}: {c.all} = {c.used} {word} + {c.excluded} excluded" for c in counts)
    return f"{said[:1].upper()}{said[1:]}, each with its reason." if any(c.excluded for c in counts) else f"{said[:1].upper()}{said[1:]}."


def accounted(one: Synthesis) -> list[str]:
    """The identities, and what their units are."""
    return [identities(one), UNITS]


UNITS = "A comparison is one effect, or what gave none; a row of results is an arm, or an effect as stated. k counts comparisons."
