"""`review decisions` says what to do in its own options, where the room says it as one gives it in Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from review.cli_decisions import as_options
from tests.doors.test_cli import run
from tests.example.build import ROOT
from tests.rooms.team import Team, make_team
from tests.screening.exports import Paper
from tests.screening.test_imported import simple

PYTHON = re.compile(r"\b(columns|reasons|reviewers|as_|decision|stage|retrieved)=(?!…|HEAD)")
ROOM = ROOT / "review" / "screening"
PAPERS = (Paper("First trial of a drug"), Paper("Second trial of a drug"), Paper("Third trial of a drug"))


@pytest.fixture
def team(tmp_path: Path) -> Team:
    made = make_team(tmp_path / "team")
    search = made.search()
    for paper in PAPERS:
        made.article(search, paper.title, year=paper.year)
    return made


def told(team: Team, content: bytes, *how: str) -> str:
    file = team.folder / "list.csv"
    file.write_bytes(content)
    code, out, err = run("decisions", file, *how, "--project", team.folder, "--as", "lead")
    assert code == 1
    return out + err


def test_a_file_that_is_not_known_asks_for_the_option(team: Team) -> None:
    said = told(team, b"Titel;Urteil\nA;ja\n", "--stage", "title_abstract", "--as-consensus")
    assert "next: name the columns: --column decision=… --column title=…" in said and not PYTHON.search(said)
    team.ledger.close()


def test_a_receipt_asks_for_options_and_lists_every_problem(team: Team) -> None:
    rows = [(PAPERS[0], "?!", ""), (PAPERS[1], "", ""), *((Paper(f"Nobody's {n}"), "include", "") for n in range(25))]
    said = told(team, simple(rows), "--stage", "title_abstract", "--as-consensus")
    assert 'name the column of decisions with --column decision=…, codes with --reason "5"=CRITERION' in said
    assert "or give --decision, where the file is a list of one kind" in said
    assert said.count(": unmatched: ") == 25 and ".problems" not in said and not PYTHON.search(said)
    team.ledger.close()


def test_reasons_and_reviewers_are_asked_for_by_option(team: Team) -> None:
    rows = [(PAPERS[0], "exclude", "too old"), (PAPERS[1], "include", ""), (Paper("Nobody's"), "include", "")]
    said = told(team, simple(rows), "--stage", "title_abstract", "--as-consensus")
    assert "next: --reason 'too old'=CRITERION" in said
    said = told(team, simple(rows), "--stage", "title_abstract", "--reviewer", "somebody=r1")
    assert "next: --reviewer 'NAME IN THE FILE=ID'" in said and not PYTHON.search(said)
    team.ledger.close()


def test_no_step_of_the_room_is_left_in_the_words_of_python() -> None:
    steps = {
        literal
        for name in ("decision_files", "importing", "import_steps", "matching")
        for literal in re.findall(r"'[^'\n]*'|f?\"[^\"\n]*\"", (ROOM / f"{name}.py").read_text(encoding="utf-8"))
        if PYTHON.search(literal) and " " in literal
    }
    assert len(steps) >= 5
    assert [step for step in steps if PYTHON.search(as_options(step))] == []
