"""Hands today's records to the engine of duplicates, a row a record, and takes what it found. It decides nothing and writes nothing.

What a record says is brought into the form that is compared once in each process; a record that changed is another row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from review.model.best_values import abstract_of
from review.model.views import RecordView
from review.studies.link_reports import current_numbers

if TYPE_CHECKING:
    from review.studies.duplicates.entries import Row
    from review.studies.duplicates.explain import Explained
    from review.studies.duplicates.find import NamedBy
    from review.studies.duplicates.normalise import Fields


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reports by their founding ids, and what the engine says of them; ``row`` is its place in the engine's answer."""

    a: str
    b: str
    outcome: Literal["merge", "review"]
    rule: str
    score: float
    row: int


class Compared:
    """The engine's answer for some records: ``pairs``, the most alike first, and why of each; ``crowded``: of how many records not every
    pair with a common key was compared.

    Of all, or of what a change may touch: *new* are reports that no answer before this one knew, *asked* others that are looked at again.
    """

    def __init__(
        self, records: Sequence[RecordView], rows: Rows, *, new: Collection[str] | None = None, asked: Collection[str] = ()
    ) -> None:
        from review.studies.duplicates.entries import entries
        from review.studies.duplicates.find import copies, first_ids, named
        from review.studies.duplicates.rules import rule_book
        from review.studies.duplicates.search import search, search_around

        ids = ["rep:" + record.id.removeprefix("rec:") for record in records]
        stated = rows.of(records)
        book = rule_book()
        known = entries(ids, stated, book.standing)
        fields = rows.fields(known.contents)
        if new is None:
            self._found, _ = search(fields, book)
        else:
            places = list(zip(ids, known.position, strict=True))
            before = {at for report, at in places if report not in new}
            asked_places = {at for report, at in places if report in new or report in asked}
            self._found, _ = search_around(fields, book, set(range(len(fields))) - before, asked_places)
        self.crowded = self._found.crowded
        first = first_ids(known)
        self._says, self._stated = _says(), dict(zip(ids, stated, strict=True))
        self._rule = self._found.rule.tolist()
        merges, scores = self._found.merges.tolist(), self._found.agreement().tolist()
        self.pairs = [
            Pair(str(a), str(b), "merge" if merge else "review", self._says[rule].id, score, row)
            for row, ((a, b), merge, rule, score) in enumerate(zip(named(self._found, first), merges, self._rule, scores, strict=True))
        ]
        for a, b, sure in copies(known, first):
            self._rule.append(len(self._says) - (1 if sure else 2))
            self.pairs.append(Pair(str(a), str(b), "merge" if sure else "review", self._says[self._rule[-1]].id, 1.0, len(self.pairs)))
        self.pairs.sort(key=lambda p: (-p.score, p.a, p.b))

    def explain(self, pairs: Sequence[Pair], place: Mapping[str, int]) -> list[Explained]:
        """Of each pair, the report that came first named first, the rule, and field by field what was compared and how far it agrees.

        *place*: of each report in the order of the ledger.
        """
        from review.studies.duplicates.explain import explained

        told = []
        for pair in pairs:
            a, b = sorted((pair.a, pair.b), key=place.__getitem__)
            of_two = pair.row < len(self._found.i)
            scores = {name: float(values[pair.row]) for name, values in self._found.scores.items()} if of_two else {}
            told.append(explained(a, b, pair.outcome, self._says[self._rule[pair.row]], scores, self._stated[a], self._stated[b]))
        return told


@cache
def _says() -> list[NamedBy]:
    from review.studies.duplicates.find import named_by
    from review.studies.duplicates.rules import rule_book

    return named_by(rule_book())


class Rows:
    """What records say, as rows and as the fields that are compared, each made once for each version of a record."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, tuple[str, ...]], Row] = {}
        self._fields: dict[Row, tuple[Any, ...]] = {}

    def of(self, records: Sequence[RecordView]) -> list[Row]:
        """The row of each record."""
        self._rows = {key: self._rows.get(key) or _row(record) for record in records for key in [(record.id, record.versions)]}
        return list(self._rows.values())

    def fields(self, contents: Sequence[Row]) -> Fields:
        """The fields of these rows."""
        from review.studies.duplicates.entries import columns_of
        from review.studies.duplicates.normalise import fields_of, normalise, values_of
        from review.studies.duplicates.rules import rule_book

        fresh = [row for row in contents if row not in self._fields]
        made = dict(zip(fresh, values_of(normalise(columns_of(fresh), rule_book())), strict=True)) if fresh else {}
        self._fields = {row: made.get(row) or self._fields[row] for row in contents}
        return fields_of([self._fields[row] for row in contents], rule_book())


def _row(record: RecordView) -> Row:
    """In the order of the engine's columns."""
    doc, printed = record.doc, record.doc.get("publication") or {}
    article = not record.is_registration  # the numbers of articles that a registration states are of other documents
    return (
        doc.get("brief_title") or doc.get("official_title") or "",
        "; ".join(record.authors),
        str(record.year or ""),
        printed.get("journal") or "",
        printed.get("volume") or "",
        printed.get("issue") or "",
        printed.get("pages") or "",
        next(iter(record.identifiers("DOI")), "") if article else "",
        next(iter(record.identifiers("PMID")), "") if article else "",
        abstract_of(record),
        "" if article else ", ".join(dict.fromkeys(current_numbers(record))),
        doc.get("record_type") or "",
        str(record.is_notice),
    )
