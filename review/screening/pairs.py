"""From pairs of decisions to agreement: whose side is whose, which answers count as one, and that pairs are not mixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from review.model.event import Event
from review.screening.agreement import Agreement, agreement

CATEGORIES = ("include", "unsure", "exclude")
AS_INCLUDE = ("include", "exclude")

Pair = tuple[Event, Event]


def pair_of(one: Pair) -> tuple[str, str]:
    """The two reviewers, by the order of their ids."""
    first, second = sorted(e.actor for e in one)
    return first, second


def agreement_of(pairs: Sequence[Pair], *, method: str, unsure_as_include: bool, pair: tuple[str, str] | None) -> Agreement:
    """Agreement over *pairs* of independent decisions, those of one *pair* of reviewers where it is named.

    Each pair is taken in the order of the reviewers' ids, so that the sides of the table mean the same throughout. Several pairs
    of reviewers are counted together but not shown as one statistic.
    """
    wanted = None if pair is None else tuple(sorted(pair))
    kept = [sorted(one, key=lambda e: e.actor) for one in pairs if wanted is None or pair_of(one) == wanted]
    answers = [tuple(_counted(e.body["decision"], unsure_as_include) for e in one) for one in kept]
    found = agreement(answers, categories=AS_INCLUDE if unsure_as_include else CATEGORIES, method=method)
    if pair is None and len({pair_of(one) for one in pairs}) > 1:
        return replace(found, value=None, low=None, high=None, shown=False, note="several pairs of reviewers: see each pair")
    return found


def _counted(decision: str, unsure_as_include: bool) -> str:
    return "include" if unsure_as_include and decision == "unsure" else decision
