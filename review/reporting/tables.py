"""The tables of a review by name, each as of a date; the makers stand in the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from review.reporting import checklist as checklists
from review.reporting import (
    exclusions,
    stopping,
    tables_agreement,
    tables_bias,
    tables_collection,
    tables_contacts,
    tables_methods,
    tables_nice,
    tables_plan,
    tables_process,
    tables_records,
    tables_registry,
    tables_results,
    tables_screening,
    tables_summary,
    tables_versions,
)
from review.reporting.characteristics import KINDS, characteristics
from review.reporting.rooms import Rooms
from review.reporting.table import Table
from review.reporting.trace import by_row

Maker = Callable[[Rooms], Table]


def _characteristics(of: str) -> Maker:
    return lambda rooms: characteristics(rooms, of)


# Report notebook -> the CSV files that go with it, by name, and the table of each.
CSV_TABLES: Mapping[str, tuple[tuple[str, Maker], ...]] = {
    "50_characteristics": (
        *((f"characteristics_{of}", _characteristics(of)) for of in KINDS),
        ("excluded_reports", exclusions.excluded_reports),
    ),
    "55_evidence": (
        ("results", tables_results.results),
        ("nice", tables_nice.nice),
        ("registry_completed", lambda rooms: tables_registry.registry_only(rooms, "completed")),
        ("registry_undetermined", lambda rooms: tables_registry.registry_only(rooms, "undetermined")),
        ("contacts", tables_contacts.contacts),
    ),
}


class Tables:
    """Tables for reports and notebooks. ``as_of`` is a date or time; None or '' means up to the last event."""

    def __init__(self, rooms: Callable[[str | None], Rooms]) -> None:
        self._rooms = rooms

    def _make(self, maker: Callable[[Rooms], Table], as_of: str | None) -> Table:
        rooms = self._rooms(as_of)
        with rooms.seat.still():
            return replace(by_row(maker(rooms)), labels=rooms.labels)

    def summary(self, *, as_of: str | None = None) -> Table:
        """The review in numbers."""
        return self._make(tables_summary.summary, as_of)

    def availability(self, *, as_of: str | None = None) -> Table:
        """What the export of the review holds."""
        return self._make(tables_methods.availability, as_of)

    def question(self, *, as_of: str | None = None) -> Table:
        """The question and what frames the review."""
        return self._make(tables_plan.question, as_of)

    def criteria(self, *, as_of: str | None = None) -> Table:
        """The eligibility criteria in order."""
        return self._make(tables_plan.criteria, as_of)

    def outcomes(self, *, as_of: str | None = None) -> Table:
        """The outcomes of interest."""
        return self._make(tables_plan.outcomes, as_of)

    def team(self, *, as_of: str | None = None) -> Table:
        """The reviewers and their roles."""
        return self._make(tables_plan.team, as_of)

    def versions(self, *, as_of: str | None = None) -> Table:
        """The versions of the protocol."""
        return self._make(tables_plan.versions, as_of)

    def statements(self, *, as_of: str | None = None) -> Table:
        """Title, registration, support and interests in words."""
        return self._make(tables_methods.statements, as_of)

    def searches(self, *, as_of: str | None = None) -> Table:
        """The searches."""
        return self._make(tables_records.searches, as_of)

    def strategies(self, *, as_of: str | None = None) -> Table:
        """Every search strategy in full."""
        return self._make(tables_methods.strategies, as_of)

    def duplicates(self, *, as_of: str | None = None) -> Table:
        """How duplicates were found."""
        return self._make(tables_methods.duplicates, as_of)

    def receipts(self, *, as_of: str | None = None) -> Table:
        """The receipts of the imports."""
        return self._make(tables_records.receipts, as_of)

    def records(self, *, as_of: str | None = None) -> Table:
        """The unique records."""
        return self._make(tables_records.records, as_of)

    def record_changes(self, *, as_of: str | None = None) -> Table:
        """What reads otherwise in newer versions of records, field by field."""
        return self._make(tables_versions.record_changes, as_of)

    def remarks(self, *, as_of: str | None = None) -> Table:
        """What the readers of the files remarked."""
        return self._make(tables_records.remarks, as_of)

    def standings(self, *, as_of: str | None = None) -> Table:
        """Where each report stands."""
        return self._make(tables_screening.standings, as_of)

    def screening_process(self, *, as_of: str | None = None) -> Table:
        """How this review was screened."""
        return self._make(tables_process.screening_process, as_of)

    def outlook(self, *, as_of: str | None = None) -> Table:
        """What may be promised if title and abstract screening stopped now."""
        return self._make(stopping.outlook, as_of)

    def safe(self, *, as_of: str | None = None) -> Table:
        """The SAFE checklist of stopping."""
        return self._make(stopping.safe, as_of)

    def conflicts(self, *, as_of: str | None = None) -> Table:
        """Open conflicts of screening, without names."""
        return self._make(tables_screening.conflicts, as_of)

    def allocation(self, *, as_of: str | None = None) -> Table:
        """Who reads what at each stage, and how many were read by two or by one."""
        return self._make(tables_agreement.allocation, as_of)

    def pilots(self, *, as_of: str | None = None) -> Table:
        """Agreement in each pilot round."""
        return self._make(tables_agreement.pilots, as_of)

    def agreement(self, *, as_of: str | None = None) -> Table:
        """Agreement of the reviewers."""
        return self._make(tables_agreement.agreement, as_of)

    def pairs(self, stage: str, *, as_of: str | None = None) -> Table:
        """The counts of pairs of decisions at *stage*."""
        return self._make(lambda rooms: tables_agreement.counts(rooms, stage), as_of)

    def characteristics(self, *, of: str = "included", as_of: str | None = None) -> Table:
        """Characteristics of studies: *of* included, ongoing, awaiting or excluded."""
        return self._make(lambda rooms: characteristics(rooms, of), as_of)

    def excluded_reports(self, *, as_of: str | None = None) -> Table:
        """Every report excluded at full text, with its reason."""
        return self._make(exclusions.excluded_reports, as_of)

    def registry_only(self, *, of: str = "completed", as_of: str | None = None) -> Table:
        """Studies known from registrations alone: *of* completed, or undetermined (whether results are overdue)."""
        return self._make(lambda rooms: tables_registry.registry_only(rooms, of), as_of)

    def results(self, *, as_of: str | None = None) -> Table:
        """Results of the individual included studies."""
        return self._make(tables_results.results, as_of)

    def nice(self, *, as_of: str | None = None) -> Table:
        """The evidence table of the included studies as NICE sets it."""
        return self._make(tables_nice.nice, as_of)

    def contacts(self, *, as_of: str | None = None) -> Table:
        """Whom the team asked, what, and what came of it."""
        return self._make(tables_contacts.contacts, as_of)

    def items_sought(self, *, as_of: str | None = None) -> Table:
        """The items that were sought."""
        return self._make(tables_methods.items_sought, as_of)

    def data_collection(self, *, as_of: str | None = None) -> Table:
        """How data were collected."""
        return self._make(tables_collection.data_collection, as_of)

    def assessed(self, tool: str, *, as_of: str | None = None) -> Table:
        """Results assessed with *tool*."""
        return self._make(lambda rooms: tables_bias.assessed(rooms, tool), as_of)

    def not_assessed(self, *, as_of: str | None = None) -> Table:
        """Studies and results that were not assessed, with the reason."""
        return self._make(tables_bias.not_assessed, as_of)

    def appraisal_process(self, *, as_of: str | None = None) -> Table:
        """How risk of bias was assessed."""
        return self._make(tables_collection.appraisal_process, as_of)

    def tools_used(self, *, as_of: str | None = None) -> list[str]:
        """The tools with which something was assessed or is planned to be."""
        return tables_bias.tools_used(self._rooms(as_of))

    def checklist(self, guideline: str = "PRISMA 2020", *, rendered: str = "", as_of: str | None = None) -> Table:
        """A reporting checklist ("PRISMA 2020", "PRISMA 2020 abstract", "PRISMA-S"), judged by the executed notebooks in *rendered*."""
        return self._make(lambda rooms: checklists.checklist_table(rooms, guideline, rendered), as_of)

    def checklist_summary(self, *, rendered: str = "", as_of: str | None = None) -> Table:
        """How many items of each checklist are in which state."""
        return self._make(lambda rooms: checklists.summary_table(rooms, rendered), as_of)
