"""The rules of link_rules.toml: read, and refused where one is not complete."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from review.errors import InputRefused

LINK_RULES_VERSION = 3
NOTICE_ABOUT, NOTICE_OF_TITLE = "notice_about", "notice_of_title"
SECONDARY_NUMBER, SHARED_NUMBER = "secondary_number", "shared_number"
Between = Literal["registration and article", "two registrations", "notice and article"]
_BETWEEN: tuple[Between, ...] = ("registration and article", "two registrations", "notice and article")
_PARTS = {"rule": ("between",), "doubt": ("against",)}


@dataclass(frozen=True, slots=True)
class LinkRule:
    """When a report belongs to a study. A doubt asks a person about what the rules in ``against`` found. ``example`` is a pair it names."""

    id: str
    version: int
    outcome: Literal["link", "review"]
    says: str
    source: str
    between: Between
    against: tuple[str, ...]
    example: tuple[Mapping[str, Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LinkBook:
    """Rules and doubts in the order in which they are asked, and the words and the limit that doubts go by."""

    rules: Mapping[str, LinkRule]
    doubts: Mapping[str, LinkRule]
    trials_in_one_article: int
    cited_as_other: re.Pattern[str]
    reviews_of_trials: re.Pattern[str]

    def named(self, rule: str) -> LinkRule | None:
        """The rule or doubt of that id; None for 'person' and rules of former versions."""
        return self.rules.get(rule) or self.doubts.get(rule)


@cache
def link_book() -> LinkBook:
    """The rules that the package carries."""
    return read_link_rules((files("review.studies") / "link_rules.toml").read_text(encoding="utf-8"))


def read_link_rules(text: str) -> LinkBook:
    """A book from TOML; raises InputRefused for a rule that lacks a part, says what it cannot, or has an id that is taken."""
    given = tomllib.loads(text)
    found = {kind: [_rule(kind, one) for one in given.get(kind, ())] for kind in _PARTS}
    ids = [rule.id for kind in _PARTS for rule in found[kind]]
    if len(set(ids)) < len(ids):
        raise InputRefused("two rules have one id", where=", ".join(sorted({i for i in ids if ids.count(i) > 1})))
    rules, doubts = ({rule.id: rule for rule in found[kind]} for kind in _PARTS)
    for doubt in doubts.values():
        if unknown := [name for name in doubt.against if name not in rules]:
            raise InputRefused(f"the doubt {doubt.id!r} is against rules that are not there", where=", ".join(unknown))
    words = (re.compile(r"\b(?:" + "|".join(map(re.escape, given[name])) + r")\b", re.IGNORECASE) for name in _WORDS)
    return LinkBook(rules, doubts, given["trials_in_one_article"], *words)


_WORDS = ("cited_as_other", "reviews_of_trials")


def _rule(kind: str, given: Mapping[str, Any]) -> LinkRule:
    parts = ("id", "version", "outcome", "says", "source", *_PARTS[kind], "example")
    missing = [part for part in parts if not given.get(part)]
    if missing:
        raise InputRefused(f"a {kind} lacks {', '.join(missing)}", where=str(given.get("id", "")))
    expected = ("link", "review") if kind == "rule" else ("review",)
    if given["outcome"] not in expected:
        raise InputRefused(f"a {kind} cannot have the outcome {given['outcome']!r}", where=given["id"], expected=", ".join(expected))
    between = given.get("between", _BETWEEN[0])
    if between not in _BETWEEN:
        raise InputRefused(f"a rule cannot be between {between!r}", where=given["id"], expected="; ".join(_BETWEEN))
    a, b = given["example"]
    return LinkRule(
        given["id"], given["version"], given["outcome"], given["says"], given["source"], between, tuple(given.get("against", ())), (a, b)
    )
