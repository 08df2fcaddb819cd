"""Results of individual studies as they were extracted: one row for each arm or comparison, at each time point of each outcome.

What is computed here from extracted cells carries a lettered note with its formula; nothing is pooled, and no value is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from review.extraction.forms import items
from review.extraction.rows import PEOPLE, Result, folded, number_in, people_in, rows_of
from review.model.extraction import NOT_REPORTED
from review.model.views import CellView, StudyView
from review.reporting.cells import StudyCells, shown, with_unit
from review.reporting.characteristics import classified, states_note, study_cell
from review.reporting.references import ended, in_short
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import by_record
from review.reporting.trace_view import Trace, TraceEntry

OF_AN_ARM = ("events", "mean", "sd", "se", "median", "interquartile_range")
BETWEEN_ARMS = ("effect_measure", "effect", "ci_lower", "ci_upper", "p_value")
RESULTS = frozenset({"n_analysed", *OF_AN_ARM, *BETWEEN_ARMS})
RISK = "Computed here: participants with an event ÷ participants analysed × 100, both of this row."
DEVIATION = "Computed here: standard error × √(participants analysed), both of this row."
WIDER = "This number was extracted without an outcome or a time point; none was extracted for this outcome at this time point."
TOO_MANY = "more events than participants"
ABBREVIATIONS = "CI: confidence interval; IQR: interquartile range; SD: standard deviation; SE: standard error."

Line = tuple[str, list[CellView]]


@dataclass(frozen=True)
class Said:
    """What is printed of a result in one column: its lines, the formulas behind them, the sums as they were done, and a flag."""

    lines: tuple[Line, ...] = ()
    formulas: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    flag: str = ""


def results_of(cells: StudyCells) -> list[Result]:
    """The results of one study: by outcome, time point and arm in the order of extraction, comparisons behind their arms."""
    known = {item.id for item in items(form="general")}
    return rows_of(cells.cells, lambda c: c.item in RESULTS or (c.item not in known and c.outcome is not None))


def counted(cell: CellView) -> str:
    """A number of participants as extracted, with its unit where that is another."""
    return shown(cell) if folded(cell.unit) in PEOPLE else with_unit(cell)


def values(result: Result) -> Said:
    """Events with their risk, mean with its standard deviation, median with its range, and items of the project's own."""
    counts, means = _events(result), _mean(result)
    median, spread = result.get("median"), result.get("interquartile_range")
    lines = [*counts.lines, *means.lines]
    if median or spread:
        said = (f"median {with_unit(median)}" if median else "", f"IQR {with_unit(spread)}" if spread else "")
        lines.append((", ".join(s for s in said if s), [c for c in (median, spread) if c]))
    lines += [(f"{c.label.capitalize()}: {with_unit(c)}", [c]) for c in result.cells if c.item not in RESULTS]
    return Said(tuple(lines), counts.formulas + means.formulas, counts.sums + means.sums, counts.flag)


