"""What the browser sends to the extraction desk: a cell, a comparison or a sheet, as it was on show when the key was pressed."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from review.desk.card import Ask
from review.desk.extracting_form import REPEATS, Row
from review.extraction.state import Key
from review.text import fold_blanks


class CellSent(BaseModel):
    """What a cell is about; an empty text means what None means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str = ""
    arm: str | None = None
    outcome: str | None = None
    timepoint: str | None = None
    analysis_set: str | None = None

    @property
    def row(self) -> Row:
        """Arm, outcome, time point and analysis set, with blanks folded."""
        arm, outcome, timepoint, analysis_set = (fold_blanks(getattr(self, name) or "") or None for name in REPEATS)
        return arm, outcome, timepoint, analysis_set

    @property
    def key(self) -> Key:
        """As the rooms name a cell."""
        return self.item, *self.row


class ExtractionAsk(Ask):
    """What the browser sends to this desk; study and cell are those that were on show when the key was pressed.

    ``event``: the value that is confirmed. ``rows``: rows that were added and hold nothing yet. ``other``: 'settle', 'compare', 'disagree',
    which of two is taken, or the kind of source. ``item``: a comparison of what was registered and reported. A part of a file comes with
    its bytes as the message's buffer.
    """

    kind: Literal[
        "open", "list", "go", "row", "save", "confirm", "missing", "settle", "step", "undo", "source", "document", "keep", "judge",
        "download", "part", "check", "take",
    ]  # fmt: skip
    study: str = ""
    cell: CellSent = CellSent()
    rows: tuple[CellSent, ...] = ()
    event: str = ""
    value: str = ""
    unit: str = ""
    quotation: str = ""
    location: str = ""
    reason: str = ""
    step: Literal[-1, 1] = 1
    other: str = ""
    report: str = ""
    part: int = Field(default=0, ge=0)
    item: str = ""
    judgement: str = ""
    difference: tuple[str, ...] = ()
    upload: str = ""
    file: str = ""
    size: int = Field(default=0, ge=0)
