"""The evidence tables: characteristics of included, ongoing, awaiting and excluded studies, each cell with its origin."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from review.errors import InputRefused, near
from review.extraction.forms import items, label_of
from review.model.views import CellView, ReportView, StudyView
from review.reporting.cells import StudyCells, shown, with_unit
from review.reporting.flow import Flow
from review.reporting.labels import load_labels
from review.reporting.rooms import NOT_OBTAINED, Rooms, places_of
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import by_record, key_of, report_trace, study_trace
from review.reporting.trace_view import Trace

KINDS = ("included", "ongoing", "awaiting", "excluded")
IN_HAND = {"included_reports", "ongoing", "awaiting", "assessed_waiting", "excluded"}
NO_RESULTS_HERE = "No results stand in this table."


def characteristics(rooms: Rooms, of: str) -> Table:
    """Characteristics of the *included*, *ongoing*, *awaiting* or *excluded* studies (the last: near misses at full text)."""
    if of not in KINDS:
        raise InputRefused(f"there is no table of {of!r} studies", expected=", ".join(KINDS), next_step=near(of, KINDS))
    with rooms.seat.still():
        return excluded(rooms) if of == "excluded" else _TABLES[of](rooms)


def classified(rooms: Rooms, as_what: str, flow: Flow) -> list[StudyView]:
    """Studies that the flow has as *as_what*, in ledger order; awaiting are also those of which no report was obtained."""
    every = [(s, rooms.became(s, flow)) for s in rooms.studies.views()]
    return [s for s, became in every if became == as_what or (as_what == "awaiting" and became == NOT_OBTAINED)]


def _study_cell(rooms: Rooms, study: StudyView, flow: Flow, found: dict[str, Trace]) -> Cell:
    trace = study_trace(rooms, study, flow)
    found[trace.key] = trace
    flagged = any("RETRACTED" in str(p.get("code", "")).upper() for r in study.records for p in r.doc.get("problems") or ())
    return Cell(study.label, trace=trace.key, flag="retracted" if flagged else "")


def day(value: str) -> str:
    """An ISO date as people write it; anything else as it stands."""
    return load_labels().day(value)


def methods(cells: StudyCells) -> Cell:
    """Design, allocation, masking, phase, setting dates."""
    words = (("Allocation", "allocation"), ("Model", "intervention_model"), ("Masking", "masking"), ("Phase", "phase"))
    lines: list[tuple[str, Sequence[CellView]]] = [
        (f"{shown(c).removesuffix('-trial').capitalize()} trial" if shown(c).endswith("-trial") else shown(c).capitalize(), [c])
        for c in cells.of("design")
    ]
    lines += [(f"{label}: {shown(c)}", [c]) for label, item in words for c in cells.of(item)]
    lines += [
        (f"{label}: {day(shown(c))}", [c]) for label, item in (("Start", "start"), ("Completion", "completion")) for c in cells.of(item)
    ]
    return cells.cell("methods", "methods", lines)


def participants(cells: StudyCells) -> Cell:
    """Numbers with their type, condition, ages, sex, setting, main criteria."""
    lines: list[tuple[str, Sequence[CellView]]] = [
        (f"n = {shown(c)} ({c.analysis_set or 'type not stated'})" if c.unit == "participants" else with_unit(c), [c])
        for c in cells.of("participants")
    ]
    lines += [(shown(c), [c]) for c in cells.of("condition")]
    ages = [*cells.of("minimum_age"), *cells.of("maximum_age")]
    if ages:
        words = {c.item: with_unit(c) for c in ages}
        lines.append((f"Age: {words.get('minimum_age', 'minimum not stated')} to {words.get('maximum_age', 'maximum not stated')}", ages))
    lines += [(f"Sex: {shown(c)}", [c]) for c in cells.of("sex")]
    lines += [(f"Country: {shown(c)}", [c]) for c in cells.of("countries")]
    lines += [(f"Setting: {shown(c)}", [c]) for c in cells.of("setting")]
    lines += [(f"Inclusion criteria:\n{shown(c)}", [c]) for c in cells.of("inclusion_criteria")]
    lines += [(f"Exclusion criteria:\n{shown(c)}", [c]) for c in cells.of("exclusion_criteria")]
    return cells.cell("participants", "participants", lines)


def interventions(cells: StudyCells) -> Cell:
    """One line per arm."""
    given = cells.of("intervention")
    by_arm = [c for c in given if c.arm]  # a source that tells the arms apart says more than one that does not
    lines: list[tuple[str, Sequence[CellView]]] = [(f"{c.arm}: {shown(c)}" if c.arm else shown(c), [c]) for c in by_arm or given]
    if not lines:
        lines = [(f"{c.arm}: {shown(c)}", [c]) for c in cells.of("arm")]
    return cells.cell("interventions", "interventions", lines)


def outcomes(cells: StudyCells) -> Cell:
    """Outcomes with their time points; no results."""
    lines: list[tuple[str, Sequence[CellView]]] = []
    for head, item in (("Primary", "primary_outcome"), ("Secondary", "secondary_outcome"), ("Outcome", "outcome")):
        lines += [(f"{head}: {shown(c)}" + (f" [{c.timepoint}]" if c.timepoint else ""), [c]) for c in cells.of(item)]
    return cells.cell("outcomes", "outcomes", lines)


def identification(cells: StudyCells) -> Cell:
    """Registration number and date, the date of the page, and whether the primary register was looked at."""
    lines: list[tuple[str, Sequence[CellView]]] = [(shown(c), [c]) for c in cells.of("registry_number")]
    lines += [
        (f"{label} {day(shown(c))}", [c])
        for label, item in (("Registered", "registered"), ("First submitted", "first_submitted"), ("Page of", "page_date"))
        for c in cells.of(item)
    ]
    if any(r.is_registration for r in cells.study.records):
        check = cells.rooms.studies.register_check(cells.study)
        lines.append((f"Primary register entry checked: {day(check['date'])}" if check else "Primary register entry: not checked", []))
    return cells.cell("identification", "identification", lines)


def funding(cells: StudyCells) -> Cell:
    """Sponsor, collaborators and funding."""
    words = (("Sponsor", "sponsor"), ("Collaborators", "collaborators"), ("Funding", "funding"))
    return cells.cell("funding", "funding", [(f"{label}: {shown(c)}", [c]) for label, item in words for c in cells.of(item)])


def status(cells: StudyCells) -> Cell:
    """The source's word, with the date of the page that says it."""
    lines: list[tuple[str, Sequence[CellView]]] = []
    for c in cells.of("status"):
        if c.conflict:
            lines.append((shown(c), [c]))
            continue
        dated = [(d, when) for d in cells.of("page_date") if (when := cells.said_by(d, c.record))]
        when = f"page of {day(dated[0][1])}" if dated else "page without a date"
        lines.append((f"{c.value} ({when})", [c, *(d for d, _ in dated)]))
    return cells.cell("status", "status", lines)


