"""The plan of a review as review.toml states it: its parts, and a reading that says everything that is wrong at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from review.errors import ProtocolInvalid, near
from review.model.decision import Stage
from review.model.plan_synthesis import Part, PlannedComparison, Synthesis
from review.model.planning import SourceKind, Via
from review.model.toml_lines import TomlLines
from review.text import fold_blanks

FILE_NAME = "review.toml"
NOT_A_REASON = ("no results", "no usable data", "unpublished", "not published", "ongoing", "results not reported")

_STUDY = r"(?:stud(?:y|ies)|trials?|research)"
# Phrases about the study itself; 'ongoing treatment' or 'unpublished scale' say nothing about it.
_ABSENCE = re.compile(
    rf"\b{_STUDY} (?:that )?(?:is|are|was|were) (?:(?:still|not|currently) )?ongoing\b|\bongoing {_STUDY}\b|^\W*(?:unpublished|ongoing)\W*$"
    rf"|\bunpublished (?:{_STUDY}|results|data|reports?)\b|\b(?:is|are|was|were|remains?) unpublished\b|\bnot (?:yet )?published\b"
    r"|\bno (?:usable )?(?:results|data)\b|\bresults not reported\b",
    re.IGNORECASE,
)
_ASKS_FOR_RESULTS = re.compile(
    r"\b(?:results|outcomes?|data) (?:is|are|was|were|must be|have been|has been) (?:available|reported|published|posted)\b"
    rf"|(?:^\s*|\b(?:{_STUDY}|article|paper|publication|it) (?:(?:that|which) )?(?:must )?)reports? "
    r"(?!(?:of|on|from|in|by|with|for|and|or|to|that|which|is|are|was|were|written|published|describing|about)\b)\w",
    re.IGNORECASE,
)


class About(Part):
    """[review]: what the review is called and where it is registered ('none' where it is not)."""

    title: Annotated[str, Field(min_length=1)]
    registration: Annotated[str, Field(min_length=1)]
    protocol_link: str = ""
    funding: str = ""
    competing_interests: str = ""


class Question(Part):
    """[question]: PICOST, and the setting that a summary of findings names."""

    population: str = ""
    intervention: str = ""
    comparator: str = ""
    outcomes: str = ""
    study_design: str = ""
    time: str = ""
    setting: str = ""


class Criterion(Part):
    """One line of the protocol that decides eligibility; the order in the file is the order of reasons."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
    element: Literal["P", "I", "C", "O", "S", "T"]
    stage: Annotated[tuple[Stage, ...], Field(min_length=1)]
    text: Annotated[str, Field(min_length=1)]
    not_met: str = ""
    because: str = ""

    @property
    def as_reason(self) -> str:
        """The reason as printed where this criterion was not met: ``not_met``, else words that turn ``text`` round."""
        return self.not_met or f"Not met: {self.text}"


class Outcome(Part):
    """An outcome of interest with its time frame."""

    id: str
    name: str
    time_frame: str = ""

    def called(self, name: str) -> bool:
        """Whether *name* is its id or its name, whatever the capitals and blanks."""
        return fold_blanks(name).casefold() in (self.id.casefold(), fold_blanks(self.name).casefold())


