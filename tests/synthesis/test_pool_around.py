"""What is shown around a pooled estimate, against metafor 3.8-1 (R 4.2.2) on tables keyed from the papers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from review.errors import InputRefused
from review.synthesis import begg, cumulative, egger, influence, leave_one_out, meta_regression, subgroups, trim_and_fill
from review.synthesis.weighted import Regression
from tests.synthesis.trials import BCG, log_risk_ratios

Y, V = log_risk_ratios()
LATITUDE, ALLOCATION = [float(row[5]) for row in BCG], [row[6] for row in BCG]


def test_leave_one_out() -> None:
    found = leave_one_out(Y, V, method="DL", interval="wald", labels=[f"trial {n}" for n in range(1, 14)])
    assert found.estimate[:2] == pytest.approx((-0.7051251984, -0.6545158751), rel=1e-9)
    assert found.tau2[:2] == pytest.approx((0.3121714990, 0.2999745908), rel=1e-9)
    frame = found.frame()
    assert list(frame["labels"])[:2] == ["trial 1", "trial 2"] and set(frame["k"]) == {12}
    assert frame["ci_low"][0] == pytest.approx(-1.066248695, rel=1e-9)
    with pytest.raises(InputRefused, match="leave-one-out needs 2 studies"):
        leave_one_out([1.0], [0.1])
    with pytest.raises(InputRefused, match="did you mean 'REML'"):
        leave_one_out(Y, V, method="REMLS")


def test_cumulative_by_year() -> None:
    found = cumulative(Y, V, [row[0] for row in BCG], method="DL", interval="wald", labels=[str(row[0]) for row in BCG])
    assert found.labels == tuple(sorted(str(row[0]) for row in BCG)) and found.k == tuple(range(1, 14))
    assert found.estimate[:4] == pytest.approx((-0.8893113339, -1.325003442, -0.9615353219, -0.9523947426), rel=1e-9)
    assert found.estimate[-1] == pytest.approx(-0.7141172221, rel=1e-9)
    with pytest.raises(InputRefused, match="order 12"):
        cumulative(Y, V, [row[0] for row in BCG[1:]])


def test_influence_and_baujats_coordinates() -> None:
    found = influence(Y, V, method="EE")
    assert found.baujat_x[:4] == pytest.approx((0.6471587360, 6.857109627, 2.027924286, 51.10731363), rel=1e-9)
    assert found.baujat_y[:4] == pytest.approx((0.003276599239, 0.05829078499, 0.008039338026, 4.563099485), rel=1e-9)
    assert sum(found.baujat_x) == pytest.approx(152.2330081) and sum(found.weight) == pytest.approx(100)
    frame = influence(Y, V).frame()
    assert len(frame) == 13 and frame["hat"].sum() == pytest.approx(1)
    with pytest.raises(InputRefused, match="influence needs 3 studies"):
        influence(Y[:2], V[:2])


def test_subgroups_with_their_own_tau2() -> None:
    found = subgroups(Y, V, ALLOCATION, interval="wald")
    assert list(found.pooled) == ["alternate", "random", "systematic"]
    assert (found.q, found.q_df, found.q_p) == pytest.approx((1.861444946, 2, 0.3942687589), rel=1e-9)
    assert found.model is None and sum(one.k for one in found.pooled.values()) == 13
    assert subgroups(Y, V, ALLOCATION, interval="hksj").q == found.q, "the test takes Wald standard errors"


def test_subgroups_with_a_common_tau2() -> None:
    wald, hksj = (subgroups(Y, V, ALLOCATION, interval=name, tau2="common") for name in ("wald", "hksj"))
    assert (wald.q, wald.q_df, wald.q_p) == pytest.approx((1.767511402, 2, 0.4132280328), rel=1e-9)
    assert (hksj.q, hksj.q_p, *hksj.model.qm_df) == pytest.approx((0.9662208448, 0.4133837457, 2, 10), rel=1e-9)
    assert wald.model.coef == pytest.approx((-0.5179557772, -0.4478184014, 0.08903821623), rel=1e-9)
    assert [one.tau2 for one in wald.pooled.values()] == [wald.model.tau2] * 3
    assert wald.pooled["alternate"].estimate == pytest.approx(wald.model.coef[0])
    assert hksj.pooled["alternate"].se == pytest.approx(hksj.model.se[0])
    assert wald.pooled["random"].estimate == pytest.approx(wald.model.coef[0] + wald.model.coef[1])


def test_one_group_alone_is_no_comparison() -> None:
    alone = subgroups(Y, V, ["all"] * 13)
    assert (alone.q_df, alone.q_p, alone.pooled["all"].k) == (0, 1, 13)
    with pytest.raises(InputRefused, match="row 2 has None"):
        subgroups(Y[:2], V[:2], ["a", None])


def test_a_regression_on_latitude() -> None:
    found = meta_regression(Y, V, {"latitude": LATITUDE}, interval="wald")
    assert found.names == ("intercept", "latitude")
    assert found.coef == pytest.approx((0.2514682100, -0.02910172501), rel=1e-9)
    assert found.se == pytest.approx((0.2490953966, 0.007195327221), rel=1e-9)
    assert (found.tau2, found.i2, found.r2) == pytest.approx((0.07634796396, 68.39122484, 75.62662181), rel=1e-8)
    assert (found.qm, found.qe, found.qe_df) == pytest.approx((16.35823215, 30.73309001, 11), rel=1e-9)
    assert meta_regression(Y, V, {"latitude": LATITUDE}, method="EE").r2 is None, "no tau² is taken away where none is estimated"
    floor = meta_regression(Y, V, {"latitude": LATITUDE})
    assert floor.df == 11 and floor.qm_df == (1, 11) and all(a >= b for a, b in zip(floor.se, found.se, strict=True))
    far = meta_regression(Y, V, {"year": [row[0] for row in BCG], "allocation": ALLOCATION}, method="DL")
    assert far.names == ("intercept", "year", "allocation: random", "allocation: systematic")


@pytest.mark.parametrize(
    ("moderators", "message"),
    [
        ({}, "no moderator that differs"),
        ({"same": [1.0] * 13}, "cannot be told apart"),
        ({"x": LATITUDE, "twice": [2 * one for one in LATITUDE]}, "follows from the others"),
        ({"x": LATITUDE[1:]}, "differ in length"),
        ({"x": [math.nan, *LATITUDE[1:]]}, "row 1 has nan"),
        ({f"x{n}": [float(n == row) for row in range(13)] for n in range(13)}, "more studies than coefficients"),
    ],
)
def test_moderators_that_tell_nothing_are_refused(moderators: dict[str, list[float]], message: str) -> None:
    with pytest.raises(InputRefused, match=message):
        meta_regression(Y, V, moderators)


def test_eggers_regressions_and_beggs_correlation() -> None:
    line, model, ranks = egger(Y, V), egger(Y, V, model="rma"), begg(Y, V)
    assert (line.statistic, line.df, line.p) == pytest.approx((-1.401282002, 11, 0.1887069951), rel=1e-9)
    assert (line.limit, *line.limit_ci) == pytest.approx((-0.1909286424, -0.6753323503, 0.2934750656), rel=1e-9)
    assert (model.statistic, model.p, model.limit) == pytest.approx((-0.8033291931, 0.4217844889, -0.5104318741), rel=1e-9)
    assert (ranks.tau, ranks.p, ranks.exact) == pytest.approx((0.02564102564, 0.9523619080, True), rel=1e-9)
    assert not begg([*Y, Y[0]], [*V, V[0]]).exact
    people = [row[2] + row[4] for row in BCG]
    assert egger(Y, V, predictor="sqrtninv", n=people).df == 11 and egger(Y, V, predictor="vi").predictor == "vi"
    with pytest.raises(InputRefused, match="needs the number of people|needs the people"):
        egger(Y, V, predictor="ninv")
    with pytest.raises(InputRefused, match="all studies have the same precision"):
        egger(Y, [0.1] * 13)
    with pytest.raises(InputRefused, match="Begg's test needs 3"):
        begg(Y[:2], V[:2])
    with pytest.raises(InputRefused, match="are equal"):
        begg([1.0, 1.0, 1.0], [0.1, 0.1, 0.1])


def test_trim_and_fill() -> None:
    found = trim_and_fill(Y, V, method="EE")
    assert (found.k0, found.side, found.k0_se) == (4, "right", pytest.approx(2.385325591, rel=1e-9))
    assert found.pooled.estimate == pytest.approx(-0.2910259921, rel=1e-9)
    assert found.yi == pytest.approx((0.7892928193, 0.8594992058, 1.003336673, 1.038846239), rel=1e-9)
    assert found.pooled.labels[-1] == "filled: 7" and found.pooled.k == 17
    one = trim_and_fill(Y, V, method="DL", interval="wald")
    assert (one.k0, one.pooled.estimate, one.pooled.tau2) == pytest.approx((1, -0.6560732130, 0.3081321533), rel=1e-9)
    none = trim_and_fill(Y, V, estimator="R0")
    assert (none.k0, none.yi, none.pooled.k) == (0, (), 13)


def test_trim_and_fill_is_the_same_in_a_mirror() -> None:
    left = trim_and_fill(np.negative(Y), V, method="DL")
    right = trim_and_fill(Y, V, method="DL")
    assert (left.side, left.k0) == ("left", right.k0)
    assert left.pooled.estimate == pytest.approx(-right.pooled.estimate, rel=1e-12)
    with pytest.raises(InputRefused, match="side 'both' is not offered"):
        trim_and_fill(Y, V, side="both")


@pytest.mark.parametrize("effect", [0.3, 0.0, -1e5])
def test_a_test_of_asymmetry_is_not_made_of_rounding(effect: float) -> None:
    errors = np.linspace(0.1, 0.5, 10)
    with pytest.raises(InputRefused, match="all effects are equal: nothing is left to test with"):
        egger([effect] * 10, errors**2)
    with pytest.raises(InputRefused, match="the effects lie on one line in their standard errors"):
        egger(effect + 2 * errors, errors**2)
    for model in ("lm", "rma"):
        with pytest.raises(InputRefused, match="all studies have the same precision"):
            egger(effect + errors, [0.04] * 10, model=model)
    nearly = egger(effect + 1e-4 * np.array([1, -1] * 5), errors**2)
    assert 0 < nearly.p <= 1


@pytest.mark.parametrize("effect", [0.3, -1e5])
def test_a_regression_without_residuals_is_not_tested_by_rounding(effect: float) -> None:
    """Hartung and Knapp's standard error would be what rounding left, and p any number."""
    variances, place = np.linspace(0.1, 0.5, 10), np.arange(10.0) ** 2
    for y in ([effect] * 10, effect + 0.1 * place):
        with pytest.raises(InputRefused, match="use hksj_floor or wald"):
            meta_regression(y, variances, {"place": place}, interval="hksj")
        floor = meta_regression(y, variances, {"place": place})
        assert floor.tau2 == 0 and floor.se[1] > 1e-4
    with pytest.raises(InputRefused, match="use hksj_floor or wald"):
        subgroups([effect] * 10, variances, ["a", "b"] * 5, interval="hksj", tau2="common")


