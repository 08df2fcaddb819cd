"""Writes RIS: one tag and one value a line, CRLF, as Zotero, Rayyan, ASReview, EndNote and Covidence read it.

No value goes over several lines, so that none can begin or end an entry, however lenient a reader is. Tags are those that Rayyan's reader
knows, for it joins a line with another tag to the value before it. M1 is not used: both Rayyan and Zotero read an issue there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from review.records.exporting.entry import Entry
from review.records.exporting.format import CITATION, ExportFormat
from review.records.exporting.plain import Remarks, line, parted

# Zotero makes an article of ABST, with journal and issue, and a report of RPRT, which has a place for the register's number.
TYPES: Final = {"article_report": "JOUR", "conference_abstract": "ABST", "trial_registration": "RPRT", "other": "GEN"}
_RANGE: Final = re.compile(r"([^\s,;-]+)-([^\s,;-]+)")


def write(entries: Sequence[Entry], remarks: Remarks) -> str:
    """The file: entries with an empty line between them."""
    return "\r\n".join("".join(f"{tag}  - {text}\r\n" for tag, text in _tagged(entry, remarks)) for entry in entries)


def _tagged(entry: Entry, remarks: Remarks) -> Iterator[tuple[str, str]]:
    first, last = _pages(line(entry.pages, remarks))
    own = [f"{label}: {value}" for label, value in (("PMID", entry.pmid), ("PMCID", entry.pmcid)) if value]
    values: list[tuple[str, Sequence[str]]] = [
        ("TI", (entry.title,)), ("ST", (entry.acronym,)), ("AU", parted(entry.authors, remarks)), ("T2", (entry.journal,)),
        ("VL", (entry.volume,)), ("IS", (entry.issue,)), ("SP", (first,)), ("EP", (last,)), ("PY", (str(entry.year or ""),)),
        ("SN", (_serial(entry),)), ("PB", (entry.publisher,)), ("AB", (entry.abstract,)), ("KW", parted(entry.keywords, remarks)),
        ("LA", (entry.language,)), ("M3", ("; ".join(entry.publication_types),)), ("DO", (entry.doi,)), ("UR", (entry.url,)),
        ("AN", (entry.number.value if entry.number else "",)), ("M2", own), ("N1", (entry.note,)), ("ID", (entry.record,)),
    ]  # fmt: skip
    yield "TY", TYPES[entry.record_type]
    for tag, texts in values:
        yield from ((tag, printed) for text in texts if (printed := line(text, remarks)))
    yield "ER", ""


def _serial(entry: Entry) -> str:
    """ISSN of a journal; of a registration its number, which Zotero keeps as that of a report."""
    return entry.number.value if entry.record_type == "trial_registration" and entry.number else entry.issn


def _pages(pages: str) -> tuple[str, str]:
    """First and last page of a plain range; everything else stands as the first."""
    found = _RANGE.fullmatch(pages)
    return (found[1], found[2]) if found and found[1] != found[2] else (pages, "")


RIS = ExportFormat("ris", "RIS", CITATION | {"acronym"}, write)
