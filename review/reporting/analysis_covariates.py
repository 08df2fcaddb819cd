"""Covariates of a planned meta-regression: the value of each pooled study as it was extracted, or the reason why it has none.

Nothing is typed in: a covariate is an item of the extraction, and a study whose value is in conflict has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from review.errors import InputRefused, NotFound, ReviewError, near
from review.extraction.forms import item_on, label_of
from review.extraction.rows import number_in
from review.model.plan import FILE_NAME, line_of
from review.model.views import CellView
from review.reporting.analyses import Synthesis
from review.reporting.analysis_rows import one_value, spelled_alike
from review.reporting.cells import StudyCells
from review.reporting.rooms import Rooms
from review.reporting.trace import by_record
from review.synthesis.around import OnCovariate, OnSeveral, on_covariate, on_covariates

NO_UNIT = "no unit"


def unknown_items(rooms: Rooms, one: Synthesis) -> list[str]:
    """Items of subgroups and covariates that no form has and nobody extracted, a sentence each: most often a name that was mistyped."""
    forms = rooms.extraction.forms()
    asked = dict.fromkeys((*one.asked.covariates, *chain(*one.asked.together)), "moderators") | (
        {one.asked.subgroup_by: "subgroup_by"} if one.asked.subgroup_by else {}
    )
    strange = [item for item in asked if item_on(forms, item) is None]
    cells = {cell.item for study in one.gathered.studies.values() for cell in rooms.extraction.cells(study)} if strange else set()
    known = {item.id for form in forms for item in form.items} | cells
    at = [each.id for each in rooms.protocol.plan.comparisons].index(one.asked.id)
    return [
        f"{FILE_NAME}:{line_of(rooms.protocol.text, 'comparisons', at, asked[item])}: comparisons {one.asked.id}: {item!r} of "
        f"{asked[item]} is an item of no form, and was extracted of no study; {near(item, known)}"
        for item in strange
        if item not in cells
    ]


@dataclass(frozen=True)
class Covariate:
    """One item as a covariate: study -> number or word, the cell that it was read from, or why the study has none; the unit of numbers."""

    item: str
    name: str
    values: Mapping[str, float | str]
    cells: Mapping[str, CellView]
    lacking: Mapping[str, str]
    unit: str = ""

    @property
    def words(self) -> str:
        """Its name, with the unit of its numbers."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


def covariate(rooms: Rooms, one: Synthesis, item: str) -> Covariate:
    """The values of *item* in the studies that are pooled."""
    flow, records = rooms.flow(), by_record(rooms)
    cells: dict[str, CellView] = {}
    lacking: dict[str, str] = {}
    for study in dict.fromkeys(effect.comparison.first.study for effect in one.done.used):
        own = StudyCells(rooms, "covariate", one.gathered.studies[study], records, {}, flow)
        cell, why = one_value(own, item)
        if cell is None:
            lacking[study] = why
        else:
            cells[study] = cell
    numbers = {study: number_in(cell) for study, cell in cells.items()}
    units = {(cell.unit or "").strip() or NO_UNIT for cell in cells.values()}
    if any(number is None for number in numbers.values()):
        values = spelled_alike({study: cell.value for study, cell in cells.items()})
        return Covariate(item, _named(item), values, cells, lacking)
    return Covariate(
        item,
        _named(item),
        {study: float(n) for study, n in numbers.items() if n is not None},
        cells,
        lacking,
        "" if units == {NO_UNIT} else " or ".join(sorted(units)),
    )


def _named(item: str) -> str:
    name = label_of(item)
    return f"{name[:1].upper()}{name[1:]}"


def regressions(rooms: Rooms, one: Synthesis) -> list[tuple[Covariate, OnCovariate | ReviewError]]:
    """The meta-regression on each planned covariate, or why there is none."""
    found: list[tuple[Covariate, OnCovariate | ReviewError]] = []
    for item in one.asked.covariates:
        of = covariate(rooms, one, item)
        try:
            found.append((of, _model(one, of)))
        except InputRefused as why:
            found.append((of, why))
    return found


def _one_unit(of: Covariate) -> None:
    if " or " in of.unit:
        raise InputRefused(f"{of.name} stands in several units: {of.unit}", next_step="extract it in one unit")


def _model(one: Synthesis, of: Covariate) -> OnCovariate:
    _one_unit(of)
    return on_covariate(one.done, of.name, of.values)


def together(rooms: Rooms, one: Synthesis) -> list[tuple[list[Covariate], OnSeveral | ReviewError]]:
    """The meta-regression of each planned model of several covariates, or why there is none."""
    found: list[tuple[list[Covariate], OnSeveral | ReviewError]] = []
    for items in one.asked.together:
        of = [covariate(rooms, one, item) for item in items]
        try:
            for each in of:
                _one_unit(each)
            found.append((of, on_covariates(one.done, {each.name: each.values for each in of})))
        except InputRefused as why:
            found.append((of, why))
    return found


def planned_covariate(one: Synthesis, item: str) -> str:
    """The covariate that is asked for, '' for the only one. Raises InputRefused, NotFound."""
    planned = one.asked.covariates
    if not planned:
        raise InputRefused(
            "no covariate is planned", where=one.about, next_step="add moderators = [ITEM] to the comparison, as an amendment"
        )
    if not item and len(planned) > 1:
        raise InputRefused(f"{len(planned)} covariates are planned", where=one.about, expected=", ".join(planned), next_step="name one")
    if item and item not in planned:
        raise NotFound(f"the covariate {item!r} is not planned", where=one.about, next_step=near(item, list(planned)))
    return item or planned[0]
