"""What the extraction desk shows of one study: its cells in sections, as plain values; what waits, what two extracted differently.

Of other extractors it knows only what is closed. Whoever differs is named nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from textwrap import shorten
from typing import Any

from review.desk.card import roles_of
from review.desk.quoting import LETTERS, NAME, Part, part_of
from review.extraction import asked
from review.extraction.asked import THE_STUDY, Row, asked_of, items_for
from review.extraction.form_check import REPEATS, Item
from review.extraction.sides import Side
from review.extraction.state import Key
from review.model.authority import LEAD
from review.model.extraction import NOT_REPORTED
from review.model.views import CellView, RecordView, StudyView
from review.project import Review
from review.screening.retrieving import HTML, PDF, TEXT

MOST = 20_000  # lines of one source that go to the browser
WITHOUT_RESULTS = "Outcomes and other cells"


def is_extractor(rv: Review) -> bool:
    """Whether the reviewer of *rv* extracts."""
    return "extractor" in roles_of(rv)


# the cells of one study


class Sheet:
    """The cells of *study* for the extractor of *rv*; *rows*: those that were added and hold nothing yet."""

    def __init__(self, rv: Review, study: StudyView, rows: Collection[Row] = ()) -> None:
        self._rv, self._study, self._added = rv, study, dict.fromkeys(rows)
        self._design, self._drafts = rv.extraction.design(study), rv.extraction.drafts(study)
        self._added.update(dict.fromkeys(key[1:] for key in self._drafts if any(key[1:])))
        self.items = items_for(rv.extraction.forms(), self._design)
        self._cells = {cell.key: cell for cell in rv.extraction.cells(study)}
        self._own = rv.extraction.own(study)

    def waits(self) -> int:
        """How many cells this extractor has yet to look at: what was pre-filled, and what is asked of the study itself."""
        return sum(self._waits(key) for key in self._keys())

    def total(self) -> int:
        """How many cells there are for this extractor, answered or not."""
        keys = self._keys()
        return len(keys.keys() | self._own.keys())

    def _keys(self) -> dict[Key, None]:
        return asked.cells_of(self.items, self._cells)

    def _waits(self, key: Key) -> bool:
        return asked.waits(key, self._cells, self._own)

    def sections(self) -> list[dict[str, Any]]:
        """The study itself, each arm, what else is stated, and each row of results; each with its cells in the order of the forms."""
        results = {item.id for item, of_rows in self.items if of_rows}
        rows = dict.fromkeys([*(key[1:] for key in self._cells), *self._added])
        of_results = [r for r in rows if r in self._added or any(key[0] in results and key[1:] == r for key in self._cells)]
        arms = [r for r in rows if r != THE_STUDY and r[1:] == THE_STUDY[1:]]
        whole = [THE_STUDY, *arms, *(r for r in of_results if r not in arms and r != THE_STUDY)]
        rest = [key for key in self._cells if key[1:] not in whole]
        found = [self._section(row, self._of_row(row)) for row in whole]
        if rest:
            found.insert(1 + len(arms), {"row": None, "title": WITHOUT_RESULTS, "cells": [self._cell(key, of=True) for key in rest]})
        return found

    def _of_row(self, row: Row) -> list[Key]:
        own = [(item.id, *row) for item, results in self.items if asked_of(item, results, row)]
        return list(dict.fromkeys([*own, *(key for key in self._cells if key[1:] == row)]))

    def _section(self, row: Row, keys: Iterable[Key]) -> dict[str, Any]:
        return {"row": list(row), "title": words_of(row) or "The study", "cells": [self._cell(key) for key in keys]}

    def _cell(self, key: Key, *, of: bool = False) -> dict[str, Any]:
        cell, own = self._cells.get(key), self._own.get(key)
        shown = own if own is not None and (cell is None or cell.state != "consensus") else cell
        said = {name: getattr(shown, name) for name in ("event", "value", "unit", "quotation", "location", "record")} if shown else {}
        return {
            **dict.fromkeys(("event", "value", "unit", "quotation", "location", "record")),
            **said,
            "key": list(key),
            "of": words_of(key[1:]) if of else "",
            "state": cell.state if cell else "",
            "lines": list(shown.lines) if shown and shown.lines else None,
            "mine": own is not None,
            "differs": cell.between if cell is not None and cell.conflict else "",
            "waits": self._waits(key) and (cell is not None or key[1:] == THE_STUDY),
            "elsewhere": self._elsewhere(cell),
            "own": own.event if own is not None else "",
            "draft": self._draft(key),
            "since": self._rv.extraction.changed_since(cell, self._design) if cell is not None else "",
        }

    def _draft(self, key: Key) -> dict[str, str] | None:
        """What this extractor typed into the cell and did not record."""
        draft = self._drafts.get(key)
        return None if draft is None else {name: draft.body[name] for name in ("value", "unit", "quotation", "location")}

    def _elsewhere(self, cell: CellView | None) -> list[list[str]]:
        """What other records of the study say, each with its source."""
        names = {record.id: record.search.source for record in self._study.records}
        return [[names.get(record, "another record"), value] for record, value in (cell.elsewhere if cell else {}).items()]

    def named(self) -> dict[str, list[str]]:
        """Names that a new row may take, of arms, outcomes and so on: those that are in sight, and the protocol's outcomes."""
        rows = [*(key[1:] for key in self._cells), *self._added]
        found = {name: [row[at] for row in rows if row[at]] for at, name in enumerate(REPEATS)}
        outcomes = self._rv.protocol.plan.outcomes
        found["outcome"] = [*(one.name for one in outcomes), *found["outcome"]]
        found["timepoint"] += [one.time_frame for one in outcomes if one.time_frame]
        return {name: list(dict.fromkeys(filter(None, values))) for name, values in found.items()}


