"""What linking compares of a registration and of an article, and how it is read from the cells of a table.

A cell may hold a text, a number, a list, or nothing; parts of a text are set apart by ';', '|' or a line's end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from review.errors import InputRefused
from review.model.identifiers import Found, find, recognise
from review.model.views import trial_number
from review.text import YEAR, fold_blanks

if TYPE_CHECKING:
    import pandas as pd

ReferenceKind = Literal["result", "derived", "background", "unspecified"]
_KIND = re.compile(r"\b(result|derived|background)s?\b", re.IGNORECASE)
_PARTS = re.compile(r"[;|\n]")
_WHOLE_PMID = re.compile(r"[1-9]\d{4,7}")  # a shorter number alone may be a volume or a page
_MISSING = ("NAType", "NaTType")  # how tables say that nothing is there
_AROUND = 60  # characters of the text before and behind a number that are quoted with it


@dataclass(frozen=True, slots=True)
class Reference:
    """A publication that a registration lists: what kind it says it is, PubMed number or DOI, and the words as they stand."""

    kind: ReferenceKind
    type: Literal["PMID", "DOI"]
    value: str
    quoted: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A registration: its own numbers, the secondary ones that other registers gave it, what it lists, and when the trial began."""

    id: str
    numbers: frozenset[str]
    secondary: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    start_year: int | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A number of a trial where it is stated: in which field, with the words around it; ``before`` is what leads up to it."""

    number: str
    register: str
    quoted: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An article: what it states of trials, place by place, and its own numbers (type and value)."""

    id: str
    title: str = ""
    fields: tuple[Mention, ...] = ()
    in_title: tuple[Mention, ...] = ()
    in_abstract: tuple[Mention, ...] = ()
    in_full_text: tuple[Mention, ...] = ()
    in_references: tuple[Mention, ...] = ()
    numbers: frozenset[tuple[str, str]] = frozenset()
    year: int | None = None

    @property
    def told(self) -> tuple[Mention, ...]:
        """What fields, title and abstract state, by which it is known what the article is about."""
        return (*self.fields, *self.in_title, *self.in_abstract)


def mentions(text: str) -> tuple[Mention, ...]:
    """Every number of a registration in *text*, in order."""
    return tuple(_mention(text, found) for found in find(text) if found.is_registration)


def trial_numbers(text: str) -> frozenset[str]:
    """The numbers of registrations in *text*, in the form in which they are compared."""
    return frozenset(trial_number(found.type, found.value) for found in find(text) if found.is_registration)


def _mention(text: str, found: Found) -> Mention:
    quoted = fold_blanks(text[max(0, found.start - _AROUND) : found.end + _AROUND // 3])
    return Mention(trial_number(found.type, found.value), found.issuer, quoted, text[max(0, found.start - 2 * _AROUND) : found.start])


def as_reference(kind: ReferenceKind, text: str) -> Iterator[Reference]:
    """The PubMed numbers and DOIs of one listed publication; none where it states neither."""
    for found in find(text):
        if found.type in ("PMID", "DOI"):
            yield Reference(kind, "PMID" if found.type == "PMID" else "DOI", found.value.casefold(), fold_blanks(text)[:160])


# cells of a table


def texts(row: Mapping[str, Any], column: str) -> list[str]:
    """What a cell holds, part by part; a list's parts are taken as they are."""
    value = row.get(column)
    if isinstance(value, str):
        return [part.strip() for part in _PARTS.split(value) if part.strip()]
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        return [said for one in value if (said := text_of(one))]
    return [said] if (said := text_of(value)) else []


def text_of(value: Any) -> str:
    """The text of a value, '' for none; a whole number as a float (as tables hold years and PubMed numbers) without its point."""
    if value is None or type(value).__name__ in _MISSING or (isinstance(value, float) and value != value):  # NaN is not itself
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        return " ".join(said for one in value.values() if (said := text_of(one)))
    return str(value).strip()


def year_of(row: Mapping[str, Any], column: str) -> int | None:
    """The first year in a cell."""
    found = YEAR.search(text_of(row.get(column)))
    return int(found[1]) if found else None


def trials_of(frame: pd.DataFrame) -> list[Trial]:
    """The registrations of a table, a row each. Columns: record, registry_ids, secondary_ids, references, start_date."""
    found = []
    for id, row in rows_of(frame):
        own = {n for text in texts(row, "registry_ids") for n in trial_numbers(text)} or trial_numbers(id)
        registers = {f.issuer for text in texts(row, "registry_ids") or [id] for f in find(text)}
        other = {
            trial_number(f.type, f.value)
            for text in texts(row, "secondary_ids")
            for f in find(text)
            if f.is_registration and f.issuer not in registers
        }
        found.append(
            Trial(id, frozenset(own), frozenset(other) - own, tuple(_references(row.get("references"))), year_of(row, "start_date"))
        )
    return found


def articles_of(frame: pd.DataFrame) -> list[Article]:
    """The articles of a table, a row each. Columns: record, title, abstract, registry_ids, references, full_text, pmid, doi, year."""
    found = []
    for id, row in rows_of(frame):
        title = text_of(row.get("title"))
        numbers = {(type, own.value.casefold()) for type in ("PMID", "DOI") for text in texts(row, type.lower())
                   if (own := recognise(text, type)) is not None}  # fmt: skip
        found.append(
            Article(
                id,
                title,
                tuple(m for text in texts(row, "registry_ids") for m in mentions(text)),
                mentions(title),
                mentions(text_of(row.get("abstract"))),
                mentions(text_of(row.get("full_text"))),
                tuple(m for text in texts(row, "references") for m in mentions(text)),
                frozenset(numbers),
                year_of(row, "year"),
            )
        )
    return found


def rows_of(frame: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    """(id, cells by column) of each row, named by the index where there is no column ``record``. InputRefused where an id comes twice."""
    columns = {str(name): frame[name].tolist() for name in frame.columns}
    ids = [text_of(one) for one in (columns.get("record") or frame.index.tolist())]
    twice = [id for id, n in Counter(ids).items() if n > 1]
    if twice:
        raise InputRefused(f"the record {twice[0]!r} stands in two rows", next_step="give each row an id of its own")
    return [(id, {name: values[n] for name, values in columns.items()}) for n, id in enumerate(ids)]


def _references(cell: Any) -> Iterator[Reference]:
    """The publications that a cell lists: '123', 'RESULT PMID 123', 'derived: 10.1/x', or mappings with type, pmid, doi, citation."""
    parts = _PARTS.split(cell) if isinstance(cell, str) else [cell] if isinstance(cell, Mapping) else cell
    for part in parts if isinstance(parts, Iterable) else [parts]:
        if isinstance(part, Mapping):
            kind = text_of(part.get("type"))
            said = [f"PMID {number}" for number in texts(part, "pmid")] + [text_of(part.get("doi")), text_of(part.get("citation"))]
            yield from as_reference(_kind(kind), ". ".join(one for one in said if one))
            continue
        text = text_of(" ".join(map(text_of, part)) if isinstance(part, (list, tuple)) else part)
        kind = _kind(text)
        bare = _KIND.sub("", text).strip(" :,.-()[]")
        yield from as_reference(kind, f"PMID {bare}" if _WHOLE_PMID.fullmatch(bare) else text)


def _kind(text: str) -> ReferenceKind:
    found = _KIND.match(text.lstrip(" ([")) or (_KIND.search(text) if len(text) < 40 else None)
    return found[1].lower() if found else "unspecified"  # type: ignore[return-value]
