"""Agreement of assessors for each domain and each question, from answers that they gave apart. It decides nothing about who answered.

The statistics are the review's own: under 30 pairs there is none, and how many are alike stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from review.bias.algorithm import NA
from review.bias.state import OF_ITEMS
from review.bias.tools import Tool
from review.model.agreement import Agreement, agreement, agreement_among
from review.model.event import Event

COLUMNS = (
    "effect", "level", "name", "label", "n", "alike", "one_only", "raw", "raw_low", "raw_high",
    "kappa_weighted", "kappa_low", "kappa_high", "ac1", "ac1_low", "ac1_high", "note",
)  # fmt: skip
_SCALE = ("Y", "PY", "NI", "U", "UNCLEAR", "PN", "N")  # from yes to no, with what is not known between them
_ONE_CATEGORY = "everybody chose from one category"

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """Agreement on one domain, the overall judgement or one question.

    ``n``: pairs. ``alike``: those that are the same. ``one_only``: results on which one of the two alone has a judgement or was asked.
    ``kappa``: weighted, linear in the order of levels or answers; ``outside``: pairs left out of it for standing outside that order.
    """

    effect: str | None
    level: Literal["domain", "overall", "question"]
    name: str
    label: str
    n: int
    alike: int
    one_only: int
    raw: Agreement | None
    kappa: Agreement | None
    ac1: Agreement | None
    outside: int
    pairs: tuple[tuple[Event, ...], ...]

    @property
    def note(self) -> str:
        """Why a value is missing, or which pairs stand outside the order."""
        said = [one.note for one in (self.raw, self.kappa, self.ac1) if one is not None and one.note]
        if self.kappa is None and self.n:
            said.append("several pairs of assessors: no kappa of all" if self.raw is not None else _ONE_CATEGORY)
        if self.outside:
            said.append(f"{self.outside} outside the order, not in weighted kappa")
        return "; ".join(dict.fromkeys(said))

    def flat(self) -> list[object]:
        """The values of ``COLUMNS``."""
        found = [(one.value, one.low, one.high) if one is not None else (None,) * 3 for one in (self.raw, self.kappa, self.ac1)]
        return [
            self.effect, self.level, self.name, self.label, self.n, self.alike, self.one_only,
            *(value for three in found for value in three), self.note,
        ]  # fmt: skip


def rows(form: Tool, effect: str | None, both: Sequence[tuple[Event, ...]]) -> list[Row]:
    """The rows of one tool and effect of interest. both: for each result the judgements that were given apart, in any order."""
    levels = [level.label for level in sorted(form.levels, key=lambda level: (level.rank is None, level.rank or 0))]
    ranked = {level.label for level in form.levels if level.rank is not None}
    made = []
    named = {domain.id: domain.label for domain in form.domains(effect)}
    for name in form.judged(effect):
        if not any(_final(e, name) in OF_ITEMS for events in both for e in events):
            label = named.get(name, name)
            made.append(_row(effect, "domain", name, label, both, _level_of(name), levels, ranked))
    over = form.overall_levels or form.levels
    overall = [level.label for level in over]
    made.append(
        _row(
            effect,
            "overall",
            "overall",
            "Overall",
            both,
            lambda e: e.body["overall"],
            overall,
            {o.label for o in over if o.rank is not None},
        )
    )
    for question in form.questions(effect):
        options, order = scale(question.options)
        label = question.topic or question.text
        made.append(_row(effect, "question", question.id, label, both, _asked(question.id), options, set(order)))
    return made


def scale(options: Sequence[str]) -> tuple[list[str], list[str]]:
    """The answers of a question in order, those without a place in it last; and those that have one.

    Yes to no with 'no information' or 'unclear' between; where other words are used, the order of the tool's file. NA has no place.

    >>> scale(("Y", "PY", "PN", "N", "NI", "NA"))
    (['Y', 'PY', 'NI', 'PN', 'N', 'NA'], ['Y', 'PY', 'NI', 'PN', 'N'])
    """
    named = [one for one in options if one != NA]
    if all(one.upper() in _SCALE for one in named):
        named.sort(key=lambda one: _SCALE.index(one.upper()))
    return [*named, *([NA] if NA in options else [])], named


def _final(event: Event, domain: str) -> str | None:
    found = event.body["domains"].get(domain)
    return found["final"] if found else None


def _level_of(name: str) -> Callable[[Event], str | None]:
    return lambda event: _final(event, name)


def _asked(question: str) -> Callable[[Event], str | None]:
    return lambda event: event.body["answers"].get(question) or None


def _row(
    effect: str | None,
    level: Literal["domain", "overall", "question"],
    name: str,
    label: str,
    both: Sequence[tuple[Event, ...]],
    said: Callable[[Event], str | None],
    categories: Sequence[str],
    ordered: set[str],
) -> Row:
    given = [sorted((e.actor, said(e)) for e in events) for events in both]
    known = [[(who, one if one in categories else None) for who, one in pair] for pair in given]
    pairs = sorted(tuple(str(one) for _, one in pair) for pair in known if all(one is not None for _, one in pair))
    one_only = sum(len({one is None for _, one in pair}) == 2 for pair in known)
    n, alike = len(pairs), sum(len(set(pair)) == 1 for pair in pairs)
    kept = tuple(events for events, pair in zip(both, known, strict=True) if all(one is not None for _, one in pair))
    if len(categories) < 2:
        return Row(effect, level, name, label, n, alike, one_only, None, None, None, 0, kept)
    people = {tuple(who for who, _ in pair) for pair in given}
    inside = [pair for pair in pairs if set(pair) <= ordered]
    order = [one for one in categories if one in ordered]
    weighted = agreement(inside, categories=order, method="kappa_linear") if len(people) <= 1 and len(order) > 1 else None
    raw = agreement(pairs, categories=categories, method="raw")
    ac1 = agreement_among(pairs, categories=categories, method="ac1")
    return Row(effect, level, name, label, n, alike, one_only, raw, weighted, ac1, n - len(inside), kept)
