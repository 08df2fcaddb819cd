"""What the desk of certainty lists: each outcome in each comparison, with one's own grading, what stands, what waits and what changed.

Of other assessors it knows only what is closed: a comparison that another alone has begun is not listed.
"""

from __future__ import annotations

from typing import Any

from review.certainty.grading import LEVELS
from review.certainty.state import folded_name
from review.desk.card import roles_of
from review.model.authority import LEAD
from review.model.certainty import CertaintyView
from review.model.plan import Outcome
from review.project import Review

STANDS = {
    "agreed": "both graded it so",
    "consensus": "the consensus",
    "by one": "graded",
    "not graded": "not graded",
    "conflict": "two differ",
}


def rows(rv: Review) -> list[dict[str, Any]]:
    """One row for each outcome of each comparison that this viewer knows of: the protocol's own first, then in the order of the ledger."""
    due = {(outcome, folded_name(name)): name for outcome, name in rv.certainty.due()}
    views = {(view.outcome, folded_name(view.comparison)): view for view in rv.certainty.gradings()}
    differing = set(differences(rv))
    names = {folded_name(name): name for name in rv.certainty.comparisons()} | {key[1]: name for key, name in due.items()}
    if rv.certainty.comparison:
        first = folded_name(rv.certainty.comparison)
        names = {first: rv.certainty.comparison} | {key: name for key, name in names.items() if key != first}
    return [
        _row(rv, outcome, name, views.get((outcome.id, key)), waits=(outcome.id, key) in due, differs=(outcome.id, key) in differing)
        for key, name in names.items()
        for outcome in rv.protocol.plan.outcomes
    ]


def _row(rv: Review, outcome: Outcome, comparison: str, view: CertaintyView | None, *, waits: bool, differs: bool) -> dict[str, Any]:
    own = rv.certainty.own(outcome.id, comparison=comparison) if is_assessor(rv) else None
    return {
        "outcome": outcome.id,
        "comparison": comparison,
        "name": named(outcome),
        "waits": waits,
        "differs": differs,
        "stands": _stands(rv, view),
        "level": level_of(view),
        "own": _said(own) if own else "",
        "stale": list(view.stale) if view else [],
    }


def _stands(rv: Review, view: CertaintyView | None) -> str:
    """How the outcome stands, in words."""
    if view is None:
        return ""
    if view.status == "by one" and rv.certainty.needed > 1:
        return "one assessor so far"
    return f"{STANDS[view.status]}: {view.reason}" if view.status == "not graded" else STANDS[view.status]


def level_of(view: CertaintyView | None) -> dict[str, Any] | None:
    """The level that stands; None where there is none."""
    if view is None or view.grading is None:
        return None
    level = LEVELS[view.grading["final"]]
    return {"number": level.number, "word": level.word, "symbols": level.symbols}


def _said(own: CertaintyView) -> str:
    """This viewer's own answer in a few words."""
    return f"not graded: {own.reason}" if own.grading is None else LEVELS[own.grading["final"]].word


def named(outcome: Outcome) -> str:
    """An outcome with its time frame."""
    return f"{outcome.name}, {outcome.time_frame}" if outcome.time_frame else outcome.name


def is_assessor(rv: Review) -> bool:
    """Whether the reviewer of *rv* grades."""
    return "assessor" in roles_of(rv)


def differences(rv: Review) -> list[tuple[str, str]]:
    """Outcome and folded comparison of what two graded differently and this viewer may settle."""
    if not roles_of(rv) & {LEAD, "assessor"}:
        return []
    frame = rv.certainty.conflicts()
    return [(outcome, folded_name(name)) for outcome, name in zip(frame["outcome"], frame["comparison"], strict=True)]


def waiting(rv: Review) -> int:
    """How much waits for the reviewer of *rv* at this desk."""
    return len({(outcome, folded_name(name)) for outcome, name in rv.certainty.due()} | set(differences(rv)))
