"""What changed between two dates: each room's changes with their facts, blindness kept, and the flow of the update."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from review import Review
from review.errors import InputRefused
from review.reporting.changes import Change, Changes
from tests.rooms.team import PLAN, Team, make_team

REGISTRATION = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT01234567", "briefTitle": "A registered trial"},
        "statusModule": {"overallStatus": "RECRUITING", "startDateStruct": {"date": "2025-01"}},
        "designModule": {"studyType": "INTERVENTIONAL", "enrollmentInfo": {"count": 40, "type": "ESTIMATED"}},
        "conditionsModule": {"conditions": ["A disease"]},
    }
}


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def now(team: Team) -> str:
    return str(team.ledger.last_at())


def of(changes: Changes, title: str) -> list[Change]:
    return [change for section in changes.sections if section.title == title for change in section.changes]


def registered(team: Team, tmp_path: Path, search: str, status: str, count: int) -> None:
    content = json.loads(json.dumps(REGISTRATION))
    content["protocolSection"]["statusModule"]["overallStatus"] = status
    content["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = count
    file = tmp_path / f"{status}.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    assert team.r1.import_files([file], search=search).ok


def test_a_registration_that_changed_says_which_fields(team: Team, tmp_path: Path) -> None:
    search = team.search("ClinicalTrials.gov", kind="register")
    registered(team, tmp_path, search, "RECRUITING", 40)
    before = now(team)
    registered(team, tmp_path, search, "COMPLETED", 38)
    found = team.nobody.diff(before, now(team))
    [change] = of(found, "Records")
    assert change.text == "new version: A registered trial (ClinicalTrials.gov)"
    assert {"overall_status: RECRUITING → COMPLETED", "enrollment.count: 40 → 38"} <= set(change.more)
    assert not any("lines" in line or line.startswith(("provenance", "problems")) for line in change.more)
    assert change.ids == (team.nobody.records.views()[0].id,)
    cells = {change.text for change in of(found, "Extraction")}
    assert not cells or all("→" in text for text in cells)


def test_a_changed_decision_names_both_and_its_fact(team: Team) -> None:
    report = team.article(team.search(), "Trial")
    for rv in team.both:
        rv.screening.decide(report, stage="title_abstract", decision="include")
    before = now(team)
    event = team.r1.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1", note="seen\x1b[2J\nagain")
    found = team.nobody.diff(before, now(team))
    [changed, outcome] = of(found, "Screening")
    assert changed.text == "changed to: include → exclude at title abstract: Trial" and changed.events == (event,)
    assert changed.lines[1:] == ["  reason: P1", "  note: seen\ufffd[2J again"]
    assert outcome.text == "outcome changed: include → waits again at title abstract: Trial"
    assert list(found) == [line for section in found.sections for change in section.changes for line in change.lines]
    assert str(found).startswith("Screening\n  changed to: ")


def test_an_amendment_a_search_and_what_was_taken_back(team: Team) -> None:
    search = team.search()
    team.article(search, "Trial")
    before = now(team)
    (team.folder / "review.toml").write_text(PLAN.replace("The drug is given", "The drug is given alone"), encoding="utf-8")
    team.lead.protocol.amend(reason="to be clear", results_known=True)
    team.search("Medline", hits=12)
    team.r1.records.undo(team.r1.records.views()[0].event)
    found = team.nobody.diff(before, now(team))
    [amended] = of(found, "Protocol")
    assert amended.text == "protocol amended to version 2: to be clear"
    assert "changed: criteria I1" in amended.more[0] and "results known" in amended.more[1]
    assert [c.text for c in of(found, "Searches")] == ["new search: Medline, searched 2026-01-05, 12 hits"]
    assert [c.text for c in of(found, "Records")] == ["record taken back: Trial (Embase)"]


def test_cells_and_judgements_of_bias_read_old_and_new(team: Team) -> None:
    study = team.include(team.article(team.search(), "Trial"), "included")
    where = {"quotation": "11 patients", "location": "p. 1"}
    for rv in team.both:
        rv.extraction.record(study, item="enrolled", value="11", **where)
        rv.bias.not_assessed(study, tool="rob2-parallel", reason="no result yet")
    before = now(team)
    for rv in team.both:
        rv.extraction.record(study, item="enrolled", value="12", **where)
    team.lead.extraction.contact(study, whom="the author", when="2026-01-05", asked="How many?")
    found = team.nobody.diff(before, now(team))
    cell, contact = of(found, "Extraction")
    assert cell.text == "Doe 2020, enrolled: 11 (extracted independently by two) → 12 (recorded by one, in conflict)"
    assert cell.ids == (study,) and len(cell.events) == 1
    assert contact.text.endswith("2026-01-05: How many?")
    first = team.nobody.diff("2026-01-04", before)
    assert [c.text for c in of(first, "Risk of bias")] == ["Doe 2020, rob2-parallel: nothing → no result yet (not assessed)"]
    assert "Doe 2020, classification: nothing → included" in list(first)


def test_nobody_is_shown_what_another_has_not_closed(team: Team) -> None:
    report = team.article(team.search(), "Trial")
    before = now(team)
    team.r1.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1", note="only r1 knows")

    def says(rv: Review) -> bool:
        return "only r1 knows" in str(rv.diff(before, now(team)))

    assert (says(team.r1), says(team.r2), says(team.nobody), says(team.lead)) == (True, False, False, True)


def test_the_flow_of_the_update_counts_what_was_included_as_the_previous_version(team: Team) -> None:
    first = team.search()
    old = team.include(team.article(first, "Old and included"), "included")
    team.decide(team.article(first, "Old and excluded"), "exclude", "exclude")
    waiting = team.article(first, "Old and waiting")
    before = now(team)
    second = team.search("Medline")
    new = team.include(team.article(second, "New and included"), "included")
    team.decide(waiting, "exclude", "exclude")
    team.decide(team.article(second, "New and excluded"), "exclude", "exclude")
    flow = team.nobody.diff(before, now(team)).flow
    assert flow.template == "upd_v1"
    assert flow.ids("previous_studies") == {old} and flow.ids("new_studies") == {new} and flow.ids("total_studies") == {old, new}
    assert {source: len(ids) for source, ids in flow.boxes["database_results"].by.items()} == {"Embase": 1, "Medline": 2}
    assert (flow.boxes["records_screened"].n, flow.boxes["records_excluded"].n, flow.boxes["new_reports"].n) == (3, 2, 1)
    assert [one for one in flow.identities() if not one[1]] == []
    assert "previous version" in flow.svg(links=False)


def test_what_is_found_again_of_a_settled_report_is_a_duplicate_and_in_no_box_after(team: Team) -> None:
    first = team.search()
    found = [team.article(first, f"Trial {n}", f"10.1000/trial{n}") for n in range(4)]
    team.include(found[0], "included")
    team.decide(found[1], "exclude", "exclude")
    team.decide(found[2], "include", "include")
    team.r1.screening.retrieve(found[2], "not_retrieved")
    before = now(team)
    second, site = team.search("MEDLINE"), team.search("A website", "other", "website")
    again = [team.article(second, f"Trial {n}", f"10.1000/trial{n}") for n in range(4)]
    elsewhere = team.article(site, "Trial 1", "10.1000/trial1")
    new = team.include(team.article(second, "New"), "included")
    assert sum(len(report.records) - 1 for report in team.r1.studies.report_views()) == 5
    flow = team.nobody.diff(before, now(team)).flow
    records = {report.replace("rep:", "rec:") for report in again}
    assert flow.ids("duplicates") == records and flow.ids("other_duplicates") == {elsewhere.replace("rep:", "rec:")}
    assert {source: len(ids) for source, ids in flow.boxes["database_results"].by.items()} == {"Embase": 1, "MEDLINE": 5}
    assert flow.boxes["records_screened"].n == 2 and flow.ids("records_waiting") == {found[3].replace("rep:", "rec:")}
    assert (flow.boxes["records_excluded"].n, flow.boxes["dbr_sought_reports"].n, flow.boxes["other_sought_reports"].n) == (0, 1, 0)
    assert flow.ids("new_studies") == {new} and flow.boxes["total_reports"].n == 2
    assert [one for one in flow.identities() if not one[1]] == []


def test_a_settled_report_found_in_the_other_lane_is_a_duplicate_too(team: Team) -> None:
    report = team.article(team.search("A website", "other", "website"), "Trial", "10.1000/trial")
    team.r1.screening.retrieve(report, "retrieved")
    team.decide(report, "include", "include", stage="full_text")
    for rv in team.both:
        rv.studies.classify(team.study(report), "included", reason="as it says")
    before = now(team)
    again = team.article(team.search(), "Trial", "10.1000/trial")
    team.decide(report, "include", "include")
    assert team.nobody.flow().ids("dbr_included_reports") == {report}
    flow = team.nobody.diff(before, now(team)).flow
    assert flow.ids("duplicates") == {again.replace("rep:", "rec:")} and flow.boxes["records_screened"].n == 0
    assert flow.ids("total_reports") == {report} and flow.boxes["new_reports"].n == 0
    assert [one for one in flow.identities() if not one[1]] == []


def test_an_old_report_that_reports_a_new_study_too_is_counted_again(team: Team) -> None:
    search = team.search()
    main, report = team.article(search, "Trial"), team.article(search, "Of two trials")
    old, new = team.include(main, "included"), team.include(team.article(search, "Another"))
    team.include(report)
    team.lead.studies.link(report, old, reason="it reports this one")
    before = now(team)
    team.lead.studies.link(report, new, reason="it reports both")
    for rv in team.both:
        rv.studies.classify(new, "included", reason="it has ended")
    flow = team.nobody.diff(before, now(team)).flow
    assert flow.ids("previous_studies") == {old} and flow.ids("new_studies") == {new} and report in flow.ids("new_reports")
    assert [one for one in flow.identities() if not one[1]] == []


def test_what_was_included_and_is_excluded_since_is_no_longer_in_the_total(team: Team) -> None:
    report = team.article(team.search(), "Included once")
    study = team.include(report, "included")
    before = now(team)
    team.r1.screening.decide(report, stage="full_text", decision="exclude", reason="S1")
    team.lead.screening.resolve(report, stage="full_text", decision="exclude", reason="S1", note="not a trial after all")
    team.r1.studies.classify(study, "excluded", reason="not a trial after all")
    team.lead.studies.resolve(study, "excluded", reason="not a trial after all")
    flow = team.nobody.diff(before, now(team)).flow
    assert study in flow.previous_excluded and flow.boxes["total_studies"].n == 0
    assert [one for one in flow.identities() if not one[1]] == []


def test_the_same_date_twice_has_no_changes(team: Team) -> None:
    team.article(team.search(), "Trial")
    found = team.nobody.diff(now(team), now(team))
    assert not found and list(found) == [] and str(found) == "Nothing changed."


def test_dates_that_cannot_be_compared_say_what_to_do(team: Team) -> None:
    team.article(team.search(), "Trial")
    with pytest.raises(
        InputRefused, match=r"2026-02-01 is after 2026-01-05\n  expected: the earlier date first\n  next: review diff 2026-01-05"
    ):
        team.nobody.diff("2026-02-01", "2026-01-05")
    with pytest.raises(InputRefused, match="'in May' is not a date"):
        team.nobody.diff("in May", "2026-01-05")
    with pytest.raises(InputRefused, match=r"the first entry is of 2026-01-05\.(.|\n)*next: give dates from 2026-01-05 on"):
        team.nobody.diff("2025-01-01", "2025-12-31")
    assert str(team.nobody.diff("2025-01-01", "2026-01-05")).startswith(
        "Nothing was recorded by 2025-01-01; the first entry is of 2026-01-05."
    )


def test_at_every_pair_of_moments_the_update_adds_up(team: Team) -> None:
    """Whatever happened in between: every identity of the flow of the update holds."""
    first = team.search()
    reports = [team.article(first, f"Trial {n}", f"10.1000/trial{n}") for n in range(4)]
    team.include(reports[0], "included")
    team.decide(reports[1], "include", "exclude")
    team.lead.screening.resolve(reports[1], stage="title_abstract", decision="include", note="it may be one")
    second = team.search("A website", kind="other", via="website")
    late = team.article(second, "Trial 0 again")
    team.r1.studies.merge([reports[0], late], reason="the same article")
    elsewhere = team.article(second, "Found elsewhere")
    team.r1.screening.retrieve(elsewhere, "retrieved")
    team.decide(elsewhere, "include", "include", stage="full_text")
    for rv in team.both:
        rv.studies.classify(team.study(elsewhere), "ongoing", reason="as it says")
    team.r1.screening.retrieve(reports[1], "not_retrieved")
    moments = [event.at for event in team.ledger.events()]
    for n, before in enumerate(moments[::3]):
        for after in moments[3 * n :: 5]:
            broken = [one for one in team.nobody.diff(before, after).flow.identities() if not one[1]]
            assert broken == [], (before, after)
