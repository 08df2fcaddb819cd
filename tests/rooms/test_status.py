"""`review status`: what waits in every room in the order of the work, and as the next step the first thing that this person has to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import Review
from tests.rooms.assessing import LOW, ROB
from tests.rooms.team import PLAN, Team, make_team

LED = "nothing waits for {}; the review waits for: {}"


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return make_team(tmp_path)


def nexts(team: Team) -> dict[str, str]:
    """The next step as each has it, without its ways where it is a piece of work."""
    found = {"r1": team.r1, "r2": team.r2, "lead": team.lead, "nobody": team.nobody}
    return {name: rv.status().next_step.split(": review desk")[0] for name, rv in found.items()}


def look_at_all(rv: Review, study: str) -> None:
    """Confirms what was pre-filled."""
    view = next(one for one in rv.studies.views() if one.id == study)
    for cell in rv.extraction.cells(view):
        if cell.state == "pre-filled":
            rv.extraction.confirm(cell.event)


def line(rv: Review, words: str) -> str:
    """The one line of the status that holds *words*; '' for none."""
    found = [one for one in rv.status().lines if words in one]
    assert len(found) < 2, found
    return found[0] if found else ""


def test_before_anything_is_read(tmp_path: Path) -> None:
    team = make_team(tmp_path, frozen=False)
    assert set(nexts(team).values()) == {"review freeze --as lead"}, "the lead is named"
    team.lead.protocol.freeze()
    assert "review import FILE --source NAME --kind … --searched DATE --as R" in team.nobody.status().next_step
    (team.folder / "review.toml").write_text(PLAN.replace("A review for tests", "Another title"), encoding="utf-8")
    assert "review amend --reason" in line(team.nobody, "differs from the version in force")


def test_the_report_comes_only_when_nothing_waits_for_anybody(team: Team) -> None:
    reports = [team.article(team.search(), f"Trial {n}") for n in range(7)]
    assert "screen: review desk --as R (R: r1 or r2), notebook 41_screen" in team.nobody.status().next_step.replace(
        " or notebook", ", notebook"
    )
    assert line(team.nobody, "at title and abstract") == "7 reports wait at title and abstract"
    assert nexts(team) == {
        "r1": "screen", "r2": "screen", "nobody": "screen", "lead": LED.format("lead", "r1 7, r2 7 at title and abstract"),
    }  # fmt: skip
    for report in reports:
        team.r1.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1")
    assert nexts(team)["r1"] == LED.format("r1", "others at title and abstract (7)"), "of others no name"
    assert nexts(team)["lead"] == LED.format("lead", "r2 7 at title and abstract")
    for report in reports[1:]:
        team.r2.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1")
    assert nexts(team)["nobody"] == "screen"
    team.r2.screening.decide(reports[0], stage="title_abstract", decision="include")
    assert nexts(team)["lead"] == "resolve the conflicts of screening"
    assert nexts(team)["r2"] == LED.format("r2", "1 conflict of screening for the lead")
    team.lead.screening.resolve(reports[0], stage="title_abstract", decision="exclude")
    assert set(nexts(team).values()) == {"review report"}


def test_a_pilot_round_comes_before_the_freeze_for_who_reads_it(tmp_path: Path) -> None:
    team = make_team(tmp_path, frozen=False)
    report = team.article(team.search(), "A trial")
    team.lead.screening.pilot([report], round="one")
    assert line(team.r1, "pilot round") == "1 wait for r1 in pilot round one"
    assert line(team.nobody, "pilot round") == "1 report waits in pilot round one" and line(team.lead, "pilot round") == ""
    assert nexts(team)["r1"] == "read pilot round one" and nexts(team)["lead"] == "review freeze --as lead"
    team.r1.screening.decide(report, stage="title_abstract", decision="include", round="one")
    assert nexts(team)["r1"] == "review freeze --as lead" and nexts(team)["r2"] == "read pilot round one"
    team.lead.protocol.freeze()
    assert nexts(team)["r2"] == "screen" and line(team.r2, "pilot round") == (
        "1 wait for r2 in pilot round one: notebook 41_screen with round = 'one'"
    ), "the desk offers the main screening by now"


def test_classification_waits_before_extraction(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"))
    assert line(team.r1, "classification") == "1 study waits for r1's classification"
    assert line(team.nobody, "classification") == "1 study waits for a classification"
    assert line(team.lead, "classification") == "Due at classification: r1 1, r2 1"
    assert nexts(team) == {
        "r1": "say what becomes of each study", "r2": "say what becomes of each study", "nobody": "say what becomes of each study",
        "lead": LED.format("lead", "r1 1, r2 1 at classification"),
    }  # fmt: skip
    assert "review studies due" in team.r1.status().next_step and "44_classify" in team.r1.status().next_step
    before = str(team.r2.status())
    team.r1.studies.classify(study, "ongoing", reason="it recruits")
    assert str(team.r2.status()) == before, "another's open classification changes nothing that one sees"
    team.r2.studies.classify(study, "included", reason="results")
    assert nexts(team)["lead"] == "resolve the conflicts of classification"
    team.lead.studies.resolve(study, "included", reason="results")
    assert nexts(team)["r1"] == nexts(team)["nobody"] == "extract"
    assert line(team.r1, "at extraction").startswith("1 study waits for r1 at extraction: 1 cell pre-filled and not looked at, ")
    assert nexts(team)["lead"] == LED.format("lead", "others at extraction (1)")


def test_what_was_extracted_by_one_waits_for_the_other_and_not_for_the_one(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    cell = {"item": "design", "quotation": "parallel", "location": "p. 1"}
    team.r1.extraction.record(study, value="randomised-trial", **cell)
    assert nexts(team)["r1"] == "extract", "what was pre-filled is not looked at"
    look_at_all(team.r1, study)
    assert nexts(team)["r1"] == LED.format("r1", "others at extraction (1)") and nexts(team)["r2"] == "extract"
    team.r2.extraction.record(study, value="cluster-randomised", **cell)
    assert nexts(team)["lead"] == "resolve the conflicts of extraction"
    look_at_all(team.r2, study)
    assert nexts(team)["r1"] == LED.format("r1", "1 conflict of extraction for the lead"), "and for no other extractor"


def test_appraisal_and_certainty_become_the_next_step(tmp_path: Path) -> None:
    planned = PLAN.replace('intervention = "a drug"\n', 'intervention = "a drug"\ncomparator = "placebo"\n')
    team = make_team(tmp_path, plan=planned + '\n[appraisal]\ntools = ["rob2-parallel"]\n')
    study = team.include(team.article(team.search(), "A trial"), "included")
    for rv in team.both:
        rv.extraction.record(study, item="design", value="randomised-trial", quotation="parallel", location="p. 1")
        look_at_all(rv, study)
    assert nexts(team)["r1"] == nexts(team)["r2"] == nexts(team)["nobody"] == "assess"
    assert nexts(team)["lead"] == LED.format("lead", "r1 1, r2 1 at risk of bias")
    for rv in team.both:
        rv.bias.judge(study, **ROB, answers=LOW)
    assert nexts(team) == {"r1": "grade", "r2": "grade", "nobody": "grade", "lead": LED.format("lead", "others at certainty (1)")}
    for rv in team.both:
        rv.certainty.not_graded("Activity", reason="one small trial")
    assert set(nexts(team).values()) == {"review report"}


def test_a_study_excluded_against_its_report_is_named(team: Team) -> None:
    team.include(team.article(team.search(), "A trial"), "excluded")
    assert "so that this report waits: Doe 2020" in line(team.nobody, "Classified as excluded")
