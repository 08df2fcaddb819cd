"""Reads EndNote's XML, which Covidence, Zotero and the deduplicators write too: every element is kept, its text without the style markup.

The number of an article in PubMed stands in several places, according to the database that the entry came from; each is read where the
entry says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from review.model.record import Problem, Record
from review.records.build import Context, Repeats
from review.records.central import registration
from review.records.citation import Value, article
from review.records.formats import Format, Item, Refusal, text_of_lines
from review.records.source import Source
from review.records.xml_entries import XmlEntry, marks_of, xml_entries

NAME: Final = "endnote_xml"
FIELDS: Final = {  # element -> target; one that stands in several places, with its parent
    "ref-type": "type", "authors/author": "author", "titles/title": "title", "titles/translated-title": "official_title",
    "titles/secondary-title": "journal_second", "periodical/full-title": "journal", "titles/alt-title": "journal_short",
    "periodical/abbr-1": "journal_short", "periodical/abbr-2": "journal_short", "periodical/abbr-3": "journal_short",
    "alt-periodical/full-title": "journal_short", "alt-periodical/abbr-1": "journal_short", "alt-periodical/abbr-2": "journal_short",
    "alt-periodical/abbr-3": "journal_short", "dates/year": "year", "pub-dates/date": "date", "volume": "volume", "number": "issue",
    "pages": "pages", "electronic-resource-num": "doi", "accession-num (PMID)": "pmid", "custom3 (PMID)": "pmid", "custom5 (PMID)": "pmid",
    "authors/author (number)": "registration",
    **{f"{name} (address)": "registration_address" for name in (
        "titles/secondary-title", "periodical/full-title", "titles/alt-title", "periodical/abbr-1",
    )},
    "abstract": "abstract", "keywords/keyword": "keyword", "auth-address": "affiliation", "auth-affiliaton": "affiliation",
    "auth-affiliation": "affiliation", "research-notes": "reviewer_note",
    "work-type": "publication_type", "language": "language", "related-urls/url": "url",
    "pdf-urls/url": "extra", "text-urls/url": "url", "web-urls/url": "url", "image-urls/url": "extra",
    **dict.fromkeys((
        "accession-num", "notes", "label", "call-num", "custom1", "custom2", "custom3", "custom4", "custom5", "custom6",
        "custom7", "misc1", "misc2", "misc3",
    ), "numbers"),
    **dict.fromkeys((
        "ref-type number", "database", "source-app", "rec-number", "foreign-keys/key", "secondary-authors/author",
        "tertiary-authors/author", "subsidiary-authors/author", "translated-authors/author", "titles/tertiary-title",
        "titles/short-title", "section", "edition", "reprint-edition", "reprint-status", "copyright-dates/date", "pub-location",
        "publisher", "orig-pub", "isbn", "issn", "num-vols", "image", "caption", "reviewed-item", "remote-database-name",
        "remote-database-provider", "access-date", "modified-date", "added-date", "meeting-place", "titles/style", "size", "favorite",
        "rating", "relref",
    ), "extra"),
}  # fmt: skip
TYPES: Final = {
    **dict.fromkeys(("journal article", "electronic article", "magazine article", "newspaper article", "generic"), "article_report"),
    **dict.fromkeys((
        "book", "book section", "edited book", "electronic book", "electronic book section", "thesis", "report", "web page", "dataset",
        "government document", "patent", "grant", "unpublished work", "manuscript", "blog", "encyclopedia", "dictionary",
    ), "other"),
}  # fmt: skip
_PARENTS: Final = frozenset(name.split("/")[0] for name in FIELDS if "/" in name)
_BY_LINE: Final = frozenset({"auth-address", "auth-affiliaton", "auth-affiliation"})
_HEAD: Final = re.compile(r"<(?:ref-type|rec-number|source-app|contributors|titles)[\s>]")
_JOURNALS: Final = ("titles/secondary-title", "periodical/full-title", "titles/alt-title", "periodical/abbr-1")
_NUMBER: Final = re.compile(r"[1-9]\d{3,7}")
_CENTRAL: Final = re.compile(r"\bPUBMED\s+([1-9]\d{0,7})\b", re.I)


def detect(source: Source) -> float:
    """Sure where a record with EndNote's own elements begins in the head of the file."""
    head = source.head_text
    begun = re.search(r"<record[\s>]", head)
    if not begun or not _HEAD.search(head, begun.end()):
        return 0.0
    return 0.97 if "<records>" in head and ("<ref-type" in head or 'name="EndNote"' in head) else 0.6


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record a ``<record>``."""
    repeats, index = Repeats(), 0
    for item in xml_entries(source, "record"):
        if isinstance(item, Refusal | Problem):
            yield item
            continue
        yield _record(item, context, repeats, index)
        index += 1


def marks(source: Source) -> int:
    """How many records end in the file."""
    return marks_of(source, "record")


def _record(entry: XmlEntry, context: Context, repeats: Repeats, index: int) -> Record:
    draft = article(_told(list(_values(entry, entry.element))), FIELDS, TYPES)
    for problem in entry.problems:
        draft.problem(problem.code, problem.field, problem.message, problem.lines)
    draft.note(record_index=index, raw_span=entry.lines, encoding="utf-8")
    return draft.finish(source_format=NAME, context=context, entry=entry.text, n=repeats.count(entry.text))


def _values(entry: XmlEntry, parent: etree._Element) -> Iterator[Value]:
    """Every element that holds text, with the text of its style elements joined."""
    for element in parent:
        lines = entry.lines_of(element)
        name = f"{parent.tag}/{element.tag}" if parent.tag in _PARENTS else element.tag
        if len(element) and any(child.tag != "style" for child in element):
            yield from _values(entry, element)
            if element.text and element.text.strip():
                yield Value(name, element.text, lines)
        else:
            text = _text(element)
            if "\r" in text:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            if name == "ref-type" and element.get("name"):
                yield Value("ref-type number", text, lines)
                text = element.get("name", "")
            parts = text.split("\n") if name in _BY_LINE else (text,)
            yield from (Value(name, part, lines) for part in parts if part.strip())
        if (tail := element.tail) and tail.strip():
            yield Value(parent.tag, tail, lines)


def _text(element: etree._Element) -> str:
    """The text of an element with that of its style elements; as a rule it has one and nothing else."""
    if not len(element):
        return element.text or ""
    if len(element) == 1 and not len(style := element[0]):
        return f"{element.text or ''}{style.text or ''}{style.tail or ''}"
    return "".join(element.itertext())


def _told(values: list[Value]) -> Iterator[Value]:
    """The values, with names of their own for the PubMed numbers that a database writes into an element that others use otherwise."""
    base = " ".join(value.text.lower() for value in values if value.tag.startswith("remote-database"))
    for value in registration(values, ("authors/author",), _JOURNALS):
        bare = _NUMBER.fullmatch(value.text.strip())
        if value.tag == "accession-num" and bare and any(name in base for name in ("nlm", "medline", "pubmed")) and "embase" not in base:
            yield Value("accession-num (PMID)", value.text, value.lines)
        elif value.tag == "custom5" and bare and "embase" in base:
            yield Value("custom5 (PMID)", value.text, value.lines)
        else:
            if value.tag == "custom3" and (found := _CENTRAL.search(value.text)):
                yield Value("custom3 (PMID)", found[1], value.lines)
            yield value


FORMAT: Final = Format(NAME, "EndNote XML", detect, read, text_of_lines, marks, FIELDS)
