"""The table of registrations and articles that came in again with other content: field by field, what a review must see first."""

from __future__ import annotations

from itertools import pairwise

from review.model.views import RecordView
from review.records.versions import Difference, differences, in_short
from review.reporting.notices import flag_of
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, quote_of
from review.reporting.trace_view import Trace, TraceEntry

SHOWN = 600  # characters of a value
EMPTY = "No record has come in again with other content."


def record_changes(rooms: Rooms) -> Table:
    """Each field that a review must see when it changes, before and after, with the newer text; other fields are counted by name."""
    found: dict[str, Trace] = {}
    rows: list[tuple[Cell, ...]] = []
    for record in rooms.records.views():
        if len(record.versions) > 1:
            rows += _rows(rooms, record, found)
    columns = (
        Column("record", "Record", width=3),
        Column("at", "Came in"),
        Column("what", "What changed", width=2),
        Column("before", "Before", width=3),
        Column("after", "After", width=3),
    )
    note = "A newer export of the same entry is a version of the same record: it is counted once, and what was decided on it stands."
    return Table("record-changes", "Changed records", columns, tuple(rows), rooms.table_notes(note if rows else ""), found, EMPTY)


def _rows(rooms: Rooms, record: RecordView, found: dict[str, Trace]) -> list[tuple[Cell, ...]]:
    events = [rooms.seat.event(e) for e in rooms.records.readings_of(record)]
    number = next(iter(record.identifiers()), "")
    flag, rows = flag_of([record]), []
    for n, (was, now) in enumerate(pairwise(rooms.records.documents_of(record)), start=1):
        changed = differences(was, now)
        event, newest = events[n], n == len(events) - 1
        for one in (one for one in changed if one.key):
            key = key_of("changed", record.id, str(n), one.field)
            # spans point into the newest text; of earlier versions the origin names the import alone
            quote = quote_of(rooms, record, one.lines, "") if newest else None
            entry = TraceEntry(event.id, f"New version, file {event.body.get('file_name') or 'read anew'}", "import", event.at, "", quote)
            found[key] = Trace(key, f"{record.title}: {one.field}", in_short(one.after), "", (entry,))
            name = Cell(f"{record.title} ({number})" if number else record.title, flag=flag)
            rows.append((name, Cell(rooms.labels.day(event.at[:10])), Cell(_what(one)), _value(one.before), _value(one.after, key)))
        others = sorted({one.field.split(" ")[0].split(".")[0].replace("_", " ") for one in changed if not one.key})
        if others:
            name = Cell(f"{record.title} ({number})" if number else record.title, flag=flag)
            rows.append((name, Cell(rooms.labels.day(event.at[:10])), Cell("other fields"), Cell(""), Cell(", ".join(others))))
    return rows


def _what(one: Difference) -> str:
    """The word for the field, and which part of it where that says more."""
    part = one.field.split(".")[-1].replace("_", " ") if "." in one.field else ""
    plain = part in ("", "date", "count", "measure", "text") or part in str(one.key)
    return str(one.key) if plain else f"{one.key}: {part}"


def _value(value: object, trace: str | None = None) -> Cell:
    return Cell(in_short(value, SHOWN), trace=trace) if value not in (None, [], "") else Cell("", missing="not_reported", trace=trace)
