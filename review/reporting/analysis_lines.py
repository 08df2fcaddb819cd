"""The lines of a synthesis as tables and pictures show them: every study in the order of the review, used or with its reason; origins.

Rows in are the lines used and the lines excluded. Every number leads to the cells that it was computed from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from review.model.formulas import deviate
from review.model.plan import Plan
from review.model.views import CellView
from review.reporting.analyses import Synthesis
from review.reporting.analysis_exclusions import reason_of
from review.reporting.flow import Flow
from review.reporting.lettering import held
from review.reporting.notices import flag_of
from review.reporting.plots.wording import limit, p_words, shown
from review.reporting.rooms import Rooms
from review.reporting.table import Cell
from review.reporting.trace import by_record, cells_trace, key_of, study_trace
from review.reporting.trace_counts import counted
from review.reporting.trace_history import role_of
from review.reporting.trace_plan import Place, plan_trace
from review.reporting.trace_view import Trace, TraceEntry
from review.synthesis.comparisons import LEFT_OUT
from review.synthesis.effects import Effect
from review.synthesis.measures import back
from review.synthesis.pool import Pooled

COMPUTED = "computed here from extracted values"
DERIVED = "Derived, not reported"


@dataclass(frozen=True)
class Line:
    """One study's effect as it is read, or the reason why there is none. weight: per cent of the estimate that counts.

    counted: it has no effect by itself, and its counts are in the estimate. flag: retracted, under a concern, corrected.
    """

    study: str
    label: str
    key: str
    arms: str
    reason: str
    effect: Effect | None
    cells: tuple[CellView, ...]
    events: tuple[str, ...]
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float | None = None
    counted: bool = False
    flag: str = ""

    @property
    def shown(self) -> str:
        """Its label, and behind it in brackets what was said of the study after it came out."""
        return f"{self.label} [{self.flag}]" if self.flag else self.label

    @property
    def used(self) -> bool:
        """Whether it counts: by its effect, or by its counts alone."""
        return self.estimate is not None or self.counted

    @property
    def words(self) -> str:
        """Estimate and interval, or the reason."""
        if self.estimate is None or self.low is None or self.high is None:
            return self.reason
        return interval_words(self.estimate, self.low, self.high)


def done_to(line: Line) -> list[str]:
    """What was done to the numbers of its effect, a sentence each; that a value of an arm is derived stands at the arm."""
    if line.effect is None or not line.used:
        return []
    stated = line.effect.comparison.given is not None
    return [words for words in line.effect.changed if stated or not words.startswith("derived")]


def derived_of(line: Line, side: int) -> str:
    """'Derived, not reported: FORMULAS' of an arm, with names where several are one; '' where none is. side: 0 experimental, 1 control."""
    rows = line.effect.comparison.rows_of(side) if line.effect else ()
    told = [", ".join(row.derived) + (f" ({row.arm})" if len(rows) > 1 and row.arm else "") for row in rows if row.derived]
    return f"{DERIVED}: {'; '.join(told)}" if told else ""


def interval_words(estimate: float, low: float, high: float, digits: int = 2) -> str:
    """'0.53 [0.31, 0.90]', at whose blanks no line breaks; a limit beyond every number is 'not estimable'."""
    return held(f"{shown(estimate, digits)} [{limit(low, digits)}, {limit(high, digits)}]")


def labels_apart(made: Sequence[Line]) -> dict[str, str]:
    """Key -> the label of each line; of several effects of one study with that by which they differ: arms, time point, analysis set."""
    places: dict[str, list[tuple[str, ...]]] = {}
    for line in made:
        places.setdefault(line.study, []).extend([_place(line.effect, line.arms)] if line.effect is not None else [])
    differ = {study: [len(set(words)) > 1 for words in zip(*own, strict=True)] for study, own in places.items()}
    found = {}
    for line in made:
        place = _place(line.effect, line.arms) if line.effect is not None else ()
        told = [words for words, several in zip(place, differ[line.study], strict=False) if several and words]
        found[line.key] = f"{line.label} ({', '.join(told)})" if told else line.label
    return found


def _place(effect: Effect, arms: str) -> tuple[str, ...]:
    """What sets an effect apart from another of its study."""
    first = effect.comparison.first
    stated = "as stated" if first.role == "contrast" else ""
    return "" if stated else arms, first.timepoint, first.analysis_set, stated


def p_cell(one: Synthesis, p: float) -> Cell:
    """A p as it is printed; of single arms none, for there is no value of no effect that they could be tested against."""
    if one.done.found.measure.arms == 1:
        return Cell("", missing="empty", why="single arms have no value of no effect to be tested against")
    return Cell(held(p_words(p)))


def lines(one: Synthesis) -> list[Line]:
    """Every line of a synthesis, by study in the order of the review."""
    found, z = one.done.found, deviate(one.done.settings.level)
    weights = iter(one.done.pooled.weights if one.done.pooled else ())
    made: list[Line] = []
    for at, effect in enumerate(one.each):
        rows = effect.comparison.rows
        cells = tuple(cell for row in rows for cell in one.gathered.cells[row.row])
        arms = (effect.comparison.exp, effect.comparison.ctl)
        named = " v ".join(arm.name for arm in arms if arm and arm.name) or effect.comparison.first.arm
        line = Line(
            rows[0].study, rows[0].label, key_of("effect", one.asked.id, rows[0].study, str(at)), named, effect.reason, effect,
            _once(cells), tuple(dict.fromkeys(event for row in rows for event in row.cells)),
        )  # fmt: skip
        if effect.yi is not None and effect.vi is not None:
            half, own = z * sqrt(effect.vi), effect.comparison.exp.n if effect.comparison.exp else None
            # by its own participants: the harmonic mean of those of all studies is for what is pooled (Freeman–Tukey)
            value, low, high = (back(each, found.measure, n=own) for each in (effect.yi, effect.yi - half, effect.yi + half))
            line = replace(line, estimate=value, low=low, high=high, weight=next(weights, None))
        elif effect.counted:
            line = replace(line, weight=next(weights, None), counted=True)
        made.append(line)
    for at, left in enumerate(one.left):
        key = key_of("left", one.asked.id, left.study, str(at))
        events = tuple(dict.fromkeys(cell.event for cell in left.cells))
        made.append(Line(left.study, left.label, key, left.arms, left.reason, None, left.cells, events))
    flags = {
        study: flag_of(view.records, [n for report in view.reports for n in report.told]) for study, view in one.gathered.studies.items()
    }
    made = [replace(line, flag=flags[line.study]) for line in made]
    order = {study: at for at, study in enumerate(one.gathered.studies)}
    return sorted(made, key=lambda line: (order[line.study], line.key))


def _once(cells: Sequence[CellView]) -> tuple[CellView, ...]:
    return tuple({cell.event: cell for cell in cells}.values())


def line_traces(rooms: Rooms, one: Synthesis, made: Sequence[Line]) -> dict[str, Trace]:
    """The origin of every line: the cells behind it, what was computed of them and how; of a study without cells its classification."""
    records, flow = by_record(rooms), rooms.flow()
    return {line.key: _line_trace(rooms, one, line, records, flow) for line in made}


def _line_trace(rooms: Rooms, one: Synthesis, line: Line, records: Mapping[str, object], flow: Flow) -> Trace:
    label = f"{line.label}: {one.asked.measure}, {one.outcome.name}"
    if not line.cells:
        return replace(study_trace(rooms, one.gathered.studies[line.study], flow), key=line.key, label=label, value=line.words)
    trace = cells_trace(rooms, line.key, label, line.words, line.cells, records)  # type: ignore[arg-type]
    told = []
    if line.effect is not None and line.used:
        told = [*line.effect.changed, f"{one.done.found.measure.name}: {line.effect.formula or line.reason}"]
    said = [TraceEntry("", f"Computed here: {words}", "", "") for words in told]
    by_person = _left_out(rooms, one, line).entries if line.reason.startswith(LEFT_OUT) else ()
    return replace(trace, entries=(*by_person, *trace.entries, *said))


def _left_out(rooms: Rooms, one: Synthesis, line: Line) -> Trace:
    """The versions of the protocol that leave this study out of the comparison, and why."""
    study = one.gathered.studies[line.study]

    def at(plan: Plan) -> int | None:
        return next((n for n, part in enumerate(plan.comparisons) if part.id == one.asked.id), None)

    def said(plan: Plan) -> str:
        n = at(plan)
        return "" if n is None else reason_of(plan.comparisons[n], study)

    def place(plan: Plan) -> Place | None:
        n = at(plan)
        return None if n is None else ("comparisons", n, "leave_out")

    return plan_trace(rooms, line.key, line.label, said, place)


def group_key(one: Synthesis, name: str) -> str:
    """The key of the estimate in a subgroup: of its place among them, since its word may be '>= 65', '< 65' or 'estimate'."""
    return key_of("pooled", one.asked.id, f"subgroup {1 + list(one.done.groups.pooled if one.done.groups else ()).index(name)}")


def pooled_trace(rooms: Rooms, one: Synthesis, made: Sequence[Line], name: str, value: str, k: int, key: str = "") -> Trace:
    """The origin of a pooled number: the plan in force, and the effect of every study that went in, each with the last fact behind it.

    key: where that of *name* would not be its own.
    """
    used = [line for line in made if line.used]
    entries = [TraceEntry(line.events[-1] if line.events else "", f"{line.label}: {line.words}", "", "") for line in used]
    first = []
    for event in rooms.protocol.history[-1:]:
        what = f"Comparison {one.asked.id} as in version {event.body['number']} of the protocol"
        first = [TraceEntry(event.id, what, role_of(rooms, event), event.at, event.body.get("reason", ""))]
    key = key or key_of("pooled", one.asked.id, name)
    made_of = counted(rooms, key, f"{one.about}: {name}", entries, len(entries), value=value, first=first)
    return replace(made_of, state=f"{COMPUTED}, k = {k}")


def pooled_words(one: Synthesis, pooled: Pooled) -> str:
    """The pooled estimate with its interval, as it is read."""
    return interval_words(*map(one.done.back(pooled), (pooled.estimate, *pooled.ci)))
