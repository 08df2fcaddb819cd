"""From a number or a cell back to its facts: who decided what, in which role, when and why, and the lines that were read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from review.errors import ReportError
from review.model.best_values import in_words
from review.model.decision import STAGE_NAMES, STAGES, ReportsMerged, is_imported
from review.model.event import Event
from review.model.views import CellView, RecordView, ReportView, StudyView
from review.reporting.flow import Flow
from review.reporting.references import day
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Table
from review.reporting.trace_history import role_of, told
from review.reporting.trace_view import Quote, Trace, TraceEntry
from review.text import bidi_closed

_MOST_LINES = 40


def quote_of(rooms: Rooms, record: RecordView | None, lines: tuple[int, int] | None, value: str) -> Quote | None:
    """The lines of the record's text, with the value marked where it stands in them."""
    if record is None or lines is None:
        return None
    text = rooms.records.text_of(record)
    shown = [
        (n, text[n - 1]) for n in range(lines[0], min(lines[1], lines[0] + _MOST_LINES - 1) + 1) if n <= len(text) and text[n - 1].strip()
    ]
    joined = "\n".join(line for _, line in shown)
    where = re.search(re.escape(value), joined, re.IGNORECASE) if value else None
    source = record.search.source + (f", {record.file_name}" if record.file_name else "")
    return Quote(source, record.teaching, tuple(shown), where.group() if where else "")


def cell_name(cell: CellView) -> str:
    """What the cell is about, in words: its item, and the arm, outcome, time point and people that it is of."""
    about = (cell.arm, cell.outcome if cell.outcome != cell.value else None, cell.timepoint, cell.analysis_set)
    return cell.label + "".join(f", {w}" for w in about if w)


def cell_entry(rooms: Rooms, cell: CellView, event: Event, records: Mapping[str, RecordView]) -> TraceEntry:
    """One fact behind a cell, with the lines of its record that were read."""
    body = event.body
    unit = f" {short(body['unit'])}" if body.get("unit") else ""  # beside a long value that is cut it stays
    value = short(day(body["value"])) + unit  # a date as the page writes it
    verb = {"extraction.confirmed": "confirmed", "extraction.resolved": "settled"}.get(
        event.kind, "pre-filled" if event.by_tool else "recorded"
    )
    lines = body.get("lines")
    quote = (
        quote_of(rooms, records.get(body.get("record") or ""), (lines[0], lines[1]) if lines else None, body["value"])
        if "quotation" in body
        else None
    )
    if quote is None and body.get("quotation"):
        quote = Quote(body["location"], False, ((0, body["quotation"]),), body["value"] if body["value"] in body["quotation"] else "")
    reason = body.get("reason") or body.get("note") or ""
    return TraceEntry(event.id, f"{cell_name(cell)}: {verb} “{value}”", role_of(rooms, event), event.at, reason, quote)


def cell_entries(rooms: Rooms, cell: CellView, records: Mapping[str, RecordView]) -> list[TraceEntry]:
    """Every fact behind one cell that this viewer may see, oldest first."""
    return told(rooms, [cell_entry(rooms, cell, rooms.seat.event(e), records) for e in cell.history])


def cells_trace(rooms: Rooms, key: str, label: str, value: str, cells: Sequence[CellView], records: Mapping[str, RecordView]) -> Trace:
    """The origin of a table cell that rests on these extracted cells."""
    states = list(dict.fromkeys(("sources or people differ; " if c.conflict else "") + c.state for c in cells))
    return Trace(key, label, value, "; ".join(states), tuple(e for c in cells for e in cell_entries(rooms, c, records)))


