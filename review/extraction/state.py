"""What the facts say was extracted: every value of every cell, who stands behind it, and what was asked of authors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from review.extraction.forms import Form, label_of
from review.model.consensus import Panel, panel
from review.model.event import Event
from review.model.extraction import CellConfirmed, CellDrafted, CellRecorded, CellResolved, ContactLogged, SheetReturned
from review.model.facts import Facts
from review.model.views import CellView, StudyView
from review.text import fold_blanks

OF_A_REPORT = frozenset({"registry_number"})  # each report has its own: where two differ they do not contradict one another
DIFFER = "two extractors differ"
LINKED = "studies that were linked differ"
APART = "consensus values differ"  # that were settled apart, and merged
STRAYED = "a report belongs to the study no more"
Key = tuple[str, str | None, str | None, str | None, str | None]  # item, arm, outcome, timepoint, analysis set
Astray = Callable[[Event], bool]


@dataclass(slots=True)
class ExtractionState:
    """The facts of this room, in ledger order, by study and folded cell; what is typed and not recorded, and returned sheets, apart."""

    cells: dict[str, dict[Key, list[Event]]] = field(default_factory=dict)
    home: dict[str, tuple[str, Key]] = field(default_factory=dict)
    drafts: dict[str, dict[Key, list[Event]]] = field(default_factory=dict)
    contacts: dict[str, list[Event]] = field(default_factory=dict)
    sheets: dict[str, Event] = field(default_factory=dict)
    sheets_undone: list[Event] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)


def key_of(event: Event) -> Key:
    """What the event's cell is about."""
    cell = event.body["cell"]
    return (cell["item"], cell.get("arm"), cell.get("outcome"), cell.get("timepoint"), cell.get("analysis_set"))


def folded(key: Key) -> Key:
    """*key* as cells are told apart: in the names of arms, outcomes and so on neither capitals nor blanks make another cell."""
    item, arm, outcome, timepoint, analysis_set = (key[0], *(fold_blanks(name).casefold() or None if name else None for name in key[1:]))
    return item, arm, outcome, timepoint, analysis_set


def strayed(event: Event, study: StudyView) -> bool:
    """Whether a value was read from a report that *study* has no more, or, where no record is known, may have been."""
    record = event.body.get("record")
    if record is not None:
        return record not in {r.id for r in study.records}
    return not _within(event, study)


def _within(event: Event, study: StudyView) -> bool:
    here = {member for report in study.reports for member in report.members}
    return here.issuperset(event.body.get("reports", ()))


def lapsed(event: Event, study: StudyView, event_of: Callable[[str], Event]) -> bool:
    """Whether an answer, or a consensus, rests on a report that *study* has no more.

    Of a confirmation, the value that it confirms. A consensus that was given for the reports of today holds whatever it settles.
    """
    if event.kind == CellResolved.kind:
        rests = any(lapsed(event_of(one), study, event_of) for one in event.body.get("settles", ()))
        return rests and not (event.body.get("reports") and _within(event, study))
    return event.kind in (CellRecorded.kind, CellConfirmed.kind) and strayed(confirmed(event, event_of), study)


def confirmed(event: Event, event_of: Callable[[str], Event]) -> Event:
    """The fact that holds the value itself, where *event* confirms one."""
    while "confirms" in event.body:
        event = event_of(event.body["confirms"])
    return event


def worded(events: Sequence[Event], seen: Callable[[Event], bool]) -> Key:
    """What the cell of these events is about, in the words of the first of those that are *seen*, else of the first."""
    spelled = [e for e in events if "cell" in e.body]
    return key_of(next(filter(seen, spelled), spelled[0]))


def fold(state: ExtractionState, event: Event) -> ExtractionState:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    if event.kind in (CellRecorded.kind, CellConfirmed.kind, CellResolved.kind):
        _file(state, event, (event.subject, folded(key_of(event))))
    elif event.kind == CellDrafted.kind:
        state.drafts.setdefault(event.subject, {}).setdefault(folded(key_of(event)), []).append(event)
    elif event.kind == ContactLogged.kind:
        state.contacts.setdefault(event.subject, []).append(event)
    elif event.kind == SheetReturned.kind:
        state.sheets[event.id] = event
    elif event.withdraws in state.sheets:
        state.sheets_undone.append(event)
    elif event.withdraws in state.home:
        _file(state, event, state.home[event.withdraws])
    return state


