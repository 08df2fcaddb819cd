"""Reads a returned sheet, workbook or CSV, cell by cell as text; refuses a file that is no such sheet, or would unpack to far more.

What a program made of a cell (a formula, a date, an error, a percentage) is told of and never turned into a value. Nothing is calculated
and nothing outside of the file is opened.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from review.errors import InputRefused, NotFound, near
from review.extraction import sheet_beside
from review.extraction import sheet_layout as layout
from review.extraction.sheet_grid import Grid, Told, column_of, letters
from review.text import cells_up_to, no_formula

LARGEST: Final = 20 * 1024**2  # bytes of a file
UNPACKED: Final = 100 * 1024**2
MEMBERS: Final = 500
ROWS, COLUMNS, CELLS = 20_000, 1_000, 1_000_000
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ERROR = re.compile(r"#(N/A|NAME\?|REF!|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|[# ]+)|Err:\d+", re.IGNORECASE)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|okt|dez"
_MADE_DATE = re.compile(rf"(\d{{1,2}}[-. ]?({_MONTHS})\.?|({_MONTHS})[-. ]?\d{{2}}|\d{{1,2}}[-.]({_MONTHS})[-.]\d{{2}})", re.IGNORECASE)
_PLACES = re.compile(r"(?:#,##)?0(?:\.(0+))?")
AS_TEXT: Final = "set the cell as text, and type what the source prints"
_A_SHEET: Final = ("an extraction sheet as this program writes it", "return the workbook (.xlsx), or CSV in UTF-8")


def read_grid(path: Path) -> Grid:
    """The sheet of results in the file at *path*. Raises NotFound, and InputRefused for what is no such sheet."""
    if not path.is_file():
        named = (p.name for p in path.parent.glob("*")) if path.parent.is_dir() else ()
        raise NotFound(f"{path} is not there", next_step=near(path.name, named))
    _not_too_large(path, path.stat().st_size)
    return grid_of(path.read_bytes(), path)


def _not_too_large(path: Path, size: int) -> None:
    if size > LARGEST:
        raise _refused(path, f"the file has {size:,} bytes", f"no more than {LARGEST:,}", "take out what is no part of the sheet")


def grid_of(data: bytes, path: Path) -> Grid:
    """The sheet of results in these bytes; *path* only names them. Raises InputRefused for what is no such sheet."""
    _not_too_large(path, len(data))
    sha256 = hashlib.sha256(data).hexdigest()
    if data.startswith(b"PK"):
        return _workbook(data, path, sha256)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        told = "this is an old workbook (.xls), or one that is locked with a password"
        raise _refused(path, told, "a workbook (.xlsx) without a password, or CSV", "save it as .xlsx, without a password")
    return _csv(data, path, sha256)


def _refused(path: Path, message: str, expected: str, next_step: str) -> InputRefused:
    return InputRefused(message, where=path.name, expected=expected, next_step=next_step)


# CSV


def _csv(data: bytes, path: Path, sha256: str) -> Grid:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        message = f"byte {problem.start:,} is not UTF-8: letters with accents would be read as others"
        raise _refused(path, message, "CSV in UTF-8", "save it as 'CSV UTF-8', or return the workbook (.xlsx)") from problem
    first = text.partition("\n")[0]
    divider = max(",;\t", key=first.count)
    cells: dict[tuple[int, int], str] = {}
    faults: dict[tuple[int, int], Told] = {}
    try:
        with cells_up_to(4 * layout.LONGEST):
            for row, line in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True), start=1):
                _within(path, row, len(line), len(cells))
                for column, value in enumerate(line, start=1):
                    if not value.strip():
                        continue
                    if value.startswith(("=", "+", "-", "@")) and no_formula(value) != value:
                        faults[row, column] = _fault(layout.RESULTS, row, column, f"a formula: {value[:60]}")
                    else:
                        cells[row, column] = unguarded(value)
    except csv.Error as problem:
        raise _refused(path, f"this is no CSV that can be read: {problem}", *_A_SHEET) from problem
    return Grid(layout.RESULTS, cells, faults, sha256=sha256, guarded=True)


def unguarded(text: str) -> str:
    """*text* without the apostrophes that guard it against being taken for a formula; as it is where these are its own."""
    bare = re.sub(r"(^|[;\t])'", r"\1", text)
    return bare if bare != text and no_formula(bare) == text else text


def typed_over(text: str) -> str:
    """What a spreadsheet program made of a text that was typed, as far as the text shows it, in words; '' for ordinary text."""
    if _ERROR.fullmatch(text.strip()):
        return f"an error: {text.strip()}"
    return f"what looks like a date that the program made: {text.strip()}" if _MADE_DATE.fullmatch(text.strip()) else ""


def _fault(sheet: str, row: int, column: int, found: str) -> Told:
    return Told(sheet, f"{sheet}!{letters(column)}{row}", found, "text, as the source prints it", AS_TEXT)


def _within(path: Path, row: int, column: int, cells: int) -> None:
    """Refuses a sheet that is larger than any that this program writes."""
    if row > ROWS or column > COLUMNS or cells > CELLS:
        found = f"something stands in row {row:,}, column {letters(column)}" if cells <= CELLS else f"more than {CELLS:,} cells are filled"
        expected = f"up to {ROWS:,} rows and {COLUMNS:,} columns"
        raise _refused(path, found, expected, "delete the rows and columns outside of the sheet, and return it again")


# workbooks


def _workbook(data: bytes, path: Path, sha256: str) -> Grid:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    parts = _parts(data, path)
    try:
        with warnings.catch_warnings():  # of drawings and rules that it leaves out, which are no cells
            warnings.simplefilter("ignore", UserWarning)
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        try:
            _named(path, book.sheetnames)
            sheet = book[layout.RESULTS]
            scan = _scan(path, parts[sheet._worksheet_path])
            cells, faults = _cells(sheet, scan)
            grid = Grid(layout.RESULTS, cells, faults, hidden=frozenset(scan.hidden), sha256=sha256)
            copies, beside = sheet_beside.others(
                [(one.title, partial(_cells_of, one, path, parts[one._worksheet_path])) for one in book.worksheets], grid
            )
            beside += sheet_beside.comments(parts, sheet._worksheet_path)
        finally:
            book.close()
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, zipfile.BadZipFile, InvalidFileException) as problem:
        raise _refused(path, f"this is no workbook that can be read: {problem}", *_A_SHEET) from problem
    merged = [
        Told(layout.RESULTS, f"{layout.RESULTS}!{area}", "merged cells", "one cell for each value", "unmerge them, and fill each")
        for area in scan.merged
    ]
    return replace(grid, merged=merged, copies=copies, beside=beside)


def _parts(data: bytes, path: Path) -> dict[str, bytes]:
    """The XML parts of the workbook by name, each of which may not declare entities; refused where it would unpack to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            size = sum(m.file_size for m in members)
            if len(members) > MEMBERS or size > UNPACKED:
                message = f"it would unpack to {size:,} bytes in {len(members):,} parts"
                raise _refused(path, message, f"no more than {UNPACKED:,} bytes", "take out what is no part of the sheet")
            parts = {m.filename: archive.read(m) for m in members if m.filename.endswith((".xml", ".rels"))}
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError, zlib.error) as problem:
        raise _refused(path, f"this is no workbook that can be read: {problem}", *_A_SHEET) from problem
    if "[Content_Types].xml" not in parts or "xl/workbook.xml" not in parts:
        raise _refused(path, "this is an archive, and no workbook", *_A_SHEET)
    for name, part in parts.items():
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _refused(path, f"its part {name} declares entities, or is not UTF-8: no spreadsheet program writes that", *_A_SHEET)
    return parts


