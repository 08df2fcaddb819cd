"""Guard rails: what must not be pooled, what a reader must be warned of or told, each with its code and what to do instead.

Words stand in guards.toml, the tests of the data here. ``for_pooling`` is the way from effects to a pooled estimate, and refuses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from review.errors import GuardRefused, InputRefused
from review.model.formulas import deviate
from review.synthesis.comparisons import LEFT_OUT, TWICE
from review.synthesis.dataset import Row, impossible, in_order
from review.synthesis.effects import Effect, Effects, effects
from review.synthesis.settings import METHODS, SynthesisSettings

if TYPE_CHECKING:
    import pandas as pd

    from review.synthesis.pool import Pooled

Kind = Literal["refuse", "warn", "inform"]
FEW, TESTABLE, FEWEST_TO_POOL, FEWEST_TO_PREDICT, FEWEST_IN_GROUP = 5, 10, 2, 3, 2
IN_A_UNIT = ("MD", "MN", "GEN", "IR", "IRLN")  # measures that have the unit of what was measured
IN_A_DIRECTION = ("MD", "ROM", "GEN")  # measures of one scale, which runs one way; SMD and SMDH may be of several
RANDOM = set(METHODS) - {"EE"}
_MEDIANS = ("luo_", "wan_", "shi_")  # conversions that start from a median or quartiles


@dataclass(frozen=True, slots=True)
class Guard:
    """One finding: its code, its kind, what is wrong, what to do instead, the words of the caption, and the studies that it is about."""

    code: str
    kind: Kind
    message: str
    instead: str
    caption: str
    studies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown beside the pooled estimate, which some guards are about.

    subgroups: studies in each; interaction: whether their interaction test is given. covariates: of a meta-regression. model_by_q: whether
    Cochran's Q chose the model. better: which values the plan calls better, 'higher', 'lower' or ''.
    """

    asymmetry_test: bool = False
    covariates: int = 0
    funnel: bool = False
    trim_and_fill: bool = False
    subgroups: Mapping[str, int] = field(default_factory=dict)
    interaction: bool = True
    model_by_q: bool = False
    votes: bool = False
    better: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """All that a guard may look at."""

    found: Effects
    pooled: Pooled | None
    shown: Shown

    @property
    def used(self) -> list[Effect]:
        """The effects that count."""
        return [one for one in self.found.each if one.pooled]

    @property
    def studies(self) -> int:
        """How many studies have an effect; two comparisons with a split control are of one."""
        return len({one.comparison.first.study for one in self.used})

    @property
    def rows(self) -> list[Row]:
        """All rows that no person has left out."""
        rows = {row.row: row for one in self.found.each for row in one.comparison.rows}
        return [row for row in rows.values() if not row.excluded]


Finding = tuple[str, tuple[str, ...]]  # what, in words, and the studies; ('', ()) where the guard has nothing to say
_NOTHING: Finding = ("", ())


@dataclass(frozen=True, slots=True)
class Rule:
    """A guard as guards.toml words it."""

    code: str
    kind: Kind
    says: str
    instead: str
    caption: str
    holds: Callable[[Case], Finding]


def check(
    rows: pd.DataFrame | Sequence[Row] | Effects,
    measure: str | None = None,
    settings: SynthesisSettings | None = None,
    pooled: Pooled | None = None,
    *,
    shown: Shown | None = None,
) -> list[Guard]:
    """What the guards say of *rows* (or of effects that were made of them), of *pooled* and of what is *shown* beside it.

    Raises InputRefused where rows come without a measure.
    """
    if isinstance(rows, Effects):
        found = rows
    elif measure is None:
        raise InputRefused("rows are checked for a measure", expected="check(rows, 'RR')")
    else:
        found = effects(rows, measure, settings)
    case, said = Case(found, pooled, shown or Shown()), []
    for rule in guard_rules():
        what, studies = rule.holds(case)
        if what:
            caption = rule.caption.format(what=what)
            said.append(Guard(rule.code, rule.kind, rule.says.format(what=what), rule.instead, caption, studies))
    return said


def for_pooling(found: Effects) -> tuple[tuple[float, ...], tuple[float, ...], tuple[str, ...]]:
    """(yi, vi, labels) of the effects used, for ``pool``. Raises GuardRefused where a guard refuses, with all that refuse."""
    refusing = [guard for guard in check(found) if guard.kind == "refuse"]
    if refusing:
        raise GuardRefused(refusing)
    used = [one for one in found.each if one.used]
    labels = tuple(one.comparison.first.label for one in used)
    return tuple(one.yi for one in used if one.yi is not None), tuple(one.vi for one in used if one.vi is not None), labels


