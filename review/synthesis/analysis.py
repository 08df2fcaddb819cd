"""One planned synthesis from rows of results: effects, guards, and the pooled estimates that the settings ask for.

Where a guard refuses nothing is pooled, and the effects stand alone with the reason. What is shown beside the estimate is part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from review.errors import InputRefused
from review.synthesis.binary import Table
from review.synthesis.dataset import Row
from review.synthesis.effects import Effect, Effects, effects
from review.synthesis.glmm import MixedModel, mixed_odds_ratio, mixed_proportion
from review.synthesis.grid import METHODS as COMPARED
from review.synthesis.grid import Grid, sensitivity_grid
from review.synthesis.guards import FEW, FEWEST_TO_POOL, FEWEST_TO_PREDICT, TESTABLE, Guard, Shown, check, of_medians
from review.synthesis.leaving_out import Series, leave_one_out
from review.synthesis.moderators import Subgroups, apart, subgroups
from review.synthesis.pool import Pooled, pool
from review.synthesis.settings import METHODS, SynthesisSettings
from review.synthesis.small_study import Asymmetry, egger
from review.synthesis.tables2x2 import mantel_haenszel, peto
from review.synthesis.wording import sentences

CORRECTIONS = ("none", "only0", "all")  # policies for zero cells that are compared

AS_PLANNED = "zero cells: as planned"


@dataclass(frozen=True)
class Analysis:
    """What one synthesis found. pooled: None where ``refused`` says why. beside: further estimates of the same effects, by their names.

    asymmetry: Egger's test, from ten studies on; ``untested``: why these have none. All is on the scale of the analysis.
    grouped: study -> its subgroup, as it was asked.
    """

    found: Effects
    settings: SynthesisSettings
    guards: tuple[Guard, ...]
    pooled: Pooled | None = None
    beside: Mapping[str, Pooled] | None = None
    groups: Subgroups | None = None
    asymmetry: Asymmetry | None = None
    untested: str = ""
    grouped: Mapping[str, str] = field(default_factory=dict)

    def back(self, pooled: Pooled) -> Callable[[float], float]:
        """How values of *pooled* are read: of a subgroup with the participants of its own studies, where the measure asks for them."""
        own = [name for name, each in (self.groups.pooled.items() if self.groups else ()) if each is pooled]
        studies = {study for study, name in self.grouped.items() if name in own} if own else None
        return lambda value: self.found.back(value, studies)

    @property
    def used(self) -> list[Effect]:
        """The effects that count, in order."""
        return [one for one in self.found.each if one.used]

    @property
    def pooled_of(self) -> list[Effect]:
        """What the estimate is of: the effects that count, and tables that have none by themselves and are in an estimate from counts."""
        return [one for one in self.found.each if one.pooled]

    @property
    def refused(self) -> tuple[Guard, ...]:
        """The guards for which nothing was pooled."""
        return tuple(guard for guard in self.guards if guard.kind == "refuse")

    @property
    def sentences(self) -> tuple[str, ...]:
        """The methods paragraph, a sentence each."""
        return sentences(self.settings, self.found, self.pooled, refused=self.pooled is None)


def analyse(
    rows: Sequence[Row], measure: str, settings: SynthesisSettings | None = None, *, groups: Mapping[str, str] | None = None,
    better: str = "",
) -> Analysis:  # fmt: skip
    """The synthesis of *rows* by *measure*. groups: study -> its subgroup; a study without one is in no subgroup, nor in their test.

    better: which values the plan calls better, 'higher', 'lower' or ''; a study that says otherwise is named (guard W18).
    """
    settings = settings or SynthesisSettings()
    found = _with_counts(effects(rows, measure, settings), settings)
    refused = tuple(guard for guard in check(found) if guard.kind == "refuse")
    if refused:
        return Analysis(found, settings, tuple(check(found, shown=Shown(better=better))))
    used = [one for one in found.each if one.pooled]
    try:
        pooled, beside = _estimates(found, used, settings)
    except InputRefused as why:  # counts of all studies together that give no finite estimate
        told = Guard("E06", "refuse", why.message, why.next_step or "show the effects without pooling", "")
        return Analysis(found, settings, (told, *check(found, shown=Shown(better=better))))
    divided = _divided(found, used, pooled, settings, groups) if groups and not groups.keys().isdisjoint(_of(used)) else None
    asymmetry, untested = _asymmetry([one for one in used if one.used])
    shown = Shown(
        subgroups={
            name: _studies([one for one in used if (groups or {}).get(one.comparison.first.study) == name]) for name in divided.pooled
        }
        if divided
        else {},
        interaction=bool(divided and divided.q_df),
        better=better,
    )
    guards = tuple(check(found, pooled=pooled, shown=shown))
    return Analysis(found, settings, guards, pooled, beside, divided, asymmetry, untested, grouped=groups or {})


def _asymmetry(used: Sequence[Effect]) -> tuple[Asymmetry | None, str]:
    """(Egger's test, '') from ten studies on; (None, why) where they give none."""
    if _studies(used) < TESTABLE:
        return None, ""
    try:
        return egger(*_yv(used)), ""
    except InputRefused as why:
        return None, why.message


def _with_counts(found: Effects, settings: SynthesisSettings) -> Effects:
    """The effects, where the estimate is of counts with those marked that have a zero cell to which nothing is added: it can use them."""
    used = [one for one in found.each if one.used]
    if settings.method != "EE" or not used or _counts(used) is None or not _way(found.measure.id, settings):
        return found
    return replace(found, each=tuple(_marked(one, ratio=found.measure.ratio) for one in found.each))


def _marked(one: Effect, *, ratio: bool) -> Effect:
    counts = None if one.used or one.comparison.refused or one.comparison.given else _counts([one])
    if counts is None:
        return one
    [a], [n1], [c], [n2] = counts
    if ratio and Table(a, n1 - a, c, n2 - c).double_zero:
        return one
    what = "ratio" if ratio else "variance"
    return replace(one, counted=True, reason=f"no single-study {what} ({one.reason}); its counts are in the estimate")


def _yv(used: Sequence[Effect]) -> tuple[list[float], list[float]]:
    return [one.yi for one in used if one.yi is not None], [one.vi for one in used if one.vi is not None]


def _studies(used: Sequence[Effect]) -> int:
    """How many studies these effects are of."""
    return len(_of(used))


def _of(used: Sequence[Effect]) -> set[str]:
    return {one.comparison.first.study for one in used}


def _labels(used: Sequence[Effect]) -> list[str]:
    return [one.comparison.first.label for one in used]


def _counts(used: Sequence[Effect]) -> tuple[list[float], list[float], list[float], list[float]] | None:
    """Events and people of both arms; None where an effect has none, as one that is only stated."""
    arms = [(one.comparison.exp, one.comparison.ctl) for one in used]
    if any(a is None or c is None or None in (a.events, a.n, c.events, c.n) or a.person_time is not None for a, c in arms):
        return None
    sides = [(a.events, a.n, c.events, c.n) for a, c in arms]  # type: ignore[union-attr]
    a, n1, c, n2 = ([float(side[at] or 0) for side in sides] for at in range(4))
    return a, n1, c, n2


def _estimates(found: Effects, used: Sequence[Effect], settings: SynthesisSettings) -> tuple[Pooled, dict[str, Pooled]]:
    """(the estimate that counts, those beside it): with few studies the common effect stands beside random effects."""
    if settings.method == "EE":
        return _common(found, used, settings), {}
    y, v = _yv(used)
    main = _predicting(pool(
        y, v, method=settings.method, interval=settings.interval, level=settings.level, prediction=settings.prediction,
        labels=_labels(used),
    ))  # fmt: skip
    if _studies(used) >= FEW:
        return main, {}
    try:
        return main, {"common effect": _common(found, used, settings)}
    except InputRefused:  # not of these counts together; of the effects, as the random effects are
        return main, {"common effect": _by_variance(used, settings)}


def _predicting(one: Pooled) -> Pooled:
    """The estimate, of fewer than three effects without a prediction interval, which would say nothing."""
    if one.pi is None or one.k >= FEWEST_TO_PREDICT:
        return one
    return replace(one, pi=None, warnings=(*one.warnings, f"no prediction interval of {one.k} effects, for it would say nothing"))


def _common(found: Effects, used: Sequence[Effect], settings: SynthesisSettings) -> Pooled:
    """The common effect as the settings say, by inverse variance where the measure or the data have no other way."""
    counts, labels, measure = _counts(used), _labels(used), found.measure.id
    way = _way(measure, settings)
    if counts and way == "MH":
        return mantel_haenszel(*counts, measure=measure, level=settings.level, labels=labels)
    return peto(*counts, level=settings.level, labels=labels) if counts and way == "PETO" else _by_variance(used, settings)


def _way(measure: str, settings: SynthesisSettings) -> str:
    """The method of counts that the settings ask for, '' where there is none of this measure."""
    return {"mantel_haenszel": "MH", "peto": "PETO", "": ""}[settings.by_counts(measure)]


def _by_variance(used: Sequence[Effect], settings: SynthesisSettings) -> Pooled:
    return pool(*_yv(used), method="EE", interval="wald", level=settings.level, labels=_labels(used))


def _divided(
    found: Effects, used: Sequence[Effect], whole: Pooled, settings: SynthesisSettings, groups: Mapping[str, str]
) -> Subgroups:  # fmt: skip
    """The subgroups by the method of the estimate; by inverse variance where the counts of one of them give no finite estimate."""
    used = [one for one in used if one.comparison.first.study in groups]
    if whole.method not in METHODS:
        words = sorted({groups[one.comparison.first.study] for one in used})
        try:
            return apart({w: _common(found, [one for one in used if groups[one.comparison.first.study] == w], settings) for w in words})
        except InputRefused:
            used = [one for one in used if one.used]
    made = subgroups(
        *_yv(used), [groups[one.comparison.first.study] for one in used], method=settings.method, interval=settings.interval,
        level=settings.level, prediction=settings.prediction, labels=_labels(used),
    )  # fmt: skip
    return replace(made, pooled={word: _predicting(one) for word, one in made.pooled.items()})


def without_each(done: Analysis) -> Series | None:
    """The estimate without each study in turn, by the method of the estimate; None where nothing was pooled or two studies are there.

    A study leaves with all its comparisons, as those that share a split control. Mantel–Haenszel's and Peto's are of the counts; a study
    without which the others give none is not in the series (`not_done` says why).
    """
    if done.pooled is None or _studies(done.pooled_of) < 3:
        return None
    if done.pooled.method in METHODS and _studies(done.used) == len(done.used):
        method, interval = done.settings.method, done.settings.interval
        return leave_one_out(*_yv(done.used), method=method, interval=interval, level=done.settings.level, labels=_labels(done.used))
    sets = {label: kept for label, kept in _sets_without(done) if not _why_not(done, kept)}
    return series_of(done, list(sets), list(sets.values())) if sets else None


def _sets_without(done: Analysis) -> list[tuple[str, list[Effect]]]:
    """(label of a study, what the estimate is of without it), study by study."""
    labels = {one.comparison.first.study: one.comparison.first.label for one in done.pooled_of}
    return [(label, [one for one in done.pooled_of if one.comparison.first.study != study]) for study, label in labels.items()]


def _why_not(done: Analysis, kept: Sequence[Effect]) -> str:
    """Why these effects give no estimate by the method of the estimate; '' where they do."""
    try:
        _estimates(done.found, kept, done.settings)
    except InputRefused as why:
        return why.message
    return ""


def without_medians(done: Analysis) -> dict[str, Pooled]:
    """The estimate without what was derived from medians, and without what of it the test found skewed; each where two studies are left."""
    if done.pooled is None:
        return {}
    derived = [one for one in done.pooled_of if any(of_medians(row) for row in one.comparison.rows)]
    skewed = [one for one in derived if any(of_medians(row) and row.skewed for row in one.comparison.rows)]
    made: dict[str, Pooled] = {}
    for name, out in (("without all of them", derived), ("without those that the test finds skewed", skewed)):
        kept = [one for one in done.pooled_of if one not in out]
        if out and _studies(kept) >= FEWEST_TO_POOL and (out is derived or len(skewed) < len(derived)):
            made[name] = _estimates(done.found, kept, done.settings)[0]
    return made


def series_of(done: Analysis, labels: Sequence[str], sets: Sequence[Sequence[Effect]]) -> Series:
    """An estimate of each set of effects, by the method of the estimate. Raises InputRefused where the counts of one give none."""
    made = [_estimates(done.found, kept, done.settings)[0] for kept in sets]
    return Series(
        labels=tuple(labels), k=tuple(one.k for one in made), estimate=tuple(one.estimate for one in made),
        se=tuple(one.se for one in made), ci=tuple(one.ci for one in made), p=tuple(one.p for one in made), q=tuple(one.q for one in made),
        q_p=tuple(one.q_p for one in made), tau2=tuple(one.tau2 for one in made), i2=tuple(one.i2 for one in made),
        h2=tuple(one.h2 for one in made),
    )  # fmt: skip


def choices(rows: Sequence[Row], done: Analysis) -> Grid | None:
    """Estimators by intervals, for binary outcomes with zero cells by corrections too; None where nothing was pooled.

    Each is of two effects of single studies at least; `not_done` says which policy has fewer.
    """
    settings = done.settings
    sets = {name: _yv(used) for name, used in _by_policy(rows, done).items() if len(used) > 1}
    if done.pooled is None or not sets:
        return None
    if settings.method not in COMPARED:
        return sensitivity_grid(sets, methods=(settings.method, *COMPARED), level=settings.level, prediction=settings.prediction)
    return sensitivity_grid(sets, level=settings.level, prediction=settings.prediction)


def _by_policy(rows: Sequence[Row], done: Analysis) -> dict[str, list[Effect]]:
    """The effects of single studies as planned (of that name '' where no other policy would differ), and by each other for zero cells."""
    measure, settings = done.found.measure, done.settings
    zeros = any(guard.code == "W10" for guard in done.guards)
    sets = {AS_PLANNED if zeros else "": done.used}
    if zeros:
        for policy in (policy for policy in CORRECTIONS if policy != settings.adds(measure.id)):
            found = effects(rows, measure.id, replace(settings, zero_cells=policy))
            sets[f"zero cells: {policy}"] = [one for one in found.each if one.used]
    return sets


def estimators_on(name: str) -> str:
    """What a table of sensitivity calls the estimators and intervals on the effects of that name."""
    return f"Estimator and interval{f' ({name})' if name else ''}"


def not_done(rows: Sequence[Row], done: Analysis) -> list[tuple[str, str, str]]:
    """(what would be changed, how, why there is no such estimate) of what a table of sensitivity lacks; none where nothing was pooled."""
    if done.pooled is None:
        return []
    few = {name: len(used) for name, used in _by_policy(rows, done).items() if len(used) < FEWEST_TO_POOL}
    told = [(estimators_on(name), "each", f"{n} of the studies has an effect of its own") for name, n in few.items()]
    told += [("Without correction of zero cells", name, made) for name, made in _from_counts(done).items() if isinstance(made, str)]
    if _studies(done.pooled_of) <= FEWEST_TO_POOL:
        return [*told, ("Without one study", "each", "fewer than two would be left")]
    if done.pooled.method in METHODS:
        return told
    return told + [("Without one study", f"without {label}", why) for label, kept in _sets_without(done) if (why := _why_not(done, kept))]


def counts_alone(done: Analysis) -> list[Effect]:
    """Comparisons in no estimate, for they have no effect by themselves (a zero cell), whose counts an estimate from counts can use."""
    marked = (_marked(one, ratio=done.found.measure.ratio) for one in done.found.each if not one.pooled)
    return [one for one in marked if one.counted] if _counts(done.pooled_of) else []


def uncorrected(done: Analysis) -> dict[str, Pooled | MixedModel]:
    """Estimates from counts without any correction, of the same comparisons and of those that have no effect by themselves.

    A method that these counts do not carry is left out (`not_done` says why).
    """
    return {name: made for name, made in _from_counts(done).items() if not isinstance(made, str)}


def _from_counts(done: Analysis) -> dict[str, Pooled | MixedModel | str]:
    """The estimates from counts, or why there is none of them."""
    counts, measure, level = _counts([*done.pooled_of, *counts_alone(done)]), done.found.measure.id, done.settings.level
    arms = [one.comparison.exp for one in done.used]
    ways = {}
    if counts and measure in ("RR", "OR", "RD"):
        ways["Mantel–Haenszel"] = lambda: mantel_haenszel(*counts, measure=measure, level=level)
    if counts and measure in ("OR", "PETO"):
        ways["Peto"] = lambda: peto(*counts, level=level)
        ways["Generalised linear mixed model"] = lambda: mixed_odds_ratio(*counts, level=level)
    if measure == "PLO" and all(arm and arm.events is not None and arm.n for arm in arms):
        x, n = [arm.events for arm in arms], [arm.n for arm in arms]  # type: ignore[union-attr]
        ways["Generalised linear mixed model"] = lambda: mixed_proportion(x, n, level=level)
    made: dict[str, Pooled | MixedModel | str] = {}
    for name, way in ways.items() if done.pooled is not None else ():
        try:
            made[name] = way()
        except InputRefused as why:  # as where all studies together have no event in an arm
            made[name] = why.message
    return made
