"""Conversions give what is worked out here by hand, undo each other, and refuse what cannot be."""

from __future__ import annotations

from math import erfc, exp, log, sqrt
from statistics import NormalDist, fmean, stdev
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import InputRefused
from review.extraction import CONVERSIONS, Derived, derive
from review.model.formulas import log_ratio_from_ci
from review.synthesis.distributions import two_sided_p

POSITIVE = st.floats(0.01, 1000)
PEOPLE = st.integers(3, 2000)


def value(formula: str, **inputs: float | str) -> Any:
    return derive(formula, **inputs).value


@pytest.mark.parametrize(
    ("formula", "inputs", "expected"),
    [
        ("sd_from_se", {"se": 0.5, "n": 16}, 2.0),
        ("se_from_sd", {"sd": 2.0, "n": 16}, 0.5),
        ("sd_from_ci", {"low": 8.0, "high": 12.0, "n": 26}, sqrt(26) * 4 / (2 * 2.059538552753294)),
        ("sd_from_ci", {"low": 8.0, "high": 12.0, "n": 400}, 20 * 4 / (2 * 1.959963984540054)),
        ("sd_from_ci", {"low": 8.0, "high": 12.0, "n": 400, "level": 90}, 20 * 4 / (2 * 1.6448536269514722)),
        ("sd_from_t", {"mean_difference": -3.0, "t": 2.0, "n1": 20, "n2": 20}, 1.5 / sqrt(0.1)),
        ("sd_from_p", {"mean_difference": 3.0, "p": 0.05, "n1": 20, "n2": 20}, 3 / 2.0243941639119702 / sqrt(0.1)),
        ("sd_change", {"sd_baseline": 3.0, "sd_final": 4.0, "r": 0.0}, 5.0),
        ("corr_from_sds", {"sd_baseline": 3.0, "sd_final": 4.0, "sd_of_change": 5.0}, 0.0),
        ("combine_groups", {"n1": 2, "mean1": 1.0, "sd1": sqrt(2), "n2": 2, "mean2": 3.0, "sd2": sqrt(2)}, (4, 2.0, sqrt(8 / 3))),
        ("log_ratio_from_ci", {"ratio": 2.0, "low": 1.0, "high": 4.0}, (log(2), log(4) / (2 * 1.959963984540054))),
        ("se_from_ci", {"low": -1.0, "high": 3.0}, 2 / 1.959963984540054),
        ("se_from_est_p", {"estimate": -2.0, "p": 0.05}, 2 / 1.959963984540054),
        ("luo_mean_iqr", {"q1": 1.0, "median": 2.0, "q3": 3.0, "n": 39}, 2.0),
        ("luo_mean_range", {"minimum": 0.0, "median": 2.0, "maximum": 8.0, "n": 16}, 2 + 2 * 4 / 12),
        ("luo_mean_5num", {"minimum": 0.0, "q1": 1.0, "median": 2.0, "q3": 3.0, "maximum": 4.0, "n": 16}, 2.0),
        ("wan_sd_range", {"minimum": 0.0, "maximum": 4.0, "n": 9}, 2 / NormalDist().inv_cdf(8.625 / 9.25)),
        ("design_effect", {"cluster_size": 11, "icc": 0.05}, 1.5),
        ("effective_n", {"n": 150, "cluster_size": 11, "icc": 0.05}, 100.0),
        ("skew_test_iqr", {"q1": 1.0, "median": 2.0, "q3": 5.0, "n": 100}, (0.5, 0.266 - 0.000592)),
        ("skew_test_range", {"minimum": 0.0, "median": 2.0, "maximum": 4.0, "n": 100}, (0.0, 1 / log(109) + 2.5 / 101)),
    ],
)  # fmt: skip
def test_each_formula(formula: str, inputs: dict[str, float], expected: float | tuple[float, ...]) -> None:
    assert value(formula, **inputs) == pytest.approx(expected, rel=1e-12)


# of the made-up quantiles 0, 1, 3, 4, 12 of 20 people, which no weight leaves as they are; by thirty digits of work
SKEWED = {
    "luo_mean_iqr": 2.64025, "luo_mean_range": 3.891701640175093, "luo_mean_5num": 3.285463642009732, "wan_sd_iqr": 2.393538021685233,
    "wan_sd_range": 3.211575967369702, "wan_sd_5num": 2.802556994527467, "shi_sd_5num": 2.968652159067412,
    "skew_test_iqr": (1 / 3, 0.5799940820149441), "skew_test_range": (0.5, 0.4160218234209891),
}  # fmt: skip


@pytest.mark.parametrize("formula", SKEWED)
def test_formulas_of_quantiles_that_lie_askew(formula: str) -> None:
    known = {"minimum": 0.0, "q1": 1.0, "median": 3.0, "q3": 4.0, "maximum": 12.0, "n": 20}
    inputs = {name: known[name] for name in CONVERSIONS[formula].inputs}
    assert value(formula, **inputs) == pytest.approx(SKEWED[formula], rel=1e-13)


