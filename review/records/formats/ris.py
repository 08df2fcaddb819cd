"""Reads RIS, as databases and reference programs write it; every tag is kept, and what departs from the layout is read and remarked on.

The dialects differ in their tags, not in their syntax: Ovid and Embase, Cochrane CENTRAL (with its study links in NS), Scopus, Web of
Science, ProQuest, EBSCO, JSTOR, ERIC, and what EndNote, Zotero, Mendeley, RefWorks, Covidence, Rayyan and Citavi export.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from review.records.build import Context
from review.records.central import is_number, registration
from review.records.citation import Value
from review.records.formats import Format, Item, text_of_lines
from review.records.source import Source
from review.records.tagged import Dialect, read_tagged

NAME: Final = "ris"
FIELDS: Final[dict[str, str]] = {
    "TY": "type", "M3": "publication_type", "PT": "publication_type",
    "TI": "title", "T1": "title", "CT": "title_second", "BT": "title_second", "TT": "official_title", "OP": "extra", "ST": "extra",
    "AU": "authors", "A1": "authors", "A2": "extra", "A3": "extra", "A4": "extra", "A5": "extra", "A6": "extra", "ED": "extra",
    "AD": "affiliation", "AB": "abstract", "N2": "abstract",
    "JF": "journal", "T2": "journal_second", "JO": "journal_short", "JA": "journal_short", "J1": "journal_short", "J2": "journal_short",
    "JI": "journal_short", "J9": "journal_short", "T3": "extra",
    "PY": "year", "YR": "year", "Y1": "date", "DA": "date", "Y2": "extra", "PD": "extra", "RD": "extra", "CR": "extra",
    "VL": "volume", "VO": "volume", "IS": "issue", "CP": "issue", "SP": "start_page", "EP": "end_page", "PG": "pages",
    "C7": "article_number", "DO": "doi", "DI": "doi", "L3": "numbers", "PMID": "pmid", "PM": "pmid", "PMCID": "pmcid", "C2 (PMID)": "pmid",
    "AN (PMID)": "pmid", "C3 (PMID)": "pmid", "C5 (PMID)": "pmid", "N1 (PMID)": "pmid", "C3 (number)": "registration",
    **dict.fromkeys(("AU (number)", "A1 (number)"), "registration"),
    **{f"{tag} (address)": "registration_address" for tag in ("JF", "T2", "JO", "JA", "J1", "J2")},
    "KW": "keywords", "DE": "keywords", "LA": "language", "FU": "funding", "FX": "extra", "GR": "grant",
    "UR": "url", "L1": "url", "L2": "url", "LK": "url", "L4": "extra",
    "AN": "numbers", "ID": "numbers", "C2": "numbers", "N1": "note", "NS": "note", "M1": "note", "M2": "note", "CN": "note",
    "C1": "note", "C3": "note", "C4": "note", "C5": "note", "C6": "note", "C8": "note",
    "U1": "note", "U2": "note", "U3": "note", "U4": "note", "U5": "note",
    "SN": "extra", "SE": "extra", "PB": "extra", "PP": "extra", "PU": "extra", "PI": "extra", "PA": "extra", "CY": "extra", "DB": "extra",
    "DP": "extra", "ET": "extra", "NV": "extra", "RN": "extra", "RI": "extra", "RP": "extra", "TA": "extra", "TS": "extra", "M4": "extra",
    "WE": "extra", "XT": "extra", "WC": "extra", "CC": "extra",
    "CA": "extra", "CL": "extra", "C9": "extra", "AV": "extra", "SR": "extra", "PS": "extra",
    "ER": "extra",
}  # fmt: skip
_ARTICLES: Final = ("JOUR", "EJOUR", "JFULL", "MGZN", "NEWS", "INPR", "ABST", "CONF", "CPAPER", "GEN", "UNPB", "MANSCPT")
_OTHERS: Final = (
    "ADVS", "AGGR", "ANCIENT", "ART", "BILL", "BLOG", "BOOK", "CASE", "CHAP", "CHART", "CLSWK", "COMP", "CTLG", "DATA", "DBASE", "DICT",
    "EBOOK", "ECHAP", "EDBOOK", "ELEC", "ENCYC", "EQUA", "FIGURE", "GOVDOC", "GRANT", "GRNT", "HEAR", "ICOMM", "INTV", "LEGAL", "MAP",
    "MPCT", "MULTI", "MUSIC", "PAMP", "PAT", "PCOMM", "POD", "PRESS", "RPRT", "SER", "SLIDE", "SOUND", "STAND", "STAT", "STD", "THES",
    "VIDEO", "WEB",
)  # fmt: skip
TYPES: Final[dict[str, str]] = {
    **{name.lower(): "article_report" for name in _ARTICLES},
    **{name.lower(): "other" for name in _OTHERS},
    "abst": "conference_abstract",
}
_CENTRAL: Final = re.compile(r"\bPUBMED\s+(\d{1,8})\b", re.I)
_REGISTRY: Final = re.compile(r"\s*(?:CTgov|ICTRP)\s+(\S+)", re.I)
_PUBMED: Final = re.compile(r"\b(?:nlm|medline|pubmed)\b", re.I)
_EBSCO: Final = re.compile(r"\bPMID: NLM ?([1-9]\d{0,7})\b")
_JOURNALS: Final = ("JF", "T2", "JO", "JA", "J1", "J2")
_NUMBER: Final = re.compile(r"[1-9]\d{3,7}$")
DIALECT: Final = Dialect(
    known=frozenset(tag for tag in FIELDS if " " not in tag),
    line=re.compile(r"([A-Z][A-Z0-9])  -(?: (.*))?$", re.S),
    loose=re.compile(r"(?P<lead>\s{0,4})(?P<tag>[A-Za-z][A-Za-z0-9]|PMID|PMCID)(?P<gap>\s{0,4}[-\u2010-\u2015\u2212])(?P<value>.*)$", re.S),
    begins=frozenset({"TY"}),
    ends=frozenset({"ER"}),
    texts=frozenset({"AB", "N2", "N1", "TI", "T1", "T2"}),
    each=frozenset({"KW", "DE", "AU", "A1", "A2", "A3", "A4", "AD", "SN", "DB", "UR", "L1", "L2"}),
    furniture=re.compile(r"(?i)\s*(?:\d+\.\s*$|<\d+>\s*$|record #?\d+ of \d+|provider:|database:|content: text/|%)"),
    kinds=frozenset((*_ARTICLES, *_OTHERS)),
    titles=frozenset({"TI", "T1"}),
)
_TY: Final = re.compile(r"^\s{0,4}TY\s{0,4}[-\u2010-\u2015\u2212]\s{0,4}([A-Z]+)\s*$", re.M | re.I)
_TAG: Final = re.compile(r"^[A-Z][A-Z0-9]  -(?: |$)", re.M)
_MARK: Final = re.compile(rb"(?:[ \t]|\xc2\xa0|\xa0){0,4}TY(?:[ \t]|\xc2\xa0|\xa0){0,4}(?:-|\xe2\x80[\x90-\x95]|\xe2\x88\x92)", re.I)


def detect(source: Source) -> float:
    """Confidence from the lines with which entries begin and end."""
    text = source.head_text.replace("\r\n", "\n").replace("\r", "\n")
    first = _TY.search(text)
    if first and text.count('"', 0, first.start()) % 2 and re.match(r"[^\n]*[,;\t|]", text.lstrip()):
        return 0.0  # a table, one of whose quoted cells holds such lines
    kinds = [kind.upper() for kind in _TY.findall(text)]
    tags = len(_TAG.findall(text))
    if any(kind in DIALECT.kinds for kind in kinds):
        return 0.97 if tags > 1 else 0.9
    if re.search(r"^TY  - ?", text, re.M) and tags > 1:
        return 0.9
    return 0.6 if tags > 3 and re.search(r"^ER  -\s*$", text, re.M) else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record an entry."""
    return read_tagged(source, context, DIALECT, NAME, FIELDS, TYPES, _prepare)


