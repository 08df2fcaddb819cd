"""From rows of arms to the comparisons that a study gives: several arms, clusters, crossover; every step taken is told in words.

A row is never lost: it is in a comparison, or it is left over with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from review.errors import InputRefused, near
from review.model.formulas import combine_groups, design_effect
from review.synthesis.dataset import RATIOS, Row, folded, impossible
from review.synthesis.measures import Measure
from review.synthesis.settings import SynthesisSettings

TWICE = "E04"  # begins the reason of rows in which the same people stand more than once
LEFT_OUT, NO_ESTIMATE = "left out by a person", "no estimate is stated"
_NAMES = {"sd": "SD", "person_time": "person-time"}  # of a field, in a sentence
PAIRED = ("MD", "SMD")  # measures that take a crossover's periods as pairs


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of a comparison: the sums of its rows. n and events need not be whole where a control was split or clusters allowed for."""

    name: str
    n: float | None = None
    events: float | None = None
    mean: float | None = None
    sd: float | None = None
    person_time: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one effect is computed from: one arm, two arms, or an effect that a report states.

    changed: what was done to the numbers before the formula, a sentence each.
    inflate: what the given effect's variance is multiplied by. r: the correlation of the periods of a crossover. refused: why it cannot
    give an effect, '' where it may. loose: what is not allowed for (a cluster trial, a crossover), for guard W05.
    shared: whether its control was split.
    """

    rows: tuple[Row, ...]
    exp: Arm | None = None
    ctl: Arm | None = None
    given: Row | None = None
    inflate: float = 1.0
    r: float | None = None
    changed: tuple[str, ...] = ()
    refused: str = ""
    loose: str = ""
    shared: bool = False

    @property
    def first(self) -> Row:
        """The row that names the study, outcome, time point and analysis set."""
        return self.rows[0]

    def rows_of(self, side: int) -> tuple[Row, ...]:
        """The rows of which an arm was made: 0 the experimental or single one, 1 the control; none where the effect is as stated."""
        return () if self.given else tuple(row for row in self.rows if (row.side == "control") == bool(side))


def compare(rows: Sequence[Row], measure: Measure, settings: SynthesisSettings) -> tuple[Comparison, ...]:
    """The comparisons that *rows*, in their order, give for *measure*; rows in none of them are comparisons of one row, refused."""
    for name, _ in settings.choose:
        if not any(_is(row, name) for row in rows):
            labels = list(dict.fromkeys(row.label or row.study for row in rows))
            raise InputRefused(f"choose names {name!r}, which is none of these studies", where="choose", next_step=near(name, labels))
    found: list[Comparison] = []
    for _, group in groupby(rows, key=lambda row: row.place):
        found += _of_one_place(list(group), measure, settings)
    return tuple(found)


def _is(row: Row, name: str) -> bool:
    """Whether *name* is the label of the row's study, whatever the capitals and blanks, or its id."""
    return name == row.study or folded(name) == folded(row.label)


def _of_one_place(rows: list[Row], measure: Measure, settings: SynthesisSettings) -> list[Comparison]:
    """The comparisons of one study, outcome, time point and analysis set."""
    left = [
        Comparison(tuple(row for row in rows if row.excluded == why), refused=f"{LEFT_OUT}: {why}")
        for why in dict.fromkeys(row.excluded for row in rows if row.excluded)
    ]
    rows = [row for row in rows if not row.excluded]
    exp, ctl, single, given, other = (
        [row for row in rows if row.side == role] for role in ("experimental", "control", "single", "contrast", "")
    )
    for row in other:
        left += _left([row], f"no arm of this comparison{_stated(row)}")
    if measure.arms == 1:
        return [
            *left,
            *_left([*exp, *ctl, *given], "a comparison between groups, and no single arm"),
            *(_alone(row, measure, settings) for row in single),
        ]
    left += _left(single, "a single arm without a comparator: it says nothing about a difference")
    stated = [_given(row, [*exp, *ctl], measure, settings) for row in given if row.est_type == measure.id]
    for row in given:
        if row.est_type != measure.id:
            other_measure = f"states {row.est_type or 'an effect without its measure'}, not {measure.id}"
            left += _left([row], other_measure if row.est is not None else f"{NO_ESTIMATE}{_stated(row)}")
    if measure.arms == 0:
        return [*left, *_left([*exp, *ctl], f"an arm, and {measure.id} is taken only as a study states it"), *stated]
    found, without = _of_arms(exp, ctl, measure, settings)
    left += without
    taken = {row.row for one in stated if not one.refused for row in one.rows}  # arms whose clusters a stated effect counts with
    found = [one for one in found if not (one.refused and taken.issuperset(row.row for row in one.rows))]
    return [*left, *_preferred(found, stated, settings)]


