"""Whether two names mean one journal or one meeting: written out, abbreviated, or as letters."""

from __future__ import annotations

from functools import lru_cache

_LITTLE = frozenset("the of and in for on at a an de la le les des du et der die das und fur y e i del della di".split())
_OF_MEETINGS = frozenset("proceedings proc annual conference international symposium meeting".split())


@lru_cache(maxsize=1 << 16)
def alike(one: str, other: str) -> float:
    """How much two folded names are one, 0 to 100, the same either way: 100 for the same words, 95 for an abbreviation, 90 for letters."""
    from rapidfuzz import fuzz

    a, b = sorted((_words(one), _words(other)), key=lambda words: (sum(map(len, words)), words))
    if a == b:
        return 100.0
    if _abbreviates(a, b):
        return 95.0
    if any(_spelt_by(word, b) for word in a if 3 < len(word) < 9) or any(_spelt_by(word, a) for word in b if 3 < len(word) < 9):
        return 90.0
    return float(fuzz.token_sort_ratio(" ".join(a), " ".join(b)))


def _words(name: str) -> tuple[str, ...]:
    kept = tuple(word for word in name.split(" ") if word not in _LITTLE and not word.isdigit())
    return kept or tuple(name.split(" "))


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether each word of *short* shortens a word of *long*, in order, from the first word on; what is left of *long* is a subtitle."""
    if not short or not _shortens(short[0], long[0]):
        return False
    at = 0
    for word in short:
        while at < len(long) and not _shortens(word, long[at]):
            at += 1
        if at == len(long):
            return False
        at += 1
    return len(short) > 1 or len(long) == 1 or short[0] == long[0]


def _shortens(short: str, long: str) -> bool:
    """'j' shortens 'journal', 'natl' 'national'."""
    if long.startswith(short):
        return True
    if len(short) < 3 or short[0] != long[0] or short[-1] != long[-1] or len(short) >= len(long):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _spelt_by(letters: str, name: tuple[str, ...]) -> bool:
    """Whether *letters* are beginnings of words of *name*, in order: 'amcis' is AMericas Conference Information Systems."""
    if sum(word[0] in letters for word in name[:12]) < 3:
        return False
    text = " " + " ".join(name[:12])[:120]
    starts = {k + 1 for k, letter in enumerate(text) if letter == " " and text[k + 1 : k + 2] == letters[0]}
    for letter in letters[1:]:
        words = {k + 1 for k in range(min(starts, default=len(text)), len(text)) if text[k] == " " and text[k + 1 : k + 2] == letter}
        starts = {k + 1 for k in starts if text[k + 1 : k + 2] == letter} | {w for w in words if any(k < w for k in starts)}
        if not starts:
            return False
    return True
