"""What tools propose for a study, as drafts of facts: the fields of its records, and what rules read in their texts; each once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from review.extraction import prefill, text_rules
from review.extraction.prefill import Prefilled
from review.model.event import Draft
from review.model.extraction import CellRecorded
from review.model.views import RecordView, StudyView
from review.text import lines_in_words

REGISTRATION = "trial_registration"
TextOf = Callable[[RecordView], Sequence[str]]


def drafts_of(study: StudyView, text_of: TextOf, words: prefill.Words, known: Callable[[str], bool]) -> list[Draft]:
    """Drafts for every record of the study whose newest version no tool has read; *known*: whether the ledger has a token."""
    found: list[Draft] = []
    for record in study.records:
        for tool in (prefill.TOOL, text_rules.TOOL):
            mark = hashlib.sha256(f"{tool}|{record.id}|{record.versions[-1]}".encode()).hexdigest()[:24]
            if not known(f"{mark}:0"):
                text = text_of(record)
                cells = prefill.cells_of(record.doc, text, words) if tool == prefill.TOOL else _read(record, text)
                found += _drafts(study, record, text, cells, tool, mark)
    return found


def _read(record: RecordView, text: Sequence[str]) -> list[Prefilled]:
    """What the rules read in a report's own text, of a file with many entries; a registration tells of plans and of nothing done.

    Several entries may share one line, as in an export in XML: of an export counts what the record's own fields say too.
    """
    if record.doc.get("record_type") == REGISTRATION:
        return []
    found = text_rules.found_in(record.own_text(text))
    if not found or record.is_page:
        return found
    own = [(one.key, one.value, one.unit) for one in text_rules.found_in(list(_paragraphs(record.doc)))]
    return [one for one in found if (one.key, one.value, one.unit) in own]


def _paragraphs(doc: Any) -> Iterator[str]:
    """The lines of every text in the fields of a record, a blank line behind each text."""
    if isinstance(doc, str):
        yield from (*doc.splitlines(), "")
    elif isinstance(doc, Mapping):
        for name, value in doc.items():
            yield from () if name == "provenance" else _paragraphs(value)
    elif isinstance(doc, list | tuple):
        for value in doc:
            yield from _paragraphs(value)


def _drafts(
    study: StudyView, record: RecordView, text: Sequence[str], cells: Sequence[Prefilled], tool: str, mark: str
) -> Iterator[Draft]:  # fmt: skip
    for n, cell in enumerate(cells):
        body = CellRecorded(
            cell=cell.key,
            value=cell.value,
            unit=cell.unit,
            quotation=prefill.quotation(text, cell.span),
            location=", ".join(w for w in (record.search.source, lines_in_words(cell.span)) if w),
            record=record.id,
            text_sha256=record.text_sha256,
            lines=cell.span,
            note=cell.note,
        )
        yield Draft(CellRecorded.kind, study.id, body, tool, token=f"{mark}:{n}")