def words_of(row: Sequence[str | None]) -> str:
    """Arm, outcome, time point and analysis set in words; '' for the study itself."""
    return " · ".join(filter(None, row))


def item_shown(item: Item) -> dict[str, Any]:
    """An item as the browser shows it."""
    units = list(dict.fromkeys(filter(None, (item.unit, *item.units))))
    words = {"label": item.label, "help": item.help, "type": item.type, "units": units}
    return {**words, "choices": list(item.offered), "number": item.type in ("whole", "number"), "bound": item.bound}


# what two extracted differently


def differing(rv: Review, study: StudyView) -> dict[Key, tuple[Side, ...]]:
    """The cells of *study* that the reviewer of *rv* may settle, each with two answers that differ."""
    if not roles_of(rv) & {LEAD, "extractor"}:
        return {}
    return {key: _two(sides) for key, sides in rv.extraction.sides(study).items()}


def _two(sides: tuple[Side, ...]) -> tuple[Side, ...]:
    """The first answer and the first that differs from it; where all say the same by now, the first two."""
    other = next((one for one in sides[1:] if (one.value, one.unit) != (sides[0].value, sides[0].unit)), None)
    return sides[:2] if other is None else (sides[0], other)


def side_shown(side: Side) -> dict[str, Any]:
    """One of two answers, without a name; not even whether it is one's own."""
    shown = asdict(side)
    del shown["mine"], shown["event"]
    return {**shown, "not_reported": side.value == NOT_REPORTED}


# the list of studies


def rows(rv: Review) -> list[dict[str, Any]]:
    """One row for each study that is to be extracted: what became of it, cells that wait for this reviewer, and cells to settle."""
    finals, passed, extracts = rv.studies.finals(), rv.screening.standings("full_text"), is_extractor(rv)
    found = []
    for study in rv.studies.views():
        final = finals.get(study.id)
        included = any((stand := passed.get(r.id)) and stand.outcome == "include" for r in study.reports)
        due = final in asked.IN_EXTRACTION or (final is None and included)
        differ = len(differing(rv, study))
        sheet = Sheet(rv, study) if extracts and due else None
        if due or differ:
            waits, total = (sheet.waits(), sheet.total()) if sheet else (0, 0)
            found.append({
                "study": study.id, "label": study.label, "title": study.reports[0].title, "became": final or "not classified yet",
                "waits": waits, "total": total, "differ": differ, "form": sheet is not None,
            })  # fmt: skip
    return found


# what is quoted from


def sources_of(rv: Review, study: StudyView) -> list[dict[str, str]]:
    """What there is to quote from: the document of each report, the text of each record, or the record itself where it has no text."""
    found, many = list[dict[str, str]](), len(study.records) > 1
    for report in study.reports:
        document, texts = rv.screening.document(report), {r.text_sha256 for r in report.records}
        if document is not None and document.media_type in (PDF, HTML, TEXT) and document.sha256 not in texts:
            what = "pdf" if document.media_type == PDF else "document"
            found.append({"report": report.id, "what": what, "name": document.name})
        for record in report.records:
            name = f"{record.search.source}: {shorten(record.title, NAME, placeholder='…')}" if many else record.search.source
            if record.text_sha256:
                found.append({"report": record.id, "what": "text", "name": name})
            elif record is report.stands:
                found.append({"report": report.id, "what": "record", "name": f"Record: {name}"})
    return found


def parts_of_text(rv: Review, record: RecordView) -> tuple[list[Part], str]:
    """The lines of a record's text, numbered as its quotations count them; of a file with many entries, those of this one."""
    text, room = rv.records.text_of(record), LETTERS
    first, last = record.doc["provenance"].get("raw_span") or (1, len(text))
    parts = list[Part]()
    for number, line in enumerate(text[first - 1 : last][:MOST], start=first):
        if room <= 0:
            break
        if line.strip():
            parts.append(part_of(record.search.source, f"line {number}", line[:room].strip(), line=number))
            room -= len(line)
    return parts, "Only the beginning is shown." if room <= 0 or last - first >= MOST else ""
