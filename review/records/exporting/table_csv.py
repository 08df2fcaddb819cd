"""Writes a CSV table: raw, with the heads that Rayyan reads; or guarded, so that a spreadsheet takes no text for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from review.records.exporting.entry import Entry
from review.records.exporting.format import CITATION, ExportFormat
from review.records.exporting.plain import Remarks, clean, parted
from review.text import no_formula

GUARDED: Final = "cells that a spreadsheet would take for a formula, with an apostrophe before it"
LONG: Final = "cells of more than 32,767 letters, which Excel cuts when it saves"
EXCEL_CELL: Final = 32_767
Columns = Mapping[str, Callable[[Entry], str | Sequence[str]]]
# Rayyan's heads first; a program that does not know the others leaves them
COLUMNS: Final[Columns] = {
    "key": lambda e: e.record, "title": lambda e: e.title, "authors": lambda e: e.authors, "journal": lambda e: e.journal,
    "issn": lambda e: e.issn, "volume": lambda e: e.volume, "issue": lambda e: e.issue, "pages": lambda e: e.pages,
    "year": lambda e: str(e.year or ""), "publisher": lambda e: e.publisher, "url": lambda e: e.url, "abstract": lambda e: e.abstract,
    "notes": lambda e: e.note, "doi": lambda e: e.doi, "keywords": lambda e: e.keywords, "language": lambda e: e.language,
    "pubmed_id": lambda e: e.pmid, "pmc_id": lambda e: e.pmcid, "record_type": lambda e: e.record_type,
    "registry_number": lambda e: e.number.value if e.number else "", "official_title": lambda e: e.official_title,
    "acronym": lambda e: e.acronym, "publication_types": lambda e: e.publication_types,
}  # fmt: skip


def rows(entries: Sequence[Entry], columns: Columns, remarks: Remarks, part: str = "; ") -> list[list[str]]:
    """One row an entry, its cells in the order of *columns*; *part* stands between the values of a list."""
    return [[_cell(value(entry), remarks, part) for value in columns.values()] for entry in entries]


def table(head: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """The text of a table, its lines ended by LF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(cells)
    return out.getvalue()


def _cell(value: str | Sequence[str], remarks: Remarks, part: str) -> str:
    if isinstance(value, str):
        return clean(value, remarks)
    return part.join(made for one in parted(value, remarks) if (made := clean(one, remarks)))


def _write(entries: Sequence[Entry], remarks: Remarks, *, guarded: bool) -> str:
    cells = rows(entries, COLUMNS, remarks)
    if guarded:
        made = [[no_formula(cell) for cell in row] for row in cells]
        remarks[GUARDED] += sum(
            new != old for after, before in zip(made, cells, strict=True) for new, old in zip(after, before, strict=True)
        )
        remarks[LONG] += sum(len(cell) > EXCEL_CELL for row in made for cell in row)
        cells = made
    return table(list(COLUMNS), cells)


_HOLDS: Final = CITATION | {"official_title", "acronym"}
CSV = ExportFormat("csv", "CSV for spreadsheets", _HOLDS, partial(_write, guarded=True), bom=True)
CSV_RAW = ExportFormat("csv-raw", "CSV for programs", _HOLDS, partial(_write, guarded=False))
