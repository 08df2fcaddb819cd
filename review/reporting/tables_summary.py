"""The review in a dozen numbers, each with the ids behind it."""

from __future__ import annotations

from collections.abc import Collection

from review.reporting.characteristics import classified
from review.reporting.flow import Flow
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of
from review.reporting.trace_counts import Behind
from review.reporting.trace_view import Trace


def summary(rooms: Rooms) -> Table:
    """Searches, records, reports and studies in numbers, and what still waits; each number leads to the facts behind it."""
    flow, behind = rooms.flow(), Behind(rooms)
    old = flow.ids("previous_studies")
    of_class = {c: [s.id for s in classified(rooms, c, flow) if s.id not in old] for c in ("ongoing", "awaiting")}

    def both(field: str) -> frozenset[str]:
        return flow.ids(f"dbr_{field}") | flow.ids(f"other_{field}")

    lines: list[tuple[str, Collection[str], str]] = [
        ("Records identified", [r.id for r in rooms.records.views()], ""),
        ("Duplicate records removed", flow.ids("duplicates") | flow.ids("other_duplicates"), "duplicates"),
        ("Records screened by title and abstract", flow.ids("records_screened"), "records_screened"),
        ("Reports sought, both ways", both("sought_reports"), "sought_reports"),
        ("Reports not retrieved", both("notretrieved_reports"), "notretrieved_reports"),
        ("Reports assessed for eligibility", both("assessed"), "assessed"),
        ("Reports excluded at full text", both("excluded"), "excluded"),
        ("New studies included" if "previous_studies" in flow.boxes else "Studies included", flow.ids("new_studies"), "new_studies"),
        ("Studies ongoing", of_class["ongoing"], "ongoing"),
        ("Studies awaiting classification", of_class["awaiting"], "awaiting"),
        *_previous(flow),
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


def _previous(flow: Flow) -> list[tuple[str, Collection[str], str]]:
    """What became of the studies of the previous version, each of them once; nothing where there is none."""
    if "previous_studies" not in flow.boxes:
        return []
    old, open_ = flow.ids("previous_studies"), flow.previous_open
    gone = old.intersection(flow.previous_excluded)
    now = {f"now {word}": ids for word, ids in (("ongoing", open_["ongoing"]), ("awaiting classification", open_["awaiting"])) if ids}
    parts = {"still included": old.difference(gone, *open_.values()), **now, **({"now excluded": gone} if gone else {})}
    return [(f"Studies of the previous version, {what}", ids, "total_studies") for what, ids in parts.items()]
