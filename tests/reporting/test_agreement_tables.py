"""The tables of who read what, of pilots and of agreement: what they say, what they leave out, and that every value has its origin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review import Review
from review.reporting.table import Table
from tests.rooms.team import Team, make_team

STAGE = "title_abstract"


def texts(table: Table) -> list[list[str]]:
    return [[cell.why if cell.missing else cell.text for cell in row] for row in table.rows]


def led(table: Table) -> bool:
    """Whether every value leads to an origin with entries."""
    shown = [cell for row in table.rows for cell in row[1:] if cell.text and not cell.missing]
    return bool(shown) and all(cell.trace and table.traces[cell.trace].entries for cell in shown)


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A pilot of 31 in which the two differ on five, then a main screening of which a part is read by one."""
    team = make_team(tmp_path_factory.mktemp("agreed") / "review")
    search = team.search()
    reports = [team.article(search, f"Trial {n}") for n in range(34)]
    team.lead.screening.pilot(reports[:31], round="1")
    for n, report in enumerate(reports[:31]):
        for rv, met in ((team.r1, n % 3 != 0), (team.r2, n % 3 != 0 and n < 25)):
            rv.screening.decide(report, stage=STAGE, round="1", judgements={"P1": "met", "I1": "met" if met else "not_met"})
    team.lead.screening.allocate(STAGE, scheme="all", double_share=0.5, seed=2)
    for rv in team.both:
        for report in rv.screening.queue(STAGE)[1:]:
            rv.screening.decide(report, stage=STAGE, decision="include")
    yield team
    team.ledger.close()


def test_who_read_what_says_the_rule_and_counts_who_read(screened: Team) -> None:
    table = screened.nobody.tables.allocation()
    first, second = texts(table)
    assert first[1] == (
        "two readers for 50 % of the records, drawn by chance, and one for the rest, "
        "taken by chance in equal shares from all who screen (seed 2)"
    )
    views = screened.lead.studies.report_views()
    closed = [r for r in views if screened.nobody.screening.panel(r, STAGE).closed]
    twice = sum(screened.lead.screening.needed(r, STAGE) == 2 for r in closed)
    assert first[2:] == [str(twice), str(len(closed) - twice), str(34 - len(closed))] and 0 < twice < len(closed) < 34
    assert second[1:] == ["anybody who screens takes any report, until two have answered", "0", "0", "0"]
    assert "departure from dual screening" in table.notes[-1] and led(table)
    assert not any(name in repr(table) for name in ("r1", "r2"))


def test_without_a_rule_nothing_departs(team_alone: Review) -> None:
    table = team_alone.tables.allocation()
    assert texts(table)[0][1].startswith("anybody who screens") and table.notes == () and led(table)


@pytest.fixture
def team_alone(tmp_path: Path) -> Iterator[Review]:
    team = make_team(tmp_path / "review")
    yield team.nobody
    team.ledger.close()


def test_how_it_was_screened_says_that_a_part_was_read_by_one(screened: Team) -> None:
    rows = {row[0]: row[1] for row in texts(screened.nobody.tables.screening_process())}
    alone = sum(screened.lead.screening.needed(r, STAGE) == 1 for r in screened.lead.studies.report_views())
    assert rows["Reviewers due"] == f"2; one for {alone} of 34, by the lead's rule"
    assert "were read by one person alone, which departs from dual screening" in rows["Independence"]


def test_a_pilot_stands_apart_with_its_disagreements_on_each_criterion(screened: Team) -> None:
    table = screened.nobody.tables.pilots()
    found = {row[2]: row for row in texts(table)}
    assert list(found) == ["decisions", "P1: People with the disease", "I1: The drug is given"]
    assert [found[name][3:5] for name in found] == [["31", "4"], ["31", "0"], ["31", "4"]]
    assert found["P1: People with the disease"][5:] == ["1.00", "1.00 (0.89\u00a0to\u00a01.00)", *found["P1: People with the disease"][7:]]
    assert found["P1: People with the disease"][7].startswith("undefined"), "no bare kappa where nobody differs"
    assert found["decisions"][7].startswith("0.7") and led(table)
    differ = table.traces[table.rows[0][4].trace]
    assert len(differ.entries) == 8, "both decisions of each pair that differs"
    assert texts(screened.nobody.tables.agreement())[0][6] == "1.00" and screened.nobody.screening.agreement(STAGE).n < 31


