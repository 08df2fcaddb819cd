"""`review extract sheet` and `review extract read`: a sheet goes out, comes back, and says by its cells what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.doors.test_cli import run
from tests.rooms.sheets import Desk, Opened, begun
from tests.rooms.switched import V1, V2, report, study_of
from tests.rooms.team import make_team


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return begun(make_team(tmp_path / "team"))


def test_a_sheet_goes_out_and_comes_back(desk: Desk) -> None:
    path = desk.folder / "r1.xlsx"
    where = ("--project", desk.team.folder, "--as", "r1")
    code, out, err = run("extract", "sheet", path, "--study", desk.label, "--outcome", "o1", *where)
    assert (code, err) == (0, "") and "r1.xlsx is ready to be filled in." in out
    opened = Opened(path)
    opened.type(5, sd="1,1", quotation="as printed")
    opened.type(6, mean=None, n_analysed="fifty\u202e", quotation="fifty")
    code, out, err = run("extract", "read", opened.saved(), *where)
    assert code == 1 and f"{opened.place(6, 'n_analysed')}: 'fifty" in out and "Nothing of this sheet was kept" in out
    assert "\u202e" not in out, "what was typed moves nothing in a terminal"
    opened.type(5, sd="1.1", quotation="SD 1.1")
    opened.type(6, n_analysed="50")
    code, out, _ = run("extract", "read", opened.saved(), "--check", *where)
    assert code == 0 and "2 would be kept" in out
    code, out, _ = run("extract", "read", opened.saved(), "--json", *where)
    found = json.loads(out)
    assert (code, found["kept"], found["unchanged"], found["problems"], found["notes"]) == (0, 2, 3, [], [])
    code, out, err = run("extract", "read", path, "--project", desk.team.folder, "--as", "r2")
    assert code == 1 and "was made for r1, and is returned by r2" in err
    desk.team.ledger.close()


def test_differences_from_the_registration_are_judged_and_settled(tmp_path: Path) -> None:
    team = make_team(tmp_path / "team")
    study = study_of(team, tmp_path, V1, V2)
    report(team, study)
    frame = team.lead.extraction.switching(study)
    id = frame[frame["difference"] == "dropped"]["item"].iloc[0]
    where = ("--project", team.folder, "--as")
    code, out, err = run("extract", "judge", study, id, "explained", *where, "r1")
    assert code == 1 and "needs the explanation" in err
    code, out, err = run("extract", "judge", study, id, "explained", "--note", "p. 9 SECRET", *where, "r1")
    assert (code, err) == (0, "") and out.startswith("Judged: ")
    assert "SECRET" not in str(run("extract", "switching", *where, "r2")) and "0 to settle" in run("extract", "differing", *where, "r2")[1]
    assert run("extract", "judge", study, id, "confirmed", "--difference", "dropped", *where, "r2")[0] == 0
    code, out, _ = run("extract", "differing", *where, "lead")
    assert code == 0 and id in out and "confirmed, dropped" in out and "1 to settle" in out and "r1" not in out
    code, out, err = run("extract", "settle", study, id, "confirmed", "--reason", "The article says nothing of it.", *where, "lead")
    assert (code, err) == (0, "") and out.startswith("Settled: ")
    assert "0 to settle" in run("extract", "differing", *where, "lead")[1]
    code, back, err = run("extract", "undo", out.split()[-1], *where, "lead")
    assert (code, err) == (0, "") and back.startswith("Taken back: ")
    assert "1 to settle" in run("extract", "differing", *where, "lead")[1]
    team.ledger.close()


def test_what_two_extractors_differ_on_is_listed_without_names_and_settled(desk: Desk) -> None:
    team, place = desk.team, {"item": "mean", "arm": "a1", "outcome": "o1", "timepoint": "week 24"}
    where = ("--project", team.folder, "--as", "lead")
    team.r1.extraction.record(desk.study, **place, value="3.2", unit="points", quotation="mean 3.2", location="p. 2")
    code, out, err = run("extract", "conflicts", *where)
    assert (code, out.splitlines(), err) == (0, ["0 to settle."], "")
    code, out, err = run("extract", "resolve", desk.label, "mean", "--value", "3.4", "--reason", "so", *where)
    assert code == 1 and "no such cell" in err and "review extract conflicts lists what waits" in err
    team.r2.extraction.record(desk.study, **place, value="3.4", unit="points", quotation="mean 3.4", location="p. 2")
    code, out, err = run("extract", "conflicts", *where)
    [line, count] = out.splitlines()
    assert line.startswith(f"{desk.label}  mean  a1, o1, week 24  3.") and {"3.2", "3.4"} < set(line.split()) and count == "1 to settle."
    assert not {"r1", "r2"} & set(line.split()) and line.endswith("two extractors differ")
    [found] = json.loads(run("extract", "conflicts", "--json", *where)[1])
    assert {found["value_first"], found["value_second"]} == {"3.2", "3.4"} and found["item"] == "mean"
    options = ("--arm", "a1", "--outcome", "o1", "--timepoint", "week 24", "--unit", "points")
    code, out, err = run("extract", "resolve", desk.label, "mean", "--value", "3.4", "--reason", "table 2", *options, *where)
    assert (code, err) == (0, "") and out.startswith("Settled: ")
    assert run("extract", "conflicts", *where)[1].splitlines() == ["0 to settle."]
    [cell] = [c for c in team.nobody.extraction.cells(team.nobody.studies.views()[0]) if c.item == "mean" and c.arm == "a1"]
    assert (cell.value, cell.state) == ("3.4", "consensus")
