"""What of a record goes into a file for another program: one flat entry, the same for every format, and the fields that it stands for.

Nothing is invented: no sponsor becomes an author and no date of registration a year of publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from review.model.own_note import Number, note_line

# Where a citation that was read from a file has what no field of schema 0.1 holds: under its own tag, in ``extra``.
_URL_TAGS: Final = ("UR", "url", "URL", "Url", "link", "Link")
_ISSN_TAGS: Final = ("SN", "issn", "ISSN")
_PUBLISHER_TAGS: Final = ("PB", "publisher", "Publisher")
_ADDRESS: Final = re.compile(r"https?://\S+")
_ISSN: Final = re.compile(r"\d{4}-?\d{3}[\dXx]")
_ANY: Final = re.compile(r".+", re.DOTALL)
# What says how a record was read and not what it states: it stays in the review.
_TECHNICAL: Final = frozenset({"schema_version", "provenance", "problems", "derived", "related_record_ids"})
_ALWAYS: Final = frozenset({"record_id", "record_type", "identifiers"})  # the note of every format holds these


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as a citation: every value as printed, '' or () where none is stated.

    number   its own number, where that is no DOI, PubMed or PubMed Central number: of a registration that of its register
    sources  {name of a value here: the fields of the record that it was made from}
    stated   the fields of the record that state anything, the technical ones aside
    instead  in words, what stands in the place of something else
    """

    record: str
    record_type: str
    identifiers: tuple[Number, ...]
    number: Number | None = None
    title: str = ""
    official_title: str = ""
    acronym: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    language: str = ""
    publication_types: tuple[str, ...] = ()
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    url: str = ""
    issn: str = ""
    publisher: str = ""
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    stated: frozenset[str] = field(default=frozenset(), compare=False)
    instead: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """The line with id, kind and identifiers that goes with it."""
        return note_line(self.record, self.record_type, self.identifiers)

    def not_held(self, names: frozenset[str]) -> frozenset[str]:
        """The stated fields that a format lacks which writes the values of these *names* and the note."""
        held = {path for name in names for path in self.sources.get(name, ())}
        return self.stated - held - _ALWAYS


def entry_of(record: str, doc: Mapping[str, Any]) -> Entry:
    """The entry of the record with this id; *doc* is its JSON in schema 0.1."""
    printed: dict[str, Any] = {}
    sources: dict[str, tuple[str, ...]] = {}
    publication, registration = doc.get("publication") or {}, doc["record_type"] == "trial_registration"

    def take(name: str, value: Any, *paths: str) -> None:
        if value not in (None, "", (), []):
            printed[name], sources[name] = value, paths

    numbers = tuple(Number(i["type"], i["value"], i.get("role") == "primary") for i in doc.get("identifiers") or ())
    public, official = doc.get("brief_title"), doc.get("official_title")
    take("title", public or official, "brief_title" if public else "official_title")
    take("official_title", official if public else "", "official_title")
    take("acronym", doc.get("acronym"), "acronym")
    take("authors", tuple(a["name"] for a in publication.get("authors") or ()), "publication.authors")
    for name in ("year", "journal", "volume", "issue", "pages", "language"):
        take(name, publication.get(name), f"publication.{name}")
    take("publication_types", tuple(publication.get("publication_types") or ()), "publication.publication_types")
    for name in ("doi", "pmid", "pmcid"):
        listed = next((n.value for n in numbers if n.type == name.upper() and not registration), None)  # it may cite those of others
        take(name, publication.get(name) or listed, f"publication.{name}")
    take("abstract", *_abstract(doc, publication))
    words = {"keywords": doc.get("keywords"), "conditions": doc.get("conditions"), "publication.mesh": publication.get("mesh")}
    take("keywords", tuple(dict.fromkeys(word for found in words.values() for word in found or ())), *words)
    provenance, extra = doc.get("provenance") or {}, doc.get("extra") or {}
    own = provenance.get("record_url") or provenance.get("source_url")
    url_tag, url = ("", own) if own else _from(extra, _URL_TAGS, _ADDRESS)
    issn_tag, issn = _from(extra, _ISSN_TAGS, _ISSN)
    publisher_tag, publisher = _from(extra, _PUBLISHER_TAGS, _ANY)
    take("url", url, f"extra.{url_tag}")
    take("issn", issn, f"extra.{issn_tag}")
    own_number = next((number for number in numbers if number.primary and number.type not in ("DOI", "PMID", "PMCID")), None)
    issuer = next((i.get("issuer") for i in doc.get("identifiers") or () if i.get("role") == "primary"), None)
    register = provenance.get("register") or issuer if registration else None
    take("publisher", register or publisher, "" if register else f"extra.{publisher_tag}")
    return Entry(
        record,
        doc["record_type"],
        numbers,
        own_number,
        **printed,
        sources=sources,
        stated=frozenset(_stated(doc)),
        instead=tuple(_instead(doc, sources)),
    )


def _instead(doc: Mapping[str, Any], sources: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """What a reader of the file would take for another field."""
    if any("|" in i["value"] for i in doc.get("identifiers") or ()):
        yield "records have an identifier with the sign |, which the note has as /"
    if sources.get("title") == ("official_title",):
        yield "official titles stand as the title, where there is no public one"
    if {"brief_summary", "lay_summary"} & {*sources.get("abstract", ("",))[:1]}:
        yield "summaries stand as the abstract, where there is none"
    if any(
        word not in (doc.get("keywords") or ())
        for word in (*(doc.get("conditions") or ()), *((doc.get("publication") or {}).get("mesh") or ()))
    ):
        yield "records have their conditions or MeSH terms among the keywords"


def _abstract(doc: Mapping[str, Any], publication: Mapping[str, Any]) -> tuple[str, ...]:
    """(text, its fields): the abstract, else the summary; a summary in lay words says that it is one."""
    printed = {
        "abstract": doc.get("abstract"), "publication.abstract": publication.get("abstract"), "brief_summary": doc.get("brief_summary"),
    }  # fmt: skip
    text = next((one for one in printed.values() if one), None)
    if text:
        return text, *(path for path, one in printed.items() if one == text)
    lay = doc.get("lay_summary")
    return (f"Lay summary: {lay}", "lay_summary") if lay else ("",)


def _from(extra: Mapping[str, Any], tags: tuple[str, ...], form: re.Pattern[str]) -> tuple[str, str]:
    """(tag, value): the first value under one of these tags that is of this form as a whole."""
    return next(((tag, value) for tag in tags for value in extra.get(tag) or () if form.fullmatch(value)), ("", ""))


def _stated(doc: Mapping[str, Any]) -> Iterator[str]:
    """Every field that states anything; those of a publication and what a source printed besides each for itself."""
    for name, value in doc.items():
        if name in _TECHNICAL or not _says(value):
            continue
        if name == "publication":
            yield from (f"publication.{part}" for part, said in value.items() if _says(said))
            if any(author.get("orcid") for author in value.get("authors") or ()):
                yield "publication.authors.orcid"
        elif name == "extra":
            yield from (f"extra.{tag}" for tag in value)
        else:
            yield name


def _says(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_says(part) for part in value.values())
    return value not in (None, "", (), [])
