"""The table of what was registered beside what was reported, version by version: differences are proposed until a person judged them.

What one side does not say is not determined; that two texts differ is no verdict on anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from review.extraction.registered import Said, Version
from review.extraction.switching import REPORT
from review.extraction.switching_steps import Compared
from review.model.views import CellView, StudyView
from review.reporting.characteristics import study_cell
from review.reporting.flow import Flow
from review.reporting.references import day
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import by_record, cell_entries, key_of, quote_of, short
from review.reporting.trace_history import role_of, told
from review.reporting.trace_view import Quote, Trace, TraceEntry
from review.text import bidi_closed

TITLE = "Registered and reported"
EMPTY = "No study has both a registration and an extracted report."
NOT_DETERMINED = "not determined"
_NO_VERDICT = (
    "Differences are found by comparing words and are proposed until a person judged them; that texts differ says nothing of the reason."
    " Reported is what was extracted from the reports."
)
_JUDGED = {"confirmed": "confirmed", "no_difference": "no difference", "explained": "explained"}
_COLUMNS = (
    Column("study", "Study"),
    Column("what", "Item"),
    Column("version", "Version of the registration", width=2),
    Column("registered", "Registered", width=3),
    Column("against", "Compared with"),
    Column("other", "Says there", width=3),
    Column("difference", "Difference", width=2),
    Column("judgement", "Judgement", width=2),
)


def switching(rooms: Rooms) -> Table:
    """One row a comparison: an item of one or more versions beside the report, or beside the next version where they differ."""
    found: dict[str, Trace] = {}
    flow, rows, notes, waiting = rooms.flow(), [], [], list[str]()
    for study in rooms.studies.views():
        compared = rooms.extraction.comparisons(study)
        if all(row.comparison.against != REPORT for row in compared) and rooms.extraction.registered.registrations(study):
            waiting.append(study.label)
        if compared:
            made = _Study(rooms, study, flow, found)
            rows += [made.row(one) for one in compared]
            notes += made.notes()
    below = [_NO_VERDICT, *notes] if rows else []
    below += [f"Not compared with a report, since nothing has been extracted from one: {', '.join(waiting)}."] if waiting else []
    return Table("switching", TITLE, _COLUMNS, tuple(rows), rooms.table_notes(*below), found, EMPTY)


class _Study:
    """The rows of one study."""

    def __init__(self, rooms: Rooms, study: StudyView, flow: Flow, found: dict[str, Trace]) -> None:
        self.rooms, self.study, self.found = rooms, study, found
        self.label, self.records = study_cell(rooms, study, flow, found), by_record(rooms)
        self.series = {known[0].record: known for known in rooms.extraction.registered.registrations(study)}
        self.cells: dict[str, CellView] = {cell.event: cell for cell in rooms.extraction.cells(study)}

    def row(self, row: Compared) -> tuple[Cell, ...]:
        one = row.comparison
        known = self.series[one.record]
        entries = [e for side in (one.registered, one.other) if side for e in self._said(side, known)]
        entries = [replace(entries[0], reason=f"compared: {one.says}" if one.says else ""), *entries[1:]] if entries else []
        key = key_of("switching", self.study.id, one.item)
        judged = [self._judged(event) for event in row.events]
        differs = ", ".join(row.finds) or ("" if one.undetermined else "none")
        shown = "\n".join(part for part in (differs, *(f"{NOT_DETERMINED}: {why}" for why in one.undetermined)) if part)
        standing = self._standing(row)
        what = one.field.capitalize()
        self.found[key] = Trace(key, f"{self.study.label}: {one.field}", shown, standing, tuple(told(self.rooms, [*entries, *judged])))
        return (
            self.label,
            Cell(what, trace=key),
            Cell(self._versions(row, known), trace=key),
            _side(one.registered, key, "not registered" if one.differences else NOT_DETERMINED),
            Cell("report" if one.against == REPORT else f"version {one.versions[-1]}, {self._dated(known, one.versions[-1])}", trace=key),
            _side(one.other, key, ("not reported" if one.against == REPORT else "not registered") if one.differences else NOT_DETERMINED),
            Cell(shown, trace=key),
            Cell(standing, trace=key)
            if standing
            else Cell("", missing="empty", why="no difference was proposed, and nobody has judged it"),
        )

    def notes(self) -> list[str]:
        """The versions in hand with their dates, which was in force when, and what cannot be said of that."""
        said = []
        for record, known in self.series.items():
            at = self.rooms.extraction.registered.in_force(self.study, known)
            name = next(iter(self.records[record].identifiers()), self.records[record].search.source)
            held = {v.number: [moment for moment, number in at.items() if number == v.number] for v in known}
            dated = [
                f"version {v.number}, {self._dated(known, v.number)}"
                + (f" (in force at {', '.join(held[v.number])})" if held[v.number] else "")
                for v in known
            ]
            open_ = [f"In force at {moment}: {NOT_DETERMINED}, {number}." for moment, number in at.items() if isinstance(number, str)]
            said.append(" ".join([f"{self.study.label}, {name}, versions in hand: {'; '.join(dated)}.", *open_]))
        return said

    def _versions(self, row: Compared, known: Sequence[Version]) -> str:
        """The versions that read so, with their dates, and when one of them was in force; said in short where all do."""
        one = row.comparison
        if one.against == REPORT and len(one.versions) == len(known) > 1:
            return f"all {len(known)} in hand"
        numbers = one.versions if one.against == REPORT else one.versions[:1]
        lines = [f"{n} of {len(known)}, {self._dated(known, n)}" for n in numbers]
        return "\n".join([*lines, *(["in force at " + ", ".join(row.held)] if row.held else [])])

    def _dated(self, known: Sequence[Version], number: int) -> str:
        version = known[number - 1]
        return day(version.date) if version.date else f"without a date, came in {day(version.came)}"

    def _said(self, side: Said, known: Sequence[Version]) -> list[TraceEntry]:
        """The facts behind one side: how the version came in, with its lines; or the cells."""
        if side.number is None:
            return [e for event in side.events if event in self.cells for e in cell_entries(self.rooms, self.cells[event], self.records)]
        event = self.rooms.seat.event(side.events[0])
        view = next((v for v in self.rooms.records.versions_of(self.records[side.record or ""]) if v.event == event.id), None)
        quote = quote_of(self.rooms, view, side.lines, side.text.rpartition(" [")[0] or side.text)
        if quote is None and side.quotation:
            quote = Quote(side.location, False, ((0, side.quotation),), "")
        words = f"Version {side.number} of the registration, {self._dated(known, side.number)}: “{bidi_closed(short(side.text))}”"
        return [TraceEntry(event.id, words, "import", event.at, "", quote)]

    def _judged(self, event_id: str) -> TraceEntry:
        event = self.rooms.seat.event(event_id)
        body = event.body
        if "judgement" not in body:
            return TraceEntry(event.id, "Judgement taken back", role_of(self.rooms, event), event.at)
        words = _JUDGED[body["judgement"]] + (f": {', '.join(body['difference'])}" if body["difference"] else "")
        settled = "Settled" if "reason" in body else "Judged"
        return TraceEntry(
            event.id, f"{settled}: {words}", role_of(self.rooms, event), event.at, body.get("note") or body.get("reason") or ""
        )

    @staticmethod
    def _standing(row: Compared) -> str:
        """The judgement and who stands behind it; '' where nothing was proposed that could be judged."""
        if row.judgement is None:
            return row.state if row.comparison.differences or row.events else ""
        said = _JUDGED[row.judgement] + (f": {row.note}" if row.note else "")
        return f"{said} ({row.state.removeprefix('judged ')})"


def _side(side: Said | None, key: str, nothing: str) -> Cell:
    return Cell(side.text if side else nothing, trace=key)
