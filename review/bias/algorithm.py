"""The interpreter of appraisal tools: which questions are asked, which answers are taken, which rule decides. It refuses to guess.

A tool is data (review/bias/tools/*.toml). A domain has questions in order; a question may be asked only because of earlier answers; a rule
fires where every answer that it names was given. For every allowed set of answers exactly one rule fires in each part of a domain, and the
domain is the worst of its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from review.errors import AnswerRefused, InputRefused, near

NA = "NA"
NOT_ASKED = "not asked"


def _split(value: object) -> object:
    """'Y/PY' is how a tool file writes one of several answers."""
    return tuple(part.strip() for part in value.split("/")) if isinstance(value, str) else value


OneOf = Annotated[tuple[str, ...], BeforeValidator(_split)]


class Form(BaseModel):
    """Base of everything read from a tool file: frozen and closed. What may not be left out is checked in tool_check, all at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(Form):
    """One level of judgement. The lower the rank the better; without a rank it stands outside the order."""

    id: str = ""
    label: str = ""
    symbol: str = ""
    rank: int | None = None
    colour: dict[str, str] = Field(default_factory=dict)


class Question(Form):
    """One question. ``good`` is the answer that speaks for the study; ``ask_if_…`` names the earlier answers that open it."""

    id: str = ""
    text: str = ""
    note: str = ""
    topic: str = ""
    options: tuple[str, ...] = ()
    good: str = ""
    ask_if_any: dict[str, OneOf] = Field(default_factory=dict)
    ask_if_all: dict[str, OneOf] = Field(default_factory=dict)

    @property
    def conditional(self) -> bool:
        """True when earlier answers decide whether it is asked."""
        return bool(self.behind)

    @property
    def behind(self) -> tuple[tuple[str, OneOf], ...]:
        """The earlier questions that it hangs on, each with the answers that open it."""
        return (*self.ask_if_all.items(), *self.ask_if_any.items())

    def asked(self, counted: Mapping[str, str]) -> bool:
        """Whether it is asked, given the answers that count so far."""
        if not all(counted.get(q) in answers for q, answers in self.ask_if_all.items()):
            return False
        return not self.ask_if_any or any(counted.get(q) in answers for q, answers in self.ask_if_any.items())

    def condition(self) -> str:
        """The condition in words: '2.1 is Y, PY or NI, or 2.2 is Y, PY or NI'."""
        some = ", or ".join(f"{q} is {_or(answers)}" for q, answers in self.ask_if_any.items())
        every = " and ".join(f"{q} is {_or(answers)}" for q, answers in self.ask_if_all.items())
        return " and ".join(part for part in (every, some) if part) or "always"

    def reason(self, counted: Mapping[str, str]) -> str:
        """Why it is asked: the answers given that opened it."""
        given = dict.fromkeys(f"{q} = {counted[q]}" for q, answers in self.behind if counted.get(q) in answers)
        return "it is asked because " + " and ".join(given) if given else "it is always asked"


class Rule(Form):
    """One rule: where every answer in ``when`` was given (or the question was 'not asked'), the part is at level ``then``."""

    id: str = ""
    part: str = ""
    when: dict[str, OneOf] = Field(default_factory=dict)
    then: str = ""
    because: str = ""

    def fires(self, counted: Mapping[str, str]) -> bool:
        """Whether it fires, given all answers that count; an absent one was not asked."""
        return all(counted.get(q, NOT_ASKED) in answers for q, answers in self.when.items())


