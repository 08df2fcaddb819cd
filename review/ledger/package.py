"""The unit of exchange, read: a folder or a zip with ``ledger.jsonl``, ``raw/`` and ``blobs/``, or another ledger's database file.

It refuses a changed line and a file whose bytes do not give its name; what else lies in the folder is left alone.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from review.errors import InputRefused, LedgerBroken, NotFound
from review.ledger.drafting import MAX_BLOB
from review.ledger.lines import Row, line_of, rows_of
from review.ledger.store import Store, copy_sqlite
from review.ledger.tables import EVENT_COLUMNS, blobs, events

LEDGER_FILE = "ledger.jsonl"
RAW_FOLDER, BLOB_FOLDER = "raw", "blobs"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_INSIDE_ZIP = re.compile(rf"(?:[^/]+/)?(?:{LEDGER_FILE}|(?:{RAW_FOLDER}|{BLOB_FOLDER})/[0-9a-f]{{64}})")
_SQLITE_START = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One blob of a package: its name, whether it is an imported file, where it lies and how its bytes are read."""

    sha256: str
    raw: bool
    where: str
    read: Callable[[], bytes]

    def checked(self) -> bytes:
        """The bytes. Raises LedgerBroken when they do not give the name."""
        data = self.read()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise LedgerBroken(
                "this file was changed: its bytes do not give its name",
                where=self.where,
                next_step="take it from its history or from a backup",
            )
        return data


@dataclass(frozen=True, slots=True)
class Package:
    """Events and blobs from elsewhere. ``rows`` gives (line number, row), each with its id checked."""

    name: str
    rows: Callable[[], Iterator[tuple[int, Row]]]
    files: Callable[[], Iterator[KeptFile]]


@contextmanager
def opened(source: Path | str) -> Iterator[Package]:
    """The package at this place. Raises NotFound, InputRefused for anything that is not one."""
    path = Path(source)
    if path.is_dir():
        yield _folder(path)
    elif not path.exists():
        raise NotFound(
            f"there is nothing at {path}",
            expected=f"a folder with {LEDGER_FILE}, a zip of it, or a database file",
            next_step="check the path; `review export DIR` writes such a folder",
        )
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield _zip(path, archive)
    elif _starts_as_database(path):
        with tempfile.TemporaryDirectory() as aside:
            # a copy: reading a database in use may write beside it
            copy = Path(aside) / "copy.sqlite3"
            copy_sqlite(path, copy)
            store = Store(copy)
            try:
                yield _database(path, store)
            finally:
                store.close()
    else:
        raise InputRefused("this is not an exported ledger", where=str(path), expected=f"a folder with {LEDGER_FILE}, a zip, or a database")


def ledger_file(folder: Path) -> Path:
    """The file of events in a folder. Raises NotFound when it is not there."""
    file = folder / LEDGER_FILE
    if not file.is_file():
        raise NotFound(f"there is no {LEDGER_FILE} in {folder}", next_step="name the folder that `review export` made")
    return file


def kept_files(folder: Path) -> Iterator[KeptFile]:
    """The blobs in a folder, by name, raw files first."""
    for inner, raw in ((RAW_FOLDER, True), (BLOB_FOLDER, False)):
        for file in sorted((folder / inner).glob("*")):
            if file.is_file() and _SHA256.fullmatch(file.name):
                yield KeptFile(file.name, raw, str(file), file.read_bytes)


def _starts_as_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE_START)) == _SQLITE_START


def _folder(path: Path) -> Package:
    file = ledger_file(path)

    def rows() -> Iterator[tuple[int, Row]]:
        with file.open("rb") as lines:
            yield from rows_of(lines, str(file))

    return Package(str(path), rows, lambda: kept_files(path))


def _zip(path: Path, archive: zipfile.ZipFile) -> Package:
    members = [member for member in archive.infolist() if _INSIDE_ZIP.fullmatch(member.filename)]
    found = [member for member in members if member.filename.endswith(LEDGER_FILE)]
    if len(found) != 1:
        raise InputRefused(f"this zip holds {len(found)} files {LEDGER_FILE}", where=str(path), expected="one, made by `review export`")
    top = found[0].filename.removesuffix(LEDGER_FILE)

    def rows() -> Iterator[tuple[int, Row]]:
        with archive.open(found[0]) as lines:
            yield from rows_of(lines, f"{path}, {found[0].filename}")

    def files() -> Iterator[KeptFile]:
        for member in sorted(members, key=lambda one: one.filename):
            folder, _, name = member.filename.removeprefix(top).rpartition("/")
            if folder not in (RAW_FOLDER, BLOB_FOLDER):
                continue
            if member.file_size > MAX_BLOB:
                raise InputRefused(f"{member.filename} is too large", where=str(path), expected=f"at most {MAX_BLOB:,} bytes")
            yield KeptFile(name, folder == RAW_FOLDER, f"{path}, {member.filename}", lambda member=member: archive.read(member))

    return Package(str(path), rows, files)


def _database(path: Path, store: Store) -> Package:
    def rows() -> Iterator[tuple[int, Row]]:
        query = select(*EVENT_COLUMNS).order_by(events.c.at, events.c.origin, events.c.seq)
        with store.reading() as connection:
            with connection.execute(query, execution_options={"yield_per": 5000}) as result:
                yield from rows_of(map(line_of, result), str(path))

    def files() -> Iterator[KeptFile]:
        with store.reading() as connection:
            for name, raw in connection.execute(select(blobs.c.sha256, blobs.c.raw).order_by(blobs.c.raw.desc(), blobs.c.sha256)).all():
                query = select(blobs.c.bytes).where(blobs.c.sha256 == name, blobs.c.raw == raw)
                yield KeptFile(name, bool(raw), f"{path}, blob {name}", lambda query=query: bytes(connection.scalar(query)))

    return Package(str(path), rows, files)
