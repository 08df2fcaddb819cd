"""One table model for every evidence table: the same cells become a journal table on a page, plain text, and CSV.

It lays out what it is given: it neither counts nor looks up, and it never loses a row. What a record holds is shown as text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from review.errors import ReportError
from review.reporting.escaping import anchor, escaped
from review.reporting.labels import Labels, load_labels
from review.reporting.stylesheet import table_style
from review.reporting.table_text import grid
from review.reporting.trace_view import MIME, Quote, Trace, TraceEntry, origins, traces_to_json
from review.text import line_ends, no_formula

if TYPE_CHECKING:
    import pandas

    from review.reporting.documents.pdf import PdfMade

__all__ = ["Cell", "Column", "Quote", "Table", "Trace", "TraceEntry"]

BLOCK_MIME = "application/vnd.review.block+json"  # under it an output carries its structured form, for documents
LONG, SHEET = 200, 50  # a page sets a table of more rows in sheets of so many, and lays out those that are in sight
WIDE_COLUMNS, WIDE_UNITS = 8, 16  # from here on a table turns landscape in print
NUMBER = re.compile(r"([<>≤≥≈~]?\s?[-−+]?\d[\d,\u2009\u202f]*)([^\d,].*)?$", re.DOTALL)
LONGEST_FRACTION = 20


@dataclass(frozen=True)
class Cell:
    """One value as it is printed.

    missing: None, ``not_reported`` (a value: the source was read and does not say) or ``empty`` (nothing there yet; ``why`` says why).
    trace: the key of its origin in ``Table.traces``. notes: the texts of its notes, which the table letters.
    flag: a word that must be seen with the value (``retracted``). A line end in ``text`` is a line end in the table.
    links: (words of the text, address): on a page these words lead there; elsewhere they are words.
    """

    text: str
    trace: str | None = None
    missing: Literal["not_reported", "empty"] | None = None
    why: str = ""
    notes: tuple[str, ...] = ()
    flag: str = ""
    links: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, text: str | None, why: str = "nothing was recorded", *, trace: str | None = None) -> Cell:
        """The cell of a text that was typed or recorded; an empty one, with *why*, where there is none."""
        return cls(text, trace=trace) if text else cls("", missing="empty", why=why)


@dataclass(frozen=True)
class Column:
    """One column. ``unit`` stands in the head; ``width`` is relative; ``decimal`` aligns numbers on their point.

    group: a head over this column and its neighbours of the same group, as 'Anticipated absolute effects'; '' for none.
    """

    key: str
    head: str
    unit: str = ""
    width: int = 1
    align: Literal["left", "right", "decimal"] = "left"
    group: str = ""

    @property
    def named(self) -> str:
        """Its head with its unit, behind the head that stands over it: how a file names it, which has one line of heads."""
        own = f"{self.head} ({self.unit})" if self.unit else self.head
        return f"{self.group}: {own}" if self.group else own


@dataclass(frozen=True)
class Table:
    """A titled table: rows of as many cells as there are columns, the first of which names its row.

    notes: texts under the table. One that a cell also has gets that cell's letter; the others stand without a letter.
    above: (name, text) of what stands between the title and the heads, as the population of a summary of findings.
    empty: the sentence that is shown when there are no rows. layout: 'blocks' sets each row as a small table of its own, its columns
    below one another, as for the characteristics of studies; files and frames keep one row a row.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    traces: Mapping[str, Trace] = field(default_factory=dict)
    empty: str = ""
    layout: Literal["rows", "blocks"] = "rows"
    above: tuple[tuple[str, str], ...] = ()
    labels: Labels = field(default_factory=load_labels, repr=False, compare=False)

    def __post_init__(self) -> None:
        for at, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ReportError(
                    f"row {at + 1} has {len(row)} cells and the table {len(self.columns)} columns",
                    where=f"table {self.key}",
                    expected="one cell for each column",
                )

    @property
    def wide(self) -> bool:
        """Whether it turns landscape in print."""
        return self.layout == "rows" and self._broad

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """The heads over the columns: each with the number of columns that it spans, '' where there is none; empty without any."""
        if not any(column.group for column in self.columns):
            return ()
        return tuple((group, len(list(own))) for group, own in groupby(column.group for column in self.columns))

    @property
    def _broad(self) -> bool:
        return len(self.columns) >= WIDE_COLUMNS or sum(column.width for column in self.columns) >= WIDE_UNITS

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """The letter of each note that a cell has, in reading order: a, b … z, aa, ab …"""
        seen = dict.fromkeys(note for row in self.rows for cell in row for note in cell.notes)
        return {note: _letter(at) for at, note in enumerate(seen)}

    @property
    def frame(self) -> pandas.DataFrame:
        """The cells' texts as a pandas frame, one column for each key; what is empty is None, 'not reported' stays a value."""
        import pandas

        keys = [column.key for column in self.columns]
        return pandas.DataFrame([[self.value(cell) for cell in row] for row in self.rows], columns=keys, dtype="object")

    def value(self, cell: Cell) -> str | None:
        """The text of *cell* outside a page: None where it is empty, the words where it is not reported."""
        if cell.missing == "empty":
            return None
        return self.labels.say("table.not_reported") if cell.missing == "not_reported" else cell.text

    def html(self) -> str:
        """The table as journals set it, for a page of ``documents.html``; its traced cells link to ``#trace-KEY``."""
        name, title = anchor(self.key), escaped(self.title)
        if not self.rows:
            sentence = escaped(self.empty or self.labels.say("table.no_rows"))
            shown = f'<p class="caption">{title}{self._above()}</p>\n<p>{sentence}</p>\n{self._notes()}'
            return f'<div class="table none" id="table-{name}">\n{shown}</div>\n'
        linked: set[str] = set()
        if self.layout == "blocks":
            below = f"{self._blocks(linked)}{self._notes()}"
            return f'<div class="table blocks" id="table-{name}">\n<p class="caption">{title}</p>\n{below}</div>\n'
        shape = "table" + (" wide" if self.wide else "") + (" long" if self._long else "")
        return (
            f'<div class="{shape}" id="table-{name}">\n'
            f'<div class="scroll" role="region" tabindex="0" aria-labelledby="table-{name}-title">\n<table>\n'
            f'<caption id="table-{name}-title">{title}{self._above()}</caption>\n'
            f"<thead>{self._heads()}</thead>\n{self._bodies(linked)}</table>\n</div>\n{self._notes()}</div>\n"
        )

    @property
    def _long(self) -> bool:
        return self.layout == "rows" and len(self.rows) > LONG

    def _bodies(self, linked: set[str]) -> str:
        """The rows, those of a long table in sheets."""
        fractions = [self._fraction(at) for at in range(len(self.columns))]
        rows = [
            "<tr>" + "".join(self._cell(at, cell, fractions[at], linked) for at, cell in enumerate(row)) + "</tr>\n" for row in self.rows
        ]
        size = SHEET if self._long else len(rows)
        return "".join(f"<tbody>\n{''.join(rows[start : start + size])}</tbody>\n" for start in range(0, len(rows), size))

    def _blocks(self, linked: set[str]) -> str:
        """Each row as a table of two columns, named by the row's first cell."""
        made = []
        for row in self.rows:
            name = self._content(row[0], 0, linked)
            lines = "".join(
                f'<tr><th scope="row">{_named(column)}</th>{self._cell(at, cell, 0, linked)}</tr>\n'
                for at, (column, cell) in enumerate(zip(self.columns, row, strict=True))
                if at
            )
            made.append(f'<table class="block">\n<caption>{name}</caption>\n<tbody>\n{lines}</tbody>\n</table>\n')
        return "".join(made)

    def text(self) -> str:
        """The table in plain characters, for terminals, screen readers and notebooks' text/plain."""
        lines = [self.title, *(f"{name}: {line_ends(text)}" for name, text in self.above), ""]
        if self.rows:
            heads = [column.named for column in self.columns]
            right = [column.align != "left" for column in self.columns]
            lines += grid(heads, [[self._said(cell) for cell in row] for row in self.rows], right)
        else:
            lines.append(self.empty or self.labels.say("table.no_rows"))
        notes = [f"{letter} {note}" for note, letter in self.letters.items()] + self._unlettered()
        return "\n".join([*lines, "", *notes] if notes else lines) + "\n"

    def _said(self, cell: Cell) -> str:
        said = self.value(cell) or "–"
        if cell.notes:
            said += " " + ",".join(self.letters[note] for note in cell.notes)
        return f"{said} [{cell.flag}]" if cell.flag else said

    def _unlettered(self) -> list[str]:
        return [note for note in self.notes if note not in self.letters]

    def csv(self, path: Path | str, *, spreadsheet: bool = False) -> Path:
        """Write the cells to *path* as UTF-8 CSV and give the path back.

        The raw file has the columns' keys as its head and every text as it is, but for line ends, which become ``\\n``. With
        ``spreadsheet`` the head is the printed one with units, a byte order mark tells the program that this is UTF-8, and a text that
        the program would take for a formula gets an apostrophe before it; numbers keep their sign. A flag has a column of its own
        behind its value's.
        """
        flagged = [any(row[at].flag for row in self.rows) for at in range(len(self.columns))]
        target = Path(path)
        with target.open("w", encoding="utf-8-sig" if spreadsheet else "utf-8", errors="replace", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self._csv_head(flagged, spreadsheet))
            for row in self.rows:
                line = []
                for cell, flags in zip(row, flagged, strict=True):
                    line += [line_ends(text) for text in ([self.value(cell) or "", cell.flag] if flags else [self.value(cell) or ""])]
                writer.writerow([no_formula(value) for value in line] if spreadsheet else line)
        return target

    def docx(self, path: Path | str) -> Path:
        """Write the table as a Word file of its own and give the path back."""
        from review.reporting.documents.docx import write_docx
        from review.reporting.documents.model import document_of_table

        return write_docx(document_of_table(self), path, self.labels)

    def pdf(self, path: Path | str) -> PdfMade:
        """Write the table as a PDF of its own; what comes back has its path and names each character that no font has."""
        from review.reporting.documents.model import document_of_table
        from review.reporting.documents.pdf import write_pdf

        return write_pdf(document_of_table(self), path, self.labels)

    def to_json(self) -> dict[str, Any]:
        """The table as plain JSON values without its origins; defaults are left out."""
        from review.reporting.table_json import to_json

        return to_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], labels: Labels | None = None) -> Table:
        """The table of ``to_json``. Raises ReportError where *data* is not that of a table."""
        from review.reporting.table_json import from_json

        return from_json(data, labels)

    def _csv_head(self, flagged: list[bool], spreadsheet: bool) -> list[str]:
        head = []
        for column, flags in zip(self.columns, flagged, strict=True):
            shown = no_formula(column.named)
            head.append(shown if spreadsheet else column.key)
            if flags:
                head.append(self.labels.say("table.flag_head", head=shown) if spreadsheet else f"{column.key}_flag")
        return head

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self._repr_html_(), "text/plain": self.text(), BLOCK_MIME: self.to_json()}
        if self.traces:
            bundle[MIME] = traces_to_json(self.traces)
        return bundle

    def _repr_html_(self) -> str:
        below = origins(self.traces, labels=self.labels, id=f"origins-{anchor(self.key)}")
        return f'<style>{table_style()}</style>\n<div class="review">\n{self.html()}{below}</div>'

    def _above(self) -> str:
        lines = (f"<b>{escaped(name)}:</b> {_lines(text)}" for name, text in self.above)
        return f'<span class="above">{"<br>".join(lines)}</span>' if self.above else ""

    def _heads(self) -> str:
        """One row of heads; two where heads stand over others."""
        if not self.groups:
            return "<tr>" + "".join(self._head(column) for column in self.columns) + "</tr>"
        over, under, at = "", "", 0
        for group, span in self.groups:
            own = self.columns[at : at + span]
            if group:
                over += f'<th scope="colgroup" colspan="{span}" class="over">{_lines(group)}</th>'
                under += "".join(map(self._head, own))
            else:
                over += "".join(self._head(column, rows=2) for column in own)
            at += span
        return f"<tr>{over}</tr><tr>{under}</tr>"

    def _head(self, column: Column, rows: int = 1) -> str:
        spanned = f' rowspan="{rows}"' if rows > 1 else ""
        return f'<th scope="col"{spanned} class="{column.align} {_width(column)}">{_named(column)}</th>'

    def _cell(self, at: int, cell: Cell, fraction: int, linked: set[str]) -> str:
        shown, align = self._content(cell, fraction, linked), self.columns[at].align
        if self._long:
            align = ("" if align == "left" else f"{align} ") + _width(self.columns[at])
        return f'<th scope="row" class="{align}">{shown}</th>' if at == 0 else f'<td class="{align}">{shown}</td>'

    def _content(self, cell: Cell, fraction: int, linked: set[str]) -> str:
        shown = self._shown(cell, fraction)
        if cell.trace is not None:
            name = anchor(cell.trace)
            back = "" if name in linked else f' id="from-trace-{name}"'
            linked.add(name)
            shown = f'<a class="trace" href="#trace-{name}"{back}>{shown}</a>'
        if cell.notes:
            letters = ",".join(self.letters[note] for note in cell.notes)
            shown += f'<sup class="letters">{letters}</sup>'
        if cell.flag:
            shown += f' <span class="flag">{escaped(cell.flag)}</span>'
        return shown

    def _shown(self, cell: Cell, fraction: int) -> str:
        if cell.missing == "not_reported":
            return f'<span class="missing">{escaped(self.labels.say("table.not_reported"))}</span>'
        if cell.missing == "empty" or not cell.text:
            why = escaped(self.labels.say("table.empty_because", why=cell.why) if cell.why else self.labels.say("table.empty"))
            return f'<span class="empty" title="{why}"><span aria-hidden="true">–</span><span class="unseen">{why}</span></span>'
        number = NUMBER.match(cell.text) if fraction else None
        if number is None:
            return _linked(cell.text, cell.links)
        return f'{escaped(number[1])}<span class="after d{fraction}">{_lines(number[2] or "")}</span>'

    def _fraction(self, at: int) -> int:
        """The most characters that stand from the decimal point on in column *at*; 0 where it is not aligned on the point."""
        if self.columns[at].align != "decimal":
            return 0
        found = (NUMBER.match(row[at].text) for row in self.rows if row[at].missing is None)
        longest = max((len(number[2] or "") for number in found if number), default=0)
        return longest if longest <= LONGEST_FRACTION else 0

    def _notes(self) -> str:
        if not self.notes and not self.letters:
            return ""
        lettered = "".join(f"<li><sup>{letter}</sup> {_lines(note)}</li>" for note, letter in self.letters.items())
        others = "".join(f"<p>{_lines(note)}</p>" for note in self._unlettered())
        return '<div class="notes">' + (f"<ul>{lettered}</ul>" if lettered else "") + others + "</div>\n"


def _width(column: Column) -> str:
    """The class of its relative width."""
    return f"w{max(1, min(column.width, 6))}"


def _named(column: Column) -> str:
    """A column's head with its unit."""
    return _lines(column.head) + (f' <span class="unit">({escaped(column.unit)})</span>' if column.unit else "")


def _linked(text: str, links: Sequence[tuple[str, str]]) -> str:
    """*text* on a page, the words of each link at their first place as that link."""
    if not links:
        return _lines(text)
    (words, address), *others = links
    before, found, after = text.partition(words)
    link = f'<a href="{escaped(address)}">{_lines(words)}</a>' if found else ""
    return _linked(before, others) + link + _linked(after, others) if found else _linked(text, others)


def _lines(text: str) -> str:
    return escaped(text).replace("\r\n", "\n").replace("\n", "<br>")


def _letter(at: int) -> str:
    first, last = divmod(at, 26)
    return (_letter(first - 1) if first else "") + "abcdefghijklmnopqrstuvwxyz"[last]
