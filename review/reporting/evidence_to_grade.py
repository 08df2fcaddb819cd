"""What the review holds on one outcome, domain by domain, for those who grade its certainty; it proposes no rating.

The numbers are those of the synthesis and of the appraisals, as everybody may see them. What nobody has extracted or judged is said too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

from review.certainty.absolute import Effect
from review.certainty.given import SYNTHESIS, stated_effect
from review.certainty.grading import DOMAINS, size_of_ratio
from review.errors import GuardRefused, InputRefused
from review.model.certainty import EffectStated, Evidence
from review.model.plan import Outcome
from review.model.views import StudyView
from review.reporting.analyses import Synthesis, effect_of, synthesis
from review.reporting.analysis_forest import guard_words
from review.reporting.analysis_lines import Line, lines
from review.reporting.analysis_rows import NO_RESULT, NOT_BY_BOTH, REGISTRATION_ONLY
from review.reporting.bias_pictures_rows import OVERALL, Board, Row, board_on
from review.reporting.notices import flag_of
from review.reporting.plots.wording import limit, p_words, shown
from review.reporting.rooms import Rooms
from review.reporting.tables_registry import registry_only
from review.synthesis.guards import TESTABLE
from review.synthesis.pool import Pooled
from review.synthesis.settings import METHODS, PREDICTIONS

MOST = 8  # studies that are named; of more their number is said
NOTHING = "Nothing in the data of this review is about it."
Told = dict[str, tuple[str, ...]]


def evidence_on(rooms: Rooms, outcome: Outcome, comparison: str) -> Evidence:
    """What there is on *outcome* in the planned comparison of that id; '' for what the included studies alone say."""
    if not comparison:
        return _without(rooms, outcome)
    one = synthesis(rooms, comparison)
    used = [line for line in lines(one) if line.used]
    effect, refused = None, ""
    try:
        effect = effect_of(rooms, comparison)
    except (GuardRefused, InputRefused) as why:
        refused = why.message
    told: Told = {
        **dict.fromkeys(DOMAINS, (NOTHING,)),
        "risk_of_bias": _bias(board_on(rooms, outcome.name), _weights(used), used),
        "inconsistency": _inconsistency(one, used),
        "indirectness": _indirectness(rooms, outcome, one, used),
        "imprecision": _imprecision(used),
        "publication_bias": (*_small_studies(one), *_missing(rooms, one)),
        "large_effect": _large(effect),
    }
    studies = tuple((study, _labelled(one.gathered.studies[study])) for study in _studies(used))
    people = _people(used) if effect is not None else ()
    stated = EffectStated(**stated_effect(effect), entered=f"{SYNTHESIS}{comparison}") if effect is not None else None
    designs = _designs(rooms, [one.gathered.studies[study] for study, _ in studies])
    return Evidence(outcome.id, comparison, one.about, studies, designs, people, stated, refused, _comparator(one, used), told)


def _without(rooms: Rooms, outcome: Outcome) -> Evidence:
    """Of an outcome for which no synthesis is planned, or none of those planned was chosen."""
    included = [s for s in rooms.studies.views() if rooms.studies.final(s) == "included"]
    nothing = ("No synthesis stands behind this grading.",)
    told: Told = {
        **dict.fromkeys(DOMAINS, (NOTHING,)),
        "risk_of_bias": _bias(board_on(rooms, outcome.name), {}, ()),
        "inconsistency": nothing,
        "indirectness": (_asked(rooms, outcome),),
        "imprecision": nothing,
        "publication_bias": (*nothing, *_registered(rooms)),
        "large_effect": _large(None),
    }
    studies = tuple((study.id, _labelled(study)) for study in included)
    return Evidence(outcome.id, "", "", studies, _designs(rooms, included), (), None, "", None, told)


def _labelled(study: StudyView) -> str:
    """The study's label, with what was said about it since, as that it was retracted."""
    flag = flag_of(study.records)
    return f"{study.label} ({flag})" if flag else study.label


