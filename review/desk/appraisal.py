"""The appraisal desk: one result at a time, question by question with the path drawn, each answer beside the lines that support it.

It shows this assessor's own forms, and of others only what both have submitted, without names; a tool for another design is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from review.bias.state import folded
from review.bias.tools import Tool
from review.desk import appraisal_form, appraisal_list
from review.desk.card import Ask, Card, Message, closed_without, script
from review.desk.document import Reader
from review.desk.quoting import parts_of_document, parts_of_record, sources_of
from review.errors import InputRefused, NotAllowed, NotFound
from review.model.views import AssessmentView, ReportView, StudyView
from review.project import Review
from review.text import fold_blanks

GONE = "this form is not on show any more. Next: choose it in the list."


class Place(NamedTuple):
    """What is assessed: one result of a study with one tool, for one effect of interest."""

    study: str = ""
    tool: str = ""
    result: str = ""
    effect: str | None = None


class FormSent(BaseModel):
    """A form as it stands in the browser; answers hold those to questions that are not asked any more, too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: str | None = None
    answers: dict[str, str] = Field(default_factory=dict)
    support: dict[str, dict[str, str]] = Field(default_factory=dict)
    judgements: dict[str, str] = Field(default_factory=dict)
    override: dict[str, str] = Field(default_factory=dict)
    directions: dict[str, str] = Field(default_factory=dict)
    preliminary: dict[str, str] = Field(default_factory=dict)
    sources: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    copied: dict[str, str] = Field(default_factory=dict)


class AppraisalAsk(Ask):
    """What the browser sends to this desk; study, tool, result and effect name the form that was on show when the key was pressed.

    ``other``: what is opened ('settle', else a form), what is declined ('list', 'form' or 'settle'), the result to copy from, or a source.
    """

    kind: Literal["open", "list", "choose", "begin", "go", "keep", "submit", "decline", "copy", "settle", "undo", "source", "document"]
    study: str = ""
    tool: str = ""
    result: str = ""
    effect: str | None = None
    form: FormSent = FormSent()
    other: str = ""
    reason: str = ""
    report: str = ""
    part: int = Field(default=0, ge=0)

    @property
    def place(self) -> Place:
        """What the message is about."""
        return Place(self.study, self.tool, self.result, self.effect)


