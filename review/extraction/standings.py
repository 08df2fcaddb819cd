"""What may be seen of extraction: cells and their states, both sides of a difference, what is derived, under which form it was taken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from review.errors import NotFound, near_named
from review.extraction import frames, prefill, state
from review.extraction.derived import DerivedCell, NotDerived, derived_of, result_rows
from review.extraction.forms import Form, changes, find_form, item_on, load_forms, parse_form
from review.extraction.pairing import Row, alone
from review.extraction.rows import Result
from review.extraction.sheet_undoing import sees, values_of
from review.extraction.sides import Side, side_of
from review.extraction.switching_steps import Compared, Switching
from review.ledger.seat import Seat, at_rest
from review.model.blinding import visible
from review.model.consensus import Panel
from review.model.event import Event
from review.model.extraction import CellDrafted, SheetReturned
from review.model.views import CellView, RecordView, StudyView
from review.protocol import Protocol

if TYPE_CHECKING:
    import pandas as pd


class Standings:
    """What may be seen of extraction; two extractors are blind to each other."""

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

    @at_rest
    def form_of(self, event: str) -> Form | None:
        """The form under which the value of this event was taken, by the file that the ledger keeps, whatever became of it since.

        Of a confirmation, that of the value which it confirms. None for an item that no form has, and where the file was not kept. Raises
        NotFound for an event that this viewer may not see.
        """
        found = self._seat.event(event)
        if not found.kind.startswith("extraction.") or not self.visible_event(found):
            raise NotFound(
                f"there is no value with the event {event[:12]}", next_step="rv.extraction.frame() lists the cells with their events"
            )
        sha256 = self._taken(found).body.get("form_sha256")
        return None if sha256 is None else self._seat.once(f"form {sha256}", lambda: self._kept(self._taken(found), sha256))

    def _taken(self, event: Event) -> Event:
        return state.confirmed(event, self._seat.event)

    def _kept(self, event: Event, sha256: str) -> Form:
        return parse_form(self._seat.blob(sha256), file=f"{event.body['form'].partition('@')[0]}.toml")

    @at_rest
    def changed_since(self, cell: CellView, design: str | None = None) -> str:
        """What the form in force says otherwise than the form under which the value of *cell* was taken, in words; '' for nothing.

        design: of the study, by which a form is chosen.
        """
        body = self._taken(self._seat.event(cell.event)).body
        name, now = body.get("form", ""), item_on(self.forms(), cell.item, design)
        if not name or (now is not None and now[0].name == name):
            return ""
        then = self.form_of(cell.event)
        told = f"taken under {name.partition(':')[0]}"
        if now is None:
            return f"{told}; no form in force has the item"
        if then is None:
            return f"{told}, another file than the one in force, which was not kept"
        others = changes(then.item(cell.item), now[1])
        return f"{told}, which said otherwise of {'; '.join(others)}" if others else ""

    def design(self, study: StudyView) -> str | None:
        """The extracted design of *study*, as this viewer may see it; None while it is open."""
        return next((c.value for c in self.cells(study) if c.item == "design" and not c.conflict), None)

    # views

    @at_rest
    def cells(self, study: StudyView) -> list[CellView]:
        """The cells of *study* that this viewer may see, in the order in which they were first filled."""
        return list(self._seat.once(f"cells of {study.id} {len(study.subjects)}", lambda: self._cells_of(study)))

    def _cells_of(self, study: StudyView) -> list[CellView]:
        found, viewer, forms = self._state, self._seat.viewer, self.forms()
        sees_all = viewer.sees_open("extraction.recorded")
        looking = state.Looking(self.needed, viewer.name, sees_all, self._seat.event, self._astray(study), forms)
        views = [state.cell_view(found, study.id, key, events, looking) for key, events in self._keyed(study)]
        return [self._labelled(v, forms) for v in views if v is not None]

    def _astray(self, study: StudyView) -> state.Astray:
        """Whether an event rests on a report that is none of the study's any more."""
        return lambda event: state.lapsed(event, study, self._seat.event)

    def _labelled(self, cell: CellView, forms: Sequence[Form]) -> CellView:
        """The cell with the label of the form that it was taken under, where no form in force has its item."""
        if item_on(forms, cell.item) is not None:
            return cell
        then = self.form_of(cell.event)
        return cell if then is None else replace(cell, label=then.item(cell.item).label)

    def _keyed(self, study: StudyView) -> list[tuple[state.Key, list[Event]]]:
        """Every cell with its events, what it is about in the words that were used first, of those that this viewer may see."""
        viewer = self._seat.viewer

        def named(events: list[Event]) -> state.Key:
            if len({state.key_of(e) for e in events if "cell" in e.body}) == 1:
                return state.worded(events, lambda e: True)
            every = viewer.sees_open("extraction.recorded") or state.panel_of(events, needed=self.needed).closed
            return state.worded(events, lambda e: every or e.by_tool or e.actor == viewer.name)

        return [(named(events), events) for events in self._events(study).values()]

    def _of_sheet(self, study: StudyView) -> Mapping[state.Key, list[Event]]:
        """Every cell in the words of this viewer, or of a tool: in a sheet nothing stands in another's, not even once all is open."""
        who = self._seat.viewer.name
        return {state.worded(events, lambda e: e.by_tool or e.actor == who): events for events in self._events(study).values()}

    def _events(self, study: StudyView) -> Mapping[state.Key, list[Event]]:
        """Folded cell -> its events in ledger order."""
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
    def sheets(self) -> pd.DataFrame:
        """The sheets that this viewer returned (of all, for who sees all): event, at, name, values, standing, taken_back."""
        seen = [one for one in self._state.sheets.values() if sees(self._seat, one)]
        return frames.sheets_frame([(one, list(values_of(self._seat, one))) for one in seen], self._state.facts.live)

    @at_rest
    def states(self) -> pd.DataFrame:
        """How many cells of each study and item are in which state, as this viewer may see them; conflicts are counted beside."""
        return frames.states_frame([(study, self.cells(study)) for study in self._studies()])

    @at_rest
    def remarks(self) -> pd.DataFrame:
        """Values that the form in force would refuse, that were taken under a form that said otherwise, whose report is linked no more, or
        whose number its words do not print; what a formula refused to derive; judgements whose words were changed; for who sees open
        answers, rows that one extractor alone has. They all stand."""
        told = [
            frames.Told(one, self.cells(one), self.design(one), self._derived(one)[1], self.registered.outdated(one), self._alone(one))
            for one in self._studies()
        ]
        return frames.remarks_frame(told, self.forms(), self.changed_since, self._field_of)

    def _alone(self, study: StudyView) -> list[tuple[Row, Row | None]]:
        """The rows that one extractor alone has, for who sees open answers; for nobody else, since they would tell of the other's."""
        if not self._seat.viewer.sees_open("extraction.recorded"):
            return []
        answered: dict[Row, list[str]] = {}
        worded: dict[Row, Row] = {}
        for key, events in self._keyed(study):
            row = state.folded(key)[1:]
            worded.setdefault(row, key[1:])
            answered.setdefault(row, []).extend(one.actor for one in state.panel_of(events, needed=self.needed).answers)
        return alone({worded[row]: people for row, people in answered.items()}, self.needed)

    def _field_of(self, event: Event) -> str:
        """What a judgement on registered and reported was about, in words: a consensus says it by what it settles."""
        while "field" not in event.body and event.body.get("settles"):
            event = self._seat.event(event.body["settles"][0])
        return str(event.body.get("field", ""))

    def _panels(self, studies: Sequence[StudyView]) -> list[frames.CellPanel]:
        """Every cell with its panel; for the views that show nobody's open answer."""
        found = []
        for study in studies:
            astray = self._astray(study)
            for key, events in self._keyed(study):
                one = state.panel_of(events, needed=self.needed, astray=astray)
                found.append((study, key, one, state.between(one, astray)))
        return found

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
        """Cell -> the answers, of the cells of *study* on which closed extractions differ and nothing is settled; in no telling order.

        Of a cell whose answers were all taken back there are none.
        """
        return self._sides(study, lambda panel: panel.closed and panel.conflict and bool(panel.answers))

    def _sides(self, study: StudyView, which: Callable[[Panel], bool]) -> dict[state.Key, tuple[Side, ...]]:
        panels = {key: panel for _, key, panel, _ in self._panels([study]) if which(panel)}
        who, astray = self._seat.viewer.name, self._astray(study)
        said = {key: sorted(panel.answers, key=lambda e: e.id) for key, panel in panels.items()}
        return {key: tuple(side_of(answer, self._seat.event, who, astray(answer)) for answer in answers) for key, answers in said.items()}

    @at_rest
    def contacts(self, study: StudyView) -> list[Event]:
        """The live contact log of *study*."""
        return [e for s in study.subjects for e in self._state.contacts.get(s, ()) if self._state.facts.live(e.id)]

    @at_rest
    def visible_event(self, event: Event) -> bool:
        """Whether this viewer may see an event of this room; what is typed and not recorded is its author's own till that one answered
        and all is open."""
        if self.registered.owns(event):
            return self.registered.visible_event(event)
        if event.kind == SheetReturned.kind:
            return sees(self._seat, event)
        if event.kind == CellDrafted.kind:
            return event.actor == self._seat.viewer.name or self._past(event)
        return visible(event, self._seat.viewer, self._closed)

    def _closed(self, event: Event) -> bool:
        study, key = self._state.home[event.id]
        return state.panel_of(self._state.cells[study][key], needed=self.needed).closed

    def _past(self, draft: Event) -> bool:
        """Whether what was typed is no more than history: its author has answered or dropped it, and the answers are open to all."""
        study = next((s for s in self._studies() if draft.subject in s.subjects), None)
        if study is None:
            return False
        key = state.folded(state.key_of(draft))
        typed = state.typed_by(self._state, study.subjects, draft.actor)
        return key not in typed and state.panel_of(self._events(study).get(key, ()), needed=self.needed).closed

    @at_rest
    def drafts(self, study: StudyView) -> dict[state.Key, Event]:
        """Cell -> what this reviewer has typed into it and neither recorded nor dropped."""
        typed = state.typed_by(self._state, study.subjects, self._seat.viewer.name)
        words = {state.folded(cell.key): cell.key for cell in self.cells(study)} if typed else {}
        return {words.get(key, state.key_of(event)): event for key, event in typed.items()}

    @at_rest
    def open_of_others(self, *, apart_from: Collection[str] = ()) -> bool:
        """Whether the ledger holds a value that this viewer may not see, of any item but those of *apart_from*."""
        found = self._state
        every = (cells.items() for by in (found.cells, found.drafts) for cells in by.values())
        wanted = (events for items in every for key, events in items if key[0] not in apart_from)
        judged = not apart_from and self.registered.open_of_others()
        return judged or any(not self.visible_event(e) for events in wanted for e in events)

    # registered against reported

    def switching(self, study: str | None = None) -> pd.DataFrame:
        """What was registered beside what was reported, version by version: one row a comparison, of one study or of all."""
        return self.registered.frame(study)

    def comparisons(self, study: StudyView) -> list[Compared]:
        """The comparisons of registered and reported for *study*, as this viewer may see them."""
        return self.registered.rows(study)

    def switching_conflicts(self) -> pd.DataFrame:
        """Comparisons on which two extractors differ, both judgements and no names."""
        return self.registered.conflicts()

    # looking up

    @at_rest
    def _study(self, study: str) -> StudyView:
        """The study of that id, or of that label where one study alone has it: nothing is laid to the first of several."""
        views = self._studies()
        found = [view for view in views if study in view.subjects] or [view for view in views if study == view.label]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFound(
                f"{len(found)} studies are called {study!r}", expected="the id of one",
                next_step=f"name one by its id: {', '.join(one.id for one in found)}",
            )  # fmt: skip
        raise NotFound(f"there is no study {study!r}", next_step=near_named(study, ((v.label, v.id) for v in views)))
