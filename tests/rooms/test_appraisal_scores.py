"""What a finished form adds up to: sums that stand in the table, ratings that no missing answer lets through, and what an overall
judgement may not say."""

from __future__ import annotations

from typing import Any

import pytest

from review.errors import InputRefused
from tests.reporting.evidence import column, texts
from tests.rooms.assessing import JBI, LOW, ROB, trial
from tests.rooms.team import Team

STUDY = {"result": ""}


def both_sum(team: Team, study: str, tool: str, answers: dict[str, str], **more: Any) -> None:
    for rv in team.both:
        rv.bias.judge(study, tool=tool, **STUDY, answers=answers, **more)


@pytest.mark.parametrize(("compared", "items", "without", "said"), [
    ("Y", 12, "", "24 of 24 points"),
    ("N", 8, "", "16 of 16 points"),
    ("N", 8, "5", "no sum: no answer to 5"),
])  # fmt: skip
def test_the_sum_of_a_tool_that_sums_stands_in_the_table(team: Team, compared: str, items: int, without: str, said: str) -> None:
    answers = {str(n): "2" for n in range(1, items + 1) if str(n) != without}
    both_sum(team, trial(team, design="cohort"), "minors", answers, preliminary={"P1": compared})
    table = team.nobody.tables.assessed("minors")
    assert texts(table, "score") == [said]
    assert column(table, "score")[0].missing != "empty"


def test_what_is_not_asked_of_a_study_is_told_from_what_was_not_answered(team: Team) -> None:
    answers = {str(n): "2" for n in range(1, 9) if n != 5}
    both_sum(team, trial(team, design="cohort"), "minors", answers, preliminary={"P1": "N"})
    table = team.nobody.tables.assessed("minors")
    assert [column(table, str(n))[0].why for n in (9, 10, 11, 12)] == ["not asked of this study"] * 4
    assert column(table, "5")[0].why == "no answer was given"
    assert column(table, "overall")[0].why == "this tool has no judgement over all"


def test_stars_are_summed_too(team: Team) -> None:
    form = team.r1.bias.tool("nos-cohort")
    facts = {fact.id: "20" if fact.kind == "number" else "age" for fact in form.preliminary if fact.required}
    both_sum(team, trial(team, design="cohort"), "nos-cohort", {q.id: _best(q) for q in form.questions()}, preliminary=facts)
    assert texts(team.nobody.tables.assessed("nos-cohort"), "score") == ["9 of 9 stars"]


def test_nothing_is_rated_while_an_answer_is_missing(team: Team) -> None:
    study = trial(team, design="systematic-review")
    answers = {q.id: "Y" for q in team.r1.bias.tool("amstar-2").questions() if q.id not in ("2", "4")}
    given = {**STUDY, "tool": "amstar-2", "answers": answers, "judgements": {"overall": "High"}}
    with pytest.raises(InputRefused, match="no overall judgement while no answer stands to 2, 4"):
        team.r1.bias.judge(study, **given)
    team.r1.bias.judge(study, **given, draft=True)
    assert [form.status for form in team.r1.bias.drafts(team.r1.studies.views()[0])] == ["draft"]


def test_levels_alone_may_settle_a_rating_that_two_differ_on(team: Team) -> None:
    study = trial(team, design="systematic-review")
    every = {q.id: "Y" for q in team.r1.bias.tool("amstar-2").questions()}
    for rv, answer in zip(team.both, "YN", strict=True):
        rv.bias.judge(study, tool="amstar-2", **STUDY, answers={**every, "2": answer})
    team.lead.bias.resolve(study, tool="amstar-2", **STUDY, judgements={"overall": "Low"}, reason="no protocol was found")
    assert list(team.nobody.bias.frame()["overall"]) == ["Low"]


@pytest.mark.parametrize(("left_out", "said"), [("3", "judged with item 3 unanswered"), ("37", "judged with items 3, 7 unanswered")])
def test_a_checklist_judged_with_an_item_blank_says_so(team: Team, left_out: str, said: str) -> None:
    study = trial(team, design="case-series")
    answers = {name: answer for name, answer in JBI.items() if name not in left_out}
    both_sum(team, study, "jbi-case-series", answers, judgements={"overall": "Include"})
    assert list(team.nobody.bias.frame()["flag"]) == [said]
    assert said in team.nobody.tables.assessed("jbi-case-series").html()


def test_a_whole_checklist_carries_no_flag(team: Team) -> None:
    both_sum(team, trial(team, design="case-series"), "jbi-case-series", JBI, judgements={"overall": "Include"})
    assert list(team.nobody.bias.frame()["flag"]) == [""]


def test_overall_may_be_worse_than_every_domain_and_never_better_than_one(team: Team) -> None:
    study, why = trial(team), {"overall": "it hardly matters here"}
    some = {**LOW, "1.2": "NI"}
    with pytest.raises(InputRefused, match="a domain is at Some concerns: overall may be worse, never better"):
        team.r1.bias.judge(study, **ROB, answers=some, judgements={"overall": "Low"}, override=why)
    with pytest.raises(InputRefused, match="the rules propose 'Some concerns', not 'High'"):
        team.r1.bias.judge(study, **ROB, answers=some, judgements={"overall": "High"})
    team.r1.bias.judge(study, **ROB, answers=some, judgements={"overall": "High"}, override=why)
    assert list(team.r1.bias.frame()["overall"]) == ["High"]


def _best(question: Any) -> str:
    from review.bias.scores import points_of

    return str(max(question.options, key=lambda answer: points_of(question, answer, {})))
