"""Which merges count for nothing while another person's word stands against them. It decides nothing and writes nothing.

Two people who worked apart may say that two reports are one document and that they are two. Until one of them or the lead settles it the
reports stay two, so that none is lost, and a person is asked. What a rule merged where the word was not known simply gives way to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from review.model.event import Event
from review.studies.groups import Groups

Sides = Sequence[frozenset[str]]
Word = tuple[Event, Sides]  # what a person said that parts reports, and the groups that it parted then


def held_back(merges: Sequence[Event], words: Sequence[Word], restored: Callable[[Event], bool]) -> dict[str, Event]:
    """Merge -> the word against it, of *merges* that count by themselves. *restored*: whether a person has put a rule's merge back.

    A person's merge outweighs that person's own earlier word. Merges of people are asked before those of rules, each in ledger order; one
    that would join two groups of a word, also through others, is held back.
    """
    whole = Groups({r for merge in merges for r in merge.body["reports"]} | {r for _, sides in words for side in sides for r in side})
    for merge in merges:
        for report in merge.body["reports"][1:]:
            whole.join(merge.body["reports"][0], report)
    people = [merge for merge in merges if not merge.by_tool or restored(merge)]
    standing = [
        (word, sides)
        for word, sides in words
        if (joined := _joined(sides, whole))
        and not any(m.actor == word.actor and m.position > word.position and whole.root(m.body["reports"][0]) in joined for m in people)
    ]
    if not standing:
        return {}
    groups = Groups(whole)
    for _, sides in standing:
        for at, side in enumerate(sides):
            for other in sides[at + 1 :]:
                for report in side:
                    for another in other:
                        groups.part(report, another)
    first = {merge.id for merge in people}
    held = {}
    for merge in sorted(merges, key=lambda m: (m.id not in first, m.position)):
        own = list(dict.fromkeys(merge.body["reports"]))
        if any(groups.parted(a, b) for at, a in enumerate(own) for b in own[at + 1 :]):
            held[merge.id] = next(word for word, sides in standing if _bridged({*map(groups.root, own)}, sides, groups))
            continue
        for report in own[1:]:
            groups.join(own[0], report)
    return held


def words_against(words: Iterable[Word], reports: Iterable[str]) -> list[Event]:
    """The words of people that part *reports*."""
    named = frozenset(reports)
    return [word for word, sides in words if sum(not named.isdisjoint(side) for side in sides) > 1]


def _joined(sides: Sides, groups: Groups) -> set[str]:
    """The groups in which two sides or more have a part."""
    of_side = Counter(root for side in sides for root in {groups.root(report) for report in side})
    return {root for root, n in of_side.items() if n > 1}


def _bridged(roots: set[str], sides: Sides, groups: Groups) -> bool:
    return sum(not roots.isdisjoint(map(groups.root, side)) for side in sides) > 1