def _events(result: Result) -> Said:
    cell = result.get("events")
    if cell is None:
        return Said()
    events, n = people_in(cell), people_in(result.n)
    if events is None or n is None or result.n is None or n <= 0:
        return Said(((counted(cell), [cell]),))
    if not 0 <= events <= n:
        return Said(((counted(cell), [cell, result.n]),), flag=TOO_MANY)
    risk = (events / n * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Said(((f"{cell.value} ({risk}%)", [cell, result.n]),), (RISK,), (f"{cell.value} ÷ {result.n.value} × 100 = {risk}",))


def _mean(result: Result) -> Said:
    mean, sd = result.get("mean"), result.get("sd")
    se = None if result.has_effect else result.get("se")
    used = [c for c in (mean, sd, se) if c]
    if not used:
        return Said()
    unit = next((f" {c.unit}" for c in used if c.unit and not c.conflict), "")
    start = shown(mean) if mean else "mean not extracted"
    if sd is not None:
        return Said(((f"{start} (SD {shown(sd)}){unit}", [c for c in (mean, sd) if c]),))
    error, n = number_in(se), people_in(result.n)
    if se is None:
        return Said(((start + (unit if start != NOT_REPORTED else ""), used),))
    of_one_arm = mean is not None and result.arm is not None  # else it may be the error of a difference
    if not of_one_arm or error is None or n is None or result.n is None or n <= 0 or error < 0:
        return Said(((f"{start} (SE {shown(se)}){unit}", used),))
    deviation = (error * n.sqrt()).quantize(error, ROUND_HALF_UP)
    return Said(
        ((f"{start} (SD {deviation}){unit}", [*used, result.n]),),
        (DEVIATION,),
        (f"{se.value} × √{result.n.value} = {deviation}",),
    )


def effect(result: Result) -> Said:
    """The effect with its measure, standard error and P value, as extracted."""
    measure, value, se, p = (result.get(item) for item in ("effect_measure", "effect", "se", "p_value"))
    lines: list[Line] = []
    if result.has_effect:
        said = (shown(measure) if measure else "", with_unit(value) if value else "", f"(SE {with_unit(se)})" if se else "")
        lines.append((" ".join(w for w in said if w), [c for c in (measure, value, se) if c]))
    return Said((*lines, *([(f"P {shown(p)}", [p])] if p else [])))


def interval(result: Result) -> Said:
    """The confidence interval as extracted, its level where the unit says it."""
    low, high = result.get("ci_lower"), result.get("ci_upper")
    if low is None and high is None:
        return Said()
    level = next((f" ({c.unit})" for c in (low, high) if c and c.unit and c.unit.endswith("%")), "")
    words = " to ".join(shown(c) if c else "limit not extracted" for c in (low, high))
    return Said(((words + level, [c for c in (low, high) if c]),))


def results(rooms: Rooms) -> Table:
    """Results of the included studies; only what was extracted as a result, never a planned outcome."""
    found: dict[str, Trace] = {}
    records, flow = by_record(rooms), rooms.flow()
    rows, used = [], []
    every: list[tuple[StudyView, list[Result]]] = []
    for study in classified(rooms, "included", flow):
        cells = StudyCells(rooms, "results", study, records, found, flow)
        extracted = results_of(cells)
        every.append((study, extracted))
        label = study_cell(rooms, study, flow, found) if extracted else Cell("")
        rows += [(label, *_row(cells, result, at)) for at, result in enumerate(extracted)]
        used += [cell for result in extracted for cell in result.cells]
    below = rooms.table_notes(*_not_extracted(rooms, every), *((states_note(used), ABBREVIATIONS) if rows else ()))
    empty = "No result of an included study has been extracted."
    return Table("results", "Results of individual studies", _COLUMNS, tuple(rows), below, found, empty)


def unfinished(rooms: Rooms) -> bool:
    """Whether another's extraction of results is open: it is not shown, nor of which study it is, so nothing is denied meanwhile."""
    return rooms.extraction.open_of_others(apart_from={item.id for item in items()} - RESULTS)


def _not_extracted(rooms: Rooms, every: Sequence[tuple[StudyView, list[Result]]]) -> list[str]:
    """Notes that name the included studies, and the outcomes of the protocol, of which no result stands in the table."""
    head = "No result extracted, or its extraction is not finished," if unfinished(rooms) else "No result extracted"
    measured = {folded(r.outcome) for _, extracted in every for r in extracted}
    studies = [study.label for study, extracted in every if not extracted]
    outcomes = [o.name for o in rooms.protocol.plan.outcomes if every and folded(o.name) not in measured and folded(o.id) not in measured]
    return [
        *([ended(f"{head} for: {'; '.join(studies)}")] if studies else []),
        *([ended(f"{head} under the name of these outcomes of the protocol: {'; '.join(outcomes)}")] if outcomes else []),
    ]


def _row(cells: StudyCells, result: Result, at: int) -> tuple[Cell, ...]:
    whole = list(result.cells)
    no_arm = "between arms" if any(c.item in BETWEEN_ARMS for c in whole) else "all"
    of_arm = result.arm or no_arm
    n = [(counted(result.n), [result.n])] if result.n else []
    wider, no_n = (WIDER,) if result.n_is_wider else (), "no number of participants analysed was extracted for this result"
    return (
        _words(cells, at, "outcome", result.outcome, whole, "the outcome was not named"),
        _words(cells, at, "timepoint", result.timepoint, whole, "no time point was extracted"),
        _words(cells, at, "arm", of_arm + (f" ({result.analysis_set})" if result.analysis_set else ""), whole, ""),
        cells.cell(f"{at}-n", "participants analysed", n, notes=wider, why=no_n),
        _printed(cells, at, "value", "value", values(result), "no value of an arm was extracted here"),
        _printed(cells, at, "effect", "effect", effect(result), "no effect was extracted here"),
        _printed(cells, at, "ci", "confidence interval", interval(result), "no interval was extracted here"),
        _source(cells, at, result),
    )


def _words(cells: StudyCells, at: int, column: str, words: str | None, used: list[CellView], why: str) -> Cell:
    cell = cells.cell(f"{at}-{column}", column, [(words, used)] if words else [], why=why)
    return Cell(cell.text, trace=cell.trace, missing=cell.missing, why=cell.why)  # a conflict is flagged at the value itself


def _printed(cells: StudyCells, at: int, column: str, label: str, said: Said, why: str) -> Cell:
    sums = [TraceEntry("", f"Computed here: {done}", "", "") for done in said.sums]
    return cells.cell(f"{at}-{column}", label, said.lines, notes=said.formulas, why=why, flag=said.flag, also=sums)


def _source(cells: StudyCells, at: int, result: Result) -> Cell:
    report_of = {record.id: report for report in cells.study.reports for record in report.records}
    lines = {}
    for cell in result.cells:
        report = report_of.get(cell.record or "")
        words = ", ".join(w for w in (in_short(report) if report else "", cell.location) if w)
        if words:
            lines.setdefault(words, []).append(cell)
    return _words(cells, at, "source", "\n".join(lines), list(result.cells), "no place in a source was given")


def lines_of(result: Result) -> list[Line]:
    """A result in one line, for tables that give each outcome a line: outcome, time point, arm with its analysis set, n, values."""
    about = (result.outcome or "outcome not named") + (f" [{result.timepoint}]" if result.timepoint else "")
    about += (f", {result.arm}" if result.arm else "") + (f" ({result.analysis_set})" if result.analysis_set else "")
    printed = [line for said in (values(result), effect(result), interval(result)) for line in said.lines]
    n = f", n = {counted(result.n)}" if result.n else ""
    used = [*result.cells, *([result.n] if result.n and result.n not in result.cells else [])]
    return [(f"{about}{n}: {'; '.join(text for text, _ in printed) or 'no value'}", used)]


def notes_on(found: Sequence[Result]) -> tuple[str, ...]:
    """The formulas behind what was computed for these results, and that a number of participants is a wider one."""
    notes = [note for r in found for note in (*values(r).formulas, *((WIDER,) if r.n_is_wider else ()))]
    return tuple(dict.fromkeys(notes))


_COLUMNS = (
    Column("study", "Study"),
    Column("outcome", "Outcome", width=2),
    Column("timepoint", "Time point"),
    Column("arm", "Arm", width=2),
    Column("n", "Analysed", unit="n", align="right"),
    Column("value", "Events (risk), or mean (SD)", width=2),
    Column("effect", "Effect", width=2),
    Column("ci", "CI", width=2),
    Column("source", "Source", width=2),
)
