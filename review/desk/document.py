"""The document beside a card: a PDF as its bytes, a page or a text as plain lines, a part at a time and only when it is asked for.

Nothing of it is in a trait, so that no saved notebook holds it; markup of a page never reaches the browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from review.desk.card import Message
from review.errors import NotFound
from review.model.views import ReportView
from review.project import Review
from review.records.lines import page_from_bytes
from review.screening.retrieving import HTML, PDF, TEXT, Document

PART = 1 << 20  # bytes in one message
MOST = 20_000  # lines that are shown
LETTERS = 2_000_000  # letters that are shown

Line = tuple[int, str]  # the level of a heading, 0 for none, and the text


class Reader:
    """Hands out the document of one report after the other; it keeps the bytes of the one that was opened last."""

    def __init__(self, rv: Review) -> None:
        self._rv = rv
        self._held: tuple[str, bytes] = ("", b"")

    def part(self, token: str, report: ReportView, number: int) -> Message:
        """Part *number*, from 0, of the document of *report*: with the first part what it is. Raises NotFound where there is none."""
        found = self._rv.screening.document(report)
        if found is None:
            raise NotFound("no document of this record is in hand", next_step="attach it where the full texts are listed")
        if self._held[0] != found.sha256:
            self._held = (found.sha256, found.read())
        data = self._held[1]
        message: Message = {"kind": "document", "token": token, "report": report.id, "part": number, **named(found), "size": len(data)}
        if found.media_type == PDF:
            start = number * PART
            return {**message, "parts": -(-len(data) // PART), "buffers": [data[start : start + PART]]}
        if found.media_type not in (HTML, TEXT):
            return {**message, "parts": 1, "lines": [], "remark": "It is neither PDF, HTML nor text, and is not shown here."}
        lines = lines_of(found, data)
        shown = _the_first(lines)
        return {**message, "parts": 1, "lines": shown, "remark": _left_out(lines, shown)}


def named(found: Document) -> dict[str, Any]:
    """What a card says of a document before it is opened."""
    return {"name": found.name, "media_type": found.media_type}


def _the_first(lines: Sequence[Line]) -> list[Line]:
    """As many *lines* as one message may hold; the last of them may be cut."""
    shown, room = list[Line](), LETTERS
    for level, text in lines[:MOST]:
        if room <= 0:
            break
        shown.append((level, text[:room]))
        room -= len(text)
    return shown


def _left_out(lines: Sequence[Line], shown: Sequence[Line]) -> str:
    if len(shown) < len(lines):
        return f"The first {len(shown):,} of {len(lines):,} lines."
    return f"The first {LETTERS:,} letters." if shown and shown[-1] != lines[-1] else ""


def lines_of(found: Document, data: bytes) -> Sequence[Line]:
    """The lines of a page or a text, without markup; of a captured file with many entries, those of this one."""
    if found.lines is not None:
        first, last = found.lines
        return [(0, line) for line in data.decode("utf-8", errors="replace").split("\n")[first - 1 : last]]
    return [(line.level, line.plain) for line in page_from_bytes(data).lines]
