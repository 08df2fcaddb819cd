"""Verifying: every change to a stored event, a blob or a raw file is named. It repairs nothing.

A missing end, or a chain computed anew from its first event, shows only against heads that were recorded elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, func, select

from review.errors import InputRefused, LedgerError
from review.ledger.chain import COLUMNS, FORK_MARK, HASHED, event_id, fork_name, writer
from review.ledger.drafting import blobs_named
from review.ledger.ledger import Ledger
from review.ledger.lines import Row, rows_of
from review.ledger.moments import DAY, stamp
from review.ledger.package import KeptFile, kept_files, ledger_file
from review.ledger.tables import EVENT_COLUMNS, blobs, events, missing_guards, origins

_ORIGIN, _SEQ, _AT, _BODY, _PREV, _ID = (COLUMNS.index(name) for name in ("origin", "seq", "at", "body", "prev", "id"))
_AT_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is not as it was written. ``code`` is for programs, ``where`` names the place, ``message`` says what it means.

    Codes: event_changed, chain_broken, seq_gap, time_order, future, fork, origin_empty, arrival_changed, token_reused,
    target_missing, blob_changed, blob_missing, guard_missing, database_damaged, export_unreadable, export_lacks, export_adds,
    export_differs, file_changed, file_missing, head_missing.
    """

    code: str
    where: str
    message: str


def verify(ledger: Ledger, folder: Path | str | None = None, heads: Mapping[str, str] | Path | str | None = None) -> list[Finding]:
    """Everything that is wrong, in a fixed order; an empty list means that nothing was found.

    folder: an export to compare with. heads: origin -> last id as a report printed them, or the JSON file that holds them
    (itself, or under "heads"). Raises InputRefused or NotFound for a folder or a heads file that is not one.
    """
    with ledger.at_one_time() as connection, _any_bytes(ledger, connection):
        found = _database(ledger, connection)
        found += _events(connection, stamp(ledger.clock() + DAY))
        found += _links(connection)
        found += _blobs(connection)
        if folder is not None:
            found += _export(connection, Path(folder))
        if heads is not None:
            found += _heads(connection, heads if isinstance(heads, Mapping) else read_heads(heads))
    return found


def read_heads(file: Path | str) -> dict[str, str]:
    """The heads in a JSON file: {origin: id}, or an object that has them under "heads". Raises InputRefused."""
    try:
        read = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        said = getattr(problem, "strerror", None) or problem
        raise InputRefused(
            f"the heads cannot be read: {said}", where=str(file), expected='{"origin": "id", …} as JSON',
            next_step="give the manifest.json of a report, which review report writes beside its pages",
        ) from problem  # fmt: skip
    found = read.get("heads", read) if isinstance(read, dict) else None
    if not isinstance(found, dict) or not all(isinstance(head, str) for head in found.values()):
        raise InputRefused(
            "these are not heads",
            where=str(file),
            expected='{"origin": "id", …} as JSON, as a report prints them',
            next_step="give the manifest.json of a report",
        )
    return found


@contextmanager
def _any_bytes(ledger: Ledger, connection: Connection) -> Iterator[None]:
    """On SQLite a changed text may not be UTF-8: read it all the same, so that the change can be named."""
    if not ledger.store.on_sqlite:
        yield
        return
    raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    before = raw.text_factory
    raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = before


def _database(ledger: Ledger, connection: Connection) -> list[Finding]:
    found = [
        Finding("guard_missing", name, "a trigger that refuses changes was taken away: the tables were open to change")
        for name in missing_guards(connection)
    ]
    if ledger.store.on_sqlite:
        said = [row[0] for row in connection.exec_driver_sql("PRAGMA quick_check(5)")]
        found += [Finding("database_damaged", ledger.store.name, f"SQLite says: {line}") for line in said if line != "ok"]
    return found