def test_influence_is_not_measured_by_a_standard_error_of_zero() -> None:
    y, v = [1.0, 1.0, 1.0, -3.0], [0.3, 0.3, 0.3, 0.3]
    with pytest.raises(InputRefused, match="(?s)without Hart the effects are equal.*use hksj_floor or wald"):
        influence(y, v, interval="hksj", labels=["Abel", "Baker", "Cole", "Hart"])
    with pytest.raises(InputRefused, match="the effects are equal"):
        influence([1.0] * 4, v, interval="hksj")
    assert all(map(math.isfinite, influence(y, v, interval="hksj_floor").dffits))


@pytest.mark.parametrize("precise", [10, 10**6, 10**10])
def test_traces_keep_their_digits_where_one_study_decides_a_coefficient(precise: int) -> None:
    """Against fractions. 1 less the leverage of such a study is nearly 0, and weighs as its weight does."""
    x, v = [Fraction(n * n % 7, 3) for n in range(9)], [Fraction(n + 2, 20) for n in range(9)]
    v[4], v[7] = v[4] / precise, v[7] / (precise // 2)
    w = [1 / one for one in v]
    s0, s1, s2 = (sum(a * b**power for a, b in zip(w, x, strict=True)) for power in range(3))
    area = s0 * s2 - s1 * s1
    p = [[(w[i] if i == j else 0) - w[i] * w[j] * (s2 - (x[i] + x[j]) * s1 + x[i] * x[j] * s0) / area for j in range(9)] for i in range(9)]
    sums = Regression(np.zeros(9), np.array(v, dtype=float), np.column_stack([np.ones(9), np.array(x, dtype=float)])).at(0.0, 0.0)
    assert sums.tr_p == pytest.approx([float(sum(p[i][i] for i in range(9)))] * 2, rel=1e-13)
    assert sums.tr_pp == pytest.approx([float(sum(one * one for row in p for one in row))] * 2, rel=1e-10)


@pytest.mark.parametrize("estimator", ["L0", "R0"])
def test_of_equal_effects_none_is_trimmed(estimator: str) -> None:
    for side in ("left", "right"):
        found = trim_and_fill([0.3] * 8, np.linspace(0.1, 0.5, 8), estimator=estimator, side=side)
        assert (found.k0, found.pooled.k, found.pooled.estimate) == (0, 8, pytest.approx(0.3))


def test_r0_that_trims_all_but_one_is_refused() -> None:
    """Where one study has all the weight, so that none lies on its other side."""
    with pytest.raises(InputRefused, match="(?s)all studies but one.*use the other estimator"):
        trim_and_fill([0.0, 1.0, 1.1, 1.2], [1e-15, 1.0, 1.0, 1.0], method="EE", estimator="R0", side="left")
