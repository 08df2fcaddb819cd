"""The bytes of a file as formats see them: its beginning, its lines one after the other, or the whole; a format is never told by a name.

A file of any size can be read line by line; what must be held whole (a page, one JSON text) is refused above ``WHOLE_LIMIT`` bytes.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final

from review.errors import InputRefused
from review.model.record import Lines, Problem, ProblemCode
from review.records.lines import Page, decode, page_from_bytes
from review.text import decoded_line

HEAD_BYTES: Final = 65_536
WHOLE_LIMIT: Final = 900_000_000
HELD: Final = 64 * 1024 * 1024  # bytes that are kept in memory between two readings
LINE_LIMIT: Final = 4 * 1024 * 1024  # no abstract comes near; a longer line is no text that a person wrote
_CHUNK: Final = 1024 * 1024
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PAGE: Final = re.compile(r"\ufeff?\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?s:.*?)-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b", re.I)
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


class Source:
    """A file, or bytes in hand; *name* is for messages only. ``opener`` gives its bytes anew from their beginning."""

    def __init__(
        self,
        data: bytes | None = None,
        name: str = "",
        *,
        opener: Callable[[], BinaryIO] | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        self.name, self._problems = name, problems
        self._opener: Callable[[], BinaryIO] = opener or io.BytesIO
        self._held: bytes | None = (data or b"") if opener is None else None  # the whole of it, once it is kept in memory
        self._digest: tuple[str, int] | None = None

    @classmethod
    def of_file(cls, path: Path) -> Source:
        """The file at *path*, which is opened when it is read."""
        return cls(name=path.name, opener=lambda: path.open("rb"))

    def open(self) -> BinaryIO:
        """The bytes from their beginning; the caller closes it."""
        return self._opener() if self._held is None else io.BytesIO(self._held)

    @property
    def was_read(self) -> bool:
        """Whether all of its bytes could be read, so that its digest is known."""
        return self._digest is not None

    @property
    def problems(self) -> Sequence[Problem]:
        """What is to be said of how its bytes were come by, such as an archive that was cut."""
        return self._problems

    @property
    def data(self) -> bytes:
        """The whole file. Raises InputRefused above ``WHOLE_LIMIT`` bytes."""
        if self._held is not None:
            return self._held
        with self.open() as file:
            data = file.read(WHOLE_LIMIT + 1)
        if len(data) > WHOLE_LIMIT:
            raise InputRefused(
                f"this kind of file is read whole, and it holds more than {WHOLE_LIMIT:,} bytes",
                where=self.name,
                next_step="export it in parts, or in a kind that is read entry by entry (RIS, PubMed XML, CSV)",
            )
        self._held = data
        return data

    @cached_property
    def beginning(self) -> bytes:
        """The first 64 KiB, without a line that was cut at their end."""
        with self.open() as file:
            first = file.read(HEAD_BYTES + 1)
        if len(first) <= HEAD_BYTES:
            return first
        ends = max(first.rfind(b"\n", 0, HEAD_BYTES), first.rfind(b"\r", 0, HEAD_BYTES))
        return first[: ends + 1 or HEAD_BYTES]

    @cached_property
    def head_text(self) -> str:
        """The beginning decoded, without a byte order mark."""
        return decode(self.beginning)[0]

    @cached_property
    def page(self) -> Page:
        """The whole file in the line model."""
        return page_from_bytes(self.data)

    @cached_property
    def head(self) -> Page:
        """The beginning in the line model; HTML is read whole, for its head may be all scripts."""
        if len(self.beginning) < HEAD_BYTES // 2 or _PAGE.match(self.head_text):
            return self.page
        return page_from_bytes(self.beginning)

    @cached_property
    def text(self) -> str:
        """The whole file decoded as in ``review.records.lines.decode``."""
        return decode(self.data)[0]

    @property
    def digest(self) -> tuple[str, int]:
        """The SHA-256 of the file, and its size in bytes. A file of up to ``HELD`` bytes is held from here on, and not read again."""
        if self._digest is not None:
            return self._digest
        found, size, held = hashlib.sha256(), 0, io.BytesIO()
        with self.open() as file:
            while chunk := file.read(_CHUNK):
                found.update(chunk)
                size += len(chunk)
                if size <= HELD:
                    held.write(chunk)
        if size <= HELD and self._held is None:
            self._held = held.getvalue()
        self._digest = found.hexdigest(), size
        return self._digest

    @cached_property
    def encoding(self) -> str:
        """What the byte order mark says, else UTF-8."""
        return next((name for mark, name in _MARKS if self.beginning.startswith(mark)), "utf-8")

    def count(self, pattern: re.Pattern[bytes]) -> int:
        """How many lines begin with *pattern*: for counts of entries that rest on nothing which a reader does."""
        at_line_begin = re.compile(rb"\n(?:" + pattern.pattern + rb")", pattern.flags)
        return sum(len(at_line_begin.findall(b"\n" + block)) for block in _blocks(self._chunks()))

    def lines(self) -> LineStream:
        """The lines of the file, one after the other."""
        return LineStream(_blocks(self._chunks()))

    def utf8(self, declared: str | None = None) -> Iterator[bytes]:
        """The file in UTF-8 with LF at every line end, piece by piece, from behind the byte order mark.

        *declared* is the encoding that the file says of itself, which counts where no mark stands; bytes that are wrong in it become
        the replacement character, wrong UTF-8 stays as it is.
        """
        held = b""
        for chunk in self._chunks(declared):
            chunk = held + chunk
            held = b"\r" if chunk.endswith(b"\r") else b""  # its LF may begin the next chunk
            yield chunk[: len(chunk) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if held:
            yield b"\n"

    def _chunks(self, declared: str | None = None) -> Iterator[bytes]:
        """The bytes from behind the byte order mark in UTF-8; those of another encoding are written over."""
        mark = next((m for m, name in _MARKS if self.beginning.startswith(m)), b"")
        encoding = self.encoding if mark else _known(declared)
        turn = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("replace")
        with self.open() as file:
            file.read(len(mark))
            while chunk := file.read(_CHUNK):
                yield turn.decode(chunk).encode("utf-8", "replace") if turn else chunk


def _known(declared: str | None) -> str:
    """The encoding *declared* as Python calls it; UTF-8 where it is none that is known, or one of more than a byte a letter."""
    try:
        name = codecs.lookup(declared or "utf-8").name
    except LookupError:
        return "utf-8"
    return name if name.startswith(("iso8859", "cp125", "windows")) else "utf-8"


class LineStream:
    """Numbered lines of a file, decoded: UTF-8, and a line that is not UTF-8 as Windows-1252.

    ``as_cp1252`` holds the number of the first such line and their count; ``too_long`` the lines that were cut at ``LINE_LIMIT`` bytes:
    who reads an entry with such a line must refuse it.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self.number = 0
        self.as_cp1252: tuple[int, int] | None = None
        self.lost = 0  # characters that neither reading could tell
        self.too_long: set[int] = set()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        for block in self._blocks:
            lines, first = self._decoded(block), self.number + 1
            self.number += len(lines)
            yield from enumerate(lines, start=first)

    def _decoded(self, block: bytes) -> list[str]:
        """The lines of *block*; what is remarked on them is remarked before the first of them is given."""
        if len(block) > LINE_LIMIT:
            lengths = enumerate(map(len, block.split(b"\n")), start=self.number + 1)
            self.too_long.update(n for n, length in lengths if length > LINE_LIMIT)
        try:
            return block.decode("utf-8").split("\n")
        except UnicodeDecodeError:
            return [self._line(n, line) for n, line in enumerate(block.split(b"\n"), start=self.number + 1)]

    def _line(self, number: int, line: bytes) -> str:
        text, other = decoded_line(line)
        if other:
            first, count = self.as_cp1252 or (number, 0)
            self.as_cp1252 = (first, count + 1)
            self.lost += text.count("\ufffd")
        return text

    def has_long(self, lines: Lines) -> bool:
        """Whether one of these lines was cut."""
        return bool(self.too_long) and any(lines[0] <= number <= lines[1] for number in self.too_long)

    def problems(self) -> Iterator[Problem]:
        """What was remarked on the lines so far: ask when all of them were read."""
        if self.as_cp1252:
            first, count = self.as_cp1252
            said = f"{count:,} lines are not UTF-8, the first of them this one; they were read as Windows-1252"
            yield Problem(code=ProblemCode.DECODED_CP1252, message=said, lines=(first, first))
        if self.lost:
            yield Problem(code=ProblemCode.DECODED_WITH_LOSS, message=f"{self.lost:,} characters could not be read in either encoding")


def _blocks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The whole lines of each chunk, with LF between them and none at the end; LF, CR and CRLF end a line."""
    rest, dropped = b"", False  # dropped: within a line that is too long, whose further bytes are passed over
    for chunk in chunks:
        chunk = rest + chunk
        if dropped:
            found = _LINE_END.search(chunk)
            if not found or found.end() == len(chunk):
                rest = chunk[found.start() :] if found else b""
                continue
            chunk, dropped = chunk[found.end() :], False
        held = b"\r" if chunk.endswith(b"\r") else b""  # its LF may begin the next chunk
        lines = (chunk[:-1] if held else chunk).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        end = lines.rfind(b"\n")
        rest = lines[end + 1 :] + held
        if len(rest) > LINE_LIMIT + 1:
            yield lines[: end + 1] + rest[: LINE_LIMIT + 1]
            rest, dropped = held, True
        elif end >= 0:
            yield lines[:end]
    if rest and not dropped:
        yield rest.removesuffix(b"\r")
