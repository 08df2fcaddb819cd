"""Reads CSL-JSON, the list of items that citation processors, Zotero and pandoc write; every variable is kept.

Zotero puts what has no variable of its own into the note, a line each, as ``PMID: 30000001``: such lines are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from review.model.record import Lines
from review.records.build import Context
from review.records.citation import Value
from review.records.formats import Format, Item
from review.records.json_articles import Layout, printed, read_articles
from review.records.source import Source

NAME: Final = "csl_json"
_NAMES: Final = (
    "editor", "translator", "container-author", "collection-editor", "director", "interviewer", "recipient", "reviewed-author", "composer",
    "original-author", "editorial-director", "illustrator", "contributor", "chair", "compiler", "curator", "editor-translator",
    "executive-producer", "guest", "host", "narrator", "organizer", "performer", "producer", "script-writer", "series-creator",
)  # fmt: skip
_DATES: Final = ("accessed", "event-date", "original-date", "submitted", "available-date", "container")
FIELDS: Final = {
    "type": "type", "title": "title", "original-title": "official_title", "author": "author", "container-title": "journal",
    "container-title-short": "journal_short", "journalAbbreviation": "journal_short", "issued": "date", "volume": "volume",
    "issue": "issue", "page": "pages", "page-first": "start_page", "DOI": "doi", "PMID": "pmid", "PMCID": "pmcid", "URL": "url",
    "abstract": "abstract", "keyword": "keyword", "language": "language", "genre": "publication_type", "note": "numbers",
    "annote": "reviewer_note",
    "number": "numbers", "call-number": "numbers",
    **dict.fromkeys((
        "id", "citation-key", "citation-label", "title-short", "shortTitle", "ISSN", "ISBN", "publisher", "publisher-place", "edition",
        "collection-title", "collection-number", "chapter-number", "event", "event-title", "event-place", "source", "archive",
        "archive_location", "archive-place", "archive_collection", "authority", "jurisdiction", "medium", "status", "version",
        "section", "dimensions", "scale", "references", "number-of-pages", "number-of-volumes", "reviewed-title", "reviewed-genre",
        "original-publisher", "original-publisher-place", "categories", "division", "license", "locator", "part-number",
        "part-title", "printing-number", "supplement-number", "supplement", "volume-title", "volume-title-short", "year-suffix",
        "first-reference-note-number", "yomi", "custom", "system_id", "dataset_id",
        *_NAMES, *_DATES,
    ), "extra"),
}  # fmt: skip
TYPES: Final = {
    **dict.fromkeys((
        "article", "article-journal", "article-magazine", "article-newspaper", "review", "manuscript", "periodical", "post",
        "paper-conference",
    ), "article_report"),
    **dict.fromkeys((
        "book", "chapter", "thesis", "report", "webpage", "dataset", "entry", "entry-dictionary", "entry-encyclopedia", "patent",
        "document", "software", "standard", "regulation", "bill", "legislation", "legal_case", "treaty", "pamphlet", "broadcast",
        "motion_picture", "song", "map", "graphic", "figure", "interview", "musical_score", "personal_communication", "post-weblog",
        "review-book", "classic", "collection", "hearing", "performance", "speech", "event",
    ), "other"),
}  # fmt: skip
_KIND: Final = re.compile(r'(?<!\\)"type"\s*:\s*"([a-z_-]+)"')
_SIGNS: Final = re.compile(
    r'(?<!\\)"(?:issued|container-title|citation-key|container-title-short|publisher-place)"\s*:|"family"\s*:|"date-parts"\s*:'
)
_MARK: Final = re.compile(r'(?<!\\)"type"\s*:')


def detect(source: Source) -> float:
    """Sure where an item states one of the types of CSL, and has variables that only CSL has."""
    head = source.head_text.lstrip("\ufeff \t\r\n")
    if not head.startswith(("{", "[")) or "resultList" in head or "protocolSection" in head:
        return 0.0
    kinds = {kind for kind in _KIND.findall(head) if kind in TYPES}
    return (0.95 if _SIGNS.search(head) else 0.5) if kinds else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record an item."""
    return read_articles(source, context, _LAYOUT)


def marks(source: Source) -> int:
    """How often an item states its type."""
    return len(_MARK.findall(source.text))


def _people(path: str) -> Any:
    def values(people: Any, where: Lines | None) -> Iterator[Value]:
        for person in people if isinstance(people, list) else [people]:
            yield Value(path, _name(person), where)

    return values


def _name(person: Any) -> str:
    """``van Hale, Rosa de Jr`` of the parts of a name; a name that is whole as it is."""
    if not isinstance(person, dict):
        return "" if person is None else str(person)
    part = {name: " ".join(str(text).split()) for name, text in person.items() if isinstance(text, str | int)}
    if part.get("literal"):
        return part["literal"]
    family = " ".join(text for text in (part.get("non-dropping-particle"), part.get("family")) if text)
    given = " ".join(text for text in (part.get("given"), part.get("dropping-particle"), part.get("suffix")) if text)
    return ", ".join(text for text in (family, given) if text)


def _date(path: str) -> Any:
    def values(date: Any, where: Lines | None) -> Iterator[Value]:
        if not isinstance(date, dict):
            yield Value(path, "" if date is None else str(date), where)
            return
        parts = date.get("date-parts")
        days = (
            ["-".join(str(n) for n in part if n is not None) for part in parts if isinstance(part, list)] if isinstance(parts, list) else []
        )
        rest = [str(value) for name, value in date.items() if name != "date-parts" and isinstance(value, str | int)]
        yield Value(path, " ".join(("/".join(days), *rest)).strip(), where)

    return values


def _keywords(keywords: Any, where: Lines | None) -> Iterator[Value]:
    text = "; ".join(str(word) for word in keywords) if isinstance(keywords, list) else str(keywords or "")
    yield from (Value("keyword", part.strip(), where) for part in text.split(";" if ";" in text else ","))


def _note(note: Any, where: Lines | None) -> Iterator[Value]:
    text = printed(note) if isinstance(note, str) else "" if note is None else str(note)
    yield Value("note", text, where)


_LAYOUT: Final = Layout(
    NAME, "items", ("title", "DOI", "PMID", "container-title", "author", "abstract"), FIELDS, TYPES,
    {
        "keyword": _keywords, "note": _note, "issued": _date("issued"), "author": _people("author"),
        **{name: _people(name) for name in _NAMES}, **{name: _date(name) for name in _DATES},
    },
)  # fmt: skip
FORMAT: Final = Format(NAME, "CSL-JSON", detect, read, lambda source: source.text, marks, FIELDS, tried=False)
