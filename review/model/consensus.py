"""When several people must answer one question: whose answers count, when they may see each other, what is a conflict.

Pure, and the same for screening, classification, extraction and appraisal. The rules are METHOD's: an answer is independent
while it was given before the panel closed; what is changed later is marked, leaves agreement untouched and clears no conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from review.model.blinding import Viewer
from review.model.event import Event
from review.model.facts import Facts

Answers = Sequence[Event]


@dataclass(frozen=True, slots=True)
class Panel:
    """The answers to one question, as they stand.

    answers      each reviewer's live answer on each subject, in order of their first answers
    independent  the answers that agreement counts; empty until the panel closed
    closed       whether as many reviewers as needed have answered, so that others may see
    conflict     whether somebody must resolve
    resolution   the live resolution, if there is one
    late         changes that were made after others could be seen
    """

    needed: int
    answers: tuple[Event, ...] = ()
    independent: tuple[Event, ...] = ()
    closed: bool = False
    conflict: bool = False
    resolution: Event | None = None
    late: tuple[Event, ...] = ()

    @property
    def complete(self) -> bool:
        """As many live answers as needed, from different people."""
        return len({e.actor for e in self.answers}) >= self.needed

    def seen_by(self, viewer: Viewer) -> Panel:
        """The panel as this viewer may see it: before it closes, without the answers of others."""
        if self.closed or viewer.sees_all:
            return self
        own = tuple(e for e in self.answers if e.by_tool or e.actor == viewer.name)
        return replace(self, answers=own, independent=(), late=())


def panel(events: Answers, *, needed: int, differ: Callable[[Answers], bool], resolution_kind: str) -> Panel:
    """The panel after *events* (answers, their corrections and withdrawals, resolutions), in ledger order.

    differ: whether live answers (resolutions among them) cannot all stand together.
    """
    facts = Facts()
    seen: list[Event] = []
    independent: tuple[Event, ...] = ()
    late: list[Event] = []
    latched, ever = False, False
    closed_seq = -1
    for step, event in enumerate(events):
        facts.add(event)
        if event.withdraws is None:
            seen.append(event)
        answers, resolutions = _live(seen, facts, resolution_kind)
        actors = list(dict.fromkeys(a.actor for a in answers))
        if closed_seq < 0 and len(actors) >= needed:
            closed_seq = step
            independent = tuple(a for a in answers if a.actor in actors[:needed])
        elif closed_seq >= 0 and event.kind != resolution_kind and event.withdraws is None:
            late.append(event)
        if closed_seq >= 0:
            unsettled = _unsettled(answers, resolutions)
            ever = ever or differ(unsettled)
            latched = differ(unsettled) or (ever and not resolutions)  # only a resolution that stands clears a conflict
    answers, resolutions = _live(seen, facts, resolution_kind)
    resolution = resolutions[-1] if resolutions and not latched else None
    return Panel(needed, tuple(answers), independent, closed_seq >= 0, latched, resolution, tuple(late))


def _live(seen: Answers, facts: Facts, resolution_kind: str) -> tuple[list[Event], list[Event]]:
    """Live answers, the last per reviewer and subject, in order of first answers; and live resolutions."""
    latest: dict[tuple[str, str], Event] = {}
    resolutions: list[Event] = []
    present = {event.id for event in seen}
    for event in seen:
        if not facts.live(event.id):
            continue
        if event.kind == resolution_kind:
            # What was resolved while reports were merged says nothing once they are apart again.
            if present.issuperset(event.body.get("settles", ())):
                resolutions.append(event)
        else:
            latest[(event.actor, event.subject)] = event
    return list(latest.values()), resolutions


def _unsettled(answers: Answers, resolutions: Answers) -> list[Event]:
    """What must still stand together: the resolutions, and the answers on subjects that no resolution speaks of."""
    if not resolutions:
        return list(answers)
    settled = {i for r in resolutions for i in r.body.get("settles", ())}
    spoken = {r.subject for r in resolutions}
    return [*resolutions, *(a for a in answers if a.id not in settled and a.subject not in spoken)]
