"""docs/formats.md names every format that ships, says which have met a real file, and every place to which a column may lead."""

from __future__ import annotations

import re
from pathlib import Path

from review.records.citation import TARGETS
from review.records.formats import formats

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]


def test_every_format_stands_in_the_table_once() -> None:
    named = [name for row in ROWS for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted(formats())


def test_the_table_says_which_formats_have_not_met_a_real_file() -> None:
    untried = {name for row in ROWS if "not yet tried on a real file" in row[-1] for name in re.findall(r"`(\w+)`", row[0])}
    assert untried == {one.name for one in formats().values() if not one.tried}


def test_the_page_says_which_files_are_the_document_itself() -> None:
    assert "A page (the first five) is the document itself" in PAGE
    assert {name for row in ROWS[:5] for name in re.findall(r"`(\w+)`", row[0])} == {one.name for one in formats().values() if one.page}


def test_every_place_to_which_a_column_may_lead_is_named() -> None:
    start = PAGE.index("A column leads to one of these")
    assert set(TARGETS) - set(re.findall(r"`(\w+)`", PAGE[start : PAGE.index("`split` parts", start)])) == set()
