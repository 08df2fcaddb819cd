"""Reads EndNote's import format (.enw, Refer): a percent sign and a letter or digit, an empty line between entries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from review.records.build import Context
from review.records.formats import Format, Item, text_of_lines
from review.records.source import Source
from review.records.tagged import Dialect, read_tagged

NAME: Final = "enw"
FIELDS: Final[dict[str, str]] = {
    "%0": "type", "%9": "publication_type", "%T": "title", "%Q": "official_title", "%A": "authors", "%X": "abstract",
    "%J": "journal", "%B": "journal_second", "%D": "year", "%8": "date", "%V": "volume", "%N": "issue", "%P": "pages", "%R": "doi",
    "%K": "keywords", "%G": "language", "%U": "url", "%M": "numbers", "%L": "numbers", "%F": "numbers", "%Z": "note", "%+": "affiliation",
    "%O": "journal_short", "%1": "numbers", "%2": "numbers", "%3": "numbers", "%4": "numbers", "%#": "numbers", "%$": "numbers",
    **dict.fromkeys((
        "%C", "%E", "%H", "%I", "%S", "%W", "%Y", "%?", "%@", "%!", "%&", "%(", "%)", "%6", "%7", "%<", "%>", "%[", "%]", "%^", "%`", "%~",
        "%=", "%5", "%*", "%|", "%;",
    ), "extra"),
}  # fmt: skip
TYPES: Final = {
    **dict.fromkeys(("journal article", "electronic article", "magazine article", "newspaper article", "generic"), "article_report"),
    **dict.fromkeys((
        "book", "edited book", "book section", "electronic book", "thesis", "report", "web page", "patent", "dataset", "computer program",
        "unpublished work", "government document", "personal communication", "manuscript", "standard", "blog", "online database",
    ), "other"),
}  # fmt: skip
DIALECT: Final = Dialect(
    known=frozenset(FIELDS),
    line=re.compile(r"(%[A-Z0-9?@!&()<>\[\]^`~=*|;+#$])(?: (.*))?$", re.S),
    once=frozenset({"%0"}),
    after_blank=frozenset(FIELDS),
    texts=frozenset({"%X", "%Z"}),
    each=frozenset({"%K", "%A", "%+"}),
    titles=frozenset({"%T"}),
)
_TAG: Final = re.compile(r"^(%[0ABDEIJKNPTUVX8]) \S", re.M)
_KIND: Final = re.compile(rb"%0 ")
_TITLE: Final = re.compile(rb"%T ")


def detect(source: Source) -> float:
    """Confidence from the tags at the beginnings of lines."""
    text = source.head_text.replace("\r\n", "\n").replace("\r", "\n")
    tags = set(_TAG.findall(text))
    return 0.95 if len(tags) > 2 and tags & {"%0", "%T"} else 0.5 if {"%0", "%T"} <= tags else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record an entry."""
    return read_tagged(source, context, DIALECT, NAME, FIELDS, TYPES)


def marks(source: Source) -> int:
    """The lines with the kind of reference or, where there are more of them, those with a title."""
    return max(source.count(_KIND), source.count(_TITLE))


FORMAT: Final = Format(NAME, "EndNote import (ENW)", detect, read, text_of_lines, marks, FIELDS)
