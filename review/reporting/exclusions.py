"""The tables of what was excluded at full text: near misses by study, and the full list by report; each with one primary reason."""

from __future__ import annotations

from collections.abc import Sequence

from review.model.views import ReportView, StudyView
from review.reporting.flow import Flow
from review.reporting.notices import flag_of
from review.reporting.references import in_full
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import report_trace, study_trace
from review.reporting.trace_view import Trace

NO_NEAR_MISS = (
    "No report excluded at full text is marked as a near miss; the full list of exclusions at full text stands in a table of its own."
)


def excluded(rooms: Rooms) -> Table:
    """Near misses: studies of which no report passed full text and none is open, and of which an excluded report is marked so."""
    found: dict[str, Trace] = {}
    flow = rooms.flow()
    out = _excluded(flow)
    rows = []
    for study in rooms.studies.views():
        marked = [r for r in study.reports if r.id in out and rooms.screening.standing(r, "full_text").near_miss]
        if not marked or rooms.became(study, flow) != "excluded at full text":
            continue
        trace = study_trace(rooms, study, flow)
        found[trace.key] = trace
        reports = [r for r in study.reports if r.id in out]
        rows.append(_row(rooms, study.label, flag_of(study.records), trace.key, reports, _primary(rooms, marked)))
    notes = ("Near misses only; every report excluded at full text stands in a table of its own.",) if rows else ()
    empty = NO_NEAR_MISS if out else "No study is excluded at full text."
    return _exclusions(rooms, "characteristics-excluded", "Characteristics of excluded studies", "Reports", rows, found, empty, notes)


def excluded_reports(rooms: Rooms) -> Table:
    """Every report excluded at full text with its reason, whatever became of its study."""
    found: dict[str, Trace] = {}
    out = _excluded(rooms.flow())
    studies = _by_report(rooms.studies.views())
    rows = []
    for report in (r for r in rooms.studies.report_views() if r.id in out):
        trace = report_trace(rooms, report)
        found[trace.key] = trace
        own = studies.get(report.id, [])
        flag = flag_of([x for s in own for x in s.records] or report.records)
        rows.append(_row(rooms, "\n".join(s.label for s in own), flag, trace.key, [report], _reason(rooms, report)))
    title, empty = "Reports excluded at full text", "No report is excluded at full text."
    return _exclusions(rooms, "excluded-reports", title, "Report", rows, found, empty, ())


def _by_report(studies: Sequence[StudyView]) -> dict[str, list[StudyView]]:
    found: dict[str, list[StudyView]] = {}
    for study in studies:
        for report in study.reports:
            found.setdefault(report.id, []).append(study)
    return found


def _excluded(flow: Flow) -> frozenset[str]:
    return flow.ids("dbr_excluded") | flow.ids("other_excluded")


def _reason(rooms: Rooms, report: ReportView) -> str:
    return rooms.reason_at(rooms.screening.standing(report, "full_text")) or rooms.labels.say("flow.line.no_reason")


def _primary(rooms: Rooms, reports: Sequence[ReportView]) -> str:
    """The one reason of a study: of its near misses' reasons, the first in the protocol's order of criteria."""
    order = list(rooms.reasons())
    stands = [rooms.screening.standing(r, "full_text") for r in reports]
    first = min(stands, key=lambda s: order.index(s.reason) if s.reason in order else len(order))
    return rooms.reason_at(first) or rooms.labels.say("flow.line.no_reason")


def _row(rooms: Rooms, label: str, flag: str, trace: str, reports: Sequence[ReportView], reason: str) -> tuple[Cell, ...]:
    numbers = [n for r in reports if (n := _number(r))]
    said = [rooms.seat.event(e).body.get("note", "") for r in reports for e in rooms.screening.standing(r, "full_text").events]
    words = list(dict.fromkeys(note for note in said if note))
    return (
        Cell(label, trace=trace, flag=flag),
        Cell("\n".join(in_full(r) for r in reports), trace=trace),
        Cell("\n".join(numbers), trace=trace) if numbers else Cell("", missing="not_reported"),
        Cell(reason, trace=trace),
        Cell("\n".join(words), trace=trace) if words else Cell("", missing="empty", why="no note was written"),
    )


def _exclusions(
    rooms: Rooms,
    key: str,
    title: str,
    what: str,
    rows: Sequence[tuple[Cell, ...]],
    found: dict[str, Trace],
    empty: str,
    notes: Sequence[str],
) -> Table:
    columns = (
        Column("study", "Study"),
        Column("title", what, width=3),
        Column("number", "Identifier"),
        Column("reason", "Reason for exclusion", width=2),
        Column("note", "In the reviewers' words", width=3),
    )
    return Table(key, title, columns, tuple(rows), rooms.table_notes(*notes), found, empty)


def _number(report: ReportView) -> str:
    return "; ".join(dict.fromkeys(v for r in report.records for v in r.identifiers()))
