"""When two assessors speak of one result: capitals and blanks apart, of the study as a whole, and of results that the other has not named.
What meets is shown and settled; what does not is told to the lead by name, and to an assessor as a study that waits."""

from __future__ import annotations

import pytest

from review.errors import NotAllowed
from review.reporting.checklist import checklist
from tests.rooms.assessing import JBI, LOW, ROB, both_judge, trial
from tests.rooms.team import Team

TOOL = {"tool": "rob2-parallel"}


@pytest.mark.parametrize("other", ["ACTIVITY at week 24", " activity\u00a0 at week 24 ", "Activity At Week 24"])
def test_capitals_and_blanks_tell_no_results_apart(team: Team, other: str) -> None:
    study = trial(team)
    team.r1.bias.judge(study, **ROB, answers=LOW)
    team.r2.bias.judge(study, **{**ROB, "result": other}, answers=LOW)
    assert [(row.result, row.status) for row in team.nobody.bias.frame().itertuples()] == [("activity at week 24", "agreed")]
    assert team.r2.bias.sides(study, **{**ROB, "result": "ACTIVITY AT WEEK 24"})


def test_until_both_have_answered_each_reads_their_own_words(team: Team) -> None:
    study = trial(team)
    team.r1.bias.judge(study, **ROB, answers=LOW)
    team.r2.bias.judge(study, **{**ROB, "result": "Activity At Week 24"}, draft=True)
    assert [one.result for s in team.r2.studies.views() for one in team.r2.bias.drafts(s)] == ["Activity At Week 24"]
    assert ROB["result"] not in team.r2.bias.frame().to_csv()


def test_the_same_result_in_other_capitals_replaces_ones_own(team: Team) -> None:
    study = trial(team)
    team.r1.bias.judge(study, **ROB, answers=LOW)
    team.r1.bias.judge(study, **{**ROB, "result": "ACTIVITY AT WEEK 24"}, answers={**LOW, "1.2": "N"})
    assert list(team.r1.bias.frame()["overall"]) == ["High"]


@pytest.mark.parametrize("first", ["said", "judged"])
def test_not_assessed_said_of_the_study_meets_the_others_results(team: Team, first: str) -> None:
    study = trial(team)
    say = lambda: team.r1.bias.not_assessed(study, **TOOL, reason="no result in hand")  # noqa: E731
    if first == "said":
        event = say()
    for result in ("Activity", "Death"):
        team.r2.bias.judge(study, **{**ROB, "result": result}, answers=LOW)
    if first == "judged":
        event = say()
    assert sorted(team.lead.bias.conflicts()["result"]) == ["Activity", "Death"]
    assert set(team.nobody.bias.frame()["status"]) == {"conflict"}
    assert team.r2.bias.visible_event(team.ledger.event(event))
    assert not team.r2.bias.open_of_others() and not team.nobody.bias.open_of_others()
    team.lead.bias.resolve(study, **{**ROB, "result": "activity"}, not_assessed=True, reason="the figure is of another trial")
    frame = team.nobody.bias.frame().set_index("result")["status"]
    assert dict(frame) == {"Activity": "not assessed", "Death": "conflict"}


def test_a_checklist_of_the_study_meets_its_not_assessed(team: Team) -> None:
    study = trial(team, design="case-series")
    team.r1.bias.not_assessed(study, tool="jbi-case-series", reason="the report is a letter")
    team.r2.bias.judge(study, tool="jbi-case-series", result="", answers=JBI, judgements={"overall": "Include"})
    assert len(team.lead.bias.conflicts()) == 1


def test_both_may_say_it_of_the_study_after_a_result_was_taken_back(team: Team) -> None:
    study = trial(team)
    team.r2.bias.undo(team.r2.bias.judge(study, **ROB, answers=LOW))
    for rv in team.both:
        rv.bias.not_assessed(study, **TOOL, reason="no result in hand")
    assert [(row.result, row.status) for row in team.nobody.bias.frame().itertuples()] == [(None, "not assessed")]


@pytest.mark.parametrize("other", [{"result": "disease activity"}, {"effect": "adhering"}])
def test_what_each_has_answered_alone_is_named_to_the_lead_and_to_nobody_else(team: Team, other: dict[str, str]) -> None:
    study = trial(team)
    team.r1.bias.judge(study, **ROB, answers=LOW)
    assert team.lead.bias.alone().empty, "the other has not begun: that is no more than waiting"
    adhering = {q: a for q, a in LOW.items() if q != "2.6"} | {"2.4": "N", "2.5": "N"}
    more = {"deviations": team.r2.bias.tool("rob2-parallel").deviations[:1]} if "effect" in other else {}
    team.r2.bias.judge(study, **{**ROB, **other}, answers=adhering if more else LOW, **more)
    assert list(team.lead.bias.alone()["assessor"]) == ["r1", "r2"]
    said = str(team.lead.status())
    assert "Answered by one alone at risk of bias: " in said and f"{ROB['result']} (r1); " in said
    for rv in (team.r1, team.r2, team.nobody):
        assert rv.bias.alone().empty
    assert ROB["result"] not in str(team.r2.status()) + str(team.nobody.status())


def test_a_study_waits_again_for_who_has_not_answered_what_another_has(team: Team) -> None:
    study = trial(team)
    team.lead.bias.calibrate([study], **TOOL, round="one")
    both_judge(team, study)
    assert team.r1.bias.due().empty and team.r2.bias.due().empty
    team.r1.bias.judge(study, **{**ROB, "result": "death"}, answers=LOW)
    waits = team.r2.bias.due()
    assert list(waits["study"]) == [study] and "death" not in waits.to_csv()
    assert team.r1.bias.due().empty
    with pytest.raises(NotAllowed, match="not everybody due has answered"):
        team.r2.bias.sides(study, **{**ROB, "result": "death"})
    team.r2.bias.judge(study, **{**ROB, "result": "Death"}, answers=LOW)
    assert team.r2.bias.due().empty


def test_the_checklist_denies_nothing_that_others_have_open(team: Team) -> None:
    study = trial(team)
    team.r1.bias.judge(study, **ROB, answers=LOW)
    team.r2.bias.judge(study, **{**ROB, "result": "death"}, answers=LOW)
    why = {line.item.item: line.why for line in checklist(team.nobody._rooms, {}).lines}
    assert "obody has assessed" not in why["11"] and "no included study has been assessed" not in why["18"]
