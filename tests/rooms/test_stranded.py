"""A decision at title and abstract that is taken back behind answers at full text: no report is lost, and everybody is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.screening.conflicts import Conflict
from tests.rooms.team import Team, broken, make_team

NOTE = "Decided on at full text and not among the reports assessed now"


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return make_team(tmp_path / "team")


def own(team: Team, report: str) -> str:
    """r1's live decision on *report* at title and abstract."""
    view = next(r for r in team.r1.studies.report_views() if r.id == report)
    return next(a.id for a in team.r1.screening.panel(view, "title_abstract").answers if a.actor == "r1")


def where(team: Team, report: str) -> set[str]:
    """The boxes from 'screened' on that hold the report or the record that stands for it."""
    record = report.replace("rep:", "rec:")
    return {name for name, box in team.nobody.flow().boxes.items() if {report, record} & set(box.ids) and name != "database_results"}


def test_a_report_whose_first_decision_was_undone_waits_and_is_named_until_it_passes_again(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.include(report, "included")
    assert team.nobody.screening.stranded() == [] and NOTE not in " ".join(team.nobody.flow().notes)
    undone = team.r1.screening.undo(own(team, report))
    assert where(team, report) == {"records_screened", "records_waiting"} and broken(team) == []
    assert team.nobody.screening.stranded() == [report]
    assert any(f"{NOTE}, because what came before was changed or taken back: 1." in note for note in team.nobody.flow().notes)
    assert "1 with answers at full text are not among those assessed now" in str(team.nobody.status())
    assert team.r1.screening.queue("title_abstract") == [report]
    team.r1.screening.undo(undone)
    assert team.nobody.screening.stranded() == [] and "new_studies" in {n for n, b in team.nobody.flow().boxes.items() if b.n}
    assert "dbr_included_reports" in where(team, report) and broken(team) == []
    team.ledger.close()


def test_so_is_one_that_a_changed_mind_or_a_resolution_took_out(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved")
    team.decide(report, "include", "exclude", stage="full_text")
    assert [one for one, _ in team.lead.screening.unresolved()] == [report]
    team.r2.screening.decide(report, stage="title_abstract", decision="exclude")
    assert team.lead.screening.unresolved() == [(report, "title_abstract")] and team.lead.screening.stranded() == [report]
    team.lead.screening.resolve(report, stage="title_abstract", decision="exclude", note="another disease")
    assert "records_excluded" in where(team, report) and broken(team) == []
    assert team.lead.screening.stranded() == [report] and isinstance(team.lead.screening.conflict(report, "full_text"), Conflict)
    team.ledger.close()


def test_a_pilot_and_other_methods_strand_nothing(team: Team) -> None:
    web = team.search("A site", "other", "website")
    report = team.article(web, "A page")
    team.r1.screening.retrieve(report, "retrieved")
    team.decide(report, "include", "include", stage="full_text")
    assert team.nobody.screening.stranded() == []
    team.ledger.close()
