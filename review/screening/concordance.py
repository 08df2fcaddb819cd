"""How far reviewers agreed before they knew each other's answers: the pairs that count, and the statistics on them. It writes nothing."""

from __future__ import annotations

from review.ledger.seat import at_rest
from review.model.consensus import Panel
from review.model.event import Event
from review.model.views import ReportView
from review.screening import deciding, state
from review.screening.agreement import Agreement
from review.screening.pairs import agreement_of, check_criterion, pair_of
from review.screening.standings import Standings


class Concordance(Standings):
    """Agreement at each stage and in each pilot round, by pairs of reviewers and over all of them."""

    @at_rest
    def pairs(self, stage: str, *, round: str | None = None) -> list[tuple[Event, Event]]:
        """The independent answers of each pair of reviewers on the reports at *stage*, in ledger order of reports."""
        found = (state.pairs(self._state, r, stage, round, panel) for r, panel in self._read(stage, round))
        return [pair for pairs in found for pair in pairs]

    def _read(self, stage: str, round: str | None) -> list[tuple[ReportView, Panel]]:
        """The reports whose decisions count for agreement, with their panels: what came by other methods skips title and abstract."""
        deciding.known_stage(stage)
        counts_all = round is not None or stage != "title_abstract"
        return [(r, self._panel(r, stage, round=round)) for r in self._reports() if counts_all or r.lane == "dbr"]

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
    ) -> Agreement:
        """Agreement of reviewers at *stage*, by pairs: each one's last decision before both were known.

        unsure_as_include  count unsure as include (two categories in place of three)
        pair       the two reviewers; without it, where several pairs worked, alpha and AC1 are of all of them, and the rest is not shown
        criterion  agreement on the judgements of this criterion, in place of the decisions
        interval   formula, or bootstrap, which draws 1,000 times and is repeated by *seed*
        Returns .value .low .high .n .table .shown (False under 30 pairs, when undefined, or for several pairs at once) .note.
        """
        if criterion is not None:
            check_criterion(criterion, [c.id for c in self._protocol.plan.criteria if stage in c.stage])
        return agreement_of(
            self.pairs(stage, round=round),
            [state.first_of_each(panel.independent) for _, panel in self._read(stage, round)],
            method=method,
            unsure_as_include=unsure_as_include,
            pair=pair,
            criterion=criterion,
            interval=interval,
            seed=seed,
        )

    def reviewer_pairs(self, stage: str, *, round: str | None = None) -> list[tuple[str, str]]:
        """The pairs of reviewers who both decided on some report at *stage*, by their ids."""
        return sorted({pair_of(one) for one in self.pairs(stage, round=round)})
