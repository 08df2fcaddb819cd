"""Reads the tagged format of RefWorks: two letters and a blank, an entry begins with RT."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from review.records.build import Context
from review.records.formats import Format, Item, text_of_lines
from review.records.source import Source
from review.records.tagged import Dialect, read_tagged

NAME: Final = "refworks"
FIELDS: Final[dict[str, str]] = {
    "RT": "type", "T1": "title", "T2": "journal_second", "T3": "extra", "A1": "authors", "AD": "affiliation", "AB": "abstract",
    "JF": "journal", "JO": "journal_short", "YR": "year", "FD": "extra", "VO": "volume", "IS": "issue", "SP": "start_page",
    "OP": "end_page", "K1": "keywords", "DO": "doi", "LA": "language", "AN": "numbers", "NO": "note", "UL": "url", "LK": "url",
    "PM": "pmid", "PMID": "pmid", "ID": "extra", "U1": "numbers", "U2": "numbers", "U3": "numbers", "U4": "numbers", "U5": "numbers",
    **dict.fromkeys((
        "SR", "A2", "A3", "A4", "A5", "A6", "ED", "PB", "PP", "SN", "AV", "CL", "SF", "OT", "LS", "LN", "PY", "RD", "ST", "DB", "DS", "IP",
        "RP", "OL", "FN", "CN", "CA", "CD", "WT", "WP", "WV", "WS", "YP", "C1", "C2", "C3", "C4", "C5", "C6", "GT", "TA", "JA", "ER",
        "CR", "U6", "U7", "U8", "U9", "U10", "U11", "U12", "U13", "U14", "U15", "MD", "SG", "FR", "GR", "PA", "PD", "PN", "LC", "TL",
    ), "extra"),
}  # fmt: skip
TYPES: Final = {
    **dict.fromkeys(("journal article", "journal, electronic", "abstract", "magazine article", "newspaper article"), "article_report"),
    **dict.fromkeys((
        "book, whole", "book, section", "book, edited", "dissertation/thesis", "dissertation", "dissertation/thesis, unpublished", "patent",
        "report", "web page", "computer program", "generic", "monograph", "personal communication", "unpublished material", "video/ dvd",
    ), "other"),
}  # fmt: skip
DIALECT: Final = Dialect(
    known=frozenset(FIELDS),
    line=re.compile(r"([A-Z][A-Z0-9]|U1[0-5])(?: (.*))?$", re.S),
    begins=frozenset({"RT"}),
    texts=frozenset({"AB", "T1", "NO"}),
    each=frozenset({"K1", "A1", "A2"}),
    furniture=re.compile(r"(?i)\s*(?:references?:?\s*$|-{3,}|={3,})"),
    titles=frozenset({"T1"}),
)
_BEGIN: Final = re.compile(r"^RT [A-Z][a-z].*$", re.M)
_MARK: Final = re.compile(rb"RT [A-Z]")


def detect(source: Source) -> float:
    """Confidence from the line with which an entry begins, and the tags around it."""
    text = source.head_text.replace("\r\n", "\n").replace("\r", "\n")
    tags = set(re.findall(r"^(SR|A1|T1|JF|YR|VO|K1|SP|OP|AB|UL) \S", text, re.M))
    return 0.95 if _BEGIN.search(text) and len(tags) > 2 else 0.5 if _BEGIN.search(text) and "T1" in tags else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record an entry."""
    return read_tagged(source, context, DIALECT, NAME, FIELDS, TYPES)


def marks(source: Source) -> int:
    """The lines with the kind of reference."""
    return source.count(_MARK)


FORMAT: Final = Format(NAME, "RefWorks, tagged", detect, read, text_of_lines, marks, FIELDS, tried=False)
