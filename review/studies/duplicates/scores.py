"""How alike the fields of two records are: the same number for (a, b) as for (b, a), and NaN where one of them states nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from review.studies.duplicates.journals import alike
from review.studies.duplicates.normalise import Fields, folded, texts

if TYPE_CHECKING:
    import numpy as np

LEAST_TITLE, LEAST_WORDS, LEAST_ABSTRACT = 85, 90, 95  # below these no rule holds but by a number or a place
ONE_JOURNAL = 80
FEWEST_PAGES = 3  # of an article: several abstracts stand on one page, or begin on one and end on the next
LONG_TEXT = 300  # letters of an abstract that nobody writes twice
_NO_CONTENT = frozenset("the a an s of and or in to".split())
_OTHERWISE = frozenset("a an non un in im anti pre post inter intra micro macro normo hyper hypo poly mono".split())  # before a word
_SOMEWHAT = 70  # two spellings of a word are at least so much alike
_SPELLINGS = tuple(
    pair.split("/") for pair in "ae/e oe/e ue/u our/or ise/ize isa/iza ising/izing yse/yze tre/ter ogue/og ll/l mme/m ph/f ck/k".split()
)
_PARTICLES = 2  # letters of 'de', 'van' has more; a name that is no longer counts where a person has no other
_SCRIPTS = (
    ("Cyrillic", re.compile("[\u0400-\u052f]")),
    ("Arabic", re.compile("[\u0600-\u06ff]")),
    ("Chinese, Japanese, Korean", re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")),
)
_SET_OFF = re.compile(r"[:.!?\u2026\u2014]\s+")
_LETTERS, _ELECTRONIC = "abcdefghijklmnopqrstuvwxyz", frozenset("abcdefghk")
SAME, DIFFERENT = 1.0, -1.0  # of fields that agree or not; 0 where one says part of what the other says


def compare(fields: Fields, i: np.ndarray, j: np.ndarray) -> dict[str, np.ndarray]:
    """The scores of the pairs (i, j): a number a pair for each name.

    title, words, authors, first, journal, abstract: 0 to 100. years: how far apart. length: letters. The others: 1 same, -1 different, 0
    one says part of what the other says, NaN where one of them says nothing.
    """
    import numpy as np
    from rapidfuzz import fuzz

    extent = _by_distinct(fields.pages, i, j, _extent)
    journal = _by_distinct(fields.journal, i, j, alike)
    years = np.where((fields.year[i] > 0) & (fields.year[j] > 0), np.abs(fields.year[i] - fields.year[j]), np.nan)
    volume, number = _equal(fields.volume, i, j), _equal(fields.number, i, j)
    registered = fields.kind == "registration"
    found = {
        "title": _ratio(fields.title, i, j, fuzz.ratio),
        "words": _ratio(fields.words, i, j, fuzz.token_set_ratio),
        "authors": _authors(fields, i, j),
        "first": _ratio(fields.first, i, j, fuzz.token_set_ratio),
        "abstract": _ratio(fields.abstract, i, j, fuzz.ratio),
        "journal": journal,
        "years": years,
        "volume": volume,
        "number": number,
        "pages": _by_distinct(fields.pages, i, j, _pages),
        "extent": extent,
        "place": _flag(
            (extent == SAME) & (number != DIFFERENT) & ((volume == SAME) | _in_proceedings(fields, i, j, volume, journal, years))
        ),
        "full_doi": _equal(fields.doi, i, j),
        "doi": _equal(fields.doi_base, i, j),
        "pmid": _equal(fields.pmid, i, j),
        "numbered": _flag(_any(fields.doi, i, j) | _any(fields.pmid, i, j)),
        "registration": _shared(fields.registration, i, j),
        "registrations": _registrations(fields.kind, registered, i, j),
        "kind": _kinds(fields.kind, i, j),
        "meeting": _flag((fields.kind[i] == "abstract") | (fields.kind[j] == "abstract")),
        "papers": _flag((fields.kind[i] == "proceedings") & (fields.kind[j] == "proceedings")),
        "numerals": _by_distinct(fields.numerals, i, j, _numerals, said=False),
        "poles": _by_distinct(fields.poles, i, j, _poles, said=False),
        "notice": _flag(fields.about[i] == fields.about[j]),
        "standing": _flag(fields.standing[i] & fields.standing[j]),
        "length": np.minimum(_lengths(fields.title[i]), _lengths(fields.title[j])),
    }
    found["wording"] = _wording(fields.words, i, j, (found["title"] >= LEAST_TITLE) | (found["words"] >= LEAST_WORDS))
    numbered = (found["doi"] == SAME) | (found["pmid"] == SAME) | (found["place"] == SAME)
    found["tongue"] = _tongue(fields, i, j, numbered & (found["title"] < LEAST_TITLE))
    found["heading"] = _heading(fields, i, j, found["wording"])
    found["reprint"] = _reprint(fields, i, j, found["abstract"])
    return found


def promising(fields: Fields, i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the pairs (i, j) those with titles or abstracts that are somewhat alike, or one number, or one place; the others are distinct."""
    import numpy as np
    from rapidfuzz import fuzz

    if not len(i):
        return i, j
    kept = np.nan_to_num(_ratio(fields.title, i, j, fuzz.ratio)) >= LEAST_TITLE
    for values in (fields.doi_base, fields.pmid):
        kept |= _equal(values, i, j) == SAME
    kept |= _shared(fields.registration, i, j) == SAME
    kept |= (_equal(fields.pages, i, j) == SAME) & (_equal(fields.volume, i, j) == SAME)
    for values, scorer, least in ((fields.words, fuzz.token_set_ratio, LEAST_WORDS), (fields.abstract, fuzz.ratio, LEAST_ABSTRACT)):
        rest = np.flatnonzero(~kept)
        kept[rest] = np.nan_to_num(_ratio(values, i[rest], j[rest], scorer)) >= least
    return i[kept], j[kept]


