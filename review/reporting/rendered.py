"""The reports that were rendered, read back from their executed notebooks: which tables and figures stand in them, row by row.

It believes nothing about a report but what is in it; a notebook that stopped, or was never run, has no blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from review.errors import NotFound
from review.reporting.checklist_items import Row
from review.reporting.documents.model import Picture, Table, document_of
from review.reporting.escaping import anchor
from review.reporting.notebook import cells_of

BETWEEN = " · "


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
    """One executed notebook: its name, its title, and its blocks in their order."""

    name: str
    title: str
    blocks: tuple[RenderedBlock, ...]

    def address(self, block: RenderedBlock) -> str:
        """Where the block stands, from another page of the same folder."""
        return f"{quote(self.name)}.html" + (f"#{block.anchor}" if block.anchor else "")


def rendered_texts(folder: Path) -> dict[str, RenderedReport]:
    """Name -> report, of every executed notebook in *folder*, by name. Raises NotFound for a missing folder."""
    if not folder.is_dir():
        raise NotFound(
            "the folder of rendered reports is not there", where=folder.name, next_step="render the reports first: review report"
        )
    found = (p for p in sorted(folder.glob("*.ipynb")) if not p.stem.endswith(".failed"))
    return {path.stem: rendered_report(path.stem, cells_of(path)) for path in found}


def rendered_report(name: str, cells: Iterable[Mapping[str, object]]) -> RenderedReport:
    """The tables and figures of one executed notebook."""
    document = document_of(cells, review="", as_of="", heads={})
    blocks = []
    for block in document.blocks:
        if isinstance(block, Table):
            blocks.append(RenderedBlock(block.key, block.title, _table_rows(block), f"table-{anchor(block.key)}"))
        elif isinstance(block, Picture):
            blocks.append(RenderedBlock(block.caption, block.caption or block.alt, tuple(block.alt.split("; "))))
    return RenderedReport(name, document.title or name, tuple(blocks))


def _table_rows(table: Table) -> tuple[str, ...]:
    rows = [BETWEEN.join(table.value(cell) or "" for cell in row) for row in table.rows]
    return (*rows, *([] if rows else [table.empty]), *table.notes)


def _stands(word: str, text: str) -> bool:
    """Whether *word* stands in *text* for itself: '2' does not stand in '12', '1,200' or '2.5'."""
    wanted = _flat(word)
    if not wanted:
        return True
    before = r"(?<![\w])(?<!\d[.,])" if re.match(r"\w", wanted) else ""
    after = r"(?!\w)(?![.,]\d)" if re.search(r"\w$", wanted) else ""
    return re.search(before + re.escape(wanted) + after, text) is not None


def _flat(text: str) -> str:
    return " ".join(text.split())
