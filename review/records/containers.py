"""Finds the files in what a person hands over: a file, a folder with its folders, a ``.gz``, a ``.zip``; nothing is unpacked to disk.

An archive is told by its first bytes. What would unpack to far more than it holds, what is locked, and what names a place outside of
the archive is refused by itself, and the other members are read.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import TracebackType
from typing import BinaryIO, Final, cast

from review.errors import InputRefused, NotFound, near
from review.model.record import Problem
from review.records import gzipped
from review.records.formats import Refusal
from review.records.source import Source

MEMBERS: Final = 2_000
UNPACKED: Final = 4 * 1024**3  # bytes that an archive may unpack to
_FREE: Final = 64 * 1024**2  # below this no ratio is asked: an export of many empty rows packs well
_RATIO: Final = 300  # text packs to a tenth; a hundredth is rare
_OFFICE: Final = ("[Content_Types].xml", "mimetype")


def sources(path: Path) -> Iterator[Source | Refusal]:
    """Every file in *path*, by name; a Refusal for a member that is not read. A link that leads out of a folder is passed over.

    Raises NotFound where nothing is there, InputRefused for what is no file, such as a pipe.
    """
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path)
            if file.is_file() and file.resolve().is_relative_to(path.resolve()) and not any(part.startswith(".") for part in inside.parts):
                yield from _members(file, str(inside))
        return
    if path.exists() and not path.is_file():
        raise InputRefused(f"{path} is no ordinary file", next_step="write it to a file first")
    if not path.is_file():
        named = (p.name for p in path.parent.glob("*")) if path.parent.is_dir() else ()
        raise NotFound(f"{path} is not there", next_step=near(path.name, named))
    yield from _members(path, path.name)


def _members(file: Path, name: str) -> Iterator[Source | Refusal]:
    try:
        with file.open("rb") as opened:
            first = opened.read(4)
    except OSError as error:
        yield Refusal(name, f"the file cannot be read: {error.strerror}")
        return
    if first.startswith(gzipped.BEGINNING):
        yield _Gzipped(file, name)
    elif first == b"PK\x05\x06":
        yield Refusal(name, "the archive holds no file")
    elif first == b"PK\x03\x04":
        yield from _zipped(file, name)
    else:
        source = Source.of_file(file)
        source.name = name
        yield source


def _zipped(file: Path, name: str) -> Iterator[Source | Refusal]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:  # the last: a way of packing that Python does not know
        yield Refusal(name, f"the archive cannot be read: {error}")
        return
    if any(m.filename in _OFFICE for m in members):
        yield Refusal(name, "this is a document or a workbook, not an export: save its table as CSV and import that")
        return
    if len(members) > MEMBERS or sum(m.file_size for m in members) > UNPACKED:
        size = sum(m.file_size for m in members)
        yield Refusal(name, f"the archive holds {len(members):,} files of {size:,} bytes together, more than an export is: unpack it first")
        return
    for member in members:
        inside = PurePosixPath(member.filename)
        if reason := _unfit(member):
            yield Refusal(f"{name}/{inside.name}", reason)
        elif not any(part.startswith((".", "__MACOSX")) for part in inside.parts):  # an operating system puts such beside a person's files
            yield Source(name=f"{name}/{inside}", opener=_opener(file, member, f"{name}/{inside}"))


def _unfit(member: zipfile.ZipInfo) -> str:
    """Why a member of an archive is not read, or nothing."""
    posix, windows = PurePosixPath(member.filename), PureWindowsPath(member.filename)
    if posix.is_absolute() or windows.drive or windows.root or ".." in (*posix.parts, *windows.parts):
        return "its name leads to a place outside of the archive"
    if member.flag_bits & 0x1:
        return "it is locked with a password: unpack it first"
    if member.file_size > _FREE and member.file_size > _RATIO * max(member.compress_size, 1):
        return f"it would unpack to {member.file_size:,} bytes from {member.compress_size:,}: no export packs so well"
    return ""


def _opener(file: Path, member: zipfile.ZipInfo, name: str) -> Callable[[], BinaryIO]:
    def parts() -> list[BinaryIO | zipfile.ZipFile]:
        archive = zipfile.ZipFile(file)
        try:
            return [archive, cast(BinaryIO, archive.open(member))]
        except (zipfile.BadZipFile, RuntimeError) as error:
            archive.close()
            raise InputRefused(f"this member of the archive cannot be read: {error}", where=name, next_step="unpack it first") from error

    return lambda: cast(BinaryIO, _Bounded(parts, name, member.compress_size))


class _Gzipped(Source):
    """What the ``.gz`` *file* unpacks to, as far as it is sound; ``problems`` say what was left."""

    def __init__(self, file: Path, name: str) -> None:
        super().__init__(name=name.removesuffix(".gz"), opener=lambda: cast(BinaryIO, _Bounded(self._parts, name, self._packed)))
        self._file, self._at, self._packed = file, name, file.stat().st_size

    @cached_property
    def _sound(self) -> gzipped.Sound:
        with self._file.open("rb") as packed:
            return gzipped.sound(packed, self._at, _room(self._packed))

    def _parts(self) -> list[object]:
        size = self._sound.size
        return [gzipped.Unpacked(self._file.open("rb"), size)]

    @property
    def problems(self) -> Sequence[Problem]:
        """What of the archive was not read."""
        return self._sound.problems


def _room(packed: int) -> int:
    """How many bytes this many packed ones may unpack to."""
    return max(_FREE, min(UNPACKED, _RATIO * max(packed, 1)))


class _Bounded:
    """A stream that unpacks, up to a bound; the last of *parts* is read, all of them are closed."""

    def __init__(self, parts: Callable[[], list[object]], name: str, packed: int) -> None:
        self._stack, self._name, self._packed, self._given = ExitStack(), name, packed, 0
        opened = parts()
        for part in opened:
            self._stack.enter_context(part)  # type: ignore[arg-type]
        self._inner = cast(BinaryIO, opened[-1])

    def read(self, size: int = -1) -> bytes:
        """Up to *size* bytes. Raises InputRefused for a broken archive and for one that unpacks beyond the bound."""
        room = _room(self._packed)
        try:
            data = self._inner.read(min(size, room - self._given + 1) if size >= 0 else room - self._given + 1)
        except (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
            next_step = "export it again, or unpack it and import what is whole"
            raise InputRefused(f"the archive is broken: {error}", where=self._name, next_step=next_step) from error
        self._given += len(data)
        if self._given > room:
            raise InputRefused(
                f"it unpacks to more than {room:,} bytes from {self._packed:,}: no export packs so well",
                where=self._name,
                next_step="if it is an export all the same, unpack it and import the file",
            )
        return data

    def close(self) -> None:
        """Closes the stream and its archive."""
        self._stack.close()

    def __enter__(self) -> _Bounded:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
