"""Puts the tagged values of a citation into the fields of a record, by a mapping that is data; nothing that was tagged is left out.

A format says which tag goes to which target of ``TARGETS``. A value that its target cannot hold (a second title, a year that is no
year, a DOI that is none) is kept as printed in ``extra`` under its tag. Where two targets mean one field, what is printed in full wins,
and the other is kept too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from review.model.notice_titles import notice_in, notice_in_type
from review.model.record import Affiliation, Lines, Problem, ProblemCode
from review.records.build import RecordDraft, as_identifier
from review.records.citation_authors import Value, Whose, authors_of, named_last
from review.records.identifiers import Found, find, recognise
from review.records.notices import notices_of
from review.records.own_note import identify
from review.records.own_numbers import leading, own_numbers
from review.text import fold_blanks

_YEAR: Final = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_SEPARATOR: Final = re.compile(r"\s*;\s*|\s*[\r\n]+\s*")
_SECOND: Final = (("journal_second", "publication.journal"), ("journal_short", "publication.journal"), ("title_second", "brief_title"))
_ORCID: Final = re.compile(r"(?<!\d)(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])(?!\d)")
_RANGE: Final = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")


def article(
    values: Iterable[Value], fields: Mapping[str, str], types: Mapping[str, str] | None = None, *, record_type: str = "article_report"
) -> RecordDraft:
    """A draft with every one of *values* in the field to which *fields* {tag: target} leads, else in ``extra``.

    A tag that *fields* does not know is kept and remarked on. *types* {printed kind in small letters: record type} says what the values
    of the target ``type`` make of the record.
    """
    draft = RecordDraft(record_type)
    filling = _Filling(draft, types or {})
    unknown: dict[str, Lines | None] = {}
    for value in values:
        target = fields.get(value.tag)
        if target is None:
            unknown.setdefault(value.tag, value.lines)
        text = value.text.strip()
        if text:
            TARGETS[target or "extra"](filling, value if text == value.text else Value(value.tag, text, value.lines))
    for tag, lines in unknown.items():
        draft.problem(ProblemCode.UNKNOWN_TAG, None, f"'{tag}' is a tag that this format does not describe; it was kept as printed", lines)
    filling.settle()
    return draft


class _Filling:
    """A record while its values are put in: what must wait for another value waits here."""

    def __init__(self, draft: RecordDraft, types: Mapping[str, str]) -> None:
        self.draft, self.types = draft, types
        self.waiting: defaultdict[str, list[Value]] = defaultdict(list)
        self.whose: dict[Whose, dict[str, Any]] = {}  # what was told of single authors
        self.places: dict[str, int] = {}  # affiliations of authors, and their numbers
        self._known: set[tuple[str, str]] = set()
        self.repeated: dict[tuple[str, str], list[Lines | None]] = {}  # further values of fields that hold one

    def single(self, path: str, value: Value, shown: Any = None) -> None:
        """Into a field that holds one value; another value for it is kept in ``extra``."""
        shown = fold_blanks(value.text) if shown is None else shown
        if self.draft.put_first(path, shown, value.lines) != shown:
            self.keep(value)
            self.repeated.setdefault((value.tag, path), []).append(value.lines)

    def keep(self, value: Value) -> None:
        """As printed, under its tag."""
        self.draft.keep(value.tag, value.text)

    def knows(self, found: Found) -> bool:
        """Whether the record has this identifier already."""
        held = self.draft.get("identifiers") or ()
        if len(held) != len(self._known):
            self._known = {(i.type, i.value) for i in held}
        return (found.type, found.value) in self._known

    def identify(self, found: Found, lines: Lines | None, *, primary: bool = False) -> None:
        """Adds an identifier that the record does not have yet; *primary* where it has no other such."""
        if self.knows(found):
            return
        primary = primary and not any(i.role == "primary" for i in self.draft.get("identifiers") or ())
        self._known.add((found.type, found.value))
        self.draft.add("identifiers", as_identifier(found, "primary" if primary else "secondary"), lines)

    def settle(self) -> None:
        """Puts in what waited for the others."""
        draft = self.draft
        self._own_numbers()
        for target, path in _SECOND:
            for value in self.waiting.get(target, ()):
                if draft.get(path) is None:
                    self.single(path, value)
                elif draft.get(path) != fold_blanks(value.text):
                    self.keep(value)
        self._authors()
        self._year()
        self._pages()
        self._links()
        self._numbers_in_text()
        for (tag, path), lines in self.repeated.items():
            which = "a further value" if len(lines) == 1 else f"{len(lines):,} further values"
            draft.problem(ProblemCode.REPEATED_TAG, path, f"{which} of '{tag}' kept apart: the field holds one", _from_to(lines))
        self._notices()
        if draft.get("brief_title") is None and draft.get("official_title") is None:
            draft.problem(ProblemCode.NO_TITLE, "brief_title", "the entry has no title")

    def _own_numbers(self) -> None:
        """Numbers from free values, behind those of fields of their own."""
        for value in self.waiting.get("own", ()):
            type, number = value.text.split(" ", 1)
            if (found := recognise(number, type)) is not None:
                if self.draft.get(f"publication.{type.lower()}") is None:
                    self.draft.put(f"publication.{type.lower()}", found.value, value.lines)
                self.identify(found, value.lines, primary=type == "PMID")

    def _notices(self) -> None:
        """What the source states of the article since it came out, with the line that says so."""
        draft, kinds = self.draft, "publication.publication_types"
        for n, kind in enumerate(draft.get(kinds) or ()):
            if notice_in_type(kind):
                self._tell(notices_of((kind,), None), draft.span(f"{kinds}[{n}]"))
        if (title := draft.get("brief_title")) and notice_in(title):
            self._tell(notices_of((), title), draft.span("brief_title"))
        for value in self.waiting.get("comment", ()):
            self.keep(value)
            self._tell(notices_of((), None, [(value.tag, value.text)]), value.lines)

    def _tell(self, notices: tuple[Problem, ...], lines: Lines | None) -> None:
        for notice in notices:
            self.draft.problem(notice.code, notice.field, notice.message, lines)

    def _authors(self) -> None:
        named, further = authors_of(self.waiting, self.whose)
        if named:
            self.draft.add_all("publication.authors", named)
        for value in further:
            self.keep(value)

    def _year(self) -> None:
        for value in self.waiting.get("date", ()):
            found = _YEAR.search(value.text)
            if found and self.draft.get("publication.year") is None:
                self.draft.put("publication.year", int(found[1]), value.lines)
            if not found or found[1] != value.text:
                self.keep(value)

    def _pages(self) -> None:
        first, last = self.waiting.get("start_page", []), self.waiting.get("end_page", [])
        if not first or self.draft.get("publication.pages") is not None:
            for value in (*first, *last):
                self.keep(value)
            for value in self.waiting.get("article_number", ()):
                self.single("publication.pages", value)
            return
        for value in self.waiting.get("article_number", ()):
            self.keep(value)
        one = fold_blanks(first[0].text)
        end = fold_blanks(last[0].text) if last else ""
        joined = f"{one}-{end}" if end and end != one and not _RANGE.search(one) else one
        where = (first[0].lines, last[0].lines) if end else (first[0].lines, first[0].lines)
        self.draft.put("publication.pages", joined, (where[0][0], where[1][1]) if where[0] and where[1] else None)
        for value in (*first[1:], *last[1:]):
            self.keep(value)
        if last and end and end != one and _RANGE.search(one):
            self.keep(last[0])

    def _links(self) -> None:
        """Addresses; one of a DOI gives the DOI where the entry states none."""
        for value in self.waiting.get("url", ()):
            self.keep(value)
            if self.draft.get("publication.doi") is None and "10." in value.text:
                found = next((f for f in find(value.text) if f.type == "DOI"), None)
                if found and "doi.org" in value.text.lower():
                    self.draft.put("publication.doi", found.value, value.lines)
                    self.draft.add("identifiers", as_identifier(found, "secondary"), value.lines)
                    note = f"{found.value} stands in the address '{value.tag}', not in a field of its own"
                    self.draft.problem(ProblemCode.IDENTIFIER_FROM_ADDRESS, "publication.doi", note, value.lines)

    def _numbers_in_text(self) -> None:
        """Registry numbers that title and abstract name: they link a report to its study, and are never its own number."""
        for path in ("brief_title", "abstract"):
            for found in find(self.draft.get(path) or ""):
                if found.is_registration:
                    self.identify(found, self.draft.span(path))


def _from_to(lines: list[Lines | None]) -> Lines | None:
    stated = [one for one in lines if one]
    return (stated[0][0], stated[-1][1]) if stated else None


def _put(path: str) -> Callable[[_Filling, Value], None]:
    return lambda filling, value: filling.single(path, value)


def _add(path: str) -> Callable[[_Filling, Value], None]:
    def into(filling: _Filling, value: Value) -> None:
        filling.draft.add(path, fold_blanks(value.text), value.lines)

    return into


def _add_each(path: str) -> Callable[[_Filling, Value], None]:
    def into(filling: _Filling, value: Value) -> None:
        for part in _parts(value.text):
            filling.draft.add(path, fold_blanks(part), value.lines)

    return into


def _parts(text: str) -> list[str]:
    """What semicolons and line ends part."""
    return _SEPARATOR.split(text) if ";" in text or "\n" in text or "\r" in text else [text]


def _waits(target: str) -> Callable[[_Filling, Value], None]:
    return lambda filling, value: filling.waiting[target].append(value)


def _authors_listed(filling: _Filling, value: Value) -> None:
    for part in _parts(value.text):
        if part.strip():
            filling.waiting["author"].append(value if part is value.text else Value(value.tag, part, value.lines))


def _affiliation(filling: _Filling, value: Value) -> None:
    held = filling.draft.get("publication.affiliations") or ()
    filling.draft.add("publication.affiliations", Affiliation(ref=len(held) + 1, text=fold_blanks(value.text)), value.lines)


def _own_affiliation(filling: _Filling, value: Value) -> None:
    """The affiliation of the author named last; one that several have is given once."""
    text = fold_blanks(value.text)
    if text not in filling.places:
        _affiliation(filling, value)
        filling.places[text] = filling.draft.get("publication.affiliations")[-1].ref
    ref, told = filling.places[text], named_last(filling.waiting, filling.whose)
    if ref not in told.get("affiliation_refs", ()):
        told["affiliation_refs"] = (*told.get("affiliation_refs", ()), ref)


def _own_orcid(filling: _Filling, value: Value) -> None:
    """The ORCID of the author named last; another number of theirs is kept alone."""
    filling.keep(value)
    if found := _ORCID.search(value.text):
        named_last(filling.waiting, filling.whose).setdefault("orcid", found[1].upper())


def _prose(path: str) -> Callable[[_Filling, Value], None]:
    return lambda filling, value: filling.single(path, value, value.text)


def _number(type: str, path: str | None, *, primary: bool) -> Callable[[_Filling, Value], None]:
    """A target for the number of one kind; a value that is no such number is kept and remarked on."""

    def into(filling: _Filling, value: Value) -> None:
        draft, found = filling.draft, recognise(value.text, type)
        if found is None and (found := leading(value.text, type)) is not None:
            filling.keep(value)
            note = f"only {found.value}, with which the value of '{value.tag}' begins, was taken; the whole was kept as printed"
            draft.problem(ProblemCode.REPAIRED, path or "identifiers", note, value.lines)
        if found is None:
            filling.keep(value)
            note = f"'{fold_blanks(value.text)[:80]}' is not one {type}; it was kept as printed"
            draft.problem(ProblemCode.IDENTIFIER_MALFORMED, path or "identifiers", note, value.lines)
            return
        if filling.knows(found):
            return
        if path and draft.get(path) is not None:
            filling.single(path, value, found.value)
        elif path:
            draft.put(path, found.value, value.lines)
        filling.identify(found, value.lines, primary=primary)

    return into


def _any_numbers(filling: _Filling, value: Value) -> None:
    """A free value: a number that it is counts as the entry's own, what it mentions counts as in a note."""
    filling.waiting["own"] += (Value(value.tag, f"{one.type} {one.value}", value.lines) for one in own_numbers(value.text))
    _note(filling, value)


