"""Groups of records that are joined in pairs; a group in which two members may not be one goes to a person whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

LARGEST_COMPARED = 300  # members of a group, each held against each


def grouped(n: int, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """For each of *n* records the lowest position in its group, when the records i and j are joined. No recursion, any order."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    _, label = connected_components(coo_array((np.ones(len(i), dtype=bool), (i, j)), shape=(n, n)), directed=False)
    lowest = np.full(n, n, dtype=np.int64)
    np.minimum.at(lowest, label, np.arange(n))
    return lowest[label]


def within(group: np.ndarray, *, least: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of members of each group of *least* members or more; above ``LARGEST_COMPARED`` each with its neighbour and the first."""
    import numpy as np

    found = list(_within(group, least))
    nothing = np.empty(0, dtype=np.int64)
    return (np.concatenate([i for i, _ in found] or [nothing]), np.concatenate([j for _, j in found] or [nothing]))


def _within(group: np.ndarray, least: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    import numpy as np

    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    sizes = np.diff(np.append(starts, len(order)))
    for size in np.unique(sizes[sizes >= least]):
        blocks = order[starts[sizes == size][:, None] + np.arange(size)]
        if size <= LARGEST_COMPARED:
            left, right = np.triu_indices(size, 1)
            yield blocks[:, left].ravel(), blocks[:, right].ravel()
        else:
            yield blocks[:, :-1].ravel(), blocks[:, 1:].ravel()
            yield np.repeat(blocks[:, 0], size - 1), blocks[:, 1:].ravel()
