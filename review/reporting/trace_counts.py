"""Where a count comes from: the facts that put each record, report or study there, one line each, up to a stated number.

A long list stays light: it quotes nothing, and says how many more there are. A zero says up to when nothing was found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from review.model.event import Event
from review.model.views import RecordView, ReportView, StudyView
from review.reporting.rooms import Rooms
from review.reporting.trace import classification_entries, classification_entry, decision_entry, names, record_entries, report_entries
from review.reporting.trace_history import role_of
from review.reporting.trace_view import Trace, TraceEntry
from review.text import bidi_closed

MOST = 50  # entries under one count
Kind = tuple[str, str]  # what an event's kind begins with, and its stage ('' for any)

_IN: tuple[Kind, ...] = ()  # nothing was said of it yet but how it came in
_DECIDED = ("screening.decided", "screening.resolved", "screening.imported")
_FIRST = (*((kind, "title_abstract") for kind in _DECIDED), ("screening.stopped", ""))
_SECOND = tuple((kind, "full_text") for kind in _DECIDED)
_CLASSED = (("studies.classif", ""),)
_GOT = (("screening.retrieved", ""),)
_TELLING: dict[str, tuple[Kind, ...]] = {
    "duplicates": (("studies.merged", ""),),
    "other_duplicates": (("studies.merged", ""),),
    "excluded_automatic": (("screening.removed", ""),),
    "excluded_other": (("screening.removed", ""),),
    "records_screened": _FIRST,
    "records_excluded": _FIRST,
    "records_excluded_human": _FIRST,
    "records_excluded_automatic": _FIRST,
    "records_passed": _FIRST,
    "sought_reports": _FIRST,
    "notretrieved_reports": _GOT,
    "assessed": _GOT,
    "excluded": _SECOND,
    "ongoing": _CLASSED,
    "awaiting": _CLASSED,
    "included_reports": _CLASSED,
    "new_reports": _CLASSED,
    "total_reports": _CLASSED,
    "new_studies": _CLASSED,
    "total_studies": _CLASSED,
}


class Behind:
    """The facts behind counts of records, reports and studies, as this viewer may see them."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self._records: dict[str, RecordView] = {r.id: r for r in rooms.records.views()}
        self._reports: dict[str, ReportView] = {r.id: r for r in rooms.studies.report_views()}
        self._studies: dict[str, StudyView] = {s.id: s for s in rooms.studies.views()}
        self._of_record = {record.id: report for report in self._reports.values() for record in report.records}
        self._owners: dict[str, list[StudyView]] = {}
        for study in self._studies.values():
            for report in study.reports:
                self._owners.setdefault(report.id, []).append(study)
        self._order = {one: n for n, one in enumerate((*self._records, *self._reports, *self._studies))}
        self._told: dict[str, list[TraceEntry]] = {}

    def trace(self, key: str, label: str, ids: Collection[str], field: str = "") -> Trace:
        """The origin of a count of *ids*: for each the fact that tells why it counts as *field* of the flow, else how it came in."""
        ordered = sorted(ids, key=lambda one: (self._order.get(one, len(self._order)), one))
        short = field.removeprefix("dbr_").removeprefix("other_")
        telling = _TELLING.get(field) or _TELLING.get(short) or _IN
        return counted(self.rooms, key, label, [self._entry(one, telling) for one in ordered[:MOST]], len(ordered))

    def _entry(self, one: str, telling: Sequence[Kind]) -> TraceEntry:
        if one not in self._order:
            return _previous(self.rooms, one)
        entries = [e for e in self._entries(one) if not e.past]
        told = [e for e in entries if e.event and _tells(self.rooms.seat.event(e.event), telling)]
        entry = told[-1] if told else entries[0]
        return replace(entry, what=f"{bidi_closed(self._name(one))}: {entry.what}", quote=None)

    def _name(self, one: str) -> str:
        if one in self._studies:
            return self._studies[one].label
        if one in self._reports:
            return self._reports[one].title
        return f"{self._records[one].title} ({self._records[one].search.source})"

    def _entries(self, one: str) -> list[TraceEntry]:
        """How it came in, first; then what was said of it."""
        if one not in self._told:
            if one in self._records:
                report = self._of_record[one]
                found = record_entries(self.rooms, self._records[one]) + self._entries(report.id)
            elif one in self._reports:
                owned = (classification_entries(self.rooms, s) for s in self._owners.get(one, ()))
                found = [*report_entries(self.rooms, self._reports[one]), *(e for entries in owned for e in entries)]
            else:
                study = self._studies[one]
                found = [e for r in study.reports for e in report_entries(self.rooms, r)] + classification_entries(self.rooms, study)
            self._told[one] = found
        return self._told[one]