def record_entries(rooms: Rooms, record: RecordView, *, duplicate: bool = False) -> list[TraceEntry]:
    """How one record came in, and each later version of its text."""
    event = rooms.seat.event(record.event)
    searched = rooms.labels.day(record.search.searched)
    what = f"{'Duplicate record' if duplicate else 'Record'} from {record.search.source}, searched {searched}"
    what += _from(event) or ", entered by hand"
    role = "import" if record.file_name else "entry by hand"
    spans = (record.doc.get("provenance") or {}).get("field_spans") or {}
    title = spans.get("brief_title")
    quote = quote_of(rooms, record, (title[0], title[1]) if title else None, record.title)
    found = [TraceEntry(event.id, what, role, event.at, event.body.get("note", ""), quote)]
    if len(record.versions) > 1:
        later = (rooms.seat.event(e) for e in rooms.records.readings_of(record)[1:])
        found += [TraceEntry(e.id, f"New version of its text{_from(e)}", "import", e.at) for e in later]
    return found


def _from(event: Event) -> str:
    """The file that an entry came in with, and the address of the page that it is, where a person gave it."""
    words = (("file", event.body.get("file_name")), ("captured from", event.body.get("address")))
    return "".join(f", {word} {bidi_closed(text)}" for word, text in words if text)


def report_entries(rooms: Rooms, report: ReportView) -> list[TraceEntry]:
    """Everything that happened to one report, as far as this viewer may see it, in ledger order."""
    found = [e for record in report.records for e in record_entries(rooms, record, duplicate=record.id != report.stands.id)]
    found += [merge_entry(rooms, rooms.seat.event(m)) for m in report.merged_by]
    found += best_entries(report)
    found += [doubt_entry(rooms, e) for e in rooms.studies.doubted(report)]
    found += [refusal_entry(rooms, e) for e in rooms.studies.refused(report)]
    found += [apart_entry(rooms, e) for e in rooms.studies.kept_apart(report)]
    found += [merge_entry(rooms, e) if e.kind == ReportsMerged.kind else _link_entry(rooms, e) for e in rooms.studies.undone(report)]
    removed = rooms.screening.removal(report)
    if removed is not None:
        by = f"by {removed.body['tool'] or 'automation'}" if removed.body["by"] == "automation" else "for another reason"
        why = "; ".join(w for w in (removed.body["reason"], removed.body["note"]) if w)
        found.append(TraceEntry(removed.id, f"Removed before screening {by}", role_of(rooms, removed), removed.at, why))
    late = {e.id for stage in STAGES for e in rooms.screening.panel(report, stage).late}
    found += [decision_entry(rooms, e, after_unblinding=e.id in late) for e in rooms.screening.decisions_on(report)]
    if not any(a.by_tool is False for a in rooms.screening.panel(report, "title_abstract").answers):
        found += [
            TraceEntry(s.id, "By automation: not screened after stopping", role_of(rooms, s), s.at, s.body["note"])
            for s in rooms.screening.stops()
            if set(report.members) & set(s.body["left"])
        ]
    _, retrieval = rooms.screening.retrieval(report)
    if retrieval is not None:
        words = {
            "retrieved": "Full text retrieved",
            "extract_only": "Only an extract was retrieved",
            "not_retrieved": "Full text not retrieved",
        }
        found.append(
            TraceEntry(retrieval.id, words[retrieval.body["status"]], role_of(rooms, retrieval), retrieval.at, retrieval.body["note"])
        )
    return told(rooms, found)


def merge_entry(rooms: Rooms, event: Event) -> TraceEntry:
    """One merge of reports, with the person's reason or what the rule compared."""
    body = event.body
    why = body["reason"] or _compared(body["compared"])
    rule = "by a person" if body["rule"] == "person" else f"by the rule {body['rule']}, version {body['rule_version']}"
    return TraceEntry(event.id, f"The same document: merged {rule}", role_of(rooms, event), event.at, why)


