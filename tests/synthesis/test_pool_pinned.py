"""Made-up tables with the values that metafor 3.8-1 (R 4.2.2) gives for them, run with control = list(threshold = 1e-14, tol = 1e-15).

Here stands what no other test without the shared reference pins: the tests and intervals of every estimator, regressions on several
covariates, influence, effects and counts with zero cells, trim and fill on both sides, mixed models.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from review.model.formulas import hedges_factor
from review.synthesis import (
    SynthesisSettings,
    begg,
    cochran_mantel_haenszel,
    cumulative,
    effects,
    egger,
    influence,
    leave_one_out,
    mantel_haenszel,
    meta_regression,
    mixed_odds_ratio,
    mixed_proportion,
    peto,
    pool,
    subgroups,
    tarone,
    trim_and_fill,
)  # fmt: skip
from tests.synthesis.arm_rows import arm, counts, means

Y = [-0.62, 0.18, -0.35, -1.10, 0.35, -0.48, 0.31, -0.07, -0.39, -0.54, 0.66, -0.21]
V = [0.052, 0.110, 0.023, 0.310, 0.008, 0.075, 0.190, 0.041, 0.016, 0.130, 0.034, 0.061]
AGE = [12.0, 30, 18, 7, 41, 22, 35, 15, 28, 10, 33, 19]
SHARE = [0.2, 0.5, 0.9, 0.4, 0.7, 0.1, 0.6, 0.3, 0.8, 0.5, 0.2, 0.7]
GROUP = ["a", "b", "a", "c", "b", "c", "b", "a", "c", "a", "c", "b"]
PEOPLE = [40, 25, 90, 14, 260, 33, 20, 60, 140, 22, 75, 48]
YEAR = [2001, 1998, 2004, 1999, 2010, 2003, 2000, 2007, 2005, 1997, 2012, 2009]
SLANTED = (
    [-1.21, -0.93, -0.752, -0.513, -0.447, -0.306, -0.281, -0.224, -0.203, -0.158],
    [0.4, 0.3, 0.25, 0.2, 0.12, 0.05, 0.06, 0.03, 0.02, 0.01],
)  # fmt: skip
# events and people of both arms: zero cells, one trial without events, one arm in which everybody has it
TABLES = {
    "1": (3, 40, 9, 42), "2": (0, 25, 2, 27), "3": (12, 110, 18, 105), "4": (5, 60, 5, 58), "5": (0, 30, 0, 33), "6": (7, 52, 13, 49),
    "7": (20, 20, 17, 21), "8": (1, 85, 0, 80),
}  # fmt: skip
ARMS = {
    "1": (24, 10.2, 3.1, 25, 12.0, 2.8), "2": (40, 8.9, 2.4, 38, 10.1, 3.0), "3": (12, 13.4, 5.2, 14, 12.8, 4.1),
    "4": (66, 11.0, 2.9, 70, 12.3, 3.3), "5": (31, 9.6, 3.8, 29, 12.4, 3.6),
}  # fmt: skip


def close(values: object, rel: float = 1e-8) -> object:
    return pytest.approx(values, rel=rel, abs=1e-14)


# estimate, Wald se, tau², its se; low end and p of HKSJ; low ends of the floor's interval and prediction interval; I²
EVERY = {
    "DL": (-0.144538345777, 0.141185973573, 0.171479053554, 0.114524517009, -0.439703856116, 0.304195213108, -0.455286578424,
           -1.107485156733, 82.013681085054),
    "REML": (-0.1412907875286, 0.1337554135429, 0.1484644652961, 0.0891833760587, -0.4353407516675, 0.3129230974123, -0.4356844678184,
             -1.0389986156608, 79.7890087688666),
    "ML": (-0.1384482932601, 0.1278813653872, 0.1313183016183, 0.0770623619808, -0.4315794415584, 0.3208625420723, -0.4315794415584,
           -0.9881987292149, 77.7375620668205),
    "PM": (-0.1412131283777, 0.1335875190748, 0.1479614915839, 0.0913128021038, -0.4352372754348, 0.3131362584806, -0.4352372754348,
           -1.0374415207256, 79.7342278902753),
    "SJ": (-0.1439225863269, 0.1397129329997, 0.1667997602889, 0.0772185713958, -0.4388712054914, 0.3058223485512, -0.4514286785321,
           -1.0939720724501, 81.6019367822784),
    "HE": (-0.142711738126, 0.136905842395, 0.158042424242, 0.110152866718, -0.437241179031, 0.309059699306, -0.444039465567,
           -1.068135399612, 80.778432502102),
    "HS": (-0.139424604200, 0.129837709564, 0.136925420310, 0.076573139537, -0.432865286869, 0.318103649497, -0.432865286869,
           -1.005115156683, 78.452777225385),
}  # fmt: skip


@pytest.mark.parametrize("method", EVERY)
def test_tests_and_intervals_of_every_estimator(method: str) -> None:
    wald, hksj, floor = (pool(Y, V, method=method, interval=name) for name in ("wald", "hksj", "hksj_floor"))
    found = (wald.estimate, wald.se, wald.tau2, wald.se_tau2, hksj.ci[0], hksj.p, floor.ci[0], floor.pi[0], wald.i2)
    assert found == close(EVERY[method])


def test_the_interval_of_tau2() -> None:
    found = pool(Y, V)
    assert (*found.tau2_ci, *found.i2_ci, *found.h2_ci) == close(
        (0.0479922799815, 0.585039643980, 56.0663115615757, 93.960158956371, 2.2761576265138, 16.556727118752)
    )
    assert (found.q, found.q_p, found.h2) == close((61.1575945696, 5.64710503983e-09, 4.94780284927))


# coefficients, their standard errors and p; tau², its se, I², H², R²; QM, its p
REGRESSIONS = {
    ("REML", "wald"): (
        (-0.741507597824, 0.0445458402075, -0.53939097247, -0.198814957783, -0.34727395715),
        (0.301137903431, 0.0142338424837, 0.373426108184, 0.344809557964, 0.28867302299),
        (0.0138029025358, 0.00175060942409, 0.14861572405, 0.56421407565, 0.228975904326),
        (0.0491369932836, 0.0604446916312, 44.8748629272, 1.81405444612, 66.9031958687), (16.4100937753, 0.00251547159707),
    ),
    ("REML", "hksj"): (
        (-0.741507597824, 0.0445458402075, -0.53939097247, -0.198814957783, -0.34727395715),
        (0.260450282227, 0.0123106664748, 0.322971416614, 0.298221332031, 0.249669568169),
        (0.0247939577279, 0.00852747155699, 0.138829014556, 0.526339196075, 0.206856230412),
        (0.0491369932836, 0.0604446916312, 44.8748629272, 1.81405444612, 66.9031958687), (5.48443952022, 0.0254336073975),
    ),
    ("REML", "hksj_floor"): (
        (-0.741507597824, 0.0445458402075, -0.53939097247, -0.198814957783, -0.34727395715),
        (0.301137903431, 0.0142338424837, 0.373426108184, 0.344809557964, 0.28867302299),
        (0.0433157203935, 0.0166196490703, 0.191843864743, 0.582272096298, 0.268080398596),
        (0.0491369932836, 0.0604446916312, 44.8748629272, 1.81405444612, 66.9031958687), (4.10252344383, 0.050487559977),
    ),
    ("DL", "hksj"): (
        (-0.73475428416, 0.0443904345667, -0.546025420345, -0.201122584317, -0.345673164744),
        (0.261430285363, 0.0123698321121, 0.321367981356, 0.300467532964, 0.250385435404),
        (0.0261265187861, 0.00887364486902, 0.133109489305, 0.524717784473, 0.209884114778),
        (0.0422125904368, 0.0565590656608, 41.1535412198, 1.69933759945, 75.3832380329), (5.47619535158, 0.0255285587825),
    ),
    ("DL", "hksj_floor"): (
        (-0.73475428416, 0.0443904345667, -0.546025420345, -0.201122584317, -0.345673164744),
        (0.290328789237, 0.0137371933599, 0.356891998176, 0.333681214208, 0.278063041559),
        (0.0391890510119, 0.0144236540629, 0.169881873206, 0.565689567059, 0.25383438832),
        (0.0422125904368, 0.0565590656608, 41.1535412198, 1.69933759945, 75.3832380329), (4.44028166723, 0.0421717264558),
    ),
    ("ML", "wald"): (
        (-0.636104315999, 0.0423023410922, -0.633601130676, -0.250831687517, -0.343820226004),
        (0.207457259128, 0.00964587068077, 0.227682299122, 0.250584247494, 0.186974235143),
        (0.00216802202044, 1.15698978577e-05, 0.00538870345933, 0.316832874642, 0.0659351636051),
        (0, 0.00915203606553, 0, 1, 100), (49.2622313734, 5.14766036378e-10),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("method", "interval"), REGRESSIONS)
def test_a_regression_on_several_covariates(method: str, interval: str) -> None:
    found = meta_regression(Y, V, {"age": AGE, "share": SHARE, "group": GROUP}, method=method, interval=interval)
    coef, se, p, (tau2, se_tau2, i2, h2, r2), (qm, qm_p) = REGRESSIONS[method, interval]
    assert found.names == ("intercept", "age", "share", "group: b", "group: c")
    assert (found.coef, found.se, found.p) == (close(coef), close(se), close(p))
    assert (found.tau2, found.se_tau2, found.i2, found.h2, found.r2) == close((tau2, se_tau2, i2, h2, r2))
    assert (found.qm, found.qm_p, found.qe, found.qe_p) == close((qm, qm_p, 11.8953631962, 0.104052841609))
    assert found.qm_df == ((4, None) if interval == "wald" else (4, 7))


def test_subgroups() -> None:
    apart, wald, hksj = subgroups(Y, V, GROUP, interval="wald"), *(
        subgroups(Y, V, GROUP, tau2="common", interval=interval) for interval in ("wald", "hksj")
    )  # fmt: skip
    assert [(one.estimate, one.se, one.tau2) for one in apart.pooled.values()] == [
        close((-0.353031623789, 0.116897957828, 0.010002364951)), close((0.18614599632, 0.154413434892, 0.0396804663662)),
        close((-0.241095496238, 0.350582866827, 0.404941155125)),
    ]  # fmt: skip
    assert (wald.q, wald.q_p, wald.model.tau2) == close((2.94811244394, 0.228994745302, 0.134127020319))
    assert (hksj.q, hksj.q_p) == close((1.50523656778, 0.272942251535))
    assert hksj.model.se == close((0.214757044577, 0.311046446696, 0.309800791169))


def test_influence_without_and_with_hartung_and_knapps_variance() -> None:
    """Of studies 1, 4 and 5."""
    wald, hksj, common = influence(Y, V), influence(Y, V, interval="hksj"), influence(Y, V, method="EE")
    expected = {
        "rstudent": (-1.14931605391, -1.46167888008, 1.40142301159), "dffits": (-0.37056137563, -0.29797091296, 0.494248617328),
        "cooks_d": (0.131252030465, 0.0868818118399, 0.214683335438), "cov_ratio": (1.04939418488, 0.988292427625, 1.02574291899),
        "tau2_without": (0.13961218828, 0.138628444625, 0.129506468452), "q_without": (53.6483735902, 57.3050320782, 36.0156696855),
        "hat": (0.0892452965447, 0.0390226767967, 0.114342324426), "dfbetas": (-0.370579115301, -0.302284187471, 0.487059746117),
    }  # fmt: skip
    for name, values in expected.items():
        assert [getattr(wald, name)[n] for n in (0, 3, 4)] == close(list(values)), name
    expected = {
        "rstudent": (-1.14218361141, -1.51042847648, 1.39594057618), "dffits": (-0.368261740386, -0.307908774105, 0.492315092546),
        "cooks_d": (0.131559051821, 0.0870850435277, 0.215185517145), "cov_ratio": (1.0650265997, 0.927691945186, 1.03623404827),
    }  # fmt: skip
    for name, values in expected.items():
        assert [getattr(hksj, name)[n] for n in (0, 3, 4)] == close(list(values)), name
    assert [common.baujat_x[n] for n in (0, 3, 4)] == close([7.10698121607, 3.81794612675, 16.3880165046])
    assert [common.baujat_y[n] for n in (0, 3, 4)] == close([0.402239763378, 0.0346163646854, 8.75390837951])


def test_series() -> None:
    without, years = leave_one_out(Y, V, interval="wald"), cumulative(Y, V, YEAR, interval="wald")
    assert (without.estimate[0], without.tau2[4], without.i2[4], without.p[4]) == close(
        (-0.0928329104688, 0.129506468452, 72.0189814049, 0.133488666694)
    )
    assert [years.estimate[n] for n in (1, 5, 11)] == close([-0.166111111111, -0.368164251412, -0.141290787529])
    assert [years.tau2[n] for n in (1, 5, 11)] == close([0.1392, 0.063614708044, 0.148464465296])


def test_asymmetry_by_other_predictors_and_ranks() -> None:
    found = [egger(Y, V, predictor="vi"), egger(Y, V, predictor="ninv", n=PEOPLE), egger(Y, V, predictor="sqrtninv", n=PEOPLE)]
    assert [one.statistic for one in found] == close([-1.12711272027, -1.42980623141, -1.64065101438])
    assert [one.p for one in found] == close([0.28601346565, 0.183262987473, 0.131904523176])
    found = [egger(Y, V, model="rma", predictor=name, n=PEOPLE) for name in ("ninv", "sqrtninv")]
    assert [one.statistic for one in found] == close([-1.27495586369, -1.29033212814])
    assert (begg(Y, V).tau, begg(Y, V).p) == (0, 1)
    tied = begg([-0.6, 0.2, -0.4, -0.6, 0.1, -0.5, 0.3], [0.05, 0.11, 0.02, 0.05, 0.02, 0.08, 0.19])
    assert (tied.tau, tied.p, tied.exact) == (*(close(one) for one in (0.153896752813, 0.641149935864)), False)


# estimator, side, method: k0, its standard error, estimate, Wald standard error, tau²
FILLED = {
    ("L0", "left", "DL"): (0, 2.10025210119, -0.144538345777, 0.141185973573, 0.171479053554),
    ("L0", "left", "EE"): (0, 0.683498995157, -0.0120830457738, 0.052777246652, 0),
    ("L0", "right", "DL"): (1, 2.36747058136, -0.103351190156, 0.139334382034, 0.17476950184),
    ("L0", "right", "EE"): (3, 2.36450899436, 0.0464858123504, 0.050691661722, 0),
    ("R0", "right", "DL"): (0, 1.41421356237, -0.144538345777, 0.141185973573, 0.171479053554),
}


@pytest.mark.parametrize(("estimator", "side", "method"), FILLED)
def test_trim_and_fill_on_either_side(estimator: str, side: str, method: str) -> None:
    found = trim_and_fill(Y, V, estimator=estimator, side=side, method=method, interval="wald")
    assert (found.k0, found.k0_se, found.pooled.estimate, found.pooled.se, found.pooled.tau2) == close(FILLED[estimator, side, method])


def test_trim_and_fill_of_a_slanted_funnel() -> None:
    five, seven = (trim_and_fill(*SLANTED, method="DL", estimator=name, interval="wald") for name in ("L0", "R0"))
    assert (five.side, five.k0, five.k0_se, five.pooled.estimate) == ("right", 5, close(1.85623984612), close(-0.201))
    assert (seven.k0, seven.k0_se, seven.pooled.estimate, seven.pooled.se) == close((7, 4, -0.182272727273, 0.0574484989621))


@pytest.mark.parametrize("origin", [0.0, 0.3, 100.1, -7e3])
def test_equal_distances_are_ties_whatever_rounding_leaves_of_them(origin: float) -> None:
    """About the centre, -0.185, two studies lie at the same distance; ranks go by their order then, wherever the scale begins."""
    y = [-1.2, -0.9, -0.75, -0.5, -0.45, -0.3, -0.28, -0.22, -0.2, -0.15]
    found = trim_and_fill([one + origin for one in y], SLANTED[1], method="EE", estimator="R0", side="right")
    assert found.k0 == 7
    assert trim_and_fill([-one - origin for one in y], SLANTED[1], method="EE", estimator="R0", side="left").k0 == 7


def test_a_variance_below_zero_has_no_root() -> None:
    """The large-sample formula of the variance of k0; metafor prints NaN, and 0 would be a number that is none."""
    found = trim_and_fill([0.82, 0.33, -1.3, 0.91, 0.45, -0.54], [0.21, 0.28, 0.02, 0.38, 0.27, 0.17], method="EE", side="right")
    assert (found.k0, found.k0_se) == (0, None)


# measure: estimate, standard error, p, Q with 0.5 in rows with a zero cell, its p; Q without, k of it
BY_COUNTS = {
    "OR": (-0.477796767124, 0.24525777273, 0.0513980724209, 6.85973386741, 0.334014059144, 2.02754821665, 4),
    "RR": (-0.291321860908, 0.149695380726, 0.0516429849522, 23.1672414099, 0.00074235687229, 25.2297308138, 5),
    "RD": (-0.0387879188009, 0.0198182695047, 0.0503263206833, 18.9034299439, 0.00432987177617, 30.1874818893, 7),
}
COLUMNS = [list(column) for column in zip(*TABLES.values(), strict=True)]


@pytest.mark.parametrize("measure", BY_COUNTS)
def test_counts_with_zero_cells(measure: str) -> None:
    half, plain = (mantel_haenszel(*COLUMNS, measure=measure, zero_cells=how) for how in ("half_to_zero_rows", "as_they_are"))
    assert (half.estimate, half.se, half.p, half.q, half.q_p, plain.q, plain.q_df + 1) == close(BY_COUNTS[measure])


def test_tests_and_petos_estimate_of_counts() -> None:
    found, common, equal = peto(*COLUMNS), cochran_mantel_haenszel(*COLUMNS), tarone(*COLUMNS)
    assert (found.estimate, found.se, found.q, found.q_p) == close((-0.474577614361, 0.241907934953, 10.6628123128, 0.0993736020565))
    assert (common.statistic, common.p, equal.statistic, equal.p) == close((3.3887541056, 0.0656425326872, 11.2830908961, 0.0800114215303))
    assert cochran_mantel_haenszel(*COLUMNS, continuity=False).statistic == close(3.84870185771)


# where 0.5 is added, measure: sum of the effects, sum of the variances, effect of trial 4, which has no zero
ADDED = {
    ("only0", "OR"): (-0.726823775307, 12.9293296053, -0.0370412716803), ("only0", "RR"): (-2.41366988101, 9.98183951137, -0.0339015516757),
    ("only0", "RD"): (-0.21181452113, 0.0301740935045, -0.00287356321839),
    ("all", "OR"): (-0.576724899904, 12.8203963441, -0.0367013668504),
    ("all", "RR"): (-2.2679244216, 9.87747289904, -0.0333364202676), ("all", "RD"): (-0.205653882223, 0.0305233721659, -0.00305640455682),
    ("if0all", "OR"): (-0.576724899904, 12.8203963441, -0.0367013668504),
}  # fmt: skip


@pytest.mark.parametrize(("policy", "measure"), ADDED)
def test_effects_of_tables_with_zero_cells(policy: str, measure: str) -> None:
    frame = effects(counts(TABLES), measure, SynthesisSettings(zero_cells=policy, double_zero="keep")).frame
    assert (frame["yi"].sum(), frame["vi"].sum(), frame["yi"][3]) == close(ADDED[policy, measure])


# measure, settings: effects, variances
OF_MEANS = {
    ("MD", ()): ((-1.8, -1.2, 0.6, -1.3, -2.8), (0.714016666667, 0.380842105263, 3.45404761905, 0.282995670996, 0.912703003337)),
    ("MD", (("md_variance", "pooled"),)): (
        (-1.8, -1.2, 0.6, -1.3, -2.8), (0.711003900709, 0.376522853186, 3.3271875, 0.28515888092, 0.916052318668)),
    ("SMD", ()): ((-0.600245350674, -0.438618871403, 0.125309453085, -0.415341621295, -0.745954605952),
                  (0.0853431409626, 0.0525490363605, 0.155063875128, 0.0300714524607, 0.071377892088)),
    ("SMD", (("smd_variance", "UB"),)): ((-0.600245350674, -0.438618871403, 0.125309453085, -0.415341621295, -0.745954605952),
                                         (0.0856474547673, 0.0526112773558, 0.155114634159, 0.0300894290956, 0.0716867357065)),
    ("SMDH", ()): ((-0.599597293544, -0.437350165598, 0.124085386632, -0.41613743087, -0.746648979989),
                   (0.0863690016462, 0.0532361394236, 0.160772328696, 0.0300749638842, 0.0718228365062)),
    ("ROM", ()): ((-0.162518929498, -0.126484147109, 0.0458095360313, -0.11170398958, -0.255933374137),
                  (0.00602645777265, 0.00413970607998, 0.0198777727309, 0.0020813923942, 0.00796077867782)),
}  # fmt: skip


@pytest.mark.parametrize(("measure", "choice"), OF_MEANS)
def test_effects_of_means(measure: str, choice: tuple[tuple[str, str], ...]) -> None:
    frame = effects(means(ARMS), measure, SynthesisSettings(**dict(choice))).frame
    assert (tuple(frame["yi"]), tuple(frame["vi"])) == tuple(close(one) for one in OF_MEANS[measure, choice])


def test_a_ratio_of_means_below_zero_is_that_of_their_distances() -> None:
    below = {study: (n1, -m1, s1, n2, -m2, s2) for study, (n1, m1, s1, n2, m2, s2) in ARMS.items()}
    frame = effects(means(below), "ROM").frame
    assert tuple(frame["yi"]) == close(OF_MEANS["ROM", ()][0]) and tuple(frame["vi"]) == close(OF_MEANS["ROM", ()][1])
    assert all("both means are below 0" in changed[0] for changed in frame["changed"])
    assert not any(
        effects(means({study: (n1, m1 / 99, s1, n2, m2, s2) for study, (n1, m1, s1, n2, m2, s2) in ARMS.items()}), "ROM").frame["changed"]
    )


def test_effects_of_rates() -> None:
    events, time = ((6, 14), (0, 3), (21, 30), (3, 2)), ((120.5, 118), (80, 84.5), (410, 395), (55, 60))
    rows = [
        arm(str(n), role, events=x, person_time=t)
        for n, (xs, ts) in enumerate(zip(events, time, strict=True), 1)
        for role, x, t in zip(("experimental", "control"), xs, ts, strict=True)
    ]
    frame = effects(pd.DataFrame(rows), "IRR").frame
    assert tuple(frame["yi"]) == close((-0.868262988852, -1.89118524937, -0.393946338736, 0.492476485098))
    assert tuple(frame["vi"]) == close((0.238095238095, 2.28571428571, 0.0809523809524, 0.833333333333))
    frame = effects(pd.DataFrame(rows), "IRR", SynthesisSettings(zero_cells="all")).frame
    assert tuple(frame["yi"]) == close((-0.82331160099, -1.89118524937, -0.386945143277, 0.423483613611))
    assert tuple(frame["vi"]) == close((0.222811671088, 2.28571428571, 0.0792985131529, 0.685714285714))


# degrees of freedom: the factor with forty digits of work, rounded
FACTORS = {
    99: 0.99240185111442286, 998: 0.99924827729564899, 199_998: 0.99999624995703075683, 999_998: 0.99999924999828124605,
    10**9 - 2: 0.99999999924999999828,
}  # fmt: skip


@pytest.mark.parametrize("freedom", FACTORS)
def test_the_small_sample_factor_keeps_its_digits_in_large_trials(freedom: int) -> None:
    """A difference of logarithms of gamma functions is off by 1e-9 at a million, and metafor's with it."""
    assert hedges_factor(freedom) == pytest.approx(FACTORS[freedom], rel=2e-14 if freedom < 100 else 3e-16)


