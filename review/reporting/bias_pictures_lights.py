"""The traffic light of a board: a row a result, a column a domain, a sign in every cell; drawn on pages that are never shrunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.bias.algorithm import Level
from review.errors import InputRefused
from review.reporting.bias_pictures_paper import GREY, INK, LINE, POINTS, SHADE, SIZE, SMALL, Sheet
from review.reporting.bias_pictures_rows import APPLICABILITY, OVERALL, Board, Row, Slot
from review.reporting.lettering import width as width_of
from review.reporting.lettering import wrap

HIGHEST = 223.0 * POINTS  # a figure on an upright page of A4, with room for its caption
WIDEST, NARROWEST, GAP = 52.0, 13.6, 7.0  # of a cell; between what is judged apart
LEAST_LABEL = 64.0  # points for the names of studies
ROW, RADIUS = 15.0, 5.4
MOST_LINES = 6  # of one name; the table beside the picture has it whole
GROUPS = {"bias": "Risk of bias", APPLICABILITY: "Applicability", OVERALL: ""}


@dataclass(frozen=True)
class Grid:
    """Where things stand from left to right: the width of the names, that of a cell, the middle of each column."""

    width: float
    label: float
    cell: float
    middles: tuple[float, ...]


@dataclass(frozen=True)
class Legend:
    """Below the cells: each level with its word, and what each column is, in lines that fit."""

    levels: tuple[tuple[str, tuple[Level, ...]], ...]
    explained: tuple[tuple[str, ...], ...]
    blanks: tuple[tuple[bool, str], ...]
    column: float

    @property
    def height(self) -> float:
        """Points that it takes, the space above included."""
        left = sum(map(len, self.explained)) * LINE
        right = (sum(len(levels) + bool(head) for head, levels in self.levels) + len(self.blanks)) * (LINE + 3)
        return 12 + (max(left, right) if self.column else left + right + 6)


def pages(board: Board, palette: str, width_mm: int) -> list[Sheet]:
    """The picture as sheets, one after the other.

    Raises InputRefused where the columns leave no room for the names.
    """
    grid = _grid(board, width_mm * POINTS)
    legend = _legend(board, grid)
    lines = [*board.rows, *([None] if board.apart else []), *board.apart]  # None: the heading of those apart
    heights = [_height(row, grid) for row in lines]
    room = HIGHEST - _head_height(board, grid) - legend.height
    sheets, start = [], 0
    ends = _breaks(heights, room, lines)
    for at, end in enumerate(ends):
        own = lines[start:end]
        sheet = Sheet(grid.width, _head_height(board, grid) + sum(heights[start:end]) + legend.height)
        page = f"{at + 1} of {len(ends)}" if len(ends) > 1 else ""
        y = _head(sheet, board, grid, page)
        for row, high in zip(own, heights[start:end], strict=True):
            _draw_row(sheet, board, grid, palette, row, y, high)
            y += high
        sheet.rule(0, y, grid.width, y, weight=0.8, ink=INK)
        _draw_legend(sheet, legend, grid, palette, y + 12)
        sheets.append(sheet)
        start = end
    return sheets


def _grid(board: Board, width: float) -> Grid:
    cell = min(WIDEST, max(NARROWEST, width * 0.64 / len(board.slots)))
    gaps = [_gap(one, other, cell) for one, other in zip(board.slots, board.slots[1:], strict=False)]
    label = width - sum(gaps) - cell * len(board.slots)
    if label < LEAST_LABEL:
        raise InputRefused(
            f"{len(board.slots)} columns leave no room for the names of studies in {round(width / POINTS)} mm",
            where=board.tool.id,
            next_step="leave the width at 174 mm",
        )
    starts = [label + cell * at + sum(gaps[:at]) for at in range(len(board.slots))]
    return Grid(width, label, cell, tuple(x + cell / 2 for x in starts))


def _gap(slot: Slot, following: Slot, cell: float) -> float:
    """The space between two columns: none, or what sets parts off and gives the word 'Overall' its room."""
    if slot.part == following.part:
        return 0.0
    return max(GAP, width_of(following.head, SIZE, bold=True) + 3 - cell) if following.part == OVERALL else GAP


def _name(row: Row, grid: Grid) -> tuple[list[str], list[str]]:
    """The name of a row and, where its study has several, its result, each in lines."""
    flagged = f"{row.label} [{row.flag}]" if row.flag else row.label
    return _short(wrap(flagged, grid.label - 4, SIZE, hyphen="-")), _short(wrap(row.result, grid.label - 10, SMALL)) if row.result else []


def _short(lines: list[str]) -> list[str]:
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][:-1] + "…"]


def _height(row: Row | None, grid: Grid) -> float:
    if row is None:
        return ROW + 3
    name, result = _name(row, grid)
    return max(ROW, LINE * (len(name) + len(result)) + 5)


def _breaks(heights: Sequence[float], room: float, lines: Sequence[Row | None]) -> list[int]:
    """Where each page ends: as few pages as there must be, about equally full, no heading alone at the end of one."""

    def filled(most: float) -> list[int]:
        ends, used = [], 0.0
        for at, high in enumerate(heights):
            if used and used + high > most:
                first = at - 1 if lines[at - 1] is None and at - 1 not in ends else at
                ends.append(first)
                used = sum(heights[first:at])
            used += high
        return [*ends, len(heights)]

    fewest = len(filled(room))
    most = max(sum(heights) / fewest, max(heights, default=0))
    while len(filled(most)) > fewest:
        most += ROW / 3
    return filled(min(most, room))


def _groups(board: Board) -> bool:
    """Whether what is judged needs a heading: only where applicability stands beside bias."""
    return any(slot.part == APPLICABILITY for slot in board.slots)


def _heads(slot: Slot, grid: Grid) -> list[str]:
    fits = slot.part == OVERALL or width_of(slot.head, SIZE, bold=True) <= grid.cell
    return [slot.head] if fits else wrap(slot.head, grid.cell / 0.86, SMALL, bold=True)


def _head_height(board: Board, grid: Grid) -> float:
    tallest = max(len(_heads(slot, grid)) for slot in board.slots)
    return 6 + LINE * (tallest + _groups(board)) + 3


def _head(sheet: Sheet, board: Board, grid: Grid, page: str) -> float:
    """Draw the heads of the columns; returns where the rows begin."""
    sheet.rule(0, 0.5, grid.width, 0.5, weight=0.8, ink=INK)
    base = _head_height(board, grid) - 4.5
    sheet.text(0, base, "Study" + (f" (page {page})" if page else ""), bold=True)
    for slot, x in zip(board.slots, grid.middles, strict=True):
        heads = _heads(slot, grid)
        over = width_of(slot.head, SIZE, bold=True) > grid.cell
        for at, words in enumerate(reversed(heads)):
            if slot.part == OVERALL and over:
                sheet.text(x + grid.cell / 2, base, words, bold=True, align="right")
            else:
                sheet.text(x, base - LINE * at, words, size=SMALL if over else SIZE, bold=True, align="center")
    if _groups(board):
        for part in dict.fromkeys(slot.part for slot in board.slots):
            own = [x for slot, x in zip(board.slots, grid.middles, strict=True) if slot.part == part]
            if GROUPS[part]:
                left, right, y = own[0] - grid.cell / 2, own[-1] + grid.cell / 2, base - LINE
                sheet.text((left + right) / 2, y - 1, GROUPS[part], bold=True, align="center")
                sheet.rule(left + 2, y + 1.6, right - 2, y + 1.6, ink=INK)
    y = _head_height(board, grid)
    sheet.rule(0, y, grid.width, y, ink=INK)
    return y


def _draw_row(sheet: Sheet, board: Board, grid: Grid, palette: str, row: Row | None, y: float, high: float) -> None:
    if row is None:
        sheet.rule(0, y, grid.width, y, ink=INK)
        sheet.text(0, y + high - 5, f"Not assessed ({len(board.apart)}): no judgement", bold=True, ink=GREY)
        return
    name, result = _name(row, grid)
    link, apart = row.key, row.status == "not assessed"
    top = y + (high - LINE * (len(name) + len(result))) / 2
    for at, words in enumerate(name):
        sheet.text(0, top + LINE * at + 7.4, words, ink=GREY if apart else INK, link=link)
    for at, words in enumerate(result, len(name)):
        sheet.text(6, top + LINE * at + 7, words, size=SMALL, ink=GREY)
    if board.slots[-1].part == OVERALL:
        sheet.box(grid.middles[-1] - grid.cell / 2, y + 0.5, grid.cell, high - 0.8, SHADE)  # between the rules
    for at, (cell, x) in enumerate(zip(row.cells, grid.middles, strict=True)):
        if at in row.unasked:
            continue
        if cell is None:
            sheet.blank(x, y + high / 2, RADIUS, filled=apart, link=link)
        else:
            sheet.mark(x, y + high / 2, RADIUS, cell, palette, link=link)
    if row is not (board.apart or board.rows)[-1]:
        sheet.rule(0, y + high, grid.width, y + high, weight=0.35)


def _legend(board: Board, grid: Grid) -> Legend:
    levels: list[tuple[str, tuple[Level, ...]]] = []
    for slot in board.slots:
        if slot.levels not in [scale for _, scale in levels]:
            levels.append((slot.head if slot.part == OVERALL else "", slot.levels))
    judged = [cell for row in board.rows for at, cell in enumerate(row.cells) if at not in row.unasked]
    blanks = [(True, "Not assessed")] if board.apart else []
    blanks += [(False, "No judgement yet")] if None in judged else []
    words = [level.label for _, scale in levels for level in scale] + [word for _, word in blanks]
    column = max(width_of(word, SIZE) for word in words) / 0.86 + 2 * RADIUS + 10
    beside = grid.width - column - 14 >= 150
    room = grid.width - column - 14 if beside else grid.width
    explained = []
    for slot in board.slots:
        if slot.part != OVERALL and slot.words and slot.words != slot.head:
            what = f"{slot.head}, applicability" if slot.part == APPLICABILITY else slot.head
            explained.append(tuple(wrap(f"{what}: {slot.words}", room, SIZE)))
    return Legend(tuple(levels), tuple(explained), tuple(blanks), column if beside else 0.0)


def _draw_legend(sheet: Sheet, legend: Legend, grid: Grid, palette: str, y: float) -> None:
    at = y
    for lines in legend.explained:
        sheet.lines(0, at, lines)
        at += LINE * len(lines)
    x = grid.width - legend.column if legend.column else 0.0
    at = y if legend.column else at + 6
    for head, levels in legend.levels:
        if head:
            sheet.text(x, at + 8, head, bold=True)
            at += LINE + 3
        for level in levels:
            sheet.mark(x + RADIUS + 0.5, at + 5, RADIUS, level, palette)
            sheet.text(x + 2 * RADIUS + 6, at + 7.8, level.label)
            at += LINE + 3
    for filled, words in legend.blanks:
        sheet.blank(x + RADIUS + 0.5, at + 5, RADIUS, filled=filled)
        sheet.text(x + 2 * RADIUS + 6, at + 7.8, words)
        at += LINE + 3
