"""Proof that the rules of a domain are complete and exclusive: for every allowed set of answers exactly one fires in each part.

Conditions and rules only ask whether an answer is in a set. Answers that stand in the same sets are interchangeable, so one of each kind
stands for all: the proof is exact, and covers thousands of sets of answers by a few dozen cases.
"""

from __future__ import annotations

from collections.abc import Sequence

from review.bias.algorithm import NOT_ASKED, Domain, Question, Rule

MOST_CASES = 20_000
MOST_EXAMPLES = 3


def gaps(domain: Domain, openers: Sequence[Question] = ()) -> list[tuple[str, str]]:
    """What is wrong with the rules of a domain, as (rule or '', sentence with an example).

    Empty when they are complete and exclusive and every rule can fire. Expects that rules and conditions name known questions and
    answers. *openers*: preliminary facts that open questions.
    """
    found: list[tuple[str, str]] = []
    for part in domain.parts:
        search = _Search([*openers, *domain.questions], tuple(rule for rule in domain.rules if rule.part == part))
        search.walk(0, {}, search.rules)
        place = f" in part {part}" if part else ""
        if search.cases > MOST_CASES:
            found.append(("", f"too many different answers{place} to check the rules; accepted: fewer questions a part, or more parts"))
            continue
        found += [("", f"no rule fires{place} for {example}") for example in search.open[:MOST_EXAMPLES]]
        for (first, second), example in list(search.double.items())[:MOST_EXAMPLES]:
            found.append((second, f"{first} and {second} both fire{place} for {example}"))
        found += [(rule.id, f"rule {rule.id} can never fire") for rule in search.rules if rule.id not in search.fired]
    return found


def never_asked(domain: Domain, openers: Sequence[Question] = ()) -> list[str]:
    """The questions of a domain that no allowed set of answers opens. One that cannot be settled in bounded time counts as opened."""
    questions = [*openers, *domain.questions]
    return [question.id for question in domain.questions if question.conditional and not _can_be_asked(question, questions)]


def _can_be_asked(question: Question, questions: Sequence[Question]) -> bool:
    """Whether some answers to the questions behind *question* open it: as a rule that needs one of its answers."""
    needs = Rule(id="it", when={question.id: question.options})
    search = _Search(questions, (needs,))
    search.walk(0, {}, search.rules)
    return "it" in search.fired or search.cases > MOST_CASES


class _Search:
    """A walk over all cases of one part's questions, in order, which leaves a branch as soon as its one rule is settled."""

    def __init__(self, questions: Sequence[Question], rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.cases = 0
        self.open: list[str] = []
        self.double: dict[tuple[str, str], str] = {}
        self.fired: set[str] = set()
        by_id = {question.id: question for question in questions}
        wanted = [name for rule in rules for name in rule.when]
        needed: set[str] = set()
        while wanted:
            name = wanted.pop()
            if name not in needed:
                needed.add(name)
                wanted += [earlier for earlier, _ in by_id[name].behind]
        self.questions = [question for question in questions if question.id in needed]
        self.last = {rule.id: max(i for i, question in enumerate(self.questions) if question.id in rule.when) for rule in rules}
        self.kinds = {question.id: self._one_of_each_kind(question) for question in self.questions}

    def _one_of_each_kind(self, question: Question) -> list[str]:
        told_apart = [rule.when[question.id] for rule in self.rules if question.id in rule.when]
        told_apart += [answers for later in self.questions for name, answers in later.behind if name == question.id]
        kinds: dict[tuple[bool, ...], str] = {}
        for option in question.options:
            kinds.setdefault(tuple(option in answers for answers in told_apart), option)
        return list(kinds.values())

    def walk(self, at: int, counted: dict[str, str], alive: tuple[Rule, ...]) -> None:
        self.cases += 1
        if self.cases > MOST_CASES:
            return
        example = ", ".join(f"{name} = {answer}" for name, answer in counted.items())
        if not alive:
            self.open.append(example)
        elif len(alive) == 1 and self.last[alive[0].id] < at:
            self.fired.add(alive[0].id)
        elif at == len(self.questions):
            self.fired.update(rule.id for rule in alive)
            self.double.setdefault((alive[0].id, alive[1].id), example)
        else:
            question = self.questions[at]
            options = self.kinds[question.id] if question.asked(counted) else [NOT_ASKED]
            for option in options:
                left = tuple(rule for rule in alive if question.id not in rule.when or option in rule.when[question.id])
                self.walk(at + 1, counted if option == NOT_ASKED else {**counted, question.id: option}, left)
