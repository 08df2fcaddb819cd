"""The records that are compared: one for each different content, in the order of contents, so that the order of rows is of no account."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "title", "authors", "year", "journal", "volume", "number", "pages", "doi", "pmid", "abstract", "registry_ids", "record_type",
    "notice",
)  # fmt: skip
_NAMING = tuple(map(COLUMNS.index, ("title", "doi", "pmid", "abstract", "registry_ids")))  # any of them can say which document it is
_PLACING = tuple(map(COLUMNS.index, ("journal", "pages")))
Row = tuple[str, ...]  # what one record states, in the order of COLUMNS


@dataclass(frozen=True, slots=True)
class Entries:
    """``ids`` and ``position`` of each record: its place among the different ``contents``, which are sorted."""

    ids: list[Hashable]
    position: list[int]
    contents: list[Row]


def entries(ids: Sequence[Hashable], rows: Sequence[Row]) -> Entries:
    """The different contents of *rows*; a row that neither a title, a number, an abstract nor a place names is a copy of nothing.

    Raises InputRefused where one id stands for two different records.
    """
    known: dict[Hashable, Row] = {}
    for record, row in zip(ids, rows, strict=True):
        if known.setdefault(record, row) != row:
            raise InputRefused(f"the record {record!r} stands for two different entries", next_step="give each entry an id of its own")
    alone = ["" if _is_named(row) else str(record) for record, row in zip(ids, rows, strict=True)]
    positions: dict[tuple[Row, str], int] = {}
    position, contents = [0] * len(ids), []
    for at in sorted(range(len(ids)), key=lambda k: (rows[k], str(ids[k]))):
        place = positions.setdefault((rows[at], alone[at]), len(contents))
        if place == len(contents):
            contents.append(rows[at])
        position[at] = place
    return Entries(list(ids), position, contents)


def _is_named(row: Row) -> bool:
    return any(row[at].strip() for at in _NAMING) or all(row[at] for at in _PLACING)


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
