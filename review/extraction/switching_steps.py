"""The verbs of registered against reported: what was compared, a person's word on each comparison, conflicts and their end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from review.errors import InputRefused, NotFound, near
from review.extraction.registered import Outcome, Said, Value, Version, versions
from review.extraction.switching import DIFFERENCES, Comparison, compare
from review.ledger.seat import Seat, at_rest
from review.model.authority import check_resolver, check_role
from review.model.blinding import visible
from review.model.consensus import Panel, panel
from review.model.event import Event
from review.model.extraction import (
    NOT_REPORTED,
    SWITCHING_JUDGEMENTS,
    RegisteredText,
    ReportedText,
    SwitchingJudged,
    SwitchingResolved,
)
from review.model.facts import Facts
from review.model.views import CellView, RecordView, StudyView

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    "study", "label", "item", "record", "versions", "against", "field", "registered", "other", "difference", "undetermined", "says",
    "state", "judgement", "note", "event",
]  # fmt: skip
LISTED = "reported_outcome"
# what is read of an outcome in these cells is a result of it
RESULTS = frozenset(
    "n_analysed events mean sd se median interquartile_range effect_measure effect ci_lower ci_upper p_value n_randomised person_time q1 q3"
    " minimum maximum change_from_baseline t_value".split()
)
_VALUES = {
    ("participants", "planned"): "planned enrolment", ("participants", "enrolled"): "actual enrolment",
    ("n_randomised", None): "actual enrolment", ("minimum_age", None): "minimum age", ("maximum_age", None): "maximum age",
    ("sex", None): "sex", ("inclusion_criteria", None): "inclusion criteria", ("exclusion_criteria", None): "exclusion criteria",
}  # fmt: skip
_ROLES = {"primary": "primary", "secondary": "secondary", "other": "other", "exploratory": "other"}


@dataclass(slots=True)
class SwitchingState:
    """The judgements of comparisons, in ledger order, by study and comparison."""

    judged: dict[str, dict[str, list[Event]]] = field(default_factory=dict)
    home: dict[str, tuple[str, str]] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)


def fold(state: SwitchingState, event: Event) -> SwitchingState:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    own = event.kind in (SwitchingJudged.kind, SwitchingResolved.kind)
    home = (event.subject, event.body["item"]) if own else state.home.get(event.withdraws or "")
    if home is not None:
        state.judged.setdefault(home[0], {}).setdefault(home[1], []).append(event)
        state.home[event.id] = home
    return state


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison as it stands for one viewer: ``state`` 'proposed' until a person judged it; ``events`` are the judgements that are seen.

    ``finds``: the differences that stand: those of the judgement, else those proposed.
    """

    comparison: Comparison
    state: str
    judgement: str | None
    finds: tuple[str, ...]
    note: str
    events: tuple[str, ...]


