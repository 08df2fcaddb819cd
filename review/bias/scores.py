"""The overall result of a tool: the worst domain with its floor, the sum of points, the rating from counted weaknesses.

A missing answer leaves the result blank: no sum, no rating; it is never counted as NA or as 0. Where people decide, nothing is proposed,
and where the domains set a floor nothing below it is offered. What a published tool does not grade stays ungraded; gradings of others are
shown only where the project switches them on, and are called unofficial.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from review.bias.algorithm import AND, Form, Level, OneOf, Question, Whole, YesNo, rank


class Span(Form):
    """From a number to a number, both counted in; ``to`` left out is no limit."""

    first: Whole = Field(0, alias="from")
    last: Whole | None = Field(None, alias="to")

    def holds(self, number: int) -> bool:
        """Whether the number lies in it."""
        return self.first <= number and (self.last is None or number <= self.last)


class WeaknessRow(Form):
    """One row of a rating: so many weaknesses in critical items and in others lead to the level ``then``."""

    critical: Span = Span()
    others: Span = Span()
    then: str = ""

    def fires(self, critical: int, others: int) -> bool:
        """Whether it fires for these counts."""
        return self.critical.holds(critical) and self.others.holds(others)


class GradingRow(Form):
    """One row of a grading: where every group's points lie in its span (none named: otherwise), the grade is ``then``."""

    when: dict[str, Span] = Field(default_factory=dict)
    then: str = ""


class Grading(Form):
    """A way to turn points into a grade. ``official`` says whether the tool's authors gave it; it is off until a project switches it on."""

    id: str = ""
    label: str = ""
    official: YesNo = False
    note: str = ""
    rows: tuple[GradingRow, ...] = Field((), alias="row")

    def grade(self, points: Mapping[str, int]) -> str:
        """The grade of the first row that fits."""
        fits = (row.then for row in self.rows if all(span.holds(points[group]) for group, span in row.when.items()))
        return next(fits, "")


class OverallForm(Form):
    """How the overall result comes about, what people may settle on, and when they are asked to look again."""

    rule: str = ""
    floor: str = ""
    ni_level: str = ""
    ni_unless: OneOf = ()
    ni_note: str = ""
    flag_level: str = ""
    flag_at: Whole = 0
    flag: str = ""
    note: str = ""
    sum: str = ""
    unit: str = "points"
    critical: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    partial: str = ""
    rows: tuple[WeaknessRow, ...] = Field((), alias="row")


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """Points got of those that can be had. ``got`` is None while anything is missing; ``groups``: domain -> (got or None, of).

    ``grades``: what switched-on gradings make of it, each with its label and whether it is official; no judgement of the tool.
    """

    got: int | None
    of: int
    groups: Mapping[str, tuple[int | None, int]]
    missing: tuple[str, ...]
    unit: str = "points"
    grades: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.got is None:
            return f"no sum: no answer to {', '.join(self.missing)}"
        return f"{self.got} of {self.of} {self.unit}"


@dataclass(frozen=True, slots=True)
class Overall:
    """What a tool proposes over all domains. Where people decide it is None and ``choices`` holds the labels to choose from.

    ``flag``: a sentence that asks people to look again, '' when there is none. It never changes the judgement.
    ``floor``: the label below which people may not settle, '' for none; ``choices`` then holds nothing below it.
    ``score``: the points of a tool that sums, else None. ``missing``: answers without which nothing is summed or rated.
    ``because``: what was counted, in words.
    """

    judgement: str | None
    level: str | None
    flag: str
    choices: tuple[str, ...]
    score: ScoreCard | None = None
    missing: tuple[str, ...] = ()
    floor: str = ""
    because: str = ""