def marks(source: Source) -> int:
    """The lines with the tag TY."""
    return source.count(_MARK)


def _prepare(values: list[Value]) -> list[Value]:
    """The values, with tags of their own for what a database writes into a tag that others use otherwise."""
    values = registration(values, ("AU", "A1"), _JOURNALS)
    if not any(value.tag in _OWN for value in values):
        return values
    base = " ".join(value.text for value in values if value.tag in ("DB", "DP"))
    found: list[Value] = []
    for value in values:
        own = _OWN.get(value.tag)
        found += own(value, base) if own else (value,)
    return found


def _accession(value: Value, base: str) -> Iterator[Value]:
    """The number in a database, which is PubMed's number in MEDLINE."""
    is_pubmed = _NUMBER.match(value.text.strip()) and _PUBMED.search(base)
    yield Value("AN (PMID)", value.text, value.lines) if is_pubmed else value


def _second_custom(value: Value, base: str) -> Iterator[Value]:
    """Scopus puts PubMed's number there."""
    is_pubmed = _NUMBER.match(value.text.strip()) and "scopus" in base.lower()
    yield Value("C2 (PMID)", value.text, value.lines) if is_pubmed else value


def _fifth_custom(value: Value, base: str) -> Iterator[Value]:
    """Embase puts PubMed's number there."""
    is_pubmed = _NUMBER.match(value.text.strip()) and "embase" in base.lower()
    yield Value("C5 (PMID)", value.text, value.lines) if is_pubmed else value


def _note(value: Value, base: str) -> Iterator[Value]:
    """EBSCO writes the fields that have no tag into one note, PubMed's number among them."""
    yield value
    if "ebsco" in base.lower() and value.text.lstrip().startswith("Accession Number:") and (found := _EBSCO.search(value.text)):
        yield Value("N1 (PMID)", found[1], value.lines)


def _central(value: Value, base: str) -> Iterator[Value]:
    """What CENTRAL names as the origin of an entry: PubMed's number, or the register and its number."""
    if found := _CENTRAL.search(value.text):
        yield Value("C3 (PMID)", found[1], value.lines)
    elif (found := _REGISTRY.match(value.text)) and is_number(found[1]):
        yield Value("C3 (number)", found[1].strip(" ,"), value.lines)
    yield value


_OWN: Final = {"AN": _accession, "C2": _second_custom, "C3": _central, "C5": _fifth_custom, "N1": _note}
FORMAT: Final = Format(NAME, "RIS", detect, read, text_of_lines, marks, FIELDS)