class Switching:
    """Registered beside reported for the studies of one review; two extractors judge blind to each other."""

    def __init__(
        self, seat: Seat, needed: Callable[[], int], study: Callable[[str], StudyView], studies: Callable[[], Sequence[StudyView]],
        cells: Callable[[StudyView], Sequence[CellView]], texts: Callable[[RecordView], Sequence[str]],
    ) -> None:  # fmt: skip
        self._seat, self._needed, self._study, self._studies, self._cells, self._texts = seat, needed, study, studies, cells, texts
        self.versions_of: Callable[[RecordView], Sequence[RecordView]] = lambda record: [record]  # the room of records has them

    @property
    def _state(self) -> SwitchingState:
        return self._seat.state("switching", SwitchingState, fold)

    # views

    @at_rest
    def registrations(self, study: StudyView) -> list[list[Version]]:
        """The versions of each registration of *study*; none where no report but registrations is linked.

        Of several copies of one registration the one with the most versions counts, of as many the one that stands for it.
        """
        if all(report.stands.is_registration for report in study.reports):
            return []
        found = []
        for report in (r for r in study.reports if r.stands.is_registration):
            views = max((self.versions_of(record) for record in report.in_order if record.is_registration), key=len)
            found.append(versions(views, [self._texts(view) for view in views]))
        return found

    @at_rest
    def rows(self, study: StudyView) -> list[Compared]:
        """The comparisons of *study* as this viewer may see them."""
        known = self.registrations(study)
        if not known:
            return []
        outcomes, values = self._reported(study)
        return [self._compared(study, one) for series in known for one in compare(series, outcomes, values)]

    @at_rest
    def frame(self, study: str | None) -> pd.DataFrame:
        """One row a comparison."""
        import pandas as pd

        wanted = self._studies() if study is None else [self._study(study)]
        rows = [self._row(view, one) for view in wanted for one in self.rows(view)]
        return pd.DataFrame(rows, columns=COLUMNS, dtype="object")

    @staticmethod
    def _row(study: StudyView, row: Compared) -> tuple[object, ...]:
        one = row.comparison
        sides = tuple(side.text if side else None for side in (one.registered, one.other))
        return (
            study.id, study.label, one.item, one.record, one.versions, one.against, one.field, *sides, ", ".join(row.finds),
            "; ".join(one.undetermined), one.says, row.state, row.judgement, row.note, row.events[-1] if row.events else None,
        )  # fmt: skip

    @at_rest
    def conflicts(self) -> pd.DataFrame:
        """Comparisons on which two extractors differ, both judgements and no names."""
        import pandas as pd

        rows = []
        for study in self._studies():
            for item, events in self._events(study).items():
                found = self._panel(events)
                if found.conflict and found.closed:
                    first, second = sorted(found.answers, key=lambda e: e.id)[:2]
                    words = [", ".join((e.body["judgement"], *e.body["difference"])) for e in (first, second)]
                    rows.append((study.id, study.label, item, first.body["field"], words[0], first.id, words[1], second.id))
        head = ["study", "label", "item", "field", "judgement_first", "event_first", "judgement_second", "event_second"]
        return pd.DataFrame(rows, columns=head, dtype="object")

    @at_rest
    def owns(self, event: Event) -> bool:
        """Whether *event* is one of these judgements, or takes one back."""
        return event.id in self._state.home

    @at_rest
    def visible_event(self, event: Event) -> bool:
        """Whether this viewer may see one of these events."""
        return visible(event, self._seat.viewer, self._closed)

    @at_rest
    def open_of_others(self) -> bool:
        """Whether the ledger holds a judgement that this viewer may not see."""
        every = (e for items in self._state.judged.values() for events in items.values() for e in events)
        return any(not self.visible_event(e) for e in every)

    # writing

    def judge(
        self, study: str, item: str, *, judgement: str, difference: Sequence[str] | None, note: str, token: str | None
    ) -> str:  # fmt: skip
        """Store this extractor's word on one comparison; an earlier one of theirs is replaced. Returns the event id."""
        check_role(self._seat.viewer, "extractor", otherwise="open the review as an extractor")
        own = self._study(study)
        every = {row.comparison.item: row.comparison for row in self.rows(own)}
        if item not in every:
            raise NotFound(
                f"{own.label} has no comparison {item!r}",
                next_step=near(item, every) or "rv.extraction.switching() lists them as they stand",
            )
        one = every[item]
        finds = self._finds(judgement, one.differences if difference is None else difference, note, item)
        body = SwitchingJudged(
            item=item,
            field=one.field,
            registered=_registered(one.registered),
            reported=None if one.other is None or one.other.number is not None else _reported_text(one.other),
            later=None if one.other is None or one.other.number is None else _registered(one.other),
            proposed=one.differences,
            difference=finds,
            judgement=judgement,  # type: ignore[arg-type]
            note=note.strip(),
        )
        pen = self._seat.pen
        return pen.write_as_read(lambda: pen.draft(SwitchingJudged.kind, own.id, body, replaces=self._mine(own, item), token=token)).id

    def resolve(self, study: str, item: str, *, judgement: str, difference: Sequence[str] | None, reason: str) -> str:
        """The consensus on one comparison. Returns the event id."""
        own = self._study(study)
        events = self._events(own).get(item)
        if not events:
            raise NotFound(f"nobody has judged {item!r} of {own.label}", next_step="rv.extraction.switching_conflicts() lists what waits")
        found = self._panel(events)
        check_resolver(self._seat.viewer, found, reason, role="extractor", where=item)
        if not reason.strip():
            raise InputRefused("a consensus needs a reason", where=item)
        proposed = found.answers[0].body["proposed"] if difference is None and found.answers else difference or ()
        body = SwitchingResolved(
            item=item,
            difference=self._finds(judgement, proposed, reason, item),
            judgement=judgement,  # type: ignore[arg-type]
            reason=reason.strip(),
            settles=tuple(a.id for a in found.answers),
        )
        before = found.resolution.id if found.resolution else None
        return self._seat.pen.write(SwitchingResolved.kind, own.id, body, replaces=before).id

    @staticmethod
    def _finds(judgement: str, difference: Sequence[str], note: str, where: str) -> tuple[str, ...]:
        """What a judgement finds, in the order of DIFFERENCES; refused where it says nothing or two things at once."""
        if judgement not in SWITCHING_JUDGEMENTS:
            raise InputRefused(f"there is no judgement {judgement!r}", where=where, expected=", ".join(SWITCHING_JUDGEMENTS))
        unknown = [one for one in difference if one not in DIFFERENCES]
        if unknown:
            raise InputRefused(f"there is no difference {unknown[0]!r}", where=where, expected=", ".join(DIFFERENCES))
        if judgement == "explained" and not note.strip():
            raise InputRefused("'explained' needs the explanation and where it stands", where=where, next_step="give note=…")
        if judgement == "no_difference":
            return ()
        if not difference:
            raise InputRefused(
                "no difference was proposed here that could be confirmed", where=where,
                next_step="say no_difference, or name what differs with difference=[…]",
            )  # fmt: skip
        return tuple(one for one in DIFFERENCES if one in difference)

    # looking up

    def _events(self, study: StudyView) -> Mapping[str, list[Event]]:
        merged: dict[str, list[Event]] = {}
        for subject in study.subjects:
            for item, events in self._state.judged.get(subject, {}).items():
                merged.setdefault(item, []).extend(events)
        return {item: sorted(events, key=lambda e: e.position) for item, events in merged.items()}

    def _panel(self, events: Sequence[Event]) -> Panel:
        return panel(events, needed=self._needed(), differ=lambda a: len({_word(e) for e in a}) > 1, resolution_kind=SwitchingResolved.kind)

    def _closed(self, event: Event) -> bool:
        study, item = self._state.home[event.id]
        return self._panel(self._state.judged[study][item]).closed

    @at_rest
    def _mine(self, study: StudyView, item: str) -> str | None:
        own = [a for a in self._panel(self._events(study).get(item, [])).answers if a.actor == self._seat.pen.actor]
        return own[-1].id if own else None

    def _compared(self, study: StudyView, one: Comparison) -> Compared:
        events = self._events(study).get(one.item, [])
        found, viewer = self._panel(events), self._seat.viewer
        shown = list(found.seen_by(viewer).answers)
        seen = tuple(e.id for e in events if self.visible_event(e))
        if found.conflict and (found.closed or viewer.sees_open(SwitchingJudged.kind)):
            return Compared(one, "in conflict", None, one.differences, "", seen)
        stands = found.resolution or (shown[-1] if shown else None)
        if stands is None:
            return Compared(one, "proposed", None, one.differences, "", seen)
        two = found.closed and self._needed() > 1
        state = "consensus" if found.resolution else "judged by two" if two else "judged by one"
        note = stands.body.get("note") or stands.body.get("reason") or ""
        return Compared(one, state, stands.body["judgement"], tuple(stands.body["difference"]), note, seen)

    def _reported(self, study: StudyView) -> tuple[list[Outcome], list[Value]]:
        """What reports of *study* say, of its cells: none that was read from a registration, in conflict, or 'not reported'."""
        registered = {record.id for record in study.records if record.is_registration}
        cells = [c for c in self._cells(study) if c.record not in registered and not c.conflict and c.value != NOT_REPORTED]
        cells = [c for c in cells if c.state != "pre-filled"]
        return list(_outcomes(cells)), list(_values(cells))