def _designs(rooms: Rooms, studies: Sequence[StudyView]) -> tuple[str, ...]:
    """The extracted design of each, '' where none was stated."""
    return tuple(rooms.extraction.design(study) or "" for study in studies)


def _studies(used: Sequence[Line]) -> list[str]:
    return list(dict.fromkeys(line.study for line in used))


def _weights(used: Sequence[Line]) -> dict[str, float]:
    """Study -> its share of the estimate in per cent."""
    return {study: sum(line.weight or 0.0 for line in used if line.study == study) for study in _studies(used)}


def _named(labels: Sequence[str]) -> str:
    """The labels, of many the first and the number of the others."""
    more = len(labels) - MOST
    return ", ".join(labels[:MOST]) + (f" and {more:,} more" if more > 0 else "")


# risk of bias


def _bias(board: Board | None, weights: Mapping[str, float], used: Sequence[Line]) -> tuple[str, ...]:
    """How much of the weight, else how many results, are at each overall level; and which studies nobody has judged."""
    if board is None:
        return ("No result of this outcome has a judgement of risk of bias that everybody may see.",)
    at = next((n for n, slot in enumerate(board.slots) if slot.part == OVERALL), None)
    if at is None:
        return (f"{board.tool.label} gives no overall judgement: see its table.",)
    levels: dict[str, list[Row]] = {level.label: [] for level in board.slots[at].levels}
    for row in board.judged:
        if (level := row.cells[at]) is not None and (not used or row.study in weights):
            levels[level.label].append(row)
    said = [f"{label} {_share(rows, weights)}" for label, rows in levels.items() if rows]
    of = "Share of the weight" if weights else "Results"
    told = [f"{of} by overall judgement ({board.tool.label}): {'; '.join(said)}."] if said else []
    judged = {row.study for rows in levels.values() for row in rows}
    without = {line.study: line.label for line in used if line.study not in judged}
    if without:
        told.append(f"Not judged, {sum(weights[study] for study in without):.1f}% of the weight: {_named(list(without.values()))}.")
    return tuple(told)


def _share(rows: Sequence[Row], weights: Mapping[str, float]) -> str:
    labels = _named(list(dict.fromkeys(row.label for row in rows)))
    share = f"{sum(weights[study] for study in {row.study for row in rows}):.1f}%" if weights else f"{len(rows):,}"
    return f"{share} ({labels})"


# inconsistency


def _inconsistency(one: Synthesis, used: Sequence[Line]) -> tuple[str, ...]:
    pooled = one.done.pooled
    estimates = [line.estimate for line in used if line.estimate is not None]
    if pooled is None:
        return ("Nothing is pooled.",)
    if not pooled.q_df:
        return ("One effect: how far results differ cannot be seen.",)
    random = pooled.method in METHODS and pooled.method != "EE"
    i2 = f"I² {pooled.i2:.0f}%{_between(pooled.i2_ci, 0, '%')}"
    tau2 = f"; τ² {shown(pooled.tau2, 3)}{_between(pooled.tau2_ci, 3)}" if random else ""
    told = [f"{i2}{tau2}; Q = {shown(pooled.q)} (df {pooled.q_df}), {p_words(pooled.q_p)}.", _prediction(one, pooled)]
    if estimates:
        told.append(f"Estimates of the studies lie from {shown(min(estimates))} to {shown(max(estimates))} ({one.asked.measure}).")
    divided = one.done.groups
    if divided and divided.q_df:
        by = one.asked.subgroup_by.replace("_", " ")
        told.append(f"Subgroups by {by} differ by: Q = {shown(divided.q)} (df {divided.q_df}), {p_words(divided.q_p)}.")
    return tuple(told)


def _between(limits: tuple[float, float] | None, digits: int, unit: str = "") -> str:
    return "" if limits is None else f" ({limits[0]:.{digits}f}{unit} to {limits[1]:.{digits}f}{unit})"


def _prediction(one: Synthesis, pooled: Pooled) -> str:
    if pooled.pi is None:
        return "No prediction interval is defined."
    low, high = (limit(one.done.found.back(value)) for value in pooled.pi)
    return f"Prediction interval {low} to {high} (by {PREDICTIONS[pooled.prediction]})."


