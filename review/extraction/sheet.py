"""The extraction sheet, out and in: written for one reviewer, and read back whole or not at all, with every problem told by its cell."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from review.errors import InputRefused, LedgerMoved, NotAllowed
from review.extraction import sheet_layout as layout
from review.extraction import state
from review.extraction.forms import Form
from review.extraction.sheet_answers import Answer, Checked
from review.extraction.sheet_checking import Checking
from review.extraction.sheet_grid import Grid, Told
from review.extraction.sheet_layout import Source
from review.extraction.sheet_reading import LARGEST, ROWS, grid_of, read_grid
from review.extraction.sheet_writing import csv_of, xlsx_of
from review.ledger.seat import Seat, at_rest
from review.model.authority import check_role
from review.model.event import Draft, Event
from review.model.extraction import CellKey, SheetReturned
from review.model.views import StudyView
from review.protocol import Protocol

if TYPE_CHECKING:
    import pandas as pd

DraftOf = Callable[[StudyView, CellKey, str, str | None, str, str, str | None], Draft]


@dataclass(frozen=True, slots=True)
class SheetReceipt:
    """What became of a returned sheet; numbers of values. Where there is a problem nothing of the sheet was kept.

    read: values that stand in it; kept: recorded now; refused: cells with a problem; unchanged: values that the review holds already;
    fresh: the values that were recorded or, where it was only checked, would be. event: by which all of it is taken back; '' where nothing
    was kept.
    """

    name: str
    read: int
    kept: int
    refused: int
    unchanged: int
    told: tuple[Told, ...] = ()
    noted: tuple[Told, ...] = ()
    fresh: tuple[Answer, ...] = ()
    event: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing was wrong with the sheet."""
        return not self.told

    @property
    def problems(self) -> pd.DataFrame:
        """Everything that is wrong: sheet, cell, found, expected, next_step. None of the sheet is kept until it is mended."""
        return _frame(self.told)

    @property
    def notes(self) -> pd.DataFrame:
        """What changed nothing and is no problem, such as a cell that was emptied; the same columns."""
        return _frame(self.noted)

    @property
    def new(self) -> pd.DataFrame:
        """The values that were recorded or would be: cell, study, item, arm, outcome, timepoint, analysis_set, value, unit, quotation,
        location."""
        import pandas as pd

        rows = [(a.place, a.study.label, *a.key.model_dump().values(), a.value, a.unit, a.quotation, a.location) for a in self.fresh]
        head = ["cell", "study", "item", "arm", "outcome", "timepoint", "analysis_set", "value", "unit", "quotation", "location"]
        return pd.DataFrame(rows, columns=head)

    def __str__(self) -> str:
        checked = len(self.fresh) - self.kept  # by a look that recorded nothing
        kept = f"{checked:,} would be kept" if checked else f"{self.kept:,} kept"
        lines = [f"{self.name}: {self.read:,} values read, {kept}, {self.unchanged:,} as they were, {self.refused:,} cells refused"]
        for mark, several in (("", self.told), ("note: ", self.noted)):
            lines += [f"  {mark}{t.cell}: {t.found}\n    expected: {t.expected}\n    next: {t.next_step}" for t in several]
        if self.event:
            lines.append(f"To take all of it back: review extract undo {self.event}")
        if self.told:
            lines.append("Nothing of this sheet was kept. Mend these cells and return it again.")
        return "\n".join(lines)


def _frame(told: Sequence[Told]) -> pd.DataFrame:
    import pandas as pd

    rows = [(t.sheet, t.cell, t.found, t.expected, t.next_step) for t in told]
    return pd.DataFrame(rows, columns=["sheet", "cell", "found", "expected", "next_step"])


def _check_kind(kind: str, where: str) -> None:
    if kind not in (".xlsx", ".csv"):
        raise InputRefused(f"no sheet is written as {kind or 'a file without an ending'}", where=where,
                           expected=".xlsx or .csv", next_step="name the file so")  # fmt: skip


def _not_too_large(size: int, what: str, most: int) -> None:
    """Raises InputRefused for a sheet that could not be read back."""
    if size > most:
        raise InputRefused(
            f"the sheet would have {size:,} {what}, and could not be read back when it is filled in", expected=f"up to {most:,}",
            next_step="write several: for some studies (studies=…, --study) or outcomes (outcomes=…, --outcome)",
        )  # fmt: skip


