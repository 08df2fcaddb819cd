"""What was judged is shown by the tool file that it was judged with, whatever a project does to the file afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from review.bias import load_tool
from review.errors import NotFound
from tests.reporting.evidence import texts
from tests.rooms.assessing import LOW, trial
from tests.rooms.team import Team

OURS = {"tool": "our-rob", "result": "Activity", "effect": "assignment"}


@pytest.fixture
def file(team: Team) -> Path:
    """The project's own copy of RoB 2."""
    (team.folder / "tools").mkdir()
    path = team.folder / "tools" / "our-rob.toml"
    path.write_text(load_tool("rob2-parallel").text.replace('id = "rob2-parallel"', 'id = "our-rob"'), encoding="utf-8")
    return path


def shown(team: Team) -> dict[str, Any]:
    """What every door shows of the judgements."""
    rv = team.nobody
    found = {name: rv.bias.frame()[name].tolist() for name in ("tool", "overall")}
    for name in ("assessed", "judgements", "support", "appraisal_agreement"):
        found[name] = getattr(rv.tables, name)("our-rob").text()
    found |= {name: getattr(rv.tables, name)().text() for name in ("not_assessed", "nice", "appraisal_process")}
    picture = rv.figures.traffic_light("our-rob")
    return found | {"picture": picture.svg, "words": picture.alt, "bars": rv.figures.bias_summary("our-rob").svg}


def change(file: Path, what: str) -> None:
    text = file.read_text(encoding="utf-8")
    if what == "removed":
        file.unlink()
    elif what == "renamed":
        file.write_text(text.replace('id = "our-rob"', 'id = "another"'), encoding="utf-8")
    elif what == "spoilt":
        file.write_text("id = ", encoding="utf-8")
    else:
        file.write_text(text.replace('label = "Low"', 'label = "Small"'), encoding="utf-8")


@pytest.mark.parametrize("what", ["removed", "renamed", "changed"])
def test_nothing_that_was_judged_is_shown_otherwise(team: Team, file: Path, what: str) -> None:
    study = trial(team)
    for rv in team.both:
        rv.bias.judge(study, **OURS, answers=LOW)
    before = shown(team)
    assert "Low" in before["assessed"] and "without a judgement" not in before["words"]
    change(file, what)
    assert shown(team) == before
    if what != "changed":
        with pytest.raises(NotFound, match="there is no appraisal tool 'our-rob'"):
            team.r1.bias.judge(study, **{**OURS, "result": "Another"}, answers=LOW)


def test_a_file_that_is_no_tool_any_more_spoils_nothing_that_was_judged(team: Team, file: Path) -> None:
    team.r1.bias.judge(trial(team), **OURS, answers=LOW)
    before = texts(team.r1.tables.assessed("our-rob"), "overall")
    change(file, "spoilt")
    assert texts(team.r1.tables.assessed("our-rob"), "overall") == before


def test_two_files_of_one_tool_share_a_table_and_a_picture(team: Team, file: Path) -> None:
    first, second = trial(team, "First trial"), trial(team, "Second trial")
    for rv in team.both:
        rv.bias.judge(first, **OURS, answers=LOW)
    change(file, "changed")
    for rv in team.both:
        rv.bias.judge(second, **OURS, answers=LOW)
    assert [one.split()[-1] for one in texts(team.nobody.tables.assessed("our-rob"), "overall")] == ["Low", "Small"]
    picture = team.nobody.figures.traffic_light("our-rob")
    assert "without a judgement" not in picture.alt and "without a judgement" not in " ".join(picture.table.notes)
    view = next(s for s in team.nobody.studies.views() if s.id == first)
    (one,) = team.nobody.bias.assessments(view)
    assert team.nobody.bias.tool_of(one).levels[0].label == "Low" and team.nobody.bias.tool_shown("our-rob").levels[0].label == "Small"
