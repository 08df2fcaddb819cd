"""The rules of rules.toml: read, refused where one is not complete, and asked whether they hold of pairs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from importlib.resources import files
from operator import and_, eq, ne
from typing import TYPE_CHECKING, Any, Literal

from review.errors import InputRefused

if TYPE_CHECKING:
    import numpy as np

RULES_VERSION = 3  # of the rules as a whole: changed whenever an outcome may change
Outcome = Literal["merge", "review", "distinct"]
_CONDITION = re.compile(
    r"(?P<field>[a-z_]+) (?:(?P<than>>=|<|not >=|not <) (?P<number>\d+)|(?P<word>same|different|in part|unknown|not same|not different))"
)
_LEVELS = {"same": 1.0, "different": -1.0, "in part": 0.0}
# NaN, where one of two records states nothing, is neither above nor below nor equal
_COMPARE: Mapping[str, Callable[[np.ndarray, float], np.ndarray]] = {
    ">=": lambda score, limit: score >= limit,
    "<": lambda score, limit: score < limit,
    "not <": lambda score, limit: ~(score < limit),
    "not >=": lambda score, limit: ~(score >= limit),
    "unknown": lambda score, limit: score != score,
    "not": ne,
    **dict.fromkeys(_LEVELS, eq),
}
_OUTCOMES = {"rule": ("merge", "review"), "veto": ("distinct", "review")}


@dataclass(frozen=True, slots=True)
class Rule:
    """When two records are one document, may be, or are not; all conditions of ``when`` must hold. ``example`` is a pair it decides."""

    id: str
    version: int
    outcome: Outcome
    says: str
    source: str
    when: tuple[str, ...]
    example: tuple[Mapping[str, Any], Mapping[str, Any]]

    def holds(self, scores: Mapping[str, np.ndarray]) -> np.ndarray:
        """For each pair, whether every condition holds."""
        return reduce(and_, (_holds(condition, scores) for condition in self.when))


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The vetoes and the rules in the order in which they are asked, and the words of each axis and language, the titles that return."""

    vetoes: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    axes: tuple[tuple[str, tuple[str, ...]], ...]
    standing: tuple[str, ...]
    tongues: Mapping[str, frozenset[str]]


@cache
def rule_book() -> RuleBook:
    """The rules that the package carries."""
    return read_rules((files("review.studies.duplicates") / "rules.toml").read_text(encoding="utf-8"))


def read_rules(text: str) -> RuleBook:
    """A rule book from TOML; raises InputRefused for a rule that lacks a part, has an unknown condition, or an id that is taken."""
    given = tomllib.loads(text)
    axes = tuple((f"{axis}:{pole}", tuple(words)) for axis, poles in given["axes"].items() for pole, words in poles.items())
    vetoes, rules = (tuple(_rule(kind, one) for one in given[kind]) for kind in ("veto", "rule"))
    tongues = {tongue: frozenset(words) for tongue, words in given["tongues"].items()}
    book = RuleBook(vetoes, rules, axes, tuple(given["standing_titles"]), tongues)
    ids = [rule.id for rule in (*book.vetoes, *book.rules)]
    if len(set(ids)) < len(ids):
        raise InputRefused("two rules have one id", where=", ".join(sorted({i for i in ids if ids.count(i) > 1})))
    return book


def _rule(kind: str, given: Mapping[str, Any]) -> Rule:
    missing = [part for part in ("id", "version", "outcome", "says", "source", "when", "example") if not given.get(part)]
    if missing:
        raise InputRefused(f"a {kind} lacks {', '.join(missing)}", where=str(given.get("id", "")))
    if given["outcome"] not in _OUTCOMES[kind]:
        raise InputRefused(f"a {kind} cannot have the outcome {given['outcome']!r}", where=given["id"], expected=", ".join(_OUTCOMES[kind]))
    for condition in given["when"]:
        if not _CONDITION.fullmatch(condition):
            raise InputRefused(f"{condition!r} is no condition", where=given["id"], expected="'title >= 95', 'pages not different'")
    a, b = given["example"]
    return Rule(given["id"], given["version"], given["outcome"], given["says"], given["source"], tuple(given["when"]), (a, b))


def _holds(condition: str, scores: Mapping[str, np.ndarray]) -> np.ndarray:
    field, than, limit = _read(condition)
    if field not in scores:
        raise InputRefused(f"{condition!r} names no score", expected=", ".join(scores))
    return _COMPARE[than](scores[field], limit)


@cache
def _read(condition: str) -> tuple[str, str, float]:
    """(score, how it is compared, with which number) of a condition that was found complete."""
    said = _CONDITION.fullmatch(condition)
    if said is None:
        raise InputRefused(f"{condition!r} is no condition")
    if said["number"]:
        return said["field"], said["than"], float(said["number"])
    word = said["word"]
    return said["field"], word.partition(" ")[0] if word.startswith("not ") else word, _LEVELS.get(word.removeprefix("not "), 0.0)


def fields_of(rule: Rule) -> tuple[str, ...]:
    """The fields that *rule* compares, in its order."""
    return tuple(dict.fromkeys(condition.split(" ", 1)[0] for condition in rule.when))
