"""Sections of an executed notebook in which nothing was shown, as where no comparison is planned: no part of a page or document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from review.reporting.documents.markup import headings_apart
from review.reporting.notebook import source_of

CellMapping = Mapping[str, Any]


def filled(cells: Iterable[CellMapping]) -> Iterator[CellMapping]:
    """The cells without headings (below the title) whose code ran and showed nothing, up to the next heading of their level or the end.

    A heading over no code stays: its author has yet to write there.
    """
    all_of = list(cells)
    for at, cell in enumerate(all_of):
        level = _alone(cell)
        after = all_of[at + 1 :]
        until = next((n for n, other in enumerate(after) if other.get("cell_type") == "markdown"), len(after))
        silent = until > 0 and not any(other.get("outputs") or other.get("cell_type") != "code" for other in after[:until])
        ends = until == len(after) or 0 < _first(after[until]) <= level
        if not (level > 1 and silent and ends):
            yield cell


def _alone(cell: CellMapping) -> int:
    """The level of the heading that is all of a Markdown cell; 0 where it is more, or none."""
    parts = [(level, text) for level, text in _parts(cell) if level or text.strip()]
    return parts[0][0] if len(parts) == 1 else 0


def _first(cell: CellMapping) -> int:
    """The level of the heading with which a Markdown cell begins; 0 where it begins otherwise."""
    return next((level for level, text in _parts(cell) if level or text.strip()), 0)


def _parts(cell: CellMapping) -> Iterator[tuple[int, str]]:
    return headings_apart(source_of(cell)) if cell.get("cell_type") == "markdown" else iter(())
