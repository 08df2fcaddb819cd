"""The pooled estimate against metafor 3.8-1 (R 4.2.2, tightest threshold) on tables keyed from the papers, and what is refused.

Printed to 15 digits by metafor, kept here to 10.
"""

from __future__ import annotations

import math

import pytest

from review.errors import InputRefused
from review.synthesis import pool, sensitivity_grid
from tests.synthesis.trials import log_risk_ratios, mean_differences

# method: estimate, Wald standard error, tau², standard error of tau² for the BCG trials; then estimate, standard error, tau² for stroke
METAFOR = {
    "EE": (-0.4302851637, 0.04049875171, 0.0, None, -3.463612628, 0.7648275212, 0.0),
    "DL": (-0.7141172221, 0.1787420895, 0.3087602629, 0.2298699925, -13.98172182, 5.126698339, 205.4093755),
    "PM": (-0.7149681535, 0.1808921915, 0.3180684522, 0.1736630275, -15.14568003, 9.214271596, 728.2511286),
    "EB": (-0.7149681535, 0.1808921915, 0.3180684522, 0.1736630275, -15.14568003, 9.214271596, 728.2511286),
    "REML": (-0.7145323422, 0.1797815161, 0.3132432581, 0.1664257528, -15.10602747, 8.946552840, 684.6461519),
    "ML": (-0.7111991355, 0.1718968088, 0.2800281373, 0.1442519494, -15.01008952, 8.372000582, 595.4649477),
    "SJ": (-0.7172485926, 0.1870594584, 0.3455157016, 0.1496805113, -15.14503133, 9.209728228, 727.5002633),
    "HE": (-0.7158785888, 0.1832799860, 0.3285638580, 0.2070871783, -15.18159412, 9.475037000, 771.9748176),
    "HS": (-0.7045353739, 0.1586520931, 0.2283628637, 0.1279045566, -13.44753403, 4.259647030, 134.4918142),
}


@pytest.mark.parametrize("method", METAFOR)
def test_estimators_of_tau2(method: str) -> None:
    estimate, se, tau2, se_tau2, stay, stay_se, stay_tau2 = METAFOR[method]
    bcg, stroke = pool(*log_risk_ratios(), method=method, interval="wald"), pool(*mean_differences(), method=method, interval="wald")
    assert (bcg.estimate, bcg.se, bcg.tau2) == pytest.approx((estimate, se, tau2), rel=1e-9)
    assert bcg.se_tau2 == (None if se_tau2 is None else pytest.approx(se_tau2, rel=1e-9))
    assert (stroke.estimate, stroke.se, stroke.tau2) == pytest.approx((stay, stay_se, stay_tau2), rel=1e-9)
    assert (bcg.q, bcg.q_df) == (pytest.approx(152.2330081, rel=1e-9), 12)
    assert bcg.q_p == pytest.approx(1.996764591e-26, rel=1e-9)


def test_intervals_of_the_bcg_trials() -> None:
    wald, hksj, floor = (pool(*log_risk_ratios(), interval=name) for name in ("wald", "hksj", "hksj_floor"))
    assert wald.ci == pytest.approx((-1.066897638, -0.3621670455), rel=1e-9)
    assert hksj.ci == pytest.approx((-1.108443714, -0.3206209706), rel=1e-9)
    assert floor.ci == hksj.ci and (wald.df, hksj.df) == (None, 12)
    assert (wald.z_or_t, wald.p) == pytest.approx((-3.974448306, 7.054258102e-05), rel=1e-9)
    assert hksj.tau2_ci == pytest.approx((0.1197183611, 1.111479084), rel=1e-9)
    assert (hksj.i2, *hksj.i2_ci) == pytest.approx((92.22138452, 81.92057456, 97.67807496), rel=1e-9)
    assert (hksj.h2, *hksj.h2_ci) == pytest.approx((12.85575823, 5.531149224, 43.06771243), rel=1e-9)
    assert wald.weights[:2] == pytest.approx((5.059482734, 6.364679373), rel=1e-9)


