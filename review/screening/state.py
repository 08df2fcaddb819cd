"""What the facts say about screening: every decision, by report, stage and round; retrieval; pilots; stopping."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from review.model.consensus import Panel, panel
from review.model.decision import (
    DecisionImported,
    RecordsRemoved,
    ReportRetrieved,
    ScreeningAllocated,
    ScreeningDecided,
    ScreeningPiloted,
    ScreeningResolved,
    ScreeningStopped,
    whose,
)
from review.model.event import Event, Position
from review.model.facts import Facts, Own
from review.model.views import ReportView, Standing
from review.screening.closing import ByCourse, Course, named_in
from review.screening.decision_words import same_words
from review.screening.imported import as_answer
from review.screening.retrieving import status_of

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
    imported: list[Event] = field(default_factory=list)
    allocations: list[Event] = field(default_factory=list)
    ruled: list[tuple[Position, tuple[Event, ...]]] = field(default_factory=list)  # the rules that counted, from each position on
    changes: int = 0  # of stops, removals and allocations: what is made from them is made anew when it moves
    facts: Facts = field(default_factory=Facts)
    ruling: Own = field(default_factory=lambda: Own({ScreeningStopped.kind, RecordsRemoved.kind, ScreeningAllocated.kind}))
    told: list[str] = field(default_factory=list)  # the report of each answer, in order
    panels: dict[tuple[Any, ...], Panel] = field(default_factory=dict)


def fold(state: ScreeningState, event: Event) -> ScreeningState:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    before = state.changes
    state.changes += state.ruling.takes(event)
    if event.kind in (ScreeningDecided.kind, ScreeningResolved.kind):
        _file(state, event, (event.subject, event.body["stage"], event.body.get("round")))
    elif event.kind == DecisionImported.kind:
        state.imported.append(event)
        _file(state, as_answer(event), (event.subject, event.body["stage"], None))
    elif event.kind == ReportRetrieved.kind:
        state.retrievals.setdefault(event.subject, []).append(event)
    elif event.kind == ScreeningPiloted.kind:
        state.pilots.append(event)
    elif event.kind == ScreeningStopped.kind:
        state.stops.append(event)
    elif event.kind == RecordsRemoved.kind:
        state.removals.append(event)
    elif event.kind == ScreeningAllocated.kind:
        state.allocations.append(event)
    elif event.withdraws in state.home:
        _file(state, event, state.home[event.withdraws])
    live = tuple(rule for rule in state.allocations if state.facts.live(rule.id)) if state.changes > before else ()
    if state.changes > before and live != (state.ruled[-1][1] if state.ruled else ()):
        state.ruled.append((event.position, live))
    return state


def _file(state: ScreeningState, event: Event, question: Question) -> None:
    state.asked.setdefault(question, []).append(event)
    state.home[event.id] = question
    state.told.append(question[0])


def panel_of(
    state: ScreeningState, report: ReportView, stage: str, *, needed: int, course: Course, unsure: str, round: str | None = None
) -> Panel:
    """The panel on *report* at *stage*, over all reports that are the same document today; it closes by the *course* of the stage."""
    asked = [state.asked[q] for m in report.members if (q := (m, stage, round)) in state.asked]
    opened = openings(state, round) if round is not None else ()
    record = report.stands.id
    key = (report.members, stage, round, needed, unsure, course.key, record, len(opened), tuple(len(a) for a in asked))
    if key not in state.panels:
        events = asked[0] if len(asked) == 1 else sorted((e for a in asked for e in a), key=lambda e: e.position)
        state.panels[key] = panel(
            events,
            needed=needed,
            resolution_kind=ScreeningResolved.kind,
            differ=lambda answers: differ(answers, stage=stage, unsure=unsure, needed=needed),
            closing=ByCourse(course, record, opened),
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
        return needed > 1 or len({whose(a) for a in answers}) > 1
    return len(decisions) > 1 or (decisions == {"exclude"} and len({_why(a) for a in answers}) > 1)


def _why(answer: Event) -> str:
    """The criterion of an exclusion; of an imported one that has none, the words of its file."""
    return answer.body["reason"] or same_words(answer.body.get("reason_words", ""))


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
        said=(found.resolution or found.answers[0]) if outcome == "exclude" else None,
    )  # type: ignore[arg-type]


def _near_miss(found: Panel) -> bool:
    """Whether one of those who excluded marked it so; the one who resolved a conflict leaves the mark of an excluder in place."""
    said = [*found.answers, *((found.resolution,) if found.resolution is not None else ())]
    return any(e.body["decision"] == "exclude" and e.body.get("near_miss", False) for e in said)


def pairs(state: ScreeningState, report: ReportView, stage: str, round: str | None, found: Panel) -> list[tuple[Event, Event]]:
    """The independent answers of each two people who read it, once each also where reports were merged since. None for one reader alone.

    With more than two readers a pair is taken by itself: each one's last answer before the later of the two's first answers.
    """
    answers = first_of_each(found.independent)
    if len(answers) <= 2:
        return [(answers[0], answers[1])] if len(answers) == 2 else []
    asked = sorted((e for m in report.members for e in state.asked.get((m, stage, round), ())), key=lambda e: e.position)
    made: list[tuple[Event, Event]] = []
    for two in combinations([whose(e) for e in answers], 2):
        own = {e.id for e in asked if e.withdraws is None and e.kind != ScreeningResolved.kind and whose(e) in two}
        events = [e for e in asked if e.id in own or e.withdraws in own]
        alone = panel(events, needed=2, resolution_kind=ScreeningResolved.kind, differ=lambda answers: False)
        first, second = first_of_each(alone.independent)
        made.append((first, second))
    return made


def first_of_each(answers: Sequence[Event]) -> list[Event]:
    """One answer a person, in order."""
    first: dict[str, Event] = {}
    for event in answers:
        first.setdefault(whose(event), event)
    return list(first.values())


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


def retrievals(state: ScreeningState, report: ReportView) -> list[Event]:
    """What people said of how its document was obtained, as far as it counts, oldest first."""
    return sorted((e for m in report.members for e in state.retrievals.get(m, ()) if state.facts.live(e.id)), key=lambda e: e.position)


def retrieval(state: ScreeningState, report: ReportView) -> tuple[str | None, Event | None]:
    """'retrieved', 'extract_only', 'not_retrieved', or None while it is sought; and the event that says so, None when by import."""
    live = retrievals(state, report)
    return status_of(live, report), live[-1] if live else None


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


def rounds_of(state: ScreeningState) -> dict[str, list[str]]:
    """Report -> the pilot rounds that held it, those taken back too."""
    found: dict[str, list[str]] = {}
    for event in state.pilots:
        for report in event.body["reports"]:
            found.setdefault(report, []).append(event.body["round"])
    return found


def pilot_readers(state: ScreeningState, report: ReportView, stage: str, round: str, screeners: Collection[str]) -> set[str]:
    """Who reads a pilot's report: those who screened when it was opened and do so still, or have answered.

    None where a release opened it that did not note them.
    """
    answered = {whose(e) for e in answers(state, report, stage, round)}
    return {name for name in named_in(openings(state, round)) if name in screeners or name in answered}


def openings(state: ScreeningState, round: str) -> tuple[Event, ...]:
    """Every opening of that pilot round, those taken back too."""
    return tuple(e for e in state.pilots if e.body["round"] == round)


def taken_back(state: ScreeningState, rule: Event) -> str | None:
    """The day on which *rule* counted no more because it was taken back; None while it counts."""
    if state.facts.live(rule.id):
        return None
    return next((at for (at, _, _), live in state.ruled if at > rule.at and rule not in live), rule.at)[:10]


def answers(state: ScreeningState, report: ReportView, stage: str, round: str | None) -> list[Event]:
    """The answers on *report* that stand, of all its members."""
    asked = (e for m in report.members for e in state.asked.get((m, stage, round), ()))
    return [e for e in asked if e.withdraws is None and e.kind != ScreeningResolved.kind and state.facts.live(e.id)]