def _preferred(found: list[Comparison], stated: list[Comparison], settings: SynthesisSettings) -> list[Comparison]:
    """Of the effects from arms and those that are stated one kind counts, where both could.

    Where arms do not allow for clusters or crossover and the effect as stated does, it stands, whatever is preferred (Handbook 23.1.3).
    """
    arms, effects = ([one for one in each if not one.refused] for each in (found, stated))
    both = bool(arms and effects)
    if both and any(one.loose for one in arms) and not any(one.loose for one in effects):
        said = "the effect as stated stands for it, which allows for clusters or crossover, and its arms do not"
        found = [replace(one, refused=one.refused or said) for one in found]
    elif both and settings.prefer == "arms":
        stated = [replace(one, refused=one.refused or "the numbers of its arms stand for it") for one in stated]
    elif both:
        found = [replace(one, refused=one.refused or "the effect as stated stands for it") for one in found]
    return [*found, *stated]


def _stated(row: Row) -> str:
    """What is stated of a row instead of its numbers, in brackets."""
    return f" ({'; '.join(row.stated_instead)})" if row.stated_instead else ""


def _left(rows: Iterable[Row], reason: str) -> list[Comparison]:
    return [Comparison((row,), refused=reason) for row in rows]


def _alone(row: Row, measure: Measure, settings: SynthesisSettings) -> Comparison:
    one = _checked(Comparison((row,), exp=_arm(row)), measure)
    return one if one.refused or row.design != "cluster" else _clustered(one, settings)


def _of_arms(exp: list[Row], ctl: list[Row], measure: Measure, settings: SynthesisSettings) -> tuple[list[Comparison], list[Comparison]]:
    """(comparisons, rows left over) of the arms on both sides; an arm that stands in several rows is told, and never joined with itself."""
    left: list[Comparison] = []
    for who, times in Counter(row.people for row in (*exp, *ctl) if row.arm).items():
        if times > 1:
            arm = next(row.arm for row in (*exp, *ctl) if row.people == who)
            said = f"{TWICE}: the arm {arm} stands in {times} rows of one outcome, time point and analysis set"
            return [], _left([*exp, *ctl], said)
    if settings.multi_arm == "choose" and exp:
        wanted = next((arm for name, arm in settings.choose if _is(exp[0], name)), None)
        if wanted is not None and len(exp) > 1 and folded(wanted) not in [folded(row.arm) for row in exp]:
            raise InputRefused(
                f"{exp[0].label} has no experimental arm {wanted!r}", where="choose", next_step=near(wanted, [row.arm for row in exp])
            )
        if wanted is not None:
            left = _left([row for row in exp if folded(row.arm) != folded(wanted)], f"another arm was chosen: {wanted}")
            exp = [row for row in exp if folded(row.arm) == folded(wanted)]
    if not exp or not ctl:
        return [], [*left, *_left([*exp, *ctl], f"has no {'control' if exp else 'experimental'} arm beside it")]
    if settings.multi_arm == "combine":
        return [_checked(_pair(exp, ctl, measure, settings), measure)], left
    if settings.multi_arm == "split" and len(exp) > 1 and len(ctl) == 1:
        return [_checked(_pair([row], ctl, measure, settings, share=len(exp)), measure) for row in exp], left
    return [_checked(_pair([one], [other], measure, settings), measure) for one in exp for other in ctl], left


