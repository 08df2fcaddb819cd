"""Pictures of bias as journals print them: traffic lights and summary bars, one for each outcome, tool and effect of interest.

Each comes with its words, its numbers as a table and the origin of every judgement. A result that was not assessed gets no colour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from review.errors import InputRefused, near
from review.reporting import bias_pictures_bars as bars
from review.reporting import bias_pictures_lights as lights
from review.reporting.bias_pictures_paper import Sheet
from review.reporting.bias_pictures_rows import OVERALL, Board, Slot, board, boards, count_of
from review.reporting.escaping import escaped
from review.reporting.figures import Figure
from review.reporting.rooms import Rooms
from review.reporting.table import BLOCK_MIME, Cell, Column, Table
from review.reporting.tables_bias import assessment_entries
from review.reporting.trace import by_row, key_of
from review.reporting.trace_counts import counted
from review.reporting.trace_view import Trace, TraceEntry

__all__ = ["BiasFigure", "bias_summary", "board", "boards", "traffic_light"]

PALETTES = ("safe", "cochrane")
WIDTHS = (174, 85)  # mm: both columns of a journal, or one


@dataclass(frozen=True)
class BiasFigure(Figure):
    """A picture of bias on one page or more, and the same as a table. ``name``: a file name without ending; ``svg``: the first page."""

    name: str
    table: Table
    pages: tuple[str, ...]

    @property
    def captions(self) -> tuple[str, ...]:
        """The caption of each page; of the later ones what they continue."""
        n = len(self.pages)
        return (self.caption, *(f"{self.caption.partition('. ')[0]}, continued ({at} of {n})." for at in range(2, n + 1)))

    def pdf(self, path: str | Path) -> tuple[Path, ...]:
        """Write each page as a PDF of its own size, text selectable and fonts inside: the first to *path*, others beside it as NAME_2 …"""
        from review.reporting.documents.picture import svg_to_pdf

        return self._written(path, svg_to_pdf)

    def png(self, path: str | Path, *, ppi: int = 300) -> tuple[Path, ...]:
        """Write each page as PNG, so many pixels an inch at its printed size; as ``pdf``."""
        from review.reporting.documents.picture import svg_to_png

        return self._written(path, lambda svg: svg_to_png(svg, ppi))

    def _written(self, path: str | Path, made: Callable[[str], bytes]) -> tuple[Path, ...]:
        first = Path(path)
        paths = tuple(first.with_stem(name) for name in page_names(first.stem, len(self.pages)))
        for place, svg in zip(paths, self.pages, strict=True):
            place.write_bytes(made(svg))
        return paths

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(include, exclude)
        if len(self.pages) > 1:
            told = [{"svg": svg, "alt": self.alt, "caption": said} for svg, said in zip(self.pages, self.captions, strict=True)]
            bundle[BLOCK_MIME] = {"block": "pictures", "pages": told}
        return bundle


def page_names(stem: str, n: int) -> list[str]:
    """The file names of so many pages: NAME, NAME_2, NAME_3."""
    return [stem, *(f"{stem}_{at}" for at in range(2, n + 1))]


def traffic_light(rooms: Rooms, board: Board, *, palette: str = "safe", width: int = 174) -> BiasFigure:
    """A row a result, a column a domain, and the symbol of its level in every cell, each of which leads to its assessment."""
    _check(palette, width)
    caption = ". ".join([f"Risk of bias by result: {board.about}", " ".join([_of(board), *board.remarks])])
    table = _lights_table(rooms, board, caption)
    sheets = lights.pages(board, palette, width)
    return _figure("traffic_light", board, sheets, caption, f"Traffic light. {caption} {_counts(board)}", table)


def bias_summary(rooms: Rooms, board: Board, *, palette: str = "safe", width: int = 174, weighted: bool = False) -> BiasFigure:
    """Per domain the share of results at each level. weighted: by the recorded weights, which every result must have."""
    _check(palette, width)
    how = "each result by its recorded weight" if weighted else "each result counts alike, not weighted"
    sheet = bars.page(board, palette, width, weighted=weighted)
    told = " ".join([_of(board), f"Share of results at each level; {how}.", *board.remarks])
    caption = f"Risk of bias in short: {board.about}. {told}"
    table = _bars_table(rooms, board, caption, weighted=weighted)
    return _figure("bias_summary", board, [sheet], caption, f"Bars. {caption} {_counts(board)}", table)


def _check(palette: str, width: int) -> None:
    if palette not in PALETTES:
        raise InputRefused(f"there is no palette {palette!r}", expected=", ".join(PALETTES), next_step=near(palette, PALETTES))
    if width not in WIDTHS:
        raise InputRefused(f"a picture is not made {width} mm wide", expected="174 for both columns of a journal, 85 for one")


def _of(board: Board) -> str:
    judged = board.judged
    return f"{count_of(len(judged), 'result')} of {count_of(len({row.study for row in judged}), 'study')}."


def _counts(board: Board) -> str:
    """How many are at each level, overall first."""
    order = sorted(range(len(board.slots)), key=lambda at: board.slots[at].part != OVERALL)
    return " ".join(f"{_named(board.slots[at])}: {_levels_said(board, at)}." for at in order)


def _levels_said(board: Board, at: int) -> str:
    said = [f"{n} {level.label}" for level, n in board.levels(at) if n]
    return ", ".join([*said, *([f"{board.unnamed(at)} without a judgement"] if board.unnamed(at) else [])])


def _named(slot: Slot) -> str:
    part = " applicability" if slot.part == "applicability" else ""
    return f"{slot.head}{part} {slot.words}".strip()


def _figure(kind: str, board: Board, sheets: Sequence[Sheet], caption: str, alt: str, table: Table) -> BiasFigure:
    svgs = [sheet.svgs(caption.partition(". ")[0], alt) for sheet in sheets]
    plain = tuple(svg for svg, _ in svgs)
    made = BiasFigure("", table.text(), table.traces, plain[0], alt, caption, name=file_name(kind, board), table=table, pages=plain)
    pages = "".join(
        f'<figure class="picture bias">\n{svg}<figcaption>{escaped(said)}</figcaption>\n</figure>\n'
        for (_, svg), said in zip(svgs, made.captions, strict=True)
    )
    return replace(made, html=f"{pages}<details><summary>The picture as a table</summary>\n{table.html()}</details>\n")


def file_name(kind: str, board: Board) -> str:
    """A name that no two pictures share, of plain letters: what cannot be kept of an outcome's words is told apart by a few digits."""
    from hashlib import sha256

    words = key_of(board.outcome)
    plain = words if words == board.outcome.lower().replace(" ", "-") and len(words) <= 40 else ""
    told = plain or f"{words[:40].strip('-')}-{sha256(board.outcome.encode()).hexdigest()[:8]}".strip("-")
    return "_".join(part for part in (kind, key_of(board.tool.id), key_of(board.effect or ""), told) if part)


