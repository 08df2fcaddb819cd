"""What stands in a returned workbook beside the sheet of results: comments, other sheets, copies. None of it is read; all of it is told."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from review.extraction import sheet_layout as layout
from review.extraction.sheet_grid import Grid, Told, heads

Cells = tuple[Mapping[tuple[int, int], str], Mapping[tuple[int, int], Told]]
_OURS: Final = (layout.RESULTS, layout.CHOICES, layout.INSTRUCTIONS)
_RELATED: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_MOST: Final = 100  # comments that are told one by one


def others(sheets: Sequence[tuple[str, Callable[[], Cells]]], own: Grid) -> tuple[list[Told], list[Told]]:
    """(copies of the sheet of results that say otherwise than *own*, sheets that a person added).

    sheets: name, and what gives the cells.
    """
    copies, added = list[Told](), list[Told]()
    for name, cells_of in sheets:
        if name in _OURS:
            continue
        cells, faults = cells_of()
        if not cells and not faults:
            continue
        if next(heads(Grid(name, cells, faults)), None) is None:
            found = f"{len(cells) + len(faults):,} filled cells in a sheet of its own"
            added.append(Told(name, name, found, f"values in the sheet {layout.RESULTS!r}", "it was not read: put there what counts"))
        elif cells != own.cells or faults.keys() != own.faults.keys():
            found = f"another sheet with the columns of {layout.RESULTS!r}, which says otherwise"
            told = "put what you typed there into it, and delete the other: what stands there is not read"
            copies.append(Told(name, name, found, f"one sheet of results, {layout.RESULTS!r}", told))
    return copies, added


def comments(parts: Mapping[str, bytes], sheet: str) -> list[Told]:
    """The comments on the cells of *sheet*, a part of the workbook by its name."""
    folder, file = posixpath.split(sheet)
    related = parts.get(f"{folder}/_rels/{file}.rels")
    found: dict[str, str] = {}
    for target in _targets(related) if related else ():
        part = parts.get(posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)))
        if part is not None and "omment" in target:  # comments, and the threads of newer programs, which repeat them
            found |= {place: text for place, text in _said(part) if place not in found or "threaded" in target}
    told = [(place, " ".join(text.split())[:60]) for place, text in found.items()]
    return [
        Told(layout.RESULTS, f"{layout.RESULTS}!{place}", f"a comment: {text!r}", "values and their words in cells",
             "it was not read: put what counts into a cell, or ask where you ask questions")
        for place, text in told[:_MOST]
    ]  # fmt: skip


def _targets(related: bytes) -> Iterator[str]:
    from lxml import etree

    for one in etree.fromstring(related, etree.XMLParser(resolve_entities=False, no_network=True)).iter(_RELATED):
        yield str(one.get("Target") or "")


def _said(part: bytes) -> Iterator[tuple[str, str]]:
    """(cell, text) of every comment."""
    from lxml import etree

    for one in etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True)).iter():
        if isinstance(one.tag, str) and etree.QName(one).localname in ("comment", "threadedComment") and one.get("ref"):
            yield str(one.get("ref"))[:20], "".join(one.itertext())
