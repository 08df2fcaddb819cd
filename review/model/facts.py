"""Which facts count: an index of what was replaced, what was withdrawn, what was restored and what tools said twice.

Every fold feeds its events to one ``Facts`` and asks it. Nothing is decided by who wrote last: an event that two live events
claim to replace is a conflict, and both are shown. The index holds no events, only the ids of those that correct one another.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b

from review.model.event import Event

Links = dict[str, list[str]]


class Facts:
    """Index over events, fed in ledger order by ``add``.

    A withdrawal counts unless it was itself withdrawn. A replacement counts unless it was withdrawn, and it goes on counting
    when it was replaced in its turn. An event is *live* when no withdrawal and no replacement of it counts. Equal facts from
    tools (same kind, subject, body, replacing the same event) are one fact: the first stands for all, and what withdraws or
    replaces one of them does so to all. An id that was never added, and is not named by any event, is taken as live.
    """

    __slots__ = ("_echoes", "_replacements", "_said", "_withdrawals")

    def __init__(self) -> None:
        self._withdrawals: Links = {}
        self._replacements: Links = {}
        self._echoes: dict[str, str] = {}
        self._said: dict[bytes, str] = {}

    def add(self, event: Event) -> bool:
        """Take in the next event. False when a tool had said the same before, so that it must not be counted again."""
        if event.by_tool and self._is_echo(event):
            return False
        if event.withdraws is not None:
            self._withdrawals.setdefault(self._standing(event.withdraws), []).append(event.id)
        if event.replaces is not None:
            self._replacements.setdefault(self._standing(event.replaces), []).append(event.id)
        return True

    def live(self, event_id: str) -> bool:
        """True when the event counts today. False for the second and later of equal facts from tools."""
        if event_id in self._echoes:
            return False
        if event_id not in self._withdrawals and event_id not in self._replacements:
            return True
        return self._counts(event_id, {}) and not self._superseded(event_id, {})

    def live_replacements(self, event_id: str) -> list[str]:
        """The live events that stand in its place, at the end of each chain of replacements, in the order they came."""
        found: dict[str, None] = {}
        waiting = [self._standing(event_id)]
        seen = set(waiting)
        while waiting:
            following = self._replacements.get(waiting.pop(), [])
            fresh = [one for one in following if one not in seen]
            seen.update(fresh)
            found.update(dict.fromkeys(one for one in fresh if self.live(one)))
            waiting.extend(reversed(fresh))
        return list(found)

    def current(self, event_id: str) -> str | None:
        """The one live event that stands for this one: itself, its only live replacement, else None (withdrawn, or a conflict)."""
        standing = self._standing(event_id)
        if self.live(standing):
            return standing
        following = self.live_replacements(standing)
        return following[0] if len(following) == 1 else None

    def conflicts(self) -> list[str]:
        """Events that need the lead: two or more live replacements, or withdrawn by one and replaced by another.

        They arise where people worked apart and then merged, or where a withdrawn replacement was restored after another was made.
        """
        counted: dict[str, bool] = {}
        superseded: dict[str, bool] = {}
        found = []
        for target, following in self._replacements.items():
            standing = sum(self._counts(one, counted) or self._superseded(one, superseded) for one in following)
            if standing > 1 or (standing == 1 and not self._counts(target, counted)):
                found.append(target)
        return found

    def _is_echo(self, event: Event) -> bool:
        key = "\x1f".join((event.kind, event.subject, event.replaces or "", event.withdraws or "", event.stored))
        first = self._said.setdefault(blake2b(key.encode("utf-8"), digest_size=16).digest(), event.id)
        if first == event.id:
            return False
        self._echoes[event.id] = first
        return True

    def _standing(self, event_id: str) -> str:
        return self._echoes.get(event_id, event_id)

    def _counts(self, event_id: str, known: dict[str, bool]) -> bool:
        """Not withdrawn: none of its withdrawals counts. Walks without recursion, so that a chain may be of any length."""
        waiting, opened = [event_id], set()
        while waiting:
            one = waiting[-1]
            withdrawals = self._withdrawals.get(one, [])
            if one not in known and one not in opened:
                opened.add(one)
                waiting.extend(each for each in withdrawals if each not in opened)
                continue
            known.setdefault(one, not any(known.get(each, False) for each in withdrawals))
            waiting.pop()
        return known[event_id]

    def _superseded(self, event_id: str, known: dict[str, bool]) -> bool:
        """At least one replacement counts, or was itself superseded by one that counts."""
        if event_id in known:
            return known[event_id]
        waiting, seen, result = list(self._replacements.get(event_id, [])), {event_id}, False
        counted: dict[str, bool] = {}
        while waiting and not result:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                result = known.get(one, False) or self._counts(one, counted)
                waiting.extend(self._replacements.get(one, []))
        known[event_id] = result
        return result


class Own:
    """Tells the events of some kinds, and whatever corrects one of them, from all others: a correction is of its own kind."""

    __slots__ = ("_ids", "_kinds")

    def __init__(self, kinds: Collection[str]) -> None:
        self._kinds = kinds
        self._ids: set[str] = set()

    def takes(self, event: Event) -> bool:
        """Whether *event*, fed in ledger order, is one of them. A correction is written after what it corrects, and so comes after it."""
        if event.kind in self._kinds or event.withdraws in self._ids or event.replaces in self._ids:
            self._ids.add(event.id)
            return True
        return False
