"""The review in a dozen numbers, each with the ids behind it."""

from __future__ import annotations

from collections.abc import Iterable

from review.model.views import RecordView, ReportView, StudyView
from review.reporting.characteristics import classified
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, role_of
from review.reporting.trace_view import Trace, TraceEntry

MOST = 200


def summary(rooms: Rooms) -> Table:
    """Searches, records, reports and studies in numbers, and what still waits."""
    flow = rooms.flow()
    found: dict[str, Trace] = {}
    known: dict[str, RecordView | ReportView | StudyView] = {r.id: r for r in rooms.records.views()}
    known |= {r.id: r for r in rooms.studies.report_views()} | {s.id: s for s in rooms.studies.views()}
    of_class = {c: [s.id for s in classified(rooms, c, flow)] for c in ("ongoing", "awaiting")}
    lines: list[tuple[str, Iterable[str]]] = [
        ("Unique entries taken in (records)", [r.id for r in rooms.records.views()]),
        ("Duplicate records removed", flow.ids("duplicates") | flow.ids("other_duplicates")),
        ("Records screened by title and abstract", flow.ids("records_screened")),
        ("Reports sought, both ways", flow.ids("dbr_sought_reports") | flow.ids("other_sought_reports")),
        ("Reports not retrieved", flow.ids("dbr_notretrieved_reports") | flow.ids("other_notretrieved_reports")),
        ("Reports assessed for eligibility", flow.ids("dbr_assessed") | flow.ids("other_assessed")),
        ("Reports excluded at full text", flow.ids("dbr_excluded") | flow.ids("other_excluded")),
        ("Studies included", flow.ids("total_studies") or flow.ids("new_studies")),
        ("Studies ongoing", of_class["ongoing"]),
        ("Studies awaiting classification", of_class["awaiting"]),
        ("Records and reports that still wait", {i for name in flow.boxes if name.endswith("_waiting") for i in flow.ids(name)}),
    ]
    rows = []
    for label, ids in lines:
        wanted = set(ids)
        ordered = [i for i in known if i in wanted] + sorted(wanted - set(known))
        key = key_of("summary", label)
        if ordered:
            found[key] = Trace(key, label, f"{len(ordered):,}", "", tuple(_entry(rooms, i, known) for i in ordered[:MOST]))
        rows.append((Cell(label), Cell(f"{len(ordered):,}", trace=key if ordered else None)))
    notes = (rooms.demonstration,) if rooms.demonstration else ()
    return Table(
        "summary", "The review in numbers", (Column("what", "What", width=4), Column("n", "n", align="right")), tuple(rows), notes, found
    )


def _entry(rooms: Rooms, one: str, known: dict[str, RecordView | ReportView | StudyView]) -> TraceEntry:
    view = known.get(one)
    if view is None:
        return TraceEntry("", one, "previous version of the review", "")
    record = view if isinstance(view, RecordView) else view.records[0]
    event = rooms.seat.event(record.event)
    name = view.label if isinstance(view, StudyView) else view.title
    return TraceEntry(event.id, f"{name}, first taken in from {record.search.source}", role_of(rooms, event), event.at)
