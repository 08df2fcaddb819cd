"""What people, dates, acronyms and sizes say of whether an article reports a registered trial, each alone; pure, without tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from review.studies.link_values import text_of, texts, year_of
from review.text import fold_word

_PROTOCOL = re.compile(
    r"\b(?:protocol|study design|trial design|design and rationale|rationale and design|rationale, design|design and methods|"
    r"statistical analysis plan|baseline characteristics|methods and design)\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"^\s*(?:comment on|correction|erratum|corrigendum|editorial|reply|letter)\b|\b(?:review|overview|perspectives?|evidence to date)\b",
    re.IGNORECASE,
)
_DEGREE = re.compile(r"\b(?:M\.?D\.?|Ph\.?D\.?|Prof\.?|Dr\.?|M\.?Sc\.?|MPH|FRCP|Professor|Doctor|Jr\.?|PharmD|RN|DO|MBBS)(?=\W|$)")
_NUMBER = re.compile(r"(?<![\d.,/])\d{1,3}(?:[ ,\u2009\u202f]\d{3})+(?![\d])|(?<![\d.,/])\d{2,6}(?![\d.,]\d|\d|%)")
_LISTED = re.compile(r"\s*[^,\s][^,]*\s[A-Z][A-Z.\-]{0,3}\s*(?:,\s*[^,\s][^,]*\s[A-Z][A-Z.\-]{0,3}\s*)+,?")  # Hale R, Ito KM
_USUAL = frozenset({"NA", "NONE", "TRIAL", "STUDY", "N/A", "TEST", "RCT"})


@dataclass(frozen=True, slots=True)
class Person:
    """A family name as a key, and the first letter of a given name, '' where none is stated."""

    family: str
    initial: str


def people(row: Mapping[str, Any], column: str) -> list[Person]:
    """The persons of a cell: 'Hale, Rosa', 'Hale R', 'Rosa Hale, MD', several parted by ';' or 'and', or as 'Hale R, Ito K'."""
    named = [one for part in texts(row, column) for one in part.split(" and ")]
    listed = [name for part in named for name in (part.split(",") if _LISTED.fullmatch(part) else [part])]
    return [person for name in listed if (person := _person(name)) is not None]


@lru_cache(maxsize=200_000)
def _person(name: str) -> Person | None:
    plain = _DEGREE.sub("", name).strip(" ,.")
    family, comma, given = plain.partition(",")
    if not (comma and given.strip(" ,.")):
        parts = family.split()
        if len(parts) < 2:
            family, given = family, ""
        elif parts[-1].isupper() and len(parts[-1].replace(".", "")) <= 3:  # Hale RM
            family, given = " ".join(parts[:-1]), parts[-1]
        else:  # Rosa M. Hale
            family, given = parts[-1], parts[0]
    key = fold_word(family)
    return Person(key, fold_word(given)[:1]) if len(key) > 1 else None


def same_person(one: Person, other: Person) -> bool:
    """Whether family names agree, and initials where both have one."""
    return one.family == other.family and (not one.initial or not other.initial or one.initial == other.initial)


@dataclass(frozen=True, slots=True)
class Acronym:
    """What a trial is called for short."""

    text: str
    pattern: re.Pattern[str]

    def within(self, text: str) -> bool:
        """Whether it stands in *text* as a word, in its own letters."""
        return self.pattern.search(text) is not None


def acronyms(trial: Mapping[str, Any]) -> list[Acronym]:
    """The trial's acronyms; none that is too short, or a usual word in small letters."""
    found = [one.strip() for one in re.split(r"[;,/]", text_of(trial.get("acronym"))) if len(one.strip()) >= 3]
    return [_acronym(one) for one in found if one.upper() not in _USUAL and (one != one.lower() or any(map(str.isdigit, one)))]


@lru_cache(maxsize=10_000)
def _acronym(text: str) -> Acronym:
    letters = r"[\s\-\u2010-\u2015]?".join(map(re.escape, re.split(r"[\s\-\u2010-\u2015]+", text)))
    return Acronym(text, re.compile(rf"(?<!\w){letters}(?!\w)"))


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """What a registration states of itself besides words: acronyms, people, years, number of participants."""

    acronyms: tuple[Acronym, ...]
    people: tuple[Person, ...]
    start: int | None
    end: int | None
    size: int | None


def trial_facts(trial: Mapping[str, Any]) -> TrialFacts:
    """These facts from the cells of a table; a number of participants below ten says nothing."""
    size = text_of(trial.get("enrollment"))
    return TrialFacts(
        tuple(acronyms(trial)), tuple(people(trial, "investigators")), year_of(trial, "start_date"), year_of(trial, "completion_date"),
        int(size) if size.isdigit() and int(size) >= 10 else None,
    )  # fmt: skip


def letters_of(text: str) -> str:
    """Letters and digits alone, in small letters: 'SUN-UP' as 'sunup'."""
    return "".join(filter(str.isalnum, text)).casefold()


def shouted(title: str) -> set[str]:
    """The words of *title* that may be acronyms, as letters: those with two capitals, or with a capital and a digit."""
    words = (word for word in title.split() if sum(map(str.isupper, word)) + any(map(str.isdigit, word)) >= 2)
    return {letters for word in words if len(letters := letters_of(word)) >= 3}


def dated(start: int | None, end: int | None, published: int | None) -> float:
    """How well the year of publication goes with the years in which the trial began and ended, from 0 to 1; 0.3 where one is not stated."""
    if published is None or (start is None and end is None):
        return 0.3
    if start is not None and published < start:
        return 0.0
    if end is None:
        return 0.6 if start is not None and published - start <= 8 else 0.2
    after = published - end
    if after < 0:
        return 0.3
    return 1.0 if after <= 3 else 0.7 if after <= 5 else 0.3 if after <= 10 else 0.1


def numbers_in(text: str) -> frozenset[int]:
    """The whole numbers in *text*, with or without a mark of thousands."""
    return frozenset(int(re.sub(r"\D", "", found)) for found in _NUMBER.findall(text))


def kind_of(title: str, reviews: re.Pattern[str]) -> str:
    """'protocol' or 'review' by the title of an article that is not one of results; '' for any other."""
    if reviews.search(title) or _ANOTHER.search(title):
        return "review"
    return "protocol" if _PROTOCOL.search(title) else ""