def _lengths(values: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.fromiter(map(len, values), dtype=float, count=len(values))


def _ratio(values: np.ndarray, i: np.ndarray, j: np.ndarray, scorer: Callable[..., float]) -> np.ndarray:
    return _alike(values[i], values[j], scorer)


def _alike(a: np.ndarray, b: np.ndarray, scorer: Callable[..., float]) -> np.ndarray:
    import numpy as np
    from rapidfuzz import process

    if not len(a):
        return np.empty(0)
    swap = a > b  # a scorer may break a tie between its arguments; they come in the order of the alphabet
    found = process.cpdist(np.where(swap, b, a), np.where(swap, a, b), scorer=scorer, dtype=np.float32).astype(float)
    return np.where((a == "") | (b == ""), np.nan, found)


def _equal(values: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    import numpy as np

    a, b = values[i], values[j]
    return np.where((a == "") | (b == ""), np.nan, np.where(a == b, SAME, DIFFERENT))


def _shared(values: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Of words: same where the two share one."""
    found = _equal(values, i, j)
    for k in (found == DIFFERENT).nonzero()[0]:
        found[k] = DIFFERENT if set(values[i[k]].split(" ")).isdisjoint(values[j[k]].split(" ")) else SAME
    return found


def _flag(holds: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.where(holds, SAME, DIFFERENT)


def _any(values: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    return (values[i] != "") | (values[j] != "")


def _in_proceedings(fields: Fields, i: np.ndarray, j: np.ndarray, volume: np.ndarray, journal: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Whether pages alone say where: of one name and year without volumes, in which not every paper begins on page one."""
    import numpy as np

    return np.isnan(volume) & (journal >= ONE_JOURNAL) & (years == 0) & (fields.page[i] != "1")


def _authors(fields: Fields, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """How much the names are alike; or of the shorter list the share of persons whom the longer one has, where that is more."""
    import numpy as np
    from rapidfuzz import fuzz

    here, there = fields.persons[i], fields.persons[j]
    found = _alike(_names(here), _names(there), fuzz.token_set_ratio)
    for k in np.flatnonzero(found < 100):
        found[k] = max(found[k], _share(here[k], there[k]))
    return found


def _names(persons: np.ndarray) -> np.ndarray:
    return texts([one.replace(";", " ").strip() for one in persons.tolist()])


def _share(one: str, other: str) -> float:
    """Of each list as short as the other, the greater share; names stand with their parts, persons apart by semicolons."""
    lists = (one.split(";"), other), (other.split(";"), one)
    fewest = min(len(persons) for persons, _ in lists)
    return max(_named_in(persons, others) for persons, others in lists if len(persons) == fewest)


def _named_in(persons: list[str], others: str) -> float:
    known = set(others.replace(";", " ").split(" "))
    parts = [one.split(" ") for one in persons]
    said = [[part for part in one if len(part) > _PARTICLES] or one for one in parts]
    return 100 * sum(not known.isdisjoint(one) for one in said) / len(said)


def _registrations(kind: np.ndarray, registered: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Same where both are registrations or neither is known to be, different where one is and the other is another kind, else in part."""
    import numpy as np

    unknown = (kind[i] == "") | (kind[j] == "")
    return np.where(registered[i] == registered[j], SAME, np.where(unknown, 0.0, DIFFERENT))


def _kinds(kind: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Same, different, or in part where one is a preprint, which may be of what the other is."""
    import numpy as np

    found = _equal(kind, i, j)
    return np.where((found == DIFFERENT) & ((kind[i] == "preprint") | (kind[j] == "preprint")), 0.0, found)


def _tongue(fields: Fields, i: np.ndarray, j: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Whether titles are in two languages; asked only where they are not alike, and something says that the two may be one."""
    import numpy as np

    found = np.full(len(i), np.nan)
    for k in np.flatnonzero(asked):
        one, other = (_language(fields.words[at], fields.tongues) for at in (i[k], j[k]))
        if one and other:
            found[k] = SAME if one == other else DIFFERENT
    return found


def _language(words: str, tongues: Mapping[str, frozenset[str]]) -> str:
    """The one language that has the most of its little words in a title, or the script where that is not Latin; '' where none has."""
    if script := next((name for name, letters in _SCRIPTS if letters.search(words)), ""):
        return script
    said = set(words.split(" "))
    counts = sorted(((len(said & little), tongue) for tongue, little in tongues.items()), reverse=True)
    return counts[0][1] if counts and counts[0][0] > counts[1][0] else ""


def _heading(fields: Fields, i: np.ndarray, j: np.ndarray, wording: np.ndarray) -> np.ndarray:
    """Same where one title is the other behind words that are set off from it, and that are not those of titles that return, or a reply."""
    import numpy as np

    found = np.full(len(i), DIFFERENT)
    for k in np.flatnonzero(wording == 0):
        short, long = sorted((int(i[k]), int(j[k])), key=lambda at: len(fields.words[at]))
        if not fields.standing[long] and fields.words[long].endswith(" " + fields.words[short]):
            behind = folded([fields.printed[long][mark.end() :] for mark in _SET_OFF.finditer(fields.printed[long])])
            found[k] = SAME if fields.words[short] in behind else DIFFERENT
    return found


def _reprint(fields: Fields, i: np.ndarray, j: np.ndarray, abstract: np.ndarray) -> np.ndarray:
    """Same where both have one long abstract to the last word, and as many pages, of which an article has some."""
    import numpy as np

    found = np.full(len(i), DIFFERENT)
    for k in np.flatnonzero(abstract == 100):
        one, other = folded([fields.text[i[k]], fields.text[j[k]]])
        pages = _how_many(fields.pages[i[k]])
        if one == other and len(one) >= LONG_TEXT and pages >= FEWEST_PAGES and pages == _how_many(fields.pages[j[k]]):
            found[k] = SAME
    return found


def _wording(words: np.ndarray, i: np.ndarray, j: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Of titles: same, different where each has words that are no other spelling of those of the other, 0 where only one has more words.

    Titles that are not *near* to one another are different.
    """
    import numpy as np

    a, b = words[i], words[j]
    found = np.where((a == "") | (b == ""), np.nan, np.where(a == b, SAME, DIFFERENT))
    for k in np.flatnonzero((found == DIFFERENT) & near):
        found[k] = _other_words(*sorted((a[k], b[k])))
    return found


def _other_words(one: str, other: str) -> float:

    a, b = _without_ends(one.split(" "), other.split(" "))
    only_a, only_b = [], b
    for word in a:
        if word in only_b:
            only_b.remove(word)
        else:
            only_a.append(word)
    if not only_a or not only_b:
        return SAME if _NO_CONTENT.issuperset(only_a + only_b) else 0.0
    return SAME if _one_spelling(*sorted(("".join(only_a), "".join(only_b)), key=len)) else DIFFERENT


def _one_spelling(short: str, long: str) -> bool:
    """Whether two words may be one, as two countries spell it, or with a letter lost or two changed about.

    A letter in place of another makes another word as a rule (maternal, paternal), and so does what stands before a word (adrenal, renal).
    """
    from rapidfuzz import fuzz
    from rapidfuzz.distance import OSA

    if fuzz.ratio(short, long) < _SOMEWHAT:
        return False
    if long.endswith(short) and (len(long) - len(short) > 1 or long.removesuffix(short) in _OTHERWISE):
        return False
    if _spelt(short) == _spelt(long):
        return True
    return OSA.distance(short, long) == 1 and (len(short) < len(long) or sorted(short) == sorted(long))


def _spelt(word: str) -> str:
    """The word as it is spelt in America, without endings of the plural."""
    for one, other in _SPELLINGS:
        word = word.replace(one, other)
    return word.rstrip("s")


def _without_ends(a: list[str], b: list[str]) -> tuple[list[str], list[str]]:
    """Both without the words with which both begin and both end: most titles that are alike differ in a word or two."""
    shorter, start, end = min(len(a), len(b)), 0, 0
    while start < shorter and a[start] == b[start]:
        start += 1
    while end < shorter - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]


def _by_distinct(values: np.ndarray, i: np.ndarray, j: np.ndarray, of: Callable[[str, str], float], *, said: bool = True) -> np.ndarray:
    """*of* each pair of different values once; with *said*, NaN where one is ''."""
    import numpy as np

    known: dict[tuple[str, str], float] = {}
    found = np.empty(len(i))
    for k, (one, other) in enumerate(zip(values[i].tolist(), values[j].tolist(), strict=True)):
        pair = (one, other) if one <= other else (other, one)
        if pair not in known:
            known[pair] = math.nan if said and not (one and other) else of(*pair)
        found[k] = known[pair]
    return found


def _pages(one: str, other: str) -> float:
    """First pages; in part alike where the ranges touch, or one is of a journal that is not printed: 'e123', or page 1 of each article."""
    (first, last), (begin, end) = _range(one), _range(other)
    if first == begin and first:
        return SAME
    touch = bool(first and begin) and (first <= begin <= (last or first) or begin <= first <= (end or begin))
    unprinted = 1 in (first, begin) or (one[:1] in _ELECTRONIC) != (other[:1] in _ELECTRONIC)
    return 0.0 if touch or unprinted or not (first and begin) or (last and last == end) else DIFFERENT


def _extent(one: str, other: str) -> float:
    """First and last page: same only where both state both, of three pages or more; in part where one does not state the last."""
    (first, last), (begin, end) = _range(one), _range(other)
    if first == begin and last == end and last:
        return SAME if last - first + 1 >= FEWEST_PAGES else 0.0
    return DIFFERENT if last and end else 0.0


def _how_many(pages: str) -> int:
    first, last = _range(pages)
    return last - first + 1 if first and last else 0


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
