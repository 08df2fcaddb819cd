"""Where a reviewer sits: the ledger's folds, the pen, who looks and as of when. Each room is given one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from review.ledger.pen import Pen
from review.ledger.snapshots import Snapshots
from review.model.blinding import Viewer
from review.model.event import Event

S = TypeVar("S")
P = ParamSpec("P")


def _same(a: Any, b: Any) -> bool:
    return a is b or (not isinstance(a, list) and a == b)


def _all_same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    return len(before) == len(now) and all(map(_same, before, now))


def at_rest(view: Callable[P, S]) -> Callable[P, S]:
    """A method that only reads, of an object with a ``_seat``: within it the facts are looked up once."""

    @wraps(view)
    def resting(*args: P.args, **kwargs: P.kwargs) -> S:
        seat: Seat = args[0]._seat  # type: ignore[attr-defined]
        if seat.held is not None:  # within another such method
            return view(*args, **kwargs)
        with seat.still():
            return view(*args, **kwargs)

    return resting


@dataclass(slots=True)
class _Each:
    """What was derived one by one: on what it rests, how many facts had been seen, and the results."""

    of: tuple[Any, ...]
    seen: int
    results: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Seat:
    """What a room needs to read and to write. ``as_of`` None means up to the last event."""

    snapshots: Snapshots
    pen: Pen
    viewer: Viewer
    as_of: str | None = None
    _still: threading.local = field(default_factory=threading.local, compare=False, repr=False)
    _events: dict[str, Event] = field(default_factory=dict, compare=False, repr=False)
    _made: dict[str, tuple[Any, Any]] = field(default_factory=dict, compare=False, repr=False)
    _each: dict[str, _Each] = field(default_factory=dict, compare=False, repr=False)

    @property
    def held(self) -> dict[str, Any] | None:
        """The facts that this thread has looked up within ``still``; None outside of it."""
        return getattr(self._still, "held", None)

    def made(self, name: str, of: tuple[Any, ...], make: Callable[[], S]) -> S:
        """The view *name*, made once for each *of*: numbers and words that change when its facts do, and views that it rests on.

        A view (a list) is the same only when it is the same object; it is kept, so that no other can take its place in memory.
        """
        kept = self._made.get(name)
        if kept is None or not _all_same(kept[0], of):
            kept = self._made[name] = (of, make())
        return kept[1]

    def each(self, name: str, of: tuple[Any, ...], told: Sequence[str], owner: Callable[[str], str | None]) -> dict[str, Any]:
        """Results by id, for the caller to fill: all are forgotten when *of* changes (as in ``made``), one when a fact about it comes.

        told: of every fact so far what it is about, in order: a list that its fold only appends to. owner: whose result that is.
        """
        rests_on = (*of, told)
        kept = self._each.get(name)
        if kept is None or not _all_same(kept.of, rests_on):
            kept = self._each[name] = _Each(rests_on, len(told))
        for about in told[kept.seen :]:
            kept.results.pop(owner(about), None)
        kept.seen = len(told)
        return kept.results

    def once(self, name: str, make: Callable[[], S]) -> S:
        """What *make* gives, made once within ``still``, for views that ask for it report by report; outside of it made anew."""
        held = self.held
        if held is None:
            return make()
        if name not in held:
            held[name] = make()
        return held[name]

    def state(self, name: str, start: Callable[[], S], fold: Callable[[S, Event], S]) -> S:
        """The fold *name* at this seat's date."""
        return self.once(name, lambda: self.snapshots.state(name, start, fold, as_of=self.as_of))

    @contextmanager
    def still(self) -> Iterator[None]:
        """Within this block the facts are looked up once: a view of ten thousand reports asks the ledger one time, not ten thousand.

        Raises NotAllowed where the viewer's roles are others by now.
        """
        if self.held is not None:
            yield
            return
        with self.snapshots.lock:  # folds are advanced in place: no other thread may do so while they are read
            self._still.held = {}
            try:
                self.pen.still_holds(self)
                yield
            finally:
                self._still.held = None

    def blob(self, sha256: str) -> bytes:
        """The stored bytes of that name."""
        return self.snapshots.ledger.blob(sha256)

    def sent(self, token: str | None) -> Event | None:
        """What was written with *token* before; None without one."""
        return self.snapshots.ledger.by_token(token) if token else None

    def event(self, event_id: str) -> Event:
        """The event of that id; an event never changes, so each is fetched once."""
        if event_id not in self._events:
            self._events[event_id] = self.snapshots.ledger.event(event_id)
        return self._events[event_id]
