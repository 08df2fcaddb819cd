"""This viewer's order of reading: what it learns from, made at rest; the order itself, made in a thread; and why a record has its place.

A share of the places goes to records drawn at random, the same for every reviewer, so that how many relevant ones there are can be
estimated without the ranking's own leaning. The order advises; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from math import floor

from review.errors import NotFound
from review.model.plan import Plan
from review.model.views import RecordView, ReportView
from review.screening.ranking import Ranked, Ranker

SEED = 0
WHY = {
    "elas-u4": "Ranked by what stands so far: {included:,} included, {excluded:,} excluded.",
    "nb": "Ranked by another model, from what stands so far: {included:,} included, {excluded:,} excluded.",
    "question": "Ranked by likeness to the protocol's question, until both an include and an exclude are known.",
    "includes": "Ranked by likeness to what was included, until an exclude is known.",
    "random": "Drawn at random, so that the number of relevant records can be estimated without leaning on the ranking.",
    "arrival": "In the order in which the records came in.",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report stands in an order. rank: from 1. model: what put it there. why: that in words. terms: what lifts it most."""

    rank: int
    model: str
    why: str
    terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    """An order of what waits for one viewer. ``reports``: their ids, best first."""

    reports: tuple[str, ...]
    _models: dict[str, str] = field(repr=False)
    _why: dict[str, str] = field(repr=False)
    _at: dict[str, int] = field(repr=False)  # report -> its position among the ranker's texts
    _ranker: Ranker | None = field(default=None, repr=False)
    _ranked: Ranked | None = field(default=None, repr=False)
    _ranks: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ranks", {report: rank for rank, report in enumerate(self.reports, 1)})

    def place(self, report: str) -> Place:
        """Where *report* stands and why. Raises NotFound for one that does not wait in this order."""
        if report not in self._ranks:
            raise NotFound(f"{report} does not wait in this order", next_step="one of order.reports")
        model = self._models[report]
        learned = self._ranker is not None and self._ranked is not None and model not in ("random", "arrival")
        terms = self._ranker.terms(self._at[report], self._ranked) if learned else ()  # type: ignore[union-attr, arg-type]
        return Place(self._ranks[report], model, self._why[model], terms)


@dataclass(frozen=True)
class Learning:
    """What an order is made from. reports, texts, labels: of every report of the stage, in the order they came in; a label is 1, 0 or None.

    waiting: the reports that wait for this viewer. read: how many this viewer has decided. share: of the places, those filled at random.
    Reading it touches no ledger.
    """

    stage: str
    reports: tuple[str, ...]
    texts: tuple[str, ...] = field(repr=False)
    labels: tuple[int | None, ...] = field(repr=False)
    waiting: tuple[str, ...] = field(repr=False)
    read: int
    query: str
    share: float
    seed: int = SEED
    _ranker: Ranker | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self._ranker is None:
            object.__setattr__(self, "_ranker", Ranker(self.texts, query=self.query, seed=self.seed))

    def after(self, earlier: Learning | None) -> Learning:
        """The same, with what *earlier* has made ready of the same texts and question, so that only the training is done anew."""
        same = earlier is not None and (self.texts, self.query, self.seed) == (earlier.texts, earlier.query, earlier.seed)
        return replace(self, _ranker=earlier._ranker) if same else self  # type: ignore[union-attr]

    def order(self, model: str = "elas-u4") -> Order:
        """What waits, best first, by *model* ('elas-u4', or 'nb' for another look), with the share drawn at random in its places."""
        assert self._ranker is not None
        ranked = self._ranker.ranked(self.labels, model=model)
        waits = set(self.waiting)
        best = [report for at in ranked.order if (report := self.reports[at]) in waits]
        reports, drawn = mixed(best, read=self.read, share=self.share)
        models = {report: "random" if report in drawn else ranked.model for report in reports}
        known = [label for label in self.labels if label is not None]
        why = {name: words.format(included=sum(known), excluded=len(known) - sum(known)) for name, words in WHY.items()}
        positions = {report: at for at, report in enumerate(self.reports)}
        return Order(reports, models, why, positions, self._ranker, ranked)

    def arrival(self) -> Order:
        """What waits in the order it came in: at once, for as long as the other is being made."""
        return Order(self.waiting, dict.fromkeys(self.waiting, "arrival"), WHY, {})


def mixed(best: Sequence[str], *, read: int, share: float) -> tuple[tuple[str, ...], frozenset[str]]:
    """*best* with a *share* of the places given to records drawn at random; and which those are.

    read: how many were read before the first of these, so that the share holds over the whole of screening however often the order is
    made anew.
    """
    lot, ranked = iter(by_lot(best)), iter(best)
    order: list[str] = []
    drawn, taken = set(), set()
    for place in range(read, read + len(best)):
        by_chance = is_drawn(place, share)
        report = next(one for one in (lot if by_chance else ranked) if one not in taken)
        order.append(report)
        taken.add(report)
        if by_chance:
            drawn.add(report)
    return tuple(order), frozenset(drawn)


def is_drawn(place: int, share: float) -> bool:
    """Whether the *place* (from 0) in the order of screening goes to a record drawn at random."""
    return floor((place + 1) * share + 1e-9) > floor(place * share + 1e-9)


def by_lot(reports: Iterable[str]) -> list[str]:
    """The reports in an order that only chance made, and that is the same for everybody: by the hash of their ids."""
    return sorted(reports, key=lambda report: sha256(report.encode()).digest())


def text_of(report: ReportView) -> str:
    """Title, blank, abstract (else the summary) of *report*: the best among its records."""
    title, abstract = report.best("title"), report.best("abstract")
    told = abstract.value if abstract else next(filter(None, map(_summary, report.in_order)), "")
    return f"{title.value if title else ''} {told}"


def _summary(record: RecordView) -> str:
    doc, printed = record.doc, record.doc.get("publication") or {}
    extract = "\n\n".join(printed.get("body_excerpt") or ())
    return doc.get("brief_summary") or extract or doc.get("detailed_description") or ""


def question_of(plan: Plan) -> str:
    """The protocol's question in words: population and intervention; where one is empty, the texts of its criteria."""
    asked = ((plan.question.population, "P"), (plan.question.intervention, "I"))
    words = (own or " ".join(c.text for c in plan.criteria if c.element == element) for own, element in asked)
    return " ".join(filter(None, words))
