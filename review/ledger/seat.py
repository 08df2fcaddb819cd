"""Where a reviewer sits: the ledger's folds, the pen, who looks and as of when. Each room is given one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
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


def at_rest(view: Callable[P, S]) -> Callable[P, S]:
    """A method that only reads, of an object with a ``_seat``: within it the facts are looked up once."""

    @wraps(view)
    def resting(*args: P.args, **kwargs: P.kwargs) -> S:
        with args[0]._seat.still():  # type: ignore[attr-defined]
            return view(*args, **kwargs)

    return resting


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

    def made(self, name: str, of: tuple[Any, ...], make: Callable[[], S]) -> S:
        """The view *name*, made once for each *of*: numbers and words that change when its facts do, and views that it rests on.

        A view (a list) is the same only when it is the same object; it is kept, so that no other can take its place in memory.
        """
        kept = self._made.get(name)
        if kept is None or len(kept[0]) != len(of) or not all(_same(a, b) for a, b in zip(kept[0], of, strict=True)):
            kept = self._made[name] = (of, make())
        return kept[1]

    def state(self, name: str, start: Callable[[], S], fold: Callable[[S, Event], S]) -> S:
        """The fold *name* at this seat's date."""
        held: dict[str, Any] | None = getattr(self._still, "held", None)
        if held is None:
            return self.snapshots.state(name, start, fold, as_of=self.as_of)
        if name not in held:
            held[name] = self.snapshots.state(name, start, fold, as_of=self.as_of)
        return held[name]

    @contextmanager
    def still(self) -> Iterator[None]:
        """Within this block the facts are looked up once: a view of ten thousand reports asks the ledger one time, not ten thousand."""
        if getattr(self._still, "held", None) is not None:
            yield
            return
        with self.snapshots.lock:  # folds are advanced in place: no other thread may do so while they are read
            self._still.held = {}
            try:
                yield
            finally:
                self._still.held = None

    def blob(self, sha256: str) -> bytes:
        """The stored bytes of that name."""
        return self.snapshots.ledger.blob(sha256)

    def event(self, event_id: str) -> Event:
        """The event of that id; an event never changes, so each is fetched once."""
        if event_id not in self._events:
            self._events[event_id] = self.snapshots.ledger.event(event_id)
        return self._events[event_id]