def best_entries(report: ReportView) -> list[TraceEntry]:
    """Of a report of several records: each field in which they differ, or which another than the record that stands for it gave."""
    found = []
    for best in report.best_values() if len(report.records) > 1 else ():
        [first, *_] = best.records
        if best.others or report.stands not in best.records:
            others = "; ".join(f"{r.search.source}: “{bidi_closed(short(in_words(v)))}”" for r, v in best.others)
            what = f"Taken for {best.field}: “{bidi_closed(short(in_words(best.value)))}”, from {first.search.source}"
            found.append(TraceEntry("", what, "the best value among its records", "", f"others say: {others}" if others else ""))
    return found


def doubt_entry(rooms: Rooms, event: Event) -> TraceEntry:
    """A doubt of a rule whether two reports are one document, which it left to a person."""
    body, known = event.body, names(rooms)
    titles = " and ".join(f"“{bidi_closed(short(known.get(report, report)))}”" for report in body["reports"])
    what = f"One document or two? Left to a person by the rule {body['rule']}, version {body['rule_version']}: {titles}"
    return TraceEntry(event.id, what, role_of(rooms, event), event.at, _compared(body["compared"]))


def _compared(values: Mapping[str, str]) -> str:
    """What a rule compared: the value alone, where there is only that."""
    return values["value"] if set(values) == {"value"} else "; ".join(f"{name}: {value}" for name, value in values.items())


def apart_entry(rooms: Rooms, event: Event) -> TraceEntry:
    """A person's word that reports are different documents, with the titles and the reason."""
    known = names(rooms)
    titles = " and ".join(f"“{bidi_closed(short(known.get(report, report)))}”" for report in event.body["reports"])
    return TraceEntry(event.id, f"Different documents, kept apart: {titles}", role_of(rooms, event), event.at, event.body["reason"])


def refusal_entry(rooms: Rooms, event: Event) -> TraceEntry:
    """A person's word that a report is none of a study, with the reason."""
    study = event.body["study"]
    what = f"No report of this study: “{bidi_closed(short(names(rooms).get(study, study)))}”; the link was refused"
    return TraceEntry(event.id, what, role_of(rooms, event), event.at, event.body["reason"])


def check_entries(rooms: Rooms, study: StudyView) -> list[TraceEntry]:
    """The last look at the primary register's entry of *study*, with the note that was taken."""
    check = rooms.studies.register_check(study)
    if check is None:
        return []
    event, what = rooms.seat.event(check["event"]), f"Primary register entry checked on {day(check['date'])}"
    return [TraceEntry(event.id, what, role_of(rooms, event), event.at, check["note"])]


def decision_entry(rooms: Rooms, event: Event, *, after_unblinding: bool = False) -> TraceEntry:
    """One decision or resolution at a stage, with its reason."""
    body = event.body
    words = {"include": "Include", "exclude": "Exclude", "unsure": "Unsure"}[body["decision"]]
    settles = "" if event.kind != "screening.resolved" else " (a consensus)" if is_imported(event) else " (resolution of a conflict)"
    what = f"{words}, {STAGE_NAMES[body['stage']]}{settles}"
    if is_imported(event):
        what += f", imported from {body['file_name']}, line {body['line']}, {body['tool']}"
    if event.kind == "screening.decided":
        what += f", criteria version {body['criteria_version']}"
    what += ", after unblinding" if after_unblinding else ""
    what += ", a near miss" if body.get("near_miss") else ""
    quoted = f"“{body['reason_words']}”" if body.get("reason") and body.get("reason_words") else ""
    why = "; ".join(w for w in (rooms.reason_of(event), quoted, body["note"]) if w)
    judged = ", ".join(f"{k} {v.replace('_', ' ')}" for k, v in body.get("judgements", {}).items())
    return TraceEntry(event.id, what + (f" ({judged})" if judged else ""), role_of(rooms, event), event.at, why)


def report_trace(rooms: Rooms, report: ReportView) -> Trace:
    """The origin of one report's place in the flow."""
    return Trace(key_of(report.id), report.title, "", "", tuple(report_entries(rooms, report)))


