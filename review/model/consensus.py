"""When several people must answer one question: whose answers count, when they may see each other, what is a conflict.

Pure, and the same for screening, classification, extraction and appraisal. The rules are METHOD's: an answer is independent
while it was given before the panel closed; what is changed later is marked, leaves agreement untouched and clears no conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from review.model.blinding import Viewer
from review.model.event import Event, Position
from review.model.facts import Facts

Answers = Sequence[Event]


@dataclass(frozen=True, slots=True)
class Panel:
    """The answers to one question, as they stand.

    answers      each reviewer's live answer on each subject, in order of their first answers
    independent  the answers that agreement counts; empty until the panel closed
    closed       whether at some time as many reviewers as were needed then had answered, so that others may see; it never opens again
    conflict     whether somebody must resolve
    resolution   the live resolution, if there is one
    late         changes that were made after others could be seen
    replaces     the resolution that a new one replaces, where all was said of one subject
    apart        resolutions that a new one must settle too: of reports or studies that were joined since, or given at the same time
    """

    needed: int
    answers: tuple[Event, ...] = ()
    independent: tuple[Event, ...] = ()
    closed: bool = False
    conflict: bool = False
    resolution: Event | None = None
    late: tuple[Event, ...] = ()
    replaces: str | None = None
    apart: tuple[Event, ...] = ()

    @property
    def settles(self) -> tuple[str, ...]:
        """What a new resolution settles: the ids of the answers, and of the resolutions that stand apart."""
        return tuple(e.id for e in (*self.answers, *self.apart))

    @property
    def complete(self) -> bool:
        """As many live answers as needed, from different people."""
        return len({e.actor for e in self.answers}) >= self.needed

    def seen_by(self, viewer: Viewer) -> Panel:
        """The panel as this viewer may see it: before it closes, without the answers of others."""
        if self.closed or all(viewer.sees_open(e.kind) for e in self.answers):
            return self
        own = tuple(e for e in self.answers if e.by_tool or e.actor == viewer.name)
        return replace(self, answers=own, independent=(), late=())


class Closing(Protocol):
    """When a panel closes, where the number of readers changes with the days.

    turns: the positions in the ledger at which what is asked changed, in order.
    """

    @property
    def turns(self) -> Sequence[Position]: ...

    def readers(self, answers: Answers, position: Position) -> Collection[str]:
        """Whose answers close the panel, as was asked at that position; none while it stays open."""
        ...

    def watchers(self, position: Position) -> Collection[str]:
        """Who saw open answers at that position."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same number of readers at all times."""

    needed: int
    turns: tuple[Position, ...] = ()

    def readers(self, answers: Answers, position: Position) -> Sequence[str]:
        """The first so many who answered."""
        return first_readers(answers, self.needed)

    def watchers(self, position: Position) -> Collection[str]:
        """Nobody who may answer."""
        return ()


def first_readers(answers: Answers, needed: int) -> list[str]:
    """The first *needed* people who answered; none while they are fewer."""
    actors = list(dict.fromkeys(a.actor for a in answers))
    return actors[:needed] if len(actors) >= needed else []


def panel(
    events: Answers, *, needed: int, differ: Callable[[Answers], bool], resolution_kind: str, closing: Closing | None = None
) -> Panel:
    """The panel after *events* (answers, their corrections and withdrawals, resolutions), in ledger order.

    needed   readers that are due today
    differ   whether live answers (resolutions among them) cannot all stand together
    closing  how many were due at each moment; left out, *needed* at all times
    """
    closes = closing or Fixed(needed)
    facts = Facts()
    seen: list[Event] = []
    answers, resolutions, late, independent = list[Event](), list[Event](), list[Event](), tuple[Event, ...]()
    knew: set[str] = set()  # those who saw another's answer while it was open
    closed, conflicts = False, list[list[Event]]()
    for position, event in _moments(events, closes.turns):
        if event is not None:
            facts.add(event)
            if event.withdraws is None:
                seen.append(event)
            answers, resolutions = _live(seen, facts, resolution_kind)
        if closed and event is not None and event.kind != resolution_kind and event.withdraws is None:
            late.append(event)
        if not closed and seen:
            knew.update(name for name in closes.watchers(position) if any(e.actor != name and e.kind != resolution_kind for e in seen))
            readers = closes.readers(answers, position)
            closed = bool(readers)
            independent = tuple(a for a in answers if a.actor in readers and a.actor not in knew)
            late = [a for a in answers if closed and a.actor in knew]
        if closed and differ(unsettled := _unsettled(answers, resolutions)):
            conflicts.append(unsettled)
    # only a resolution that stands clears a conflict; one that a late change made ends too when that change is taken back
    taken_back = {e.id for e in late if any(w.withdraws == e.id and facts.live(w.id) for w in events)}
    ever = any(taken_back.isdisjoint(e.id for e in those) for those in conflicts)
    latched = closed and (differ(_unsettled(answers, resolutions)) or (ever and not resolutions))
    stand = _standing(resolutions)
    replaces = stand[0].id if len(stand) == 1 and len({e.subject for e in (*answers, *stand)}) == 1 else None
    return Panel(
        needed,
        tuple(answers),
        independent,
        closed,
        latched,
        resolution=stand[-1] if stand and not latched else None,
        late=tuple(late),
        replaces=replaces,
        apart=tuple(r for r in resolutions if r.id != replaces),
    )


def reopened(found: Panel, events: Answers) -> Panel:
    """*found* of *events*; a conflict again, without its resolution, where somebody changed or took back an answer after it.

    Changed is an answer that is another than the one that the resolution settled; the same said again is no change.
    """
    resolution = found.resolution
    if resolution is None:
        return found
    settled = {e.actor: e for e in events if e.id in resolution.body["settles"] and e.kind != resolution.kind}
    now = {e.actor: e for e in found.answers}
    changed = not settled.keys() <= now.keys() or any(
        e.position > resolution.position and (name not in settled or settled[name].body != e.body or settled[name].kind != e.kind)
        for name, e in now.items()
    )
    return replace(found, conflict=True, resolution=None) if changed else found


def _moments(events: Answers, turns: Sequence[Position]) -> Iterator[tuple[Position, Event | None]]:
    """Each event, and each change of what is asked, in ledger order."""
    waiting = list(turns)
    for event in events:
        while waiting and waiting[0] < event.position:
            yield waiting.pop(0), None
        yield event.position, event
    for turn in waiting:
        yield turn, None


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


def _standing(resolutions: Answers) -> list[Event]:
    """The resolutions that no other of them settles. What was settled apart stays in the ledger, for the day on which it is apart again."""
    settled = {i for r in resolutions for i in r.body.get("settles", ())}
    return [r for r in resolutions if r.id not in settled]


def _unsettled(answers: Answers, resolutions: Answers) -> list[Event]:
    """What must still stand together: the resolutions, and the answers on subjects that no resolution speaks of."""
    if not resolutions:
        return list(answers)
    settled = {i for r in resolutions for i in r.body.get("settles", ())}
    spoken = {r.subject for r in resolutions}
    return [*_standing(resolutions), *(a for a in answers if a.id not in settled and a.subject not in spoken)]
