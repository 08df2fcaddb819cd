"""The tables of characteristics of included, ongoing, awaiting and excluded studies, each cell with its origin; no results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from review.errors import InputRefused, near
from review.model.views import CellView, StudyView
from review.reporting import study_columns as columns
from review.reporting.cells import StudyCells, shown
from review.reporting.exclusions import excluded
from review.reporting.flow import Flow
from review.reporting.notices import flag_of
from review.reporting.references import day
from review.reporting.rooms import NOT_OBTAINED, Rooms
from review.reporting.study_columns import Maker
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import by_record, study_trace
from review.reporting.trace_view import Trace

KINDS = ("included", "ongoing", "awaiting", "excluded")
NO_RESULTS_HERE = "No results stand in this table."
_STATES = ("pre-filled", "recorded by one", "checked by one", "checked by two", "extracted independently by two", "consensus")
_BEFORE_FUNDING = (columns.METHODS, columns.PARTICIPANTS, columns.INTERVENTIONS, columns.OUTCOMES, columns.IDENTIFICATION, columns.STATUS)
_TO_FUNDING = (*_BEFORE_FUNDING, columns.FUNDING, columns.INTERESTS, columns.REPORTS)


def characteristics(rooms: Rooms, of: str) -> Table:
    """Characteristics of the *included*, *ongoing*, *awaiting* or *excluded* studies (the last: near misses at full text)."""
    makers = {"included": included, "ongoing": ongoing, "awaiting": awaiting, "excluded": excluded}
    if of not in makers:
        raise InputRefused(f"there is no table of {of!r} studies", expected=", ".join(KINDS), next_step=near(of, KINDS))
    with rooms.seat.still():
        return makers[of](rooms)


def classified(rooms: Rooms, as_what: str, flow: Flow) -> list[StudyView]:
    """Studies that the flow has as *as_what*, in ledger order; awaiting are also those of which no report was obtained."""
    every = [(s, rooms.became(s, flow)) for s in rooms.studies.views()]
    return [s for s, became in every if became == as_what or (as_what == "awaiting" and became == NOT_OBTAINED)]


def study_cell(rooms: Rooms, study: StudyView, flow: Flow, found: dict[str, Trace]) -> Cell:
    """The study's label with what was said about it since, leading to its classification; its origin goes into *found*."""
    trace = study_trace(rooms, study, flow)
    found[trace.key] = trace
    return Cell(study.label, trace=trace.key, flag=flag_of(study.records))


def states_note(cells: Iterable[CellView]) -> str:
    """How many of these extracted cells stand in which state."""
    states = [c.state for c in cells]
    counts = [f"{states.count(s):,} {s}" for s in _STATES if s in states]
    return "Extracted cells of these studies: " + (", ".join(counts) if counts else "none yet") + "."


def study_table(
    rooms: Rooms, of: str, *, key: str, title: str, made: Sequence[tuple[Column, Maker]], empty: str, notes: Sequence[str] = ()
) -> Table:
    """A table of one row a study of the kind *of*, with these columns behind its label."""
    found: dict[str, Trace] = {}
    records = by_record(rooms)
    flow = rooms.flow()
    every = [StudyCells(rooms, key.removeprefix("characteristics-"), study, records, found, flow) for study in classified(rooms, of, flow)]
    rows = tuple((study_cell(rooms, cells.study, flow, found), *(make(cells) for _, make in made)) for cells in every)
    heads = (Column("study", "Study"), *(column for column, _ in made))
    below = rooms.table_notes(*((states_note(c for cells in every for c in cells.cells), *notes) if rows else ()))
    return Table(key, title, heads, rows, below, found, empty, layout="blocks")


def included(rooms: Rooms) -> Table:
    """Characteristics of included studies: no results and no judgements of bias here."""
    return study_table(
        rooms,
        "included",
        key="characteristics-included",
        title="Characteristics of included studies",
        made=(*_TO_FUNDING, (Column("bias", "Risk of bias", width=2), columns.bias), columns.NOTES),
        empty="No study is included yet.",
        notes=(NO_RESULTS_HERE, columns.PARTICIPANTS_IN_SHORT),
    )


def awaiting(rooms: Rooms) -> Table:
    """Characteristics of studies awaiting classification, why, and what was asked for."""
    return study_table(
        rooms,
        "awaiting",
        key="characteristics-awaiting",
        title="Characteristics of studies awaiting classification",
        made=(
            *_TO_FUNDING,
            (Column("why", "Why it awaits", width=2), columns.why_awaiting),
            (Column("asked", "What was asked for", width=2), columns.asked),
            (Column("notes", "Notes", width=2), columns.notes_alone),
        ),
        empty="No study awaits classification.",
        notes=(NO_RESULTS_HERE, columns.PARTICIPANTS_IN_SHORT),
    )


def ongoing(rooms: Rooms) -> Table:
    """Characteristics of ongoing studies: the registry's own word for the status, the dates that it foresees."""
    return study_table(
        rooms,
        "ongoing",
        key="characteristics-ongoing",
        title="Characteristics of ongoing studies",
        made=(
            (Column("name", "Study name", width=2), lambda c: c.plain("name", "study name", "title", "acronym")),
            columns.METHODS,
            columns.PARTICIPANTS,
            columns.INTERVENTIONS,
            columns.OUTCOMES,
            (Column("start", "Starting date"), _start),
            (Column("completion", "Anticipated completion"), _completion),
            (Column("contact", "Contact"), lambda c: c.plain("contact", "contact", "contact", why="the page shows no contact")),
            columns.IDENTIFICATION,
            columns.STATUS,
            columns.FUNDING,
            columns.REPORTS,
            columns.NOTES,
        ),
        empty="No study is classified as ongoing.",
        notes=(
            f"Registry data as of the date under Identification; the status is the source's own word; views as of {day(rooms.day)}.",
            columns.PARTICIPANTS_IN_SHORT,
        ),
    )


def _start(cells: StudyCells) -> Cell:
    return cells.cell("start", "starting date", [(day(shown(c)), [c]) for c in cells.of("start")], why="the page shows no starting date")


def _completion(cells: StudyCells) -> Cell:
    lines = columns.dated(cells, (("Primary completion:", "primary_completion"), ("Completion:", "completion")))
    return cells.cell("completion", "anticipated completion", lines, why="the page shows no date of completion")
