"""Values that follow from what a study reports, each with its formula, its inputs and their events; never in the place of a reported one.

The order is that of ``ORDER``: of the formulas that give an item, the first whose inputs were all extracted is used and no other. Where a
report states the item, where two extractors differ on it or on an input, or where the units of the inputs differ, nothing is derived. Of a
percentage of people the count is derived, where one alone is possible or one of those that are was chosen. Arms
are combined, and clusters allowed for, by the comparison that asks for it (review.synthesis), and not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from review.errors import InputRefused
from review.extraction.checking import PERCENT
from review.extraction.conversions import derive
from review.extraction.counts import counts_of
from review.extraction.forms import Form, item_on, items
from review.extraction.rows import Result, folded, number_in, people_in, rows_of, wider
from review.extraction.units import factor, same_unit
from review.model.extraction import NOT_REPORTED
from review.model.views import CellView, StudyView
from review.model.written_numbers import written_number

UNIT = "unit conversion"
COUNT = "count_from_percentage"
COUNT_WORDS = "the whole number of those analysed that rounds to the percentage as printed"
COUNT_SOURCE = "arithmetic of rounding"
SKEWED, NOT_SKEWED = "skewed, so that the estimate may mislead", "no sign of skewness"
UNIT_SOURCE = "definitions of units, by pint"
ON_SCALE = (  # in the unit of the outcome
    "mean", "sd", "se", "median", "q1", "q3", "minimum", "maximum", "ci_lower", "ci_upper", "mean_baseline", "sd_baseline",
)  # fmt: skip
DIFFERENCES = ("mean difference", "mean difference (md)", "difference in means", "difference of means", "md")


@dataclass(frozen=True, slots=True)
class DerivedCell:
    """One value that no report states. ``events`` are the ids of the facts of its inputs; ``inputs`` their numbers by name.

    item, arm, outcome, timepoint, analysis_set: of what it is, as a cell's. warning: what a reader must know, '' where there is nothing.
    """

    study: str
    label: str
    item: str
    arm: str | None
    outcome: str | None
    timepoint: str | None
    analysis_set: str | None
    value: float
    unit: str | None
    formula: str
    source: str
    inputs: Mapping[str, float]
    events: tuple[str, ...]
    warning: str = ""

    @property
    def key(self) -> tuple[str, str | None, str | None, str | None, str | None]:
        """What it is of, as the key of a cell."""
        return self.item, self.arm, self.outcome, self.timepoint, self.analysis_set

    @property
    def skewed(self) -> bool | None:
        """What a test for skewness found of the quantiles that it was estimated from; None where none was run."""
        return True if SKEWED in self.warning else False if NOT_SKEWED in self.warning else None

    @property
    def inputs_in_words(self) -> str:
        """The inputs on one line."""
        return "; ".join(f"{name} = {value:.12g}" for name, value in self.inputs.items())


@dataclass(frozen=True, slots=True)
class NotDerived:
    """A value that its formula refused to give, and why: of which row, and from which facts."""

    item: str
    row: Result
    formula: str
    why: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One place in the order: the item that is filled, the formula, and from which item each of its inputs is read.

    mean: only beside a reported mean, since without one a standard error or interval may be that of something else.
    """

    item: str
    formula: str
    inputs: Mapping[str, str]
    mean: bool = False
    skew: tuple[str, ...] = ()


_IQR = {"q1": "q1", "q3": "q3", "n": "n_analysed"}
_RANGE = {"minimum": "minimum", "maximum": "maximum", "n": "n_analysed"}
_MEDIAN = {"median": "median"}
_BOTH = ("skew_test_iqr", "skew_test_range")
ORDER = (
    Step("sd", "sd_from_se", {"se": "se", "n": "n_analysed"}, mean=True),
    Step("sd", "sd_from_ci", {"low": "ci_lower", "high": "ci_upper", "n": "n_analysed"}, mean=True),
    Step("sd", "sd_from_t", {}),
    Step("sd", "sd_from_p", {}),
    Step("sd", "shi_sd_5num", _IQR | _RANGE, skew=_BOTH),
    Step("sd", "wan_sd_iqr", _IQR, skew=_BOTH[:1]),
    Step("sd", "wan_sd_range", _RANGE, skew=_BOTH[1:]),
    Step("mean", "luo_mean_5num", _IQR | _RANGE | _MEDIAN, skew=_BOTH),
    Step("mean", "luo_mean_iqr", _IQR | _MEDIAN, skew=_BOTH[:1]),
    Step("mean", "luo_mean_range", _RANGE | _MEDIAN, skew=_BOTH[1:]),
)
_SKEW_INPUTS = {"skew_test_iqr": _IQR | _MEDIAN, "skew_test_range": _RANGE | _MEDIAN}


