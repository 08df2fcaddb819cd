"""Carrying a ledger: exported to a folder or zip that git can hold, restored from it whole, copied as a backup.

It refuses to write over events that it does not hold, and to export or restore what was changed. Merging is in ``merging``.
"""

from __future__ import annotations

import os
import secrets
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, func, select

from review.errors import LedgerBroken, StoreRefused
from review.ledger.chain import event_id
from review.ledger.drafting import blob_name
from review.ledger.ledger import Ledger, new_origin
from review.ledger.lines import line_of
from review.ledger.merging import Merged, merge, take
from review.ledger.moments import utc_now
from review.ledger.package import BLOB_FOLDER, LEDGER_FILE, RAW_FOLDER, opened
from review.ledger.store import copy_sqlite, make_folder
from review.ledger.tables import EVENT_COLUMNS, blobs, events
from review.model.event import Body

__all__ = ["Difference", "Exported", "Merged", "backup", "difference", "export", "merge", "restore"]

_CHUNK = 2000
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same ledger gives the same zip


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds: how many events and blobs, and the blobs that stood there with other bytes and were written anew."""

    events: int
    blobs: int
    repaired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Events that only one side has: ``here`` the database, ``there`` the export. Ids, in the order of the side that has them."""

    here: tuple[str, ...]
    there: tuple[str, ...]


def export(ledger: Ledger, target: Path | str) -> Exported:
    """Write ``ledger.jsonl``, ``raw/`` and ``blobs/`` into a folder, or into a file whose name ends in .zip.

    The same ledger gives the same bytes. The events are written last and at once, so that a reader never meets half an export.
    Raises LedgerBroken when the ledger was changed (the last good export then stays), StoreRefused when the export that stands
    there has events that this ledger lacks.
    """
    target = Path(target)
    if target.exists() and (target.suffix == ".zip" or (target / LEDGER_FILE).exists()):
        foreign = difference(ledger, target).there
        if foreign:
            raise StoreRefused(
                f"the export that stands there has {len(foreign)} events that this ledger lacks", where=str(target),
                next_step=f"`review merge {target}` first: it takes them and loses nothing",
            )  # fmt: skip
    with ledger.at_one_time() as connection:
        if target.suffix == ".zip":
            return _export_zip(connection, target)
        return _export_folder(connection, target)


def difference(ledger: Ledger, source: Path | str) -> Difference:
    """Which events this ledger and an export (folder, zip or database file) do not share."""
    with opened(source) as package:
        there = {row[-1]: None for _, row in package.rows()}
    with ledger.at_one_time() as connection:
        here = [event_id for event_id in connection.scalars(select(events.c.id).order_by(events.c.at, events.c.origin, events.c.seq))]
    shared = there.keys() & set(here)
    return Difference(tuple(one for one in here if one not in shared), tuple(one for one in there if one not in shared))


def restore(
    source: Path | str,
    where: Path | str,
    *,
    if_missing: bool = False,
    clock: Callable[[], datetime] = utc_now,
    kinds: Mapping[str, type[Body]] | None = None,
    mint: Callable[[], str] = new_origin,
) -> Merged | None:
    """Make the database *where* from an export; it appears whole or not at all, also when two processes try at once.

    where: a file that is not there yet, or a postgresql:// address without events. if_missing: where there is a ledger
    already, leave it and return None. Restored origins are only read here; the next write mints a new one.
    Raises StoreRefused (there is a ledger), NotFound, InputRefused, LedgerBroken. Events in the future are taken and named.
    """
    if isinstance(where, str) and "://" in where:
        with Ledger.open(where, clock=clock, kinds=kinds, mint=mint) as ledger:
            return _restore_into(ledger, source, where, if_missing)
    file = Path(where)
    if file.exists():
        return _refused_or_none(str(file), if_missing)
    part = file.with_name(f".{file.name}.restoring-{secrets.token_hex(4)}")
    make_folder(file.parent)
    try:
        with Ledger.open(part, clock=clock, kinds=kinds, mint=mint) as ledger:
            done = _restore_into(ledger, source, str(part), if_missing)
        return done if _publish(part, file) else _refused_or_none(str(file), if_missing)
    finally:
        for name in (part.name, f"{part.name}-wal", f"{part.name}-shm"):
            part.with_name(name).unlink(missing_ok=True)