def _checked(one: Comparison, measure: Measure) -> Comparison:
    """The comparison, refused where a value in it cannot be or one that the measure needs is not there."""
    wrong = [f"E03: {said}{f' ({row.arm})' if row.arm else ''}" for row in one.rows if (said := impossible(row))]
    wrong += [f"E03: {said}"] if measure.on_a_scale and (said := _in_two_directions(one.rows)) else []
    return replace(one, refused=one.refused or wrong[0]) if wrong else replace(one, refused=one.refused or _lacks(one, measure))


def _in_two_directions(rows: Sequence[Row]) -> str:
    """What arms say of one scale that cannot both be; '' where they agree."""
    said = {row.better: row.arm or row.role for row in rows if row.better}
    if len(said) < 2:
        return ""
    return "; ".join(f"{better} values are better in {arm}" for better, arm in sorted(said.items())) + ": one scale has one direction"


def _lacks(one: Comparison, measure: Measure) -> str:
    """What an arm, or a stated effect, does not state of what is needed."""
    if one.given is not None:
        return _without_spread(one.given)
    for arm in (one.exp, one.ctl)[: measure.arms]:
        missing = [name for name in measure.needs if getattr(arm, name) is None]
        if missing:
            said = f"{' and '.join(_NAMES.get(name, name) for name in missing)} not stated{f' in {arm.name}' if arm and arm.name else ''}"
            side = ("control",) if arm is one.ctl else ("experimental", "single")
            instead = [words for row in one.rows if row.side in side for words in row.stated_instead]
            return f"{said} ({'; '.join(instead)})" if instead else said
        if arm and "sd" in measure.needs and arm.n is not None and arm.n <= 1:
            return "an arm of one participant has no SD"
    return ""


def _without_spread(row: Row) -> str:
    if row.est is None:
        return f"{NO_ESTIMATE}{_stated(row)}"
    interval = row.ci_low is not None and row.ci_high is not None
    null = 1.0 if row.est_type in RATIOS and row.scale == "natural" else 0.0
    usable_p = row.p is not None and 0 < row.p < 1 and row.est != null
    if not interval and row.se is None and not usable_p:
        return "neither an interval, a standard error nor a p between 0 and 1 is stated with the effect"
    return ""


def _pair(exp: list[Row], ctl: list[Row], measure: Measure, settings: SynthesisSettings, *, share: int = 1) -> Comparison:
    """One comparison of the rows of both sides, each side as one arm, its control shared with *share* - 1 other comparisons."""
    rows = (*exp, *ctl)
    (left, told_left), (right, told_right) = _together(exp), _together(ctl)
    one = Comparison(rows, left, right, changed=(*told_left, *told_right), shared=share > 1)
    if share > 1:
        told = f"the control {right.name or 'arm'} is split among {share} comparisons"
        one = replace(one, ctl=_scaled(right, 1 / share), changed=(*one.changed, told))
    if rows[0].design == "cluster":
        return _clustered(one, settings)
    return _crossed(one, measure, settings) if rows[0].design == "crossover" else one


def _arm(row: Row) -> Arm:
    return Arm(row.arm, row.n, row.events, row.mean, row.sd, row.person_time)


def _together(rows: list[Row]) -> tuple[Arm, tuple[str, ...]]:
    """Several arms as one. What one of them does not state the whole does not state either."""
    arms = [_arm(row) for row in rows]
    if len(arms) == 1:
        return arms[0], ()
    name = " + ".join(arm.name for arm in arms)
    n, mean, sd = arms[0].n, arms[0].mean, arms[0].sd
    for arm in arms[1:]:
        stated = None not in (n, mean, sd, arm.n, arm.mean, arm.sd)
        added = None if n is None or arm.n is None else n + arm.n
        possible = stated and n >= 1 and arm.n >= 1 and n + arm.n > 1
        n, mean, sd = combine_groups(n, mean, sd, arm.n, arm.mean, arm.sd) if possible else (added, None, None)
    return (
        Arm(name, n, _sum([arm.events for arm in arms]), mean, sd, _sum([arm.person_time for arm in arms])),
        (f"the arms {' and '.join(arm.name or 'without a name' for arm in arms)} are combined into one",),
    )


