"""The summary bars of a board: per domain the share of results at each level, with their numbers beside it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from review.bias.algorithm import Level
from review.errors import InputRefused
from review.reporting.bias_pictures_paper import GREY, INK, LINE, POINTS, SIZE, SMALL, Sheet, ink_on
from review.reporting.bias_pictures_rows import APPLICABILITY, OVERALL, Board, Slot
from review.reporting.lettering import width as width_of
from review.reporting.lettering import wrap

BAR, STEP, RADIUS = 11.0, 16.5, 4.6  # points: a bar, from bar to bar, a sign
LEAST_BAR, BLANK_WORDS = 48.0, "No judgement yet"
HEADS = {APPLICABILITY: "Applicability"}
Share = tuple[Level | None, int, Decimal]  # a level (None: no judgement), how many results, their weight


def shares(board: Board, at: int, *, weighted: bool) -> list[Share]:
    """What each level of one slot has, from best to worst and last what has no judgement; without weights each result weighs 1.

    Raises InputRefused where a weight is asked for and one is not recorded.
    """
    if weighted and (bare := [row.label for row in board.judged if row.weight is None]):
        raise InputRefused(
            f"no weight is recorded for {', '.join(bare[:10])}" + (f" and {len(bare) - 10} more" if len(bare) > 10 else ""),
            where=board.about,
            expected="a recorded weight for every result",
            next_step="record them with rv.bias.weigh, or leave weighted out: each result then counts alike",
        )
    found: list[Share] = []
    for level in (*board.slots[at].levels, None):
        own = [row for row in board.judged if row.cells[at] == level and at not in row.unasked]
        found.append((level, len(own), sum((row.weight or Decimal(0) for row in own), Decimal(0)) if weighted else Decimal(len(own))))
    return found


def percents(found: Sequence[Share]) -> list[float]:
    """The share of each in percent."""
    whole = sum((weight for *_, weight in found), Decimal(0))
    return [float(100 * weight / whole) for *_, weight in found]


def page(board: Board, palette: str, width_mm: int, *, weighted: bool) -> Sheet:
    """The bars as one sheet."""
    width = width_mm * POINTS
    blocks = _blocks(board)
    count = 19.0 if width_mm > 100 else 15.0  # a column of numbers
    counts = count * max(len(_columns(board, block)) for block in blocks) + 4
    label = min(width * 0.36, max(width_of(words, SIZE) for words in map(_label, board.slots)) / 0.86 + 8)
    bar = width - label - counts - 8
    if bar < LEAST_BAR:
        raise InputRefused(
            f"the numbers leave no room for bars in {width_mm} mm", where=board.tool.id, next_step="leave the width at 174 mm"
        )
    highest = [[_high(board.slots[at], label) for at in block] for block in blocks]
    legends = [_legend_lines(head, levels, width) for head, levels in _scales(board)]
    height = sum(LINE + 6 + sum(rows) + 6 for rows in highest) + 20 + sum(len(lines) * (LINE + 3) for lines in legends) + 4
    sheet, y = Sheet(width, height), 0.0
    for block, rows in zip(blocks, highest, strict=True):
        y = _block(sheet, board, block, rows, palette, (label, bar, count, y), weighted=weighted)
    y = _axis(sheet, label, bar, y, weighted=weighted)
    for lines in legends:
        y = _draw_legend(sheet, lines, palette, y)
    return sheet


def _blocks(board: Board) -> list[list[int]]:
    """The slots of bias, of applicability, and overall, which may have another scale, each with numbers of its own."""
    parts = dict.fromkeys("bias" if _beside(board, slot) else slot.part for slot in board.slots)
    return [[at for at, slot in enumerate(board.slots) if ("bias" if _beside(board, slot) else slot.part) == part] for part in parts]


def _beside(board: Board, slot: Slot) -> bool:
    """Whether overall has the scale of the domains and stands below them as one more bar."""
    return slot.part == OVERALL and slot.levels == board.slots[0].levels and not any(s.part == APPLICABILITY for s in board.slots)


def _columns(board: Board, block: Sequence[int]) -> list[Level | None]:
    levels: list[Level | None] = [*board.slots[block[0]].levels]
    return [*levels, None] if any(board.unnamed(at) for at in block) else levels


def _scales(board: Board) -> list[tuple[str, list[Level | None]]]:
    """The levels of each scale that is used, once, with what it is of where there are two; a missing judgement stands with the first."""
    found: list[tuple[str, list[Level | None]]] = []
    for block in _blocks(board):
        levels: list[Level | None] = [*board.slots[block[0]].levels]
        if levels not in [one for _, one in found]:
            found.append(("Overall:" if found else "", levels))
    if any(board.unnamed(at) for at in range(len(board.slots))):
        found[0][1].append(None)
    return found


def _label(slot: Slot) -> str:
    return slot.head if not slot.words else f"{slot.head} {slot.words}"


def _high(slot: Slot, label: float) -> float:
    return max(STEP, LINE * len(_lines(slot, label)) + 5)


def _lines(slot: Slot, label: float) -> list[str]:
    return wrap(_label(slot), label - 2, SIZE, hyphen="-", bold=slot.part == OVERALL)


def _legend_lines(head: str, levels: Sequence[Level | None], width: float) -> list[list[tuple[float, str, Level | None]]]:
    """Each line's entries: where it begins, its words, its level (None and words: no judgement; None and ':' at the end: a heading)."""
    lines: list[list[tuple[float, str, Level | None]]] = [[]]
    x = 0.0
    for level in levels:
        if head and not x:
            lines[-1].append((x, head, None))
            x = width_of(head, SIZE, bold=True) / 0.86 + 4
        words = level.label if level else BLANK_WORDS
        wide = width_of(words, SIZE) / 0.86 + 2 * RADIUS + 14
        if x + wide > width and lines[-1]:
            lines.append([])
            x = 0.0
        lines[-1].append((x, words, level))
        x += wide
    return lines