@pytest.mark.parametrize(
    ("convention", "interval"),
    [("normal", (-1.866692218, 0.4376275336)), ("t_k1", (-1.995341959, 0.5662772742)), ("t_k2", (-2.008375907, 0.5793112226))],
)
def test_prediction_intervals_by_convention(convention: str, interval: tuple[float, float]) -> None:
    found = pool(*log_risk_ratios(), interval="wald", prediction=convention)
    assert found.pi == pytest.approx(interval, rel=1e-9)
    assert found.prediction == convention


def test_one_study_is_shown_and_not_pooled() -> None:
    alone = pool([0.5], [0.04], labels=["A 2001"])
    assert (alone.estimate, alone.se, alone.interval, alone.k) == (0.5, pytest.approx(0.2), "wald", 1)
    assert (alone.tau2, alone.q, alone.q_df, alone.q_p, alone.i2, alone.h2) == (0, 0, 0, 1, 0, 1)
    assert (alone.pi, alone.tau2_ci, alone.weights, alone.labels) == (None, None, (100,), ("A 2001",))
    assert "nothing was pooled" in alone.warnings[0]


def test_two_studies() -> None:
    """DL by hand: w 10 and 10, Q = 10 · 2 · 0.5² = 5, tau² = (5 - 1) / 10."""
    two = pool([0.0, 1.0], [0.1, 0.1], method="DL")
    assert (two.estimate, two.q, two.tau2, two.i2) == pytest.approx((0.5, 5, 0.4, 80))
    assert two.ci[1] - two.ci[0] == pytest.approx(2 * 12.70620474 * two.se)
    assert two.pi is not None and pool([0.0, 1.0], [0.1, 0.1], prediction="t_k2").pi is None


def test_equal_effects_have_no_tau2() -> None:
    for method in METAFOR:
        same = pool([0.3] * 4, [0.1, 0.2, 0.3, 0.4], method=method, interval="hksj_floor")
        assert (same.estimate, same.tau2, same.q, same.q_p, same.i2) == (pytest.approx(0.3), 0, 0, 1, 0)
        assert same.se == pytest.approx(same.wald_se) and same.tau2_ci in (None, (0, 0))
    narrow = pool([0.3] * 4, [0.1, 0.2, 0.3, 0.4], interval="hksj")
    assert (narrow.se, narrow.ci, narrow.z_or_t, narrow.p) == (0, (0.3, 0.3), math.inf, 0)
    assert any("use hksj_floor" in said for said in narrow.warnings)


def test_variances_of_eighteen_decades() -> None:
    """The precise study decides where tau² is 0; with tau² all count alike. metafor's own sums cancel here, these do not."""
    y, v = [1.0, 1.0 + 1e-6, 3.0, 5.0], [1e-12, 1e-12, 1e6, 1e6]
    fixed = pool(y, v, method="EE")
    assert fixed.estimate == pytest.approx(1 + 5e-7, rel=1e-12) and fixed.q == pytest.approx(0.5 + 2e-5, rel=1e-6)
    for method in METAFOR:
        found = pool(y, v, method=method)
        assert all(math.isfinite(one) for one in (found.estimate, found.se, found.tau2, found.p, *found.ci, *found.weights))
    far = pool([0.0, 10.0, 20.0], [1e-12, 1e-12, 1e-12])
    assert far.tau2 == pytest.approx(100, rel=1e-9)


def test_of_several_maxima_the_highest_counts() -> None:
    """Two precise studies that agree, and several that scatter: the restricted likelihood has a maximum for each."""
    y, v = [0.0, 0.001, -6.0, 7.0, 5.0, -4.0], [1e-6, 1e-6, 1.0, 1.0, 1.0, 1.0]
    found = pool(y, v, interval="wald")

    def restricted(tau2: float) -> float:
        w = [1 / (one + tau2) for one in v]
        mean = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
        return sum(map(math.log, w)) - math.log(sum(w)) - sum(a * (b - mean) ** 2 for a, b in zip(w, y, strict=True))

    assert restricted(found.tau2) >= max(restricted(10 ** (n / 20)) for n in range(-200, 60)) - 1e-9


