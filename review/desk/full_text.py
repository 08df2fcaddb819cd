"""The desk of full texts: what is sought and how it was obtained, with the file that a person attaches.

A file comes in parts and is stored only together with the word of how it was obtained; one that is too large or of another kind is refused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, Literal
from urllib.parse import quote

from pydantic import Field

from review.desk.card import Ask, Card, Message, closed_to, refused, script
from review.desk.document import Reader, named
from review.desk.reading import content
from review.desk.upload import PART, Upload
from review.errors import InputRefused, NotAllowed
from review.model.event import Event
from review.model.views import ReportView
from review.project import Review
from review.screening.retrieving import OTHER, media_type

LIMIT = 50_000_000  # bytes of one file
UNSEEN = "the desk shows another record now. Next: look at this one."
STATUS = {"retrieved": "Retrieved", "extract_only": "Extract only", "not_retrieved": "Not retrieved"}
FOUND_AT = {
    "DOI": ("DOI", "https://doi.org/"),
    "PMID": ("PubMed", "https://pubmed.ncbi.nlm.nih.gov/"),
    "PMCID": ("PubMed Central", "https://pmc.ncbi.nlm.nih.gov/articles/"),
}


class FullTextAsk(Ask):
    """What the browser sends to this desk. A part of a file comes with its bytes as the message's buffer."""

    kind: Literal["open", "retrieve", "part", "go", "skip", "undo", "document"]
    report: str = ""
    status: str = ""
    note: str = ""
    file: str = ""
    upload: str = ""
    part: int = Field(default=0, ge=0)
    size: int = Field(default=0, ge=0)


