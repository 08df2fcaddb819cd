"""What stands behind a judgement that people make: their words, an answer, the reason of a consensus, or nothing, which is said."""

from __future__ import annotations

from typing import Any

import pytest

from review.errors import AnswerRefused
from tests.reporting.evidence import column, texts
from tests.rooms.assessing import LOW, ROB, both_judge, trial
from tests.rooms.team import Team

QUADAS: dict[str, Any] = {"tool": "quadas-2", "result": ""}
WORDS = {"text": "Two readers, blind.", "quotation": "read independently", "location": "page 4"}


def levels(team: Team) -> dict[str, str]:
    return dict.fromkeys(team.r1.bias.tool("quadas-2").judged(), "Low")


def test_a_judgement_of_people_has_its_words_and_one_without_says_so(team: Team) -> None:
    study = trial(team, design="diagnostic-accuracy")
    given = {"judgements": levels(team), "preliminary": {"P1": "N", "P2": "a test"}}
    for rv in team.both:
        rv.bias.judge(study, **QUADAS, **given, answers={"1.1": "Y"}, support={"D3": WORDS, "D2 applicability": "as planned"})
    table = team.nobody.tables.judgements("quadas-2")
    why = dict(zip(texts(table, "domain"), column(table, "why"), strict=True))
    of = {name: next(cell for label, cell in why.items() if label == name or label.split(" ")[0] == name) for name in ("D1", "D3", "D4")}
    assert (of["D1"].missing, of["D4"].text) == ("empty", "no reason given")
    assert of["D3"].text == "Two readers, blind.\n“read independently”\npage 4"
    assert "as planned" in [cell.text for cell in why.values()]
    bare = [cell.text for cell in why.values()].count("no reason given")
    assert f"No reason given, and no answer, behind {bare} of the 7 judgements." in table.notes
    trace = next(trace for key, trace in table.traces.items() if key.endswith("-D3") or "D3" in trace.label)
    assert any("Two readers, blind." in entry.what for entry in trace.entries)


def test_words_stand_behind_a_domain_or_a_question_that_there_is(team: Team) -> None:
    study = trial(team, design="diagnostic-accuracy")
    with pytest.raises(AnswerRefused, match="there is no question or domain 'D9'"):
        team.r1.bias.judge(study, **QUADAS, judgements=levels(team), support={"D9": "words"})


def test_what_the_rules_propose_needs_no_reason(team: Team) -> None:
    both_judge(team, trial(team))
    table = team.nobody.tables.judgements("rob2-parallel")
    assert "no reason given" not in table.html()


def test_a_consensus_by_levels_alone_says_so_once(team: Team) -> None:
    for title in ("One", "Two"):
        study = trial(team, title)
        both_judge(team, study, LOW, {**LOW, "1.2": "N"})
        low = {name: "Low" for name in ("D1", "D2", "D3", "D4", "D5")}
        team.lead.bias.resolve(study, **ROB, judgements=low, reason="the list was sealed")
    assessed, judged = (getattr(team.nobody.tables, name)("rob2-parallel") for name in ("assessed", "judgements"))
    assert assessed.text().count("settled by level alone") == 1
    assert "settled by level alone: the list was sealed" in texts(judged, "why")


def test_a_consensus_with_answers_is_not_by_level_alone(team: Team) -> None:
    study = trial(team)
    both_judge(team, study, LOW, {**LOW, "1.2": "N"})
    team.lead.bias.resolve(study, **ROB, answers=LOW, reason="the list was sealed")
    assert "by level alone" not in team.nobody.tables.assessed("rob2-parallel").html()
