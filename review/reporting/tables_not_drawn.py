"""Which pictures a planned synthesis has not, and why: what is missing from a page is said on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from review.errors import InputRefused
from review.reporting.analyses import synthesis
from review.reporting.analysis_around import around_attempts
from review.reporting.analysis_directions import unpooled_attempts
from review.reporting.analysis_pictures import Attempt, pooled_attempts
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.tables_synthesis import comparison_trace
from review.reporting.trace import key_of

GROUPS: Mapping[str, Callable[[Rooms, str], Attempt]] = {
    "pooled": pooled_attempts,
    "around": around_attempts,
    "unpooled": unpooled_attempts,
}

NAMES = {"pooled": " with the estimate", "around": " beside the estimate", "unpooled": " without pooling"}


def not_drawn(rooms: Rooms, comparison: str = "", of: str = "") -> Table:
    """The pictures that this synthesis has not. of: 'pooled', 'around' (the estimate), 'unpooled', '' for all. Raises InputRefused."""
    one = synthesis(rooms, comparison)
    if of and of not in GROUPS:
        raise InputRefused(f"there is no group of pictures {of!r}", expected=", ".join(GROUPS))
    planned = comparison_trace(rooms, one.asked.id)
    missing = [found for name, tried in GROUPS.items() if of in ("", name) for found in tried(rooms, one.asked.id)[1]]
    rows = tuple((Cell(name, trace=planned.key), Cell(why, trace=planned.key)) for name, why in missing)
    columns = (Column("picture", "Picture", width=2), Column("reason", "Why it is not here", width=5))
    title = f"Not drawn{NAMES.get(of, '')}: {one.about}"
    key = key_of("not-drawn", *([of] if of else []), one.asked.id)
    found = {planned.key: planned} if rows else {}
    return Table(key, title, columns, rows, rooms.table_notes(), found, "Every picture is here.")
