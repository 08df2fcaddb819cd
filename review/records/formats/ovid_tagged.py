"""Reads what Ovid exports as text: entries headed <1>, <2> …, with labels over indented values, or with short tags ('UI  - ')."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from review.records.author_lists import persons_in
from review.records.build import Context
from review.records.citation import Value
from review.records.formats import Format, Item, text_of_lines
from review.records.source import Source
from review.records.tagged import Dialect, read_tagged
from review.text import fold_blanks

NAME: Final = "ovid_tagged"
_IN_SOURCE: Final = {  # what the line of the source is taken apart into
    "Source (journal)": "journal_second", "Source (year)": "year", "Source (volume)": "volume", "Source (issue)": "issue",
    "Source (pages)": "pages",
}  # fmt: skip
LABELS: Final[dict[str, str]] = {
    "Unique Identifier": "numbers", "Unique Identifier (PMID)": "pmid", "PMID": "pmid", "PubMed ID": "pmid", "PMC Identifier": "pmcid",
    "Title": "title", "Original Title": "official_title", "Vernacular Title": "official_title", "Book Title": "title_second",
    "Author": "author_short", "Authors": "author_short", "Authors Full Name": "author", "Corporate Author": "author_group",
    "Group/Corporate Authors": "author_group", "Institution": "affiliation", "Author Affiliation": "affiliation", "Abstract": "abstract",
    "Journal Name": "journal", "Journal": "journal", "Journal Abbreviation": "journal_short", "Year of Publication": "year",
    "Publication Year": "year", "Volume": "volume", "Issue": "issue", "Issue/Part": "issue", "Page": "pages", "Pages": "pages",
    "DOI": "doi", "Digital Object Identifier": "doi", "Publication Type": "publication_types", "Publication Status": "extra",
    "Language": "language", "MeSH Subject Headings": "mesh", "Subject Headings": "keywords", "Emtree Heading": "keywords",
    "Keyword Heading": "keywords", "Keywords": "keywords", "Key Concepts": "keywords", "Clinical Trial Number": "note",
    "Clinical Trials Number": "note", "Secondary Source ID": "note", "Comments": "note", "Grant Information": "grant",
    "Grant Number": "grant", "Link to the Ovid Full Text or citation": "url", "Link to the External Link Resolver": "url",
    "Conflict of Interest": "competing_interests", "Source": "extra", **_IN_SOURCE,
    **dict.fromkeys((
        "Status", "Version ID", "Record Owner", "Database", "Accession Number", "Author NameID", "Other Authors",
        "Country of Publication", "ISSN Print", "ISSN Electronic", "ISSN", "ISBN", "NLM Journal Code", "CODEN", "Date of Publication",
        "Publication Date", "Entry Date", "Entry Week", "Update Date", "Revision Date", "Registry Number/Name of Substance",
        "CAS Registry Number", "Drug Index Terms", "Candidate Terms", "Embase Section Headings", "Conference Information", "Conference",
        "Trade Name", "Device Trade Name", "Publisher", "Publisher Information", "Copyright Information", "Notes", "Other ID",
        "Local Messages", "Tests & Measures", "Population", "Classification", "Number of References", "Indexing Method",
        "Correspondence Address", "Email Address", "Editor", "Series",
    ), "extra"),
}  # fmt: skip
TAGS: Final[dict[str, str]] = {
    "UI": "numbers", "UI (PMID)": "pmid", "PM": "pmid", "TI": "title", "TT": "official_title", "OT": "official_title", "BT": "title_second",
    "AU": "author_short", "FA": "author", "CA": "author_group", "IN": "affiliation", "AB": "abstract", "JN": "journal", "JT": "journal",
    "JA": "journal_short", "TA": "journal_short", "JL": "extra", "YR": "year", "VO": "volume", "VI": "volume", "IP": "issue", "PG": "pages",
    "DO": "doi", "DI": "doi", "PT": "publication_types", "LG": "language", "LA": "language", "MH": "mesh", "SH": "keywords",
    "HW": "keywords", "KW": "keywords", "KF": "keywords", "NO": "note", "CN": "note", "SI": "note", "GI": "grant",
    "UR": "url", "XL": "url", "CF": "extra", "SO": "extra", **{f"SO{name.removeprefix('Source')}": to for name, to in _IN_SOURCE.items()},
    **dict.fromkeys((
        "VN", "DB", "AN", "ST", "RO", "IS", "IB", "IL", "CP", "CY", "DP", "DG", "DA", "DC", "DD", "ED", "EM", "EW", "EZ", "UP", "DU",
        "RD", "RN", "NM", "NJ", "CC", "CD", "CI", "NT", "PU", "PB", "PL", "ID", "OI", "AC", "AS", "SB", "SS", "PS", "DE", "DL", "DT",
        "MS", "PI", "RF", "XN", "CM", "KP", "CR", "EN", "ES", "AI", "AD", "CO", "MJ", "LD", "UD",
    ), "extra"),
}  # fmt: skip
_OPENING: Final = re.compile(r"<\d+>\.?\s*$")
_EACH_LABEL: Final = ("Author", "Authors", "Authors Full Name", "MeSH Subject Headings", "Emtree Heading", "Keywords")
LABELLED: Final = Dialect(
    known=frozenset(label for label in LABELS if label not in _IN_SOURCE),
    line=re.compile(r"([A-Z][A-Za-z&/()' -]{1,60})(?<! )()$"),
    opening=_OPENING,
    after_blank=frozenset({"Unique Identifier"}),
    texts=frozenset({"Abstract", "Title"}),
    each=frozenset(_EACH_LABEL),
    indent=re.compile(r"\s{1,8}(?=\S)"),
    titles=frozenset({"Title"}),
    wrapped=True,
)
SHORT: Final = Dialect(
    known=frozenset(tag for tag in TAGS if len(tag) == 2),
    line=re.compile(r"([A-Z][A-Z0-9])  -(?: (.*))?$", re.S),
    loose=re.compile(r"(?P<lead>\s{0,3})(?P<tag>[A-Za-z][A-Za-z0-9])(?P<gap>\s{0,4}-)(?P<value>.*)$", re.S),
    opening=_OPENING,
    once=frozenset({"VN", "UI"}),
    after_blank=frozenset({"VN", "UI"}),
    texts=frozenset({"AB", "TI"}),
    each=frozenset({"AU", "FA", "IN", "MH", "SH", "KW"}),
    indent=re.compile(r"\s{4,8}(?=\S)"),
    titles=frozenset({"TI"}),
    wrapped=True,
)
_SOURCE: Final = re.compile(
    r"(?P<journal>\S.*?)\. (?:Vol\. ?)?(?P<volume>[A-Za-z]?\d[\w-]{0,20})? ?(?:\((?P<issue>[^()]{1,40})\))?"
    r"(?::|,? ?\(?pp\.? ?)?(?P<pages>[A-Za-z]?\d[\w.-]{0,40})?\)?,? ?(?P<year>(?:19|20)\d\d)\b"
)
_PERSONS: Final = re.compile(r";|(?<=[A-Z]\.)\s+(?=\w+\s)")
_PUBMED: Final = re.compile(r"\b(?:medline|pubmed|nlm)\b")
_NUMBER: Final = re.compile(r"[1-9]\d{0,7}\.?")
_MARK: Final = re.compile(rb"<\d+>\.?\s*(?:\n|$)")
_LABEL_LINE: Final = re.compile(r"^(?:Unique Identifier|Title|Authors?|Source|Abstract|Accession Number|Institution)\s*\n[ \t]+\S", re.M)


def detect(source: Source) -> float:
    """Confidence from the numbered heads, and from labels over indented values or Ovid's own short tags."""
    text = source.head_text.replace("\r\n", "\n").replace("\r", "\n")
    labels, heads = len(set(_LABEL_LINE.findall(text))), bool(re.search(r"^<\d+>\.?\s*$", text, re.M))
    if re.search(r"^TY\s+-", text, re.M):
        return 0.0
    if labels > 1:
        return 0.95 if heads else 0.7 if "Unique Identifier" in text else 0.0
    tags = set(re.findall(r"^(UI|VN|DB|AN|TI|AU|SO|AB|IN|FA|LG|RO)  - \S", text, re.M))
    if re.search(r"^VN  - Ovid", text, re.M) and len(tags) > 2:
        return 0.97
    return 0.9 if heads and len(tags) > 2 else 0.6 if {"UI", "TI", "SO"} <= tags else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record an entry."""
    if _LABEL_LINE.search(source.head_text.replace("\r\n", "\n").replace("\r", "\n")):
        return read_tagged(source, context, LABELLED, NAME, LABELS, {}, _prepare)
    return read_tagged(source, context, SHORT, NAME, TAGS, {}, _prepare)


def marks(source: Source) -> int | None:
    """The numbered heads; none where the entries are not numbered."""
    return source.count(_MARK) or None


def _prepare(values: list[Value]) -> Iterator[Value]:
    """The values, with the line of the source taken apart, authors one by one, and MEDLINE's number as what it is."""
    base = " ".join(value.text for value in values if value.tag in _BASES).lower()
    elsewhere = {value.tag for value in values}
    for value in values:
        text = value.text.strip()
        if value.tag in ("Author", "Authors", "AU", "Authors Full Name", "FA"):
            parts = map(str.strip, _PERSONS.split(text))
            yield from (Value(value.tag, person, value.lines) for part in parts for person in persons_in(part) or (part,))
        elif value.tag in ("UI", "Unique Identifier") and _NUMBER.fullmatch(text) and _PUBMED.search(base) and "embase" not in base:
            yield Value(f"{value.tag} (PMID)", text.rstrip("."), value.lines)
        else:
            yield value
        if value.tag in ("SO", "Source") and (found := _SOURCE.match(fold_blanks(text))):
            for name, part in found.groupdict().items():
                if part and not elsewhere & _STATED[name]:
                    yield Value(f"{value.tag} ({name})", part, value.lines)


_BASES: Final = ("DB", "VN", "RO", "ST", "Database", "Record Owner", "Status")
_STATED: Final = {
    "journal": {"Journal Name", "Journal", "JN", "JT"},
    "year": {"Year of Publication", "Publication Year", "YR"},
    "volume": {"Volume", "VO", "VI"},
    "issue": {"Issue", "Issue/Part", "IP"},
    "pages": {"Page", "Pages", "PG"},
}
FORMAT: Final = Format(NAME, "Ovid, tagged", detect, read, text_of_lines, marks, {**LABELS, **TAGS}, tried=False)
