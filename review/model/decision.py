"""Bodies of the facts that people decide: screening, retrieval, grouping of reports, classification of studies."""

from __future__ import annotations

from typing import ClassVar, Literal

from review.model.event import Body

Stage = Literal["title_abstract", "full_text"]
Decision = Literal["include", "exclude", "unsure"]
Judgement = Literal["met", "not_met", "unclear", "not_assessed"]
Retrieval = Literal["retrieved", "extract_only", "not_retrieved"]
Classification = Literal["included", "ongoing", "awaiting", "excluded"]
RemovedBy = Literal["automation", "other"]

STAGES: tuple[Stage, ...] = ("title_abstract", "full_text")
DECISIONS: tuple[Decision, ...] = ("include", "exclude", "unsure")
JUDGEMENTS: tuple[Judgement, ...] = ("met", "not_met", "unclear", "not_assessed")
RETRIEVALS: tuple[Retrieval, ...] = ("retrieved", "extract_only", "not_retrieved")
CLASSIFICATIONS: tuple[Classification, ...] = ("included", "ongoing", "awaiting", "excluded")
REMOVED_BY: tuple[RemovedBy, ...] = ("automation", "other")


class ScreeningDecided(Body):
    """One reviewer's decision on one report at one stage; ``reason`` is the id of the first criterion not met.

    ``near_miss``: an exclusion at full text that readers of the review would look for.
    """

    kind: ClassVar[str] = "screening.decided"
    stage: Stage
    decision: Decision
    judgements: dict[str, Judgement]
    reason: str | None
    also_failed: tuple[str, ...]
    override: bool
    note: str
    criteria_version: int
    round: str | None
    near_miss: bool = False


class ScreeningResolved(Body):
    """The answer that ends a conflict; it names the decisions that it settles."""

    kind: ClassVar[str] = "screening.resolved"
    stage: Stage
    decision: Literal["include", "exclude"]
    reason: str | None
    note: str
    settles: tuple[str, ...]
    near_miss: bool = False


class ReportRetrieved(Body):
    """How the sought document was obtained; ``file_sha256`` names the attached file where there is one."""

    kind: ClassVar[str] = "screening.retrieved"
    status: Retrieval
    file_sha256: str | None
    file_name: str | None
    note: str


class ScreeningPiloted(Body):
    """A pilot round over the reports named, before the main screening."""

    kind: ClassVar[str] = "screening.piloted"
    round: str
    reports: tuple[str, ...]


class ScreeningStopped(Body):
    """A person's decision to stop: records left unseen are excluded by automation from here on."""

    kind: ClassVar[str] = "screening.stopped"
    rule: str
    target_recall: str
    p: str | None
    left: tuple[str, ...]
    seen_by_a_person: int
    note: str


class RecordsRemoved(Body):
    """Records taken out before anybody screened them: by a tool's rule, which ``tool`` names, or for another stated reason."""

    kind: ClassVar[str] = "screening.removed"
    records: tuple[str, ...]
    by: RemovedBy
    tool: str | None
    reason: str
    note: str


class ReportsMerged(Body):
    """Reports that are the same document; by a named rule or by a person."""

    kind: ClassVar[str] = "studies.merged"
    reports: tuple[str, ...]
    rule: str
    rule_version: int
    compared: dict[str, str]
    reason: str


class ReportsDistinct(Body):
    """A person's word that these reports are not the same document; it stands against the rules."""

    kind: ClassVar[str] = "studies.kept_apart"
    reports: tuple[str, ...]
    reason: str


class ReportLinked(Body):
    """A report of a study; many reports may belong to many studies."""

    kind: ClassVar[str] = "studies.linked"
    report: str
    study: str
    rule: str
    rule_version: int
    compared: dict[str, str]
    reason: str


class StudyClassified(Body):
    """One reviewer's classification of a study, with the reason."""

    kind: ClassVar[str] = "studies.classified"
    classification: Classification
    reason: str


class ClassificationResolved(Body):
    """The classification that ends a conflict between two."""

    kind: ClassVar[str] = "studies.classification_resolved"
    classification: Classification
    reason: str
    settles: tuple[str, ...]


class RegisterChecked(Body):
    """A person looked at the entry in the primary register on this date."""

    kind: ClassVar[str] = "studies.register_checked"
    date: str
    note: str