@cache
def guard_rules() -> tuple[Rule, ...]:
    """The guards of guards.toml with their functions, in its order."""
    given = tomllib.loads((files("review.synthesis") / "guards.toml").read_text(encoding="utf-8"))
    rules = []
    for one in given["guard"]:
        holds = FINDERS[one.pop("holds")]
        rules.append(Rule(holds=holds, **one))
    return tuple(rules)


def _of(rows: Sequence[Row], what: Callable[[Row], str] = lambda row: "") -> Finding:
    """The rows by their studies' labels, each with *what* of it."""
    if not rows:
        return _NOTHING
    told = [f"{row.label}{f' ({said})' if (said := what(row)) else ''}" for row in rows]
    return ", ".join(in_order(told)), tuple(dict.fromkeys(row.study for row in rows))


def _of_effects(found: Sequence[Effect], what: Callable[[Effect], str] = lambda one: "") -> Finding:
    if not found:
        return _NOTHING
    told = [f"{one.comparison.first.label}{f' ({said})' if (said := what(one)) else ''}" for one in found]
    return ", ".join(in_order(told)), tuple(dict.fromkeys(one.comparison.first.study for one in found))


def single_arms_among_comparisons(case: Case) -> Finding:
    single = [row for row in case.rows if row.side == "single"]
    between = [row for row in case.rows if row.side in ("experimental", "control", "contrast")]
    return _of(between if case.found.measure.arms == 1 else single) if single and between else _NOTHING


def mixed_measures(case: Case) -> Finding:
    wanted = case.found.measure
    known = {one.comparison.first.place for one in case.used}  # a study that gives the measure too mixes nothing
    stated = [row for row in case.rows if row.role == "contrast" and row.est is not None]
    others = [row for row in stated if row.est_type != wanted.id and row.place not in known]
    rows = others if wanted.arms != 1 else []
    if rows:
        return _of(rows, lambda row: f"{row.est_type or 'measure not stated'}, not {wanted.id}")
    natural = [one.comparison.first for one in case.found.each if one.reason.startswith("E02")]
    if natural:
        return _of(natural, lambda row: "not above 0, so no ratio on the natural scale")
    given = [one.comparison.given for one in case.used if one.comparison.given]
    if wanted.ratio and len({row.scale for row in given}) > 1:
        return _of(given, lambda row: f"{row.scale} scale")
    rows = [row for one in case.used for row in one.comparison.rows]
    if wanted.id in IN_A_UNIT and len({row.unit for row in rows if row.unit}) > 1:
        return _of([row for row in rows if row.unit], lambda row: row.unit)
    directions = [row for row in rows if row.better]
    if wanted.id in IN_A_DIRECTION and not case.found.settings.direction and len({row.better for row in directions}) > 1:
        return _of(directions, lambda row: f"{row.better} values are better")
    return _NOTHING


def units_not_stated(case: Case) -> Finding:
    """Studies that state no unit beside others that do: they may be on another scale."""
    if case.found.measure.id not in IN_A_UNIT:
        return _NOTHING
    rows = [row for one in case.used for row in one.comparison.rows]
    stated = {row.study for row in rows if row.unit}
    silent = [row for row in rows if row.study not in stated]
    if not stated or not silent:
        return _NOTHING
    return f"{_of([row for row in rows if row.unit], lambda row: row.unit)[0]}; none in {_of(silent)[0]}", _of(silent)[1]


def impossible_values(case: Case) -> Finding:
    rows = _of([row for row in case.rows if impossible(row)], impossible)
    of_several = [one for one in case.found.each if one.reason.startswith("E03") and not any(map(impossible, one.comparison.rows))]
    arms = _of_effects(of_several, lambda one: one.reason.removeprefix("E03: "))
    return ", ".join(filter(None, (rows[0], arms[0]))), (*rows[1], *arms[1])


