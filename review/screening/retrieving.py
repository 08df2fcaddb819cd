"""How a document was obtained, and the document in hand. It refuses another word, and a file that cannot be read or has nothing in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from review.errors import InputRefused, NotAllowed, near
from review.model.blinding import Viewer
from review.model.consensus import Panel
from review.model.decision import RETRIEVALS, ReportRetrieved, is_imported, whose
from review.model.event import Event
from review.model.views import RecordView, ReportView

PDF, HTML, TEXT, OTHER = "application/pdf", "text/html", "text/plain", "application/octet-stream"
IN_HAND = ("retrieved", "extract_only")
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """The document of a report: a file that a person attached, else the captured page or registration that was imported.

    media_type  by content: application/pdf, text/html, text/plain, or application/octet-stream for anything else
    lines       where the entry stands in a captured file that holds many, from 1; None for all of it
    """

    name: str
    media_type: str
    sha256: str
    lines: tuple[int, int] | None = None
    _blob: Callable[[str], bytes] = field(default=bytes, repr=False, compare=False)

    def read(self) -> bytes:
        """Its bytes, fetched from the ledger at each call."""
        return self._blob(self.sha256)


def media_type(data: bytes) -> str:
    """What *data* is, by its content and not by the name of a file."""
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # the mark of UTF-16, in which every other byte may be zero
        return HTML if b"<\0h\0t\0m\0l" in data[:4000].lower() else TEXT
    if b"\0" in data[:4000]:
        return OTHER
    return HTML if _MARKUP.search(data[:4000]) else TEXT


def document_of(report: ReportView, live: Sequence[Event], blob: Callable[[str], bytes], type_of: Callable[[str], str]) -> Document | None:
    """The last file attached by a retrieval in *live*, else the page that was captured; None where neither is in hand.

    type_of  media type of the blob of that name; a file may be large, so whoever asks keeps what it was told
    """
    attached = [e.body for e in live if e.body["file_sha256"]]
    if attached:
        body = attached[-1]
        return Document(body["file_name"], type_of(body["file_sha256"]), body["file_sha256"], None, blob)
    records = (report.stands, *report.records)
    captured = next((r for r in records if r.retrieved_on_import and r.text_sha256), None)
    return _captured(captured, blob) if captured is not None else None


def _captured(record: RecordView, blob: Callable[[str], bytes]) -> Document:
    """The page as the import kept it, in lines: the text into which every quotation points."""
    span = record.doc["provenance"].get("raw_span")
    return Document(record.file_name or "", TEXT, record.text_sha256 or "", tuple(span) if span else None, blob)


def status_of(live: Sequence[Event], report: ReportView) -> str | None:
    """The status that *live* retrievals (oldest first) give a report; without any, 'retrieved' by import, or None while it is sought."""
    if live:
        return str(live[-1].body["status"])
    return "retrieved" if report.retrieved_on_import else None


def may_be_given_up(found: Panel, viewer: Viewer, where: str) -> None:
    """Raises NotAllowed while a decision on the full text stands: somebody has read it, so it was to be had.

    Whose they are is said where *viewer* may see them all; else only that there is one, which the number of answers tells anybody.
    """
    seen = found.seen_by(viewer)
    stand = [*found.answers, *([found.resolution] if found.resolution is not None else [])]
    if not stand:
        return
    if len(seen.answers) < len(found.answers):
        raise NotAllowed("somebody has decided on its full text, so it was retrieved", where=where, next_step="ask the lead")
    names = ", ".join(dict.fromkeys(_name(e) for e in stand))
    raise NotAllowed(
        f"decisions on its full text stand ({names}), so it was retrieved",
        where=where,
        next_step="let them be undone first: " + ", ".join(f"rv.screening.undo({e.id!r})" for e in stand),
    )


def _name(event: Event) -> str:
    if is_imported(event) and event.body["reviewer"] is None:
        return f"consensus imported from {event.body['file_name']}"
    return whose(event)


def retrieval_of(
    status: str, file: str | Path | None, content: bytes | None, note: str
) -> tuple[ReportRetrieved, list[tuple[bytes, bool]]]:
    """The fact to store, and the blobs that go with it."""
    if status not in RETRIEVALS:
        raise InputRefused(f"{status!r} is no status of retrieval", expected=", ".join(RETRIEVALS), next_step=near(status, RETRIEVALS))
    if file is None:
        if content is not None:
            raise InputRefused("the content of a file was given without its name", next_step="give file=… too")
        return ReportRetrieved(status=status, file_sha256=None, file_name=None, note=note), []  # type: ignore[arg-type]
    if status == "not_retrieved":
        raise InputRefused(
            "a document that was not retrieved has no file", next_step="leave the file out, or say retrieved or extract_only"
        )
    data = _bytes_of(Path(file)) if content is None else content
    if not data:
        raise InputRefused(f"{Path(file).name} is empty", next_step="check the file")
    body = ReportRetrieved(status=status, file_sha256=hashlib.sha256(data).hexdigest(), file_name=Path(file).name, note=note)  # type: ignore[arg-type]
    return body, [(data, False)]


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise InputRefused(f"{file} cannot be read: {problem.strerror}", next_step="check the name of the file") from problem
