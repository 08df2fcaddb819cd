"""`review records` and the verb behind it: which records are written, what is said, what is refused."""

from __future__ import annotations

import hashlib
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