def _reviewer_note(filling: _Filling, value: Value) -> None:
    """What a reviewer wrote of an entry: nothing in it counts but the line of an export of a review."""
    filling.keep(value)
    identify(filling.draft, value.text, value.lines)


def _note(filling: _Filling, value: Value) -> None:
    """A note; what it cites is not the entry's own, but that of an export of a review says what the entry is."""
    filling.keep(value)
    if identify(filling.draft, value.text, value.lines):
        return
    for found in find(value.text.split("References:")[0]):
        if found.is_registration:
            filling.identify(found, value.lines)


def _year(filling: _Filling, value: Value) -> None:
    found = _YEAR.search(value.text)
    if found and filling.draft.get("publication.year") is None:
        filling.draft.put("publication.year", int(found[1]), value.lines)
        if found[1] != value.text:  # 2019///, 2019 Mar 3
            filling.keep(value)
    elif not found:
        filling.keep(value)
        note = f"'{fold_blanks(value.text)[:40]}' names no year; it was kept as printed"
        filling.draft.problem(ProblemCode.UNREADABLE_VALUE, "publication.year", note, value.lines)
    elif str(filling.draft.get("publication.year")) != value.text:
        filling.keep(value)


def _flag(filling: _Filling, value: Value) -> None:
    """A column that says whether the article was retracted."""
    filling.keep(value)
    if value.text.lower() in ("true", "1", "yes"):
        filling.draft.problem(ProblemCode.RETRACTED, None, f"the source says so in '{value.tag}'", value.lines)


