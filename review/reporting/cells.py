"""Finds a study's cells for a table and writes them as one printed cell with its origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from review.model.extraction import NOT_REPORTED
from review.model.views import CellView, RecordView, StudyView
from review.reporting.flow import Flow
from review.reporting.references import day
from review.reporting.rooms import Rooms
from review.reporting.table import Cell
from review.reporting.trace import cells_trace, key_of
from review.reporting.trace_view import Trace, TraceEntry

IN_CONFLICT = "in conflict"
NOTHING_YET = "nothing has been extracted here yet"


class StudyCells:
    """The cells of one study, for one table; the origins of what is printed collect in ``traces``."""

    def __init__(
        self, rooms: Rooms, table: str, study: StudyView, records: Mapping[str, RecordView], traces: dict[str, Trace], flow: Flow
    ) -> None:
        self.rooms, self.table, self.study, self.records, self.traces, self.flow = rooms, table, study, records, traces, flow
        self.cells = rooms.extraction.cells(study)

    def of(self, *items: str) -> list[CellView]:
        """Cells of these items, in the order of the items."""
        return [c for item in items for c in self.cells if c.item == item]

    def value(self, item: str) -> str:
        """The value of a single cell; '' where there is none."""
        found = self.of(item)
        return shown(found[0]) if found else ""

    def said_by(self, cell: CellView, record: str | None) -> str:
        """What *record* says of this cell, by its newest reading; '' where it says nothing, or the record is not known."""
        if record is None:
            return ""
        said = [b["value"] for e in cell.history if (b := self.rooms.seat.event(e).body).get("record") == record]
        value = cell.value if cell.record == record else said[-1] if said else ""
        return "" if value == NOT_REPORTED else value

    def cell(
        self,
        column: str,
        label: str,
        lines: Sequence[tuple[str, Sequence[CellView]]],
        *,
        notes: Sequence[str] = (),
        why: str = NOTHING_YET,
        flag: str = "",
        also: Sequence[TraceEntry] = (),
    ) -> Cell:
        """A printed cell of these lines, each with the extracted cells that it rests on; empty when there is no line.

        also: further facts that the lines rest on. Where there are none at all, the cell leads to the origin of its study.
        """
        lines = [(text, cells) for text, cells in lines if text]
        used = [c for _, cells in lines for c in cells]
        if not lines:
            return Cell("", missing="empty", why=why, notes=tuple(notes), flag=flag)
        text = "\n".join(text for text, _ in lines)
        if not used and not also:
            return Cell(text, trace=key_of(self.study.id), notes=tuple(notes), flag=flag)
        key = key_of(self.table, self.study.id, column)
        trace = cells_trace(self.rooms, key, f"{self.study.label}: {label}", text, used, self.records)
        self.traces[key] = replace(trace, entries=(*trace.entries, *also))
        missing = "not_reported" if text == NOT_REPORTED else None
        notes = [*notes, *self._otherwise(used)]
        if any(c.conflict for c in used):
            flag = flag or "conflict open"
        return Cell(text, trace=key, missing=missing, notes=tuple(notes), flag=flag)  # type: ignore[arg-type]

    def _otherwise(self, used: Sequence[CellView]) -> list[str]:
        """A note for each cell on which another source of the same study says otherwise."""
        found = []
        for cell in used:
            for record, value in cell.elsewhere.items() if not cell.conflict else ():
                source = self.records[record].search.source if record in self.records else "another source"
                said = shortened(day(_apart(value, cell.value)))
                found.append(f"{self.study.label}, {cell.label.lower()}: {source} says otherwise: {said}")
        return found

    def plain(self, column: str, label: str, *items: str, prefix: Callable[[CellView], str] = lambda c: "", why: str = NOTHING_YET) -> Cell:
        """A printed cell of the values of *items*, one line each."""
        return self.cell(column, label, [(prefix(c) + with_unit(c), [c]) for c in self.of(*items)], why=why)


def _apart(value: str, shown: str) -> str:
    """The lines of *value* that *shown* has not; the whole where every line differs or there is one only."""
    own = {" ".join(line.split()) for line in shown.splitlines()}
    return "; ".join(line.strip() for line in value.splitlines() if " ".join(line.split()) not in own) or value


def shortened(value: str, most: int = 160) -> str:
    """The value on one line, cut where it is long; the origin shows it whole."""
    flat = " ".join(value.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def shown(cell: CellView) -> str:
    """The value as it stands; two words in its place while it is in conflict, since then no value stands."""
    return IN_CONFLICT if cell.conflict else cell.value


def with_unit(cell: CellView) -> str:
    """The value with its unit."""
    if cell.conflict:
        return IN_CONFLICT
    return f"{cell.value} {cell.unit}" if cell.unit and cell.value != NOT_REPORTED else cell.value
