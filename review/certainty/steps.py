"""The verbs of certainty: grade an outcome of a comparison, say why it was not graded, resolve. Reading stands in standings.py.

Refused are an outcome that the protocol does not name, a comparison without a comparator, and a rating without its explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from review.certainty import state
from review.certainty.absolute import Baseline, Effect, wording
from review.certainty.given import HAND, SYNTHESIS, Given
from review.certainty.grading import design_from, on_comparator, on_designs, start_of
from review.certainty.standings import Standings
from review.certainty.statements import Threshold
from review.errors import InputRefused, NotAllowed, NotFound, near
from review.ledger.seat import at_rest
from review.ledger.settling import settle
from review.ledger.undo import take_back
from review.model.authority import check_resolver, check_role
from review.model.certainty import CertaintyDrafted, CertaintyGraded, CertaintyNotGraded, CertaintyResolved
from review.model.event import Event
from review.model.plan import Outcome
from review.model.views import StudyView


class Certainty(Standings):
    """Certainty per outcome of the protocol and comparison; two assessors are blind to each other."""

    def grade(
        self,
        outcome: str,
        *,
        comparison: str | None = None,
        start: str | None = None,
        ratings: Mapping[str, int] | None = None,
        explanations: Mapping[str, str] | None = None,
        effect: Effect | str | None = None,
        baseline: Baseline | Sequence[Baseline] = (),
        participants: int | tuple[int, int] | None = None,
        studies: int | Sequence[str] | None = None,
        importance: str = "critical",
        final: str | int | None = None,
        reason: str = "",
        threshold: Threshold | None = None,
        comment: str = "",
        token: str | None = None,
    ) -> str:
        """Store this assessor's grading of one outcome (id or name of the protocol) in one comparison ('A versus B').

        comparison    left out, the protocol's own
        start         'randomised', 'non-randomised' or 'single-arm'; left out, from the extracted designs of the named studies
        ratings       {domain: points}: risk_of_bias, inconsistency, indirectness, imprecision, publication_bias 0 to -2, each of them
                      named (risk_of_bias and imprecision -3 where the rules allow); large_effect 0 to 2, dose_response,
                      plausible_confounding 0 or 1 where they were
        explanations  {domain: why}, for every rating that is not 0
        effect        with its interval; or the id of a planned comparison, whose pooled effect is taken as every viewer may see it, with
                      its studies and participants where none are stated
        baseline      what is expected with the comparator; several for several risks
        participants  how many, or (with the intervention, with the comparator)
        studies       how many, or their ids or labels
        importance    'critical', 'important' or 'of limited importance'
        final         the level that is given, with its reason, where it is not the one that follows
        threshold     from which size on an effect matters; without it no sentence is written
        Returns the event id. Raises InputRefused with everything that is wrong with the ratings, NotFound, NotAllowed.
        """
        check_role(self._seat.viewer, "assessor", otherwise="open the review as an assessor")
        asked = self._outcome(outcome)
        given = self._given(
            asked, start=start, ratings=ratings or {}, explanations=explanations or {}, effect=effect, baseline=baseline,
            participants=participants, studies=studies, importance=importance, final=final, reason=reason, threshold=threshold,
            comment=comment,
        )  # fmt: skip
        body = CertaintyGraded(**self._graded(asked, self._named(comparison), given))
        return self._append(CertaintyGraded.kind, asked, body, token)

    def not_graded(self, outcome: str, *, comparison: str | None = None, reason: str, token: str | None = None) -> str:
        """Say why the evidence on an outcome was not graded; this is no level. Returns the event id."""
        check_role(self._seat.viewer, "assessor", otherwise="open the review as an assessor")
        asked = self._outcome(outcome)
        if not wording(reason, "the reason").strip():
            raise InputRefused("'not graded' needs its reason", where=asked.name)
        body = CertaintyNotGraded(outcome=asked.id, comparison=self._named(comparison), reason=reason.strip())
        return self._append(CertaintyNotGraded.kind, asked, body, token)

    def keep_draft(
        self, outcome: str, *, comparison: str | None = None, settles: bool = False, form: str = "", token: str | None = None
    ) -> str:
        """Keep what is typed into a form and not saved yet, as text of the desk: no grading, and open no sooner than gradings are.

        settles: the form is that of a consensus. '' for a form: nothing is typed there any more. Returns the event id.
        """
        asked, name = self._outcome(outcome), self._named(comparison)
        if not settles:
            check_role(self._seat.viewer, "assessor", otherwise="open the review as an assessor")
        elif not self._panel(outcome, comparison)[1].closed:
            raise NotAllowed(
                "there is nothing to settle yet: not everybody due has graded", where=f"{asked.name}, {name}",
                next_step="wait until everybody due has graded",
            )  # fmt: skip
        body = CertaintyDrafted(outcome=asked.id, comparison=name, settles=settles, form=wording(form, "a form"))
        return self._seat.pen.write(body.kind, subject_of(asked), body, token=token).id

    def resolve(
        self, outcome: str, *, comparison: str | None = None, why: str, not_graded: bool = False, token: str | None = None, **given: Any
    ) -> str:
        """The consensus of two assessors, as a third record: what ``grade`` takes is given whole. Returns the event id.

        not_graded: the two agree, or a third finds, that the evidence is not graded; *why* is the reason, and nothing else is given.
        """
        asked, name = self._outcome(outcome), self._named(comparison)
        found = self._panel(outcome, comparison)[1]
        known = self._sent(token, CertaintyResolved.kind, (asked.id, state.folded_name(name)))
        if known is None:
            check_resolver(self._seat.viewer, found, why, role="assessor", where=f"{asked.name}, {name}")
        if not wording(why, "why").strip():
            raise InputRefused("a consensus needs a reason", where=asked.name, next_step="give it as why=…")
        if not_graded and given:
            raise InputRefused(
                f"'not graded' goes with no grading: {', '.join(given)}", where=asked.name, next_step="leave one of them out"
            )
        graded = CertaintyResolved.NO_GRADING if not_graded else self._graded(asked, name, self._given(asked, **given))
        stated = {**graded, "outcome": asked.id, "comparison": name, "not_graded": not_graded}

        def say(settles: tuple[str, ...]) -> CertaintyResolved:
            return CertaintyResolved(**stated, why=why.strip(), settles=settles)

        return settle(
            self._seat, subject_of(asked), found, look=lambda: self._panel(outcome, comparison)[1], say=say,
            where=f"{asked.name}, {name}", token=token, known=known,
        ).id  # fmt: skip

    def undo(self, event: str) -> str:
        """Take back a grading, a reason for none, or a consensus. Returns the event id."""
        return take_back(self._seat, event, of="certainty.")

    def _given(self, outcome: Outcome, *, effect: Effect | str | None = None, **given: Any) -> Given:
        """What is given; where *effect* names a planned comparison with its pooled effect, studies and participants."""
        if not isinstance(effect, str):
            return Given(**given, effect=effect, entered=HAND)
        taken, of = self._pooled(effect), self.evidence(outcome.id, synthesis=effect)
        stated = {name: value for name, value in given.items() if value is not None or name not in ("studies", "participants")}
        pooled = {"studies": [study for study, _ in of.studies], "participants": of.participants or None}
        return Given(**{**pooled, **stated}, effect=taken, entered=f"{SYNTHESIS}{effect}")

    def _graded(self, outcome: Outcome, comparison: str, given: Given) -> dict[str, Any]:
        """The fields of a grading, checked, with what it rests on today."""
        today = self._included()
        named = self._studies(given.studies, [study for study, _ in today])
        start = start_of(given.start or self._design(named), self._protocol.plan.settings.grade_start_nrs)
        told, n_studies = given.told(start, where=outcome.name), given.count(len(named), where=outcome.name)
        remarks = [
            *told["remarks"],
            *on_comparator(comparison),
            *on_designs(start, {study.label: self._design_of(study) for study in named}),
        ]
        if n_studies is not None and n_studies > len(today):
            remarks.append(f"{n_studies:,} studies were stated, and {len(today):,} are included in the review")
        rests_on = {s.id for s in named} or {s.id for s, _ in today}
        return {
            "outcome": outcome.id,
            "comparison": comparison,
            **told,
            "remarks": tuple(remarks),
            "studies": sorted(s.id for s in named),
            "n_studies": n_studies,
            "included": sorted(s.id for s, _ in today),
            "appraised": {s.id: state.digest(found, outcome.id) for s, found in today if s.id in rests_on},
        }

    def _append(self, kind: str, outcome: Outcome, body: CertaintyGraded | CertaintyNotGraded, token: str | None) -> str:
        pen, key = self._seat.pen, (outcome.id, state.folded_name(body.comparison))
        known = self._sent(token, kind, key)
        if known is not None:
            return pen.write(kind, known.subject, body, replaces=known.replaces, token=token).id
        return pen.write_as_read(lambda: pen.draft(kind, subject_of(outcome), body, replaces=self._mine(key), token=token)).id

    def _sent(self, token: str | None, kind: str, key: state.Key) -> Event | None:
        """What this reviewer wrote with this token about the same before."""
        known = self._seat.sent(token)
        mine = known is not None and (known.kind, known.actor) == (kind, self._seat.pen.actor)
        return known if mine and self._state.home.get(known.id) == key else None  # type: ignore[union-attr]

    @at_rest
    def _mine(self, key: state.Key) -> str | None:
        """This reviewer's live grading, which a new one replaces."""
        answers = state.panel_of(self._state.gradings.get(key, []), needed=self.needed).answers
        return next((a.id for a in reversed(answers) if a.actor == self._seat.pen.actor), None)

    @at_rest
    def _studies(self, studies: int | Sequence[str] | None, included: Sequence[StudyView]) -> list[StudyView]:
        if studies is None or isinstance(studies, int):
            if isinstance(studies, int) and (studies < 0 or isinstance(studies, bool)):
                raise InputRefused(f"{studies!r} is no number of studies", expected="a whole number, or the studies' ids")
            return []
        found = []
        for name in [studies] if isinstance(studies, str) else studies:
            wording(name, "a study")
            one = next((s for s in included if name in (s.id, s.label)), None)
            if one is None:
                raise NotFound(f"there is no included study {name!r}", next_step=near(name, [s.label for s in included]))
            found.append(one)
        return list({s.id: s for s in found}.values())

    def _design(self, named: Sequence[StudyView]) -> str:
        found = design_from([self._design_of(study) for study in named])
        if found is None:
            raise InputRefused(
                "from which design this evidence starts does not follow from the studies",
                expected="a start (start=…, or --start): 'randomised', 'non-randomised' or 'single-arm'",
                next_step="name the planned synthesis, which brings its studies, or state it; grade randomised and other evidence apart",
            )
        return found


def subject_of(outcome: Outcome) -> str:
    """What a fact of this room is about."""
    return f"outcome:{outcome.id}"
