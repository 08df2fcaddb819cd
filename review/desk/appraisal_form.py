"""What the appraisal desk shows of a tool and of a form that is being filled in: questions, paths and judgements as plain values.

It judges nothing itself: the tool's own rules do, and a form that is not finished is shown as far as it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from review.bias.algorithm import NONE_OF_THEM, Domain, Judged, Level, Preliminary, Question
from review.bias.tool_check import APPLICABILITY
from review.bias.tools import Tool
from review.bias.wording import Wording
from review.errors import AnswerRefused, InputRefused
from review.reporting.bias_pictures_paper import ink_on

Answers = Mapping[str, str]
SOURCES = (
    "journal article", "trial registration", "protocol", "statistical analysis plan", "results posted in a register", "conference abstract",
    "regulatory document", "correspondence with the authors",
)  # fmt: skip


def shown(tool: Tool, effect: str | None, folder: Path | None = None) -> dict[str, Any]:
    """The tool for one effect of interest: domains, questions with their options and conditions, levels with their colours.

    folder: where a team keeps the official wording, which is laid over our own words and goes nowhere else.
    """
    wording = tool.official(folder)
    return {
        "label": tool.label,
        "remarks": [*tool.remarks, *filter(None, [tool.overall_form.note])],
        "items": tool.layout == "items",
        "words": {**tool.answers, NONE_OF_THEM: "None of them"},
        "levels": [level_shown(level) for level in tool.levels],
        "overall_levels": [level_shown(level) for level in overall_levels(tool)],
        "directions": list(tool.directions),
        "facts": facts_shown(tool, effect),
        "domains": [_domain_shown(tool, domain, effect, wording) for domain in tool.domains(effect)],
    }


def _domain_shown(tool: Tool, domain: Domain, effect: str | None, wording: Wording | None) -> dict[str, Any]:
    return {
        "id": domain.id,
        "label": (wording.domain(domain.id, effect) if wording else "") or domain.label,
        "note": domain.note,
        "rules": by_rules(tool, domain),
        "judged": tool.layout != "items" and bool(tool.levels),
        "applicability": domain.applicability if APPLICABILITY in domain.judgements else "",
        "directions": list(domain.directions or tool.directions),
        "questions": [question_shown(q, wording.question(q.id, effect) if wording else "") for q in domain.questions],
    }


def by_rules(tool: Tool, domain: Domain) -> bool:
    """Whether rules propose the judgement of *domain*; else a person judges."""
    return (domain.judgement or tool.judgement) == "rules"


def question_shown(question: Question, official: str = "") -> dict[str, Any]:
    """One question: ``any`` and ``all`` are the earlier answers that open it, ``condition`` the same in words ('' if always asked)."""
    return {
        "id": question.id,
        "text": official or question.text,
        "note": question.note,
        "options": list(question.options),
        "choices": [{"id": choice.id, "text": choice.text} for choice in question.choices],
        "many": question.select == "many",
        "any": {name: list(answers) for name, answers in question.ask_if_any.items()},
        "all": {name: list(answers) for name, answers in question.ask_if_all.items()},
        "condition": question.condition() if question.conditional else "",
    }


def facts_shown(tool: Tool, effect: str | None) -> dict[str, Any]:
    """What is asked once about a result: preliminary facts, deviations of interest for this effect, sources that may be consulted."""
    return {
        "preliminary": [_fact_shown(fact) for fact in tool.preliminary],
        "deviations": list(tool.deviations_by_effect.get(effect or "", ())),
        "sources": list(tool.sources or SOURCES),
    }


def _fact_shown(fact: Preliminary) -> dict[str, Any]:
    return {"id": fact.id, "text": fact.text, "note": fact.note, "kind": fact.kind, "options": list(fact.options), "needed": fact.required}


def level_shown(level: Level) -> dict[str, str]:
    """One level: its label, its symbol, the colour of the safe palette, and black or white for what is written on it."""
    colour = level.colour.get("safe", "")
    return {"label": level.label, "symbol": level.symbol, "colour": colour, "ink": ink_on(colour) if colour else ""}


def overall_levels(tool: Tool) -> tuple[Level, ...]:
    """The levels of the overall judgement; none where the tool has no overall judgement."""
    return () if tool.overall_form.rule in ("none", "sum") else tool.overall_levels or tool.levels


def counted(tool: Tool, effect: str | None, answers: Answers, facts: Answers) -> dict[str, str]:
    """Of *answers* those to questions that are asked; the others are kept aside, and count nowhere."""
    reached = {q.id for d in tool.domains(effect) for q in tool.reached(d.id, answers, effect, preliminary=facts)}
    return {name: given for name, given in answers.items() if name in reached}


def judged(tool: Tool, effect: str | None, answers: Answers, chosen: Answers, facts: Answers) -> dict[str, Any]:
    """What the tool proposes for answers so far, and what stands where a person *chose* otherwise. *facts*: preliminary ones.

    Returns domains {id: {proposed, final, path, missing, hints, wrong}} and overall {proposed, final, flag, waits, score, choices, wrong};
    a path is a list of steps, one a part, each {part, answers, level, because}. A domain with an open question has no proposal.
    """
    given = counted(tool, effect, answers, facts)
    domains = {d.id: _domain(tool, d, effect, given, chosen.get(d.id, ""), facts) for d in tool.domains(effect)}
    return {"domains": domains, "overall": _overall(tool, effect, domains, given, chosen.get("overall", ""), facts)}


def _domain(tool: Tool, domain: Domain, effect: str | None, answers: Answers, chosen: str, facts: Answers) -> dict[str, Any]:
    asked = {q.id for q in domain.questions}
    missing = [q.id for q in tool.reached(domain.id, answers, effect, preliminary=facts) if q.id not in answers]
    proposed, path, hints, wrong = "", list[dict[str, Any]](), list[str](), ""
    if not (by_rules(tool, domain) and missing):
        try:
            found = tool.judge(domain.id, {q: a for q, a in answers.items() if q in asked}, effect=effect, preliminary=facts)
        except AnswerRefused as problem:  # a contradiction, a fact that is not stated yet, or an answer of an older tool file
            wrong = f"{problem.message}: {problem.next_step}" if problem.next_step else problem.message
        else:
            proposed, path, hints, missing = found.judgement or "", path_shown(found), list(found.hints), list(found.missing or missing)
    return {"proposed": proposed, "final": chosen or proposed, "path": path, "missing": missing, "hints": hints, "wrong": wrong}


def path_shown(found: Judged) -> list[dict[str, Any]]:
    """The rules that fired, one a part: the answers behind each, the level that they lead to, and why."""
    return [
        {"part": step.part, "answers": [list(pair) for pair in step.answers], "level": step.judgement, "because": step.because}
        for step in found.path
    ]


def _overall(
    tool: Tool, effect: str | None, domains: Mapping[str, Mapping[str, Any]], answers: Answers, chosen: str, facts: Answers
) -> dict[str, Any]:
    finals = {name: one["final"] for name, one in domains.items() if one["final"]}
    waits = [name for name in domains if name not in finals] if tool.overall_form.rule == "worst" else []
    empty = {"proposed": "", "final": chosen, "flag": "", "waits": waits, "score": "", "because": "", "choices": [], "wrong": ""}
    if waits or tool.overall_form.rule == "none":
        return empty
    try:
        found = tool.overall(finals, effect=effect, answers=answers, preliminary=facts)
    except (InputRefused, AnswerRefused) as problem:
        return {**empty, "wrong": problem.message}
    said: dict[str, Any] = {"flag": found.flag, "score": str(found.score or ""), "because": found.because, "choices": list(found.choices)}
    if found.missing and not found.choices:  # a rating waits for its answers
        said["waits"] = list(found.missing)
    return {**empty, **said, "proposed": found.judgement or "", "final": chosen or found.judgement or ""}
