"""A small kind of fact, a clock that one sets, and the worker that other processes run: what the tests of the ledger share."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from review.ledger.ledger import Ledger
from review.model.event import Body, Draft

START = datetime(2025, 3, 1, 9, tzinfo=UTC)


class NoteWritten(Body):
    kind: ClassVar[str] = "note.written"
    text: str
    file_sha256: str | None = None


class MarkSet(Body):
    kind: ClassVar[str] = "mark.set"
    version: ClassVar[int] = 2
    value: int
    unit: str


KINDS: dict[str, type[Body]] = {NoteWritten.kind: NoteWritten, MarkSet.kind: MarkSet}
Where = Path | str


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def counted_origins(name: str) -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"{name}{next(numbers)}"


def open_ledger(where: Where, clock: Callable[[], datetime] | None = None, **options: Any) -> Ledger:
    return Ledger.open(where, clock=clock or Clock(), **{"kinds": KINDS, **options})


def note(text: str, *, actor: str = "r1", subject: str = "rep:1", file_sha256: str | None = None, **more: Any) -> Draft:
    return Draft(NoteWritten.kind, subject, NoteWritten(text=text, file_sha256=file_sha256), actor, **more)


def undo(event_id: str, *, actor: str = "r1") -> Draft:
    return Draft("ledger.withdrawn", "rep:1", {"reason": "a slip of the key"}, actor, withdraws=event_id)


def write_many(where: Where, name: str, number: int) -> None:
    """Run in a process of its own: one append after another, and the same tokens as everybody else."""
    with open_ledger(where) as ledger:
        for i in range(number):
            ledger.append([note(f"{name}-{i}", actor=name)])
            ledger.append([note(f"shared {i}", actor="r9", token=f"shared-{i}")])
