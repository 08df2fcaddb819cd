"""The verbs of extraction: record, confirm, correct, resolve, pre-fill, keep what is typed, sheets, contacts. It shows nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from review.errors import InputRefused, NotFound
from review.extraction import state
from review.extraction.checking import check_cell, check_words, value_text
from review.extraction.drafts import drafts_of
from review.extraction.forms import Form, item_on
from review.extraction.sheet import SheetReceipt, Sheets
from review.extraction.sheet_undoing import returned_by, taken_back
from review.extraction.sources import source_of
from review.extraction.standings import Standings
from review.ledger.moments import iso_day
from review.ledger.seat import at_rest
from review.ledger.settling import settle
from review.ledger.undo import take_back
from review.model.authority import check_resolver, check_role
from review.model.consensus import Panel
from review.model.event import Draft, Event
from review.model.extraction import CellConfirmed, CellDrafted, CellKey, CellRecorded, CellResolved, ContactLogged
from review.model.views import StudyView


class Extraction(Standings):
    """Cells of the studies, by two people blind to each other where the protocol names two extractors."""

    # writing

    def record(
        self,
        study: str,
        *,
        item: str,
        value: str | int,
        unit: str | None = None,
        arm: str | None = None,
        outcome: str | None = None,
        timepoint: str | None = None,
        analysis_set: str | None = None,
        quotation: str,
        location: str,
        token: str | None = None,
    ) -> str:
        """Record one value with the words that it was read from and where they stand; 'not reported' is a value. Returns the event id.

        Where the quotation is found in the text of one of the study's records, its lines are stored with it. Raises InputRefused for a
        value, a unit or a repetition that the form in force does not take; an item that no form has is the team's own and takes any.
        """
        own = self._study(study)
        key = CellKey(item=item, arm=arm, outcome=outcome, timepoint=timepoint, analysis_set=analysis_set)
        return self._write(own, key, value_text(value), unit, quotation, location, token)

    def _write(self, *cell: Any) -> str:
        return self._seat.pen.write_as_read(lambda: self._draft(*cell), blobs=self._files()).id

    def _files(self) -> list[tuple[bytes, bool]]:
        """The files of the forms in force, which the ledger keeps for the values that are taken under them."""
        return [(form.data, False) for form in self.forms()]

    def _draft(self, own: StudyView, key: CellKey, value: str, unit: str | None, quotation: str, location: str, token: str | None) -> Draft:
        """One value as a fact, checked and not written yet; its arguments are those of ``_write``."""
        check_role(self._seat.viewer, "extractor", otherwise="open the review as an extractor")
        if value != "not reported" and not quotation.strip():
            raise InputRefused(
                "a value needs the words that it was read from", where=key.item, next_step="give quotation=…, or record 'not reported'"
            )
        asked = item_on(self.forms(), key.item, self.design(own))
        form = check_cell(asked, key, value, unit)
        check_words(asked, value, unit, quotation)
        record, lines = source_of(own, quotation, location, self._text_of)
        body = CellRecorded(
            cell=key, value=value, unit=unit, quotation=quotation, location=location, record=record.id if record else None,
            text_sha256=record.text_sha256 if record else None, lines=lines, **_under(form),
            reports=_reports(own),
        )  # fmt: skip
        return self._seat.pen.draft(CellRecorded.kind, own.id, body, replaces=self._before(own, key, token), token=token)

    def _checked(self, own: StudyView, key: CellKey, value: str, unit: str | None) -> Form | None:
        """The form that took the value, None where no form has the item; raises InputRefused."""
        return check_cell(item_on(self.forms(), key.item, self.design(own)), key, value, unit)

    def keep_draft(
        self, study: str, *, item: str, value: str = "", unit: str = "", quotation: str = "", location: str = "", arm: str | None = None,
        outcome: str | None = None, timepoint: str | None = None, analysis_set: str | None = None, before: str | None = None,
        token: str | None = None,
    ) -> str:  # fmt: skip
        """Keep what is typed into a cell and not recorded yet, as it is typed: it is nobody's answer, and nobody else is shown it.

        before: this extractor's answer that stands there. All empty: nothing is typed there any more. Returns the event id. Raises
        InputRefused where the cell was answered meanwhile.
        """
        check_role(self._seat.viewer, "extractor", otherwise="open the review as an extractor")
        own = self._study(study)
        key = CellKey(item=item, arm=arm, outcome=outcome, timepoint=timepoint, analysis_set=analysis_set)
        body = CellDrafted(cell=key, value=value, unit=unit, quotation=quotation, location=location, before=before)
        known = self._seat.sent(token)
        if known is None and self._mine(own, key) != before:
            raise InputRefused("this cell was answered since this was typed", where=item, next_step="look at what it holds now")
        return self._seat.pen.write(CellDrafted.kind, own.id, body, token=token).id

    # sheets

    @property
    def _sheets(self) -> Sheets:
        return Sheets(self._seat, self._protocol, self._studies, self.forms, self._of_sheet, self._draft)

    def sheet(self, *, studies: Sequence[str] | None = None, outcomes: Sequence[str] | None = None, kind: str = ".xlsx") -> bytes:
        """This viewer's extraction sheet (.xlsx or .csv) as the bytes of a file, of all studies in extraction or those named."""
        return self._sheets.made(kind, studies, outcomes)

    def write_sheet(self, path: Path | str, *, studies: Sequence[str] | None = None, outcomes: Sequence[str] | None = None) -> Path:
        """Write this viewer's extraction sheet to *path* (.xlsx or .csv), of all studies in extraction or those named; gives it back."""
        return self._sheets.write(Path(path), studies, outcomes)

    def read_sheet(self, path: Path | str, *, content: bytes | None = None, check_only: bool = False) -> SheetReceipt:
        """Record what is new in a returned sheet, all of it or, where a cell has a problem, nothing. Returns the receipt.

        content: its bytes, where they are in hand and *path* only names them. check_only: record nothing, and say what would be.
        """
        return self._sheets.read(Path(path), content, check_only=check_only)

    def confirm(self, event: str, *, token: str | None = None) -> str:
        """Say that the value of this event was compared with its source and is right; the same *token* again is the same event.

        Returns the event id.
        """
        check_role(self._seat.viewer, "extractor", otherwise="open the review as an extractor")
        target = self._cell_event(event)
        own = self._study(target.subject)
        key = CellKey(**target.body["cell"])
        body = CellConfirmed(cell=key, value=target.body["value"], unit=target.body["unit"], confirms=event)
        pen = self._seat.pen
        return pen.write_as_read(
            lambda: pen.draft(CellConfirmed.kind, own.id, body, replaces=self._before(own, key, token), token=token)
        ).id

    def correct(
        self, event: str, *, value: str | int, unit: str | None = None, quotation: str | None = None, location: str | None = None,
        token: str | None = None,
    ) -> str:  # fmt: skip
        """Record another value for the cell of this event, as one's own; the other stays readable. Returns the event id."""
        target = self._cell_event(event)
        body = target.body
        return self._write(
            self._study(target.subject),
            CellKey(**body["cell"]),
            value_text(value),
            unit if unit is not None else body["unit"],
            quotation if quotation is not None else body.get("quotation", ""),
            location if location is not None else body.get("location", ""),
            token,
        )

    def resolve(
        self,
        study: str,
        *,
        item: str,
        value: str | int,
        unit: str | None = None,
        reason: str,
        arm: str | None = None,
        outcome: str | None = None,
        timepoint: str | None = None,
        analysis_set: str | None = None,
        quotation: str = "",
        location: str = "",
        token: str | None = None,
    ) -> str:
        """The consensus value of a cell; the same *token* again is the same event. Returns the event id.

        quotation, location: the words of a value that neither gave, and where they stand; left out, those of who gave it.
        """
        own = self._study(study)
        key = CellKey(item=item, arm=arm, outcome=outcome, timepoint=timepoint, analysis_set=analysis_set)
        known, found = self._seat.sent(token), self._of_cell(own, key)
        if known is None:
            check_resolver(self._seat.viewer, found, reason, role="extractor", where=item)

        def say(settles: tuple[str, ...]) -> CellResolved:
            return self._consensus(own, key, value, unit, reason, (quotation, location), settles)

        return settle(
            self._seat, own.id, found, look=lambda: self._of_cell(own, key), say=say, where=item, token=token, known=known,
            blobs=self._files(),
        ).id  # fmt: skip

    @at_rest
    def _of_cell(self, own: StudyView, key: CellKey) -> Panel:
        """The panel on one cell; raises NotFound where this viewer may see nothing of it, so that nobody learns who has answered."""
        events = self._events(own).get(_folded(key), [])
        found = state.panel_of(events, needed=self.needed, astray=self._astray(own))
        if not (found.closed or any(map(self.visible_event, events))):
            raise NotFound(f"{own.label} has no such cell", where=key.item, next_step="review extract conflicts lists what waits")
        return found

    def _consensus(
        self, own: StudyView, key: CellKey, value: str | int, unit: str | None, reason: str, words: tuple[str, str],
        settles: Sequence[str],
    ) -> CellResolved:  # fmt: skip
        """The body of a consensus; settles: the ids of the answers, and of what was settled apart."""
        if not reason.strip():
            raise InputRefused("a consensus needs a reason", where=key.item)
        settled, (quotation, location) = value_text(value), map(str.strip, words)
        form = self._checked(own, key, settled, unit)
        check_words(item_on(self.forms(), key.item, self.design(own)), settled, unit, quotation)
        record, lines = source_of(own, quotation, location, self._text_of) if quotation else (None, None)
        return CellResolved(
            cell=key, value=settled, unit=unit, reason=reason.strip(), settles=tuple(settles), **_under(form), quotation=quotation,
            location=location, record=record.id if record else None, text_sha256=record.text_sha256 if record else None,
            lines=lines, reports=_reports(own),
        )  # fmt: skip

    def undo(self, event: str) -> str:
        """Take back a value, a confirmation, a consensus, a contact or all of a returned sheet; or what was taken back, by the event of
        that. Of a sheet, what was corrected since stays. Returns the event id."""
        sheet = returned_by(self._seat, event)
        if sheet is not None:
            return self._seat.pen.write_all_as_read(lambda: taken_back(self._seat, self._state, sheet))[0].id
        return take_back(self._seat, event, of="extraction.")

    def contact(self, study: str, *, whom: str, when: str, asked: str, answer: str | None = None) -> str:
        """Log that authors or sponsors were asked, and what they answered. Returns the event id."""
        iso_day(when, where="contact")
        if not (whom.strip() and asked.strip()):
            raise InputRefused("a contact names who was asked, and what")
        body = ContactLogged(whom=whom, when=when, asked=asked, answer=answer)
        return self._seat.pen.write(ContactLogged.kind, self._study(study).id, body).id

    def prefill(self, study: StudyView) -> int:
        """Propose the cells that the study's records state, each with its lines, once. Returns how many are new."""
        drafts = drafts_of(study, self._text_of, self._words, lambda token: self._seat.sent(token) is not None)
        return len(self._seat.pen.write_all(drafts)) if drafts else 0

    # registered against reported

    def judge_switching(
        self, study: str, item: str, *, judgement: str, difference: Sequence[str] | None = None, note: str = "", token: str | None = None
    ) -> str:
        """Say of one comparison what it is: confirmed, no_difference, or explained (with the note). Returns the event id.

        difference: what differs, of DIFFERENCES; left out, what was proposed. The same *token* again is the same event.
        """
        return self.registered.judge(study, item, judgement=judgement, difference=difference, note=note, token=token)

    def resolve_switching(
        self, study: str, item: str, *, judgement: str, difference: Sequence[str] | None = None, reason: str, token: str | None = None
    ) -> str:
        """The consensus on one comparison, with its reason. Returns the event id. The same *token* again is the same event."""
        return self.registered.resolve(study, item, judgement=judgement, difference=difference, reason=reason, token=token)

    # looking up

    def _before(self, study: StudyView, key: CellKey, token: str | None) -> str | None:
        """The own answer that a new one replaces; of one that is sent again, what it replaced when it was written."""
        known = self._seat.sent(token)
        return known.replaces if known is not None else self._mine(study, key)

    @at_rest
    def _mine(self, study: StudyView, key: CellKey) -> str | None:
        events = self._events(study).get(_folded(key), [])
        own = [a for a in state.panel_of(events, needed=self.needed).answers if a.actor == self._seat.pen.actor]
        return own[-1].id if own else None

    def _cell_event(self, event: str) -> Event:
        found = self._seat.event(event)
        if found.kind not in (CellRecorded.kind, CellConfirmed.kind) or not self.visible_event(found):
            raise NotFound(
                f"there is no cell with the event {event[:12]}", next_step="rv.extraction.frame() lists the cells with their events"
            )
        return found


def _folded(key: CellKey) -> state.Key:
    return state.folded((key.item, key.arm, key.outcome, key.timepoint, key.analysis_set))


def _reports(study: StudyView) -> tuple[str, ...]:
    """The reports of a study now, as a fact names them."""
    return tuple(sorted(report.id for report in study.reports))


def _under(form: Form | None) -> dict[str, Any]:
    """How a fact names the form that took its value."""
    return {"form": form.name, "form_sha256": form.sha256} if form is not None else {"form": ""}
