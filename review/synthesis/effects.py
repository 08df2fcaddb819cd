"""Effect sizes from rows of arms or from effects as reported; every row is used, or shown unused with its reason.

Scales are those of the analysis: logarithms for ratios. Nothing is pooled here, and nothing is refused but what is no row at all: what
must not be pooled is said by the guards (``review.synthesis.check``), and ``for_pooling`` obeys them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite, log, sqrt
from typing import TYPE_CHECKING

from review.model.formulas import SMALL, se_from_ci, se_from_est_p
from review.synthesis import binary, continuous, proportions
from review.synthesis.change import change_scores
from review.synthesis.comparisons import Arm, Comparison, compare
from review.synthesis.dataset import Row, read_rows
from review.synthesis.measures import Measure, back, measure_of
from review.synthesis.settings import SynthesisSettings

if TYPE_CHECKING:
    import pandas as pd

_OF_TABLES = {
    "RR": binary.risk_ratio, "OR": binary.odds_ratio, "RD": binary.risk_difference, "AS": binary.arcsine_difference,
    "PETO": binary.peto_odds_ratio,
}  # fmt: skip
_OF_PROPORTIONS: Mapping[str, Callable[[float, float], tuple[float, float]]] = {
    "PR": proportions.proportion, "PLN": proportions.log_proportion, "PLO": proportions.logit_proportion,
    "PAS": proportions.arcsine_proportion, "PFT": proportions.freeman_tukey,
}  # fmt: skip
_OF_RATES = {"IR": proportions.rate, "IRLN": proportions.log_rate}
_SAYS_NOTHING = "says nothing about a ratio"
GRID = (0.3, 0.5, 0.7, 0.9)  # correlations of before and after


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of one comparison, or the reason why there is none; ``changed``: what was done to its numbers, a sentence each.

    counted: it has no effect by itself, for a zero cell, and its counts are in an estimate from counts (`analyse` says so).
    """

    comparison: Comparison
    yi: float | None = None
    vi: float | None = None
    formula: str = ""
    changed: tuple[str, ...] = ()
    added: float = 0.0
    reason: str = ""
    counted: bool = False

    @property
    def used(self) -> bool:
        """Whether it has an effect, and so counts."""
        return self.yi is not None

    @property
    def pooled(self) -> bool:
        """Whether an estimate may rest on it: by its effect, or by its counts alone."""
        return self.used or self.counted