def test_levels_are_those_asked_for_and_95_unless_asked() -> None:
    for formula, inputs in (("log_ratio_from_ci", {"ratio": 2.0}), ("se_from_ci", {}), ("sd_from_ci", {"n": 400})):
        plain, at_95, at_90 = (value(formula, low=1.0, high=4.0, **inputs, **level) for level in ({}, {"level": 95}, {"level": 90}))
        assert plain == at_95 and at_90 != at_95
    assert log_ratio_from_ci(2.0, 1.0, 4.0) == value("log_ratio_from_ci", ratio=2.0, low=1.0, high=4.0)


@settings(max_examples=25, deadline=None)
@given(sd=POSITIVE, n=PEOPLE, mean=st.floats(-100, 100), level=st.sampled_from([90, 95, 99]))
def test_an_sd_comes_back_from_its_standard_error_and_interval(sd: float, n: int, mean: float, level: float) -> None:
    se = value("se_from_sd", sd=sd, n=n)
    assert value("sd_from_se", se=se, n=n) == pytest.approx(sd)
    wide = derive("sd_from_ci", low=mean - se, high=mean + se, n=n, level=level).value
    again = value("sd_from_ci", low=mean - se * sd / wide, high=mean + se * sd / wide, n=n, level=level)
    assert again == pytest.approx(sd, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(baseline=POSITIVE, final=POSITIVE, r=st.floats(-0.99, 0.99))
def test_a_correlation_comes_back_from_the_sd_of_the_change(baseline: float, final: float, r: float) -> None:
    change = value("sd_change", sd_baseline=baseline, sd_final=final, r=r)
    # the correlation hangs on the difference of squares, so that unequal SDs lose digits
    assert value("corr_from_sds", sd_baseline=baseline, sd_final=final, sd_of_change=change) == pytest.approx(r, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(ratio=st.floats(0.05, 20), se=st.floats(0.01, 2))
def test_a_ratio_comes_back_from_its_interval(ratio: float, se: float) -> None:
    far = exp(1.959963984540054 * se)
    found, error = value("log_ratio_from_ci", ratio=ratio, low=ratio / far, high=ratio * far)
    assert (exp(found), error) == pytest.approx((ratio, se), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=4, max_size=12), st.integers(2, 2))
def test_two_groups_as_one_are_as_if_they_had_never_been_parted(values: list[float], cut: int) -> None:
    left, right = values[:cut], values[cut:]
    if min(stdev(left), stdev(right)) < 1e-6:
        return
    inputs = {"n1": len(left), "mean1": fmean(left), "sd1": stdev(left), "n2": len(right), "mean2": fmean(right), "sd2": stdev(right)}
    assert value("combine_groups", **inputs) == pytest.approx((len(values), fmean(values), stdev(values)), rel=1e-9, abs=1e-9)
    turned = {f"{name[:-1]}{3 - int(name[-1])}": given for name, given in inputs.items()}
    assert value("combine_groups", **turned) == pytest.approx(value("combine_groups", **inputs))


def test_a_derived_value_is_no_number_and_says_where_it_is_from() -> None:
    found = derive("sd_from_se", se=1.2, n=36, cells=("e1", "e2"))
    assert isinstance(found, Derived) and not isinstance(found, float) and found.cells == ("e1", "e2")
    assert found.says() == "sd 7.2, derived from se 1.2, n 36 by sd_from_se (Cochrane Handbook, version 6, section 6.5.2.2)"
    assert (
        found.plain()["formula"] == "sd_from_se" and found.plain()["inputs"] == {"se": 1.2, "n": 36.0} and found.plain()["gives"] == ["sd"]
    )
    with pytest.raises(TypeError, match="unsupported operand"):
        found * 2  # type: ignore[operator]
    with pytest.raises(TypeError, match="does not support item assignment"):
        found.inputs["se"] = 3  # type: ignore[index]


def test_a_bound_of_p_is_taken_as_its_value_and_marked() -> None:
    bound = derive("sd_from_p", mean_difference=3.0, p="<0.05", n1=20, n2=20)
    assert bound.value == value("sd_from_p", mean_difference=3.0, p=0.05, n1=20, n2=20)
    assert bound.notes == ("p is known only to be below 0.05 and was taken as 0.05: the true value is at most this",)
    assert derive("sd_from_p", mean_difference=3.0, p=0.05, n1=20, n2=20).notes == ()
    assert derive("se_from_est_p", estimate=0.3, p=" < .05 ").value == value("se_from_est_p", estimate=0.3, p=0.05)


def test_whether_t_was_taken_is_said() -> None:
    assert derive("sd_from_ci", low=1, high=2, n=99).notes == ("limits taken as set with Student's t, for n is below 100",)
    assert derive("sd_from_ci", low=1, high=2, n=100).notes == ()


@pytest.mark.parametrize(
    ("formula", "inputs", "told"),
    [
        ("sd_from_sem", {}, "no conversion 'sd_from_sem'"),
        ("sd_from_se", {"se": 1.0}, "lacks n"),
        ("sd_from_se", {"se": 1.0, "n": 9, "sd": 3.0}, "does not take sd"),
        ("sd_from_se", {"se": 1.0, "n": 9, "level": 95}, "does not take level"),
        ("sd_from_se", {"se": 0.0, "n": 9}, "se cannot be 0"),
        ("sd_from_se", {"se": 1.0, "n": 9.5}, "n cannot be 9.5"),
        ("sd_from_se", {"se": "one", "n": 9}, "which is no number"),
        ("sd_from_se", {"se": float("nan"), "n": 9}, "se is nan"),
        ("sd_from_ci", {"low": 2.0, "high": 1.0, "n": 9}, "low lies below high"),
        ("sd_from_ci", {"low": 1.0, "high": 2.0, "n": 1}, "n cannot be 1"),
        ("sd_from_ci", {"low": 1.0, "high": 2.0, "n": 9, "level": 0}, "level cannot be 0"),
        ("sd_from_p", {"mean_difference": 3.0, "p": 0.0, "n1": 9, "n2": 9}, "p cannot be 0"),
        ("sd_from_t", {"mean_difference": 3.0, "t": 0.0, "n1": 9, "n2": 9}, "t cannot be 0"),
        ("sd_change", {"sd_baseline": 1.0, "sd_final": 1.0, "r": 1.1}, "r cannot be 1.1"),
        ("corr_from_sds", {"sd_baseline": 1.0, "sd_final": 1.0, "sd_of_change": 3.0}, "one correlation between -1 and 1"),
        ("log_ratio_from_ci", {"ratio": 0.5, "low": 0.6, "high": 0.9}, "the ratio lies within its interval"),
        ("log_ratio_from_ci", {"ratio": 0.5, "low": -0.6, "high": 0.9}, "low cannot be -0.6"),
        ("luo_mean_iqr", {"q1": 1.0, "median": 5.0, "q3": 4.0, "n": 20}, "the median lies between the quartiles"),
        ("wan_sd_iqr", {"q1": 4.0, "q3": 4.0, "n": 20}, "q1 lies below q3"),
        ("shi_sd_5num", {"minimum": 2.0, "q1": 1.0, "q3": 4.0, "maximum": 9.0, "n": 20}, "minimum, q1, q3, maximum ascend"),
        ("skew_test_range", {"minimum": 1.0, "median": 0.0, "maximum": 4.0, "n": 20}, "the median lies in the range"),
        ("design_effect", {"cluster_size": 0.5, "icc": 0.1}, "cluster_size cannot be 0.5"),
        ("design_effect", {"cluster_size": 20, "icc": 1.5}, "icc cannot be 1.5"),
    ],
)
def test_what_cannot_be_is_refused(formula: str, inputs: dict[str, float | str], told: str) -> None:
    with pytest.raises(InputRefused, match=told):
        derive(formula, **inputs)


def test_the_table_is_complete() -> None:
    for name, one in CONVERSIONS.items():
        assert one.id == name and one.words and one.source and one.gives and one.inputs


@settings(max_examples=60, deadline=None)
@given(st.floats(-99, -0.01).map(lambda power: 10**power), st.floats(-8, 8).map(lambda power: 10**power), st.integers(2, 400))
def test_a_very_small_p_gives_the_spread_that_has_it(p: float, difference: float, people: int) -> None:
    """Back by the tails: a p is never taken from 1, which would leave 16 digits of it, and below 1e-16 none."""
    se = derive("se_from_est_p", estimate=difference, p=p).value
    assert erfc(difference / se / sqrt(2)) == pytest.approx(p, rel=1e-11)
    sd = derive("sd_from_p", mean_difference=difference, p=p, n1=people, n2=people + 1).value
    t = difference / (sd * sqrt(1 / people + 1 / (people + 1)))
    assert two_sided_p(t, 2 * people - 1) == pytest.approx(p, rel=1e-9)


def test_a_p_that_no_report_prints_is_refused() -> None:
    for p in (1e-101, 5e-324, 0.0):
        with pytest.raises(InputRefused, match=r"expected: a p between 1e-100 and 1; where it is printed as 0"):
            derive("se_from_est_p", estimate=1, p=p)


def test_ranges_of_a_million_people_keep_their_digits() -> None:
    """(n - .375)/(n + .25) is nearly 1: its deviate is 4.8475429611560849804, by forty digits of work."""
    assert derive("wan_sd_range", minimum=0, maximum=1, n=10**6).value == pytest.approx(0.10314503739452276, rel=1e-15)


def test_what_is_just_possible_is_taken() -> None:
    assert derive("design_effect", cluster_size=1, icc=0.5).value == 1
    assert derive("sd_from_se", se=2.0, n=1).value == 2 and derive("effective_n", n=1, cluster_size=1, icc=0).value == 1
    assert derive("se_from_ci", low=0, high=1, level=0.5).value > derive("se_from_ci", low=0, high=1, level=1).value
    for formula, inputs in (("design_effect", {"cluster_size": 0.99, "icc": 0.5}), ("sd_from_se", {"se": 2.0, "n": 0})):
        with pytest.raises(InputRefused, match="cannot be"):
            derive(formula, **inputs)