class Reviewer(Part):
    """A person of the team, by a short id."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
    roles: Annotated[tuple[Literal["screener", "extractor", "assessor", "lead", "sees_all"], ...], Field(min_length=1)]

    @property
    def sees_all(self) -> bool:
        """Whether open decisions of others are shown to this person."""
        return "sees_all" in self.roles or "lead" in self.roles


class PlannedSearch(Part):
    """A source that the protocol says will be searched."""

    source: str
    kind: SourceKind
    via: Via | None = None


def _term(text: str) -> str:
    """A word or words to find; raises where it would find nothing, or everything."""
    stem = text.strip().removesuffix("*")
    if "*" in stem or not re.search(r"\w", stem):
        raise PydanticCustomError("term", "a term is one word or several, and * stands at its end only")
    if text.strip().endswith("*") and len(re.findall(r"\w", stem)) < 3:
        raise PydanticCustomError("term", "at least three letters stand before *")
    return text


Term = Annotated[str, AfterValidator(_term)]


class Terms(Part):
    """[terms]: what the desk highlights in a record, by element of the question; ``*`` at the end of a term is any ending."""

    P: tuple[Term, ...] = ()
    I: tuple[Term, ...] = ()  # noqa: E741 - the letter of the field
    C: tuple[Term, ...] = ()
    O: tuple[Term, ...] = ()  # noqa: E741
    S: tuple[Term, ...] = ()
    T: tuple[Term, ...] = ()


class Appraisal(Part):
    """[appraisal]: the tools planned, and what they leave to a review.

    partial_yes: whether AMSTAR 2's 'partial yes' counts as a weakness; critical_items: its critical items where they are not the tool's
    own; gradings: the unofficial gradings of sums that are switched on. All are reported.
    """

    tools: tuple[str, ...] = ()
    partial_yes: Literal["no-weakness", "weakness"] = "no-weakness"
    critical_items: tuple[str, ...] = ()
    gradings: tuple[str, ...] = ()


class Previous(Part):
    """[previous]: studies and reports of the previous version of this review, by their labels."""

    studies: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()


class ReviewersPerStage(Part):
    """How many independent decisions a report needs at each stage."""

    title_abstract: Literal[1, 2] = 2
    full_text: Literal[1, 2] = 2


class Settings(Part):
    """[settings]: the choices that METHOD leaves to a review.

    random_share: of the positions in the order of screening, those that a record drawn at random takes; 0 to 1. key_papers: identifiers of
    reports that screening must find, for the checklist of stopping.
    """

    reviewers_per_stage: ReviewersPerStage = ReviewersPerStage()
    unsure: Literal["goes_on", "conflict"] = "goes_on"
    teaching_copy: bool = False
    random_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    key_papers: tuple[str, ...] = ()
    grade_start_nrs: Literal["low", "robins-i"] = "low"


class Plan(Part):
    """The whole of review.toml."""

    review: About
    question: Question = Question()
    criteria: tuple[Criterion, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    reviewers: tuple[Reviewer, ...] = ()
    searches: tuple[PlannedSearch, ...] = ()
    terms: Terms = Terms()
    synthesis: Synthesis = Synthesis()
    comparisons: tuple[PlannedComparison, ...] = ()
    appraisal: Appraisal = Appraisal()
    previous: Previous = Previous()
    settings: Settings = Settings()

    def needed(self, role: str) -> int:
        """How many people with *role* an answer is due to: two where two or more are named."""
        return min(2, max(1, sum(role in one.roles for one in self.reviewers)))

    @field_validator("criteria", "outcomes", "reviewers", "comparisons")
    @classmethod
    def _ids_once(cls, parts: tuple[Any, ...]) -> tuple[Any, ...]:
        ids = [part.id for part in parts]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise PydanticCustomError("id_repeated", "the id {twice} stands more than once; each id once", {"twice": ", ".join(twice)})
        return parts


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in review.toml."""

    line: int
    place: str
    message: str

    def __str__(self) -> str:
        return f"{FILE_NAME}:{self.line}: {self.place}: {self.message}"