def _sum(values: list[float | None]) -> float | None:
    return None if None in values else sum(value for value in values if value is not None)


def _scaled(arm: Arm, by: float) -> Arm:
    """The arm with *by* times its participants; mean and SD stay."""
    n, events, time = (None if value is None else value * by for value in (arm.n, arm.events, arm.person_time))
    return replace(arm, n=n, events=events, person_time=time)


def _clustered(one: Comparison, settings: SynthesisSettings) -> Comparison:
    """Participants and events divided by the design effect, unless the trial's numbers allow for its clusters already."""
    if all(row.adjusted for row in one.rows):
        return one
    found, told = _design_effect(one.rows, settings)
    if found is None:
        return replace(one, loose=told)
    exp, ctl = (_scaled(arm, 1 / found) if arm else None for arm in (one.exp, one.ctl))
    return replace(one, exp=exp, ctl=ctl, changed=(*one.changed, told))


def _design_effect(rows: tuple[Row, ...], settings: SynthesisSettings) -> tuple[float | None, str]:
    """(design effect, what to say of it), or (None, what is missing)."""
    people, clusters = _sum([row.n for row in rows]), _sum([row.n_clusters for row in rows])
    icc = next((row.icc for row in rows if row.icc is not None), settings.cluster_icc)
    if icc is None or not people or not clusters:
        lacks = "intracluster correlation" if icc is None else "number of clusters or participants"
        return None, f"a cluster trial without its {lacks}"
    size = people / clusters
    effect = design_effect(size, icc)
    source = "" if any(row.icc is not None for row in rows) else ", assumed"
    return effect, f"divided by the design effect {effect:.4g} (mean cluster size {size:.4g}, ICC {icc:g}{source})"


def _crossed(one: Comparison, measure: Measure, settings: SynthesisSettings) -> Comparison:
    """A crossover's periods with the correlation of what the same people gave in both."""
    r = next((row.r for row in one.rows if row.r is not None), settings.crossover_r)
    if r is None or measure.id not in PAIRED:
        return replace(one, loose="a crossover trial whose periods are taken as separate groups")
    source = "" if any(row.r is not None for row in one.rows) else ", assumed"
    return replace(one, r=r, changed=(*one.changed, f"a crossover, its periods paired with a correlation of {r:g}{source}"))


def _given(row: Row, arms: list[Row], measure: Measure, settings: SynthesisSettings) -> Comparison:
    """An effect as its report states it, its variance inflated where it is of a cluster trial that did not allow for clusters.

    arms: those of the same result, whose participants and clusters are the effect's where it does not state them itself.
    """
    one = _checked(Comparison((row,), given=row), measure)
    if not one.refused and row.scale == "natural" and row.est_type in RATIOS:
        low = min((value for value in (row.est, row.ci_low, row.ci_high) if value is not None), default=1.0)
        if low <= 0:
            said = f"a ratio of {low:g} cannot be on the natural scale; if it is a logarithm, give the ratio itself, or say scale = log"
            return replace(one, refused=f"E02: {said}")
    if row.design == "cluster" and not row.adjusted:
        own = row.n is not None and row.n_clusters is not None
        counted = (row,) if own else tuple(replace(arm, icc=arm.icc if row.icc is None else row.icc) for arm in arms) or (row,)
        found, told = _design_effect(counted, settings)
        if found is None:
            return replace(one, loose=told)
        of_arms = "" if own else ", by the clusters and participants of its arms"
        rows = one.rows if own else (row, *arms)
        return replace(one, rows=rows, inflate=found, changed=(*one.changed, f"its variance is multiplied: {told}{of_arms}"))
    if row.design == "crossover" and not row.adjusted:
        return replace(one, loose="a crossover trial whose effect is not said to be of paired data (adjusted = yes)")
    return one
