"""In which role a fact was written, and what became of it since: replaced, withdrawn, restored. What may be seen, others decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from review.model.decision import is_imported
from review.model.event import Event
from review.model.facts import Facts
from review.model.ledger_facts import WITHDRAWN
from review.reporting.rooms import Rooms
from review.reporting.trace_view import Past, TraceEntry

_ROLES = {
    "screening.decided": "reviewer",
    "screening.resolved": "resolution",
    "studies.classified": "reviewer",
    "studies.classification_resolved": "resolution",
    "extraction.recorded": "extractor",
    "extraction.confirmed": "extractor",
    "extraction.resolved": "consensus",
    "extraction.contacted": "extractor",
    "extraction.switching_judged": "extractor",
    "extraction.switching_resolved": "consensus",
    "appraisal.judged": "assessor",
    "appraisal.not_assessed": "assessor",
    "appraisal.resolved": "consensus",
    "certainty.graded": "assessor",
    "certainty.not_graded": "assessor",
    "certainty.resolved": "consensus",
}
_UNDONE = "undone"  # what a withdrawal says that was given no reason


@dataclass(slots=True)
class Corrections:
    """Which facts count, and the withdrawals of each fact."""

    facts: Facts = field(default_factory=Facts)
    withdrawals: dict[str, list[str]] = field(default_factory=dict)


def fold(state: Corrections, event: Event) -> Corrections:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    if event.withdraws is not None:
        state.withdrawals.setdefault(event.withdraws, []).append(event.id)
    return state


def role_of(rooms: Rooms, event: Event) -> str:
    """In which role the event was written: a tool by its name; a lead as lead; otherwise by what was done."""
    if event.by_tool:
        return event.actor.removeprefix("tool:") + " (automation)"
    if event.kind.startswith("screening.") and is_imported(event) and event.body["reviewer"] is None:
        return "import"  # a consensus of others, which the lead took in
    person = next((r for r in rooms.protocol.plan.reviewers if r.id == event.actor), None)
    leads = event.kind.endswith("resolved") or event.kind.startswith("protocol.") or event.kind == WITHDRAWN
    if person is not None and "lead" in person.roles and leads:
        return "lead"
    return _ROLES.get(event.kind, "reviewer")


def told(rooms: Rooms, entries: Iterable[TraceEntry]) -> list[TraceEntry]:
    """The *entries* (those that the viewer may see) in order of time, each that counts no more saying so, with what withdrew it."""
    found = rooms.seat.state("corrections", Corrections, fold)
    made: list[TraceEntry] = []
    for entry in entries:
        if not entry.event:
            made.append(entry)
            continue
        made.append(replace(entry, past=_past(found, rooms.seat.event(entry.event))))
        for what, one in _undoing(found, entry.event):
            event = rooms.seat.event(one)
            reason = "" if event.body.get("reason", _UNDONE) == _UNDONE else event.body["reason"]
            made.append(TraceEntry(event.id, f"{what}: {entry.what}", role_of(rooms, event), event.at, reason))
    return sorted(made, key=lambda e: e.at)


def _past(found: Corrections, event: Event) -> Past:
    """Why *event* counts no more; '' while it counts, and for what a tool said twice."""
    if found.facts.live(event.id):
        return ""
    if any(found.facts.live(one) for one in found.withdrawals.get(event.id, ())):
        return "withdrawn"
    return "replaced" if found.facts.current(event.id) is None or found.facts.live_replacements(event.id) else ""


def _undoing(found: Corrections, event_id: str) -> Iterator[tuple[str, str]]:
    """What was done to an event, and the id of the withdrawal that did it: withdrawn, restored, withdrawn again."""
    waiting = [(event_id, "Withdrawn")]
    while waiting:
        one, what = waiting.pop(0)
        for withdrawal in found.withdrawals.get(one, ()):
            yield what, withdrawal
            waiting.append((withdrawal, "Restored" if what == "Withdrawn" else "Withdrawn"))
