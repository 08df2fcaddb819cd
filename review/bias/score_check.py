"""Checks of a tool file's cells, points, overall rule and gradings: every problem at once, each with its key and what is accepted there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

from review.bias.algorithm import Question
from review.bias.scores import most_points, points_of
from review.bias.tool_form import Problems, ToolForm

OVERALL_RULES = ("worst", "manual", "none", "sum", "amstar2")
CELLS_FROM = ("answers", "points")
MOST_CASES = 20_000


def check_scores(form: ToolForm, problems: Problems) -> None:
    """Note what is wrong with the cells, the points, the overall rule and the gradings."""
    asked = [question for domain in form.all_domains for question in domain.questions]
    _check_overall(form, problems)
    _check_flag(form, problems)
    _check_cells(form, asked, problems)
    _check_points(form, asked, problems)
    if form.overall_form.rule == "amstar2" or form.overall_form.rows:
        _check_weaknesses(form, asked, problems)
    for number, _ in enumerate(form.gradings, 1):
        _check_grading(form, number, problems)
    problems.unique("grading", [grading.id for grading in form.gradings], [f"grading {grading.id}" for grading in form.gradings])


def _check_overall(form: ToolForm, problems: Problems) -> None:
    overall = form.overall_form
    problems.vocabulary("overall, rule", overall.rule, OVERALL_RULES)
    worst_only = {"floor": overall.floor, "ni_level": overall.ni_level, "ni_unless": overall.ni_unless, "ni_note": overall.ni_note}
    for name, value in worst_only.items():
        if value and overall.rule != "worst":
            problems.add(f"overall, {name}", "given", "only with rule 'worst'")
    if overall.floor:
        problems.vocabulary("overall, floor", overall.floor, ("worst-domain",))
    if overall.ni_level:
        problems.vocabulary("overall, ni_level", overall.ni_level, [level.id for level in form.levels if level.rank is None])
        for level in overall.ni_unless:
            problems.vocabulary("overall, ni_unless", level, [level.id for level in form.levels if level.rank is not None])
        if not overall.ni_note:
            problems.add("overall, ni_note", "missing", "the sentence that asks people to decide")
    elif overall.ni_unless or overall.ni_note:
        problems.add("overall, ni_level", "missing", "the level that stands for no information")
    if overall.sum:
        problems.vocabulary("overall, sum", overall.sum, ("not-allowed",))
        if overall.rule == "sum":
            problems.add("overall, sum", "'not-allowed' with rule 'sum'", "one of the two")


def _check_flag(form: ToolForm, problems: Problems) -> None:
    overall = form.overall_form
    if overall.flag or overall.flag_level or overall.flag_at:
        levels = form.overall_levels if overall.rule == "amstar2" else form.levels
        problems.vocabulary("overall, flag_level", overall.flag_level, [level.id for level in levels])
        if overall.flag_at < 2:
            problems.add("overall, flag_at", f"{overall.flag_at}", "2 or more")
        if not overall.flag:
            problems.add("overall, flag", "missing", "the sentence to show")


def _check_cells(form: ToolForm, asked: Sequence[Question], problems: Problems) -> None:
    problems.vocabulary("cells_from", form.cells_from, CELLS_FROM)
    if form.layout != "items":
        if form.cells:
            problems.add("cells", "given", "only with layout 'items'")
        for domain in form.all_domains:
            for question in domain.questions:
                if question.item:
                    problems.add(f"domain {domain.id}, question {question.id}, item", "given", "only with layout 'items'")
        if form.judgement == "from-answers":
            problems.add("judgement", "'from-answers' with layout 'domains'", "layout 'items', or rules or manual")
        return
    if form.judgement == "rules" or any(domain.judgement == "rules" for domain in form.all_domains):
        problems.add("judgement", "'rules' with layout 'items'", "manual or from-answers, or layout 'domains'")
    wanted = _parts_of(asked, form) if form.cells_from == "points" else _answers_of(asked)
    meaning = (
        "the level that this share of the points is shown as" if form.cells_from == "points" else "the level that this answer is shown as"
    )
    for answer in wanted:
        if answer not in form.cells:
            problems.add(f"cells, {answer}", "missing", meaning)
    for answer, level in form.cells.items():
        problems.vocabulary(f"cells, {answer}", level, [entry.id for entry in form.levels])
        if wanted and answer not in wanted:
            problems.add(f"cells, {answer}", "no item offers this answer", ", ".join(wanted))


def _answers_of(asked: Sequence[Question]) -> list[str]:
    return list(dict.fromkeys(answer for question in asked for answer in question.options))


def _parts_of(asked: Sequence[Question], form: ToolForm) -> list[str]:
    """The shares of an item's points that some answer earns: all, part, none."""
    found = {"all", "none"} if asked else set()
    for question in asked:
        best = most_points(question, form.points) if _pointed(question, form) else 0
        if any(0 < points_of(question, answer, form.points) < best for answer in (question.options if best else ())):
            found.add("part")
    return [word for word in ("all", "part", "none") if word in found]


