"""The methods paragraph of a synthesis, written from its settings and from the numbers that were used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from review.synthesis.dataset import in_order
from review.synthesis.measures import Measure
from review.synthesis.settings import (
    COMMON_EFFECT,
    DIRECTIONS,
    DOUBLE_ZERO,
    INTERVALS,
    MD_VARIANCES,
    METHODS,
    MULTI_ARM,
    PREDICTIONS,
    SMD_VARIANCES,
    ZERO_CELLS,
    SynthesisSettings,
)

if TYPE_CHECKING:
    from review.synthesis.effects import Effects


_ASSUMED_ICC = re.compile(r"ICC [\d.e-]+, assumed")  # what comparisons say of a correlation that no trial states
_ASSUMED_R = re.compile(r"with a correlation of [\d.e-]+, assumed")
NOTHING_POOLED = "No estimate was pooled."


def sentences(settings: SynthesisSettings, found: Effects | None, pooled: Any, *, refused: bool = False) -> tuple[str, ...]:
    """One sentence each: the measure, the policies, the model, what was used. refused: nothing was pooled, so that no model was used."""
    measure = found.measure if found else None
    settings = _in_effect(settings, found) if found else settings
    told = [*_of_the_measure(settings, measure, pooled, found), *_of_designs(settings)]
    told += [NOTHING_POOLED] if refused else _of_the_model(settings, measure, pooled)
    return (*told, *_of_the_numbers(found)) if found else tuple(told)


def _in_effect(settings: SynthesisSettings, found: Effects) -> SynthesisSettings:
    """The settings without what these rows gave no occasion for: directions, means before and after, several arms, assumed correlations."""
    rows = [row for one in found.each if one.used for row in one.comparison.rows]
    direction = settings.direction if any(row.better for row in rows) else ""
    changed = any(name.startswith("sd_change") for row in rows for name in row.derived)
    done = " ".join([*(change for one in found.each for change in one.changed), *(one.reason for one in found.each)])
    several = {"combine": "combined into one", "split": "is split among", "choose": "another arm was chosen"}
    arms = settings.multi_arm if several.get(settings.multi_arm, "\0") in done else "refuse"
    return replace(
        settings, direction=direction, change_r=settings.change_r if changed else None, multi_arm=arms,
        choose=settings.choose if arms == "choose" else (), cluster_icc=settings.cluster_icc if _ASSUMED_ICC.search(done) else None,
        crossover_r=settings.crossover_r if _ASSUMED_R.search(done) else None,
    )  # fmt: skip


def _zeros(found: Effects) -> tuple[bool, bool, bool]:
    """(whether a table has a zero cell, whether one has none but zeros in a column, whether one of these counts) among its comparisons."""
    zero = double = kept = False
    for one in found.each:
        arms = [arm for arm in (one.comparison.exp, one.comparison.ctl) if arm is not None and arm.events is not None]
        none, every = [arm.events == 0 for arm in arms], [arm.events == arm.n for arm in arms]
        zero |= any([*none, *every])
        both = len(arms) == 2 and (all(none) or all(every))
        double, kept = double or both, kept or (both and one.pooled)
    return zero, double, kept


def _of_the_measure(settings: SynthesisSettings, measure: Measure | None, pooled: Any, found: Effects | None = None) -> list[str]:
    told = [f"The effect measure was the {measure.name}{', analysed on the log scale' if measure.ratio else ''}."] if measure else []
    if measure is None or "events" in measure.needs:
        policy = settings.adds(measure.id if measure else "OR")
        without = pooled is not None and pooled.method not in METHODS  # Mantel–Haenszel and Peto take the counts as they are
        shown = "in the effects of single studies, " if without and policy != "none" else ""
        zero, double, kept = _zeros(found) if found else (True, True, True)
        added = policy == "none" or found is None or any(one.added for one in found.each)
        if (zero and added) or policy == "all":
            words = ZERO_CELLS[policy].format(c=f"{settings.correction:g}")
            of_rates = measure is not None and "person_time" in measure.needs
            told.append(_sentence(shown + (words.replace("every cell", "each number of events") if of_rates else words)))
        if double and (measure is None or measure.ratio) and (kept or settings.double_zero == "drop"):
            told.append(_sentence(DOUBLE_ZERO[settings.double_zero]))
    if measure is None or measure.id in ("SMD", "MD"):
        told += (
            [f"Standardised mean differences were given with {SMD_VARIANCES[settings.smd_variance]}."]
            if not measure or measure.id == "SMD"
            else []
        )
        told += [f"Mean differences were computed with {MD_VARIANCES[settings.md_variance]}."] if not measure or measure.id == "MD" else []
    if settings.direction and (measure is None or measure.on_a_scale):
        told.append(f"Signs were aligned so that {DIRECTIONS[settings.direction]} are better.")
    return told


def _of_designs(settings: SynthesisSettings) -> list[str]:
    told = [_sentence(MULTI_ARM[settings.multi_arm])] if MULTI_ARM[settings.multi_arm] else []
    if settings.change_r is not None:
        told.append(
            f"Changes from baseline follow from means before and after, with a correlation of {settings.change_r:g} where none was stated."
        )
    if settings.cluster_icc is not None:
        told.append(f"Cluster trials that state no intracluster correlation were taken to have one of {settings.cluster_icc:g}.")
    if settings.crossover_r is not None:
        told.append(f"In crossover trials a correlation of {settings.crossover_r:g} between periods was assumed where none was stated.")
    return told


def _of_the_model(settings: SynthesisSettings, measure: Measure | None, pooled: Any) -> list[str]:
    method = pooled.method if pooled is not None else settings.method
    interval = pooled.interval if pooled is not None else settings.interval
    prediction = pooled.prediction if pooled is not None else settings.prediction
    level = pooled.level if pooled is not None else settings.level
    if method not in METHODS:  # Mantel–Haenszel and Peto, which name themselves
        return [f"Effects were pooled by {COMMON_EFFECT[_common(method, settings)]}, with {level:g} % confidence intervals."]
    if method == "EE":
        told = [
            f"Effects were pooled under a common-effect model by {_ways(settings, measure, pooled)}, with {level:g} % {INTERVALS['wald']}."
        ]
    else:
        told = [
            f"Effects were pooled in a random-effects model by inverse variance, with {METHODS[method]} as the estimator of the "
            f"between-study variance τ² and {level:g} % {INTERVALS[interval]}."
        ]  # fmt: skip
        if pooled is None or pooled.pi is not None:
            told.append(f"Prediction intervals rest on {PREDICTIONS[prediction]}.")
        told.append("Heterogeneity is described by τ² and I² with their intervals (Q-profile) and Cochran's Q.")
        if pooled is None and (measure is None or measure.id in ("RR", "OR", "RD", "PETO")):
            way = settings.common_effect if measure is None else settings.by_counts(measure.id) or "inverse_variance"
            told.append(
                f"Common-effect estimates {f'by the {measure.name}' if measure else 'of binary outcomes'} used {COMMON_EFFECT[way]}."
            )
    return told


def _ways(settings: SynthesisSettings, measure: Measure | None, pooled: Any) -> str:
    """By what a common effect is pooled: as it was, or as it will be of counts and of effects that are stated without them."""
    way = settings.common_effect if measure is None else settings.by_counts(measure.id)
    if pooled is not None or way in ("", "inverse_variance"):
        return "inverse variance"
    return f"{COMMON_EFFECT[way]}{' of binary outcomes' if measure is None else ''}, by inverse variance where counts are not there"


def _common(method: str, settings: SynthesisSettings) -> str:
    return {"MH": "mantel_haenszel", "PETO": "peto"}.get(method.upper(), settings.common_effect)


def rows_in_words(found: Effects) -> str:
    """How many of the rows that came to the effects were used. A report says it of all rows of the review, in place of this."""
    rows = found.rows
    used, effects = int(rows["used"].sum()), sum(one.pooled for one in found.each)
    came = f"Of the {len(rows)} rows of results that came to the effects" if len(rows) != 1 else "Of the one row of results that came"
    return f"{came} {used} {'was' if used == 1 else 'were'} used, in {_many(effects, 'comparison')}."


def _of_the_numbers(found: Effects) -> list[str]:
    """How many rows came in and what became of them; every reason is told."""
    counted = [one for one in found.each if one.counted]
    told = [rows_in_words(found)]
    told += [f"In {one.comparison.first.label}: {one.reason}." for one in counted]
    reasons = Counter(one.reason for one in found.each if not one.pooled)
    told += [f"Not used ({_labels(found, reason)}): {reason}." for reason in sorted(reasons)]
    changes = Counter(change for one in found.each if one.used for change in dict.fromkeys(one.changed))
    told += [f"In {_many(n, 'effect')}: {change}." for change, n in sorted(changes.items())]
    return told


def _labels(found: Effects, reason: str) -> str:
    return ", ".join(in_order(one.comparison.first.label for one in found.each if one.reason == reason))


def _many(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def planned(settings: SynthesisSettings, measures: Sequence[Measure]) -> tuple[str, ...]:
    """What a protocol says beforehand of syntheses by these measures: policies, designs, model; each sentence once."""
    told = [words for one in measures for words in _of_the_measure(settings, one, None) if not words.startswith("The effect measure")]
    models = [words for one in measures for words in _of_the_model(settings, one, None)]
    return tuple(dict.fromkeys([*told, *_of_designs(settings), *models]))