def test_the_restricted_likelihood_chooses_between_maxima_and_not_another_one() -> None:
    """Two maxima, at 0 and at 0.0156; metafor gives the one near which it begins. Without the term of X'WX 0 would be higher."""
    y, v = [-0.01, -0.39, 0.02, -0.08, 0.02, -0.01], [0.0001, 0.0084, 0.002, 0.0248, 0.0059, 0.0003]
    assert pool(y, v).tau2 == pytest.approx(0.015612008161, rel=1e-9)


def test_a_common_effect_has_walds_interval_and_no_prediction() -> None:
    found = pool(*log_risk_ratios(), method="EE")
    assert (found.interval, found.pi, found.tau2_ci, found.df) == ("wald", None, None, None)


def test_a_thousand_studies() -> None:
    v = [0.01 + n % 17 / 100 for n in range(1000)]
    y = [math.sin(n * n) * math.sqrt(0.2 + one) for n, one in enumerate(v)]
    found = pool(y, v)
    assert found.tau2 > 0 and sum(found.weights) == pytest.approx(100) and found.pi[0] < found.ci[0] < found.ci[1] < found.pi[1]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (([], []), "there is no study"),
        (([1.0, 2.0], [0.1]), "differ in length: yi 2, vi 1"),
        (([1.0, None], [0.1, 0.1]), "row 2 has nan"),
        (([1.0, math.nan], [0.1, 0.1]), "exclude the row with a reason"),
        (([1.0, math.inf], [0.1, 0.1]), "row 2 has inf"),
        (([1.0, 2.0], [0.1, 0.0]), "row 2 has the variance 0.0"),
        (([1.0, 2.0], [-0.1, 0.1]), "a variance above 0 in every row"),
        ((["much", 2.0], [0.1, 0.1]), "has 'much', which is no number"),
        (([[1.0, 2.0]], [0.1, 0.1]), "2 dimensions"),
    ],
)
def test_bad_numbers_are_refused_with_the_row(given: tuple[list[float], list[float]], message: str) -> None:
    with pytest.raises(InputRefused, match=message):
        pool(*given)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"method": "RELM"}, "did you mean 'REML'"),
        ({"method": None}, "method None is not offered"),
        ({"interval": "knha"}, "one of hksj_floor, hksj, wald"),
        ({"prediction": "t"}, "prediction 't' is not offered"),
        ({"level": 0.95}, "95, not 0.95"),
        ({"level": 100}, "below 100"),
        ({"labels": ["one"]}, "labels 1"),
    ],
)
def test_unknown_words_are_refused_with_the_known_ones(words: dict[str, object], message: str) -> None:
    with pytest.raises(InputRefused, match=message):
        pool([1.0, 2.0], [0.1, 0.2], **words)


def test_a_refusal_names_the_study() -> None:
    with pytest.raises(InputRefused, match=r"row 2 \(Hart 1977\)"):
        pool([1.0, 2.0], [0.1, math.nan], labels=["Aronson 1948", "Hart 1977"])


def test_the_grid_has_every_choice_once() -> None:
    y, v = log_risk_ratios()
    grid = sensitivity_grid({"as counted": (y, v), "half": (y[:5], v[:5])})
    frame = grid.frame()
    assert len(frame) == 2 * (3 * 3 + 1) and set(frame["method"]) == {"REML", "DL", "PM", "EE"}
    first = frame.iloc[0]
    assert (first["effects"], first["method"], first["interval"], first["k"]) == ("as counted", "REML", "hksj_floor", 13)
    assert first["estimate"] == pool(y, v).estimate
    with pytest.raises(InputRefused, match="an empty grid"):
        sensitivity_grid({})
