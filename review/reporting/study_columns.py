"""What stands in each column of the characteristics of a study: lines of extracted cells, each with its origin; no results.

A line says what a source or a person said. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from review.extraction.forms import items
from review.model.event import Event
from review.model.views import CellView
from review.reporting.cells import StudyCells, shown, with_unit
from review.reporting.references import articles_in_hand, data_source, day, ended, in_full, primary_first, where_it_stands
from review.reporting.rooms import NOT_OBTAINED, Rooms
from review.reporting.table import Cell, Column
from review.reporting.tables_bias import assessment_entries
from review.reporting.trace import check_entries, key_of, role_of
from review.reporting.trace_view import TraceEntry

Line = tuple[str, Sequence[CellView]]
Maker = Callable[[StudyCells], Cell]
PARTICIPANTS_IN_SHORT = "n: number of participants."
_DETAILS = ("dose", "frequency", "route", "treatment_duration")


def labelled(cells: StudyCells, pairs: Iterable[tuple[str, str]]) -> list[Line]:
    """One line 'Label: value' for each cell of each (label, item)."""
    return [(f"{label}: {with_unit(c)}", [c]) for label, item in pairs for c in cells.of(item)]


def dated(cells: StudyCells, pairs: Iterable[tuple[str, str]]) -> list[Line]:
    """As ``labelled``, the values written as dates."""
    return [(f"{label} {day(shown(c))}", [c]) for label, item in pairs for c in cells.of(item)]


def design(cells: StudyCells) -> list[Line]:
    """The design, in words."""
    words = [(shown(c), c) for c in cells.of("design")]
    return [
        (f"{word.removesuffix('-trial')} trial".capitalize() if word.endswith("-trial") else word.capitalize(), [c]) for word, c in words
    ]


def methods(cells: StudyCells) -> Cell:
    """Design, allocation, model, masking, phase; length of follow-up; dates of the setting."""
    words = (("Allocation", "allocation"), ("Model", "intervention_model"), ("Masking", "masking"), ("Phase", "phase"))
    dates = (("Start:", "start"), ("Primary completion:", "primary_completion"), ("Completion:", "completion"))
    lines = [*design(cells), *labelled(cells, words), *labelled(cells, [("Follow-up", "follow_up")]), *dated(cells, dates)]
    return cells.cell("methods", "methods", lines)


def number(cell: CellView) -> str:
    """A number of participants with its type, and with the outcome and time point that it is of, where it is of one."""
    about = ", ".join(w for w in (cell.analysis_set or "type not stated", cell.outcome, cell.timepoint) if w)
    return f"n = {shown(cell)} ({about})" if cell.unit in ("participants", None) else f"{with_unit(cell)} ({about})"


def ages(cells: StudyCells) -> list[Line]:
    """The limits of age in one line."""
    limits = [*cells.of("minimum_age"), *cells.of("maximum_age")]
    words = {c.item: with_unit(c) for c in limits}
    said = f"Age: {words.get('minimum_age', 'minimum not stated')} to {words.get('maximum_age', 'maximum not stated')}"
    return [(said, limits)] if limits else []


def baseline(cells: StudyCells) -> list[Line]:
    """Baseline characteristics, of an arm or of all."""
    return [(f"Baseline{f', {c.arm}' if c.arm else ''}: {with_unit(c)}", [c]) for c in cells.of("baseline")]


def participants(cells: StudyCells) -> Cell:
    """Numbers of all arms together with their type, condition, ages, sex, health, setting, main criteria."""
    lines: list[Line] = [(number(c), [c]) for c in cells.of("participants") if not c.arm]
    lines += [(shown(c), [c]) for c in cells.of("condition")]
    lines += ages(cells)
    lines += labelled(cells, (("Sex", "sex"), ("Healthy volunteers", "healthy_volunteers")))
    lines += baseline(cells)
    lines += labelled(cells, (("Country", "countries"), ("Setting", "setting")))
    for head, item in (("Inclusion criteria", "inclusion_criteria"), ("Exclusion criteria", "exclusion_criteria")):
        lines += [(f"{head}:\n{shown(c)}", [c]) for c in cells.of(item)]
    return cells.cell("participants", "participants", lines)


def arms(cells: StudyCells, *, numbers: bool = True) -> dict[str | None, Line]:
    """Arm -> its one line: what is given, dose, frequency, route, duration, *numbers*; under None what is said of no single arm.

    A source that tells the arms apart says more than one that does not, so it is shown alone.
    """
    given = cells.of("intervention")
    base = [c for c in given if c.arm] or given or cells.of("arm")
    more = [*cells.of(*_DETAILS), *(c for c in cells.of("participants", "completed") if c.arm and numbers)]
    found: dict[str | None, tuple[list[str], list[CellView]]] = {}
    for cell in base:
        words, used = found.setdefault(cell.arm, ([], []))
        words.append(shown(cell))
        used.append(cell)
    only = next(iter(found)) if len(found) == 1 else None
    for cell in more:
        words, used = found.setdefault(cell.arm or only, ([], []))
        words.append(_detail(cell))
        used.append(cell)
    return {arm: (f"{arm}: {'; '.join(words)}" if arm else "; ".join(words), used) for arm, (words, used) in found.items()}


def _detail(cell: CellView) -> str:
    if cell.item == "participants":
        return number(cell)
    if cell.item == "completed":
        return f"{shown(cell)} completed"
    return f"{cell.label.lower()} {with_unit(cell)}"


def interventions(cells: StudyCells) -> Cell:
    """One line per arm."""
    return cells.cell("interventions", "interventions", list(arms(cells).values()))


def outcomes(cells: StudyCells) -> Cell:
    """Outcomes with their time points; no results."""
    lines: list[Line] = []
    for head, item in (("Primary", "primary_outcome"), ("Secondary", "secondary_outcome"), ("Outcome", "outcome")):
        lines += [(f"{head}: {shown(c)}" + (f" [{c.timepoint}]" if c.timepoint else ""), [c]) for c in cells.of(item)]
    return cells.cell("outcomes", "outcomes", lines)


def identification(cells: StudyCells) -> Cell:
    """Registration numbers and dates, the date of the registry's data, and whether the primary register was looked at."""
    of_documents = {v for record in cells.study.records for v in record.identifiers("DOI", "PMID", "PMCID")}
    own = [c for c in cells.of("registry_number") if c.value not in of_documents]  # older facts may hold a report's identifier here
    lines: list[Line] = [(shown(c), [c]) for c in own]
    other = [n for n in cells.study.registry_numbers if all(n != shown(c) for c in own)]
    lines += [(f"Also registered as {'; '.join(other)}", [])] if other else []
    dates = (("Registered", "registered"), ("First submitted", "first_submitted"), ("Registry data as of", "page_date"))
    lines += dated(cells, dates)
    check = cells.rooms.studies.register_check(cells.study)
    if check or any(r.is_registration for r in cells.study.records):
        lines.append((f"Primary register entry checked: {day(check['date'])}" if check else "Primary register entry: not checked", []))
    return cells.cell("identification", "identification", lines, also=check_entries(cells.rooms, cells.study))


