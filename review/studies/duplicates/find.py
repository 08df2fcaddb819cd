"""Finds the records that are one document, and those of which a person must say so. The order of the rows makes no difference."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from review.studies.duplicates.entries import COLUMNS, Entries, columns_of, entries, rows_of
from review.studies.duplicates.normalise import normalise
from review.studies.duplicates.rules import RuleBook, fields_of, rule_book
from review.studies.duplicates.search import Found, search

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

EXACT_COPY, BARE_COPY, ENDS_DISAGREE, NEWER_VERSION = "exact_copy", "bare_copy", "ends_disagree", "newer_version"
SAYS_ENDS_DISAGREE = "Each is like a third record, of which the group would hold records that are two documents."
SAYS_EXACT_COPY = "All that the two records state is the same, and it names one document."
SAYS_BARE_COPY = "All that the two records state is the same, and so little that it may be said of two documents."


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found.

    ``pairs``: a, b, outcome (merge or review), rule, score (0 to 1, the mean agreement of the fields that both state).
    ``groups``: record, group, a row for each record; a group is named by its record that comes first in the alphabet.
    ``compared``: a row for each row of ``pairs``: the rule's version and sentence, the fields that it compares, and every score of
    ``scores.compare``. ``explain_pairs`` puts both values beside them. ``crowded``: of how many records not every pair with a common
    key was compared, as more than ``LARGEST_BLOCK`` share it (a title such as 'Editorial'); 0 as a rule.
    """

    pairs: pd.DataFrame
    groups: pd.DataFrame
    compared: pd.DataFrame
    crowded: int = 0


@dataclass(frozen=True, slots=True)
class NamedBy:
    """What names a pair: a rule, or that ends disagree, or that the two are copies; the sentence, and the fields that it compares."""

    id: str
    version: int
    fields: tuple[str, ...]
    says: str


def find_duplicates(frame: pd.DataFrame, *, versions_are_one: bool = False) -> Duplicates:
    """The records of *frame*, a row a record, that are one document; columns of ``COLUMNS`` are used where present, and ``record``, its id.

    Records without the column ``record`` are named by the frame's index. *versions_are_one*: whether the updates of a review (DOIs that
    end in .pub2, .pub3) are one document. Raises InputRefused where one id stands for two different records.
    """
    book = _asked(rule_book(), versions_are_one)
    known = entries(*rows_of(frame), book.standing)
    found, group = search(normalise(columns_of(known.contents), book), book)
    return _shown(known, group, found, book)


def _asked(book: RuleBook, versions_are_one: bool) -> RuleBook:
    return replace(book, vetoes=tuple(v for v in book.vetoes if v.id != NEWER_VERSION)) if versions_are_one else book


def named_by(book: RuleBook) -> list[NamedBy]:
    """What can name a pair: vetoes and rules, then that ends disagree, then that the two are copies."""
    said = [NamedBy(rule.id, rule.version, fields_of(rule), rule.says) for rule in (*book.vetoes, *book.rules)]
    further = (
        (ENDS_DISAGREE, 1, ("title",), SAYS_ENDS_DISAGREE),
        (BARE_COPY, 1, COLUMNS, SAYS_BARE_COPY),
        (EXACT_COPY, 2, COLUMNS, SAYS_EXACT_COPY),
    )
    return [*said, *(NamedBy(*one) for one in further)]


def first_ids(known: Entries) -> dict[int, Hashable]:
    """The id that names each content: its first in the alphabet."""
    first: dict[int, Hashable] = {}
    for record, at in sorted(dict(zip(known.ids, known.position, strict=True)).items(), key=lambda one: str(one[0])):
        first.setdefault(at, record)
    return first


def copies(known: Entries, first: Mapping[int, Hashable]) -> list[tuple[Hashable, Hashable, bool]]:
    """(a, b, whether they are one for sure) of records that state the same: each beside the first of them in the alphabet."""
    home = dict(zip(known.ids, known.position, strict=True))
    sure = [(first[at], record, True) for record, at in sorted(home.items(), key=lambda one: str(one[0])) if first[at] != record]
    return [*sure, *((group[0], other, False) for group in known.bare for other in group[1:])]


def named(found: Found, first: dict[int, Hashable]) -> Iterator[tuple[Hashable, Hashable]]:
    """The two ids of each pair that was found, in the order of the alphabet."""
    for i, j in zip(found.i.tolist(), found.j.tolist(), strict=True):
        a, b = sorted((first[i], first[j]), key=str)
        yield a, b


def _shown(known: Entries, group: np.ndarray, found: Found, book: RuleBook) -> Duplicates:
    """The frames; a content is named by the first of its records in the alphabet, a group by the first of its members."""
    import numpy as np
    import pandas as pd

    first = first_ids(known)
    home = dict(zip(known.ids, group[known.position].tolist() if known.ids else (), strict=True))
    of_group: dict[int, Hashable] = {}
    records = sorted(home, key=str)
    for record in records:
        of_group.setdefault(home[record], record)
    says = named_by(book)
    two = list(named(found, first))
    seen = set(two)
    same = [(a, b, sure) for a, b, sure in copies(known, first) if sure or (home[a] != home[b] and (a, b) not in seen)]
    two += [(a, b) for a, b, _ in same]
    rule = [*found.rule.tolist(), *(len(says) - 1 if sure else len(says) - 2 for _, _, sure in same)]
    pairs = pd.DataFrame({
        "a": [a for a, _ in two],
        "b": [b for _, b in two],
        "outcome": [*np.where(found.merges, "merge", "review").tolist(), *("merge" if sure else "review" for _, _, sure in same)],
        "rule": [says[k].id for k in rule],
        "score": [*found.agreement().tolist(), *[1.0] * len(same)],
    })  # fmt: skip
    compared = pd.DataFrame({
        "version": [says[k].version for k in rule],
        "fields": [" ".join(says[k].fields) for k in rule],
        "says": [says[k].says for k in rule],
        **{name: np.append(score, [np.nan] * len(same)) for name, score in found.scores.items()},
    })  # fmt: skip
    order = sorted(range(len(pairs)), key=[(str(a), str(b)) for a, b in two].__getitem__)
    groups = pd.DataFrame({"record": records, "group": [of_group[home[record]] for record in records]})
    return Duplicates(pairs.iloc[order].reset_index(drop=True), groups, compared.iloc[order].reset_index(drop=True), found.crowded)
