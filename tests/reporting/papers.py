"""Tables for the tests of documents: of any length, in many scripts, with all that a page or a form could put into a cell."""

from __future__ import annotations

from review.reporting.escaping import legal
from review.reporting.table import Cell, Column, Table

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "#set page(width: 1pt)",
    '#import "x"; $x^2$ *b* _i_ `c` <label> @ref \\ ~ -- ---',
    "]]> <![CDATA[ &amp; &#0; %PDF </w:t></w:r>",
    "1. Drug",
    "- item",
    "= Heading",
    "/ term: text",
    "// no comment /* nor this",
    "http://a.example/b?c=d&e=f",
    "\u202eright to left\u202c",
    "zero\u200bwidth\u2060joined\ufeff",
    "n ≥ 5, R² = 0.9, 10⁻³, α–ω, “quoted”",
    "{{name}} ${x} %s {0}",
    "'; DROP TABLE records; --",
    "a" * 300,
)
COVERED = ("Sjögren’s disease", "ESSDAI ≥ 5", "kg/m²", "Ελληνικά", "Русский", "naïve façade", "1. Drug", "5 µg · 10⁶")
SCRIPTS = ("干燥综合征患者，年龄≥18岁", "متلازمة شوغرن الأولية", "シェーグレン症候群", "쇼그렌 증후군")
CONTROLS = "a\x00b\x0bc\x1fd\x85e\ud800f\uffff"
CRITERIA = "\n".join(f"{at}. Adults with primary Sjögren's disease by the criteria of 2016, ESSDAI ≥ {at}." for at in range(1, 120))

COLUMNS = (
    Column("study", "Study"),
    Column("n", "Enrolled", "participants", align="right"),
    Column("text", "Criteria", width=4),
    Column("x", "Other"),
)


def long_table(rows: int, texts: tuple[str, ...] = HOSTILE, *, layout: str = "rows") -> Table:
    """So many rows, each with its number, some text, and a state of a cell."""
    states = (
        Cell("1. Drug"),
        Cell("", missing="not_reported"),
        Cell("", missing="empty", why="nothing yet"),
        Cell("9", notes=("Late.",), flag="retracted"),
    )
    made = tuple(
        (Cell(f"Study {at}"), Cell(f"{at * 7:,}"), Cell(f"{texts[at % len(texts)]} {at}"), states[at % len(states)]) for at in range(rows)
    )
    return Table("long", "A table of many rows", COLUMNS, made, ("n: number.",), layout=layout)  # type: ignore[arg-type]


def printed(table: Table) -> list[list[str]]:
    """What a reader of the file must find, row by row, white space apart."""
    return [[squeezed(_said(table, cell)) for cell in row] for row in table.rows]


def squeezed(text: str) -> str:
    return "".join(text.split())


def _said(table: Table, cell: Cell) -> str:
    letters = ",".join(table.letters[note] for note in cell.notes)
    return (legal(table.value(cell) or "") or "–") + letters + (f"[{cell.flag}]" if cell.flag else "")
