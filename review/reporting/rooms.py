"""The rooms of one review at one date, as the reports are given them; and the flow that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from review.bias.steps import Bias
from review.extraction.steps import Extraction
from review.ledger.moments import as_of_limit
from review.ledger.seat import Seat
from review.model.plan import FILE_NAME
from review.model.views import ReportView, StudyView
from review.protocol import Protocol
from review.records.steps import Records, Searches
from review.reporting.flow import Flow, FlowFacts, derive
from review.screening.steps import Screening
from review.studies.steps import Studies

DEMONSTRATION = "Demonstration: page texts paraphrased, decisions invented. Do not cite."


@dataclass(frozen=True)
class Rooms:
    """Everything that a report may ask. ``seat`` says who looks and as of when."""

    seat: Seat
    protocol: Protocol
    searches: Searches
    records: Records
    studies: Studies
    screening: Screening
    extraction: Extraction
    bias: Bias

    @property
    def blind(self) -> tuple[Screening, Studies, Extraction, Bias]:
        """The rooms in which people answer without seeing each other."""
        return self.screening, self.studies, self.extraction, self.bias

    @property
    def as_of(self) -> str:
        """The date of these views: the one asked for, else that of the last event; '' while the ledger is empty."""
        if self.seat.as_of:
            return self.seat.as_of
        return self.seat.snapshots.ledger.last_at() or ""

    @property
    def heads(self) -> dict[str, str]:
        """Origin -> id of its last event that these views rest on."""
        return self.seat.snapshots.ledger.heads(as_of=self.seat.as_of)

    @property
    def demonstration(self) -> str:
        """The line that a teaching review shows first on every page and export; '' for a real one."""
        return DEMONSTRATION if self.protocol.plan.settings.teaching_copy else ""

    @property
    def day(self) -> str:
        """The date of these views as an ISO date; '' while the ledger is empty."""
        return as_of_limit(self.as_of)[:10] if self.as_of else ""

    def reasons(self) -> dict[str, str]:
        """Criterion id -> its text in the version in force, in the protocol's order; criteria of older versions after them."""
        found = {c.id: c.text for c in self.protocol.plan.criteria}
        for event in reversed(self.protocol.history):
            found.update({c.id: c.text for c in self.protocol.plan_of(event).criteria if c.id not in found})
        return found

    def became(self, study: StudyView) -> str:
        """What became of *study*: its final classification; else why there is none, in words."""
        final = self.studies.final(study)
        if final is not None:
            return final
        retrievals = [self.screening.retrieval(r)[0] for r in study.reports if self.screening.sought(r)]
        if retrievals and all(status == "not_retrieved" for status in retrievals):
            return "awaiting: full text not obtained"
        assessed = [
            self.screening.standing(r, "full_text").outcome
            for r in study.reports
            if self.screening.retrieval(r)[0] in ("retrieved", "extract_only")
        ]
        if assessed and all(outcome == "exclude" for outcome in assessed):
            return "excluded at full text"
        return "waits" if retrievals else "not at full text"

    def flow(self) -> Flow:
        """The flow of records, reports and studies at this date."""
        with self.seat.still():
            plan = self.protocol.plan
            stops = self.screening.stops()
            return derive(
                FlowFacts(
                    searches=self.searches.views(),
                    records=self.records.views(),
                    reports=self.studies.report_views(),
                    studies=self.studies.views(),
                    title_abstract=lambda r: self.screening.standing(r, "title_abstract"),
                    full_text=lambda r: self.screening.standing(r, "full_text"),
                    retrieval=lambda r: self.screening.retrieval(r)[0],
                    classification=self.studies.final,
                    left_unseen=frozenset(r for stop in stops for r in stop.body["left"]),
                    reasons=self.reasons(),
                    previous_studies=plan.previous.studies,
                    previous_reports=plan.previous.reports,
                    notes=[
                        f"Screening was stopped by a person ({stop.body['rule']}, target recall {stop.body['target_recall']}): "
                        f"{stop.body['seen_by_a_person']} records were seen by a person, "
                        f"{len(stop.body['left'])} were left by automation and not screened."
                        for stop in stops
                    ],
                    as_of=self.as_of,
                    heads=self.heads,
                )
            )


def furnish(seat: Seat, folder: Path) -> Rooms:
    """The rooms at this seat, each given the views that it needs of the others."""
    protocol = Protocol(seat, folder / FILE_NAME)
    searches = Searches(seat)
    records = Records(seat, protocol, searches)
    studies = Studies(seat, protocol, records.views)
    extraction = Extraction(seat, protocol, studies.views, records.text_of)

    def prefill_of(report: ReportView) -> None:
        for study in studies.views():
            if any(r.id == report.id for r in study.reports):
                extraction.prefill(study)

    def design_of(study: StudyView) -> str | None:
        return next((c.value for c in extraction.cells(study) if c.item == "design"), None)

    screening = Screening(seat, protocol, studies.report_views, prefill_of)
    protocol.reached = screening.reached
    bias = Bias(seat, protocol, studies.views, design_of, folder / "tools")
    return Rooms(seat, protocol, searches, records, studies, screening, extraction, bias)
