"""A record while the values of a citation are put in: what must wait for another value waits here, and is settled at the end."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from review.model.identifiers import Found, find, recognise
from review.model.notice_titles import notice_in, notice_in_type
from review.model.record import Lines, Problem, ProblemCode
from review.records.author_lists import REMARK
from review.records.build import RecordDraft, as_identifier
from review.records.citation_authors import Value, Whose, authors_of
from review.records.notices import notices_of
from review.records.publication_types import record_type_of
from review.text import YEAR, fold_blanks

_SECOND: Final = (("journal_second", "publication.journal"), ("journal_short", "publication.journal"), ("title_second", "brief_title"))
_RANGE: Final = re.compile(r"[-\u2010-\u2015\u2212]")


class Filling:
    """A record while its values are put in: what must wait for another value waits here."""

    def __init__(self, draft: RecordDraft, types: Mapping[str, str]) -> None:
        self.draft, self.types = draft, types
        self.waiting: defaultdict[str, list[Value]] = defaultdict(list)
        self.whose: dict[Whose, dict[str, Any]] = {}  # what was told of single authors
        self.places: dict[str, int] = {}  # affiliations of authors, and their numbers
        self.certain = False  # of the kind of record
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

    def kind(self, printed: str, lines: Lines | None) -> None:
        """What a printed type makes of the record: what is said to be an abstract or a registration stays one."""
        known = record_type_of(printed) or self.types.get(printed.lower())
        if known and not self.certain:
            self.draft.put("record_type", known, lines)
            self.certain = known == record_type_of(printed) != "article_report"

    def knows(self, found: Found) -> bool:
        """Whether the record has this identifier already."""
        return self.draft.knows(found.type, found.value)

    def identify(self, found: Found, lines: Lines | None, *, primary: bool = False) -> None:
        """Adds an identifier that the record does not have yet; *primary* where it has no other such."""
        if self.knows(found):
            return
        primary = primary and not any(i.role == "primary" for i in self.draft.get("identifiers") or ())
        self.draft.add_identifier(as_identifier(found, "primary" if primary else "secondary"), lines)

    def settle(self, where: Lines | None) -> None:
        """Puts in what waited for the others; *where* is the whole entry."""
        draft = self.draft
        self._own_numbers()
        for target, path in _SECOND:
            for value in self.waiting.get(target, ()):
                shown = fold_blanks(value.text)
                if draft.put_first(path, shown, value.lines) != shown:
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
            draft.problem(ProblemCode.NO_TITLE, "brief_title", "the entry has no title", where)

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
        named, further, cut = authors_of(self.waiting, self.whose)
        if named:
            self.draft.add_all("publication.authors", named)
        for value in (*further, *cut):
            self.keep(value)
        for value in cut:
            note = REMARK.format(fold_blanks(value.text)[:80])
            self.draft.problem(ProblemCode.UNPLACED_TEXT, "publication.authors", note, value.lines)

    def _year(self) -> None:
        for value in self.waiting.get("date", ()):
            found = YEAR.search(value.text)
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
                    self.identify(found, value.lines)
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
