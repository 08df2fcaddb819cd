"""Groups of ids that are joined pairwise: the same groups for any order of the joins, without recursion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def groups_of(ids: Sequence[str], joins: Iterable[Sequence[str]]) -> list[list[str]]:
    """The groups, each in the order of *ids*, in the order of their first members. Every id is in exactly one group.

    >>> groups_of(["a", "b", "c", "d"], [["c", "a"]])
    [['a', 'c'], ['b'], ['d']]
    """
    parent = {i: i for i in ids}

    def root(i: str) -> str:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for join in joins:
        for other in join[1:]:
            parent[root(other)] = root(join[0])
    found: dict[str, list[str]] = {}
    for i in ids:
        found.setdefault(root(i), []).append(i)
    return list(found.values())
