"""Tables of screening: where each report stands, open conflicts without names, and the classification of studies."""

from __future__ import annotations

from collections.abc import Sequence

from review.model.decision import STAGE_NAMES, is_imported
from review.model.views import ReportView, StudyView
from review.reporting.flow import Flow, removal_reason
from review.reporting.notices import flag_of
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, report_trace, study_trace
from review.reporting.trace_view import Trace

_RETRIEVAL = {"retrieved": "retrieved", "extract_only": "extract only", "not_retrieved": "not retrieved", None: "sought"}


def standings(rooms: Rooms) -> Table:
    """One row a report: both stages, retrieval, and what its study was classified as."""
    found: dict[str, Trace] = {}
    flow = rooms.flow()
    owners: dict[str, list[StudyView]] = {}
    for study in rooms.studies.views():
        for member in study.reports:
            owners.setdefault(member.id, []).append(study)
    rows = []
    for report in rooms.studies.report_views():
        trace = report_trace(rooms, report)
        found[trace.key] = trace
        sought = rooms.screening.sought(report)
        first = Cell("straight to full text") if report.lane == "other" else _first(rooms, report, flow)
        got = rooms.screening.retrieval(report)[0]
        retrieved = Cell(_RETRIEVAL[got]) if sought else Cell("", missing="empty", why="not sought")
        in_hand = sought and got in ("retrieved", "extract_only")
        second = _outcome(rooms, report, "full_text") if in_hand else Cell("", missing="empty", why="no full text in hand")
        rows.append(
            (
                Cell(report.title, trace=trace.key, flag=flag_of(report.records, report.told)),
                Cell("other methods" if report.lane == "other" else "databases and registers"),
                first,
                retrieved,
                second,
                _classified(rooms, owners[report.id], in_hand, flow, found),
            )
        )
    columns = (
        Column("title", "Report", width=4),
        Column("lane", "Found by", width=2),
        Column("first", "Title and abstract", width=2),
        Column("retrieval", "Full text"),
        Column("second", "Decision at full text", width=3),
        Column("study", "Study", width=2),
    )
    return Table("standings", "Where each report stands", columns, tuple(rows), rooms.table_notes(), found, "There is no report yet.")


def _first(rooms: Rooms, report: ReportView, flow: Flow) -> Cell:
    """The outcome at title and abstract; what was removed before, and what a stop left unseen, stand as in the flow."""
    if (removal := rooms.screening.removal(report)) is not None:
        return Cell(f"removed before screening: {removal_reason(removal)}")
    if report.stands.id in flow.ids("records_excluded_automatic"):
        seen = rooms.screening.standing(report, "title_abstract").outcome is not None
        return Cell("exclude, by automation" + ("" if seen else ": not screened after stopping"))
    return _outcome(rooms, report, "title_abstract")


def _outcome(rooms: Rooms, report: ReportView, stage: str) -> Cell:
    stand = rooms.screening.standing(report, stage)
    if stand.conflict:
        return Cell("waits", flag="conflict")
    if stand.outcome is None:
        return Cell(f"waits ({stand.answered} of {rooms.screening.panel(report, stage).needed} decided)")
    settled = rooms.screening.panel(report, stage).resolution
    resolved = "" if settled is None else " (imported consensus)" if is_imported(settled) else " (resolved)"
    if stand.outcome == "include":
        return Cell(("passed" if stage == "title_abstract" else "include") + resolved)
    why = rooms.reason_at(stand) or ("reason not recorded" if stage == "full_text" else "")
    return Cell("exclude" + resolved + (f": {why}" if why else ""))


def _classified(rooms: Rooms, studies: Sequence[StudyView], in_hand: bool, flow: Flow, found: dict[str, Trace]) -> Cell:
    """Every study that the report belongs to, with what became of it; one origin for all of them."""
    became = {s.id: rooms.became(s, flow) for s in studies}
    traces = [study_trace(rooms, s, flow) for s in studies]
    key = key_of("studies", *(s.id for s in studies)) if len(studies) > 1 else traces[0].key
    labels = "\n".join(f"{s.label}: {became[s.id]}" for s in studies)
    entries = {e: None for t in traces for e in t.entries}  # shared reports stand once
    found[key] = traces[0] if len(studies) == 1 else Trace(key, "; ".join(s.label for s in studies), labels, "", tuple(entries))
    if not in_hand and len(studies) == 1 and rooms.studies.final(studies[0]) is None:
        return Cell("", missing="empty", why=became[studies[0].id])
    flag = "conflict" if any(rooms.studies.panel(s).conflict for s in studies) else flag_of([r for s in studies for r in s.records])
    return Cell(labels, trace=key, flag=flag)


def conflicts(rooms: Rooms) -> Table:
    """Open conflicts of screening, with both answers and no names."""
    frame = rooms.screening.conflicts()
    reasons = rooms.reasons()
    reports = {r.id: r for r in rooms.studies.report_views()}
    found: dict[str, Trace] = {}
    rows = []
    for one in frame.itertuples(index=False):
        sides = [
            _side(one.decision_first, one.reason_first, one.note_first, reasons),
            _side(one.decision_second, one.reason_second, one.note_second, reasons),
        ]
        report = reports[one.report]
        trace = report_trace(rooms, report)
        found[trace.key] = trace
        title = Cell(one.title, trace=trace.key, flag=flag_of(report.records, report.told))
        rows.append((title, Cell(STAGE_NAMES[one.stage]), Cell(sides[0]), Cell(sides[1])))
    columns = (
        Column("title", "Report", width=3),
        Column("stage", "Stage"),
        Column("first", "One reviewer", width=3),
        Column("second", "The other", width=3),
    )
    notes = rooms.table_notes("The order of the two answers tells nothing about who gave them.") if rows else ()
    return Table("conflicts", "Open conflicts", columns, tuple(rows), notes, found, "No conflict is open.")


def _side(decision: str, reason: str | None, note: str, reasons: dict[str, str]) -> str:
    return "\n".join(w for w in (decision, reasons.get(reason or "", ""), note) if w)
