"""What the forms ask of a study, and which of its cells wait for an extractor. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from review.extraction.form_check import REPEATS, Item
from review.extraction.forms import Form
from review.extraction.sides import Side
from review.extraction.state import STRAYED, Key
from review.model.views import CellView

Row = tuple[str | None, str | None, str | None, str | None]  # arm, outcome, time point, analysis set
THE_STUDY: Row = (None, None, None, None)
IN_EXTRACTION = ("included", "ongoing", "awaiting")
OF_ONE = ("recorded by one", "checked by one")


def items_for(forms: Sequence[Form], design: str | None) -> list[tuple[Item, bool]]:
    """The items of the forms that fit *design*, each once, and whether its form asks for results, that is for nothing but rows."""
    found: dict[str, tuple[Item, bool]] = {}
    for form in forms:
        if form.for_design(design):
            results = all(item.repeat for item in form.items)
            for item in form.items:
                found.setdefault(item.id, (item, results))
    return list(found.values())


def asked_of(item: Item, results: bool, row: Row) -> bool:
    """Whether *item* is asked of *row*: of the study, of an arm, or of a result."""
    named = {name for name, value in zip(REPEATS, row, strict=True) if value is not None}
    if not named:
        return not results and (not item.repeat or (item.repeat[0] == "arm" and len(item.repeat) > 1))
    if not named <= set(item.repeat):
        return False
    return "outcome" in item.repeat if "outcome" in named else not results or "outcome" not in item.repeat


def cells_of(items: Sequence[tuple[Item, bool]], cells: Mapping[Key, CellView]) -> dict[Key, None]:
    """The cells of a study: what is asked of the study itself, then those that hold something."""
    asked = [(item.id, *THE_STUDY) for item, results in items if asked_of(item, results, THE_STUDY)]
    return dict.fromkeys([*asked, *cells])


def waits(key: Key, cells: Mapping[Key, CellView], own: Mapping[Key, Side]) -> bool:
    """Whether an extractor with these *own* answers has yet to look at a cell: what was pre-filled, what holds nothing, and an answer of
    their own that was read from a report which is linked no more, until it is settled."""
    cell, said = cells.get(key), own.get(key)
    if said is not None:
        return said.astray and cell is not None and cell.between == STRAYED
    return cell is None or cell.state == "pre-filled"


def is_open(cell: CellView, needed: int) -> bool:
    """Whether a cell that holds something lacks an answer of anybody, as far as one viewer is told; what two differ on is a lead's."""
    settled_next = cell.conflict and cell.between != STRAYED
    return cell.state == "pre-filled" or (needed > 1 and cell.state in OF_ONE and not settled_next)
