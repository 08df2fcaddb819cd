"""The best value of each field of a report among its records, and the record that it came from. It invents nothing and drops nothing.

A value that is stated goes before none. Of several:

- title: one that is neither all in capitals nor in the brackets of a translation;
- authors: the most names, then the longest names (given names in full);
- year, volume, issue, pages: that of a record which states volume and pages, so of the print and not of what came ahead of it; of the pages
  of several such those that name first and last;
- journal: as MEDLINE writes it, else the longest name, which is no abbreviation;
- abstract: the longest, for sources cut abstracts short;
- identifiers, keywords: all of them, each once.

Where this leaves a choice, the record that stands for the report goes first, and then the earliest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.text import fold_blanks

if TYPE_CHECKING:
    from review.model.views import RecordView

_MEDLINE = frozenset({"pubmed_xml", "medline", "pubmed_nbib", "europe_pmc"})


@dataclass(frozen=True, slots=True)
class BestValue:
    """One field: ``value`` is a text, a number, or for lists a tuple of texts; ``records`` gave it (several for a union).

    ``others``: what other records say otherwise, (record, value), in the order of the records.
    """

    field: str
    value: Any
    records: tuple[RecordView, ...]
    others: tuple[tuple[RecordView, Any], ...]


def best_value(field: str, records: Sequence[RecordView]) -> BestValue | None:
    """The best value of *field* (one of ``FIELDS``), or None where no record states it.

    *records*: those of one report, the one that stands for it first.
    """
    read, rank = FIELDS[field]
    stated = [(record, value) for record in records if (value := read(record))]
    if not stated:
        return None
    if rank is None:
        union = tuple(dict.fromkeys(one for _, value in stated for one in value))
        return BestValue(field, union, tuple(record for record, _ in stated), ())
    chosen, value = max(stated, key=lambda one: rank(*one))  # of equals the first
    others = tuple((record, other) for record, other in stated if _key(other) != _key(value))
    return BestValue(field, value, (chosen,), others)


def abstract_of(record: RecordView) -> str:
    """The abstract that a record states; '' where it has none."""
    return record.doc.get("abstract") or _printed(record).get("abstract") or ""


def in_words(value: Any) -> str:
    """A value as one text, those of a list behind each other."""
    return "; ".join(value) if isinstance(value, tuple) else str(value)


def _key(value: Any) -> str:
    """Two values with one key say the same."""
    return fold_blanks(in_words(value)).rstrip(".")


def _printed(record: RecordView) -> Any:
    return record.doc.get("publication") or {}


def _print(name: str) -> Callable[[RecordView], Any]:
    return lambda record: _printed(record).get(name)


def _title(record: RecordView) -> str:
    return record.doc.get("brief_title") or record.doc.get("official_title") or ""


def _identifiers(record: RecordView) -> tuple[str, ...]:
    return tuple(f"{i['type']} {i['value']}" for i in record.doc.get("identifiers") or ())


def _in_print(record: RecordView, _value: Any) -> int:
    printed = _printed(record)
    return bool(printed.get("volume")) + bool(printed.get("pages"))


def _pages(record: RecordView, value: str) -> tuple[int, bool]:
    return _in_print(record, value), any(mark in value for mark in "-\u2010\u2011\u2012\u2013\u2014\u2015")


def _journal(record: RecordView, value: str) -> tuple[bool, int]:
    return (record.doc.get("provenance") or {}).get("source_format") in _MEDLINE, len(value)


def _readable(_record: RecordView, value: str) -> bool:
    return not value.isupper() and not value.startswith("[")


def _length(_record: RecordView, value: Any) -> int:
    return len(value)


def _names(_record: RecordView, value: tuple[str, ...]) -> tuple[int, int]:
    return len(value), sum(map(len, value))


Read = Callable[["RecordView"], Any]
Rank = Callable[["RecordView", Any], Any]
# field -> how a record states it, and how two statements are ranked; None where all are taken together
FIELDS: dict[str, tuple[Read, Rank | None]] = {
    "title": (_title, _readable),
    "authors": (lambda record: record.authors, _names),
    "year": (lambda record: record.year, _in_print),
    "journal": (_print("journal"), _journal),
    "volume": (_print("volume"), _in_print),
    "issue": (_print("issue"), _in_print),
    "pages": (_print("pages"), _pages),
    "abstract": (abstract_of, _length),
    "identifiers": (_identifiers, None),
    "keywords": (lambda record: tuple(record.doc.get("keywords") or ()), None),
    "language": (_print("language"), _in_print),
}
