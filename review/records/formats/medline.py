"""Reads MEDLINE text (.nbib and PubMed's own text export), ERIC's among it; links to retractions, concerns and corrections are notices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from review.records.build import Context
from review.records.citation import Value
from review.records.formats import Format, Item, text_of_lines
from review.records.source import Source
from review.records.tagged import Dialect, read_tagged

NAME: Final = "medline"
_LINKS: Final = (
    "CIN", "CON", "EIN", "EFR", "CRI", "CRF", "DDIN", "DRIN", "ECI", "ECF", "ORI", "PRIN", "PROF", "RPI", "RPF", "RIN", "ROF", "RRI", "RRF",
    "SPIN", "UIN", "UOF",
)  # fmt: skip
FIELDS: Final[dict[str, str]] = {
    "PMID": "pmid", "PMC": "pmcid", "LID": "numbers", "AID": "numbers", "LID (DOI)": "doi", "AID (DOI)": "doi", "SI": "note",
    "TI": "title", "TT": "official_title", "BTI": "title_second", "CTI": "extra", "AB": "abstract", "OAB": "extra", "OABL": "extra",
    "FAU": "author", "AU": "author_short", "CN": "author_group", "AD": "own_affiliation", "AUID": "own_orcid",
    "IR": "extra", "FIR": "extra", "IRAD": "extra", "ED": "extra", "FED": "extra", "FPS": "extra", "PS": "extra",
    "JT": "journal", "TA": "journal_short", "DP": "year", "VI": "volume", "IP": "issue", "PG": "pages", "SO": "extra",
    "PT": "publication_type", "MH": "mesh", "OT": "keyword", "LA": "language", "GR": "grant", "COIS": "competing_interests",
    **dict.fromkeys(_LINKS, "comment"),
    **dict.fromkeys((
        "OWN", "STAT", "DA", "DCOM", "LR", "PUBM", "IS", "ISBN", "ISSN", "PL", "JID", "SB", "RN", "NM", "OTO", "MID", "CI", "OCI", "DEP",
        "EDAT", "MHDA", "CRDT", "PHST", "PST", "GN", "GS", "RF", "EN", "CTDT", "PB", "CP", "CDAT", "OID", "SFM", "STI", "VTI", "MHOU",
        "PMCR", "DDAT", "UPDT", "RCN", "PRDT", "ID", "JC", "CY", "UI", "EM", "URLF", "URLS",
    ), "extra"),
}  # fmt: skip
TYPES: Final = {"book": "other", "books": "other"}
DIALECT: Final = Dialect(
    known=frozenset(tag for tag in FIELDS if " " not in tag),
    line=re.compile(r"(?=.{4}- |.{4}-$)([A-Z]{2,4}) {0,2}-(?: (.*))?$", re.S),
    loose=re.compile(r"(?P<lead>\s{0,3})(?P<tag>[A-Za-z]{2,4})(?P<gap>\s{0,4}-)(?P<value>.*)$", re.S),
    begins=frozenset({"PMID"}),
    after_blank=frozenset({"OWN"}),
    texts=frozenset({"AB", "OAB", "TI", "AD", "COIS", "CI", "GN"}),
    indent=re.compile(r"\s{4,8}(?=\S)"),
    titles=frozenset({"TI", "BTI", "TT"}),
    wrapped=True,
)
_NAMED: Final = "[doi]"
_BEGIN: Final = re.compile(r"^PMID ?- ?\d+\s*$", re.M)
_TAG: Final = re.compile(r"^[A-Z]{2,4} {0,2}- \S", re.M)
_MARK: Final = re.compile(rb"PMID ?- ")


def detect(source: Source) -> float:
    """Confidence from the number with which entries begin, and from tags of four places."""
    text = source.head_text.replace("\r\n", "\n").replace("\r", "\n")
    tags = {line[:5] for line in _TAG.findall(text)}
    own = len(tags & {"OWN -", "STAT-", "DCOM-", "TI  -", "FAU -", "JT  -", "TA  -", "PT  -", "AID -", "LID -", "EDAT-", "PHST-"})
    if re.search(r"^TY\s+-", text, re.M):
        return 0.2 if own > 3 else 0.0
    if _BEGIN.search(text):
        return 0.97 if own > 1 else 0.8
    return 0.9 if {"OWN -", "TI  -"} <= tags else 0.6 if own > 4 and "FAU -" in tags else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record an entry."""
    return read_tagged(source, context, DIALECT, NAME, FIELDS, TYPES, _prepare)


def marks(source: Source) -> int | None:
    """The lines with PubMed's number; none where no entry has one."""
    return source.count(_MARK) or None


def _prepare(values: list[Value]) -> Iterator[Value]:
    """The values, with a tag of its own for a number that says that it is a DOI."""
    for value in values:
        if value.tag in ("LID", "AID") and (text := value.text.rstrip()).endswith(_NAMED):
            yield Value(f"{value.tag} (DOI)", text.removesuffix(_NAMED).rstrip(), value.lines)
        else:
            yield value


FORMAT: Final = Format(NAME, "MEDLINE / PubMed text (nbib)", detect, read, text_of_lines, marks, FIELDS)
