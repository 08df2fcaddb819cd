"""Tables of appraisal: every result assessed with its judgements, what led to each, question by question with the words that support it;
and every study that was not assessed, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from review.bias.algorithm import NA
from review.bias.state import OF_ITEMS
from review.bias.tools import Tool
from review.model.appraisal import Support
from review.model.views import AssessmentView, StudyView
from review.reporting.notices import flag_of
from review.reporting.rooms import NOT_OBTAINED, Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, study_trace
from review.reporting.trace_bias import (
    OVERALL,
    assessment_entries,
    assessment_trace,
    judged_trace,
    judgement_cell,
    levels_of,
    question_trace,
    standing_of,
)
from review.reporting.trace_view import Trace

__all__ = ["assessed", "assessment_entries", "judgements", "not_assessed", "support", "tools_used"]

ONE_OF_TWO = (
    "Where two assessors agreed on every judgement, the answers are those of the one who finished last; each one's own stand in the origin."
)
NO_REASON = "no reason given"
BY_LEVEL = "settled by level alone"
NONE_YET = "No result has been assessed with this tool."

Shown = tuple[StudyView, AssessmentView]


def _shown(rooms: Rooms, tool: str) -> list[Shown]:
    """The studies with their assessments by *tool* that are judgements, or in conflict."""
    every = ((s, one) for s in rooms.studies.views() for one in rooms.bias.assessments(s))
    return [(s, one) for s, one in every if one.tool == tool and one.status != "not assessed"]


def assessed(rooms: Rooms, tool: str) -> Table:
    """One row a result assessed with *tool*: a symbol and a word for each domain (each item of a checklist), and overall.

    A lettered note says where a person settled on another level than the rules propose, and why.
    """
    form = rooms.bias.tool_shown(tool)
    found: dict[str, Trace] = {}
    shown = _shown(rooms, tool)
    forms = _files(rooms, form, shown)
    heads = {name: words for one in reversed(forms) for name, words in _columns(one).items()}
    scored = any(one.score is not None for _, one in shown)
    weighed = any(one.weight is not None for _, one in shown)
    rows = []
    for study, one in shown:
        own = rooms.bias.tool_of(one)
        levels = levels_of(own, one)
        row = [Cell(study.label, trace=assessment_trace(rooms, study, one, found), flag=flag_of(study.records)), Cell(one.result or "")]
        if form.effects:
            row.append(Cell.of(one.effect, "this tool tells no effects apart"))
        for name in heads:
            row.append(_cell(rooms, own, study, one, name, levels.get(name), found))
        row.append(_cell(rooms, own, study, one, OVERALL, one.overall, found))
        if scored:
            row.append(Cell.of(str(one.score) if one.score is not None else "", "no judgement yet"))
        if weighed:
            row.append(_weight(one))
        alone = (f"{BY_LEVEL}: the consensus gives no answers",) if by_level_alone(one) else ()
        rows.append((*row, Cell(standing_of(one), flag=one.flag, notes=alone)))
    columns = (
        Column("study", "Study"),
        Column("result", "Result", width=2),
        *([Column("effect", "Effect of interest")] if form.effects else []),
        *(Column(name, name) for name in heads),
        Column(OVERALL, "Overall"),
        *([Column("score", "Sum")] if scored else []),
        *([Column("weight", "Weight", align="decimal")] if weighed else []),
        Column("status", "Standing"),
    )
    notes = (*(f"{name}: {words}" for name, words in heads.items()), *_of_tool(rooms, forms)) if rows else ()
    return Table(key_of("assessed", tool), f"Risk of bias: {form.label}", columns, tuple(rows), notes, found, NONE_YET)


def _weight(one: AssessmentView) -> Cell:
    """The weight of a result in its synthesis, with a note of where it was taken from."""
    if one.weight is None:
        return Cell.of("", "no weight was recorded")
    return Cell(f"{one.weight:f}", notes=(f"weight from: {one.weight_source}",))


def judgements(rooms: Rooms, tool: str) -> Table:
    """One row a judgement: what the rules propose and by which path, what was settled on and why, and the direction of the bias."""
    form = rooms.bias.tool_shown(tool)
    found: dict[str, Trace] = {}
    rows, bare = [], 0
    shown = _shown(rooms, tool)
    for study, one in shown:
        own = rooms.bias.tool_of(one)
        for name, level in {**one.domains, OVERALL: one.overall}.items():
            if level is None or level in OF_ITEMS:
                continue
            label = "Overall" if name == OVERALL else _label(own, name)
            of = judged_trace(rooms, study, one, name)
            found[of.key] = of
            proposed = one.proposed.get(name)
            why = Cell.of(_why(own, one, name), "as the rules propose" if proposed else "the answers stand behind it")
            bare += why.text == NO_REASON
            rows.append(
                (
                    Cell(study.label, trace=of.key),
                    Cell(one.result or "the study"),
                    *([Cell.of(one.effect)] if form.effects else []),
                    Cell(label),
                    judgement_cell(own, proposed, overall=name == OVERALL, why="people judge; nothing is proposed"),
                    judgement_cell(own, level, overall=name == OVERALL),
                    why,
                    Cell.of(one.directions.get(name), "no direction was given"),
                    Cell.of(_path(one, name), "people judge; nothing is proposed"),
                )
            )
    columns = (
        Column("study", "Study"),
        Column("result", "Result", width=2),
        *([Column("effect", "Effect of interest")] if form.effects else []),
        Column("domain", "Domain", width=2),
        Column("proposed", "Proposed by the rules"),
        Column("final", "Settled on"),
        Column("why", "Reason", width=2),
        Column("direction", "Direction"),
        Column("path", "What led to the proposal", width=4),
    )
    counted = (f"{NO_REASON[:1].upper()}{NO_REASON[1:]}, and no answer, behind {bare:,} of the {len(rows):,} judgements.",) if bare else ()
    notes = (*_of_tool(rooms, _files(rooms, form, shown)), *counted) if rows else ()
    title = f"What led to each judgement: {form.label}"
    return Table(key_of("judgements", tool), title, columns, tuple(rows), notes, found, NONE_YET)


def _why(form: Tool, one: AssessmentView, name: str) -> str:
    """Why a person settled on it: another level than the rules propose, the words behind a judgement that people make, or the reason of a
    consensus by level alone; that no reason is given where no answer stands behind it either; else ''."""
    words = [one.overrides.get(name, ""), _words(one.support.get(name))]
    if by_level_alone(one):
        words.append(f"{BY_LEVEL}: {one.reason}")
    said = "\n".join(filter(None, words))
    if said or one.proposed.get(name):
        return said
    behind = form.questions(one.effect) if name == OVERALL else [q for d in form.domains(one.effect) if d.id == name for q in d.questions]
    return "" if any(one.answers.get(q.id) for q in behind) else NO_REASON


def _words(said: Support | None) -> str:
    """Text, quotation and where it stands, on a line each."""
    if said is None:
        return ""
    quoted = f"“{said.quotation}”" if said.quotation else ""
    return "\n".join(filter(None, (said.text, quoted, _where(said))))


def by_level_alone(one: AssessmentView) -> bool:
    """Whether a consensus gives levels and no answers."""
    return one.status == "consensus" and not one.answers


def _path(one: AssessmentView, name: str) -> str:
    """What led to a proposal: the rules that fired with their answers; over all, that it follows from the domains, and the flag."""
    if name != OVERALL:
        return "\n".join(one.paths.get(name, ()))
    return "\n".join(filter(None, ("follows from the above", one.flag))) if one.proposed.get(name) else ""


def support(rooms: Rooms, tool: str) -> Table:
    """One row a question of each result: the answer in words, the text that supports it, the quotation and where it stands.

    Answers to questions that are asked no longer stand behind the others and say so; preliminary facts and sources come first.
    """
    form = rooms.bias.tool_shown(tool)
    found: dict[str, Trace] = {}
    rows = []
    shown = _shown(rooms, tool)
    for study, one in shown:
        for name, words, answer, said in _answered(rooms.bias.tool_of(one), one):
            of = question_trace(rooms, study, one, name, answer)
            found[of.key] = of
            rows.append(
                (
                    Cell(study.label, trace=of.key),
                    Cell(one.result or "the study"),
                    *([Cell.of(one.effect)] if form.effects else []),
                    Cell(words),
                    Cell(answer),
                    Cell.of(said.text if said else "", "no words were given"),
                    Cell.of(said.quotation if said else "", "nothing was quoted"),
                    Cell.of(_where(said), "nothing was quoted"),
                )
            )
    columns = (
        Column("study", "Study"),
        Column("result", "Result", width=2),
        *([Column("effect", "Effect of interest")] if form.effects else []),
        Column("question", "Question", width=3),
        Column("answer", "Answer"),
        Column("support", "Support", width=3),
        Column("quotation", "Quotation", width=3),
        Column("location", "Where it stands", width=2),
    )
    notes = (*_of_tool(rooms, _files(rooms, form, shown)), *([ONE_OF_TWO] if rooms.bias.needed > 1 else ())) if rows else ()
    title = f"Answers and what supports them: {form.label}"
    return Table(key_of("support", tool), title, columns, tuple(rows), notes, found, NONE_YET)


def _answered(form: Tool, one: AssessmentView) -> Iterator[tuple[str, str, str, Support | None]]:
    """Id, words, answer in words and support: preliminary facts, what was consulted, then each question in order, those aside last."""
    facts = {fact.id: fact.text for fact in form.preliminary}
    for name, said in one.preliminary.items():
        yield name, facts.get(name, name), said, None
    if one.deviations:
        yield "deviations", "Deviations of interest", "; ".join(one.deviations), None
    if one.sources:
        yield "sources", "Sources consulted", "; ".join(one.sources), None
    for question in form.questions(one.effect):
        answer = one.answers.get(question.id)
        if answer and (answer != NA or question.id in one.support):
            yield question.id, f"{question.id} {question.text}", form.word(question.id, answer), one.support.get(question.id)
    for question in form.questions(one.effect):
        if question.id in one.aside:
            answer = f"{form.word(question.id, one.aside[question.id])} (asked no longer, not counted)"
            yield question.id, f"{question.id} {question.text}", answer, one.support.get(question.id)


def _columns(form: Tool) -> dict[str, str]:
    """What has a level of its own in this tool with its words: domains, whether they apply where that is judged too, or items."""
    found = form.columns(form.effects[0] if form.effects else None)
    return (
        found
        if form.layout == "items"
        else {name: found.get(name, name) for name in form.judged(form.effects[0] if form.effects else None)}
    )


def _label(form: Tool, name: str) -> str:
    words = _columns(form).get(name, name)
    return name if words == name else f"{name} {words}"


def _cell(rooms: Rooms, form: Tool, study: StudyView, one: AssessmentView, name: str, level: str | None, found: dict[str, Trace]) -> Cell:
    """A judgement with its symbol, its own origin, and the note of what the rules propose where a person settled otherwise."""
    shown = judgement_cell(form, level, overall=name == OVERALL, why=_why_none(form, one, name))
    if level is None:
        return shown
    of = judged_trace(rooms, study, one, name)
    found[of.key] = of
    why = one.overrides.get(name)
    notes = (f"{study.label}, {one.result or 'the study'}, {name}: the rules propose {one.proposed[name]}. {why}",) if why else ()
    return Cell(shown.text, trace=of.key, notes=notes)


def _why_none(form: Tool, one: AssessmentView, name: str) -> str:
    """Why there is no level: none is foreseen, the item is not asked of this study, or nobody has judged it yet."""
    if name == OVERALL and form.overall_form.rule in ("none", "sum"):
        return "this tool has no judgement over all"
    if form.layout == "items" and one.answers and name != OVERALL:
        reached = (q for d in form.domains(one.effect) for q in form.reached(d.id, one.answers, one.effect, preliminary=one.preliminary))
        if name not in {q.column for q in reached}:
            return "not asked of this study"
        return "no answer was given"
    return "no judgement yet"


def _where(said: Support | None) -> str:
    """Document and page or lines; the lines that were found, where the location does not name any."""
    if said is None or not said.location:
        return ""
    if said.lines is None or "line" in said.location.casefold():
        return said.location
    first, last = said.lines
    return f"{said.location} (line {first})" if first == last else f"{said.location} (lines {first}-{last})"


def _files(rooms: Rooms, form: Tool, shown: Iterable[Shown]) -> list[Tool]:
    """The files of a tool by which its results are shown, the one that was used last first."""
    return list({one.sha256: one for one in (form, *(rooms.bias.tool_of(view) for _, view in shown))}.values())


def _of_tool(rooms: Rooms, forms: Iterable[Tool]) -> tuple[str, ...]:
    """The notes under every table of a tool: what is not verified first, then which form it is, for each file that was used."""
    said = [note for form in forms for note in (*form.remarks, f"{form.label}, version {form.version}. {form.citation}")]
    return (*dict.fromkeys(said), *rooms.table_notes())


def not_assessed(rooms: Rooms) -> Table:
    """Studies and results without an appraisal, each with the reason; these are no judgements and carry no colour."""
    found: dict[str, Trace] = {}
    rows = []
    flow = rooms.flow()
    # an unfinished assessment is not shown, nor of which study it is; so nothing is denied while there is any
    nothing = "not assessed yet, or not finished" if rooms.bias.open_of_others() else "nobody has assessed it or said why not"
    for study in rooms.studies.views():
        became = rooms.became(study, flow)
        views = rooms.bias.assessments(study)
        for one in views:
            if one.status == "not assessed":
                rows.append(
                    (
                        Cell(study.label, trace=assessment_trace(rooms, study, one, found), flag=flag_of(study.records)),
                        Cell(became),
                        Cell(_tool_label(rooms, one.tool)),
                        Cell(one.result or "the study"),
                        Cell(one.reason),
                    )
                )
        if not views and (became in ("included", "ongoing", "awaiting", NOT_OBTAINED)):
            trace = study_trace(rooms, study, flow)
            found[trace.key] = trace
            rows.append(
                (
                    Cell(study.label, trace=trace.key, flag=flag_of(study.records)),
                    Cell(became),
                    Cell("", missing="empty", why="no tool was chosen yet"),
                    Cell("the study"),
                    Cell("", missing="empty", why=nothing),
                )
            )
    columns = (
        Column("study", "Study"),
        Column("class", "Classified as"),
        Column("tool", "Tool", width=2),
        Column("result", "Result"),
        Column("reason", "Why it was not assessed", width=4),
    )
    return Table(
        "not-assessed", "Not assessed, with the reason", columns, tuple(rows), rooms.table_notes(), found, "Every study has been assessed."
    )


def tools_used(rooms: Rooms) -> list[str]:
    """The tools with which something was assessed, and those that the protocol plans, in that order."""
    used = [one.tool for study in rooms.studies.views() for one in rooms.bias.assessments(study) if one.status != "not assessed"]
    return list(dict.fromkeys([*used, *rooms.protocol.plan.appraisal.tools]))


def _tool_label(rooms: Rooms, tool: str) -> str:
    return rooms.bias.tool_shown(tool).label
