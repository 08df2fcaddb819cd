"""The interpreter of appraisal tools: which questions are asked, which answers are taken, which rule decides. It refuses to guess.

A tool is data (review/bias/tools/*.toml). A domain has questions in order; a question may be asked only because of earlier answers, or of a
preliminary fact; a rule fires where every answer that it names was given. For every allowed set of answers exactly one rule fires in each
part of a domain, and the domain is the worst of its parts. Hints are shown and never applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from review.errors import AnswerRefused, InputRefused, near

NA = "NA"
NOT_ASKED = "not asked"
NONE_OF_THEM = "none"
AND = "+"  # joins the choices of one answer where several may be ticked


def _split(value: object) -> object:
    """'Y/PY' is how a tool file writes one of several answers."""
    return tuple(part.strip() for part in value.split("/")) if isinstance(value, str) else value


OneOf = Annotated[tuple[str, ...], BeforeValidator(_split)]
Whole = Annotated[int, Field(strict=True)]
YesNo = Annotated[bool, Field(strict=True)]


class Form(BaseModel):
    """Base of everything read from a tool file: frozen and closed. What may not be left out is checked in tool_check, all at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(Form):
    """One level of judgement. The lower the rank the better; without a rank it stands outside the order."""

    id: str = ""
    label: str = ""
    symbol: str = ""
    rank: Whole | None = None
    colour: dict[str, str] = Field(default_factory=dict)


class Choice(Form):
    """One of the choices that a question spells out, with the points (stars) that it earns."""

    id: str = ""
    text: str = ""
    points: Whole = 0


class Preliminary(Form):
    """A fact asked once for each assessment, before the questions: a choice (which may open questions), a text, a list or a number."""

    id: str = ""
    text: str = ""
    note: str = ""
    kind: str = "text"
    options: tuple[str, ...] = ()
    required: YesNo = True


class Question(Form):
    """One question. ``good`` is the answer that speaks for the study; ``ask_if_…`` names the earlier answers that open it.

    ``item``: the item that it is part of, where several questions make one. ``role`` 'route': it only steers, no answer is good.
    ``choices``: the answers where they are spelt out; ``options`` then holds their ids, and where several may be ticked (``select`` 'many')
    every combination, as 'a+b', and 'none'.
    """

    id: str = ""
    text: str = ""
    note: str = ""
    topic: str = ""
    item: str = ""
    role: str = ""
    options: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = Field((), alias="choice")
    select: str = ""
    good: str = ""
    ask_if_any: dict[str, OneOf] = Field(default_factory=dict)
    ask_if_all: dict[str, OneOf] = Field(default_factory=dict)

    @property
    def column(self) -> str:
        """The item whose cell it fills: its own id where it is no part of another."""
        return self.item or self.id

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


class Hint(Form):
    """A sentence shown where answers make it fit: all of ``when_all``, and one of ``when_any``. It is never applied."""

    when_all: dict[str, OneOf] = Field(default_factory=dict)
    when_any: dict[str, OneOf] = Field(default_factory=dict)
    text: str = ""

    def fits(self, counted: Mapping[str, str]) -> bool:
        """Whether it is shown, given the answers that count so far; 'not asked' fits a question that is not asked."""
        if not all(counted.get(q, "") in answers for q, answers in self.when_all.items()):
            return False
        return not self.when_any or any(counted.get(q, "") in answers for q, answers in self.when_any.items())


class Refusal(Form):
    """Answers that contradict each other: all of ``when`` together are refused, with ``why``."""

    when: dict[str, OneOf] = Field(default_factory=dict)
    why: str = ""


