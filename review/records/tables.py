"""Reads delimited tables (CSV, TSV and their kin) row by row with the lines of each row; finds the delimiter and the header by content.

A quotation mark that never closes costs one row, not the rest of the file: from where it stands, the row is read as it is printed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from review.model.record import Lines
from review.records.lines import split_lines
from review.records.source import LINE_LIMIT, LineStream, Source
from review.text import fold_word

DELIMITERS: Final = (",", ";", "\t", "|")
_PREAMBLE: Final = 10  # rows that may stand above the header
_ROW_LINES: Final = 2_000
_EXCEL_TEXT: Final = re.compile(r'^="(.*)"$', re.DOTALL)  # how a spreadsheet is told to leave a number alone


@dataclass(frozen=True)
class Layout:
    """How a table is written: its delimiter, its column names as printed, and how many rows stand above them."""

    delimiter: str
    columns: tuple[str, ...]
    preamble: int

    def has(self, names: Iterable[str]) -> bool:
        """Whether every one of *names* is a column, however it is spelt."""
        own = {fold_word(c) for c in self.columns}
        return all(fold_word(name) in own for name in names)


@dataclass(frozen=True)
class Row:
    """One row below the header: its cells, its lines, its own text; ``stray`` where a quotation mark had no end."""

    cells: tuple[str, ...]
    lines: Lines
    text: str
    stray: bool = False


def layout(head: str, known: frozenset[str]) -> Layout | None:
    """The layout of a table that begins with *head*, by the delimiter whose header has most of the *known* (folded) names; else None."""
    best: tuple[tuple[int, float, int], Layout] | None = None
    for delimiter in DELIMITERS:
        first = islice(_rows(enumerate(split_lines(head), start=1), delimiter), _PREAMBLE + 20)
        rows = [row.cells for row in first]
        if not rows:
            continue
        widths = [len(row) for row in rows]
        for at, row in enumerate(rows[:_PREAMBLE]):
            hits = len({fold_word(cell) for cell in row} & known)
            if len(row) < 2 or not hits:
                continue
            below = widths[at:]
            score = (hits, sum(width == len(row) for width in below) / len(below), len(row))
            if best is None or score > best[0]:
                best = score, Layout(delimiter, tuple(cell.strip().removeprefix("\ufeff") for cell in row), at)
    return best[1] if best else None


def rows(lines: LineStream, found: Layout) -> Iterator[Row]:
    """The rows below the header that hold anything."""
    above = found.preamble + 1
    for row in _rows(lines, found.delimiter, len(found.columns)):
        if above:
            above -= 1
        elif any(cell.strip() for cell in row.cells):
            yield row


def count(source: Source, found: Layout) -> int:
    """How many rows Python's own reader finds below the header: a count on which ``rows`` does not rest."""
    below = -found.preamble - 1
    lines = (line + "\n" for _, line in source.lines())
    try:
        for cells in _parsed(lines, found.delimiter):
            if cells:
                below += any(cell.strip() for cell in cells) or below < 0
    except csv.Error:  # a cell beyond the limit: what stands behind it cannot be counted
        return -1
    return max(below, 0)


def _rows(lines: Iterable[tuple[int, str]], delimiter: str, width: int = 0) -> Iterator[Row]:
    held: list[tuple[int, str]] = []
    waiting = iter(lines)
    again: list[tuple[int, str]] = []  # lines to be read once more, behind a row that a stray quotation mark had opened
    while True:
        line = again.pop(0) if again else next(waiting, None)
        if line is not None:
            if not held and not line[1]:
                continue
            held.append(line)
            if len(held) > 1 and '"' not in line[1] and len(held) < _ROW_LINES:
                continue  # within a quoted cell, and it does not end here
            cells = _cells([text for _, text in held], delimiter, width)
            if cells is not None:
                yield _row(cells, held)
                held = []
                continue
            if len(held) < _ROW_LINES and sum(len(text) for _, text in held) < LINE_LIMIT:
                continue
        elif not held:
            return
        first, *rest = held
        yield _row(tuple(first[1].split(delimiter)), [first], stray=True)
        held, again = [], [*rest, *again]


def _row(cells: Sequence[str], lines: list[tuple[int, str]], *, stray: bool = False) -> Row:
    plain = tuple(m[1] if (m := _EXCEL_TEXT.match(cell)) else cell for cell in cells)
    return Row(plain, (lines[0][0], lines[-1][0]), "\n".join(text for _, text in lines), stray)


def _cells(lines: list[str], delimiter: str, width: int) -> tuple[str, ...] | None:
    """The cells of one row; None where a quoted cell has not ended."""
    if len(lines) == 1 and '"' not in lines[0]:
        return tuple(lines[0].split(delimiter))
    text = [line + "\n" for line in lines[:-1]] + [lines[-1]]
    try:
        read = list(_parsed(text, delimiter, strict=True))
    except csv.Error:  # no end, or text behind a closing mark: taken as it is where it gives one whole row
        try:
            read = list(_parsed(text, delimiter)) if _closed(text, delimiter) else []
        except csv.Error:
            return None
        opened = re.search(rf'(?m)(?:^|{re.escape(delimiter)})"[^"{re.escape(delimiter)}]', "\n".join(lines[1:]))
        if len(lines) > 1 and read and (opened or len(read[0]) != width):  # a later cell opens: the first mark was a stray one
            return None
    return tuple(read[0]) if len(read) == 1 else None


def _closed(text: list[str], delimiter: str) -> bool:
    """Whether the last cell has ended: one more row behind it is read as a row of its own."""
    return len(list(_parsed([*text[:-1], text[-1] + "\n", "x\n"], delimiter))) == 2


def _parsed(lines: Iterable[str], delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    """The rows as Python's reader reads them. Its limit on a cell is one of the process: it is widened only while a row is read."""
    reader = csv.reader(lines, delimiter=delimiter, strict=strict)
    while True:
        before = csv.field_size_limit(LINE_LIMIT)
        try:
            row = next(reader, None)
        finally:
            csv.field_size_limit(before)
        if row is None:
            return
        yield row
