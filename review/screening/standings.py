"""What stands in screening, as each viewer may see it: panels, outcomes, queues, conflicts, agreement. It writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from review.errors import NotFound, near
from review.ledger.seat import Seat, at_rest
from review.model.blinding import visible
from review.model.consensus import Panel
from review.model.decision import STAGES, ScreeningDecided, ScreeningResolved
from review.model.event import Event
from review.model.views import ReportView, Standing
from review.protocol import Protocol
from review.screening import deciding, frames, state
from review.screening.agreement import Agreement
from review.screening.pairs import agreement_of, pair_of

if TYPE_CHECKING:
    import pandas as pd

DECIDED = (ScreeningDecided.kind, ScreeningResolved.kind)


class Standings:
    """Two reviewers blind to each other, at two stages: where each report stands."""

    def __init__(
        self,
        seat: Seat,
        protocol: Protocol,
        reports: Callable[[], Sequence[ReportView]],
    ) -> None:
        self._seat, self._protocol, self._reports = seat, protocol, reports

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

    @at_rest
    def conflicts(self, stage: str | None = None) -> pd.DataFrame:
        """Open conflicts with both answers and no names; 'first' and 'second' are in an order that tells nothing."""
        stages = (stage,) if stage else STAGES
        found = ((report, one, self._panel(report, one)) for one in stages for report in self._at_stage(one))
        return frames.conflicts((report, one, panel) for report, one, panel in found if panel.conflict and panel.closed)

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
