"""The verbs of appraisal: judge a result, say why one was not assessed, resolve; and what each viewer may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from review.bias import state
from review.bias.tools import Tool, load_tool, tool_names
from review.errors import AnswerRefused, InputRefused, NotFound, near
from review.ledger.seat import Seat, at_rest
from review.ledger.undo import take_back
from review.model.appraisal import AppraisalJudged, AppraisalNotAssessed, AppraisalResolved, DomainJudged, Support
from review.model.authority import check_resolver, check_role
from review.model.blinding import visible
from review.model.event import Event
from review.model.plan import Plan
from review.model.views import AssessmentView, StudyView
from review.protocol import Protocol

if TYPE_CHECKING:
    import pandas as pd


class Bias:
    """Appraisal per study, result, effect of interest and assessor; two assessors are blind to each other."""

    def __init__(
        self,
        seat: Seat,
        protocol: Protocol,
        studies: Callable[[], Sequence[StudyView]],
        design_of: Callable[[StudyView], str | None],
        folder: Path,
    ) -> None:
        self._seat, self._protocol, self._studies, self._design_of, self._folder = seat, protocol, studies, design_of, folder

    @property
    def _state(self) -> state.BiasState:
        return self._seat.state("bias", state.BiasState, state.fold)

    @property
    def needed(self) -> int:
        """How many assessors a result is due to: two where the protocol names two or more."""
        return min(2, max(1, sum("assessor" in r.roles for r in self._protocol.plan.reviewers)))

    def tool(self, name: str) -> Tool:
        """The tool of that name: the project's own file wins over a plug-in, a plug-in over what ships."""
        return load_tool(name, self._folder)

    def unknown_tools(self, plan: Plan) -> list[str]:
        """What is wrong with the tools that *plan* names, in words."""
        known = tool_names(self._folder)
        return [f"an appraisal tool {name!r} that exists ({near(name, known)})" for name in plan.appraisal.tools if name not in known]

    # views

    def _events(self, study: StudyView) -> Mapping[state.Key, list[Event]]:
        merged: dict[state.Key, list[Event]] = {}
        for subject in study.subjects:
            for key, events in self._state.assessments.get(subject, {}).items():
                merged.setdefault(key, []).extend(events)
        # 'Not assessed' is said of a result whatever the effect of interest: it meets the judgements of each effect.
        for tool, result, effect in [key for key in merged if key[2] is not None]:
            merged[(tool, result, effect)] = [*merged[(tool, result, effect)], *merged.get((tool, result, None), ())]
        for tool, result, _ in [key for key in merged if key[2] is not None]:
            merged.pop((tool, result, None), None)
        return {key: sorted(events, key=lambda e: e.position) for key, events in merged.items()}

    @at_rest
    def assessments(self, study: StudyView) -> list[AssessmentView]:
        """The assessments of *study* that this viewer may see."""
        viewer = self._seat.viewer
        sees_all = viewer.sees_open("appraisal.judged")
        views = [
            state.assessment_view(study.id, key, events, needed=self.needed, viewer=viewer.name, sees_all=sees_all)
            for key, events in self._events(study).items()
        ]
        return [v for v in views if v is not None]

    @at_rest
    def frame(self) -> pd.DataFrame:
        """One row per assessment that this viewer may see: study, label, tool, result, effect, status, overall, reason, domains."""
        import pandas as pd

        rows = [
            (a.study, s.label, a.tool, a.result, a.effect, a.status, a.overall, a.reason, dict(a.domains))
            for s in self._studies()
            for a in self.assessments(s)
        ]
        return pd.DataFrame(rows, columns=["study", "label", "tool", "result", "effect", "status", "overall", "reason", "domains"])

    @at_rest
    def conflicts(self) -> pd.DataFrame:
        """Results on which two assessors differ, both judgements and no names."""
        import pandas as pd

        rows = []
        for study in self._studies():
            for key, events in self._events(study).items():
                found = state.panel_of(events, needed=self.needed)
                if found.conflict and found.closed:
                    first, second = sorted(found.answers, key=lambda e: e.id)[:2]
                    rows.append((study.id, study.label, *key, state.answer(first), state.answer(second)))
        return pd.DataFrame(rows, columns=["study", "label", "tool", "result", "effect", "first", "second"])

    @at_rest
    def visible_event(self, event: Event) -> bool:
        """Whether this viewer may see an event of this room."""
        return visible(event, self._seat.viewer, self._closed)

    def _closed(self, event: Event) -> bool:
        study, key = self._state.home[event.id]
        return state.panel_of(self._state.assessments[study][key], needed=self.needed).closed

    @at_rest
    def open_of_others(self) -> bool:
        """Whether the ledger holds an assessment that this viewer may not see."""
        return any(not self.visible_event(e) for keys in self._state.assessments.values() for events in keys.values() for e in events)

    # writing

    def judge(
        self,
        study: str,
        *,
        tool: str,
        result: str,
        effect: str | None = None,
        answers: Mapping[str, str] | None = None,
        judgements: Mapping[str, str] | None = None,
        support: Mapping[str, str | Mapping[str, str]] | None = None,
        override: Mapping[str, str] | None = None,
    ) -> str:
        """Store this assessor's appraisal of one result.

        answers     {question id: answer code}
        judgements  {domain id or 'overall': level}: needed where the tool has no rules, an override where it has
        support     {question id: text, or {text, quotation, location}}
        override    {domain id or 'overall': why the judgement differs from what the rules propose}
        Returns the event id. Raises AnswerRefused, InputRefused, NotAllowed.
        """
        check_role(self._seat.viewer, "assessor", otherwise="open the review as an assessor")
        own = self._study(study)
        form = self.tool(tool)
        form.refuse_design(self._design_of(own))
        given, settled, why = dict(answers or {}), dict(judgements or {}), dict(override or {})
        _known_names(form, effect, questions=[*given, *(support or {})], domains=[*settled, *why])
        if form.unit == "result" and not result.strip():
            raise InputRefused(
                f"{form.label} is about one result", next_step="name the result that is assessed, or use not_assessed with the reason"
            )
        domains = {d.id: self._domain(form, d.id, effect, given, settled.get(d.id), why.get(d.id)) for d in form.domains(effect)}
        overall, flag = self._overall(form, effect, {k: v.final for k, v in domains.items()}, settled.get("overall"), why.get("overall"))
        body = AppraisalJudged(
            tool=form.id,
            tool_version=form.version,
            tool_sha256=form.sha256,
            result=result,
            effect=effect,
            answers=given,
            domains=domains,
            overall=overall,
            overall_override=why.get("overall"),
            flag=flag,
            support={q: _support(s) for q, s in (support or {}).items()},
        )
        return self._append(own, AppraisalJudged.kind, body, form, (form.id, result, effect))

    @staticmethod
    def _domain(
        form: Tool, name: str, effect: str | None, answers: Mapping[str, str], settled: str | None, why: str | None
    ) -> DomainJudged:
        asked = {q.id for q in form.domain(name, effect).questions}
        judged = form.judge(name, {q: a for q, a in answers.items() if q in asked}, effect=effect)
        proposed = judged.judgement
        final = form.level(settled).label if settled else proposed
        if final is None and judged.cells is not None:  # a checklist of items: its answers are what is shown, people judge overall
            return DomainJudged(proposed=None, final="answered" if not judged.missing else "unfinished", path=(), override=None)
        if final is None:
            raise InputRefused(
                "this tool proposes nothing here; a person judges", where=f"{form.id} {name}", next_step=f"give judgements={{{name!r}: …}}"
            )
        if proposed is not None and final != proposed and not (why or "").strip():
            raise InputRefused(
                f"the rules propose {proposed!r}, not {final!r}",
                where=f"{form.id} {name}",
                next_step="give the reason in override, or take the proposal",
            )
        return DomainJudged(proposed=proposed, final=final, path=tuple(map(str, judged.path)), override=why if final != proposed else None)

    @staticmethod
    def _overall(form: Tool, effect: str | None, finals: Mapping[str, str], settled: str | None, why: str | None) -> tuple[str | None, str]:
        proposed = form.overall(finals, effect=effect)
        if settled is None:
            return proposed.judgement, proposed.flag
        if settled not in proposed.choices:
            raise InputRefused(
                f"{settled!r} is no overall judgement",
                where=form.id,
                expected=", ".join(proposed.choices),
                next_step=near(settled, proposed.choices),
            )
        if proposed.judgement is not None and settled != proposed.judgement and not (why or "").strip():
            raise InputRefused(
                f"the rules propose {proposed.judgement!r} overall, not {settled!r}",
                where=form.id,
                next_step="give the reason in override['overall']",
            )
        return settled, proposed.flag

    def not_assessed(self, study: str, *, tool: str, reason: str, result: str | None = None) -> str:
        """Say why a study or result was not assessed; this is no judgement. Returns the event id."""
        check_role(self._seat.viewer, "assessor", otherwise="open the review as an assessor")
        own = self._study(study)
        form = self.tool(tool)
        if not reason.strip():
            raise InputRefused("'not assessed' needs its reason", where=own.label)
        body = AppraisalNotAssessed(tool=form.id, tool_sha256=form.sha256, result=result, reason=reason.strip())
        return self._append(own, AppraisalNotAssessed.kind, body, form, (form.id, result, None))

    def resolve(self, study: str, *, tool: str, result: str, effect: str | None = None, judgements: Mapping[str, str], reason: str) -> str:
        """The consensus of two assessors, as a third record. Returns the event id."""
        own = self._study(study)
        form = self.tool(tool)
        events = self._events(own).get((form.id, result, effect))
        found = state.panel_of(events or (), needed=self.needed)
        check_resolver(self._seat.viewer, found, reason, role="assessor", where=f"{own.label}, {result}")
        if not reason.strip():
            raise InputRefused("a consensus needs a reason", where=own.label)
        _known_names(form, effect, questions=[], domains=judgements)
        finals = {name: form.level(level).label for name, level in judgements.items() if name != "overall"}
        overall = self._overall(form, effect, finals, judgements.get("overall"), reason)[0]
        settles = tuple(a.id for a in found.answers)
        body = AppraisalResolved(
            tool=form.id, result=result, effect=effect, domains=finals, overall=overall, reason=reason.strip(), settles=settles
        )
        return self._seat.pen.write(AppraisalResolved.kind, own.id, body, replaces=found.resolution.id if found.resolution else None).id

    def undo(self, event: str) -> str:
        """Take back an assessment or a consensus. Returns the event id."""
        return take_back(self._seat, event, of="appraisal.")

    def _append(self, own: StudyView, kind: str, body: AppraisalJudged | AppraisalNotAssessed, form: Tool, key: state.Key) -> str:
        pen = self._seat.pen
        form_text = (form.text.encode("utf-8"), False)
        return pen.write_as_read(lambda: pen.draft(kind, own.id, body, replaces=self._mine(own, key)), blobs=[form_text]).id

    @at_rest
    def _mine(self, own: StudyView, key: state.Key) -> str | None:
        """This reviewer's live assessment, which a new one replaces."""
        answers = state.panel_of(self._events(own).get(key, []), needed=self.needed).answers
        return next((a.id for a in reversed(answers) if a.actor == self._seat.pen.actor), None)

    @at_rest
    def _study(self, study: str) -> StudyView:
        views = self._studies()
        for view in views:
            if study in (view.id, view.label):
                return view
        raise NotFound(f"there is no study {study!r}", next_step=near(study, (v.id for v in views)))


def _support(given: str | Mapping[str, str]) -> Support:
    return Support(text=given) if isinstance(given, str) else Support(**given)


def _known_names(form: Tool, effect: str | None, *, questions: Iterable[str], domains: Iterable[str]) -> None:
    """Raises AnswerRefused for a question or a domain that the tool does not have."""
    asked = [q.id for q in form.questions(effect)]
    judged = [*(d.id for d in form.domains(effect)), "overall"]
    for names, known, what in ((questions, asked, "question"), (domains, judged, "domain")):
        for name in names:
            if name not in known:
                raise AnswerRefused(f"there is no {what} {name!r}", where=form.id, next_step=near(name, known))