@dataclass(frozen=True, slots=True)
class Known:
    """A number that may go into a formula: in which unit, and the facts that it rests on."""

    value: float
    unit: str | None
    events: tuple[str, ...]
    text: str = ""


@dataclass(slots=True)
class _Row:
    """One row while it is worked on: what is known of it, by item, and what a report states, by item."""

    row: Result
    known: dict[str, Known] = field(default_factory=dict)
    stated: frozenset[str] = frozenset()


def result_rows(cells: Sequence[CellView]) -> list[Result]:
    """The rows of every item of the form of results that ships."""
    wanted = {item.id for item in items(form="results")}
    return rows_of(cells, lambda cell: cell.item in wanted)


def derived_of(
    study: StudyView, cells: Sequence[CellView], forms: Sequence[Form], design: str | None = None
) -> tuple[list[DerivedCell], list[NotDerived]]:
    """Everything that follows from these *cells* of one study, row by row, and what its formula refused."""
    found: list[DerivedCell] = []
    refused: list[NotDerived] = []
    rows = []
    for row in result_rows(cells):
        converted = list(_in_the_units_of(forms, study, row, design))
        found += converted
        rows.append(_read(row, cells, converted))
    others = [c for c in cells if all(c not in row.cells for row in (r.row for r in rows))]
    found += [one for c in others if (one := _converted(study, c, _wanted(forms, c, design)))]
    for one in rows:
        counted = _counted(study, one)
        if counted is not None:
            (found if isinstance(counted, DerivedCell) else refused).append(counted)  # type: ignore[attr-defined]
        if one.row.arm is not None and not one.row.has_effect:
            for item in ("sd", "mean"):
                if item not in one.stated:
                    _fill(study, item, one, rows, found, refused)
    return found, refused


def _read(row: Result, cells: Sequence[CellView], converted: Sequence[DerivedCell]) -> _Row:
    """The numbers of a row, each in the unit that the review reports it in where it was converted."""
    made = _Row(row, stated=frozenset(c.item for c in row.cells if c.value != NOT_REPORTED))
    by_item = {one.item: one for one in converted}
    for cell in row.cells:
        number = number_in(cell)
        if cell.item in by_item:
            one = by_item[cell.item]
            made.known[cell.item] = Known(one.value, one.unit, one.events)
        elif number is not None:
            made.known[cell.item] = Known(float(number), None if _is_level(cell) else cell.unit, (cell.event,))
        elif cell.item == "p_value" and not cell.conflict and cell.value.startswith(("<", "≤")):
            made.known[cell.item] = Known(float("nan"), cell.unit, (cell.event,), cell.value)
    made.known.pop("n_analysed", None)  # it may be a percentage
    for item, cell, number in (("n_analysed", row.n, people_in(row.n)), ("ci_level", *_level(cells, row))):
        if cell is not None and number is not None:
            made.known[item] = Known(float(number), None, (cell.event,))
    return made


def _level(cells: Sequence[CellView], row: Result) -> tuple[CellView | None, Decimal | None]:
    """The level of a row's interval, and the cell that says it: its own, else the unit of a limit."""
    stated = wider(cells, "ci_level", row)
    if stated is None:
        stated = next((c for c in row.cells if _is_level(c)), None)
        return stated, written_number((stated.unit or "").rstrip("% ")) if stated else None
    return stated, number_in(stated)


