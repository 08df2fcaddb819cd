"""Groups of ids that are joined pairwise: the same groups for any order of the joins, without recursion; and joins that are barred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def groups_of(ids: Sequence[str], joins: Iterable[Sequence[str]]) -> list[list[str]]:
    """The groups, each in the order of *ids*, in the order of their first members. Every id is in exactly one group.

    >>> groups_of(["a", "b", "c", "d"], [["c", "a"]])
    [['a', 'c'], ['b'], ['d']]
    """
    joined = Groups(ids)
    for join in joins:
        for other in join[1:]:
            joined.join(join[0], other)
    found: dict[str, list[str]] = {}
    for i in ids:
        found.setdefault(joined.root(i), []).append(i)
    return list(found.values())


class Groups:
    """Groups that grow by joins. Two that were parted are never joined, also not through a third.

    >>> groups = Groups(["a", "b", "c"])
    >>> groups.part("a", "b")
    >>> groups.join("a", "c"), groups.join("b", "c")
    (True, False)
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self._parent = {i: i for i in ids}
        self._apart: dict[str, set[str]] = {}  # root -> the roots that it is parted from

    def __iter__(self) -> Iterator[str]:
        return iter(self._parent)

    def root(self, i: str) -> str:
        """The member that stands for the group of *i*; which one it is says nothing."""
        parent = self._parent
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def part(self, a: str, b: str) -> None:
        """From now on the groups of *a* and *b* stay two; nothing where they are one already."""
        a, b = self.root(a), self.root(b)
        if a != b:
            self._apart.setdefault(a, set()).add(b)
            self._apart.setdefault(b, set()).add(a)

    def parted(self, a: str, b: str) -> bool:
        """Whether the groups of *a* and *b* may not be joined."""
        return self.root(b) in self._apart.get(self.root(a), ())

    def join(self, a: str, b: str) -> bool:
        """Join the groups of *a* and *b*; False where they may not be joined."""
        a, b = self.root(a), self.root(b)
        if a == b or self.parted(a, b):
            return a == b
        if len(self._apart.get(a, ())) < len(self._apart.get(b, ())):
            a, b = b, a
        self._parent[b] = a
        for other in self._apart.pop(b, ()):
            self._apart[other].discard(b)
            self._apart[other].add(a)
            self._apart.setdefault(a, set()).add(other)
        return True