# indirectness


def _asked(rooms: Rooms, outcome: Outcome) -> str:
    """What the protocol asks."""
    asked = rooms.protocol.plan.question
    time = f", {outcome.time_frame}" if outcome.time_frame else ""
    parts = (
        ("people", asked.population),
        ("intervention", asked.intervention),
        ("comparator", asked.comparator),
        ("outcome", outcome.name + time),
    )
    return "Asked in the protocol: " + "; ".join(f"{name}: {words}" for name, words in parts if words) + "."


def _indirectness(rooms: Rooms, outcome: Outcome, one: Synthesis, used: Sequence[Line]) -> tuple[str, ...]:
    """What was asked beside what the results are of."""
    firsts = [line.effect.comparison.first for line in used if line.effect is not None]
    measured = _counted([first.timepoint or "time point not stated" for first in firsts])
    arms = _counted([line.arms or "arms not named" for line in used])
    told = [_asked(rooms, outcome), f"The results are at: {measured}.", f"Arms compared: {arms}."] if used else [_asked(rooms, outcome)]
    board = board_on(rooms, outcome.name)
    for at, slot in enumerate(board.slots if board else ()):
        if slot.part == "applicability" and board is not None:
            levels = [f"{level.label} {n:,}" for level, n in board.levels(at) if n]
            told.append(f"Applicability judged, {slot.head}: {'; '.join(levels)}.")
    return tuple(told)


def _counted(words: Sequence[str]) -> str:
    return "; ".join(f"{word} ({n:,})" for word, n in Counter(words).most_common())


# imprecision


def _imprecision(used: Sequence[Line]) -> tuple[str, ...]:
    """People and events in both arms; against what an interval is held is said where a threshold is declared."""
    people, events = _people(used), _sides(used, "events")
    if not people:
        return ("How many people were analysed is not stated by every study.",)
    sides = ("with the intervention", "with the comparator") if len(people) == 2 else ("in all",)
    if len(events) == len(people):
        said = f"Events: {'; '.join(f'{n:,} of {of:,} {side}' for n, of, side in zip(events, people, sides, strict=True))}."
    else:
        said = f"People analysed: {'; '.join(f'{n:,} {side}' for n, side in zip(people, sides, strict=True))}."
    crossed = _named(list(dict.fromkeys(line.label for line in used if _crossed(line))))
    told = [said, f"The people of crossover trials count once: {crossed}."] if crossed else [said]
    cut = list(dict.fromkeys(line.label for line in used if line.effect and any("design effect" in each for each in line.effect.changed)))
    return (*told, f"For their clusters these count as fewer in the estimate: {_named(cut)}.") if cut else tuple(told)


def _crossed(line: Line) -> bool:
    return line.effect is not None and line.effect.comparison.first.design == "crossover"


def _people(used: Sequence[Line]) -> tuple[int, ...]:
    """How many took part: in both arms, in the only one, or in all where the same people are in both; () where an arm does not state it."""
    sides = _sides(used, "n")
    crossed = [line for line in used if _crossed(line)]
    if len(sides) < 2 or not crossed:
        return sides
    return (sum(sides) - round(sum(_sides(crossed, "n")) / 2),)


def _sides(used: Sequence[Line], what: str) -> tuple[int, ...]:
    """The sums of both arms as they are reported, each row once, or of the only one; () where an arm does not state it.

    What a design effect or a split of a shared control made of them is for the estimate alone: people are people.
    """
    comparisons = [line.effect.comparison for line in used if line.effect is not None]
    if not comparisons or any(one.exp is None for one in comparisons):
        return ()
    found = []
    for side in range(2):
        rows = {row.row: row for one in comparisons for row in one.rows_of(side)}
        if not rows and side:
            continue  # single arms
        numbers = [getattr(row, what) for row in rows.values()]
        if not numbers or None in numbers:
            return ()
        found.append(round(sum(numbers)))
    return tuple(found)