def _fill(
    study: StudyView, item: str, one: _Row, rows: Sequence[_Row], found: list[DerivedCell], refused: list[NotDerived]
) -> None:  # fmt: skip
    """Fill *item* of a row by the first formula in the order whose inputs are there; what that formula refuses stays empty."""
    for step in ORDER:
        if step.item != item:
            continue
        given = _between(step.formula, one, rows) if not step.inputs else _given(step, one)
        if not given:
            continue
        events = tuple(dict.fromkeys(event for known in given.values() for event in known.events))
        units = {known.unit for name, known in one.known.items() if name in ON_SCALE and known.unit}
        units |= {known.unit for name, known in given.items() if name == "mean_difference" and known.unit}
        units = set(sorted(units)[:1]) if all(same_unit(unit, sorted(units)[0]) for unit in units) else units
        try:
            if len(units) > 1:
                raise InputRefused(f"the numbers of its row are in {' and '.join(sorted(units))}", next_step="record them in one unit")
            value = derive(step.formula, cells=events, **{name: known.text or known.value for name, known in given.items()})
            if step.formula == "sd_from_ci" and not given["low"].value <= one.known["mean"].value <= given["high"].value:
                raise InputRefused("the mean does not lie within the interval, which may be that of another number")
            warning = "; ".join((*value.notes, *_skewness(step, one), *_common(step)))
        except InputRefused as problem:
            refused.append(NotDerived(item, one.row, step.formula, problem.message, events))
            return
        about = (one.row.arm, one.row.outcome, one.row.timepoint, one.row.analysis_set)
        found.append(
            DerivedCell(
                study.id, study.label, item, *about, float(value.value), next(iter(units), None), step.formula, value.source,
                value.inputs, events, warning,
            )
        )  # fmt: skip
        return


def _counted(study: StudyView, one: _Row) -> DerivedCell | NotDerived | None:
    """The number of people with an event, of a row whose source prints their percentage: the only one that rounds to it, else the one that
    was chosen of those that do."""
    row, cell, chosen = one.row, one.row.get("events"), one.row.get("events_chosen")
    share = number_in(cell)
    if cell is None or share is None or cell.unit != PERCENT:
        return None
    people = one.known.get("n_analysed")
    events = (cell.event, *(people.events if people else ()), *((chosen.event,) if chosen else ()))
    possible = counts_of(share, int(people.value)) if people is not None and people.value == int(people.value) else range(0)
    picked = number_in(chosen)
    said = f"{possible[0]} to {possible[-1]} of {people.value:g} round to {cell.value} %" if people and len(possible) > 1 else ""
    why = (
        "the number of participants analysed was not extracted" if people is None
        else f"no whole number of {people.value:g} rounds to {cell.value} %; the percentage may be of others" if not possible
        else "two extractors differ on the count that was chosen" if chosen is not None and chosen.conflict
        else f"{said or f'only {possible[0]} rounds to {cell.value} %'}; {picked} was chosen"
        if picked is not None and picked not in possible
        else f"{said}; choose one of them with a reason in the words (item events_chosen), or ask the authors" if said and picked is None
        else ""
    )  # fmt: skip
    if why:
        return NotDerived("events", row, COUNT, why, events)
    value = float(possible[0] if picked is None else picked)
    inputs = {"percentage": float(share), "n": people.value} | ({"chosen": value} if said else {})  # type: ignore[union-attr]
    told = f"{said}: {value:g} was chosen" if said else "a count from a percentage"
    about = (row.arm, row.outcome, row.timepoint, row.analysis_set)
    return DerivedCell(study.id, study.label, "events", *about, value, None, COUNT, COUNT_SOURCE, MappingProxyType(inputs), events, told)


def _given(step: Step, one: _Row) -> dict[str, Known]:
    """The inputs of a step by name, none where one is missing; the level goes with an interval."""
    given = {name: one.known[item] for name, item in step.inputs.items() if item in one.known}
    if len(given) < len(step.inputs) or (step.mean and "mean" not in one.known):
        return {}
    if step.formula == "sd_from_ci" and "ci_level" in one.known:
        given["level"] = one.known["ci_level"]
    return given


