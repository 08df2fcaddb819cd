"""What evidence is missing: studies of which only registrations are in hand, by completion, and what is known of their results since.

Dates and results are read from the records. A date is no proof that a study was completed, and absence is said as what it is: no report
linked in this review as of a date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from review.errors import InputRefused, near
from review.extraction.prefill import quotation, source_word, span_of, unread
from review.model.views import RecordView, ReportView, StudyView
from review.records.vocabulary import words_for
from review.reporting.characteristics import study_cell
from review.reporting.flow import Flow
from review.reporting.overdue import NOT_PASSED, PASSED, Verdict, judge, last_day
from review.reporting.references import articles_in_hand, day, in_full, in_hand, linked_by, where_it_stands
from review.reporting.rooms import NOT_OBTAINED, Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import check_entries, key_of, quote_of
from review.reporting.trace_view import Trace, TraceEntry
from review.studies.link_rules import LINK_RULES_VERSION, link_book
from review.studies.link_signals import kind_of

PARTS = ("completed", "undetermined")
ELIGIBLE = ("included", "ongoing", "awaiting", NOT_OBTAINED)
OVER = frozenset({"COMPLETED", "TERMINATED"})
WITHDRAWN = "WITHDRAWN"
DATED = {"ESTIMATED": " (anticipated)", "ACTUAL": " (actual)"}
AWAITING = "awaiting classification"
STANDS = {"ongoing": "ongoing", "awaiting": AWAITING, NOT_OBTAINED: f"{AWAITING}, the full text not obtained"}
POSTED = {True: "yes", False: "no"}


@dataclass(frozen=True, slots=True)
class Stated:
    """What one record says of one field: as printed in the table, and the words by which it is found in the record's lines."""

    record: RecordView
    path: str
    text: str
    mark: str


@dataclass(frozen=True)
class Registered:
    """A study of which only registrations are in hand, with what the rule says of it.

    primary, completion: the latest date that is stated of each, '' for none. anticipated: the date that the rule goes by was foreseen.
    """

    study: StudyView
    records: tuple[RecordView, ...]
    linked: tuple[ReportView, ...]
    became: str
    primary: str
    completion: str
    anticipated: bool
    verdict: Verdict
    statuses: frozenset[str]

    @property
    def over(self) -> bool:
        """Whether a registry says that the study is completed or was terminated."""
        return bool(self.statuses & OVER)


def registry_only(rooms: Rooms, of: str = "completed") -> Table:
    """Studies known from registrations alone, by completion; *of* 'undetermined': where it cannot be said whether results are due."""
    if of not in PARTS:
        raise InputRefused(f"there is no part {of!r} of this table", expected=", ".join(PARTS), next_step=near(of, PARTS))
    found: dict[str, Trace] = {}
    flow = rooms.flow()
    every = [one for s in rooms.studies.views() if (one := _registered(rooms, s, flow)) is not None]
    parts = {part: [one for one in every if _part(one, rooms) == part] for part in ("completed", "undetermined", "")}
    rows = tuple(_row(rooms, one, flow, found) for one in parts[of])
    titles = {
        "completed": "Studies known from registrations alone, by planned or actual completion",
        "undetermined": "Registered studies for which it cannot be determined whether results are overdue",
    }
    empty = {
        "completed": "Of no study known from registrations alone are results due, as far as this can be determined."
        if parts["undetermined"] or parts[""]
        else "No study of this review is known from registrations alone.",
        "undetermined": "There is no registered study for which this cannot be determined.",
    }
    notes = (*_how(rooms), *_stand(parts[of]), *([_others(parts[""], rooms)] if of == "completed" and parts[""] else []))
    return Table(f"registry-{of}", titles[of], _COLUMNS, rows, rooms.table_notes(*notes), found, empty[of])


def _how(rooms: Rooms) -> tuple[str, ...]:
    return (
        f"Overdue: twelve months after primary completion, else after completion, without posted results or a linked report of results (no "
        f"protocol, no notice) as of {day(rooms.day)}. Of a month or a year the last day counts; of several dates the latest.",
        "An anticipated date counts too, and is flagged: it does not say that the study was completed. Where neither word stands by a "
        "date, the registration does not say which it is.",
        f"Reports are linked to a registration by the rules for links, version {LINK_RULES_VERSION} (a number that one states of the "
        "other), or by a person; where the number may be that of another trial the link waits for a person. What is not linked in this "
        "review may still exist.",
        "Status as the source words it, with the page's own date. Registry data as of that date, and of the search that found it.",
    )


def _stand(listed: Sequence[Registered]) -> list[str]:
    """Which of the studies in this table the review has as something else than included."""
    said = [(words, [one.study.label for one in listed if one.became == became]) for became, words in STANDS.items()]
    told = "; ".join(f"as {words}: {', '.join(labels)}" for words, labels in said if labels)
    return [f"Classified in this review {told}."] if told else []


