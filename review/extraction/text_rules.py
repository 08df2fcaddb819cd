"""Proposes numbers that an article states in fixed words, each with its lines; where two places differ it proposes nothing.

The rules are data (text_rules.toml), in a grammar without patterns: a text is cut into words once, and a phrase is laid against it word by
word, so that the time grows with the length of the text and with nothing else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from review.extraction.prefill import Prefilled
from review.model.extraction import CellKey

TOOL = "tool:text-rules@1"
_TOKEN = re.compile(r"\d+(?:,\d{3})*(?:[.·]\d+)?|[^\W\d_]+(?:[-'’][^\W\d_]+)*|\S")
_PART = re.compile(r"(?:<([a-z]+)>|\{([a-z]+)\}|(\S+?))(\?)?$")
# before a number these say that it is a bound, a part of a range, or one that is not meant as it stands
_BEFORE = frozenset("than least most about approximately around nearly almost over to - – — / ~ < > ≤ ≥ ± : up".split())
_ENDS = frozenset(".?!")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, number or sign of a text, in small letters, with the number of its line."""

    text: str
    printed: str
    line: int


@dataclass(frozen=True, slots=True)
class Part:
    """One place of a phrase: a number by name, or one of these words; it may be absent where it is optional."""

    number: str
    words: frozenset[str]
    optional: bool


@dataclass(frozen=True, slots=True)
class TextRule:
    """One rule: what it says, its phrases, which number is the value of which item in which unit, and what silences it."""

    id: str
    says: str
    phrases: tuple[tuple[Part, ...], ...]
    gives: Mapping[str, str]
    units: Mapping[str, str]
    not_with: tuple[tuple[Part, ...], ...]
    example: str
    found: Mapping[str, str]
    silent: tuple[str, ...]


@cache
def text_rules() -> tuple[TextRule, ...]:
    """The rules that ship, in their order."""
    content = tomllib.loads(resources.files("review.extraction").joinpath("text_rules.toml").read_text(encoding="utf-8"))
    lists, never = content["words"], content["never"]
    return tuple(
        TextRule(
            one["id"], one["says"], tuple(_phrase(phrase, lists) for phrase in one["phrases"]), one["gives"], one["units"],
            tuple(_phrase(phrase, lists) for phrase in (*never, *one["not_with"])), one["example"], one["found"], tuple(one["silent"]),
        )
        for one in content["rule"]
    )  # fmt: skip


def _phrase(words: str, lists: Mapping[str, Sequence[str]]) -> tuple[Part, ...]:
    parts = [_PART.match(word) for word in words.split()]
    return tuple(Part(p[1] or "", frozenset(lists[p[2]] if p[2] else [p[3]] if p[3] else ()), bool(p[4])) for p in parts if p is not None)


def found_in(text: Sequence[str]) -> list[Prefilled]:
    """What the rules propose from the lines of a text: an item once, with the lines of the words that say it, and the rule's sentence."""
    proposed: dict[str, list[Prefilled]] = {}
    for sentence in _sentences(text):
        said = frozenset(word.text for word in sentence)
        for rule in text_rules():
            for one in _by_rule(rule, sentence, said):
                proposed.setdefault(one.key.item, []).append(one)
    return [many[0] for many in proposed.values() if len({(one.value, one.unit) for one in many}) == 1]


def _sentences(text: Sequence[str]) -> Iterator[list[Word]]:
    """The words of each sentence; a blank line ends one too."""
    sentence: list[Word] = []
    for number, line in enumerate(text, start=1):
        words = list(_TOKEN.finditer(line))
        if not words and sentence:
            yield sentence
            sentence = []
        for word in words:
            ends = word[0] in _ENDS and (word.end() == len(line) or line[word.end()].isspace())
            if ends and sentence:
                yield sentence
                sentence = []
            elif not ends:
                sentence.append(Word(word[0].casefold(), word[0], number))
    if sentence:
        yield sentence


def _by_rule(rule: TextRule, sentence: Sequence[Word], said: frozenset[str]) -> Iterator[Prefilled]:
    phrases = [phrase for phrase in rule.phrases if _may_stand(phrase, said)]
    if not phrases or any(_may_stand(phrase, said) and _anywhere(phrase, sentence) for phrase in rule.not_with):
        return
    start = 0
    while start < len(sentence):
        numbers, end = _first(phrases, sentence, start)
        if end is not None:
            span = (sentence[start].line, sentence[end - 1].line)
            for name, item in rule.gives.items():
                if name in numbers:
                    value = numbers[name].printed.replace("·", ".")
                    yield Prefilled(CellKey(item=item), value, rule.units.get(name), span, f"by rule {rule.id}: {rule.says}")
        start = start + 1 if end is None else end  # what was read is not read again: of '38 of 45 patients' 45 is no second number


def _first(phrases: Sequence[tuple[Part, ...]], sentence: Sequence[Word], start: int) -> tuple[dict[str, Word], int | None]:
    """The numbers of the first phrase that stands at *start*, and where it ends; None where none does."""
    for phrase in phrases:
        numbers: dict[str, Word] = {}
        end = _laid(phrase, sentence, start, numbers)
        if end is not None and not (phrase[0].number and start and sentence[start - 1].text in _BEFORE):
            return numbers, end
    return {}, None


def _may_stand(phrase: Sequence[Part], said: frozenset[str]) -> bool:
    """Whether the sentence has a word for every part that needs one: most sentences are done with here."""
    return all(part.number or part.optional or not part.words.isdisjoint(said) for part in phrase)


def _anywhere(phrase: Sequence[Part], sentence: Sequence[Word]) -> bool:
    return any(_laid(phrase, sentence, start, {}) is not None for start in range(len(sentence)))


def _laid(phrase: Sequence[Part], sentence: Sequence[Word], start: int, numbers: dict[str, Word]) -> int | None:
    """Where the phrase ends when it begins at *start*, None where it does not stand there; an optional word is taken where it stands."""
    at = start
    for part in phrase:
        word = sentence[at] if at < len(sentence) else None
        fits = word is not None and (word.text[0].isdecimal() if part.number else word.text in part.words)
        if fits and word is not None:
            if part.number:
                numbers[part.number] = word
            at += 1
        elif not part.optional:
            return None
    return at
