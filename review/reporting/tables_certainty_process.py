"""How certainty was judged: by which approach, from where evidence starts, by how many, whether apart, and how disagreements ended."""

from __future__ import annotations

from collections.abc import Sequence

from review.certainty.grading import LEVELS, STARTS, start_of
from review.model.certainty import CertaintyView
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.tables_collection import in_role, shared
from review.reporting.trace import told_by
from review.reporting.trace_counts import one_line
from review.reporting.trace_plan import plan_trace
from review.reporting.trace_view import Trace

APPROACH = (
    "GRADE: a level of four for each outcome of a comparison; rated down for risk of bias, inconsistency, indirectness, imprecision and "
    "publication bias, up for a large effect, a dose response and plausible confounding; every rating explained."
)
NOTHING = "nothing was graded"


def certainty_process(rooms: Rooms) -> Table:
    """Approach, starting levels, assessors, independence, disagreements and what was left ungraded, for this review."""
    views, found = rooms.certainty.gradings(), dict[str, Trace]()
    by = shared(rooms, (v.events for v in views), rooms.certainty.needed)
    setting = plan_trace(
        rooms, "grade-start", "", lambda plan: _starts(plan.settings.grade_start_nrs), lambda plan: ("settings", "grade_start_nrs")
    )
    settled = [v for v in views if v.status == "consensus"]
    open_ = [v for v in views if v.status == "conflict"]
    differed = f"{len(settled):,} settled by consensus, {len(open_):,} open" if settled or open_ else ""
    made = (
        ("Assessors due for each outcome", in_role(rooms, "graders-due", "assessor", rooms.certainty.needed), ""),
        ("Where evidence starts", setting, ""),
        ("Outcomes graded", _listed(rooms, "graded", views), NOTHING),
        ("Assessors who graded", _valued(rooms, "graders", views, f"{len(by.people):,}" if by.people else ""), NOTHING),
        ("Independence", _valued(rooms, "graded-apart", views, by.said), NOTHING),
        ("Disagreements", _valued(rooms, "graded-differently", [*settled, *open_], differed), "none"),
    )
    rows = [(Cell(aspect), told_by(found, aspect, origin, why)) for aspect, origin, why in made]
    columns = (Column("aspect", "Aspect"), Column("text", "In this review", width=4))
    return Table("certainty-process", "How certainty was judged", columns, tuple(rows), rooms.table_notes(APPROACH), found)


def _starts(rule: str) -> str:
    """Where evidence of each design starts, by the setting of the protocol."""
    told = [f"{design} {LEVELS[start_of(design, rule).level].word.lower()}" for design in STARTS]  # type: ignore[arg-type]
    return "; ".join(told) + f" (grade_start_nrs = '{rule}')"


def _standing(view: CertaintyView) -> str:
    if view.grading is None:
        return "not graded, with the reason" if view.status == "not graded" else view.status
    return view.status


def _listed(rooms: Rooms, key: str, views: Sequence[CertaintyView]) -> Trace | None:
    """How many stand in which way."""
    states = [_standing(view) for view in views]
    return _valued(rooms, key, views, "\n".join(f"{states.count(one):,} {one}" for one in dict.fromkeys(states)))


def _valued(rooms: Rooms, key: str, views: Sequence[CertaintyView], value: str) -> Trace | None:
    """The origin of what is said of gradings: each with how it stands; None where nothing is."""
    names = {o.id: o.name for o in rooms.protocol.plan.outcomes}
    lines = (one_line(rooms, e, f"{names.get(v.outcome, v.outcome)}, {v.comparison}", _standing(v)) for v in views for e in v.events)
    return Trace(key, "", value, "", tuple(lines)) if value else None