def _origins(rooms: Rooms, board: Board) -> dict[str, Trace]:
    """The origin of each row: every fact behind the assessment that this viewer may see."""
    traces = {}
    for row in (*board.rows, *board.apart):
        entries = tuple(assessment_entries(rooms, row.view))
        label = f"{row.label}: {row.view.result or 'the study'}"
        traces[row.key] = Trace(row.key, label, row.view.overall or row.status, row.status, entries)
    return traces


def _lights_table(rooms: Rooms, board: Board, title: str) -> Table:
    several = any(row.result for row in (*board.rows, *board.apart))
    columns = [Column("study", "Study"), *([Column("result", "Result", width=2)] if several else [])]
    columns += [Column(slot.key, slot.head + (", applicability" if slot.part == "applicability" else "")) for slot in board.slots]
    rows = []
    for row in (*board.rows, *board.apart):
        why = f"not assessed: {row.view.reason}" if row.status == "not assessed" else "no judgement yet"
        cells = [
            Cell(f"{cell.symbol} {cell.label}", trace=row.key)
            if cell
            else Cell("", trace=row.key, missing="empty", why="not asked of this study" if at in row.unasked else why)
            for at, cell in enumerate(row.cells)
        ]
        words = [Cell.of(row.result, "the only result")] if several else []
        rows.append((Cell(row.label, trace=row.key, flag=row.flag), *words, *cells, Cell(row.status)))
    columns.append(Column("status", "Standing"))
    notes = rooms.table_notes(*(f"{_named(slot)}" for slot in board.slots if slot.words), board.tool.citation, board.tool.unverified)
    return Table(file_name("lights", board), title.partition(". ")[0], tuple(columns), tuple(rows), notes, _origins(rooms, board))


def _bars_table(rooms: Rooms, board: Board, title: str, *, weighted: bool) -> Table:
    traces: dict[str, Trace] = {}
    rows = []
    every = list(dict.fromkeys(level.label for slot in board.slots for level in slot.levels))
    blank = any(board.unnamed(at) for at in range(len(board.slots)))
    for at, slot in enumerate(board.slots):
        found = bars.shares(board, at, weighted=weighted)
        said: dict[str | None, Cell] = {}
        for (level, n, _), percent in zip(found, bars.percents(found), strict=True):
            words = f"{n} ({percent:.0f} %)" if n else "0"
            key = key_of("bars", file_name("", board), slot.key, level.id if level else "none", "w" if weighted else "")
            traces[key] = _counted(rooms, board, at, key, level.label if level else "No judgement yet", words)
            said[level.label if level else None] = Cell(words, trace=key)
        cells = [said.get(label, Cell("", missing="empty", why="no level of this scale")) for label in every]
        rows.append((Cell(_named(slot)), *cells, *([said[None]] if blank else [])))
    columns = [Column("domain", "Domain", width=3), *(Column(key_of(label), label, align="right") for label in every)]
    columns += [Column("none", "No judgement yet", align="right")] if blank else []
    notes = rooms.table_notes(
        "Results, and percent of " + ("their weight." if weighted else "results."), *board.remarks, board.tool.citation
    )
    return by_row(Table(file_name("bars", board), title.partition(". ")[0], tuple(columns), tuple(rows), notes, traces))


def _counted(rooms: Rooms, board: Board, at: int, key: str, level: str, words: str) -> Trace:
    """The origin of one number: the results at that level."""
    own = [
        row for row in board.judged if at not in row.unasked and (cell.label if (cell := row.cells[at]) else "No judgement yet") == level
    ]
    entries = []
    for row in own:
        event = rooms.seat.event(row.view.events[-1])
        about = row.label + (f", {row.result}" if row.result else "")
        entries.append(TraceEntry(event.id, f"{about}: {level}", "", event.at))
    return counted(rooms, key, f"{_named(board.slots[at])}: {level}", entries, len(own), value=words)
