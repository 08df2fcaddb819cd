"""Puts the tagged values of a citation into the fields of a record, by a mapping that is data; nothing that was tagged is left out.

A format says which tag goes to which target of ``TARGETS``. A value that its target cannot hold (a second title, a year that is no
year, a DOI that is none) is kept as printed in ``extra`` under its tag. Where two targets mean one field, what is printed in full wins,
and the other is kept too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from review.model.identifiers import Found, find, recognise
from review.model.record import Affiliation, Lines, ProblemCode
from review.records.build import RecordDraft
from review.records.citation_authors import Value, named_last
from review.records.filling import Filling
from review.records.own_note import identify
from review.records.own_numbers import leading, own_numbers
from review.text import YEAR, fold_blanks

_SEPARATOR: Final = re.compile(r"[;\r\n]+")
_IN_PMC: Final = re.compile(r"https?://[a-z.]{1,40}/(?:pmc/)?articles/(\d{1,9})/?")  # OpenAlex leaves the letters before the number out
_ORCID: Final = re.compile(r"(?<!\d)(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])(?!\d)")


def article(
    values: Iterable[Value], fields: Mapping[str, str], types: Mapping[str, str] | None = None, *, record_type: str = "article_report"
) -> RecordDraft:
    """A draft with every one of *values* in the field to which *fields* {tag: target} leads, else in ``extra``.

    A tag that *fields* does not know is kept and remarked on. *types* {printed kind in small letters: record type} says what the values
    of the target ``type`` make of the record.
    """
    draft = RecordDraft(record_type)
    draft.put("publication", {})  # an article says something of itself, or nothing, but is one
    filling = Filling(draft, types or {})
    unknown: dict[str, Lines | None] = {}
    first = last = None
    for value in values:
        tag, printed, lines = value
        first, last = first or lines, lines or last
        target = fields.get(tag)
        if target is None:
            unknown.setdefault(tag, lines)
        text = printed.strip()
        if text:
            TARGETS[target or "extra"](filling, value if text == printed else Value(tag, text, lines))
    for tag, lines in unknown.items():
        draft.problem(ProblemCode.UNKNOWN_TAG, None, f"'{tag}' is a tag that this format does not describe; it was kept as printed", lines)
    filling.settle((first[0], last[1]) if first and last else None)
    return draft


def _put(path: str) -> Callable[[Filling, Value], None]:
    return lambda filling, value: filling.single(path, value)


def _add(path: str) -> Callable[[Filling, Value], object]:
    return lambda filling, value: filling.draft.add(path, fold_blanks(value.text), value.lines)


def _add_each(path: str) -> Callable[[Filling, Value], None]:
    def into(filling: Filling, value: Value) -> None:
        for part in _parts(value.text):
            filling.draft.add(path, fold_blanks(part), value.lines)

    return into


def _parts(text: str) -> list[str]:
    """What semicolons and line ends part."""
    if ";" not in text and "\n" not in text and "\r" not in text:
        return [text]
    return [part for one in _SEPARATOR.split(text) if (part := one.strip())]


def _waits(target: str) -> Callable[[Filling, Value], None]:
    return lambda filling, value: filling.waiting[target].append(value)


def _authors_listed(filling: Filling, value: Value) -> None:
    authors = filling.waiting["author"]
    authors += (value if part is value.text else Value(value.tag, part, value.lines) for part in _parts(value.text))


def _affiliation(filling: Filling, value: Value) -> None:
    held = filling.draft.get("publication.affiliations") or ()
    filling.draft.add("publication.affiliations", Affiliation(ref=len(held) + 1, text=fold_blanks(value.text)), value.lines)


def _own_affiliation(filling: Filling, value: Value) -> None:
    """The affiliation of the author named last; one that several have is given once."""
    text = fold_blanks(value.text)
    if text not in filling.places:
        _affiliation(filling, value)
        filling.places[text] = filling.draft.get("publication.affiliations")[-1].ref
    ref, told = filling.places[text], named_last(filling.waiting, filling.whose)
    told.setdefault("affiliation_refs", {})[ref] = None  # in their order, each once


def _own_orcid(filling: Filling, value: Value) -> None:
    """The ORCID of the author named last; another number of theirs is kept alone."""
    filling.keep(value)
    if found := _ORCID.search(value.text):
        named_last(filling.waiting, filling.whose).setdefault("orcid", found[1].upper())


def _prose(path: str) -> Callable[[Filling, Value], None]:
    return lambda filling, value: filling.single(path, value, value.text)


def _number(type: str, path: str | None, *, primary: bool) -> Callable[[Filling, Value], None]:
    """A target for the number of one kind; a value that is no such number is kept and remarked on."""

    def into(filling: Filling, value: Value) -> None:
        draft, found = filling.draft, recognise(value.text, type)
        if found is None and type == "PMCID" and (address := _IN_PMC.fullmatch(value.text.strip())):
            found = recognise(f"PMC{address[1]}", type)
        if found is None and type == "DOI" and (registered := _registered_doi(value.text)) is not None:
            filling.keep(value)
            filling.identify(registered, value.lines)
            return
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


def _registered_doi(text: str) -> Found | None:
    """The ISRCTN of which a DOI is made, 10.1186/ISRCTN…: that of the registration, not of an article."""
    return recognise(text.partition("10.1186/")[2], "ISRCTN")


def _any_numbers(filling: Filling, value: Value) -> None:
    """A free value: a number that it is counts as the entry's own, what it mentions counts as in a note."""
    filling.waiting["own"] += (Value(value.tag, f"{one.type} {one.value}", value.lines) for one in own_numbers(value.text))
    _note(filling, value)


