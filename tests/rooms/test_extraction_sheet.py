"""Extraction sheets: written for one reviewer, read back whole or not at all, with everything that is wrong told by its cell."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.errors import InputRefused, NotAllowed, NotFound
from review.extraction.sheet_reading import letters, unguarded
from review.text import no_formula
from tests.needs import need_spreadsheet
from tests.reporting.test_docx import converted
from tests.rooms.sheets import WORDS, Desk, Opened, begun, typed_over
from tests.rooms.team import PLAN, Team, make_team

# rows of the sheet: 3 and 4 the arms as such, 5 the drug at 12 weeks with its mean, 6 placebo, 7 between arms, 8 and on free
DRUG, PLACEBO, BETWEEN, FREE = 5, 6, 7, 8
LINK = '=HYPERLINK("http://x.invalid")'
HOSTILE = ("=1+1", "+1+1", "-1+1", "@SUM(1)", LINK, "a;=1+1", "'=1+1", "＝1+1", "\t=1", "1-2", "<b>&amp;", "_x0041_")


@pytest.fixture
def desk(team: Team) -> Desk:
    return begun(team)


def told(receipt: Any, what: str = "problems") -> dict[str, str]:
    frame = getattr(receipt, what)
    assert list(frame.columns) == ["sheet", "cell", "found", "expected", "next_step"]
    assert frame.map(bool).to_numpy().all(), "every problem says where, what, what instead and what next"
    return dict(zip(frame["cell"], frame["found"], strict=True))


# out


def test_a_row_is_an_arm_and_outcome_and_the_sheet_guides_its_reader(desk: Desk) -> None:
    found = Opened(desk.written())
    sheet = found.sheet
    rows = [[found.cell(row, name).value for name in ("study", "arm", "outcome", "timepoint")] for row in range(3, 8)]
    assert rows == [
        [desk.label, "Drug", None, None],
        [desk.label, "Placebo", None, None],
        [desk.label, "Drug", "Activity", "12 weeks"],
        [desk.label, "Placebo", "Activity", "12 weeks"],
        [desk.label, None, "Activity", "12 weeks"],
    ]
    assert (found.cell(DRUG, "mean").value, found.cell(DRUG, "mean.quotation").value) == ("3.2", WORDS)
    assert sheet.freeze_panes == "G3" and sheet.protection.sheet
    assert found.cell(DRUG, "arm").protection.locked and not found.cell(PLACEBO, "arm").protection.locked
    assert sheet.column_dimensions[letters(found.columns["sd"])].number_format == "@", "what is typed stays as it is typed"
    lists = {str(rule.sqref).split("3:")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    choices = lists[letters(found.columns["arm_role"])]
    column = re.fullmatch(r"Choices!\$([A-Z]+)\$2:\$[A-Z]+\$5", choices)
    offered = [cell.value for cell in found.book["Choices"][column[1]]] if column else []
    assert offered[:5] == ["arm_role", "experimental", "control", "other", "not reported"]
    said = " ".join(str(cell.value) for row in found.book["Instructions"] for cell in row if cell.value)
    assert "not reported" in said and "Only what the source calls a standard deviation" in said


def test_the_same_review_gives_the_same_bytes(desk: Desk) -> None:
    for name in ("one.xlsx", "one.csv"):
        assert desk.written(name).read_bytes() == desk.written("again-" + name).read_bytes()


def test_studies_and_outcomes_are_chosen_by_name(desk: Desk) -> None:
    rv = desk.team.r1
    other = desk.team.article(desk.team.search("CENTRAL"), "Another trial", year=2021)
    path = rv.extraction.write_sheet(desk.folder / "a.xlsx", studies=[desk.team.study(other)], outcomes=["o1"])
    found = Opened(path)
    assert {found.cell(row, "study").value for row in range(3, 6)} == {"Doe 2021", None}
    with pytest.raises(NotFound, match="no study 'Roe'"):
        rv.extraction.write_sheet(desk.folder / "b.xlsx", studies=["Roe"])
    with pytest.raises(NotFound, match="no outcome 'Pain'"):
        rv.extraction.write_sheet(desk.folder / "b.xlsx", outcomes=["Pain"])


def test_no_file_is_written_over_and_no_other_kind_is_made(desk: Desk) -> None:
    path = desk.written()
    with pytest.raises(InputRefused, match="may have been filled in"):
        desk.team.r1.extraction.write_sheet(path)
    with pytest.raises(InputRefused, match="no sheet is written as .ods"):
        desk.written("sheet.ods")
    with pytest.raises(NotAllowed, match="of one extractor"):
        desk.written("x.xlsx", desk.team.nobody)
    with pytest.raises(NotAllowed, match="no role extractor"):
        desk.written("x.xlsx", desk.team.lead)


# in


@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
def test_a_sheet_that_comes_back_as_it_went_adds_nothing(desk: Desk, name: str) -> None:
    before = desk.team.ledger.count()
    receipt = desk.returned(desk.written(name))
    assert (receipt.read, receipt.kept, receipt.unchanged, receipt.refused, receipt.ok) == (3, 0, 3, 0, True)
    assert receipt.problems.empty and receipt.notes.empty and desk.team.ledger.count() == before


def test_what_was_filled_in_is_recorded_once_with_its_words(desk: Desk) -> None:
    opened = Opened(desk.written())
    opened.type(DRUG, mean="3.4", sd="1.1", quotation="3.4 (SD 1.1)", location="table 2", unit="points")
    opened.type(PLACEBO, n_analysed="50", mean="not reported", quotation="of 50", location="table 2", n_analysed__quotation="n = 50")
    opened.type(
        FREE, study=desk.label, arm="Placebo ", outcome="Pain", timepoint="1 year", events=7, quotation="seven", events__unit="people"
    )
    path = opened.saved()
    receipt = desk.returned(path)
    assert receipt.ok, str(receipt)
    assert (receipt.read, receipt.kept, receipt.unchanged) == (7, 5, 2)
    assert told(receipt, "notes") == {opened.place(FREE, "arm"): "'Placebo '", opened.place(PLACEBO, "quotation"): "of 50"}
    values = desk.values()
    assert values["mean", "Drug", "Activity", "12 weeks"] == "3.4" and values["mean", "Placebo", "Activity", "12 weeks"] == "not reported"
    assert values["events", "Placebo", "Pain", "1 year"] == "7"
    cells = {(c.item, c.arm): c for c in desk.team.r1.extraction.cells(desk.team.r1.studies.views()[0])}
    corrected, sd, people = cells["mean", "Drug"], cells["sd", "Drug"], cells["n_analysed", "Placebo"]
    assert (corrected.quotation, corrected.location, corrected.unit) == ("3.4 (SD 1.1)", "table 2", "points"), "not the earlier words"
    assert len(corrected.history) == 2
    assert (sd.quotation, sd.location, sd.unit) == ("3.4 (SD 1.1)", "table 2", "points")
    assert (people.quotation, people.location, people.unit) == ("n = 50", "table 2", "participants")
    assert cells["events", "Placebo"].unit == "people"
    size = desk.team.ledger.count()
    again = desk.returned(path)
    assert (again.kept, again.unchanged, again.ok, desk.team.ledger.count()) == (0, 7, True, size)


def test_an_emptied_cell_takes_nothing_back_and_is_listed(desk: Desk) -> None:
    opened = Opened(desk.written())
    opened.type(DRUG, mean=None)
    opened.type(3, arm_role__quotation=None)
    opened.sheet.delete_rows(4)
    receipt = desk.returned(opened.saved())
    assert receipt.ok and receipt.kept == 0
    notes = told(receipt, "notes")
    assert "held '3.2'" in notes[opened.place(4, "mean")] and "held 'Drug arm'" in notes[opened.place(3, "arm_role.quotation")]
    assert notes["Results"].startswith("1 of the 3 rows")
    assert desk.values()["mean", "Drug", "Activity", "12 weeks"] == "3.2"


def test_rows_may_be_sorted(desk: Desk) -> None:
    opened = Opened(desk.written())
    opened.type(DRUG, sd="1.1", quotation=WORDS)
    rows = [[cell.value for cell in row] for row in opened.sheet.iter_rows(min_row=3, max_row=8)]
    for at, row in enumerate(reversed(rows), start=3):
        for column, value in enumerate(row, start=1):
            opened.sheet.cell(at, column).value = value
    receipt = desk.returned(opened.saved())
    assert receipt.ok and receipt.kept == 1, str(receipt)


# every error by its cell


def percent(opened: Opened) -> None:
    opened.type(PLACEBO, p_value=0.05)
    opened.cell(PLACEBO, "p_value").number_format = "0 %"


def rounded(opened: Opened) -> None:
    opened.type(PLACEBO, sd=1.26)
    opened.cell(PLACEBO, "sd").number_format = "0.0"


FAULTS: dict[str, tuple[str, str]] = {  # column of the row of placebo -> what is told
    "mean": ("a formula: =1+2", "=1+2"),
    "interquartile_range": ("a date or time: 2026-01-02", "date"),
    "median": ("an error: #N/A", "#N/A"),
    "change_from_baseline": ("a truth value: TRUE", "bool"),
    "p_value": ("shown as a percentage: 5 %", "percent"),
    "sd": ("1.26, shown as 1.3", "rounded"),
    "se": ("0,4", "0,4"),
    "t_value": ("1,234", "1,234"),
    "n_analysed": ("'2.5' is no value of", "2.5"),
    "q1": ("a date that the program made: 02-Jan", "02-Jan"),
    "arm_role": ("Role of the arm does not take an outcome", "control"),
    "events": ("no unit of Participants with an event", "3"),
    "icc": ("'1.5' is no value of", "1.5"),
}


def test_every_error_is_told_at_once_by_its_cell_and_nothing_is_taken(desk: Desk) -> None:
    opened = Opened(desk.written())
    typed: dict[str, Any] = {"date": date(2026, 1, 2), "bool": True}
    for column, (_, text) in FAULTS.items():
        opened.cell(PLACEBO, column).value = typed.get(text, text)
    percent(opened)
    rounded(opened)
    opened.type(PLACEBO, quotation="as printed in the table", events__unit="apples", maximum__quotation="words")
    opened.type(DRUG, sd="1.1")  # without the words that it was read from
    opened.type(FREE, study="Nobody 1999", mean="1", quotation="x")
    opened.type(FREE + 1, study=desk.label, arm="drug", mean="1", quotation="x", outcome="Activity")
    opened.type(3, median="1", quotation="x")
    opened.type(FREE + 3, study=desk.label, arm="Drug", outcome="Activity", timepoint="12 weeks", sd="1", quotation="x")
    before = desk.team.ledger.count()
    receipt = desk.returned(opened.saved())
    found = told(receipt)
    expected = {opened.place(PLACEBO, column): words for column, (words, _) in FAULTS.items()} | {
        opened.place(PLACEBO, "maximum"): "words without a value",
        opened.place(DRUG, "sd"): "without the words that it was read from",
        opened.place(FREE, "study"): "Nobody 1999",
        opened.place(FREE + 1, "arm"): "drug",
        opened.place(3, "median"): "'1' without an outcome",
        opened.place(FREE + 3, "row"): "the same study, arm, outcome",
    }
    assert found.keys() == expected.keys()
    assert [(cell, found[cell]) for cell, words in expected.items() if words not in found[cell]] == []
    assert (receipt.kept, receipt.refused, receipt.ok) == (0, len(expected), False) and desk.team.ledger.count() == before
    assert "Nothing of this sheet was kept" in str(receipt) and opened.place(PLACEBO, "sd") in str(receipt)


def test_what_was_done_to_the_sheet_itself_is_told_too(desk: Desk) -> None:
    opened = Opened(desk.written())
    last = opened.sheet.max_column
    opened.sheet.cell(2, last + 1).value = "my notes"
    opened.sheet.cell(5, last + 1).value = "ask the author"
    opened.sheet.cell(5, last + 2).value = "and this"
    opened.sheet.merge_cells("J6:K6")
    opened.type(DRUG, arm="Placebo", sd="1", quotation="x")
    for column in range(1, last + 1):
        opened.sheet.cell(FREE, column).value = opened.sheet.cell(3, column).value
    opened.type(BETWEEN, effect="1.4", quotation="1.4")
    opened.sheet.row_dimensions[BETWEEN].hidden = True
    found = told(desk.returned(opened.saved()))
    assert found == {
        f"Results!{letters(last + 1)}2": "the column 'my notes', which is none of the sheet's",
        f"Results!{letters(last + 2)}2": "a column without a name",
        "Results!J6:K6": "merged cells",
        opened.place(DRUG, "row"): f"row {opened.cell(DRUG, 'row').value} with {desk.label}, Placebo, Activity, 12 weeks",
        opened.place(FREE, "row"): "the same study, arm, outcome, time point and analysis set as row 3",
        opened.place(BETWEEN, "effect"): "'1.4' in a row that is hidden",
    }


def test_a_column_that_is_gone_or_there_twice_is_told(desk: Desk) -> None:
    opened = Opened(desk.written())
    opened.sheet.cell(2, opened.columns["median"]).value = "mean"
    found = told(desk.returned(opened.saved()))
    assert found == {opened.place(2, "median"): "the column 'mean' a second time", "Results!A2": "no column 'median'"}


def test_a_value_that_was_recorded_after_the_sheet_was_made_is_not_written_over(desk: Desk) -> None:
    opened = Opened(desk.written())
    opened.type(DRUG, mean="3.4")
    path = opened.saved()
    event = next(e for e in desk.team.r1.extraction.frame().itertuples() if e.item == "mean").event
    desk.team.r1.extraction.correct(event, value="3.9")
    found = told(desk.returned(path))
    assert list(found) == [opened.place(DRUG, "mean")] and "'3.4', where the review holds '3.9'" in found[opened.place(DRUG, "mean")]
    unchanged = desk.returned(desk.written("new.xlsx"))
    assert unchanged.ok and unchanged.kept == 0


# files that are no such sheet


def stamped(path: Path, old: str, new: str) -> Path:
    def change(rows: list[list[str]]) -> None:
        for row in rows[1:]:
            row[-1] = row[-1].replace(old, new)

    return typed_over(path, change)


def test_a_sheet_of_another_layout_review_or_person_is_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="layout 2, and this release writes 1"):
        desk.returned(stamped(desk.written("a.csv"), "sheet/1", "sheet/2"))
    with pytest.raises(InputRefused, match="nothing says for whom"):
        desk.returned(stamped(desk.written("b.csv"), "extraction", "another"))
    with pytest.raises(NotAllowed, match="was made for r1, and is returned by r2"):
        desk.returned(desk.written("c.csv"), desk.team.r2)
    other = make_team(tmp_path / "other", plan=PLAN.replace("A review for tests", "Another"))
    begun(other)
    with pytest.raises(InputRefused, match="made from another review"):
        desk.returned(desk.written("d.csv"), other.r1)
    other.ledger.close()
    opened = Opened(desk.written("e.xlsx"))
    opened.sheet.title = "Results (2)"
    with pytest.raises(InputRefused, match=r"there is no sheet 'Results': the workbook has 'Results \(2\)'"):
        desk.returned(opened.saved())
    with pytest.raises(InputRefused, match="no row has the names of the columns"):
        desk.returned(typed_over(desk.written("f.csv"), lambda rows: rows.pop(0) and None))


def test_a_sheet_taken_for_ones_own_still_holds_nothing_of_another(desk: Desk) -> None:
    """Whoever writes another name into the sheet finds that its rows are not theirs."""
    path = stamped(desk.written("a.csv"), "for r1", "for r2")
    receipt = desk.returned(path, desk.team.r2)
    assert not receipt.ok and receipt.kept == 0 and set(told(receipt)) == {"Results!A2", "Results!A3", "Results!A4"}


def packed(path: Path, parts: dict[str, bytes], like: Path | None = None) -> Path:
    kept: dict[str, bytes] = {}
    if like is not None:
        with zipfile.ZipFile(like) as source:
            kept = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in (kept | parts).items():
            target.writestr(name, data)
    return path


RESULTS = "xl/worksheets/sheet1.xml"


def hostile(path: Path, like: Path) -> Iterator[tuple[Path, str]]:
    with zipfile.ZipFile(like) as source:
        sheet = source.read(RESULTS)
    yield packed(path / "bomb.xlsx", {"xl/worksheets/sheet9.xml": b" " * 101 * 1024**2}, like), "would unpack to"
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    yield packed(path / "entity.xlsx", {"xl/sharedStrings.xml": entity}, like), "declares entities"
    far = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>')
    yield packed(path / "far.xlsx", {RESULTS: far}, like), "something stands in row 1,048,576"
    broken = packed(path / "broken.xlsx", {RESULTS: b"<worksheet"}, like)
    yield broken, "no workbook that can be read"
    yield packed(path / "archive.xlsx", {"a.txt": b"x"}), "an archive, and no workbook"
    for name, data, words in (
        ("old.xls", b"\xd0\xcf\x11\xe0rest", "old workbook"),
        ("cut.xlsx", like.read_bytes()[:-300], "no workbook that can be read"),
        ("latin.csv", "row,study,Sjögren".encode("latin-1"), "not UTF-8"),
        ("quote.csv", b'row,study\n"open', "no CSV that can be read"),
        ("empty.csv", b"", "no row has the names"),
    ):
        (path / name).write_bytes(data)
        yield path / name, words


def test_hostile_and_broken_files_are_refused_in_words(desk: Desk, tmp_path: Path) -> None:
    for path, words in hostile(tmp_path, desk.written()):
        with pytest.raises(InputRefused, match=words):
            desk.returned(path)
    with pytest.raises(NotFound, match="is not there"):
        desk.returned(tmp_path / "absent.xlsx")


def test_a_merged_area_of_the_whole_sheet_costs_nothing(desk: Desk, tmp_path: Path) -> None:
    like = desk.written()
    with zipfile.ZipFile(like) as source:
        sheet = source.read(RESULTS).replace(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A3:XFD1048576"/></mergeCells>')
    assert told(desk.returned(packed(tmp_path / "merged.xlsx", {RESULTS: sheet}, like))) == {"Results!A3:XFD1048576": "merged cells"}


# nobody sees another's


def test_a_sheet_holds_nothing_of_the_other_extractor(desk: Desk) -> None:
    first = {name: desk.written(name, desk.team.r2).read_bytes() for name in ("a.csv", "a.xlsx")}
    desk.team.r1.extraction.record(
        desk.study, item="sd", arm="Secret arm", outcome="Secret outcome", value="1.1", quotation="secret words", location="p. 9"
    )
    for name, data in first.items():
        assert desk.written("again-" + name, desk.team.r2).read_bytes() == data
    assert b"Drug" not in first["a.csv"]
    for item, arm in (("arm_role", "Drug"), ("arm_role", "Placebo")):
        desk.team.r2.extraction.record(desk.study, item=item, arm=arm, value="other", quotation="as r2 reads it", location="p. 2")
    closed = desk.written("closed.csv").read_text("utf-8-sig")
    assert "other" not in closed and "as r2 reads it" not in closed, "not even where both have answered"


# texts that a program would take for something else


def test_no_text_becomes_a_formula(desk: Desk) -> None:
    for text in HOSTILE:
        desk.team.r1.extraction.record(
            desk.study, item="effect_measure", arm=text, outcome=text, timepoint=text, value=text, quotation=text, location=text
        )
    path = desk.written()
    book = openpyxl.load_workbook(path)
    assert {cell.data_type for sheet in book for row in sheet for cell in row if cell.value is not None} == {"s"}
    with desk.written("sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [cell for row in csv.reader(file) for cell in row if no_formula(cell) != cell] == []
    for name in ("sheet.xlsx", "sheet.csv"):
        receipt = desk.returned(desk.folder / name)
        assert (receipt.ok, receipt.kept, receipt.unchanged) == (True, 0, 3 + len(HOSTILE)), str(receipt)


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=12).filter(
    lambda text: text.strip()
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=2), st.sampled_from([".xlsx", ".csv"]))
def test_whatever_the_words_a_sheet_comes_back_as_it_went(desk: Desk, rows: list[tuple[str, str, str]], kind: str) -> None:
    for arm, value, quotation in rows:
        desk.team.r1.extraction.record(
            desk.study, item="effect_measure", arm=arm, outcome="Activity", value=value, quotation=quotation, location=value
        )
    path = desk.folder / f"sheet{kind}"
    path.unlink(missing_ok=True)
    receipt = desk.returned(desk.written(path.name))
    assert (receipt.ok, receipt.kept, receipt.read) == (True, 0, receipt.unchanged), str(receipt)


@pytest.mark.libreoffice
def test_libreoffice_opens_and_saves_it(desk: Desk) -> None:
    """What a free spreadsheet program makes of the sheet when it saves it: the same, and what was typed in it is read."""
    need_spreadsheet()
    for text in HOSTILE:
        desk.team.r1.extraction.record(
            desk.study, item="effect_measure", arm=text, value=text, outcome="Pain", quotation=text, location="p"
        )
    opened = Opened(desk.written())
    row = next(row for row in range(3, 60) if opened.cell(row, "mean").value == "3.2")
    opened.type(row, sd=1.1, quotation=WORDS)
    opened.cell(row, "sd").number_format = "@"
    rows = sum(bool(cell.value) for cell in opened.sheet["B"])
    again = converted(opened.saved(), "xlsx:Calc MS Excel 2007 XML")
    saved = Opened(again)
    assert saved.sheet.freeze_panes == "G3" and len(saved.sheet.data_validations.dataValidation) > 5
    spans = [size for size in saved.sheet.column_dimensions.values() if size.min <= saved.columns["sd"] <= size.max]
    assert saved.sheet.protection.sheet and [size.number_format for size in spans] == ["@"], "what is typed into it stays text"
    assert sum(bool(cell.value) for cell in saved.sheet["B"]) == rows
    receipt = desk.returned(again)
    assert (receipt.ok, receipt.kept, receipt.unchanged) == (True, 1, 3 + len(HOSTILE)), str(receipt)


@given(st.text(st.sampled_from("'=+-@;\t1a "), max_size=8))
def test_a_guarded_text_is_found_again(text: str) -> None:
    assert no_formula(unguarded(no_formula(text))) == no_formula(text)


def test_a_sheet_is_looked_at_without_being_taken(desk: Desk) -> None:
    opened = Opened(desk.written())
    opened.type(PLACEBO, mean="4.1", unit="points", quotation="4.1 with placebo", location="p. 5")
    path, before = opened.saved(), desk.team.ledger.count()
    found = desk.team.r1.extraction.read_sheet("any name.xlsx", content=path.read_bytes(), check_only=True)
    assert found.ok and (found.kept, len(found.fresh)) == (0, 1) and desk.team.ledger.count() == before
    [row] = found.new.to_dict("records")
    assert (row["cell"], row["item"], row["arm"], row["value"], row["unit"]) == (
        opened.place(PLACEBO, "mean"),
        "mean",
        "Placebo",
        "4.1",
        "points",
    )
    assert "1 would be kept" in str(found)
    taken = desk.returned(path)
    assert (taken.kept, len(taken.fresh)) == (1, 1) and "1 kept" in str(taken)
    again = desk.returned(path)
    assert (again.kept, again.fresh) == (0, ()) and again.ok


def test_a_sheet_in_hand_is_the_one_that_is_written(desk: Desk) -> None:
    data = desk.team.r1.extraction.sheet(kind=".csv")
    assert data == desk.written("sheet.csv").read_bytes()
    with pytest.raises(InputRefused, match="no sheet is written as .ods"):
        desk.team.r1.extraction.sheet(kind=".ods")


def test_an_item_that_is_called_like_a_column_comes_back_too(desk: Desk) -> None:
    items = "".join(
        f'[[item]]\nid = "{id}"\nlabel = "The {id} of ours"\ntype = "number"\nrepeat = ["arm", "outcome", "timepoint"]\n'
        for id in ("location", "unit", "study", "sheet")
    )
    (desk.team.folder / "forms").mkdir()
    head = 'schema = 1\n[form]\nid = "ours"\nversion = "1"\ntitle = "Ours"\n'
    (desk.team.folder / "forms" / "ours.toml").write_text(head + items, encoding="utf-8")
    opened = Opened(desk.written())
    opened.type(PLACEBO, **{"location (item)": "3", "unit (item)": "4", "unit (item)__unit": "mm"}, quotation="3 and 4", location="p. 5")
    receipt = desk.returned(opened.saved())
    assert receipt.ok and receipt.kept == 2, str(receipt)
    assert {k[0]: v for k, v in desk.values().items() if k[0] in ("location", "unit")} == {"location": "3", "unit": "4"}
