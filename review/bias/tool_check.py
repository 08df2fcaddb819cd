"""Checks of a tool file: every problem at once, each with its key and what is accepted there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from review.bias.algorithm import AND, NA, NONE_OF_THEM, NOT_ASKED, Domain, Level, Preliminary, Question
from review.bias.rule_proof import gaps, never_asked
from review.bias.score_check import check_scores
from review.bias.tool_form import MOST_CHOICES, Problems, ToolForm, ToolLines, domain_name, read_form

UNITS = ("study", "result", "synthesis", "review")
LAYOUTS = ("domains", "items")
JUDGEMENTS = ("rules", "manual", "from-answers")
OVERRIDES = ("with-reason", "never")
CLAIMS = ("proportion", "change", "comparison", "accuracy")
KINDS = ("choice", "text", "list", "number")
REQUIRED = ("id", "version", "label", "citation", "licence", "verified")
PALETTES = ("safe", "cochrane")
BIAS, APPLICABILITY = "bias", "applicability"


def check(data: Mapping[str, Any], text: str = "") -> tuple[ToolForm, Problems]:
    """The form of a tool file's content and all its problems; where there are problems, the form holds what could be read.

    *text* is the file as written, from which the lines of the problems come.
    """
    problems = Problems(ToolLines(text, data))
    form = read_form(data, problems)
    _check_head(form, problems)
    _check_designs(form, problems)
    _check_preliminary(form, problems)
    for name, levels in (("level", form.levels), ("overall_level", form.overall_levels)):
        _check_levels(name, levels, problems)
    check_scores(form, problems)
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
    if form.verified.strip().casefold() == "unverified" and not form.unverified.strip():
        problems.add("verified", "'unverified'", "who compared what with what; what nobody has, as a sentence under unverified")
    if form.id and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", form.id):
        problems.add("id", f"{form.id!r}", "small letters, figures and single hyphens")
    problems.vocabulary("unit", form.unit, UNITS)
    problems.vocabulary("layout", form.layout, LAYOUTS)
    problems.vocabulary("judgement", form.judgement, JUDGEMENTS)
    problems.vocabulary("override", form.override, OVERRIDES)
    problems.unique("effects", form.effects)
    for effect, deviations in form.deviations_by_effect.items():
        problems.vocabulary(f"deviations, {effect}", effect, form.effects)
        if not deviations:
            problems.add(f"deviations, {effect}", "empty", "a list of kinds of deviation")
    for name, answers in form.options.items():
        if not answers:
            problems.add(f"options, {name}", "empty", "a list of answers")
        problems.unique(f"options, {name}, answer", answers)


def _check_designs(form: ToolForm, problems: Problems) -> None:
    if not form.designs:
        problems.add("designs", "missing", 'a list of designs, or ["any"]')
    barred = [entry.design for entry in form.not_for]
    problems.unique("not_for", barred, [f"not_for {design}" for design in barred])
    for number, entry in enumerate(form.not_for, 1):
        name = f"not_for {entry.design or f'number {number}'}"
        if not entry.design or not entry.why:
            problems.add(name, "incomplete", "design and why, and use or hint")
        if entry.design in form.designs:
            problems.add(name, "the same design stands under designs", "one of the two")
    for number, offer in enumerate(form.proposed, 1):
        name = f"proposed {offer.design or f'number {number}'}"
        if not offer.design or not offer.why:
            problems.add(name, "incomplete", "design and why, and claim or order")
        elif offer.design not in form.designs:
            problems.add(f"{name}, design", f"{offer.design!r}", ", ".join(form.designs))
        if offer.claim:
            problems.vocabulary(f"{name}, claim", offer.claim, CLAIMS)
        if offer.order < 1:
            problems.add(f"{name}, order", f"{offer.order}", "1 or more")


def _check_preliminary(form: ToolForm, problems: Problems) -> None:
    ids = [fact.id for fact in form.preliminary]
    asked = {question.id for domain in form.all_domains for question in domain.questions}
    openers = {name for domain in form.all_domains for question in domain.questions for name, _ in question.behind}
    problems.unique("preliminary", ids, [f"preliminary {name}" for name in ids])
    for number, fact in enumerate(form.preliminary, 1):
        key = f"preliminary {fact.id or f'number {number}'}"
        if not fact.id or not fact.text:
            problems.add(key, "incomplete", "id and text")
        if fact.id in asked:
            problems.add(f"{key}, id", "also the id of a question", "an id of its own")
        problems.vocabulary(f"{key}, kind", fact.kind, KINDS)
        if (fact.kind == "choice") != bool(fact.options):
            problems.add(f"{key}, options", f"{'missing' if fact.kind == 'choice' else 'given'}", "with kind 'choice', and only there")
        problems.unique(f"{key}, options, answer", fact.options)
        if fact.id in openers and not (fact.kind == "choice" and fact.required):
            problems.add(key, "opens questions", "kind 'choice', required")
        for answer in fact.options:
            if answer not in form.answers:
                problems.add(f"answers, {answer}", "missing", "the word that this answer stands for")


def _check_levels(name: str, levels: Sequence[Level], problems: Problems) -> None:
    if name == "level" and len(levels) < 2:
        problems.add("level", f"{len(levels)} given", "two or more [[level]] tables")
    keys = [f"{name} {level.id}" for level in levels]
    for part in ("id", "label", "symbol"):
        problems.unique(f"{name}, {part}", [getattr(level, part) for level in levels], keys)
    problems.unique(f"{name}, rank", ["" if level.rank is None else str(level.rank) for level in levels], keys)
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


def _check_domain_list(form: ToolForm, problems: Problems) -> None:
    if not form.all_domains:
        problems.add("domain", "missing", "one or more [[domain]] tables")
    names = [domain_name({"id": domain.id, "effect": domain.effect}) for domain in form.all_domains]
    problems.unique("domain", [name.removeprefix("domain ") for name in names], names)
    for name in dict.fromkeys(domain.id for domain in form.all_domains):
        stated = [domain.effect for domain in form.all_domains if domain.id == name]
        if any(stated) and set(stated) != set(form.effects):
            problems.add(
                f"domain {name}, effect",
                f"{', '.join(filter(None, stated))}",
                "once for each of " + (", ".join(form.effects) or "effects, which is empty"),
                at=next(key for key, domain in zip(names, form.all_domains, strict=True) if domain.id == name),
            )
    for effect in form.effects or ("",):
        asked = [
            (question.id, f"{key}, question {question.id}")
            for key, domain in zip(names, form.all_domains, strict=True)
            if domain.effect in ("", effect)
            for question in domain.questions
        ]
        problems.unique("question id", [name for name, _ in asked], [key for _, key in asked])
    labelled = {
        answer for domain in form.all_domains for question in domain.questions if not question.choices for answer in question.options
    }
    for answer in sorted(labelled - set(form.answers)):
        problems.add(f"answers, {answer}", "missing", "the word that this answer stands for")


def _check_domain(form: ToolForm, domain: Domain, problems: Problems) -> None:
    name = domain_name({"id": domain.id, "effect": domain.effect})
    if not domain.id or not domain.label:
        problems.add(f"{name}, label", "id or label missing", "both")
    if domain.judgement:
        problems.vocabulary(f"{name}, judgement", domain.judgement, ("rules", "manual"))
    if domain.judgements not in ((BIAS,), (BIAS, APPLICABILITY)):
        problems.add(f"{name}, judgements", f"{list(domain.judgements)}", f'["{BIAS}"] or ["{BIAS}", "{APPLICABILITY}"]')
    if (APPLICABILITY in domain.judgements) != bool(domain.applicability):
        problems.add(f"{name}, applicability", "missing" if not domain.applicability else "given", "a sentence where judgements name it")
    if not domain.questions:
        problems.add(f"{name}, question", "missing", "one or more [[domain.question]] tables")
    openers = {fact.id: _as_question(fact) for fact in form.preliminary if fact.kind == "choice"}
    earlier: dict[str, Question] = dict(openers)
    for number, question in enumerate(domain.questions, 1):
        _check_question(f"{name}, question {question.id or f'number {number}'}", question, earlier, domain, problems)
        earlier[question.id] = question
    known = {question.id: question for question in domain.questions}
    _check_sayings(name, domain, known, problems)
    _check_rules(form, name, domain, known, problems)
    harmless = (", then", ", text", ", note", ", label", ", good", ", because", ", topic", ", applicability", ", why")
    broken = any(key.startswith((f"{name}, ", "preliminary")) and not key.endswith(harmless) for key in problems)
    if len(known) != len(domain.questions) or broken:
        return  # what cannot be relied on cannot be proved
    for asked in never_asked(domain, tuple(openers.values())):
        problems.add(f"{name}, question {asked}", "no answers can ever open it", "a condition that can be met")
    if domain.rules:
        for number, (rule, gap) in enumerate(gaps(domain, tuple(openers.values())), 1):
            problems.add(f"{name}, rules ({number})", gap, at=f"{name}, rule {rule}" if rule else name)


def _as_question(fact: Preliminary) -> Question:
    """A preliminary choice, as the questions that it opens see it."""
    return Question(id=fact.id, text=fact.text, options=fact.options)


def _check_rules(form: ToolForm, name: str, domain: Domain, known: Mapping[str, Question], problems: Problems) -> None:
    ids = [rule.id for rule in domain.rules]
    problems.unique(f"{name}, rule", ids, [f"{name}, rule {rule}" for rule in ids])
    ranked = [level.id for level in form.levels if level.rank is not None]
    for number, rule in enumerate(domain.rules, 1):
        key = f"{name}, rule {rule.id or f'number {number}'}"
        if not rule.id:
            problems.add(f"{key}, id", "missing", "text in quotes")
        problems.vocabulary(f"{key}, then", rule.then, ranked)
        if not rule.when:
            problems.add(f"{key}, when", "missing", 'a table such as { "1.1" = "Y/PY" }')
        for asked, answers in rule.when.items():
            _check_answers(f"{key}, when, {asked}", asked, answers, known, problems, silent=True)
    judged_by = domain.judgement or form.judgement
    if judged_by != "rules" and domain.rules:
        problems.add(f"{name}, rule", "given", f"none, because judgement is {judged_by}", at=f"{name}, rule {domain.rules[0].id}")
    if judged_by == "rules" and not domain.rules:
        problems.add(f"{name}, rule", "missing", "one or more [[domain.rule]] tables, or judgement manual")


def _check_sayings(name: str, domain: Domain, known: Mapping[str, Question], problems: Problems) -> None:
    """The hints and the refusals of a domain: both name answers, and say something."""
    for number, hint in enumerate(domain.hints, 1):
        key = f"{name}, hint number {number}"
        if not hint.text or not (hint.when_all or hint.when_any):
            problems.add(key, "incomplete", "text, and when_all or when_any")
        for part, named in (("when_all", hint.when_all), ("when_any", hint.when_any)):
            for asked, answers in named.items():
                _check_answers(f"{key}, {part}, {asked}", asked, answers, known, problems, silent=True)
    for number, refusal in enumerate(domain.refusals, 1):
        key = f"{name}, refuse number {number}"
        if len(refusal.when) < 2 or not refusal.why:
            problems.add(key, "incomplete", "when, with the answers to two or more questions, and why")
        for asked, answers in refusal.when.items():
            _check_answers(f"{key}, when, {asked}", asked, answers, known, problems, silent=False)


def _check_question(key: str, question: Question, earlier: Mapping[str, Question], domain: Domain, problems: Problems) -> None:
    if not question.id:
        problems.add(f"{key}, id", "missing", "text in quotes")
    if not question.text:
        problems.add(f"{key}, text", "missing", "text in quotes")
    if not question.options:
        problems.add(f"{key}, options", "missing", "the name of a set under [options], a list of answers, or choices")
    problems.unique(f"{key}, options, answer", question.options)
    if question.choices or question.select:
        _check_choices(key, question, problems)
    if question.role:
        problems.vocabulary(f"{key}, role", question.role, ("route",))
    if question.good and question.options:
        problems.vocabulary(f"{key}, good", question.good, question.options)
    if question.good and question.role:
        problems.add(f"{key}, good", "given", "none, because a question of role 'route' only steers")
    for condition, named in (("ask_if_any", question.ask_if_any), ("ask_if_all", question.ask_if_all)):
        for asked, answers in named.items():
            place = f"{key}, {condition}, {asked}"
            if asked not in earlier and any(asked == other.id for other in domain.questions):
                problems.add(place, _later(question.id, asked, domain), ", ".join(earlier) or "none stands before it")
            else:
                _check_answers(place, asked, answers, earlier, problems, silent=False)


def _later(opened: str, asked: str, domain: Domain) -> str:
    """What is wrong with a condition on a question that does not stand before: a circle where the two wait for each other."""
    behind = {question.id: [name for name, _ in question.behind] for question in domain.questions}
    ways = [[opened, asked]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == opened:
            return f"a circle: {' waits for '.join(way)}"
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, name] for name in behind.get(way[-1], ())]
    return "stands after the question that it is to open"


def _check_choices(key: str, question: Question, problems: Problems) -> None:
    ids = [choice.id for choice in question.choices]
    problems.unique(f"{key}, choice", ids, [f"{key}, choice {name}" for name in ids])
    if not question.choices:
        problems.add(f"{key}, select", "given", "only with choices")
    else:
        problems.vocabulary(f"{key}, select", question.select, ("one", "many"))
    if question.select == "many" and len(ids) > MOST_CHOICES:
        problems.add(f"{key}, choice", f"{len(ids)} of which several may be ticked", f"{MOST_CHOICES} or fewer")
    for number, choice in enumerate(question.choices, 1):
        name = f"{key}, choice {choice.id or f'number {number}'}"
        if not choice.id or not choice.text:
            problems.add(name, "incomplete", "id and text, and points where they are summed")
        if AND in choice.id or choice.id in (NONE_OF_THEM, NA):
            problems.add(f"{name}, id", f"{choice.id!r}", f"an id without {AND!r}, other than {NONE_OF_THEM} and {NA}")
        if choice.points < 0:
            problems.add(f"{name}, points", f"{choice.points}", "0 or more")


def _check_answers(
    key: str, asked: str, answers: Sequence[str], known: Mapping[str, Question], problems: Problems, *, silent: bool
) -> None:
    """The answers that a condition, a rule or a hint names; *silent*: 'not asked' may be one of them."""
    if asked not in known:
        problems.add(key, "not a question that stands before it in this domain", ", ".join(known) or "none stands before it")
        return
    question = known[asked]
    allowed = [*question.options, NOT_ASKED] if silent and question.conditional else list(question.options)
    strange = [answer for answer in answers if answer not in allowed]
    if question.options and (strange or not answers):
        problems.add(key, f"{'/'.join(strange) or 'nothing'!r}", ", ".join(allowed))