def _named(path: Path, names: Sequence[str]) -> None:
    if layout.RESULTS not in names:
        message = f"there is no sheet {layout.RESULTS!r}: the workbook has {', '.join(map(repr, names))}"
        raise _refused(path, message, f"the sheet {layout.RESULTS!r}, as it was written", f"name it {layout.RESULTS!r} again")


@dataclass(slots=True)
class _Scan:
    """What is read of a sheet before its cells: how far it is filled, and what a reader of cells does not tell."""

    last_row: int = 0
    last_column: int = 0
    merged: list[str] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)


def _scan(path: Path, part: bytes) -> _Scan:
    from lxml import etree

    found, filled, row, column = _Scan(), 0, 0, 0
    for _, element in etree.iterparse(io.BytesIO(part), events=("start", "end"), resolve_entities=False, no_network=True):
        if _ == "start":
            if element.tag == f"{_MAIN}row":
                row, column = int(element.get("r") or row + 1), 0
                if element.get("hidden") in ("1", "true"):
                    found.hidden.add(row)
            continue
        if element.tag == f"{_MAIN}c":
            column = column_of(element.get("r")) or column + 1
            if len(element):
                filled += 1
                found.last_row, found.last_column = max(found.last_row, row), max(found.last_column, column)
                _within(path, row, column, filled)
        elif element.tag == f"{_MAIN}mergeCell":
            found.merged.append(str(element.get("ref"))[:40])
        if element.tag == f"{_MAIN}row":
            element.clear()
    return found


