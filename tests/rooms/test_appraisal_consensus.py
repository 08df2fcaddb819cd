"""The consensus of two assessors with every tool that ships: answers of its own, with the facts that they rest on; never an empty one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from review.bias import load_tool, tool_names
from review.errors import AnswerRefused, InputRefused
from tests.rooms.assessing import LOW, ROB, both_judge, filled, trial
from tests.rooms.team import Team, make_team

FORMS = [(name, effect) for name in tool_names() if not load_tool(name).template for effect in load_tool(name).effects or (None,)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """One review for all tools; each has studies of its own."""
    made = make_team(tmp_path_factory.mktemp("consensus") / "review")
    yield made
    made.ledger.close()


@pytest.mark.parametrize(("name", "effect"), FORMS)
def test_every_tool_that_ships_has_a_consensus_with_answers(shared: Team, name: str, effect: str | None) -> None:
    tool = shared.r1.bias.tool(name)
    study = trial(shared, f"{name} {effect or ''}", "cohort" if tool.designs == ("any",) else tool.designs[0])
    form, place = filled(tool, effect), {"tool": name, "result": "activity", "effect": effect}
    shared.r1.bias.judge(study, **place, **form, deviations=tool.deviations_by_effect.get(effect or "", ())[:1])
    shared.r2.bias.not_assessed(study, tool=name, result="activity", reason="No numbers.")
    if form["preliminary"]:
        with pytest.raises(AnswerRefused, match="not given"):
            shared.lead.bias.resolve(study, **place, **{**form, "preliminary": {}}, reason="read again")
    with pytest.raises(InputRefused, match="neither answers nor judgements were given"):
        shared.lead.bias.resolve(study, **place, reason="read again")
    shared.lead.bias.resolve(study, **place, **form, reason="read again")
    view = next(s for s in shared.lead.studies.views() if s.id == study)
    (one,) = shared.nobody.bias.assessments(view)
    assert (one.status, dict(one.answers), dict(one.preliminary)) == ("consensus", form["answers"], form["preliminary"])


def test_a_fact_that_the_tool_does_not_have_is_refused_in_a_consensus_by_levels_too(team: Team) -> None:
    study = trial(team)
    both_judge(team, study, LOW, {**LOW, "1.2": "N"})
    levels = dict.fromkeys(("D1", "D2", "D3", "D4", "D5"), "Low")
    with pytest.raises(AnswerRefused, match="there is no preliminary fact 'P9'"):
        team.lead.bias.resolve(study, **ROB, judgements=levels, preliminary={"P9": "x"}, reason="so")
    team.lead.bias.resolve(study, **ROB, judgements=levels, preliminary={"P3": "mean 1.2"}, reason="so")
    assert list(team.nobody.bias.frame()["status"]) == ["consensus"]
