"""The records that are compared: one for each different content, in the order of contents, so that the order of rows is of no account.

Two records that state the same are one only where they state enough to say which document it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused
from review.studies.duplicates.normalise import folded, returns

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "title", "authors", "year", "journal", "volume", "number", "pages", "doi", "pmid", "abstract", "registry_ids", "record_type",
    "notice",
)  # fmt: skip
_NUMBERS = tuple(map(COLUMNS.index, ("doi", "pmid", "registry_ids")))
_SAID = tuple(map(COLUMNS.index, ("authors", "year", "journal", "volume", "pages")))
LONG_TITLE, LONG_ABSTRACT = 40, 100  # letters of a title, or of an abstract, that name a document by themselves
_ENOUGH = 3  # of what else is said, for a short title
Row = tuple[str, ...]  # what one record states, in the order of COLUMNS


@dataclass(frozen=True, slots=True)
class Entries:
    """``ids`` and ``position`` of each record: its place among the different ``contents``, which are sorted.

    ``bare``: groups of records that state the same, but too little to say which document it is; each has a place of its own.
    """

    ids: list[Hashable]
    position: list[int]
    contents: list[Row]
    bare: list[list[Hashable]]


def entries(ids: Sequence[Hashable], rows: Sequence[Row], standing: tuple[str, ...]) -> Entries:
    """The different contents of *rows*. *standing*: how titles begin that come back (``RuleBook.standing``).

    Raises InputRefused where one id stands for two different records.
    """
    known: dict[Hashable, Row] = {}
    for record, row in zip(ids, rows, strict=True):
        if known.setdefault(record, row) != row:
            raise InputRefused(f"the record {record!r} stands for two different entries", next_step="give each entry an id of its own")
    twice = {row for row, n in Counter(known.values()).items() if n > 1}
    doubtful = {row for row in twice if not names_one(row, standing)}
    alone = [str(record) if row in doubtful else "" for record, row in zip(ids, rows, strict=True)]
    positions: dict[tuple[Row, str], int] = {}
    position, contents = [0] * len(ids), []
    for at in sorted(range(len(ids)), key=lambda k: (rows[k], str(ids[k]))):
        place = positions.setdefault((rows[at], alone[at]), len(contents))
        if place == len(contents):
            contents.append(rows[at])
        position[at] = place
    bare: defaultdict[Row, list[Hashable]] = defaultdict(list)
    for record in sorted(known, key=str):
        if (row := known[record]) in doubtful and folded([row[0]]) != [""]:
            bare[row].append(record)
    return Entries(list(ids), position, contents, [bare[row] for row in sorted(bare)])


def names_one(row: Row, standing: tuple[str, ...]) -> bool:
    """Whether what *row* states can be said of one document alone, so that another record that states the same is a copy.

    A number, an abstract or a long title names it. A title that comes back needs the pages of a volume; a short one people or pages, and
    three of authors, year, journal, volume, pages; without a title, journal and pages.
    """
    if any(row[at].strip() for at in _NUMBERS) or len(row[COLUMNS.index("abstract")]) >= LONG_ABSTRACT:
        return True
    authors, year, journal, volume, pages = (row[at].strip() for at in _SAID)
    [title] = folded([row[0]])
    if not title:
        return bool(journal and pages)
    if returns(title, standing):
        return bool(journal and pages and (volume or (year and authors)))
    return len(title) >= LONG_TITLE or (bool(authors or pages) and sum(map(bool, (authors, year, journal, volume, pages))) >= _ENOUGH)


def rows_of(frame: pd.DataFrame) -> tuple[list[Hashable], list[Row]]:
    """(ids, rows) of *frame*; records without the column ``record`` are named by the frame's index."""
    ids = frame["record"].tolist() if "record" in frame.columns else frame.index.tolist()
    return ids, list(zip(*(stated(frame, column) for column in COLUMNS), strict=True))


def columns_of(rows: Sequence[Row]) -> Mapping[str, Sequence[str]]:
    """Column -> what each of *rows* states in it."""
    return dict(zip(COLUMNS, zip(*rows, strict=True) if rows else [()] * len(COLUMNS), strict=True))


def stated(frame: pd.DataFrame, column: str) -> list[str]:
    """The column as texts, '' where it is absent or empty; lists are joined by semicolons, 108.0 reads 108."""
    if column not in frame.columns:
        return [""] * len(frame)
    return [value if type(value) is str else _text(value) for value in frame[column].tolist()]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Iterable):
        return "; ".join(_text(one) for one in value)
    return "" if str(value) in ("<NA>", "NaT") else str(value)
