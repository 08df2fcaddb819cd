"""One database, opened for reading and for writing: what SQLite and PostgreSQL do differently stands here and in ``tables``.

It refuses places where a ledger is not safe, and turns a driver's complaint into an error that says what to do next.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sqlite3
import threading
import time
import uuid
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from review.errors import LedgerBroken, LedgerBusy, LedgerError, StoreRefused
from review.ledger import tables
from review.ledger.places import check_place

BUSY_SECONDS = 60
_LOCK_CLASS = 0x5265_7669  # the advisory locks of this package on PostgreSQL: this, then the table's own number
_WRITES = "review_writes"


class Store:
    """An opened database. Safe from several threads; after a fork the child opens connections of its own."""

    def __init__(self, where: Path | str, steps: Sequence[tables.Migration] = tables.MIGRATIONS) -> None:
        """where: the database file, or a postgresql:// address. Makes or migrates the tables; see the module for errors."""
        self.file = None if _is_address(where) else Path(where)
        if self.file is not None:
            check_place(self.file)
            url = URL.create("sqlite", database=str(self.file))
        else:
            url = _postgres_url(str(where))
        self.name = url.render_as_string(hide_password=True) if self.file is None else str(where)
        self._pid = os.getpid()
        self._writer = threading.Lock()
        self._engine = _engine(url)
        # a ledger that nobody closed gives its connections back all the same
        weakref.finalize(self, _give_back, self._engine, os.getpid())
        try:
            with self._explained():
                if self.file is not None:
                    _use_write_ahead_log(self.file)
                self._prepare(steps)
        except LedgerError:
            self.close()
            raise

    @property
    def on_sqlite(self) -> bool:
        """True for a file, False for a server."""
        return self.file is not None

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that sees the ledger as it stands when it begins, however long it lasts."""
        with self._explained(), self._own_engine().connect() as connection:
            if not self.on_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def number(self, query: str) -> int:
        """The whole number that *query* asks for; 0 for none. A statement of a file is a transaction by itself, at a tenth of its price."""
        if not self.on_sqlite:
            with self.reading() as asked:
                return asked.exec_driver_sql(query).scalar() or 0
        with self._explained():
            connection = self._own_engine().raw_connection()
            try:
                return connection.cursor().execute(query).fetchone()[0] or 0
            finally:
                connection.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that alone may write; it is committed at the end, or undone by any error."""
        engine = self._own_engine()
        with self._explained(), self._writer, engine.connect() as connection:
            if self.on_sqlite:
                connection = connection.execution_options(**{_WRITES: True})
            else:
                connection = connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                if not self.on_sqlite:
                    _lock_postgres(connection)
                yield connection

    def fingerprint(self, connection: Connection) -> str:
        """What tells this database from a copy of it: machine and inode of the file, or the numbers of the server's table."""
        if self.file is not None:
            parts = [_machine(), str(_inode(self.file))]
        else:
            query = "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()), 'events'::regclass::oid "
            parts = [str(part) for part in connection.exec_driver_sql(query + "FROM pg_control_system()").one()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _own_engine(self) -> Engine:
        if os.getpid() != self._pid:
            # the parent's connections are not ours to close
            self._engine.dispose(close=False)
            self._writer, self._pid = threading.Lock(), os.getpid()
        return self._engine

    def _prepare(self, steps: Sequence[tables.Migration]) -> None:
        with self.reading() as connection:
            waiting = tables.pending(connection, steps)
        if not waiting:
            return
        with self.writing() as connection:
            # asked again: another process may have been first
            waiting = tables.pending(connection, steps)
            if waiting and waiting[0].number > 1 and self.file is not None:
                copy_sqlite(self.file, self.file.with_name(f"{self.file.name}.before-migration-{waiting[0].number}"), retire=True)
            tables.apply(connection, waiting)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as problem:
            raise _in_our_words(problem, self.name) from problem
        except sqlite3.Error as problem:
            raise _in_our_words(problem, self.name) from problem


def copy_sqlite(source: Path, target: Path, *, retire: bool = False) -> None:
    """A consistent copy of a database in use, by SQLite's own backup; *target* appears whole or not at all.

    retire: what opens the copy later writes under a new origin, even where it takes the place of the first file.
    """
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        _back_up(source, part, retire)
        os.replace(part, target)
    except sqlite3.Error as problem:
        raise _in_our_words(problem, str(source)) from problem
    finally:
        part.unlink(missing_ok=True)


def _back_up(source: Path, target: Path, retire: bool) -> None:
    reader = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
    try:
        writer = sqlite3.connect(target)
        try:
            reader.backup(writer)
            if retire:
                with writer:
                    writer.execute("INSERT INTO origins (origin, fingerprint) VALUES ('', 'a backup')")
            writer.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        finally:
            writer.close()
    finally:
        reader.close()


def _is_address(where: Path | str) -> bool:
    return isinstance(where, str) and "://" in where


def _give_back(engine: Engine, pid: int) -> None:
    if os.getpid() == pid:  # in a process that was forked the connections are the parent's
        engine.dispose()


def _postgres_url(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError as problem:
        raise StoreRefused("this is not a database address", expected="postgresql://user@host/database") from problem
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise StoreRefused(
            f"a ledger cannot be kept in {url.get_backend_name()!r}", expected="a file name, or postgresql://user@host/database",
            next_step="set REVIEW_DATABASE to a PostgreSQL address, or leave it unset",
        )  # fmt: skip
    return url.set(drivername="postgresql+psycopg")


def _engine(url: URL) -> Engine:
    try:
        engine = create_engine(url, pool_size=5, max_overflow=40, pool_timeout=BUSY_SECONDS)
    except (ImportError, NoSuchModuleError) as problem:
        raise StoreRefused(
            "the driver for PostgreSQL is not installed", expected="psycopg 3", next_step="pip install 'review-toolkit[postgres]'"
        ) from problem
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    # without IMMEDIATE a reader that turns writer is refused at once, however long the busy timeout
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def make_folder(folder: Path) -> None:
    """Make this one folder, but not those above it: a misspelt path must not become a new tree."""
    try:
        folder.mkdir(exist_ok=True)
    except FileNotFoundError as problem:
        raise StoreRefused(
            "there is no folder for it", where=str(folder.parent), next_step="make the folder, or correct the path"
        ) from problem
    except OSError as problem:
        raise StoreRefused(f"its folder cannot be made ({problem.strerror})", where=str(folder), next_step="check the path") from problem


def _use_write_ahead_log(file: Path) -> None:
    """The journal mode stays with the file. Changing it wants the file alone, and does not wait: so it is tried again."""
    make_folder(file.parent)
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                return
            if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
                raise StoreRefused("SQLite cannot keep a write-ahead log here", where=str(file), next_step="use a folder on a local disk")
            return
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        finally:
            connection.close()


def _lock_postgres(connection: Connection) -> None:
    """Only one transaction at a time writes this ledger; what it then reads was committed before it got the lock."""
    connection.exec_driver_sql(f"SELECT set_config('lock_timeout', '{BUSY_SECONDS}s', true), set_config('synchronous_commit', 'on', true)")
    connection.exec_driver_sql(
        f"SELECT pg_advisory_xact_lock(({_LOCK_CLASS}::bigint << 32) | coalesce(to_regclass('events')::oid::bigint, 0))"
    )


def _inode(file: Path) -> int:
    try:
        return file.stat().st_ino
    except OSError as problem:
        raise StoreRefused(
            "the database file is gone", where=str(file), next_step="put it back, or open the review again to restore it from its export"
        ) from problem


def _machine() -> str:
    try:
        known = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        known = ""
    return known or f"{platform.node()} {uuid.getnode():x}"


def _in_our_words(problem: Exception, where: str) -> LedgerError:
    said = str(getattr(problem, "orig", None) or problem)
    words: tuple[tuple[str, Callable[[], LedgerError]], ...] = (
        ("locked|lock timeout|deadlock", lambda: LedgerBusy(
            "another process held the ledger for too long", where=where, next_step="close what else is writing, then try again")),
        ("append-only", lambda: LedgerError("the ledger is append-only: nothing stored is changed or deleted", where=where)),
        ("not a database|malformed", lambda: LedgerBroken(
            f"this file is not a readable database ({said})", where=where, next_step="restore it from its export or from a backup")),
        ("decode to utf-8", lambda: LedgerBroken(
            "a stored text is not UTF-8", where=where, next_step="`review verify` names what changed")),
        ("readonly|read-only|unable to open|disk is full|no space|permission", lambda: StoreRefused(
            f"the database cannot be written ({said})", where=where, next_step="check the folder, its permissions and the free space")),
        ("disk i/o error", lambda: StoreRefused(  # SQLite's words for a full disk too, where its log or its index has no room
            f"the database cannot be read or written ({said})", where=where,
            next_step="make room on its disk, and see that the drive is there and may be written; what was given was not recorded")),
        ("connection|connect|authentication|does not exist", lambda: StoreRefused(
            f"the database server did not let us in ({said.splitlines()[0]})", where=where, next_step="check REVIEW_DATABASE")),
    )  # fmt: skip
    for signs, make in words:
        if any(sign in said.lower() for sign in signs.split("|")):
            return make()
    return LedgerError(
        f"the database refused: {said}", where=where, next_step="what was given was not recorded; `review verify` checks the rest"
    )
