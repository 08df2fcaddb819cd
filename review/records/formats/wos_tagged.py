"""Reads the tagged export of Web of Science ('Plain text'): two letters and a blank, PT to ER, indented lines that go on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from review.records.build import Context
from review.records.formats import Format, Item, text_of_lines
from review.records.source import Source
from review.records.tagged import Dialect, read_tagged

NAME: Final = "wos_tagged"
FIELDS: Final[dict[str, str]] = {
    "PT": "type", "DT": "publication_types", "TI": "title", "AB": "abstract", "LA": "language",
    "AF": "author", "AU": "author_short", "CA": "author_group", "GP": "author_group", "C1": "affiliation",
    "SO": "journal", "J9": "journal_short", "JI": "journal_short", "PY": "year", "VL": "volume", "IS": "issue",
    "BP": "start_page", "EP": "end_page", "AR": "article_number", "DI": "doi", "PM": "pmid", "DE": "keywords", "ID": "keywords",
    "FU": "funding",
    **dict.fromkeys((
        "BA", "BF", "BE", "SE", "BS", "CT", "CY", "CL", "SP", "HO", "C3", "RP", "EM", "RI", "OI", "FX", "CR", "NR", "TC", "Z9", "Z8", "ZB",
        "ZS", "ZR", "ZA", "U1", "U2", "PU", "PI", "PA", "SN", "EI", "BN", "PD", "PN", "SU", "SI", "MA", "D2", "DL", "EA", "EY", "PG", "P2",
        "WC", "WE", "SC", "GA", "UT", "OA", "HC", "HP", "DA", "PS", "CP", "MH", "MQ", "MC", "X1", "Y1", "Z1", "X4", "Y4", "Z4", "AK", "C2",
    ), "extra"),
}  # fmt: skip
TYPES: Final = {"b": "other", "s": "article_report", "j": "article_report", "p": "other"}
DIALECT: Final = Dialect(
    known=frozenset(FIELDS),
    line=re.compile(r"([A-Z][A-Z0-9])(?: (.*))?$", re.S),
    begins=frozenset({"PT"}),
    ends=frozenset({"ER"}),
    around=frozenset({"FN", "VR", "EF"}),
    texts=frozenset({"AB", "TI", "FX", "C1", "CR"}),
    each=frozenset({"AU", "AF", "BA", "BF", "BE", "CA", "C1", "CR"}),
    indent=re.compile(r"\s{2,4}(?=\S)"),
    titles=frozenset({"TI"}),
    wrapped=True,
)
_BEGIN: Final = re.compile(r"^PT [JBSPC]\s*$", re.M)
_MARK: Final = re.compile(rb"PT [A-Z]\s*(?:\n|$)")


def detect(source: Source) -> float:
    """Confidence from the lines with which the file and its entries begin."""
    text = source.head_text.replace("\r\n", "\n").replace("\r", "\n")
    begins, tags = bool(_BEGIN.search(text)), len(set(re.findall(r"^(AU|AF|TI|SO|UT|DT|PY|ER)(?= |$)", text, re.M)))
    if re.search(r"^FN .*(?:Web of Science|Clarivate|Thomson|ISI)", text, re.M) and (begins or tags > 2):
        return 0.98
    return 0.9 if begins and tags > 2 else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record an entry."""
    return read_tagged(source, context, DIALECT, NAME, FIELDS, TYPES)


def marks(source: Source) -> int:
    """The lines with the kind of publication alone."""
    return source.count(_MARK)


FORMAT: Final = Format(NAME, "Web of Science, tagged", detect, read, text_of_lines, marks, FIELDS)
