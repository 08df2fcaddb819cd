"""Folds that are kept: each is advanced by new events only, and made afresh where a merge put events before its position.

Nobody else caches. The states are held in this process alone; a state belongs to this module, and who is given one only reads it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, bindparam, select

from review.ledger.ledger import LAST_ARRIVAL, Ledger, Position
from review.ledger.moments import as_of_limit
from review.ledger.tables import EVENT_COLUMNS, events
from review.model.event import Event
from review.model.ledger_facts import FORKED, WITHDRAWN

S = TypeVar("S")
DATES_KEPT = 4  # how many dates in the past keep their folds
# the questions, built once: a walk through a review asks them thousands of times
_EVERY = select(*EVENT_COLUMNS).order_by(events.c.at, events.c.origin, events.c.seq)
# the empty text keeps the database from walking its index of times through everything old
_SINCE = select(*EVENT_COLUMNS).where(events.c.arrival > bindparam("read")).order_by(events.c.at.concat(""), events.c.origin, events.c.seq)


@dataclass(frozen=True, slots=True)
class _Fold(Generic[S]):
    """A state, the last event in it, and how far the database had been read (by arrival) when it was made."""

    state: S
    position: Position
    arrival: int


class Snapshots:
    """The folds of one ledger. ``lock`` is held while any fold advances; take it to read a state that folds change in place."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.lock = threading.RLock()
        self._now: dict[str, _Fold[Any]] = {}
        self._then: OrderedDict[str, dict[str, _Fold[Any]]] = OrderedDict()

    def state(
        self,
        name: str,
        start: Callable[[], S],
        fold: Callable[[S, Event], S],
        *,
        as_of: str | None = None,
        kinds: Collection[str] | None = None,
    ) -> S:
        """The fold *name* over every event up to *as_of* (None: up to the last).

        start makes an empty state; fold gives the state after one more event, and may change the one it was given.
        kinds: only these are folded, with withdrawals, forks and kinds that this release does not know; None means all.
        """
        limit = None if as_of is None else as_of_limit(as_of)
        with self.lock:
            kept = self._kept(limit)
            before = kept.get(name)
            if before is not None and before.arrival == self.ledger.arrived():
                return before.state
            # taken out while it advances: a fold that stops half-way must not be read again
            kept.pop(name, None)
            with self.ledger.at_one_time() as connection:
                after = self._advanced(connection, before, start, fold, self._wanted(limit, kinds))
            kept[name] = after
            return after.state

    def clear(self) -> None:
        """Forget every fold; the next question reads the ledger from its first event."""
        with self.lock:
            self._now.clear()
            self._then.clear()

    def _kept(self, limit: str | None) -> dict[str, _Fold[Any]]:
        if limit is None:
            return self._now
        kept = self._then.setdefault(limit, {})
        self._then.move_to_end(limit)
        while len(self._then) > DATES_KEPT:
            self._then.popitem(last=False)
        return kept

    def _wanted(self, limit: str | None, kinds: Collection[str] | None) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if limit is not None:
            wanted.append(events.c.at <= limit)
        if kinds is not None:
            wanted.append(events.c.kind.in_(sorted({*kinds, WITHDRAWN, FORKED})) | events.c.kind.not_in(sorted(self.ledger.kinds)))
        return wanted

    def _advanced(
        self,
        connection: Connection,
        before: _Fold[S] | None,
        start: Callable[[], S],
        fold: Callable[[S, Event], S],
        wanted: list[ColumnElement[bool]],
    ) -> _Fold[S]:
        arrival = connection.scalar(LAST_ARRIVAL) or 0
        if before is not None and before.arrival == arrival:
            return before
        if before is None:
            state, position, query, read = start(), ("", "", 0), _EVERY, {}
        else:
            state, position, query, read = before.state, before.position, _SINCE, {"read": before.arrival}
        for event in self.ledger.stream(connection, query.where(*wanted) if wanted else query, read):
            if event.position < position:  # a merge put it before the position of this fold
                return self._advanced(connection, None, start, fold, wanted)
            state, position = fold(state, event), event.position
        return _Fold(state, position, arrival)
