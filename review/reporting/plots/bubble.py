"""The bubble plot of a meta-regression: effects against a covariate, by their weights, with the line of the model; an association."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, sqrt

from review.errors import InputRefused
from review.model.synthesis import BubbleLine, BubblePoint
from review.reporting.plots.paper import GREY, INK, SMALL, Paper
from review.reporting.plots.plot import Numbers, Plot, finished, points_wide
from review.reporting.plots.scales import Scale
from review.reporting.plots.wording import shown, told_apart

FILL, LARGEST, LEAST = "#9db8d2", {174: 9.0, 85: 7.5}, 2.0  # points: radii, whose squares go with the weights


def draw_bubble(
    points: Sequence[BubblePoint], line: BubbleLine, *, title: str, measure: str, covariate: str, ratio: bool = False, told: str = "",
    width: int = 174,
) -> Plot:  # fmt: skip
    """The bubble plot of *points*, *width* 174 or 85 mm. ratio: the upright axis is read as ratios. told: the model in words.

    Raises InputRefused without two values of the covariate, and for a weight that is not above 0.
    """
    if len({point.value for point in points}) < 2 or any(not point.weight > 0 for point in points):
        raise InputRefused("this cannot be drawn as a bubble plot", where=title, expected="two values of the covariate, weights above 0")
    wide = min(points_wide(width), 340.0)
    left, top, high = 46.0, 6.0, wide * 0.66
    largest = LARGEST[width]
    x = _scale([point.value for point in points], left, wide - 4, largest)
    ends = [line.intercept + line.slope * value for value in (x.low, x.high)]
    y = _scale([*(point.estimate for point in points), 0.0, *ends], top + high, top, largest, ratio=ratio)
    paper = Paper(wide, top + high + 34)
    paper.rule(x.left, y.at(0.0), x.right, y.at(0.0), weight=0.5, ink=GREY)
    heaviest = max(point.weight for point in points)
    for point in sorted(points, key=lambda one: -one.weight):  # the small ones on top
        radius = max(LEAST, largest * sqrt(point.weight / heaviest))
        paper.dot(x.at(point.value), y.at(point.estimate), radius, FILL, edge="#1f4e79", link=point.key)
    paper.curve([(x.left, y.at(ends[0])), (x.right, y.at(ends[1]))], ink=INK, weight=1.2)
    paper.axis_below(x, y.left, size=SMALL)
    paper.axis_left(y, left, size=SMALL)
    paper.upright(9, (y.left + y.right) / 2, measure + (", logarithmic scale" if ratio else ""), size=SMALL)
    paper.text((x.left + x.right) / 2, y.left + 24, covariate, size=SMALL, align="center")
    numbers: list[Numbers] = [
        {"element": "study", "label": label, "covariate": point.value, "estimate": point.estimate,
         "read_as": exp(point.estimate) if ratio else point.estimate, "weight": point.weight, "key": point.key,
         "events": " ".join(point.events)}
        for point, label in zip(points, told_apart([point.label for point in points]), strict=True)
    ]  # fmt: skip
    numbers.append({"element": "line", "label": "meta-regression", "estimate": line.intercept, "slope": line.slope})
    caption = f"{title}. Bubble plot of {len(points)} effects against {covariate}; areas by weight, the line is that of the model. {told}"
    return finished("bubble", title, caption.strip(), _alt(points, line, measure, covariate, told, ratio=ratio), numbers, [paper])


def _scale(values: Sequence[float], left: float, right: float, largest: float, *, ratio: bool = False) -> Scale:
    """With room for the largest circle between its middle and each end of the axis."""
    low, high = min(values), max(values)
    share = (largest + 2) / abs(right - left)
    room = (high - low) * share / (1 - 2 * share) or 1.0  # where all lie at no effect, and the line too
    return Scale(low - room, high + room, left, right, exponential=ratio)


def _alt(points: Sequence[BubblePoint], line: BubbleLine, measure: str, covariate: str, told: str, *, ratio: bool) -> str:
    values = sorted(point.value for point in points)
    ends = [line.intercept + line.slope * value for value in (values[0], values[-1])]
    first, last = (shown(exp(end) if ratio else end) for end in ends)
    said = f"Bubble plot of {len(points)} effects ({measure}) against {covariate}, from {shown(values[0])} to {shown(values[-1])}; "
    return f"{said}on the line the {measure.lower()} goes from {first} to {last}. {told}".strip()
