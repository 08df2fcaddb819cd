"""The facts of a review that the rules of the checklists ask for, gathered once; and where a report shows each of its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from review.model.plan import Plan
from review.model.views import AssessmentView, CellView, SearchView, StudyView
from review.reporting.checklist_items import Finding, Proof, inapplicable, unwritten
from review.reporting.flow import Flow
from review.reporting.rooms import Rooms
from review.reporting.table import Table
from review.reporting.tables_methods import search_name
from review.reporting.tables_results import RESULTS

HOMES = {  # the key of a table -> the page that shows it, and its title
    "question": ("Protocol", "The question, and what frames it"),
    "criteria": ("Protocol", "Eligibility criteria"),
    "outcomes": ("Protocol", "Outcomes of interest"),
    "versions": ("Protocol", "Versions of the protocol"),
    "statements": ("Protocol", "Title, registration, support and interests"),
    "searches": ("Searches and records", "Searches"),
    "strategies": ("Searches and records", "Search strategies in full"),
    "duplicates": ("Searches and records", "How duplicates were found"),
    "flow-numbers": ("Flow of records, reports and studies", "The flow in numbers"),
    "screening-process": ("Screening and agreement", "How this review was screened"),
    "characteristics-included": ("Characteristics of studies", "Characteristics of included studies"),
    "characteristics-excluded": ("Characteristics of studies", "Characteristics of excluded studies"),
    "excluded-reports": ("Characteristics of studies", "Reports excluded at full text"),
    "data-collection": ("Characteristics of studies", "How data were collected"),
    "items-sought": ("Characteristics of studies", "Items that were sought"),
    "results": ("Evidence", "Results of individual studies"),
    "contacts": ("Evidence", "Contacts with authors and sponsors"),
    "not-assessed": ("Risk of bias", "Not assessed, with the reason"),
    "appraisal-process": ("Risk of bias", "How risk of bias was assessed"),
    "narrative-findings": ("Certainty of the evidence", "Findings by outcome, not graded"),
    "certainty-process": ("Certainty of the evidence", "How certainty was judged"),
    "comparisons": ("Effects of single studies", "Planned comparisons"),
    "synthesis-methods": ("Synthesis", "How results are synthesised"),
    "availability": ("Reports of this review", "What the export of this review holds"),
}
HOMES_OF_EACH = {  # of tables that each planned comparison has: how their keys begin
    "effects": ("Effects of single studies", "Effects"),
    "pooled": ("Synthesis", "Pooled effects"),
    "subgroups": ("Synthesis", "Pooled effects"),
    "sensitivity": ("Synthesis", "Sensitivity"),
    "meta-regression": ("Synthesis", "Covariates"),
    "not-pooled": ("Results without pooling", "Not pooled"),
}
DRAFT = "the protocol is a draft: it has not been frozen"
NO_SYNTHESIS = "the protocol plans no synthesis (it names no groups), and nothing was pooled"


def home_of(key: str) -> str:
    """Where a report would show the block of that key, in words."""
    page, title = HOMES.get(key) or next((place for stem, place in HOMES_OF_EACH.items() if key.startswith(f"{stem}-")), ("", key))
    return f"{page}: {title}" if page else title


@dataclass(frozen=True)
class Facts:
    """What the rules ask of a review: its plan, its flow, and the studies that the flow has as included."""

    rooms: Rooms
    plan: Plan
    frozen: bool
    flow: Flow
    searches: tuple[SearchView, ...]
    studies: tuple[StudyView, ...]
    included: tuple[StudyView, ...]
    cells: Mapping[str, tuple[CellView, ...]]
    assessments: Mapping[str, tuple[AssessmentView, ...]]

    @cached_property
    def waiting(self) -> int:
        """Records and reports that wait for something."""
        return len({i for name in self.flow.boxes if name.endswith("_waiting") for i in self.flow.ids(name)})

    @property
    def unfinished(self) -> str:
        """Why what the review found is not final yet; '' when nothing waits."""
        if not self.rooms.records.views():
            return "no record has come in yet"
        if not self.waiting:
            return ""
        return "one record or report still waits" if self.waiting == 1 else f"{self.waiting:,} records or reports still wait"

    @property
    def assessed(self) -> frozenset[str]:
        """Reports that were assessed at full text, both ways."""
        return self.flow.ids("dbr_assessed") | self.flow.ids("other_assessed")

    @property
    def pooled(self) -> bool:
        """Whether a synthesis is planned: a comparison, or a group by its name."""
        return bool(self.plan.comparisons or self.plan.synthesis.groups)

    def results(self, study: StudyView) -> tuple[CellView, ...]:
        """The extracted results of *study*, without those that a source does not report."""
        return tuple(c for c in self.cells[study.id] if c.item in RESULTS and c.value != "not reported")

    @property
    def short(self) -> str:
        """Sources of which fewer records came in than they said they had found; '' for none."""
        came = Counter((r.search.source, r.search.via) for r in self.rooms.records.views())
        said: dict[tuple[str, str | None], int] = {}
        for s in self.searches:
            said[s.source, s.via] = max(said.get((s.source, s.via), 0), s.hits or 0)
        fewer = [f"{source} ({came[source, via]:,} of {hits:,})" for (source, via), hits in said.items() if came[source, via] < hits]
        return f"fewer records came in than were found: {', '.join(fewer)}" if fewer else ""

    def unrecorded(self, field: str, what: str) -> str:
        """Which searches of a database, register or website leave *field* open, in words; '' where none does."""
        asked = self.kinds("database", "register", "website")
        bare = [search_name(s) for s in asked if not s.body[field]]
        if len(bare) == len(asked):
            return f"{what} are recorded for no search; say so where there were none"
        return f"{what} are not recorded for {', '.join(dict.fromkeys(bare))}; say so where there were none" if bare else ""

    def kinds(self, *kinds: str) -> tuple[SearchView, ...]:
        """The searches of these kinds (``database``, ``register``) or ways (``website``, ``citation`` …)."""
        return tuple(s for s in self.searches if (s.via or s.kind) in kinds)


def facts_of(rooms: Rooms) -> Facts:
    """The facts of these rooms."""
    flow = rooms.flow()
    studies = tuple(rooms.studies.views())
    return Facts(
        rooms=rooms,
        plan=rooms.protocol.plan,
        frozen=rooms.protocol.frozen,
        flow=flow,
        searches=tuple(rooms.searches.views()),
        studies=studies,
        included=tuple(s for s in studies if rooms.became(s, flow) == "included"),
        cells={s.id: tuple(rooms.extraction.cells(s)) for s in studies},
        assessments={s.id: tuple(rooms.bias.assessments(s)) for s in studies},
    )


def whole(table: Table) -> Proof:
    """Every cell of *table* that says something must stand in the report, row by row."""
    return Proof(table.key, tuple(tuple(said for cell in row if (said := table.value(cell))) for row in table.rows))


def no_synthesis(facts: Facts) -> Finding | None:
    """Not applicable, where the frozen protocol plans no synthesis."""
    return inapplicable(NO_SYNTHESIS) if facts.frozen and not facts.pooled else None


def author(facts: Facts) -> Finding:
    """Nothing of it is in the project."""
    return unwritten("nothing of it is in the project")
