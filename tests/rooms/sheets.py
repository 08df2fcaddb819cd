"""A review with an extraction sheet in hand, and a person at a spreadsheet program: cells by row and column name."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from review import Review
from review.extraction.sheet import SheetReceipt
from tests.rooms.team import Team

WORDS = "Mean score at 12 weeks was 3.2 (SD 1.1) in 52 people"


@dataclass
class Desk:
    """The team, the study whose results are extracted, and a folder for sheets."""

    team: Team
    study: str
    folder: Path

    @property
    def label(self) -> str:
        """The label of the study."""
        return next(s.label for s in self.team.lead.studies.views() if s.id == self.study)

    def values(self, who: str = "r1") -> dict[tuple[str, ...], str]:
        """(item, arm, outcome, time point) -> value, as this person sees it."""
        frame = getattr(self.team, who).extraction.frame()
        keys = frame[["item", "arm", "outcome", "timepoint"]].fillna("").itertuples(index=False, name=None)
        return dict(zip(keys, frame["value"], strict=True))

    def written(self, name: str = "sheet.xlsx", rv: Review | None = None) -> Path:
        """A sheet of r1 (or *rv*)."""
        return (rv or self.team.r1).extraction.write_sheet(self.folder / name)

    def returned(self, path: Path, rv: Review | None = None) -> SheetReceipt:
        """What becomes of it."""
        return (rv or self.team.r1).extraction.read_sheet(path)


def begun(team: Team) -> Desk:
    """One included study with two arms; r1 has recorded the roles and one mean."""
    study = team.include(team.article(team.search(), "A trial of a drug"))
    for arm, role in (("Drug", "experimental"), ("Placebo", "control")):
        team.r1.extraction.record(study, item="arm_role", arm=arm, value=role, quotation=f"{arm} arm", location="p. 1")
    where = {"arm": "Drug", "outcome": "Activity", "timepoint": "12 weeks"}
    team.r1.extraction.record(study, item="mean", **where, value="3.2", unit="points", quotation=WORDS, location="p. 5")
    return Desk(team, study, team.folder / "sheets")


class Opened:
    """A workbook in a spreadsheet program. Rows are numbered as people see them; columns go by the small names of the second row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book: Workbook = openpyxl.load_workbook(path)
        self.sheet = self.book["Results"]
        self.columns = {str(cell.value): cell.column for cell in self.sheet[2]}

    def place(self, row: int, column: str) -> str:
        """'Results!F12'."""
        return f"Results!{get_column_letter(self.columns[column])}{row}"

    def cell(self, row: int, column: str) -> Any:
        """The cell."""
        return self.sheet.cell(row, self.columns[column])

    def type(self, row: int, **texts: Any) -> None:
        """Fill cells of one row; 'mean__unit' stands for 'mean.unit'. What begins with = becomes a formula, as in a program."""
        for column, value in texts.items():
            self.cell(row, column.replace("__", ".")).value = value

    def saved(self) -> Path:
        """The file, as it is returned."""
        self.book.save(self.path)
        return self.path


def typed_over(path: Path, change: Callable[[list[list[str]]], None]) -> Path:
    """A CSV with its rows changed; the first is the head."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path
