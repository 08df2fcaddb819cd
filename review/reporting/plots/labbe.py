"""The L'Abbé plot: the risk with treatment against the risk without. L'Abbé, Detsky and O'Rourke 1987, Ann Intern Med 107:224."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

from review.errors import InputRefused, near
from review.model.synthesis import RiskPoint
from review.reporting.plots.paper import GREY, SMALL, Paper
from review.reporting.plots.plot import Numbers, Plot, finished, points_wide
from review.reporting.plots.scales import Scale
from review.reporting.plots.wording import rows_of, shown, told_apart

FILL, LARGEST, STEPS, APART = "#8fa8c0", 7.0, 60, 8.0  # APART: points between the axes, so that no circle lies on a number
CURVES: dict[str, Callable[[float, float], float]] = {  # the risk with treatment that an effect and a risk without make
    "RR": lambda effect, risk: effect * risk,
    "OR": lambda effect, risk: effect * risk / (1 - risk + effect * risk),
    "RD": lambda effect, risk: risk + effect,
}


def draw_labbe(
    points: Sequence[RiskPoint],
    *,
    title: str,
    effect: float | None = None,
    measure: str = "RR",
    arms: tuple[str, str] = ("Treatment", "Control"),
    studies: int | None = None,
    width: int = 174,
) -> Plot:
    """The L'Abbé plot of *points*, *width* 174 or 85 mm; circles by weight. effect: the pooled one as it is read, drawn as a dashed line.

    measure: RR, OR or RD. arms: treated first. studies: of how many the points are, None for as many.
    Raises InputRefused for a risk outside 0 to 1 and for another measure.
    """
    if measure not in CURVES:
        raise InputRefused(f"a L'Abbé plot has no line for {measure!r}", expected=", ".join(CURVES), next_step=near(measure, CURVES))
    if not points or any(not 0 <= risk <= 1 for point in points for risk in (point.control, point.treated)):
        raise InputRefused("this cannot be drawn as a L'Abbé plot", where=title, expected="points, each with two risks from 0 to 1")
    wide = min(points_wide(width), 300.0)
    left, top = 48.0, 6.0
    side = wide - left - 8
    most = min(1.0, max(max(point.control, point.treated) for point in points) * 1.12 or 1.0)
    x, y = Scale(0.0, most, left, left + side), Scale(0.0, most, top + side, top)
    paper = Paper(wide, top + side + 36)
    paper.rule(x.at(0), y.at(0), x.at(most), y.at(most), weight=0.6, ink=GREY)
    if effect is not None:
        risks = [most * at / STEPS for at in range(STEPS + 1)]
        through = [(x.at(risk), y.at(made)) for risk in risks if 0 <= (made := CURVES[measure](effect, risk)) <= most]
        if len(through) > 1:
            paper.curve(through, stroke="dashed", weight=0.9)
    heaviest = max((point.weight or 0 for point in points), default=0.0)
    for point in sorted(points, key=lambda one: -(one.weight or 0)):
        share = point.weight / heaviest if point.weight is not None and heaviest else 0.25
        paper.dot(x.at(point.control), y.at(point.treated), max(1.6, LARGEST * sqrt(share)), FILL, weight=0.5, link=point.key)
    paper.axis_below(x, y.left + APART, size=SMALL)
    paper.axis_left(y, left - APART, size=SMALL)
    paper.text((x.left + x.right) / 2, y.left + APART + 22, f"Risk: {arms[1]}", size=SMALL, align="center")
    paper.upright(9, (y.left + y.right) / 2, f"Risk: {arms[0]}", size=SMALL)
    below = sum(point.treated < point.control for point in points)
    pooled = "" if effect is None else f" Dashed: the pooled effect, {measure} {shown(effect)}."
    caption = f"{title}. L'Abbé plot, {rows_of(len(points), studies)}, circles by weight; on the line both risks are equal.{pooled}"
    alt = f"L'Abbé plot of {rows_of(len(points), studies)}; in {below} the risk is lower with {arms[0]} than with {arms[1]}."
    numbers: list[Numbers] = [
        {"element": "study", "label": name, "control": point.control, "treated": point.treated, "weight": point.weight, "key": point.key,
         "events": " ".join(point.events)}
        for name, point in zip(told_apart([point.label for point in points]), points, strict=True)
    ]  # fmt: skip
    numbers += [] if effect is None else [{"element": "pooled", "label": measure, "effect": effect}]
    return finished("labbe", title, caption, alt + pooled, numbers, [paper])
