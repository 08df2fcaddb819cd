"""The receipt of an import: what came in, where each entry went, and sums that are checked. How it looks: ``receipt_page.py``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from review.text import on_one_line

if TYPE_CHECKING:
    import pandas as pd

CHANGES_SHOWN = 20  # in words, for one file; the rest stand in rv.records.changes


class Remark(NamedTuple):
    """One refusal, warning or remark: its line (from 1), what stands there, the title of the entry, the field, the code, the words."""

    line: int | None
    quoted: str
    record: str
    field: str
    code: str
    message: str


@dataclass(frozen=True)
class FileReceipt:
    """One file: entries read = kept + refused; kept = new + versions + sightings. ``refusal`` says why a whole file was refused.

    remarks holds the refusals and warnings as well. changes: (title of a known record, what its new version says otherwise).
    """

    file: str
    format: str
    read: int
    new: int
    versions: int
    sightings: int
    refused: tuple[tuple[int, str], ...]
    remarks: tuple[Remark, ...]
    warnings: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]
    refusal: str = ""

    @property
    def kept(self) -> int:
        """Entries that are in the review now."""
        return self.new + self.versions + self.sightings

    @property
    def holds(self) -> bool:
        """Whether read = kept + refused, and the reader found as many entries as the file has beginnings of entries."""
        return self.read == self.kept + len(self.refused) and not any(r.code == "receipt_mismatch" for r in self.remarks)

    @property
    def parts(self) -> list[str]:
        """Where the entries went, in words: '12 new', '1 seen before' …"""
        versions = "version of a known record" if self.versions == 1 else "versions of known records"
        counts = ((self.versions, versions), (self.sightings, "seen before"), (len(self.refused), "refused"))
        return [f"{self.new:,} new", *(f"{n:,} {word}" for n, word in counts if n)]


@dataclass(frozen=True)
class Receipt:
    """All files of one import. ``ok`` is True when nothing was refused and every sum holds; it shows itself, as text or as a page.

    compared: what the rules for duplicates and links made of it, in a sentence; '' where they were not asked.
    """

    search: str
    files: tuple[FileReceipt, ...]
    compared: str = ""

    @property
    def read(self) -> int:
        """Entries found in the files."""
        return sum(f.read for f in self.files)

    @property
    def kept(self) -> int:
        """Entries that are in the review now: new ones, versions and sightings of known ones."""
        return sum(f.kept for f in self.files)

    @property
    def refused(self) -> int:
        """Entries that could not be taken; a file that no reader knows counts as one."""
        return sum(len(f.refused) for f in self.files)

    @property
    def ok(self) -> bool:
        """Nothing refused, and every sum holds: read = kept + refused, as many as the file has beginnings of entries."""
        return self.refused == 0 and all(f.holds for f in self.files)

    @property
    def problems(self) -> pd.DataFrame:
        """One row per refusal, warning and remark: file, line, quoted, record, field, code, message.

        quoted: what stands on that line of the file, shortened; line is missing where a remark is about the whole entry or file.
        """
        import pandas as pd

        rows = [(f.file, *remark) for f in self.files for remark in f.remarks]
        columns = ["file", "line", "quoted", "record", "field", "code", "message"]
        return pd.DataFrame(rows, columns=columns).astype({"line": "Int64"})

    def lines(self) -> Sequence[str]:
        """The receipt in words: one line a file, and under it what was refused, warned of, and changed in a new version."""
        return [on_one_line(line) for line in (*(line for f in self.files for line in _told(f)), self.compared) if line]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from review.records.receipt_page import page

        return page(self)


def _told(f: FileReceipt) -> Iterator[str]:
    if f.refusal:
        first, *more = f.refusal.split("\n")
        yield f"{f.file}: refused. {first}"
        yield from more
        yield from (f"  warning: {words}" for words in f.warnings)
        return
    yield f"{f.file} ({f.format}): {f.read:,} read = " + " + ".join(f.parts)
    for line, reason in f.refused:
        yield f"  {f.file}:{line}: refused: {reason}" if line else f"  {f.file}: refused: {reason}"
    for words in f.warnings:
        yield f"  warning: {words}"
    for title, changed in f.changes[:CHANGES_SHOWN]:
        yield f"  version of a known record: {title}: {changed}"
    if len(f.changes) > CHANGES_SHOWN:
        yield f"  and {len(f.changes) - CHANGES_SHOWN:,} more versions of known records"
