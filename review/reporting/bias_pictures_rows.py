"""What a picture of bias shows: the results of one outcome that were assessed with one tool for one effect, each with its levels.

Results of different outcomes are never put together. What was not assessed stands apart, and what is missing stays missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from review.bias.algorithm import Level
from review.bias.tools import Tool
from review.errors import InputRefused, NotFound, near
from review.model.views import AssessmentView, StudyView
from review.reporting.notices import flag_of
from review.reporting.rooms import Rooms
from review.reporting.trace import key_of
from review.reporting.trace_bias import levels_of

WHOLE = "the study as a whole"
OVERALL, APPLICABILITY = "overall", "applicability"


@dataclass(frozen=True)
class Slot:
    """One column: what was judged. ``part`` is 'bias', 'applicability' or 'overall'; ``levels`` is its scale from best to worst."""

    key: str
    head: str
    words: str
    part: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Row:
    """One result. ``cells`` has one level for each slot, None where there is no judgement; all None unless it was judged.

    ``unasked``: slots that the tool does not ask of this study, which is no judgement either.
    """

    study: str
    label: str
    result: str
    status: str
    cells: tuple[Level | None, ...]
    view: AssessmentView
    flag: str = ""
    unasked: frozenset[int] = frozenset()

    @property
    def weight(self) -> Decimal | None:
        """Its recorded weight in a synthesis."""
        return self.view.weight

    @property
    def key(self) -> str:
        """The key of its origin."""
        return key_of("picture", self.view.effect or "", self.view.events[-1].rpartition(":")[2][:20])

    @property
    def judged(self) -> bool:
        """Whether there is a judgement that may be shown and counted."""
        return self.status in ("by one", "agreed", "consensus")


@dataclass(frozen=True)
class Board:
    """The rows of one picture in the order of the studies; ``apart``: those not assessed."""

    tool: Tool
    effect: str | None
    outcome: str
    slots: tuple[Slot, ...]
    rows: tuple[Row, ...]
    apart: tuple[Row, ...]
    needed: int

    @property
    def judged(self) -> tuple[Row, ...]:
        """The rows that a summary counts."""
        return tuple(row for row in self.rows if row.judged)

    @property
    def about(self) -> str:
        """Tool, effect of interest and outcome in words."""
        effect = f", effect of interest: {self.effect}" if self.effect else ""
        return f"{self.outcome}. {self.tool.label}, version {self.tool.version}{effect}"

    @property
    def remarks(self) -> list[str]:
        """What the picture does not show as a judgement, with how many of each; and what was judged by one of two only."""
        undecided = len(self.rows) - len(self.judged)
        missing = sum(self.unnamed(slot) for slot in range(len(self.slots)))
        unasked = sum(len(row.unasked) for row in self.judged)
        by_one = sum(row.status == "by one" for row in self.judged) if self.needed > 1 else 0
        told = (
            (len(self.apart), "not assessed: no judgement, shown grey and apart"),
            (undecided, "on which the assessors do not agree yet: shown blank"),
            (by_one, f"judged by one of {self.needed} assessors so far"),
        )
        said = [f"{count_of(n, 'result')} {words}." for n, words in told if n]
        said += [f"{count_of(missing, 'cell')} without a judgement: shown blank."] if missing else []
        return [*said, *([f"{count_of(unasked, 'cell')} empty: not asked of that study."] if unasked else [])]

    def levels(self, slot: int) -> list[tuple[Level, int]]:
        """How many of the judged rows are at each level of one slot, from best to worst; those without a judgement are in none."""
        cells = [row.cells[slot] for row in self.judged]
        return [(level, sum(cell == level for cell in cells)) for level in self.slots[slot].levels]

    def unnamed(self, slot: int) -> int:
        """How many of the judged rows have no judgement in one slot, although it is asked of them."""
        return sum(row.cells[slot] is None and slot not in row.unasked for row in self.judged)


def count_of(n: int, unit: str) -> str:
    return f"{n:,} {unit}" if n == 1 else f"{n:,} {'studies' if unit == 'study' else unit + 's'}"


def boards(rooms: Rooms) -> list[Board]:
    """Every board of the review with at least one judgement: by tool, effect of interest and outcome, in the order of the first study."""
    found: dict[tuple[str, str | None, str], list[tuple[StudyView, AssessmentView]]] = {}
    # 'not assessed' is said of a study as a whole, or of a result by its words alone: it meets every picture that it may be about
    said_of_all: list[tuple[StudyView, AssessmentView]] = []
    for study in rooms.studies.views():
        for one in rooms.bias.assessments(study):
            if one.status == "not assessed" and (not one.result or one.effect is None):
                said_of_all.append((study, one))
            else:
                found.setdefault((one.tool, one.effect, _outcome(one)), []).append((study, one))
    made = []
    for (tool, effect, outcome), pairs in found.items():
        results = {one.result for _, one in pairs}
        meant = [
            (s, one) for s, one in said_of_all if one.tool == tool and (not one.result or {_outcome(one), one.result} & {outcome, *results})
        ]
        board = _board(rooms, effect, outcome, [*pairs, *meant])
        if board.judged and board.slots:
            made.append(board)
    return made


def board_on(rooms: Rooms, outcome: str) -> Board | None:
    """The judgements of the outcome of that name with the tool that most results were judged with; None where none stands."""
    fitting = [one for one in boards(rooms) if one.outcome == outcome and one.judged]
    return max(fitting, key=lambda one: len(one.judged), default=None)


def board(rooms: Rooms, tool: str, outcome: str | None, effect: str | None) -> Board:
    """The one board that is asked for. Raises NotFound where there is none, InputRefused where the choice is not yet one of them."""
    of_tool = [one for one in boards(rooms) if one.tool.id == tool]
    if not of_tool:
        rooms.bias.tool_shown(tool)  # says what the tools are called
        raise NotFound(f"no result has been judged with {tool}", where="picture of bias", next_step="judge one with rv.bias.judge")
    fitting = [one for one in of_tool if effect in (None, one.effect)]
    ids = {o.id: o.name for o in rooms.protocol.plan.outcomes}
    fitting = [one for one in fitting if outcome is None or one.outcome in (outcome, ids.get(outcome))]
    if len(fitting) == 1:
        return fitting[0]
    choices = [f"outcome={one.outcome!r}" + (f", effect={one.effect!r}" if one.effect else "") for one in fitting or of_tool]
    if not fitting:
        names = [one.outcome for one in of_tool]
        raise NotFound(
            f"no result of {outcome!r} has been judged with {tool}" if outcome else f"no result has been judged for the effect {effect!r}",
            where="picture of bias",
            expected="; ".join(choices),
            next_step=near(outcome, names) if outcome else "choose one of them",
        )
    raise InputRefused(
        "results of different outcomes or effects of interest never share a picture",
        where=tool,
        expected="; ".join(choices),
        next_step="name one of them, or take all pictures from rv.figures.bias()",
    )


def _outcome(one: AssessmentView) -> str:
    """What groups results: the protocol's outcome, else the result in its own words."""
    return one.outcome or (one.result or "").strip() or WHOLE


