"""Which pairs of records are worth comparing: those that share a key, never those that share the lack of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from review.studies.duplicates.normalise import Fields

if TYPE_CHECKING:
    import numpy as np

LARGEST_BLOCK = 400  # in a larger block each record is compared with its nearest in the order of content
NEIGHBOURS = 10
_FEWEST_LETTERS = 8  # of a title, for a key to be made of a part of it


def candidates(fields: Fields) -> tuple[np.ndarray, np.ndarray]:
    """The pairs (i, j), i < j, of positions that share a key. The records stand in the order of their content."""
    import numpy as np

    n = len(fields)
    found = [np.empty(0, dtype=np.int64)]
    for key in _keys(fields):
        found += [i * n + j for i, j in _pairs_within(_codes(key))]
        found = [np.unique(np.concatenate(found))]
    return found[0] // max(n, 1), found[0] % max(n, 1)


def _keys(fields: Fields) -> Iterator[list[str]]:
    """Texts that two records may share, '' where a record has none."""
    titles, n = fields.title.tolist(), len(fields)
    pages, volumes, years, firsts = fields.page.tolist(), fields.volume.tolist(), fields.year.tolist(), fields.first.tolist()
    yield fields.doi_base.tolist()
    yield fields.pmid.tolist()
    yield fields.registration.tolist()
    yield titles
    yield [f"{t[:14]}" if len(t) > _FEWEST_LETTERS else "" for t in titles]
    yield [f"{t[-14:]}" if len(t) > _FEWEST_LETTERS else "" for t in titles]
    yield [t[:80] for t in fields.abstract.tolist()]
    yield [f"{v} {p} {y}" if v and p not in ("", "1") and y > 0 else "" for v, p, y in zip(volumes, pages, years, strict=True)]
    ranges = fields.pages.tolist()
    yield [
        f"{p} {y}" if y > 0 and not p.endswith("-") and not p.startswith(("1-", "-")) else "" for p, y in zip(ranges, years, strict=True)
    ]
    yield [f"{v} {p} {f}" if v and p and f else "" for v, p, f in zip(volumes, pages, firsts, strict=True)]
    rare = _rarest_words(fields.words.tolist())
    yield [f"{one[0]} {one[1]}" if len(one) > 1 else "" for one in rare]
    yield [f"{one[0]} {one[2]}" if len(one) > 2 else "" for one in rare]
    yield [f"{one[1]} {one[2]}" if len(one) > 2 else "" for one in rare]
    yield [f"{one[0]} {firsts[k]}" if one and firsts[k] else "" for k, one in zip(range(n), rare, strict=True)]


def _rarest_words(titles: list[str]) -> list[list[str]]:
    """The three words of each title that the fewest titles have but at least two, the rarest first."""
    words = [set(one.split(" ")) for one in titles]
    often = Counter(word for one in words for word in one if len(word) > 2)
    by_rarity = sorted((n, word) for word, n in often.items() if n > 1)
    rank = {word: k for k, (_, word) in enumerate(by_rarity)}
    return [[by_rarity[k][1] for k in sorted(rank[word] for word in one if word in rank)[:3]] for one in words]


def _codes(key: Iterable[str]) -> np.ndarray:
    import pandas as pd

    values = pd.Series(list(key), dtype=object)
    return pd.factorize(values.where(values != "", None))[0]


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
