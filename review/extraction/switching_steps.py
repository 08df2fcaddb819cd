"""The verbs of registered against reported: what was compared, a person's word on each comparison, conflicts and their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from review.errors import InputRefused, NotFound, near
from review.extraction.registered import Outcome, Said, Value, Version, dated, days, in_force, versions
from review.extraction.reported import reported_outcomes, reported_values
from review.extraction.switching import DIFFERENCES, REPORT, Comparison, compare
from review.ledger.seat import Seat, at_rest
from review.ledger.settling import settle
from review.model.authority import check_resolver, check_role
from review.model.blinding import visible
from review.model.consensus import Panel, panel
from review.model.event import Event
from review.model.extraction import (
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
    "study", "label", "item", "record", "versions", "against", "field", "in_force", "registered", "other", "difference", "undetermined",
    "says", "state", "judgement", "note", "event",
]  # fmt: skip
_LISTED = "rv.extraction.switching_conflicts(), or `review extract differing`, lists what waits"


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

    ``finds``: the differences that stand: those of the judgement, else those proposed. ``held``: when a version that reads so was in force.
    """

    comparison: Comparison
    held: tuple[str, ...]
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
        """The comparisons of *study* as this viewer may see them; with the report none before something was extracted from one."""
        known = self.registrations(study)
        if not known:
            return []
        outcomes, values = self._reported(study)
        rows = []
        for series in known:
            at = self.in_force(study, series)
            for one in compare(series, outcomes, values):
                if one.against == REPORT and not (outcomes or values):
                    continue
                held = tuple(moment for moment, number in at.items() if number in one.versions and one.against == REPORT)
                rows.append(self._compared(study, one, held))
        return rows

    def in_force(self, study: StudyView, series: Sequence[Version]) -> dict[str, int | str]:
        """Study start, completion, first results -> the number of the version in force then, or why that is not determined.

        Of the versions in hand; the dates are those that the newest version states. The first results are those posted or, if earlier, the
        first report that is no registration; a report has a year alone.
        """
        newest = max(self.versions_of(self._record(study, series[0].record)), key=lambda view: dated(view.doc))
        dates = newest.doc.get("dates") or {}
        stated = {
            name: (dates.get(name) or {}).get("date") or "" for name in ("start", "primary_completion", "completion", "results_posted")
        }
        years = [str(record.year) for record in study.records if not record.is_registration and record.year]
        results = [(first[0], text) for text in (stated["results_posted"], *years) if (first := days(text))]
        moments = {
            "study start": stated["start"],
            "completion": stated["primary_completion"] or stated["completion"],
            "first results": min(results)[1] if results else "",
        }
        return {name: in_force(series, moment) for name, moment in moments.items()}

    @staticmethod
    def _record(study: StudyView, record: str) -> RecordView:
        return next(one for one in study.records if one.id == record)

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
            study.id, study.label, one.item, one.record, one.versions, one.against, one.field, ", ".join(row.held), *sides,
            ", ".join(row.finds), "; ".join(one.undetermined), one.says, row.state, row.judgement, row.note,
            row.events[-1] if row.events else None,
        )  # fmt: skip

    @at_rest
    def conflicts(self) -> pd.DataFrame:
        """Comparisons on which two extractors differ, both judgements and no names; '' for one that was taken back."""
        import pandas as pd

        rows = []
        for study in self._studies():
            for item, events in self._events(study).items():
                found = self._panel(events)
                if found.conflict and found.closed:
                    answers = sorted(found.answers, key=lambda e: e.id)
                    two = two_words(answers) if len(answers) > 1 else answers
                    words = [(", ".join((e.body["judgement"], *e.body["difference"])), e.id) for e in two]
                    first, second = [*words, ("", ""), ("", "")][:2]
                    field = next(e.body["field"] for e in events if "field" in e.body)
                    rows.append((study.id, study.label, item, field, *first, *second))
        head = ["study", "label", "item", "field", "judgement_first", "event_first", "judgement_second", "event_second"]
        return pd.DataFrame(rows, columns=head, dtype="object")

    @at_rest
    def outdated(self, study: StudyView) -> list[Event]:
        """The judgement or consensus that stood, of every comparison whose words were changed since, so that it is none of today's."""
        now = {row.comparison.item for row in self.rows(study)}
        found = [self._panel(events) for item, events in self._events(study).items() if item not in now]
        shown = [(one.resolution, one.seen_by(self._seat.viewer).answers) for one in found]
        return [stands for resolution, answers in shown if (stands := resolution or (answers[-1] if answers else None)) is not None]

    @at_rest
    def own(self, study: StudyView) -> dict[str, Event]:
        """Comparison -> this extractor's own judgement that counts."""
        who = self._seat.viewer.name
        answers = {item: self._panel(events).answers for item, events in self._events(study).items()}
        return {item: mine[-1] for item, given in answers.items() if (mine := [e for e in given if e.actor == who])}

    @at_rest
    def sides(self, study: StudyView) -> dict[str, tuple[Event, ...]]:
        """Comparison -> the two judgements, where closed ones differ and nothing is settled; in no telling order."""
        found = {item: self._panel(events) for item, events in self._events(study).items()}
        return {item: tuple(sorted(p.answers, key=lambda e: e.id)) for item, p in found.items() if p.closed and p.conflict and p.answers}

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
        _say_one_thing(judgement, difference, item)
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
        pen, known = self._seat.pen, self._seat.sent(token)
        before = (lambda: known.replaces) if known else (lambda: self._mine(own, item))
        return pen.write_as_read(lambda: pen.draft(SwitchingJudged.kind, own.id, body, replaces=before(), token=token)).id

    def resolve(
        self, study: str, item: str, *, judgement: str, difference: Sequence[str] | None, reason: str, token: str | None = None
    ) -> str:  # fmt: skip
        """The consensus on one comparison; the same *token* again is the same event. Returns the event id."""
        own = self._study(study)
        known, found = self._seat.sent(token), self._open_to(own, item)
        if known is None:
            check_resolver(self._seat.viewer, found, reason, role="extractor", where=item)

        def say(settles: tuple[str, ...]) -> SwitchingResolved:
            return self._consensus(found, item, judgement, difference, reason, settles)

        return settle(self._seat, own.id, found, look=lambda: self._open_to(own, item), say=say, where=item, token=token, known=known).id

    @at_rest
    def _open_to(self, own: StudyView, item: str) -> Panel:
        """The panel on one comparison; raises NotFound where this viewer may see nothing of it, so that nobody learns who has judged."""
        events = self._events(own).get(item, [])
        found = self._panel(events)
        if not (found.closed or any(map(self.visible_event, events))):
            raise NotFound(f"there is nothing to settle of {item!r} of {own.label}", next_step=_LISTED)
        return found

    def _consensus(
        self, found: Panel, item: str, judgement: str, difference: Sequence[str] | None, reason: str, settles: Sequence[str]
    ) -> SwitchingResolved:  # fmt: skip
        if not reason.strip():
            raise InputRefused("a consensus needs a reason", where=item)
        _say_one_thing(judgement, difference, item)
        proposed = found.answers[0].body["proposed"] if difference is None and found.answers else difference or ()
        return SwitchingResolved(
            item=item,
            difference=self._finds(judgement, proposed, reason, item),
            judgement=judgement,  # type: ignore[arg-type]
            reason=reason.strip(),
            settles=tuple(settles),
        )

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

    def _compared(self, study: StudyView, one: Comparison, held: tuple[str, ...]) -> Compared:
        events = self._events(study).get(one.item, [])
        found, viewer = self._panel(events), self._seat.viewer
        shown = list(found.seen_by(viewer).answers)
        seen = tuple(e.id for e in events if self.visible_event(e))
        if found.conflict and (found.closed or viewer.sees_open(SwitchingJudged.kind)):
            return Compared(one, held, "in conflict", None, one.differences, "", seen)
        stands = found.resolution or (shown[-1] if shown else None)
        if stands is None:
            return Compared(one, held, "proposed", None, one.differences, "", seen)
        two = found.closed and self._needed() > 1
        state = "consensus" if found.resolution else "judged by two" if two else "judged by one"
        note = stands.body.get("note") or stands.body.get("reason") or ""
        return Compared(one, held, state, stands.body["judgement"], tuple(stands.body["difference"]), note, seen)

    def _reported(self, study: StudyView) -> tuple[list[Outcome], list[Value]]:
        """What reports of *study* say, of the cells that a person filled or looked at; none that was read from a registration."""
        registered = {record.id for record in study.records if record.is_registration}
        cells = [c for c in self._cells(study) if c.record not in registered and c.state != "pre-filled" and not c.conflict]
        return list(reported_outcomes(cells)), list(reported_values(cells))


def _registered(side: Said | None) -> RegisteredText | None:
    if side is None:
        return None
    return RegisteredText(text=side.text, record=side.record or "", number=side.number or 0, text_sha256=side.text_sha256, lines=side.lines)


def _reported_text(side: Said) -> ReportedText:
    return ReportedText(
        text=side.text, quotation=side.quotation, location=side.location, events=side.events, record=side.record,
        text_sha256=side.text_sha256, lines=side.lines,
    )  # fmt: skip


def two_words(answers: Sequence[Event]) -> list[Event]:
    """The first of *answers* and the first that says otherwise; where all say the same by now, the last."""
    return [answers[0], next((e for e in answers[1:] if _word(e) != _word(answers[0])), answers[-1])]


def _say_one_thing(judgement: str, difference: Sequence[str] | None, where: str) -> None:
    """Raises InputRefused where no difference is found and one is named."""
    if judgement == "no_difference" and difference:
        raise InputRefused(
            f"'no_difference' goes with no difference, and {', '.join(map(repr, difference))} is named", where=where,
            next_step="leave one of them out",
        )  # fmt: skip


def _word(event: Event) -> tuple[str, tuple[str, ...]]:
    """What two people must agree on."""
    return event.body["judgement"], tuple(event.body["difference"])
