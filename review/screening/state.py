"""What the facts say about screening: every decision, by report, stage and round; retrieval; pilots; stopping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from review.model.consensus import Panel, panel
from review.model.decision import (
    RecordsRemoved,
    ReportRetrieved,
    ScreeningDecided,
    ScreeningPiloted,
    ScreeningResolved,
    ScreeningStopped,
)
from review.model.event import Event
from review.model.facts import Facts
from review.model.views import ReportView, Standing

Question = tuple[str, str, str | None]  # report, stage, pilot round (None for the main screening)


@dataclass(slots=True)
class ScreeningState:
    """The facts of this room, in ledger order."""

    asked: dict[Question, list[Event]] = field(default_factory=dict)
    home: dict[str, Question] = field(default_factory=dict)
    retrievals: dict[str, list[Event]] = field(default_factory=dict)
    pilots: list[Event] = field(default_factory=list)
    stops: list[Event] = field(default_factory=list)
    removals: list[Event] = field(default_factory=list)
    changes: int = 0  # of stops and removals: what is made from them is made anew when it moves
    facts: Facts = field(default_factory=Facts)
    panels: dict[tuple[Any, ...], Panel] = field(default_factory=dict)


def fold(state: ScreeningState, event: Event) -> ScreeningState:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    state.changes += event.kind in (ScreeningStopped.kind, RecordsRemoved.kind) or event.withdraws is not None
    if event.kind in (ScreeningDecided.kind, ScreeningResolved.kind):
        _file(state, event, (event.subject, event.body["stage"], event.body.get("round")))
    elif event.kind == ReportRetrieved.kind:
        state.retrievals.setdefault(event.subject, []).append(event)
    elif event.kind == ScreeningPiloted.kind:
        state.pilots.append(event)
    elif event.kind == ScreeningStopped.kind:
        state.stops.append(event)
    elif event.kind == RecordsRemoved.kind:
        state.removals.append(event)
    elif event.withdraws in state.home:
        _file(state, event, state.home[event.withdraws])
    return state


def _file(state: ScreeningState, event: Event, question: Question) -> None:
    state.asked.setdefault(question, []).append(event)
    state.home[event.id] = question


def panel_of(state: ScreeningState, report: ReportView, stage: str, *, needed: int, unsure: str, round: str | None = None) -> Panel:
    """The panel on *report* at *stage*, over all reports that are the same document today."""
    asked = [state.asked[q] for m in report.members if (q := (m, stage, round)) in state.asked]
    key = (report.members, stage, round, needed, unsure, tuple(len(a) for a in asked))
    if key not in state.panels:
        events = asked[0] if len(asked) == 1 else sorted((e for a in asked for e in a), key=lambda e: e.position)
        state.panels[key] = panel(
            events,
            needed=needed,
            resolution_kind=ScreeningResolved.kind,
            differ=lambda answers: differ(answers, stage=stage, unsure=unsure, needed=needed),
        )
    return state.panels[key]


def differ(answers: Sequence[Event], *, stage: str, unsure: str, needed: int) -> bool:
    """Whether these answers are a conflict by METHOD's rules."""
    decisions = {a.body["decision"] for a in answers}
    if len(answers) < 2:
        return False
    if stage == "title_abstract":
        return (
            "exclude" in decisions and len(decisions) > 1
            if unsure == "goes_on"
            else len(decisions) > 1 or (decisions == {"unsure"} and needed > 1)
        )
    if "unsure" in decisions:  # never final at full text
        return needed > 1
    return len(decisions) > 1 or (decisions == {"exclude"} and len({a.body["reason"] for a in answers}) > 1)


def standing(found: Panel, report: str, stage: str, *, unsure: str) -> Standing:
    """Where the report stands: the outcome that METHOD derives from the panel, None while it waits."""
    outcome, reason = _outcome(found, stage, unsure)
    events = (found.resolution.id,) if found.resolution else tuple(a.id for a in found.answers)
    return Standing(
        report,
        stage,
        outcome,
        reason,
        found.conflict,
        found.closed,
        len({a.actor for a in found.answers}),
        events,
        by_tool=bool(found.answers) and all(a.by_tool for a in found.answers) and found.resolution is None,
        people=len({a.actor for a in found.answers if not a.by_tool}),
        near_miss=outcome == "exclude" and _near_miss(found),
    )  # type: ignore[arg-type]


def _near_miss(found: Panel) -> bool:
    """Whether one of those who excluded marked it so; the one who resolved a conflict leaves the mark of an excluder in place."""
    said = [*found.answers, *((found.resolution,) if found.resolution is not None else ())]
    return any(e.body["decision"] == "exclude" and e.body.get("near_miss", False) for e in said)


def pair(found: Panel) -> tuple[Event, Event] | None:
    """The first two independent answers; each reviewer counts once, also where reports were merged since. None when there are not two."""
    first: dict[str, Event] = {}
    for event in found.independent:
        first.setdefault(event.actor, event)
    one, two, *_ = [*first.values(), None, None]
    return (one, two) if one is not None and two is not None else None


def _outcome(found: Panel, stage: str, unsure: str) -> tuple[str | None, str | None]:
    if found.conflict:
        return None, None
    if found.resolution is not None:
        return found.resolution.body["decision"], found.resolution.body["reason"]
    if not found.complete:
        return None, None
    decisions = {a.body["decision"] for a in found.answers}
    if decisions == {"exclude"}:
        return "exclude", found.answers[0].body["reason"]
    if stage == "title_abstract" and (unsure == "goes_on" or decisions == {"include"}):
        return "include", None
    return ("include", None) if decisions == {"include"} else (None, None)


def retrieval(state: ScreeningState, report: ReportView) -> tuple[str | None, Event | None]:
    """'retrieved', 'extract_only', 'not_retrieved', or None while it is sought; and the event that says so, None when by import."""
    live = sorted((e for m in report.members for e in state.retrievals.get(m, ()) if state.facts.live(e.id)), key=lambda e: e.position)
    if live:
        return live[-1].body["status"], live[-1]
    return ("retrieved" if report.retrieved_on_import else None), None


def stopped(state: ScreeningState) -> list[Event]:
    """Live decisions to stop, oldest first."""
    return [e for e in state.stops if state.facts.live(e.id)]


def left_unseen(state: ScreeningState) -> frozenset[str]:
    """Reports that a live decision to stop left; whoever was seen by a person since is not unseen."""
    return frozenset(report for stop in stopped(state) for report in stop.body["left"])


def removals(state: ScreeningState) -> list[Event]:
    """Live removals before screening, oldest first."""
    return [e for e in state.removals if state.facts.live(e.id)]


def removed(state: ScreeningState) -> dict[str, Event]:
    """Record -> the live removal that names it; the first, where people worked apart and removed it twice."""
    return {record: e for e in reversed(removals(state)) for record in e.body["records"]}


def pilot_rounds(state: ScreeningState) -> dict[str, list[str]]:
    """Pilot round -> its reports."""
    return {e.body["round"]: list(e.body["reports"]) for e in state.pilots if state.facts.live(e.id)}