def test_under_thirty_pairs_there_is_one_line_and_no_statistic(screened: Team) -> None:
    rows = texts(screened.nobody.tables.agreement())
    assert [row[2] for row in rows] == ["include, unsure, exclude", "unsure counted as include", "include, unsure, exclude"]
    assert all(row[3:6] == ["too few: under 30 pairs"] * 3 and row[-1] == "too few: under 30 pairs" for row in rows)


def test_with_thirty_pairs_kappa_stands_beside_prevalence_and_ac1(tmp_path: Path) -> None:
    team = make_team(tmp_path / "review")
    search = team.search()
    for n in range(30):
        team.decide(team.article(search, f"Trial {n}"), "include" if n < 6 else "exclude", "include" if 3 < n < 10 else "exclude")
    rows = texts(team.nobody.tables.agreement())
    names = [row[3] for row in rows if row[2] == "include, unsure, exclude" and row[0] == "title and abstract"]
    assert names == ["Cohen's kappa", "Cohen's kappa, quadratic weights", "Raw agreement", "PABAK", "Gwet's AC1", "Krippendorff's alpha"]
    assert {row[6] for row in rows[:-1]} == {"0.20"} and rows[0][4] < rows[4][4]
    assert led(team.nobody.tables.agreement())
    team.ledger.close()


def test_reading_alone_is_said_also_when_the_rule_is_gone_and_of_chance_only_where_chance_drew(team_of_two: Team) -> None:
    team = team_of_two
    reports = [team.article(team.search(), f"Trial {n}") for n in range(6)]
    for report in reports[:2]:
        team.decide(report, "exclude", "exclude")
    team.lead.screening.allocate(STAGE, scheme="all", double_share=0)
    for rv in team.both:
        for report in rv.screening.queue(STAGE):
            rv.screening.decide(report, stage=STAGE, decision="exclude", reason="P1")
    team.lead.screening.allocate(STAGE, scheme="all")
    note = team.nobody.tables.allocation().notes[-1]
    assert "4 of 6 records were read by one person alone: a departure from dual screening. Of the 2 that two read, 0 were drawn" in note
    assert "2026-01-05: two readers for 0 % of the records, drawn by chance" in note
    assert any(said.startswith("Read by one person alone at title and abstract") and said.endswith("two: 4.") for said in flow_notes(team))


def flow_notes(team: Team) -> tuple[str, ...]:
    return team.nobody.flow().notes


def test_imported_pairs_stand_on_lines_of_their_own(team_of_two: Team) -> None:
    team = team_of_two
    search = team.search()
    reports = [team.article(search, f"Trial {n}") for n in range(4)]
    rows = [f"{r},Trial {n},2020,exclude,{who}" for n, r in enumerate(reports[:3]) for who in ("A", "B")]
    file = team.folder / "votes.csv"
    file.write_text("\n".join(["id,title,year,decision,reviewer", *rows]), encoding="utf-8")
    team.lead.screening.import_decisions(file, stage=STAGE, as_="reviewers", reviewers={"A": "r1", "B": "r2"}, tool="Rayyan")
    table = team.nobody.tables.agreement()
    assert table.notes[-1].startswith("Imported answers stand on lines of their own"), "nothing is claimed of how these were given"
    team.decide(reports[3], "exclude", "exclude")
    table = team.nobody.tables.agreement()
    found = {row[1]: row[7] for row in texts(table) if row[0] == "title and abstract"}
    assert found == {"the two reviewers": "1", "the two reviewers, imported": "3"} and led(table)
    assert table.notes[-1].startswith("Each reviewer's last decision before both were known. Imported")


@pytest.fixture
def team_of_two(tmp_path: Path) -> Iterator[Team]:
    team = make_team(tmp_path / "review")
    yield team
    team.ledger.close()