def remarks(cells: StudyCells) -> Cell:
    """How many reports, what the readers of the pages remarked, and the contact log."""
    study = cells.study
    lines: list[tuple[str, Sequence[CellView]]] = []
    articles = [r for r in study.reports if not r.stands.is_registration]
    got = [r for r in articles if places_of(r, cells.flow) & IN_HAND]
    if not articles:
        lines.append((f"Registration only; no report linked in this review as of {day(cells.rooms.day)}", []))
    elif not got:
        lines += [(where, []) for where in dict.fromkeys(_where(places_of(r, cells.flow)) for r in articles)]
    elif any(cells.rooms.screening.retrieval(r)[0] == "extract_only" for r in got):
        lines.append(("Only an extract of the article was retrieved", []))
    known = {item.id for item in items()}
    lines += [(f"{label_of(c.item).capitalize()}: {with_unit(c)}", [c]) for c in cells.cells if c.item not in known and c.item != "outcome"]
    for cell in cells.cells:
        noted = [cells.rooms.seat.event(e).body.get("note", "") for e in cell.history]
        lines += [(note[0].upper() + note[1:], [cell]) for note in dict.fromkeys(n for n in noted if n)]
    lines += [
        (
            f"Asked {c.body['whom']} on {day(c.body['when'])}: {c.body['asked']} "
            + (f"Answer: {c.body['answer']}" if c.body["answer"] else "No answer yet."),
            [],
        )
        for c in cells.rooms.extraction.contacts(study)
    ]
    return cells.cell("notes", "notes", lines, why="no remark")


