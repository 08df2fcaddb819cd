"""The extraction sheet at the desk: its name, and what becomes of one that is given back, as plain values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from review.desk.upload import Upload
from review.errors import NotAllowed
from review.extraction.forms import Form, label_of
from review.extraction.sheet import SheetReceipt
from review.extraction.sheet_answers import Answer
from review.extraction.sheet_grid import Told
from review.extraction.sheet_reading import LARGEST
from review.project import Review

LIMIT = LARGEST  # bytes of one file
MOST = 500  # lines of a list that go to the browser


def name_of(reviewer: str, study: str) -> str:
    """The name of the file of a sheet: for whom it is, and of which study where it is of one."""
    return re.sub(r"[^\w .-]+", "_", " ".join(filter(None, ("extraction", reviewer, study))))[:80].strip(" .") + ".xlsx"


class GivenBack:
    """One sheet that was given back: looked at first, and stored only when its reviewer says so and it is still as it was shown."""

    def __init__(self, rv: Review) -> None:
        self._rv, self.upload = rv, Upload(LIMIT)
        self._held: tuple[str, bytes, SheetReceipt] | None = None

    @property
    def shown(self) -> bool:
        """Whether a sheet is on show."""
        return self._held is not None

    def look(self, file: str, upload: str, size: int) -> None:
        """Compares the file of this *upload* with the review, and stores nothing. Raises what ``rv.extraction.read_sheet`` refuses."""
        name = PurePosixPath(file.replace("\\", "/")).name or "sheet.xlsx"
        data = self.upload.whole(upload, size, name)
        self._held = (name, data, self._rv.extraction.read_sheet(name, content=data, check_only=True))
        self.upload = Upload(LIMIT)

    def take(self) -> SheetReceipt | None:
        """Stores it; gives the receipt, None where it says something else by now, which is on show then."""
        if self._held is None:
            raise NotAllowed("no sheet is on show any more", next_step="give it back again")
        name, data, shown = self._held
        now = self._rv.extraction.read_sheet(name, content=data, check_only=True)
        if not now.ok or [one.token for one in now.fresh] != [one.token for one in shown.fresh]:
            self._held = (name, data, now)
            return None
        self._held = None
        return self._rv.extraction.read_sheet(name, content=data)

    def close(self) -> None:
        """Lets go of it."""
        self._held = None

    def card(self) -> dict[str, Any]:
        """What the browser shows of it."""
        return looked_at(self._held[2], self._rv.extraction.forms()) if self._held is not None else {}


def looked_at(found: SheetReceipt, forms: Sequence[Form]) -> dict[str, Any]:
    """A sheet that was looked at as the browser shows it: what would be stored, what is wrong with it, what is noted."""
    lists = {
        "fresh": [_fresh(one, forms) for one in found.fresh],
        "told": list(map(_told, found.told)),
        "noted": list(map(_told, found.noted)),
    }
    return {
        "mode": "sheet", "report": "", "title": found.name, "read": found.read, "unchanged": found.unchanged, "refused": found.refused,
        **{name: several[:MOST] for name, several in lists.items()},
        "many": {name: len(several) for name, several in lists.items()},
    }  # fmt: skip


def _fresh(one: Answer, forms: Sequence[Form]) -> list[str]:
    about = " · ".join(filter(None, (one.key.arm, one.key.outcome, one.key.timepoint, one.key.analysis_set)))
    value = " ".join(filter(None, (one.value, one.unit)))
    return [one.place, one.study.label, label_of(one.key.item, forms), about, value, one.quotation, one.location]


def _told(one: Told) -> list[str]:
    return [one.cell, one.found, one.expected, one.next_step]