def _others(left: Sequence[Registered], rooms: Rooms) -> str:
    by_reason: dict[str, list[str]] = {}
    for one in left:
        by_reason.setdefault(_apart(one, rooms), []).append(one.study.label)
    said = "; ".join(f"{why}: {', '.join(labels)}" for why, labels in by_reason.items())
    return f"Known from registrations alone, and not listed: {said}."


def _apart(one: Registered, rooms: Rooms) -> str:
    """Why no results are due yet, by the date."""
    if WITHDRAWN in one.statuses:
        return "withdrawn"
    stated, ends = _by(one)
    named = ("planned " if one.anticipated else "") + ("primary completion" if last_day(one.primary) else "completion")
    where = "lies after" if ends > date.fromisoformat(rooms.day) else "is less than twelve months before"
    return f"{named} {day(stated)} {where} {day(rooms.day)}"


def _by(one: Registered) -> tuple[str, date]:
    """The date that the rule goes by, as stated, with its last day; '' and the first day of all where none is stated."""
    stated = one.primary if last_day(one.primary) else one.completion
    return stated, last_day(stated) or date.min


def _part(one: Registered, rooms: Rooms) -> str:
    """In which table the study stands; '' in neither: it was withdrawn, or its date says that no results are due yet."""
    if WITHDRAWN in one.statuses:
        return ""
    if one.verdict.answer == "cannot be determined":
        return "undetermined"
    ahead = one.anticipated or _by(one)[1] > date.fromisoformat(rooms.day)
    return "" if one.verdict.why == NOT_PASSED and ahead and not one.over else "completed"


def _registered(rooms: Rooms, study: StudyView, flow: Flow) -> Registered | None:
    """*study* as its registrations state it; None when it is out of the review, or known from more than registrations."""
    got = [r for r in in_hand(study, flow) if r.stands.is_registration]
    became = rooms.became(study, flow)
    if not got or articles_in_hand(study, flow) or became not in ELIGIBLE:
        return None
    records = tuple(x for r in got for x in r.records if x.is_registration)
    linked = tuple(r for r in study.reports if not r.stands.is_registration)
    primary, completion = _latest(records, "primary_completion"), _latest(records, "completion")
    anticipated = _anticipated(records, "primary_completion", primary) if primary else _anticipated(records, "completion", completion)
    today = date.fromisoformat(rooms.day)
    told = any(not (r.is_notice or _is_protocol(r)) for r in linked)
    verdict = judge(primary=primary, completion=completion, posted=_posted(records), linked=told, as_of=today)
    statuses = frozenset(word for r in records if (word := r.doc.get("overall_status")))
    return Registered(study, records, linked, became, primary, completion, anticipated, verdict, statuses)


def _is_protocol(report: ReportView) -> bool:
    """Whether a report tells of the plan of a trial, by its title or its type of publication: no results are to be expected of it."""
    types = (r.doc.get("publication") or {} for r in report.records)
    typed = any("protocol" in kind.casefold() for printed in types for kind in printed.get("publication_types") or ())
    return typed or kind_of(report.title, link_book().reviews_of_trials) == "protocol"


def _latest(records: Sequence[RecordView], name: str) -> str:
    """The latest of the dates that the records state, so that nothing is called overdue on a date that was put off; '' for none."""
    dates = [text for r in records if (text := ((r.doc.get("dates") or {}).get(name) or {}).get("date")) and last_day(text)]
    return max(dates, key=lambda text: last_day(text) or date.min, default="")


def _anticipated(records: Sequence[RecordView], name: str, stated: str) -> bool:
    """Whether the date that was *stated* is one that was foreseen, and no record has it as the actual one."""
    dates = [(r.doc.get("dates") or {}).get(name) or {} for r in records]
    types = {d.get("type") for d in dates if d.get("date") == stated}
    return "ESTIMATED" in types and "ACTUAL" not in types


def _posted(records: Sequence[RecordView]) -> bool | None:
    """Whether any record says that results are posted; None where none says yes or no."""
    said = [r.doc.get("has_results") for r in records]
    dated = any((r.doc.get("dates") or {}).get("results_posted") or (r.doc.get("results") or {}).get("date_posted") for r in records)
    return True if dated or True in said else False if False in said else None


def _row(rooms: Rooms, one: Registered, flow: Flow, found: dict[str, Trace]) -> tuple[Cell, ...]:
    label = study_cell(rooms, one.study, flow, found)
    cells = [_cell(rooms, one, column.key, column.head, read(rooms, one), found) for column, read in _FIELDS]
    waiting, checked = _waiting(rooms, one, found), _checked(rooms, one, cells[-1], found)
    return (label, *cells[:6], _verdict(one, label), _reports(rooms, one, flow, label), waiting, *cells[6:-1], checked)


