"""How alike the fields of two records are: the same number for (a, b) as for (b, a), and NaN where one of them states nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from review.studies.duplicates.journals import alike
from review.studies.duplicates.normalise import Fields

if TYPE_CHECKING:
    import numpy as np

LEAST_TITLE, LEAST_WORDS, LEAST_ABSTRACT = 85, 90, 95  # below these no rule holds but by a number or a place
SPELLING = 65  # so much alike are two spellings of a word
_NO_CONTENT = frozenset({"the", "a", "an", "s", "of", "and", "in"})
_LETTERS, _ELECTRONIC = "abcdefghijklmnopqrstuvwxyz", frozenset("abcdefghk")
SAME, DIFFERENT = 1.0, -1.0  # of fields that agree or not; 0 where one says part of what the other says


def compare(fields: Fields, i: np.ndarray, j: np.ndarray) -> dict[str, np.ndarray]:
    """The scores of the pairs (i, j): a number a pair for each name.

    title, held, authors, first, journal, abstract: 0 to 100. years: how far apart. The others: 1 same, -1 different, 0 one says part of
    what the other says, NaN where one of them says nothing.
    """
    import numpy as np
    from rapidfuzz import fuzz

    found = {
        "title": _ratio(fields.title, i, j, fuzz.ratio),
        "words": _ratio(fields.words, i, j, fuzz.token_set_ratio),
        "authors": _ratio(fields.names, i, j, fuzz.token_set_ratio),
        "first": _ratio(fields.first, i, j, fuzz.token_set_ratio),
        "abstract": _ratio(fields.abstract, i, j, fuzz.ratio),
        "journal": _by_distinct(fields.journal, i, j, alike),
        "years": np.where((fields.year[i] > 0) & (fields.year[j] > 0), np.abs(fields.year[i] - fields.year[j]), np.nan),
        "volume": _equal(fields.volume, i, j),
        "number": _equal(fields.number, i, j),
        "pages": _by_distinct(fields.pages, i, j, _pages),
        "extent": _by_distinct(fields.pages, i, j, _extent),
        "full_doi": _equal(fields.doi, i, j),
        "doi": _equal(fields.doi_base, i, j),
        "pmid": _equal(fields.pmid, i, j),
        "registration": _equal(fields.registration, i, j),
        "kind": _equal(fields.kind, i, j),
        "registrations": np.where((fields.kind[i] == "") | (fields.kind[j] == ""), np.nan, _both(fields.kind == "registration", i, j)),
        "numerals": _by_distinct(fields.numerals, i, j, _numerals, said=False),
        "poles": _by_distinct(fields.poles, i, j, _poles, said=False),
        "notice": _both(fields.about, i, j),
        "standing": np.where(fields.standing[i] & fields.standing[j], SAME, DIFFERENT),
        "wording": _wording(fields.words, i, j),
    }
    found["length"] = np.minimum(_lengths(fields.title)[i], _lengths(fields.title)[j]).astype(float)
    return found


def promising(fields: Fields, i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the pairs (i, j) those with titles or abstracts that are somewhat alike, or one number, or one place; the others are distinct."""
    import numpy as np
    from rapidfuzz import fuzz

    kept = np.nan_to_num(_ratio(fields.title, i, j, fuzz.ratio)) >= LEAST_TITLE
    for values in (fields.doi_base, fields.pmid, fields.registration):
        kept |= _equal(values, i, j) == SAME
    kept |= (_equal(fields.page, i, j) == SAME) & ((_equal(fields.volume, i, j) == SAME) | (fields.year[i] == fields.year[j]))
    for values, scorer, least in ((fields.words, fuzz.token_set_ratio, LEAST_WORDS), (fields.abstract, fuzz.ratio, LEAST_ABSTRACT)):
        rest = np.flatnonzero(~kept)
        kept[rest] = np.nan_to_num(_ratio(values, i[rest], j[rest], scorer)) >= least
    return i[kept], j[kept]