def participants_twice(case: Case) -> Finding:
    """Effects of one study that share an arm, but for a control that was split between them; and an arm that stands in several rows."""
    rows = [one for one in case.found.each if one.reason.startswith(TWICE)]
    if rows:
        return _of_effects(rows, lambda one: one.reason.removeprefix(f"{TWICE}: "))
    of_study: dict[str, list[Effect]] = {}
    for one in case.used:
        of_study.setdefault(one.comparison.first.study, []).append(one)
    twice = [group[0] for group in of_study.values() if any(_share(one, other) for one, other in combinations(group, 2))]
    return _of_effects(twice, lambda one: _how_often(of_study[one.comparison.first.study]))


def _how_often(group: list[Effect]) -> str:
    places = {one.comparison.first.place: one.comparison.first for one in group}
    if len(places) > 1:
        named = in_order(", ".join(filter(None, (row.timepoint, row.analysis_set))) or "one without a name" for row in places.values())
        said = f": {'; '.join(named)}" if len(named) > 1 else ""
        return f"{len(places)} outcomes, time points or analysis sets{said}"
    return f"an arm stands in {len(group)} effects"


def _share(one: Effect, other: Effect) -> bool:
    """Whether the same people may stand in both; an effect as stated says nothing of whom it shares with others, and so shares."""
    if one.comparison.given or other.comparison.given:
        return True
    arms = [{row.people for row in effect.comparison.rows} for effect in (one, other)]
    both = arms[0] & arms[1]
    if one.comparison.shared and other.comparison.shared and one.comparison.first.place == other.comparison.first.place:
        both = {(role, arm) for role, arm in both if role != "control"}
    return bool(both)


def not_allowed_for(case: Case) -> Finding:
    return _of_effects([one for one in case.used if one.comparison.loose], lambda one: one.comparison.loose)


def too_few_to_pool(case: Case) -> Finding:
    k = case.studies
    return (f"{k} {'study has' if k == 1 else 'studies have'} an effect", ()) if k < FEWEST_TO_POOL else _NOTHING


def few_for_random_effects(case: Case) -> Finding:
    k, pooled = case.studies, case.pooled
    method = pooled.method if pooled else case.found.settings.method
    interval = pooled.interval if pooled else case.found.settings.interval
    few = {name: k for name, k in {"": k, **case.shown.subgroups}.items() if FEWEST_TO_POOL <= k < FEW}
    if not few or method not in RANDOM:
        return _NOTHING
    bare = {2: ", where the Hartung–Knapp interval says hardly anything"} if interval != "wald" else {}
    return "; ".join(f"{name}{': ' if name else ''}{k} studies{bare.get(k, '')}" for name, k in few.items()), ()


def narrower_than_wald(case: Case) -> Finding:
    pooled = case.pooled
    if pooled is None or pooled.interval != "hksj":
        return _NOTHING
    half, wald = (pooled.ci[1] - pooled.ci[0]) / 2, deviate(pooled.level) * pooled.wald_se
    return (f"{half:.4g} to each side, and {wald:.4g}", ()) if half < wald else _NOTHING


def few_for_tests(case: Case) -> Finding:
    k, shown = case.studies, case.shown
    asked = ["a test of asymmetry"] * (shown.asymmetry_test and k < TESTABLE)
    if shown.covariates and k < TESTABLE * shown.covariates:
        asked.append(f"{shown.covariates} {'covariate' if shown.covariates == 1 else 'covariates'}")
    return (f"{' and '.join(asked)} with {k} studies", ()) if asked else _NOTHING


def few_for_prediction(case: Case) -> Finding:
    if case.pooled is None or case.pooled.pi is None:
        return _NOTHING
    groups = {name: k for name, k in case.shown.subgroups.items() if FEWEST_TO_PREDICT <= k}  # below there is none
    few = {name: k for name, k in {"": case.studies, **groups}.items() if k < FEW}
    return ("; ".join(f"{name}{': ' if name else ''}{k} studies" for name, k in few.items()), ()) if few else _NOTHING


def zero_cells(case: Case) -> Finding:
    measure, settings = case.found.measure, case.found.settings
    if "events" not in measure.needs:
        return _NOTHING
    zero = [one for one in case.found.each if _has_zero(one, "n" in measure.needs)]
    if not zero:
        return _NOTHING
    added = [one for one in case.found.each if one.added]
    dropped = [one for one in zero if not one.pooled]
    told = [f"{len(zero)} of {len([o for o in case.found.each if o.comparison.exp])} tables"]
    told += [f"{settings.correction:g} added in {len(added)}"] if added else ["nothing added"]
    told += [f"not pooled: {_of_effects(dropped)[0]}"] if dropped else []
    return "; ".join(told), _of_effects(zero)[1]


