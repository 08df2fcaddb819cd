"""Bodies of the facts of appraisal: an assessment per study, result, effect of interest and assessor."""

from __future__ import annotations

from typing import ClassVar

from review.model.event import Body


class Support(Body):
    """The words behind an answer, and where they stand."""

    kind: ClassVar[str] = "-"
    text: str
    quotation: str = ""
    location: str = ""


class DomainJudged(Body):
    """One domain: what the rules propose, what the assessor settled on, and why where the two differ."""

    kind: ClassVar[str] = "-"
    proposed: str | None
    final: str
    path: tuple[str, ...]
    override: str | None


class AppraisalJudged(Body):
    """One assessor's appraisal of one result; ``tool_sha256`` is the tool file that was used."""

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


class AppraisalNotAssessed(Body):
    """Why a study or result was not assessed; this is no judgement and is never coloured."""

    kind: ClassVar[str] = "appraisal.not_assessed"
    tool: str
    tool_sha256: str
    result: str | None
    reason: str


class AppraisalResolved(Body):
    """The consensus of two assessors: a third record beside theirs."""

    kind: ClassVar[str] = "appraisal.resolved"
    tool: str
    result: str
    effect: str | None
    domains: dict[str, str]
    overall: str | None
    reason: str
    settles: tuple[str, ...]
