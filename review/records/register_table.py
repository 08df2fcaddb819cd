"""Makes a format of a register's own table: told by its columns, read row by row, each row by a function of its values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from review.model.record import Lines, ProblemCode
from review.records.build import Context, RecordDraft, Repeats
from review.records.formats import Format, Item, Refusal, text_of_lines
from review.records.source import Source
from review.records.tables import Layout, Row, count, layout, rows
from review.text import fold_word

Told = Mapping[str, tuple[str, Lines | None]]  # folded name of the column or element -> its text and its lines


def register_table(
    name: str,
    label: str,
    own: tuple[str, ...],
    fields: Mapping[str, Any],
    draft_of: Callable[[Told], RecordDraft | None],
    *,
    site: str,
    tried: bool = True,
) -> Format:
    """A format for tables that have all the columns *own*; *fields* {folded column: place} are those that it knows.

    *draft_of* gives the draft of one row, None for a row that names no trial.
    """

    @lru_cache(maxsize=4)
    def found_in(head: str) -> Layout | None:
        if head.lstrip("\ufeff \r\n")[:1] in ("<", "{", "["):
            return None
        found = layout(head, frozenset(fields))
        return found if found and found.has(own) else None

    def detect(source: Source) -> float:
        return 0.95 if found_in(source.head_text) else 0.0

    def read(source: Source, context: Context) -> Iterator[Item]:
        found = found_in(source.head_text)
        if found is None:
            yield Refusal(source.name, f"no row of names was found with {', '.join(own)}", 1)
            return
        seen, lines = Repeats(), source.lines()
        for index, row in enumerate(rows(lines, found)):
            draft = None if lines.has_long(row.lines) else draft_of(_told(found, row))
            if draft is None:
                yield Refusal(source.name, "the row has no number and no title, or a line that is too long", row.lines[0], row.text[:80])
                continue
            remark_on_row(draft, found, row)
            draft.note(record_index=index, raw_span=row.lines)
            yield draft.finish(source_format=name, context=context, entry=row.text, n=seen.count(row.text), site=site)
        yield from lines.problems()

    def marks(source: Source) -> int | None:
        found = found_in(source.head_text)
        return count(source, found) if found else None

    named = {column: place if isinstance(place, str) else column for column, place in fields.items()}
    return Format(name, label, detect, read, text_of_lines, marks, named, tried)


def remark_on_row(draft: RecordDraft, found: Layout, row: Row) -> None:
    """Remarks on a row that is wider or narrower than its header; what stands beyond the header, or under a name twice, is kept."""
    if row.stray:
        note = "a quotation mark in this row has no end; the row was read as printed"
        draft.problem(ProblemCode.MALFORMED_TAG, None, note, row.lines)
    if len(row.cells) == len(found.columns):
        return
    for n, cell in enumerate(row.cells[len(found.columns) :], start=len(found.columns) + 1):
        draft.keep(f"column {n}", cell)
    note = f"the row has {len(row.cells)} cells, the header {len(found.columns)}"
    draft.problem(ProblemCode.ROW_WIDTH, None, note, row.lines)


def _told(found: Layout, row: Row) -> Told:
    """The filled cells by the folded names of their columns; of a name that stands twice, each by a name of its own."""
    told: dict[str, tuple[str, Lines | None]] = {}
    for n, (name, cell) in enumerate(zip(found.columns, row.cells, strict=False), start=1):
        if cell.strip():
            key = fold_word(name)
            told[key if key not in told else f"{key} column {n}"] = (cell, row.lines)
    return told