def _events(connection: Connection, latest: str) -> list[Finding]:
    """The rows one after another: their hashes, chain, numbers and times."""
    found: list[Finding] = []
    before: Row | None = None
    query = select(*EVENT_COLUMNS, events.c.arrival).order_by(events.c.origin, events.c.seq)
    arrivals = 0
    for row in _rows(connection, query):
        same = before is not None and before[_ORIGIN] == row[_ORIGIN]
        found += _event(row, before if same else None, connection, latest)
        if same and not before[-1] < row[-1]:
            found.append(Finding("arrival_changed", _name(row), "it arrived before the event that it follows"))
        before, arrivals = row, arrivals + 1
    low, high = connection.execute(select(func.min(events.c.arrival), func.max(events.c.arrival))).one()
    if arrivals and (low, high) != (1, arrivals):
        found.append(
            Finding("arrival_changed", "events", f"{arrivals} events stand under the arrivals {low} to {high}: one was removed or moved")
        )
    written = set(connection.scalars(select(events.c.origin).distinct()))
    for origin in connection.scalars(select(origins.c.origin).where(origins.c.origin != "").order_by(origins.c.number)):
        if origin not in written:
            found.append(Finding("origin_empty", f"origin {origin}", "this database wrote under it, and none of its events is left"))
    return found


def _event(row: Any, before: Any, connection: Connection, latest: str) -> list[Finding]:
    found = []
    where = _name(row)
    if event_id(row) != row[_ID]:
        found.append(Finding("event_changed", where, "a column was changed: the id does not follow from what is stored"))
    if not isinstance(row[_SEQ], int):
        return found
    if before is None or not isinstance(before[_SEQ], int):
        found += _first(row, connection)
    else:
        if row[_SEQ] != before[_SEQ] + 1:
            found.append(
                Finding("seq_gap", where, f"number {before[_SEQ]} comes before it: {row[_SEQ] - before[_SEQ] - 1} events are missing")
            )
        elif row[_PREV] != before[_ID]:
            found.append(Finding("chain_broken", where, "it does not follow from the event before it"))
        if not str(before[_AT]) < str(row[_AT]):
            found.append(Finding("time_order", where, f"its time {row[_AT]} is not later than that of the event before it"))
    if not _AT_FORM.fullmatch(str(row[_AT])):
        found.append(Finding("time_order", where, f"{row[_AT]!r} is not a time as the ledger writes it"))
    elif row[_AT] > latest:
        found.append(Finding("future", where, f"it is dated {row[_AT]}, more than a day after this machine's clock"))
    return found


def _first(row: Any, connection: Connection) -> list[Finding]:
    """The first event under a name: number 1, or the beginning of a second tail that follows an event of the same writer."""
    where, origin = _name(row), str(row[_ORIGIN])
    if FORK_MARK not in origin:
        if row[_SEQ] != 1:
            return [Finding("seq_gap", where, f"it is the first that is left of its origin: {row[_SEQ] - 1} events are missing")]
        return [] if row[_PREV] == "" else [Finding("chain_broken", where, "it is number 1 and names an event before it")]
    found = [Finding("fork", where, f"origin {writer(origin)} was written by two files; this is its second tail, kept beside the first")]
    if origin != fork_name(origin, str(row[_ID])):
        found.append(
            Finding("seq_gap", where, "it is not the event that this tail is named after: events are missing, or the name was changed")
        )
    query = select(events.c.origin).where(events.c.id == row[_PREV], events.c.seq == row[_SEQ] - 1)
    parent = connection.scalar(query)
    if row[_SEQ] != 1 and (parent is None or writer(parent) != writer(origin)):
        found.append(Finding("chain_broken", where, "the event that this tail follows is not held"))
    return found


def _links(connection: Connection) -> list[Finding]:
    """Corrections of events that are not held, and tokens that stand on more than one event."""
    found = []
    held = events.alias("held")
    for verb in ("replaces", "withdraws"):
        column = events.c[verb]
        query = select(*EVENT_COLUMNS).where(column.is_not(None), ~select(held.c.id).where(held.c.id == column).exists())
        for row in connection.execute(query.order_by(events.c.origin, events.c.seq)):
            found.append(Finding("target_missing", _name(row), f"it {verb} the event {row[COLUMNS.index(verb)]}, which is not held"))
    twice = select(events.c.token, func.count()).where(events.c.token.is_not(None)).group_by(events.c.token).having(func.count() > 1)
    for token, number in connection.execute(twice.order_by(events.c.token)):
        found.append(Finding("token_reused", f"token {token}", f"{number} events carry it; they were written apart and merged"))
    return found


