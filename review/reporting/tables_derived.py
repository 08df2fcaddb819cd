"""The values that no report states, in a table of their own: of what, the value, its formula, its inputs. It holds no reported value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from review.extraction.conversions import CONVERSIONS
from review.extraction.derived import COUNT, COUNT_WORDS, DerivedCell
from review.extraction.forms import label_of
from review.model.views import CellView, RecordView, StudyView
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import by_record, cells_trace, key_of
from review.reporting.trace_view import Trace, TraceEntry

ORDER_NOTE = (
    "A derived value never stands in the place of a reported one. Of several formulas the first is used whose inputs were extracted: for a "
    "standard deviation the standard error, the confidence interval, the test between the arms (t, then p), five quantiles, the quartiles, "
    "the range; for a mean five quantiles, the quartiles, the range."
)
COUNT_NOTE = "A count is derived from a percentage where one whole number alone rounds to it, or where one of those that do was chosen."
_WORDS = {name: one.words for name, one in CONVERSIONS.items()} | {COUNT: COUNT_WORDS}
EMPTY = "No value was derived: every value of the tables is as it was reported."


def derived(rooms: Rooms) -> Table:
    """One row per derived value of the studies of this review, each leading to the cells of its inputs."""
    found: dict[str, Trace] = {}
    records = by_record(rooms)
    rows, formulas = [], set[str]()
    for study in rooms.studies.views():
        cells = {cell.event: cell for cell in rooms.extraction.cells(study)}
        derived = rooms.extraction.derived_cells(study)
        rows += [_row(rooms, study, one, at, cells, records, found) for at, one in enumerate(derived)]
        formulas.update(one.formula for one in derived)
    notes = rooms.table_notes(*((ORDER_NOTE,) if rows else ()), *((COUNT_NOTE,) if COUNT in formulas else ()))
    return Table("derived", "Values derived from reported ones", _COLUMNS, tuple(rows), notes, found, EMPTY)


_COLUMNS = (
    Column("study", "Study", width=2),
    Column("item", "Item", width=2),
    Column("of", "Of", width=3),
    Column("value", "Derived value", align="right"),
    Column("formula", "Formula and source", width=3),
    Column("inputs", "From", width=3),
    Column("warning", "Note", width=3),
)


def _row(
    rooms: Rooms,
    study: StudyView,
    one: DerivedCell,
    at: int,
    cells: Mapping[str, CellView],
    records: Mapping[str, RecordView],
    found: dict[str, Trace],
) -> tuple[Cell, ...]:
    inputs = [cells[event] for event in one.events if event in cells]
    said = f"{one.value:.6g}" + (f" {one.unit}" if one.unit else "")
    words = _WORDS[one.formula] if one.formula in _WORDS else f"× {one.inputs['factor']:.6g}"
    how = f"{one.formula.replace('_', ' ')}: {words}. {one.source}"
    key = key_of("derived", study.id, str(at))
    label = label_of(one.item, rooms.extraction.forms())
    about = ", ".join(part for part in (one.outcome, one.timepoint, one.arm, one.analysis_set) if part) or "the study"
    trace = cells_trace(rooms, key, f"{study.label}: {label}, derived", said, inputs, records)
    entry = TraceEntry("", f"Derived here: {label} {said} by {how}, from {one.inputs_in_words}", "", "", one.warning)
    found[key] = replace(trace, entries=(entry, *trace.entries))
    return (
        Cell(study.label, trace=key),
        Cell(label, trace=key),
        Cell(about, trace=key),
        Cell(said, trace=key),
        Cell(how, trace=key),
        Cell(_read_from(one, inputs), trace=key),
        Cell(one.warning, trace=key) if one.warning else Cell("", missing="empty", why="nothing to remark"),
    )


def _read_from(one: DerivedCell, inputs: Sequence[CellView]) -> str:
    """The inputs as they went into the formula, and where they were read."""
    places = dict.fromkeys(cell.location for cell in inputs if cell.location)
    return one.inputs_in_words + (f" ({'; '.join(places)})" if places else "")
