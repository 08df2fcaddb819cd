"""What stands in screening, as each viewer may see it: panels, outcomes, queues, conflicts, agreement. It writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from review.errors import NotFound, near, near_named
from review.ledger.seat import Seat, at_rest
from review.model.blinding import visible
from review.model.consensus import Panel
from review.model.decision import STAGES, ScreeningDecided, ScreeningResolved, whose
from review.model.event import Event
from review.model.views import ReportView, Standing
from review.protocol import Protocol
from review.screening import allocation, deciding, frames, state
from review.screening.closing import Course, course_of
from review.screening.conflicts import Conflict, conflict_of
from review.screening.order import Learning, question_of, text_of
from review.screening.progress import Progress, progress_of, settled
from review.screening.retrieving import IN_HAND, Document, document_of, media_type
from review.screening.safe import SafeLine, is_known_as, safe
from review.screening.stopping import Outlook

if TYPE_CHECKING:
    import pandas as pd

DECIDED = (ScreeningDecided.kind, ScreeningResolved.kind)


class Standings:
    """Two reviewers blind to each other, at two stages: where each report stands."""

    def __init__(self, seat: Seat, protocol: Protocol, reports: Callable[[], Sequence[ReportView]]) -> None:
        self._seat, self._protocol, self._reports = seat, protocol, reports

    # where things stand

    @property
    def _state(self) -> state.ScreeningState:
        return self._seat.state("screening", state.ScreeningState, state.fold)

    def _needed(self, report: ReportView, stage: str, round: str | None) -> int:
        """How many people read *report*: as the protocol asks, as the rule says that it was begun under, or everybody of a pilot."""
        setting = self._setting(stage)
        if round is not None:
            return len(state.pilot_readers(self._state, report, stage, round, self._screeners)) or setting
        today = self._course(stage).today
        return today.due(state.answers(self._state, report, stage, None), report.stands.id) if today.rules else setting

    def _course(self, stage: str) -> Course:
        """What was asked at *stage* in the course of the review."""

        def rests_on() -> tuple[object, ...]:
            return len(self._protocol.course), self._state.changes, self._protocol.plan

        return self._seat.once(f"course {stage}", lambda: self._seat.made(f"course {stage}", rests_on(), lambda: self._followed(stage)))

    def _followed(self, stage: str) -> Course:
        course, plan_of = self._protocol.course, self._protocol.plan_of
        plans = [(position, plan_of(version)) for position, version in course if version is not None]
        if not self._protocol.frozen:  # today's draft; what it said on other days is kept nowhere
            plans.append((course[-1][0] if course else ("", "", 0), self._protocol.plan))
        return course_of(stage, plans, self._state.ruled)

    def _setting(self, stage: str) -> int:
        return int(getattr(self._protocol.plan.settings.reviewers_per_stage, stage))

    @property
    def _screeners(self) -> list[str]:
        return [r.id for r in self._protocol.plan.reviewers if "screener" in r.roles]

    @at_rest
    def allocation(self, stage: str) -> Event | None:
        """The rule in force of who reads what at *stage*; None while everybody may take anything."""
        deciding.known_stage(stage)
        return next(reversed(self._course(stage).today.rules), None)

    @at_rest
    def pilots(self) -> dict[str, list[str]]:
        """Pilot round -> its reports, in the order in which the rounds were opened."""
        return state.pilot_rounds(self._state)

    @at_rest
    def needed(self, report: ReportView, stage: str) -> int:
        """How many people read *report* at *stage*."""
        return self._needed(report, stage, None)

    @at_rest
    def panel(self, report: ReportView, stage: str, *, round: str | None = None) -> Panel:
        """The answers on *report* at *stage* as this viewer may see them."""
        return self._panel(report, stage, round=round).seen_by(self._seat.viewer)

    def _panel(self, report: ReportView, stage: str, *, round: str | None = None) -> Panel:
        needed, unsure = self._needed(report, stage, round), self._protocol.plan.settings.unsure
        return state.panel_of(self._state, report, stage, needed=needed, course=self._course(stage), unsure=unsure, round=round)

    @at_rest
    def standing(self, report: ReportView, stage: str) -> Standing:
        """Outcome of *report* at *stage*; None while it waits."""
        known, today = self._known(stage), self._by_member()
        if today.get(report.id) is not report:  # a view of another day, whose records may have been others
            return self._standing(report, stage)
        if report.id not in known:
            known[report.id] = self._standing(report, stage)
        return known[report.id]

    @at_rest
    def standings(self, stage: str) -> dict[str, Standing]:
        """Report -> where it stands at *stage*: all of today's reports by title and abstract, those sought at full text."""
        reports, known = self._reports(), self._known(stage)
        if stage == "full_text":
            first = self.standings("title_abstract")
            reports = [r for r in reports if r.lane == "other" or first[r.id].outcome == "include"]
        for report in reports:
            if report.id not in known:
                known[report.id] = self._standing(report, stage)
        return known.copy()

    def _known(self, stage: str) -> dict[str, Standing]:
        """The standings that were derived and still hold: the plan, the rules and today's reports are the same, and no answer has come."""
        return self._seat.once(f"standings {stage}", lambda: self._known_today(stage))

    def _known_today(self, stage: str) -> dict[str, Standing]:
        found, by_member = self._state, self._by_member()
        rests_on = (self._protocol.plan, found.changes, self._reports())
        return self._seat.each(f"standings {stage}", rests_on, found.told, lambda m: by_member[m].id if m in by_member else None)

    def _standing(self, report: ReportView, stage: str) -> Standing:
        found = self._panel(report, stage)
        stand = state.standing(found, report.id, stage, unsure=self._protocol.plan.settings.unsure)
        return replace(stand, events=tuple(e.id for e in found.seen_by(self._seat.viewer).answers)) if not found.closed else stand

    @at_rest
    def retrieval(self, report: ReportView) -> tuple[str | None, Event | None]:
        """Status of retrieval (None while it is sought) and the event that says so (None when by import)."""
        return state.retrieval(self._state, report)

    @at_rest
    def to_retrieve(self) -> list[str]:
        """Reports whose document is sought and of which nobody has said yet how it was obtained, in the order they came in."""
        return [r.id for r in self._reports() if self.retrieval(r)[0] is None and self.sought(r)]

    @at_rest
    def document(self, report: ReportView) -> Document | None:
        """The document in hand: the file attached last, else the page that was captured; None where there is neither."""
        return document_of(report, state.retrievals(self._state, report), self._seat.blob, self._type_of)

    def _type_of(self, sha256: str) -> str:
        """The media type of that blob, looked at once."""
        return self._seat.made(f"type of {sha256}", (), lambda: media_type(self._seat.blob(sha256)))

    @at_rest
    def stops(self) -> list[Event]:
        """Live decisions to stop screening."""
        return state.stopped(self._state)

    @at_rest
    def removals(self) -> list[Event]:
        """Live removals before screening, oldest first."""
        return state.removals(self._state)

    @at_rest
    def removal(self, report: ReportView) -> Event | None:
        """The removal before screening that took *report* out; None where there is none, or somebody has screened it all the same."""
        removed = self._seat.made("removed", (self._state.changes,), lambda: state.removed(self._state))
        found = removed.get(report.stands.id)
        return None if found is None or self._screened(report) else found

    @at_rest
    def removed(self) -> dict[str, Event]:
        """Report -> the removal before screening that took it out."""
        gone = {record for event in self.removals() for record in event.body["records"]}
        reports = [r for r in self._reports() if r.stands.id in gone] if gone else []
        return {r.id: event for r in reports if (event := self.removal(r)) is not None}

    def _screened(self, report: ReportView) -> bool:
        found = (self._panel(report, stage) for stage in STAGES)
        return any(panel.answers or panel.resolution for panel in found)

    @at_rest
    def left(self) -> frozenset[str]:
        """Reports that a live decision to stop left unseen."""
        return self._seat.made("left", (self._state.changes,), lambda: state.left_unseen(self._state))

    @at_rest
    def sought(self, report: ReportView) -> bool:
        """Whether the full document is looked for: it passed title and abstract, or came by other methods."""
        return report.lane == "other" or self.standing(report, "title_abstract").outcome == "include"

    @at_rest
    def _at_stage(self, stage: str) -> list[ReportView]:
        deciding.known_stage(stage)
        return [r for r in self._reports() if self._is_at_stage(r, stage)]

    @at_rest
    def _is_at_stage(self, report: ReportView, stage: str) -> bool:
        if stage == "title_abstract":
            if report.lane != "dbr" or self.removal(report) is not None:
                return False
            return self.left().isdisjoint(report.members) or self._seen(report)
        return self.sought(report) and self.retrieval(report)[0] in IN_HAND

    def _seen(self, report: ReportView) -> bool:
        """Whether a person has looked at it by title and abstract; what only a tool has read is left when screening stops."""
        found = self._panel(report, "title_abstract")
        return found.resolution is not None or any(not answer.by_tool for answer in found.answers)

    @at_rest
    def stranded(self) -> list[str]:
        """Reports with answers on their full text that are not to be assessed now, as what came before was changed or taken back."""
        asked = {subject for subject, stage, round in self._state.asked if (stage, round) == ("full_text", None)}
        found = (r for r in self._reports() if not asked.isdisjoint(r.members) and not self._is_at_stage(r, "full_text"))
        return [r.id for r in found if (panel := self._panel(r, "full_text")).answers or panel.resolution]

    @at_rest
    def queue(self, stage: str, *, round: str | None = None) -> list[str]:
        """Reports that wait for this viewer at *stage* (for anybody, when nobody in particular looks), in the order they came in.

        round  a pilot round, whose reports wait for each of its readers; without it, those of the main screening
        """
        return [report.id for report, asked in self._asked_of(stage, round) if self._is_among(asked)]

    @at_rest
    def waits(self, report: ReportView, stage: str, *, round: str | None = None) -> bool:
        """Whether *report* waits for this viewer at *stage*, as ``queue`` asks it of each."""
        if round is not None:
            return self._is_among(self._asked_in_pilot(report, stage, round))
        return self._is_at_stage(report, stage) and self._is_among(self._asked_on(report, stage))

    def _is_among(self, asked: Sequence[str]) -> bool:
        return bool(asked) and self._seat.viewer.name in (None, *asked)

    @at_rest
    def due(self, stage: str) -> dict[str, int]:
        """How many reports wait for each screener at *stage*; for the viewer alone, unless the viewer sees all."""
        waiting = [asked for _, asked in self._asked_of(stage, None)]
        shown = [name for name in self._screeners if self._seat.viewer.sees_all or name == self._seat.viewer.name]
        return {name: sum(name in asked for asked in waiting) for name in shown}

    def _asked_of(self, stage: str, round: str | None) -> list[tuple[ReportView, list[str]]]:
        """Each report at *stage*, with those who are asked for an answer now."""
        if round is None:
            return [(report, self._asked_on(report, stage)) for report in self._at_stage(stage)]
        deciding.known_stage(stage)
        rounds = state.pilot_rounds(self._state)
        if round not in rounds:
            raise NotFound(f"there is no pilot round {round!r}", next_step=near(round, rounds))
        own = [report for report in self._reports() if not set(rounds[round]).isdisjoint(report.members)]
        return [(report, self._asked_in_pilot(report, stage, round)) for report in own]

    def _asked_on(self, report: ReportView, stage: str) -> list[str]:
        """Who is asked for an answer on *report* now: those to whom the rule gives it; without a rule, whoever has not answered."""
        found = self._panel(report, stage)
        answered = {whose(a) for a in found.answers}
        # Everybody due has answered, and yet nothing follows: whoever answered is asked again.
        undecided = found.complete and not found.conflict and self.standing(report, stage).outcome is None
        if not undecided and (found.resolution is not None or len(answered) >= found.needed):
            return []
        rule = self.allocation(stage)
        order = self._readers if rule is None else allocation.readers(rule.body, report.stands.id, self._screeners, found.needed)
        if rule is None and not undecided:
            return [name for name in order if name not in answered]
        return allocation.due(order, answered, found.needed, undecided=undecided)

    @property
    def _readers(self) -> list[str]:
        """Without a rule: every screener, and whoever looks ('' for nobody in particular)."""
        return list(dict.fromkeys([*self._screeners, self._seat.viewer.name or ""]))

    def _asked_in_pilot(self, report: ReportView, stage: str, round: str) -> list[str]:
        answered = {whose(a) for a in self._panel(report, stage, round=round).answers}
        readers = state.pilot_readers(self._state, report, stage, round, self._screeners) or self._screeners
        return [name for name in self._screeners if name in readers and name not in answered]

    @at_rest
    def learning(self, stage: str = "title_abstract") -> Learning:
        """What this viewer's order of reading at *stage* rests on: own decisions, what stands since everybody answered, the question.

        Nothing of another's open decision is in it. ``learning().order()`` makes the order, in a thread if need be.
        """
        waiting = tuple(self.queue(stage))
        at_stage = [r for r in self._reports() if r.lane == "dbr" or stage == "full_text"]
        texts = self._seat.made(f"texts {stage}", (self._reports(),), lambda: tuple(text_of(r) for r in at_stage))
        asked_again, labels, read = set(waiting), list[int | None](), 0
        for report in at_stage:
            own = [a for a in self._panel(report, stage).answers if a.actor == self._seat.viewer.name]
            read += bool(own)
            stands = self.standing(report, stage).outcome or (own[-1].body["decision"] if own else None)
            labels.append(None if stands is None or report.id in asked_again else int(stands != "exclude"))
        plan = self._protocol.plan
        ids, share = tuple(r.id for r in at_stage), plan.settings.random_share
        return Learning(stage, ids, texts, tuple(labels), waiting, read, question_of(plan), share)

    @at_rest
    def progress(self, stage: str) -> Progress:
        """What is finally decided at *stage*, in the order in which it was read: the same for everybody. What a stop left is of it."""
        deciding.known_stage(stage)
        reports = [r for r in self._reports() if self._counts_at(r, stage)]
        found = [(r, self._panel(r, stage), self.standing(r, stage)) for r in reports]
        left = {r.id for r in reports if not self._is_at_stage(r, stage)}
        answered = (stands for r, panel, stands in found if r.id not in left and (panel.conflict or panel.complete))
        unsettled = sum(stands.outcome is None for stands in answered)
        share = self._protocol.plan.settings.random_share
        return progress_of([r.id for r in reports], [settled(*one) for one in found], share, unsettled=unsettled, stopped=len(left))

    def _counts_at(self, report: ReportView, stage: str) -> bool:
        """Whether recall at *stage* is of this report too: also of what a stop left unscreened."""
        if stage == "title_abstract":
            return report.lane == "dbr" and self.removal(report) is None
        return self._is_at_stage(report, stage)

    @at_rest
    def outlook(self, stage: str = "title_abstract", *, recall_target: float = 0.95, confidence: float = 0.95) -> Outlook:
        """How far *stage* is and what may be promised: recall of what these reviewers would include at it.

        It rests on what people have finally decided, in the order in which they read it, and is the same for everybody.
        """
        return self.progress(stage).outlook(recall_target, confidence)

    @at_rest
    def safe(self, stage: str = "title_abstract") -> tuple[SafeLine, ...]:
        """The SAFE checklist as far as the ledger can tell: each line done, not yet, or cannot be said, with its figures."""
        settings = self._protocol.plan.settings
        found = {name: {r.id for r in self._reports() if is_known_as(r, name)} for name in settings.key_papers}
        return safe(self.progress(stage), found, reviewers=getattr(settings.reviewers_per_stage, stage))

    @at_rest
    def conflicts(self, stage: str | None = None) -> pd.DataFrame:
        """Open conflicts with both answers and no names; 'first' and 'second' are in an order that tells nothing."""
        return frames.conflicts((report, one, self._panel(report, one)) for report, one in self._unresolved(stage))

    @at_rest
    def unresolved(self, stage: str | None = None) -> list[tuple[str, str]]:
        """The open conflicts as (report, stage), in the order in which the reports came in."""
        return [(report.id, one) for report, one in self._unresolved(stage)]

    def _unresolved(self, stage: str | None) -> list[tuple[ReportView, str]]:
        found = ((report, one, self._panel(report, one)) for one in ((stage,) if stage else STAGES) for report in self._at_stage(one))
        return [(report, one) for report, one, panel in found if panel.conflict and panel.closed]

    @at_rest
    def conflict(self, report: str, stage: str) -> Conflict | None:
        """The open conflict on *report* at *stage*, every answer without its name; None where there is none to resolve."""
        deciding.known_stage(stage)
        own = self._report(report)
        return conflict_of(self._panel(own, stage), own, stage, self._seat.viewer)

    # what may be seen

    @at_rest
    def frame(self) -> pd.DataFrame:
        """One row per decision and resolution that this viewer may see, withdrawn and replaced ones included (``live`` False)."""
        return frames.decisions(self.visible_events(), self._state.facts.live)

    @at_rest
    def visible_events(self) -> list[Event]:
        """Decisions and resolutions that this viewer may see, in ledger order."""
        home = self._state.home
        by_member = {m: r for r in self._reports() for m in r.members}
        closed: dict[state.Question, bool] = {}

        def is_closed(event: Event) -> bool:
            question = home[event.id]
            if question not in closed:
                report = by_member.get(question[0])
                closed[question] = report is not None and self._panel(report, question[1], round=question[2]).closed
            return closed[question]

        events = (e for asked in self._state.asked.values() for e in asked if e.kind in DECIDED)
        return sorted((e for e in events if visible(e, self._seat.viewer, is_closed)), key=lambda e: e.position)

    @at_rest
    def decisions_on(self, report: ReportView) -> list[Event]:
        """Decisions and resolutions on *report*, pilots apart, that this viewer may see, in ledger order."""
        found: list[Event] = []
        for stage in STAGES:
            closed = self._panel(report, stage).closed
            asked = (e for m in report.members for e in self._state.asked.get((m, stage, None), ()) if e.kind in DECIDED)
            found += [e for e in asked if visible(e, self._seat.viewer, lambda event, closed=closed: closed)]  # type: ignore[misc]
        return sorted(found, key=lambda e: e.position)

    @at_rest
    def open_of_others(self) -> bool:
        """Whether the ledger holds a decision that this viewer may not see."""
        shown = {e.id for e in self.visible_events()}
        return any(e.id not in shown for asked in self._state.asked.values() for e in asked if e.kind == ScreeningDecided.kind)

    def _by_member(self) -> dict[str, ReportView]:
        def of(reports: Sequence[ReportView]) -> dict[str, ReportView]:
            return self._seat.made("by_report", (reports,), lambda: {m: r for r in reports for m in r.members})

        return self._seat.once("by_report", lambda: of(self._reports()))

    def _report(self, report: str) -> ReportView:
        views = self._by_member()
        if report not in views:
            raise NotFound(f"there is no report {report!r}", next_step=near_named(report, ((v.title, v.id) for v in views.values())))
        return views[report]