def _where(places: set[str]) -> str:
    """Where an article that is not in hand stands, in words."""
    if "notretrieved_reports" in places:
        return "A report is linked; its full text was not obtained"
    if "retrieval_waiting" in places:
        return "A report is linked; its full text is sought"
    if "records_waiting" in places:
        return "A report is linked; it waits at title and abstract"
    if "records_excluded_automatic" in places:
        return "A report is linked; by automation: not screened after stopping"
    return "A report is linked; it was excluded at title and abstract"


def reason(cells: StudyCells) -> Cell:
    """Why the study is classified as it is; where nothing of it was obtained, that."""
    if cells.rooms.became(cells.study, cells.flow) == NOT_OBTAINED:
        return Cell("The full text was not obtained", trace=key_of(cells.study.id))
    found = cells.rooms.studies.panel(cells.study)
    events = [found.resolution] if found.resolution else list(found.answers)
    return Cell("\n".join(dict.fromkeys(e.body["reason"] for e in events)), trace=key_of(cells.study.id))


def states_note(tables_cells: Sequence[StudyCells]) -> str:
    """How many extracted cells stand in which state."""
    states = [c.state for cells in tables_cells for c in cells.cells]
    counts = [
        f"{states.count(s):,} {s}"
        for s in ("pre-filled", "recorded by one", "checked by one", "checked by two", "extracted independently by two", "consensus")
        if s in states
    ]
    return "Extracted cells of these studies: " + (", ".join(counts) if counts else "none yet") + "."


Maker = Callable[[StudyCells], Cell]
_COMMON: tuple[tuple[Column, Maker], ...] = (
    (Column("methods", "Methods", width=2), methods),
    (Column("participants", "Participants", width=3), participants),
    (Column("interventions", "Interventions", width=2), interventions),
    (Column("outcomes", "Outcomes", width=3), outcomes),
    (Column("identification", "Identification", width=2), identification),
    (Column("status", "Status"), status),
    (Column("funding", "Funding", width=2), funding),
    (
        Column("interests", "Declarations of interest"),
        lambda c: c.plain("interests", "declarations of interest", "competing_interests", why="the sources in hand do not state any"),
    ),
)
_ONGOING: tuple[tuple[Column, Maker], ...] = (
    (Column("name", "Study name", width=2), lambda c: c.plain("name", "study name", "title")),
    *_COMMON[:4],
    (
        Column("start", "Starting date"),
        lambda c: c.cell("start", "starting date", [(day(shown(s)), [s]) for s in c.of("start")], why="the page shows no starting date"),
    ),
    (Column("contact", "Contact"), lambda c: c.plain("contact", "contact", "contact", why="the page shows no contact")),
    *_COMMON[4:7],
)


def _table(rooms: Rooms, of: str, title: str, columns: Sequence[tuple[Column, Maker]], empty: str, notes: Sequence[str] = ()) -> Table:
    found: dict[str, Trace] = {}
    records = by_record(rooms)
    flow = rooms.flow()
    every = [StudyCells(rooms, of, study, records, found, flow) for study in classified(rooms, of, flow)]
    rows = tuple((_study_cell(rooms, cells.study, flow, found), *(make(cells) for _, make in columns)) for cells in every)
    heads = (Column("study", "Study"), *(column for column, _ in columns))
    below = (*((rooms.demonstration,) if rooms.demonstration else ()), *((states_note(every),) if rows else ()), *notes)
    return Table(f"characteristics-{of}", title, heads, rows, below, found, empty, layout="blocks")


def included(rooms: Rooms) -> Table:
    """Characteristics of included studies: no results and no appraisal here."""
    columns = (*_COMMON, (Column("notes", "Notes", width=2), remarks))
    return _table(rooms, "included", "Characteristics of included studies", columns, "No study is included yet.", (NO_RESULTS_HERE,))