class Domain(Form):
    """One domain. Two domains may share an id when each is for another effect of interest."""

    id: str = ""
    label: str = ""
    effect: str = ""
    questions: tuple[Question, ...] = Field((), alias="question")
    rules: tuple[Rule, ...] = Field((), alias="rule")

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the domain in the order of its rules; ('',) where it has one only."""
        return tuple(dict.fromkeys(rule.part for rule in self.rules))

    def reached(self, answers: Mapping[str, str | None]) -> tuple[Question, ...]:
        """The questions that are asked, given answers so far; an answer to a question that is not asked opens nothing."""
        counted: dict[str, str] = {}
        asked = []
        for question in self.questions:
            if question.asked(counted):
                asked.append(question)
                if answers.get(question.id):
                    counted[question.id] = str(answers[question.id])
        return tuple(asked)

    def answer_sets(self) -> Iterator[dict[str, str]]:
        """Every complete allowed set of answers; questions that are not asked are left out."""
        sets: Iterable[dict[str, str]] = [{}]
        for question in self.questions:
            sets = _extended(sets, question)
        yield from sets


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that fired: its part and level, its reason, and the answers that led to it, in question order."""

    rule: str
    part: str
    level: str
    judgement: str
    because: str
    answers: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        given = ", ".join(f"{question} {answer}" for question, answer in self.answers)
        return f"{given} → {self.judgement}" + (f": {self.because}" if self.because else "") + f" ({self.rule})"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a tool proposes for one domain. ``judgement`` and ``level`` are None where people decide.

    ``path``: the rules that fired, one a part. ``cells``: for tools of items, question -> level id, None while there is no answer.
    ``missing``: questions asked and not answered (only a tool without rules lets them be).
    """

    domain: str
    effect: str | None
    judgement: str | None
    level: str | None
    path: tuple[Step, ...] = ()
    cells: Mapping[str, str | None] | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overall:
    """What a tool proposes over all domains. Where people decide it is None and ``choices`` holds the labels to choose from.

    ``flag``: a sentence that asks people to look again, '' when there is none. It never changes the judgement.
    """

    judgement: str | None
    level: str | None
    flag: str
    choices: tuple[str, ...]


def accept(domain: Domain, answers: Mapping[str, str | None], *, where: str, complete: bool) -> dict[str, str]:
    """The answers that count, in question order; with *complete*, every question that is asked must be answered.

    None and '' are no answer. An answer to a question that is not asked is refused, unless it is NA.
    Raises AnswerRefused, which names the question, what was given, what is allowed, and why it is asked or not.
    """
    known = [question.id for question in domain.questions]
    for name in answers:
        if name not in known:
            raise AnswerRefused(f"there is no question {name!r}", where=where, expected=_or(known), next_step=near(str(name), known))
    counted: dict[str, str] = {}
    for question in domain.questions:
        given = answers.get(question.id)
        place = f"{where}, question {question.id}"
        if not question.asked(counted):
            if given not in (None, "", NA):
                raise AnswerRefused(
                    f"{given!r} was given, but the question is not asked",
                    where=place,
                    expected="no answer, or NA",
                    next_step=f"it is asked only when {question.condition()}; given: {_given(question, counted)}",
                )
        elif given in (None, ""):
            if complete:
                raise _refused(question, counted, place, "no answer was given")
        elif given not in question.options:
            kind = "NA was given, but the question is asked" if given == NA else f"{given!r} was given"
            raise _refused(question, counted, place, kind)
        else:
            counted[question.id] = str(given)
    return counted


def decide(domain: Domain, counted: Mapping[str, str], levels: Sequence[Level], *, effect: str | None) -> Judged:
    """The judgement that the rules of a domain propose for accepted answers: in each part one rule fires, the worst part counts."""
    by_id = {level.id: level for level in levels}
    path = []
    for part in domain.parts:
        rule = next(rule for rule in domain.rules if rule.part == part and rule.fires(counted))
        path.append(Step(rule.id, part, rule.then, by_id[rule.then].label, rule.because, _answers_behind(domain, rule, counted)))
    worst = max((by_id[step.level] for step in path), key=lambda level: _rank(level))
    return Judged(domain.id, effect, worst.label, worst.id, tuple(path))


def worst_of(found: Mapping[str, Level], *, flag_level: str, flag_at: int, flag: str, choices: tuple[str, ...]) -> Overall:
    """The worst level over domains, with the flag when at least *flag_at* domains are at *flag_level* and that is the worst."""
    unranked = [f"{domain} ({level.label})" for domain, level in found.items() if level.rank is None]
    if unranked:
        return Overall(None, None, f"people decide: {', '.join(unranked)} stands outside the order of levels", choices)
    worst = max(found.values(), key=_rank)
    at_level = [domain for domain, level in found.items() if level.id == flag_level]
    raised = bool(flag) and worst.id == flag_level and len(at_level) >= flag_at
    return Overall(worst.label, worst.id, f"{worst.label} in {' and '.join(at_level)}: {flag}" if raised else "", choices)


def level_named(name: str, levels: Sequence[Level], *, where: str) -> Level:
    """The level of this id or label. Raises InputRefused, with near matches."""
    for level in levels:
        if name in (level.id, level.label):
            return level
    labels = [level.label for level in levels]
    raise InputRefused(f"{name!r} is no level of this tool", where=where, expected=_or(labels), next_step=near(str(name), labels))


def _rank(level: Level) -> int:
    return -1 if level.rank is None else level.rank


def _extended(sets: Iterable[dict[str, str]], question: Question) -> Iterator[dict[str, str]]:
    for counted in sets:
        if question.asked(counted):
            for option in question.options:
                yield {**counted, question.id: option}
        else:
            yield counted


def _answers_behind(domain: Domain, rule: Rule, counted: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The answers that a rule names, with those that opened or closed the questions behind them."""
    questions = {question.id: question for question in domain.questions}
    wanted, used = list(rule.when), set()
    while wanted:
        name = wanted.pop()
        if name in used:
            continue
        used.add(name)
        for earlier, answers in questions[name].behind:
            # an asked question is explained by the answers that opened it, one not asked by all that kept it closed
            if name not in counted or counted.get(earlier) in answers:
                wanted.append(earlier)
    return tuple((question.id, counted[question.id]) for question in domain.questions if question.id in used and question.id in counted)


def _refused(question: Question, counted: Mapping[str, str], place: str, found: str) -> AnswerRefused:
    note = f"; {question.note}" if question.note else ""
    return AnswerRefused(found, where=place, expected=_or(question.options), next_step=question.reason(counted) + note)


def _given(question: Question, counted: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(f"{name} = {counted.get(name, NOT_ASKED)}" for name, _ in question.behind))


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1] if words else "nothing"