def _outcomes(cells: Sequence[CellView]) -> Iterator[Outcome]:
    """The outcomes that a report lists, each with its time frames; then those that only have results."""
    listed: dict[tuple[str, str], list[CellView]] = {}
    results: dict[str, list[CellView]] = {}
    for cell in cells:
        if cell.outcome and cell.item == LISTED:
            listed.setdefault((cell.outcome, cell.value.strip().lower()), []).append(cell)
        elif cell.outcome and cell.item in RESULTS:
            results.setdefault(cell.outcome, []).append(cell)
    for (name, role), own in listed.items():
        yield _outcome(name, _ROLES.get(role), own)
    for name, own in results.items():
        if all(name != other for other, _ in listed):
            yield _outcome(name, None, own, listed=False)


def _outcome(name: str, role: str | None, cells: Sequence[CellView], *, listed: bool = True) -> Outcome:
    times = tuple(sorted({cell.timepoint for cell in cells if cell.timepoint}))
    words = name + (f" [{'; '.join(times)}]" if times else "")
    return Outcome(role, name, times, _said(words, cells), listed)


def _values(cells: Sequence[CellView]) -> Iterator[Value]:
    """Enrolment and eligibility as reported, each field once: the number that was enrolled before the number randomised."""
    told: set[str] = set()
    whole = {(c.item, c.analysis_set): c for c in cells if c.arm is None and c.outcome is None}
    for key, name in _VALUES.items():
        cell = whole.get(key)
        if cell is not None and name not in told:
            told.add(name)
            value = f"{cell.value} {cell.unit}" if cell.unit and cell.item.endswith("age") else cell.value
            yield Value(name, value, _said(value, [cell]))


def _said(words: str, cells: Sequence[CellView]) -> Said:
    """The words of a report, by these cells; where they stand is told of the first."""
    first = cells[0]
    events = tuple(cell.event for cell in cells)
    return Said(words, first.quotation, first.location, first.record, None, first.text_sha256, first.lines, events)


def _registered(side: Said | None) -> RegisteredText | None:
    if side is None:
        return None
    return RegisteredText(text=side.text, record=side.record or "", number=side.number or 0, text_sha256=side.text_sha256, lines=side.lines)


def _reported_text(side: Said) -> ReportedText:
    return ReportedText(
        text=side.text, quotation=side.quotation, location=side.location, events=side.events, record=side.record,
        text_sha256=side.text_sha256, lines=side.lines,
    )  # fmt: skip


def _word(event: Event) -> tuple[str, tuple[str, ...]]:
    """What two people must agree on."""
    return event.body["judgement"], tuple(event.body["difference"])