def counted(
    rooms: Rooms,
    key: str,
    label: str,
    entries: Sequence[TraceEntry],
    n: int,
    *,
    value: str = "",
    first: Sequence[TraceEntry] = (),
    none: str = "None",
) -> Trace:
    """The origin of the number *n*, which rests on *entries* (the first ones, where they are many).

    value: what is printed, where it is more than the number. first: facts before the list, such as what the protocol says of it.
    none: what an empty list says, before the words up to when.
    """
    shown = tuple(entries[:MOST]) or (TraceEntry("", f"{none}, up to the last entry of the ledger", "count", rooms.as_of),)
    return Trace(key, label, value or f"{n:,}", "", (*first, *shown), max(0, n - len(shown)) if entries else 0)


def one_line(rooms: Rooms, event_id: str, name: str, said: str, reason: str = "") -> TraceEntry:
    """One fact of a list: the name of what it is about, and what is said of it."""
    event = rooms.seat.event(event_id)
    return TraceEntry(event.id, f"{bidi_closed(name)}: {said}", role_of(rooms, event), event.at, reason)


def fixed(what: str) -> TraceEntry:
    """What stands behind words that no fact of a ledger makes; it says so."""
    return TraceEntry("", f"{what}; no fact of the ledger", "method", "")


def pairs_trace(rooms: Rooms, key: str, label: str, pairs: Iterable[tuple[Event, Event]]) -> Trace:
    """The origin of a count of pairs of decisions: both decisions on each report, with role, time and reason; no names."""
    seen = {e.id for e in rooms.screening.visible_events()}
    open_to_all = [pair for pair in pairs if all(e.id in seen for e in pair)]
    events = [event for pair in open_to_all[: MOST // 2] for event in sorted(pair, key=lambda e: e.position)]
    value = f"{len(open_to_all):,} pair" + ("" if len(open_to_all) == 1 else "s")
    return events_trace(rooms, key, label, events, 2 * len(open_to_all), value=value)


def events_trace(
    rooms: Rooms,
    key: str,
    label: str,
    events: Sequence[Event],
    n: int,
    *,
    value: str = "",
    first: Sequence[TraceEntry] = (),
    none: str = "None",
) -> Trace:
    """The origin of a count of decisions or classifications: those of *events* that the viewer may see, as ``counted`` shows them."""
    return counted(rooms, key, label, answer_entries(rooms, events[:MOST]), n, value=value, first=first, none=none)


def answer_entries(rooms: Rooms, events: Iterable[Event]) -> list[TraceEntry]:
    """A line for each decision or classification, with what it is about."""
    known = names(rooms)
    made = ((e, (decision_entry if e.kind.startswith("screening.") else classification_entry)(rooms, e)) for e in events)
    return [replace(entry, what=f"{bidi_closed(known.get(e.subject, e.subject))}: {entry.what}") for e, entry in made]


def _tells(event: Event, telling: Sequence[Kind]) -> bool:
    return any(event.kind.startswith(kind) and stage in ("", event.body.get("stage")) for kind, stage in telling)


def _previous(rooms: Rooms, one: str) -> TraceEntry:
    """What the protocol names as of an earlier version of the review."""
    last = rooms.protocol.history[-1] if rooms.protocol.frozen else None
    what = f"{one}: of the previous version of the review, as the protocol names it"
    return TraceEntry(last.id, what, role_of(rooms, last), last.at) if last else TraceEntry("", what, "draft", "")
