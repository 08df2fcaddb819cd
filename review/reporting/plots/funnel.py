"""The contour-enhanced funnel plot: effects against their standard errors over regions of significance; no proof of publication bias.

Regions: Peters et al. 2008, J Clin Epidemiol 61:991. They lie around no effect; the dashed lines lie around the pooled effect.
"""

from __future__ import annotations

from itertools import pairwise
from math import exp
from statistics import NormalDist

from review.errors import InputRefused
from review.model.synthesis import EffectPoint, EffectPoints
from review.reporting.bias_pictures_paper import RULE
from review.reporting.plots.paper import GREY, INK, LINE, SMALL, Paper, width_of
from review.reporting.plots.plot import Numbers, Plot, finished, points_wide
from review.reporting.plots.scales import Scale
from review.reporting.plots.wording import rows_of, shown, told_apart
from review.synthesis.distributions import two_sided_p

REGIONS = (
    (0.01, "#ececec", "p < 0.01"),
    (0.05, "#bdbdbd", "0.01 to 0.05"),
    (0.10, "#d9d9d9", "0.05 to 0.10"),
    (1.0, "#ffffff", "p > 0.10"),
)
FEW, DOT = 10, 2.6
POINT, IMPUTED = "#1f4e79", "#ffffff"
FEW_WORDS = "Fewer than 10 studies: asymmetry cannot be told from chance."
NO_PROOF = "Asymmetry has many causes and is no proof of publication bias."


def draw_funnel(found: EffectPoints, *, width: int = 174) -> Plot:
    """The funnel of *found*, *width* 174 or 85 mm. Points that trim and fill made are open. Raises InputRefused without points."""
    check_points(found)
    wide = min(points_wide(width), 340.0)
    left, high, top = 40.0, wide * 0.72, 6.0
    x, y = _scales(found, (left, wide - 4), (top, top + high))
    lines = _legend_lines(found, wide)
    paper = Paper(wide, top + high + 32 + (LINE + 1) * len(lines) + 6)
    _draw_regions(paper, found, x, y)
    if found.estimate is not None:
        _draw_cone(paper, found.estimate, x, y)
    for point in found.points:
        fill = IMPUTED if point.imputed else POINT
        paper.dot(x.at(point.estimate), y.at(point.se), DOT, fill, edge=INK if point.imputed else "#ffffff", link=point.key)
    paper.curve([(x.left, y.left), (x.right, y.left), (x.right, y.right)], ink=RULE, weight=0.5)  # where white ends on white paper
    paper.axis_below(x, y.right, size=SMALL)
    paper.axis_left(y, left, size=SMALL)
    paper.upright(9, (y.left + y.right) / 2, "Standard error", size=SMALL)
    measure = found.measure + (", logarithmic scale" if found.ratio else "")
    paper.text((x.left + x.right) / 2, y.right + 24, measure, size=SMALL, align="center")
    _draw_legend(paper, lines, y.right + 32)
    return finished("funnel", found.title, _caption(found), _alt(found), _numbers(found), [paper])


def check_points(found: EffectPoints) -> None:
    """Refuse what has no place on a funnel or a drapery."""
    if not found.points:
        raise InputRefused("there is no effect to draw", where=found.title, expected="one point at least")
    for point in found.points:
        if not point.se > 0:
            raise InputRefused(f"{point.label} has the standard error {point.se}", where=found.title, expected="a number above 0")


def _scales(found: EffectPoints, across: tuple[float, float], down: tuple[float, float]) -> tuple[Scale, Scale]:
    largest = max(point.se for point in found.points) * 1.06
    centre = found.null if found.estimate is None else found.estimate
    around = NormalDist().inv_cdf(0.975) * largest
    values = [point.estimate for point in found.points] + [found.null, centre - around, centre + around]
    room = (max(values) - min(values)) * 0.03
    x = Scale(min(values) - room, max(values) + room, *across, first=found.null, exponential=found.ratio)
    return x, Scale(0.0, largest, *down)


def _draw_regions(paper: Paper, found: EffectPoints, x: Scale, y: Scale) -> None:
    """From the outermost region inward, each a triangle with its tip at no effect, cut at the frame."""
    paper.box(x.left, y.left, x.right - x.left, y.right - y.left, REGIONS[0][1])
    for (level, _, _), (_, fill, _) in pairwise(REGIONS):
        z = NormalDist().inv_cdf(1 - level / 2)
        corners = [(x.at(found.null), y.at(0))]
        for side in (1, -1):
            edge = x.high if side > 0 else x.low
            se = min(y.high, abs(edge - found.null) / z)
            ends = [(x.at(x.held(found.null + side * z * se)), y.at(se))] + ([(x.at(edge), y.at(y.high))] if se < y.high else [])
            corners += ends if side > 0 else ends[::-1]
        paper.area(corners, fill)
    paper.rule(x.at(found.null), y.left, x.at(found.null), y.right, weight=0.5, ink=GREY)


