"""The verbs of screening: decide, retrieve, undo, pilot, resolve, stop; and what each viewer may see of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from review.errors import InputRefused, NotAllowed, NotFound, near
from review.ledger.seat import Seat, at_rest
from review.ledger.undo import take_back
from review.model.authority import check_resolver, check_role
from review.model.blinding import visible
from review.model.consensus import Panel
from review.model.decision import (
    STAGES,
    RecordsRemoved,
    ReportRetrieved,
    ScreeningDecided,
    ScreeningPiloted,
    ScreeningResolved,
    ScreeningStopped,
)
from review.model.event import Draft, Event
from review.model.views import ReportView, Standing
from review.protocol import Protocol
from review.screening import deciding, frames, removing, retrieving, state
from review.screening.agreement import Agreement
from review.screening.pairs import agreement_of, pair_of

if TYPE_CHECKING:
    import pandas as pd

DECIDED = (ScreeningDecided.kind, ScreeningResolved.kind)


class Screening:
    """Two reviewers blind to each other, at two stages, and what follows from their decisions."""

    def __init__(
        self,
        seat: Seat,
        protocol: Protocol,
        reports: Callable[[], Sequence[ReportView]],
        on_full_text: Callable[[ReportView], None] = lambda report: None,
    ) -> None:
        self._seat, self._protocol, self._reports, self._on_full_text = seat, protocol, reports, on_full_text

    # where things stand

    @property
    def _state(self) -> state.ScreeningState:
        return self._seat.state("screening", state.ScreeningState, state.fold)

    def _needed(self, stage: str) -> int:
        return int(getattr(self._protocol.plan.settings.reviewers_per_stage, stage))

    @at_rest
    def panel(self, report: ReportView, stage: str, *, round: str | None = None) -> Panel:
        """The answers on *report* at *stage* as this viewer may see them."""
        return self._panel(report, stage, round=round).seen_by(self._seat.viewer)

    def _panel(self, report: ReportView, stage: str, *, round: str | None = None) -> Panel:
        settings = self._protocol.plan.settings
        return state.panel_of(self._state, report, stage, needed=self._needed(stage), unsure=settings.unsure, round=round)

    @at_rest
    def standing(self, report: ReportView, stage: str) -> Standing:
        """Outcome of *report* at *stage*; None while it waits."""
        found = self._panel(report, stage)
        stand = state.standing(found, report.id, stage, unsure=self._protocol.plan.settings.unsure)
        return replace(stand, events=tuple(e.id for e in found.seen_by(self._seat.viewer).answers)) if not found.closed else stand

    @at_rest
    def retrieval(self, report: ReportView) -> tuple[str | None, Event | None]:
        """Status of retrieval (None while it is sought) and the event that says so (None when by import)."""
        return state.retrieval(self._state, report)

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

    def _screened(self, report: ReportView) -> bool:
        return any(self._panel(report, stage).answers for stage in STAGES)

    @at_rest
    def left(self) -> frozenset[str]:
        """Reports that a live decision to stop left unseen."""
        return self._seat.made("left", (self._state.changes,), lambda: state.left_unseen(self._state))

    @at_rest
    def sought(self, report: ReportView) -> bool:
        """Whether the full document is looked for: it passed title and abstract, or came by other methods."""
        return report.lane == "other" or self.standing(report, "title_abstract").outcome == "include"

    def _at_stage(self, stage: str) -> list[ReportView]:
        deciding.known_stage(stage)
        return [r for r in self._reports() if self._is_at_stage(r, stage)]

    @at_rest
    def _is_at_stage(self, report: ReportView, stage: str) -> bool:
        if stage == "title_abstract":
            if report.lane != "dbr" or self.removal(report) is not None:
                return False
            return self.left().isdisjoint(report.members) or self._seen(report)
        return self.sought(report) and self.retrieval(report)[0] in ("retrieved", "extract_only")

    def _seen(self, report: ReportView) -> bool:
        """Whether a person has looked at it by title and abstract; what only a tool has read is left when screening stops."""
        return any(not answer.by_tool for answer in self._panel(report, "title_abstract").answers)

    @at_rest
    def queue(self, stage: str) -> list[str]:
        """Reports that wait for this viewer at *stage* (for anybody, when nobody in particular looks), in the order they came in."""
        who = self._seat.viewer.name
        waiting = []
        for report in self._at_stage(stage):
            found = self._panel(report, stage)
            actors = {a.actor for a in found.answers}
            # Everybody due has answered, and yet nothing follows: whoever answered is asked again.
            undecided = found.complete and not found.conflict and self.standing(report, stage).outcome is None
            if (who in actors and undecided) or (who not in actors and len(actors) < found.needed and found.resolution is None):
                waiting.append(report.id)
        return waiting

    # deciding

    def decide(
        self,
        report: str,
        *,
        stage: str,
        decision: str | None = None,
        judgements: Mapping[str, str] | None = None,
        reason: str | None = None,
        note: str = "",
        near_miss: bool = False,
        token: str | None = None,
        round: str | None = None,
    ) -> str:
        """Store this reviewer's decision on *report* at *stage*; an earlier one of theirs is replaced, and stays readable.

        decision    include, exclude, unsure; left out, it follows from the judgements
        judgements  {criterion id: met, not_met, unclear, not_assessed}
        reason      criterion id; an exclusion at full text needs one
        near_miss   an exclusion at full text that readers would look for: it stands in the table of excluded studies
        token       sending the same decision again with the same token is the same event
        Returns the event id. Raises InputRefused and NotAllowed with what to do.
        """
        deciding.known_stage(stage)
        known = self._seat.snapshots.ledger.by_token(token) if token else None
        own, round, earlier = self._asked(report, stage, round, retry=known is not None)
        settled = deciding.settle(
            stage=stage, criteria=self._protocol.plan.criteria, decision=decision, judgements=judgements or {}, reason=reason, note=note
        )
        deciding.check_near_miss(near_miss, settled.decision, stage)
        body = ScreeningDecided(
            stage=stage,
            decision=settled.decision,
            judgements=dict(judgements or {}),
            reason=settled.reason,
            also_failed=settled.also_failed,
            override=settled.override,
            note=note.strip(),
            criteria_version=known.body.get("criteria_version", 0) if known is not None else self._protocol.version,
            round=round,
            near_miss=near_miss,
        )  # type: ignore[arg-type]
        if known is not None:  # a retry: the same fact is the same event, another fact is refused by the ledger
            return self._seat.pen.write(ScreeningDecided.kind, known.subject, body, replaces=known.replaces, token=token).id
        event = self._seat.pen.write(ScreeningDecided.kind, own.id, body, replaces=earlier, token=token)
        if stage == "full_text" and round is None:
            self._on_full_text(own)
        return event.id

    @at_rest
    def _asked(self, report: str, stage: str, round: str | None, *, retry: bool) -> tuple[ReportView, str | None, str | None]:
        """The report, the round, and this reviewer's earlier answer; refuses what may not be decided now (a retry was allowed before)."""
        own = self._report(report)
        round = self._round(own, round)
        if not retry:
            self._may_decide(own, stage, round)
        earlier = [a.id for a in self._panel(own, stage, round=round).answers if a.actor == self._seat.pen.actor and a.subject == own.id]
        return own, round, earlier[-1] if earlier else None

    def _round(self, report: ReportView, asked: str | None) -> str | None:
        rounds = state.pilot_rounds(self._state)
        if asked is not None:
            if asked not in rounds:
                raise NotFound(f"there is no pilot round {asked!r}", next_step=near(asked, rounds))
            if not set(rounds[asked]) & set(report.members):
                raise NotAllowed(f"this report is not in the pilot round {asked!r}", where=report.title[:60])
            return asked
        if self._protocol.frozen:
            return None
        mine = [name for name, reports in rounds.items() if set(reports) & set(report.members)]
        return mine[-1] if mine else None

    def _may_decide(self, report: ReportView, stage: str, round: str | None) -> None:
        deciding.known_stage(stage)
        check_role(self._seat.viewer, "screener", otherwise="open the review as a screener, or resolve a conflict as lead")
        if not self._protocol.frozen and round is None:
            raise NotAllowed(
                "there is no screening before the protocol is frozen, except in a pilot round",
                next_step='review freeze, or rv.screening.pilot([...], round="1")',
            )
        if round is None and not self._is_at_stage(report, stage):
            raise NotAllowed(
                self._why_not(report, stage), where=report.title[:60], next_step="rv.screening.queue(stage) lists what waits for you"
            )

    def _why_not(self, report: ReportView, stage: str) -> str:
        if stage == "title_abstract":
            return deciding.why_not_screened(report.lane, removed=self.removal(report) is not None)
        return deciding.why_not_assessed(sought=self.sought(report), status=self.retrieval(report)[0])

    def retrieve(self, report: str, status: str, *, file: str | Path | None = None, note: str = "") -> str:
        """Record how the document was obtained: retrieved, extract_only or not_retrieved; *file* is kept. Returns the event id."""
        own = self._report(report)
        body, blobs = retrieving.retrieval_of(status, file, note)
        if not self.sought(own):
            raise NotAllowed("its full text is not sought: it has not passed title and abstract", where=own.title[:60])
        return self._seat.pen.write_all([Draft(ReportRetrieved.kind, own.id, body, self._seat.pen.actor or "")], blobs=blobs).pop().id

    def undo(self, event: str) -> str:
        """Take back a decision, a retrieval, a resolution, a pilot, a stop or a removal. Returns the event id."""
        return take_back(self._seat, event, of="screening.")

    def pilot(self, reports: Sequence[str], *, round: str) -> str:
        """Open a pilot round over *reports*; its decisions have their own agreement and count in no box. Returns the event id."""
        own = tuple(self._report(r).id for r in reports)
        if not own:
            raise InputRefused("a pilot round needs at least one report")
        if round in state.pilot_rounds(self._state):
            raise InputRefused(f"there is a pilot round {round!r} already", next_step="choose another name for the new round")
        return self._seat.pen.write(ScreeningPiloted.kind, f"pilot:{round}", ScreeningPiloted(round=round, reports=own)).id

    @at_rest
    def conflicts(self, stage: str | None = None) -> pd.DataFrame:
        """Open conflicts with both answers and no names; 'first' and 'second' are in an order that tells nothing."""
        stages = (stage,) if stage else STAGES
        found = ((report, one, self._panel(report, one)) for one in stages for report in self._at_stage(one))
        return frames.conflicts((report, one, panel) for report, one, panel in found if panel.conflict and panel.closed)

    def resolve(self, report: str, *, stage: str, decision: str, reason: str | None = None, note: str = "", near_miss: bool = False) -> str:
        """End a conflict, as a third person or by agreement (then a note says so). Returns the event id."""
        own = self._report(report)
        deciding.known_stage(stage)
        found = self._panel(own, stage)
        check_resolver(self._seat.viewer, found, note, role="screener", where=own.title[:60])
        if decision not in ("include", "exclude"):
            raise InputRefused(f"a conflict is resolved by include or exclude, not {decision!r}")
        ids = [c.id for c in self._protocol.plan.criteria if stage in c.stage]
        deciding.check_reason(reason, ids, stage)
        if decision == "exclude" and stage == "full_text" and reason is None:
            raise InputRefused("an exclusion at full text needs its reason", expected="one of: " + ", ".join(ids))
        deciding.check_near_miss(near_miss, decision, stage)
        body = ScreeningResolved(
            stage=stage,
            decision=decision,
            reason=reason if decision == "exclude" else None,
            note=note.strip(),
            settles=tuple(a.id for a in found.answers),
            near_miss=near_miss,
        )  # type: ignore[arg-type]
        return self._seat.pen.write(ScreeningResolved.kind, own.id, body, replaces=found.resolution.id if found.resolution else None).id

    def stop(self, *, rule: str, target_recall: float | str, note: str, p: str | None = None) -> str:
        """A person's decision to stop title and abstract screening: what nobody has looked at is excluded by automation from here on."""
        self._protocol.require_frozen("stopping")
        if not note.strip():
            raise InputRefused("stopping needs a note on why it is safe to stop")
        there = self._at_stage("title_abstract")
        left = tuple(r.id for r in there if not self._seen(r))
        seen = len(there) - len(left)
        body = ScreeningStopped(rule=rule, target_recall=str(target_recall), p=p, left=left, seen_by_a_person=seen, note=note.strip())
        return self._seat.pen.write(ScreeningStopped.kind, "screening", body).id

    def remove(self, records: Sequence[str], *, by: str, reason: str, tool: str | None = None, note: str = "") -> str:
        """Take records out before anybody screens them; undo brings them back. Returns the event id.

        records  ids of records from databases and registers, or of reports, which means the records that stand for them
        by       automation (*tool* then names it or its rule) or other
        reason   why, in words; the flow counts by it
        Refused for duplicates, for what somebody has decided on, and for what a stop has left.
        """
        removing.may_remove(self._seat.viewer)
        self._protocol.require_frozen("removing records before screening")
        body = removing.removal_of(self._may_go(records), by=by, reason=reason, tool=tool, note=note)
        return self._seat.pen.write(RecordsRemoved.kind, "screening", body).id

    @at_rest
    def _may_go(self, records: Sequence[str]) -> list[str]:
        return removing.standing_records(records, self._reports(), self._why_kept)

    def _why_kept(self, report: ReportView) -> str:
        left = not self.left().isdisjoint(report.members)
        return removing.why_kept(report.lane, removed=self.removal(report) is not None, screened=self._screened(report), left=left)

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

    @at_rest
    def pairs(self, stage: str, *, round: str | None = None) -> list[tuple[Event, Event]]:
        """The independent answers of each pair of reviewers on the reports at *stage*, in ledger order of reports."""
        deciding.known_stage(stage)
        reports: Iterable[ReportView] = self._reports()
        if round is None and stage == "title_abstract":
            reports = [r for r in reports if r.lane == "dbr"]
        found = (state.pair(self._panel(r, stage, round=round)) for r in reports)
        return [pair for pair in found if pair is not None]

    @at_rest
    def agreement(
        self,
        stage: str,
        *,
        method: str = "kappa",
        round: str | None = None,
        unsure_as_include: bool = False,
        pair: tuple[str, str] | None = None,
    ) -> Agreement:
        """Agreement of a pair of reviewers at *stage*: each one's last decision before both were known.

        unsure_as_include  count unsure as include (two categories in place of three)
        pair  the two reviewers, where more than one pair worked; without it, several pairs are not shown as one statistic
        Returns .value .low .high .n .table .shown (False under 30 pairs, when undefined, or for several pairs at once) .note.
        """
        return agreement_of(self.pairs(stage, round=round), method=method, unsure_as_include=unsure_as_include, pair=pair)

    def reviewer_pairs(self, stage: str, *, round: str | None = None) -> list[tuple[str, str]]:
        """The pairs of reviewers who both decided on some report at *stage*, by their ids."""
        return sorted({pair_of(one) for one in self.pairs(stage, round=round)})

    @at_rest
    def reached(self, changed: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """For an amendment: the stage reached, and the live decisions to check again when these parts of the protocol change."""
        main = (e for (_, _, round), asked in self._state.asked.items() if round is None for e in asked)
        live = [e for e in main if e.kind in DECIDED and self._state.facts.live(e.id)]
        stage = "full text" if any(e.body["stage"] == "full_text" for e in live) else "title and abstract" if live else "before screening"
        touched = any(part.split()[0] in ("criteria", "settings") for part in changed)
        return stage, tuple(e.id for e in live) if touched else ()

    def _report(self, report: str) -> ReportView:
        views = self._seat.made("by_report", (reports := self._reports(),), lambda: {m: r for r in reports for m in r.members})
        if report not in views:
            raise NotFound(f"there is no report {report!r}", next_step=near(report, list(views)[:2000]))
        return views[report]
