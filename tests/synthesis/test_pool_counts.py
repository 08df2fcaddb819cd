"""Mantel-Haenszel, Peto and mixed models on counts keyed from the papers, against metafor 3.8-1 and lme4 1.1-31 (R 4.2.2)."""

from __future__ import annotations

import math

import pytest

from review.errors import InputRefused
from review.synthesis import cochran_mantel_haenszel, mantel_haenszel, mixed_odds_ratio, mixed_proportion, peto, tarone
from tests.synthesis.trials import ADHERENT, BCG_COUNTS, CATHETER_COUNTS

# measure: estimate, standard error, Q, its degrees of freedom; for the catheters Q with 0.5 in rows with a zero cell, then without
BCG = {
    "RR": (-0.4537096047, 0.03933736687, 152.5675536),
    "OR": (-0.4734109884, 0.0410077784, 163.9425796),
    "RD": (-0.003288181833, 0.0002866567485, 386.7759418),
}
CATHETERS = {
    "RR": (-1.177771944, 0.2181679439, 16.38814820, 16, 13.92457336, 11),
    "OR": (-1.208704833, 0.2224454213, 16.86365729, 16, 14.29924965, 11),
    "RD": (-0.02426218744, 0.004224309157, 56.25141394, 16, 71.70805123, 16),
}


@pytest.mark.parametrize("measure", BCG)
def test_mantel_haenszel(measure: str) -> None:
    found = mantel_haenszel(*BCG_COUNTS, measure=measure)
    assert (found.estimate, found.se, found.q) == pytest.approx(BCG[measure], rel=1e-9)
    assert (found.method, found.q_df, found.tau2, found.pi, found.warnings) == ("MH", 12, 0, None, ())


@pytest.mark.parametrize("measure", CATHETERS)
def test_zero_cells_touch_q_alone_and_only_when_asked(measure: str) -> None:
    estimate, se, q, df, plain_q, plain_df = CATHETERS[measure]
    half, plain = (mantel_haenszel(*CATHETER_COUNTS, measure=measure, zero_cells=how) for how in ("half_to_zero_rows", "as_they_are"))
    assert (half.estimate, half.se, half.q, half.q_df) == pytest.approx((estimate, se, q, df), rel=1e-9)
    assert (plain.estimate, plain.se, plain.q, plain.q_df) == pytest.approx((estimate, se, plain_q, plain_df), rel=1e-9)
    assert (half.weights[14] == 0) == (measure != "RD"), "the trial without infections"
    assert sum(half.weights) == pytest.approx(100)
    assert "1 of 18 studies" in half.warnings[0] if measure != "RD" else "the 17 studies" in half.warnings[0]


def test_a_study_without_events_changes_no_ratio() -> None:
    fewer = tuple(column[:14] + column[15:] for column in CATHETER_COUNTS)
    with_it, without = mantel_haenszel(*CATHETER_COUNTS), mantel_haenszel(*fewer)
    assert (with_it.estimate, with_it.se, with_it.q) == pytest.approx((without.estimate, without.se, without.q), rel=1e-13)
    assert (with_it.k, without.k) == (18, 17)


def test_peto() -> None:
    bcg, catheters = peto(*BCG_COUNTS), peto(*CATHETER_COUNTS)
    assert (bcg.estimate, bcg.se, bcg.q, bcg.q_df) == pytest.approx((-0.4744463109, 0.04065908074, 167.7301675, 12), rel=1e-9)
    assert (catheters.estimate, catheters.se, catheters.q) == pytest.approx((-1.105744947, 0.191587337, 18.73450929), rel=1e-9)
    assert catheters.q_df == 16 and catheters.p == pytest.approx(7.857229107e-09, rel=1e-8)


def test_effective_numbers_of_clusters_need_not_be_whole() -> None:
    halved = tuple([one / 1.5 for one in column] for column in BCG_COUNTS)
    whole, fewer = mantel_haenszel(*BCG_COUNTS), mantel_haenszel(*halved)
    assert (fewer.estimate, fewer.se) == pytest.approx((whole.estimate, whole.se * math.sqrt(1.5)), rel=1e-12)


def test_tests_of_the_tables() -> None:
    common, equal = cochran_mantel_haenszel(*BCG_COUNTS), tarone(*BCG_COUNTS)
    assert (common.statistic, common.p) == pytest.approx((135.6889437, 2.333696332e-31), rel=1e-9)
    assert (equal.statistic, equal.df, equal.p) == pytest.approx((171.7566730, 12, 2.086782395e-30), rel=1e-9)
    common, equal = cochran_mantel_haenszel(*CATHETER_COUNTS), tarone(*CATHETER_COUNTS)
    assert (common.statistic, equal.statistic, equal.df) == pytest.approx((32.21356126, 25.67948893, 16), rel=1e-9)
    assert cochran_mantel_haenszel(*BCG_COUNTS, continuity=False).statistic > 135.6889437


