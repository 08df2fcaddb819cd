"""What the facts say about certainty: each assessor's grading per outcome and comparison; pure, and silent on what a viewer may not see."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from review.model.certainty import CertaintyGraded, CertaintyNotGraded, CertaintyResolved, CertaintyView
from review.model.consensus import Panel, panel, reopened
from review.model.event import Event, canonical
from review.model.facts import Facts
from review.model.views import AssessmentView
from review.text import fold_blanks

Key = tuple[str, str]  # outcome, and the comparison folded
KINDS = (CertaintyGraded.kind, CertaintyNotGraded.kind, CertaintyResolved.kind)
# what two assessors may word each in their own way, and what follows from the rest
_OWN_WORDS = frozenset({"explanations", "reason", "remarks", "comment", "comparison", "included", "appraised", "why", "settles"})


@dataclass(slots=True)
class CertaintyState:
    """The facts of this room, in ledger order, by outcome and comparison."""

    gradings: dict[Key, list[Event]] = field(default_factory=dict)
    home: dict[str, Key] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)


def fold(state: CertaintyState, event: Event) -> CertaintyState:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    if event.kind in KINDS:
        _file(state, event, (event.body["outcome"], folded_name(event.body["comparison"])))
    elif event.withdraws in state.home:
        _file(state, event, state.home[event.withdraws])
    return state


def _file(state: CertaintyState, event: Event, home: Key) -> None:
    state.gradings.setdefault(home, []).append(event)
    state.home[event.id] = home


def folded_name(comparison: str) -> str:
    """A comparison for comparing: neither capitals nor blanks make another one."""
    return fold_blanks(comparison).casefold()


def answer(event: Event) -> str:
    """What two assessors must agree on: everything that is printed as a number or a level, and none of their wording."""
    if event.kind == CertaintyNotGraded.kind:
        return "not graded"
    said = {name: value for name, value in event.body.items() if name not in _OWN_WORDS}
    return canonical(said | {"ratings": {name: points for name, points in event.body["ratings"].items() if points}})


def panel_of(events: Sequence[Event], *, needed: int) -> Panel:
    """The assessors' panel on one outcome in one comparison. A change after the consensus reopens it: that is a conflict again."""
    return reopened(settled_panel(events, needed=needed), events)


def settled_panel(events: Sequence[Event], *, needed: int) -> Panel:
    """The panel with its consensus, whatever was changed after that."""
    return panel(events, needed=needed, differ=lambda found: len(set(map(answer, found))) > 1, resolution_kind=CertaintyResolved.kind)


def digest(assessments: Iterable[AssessmentView], outcome: str) -> str:
    """A short name of how the appraisals of one study stand that bear on *outcome*; those of no outcome bear on each."""
    said = sorted(
        canonical(
            {
                "of": [a.tool, a.result or "", a.effect or ""],
                "status": a.status,
                "overall": a.overall or "",
                "domains": dict(a.domains),
                "events": sorted(a.events),
            }
        )
        for a in assessments
        if a.outcome in (None, outcome)
    )
    return hashlib.sha256("\n".join(said).encode("utf-8")).hexdigest()[:16]


def changed_since(grading: Mapping[str, Any], included: Mapping[str, str], appraised: Mapping[str, str]) -> tuple[str, ...]:
    """What a grading rested on and is otherwise now, in words. included: id to label of the studies of today; appraised: their digests."""
    before = set(grading["included"])
    added = [label for study, label in included.items() if study not in before]
    gone = sum(study not in included for study in grading["included"])
    other = [included[s] for s, was in grading["appraised"].items() if s in included and appraised.get(s, "") != was]
    said = (
        (added, f"included since: {'; '.join(added)}"),
        (gone, f"{gone:,} {'study' if gone == 1 else 'studies'} no longer included"),
        (other, f"risk of bias assessed anew: {'; '.join(other)}"),
    )
    return tuple(words for there, words in said if there)


def view(key: Key, events: Sequence[Event], *, needed: int, viewer: str | None, sees_all: bool) -> CertaintyView | None:
    """The certainty as this viewer may see it; None when nothing of it may be seen."""
    found = panel_of(events, needed=needed)
    shown = [a for a in found.answers if found.closed or sees_all or a.actor == viewer]
    stands = found.resolution or (shown[-1] if shown else None)
    if stands is None:
        return None
    conflict = found.resolution is None and found.conflict
    seen = tuple(e.id for e in events if e.withdraws is None and (found.closed or sees_all or e.actor == viewer))
    name = stands.body["comparison"]
    if conflict:
        return CertaintyView(key[0], name, "conflict", None, "", seen)
    if stands.kind == CertaintyNotGraded.kind:
        return CertaintyView(key[0], name, "not graded", None, stands.body["reason"], seen)
    agreed = needed > 1 and found.closed and found.complete
    status = "consensus" if found.resolution is not None else "agreed" if agreed else "by one"
    return CertaintyView(key[0], name, status, stands.body, stands.body["reason"], seen)  # type: ignore[arg-type]