def _pointed(question: Question, form: ToolForm) -> bool:
    """Whether every answer to the question has its points."""
    return bool(question.choices) or all(answer in form.points for answer in question.options)


def _check_points(form: ToolForm, asked: Sequence[Question], problems: Problems) -> None:
    plain = [question for question in asked if not question.choices]
    used = _answers_of(plain)
    if form.overall_form.rule != "sum":
        if form.points or any(choice.points for question in asked for choice in question.choices):
            problems.add("points", "given", "only where overall, rule is 'sum'")
        if form.gradings:
            problems.add("grading", "given", "only where overall, rule is 'sum'")
        if form.cells_from == "points":
            problems.add("cells_from", "'points'", "only where overall, rule is 'sum'")
        return
    if form.layout != "items" or form.judgement != "from-answers":
        problems.add("overall, rule", "'sum'", "with layout 'items' and judgement 'from-answers'")
    for answer in used:
        if answer not in form.points:
            problems.add(f"points, {answer}", "missing", "the points that this answer earns")
    for answer, earned in form.points.items():
        if used and answer not in used:
            problems.add(f"points, {answer}", "no item offers this answer", ", ".join(used))
        if earned < 0:
            problems.add(f"points, {answer}", f"{earned}", "0 or more")


def _check_weaknesses(form: ToolForm, asked: Sequence[Question], problems: Problems) -> None:
    overall = form.overall_form
    if overall.rule != "amstar2":
        problems.add("overall, row", "given", "only with rule 'amstar2'")
        return
    if form.layout != "items" or form.judgement != "from-answers":
        problems.add("overall, rule", "'amstar2'", "with layout 'items' and judgement 'from-answers'")
    items = list(dict.fromkeys(question.column for question in asked))
    for item in overall.critical:
        problems.vocabulary("overall, critical", item, items)
    for level in (*overall.weak, *filter(None, [overall.partial])):
        problems.vocabulary("overall, weak", level, [entry.id for entry in form.levels])
    if not overall.weak:
        problems.add("overall, weak", "missing", "the levels of a cell that are a weakness")
    for number, row in enumerate(overall.rows, 1):
        problems.vocabulary(f"overall, row number {number}, then", row.then, [level.id for level in form.overall_levels])
    fired: set[int] = set()
    for critical, others in product(range(len(items) + 1), repeat=2):
        rows = [number for number, row in enumerate(overall.rows, 1) if row.fires(critical, others)]
        fired.update(rows)
        if not rows:
            problems.add("overall, row", f"no row fires for {critical} critical and {others} other weaknesses", "one for every number")
        elif len(rows) > 1:
            first, second = rows[:2]
            problems.add(
                f"overall, row number {second}", f"fires with row number {first} for {critical} critical and {others} other weaknesses"
            )
    for number in range(1, len(overall.rows) + 1):
        if number not in fired:
            problems.add(f"overall, row number {number}", "can never fire")


def _check_grading(form: ToolForm, number: int, problems: Problems) -> None:
    grading = form.gradings[number - 1]
    key = f"grading {grading.id or f'number {number}'}"
    if not grading.id or not grading.label:
        problems.add(key, "incomplete", "id, label and rows")
    groups = {domain.id: 0 for domain in form.all_domains}
    for domain in form.all_domains:
        groups[domain.id] += sum(most_points(question, form.points) for question in domain.questions if _pointed(question, form))
    named = [group for group in groups if any(group in row.when for row in grading.rows)]
    for at, row in enumerate(grading.rows, 1):
        if not row.then:
            problems.add(f"{key}, row number {at}, then", "missing", "the grade")
        for group in row.when:
            problems.vocabulary(f"{key}, row number {at}, when, {group}", group, list(groups))
    spans = [range(groups[group] + 1) for group in named]
    if prod(map(len, spans)) > MOST_CASES:
        problems.add(f"{key}, row", "too many different points to try", "fewer groups or points")
        return
    fired: set[int] = set()
    for combination in product(*spans):
        points = dict(zip(named, combination, strict=True))
        fits = [at for at, row in enumerate(grading.rows, 1) if all(span.holds(points.get(g, -1)) for g, span in row.when.items())]
        fired.update(fits[:1])
        if not fits:
            example = ", ".join(f"{group} = {got}" for group, got in points.items())
            problems.add(f"{key}, row", f"no row fits {example}", "a last row without when, for all others")
    for at in range(1, len(grading.rows) + 1):
        if at not in fired:
            problems.add(f"{key}, row number {at}", "can never fit", "an order of rows in which each can")
