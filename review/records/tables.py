"""Reads delimited tables (CSV, TSV and their kin) row by row with the lines of each row; finds the delimiter and the header by content.

A quotation mark that never closes costs one row, not the rest of the file: from where it stands, the row is read as it is printed.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from review.model.record import Lines
from review.records.lines import split_lines
from review.records.source import LINE_LIMIT, LineStream, Source
from review.text import cells_up_to, fold_word

DELIMITERS: Final = (",", ";", "\t", "|")
_PREAMBLE: Final = 10  # rows that may stand above the header
_ROW_LINES: Final = 2_000
_WHOLE: Final = {  # a line from where a row begins, of which no quoted cell is still open at the end
    sign: re.compile(r'(?:(?:"(?:[^"]++|"")*+"|(?!"))[^,]*+,)*+(?:"(?:[^"]++|"")*+"|(?!"))[^,]*+'.replace(",", re.escape(sign)))
    for sign in DELIMITERS
}
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
    except csv.Error:  # a cell beyond the limit: what stands behind it is not counted
        pass
    return max(below, 0)


def _rows(lines: Iterable[tuple[int, str]], delimiter: str, width: int = 0) -> Iterator[Row]:
    ahead = _Ahead(lines, delimiter)
    while (first := ahead.first()) is not None:
        if not first[1]:
            ahead.take(1)
            continue
        cells = _cells([first[1]], delimiter, width)
        taken = 1
        if cells is None and (taken := ahead.row()):
            cells = _cells([text for _, text in islice(ahead.lines, taken)], delimiter, width)
        if cells is None:
            yield _row(first[1].split(delimiter), ahead.take(1), stray=True)
        else:
            yield _row(cells, ahead.take(taken))


class _Ahead:
    """Lines that were read and are not yet in a row. Each is looked at once for the end of a quoted cell, however many marks are stray.

    Two rows that are both within a quoted cell at the end of a line go on alike: what was seen behind a stray mark holds for the next.
    """

    def __init__(self, lines: Iterable[tuple[int, str]], delimiter: str) -> None:
        self.lines: deque[tuple[int, str]] = deque()
        self._waiting, self._whole = iter(lines), _WHOLE[delimiter]
        self._within = self._size = 0  # how many of the lines end within a quoted cell where the first does, and their length

    def first(self) -> tuple[int, str] | None:
        """The line that comes next; None behind the last."""
        return self.lines[0] if self.lines or self._more() else None

    def take(self, n: int) -> list[tuple[int, str]]:
        """The first *n* lines, which go."""
        taken = [self.lines.popleft() for _ in range(n)]
        gone = min(n, self._within)
        self._within -= gone
        self._size = self._size - sum(len(text) for _, text in taken[:gone]) if self._within else 0
        return taken

    def row(self) -> int:
        """How many lines the row has whose first line, the next, ends within a quoted cell; 0 where no end is near."""
        if not self._within:
            self._within, self._size = 1, len(self.lines[0][1])
        while self._within < _ROW_LINES and self._size < LINE_LIMIT:
            if self._within == len(self.lines) and not self._more():
                return 0
            text = self.lines[self._within][1]
            if '"' in text and self._whole.fullmatch('"' + text):
                return self._within + 1
            self._within += 1
            self._size += len(text)
        return 0

    def _more(self) -> bool:
        line = next(self._waiting, None)
        if line is not None:
            self.lines.append(line)
        return line is not None


def _row(cells: Sequence[str], lines: list[tuple[int, str]], *, stray: bool = False) -> Row:
    plain = tuple(m[1] if (m := _EXCEL_TEXT.match(cell)) else cell for cell in cells)
    return Row(plain, (lines[0][0], lines[-1][0]), "\n".join(text for _, text in lines), stray)


def _cells(lines: list[str], delimiter: str, width: int) -> tuple[str, ...] | None:
    """The cells of one row; None where a quoted cell has not ended, or ends only at a mark that is a later cell's."""
    if len(lines) == 1 and '"' not in lines[0]:
        return tuple(lines[0].split(delimiter))
    text = [line + "\n" for line in lines[:-1]] + [lines[-1]]
    try:
        read = list(_parsed(text, delimiter, strict=True))
    except csv.Error:  # no end, or text behind a closing mark: taken as it is where it gives one whole row
        if len(lines) == 1 and not _WHOLE[delimiter].fullmatch(lines[0]):
            return None
        try:
            read = list(_parsed(text, delimiter))
        except csv.Error:
            return None
        opened = re.search(rf'(?m)(?:^|{re.escape(delimiter)})"[^"{re.escape(delimiter)}]', "\n".join(lines[1:]))
        if len(lines) > 1 and read and (opened or len(read[0]) != width):  # a later cell opens: the first mark was a stray one
            return None
    return tuple(read[0]) if len(read) == 1 else None


def _parsed(lines: Iterable[str], delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    """The rows as Python's reader reads them. Its limit on a cell is one of the process: it is widened only while a row is read."""
    reader = csv.reader(lines, delimiter=delimiter, strict=strict)
    while True:
        with cells_up_to(LINE_LIMIT):
            row = next(reader, None)
        if row is None:
            return
        yield row
