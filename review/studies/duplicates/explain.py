"""What a person is told of a pair that the rules found: the rule's sentence, both values as printed, and how alike they are."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from review.studies.duplicates.entries import COLUMNS, Row, rows_of
from review.studies.duplicates.find import BARE_COPY, EXACT_COPY, Duplicates, NamedBy

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 300  # letters of a value that are told: of abstracts the beginning
# column -> the scores that compare it; the first of them is the one that is told
_SCORES = {
    "title": ("title", "words", "wording", "heading", "tongue", "length", "numerals", "poles", "standing"),
    "authors": ("authors", "first"),
    "year": ("years",),
    "journal": ("journal",),
    "volume": ("volume", "place"),
    "number": ("number",),
    "pages": ("pages", "extent", "place"),
    "doi": ("doi", "full_doi", "numbered"),
    "pmid": ("pmid",),
    "abstract": ("abstract", "reprint"),
    "registry_ids": ("registration",),
    "record_type": ("kind", "registrations", "meeting", "papers"),
    "notice": ("notice",),
}
_ALIKE = frozenset({"title", "authors", "journal", "abstract"})  # 0 to 100 as they are


@dataclass(frozen=True, slots=True)
class Explained:
    """One pair of records: what was decided by which rule, and on what.

    ``compared``: of the title and the columns that the rule looks at, where one of the two states them, 'value | value' as printed, or the
    one value of both.
    ``scores``: of the columns that both state, how alike they are in whole per cent; a year apart, or a part of what the other says, is 50.
    """

    a: Hashable
    b: Hashable
    outcome: str
    rule: str
    version: int
    says: str
    compared: Mapping[str, str]
    scores: Mapping[str, int]


def explain_pairs(found: Duplicates, frame: pd.DataFrame, rows: Iterable[int] | None = None) -> list[Explained]:
    """The pairs of *found* in the order of *rows*, places in ``found.pairs`` (all, where none are given). *frame* is what was searched."""
    asked = list(range(len(found.pairs))) if rows is None else list(rows)
    ids = frame["record"].tolist() if "record" in frame.columns else frame.index.tolist()
    pairs, compared = found.pairs.iloc[asked], found.compared.iloc[asked]
    wanted = {*pairs["a"], *pairs["b"]}
    first = {record: row for row, record in reversed(list(enumerate(ids))) if record in wanted}
    printed = dict(zip(first, rows_of(frame.iloc[list(first.values())])[1], strict=True))
    return [
        explained(
            pair.a, pair.b, pair.outcome, NamedBy(pair.rule, told["version"], tuple(told["fields"].split()), told["says"]), told,
            printed[pair.a], printed[pair.b],
        )
        for pair, told in zip(pairs.itertuples(index=False), compared.to_dict("records"), strict=True)
    ]  # fmt: skip


def explained(a: Hashable, b: Hashable, outcome: str, by: NamedBy, scores: Mapping[str, float], one: Row, other: Row) -> Explained:
    """The pair of *a*, which states *one*, and *b*, which states *other*; of a copy no *scores* are asked."""
    alike = {column: 100 for column in _stated(one)} if by.id in (EXACT_COPY, BARE_COPY) else _per_cent(scores)
    return Explained(a, b, outcome, by.id, by.version, by.says, _compared(by.fields, one, other), alike)


def _stated(values: Row) -> list[str]:
    return [column for column, value in zip(COLUMNS, values, strict=True) if value]


def _compared(fields: Sequence[str], one: Row, other: Row) -> dict[str, str]:
    """The title stands in each: it is what a person knows the two by."""
    asked = {"title"} | {column for column, scores in _SCORES.items() if column in fields or not set(fields).isdisjoint(scores)}
    values = {column: (_cut(a), _cut(b)) for column, a, b in zip(COLUMNS, one, other, strict=True) if column in asked and (a or b)}
    return {column: a if a == b else f"{a} | {b}" for column, (a, b) in values.items()}


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST else value[:LONGEST] + "…"


def _per_cent(told: Mapping[str, float]) -> dict[str, int]:
    found = {}
    for column, (name, *_) in _SCORES.items():
        score = told[name]
        if score == score and column != "notice":  # which says same of two articles too
            alike = score if column in _ALIKE else 100 - 50 * score if column == "year" else 50 + 50 * score
            found[column] = max(0, round(alike))
    return found