def _comparator(one: Synthesis, used: Sequence[Line]) -> tuple[str, str] | None:
    """The median risk, or mean, with the comparator among the studies used, a shared one once, and what it is."""
    comparisons = [line.effect.comparison for line in used if line.effect is not None]
    if not comparisons or any(each.ctl is None for each in comparisons):
        return None
    arms = list({tuple(row.row for row in each.rows_of(1)): each.ctl for each in comparisons if each.ctl}.values())
    of = "of the study" if len(arms) == 1 else f"of the {len(arms):,} {'studies' if len(arms) == len(_studies(used)) else 'comparators'}"
    if all(arm.events is not None and arm.n and arm.person_time is None for arm in arms):
        risk = median(float(arm.events or 0) / float(arm.n or 1) for arm in arms)
        return f"{risk:.3g}", f"median risk with the comparator {of}"
    if one.asked.measure == "MD" and all(arm.mean is not None for arm in arms):
        return f"{median(float(arm.mean or 0) for arm in arms):.6g}", f"median mean with the comparator {of}"
    return None


# publication bias


def _small_studies(one: Synthesis) -> tuple[str, ...]:
    test, k = one.done.asymmetry, len(_studies([line for line in lines(one) if line.used]))
    if one.done.pooled is None:
        return ("No test for asymmetry of the funnel: nothing is pooled.",)
    if test is None:
        why = f"fewer than {TESTABLE} studies" if k < TESTABLE else one.done.untested
        return (f"No test for asymmetry of the funnel: {why} ({k:,}).",)
    return (f"Egger's test for asymmetry of the funnel: t = {shown(test.statistic)} (df {test.df}), {p_words(test.p)}.",)


def _missing(rooms: Rooms, one: Synthesis) -> tuple[str, ...]:
    """Included studies that give nothing to the estimate, each with the reason, and studies known from registrations alone."""
    told = []
    without = {
        NO_RESULT: "Included, with no result of this outcome",
        NOT_BY_BOTH: "Included, with no result of this outcome, or none yet by both extractors",
        REGISTRATION_ONLY: "Included, known from registrations alone",
    }
    for reason, words in without.items():
        labels = list(dict.fromkeys(left.label for left in one.left if left.reason == reason))
        told += [f"{words}: {_named(labels)}."] if labels else []
    made = lines(one)
    inside = {line.study for line in made if line.used}
    others = [f"{line.label} ({line.reason})" for line in made if line.study not in inside and line.reason not in without]
    told += [f"Left out of the synthesis: {_named(list(dict.fromkeys(others)))}."] if others else []
    refused = " ".join(guard_words(guard) for guard in one.done.refused)
    return (*told, *([f"Nothing is pooled. {refused}"] if refused else []), *_registered(rooms))


def _registered(rooms: Rooms) -> tuple[str, ...]:
    """Registered studies of which no report is linked, and whether their results are overdue."""
    table = registry_only(rooms, "completed")
    at = [column.key for column in table.columns].index("overdue")
    overdue = [row[0].text for row in table.rows if row[at].text.startswith("yes")]
    unknown = [row[0].text for row in registry_only(rooms, "undetermined").rows]
    told = [f"Registered, with results overdue and no report linked in this review: {_named(overdue)}."] if overdue else []
    told += [f"Registered, and whether results are overdue cannot be determined: {_named(unknown)}."] if unknown else []
    return tuple(told or ["No study known from registrations alone has results overdue."])


# rating up


def _large(effect: Effect | None) -> tuple[str, ...]:
    """On which side of the bounds of a large effect a risk ratio lies."""
    bounds = "large is above 2 or below 0.5, very large above 5 or below 0.2"
    if effect is None or effect.measure != "RR":
        return (f"The bounds are those of a risk ratio ({bounds}){'; this is ' + effect.measure if effect else ''}.",)
    where = ("within the bounds of a large effect", "beyond a bound of a large effect", "beyond a bound of a very large effect")
    return (f"RR {float(effect.value):.4g} is {where[size_of_ratio(effect)]} ({bounds}).",)