class AppraisalDesk(Card):
    """Assess results for the reviewer of *rv*, an assessor, and settle what two assessors judged differently, as an assessor or a lead.

    keys: {command: key} in place of the desk's own; an answer that has no key of its own is given by its digit.
    A draft is stored at each answer, under a token, so that sending it again stores nothing twice. Raises InputRefused for a key.
    """

    _esm = script("document.js", "quoting.js", "form_card.js", "kept_form.js", "appraisal_form.js", "appraisal.js", shows="Appraisal")
    _css = Path(__file__).with_name("desk.css")
    Asked = AppraisalAsk
    SHORTCUTS: ClassVar = {
        "yes": "y", "probably_yes": "p", "probably_no": "q", "no": "n", "no_information": "i", "not_applicable": "a", "unclear": "u",
        "quote": "c", "support": "t", "judge": "o", "direction": "v", "copy": "shift+c", "submit": "shift+s", "decline": "x", "first": "f",
        "second": "g", "document": "d", "list": "b", **Card.SHORTCUTS,
    }  # fmt: skip

    def __init__(self, rv: Review, *, keys: Mapping[str, str] | None = None) -> None:
        super().__init__(rv, keys=keys)
        self._study = ""  # the one that is looked at in the list
        self._open: Place | None = None  # the form on show, or the difference to settle
        self._settles = False  # whether what is open is a difference
        self._settling: dict[Place, FormSent] = {}  # what was taken so far of differences that are not settled
        self._stored: dict[str, str] = {}  # token -> event
        self._done: list[tuple[str, Place]] = []  # (event, form) of this sitting, to undo from the end
        self._reader = Reader(rv)

    def answer(self, ask: AppraisalAsk) -> Iterator[Message]:
        """The answers to one message: what was kept, stored or fetched, then what to look at."""
        if closed := self._closed():
            yield {"kind": "closed", "token": ask.token, "message": closed}
            return
        beside = {"keep": self._keep, "copy": self._copy, "source": self._source, "document": self._document}
        if ask.kind in beside:
            yield beside[ask.kind](ask)
            return
        if ask.kind == "open":
            yield {"kind": "opening", "token": ask.token, "stage": "Risk of bias", "reviewer": self._rv.reviewer}
        elif ask.kind == "list":
            self._study, self._open = self._study or ask.study, None
        elif ask.kind == "choose":
            self._study, self._open = ask.study, None
        elif ask.kind == "go":
            self._open, self._study, self._settles = ask.place, ask.study, ask.other == "settle"
        else:
            event = self._write(ask)
            yield {"kind": "saved", "token": ask.token, "event": event}
        with self._rv.still():
            card = self._card(ask.token)
        yield card

    def _closed(self) -> str:
        """Why nobody can assess here, and what to do; '' where somebody can."""
        return closed_without(self._rv, "assessor", "assesses")

    # what is stored

    def _write(self, ask: AppraisalAsk) -> str:
        if ask.token not in self._stored:
            write = {"begin": self._begin, "submit": self._submit, "decline": self._decline, "settle": self._settle, "undo": self._undo}
            self._stored[ask.token] = write[ask.kind](ask)
        return self._stored[ask.token]

    def _keep(self, ask: AppraisalAsk) -> Message:
        """Stores the draft, or keeps in mind what was taken so far of a difference; gives the path as far as it goes."""
        if ask.place != self._open:
            raise NotAllowed(GONE)
        if self._settles:
            self._settling[ask.place] = ask.form
        elif ask.token not in self._stored:
            self._stored[ask.token] = self._judge(ask, draft=True)
        tool = self._rv.bias.tool(ask.tool)
        return {"kind": "kept", "token": ask.token, "stored": not self._settles, "judged": self._judged(tool, ask)}

    def _judged(self, tool: Tool, ask: AppraisalAsk) -> Message:
        return appraisal_form.judged(tool, ask.effect, ask.form.answers, ask.form.judgements, ask.form.preliminary)

    def _judge(self, ask: AppraisalAsk, *, draft: bool) -> str:
        form = ask.form
        return self._rv.bias.judge(
            ask.study, tool=ask.tool, result=ask.result, effect=ask.effect, answers=form.answers, judgements=form.judgements,
            support=form.support, override=form.override, outcome=form.outcome, directions=form.directions, preliminary=form.preliminary,
            sources=form.sources, deviations=form.deviations, copied=form.copied, draft=draft, token=ask.token,
        )  # fmt: skip

    def _begin(self, ask: AppraisalAsk) -> str:
        place = ask.place._replace(result=fold_blanks(ask.result))
        if self._own(place) is not None:
            raise NotAllowed("a form of yours for this result is in the list already", next_step="open it there")
        event = self._judge(ask.model_copy(update={"result": place.result}), draft=True)
        self._open, self._study, self._settles = place, ask.study, False
        return event

    def _on_show(self, ask: AppraisalAsk, *, settles: bool) -> None:
        """Raises NotAllowed for a card that went stale: what it is about is open no more, or is open as something else."""
        if ask.place != self._open or settles != self._settles:
            raise NotAllowed(GONE)

    def _submit(self, ask: AppraisalAsk) -> str:
        self._on_show(ask, settles=False)
        event = self._judge(ask, draft=False)
        self._leave(event, ask.place)
        return event

    def _decline(self, ask: AppraisalAsk) -> str:
        if ask.other == "list":  # of a study that is looked at, without a form
            if self._open is not None:
                raise NotAllowed(GONE)
        else:
            self._on_show(ask, settles=ask.other == "settle")
        if ask.other == "settle":  # the two agree, or a third finds, that there is nothing to assess
            event = self._rv.bias.resolve(
                ask.study, tool=ask.tool, result=ask.result, effect=ask.effect, reason=ask.reason, not_assessed=True, token=ask.token
            )
            self._leave(event, ask.place)
            return event
        event = self._rv.bias.not_assessed(ask.study, tool=ask.tool, result=ask.result or None, reason=ask.reason, token=ask.token)
        self._leave(event, ask.place)
        return event

    def _settle(self, ask: AppraisalAsk) -> str:
        self._on_show(ask, settles=True)
        form = ask.form
        event = self._rv.bias.resolve(
            ask.study, tool=ask.tool, result=ask.result, effect=ask.effect, answers=form.answers, judgements=form.judgements,
            support=form.support, override=form.override, directions=form.directions, preliminary=form.preliminary, reason=ask.reason,
            token=ask.token,
        )  # fmt: skip
        self._settling.pop(ask.place, None)
        self._leave(event, ask.place)
        return event

    def _leave(self, event: str, place: Place) -> None:
        self._done.append((event, place))
        self._open, self._study = None, place.study

    def _undo(self, ask: AppraisalAsk) -> str:
        """Takes back what was submitted, declined or settled last; of an earlier sitting, what was sent off last on the study in view."""
        event, place = self._done[-1] if self._done else self._earlier()
        undone = self._rv.bias.undo(event)
        del self._done[-1:]  # what was refused stays the last: sent again, it takes back nothing else
        self._open, self._study = None, place.study
        return undone

    def _earlier(self) -> tuple[str, Place]:
        study = self._view(self._study) if self._study else None
        sent = self._rv.bias.own(study) if study else []
        if study is None or not sent:
            raise NotAllowed("there is nothing of yours to undo here", next_step="choose the study of the form that you would take back")
        last = sent[-1]
        return last.events[0], Place(study.id, last.tool, last.result or "", last.effect)

    # what is shown

    def _card(self, token: str) -> Message:
        rows = appraisal_list.rows(self._rv)
        content = self._opened() if self._open else None
        if content is None:
            self._open = None
            content = self._list(rows)
        waits = sum(row["waits"] for row in rows)
        done = sum(bool(row["forms"]) and not row["waits"] for row in rows)
        words = f"{waits:,} left" if waits else "Nothing waits"
        return {"kind": "card", "token": token, "card": content, "progress": words, "share": done / max(1, len(rows))}

    def _list(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        study = next((s for s in self._rv.studies.views() if s.id == self._study), None)
        return {
            "mode": "list",
            "report": self._study,
            "title": study.label if study else "What there is to assess",
            "rows": rows,
            "study": appraisal_list.details(self._rv, study) if study else None,
        }

    def _opened(self) -> dict[str, Any] | None:
        """The form or the difference that is open; None where it is there no more."""
        place = self._open or Place()
        study = next((s for s in self._rv.studies.views() if place.study in (s.id, *s.subjects)), None)
        if study is None:
            return None
        own = self._own(place)
        sides = self._sides(place) if self._settles else []
        if not (sides if self._settles else own):
            return None
        tool = self._rv.bias.tool(place.tool)
        form = appraisal_list.form_of(own) if own and not self._settles else self._taken(place, sides)
        return {
            "mode": "settle" if self._settles else "form",
            "report": "\n".join([place.study, place.tool, place.result, place.effect or ""]),
            "place": place._asdict(),
            "title": f"{study.label}: {place.result or 'the study'}",
            "outcome": appraisal_list.outcome_name(self._rv, form["outcome"]),
            "status": own.status if own else "",
            "tool": appraisal_form.shown(tool, place.effect, self._rv.folder / "tools"),
            "form": form,
            "judged": appraisal_form.judged(tool, place.effect, form["answers"], form["judgements"], form["preliminary"]),
            "sides": [appraisal_list.side_shown(side) for side in sides],
            "by_agreement": own is not None,
            "sources": sources_of(study.reports, self._rv.screening.document),
            "others": appraisal_list.others(self._rv, study, place.tool, place.result),
        }

    def _taken(self, place: Place, sides: Sequence[AssessmentView]) -> dict[str, Any]:
        """What was taken so far of a difference; at first what both have said alike."""
        kept = self._settling.get(place)
        return kept.model_dump(mode="json") if kept else appraisal_list.begun(sides)

    def _own(self, place: Place) -> AssessmentView | None:
        """This assessor's own form, or None."""
        study = self._view(place.study)
        return next((f for f in appraisal_list.forms_of(self._rv, study) if folded(appraisal_list.key_of(f)) == folded(place[1:])), None)

    def _sides(self, place: Place) -> list[AssessmentView]:
        """What each of the two says, where they differ and this viewer may settle it; else nothing."""
        for study, (tool, result, effect) in appraisal_list.differences(self._rv):
            if (study, tool, result or "", effect) == tuple(place):
                return self._rv.bias.sides(study, tool=tool, result=result, effect=effect)
        return []

    def _view(self, study: str) -> StudyView:
        found = next((s for s in self._rv.studies.views() if study == s.id or study in s.subjects), None)
        if found is None:
            raise NotFound("this study is there no more", next_step="choose one of the list")
        return found

    # what is fetched

    def _copy(self, ask: AppraisalAsk) -> Message:
        domain = self._rv.bias.tool(ask.tool).domains(ask.effect)[0].id
        taken = self._rv.bias.copy_domain(
            ask.study, tool=ask.tool, domain=domain, from_result=ask.other, to_result=ask.result, effect=ask.effect
        )
        support = {name: dict(said) for name, said in taken.support.items()}
        copied = {"answers": dict(taken.answers), "support": support, "copied": {domain: taken.event}}
        return {"kind": "copied", "token": ask.token, "from": ask.other, **copied}

    def _source(self, ask: AppraisalAsk) -> Message:
        report = self._report(ask)
        if ask.other == "record":
            parts, remark = parts_of_record(report), ""
        else:
            parts, remark = parts_of_document(report, self._rv.screening.document(report))
        return {"kind": "source", "token": ask.token, "parts": parts, "remark": remark}

    def _document(self, ask: AppraisalAsk) -> Message:
        return self._reader.part(ask.token, self._report(ask), ask.part)

    def _report(self, ask: AppraisalAsk) -> ReportView:
        """A report of the study on show; nothing else is handed out."""
        study = self._view(self._open.study) if self._open else None
        found = next((r for r in study.reports if r.id == ask.report), None) if study else None
        if found is None:
            raise InputRefused("this report does not belong to the study on show", next_step="choose one of its sources")
        return found
