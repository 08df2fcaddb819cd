"""What is asked of a pooled estimate beside it: covariates, small studies, the order of years, single studies; refuses what too few carry.

Ten studies are the least for a covariate and for a test of asymmetry (Cochrane Handbook, chapters 10 and 13). What is not given raises
GuardRefused or InputRefused with the reason, so that a page can say why it does not stand there. Scales are those of the analysis.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from review.errors import GuardRefused, InputRefused
from review.synthesis.analysis import Analysis, series_of
from review.synthesis.effects import Effect
from review.synthesis.guards import TESTABLE, Guard, guard_rules
from review.synthesis.leaving_out import Influence, Series, influence
from review.synthesis.moderators import MetaRegression, meta_regression
from review.synthesis.small_study import Asymmetry, Filled, RankCorrelation, begg, egger, trim_and_fill

FEWEST, FEWEST_OF_A_WORD = 3, 2  # studies of a series; studies that share a word of a covariate


@dataclass(frozen=True)
class OnCovariate:
    """A meta-regression on one covariate: the model, the effects in it, each with its value, and the studies (labels) without a value."""

    name: str
    model: MetaRegression
    used: tuple[Effect, ...]
    values: tuple[float | str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True)
class OnSeveral:
    """A meta-regression on several covariates at once: the model, the effects in it, and the labels of studies that lack a value of one.

    few: guard W08, where there are fewer than ten studies for each covariate; None where there are enough.
    """

    model: MetaRegression
    used: tuple[Effect, ...]
    without: tuple[str, ...]
    few: Guard | None


@dataclass(frozen=True)
class SmallStudies:
    """Do small studies differ: Egger's and Begg's tests (None where they cannot be, with the reason) and trim and fill."""

    egger: Asymmetry | str
    begg: RankCorrelation | str
    filled: Filled | str


def on_covariate(done: Analysis, name: str, values: Mapping[str, float | str]) -> OnCovariate:
    """The effects as a function of one covariate. values: study -> number, or word; a study without one is not in the model.

    tau² by the method of the estimate, by REML where that is a common effect; the interval as set. Raises GuardRefused with fewer than ten
    studies (W08), InputRefused where one value stands for all, a word for one study, or numbers stand among words.
    """
    _pooled(done)
    used = [one for one in done.used if one.comparison.first.study in values]
    without = [one.comparison.first.label for one in done.used if one.comparison.first.study not in values]
    studies = {one.comparison.first.study for one in used}
    if len(studies) < TESTABLE:
        raise GuardRefused(_too_few(f"1 covariate with {len(studies)} studies"))
    own = [values[one.comparison.first.study] for one in used]
    _differ(name, values, studies)
    return OnCovariate(name, _regressed(done, used, {name: own}), tuple(used), tuple(own), tuple(dict.fromkeys(without)))


def on_covariates(done: Analysis, values: Mapping[str, Mapping[str, float | str]]) -> OnSeveral:
    """The effects as a function of several covariates in one model. values: name -> study -> number, or word.

    A study that lacks one of them is not in the model. Otherwise as `on_covariate`; with fewer than ten studies for each it warns (W08).
    """
    _pooled(done)
    used = [one for one in done.used if all(one.comparison.first.study in own for own in values.values())]
    without = [one.comparison.first.label for one in done.used if one not in used]
    studies = {one.comparison.first.study for one in used}
    told = f"{len(values)} covariates with {len(studies)} studies"
    if len(studies) < TESTABLE:
        raise GuardRefused(_too_few(told))
    for name, own in values.items():
        _differ(name, own, studies)
    columns = {name: [own[one.comparison.first.study] for one in used] for name, own in values.items()}
    few = replace(_too_few(told)[0], kind="warn") if len(studies) < TESTABLE * len(values) else None
    return OnSeveral(_regressed(done, used, columns), tuple(used), tuple(dict.fromkeys(without)), few)


def _differ(name: str, values: Mapping[str, float | str], studies: Collection[str]) -> None:
    """Raises InputRefused for a covariate that cannot explain anything in these studies."""
    words = Counter(values[study] for study in studies)
    if len({isinstance(value, str) for value in words}) > 1:
        raise InputRefused(f"{name} is a number in some studies and a word in others", next_step="extract it in one way")
    if len(words) < 2:
        raise InputRefused(f"{name} is {next(iter(words))} in all studies", next_step="leave it out: it explains nothing")
    alone = sorted(word for word, n in words.items() if isinstance(word, str) and n < FEWEST_OF_A_WORD)
    if alone:
        raise InputRefused(f"{name} has one study alone with {', '.join(alone)}", next_step="join words, or leave it out")


def _regressed(done: Analysis, used: Sequence[Effect], columns: Mapping[str, list[float | str]]) -> MetaRegression:
    y, v = effects_of(used)
    method = "REML" if done.settings.method == "EE" else done.settings.method
    return meta_regression(y, v, columns, method=method, interval=done.settings.interval, level=done.settings.level)  # type: ignore[arg-type]


def small_studies(done: Analysis) -> SmallStudies:
    """Tests of asymmetry, and trim and fill by the method of the estimate. Raises GuardRefused with fewer than ten studies (W08)."""
    _pooled(done)
    studies = len({one.comparison.first.study for one in done.used})
    if studies < TESTABLE:
        raise GuardRefused(_too_few(f"a test of asymmetry with {studies} studies"))
    y, v = effects_of(done.used)
    labels = [one.comparison.first.label for one in done.used]

    def fill() -> Filled:
        return trim_and_fill(y, v, method=done.settings.method, interval=done.settings.interval, level=done.settings.level, labels=labels)

    found = []
    for test in (lambda: egger(y, v, level=done.settings.level), lambda: begg(y, v), fill):
        try:
            found.append(test())
        except InputRefused as why:
            found.append(f"{why.message}; {why.next_step}" if why.next_step else why.message)
    return SmallStudies(*found)


def by_year(done: Analysis, years: Mapping[str, int | None]) -> Series:
    """The estimate of the first study, of the first two, and so on by year; studies of one year in the order of their labels, without last.

    Of three studies or more; a study comes in with all its comparisons. Raises GuardRefused, InputRefused.
    """
    _pooled(done)
    labels = {one.comparison.first.study: one.comparison.first.label for one in done.pooled_of}
    _enough(labels, "a cumulative series")

    def place(study: str) -> tuple[bool, int, str]:
        year = years.get(study)
        return year is None, year or 0, labels[study]

    order = sorted(labels, key=place)
    sets = [[one for one in done.pooled_of if one.comparison.first.study in order[: at + 1]] for at in range(len(order))]
    return series_of(done, [labels[study] for study in order], sets)


def influences(done: Analysis) -> Influence:
    """What changes without each effect, by the method of the estimate (inverse variance). Raises GuardRefused, InputRefused."""
    _pooled(done)
    _enough(done.used, "influence")
    y, v = effects_of(done.used)
    return influence(y, v, method=done.settings.method, labels=[one.comparison.first.label for one in done.used])


def effects_of(used: Sequence[Effect]) -> tuple[list[float], list[float]]:
    """Effects and variances."""
    return [one.yi for one in used if one.yi is not None], [one.vi for one in used if one.vi is not None]


def _pooled(done: Analysis) -> None:
    if done.pooled is None:
        raise GuardRefused(done.refused)


def _enough(of: Sequence[object] | Mapping[str, object], what: str) -> None:
    if len(of) < FEWEST:
        raise InputRefused(f"{what} is of {FEWEST} studies or more, and there are {len(of)}", next_step="show the studies without it")


def _too_few(what: str) -> tuple[Guard, ...]:
    """W08 as a refusal, for what is then not shown."""
    rule = next(one for one in guard_rules() if one.code == "W08")
    return (Guard(rule.code, "refuse", rule.says.format(what=what), rule.instead, rule.caption.format(what=what)),)
