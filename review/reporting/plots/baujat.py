"""The Baujat plot: what each study adds to heterogeneity against how far it moves the pooled effect.

Baujat et al. 2002, Stat Med 21:2641.
"""

from __future__ import annotations

from collections.abc import Sequence

from review.errors import InputRefused
from review.model.synthesis import BaujatPoint
from review.reporting.plots.paper import SMALL, Paper, labels_beside
from review.reporting.plots.plot import Numbers, Plot, finished, points_wide
from review.reporting.plots.scales import Scale
from review.reporting.plots.wording import rows_of, shown, told_apart

ACROSS = {True: "Contribution to Cochran's Q", False: "Squared residual / (variance + τ²)"}  # by whether the effect is common
DOT, FILL, APART = 2.6, "#1f4e79", 4.0  # APART: points between the axes, so that no mark lies on a number


def draw_baujat(points: Sequence[BaujatPoint], *, title: str, common: bool = True, studies: int | None = None, width: int = 174) -> Plot:
    """The Baujat plot of *points*, *width* 174 or 85 mm. A name for which there is no room is left out; the table has it.

    common: whether they are of a common effect, so that contributions add up to Q; with random effects they are squared residuals over
    variances that have tau² in them. studies: of how many the points are, None for as many.
    Raises InputRefused without points, and for a negative co-ordinate.
    """
    if not points or any(point.contribution < 0 or point.influence < 0 for point in points):
        raise InputRefused("this cannot be drawn as a Baujat plot", where=title, expected="points, each with two numbers of at least 0")
    wide = min(points_wide(width), 340.0)
    left, top, high = 46.0, 6.0, wide * 0.7
    x = Scale(0.0, max(point.contribution for point in points) * 1.08 or 1.0, left, wide - 4)
    y = Scale(0.0, max(point.influence for point in points) * 1.08 or 1.0, top + high, top)
    paper = Paper(wide, top + high + 34)
    paper.axis_below(x, y.left + APART, size=SMALL)
    paper.axis_left(y, left - APART, size=SMALL)
    marks = [(x.at(point.contribution), y.at(point.influence), DOT) for point in points]
    order = sorted(range(len(points)), key=lambda at: (marks[at][1] - marks[at][0], at))  # those furthest out first
    names = told_apart([point.label for point in points])
    places = labels_beside([marks[at] for at in order], [names[at] for at in order], SMALL, (left + 2, top, wide, y.left - 2))
    for at, place in zip(order, places, strict=True):
        paper.dot(marks[at][0], marks[at][1], DOT, FILL, edge="#ffffff", link=points[at].key)
        if place:
            paper.text(place[0], place[1], names[at], size=SMALL, link=points[at].key)
    paper.text((x.left + x.right) / 2, y.left + APART + 22, ACROSS[common], size=SMALL, align="center")
    paper.upright(9, (y.left + y.right) / 2, "Influence on the pooled effect", size=SMALL)
    bare = places.count(None)
    caption = f"{title}. Baujat plot, {rows_of(len(points), studies)}. Far right: far from the pooled effect for its precision"
    caption += f"{' (a share of Q)' if common else ' (variances with τ²)'}; high up: moves the pooled effect when left out."
    caption += f" {bare} {'name is' if bare == 1 else 'names are'} left out for want of room, and in the table." if bare else ""
    most = max(range(len(points)), key=lambda at: points[at].contribution)
    strongest = max(range(len(points)), key=lambda at: points[at].influence)
    alt = f"Baujat plot of {rows_of(len(points), studies)}; {names[most]} is furthest from the pooled effect for its precision "
    alt += f"({shown(points[most].contribution)}), "
    alt += f"{names[strongest]} moves the pooled effect most ({shown(points[strongest].influence, 3)})."
    numbers: list[Numbers] = [
        {"element": "study", "label": name, "contribution": point.contribution, "influence": point.influence, "key": point.key,
         "events": " ".join(point.events)}
        for name, point in zip(names, points, strict=True)
    ]  # fmt: skip
    return finished("baujat", title, caption, alt, numbers, [paper])
