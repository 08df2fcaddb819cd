"""Writes BibTeX in UTF-8 with TeX's own signs escaped, so that it can be cited in LaTeX and is read by Zotero and bibtexparser alike.

A value is one line, as TeX and Zotero take it anyway, so that none can begin an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from review.records.exporting.entry import Entry
from review.records.exporting.format import CITATION, ExportFormat
from review.records.exporting.plain import Remarks, line, listed
from review.text import fold_blanks

# Zotero makes a report of techreport: it has places for number, register and kind of a registration
TYPES: Final = {
    "article_report": "article", "conference_abstract": "inproceedings", "trial_registration": "techreport", "other": "misc",
}  # fmt: skip
COMMA: Final = "keywords with a comma, at which Zotero divides them"
_SIGNS: Final = {
    "\\": r"{\textbackslash}", "~": r"{\textasciitilde}", "^": r"{\textasciicircum}",
    "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
}  # fmt: skip
_SIGN: Final = re.compile(r"[\\~^#$%&_{}]")
_LIGATURE: Final = re.compile(r"--+|``+|''+|[?!]`")  # two signs that TeX draws as another one
_COMMON_NAME: Final = re.compile(r"[^,{}\\]*[^,{}\\\s], [^,{}\\\s][^,{}\\]*")


def write(entries: Sequence[Entry], remarks: Remarks) -> str:
    """The file: one entry after the other, keyed by the record's id."""
    return "\n".join(_entry(entry, remarks) for entry in entries)


def _entry(entry: Entry, remarks: Remarks) -> str:
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(entry, remarks) if value)
    return f"@{TYPES[entry.record_type]}{{{entry.record},\n{fields}}}\n"


def _fields(entry: Entry, remarks: Remarks) -> Iterator[tuple[str, str]]:
    def one(text: str) -> str:
        return _escaped(line(text, remarks))

    registration = entry.record_type == "trial_registration"
    yield "title", f"{{{title}}}" if (title := one(entry.title)) else ""  # in braces of its own a style keeps its capitals
    yield "shorttitle", one(entry.acronym)
    yield "author", " and ".join(_name(line(name, remarks)) for name in entry.authors if fold_blanks(name))
    yield "booktitle" if entry.record_type == "conference_abstract" else "journal", one(entry.journal)
    yield "year", str(entry.year or "")
    yield "volume", one(entry.volume)
    yield "issue" if registration else "number", one(entry.issue)
    yield "number", one(entry.number.value) if registration and entry.number else ""
    yield "pages", one(entry.pages)
    yield "issn", one(entry.issn)
    yield "institution" if registration else "publisher", one(entry.publisher)
    yield "type", "Trial registration" if registration else one("; ".join(entry.publication_types))
    yield "language", one(entry.language)
    remarks[COMMA] += sum("," in word for word in entry.keywords)
    yield "keywords", one(listed(entry.keywords, remarks))
    # Zotero and the styles take these three as they are: a sign of TeX in them would be part of the address
    yield "doi", _bare(line(entry.doi, remarks))
    yield "url", _bare(line(entry.url, remarks))
    yield "pmid", one(entry.pmid)
    yield "pmcid", one(entry.pmcid)
    yield "note", one(entry.note)
    yield "abstract", one(entry.abstract)


def _escaped(text: str) -> str:
    """*text* as TeX prints it; braces are in pairs afterwards, also for a reader that counts them without regard to a backslash."""
    paired = _paired(text)

    def sign(found: re.Match[str]) -> str:
        if found[0] == "{":
            return r"\{" if paired else r"\{\vphantom{\}}"
        if found[0] == "}":
            return r"\}" if paired else r"\vphantom{\{}\}"
        return _SIGNS[found[0]]

    return _LIGATURE.sub(lambda found: found[0][0] + "".join(f"{{{one}}}" for one in found[0][1:]), _SIGN.sub(sign, text))


def _paired(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        if depth < 0:
            return False
    return depth == 0


def _bare(text: str) -> str:
    """An address or a DOI: only what would break the file is written otherwise."""
    return text if _paired(text) and "\\" not in text else text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _name(name: str) -> str:
    """An author as printed. A reader turns 'Family, Given' alone into parts; in braces any other name stays whole."""
    common = _COMMON_NAME.fullmatch(name) and not re.search(r"\band\b", name, re.IGNORECASE)
    return _escaped(name) if common else f"{{{_escaped(name)}}}"


BIBTEX = ExportFormat("bibtex", "BibTeX", CITATION | {"acronym"}, write)
