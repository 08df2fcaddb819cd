"""Writes an extraction sheet as a workbook, or as CSV with the same columns; the same review gives the same bytes.

Every cell that is filled in is text, so that a spreadsheet program turns nothing that is typed into a date or a rounded number, and no
text that a source or a person wrote becomes a formula.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from review.extraction import sheet_layout as layout
from review.extraction.sheet_layout import Column, Row, Source
from review.model.extraction import NOT_REPORTED
from review.text import no_formula

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HEAD: Final = 2  # rows: what people read, and the names by which programs know the columns
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_WIDTHS: Final = {"row": 11, "study": 24, "arm": 20, "outcome": 24, "timepoint": 14, "analysis_set": 18, "quotation": 44, "location": 20}
_TINTS: Final = {"row": "E7E6E6", "key": "D9E2F3", "words": "FFF2CC", "value": "E2EFDA", "own": "FFF9E5", "program": "E7E6E6"}
_FONT: Final = "Arial"
_INSTRUCTIONS: Final = (
    "One row is one study, arm, outcome, time point and analysis set. What does not vary by one of these has an empty cell there: the role "
    "of an arm stands in the row of that arm without an outcome, an effect between arms in a row without an arm.",
    "Type numbers as the source prints them, with a point before decimals and without a unit or a sign for per cent: 0.05, not 5 %. Every "
    "cell is set as text, so that the program makes no date of 1-2; keep it so.",
    "Each value needs the words that it was read from. Put them once for the row under 'Quotation for this row', with where they stand "
    "beside them; a value that was read elsewhere has its own quotation and location further to the right, and these go before the row's. "
    "Another value than the one that is here takes the words that you type with it.",
    "Where the source does not say, type: not reported. An empty cell says nothing, and emptying a cell takes nothing back.",
    "A value that is here already is your own, or was filled in from a record. Leaving it as it is adds nothing, and is not a "
    "confirmation; another value becomes your correction, and the earlier one stays readable.",
    "For an arm, outcome or time point that has no row, use an empty row at the end. Leave the grey columns, the heads and the name of the "
    "sheet as they are; do not merge cells or copy whole rows, and show all rows before you return it. The order of rows does not matter.",
    "Comments on cells and sheets that you add are not read: put what counts into a cell. A percentage of people is a percentage: "
    "give it the unit %, and a count is calculated from it where only one is possible.",
    "The sheet is yours alone: it is read back only by the reviewer for whom it was made, and holds nothing that another extractor wrote.",
)


def texts_of(row: Row, columns: Sequence[Column], source: Source, stamp: str) -> list[str]:
    """What stands in each column of one row, before any program's own way of writing it."""
    origins = layout.made_from(row)
    label = source.label(row.study)
    names = (label, row.arm, row.outcome, row.timepoint, row.analysis_set)
    fixed = dict(zip(("study", *layout.KEYS), names, strict=True))
    fixed |= {"study_id": row.study.id, "made_from": origins, "sheet": stamp}
    fixed["row"] = layout.row_id(stamp, row.study.id, names, origins) if row.held else ""
    texts = []
    for column in columns:
        held = row.held.get(column.item.id) if column.item else None
        text = fixed.get(column.id, "")
        if column.item is not None and held is not None:
            part = "value" if column.role == "value" else column.id.rpartition(".")[2]
            text = getattr(held, part)
        texts.append(layout.written(text))
    return texts


def csv_of(source: Source, rows: Sequence[Row], columns: Sequence[Column], stamp: str) -> bytes:
    """The sheet as CSV in UTF-8 with a byte order mark; what would be a formula has an apostrophe before it."""
    told = io.StringIO(newline="")
    writer = csv.writer(told, lineterminator="\r\n")
    writer.writerow([column.id for column in columns])
    for row in rows:
        writer.writerow([no_formula(text) for text in texts_of(row, columns, source, stamp)])
    return told.getvalue().encode("utf-8-sig")


