"""The verbs of certainty: grade an outcome of a comparison, say why it was not graded, resolve; and what each viewer may see.

Refused are an outcome that the protocol does not name, a comparison without a comparator, and a rating without its explanation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from review.certainty import state
from review.certainty.absolute import Baseline, Effect, wording
from review.certainty.given import HAND, SYNTHESIS, Given, stated_effect, suggestion, synthesis_of
from review.certainty.grading import DOMAINS, LEVELS, are_one, compared, design_from, on_comparator, on_designs, start_of, states_comparator
from review.certainty.statements import Threshold
from review.errors import GuardRefused, InputRefused, NotFound, near
from review.ledger.seat import Seat, at_rest
from review.ledger.undo import take_back
from review.model.authority import check_resolver, check_role
from review.model.blinding import visible
from review.model.certainty import CertaintyGraded, CertaintyNotGraded, CertaintyResolved, CertaintyView
from review.model.event import Event
from review.model.plan import Outcome
from review.model.views import AssessmentView, StudyView
from review.protocol import Protocol

if TYPE_CHECKING:
    import pandas as pd


class Certainty:
    """Certainty per outcome of the protocol and comparison; two assessors are blind to each other.

    included: the included studies of today with their appraisals as anybody may see them, so that what a grading rests on is the same for
    every viewer. design_of: a study's extracted design.
    """

    def __init__(
        self,
        seat: Seat,
        protocol: Protocol,
        included: Callable[[], Sequence[tuple[StudyView, Sequence[AssessmentView]]]],
        design_of: Callable[[StudyView], str | None],
        pooled: Callable[[str], Effect],
    ) -> None:
        self._seat, self._protocol, self._included, self._design_of, self._pooled = seat, protocol, included, design_of, pooled

    @property
    def _state(self) -> state.CertaintyState:
        return self._seat.state("certainty", state.CertaintyState, state.fold)

    @property
    def needed(self) -> int:
        """How many assessors an outcome is due to: two where the protocol names two or more."""
        return self._protocol.plan.needed("assessor")

    # views

    @property
    def comparison(self) -> str | None:
        """The protocol's own comparison, 'INTERVENTION versus COMPARATOR'; None where it states no comparator."""
        asked = self._protocol.plan.question
        stated = asked.intervention.strip() and states_comparator(asked.comparator) and not are_one(asked.intervention, asked.comparator)
        return f"{asked.intervention.strip()} versus {asked.comparator.strip()}" if stated else None

    @at_rest
    def comparisons(self) -> list[str]:
        """Every comparison of which this viewer may see a grading, or a reason for none, in the order of the ledger."""
        return list(self._names().values())

    @at_rest
    def gradings(self, comparison: str | None = None) -> list[CertaintyView]:
        """What stands of each outcome in *comparison* (all of them where none is named), as far as this viewer may see it."""
        wanted = None if comparison is None else state.folded_name(self._named(comparison))
        ids, names = [o.id for o in self._protocol.plan.outcomes], self._names()
        seen = [(key[1], self._view(key)) for key in self._state.gradings if wanted in (None, key[1])]
        today = self._included() if any(view is not None for _, view in seen) else ()
        known = [self._with_changes(replace(view, comparison=names[folded]), today) for folded, view in seen if view is not None]
        return sorted(known, key=lambda v: ids.index(v.outcome) if v.outcome in ids else len(ids))

    def _names(self) -> dict[str, str]:
        """Comparison folded -> as it stands in the first grading that this viewer may see: another's spelling would tell of another's."""
        names: dict[str, str] = {}
        for key in self._state.gradings:
            view = self._view(key)
            if view is not None:
                names.setdefault(key[1], view.comparison)
        return names

    def _view(self, key: state.Key) -> CertaintyView | None:
        viewer = self._seat.viewer
        events, sees_all = self._state.gradings[key], viewer.sees_open(CertaintyGraded.kind)
        return state.view(key, events, needed=self.needed, viewer=viewer.name, sees_all=sees_all)

    @at_rest
    def frame(self) -> pd.DataFrame:
        """One row a grading that this viewer may see, numbers as they were entered.

        outcome, comparison, status, importance, design, start, proposed, final, level, symbols, ascii, reason, ratings, explanations,
        measure, effect, low, high, source, entered, participants, studies, imprecision (what the interval speaks for), remarks, stale.
        """
        import pandas as pd

        return pd.DataFrame([_row(one) for one in self.gradings()], columns=list(_COLUMNS), dtype="object")

    @at_rest
    def due(self) -> list[tuple[str, str]]:
        """What waits for this assessor's grading: (outcome, comparison) once a study is included; none where the viewer is no assessor.

        In the protocol's own comparison, and in those that this assessor began or all may see: another's open grading tells nothing.
        """
        viewer, own = self._seat.viewer, self.comparison
        if "assessor" not in viewer.roles or not self._included():
            return []
        names = {} if own is None else {state.folded_name(own): own}
        done = set[state.Key]()
        for key, events in self._state.gradings.items():
            found = state.panel_of(events, needed=self.needed)
            mine = [a for a in found.answers if a.actor == viewer.name]
            if mine or found.closed:
                names.setdefault(key[1], (mine or [e for e in events if e.withdraws is None])[0].body["comparison"])
                done.add(key)
        return [(o.id, name) for folded, name in names.items() for o in self._protocol.plan.outcomes if (o.id, folded) not in done]

    @at_rest
    def conflicts(self) -> pd.DataFrame:
        """Outcomes on which two assessors differ: what in, and both levels with their ratings and with that; no names of people.

        outcome, comparison, differs, first, second; a side is None once it was taken back, and ``differs`` empty.
        """
        import pandas as pd

        rows = []
        for key, events in self._state.gradings.items():
            found = state.panel_of(events, needed=self.needed)
            if found.conflict and found.closed:
                name = next(e for e in events if e.withdraws is None).body["comparison"]
                sides = sorted(found.answers, key=lambda e: e.id)
                pair = [*sides[:1], *sorted(sides[1:], key=lambda e: not state.apart(sides[0], e))][:2]
                differs = state.apart(*pair) if len(pair) > 1 else []
                first, second = [*(_in_short(e, differs) for e in pair), None, None][:2]
                rows.append((key[0], name, ", ".join(differs), first, second))
        return pd.DataFrame(rows, columns=["outcome", "comparison", "differs", "first", "second"], dtype="object")

    @at_rest
    def visible_event(self, event: Event) -> bool:
        """Whether this viewer may see an event of this room."""
        return visible(event, self._seat.viewer, self._closed)

    def _closed(self, event: Event) -> bool:
        return state.panel_of(self._state.gradings[self._state.home[event.id]], needed=self.needed).closed

    @at_rest
    def open_of_others(self) -> bool:
        """Whether the ledger holds a grading that this viewer may not see."""
        return any(not self.visible_event(e) for events in self._state.gradings.values() for e in events if e.withdraws is None)

    # writing

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
        effect        with its interval; or the id of a planned comparison, whose pooled effect is taken as every viewer may see it
        baseline      what is expected with the comparator; several for several risks
        participants  how many, or (with the intervention, with the comparator)
        studies       how many, or their ids or labels
        importance    'critical', 'important' or 'of limited importance'
        final         the level that is given, with its reason, where it is not the one that follows
        threshold     from which size on an effect matters; without it no sentence is written
        Returns the event id. Raises InputRefused with everything that is wrong with the ratings, NotFound, NotAllowed.
        """
        check_role(self._seat.viewer, "assessor", otherwise="open the review as an assessor")
        given = self._given(
            start=start, ratings=ratings or {}, explanations=explanations or {}, effect=effect, baseline=baseline,
            participants=participants, studies=studies, importance=importance, final=final, reason=reason, threshold=threshold,
            comment=comment,
        )  # fmt: skip
        asked = self._outcome(outcome)
        body = CertaintyGraded(**self._graded(asked, self._named(comparison), given))
        return self._append(CertaintyGraded.kind, asked, body, token)

    def not_graded(self, outcome: str, *, comparison: str | None = None, reason: str) -> str:
        """Say why the evidence on an outcome was not graded; this is no level. Returns the event id."""
        check_role(self._seat.viewer, "assessor", otherwise="open the review as an assessor")
        asked = self._outcome(outcome)
        if not wording(reason, "the reason").strip():
            raise InputRefused("'not graded' needs its reason", where=asked.name)
        body = CertaintyNotGraded(outcome=asked.id, comparison=self._named(comparison), reason=reason.strip())
        return self._append(CertaintyNotGraded.kind, asked, body, None)

    def resolve(self, outcome: str, *, comparison: str | None = None, why: str, not_graded: bool = False, **given: Any) -> str:
        """The consensus of two assessors, as a third record: what ``grade`` takes is given whole. Returns the event id.

        not_graded: the two agree, or a third finds, that the evidence is not graded; *why* is the reason, and nothing else is given.
        """
        asked, name = self._outcome(outcome), self._named(comparison)
        events = self._state.gradings.get((asked.id, state.folded_name(name)), [])
        found = state.panel_of(events, needed=self.needed)
        check_resolver(self._seat.viewer, found, why, role="assessor", where=f"{asked.name}, {name}")
        if not wording(why, "why").strip():
            raise InputRefused("a consensus needs a reason", where=asked.name, next_step="give it as why=…")
        settles = tuple(a.id for a in found.answers)
        if not_graded and given:
            raise InputRefused(
                f"'not graded' goes with no grading: {', '.join(given)}", where=asked.name, next_step="leave one of them out"
            )
        graded = CertaintyResolved.NO_GRADING if not_graded else self._graded(asked, name, self._given(**given))
        stated = {**graded, "outcome": asked.id, "comparison": name, "not_graded": not_graded}
        body = CertaintyResolved(**stated, why=why.strip(), settles=settles)
        stood = state.settled_panel(events, needed=self.needed).resolution
        replaces = stood.id if stood else None
        return self._seat.pen.write(CertaintyResolved.kind, subject_of(asked), body, replaces=replaces).id

    def undo(self, event: str) -> str:
        """Take back a grading, a reason for none, or a consensus. Returns the event id."""
        return take_back(self._seat, event, of="certainty.")

    def _given(self, *, effect: Effect | str | None = None, **given: Any) -> Given:
        """What is given, with the pooled effect where *effect* names a planned comparison."""
        named = isinstance(effect, str)
        return Given(**given, effect=self._pooled(effect) if named else effect, entered=f"{SYNTHESIS}{effect}" if named else HAND)

    def _with_changes(self, one: CertaintyView, today: Sequence[tuple[StudyView, Sequence[AssessmentView]]]) -> CertaintyView:
        """The view with what its grading rested on and is otherwise *today*: studies, appraisals, and an effect that a synthesis gave."""
        if one.grading is None:
            return one
        digests = {study.id: state.digest(found, one.outcome) for study, found in today}
        changed = state.changed_since(one.grading, {study.id: study.label for study, _ in today}, digests)
        asked = synthesis_of(one.grading)
        return replace(one, stale=(*changed, *(state.effect_changed(one.grading, self._effect_now(asked)) if asked else ())))

    def _effect_now(self, comparison: str) -> dict[str, Any] | str:
        try:
            return stated_effect(self._pooled(comparison))
        except (GuardRefused, InputRefused, NotFound) as why:
            return f"none any more ({why.message.rstrip('.')})"

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
        return pen.write_as_read(lambda: pen.draft(kind, subject_of(outcome), body, replaces=self._mine(key), token=token)).id

    @at_rest
    def _mine(self, key: state.Key) -> str | None:
        """This reviewer's live grading, which a new one replaces."""
        answers = state.panel_of(self._state.gradings.get(key, []), needed=self.needed).answers
        return next((a.id for a in reversed(answers) if a.actor == self._seat.pen.actor), None)

    def _outcome(self, outcome: str) -> Outcome:
        outcomes, wanted = self._protocol.plan.outcomes, wording(outcome, "the outcome")
        for one in outcomes:
            if one.called(wanted):
                return one
        raise NotFound(f"the protocol has no outcome {outcome!r}", next_step=near(outcome, [w for o in outcomes for w in (o.id, o.name)]))

    def _named(self, comparison: str | None) -> str:
        """The comparison that is meant, checked."""
        name = comparison if comparison is not None else self.comparison
        if name is None:
            raise InputRefused(
                "no comparison was named, and the protocol states no comparator",
                expected="comparison='INTERVENTION versus COMPARATOR'",
                next_step="evidence without a comparison is shown by rv.tables.narrative_findings(), ungraded",
            )
        return " versus ".join(compared(name))

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
                expected="start='randomised', 'non-randomised' or 'single-arm'",
                next_step="state it; grade randomised and other evidence apart",
            )
        return found