def study_trace(rooms: Rooms, study: StudyView, flow: Flow) -> Trace:
    """The origin of one study's classification: its reports, the links, the classifications."""
    entries = [e for report in study.reports for e in report_entries(rooms, report)]
    entries += [_link_entry(rooms, rooms.seat.event(e)) for e in study.links.values()]
    entries += [*check_entries(rooms, study), *classification_entries(rooms, study)]
    unique = tuple(dict.fromkeys(sorted(entries, key=lambda e: e.at)))  # one link or undone merge may stand with several reports
    return Trace(key_of(study.id), study.label, rooms.became(study, flow), "", unique)


def _link_entry(rooms: Rooms, event: Event) -> TraceEntry:
    body = event.body
    rule = "by a person" if body["rule"] == "person" else f"by the rule {body['rule']}"
    why = body["reason"] or _compared(body["compared"])
    return TraceEntry(event.id, f"Report linked to a study {rule}", role_of(rooms, event), event.at, why)


def classification_entry(rooms: Rooms, event: Event) -> TraceEntry:
    """One classification of a study or its resolution, with the reason."""
    return TraceEntry(event.id, f"Classified as {event.body['classification']}", role_of(rooms, event), event.at, event.body["reason"])


def classification_entries(rooms: Rooms, study: StudyView) -> list[TraceEntry]:
    """The classifications of *study* that this viewer may see, replaced and withdrawn ones too, and their resolution."""
    return told(rooms, [classification_entry(rooms, e) for e in rooms.studies.history(study)])


def told_by(found: dict[str, Trace], label: str, origin: Trace | None, why: str = "") -> Cell:
    """The cell of the value of *origin*, which goes into *found* under *label*; an empty one, with *why*, where there is none."""
    if origin is None:
        return Cell("", missing="empty", why=why)
    found[origin.key] = replace(origin, label=label)
    return Cell(origin.value, trace=origin.key)


def by_row(table: Table) -> Table:
    """The table with every value that has no origin of its own leading to that of its row: of the first cell that has one."""
    rows = []
    for row in table.rows:
        lead = next((cell.trace for cell in row if cell.trace is not None), None)
        rows.append(row if lead is None else (row[0], *(_led(cell, lead) for cell in row[1:])))
    return replace(table, rows=tuple(rows))


def _led(cell: Cell, key: str) -> Cell:
    """The cell with the origin *key*; one that has its own or holds nothing stays as it is."""
    return cell if cell.trace is not None or cell.missing == "empty" or not (cell.text or cell.missing) else replace(cell, trace=key)


def key_of(*parts: str) -> str:
    """A key for a trace: letters, digits and dashes."""
    return re.sub(r"[^A-Za-z0-9]+", "-", "-".join(parts)).strip("-").lower()


def by_record(rooms: Rooms) -> dict[str, RecordView]:
    """Record id -> record."""
    return {r.id: r for r in rooms.records.views()}


def names(rooms: Rooms) -> dict[str, str]:
    """What a fact may be about -> its name: the title of a report, the label of a study."""
    reports, studies = rooms.studies.report_views(), rooms.studies.views()

    def made() -> dict[str, str]:
        of_reports = {member: report.title for report in reports for member in report.members}
        return of_reports | {subject: study.label for study in studies for subject in study.subjects}

    return rooms.seat.made("names", (reports, studies), made)


def traces(found: Iterable[Trace]) -> dict[str, Trace]:
    """Key -> trace."""
    return {t.key: t for t in found}


def put(found: dict[str, Trace], trace: Trace) -> None:
    """*trace* among *found*. Raises ReportError where another origin has its key: one of two numbers would lead to it."""
    if found.setdefault(trace.key, trace) != trace:
        raise ReportError(f"two origins have the key {trace.key!r}: {found[trace.key].label}, and {trace.label}", where="origins")


def short(value: str) -> str:
    """At most 120 letters of a value, on one line."""
    flat = " ".join(value.split())
    return flat if len(flat) <= 120 else flat[:117] + "…"
