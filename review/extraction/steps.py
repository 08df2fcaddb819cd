"""The verbs of extraction: record, confirm, correct, resolve, pre-fill, log a contact; and what each viewer may see."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from review.errors import InputRefused, NotFound, near
from review.extraction import prefill, state
from review.ledger.moments import iso_day
from review.ledger.seat import Seat, at_rest
from review.ledger.undo import take_back
from review.model.authority import check_resolver, check_role
from review.model.blinding import visible
from review.model.event import Draft, Event
from review.model.extraction import CellConfirmed, CellKey, CellRecorded, CellResolved, ContactLogged
from review.model.views import CellView, RecordView, StudyView
from review.protocol import Protocol
from review.text import lines_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    "study",
    "label",
    "item",
    "arm",
    "outcome",
    "timepoint",
    "analysis_set",
    "value",
    "unit",
    "state",
    "conflict",
    "quotation",
    "location",
    "event",
]


class Extraction:
    """Cells of the studies, by two people blind to each other where the protocol names two extractors."""

    def __init__(
        self,
        seat: Seat,
        protocol: Protocol,
        studies: Callable[[], Sequence[StudyView]],
        text_of: Callable[[RecordView], Sequence[str]],
        words: prefill.Words,
    ) -> None:
        self._seat, self._protocol, self._studies, self._text_of, self._words = seat, protocol, studies, text_of, words

    @property
    def _state(self) -> state.ExtractionState:
        return self._seat.state("extraction", state.ExtractionState, state.fold)

    @property
    def needed(self) -> int:
        """How many extractors a cell is due to: two where the protocol names two or more."""
        return self._protocol.plan.needed("extractor")

    # views

    @at_rest
    def cells(self, study: StudyView) -> list[CellView]:
        """The cells of *study* that this viewer may see, in the order in which they were first filled."""
        found, viewer = self._state, self._seat.viewer
        sees_all = viewer.sees_open("extraction.recorded")
        views = [
            state.cell_view(found, study.id, key, events, needed=self.needed, viewer=viewer.name, sees_all=sees_all)
            for key, events in self._events(study).items()
        ]
        return [v for v in views if v is not None]

    def _events(self, study: StudyView) -> Mapping[state.Key, list[Event]]:
        merged: dict[state.Key, list[Event]] = {}
        for subject in study.subjects:
            for key, events in self._state.cells.get(subject, {}).items():
                merged.setdefault(key, []).extend(events)
        return {key: sorted(events, key=lambda e: e.position) for key, events in merged.items()}

    @at_rest
    def frame(self) -> pd.DataFrame:
        """One row per cell that this viewer may see."""
        import pandas as pd

        rows = [
            (
                c.study,
                s.label,
                c.item,
                c.arm,
                c.outcome,
                c.timepoint,
                c.analysis_set,
                c.value,
                c.unit,
                c.state,
                c.conflict,
                c.quotation,
                c.location,
                c.event,
            )
            for s in self._studies()
            for c in self.cells(s)
        ]
        return pd.DataFrame(rows, columns=COLUMNS)

    @at_rest
    def conflicts(self) -> pd.DataFrame:
        """Cells on which two extractors differ, both values and no names."""
        import pandas as pd

        rows = []
        for study in self._studies():
            for key, events in self._events(study).items():
                found = state.panel_of(events, needed=self.needed)
                if found.conflict and found.closed:
                    first, second = sorted(found.answers, key=lambda e: e.id)[:2]
                    rows.append((study.id, study.label, *key, first.body["value"], first.id, second.body["value"], second.id))
        return pd.DataFrame(rows, columns=["study", "label", *COLUMNS[2:7], "value_first", "event_first", "value_second", "event_second"])

    @at_rest
    def contacts(self, study: StudyView) -> list[Event]:
        """The live contact log of *study*."""
        return [e for s in study.subjects for e in self._state.contacts.get(s, ()) if self._state.facts.live(e.id)]

    @at_rest
    def visible_event(self, event: Event) -> bool:
        """Whether this viewer may see an event of this room."""
        return visible(event, self._seat.viewer, self._closed)

    def _closed(self, event: Event) -> bool:
        study, key = self._state.home[event.id]
        return state.panel_of(self._state.cells[study][key], needed=self.needed).closed

    @at_rest
    def open_of_others(self, *, apart_from: Collection[str] = ()) -> bool:
        """Whether the ledger holds a value that this viewer may not see, of any item but those of *apart_from*."""
        wanted = (events for cells in self._state.cells.values() for key, events in cells.items() if key[0] not in apart_from)
        return any(not self.visible_event(e) for events in wanted for e in events)

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

        Where the quotation is found in the text of one of the study's records, its lines are stored with it.
        """
        own = self._study(study)
        key = CellKey(item=item, arm=arm, outcome=outcome, timepoint=timepoint, analysis_set=analysis_set)
        return self._write(own, key, _text(value), unit, quotation, location, token)

    def _write(
        self, own: StudyView, key: CellKey, value: str, unit: str | None, quotation: str, location: str, token: str | None = None
    ) -> str:
        check_role(self._seat.viewer, "extractor", otherwise="open the review as an extractor")
        if value != "not reported" and not quotation.strip():
            raise InputRefused(
                "a value needs the words that it was read from", where=key.item, next_step="give quotation=…, or record 'not reported'"
            )
        record, lines = self._find(own, quotation)
        body = CellRecorded(
            cell=key,
            value=value,
            unit=unit,
            quotation=quotation,
            location=location,
            record=record.id if record else None,
            text_sha256=record.text_sha256 if record else None,
            lines=lines,
        )
        pen = self._seat.pen
        return pen.write_as_read(lambda: pen.draft(CellRecorded.kind, own.id, body, replaces=self._mine(own, key), token=token)).id

    def confirm(self, event: str) -> str:
        """Say that the value of this event was compared with its source and is right. Returns the event id."""
        check_role(self._seat.viewer, "extractor", otherwise="open the review as an extractor")
        target = self._cell_event(event)
        own = self._study(target.subject)
        key = CellKey(**target.body["cell"])
        body = CellConfirmed(cell=key, value=target.body["value"], unit=target.body["unit"], confirms=event)
        pen = self._seat.pen
        return pen.write_as_read(lambda: pen.draft(CellConfirmed.kind, own.id, body, replaces=self._mine(own, key))).id

    def correct(
        self, event: str, *, value: str | int, unit: str | None = None, quotation: str | None = None, location: str | None = None
    ) -> str:
        """Record another value for the cell of this event, as one's own; the other stays readable. Returns the event id."""
        target = self._cell_event(event)
        body = target.body
        return self._write(
            self._study(target.subject),
            CellKey(**body["cell"]),
            _text(value),
            unit if unit is not None else body["unit"],
            quotation if quotation is not None else body.get("quotation", ""),
            location if location is not None else body.get("location", ""),
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
    ) -> str:
        """The consensus value of a cell. Returns the event id."""
        own = self._study(study)
        key = CellKey(item=item, arm=arm, outcome=outcome, timepoint=timepoint, analysis_set=analysis_set)
        events = self._events(own).get((item, arm, outcome, timepoint, analysis_set))
        if not events:
            raise NotFound(f"{own.label} has no such cell", where=item, next_step="rv.extraction.conflicts() lists what waits")
        found = state.panel_of(events, needed=self.needed)
        check_resolver(self._seat.viewer, found, reason, role="extractor", where=item)
        if not reason.strip():
            raise InputRefused("a consensus needs a reason", where=item)
        body = CellResolved(cell=key, value=_text(value), unit=unit, reason=reason.strip(), settles=tuple(a.id for a in found.answers))
        return self._seat.pen.write(CellResolved.kind, own.id, body, replaces=found.resolution.id if found.resolution else None).id

    def undo(self, event: str) -> str:
        """Take back a value, a confirmation, a consensus or a contact. Returns the event id."""
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
        drafts: list[Draft] = []
        ledger = self._seat.snapshots.ledger
        for record in study.records:
            mark = hashlib.sha256(f"{prefill.TOOL}|{record.id}|{record.versions[-1]}".encode()).hexdigest()[:24]
            if ledger.by_token(f"{mark}:0") is not None:
                continue
            text = self._text_of(record)
            for n, cell in enumerate(prefill.cells_of(record.doc, text, self._words)):
                span = (
                    f"lines {cell.span[0]}-{cell.span[1]}"
                    if cell.span and cell.span[0] != cell.span[1]
                    else f"line {cell.span[0]}"
                    if cell.span
                    else ""
                )
                body = CellRecorded(
                    cell=cell.key,
                    value=cell.value,
                    unit=cell.unit,
                    quotation=prefill.quotation(text, cell.span),
                    location=", ".join(w for w in (record.search.source, span) if w),
                    record=record.id,
                    text_sha256=record.text_sha256,
                    lines=cell.span,
                    note=cell.note,
                )
                drafts.append(Draft(CellRecorded.kind, study.id, body, prefill.TOOL, token=f"{mark}:{n}"))
        return len(self._seat.pen.write_all(drafts)) if drafts else 0

    # looking up

    @at_rest
    def _mine(self, study: StudyView, key: CellKey) -> str | None:
        events = self._events(study).get((key.item, key.arm, key.outcome, key.timepoint, key.analysis_set), [])
        own = [a for a in state.panel_of(events, needed=self.needed).answers if a.actor == self._seat.pen.actor]
        return own[-1].id if own else None

    def _find(self, study: StudyView, quotation: str) -> tuple[RecordView | None, tuple[int, int] | None]:
        """The record whose text holds the quotation, white space folded, and the first and last line of it."""
        for record in study.records:
            lines = lines_of(quotation, self._text_of(record))
            if lines is not None:
                return record, lines
        return None, None

    def _cell_event(self, event: str) -> Event:
        found = self._seat.event(event)
        if found.kind not in (CellRecorded.kind, CellConfirmed.kind) or not self.visible_event(found):
            raise NotFound(
                f"there is no cell with the event {event[:12]}", next_step="rv.extraction.frame() lists the cells with their events"
            )
        return found

    @at_rest
    def _study(self, study: str) -> StudyView:
        views = self._studies()
        for view in views:
            if study == view.label or study in view.subjects:
                return view
        raise NotFound(f"there is no study {study!r}", next_step=near(study, (v.id for v in views)))


def _text(value: str | int) -> str:
    text = "" if value is None else str(value).strip()
    if not text:
        raise InputRefused(
            "an empty value is not 'not reported'", next_step="record 'not reported' where the source does not say, or leave the cell alone"
        )
    return text