class FullTextDesk(Card):
    """Say of each document that is sought how it was obtained, and attach it; for every reviewer of *rv*. Raises InputRefused for a key."""

    _esm = script("document.js", "upload.js", "full_text.js", shows="FullTexts")
    _css = Path(__file__).with_name("desk.css")
    Asked = FullTextAsk
    SHORTCUTS: ClassVar = {
        "retrieved": "y", "extract_only": "x", "not_retrieved": "n", "file": "f", "note": "t", "document": "d", "find": "/", "skip": "s",
        **Card.SHORTCUTS,
    }  # fmt: skip

    def __init__(self, rv: Review, *, keys: Mapping[str, str] | None = None) -> None:
        super().__init__(rv, keys=keys)
        self._waiting: deque[str] = deque()  # the first is the one to show; what is skipped goes last
        self._opened = ""  # a report that was asked for by name
        self._shown = ""
        self._said: list[tuple[str, str]] = []  # (event, report) of this sitting, to undo from the end
        self._stored: dict[str, str] = {}  # token -> event
        self._upload = Upload(LIMIT)
        self._reader = Reader(rv)

    def answer(self, ask: FullTextAsk) -> Iterator[Message]:
        """The answers to one message: what was taken, stored or refused, then the record to look at."""
        if not self._rv.reviewer:
            names = [r.id for r in self._rv.protocol.plan.reviewers] or ["r1"]
            yield {"kind": "closed", "token": ask.token, "message": closed_to("This desk needs to know who attaches a document.", names)}
            return
        if ask.kind == "part":
            self._upload.take(ask.upload, ask.part, self.buffers)
            yield {"kind": "taken", "token": ask.token, "part": ask.part}
            return
        if ask.kind == "document":
            yield self._reader.part(ask.token, self._view(ask.report), ask.part)
            return
        if ask.kind == "open":
            with self._rv.still():
                self._waiting = deque(self._rv.screening.to_retrieve())
                opening = self._opening(ask.token)
            yield opening
        elif ask.kind == "go":
            self._opened = self._view(ask.report).id
        elif ask.kind == "undo":
            yield self._undo(ask.token)
        elif ask.report != self._shown and ask.token not in self._stored:
            yield refused(ask.token, UNSEEN)
        elif ask.kind == "skip":
            self._skip()
        else:
            yield self._retrieve(ask)
        with self._rv.still():
            card = self._card(ask.token)
        yield card

    def _opening(self, token: str) -> Message:
        return {
            "kind": "opening", "token": token, "stage": "Full texts", "reviewer": self._rv.reviewer, "limit": LIMIT, "part": PART,
            "rows": [self._row(report) for report in self._rv.studies.report_views() if self._rv.screening.sought(report)],
        }  # fmt: skip

    # what is stored

    def _retrieve(self, ask: FullTextAsk) -> Message:
        if ask.token not in self._stored:
            if ask.status == "not_retrieved" and not ask.note.strip():
                raise InputRefused("a document that was not retrieved needs a note", next_step="say in the note what was tried")
            file, data = self._file(ask) if ask.file else (None, None)
            event = self._rv.screening.retrieve(ask.report, ask.status, file=file, content=data, note=ask.note, token=ask.token)
            self._stored[ask.token] = event
            self._said.append((event, ask.report))
            self._upload = Upload(LIMIT)
            self._leave(ask.report)
        return {"kind": "saved", "token": ask.token, "event": self._stored[ask.token], "row": self._row(self._view(ask.report))}

    def _file(self, ask: FullTextAsk) -> tuple[str, bytes]:
        name = PurePosixPath(ask.file.replace("\\", "/")).name or "document"
        data = self._upload.whole(ask.upload, ask.size, name)
        if media_type(data) == OTHER:
            raise InputRefused(f"{name} is neither PDF, HTML nor text", next_step="save it as PDF, and choose that file")
        return name, data

    def _undo(self, token: str) -> Message:
        if token not in self._stored:
            event, report = self._said[-1] if self._said else self._earlier()
            self._stored[token] = self._rv.screening.undo(event)
            del self._said[-1:]  # what may not be undone stays the last
            self._opened = report
            if report in self._rv.screening.to_retrieve():
                self._waiting = deque([report, *(r for r in self._waiting if r != report)])
        return {"kind": "saved", "token": token, "event": self._stored[token], "row": self._row(self._view(self._opened))}

    def _earlier(self) -> tuple[str, str]:
        """The last word of this reviewer, from before this sitting, of how a document was obtained."""
        said = ((self._rv.screening.retrieval(report)[1], report.id) for report in self._rv.studies.report_views())
        own = [(event, report) for event, report in said if event is not None and event.actor == self._rv.reviewer]
        if not own:
            raise NotAllowed("there is nothing of yours to undo here")
        event, report = max(own, key=lambda one: one[0].position)
        return event.id, report

    # what is shown

    def _leave(self, report: str) -> None:
        self._opened = self._shown = ""
        self._waiting = deque(r for r in self._waiting if r != report)

    def _skip(self) -> None:
        if self._opened and self._opened not in self._waiting:
            self._opened = ""
        elif self._waiting:
            self._waiting = deque([*(r for r in self._waiting if r != self._shown), self._shown])
            self._opened = ""

    def _card(self, token: str) -> Message:
        left = set(self._rv.screening.to_retrieve())
        self._waiting = deque(r for r in self._waiting if r in left)
        if not self._waiting:
            self._waiting.extend(r for r in self._rv.screening.to_retrieve())
        self._shown = self._opened or (self._waiting[0] if self._waiting else "")
        return {
            "kind": "card", "token": token, "card": self._content(self._view(self._shown)) if self._shown else None,
            "progress": f"{len(left):,} to find",
        }  # fmt: skip

    def _content(self, report: ReportView) -> dict[str, Any]:
        status, event = self._rv.screening.retrieval(report)
        document = self._rv.screening.document(report)
        links = [(name, start + quote(value)) for kind, (name, start) in FOUND_AT.items() for value in _values(report, kind)]
        return {
            **content(report),
            "links": links,
            "status": _in_words(status, event),
            "note": event.body["note"] if event is not None else "",
            "event": event.id if event is not None else "",
            "document": named(document) if document is not None else None,
        }

    def _row(self, report: ReportView) -> dict[str, Any]:
        status, event = self._rv.screening.retrieval(report)
        file = bool(event is not None and event.body["file_sha256"])
        return {"report": report.id, "title": report.title, "year": report.stands.year, "status": status or "", "file": file}

    def _view(self, report: str) -> ReportView:
        found = next((r for r in self._rv.studies.report_views() if report in r.members), None)
        if found is None or not self._rv.screening.sought(found):
            raise NotAllowed("the full text of this record is not sought", next_step="choose one of the list")
        return found


def _values(report: ReportView, kind: str) -> list[str]:
    return list(dict.fromkeys(value for record in report.records for value in record.identifiers(kind)))


def _in_words(status: str | None, event: Event | None) -> str:
    if status is None:
        return "To find"
    if event is None:
        return "Retrieved: the page or registration that was imported"
    file = event.body["file_name"]
    return f"{STATUS[status]}{f', {file}' if file else ', without a file' if status != 'not_retrieved' else ''}"
