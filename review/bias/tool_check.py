"""Checks of a tool file: every problem at once, each with its key and what is accepted there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from review.bias.algorithm import NOT_ASKED, Domain, Level, Question
from review.bias.rule_proof import gaps
from review.bias.tool_form import Problems, ToolForm, domain_name, read_form

UNITS = ("study", "result", "synthesis", "review")
LAYOUTS = ("domains", "items")
JUDGEMENTS = ("rules", "manual")
OVERRIDES = ("with-reason", "never")
OVERALL_RULES = ("worst", "manual", "none")
REQUIRED = ("id", "version", "label", "citation", "licence", "verified")
PALETTES = ("safe", "cochrane")


def check(data: Mapping[str, Any]) -> tuple[ToolForm, Problems]:
    """The form of a tool file's content and all its problems; where there are problems, the form holds what could be read."""
    problems = Problems()
    form = read_form(data, problems)
    _check_head(form, problems)
    for name, levels in (("level", form.levels), ("overall_level", form.overall_levels)):
        _check_levels(name, levels, problems)
    _check_overall(form, problems)
    _check_cells(form, problems)
    _check_domain_list(form, problems)
    for domain in form.all_domains:
        _check_domain(form, domain, problems)
    return form, problems


def _check_head(form: ToolForm, problems: Problems) -> None:
    if form.form != 1:
        problems.add("schema", f"{form.form}" if form.form else "missing", "1; a higher number is for a newer release")
    for name in REQUIRED:
        if not getattr(form, name).strip():
            problems.add(name, "missing", "text in quotes")
    if form.id and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", form.id):
        problems.add("id", f"{form.id!r}", "small letters, figures and single hyphens")
    problems.vocabulary("unit", form.unit, UNITS)
    problems.vocabulary("layout", form.layout, LAYOUTS)
    problems.vocabulary("judgement", form.judgement, JUDGEMENTS)
    problems.vocabulary("override", form.override, OVERRIDES)
    if not form.designs:
        problems.add("designs", "missing", 'a list of designs, or ["any"]')
    problems.unique("effects", form.effects)
    problems.unique("not_for", [entry.design for entry in form.not_for])
    for number, entry in enumerate(form.not_for, 1):
        name = f"not_for {entry.design or f'number {number}'}"
        if not entry.design or not entry.why:
            problems.add(name, "incomplete", "design and why, and use or hint")
        if entry.design in form.designs:
            problems.add(name, "the same design stands under designs", "one of the two")
    for name, answers in form.options.items():
        if not answers:
            problems.add(f"options, {name}", "empty", "a list of answers")
        problems.unique(f"options, {name}, answer", answers)


def _check_levels(name: str, levels: Sequence[Level], problems: Problems) -> None:
    if name == "level" and len(levels) < 2:
        problems.add("level", f"{len(levels)} given", "two or more [[level]] tables")
    for part in ("id", "label", "symbol"):
        problems.unique(f"{name}, {part}", [getattr(level, part) for level in levels])
    problems.unique(f"{name}, rank", [str(level.rank) for level in levels if level.rank is not None])
    for number, level in enumerate(levels, 1):
        key = f"{name} {level.id or f'number {number}'}"
        if not level.id or not level.label:
            problems.add(key, "incomplete", "id, label, symbol, colour, and rank where it has a place in the order")
        if len(level.symbol) != 1:
            problems.add(f"{key}, symbol", f"{level.symbol!r}", "one character")
        for palette in sorted({*PALETTES, *level.colour}):
            if palette not in PALETTES:
                problems.add(f"{key}, colour, {palette}", "unknown palette", ", ".join(PALETTES))
            elif not re.fullmatch(r"#[0-9A-Fa-f]{6}", level.colour.get(palette, "")):
                problems.add(f"{key}, colour, {palette}", f"{level.colour.get(palette, '')!r}", "a colour such as #56B4E9")


def _check_overall(form: ToolForm, problems: Problems) -> None:
    overall = form.overall_form
    problems.vocabulary("overall, rule", overall.rule, OVERALL_RULES)
    if overall.flag or overall.flag_level or overall.flag_at:
        problems.vocabulary("overall, flag_level", overall.flag_level, [level.id for level in form.levels])
        if overall.flag_at < 2:
            problems.add("overall, flag_at", f"{overall.flag_at}", "2 or more domains")
        if not overall.flag:
            problems.add("overall, flag", "missing", "the sentence to show")


def _check_cells(form: ToolForm, problems: Problems) -> None:
    if form.layout == "items":
        if form.judgement == "rules":
            problems.add("judgement", "'rules' with layout 'items'", "manual, or layout 'domains'")
        used = dict.fromkeys(answer for domain in form.all_domains for question in domain.questions for answer in question.options)
        for answer in used:
            if answer not in form.cells:
                problems.add(f"cells, {answer}", "missing", "the level that this answer is shown as")
        for answer, level in form.cells.items():
            problems.vocabulary(f"cells, {answer}", level, [entry.id for entry in form.levels])
            if used and answer not in used:
                problems.add(f"cells, {answer}", "no item offers this answer", ", ".join(used))
    elif form.cells:
        problems.add("cells", "given", "only with layout 'items'")


