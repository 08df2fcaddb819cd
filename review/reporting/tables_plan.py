"""Tables of the plan: question, criteria, people, planned searches, and the versions of the protocol."""

from __future__ import annotations

from collections.abc import Sequence

from review.model.decision import STAGE_NAMES
from review.model.event import Event
from review.model.plan import Criterion
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, role_of
from review.reporting.trace_counts import MOST, events_trace
from review.reporting.trace_plan import field_trace, part_trace
from review.reporting.trace_view import Trace, TraceEntry

_ELEMENTS = {"P": "Population", "I": "Intervention", "C": "Comparator", "O": "Outcomes", "S": "Study design", "T": "Time"}
NOT_WRITTEN = "review.toml leaves it open"


def question(rooms: Rooms) -> Table:
    """The question by element, and what frames the review; each text leads to the versions that wrote it."""
    found: dict[str, Trace] = {}
    rows = []
    for label, place in _FRAME:
        trace = field_trace(rooms, key_of("question", *place), label, place)
        if not trace.value and place in _WHERE_STATED:
            continue
        rows.append((Cell(label), Cell.of(trace.value, NOT_WRITTEN, trace=trace.key)))
        if trace.value:
            found[trace.key] = trace
    columns = (Column("part", "Part"), Column("text", "As the protocol says", width=4))
    return Table("question", "The question, and what frames it", columns, tuple(rows), rooms.table_notes(), found)


_FRAME = (
    ("Population", ("question", "population")),
    ("Intervention", ("question", "intervention")),
    ("Comparator", ("question", "comparator")),
    ("Outcomes", ("question", "outcomes")),
    ("Study design", ("question", "study_design")),
    ("Time", ("question", "time")),
    ("Setting", ("question", "setting")),
    ("Registration", ("review", "registration")),
    ("Protocol", ("review", "protocol_link")),
    ("Funding", ("review", "funding")),
    ("Competing interests", ("review", "competing_interests")),
    ("Groups for synthesis", ("synthesis", "groups")),
    ("Appraisal tools", ("appraisal", "tools")),
)
_WHERE_STATED = (("question", "setting"),)  # it frames summaries of findings, which not every review has


def criteria(rooms: Rooms) -> Table:
    """The eligibility criteria in order; each leads to the version that it stands in."""
    found: dict[str, Trace] = {}
    rows = []
    for number, criterion in enumerate(rooms.protocol.plan.criteria, start=1):
        trace = part_trace(rooms, "criteria", criterion.id, f"Criterion {criterion.id}", _criterion_said, mark=criterion.text)
        found[trace.key] = trace
        stages = _stages_of(criterion)
        rows.append(
            (
                Cell(str(number), trace=trace.key),
                Cell(criterion.id),
                Cell(_ELEMENTS[criterion.element]),
                Cell(criterion.text),
                Cell(criterion.as_reason),
                Cell(stages),
                Cell.of(criterion.because, "no further reason is needed"),
            )
        )
    columns = (
        Column("order", "Order", align="right"),
        Column("id", "Criterion"),
        Column("element", "Element"),
        Column("text", "Met when", width=4),
        Column("reason", "Reason as printed", width=2),
        Column("stage", "Judged at", width=2),
        Column("because", "Why", width=2),
    )
    notes = ("The first criterion that is not met, in this order, is the primary reason for exclusion.", *rooms.table_notes())
    return Table("criteria", "Eligibility criteria", columns, tuple(rows), notes, found, "The protocol has no criteria yet.")


def _stages_of(criterion: Criterion) -> str:
    return " and ".join(STAGE_NAMES[s] for s in criterion.stage)


def _criterion_said(criterion: Criterion) -> str:
    return f"{criterion.text}\nReason as printed: {criterion.as_reason}\nJudged at {_stages_of(criterion)}"


def outcomes(rooms: Rooms) -> Table:
    """The outcomes of interest."""
    found: dict[str, Trace] = {}
    rows = []
    for one in rooms.protocol.plan.outcomes:
        trace = part_trace(
            rooms, "outcomes", one.id, f"Outcome {one.id}", lambda o: "; ".join(w for w in (o.name, o.time_frame) if w), mark=one.name
        )
        found[trace.key] = trace
        rows.append((Cell(one.id, trace=trace.key), Cell(one.name), Cell.of(one.time_frame, NOT_WRITTEN)))
    columns = (Column("id", "Outcome"), Column("name", "Name", width=3), Column("time", "Time frame", width=2))
    return Table("outcomes", "Outcomes of interest", columns, tuple(rows), (), found, "The protocol names no outcomes yet.")


def team(rooms: Rooms) -> Table:
    """The reviewers and their roles, and how many decide on each report."""
    found: dict[str, Trace] = {}
    rows = []
    for one in rooms.protocol.plan.reviewers:
        trace = part_trace(rooms, "reviewers", one.id, f"Reviewer {one.id}", lambda r: ", ".join(r.roles))
        found[trace.key] = trace
        rows.append((Cell(one.id, trace=trace.key), Cell(", ".join(one.roles))))
    each = rooms.protocol.plan.settings.reviewers_per_stage
    note = f"Independent decisions on each report: {each.title_abstract} at title and abstract, {each.full_text} at full text."
    columns = (Column("id", "Reviewer"), Column("roles", "Roles", width=3))
    return Table("team", "Reviewers", columns, tuple(rows), (note,), found)


def versions(rooms: Rooms) -> Table:
    """Every freeze and amendment: when, why, the stage reached, whether results were known, what changed."""
    found: dict[str, Trace] = {}
    rows = []
    for event in rooms.protocol.history:
        body = event.body
        entry = TraceEntry(
            event.id, "Frozen" if event.kind == "protocol.frozen" else "Amended", role_of(rooms, event), event.at, body.get("reason", "")
        )
        trace = Trace(key_of("version", event.id[:12]), f"Protocol version {body['number']}", "", "", (entry,))
        found[trace.key] = trace
        first = event.kind == "protocol.frozen"
        rows.append(
            (
                Cell(str(body["number"]), trace=trace.key),
                Cell(rooms.labels.day(event.at)),
                Cell("frozen" if first else body["reason"]),
                Cell("", missing="empty", why="a freeze does not record it") if first else Cell(body["stage_reached"]),
                Cell("not asked" if first else "yes" if body["results_known"] else "no"),
                Cell("first version" if first else "\n".join(body["changed"])),
                Cell("0") if first else _to_check(rooms, event, found),
            )
        )
    columns = (
        Column("version", "Version", align="right"),
        Column("date", "Date"),
        Column("reason", "Reason", width=3),
        Column("stage", "Stage reached", width=2),
        Column("results", "Results known"),
        Column("changed", "Changed", width=2),
        Column("check", "Decisions to check again", align="right"),
    )
    return Table(
        "versions",
        "Versions of the protocol",
        columns,
        tuple(rows),
        rooms.table_notes(),
        found,
        "The protocol is a draft; it has not been frozen.",
    )


def _to_check(rooms: Rooms, event: Event, found: dict[str, Trace]) -> Cell:
    """How many decisions an amendment leaves to be checked; those that may be seen are its origin."""
    wanted: Sequence[str] = event.body["check_again"]
    if not wanted:
        return Cell("0")
    ids = set(wanted)
    seen = [one for one in rooms.screening.visible_events() if one.id in ids]
    trace = events_trace(rooms, key_of("check", event.id[:12]), "Decisions to check again", seen[:MOST], len(wanted))
    found[trace.key] = trace
    return Cell(f"{len(wanted):,}", trace=trace.key)
