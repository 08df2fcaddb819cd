"""Searches in the words of PRISMA-S: what is recorded, counted, shown and refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from review.errors import InputRefused, NotAllowed, NotFound
from tests.reporting.evidence import texts
from tests.rooms.team import PLAN, Team, make_team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def embase(team: Team, **said: Any) -> str:
    return team.r1.searches.record("Embase", **{"kind": "database", "searched": "2026-01-05", "platform": "Ovid", **said})


def test_everything_that_was_said_is_in_the_frame_and_the_table(team: Team) -> None:
    file = team.folder / "strategy.txt"
    file.write_bytes("1 exp disease/\r\n2 drug*.ti,ab.\r\n3 1 and 2\r\n".encode("utf-16"))
    first = embase(team, strategy_file=file, hits=10)
    said = {
        "limits": "English", "limits_reason": "no means to translate", "filters": "a published one", "prior_work": "strategy of Doe 2019",
        "peer_review": "PRESS, by a librarian", "url": "https://ovidsp.ovid.com", "together_with": ["MEDLINE"], "note": "run twice",
        "update_of": first, "updating": "the same strategy, entries since the last run", "searched": "2026-02-05",
    }  # fmt: skip
    second = embase(team, **said)
    frame = team.nobody.searches.frame().set_index("search")
    assert frame.loc[first, "strategy"] == "1 exp disease/\n2 drug*.ti,ab.\n3 1 and 2"
    assert frame.loc[first, "strategy_file"] == "strategy.txt" and list(frame.run) == [1, 2]
    for field, value in said.items():
        assert frame.loc[second, field] == ("MEDLINE" if field == "together_with" else value)
    assert frame.loc[second, "by"] == "r1"
    table = team.nobody.tables.strategies()
    assert texts(table, "update_of")[1] == "the search of 5 Jan 2026"
    assert texts(table, "limits_reason")[1] == "no means to translate" and texts(table, "together_with")[1] == "MEDLINE"
    items = {row[0].text: " ".join(cell.text for cell in row) for row in team.nobody.tables.checklist("PRISMA-S").rows}
    for item in ("2", "11", "12"):  # what is recorded; what a report shows of it is judged by the rendered pages
        assert "Data available" in items[item] and "strategies in full" in items[item], items[item]


def test_hits_stand_beside_what_the_files_hold(team: Team) -> None:
    search = embase(team, hits=3)
    for n in range(2):
        team.r1.records.add(search, title=f"Trial {n}", authors=["Doe J"])
    alone = team.search("A website", "other", "website")
    row, other = team.nobody.searches.frame().itertuples()
    assert (row.search, row.hits, row.files, row.read) == (search, 3, 0, 2)
    assert (other.search, other.files, other.read) == (alone, 0, 0) and team.nobody.searches.frame().hits.isna().tolist() == [False, True]


def test_a_search_that_brought_something_is_not_taken_back(team: Team) -> None:
    search = embase(team)
    event = team.nobody.searches.one(search).event
    assert team.nobody.searches.frame().event.tolist() == [event]
    team.r1.records.add(search, title="Trial")
    with pytest.raises(NotAllowed, match="take back its imports first"):
        team.r1.searches.undo(event)
    team.r1.records.undo(team.r1.records.views()[0].event)
    team.r1.searches.undo(event)
    assert team.nobody.searches.frame().empty


REFUSED = [
    ({"kind": "databse"}, r"'databse' is no kind of source(.|\n)*database"),
    ({"kind": "other"}, "a source of kind 'other' says via what"),
    ({"via": "website"}, "a register or database does not"),
    ({"kind": "other", "via": "web"}, r"'web' is no way of finding(.|\n)*website"),
    ({"searched": "5 January"}, "'5 January' is not a date"),
    ({"searched": "2026-02-30"}, "'2026-02-30' is not a date"),
    ({"hits": -1}, "-1 is no number of hits"),
    ({"hits": True}, "True is no number of hits"),
    ({"hits": 12.5}, r"12\.5 is no number of hits"),
    ({"hits": "12"}, "'12' is no number of hits"),
    ({"url": "javascript:alert(1)"}, "is no address"),
    ({"url": "ovid"}, "'ovid' is no address"),
    ({"together_with": ["Embase"]}, "cannot be searched together with itself"),
    ({"together_with": ["MEDLINE"], "platform": None}, "only databases are searched together, and on one platform"),
    ({"update_of": "sea:none"}, "there is no search 'sea:none'"),
    ({"strategy": "a", "strategy_file": "b.txt"}, "a strategy was given twice"),
    ({"strategy_file": "nowhere.txt"}, r"nowhere\.txt cannot be read"),
]


@pytest.mark.parametrize(("said", "words"), REFUSED, ids=[str(said) for said, _ in REFUSED])
def test_nonsense_is_refused_in_words_and_nothing_is_written(team: Team, said: dict[str, Any], words: str) -> None:
    before = team.ledger.heads()
    with pytest.raises((InputRefused, NotFound), match=words):
        embase(team, **said)
    assert team.ledger.heads() == before


@pytest.mark.parametrize("source", ["", "  ", "Embase\nMEDLINE"])
def test_a_search_has_a_source_in_one_line(team: Team, source: str) -> None:
    with pytest.raises(InputRefused, match="a search names its source"):
        team.r1.searches.record(source, kind="database", searched="2026-01-05")


def test_one_source_has_one_spelling_and_one_kind(team: Team) -> None:
    embase(team)
    with pytest.raises(InputRefused, match=r"'EMBASE' is recorded as 'Embase' already(.|\n)*write 'Embase'"):
        team.search("EMBASE")
    with pytest.raises(InputRefused, match="recorded as a database before, and now as a register"):
        team.search("Embase", "register")
    assert team.search("Embase", "other", "citation")


def test_a_planned_source_is_searched_under_its_planned_name(tmp_path: Path) -> None:
    planned = '[[searches]]\nsource = "MEDLINE"\nkind = "database"\n[[searches]]\nsource = "Embase"\nkind = "database"\n'
    team = make_team(tmp_path / "planned", plan=PLAN + planned)
    with pytest.raises(InputRefused, match=r"review.toml(.|\n)*'medline' is planned as 'MEDLINE'(.|\n)*write 'MEDLINE'"):
        team.search("medline")
    assert team.search("MEDLINE") and team.search("Another source", "other", "website")
    missing = next(row for row in team.nobody.tables.checklist("PRISMA 2020").rows if row[0].text == "6")
    said = " ".join(cell.text for cell in missing)
    assert "not recorded as searched: Embase" in said and "MEDLINE" not in said
    team.ledger.close()


def test_a_source_that_was_recorded_before_its_plan_keeps_its_spelling(team: Team) -> None:
    team.search("medline")
    file = team.folder / "review.toml"
    file.write_text(file.read_text(encoding="utf-8") + '[[searches]]\nsource = "MEDLINE"\nkind = "database"\n', encoding="utf-8")
    team.lead.protocol.amend(reason="a source was added", results_known=False)
    assert team.search("medline")
    with pytest.raises(InputRefused, match="is recorded as 'medline' already"):
        team.search("MEDLINE")


def test_an_update_is_of_an_earlier_search_of_the_same_source(team: Team) -> None:
    late = embase(team, searched="2026-03-01")
    with pytest.raises(InputRefused, match=r"was run on 2026-03-01, after 2026-01-05"):
        embase(team, update_of=late)
    with pytest.raises(InputRefused, match="was a search of Embase"):
        team.r1.searches.record("MEDLINE", kind="database", searched="2026-04-01", update_of=late)


@pytest.mark.parametrize("data", [b"%PDF-1.7 ", b"PK\x03\x04abc", b"a\x00b", b"{\\rtf1 a}", b"", b" \n", b"x" * (1024 * 1024 + 1)])
def test_a_strategy_file_is_plain_text(team: Team, data: bytes) -> None:
    file = team.folder / "strategy.txt"
    file.write_bytes(data)
    with pytest.raises(InputRefused, match=r"no text file with a strategy|holds no strategy"):
        embase(team, strategy_file=file)