def funding(cells: StudyCells) -> Cell:
    """Sponsor, collaborators and funding."""
    words = (("Sponsor", "sponsor"), ("Collaborators", "collaborators"), ("Funding", "funding"))
    return cells.cell("funding", "funding", labelled(cells, words))


def interests(cells: StudyCells) -> Cell:
    """Declarations of interest as the sources print them."""
    return cells.plain("interests", "declarations of interest", "competing_interests", why="the sources in hand do not state any")


def status(cells: StudyCells) -> Cell:
    """The source's word, with the date of the page that says it."""
    lines: list[Line] = []
    for c in cells.of("status"):
        if c.conflict:
            lines.append((shown(c), [c]))
            continue
        said = [(d, when) for d in cells.of("page_date") if (when := cells.said_by(d, c.record))]
        when = f"page of {day(said[0][1])}" if said else "page without a date"
        lines.append((f"{c.value} ({when})", [c, *(d for d, _ in said)]))
    return cells.cell("status", "status", lines)


def reports(cells: StudyCells) -> Cell:
    """Where the data come from and of what class they are; then every report, the primary one first."""
    lines: list[Line] = [(data_source(cells.study, cells.flow, contacts_of(cells)), [])]
    for n, report in enumerate(primary_first(cells.study)):
        where = where_it_stands(report, cells.flow)
        lines.append((f"{'Further' if n else 'Primary'}: {in_full(report)}" + (f" [{where}]" if where else ""), []))
    return cells.cell("reports", "reports", lines)


def bias(cells: StudyCells) -> Cell:
    """Whether the study was appraised, with which tool; the judgements stand in the tables of risk of bias alone."""
    rooms, lines, entries = cells.rooms, [], []
    views = rooms.bias.assessments(cells.study)
    for tool in dict.fromkeys(v.tool for v in views):
        own = [v for v in views if v.tool == tool]
        judged = sum(v.status != "not assessed" for v in own)
        said = f"{judged} {'result' if judged == 1 else 'results'} assessed" if judged else "not assessed"
        lines.append((f"{rooms.bias.tool_shown(tool).label}: {said}; see the tables of risk of bias", []))
        entries += [entry for v in own for entry in assessment_entries(rooms, v)]
    # an unfinished assessment is not shown, nor of which study it is; so nothing is denied while there is any
    why = "not assessed yet, or not finished" if rooms.bias.open_of_others() else "nobody has assessed it or said why not"
    return cells.cell("bias", "risk of bias", lines, why=why, also=entries)