class Sheets:
    """Sheets of one room of extraction. events: every cell of a study; draft: a value as a fact, checked and not written yet."""

    def __init__(
        self, seat: Seat, protocol: Protocol, studies: Callable[[], Sequence[StudyView]], forms: Callable[[], Sequence[Form]],
        events: Callable[[StudyView], Mapping[state.Key, list[Event]]], draft: DraftOf,
    ) -> None:  # fmt: skip
        self._seat, self._protocol, self._studies, self._forms, self._events, self._draft = seat, protocol, studies, forms, events, draft

    def write(self, path: Path, studies: Sequence[str] | None, outcomes: Sequence[str] | None) -> Path:
        """Write the sheet of this viewer; see ``Extraction.write_sheet``."""
        self._extractor()
        kind = path.suffix.lower()
        _check_kind(kind, path.name)
        if path.exists():
            raise InputRefused(f"{path} is there already, and may have been filled in", next_step="choose another name, or move it away")
        data = self._made(kind, studies, outcomes)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def made(self, kind: str, studies: Sequence[str] | None, outcomes: Sequence[str] | None) -> bytes:
        """The bytes of that sheet; see ``Extraction.sheet``."""
        self._extractor()
        _check_kind(kind, "sheet")
        return self._made(kind, studies, outcomes)

    @at_rest
    def _made(self, kind: str, studies: Sequence[str] | None, outcomes: Sequence[str] | None) -> bytes:
        source = self._source()
        items = layout.items_of(source.forms)
        rows = layout.rows_of(source, items, studies, outcomes)
        write = xlsx_of if kind == ".xlsx" else csv_of
        _not_too_large(len(rows), "rows", ROWS - layout.SPARE)
        data = write(source, rows, layout.columns_of(items), layout.stamp_of(source, rows, items))
        _not_too_large(len(data), "bytes", LARGEST // 2)  # with room for what is typed
        return data

    def read(self, path: Path, content: bytes | None = None, *, check_only: bool = False) -> SheetReceipt:
        """Read a returned sheet; see ``Extraction.read_sheet``."""
        self._extractor()
        grid, pen = read_grid(path) if content is None else grid_of(content, path), self._seat.pen
        files = [(form.data, False) for form in self._forms()]
        while True:
            read_to = pen.ledger.arrived()
            found, drafts = self._compared(grid)
            try:
                writes = drafts and not found.problems and not check_only
                written = pen.write_all([*drafts, self._returned(path, grid, drafts)], blobs=files, read_to=read_to) if writes else []
            except LedgerMoved:  # this reviewer wrote from another window meanwhile: what was compared is no longer so
                continue
            told, refused = tuple(found.problems), len({one.cell for one in found.problems})
            fresh = () if told else tuple(found.answers)
            kept, event = max(0, len(written) - 1), written[-1].id if written else ""
            return SheetReceipt(path.name, found.read, kept, refused, found.unchanged, told, tuple(found.notes), fresh, event)

    def _returned(self, path: Path, grid: Grid, drafts: Sequence[Draft]) -> Draft:
        """That this sheet was returned, with the tokens of what is recorded from it."""
        body = SheetReturned(name=path.name, sha256=grid.sha256, tokens=tuple(str(draft.token) for draft in drafts))
        return self._seat.pen.draft(SheetReturned.kind, f"sheet:{grid.sha256[:32]}", body)

    @at_rest
    def _compared(self, grid: Grid) -> tuple[Checked, list[Draft]]:
        drafts: list[Draft] = []

        def refuses(answer: Answer) -> InputRefused | None:
            try:
                drafts.append(
                    self._draft(
                        answer.study, answer.key, answer.value, answer.unit, answer.quotation, answer.location, answer.token
                    )
                )  # fmt: skip
            except InputRefused as refused:
                return refused
            return None

        facts = self._seat.state("extraction", state.ExtractionState, state.fold).facts

        def known(token: str) -> bool | None:
            event = self._seat.sent(token)
            return None if event is None else facts.live(event.id) or bool(facts.live_replacements(event.id))

        found = Checking(grid, self._source(), known=known, refuses=refuses).run()
        return found, drafts

    def _extractor(self) -> None:
        if self._seat.viewer.name is None:
            raise NotAllowed("a sheet is of one extractor, and this review was opened without a reviewer",
                             next_step="open it with reviewer=…, or give --as …")  # fmt: skip
        check_role(self._seat.viewer, "extractor", otherwise="open the review as an extractor")

    def _source(self) -> Source:
        found = self._seat.state("extraction", state.ExtractionState, state.fold)
        history = self._protocol.history
        mark = history[0].id if history else self._protocol.plan.review.title
        studies = self._studies()
        return Source(
            viewer=str(self._seat.viewer.name),
            review=hashlib.sha256(mark.encode()).hexdigest()[:8],
            forms=self._forms(),
            outcomes=self._protocol.plan.outcomes,
            studies=studies,
            cells={study.id: self._events(study) for study in studies},
            live=found.facts.live,
            event=self._seat.event,
        )
