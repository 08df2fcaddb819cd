"""The drapery plot: for every effect the p value against it, a curve for each study and one for the pooled effect.

Rücker and Schwarzer 2021, Res Synth Methods 12:34. A curve meets a level where the interval of that level ends.
"""

from __future__ import annotations

from math import exp
from statistics import NormalDist

from review.errors import InputRefused
from review.model.synthesis import EffectPoints
from review.reporting.plots.funnel import check_points, read
from review.reporting.plots.paper import GREY, SMALL, Paper, Point
from review.reporting.plots.plot import Numbers, Plot, finished, points_wide
from review.reporting.plots.scales import Scale
from review.reporting.plots.wording import rows_of, shown, told_apart
from review.synthesis.distributions import two_sided_p

STEPS, THIN = 160, "#8fa8c0"
LEVELS = (0.01, 0.05, 0.10, 0.20)


def p_against(value: float, estimate: float, se: float, df: float | None = None) -> float:
    """The two-sided p of *value* given an estimate: normal, or t with *df*.

    >>> round(p_against(0.0, 1.959964, 1.0), 6)
    0.05
    """
    return two_sided_p((value - estimate) / se, df)


def draw_drapery(found: EffectPoints, *, width: int = 174) -> Plot:
    """The drapery of *found*, *width* 174 or 85 mm. Imputed points are left out.

    Raises InputRefused without points, and where the pooled standard error is 0: its p is nothing but 0 and 1.
    """
    check_points(found)
    if found.estimate is not None and found.se is not None and not found.se > 0:
        raise InputRefused(
            f"the pooled effect has the standard error {found.se:g}, and so no curve",
            where=found.title,
            next_step='set interval = "hksj_floor" or "wald" in [synthesis] of review.toml, as an amendment',
        )
    wide = min(points_wide(width), 340.0)
    left, top, high = 40.0, 6.0, wide * 0.62
    studies = [point for point in found.points if not point.imputed]
    spread = NormalDist().inv_cdf(0.995)
    middle = sorted(point.se for point in studies)[len(studies) // 2]
    ends = [point.estimate + side * spread * min(point.se, 1.5 * middle) for point in studies for side in (-1, 1)]
    x = Scale(min([*ends, found.null]), max([*ends, found.null]), left, wide - 4, first=found.null, exponential=found.ratio)
    y = Scale(0.0, 1.0, top + high, top)
    paper = Paper(wide, top + high + 30)
    for level in LEVELS:
        paper.rule(x.left, y.at(level), x.right, y.at(level), weight=0.35)
    paper.rule(x.at(found.null), y.left, x.at(found.null), y.right, weight=0.5, ink=GREY)
    for point in studies:
        paper.curve(_curve(x, y, point.estimate, point.se, None), ink=THIN, weight=0.6, link=point.key)
    if found.estimate is not None and found.se is not None:
        paper.curve(_curve(x, y, found.estimate, found.se, found.df), weight=1.6)
    paper.axis_below(x, y.left, size=SMALL)
    paper.axis_left(y, left, size=SMALL)
    paper.upright(9, (y.left + y.right) / 2, "p value, two-sided", size=SMALL)
    measure = found.measure + (", logarithmic scale" if found.ratio else "")
    paper.text((x.left + x.right) / 2, y.left + 24, measure, size=SMALL, align="center")
    return finished("drapery", found.title, _caption(found, len(studies)), _alt(found, len(studies)), _numbers(found), [paper])


def _curve(x: Scale, y: Scale, estimate: float, se: float, df: float | None) -> list[Point]:
    values = sorted([x.low + (x.high - x.low) * at / STEPS for at in range(STEPS + 1)] + ([estimate] if x.holds(estimate) else []))
    return [(x.at(value), y.at(p_against(value, estimate, se, df))) for value in values]


def _caption(found: EffectPoints, n: int) -> str:
    told = [
        f"{found.title}. Drapery plot: the two-sided p of every possible effect, a curve for each of {rows_of(n, found.studies)} (normal)"
    ]
    how = "" if found.df is None else f" (t, df = {shown(found.df, 0)})"
    told[0] += f"; thick, the pooled effect{how}." if found.estimate is not None else "."
    told.append(
        f"Thin lines at p = {', '.join(f'{level:.2f}' for level in LEVELS)}: a curve meets one where its interval of that level ends."
    )
    return " ".join([*told, *found.notes])


def _alt(found: EffectPoints, n: int) -> str:
    said = f"Drapery plot of {rows_of(n, found.studies)} ({found.measure})"
    if found.estimate is not None and found.se is not None:
        p = p_against(found.null, found.estimate, found.se, found.df)
        against = "below 0.001" if p < 0.001 else f"{p:.3f}"
        said += f"; the pooled curve has its top at {read(found, found.estimate)} and is {against} at no effect"
    return said + "."


def _numbers(found: EffectPoints) -> list[Numbers]:
    rows: list[Numbers] = []
    for point, label in zip(found.points, told_apart([point.label for point in found.points]), strict=True):
        if not point.imputed:
            p = p_against(found.null, point.estimate, point.se)
            rows.append(
                {"element": "study", "label": label, "estimate": point.estimate, "se": point.se, "df": None, "p_no_effect": p,
                 "read_as": exp(point.estimate) if found.ratio else point.estimate, "key": point.key, "events": " ".join(point.events)}
            )  # fmt: skip
    if found.estimate is not None and found.se is not None:
        p = p_against(found.null, found.estimate, found.se, found.df)
        rows.append(
            {"element": "pooled", "label": "Pooled effect", "estimate": found.estimate, "se": found.se, "df": found.df, "p_no_effect": p}
        )
    return rows