def _publication_type(filling: _Filling, value: Value) -> None:
    for part in _SEPARATOR.split(value.text):
        filling.draft.add("publication.publication_types", fold_blanks(part), value.lines)
        known = filling.types.get(part.lower())
        if known:
            filling.draft.put("record_type", known, value.lines)


def _registration(filling: _Filling, value: Value) -> None:
    """The number of a registration that an entry is, or reports."""
    filling.keep(value)
    if found := recognise(value.text):
        filling.identify(found, value.lines, primary=found.is_registration)


def _type(filling: _Filling, value: Value) -> None:
    known = filling.types.get(value.text.lower())
    if known:
        filling.draft.put("record_type", known, value.lines)
    filling.keep(value)


TARGETS: Final[Mapping[str, Callable[[_Filling, Value], None]]] = {
    "title": _put("brief_title"),
    "title_second": _waits("title_second"),  # counts where no other title stands
    "official_title": _put("official_title"),
    "abstract": _prose("abstract"),
    "lay_summary": _prose("lay_summary"),
    "author": _waits("author"),
    "authors": _authors_listed,  # several in one value, parted by semicolons or lines
    "author_group": _waits("author_group"),  # stands behind the persons
    "author_short": _waits("author_short"),  # counts where no author is named in full
    "affiliation": _affiliation,
    "own_affiliation": _own_affiliation,  # of the author named last
    "own_orcid": _own_orcid,
    "journal": _put("publication.journal"),
    "journal_second": _waits("journal_second"),  # counts where no other journal stands
    "journal_short": _waits("journal_short"),  # counts where no journal stands in full
    "year": _year,
    "date": _waits("date"),  # its year counts where no year stands; else kept as printed
    "volume": _put("publication.volume"),
    "issue": _put("publication.issue"),
    "pages": _put("publication.pages"),
    "start_page": _waits("start_page"),
    "end_page": _waits("end_page"),
    "article_number": _waits("article_number"),  # counts where no pages stand
    "doi": _number("DOI", "publication.doi", primary=False),
    "pmid": _number("PMID", "publication.pmid", primary=True),
    "pmcid": _number("PMCID", "publication.pmcid", primary=False),
    "numbers": _any_numbers,  # a free value: one number that it is, or lines 'PMID: n'; else as a note
    "keyword": _add("keywords"),
    "keywords": _add_each("keywords"),
    "condition": _add("conditions"),
    "conditions": _add_each("conditions"),
    "mesh": _add("publication.mesh"),
    "publication_type": _publication_type,  # one or several; may say what kind of record it is
    "publication_types": _publication_type,
    "registration": _registration,  # the number of a registration, by which the source names the entry
    "comment": _waits("comment"),  # a link to a comment or correction, which may be a notice
    "type": _type,
    "language": _put("publication.language"),
    "reviewer_note": _reviewer_note,  # nothing in it counts
    "note": _note,  # running text in which only the numbers of registrations count
    "funding": _put("publication.funding"),
    "grant": _add("publication.grant_numbers"),
    "competing_interests": _put("publication.competing_interests"),
    "url": _waits("url"),
    "retracted": _flag,  # true where the source says that the article was retracted
    "extra": lambda filling, value: filling.keep(value),
}