def _reviewer_note(filling: Filling, value: Value) -> None:
    """What a reviewer wrote of an entry: nothing in it counts but the line of an export of a review."""
    filling.keep(value)
    filling.certain |= identify(filling.draft, value.text, value.lines)


def _note(filling: Filling, value: Value) -> None:
    """A note; what it cites is not the entry's own, but that of an export of a review says what the entry is."""
    filling.keep(value)
    if identify(filling.draft, value.text, value.lines):
        filling.certain = True
        return
    for found in find(value.text.split("References:")[0]):
        if found.is_registration:
            filling.identify(found, value.lines)


def _year(filling: Filling, value: Value) -> None:
    found = YEAR.search(value.text)
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


def _flag(filling: Filling, value: Value) -> None:
    """A column that says whether the article was retracted."""
    filling.keep(value)
    if value.text.lower() in ("true", "1", "yes"):
        filling.draft.problem(ProblemCode.RETRACTED, None, f"the source says so in '{value.tag}'", value.lines)


def _publication_type(filling: Filling, value: Value) -> None:
    for part in _parts(value.text):
        filling.draft.add("publication.publication_types", fold_blanks(part), value.lines)
        filling.kind(part, value.lines)


def _registration(filling: Filling, value: Value) -> None:
    """The number of a registration that an entry is, or reports."""
    filling.keep(value)
    if found := recognise(value.text):
        filling.identify(found, value.lines, primary=found.is_registration)


def _registration_address(filling: Filling, value: Value) -> None:
    """The address of the registration that the entry is."""
    filling.keep(value)
    for found in find(value.text):
        if found.is_registration:
            filling.identify(found, value.lines, primary=True)
            filling.draft.put("record_type", "trial_registration", value.lines)
            filling.certain = True


def _type(filling: Filling, value: Value) -> None:
    filling.kind(value.text, value.lines)
    filling.keep(value)


TARGETS: Final[Mapping[str, Callable[[Filling, Value], object]]] = {
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
    "registration_address": _registration_address,  # of the registration that the entry is
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
    "extra": Filling.keep,
}