def _cells_of(sheet: Any, path: Path, part: bytes) -> tuple[dict[tuple[int, int], str], dict[tuple[int, int], Told]]:
    return _cells(sheet, _scan(path, part))


def _cells(sheet: Any, scan: _Scan) -> tuple[dict[tuple[int, int], str], dict[tuple[int, int], Told]]:
    cells: dict[tuple[int, int], str] = {}
    faults: dict[tuple[int, int], Told] = {}
    if not scan.last_row:
        return cells, faults
    for row, line in enumerate(sheet.iter_rows(max_row=scan.last_row, max_col=scan.last_column), start=1):
        for column, cell in enumerate(line, start=1):
            if cell.value is None or not str(cell.value).strip():
                continue
            text, fault = _read(cell)
            if fault:
                faults[row, column] = _fault(sheet.title, row, column, fault)
            else:
                cells[row, column] = text
    return cells, faults


def _read(cell: Any) -> tuple[str, str]:
    """(text, '') of a cell that holds text or a number as shown; ('', what it holds instead) of another."""
    value, kind = cell.value, cell.data_type
    if kind == "f":
        return "", f"a formula: {str(getattr(value, 'text', value))[:60]}"
    if kind == "e":
        return "", f"an error: {value}"
    if kind == "b":
        return "", f"a truth value: {'TRUE' if value else 'FALSE'}"
    if kind == "d" or cell.is_date:
        return "", f"a date or time: {value}"
    if kind == "n":
        return _number(value, cell.number_format or "General")
    return str(value), ""


def _number(value: int | float, shown: str) -> tuple[str, str]:
    """A number as it is shown; told of where a program shows another than it holds, or a percentage, or keeps too few figures."""
    if "%" in shown:
        return "", f"{value:.15g}, shown as a percentage: {value * 100:.15g} %"
    if abs(value) >= 10**15:
        return "", f"{value:.15g}, of which the program keeps 15 figures"
    text = format(Decimal(f"{value:.15g}"), "f")
    if shown in ("General", "@"):
        return text, ""
    places = _PLACES.fullmatch(shown.split(";")[0])
    if places is None:
        return "", f"{text}, shown in the format {shown[:40]}"
    printed = f"{value:.{len(places[1] or '')}f}"
    return (printed, "") if float(printed) == float(text) else ("", f"{text}, shown as {printed}")
