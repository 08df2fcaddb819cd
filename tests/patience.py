"""How a test says 'this takes no long time' without a clock of its own, so that a busy machine cannot fail it.

``calls`` counts the work, which is the same everywhere. ``ends`` is for what a count does not see, a pattern that goes back over its text
and other work of C: it gives so much processor time that only work of another order uses it up. No test compares two durations.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

ENOUGH = 30.0  # seconds of processor time, sixty times what the longest block below it needs here
# at this length a pattern that starts anew at every sign takes 40 seconds to 4 minutes, and one that goes through the text once a moment
SIGNS = 250_000


@contextmanager
def ends(what: str, within: float = ENOUGH) -> Iterator[None]:
    """Stops the block, and fails, when it has used *within* seconds of processor time; *what* is named then. Not within one another."""
    if not hasattr(signal, "setitimer"):  # Windows has no such timer: there the block may run for as long as it takes
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        pytest.fail(f"{what} has not come to an end within {within:g} seconds of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, within)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def calls(at_most: int, what: str) -> Iterator[None]:
    """Fails the block as soon as this thread has called more than *at_most* functions in it, Python's and C's; *what* is named then."""
    made = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")
        if made > at_most:
            sys.setprofile(before)
            pytest.fail(f"{what} makes more than {at_most:,} calls")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


class Counted(str):
    """A text whose comparisons ``calls`` sees, within ``list.count`` too."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)