# x, n: estimate, standard error, tau² of rma.glmm(measure = "PLO") with lme4 1.1-31 and
# glmerCtrl = list(optimizer = "bobyqa", optCtrl = list(rhobeg = 2e-3, rhoend = 1e-10, maxfun = 2e5)), nAGQ = 7
PROPORTIONS = (
    (((3, 40), (11, 67), (5, 29), (6, 78), (45, 122), (2, 9)), (-1.65583315117, 0.331223178307, 0.436160035549)),
    (((8, 14), (88, 177), (95, 195), (22, 26), (61, 100)), (0.338893305776, 0.238089810883, 0.165948457916)),
    (((6, 111), (26, 115), (5, 39), (5, 140), (40, 70), (40, 187)), (-1.71236593222, 0.492679183442, 1.33444387841)),
    (((10, 50), (21, 100), (33, 160), (8, 41)), (-1.35454566281, 0.132185915071, 0.0)),
)
# the same with measure = "OR", model = "UM.FS", rhoend = 1e-9
ODDS = (
    (((3, 40, 9, 42), (0, 25, 2, 27), (12, 110, 18, 105), (5, 60, 5, 58), (0, 30, 0, 33), (7, 52, 13, 49), (16, 20, 12, 21),
      (1, 85, 0, 80)),
     (-0.418001253950, 0.266598307705, 0.0290073184162)),
    (((12, 50, 20, 52), (5, 44, 6, 45), (30, 90, 33, 88), (8, 61, 25, 60), (21, 80, 24, 81), (2, 40, 9, 38)),
     (-0.640921602333, 0.245532101469, 0.139189424412)),
    (((10, 50, 15, 50), (21, 100, 30, 102), (33, 160, 50, 158), (8, 41, 12, 40)), (-0.534564705395, 0.175902661755, 0.0)),
)  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), PROPORTIONS)
def test_mixed_models_of_proportions(rows: tuple[tuple[int, int], ...], expected: tuple[float, ...]) -> None:
    found = mixed_proportion(*map(list, zip(*rows, strict=True)))
    assert (found.estimate, found.se, found.tau2) == close(expected, 1e-5)


