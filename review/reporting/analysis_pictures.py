"""The pictures of a planned synthesis by name: what each shows is taken from the analysis, and every element leads to its cells.

A picture that this synthesis has not is refused with the reason; nothing is drawn of what was not pooled but its effects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import sqrt

from review.errors import InputRefused
from review.model.synthesis import BaujatPoint, EffectPoint, EffectPoints, RiskPoint
from review.reporting.analyses import Synthesis, synthesis
from review.reporting.analysis_account import flagged, left_out
from review.reporting.analysis_forest import arm_names, forest_of, guard_words, notes, why_not
from review.reporting.analysis_lines import Line, group_key, line_traces, lines, pooled_trace, pooled_words
from review.reporting.plots import Plot, draw_baujat, draw_drapery, draw_forest, draw_funnel, draw_labbe
from review.reporting.plots.wording import p_words, shown
from review.reporting.rooms import Rooms
from review.reporting.trace import put
from review.reporting.trace_view import Trace
from review.synthesis.leaving_out import influence

NO_EFFECT = "it has no effect by itself and counts by its counts"
FEWEST = 3  # effects for a funnel or a Baujat plot


def origins_of(rooms: Rooms, one: Synthesis, made: Sequence[Line]) -> dict[str, Trace]:
    """The origins of every line and every pooled estimate of a synthesis."""
    found, done = line_traces(rooms, one, made), one.done
    for name, pooled in (("estimate", done.pooled), *(done.beside or {}).items()):
        if pooled is not None:
            put(found, pooled_trace(rooms, one, made, name, pooled_words(one, pooled), pooled.k))
    for name, pooled in done.groups.pooled.items() if done.groups else ():
        own = [line for line in made if one.gathered.groups[line.study] == name]
        put(found, pooled_trace(rooms, one, own, name, pooled_words(one, pooled), pooled.k, group_key(one, name)))
    return found


def _traced(rooms: Rooms, one: Synthesis, made: Sequence[Line], plot: Plot, *sentences: str, why: str = "") -> Plot:
    """The picture with its origins and, but for a forest, where they have their rows, with who is missing from it. why: of the undrawn."""
    keys = {str(row["key"]) for row in plot.numbers if row.get("key")}
    found = {key: trace for key, trace in origins_of(rooms, one, made).items() if key in keys}
    missing = () if plot.name == "forest" else (*flagged(made), *left_out(made, keys, why))
    return replace(plot.traced(found), name=f"{plot.name}-{one.asked.id}").noted([*sentences, *missing])


def forest(rooms: Rooms, comparison: str = "", *, width: int = 174) -> Plot:
    """The forest plot; where a guard refuses, of the effects without a pooled one, and the caption says why."""
    one = synthesis(rooms, comparison)
    made = lines(one)
    return _traced(rooms, one, made, draw_forest(forest_of(rooms, one, made), width=width))


def points_of(one: Synthesis, made: Sequence[Line]) -> EffectPoints:
    """The effects with their standard errors, and the pooled one, for a funnel or a drapery."""
    measure, pooled = one.done.found.measure, one.done.pooled
    points = tuple(
        EffectPoint(line.shown, line.effect.yi, sqrt(line.effect.vi), key=line.key, events=line.events)
        for line in made
        if line.effect is not None and line.effect.yi is not None and line.effect.vi is not None
    )
    return EffectPoints(
        one.about, measure.name.partition(" (")[0].capitalize(), points, pooled.estimate if pooled else None, pooled.se if pooled else None,
        pooled.df if pooled else None, ratio=measure.ratio, null=0.0, notes=notes(one),
        studies=len({line.study for line in made if line.estimate is not None}),
    )  # fmt: skip


def enough(one: Synthesis, what: str) -> None:
    """Refuse what is of three pooled effects or more."""
    if len(one.done.used) < FEWEST or one.done.pooled is None:
        why = "; ".join(guard_words(guard) for guard in one.done.refused) or f"it has {len(one.done.used)} effects"
        raise InputRefused(f"{what} has no meaning here: {why}", where=one.about, expected=f"{FEWEST} pooled effects at least")


def only_of_differences(one: Synthesis, what: str) -> None:
    """Refuse for single arms what is of differences between arms."""
    if one.done.found.measure.arms == 1:
        raise InputRefused(f"{what} is of differences between arms", where=one.about, next_step="take the forest plot")


def funnel(rooms: Rooms, comparison: str = "", *, width: int = 174) -> Plot:
    """The contour-enhanced funnel, with Egger's test from ten studies on."""
    one = synthesis(rooms, comparison)
    enough(one, "a funnel")
    only_of_differences(one, "a funnel with its contours")
    made, test = lines(one), one.done.asymmetry
    said = f"Egger's test: t = {shown(test.statistic)} (df = {test.df}), {p_words(test.p)}." if test else ""
    said = f"Egger's test is not given: {one.done.untested}." if one.done.untested else said
    return _traced(rooms, one, made, draw_funnel(replace(points_of(one, made), tests=(said,) if said else ()), width=width), why=NO_EFFECT)