def backup(ledger: Ledger, file: Path | str) -> Path:
    """Copy the database to *file* by SQLite's own backup, while it may be in use. Returns the file.

    A ledger that is opened from a backup writes under a new origin. Raises StoreRefused when the file exists, or on PostgreSQL.
    """
    target = Path(file)
    if ledger.store.file is None:
        raise StoreRefused(
            "a ledger on PostgreSQL is backed up by the server's own means", where=ledger.store.name,
            next_step="use pg_dump, or `review export DIR.zip`",
        )  # fmt: skip
    if target.exists():
        raise StoreRefused("this file exists, and a backup writes over nothing", where=str(target), next_step="name another file")
    copy_sqlite(ledger.store.file, target, retire=True)
    return target


def _export_folder(connection: Connection, folder: Path) -> Exported:
    for inner in (folder, folder / RAW_FOLDER, folder / BLOB_FOLDER):
        inner.mkdir(parents=True, exist_ok=True)
    number, repaired = 0, []
    for name, raw, data in _stored_blobs(connection):
        number += 1
        file = folder / (RAW_FOLDER if raw else BLOB_FOLDER) / name
        if file.exists():
            if file.read_bytes() == data:
                continue
            repaired.append(name)
        with _whole(file) as out:
            out.write(data)
    with _whole(folder / LEDGER_FILE) as out:
        written = _write_lines(connection, out)
    return Exported(written, number, tuple(repaired))


def _export_zip(connection: Connection, target: Path) -> Exported:
    number = 0
    with _whole(target) as out, zipfile.ZipFile(out, "w") as archive:
        with archive.open(_member(LEDGER_FILE), "w", force_zip64=True) as lines:
            written = _write_lines(connection, lines)
        for name, raw, data in _stored_blobs(connection):
            number += 1
            archive.writestr(_member(f"{RAW_FOLDER if raw else BLOB_FOLDER}/{name}"), data)
    return Exported(written, number)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _ZIP_TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member


def _write_lines(connection: Connection, out: BinaryIO) -> int:
    written = 0
    query = select(*EVENT_COLUMNS).order_by(events.c.at, events.c.origin, events.c.seq)
    with connection.execute(query, execution_options={"yield_per": _CHUNK}) as result:
        for row in result:
            if event_id(row) != row[-1]:
                raise LedgerBroken(
                    "this event was changed after it was written, so nothing was exported", where=f"event {row[-1]}",
                    next_step="`review verify` lists every change; the last good export still stands",
                )  # fmt: skip
            out.write(line_of(row))
            written += 1
    return written


def _stored_blobs(connection: Connection) -> Iterator[tuple[str, bool, bytes]]:
    names = connection.execute(select(blobs.c.sha256, blobs.c.raw).order_by(blobs.c.raw.desc(), blobs.c.sha256)).all()
    for name, raw in names:
        data = bytes(connection.scalar(select(blobs.c.bytes).where(blobs.c.sha256 == name, blobs.c.raw == raw)))
        if blob_name(data) != name:
            raise LedgerBroken(
                "these bytes were changed after they were stored, so the events were not exported", where=f"blob {name}",
                next_step="`review verify` lists every change; the last good export still stands",
            )  # fmt: skip
        yield name, bool(raw), data


@contextmanager
def _whole(file: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name only when it is complete and on the disk."""
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with part.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)


def _restore_into(ledger: Ledger, source: Path | str, name: str, if_missing: bool) -> Merged | None:
    with opened(source) as package, ledger.store.writing() as connection:
        if connection.scalar(select(func.count()).select_from(events)):
            return _refused_or_none(name, if_missing)
        return take(ledger, connection, package, future_allowed=True)


def _refused_or_none(where: str, if_missing: bool) -> None:
    if not if_missing:
        raise StoreRefused("there is a ledger already", where=where, next_step="`review merge` adds to it what it lacks")


def _publish(part: Path, file: Path) -> bool:
    """Give the finished database its name unless another process was first. True when it was given."""
    try:
        os.link(part, file)
    except FileExistsError:
        return False
    except OSError:
        # no hard links here: claim the name first
        try:
            file.touch(exist_ok=False)
        except FileExistsError:
            return False
        os.replace(part, file)
    return True
