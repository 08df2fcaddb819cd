"""Bodies of the facts of certainty: a grading of one outcome in one comparison, by one assessor; and the view of it that is handed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from review.model.event import Body


class EffectStated(Body):
    """An effect as it was entered, numbers as text; ``entered`` says how it came in: 'by hand' until a synthesis gives it."""

    kind: ClassVar[str] = "-"
    measure: str
    value: str
    low: str | None
    high: str | None
    level: str
    unit: str
    source: str
    entered: str


class BaselineStated(Body):
    """The risk, rate or mean with the comparator, with what it is of and where it was taken from."""

    kind: ClassVar[str] = "-"
    risk: str
    label: str
    source: str
    per: str


class ThresholdStated(Body):
    """From which absolute difference on an effect is small, moderate or large, and who declared that."""

    kind: ClassVar[str] = "-"
    small: str
    moderate: str | None
    large: str | None
    source: str
    better: str


class CertaintyGraded(Body):
    """One assessor's grading. ``proposed`` and ``final`` are levels from 1 (very low) to 4 (high); numbers of people as they were given.

    ``participants``: one number for all, two for intervention and comparator, none where it was not stated. ``studies``: ids where they
    were named; ``n_studies`` None where not even their number was. ``included`` and ``appraised`` hold on what it rests: the studies that
    were included then, and for each of its own a digest of their appraisals, so that a later change of either is seen.
    """

    kind: ClassVar[str] = "certainty.graded"
    outcome: str
    comparison: str
    design: str
    start_rule: str
    start: int
    ratings: dict[str, int]
    explanations: dict[str, str]
    proposed: int
    final: int
    reason: str
    remarks: tuple[str, ...]
    effect: EffectStated | None
    baselines: tuple[BaselineStated, ...]
    threshold: ThresholdStated | None
    participants: tuple[int, ...]
    studies: tuple[str, ...]
    n_studies: int | None
    importance: str
    comment: str
    included: tuple[str, ...]
    appraised: dict[str, str]


class CertaintyNotGraded(Body):
    """Why the evidence on an outcome was not graded; this is no level."""

    kind: ClassVar[str] = "certainty.not_graded"
    outcome: str
    comparison: str
    reason: str


class CertaintyDrafted(Body):
    """What an assessor has typed into a form and not saved yet, as the desk sent it; '' where nothing is typed there any more.

    ``settles``: the form is that of a consensus, and not of this assessor's own grading.
    """

    kind: ClassVar[str] = "certainty.drafted"
    outcome: str
    comparison: str
    settles: bool
    form: str


class CertaintyResolved(CertaintyGraded):
    """The consensus of two assessors: a third record beside theirs, with why it is so.

    ``not_graded``: it was agreed not to grade; the fields of the grading are then those of ``NO_GRADING``, of which 0 is no level.
    """

    kind: ClassVar[str] = "certainty.resolved"
    NO_GRADING: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(("design", "start_rule", "reason", "importance", "comment"), ""),
        **dict.fromkeys(("start", "proposed", "final"), 0),
        **{name: {} for name in ("ratings", "explanations", "appraised")},
        **dict.fromkeys(("remarks", "baselines", "participants", "studies", "included"), ()),
        **dict.fromkeys(("effect", "threshold", "n_studies")),
    }
    why: str
    settles: tuple[str, ...]
    not_graded: bool = False


@dataclass(frozen=True, slots=True)
class CertaintyView:
    """The certainty of one outcome (its id) in one comparison as it stands; a conflict shows no level.

    ``grading`` is the body of the grading that stands, None where there is none to show. ``stale`` says in words what it rested on and
    has changed since; empty while nothing has.
    """

    outcome: str
    comparison: str
    status: Literal["not graded", "by one", "agreed", "consensus", "conflict"]
    grading: Mapping[str, Any] | None
    reason: str
    events: tuple[str, ...]
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the review holds on one outcome, for those who grade it: the same for every viewer, and nothing in it is a rating.

    synthesis: id of the planned comparison that it is of, '' where it is of none. title: of that, in words. studies: (id, label) of those
    pooled, else of all that are included. designs: as extracted, one for each of them, '' where none was. participants: with the
    intervention and with the comparator, or of all; () where a study does not state it. effect: as pooled, None where ``refused`` says
    why, or where there is no synthesis. comparator: (the median risk, as a proportion, or mean with the comparator, of what it is the
    median), None where no arm states one. told: domain of GRADE -> sentences.
    """

    outcome: str
    synthesis: str
    title: str
    studies: tuple[tuple[str, str], ...]
    designs: tuple[str, ...]
    participants: tuple[int, ...]
    effect: EffectStated | None
    refused: str
    comparator: tuple[str, str] | None
    told: Mapping[str, tuple[str, ...]]
