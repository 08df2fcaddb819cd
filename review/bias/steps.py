"""The verbs of appraisal: judge a result, say why one was not assessed, resolve, weigh, calibrate. Reading stands in standings.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from review.bias import judging, state
from review.bias.judging import Given
from review.bias.quoting import supported
from review.bias.side_steps import SideSteps
from review.bias.tools import Tool
from review.errors import InputRefused
from review.ledger.seat import at_rest
from review.ledger.settling import settle
from review.ledger.undo import take_back
from review.model.appraisal import (
    AppraisalDrafted,
    AppraisalJudged,
    AppraisalNotAssessed,
    AppraisalResolved,
    DomainJudged,
    Support,
)
from review.model.authority import check_resolver
from review.model.consensus import Panel
from review.model.event import Body, Event
from review.model.views import StudyView

Said = str | Mapping[str, str]


class Bias(SideSteps):
    """Appraisal per study, result, effect of interest and assessor; two assessors are blind to each other."""

    def judge(
        self,
        study: str,
        *,
        tool: str,
        result: str,
        effect: str | None = None,
        answers: Mapping[str, str] | None = None,
        judgements: Mapping[str, str] | None = None,
        support: Mapping[str, Said] | None = None,
        override: Mapping[str, str] | None = None,
        outcome: str | None = None,
        directions: Mapping[str, str] | None = None,
        preliminary: Mapping[str, str] | None = None,
        sources: Sequence[str] = (),
        deviations: Sequence[str] = (),
        aside: Mapping[str, str] | None = None,
        copied: Mapping[str, str] | None = None,
        draft: bool = False,
        token: str | None = None,
    ) -> str:
        """Store this assessor's appraisal of one result; an earlier one of theirs is replaced, and stays readable.

        answers     {question id: answer code}
        judgements  {domain id or 'overall': level}: needed where the tool has no rules, an override where it has
        support     {question id, domain id or 'overall': text, or {text, quotation, location}}: the words behind an answer, or behind a
                    judgement that people make; a quotation that a text of the study holds gets its lines
        override    {domain id or 'overall': why the judgement differs from what the rules propose}
        outcome     id or name of an outcome of the protocol; left out, the one that the result's own words name, if there is one
        directions  {domain id or 'overall': in which direction the bias would go}, in the tool's words
        preliminary {id of a preliminary fact of the tool: what was stated}
        sources     what was consulted, as 'trial registration'
        deviations  those of interest, for the effect of adhering
        aside       {question id: answer} of what was answered before other answers closed the question: kept, and not counted
        copied      {domain id: event} of answers that ``copy_domain`` gave and that were left as they were
        draft       keep an unfinished form: nobody else sees it, and nothing counts it
        token       sending the same assessment again with the same token is the same event
        Returns the event id. Raises AnswerRefused, InputRefused, NotAllowed.
        """
        own, form = self._asked_of(study, tool)
        named = judging.result_named(result)
        if form.unit == "result" and not named:
            raise InputRefused(
                f"{form.label} is about one result", next_step="name the result that is assessed, or use not_assessed with the reason"
            )
        of = judging.outcome_named(outcome, named, self._protocol.plan.outcomes)
        given = Given.of(
            self._supported(own, support), answers=answers, judgements=judgements, override=override, directions=directions,
            preliminary=preliminary, sources=sources, deviations=deviations, aside=aside, copied=copied,
        )  # fmt: skip
        key: state.Key = (form.id, named, effect)
        known = self._sent(token, AppraisalDrafted.kind if draft else AppraisalJudged.kind, own, key)
        if known is not None and judging.says(known.body, given, form, of):
            return known.id
        form.refuse_design(self._design_of(own), self._folder)
        judging.check_names(form, effect, given)
        judging.check_deviations(form, effect, given.deviations, finished=not draft)
        self._check_copied(own, form, effect, given)
        return self._draft(own, form, key, of, given, token) if draft else self._judge(own, form, key, of, given, token)

    @at_rest
    def _supported(self, own: StudyView, support: Mapping[str, Said] | None) -> dict[str, Support]:
        """The support of each answer, its quotation held to the texts of the study."""
        if not support:
            return {}
        if not isinstance(support, Mapping):
            raise InputRefused(
                f"a {type(support).__name__} was given",
                where="support",
                expected="{question or domain id: text, or {text, quotation, location}}",
            )
        texts = self._texts_of(own)
        return {question: supported(question, said, texts) for question, said in support.items()}

    def _judge(self, own: StudyView, form: Tool, key: state.Key, outcome: str | None, given: Given, token: str | None) -> str:
        given = judging.parted(form, key[2], given, self._before(own, key), draft=False)
        found = judging.verdict(form, key[2], given)
        body = AppraisalJudged(
            tool=form.id,
            tool_version=form.version,
            tool_sha256=form.sha256,
            result=key[1] or "",
            effect=key[2],
            answers=dict(given.answers),
            domains=dict(found.domains),
            overall=found.overall,
            overall_proposed=found.proposed,
            overall_override=found.override,
            flag=found.flag,
            outcome=outcome,
            wording_hash=form.wording_hash(self._folder),
            **given.stored,
        )
        return self._append(own, body, form, key, token)

    def _draft(self, own: StudyView, form: Tool, key: state.Key, outcome: str | None, given: Given, token: str | None) -> str:
        """A form as it stands: answers to questions that are not asked now go aside, what is missing may be missing."""
        now = judging.parted(form, key[2], given, self._before(own, key), draft=True)
        judging.check_draft(form, key[2], now)
        body = AppraisalDrafted(
            tool=form.id,
            tool_version=form.version,
            tool_sha256=form.sha256,
            result=key[1] or "",
            effect=key[2],
            outcome=outcome,
            answers=dict(now.answers),
            judgements=dict(now.judgements),
            override=dict(now.override),
            **now.stored,
        )
        return self._append(own, body, form, key, token)

    @at_rest
    def _before(self, own: StudyView, key: state.Key) -> list[Mapping[str, str]]:
        """What this assessor has answered on the result so far, what was put aside too: as sent off, then in the draft of today."""
        draft = state.draft_of(self._state, own.subjects, key, self._seat.pen.actor)
        begun = [e.body for e in (self._mine(own, key), draft) if e is not None and "answers" in e.body]
        return [{**body.get("aside", {}), **body["answers"]} for body in begun]

    def not_assessed(self, study: str, *, tool: str, reason: str, result: str | None = None, token: str | None = None) -> str:
        """Say why a study or result was not assessed; this is no judgement. Returns the event id."""
        own, form = self._asked_of(study, tool)
        if not judging.worded(reason, "reason", "why it was not assessed, in words").strip():
            raise InputRefused("'not assessed' needs its reason", where=own.label)
        named = judging.result_named(result) if result is not None else None
        body = AppraisalNotAssessed(tool=form.id, tool_sha256=form.sha256, result=named, reason=reason.strip())
        return self._append(own, body, form, (form.id, named, None), token)

    def resolve(
        self,
        study: str,
        *,
        tool: str,
        result: str | None,
        reason: str,
        effect: str | None = None,
        judgements: Mapping[str, str] | None = None,
        answers: Mapping[str, str] | None = None,
        support: Mapping[str, Said] | None = None,
        override: Mapping[str, str] | None = None,
        directions: Mapping[str, str] | None = None,
        preliminary: Mapping[str, str] | None = None,
        outcome: str | None = None,
        not_assessed: bool = False,
        token: str | None = None,
    ) -> str:
        """The consensus of two assessors, as a third record. Returns the event id.

        judgements    {domain id or 'overall': level}, of every domain unless answers are given
        answers       the consensus on each question: the rules propose as in ``judge``, and an override says why
        preliminary   {id of a preliminary fact of the tool: what was agreed}; with answers, every fact that the tool needs
        not_assessed  the consensus is that the result is not assessed, with the reason
        The rest as in ``judge``. A change by one of the two afterwards reopens it.
        """
        own, form = self._study(study), self.tool(tool)
        judging.worded(reason, "reason", "why the two are settled so, in words")
        named = judging.result_named(result) if result is not None else None
        key: state.Key = (form.id, named, effect)
        found = self._panel(study, key)
        known = self._sent(token, AppraisalResolved.kind, own, key)
        if known is None:
            check_resolver(self._seat.viewer, found, reason, role="assessor", where=f"{own.label}, {result or 'the study'}")
        if not reason.strip():
            raise InputRefused("a consensus needs a reason", where=own.label)
        of = judging.outcome_named(outcome, key[1] or "", self._protocol.plan.outcomes)
        said = {"answers": answers, "judgements": judgements, "override": override, "directions": directions, "preliminary": preliminary}
        given = Given.of(self._supported(own, support), **said)
        settled = self._settled(form, effect, given, not_assessed=not_assessed)

        def say(settles: tuple[str, ...]) -> AppraisalResolved:
            return AppraisalResolved(
                tool=form.id,
                tool_sha256=form.sha256,
                result=key[1] or "",
                effect=effect,
                reason=reason.strip(),
                settles=settles,
                outcome=of,
                not_assessed=not_assessed,
                **settled,
            )

        return settle(
            self._seat, known.subject if known else own.id, found, look=lambda: self._panel(study, key), say=say, where=own.label,
            token=token, known=known,
        ).id  # fmt: skip

    @staticmethod
    def _settled(form: Tool, effect: str | None, given: Given, *, not_assessed: bool) -> dict[str, Any]:
        """What a consensus says: by its own answers, by judgements alone, or that there is none."""
        if not_assessed:
            if given.answers or given.judgements:
                raise InputRefused("what is not assessed has no judgement", where=form.id, next_step="leave answers and judgements out")
            return {"domains": {}, "overall": None}
        if not given.answers and not given.judgements:
            raise InputRefused(
                "a consensus says something: neither answers nor judgements were given", where=form.id,
                expected="answers={…} or judgements={…}", next_step="or not_assessed=True, where that is what was agreed",
            )  # fmt: skip
        judging.check_names(form, effect, given)
        if given.answers:
            found = judging.verdict(form, effect, given)
            domains = {name: d.final for name, d in found.domains.items()}
            judged = dict(found.domains)
        else:
            form.accept_preliminary(given.preliminary)
            domains = {name: form.level(level).label for name, level in given.judgements.items() if name != "overall"}
            judged = {name: DomainJudged(proposed=None, final=final, path=(), override=None) for name, final in domains.items()}
            found = judging.over_all(form, effect, judged, given, by_level=True)
        return {
            "domains": domains,
            "judged": judged,
            "overall": found.overall,
            "overall_proposed": found.proposed,
            "overall_override": found.override,
            "flag": found.flag,
            "answers": dict(given.answers),
            "support": dict(given.support),
            "directions": dict(given.directions),
            "preliminary": dict(given.preliminary),
        }

    @at_rest
    def _panel(self, study: str, key: state.Key) -> Panel:
        """The assessors' panel on one result as it stands."""
        return state.panel_of(self._events(self._study(study)).get(state.folded(key), []), needed=self.needed)

    def undo(self, event: str) -> str:
        """Take back an assessment, a draft, a consensus, a weight or a round. Returns the event id."""
        return take_back(self._seat, event, of="appraisal.")

    # writing once

    def _sent(self, token: str | None, kind: str, own: StudyView, key: state.Key) -> Event | None:
        """What this reviewer wrote with this token about the same result before."""
        known = self._seat.sent(token)
        if known is None or (known.kind, known.actor) != (kind, self._seat.pen.actor) or known.subject not in (own.id, *own.subjects):
            return None
        return known if state.key_of(known) == state.folded(key) else None

    def _append(self, own: StudyView, body: Body, form: Tool, key: state.Key, token: str | None) -> str:
        """Write an answer or a draft in the place of this assessor's earlier one; the same with the same token is the same event."""
        pen = self._seat.pen
        known = self._sent(token, body.kind, own, key)
        if known is not None:
            return pen.write(body.kind, known.subject, body, replaces=known.replaces, token=token).id
        form_text = (form.text.encode("utf-8"), False)
        return pen.write_as_read(
            lambda: pen.draft(body.kind, own.id, body, replaces=self._earlier(own, key, body.kind), token=token), blobs=[form_text]
        ).id

    @at_rest
    def _earlier(self, own: StudyView, key: state.Key, kind: str) -> str | None:
        """This reviewer's live assessment, or draft, which a new one replaces."""
        if kind == AppraisalDrafted.kind:
            before = state.draft_of(self._state, own.subjects, key, self._seat.pen.actor)
        else:
            before = self._mine(own, key)
        return before.id if before else None
