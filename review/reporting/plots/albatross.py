"""The albatross plot, for results with a p value and a number of people but no common effect: with contours of what effect would give them.

Harrison et al. 2017, Res Synth Methods 8:281. Contours suppose two arms of equal size (a correlation: one sample) and a normal test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import atanh, log, log10
from statistics import NormalDist

from review.errors import InputRefused, near
from review.model.synthesis import AlbatrossPoint
from review.reporting.plots.paper import GREY, INK, SMALL, Paper, Stroke, width_of
from review.reporting.plots.plot import Numbers, Plot, finished, points_wide
from review.reporting.plots.scales import Scale
from review.reporting.plots.wording import p_words, plain, results_of, told_apart

SMALLEST, STEPS, DOT, FILL = 1e-6, 60, 2.6, "#1f4e79"
TICKS = (1.0, 0.2, 0.05, 0.01, 0.001, 1e-4, 1e-5, 1e-6)
STROKES: tuple[Stroke, ...] = ("solid", "dashed", "dotted")
PEOPLE: dict[str, Callable[[float, float, float], float]] = {  # how many people give z at this effect (and risk without treatment)
    "SMD": lambda z, effect, risk: 4 * z**2 / effect**2,
    "r": lambda z, effect, risk: (z / atanh(effect)) ** 2 + 3,
    "RR": lambda z, effect, risk: 2 * z**2 * ((1 - effect * risk) / (effect * risk) + (1 - risk) / risk) / log(effect) ** 2,
    "OR": lambda z, effect, risk: 2 * z**2 * (1 / (_treated(effect, risk) * (1 - _treated(effect, risk))) + 1 / (risk * (1 - risk)))
    / log(effect) ** 2,
}  # fmt: skip


def _treated(odds_ratio: float, risk: float) -> float:
    return odds_ratio * risk / (1 - risk + odds_ratio * risk)


def draw_albatross(
    points: Sequence[AlbatrossPoint],
    *,
    title: str,
    measure: str = "SMD",
    contours: Sequence[float] = (),
    baseline: float | None = None,
    sides: tuple[str, str] = ("Negative", "Positive"),
    width: int = 174,
) -> Plot:
    """The albatross plot of *points*, *width* 174 or 85 mm: numbers of people against p, results for benefit on the right.

    contours: up to three effects of *measure* (SMD, r, RR, OR), drawn on both sides, a ratio as it is read. baseline: the risk without
    treatment, for RR and OR. A p below 1e-6 stands at the edge with an arrow. Raises InputRefused for what cannot be drawn.
    """
    _check(points, title, measure, contours, baseline)
    wide = min(points_wide(width), 380.0)
    left, top, high = 44.0, 6.0, wide * 0.6
    most = max(2.2, max(min(-log10(point.p), -log10(SMALLEST)) for point in points) * 1.08)
    x = Scale(-most, most, left, wide - 5)
    ns = [point.n for point in points]
    y = Scale(min(ns) / 1.5, max(ns) * 1.5, top + high, top, ratio=True)
    rows = 2 if contours else 1
    paper = Paper(wide, top + high + 30 + (SMALL + 4) * rows)
    paper.rule(x.at(0), y.left, x.at(0), y.right, weight=0.5, ink=GREY)
    for effect, stroke in zip(contours, STROKES, strict=False):
        for sign in (-1, 1):
            through = _contour(measure, effect, baseline or 0.0, sign, most)
            inside = [(x.at(value), y.at(n)) for value, n in through if y.low <= n <= y.high]
            if len(inside) > 1:
                paper.curve(inside, ink=GREY, weight=0.7, stroke=stroke)
    for point in points:
        place, beyond = _place(point), point.p < SMALLEST
        paper.dot(x.at(place), y.at(point.n), DOT, FILL, edge="#ffffff", link=point.key)
        if beyond:
            paper.arrow(x.at(place) + (9 if point.positive else -9), y.at(point.n), to_right=point.positive, link=point.key)
    _draw_axes(paper, x, y, left, sides)
    _draw_legend(paper, [f"{measure} {plain(effect)}" for effect in contours[:3]], y.left + 44)
    numbers = _numbers(points, told_apart([point.label for point in points]))
    numbers += [{"element": "contour", "label": measure, "effect": effect, "baseline": baseline} for effect in contours]
    return finished("albatross", title, _caption(points, title, measure, contours, baseline), _alt(points, sides), numbers, [paper])


def _check(points: Sequence[AlbatrossPoint], title: str, measure: str, contours: Sequence[float], baseline: float | None) -> None:
    if not points:
        raise InputRefused("there is no result to draw", where=title, expected="one point at least")
    for point in points:
        if not 0 < point.p <= 1 or point.n < 1:
            raise InputRefused(f"{point.label} has p = {point.p} and n = {point.n}", where=title, expected="0 < p <= 1 and people")
    if measure not in PEOPLE:
        raise InputRefused(
            f"there are no contours for {measure!r}", where=title, expected=", ".join(PEOPLE), next_step=near(measure, PEOPLE)
        )
    ratio = measure in ("RR", "OR")
    if contours and ratio and (baseline is None or not 0 < baseline < 1):
        raise InputRefused(f"contours of {measure} need the risk without treatment", where=title, expected="baseline between 0 and 1")
    wrong = [one for one in contours if not one > 0 or (ratio and one == 1) or (measure == "r" and one >= 1)]
    wrong += [one for one in contours if measure == "RR" and one * (baseline or 0) >= 1]
    if wrong or len(contours) > len(STROKES):
        raise InputRefused(f"these are no contours of {measure}: {list(contours)}", where=title, expected="up to three effects that can be")


def _place(point: AlbatrossPoint) -> float:
    size = -log10(max(point.p, SMALLEST))
    return size if point.positive else -size


def _contour(measure: str, effect: float, risk: float, sign: int, most: float) -> list[tuple[float, float]]:
    """(place of p, people) along a contour, from p = 0.999 on."""
    found = []
    for at in range(1, STEPS + 1):
        size = most * at / STEPS
        z = -NormalDist().inv_cdf(10**-size / 2)  # by the lower tail, which keeps its digits however small p is
        found.append((sign * size, PEOPLE[measure](z, effect, risk)))
    return found


def _draw_axes(paper: Paper, x: Scale, y: Scale, left: float, sides: tuple[str, str]) -> None:
    paper.rule(x.left, y.left, x.right, y.left, weight=0.6, ink=INK)
    last = {1: x.at(0) - 1e9, -1: x.at(0) + 1e9}
    for p in TICKS:
        for sign in (1, -1) if p < 1 else (1,):
            at = x.at(-log10(p) * sign)
            if not x.left <= at <= x.right:
                continue
            paper.rule(at, y.left, at, y.left + 2.6, weight=0.6, ink=INK)
            half = width_of(plain(p), SMALL) / 2 + 2
            if (at - half >= last[1] if sign > 0 else at + half <= last[-1]) and at + half <= paper.width + 2 and at - half >= 0:
                paper.text(at, y.left + 3.8 + SMALL * 0.85, plain(p), size=SMALL, align="center")
                last[sign] = at + half * sign
                if p == 1:
                    last[-1] = at - half
    paper.axis_left(y, left, size=SMALL)
    paper.text(x.left, y.left + 24, sides[0], size=SMALL)
    paper.text(x.right, y.left + 24, sides[1], size=SMALL, align="right")
    paper.text(x.at(0), y.left + 33, "p value, two-sided", size=SMALL, align="center")
    paper.upright(9, (y.left + y.right) / 2, "Participants, logarithmic scale", size=SMALL)


def _draw_legend(paper: Paper, words: Sequence[str], y: float) -> None:
    x = 0.0
    for one, stroke in zip(words, STROKES, strict=False):
        paper.curve([(x, y - 2.4), (x + 16, y - 2.4)], ink=GREY, weight=0.8, stroke=stroke)
        paper.text(x + 20, y, one, size=SMALL)
        x += 32 + width_of(one, SMALL)


def _caption(points: Sequence[AlbatrossPoint], title: str, measure: str, contours: Sequence[float], baseline: float | None) -> str:
    told = f"{title}. Albatross plot, {results_of(len(points))}: people against the two-sided p, on the side of its direction; not pooled."
    if contours:
        at = f", with {plain(baseline)} of the controls having the event" if baseline is not None and measure in ("RR", "OR") else ""
        told += f" Lines: p and people that {measure} {', '.join(map(plain, contours))} would give in arms of equal size{at}."
    beyond = sum(point.p < SMALLEST for point in points)
    return told + (f" {beyond} with p below {SMALLEST:.6f} at the edge, with an arrow." if beyond else "")


def _alt(points: Sequence[AlbatrossPoint], sides: tuple[str, str]) -> str:
    right = [point for point in points if point.positive]
    least = min(points, key=lambda point: point.p)
    said = f"Albatross plot of {results_of(len(points))}: {len(points) - len(right)} {sides[0]}, {len(right)} {sides[1]}; "
    people = " to ".join(dict.fromkeys(f"{n:,}" for n in (min(p.n for p in points), max(p.n for p in points))))
    return said + f"{people} people; smallest {p_words(least.p)} ({least.label})."


def _numbers(points: Sequence[AlbatrossPoint], names: Sequence[str]) -> list[Numbers]:
    return [
        {"element": "result", "label": name, "p": point.p, "positive": point.positive, "n": point.n, "key": point.key,
         "events": " ".join(point.events)}
        for name, point in zip(names, points, strict=True)
    ]  # fmt: skip