def _draw_legend(sheet: Sheet, lines: Sequence[Sequence[tuple[float, str, Level | None]]], palette: str, y: float) -> float:
    for line in lines:
        for x, words, level in line:
            if level:
                sheet.mark(x + RADIUS + 0.5, y + 5, RADIUS, level, palette)
            elif words == BLANK_WORDS:
                sheet.blank(x + RADIUS + 0.5, y + 5, RADIUS, filled=False)
            heading = level is None and words != BLANK_WORDS
            sheet.text(x if heading else x + 2 * RADIUS + 5, y + 7.8, words, bold=heading)
        y += LINE + 3
    return y


def _block(
    sheet: Sheet,
    board: Board,
    block: Sequence[int],
    rows: Sequence[float],
    palette: str,
    place: tuple[float, ...],
    *,
    weighted: bool,
) -> float:
    """Draw one block from ``place`` (width of the names, of a bar, of a column of numbers, where it begins); returns where it ends."""
    label, bar, count, y = place
    columns = _columns(board, block)
    at_count = [label + bar + 10 + count * n + count / 2 for n in range(len(columns))]
    part = board.slots[block[0]].part
    sheet.rule(0, y + 0.5, sheet.width, y + 0.5, weight=0.8, ink=INK)
    head = HEADS.get(part, "" if part == OVERALL else "Domain")
    sheet.text(0, y + LINE + 0.5, head, bold=True)
    for level, x in zip(columns, at_count, strict=True):
        if level:
            sheet.mark(x, y + 7.2, RADIUS, level, palette)
        else:
            sheet.blank(x, y + 7.2, RADIUS, filled=False)
    y += LINE + 6
    sheet.rule(0, y - 1.5, sheet.width, y - 1.5, ink=INK)
    for at, high in zip(block, rows, strict=True):
        slot, middle = board.slots[at], y + high / 2
        bold = slot.part == OVERALL
        lines = _lines(slot, label)
        sheet.lines(0, middle - LINE * len(lines) / 2 + 0.6, lines, bold=bold)
        found = shares(board, at, weighted=weighted)
        _bar(sheet, found, palette, label, bar, middle)
        numbers = [n for level, n, _ in found if level is not None or None in columns]
        for n, x in zip(numbers, at_count, strict=True):
            sheet.text(x, middle + 2.8, f"{n:,}", align="center", bold=bold, ink=INK if n else GREY)
        y += high
    return y + 6


def _bar(sheet: Sheet, found: Sequence[Share], palette: str, x: float, wide: float, middle: float) -> None:
    """One bar from best to worst, each part with its symbol and percent where there is room."""
    for (level, _, weight), percent in zip(found, percents(found), strict=True):
        own = wide * percent / 100
        if not weight:
            continue
        fill = level.colour.get(palette, "#ffffff") if level else "#ffffff"
        sheet.box(x, middle - BAR / 2, own, BAR, fill, edge=INK if level else GREY, dashed=level is None)
        said = f"{percent:.0f} %" if percent >= 0.5 else "<1 %"
        room = own - 4
        if level and room >= width_of(said, SMALL) + 11:
            start = x + (own - width_of(said, SMALL) - 10) / 2
            sheet.symbol(start + 3.5, middle, 6.4, level.symbol, ink_on(fill))
            sheet.text(start + 10, middle + 2.5, said, size=SMALL, ink=ink_on(fill))
        elif level and room >= 5:
            sheet.symbol(x + own / 2, middle, 6.4, level.symbol, ink_on(fill))
        x += own


def _axis(sheet: Sheet, label: float, bar: float, y: float, *, weighted: bool) -> float:
    """The scale below the bars; returns where it ends."""
    sheet.rule(label, y - 4, label + bar, y - 4, ink=INK)
    for percent in (0, 25, 50, 75, 100):
        x = label + bar * percent / 100
        sheet.rule(x, y - 4, x, y - 1.5, ink=INK)
        sheet.text(x, y + 6, f"{percent}", size=SMALL, align="center")
    sheet.text(label + bar + 10, y + 6, "results", size=SMALL)
    sheet.text(0, y + 6, "% of weight" if weighted else "% of results", size=SMALL)
    return y + 14
