"""What a returned sheet says, as values: its rows, the answers to record, what is wrong and what is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from review.extraction import sheet_layout as layout
from review.extraction.sheet_grid import Told
from review.extraction.sheet_layout import Held
from review.model.extraction import CellKey
from review.model.views import StudyView


@dataclass(frozen=True, slots=True)
class Answer:
    """One value to record. token: of the sheet and the cell, so that the same sheet again records nothing again."""

    place: str
    study: StudyView
    key: CellKey
    value: str
    unit: str | None
    quotation: str
    location: str
    token: str


@dataclass(slots=True)
class Checked:
    """What a sheet says: the answers to record, what is wrong (then nothing is recorded), and what is told without being wrong.

    read: how many values stand in it; unchanged: those that the review holds already.
    """

    answers: list[Answer] = field(default_factory=list)
    problems: list[Told] = field(default_factory=list)
    notes: list[Told] = field(default_factory=list)
    read: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the sheet: its number, its texts by column id, and what the review held when the sheet was made."""

    number: int
    texts: Mapping[str, str]
    study: StudyView
    place: tuple[str, str, str, str]
    held: Mapping[str, Held]

    def key(self, item: str) -> CellKey:
        return CellKey(item=item, **{name: text or None for name, text in zip(layout.KEYS, self.place, strict=True)})
