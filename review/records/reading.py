"""Reads one file into records. Writes nothing; any content gives records, refusals or one clear error, never a traceback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from review.errors import NotFound
from review.model.record import Kind, Problem, ProblemCode, Record
from review.records.build import Context
from review.records.detect import detect, format_named
from review.records.formats import Format, Refusal
from review.records.lines import split_lines
from review.records.source import Source


@dataclass(frozen=True)
class Reading:
    """What one file gave: read = kept + refused. ``problems`` holds those of the file and of its records."""

    records: tuple[Record, ...]
    refused: tuple[Refusal, ...]
    problems: tuple[Problem, ...]
    format: str
    confidence: float
    sha256: str
    file_name: str
    bytes: int
    text: str = field(default="", repr=False)  # its lines, ended by LF, are those that the records' spans count

    @property
    def read(self) -> int:
        """Number of entries that the file holds."""
        return len(self.records) + len(self.refused)


class Entries:
    """The entries of one file, one after the other, so that a file of any size can be read; iterate once.

    ``problems`` holds those of the file itself; at the end it says so where an independent count of the entries differs from
    ``kept`` + ``refused``.
    """

    def __init__(self, source: Source, format: Format, confidence: float, context: Context) -> None:
        self.source, self.format, self.confidence, self._context = source, format, confidence, context
        self.kept = self.refused = 0
        self.problems: list[Problem] = []

    def __iter__(self) -> Iterator[Record | Refusal]:
        self.problems += self.source.problems
        for item in self.format.read(self.source, self._context):
            if isinstance(item, Problem):
                self.problems.append(item)
                continue
            self.kept += isinstance(item, Record)
            self.refused += isinstance(item, Refusal)
            yield item
        marks, found = self.format.marks(self.source), self.kept + self.refused
        if marks is not None and marks != found:
            note = f"the file holds {marks:,} beginnings of entries, but {found:,} were read"
            self.problems.append(Problem(code=ProblemCode.RECEIPT_MISMATCH, message=note))
        if not self.format.tried:
            note = f"the reader of '{self.format.label}' was written from the published layout and was not yet tried on a real file"
            self.problems.append(Problem(code=ProblemCode.UNTRIED_FORMAT, message=note))


def entries(
    source: Source,
    format: str | None = None,
    address: str | None = None,
    *,
    searched: str | None = None,
    kind: Kind | None = None,
    retrieved_date: str | None = None,
    also: Iterable[Format] = (),
) -> Entries:
    """The entries of *source*, in the format that its content tells or *format* names.

    *address* is the page's address as the person knows it: it fills ``source_url`` and, where the site has its number there, the
    identifier. *searched* is the source that record ids are made for (default: the format). *also* are formats beside the installed ones,
    such as a review's own mappings of tables. Raises FormatUnknown for content that no reader recognises.
    """
    chosen, confidence = (format_named(format, also), 1.0) if format else detect(source, also)
    digest, size = source.digest
    context = Context(source.name or None, address, searched, kind or chosen.kind, retrieved_date, digest, size)
    return Entries(source, chosen, confidence, context)


def source_at(path: Path | str) -> Source:
    """The file at *path*, to be read. Raises NotFound where it is missing or a folder."""
    file = Path(path)
    try:
        with file.open("rb"):
            return Source.of_file(file)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}", next_step="check the name; a folder is imported file by file") from error


def read(
    path: Path | str,
    format: str | None = None,
    address: str | None = None,
    *,
    source: str | None = None,
    kind: Kind | None = None,
    retrieved_date: str | None = None,
    also: Iterable[Format] = (),
) -> Reading:
    """The records of the file at *path*; see ``entries``. Raises NotFound for a missing file, FormatUnknown for content that no reader
    recognises."""
    return whole(entries(source_at(path), format, address, searched=source, kind=kind, retrieved_date=retrieved_date, also=also))


def read_bytes(
    data: bytes,
    name: str = "",
    format: str | None = None,
    address: str | None = None,
    *,
    source: str | None = None,
    kind: Kind | None = None,
    retrieved_date: str | None = None,
    also: Iterable[Format] = (),
) -> Reading:
    """As ``read``, for bytes in hand; *name* is shown in messages and kept as the file's name."""
    return whole(entries(Source(data, name), format, address, searched=source, kind=kind, retrieved_date=retrieved_date, also=also))


def whole(found: Entries) -> Reading:
    """All entries of a file at once."""
    items = list(found)
    records = tuple(item for item in items if isinstance(item, Record))
    refused = tuple(item for item in items if isinstance(item, Refusal))
    problems = (*found.problems, *(p for record in records for p in record.problems))
    digest, size = found.source.digest
    text = "\n".join(split_lines(found.format.text(found.source)))
    return Reading(records, refused, problems, found.format.name, found.confidence, digest, found.source.name, size, text)
