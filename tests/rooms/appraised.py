"""A labelled fixture: a review of 6, 20 or 60 made-up trials, appraised by two assessors for two outcomes, through public names only.

Every trial is called 'Fixture trial 01' and so on; nothing in it is of a trial that exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.plans import criterion, plan
from tests.rooms.team import SCREENS, Team, make_team

TOOL, EFFECT, OUTCOMES = "rob2-parallel", "assignment", ("Activity", "Adverse events")
PLAN = plan(
    "Fixture: trials that do not exist",
    criterion("P1", "P", "People with the disease"),
    criterion("S1", "S", "An interventional study", ["full_text"]),
    people={"r1": SCREENS, "r2": SCREENS, "lead": ["lead"]},
    population="people with a disease",
    intervention="a drug",
    outcome=("o1", "Activity"),
) + '\n[[outcomes]]\nid = "o2"\nname = "Adverse events"\n'  # fmt: skip

# the answers of each domain that lead to each level
ANSWERS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "D1": {
        "Low": {"1.1": "Y", "1.2": "Y", "1.3": "N"},
        "Some concerns": {"1.1": "Y", "1.2": "NI", "1.3": "N"},
        "High": {"1.1": "Y", "1.2": "N", "1.3": "N"},
    },
    "D2": {
        "Low": {"2.1": "N", "2.2": "N", "2.6": "Y"},
        "Some concerns": {"2.1": "Y", "2.2": "Y", "2.3": "NI", "2.6": "Y"},
        "High": {"2.1": "Y", "2.2": "Y", "2.3": "N", "2.6": "N", "2.7": "Y"},
    },
    "D3": {
        "Low": {"3.1": "Y"},
        "Some concerns": {"3.1": "N", "3.2": "N", "3.3": "Y", "3.4": "N"},
        "High": {"3.1": "N", "3.2": "N", "3.3": "Y", "3.4": "Y"},
    },
    "D4": {
        "Low": {"4.1": "N", "4.2": "N", "4.3": "N"},
        "Some concerns": {"4.1": "N", "4.2": "N", "4.3": "Y", "4.4": "Y", "4.5": "N"},
        "High": {"4.1": "Y", "4.2": "N"},
    },
    "D5": {
        "Low": {"5.1": "Y", "5.2": "N", "5.3": "N"},
        "Some concerns": {"5.1": "NI", "5.2": "N", "5.3": "N"},
        "High": {"5.1": "Y", "5.2": "Y", "5.3": "N"},
    },
}
_PATTERN = ("Low", "Low", "Low", "Some concerns", "Low", "High", "Low", "Some concerns", "Low", "Low", "Some concerns")


def level_of(trial: int, domain: int, outcome: int = 0) -> str:
    """The level that a trial (from 1) is given in a domain (from 1): a fixed mixture."""
    return _PATTERN[(trial * 7 + domain * 3 + outcome * 5 + trial // 4) % len(_PATTERN)]


def answers_of(trial: int, outcome: int = 0) -> dict[str, str]:
    """The answers of all domains that lead to those levels."""
    found: dict[str, str] = {}
    for at, (_, levels) in enumerate(ANSWERS.items(), 1):
        found |= levels[level_of(trial, at, outcome)]
    return found


def name_of(trial: int) -> str:
    """What a trial is called."""
    return f"Fixture trial {trial:02}"


def include_trials(team: Team, n: int, *, design: str = "randomised-trial", names: Mapping[int, str] | None = None) -> list[str]:
    """*n* included trials of that design; returns the ids of their studies. names: the authors of trials to be called otherwise."""
    search = team.search()
    studies = []
    for trial in range(1, n + 1):
        # without an author a study is called by its title, with one by the author and the year
        authors = [f"{names[trial]}, A"] if names and trial in names else []
        record = team.r1.records.add(search, title=name_of(trial), authors=authors, year=2020, journal="A journal", identifiers=[])
        studies.append(team.include("rep:" + record.removeprefix("rec:"), "included"))
        for rv in team.both:
            rv.extraction.record(studies[-1], item="design", value=design, quotation="as designed", location="page 1")
    return studies


def judge_trials(team: Team, studies: list[str], *, outcomes: int = 2, unassessed: int = 1) -> None:
    """Both assessors judge every result of the first *outcomes* outcomes alike; the last *unassessed* trials are not assessed."""
    last = len(studies) - unassessed
    for trial, study in enumerate(studies, 1):
        for rv in team.both:
            if trial > last:
                rv.bias.not_assessed(study, tool=TOOL, reason="No result in hand.")
                continue
            for at, outcome in enumerate(OUTCOMES[:outcomes]):
                rv.bias.judge(study, tool=TOOL, result=outcome, effect=EFFECT, answers=answers_of(trial, at))


def make_appraised(folder: Path, n: int = 6, *, outcomes: int = 2, unassessed: int = 1, names: Mapping[int, str] | None = None) -> Team:
    """A review of *n* fixture trials in *folder*, appraised."""
    team = make_team(folder, plan=PLAN)
    judge_trials(team, include_trials(team, n, names=names), outcomes=outcomes, unassessed=unassessed)
    return team