@lru_cache(maxsize=16)
def read_plan(text: str) -> Plan:
    """The plan written in *text* (TOML).

    Raises ProtocolInvalid, whose message lists every problem with its line and what is accepted.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ProtocolInvalid(
            f"not valid TOML: {problem}", where=FILE_NAME, next_step="correct this line; the rest is checked after that"
        ) from problem
    problems: list[Problem] = []
    plan: Plan | None = None
    lines = TomlLines(text)
    try:
        plan = Plan.model_validate(data)
    except ValidationError as found:
        problems.extend(_explained(error, data, lines) for error in found.errors())
    if plan is not None:
        problems.extend(_beyond_types(plan, lines))
    if problems:
        problems.sort(key=lambda p: p.line)
        raise ProtocolInvalid("\n".join(map(str, problems)), next_step="correct these lines, then run the command again")
    assert plan is not None
    return plan


def missing(plan: Plan) -> list[str]:
    """What a frozen protocol still needs, in words; empty when it can be frozen."""
    wanted: list[tuple[bool, str]] = [
        (bool(plan.question.population), "[question] population"),
        (bool(plan.question.intervention), "[question] intervention"),
        (bool(plan.criteria), "at least one [[criteria]]"),
        (bool(plan.searches), "at least one planned [[searches]]"),
        (bool(plan.outcomes), "at least one [[outcomes]]"),
    ]
    for stage, needed in plan.settings.reviewers_per_stage:
        screeners = sum("screener" in r.roles for r in plan.reviewers)
        wanted.append(
            (
                screeners >= needed,
                f"{needed} reviewer{'s' if needed > 1 else ''} with the role screener for {stage} (found: {screeners})",
            )
        )
    wanted.append((any("lead" in r.roles for r in plan.reviewers), "a reviewer with the role lead, who resolves conflicts"))
    return list(dict.fromkeys(words for there, words in wanted if not there))


def _beyond_types(plan: Plan, lines: TomlLines) -> Iterable[Problem]:
    for n, criterion in enumerate(plan.criteria):
        line = lines.of(("criteria", n, "text"))
        if criterion.element == "O":
            if not criterion.because:
                yield Problem(
                    line,
                    f"criteria {criterion.id}",
                    'outcomes are not eligibility criteria unless the protocol says why: add because = "…"',
                )
            if re.search(r"\breport", criterion.text, re.IGNORECASE):
                yield Problem(
                    line,
                    f"criteria {criterion.id}",
                    "an outcome criterion asks whether the outcome was measured, never whether it was reported",
                )
        if _ABSENCE.search(criterion.text):
            yield Problem(
                line,
                f"criteria {criterion.id}",
                "absence of results, data or publication is not an eligibility criterion; classify such a study as ongoing or awaiting",
            )
        elif _ASKS_FOR_RESULTS.search(criterion.text) and not (criterion.element == "O" and "report" in criterion.text.casefold()):
            yield Problem(
                line,
                f"criteria {criterion.id}",
                "whether results were reported is not an eligibility criterion; classify such a study as ongoing or awaiting",
            )
    for n, search in enumerate(plan.searches):
        if (search.kind == "other") != (search.via is not None):
            yield Problem(
                lines.of(("searches", n, "kind")),
                f"searches {search.source}",
                "kind 'other' needs via (website, organisation, citation, contact, hand); register and database have none",
            )
    yield from _of_the_synthesis(plan, lines)


def _of_the_synthesis(plan: Plan, lines: TomlLines) -> Iterable[Problem]:
    outcomes = [outcome.id for outcome in plan.outcomes]
    for n, one in enumerate(plan.comparisons):
        place = f"comparisons {one.id}"
        if one.outcome not in outcomes:
            said = f"{one.outcome!r} is the id of no [[outcomes]]; {near(one.outcome, outcomes)}"
            yield Problem(lines.of(("comparisons", n, "outcome")), place, said)
        both = {fold_blanks(name).casefold() for name in one.experimental} & {fold_blanks(name).casefold() for name in one.control}
        if both:
            yield Problem(lines.of(("comparisons", n, "control")), place, f"experimental and control both name {', '.join(sorted(both))}")
    if bool(plan.synthesis.choose) != (plan.synthesis.multi_arm == "choose"):
        said = 'choose and multi_arm do not fit: multi_arm = "choose" with choose = { "study" = "arm" }, or neither'
        yield Problem(lines.of(("synthesis", "choose")), "synthesis choose", said)


def _explained(error: Any, data: dict[str, Any], lines: TomlLines) -> Problem:
    place = tuple(error["loc"])
    shown = _named(place, data)
    kind = error["type"]
    if kind == "extra_forbidden":
        message = f"unknown key; {near(str(place[-1]), _known_keys(place))}"
    elif kind == "missing":
        message = "is missing"
    elif kind == "literal_error":
        message = f"{error['input']!r} is not accepted; accepted: {error['ctx']['expected']}"
    elif kind == "string_pattern_mismatch" and error["ctx"]["pattern"] in _PATTERNS:
        message = f"{error['input']!r} is not accepted; accepted: {_PATTERNS[error['ctx']['pattern']]}"
    elif kind in _BOUNDS:
        bound = f"{_BOUNDS[kind]} {next(iter(error['ctx'].values())):g}{_UNITS.get(str(place[-1]), '')}"
        message = f"{error['input']!r} is not accepted; accepted: a number {bound}"
    else:
        message = f"{error['msg']} (found {error['input']!r})" if not isinstance(error["input"], (dict, list)) else error["msg"]
    return Problem(lines.of(place), shown, message)


_PATTERNS = {
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": "small letters and digits with dashes between, such as 'pain-26-weeks'",
    r"^[A-Za-z][A-Za-z0-9_-]*$": "a letter, then letters, digits, '_' and '-'",
    r"^[A-Za-z][A-Za-z0-9_.-]*$": "a letter, then letters, digits, '_', '.' and '-'",
}
_BOUNDS = {"greater_than": "above", "greater_than_equal": "from", "less_than": "below", "less_than_equal": "up to"}
_UNITS = {"level": " (per cent: 95, not 0.95)"}


def _named(place: tuple[Any, ...], data: dict[str, Any]) -> str:
    """Where it is wrong: 'comparisons pain.measure', by the id of the part where it has one, else by which of them it is."""
    if len(place) < 2 or not isinstance(place[1], int):
        return ".".join(map(str, place))
    part = data[place[0]][place[1]] if isinstance(data.get(place[0]), list) else None
    id = part.get("id") if isinstance(part, dict) and place[2:] != ("id",) else None
    return ".".join([f"{place[0]} {id}" if isinstance(id, str) and id else f"{place[0]} no. {place[1] + 1}", *map(str, place[2:])])


def _known_keys(place: Sequence[Any]) -> list[str]:
    model: Any = Plan
    for part in place[:-1]:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        candidates = [
            a
            for a in (getattr(field, "annotation", None), *getattr(getattr(field, "annotation", None), "__args__", ()))
            if isinstance(a, type) and issubclass(a, BaseModel)
        ]
        if not candidates:
            return []
        model = candidates[0]
    return list(model.model_fields)


def line_of(text: str, *place: str | int) -> int:
    """The line of review.toml where *place* is written, as ``line_of(text, "criteria", 0, "text")``; else that of the part it stands in."""
    return _lines(text).of(place)


@lru_cache(maxsize=8)  # a report asks for the line of every part of every version
def _lines(text: str) -> TomlLines:
    return TomlLines(text)


def changed_parts(old: Plan, new: Plan) -> list[str]:
    """Which parts differ, as 'criteria P1', 'question population', … in the order of the file."""
    found: list[str] = []
    for name in Plan.model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if isinstance(before, tuple):
            keys = [p.id if hasattr(p, "id") else p.source for p in (*before, *after)]
            lookup = [{(p.id if hasattr(p, "id") else p.source): p for p in part} for part in (before, after)]
            differing = [key for key in dict.fromkeys(keys) if lookup[0].get(key) != lookup[1].get(key)]
            found.extend(f"{name} {key}" for key in differing or ["order"])
        else:
            found.extend(f"{name} {key}" for key in type(before).model_fields if getattr(before, key) != getattr(after, key))
    return found
