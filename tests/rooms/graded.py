"""A labelled fixture of graded evidence for tests: two invented trials, nine outcomes, two assessors who agree. No number is of a study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from review.certainty import DOWN, Baseline, Effect, Threshold
from tests.plans import criterion, plan
from tests.rooms.team import SCREENS, Team, make_team

COMPARISON = "drug A versus placebo"
HOSTILE = '<script>alert("certainty")</script> & =1+1'
OUTCOMES = (
    ("o2", "Death", "12 months"),
    ("o3", "Serious infection", "12 months"),
    ("o4", "Fatigue, 0 to 100", "24 weeks"),
    ("o5", "Hospital days", "12 months"),
    ("o6", "Quality of life", "24 weeks"),
    ("o7", "Flare", "52 weeks"),
    ("o8", "Cost", "any"),
    ("o9", "Dry eyes", "any"),
)
PLAN = plan(
    "A fixture of graded evidence",
    criterion("P1", "P", "People with the disease"),
    criterion("I1", "I", "The drug is given"),
    people={"r1": SCREENS, "r2": SCREENS, "lead": ["lead"]},
    population="adults with a fixture disease",
    intervention="drug A",
    outcome=("o1", "Activity"),
).replace('intervention = "drug A"\n', 'intervention = "drug A"\ncomparator = "placebo"\nsetting = "two clinics"\n') + "".join(
    f'\n[[outcomes]]\nid = "{id}"\nname = "{name}"\ntime_frame = "{frame}"\n' for id, name, frame in OUTCOMES
)
NO_CONCERN = dict.fromkeys(DOWN, 0)
ACTIVITY: dict[str, Any] = {
    "start": "randomised",
    "ratings": {**NO_CONCERN, "imprecision": -1},
    "explanations": {"imprecision": f"few events {HOSTILE}"},
    "effect": Effect("RR", 0.45, 0.18, 1.13, "two trials, random effects"),
    "baseline": [Baseline(0.013, "low risk", "median of the trials"), Baseline(0.13, "high risk", "Fixture trial 2")],
    "participants": (120, 118),
    "studies": 2,
    "threshold": Threshold(5, 20, 50, "protocol"),
}
GRADINGS: dict[str, dict[str, Any]] = {
    "Activity": ACTIVITY,
    "Death": {
        "start": "randomised",
        "ratings": {**NO_CONCERN, "risk_of_bias": -1, "imprecision": -2},
        "explanations": {"risk_of_bias": "both trials were open", "imprecision": "few events"},
        "effect": Effect("OR", "0.8", "0.3", "2.1", "Fixture trial 1"),
        "baseline": Baseline("0.03", source="median of the trials"),
        "participants": 238,
        "studies": 2,
        "threshold": Threshold(5, source="protocol"),
    },
    "Serious infection": {
        "start": "non-randomised",
        "ratings": {**NO_CONCERN, "large_effect": 1},
        "explanations": {"large_effect": "above 2 in each cohort"},
        "effect": Effect("RR", 3.2, 2.1, 4.9, "one cohort"),
        "baseline": Baseline(0.02, source="a register"),
        "participants": (1000, 1200),
        "studies": 1,
        "importance": "important",
    },
    "Fatigue, 0 to 100": {
        "start": "randomised",
        "ratings": NO_CONCERN,
        "effect": Effect("MD", "-8.5", "-13", "-4", "two trials", unit="points"),
        "baseline": Baseline("48.2", source="median of the means"),
        "studies": 2,
        "threshold": Threshold(3, 6, 15, "a published difference", "lower"),
        "importance": "of limited importance",
        "final": "Moderate",
        "reason": "measured in several ways",
        "comment": "Measured by the patients.",
    },
}


def graded(folder: Path) -> Team:
    """The fixture in *folder*: two included studies, four outcomes graded by both, one said not to be, four untouched."""
    team = make_team(folder, plan=PLAN)
    for n in (1, 2):
        team.include(team.article(team.search(f"Source {n}"), f"Fixture trial {n}"), "included")
    for rv in team.both:
        for outcome, given in GRADINGS.items():
            rv.certainty.grade(outcome, comparison=COMPARISON, **given)
        rv.certainty.not_graded("Flare", reason="only one arm was reported")
    return team
