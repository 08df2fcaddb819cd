"""What the facts say was extracted: every value of every cell, who stands behind it, and what was asked of authors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from review.extraction.forms import Form, label_of
from review.model.consensus import Panel, panel
from review.model.event import Event
from review.model.extraction import CellConfirmed, CellDrafted, CellRecorded, CellResolved, ContactLogged
from review.model.facts import Facts
from review.model.views import CellView, StudyView
from review.text import fold_blanks

OF_A_REPORT = frozenset({"registry_number"})  # each report has its own: where two differ they do not contradict one another
DIFFER = "two extractors differ"
STRAYED = "a report belongs to the study no more"
Key = tuple[str, str | None, str | None, str | None, str | None]  # item, arm, outcome, timepoint, analysis set


@dataclass(slots=True)
class ExtractionState:
    """The facts of this room, in ledger order, by study and folded cell; what is typed and not recorded apart from the answers."""

    cells: dict[str, dict[Key, list[Event]]] = field(default_factory=dict)
    home: dict[str, tuple[str, Key]] = field(default_factory=dict)
    drafts: dict[str, dict[Key, list[Event]]] = field(default_factory=dict)
    contacts: dict[str, list[Event]] = field(default_factory=dict)
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
    here = {member for report in study.reports for member in report.members}
    return not here.issuperset(event.body.get("reports", ()))


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


def panel_of(events: Sequence[Event], *, needed: int) -> Panel:
    """The people's panel on one cell; what a tool pre-filled is no answer."""
    tools = {e.id for e in events if e.by_tool}
    people = [e for e in events if e.id not in tools and e.withdraws not in tools]
    return panel(people, needed=needed, differ=lambda a: len({answer(e) for e in a}) > 1, resolution_kind=CellResolved.kind)


def two_of(answers: Sequence[Event]) -> list[Event]:
    """Of answers on one cell the first two that differ, where any do; else the last of each of two people. One alone where there is one."""
    first = answers[0]
    other = next((e for e in answers[1:] if answer(e) != answer(first)), None)
    return [first, other] if other is not None else list({e.actor: e for e in answers}.values())[:2]


def between(found: Panel) -> str:
    """What differs where a cell is in conflict, in words; '' where it is in none.

    Of studies that were linked into one, each with its own agreed value, the reports differ and not the people who read them.
    """
    if not found.conflict:
        return ""
    if len({answer(e) for e in found.answers}) == 1:
        return "an answer was changed after both were given"
    own = [{answer(e) for e in found.answers if e.subject == subject} for subject in {e.subject for e in found.answers}]
    return "studies that were linked differ" if len(own) > 1 and all(len(said) == 1 for said in own) else DIFFER


def cell_view(
    state: ExtractionState,
    study: str,
    key: Key,
    events: Sequence[Event],
    *,
    needed: int,
    viewer: str | None,
    sees_all: bool,
    forms: Sequence[Form] | None = None,
) -> CellView | None:
    """The cell as this viewer may see it, its label that of *forms*; None when nothing of it may be seen."""
    found = panel_of(events, needed=needed)
    shown = [a for a in found.answers if found.closed or sees_all or a.actor == viewer]
    prefilled = [e for e in events if e.by_tool and e.kind == CellRecorded.kind and state.facts.live(e.id)]
    if found.resolution is not None:
        stands, status = found.resolution, "consensus"
    elif shown:
        stands = shown[-1]
        two = found.closed and needed > 1 and not found.conflict and found.complete
        recorded = sum(a.kind == CellRecorded.kind for a in shown)
        # Two who confirmed one pre-filled value have both seen it: that is a check by two, no independent extraction.
        status = (
            ("extracted independently by two" if recorded > 1 else "checked by two")
            if two
            else "checked by one"
            if prefilled
            else "recorded by one"
        )
    elif prefilled:
        stands, status = preferred(prefilled), "pre-filled"
    else:
        return None
    source = next((e for e in (stands, *reversed(shown), *((preferred(prefilled),) if prefilled else ())) if e.body.get("quotation")), None)
    origin = source.body if source is not None else {}
    history = tuple(
        e.id
        for e in events
        if e.by_tool or e.kind == CellResolved.kind or e.id in {a.id for a in shown} or _own_past(e, found, viewer, sees_all)
    )
    lines = origin.get("lines")
    return CellView(
        study,
        *key,
        value=stands.body["value"],
        unit=stands.body["unit"],
        state=status,
        conflict=found.conflict and (found.closed or sees_all),
        event=stands.id,
        history=history,
        quotation=origin.get("quotation", ""),
        location=origin.get("location", ""),
        text_sha256=origin.get("text_sha256"),
        lines=(lines[0], lines[1]) if lines else None,
        record=origin.get("record"),
        elsewhere={} if key[0] in OF_A_REPORT else _elsewhere(prefilled, stands),
        label=label_of(key[0], forms),
        between=between(found) if found.closed or sees_all else "",
    )  # type: ignore[arg-type]


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
