"""The extraction desk: the form of a study beside its source; a pre-filled cell is one key, a sentence fills the quotation.

It shows this extractor's own answers, and of others only what is closed, without names. Nothing is stored that was not pressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from review.desk import extracting_form
from review.desk.card import Ask, Card, Message, closed_to, script
from review.desk.document import Reader
from review.desk.extracting_form import REPEATS, Row, Sheet
from review.desk.quoting import parts_of_document, parts_of_record
from review.errors import InputRefused, NotAllowed, NotFound
from review.extraction.forms import item_on, label_of
from review.extraction.sides import Side
from review.extraction.state import Key
from review.model.authority import LEAD
from review.model.extraction import NOT_REPORTED
from review.model.views import StudyView
from review.project import Review
from review.text import fold_blanks

GONE = "this is not on show any more. Next: choose the study in the list."
CHANGED = "what the card shows of this cell has changed meanwhile. Next: look at it again."
COMPARED = "Compared with the source at the desk."  # the reason of a consensus where none is typed


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

    ``event``: the value that is confirmed. ``rows``: rows that were added and hold nothing yet. ``other``: 'settle', or the kind of source.
    """

    kind: Literal["open", "list", "go", "row", "save", "confirm", "missing", "settle", "step", "undo", "source", "document"]
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
    part: int = 0