def _check_domain_list(form: ToolForm, problems: Problems) -> None:
    if not form.all_domains:
        problems.add("domain", "missing", "one or more [[domain]] tables")
    problems.unique("domain", [f"{domain.id} ({domain.effect})" if domain.effect else domain.id for domain in form.all_domains])
    for name in dict.fromkeys(domain.id for domain in form.all_domains):
        stated = [domain.effect for domain in form.all_domains if domain.id == name]
        if any(stated) and set(stated) != set(form.effects):
            problems.add(
                f"domain {name}, effect",
                f"{', '.join(filter(None, stated))}",
                "once for each of " + (", ".join(form.effects) or "effects, which is empty"),
            )
    for effect in form.effects or ("",):
        asked = [question.id for domain in form.all_domains if domain.effect in ("", effect) for question in domain.questions]
        problems.unique("question id", asked)
    labelled = {answer for domain in form.all_domains for question in domain.questions for answer in question.options}
    for answer in sorted(labelled - set(form.answers)):
        problems.add(f"answers, {answer}", "missing", "the word that this answer stands for")


def _check_domain(form: ToolForm, domain: Domain, problems: Problems) -> None:
    name = domain_name({"id": domain.id, "effect": domain.effect})
    if not domain.id or not domain.label:
        problems.add(f"{name}, label", "id or label missing", "both")
    if not domain.questions:
        problems.add(f"{name}, question", "missing", "one or more [[domain.question]] tables")
    earlier: dict[str, Question] = {}
    for number, question in enumerate(domain.questions, 1):
        _check_question(f"{name}, question {question.id or f'number {number}'}", question, earlier, problems)
        earlier[question.id] = question
    problems.unique(f"{name}, rule", [rule.id for rule in domain.rules])
    ranked = [level.id for level in form.levels if level.rank is not None]
    for number, rule in enumerate(domain.rules, 1):
        key = f"{name}, rule {rule.id or f'number {number}'}"
        if not rule.id:
            problems.add(f"{key}, id", "missing", "text in quotes")
        problems.vocabulary(f"{key}, then", rule.then, ranked)
        if not rule.when:
            problems.add(f"{key}, when", "missing", 'a table such as { "1.1" = "Y/PY" }')
        for asked, answers in rule.when.items():
            _check_answers(f"{key}, when, {asked}", asked, answers, earlier, problems, silent=True)
    if form.judgement == "manual" and domain.rules:
        problems.add(f"{name}, rule", "given", "none, because judgement is manual")
    if form.judgement == "rules" and not domain.rules:
        problems.add(f"{name}, rule", "missing", "one or more [[domain.rule]] tables, or judgement manual")
    elif form.judgement == "rules" and len(earlier) == len(domain.questions):
        harmless = (", then", ", text", ", note", ", label", ", good", ", because", ", topic")
        if not any(key.startswith(f"{name}, ") and not key.endswith(harmless) for key in problems):
            for number, gap in enumerate(gaps(domain), 1):
                problems.add(f"{name}, rules ({number})", gap)


def _check_question(key: str, question: Question, earlier: Mapping[str, Question], problems: Problems) -> None:
    if not question.id:
        problems.add(f"{key}, id", "missing", "text in quotes")
    if not question.text:
        problems.add(f"{key}, text", "missing", "text in quotes")
    if not question.options:
        problems.add(f"{key}, options", "missing", "the name of a set under [options], or a list of answers")
    problems.unique(f"{key}, options, answer", question.options)
    if question.good and question.options:
        problems.vocabulary(f"{key}, good", question.good, question.options)
    for condition, named in (("ask_if_any", question.ask_if_any), ("ask_if_all", question.ask_if_all)):
        for asked, answers in named.items():
            _check_answers(f"{key}, {condition}, {asked}", asked, answers, earlier, problems, silent=False)


def _check_answers(
    key: str, asked: str, answers: Sequence[str], known: Mapping[str, Question], problems: Problems, *, silent: bool
) -> None:
    """The answers that a condition or a rule names; *silent*: 'not asked' may be one of them."""
    if asked not in known:
        problems.add(key, "not a question that stands before it in this domain", ", ".join(known) or "none stands before it")
        return
    question = known[asked]
    allowed = [*question.options, NOT_ASKED] if silent and question.conditional else list(question.options)
    strange = [answer for answer in answers if answer not in allowed]
    if question.options and (strange or not answers):
        problems.add(key, f"{'/'.join(strange) or 'nothing'!r}", ", ".join(allowed))