@pytest.mark.parametrize(("rows", "expected"), ODDS)
def test_mixed_models_of_odds_ratios(rows: tuple[tuple[int, ...], ...], expected: tuple[float, ...]) -> None:
    found = mixed_odds_ratio(*map(list, zip(*rows, strict=True)))
    assert (found.estimate, found.se, found.tau2) == close(expected, 1e-5)


def test_a_very_small_tau2_is_found_and_not_left_where_a_rough_search_ended() -> None:
    """By likelihoods that are added up over a fine grid of the random effect."""
    x, n = np.array([56, 39, 40, 42, 26]), np.array([235, 132, 132, 135, 81])
    u = np.linspace(-9, 9, 4001)

    def log_likelihood(at: float, tau: float) -> float:
        logits = at + tau * u
        logs = x[:, None] * logits - n[:, None] * np.logaddexp(0, logits) - u**2 / 2
        top = logs.max(1)
        return float((top + np.log(np.exp(logs - top[:, None]).sum(1))).sum())

    found = mixed_proportion(x, n)
    at, tau, step = found.estimate, math.sqrt(found.tau2), 1e-4
    below, here, above = (log_likelihood(at, tau + move) for move in (-step, 0, step))
    bend = (above - 2 * here + below) / step**2
    assert found.tau2 == pytest.approx(1.094e-4, rel=1e-3)
    assert bend < 0 and abs((above - below) / (2 * step) / bend) < 4e-6, "the next step of Newton's would be none"
