"""From decisions to agreement: whose side is whose, which answers count as one, and that pairs are not mixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from review.errors import InputRefused, near
from review.model.agreement import METHODS, Agreement, agreement, agreement_among
from review.model.decision import whose
from review.model.event import Event
from review.model.intervals import REPLICATES

CATEGORIES = ("include", "unsure", "exclude")
AS_INCLUDE = ("include", "exclude")
JUDGED = ("met", "unclear", "not_met")

Pair = tuple[Event, Event]


def pair_of(one: Pair) -> tuple[str, str]:
    """The two reviewers, by the order of their ids."""
    first, second = sorted(whose(e) for e in one)
    return first, second


def agreement_of(
    pairs: Sequence[Pair],
    together: Sequence[Sequence[Event]],
    *,
    method: str,
    unsure_as_include: bool,
    pair: tuple[str, str] | None,
    criterion: str | None,
    interval: str,
    replicates: int = REPLICATES,
    seed: int,
) -> Agreement:
    """Agreement over *pairs* of independent decisions, those of one *pair* of reviewers where it is named.

    together   the independent decisions on each report, of all its readers: what alpha and AC1 rest on where several pairs worked
    criterion  of the judgements on this criterion, where both made one, in place of the decisions
    Each pair is taken in the order of the reviewers' ids, so that the sides of the table mean the same throughout. Other statistics of
    several pairs are counted together but not shown as one.
    """
    categories = JUDGED if criterion is not None else AS_INCLUDE if unsure_as_include else CATEGORIES
    how = {"categories": categories, "method": method, "interval": interval, "replicates": replicates, "seed": seed}
    wanted = None if pair is None else tuple(sorted(pair))
    several = pair is None and len({pair_of(one) for one in pairs}) > 1
    if several and method in METHODS and METHODS[method].of_many is not None:
        ratings = [[_counted(e, unsure_as_include, criterion) for e in readers] for readers in together]
        return agreement_among(ratings, **how)  # type: ignore[arg-type]
    kept = [sorted(one, key=whose) for one in pairs if wanted is None or pair_of(one) == wanted]
    answers = [tuple(_counted(e, unsure_as_include, criterion) for e in one) for one in kept]
    found = agreement([one for one in answers if None not in one], **how)  # type: ignore[arg-type, misc]
    if several:
        return replace(found, value=None, low=None, high=None, shown=False, note="several pairs of reviewers: see each pair")
    return found


def check_criterion(criterion: str, known: Sequence[str]) -> None:
    """Raises InputRefused unless *criterion* is one of this stage."""
    if criterion not in known:
        raise InputRefused(f"there is no criterion {criterion!r} at this stage", next_step=near(criterion, known))


def judgement(event: Event, criterion: str) -> str | None:
    """The judgement of *criterion* in a decision; None where there is none, or it was not assessed."""
    found = (event.body.get("judgements") or {}).get(criterion)
    return found if found in JUDGED else None


def _counted(event: Event, unsure_as_include: bool, criterion: str | None) -> str | None:
    if criterion is not None:
        return judgement(event, criterion)
    decision = str(event.body["decision"])
    return "include" if unsure_as_include and decision == "unsure" else decision
