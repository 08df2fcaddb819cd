"""The tables of a review by name, each as of a date; the makers stand in the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from review.reporting import checklist as checklists
from review.reporting import (
    exclusions,
    stopping,
    tables_agreement,
    tables_appraisal,
    tables_around,
    tables_bias,
    tables_certainty,
    tables_certainty_process,
    tables_collection,
    tables_contacts,
    tables_derived,
    tables_evidence_profile,
    tables_methods,
    tables_narrative,
    tables_nice,
    tables_not_drawn,
    tables_plan,
    tables_pooled,
    tables_process,
    tables_records,
    tables_registry,
    tables_results,
    tables_screening,
    tables_summary,
    tables_switching,
    tables_synthesis,
    tables_versions,
)
from review.reporting.characteristics import KINDS, characteristics
from review.reporting.rooms import Rooms
from review.reporting.table import Table
from review.reporting.trace import by_row, key_of

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
        ("switching", tables_switching.switching),
        ("registry_completed", lambda rooms: tables_registry.registry_only(rooms, "completed")),
        ("registry_undetermined", lambda rooms: tables_registry.registry_only(rooms, "undetermined")),
        ("contacts", tables_contacts.contacts),
    ),
    "65_certainty": (
        ("narrative_findings", tables_narrative.narrative_findings),
        ("certainty_process", tables_certainty_process.certainty_process),
    ),
    "70_effects": (("comparisons", tables_synthesis.comparisons),),
    "71_synthesis": (("synthesis_methods", tables_synthesis.synthesis_methods),),
    "72_without_pooling": (),
}
OF_A_COMPARISON: Mapping[str, tuple[tuple[str, Callable[[Rooms, str], Table]], ...]] = {
    "70_effects": (("effects", tables_synthesis.effects),),
    "71_synthesis": (
        ("pooled", tables_pooled.pooled), ("subgroups", tables_pooled.subgroups), ("sensitivity", tables_pooled.sensitivity),
        ("influence", tables_around.influence), ("cumulative", tables_around.cumulative),
        ("small_studies", tables_around.small_study_effects), ("meta_regression", tables_around.meta_regression),
    ),
    "72_without_pooling": (("not_pooled", tables_synthesis.not_pooled),),
}  # fmt: skip


def csv_tables(rooms: Rooms, report: str) -> list[tuple[str, Maker]]:
    """The CSV files that go with a report, and the table of each; those of comparisons are as many as are graded, or planned."""
    found = list(CSV_TABLES[report])
    for one in rooms.protocol.plan.comparisons:
        stems = OF_A_COMPARISON.get(report, ())
        found += [(f"{stem}_{key_of(one.id).replace('-', '_')}", partial(make, comparison=one.id)) for stem, make in stems]
    for comparison, part in tables_certainty.summaries(rooms) if report == "65_certainty" else []:
        made = partial(tables_certainty.summary_of_findings, comparison=comparison, part=part)
        found.append((made(rooms).key.replace("-", "_"), made))
        if part == tables_certainty.parts_of(rooms):
            profile = partial(tables_evidence_profile.evidence_profile, comparison=comparison)
            found.append((profile(rooms).key.replace("-", "_"), profile))
    return found


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

    def switching(self, *, as_of: str | None = None) -> Table:
        """What was registered beside what was reported, version by version, with the differences and who judged them."""
        return self._make(tables_switching.switching, as_of)

    def nice(self, *, as_of: str | None = None) -> Table:
        """The evidence table of the included studies as NICE sets it."""
        return self._make(tables_nice.nice, as_of)

    def derived(self, *, as_of: str | None = None) -> Table:
        """Values that no report states, each with its formula and the reported values that it was derived from."""
        return self._make(tables_derived.derived, as_of)

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

    def judgements(self, tool: str, *, as_of: str | None = None) -> Table:
        """What led to each judgement by *tool*: what was proposed, what was settled on, and why."""
        return self._make(lambda rooms: tables_bias.judgements(rooms, tool), as_of)

    def support(self, tool: str, *, as_of: str | None = None) -> Table:
        """The answers given with *tool*, question by question, with the words that support them and where they stand."""
        return self._make(lambda rooms: tables_bias.support(rooms, tool), as_of)

    def appraisal_agreement(self, tool: str, *, round: str | None = None, as_of: str | None = None) -> Table:
        """How far assessors agreed with *tool*, by domain and by question; of one calibration *round* where it is named."""
        return self._make(lambda rooms: tables_appraisal.agreement(rooms, tool, round), as_of)

    def calibration(self, *, as_of: str | None = None) -> Table:
        """The calibration rounds of the assessors, with their agreement."""
        return self._make(tables_appraisal.calibration, as_of)

    def not_assessed(self, *, as_of: str | None = None) -> Table:
        """Studies and results that were not assessed, with the reason."""
        return self._make(tables_bias.not_assessed, as_of)

    def appraisal_process(self, *, as_of: str | None = None) -> Table:
        """How risk of bias was assessed."""
        return self._make(tables_collection.appraisal_process, as_of)

    def tools_used(self, *, as_of: str | None = None) -> list[str]:
        """The tools with which something was assessed or is planned to be."""
        return tables_bias.tools_used(self._rooms(as_of))

    def summary_of_findings(self, comparison: str, *, part: int = 1, as_of: str | None = None) -> Table:
        """The summary of findings of *comparison* ('A versus B'), by GRADE; *part* 2 has the outcomes from the eighth on."""
        return self._make(lambda rooms: tables_certainty.summary_of_findings(rooms, comparison, part), as_of)

    def evidence_profile(self, comparison: str, *, as_of: str | None = None) -> Table:
        """The evidence profile of *comparison* ('A versus B'), by GRADE."""
        return self._make(lambda rooms: tables_evidence_profile.evidence_profile(rooms, comparison), as_of)

    def graded(self, *, as_of: str | None = None) -> list[Table]:
        """Every summary of findings that there is something for, then the evidence profile of its comparison."""
        rooms = self._rooms(as_of)
        made: list[Table] = []
        for comparison, part in tables_certainty.summaries(rooms):
            made.append(self.summary_of_findings(comparison, part=part, as_of=as_of))
            if part == tables_certainty.parts_of(rooms):
                made.append(self.evidence_profile(comparison, as_of=as_of))
        return made

    def certainty_process(self, *, as_of: str | None = None) -> Table:
        """How certainty was judged."""
        return self._make(tables_certainty_process.certainty_process, as_of)

    def narrative_findings(self, *, as_of: str | None = None) -> Table:
        """What was found on each outcome of the protocol, study by study and not graded."""
        return self._make(tables_narrative.narrative_findings, as_of)

    def comparisons(self, *, as_of: str | None = None) -> Table:
        """The comparisons that the protocol plans."""
        return self._make(tables_synthesis.comparisons, as_of)

    def chosen(self, *, comparison: str = "", outcome: str = "", timepoint: str = "", as_of: str | None = None) -> list[str]:
        """The ids of the planned comparisons of these, '' for any. Raises NotFound where none is planned for what is asked."""
        from review.reporting.analyses import chosen

        return [one.id for one in chosen(self._rooms(as_of), comparison, outcome, timepoint)]

    def synthesis_methods(self, *, as_of: str | None = None) -> Table:
        """How results are synthesised, from the settings of the protocol."""
        return self._make(tables_synthesis.synthesis_methods, as_of)

    def effects(self, comparison: str = "", *, as_of: str | None = None) -> Table:
        """The effect of every study in a planned *comparison* (its id; '' where one is planned), and why others have none."""
        return self._make(lambda rooms: tables_synthesis.effects(rooms, comparison), as_of)

    def pooled(self, comparison: str = "", *, as_of: str | None = None) -> Table:
        """The pooled estimate of a planned comparison with its heterogeneity, or why nothing is pooled."""
        return self._make(lambda rooms: tables_pooled.pooled(rooms, comparison), as_of)

    def subgroups(self, comparison: str = "", *, as_of: str | None = None) -> Table:
        """The estimates in the planned subgroups, with the test that they are one."""
        return self._make(lambda rooms: tables_pooled.subgroups(rooms, comparison), as_of)

    def sensitivity(self, comparison: str = "", *, as_of: str | None = None) -> Table:
        """The estimate under other estimators, intervals and corrections, and without each study in turn."""
        return self._make(lambda rooms: tables_pooled.sensitivity(rooms, comparison), as_of)

    def meta_regression(self, comparison: str = "", *, as_of: str | None = None) -> Table:
        """The effects as a function of each planned covariate, from ten studies on; else why there is none."""
        return self._make(lambda rooms: tables_around.meta_regression(rooms, comparison), as_of)

    def small_studies(self, comparison: str = "", *, as_of: str | None = None) -> Table:
        """Egger's and Begg's tests, and trim and fill, from ten studies on; else why there is none."""
        return self._make(lambda rooms: tables_around.small_study_effects(rooms, comparison), as_of)

    def cumulative(self, comparison: str = "", *, as_of: str | None = None) -> Table:
        """The estimate as it grew, study by study in the order of years."""
        return self._make(lambda rooms: tables_around.cumulative(rooms, comparison), as_of)

    def influence(self, comparison: str = "", *, as_of: str | None = None) -> Table:
        """What the estimate becomes without each study, in the usual measures of influence."""
        return self._make(lambda rooms: tables_around.influence(rooms, comparison), as_of)

    def not_drawn(self, comparison: str = "", *, of: str = "", as_of: str | None = None) -> Table:
        """The pictures that a planned comparison has not, and why. of: 'pooled', 'around' or 'unpooled' alone."""
        return self._make(lambda rooms: tables_not_drawn.not_drawn(rooms, comparison, of), as_of)

    def not_pooled(self, comparison: str = "", *, as_of: str | None = None) -> Table:
        """What is in no pooled estimate of a planned comparison, and why."""
        return self._make(lambda rooms: tables_synthesis.not_pooled(rooms, comparison), as_of)

    def checklist(self, guideline: str = "PRISMA 2020", *, rendered: str = "", as_of: str | None = None) -> Table:
        """A reporting checklist ("PRISMA 2020", "PRISMA 2020 abstract", "PRISMA-S"), judged by the executed notebooks in *rendered*."""
        return self._make(lambda rooms: checklists.checklist_table(rooms, guideline, rendered), as_of)

    def checklist_summary(self, *, rendered: str = "", as_of: str | None = None) -> Table:
        """How many items of each checklist are in which state."""
        return self._make(lambda rooms: checklists.summary_table(rooms, rendered), as_of)
