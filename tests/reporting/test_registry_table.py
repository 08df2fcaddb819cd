"""Studies known from registrations alone: no anticipated date makes a study completed, and without a date nothing is said of the time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from review.reporting.table import Table
from tests.reporting.evidence import column, entry, register, texts
from tests.rooms.team import Team, make_team

AS_OF = "2026-03-02"


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def planned(number: str, status: str, **dates: str) -> dict[str, Any]:
    """An entry of which every date is anticipated, on a page of 1 February 2019."""
    made = entry(number, status=status, **dates)  # type: ignore[arg-type]
    module = made["protocolSection"]["statusModule"]
    for stated in module.values():
        if isinstance(stated, dict) and "type" in stated:
            stated["type"] = "ESTIMATED"
    module["lastUpdatePostDateStruct"] = {"date": "2019-02-01"}
    return made


def both(team: Team) -> tuple[Table, Table]:
    one, other = (team.nobody.tables.registry_only(of=of, as_of=AS_OF) for of in ("completed", "undetermined"))
    return one, other


@pytest.mark.parametrize("status", ["RECRUITING", "UNKNOWN", "ACTIVE_NOT_RECRUITING"])
def test_an_anticipated_date_that_passed_is_no_completion(team: Team, tmp_path: Path, status: str) -> None:
    register(team, tmp_path, planned("NCT00000201", status, primary="2019-06-01"))
    table, _ = both(team)
    assert table.title == "Studies known from registrations alone, by planned or actual completion"
    assert texts(table, "completion") == ["1 Jun 2019 (anticipated)"]
    assert [(c.text, c.flag) for c in column(table, "overdue")] == [("yes: due by 1 Jun 2020", "by an anticipated date")]
    assert texts(table, "status") == [f"{status} (page of 1 Feb 2019)"]
    assert "completed studies" not in table.html().casefold()


def test_an_actual_date_is_called_so_and_not_flagged(team: Team, tmp_path: Path) -> None:
    register(team, tmp_path, entry("NCT00000202", primary="2019-06-01"))
    table, _ = both(team)
    assert texts(table, "completion") == ["1 Jun 2019 (actual)"] and column(table, "overdue")[0].flag == ""
    assert texts(table, "status") == ["COMPLETED (page without a date)"]


def test_a_status_for_which_there_is_no_term_is_shown_as_printed(team: Team, tmp_path: Path) -> None:
    register(team, tmp_path, planned("NCT00000211", "Ongoing since spring", primary="2019-06-01"))
    table = both(team)[0]
    assert texts(table, "status") == ["Ongoing since spring (page of 1 Feb 2019)"]
    traced = table.traces[column(table, "status")[0].trace]
    assert [entry.quote.mark for entry in traced.entries if entry.quote] == ["Ongoing since spring"]


def test_a_completion_that_was_foreseen_has_both_flags(team: Team, tmp_path: Path) -> None:
    register(team, tmp_path, planned("NCT00000203", "RECRUITING", completion="2019-06-01"))
    assert column(both(team)[0], "overdue")[0].flag == "by completion; by an anticipated date"


@pytest.mark.parametrize("status", ["RECRUITING", "SUSPENDED", "NOT_YET_RECRUITING", "UNKNOWN", "COMPLETED", "TERMINATED"])
@pytest.mark.parametrize("classification", ["included", "ongoing"])
def test_without_a_date_it_cannot_be_determined_whatever_the_status(team: Team, tmp_path: Path, status: str, classification: str) -> None:
    register(team, tmp_path, entry("NCT00000204", status=status), classification=classification)
    table, apart = both(team)
    assert table.rows == () and "NCT00000204" not in table.html()
    assert texts(apart, "overdue") == ["cannot be determined: no date of completion is stated"]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (planned("NCT00000205", "RECRUITING", primary="2027-01"), "planned primary completion Jan 2027 lies after 2 Mar 2026"),
        (
            planned("NCT00000205", "RECRUITING", primary="2025-06-30"),
            "planned primary completion 30 Jun 2025 is less than twelve months before 2 Mar 2026",
        ),
        (
            planned("NCT00000205", "UNKNOWN", completion="2025-06"),
            "planned completion Jun 2025 is less than twelve months before 2 Mar 2026",
        ),
    ],
)
def test_what_is_not_due_yet_is_named_with_its_date(team: Team, tmp_path: Path, made: dict[str, Any], said: str) -> None:
    register(team, tmp_path, made)
    table, apart = both(team)
    assert table.rows == () == apart.rows
    assert f"Known from registrations alone, and not listed: {said}: NCT00000205." in table.notes
    assert table.empty == "Of no study known from registrations alone are results due, as far as this can be determined."


def test_what_the_review_has_as_ongoing_is_named_below(team: Team, tmp_path: Path) -> None:
    register(team, tmp_path, planned("NCT00000206", "RECRUITING", primary="2019-06-01"), classification="ongoing")
    register(team, tmp_path, entry("NCT00000207"), classification="awaiting")
    register(team, tmp_path, entry("NCT00000208", primary="2019-06-01"))
    table, apart = both(team)
    assert "Classified in this review as ongoing: NCT00000206." in table.notes
    assert "Classified in this review as awaiting classification: NCT00000207." in apart.notes


def test_a_review_without_a_fact_has_no_day_and_needs_none(tmp_path: Path) -> None:
    made = make_team(tmp_path / "review", frozen=False)
    assert made.nobody.tables.registry_only().empty == "No study of this review is known from registrations alone."
    made.ledger.close()
