"""`review records` and the verb behind it: which records are written, what is said, what is refused."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pytest

from review.errors import InputRefused, NotFound
from review.records import read_bytes
from tests.doors.test_cli import run
from tests.rooms.team import Team, make_team

TITLES = ("First trial of a lens", "Second trial of a lens", "Third trial of a lens")


@pytest.fixture
def team(tmp_path: Path) -> Team:
    made = make_team(tmp_path / "team")
    search = made.search()
    for title in TITLES:
        made.article(search, title, year=2020)
    return made


def test_all_records_are_written_in_the_order_in_which_they_came(team: Team) -> None:
    file = team.folder / "all.ris"
    code, out, _ = run("records", "--export", file, "--format", "ris", "--project", team.folder)
    assert code == 0 and f"3 records written to {file} as RIS." in out
    assert [one.brief_title for one in read_bytes(file.read_bytes()).records] == list(TITLES)
    team.ledger.close()


def test_a_duplicate_is_written_once_when_asked(team: Team) -> None:
    lead = team.lead
    first, second, _ = lead.studies.report_views()
    lead.studies.merge([first.id, second.id], reason="the same text")
    file = team.folder / "unique.csv"
    code, out, _ = run("records", "--export", file, "--format", "csv-raw", "--unique", "--project", team.folder)
    assert code == 0 and "2 records written" in out and TITLES[1] not in file.read_text(encoding="utf-8")
    team.ledger.close()


def test_some_records_are_written_by_their_ids_and_the_receipt_has_the_hash(team: Team) -> None:
    records = team.lead.records
    wanted = [view.id for view in records.views()][2:0:-1]
    made = records.export(team.folder / "two.json", format="csl-json", records=wanted)
    data = made.path.read_bytes()
    assert made.records == 2 and made.sha256 == hashlib.sha256(data).hexdigest()
    assert data.index(TITLES[1].encode()) < data.index(TITLES[2].encode())  # in their order here, however they were named
    with pytest.raises(NotFound, match="there is no record 'rec:nobody'"):
        records.export(team.folder / "none.ris", format="ris", records=["rec:nobody"])
    with pytest.raises(NotFound, match="the folder of .* is not there"):
        records.export(team.folder / "nowhere" / "all.ris", format="ris")
    with pytest.raises(InputRefused, match="'excel' is no format to export to"):
        records.export(team.folder / "all.xls", format="excel")
    assert not (team.folder / "none.ris").exists()
    team.ledger.close()


def given_back(team: Team, name: str, data: bytes) -> None:
    """The decisions of another program are taken in, though nothing but the notes says which record is meant."""
    file = team.folder / name
    file.write_bytes(data)
    receipt = team.lead.screening.import_decisions(file, stage="title_abstract")
    assert receipt.kept == receipt.read == len(TITLES), receipt.lines()
    assert {team.lead.screening.standing(one, "title_abstract").outcome for one in team.lead.studies.report_views()} == {"include"}


def test_decisions_made_in_rayyan_find_their_records_by_the_note(team: Team) -> None:
    made = team.lead.records.export(team.folder / "out.csv", format="csv-raw")
    rows = list(csv.DictReader(io.StringIO(made.path.read_text(encoding="utf-8"), newline="")))
    for n, row in enumerate(rows):
        votes = 'RAYYAN-INCLUSION: {"one"=>"Included", "another"=>"Included"}'
        row |= {"key": f"rayyan-{n}", "title": f"A title that somebody corrected, {n}", "doi": "", "notes": f"{row['notes']} | {votes}"}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    given_back(team, "rayyan.csv", out.getvalue().encode())
    team.ledger.close()


def test_decisions_made_on_ris_find_their_records_by_the_note(team: Team) -> None:
    text = team.lead.records.export(team.folder / "out.ris", format="ris").path.read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if not line.startswith(("TI  -", "ID  -"))]
    given_back(team, "back.ris", "\n".join(line.replace("ER  - ", "LB  - include\nER  - ") for line in lines).encode())
    team.ledger.close()


def test_decisions_made_in_asreview_find_their_records_by_their_column(team: Team) -> None:
    made = team.lead.records.export(team.folder / "out.csv", format="asreview")
    rows = list(csv.reader(io.StringIO(made.path.read_text(encoding="utf-8"), newline="")))
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["record_id", *rows[0], "asreview_label"], *([n, *row, 1] for n, row in enumerate(rows[1:]))])
    given_back(team, "asreview.csv", out.getvalue().encode())
    team.ledger.close()