def _cell(rooms: Rooms, one: Registered, column: str, head: str, stated: Sequence[Stated], found: dict[str, Trace]) -> Cell:
    """What the records state: once where all say the same, else each with its source."""
    if not stated:
        return Cell("", missing="empty", why="the registrations in hand do not state it")
    alike = len({s.text.casefold() for s in stated}) == 1
    lines = [stated[0].text] if alike else list(dict.fromkeys(_sourced(s) for s in stated))
    key = key_of("registry", one.study.id, column)
    entries = tuple(_entry(rooms, s, head) for s in stated)
    found[key] = Trace(key, f"{one.study.label}: {head.lower()}", "\n".join(lines), "", entries)
    return Cell("\n".join(lines), trace=key)


def _sourced(stated: Stated) -> str:
    source = stated.record.search.source
    return stated.text if stated.text.startswith(source) else f"{stated.text} ({source})"


def _entry(rooms: Rooms, stated: Stated, head: str) -> TraceEntry:
    event = rooms.seat.event(stated.record.event)
    quote = quote_of(rooms, stated.record, span_of(stated.record.doc, stated.path) if stated.path else None, stated.mark)
    return TraceEntry(event.id, f"{head}: {stated.text}, read from {stated.record.search.source}", "import", event.at, "", quote)


def _verdict(one: Registered, label: Cell) -> Cell:
    """Yes, no, or that it cannot be determined, with the day by which results are due, or else the reason."""
    verdict = one.verdict
    said = {"overdue": "yes", "not overdue": "no", "cannot be determined": "cannot be determined"}[verdict.answer]
    by_date = verdict.due is not None and verdict.why in (PASSED, NOT_PASSED)
    why = f"due by {day(verdict.due.isoformat())}" if verdict.due is not None and by_date else verdict.why
    flags = (("by completion", not last_day(one.primary)), ("by an anticipated date", one.anticipated))
    return Cell(f"{said}: {why}", trace=label.trace, flag="; ".join(flag for flag, holds in flags if by_date and holds))


def _reports(rooms: Rooms, one: Registered, flow: Flow, label: Cell) -> Cell:
    lines = []
    for report in one.linked:
        said = [word for word in (linked_by(rooms, one.study, report), where_it_stands(report, flow)) if word]
        lines.append(f"{in_full(report)} Linked {'; '.join(said)}." if said else in_full(report))
    return Cell("\n".join(lines) or f"no report linked in this review as of {day(rooms.day)}", trace=label.trace)


def _waiting(rooms: Rooms, one: Registered, found: dict[str, Trace]) -> Cell:
    """The reports that a rule found and that a person has yet to link or to refuse, each with the sentence of the rule in its origin."""
    own = {report.id for report in one.study.reports}
    asked = {s.report.id: s for s in rooms.studies.suggested() if s.registration.id in own}
    if not asked:
        return Cell("", missing="empty", why="no link found by a rule waits for a person")
    lines = [f"{in_full(s.report)} Found by the rule {s.rule}." for s in asked.values()]
    key = key_of("registry", one.study.id, "waiting")
    entries = []
    for s in asked.values():
        event = rooms.seat.event(s.report.stands.event)
        compared = "; ".join(f"{field}: {value}" for field, value in s.compared.items())
        entries.append(TraceEntry(event.id, f"{s.says} {compared}", "import", event.at))
    found[key] = Trace(key, f"{one.study.label}: links that wait for a person", "\n".join(lines), "", tuple(entries))
    return Cell("\n".join(lines), trace=key)


def _checked(rooms: Rooms, one: Registered, snapshot: Cell, found: dict[str, Trace]) -> Cell:
    """*snapshot*, of when the sources were looked at, with when a person last looked at the entry in the primary register."""
    check = rooms.studies.register_check(one.study)
    said = f"{snapshot.text}\nprimary register entry " + (f"checked {day(check['date'])}" if check else "not checked")
    own = found[snapshot.trace or ""]
    found[own.key] = replace(own, value=said, entries=(*own.entries, *check_entries(rooms, one.study)))
    return Cell(said, trace=own.key)


# what the records state, field by field


def _registration(rooms: Rooms, one: Registered) -> list[Stated]:
    """Each number under which it is registered, where the study is not called by it, with the title of the first record that has it."""
    found: dict[str, Stated] = {}
    for record in one.records:
        for number in (i["value"] for i in record.doc.get("identifiers") or () if i["role"] == "primary"):
            path = "brief_title" if record.doc.get("brief_title") else "official_title"
            found.setdefault(
                number, Stated(record, path, record.title if number == one.study.label else f"{number}: {record.title}", record.title)
            )
    return list(found.values())


