"""The extraction desk: the form of a study beside its source; a pre-filled cell is one key, a sentence fills the quotation.

It shows this extractor's own answers, and of others only what is closed, without names. Nothing is stored that was not pressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from review.desk import comparing_form, extracting_form, extracting_sheet
from review.desk.card import Card, Message, closed_without, refused, script
from review.desk.document import Reader
from review.desk.extracting_ask import ExtractionAsk
from review.desk.extracting_form import Row, Sheet
from review.desk.extracting_sheet import LIMIT, GivenBack
from review.desk.quoting import parts_of_document, parts_of_record
from review.desk.upload import PART
from review.errors import InputRefused, NotAllowed, NotFound
from review.extraction.forms import item_on, label_of
from review.extraction.sides import Side
from review.extraction.state import DIFFER, Key
from review.model.extraction import NOT_REPORTED
from review.model.views import StudyView
from review.project import Review

GONE = "this is not on show any more. Next: choose the study in the list."
CHANGED = "what the card shows of this cell has changed meanwhile. Next: look at it again."
COMPARED = "Compared with the source at the desk."  # the reason of a consensus where none is typed


class ExtractionDesk(Card):
    """Extract for the reviewer of *rv*, an extractor, in the card or by its sheet; say of what differs from the registration what it is;
    settle what two extracted or judged differently, as an extractor or a lead.

    keys: {command: key} in place of the desk's own; digits choose a word where an item has a list of them. Raises InputRefused for a key.
    """

    _esm = script(
        "document.js", "quoting.js", "form_card.js", "upload.js", "extracting_sheet.js", "comparing.js", "extracting.js", shows="Extracting"
    )
    _css = Path(__file__).with_name("desk.css")
    Asked = ExtractionAsk
    SHORTCUTS: ClassVar = {
        "confirm": "y", "correct": "e", "missing": "n", "quote": "c", "row": "a", "next": "j", "first": "f", "second": "g", "third": "v",
        "reason": "t", "document": "d", "list": "b", "sheet": "s", **Card.SHORTCUTS,
    }  # fmt: skip

    def __init__(self, rv: Review, *, keys: Mapping[str, str] | None = None) -> None:
        super().__init__(rv, keys=keys)
        self._open = ""  # the study on show
        self._mode = "form"  # what of it: its form, what two extracted differently (settle), comparisons (compare, disagree)
        self._at = 0  # which difference or comparison
        self._sheet = GivenBack(rv)
        self._rows: dict[str, dict[Row, None]] = {}  # study -> rows that were added and hold nothing yet
        self._stored: dict[str, tuple[ExtractionAsk, str]] = {}  # token -> what was pressed, and its event
        self._done: list[tuple[str, str, str, int]] = []  # (event, study, mode, place) of this sitting, to undo from the end
        self._reader = Reader(rv)

    def answer(self, ask: ExtractionAsk) -> Iterator[Message]:
        """The answers to one message: what was stored or fetched, then what to look at."""
        if closed := self._closed():
            yield {"kind": "closed", "token": ask.token, "message": closed}
            return
        beside = {
            "source": self._source, "document": self._document, "keep": self._keep, "download": self._download, "part": self._part,
        }  # fmt: skip
        if ask.kind in beside:
            yield beside[ask.kind](ask)
            return
        if ask.kind == "open":
            sizes = {"limit": LIMIT, "part": PART, "sheets": extracting_form.is_extractor(self._rv)}
            yield {"kind": "opening", "token": ask.token, "stage": "Extraction", "reviewer": self._rv.reviewer, **sizes}
        elif ask.kind in ("list", "go", "row", "step"):
            self._move(ask)
        elif ask.kind == "check":
            self._sheet.look(ask.file, ask.upload, ask.size)
        elif ask.kind == "take":
            yield self._take(ask)
        else:
            yield {"kind": "saved", "token": ask.token, "event": self._write(ask)}
        with self._rv.still():
            card = self._card(ask.token)
        yield card

    def _closed(self) -> str:
        """Why nobody can extract here, and what to do; '' where somebody can."""
        return closed_without(self._rv, "extractor", "extracts")

    def _move(self, ask: ExtractionAsk) -> None:
        """Opens the list, a study or its differences; adds rows; goes on to another difference."""
        self._sheet.close()
        if ask.kind == "list":
            self._open = ""
        elif ask.kind == "step":
            self._on_show(ask, "settle", "compare", "disagree")
            self._at += ask.step
        else:
            study, mode = self._view(ask.study), ask.other if ask.other in ("settle", "compare", "disagree") else "form"
            if ask.kind == "row":
                self._on_show(ask, "form")
            elif mode in ("form", "compare") and not extracting_form.is_extractor(self._rv):
                raise NotAllowed(f"{self._rv.reviewer} has no role extractor", next_step="choose what two extracted differently")
            self._rows.setdefault(study.id, {}).update(dict.fromkeys(cell.row for cell in ask.rows if any(cell.row)))
            if (self._open, self._mode) != (study.id, mode):
                self._at = self._first(study) if mode == "compare" else 0
            self._open, self._mode = study.id, mode

    def _first(self, study: StudyView, after: int = 0) -> int:
        """The place of the first comparison that waits, behind the place *after*, then from the beginning; *after* where none does."""
        own, rows = self._rv.extraction.registered.own(study), comparing_form.to_judge(self._rv, study)
        waits = [at for at, one in enumerate(rows) if comparing_form.unsaid(one, own)]
        return next((at for at in waits if at >= after), waits[0] if waits else after)

    # what is stored

    def _write(self, ask: ExtractionAsk) -> str:
        if ask.token in self._stored:
            asked, event = self._stored[ask.token]
            if asked != ask:
                raise NotAllowed("this key press was stored with something else", next_step="press the key again")
            return event
        write = {
            "save": self._save, "missing": self._save, "confirm": self._confirm, "settle": self._settle, "undo": self._undo,
            "judge": self._judge,
        }  # fmt: skip
        event = write[ask.kind](ask)
        if ask.kind != "undo":
            self._done.append((event, self._open, self._mode, self._at))
        if ask.kind == "judge" and self._mode == "compare":
            self._at = self._first(self._view(self._open), self._at)
        self._stored[ask.token] = (ask, event)
        return event

    def _on_show(self, ask: ExtractionAsk, *modes: str) -> StudyView:
        """The study on show, in one of these *modes*; raises NotAllowed for a card that went stale."""
        if not self._open or ask.study != self._open or self._mode not in modes or self._sheet.shown:
            raise NotAllowed(GONE)
        return self._view(ask.study)

    def _save(self, ask: ExtractionAsk) -> str:
        """One value with its words, or that the sources do not report it, in this extractor's name."""
        study, missing = self._on_show(ask, "form"), ask.kind == "missing"
        item, arm, outcome, timepoint, analysis_set = ask.cell.key
        return self._rv.extraction.record(
            study.id, item=item, arm=arm, outcome=outcome, timepoint=timepoint, analysis_set=analysis_set,
            value=NOT_REPORTED if missing else ask.value, unit=None if missing else ask.unit.strip() or None,
            quotation="" if missing else ask.quotation, location="" if missing else ask.location.strip(), token=ask.token,
        )  # fmt: skip

    def _confirm(self, ask: ExtractionAsk) -> str:
        study = self._on_show(ask, "form")
        now = next((c for c in self._rv.extraction.cells(study) if c.key == ask.cell.key), None)
        if now is None or now.event != ask.event:
            raise NotAllowed(CHANGED)
        return self._rv.extraction.confirm(ask.event, token=ask.token)

    def _settle(self, ask: ExtractionAsk) -> str:
        """The consensus on one cell: the first answer, the second, or a third value; whoever gave one of the two says that they agreed."""
        study = self._on_show(ask, "settle")
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
            reason=ask.reason.strip() or COMPARED, quotation="" if taken else ask.quotation, location="" if taken else ask.location,
        )  # fmt: skip

    def _undo(self, ask: ExtractionAsk) -> str:
        """Takes back what was stored last in this sitting; of an earlier sitting, what is this extractor's own in the cell on show."""
        if self._done:
            event, study, mode, at = self._done[-1]
        elif self._mode in ("compare", "disagree"):
            event, study, mode, at = self._judged_on_show(ask), self._open, self._mode, self._at
        else:
            at, study, mode, own = 0, self._open, "form", self._rv.extraction.own(self._view(self._open)) if self._open else {}
            if ask.cell.key not in own:
                raise NotAllowed("there is nothing of yours to undo here", next_step="go to the cell whose value you would take back")
            event = own[ask.cell.key].event
        undone = self._rv.extraction.undo(event)
        del self._done[-1:]  # what was refused stays the last: sent again, it takes back nothing else
        self._sheet.close()
        self._open, self._mode, self._at = study, mode, at
        return undone

    def _judged_on_show(self, ask: ExtractionAsk) -> str:
        own = self._rv.extraction.registered.own(self._view(self._open)).get(ask.item) if self._open else None
        if own is None:
            raise NotAllowed("there is nothing of yours to undo here", next_step="go to the comparison whose judgement you would take back")
        return own.id

    def _judge(self, ask: ExtractionAsk) -> str:
        """This extractor's word on a comparison of what was registered and reported; or the consensus on one where two words differ."""
        study, extraction = self._on_show(ask, "compare", "disagree"), self._rv.extraction
        if self._mode == "compare":
            own = extraction.registered.own(study).get(ask.item)
            if ask.event != (own.id if own is not None else ""):
                raise NotAllowed(CHANGED)
            return extraction.judge_switching(
                study.id, ask.item, judgement=ask.judgement, difference=ask.difference, note=ask.reason, token=ask.token
            )
        events = extraction.registered.sides(study).get(ask.item)
        if events is None or comparing_form.print_of(events) != ask.event:
            raise NotAllowed(CHANGED)
        if ask.item in extraction.registered.own(study) and not ask.reason.strip():
            raise InputRefused(
                "one of the two judgements is yours", next_step="say in the reason that you agreed, or let a third person settle it"
            )
        taken = comparing_form.taken(events, ask.other)
        judgement, difference = (taken["judgement"], taken["difference"]) if taken else (ask.judgement, ask.difference)
        reason = ask.reason.strip() or (taken["note"] if taken else "") or COMPARED
        return extraction.resolve_switching(study.id, ask.item, judgement=judgement, difference=difference, reason=reason, token=ask.token)

    def _keep(self, ask: ExtractionAsk) -> Message:
        """Keeps what is typed in a cell for its author."""
        item, arm, outcome, timepoint, analysis_set = ask.cell.key
        self._rv.extraction.keep_draft(
            self._view(ask.study).id, item=item, arm=arm, outcome=outcome, timepoint=timepoint, analysis_set=analysis_set, value=ask.value,
            unit=ask.unit, quotation=ask.quotation, location=ask.location, before=ask.event or None, token=ask.token,
        )  # fmt: skip
        return {"kind": "kept", "token": ask.token}

    # the sheet

    def _download(self, ask: ExtractionAsk) -> Message:
        study = self._view(ask.study) if ask.study else None
        due = [row["study"] for row in extracting_form.rows(self._rv) if row["form"]]
        data = self._rv.extraction.sheet(studies=[study.id] if study else due or None)
        name = extracting_sheet.name_of(self._rv.reviewer or "", study.label if study else "")
        return {"kind": "sheet", "token": ask.token, "name": name, "buffers": [data]}

    def _part(self, ask: ExtractionAsk) -> Message:
        self._sheet.upload.take(ask.upload, ask.part, self.buffers)
        return {"kind": "taken", "token": ask.token, "part": ask.part}

    def _take(self, ask: ExtractionAsk) -> Message:
        """Stores what the sheet on show has that is new, all of it; where that is not any more what was shown, nothing."""
        if ask.token not in self._stored:
            receipt = self._sheet.take()
            if receipt is None:
                return refused(ask.token, "what the review holds has changed since the sheet was looked at. Next: look at it again.")
            self._stored[ask.token] = (ask, str(receipt.kept))
            if receipt.event:
                self._done.append((receipt.event, "", "form", 0))  # one key takes all of it back
            self._open = ""
        return {"kind": "saved", "token": ask.token, "event": "", "kept": int(self._stored[ask.token][1])}

    # what is shown

    def _card(self, token: str) -> Message:
        study = next((s for s in self._rv.studies.views() if self._open in (s.id, *s.subjects)), None) if self._open else None
        content = self._sheet.card() if self._sheet.shown else self._of(study) if study is not None else None
        rows = extracting_form.rows(self._rv) if content is not None else comparing_form.rows(self._rv)
        if content is None:
            self._open, self._mode = "", "form"
            content = {"mode": "list", "report": "", "title": "What there is to extract", "rows": rows}
        waits = comparing_form.left(rows)
        total = sum(row["total"] + row["differ"] + row.get("compared", 0) + row.get("disagree", 0) for row in rows)
        words = f"{waits:,} left" if waits else "Nothing waits"
        if study is not None and content["mode"] == "form":
            own = next((row for row in rows if row["study"] == study.id), None)
            words = f"{own['waits']:,} left here · {words}" if own else words
        return {"kind": "card", "token": token, "card": content, "progress": words, "share": 1 - waits / max(1, total)}

    def _of(self, study: StudyView) -> dict[str, Any] | None:
        """What is on show of *study*; None where nothing of that kind is left."""
        if self._mode == "form":
            return self._form(study)
        if self._mode == "settle":
            return self._difference(study)
        return self._comparison(study) if self._mode == "compare" else comparing_form.difference(self._rv, study, self._at)

    def _comparison(self, study: StudyView) -> dict[str, Any] | None:
        found = comparing_form.to_judge(self._rv, study)
        self._at %= max(1, len(found))
        return comparing_form.comparison(self._rv, study, found, self._at) if found else None

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
            "about": " · ".join(filter(None, (extracting_form.words_of(key[1:]), self._between(study, key)))),
            "at": self._at + 1,
            "many": len(found),
            "item": extracting_form.item_shown(asked[1]) if asked else None,
            "sides": [extracting_form.side_shown(side) for side in sides],
            "by_agreement": any(side.mine for side in sides),
            "sources": extracting_form.sources_of(self._rv, study),
        }

    def _between(self, study: StudyView, key: Key) -> str:
        """What differs, where it is not simply what two extractors gave."""
        said = next((c.between for c in self._rv.extraction.cells(study) if c.key == key), "")
        return "" if said == DIFFER else said

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
