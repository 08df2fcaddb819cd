"""Finds the records that are one document, and those of which a person must say so. The order of the rows makes no difference."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from review.errors import InputRefused
from review.studies.duplicates.blocking import candidates
from review.studies.duplicates.groups import grouped, within
from review.studies.duplicates.normalise import Fields, normalise, stated
from review.studies.duplicates.rules import RuleBook, fields_of, rule_book
from review.studies.duplicates.scores import compare, promising

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COLUMNS = (
    "title", "authors", "year", "journal", "volume", "number", "pages", "doi", "pmid", "abstract", "registry_ids", "record_type",
    "notice",
)  # fmt: skip
EXACT_COPY, ENDS_DISAGREE, NEWER_VERSION = "exact_copy", "ends_disagree", "newer_version"
SAYS_ENDS_DISAGREE = "Each is like a third record, of which the group would hold records that are two documents."
SAYS_EXACT_COPY = "All that the two records state is the same."
_AT_ONCE = 500_000  # pairs that are compared at once
_NAMING = ("title", "doi", "pmid", "abstract", "registry_ids")  # columns that can say which document it is
_ALIKE, _EXACT = ("title", "authors", "journal"), ("volume", "pages", "doi", "pmid")  # of which the score is a mean


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found.

    ``pairs``: a, b, outcome (merge or review), rule, score (0 to 1, the mean agreement of the fields that both state).
    ``groups``: record, group, a row for each record; a group is named by its record that comes first in the alphabet.
    ``compared``: a row for each row of ``pairs``: the rule's version and sentence, the fields that it compares, and every score of
    ``scores.compare``. ``explain_pairs`` puts both values beside them.
    """

    pairs: pd.DataFrame
    groups: pd.DataFrame
    compared: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Found:
    """Pairs of positions, the place of its rule in ``_names`` for each, its outcome, and its scores."""

    i: np.ndarray
    j: np.ndarray
    rule: np.ndarray
    merges: np.ndarray
    scores: dict[str, np.ndarray]

    def where(self, kept: np.ndarray) -> _Found:
        scores = {name: score[kept] for name, score in self.scores.items()}
        return _Found(self.i[kept], self.j[kept], self.rule[kept], self.merges[kept], scores)


def find_duplicates(frame: pd.DataFrame, *, versions_are_one: bool = False) -> Duplicates:
    """The records of *frame*, a row a record, that are one document; columns of ``COLUMNS`` are used where present, and ``record``, its id.

    Records without the column ``record`` are named by the frame's index. *versions_are_one*: whether the updates of a review (DOIs that
    end in .pub2, .pub3) are one document. Raises InputRefused where one id stands for two different records.
    """
    book = _asked(rule_book(), versions_are_one)
    ids, position, copies = _distinct(frame)
    fields = normalise(frame.iloc[copies], book)
    found = _decided(fields, book)
    found, group = _joined(fields, book, found)
    found = found.where(found.merges | _one_for_each_two_groups(found, group))
    return _shown(ids, position, group, found, book)


def _asked(book: RuleBook, versions_are_one: bool) -> RuleBook:
    return replace(book, vetoes=tuple(v for v in book.vetoes if v.id != NEWER_VERSION)) if versions_are_one else book


def _distinct(frame: pd.DataFrame) -> tuple[list[Hashable], list[int], list[int]]:
    """(the id of each row, the position of each row among the different records, the row that stands for each of these).

    The different records stand in the order of their content, so that nothing depends on the order of rows. A row that neither a title,
    a number, an abstract nor a place names is a copy of nothing.
    """
    ids = frame["record"].tolist() if "record" in frame.columns else frame.index.tolist()
    columns = {column: stated(frame, column) for column in COLUMNS}
    contents = ["\x1f".join(values) for values in zip(*columns.values(), strict=True)]
    known: dict[Hashable, str] = {}
    for record, content in zip(ids, contents, strict=True):
        if known.setdefault(record, content) != content:
            raise InputRefused(f"the record {record!r} stands for two different entries", next_step="give each entry an id of its own")
    named = [any(map(str.strip, values)) for values in zip(*(columns[c] for c in _NAMING), strict=True)]
    placed = [bool(journal and pages) for journal, pages in zip(columns["journal"], columns["pages"], strict=True)]
    positions: dict[str, int] = {}
    position, copies = [0] * len(ids), []
    for row in sorted(range(len(ids)), key=lambda k: (contents[k], str(ids[k]))):
        alone = "" if named[row] or placed[row] else f"\x1f{ids[row]}"
        at = positions.setdefault(contents[row] + alone, len(positions))
        if at == len(copies):
            copies.append(row)
        position[row] = at
    return ids, position, copies


