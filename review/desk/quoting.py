"""What can be quoted at a desk: a record, or a document of lines, as sentences that each know where they stand.

A PDF has no lines here: the browser shows it, and what is quoted from it is pasted with its page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from textwrap import shorten
from typing import Any

from review.desk.document import MOST, lines_of
from review.desk.reading import content
from review.errors import NotFound
from review.model.views import ReportView
from review.screening.retrieving import HTML, PDF, TEXT, Document

# A sentence ends at a full stop, question or exclamation mark before a capital, a digit or a bracket; not after one letter ('C. difficile')
# nor after what is commonly shortened.
_END = re.compile(r"(?<=[.?!])(?<!\b[A-Za-z]\.)(?<!\bvs\.)(?<!\bal\.)(?<!\bFig\.)(?<!\be\.g\.)(?<!\bi\.e\.)\s+(?=[\"'“(\[]?[A-Z0-9])")
NAME = 60  # letters of a title in the name of a source
LETTERS = 600_000  # of one source that go to the browser

Part = dict[str, Any]  # name and place, where it stands in words; line, its number in a text; heading; sentences


def sources_of(reports: Sequence[ReportView], document_of: Callable[[ReportView], Document | None]) -> list[dict[str, str]]:
    """What there is to quote from, in the order of *reports*: each record, and the document in hand where there is one.

    document_of: gives the document of a report, or None. Of one of kind 'pdf' the browser shows the pages.
    """
    found = []
    for report in reports:
        name = f"Record: {shorten(report.title, NAME, placeholder='…')}" if len(reports) > 1 else "Record"
        found.append({"report": report.id, "what": "record", "name": name})
        document = document_of(report)
        if document is not None and document.media_type in (PDF, HTML, TEXT):
            what = "pdf" if document.media_type == PDF else "document"
            found.append({"report": report.id, "what": what, "name": document.name})
    return found


def parts_of_record(report: ReportView) -> list[Part]:
    """The record that stands for *report*: its title, then each part with its head."""
    shown = content(report)
    name = f"Record of {report.stands.search.source}"
    parts = [part_of(name, "title", shown["title"])]
    for part in shown["parts"]:
        head = part["head"].lower()
        parts.append(part_of(name, head, part["head"], heading=True))
        for number, (mark, text) in enumerate(part["lines"], start=1):
            place = mark.strip(" .–") or (str(number) if len(part["lines"]) > 1 else "")
            parts.append(part_of(name, f"{head} {place}".strip(), text))
    return parts


def parts_of_document(report: ReportView, found: Document | None) -> tuple[list[Part], str]:
    """The lines of a text, numbered as the quotations of an appraisal count them, or the paragraphs of a page; and what is left out.

    Raises NotFound where neither is in hand.
    """
    if found is None or found.media_type not in (HTML, TEXT):
        raise NotFound("no page or text of this report is in hand", next_step="attach it where the full texts are listed")
    parts, room = list[Part](), LETTERS
    lines = _lines(report, found)
    for number, level, text in lines[:MOST]:
        if room <= 0:
            break
        if text.strip():
            place = f"line {number}" if found.media_type == TEXT else f"paragraph {number}"
            line = number if found.media_type == TEXT else None
            parts.append(part_of(found.name, place, text[:room].strip(), line=line, heading=level > 0))
            room -= len(text)
    cut = len(lines) > MOST or room <= 0
    return parts, "Only the beginning is shown." if cut else ""


def _lines(report: ReportView, found: Document) -> list[tuple[int, int, str]]:
    """Number, level of a heading, and text of each line; an entry of a captured file has the numbers of that file."""
    if found.media_type == HTML:
        return [(number, level, text) for number, (level, text) in enumerate(lines_of(found, found.read()), start=1)]
    text = found.read().decode("utf-8-sig", errors="replace")
    captured = any(record.text_sha256 == found.sha256 for record in report.records)
    lines = text.split("\n") if captured else text.splitlines()
    first, last = found.lines or (1, len(lines))
    return [(number, 0, line) for number, line in enumerate(lines[first - 1 : last], start=first)]


def part_of(name: str, place: str, text: str, *, line: int | None = None, heading: bool = False) -> Part:
    """One line, paragraph or part of a source with its sentences; *name* and *place* say where a quotation from it stands."""
    return {"name": name, "place": place, "line": line, "heading": heading, "sentences": list(sentences(text))}


def sentences(text: str) -> Iterator[str]:
    """The sentences of *text*, in order; nothing but the blanks between them is left out."""
    for line in text.splitlines():
        yield from (one.strip() for one in _END.split(line) if one.strip())