def _draw_cone(paper: Paper, centre: float, x: Scale, y: Scale) -> None:
    """The pooled effect, and where 95 % of studies would lie around it if all estimated it."""
    z = NormalDist().inv_cdf(0.975)
    paper.rule(x.at(centre), y.left, x.at(centre), y.right, weight=0.8, ink=INK)
    for side in (1, -1):
        paper.curve([(x.at(centre), y.at(0)), (x.at(centre + side * z * y.high), y.at(y.high))], stroke="dashed", weight=0.7)


def _legend_lines(found: EffectPoints, wide: float) -> list[list[tuple[str, str]]]:
    """The signs with their words in lines that fit: (what is drawn, words); the shades of p stand by themselves."""
    signs = [(fill, words) for _, fill, words in reversed(REGIONS)] + [("dot", "Study")]
    signs += [("open", "Imputed")] if any(point.imputed for point in found.points) else []
    signs += [("line", "Pooled effect"), ("dashed", "95% limits around it")] if found.estimate is not None else []
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0.0
    for sign, words in signs:
        own = 26 + width_of(words, SMALL)
        if sign == "dot" or (lines[-1] and used + own > wide):
            lines.append([])
            used = 0.0
        lines[-1].append((sign, words))
        used += own
    return lines


def _draw_legend(paper: Paper, lines: list[list[tuple[str, str]]], y: float) -> None:
    for at, line in enumerate(lines):
        x, middle = 0.0, y + (LINE + 1) * at + 5
        for sign, words in line:
            if sign in ("dot", "open"):
                paper.dot(x + 8, middle, DOT, POINT if sign == "dot" else IMPUTED, edge="#ffffff" if sign == "dot" else INK)
            elif sign in ("line", "dashed"):
                paper.curve([(x + 1, middle), (x + 15, middle)], stroke="dashed" if sign == "dashed" else "solid", weight=0.8)
            else:
                paper.box(x + 1, middle - 4, 14, 8, sign, edge="#8a8a8a")
            paper.text(x + 18, middle + SMALL * 0.35, words, size=SMALL)
            x += 26 + width_of(words, SMALL)


def _caption(found: EffectPoints) -> str:
    studies = [point for point in found.points if not point.imputed]
    told = [
        f"{found.title}. Funnel plot, {rows_of(len(studies), found.studies)}; shaded by the two-sided p of each place against no effect."
    ]
    told += [f"{len(found.points) - len(studies)} imputed by trim and fill, not found."] if len(found.points) > len(studies) else []
    told += [FEW_WORDS] if (len(studies) if found.studies is None else found.studies) < FEW else []
    return " ".join([*told, *found.tests, NO_PROOF, *found.notes])


def read(found: EffectPoints, value: float) -> str:
    """A value of the analysis as it is read."""
    return shown(exp(value) if found.ratio else value)


def region(found: EffectPoints, point: EffectPoint) -> str:
    """In which region of significance a point lies."""
    p = two_sided_p((point.estimate - found.null) / point.se, None)
    return next(words for level, _, words in REGIONS if p < level or level == 1.0)


def _alt(found: EffectPoints) -> str:
    studies = [point for point in found.points if not point.imputed]
    errors = [point.se for point in studies]
    rows = rows_of(len(studies), found.studies)
    spread = f"errors {shown(min(errors))} to {shown(max(errors))}" if len(errors) > 1 else f"error {shown(errors[0])}"
    said = [f"Funnel plot of {rows} ({found.measure}), standard {spread}"]
    if found.estimate is not None:
        left = sum(point.estimate < found.estimate for point in studies)
        right = sum(point.estimate > found.estimate for point in studies)
        said.append(f"pooled effect {read(found, found.estimate)}, {left} left of it and {right} right of it")
    counts = {words: sum(region(found, point) == words for point in studies) for *_, words in REGIONS}
    said.append("p " + ", ".join(f"{words.removeprefix('p ')}: {n}" for words, n in counts.items() if n))
    return "; ".join([*said, *(one.rstrip(".") for one in found.tests)]) + "."


def _numbers(found: EffectPoints) -> list[Numbers]:
    rows: list[Numbers] = []
    for point, label in zip(found.points, told_apart([point.label for point in found.points]), strict=True):
        read_as = exp(point.estimate) if found.ratio else point.estimate
        rows.append(
            {"element": "imputed" if point.imputed else "study", "label": label, "estimate": point.estimate, "se": point.se,
             "read_as": read_as, "region": region(found, point), "key": point.key, "events": " ".join(point.events)}
        )  # fmt: skip
    if found.estimate is not None:
        rows.append({"element": "pooled", "label": "Pooled effect", "estimate": found.estimate, "se": found.se})
    return [*rows, {"element": "no effect", "label": found.measure, "estimate": found.null}]