def _decided(fields: Fields, book: RuleBook) -> _Found:
    """The pairs that a rule merges or gives to a person."""
    import numpy as np

    i, j = candidates(fields)
    parts = []
    for start in range(0, max(len(i), 1), _AT_ONCE):
        a, b = promising(fields, i[start : start + _AT_ONCE], j[start : start + _AT_ONCE])
        scores = compare(fields, a, b)
        rule, merges = _outcomes(book, scores)
        parts.append(_Found(a, b, rule, merges, scores).where(rule >= 0))
    scores = {name: np.concatenate([part.scores[name] for part in parts]) for name in parts[0].scores}
    return _Found(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("i", "j", "rule", "merges")), scores)


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


def _joined(fields: Fields, book: RuleBook, found: _Found) -> tuple[_Found, np.ndarray]:
    """What was found, and the group of each record; where a veto holds between two members of a group, a person decides on all of it."""
    import numpy as np

    group = grouped(len(fields), found.i[found.merges], found.j[found.merges])
    i, j = within(group, least=3)  # of two the pair itself was asked
    scores = compare(fields, i, j)
    disagree = np.logical_or.reduce([veto.holds(scores) for veto in book.vetoes if veto.outcome == "distinct"])
    doubted = found.merges & np.isin(group[found.i], group[i[disagree]])
    ends = len(book.vetoes) + len(book.rules)
    found = replace(found, rule=np.where(doubted, ends, found.rule), merges=found.merges & ~doubted)
    return found, grouped(len(fields), found.i[found.merges], found.j[found.merges])


def _one_for_each_two_groups(found: _Found, group: np.ndarray) -> np.ndarray:
    """Which pairs to show a person: of those that would join the same two groups the most alike."""
    import numpy as np

    low, high = np.minimum(group[found.i], group[found.j]), np.maximum(group[found.i], group[found.j])
    order = np.lexsort((found.j, found.i, -_score(found.scores), found.merges))
    order = order[~found.merges[order] & (low[order] != high[order])]
    _, best = np.unique(low[order] * (len(group) + 1) + high[order], return_index=True)
    shown = np.zeros(len(found.i), dtype=bool)
    shown[order[best]] = True
    return shown


def _score(scores: dict[str, np.ndarray]) -> np.ndarray:
    """0 to 1: the mean agreement of the fields that both records state."""
    import numpy as np

    parts = [np.clip(scores[name], 0, 1) if name in _EXACT else scores[name] / 100 for name in (*_ALIKE, *_EXACT)]
    stated = np.sum([~np.isnan(part) for part in parts], axis=0)
    return np.round(np.nansum(parts, axis=0) / np.maximum(stated, 1), 3)


def _shown(ids: list[Hashable], position: list[int], group: np.ndarray, found: _Found, book: RuleBook) -> Duplicates:
    """The frames; a content is named by the first of its records in the alphabet, a group by the first of its members."""
    import numpy as np
    import pandas as pd

    records = sorted(dict(zip(ids, position, strict=True)).items(), key=lambda one: str(one[0]))
    first: dict[int, Hashable] = {}
    of_group: dict[int, Hashable] = {}
    copies: list[tuple[Hashable, Hashable]] = []
    for record, at in records:
        of_group.setdefault(int(group[at]), record)
        if first.setdefault(at, record) != record:
            copies.append((first[at], record))
    says = [(rule.id, rule.version, " ".join(fields_of(rule)), rule.says) for rule in (*book.vetoes, *book.rules)]
    says += [(ENDS_DISAGREE, 1, "title", SAYS_ENDS_DISAGREE), (EXACT_COPY, 1, " ".join(COLUMNS), SAYS_EXACT_COPY)]
    two = [sorted((first[i], first[j]), key=str) for i, j in zip(found.i.tolist(), found.j.tolist(), strict=True)]
    rule = [*found.rule.tolist(), *[len(says) - 1] * len(copies)]
    pairs = pd.DataFrame({
        "a": [a for a, _ in (*two, *copies)],
        "b": [b for _, b in (*two, *copies)],
        "outcome": [*np.where(found.merges, "merge", "review").tolist(), *["merge"] * len(copies)],
        "rule": [says[k][0] for k in rule],
        "score": [*_score(found.scores).tolist(), *[1.0] * len(copies)],
    })  # fmt: skip
    compared = pd.DataFrame({
        "version": [says[k][1] for k in rule],
        "fields": [says[k][2] for k in rule],
        "says": [says[k][3] for k in rule],
        **{name: [*score.tolist(), *[np.nan] * len(copies)] for name, score in found.scores.items()},
    })  # fmt: skip
    order = sorted(range(len(pairs)), key=[(str(a), str(b)) for a, b in (*two, *copies)].__getitem__)
    groups = pd.DataFrame({"record": [r for r, _ in records], "group": [of_group[int(group[at])] for _, at in records]})
    return Duplicates(pairs.iloc[order].reset_index(drop=True), groups, compared.iloc[order].reset_index(drop=True))
