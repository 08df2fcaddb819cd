"""A returned sheet as values: its cells as texts, what is told of them, and by what people find a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_CELL: Final = re.compile(r"!([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that is told of a sheet: where, what stands there, what was expected, and what to do."""

    sheet: str
    cell: str
    found: str
    expected: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a sheet of results as texts, by row and column from 1, and what is told of them.

    faults: cells that hold what no text is. hidden: rows that are not shown. sha256: of the file. guarded: whether texts may have an
    apostrophe that guards them, as in CSV. beside: what stands in the file and is not read; copies: other sheets with the same columns.
    """

    sheet: str
    cells: Mapping[tuple[int, int], str]
    faults: Mapping[tuple[int, int], Told] = field(default_factory=dict)
    merged: Sequence[Told] = ()
    hidden: frozenset[int] = frozenset()
    sha256: str = ""
    guarded: bool = False
    beside: Sequence[Told] = ()
    copies: Sequence[Told] = ()

    def at(self, row: int, column: int) -> str:
        """How a person finds this cell: 'Results!F12'."""
        return f"{self.sheet}!{letters(column)}{row}"

    def lines(self) -> list[tuple[int, dict[int, str]]]:
        """(row, column -> text) of every row with a filled or faulty cell, in order."""
        lines: dict[int, dict[int, str]] = {}
        for (row, column), text in self.cells.items():
            lines.setdefault(row, {})[column] = text
        for row, _ in self.faults:
            lines.setdefault(row, {})
        return sorted(lines.items())


def letters(column: int) -> str:
    """The name of a column: 1 is A, 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def place_of(cell: str) -> tuple[int, int]:
    """(row, column) of 'Results!F12', or of the beginning of an area; (0, 0) for what is of no cell."""
    found = _CELL.search(cell)
    return (int(found[2]), column_of(found[0][1:])) if found else (0, 0)


def column_of(place: str | None) -> int:
    """The number of the column in 'AB12'; 0 where no place is told."""
    number = 0
    for letter in (place or "").rstrip("0123456789"):
        number = 26 * number + ord(letter.upper()) - 64
    return number


def heads(grid: Grid) -> Iterator[tuple[int, dict[int, str]]]:
    """The rows that may be the head with the columns' names, among the first five."""
    for row, line in grid.lines():
        if row <= 5 and {"row", "study"} <= {text.strip() for text in line.values()}:
            yield row, {column: text.strip() for column, text in line.items()}
