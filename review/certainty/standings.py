"""What may be seen of certainty by each viewer: what stands, what waits, where two differ, and the evidence that a grading is about.

An open grading of another tells nothing, not even by the name of its comparison. The verbs stand in steps.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from review.certainty import state
from review.certainty.absolute import Effect, wording
from review.certainty.given import stated_effect, suggestion, synthesis_of
from review.certainty.grading import DOMAINS, LEVELS, are_one, compared, states_comparator
from review.errors import GuardRefused, InputRefused, NotFound, near
from review.ledger.seat import Seat, at_rest
from review.model.blinding import visible
from review.model.certainty import CertaintyDrafted, CertaintyGraded, CertaintyNotGraded, CertaintyView, Evidence
from review.model.consensus import Panel
from review.model.event import Event
from review.model.plan import Outcome
from review.model.views import AssessmentView, StudyView
from review.protocol import Protocol

if TYPE_CHECKING:
    import pandas as pd


class Standings:
    """What may be seen of certainty, per outcome of the protocol and comparison; two assessors are blind to each other.

    included: the included studies of today with their appraisals as anybody may see them, so that what a grading rests on is the same for
    every viewer. design_of: a study's extracted design. pooled, evidence: of a planned comparison, by its id, as anybody may see it.
    """

    def __init__(
        self,
        seat: Seat,
        protocol: Protocol,
        included: Callable[[], Sequence[tuple[StudyView, Sequence[AssessmentView]]]],
        design_of: Callable[[StudyView], str | None],
        pooled: Callable[[str], Effect],
        evidence: Callable[[Outcome, str], Evidence],
    ) -> None:
        self._seat, self._protocol, self._included, self._design_of = seat, protocol, included, design_of
        self._pooled, self._evidence = pooled, evidence

    @property
    def _state(self) -> state.CertaintyState:
        return self._seat.state("certainty", state.CertaintyState, state.fold)

    @property
    def needed(self) -> int:
        """How many assessors an outcome is due to: two where the protocol names two or more."""
        return self._protocol.plan.needed("assessor")

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
                pair = _pair(found)
                differs = state.apart(*pair) if len(pair) > 1 else []
                first, second = [*(_in_short(e, differs) for e in pair), None, None][:2]
                rows.append((key[0], name, ", ".join(differs), first, second))
        return pd.DataFrame(rows, columns=["outcome", "comparison", "differs", "first", "second"], dtype="object")

    @at_rest
    def own(self, outcome: str, *, comparison: str | None = None) -> CertaintyView | None:
        """This viewer's own grading of an outcome, or reason for none, whatever others say; None where there is none."""
        key, found = self._panel(outcome, comparison)
        mine = [a for a in found.answers if a.actor == self._seat.viewer.name]
        return state.alone(key, mine[-1]) if mine else None

    @at_rest
    def sides(self, outcome: str, *, comparison: str | None = None) -> list[CertaintyView]:
        """What each of two assessors says where they differ, without names or events; empty where nothing is to settle."""
        key, found = self._panel(outcome, comparison)
        return [replace(state.alone(key, a), events=()) for a in _pair(found)] if found.conflict and found.closed else []

    def evidence(self, outcome: str, *, synthesis: str | None = None) -> Evidence:
        """What the review holds on an outcome for those who grade it, the same for every viewer; it proposes no rating.

        synthesis: the id of a planned comparison; left out, the only one that is planned for this outcome, else none; '' for none.
        Raises InputRefused for one that is planned for another outcome.
        """
        asked = self._outcome(outcome)
        planned = {one.id: one.outcome for one in self._protocol.plan.comparisons}
        own = [name for name, of in planned.items() if of == asked.id]
        if synthesis is None:
            synthesis = own[0] if len(own) == 1 else ""
        elif planned.get(synthesis, asked.id) != asked.id:
            raise InputRefused(f"{synthesis!r} is planned for another outcome than {asked.name}", expected=", ".join(own) or "''")
        return self._evidence(asked, synthesis)

    def _panel(self, outcome: str, comparison: str | None) -> tuple[state.Key, Panel]:
        key = (self._outcome(outcome).id, state.folded_name(self._named(comparison)))
        return key, state.panel_of(self._state.gradings.get(key, []), needed=self.needed)

    @at_rest
    def visible_event(self, event: Event) -> bool:
        """Whether this viewer may see an event of this room; what is typed and not saved is open no sooner than the gradings are."""
        return visible(event, self._seat.viewer, self._closed)

    @at_rest
    def drafts(self) -> dict[tuple[str, str, bool], str]:
        """(outcome, comparison, whether it settles) -> the form that this viewer typed there and has neither saved nor dropped."""
        typed = state.typed_by(self._state, self._seat.viewer.name)
        return {(e.body["outcome"], e.body["comparison"], e.body["settles"]): e.body["form"] for e in typed}

    def _closed(self, event: Event) -> bool:
        key = state.key_of(event) if event.kind == CertaintyDrafted.kind else self._state.home[event.id]
        return state.panel_of(self._state.gradings.get(key, []), needed=self.needed).closed

    @at_rest
    def open_of_others(self) -> bool:
        """Whether the ledger holds a grading that this viewer may not see."""
        found = self._state
        every = (events for by in (found.gradings, found.drafts) for events in by.values())
        return any(not self.visible_event(e) for events in every for e in events if e.withdraws is None)

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


def _pair(found: Panel) -> list[Event]:
    """Two answers that differ, in an order that tells nothing; one or none where they were taken back."""
    sides = sorted(found.answers, key=lambda e: e.id)
    return [*sides[:1], *sorted(sides[1:], key=lambda e: not state.apart(sides[0], e))][:2]


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
