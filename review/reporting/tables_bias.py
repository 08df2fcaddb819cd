"""Tables of appraisal: every result that was assessed with its judgements, and every study that was not, with the reason."""

from __future__ import annotations

from review.bias.algorithm import Domain, Question
from review.bias.tools import Tool
from review.model.views import AssessmentView, StudyView
from review.reporting.notices import flag_of
from review.reporting.rooms import NOT_OBTAINED, Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, role_of, study_trace
from review.reporting.trace_history import told
from review.reporting.trace_view import Quote, Trace, TraceEntry


def assessed(rooms: Rooms, tool: str) -> Table:
    """One row a result assessed with *tool*: a symbol and a word for each domain (each question of a checklist of items), and overall."""
    form = rooms.bias.tool(tool)
    found: dict[str, Trace] = {}
    rows = []
    for study in rooms.studies.views():
        for one in rooms.bias.assessments(study):
            if one.tool == tool and one.status != "not assessed":
                key = _trace(rooms, study, one, found)
                cells = [_judgement(form, _level(form, one, d.id)) for d in _judged(form, one.effect)]
                rows.append(
                    (
                        Cell(study.label, trace=key, flag=flag_of(study.records)),
                        Cell(one.result or ""),
                        *cells,
                        _judgement(form, one.overall, overall=True),
                        Cell(one.status, flag=one.flag),
                    )
                )
    domains = _judged(form, form.effects[0] if form.effects else None)
    columns = (
        Column("study", "Study"),
        Column("result", "Result", width=2),
        *(Column(d.id, d.id) for d in domains),
        Column("overall", "Overall"),
        Column("status", "Standing"),
    )
    notes = (
        (
            *(f"{d.id}: {d.text if isinstance(d, Question) else d.label}" for d in domains),
            f"{form.label}, version {form.version}. {form.citation}",
            *rooms.table_notes(),
        )
        if rows
        else ()
    )
    return Table(
        key_of("assessed", tool),
        f"Risk of bias: {form.label}",
        columns,
        tuple(rows),
        notes,
        found,
        "No result has been assessed with this tool.",
    )


def _judged(form: Tool, effect: str | None) -> tuple[Domain, ...] | tuple[Question, ...]:
    """What has a level of its own in this tool: its domains, or the questions of a checklist of items."""
    return form.questions(effect) if form.layout == "items" else form.domains(effect)


def _level(form: Tool, one: AssessmentView, name: str) -> str | None:
    if form.layout != "items":
        return one.domains.get(name)
    return form.cells[one.answers[name]] if name in one.answers else None


def _judgement(form: Tool, level: str | None, *, overall: bool = False) -> Cell:
    if level is None:
        return Cell("", missing="empty", why="no judgement yet")
    found = form.overall_level(level) if overall else form.level(level)
    return Cell(f"{found.symbol} {found.label}")


def _trace(rooms: Rooms, study: StudyView, one: AssessmentView, found: dict[str, Trace]) -> str:
    key = key_of("bias", study.id, one.tool, one.result or "study", one.effect or "")
    label = f"{study.label}: {one.result or 'study'}"
    found[key] = Trace(key, label, one.overall or one.status, one.status, tuple(assessment_entries(rooms, one)))
    return key


def assessment_entries(rooms: Rooms, one: AssessmentView) -> list[TraceEntry]:
    """Every fact behind one assessment that this viewer may see, with the words that support each answer; oldest first."""
    entries = []
    for event_id in one.events:
        event = rooms.seat.event(event_id)
        body = event.body
        words = body.get("reason") or "; ".join(
            f"{name}: {d['final'] if isinstance(d, dict) else d}" for name, d in body.get("domains", {}).items()
        )
        what = {"appraisal.not_assessed": "Not assessed", "appraisal.resolved": "Consensus"}.get(event.kind, "Assessed")
        about = f"{body['tool']}: {body['result']}" if body["result"] else body["tool"]
        entries.append(TraceEntry(event.id, f"{what}, {about}", role_of(rooms, event), event.at, words))
        for question, support in body.get("support", {}).items():
            quote = Quote(support["location"], False, ((0, support["quotation"]),), "") if support["quotation"] else None
            entries.append(TraceEntry(event.id, f"Support for {question}: {support['text']}", role_of(rooms, event), event.at, "", quote))
    return told(rooms, entries)


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
                        Cell(study.label, trace=_trace(rooms, study, one, found), flag=flag_of(study.records)),
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
    return rooms.bias.tool(tool).label
