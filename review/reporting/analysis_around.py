"""The pictures beside a pooled estimate: without each study, by year, a funnel that was filled, effects against a covariate.

What too few studies carry is refused with the reason, which the table of the same name says on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from math import sqrt

from review.errors import InputRefused
from review.model.synthesis import BubbleLine, BubblePoint, EffectPoint, Forest, ForestGroup, ForestRow
from review.reporting.analyses import Synthesis, synthesis
from review.reporting.analysis_account import flagged, identities, left_out
from review.reporting.analysis_covariates import planned_covariate, regressions
from review.reporting.analysis_forest import capital, drawable, favours, pooled_row, short_name
from review.reporting.analysis_lines import Line, lines, pooled_trace
from review.reporting.analysis_pictures import NO_EFFECT, Attempt, Maker, attempts, enough, only_of_differences, origins_of, points_of
from review.reporting.plots import Plot, draw_bubble, draw_forest, draw_funnel
from review.reporting.plots.wording import limit, p_words, shown
from review.reporting.rooms import Rooms
from review.reporting.tables_around import series_trace, years_of
from review.reporting.trace import key_of
from review.reporting.trace_view import Trace
from review.synthesis.analysis import not_done, without_each
from review.synthesis.around import by_year, small_studies
from review.synthesis.leaving_out import Series


def leave_one_out(rooms: Rooms, comparison: str = "", *, width: int = 174) -> Plot:
    """The estimate without each study in turn, as a forest, with the estimate of all below."""
    one = synthesis(rooms, comparison)
    series = without_each(one.done)
    if series is None:
        raise InputRefused("no study can be left out", where=one.about, expected="three pooled studies at least")
    lacking = [f"{how}: {why}" for what, how, why in not_done(one.gathered.rows, one.done) if what == "Without one study"]
    if lacking:
        raise InputRefused(f"there is no estimate {'; '.join(lacking)}", where=one.about, next_step="see the table of sensitivity")
    made = lines(one)

    def trace(at: int) -> Trace:
        own = [line for line in made if line.used and line.label != series.labels[at]]
        return pooled_trace(rooms, one, own, f"without {at + 1}", _words(one, series, at), series.k[at])

    order = {view.label: at for at, view in enumerate(one.gathered.studies.values())}
    places = sorted(range(len(series.labels)), key=lambda at: order[series.labels[at]])
    rows = [(at, f"without {series.labels[at]}") for at in places]
    return _series(rooms, one, made, series, rows, trace, ("leave-one-out", "Without each study in turn", "Estimate"), width)


def cumulative(rooms: Rooms, comparison: str = "", *, width: int = 174) -> Plot:
    """The estimate as it grew by year, as a forest."""
    one = synthesis(rooms, comparison)
    series, made = by_year(one.done, years_of(one)), lines(one)
    rows = [(at, f"{'+ ' if at else ''}{label}") for at, label in enumerate(series.labels)]
    named = ("cumulative", "Cumulative by year", "Added")
    return _series(rooms, one, made, series, rows, lambda at: series_trace(rooms, one, made, "cumulative", series, at), named, width)


def _words(one: Synthesis, series: Series, at: int) -> str:
    value, low, high = (one.done.found.back(number) for number in (series.estimate[at], *series.ci[at]))
    return f"{shown(value)} [{limit(low)}, {limit(high)}]"


def _series(
    rooms: Rooms,
    one: Synthesis,
    made: Sequence[Line],
    series: Series,
    rows: Sequence[tuple[int, str]],
    trace: Callable[[int], Trace],
    named: tuple[str, str, str],
    width: int,
) -> Plot:
    """A forest of the estimates of a series. rows: (place in the series, what it is called). named: key, title, head."""
    stem, title, head = named
    back, measure, found = one.done.found.back, one.done.found.measure, dict[str, Trace]()
    drawn = []
    for at, label in rows:
        own = trace(at)
        found[own.key] = own
        if not drawable(one, series.ci[at]):
            drawn.append(ForestRow(label, reason="the interval is not estimable", key=own.key))
            continue
        low, high = map(back, series.ci[at])
        drawn.append(ForestRow(label, back(series.estimate[at]), low, high, note="", key=own.key))
    pooled = one.done.pooled
    whole = (pooled_row(one, pooled, made),) if pooled and drawable(one, pooled.ci) else ()
    forest = Forest(
        f"{title}: {one.about}", capital(measure.name.partition(" (")[0]), short_name(measure), (ForestGroup(tuple(drawn)),),
        ratio=measure.ratio, null=measure.null, favours=favours(one), overall=tuple(replace(row, weight=None) for row in whole),
        level=one.done.settings.level, notes=(identities(one), *flagged(made)), rows_are=("estimate", "estimates"), head=head,
        series=True,
    )  # fmt: skip
    found |= {key: kept for key, kept in origins_of(rooms, one, made).items() if key == key_of("pooled", one.asked.id, "estimate")}
    plot = draw_forest(forest, width=width)
    keys = {str(row["key"]) for row in plot.numbers if row.get("key")}
    return replace(plot.traced({key: kept for key, kept in found.items() if key in keys}), name=f"{stem}-{one.asked.id}")


def trim_and_fill(rooms: Rooms, comparison: str = "", *, width: int = 174) -> Plot:
    """The funnel with the mirror images that trim and fill adds, open; from ten studies on."""
    one = synthesis(rooms, comparison)
    enough(one, "a funnel")
    only_of_differences(one, "a funnel with its contours")
    filled, made = small_studies(one.done).filled, lines(one)
    if isinstance(filled, str):
        raise InputRefused(f"trim and fill gives nothing: {filled}", where=one.about)
    points = points_of(one, made)
    names = filled.pooled.labels[len(points.points) :]
    images = tuple(EffectPoint(name, y, sqrt(v), imputed=True) for name, y, v in zip(names, filled.yi, filled.vi, strict=True))
    back = one.done.found.back
    value, low, high = (back(number) for number in (filled.pooled.estimate, *filled.pooled.ci))
    n = f"{filled.k0} {'study' if filled.k0 == 1 else 'studies'}"
    found = f"{one.asked.measure} {shown(value)} [{limit(low)}, {limit(high)}]"
    said = f"Trim and fill ({filled.estimator}) adds {n} on the {filled.side}; with them {found}."
    drawn = draw_funnel(replace(points, points=(*points.points, *images), tests=(said,)), width=width)
    keys = {str(row["key"]) for row in drawn.numbers if row.get("key")}
    own = {key: trace for key, trace in origins_of(rooms, one, made).items() if key in keys}
    return replace(drawn.traced(own), name=f"trim-and-fill-{one.asked.id}").noted([*flagged(made), *left_out(made, keys, NO_EFFECT)])


def bubble(rooms: Rooms, comparison: str = "", *, moderator: str = "", width: int = 174) -> Plot:
    """The effects against one planned covariate that is a number, with the line of its meta-regression; from ten studies on."""
    one = synthesis(rooms, comparison)
    item = planned_covariate(one, moderator)
    of, model = next(found for found in regressions(rooms, one) if found[0].item == item)
    if isinstance(model, InputRefused):
        raise model
    if any(isinstance(value, str) for value in model.values):
        raise InputRefused(f"{of.name} is a word, and a bubble plot is of a number", where=one.about, next_step="see the table")
    made = lines(one)
    values = {id(effect): value for effect, value in zip(model.used, model.values, strict=True)}
    own = [line for line in made if id(line.effect) in values]
    weights = {id(effect): 1 / ((effect.vi or 0.0) + model.model.tau2) for effect in model.used}
    total = sum(weights.values())
    points = [
        BubblePoint(
            line.shown, float(values[id(line.effect)]), line.effect.yi, 100 * weights[id(line.effect)] / total, line.key, line.events
        )
        for line in own
        if line.effect is not None and line.effect.yi is not None
    ]
    slope, (low, high) = model.model.coef[1], model.model.ci[1]
    scale = "log " if one.done.found.measure.ratio else ""
    change = f"{shown(slope, 3)} [{shown(low, 3)}, {shown(high, 3)}], {p_words(model.model.p[1])}"
    told = f"Change of {scale}{one.asked.measure} for one more: {change}."
    measure = one.done.found.measure
    plot = draw_bubble(
        points, BubbleLine(model.model.coef[0], slope), title=f"Meta-regression: {one.about}",
        measure=capital(measure.name.partition(" (")[0]), covariate=of.words, ratio=measure.ratio, told=told,
        width=width,
    )  # fmt: skip
    origins = origins_of(rooms, one, made)
    missing = [
        identities(one),
        *flagged(own),
        *left_out(made, origins.keys() & {point.key for point in points}, f"its {of.name.lower()} is not known"),
    ]
    own_origins = {point.key: origins[point.key] for point in points}
    return replace(plot.traced(own_origins), name=f"bubble-{key_of(item)}-{one.asked.id}").noted(missing)


ABOUT: dict[str, tuple[Maker, ...]] = {
    "studies": (("Forest plot without each study", leave_one_out), ("Forest plot by year", cumulative)),
    "asymmetry": (("Funnel plot with trim and fill", trim_and_fill),),
    "covariates": (),
}


def around_pictures(rooms: Rooms, comparison: str, *, about: str = "", width: int = 174) -> list[Plot]:
    """Every picture beside the estimate that this synthesis has. about: '' for all, or one of ``ABOUT``. Raises InputRefused."""
    return around_attempts(rooms, comparison, about=about, width=width)[0]


def around_attempts(rooms: Rooms, comparison: str, *, about: str = "", width: int = 174) -> Attempt:
    """The pictures beside the estimate, and those that this synthesis has not, each with the reason."""
    if about and about not in ABOUT:
        raise InputRefused(f"there are no pictures about {about!r}", expected=", ".join(ABOUT))
    planned = synthesis(rooms, comparison).asked.covariates if about in ("", "covariates") else ()
    makers = [maker for name, group in ABOUT.items() if about in ("", name) for maker in group]
    makers += [(f"Bubble plot: {item.replace('_', ' ')}", partial(bubble, moderator=item)) for item in planned]
    return attempts(rooms, comparison, makers, width)