def status_stated(record: RecordView, text: Sequence[str]) -> tuple[str, str]:
    """(the record's status in the source's word with the page's own date, the words that say so in *text*, its lines); '' for none."""
    term, shown = record.doc.get("overall_status"), unread(record.doc, "overall_status") or ""
    printed = shown
    if term:
        shown, printed = source_word(term, quotation(text, span_of(record.doc, "overall_status")), words_for("overall_status", term))
    if not shown:
        return "", ""
    name = _page_date(record)
    page = f"page of {day(record.doc['dates'][name]['date'])}" if name else "page without a date"
    return f"{shown} ({page})", printed


def _status(rooms: Rooms, one: Registered) -> list[Stated]:
    stated = ((record, *status_stated(record, rooms.records.text_of(record))) for record in one.records)
    return [Stated(record, "overall_status", shown, printed) for record, shown, printed in stated if shown]


def _date(name: str, one: Registered) -> list[Stated]:
    found = []
    for record in one.records:
        stated: Mapping[str, Any] = (record.doc.get("dates") or {}).get(name) or {}
        if stated.get("date"):
            words = day(stated["date"]) + DATED.get(stated.get("type") or "", "")
            found.append(Stated(record, f"dates.{name}", words, stated.get("raw") or stated["date"]))
    return found


def _completion(rooms: Rooms, one: Registered) -> list[Stated]:
    """Primary completion; where no registration states it, completion with the words that say so."""
    primary = _date("primary_completion", one)
    return primary or [Stated(s.record, s.path, f"completion {s.text}", s.mark) for s in _date("completion", one)]


def _participants(rooms: Rooms, one: Registered) -> list[Stated]:
    types = {"ESTIMATED": "planned", "ACTUAL": "actual", None: "type not stated"}
    counted = [(r, r.doc.get("enrollment") or {}) for r in one.records]
    return [
        Stated(r, "enrollment", f"{c['count']:,} ({types[c.get('type')]})", c.get("raw") or str(c["count"]))
        for r, c in counted
        if c.get("count") is not None
    ]


def _results(rooms: Rooms, one: Registered) -> list[Stated]:
    found = []
    for record in one.records:
        posted = _posted([record])
        if posted is None:
            continue
        when = ((record.doc.get("dates") or {}).get("results_posted") or {}).get("date") or (record.doc.get("results") or {}).get(
            "date_posted"
        )
        path = "has_results" if record.doc.get("has_results") is not None else "dates.results_posted"
        found.append(Stated(record, path, POSTED[posted] + (f", {day(when)}" if when else ""), ""))
    return found


def _sponsor(rooms: Rooms, one: Registered) -> list[Stated]:
    named = [(r, (r.doc.get("lead_sponsor") or {}).get("name")) for r in one.records]
    return [Stated(r, "lead_sponsor", name, name) for r, name in named if name]


def _snapshot(rooms: Rooms, one: Registered) -> list[Stated]:
    """Of each source: the page's own date, and the day of the search."""
    found = []
    for record in one.records:
        dates, name = record.doc.get("dates") or {}, _page_date(record)
        page = f"page of {day(dates[name]['date'])}, " if name else ""
        words = f"{record.search.source}: {page}searched {day(record.search.searched)}"
        found.append(
            Stated(record, f"dates.{name}" if name else "", words, (dates[name].get("raw") or dates[name]["date"]) if name else "")
        )
    return found


def _page_date(record: RecordView) -> str | None:
    """Which of the record's dates is that of its page; None where it has none."""
    dates = record.doc.get("dates") or {}
    return next((name for name in ("last_refreshed", "last_update") if (dates.get(name) or {}).get("date")), None)


Reader = Callable[[Rooms, Registered], list[Stated]]
_FIELDS: tuple[tuple[Column, Reader], ...] = (
    (Column("registration", "Registration", width=2), _registration),
    (Column("status", "Status"), _status),
    (Column("start", "Start"), lambda rooms, one: _date("start", one)),
    (Column("completion", "Primary completion"), _completion),
    (Column("participants", "Participants"), _participants),
    (Column("results", "Results posted"), _results),
    (Column("sponsor", "Sponsor"), _sponsor),
    (Column("snapshot", "Registry data as of"), _snapshot),
)
_COLUMNS = (
    Column("study", "Study"),
    *(column for column, _ in _FIELDS[:6]),
    Column("overdue", "Results overdue"),
    Column("reports", "Linked reports", width=2),
    Column("waiting", "Links that wait for a person", width=2),
    *(column for column, _ in _FIELDS[6:]),
)
