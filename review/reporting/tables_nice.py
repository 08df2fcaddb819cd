"""The evidence table in the layout of NICE for intervention studies: one study a block, an outcome a line, with its rating of quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from review.model.views import CellView
from review.reporting import study_columns as columns
from review.reporting.cells import StudyCells, shown
from review.reporting.characteristics import study_table
from review.reporting.references import in_full, primary_first
from review.reporting.rooms import Rooms
from review.reporting.study_columns import Line
from review.reporting.table import Cell, Column, Table
from review.reporting.tables_bias import assessment_entries
from review.reporting.tables_results import ABBREVIATIONS, Result, folded, lines_of, notes_on, results_of
from review.reporting.trace import cell_entries
from review.reporting.trace_view import TraceEntry

COMPARATORS = ("placebo comparator", "active comparator", "sham comparator", "no intervention")
TIME_POINTS = "No length of follow-up was extracted; the time points of the outcomes stand in its place."


def nice(rooms: Rooms) -> Table:
    """Evidence table of the included studies, as NICE sets it."""
    return study_table(
        rooms,
        "included",
        key="nice",
        title="Evidence table of included studies",
        made=(
            (Column("reference", "Bibliographic reference", width=3), _reference),
            (Column("type", "Study type", width=2), _type),
            (Column("number", "Number of patients", width=2), _number),
            (Column("characteristics", "Patient characteristics", width=3), _patients),
            (Column("intervention", "Intervention", width=2), _intervention),
            (Column("comparison", "Comparison", width=2), _comparison),
            (Column("follow_up", "Length of follow-up"), _follow_up),
            (Column("outcomes", "Outcome measures and effect size", width=3), _outcomes),
            columns.FUNDING,
            (Column("comments", "Additional comments", width=2), columns.notes),
            (Column("quality", "Quality rating", width=2), _quality),
        ),
        empty="No study is included yet.",
        notes=(columns.PARTICIPANTS_IN_SHORT, ABBREVIATIONS),
    )


def _reference(cells: StudyCells) -> Cell:
    return cells.cell("reference", "bibliographic reference", [(in_full(r), []) for r in primary_first(cells.study)])


def _type(cells: StudyCells) -> Cell:
    words = (("Type", "study_type"), ("Allocation", "allocation"), ("Model", "intervention_model"), ("Masking", "masking"))
    return cells.cell("type", "study type", [*columns.design(cells), *columns.labelled(cells, words)])


def _number(cells: StudyCells) -> Cell:
    """Numbers of all arms together and of each; who completed, where extracted."""
    counted = [*cells.of("participants"), *cells.of("completed")]
    lines: list[Line] = [(f"{f'{c.arm}: ' if c.arm else ''}{_counted(c)}", [c]) for c in counted]
    return cells.cell("number", "number of patients", lines)


def _counted(cell: CellView) -> str:
    return f"{shown(cell)} completed" if cell.item == "completed" else columns.number(cell)


def _patients(cells: StudyCells) -> Cell:
    lines: list[Line] = [(shown(c), [c]) for c in cells.of("condition")]
    lines += [*columns.ages(cells), *columns.labelled(cells, [("Sex", "sex")]), *columns.baseline(cells)]
    return cells.cell("characteristics", "patient characteristics", lines)


def _comparators(cells: StudyCells) -> set[str | None]:
    """The arms that a registration calls comparators."""
    return {c.arm for c in cells.of("arm") if not c.conflict and c.value.casefold().startswith(COMPARATORS)}


def _intervention(cells: StudyCells) -> Cell:
    others = _comparators(cells)
    lines = {arm: line for arm, line in columns.arms(cells, numbers=False).items() if arm not in others}
    return cells.cell("intervention", "intervention", list(lines.values()), also=_called(cells, lines))


def _comparison(cells: StudyCells) -> Cell:
    """What was extracted as the comparison, else the arms that a registration calls comparators; none in a single-arm trial."""
    others = _comparators(cells)
    lines: list[Line] = [(shown(c), [c]) for c in cells.of("comparison")]
    arms = {} if lines else {arm: line for arm, line in columns.arms(cells, numbers=False).items() if arm in others}
    lines = lines or list(arms.values())
    lines = lines or [("none (single-arm)", [c]) for c in cells.of("design") if shown(c) == "single-arm-trial"]
    return cells.cell(
        "comparison", "comparison", lines, why="no source in hand says which arm is the comparison", also=_called(cells, arms)
    )


def _called(cells: StudyCells, arms: Mapping[str | None, Line]) -> list[TraceEntry]:
    """What the sources call these *arms*, which tells an intervention from its comparison."""
    used = {id(c) for _, about in arms.values() for c in about}
    named = [c for c in cells.of("arm") if c.arm in arms and id(c) not in used]
    return [entry for c in named for entry in cell_entries(cells.rooms, c, cells.records)]


def _follow_up(cells: StudyCells) -> Cell:
    if lines := [(shown(c), [c]) for c in cells.of("follow_up")]:
        return cells.cell("follow_up", "length of follow-up", lines)
    times: dict[str, list[CellView]] = {}
    for c in [*cells.of("primary_outcome", "secondary_outcome", "outcome"), *(c for r in results_of(cells) for c in r.cells)]:
        if c.timepoint:
            times.setdefault(c.timepoint, []).append(c)
    return cells.cell("follow_up", "length of follow-up", list(times.items()), notes=(TIME_POINTS,) if times else ())


def _outcomes(cells: StudyCells) -> Cell:
    """A line for each result; an outcome without any is named and says so."""
    found = results_of(cells)
    lines: list[Line] = [line for r in found for line in lines_of(r)]
    for head, item in (("Primary", "primary_outcome"), ("Secondary", "secondary_outcome"), ("Outcome", "outcome")):
        for c in cells.of(item):
            if without := _without(c, found):
                lines.append((f"{head}: {shown(c)}{f' [{c.timepoint}]' if c.timepoint else ''}: {without}", [c]))
    return cells.cell("outcomes", "outcome measures and effect size", lines, notes=notes_on(found))


def _without(planned: CellView, found: Sequence[Result]) -> str:
    """That there is no result of a planned outcome, said only as far as names and time points tell; '' where there is one."""
    names = {folded(planned.outcome), None if planned.conflict else folded(planned.value)} - {None}
    times = [folded(r.timepoint) for r in found if folded(r.outcome) in names]
    if not found:
        return "no result extracted"
    if not times:
        return "no result extracted under this name"
    at = folded(planned.timepoint)
    return "" if at is None or at in times else "no result extracted under this time point"


def _quality(cells: StudyCells) -> Cell:
    """The overall judgement of each assessed result; where nothing was assessed, why."""
    rooms = cells.rooms
    lines: list[Line] = []
    entries: list[TraceEntry] = []
    for one in rooms.bias.assessments(cells.study):
        label = rooms.bias.tool_of(one).label
        if one.status == "not assessed":
            lines.append((f"{label}: not assessed. {one.reason}", []))
        else:
            said = "the assessors differ" if one.status == "conflict" else one.overall or "no overall judgement"
            lines.append((f"{label}, {one.result or 'the study'}: {said}", []))
        entries += assessment_entries(rooms, one)
    why = "not assessed yet, or not finished" if rooms.bias.open_of_others() else "nobody has assessed it or said why not"
    return cells.cell("quality", "quality rating", lines, why=why, also=entries)
