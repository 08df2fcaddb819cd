"""Tables of how far assessors agreed, by domain and by question, in the review and in each calibration round. They name nobody."""

from __future__ import annotations

from collections.abc import Sequence

from review.bias.agreement import Row
from review.model.agreement import FEWEST_PAIRS, Agreement
from review.model.event import Event
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, names, role_of
from review.reporting.trace_counts import MOST, counted
from review.reporting.trace_view import Trace, TraceEntry
from review.text import bidi_closed

APART = "Each assessor's last answer before both were known; a calibration round is counted for itself."
WEIGHTED = "Weighted kappa has linear weights over the order of levels or answers; with 95 % intervals. Missing answers stay missing."
_LEVELS = {"domain": "Domain", "overall": "Overall", "question": "Question"}


def agreement(rooms: Rooms, tool: str, round: str | None = None) -> Table:
    """Agreement with *tool* on each domain, the overall judgement and each question; of one calibration round where it is named."""
    form = rooms.bias.tool_shown(tool)
    found: dict[str, Trace] = {}
    rows = [_row(rooms, row, (tool, round or "review"), found, effects=bool(form.effects)) for row in _answered(rooms, tool, round)]
    title = f"Agreement of the assessors: {form.label}" + (f", calibration round {round}" if round else "")
    return Table(
        key_of("appraisal-agreement", tool, round or ""), title, _columns(effects=bool(form.effects)), tuple(rows),
        rooms.table_notes(f"{APART} {WEIGHTED}") if rows else (), found, "No result has been judged by two assessors apart.",
    )  # fmt: skip


def calibration(rooms: Rooms) -> Table:
    """Each calibration round: its tool and studies, what was tried, and agreement on each domain and overall."""
    found: dict[str, Trace] = {}
    rows = []
    labels = {subject: s.label for s in rooms.studies.views() for subject in s.subjects}
    for event in rooms.bias.rounds():
        body = event.body
        key = key_of("calibration", body["round"], event.id[:12])
        studies = [labels.get(one, one) for one in body["studies"]]
        entry = TraceEntry(event.id, f"Calibration round {body['round']} opened", role_of(rooms, event), event.at, body["note"])
        found[key] = Trace(key, f"Calibration round {body['round']}", "; ".join(studies), "", (entry,))
        lead = (Cell(body["round"], trace=key), Cell(rooms.bias.tool_shown(body["tool"]).label), Cell("\n".join(studies)))
        made = [row for row in _answered(rooms, body["tool"], body["round"]) if row.level != "question"]
        for row in made:
            rows.append((*lead, *_row(rooms, row, ("round", body["round"], event.id[:12]), found, effects=True)))
        if not made:
            rows.append((*lead, *(Cell("", missing="empty", why="nobody's answers are open yet") for _ in _columns(effects=True))))
    columns = (Column("round", "Round"), Column("tool", "Tool", width=2), Column("studies", "Studies", width=2), *_columns(effects=True))
    notes = rooms.table_notes(f"{APART} {WEIGHTED}") if rows else ()
    return Table("calibration", "Calibration of the assessors", columns, tuple(rows), notes, found, "No calibration round was opened.")


def _answered(rooms: Rooms, tool: str, round: str | None) -> list[Row]:
    """The rows about what at least one result has two answers to, or an answer of one alone."""
    return [row for row in rooms.bias.agreement_rows(tool, round=round) if row.n or row.one_only]


def _columns(*, effects: bool) -> tuple[Column, ...]:
    return (
        *([Column("effect", "Effect of interest")] if effects else []),
        Column("level", "Level"),
        Column("about", "About", width=3),
        Column("n", "Pairs", align="right"),
        Column("alike", "Alike", align="right"),
        Column("one_only", "Answered by one only", align="right"),
        Column("raw", "Raw agreement", width=2),
        Column("kappa", "Weighted kappa", width=2),
        Column("ac1", "Gwet's AC1", width=2),
        Column("note", "Note", width=2),
    )


def _row(rooms: Rooms, row: Row, place: Sequence[str], found: dict[str, Trace], *, effects: bool) -> tuple[Cell, ...]:
    key = key_of("apart", *place, row.effect or "", row.level, row.name)
    about = row.label if row.level == "overall" or row.name == row.label else f"{row.name} {row.label}"
    entries = [_said(rooms, event, row) for events in row.pairs[: MOST // 2] for event in sorted(events, key=lambda e: e.id)]
    found[key] = counted(rooms, key, about, entries, 2 * len(row.pairs), value=f"{row.n:,}")
    return (
        *([Cell.of(row.effect, "this tool tells no effects apart")] if effects else []),
        Cell(_LEVELS[row.level]),
        Cell(about),
        Cell(f"{row.n:,}", trace=key),
        Cell(f"{row.alike:,}", trace=key),
        Cell(f"{row.one_only:,}", trace=key),
        *(_value(one, row.n) for one in (row.raw, row.kappa, row.ac1)),
        Cell.of(row.note, "nothing to remark", trace=key),
    )


def _said(rooms: Rooms, event: Event, row: Row) -> TraceEntry:
    """One answer of a pair: on which study and result, and what."""
    body = event.body
    if row.level == "question":
        said = body["answers"].get(row.name) or "no answer"
    else:
        said = (body["overall"] if row.level == "overall" else body["domains"].get(row.name, {}).get("final")) or "no judgement"
    name = bidi_closed(", ".join(part for part in (names(rooms).get(event.subject, event.subject), body["result"]) if part))
    return TraceEntry(event.id, f"{name}: {said}", role_of(rooms, event), event.at)


def _value(found: Agreement | None, n: int) -> Cell:
    """Value with its interval; empty, with the reason, where there is none."""
    if found is None:
        return Cell("", missing="empty", why="not defined here" if n else "no pair")
    if found.value is None:
        return Cell("", missing="empty", why=found.note or f"too few: under {FEWEST_PAIRS} pairs")
    if found.low is None or found.high is None:
        return Cell(f"{found.value + 0:.2f}")
    return Cell(f"{round(found.value, 2) + 0:.2f} ({round(found.low, 2) + 0:.2f}\u00a0to\u00a0{round(found.high, 2) + 0:.2f})")
