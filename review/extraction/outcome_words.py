"""Whether two outcomes, or two time frames, are the same in words: normalised, word by word. It proposes, and knows no medicine.

Two measures are *the same* only where all their words are, after folding of capitals, accents, British and American spelling and the
plural, with abbreviations that either explains in brackets written out; words by which a register asks how many have it ('number of
participants with') make no other measure where one side alone has them. They are *alike* where at least half of the words that name what
is measured are shared, or where one names nothing that the other has not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

# Half of the words: 'overall survival' and 'progression-free survival' share 2 of 5 and are two outcomes; 'pain at rest' and 'pain on
# movement' share 2 of 4 and are asked about.
ALIKE = 50
# One letter wrong in a word of ten gives 90; 'hyperglycaemia' and 'hypoglycaemia' give 88 and must never be one word.
SAME_WORD = 90
_SMALL = frozenset("a an the of in at on to for by and or with as from is are was were be been".split())
# words that say how something is counted or put, and not what: two outcomes are not alike for these
_HOW = frozenset(
    "change mean median number percentage percent proportion rate incidence frequency participant patient subject people score scale total"
    " assessed assessment measured measurement evaluated evaluation defined using measure value level baseline time according week month"
    " day year hour".split()
)
# of these, the words of a register's own form, as in 'Number of participants with …'
_FORM = frozenset("number participant patient subject people person incidence occurrence proportion percentage percent frequency".split())
_EXPLAINED = re.compile(r"\(([A-Z][A-Za-z-]{1,9})\)")
_SIGNS = {"≥": " atleast ", ">=": " atleast ", "≤": " atmost ", "<=": " atmost ", ">": " above ", "<": " below ", "%": " percent "}
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
_SPELLINGS = ((re.compile("ae|oe"), "e"), (re.compile("our$"), "or"), (re.compile("is(e|ed|ing|ation)$"), r"iz\1"))
_UNITS = {"hour": ("day", Fraction(1, 24)), "day": ("day", Fraction(1)), "week": ("day", Fraction(7)), "month": ("month", Fraction(1)),
          "year": ("month", Fraction(12))}  # fmt: skip
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_N = r"\d+(?:\.\d+)?"
_LIST = rf"{_N}(?:\s*(?:,\s*and|,|;|/|&|-|–|and|or|to)\s*{_N}\b)*"
_UNIT = r"(hour|day|week|month|year)s?\b"
_TIME = re.compile(rf"\b({_LIST})[\s-]*{_UNIT}|\b{_UNIT}\s*({_LIST})(?![\s-]*(?:hour|day|week|month|year))", re.IGNORECASE)

Time = tuple[str, Fraction]


@lru_cache(maxsize=4096)
def times_in(text: str) -> frozenset[Time]:
    """The points in time that *text* names, in days or, for months and years, in months: 12 weeks are not three months. Zero is left out.

    >>> times_in("weeks 4 and 12") == times_in("28 days; 12 weeks"), times_in("1 year") == times_in("month 12")
    (True, True)
    """
    found: set[Time] = set()
    for hit in _TIME.finditer(_numbers(text)):
        unit, factor = _UNITS[(hit[2] or hit[3]).lower()]
        found.update((unit, Fraction(n) * factor) for n in re.findall(_N, hit[1] or hit[4]) if Fraction(n))
    return frozenset(found)


def same_time(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the time frames *one* and *other* name the same points in time; where none names any, whether their words are the same."""
    mine, theirs = (frozenset(t for text in texts for t in times_in(text)) for texts in (one, other))
    if mine or theirs:
        return mine == theirs
    return {tuple(words(text)) for text in one} == {tuple(words(text)) for text in other}


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """The words of *text* in order, as they are compared, without points in time and without small words."""
    plain = _TIME.sub(" ", _numbers(_SIGN.sub(lambda sign: _SIGNS[sign[0]], text)))
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain.casefold()) if not unicodedata.combining(c))
    return tuple(_folded(word) for word in re.findall(r"\d+(?:\.\d+)?|[^\W_]+", plain) if word not in _SMALL)


def same_measure(one: str, other: str) -> bool:
    """Whether two measures have the same words, in any order.

    >>> same_measure("Number of participants with falls", "Falls"), same_measure("Number of falls", "Proportion of falls")
    (True, False)
    >>> same_measure("Visual Analogue Scale (VAS) for pain", "pain VAS")
    True
    """
    short = _explained(one) | _explained(other)
    mine, theirs = ({part for word in words(text) for part in short.get(word, (word,))} for text in (one, other))
    if mine == theirs:
        return True
    more, fewer = (mine, theirs) if mine > theirs else (theirs, mine)
    return more > fewer and more - fewer <= _FORM and bool(fewer - _HOW) and not fewer & _FORM


@lru_cache(maxsize=8192)
def _abbreviations(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for hit in _EXPLAINED.finditer(text):
        letters = hit[1].removesuffix("s").replace("-", "").casefold()
        before = [word for word in re.findall(r"[^\W_]+", text[: hit.start()].casefold()) if word not in _SMALL][-len(letters) :]
        if "".join(word[0] for word in before) == letters:
            found.append((_folded(hit[1].casefold()), tuple(map(_folded, before))))
    return tuple(found)


def _explained(text: str) -> dict[str, tuple[str, ...]]:
    """Abbreviation -> the words that it stands for, where *text* has it in brackets behind them."""
    return dict(_abbreviations(text))


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> int:
    """How many of the words that say what is measured two measures share, in per cent of all; 100 where all words are the same.

    Words are one where all letters are, or nine in ten. A measure that names nothing which the other has not is alike at least by half.
    """
    if same_measure(one, other):
        return 100
    mine, theirs = _what(one), _what(other)
    if not mine or not theirs:
        return 0
    common = _shared(mine, theirs)
    dice = min(99, 200 * common // (len(mine) + len(theirs)))
    return max(dice, ALIKE) if common == min(len(mine), len(theirs)) else dice


def _what(text: str) -> frozenset[str]:
    every = frozenset(words(text))
    return every - _HOW or every


def _shared(one: frozenset[str], other: frozenset[str]) -> int:
    from rapidfuzz import fuzz

    free = sorted(other - one)
    common = len(one & other)
    for word in sorted(one - other):
        hit = next((o for o in free if word.isalpha() and o.isalpha() and fuzz.ratio(word, o) >= SAME_WORD), None)
        if hit is not None:
            free.remove(hit)
            common += 1
    return common


def _folded(word: str) -> str:
    for pattern, plain in _SPELLINGS:
        word = pattern.sub(plain, word)
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _numbers(text: str) -> str:
    """*text* with the numbers up to twelve in figures where a unit of time stands with them."""
    return re.sub(rf"\b({'|'.join(_NUMBERS)})(?=[\s-]+{_UNIT})", lambda n: str(_NUMBERS.index(n[1].lower()) + 1), text, flags=re.IGNORECASE)


def with_words_of(criteria: Iterator[str], text: str) -> tuple[int, int]:
    """(of *criteria* so many have at least eight in ten of their words in *text*, how many there are)."""
    there, every = set(words(text)), [set(words(one)) for one in criteria]
    every = [one for one in every if one]
    return sum(5 * len(one & there) >= 4 * len(one) for one in every), len(every)