def contacts_of(cells: StudyCells) -> list[Event]:
    """The contact log of the study."""
    return cells.rooms.extraction.contacts(cells.study)


def contact_entry(rooms: Rooms, event: Event) -> TraceEntry:
    """One line of the contact log as an origin."""
    return TraceEntry(event.id, f"Asked: {event.body['whom']}", role_of(rooms, event), event.at, event.body["asked"])


def answer_of(rooms: Rooms, event: Event) -> str:
    """The answer, else that there was none by the date of these views."""
    return event.body["answer"] or f"no answer as of {day(rooms.day)}"


def asked(cells: StudyCells) -> Cell:
    """What was asked for, of whom and when, and the answer."""
    events = contacts_of(cells)
    lines: list[Line] = [(_asked(cells.rooms, e), []) for e in events]
    entries = [contact_entry(cells.rooms, e) for e in events]
    return cells.cell("asked", "what was asked for", lines, why="nothing has been asked for", also=entries)


def why_awaiting(cells: StudyCells) -> Cell:
    """Why the study is classified as it is; where nothing of it was obtained, that."""
    key = key_of(cells.study.id)
    if cells.rooms.became(cells.study, cells.flow) == NOT_OBTAINED:
        return Cell("The full text was not obtained", trace=key)
    found = cells.rooms.studies.panel(cells.study)
    events = [found.resolution] if found.resolution else list(found.answers)
    said = "\n".join(dict.fromkeys(e.body["reason"] for e in events))
    return Cell(said, trace=key) if said else Cell("", missing="empty", why="no reason may be shown yet")


def notes_alone(cells: StudyCells) -> Cell:
    """What is linked and not in hand, items of the project's own, and what the readers of the pages remarked."""
    return _notes(cells, [])


def notes(cells: StudyCells) -> Cell:
    """``notes_alone`` and the contact log, for tables that have no column of their own for it."""
    return _notes(cells, contacts_of(cells))


def _notes(cells: StudyCells, contacts: Sequence[Event]) -> Cell:
    known = {item.id for item in items()}
    lines: list[Line] = _linked(cells)
    lines += [(f"{c.label.capitalize()}: {with_unit(c)}", [c]) for c in cells.cells if c.item not in known and c.outcome is None]
    remarks: dict[str, list[CellView]] = {}
    for cell in cells.cells:
        for note in dict.fromkeys(cells.rooms.seat.event(e).body.get("note", "") for e in cell.history):
            remarks.setdefault(note[:1].upper() + note[1:], []).append(cell)
    lines += [(note, about) for note, about in remarks.items() if note]
    lines += [(f"Asked {_asked(cells.rooms, e)}", []) for e in contacts]
    return cells.cell("notes", "notes", lines, why="no remark", also=[contact_entry(cells.rooms, e) for e in contacts])


def _asked(rooms: Rooms, event: Event) -> str:
    """One line of the contact log."""
    body = event.body
    return f"{body['whom']} on {day(body['when'])}: {ended(body['asked'])} Answer: {answer_of(rooms, event)}"


def _linked(cells: StudyCells) -> list[Line]:
    """That no report is linked, where linked articles stand, or that an extract is all there is."""
    articles = [r for r in cells.study.reports if not r.stands.is_registration]
    got = articles_in_hand(cells.study, cells.flow)
    if not articles:
        return [(f"Registration only; no report linked in this review as of {day(cells.rooms.day)}", [])]
    if not got:
        return [(f"A report is linked; {where}", []) for where in dict.fromkeys(where_it_stands(r, cells.flow) for r in articles) if where]
    if any(cells.rooms.screening.retrieval(r)[0] == "extract_only" for r in got):
        return [("Only an extract of the article was retrieved", [])]
    return []


METHODS = (Column("methods", "Methods", width=2), methods)
PARTICIPANTS = (Column("participants", "Participants", width=3), participants)
INTERVENTIONS = (Column("interventions", "Interventions", width=2), interventions)
OUTCOMES = (Column("outcomes", "Outcomes", width=3), outcomes)
IDENTIFICATION = (Column("identification", "Identification", width=2), identification)
STATUS = (Column("status", "Status"), status)
FUNDING = (Column("funding", "Funding", width=2), funding)
INTERESTS = (Column("interests", "Declarations of interest"), interests)
REPORTS = (Column("reports", "Reports and data source", width=3), reports)
NOTES = (Column("notes", "Notes", width=2), notes)
