"""What one person said on one cell, with the words that it was read from. Whose it is stands nowhere, only whether it is one's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from review.extraction.state import confirmed
from review.model.event import Event


@dataclass(frozen=True, slots=True)
class Side:
    """One live answer on a cell. Of a confirmation, the words are those of the value that was confirmed.

    ``lines``: first and last line in the text of ``record``, where the words were found there. ``mine``: whether the viewer gave it.
    ``astray``: whether it was read, or may have been, from a report that is linked no more.
    """

    event: str
    value: str
    unit: str | None
    quotation: str
    location: str
    record: str | None
    lines: tuple[int, int] | None
    confirmed: bool
    mine: bool
    astray: bool = False


def side_of(event: Event, event_of: Callable[[str], Event], viewer: str | None, astray: bool = False) -> Side:
    """The answer in *event*; event_of: gives the fact of an id; astray: as in Side."""
    words = confirmed(event, event_of)
    body, lines = words.body, words.body.get("lines")
    return Side(
        event.id, event.body["value"], event.body["unit"], body.get("quotation", ""), body.get("location", ""), body.get("record"),
        (lines[0], lines[1]) if lines else None, words is not event, event.actor == viewer, astray,
    )  # fmt: skip