def _between(formula: str, one: _Row, rows: Sequence[_Row]) -> dict[str, Known]:
    """The inputs of a formula that reads the test between two arms: only where there are two arms, one comparison and one test of means."""
    here = [r for r in rows if r.row.place == one.row.place]
    arms = [r for r in here if r.row.arm is not None and not r.row.has_effect]
    tests = [r for r in here if r.row.arm is None]
    wanted = "t_value" if formula == "sd_from_t" else "p_value"
    if len(arms) != 2 or len(tests) != 1 or wanted not in tests[0].known or any("n_analysed" not in arm.known for arm in arms):
        return {}
    measure, effect = tests[0].row.get("effect_measure"), tests[0].known.get("effect")
    if measure is None or measure.conflict or folded(measure.value) not in DIFFERENCES or effect is None:
        return {}
    first, second = (arm.known["n_analysed"] for arm in arms)
    named = Known(effect.value, effect.unit, (*effect.events, measure.event))
    return {"mean_difference": named, "t" if wanted == "t_value" else "p": tests[0].known[wanted], "n1": first, "n2": second}


def _common(step: Step) -> Iterator[str]:
    if step.formula in ("sd_from_t", "sd_from_p"):
        yield "one SD for both arms, from the test between them"


def _skewness(step: Step, one: _Row) -> Iterator[str]:
    """What the tests of skewness say of the quantiles that a step rests on."""
    if step.skew:
        yield f"{'SD' if step.item == 'sd' else 'mean'} estimated from {'median and ' if step.item == 'mean' else ''}quantiles"
    for test in step.skew:
        wanted = _SKEW_INPUTS[test]
        if any(item not in one.known for item in wanted.values()):
            yield "skewness not tested: no median"
            continue
        given = {name: one.known[item].value for name, item in wanted.items()}
        statistic, critical = derive(test, **given).value  # type: ignore[misc]
        said = SKEWED if statistic > critical else NOT_SKEWED
        yield f"{said} ({test}: {statistic:.3g}, critical value {critical:.3g})"


def _wanted(forms: Sequence[Form], cell: CellView, design: str | None) -> str | None:
    """The unit in which the review reports a cell: that of its item, else that of its outcome for what is measured in it."""
    found = item_on(forms, cell.item, design)
    if found and found[1].unit:
        return found[1].unit
    named = {folded(outcome): unit for form in reversed(forms) for outcome, unit in form.outcome_units.items()}
    return named.get(folded(cell.outcome)) if cell.item in (*ON_SCALE, "effect") else None


def _in_the_units_of(forms: Sequence[Form], study: StudyView, row: Result, design: str | None) -> Iterator[DerivedCell]:
    """The numbers of a row that were recorded in another unit than the review's, converted.

    A number without a unit takes that of the others of the row, if they all have one and the same.
    """
    said = {c.unit for c in row.cells if c.item in ON_SCALE and c.unit and not _is_level(c)}
    for cell in row.cells:
        from_row = cell.item in ON_SCALE and not row.has_effect and (not cell.unit or _is_level(cell)) and len(said) == 1
        taken = replace(cell, unit=next(iter(said))) if from_row else cell
        made = _converted(study, taken, _wanted(forms, cell, design))
        if made:
            yield replace(made, warning="no unit extracted; taken from its row") if from_row else made


def _is_level(cell: CellView) -> bool:
    """Whether the unit of a confidence limit says the level of its interval, as '95%'."""
    return cell.item in ("ci_lower", "ci_upper") and (cell.unit or "").endswith("%")


def _converted(study: StudyView, cell: CellView, wanted: str | None) -> DerivedCell | None:
    number = number_in(cell)
    if number is None or not wanted or not cell.unit or cell.unit == wanted:
        return None
    by = factor(cell.unit, wanted)
    if by is None or by == 1.0:
        return None
    inputs = MappingProxyType({cell.item: float(number), "factor": by})
    return DerivedCell(study.id, study.label, *cell.key, float(number) * by, wanted, UNIT, UNIT_SOURCE, inputs, (cell.event,))
