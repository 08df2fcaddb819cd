"""What was found on each outcome of the protocol, study by study and ungraded: for evidence without a comparison. It pools nothing."""

from __future__ import annotations

from collections.abc import Sequence

from review.model.plan import Outcome
from review.reporting.cells import StudyCells
from review.reporting.characteristics import classified, states_note, study_cell
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.tables_results import Result, folded, lines_of, notes_on, results_of, unfinished
from review.reporting.trace import by_record
from review.reporting.trace_plan import part_trace
from review.reporting.trace_view import Trace

NOT_COMPARED = (
    "Certainty (GRADE) is of an effect, and an effect needs something to compare with. It is graded for a stated comparison only; "
    "evidence without one is set out here and not graded."
)


def narrative_findings(rooms: Rooms) -> Table:
    """One row for each outcome of the protocol and each included study with a result on it; an outcome without any keeps its row."""
    found: dict[str, Trace] = {}
    records, flow = by_record(rooms), rooms.flow()
    studies = [StudyCells(rooms, "narrative", s, records, found, flow) for s in classified(rooms, "included", flow)]
    extracted = [(cells, results_of(cells)) for cells in studies]
    rows: list[tuple[Cell, ...]] = []
    used = []
    for outcome in rooms.protocol.plan.outcomes:
        own = [(cells, [r for r in results if _is_of(r, outcome)]) for cells, results in extracted]
        with_any = [(cells, results) for cells, results in own if results]
        rows += [_row(rooms, outcome, cells, results, found) for cells, results in with_any]
        rows += [] if with_any else [_without(rooms, outcome, len(studies), found)]
        used += [c for _, results in with_any for r in results for c in r.cells]
    columns = (
        Column("outcome", "Outcome", width=2),
        Column("study", "Study"),
        Column("findings", "What was found", width=4),
        Column("certainty", "Certainty"),
    )
    notes = (NOT_COMPARED, _protocol_says(rooms), *((states_note(used),) if used else ()))
    empty = "The protocol names no outcomes yet."
    return Table("narrative-findings", "Findings by outcome, not graded", columns, tuple(rows), rooms.table_notes(*notes), found, empty)


def _protocol_says(rooms: Rooms) -> str:
    own = rooms.certainty.comparison
    if own is not None:
        return f"The protocol states the comparison {own}; what is graded for it stands in its summary of findings."
    said = rooms.protocol.plan.question.comparator.strip()
    return f"The protocol's comparator: {said}." if said else "The protocol names no comparator."


def _is_of(result: Result, outcome: Outcome) -> bool:
    return folded(result.outcome) in (folded(outcome.name), folded(outcome.id))


def _named(rooms: Rooms, outcome: Outcome, found: dict[str, Trace]) -> Cell:
    trace = part_trace(rooms, "outcomes", outcome.id, f"Outcome {outcome.id}", lambda o: o.name)
    found[trace.key] = trace
    return Cell(outcome.name + (f" ({outcome.time_frame})" if outcome.time_frame else ""), trace=trace.key)


def _row(rooms: Rooms, outcome: Outcome, cells: StudyCells, results: Sequence[Result], found: dict[str, Trace]) -> tuple[Cell, ...]:
    said = [line for result in results for line in lines_of(result)]
    return (
        _named(rooms, outcome, found),
        study_cell(rooms, cells.study, cells.flow, found),
        cells.cell(outcome.id, outcome.name, said, notes=notes_on(results)),
        Cell("not graded"),
    )


def _without(rooms: Rooms, outcome: Outcome, included: int, found: dict[str, Trace]) -> tuple[Cell, ...]:
    said = "No result extracted, or its extraction is not finished" if unfinished(rooms) else "No result extracted"
    of = "no study is included" if not included else f"of the {included:,} included studies" if included > 1 else "of the included study"
    why = "no study has a result on it here"
    return (_named(rooms, outcome, found), Cell("", missing="empty", why=why), Cell(f"{said}: {of}"), Cell("not graded"))
