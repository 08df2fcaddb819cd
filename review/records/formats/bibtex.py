"""Reads BibTeX and BibLaTeX, as ProQuest, Scopus, EBSCO, Wiley, Web of Science, Zotero and JabRef write them.

The file is cut where a line begins an entry, and bibtexparser takes each entry apart by itself: what it cannot read is refused with its
line and costs no other. TeX in values becomes plain text (``review.records.tex``); a field that stands twice is kept twice.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from review.model.record import Lines, Problem, ProblemCode
from review.records.build import Context, Repeats
from review.records.citation import Value, article
from review.records.formats import Format, Item, Refusal, text_of_lines
from review.records.source import LineStream, Source
from review.records.tex import plain

if TYPE_CHECKING:
    from bibtexparser import Library
    from bibtexparser.model import Block, Entry

NAME: Final = "bibtex"
FIELDS: Final = {
    "entry type": "type", "title": "title", "booktitle": "journal_second", "maintitle": "title_second", "origtitle": "official_title",
    "author": "author", "journal": "journal", "journaltitle": "journal", "fjournal": "journal", "shortjournal": "journal_short",
    "journal-iso": "journal_short", "journal_abbreviation": "journal_short", "abbrev_source_title": "journal_short", "year": "year",
    "date": "date", "month": "date", "volume": "volume", "number": "issue", "issue": "issue", "pages": "pages",
    "number of a report": "numbers", "annote": "reviewer_note", "annotation": "reviewer_note",
    "eid": "article_number", "article-number": "article_number", "art_number": "article_number", "articleno": "article_number",
    "doi": "doi", "pmid": "pmid", "pubmed_id": "pmid", "pubmedid": "pmid", "pmcid": "pmcid", "pmc": "pmcid", "url": "url",
    "bdsk-url-1": "url", "bdsk-url-2": "url", "abstract": "abstract", "keywords": "keyword", "keyword": "keyword", "key words": "keyword",
    "author_keywords": "keyword", "keywords-plus": "extra", "index_keywords": "extra", "mesh": "mesh", "language": "language",
    "langid": "extra", "document_type": "publication_type", "type": "publication_type", "affiliation": "affiliation",
    "affiliations": "affiliation", "funding-acknowledgement": "funding", "funding_details": "funding", "funding-text": "extra",
    **dict.fromkeys((
        "note", "eprint", "unique-id", "accession_number", "accession", "an", "extra", "id", "archive_location",
    ), "numbers"),
    **dict.fromkeys((
        "citation key", "editor", "editora", "translator", "publisher", "address", "location", "issn", "isbn", "eissn", "series", "edition",
        "chapter", "school", "institution", "organization", "howpublished", "shorttitle", "subtitle", "titleaddon", "booksubtitle",
        "pagetotal", "numpages", "issue_date", "urldate", "access-date", "eprinttype", "eprintclass", "archiveprefix", "primaryclass",
        "archive", "library", "database", "source", "url_type", "copyright", "rights", "crossref", "key", "file", "timestamp", "owner",
        "groups", "collaboration", "coden", "correspondence_address", "references", "abbreviation", "publication_stage", "da",
        "author-email", "affiliation-email", "researcherid-numbers", "orcid-numbers", "cited-references", "number-of-cited-references",
        "times-cited", "usage-count-last-180-days", "usage-count-since-2013", "doc-delivery-number", "research-areas",
        "web-of-science-categories", "web-of-science-index", "earlyaccessdate", "oa", "esi-highly-cited-paper", "esi-hot-paper",
        "book-group-author", "meeting", "organization", "mendeley-groups", "mendeley-tags", "local-url", "day", "version", "tags",
        "conference", "venue", "eventtitle", "venue_location", "numberofvolumes", "volumes", "pubstate", "creationdate", "modificationdate",
        "date-added", "date-modified", "readstatus", "priority", "ranking", "comment", "comments", "related", "shortauthor", "options",
        "chemicals_cas", "manufacturers", "tradenames", "sponsors", "page_count", "page_start", "page_end", "editors", "month_numeric",
        "lccn", "nlm-unique-id", "sici", "pii",
    ), "extra"),
}  # fmt: skip
TYPES: Final = {
    **dict.fromkeys(("article", "misc", "unpublished", "online", "periodical", "preprint", "review"), "article_report"),
    **dict.fromkeys(("conference", "suppperiodical"), "article_report"),
    **dict.fromkeys((
        "book", "inbook", "incollection", "booklet", "manual", "mastersthesis", "phdthesis", "thesis", "techreport", "report", "collection",
        "mvbook", "mvcollection", "bookinbook", "suppbook", "suppcollection", "patent", "dataset", "software", "reference", "inreference",
        "proceedings", "mvproceedings", "mvreference", "electronic", "www",
    ), "other"),
}  # fmt: skip
_BEGIN: Final = re.compile(r"\s{0,20}@\s{0,5}([A-Za-z][\w-]{0,40})\s{0,5}[{(]")
_MARK: Final = re.compile(rb"\s{0,20}@\s{0,5}(?!(?:string|comment|preamble)\b)[A-Za-z][\w-]{0,40}\s{0,5}[{(]", re.I)
_KEYED: Final = re.compile(r"^[^\S\n]*+@\s*+(?!string|comment|preamble)[A-Za-z][\w-]*+\s*+[{(]\s*+[^\s{}=\",]*+\s*+,", re.M | re.I)
_ASSIGNED: Final = re.compile(r"^[^\S\n]*+[\w. -]{1,40}\s{0,40}=\s*+[{\"\w]", re.M)
_NO_ENTRY: Final = ("string", "comment", "preamble")
_LONGEST: Final = 1_000_000  # characters of an entry; a longer one is none
_WRITTEN: Final = 1024 * 1024  # characters of an entry, or of a name, with all names that @string gave written out
_NAMED: Final = 16 * _WRITTEN  # of all names of a file together
_AND: Final = re.compile(r"(?<!\s)\s+and\s+", re.I)
_ADDRESSES: Final = frozenset({"url", "doi", "file", "eprint", "local-url", "bdsk-url-1", "bdsk-url-2"})
_ESCAPED: Final = re.compile(r"\\([&%$#_{}~])")
_CLOSING: Final = re.compile(r"(?<!\\)[{}\"]")
_MACRO: Final = re.compile(r"[^\s#{}\"]+")


def detect(source: Source) -> float:
    """Sure where a line begins an entry with its key, and fields follow."""
    head = source.head_text
    if not _KEYED.search(head):
        return 0.35 if _BEGIN.match(head) and _ASSIGNED.search(head) else 0.0
    return 0.95 if _ASSIGNED.search(head) or re.search(r",\s*[\w-]+\s*=\s*[{\"]", head) else 0.5


def marks(source: Source) -> int:
    """How many lines begin an entry."""
    return source.count(_MARK)


@dataclass(slots=True)
class _Stretch:
    """The lines from one that begins an entry to the next such line."""

    first: int
    lines: list[str] = field(default_factory=list)

    @property
    def span(self) -> Lines:
        return self.first, self.first + max(len(self.lines) - 1, 0)


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record an entry; what bibtexparser cannot read is refused."""
    stream = source.lines()
    reader = _Reader(source, context)
    for stretch in _stretches(stream):
        if stream.has_long(stretch.span) or sum(map(len, stretch.lines)) > _LONGEST:
            yield Refusal(source.name, f"an entry of more than {_LONGEST:,} characters", stretch.first, stretch.lines[0][:80])
            continue
        reader.encoding = "cp1252" if stream.as_cp1252 and stream.as_cp1252[0] <= stretch.span[1] else source.encoding
        yield from reader.records(stretch)
    yield from stream.problems()
    if reader.outside:
        line, words = reader.outside[0]
        more = f", and so in {len(reader.outside) - 1:,} more places" if len(reader.outside) > 1 else ""
        note = f"text outside of the entries was passed over: '{words[:60]}'{more}"
        yield Problem(code=ProblemCode.TEXT_OUTSIDE_RECORDS, message=note, lines=(line, line))


