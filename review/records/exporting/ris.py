"""Writes RIS: one tag a line, CRLF, as Zotero, Rayyan, ASReview, EndNote and Covidence read it. No value can begin or end an entry.

Tags are those that Rayyan's reader knows, for it joins a line with another tag to the value before it. M1 is not used: both Rayyan and
Zotero read an issue there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from review.records.exporting.entry import Entry
from review.records.exporting.format import CITATION, ExportFormat
from review.records.exporting.plain import Remarks, block, line

# Zotero makes an article of ABST, with journal and issue, and a report of RPRT, which has a place for the register's number.
TYPES: Final = {"article_report": "JOUR", "conference_abstract": "ABST", "trial_registration": "RPRT", "other": "GEN"}
JOINED: Final = "texts with a line that looks like a RIS tag, which was joined to the line before it"
_RANGE: Final = re.compile(r"([^\s,;-]+)-([^\s,;-]+)")
# what the most lenient reader could take for a tag, or for the number before an entry
_TAG_LIKE: Final = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9](?:\s{1,3}-|\s{0,3}-(?:\s|$))|[A-Z]{2,4}\s{0,2}-\s|ER\b|\d+\.?\s*$)")


def write(entries: Sequence[Entry], remarks: Remarks) -> str:
    """The file: entries with an empty line between them."""
    return "\r\n".join("".join(f"{tag}  - {text}\r\n" for tag, text in _tagged(entry, remarks)) for entry in entries)


def _tagged(entry: Entry, remarks: Remarks) -> Iterator[tuple[str, str]]:
    first, last = _pages(line(entry.pages, remarks))
    own = [f"{label}: {value}" for label, value in (("PMID", entry.pmid), ("PMCID", entry.pmcid)) if value]
    values: list[tuple[str, Sequence[str]]] = [
        ("TI", (entry.title,)), ("ST", (entry.acronym,)), ("AU", entry.authors), ("T2", (entry.journal,)), ("VL", (entry.volume,)),
        ("IS", (entry.issue,)), ("SP", (first,)), ("EP", (last,)), ("PY", (str(entry.year or ""),)), ("SN", (_serial(entry),)),
        ("PB", (entry.publisher,)), ("KW", entry.keywords), ("LA", (entry.language,)), ("M3", ("; ".join(entry.publication_types),)),
        ("DO", (entry.doi,)), ("UR", (entry.url,)), ("AN", (entry.number.value if entry.number else "",)), ("M2", own),
        ("N1", (entry.note,)), ("ID", (entry.record,)),
    ]  # fmt: skip
    yield "TY", TYPES[entry.record_type]
    for tag, texts in values:
        yield from ((tag, printed) for text in texts if (printed := line(text, remarks)))
    if abstract := _lines(block(entry.abstract, remarks), remarks):
        yield "AB", abstract
    yield "ER", ""


def _serial(entry: Entry) -> str:
    """ISSN of a journal; of a registration its number, which Zotero keeps as that of a report."""
    return entry.number.value if entry.record_type == "trial_registration" and entry.number else entry.issn


def _pages(pages: str) -> tuple[str, str]:
    """First and last page of a plain range; everything else stands as the first."""
    found = _RANGE.fullmatch(pages)
    return (found[1], found[2]) if found and found[1] != found[2] else (pages, "")


def _lines(text: str, remarks: Remarks) -> str:
    """A text with its lines, none of which looks like a tag."""
    first, *rest = text.split("\n")
    made = [first]
    for one in rest:
        if _TAG_LIKE.match(one):
            while not made[-1].strip():  # an empty line before it would leave it at the beginning of a line
                made.pop()
            made[-1] = f"{made[-1]} {one.strip()}"
        else:
            made.append(one)
    remarks[JOINED] += len(made) <= len(rest)
    return "\r\n".join(made)


RIS = ExportFormat("ris", "RIS", CITATION | {"acronym"}, write)
