"""Where things are drawn, read from the SVG: areas by weight, regions at their p, curves through limits and known numbers."""

from __future__ import annotations

import re
from itertools import pairwise
from math import sqrt

import pytest
from lxml import etree

from review.model.synthesis import AlbatrossPoint, BubbleLine, BubblePoint, EffectPoint, EffectPoints, Forest, ForestGroup, ForestRow
from review.reporting.plots import Plot, draw_albatross, draw_bubble, draw_drapery, draw_forest, draw_funnel
from review.synthesis.distributions import quantile

SVG = "{http://www.w3.org/2000/svg}"
Places = list[tuple[float, float]]


def paths(plot: Plot, key: str = "", **wanted: str) -> list[Places]:
    """The corners of every path with these attributes, of all or of those that lead to *key*."""
    root = etree.fromstring(plot.svg(links=True))
    of = [a for a in root.iter(f"{SVG}a") if a.get("href") == f"#trace-{key}"] if key else [root]
    found = [path for part in of for path in part.iter(f"{SVG}path") if all(path.get(name) == value for name, value in wanted.items())]
    return [[(float(x), float(y)) for x, y in re.findall(r"([-\d.]+) ([-\d.]+)(?=\s|$)", path.get("d", ""))] for path in found]


def middle(corners: Places) -> tuple[float, float]:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def width(corners: Places) -> float:
    return max(x for x, _ in corners) - min(x for x, _ in corners)


def across(curve: Places, y: float) -> list[float]:
    """Where a curve crosses a height."""
    return [a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) for a, b in pairwise(curve) if (a[1] - y) * (b[1] - y) < 0]


POINTS = EffectPoints(
    "Made up", "Mean difference", (EffectPoint("A", -1.0, 0.5, key="a"), EffectPoint("B", 0.4, 0.4, key="b")), -0.2, 0.5, 5,
)  # fmt: skip


def test_the_area_of_a_square_goes_with_the_weight_and_its_middle_is_the_estimate() -> None:
    rows = tuple(
        ForestRow(name, value, value - 1, value + 1, weight, key=name) for name, value, weight in (("a", 0.0, 80.0), ("b", 1.0, 20.0))
    )
    plot = draw_forest(Forest("Made up", "Mean difference", "MD", (ForestGroup(rows),), null=0.0))
    [one], [other] = (paths(plot, key, fill="#8fa8c0") for key in ("a", "b"))
    assert (width(one) / width(other)) ** 2 == pytest.approx(4, rel=1e-3)
    [line], [second] = ([path for path in paths(plot, key) if len(path) == 2 and path[0][1] == path[1][1]] for key in ("a", "b"))
    for square, interval in ((one, line), (other, second)):
        assert middle(square)[0] == pytest.approx(middle(interval)[0], abs=1e-3)
    assert middle(other)[0] - middle(one)[0] == pytest.approx(width(line) / 2, abs=1e-3)  # one unit apart, as the interval is two wide


def test_the_regions_of_a_funnel_lie_at_their_p() -> None:
    plot = draw_funnel(POINTS)
    [cone] = [path for path in paths(plot, fill="none") if len(path) == 2 and path[0][1] < path[1][1] and path[0][0] < path[1][0]][:1]
    per_z = (cone[1][0] - cone[0][0]) / (cone[1][1] - cone[0][1]) / quantile(0.05, None)  # how far an edge goes aside for each z
    for fill, p in (("#bdbdbd", 0.01), ("#d9d9d9", 0.05), ("#ffffff", 0.10)):
        [region] = [path for path in paths(plot, fill=fill) if len(path) > 2 and min(x for x, _ in path) > 0 and width(path) > 60]
        (tip, top), *others = region
        slopes = [(x - tip) / (y - top) for x, y in others if y > top]
        assert any(abs(slope) == pytest.approx(per_z * quantile(p, None), rel=1e-3) for slope in slopes), fill


