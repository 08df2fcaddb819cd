"""The review in a dozen numbers, each with the ids behind it."""

from __future__ import annotations

from collections.abc import Collection

from review.reporting.characteristics import classified
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of
from review.reporting.trace_counts import Behind
from review.reporting.trace_view import Trace


def summary(rooms: Rooms) -> Table:
    """Searches, records, reports and studies in numbers, and what still waits; each number leads to the facts behind it."""
    flow, behind = rooms.flow(), Behind(rooms)
    of_class = {c: [s.id for s in classified(rooms, c, flow)] for c in ("ongoing", "awaiting")}

    def both(field: str) -> frozenset[str]:
        return flow.ids(f"dbr_{field}") | flow.ids(f"other_{field}")

    lines: list[tuple[str, Collection[str], str]] = [
        ("Unique entries taken in (records)", [r.id for r in rooms.records.views()], ""),
        ("Duplicate records removed", flow.ids("duplicates") | flow.ids("other_duplicates"), "duplicates"),
        ("Records screened by title and abstract", flow.ids("records_screened"), "records_screened"),
        ("Reports sought, both ways", both("sought_reports"), "sought_reports"),
        ("Reports not retrieved", both("notretrieved_reports"), "notretrieved_reports"),
        ("Reports assessed for eligibility", both("assessed"), "assessed"),
        ("Reports excluded at full text", both("excluded"), "excluded"),
        ("Studies included", flow.ids("total_studies") or flow.ids("new_studies"), "new_studies"),
        ("Studies ongoing", of_class["ongoing"], "ongoing"),
        ("Studies awaiting classification", of_class["awaiting"], "awaiting"),
        ("Records and reports that still wait", {i for name in flow.boxes if name.endswith("_waiting") for i in flow.ids(name)}, ""),
    ]
    found: dict[str, Trace] = {}
    rows = []
    for label, ids, field in lines:
        trace = behind.trace(key_of("summary", label), label, ids, field)
        found[trace.key] = trace
        rows.append((Cell(label), Cell(f"{len(set(ids)):,}", trace=trace.key)))
    columns = (Column("what", "What", width=4), Column("n", "n", align="right"))
    return Table("summary", "The review in numbers", columns, tuple(rows), rooms.table_notes(), found)
