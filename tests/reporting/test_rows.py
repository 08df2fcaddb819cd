"""Rows in are rows out in every format, at 3, 100 and 2,000 rows, with texts that formats stumble over."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from lxml import html

from tests.reporting.papers import HOSTILE, SCRIPTS, long_table

SIZES = (3, 100, 2_000)


def as_html(size: int, folder: Path) -> list[str]:
    page = html.fromstring(long_table(size, (*HOSTILE, *SCRIPTS)).html())
    return [" ".join(head.text_content().split()) for head in page.iterfind(".//tbody/tr/th")]


def as_csv(size: int, folder: Path, *, spreadsheet: bool = False) -> list[str]:
    file = long_table(size, (*HOSTILE, *SCRIPTS)).csv(folder / "t.csv", spreadsheet=spreadsheet)
    with file.open(encoding="utf-8-sig", newline="") as source:
        return [row[0] for row in csv.reader(source)][1:]


def as_frame(size: int, folder: Path) -> list[str]:
    frame = long_table(size, (*HOSTILE, *SCRIPTS)).frame
    return list(frame[frame.columns[0]])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("written", [as_html, as_csv, lambda n, f: as_csv(n, f, spreadsheet=True), as_frame])
def test_every_row_arrives_in_order(written, size: int, tmp_path: Path) -> None:
    assert written(size, tmp_path) == [f"Study {at}" for at in range(size)]
