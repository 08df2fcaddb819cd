"""Which pairs of records are worth comparing: those that share a key, never those that share the lack of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import TYPE_CHECKING

from review.studies.duplicates.normalise import Fields
from review.studies.groups import groups_of

if TYPE_CHECKING:
    import numpy as np

LARGEST_BLOCK = 400  # in a larger block each record is compared with its nearest in the order of content
NEIGHBOURS = 10
_FEWEST_LETTERS = 8  # of a title, for a key to be made of a part of it


def candidates(fields: Fields) -> tuple[np.ndarray, np.ndarray, int]:
    """The pairs (i, j), i < j, of positions that share a key, and how many records share one with so many that not all are compared.

    The records stand in the order of their content.
    """
    import numpy as np

    n = len(fields)
    found = np.empty(0, dtype=np.int64)
    crowded: set[int] = set()
    for key in keys(fields):
        codes = _codes(key)
        found = np.unique(np.concatenate([found, *(i * n + j for i, j in _pairs_within(codes))]))
        sizes = np.bincount(codes + 1)
        if (sizes[1:] > LARGEST_BLOCK).any():
            crowded.update(np.flatnonzero((codes >= 0) & (sizes[codes + 1] > LARGEST_BLOCK)).tolist())
    return found // max(n, 1), found % max(n, 1), len(crowded)


def beside(listed: Sequence[Sequence[str]], places: Set[int]) -> tuple[set[tuple[int, int]], set[int]]:
    """Those of the same pairs that have one of *places*, and which of these share a key with so many that not all are compared.

    *listed*: all ``keys`` of the records.
    """
    found, crowded = set(), set[int]()
    for key in listed:
        wanted = {key[at] for at in places}
        blocks: dict[str, list[int]] = {value: [] for value in wanted if value}
        for at, value in enumerate(key):
            if value in blocks:
                blocks[value].append(at)
        for block in blocks.values():
            reach = len(block) if len(block) <= LARGEST_BLOCK else NEIGHBOURS
            if len(block) > LARGEST_BLOCK:
                crowded.update(places.intersection(block))
            for k, at in enumerate(block):
                if at in places:
                    found.update((min(at, other), max(at, other)) for other in block[max(0, k - reach) : k + reach + 1] if other != at)
    return found, crowded


def keys(fields: Fields) -> Iterator[list[str]]:
    """Texts that two records may share, '' where a record has none."""
    yield from stated_keys(fields)
    yield from word_keys(fields, Words(fields.words.tolist()))


def stated_keys(fields: Fields) -> Iterator[list[str]]:
    """Those keys that rest on a record alone."""
    titles = fields.title.tolist()
    pages, volumes, years, firsts = fields.page.tolist(), fields.volume.tolist(), fields.year.tolist(), fields.first.tolist()
    yield fields.doi_base.tolist()
    yield fields.pmid.tolist()
    yield _joined(fields.registration.tolist())
    yield titles
    yield [f"{t[:14]}" if len(t) > _FEWEST_LETTERS else "" for t in titles]
    yield [f"{t[-14:]}" if len(t) > _FEWEST_LETTERS else "" for t in titles]
    yield [t[:80] for t in fields.abstract.tolist()]
    yield [f"{v} {p} {y}" if v and p not in ("", "1") and y > 0 else "" for v, p, y in zip(volumes, pages, years, strict=True)]
    ranges = fields.pages.tolist()
    placed = [
        f"{p} {y}" if y > 0 and not p.endswith("-") and not p.startswith(("1-", "-")) else "" for p, y in zip(ranges, years, strict=True)
    ]
    # pages alone say nothing where both state a volume: of one volume the key before has the pair, of two no rule does
    open_ = {place for place, volume in zip(placed, volumes, strict=True) if not volume}
    yield [place if place in open_ else "" for place in placed]
    yield [f"{v} {p} {f}" if v and p and f else "" for v, p, f in zip(volumes, pages, firsts, strict=True)]


def word_keys(fields: Fields, words: Words, places: Set[int] | None = None) -> Iterator[list[str]]:
    """Those that rest on words that few titles have; of *places*, where they are given, those that one of these may share with others."""
    rare, firsts = words.rarest(places), fields.first.tolist()
    yield [f"{one[0]} {one[1]}" if len(one) > 1 else "" for one in rare]
    yield [f"{one[0]} {one[2]}" if len(one) > 2 else "" for one in rare]
    yield [f"{one[1]} {one[2]}" if len(one) > 2 else "" for one in rare]
    yield [f"{one[0]} {first}" if one and first else "" for one, first in zip(rare, firsts, strict=True)]


def _joined(registrations: Sequence[str]) -> list[str]:
    """Of each registration the first of all numbers that its own, and theirs, are led to by registrations with several numbers."""
    several = [numbers for one in dict.fromkeys(registrations) if len(numbers := one.split(" ")) > 1]
    first = {number: min(group) for group in groups_of(sorted({n for own in several for n in own}), several) for number in group}
    return [first.get(own := one.partition(" ")[0], own) for one in registrations]


class Words:
    """The words of titles, and in how many titles each is."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._each = [set(one.split(" ")) for one in titles]
        self._often = Counter(chain.from_iterable(self._each))

    def rarest(self, places: Set[int] | None = None) -> list[list[str]]:
        """Of each title the three words that the fewest titles have but at least two, the rarest first.

        *places*: only of titles that share such a word with one of these.
        """
        if places is None:
            return [_rarest(one, self._often) for one in self._each]
        wanted = {word for at in places for word in _rarest(self._each[at], self._often)}
        return [[] if wanted.isdisjoint(one) else _rarest(one, self._often) for one in self._each]

    def moved(self, new: Set[int]) -> set[int]:
        """The places of titles whose rarest words are others than they were without the titles at the places of *new*."""
        told = Counter(chain.from_iterable(self._each[at] for at in new))
        before = self._often.copy()
        before.subtract(told)
        asked = (at for at, own in enumerate(self._each) if at not in new and not told.keys().isdisjoint(own))
        return {at for at in asked if _rarest(self._each[at], self._often) != _rarest(self._each[at], before)}


def _rarest(words: set[str], often: Mapping[str, int]) -> list[str]:
    found = sorted([(n, word) for word in words if len(word) > 2 and (n := often[word]) > 1])
    return [word for _, word in found[:3]]


def _codes(key: Sequence[str]) -> np.ndarray:
    """A number for each different text, -1 for ''."""
    import numpy as np

    known: dict[str, int] = {"": -1}
    return np.fromiter((known.setdefault(value, len(known)) for value in key), dtype=np.int64, count=len(key))


def _pairs_within(codes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The pairs of positions with one code; -1 is no code."""
    import numpy as np

    order = np.argsort(codes, kind="stable")
    order = order[codes[order] >= 0]
    if not len(order):
        return
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    sizes = np.diff(np.append(starts, len(order)))
    for size in np.unique(sizes[sizes > 1]):
        blocks = order[starts[sizes == size][:, None] + np.arange(size)]  # a row a block, each in ascending order
        if size <= LARGEST_BLOCK:
            left, right = np.triu_indices(size, 1)
            yield blocks[:, left].ravel(), blocks[:, right].ravel()
        else:
            for step in range(1, NEIGHBOURS + 1):
                yield blocks[:, :-step].ravel(), blocks[:, step:].ravel()
