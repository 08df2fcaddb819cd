"""Bodies of the facts that are extracted: cells with quotation and location, confirmations, consensus, contacts."""

from __future__ import annotations

from typing import ClassVar

from review.model.event import Body

NOT_REPORTED = "not reported"


class CellKey(Body):
    """What a cell is about. None means that the item does not vary in that respect."""

    kind: ClassVar[str] = "-"
    item: str
    arm: str | None = None
    outcome: str | None = None
    timepoint: str | None = None
    analysis_set: str | None = None


class CellRecorded(Body):
    """One value with its unit, the words that it was read from, and where they stand.

    ``value`` is text; 'not reported' is a value. ``lines`` is the first and last line in the text named by
    ``text_sha256`` (the captured page, or the flattened text of an HTML page), None for a source without lines.
    """

    kind: ClassVar[str] = "extraction.recorded"
    cell: CellKey
    value: str
    unit: str | None
    quotation: str
    location: str
    record: str | None = None
    text_sha256: str | None = None
    lines: tuple[int, int] | None = None
    note: str = ""


class CellConfirmed(Body):
    """A person compared a cell with its source and found it right."""

    kind: ClassVar[str] = "extraction.confirmed"
    cell: CellKey
    value: str
    unit: str | None
    confirms: str


class CellResolved(Body):
    """The consensus value where two extractors differ, or where a lead settles a cell."""

    kind: ClassVar[str] = "extraction.resolved"
    cell: CellKey
    value: str
    unit: str | None
    reason: str
    settles: tuple[str, ...]


class ContactLogged(Body):
    """Whom the team asked, when and what, and the answer; an answer None is still awaited."""

    kind: ClassVar[str] = "extraction.contacted"
    whom: str
    when: str
    asked: str
    answer: str | None
