"""The smaller verbs of appraisal: take over the answers of a domain, record a weight, open a calibration round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from review.bias import judging, state
from review.bias.judging import Given
from review.bias.standings import Standings
from review.bias.tools import Tool
from review.errors import InputRefused, NotFound
from review.ledger.seat import at_rest
from review.model.appraisal import AppraisalCalibrated, AppraisalJudged, AppraisalWeighed
from review.model.authority import LEAD, check_role
from review.model.event import Event
from review.model.views import StudyView
from review.text import fold_blanks


@dataclass(frozen=True, slots=True)
class Copied:
    """The answers of one domain as they stand for another result of the study: to be looked at, and given to ``judge``.

    ``event``: the assessment that they are taken over from, for ``judge(copied={domain: event})``.
    """

    domain: str
    event: str
    answers: Mapping[str, str]
    support: Mapping[str, Mapping[str, str]]
    judgement: str
    override: str | None


class SideSteps(Standings):
    """What an assessor or the lead records beside the assessments, and what is taken over from one to another."""

    def copy_domain(
        self, study: str, *, tool: str, from_result: str, to_result: str, domain: str = "D1", effect: str | None = None
    ) -> Copied:
        """The answers of the first domain, which is about the study as a whole, as this assessor gave them for another result.

        It writes nothing: they are looked at, and given to ``judge`` with ``copied={domain: event}``, which keeps where they came from.
        Raises InputRefused for a domain that is about one result, NotFound where the other result was not assessed.
        """
        own, form = self._asked_of(study, tool)
        event = self._source(own, form, domain, from_result, effect)
        if judging.result_named(to_result).casefold() == judging.result_named(from_result).casefold():
            raise InputRefused("a result cannot be copied to itself", where=own.label, next_step="name the other result in to_result")
        asked = {q.id for q in form.domain(domain, effect).questions}
        body, words = event.body, ("text", "quotation", "location")
        judged = body["domains"][domain]
        return Copied(
            domain,
            event.id,
            {q: a for q, a in body["answers"].items() if q in asked},
            {q: {name: s[name] for name in words} for q, s in body["support"].items() if q in asked},
            judged["final"],
            judged["override"],
        )

    @at_rest
    def _source(self, own: StudyView, form: Tool, domain: str, result: str, effect: str | None) -> Event:
        _check_first(form, domain, effect)
        wanted = state.folded((form.id, result, effect))
        there = [key for key in self._events(own) if key[:2] == wanted[:2]]
        for key in sorted(there, key=lambda key: key[2] != effect):
            mine = self._mine(own, key)
            if mine is not None and mine.kind == AppraisalJudged.kind:
                return mine
        raise NotFound(f"you have not assessed {result!r}", where=own.label, next_step="rv.bias.frame() lists what you have assessed")

    @at_rest
    def _check_copied(self, own: StudyView, form: Tool, effect: str | None, given: Given) -> None:
        """What is said to be copied is the first domain of an assessment of this study by the same person that was not taken back, and was
        left as it was."""
        for domain, event_id in given.copied.items():
            _check_first(form, domain, effect)
            event = self._seat.event(event_id)
            known = event.kind == AppraisalJudged.kind and event.subject in own.subjects and event.body["tool"] == form.id
            stands = self._state.facts.current(event_id) is not None  # itself, or what its author put in its place
            if not known or event.actor != self._seat.pen.actor or not stands:
                raise InputRefused(
                    f"{domain} cannot be copied from {event_id[:12]}", expected="an assessment of this study by yourself that stands"
                )
            asked = {q.id for d in form.all_domains if d.id == domain for q in d.questions}
            was, now = ({q: a for q, a in said.items() if q in asked} for said in (event.body["answers"], given.answers))
            if was != now:
                raise InputRefused(
                    f"the answers of {domain} are not those that were copied", where=own.label, next_step="leave copied out, or the answers"
                )

    def weigh(
        self, study: str, *, tool: str, result: str, weight: Decimal | str | int | float, source: str, effect: str | None = None
    ) -> str:
        """Record the weight of a result in its synthesis, a positive number, and where it was taken from. Returns the event id.

        Weighted bars are drawn from recorded weights only. Another reviewer's weight is the lead's to replace.
        """
        viewer = self._seat.viewer
        if LEAD not in viewer.roles:
            check_role(viewer, "assessor", otherwise="let an assessor or the lead record it")
        own, form = self._study(study), self.tool(tool)
        try:
            number = Decimal(str(weight))
        except InvalidOperation:
            number = Decimal(0)
        if not number.is_finite() or number <= 0:
            raise InputRefused(f"{weight!r} is no weight", where=own.label, expected="a number above zero, as '12.5'")
        form.domains(effect)  # refuses an effect that the tool does not know
        if form.effects and effect is None:
            raise InputRefused("a weight is of a result for one effect of interest", where=form.id, expected=" or ".join(form.effects))
        named = judging.result_named(result)
        if form.unit == "result" and not named:
            raise InputRefused("a weight is of one result", where=own.label, next_step="name the result, as it was assessed")
        if not source.strip():
            raise InputRefused("a weight needs its source", where=own.label, expected="as 'forest plot of activity, random effects'")
        key: state.Key = (form.id, named, effect)
        before = state.weight_of(self._state, own.subjects, key)
        body = AppraisalWeighed(tool=form.id, result=key[1] or "", effect=effect, weight=f"{number.normalize():f}", source=source.strip())
        return self._seat.pen.write(AppraisalWeighed.kind, own.id, body, replaces=before.id if before else None).id

    def calibrate(self, studies: Sequence[str], *, tool: str, round: str, note: str = "") -> str:
        """Open a calibration round: every assessor appraises these studies, and what is appraised from here on counts for the agreement
        of the round alone. note: what is to be tried or was agreed. Returns the event id."""
        viewer = self._seat.viewer
        if LEAD not in viewer.roles:
            check_role(viewer, "assessor", otherwise="let an assessor or the lead open it")
        named = fold_blanks(judging.worded(round, "name of a round", "its name in words"))
        if not named or named in {e.body["round"] for e in self.rounds()}:
            raise InputRefused(f"a calibration round cannot be called {round!r}", expected="a name that no other round has")
        own = tuple(dict.fromkeys(self._study(study).id for study in studies))
        if not own:
            raise InputRefused("a calibration round needs at least one study")
        body = AppraisalCalibrated(round=named, tool=self.tool(tool).id, studies=own, note=note.strip())
        return self._seat.pen.write(AppraisalCalibrated.kind, f"calibration:{named}", body).id

    def _asked_of(self, study: str, tool: str) -> tuple[StudyView, Tool]:
        """The study and the tool; refuses who does not assess."""
        check_role(self._seat.viewer, "assessor", otherwise="open the review as an assessor")
        return self._study(study), self.tool(tool)

    def _mine(self, own: StudyView, key: state.Key) -> Event | None:
        """This reviewer's live assessment of the result."""
        wanted, kept = state.folded(key), state.of_study(self._state.assessments, own.subjects)
        met = [e for one in kept if one[:2] == wanted[:2] and (one[2] == wanted[2] or None in (one[2], wanted[2])) for e in kept[one]]
        mine = [e for e in met if e.actor == self._seat.pen.actor and e.kind in state.ANSWERS and self._state.facts.live(e.id)]
        return max(mine, key=lambda e: e.position, default=None)


def _check_first(form: Tool, domain: str, effect: str | None) -> None:
    """Raises InputRefused for any domain but the first of a tool that is about one result: only that is about the study as a whole."""
    first = form.domains(effect)[0].id
    if form.unit != "result" or domain != first:
        raise InputRefused(
            f"{domain} is about one result", where=form.id, expected=f"{first}, which is about the study as a whole",
            next_step="answer its questions for each result",
        )  # fmt: skip
