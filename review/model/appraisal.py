"""Bodies of the facts of appraisal: an assessment per study, result, effect of interest and assessor."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from review.model.event import Body


class Support(Body):
    """The words behind an answer, and where they stand.

    ``lines`` is the first and last line of the quotation in the text named by ``text_sha256`` (a captured page or an attached text),
    None where no text of the study holds it; ``record`` is the record of that text, None for an attached file.
    """

    kind: ClassVar[str] = "-"
    text: str
    quotation: str = ""
    location: str = ""
    record: str | None = None
    text_sha256: str | None = None
    lines: tuple[int, int] | None = None


class DomainJudged(Body):
    """One domain: what the rules propose, what the assessor settled on, and why where the two differ."""

    kind: ClassVar[str] = "-"
    proposed: str | None
    final: str
    path: tuple[str, ...]
    override: str | None


class AppraisalJudged(Body):
    """One assessor's appraisal of one result; ``tool_sha256`` is the tool file that was used.

    ``outcome``: id of the protocol's outcome that the result is of. ``aside``: answers to questions that are no longer asked.
    ``deviations``: those of interest, where the effect is that of adhering. ``copied``: domain -> event whose answers were taken over.
    ``wording_hash``: SHA-256 of the official wording that a team had at hand, whose text is kept nowhere; '' without one.
    """

    kind: ClassVar[str] = "appraisal.judged"
    tool: str
    tool_version: str
    tool_sha256: str
    result: str
    effect: str | None
    answers: dict[str, str]
    domains: dict[str, DomainJudged]
    overall: str | None
    overall_override: str | None
    flag: str
    support: dict[str, Support]
    overall_proposed: str | None = None
    outcome: str | None = None
    directions: dict[str, str] = Field(default_factory=dict)
    preliminary: dict[str, str] = Field(default_factory=dict)
    sources: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    aside: dict[str, str] = Field(default_factory=dict)
    copied: dict[str, str] = Field(default_factory=dict)
    wording_hash: str = ""


class AppraisalDrafted(Body):
    """A form that its assessor has not finished: nobody else sees it, and nothing counts it."""

    kind: ClassVar[str] = "appraisal.drafted"
    tool: str
    tool_version: str
    tool_sha256: str
    result: str
    effect: str | None
    outcome: str | None
    answers: dict[str, str]
    judgements: dict[str, str]
    support: dict[str, Support]
    override: dict[str, str]
    directions: dict[str, str]
    preliminary: dict[str, str]
    sources: tuple[str, ...]
    deviations: tuple[str, ...]
    aside: dict[str, str]
    copied: dict[str, str]


class AppraisalNotAssessed(Body):
    """Why a study or result was not assessed; this is no judgement and is never coloured."""

    kind: ClassVar[str] = "appraisal.not_assessed"
    tool: str
    tool_sha256: str
    result: str | None
    reason: str


class AppraisalResolved(Body):
    """The consensus of two assessors: a third record beside theirs, with answers of its own where they were given.

    ``judged``: each domain with what the rules propose for those answers. ``not_assessed``: it was agreed not to assess the result.
    """

    kind: ClassVar[str] = "appraisal.resolved"
    tool: str
    result: str
    effect: str | None
    domains: dict[str, str]
    overall: str | None
    reason: str
    settles: tuple[str, ...]
    answers: dict[str, str] = Field(default_factory=dict)
    support: dict[str, Support] = Field(default_factory=dict)
    judged: dict[str, DomainJudged] = Field(default_factory=dict)
    overall_proposed: str | None = None
    overall_override: str | None = None
    flag: str = ""
    directions: dict[str, str] = Field(default_factory=dict)
    preliminary: dict[str, str] = Field(default_factory=dict)
    outcome: str | None = None
    tool_sha256: str | None = None
    not_assessed: bool = False


class AppraisalWeighed(Body):
    """The weight of a result in its synthesis, a positive decimal, and where it was taken from."""

    kind: ClassVar[str] = "appraisal.weighed"
    tool: str
    result: str
    effect: str | None
    weight: str
    source: str


class AppraisalCalibrated(Body):
    """A calibration round: results of these studies that are appraised from here on count for its agreement and for no other."""

    kind: ClassVar[str] = "appraisal.calibrated"
    round: str
    tool: str
    studies: tuple[str, ...]
    note: str
