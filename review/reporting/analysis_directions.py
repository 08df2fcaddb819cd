"""Pictures without pooling: harvest, albatross and direction of effect, of every effect that a planned comparison has.

Directions are those of the plan ('lower is better'); results are not counted by whether they are significant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from sys import float_info

from review.errors import InputRefused
from review.model.synthesis import AlbatrossPoint, BiasSign, DirectionCell, DirectionRow, HarvestBar, SignTest
from review.reporting.analyses import NOT_PLANNED, Synthesis, chosen, synthesis
from review.reporting.analysis_account import flagged, left_out
from review.reporting.analysis_forest import board_of, favours, of_data, signs_of
from review.reporting.analysis_lines import Line, line_traces, lines
from review.reporting.analysis_pictures import Attempt, Maker, attempts
from review.reporting.bias_pictures_rows import OVERALL, Board
from review.reporting.plots import Plot, draw_albatross, draw_direction, draw_harvest
from review.reporting.rooms import Rooms
from review.synthesis.direction import sign_test
from review.synthesis.distributions import two_sided_p

DESIGNS = ("not randomised, or not stated", "randomised")
JUDGED, OTHERS = "risk of bias judged at the lowest level", "a higher level, or not judged"
UNDRAWN = "it has no direction or no number of participants by itself"
SIDES = ("control", "neither", "experimental")


def _asked(rooms: Rooms, comparison: str) -> list[tuple[Synthesis, list[Line]]]:
    """The syntheses asked for, '' for all planned, with their lines that have an effect. Raises InputRefused where none has."""
    found = [synthesis(rooms, one.id) for one in chosen(rooms, comparison)]
    between = [one for one in found if one.done.found.measure.arms != 1 and one.done.used]
    if not between:
        why = "no effect between arms is there" if found else NOT_PLANNED
        raise InputRefused(f"no direction of effect can be shown: {why}", where="comparisons", next_step="plan one, or extract its results")
    return [(one, [line for line in lines(one) if line.estimate is not None]) for one in between]


def _yi(line: Line) -> float:
    assert line.effect is not None and line.effect.yi is not None
    return line.effect.yi


def _traced(
    rooms: Rooms, asked: Sequence[tuple[Synthesis, list[Line]]], plot: Plot, comparison: str, *, by_study: bool = False
) -> Plot:  # fmt: skip
    """The picture with its origins, and with who is missing from it in each comparison."""
    keys = {str(row["key"]) for row in plot.numbers if row.get("key")}
    for one, _ in asked:
        every = lines(one)
        told = " ".join([*of_data(one), *flagged(every), *left_out(every, keys, UNDRAWN, by_study=by_study)])
        plot = plot.noted([told if len(asked) == 1 else f"{one.about}: {told}"])
    found = {key: trace for one, made in asked for key, trace in line_traces(rooms, one, made).items()}
    return replace(plot.traced(found), name=f"{plot.name}-{comparison}" if comparison else plot.name)


def _title(asked: Sequence[tuple[Synthesis, list[Line]]]) -> str:
    return asked[0][0].about if len(asked) == 1 else f"Directions of effect in {len(asked)} comparisons"


def _sides(asked: Sequence[tuple[Synthesis, list[Line]]]) -> tuple[str, str]:
    """What favours the control and what the experimental arm, by the names of the arms where one comparison is drawn."""
    if len(asked) > 1:
        return "Favours control", "Favours experimental"
    one = asked[0][0]
    named = favours(one) if one.better == "higher is better" else favours(one)[::-1]
    return named[0], named[1]


def harvest(rooms: Rooms, comparison: str = "", *, width: int = 174) -> Plot:
    """The harvest plot: a row for each comparison ('' for all planned), a bar for each effect, higher where the study was randomised."""
    asked = _asked(rooms, comparison)
    bars = []
    left, right = _sides(asked)
    heads = dict(zip(SIDES, (left, "Neither", right), strict=True))
    for one, made in asked:
        board = board_of(rooms, one)
        for line in made:
            judged = _overall(board, line.study) if board else None
            best = board.slots[-1].levels[0].label if board and board.slots[-1].levels else ""
            bars.append(
                HarvestBar(
                    line.shown, one.about, heads[one.side(_yi(line))], 2 if line.study in one.gathered.randomised else 1,
                    "filled" if judged is not None and judged.label == best else "open", line.key, line.events,
                )
            )  # fmt: skip
    columns = [head for head in heads.values() if head != "Neither" or any(bar.column == head for bar in bars)]
    plot = draw_harvest(bars, title=_title(asked), columns=columns, levels=DESIGNS, shades=(JUDGED, OTHERS), width=width)
    return _traced(rooms, asked, plot, comparison)


def _overall(board: Board, study: str) -> BiasSign | None:
    signs = signs_of(board, study)
    return next((sign for slot, sign in zip(board.slots, signs, strict=True) if slot.part == OVERALL), None)


def albatross(rooms: Rooms, comparison: str = "", *, width: int = 174) -> Plot:
    """The albatross plot of one comparison: how many people against the two-sided p of each effect, benefit on the right."""
    one = synthesis(rooms, comparison)
    asked = _asked(rooms, one.asked.id)
    points = []
    for line in asked[0][1]:
        effect = line.effect
        people = _people(line)
        if effect is None or effect.yi is None or effect.vi is None or people is None:
            continue
        p = max(two_sided_p(effect.yi / sqrt(effect.vi), None), float_info.min)  # 0 has no place on its axis
        points.append(AlbatrossPoint(line.shown, p, one.side(effect.yi) == "experimental", people, line.key, line.events))
    if not points:
        raise InputRefused("no effect has a number of participants", where=one.about, next_step="extract n_analysed of its arms")
    contours = (0.2, 0.5, 0.8) if one.asked.measure in ("SMD", "SMDH") else ()
    plot = draw_albatross(points, title=one.about, sides=_sides(asked), contours=contours, width=width)
    return _traced(rooms, asked, plot, one.asked.id)


def _people(line: Line) -> int | None:
    """How many took part in both arms; the periods of a crossover are of the same people."""
    if line.effect is None:
        return None
    comparison = line.effect.comparison
    if comparison.given is not None:
        return None if comparison.given.n is None else round(comparison.given.n)
    arms = [arm.n for arm in (comparison.exp, comparison.ctl) if arm is not None]
    if not arms or None in arms:
        return None
    people = sum(n for n in arms if n is not None)
    return round(people / 2 if comparison.first.design == "crossover" else people)


def effect_direction(rooms: Rooms, comparison: str = "", *, width: int = 174) -> Plot:
    """The effect direction plot: a row a study, a column a comparison ('' for all planned), with a sign test of each."""
    asked = _asked(rooms, comparison)
    studies = dict.fromkeys(study for one, _ in asked for study in one.gathered.studies)
    of = {study: [[line for line in made if line.study == study] for _, made in asked] for study in studies}
    rows = [
        DirectionRow(
            next(line.shown for group in groups for line in group),
            max((n for group in groups for line in group if (n := _people(line)) is not None), default=None),
            tuple(_cell(one, group) for (one, _), group in zip(asked, groups, strict=True)),
            key=next(line.key for group in groups for line in group),
            events=tuple(dict.fromkeys(event for group in groups for line in group for event in line.events)),
        )
        for study, groups in of.items()
        if any(groups)
    ]
    domains = [one.outcome.name if len(asked) == 1 else one.about for one, _ in asked]
    tests = [_test([row.cells[at] for row in rows]) for at in range(len(asked))]
    plot = draw_direction(rows, title=_title(asked), domains=domains, tests=tests, width=width)
    up = _sides(asked)[1].removeprefix("Favours ") if len(asked) == 1 else "the experimental arm of its comparison"
    return _traced(rooms, asked, plot.noted([f"An arrow up favours {up}."]), comparison, by_study=True)


def _cell(one: Synthesis, group: Sequence[Line]) -> DirectionCell | None:
    sides = {one.side(_yi(line)) for line in group}
    if not group:
        return None
    words = {frozenset({"experimental"}): "positive", frozenset({"control"}): "negative"}
    events = tuple(dict.fromkeys(event for line in group for event in line.events))
    return DirectionCell(words.get(frozenset(sides), "mixed"), len(group), group[0].key, events)


def _test(cells: Sequence[DirectionCell | None]) -> SignTest | None:
    """The sign test of those with a direction; mixed ones have none."""
    told = [cell.direction for cell in cells if cell and cell.direction != "mixed"]
    if not told:
        return None
    p, (low, high) = sign_test(told.count("positive"), len(told))
    return SignTest(told.count("positive"), len(told), p, low, high)


UNPOOLED: tuple[Maker, ...] = (("Effect direction plot", effect_direction), ("Harvest plot", harvest), ("Albatross plot", albatross))


def unpooled_pictures(rooms: Rooms, comparison: str, *, width: int = 174) -> list[Plot]:
    """The pictures without pooling that this comparison has; none where the plan does not say which direction is better."""
    return unpooled_attempts(rooms, comparison, width=width)[0]


def unpooled_attempts(rooms: Rooms, comparison: str, *, width: int = 174) -> Attempt:
    """The pictures without pooling, and those that this comparison has not, each with the reason."""
    return attempts(rooms, comparison, UNPOOLED, width)
