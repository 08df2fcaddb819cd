"""Whether two names mean one journal or one meeting: written out, abbreviated, or as letters. A sister journal's name is another."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST_NAME = 300  # letters, of which a journal's name is known
_LITTLE = frozenset("the of and in for on at a an de la le les des du et der die das und fur y e i del della di".split())
_MEETINGS = frozenset("conference congress symposium workshop proceedings meeting".split())
_WHICH = re.compile(r"\d+(?:st|nd|rd|th)|[a-z]+(?:teenth|tieth)|first|second|third|fourth|fifth|sixth|annual|proceedings|proc|vols?|joint")
_FURTHER = re.compile(
    r"\s*(?:[:;=]|\.|\s[/-])\s*(?:the |an? |le |la )?"
    r"(?:offici|journal|international\b|publication|conference|proceedings|incorporating|zeitschrift|abstract).*"
    r"|\s*[/=]\s.*"  # a parallel title
    r"|\s*\((?!.*(?:volume|section|series|part|br|am)\b)[^()]*\)\.?$"  # a place, a publisher, an ISSN
    r"|\s*\[[^\][]*\]\.?$",
    re.IGNORECASE,
)
_OF_MEETING = re.compile(rf"(?:[A-Z]{{3,8}}|.*\b(?i:{'|'.join(sorted(_MEETINGS))})\b.*?)(?=\s*(?::|\s-\s))")


def main_name(printed: str) -> str:
    """The name without what may be left out: 'Stroke; a journal of cerebral circulation' is 'Stroke', 'Circulation: Heart Failure' itself.

    Behind the name of a meeting, or its letters, stands what that year's is called.
    """
    name = _FURTHER.sub("", printed.replace("'", "").replace("\u2019", "")) or printed
    meeting = _OF_MEETING.match(name) if ":" in name or " - " in name else None
    return meeting[0] if meeting else name


@lru_cache(maxsize=1 << 16)
def alike(one: str, other: str) -> float:
    """How much two folded names are one, 0 to 100, the same either way.

    100 for the same words, 95 for an abbreviation of each, 90 for letters. Below 80 for all others, however much they resemble each other:
    one more word, or another, is another journal (Diabetes and Diabetes Care). 79 where one name begins with the other, which may also be
    a name that grew.
    """
    from rapidfuzz import fuzz

    a, b = sorted((_words(one), _words(other)))
    if a == b:
        return 100.0
    if len(a) == len(b) > 1 and all(_one_word(x, y) for x, y in zip(a, b, strict=True)):
        return 95.0
    if any(_spelt_by(word, b) for word in a if 3 < len(word) < 9) or any(_spelt_by(word, a) for word in b if 3 < len(word) < 9):
        return 90.0
    if all(_one_word(x, y) for x, y in zip(a, b, strict=False)):
        return 79.0
    return min(float(fuzz.token_sort_ratio(" ".join(a), " ".join(b))), 74.0)


@lru_cache(maxsize=1 << 14)
def _words(name: str) -> tuple[str, ...]:
    """Those by which a name is known; of a meeting not which one it was."""
    words = tuple(word.replace("ae", "e").replace("oe", "e") for word in name.split(" "))
    kept = tuple(word for word in words if word not in _LITTLE and not word.isdigit())
    if not _MEETINGS.isdisjoint(kept):
        kept = tuple(word for word in kept if not _WHICH.fullmatch(word)) or kept
    return kept or words


def _one_word(a: str, b: str) -> bool:
    """'j' shortens 'journal', 'natl' 'national'."""
    short, long = sorted((a, b), key=len)
    if long.startswith(short):
        return True
    if len(short) < 3 or short[0] != long[0] or short[-1] != long[-1] or len(short) == len(long):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _spelt_by(letters: str, name: tuple[str, ...]) -> bool:
    """Whether *letters* are beginnings, of one to three letters, of three words or more that follow one another.

    'amcis' is AMericas Conference Information Systems.
    """
    for start in range(len(name) - 2):
        if name[start][0] != letters[0]:
            continue
        ends = {0}  # of *letters*, to which the words up to here can have spelt
        for k, word in enumerate(name[start:], start=1):
            ends = {end + n for end in ends for n in (1, 2, 3) if letters[end : end + n] == word[:n] and end + n <= len(letters)}
            if k > 2 and len(letters) in ends:
                return True
            if not ends:
                break
    return False