def _board(rooms: Rooms, effect: str | None, outcome: str, pairs: Sequence[tuple[StudyView, AssessmentView]]) -> Board:
    names = {o.id: o.name for o in rooms.protocol.plan.outcomes}
    # each result by the file that it was judged with; where these are several, the words are those of the one that most were judged with
    forms = [rooms.bias.tool_of(one) for _, one in pairs]
    used = [form.sha256 for form in forms]
    by_use = sorted({form.sha256: form for form in forms}.values(), key=lambda form: -used.count(form.sha256))
    tool, columns = by_use[0], _joined([slots(form, effect) for form in by_use])
    rows = [_row(form, columns, study, one) for form, (study, one) in zip(forms, pairs, strict=True)]
    of_study = Counter(row.study for row in rows)
    rows = [row if of_study[row.study] > 1 else replace(row, result="") for row in rows]
    made = Board(
        tool=tool,
        effect=effect,
        outcome=names.get(outcome, outcome),
        slots=columns,
        rows=tuple(row for row in rows if row.status != "not assessed"),
        apart=tuple(row for row in rows if row.status == "not assessed"),
        needed=rooms.bias.needed,
    )
    return _asked(made)


def _row(tool: Tool, columns: Sequence[Slot], study: StudyView, one: AssessmentView) -> Row:
    judged = one.status in ("by one", "agreed", "consensus")
    shown = _ids(tool, one) if judged else {}
    unasked = [at for at, slot in enumerate(columns) if tool.layout == "items" and slot.part == "bias" and slot.key not in shown]
    return Row(
        study=study.id,
        label=study.label,
        result=(one.result or "").strip(),
        status=one.status,
        cells=tuple(_level(slot, shown.get(slot.key)) for slot in columns),
        view=one,
        flag=flag_of(study.records),
        unasked=frozenset(unasked if judged else ()),
    )