@dataclass(frozen=True)
class Effects:
    """The effects of one measure: those used and those not, in the order of study, outcome, time point and arm.

    ``each`` holds an ``Effect`` for each comparison and each row that is in none. Frames are made when asked for.
    """

    measure: Measure
    settings: SynthesisSettings
    each: tuple[Effect, ...]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each comparison, and for each row that is in none.

        study, label, outcome, timepoint, analysis_set; arms ('a v b'); yi, vi, se (scale of the analysis; NaN where unused); n;
        n_exp, events_exp, mean_exp, sd_exp, time_exp and the same of ctl, as reported or combined, before anything is added to zeros;
        used, reason; formula; added (to each cell); changed (tuple of sentences); derived (tuple of formula ids); rows (tuple of row ids);
        events (tuple of the ids of the ledger's events behind it).
        """
        import pandas as pd

        return pd.DataFrame([_line(one, self.measure) for one in self.each], columns=_COLUMNS)

    @property
    def used(self) -> pd.DataFrame:
        """The lines of ``frame`` that have an effect."""
        return self.frame[self.frame["used"]]

    @property
    def excluded(self) -> pd.DataFrame:
        """The lines of ``frame`` that have none, each with its reason."""
        return self.frame[~self.frame["used"]]

    @property
    def of_distances(self) -> tuple[Effect, ...]:
        """The ratios of means that are both below 0. They compare distances from 0: above 1 where the experimental mean is the lower."""
        arms = [(one, one.comparison.exp) for one in self.each if one.used and self.measure.id == "ROM"]
        return tuple(one for one, arm in arms if arm is not None and arm.mean is not None and arm.mean < 0)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """A line for each row that came in: row, study, label, arm, role, used, reason, changed, events. Used + unused = all."""
        import pandas as pd

        found: dict[str, dict[str, object]] = {}
        for one in sorted(self.each, key=lambda each: not each.pooled):  # a shared control that is used once is used
            for row in one.comparison.rows:
                line = {
                    "row": row.row, "study": row.study, "label": row.label, "arm": row.arm, "role": row.role,
                    "used": one.pooled, "reason": one.reason, "changed": one.changed, "events": row.cells,
                }  # fmt: skip
                found.setdefault(row.row, line)
        lines = [found[row] for row in dict.fromkeys(row.row for one in self.each for row in one.comparison.rows)]
        return pd.DataFrame(lines, columns=["row", "study", "label", "arm", "role", "used", "reason", "changed", "events"])

    def back(self, value: float, studies: Collection[str] | None = None) -> float:
        """*value* of the analysis as it is read; for PFT with the harmonic mean of the participants of the effects used.

        studies: the ids of those that the value is of, where it is not of all.
        """
        of = [one.comparison for one in self.each if one.used and (studies is None or one.comparison.first.study in studies)]
        n = [each.exp.n for each in of if each.exp and each.exp.n]
        return back(value, self.measure, n=proportions.harmonic_mean(n) if self.measure.id == "PFT" and n else None)


def effects(rows: pd.DataFrame | Sequence[Row], measure: str, settings: SynthesisSettings | None = None) -> Effects:
    """The effect of each comparison in *rows* (a frame in the layout of ``Row``, or ``Row`` values), as *settings* say.

    Raises InputRefused for an unknown measure, for rows that cannot be read and for a chosen arm that its study has not; every other
    trouble is a reason beside its row.
    """
    settings, wanted = settings or SynthesisSettings(), measure_of(measure)
    given = read_rows(rows) if settings.change_r is None else change_scores(rows, settings.change_r)
    found = compare(given, wanted, settings)
    return Effects(wanted, settings, _each(found, wanted, settings))


def over_correlations(
    rows: pd.DataFrame | Sequence[Row], measure: str, settings: SynthesisSettings | None = None, *, grid: Iterable[float] = GRID
) -> dict[float, Effects]:
    """The effects at each correlation of before and after in *grid*, for a table of what the assumption does."""
    given, settings = read_rows(rows), settings or SynthesisSettings()
    return {r: effects(given, measure, replace(settings, change_r=r)) for r in grid}


def _each(found: Sequence[Comparison], measure: Measure, settings: SynthesisSettings) -> tuple[Effect, ...]:
    """An effect for each comparison; the policy for zero cells looks at all tables together."""
    refused = [one.refused for one in found]
    dropped = [_dropped(one, measure, settings) if not why else "" for one, why in zip(found, refused, strict=True)]
    computed = [i for i, one in enumerate(found) if not (refused[i] or dropped[i] or one.given)]
    tables = [_table(found[i], measure) for i in computed]
    added = dict(zip(computed, binary.added_to(tables, settings.adds(measure.id), settings.correction), strict=True))
    return tuple(
        _unused(one, refused[i] or dropped[i])
        if refused[i] or dropped[i]
        else _as_given(one, measure, settings)
        if one.given
        else _computed(one, measure, settings, added[i])
        for i, one in enumerate(found)
    )


def _unused(one: Comparison, reason: str) -> Effect:
    return Effect(one, reason=reason, changed=one.changed)


def _dropped(one: Comparison, measure: Measure, settings: SynthesisSettings) -> str:
    """Why a table that says nothing about a ratio is not used."""
    if one.given or not measure.ratio or "events" not in measure.needs or settings.double_zero == "keep":
        return ""
    table = _table(one, measure)
    if table.a == table.c == 0:
        return f"no events in either arm: {_SAYS_NOTHING}"
    if table.double_zero:
        return f"everybody had the event in both arms: {_SAYS_NOTHING}"
    return ""


def _table(one: Comparison, measure: Measure) -> binary.Table:
    """The counts in which the policy looks for zeros; an arm that is not there, or person-time, is no zero."""
    cells: list[float] = []
    for arm in (one.exp, one.ctl):
        if arm is None or arm.events is None or "events" not in measure.needs:
            cells += [1.0, 1.0]
        else:
            cells += [arm.events, arm.n - arm.events if "n" in measure.needs and arm.n is not None else 1.0]
    return binary.Table(*cells)


def _computed(one: Comparison, measure: Measure, settings: SynthesisSettings, added: float) -> Effect:
    found = _numbers(one, measure, settings, added)
    if isinstance(found, str):
        return _unused(one, found)
    yi, vi = found
    if not (isfinite(yi) and isfinite(vi)) or vi <= 0:
        return _unused(one, "its variance is zero: it would outweigh all others")
    changed = [*one.changed, *_derived(one)]
    if added:
        changed.append(f"{added:g} added to each {'cell' if 'n' in measure.needs else 'number of events'}")
    if measure.id == "ROM" and one.exp and one.exp.mean is not None and one.exp.mean < 0:
        changed.append("both means are below 0: the ratio is that of their distances from it")
    effect = Effect(one, yi, vi, measure.formula, tuple(changed), added)
    return _turned(effect, measure, settings)


def _numbers(one: Comparison, measure: Measure, settings: SynthesisSettings, added: float) -> tuple[float, float] | str:
    """(yi, vi), or why there is none."""
    exp, ctl = one.exp or Arm(""), one.ctl or Arm("")
    if measure.id in _OF_TABLES:
        table = _table(one, measure).plus(added)
        return binary.undefined(measure.id, table) or _OF_TABLES[measure.id](table)
    if measure.of_means:
        return _of_means(one, measure, settings)
    if measure.id == "MN":
        return float(exp.mean), exp.sd**2 / exp.n  # type: ignore[arg-type,operator]
    events, n, time = exp.events or 0.0, exp.n or 0.0, exp.person_time or 0.0
    if measure.id == "IRR":
        other = (ctl.events or 0.0) + added
        zero = 0 in (events + added, other)
        return (
            "no events in an arm, and nothing is added"
            if zero
            else proportions.rate_ratio(events + added, time, other, ctl.person_time or 0.0)
        )
    if measure.id in _OF_RATES:
        zero = measure.id == "IRLN" and not events + added
        return "no events, and nothing is added" if zero else _OF_RATES[measure.id](events + added, time)
    events, n = events + added, n + 2 * added
    if (measure.id == "PLN" and not events) or (measure.id == "PLO" and events in (0, n)):
        return "no events or no non-events, and nothing is added"
    return _OF_PROPORTIONS[measure.id](events, n)


def _of_means(one: Comparison, measure: Measure, settings: SynthesisSettings) -> tuple[float, float] | str:
    exp, ctl = one.exp or Arm(""), one.ctl or Arm("")
    means = continuous.Means(exp.n, exp.mean, exp.sd, ctl.n, ctl.mean, ctl.sd)  # type: ignore[arg-type]
    why = continuous.undefined(measure.id, means)
    if why:
        return why
    if one.r is not None:
        return (continuous.paired_difference if measure.id == "MD" else continuous.paired_standardised)(means, one.r)
    if measure.id == "MD":
        return continuous.mean_difference(means, settings.md_variance)
    if measure.id == "SMD":
        return continuous.standardised(means, settings.smd_variance)
    return continuous.standardised_unequal(means) if measure.id == "SMDH" else continuous.ratio_of_means(means)


def _derived(one: Comparison) -> list[str]:
    """A sentence for each row whose values no report states."""
    return [f"derived, not reported{f' ({row.arm})' if row.arm else ''}: {', '.join(row.derived)}" for row in one.rows if row.derived]


def _turned(effect: Effect, measure: Measure, settings: SynthesisSettings) -> Effect:
    """The effect with its sign turned where its scale runs against the direction of the synthesis."""
    better = next((row.better for row in effect.comparison.rows if row.better), "")
    if not measure.on_a_scale or not settings.direction or better == settings.direction or effect.yi is None:
        return effect
    if not better:
        return replace(
            effect, changed=(*effect.changed, "its sign is as it was, for it is not stated which values are better on its scale")
        )
    return replace(effect, yi=-effect.yi, changed=(*effect.changed, f"its sign is turned, for {better} values are better on its scale"))


def _as_given(one: Comparison, measure: Measure, settings: SynthesisSettings) -> Effect:
    """The effect that a study states, its variance from the interval, else the standard error, else p."""
    row = one.given
    if row is None or row.est is None:
        return _unused(one, "no estimate is stated")
    natural = measure.ratio and row.scale == "natural"
    yi, level, by_p = log(row.est) if natural else row.est, row.ci_level or 95.0, False
    if row.ci_low is not None and row.ci_high is not None:
        low, high = (log(row.ci_low), log(row.ci_high)) if natural else (row.ci_low, row.ci_high)
        freedom = row.n - 2 if measure.of_means and row.n is not None and 2 < row.n < SMALL else None
        se = se_from_ci(low, high, level, freedom)
        formula = f"as stated; standard error from the {level:g} % interval{' by t' if freedom else ''}"
    elif row.se is not None:
        se, formula = row.se, "as stated; standard error as stated"
    else:
        se, formula, by_p = se_from_est_p(yi, row.p or 0.0), "as stated; standard error from p", True
    told = [f"as the study adjusted it: “{row.est_words}”"] if row.est_words else []
    told += [f"p < {row.p:g} is taken as {row.p:g}, by which its standard error is rather too large"] if row.p_bound and by_p else []
    effect = Effect(one, yi, se**2 * one.inflate, formula, (*one.changed, *told, *_derived(one)))
    return _turned(effect, measure, settings) if effect.vi else _unused(one, "its variance is zero")


_ARM_COLUMNS = (("n", "n"), ("events", "events"), ("mean", "mean"), ("sd", "sd"), ("time", "person_time"))
_COLUMNS = [
    "study", "label", "outcome", "timepoint", "analysis_set", "arms", "yi", "vi", "se", "n",
    *(f"{name}_{side}" for side in ("exp", "ctl") for name, _ in _ARM_COLUMNS),
    "used", "reason", "formula", "added", "changed", "derived", "rows", "events",
]  # fmt: skip


def _line(one: Effect, measure: Measure) -> dict[str, object]:
    comparison, first, nothing = one.comparison, one.comparison.first, float("nan")
    sides = {"exp": comparison.exp, "ctl": comparison.ctl}
    numbers = {
        f"{name}_{side}": nothing if arm is None or getattr(arm, field) is None else getattr(arm, field)
        for side, arm in sides.items()
        for name, field in _ARM_COLUMNS
    }
    people = [arm.n for arm in sides.values() if arm is not None]
    n = comparison.given.n if comparison.given else sum(people) if people and None not in people else None  # type: ignore[arg-type]
    if first.design == "crossover" and n is not None and not comparison.given:
        n /= 2  # both periods are of the same people
    return {
        "study": first.study, "label": first.label, "outcome": first.outcome, "timepoint": first.timepoint,
        "analysis_set": first.analysis_set, "arms": " v ".join(arm.name for arm in sides.values() if arm is not None) or first.arm,
        "yi": nothing if one.yi is None else one.yi, "vi": nothing if one.vi is None else one.vi,
        "se": nothing if one.vi is None else sqrt(one.vi), "n": nothing if n is None else n, **numbers,
        "used": one.used, "reason": one.reason, "formula": one.formula, "added": one.added, "changed": one.changed,
        "derived": tuple(dict.fromkeys(formula for row in comparison.rows for formula in row.derived)),
        "rows": tuple(row.row for row in comparison.rows),
        "events": tuple(dict.fromkeys(cell for row in comparison.rows for cell in row.cells)),
    }  # fmt: skip
