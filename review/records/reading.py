"""Reads one file into records. Writes nothing; any content gives records, refusals or one clear error, never a traceback."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from review.errors import NotFound
from review.model.record import Kind, Problem, ProblemCode, Record
from review.records.build import Context
from review.records.detect import detect, format_named
from review.records.formats import Parsed, Refusal, Source
from review.records.lines import split_lines


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


def read(
    path: Path | str,
    format: str | None = None,
    address: str | None = None,
    *,
    source: str | None = None,
    kind: Kind | None = None,
    retrieved_date: str | None = None,
) -> Reading:
    """The records of the file at *path*.

    *format* overrules detection. *address* is the page's address as the person knows it: it fills ``source_url`` and, where the
    site has its number there, the identifier. *source* is the searched source that record ids are made for (default: the format).
    Raises NotFound for a missing file and FormatUnknown for content that no reader recognises.
    """
    file = Path(path)
    try:
        data = file.read_bytes()
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}", next_step="check the name; a folder is imported file by file") from error
    return read_bytes(data, file.name, format, address, source=source, kind=kind, retrieved_date=retrieved_date)


def read_bytes(
    data: bytes,
    name: str = "",
    format: str | None = None,
    address: str | None = None,
    *,
    source: str | None = None,
    kind: Kind | None = None,
    retrieved_date: str | None = None,
) -> Reading:
    """As ``read``, for bytes in hand; *name* is shown in messages and kept as the file's name."""
    given = Source(data, name)
    chosen, confidence = (format_named(format), 1.0) if format else detect(given)
    context = Context(name or None, address, source, kind, retrieved_date)
    parsed = chosen.read(given, context)
    problems = (*parsed.problems, *_count_problem(parsed), *(p for record in parsed.records for p in record.problems))
    digest = hashlib.sha256(data).hexdigest()
    text = "\n".join(split_lines(chosen.text(given)))
    return Reading(parsed.records, parsed.refused, problems, chosen.name, confidence, digest, name, len(data), text)


def _count_problem(parsed: Parsed) -> tuple[Problem, ...]:
    found = len(parsed.records) + len(parsed.refused)
    if parsed.marks is None or parsed.marks == found:
        return ()
    note = f"the file holds {parsed.marks} beginnings of entries, but {found} were read"
    return (Problem(code=ProblemCode.RECEIPT_MISMATCH, message=note),)