class ExtractionDesk(Card):
    """Extract for the reviewer of *rv*, an extractor; settle what two extracted differently, as an extractor or a lead.

    keys: {command: key} in place of the desk's own; digits choose a word where an item has a list of them. Raises InputRefused for a key.
    """

    _esm = script("document.js", "quoting.js", "form_card.js", "upload.js", "extracting.js", shows="Extracting")
    _css = Path(__file__).with_name("desk.css")
    Asked = ExtractionAsk
    SHORTCUTS: ClassVar = {
        "confirm": "y", "correct": "e", "missing": "n", "quote": "c", "row": "a", "next": "j", "first": "f", "second": "g", "third": "v",
        "reason": "t", "document": "d", "list": "b", **Card.SHORTCUTS,
    }  # fmt: skip

    def __init__(self, rv: Review, *, keys: Mapping[str, str] | None = None) -> None:
        super().__init__(rv, keys=keys)
        self._open = ""  # the study on show
        self._settles = False  # whether its differences are
        self._at = 0  # which of them
        self._rows: dict[str, dict[Row, None]] = {}  # study -> rows that were added and hold nothing yet
        self._stored: dict[str, tuple[ExtractionAsk, str]] = {}  # token -> what was pressed, and its event
        self._done: list[tuple[str, str, bool]] = []  # (event, study, whether it settled) of this sitting, to undo from the end
        self._reader = Reader(rv)

    def answer(self, ask: ExtractionAsk) -> Iterator[Message]:
        """The answers to one message: what was stored or fetched, then what to look at."""
        if closed := self._closed():
            yield {"kind": "closed", "token": ask.token, "message": closed}
            return
        if ask.kind in ("source", "document"):
            yield self._source(ask) if ask.kind == "source" else self._document(ask)
            return
        if ask.kind == "open":
            yield {"kind": "opening", "token": ask.token, "stage": "Extraction", "reviewer": self._rv.reviewer}
        elif ask.kind in ("list", "go", "row", "step"):
            self._move(ask)
        else:
            yield {"kind": "saved", "token": ask.token, "event": self._write(ask)}
        with self._rv.still():
            card = self._card(ask.token)
        yield card

    def _closed(self) -> str:
        """Why nobody can extract here, and what to do; '' where somebody can."""
        who, able = self._rv.reviewer, [r for r in self._rv.protocol.plan.reviewers if {LEAD, "extractor"} & set(r.roles)]
        names = [r.id for r in able] or ["r1"]
        if who and who in names:
            return ""
        why = f"{who} has neither the role extractor nor lead in review.toml." if who else "This desk needs to know who extracts."
        return closed_to(why, names)

    def _move(self, ask: ExtractionAsk) -> None:
        """Opens the list, a study or its differences; adds rows; goes on to another difference."""
        if ask.kind == "list":
            self._open = ""
        elif ask.kind == "step":
            self._on_show(ask, settles=True)
            self._at += ask.step
        else:
            study = self._view(ask.study)
            if ask.kind == "row":
                self._on_show(ask, settles=False)
            elif ask.other != "settle" and not extracting_form.is_extractor(self._rv):
                raise NotAllowed(f"{self._rv.reviewer} has no role extractor", next_step="choose what two extracted differently")
            self._rows.setdefault(study.id, {}).update(dict.fromkeys(cell.row for cell in ask.rows if any(cell.row)))
            self._at = 0 if self._open != study.id else self._at
            self._open, self._settles = study.id, ask.kind == "go" and ask.other == "settle"

    # what is stored

    def _write(self, ask: ExtractionAsk) -> str:
        if ask.token in self._stored:
            asked, event = self._stored[ask.token]
            if asked != ask:
                raise NotAllowed("this key press was stored with something else", next_step="press the key again")
            return event
        write = {"save": self._save, "missing": self._save, "confirm": self._confirm, "settle": self._settle, "undo": self._undo}
        event = write[ask.kind](ask)
        if ask.kind != "undo":
            self._done.append((event, self._open, self._settles))
        self._stored[ask.token] = (ask, event)
        return event

    def _on_show(self, ask: ExtractionAsk, *, settles: bool) -> StudyView:
        """The study on show; raises NotAllowed for a card that went stale."""
        if not self._open or ask.study != self._open or settles != self._settles:
            raise NotAllowed(GONE)
        return self._view(ask.study)

    def _save(self, ask: ExtractionAsk) -> str:
        """One value with its words, or that the sources do not report it, in this extractor's name."""
        study, missing = self._on_show(ask, settles=False), ask.kind == "missing"
        item, arm, outcome, timepoint, analysis_set = ask.cell.key
        return self._rv.extraction.record(
            study.id, item=item, arm=arm, outcome=outcome, timepoint=timepoint, analysis_set=analysis_set,
            value=NOT_REPORTED if missing else ask.value, unit=None if missing else ask.unit.strip() or None,
            quotation="" if missing else ask.quotation, location="" if missing else ask.location.strip(), token=ask.token,
        )  # fmt: skip

    def _confirm(self, ask: ExtractionAsk) -> str:
        study = self._on_show(ask, settles=False)
        now = next((c for c in self._rv.extraction.cells(study) if c.key == ask.cell.key), None)
        if now is None or now.event != ask.event:
            raise NotAllowed(CHANGED)
        return self._rv.extraction.confirm(ask.event, token=ask.token)

    def _settle(self, ask: ExtractionAsk) -> str:
        """The consensus on one cell: the first answer, the second, or a third value; whoever gave one of the two says that they agreed."""
        study = self._on_show(ask, settles=True)
        item, arm, outcome, timepoint, analysis_set = ask.cell.key
        sides = extracting_form.differing(self._rv, study).get(ask.cell.key)
        if sides is None or _print(sides) != ask.event:
            raise NotAllowed(CHANGED)
        taken = {"first": sides[0], "second": sides[-1]}.get(ask.other)
        if any(side.mine for side in sides) and not ask.reason.strip():
            raise InputRefused(
                "one of the two answers is yours", next_step="say in the reason that you agreed, or let a third person settle it"
            )
        return self._rv.extraction.resolve(
            study.id, item=item, arm=arm, outcome=outcome, timepoint=timepoint, analysis_set=analysis_set, token=ask.token,
            value=taken.value if taken else ask.value, unit=taken.unit if taken else ask.unit.strip() or None,
            reason=ask.reason.strip() or COMPARED,
        )  # fmt: skip

    def _undo(self, ask: ExtractionAsk) -> str:
        """Takes back what was stored last in this sitting; of an earlier sitting, what is this extractor's own in the cell on show."""
        if self._done:
            event, study, settles = self._done[-1]
        else:
            study, settles, own = self._open, False, self._rv.extraction.own(self._view(self._open)) if self._open else {}
            if ask.cell.key not in own:
                raise NotAllowed("there is nothing of yours to undo here", next_step="go to the cell whose value you would take back")
            event = own[ask.cell.key].event
        undone = self._rv.extraction.undo(event)
        del self._done[-1:]  # what was refused stays the last: sent again, it takes back nothing else
        self._open, self._settles = study, settles
        return undone

    # what is shown

    def _card(self, token: str) -> Message:
        rows = extracting_form.rows(self._rv)
        study = next((s for s in self._rv.studies.views() if self._open in (s.id, *s.subjects)), None) if self._open else None
        content = None
        if study is not None:
            content = self._difference(study) if self._settles else self._form(study)
        if content is None:
            self._open, self._settles = "", False
            content = {"mode": "list", "report": "", "title": "What there is to extract", "rows": rows}
        waits = sum(row["waits"] + row["differ"] for row in rows)
        total = sum(row["total"] + row["differ"] for row in rows)
        words = f"{waits:,} left" if waits else "Nothing waits"
        if study is not None and content["mode"] == "form":
            own = next((row for row in rows if row["study"] == study.id), None)
            words = f"{own['waits']:,} left here · {words}" if own else words
        return {"kind": "card", "token": token, "card": content, "progress": words, "share": 1 - waits / max(1, total)}

    def _form(self, study: StudyView) -> dict[str, Any]:
        sheet = Sheet(self._rv, study, self._rows.get(study.id, {}))
        items = {item.id: extracting_form.item_shown(item) for item, _ in sheet.items}
        sections = sheet.sections()
        own = {cell["key"][0] for section in sections for cell in section["cells"]} - items.keys()
        team = {"help": "An item of the team's own.", "type": "text", "units": [], "choices": [], "number": False, "bound": False}
        return {
            "mode": "form",
            "report": study.id,
            "reviewer": self._rv.reviewer,
            "title": study.label,
            "about": study.reports[0].title,
            "items": items | {name: {"label": label_of(name), **team} for name in sorted(own)},
            "sections": sections,
            "named": sheet.named(),
            "sources": extracting_form.sources_of(self._rv, study),
        }

    def _difference(self, study: StudyView) -> dict[str, Any] | None:
        """One difference of *study*; None where none is left."""
        found = list(extracting_form.differing(self._rv, study).items())
        if not found:
            return None
        self._at %= len(found)
        key, sides = found[self._at]
        forms = self._rv.extraction.forms()
        asked = item_on(forms, key[0], self._rv.extraction.design(study))
        return {
            "mode": "settle",
            "report": study.id,
            "reviewer": self._rv.reviewer,
            "key": list(key),
            "print": _print(sides),
            "title": f"{study.label}: {label_of(key[0], forms)}",
            "about": extracting_form.words_of(key[1:]),
            "at": self._at + 1,
            "many": len(found),
            "item": extracting_form.item_shown(asked[1]) if asked else None,
            "sides": [extracting_form.side_shown(side) for side in sides],
            "by_agreement": any(side.mine for side in sides),
            "sources": extracting_form.sources_of(self._rv, study),
        }

    # what is fetched

    def _source(self, ask: ExtractionAsk) -> Message:
        study = self._view(self._open)
        record = next((r for r in study.records if r.id == ask.report), None)
        report = next((r for r in study.reports if r.id == ask.report), None)
        if ask.other == "text" and record is not None:
            parts, remark = extracting_form.parts_of_text(self._rv, record)
        elif ask.other == "record" and report is not None:
            parts, remark = parts_of_record(report), ""
        elif report is not None:
            parts, remark = parts_of_document(report, self._rv.screening.document(report))
        else:
            raise InputRefused("this source does not belong to the study on show", next_step="choose one of its sources")
        return {"kind": "source", "token": ask.token, "parts": parts, "remark": remark}

    def _document(self, ask: ExtractionAsk) -> Message:
        study = self._view(self._open)
        report = next((r for r in study.reports if r.id == ask.report), None)
        if report is None:
            raise InputRefused("this report does not belong to the study on show", next_step="choose one of its sources")
        return self._reader.part(ask.token, report, ask.part)

    def _view(self, study: str) -> StudyView:
        found = next((s for s in self._rv.studies.views() if study in (s.id, *s.subjects)), None)
        if found is None:
            raise NotFound("this study is there no more", next_step="choose one of the list")
        return found


def _print(sides: tuple[Side, ...]) -> str:
    """By what the kernel knows the two answers that were on show: their ids, which name nobody."""
    return " ".join(side.event for side in sides)
