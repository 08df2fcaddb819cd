"""The ledger: facts are appended and read, in one order, by any number of threads and processes; nothing is changed or deleted.

``append`` refuses a fact whose form, target or time is not acceptable; it never decides who may write (``pen`` does).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, or_, select, tuple_

from review.errors import EventRefused, LedgerMoved, NotFound, TokenReused
from review.ledger.chain import COLUMNS, event_id
from review.ledger.drafting import Prepared, blob_name, blobs_named, prepare
from review.ledger.moments import DAY, TICK, as_of_limit, moment, stamp, utc_now
from review.ledger.store import Store
from review.ledger.tables import EVENT_COLUMNS, MIGRATIONS, Migration, blobs, events, origins
from review.model.event import Body, Draft, Event, parse
from review.model.facts import Facts
from review.model.kinds import KINDS
from review.model.ledger_facts import LEDGER_KINDS

Position = tuple[str, str, int]
_PLACE = (events.c.at, events.c.origin, events.c.seq)
_CHUNK = 5000  # rows fetched at a time

# the questions of every append and of every look at one fact, built once
_GREATEST_AT = select(func.max(events.c.at))
LAST_ARRIVAL = select(func.max(events.c.arrival))
_LAST_OF_ORIGIN = select(events.c.seq, events.c.id).where(events.c.origin == bindparam("own")).order_by(events.c.seq.desc()).limit(1)
_OWN_ORIGIN = select(origins.c.origin, origins.c.fingerprint).order_by(origins.c.number.desc()).limit(1)
_INSERT = insert(events)
_BY_ID = select(*EVENT_COLUMNS).where(events.c.id == bindparam("asked"))
_BLOB = select(blobs.c.bytes).where(blobs.c.sha256 == bindparam("asked")).limit(1)


def new_origin() -> str:
    """A name that no other database file has: 16 random hexadecimal digits."""
    return secrets.token_hex(8)


class Ledger:
    """One database of facts. Open it with ``Ledger.open``; it is also a context manager that closes itself.

    kinds: the forms by kind. clock: the present. mint: names a new origin; a fixed one makes a ledger that can be made again.
    """

    def __init__(self, store: Store, kinds: Mapping[str, type[Body]], clock: Callable[[], datetime], mint: Callable[[], str]) -> None:
        self.store = store
        self.kinds = MappingProxyType({**LEDGER_KINDS, **kinds})
        self.clock = clock
        self._mint = mint
        self._known: dict[tuple[str, int], bool] = {}

    @classmethod
    def open(
        cls,
        where: Path | str,
        *,
        clock: Callable[[], datetime] = utc_now,
        kinds: Mapping[str, type[Body]] | None = None,
        mint: Callable[[], str] = new_origin,
        migrations: Sequence[Migration] = MIGRATIONS,
    ) -> Ledger:
        """Open the ledger in this file or at this postgresql:// address; an empty place is given its tables.

        Raises StoreRefused for a place that is not safe or not a ledger, LedgerBusy, LedgerBroken.
        """
        return cls(Store(where, migrations), KINDS if kinds is None else kinds, clock, mint)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the database back. The ledger may be used again and then opens it anew."""
        self.store.close()

    # -- writing

    def append(self, drafts: Sequence[Draft], *, blobs: Iterable[tuple[bytes, bool]] = (), read_to: int | None = None) -> list[Event]:
        """Write these facts, and the blobs they rest on, in one transaction: all of them or none.

        blobs: (bytes, whether it is an imported file). read_to: what ``arrived`` said before the drafts were made; then a fact of the
        same actor, kind and subject that has come since is LedgerMoved, and the writer reads again; a consensus moves for whoever wrote
        one. Returns the events in the order of the drafts; a draft whose token is already held with the same fact gives the stored
        event, and nothing is written for it.
        Raises EventRefused, TokenReused, NotFound (a target that is not held), LedgerBusy, LedgerMoved.
        """
        ready = [prepare(draft, self.kinds) for draft in drafts]
        named = [(blob_name(data), raw, data) for data, raw in blobs]
        with self.store.writing() as connection:
            for name, raw, data in named:
                keep_blob(connection, name, data, raw)
            held = {one.token: event for one in ready if one.token is not None and (event := self._same_fact(connection, one))}
            first_of = _first_by_token(ready)
            fresh = [one for i, one in enumerate(ready) if first_of[i] == i and one.token not in held]
            if read_to is not None:
                _check_unmoved(connection, fresh, read_to)
            self._check(connection, fresh)
            written = iter(self._write(connection, fresh))
        by_draft: list[Event] = []
        for i, one in enumerate(ready):
            if one.token in held:
                by_draft.append(held[one.token])
            else:
                by_draft.append(next(written) if first_of[i] == i else by_draft[first_of[i]])
        return by_draft

    def put_blob(self, data: bytes, *, raw: bool = False) -> str:
        """Keep these bytes; the same bytes again change nothing. Returns their sha-256."""
        name = blob_name(data)
        with self.store.writing() as connection:
            keep_blob(connection, name, data, raw)
        return name

    # -- reading

    def events(self, *, after: Position | None = None, as_of: str | None = None) -> Iterator[Event]:
        """Every event in ledger order (at, origin, seq), read from one state of the database however slowly it is consumed.

        after: only events behind this position. as_of: only events up to then (see ``moments.as_of_limit``).
        """
        query = select(*EVENT_COLUMNS).where(*_within(after, as_of)).order_by(*_PLACE)
        with self.store.reading() as connection:
            yield from self.stream(connection, query)

    def stream(self, connection: Connection, query: Select[Any], values: Mapping[str, Any] | None = None) -> Iterator[Event]:
        """The events of a query over EVENT_COLUMNS, with *values* for its parameters, a few thousand rows at a time."""
        known, make = self._known, Event.stored_as
        with connection.execute(query, values, execution_options={"yield_per": _CHUNK}) as result:
            for row in result:
                form = (row[4], row[5])
                if form not in known:
                    known[form] = self._is_known(*form)
                yield make(row, known[form])

    def event(self, event_id: str) -> Event:
        """The event of this id. Raises NotFound."""
        with self.store.reading() as connection:
            return self.find(connection, event_id)

    def find(self, connection: Connection, event_id: str) -> Event:
        """The event of this id, within the caller's transaction. Raises NotFound."""
        row = connection.execute(_BY_ID, {"asked": event_id}).one_or_none()
        if row is None:
            raise NotFound(f"there is no event {event_id!r} in this ledger", next_step="`review merge` takes events from elsewhere")
        return self._event(row)

    def by_token(self, token: str) -> Event | None:
        """The first event in ledger order that was written with this token."""
        with self.store.reading() as connection:
            found = self._with_token(connection, token)
        return found[0] if found else None

    def count(self, *, up_to: Position | None = None, as_of: str | None = None) -> int:
        """How many events there are, up to and including this position, up to this date."""
        limits = _within(None, as_of)
        if up_to is not None:
            limits.append(tuple_(*_PLACE) <= tuple_(*up_to))
        with self.store.reading() as connection:
            return connection.scalar(select(func.count()).select_from(events).where(*limits)) or 0

    def arrived(self) -> int:
        """The number of the last event to arrive at this database; 0 in an empty one."""
        return self.store.number("SELECT max(arrival) FROM events")

    def arrived_after(self, number: int) -> set[str]:
        """The ids of the events that arrived at this database after that one."""
        with self.store.reading() as connection:
            return set(connection.scalars(select(events.c.id).where(events.c.arrival > number)).all())

    def heads(self, *, as_of: str | None = None) -> dict[str, str]:
        """Of each origin, sorted, the id of its last event (up to this date)."""
        found: dict[str, str] = {}
        with self.store.reading() as connection:
            # from one origin to the next by the index: there are few, however many events they have
            origin = connection.scalar(select(func.min(events.c.origin)))
            while origin is not None:
                last = select(events.c.id).where(events.c.origin == origin, *_within(None, as_of)).order_by(events.c.seq.desc()).limit(1)
                if (head := connection.scalar(last)) is not None:
                    found[origin] = head
                origin = connection.scalar(select(func.min(events.c.origin)).where(events.c.origin > origin))
        return found

    def last_at(self, *, as_of: str | None = None) -> str | None:
        """The time of the last event (up to this date); None in an empty ledger."""
        with self.store.reading() as connection:
            return connection.scalar(select(func.max(events.c.at)).where(*_within(None, as_of)))

    def blob(self, sha256: str) -> bytes:
        """The bytes of this name. Raises NotFound."""
        with self.store.reading() as connection:
            data = connection.scalar(_BLOB, {"asked": sha256})
        if data is None:
            raise NotFound(f"there is no blob {sha256!r} in this ledger", next_step="`review verify` lists every blob that is missing")
        return bytes(data)

    def unknown(self) -> dict[tuple[str, int], int]:
        """How many events there are of each (kind, version) that this release cannot read; empty as a rule."""
        with self.store.reading() as connection:
            query = select(events.c.kind, events.c.schema, func.count()).group_by(events.c.kind, events.c.schema)
            return {(kind, version): number for kind, version, number in connection.execute(query) if not self._is_known(kind, version)}

    # -- how it is done

    @contextmanager
    def at_one_time(self) -> Iterator[Connection]:
        """A transaction in which several questions see the same ledger."""
        with self.store.reading() as connection:
            yield connection

    def own_origin(self, connection: Connection, *, anew: bool = False) -> str:
        """The origin that this database writes: minted at its first write, and again where it is a copy or *anew* is asked."""
        fingerprint = self.store.fingerprint(connection)
        last = connection.execute(_OWN_ORIGIN).one_or_none()
        if last is not None and last.fingerprint == fingerprint and not anew:
            return last.origin
        minted = self._mint()
        connection.execute(insert(origins).values(origin=minted, fingerprint=fingerprint))
        return minted

    def write_own(self, connection: Connection, drafts: Sequence[Draft]) -> list[Event]:
        """Append within the caller's writing transaction; for the ledger's own facts, which need no token."""
        return self._write(connection, [prepare(draft, self.kinds) for draft in drafts])

    def _write(self, connection: Connection, ready: Sequence[Prepared]) -> list[Event]:
        if not ready:
            return []
        origin = self.own_origin(connection)
        last = connection.execute(_LAST_OF_ORIGIN, {"own": origin}).one_or_none()
        seq, prev = (last.seq, last.id) if last else (0, "")
        rows = []
        for at, one in zip(self._times(connection, len(ready)), ready, strict=True):
            seq += 1
            columns = (
                origin, seq, at, one.actor, one.kind, one.schema, one.subject, one.body, one.replaces, one.withdraws, one.token, prev,
            )  # fmt: skip
            prev = event_id(columns)
            rows.append((*columns, prev))
        insert_rows(connection, rows)
        return [self._event(row) for row in rows]

    def _times(self, connection: Connection, number: int) -> list[str]:
        now = self.clock()
        greatest = connection.scalar(_GREATEST_AT)
        first = max(now, moment(greatest) + TICK) if greatest else now
        if first + TICK * number > now + DAY:
            raise EventRefused(
                f"the last event of this ledger is of {greatest}, more than a day after this machine's clock ({stamp(now)})",
                next_step="set the clock right; if the ledger is wrong, `review verify` lists the events that lie in the future",
            )
        return [stamp(first + TICK * i) for i in range(number)]

    def _check(self, connection: Connection, ready: Sequence[Prepared]) -> None:
        targets: set[str] = set()
        for one in ready:
            for target in filter(None, (one.replaces, one.withdraws)):
                if target in targets:
                    raise EventRefused("one event is corrected twice at once", where=one.kind, next_step="send one correction of it")
                targets.add(target)
                self._check_target(connection, target, one)
            for name in blobs_named(parse(one.body)):
                if connection.scalar(select(blobs.c.sha256).where(blobs.c.sha256 == name).limit(1)) is None:
                    raise EventRefused(f"the blob {name} is not held", where=one.kind, next_step="give the bytes together with the fact")

    def _check_target(self, connection: Connection, target: str, one: Prepared) -> None:
        self.find(connection, target)
        facts = corrections_of(self, connection, target)
        if facts.live(target):
            return
        now = facts.current(target)
        done = f"replaced by {now}" if now else "withdrawn, or replaced more than once"
        verb = "replaced" if one.replaces == target else "withdrawn"
        raise EventRefused(
            f"the event {target} cannot be {verb}: it was {done}", where=one.kind,
            next_step="look at it again; correct the event that stands in its place, or write a new one",
        )  # fmt: skip

    def _same_fact(self, connection: Connection, one: Prepared) -> Event | None:
        stored = self._with_token(connection, str(one.token))
        for event in stored:
            # sent again after it was stored, a decision finds itself as the one to replace
            again = one if one.replaces != event.id else replace(one, replaces=event.replaces)
            if _prepared(event) == again:
                return event
        if stored:
            raise _token_reused(one, stored[0].id)
        return None

    def _with_token(self, connection: Connection, token: str) -> list[Event]:
        query = select(*EVENT_COLUMNS).where(events.c.token == token).order_by(*_PLACE)
        return [self._event(row) for row in connection.execute(query)]

    def _event(self, row: Sequence[Any]) -> Event:
        return Event.stored_as(row, self._is_known(row[4], row[5]))

    def _is_known(self, kind: str, version: int) -> bool:
        form = self.kinds.get(kind)
        return form is not None and version <= form.version