def worst_of(found: Mapping[str, Level], form: OverallForm, levels: Sequence[Level]) -> Overall:
    """The worst level over domains, flagged when ``flag_at`` domains or more are at ``flag_level`` and none is worse.

    A domain outside the order of levels (no information) leaves it to people, unless the tool says what it leads to: ``ni_level`` is then
    proposed where no domain is at one of ``ni_unless``, else the worst of the others.
    """
    unranked = {domain: level for domain, level in found.items() if level.rank is None}
    ranked = {domain: level for domain, level in found.items() if level.rank is not None}
    worst = max(ranked.values(), key=rank, default=None)
    known = bool(form.ni_level) and all(level.id == form.ni_level for level in unranked.values())
    blank_counts = bool(unranked) and known and (worst is None or worst.id not in form.ni_unless)
    choices = _choices(form, levels, worst, no_information=blank_counts)
    floor = worst.label if form.floor and worst is not None else ""
    outside = ", ".join(f"{domain} ({level.label})" for domain, level in unranked.items())
    if blank_counts:
        blank = next(level for level in levels if level.id == form.ni_level)
        return Overall(blank.label, blank.id, f"people decide: {outside}: {form.ni_note}", choices, floor=floor)
    if worst is None or (unranked and not known):
        return Overall(None, None, f"people decide: {outside} stands outside the order of levels", choices, floor=floor)
    at_level = [domain for domain, level in ranked.items() if level.id == form.flag_level]
    raised = bool(form.flag) and worst.id == form.flag_level and len(at_level) >= form.flag_at
    return Overall(worst.label, worst.id, f"{worst.label} in {' and '.join(at_level)}: {form.flag}" if raised else "", choices, floor=floor)


def _choices(form: OverallForm, levels: Sequence[Level], worst: Level | None, *, no_information: bool) -> tuple[str, ...]:
    """What people may settle on: with a floor nothing better than the worst domain, and no information only where it is proposed."""
    if not form.floor:
        return tuple(level.label for level in levels)
    lowest = -1 if worst is None else rank(worst)
    kept = [level for level in levels if (no_information if level.rank is None else level.rank >= lowest)]
    return tuple(level.label for level in kept)


def points_of(question: Question, answer: str, points: Mapping[str, int]) -> int:
    """The points of an accepted answer: of the choices ticked, else of the answer's code in the tool's table."""
    if question.choices:
        earned = {choice.id: choice.points for choice in question.choices}
        return sum(earned.get(ticked, 0) for ticked in answer.split(AND))  # 'none' earns nothing
    return points[answer]


def most_points(question: Question, points: Mapping[str, int]) -> int:
    """The points of the best answer."""
    return max((points_of(question, answer, points) for answer in question.options), default=0)


def score_card(
    asked: Mapping[str, Sequence[Question]], counted: Mapping[str, str], missing: tuple[str, ...], points: Mapping[str, int],
    gradings: Sequence[Grading], unit: str,
) -> ScoreCard:  # fmt: skip
    """The sum over the questions that are asked, by domain and in all; nothing is summed in a domain, or in all, that misses an answer."""
    groups: dict[str, tuple[int | None, int]] = {}
    for domain, questions in asked.items():
        earned = [points_of(question, counted[question.id], points) for question in questions if question.id in counted]
        of = sum(most_points(question, points) for question in questions)
        groups[domain] = (sum(earned) if len(earned) == len(questions) else None, of)
    got = {domain: earned for domain, (earned, _) in groups.items() if earned is not None}
    complete = not missing and len(got) == len(groups)
    grades = tuple(_graded(grading, got) for grading in gradings) if complete else ()
    return ScoreCard(sum(got.values()) if complete else None, sum(of for _, of in groups.values()), groups, missing, unit, grades)


def _graded(grading: Grading, got: Mapping[str, int]) -> str:
    return f"{grading.grade(got)} ({grading.label}{'' if grading.official else '; unofficial'})"


def weakness_rating(cells: Mapping[str, str | None], form: OverallForm, levels: Sequence[Level], missing: tuple[str, ...]) -> Overall:
    """The rating from the items whose cell is a weakness, critical ones counted apart; none while an answer is missing.

    cells: item -> level id. While an answer is missing there is nothing to choose either.
    """
    choices = tuple(level.label for level in levels)
    if missing:
        return Overall(None, None, "", (), missing=missing, because=f"no rating: no answer to {', '.join(missing)}")
    weak = [item for item, cell in cells.items() if cell in form.weak]
    critical = [item for item in weak if item in form.critical]
    others = [item for item in weak if item not in form.critical]
    row = next(row for row in form.rows if row.fires(len(critical), len(others)))
    level = next(level for level in levels if level.id == row.then)
    because = f"{_counted(critical, 'in a critical item', 'in critical items')}, {_counted(others, 'in another', 'in others')}"
    flagged = bool(form.flag) and level.id == form.flag_level and len(others) >= form.flag_at
    return Overall(level.label, level.id, f"{level.label}, {because}: {form.flag}" if flagged else "", choices, because=because)


def _counted(items: Sequence[str], one: str, many: str) -> str:
    if not items:
        return f"no weakness {many}"
    return f"{len(items)} {'weakness' if len(items) == 1 else 'weaknesses'} {one if len(items) == 1 else many} ({', '.join(items)})"
