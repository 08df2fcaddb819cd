"""A grid of texts in plain characters: wrapped cells with a rule above and below the head and one at the end."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

LONGEST_CELL = 32  # characters; longer cells are wrapped
GAP = "  "


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """The lines of a table of *rows* under *heads*; ``right`` says which columns are flush right. No line ends in blanks."""
    head = [_wrapped(text) for text in heads]
    body = [[_wrapped(text) for text in row] for row in rows]
    widths = [max(columns(line) for cell in column for line in cell) for column in zip(head, *body, strict=True)]
    rule = "-" * (sum(widths) + len(GAP) * (len(widths) - 1))
    lines = [rule, *_row(head, widths, right), rule]
    tall = any(len(cell) > 1 for row in body for cell in row)
    for at, row in enumerate(body):
        lines += ([""] if tall and at else []) + _row(row, widths, right)
    return [line.rstrip() for line in [*lines, rule]]


def _row(cells: Sequence[Sequence[str]], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    lines = []
    for at in range(max(len(cell) for cell in cells)):
        parts = []
        for cell, width, to_right in zip(cells, widths, right, strict=True):
            text = cell[at] if at < len(cell) else ""
            blank = " " * (width - columns(text))
            parts.append(blank + text if to_right else text + blank)
        lines.append(GAP.join(parts))
    return lines


def _wrapped(text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in paragraph.split():
            if line and columns(line) + 1 + columns(word) > LONGEST_CELL:
                lines.append(line)
                line = ""
            line = f"{line} {word}" if line else word
            *full, line = _cut(line)
            lines += full
        lines.append(line)
    return lines


def _cut(line: str) -> list[str]:
    """*line* in parts of at most LONGEST_CELL columns, each as long as it can be."""
    if columns(line) <= LONGEST_CELL:
        return [line]
    parts, start, taken = [], 0, 0
    for at, character in enumerate(line):
        wide = _column(character)
        if taken + wide > LONGEST_CELL:
            parts.append(line[start:at])
            start, taken = at, 0
        taken += wide
    return [*parts, line[start:]]


def columns(text: str) -> int:
    """How many terminal columns *text* takes: two for each wide East Asian character, none for a combining one."""
    return len(text) if text.isascii() else sum(map(_column, text))


def _column(character: str) -> int:
    return 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
