"""Classifying studies: what waits for whom, blind to each other, by any name of the study, and sent twice is stored once."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import Review
from review.errors import InputRefused, NotAllowed, NotFound
from tests.rooms.team import Team, make_team


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return make_team(tmp_path)


def waits(rv: Review) -> list[str]:
    return [study.id for study in rv.studies.queue()]


def test_a_study_waits_once_a_report_of_it_is_included_at_full_text(team: Team) -> None:
    search = team.search()
    report = team.article(search, "Drug A in disease")
    team.article(search, "Another")
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved")
    team.r1.screening.decide(report, stage="full_text", decision="include")
    assert [waits(rv) for rv in (*team.both, team.lead, team.nobody)] == [[], [], [], []]
    team.r2.screening.decide(report, stage="full_text", decision="include")
    study = team.study(report)
    assert [waits(rv) for rv in (*team.both, team.lead, team.nobody)] == [[study], [study], [], [study]]
    assert team.lead.studies.due() == {"r1": 1, "r2": 1} and team.r1.studies.due() == {"r1": 1}


def test_another_open_classification_changes_nothing_that_one_sees(team: Team) -> None:
    study = team.include(team.article(team.search(), "Drug A in disease"))
    team.r1.studies.classify(study, "ongoing", reason="it recruits")
    assert waits(team.r1) == [] and waits(team.r2) == [study] and waits(team.nobody) == [study]
    assert team.r2.studies.due() == {"r2": 1} and team.lead.studies.due() == {"r1": 0, "r2": 1}
    view = team.r2.studies.queue()[0]
    assert team.r2.studies.panel(view).answers == () and team.r2.studies.history(view) == []
    team.r2.studies.classify(study, "included", reason="results are there")
    assert waits(team.r2) == waits(team.nobody) == [] and len(team.lead.studies.conflicts()) == 1
    team.lead.studies.resolve(study, "included", reason="results are there")
    assert team.lead.studies.final(view) == "included" and len(team.lead.studies.conflicts()) == 0


def test_what_is_taken_back_waits_again(team: Team) -> None:
    study = team.include(team.article(team.search(), "Drug A in disease"))
    event = team.r1.studies.classify(study, "ongoing", reason="it recruits")
    team.r1.studies.undo(event)
    assert waits(team.r1) == [study]


def test_a_conflict_whose_sides_were_taken_back_is_listed_with_what_is_left(team: Team) -> None:
    study = team.include(team.article(team.search(), "Drug A in disease"))
    first = team.r1.studies.classify(study, "ongoing", reason="it recruits")
    second = team.r2.studies.classify(study, "included", reason="results are there")
    for rv, event, left in ((team.r1, first, ("included", "results are there", "", "")), (team.r2, second, ("", "", "", ""))):
        rv.studies.undo(event)
        assert team.lead.studies.conflicts().iloc[0, 2:].tolist() == list(left)
        assert all("1 conflict of classification waits for a resolution" in one.status().lines for one in (*team.both, team.nobody))
    team.lead.studies.resolve(study, "included", reason="results are there")
    assert team.lead.studies.conflicts().empty


def test_sent_again_it_is_the_same_event(team: Team) -> None:
    study = team.include(team.article(team.search(), "Drug A in disease"))
    first = team.r1.studies.classify(study, "ongoing", reason="it recruits", token="key-press-1")
    assert team.r1.studies.classify(study, "ongoing", reason="it recruits", token="key-press-1") == first
    second = team.r1.studies.classify(study, "awaiting", reason="no age", token="key-press-2")
    assert team.r1.studies.classify(study, "awaiting", reason="no age", token="key-press-2") == second != first
    team.r2.studies.classify(study, "included", reason="results")
    ended = team.lead.studies.resolve(study, "included", reason="results", token="key-press-3")
    assert team.lead.studies.resolve(study, "included", reason="results", token="key-press-3") == ended
    checked = team.lead.studies.register_checked(study, date="2026-01-04", token="key-press-4")
    assert team.lead.studies.register_checked(study, date="2026-01-04", token="key-press-4") == checked
    [view] = team.lead.studies.views()
    assert [e.body["classification"] for e in team.lead.studies.history(view)] == ["ongoing", "awaiting", "included", "included"]


def test_a_study_is_named_by_its_label_its_id_or_a_report_of_it(team: Team) -> None:
    search = team.search()
    report, _ = team.article(search, "Drug A in disease"), team.article(search, "Drug B in disease", year=2021)
    study = team.study(report)
    team.lead.studies.register_checked("Doe 2020", date="2026-01-04", note=" as printed ")
    team.lead.studies.register_checked(report, date="2026-01-05")
    view = next(one for one in team.lead.studies.views() if one.id == study)
    assert (team.lead.studies.register_check(view) or {})["date"] == "2026-01-05"
    with pytest.raises(NotFound, match="there is no study 'Doe 2019'") as missing:
        team.lead.studies.register_checked("Doe 2019", date="2026-01-05")
    assert "'Doe 2021'" in missing.value.next_step, "it proposes labels, by which people know a study"


def test_a_report_of_two_studies_names_neither(team: Team) -> None:
    search = team.search()
    one, two, shared = (team.article(search, f"Drug {x} in disease", year=year) for x, year in (("A", 2019), ("B", 2020), ("C", 2021)))
    for report in (one, two):
        team.lead.studies.link(shared, team.study(report), reason="it tells of both")
    with pytest.raises(InputRefused, match="is of 2 studies") as refused:
        team.lead.studies.register_checked(shared, date="2026-01-05")
    assert "Doe 2019" in refused.value.expected and "Doe 2020" in refused.value.expected


def test_who_has_no_part_in_it_is_refused(team: Team) -> None:
    study = team.include(team.article(team.search(), "Drug A in disease"))
    with pytest.raises(NotAllowed, match="lead has no role screener"):
        team.lead.studies.classify(study, "included", reason="results")
    with pytest.raises(NotAllowed, match="nothing to resolve yet"):
        team.lead.studies.resolve(study, "included", reason="results")
