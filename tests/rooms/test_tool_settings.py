"""What a review sets for its appraisal tools, and the tools and the wording that it keeps in its own folder."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from review.bias import load_tool
from review.errors import InputRefused, ProtocolInvalid
from review.model.plan import read_plan
from tests.rooms.assessing import LOW, ROB, trial
from tests.rooms.team import PLAN, Team, make_team


def settled(appraisal: str) -> str:
    return f"{PLAN}\n[appraisal]\n{appraisal}\n"


def test_settings_reach_the_tool_and_what_is_told_of_it(tmp_path: Path) -> None:
    made = make_team(
        tmp_path / "review",
        plan=settled('tools = ["amstar-2"]\npartial_yes = "weakness"\ncritical_items = ["4"]\ngradings = ["good-fair-poor"]'),
    )
    tool = made.r1.bias.tool("amstar-2")
    answers = {question.id: "Y" for question in tool.questions()} | {"2": "PY", "4": "PY"}
    assert tool.overall({}, answers=answers).judgement == "Low"
    assert any("set by this review" in remark for remark in tool.remarks)
    assert made.r1.bias.tool("nos-cohort").gradings_on == ("good-fair-poor",)
    assert made.r1.bias.tool("rob2-parallel").settings == ()
    made.ledger.close()


def test_a_setting_that_no_tool_knows_is_refused_before_the_protocol_is_frozen(tmp_path: Path) -> None:
    made = make_team(
        tmp_path / "review", plan=settled('tools = ["amstar2"]\ncritical_items = ["17"]\ngradings = ["good-bad"]'), frozen=False
    )
    lacks = made.lead.protocol.lacks(made.lead.protocol.plan)
    assert [words.split(" that exists")[0] for words in lacks] == [
        "an appraisal tool 'amstar2'",
        "an item '17' in critical_items",
        "a grading 'good-bad'",
    ]
    assert "did you mean 'amstar-2'" in lacks[0]
    made.ledger.close()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('partial_yes = "maybe"', r"appraisal.partial_yes: 'maybe' is not accepted; accepted: 'no-weakness' or 'weakness'"),
        ('critical_item = ["4"]', r"appraisal.critical_item: unknown key; did you mean 'critical_items'"),
        ("critical_items = 4", r"appraisal.critical_items: "),
    ],
)
def test_a_mistake_under_appraisal_is_told_with_its_line(line: str, told: str) -> None:
    text = settled(line)
    at = text.splitlines().index(line) + 1
    with pytest.raises(ProtocolInvalid, match=rf"review.toml:{at}: {told}"):
        read_plan(text)


def test_a_file_dropped_into_the_folder_is_a_tool_of_the_review(team: Team) -> None:
    tools = team.folder / "tools"
    tools.mkdir()
    own = load_tool("generic").text.replace('id = "generic"', 'id = "our-form"').replace("template = true\n", "")
    (tools / "anything.toml").write_text(own, encoding="utf-8")
    study = trial(team)
    team.r1.bias.judge(study, tool="our-form", result="", answers={"1.1": "PY"}, judgements={"D1": "Low", "overall": "Low"})
    frame = team.r1.bias.frame()
    assert list(frame["tool"]) == ["our-form"]


def test_a_template_itself_assesses_nothing(team: Team) -> None:
    with pytest.raises(InputRefused, match="is a template, nothing is assessed with it"):
        team.r1.bias.judge(trial(team), tool="generic", result="", answers={"1.1": "PY"}, judgements={"D1": "Low", "overall": "Low"})


def test_the_official_wording_stays_out_of_the_ledger_and_what_is_taken_from_it(team: Team, tmp_path: Path) -> None:
    tools = team.folder / "tools"
    tools.mkdir()
    secret = "WORDING THAT MAY NOT BE PASSED ON"
    text = f'tool = "rob2-parallel"\nversion = "2019-08-22"\n[questions]\n"1.1" = "{secret}"\n'
    (tools / "rob2-parallel.wording.toml").write_text(text, encoding="utf-8")
    found = team.r1.bias.tool("rob2-parallel").official(tools)
    assert found is not None
    assert found.question("1.1") == secret
    study = trial(team)
    with pytest.raises(InputRefused, match="no answer was given"):
        team.r1.bias.judge(study, **ROB, answers={"1.1": "Y"})
    judged = team.r1.bias.judge(study, **ROB, answers=LOW)
    hashed = sha256(text.encode()).hexdigest()
    assert team.r1.bias.tool("rob2-parallel").wording_hash(tools) == hashed
    assert next(e for e in team.ledger.events() if e.id == judged).body["wording_hash"] == hashed
    team.ledger.close()
    for path in (team.folder / "data").rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


def test_robins_i_overall_is_raised_with_a_reason_and_never_lowered(team: Team) -> None:
    study = trial(team, "A cohort", "cohort")
    answers = {"1.1": "N", "2.1": "N", "2.4": "Y", "3.1": "Y", "3.2": "Y", "3.3": "N", "4.1": "N", "5.1": "Y", "5.2": "N", "5.3": "N"}
    answers |= {"6.1": "N", "6.2": "N", "6.3": "Y", "6.4": "N", "7.1": "N", "7.2": "N", "7.3": "N"}
    said = {
        "tool": "robins-i-2016",
        "result": "relapse",
        "effect": "assignment",
        "answers": answers,
        "preliminary": {"P1": "the trial", "P2": "age"},
    }
    levels = dict.fromkeys(["D1", "D2", "D3", "D4", "D5", "D6"], "Low") | {"D7": "Serious"}
    with pytest.raises(InputRefused, match="'Low' is no overall judgement here") as caught:
        team.r1.bias.judge(study, **said, judgements=levels | {"overall": "Low"}, override={"overall": "it does not matter"})
    assert caught.value.next_step == "a domain is at Serious: overall may be worse, never better"
    with pytest.raises(InputRefused, match="the rules propose 'Serious', not 'Critical'"):
        team.r1.bias.judge(study, **said, judgements=levels | {"overall": "Critical"})
    team.r1.bias.judge(study, **said, judgements=levels | {"overall": "Critical"}, override={"overall": "the choice was reported"})
    assert list(team.r1.bias.frame()["overall"]) == ["Critical"]
