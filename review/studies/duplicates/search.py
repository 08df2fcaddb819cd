"""Compares records and says which are one document, which a person decides, and in which groups: all of them, or around those that are new.

Both give the same: of a record that is new, and of all that it may be one with, every pair is looked at that would be looked at among all.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from review.studies.duplicates.blocking import Words, beside, candidates, stated_keys, word_keys
from review.studies.duplicates.groups import grouped, within
from review.studies.duplicates.normalise import Fields, with_own_dois
from review.studies.duplicates.rules import RuleBook
from review.studies.duplicates.scores import compare, promising

if TYPE_CHECKING:
    import numpy as np

_AT_ONCE = 500_000  # pairs that are compared at once
_ALIKE, _EXACT = ("title", "authors", "journal"), ("volume", "pages", "doi", "pmid")  # of which the score is a mean


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs of places, the place of its rule among vetoes and rules for each (one more: ends disagree), whether it merges, its scores."""

    i: np.ndarray
    j: np.ndarray
    rule: np.ndarray
    merges: np.ndarray
    scores: dict[str, np.ndarray]
    crowded: int = 0  # records that share a key with so many that they were compared with their nearest in the order of content alone

    def where(self, kept: np.ndarray) -> Found:
        scores = {name: score[kept] for name, score in self.scores.items()}
        return Found(self.i[kept], self.j[kept], self.rule[kept], self.merges[kept], scores, self.crowded)

    def agreement(self) -> np.ndarray:
        """0 to 1: the mean agreement of the fields that both records state."""
        import numpy as np

        if not len(self.i):
            return np.empty(0)
        parts = [np.clip(self.scores[name], 0, 1) if name in _EXACT else self.scores[name] / 100 for name in (*_ALIKE, *_EXACT)]
        stated = np.sum([~np.isnan(part) for part in parts], axis=0)
        return np.round(np.nansum(parts, axis=0) / np.maximum(stated, 1), 3)


def search(fields: Fields, book: RuleBook) -> tuple[Found, np.ndarray]:
    """The pairs that a rule merges or gives to a person, and the group of each record, all compared with all."""
    own = with_own_dois(fields)
    i, j, crowded = candidates(own)
    parts = [_decided(own, book, i[at : at + _AT_ONCE], j[at : at + _AT_ONCE]) for at in range(0, max(len(i), 1), _AT_ONCE)]
    return _settled(own, book, replace(_together(parts), crowded=crowded))


def search_around(fields: Fields, book: RuleBook, new: Set[int], asked: Set[int]) -> tuple[Found, np.ndarray]:
    """The same of the pairs in which a record at a place of *new* or *asked* has a part, or one that these lead to.

    *new*: what was not there when the others were compared. Others whose keys read otherwise for the new ones are looked at as well: a
    word is no longer rare, or a DOI proves to be that of a supplement.
    """
    own = with_own_dois(fields)
    words = Words(own.words.tolist())
    places = asked | new | _moved(fields, own, new, words)
    if 2 * len(places) > len(fields):
        return search(fields, book)
    import numpy as np

    none = np.empty(0, dtype=np.int64)
    stated, seen, reached, parts = list(stated_keys(own)), set[tuple[int, int]](), set(places), [_decided(own, book, none, none)]
    crowded = set[int]()
    while places:
        shared, many = beside([*stated, *word_keys(own, words, places)], places)
        pairs, crowded = shared - seen, crowded | many
        seen |= pairs
        both = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
        parts.append(_decided(own, book, both[:, 0], both[:, 1]))
        places = set(np.concatenate([parts[-1].i, parts[-1].j]).tolist()) - reached
        reached |= places
    return _settled(own, book, replace(_together(parts), crowded=len(crowded)))


def _moved(fields: Fields, own: Fields, new: Set[int], words: Words) -> set[int]:
    """The places of which DOI or rarest words are others than they were without those of *new*."""
    if not new:
        return set()
    before = with_own_dois(fields, new)
    lent = set((own.doi != before.doi).nonzero()[0].tolist()) if own is not before else set()
    return lent | words.moved(new)


def _together(parts: list[Found]) -> Found:
    import numpy as np

    parts = [part for part in parts if len(part.i)] or parts[:1]
    scores = {name: np.concatenate([part.scores[name] for part in parts]) for name in parts[0].scores}
    return Found(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("i", "j", "rule", "merges")), scores)


def _decided(fields: Fields, book: RuleBook, i: np.ndarray, j: np.ndarray) -> Found:
    """Of these pairs those that a rule merges or gives to a person."""
    i, j = promising(fields, i, j)
    if not len(i):
        return Found(i, j, i, i > j, {})
    scores = compare(fields, i, j)
    rule, merges = _outcomes(book, scores)
    return Found(i, j, rule, merges, scores).where(rule >= 0)


def _outcomes(book: RuleBook, scores: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """For each pair the place of the rule or veto that names it among vetoes and rules, -1 for distinct, and whether it merges.

    A veto names a pair that a rule would merge; where a rule asks a person already, the rule does.
    """
    import numpy as np

    nothing = np.full(len(scores["title"]), -1)
    rule, veto, merges = nothing.copy(), nothing.copy(), nothing == 0
    for place, one in reversed(list(enumerate((*book.vetoes, *book.rules)))):  # backwards, so that the first that holds stays
        holds = one.holds(scores)
        (veto if place < len(book.vetoes) else rule)[holds] = place
        if place >= len(book.vetoes):
            merges[holds] = one.outcome == "merge"
    kept_apart = np.array([one.outcome == "distinct" for one in book.vetoes] + [False])[veto]
    rule[kept_apart] = -1
    doubted = (rule >= 0) & (veto >= 0) & merges
    return np.where(doubted, veto, rule), merges & ~doubted


def _settled(fields: Fields, book: RuleBook, found: Found) -> tuple[Found, np.ndarray]:
    """What was found, one pair for a person for each two groups, and the group of each record.

    Where a veto holds between two members of a group, a person decides on all of it.
    """
    import numpy as np

    if not len(found.i):
        return found, np.arange(len(fields))
    group = grouped(len(fields), found.i[found.merges], found.j[found.merges])
    i, j = within(group, least=3)  # of two the pair itself was asked
    if len(i):
        scores = compare(fields, i, j)
        disagree = np.logical_or.reduce([veto.holds(scores) for veto in book.vetoes if veto.outcome == "distinct"])
        doubted = found.merges & np.isin(group[found.i], group[i[disagree]])
        ends = len(book.vetoes) + len(book.rules)
        found = replace(found, rule=np.where(doubted, ends, found.rule), merges=found.merges & ~doubted)
        group = grouped(len(fields), found.i[found.merges], found.j[found.merges])
    return found.where(found.merges | _one_for_each_two_groups(found, group)), group


def _one_for_each_two_groups(found: Found, group: np.ndarray) -> np.ndarray:
    """Which pairs to show a person: of those that would join the same two groups the most alike."""
    import numpy as np

    low, high = np.minimum(group[found.i], group[found.j]), np.maximum(group[found.i], group[found.j])
    order = np.lexsort((found.j, found.i, -found.agreement(), found.merges))
    order = order[~found.merges[order] & (low[order] != high[order])]
    _, best = np.unique(low[order] * (len(group) + 1) + high[order], return_index=True)
    shown = np.zeros(len(found.i), dtype=bool)
    shown[order[best]] = True
    return shown
