"""Odd input to the verbs of appraisal ends in the error tree, with what was expected; nothing of it is stored."""

from __future__ import annotations

from typing import Any

import pytest

from review.errors import AnswerRefused, InputRefused, ReviewError
from tests.rooms.assessing import LOW, ROB, both_judge, trial
from tests.rooms.team import Team


@pytest.mark.parametrize(("given", "error", "said"), [
    ({"result": None}, InputRefused, "None is no result(?s:.*)expected: the result in words"),
    ({"result": 24}, InputRefused, "24 is no result"),
    ({"answers": ["Y", "Y"]}, AnswerRefused, "a list was given(?s:.*)expected: {question id: answer code}"),
    ({"answers": "Y"}, AnswerRefused, "a str was given"),
    ({"answers": {"1.1": 1}}, AnswerRefused, "'1.1': 1 was given"),
    ({"answers": {1.1: "Y"}}, AnswerRefused, "1.1: 'Y' was given"),
    ({"judgements": {"D1": 3}}, InputRefused, "'D1': 3 was given(?s:.*)expected: {domain id or 'overall': level}"),
    ({"judgements": {"overall": ["Low"]}}, InputRefused, r"'overall': \['Low'\] was given"),
    ({"judgements": ["Low"]}, InputRefused, "a list was given"),
    ({"override": {"D1": 3}}, InputRefused, "'D1': 3 was given(?s:.*)a mapping of text"),
    ({"directions": "up"}, InputRefused, "a str was given"),
    ({"sources": "article"}, InputRefused, "'article' was given(?s:.*)a list of texts"),
    ({"sources": [1]}, InputRefused, "a list of texts"),
    ({"support": ["words"]}, InputRefused, "a list was given"),
    ({"support": {"1.1": 3}}, InputRefused, "3 was given(?s:.*)a text, or {text, quotation, location}"),
    ({"support": {"1.1": {"text": None}}}, InputRefused, "a text, or {text, quotation, location}"),
])  # fmt: skip
@pytest.mark.parametrize("draft", [False, True])
def test_odd_input_is_refused_with_what_was_expected(
    team: Team, given: dict[str, Any], error: type[ReviewError], said: str, draft: bool
) -> None:
    study = trial(team)
    with pytest.raises(error, match=said):
        team.r1.bias.judge(study, **{**ROB, "answers": LOW, **given}, draft=draft)
    assert team.r1.bias.frame().empty


def test_a_reason_is_text(team: Team) -> None:
    study = trial(team)
    for reason in (None, 3):
        with pytest.raises(InputRefused, match="is no reason(?s:.*)why it was not assessed, in words"):
            team.r1.bias.not_assessed(study, tool="rob2-parallel", reason=reason)  # type: ignore[arg-type]
    both_judge(team, study, LOW, {**LOW, "1.2": "N"})
    with pytest.raises(InputRefused, match="None is no reason"):
        team.lead.bias.resolve(study, **ROB, answers=LOW, reason=None)  # type: ignore[arg-type]


def test_what_is_none_was_not_given(team: Team) -> None:
    study = trial(team)
    given = {"answers": {**LOW, "2.3": None}, "judgements": {"D1": None}, "override": None, "support": None}
    team.r1.bias.judge(study, **ROB, **given)  # type: ignore[arg-type]
    assert list(team.r1.bias.frame()["overall"]) == ["Low"]


def test_a_weight_is_of_a_result_in_words_and_a_round_has_a_name_in_words(team: Team) -> None:
    study = trial(team)
    with pytest.raises(InputRefused, match="None is no result(?s:.*)expected: the result in words"):
        team.r1.bias.weigh(study, **{**ROB, "result": None}, weight=1, source="forest plot")  # type: ignore[arg-type]
    with pytest.raises(InputRefused, match="3 is no name of a round"):
        team.r1.bias.calibrate([study], tool="rob2-parallel", round=3)  # type: ignore[arg-type]
