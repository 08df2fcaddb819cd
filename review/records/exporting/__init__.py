"""Writes records for other programs: RIS, BibTeX, CSL-JSON, CSV and ASReview's CSV; what a format cannot hold is counted, never silent."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from review.errors import InputRefused, NotFound, near
from review.model.views import RecordView
from review.records.exporting.asreview_csv import ASREVIEW
from review.records.exporting.bibtex import BIBTEX
from review.records.exporting.csl_json import CSL_JSON
from review.records.exporting.entry import entry_of
from review.records.exporting.format import ExportFormat
from review.records.exporting.plain import Remarks
from review.records.exporting.ris import RIS
from review.records.exporting.table_csv import CSV, CSV_RAW

FORMATS: Final[Mapping[str, ExportFormat]] = {one.name: one for one in (RIS, BIBTEX, CSL_JSON, CSV, CSV_RAW, ASREVIEW)}


@dataclass(frozen=True)
class Exported:
    """The receipt of an export.

    not_held  {field of the record: number of records that state it and whose entry in the file lacks it}
    altered   {what was written otherwise, in words: number of values}
    """

    path: Path
    format: str
    records: int
    sha256: str
    not_held: Mapping[str, int] = field(default_factory=dict)
    altered: Mapping[str, int] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """The receipt in words: what was written, what the format has no place for, what stands there otherwise."""
        many = "" if self.records == 1 else "s"
        said = [f"{self.records:,} record{many} written to {self.path} as {FORMATS[self.format].label}."]
        if self.not_held:
            fields = ", ".join(f"{name} ({n:,})" for name, n in self.not_held.items())
            said.append(f"Stated here, and without a place there (number of records): {fields}.")
        return said + [f"{n:,} {what}." for what, n in self.altered.items()]

    def __str__(self) -> str:
        return "\n".join(self.lines())


def to_bytes(records: Sequence[tuple[str, Mapping[str, object]]], format: str) -> tuple[bytes, Mapping[str, int], Mapping[str, int]]:
    """(bytes of the file, fields not held, values altered) for these (record id, JSON of schema 0.1).

    The same records give the same bytes. Raises InputRefused for a format that is not in ``FORMATS``.
    """
    if format not in FORMATS:
        raise InputRefused(f"{format!r} is no format to export to", expected=", ".join(FORMATS), next_step=near(format, FORMATS))
    chosen, remarks = FORMATS[format], Remarks()
    entries = [entry_of(record, doc) for record, doc in records]
    remarks.update(words for entry in entries for words in entry.instead)
    text = chosen.write(entries, remarks)
    lacking = Counter(name for entry in entries for name in sorted(entry.not_held(chosen.holds)))
    data = text.encode("utf-8-sig" if chosen.bom else "utf-8")
    return data, dict(sorted(lacking.items())), {what: n for what, n in sorted(remarks.items()) if n}


def export(views: Sequence[RecordView], path: str | Path, *, format: str, records: Iterable[str] | None = None) -> Exported:
    """Write these *views*, or those whose ids are *records*, in their order, to *path*; a file that is there is replaced.

    Raises NotFound for an id that is not there and for a missing folder, InputRefused for an unknown format.
    """
    if records is not None:
        wanted, known = list(records), {view.id for view in views}
        absent = [one for one in wanted if one not in known]
        if absent:
            raise NotFound(f"there is no record {absent[0]!r}", next_step=near(absent[0], known))
        views = [view for view in views if view.id in set(wanted)]
    data, not_held, altered = to_bytes([(view.id, view.doc) for view in views], format)
    target = Path(path)
    if not target.absolute().parent.is_dir():
        raise NotFound(f"the folder of {target} is not there", next_step="make it, or choose another")
    target.write_bytes(data)
    return Exported(target, format, len(views), hashlib.sha256(data).hexdigest(), not_held, altered)
