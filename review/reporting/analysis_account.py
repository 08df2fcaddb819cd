"""Rows in = rows used + rows excluded, in the three units that a synthesis counts: studies, comparisons, rows of results."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from review.reporting.analyses import Synthesis
from review.reporting.analysis_lines import Line
from review.synthesis.dataset import in_order


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


def flagged(made: Sequence[Line]) -> list[str]:
    """A warning of the studies in an estimate that were retracted, corrected or put under a concern."""
    said = in_order(f"{line.label} ({line.flag})" for line in made if line.used and line.flag)
    return [f"Among what is used, and said of it after it came out: {', '.join(said)}."] if said else []


def left_out(made: Sequence[Line], drawn: Collection[str], why: str = "", *, by_study: bool = False) -> list[str]:
    """Who is missing from a picture, each with the reason. drawn: keys of the lines in it; why: of what is used and not drawn.

    by_study: one element of a study stands for all its lines.
    """
    studies = {line.study for line in made if line.key in drawn} if by_study else set()
    undrawn = in_order(line.label for line in made if line.used and line.key not in drawn and line.study not in studies)
    said = [f"Used, and not drawn here, for {why}: {', '.join(undrawn)}."] if undrawn else []
    reasons = dict.fromkeys(line.reason for line in made if not line.used)
    out = in_order(f"{', '.join(in_order(one.label for one in made if not one.used and one.reason == why))} ({why})" for why in reasons)
    return [*said, f"Excluded: {'; '.join(out)}."] if out else said


UNITS = "A comparison is one effect, or what gave none; a row of results is an arm, or an effect as stated. k counts comparisons."
