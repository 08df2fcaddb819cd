"""The verbs of extraction: record, confirm, correct, resolve, pre-fill, log a contact; and what each viewer may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused, NotFound, near
from review.extraction import frames, prefill, state
from review.extraction.checking import check_cell, value_text
from review.extraction.derived import DerivedCell, NotDerived, derived_of, result_rows
from review.extraction.drafts import drafts_of
from review.extraction.forms import Form, find_form, item_on, load_forms
from review.extraction.rows import Result
from review.extraction.sheet import SheetReceipt, Sheets
from review.extraction.sides import Side, side_of
from review.extraction.switching_steps import Compared, Switching
from review.ledger.moments import iso_day
from review.ledger.seat import Seat, at_rest
from review.ledger.undo import take_back
from review.model.authority import check_resolver, check_role
from review.model.blinding import visible
from review.model.consensus import Panel
from review.model.event import Draft, Event
from review.model.extraction import CellConfirmed, CellKey, CellRecorded, CellResolved, ContactLogged
from review.model.views import CellView, RecordView, StudyView
from review.protocol import Protocol
from review.text import lines_of

if TYPE_CHECKING:
    import pandas as pd


class Extraction:
    """Cells of the studies, by two people blind to each other where the protocol names two extractors."""

    def __init__(
        self,
        seat: Seat,
        protocol: Protocol,
        studies: Callable[[], Sequence[StudyView]],
        text_of: Callable[[RecordView], Sequence[str]],
        words: prefill.Words,
        folder: Path | None = None,
    ) -> None:
        self._seat, self._protocol, self._studies, self._text_of, self._words = seat, protocol, studies, text_of, words
        self._folder = folder  # of the project's own forms
        self._sheets = Sheets(seat, protocol, studies, self.forms, self._events, self._draft)
        self.registered = Switching(seat, lambda: self.needed, self._study, studies, self.cells, text_of)

    @property
    def _state(self) -> state.ExtractionState:
        return self._seat.state("extraction", state.ExtractionState, state.fold)

    @property
    def needed(self) -> int:
        """How many extractors a cell is due to: two where the protocol names two or more."""
        return self._protocol.plan.needed("extractor")

    # forms

    def forms(self) -> tuple[Form, ...]:
        """The forms in force: the project's own, then those that ship. Raises FormInvalid with every problem of a file."""
        return load_forms(self._folder)

    def form(self, id: str) -> Form:
        """The form of this id, with its version, its items and the sha256 of its file. Raises NotFound with near ones."""
        return find_form(self.forms(), id)

    def design(self, study: StudyView) -> str | None:
        """The extracted design of *study*, as this viewer may see it; None while it is open."""
        return next((c.value for c in self.cells(study) if c.item == "design" and not c.conflict), None)

    # views

    @at_rest
    def cells(self, study: StudyView) -> list[CellView]:
        """The cells of *study* that this viewer may see, in the order in which they were first filled."""
        found, viewer, forms = self._state, self._seat.viewer, self.forms()
        sees_all = viewer.sees_open("extraction.recorded")
        views = [
            state.cell_view(found, study.id, key, events, needed=self.needed, viewer=viewer.name, sees_all=sees_all, forms=forms)
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
        """One row per cell that this viewer may see; own: whether no form has its item."""
        return frames.cells_frame([(study, self.cells(study)) for study in self._studies()], self.forms())

    @at_rest
    def conflicts(self) -> pd.DataFrame:
        """Cells on which two extractors differ, both values and no names."""
        return frames.conflicts_frame(self._panels(self._studies()))

    @at_rest
    def reconcile(self, study: str | None = None) -> pd.DataFrame:
        """One row per cell that two filled: both values with their words and lines, whether they agree, and the consensus; no names.

        Only where everybody who was due has answered. Which of the two stands first is drawn for each cell, and tells nothing.
        """
        chosen = self._studies() if study is None else [self._study(study)]
        return frames.reconcile_frame(self._panels(chosen), self.forms())

    @at_rest
    def states(self) -> pd.DataFrame:
        """How many cells of each study and item are in which state, as this viewer may see them; conflicts are counted beside."""
        return frames.states_frame([(study, self.cells(study)) for study in self._studies()])

    @at_rest
    def remarks(self) -> pd.DataFrame:
        """Values that the form in force would refuse, recorded before or pre-filled, and what a formula refused to derive; they stand."""
        told = [(study, self.cells(study), self.design(study), self._derived(study)[1]) for study in self._studies()]
        return frames.remarks_frame(told, self.forms())

    def _panels(self, studies: Sequence[StudyView]) -> list[frames.CellPanel]:
        """Every cell with its panel; for the views that show nobody's open answer."""
        return [
            (study, key, state.panel_of(events, needed=self.needed)) for study in studies for key, events in self._events(study).items()
        ]

    # derived values

    @at_rest
    def rows(self, study: StudyView) -> list[Result]:
        """The results of *study* as rows: an arm, or a comparison, at one time point of one outcome, in one analysis set."""
        return result_rows(self.cells(study))

    @at_rest
    def derived_cells(self, study: StudyView) -> list[DerivedCell]:
        """What follows from the reported values of *study*, each with formula, inputs and the ids of their facts."""
        return self._derived(study)[0]

    def _derived(self, study: StudyView) -> tuple[list[DerivedCell], list[NotDerived]]:
        return derived_of(study, self.cells(study), self.forms(), self.design(study))

    @at_rest
    def derived(self) -> pd.DataFrame:
        """Every derived value of every study: of what it is, value, unit, formula, source, inputs, the facts they rest on, warning."""
        return frames.derived_frame([one for study in self._studies() for one in self.derived_cells(study)])

    @at_rest
    def own(self, study: StudyView) -> dict[state.Key, Side]:
        """Cell -> this reviewer's own answer that counts, of the cells of *study* that the reviewer has answered."""
        found = self._sides(study, lambda panel: True)
        return {key: side for key, sides in found.items() for side in sides if side.mine}

    @at_rest
    def sides(self, study: StudyView) -> dict[state.Key, tuple[Side, ...]]:
        """Cell -> the answers, of the cells of *study* on which closed extractions differ and nothing is settled; in no telling order."""
        return self._sides(study, lambda panel: panel.closed and panel.conflict)

    def _sides(self, study: StudyView, which: Callable[[Panel], bool]) -> dict[state.Key, tuple[Side, ...]]:
        panels = {key: panel for _, key, panel in self._panels([study]) if which(panel)}
        who = self._seat.viewer.name
        said = {key: sorted(panel.answers, key=lambda e: e.id) for key, panel in panels.items()}
        return {key: tuple(side_of(answer, self._seat.event, who) for answer in answers) for key, answers in said.items()}

    @at_rest
    def contacts(self, study: StudyView) -> list[Event]:
        """The live contact log of *study*."""
        return [e for s in study.subjects for e in self._state.contacts.get(s, ()) if self._state.facts.live(e.id)]

    @at_rest
    def visible_event(self, event: Event) -> bool:
        """Whether this viewer may see an event of this room."""
        if self.registered.owns(event):
            return self.registered.visible_event(event)
        return visible(event, self._seat.viewer, self._closed)

    def _closed(self, event: Event) -> bool:
        study, key = self._state.home[event.id]
        return state.panel_of(self._state.cells[study][key], needed=self.needed).closed

    @at_rest
    def open_of_others(self, *, apart_from: Collection[str] = ()) -> bool:
        """Whether the ledger holds a value that this viewer may not see, of any item but those of *apart_from*."""
        wanted = (events for cells in self._state.cells.values() for key, events in cells.items() if key[0] not in apart_from)
        judged = not apart_from and self.registered.open_of_others()
        return judged or any(not self.visible_event(e) for events in wanted for e in events)

    # registered against reported

    def switching(self, study: str | None = None) -> pd.DataFrame:
        """What was registered beside what was reported, version by version: one row a comparison, of one study or of all."""
        return self.registered.frame(study)

    def comparisons(self, study: StudyView) -> list[Compared]:
        """The comparisons of registered and reported for *study*, as this viewer may see them."""
        return self.registered.rows(study)

    def judge_switching(
        self, study: str, item: str, *, judgement: str, difference: Sequence[str] | None = None, note: str = "", token: str | None = None
    ) -> str:
        """Say of one comparison what it is: confirmed, no_difference, or explained (with the note). Returns the event id.

        difference: what differs, of DIFFERENCES; left out, what was proposed. The same *token* again is the same event.
        """
        return self.registered.judge(study, item, judgement=judgement, difference=difference, note=note, token=token)

    def switching_conflicts(self) -> pd.DataFrame:
        """Comparisons on which two extractors differ, both judgements and no names."""
        return self.registered.conflicts()

    def resolve_switching(self, study: str, item: str, *, judgement: str, difference: Sequence[str] | None = None, reason: str) -> str:
        """The consensus on one comparison, with its reason. Returns the event id."""
        return self.registered.resolve(study, item, judgement=judgement, difference=difference, reason=reason)

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
        return self._seat.pen.write_as_read(lambda: self._draft(*cell)).id

    def _draft(self, own: StudyView, key: CellKey, value: str, unit: str | None, quotation: str, location: str, token: str | None) -> Draft:
        """One value as a fact, checked and not written yet; its arguments are those of ``_write``."""
        check_role(self._seat.viewer, "extractor", otherwise="open the review as an extractor")
        if value != "not reported" and not quotation.strip():
            raise InputRefused(
                "a value needs the words that it was read from", where=key.item, next_step="give quotation=…, or record 'not reported'"
            )
        form = self._checked(own, key, value, unit)
        record, lines = self._find(own, quotation)
        body = CellRecorded(
            cell=key, value=value, unit=unit, quotation=quotation, location=location, record=record.id if record else None,
            text_sha256=record.text_sha256 if record else None, lines=lines, form=form,
        )  # fmt: skip
        return self._seat.pen.draft(CellRecorded.kind, own.id, body, replaces=self._before(own, key, token), token=token)

    def _checked(self, own: StudyView, key: CellKey, value: str, unit: str | None) -> str:
        """The name of the form that took the value; raises InputRefused."""
        return check_cell(item_on(self.forms(), key.item, self.design(own)), key, value, unit)

    def write_sheet(self, path: Path | str, *, studies: Sequence[str] | None = None, outcomes: Sequence[str] | None = None) -> Path:
        """Write this viewer's extraction sheet to *path* (.xlsx or .csv), of all studies in extraction or those named; gives it back."""
        return self._sheets.write(Path(path), studies, outcomes)

    def read_sheet(self, path: Path | str) -> SheetReceipt:
        """Record what is new in a returned sheet, all of it or, where a cell has a problem, nothing. Returns the receipt."""
        return self._sheets.read(Path(path))

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
        token: str | None = None,
    ) -> str:
        """The consensus value of a cell; the same *token* again is the same event. Returns the event id."""
        own = self._study(study)
        key = CellKey(item=item, arm=arm, outcome=outcome, timepoint=timepoint, analysis_set=analysis_set)
        events = self._events(own).get((key.item, key.arm, key.outcome, key.timepoint, key.analysis_set))
        if not events:
            raise NotFound(f"{own.label} has no such cell", where=item, next_step="rv.extraction.conflicts() lists what waits")
        found = state.panel_of(events, needed=self.needed)
        known = self._seat.sent(token)
        if known is None:
            check_resolver(self._seat.viewer, found, reason, role="extractor", where=item)
        if not reason.strip():
            raise InputRefused("a consensus needs a reason", where=item)
        settled = value_text(value)
        form = self._checked(own, key, settled, unit)
        settles = tuple(known.body.get("settles", ())) if known else tuple(a.id for a in found.answers)
        body = CellResolved(cell=key, value=settled, unit=unit, reason=reason.strip(), settles=settles, form=form)
        before = known.replaces if known else (found.resolution.id if found.resolution else None)
        return self._seat.pen.write(CellResolved.kind, own.id, body, replaces=before, token=token).id

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
        drafts = drafts_of(study, self._text_of, self._words, lambda token: self._seat.sent(token) is not None)
        return len(self._seat.pen.write_all(drafts)) if drafts else 0

    # looking up

    def _before(self, study: StudyView, key: CellKey, token: str | None) -> str | None:
        """The own answer that a new one replaces; of one that is sent again, what it replaced when it was written."""
        known = self._seat.sent(token)
        return known.replaces if known is not None else self._mine(study, key)

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
