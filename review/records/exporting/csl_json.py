"""Writes CSL-JSON, the list of items that citation processors, Zotero and pandoc read; texts stand there as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from review.records.exporting.entry import Entry
from review.records.exporting.format import CITATION, ExportFormat
from review.records.exporting.plain import Remarks, encodable, listed
from review.text import fold_blanks

TYPES: Final = {
    "article_report": "article-journal", "conference_abstract": "paper-conference", "trial_registration": "report", "other": "document",
}  # fmt: skip
_COMMON_NAME: Final = re.compile(r"([^,\s](?:[^,]*[^,\s])?), ([^,\s](?:[^,]*[^,\s])?)")


def write(entries: Sequence[Entry], remarks: Remarks) -> str:
    """The file: a list with one item an entry."""
    items = [{name: value for name, value in _variables(entry, remarks) if value} for entry in entries]
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def _variables(entry: Entry, remarks: Remarks) -> Iterator[tuple[str, Any]]:
    def one(text: str) -> str:
        return encodable(text, remarks)

    registration = entry.record_type == "trial_registration"
    yield "id", entry.record
    yield "type", TYPES[entry.record_type]
    yield "title", one(entry.title)
    yield "title-short", one(entry.acronym)
    yield "author", [_name(one(name)) for name in entry.authors if fold_blanks(name)]
    yield "issued", {"date-parts": [[entry.year]]} if entry.year else None
    yield "container-title", one(entry.journal)
    yield "volume", one(entry.volume)
    yield "issue", one(entry.issue)
    yield "page", one(entry.pages)
    yield "number", one(entry.number.value) if registration and entry.number else ""
    yield "publisher", one(entry.publisher)
    yield "genre", "Trial registration" if registration else one("; ".join(entry.publication_types))
    yield "ISSN", one(entry.issn)
    yield "DOI", one(entry.doi)
    yield "PMID", one(entry.pmid)
    yield "PMCID", one(entry.pmcid)
    yield "URL", one(entry.url)
    yield "language", one(entry.language)
    yield "keyword", one(listed(entry.keywords, remarks))
    yield "abstract", one(entry.abstract)
    # Zotero takes the note for its field Extra, where it looks for these two numbers
    own = [f"{label}: {one(value)}" for label, value in (("PMID", entry.pmid), ("PMCID", entry.pmcid)) if value]
    yield "note", "\n".join((*own, one(entry.note)))


def _name(name: str) -> dict[str, str]:
    """An author as printed: 'Family, Given' in its two parts, any other name whole."""
    common = _COMMON_NAME.fullmatch(name)
    return {"family": common[1], "given": common[2]} if common else {"literal": name}


CSL_JSON = ExportFormat("csl-json", "CSL-JSON", CITATION | {"acronym"}, write)
