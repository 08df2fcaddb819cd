"""What a finished form adds up to: sums that stand in the table, ratings that no missing answer lets through, and what an overall
judgement may not say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reporting.evidence import column, texts
from tests.rooms.assessing import trial
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


def test_stars_are_summed_too(team: Team) -> None:
    form = team.r1.bias.tool("nos-cohort")
    facts = {fact.id: "20" if fact.kind == "number" else "age" for fact in form.preliminary if fact.required}
    both_sum(team, trial(team, design="cohort"), "nos-cohort", {q.id: _best(q) for q in form.questions()}, preliminary=facts)
    assert texts(team.nobody.tables.assessed("nos-cohort"), "score") == ["9 of 9 stars"]


def _best(question: Any) -> str:
    from review.bias.scores import points_of

    return str(max(question.options, key=lambda answer: points_of(question, answer, {})))
