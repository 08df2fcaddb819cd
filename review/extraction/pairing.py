"""Rows of results that one extractor alone has: two who are blind to each other may give one arm or time point two names. It only tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from review.extraction.asked import Row
from review.extraction.outcome_words import likeness, same_time
from review.extraction.rows import folded

LIKE = 50  # of the words of a name, per cent: what a person may mean by another name


def alone(answered: Mapping[Row, Iterable[str]], due: int) -> list[tuple[Row, Row | None]]:
    """(a row that one person alone answered, the row of another person alone that is most like it or None), in the order of the rows.

    answered: of each row the people who answered a cell of it. due: how many people extract; of one nobody is alone, and of several
    nobody while the others have not begun.
    """
    if due < 2 or len({name for names in answered.values() for name in names}) < 2:
        return []
    single = {row: next(iter(people)) for row, names in answered.items() if any(row) and len(people := set(names)) == 1}
    return [(row, _nearest(row, [other for other, by in single.items() if by != who])) for row, who in single.items()]


def _nearest(row: Row, others: Sequence[Row]) -> Row | None:
    scored = [(score, at) for at, other in enumerate(others) if (score := _alike(row, other)) is not None]
    return others[max(scored, key=lambda one: (one[0], -one[1]))[1]] if scored else None


def _alike(one: Row, other: Row) -> int | None:
    """How like two rows are; None where one part of them is something else."""
    parts = [_part(at, mine, theirs) for at, (mine, theirs) in enumerate(zip(one, other, strict=True))]
    return None if None in parts else sum(part for part in parts if part is not None)


def _part(at: int, one: str | None, other: str | None) -> int | None:
    if folded(one) == folded(other):
        return 100
    if one is None or other is None:
        return 0  # one left it open
    if at == 2:
        return 90 if same_time([one], [other]) else None
    score = max(likeness(one, other), 60 if one.casefold() in other.casefold() or other.casefold() in one.casefold() else 0)
    return score if score >= LIKE else None