def _lengths(values: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.fromiter(map(len, values), dtype=np.int64, count=len(values))


def _ratio(values: np.ndarray, i: np.ndarray, j: np.ndarray, scorer: Callable[..., float]) -> np.ndarray:
    import numpy as np
    from rapidfuzz import process

    if not len(i):
        return np.empty(0)
    a, b = values[i], values[j]
    swap = a > b  # a scorer may break a tie between its arguments; they come in the order of the alphabet
    found = process.cpdist(np.where(swap, b, a), np.where(swap, a, b), scorer=scorer, dtype=np.float32).astype(float)
    return np.where((a == "") | (b == ""), np.nan, found)


def _equal(values: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    import numpy as np

    a, b = values[i], values[j]
    return np.where((a == "") | (b == ""), np.nan, np.where(a == b, SAME, DIFFERENT))


def _both(flags: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.where(flags[i] == flags[j], SAME, DIFFERENT)


def _wording(words: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Of titles: same, different where each has words that are no other spelling of those of the other, 0 where only one has more words."""
    import numpy as np

    a, b = words[i], words[j]
    found = np.where((a == "") | (b == ""), np.nan, SAME)
    for k in np.flatnonzero((a != b) & ~np.isnan(found)):
        found[k] = _other_words(*sorted((a[k], b[k])))
    return found


def _other_words(one: str, other: str) -> float:
    from rapidfuzz import fuzz

    a, b = one.split(" "), other.split(" ")
    left, right = set(a), set(b)
    only_a, only_b = [w for w in a if w not in right], [w for w in b if w not in left]
    if not only_a or not only_b:
        return SAME if "".join(only_a + only_b) in _NO_CONTENT else 0.0
    return SAME if fuzz.ratio("".join(only_a), "".join(only_b)) >= SPELLING else DIFFERENT


def _by_distinct(values: np.ndarray, i: np.ndarray, j: np.ndarray, of: Callable[[str, str], float], *, said: bool = True) -> np.ndarray:
    """*of* each pair of different values once; with *said*, NaN where one is ''."""
    import numpy as np
    import pandas as pd

    codes, distinct = pd.factorize(values)
    a, b = np.minimum(codes[i], codes[j]), np.maximum(codes[i], codes[j])
    pairs, where = np.unique(a.astype(np.int64) * max(len(distinct), 1) + b, return_inverse=True)
    scores = np.empty(len(pairs))
    for k, (left, right) in enumerate(
        zip((pairs // max(len(distinct), 1)).tolist(), (pairs % max(len(distinct), 1)).tolist(), strict=True)
    ):
        one, other = distinct[left], distinct[right]
        scores[k] = np.nan if said and not (one and other) else of(*sorted((one, other)))
    return scores[where]


def _pages(one: str, other: str) -> float:
    """First pages; in part alike where the ranges touch, or one is of a journal that is not printed: 'e123', or page 1 of each article."""
    (first, last), (begin, end) = _range(one), _range(other)
    if first == begin and first:
        return SAME
    touch = bool(first and begin) and (first <= begin <= (last or first) or begin <= first <= (end or begin))
    unprinted = 1 in (first, begin) or (one[:1] in _ELECTRONIC) != (other[:1] in _ELECTRONIC)
    return 0.0 if touch or unprinted or not (first and begin) or (last and last == end) else DIFFERENT


def _extent(one: str, other: str) -> float:
    """First and last page: same only where both state both."""
    (first, last), (begin, end) = _range(one), _range(other)
    return SAME if first == begin and last == end and first < last else 0.0 if not (last and end) else DIFFERENT


def _range(pages: str) -> tuple[int, int]:
    first, _, last = pages.lstrip(_LETTERS).partition("-")
    return int(first or 0), int(last or 0)


def _numerals(one: str, other: str) -> float:
    if one.replace(" ", "") == other.replace(" ", ""):
        return SAME
    a, b = set(one.split()), set(other.split())
    return 0.0 if a <= b or b <= a else DIFFERENT


def _poles(one: str, other: str) -> float:
    """Poles are 'axis:pole': different where both speak of an axis and not alike, 0 where only one of them speaks of it."""
    a, b = set(one.split()), set(other.split())
    if a == b:
        return SAME
    axes_a, axes_b = {p.partition(":")[0] for p in a}, {p.partition(":")[0] for p in b}
    both = axes_a & axes_b
    return DIFFERENT if any({p for p in a ^ b if p.startswith(axis + ":")} for axis in both) else 0.0
