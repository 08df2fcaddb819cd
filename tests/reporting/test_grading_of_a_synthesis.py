"""A grading that took its effect from a synthesis says so when that effect is another by now, and when there is none any more."""

from __future__ import annotations

from math import exp, log
from pathlib import Path

import pytest

from review import Review
from review.certainty import Effect
from review.reporting.analyses import effect_of
from review.reporting.tables_certainty import STALE
from review.synthesis import pool
from tests.reporting.evidence import texts
from tests.reporting.small_synthesis import Cells, arms, planned, reviewed
from tests.rooms.graded import NO_CONCERN
from tests.rooms.team import PLAN, Team, make_team

ONE = '\n[[comparisons]]\nid = "activity-a"\noutcome = "o1"\nmeasure = "RR"\nexperimental = "A"\ncontrol = "B"\n'
ABOUT = {"outcome": "Activity", "comparison": "A versus B"}
GIVEN = {**ABOUT, "start": "randomised", "ratings": NO_CONCERN}
COUNTS = {"First": (4, 9), "Second": (6, 11)}  # events of 40 people in each arm


def risk_ratio(counts: dict[str, tuple[int, int]]) -> str:
    """The pooled risk ratio with its interval, as a grading writes it."""
    found = pool([log(a / c) for a, c in counts.values()], [1 / a + 1 / c - 2 / 40 for a, c in counts.values()])
    value, low, high = (f"{exp(number):.6g}" for number in (found.estimate, *found.ci))
    return f"RR {value} ({low} to {high}, 95%)"


def extracted(rv: Review, study: str, arm: str, events: int) -> str:
    about = {"arm": arm, "outcome": "Activity", "quotation": f"{events} of 40", "location": "p. 1"}
    rv.extraction.record(study, item="n_analysed", value="40", **about)
    return rv.extraction.record(study, item="events", value=str(events), **about)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    made = make_team(tmp_path, plan=PLAN + ONE)
    search = made.search()
    for title, counts in COUNTS.items():
        study = made.include(made.article(search, title), "included")
        for rv in made.both:
            for arm, events in zip("AB", counts, strict=True):
                extracted(rv, study, arm, events)
    return made


def stale(rv: Review) -> list[str]:
    return rv.certainty.frame().iloc[0]["stale"]


def test_it_says_what_the_effect_was_and_is(team: Team) -> None:
    for rv in team.both:
        rv.certainty.grade(**GIVEN, effect="activity-a")
    assert stale(team.nobody) == []
    study = team.study(next(r.id for r in team.lead.studies.report_views() if r.title == "Second"))
    extracted(team.r1, study, "A", 2)
    before, none = risk_ratio(COUNTS), "none any more (E06: There is nothing to pool: 1 study has an effect)"
    assert stale(team.nobody) == [f"effect changed since graded: {before} → {none}"]  # extractors differ: one study is left
    team.lead.extraction.resolve(study, item="events", value=2, arm="A", outcome="Activity", reason="the text says 2")
    told = f"effect changed since graded: {before} → {risk_ratio(COUNTS | {'Second': (2, 11)})}"
    assert stale(team.nobody) == [told]
    summary = team.nobody.tables.summary_of_findings("A versus B")
    assert f"Since it was graded: {told}" in summary.text() and any(cell.flag == STALE for row in summary.rows for cell in row)
    team.r1.certainty.grade(**GIVEN, effect="activity-a")  # which the consensus of both ends
    team.lead.certainty.resolve(**GIVEN, effect="activity-a", why="the effect of today")
    assert stale(team.nobody) == []
    team.ledger.close()


def test_an_effect_by_hand_is_not_held_against_a_synthesis_and_a_consensus_may_take_it(team: Team) -> None:
    for rv, value in zip(team.both, (0.5, 0.6), strict=True):
        rv.certainty.grade(**GIVEN, effect=Effect("RR", value, 0.3, 0.9))
    assert texts(team.nobody.tables.summary_of_findings("A versus B"), "certainty")
    team.lead.certainty.resolve(**GIVEN, effect="activity-a", why="as the synthesis has it")
    line = team.nobody.certainty.frame().iloc[0]
    assert (line["entered"], line["effect"], line["stale"]) == ("from the synthesis of activity-a", risk_ratio(COUNTS).split()[1], [])
    team.ledger.close()


def pain(mean: float, unit: str, **more: int) -> Cells:
    groups = (("A", "experimental", mean), ("B", "control", 5))
    cells = arms("Pain", [(arm, role, {"n_analysed": 40, "mean": value, **more}) for arm, role, value in groups])
    return [{**cell, "unit": unit} if cell["item"] in ("mean", "sd") and unit else cell for cell in cells]


@pytest.mark.parametrize(
    ("measure", "units", "expected"),
    [("MD", ("mm", "mm", "mm"), "mm"), ("MD", ("", "mm", "mm"), "mm"), ("SMD", ("", "mm", "cm"), ""), ("MD", ("cm", "mm", "mm"), "mm")],
)
def test_a_difference_has_the_unit_of_the_effects_that_count(tmp_path: Path, measure: str, units: tuple[str, ...], expected: str) -> None:
    """A standardised one has none; nor is that of a study told which states no SD and so has no effect."""
    studies = {
        name: pain(mean, unit, **({} if unit == "cm" and measure == "MD" else {"sd": 2}))
        for name, mean, unit in zip(("Abel", "Baker", "Cole"), (3.0, 4.0, 3.5), units, strict=True)
    }
    made = reviewed(tmp_path, planned(measure, "pain"), studies)
    assert effect_of(made.nobody._rooms, "c").unit == expected
    made.ledger.close()
