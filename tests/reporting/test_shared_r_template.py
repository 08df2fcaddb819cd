"""The template that ships with the R package, where its copy is at hand: every row known, its placeholders refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from review.errors import InputRefused
from review.reporting.r_package import COLUMNS, ROWS, read_r_csv

TEMPLATE = Path(__file__).resolve().parents[3] / "shared" / "facts" / "prisma" / "r_package_template.csv"
needs_template = pytest.mark.skipif(not TEMPLATE.is_file(), reason="the R package's template is not beside this repository")


@needs_template
def test_our_rows_are_those_of_the_template() -> None:
    with TEMPLATE.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == COLUMNS
    assert [(data, node or "NA", box) for data, node, box, *_ in rows] == list(ROWS)


@needs_template
def test_its_placeholders_are_no_numbers(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="'xxx' is no whole number"):
        read_r_csv(TEMPLATE)
    filled = tmp_path / "filled.csv"
    filled.write_text(TEMPLATE.read_text(encoding="utf-8").replace(", xxx", ", 0"), encoding="utf-8")
    typed = read_r_csv(filled)
    assert typed.template == "upd_v2" and all(box.n == 0 for box in typed.boxes.values())
    assert list(typed.boxes["dbr_excluded"].counts) == ["Reason1", "Reason2", "Reason3"]
