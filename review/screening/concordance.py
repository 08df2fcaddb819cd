"""By which rules people read alone or in twos, and how far they agreed before they knew each other's answers. It writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from review.ledger.seat import at_rest
from review.model.agreement import Agreement
from review.model.consensus import Panel
from review.model.decision import is_imported, whose
from review.model.event import Event
from review.model.views import ReportView
from review.screening import deciding, state
from review.screening.pairs import agreement_of, check_criterion, pair_of
from review.screening.standings import Standings


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Reports that two people answered and agreement does not count.

    in_pilot  their answers had been open to each other in a pilot round
    seen      the second answer was given when the first could be seen
    """

    in_pilot: tuple[str, ...]
    seen: tuple[str, ...]


class Concordance(Standings):
    """Who read alone, and agreement at each stage and in each pilot round, by pairs of reviewers and over all of them."""

    @at_rest
    def pairs(self, stage: str, *, round: str | None = None, imported: bool | None = None) -> list[tuple[Event, Event]]:
        """The independent answers of each pair of reviewers on the reports at *stage*, in ledger order of reports.

        imported  True: those of which an answer came from another tool's file; False: those given here; None: all
        """
        found = (state.pairs(self._state, r, stage, round, panel) for r, panel in self._read(stage, round))
        return [pair for pairs in found for pair in pairs if imported is None or any(map(is_imported, pair)) == imported]

    def _read(self, stage: str, round: str | None) -> list[tuple[ReportView, Panel]]:
        """The reports whose decisions count for agreement, with their panels: what a pilot had opened to its readers does not."""
        if round is None:
            return [(r, panel) for r, panel in self._asked_at(stage, None) if not self._shown_in_pilot(r, stage)]
        return self._asked_at(stage, round)

    def _asked_at(self, stage: str, round: str | None) -> list[tuple[ReportView, Panel]]:
        """Reports with their panels; what came by other methods skips title and abstract."""
        deciding.known_stage(stage)
        counts_all = round is not None or stage != "title_abstract"
        return [(r, self._panel(r, stage, round=round)) for r in self._reports() if counts_all or r.lane == "dbr"]

    def _shown_in_pilot(self, report: ReportView, stage: str) -> bool:
        """Whether a pilot round, also one taken back, showed its readers each other's answers on *report*."""
        rounds = self._seat.made("pilots of", (len(self._state.pilots),), lambda: state.rounds_of(self._state))
        own = {round for member in report.members for round in rounds.get(member, ())}
        panels = (self._panel(report, stage, round=round) for round in own)
        return any(panel.closed and len({a.actor for a in panel.answers}) > 1 for panel in panels)

    @at_rest
    def left_out(self, stage: str) -> LeftOut:
        """The reports at *stage* that two people answered and that agreement does not count, and why."""
        both = [(r, panel) for r, panel in self._asked_at(stage, None) if panel.closed and len({whose(a) for a in panel.answers}) > 1]
        shown = tuple(r.id for r, _ in both if self._shown_in_pilot(r, stage))
        seen = (r.id for r, panel in both if len({whose(a) for a in panel.independent}) < 2)
        return LeftOut(shown, tuple(one for one in seen if one not in shown))

    @at_rest
    def agreement(
        self,
        stage: str,
        *,
        method: str = "kappa",
        round: str | None = None,
        unsure_as_include: bool = False,
        pair: tuple[str, str] | None = None,
        criterion: str | None = None,
        interval: str = "formula",
        seed: int = 0,
        imported: bool | None = None,
    ) -> Agreement:
        """Agreement of reviewers at *stage*, by pairs: each one's last decision before both were known.

        unsure_as_include  count unsure as include (two categories in place of three)
        pair       the two reviewers; without it, where several pairs worked, alpha and AC1 are of all of them, and the rest is not shown
        criterion  agreement on the judgements of this criterion, in place of the decisions
        interval   formula, or bootstrap, which draws 1,000 times and is repeated by *seed*
        imported   True: of pairs with an answer from another tool's file; False: of those given here; None: of all
        Returns .value .low .high .n .table .shown (False under 30 pairs, when undefined, or for several pairs at once) .note.
        """
        if criterion is not None:
            check_criterion(criterion, [c.id for c in self._protocol.plan.criteria if stage in c.stage])
        readers = [state.first_of_each(panel.independent) for _, panel in self._read(stage, round)]
        return agreement_of(
            self.pairs(stage, round=round, imported=imported),
            [one for one in readers if imported is None or any(map(is_imported, one)) == imported],
            method=method,
            unsure_as_include=unsure_as_include,
            pair=pair,
            criterion=criterion,
            interval=interval,
            seed=seed,
        )

    @at_rest
    def allocations(self, stage: str) -> list[tuple[Event, str | None]]:
        """Every rule of who reads what at *stage*, oldest first, each with the day (ISO 8601) on which it was taken back, if it was."""
        deciding.known_stage(stage)
        made = [rule for rule in self._state.allocations if rule.body["stage"] == stage]
        return [(rule, state.taken_back(self._state, rule)) for rule in made]

    @at_rest
    def begun_under(self, report: ReportView, stage: str) -> Event | None:
        """The rule by which *report* has its number of readers: that in force when the first answer that stands was given."""
        deciding.known_stage(stage)
        return self._course(stage).today.rule_for(state.answers(self._state, report, stage, None))

    @at_rest
    def alone(self, stage: str) -> list[str]:
        """Reports that one person alone has read by a lead's rule, where the protocol asks for more."""
        found = ((r, self._panel(r, stage)) for r in self._reports() if self._course(stage).today.rules)
        return [r.id for r, panel in found if panel.needed < self._setting(stage) and len({whose(a) for a in panel.answers}) == 1]

    def reviewer_pairs(self, stage: str, *, round: str | None = None, imported: bool | None = None) -> list[tuple[str, str]]:
        """The pairs of reviewers who both decided on some report at *stage*, by their ids."""
        return sorted({pair_of(one) for one in self.pairs(stage, round=round, imported=imported)})