def test_the_pooled_curve_of_a_drapery_meets_a_level_where_its_interval_ends() -> None:
    plot = draw_drapery(POINTS)
    curves = {key: paths(plot, key, fill="none")[0] for key in ("a", "b")}
    [thick] = [path for path in paths(plot, fill="none") if len(path) > 50 and path not in curves.values()]
    rules = sorted({path[0][1] for path in paths(plot) if len(path) == 2 and path[0][1] == path[1][1] and width(path) > 200})
    at_05 = rules[-3]  # from below: the axis, p = 0.01, p = 0.05
    (low, high), (first, last) = across(thick, at_05), across(curves["b"], at_05)
    assert (high - low) / (last - first) == pytest.approx(quantile(0.05, 5) * 0.5 / (quantile(0.05, None) * 0.4), rel=0.01)


def test_a_contour_of_an_albatross_goes_through_a_known_number_of_people() -> None:
    """A standardised difference of 0.5 has p = 0.05 with 4 z² / 0.25 people in two equal arms."""
    n = 4 * quantile(0.05, None) ** 2 / 0.25
    points = [AlbatrossPoint("A", 0.05, True, round(n), "a"), AlbatrossPoint("B", 0.5, False, 400, "b")]
    plot = draw_albatross(points, title="Made up", contours=(0.5,))
    [dot] = paths(plot, "a", fill="#1f4e79") or [paths(plot, "a")[0]]
    x, y = middle(dot)
    curves = [path for path in paths(plot, fill="none") if len(path) > 10 and path[0][0] < x < path[-1][0]]
    heights = [a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0]) for path in curves for a, b in pairwise(path) if a[0] <= x <= b[0]]
    assert any(height == pytest.approx(y, abs=0.7) for height in heights), (y, heights)


def test_the_area_of_a_bubble_goes_with_the_weight_and_the_line_is_that_of_the_model() -> None:
    points = [BubblePoint("A", 10.0, -1.0, 80.0, "a"), BubblePoint("B", 20.0, 0.5, 20.0, "b"), BubblePoint("C", 30.0, 0.0, 5.0, "c")]
    plot = draw_bubble(points, BubbleLine(-2.5, 0.15), title="Made up", measure="Mean difference", covariate="Dose")
    [one], [other] = (paths(plot, key) for key in ("a", "b"))
    assert (width(one) / width(other)) ** 2 == pytest.approx(4, rel=1e-3)
    [line] = [path for path in paths(plot, fill="none") if len(path) == 2 and path[0][0] != path[1][0] and path[0][1] != path[1][1]]
    for x, y in (middle(one), middle(other)):  # both lie on the line of the model
        on = line[0][1] + (line[1][1] - line[0][1]) * (x - line[0][0]) / (line[1][0] - line[0][0])
        assert y == pytest.approx(on, abs=0.05)
    assert sqrt(80 / 5) == pytest.approx(width(one) / width(paths(plot, "c")[0]), rel=1e-3)


@pytest.mark.parametrize("wide", [174, 85])
def test_no_bubble_lies_on_an_axis_or_beyond_it(wide: int) -> None:
    points = tuple(BubblePoint(f"T{at}", float(at), float(at % 2), 25.0, key=f"k{at}") for at in range(4))
    plot = draw_bubble(points, BubbleLine(0.0, 0.0), title="Made up", measure="Mean difference", covariate="Age", width=wide)
    frame = [path for path in paths(plot, stroke="#1a1a1a") if len(path) == 2]
    left, bottom = min(x for path in frame for x, _ in path), max(y for path in frame for _, y in path if path[0][1] == path[1][1])
    for at in range(4):
        [circle] = paths(plot, f"k{at}", stroke="#1f4e79")
        xs, ys = [x for x, _ in circle], [y for _, y in circle]
        assert min(xs) > left + 2 and max(ys) < bottom and min(ys) > 0 and max(xs) < wide * 72 / 25.4
