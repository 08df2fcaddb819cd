"""An extraction sheet at its edges: rows of other sheets, values recorded meanwhile, units of a row, what programs make of a text."""

from __future__ import annotations

import csv
import zipfile

import pytest

from review.errors import InputRefused
from review.extraction.sheet_reading import read_grid
from tests.rooms.sheets import WORDS, Desk, Opened, begun, typed_over
from tests.rooms.team import Team

AT = {"arm": "Drug", "outcome": "Activity", "timepoint": "12 weeks"}


@pytest.fixture
def desk(team: Team) -> Desk:
    return begun(team)


def row_of(sheet: Opened, column: str = "mean") -> int:
    """The row that has a value there."""
    return next(row for row in range(3, sheet.sheet.max_row + 1) if sheet.cell(row, column).value)


def test_a_cell_with_two_faults_is_one_cell_refused(desk: Desk) -> None:
    sheet = Opened(desk.written())
    row = row_of(sheet)
    sheet.type(row, sd="1.1")
    sheet.sheet.row_dimensions[row].hidden = True
    receipt = desk.returned(sheet.saved())
    assert {one.cell for one in receipt.told} == {sheet.place(row, "sd")} and len(receipt.told) == 2 and receipt.refused == 1


def test_a_row_is_hidden_in_either_way_of_writing_it(desk: Desk) -> None:
    sheet = Opened(desk.written())
    row = row_of(sheet)
    sheet.sheet.row_dimensions[row].hidden = True
    path = sheet.saved()
    other = path.with_name("other.xlsx")
    with zipfile.ZipFile(path) as parts, zipfile.ZipFile(other, "w") as target:
        for name in parts.namelist():
            target.writestr(name, parts.read(name).replace(b'hidden="1"', b'hidden="true"'))
    assert read_grid(path).hidden == read_grid(other).hidden == {row}


def test_a_row_of_another_sheet_is_told(desk: Desk) -> None:
    first = desk.written("first.csv")
    desk.team.r1.extraction.record(desk.study, item="sd", **AT, value="1.1", unit="points", quotation=WORDS, location="p. 5")
    second = desk.written("second.csv").read_text(encoding="utf-8-sig").splitlines()
    [row] = [line for line in second if "3.2" in line]
    receipt = desk.returned(typed_over(first, lambda rows: rows.append(next(csv.reader([row])))))
    assert not receipt.ok and any(one.expected == "rows of one sheet" for one in receipt.told)


def test_a_value_that_was_recorded_where_the_sheet_had_none_is_not_written_over(desk: Desk) -> None:
    sheet = Opened(desk.written())
    desk.team.r1.extraction.record(desk.study, item="sd", **AT, value="1.1", unit="points", quotation=WORDS, location="p. 5")
    row = row_of(sheet)
    sheet.type(row, sd="1.4", quotation=WORDS, location="p. 5")
    receipt = desk.returned(sheet.saved())
    [told] = receipt.told
    assert told.cell == sheet.place(row, "sd") and "since the sheet was made" in told.found
    assert desk.values()["sd", "Drug", "Activity", "12 weeks"] == "1.1"


def test_the_unit_of_a_row_is_of_what_is_measured_and_not_of_people(desk: Desk) -> None:
    sheet = Opened(desk.written())
    row = row_of(sheet)
    sheet.type(row, sd="1.1", n_analysed="52", unit="points", quotation=WORDS, location="p. 5")
    assert desk.returned(sheet.saved()).kept == 2
    frame = desk.team.r1.extraction.frame().set_index("item")
    assert frame.loc["sd", "unit"] == "points" and frame.loc["n_analysed", "unit"] != "points"


def test_words_of_another_extractor_stand_in_no_sheet_though_their_value_was_confirmed(desk: Desk) -> None:
    r1, r2 = desk.team.both
    for rv, words in ((r1, "own words on 1.1"), (r2, "SECRET WORDS on 1.1")):
        event = rv.extraction.record(desk.study, item="sd", **AT, value="1.1", unit="points", quotation=words, location="p. 5")
    r1.extraction.confirm(event)
    text = desk.written("sheet.csv").read_text(encoding="utf-8-sig")
    assert "1.1" in text and "SECRET" not in text


@pytest.mark.parametrize("typed", ["=1+2", "+1+2", "-2+3", "@SUM(A1)"])
def test_a_formula_in_csv_is_no_value(desk: Desk, typed: str) -> None:
    def change(rows: list[list[str]]) -> None:
        row = next(row for row in rows[1:] if "3.2" in row)
        row[rows[0].index("sd")], row[rows[0].index("quotation")] = typed, WORDS

    receipt = desk.returned(typed_over(desk.written("sheet.csv"), change))
    assert [told.found for told in receipt.told] == [f"a formula: {typed}"] and receipt.kept == 0


def test_a_number_of_which_a_program_keeps_fifteen_figures_is_told(desk: Desk) -> None:
    sheet = Opened(desk.written())
    row = row_of(sheet)
    sheet.type(row, n_analysed=1234567890123456)
    [told] = desk.returned(sheet.saved()).told
    assert told.cell == sheet.place(row, "n_analysed") and "keeps 15 figures" in told.found


def test_a_bound_is_a_value_only_where_its_item_takes_one(desk: Desk) -> None:
    record = desk.team.r1.extraction.record
    with pytest.raises(InputRefused, match="'<5' is no value of"):
        record(desk.study, item="events", arm="Drug", outcome="Activity", value="<5", quotation="fewer than 5", location="p. 5")
    assert record(desk.study, item="p_value", outcome="Activity", value="<0.05", quotation="p < 0.05", location="p. 5")
