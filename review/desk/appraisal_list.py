"""What the appraisal desk lists: studies with this assessor's forms, the tools that fit each design, and what two judged differently.

Of other assessors it knows only what is closed. A study waits while this assessor has submitted nothing on it, or left a form unfinished.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from review.bias.proposal import proposed
from review.bias.state import OF_ITEMS, folded
from review.bias.tools import Tool, load_tools
from review.desk.appraisal_form import facts_shown
from review.desk.card import roles_of
from review.errors import ReviewError, ToolInvalid
from review.model.authority import LEAD
from review.model.views import AssessmentView, StudyView
from review.project import Review

Key = tuple[str, str | None, str | None]  # tool, result, effect of interest
DUE = ("included", "ongoing", "awaiting")


def rows(rv: Review) -> list[dict[str, Any]]:
    """One row for each study that is to be assessed: what became of it, own forms, differences that this viewer may settle, what waits."""
    finals, passed = rv.studies.finals(), rv.screening.standings("full_text")
    planned, conflicts = rv.bias.due(), differences(rv)
    found = []
    for study in rv.studies.views():
        final = finals.get(study.id)
        included = any((stand := passed.get(r.id)) and stand.outcome == "include" for r in study.reports)
        own, differing = forms_of(rv, study), [key for of, key in conflicts if of == study.id]
        to_assess = final in DUE or (final is None and included)
        if not (to_assess or own or differing):
            continue
        begun = sum(form.status == "draft" for form in own)
        if rv.protocol.plan.appraisal.tools:
            asked = int((planned["study"] == study.id).sum())
        else:
            asked = int(to_assess and not own and is_assessor(rv))
        found.append({
            "study": study.id,
            "label": study.label,
            "title": study.reports[0].title,
            "became": final or "not classified yet",
            "forms": [{**_place(study, key_of(form)), "words": _words(rv, key_of(form)), "status": form.status} for form in own],
            "differing": [{**_place(study, key), "words": _words(rv, key)} for key in differing],
            "waits": max(begun, asked) + len(differing),
        })  # fmt: skip
    return found


def forms_of(rv: Review, study: StudyView) -> list[AssessmentView]:
    """This viewer's own forms on *study*: drafts, then what was sent off and has no draft of changes."""
    drafts = rv.bias.drafts(study)
    begun = {folded(key_of(form)) for form in drafts}
    return [*drafts, *(form for form in rv.bias.own(study) if folded(key_of(form)) not in begun)]


def differences(rv: Review) -> list[tuple[str, Key]]:
    """Study and key of each result that two judged differently and that this viewer may settle."""
    if not roles_of(rv) & {LEAD, "assessor"}:
        return []
    frame = rv.bias.conflicts()
    keys = zip(frame["study"], frame["tool"], frame["result"], frame["effect"], strict=True)
    return [(study, (tool, result, effect)) for study, tool, result, effect in keys]


def key_of(form: AssessmentView) -> Key:
    """Tool, result and effect of interest."""
    return form.tool, form.result, form.effect


def is_assessor(rv: Review) -> bool:
    """Whether the reviewer of *rv* assesses."""
    return "assessor" in roles_of(rv)


def waiting(rv: Review) -> int:
    """How much waits for the reviewer of *rv* at this desk."""
    return sum(row["waits"] for row in rows(rv)) if roles_of(rv) & {LEAD, "assessor"} else 0


def _place(study: StudyView, key: Key) -> dict[str, Any]:
    return {"study": study.id, "tool": key[0], "result": key[1] or "", "effect": key[2]}


def _words(rv: Review, key: Key) -> str:
    tool, result, effect = key
    return " · ".join(filter(None, (result or "the study", rv.bias.tool_shown(tool).label, f"effect of {effect}" if effect else "")))


# one study, before a form is begun


def details(rv: Review, study: StudyView) -> dict[str, Any]:
    """What is asked before a form is begun: design, tools that fit and tools that do not with the reason, outcomes, names of results."""
    design = design_of(rv, study)
    fitting, refused = _tools(rv, design)
    named = [form.result for form in (*forms_of(rv, study), *rv.bias.assessments(study))]
    outcomes = [{"id": o.id, "name": ", ".join(filter(None, (o.name, o.time_frame)))} for o in rv.protocol.plan.outcomes]
    return {
        "id": study.id,
        "label": study.label,
        "reports": [report.title for report in study.reports],
        "design": design or "",
        "tools": fitting,
        "refused": refused,
        "outcomes": outcomes,
        "results": list(dict.fromkeys(filter(None, (*named, *(o["name"] for o in outcomes))))),
        "assessor": is_assessor(rv),
    }