def _file(state: ExtractionState, event: Event, home: tuple[str, Key]) -> None:
    state.cells.setdefault(home[0], {}).setdefault(home[1], []).append(event)
    state.home[event.id] = home


def typed_by(state: ExtractionState, subjects: Sequence[str], actor: str | None) -> dict[Key, Event]:
    """Cell -> what *actor* typed there last, in studies of these *subjects*, and has neither recorded nor dropped since."""
    typed: dict[Key, Event] = {}
    for subject in subjects:
        for key, events in state.drafts.get(subject, {}).items():
            own = [e for e in (*events, *filter(None, [typed.get(key)])) if e.actor == actor and state.facts.live(e.id)]
            if own:
                typed[key] = max(own, key=lambda e: e.position)
    return {key: event for key, event in typed.items() if _typed(event) and not _since(state, subjects, key, event)}


def _typed(event: Event) -> bool:
    return any(event.body[part] for part in ("value", "unit", "quotation", "location"))


def _since(state: ExtractionState, subjects: Sequence[str], key: Key, draft: Event) -> bool:
    """Whether its author answered the cell after the draft, whatever became of that answer."""
    given = (e for subject in subjects for e in state.cells.get(subject, {}).get(key, ()))
    return any(e.actor == draft.actor and e.withdraws is None and e.position > draft.position for e in given)


def answer(event: Event) -> tuple[str, str | None]:
    """Value and unit, white space folded: what two people must agree on."""
    return " ".join(event.body["value"].split()), event.body["unit"]


def panel_of(events: Sequence[Event], *, needed: int, astray: Astray = lambda event: False) -> Panel:
    """The people's panel on one cell; what a tool pre-filled is no answer.

    astray: whether an event rests on a report that is linked no more. While somebody's answer does, and no consensus was given since, the
    cell is in conflict: an answer that another gives anew does not make it vanish. Once all are given anew these are compared alone.
    """
    tools = {e.id for e in events if e.by_tool}
    people = [e for e in events if e.id not in tools and e.withdraws not in tools]
    whole = _panel(people, needed)
    gone = {e.id for e in people if astray(e)}
    if not gone or (whole.resolution is not None and whole.resolution.id not in gone):
        return whole
    if any(a.id in gone for a in whole.answers):
        return replace(whole, conflict=True, resolution=None)
    anew = _panel([e for e in people if e.id not in gone and e.withdraws not in gone], needed)
    return replace(anew, closed=whole.closed, replaces=whole.replaces, apart=whole.apart)


def _panel(people: Sequence[Event], needed: int) -> Panel:
    """The panel; in conflict again, without its consensus, where somebody said otherwise than that after it."""
    found = panel(people, needed=needed, differ=lambda a: len({answer(e) for e in a}) > 1, resolution_kind=CellResolved.kind)
    settled = found.resolution
    if settled is None:
        return found
    since = [a for a in found.answers if a.position > settled.position and a.id not in settled.body["settles"]]
    return replace(found, conflict=True, resolution=None) if any(answer(a) != answer(settled) for a in since) else found


def two_of(answers: Sequence[Event]) -> list[Event]:
    """Of answers on one cell the first two that differ, where any do; else the last of each of two people. As many as there are."""
    if not answers:  # all were taken back
        return []
    first = answers[0]
    other = next((e for e in answers[1:] if answer(e) != answer(first)), None)
    return [first, other] if other is not None else list({e.actor: e for e in answers}.values())[:2]