def insert_rows(connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
    """Store whole rows, each in the order of COLUMNS, as the next arrivals. The caller has checked them and holds the lock."""
    arrival = connection.scalar(LAST_ARRIVAL) or 0
    values = [dict(zip(COLUMNS, row, strict=True), arrival=arrival + i) for i, row in enumerate(rows, start=1)]
    connection.execute(_INSERT, values)


def _check_unmoved(connection: Connection, ready: Sequence[Prepared], read_to: int) -> None:
    for one in ready:
        same = [events.c.kind == one.kind, events.c.subject == one.subject]
        if not one.kind.endswith("resolved"):  # a consensus is everybody's: whoever else wrote one counts
            same.append(events.c.actor == one.actor)
        if connection.scalar(select(events.c.id).where(events.c.arrival > read_to, *same).limit(1)) is not None:
            raise LedgerMoved(f"{one.actor} wrote on this from another window just now", where=one.subject, next_step="do it again")


def keep_blob(connection: Connection, name: str, data: bytes, raw: bool) -> bool:
    """Store these bytes under this name unless they are there. True when they were new."""
    here = select(blobs.c.sha256).where(blobs.c.sha256 == name, blobs.c.raw == int(raw))
    if connection.scalar(here) is not None:
        return False
    connection.execute(insert(blobs).values(sha256=name, raw=int(raw), bytes=data))
    return True


def corrections_of(ledger: Ledger, connection: Connection, target: str) -> Facts:
    """What was said about one event, and about what was said about it, and so on: enough to know whether it is live."""
    found: dict[str, Event] = {}
    waiting = [target]
    while waiting:
        query = select(*EVENT_COLUMNS).where(or_(events.c.replaces.in_(waiting), events.c.withdraws.in_(waiting)))
        new = [event for event in ledger.stream(connection, query) if event.id not in found]
        found.update((event.id, event) for event in new)
        waiting = [event.id for event in new]
    facts = Facts()
    for event in sorted(found.values(), key=lambda one: one.position):
        facts.add(event)
    return facts


def _within(after: Position | None, as_of: str | None) -> list[Any]:
    limits: list[Any] = []
    if after is not None:
        limits.append(tuple_(*_PLACE) > tuple_(*after))
    if as_of is not None:
        limits.append(events.c.at <= as_of_limit(as_of))
    return limits


def _first_by_token(ready: Sequence[Prepared]) -> list[int]:
    """For each draft the place of the first one with the same token (itself, where it has none)."""
    first: dict[str, int] = {}
    places = []
    for i, one in enumerate(ready):
        place = i if one.token is None else first.setdefault(one.token, i)
        if ready[place] != one:
            raise _token_reused(one, "another fact of the same batch")
        places.append(place)
    return places


def _token_reused(one: Prepared, other: str) -> TokenReused:
    return TokenReused(
        f"the token {one.token!r} was already used for another fact ({other})", where=one.kind,
        next_step="use a new token for a new fact, and the same token only to send the same fact again",
    )  # fmt: skip


def _prepared(event: Event) -> Prepared:
    return Prepared(
        actor=event.actor, kind=event.kind, schema=event.schema, subject=event.subject, body=event.stored,
        replaces=event.replaces, withdraws=event.withdraws, token=event.token,
    )  # fmt: skip