class Domain(Form):
    """One domain. Two domains may share an id when each is for another effect of interest.

    ``judgement``: 'rules' or 'manual' where it differs from the tool's. ``judgements``: what is judged, ('bias',) or
    ('bias', 'applicability'); ``applicability`` says what the second asks. ``directions``: those of this domain, else the tool's.
    """

    id: str = ""
    label: str = ""
    effect: str = ""
    note: str = ""
    judgement: str = ""
    judgements: tuple[str, ...] = ("bias",)
    applicability: str = ""
    directions: tuple[str, ...] = ()
    questions: tuple[Question, ...] = Field((), alias="question")
    rules: tuple[Rule, ...] = Field((), alias="rule")
    hints: tuple[Hint, ...] = Field((), alias="hint")
    refusals: tuple[Refusal, ...] = Field((), alias="refuse")

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the domain in the order of its rules; ('',) where it has one only."""
        return tuple(dict.fromkeys(rule.part for rule in self.rules))

    def reached(self, answers: Mapping[str, str | None], given: Mapping[str, str] | None = None) -> tuple[Question, ...]:
        """The questions that are asked, given answers so far and preliminary facts.

        An answer to a question that is not asked opens nothing.
        """
        counted: dict[str, str] = dict(given or {})
        asked = []
        for question in self.questions:
            if question.asked(counted):
                asked.append(question)
                if answers.get(question.id):
                    counted[question.id] = str(answers[question.id])
        return tuple(asked)

    def answer_sets(self, given: Mapping[str, str] | None = None) -> Iterator[dict[str, str]]:
        """Every complete allowed set of answers with these preliminary facts; questions that are not asked are left out."""
        facts = dict(given or {})
        sets: Iterable[dict[str, str]] = [{}]
        for question in self.questions:
            sets = _extended(sets, question, facts)
        yield from (answers for answers in sets if not any(_contradicts(refusal, answers) for refusal in self.refusals))


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

    ``path``: the rules that fired, one a part. ``cells``: for tools of items, item -> level id, None while an answer is missing.
    ``missing``: what is asked and not answered, preliminary facts that open questions included (only a tool without rules lets it be).
    ``hints``: sentences that these answers call up; they decide nothing.
    """

    domain: str
    effect: str | None
    judgement: str | None
    level: str | None
    path: tuple[Step, ...] = ()
    cells: Mapping[str, str | None] | None = None
    missing: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def accept(
    domain: Domain, answers: Mapping[str, str | None], *, where: str, complete: bool, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The answers that count, in question order; with *complete*, every question that is asked must be answered.

    None and '' are no answer. An answer to a question that is not asked is refused, unless it is NA. *given*: preliminary facts.
    Raises AnswerRefused, which names the question, what was given, what is allowed, and why it is asked or not.
    """
    known = [question.id for question in domain.questions]
    for name in answers:
        if name not in known:
            raise AnswerRefused(f"there is no question {name!r}", where=where, expected=_or(known), next_step=near(str(name), known))
    counted: dict[str, str] = {}
    seen = dict(given or {})
    for question in domain.questions:
        said = answers.get(question.id)
        place = f"{where}, question {question.id}"
        if not question.asked(seen):
            if said not in (None, "", NA):
                raise AnswerRefused(
                    f"{said!r} was given, but the question is not asked",
                    where=place,
                    expected="no answer, or NA",
                    next_step=f"it is asked only when {question.condition()}; given: {_given(question, seen)}",
                )
        elif said in (None, ""):
            if complete:
                raise _refused(question, seen, place, "no answer was given")
        elif said not in question.options:
            kind = "NA was given, but the question is asked" if said == NA else f"{said!r} was given"
            raise _refused(question, seen, place, kind)
        else:
            counted[question.id] = seen[question.id] = str(said)
    for refusal in domain.refusals:
        if _contradicts(refusal, counted):
            together = " and ".join(f"{name} = {counted[name]}" for name in refusal.when)
            raise AnswerRefused(f"{together} contradict each other", where=where, expected="one of them at most", next_step=refusal.why)
    return counted


def decide(
    domain: Domain, counted: Mapping[str, str], levels: Sequence[Level], *, effect: str | None, given: Mapping[str, str] | None = None
) -> Judged:
    """The judgement that the rules of a domain propose for accepted answers: in each part one rule fires, the worst part counts."""
    by_id = {level.id: level for level in levels}
    path = []
    for part in domain.parts:
        rule = next(rule for rule in domain.rules if rule.part == part and rule.fires(counted))
        behind = _answers_behind(domain, rule, {**(given or {}), **counted})
        path.append(Step(rule.id, part, rule.then, by_id[rule.then].label, rule.because, behind))
    worst = max((by_id[step.level] for step in path), key=rank)
    return Judged(domain.id, effect, worst.label, worst.id, tuple(path))


def hints(domain: Domain, counted: Mapping[str, str], given: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The sentences of a domain that its answers so far call up."""
    if not domain.hints:
        return ()
    facts = dict(given or {})
    asked = {question.id for question in domain.reached(counted, facts)}
    seen = {question.id: NOT_ASKED for question in domain.questions if question.id not in asked} | facts | dict(counted)
    return tuple(hint.text for hint in domain.hints if hint.fits(seen))


def level_named(name: str, levels: Sequence[Level], *, where: str) -> Level:
    """The level of this id or label. Raises InputRefused, with near matches."""
    for level in levels:
        if name in (level.id, level.label):
            return level
    labels = [level.label for level in levels]
    raise InputRefused(f"{name!r} is no level of this tool", where=where, expected=_or(labels), next_step=near(str(name), labels))


def rank(level: Level) -> int:
    """The place of a level in the order; what stands outside it comes before all."""
    return -1 if level.rank is None else level.rank


def _contradicts(refusal: Refusal, counted: Mapping[str, str]) -> bool:
    return all(counted.get(name) in answers for name, answers in refusal.when.items())


def _extended(sets: Iterable[dict[str, str]], question: Question, facts: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for counted in sets:
        if question.asked({**facts, **counted}):
            for option in question.options:
                yield {**counted, question.id: option}
        else:
            yield counted


def _answers_behind(domain: Domain, rule: Rule, seen: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The answers that a rule names, with those and the preliminary facts that opened or closed the questions behind them."""
    questions = {question.id: question for question in domain.questions}
    wanted, used = list(rule.when), set()
    while wanted:
        name = wanted.pop()
        if name in used:
            continue
        used.add(name)
        for earlier, answers in questions[name].behind if name in questions else ():
            # an asked question is explained by the answers that opened it, one not asked by all that kept it closed
            if name not in seen or seen.get(earlier) in answers:
                wanted.append(earlier)
    return tuple((name, answer) for name, answer in seen.items() if name in used)


def _refused(question: Question, counted: Mapping[str, str], place: str, found: str) -> AnswerRefused:
    note = f"; {question.note}" if question.note else ""
    return AnswerRefused(found, where=place, expected=_or(question.options), next_step=question.reason(counted) + note)


def _given(question: Question, counted: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(f"{name} = {counted.get(name, NOT_ASKED)}" for name, _ in question.behind))


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1] if words else "nothing"