def xlsx_of(source: Source, rows: Sequence[Row], columns: Sequence[Column], stamp: str) -> bytes:
    """The sheet as a workbook: results with a frozen head and lists to choose from, the lists, and instructions."""
    from openpyxl import Workbook

    book = Workbook()
    results = book.active
    results.title = layout.RESULTS
    _results(results, [texts_of(row, columns, source, stamp) for row in rows], columns)
    _lists(book, results, columns, source, len(rows))
    _instructions(book, columns, source, stamp)
    book.properties.creator = "review-toolkit"
    book.properties.title = "Extraction sheet"
    return _packed(book)


def _results(sheet: Worksheet, rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> None:
    """Head, rows and the looks of the columns, which empty cells have from their column: text, and free to be filled in."""
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter

    tints = {role: PatternFill("solid", fgColor=colour) for role, colour in _TINTS.items()}
    head, small, grey = Font(_FONT, 10, bold=True), Font(_FONT, 8, color="595959"), Font(_FONT, 8, color="7F7F7F")
    free, body, wrapped = Protection(locked=False), Font(_FONT, 10), Alignment(wrap_text=True, vertical="top")
    for at, column in enumerate(columns, start=1):
        for line, (text, font) in enumerate(((column.label, head), (column.id, small)), start=1):
            cell = _text_cell(sheet.cell(line, at), text)
            cell.font, cell.fill = font, tints[column.role]
            cell.alignment = wrapped if line == 1 else Alignment(vertical="top")
        size = sheet.column_dimensions[get_column_letter(at)]
        size.width = _WIDTHS.get(column.id, 14 if column.role in ("value", "words", "program") else 18)
        size.hidden = column.role == "program"
        size.number_format, size.font = "@", body
        if column.role not in ("row", "program"):
            size.protection = free
    for line, texts in enumerate(rows, start=HEAD + 1):
        for at, (column, text) in enumerate(zip(columns, texts, strict=True), start=1):
            fixed = column.role in ("row", "program") or (bool(texts[0]) and column.role == "key")
            if text or fixed:
                cell = _text_cell(sheet.cell(line, at), text)
                cell.font = grey if column.role in ("row", "program") else body
                if fixed:
                    cell.fill = tints["row"]
                else:
                    cell.protection = free
    sheet.row_dimensions[1].height = 45
    sheet.freeze_panes = sheet.cell(HEAD + 1, [column.role for column in columns].index("words") + 1)
    sheet.auto_filter.ref = f"A{HEAD}:{get_column_letter(len(columns))}{HEAD + len(rows)}"
    sheet.protection.sheet = True  # without a password: it guards against accident
    for allowed in ("formatCells", "formatColumns", "formatRows", "sort", "autoFilter"):
        setattr(sheet.protection, allowed, False)
    sheet.print_title_rows = f"1:{HEAD}"
    sheet.page_setup.orientation = "landscape"


def _text_cell(cell: Any, text: str) -> Any:
    """A cell that holds *text* as it is and takes what is typed into it as text."""
    cell.number_format = "@"
    if text:
        cell.value = text
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula
        if no_formula(text) != text:
            cell.quotePrefix = True
    return cell


def _lists(book: Workbook, results: Worksheet, columns: Sequence[Column], source: Source, rows: int) -> None:
    """The words to choose from, each list in a column of its own sheet, and the drop-downs that offer them."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet = book.create_sheet(layout.CHOICES)
    last = HEAD + rows + layout.SPARE
    for at, (name, words, strict) in enumerate(_offered(columns, source), start=1):
        letter = get_column_letter(at)
        for line, word in enumerate((name, *words), start=1):
            _text_cell(sheet.cell(line, at), layout.written(word)).font = Font(_FONT, 10, bold=line == 1)
        sheet.column_dimensions[letter].width = 28
        rule = DataValidation("list", formula1=f"{layout.CHOICES}!${letter}$2:${letter}${len(words) + 1}", allow_blank=True)
        rule.showErrorMessage, rule.errorStyle = strict, "stop"
        rule.errorTitle, rule.error = "Not in the list", f"Choose one of the words in the list of {name}."
        results.add_data_validation(rule)
        place = get_column_letter([column.id for column in columns].index(name) + 1)
        rule.add(f"{place}{HEAD + 1}:{place}{last}")
    sheet.protection.sheet = True


def _offered(columns: Sequence[Column], source: Source) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """(column, words, whether only these are taken) of every list that has words."""
    lists: Mapping[str, tuple[tuple[str, ...], bool]] = {
        "study": (tuple(source.label(study) for study in source.studies), True),
        "outcome": (tuple(outcome.name for outcome in source.outcomes), False),
    }
    for column in columns:
        item = column.item
        words, strict = lists.get(column.id, ((), False))
        if item is not None and column.role == "value" and item.offered:
            words, strict = (*item.offered, NOT_REPORTED), True
        elif item is not None and column.id == layout.column_id(item, "unit"):
            words = item.units
        if words:
            yield column.id, words, strict


def _instructions(book: Workbook, columns: Sequence[Column], source: Source, stamp: str) -> None:
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(layout.INSTRUCTIONS)
    lines: list[tuple[str, str, str]] = [(f"Extraction sheet of {source.viewer}", "", ""), ("", "", "")]
    lines += [(text, "", "") for text in _INSTRUCTIONS]
    lines += [("", "", ""), ("Column", "What it holds", "What may stand there")]
    lines += [(column.label, column.help, _takes(column)) for column in columns if column.role in ("key", "words", "value")]
    lines += [("", "", ""), (f"Known to the program as: {stamp}", "", "")]
    widths = (32, 58, 46)
    for line, texts in enumerate(lines, start=1):
        strong = line == 1 or texts[0] == "Column"
        for at, text in enumerate(texts, start=1):
            cell = _text_cell(sheet.cell(line, at), layout.written(text))
            cell.alignment = Alignment(wrap_text=line not in (1, len(lines)), vertical="top")
            cell.font = Font(_FONT, 14 if line == 1 else 10, bold=strong)
        rows = max(int(len(text) / (1.15 * width)) + 1 for text, width in zip(texts, widths, strict=True))
        if texts[0] in _INSTRUCTIONS:
            sheet.merge_cells(start_row=line, start_column=1, end_row=line, end_column=3)
            rows = int(len(texts[0]) / (1.15 * sum(widths))) + 1
        sheet.row_dimensions[line].height = 20 if line == 1 else 13.5 * rows + 3
    for letter, width in zip("ABC", widths, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.protection.sheet = True


def _takes(column: Column) -> str:
    """What a value's cell takes, in words."""
    item = column.item
    if item is None:
        return ""
    kinds = {"whole": "a whole number", "number": "a number", "date": "a date as 2026-03-31", "text": "text"}
    kind = kinds.get(item.type) or "one of: " + ", ".join(item.offered)
    also = ["or a bound as <0.05"] if item.bound else []
    also += [f"or: {', '.join(item.also)}"] if item.also and item.type in kinds else []
    others = [unit for unit in item.units if unit != item.unit]
    units = [f"in {item.unit}"] if item.unit else ["its unit in the column further right"] if others else []
    units += [f"or, said there, in {', '.join(others)}"] if others else []
    return "; ".join((kind, *also, *units))


def _packed(book: Workbook) -> bytes:
    """The workbook as a zip with its parts in the order of their names, and no time and no clock in it."""
    loose, packed = io.BytesIO(), io.BytesIO()
    book.save(loose)
    from openpyxl.xml.functions import tostring

    book.properties.created = book.properties.modified = datetime(*EPOCH[:3])
    with zipfile.ZipFile(loose) as parts, zipfile.ZipFile(packed, "w") as target:
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(entry, tostring(book.properties.to_tree()) if name == "docProps/core.xml" else parts.read(name))
    return packed.getvalue()
