"""The CSV for spreadsheets as one opens it: no cell is a formula, and every row is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from tests.needs import need_spreadsheet
from tests.reporting.papers import HOSTILE, SCRIPTS, long_table
from tests.reporting.test_docx import converted

STARTS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "＝1+1",
    '=HYPERLINK("http://x.invalid")',
    "=cmd|' /C calc'!A0",
)
TABLE, TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "text"))
# comma, quote, UTF-8, from line 1, no formats, no language, quoted text may be a number, special numbers, …, formulas are evaluated
EVALUATED = "CSV:44,34,76,1,,0,false,true,false,false,false,0,true"


def opened(file: Path) -> tuple[list[list[str]], list[str]]:
    """The rows of *file* in LibreOffice, formulas evaluated as a careless person would have it, and the formulas in them."""
    need_spreadsheet()
    made = converted(file, "fods", options=[f"--infilter={EVALUATED}"])
    sheet = etree.parse(str(made)).getroot()
    rows = [
        ["\n".join("".join(line.itertext()) for line in cell.iterfind(f"{TEXT}p")) for cell in row.iterfind(f"{TABLE}table-cell")]
        for row in sheet.iter(f"{TABLE}table-row")
    ]
    return [row for row in rows if any(row)], [cell.get(f"{TABLE}formula") for cell in sheet.iter() if cell.get(f"{TABLE}formula")]


@pytest.mark.libreoffice
def test_no_cell_becomes_a_formula_and_no_row_is_lost(tmp_path: Path) -> None:
    texts = (*STARTS, *HOSTILE, *SCRIPTS)
    rows, formulas = opened(long_table(100, texts).csv(tmp_path / "made.csv", spreadsheet=True))
    assert formulas == []
    assert [row[0] for row in rows] == ["Study", *(f"Study {at}" for at in range(100))]


@pytest.mark.libreoffice
def test_the_raw_file_would_have_formulas(tmp_path: Path) -> None:
    """What the spreadsheet form guards against, so that the test above can fail."""
    _, formulas = opened(long_table(len(STARTS), STARTS).csv(tmp_path / "made.csv"))
    assert formulas
