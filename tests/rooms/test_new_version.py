"""A new version of a review: what of the previous one is excluded now leaves the totals, and the notes say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import Review
from tests.rooms.team import PLAN, Team, broken, make_team

OLD = "Old 2015"


def updated(folder: Path, reports: str) -> tuple[Team, str]:
    """A review of a previous version with one study, and a record; *reports* names what the plan calls its reports."""
    team = make_team(folder, frozen=False)
    report = team.article(team.search(), "Trial 1")
    plan = PLAN + f'\n[previous]\nstudies = ["{OLD}"]\nreports = [{reports.format(report=report)}]\n'
    (folder / "review.toml").write_text(plan, encoding="utf-8")
    team.lead, team.nobody = (Review.open(folder, reviewer=name, ledger=team.ledger) for name in ("lead", None))
    team.r1, team.r2 = (Review.open(folder, reviewer=name, ledger=team.ledger) for name in ("r1", "r2"))
    team.lead.protocol.freeze()
    return team, report


def test_a_report_known_by_its_id_leaves_the_total_when_it_is_excluded_now(tmp_path: Path) -> None:
    team, report = updated(tmp_path, '"{report}", "an abstract"')
    assert team.nobody.flow().ids("total_reports") == {report, "an abstract"}
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved")
    team.decide(report, "exclude", "exclude", stage="full_text")
    flow = team.nobody.flow()
    assert flow.ids("total_reports") == {"an abstract"} and flow.ids("total_studies") == {OLD} and flow.previous_excluded == (report,)
    assert any(report in note for note in flow.notes) and broken(team) == []
    team.ledger.close()


def test_a_study_excluded_now_leaves_the_total_with_its_report(tmp_path: Path) -> None:
    team, report = updated(tmp_path, '"{report}"')
    team.lead.studies.link(report, OLD, reason="the same trial")
    assert team.nobody.flow().ids("total_reports") == {report}
    for rv in team.both:
        rv.studies.classify(OLD, "excluded", reason="not randomised after all")
    flow = team.nobody.flow()
    assert flow.ids("total_studies") == flow.ids("total_reports") == frozenset() and broken(team) == []
    assert set(flow.previous_excluded) == {OLD, report} and not any("still counted" in note for note in flow.notes)
    team.ledger.close()


@pytest.mark.parametrize(("now", "words"), [("awaiting", "awaiting classification"), ("ongoing", "ongoing")])
def test_a_study_that_is_open_again_stays_in_the_total_and_it_is_said(tmp_path: Path, now: str, words: str) -> None:
    team, report = updated(tmp_path, '"{report}"')
    team.lead.studies.link(report, OLD, reason="the same trial")
    team.include(report, now)
    new = team.include(team.article(team.search("MEDLINE"), "Trial 2"), "included")
    flow = team.nobody.flow()
    assert flow.ids("total_studies") == {OLD, new} and flow.ids(f"dbr_{now}") == {report} and broken(team) == []
    assert [note for note in flow.notes if f"now {words}" in note and OLD in note]
    numbers = {row[0].text: row[1].text for row in team.nobody.tables.summary().rows if "tudies" in row[0].text}
    assert numbers == {
        "New studies included": "1", "Studies ongoing": "0", "Studies awaiting classification": "0",
        "Studies of the previous version, still included": "0", f"Studies of the previous version, now {words}": "1",
    }  # fmt: skip
    team.ledger.close()


def test_what_became_of_the_previous_studies_is_counted_once(tmp_path: Path) -> None:
    team, report = updated(tmp_path, '"{report}"')
    team.lead.studies.link(report, OLD, reason="the same trial")
    said = {row[0].text: row[1].text for row in team.nobody.tables.summary().rows}
    assert said["Studies of the previous version, still included"] == "1" and not [one for one in said if "now" in one]
    for rv in team.both:
        rv.studies.classify(OLD, "excluded", reason="not randomised after all")
    said = {row[0].text: row[1].text for row in team.nobody.tables.summary().rows}
    assert (said["Studies of the previous version, still included"], said["Studies of the previous version, now excluded"]) == ("0", "1")
    team.ledger.close()


def test_reports_that_are_not_known_here_are_still_counted_and_it_is_said(tmp_path: Path) -> None:
    team, report = updated(tmp_path, '"Old 2015, main report"')
    team.lead.studies.link(report, OLD, reason="the same trial")
    for rv in team.both:
        rv.studies.classify(OLD, "excluded", reason="not randomised after all")
    flow = team.nobody.flow()
    assert flow.ids("total_reports") == {"Old 2015, main report"} and flow.previous_excluded == (OLD,)
    assert any("still counted" in note and OLD in note for note in flow.notes) and broken(team) == []
    team.ledger.close()


def test_what_both_lanes_found_is_noted(tmp_path: Path) -> None:
    team = make_team(tmp_path)
    team.article(team.search(), "Trial 1", "10.1000/abc1")
    team.article(team.search("A website", "other", "website"), "Trial 1", "10.1000/abc1")
    flow = team.nobody.flow()
    assert flow.boxes["other_duplicates"].n == 1 and flow.boxes["other_sought_reports"].n == 0
    assert any("not sought again" in note and "1 record" in note for note in flow.notes) and broken(team) == []
    team.ledger.close()