def between(found: Panel, astray: Astray = lambda event: False) -> str:
    """What differs where a cell is in conflict, in words; '' where it is in none.

    Of studies that were linked into one, each with its own agreed value, the reports differ and not the people who read them.
    """
    if not found.conflict:
        return ""
    if any(map(astray, found.answers)):
        return STRAYED
    if len({answer(e) for e in found.apart}) > 1:
        return APART if len({e.subject for e in found.apart}) == 1 else LINKED
    if len({answer(e) for e in found.answers}) < 2:
        return "an answer was changed after both were given"
    own = [{answer(e) for e in found.answers if e.subject == subject} for subject in {e.subject for e in found.answers}]
    return LINKED if len(own) > 1 and all(len(said) == 1 for said in own) else DIFFER


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at the cells of one study: how many are due, whether open answers of others are shown, and what became of the reports.

    astray: whether an event rests on a report that is linked no more. event_of: gives the fact of an id.
    """

    needed: int
    viewer: str | None
    sees_all: bool
    event_of: Callable[[str], Event]
    astray: Astray = lambda event: False
    forms: Sequence[Form] | None = None


def cell_view(state: ExtractionState, study: str, key: Key, events: Sequence[Event], looking: Looking) -> CellView | None:
    """The cell as this viewer may see it, its label that of the forms; None when nothing of it may be seen."""
    needed, viewer, sees_all, astray = looking.needed, looking.viewer, looking.sees_all, looking.astray
    found = panel_of(events, needed=needed, astray=astray)
    shown = [a for a in found.answers if found.closed or sees_all or a.actor == viewer]
    filled = [e for e in events if e.by_tool and e.kind == CellRecorded.kind and state.facts.live(e.id)]
    prefilled = [e for e in filled if not astray(e)] or filled
    if found.resolution is not None:
        stands, status = found.resolution, "consensus"
    elif shown:
        stands = [*filter(astray, shown), *(a for a in shown if not astray(a))][-1]
        status = _status(found, shown, needed, bool(prefilled))
    elif prefilled:
        stands, status = preferred(prefilled), "pre-filled"
    else:
        return None
    origin = _words(stands, shown, prefilled, looking.event_of)
    history = tuple(
        e.id
        for e in events
        if e.by_tool or e.kind == CellResolved.kind or e.id in {a.id for a in shown} or _own_past(e, found, viewer, sees_all)
    )
    lines = origin.get("lines")
    open_ = found.closed or sees_all
    gone = found.resolution is None and any(map(astray, shown or [stands]))
    return CellView(
        study,
        *key,
        value=stands.body["value"],
        unit=stands.body["unit"],
        state=status,
        conflict=gone or (found.conflict and open_),
        event=stands.id,
        history=history,
        quotation=origin.get("quotation", ""),
        location=origin.get("location", ""),
        text_sha256=origin.get("text_sha256"),
        lines=(lines[0], lines[1]) if lines else None,
        record=origin.get("record"),
        elsewhere={} if key[0] in OF_A_REPORT else _elsewhere(prefilled, stands),
        label=label_of(key[0], looking.forms),
        between=STRAYED if gone else between(found, astray) if open_ else "",
    )  # type: ignore[arg-type]


def _status(found: Panel, shown: Sequence[Event], needed: int, prefilled: bool) -> str:
    """Who stands behind a cell without a consensus. Two who confirmed one pre-filled value have both seen it: that is a check by two."""
    if found.closed and needed > 1 and not found.conflict and found.complete:
        recorded = sum(a.kind == CellRecorded.kind for a in shown)
        return "extracted independently by two" if recorded > 1 else "checked by two"
    return "checked by one" if prefilled else "recorded by one"


def _words(
    stands: Event, shown: Sequence[Event], prefilled: Sequence[Event], event_of: Callable[[str], Event]
) -> Mapping[str, Any]:  # fmt: skip
    """The fact whose words say the value that *stands*: its own, or those of who gave the same value; empty where nobody's do.

    The words of another value are never its words.
    """
    said = [e for e in (*reversed(shown), *((preferred(prefilled),) if prefilled else ())) if e.body["value"] == stands.body["value"]]
    same = sorted(said, key=lambda e: answer(e) != answer(stands))  # of the same unit first
    for one in (stands, *same):
        words = confirmed(one, event_of).body
        if words.get("quotation"):
            return words
    return {}


def preferred(prefilled: Sequence[Event]) -> Event:
    """Of what several sources state, the newest reading of the record that came in first; the others stay beside it."""
    first = prefilled[0].body["record"]
    return [e for e in prefilled if e.body["record"] == first][-1]


def _elsewhere(prefilled: Sequence[Event], stands: Event) -> dict[str, str]:
    """Record id -> its value, of the records that say otherwise; capitals, blanks and punctuation make no difference."""
    newest = {e.body["record"]: e.body["value"] for e in prefilled}
    return {record: value for record, value in newest.items() if _bare(value) != _bare(stands.body["value"])}


def _bare(value: str) -> str:
    return "".join(c for c in value.casefold() if c.isalnum() or c in "<>=≤≥+%")  # these signs change what a value means


def _own_past(event: Event, found: Panel, viewer: str | None, sees_all: bool) -> bool:
    return event.withdraws is None and (found.closed or sees_all or event.actor == viewer)
