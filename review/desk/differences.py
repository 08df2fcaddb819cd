"""Which words of two texts differ, for two records beside one another; it says so in words too, for those who see no tint.

Case, punctuation at the ends of a word and blanks count for nothing; hyphens and slashes part words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

State = Literal["same", "alike", "differs", "other", "first_only", "second_only", "neither"]
Run = tuple[str, bool]  # a piece of the text, and whether the other text has it otherwise

# A sign of a script that is written without blanks is a word; any other word ends at a blank, a hyphen, a dash or a slash.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\s\-\u2010-\u2015/\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
MOST = 6_000  # pairs of equal words up to which the order of the words is compared; of more only which words the other has not
NAMED = 6  # so many words that differ are named, more are counted
ALIKE, FEW = 0.5, 12  # where fewer of the words are in both, the single words of a text longer than this are not marked: all would be


@dataclass(frozen=True, slots=True)
class Difference:
    """Two texts in runs, and how they differ: ``state`` for the eye, ``says`` in words."""

    first: tuple[Run, ...]
    second: tuple[Run, ...]
    state: State
    says: str


def difference(first: str, second: str, names: tuple[str, str] = ("A", "B")) -> Difference:
    """How the texts *first* and *second* differ, word by word; *names* are what the two are called in words.

    >>> difference("Gum in women", "Gum in men").first
    (('Gum in ', False), ('women', True))
    """
    if not first.strip() or not second.strip():
        return _one_sided(first, second, names)
    spans = [list(_WORD.finditer(text)) for text in (first, second)]
    keys = [[_key(span[0]) for span in found] for found in spans]
    if keys[0] == keys[1]:
        same = first == second
        return Difference(((first, False),), ((second, False),), "same" if same else "alike", "the same" if same else _SMALL)
    both, apart = _apart(keys[0], keys[1])
    total = max(len(keys[0]), len(keys[1]))
    if both < ALIKE * total and total > FEW:
        says = f"{both:,} of {total:,} words are in both"
        return Difference(((first, False),), ((second, False),), "other", says)
    runs = [tuple(_runs(text, found, marked)) for text, found, marked in zip((first, second), spans, apart, strict=True)]
    said = [_named(own, len(marked), name) for own, marked, name in zip(runs, apart, names, strict=True)]
    return Difference(runs[0], runs[1], "differs", "; ".join(filter(None, said)))


_SMALL = "the same but for case, punctuation or blanks"


def _one_sided(first: str, second: str, names: tuple[str, str]) -> Difference:
    if first.strip():
        return Difference(((first, False),), (), "first_only", f"only {names[0]} states it")
    if second.strip():
        return Difference((), ((second, False),), "second_only", f"only {names[1]} states it")
    return Difference((), (), "neither", "neither states it")


def _bare(word: str) -> str:
    """*word* without the signs at its ends; one of signs alone as it is."""
    start, end = 0, len(word)
    while start < end and unicodedata.category(word[start])[0] in "PSZC":
        start += 1
    while end > start and unicodedata.category(word[end - 1])[0] in "PSZC":
        end -= 1
    return word[start:end] or word


def _key(word: str) -> str:
    """By what a word is compared."""
    return _bare(unicodedata.normalize("NFKC", word).casefold())


def _apart(first: Sequence[str], second: Sequence[str]) -> tuple[int, tuple[set[int], set[int]]]:
    """How many words the two have in common, and the places of those that they have not."""
    start, ends = _alike_at(first, second), (len(first), len(second))
    end = min(_alike_at(first[::-1], second[::-1]), min(ends) - start)
    inner = [words[start : len(words) - end] for words in (first, second)]
    counted = [Counter(words) for words in inner]
    if sum(n * counted[1][word] for word, n in counted[0].items()) > MOST:
        common = counted[0] & counted[1]
        within = common.total(), (_beyond(inner[0], common), _beyond(inner[1], common))
    else:
        blocks = SequenceMatcher(None, inner[0], inner[1], autojunk=False).get_matching_blocks()
        in_both = [{getattr(block, side) + n for block in blocks for n in range(block.size)} for side in "ab"]
        within = len(in_both[0]), (set(range(len(inner[0]))) - in_both[0], set(range(len(inner[1]))) - in_both[1])
    both, apart = within
    return start + end + both, ({at + start for at in apart[0]}, {at + start for at in apart[1]})


def _alike_at(first: Sequence[str], second: Sequence[str]) -> int:
    """With how many equal words the two begin."""
    return next((at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second)))


def _beyond(words: Sequence[str], common: Counter[str]) -> set[int]:
    """The places of *words* that are more than what is *common*."""
    left = common.copy()
    apart = set[int]()
    for at, word in enumerate(words):
        if left[word]:
            left[word] -= 1
        else:
            apart.add(at)
    return apart


def _runs(text: str, spans: Sequence[re.Match[str]], apart: set[int]) -> Iterator[Run]:
    """*text* in runs; words that differ one after the other are one run, with what stands between them."""
    at, place = 0, 0
    while place < len(spans):
        if place not in apart:
            place += 1
            continue
        last = place
        while last + 1 in apart:
            last += 1
        start, end = spans[place].start(), spans[last].end()
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at, place = end, last + 1
    if at < len(text):
        yield text[at:], False


def _named(runs: Sequence[Run], words: int, name: str) -> str:
    if not words:
        return ""
    if words > NAMED:
        return f"only {name}: {words:,} words"
    # each in an isolate, so that words of another direction keep their place in the sentence
    return f"only {name}: " + ", ".join(f"'\u2068{_bare(text)}\u2069'" for text, apart in runs if apart)
