"""Merging by union: events and blobs from elsewhere are added, nothing held is changed, and nothing is taken twice.

It refuses a changed event, a gap, and an event more than a day in the future. Where one origin has two tails both are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, func, select

from review.errors import EventRefused, LedgerBroken
from review.ledger.chain import COLUMNS, fork_name, writer
from review.ledger.drafting import blobs_named
from review.ledger.ledger import Ledger, insert_rows, keep_blob
from review.ledger.lines import Row
from review.ledger.moments import DAY, stamp
from review.ledger.package import Package, opened
from review.ledger.tables import blobs, events, origins
from review.ledger.verifying import Finding
from review.model.event import Draft, parse
from review.model.ledger_facts import FORKED, LedgerForked

MERGER = "tool:merge@1"
_CHUNK = 2000
_ORIGIN, _SEQ, _AT, _BODY, _TOKEN, _PREV, _ID = (COLUMNS.index(n) for n in ("origin", "seq", "at", "body", "token", "prev", "id"))


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge or a restore took in. Every tuple is sorted.

    unauthorised: of the new events, those that their writer might not have written, as ``verify`` names them; only a review can tell.
    events, blobs: how many were new. held: how many events were here already. forks: origins that were found to have two
    tails. reused_tokens: tokens that now stand on more than one event. missing_blobs: named by the new events, and in neither
    place. future: ids of events more than a day after this machine's clock (only a restore takes such).
    """

    events: int
    held: int
    blobs: int
    forks: tuple[str, ...] = ()
    reused_tokens: tuple[str, ...] = ()
    missing_blobs: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    unauthorised: tuple[Finding, ...] = ()


def merge(ledger: Ledger, source: Path | str) -> Merged:
    """Take what *source* (a folder, a zip, or a database file) has and this ledger has not, in one transaction.

    Raises NotFound, InputRefused, LedgerBroken, EventRefused (an event more than a day in the future); then nothing was taken.
    """
    with opened(source) as package, ledger.store.writing() as connection:
        return take(ledger, connection, package, future_allowed=False)


def take(ledger: Ledger, connection: Connection, package: Package, *, future_allowed: bool) -> Merged:
    """The same within the caller's writing transaction; *future_allowed* for a restore, which shows such events."""
    new_blobs = sum(keep_blob(connection, one.sha256, one.checked(), one.raw) for one in package.files())
    union = _Union(connection, stamp(ledger.clock() + DAY), package.name)
    rows = package.rows()
    while chunk := list(islice(rows, _CHUNK)):
        union.add(row for _, row in chunk)
    union.finish()
    if union.future and not future_allowed:
        raise EventRefused(
            f"{len(union.future)} events lie more than a day in the future, the first is {min(union.future)}", where=package.name,
            next_step="set this machine's clock right, or ask who wrote them to; restoring shows such events without refusing them",
        )  # fmt: skip
    _tell_of_forks(ledger, connection, union.forks)
    return Merged(
        events=union.taken,
        held=union.held,
        blobs=new_blobs,
        forks=tuple(sorted({origin for origin, _ in union.forks})),
        reused_tokens=_reused(connection, union.tokens),
        missing_blobs=_missing(connection, union.named),
        future=tuple(sorted(union.future)),
    )


