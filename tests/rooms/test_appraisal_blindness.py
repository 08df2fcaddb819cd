"""No door shows one assessor what the other has begun or sent off before both have answered: frame, drafts, tables, traces, export,
conflicts, sides, agreement, what is due, status, differences between dates, command line and notebook."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from review import Review
from review.cli import app
from review.errors import NotAllowed
from tests.example.build import ROOT
from tests.rooms.assessing import LOW, ROB, both_judge, trial
from tests.rooms.team import PLAN, Team, make_team

SECRET = "xyzzy-plugh"


def say(rv: Review, study: str, **more: Any) -> str:
    """An assessment with the secret in every text of it."""
    return rv.bias.judge(
        study,
        **{**ROB, **more},
        answers={**LOW, "1.2": "N"},
        judgements={"D1": "Some concerns"},
        override={"D1": SECRET},
        support={"1.2": {"text": SECRET, "quotation": SECRET, "location": SECRET}},
        sources=[SECRET],
    )


@pytest.fixture(params=["sent", "draft"])
def secretive(team: Team, request: pytest.FixtureRequest) -> Team:
    """r1 has assessed a result, or has begun to; r2 has assessed another one of the study, and r1 not."""
    study = trial(team)
    say(team.r1, study, draft=request.param == "draft")
    return team


def doors(rv: Review) -> Iterator[tuple[str, str]]:
    """(name, text) of all that *rv* shows of appraisal."""
    for name in ("frame", "conflicts", "due"):
        yield name, getattr(rv.bias, name)().to_csv()
    yield "agreement", rv.bias.agreement("rob2-parallel").to_csv()
    for study in rv.studies.views():
        yield "assessments", repr(rv.bias.assessments(study))
        yield "drafts", repr(rv.bias.drafts(study))
        yield "own", repr(rv.bias.own(study))
    for name in ("not_assessed", "appraisal_process", "calibration"):
        table = getattr(rv.tables, name)()
        yield name, table.html() + repr(table)
    for name in ("assessed", "judgements", "support", "appraisal_agreement"):
        table = getattr(rv.tables, name)("rob2-parallel")
        yield name, table.html() + repr(table)
    yield "nice", repr(rv.tables.nice())
    yield "status", str(rv.status())
    yield "diff", str(rv.diff("2026-01-01", "2027-01-01"))


@pytest.mark.parametrize("who", ["r2", "nobody"])
def test_no_door_tells(secretive: Team, who: str) -> None:
    for name, shown in doors(getattr(secretive, who)):
        assert SECRET not in shown, name
        assert ROB["result"] not in shown, f"{name} tells that something was begun"


def test_the_doors_would_tell(team: Team) -> None:
    say(team.r1, trial(team))
    told = {name for name, shown in doors(team.r1) if SECRET in shown or ROB["result"] in shown}
    assert {"assessments", "own", "frame", "judgements", "support", "diff"} <= told


def test_nobody_but_its_assessor_sees_a_draft_and_nothing_counts_it(team: Team) -> None:
    study = trial(team)
    draft = say(team.r1, study, draft=True)
    team.r2.bias.judge(study, **ROB, answers=LOW)
    assert list(team.r1.bias.frame()["status"]) == ["draft"], "r2's assessment is open, and a draft is no answer"
    for rv in (team.r2, team.lead, team.nobody):
        assert SECRET not in rv.bias.frame().to_csv() + "".join(repr(rv.bias.drafts(s)) for s in rv.studies.views())
        assert not rv.bias.visible_event(team.ledger.event(draft))
    (begun,) = team.r1.bias.drafts(team.r1.studies.views()[0])
    assert (begun.status, begun.domains, begun.overall, begun.judgements) == ("draft", {}, None, {"D1": "Some concerns"})
    say(team.r1, study)
    assert not team.r1.bias.drafts(team.r1.studies.views()[0]), "what was sent off is a draft no longer"
    assert team.r2.bias.visible_event(team.ledger.event(draft))


def test_a_draft_may_lack_answers_and_keeps_those_that_are_asked_no_longer(team: Team) -> None:
    study = trial(team)
    team.r1.bias.judge(study, **ROB, answers={"2.1": "Y", "2.3": "Y"}, draft=True)
    team.r1.bias.judge(study, **ROB, answers={"2.1": "N", "2.2": "N", "2.3": "Y"}, draft=True)
    (begun,) = team.r1.bias.drafts(team.r1.studies.views()[0])
    assert (begun.answers, begun.aside) == ({"2.1": "N", "2.2": "N"}, {"2.3": "Y"})
    team.r1.bias.judge(study, **ROB, answers={**LOW, "2.3": "Y"})
    (sent,) = team.r1.bias.own(team.r1.studies.views()[0])
    assert sent.aside == {"2.3": "Y"}, "what the draft kept aside is no answer that was forbidden"


def test_export_is_refused_while_another_has_something_open(secretive: Team, tmp_path: Path) -> None:
    for rv in (secretive.r2, secretive.nobody):
        with pytest.raises(NotAllowed, match="open decisions of another reviewer"):
            rv.export(tmp_path / "out")
    secretive.r1.export(tmp_path / "own")
    secretive.lead.export(tmp_path / "whole")


def test_sides_are_refused_until_both_have_answered_and_name_nobody(team: Team) -> None:
    study = trial(team)
    say(team.r1, study)
    for rv in (team.r1, team.r2, team.lead, team.nobody):
        with pytest.raises(NotAllowed, match="not everybody due has answered"):
            rv.bias.sides(study, **ROB)
    team.r2.bias.judge(study, **ROB, answers=LOW)
    sides = team.r2.bias.sides(study, **ROB)
    assert {one.overall for one in sides} == {"Low", "Some concerns"}
    assert all(not one.events for one in sides)
    assert "r1" not in repr(sides).replace(SECRET, "") + team.r2.bias.conflicts().to_csv()


def test_what_is_due_tells_nothing_of_the_other(team: Team) -> None:
    study = trial(team)
    team.lead.bias.calibrate([study], tool="rob2-parallel", round="one")
    before = team.r2.bias.due().to_dict("records")
    say(team.r1, study)
    assert team.r2.bias.due().to_dict("records") == before
    assert [row["round"] for row in before] == ["one"]
    assert team.r1.bias.due().empty
    with pytest.raises(NotAllowed, match="is for a lead who does not assess"):
        team.r2.bias.due("r1")
    assert len(team.lead.bias.due("r2")) == 1


def test_a_lead_who_assesses_cannot_tell_whether_the_other_has_answered(tmp_path: Path) -> None:
    plan = PLAN.replace('roles = ["lead"]', 'roles = ["lead", "assessor"]') + '\n[[reviewers]]\nid = "s1"\nroles = ["screener"]\n'
    plan += '\n[appraisal]\ntools = ["rob2-parallel"]\n'
    team = make_team(tmp_path / "review", plan=plan)
    study = trial(team)

    dated = ("not_assessed", "nice", "appraisal_process")  # these say to anybody when the last event was, or that one is open somewhere

    def told() -> dict[str, str]:
        called = [["status"], ["list"], ["conflicts"], ["agreement", "--tool", "rob2-parallel"]]
        shown = [CliRunner().invoke(app, ["appraise", *one, "--project", str(team.folder), "--as", "lead"]) for one in called]
        assert [done.exit_code for done in shown] == [0, 0, 0, 0]
        return {name: text for name, text in doors(team.lead) if name not in dated} | {done.output: "" for done in shown}

    before = told()
    say(team.r1, study)
    assert told() == before
    with pytest.raises(NotAllowed, match="is for a lead who does not assess"):
        team.lead.bias.due("r1")
    done = CliRunner().invoke(app, ["appraise", "status", "--project", str(team.folder), "--as", "s1"])
    assert (done.exit_code, "Nothing waits for s1, who has no role assessor." in done.output) == (0, True)
    team.ledger.close()


def test_an_assessment_and_one_said_not_to_be_close_each_other_in_every_door(team: Team) -> None:
    study = trial(team)
    event = say(team.r1, study)
    team.r2.bias.not_assessed(study, tool="rob2-parallel", result=ROB["result"], reason="No number is given.")
    assert team.r2.bias.visible_event(team.ledger.event(event))
    assert not team.r2.bias.open_of_others()


@pytest.mark.parametrize("command", ["status", "list", "conflicts", "agreement --tool rob2-parallel"])
def test_no_command_tells(secretive: Team, command: str) -> None:
    for as_ in (["--as", "r2"], []):
        done = CliRunner().invoke(app, ["appraise", *command.split(), "--project", str(secretive.folder), *as_])
        assert done.exit_code == 0, done.exception
        assert SECRET not in done.output and ROB["result"] not in done.output


@pytest.mark.soak
@pytest.mark.parametrize("who", ["r2", "nobody"])
def test_no_page_tells(secretive: Team, who: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "notebooks", secretive.folder / "notebooks")
    getattr(secretive, who).report(["60_bias"], out=tmp_path, formats=["html"])[0].raise_if_failed()
    page = (tmp_path / "60_bias.html").read_text(encoding="utf-8")
    assert SECRET not in page and ROB["result"] not in page


def test_what_both_have_sent_off_is_open(team: Team) -> None:
    study = trial(team)
    both_judge(team, study)
    say(team.r1, study)
    assert SECRET in "".join(repr(team.nobody.bias.assessments(s)) for s in team.nobody.studies.views()) + repr(
        team.r2.bias.sides(study, **ROB)
    )
