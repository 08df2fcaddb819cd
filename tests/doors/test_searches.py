"""`review searches`: what was searched and what came of it, and one command that takes back what was recorded by mistake."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doors.test_cli import run
from tests.rooms.team import Team, make_team

RIS = "TY  - JOUR\nT1  - A trial of the drug\nA1  - Roe, R.\nPY  - 2021\nDO  - 10.5555/a.1\nER  - \n"


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "team")
    yield made
    made.ledger.close()


def test_a_file_that_came_in_by_mistake_and_its_search_are_taken_back_and_returned(team: Team) -> None:
    file, project = team.folder / "a.ris", ("--project", team.folder)
    file.write_text(RIS, encoding="utf-8", newline="\n")
    wrong = ["import", file, "--source", "Embase", "--kind", "database", "--searched", "2025-01-05", "--hits", "1", "--as", "r1", *project]
    assert run(*wrong)[0] == 0
    (found,) = json.loads(run("searches", "--json", *project)[1])
    assert (found["source"], found["searched"], found["hits"], found["read"]) == ("Embase", "2025-01-05", 1, 1)
    (brought,) = found["brought"]
    _, out, _ = run("searches", *project)
    assert (
        f"{found['search']}  Embase  database, searched 2025-01-05, 1 hit, 1 read" in out and f"  {brought['event']}  a.ris, 1 read" in out
    )
    code, _, told = run("searches", "undo", found["search"], "--as", "r1", *project)
    assert code == 1 and "records came in with this search" in told and f"review searches undo {brought['event']}" in told
    code, out, _ = run("searches", "undo", brought["event"], "--as", "r1", *project)
    assert code == 0 and "0 records (before: 1)" in out and not team.nobody.records.views()
    taken = out.split()[1]
    assert run("searches", "undo", found["search"], "--as", "r1", *project)[0] == 0
    assert "No search is recorded. Next: review search" in run("searches", *project)[1]
    event = team.nobody.searches.frame().empty and next(e.id for e in team.ledger.events() if e.withdraws == found["event"])
    for again in (event, taken):  # what was taken back by mistake returns
        assert run("searches", "undo", again, "--as", "r1", *project)[0] == 0
    assert len(team.nobody.records.views()) == 1


def test_entries_by_hand_and_refused_files_stand_in_the_list_too(team: Team) -> None:
    search, project = team.search(), ("--project", team.folder)
    team.r1.records.add(search, title="A citation\nin two lines", authors=["Doe J"])
    bad = team.folder / "notes.txt"
    bad.write_text("nothing that any reader knows", encoding="utf-8")
    assert run("import", bad, "--search", search, "--as", "r1", *project)[0] == 1
    (found,) = json.loads(run("searches", "--json", *project)[1])
    refused, by_hand = sorted(found["brought"], key=lambda one: one["what"], reverse=True)
    assert refused["what"].startswith("notes.txt, refused: ") and by_hand["what"].startswith("by hand: A citation")
    for one in (refused, by_hand):
        assert run("searches", "undo", one["event"], "--as", "r1", *project)[0] == 0
    assert json.loads(run("searches", "--json", *project)[1])[0]["brought"] == []
    assert run("searches", "undo", team.lead.protocol.history[0].id, "--as", "r1", *project)[0] == 1, "a freeze is no search"
    assert "options stand behind the command" in run("searches", "--as", "r1", "undo", search)[2]


@pytest.mark.parametrize(("day", "said"), [("2999-01-01", True), ("2025-01-05", False)])
def test_a_date_that_is_still_to_come_is_remarked_on(team: Team, day: str, said: bool) -> None:
    words = ("--source", "S", "--kind", "register", "--searched", day, "--as", "r1", "--project", team.folder)
    code, _, told = run("search", *words)
    assert code == 0 and ("is not yet" in told) is said