def drapery(rooms: Rooms, comparison: str = "", *, width: int = 174) -> Plot:
    """The drapery: the p of every effect against every value."""
    one = synthesis(rooms, comparison)
    enough(one, "a drapery")
    only_of_differences(one, "a drapery")
    made = lines(one)
    return _traced(rooms, one, made, draw_drapery(points_of(one, made), width=width), why=NO_EFFECT)


def baujat(rooms: Rooms, comparison: str = "", *, width: int = 174) -> Plot:
    """The Baujat plot: what each study adds to heterogeneity, and how far the estimate moves without it."""
    one = synthesis(rooms, comparison)
    enough(one, "a Baujat plot")
    used = one.done.used
    y, v = [effect.yi for effect in used], [effect.vi for effect in used]
    moved = influence(y, v, method=one.done.settings.method)
    at = {id(effect): number for number, effect in enumerate(used)}
    made = lines(one)
    points = [
        BaujatPoint(line.shown, moved.baujat_x[n], moved.baujat_y[n], line.key, line.events)
        for line in made
        if line.estimate is not None and (n := at[id(line.effect)]) is not None
    ]
    studies = len({line.study for line in made if line.estimate is not None})
    common = one.done.settings.method == "EE"
    drawn = draw_baujat(points, title=one.about, common=common, studies=studies, width=width)
    return _traced(rooms, one, made, drawn, *notes(one), why=NO_EFFECT)


def labbe(rooms: Rooms, comparison: str = "", *, width: int = 174) -> Plot:
    """The L'Abbé plot: the risk with the experimental arm against that with the control; of risk and odds ratios and risk differences."""
    one = synthesis(rooms, comparison)
    measure, points = one.done.found.measure.id, []
    made = lines(one)
    for line in made:
        exp_arm, ctl = (line.effect.comparison.exp, line.effect.comparison.ctl) if line.effect and line.used else (None, None)
        if exp_arm is None or ctl is None or None in (exp_arm.events, exp_arm.n, ctl.events, ctl.n) or not exp_arm.n or not ctl.n:
            continue
        points.append(
            RiskPoint(line.shown, (ctl.events or 0) / ctl.n, (exp_arm.events or 0) / exp_arm.n, line.weight, line.key, line.events)
        )
    if measure not in ("RR", "OR", "RD"):
        raise InputRefused(
            f"a L'Abbé plot is of risks in two arms, and this synthesis is of {measure}", where=one.about, expected="RR, OR or RD"
        )
    if not points:
        raise InputRefused("a L'Abbé plot is of risks, and no study that counts has them in both arms", where=one.about)
    pooled, drawn = one.done.found.back(one.done.pooled.estimate) if one.done.pooled else None, {point.key for point in points}
    drawn = {line.study for line in made if line.key in drawn}
    names = arm_names(one)
    plot = draw_labbe(points, title=one.about, effect=pooled, measure=measure, arms=(names[0], names[1]), studies=len(drawn), width=width)
    return _traced(rooms, one, made, plot, *notes(one), why="its arms have no counts")


Maker = tuple[str, Callable[..., Plot]]  # what a picture is called, and what makes it
Attempt = tuple[list[Plot], list[tuple[str, str]]]
POOLED: tuple[Maker, ...] = (
    ("Forest plot", forest), ("Funnel plot", funnel), ("L'Abbé plot", labbe), ("Baujat plot", baujat), ("Drapery plot", drapery),
)  # fmt: skip


def pooled_pictures(rooms: Rooms, comparison: str, *, width: int = 174) -> list[Plot]:
    """Every picture of a synthesis that this one has, the forest plot first; none where no study has an effect."""
    return pooled_attempts(rooms, comparison, width=width)[0]


def pooled_attempts(rooms: Rooms, comparison: str, *, width: int = 174) -> Attempt:
    """The pictures with pooling, and those that this synthesis has not, each with the reason."""
    if not synthesis(rooms, comparison).done.used:
        return [], [(name, "No study has an effect.") for name, _ in POOLED]
    return attempts(rooms, comparison, POOLED, width)


def attempts(rooms: Rooms, comparison: str, makers: Sequence[Maker], width: int) -> Attempt:
    """(pictures, [name of one that is not there, why]); made once for each state of the ledger."""

    def make() -> Attempt:
        made, missing = list[Plot](), list[tuple[str, str]]()
        for name, maker in makers:
            try:
                made.append(maker(rooms, comparison, width=width))
            except InputRefused as why:
                if maker is forest:
                    raise  # its rows are ours: what it cannot draw is a fault, and no choice of pictures
                missing.append((name, why_not(why)))
        return made, missing

    rests_on = (tuple(sorted(rooms.heads.items())), rooms.protocol.plan, rooms.seat.viewer)
    named = ", ".join(name for name, _ in makers)
    with rooms.seat.still():
        return rooms.seat.made(f"pictures {comparison} {width} {named}", rests_on, make)
