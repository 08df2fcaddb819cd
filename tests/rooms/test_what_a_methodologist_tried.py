"""Cases that a methodologist tried on purpose: links that come late, chains, undoing, mixed answers, updates."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import InputRefused, NotAllowed
from tests.rooms.team import PLAN, Team, broken, make_team

REGISTRATION = Path(__file__).parents[1] / "example" / "pages" / "ictrp_NCT05605665.txt"


def n(team: Team, box: str) -> int:
    flow = team.nobody.flow()
    assert broken(team) == []
    return flow.boxes[box].n


def test_a_registration_that_comes_later_takes_nothing_from_the_study(team: Team) -> None:
    article = team.article(team.search(), "An article of the trial", "10.1000/abc1", "NCT05605665", year=2024)
    study = team.include(article, "included")
    for rv in team.both:
        rv.extraction.record(study, item="participants", value="30", quotation="30 people", location="page 1")
        rv.bias.not_assessed(study, tool="jbi-case-series", reason="No result in hand.")
    team.lead.extraction.contact(study, whom="the authors", when="2026-01-10", asked="Ages?")
    team.lead.studies.register_checked(study, date="2026-01-11")
    team.r1.import_files([REGISTRATION], search=team.search("WHO ICTRP", "register"))
    views = team.nobody.studies.views()
    assert len(views) == 1 and len(views[0].reports) == 2, "the number in the article links it to the registration"
    assert n(team, "new_studies") == 1
    assert [c.item for c in team.nobody.extraction.cells(views[0]) if c.value == "30"] == ["participants"]
    assert len(team.nobody.bias.assessments(views[0])) == 1 and len(team.nobody.extraction.contacts(views[0])) == 1
    assert team.nobody.studies.register_check(views[0])["date"] == "2026-01-11"
    assert len(team.nobody.tables.characteristics(of="included").rows) == 1


def test_links_are_followed_to_their_end_and_a_circle_ends(team: Team) -> None:
    search = team.search()
    one, two, three = (team.article(search, f"Trial {w}") for w in ("one", "two", "three"))
    team.lead.studies.link(two, team.study(one), reason="the same trial")
    team.lead.studies.link(three, "stu:" + two.removeprefix("rep:"), reason="the same trial")
    assert [len(s.reports) for s in team.nobody.studies.views()] == [3]
    team.lead.studies.link(one, team.nobody.studies.views()[0].id, reason="to itself")
    assert [len(s.reports) for s in team.nobody.studies.views()] == [3]


def test_a_resolution_on_merged_reports_says_nothing_once_they_are_apart(team: Team) -> None:
    one, two = team.article(team.search(), "A trial", "10.1000/abc1"), team.article(team.search("MEDLINE"), "The trial", "10.1000/abc2")
    team.decide(one, "include", "include")
    team.decide(two, "exclude", "exclude")
    merge = team.lead.studies.merge([one, two], reason="the same")
    team.lead.screening.resolve(one, stage="title_abstract", decision="exclude", reason="P1")
    assert n(team, "records_excluded") == 1
    team.lead.studies.undo(merge)
    assert n(team, "records_passed") == 1 and n(team, "records_excluded") == 1


def test_a_late_change_clears_no_conflict_also_when_the_resolution_is_taken_back(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.decide(report, "include", "exclude")
    team.r2.screening.decide(report, stage="title_abstract", decision="include")
    resolution = team.lead.screening.resolve(report, stage="title_abstract", decision="exclude", reason="P1")
    team.lead.screening.undo(resolution)
    assert n(team, "records_waiting") == 1
    assert set(team.lead.screening.conflicts().iloc[0][["decision_first", "decision_second"]]) == {"include", "exclude"}


def test_nobody_agrees_with_themselves(team: Team) -> None:
    one, two = team.article(team.search(), "A trial", "10.1000/abc1"), team.article(team.search("MEDLINE"), "The trial", "10.1000/abc2")
    team.r1.screening.decide(one, stage="title_abstract", decision="include")
    team.r1.screening.decide(two, stage="title_abstract", decision="exclude", reason="P1")
    team.lead.studies.merge([one, two], reason="the same")
    team.r2.screening.decide(one, stage="title_abstract", decision="include")
    assert team.nobody.screening.reviewer_pairs("title_abstract") == [("r1", "r2")]


def test_taking_an_import_back_loses_no_record_that_another_file_holds(team: Team) -> None:
    search = team.search("WHO ICTRP", "register")
    team.r1.import_files([REGISTRATION], search=search)
    again = team.search("WHO ICTRP", "register")
    assert team.r1.import_files([REGISTRATION], search=again).files[0].sightings == 1
    first, second = team.r1.records.imports()
    with pytest.raises(NotAllowed, match="records came in with this search"):
        team.r1.searches.undo(next(s.event for s in team.r1.searches.views() if s.id == search))
    team.r1.records.undo(first.id)
    assert n(team, "register_results") == 1, "the other file holds it"
    team.r1.records.undo(second.id)
    assert n(team, "register_results") == 0


def test_who_is_unsure_alone_is_asked_again(tmp_path: Path) -> None:
    settings = '\n[settings]\nunsure = "conflict"\nreviewers_per_stage = { title_abstract = 1, full_text = 1 }\n'
    team = make_team(tmp_path, plan=PLAN + settings)
    report = team.article(team.search(), "A trial")
    team.r1.screening.decide(report, stage="title_abstract", decision="unsure")
    assert team.r1.screening.queue("title_abstract") == [report]


def test_a_stop_does_not_hold_up_what_somebody_had_begun(team: Team) -> None:
    one, two = team.article(team.search(), "A trial", "10.1000/abc1"), team.article(team.search("MEDLINE"), "The trial", "10.1000/abc2")
    team.r1.screening.decide(one, stage="title_abstract", decision="include")
    team.lead.screening.stop(rule="by hand", target_recall="0.95", note="enough")
    team.lead.studies.merge([one, two], reason="the same")
    team.r2.screening.decide(one, stage="title_abstract", decision="include")
    assert n(team, "records_passed") == 1


def test_a_lead_who_sees_all_is_no_second_extractor_or_assessor(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    with pytest.raises(NotAllowed, match="no role extractor"):
        team.lead.extraction.record(study, item="participants", value="3", quotation="3 people", location="page 1")
    with pytest.raises(NotAllowed, match="no role assessor"):
        team.lead.bias.not_assessed(study, tool="jbi-case-series", reason="no result")


def test_judgements_and_decision_go_together(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    with pytest.raises(InputRefused, match="not every criterion has been judged"):
        team.r1.screening.decide(report, stage="title_abstract", decision="include", judgements={"P1": "met"})
    with pytest.raises(InputRefused, match="P1 was judged met"):
        team.r1.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1", judgements={"P1": "met"})


def test_a_pilot_holds_its_own_reports_only(team: Team) -> None:
    search = team.search()
    inside, outside = team.article(search, "Inside"), team.article(search, "Outside")
    team.lead.screening.pilot([inside], round="1")
    with pytest.raises(NotAllowed, match="not in the pilot round"):
        team.r1.screening.decide(outside, stage="title_abstract", decision="include", round="1")
    with pytest.raises(InputRefused, match="already"):
        team.lead.screening.pilot([outside], round="1")


def test_assessed_by_one_and_not_by_the_other_is_a_conflict(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    for rv in team.both:
        rv.extraction.record(study, item="design", value="randomised-trial", quotation="at random", location="page 1")
    low = {"1.1": "Y", "1.2": "Y", "1.3": "N", "2.1": "N", "2.2": "N", "2.6": "Y", "3.1": "Y", "4.1": "N", "4.2": "N", "4.3": "N"}
    team.r1.bias.not_assessed(study, tool="rob2-parallel", result="activity", reason="no numbers")
    team.r2.bias.judge(
        study, tool="rob2-parallel", result="activity", effect="assignment", answers={**low, "5.1": "Y", "5.2": "N", "5.3": "N"}
    )
    assert list(team.nobody.bias.frame()["status"]) == ["conflict"]


def test_a_previous_study_that_is_now_excluded_leaves_the_total(tmp_path: Path) -> None:
    previous = '\n[previous]\nstudies = ["Smith 2015", "Jones 2016"]\nreports = ["Smith 2015 main", "Jones 2016 main"]\n'
    team = make_team(tmp_path, plan=PLAN + previous)
    report = team.article(team.search(), "A new report of an old study")
    team.include(report)
    team.lead.studies.link(report, "Smith 2015", reason="the same trial")
    assert (n(team, "total_studies"), n(team, "new_studies"), n(team, "total_reports")) == (2, 0, 3)
    for rv in team.both:
        rv.studies.classify("Smith 2015", "excluded", reason="retracted")
    assert n(team, "total_studies") == 1
    assert "Smith 2015" in team.nobody.flow().notes[-1]