def test_a_mixed_model_of_proportions() -> None:
    """lme4 with 7 points stops at -0.1118114364, 0.1880433045, 0.3786828720; its own deviance is lower here."""
    found = mixed_proportion(*map(list, zip(*ADHERENT, strict=True)))
    assert (found.estimate, found.se, found.tau2) == pytest.approx((-0.1118114364, 0.1880433045, 0.3786828720), rel=2e-5)
    assert (found.estimate, found.se, found.tau2) == pytest.approx((-0.1118126812, 0.1880443669, 0.3786881187), rel=1e-7)
    assert (found.k, found.excluded, found.points) == (13, 0, 7)


def test_a_mixed_model_of_odds_ratios() -> None:
    """lme4 with bobyqa to 1e-9 and 7 points; by default it stops at -1.23692, with a warning that its slope is not 0."""
    found = mixed_odds_ratio(*CATHETER_COUNTS)
    assert (found.estimate, found.se, found.tau2) == pytest.approx((-1.2364934230, 0.2803375500, 0.3195127446), rel=1e-6)
    assert (found.estimate, found.se, found.tau2) == pytest.approx((-1.23692028, 0.2804090430, 0.3197936843), rel=1e-3)
    assert (found.k, found.excluded) == (17, 1)


def test_mixed_models_without_tau2_are_logistic_regressions() -> None:
    flat = mixed_proportion([50, 50, 50], [100, 100, 100])
    assert (flat.estimate, flat.tau2) == (pytest.approx(0, abs=1e-8), 0)
    assert flat.se == pytest.approx(math.sqrt(1 / 75), rel=1e-6)
    assert flat.log_likelihood == pytest.approx(300 * math.log(0.5), rel=1e-12), "without binomial coefficients"
    ratio = mixed_odds_ratio([20, 20], [60, 60], [10, 10], [60, 60])
    assert (ratio.estimate, ratio.tau2) == (pytest.approx(math.log(20 * 50 / (40 * 10)), rel=1e-6), 0)
    assert ratio.se == pytest.approx(math.sqrt((1 / 20 + 1 / 40 + 1 / 10 + 1 / 50) / 2), rel=1e-5)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (([1], [10], [2], [10, 11]), "differ in length"),
        (([11], [10], [2], [10]), "row 1 has 11 events of 10"),
        (([-1], [10], [2], [10]), "a number from 0"),
        (([0], [0], [2], [10]), "no more events than people, and people"),
        (([], [], [], []), "there is no study"),
        (([0, 0], [9, 9], [1, 2], [9, 9]), "no finite OR"),
    ],
)
def test_what_is_no_table_is_refused(given: tuple[list[float], ...], message: str) -> None:
    with pytest.raises(InputRefused, match=message):
        mantel_haenszel(*given)


def test_one_row_alone_has_no_heterogeneity() -> None:
    """One of three has an effect without a correction: Q is 0 with 0 degrees of freedom, and so is I²."""
    found = mantel_haenszel([0, 3, 0], [10, 20, 12], [2, 6, 1], [10, 20, 12], zero_cells="as_they_are")
    assert (found.q, found.q_df, found.q_p, found.i2, found.h2) == (0, 0, 1, 0, 1)
    assert peto([3], [20], [6], [20]).i2 == 0


def test_what_has_no_finite_estimate_is_refused() -> None:
    with pytest.raises(InputRefused, match="no finite RR"):
        mantel_haenszel([9, 4], [9, 4], [7, 5], [7, 5], measure="RR")
    with pytest.raises(InputRefused, match="nobody or everybody of an arm"):
        mixed_proportion([0, 0], [10, 12])
    with pytest.raises(InputRefused, match="nobody or everybody of an arm"):
        mixed_odds_ratio([0, 0], [10, 12], [3, 4], [10, 12])
    with pytest.raises(InputRefused, match="no finite OR"):
        peto([0, 0], [10, 12], [0, 0], [10, 12])
    with pytest.raises(InputRefused, match="did you mean 'OR'|one of"):
        mantel_haenszel(*BCG_COUNTS, measure="odds")
    with pytest.raises(InputRefused, match="needs 2 studies"):
        mixed_proportion([3], [10])