def ongoing(rooms: Rooms) -> Table:
    """Characteristics of ongoing studies, with the registry's own word for the status."""
    columns = (*_ONGOING, (Column("notes", "Notes", width=2), remarks))
    note = f"Registry data as of the date of each page; views as of {day(rooms.day)}." if rooms.day else ""
    return _table(
        rooms, "ongoing", "Characteristics of ongoing studies", columns, "No study is classified as ongoing.", (note,) if note else ()
    )


def awaiting(rooms: Rooms) -> Table:
    """Characteristics of studies awaiting classification, why, and what was asked for."""
    columns = (*_COMMON[:7], (Column("why", "Why it awaits", width=2), reason), (Column("notes", "Notes", width=2), remarks))
    return _table(rooms, "awaiting", "Characteristics of studies awaiting classification", columns, "No study awaits classification.")


def excluded(rooms: Rooms) -> Table:
    """Studies of which no report passed full text and none is open, each with its excluded reports and their reasons."""
    found: dict[str, Trace] = {}
    flow = rooms.flow()
    out = _excluded(flow)
    rows = []
    for study in rooms.studies.views():
        if rooms.became(study, flow) != "excluded at full text":
            continue
        trace = study_trace(rooms, study, flow)
        found[trace.key] = trace
        reports = [r for r in study.reports if r.id in out]
        numbers = [n for r in reports if (n := _number(r))]
        rows.append(
            (
                Cell(study.label, trace=trace.key),
                Cell("\n".join(r.title for r in reports)),
                Cell("\n".join(numbers)) if numbers else Cell("", missing="not_reported"),
                Cell("\n".join(dict.fromkeys(_reason(rooms, r) for r in reports)), trace=trace.key),
                _words(rooms, [e for r in reports for e in rooms.screening.standing(r, "full_text").events]),
            )
        )
    return _exclusions(
        rooms,
        "characteristics-excluded",
        "Characteristics of excluded studies",
        "Reports",
        rows,
        found,
        "No study is excluded at full text.",
    )


def excluded_reports(rooms: Rooms) -> Table:
    """Every report excluded at full text with its reason, whatever became of its study."""
    found: dict[str, Trace] = {}
    out = _excluded(rooms.flow())
    rows = []
    for report in (r for r in rooms.studies.report_views() if r.id in out):
        trace = report_trace(rooms, report)
        found[trace.key] = trace
        labels = [s.label for s in rooms.studies.views() if any(r.id == report.id for r in s.reports)]
        number = _number(report)
        rows.append(
            (
                Cell("\n".join(labels), trace=trace.key),
                Cell(report.title),
                Cell(number) if number else Cell("", missing="not_reported"),
                Cell(_reason(rooms, report), trace=trace.key),
                _words(rooms, rooms.screening.standing(report, "full_text").events),
            )
        )
    return _exclusions(
        rooms, "excluded-reports", "Reports excluded at full text", "Report", rows, found, "No report is excluded at full text."
    )


def _excluded(flow: Flow) -> frozenset[str]:
    return flow.ids("dbr_excluded") | flow.ids("other_excluded")


def _reason(rooms: Rooms, report: ReportView) -> str:
    return rooms.reason_at(rooms.screening.standing(report, "full_text")) or "reason not recorded"


def _exclusions(
    rooms: Rooms, key: str, title: str, what: str, rows: Sequence[tuple[Cell, ...]], found: dict[str, Trace], empty: str
) -> Table:
    columns = (
        Column("study", "Study"),
        Column("title", what, width=3),
        Column("number", "Identifier"),
        Column("reason", "Reason for exclusion", width=2),
        Column("note", "In the reviewers' words", width=3),
    )
    return Table(key, title, columns, tuple(rows), (rooms.demonstration,) if rooms.demonstration else (), found, empty)


def _number(report: ReportView) -> str:
    return "; ".join(dict.fromkeys(v for r in report.records for v in r.identifiers()))


def _words(rooms: Rooms, events: Sequence[str]) -> Cell:
    said = list(dict.fromkeys(n for e in events if (n := rooms.seat.event(e).body.get("note", ""))))
    return Cell("\n".join(said)) if said else Cell("", missing="empty", why="no note was written")


_TABLES: dict[str, Callable[[Rooms], Table]] = {"included": included, "ongoing": ongoing, "awaiting": awaiting}