def _asked(board: Board) -> Board:
    """The board without the columns that are asked of none of its studies."""
    kept = [at for at in range(len(board.slots)) if not board.judged or any(at not in row.unasked for row in board.judged)]
    if len(kept) == len(board.slots):
        return board

    def narrowed(row: Row) -> Row:
        unasked = frozenset(kept.index(at) for at in row.unasked if at in kept)
        return replace(row, cells=tuple(row.cells[at] for at in kept), unasked=unasked)

    rows, apart = (tuple(map(narrowed, one)) for one in (board.rows, board.apart))
    return replace(board, slots=tuple(board.slots[at] for at in kept), rows=rows, apart=apart)


def _ids(tool: Tool, one: AssessmentView) -> dict[str, str | None]:
    """What was asked -> the id of its level in the tool's own file; None for what is no level, such as 'unfinished'."""
    named = {slot.key: slot for slot in slots(tool, one.effect)}
    found = {**levels_of(tool, one), OVERALL: one.overall}
    return {key: next((x.id for x in named[key].levels if name in (x.id, x.label)), None) for key, name in found.items() if key in named}


def _level(slot: Slot, name: str | None) -> Level | None:
    """The level of this id."""
    return next((level for level in slot.levels if level.id == name), None)


def _joined(columns: Sequence[Sequence[Slot]]) -> tuple[Slot, ...]:
    """The columns and levels of several files of one tool, those of the first as they are there; overall stays last."""
    found: dict[str, Slot] = {}
    for slot in (slot for of_file in columns for slot in of_file):
        before = found.setdefault(slot.key, slot)
        new = [level for level in slot.levels if level.id not in {known.id for known in before.levels}]
        found[slot.key] = replace(before, levels=_scale((*before.levels, *new)))
    return tuple(sorted(found.values(), key=lambda slot: slot.part == OVERALL))


def slots(tool: Tool, effect: str | None) -> tuple[Slot, ...]:
    """The columns of a tool: its domains or items, the domains whose applicability is judged too, and overall where that has a level."""
    scale = _scale(tool.levels)
    if not scale:
        return ()
    judged = [Slot(name, name, words, "bias", scale) for name, words in tool.columns(effect).items()]
    if tool.layout != "items":
        named = set(tool.judged(effect))
        judged = [slot for slot in judged if slot.key in named]
        judged += [
            Slot(f"{d.id} {APPLICABILITY}", d.id, d.applicability, APPLICABILITY, scale)
            for d in tool.domains(effect)
            if f"{d.id} {APPLICABILITY}" in named
        ]
    if tool.overall_form.rule not in ("none", "sum"):  # nothing official grades a sum
        judged.append(Slot(OVERALL, "Overall", "", OVERALL, _scale(tool.overall_levels or tool.levels)))
    return tuple(judged)


def _scale(levels: Sequence[Level]) -> tuple[Level, ...]:
    """From best to worst; levels outside the order stand last."""
    return tuple(sorted(levels, key=lambda level: (level.rank is None, level.rank or 0)))
