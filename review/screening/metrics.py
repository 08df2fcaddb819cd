"""How good an order of records is for screening: how early the relevant ones come. It takes labels, best-ranked first, and counts.

Labels are 1 (relevant) or 0, over the pool that was ranked: records whose label was known before are left out. With n records, P of
them relevant and c(i) relevant among the first i, every figure is defined in its function; a figure without its definition says little,
since two tools that call theirs WSS may differ by a sixth.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from math import floor, log2

from review.errors import InputRefused

DEFINITIONS = ("classic", "insights")


def loss(labels: Iterable[int]) -> float:
    """How far the curve of recall lies below the best one: 0 all relevant first, 1 all relevant last, about 0.5 in random order.

    (P (n - (P - 1) / 2) - sum of c(i)) / (P (n - P)). Where every record is relevant no order is better than another: 0.

    >>> loss([1, 1, 0, 0]), loss([0, 0, 1, 1]), loss([0, 1, 1, 0])
    (0.0, 1.0, 0.5)
    """
    order, relevant = _checked(labels)
    n = len(order)
    if relevant == n:
        return 0.0
    best = relevant * (n - (relevant - 1) / 2)
    return (best - sum(accumulate(order))) / (relevant * (n - relevant))


def recall_at(labels: Iterable[int], share: float) -> float:
    """The share of the relevant records among the first floor(share x n): with *share* 0.1, recall at 10 %.

    share: in (0, 1]; a percentage above 1 and up to 100 is read as such.

    >>> recall_at([1, 0, 1, 0, 0, 0, 0, 0, 0, 1], 0.3)
    0.6666666666666666
    """
    order, relevant = _checked(labels)
    if not 0 < share <= 100:
        raise InputRefused(f"{share!r} is no share of the records", where="recall_at", expected="a number above 0 and up to 1, such as 0.1")
    part = share / 100 if share > 1 else share
    seen = floor(part * len(order) + 1e-9)  # 0.07 x 100 must be 7, whatever binary fractions make of it
    return sum(order[:seen]) / relevant


def atd(labels: Iterable[int], *, in_records: bool = False) -> float:
    """Average time to discovery: the mean rank (from 1) of the relevant records, divided by n, or in records.

    Source: Ferdinands et al. 2023, Syst Rev 12:100.

    >>> atd([1, 0, 1, 0])
    0.5
    """
    order, relevant = _checked(labels)
    mean = sum(rank for rank, label in enumerate(order, 1) if label) / relevant
    return mean if in_records else mean / len(order)


def wss(labels: Iterable[int], recall: float = 0.95, *, definition: str = "classic") -> float:
    """Work saved over sampling at *recall*, by one of two definitions that differ; say which one was used.

    classic: (n - k) / n - (1 - recall), with k the first rank at which ceil(recall x P) relevant are found
    (Cohen et al. 2006, J Am Med Inform Assoc 13:206).
    insights: at the last step whose recall is at most *recall*, how many records earlier it came than on the straight line of random
    order, divided by n; nothing is subtracted (as in ASReview's insights). 0 where not one relevant record may be missed by then.
    """
    order, relevant = _checked(labels)
    if definition not in DEFINITIONS:
        raise InputRefused(f"there is no definition {definition!r} of WSS", where="wss", expected=" or ".join(DEFINITIONS))
    if not 0 < recall <= 1:
        raise InputRefused(f"{recall!r} is no recall", where="wss", expected="a number above 0 and up to 1, such as 0.95")
    n, found = len(order), list(accumulate(order))
    if definition == "classic":
        wanted = -floor(-recall * relevant + 1e-9)  # ceil, but 0.95 x 20 is 19
        return (n - (bisect_left(found, wanted) + 1)) / n - (1 - recall)
    wanted = floor(recall * relevant + 1e-9)
    if not wanted:
        return 0.0
    random = [round(step * relevant / (n - 1)) for step in range(n)] if n > 1 else [relevant]  # as the original rounds
    return (bisect_left(random, wanted) - bisect_left(found, wanted)) / n


def ndcg(labels: Iterable[int]) -> float:
    """Normalised discounted cumulative gain: the sum of 1 / log2(rank + 1) over the relevant records, divided by that of the best order.

    >>> ndcg([1, 1, 0])
    1.0
    """
    order, relevant = _checked(labels)
    gained = sum(1 / log2(rank + 1) for rank, label in enumerate(order, 1) if label)
    return gained / sum(1 / log2(rank + 1) for rank in range(1, relevant + 1))


def _checked(labels: Iterable[int]) -> tuple[list[int], int]:
    """The labels as ints, and how many are relevant. Raises InputRefused for other values, and where none is relevant."""
    order = []
    for rank, label in enumerate(labels, 1):
        if label not in (0, 1):
            raise InputRefused(f"the label at rank {rank} is {label!r}", where="labels", expected="1 (relevant) or 0")
        order.append(int(label))
    if not sum(order):
        raise InputRefused("no record in this order is relevant, so its quality is undefined", where="labels", expected="at least one 1")
    return order, sum(order)
