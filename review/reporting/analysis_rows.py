"""From extracted cells to rows of results for one planned comparison; every included study is a row, or is left out with its reason.

Nothing is guessed: a value in conflict leaves its result out, and a value that a formula gave is marked as derived with its formula.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from review.extraction.derived import UNIT, DerivedCell, result_rows
from review.extraction.forms import label_of
from review.extraction.rows import Result, folded, number_in, people_in, wider
from review.model.extraction import NOT_REPORTED
from review.model.plan import Outcome
from review.model.plan_synthesis import PlannedComparison
from review.model.views import CellView, StudyView
from review.model.written_numbers import bounded_number
from review.reporting.analysis_exclusions import reasons
from review.reporting.cells import IN_CONFLICT, StudyCells
from review.reporting.characteristics import classified
from review.reporting.rooms import Rooms
from review.reporting.trace import by_record
from review.synthesis.dataset import DIRECTIONS, Row
from review.synthesis.measure_words import measure_said
from review.synthesis.measures import Measure, measure_of

REGISTRATION_ONLY = "no results: known from registrations alone"
NO_RESULT = "no result of this outcome was extracted"
# the same words whether or not one of two has answered: that somebody has is not for the other to see
NOT_BY_BOTH = "no result of this outcome was extracted, or not yet by both extractors"
NOT_EXTRACTED, SEVERAL = "not extracted", "several values"
UNGROUPED = (NOT_EXTRACTED, NOT_REPORTED, IN_CONFLICT, SEVERAL)  # what stands in the place of a subgroup's word is no subgroup
SINGLE_ARM = "E01: a study of a single arm, which says nothing about a difference between arms"
BETWEEN = "E01: a comparison between arms, where single arms are pooled"
_SINGLE = ("single-arm-trial", "single-arm", "single arm", "case-series", "before-after")
_RANDOMISED = re.compile(r"(?<!non-)(?<!non )\brandomi[sz]ed", re.IGNORECASE)
_OF_SCALES = ("better_when", "mean_baseline", "sd_baseline")  # what only measures on a scale of the study ask for
_OF_DESIGNS = ("clusters", "icc", "adjusted_for_design", "period_correlation")
_OF_ARMS = ("n_analysed", "events", "mean", "sd", "person_time", "change_from_baseline", "baseline_correlation", *_OF_DESIGNS)
_OF_WHOLE = ("arm_role", "person_time", "change_from_baseline", "baseline_correlation", "ci_level", *_OF_DESIGNS, *_OF_SCALES)
_OF_BOTH_ARMS = ("better_when", "period_correlation", "icc", "clusters")  # said once for all arms, as a rule
_STATED = ("effect_measure", "effect", "se", "ci_lower", "ci_upper", "ci_level", "p_value")
_YES = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True)
class Left:
    """A study, or a result of it, of which no row came in, and why; ``cells``: what was extracted of it; ``rows``: of how many results."""

    study: str
    label: str
    reason: str
    arms: str = ""
    cells: tuple[CellView, ...] = ()
    rows: int = 0


@dataclass(frozen=True)
class Gathered:
    """The rows of one comparison, what is left out, and what a table needs of them: studies by id, cells behind each row, designs."""

    rows: tuple[Row, ...]
    left: tuple[Left, ...]
    studies: Mapping[str, StudyView]
    cells: Mapping[str, tuple[CellView, ...]]
    groups: Mapping[str, str]
    randomised: frozenset[str]


def gather(rooms: Rooms, asked: PlannedComparison, outcome: Outcome) -> Gathered:
    """The rows of the included studies on *outcome* as *asked*, from what this viewer may see."""
    flow, records = rooms.flow(), by_record(rooms)
    out = reasons(asked, rooms.protocol.plan, rooms.protocol.text, rooms.studies.views())
    rows: list[Row] = []
    left: list[Left] = []
    studies, cells, groups, randomised = {}, dict[str, tuple[CellView, ...]](), {}, set[str]()
    for study in classified(rooms, "included", flow):
        own = StudyCells(rooms, "analysis", study, records, {}, flow)
        studies[study.id] = study
        of, why = one_value(own, asked.subgroup_by) if asked.subgroup_by else (None, "")
        groups[study.id] = of.value if of is not None else why
        if _RANDOMISED.search(own.value("design")) or folded(own.value("allocation")) in ("randomised", "randomized"):
            randomised.add(study.id)
        found, why = _of_study(own, asked, outcome)
        rows += [replace(row, outcome=outcome.name, excluded=out.get(study.id, "")) for row, _ in found]  # by whichever of its names
        cells |= {row.row: used for row, used in found}
        left += why
    return Gathered(tuple(rows), tuple(left), studies, cells, spelled_alike(groups), frozenset(randomised))


def one_value(own: StudyCells, item: str) -> tuple[CellView | None, str]:
    """(the one cell of an item, '') or (None, why there is none): that of the study as a whole before those of arms and results."""
    found = own.of(item)
    whole = [cell for cell in found if not (cell.arm or cell.outcome or cell.timepoint)] or found
    if not whole:
        return None, NOT_EXTRACTED
    if any(cell.conflict for cell in whole):
        return None, IN_CONFLICT
    if len({(cell.value, cell.unit) for cell in whole}) > 1:
        return None, SEVERAL
    return (None, NOT_REPORTED) if whole[0].value == NOT_REPORTED else (whole[0], "")


def spelled_alike(words: Mapping[str, str]) -> dict[str, str]:
    """The word of each study; of spellings that differ in capitals and blanks alone the most frequent, then the first in the alphabet."""
    often = Counter(words.values())
    best: dict[str | None, str] = {}
    for word in sorted(often, key=lambda one: (-often[one], one)):
        best.setdefault(folded(word), word)
    return {study: best[folded(word)] for study, word in words.items()}


def _of_study(own: StudyCells, asked: PlannedComparison, outcome: Outcome) -> tuple[list[tuple[Row, tuple[CellView, ...]]], list[Left]]:
    study, measure = own.study, measure_of(asked.measure)
    results = [one for one in result_rows(own.cells) if one.outcome and outcome.called(one.outcome) and _has_result(one)]
    if not results:
        alone = all(record.is_registration for record in study.records)
        none = NO_RESULT if own.rooms.extraction.needed == 1 else NOT_BY_BOTH
        return [], [Left(study.id, study.label, REGISTRATION_ONLY if alone else none)]
    wanted = [one for one in results if _asked_for(one, asked)]
    if not wanted:
        said = "; ".join(dict.fromkeys(_place_words(one, asked) for one in results))
        reason = f"no result {_wanted_words(asked)}; there are: {said}"
        return [], [Left(study.id, study.label, reason, cells=_all_of(results))]
    single = design_of(own.value("design")) == "single_arm"
    if single != (measure.arms == 1):
        said = SINGLE_ARM if single else BETWEEN
        return [], [Left(study.id, study.label, said, _arms(wanted), _all_of(wanted), len(wanted))]
    known = {tuple(map(folded, one.key)): one for one in own.rooms.extraction.derived_cells(study)}
    made, left = [], []
    for place in dict.fromkeys(one.place[1:] for one in wanted):
        group = [one for one in wanted if one.place[1:] == place]
        behind = {cell.event: cell for one in group for cell in _behind_result(own, one)}
        fights = [cell for cell in behind.values() if cell.conflict and _matters(cell, measure)]
        if fights:
            named = ", ".join(dict.fromkeys(label_of(c.item).lower() + (f" of {c.arm}" if c.arm else "") for c in fights))
            why = "; ".join(dict.fromkeys(c.between or "two extractors differ" for c in fights))  # or a report is linked no more
            left.append(
                Left(
                    study.id,
                    study.label,
                    f"{why}{' on ' if why.endswith('differ') else ': '}{named}",
                    _arms(group),
                    tuple(fights),
                    len(group),
                )
            )
            continue
        people = _people(own, group)
        made += [_row(own, one, at, asked, measure, known, people) for at, one in enumerate(results) if one in group]
    return made, left


def _people(own: StudyCells, group: Iterable[Result]) -> float | None:
    """How many were analysed in all arms of one result together, None where an arm does not say."""
    counts = [_number(one.n or _cell(own, one, "n_analysed")) for one in group if one.arm is not None]
    return None if None in counts else sum(n for n in counts if n is not None)


def _asked_for(one: Result, asked: PlannedComparison) -> bool:
    return (not asked.timepoint or folded(one.timepoint) == folded(asked.timepoint)) and (
        not asked.analysis_set or folded(one.analysis_set) == folded(asked.analysis_set)
    )


def _has_result(result: Result) -> bool:
    """Whether it holds more than what describes results, as the direction of a scale, which is no result."""
    return any(cell.item not in _OF_WHOLE or cell.item == "person_time" for cell in result.cells)


def _behind_result(own: StudyCells, result: Result) -> list[CellView]:
    """Its own cells, its number of participants, and what serves it from the arm or the study as a whole."""
    wide = [_cell(own, result, item) for item in _OF_WHOLE if item != "arm_role"]
    return [cell for cell in (*result.cells, result.n, *wide) if cell is not None]


def _wanted_words(asked: PlannedComparison) -> str:
    """The time point and the analysis set that are asked for."""
    at = f"at {asked.timepoint}" if asked.timepoint else ""
    return " ".join(filter(None, (at, f"in the analysis set {asked.analysis_set}" if asked.analysis_set else "")))


def _place_words(one: Result, asked: PlannedComparison) -> str:
    """Time point and analysis set of a result; that one is not stated is said where it is asked for."""
    at = one.timepoint or ("time point not stated" if asked.timepoint else "")
    return ", ".join(filter(None, (at, one.analysis_set or ("analysis set not stated" if asked.analysis_set else ""))))


def _arms(results: Iterable[Result]) -> str:
    return ", ".join(dict.fromkeys(one.arm for one in results if one.arm))


def _all_of(results: Iterable[Result]) -> tuple[CellView, ...]:
    return tuple(cell for one in results for cell in one.cells)


def _events(cells: Iterable[CellView]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(event for cell in cells for event in cell.history))


def _matters(cell: CellView, measure: Measure) -> bool:
    """Whether a conflict on this cell changes the effect."""
    needed = {"n": "n_analysed"} | {name: name for name in ("events", "mean", "sd", "person_time")}
    of_measure = {needed[name] for name in measure.needs}
    if cell.item in _OF_SCALES and not _on_a_scale(measure):
        return False
    return cell.item in of_measure | {"participants", "n_analysed", *_OF_WHOLE, *_STATED}


def _on_a_scale(measure: Measure) -> bool:
    """Whether effects are on a scale of the study, which may run either way."""
    return measure.of_means or measure.id == "GEN"


def design_of(words: str) -> str:
    """The design of the synthesis for a design in the words of the tool files; parallel where it is none of the others."""
    said = (words or "").casefold()
    if said in _SINGLE:
        return "single_arm"
    if "cluster" in said:
        return "cluster"
    return "crossover" if "crossover" in said and "first-period" not in said else "parallel"


def _row(
    own: StudyCells,
    result: Result,
    at: int,
    asked: PlannedComparison,
    measure: Measure,
    known: Mapping[tuple[str | None, ...], DerivedCell],
    people: float | None,
) -> tuple[Row, tuple[CellView, ...]]:
    """One result as a row, with the cells that it was read from; a derived value stands only where none is reported.

    people: of all arms together, by which clusters that are stated of all arms are shared out among them.
    """
    contrast = result.arm is None and (result.has_effect or measure.arms != 1)
    asked_for = (*_OF_ARMS, *(_OF_SCALES if _on_a_scale(measure) else ()), *(_STATED if contrast else ()))
    cells = {item: _cell(own, result, item) for item in asked_for}
    cells["n_analysed"] = result.n or cells["n_analysed"]
    numbers = {item: _number(cell) for item, cell in cells.items()}
    if numbers["clusters"] is not None and result.arm is not None and cells["clusters"] is not None and cells["clusters"].arm is None:
        numbers["clusters"] = numbers["clusters"] * numbers["n_analysed"] / people if people and numbers["n_analysed"] else None
    numbers["p_value"], bound = _p(cells.get("p_value"))
    est_type, est_words = _measure_said(cells.get("effect_measure"))
    more: list[DerivedCell] = []
    for item, number in numbers.items():
        of = (cells[item] or result) if item in _OF_SCALES else result  # a baseline may serve several time points
        value = known.get(tuple(map(folded, (item, of.arm, of.outcome, of.timepoint, of.analysis_set))))
        if value is not None and (number is None or value.formula == UNIT) and _needed(item, measure, contrast=contrast):
            numbers[item] = value.value
            more.append(value)
    used = tuple(cell for cell in cells.values() if cell is not None and cell.value != NOT_REPORTED)
    units = [*(one.unit for one in more if one.formula == UNIT), *(c.unit for n in ("mean", "sd", "effect") if (c := cells.get(n)))]
    units += [one.unit for one in more]
    row = Row(
        row=f"{own.study.id}|{at}", study=own.study.id, label=own.study.label, arm=result.arm or "",
        role="contrast" if contrast else _role(own, result, asked, measure), design=design_of(own.value("design")),
        outcome=result.outcome or "", timepoint=result.timepoint or "", analysis_set=result.analysis_set or "",
        unit=next(filter(None, units), ""),
        n=numbers["n_analysed"], events=numbers["events"], mean=numbers["mean"], sd=numbers["sd"],
        person_time=numbers["person_time"] if "person_time" in measure.needs else None,
        change=_YES.get(_word(cells["change_from_baseline"])),
        mean_baseline=numbers.get("mean_baseline"), sd_baseline=numbers.get("sd_baseline"), r=numbers["baseline_correlation"],
        n_clusters=numbers["clusters"], icc=numbers["icc"], adjusted=_YES.get(_word(cells["adjusted_for_design"])),
        better=said if (said := _word(cells.get("better_when"))) in DIRECTIONS else "",
        est_type=est_type, est_words=est_words, est=numbers.get("effect"), se=numbers.get("se"),
        ci_low=numbers.get("ci_lower"), ci_high=numbers.get("ci_upper"), ci_level=numbers.get("ci_level"), p=numbers.get("p_value"),
        p_bound=bound or None, derived=tuple(dict.fromkeys(one.formula for one in more)), skewed=_skewed(more),
        stated_instead=_of_effect(result, cells) if contrast else _instead(own, result, cells, measure),
        cells=tuple(dict.fromkeys([*_events(used), *(event for one in more for event in one.events)])),
    )  # fmt: skip
    if row.design == "crossover":
        row = replace(row, r=numbers["period_correlation"])  # not that of before and after
    if not row.role and _cell(own, result, "arm_role") is None:
        row = replace(row, stated_instead=("its role was not extracted, and the comparison does not name it",))
    return row, (*used, *_behind(own, more, used))


def _skewed(more: Sequence[DerivedCell]) -> bool | None:
    """What the tests for skewness found of the quantiles that derived values rest on; None where none was run."""
    found = [one.skewed for one in more if one.skewed is not None]
    return any(found) if found else None


def _needed(item: str, measure: Measure, *, contrast: bool) -> bool:
    return contrast or item in _OF_SCALES or {"n_analysed": "n"}.get(item, item) in measure.needs


def _behind(own: StudyCells, more: Sequence[DerivedCell], used: Sequence[CellView]) -> list[CellView]:
    """The cells that derived values were made of, where they are not in the row already."""
    events = {event for one in more for event in one.events}
    return [cell for cell in own.cells if events & {cell.event, *cell.history} and cell not in used]


def _cell(own: StudyCells, result: Result, item: str) -> CellView | None:
    """The cell of *item* for this result; what is of an arm or a study as a whole serves its results too."""
    found = result.get(item) or (wider(own.cells, item, result) if item in _OF_WHOLE else None)
    if found is None and item in _OF_BOTH_ARMS and result.arm is not None:
        return _cell(own, replace(result, arm=None), item)
    return found


def _word(cell: CellView | None) -> str:
    """The word that a cell holds, '' where there is none or extractors differ."""
    return "" if cell is None or cell.conflict else folded(cell.value) or ""


def _number(cell: CellView | None) -> float | None:
    read = people_in(cell) if cell is not None and cell.item in ("n_analysed", "events", "participants") else number_in(cell)
    return None if read is None else float(read)


def _role(own: StudyCells, result: Result, asked: PlannedComparison, measure: Measure) -> str:
    """Whether the arm is experimental or control in this comparison: by its name, else by its extracted role; '' for another arm."""
    if measure.arms == 1:
        return "single"
    said = _cell(own, result, "arm_role")
    role = folded(said.value) if said is not None and not said.conflict else None
    for words in (folded(result.arm), role):
        for side, names in (("experimental", asked.experimental), ("control", asked.control)):
            if words and words in {folded(name) for name in names}:
                return side
    return ""


def _measure_said(cell: CellView | None) -> tuple[str, str]:
    """(id of the measure that a cell names, its own words where they are none; its words where they say that the effect is adjusted)."""
    if cell is None:
        return "", ""
    found, adjusted = measure_said(cell.value)
    return found or cell.value, cell.value if found and adjusted else ""


def _p(cell: CellView | None) -> tuple[float | None, bool]:
    """(p, whether it is the bound of 'p < …', which is taken for it)."""
    bound = None if cell is None or cell.conflict else bounded_number(cell.value)
    if bound is not None and bound[0][0] in "<≤":
        return float(bound[1]), True
    return _number(cell), False


def _of_effect(result: Result, cells: Mapping[str, CellView | None]) -> tuple[str, ...]:
    """What stands in the place of an effect: that the report does not give it, or what alone is stated."""
    effect = cells.get("effect")
    if effect is not None:
        return (f"it is recorded as {NOT_REPORTED}",) if effect.value == NOT_REPORTED else ()
    return (f"there is only: {', '.join(f'{label_of(cell.item).lower()} {cell.value}' for cell in result.cells)}",)


def _instead(own: StudyCells, result: Result, cells: Mapping[str, CellView | None], measure: Measure) -> tuple[str, ...]:
    """What is stated of this arm where its counts are not: a percentage, or how many were randomised."""
    found = []
    for item, name in (("events", "events"), ("n_analysed", "n")):
        cell = cells[item]
        if name in measure.needs and cell is not None and people_in(cell) is None and number_in(cell) is not None:
            found.append(f"{cell.value} {cell.unit} is stated, and no count")
    randomised = wider(own.cells, "n_randomised", result)
    if "n" in measure.needs and cells["n_analysed"] is None and people_in(randomised) is not None and randomised is not None:
        found.append(f"{randomised.value} were randomised, and it is not stated how many were analysed")
    return tuple(found)
