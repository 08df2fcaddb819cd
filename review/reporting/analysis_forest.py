"""A synthesis as the forest plot takes it: arms, effects, diamonds, subgroups, judgements of bias, and the words of the guards."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isfinite

from review.bias.algorithm import Level
from review.errors import GuardRefused, ReviewError
from review.extraction.conversions import CONVERSIONS
from review.extraction.forms import label_of
from review.model.synthesis import Arm, BiasSign, Forest, ForestGroup, ForestRow, Heterogeneity, PooledRow, Prediction, Statistic
from review.reporting.analyses import Synthesis
from review.reporting.analysis_account import flagged, identities
from review.reporting.analysis_lines import Line, derived_of, done_to, group_key
from review.reporting.bias_pictures_rows import Board, board_on
from review.reporting.plots.wording import NOT_ESTIMABLE, limit, rows_of
from review.reporting.rooms import Rooms
from review.reporting.trace import key_of
from review.synthesis.comparisons import Arm as Side
from review.synthesis.guards import Guard
from review.synthesis.measures import Measure
from review.synthesis.pool import Pooled
from review.synthesis.settings import INTERVAL_NAMES, METHODS, PREDICTIONS

METHOD_NAMES = {"EE": "inverse variance", "MH": "Mantel–Haenszel", "PETO": "Peto"}
SPELLED = {"sd": "SD", "se": "SE", "icc": "ICC", "q1": "first quartile", "q3": "third quartile"}
BY_VARIANCE = (
    "Subgroups, and the test between them, are of the effects of single studies by inverse variance, with what was added to zero cells; "
    "the estimate of all studies is {done}'s, of the counts."
)


def forest_of(rooms: Rooms, one: Synthesis, made: Sequence[Line]) -> Forest:
    """Everything that the forest plot of a synthesis shows."""
    measure, done = one.done.found.measure, one.done
    board, names = board_of(rooms, one), arm_names(one)
    silent, made = [line for line in made if not line.cells], [line for line in made if line.cells]
    rows = [_row(one, line, board, len(names)) for line in made]
    pooled = [("", done.pooled)] if done.pooled else []
    overall = [pooled_row(one, each, made, name) for name, each in [*pooled, *(done.beside or {}).items()] if drawable(one, each.ci)]
    overall = [replace(row, arms=totals(made, rows)) if row.weight is not None else row for row in overall]  # of the one that counts
    divided = done.groups if done.groups and done.groups.q_df else None
    return Forest(
        title=one.about, measure=capital(measure.name.partition(" (")[0]), short=short_name(measure),
        groups=_groups(one, made, rows) if divided else (ForestGroup(tuple(rows)),),
        ratio=measure.ratio, null=measure.null, favours=favours(one), arms=names, overall=tuple(overall),
        difference=Statistic("Q", divided.q, divided.q_p, divided.q_df) if divided else None,
        bias_domains=tuple((slot.head, slot.words) for slot in board.slots) if board else (),
        bias_levels=tuple(dict.fromkeys(sign(level) for slot in board.slots for level in slot.levels)) if board else (),
        level=done.settings.level, notes=(*notes(one, board), *(ungrouped(one) if divided else ()), *flagged(made), *without_rows(silent)),
        rows_are=rows_are(made),
    )  # fmt: skip


def rows_are(made: Sequence[Line]) -> tuple[str, str]:
    """What one row and several are called: studies, or comparisons where a study has several."""
    studies = len({line.study for line in made})
    return ("study", "studies") if studies == len(made) else ("comparison", f"comparisons of {rows_of(studies)}")


def board_of(rooms: Rooms, one: Synthesis) -> Board | None:
    """The judgements of this outcome with the tool that most results were judged with; None where none stands."""
    return board_on(rooms, one.outcome.name)


def sign(level: Level) -> BiasSign:
    """A level of a tool as a picture shows it."""
    return BiasSign(level.label, level.symbol, level.colour.get("safe", "#ffffff"))


def signs_of(board: Board | None, study: str) -> tuple[BiasSign | None, ...]:
    """The judgements of one study, None where there is none; empty without a board."""
    if board is None:
        return ()
    row = next((row for row in board.judged if row.study == study), None)
    return tuple(sign(level) if level else None for level in row.cells) if row else (None,) * len(board.slots)


def arm_names(one: Synthesis) -> tuple[str, ...]:
    """What the arms are called: by their one name in all studies, else by the words of the comparison."""
    if one.done.found.measure.arms != 2:
        return ("Group",) if one.done.found.measure.arms == 1 else ()
    sides = [(effect.comparison.exp, effect.comparison.ctl) for effect in one.done.pooled_of]
    found = []
    for at, words in enumerate((one.asked.experimental, one.asked.control)):
        own = {side[at].name for side in sides if side[at] is not None}  # type: ignore[union-attr]
        found.append(own.pop() if len(own) == 1 and "" not in own else capital(" or ".join(words)))
    return found[0], found[1]


def favours(one: Synthesis) -> tuple[str, str]:
    """What lies left and right of no effect; nothing where the plan does not say which direction is better."""
    if one.done.found.measure.arms == 1 or not one.better:
        return "", ""
    names = arm_names(one) or tuple(capital(" or ".join(words)) for words in (one.asked.experimental, one.asked.control))
    said = f"Favours {names[0]}", f"Favours {names[1]}"
    return said if one.better == "lower is better" else said[::-1]


def short_name(measure: Measure) -> str:
    """What the column of effects is called: an abbreviation that readers know, else what its values are."""
    if measure.arms == 1 or measure.id in ("AS", "GEN"):
        return capital("effect" if measure.id == "GEN" else measure.name.partition(" (")[0])
    return {"PETO": "Peto OR", "SMDH": "SMD"}.get(measure.id, measure.id)


def totals(made: Sequence[Line], rows: Sequence[ForestRow]) -> tuple[Arm, ...]:
    """Events, people and person-time of all studies that count, for each arm; none of what one of them does not state.

    None at all where a study has several comparisons: who is in two of them would be counted twice.
    """
    used = [row for row in rows if row.used]
    studies = [line.study for line in made if line.used]
    if not used or len(set(studies)) < len(studies) or any(len(row.arms) != len(used[0].arms) for row in used):
        return ()
    found = []
    for arms in zip(*(row.arms for row in used), strict=True):
        n = _sum([arm.n for arm in arms])
        found.append(Arm(None if n is None else round(n), _sum([arm.events for arm in arms]), time=_sum([arm.time for arm in arms])))
    return tuple(found)


def _sum(numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return round(sum(known), 9) if len(known) == len(numbers) else None


def capital(words: str) -> str:
    """Words that begin with a capital letter."""
    return words[:1].upper() + words[1:]


def _row(one: Synthesis, line: Line, board: Board | None, arms: int) -> ForestRow:
    sides: tuple[Side | None, ...] = ()
    if line.effect is not None and line.effect.comparison.exp is not None:
        sides = (line.effect.comparison.exp, line.effect.comparison.ctl)[:arms]
    weight = f", {line.weight:.1f}% of it" if line.counted and line.weight is not None else ""
    return ForestRow(
        line.shown, line.estimate, line.low, line.high, line.weight,
        tuple(_arm(side, _in_words(derived_of(line, at))) for at, side in enumerate(sides)),
        reason=_sentence(line.reason) + weight, note="; ".join(done_to(line)), bias=signs_of(board, line.study), key=line.key,
        events=line.events,
    )  # fmt: skip


def _sentence(reason: str) -> str:
    """A reason as a figure has it: with a capital letter, the code of a guard behind it."""
    code, colon, words = reason.partition(": ")
    return f"{capital(words)} ({code})" if colon and re.fullmatch(r"[EW]\d\d", code) else capital(reason)


def _in_words(told: str) -> str:
    """What a formula of a derived value makes of what, before its name, for a reader who has no list of the formulas."""

    def words(found: re.Match[str]) -> str:
        one = CONVERSIONS.get(found[0])
        if one is None:
            return found[0]
        named = [", ".join(SPELLED.get(part, part.replace("_", " ")) for part in parts) for parts in (one.gives, one.inputs)]
        return f"{named[0]} from {named[1]} by {found[0]}"

    return re.sub(r"[a-z][a-z0-9_]+", words, told)


def _arm(side: Side | None, note: str) -> Arm:
    if side is None:
        return Arm()
    n = None if side.n is None else round(side.n)
    return Arm(n, side.events, side.mean, side.sd, side.person_time, note)


def drawable(one: Synthesis, limits: tuple[float, float], back: Callable[[float], float] | None = None) -> bool:
    """Whether both limits, as they are read (*back*: by what), are numbers that an axis has a place for."""
    low, high = map(back or one.done.found.back, limits)
    return limit(low) != NOT_ESTIMABLE and limit(high) != NOT_ESTIMABLE and (low > 0 or not one.done.found.measure.ratio)


def pooled_row(one: Synthesis, pooled: Pooled, made: Sequence[Line], name: str = "", key: str = "") -> PooledRow:
    """A pooled estimate as a diamond; values as they are read. key: of its origin, where that of *name* would not be its own."""
    back, weights = one.done.back(pooled), [line.weight or 0.0 for line in made if line.used]
    heterogeneity = None
    if pooled.q_df > 0:
        random = pooled.method in METHODS and pooled.method != "EE"
        i2, tau2 = pooled.i2_ci or (None, None), pooled.tau2_ci or (None, None)
        heterogeneity = Heterogeneity(
            pooled.q, pooled.q_df, pooled.q_p, pooled.i2, i2[0], i2[1], pooled.tau2 if random else None, tau2[0], tau2[1],
            pooled.method if random else "",
        )  # fmt: skip
    prediction = None
    if pooled.pi is not None and drawable(one, pooled.pi, back):
        prediction = Prediction(back(pooled.pi[0]), back(pooled.pi[1]), PREDICTIONS[pooled.prediction], pooled.level)
    against = isfinite(pooled.z_or_t) and one.done.found.measure.arms != 1  # a single arm has no effect to test
    test = Statistic("t" if pooled.df else "z", pooled.z_or_t, pooled.p, pooled.df) if against else None
    return PooledRow(
        label=model_name(pooled), estimate=back(pooled.estimate), low=back(pooled.ci[0]), high=back(pooled.ci[1]), k=pooled.k,
        method=METHOD_NAMES.get(pooled.method, pooled.method), interval=INTERVAL_NAMES[pooled.interval],
        weight=round(sum(weights), 6) if not name else None,
        heterogeneity=heterogeneity, prediction=prediction, test=test, key=key or key_of("pooled", one.asked.id, name or "estimate"),
        events=tuple(dict.fromkeys(event for line in made if line.used for event in line.events)),
    )  # fmt: skip


def model_name(pooled: Pooled) -> str:
    """The model in two words or three."""
    return {**METHOD_NAMES, "EE": "Common effect"}.get(pooled.method, "Random effects")


def _groups(one: Synthesis, made: Sequence[Line], rows: Sequence[ForestRow]) -> tuple[ForestGroup, ...]:
    found = []
    for name in dict.fromkeys(one.gathered.groups[line.study] for line in made):
        here = [at for at, line in enumerate(made) if one.gathered.groups[line.study] == name]
        own, lines = tuple(rows[at] for at in here), [made[at] for at in here]
        pooled = one.done.groups.pooled.get(name) if one.done.groups else None
        drawn = pooled is not None and pooled.k > 1 and pooled.k == sum(row.used for row in own) and drawable(one, pooled.ci)
        diamond = pooled_row(one, pooled, lines, name, group_key(one, name)) if pooled and drawn else None
        if diamond:
            diamond = replace(diamond, arms=totals(lines, own), weight=_sum([row.weight for row in own if row.used]))
        found.append(ForestGroup(own, f"{capital(label_of(one.asked.subgroup_by))}: {name}", diamond))
    return tuple(found)


def notes(one: Synthesis, board: Board | None = None) -> tuple[str, ...]:
    """The sentences of a caption: what came in and was used, what the guards say, and with which tool bias was judged."""
    said = [identities(one)]
    said += [f"Nothing is pooled. {guard_words(guard)}" for guard in one.done.refused]
    said += [f"{guard.caption} ({guard.code})" for guard in one.guards if guard.kind != "refuse" and guard.caption]
    if one.done.pooled and by_variance(one):
        said.append(BY_VARIANCE.format(done=model_name(one.done.pooled)))
    apart = [each for each in (one.done.pooled, *(one.done.beside or {}).values()) if each and not drawable(one, each.ci)]
    said += [f"{model_name(each)}: the interval is not estimable, and is not drawn." for each in apart]
    if board:
        said.append(f"Risk of bias by {board.tool.label}.")
    return tuple(said)


def ungrouped(one: Synthesis) -> list[str]:
    """Which pooled studies are in no subgroup and so not in the test between them, and why."""
    out = [f"{label} ({why})" for label, why in one.ungrouped.items()]
    return [f"In no subgroup, and not in the test between them: {', '.join(out)}."] if out else []


def by_variance(one: Synthesis) -> bool:
    """Whether subgroups are shown that were pooled in another way than all studies together."""
    done = one.done
    ways = {each.method for each in done.groups.pooled.values()} if done.groups and done.groups.q_df else set()
    return bool(done.pooled and done.pooled.method not in METHODS and ways & set(METHODS))


OF_DATA = ("E01", "W05", "W10", "W12", "W13", "W17", "W18")  # guards of what was put in, whatever is made of it


def of_data(one: Synthesis) -> list[str]:
    """What came in and was used, and what the guards say of the values: for pictures that pool nothing."""
    return [identities(one), *(f"{guard.caption} ({guard.code})" for guard in one.guards if guard.code in OF_DATA and guard.caption)]


def without_rows(silent: Sequence[Line]) -> list[str]:
    """Which studies gave nothing to draw, by the reason: they are excluded rows of the table, and named in the caption."""
    reasons = dict.fromkeys(line.reason for line in silent)
    return [f"{capital(reason)}: {', '.join(line.label for line in silent if line.reason == reason)}." for reason in reasons]


def guard_words(guard: Guard) -> str:
    """A guard in words: what is wrong, and what to do instead."""
    return f"{guard.message} {guard.instead} ({guard.code})"


def why_not(why: ReviewError) -> str:
    """Why something is not shown, in words for a page: what is wrong, and what to do instead."""
    if isinstance(why, GuardRefused):
        return " ".join(guard_words(guard) for guard in why.guards if isinstance(guard, Guard))
    return f"{why.message[:1].upper()}{why.message[1:]}{f': {why.next_step}' if why.next_step else ''}."