def subject_of(outcome: Outcome) -> str:
    """What a fact of this room is about."""
    return f"outcome:{outcome.id}"


_COLUMNS = (
    "outcome", "comparison", "status", "importance", "design", "start", "proposed", "final", "level", "symbols", "ascii", "reason",
    "ratings", "explanations", "measure", "effect", "low", "high", "source", "entered", "participants", "studies", "imprecision", "remarks",
    "stale",
)  # fmt: skip


def _row(one: CertaintyView) -> dict[str, Any]:
    """A grading as a row; what there is not is None."""
    row: dict[str, Any] = dict.fromkeys(_COLUMNS) | {
        "outcome": one.outcome,
        "comparison": one.comparison,
        "status": one.status,
        "reason": one.reason,
    }
    if one.grading is None:
        return row
    about, level = one.grading, LEVELS[one.grading["final"]]
    stated = about["effect"] or {}
    return (
        row
        | {name: about[name] for name in ("importance", "design", "start", "proposed", "final", "ratings", "explanations")}
        | {"level": level.word, "symbols": level.symbols, "ascii": level.ascii, "measure": stated.get("measure")}
        | {"effect": stated.get("value"), **{name: stated.get(name) for name in ("low", "high", "source", "entered")}}
        | {"participants": sum(about["participants"]) if about["participants"] else None, "studies": about["n_studies"]}
        | {"imprecision": suggestion(about), "remarks": list(about["remarks"]), "stale": list(one.stale)}
    )


def _in_short(event: Event, differs: Sequence[str]) -> str:
    """A grading in one line, for a conflict: its level and ratings, its effect, and what else the two differ in."""
    if event.kind == CertaintyNotGraded.kind:
        return f"not graded: {event.body['reason']}"
    said = state.values(event)
    rated = ", ".join(f"{name.replace('_', ' ')} {points:+d}" for name, points in event.body["ratings"].items() if points)
    ratings = [name.replace("_", " ") for name in DOMAINS]
    beside = [name for name in dict.fromkeys(["effect", *differs]) if name not in ("level", *ratings)]
    return "; ".join([f"{said['level']} ({rated or 'nothing rated down or up'})", *(f"{name} {said[name]}" for name in beside)])
