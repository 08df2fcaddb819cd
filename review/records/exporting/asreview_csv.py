"""Writes the CSV that ASReview takes for a data set: its own heads, lists parted by a bare semicolon, and no cell that it could not read.

It holds no labels: decisions stay in the review until they come back from the project that screened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from review.records.exporting.entry import Entry
from review.records.exporting.format import ExportFormat
from review.records.exporting.plain import Remarks
from review.records.exporting.table_csv import COLUMNS, Columns, rows, table

CUT: Final = "cells of more than 131,072 letters, which were cut, because ASReview refuses the whole file with one"
MISSING: Final = "cells whose one word pandas takes for a missing value"
LONGEST: Final = 131_072
# pandas reads these as nothing when they are all that a cell holds
_NOTHING: Final = frozenset(
    {
        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None",
        "n/a", "nan", "null",
    }
)  # fmt: skip
# Heads that ASReview does not know stay in what it exports: by record, registry_number and pubmed_id decisions find their way back.
_COLUMNS: Final[Columns] = {
    "record": COLUMNS["key"],
    **{name: COLUMNS[name] for name in ("title", "abstract", "authors", "keywords", "year", "doi", "url")},
    **{name: COLUMNS[name] for name in ("journal", "pubmed_id", "registry_number", "record_type", "notes")},
}


def write(entries: Sequence[Entry], remarks: Remarks) -> str:
    """The file: one row an entry."""
    cells = rows(entries, _COLUMNS, remarks, part=";")
    remarks[MISSING] += sum(cell in _NOTHING for row in cells for cell in row)
    remarks[CUT] += sum(len(cell) > LONGEST for row in cells for cell in row)
    return table(list(_COLUMNS), [[cell[:LONGEST] for cell in row] for row in cells])


_HOLDS: Final = frozenset({"title", "abstract", "authors", "keywords", "year", "doi", "url", "journal", "pmid", "pmcid"})
ASREVIEW = ExportFormat("asreview", "CSV for ASReview", _HOLDS, write)
