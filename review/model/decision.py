"""Bodies of the facts that people decide: screening, retrieval, grouping of reports, classification of studies."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from review.model.event import Body, Event

Stage = Literal["title_abstract", "full_text"]
Decision = Literal["include", "exclude", "unsure"]
Judgement = Literal["met", "not_met", "unclear", "not_assessed"]
Retrieval = Literal["retrieved", "extract_only", "not_retrieved"]
Classification = Literal["included", "ongoing", "awaiting", "excluded"]
RemovedBy = Literal["automation", "other"]
Scheme = Literal["all", "pairs", "quotas"]

STAGES: tuple[Stage, ...] = ("title_abstract", "full_text")
STAGE_NAMES = {"title_abstract": "title and abstract", "full_text": "full text"}  # in a sentence
DECISIONS: tuple[Decision, ...] = ("include", "exclude", "unsure")
JUDGEMENTS: tuple[Judgement, ...] = ("met", "not_met", "unclear", "not_assessed")
RETRIEVALS: tuple[Retrieval, ...] = ("retrieved", "extract_only", "not_retrieved")
CLASSIFICATIONS: tuple[Classification, ...] = ("included", "ongoing", "awaiting", "excluded")
REMOVED_BY: tuple[RemovedBy, ...] = ("automation", "other")
SCHEMES: tuple[Scheme, ...] = ("all", "pairs", "quotas")


class ScreeningDecided(Body):
    """One reviewer's decision on one report at one stage; ``reason`` is the id of the first criterion not met.

    ``near_miss``: an exclusion at full text that readers of the review would look for. ``rank``, ``model``: the place at which the card
    presented it, from 1, and what had put it there; None where nothing ordered it, and in decisions that are older than the field.
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
    rank: int | None = None
    model: str | None = None


class ScreeningResolved(Body):
    """The answer that ends a conflict; it names the decisions that it settles."""

    kind: ClassVar[str] = "screening.resolved"
    stage: Stage
    decision: Literal["include", "exclude"]
    reason: str | None
    note: str
    settles: tuple[str, ...]
    near_miss: bool = False


class DecisionImported(Body):
    """One answer that another tool's file holds, as the lead took it in: of the ``reviewer`` named, or a consensus where that is None.

    ``reason`` is the criterion that the file's ``reason_words`` were said to mean; ``line`` is where the answer stands in the file,
    which is kept whole. ``settles``: for a consensus, the answers that stood on the report.
    """

    kind: ClassVar[str] = "screening.imported"
    stage: Stage
    decision: Decision
    reason: str | None
    reason_words: str
    note: str
    reviewer: str | None
    tool: str
    file_name: str
    file_sha256: str
    line: int
    criteria_version: int
    settles: tuple[str, ...] = ()


def is_imported(event: Event) -> bool:
    """Whether a decision or resolution came from another tool's file."""
    return "reason_words" in event.body


def whose(event: Event) -> str:
    """Whose answer an event is: an imported one is that of the reviewer it names, any other its writer's."""
    return event.body["reviewer"] or event.actor if event.kind == DecisionImported.kind else event.actor


class ReportRetrieved(Body):
    """How the sought document was obtained; ``file_sha256`` names the attached file where there is one."""

    kind: ClassVar[str] = "screening.retrieved"
    status: Retrieval
    file_sha256: str | None
    file_name: str | None
    note: str


class ScreeningPiloted(Body):
    """A pilot round over the reports named, before the main screening; ``reviewers``: who screened when it was opened."""

    kind: ClassVar[str] = "screening.piloted"
    round: str
    reports: tuple[str, ...]
    reviewers: tuple[str, ...] = ()


class ScreeningStopped(Body):
    """A person's decision to stop: records left unseen are excluded by automation from here on.

    ``p``: of the stopping test at that moment; None where it said nothing, which ``why_no_p`` gives a name. ``confidence``: the p was to be
    under 1 less this; None in events of before, whose p may have been typed. ``stated_p``: what the person typed, in whatever form.
    """

    kind: ClassVar[str] = "screening.stopped"
    rule: str
    target_recall: str
    p: str | None
    left: tuple[str, ...]
    seen_by_a_person: int
    note: str
    confidence: str | None = None
    stated_p: str | None = None
    why_no_p: Literal["", "target", "unsettled", "order"] = ""


class ScreeningAllocated(Body):
    """A lead's rule of who reads what at a stage: the rule, not a list, so that it covers records imported later.

    ``reviewers``, ``pairs`` or ``quotas`` (shares of the work as decimals) by the scheme; no reviewers named means all who screen.
    ``double_share``: the share of records that two read, the rest being read by one; None where all have as many as the protocol asks.
    """

    kind: ClassVar[str] = "screening.allocated"
    stage: Stage
    scheme: Scheme
    reviewers: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    quotas: dict[str, str]
    double_share: str | None
    seed: int
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
    """Reports that are the same document; by a named rule or by a person.

    ``compared``: field -> the value, or 'a | b' where the two differ. ``scores``: field -> agreement in whole per cent.
    """

    kind: ClassVar[str] = "studies.merged"
    reports: tuple[str, ...]
    rule: str
    rule_version: int
    compared: dict[str, str]
    reason: str
    scores: dict[str, int] = Field(default_factory=dict)


class ReportsDoubted(Body):
    """Two reports that may be one document, which a rule leaves to a person; ``compared`` and ``scores`` as of a merge."""

    kind: ClassVar[str] = "studies.doubted"
    reports: tuple[str, ...]
    rule: str
    rule_version: int
    compared: dict[str, str]
    scores: dict[str, int]


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


class LinkRefused(Body):
    """A person's word that a report is none of that study; it stands against the rules that propose links."""

    kind: ClassVar[str] = "studies.link_refused"
    report: str
    study: str
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
