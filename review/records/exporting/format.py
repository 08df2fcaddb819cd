"""What a format to export to is: a value with its name, what it can hold, and the function that writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from review.records.exporting.entry import Entry
from review.records.exporting.plain import Remarks

# the values of an entry that every program for references has a place for
CITATION: Final = frozenset(
    {
        "title", "authors", "year", "journal", "volume", "issue", "pages", "abstract", "keywords", "language", "publication_types",
        "doi", "pmid", "pmcid", "url", "issn", "publisher",
    }
)  # fmt: skip


@dataclass(frozen=True)
class ExportFormat:
    """A format to export to.

    holds  the values of an ``Entry`` that it writes; the note with record id, kind and identifiers is in each
    write  the whole text of the file, with the line ends of the format; what had to be written otherwise is counted in the remarks
    bom    whether a byte order mark begins the file, by which a spreadsheet knows UTF-8
    """

    name: str
    label: str
    holds: frozenset[str]
    write: Callable[[Sequence[Entry], Remarks], str] = field(compare=False)
    bom: bool = False
