"""Tables beside a pooled estimate: covariates, small studies, the series by year, what single studies move. Each says why it has no rows.

Values are as they are read (ratios as ratios) unless the head says 'log'; tau² is on the scale of the analysis. p is never printed as 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isfinite

from review.errors import InputRefused, ReviewError
from review.reporting.analyses import Synthesis, synthesis
from review.reporting.analysis_account import accounted
from review.reporting.analysis_covariates import Covariate, regressions, together, unknown_items
from review.reporting.analysis_forest import INTERVAL_NAMES, guard_words, model_name, why_not
from review.reporting.analysis_lines import Line, interval_words, labels_apart, lines, p_cell, pooled_trace
from review.reporting.lettering import held
from review.reporting.plots.wording import p_words, plain, shown
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of
from review.reporting.trace_plan import part_trace
from review.reporting.trace_view import Trace, TraceEntry
from review.studies.labels import primary_report
from review.synthesis.around import OnCovariate, OnSeveral, SmallStudies, by_year, influences, small_studies
from review.synthesis.dataset import in_order
from review.synthesis.guards import Shown, check
from review.synthesis.leaving_out import Series
from review.synthesis.moderators import MetaRegression
from review.synthesis.settings import METHODS

Result = tuple[Cell, ...]
NO_COVARIATE = "No covariate is planned."
ASSOCIATION = (
    "What a covariate explains is an association between studies: they were not drawn by lot into it, and people may differ otherwise."
)


def meta_regression(rooms: Rooms, comparison: str = "") -> Table:
    """The effects as a function of each planned covariate, alone or with those named beside it; what has no model says why."""
    one = synthesis(rooms, comparison)
    made, found, rows, told = lines(one), dict[str, Trace](), list[Result](), list[str]()
    models = [*(((of,), model) for of, model in regressions(rooms, one)), *together(rooms, one)]
    for of, model in models:
        if isinstance(model, ReviewError):
            planned = _planned(rooms, one, of)
            found[planned.key] = planned
            rows.append(
                (
                    Cell(_names(of), trace=planned.key),
                    *(Cell("", missing="empty", why=why_not(model)) for _ in range(9 if _ratio(one) else 8)),
                )
            )
            told.append(f"{_names(of)}: no meta-regression. {why_not(model)}")
        else:
            rows += _coefficients(rooms, one, made, of, model, found)
        told.append(_in_model(one, of, model))
        told += [guard_words(model.few)] if isinstance(model, OnSeveral) and model.few else []
    level = plain(one.done.settings.level)
    log = ("log " if _ratio(one) else "") + one.asked.measure
    columns = (
        Column("covariate", "Covariate", width=2), Column("term", "Term", width=2), Column("k", "k", align="right"),
        Column("coefficient", f"Change of {log} [{level}% CI]", width=3),
        *([Column("ratio", f"As a ratio [{level}% CI]", width=3)] if _ratio(one) else []),
        Column("p", "p"), Column("test", "Test of the covariate", width=2), Column("tau2", "Residual τ²"),
        Column("i2", "Residual I²", unit="%"), Column("r2", "R²", unit="%"),
    )  # fmt: skip
    told = [*unknown_items(rooms, one), *told]
    told += [ASSOCIATION, *_how(one)] if any(not isinstance(model, ReviewError) for _, model in models) else []
    return Table(
        key_of("meta-regression", one.asked.id), f"Meta-regression: {one.about}", columns, tuple(rows), rooms.table_notes(*told), found,
        NO_COVARIATE,
    )  # fmt: skip


def _names(of: Sequence[Covariate]) -> str:
    return " with ".join(each.words for each in of)


def _planned(rooms: Rooms, one: Synthesis, of: Sequence[Covariate]) -> Trace:
    """The versions of the protocol that plan this model."""
    names = " with ".join(each.name for each in of)
    said = part_trace(rooms, "comparisons", one.asked.id, f"{names}: covariate of {one.asked.id}", lambda part: ", ".join(part.models))
    return replace(said, key=key_of("covariate", one.asked.id, *(each.item for each in of)))


def _ratio(one: Synthesis) -> bool:
    return one.done.found.measure.ratio


def _how(one: Synthesis) -> list[str]:
    method, interval = one.done.settings.method, INTERVAL_NAMES[one.done.settings.interval]
    own = "restricted maximum likelihood, also beside a common effect" if method == "EE" else METHODS[method]
    beside = " but where several are named together, each then allowing for the others" if one.asked.together else ""
    return [f"Random effects with residual τ² by {own}; intervals {interval}. Each covariate stands in a model of its own{beside}."]


def _in_model(one: Synthesis, of: Sequence[Covariate], model: OnCovariate | OnSeveral | ReviewError) -> str:
    """Studies in = studies in the model + studies without a value, by their reason."""
    studies = dict.fromkeys([*of[0].values, *of[0].lacking])
    lacking = {
        study: "; ".join(f"{each.name.lower()} {why}" if len(of) > 1 else why for each in of if (why := each.lacking.get(study)))
        for study in studies
    }
    inside = [study for study, why in lacking.items() if not why]
    value = "a value" if len(of) == 1 else "a value of each"
    said = f"{_names(of)}: {len(studies)} studies with an effect = {len(inside)} with {value} + {len(studies) - len(inside)} without"
    if not isinstance(model, ReviewError) and len(model.used) != len(inside):
        said += f"; {len(model.used)} comparisons are in the model"
    labels = {study: view.label for study, view in one.gathered.studies.items() if lacking.get(study)}
    reasons = in_order(lacking[study] for study in labels)
    out = [f"{why}: {', '.join(in_order(labels[study] for study in labels if lacking[study] == why))}" for why in reasons]
    return f"{said} ({'; '.join(out)})." if out else f"{said}."


def _terms(of: Sequence[Covariate], on: OnCovariate | OnSeveral) -> list[str]:
    """The coefficients in words, that of the intercept first."""
    studies, several = {effect.comparison.first.study for effect in on.used}, len(of) > 1
    at, terms = [], []
    for each in of:
        values = {each.values[study] for study in studies}
        if any(isinstance(value, str) for value in values):
            first, *others = sorted(map(str, values))
            at.append(f"{each.name} {first}" if several else f"{first} (reference)")
            terms += [f"{f'{each.name}: ' if several else ''}{word} v {first}" for word in others]
        else:
            at.append(f"{each.name} = 0" if several else f"at {each.name} = 0")
            terms.append(f"{f'{each.name}: ' if several else ''}one more{f' ({each.unit})' if each.unit else ''}")
    return [("at " if several else "") + ", ".join(at), *terms]


def _coefficients(
    rooms: Rooms, one: Synthesis, made: Sequence[Line], of: Sequence[Covariate], on: OnCovariate | OnSeveral, found: dict[str, Trace]
) -> list[Result]:  # fmt: skip
    model = on.model
    trace = _covariate_trace(rooms, one, made, of, model)
    found[trace.key] = trace
    rows = []
    for at, term in enumerate(_terms(of, on)):
        low, high = model.ci[at]
        ratio = [Cell(interval_words(*map(one.done.found.back, (model.coef[at], low, high)), 3))] if _ratio(one) else []
        tested = f"{'together: ' if len(of) > 1 else ''}{_test(model)}"
        last = (
            [tested, f"{shown(model.tau2, 3)}", f"{model.i2:.1f}", "" if model.r2 is None else f"{model.r2:.1f}"] if at == 0 else [""] * 4
        )
        why = "no τ² without it" if at == 0 else "as in the first line of this covariate"
        cells = (
            Cell(_names(of)), Cell(term), Cell(f"{model.k}"), Cell(interval_words(model.coef[at], low, high, 3)), *ratio,
            Cell(held(p_words(model.p[at]))), *(Cell.of(text, why) for text in last),
        )  # fmt: skip
        rows.append(tuple(cell if cell.missing else replace(cell, trace=trace.key) for cell in cells))
    return rows


def _test(model: MetaRegression) -> str:
    if not isfinite(model.qm):
        return p_words(model.qm_p)
    first, second = model.qm_df
    name, df = ("QM", f"{first}") if second is None else ("F", f"{first}, {second}")
    return f"{held(f'{name} = {shown(model.qm)} (df {df}),')} {held(p_words(model.qm_p))}"


def _covariate_trace(rooms: Rooms, one: Synthesis, made: Sequence[Line], of: Sequence[Covariate], model: MetaRegression) -> Trace:
    """The effect of each study with its values of the covariates, which lead to the cells that they were read from."""
    own = [line for line in made if line.used and all(line.study in each.values for each in of)]
    trace = pooled_trace(rooms, one, own, f"on {' with '.join(each.item for each in of)}", _test(model), model.k)
    read = [
        TraceEntry(
            each.cells[study].event,
            f"{one.gathered.studies[study].label}: {each.name} {each.cells[study].value} {each.cells[study].unit or ''}".rstrip(),
            "",
            "",
        )
        for study in dict.fromkeys(line.study for line in own)
        for each in of
    ]
    return replace(trace, entries=(*trace.entries, *read))


def small_study_effects(rooms: Rooms, comparison: str = "") -> Table:
    """Egger's and Begg's tests and the estimate after trim and fill; from ten studies on."""
    one = synthesis(rooms, comparison)
    made, found, empty = lines(one), dict[str, Trace](), ""
    rows: list[Result] = []
    try:
        tested: SmallStudies | None = small_studies(one.done)
    except InputRefused as why:
        tested, empty = None, f"No test of asymmetry, and no trim and fill. {why_not(why)}"
    if tested:
        trace = _own_trace(rooms, one, made, "small studies")
        found[trace.key] = trace
        rows = [tuple(replace(cell, trace=trace.key) for cell in row) for row in _tests(one, tested)]
    columns = (Column("test", "Method", width=2), Column("found", "What was found", width=4), Column("means", "What it is of", width=4))
    informs = check(one.done.found, pooled=one.done.pooled, shown=Shown(funnel=True, trim_and_fill=True)) if tested else ()
    inform = [guard_words(guard) for guard in informs if guard.code == "I15"]
    key = key_of("small-studies", one.asked.id)
    return Table(key, f"Small studies: {one.about}", columns, tuple(rows), rooms.table_notes(*inform, *_effects_of(one)), found, empty)


def _effects_of(one: Synthesis) -> list[str]:
    """Which effects these are of, where the estimate is of counts."""
    pooled = one.done.pooled
    if pooled is None or pooled.method in METHODS:
        return []
    return [
        f"These are of the {len(one.done.used)} effects of single studies, by inverse variance; the estimate is {model_name(pooled)}'s."
    ]


def _tests(one: Synthesis, tested: SmallStudies) -> list[Result]:
    level, back = plain(one.done.settings.level), one.done.found.back
    rows = []
    if isinstance(tested.egger, str):
        rows.append(("Egger's regression", f"not computed: {tested.egger}", ""))
    else:
        test = tested.egger
        said = f"t = {shown(test.statistic)} (df = {test.df}), {p_words(test.p)}"
        limit = interval_words(*map(back, (test.limit, *test.limit_ci)))
        rows.append(
            (
                "Egger's regression",
                said,
                f"effects on their standard errors; {one.asked.measure} at a standard error of 0: {limit} ({level}%)",
            )
        )
    if isinstance(tested.begg, str):
        rows.append(("Begg's rank correlation", f"not computed: {tested.begg}", ""))
    else:
        exact = "exact" if tested.begg.exact else "by the normal distribution, as there are ties"
        rows.append(
            (
                "Begg's rank correlation",
                f"Kendall's τ = {shown(tested.begg.tau)}, {p_words(tested.begg.p)}",
                f"standardised effects with their variances; p {exact}",
            )
        )
    if isinstance(tested.filled, str):
        rows.append(("Trim and fill", f"not computed: {tested.filled}", ""))
    else:
        filled = tested.filled
        said = interval_words(*map(back, (filled.pooled.estimate, *filled.pooled.ci)))
        n = f"{filled.k0} {'study' if filled.k0 == 1 else 'studies'} filled in on the {filled.side}"
        rows.append(
            (
                "Trim and fill",
                f"{n}; {one.asked.measure} {said} with them",
                f"{filled.estimator}; of what the estimate would be if the funnel were symmetric, and no estimate of its own",
            )
        )
    return [tuple(Cell.of(text, "not computed") for text in row) for row in rows]


def cumulative(rooms: Rooms, comparison: str = "") -> Table:
    """The estimate as it grew: of the first study, of the first two, and so on by the year of the primary report."""
    one = synthesis(rooms, comparison)
    return _series_table(rooms, one, "cumulative", "Cumulative by year", "Added", lambda: by_year(one.done, years_of(one)), _by_year_words)


def years_of(one: Synthesis) -> dict[str, int | None]:
    """Study -> year of its primary report."""
    studies = one.gathered.studies
    return {study: primary_report(view.reports, view.shared).stands.year for study, view in studies.items()}


def _by_year_words(one: Synthesis) -> list[str]:
    labels = {effect.comparison.first.study: effect.comparison.first.label for effect in one.done.pooled_of}
    without = [labels[study] for study, year in years_of(one).items() if year is None and study in labels]
    said = ["Studies come in by the year of their primary report, those of one year by their names."]
    said += [f"Without a year, and last: {', '.join(without)}."] if without else []
    return [*said, "Looking again with each study multiplies the chances of a finding: intervals are those of one look."]


def _series_table(
    rooms: Rooms, one: Synthesis, stem: str, name: str, head: str, make: Callable[[], Series], told: Callable[[Synthesis], list[str]]
) -> Table:  # fmt: skip
    made, found, empty, series = lines(one), dict[str, Trace](), "", None
    try:
        series = make()
    except InputRefused as why:
        empty = f"No series. {why_not(why)}"
    rows, flags = [], {line.label: line.flag for line in made}
    for at, label in enumerate(series.labels if series else ()):
        assert series is not None
        trace = series_trace(rooms, one, made, stem, series, at)
        found[trace.key] = trace
        tau2 = "" if one.done.settings.method == "EE" or series.k[at] < 2 else shown(series.tau2[at], 3)
        cells = (
            Cell(label, flag=flags.get(label, "")), Cell(f"{series.k[at]}"), Cell(trace.value), p_cell(one, series.p[at]),
            Cell.of("" if series.k[at] < 2 else f"{series.i2[at]:.1f}", "one effect"), Cell.of(tau2, "one effect, or a common one"),
        )  # fmt: skip
        rows.append(tuple(cell if cell.missing else replace(cell, trace=trace.key) for cell in cells))
    level = plain(one.done.settings.level)
    columns = (
        Column("added", head, width=2), Column("k", "k", align="right"), Column("estimate", f"{one.asked.measure} [{level}% CI]", width=3),
        Column("p", "p"), Column("i2", "I²", unit="%", align="right"), Column("tau2", "τ²", align="right"),
    )  # fmt: skip
    notes = rooms.table_notes(*accounted(one), *(told(one) if series else []))
    return Table(key_of(stem, one.asked.id), f"{name}: {one.about}", columns, tuple(rows), notes, found, empty)


def series_trace(rooms: Rooms, one: Synthesis, made: Sequence[Line], stem: str, series: Series, at: int) -> Trace:
    """The origin of one estimate of a series by year: the effects that are in it."""
    labels = set(series.labels[: at + 1])
    own = [line for line in made if line.used and line.label in labels]
    back = one.done.found.back
    value = interval_words(back(series.estimate[at]), *(back(limit) for limit in series.ci[at]))
    return pooled_trace(rooms, one, own, f"{stem} {at + 1}", value, series.k[at])


def _own_trace(rooms: Rooms, one: Synthesis, made: Sequence[Line], name: str) -> Trace:
    used = [line for line in made if line.estimate is not None]
    return pooled_trace(rooms, one, used, name, "", len(used))


def influence(rooms: Rooms, comparison: str = "") -> Table:
    """What the estimate, its precision and tau² become without each effect, in the units of Viechtbauer and Cheung."""
    one = synthesis(rooms, comparison)
    made, found, empty = lines(one), dict[str, Trace](), ""
    rows: list[Result] = []
    try:
        moved = influences(one.done)
    except InputRefused as why:
        moved, empty = None, f"No measures of influence. {why_not(why)}"
    place, apart = {id(effect): at for at, effect in enumerate(one.done.used)}, labels_apart(made)
    for line in made if moved else ():
        if moved is None or line.estimate is None:
            continue
        at = place[id(line.effect)]
        if not found:
            trace = _own_trace(rooms, one, made, "influence")
            found[trace.key] = trace
        values = (moved.rstudent[at], moved.dffits[at], moved.cooks_d[at], moved.cov_ratio[at], moved.dfbetas[at])
        texts = [
            apart[line.key] + line.shown.removeprefix(line.label),
            *(shown(value) for value in values),
            shown(moved.tau2_without[at], 3),
            shown(moved.q_without[at]),
            f"{moved.weight[at]:.1f}",
        ]
        rows.append(tuple(Cell(text, trace=next(iter(found))) for text in texts))
    heads = (
        ("rstudent", "Studentised residual"), ("dffits", "DFFITS"), ("cooks_d", "Cook's distance"), ("cov_ratio", "Ratio of variances"),
        ("dfbetas", "DFBETAS"), ("tau2", "τ² without it"), ("q", "Q without it"), ("weight", "Weight"),
    )  # fmt: skip
    columns = (
        Column("study", "Study", width=2),
        *(Column(key, head, unit="%" if key == "weight" else "", align="right") for key, head in heads),
    )
    said = (
        ["Of the model without the effect: how far it lies from the others and how far the estimate moves, in standard errors."]
        if rows
        else []
    )
    notes = rooms.table_notes(*accounted(one), *said, *_effects_of(one))
    return Table(key_of("influence", one.asked.id), f"Influence of single studies: {one.about}", columns, tuple(rows), notes, found, empty)
