"""Appraisal per result and assessor: judged by the rules, overridden with a reason, refused for the wrong design, not assessed."""

from __future__ import annotations

import pytest

from review.errors import AnswerRefused, InputRefused
from tests.rooms.team import Team

LOW = {
    "1.1": "Y",
    "1.2": "Y",
    "1.3": "N",
    "2.1": "N",
    "2.2": "N",
    "2.6": "Y",
    "3.1": "Y",
    "4.1": "N",
    "4.2": "N",
    "4.3": "N",
    "5.1": "Y",
    "5.2": "N",
    "5.3": "N",
}
JBI = {str(n): "Y" for n in range(1, 11)}


@pytest.fixture
def study(team: Team) -> str:
    made = team.include(team.article(team.search(), "A randomised trial"), "included")
    for rv in team.both:
        rv.extraction.record(made, item="design", value="randomised-trial", quotation="randomly assigned", location="page 2")
    return made


def test_the_rules_propose_and_two_agree(team: Team, study: str) -> None:
    for rv in team.both:
        rv.bias.judge(study, tool="rob2-parallel", result="activity at week 24", effect="assignment", answers=LOW)
    one = team.nobody.bias.frame().iloc[0]
    assert (one["status"], one["overall"]) == ("agreed", "Low")
    assert set(one["domains"].values()) == {"Low"}


def test_an_override_says_why(team: Team, study: str) -> None:
    call = {"tool": "rob2-parallel", "result": "activity", "effect": "assignment", "answers": LOW, "judgements": {"D4": "Some concerns"}}
    with pytest.raises(InputRefused, match="the rules propose 'Low'"):
        team.r1.bias.judge(study, **call)  # type: ignore[arg-type]
    team.r1.bias.judge(study, **call, override={"D4": "Assessors met the patients."})  # type: ignore[arg-type]
    assert team.r1.bias.frame().iloc[0]["overall"] == "Some concerns"


def test_answers_that_the_tool_does_not_allow(team: Team, study: str) -> None:
    with pytest.raises(AnswerRefused, match="3.2"):
        team.r1.bias.judge(study, tool="rob2-parallel", result="activity", effect="assignment", answers={**LOW, "3.1": "N", "3.2": "NI"})


def test_a_tool_for_another_design_is_refused_with_the_right_one(team: Team, study: str) -> None:
    with pytest.raises(InputRefused, match="rob2-parallel"):
        team.r1.bias.judge(study, tool="jbi-case-series", result="activity", answers=JBI, judgements={"overall": "Include"})
    single = team.include(team.article(team.search("MEDLINE"), "A single-arm trial"), "included")
    for rv in team.both:
        rv.extraction.record(single, item="design", value="single-arm-trial", quotation="all patients received", location="page 2")
    with pytest.raises(InputRefused, match="jbi-case-series"):
        team.r1.bias.judge(single, tool="rob2-parallel", result="activity", effect="assignment", answers=LOW)
    team.r1.bias.judge(single, tool="jbi-case-series", result="activity", answers=JBI, judgements={"overall": "Include"})
    assert team.r1.bias.frame().iloc[-1]["overall"] == "Include"


def test_not_assessed_needs_a_reason_and_is_no_judgement(team: Team, study: str) -> None:
    with pytest.raises(InputRefused, match="needs its reason"):
        team.r1.bias.not_assessed(study, tool="rob2-parallel", reason="")
    for rv in team.both:
        rv.bias.not_assessed(study, tool="rob2-parallel", reason="No result in hand.")
    one = team.nobody.bias.frame().iloc[0]
    assert (one["status"], one["overall"]) == ("not assessed", None)


def test_two_who_differ_are_a_conflict_that_a_third_settles(team: Team, study: str) -> None:
    call = {"tool": "rob2-parallel", "result": "activity", "effect": "assignment"}
    team.r1.bias.judge(study, **call, answers=LOW)  # type: ignore[arg-type]
    team.r2.bias.judge(study, **call, answers={**LOW, "1.1": "N"})  # type: ignore[arg-type]
    assert team.nobody.bias.frame().iloc[0]["status"] == "conflict"
    assert team.nobody.bias.frame().iloc[0]["overall"] is None, "no side of a conflict is shown as the answer"
    levels = {"D1": "Some concerns", "D2": "Low", "D3": "Low", "D4": "Low", "D5": "Low"}
    team.lead.bias.resolve(study, **call, judgements=levels, reason="the sequence is not described")  # type: ignore[arg-type]
    one = team.nobody.bias.frame().iloc[0]
    assert (one["status"], one["overall"]) == ("consensus", "Some concerns")