def _stretches(stream: LineStream) -> Iterator[_Stretch]:
    held, size = _Stretch(1), 0
    for number, line in stream:
        begun = bool(held.lines) and _BEGIN.match(held.lines[0])
        if _BEGIN.match(line) or (not begun and size > _LONGEST // 2):
            if held.lines:
                yield held
            held, size = _Stretch(number), 0
        if size <= _LONGEST:
            held.lines.append(line)
        size += len(line) + 1
    if held.lines:
        yield held


class _Reader:
    """Makes records of stretches; it knows the names that @string has given so far."""

    def __init__(self, source: Source, context: Context) -> None:
        self.encoding = source.encoding
        self.outside: list[tuple[int, str]] = []
        self._source, self._context = source, context
        self._names: dict[str, str] = {}
        self._named = 0  # characters of all names
        self._repeats, self._index = Repeats(), 0

    def records(self, stretch: _Stretch) -> Iterator[Item]:
        """The entries of *stretch*: one, or several where they share a line."""
        from bibtexparser import model

        text = "\n".join(stretch.lines)
        for block in _blocks(text):
            line = stretch.first + (block.start_line or 0)
            if isinstance(block, model.ParsingFailedBlock) and isinstance(block.ignore_error_block, model.Entry):
                block = block.ignore_error_block  # a key or a field that stands twice is no fault here
            if isinstance(block, model.Entry):
                yield from self._record(block, stretch, line)
            elif isinstance(block, model.String):
                yield from self._name(block.key.lower(), block.value, line)
            elif isinstance(block, model.ParsingFailedBlock):
                yield from self._failed(block, line)
            elif isinstance(block, model.ImplicitComment):
                words = " ".join(one for one in block.comment.split("\n") if not one.lstrip().startswith("%")).strip("\ufeff \t\r\n,}")
                if words:
                    self.outside.append((line, words))

    def _name(self, name: str, printed: str, line: int) -> Iterator[Item]:
        """Takes what @string says of *name*; one that grows beyond all measure, out of names of names, is refused and stays a name."""
        pieces = _pieces(printed, self._names)
        size = sum(map(len, pieces))
        if size > _WRITTEN or self._named + size > _NAMED:
            yield Refusal(self._source.name, f"the name '{name[:40]}' stands for too much: {size:,} characters", line, printed[:80])
            return
        self._names[name] = "".join(pieces)
        self._named += size

    def _failed(self, block: Block, line: int) -> Iterator[Item]:
        begun = _BEGIN.match(block.raw)
        if begun and begun[1].lower() in _NO_ENTRY:
            self.outside.append((line, block.raw))
            return
        why = str(getattr(block, "error", "")).strip().split("\n")[0] or "its braces or quotation marks do not match"
        self._index += 1
        yield Refusal(self._source.name, f"bibtexparser cannot read the entry: {why}", line, block.raw[:80])

    def _record(self, entry: Entry, stretch: _Stretch, line: int) -> Iterator[Item]:
        first, last = line, line + (entry.raw or "").count("\n")
        values = [Value("entry type", entry.entry_type, (first, first)), Value("citation key", entry.key, (first, first))]
        at, room = [stretch.first + (one.start_line or 0) for one in entry.fields], _WRITTEN
        for n, one in enumerate(entry.fields):
            name = one.key.strip().lower()
            if name == "number" and entry.entry_type.lower() in ("techreport", "report"):
                name = "number of a report"
            lines = (at[n], min(at[n] + str(one.value).count("\n"), last))
            pieces = _pieces(str(one.value), self._names)
            if (room := room - sum(map(len, pieces))) < 0:
                note = f"an entry of more than {_WRITTEN:,} characters with its names written out"
                yield Refusal(self._source.name, note, first, (entry.raw or "")[:80])
                return
            values += [Value(name, text, lines) for text in _parts(name, "".join(pieces))]
        self._index += 1
        if not any(value.text.strip() for value in values[2:]):
            yield Refusal(self._source.name, "the entry holds no value", first, (entry.raw or "")[:80])
            return
        draft = article(values, FIELDS, TYPES)
        draft.note(record_index=self._index - 1, raw_span=(first, last), encoding=self.encoding)
        text = entry.raw or ""
        yield draft.finish(source_format=NAME, context=self._context, entry=text, n=self._repeats.count(text))


def _blocks(text: str) -> list[Block]:
    return list(_parse()(text, parse_stack=[]).blocks)  # with no stack, values stay as they are printed


@cache
def _parse() -> Callable[..., Library]:
    import bibtexparser

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it warns of are refusals here
    return bibtexparser.parse_string


def _pieces(printed: str, names: dict[str, str]) -> list[str]:
    """The text of a value, to be joined: without its outer braces or marks, and names that @string gave written out."""
    text, parts, at = printed.strip(), [], 0
    while at < len(text):
        mark = text[at]
        if mark in '{"':
            end = _end_of(text, at)
            parts.append(text[at + 1 : end])
            at = end + 1
        elif found := _MACRO.match(text, at):
            parts.append(names.get(found[0].lower(), found[0]))
            at = found.end()
        else:
            at += 1
    return parts


def _end_of(text: str, at: int) -> int:
    """Where the brace or mark that opens at *at* closes; the end of *text* where nothing closes it."""
    opening, depth = text[at], 0
    for found in _CLOSING.finditer(text, at + 1):
        if depth == 0 and found[0] == ("}" if opening == "{" else opening):
            return found.start()
        if found[0] != '"':
            depth += 1 if found[0] == "{" else -1
    return len(text)


def _parts(name: str, text: str) -> Iterator[str]:
    """The values that one field holds: authors at 'and', keywords at semicolons, or at commas where none stands."""
    target = FIELDS.get(name)
    if name in _ADDRESSES:
        yield _ESCAPED.sub(r"\1", text).strip("{}")
    elif target == "author":
        yield from (plain(person) for person in _apart(text))
    elif target == "keyword":
        shown = plain(text)
        yield from (part.strip() for part in re.split(r"[;\n]" if ";" in shown else r"[,\n]", shown) if part.strip())
    elif name == "pages":
        yield re.sub(r"(?:(?<!\s)\s+)?--+\s*", "-", plain(text))
    elif target == "affiliation":
        yield from (part.strip() for part in re.split(r";|\n\s*\n", plain(text)) if part.strip())
    else:
        yield plain(text)


def _apart(text: str) -> Iterator[str]:
    """*text* at each 'and' that stands in no braces."""
    start, seen, depth = 0, 0, 0
    for found in _AND.finditer(text):
        depth += text.count("{", seen, found.start()) - text.count("}", seen, found.start())
        seen = found.start()
        if depth <= 0:
            yield text[start : found.start()]
            start = found.end()
    yield text[start:]


FORMAT: Final = Format(NAME, "BibTeX", detect, read, text_of_lines, marks, FIELDS)