def _has_zero(one: Effect, of_people: bool) -> bool:
    if one.comparison.given or one.reason.startswith(("E0", LEFT_OUT, "another arm")):
        return False
    for arm in (one.comparison.exp, one.comparison.ctl):
        if arm and arm.events is not None and (arm.events == 0 or (of_people and arm.events == arm.n)):
            return True
    return False


def thin_subgroups(case: Case) -> Finding:
    thin = [f"{name} has {k}" for name, k in case.shown.subgroups.items() if k < FEWEST_IN_GROUP]
    if case.shown.subgroups and not case.shown.interaction:
        thin.append("no test for interaction is given")
    return ("; ".join(thin), ()) if thin else _NOTHING


def from_medians(case: Case) -> Finding:
    tested = {True: "; skewed, by its test", False: "; no sign of skewness", None: ""}
    rows = [row for one in case.used for row in one.comparison.rows if of_medians(row)]
    return _of(rows, lambda row: ", ".join(row.derived) + tested[row.skewed])


def of_medians(row: Row) -> bool:
    """Whether a mean or an SD of it was derived from a median, quartiles or a range."""
    return any(name.startswith(_MEDIANS) for name in row.derived)


def unlike_standardised(case: Case) -> Finding:
    if case.found.measure.id not in ("SMD", "SMDH"):
        return _NOTHING
    rows = [row for one in case.used for row in one.comparison.rows]
    told = []
    if {row.change for row in rows} >= {True, False} or {row.change for row in rows} == {True, None}:
        told.append("final values and changes from baseline are mixed")
    if len({row.better for row in rows if row.better}) > 1 and not case.found.settings.direction:
        told.append("higher values are better on some scales and lower ones on others")
    return ("; ".join(told), tuple(dict.fromkeys(row.study for row in rows))) if told else _NOTHING


def directions_open(case: Case) -> Finding:
    """Signs that could not be aligned or run the other way, and studies that call better what the plan calls worse, unless turned."""
    measure, turned, plan = case.found.measure, case.found.settings.direction, case.shown.better
    if not measure.on_a_scale:
        return _NOTHING
    if below := case.found.of_distances:
        what, studies = _of_effects(below)
        return f"both means are below 0 in {what}, so that a ratio above 1 is of the lower mean", studies
    rows = [row for one in case.used for row in one.comparison.rows]
    told = {row.study for row in rows if row.better}
    silent = [row for row in rows if row.study not in told]
    if turned and silent and (told or measure.id not in IN_A_DIRECTION):
        return f"not stated in {_of(silent)[0]}, whose signs stay as they were", _of(silent)[1]
    against = [row for row in rows if row.better and plan and row.better != plan and not turned]
    if against:
        return f"{_of(against, lambda row: f'{row.better} values are better')[0]}, and the plan says {plan}", _of(against)[1]
    return _NOTHING


def bare_heterogeneity(case: Case) -> Finding:
    told = ["the model was chosen by Q"] * case.shown.model_by_q
    pooled = case.pooled
    if pooled is not None and pooled.method in RANDOM and pooled.k > FEWEST_TO_POOL:
        missing = {"the interval of I²": pooled.i2_ci, "the interval of tau²": pooled.tau2_ci, "the prediction interval": pooled.pi}
        told += [f"{name} is missing" for name, value in missing.items() if value is None]
    return ("; ".join(told), ()) if told else _NOTHING


def funnel_shown(case: Case) -> Finding:
    told = ["a funnel plot"] * case.shown.funnel + ["trim and fill"] * case.shown.trim_and_fill
    return (" and ".join(told), ()) if told else _NOTHING


def votes_counted(case: Case) -> Finding:
    return ("results were counted by whether they were significant", ()) if case.shown.votes else _NOTHING


# what guards.toml names under ``holds``
FINDERS: Mapping[str, Callable[[Case], Finding]] = {
    one.__name__: one
    for one in (
        single_arms_among_comparisons, mixed_measures, impossible_values, participants_twice, not_allowed_for, too_few_to_pool,
        few_for_random_effects, narrower_than_wald, few_for_tests, few_for_prediction, zero_cells, thin_subgroups, from_medians,
        unlike_standardised, bare_heterogeneity, funnel_shown, votes_counted, units_not_stated, directions_open,
    )
}  # fmt: skip
