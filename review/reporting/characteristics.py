"""The evidence tables: characteristics of included, ongoing, awaiting and excluded studies, each cell with its origin."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from review.errors import InputRefused, near
from review.extraction.forms import items, label_of
from review.model.views import CellView, ReportView, StudyView
from review.reporting.cells import StudyCells, with_unit
from review.reporting.labels import load_labels
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import by_record, key_of, report_trace, study_trace
from review.reporting.trace_view import Trace

KINDS = ("included", "ongoing", "awaiting", "excluded")
NO_RESULTS_HERE = "No results stand in this table."


def characteristics(rooms: Rooms, of: str) -> Table:
    """Characteristics of the *included*, *ongoing*, *awaiting* or *excluded* studies (the last: near misses at full text)."""
    if of not in KINDS:
        raise InputRefused(f"there is no table of {of!r} studies", expected=", ".join(KINDS), next_step=near(of, KINDS))
    with rooms.seat.still():
        return excluded(rooms) if of == "excluded" else _TABLES[of](rooms)


def classified(rooms: Rooms, as_what: str) -> list[StudyView]:
    """Studies finally classified so that have a report included at full text, in ledger order."""
    if as_what == "awaiting":  # also those of which no report was obtained, whether or not anybody classified them
        return [s for s in rooms.studies.views() if rooms.became(s).startswith("awaiting") and any(map(rooms.screening.sought, s.reports))]
    return [
        s
        for s in rooms.studies.views()
        if rooms.studies.final(s) == as_what and any(rooms.screening.standing(r, "full_text").outcome == "include" for r in s.reports)
    ]


def _study_cell(rooms: Rooms, study: StudyView, found: dict[str, Trace]) -> Cell:
    trace = study_trace(rooms, study)
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
        (f"{c.value.removesuffix('-trial').capitalize()} trial" if c.value.endswith("-trial") else c.value.capitalize(), [c])
        for c in cells.of("design")
    ]
    lines += [(f"{label}: {c.value}", [c]) for label, item in words for c in cells.of(item)]
    lines += [
        (f"{label}: {day(c.value)}", [c]) for label, item in (("Start", "start"), ("Completion", "completion")) for c in cells.of(item)
    ]
    return cells.cell("methods", "methods", lines)


def participants(cells: StudyCells) -> Cell:
    """Numbers with their type, condition, ages, sex, setting, main criteria."""
    lines: list[tuple[str, Sequence[CellView]]] = [
        (f"n = {c.value} ({c.analysis_set or 'type not stated'})" if c.unit == "participants" else with_unit(c), [c])
        for c in cells.of("participants")
    ]
    lines += [(c.value, [c]) for c in cells.of("condition")]
    ages = [*cells.of("minimum_age"), *cells.of("maximum_age")]
    if ages:
        words = {c.item: with_unit(c) for c in ages}
        lines.append((f"Age: {words.get('minimum_age', 'minimum not stated')} to {words.get('maximum_age', 'maximum not stated')}", ages))
    lines += [(f"Sex: {c.value}", [c]) for c in cells.of("sex")]
    lines += [(f"Country: {c.value}", [c]) for c in cells.of("countries")]
    lines += [(f"Setting: {c.value}", [c]) for c in cells.of("setting")]
    lines += [(f"Inclusion criteria:\n{c.value}", [c]) for c in cells.of("inclusion_criteria")]
    lines += [(f"Exclusion criteria:\n{c.value}", [c]) for c in cells.of("exclusion_criteria")]
    return cells.cell("participants", "participants", lines)


def interventions(cells: StudyCells) -> Cell:
    """One line per arm."""
    given = cells.of("intervention")
    by_arm = [c for c in given if c.arm]  # a source that tells the arms apart says more than one that does not
    lines: list[tuple[str, Sequence[CellView]]] = [(f"{c.arm}: {c.value}" if c.arm else c.value, [c]) for c in by_arm or given]
    if not lines:
        lines = [(f"{c.arm}: {c.value}", [c]) for c in cells.of("arm")]
    return cells.cell("interventions", "interventions", lines)


def outcomes(cells: StudyCells) -> Cell:
    """Outcomes with their time points; no results."""
    lines: list[tuple[str, Sequence[CellView]]] = []
    for head, item in (("Primary", "primary_outcome"), ("Secondary", "secondary_outcome"), ("Outcome", "outcome")):
        lines += [(f"{head}: {c.value}" + (f" [{c.timepoint}]" if c.timepoint else ""), [c]) for c in cells.of(item)]
    return cells.cell("outcomes", "outcomes", lines)


def identification(cells: StudyCells) -> Cell:
    """Registration number and date, the date of the page, and whether the primary register was looked at."""
    lines: list[tuple[str, Sequence[CellView]]] = [(c.value, [c]) for c in cells.of("registry_number")]
    lines += [
        (f"{label} {day(c.value)}", [c])
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
    return cells.cell("funding", "funding", [(f"{label}: {c.value}", [c]) for label, item in words for c in cells.of(item)])


def status(cells: StudyCells) -> Cell:
    """The source's word, with the page's own date."""
    when = cells.value("page_date")
    return cells.cell(
        "status",
        "status",
        [
            (c.value + (f" (page of {day(when)})" if when else " (page without a date)"), [c, *cells.of("page_date")])
            for c in cells.of("status")
        ],
    )


def remarks(cells: StudyCells) -> Cell:
    """How many reports, what the readers of the pages remarked, and the contact log."""
    study = cells.study
    lines: list[tuple[str, Sequence[CellView]]] = []
    articles = [r for r in study.reports if not r.stands.is_registration]
    got = [r for r in articles if cells.rooms.screening.retrieval(r)[0] in ("retrieved", "extract_only")]
    if not articles:
        lines.append((f"Registration only; no report linked in this review as of {day(cells.rooms.day)}", []))
    elif not got:
        lines.append(("A report is linked; its full text was not obtained", []))
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


def reason(cells: StudyCells) -> Cell:
    """Why the study is classified as it is."""
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
        lambda c: c.cell("start", "starting date", [(day(s.value), [s]) for s in c.of("start")], why="the page shows no starting date"),
    ),
    (Column("contact", "Contact"), lambda c: c.plain("contact", "contact", "contact", why="the page shows no contact")),
    *_COMMON[4:7],
)


def _table(rooms: Rooms, of: str, title: str, columns: Sequence[tuple[Column, Maker]], empty: str, notes: Sequence[str] = ()) -> Table:
    found: dict[str, Trace] = {}
    records = by_record(rooms)
    every = [StudyCells(rooms, of, study, records, found) for study in classified(rooms, of)]
    rows = tuple((_study_cell(rooms, cells.study, found), *(make(cells) for _, make in columns)) for cells in every)
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
    """Reports excluded at full text, with the primary reason and the further criteria not met."""
    found: dict[str, Trace] = {}
    reasons = rooms.reasons()
    rows = []
    for report in rooms.studies.report_views():
        stand = rooms.screening.standing(report, "full_text")
        if not rooms.screening.sought(report) or stand.outcome != "exclude":
            continue
        trace = report_trace(rooms, report)
        found[trace.key] = trace
        study = next((s for s in rooms.studies.views() if any(r.id == report.id for r in s.reports)), None)
        rows.append(
            (
                Cell(study.label if study else report.title, trace=trace.key),
                Cell(report.title),
                Cell(_number(report)),
                Cell(reasons.get(stand.reason or "", "reason not recorded"), trace=trace.key),
                _words(rooms, stand.events),
            )
        )
    columns = (
        Column("study", "Study"),
        Column("title", "Title", width=3),
        Column("number", "Identifier"),
        Column("reason", "Reason for exclusion", width=2),
        Column("note", "In the reviewers' words", width=3),
    )
    notes = (rooms.demonstration,) if rooms.demonstration else ()
    return Table(
        "characteristics-excluded",
        "Characteristics of excluded studies",
        columns,
        tuple(rows),
        notes,
        found,
        "No report is excluded at full text.",
    )


def _number(report: ReportView) -> str:
    return "; ".join(dict.fromkeys(v for r in report.records for v in r.identifiers()))


def _words(rooms: Rooms, events: Sequence[str]) -> Cell:
    said = list(dict.fromkeys(n for e in events if (n := rooms.seat.event(e).body.get("note", ""))))
    return Cell("\n".join(said)) if said else Cell("", missing="empty", why="no note was written")


_TABLES: dict[str, Callable[[Rooms], Table]] = {"included": included, "ongoing": ongoing, "awaiting": awaiting}