@dataclass
class _Union:
    """Places each new event at the end of the tail that it continues, or opens a second tail where that end is taken."""

    connection: Connection
    latest: str
    name: str
    tips: dict[str, tuple[int, str]] = field(default_factory=dict)  # of each tail: number and id of its last event
    taken: int = 0
    held: int = 0
    forks: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # origin and last shared id -> first ids of its tails
    tokens: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    future: list[str] = field(default_factory=list)
    _early: list[Row] = field(default_factory=list)  # came before the event that they follow
    _placed: list[Row] = field(default_factory=list)  # to be stored with the next chunk

    def __post_init__(self) -> None:
        last = select(events.c.origin, func.max(events.c.seq).label("seq")).group_by(events.c.origin).subquery()
        query = select(events.c.origin, events.c.seq, events.c.id).join(
            last, (events.c.origin == last.c.origin) & (events.c.seq == last.c.seq)
        )
        self.tips = {origin: (seq, head) for origin, seq, head in self.connection.execute(query)}

    def add(self, rows: Iterable[Row]) -> None:
        """Take those of these rows that are not held."""
        rows = {row[_ID]: row for row in rows}
        here = set(self.connection.scalars(select(events.c.id).where(events.c.id.in_(list(rows)))).all())
        self.held += len(here)
        for row in rows.values():
            if row[_ID] not in here and not self._place(row):
                self._early.append(row)
        self._store()

    def finish(self) -> None:
        """Place what came out of order. Raises LedgerBroken where an event follows one that is in neither place."""
        waiting = sorted({row[_ID]: row for row in self._early}.values(), key=lambda row: (row[_SEQ], row[_AT], row[_ID]))
        left = [row for row in waiting if not self._place(row)]
        self._store()
        if left:
            first = left[0]
            raise LedgerBroken(
                f"{len(left)} events cannot be placed: number {first[_SEQ]} of origin {first[_ORIGIN]} follows an event that is missing",
                where=self.name, expected=f"the event {first[_PREV] or '(none: it is the first)'} before it",
                next_step="take a whole export: part of one cannot be merged",
            )  # fmt: skip

    def _place(self, row: Row) -> bool:
        label = self._label(row)
        if label is None:
            return False
        self.tips[label] = (row[_SEQ], row[_ID])
        self._placed.append((label, *row[1:]))
        self._note(row)
        return True

    def _label(self, row: Row) -> str | None:
        """The tail that this event belongs to; None while the event before it is not held."""
        label, before = row[_ORIGIN], (row[_SEQ] - 1, row[_PREV])
        if self.tips.get(label) == before:
            return label
        by = writer(label)
        if label not in self.tips and label == by and before == (0, ""):
            return label
        followed = self._holds(row[_PREV], row[_SEQ] - 1)
        if label not in self.tips and label == fork_name(by, row[_ID]) and followed:
            return label
        for other, tip in self.tips.items():
            if tip == before and writer(other) == by:
                return other
        if not followed:
            return None
        self._fork(by, row)
        return fork_name(by, row[_ID])

    def _holds(self, event_id: str, seq: int) -> bool:
        if seq == 0:
            return event_id == ""
        if any(row[_ID] == event_id and row[_SEQ] == seq for row in self._placed):
            return True
        return self.connection.scalar(select(events.c.id).where(events.c.id == event_id, events.c.seq == seq)) is not None

    def _fork(self, origin: str, row: Row) -> None:
        self._store()
        of_origin = (events.c.origin == origin) | events.c.origin.startswith(f"{origin}~", autoescape=True)
        query = select(events.c.id).where(of_origin, events.c.seq == row[_SEQ], events.c.prev == row[_PREV])
        tails = self.forks.setdefault((origin, row[_PREV]), {row[_ID]})
        tails.update(self.connection.scalars(query))

    def _note(self, row: Row) -> None:
        self.taken += 1
        if row[_AT] > self.latest:
            self.future.append(row[_ID])
        if row[_TOKEN] is not None:
            self.tokens.add(row[_TOKEN])
        if '_sha256":"' in row[_BODY]:
            self.named.update(blobs_named(parse(row[_BODY])))

    def _store(self) -> None:
        if self._placed:
            insert_rows(self.connection, self._placed)
            self._placed.clear()


def _tell_of_forks(ledger: Ledger, connection: Connection, forks: dict[tuple[str, str], set[str]]) -> None:
    if not forks:
        return
    own = connection.scalar(select(origins.c.origin).order_by(origins.c.number.desc()).limit(1))
    if any(origin == own for origin, _ in forks):
        # another file writes our origin too: leave it to that one
        ledger.own_origin(connection, anew=True)
    drafts = [
        Draft(FORKED, origin, LedgerForked(origin=origin, after=after, tails=tuple(sorted(tails))), MERGER)
        for (origin, after), tails in sorted(forks.items())
    ]
    ledger.write_own(connection, drafts)


def _reused(connection: Connection, tokens: set[str]) -> tuple[str, ...]:
    found: list[str] = []
    for some in _some(tokens):
        query = select(events.c.token).where(events.c.token.in_(some)).group_by(events.c.token).having(func.count() > 1)
        found.extend(connection.scalars(query))
    return tuple(sorted(found))


def _missing(connection: Connection, named: set[str]) -> tuple[str, ...]:
    here: set[str] = set()
    for some in _some(named):
        here.update(connection.scalars(select(blobs.c.sha256).where(blobs.c.sha256.in_(some))))
    return tuple(sorted(named - here))


def _some(names: set[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
