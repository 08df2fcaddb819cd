"""Tables of the plan: question, criteria, people, planned searches, and the versions of the protocol."""

from __future__ import annotations

from review.reporting.labels import load_labels
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, role_of
from review.reporting.trace_view import Quote, Trace, TraceEntry

_ELEMENTS = {"P": "Population", "I": "Intervention", "C": "Comparator", "O": "Outcomes", "S": "Study design", "T": "Time"}
_STAGES = {"title_abstract": "title and abstract", "full_text": "full text"}
NOT_WRITTEN = "review.toml leaves it open"


def question(rooms: Rooms) -> Table:
    """The question by element, and what frames the review."""
    plan = rooms.protocol.plan
    rows = [
        (label, getattr(plan.question, key))
        for key, label in (
            ("population", "Population"),
            ("intervention", "Intervention"),
            ("comparator", "Comparator"),
            ("outcomes", "Outcomes"),
            ("study_design", "Study design"),
            ("time", "Time"),
        )
    ]
    about = plan.review
    rows += [
        ("Registration", about.registration),
        ("Protocol", about.protocol_link),
        ("Funding", about.funding),
        ("Competing interests", about.competing_interests),
    ]
    rows += [("Groups for synthesis", "; ".join(plan.synthesis.groups)), ("Appraisal tools", "; ".join(plan.appraisal.tools))]
    cells = tuple((Cell(label), _said(text)) for label, text in rows)
    return Table(
        "question",
        "The question, and what frames it",
        (Column("part", "Part"), Column("text", "As the protocol says", width=4)),
        cells,
        _notes(rooms),
    )


def criteria(rooms: Rooms) -> Table:
    """The eligibility criteria in order; each leads to the version that it stands in."""
    found: dict[str, Trace] = {}
    rows = []
    for number, criterion in enumerate(rooms.protocol.plan.criteria, start=1):
        trace = _origin(rooms, criterion.id, criterion.text)
        key = trace.key if trace else None
        if trace:
            found[trace.key] = trace
        stages = " and ".join(_STAGES[s] for s in criterion.stage)
        rows.append(
            (
                Cell(str(number)),
                Cell(criterion.id),
                Cell(_ELEMENTS[criterion.element]),
                Cell(criterion.text, trace=key),
                Cell(criterion.as_reason),
                Cell(stages),
                _said(criterion.because, "no further reason is needed"),
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
    notes = ("The first criterion that is not met, in this order, is the primary reason for exclusion.", *_notes(rooms))
    return Table("criteria", "Eligibility criteria", columns, tuple(rows), notes, found, "The protocol has no criteria yet.")


def _origin(rooms: Rooms, criterion: str, text: str) -> Trace | None:
    entries = []
    for event in rooms.protocol.history:
        plan = rooms.protocol.plan_of(event)
        if text not in (c.text for c in plan.criteria if c.id == criterion):
            continue
        stored = rooms.seat.blob(event.body["text_sha256"]).decode("utf-8").splitlines()
        lines = tuple((n, line) for n, line in enumerate(stored, start=1) if text in line)
        entries.append(
            TraceEntry(
                event.id,
                f"Protocol version {event.body['number']}",
                role_of(rooms, event),
                event.at,
                event.body.get("reason", ""),
                Quote(f"review.toml, version {event.body['number']}", False, lines, text),
            )
        )
    return Trace(key_of("criterion", criterion), f"Criterion {criterion}", text, "", tuple(entries)) if entries else None


def outcomes(rooms: Rooms) -> Table:
    """The outcomes of interest."""
    rows = tuple((Cell(o.id), Cell(o.name), _said(o.time_frame)) for o in rooms.protocol.plan.outcomes)
    return Table(
        "outcomes",
        "Outcomes of interest",
        (Column("id", "Outcome"), Column("name", "Name", width=3), Column("time", "Time frame", width=2)),
        rows,
        (),
        {},
        "The protocol names no outcomes yet.",
    )


def team(rooms: Rooms) -> Table:
    """The reviewers and their roles."""
    rows = tuple((Cell(r.id), Cell(", ".join(r.roles))) for r in rooms.protocol.plan.reviewers)
    settings = rooms.protocol.plan.settings
    each = settings.reviewers_per_stage
    note = f"Independent decisions on each report: {each.title_abstract} at title and abstract, {each.full_text} at full text."
    return Table("team", "Reviewers", (Column("id", "Reviewer"), Column("roles", "Roles", width=3)), rows, (note,))


def versions(rooms: Rooms) -> Table:
    """Every freeze and amendment: when, why, the stage reached, whether results were known, what changed."""
    found: dict[str, Trace] = {}
    rows = []
    for event in rooms.protocol.history:
        body = event.body
        trace = Trace(
            key_of("version", event.id[:12]),
            f"Protocol version {body['number']}",
            "",
            "",
            (
                TraceEntry(
                    event.id,
                    "Frozen" if event.kind == "protocol.frozen" else "Amended",
                    role_of(rooms, event),
                    event.at,
                    body.get("reason", ""),
                ),
            ),
        )
        found[trace.key] = trace
        first = event.kind == "protocol.frozen"
        rows.append(
            (
                Cell(str(body["number"]), trace=trace.key),
                Cell(load_labels().day(event.at)),
                Cell("frozen" if first else body["reason"]),
                Cell("", missing="empty", why="a freeze does not record it") if first else Cell(body["stage_reached"]),
                Cell("not asked" if first else "yes" if body["results_known"] else "no"),
                Cell("first version" if first else "\n".join(body["changed"])),
                Cell("0" if first else f"{len(body['check_again']):,}"),
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
        _notes(rooms),
        found,
        "The protocol is a draft; it has not been frozen.",
    )


def _said(text: str, why: str = NOT_WRITTEN) -> Cell:
    return Cell(text) if text else Cell("", missing="empty", why=why)


def _notes(rooms: Rooms) -> tuple[str, ...]:
    return (rooms.demonstration,) if rooms.demonstration else ()
