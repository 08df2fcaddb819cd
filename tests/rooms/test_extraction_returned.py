"""A returned sheet: what stands beside it is told, words go with their values, and all of it is taken back as one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl.comments import Comment

from review.errors import InputRefused, NotAllowed, NotFound
from review.extraction.sheet import SheetReceipt
from review.extraction.sheet_layout import SPARE, study_named
from review.extraction.standings import Standings
from review.model.views import CellView, StudyView
from tests.doors.test_cli import run
from tests.rooms.sheets import Desk, Opened, begun
from tests.rooms.team import Team

DRUG, PLACEBO, FREE = 5, 6, 8
SAID = {"quotation": "3.4 (SD 1.1) in 50", "location": "table 2"}


@pytest.fixture
def desk(team: Team) -> Desk:
    return begun(team)


def told(receipt: SheetReceipt, what: str = "problems") -> dict[str, str]:
    frame = getattr(receipt, what)
    return dict(zip(frame["cell"], frame["found"], strict=True))


def test_comments_and_other_sheets_are_not_read_and_told(desk: Desk) -> None:
    opened = Opened(desk.written())
    opened.cell(DRUG, "mean").comment = Comment("is this an SE?", "r1")
    opened.book.create_sheet("My notes")["B2"] = "ask the authors"
    opened.book.create_sheet("Empty")
    opened.book.copy_worksheet(opened.sheet).title = "As it came"
    receipt = desk.returned(opened.saved())
    assert receipt.ok and receipt.unchanged == receipt.read == 3
    assert told(receipt, "notes") == {
        opened.place(DRUG, "mean"): "a comment: 'is this an SE?'", "My notes": "1 filled cells in a sheet of its own",
    }  # fmt: skip


def test_a_copy_of_the_sheet_that_was_filled_in_is_no_silence(desk: Desk) -> None:
    opened = Opened(desk.written())
    copy = opened.book.copy_worksheet(opened.sheet)
    copy.title = "Results (2)"
    copy.cell(DRUG, opened.columns["sd"]).value = "1.1"
    receipt = desk.returned(opened.saved())
    assert list(told(receipt)) == ["Results (2)"] and receipt.kept == 0


def test_a_row_above_the_names_of_the_columns_is_told(desk: Desk) -> None:
    opened = Opened(desk.written())
    opened.sheet.insert_rows(2)
    opened.type(2, study=desk.label, arm="Drug", outcome="Pain", timepoint="1 year", mean="5", quotation="five (5)")
    receipt = desk.returned(opened.saved())
    assert list(told(receipt).values()) == ["values above the names of the columns"]
    plain = Opened(desk.written("title.xlsx"))
    plain.sheet.insert_rows(1)
    plain.sheet.cell(1, 1).value = "Extraction of r1, in May"
    assert desk.returned(plain.saved()).ok, "a title is no value"


def test_another_value_goes_with_other_words(desk: Desk) -> None:
    opened = Opened(desk.written())
    opened.type(DRUG, mean="3.4")
    found = told(desk.returned(opened.saved()))
    assert found == {opened.place(DRUG, "mean"): "'3.4' with the words of '3.2'"}
    opened.type(DRUG, **SAID)
    receipt = desk.returned(opened.saved())
    assert receipt.ok and receipt.kept == 1
    [mean] = [c for c in desk.team.r1.extraction.cells(desk.team.r1.studies.views()[0]) if c.item == "mean"]
    assert (mean.value, mean.quotation, mean.location, mean.unit) == ("3.4", *SAID.values(), "points")


def test_what_replaces_a_value_without_other_words_is_noted(desk: Desk) -> None:
    opened = Opened(desk.written())
    roles = [opened.cell(row, "arm_role") for row in (3, 4)]
    roles[0].value, roles[1].value = (cell.value for cell in reversed(roles))  # one column was sorted by itself
    opened.type(DRUG, mean="not reported", sd="9", **SAID)
    receipt = desk.returned(opened.saved())
    notes = told(receipt, "notes")
    assert receipt.ok and receipt.kept == 4
    assert notes[opened.place(3, "arm_role")] == "'control', which was 'experimental' with the same words"
    assert notes[opened.place(DRUG, "mean")] == "not reported, which was '3.2'"
    assert notes[opened.place(DRUG, "sd")] == "'9', which its words do not print"
    [mean] = [c for c in desk.team.r1.extraction.cells(desk.team.r1.studies.views()[0]) if c.item == "mean"]
    assert (mean.value, mean.quotation) == ("not reported", "")


def test_a_units_or_a_place_of_a_row_that_nothing_takes_is_told(desk: Desk) -> None:
    opened = Opened(desk.written())
    opened.type(DRUG, unit="mm")
    opened.type(PLACEBO, unit="mm", location="p. 9")
    receipt = desk.returned(opened.saved())
    assert told(receipt) == {opened.place(DRUG, "unit"): "the unit 'mm', where mean is held in 'points'"}
    assert told(receipt, "notes") == {}, "a row without values says nothing yet"
    opened.type(DRUG, unit=None, mean__unit="mm", location="p. 9")
    receipt = desk.returned(opened.saved())
    assert receipt.ok and receipt.kept == 1 and told(receipt, "notes") == {opened.place(DRUG, "location"): "p. 9"}
    assert [c.unit for c in desk.team.r1.extraction.cells(desk.team.r1.studies.views()[0]) if c.item == "mean"] == ["mm"]


def filled(desk: Desk) -> Path:
    opened = Opened(desk.written())
    opened.type(DRUG, mean="3.4", sd="1.1", n_analysed="50", **SAID)
    return opened.saved()


def test_a_whole_sheet_is_taken_back_and_given_back_as_one(desk: Desk) -> None:
    path, before = filled(desk), desk.values()
    receipt = desk.returned(path)
    after = desk.values()
    assert receipt.event and f"review extract undo {receipt.event}" in str(receipt) and after != before
    undone = desk.team.r1.extraction.undo(receipt.event)
    assert desk.values() == before
    [row] = desk.team.r1.extraction.sheets().to_dict("records")
    assert (row["name"], row["values"], row["standing"], row["taken_back"]) == ("sheet.xlsx", 3, 0, True)
    desk.team.r1.extraction.undo(undone)
    assert desk.values() == after and not desk.team.r1.extraction.sheets()["taken_back"].any()
    desk.team.r1.extraction.undo(receipt.event)
    assert desk.values() == before
    again = desk.returned(path)
    assert (again.kept, again.unchanged) == (3, 2), "what was taken back is new again"
    assert desk.values() == after and desk.returned(path).kept == 0
    assert desk.team.r1.extraction.sheets()["taken_back"].tolist() == [True, False]


def test_what_was_corrected_since_stays_and_is_told_when_the_sheet_comes_again(desk: Desk) -> None:
    path = filled(desk)
    receipt = desk.returned(path)
    sd = next(e for e in desk.team.r1.extraction.frame().itertuples() if e.item == "sd").event
    desk.team.r1.extraction.correct(sd, value="1.2", quotation="SD 1.2")
    again = desk.returned(path)
    assert again.ok and again.kept == 0
    assert list(told(again, "notes").values()) == ["'1.1', which this sheet brought before; the review holds '1.2' since"]
    desk.team.r1.extraction.undo(receipt.event)
    assert desk.values()["sd", "Drug", "Activity", "12 weeks"] == "1.2"
    assert desk.values()["mean", "Drug", "Activity", "12 weeks"] == "3.2"


def test_nobody_else_sees_or_takes_back_a_sheet(desk: Desk) -> None:
    receipt = desk.returned(filled(desk))
    fact = desk.team.ledger.event(receipt.event)
    for rv, seen in ((desk.team.r1, True), (desk.team.r2, False), (desk.team.nobody, False), (desk.team.lead, True)):
        assert (len(rv.extraction.sheets()) == 1) is seen and rv.extraction.visible_event(fact) is seen
    with pytest.raises(NotAllowed, match="returned by another extractor"):
        desk.team.r2.extraction.undo(receipt.event)


def test_only_a_look_and_a_refused_sheet_leave_nothing_to_take_back(desk: Desk) -> None:
    path = filled(desk)
    looked = desk.team.r1.extraction.read_sheet(path, check_only=True)
    assert looked.event == "" and desk.team.r1.extraction.sheets().empty


def test_it_is_listed_and_taken_back_at_the_command_line(desk: Desk) -> None:
    before = desk.values()
    receipt = desk.returned(filled(desk))
    folder = desk.team.folder
    own = ("--as", "r1", "--project", folder)
    assert f"{receipt.event}  " in run("extract", "sheets", *own)[1]
    assert "Taken back" in run("extract", "undo", receipt.event, *own)[1]
    assert "taken back" in run("extract", "sheets", *own)[1] and desk.values() == before
    assert "0 to look at." in run("extract", "remarks", *own)[1]


def test_a_sheet_that_could_not_be_read_back_is_not_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.extraction.sheet.ROWS", SPARE + 2)
    with pytest.raises(InputRefused, match="would have 5 rows, and could not be read back") as refused:
        desk.written()
    assert "--study" in refused.value.next_step and not desk.folder.exists()
    monkeypatch.setattr("review.extraction.sheet.ROWS", SPARE + 5)
    monkeypatch.setattr("review.extraction.sheet.LARGEST", 1_000)
    with pytest.raises(InputRefused, match="bytes, and could not be read back"):
        desk.written()


def test_a_full_sheet_is_read_with_each_studys_cells_made_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Counter[str]()
    cells_of = Standings._cells_of

    def counted(self: Standings, study: StudyView) -> list[CellView]:
        made[study.id] += 1
        return cells_of(self, study)

    path = filled(desk)
    monkeypatch.setattr(Standings, "_cells_of", counted)
    assert desk.team.r1.extraction.read_sheet(path, check_only=True).read == 5
    assert max(made.values()) == 1
    made.clear()
    desk.team.nobody.extraction.remarks()
    assert max(made.values()) == 1


def test_a_label_that_two_studies_have_names_neither(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    extraction = desk.team.r1.extraction
    [study] = desk.team.r1.studies.views()
    twins = [study, replace(study, id="stu:other", label=study.label)]
    monkeypatch.setattr(extraction, "_studies", lambda: twins)  # labels are told apart wherever they are made: this guards what is not
    with pytest.raises(NotFound, match=f"2 studies are called '{study.label}'") as refused:
        extraction.record(study.label, item="mean", arm="Drug", outcome="Pain", value="3", quotation="3", location="p. 1")
    assert all(one.id in refused.value.next_step for one in twins)
    source = extraction._sheets._source()
    with pytest.raises(NotFound, match=f"2 studies are called '{study.label}'"):
        study_named(source, study.label)
    assert [study_named(source, f"{study.label} ({one.id})").id for one in twins] == [one.id for one in twins]