def _blobs(connection: Connection) -> list[Finding]:
    found, held = [], set()
    for name, raw in connection.execute(select(blobs.c.sha256, blobs.c.raw).order_by(blobs.c.sha256, blobs.c.raw)).all():
        held.add(name)
        data = connection.scalar(select(blobs.c.bytes).where(blobs.c.sha256 == name, blobs.c.raw == raw))
        if data is None or hashlib.sha256(data if isinstance(data, bytes) else str(data).encode()).hexdigest() != name:
            found.append(Finding("blob_changed", f"blob {name}", "its bytes do not give its name"))
        if raw not in (0, 1):
            found.append(Finding("blob_changed", f"blob {name}", f"its mark as an imported file is {raw!r}"))
    naming = select(*EVENT_COLUMNS).where(events.c.body.contains('_sha256":"', autoescape=True))
    for row in connection.execute(naming.order_by(events.c.origin, events.c.seq)):
        for name in sorted(set(blobs_named(_parsed(row[_BODY]))) - held):
            found.append(Finding("blob_missing", _name(row), f"it rests on the blob {name}, which is not held"))
    return found


def _parsed(body: Any) -> Any:
    try:
        return json.loads(body)
    except (ValueError, TypeError, RecursionError):
        return None  # named already: its hash cannot be right


def _export(connection: Connection, folder: Path) -> list[Finding]:
    """The export line by line against the rows, and its files against their names and the blobs."""
    there: dict[tuple[str, int], Row] = {}
    found = []
    file = ledger_file(folder)
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                there.update(((row[_ORIGIN], row[_SEQ]), row) for _, row in rows_of([line], f"{file}, line {number}"))
            except LedgerError as problem:
                found.append(Finding("export_differs", f"{file}, line {number}", problem.message))
            except InputRefused as problem:
                found.append(Finding("export_unreadable", f"{file}, line {number}", problem.message))
    for row in _rows(connection, select(*EVENT_COLUMNS).order_by(events.c.origin, events.c.seq)):
        other = there.pop((row[_ORIGIN], row[_SEQ]), None)
        if other is None:
            found.append(Finding("export_lacks", _name(row), "the database has it and the export has not"))
        elif other != tuple(row):
            differing = ", ".join(name for name, mine, theirs in zip(HASHED, row, other, strict=False) if mine != theirs)
            found.append(Finding("export_differs", _name(row), f"database and export differ in: {differing or 'id'}"))
    found += [Finding("export_adds", _name(row), "the export has it and the database has not") for _, row in sorted(there.items())]
    return found + _files(connection, folder)


def _files(connection: Connection, folder: Path) -> list[Finding]:
    files = {(one.sha256, one.raw): one for one in kept_files(folder)}
    found = [Finding("file_changed", one.where, "its bytes do not give its name") for _, one in sorted(files.items()) if not _is_whole(one)]
    for name, raw in connection.execute(select(blobs.c.sha256, blobs.c.raw).order_by(blobs.c.raw.desc(), blobs.c.sha256)):
        if (name, bool(raw)) not in files:
            found.append(
                Finding("file_missing", f"{folder.name}/{'raw' if raw else 'blobs'}/{name}", "the database has it and the export has not")
            )
    return found


def _is_whole(file: KeptFile) -> bool:
    return hashlib.sha256(file.read()).hexdigest() == file.sha256


def _heads(connection: Connection, heads: Mapping[str, str]) -> list[Finding]:
    found = []
    for origin, head in sorted(heads.items()):
        held = connection.scalar(select(events.c.origin).where(events.c.id == head))
        if held is None:
            found.append(
                Finding(
                    "head_missing",
                    f"origin {origin}",
                    f"the recorded head {head} is not held: its tail is missing, or its chain was computed anew",
                )
            )
        elif writer(held) != writer(origin):
            found.append(Finding("head_missing", f"origin {origin}", f"the recorded head {head} stands under another origin, {held}"))
    return found


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    with connection.execute(query, execution_options={"yield_per": 5000}) as result:
        yield from result


def _name(row: Any) -> str:
    return f"origin {row[_ORIGIN]}, number {row[_SEQ]}, event {row[_ID]}"
