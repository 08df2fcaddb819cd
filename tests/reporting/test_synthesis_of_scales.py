"""What a form says of scales, baselines and designs reaches the synthesis: directions, changes, clusters allowed for, paired periods."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from review.reporting.analyses import synthesis
from review.synthesis.dataset import Row
from tests.reporting import made_trials_review
from tests.reporting.evidence import texts
from tests.reporting.made_trials_review import COMPARISONS, Made, made_review
from tests.rooms.team import Team

TRIALS = (
    Made("Alder", 2011, ((4, 40), (11, 41)), ((32.1, 12.0), (38.5, 13.1)), design="cluster-randomised-trial"),
    Made("Birch", 2013, ((2, 25), (3, 26)), ((37.9, 2.6), (30.5, 2.4))),
    Made("Cedar", 2014, ((9, 80), (15, 80)), ((30.0, 10.0), (35.0, 10.0)), design="crossover-trial"),
)
POLICIES = '\n[synthesis]\nmethod = "EE"\ndirection = "lower"\nchange_r = 0.5\n'
PAIN = "pain-drug"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_trials_review, "TRIALS", TRIALS)
        team = made_review(tmp_path_factory.mktemp("scales"), more=POLICIES + COMPARISONS.replace('measure = "MD"', 'measure = "SMD"'))
    studies = {study.label.partition(" ")[0]: study.id for study in team.nobody.studies.views()}
    for rv in team.both:
        for name, item, about, value in _more():
            rv.extraction.record(
                studies[name], item=item, outcome="Pain", value=value, location="abstract",
                quotation="A made double-blind trial for tests; the numbers are invented.", **about,
            )  # fmt: skip
    yield team
    team.ledger.close()


def _more() -> Iterator[tuple[str, str, dict[str, str], str]]:
    """(trial, item, about, value); Alder's clusters are allowed for already, Birch's scale runs the other way."""
    for arm in ("Drug A", "Placebo"):
        of_row = {"arm": arm, "timepoint": "26 weeks"}
        yield "Alder", "clusters", of_row, "4"
        yield "Alder", "icc", of_row, "0.05"
        yield "Alder", "adjusted_for_design", of_row, "yes"
        yield "Birch", "mean_baseline", {"arm": arm}, "45.0"
        yield "Birch", "sd_baseline", {"arm": arm}, "3.0"
    yield "Alder", "better_when", {}, "lower"
    yield "Birch", "better_when", {}, "higher"
    yield "Cedar", "period_correlation", {"timepoint": "26 weeks"}, "0.9"


def _rows(team: Team, name: str) -> list[Row]:
    rows = synthesis(team.nobody._rooms, PAIN).gathered.rows
    return [row for row in rows if row.label.startswith(name)]


def test_scales_that_run_in_opposite_ways_are_turned_and_say_so(made: Team) -> None:
    told = " ".join(made.nobody.tables.pooled(PAIN).notes)
    assert "Signs were aligned so that lower values are better." in told and "with a correlation of 0.5" in told
    assert [row.better for row in _rows(made, "Birch")] == ["higher", "higher"]


def test_a_baseline_serves_its_time_points_and_keeps_its_events(made: Team) -> None:
    rows, nobody = _rows(made, "Birch"), made.nobody
    [birch] = [study for study in nobody.studies.views() if study.label.startswith("Birch")]
    cells = {cell.event for cell in nobody.extraction.cells(birch) if cell.item in ("mean_baseline", "sd_baseline")}
    assert [(row.mean_baseline, row.sd_baseline) for row in rows] == [(45.0, 3.0)] * 2
    assert cells and cells <= {event for row in rows for event in row.cells}


def test_clusters_that_a_trial_allowed_for_are_not_allowed_for_again(made: Team) -> None:
    table = made.nobody.tables.effects(PAIN)
    assert "design effect" not in str([cell.notes for row in table.rows for cell in row])
    assert [row.adjusted for row in _rows(made, "Alder")] == [True, True]


def test_periods_are_paired_by_their_own_correlation(made: Team) -> None:
    assert [row.r for row in _rows(made, "Cedar")] == [0.9, 0.9]
    assert "W05" not in " ".join(made.nobody.tables.pooled(PAIN).notes)


def test_what_describes_a_scale_is_no_result(made: Team) -> None:
    assert texts(made.nobody.tables.effects(PAIN), "study") == ["Alder 2011", "Birch 2013", "Cedar 2014", "NCT99999991"]
