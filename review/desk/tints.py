"""Which words of a record are the protocol's terms, element by element: a text goes in, the same text comes out in runs.

Case, accents and the form of Unicode do not matter: 'Sjogren' finds 'Sjögren'. Where terms overlap, the longest match stands.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from review.model.plan import Plan, Question, Terms

ELEMENTS = {"P": "population", "I": "intervention", "C": "comparator", "O": "outcomes", "S": "study_design", "T": "time"}
Run = tuple[str, str]  # a piece of the text, and the element whose term it is; '' for none

# words of a question that say nothing about its subject
EMPTY = frozenset(
    """a about admitted all also an and any are as at be been but by can each either else every for from given had has have if in into is
    it its least length less more most must no none nor not of off on only onto or other others over own per same should similar some such
    than that the their them then there these they this those through to under up upon used using versus very vs was were what when where
    whether which while who whom whose will with within without years year study studies trial trials people patients participants group
    groups compared comparison follow""".split()
)
ENDING = re.compile(r"(?<=[a-z]{3})(?:ies|y|(?<![su])s)$")
_PLAIN = "review.plain"  # the name under which the codec knows what to do with letters that are not ASCII
LEAST = 4  # letters from which a word of the question is also found with another ending


@dataclass(frozen=True)
class Tints:
    """The terms of a protocol, ready to be found."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    @property
    def elements(self) -> list[str]:
        """The elements that have terms, in the order of PICOST."""
        return list(dict.fromkeys(element for element, _ in self.patterns))

    def runs(self, text: str) -> list[Run]:
        """*text* in pieces, each with the element whose term it is; put together again they are *text*."""
        folded, places = _folded(text)
        found = [(match.start(), match.end(), element) for element, pattern in self.patterns for match in pattern.finditer(folded)]
        pieces, end = [], 0
        for start, stop, element in sorted(_longest(found)):
            first, last = places[start], _with_marks(text, places[stop - 1] + 1)
            if first >= end:  # a letter that folds to two may be split by neither
                pieces += [(text[end:first], ""), (text[first:last], element)]
                end = last
        return [piece for piece in (*pieces, (text[end:], "")) if piece[0]]


def tints_of(plan: Plan) -> Tints:
    """The terms of *plan*: those of [terms], where there is none the words of the question."""
    return _tints(plan.terms, plan.question)


@lru_cache(maxsize=16)
def _tints(terms: Terms, question: Question) -> Tints:
    stated = {element: getattr(terms, element) for element in ELEMENTS}
    if not any(stated.values()):
        stated = {element: words_of(getattr(question, name)) for element, name in ELEMENTS.items()}
    return made_of(stated)


def made_of(terms: Mapping[str, Sequence[str]]) -> Tints:
    """Tints of the terms of each element; ``*`` at the end of a term stands for any ending."""
    patterns = ((element, _pattern(term)) for element, listed in terms.items() for term in dict.fromkeys(listed))
    return Tints(tuple((element, pattern) for element, pattern in patterns if pattern is not None))


def words_of(question: str) -> tuple[str, ...]:
    """The words of one field of the question that say what it is about; longer ones with any ending, so that a plural is found too.

    >>> words_of("Adults (18 years and over) with dry eyes")
    ('adult*', 'dry', 'eye*')
    """
    words = (word for word in re.findall(r"[^\W\d_]{3,}", folded(question)) if word not in EMPTY)
    return tuple(dict.fromkeys(f"{ENDING.sub('', word)}*" if len(word) >= LEAST else word for word in words))


def _longest(found: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Of matches that overlap the longest, then the first, then the first element."""
    taken: set[int] = set()
    for start, stop, element in sorted(found, key=lambda one: (one[0] - one[1], one[0])):
        if taken.isdisjoint(range(start, stop)):
            taken.update(range(start, stop))
            yield start, stop, element


def _pattern(term: str) -> re.Pattern[str] | None:
    words = re.findall(r"\w+", folded(term))
    ending = r"\w*" if term.strip().endswith("*") else ""
    return re.compile(r"(?<!\w)" + r"[^\w]{1,3}".join(map(re.escape, words)) + ending + r"(?!\w)") if words else None


def folded(text: str) -> str:
    """*text* in small letters without accents: what words are looked for in. The letters of ``_folded``, whose places nobody asks for."""
    return text.encode("ascii", _PLAIN).lower().decode("utf-8", "surrogatepass")


def _plain(problem: UnicodeError) -> tuple[bytes, int]:
    """Letters that are not ASCII in small letters without accents; the codec hands them over, so that all others cost next to nothing."""
    assert isinstance(problem, UnicodeEncodeError)
    letters = unicodedata.normalize("NFKD", problem.object[problem.start : problem.end]).casefold()
    return "".join(one for one in letters if not unicodedata.combining(one)).encode("utf-8", "surrogatepass"), problem.end


codecs.register_error(_PLAIN, _plain)


def _folded(text: str) -> tuple[str, list[int]]:
    """*text* in small letters without accents, and where in *text* each of its letters comes from."""
    letters, places = [], []
    for at, letter in enumerate(text):
        plain = letter if letter.isascii() else unicodedata.normalize("NFKD", letter)
        for one in plain.casefold():
            if not unicodedata.combining(one):
                letters.append(one)
                places.append(at)
    return "".join(letters), places


def _with_marks(text: str, end: int) -> int:
    """*end*, moved behind the accents that stand there as letters of their own."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end
