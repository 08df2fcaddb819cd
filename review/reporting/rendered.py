"""The reports that were rendered, read back from their executed notebooks: which tables and figures stand in them, row by row.

It believes nothing about a report but what is in it; a notebook that stopped, or was never run, has no blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from review.errors import NotFound
from review.reporting.checklist_items import Row
from review.reporting.documents.model import Picture, Table, document_of
from review.reporting.escaping import anchor
from review.reporting.notebook import cells_of, source_of, tags_of

BETWEEN = " · "
# what stands on either side of a word or number that stands for itself; a pattern of each word would be compiled for each
_BEFORE, _AFTER = re.compile(r"(?<!\w)(?<!\d[.,])"), re.compile(r"(?!\w)(?![.,]\d)")


@dataclass(frozen=True)
class RenderedBlock:
    """A table or a figure as it stands in a report: its key (of a figure, its caption), its title, and the text of each row."""

    key: str
    title: str
    rows: tuple[str, ...]
    anchor: str = ""

    def lacks(self, rows: Iterable[Row]) -> list[str]:
        """The rows of which the words do not stand in one row here, each as one text."""
        held = [_flat(row) for row in self.rows]
        return [BETWEEN.join(row) for row in rows if not any(all(_stands(word, text) for word in row) for text in held)]


@dataclass(frozen=True)
class RenderedReport:
    """One executed notebook: its name, its title, its blocks in their order, and tag -> heading of the texts that its author tagged."""

    name: str
    title: str
    blocks: tuple[RenderedBlock, ...]
    tagged: Mapping[str, str] = field(default_factory=dict)

    def address(self, place: str = "") -> str:
        """The page of this report from another page of the same folder, at the anchor *place*."""
        return f"{quote(self.name)}.html" + (f"#{place}" if place else "")


def rendered_texts(folder: Path) -> dict[str, RenderedReport]:
    """Name -> report, of every executed notebook in *folder*, by name. Raises NotFound for a missing folder."""
    if not folder.is_dir():
        raise NotFound(
            "the folder of rendered reports is not there", where=folder.name, next_step="render the reports first: review report"
        )
    found = (p for p in sorted(folder.glob("*.ipynb")) if not p.stem.endswith(".failed"))
    return {path.stem: rendered_report(path.stem, cells_of(path)) for path in found}


def rendered_report(name: str, cells: Iterable[Mapping[str, Any]]) -> RenderedReport:
    """The tables and figures of one executed notebook, and the texts in it that somebody tagged."""
    cells = list(cells)
    document = document_of(cells, review="", as_of="", heads={})
    blocks = []
    for block in document.blocks:
        if isinstance(block, Table):
            blocks.append(RenderedBlock(block.key, block.title, _table_rows(block), f"table-{anchor(block.key)}"))
        elif isinstance(block, Picture):
            blocks.append(RenderedBlock(block.caption, block.caption or block.alt, tuple(block.alt.split("; "))))
    title = document.title or name
    return RenderedReport(name, title, tuple(blocks), _tagged(cells, title))


def _tagged(cells: Iterable[Mapping[str, Any]], title: str) -> dict[str, str]:
    """Tag -> the heading that its text stands under, of Markdown cells that hold more than headings."""
    heading, found = title, {}
    for cell in cells:
        if cell.get("cell_type") != "markdown":
            continue
        lines = [line.strip() for line in source_of(cell).splitlines() if line.strip()]
        headings = [line.lstrip("#").strip() for line in lines if line.startswith("#")]
        heading = headings[-1] if headings else heading
        if len(lines) > len(headings):
            found.update(dict.fromkeys(tags_of(cell), heading))
    return found


def _table_rows(table: Table) -> tuple[str, ...]:
    rows = [BETWEEN.join(table.value(cell) or "" for cell in row) for row in table.rows]
    return (*rows, *([] if rows else [table.empty]), *table.notes, *table.letters)


def _stands(word: str, text: str) -> bool:
    """Whether *word* stands in *text* for itself: '2' does not stand in '12', '1,200' or '2.5'."""
    wanted = _flat(word)
    if not wanted:
        return True
    begins, ends = re.match(r"\w", wanted), re.search(r"\w$", wanted)
    at = text.find(wanted)
    while at >= 0:
        if (not begins or _BEFORE.match(text, at)) and (not ends or _AFTER.match(text, at + len(wanted))):
            return True
        at = text.find(wanted, at + 1)
    return False


def _flat(text: str) -> str:
    return " ".join(text.split())