def design_of(rv: Review, study: StudyView) -> str | None:
    """The design of *study* as it was extracted; None where nobody has stated it."""
    return next((cell.value for cell in rv.extraction.cells(study) if cell.item == "design"), None)


def _tools(rv: Review, design: str | None) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Tools that are made for *design*, those that the protocol plans first, then the best; and the others, with why and what to use."""
    found, planned = load_tools(rv.folder / "tools"), rv.protocol.plan.appraisal.tools
    sound = [one for one in found.values() if isinstance(one, Tool)]
    try:
        offered = {tool.id: reason for tool, reason in proposed(sound, design)}
    except ReviewError:  # none fits: each tool says below why it is refused
        offered = {}
    first = [*planned, *offered]
    fitting, refused = list[dict[str, Any]](), list[dict[str, str]]()
    for name in sorted(found, key=lambda name: (first.index(name) if name in first else len(first), name)):
        tool = found[name]
        try:
            if isinstance(tool, ToolInvalid):
                raise tool
            tool.refuse_design(design, among=sound)
        except ReviewError as problem:
            refused.append({"tool": name, "why": problem.message, "instead": problem.next_step or ""})
        else:
            why = offered.get(name, f"made for the design {design}")
            fitting.append(_tool(tool, f"planned in the protocol: {why}" if name in planned else why))
    return fitting, refused


def _tool(tool: Tool, why: str) -> dict[str, Any]:
    facts = {effect: facts_shown(tool, effect or None) for effect in tool.effects or ("",)}
    said = {"label": tool.label, "why": why, "unit": tool.unit, "effects": list(tool.effects), "remarks": list(tool.remarks)}
    return {"tool": tool.id, "facts": facts, **said}


# a form that was begun


def form_of(own: AssessmentView) -> dict[str, Any]:
    """The assessor's own form, as the browser fills it in: answers with those that are kept aside, and everything said beside them."""
    return {
        "outcome": own.outcome,
        "answers": {**own.answers, **own.aside},
        "support": supports(own),
        "judgements": dict(own.judgements) if own.status == "draft" else chosen(own),
        "override": dict(own.overrides),
        "directions": dict(own.directions),
        "preliminary": dict(own.preliminary),
        "sources": list(own.sources),
        "deviations": list(own.deviations),
        "copied": dict(own.copied),
    }


def begun(sides: Sequence[AssessmentView]) -> dict[str, Any]:
    """What a consensus begins with: what both have said alike."""
    first = sides[0]
    alike = {
        "answers": _alike([side.answers for side in sides]),
        "judgements": _alike([chosen(side) for side in sides]),
        "directions": _alike([side.directions for side in sides]),
        "preliminary": _alike([side.preliminary for side in sides]),
    }
    reasons = {name: why for name, why in first.overrides.items() if name in alike["judgements"]}
    return {"outcome": first.outcome, "support": {}, "override": reasons, "sources": [], "deviations": [], "copied": {}, **alike}


def _alike(said: Sequence[Mapping[str, str]]) -> dict[str, str]:
    first, *others = said
    return {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}


def chosen(form: AssessmentView) -> dict[str, str]:
    """The levels that a person chose: where the rules propose nothing, or something else."""
    finals = {**form.domains, "overall": form.overall or ""}
    return {name: level for name, level in finals.items() if level and level not in OF_ITEMS and level != form.proposed.get(name)}


def side_shown(form: AssessmentView) -> dict[str, Any]:
    """One of two forms that were sent off, without a name."""
    return {
        "answers": dict(form.answers),
        "support": supports(form),
        "finals": {**form.domains, "overall": form.overall or ""},
        "why": dict(form.overrides),
        "preliminary": dict(form.preliminary),
        "directions": dict(form.directions),
        "not_assessed": form.reason if form.status == "not assessed" else "",
    }


def supports(form: AssessmentView) -> dict[str, dict[str, str]]:
    """The words behind each answer, with what was quoted and where it stands."""
    return {name: {"text": one.text, "quotation": one.quotation, "location": one.location} for name, one in form.support.items()}


def outcome_name(rv: Review, outcome: str | None) -> str:
    """The name of an outcome of the protocol; '' where the result is of none."""
    return next((o.name for o in rv.protocol.plan.outcomes if o.id == outcome), "")


def others(rv: Review, study: StudyView, tool: str, result: str) -> list[str]:
    """Other results of *study* that this assessor has sent off with *tool*: what was said on randomisation may be taken from them."""
    sent = (form for form in rv.bias.own(study) if form.tool == tool and form.status != "not assessed")
    return list(dict.fromkeys(form.result for form in sent if form.result and form.result != result))
