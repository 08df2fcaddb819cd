"""Where a judgement of appraisal comes from: what each assessor settled on and why, what supports it, and the quoted lines."""

from __future__ import annotations

from review.bias.state import OF_ITEMS
from review.bias.tools import Tool
from review.model.appraisal import Support
from review.model.event import Event
from review.model.views import AssessmentView, StudyView
from review.reporting.rooms import Rooms
from review.reporting.table import Cell
from review.reporting.trace import by_record, key_of, role_of
from review.reporting.trace_history import told
from review.reporting.trace_view import Quote, Trace, TraceEntry

OVERALL = "overall"
MOST_LINES = 40  # of a quotation in an origin


def levels_of(form: Tool, one: AssessmentView) -> dict[str, str | None]:
    """Column -> level of one assessment: of each domain, or of each item from its answers."""
    if form.layout != "items":
        return dict(one.domains)
    found: dict[str, str | None] = {}
    for domain in form.domains(one.effect):
        own = {q.id: one.answers[q.id] for q in domain.questions if q.id in one.answers}
        found |= form.judge(domain.id, own, effect=one.effect, preliminary=one.preliminary).cells or {}
    return found


def standing_of(one: AssessmentView) -> str:
    """How many people stand behind it; that a change reopened it."""
    return "reopened: changed after consensus" if one.reopened else one.status


def judgement_cell(form: Tool, level: str | None, *, overall: bool = False, why: str = "no judgement yet") -> Cell:
    if level is None:
        return Cell("", missing="empty", why=why)
    found = form.overall_level(level) if overall else form.level(level)
    return Cell(f"{found.symbol} {found.label}")


def assessment_key(one: AssessmentView, *more: str) -> str:
    """A key of its own for each assessment, whatever its result is called."""
    return key_of("bias", one.study, one.tool, one.effect or "", one.events[0][:16] if one.events else "", *more)


def assessment_trace(rooms: Rooms, study: StudyView, one: AssessmentView, found: dict[str, Trace]) -> str:
    key = assessment_key(one)
    label = f"{study.label}: {one.result or 'study'}"
    found[key] = Trace(key, label, one.overall or one.status, one.status, tuple(assessment_entries(rooms, one)))
    return key


def judged_trace(rooms: Rooms, study: StudyView, one: AssessmentView, name: str) -> Trace:
    """The origin of one judgement: what each assessor settled on and why, and the support of the questions that it rests on."""
    form = rooms.bias.tool_of(one)
    asked = {
        q.id for q in form.questions(one.effect) if name == q.column or any(d.id == name and q in d.questions for d in form.all_domains)
    } | {name}
    entries = []
    for event in map(rooms.seat.event, one.events):
        said = _said_of(event, name)
        if said is not None:
            entries.append(TraceEntry(event.id, f"{name}: {said[0]}", role_of(rooms, event), event.at, said[1]))
        entries += _supports(rooms, event, asked)
    level = one.overall if name == OVERALL else levels_of(form, one).get(name)
    label = f"{study.label}, {one.result or 'the study'}: {'overall' if name == OVERALL else name}"
    value = judgement_cell(form, level, overall=name == OVERALL).text
    return Trace(assessment_key(one, "level", name), label, value, standing_of(one), tuple(told(rooms, entries)))


def _said_of(event: Event, name: str) -> tuple[str, str] | None:
    """What an event says of one domain or overall, and why; None where it says nothing of it."""
    body = event.body
    if name == OVERALL:
        proposed, final, why = body.get("overall_proposed"), body.get("overall"), body.get("overall_override")
    else:
        judged = body.get("judged" if event.kind == "appraisal.resolved" else "domains", {}).get(name)
        proposed, final, why = (judged["proposed"], judged["final"], judged["override"]) if judged else (None, None, None)
        final = final or (body.get("domains", {}).get(name) if event.kind == "appraisal.resolved" else None)
        if judged and judged["path"] and not why:
            why = "; ".join(judged["path"])
    if not final or final in OF_ITEMS:
        return None
    differs = f" (the rules propose {proposed})" if proposed and proposed != final else ""
    return f"{final}{differs}", why or (body["reason"] if event.kind == "appraisal.resolved" else "")


def question_trace(rooms: Rooms, study: StudyView, one: AssessmentView, name: str, answer: str) -> Trace:
    """The origin of one answer: what each assessor answered, with the words and the quoted lines."""
    entries = [entry for event in map(rooms.seat.event, one.events) for entry in _supports(rooms, event, {name}, answered=True)]
    label = f"{study.label}, {one.result or 'the study'}: {name}"
    return Trace(assessment_key(one, "answer", name), label, answer, standing_of(one), tuple(told(rooms, entries)))


def _supports(rooms: Rooms, event: Event, asked: set[str], *, answered: bool = False) -> list[TraceEntry]:
    """What one event says in support of these questions; with *answered* also where it gives an answer, a fact or a list alone."""
    body, made = event.body, []
    lists = {name: "; ".join(body.get(name, ())) for name in ("sources", "deviations")}
    for name in sorted(asked):
        given = body.get("support", {}).get(name)
        answer = (
            body.get("answers", {}).get(name) or body.get("aside", {}).get(name) or body.get("preliminary", {}).get(name) or lists.get(name)
        )
        if given is None and not (answered and answer):
            continue
        words = f": {given['text']}" if given and given["text"] else ""
        what = f"{name} = {answer}{words}" if answer else f"{name}{words}"
        made.append(TraceEntry(event.id, what, role_of(rooms, event), event.at, "", _quote(rooms, given) if given else None))
    return made


def _quote(rooms: Rooms, given: dict[str, object]) -> Quote | None:
    """The lines that a quotation stands in, with it marked; the words alone where no text of the study holds them."""
    said = Support.model_validate(given)
    if not said.quotation:
        return None
    if said.lines is None or said.text_sha256 is None:
        return Quote(said.location, False, ((0, said.quotation),), "")
    record = by_record(rooms).get(said.record or "")
    text = rooms.records.text_of(record) if record else rooms.seat.blob(said.text_sha256).decode("utf-8-sig", "replace").splitlines()
    first, last = said.lines
    lines = tuple((n, text[n - 1]) for n in range(first, min(last, first + MOST_LINES - 1) + 1) if n <= len(text))
    return Quote(said.location, record.teaching if record else False, lines, said.quotation)


def assessment_entries(rooms: Rooms, one: AssessmentView) -> list[TraceEntry]:
    """Every fact behind one assessment that this viewer may see, with the words that support each answer; oldest first."""
    entries = []
    for event in map(rooms.seat.event, one.events):
        body = event.body
        words = body.get("reason") or "; ".join(
            f"{name}: {d['final'] if isinstance(d, dict) else d}" for name, d in body.get("domains", {}).items()
        )
        what = {"appraisal.not_assessed": "Not assessed", "appraisal.resolved": "Consensus"}.get(event.kind, "Assessed")
        about = f"{body['tool']}: {body['result']}" if body["result"] else body["tool"]
        entries.append(TraceEntry(event.id, f"{what}, {about}", role_of(rooms, event), event.at, words))
        for question, given in body.get("support", {}).items():
            what = f"Support for {question}: {given['text']}"
            entries.append(TraceEntry(event.id, what, role_of(rooms, event), event.at, "", _quote(rooms, given)))
    return told(rooms, entries)
