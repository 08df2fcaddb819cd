"""A labelled fixture: a review of twelve made-up trials with counts, covariates and RoB 2 appraisals, through public names only.

Every trial is called 'Fixture trial' by its author, and nothing in it is of a trial that exists. Small trials have the larger effects.
"""

from __future__ import annotations

from pathlib import Path

from tests.rooms.appraised import ANSWERS, EFFECT, TOOL, answers_of
from tests.rooms.team import PLAN, Team, make_team

RELIEF, COVARIATES = "relief-drug", ("mean_age", "masking", "dose")
COMPARISON = f"""
[[comparisons]]
id = "{RELIEF}"
title = "Drug A versus placebo (fixture, made-up trials)"
outcome = "o1"
measure = "RR"
experimental = "Drug A"
control = "Placebo"
direction = "lower is better"
moderators = {list(COVARIATES)}
subgroup_by = "region"
"""
# events and people with the drug, with placebo; mean age (None: not extracted); masking
TRIALS = (
    (4, 40, 11, 41, 41, "double-blind"),
    (3, 25, 9, 26, 38, "open label"),
    (9, 80, 15, 78, 44, "double-blind"),
    (2, 30, 7, 31, 36, "open label"),
    (12, 110, 20, 108, 47, "double-blind"),
    (15, 160, 24, 158, 50, "double-blind"),
    (6, 55, 14, 57, 43, "open label"),
    (1, 18, 6, 19, 35, "open label"),
    (30, 300, 38, 305, 58, "double-blind"),
    (41, 420, 47, 417, 61, "double-blind"),
    (8, 66, 15, 64, 46, "open label"),
    (5, 48, 12, 50, None, "double-blind"),
)
UNASSESSED, LOWEST = 12, 10  # the trial that nobody appraised, and the one that was judged low throughout
NOWHERE, DISPUTED = (12,), 11  # of no region, and of one on which the extractors differ


def name_of(trial: int) -> str:
    """What a trial (from 1) is called."""
    return f"Fixture trial {trial:02} {2000 + trial}"


def answers(trial: int) -> dict[str, str]:
    """The answers of both assessors."""
    lowest = {key: answer for levels in ANSWERS.values() for key, answer in levels["Low"].items()}
    return lowest if trial == LOWEST else answers_of(trial)


def made_many(folder: Path, *, trials: int = len(TRIALS), more: str = "") -> Team:
    """The whole review: screened, extracted by two, appraised by two but for one trial. more: further lines of its comparison."""
    team = make_team(folder, plan=PLAN + COMPARISON + more)
    search = team.search()
    for trial, (a, n1, c, n2, age, masking) in enumerate(TRIALS[:trials], 1):
        record = team.r1.records.add(
            search, title=f"{name_of(trial)}: made up", authors=[f"Fixture trial {trial:02}, A"], year=2000 + trial, journal="A journal"
        )
        study = team.include("rep:" + record.removeprefix("rec:"), "included")
        for rv in team.both:
            for arm, events, n in (("Drug A", a, n1), ("Placebo", c, n2)):
                about = {"arm": arm, "outcome": "Activity", "quotation": f"{events} of {n} with {arm}", "location": "p. 1"}
                rv.extraction.record(study, item="events", value=str(events), **about)
                rv.extraction.record(study, item="n_analysed", value=str(n), **about)
            of = {"location": "p. 1", "quotation": f"{masking}, mean age {age}"}
            rv.extraction.record(study, item="masking", value=masking, **of)
            rv.extraction.record(study, item="design", value="randomised-trial", **of)
            region = "north" if trial < 6 else "south"
            if trial not in NOWHERE:
                rv.extraction.record(study, item="region", value="east" if trial == DISPUTED and rv is team.r2 else region, **of)
            if age is not None:
                rv.extraction.record(study, item="mean_age", value=str(age), unit="years", **of)
            if trial != UNASSESSED:
                rv.bias.judge(study, tool=TOOL, result="Activity", outcome="o1", effect=EFFECT, answers=answers(trial))
    return team
