"""Effect sizes of small published tables, worked out here by hand, and every policy for zero cells."""

from __future__ import annotations

from math import asin, erfc, exp, log, sqrt

import pandas as pd
import pytest

from review.errors import InputRefused
from review.synthesis import Row, SynthesisSettings, back, effects
from tests.synthesis.arm_rows import BCG, STAY, arm, counts, means, stated, swapped

ZERO = {"None": (0, 20, 3, 20), "Both": (0, 30, 0, 31), "Some": (4, 40, 8, 40)}


def one(rows: pd.DataFrame, measure: str, **policy: object) -> pd.Series:
    """The only effect of *rows*."""
    [line] = effects(rows, measure, SynthesisSettings(**policy)).frame.iloc
    return line


def test_log_risk_ratios_are_those_that_are_printed_everywhere() -> None:
    frame = effects(counts(BCG), "RR").frame
    assert frame["yi"].round(4).tolist() == [-0.8893, -1.5854, -1.3481]
    assert frame["vi"].round(4).tolist() == [0.3256, 0.1946, 0.4154]


@pytest.mark.parametrize(
    ("measure", "yi", "vi"),
    [
        ("OR", log(4 * 128 / (119 * 11)), 1 / 4 + 1 / 119 + 1 / 11 + 1 / 128),
        ("RD", 4 / 123 - 11 / 139, 4 * 119 / 123**3 + 11 * 128 / 139**3),
        ("AS", asin(sqrt(4 / 123)) - asin(sqrt(11 / 139)), 1 / (4 * 123) + 1 / (4 * 139)),
        ("PETO", (4 - 15 * 123 / 262) / (123 * 139 * 15 * 247 / (262**2 * 261)), 262**2 * 261 / (123 * 139 * 15 * 247)),
    ],
)
def test_effects_of_a_table(measure: str, yi: float, vi: float) -> None:
    line = one(counts({"Aronson": BCG["Aronson"]}), measure)
    assert (line["yi"], line["vi"]) == pytest.approx((yi, vi), rel=1e-12)
    assert line["changed"] == () and line["rows"] == ("Aronson/experimental/", "Aronson/control/")
    assert line["events"] == ("cell:Aronson/experimental/", "cell:Aronson/control/"), "the cells that it came from"


def test_effects_of_means() -> None:
    rows = means({"Edinburgh": STAY["Edinburgh"]})
    assert one(rows, "MD")[["yi", "vi"]].tolist() == pytest.approx([-20, 47**2 / 155 + 64**2 / 156])
    pooled = (154 * 47**2 + 155 * 64**2) / 309
    assert one(rows, "MD", md_variance="pooled")["vi"] == pytest.approx(pooled * (1 / 155 + 1 / 156))
    g = (1 - 3 / (4 * 309 - 1)) * -20 / sqrt(pooled)
    assert one(rows, "SMD")["yi"] == pytest.approx(g, rel=1e-5), "the usual approximation of the exact factor"
    assert one(rows, "SMD")["vi"] == pytest.approx(1 / 155 + 1 / 156 + one(rows, "SMD")["yi"] ** 2 / (2 * 311), rel=1e-14)
    assert one(rows, "SMD", smd_variance="UB")["vi"] == pytest.approx(one(rows, "SMD")["vi"], rel=1e-3)
    assert one(rows, "SMDH")["yi"] == pytest.approx(-20 / sqrt((47**2 + 64**2) / 2), rel=3e-3)
    assert one(rows, "ROM")[["yi", "vi"]].tolist() == pytest.approx([log(55 / 75), (47 / 55) ** 2 / 155 + (64 / 75) ** 2 / 156])


def test_rates_and_single_arms() -> None:
    rows = pd.DataFrame([arm("A", "experimental", events=10, person_time=200.0), arm("A", "control", events=30, person_time=300.0)])
    assert one(rows, "IRR")[["yi", "vi"]].tolist() == pytest.approx([log(0.05 / 0.1), 1 / 10 + 1 / 30])
    alone = pd.DataFrame([arm("A", "single", n=40, events=10, person_time=80.0, mean=5.0, sd=2.0)])
    expected = {
        "PR": (0.25, 0.25 * 0.75 / 40), "PLN": (log(0.25), 1 / 10 - 1 / 40), "PLO": (log(1 / 3), 1 / 10 + 1 / 30),
        "PAS": (asin(0.5), 1 / 160), "PFT": ((asin(sqrt(10 / 41)) + asin(sqrt(11 / 41))) / 2, 1 / 162),
        "IR": (0.125, 10 / 6400), "IRLN": (log(0.125), 0.1), "MN": (5.0, 0.1),
    }  # fmt: skip
    pd.testing.assert_series_equal(one(alone.assign(role="experimental", design="single_arm"), "PLO"), one(alone, "PLO"))
    for measure, (yi, vi) in expected.items():
        assert one(alone, measure)[["yi", "vi"]].tolist() == pytest.approx([yi, vi], rel=1e-13), measure


@pytest.mark.parametrize(
    ("policy", "added"),
    [("measure", [0, 0.5, 0]), ("none", [0, 0, 0]), ("only0", [0, 0.5, 0]), ("all", [0, 0.5, 0.5]), ("if0all", [0, 0.5, 0.5])],
)
def test_the_correction_goes_only_where_the_policy_says(policy: str, added: list[float]) -> None:
    found = effects(counts(ZERO), "OR", SynthesisSettings(zero_cells=policy))
    assert found.frame["study"].tolist() == ["Both", "None", "Some"]
    assert found.frame["added"].tolist() == added
    for line in found.frame.itertuples():
        assert ("0.5 added to each cell" in line.changed) == (line.added > 0)
    assert found.excluded["study"].tolist() == (["Both", "None"] if policy == "none" else ["Both"])
    assert "no events in either arm" in found.excluded["reason"].iloc[0]
    if policy != "none":
        assert found.frame["yi"].iloc[1] == pytest.approx(log(0.5 * 17.5 / (20.5 * 3.5)))


def test_a_study_without_events_counts_for_a_difference_and_for_ratios_only_when_asked() -> None:
    rows = counts({"Both": ZERO["Both"]})
    assert one(rows, "RD")["yi"] == pytest.approx(0.5 / 31 - 0.5 / 32) and one(rows, "AS")["yi"] == 0
    assert one(rows, "AS")["added"] == 0
    assert one(rows, "OR", double_zero="keep")["yi"] == pytest.approx(log(0.5 * 31.5 / (30.5 * 0.5)))
    assert not one(rows, "PETO", double_zero="keep")["used"], "Peto's method adds nothing unless asked"
    assert one(rows, "PETO", double_zero="keep", zero_cells="only0")["used"]
    everybody = counts({"All": (20, 20, 30, 30)})
    assert one(everybody, "RR")["reason"].startswith("everybody had the event")


def test_a_zero_of_one_arm_follows_the_policy_too() -> None:
    none = pd.DataFrame([arm("A", "single", n=40, events=0)])
    assert one(none, "PLO")["yi"] == pytest.approx(log(0.5 / 40.5)) and one(none, "PLO")["added"] == 0.5
    assert one(none, "PLO", zero_cells="none")["reason"] == "no events or no non-events, and nothing is added"
    assert one(none, "PR", zero_cells="none")["reason"].startswith("its variance is zero")
    assert one(none, "PFT")["added"] == 0 and one(none, "PFT")["used"]


def test_ratios_as_stated() -> None:
    rows = pd.DataFrame([
        stated("ci", "HR", 0.72, ci_low=0.55, ci_high=0.94), stated("p", "HR", 0.72, p=0.016), stated("se", "HR", 0.72, se=0.14),
        stated("90", "HR", 0.72, ci_low=0.575, ci_high=0.9, ci_level=90), stated("bare", "HR", 0.72),
    ])  # fmt: skip
    frame = effects(rows, "HR").frame.set_index("study")
    assert frame["yi"].dropna().tolist() == pytest.approx([log(0.72)] * 4)
    assert frame.loc["ci", "se"] == pytest.approx((log(0.94) - log(0.55)) / 3.919927969, rel=1e-9)
    assert frame.loc["90", "se"] == pytest.approx((log(0.9) - log(0.575)) / (2 * 1.644853627), rel=1e-9)
    assert frame.loc["p", "se"] == pytest.approx(-log(0.72) / 2.408915546, rel=1e-6) and frame.loc["se", "se"] == pytest.approx(0.14)
    assert frame.loc["p", "formula"] == "as stated; standard error from p"
    assert frame.loc["bare", "reason"].startswith("neither an interval")
    null = pd.DataFrame([stated("null", "HR", 1.0, p=0.4), stated("none", "HR", float("nan"), p=0.4), stated("zero", "HR", 0.7, p=0.0)])
    assert not effects(null, "HR").frame["used"].any(), "no spread follows from a p beside no effect"


def test_of_half_an_interval_nothing_is_taken_and_only_a_bound_is_told_of() -> None:
    rows = pd.DataFrame([
        stated("half", "HR", 0.72, ci_low=0.55, se=0.14), stated("other half", "HR", 0.72, ci_high=0.94, se=0.14),
        stated("bound", "HR", 0.72, p=0.05, p_bound=True), stated("p", "HR", 0.72, p=0.04, p_bound=False),
        stated("with se", "HR", 0.72, se=0.14, p=0.05, p_bound=True),
    ])  # fmt: skip
    frame = effects(rows, "HR").frame.set_index("study")
    assert frame["se"][["half", "other half", "with se"]].tolist() == pytest.approx([0.14] * 3)
    assert frame["changed"]["bound"] == ("p < 0.05 is taken as 0.05, by which its standard error is rather too large",)
    assert not any(frame["changed"][study] for study in ("half", "p", "with se"))


def test_an_effect_with_a_very_small_p_keeps_its_standard_error() -> None:
    """1 - p / 2 is 1 to a computer, and a standard error is not to be had of it."""
    line = one(pd.DataFrame([stated("A", "HR", exp(-0.9), p=1e-20)]), "HR")
    assert erfc(0.9 / line["se"] / sqrt(2)) == pytest.approx(1e-20, rel=1e-10)


def test_differences_as_stated_and_logarithms() -> None:
    rows = pd.DataFrame(
        [stated("few", "MD", -2.0, ci_low=-4.0, ci_high=0.0, n=22), stated("many", "MD", -2.0, ci_low=-4.0, ci_high=0.0, n=400)]
    )
    frame = effects(rows, "MD").frame.set_index("study")
    assert frame.loc["few", "se"] == pytest.approx(2 / 2.085963447, rel=1e-8), "t with 20 degrees of freedom"
    assert frame.loc["many", "se"] == pytest.approx(2 / 1.959963985, rel=1e-8)
    of_log = pd.DataFrame([stated("A", "HR", -0.33, ci_low=-0.6, ci_high=-0.06, scale="log")])
    assert one(of_log, "HR")["yi"] == -0.33


def test_the_way_back() -> None:
    assert back(log(0.7), "RR") == pytest.approx(0.7) and back(-0.2, "MD") == -0.2 and back(1000.0, "OR") == float("inf")
    assert back(log(0.25 / 0.75), "PLO") == pytest.approx(0.25) and back(-800.0, "PLO") == pytest.approx(0, abs=1e-300)
    assert back(asin(0.5), "PAS") == pytest.approx(0.25) and back(-0.1, "PAS") == 0 and back(2.0, "PAS") == 1
    rows = pd.DataFrame([arm("A", "single", n=40, events=10), arm("B", "single", n=40, events=20)])
    found = effects(rows, "PFT")
    assert [found.back(y) for y in found.frame["yi"]] == pytest.approx([0.25, 0.5], rel=1e-12)
    assert found.back(-1.0) == 0 and found.back(3.0) == 1
    with pytest.raises(InputRefused, match="no way back without n"):
        back(0.7, "PFT")


def test_every_row_is_used_or_has_its_reason() -> None:
    rows = pd.concat([
        counts(BCG), counts({"Lost": (3, 10, 1, 10)}, excluded="retracted"),
        pd.DataFrame([arm("Half", "experimental", n=9, events=1), arm("Alone", "single", n=9, events=1), arm("Other", "", n=9, events=2),
                      stated("Hazard", "HR", 0.8, p=0.02), arm("Thin", "experimental", n=9), arm("Thin", "control", n=9, events=1)]),
    ])  # fmt: skip
    found = effects(rows, "OR")
    assert sorted(found.rows["row"]) == sorted(rows["row"])
    assert int(found.rows["used"].sum()) == 6 and (found.rows["used"] == (found.rows["reason"] == "")).all()
    assert len(found.used) + len(found.excluded) == len(found.frame)
    reasons = found.excluded.set_index("study")["reason"].to_dict()
    assert reasons == {
        "Alone": "a single arm without a comparator: it says nothing about a difference",
        "Half": "has no control arm beside it",
        "Hazard": "states HR, not OR",
        "Lost": "left out by a person: retracted",
        "Other": "no arm of this comparison",
        "Thin": "events not stated in experimental",
    }


def test_what_cannot_be_is_shown_and_not_mended() -> None:
    rows = counts({"A": (12, 10, 1, 10), "B": (3, 10, 1, 10)})
    found = effects(rows, "RR")
    assert found.excluded["reason"].tolist() == ["E03: there are more events (12) than participants (10) (experimental)"]
    assert one(means({"A": (1, 2.0, 1.0, 9, 2.0, 1.0)}), "MD")["reason"] == "an arm of one participant has no SD"
    assert one(means({"A": (9, -2.0, 1.0, 9, 2.0, 1.0)}), "ROM")["reason"] == "means that do not lie on one side of 0 have no ratio"
    assert one(means({"A": (9, 0.0, 1.0, 9, 2.0, 1.0)}), "ROM")["reason"] == "means that do not lie on one side of 0 have no ratio"


def test_rows_that_cannot_be_read_are_refused() -> None:
    rows = counts(BCG)
    with pytest.raises(InputRefused, match="no effect measure 'ODDS'"):
        effects(rows, "ODDS")
    with pytest.raises(InputRefused, match="no column role"):
        effects(rows.drop(columns="role"), "OR")
    with pytest.raises(InputRefused, match="which is no number"):
        effects(rows.astype({"events": object}).assign(events="few"), "OR")
    with pytest.raises(InputRefused, match="two rows have the id x"):
        effects(rows.assign(row="x"), "OR")
    with pytest.raises(InputRefused, match="role is 'treated'"):
        effects(rows.assign(role="treated"), "OR")
    with pytest.raises(InputRefused, match="names no study"):
        effects(rows.assign(study=""), "OR")


def test_rows_may_be_values_and_their_order_makes_no_difference() -> None:
    rows = counts({"10": (4, 20, 6, 20), "9": (4, 20, 7, 20), "x": (1, 9, 2, 9)})
    found = effects(rows, "OR").frame
    assert found["study"].tolist() == ["9", "10", "x"]
    pd.testing.assert_frame_equal(effects(rows.iloc[::-1], "OR").frame, found)
    values = [Row("a", "A", role="experimental", n=20, events=4), Row("b", "A", role="control", n=20, events=7)]
    assert effects(values, "OR").frame["yi"].tolist() == effects(values[::-1], "OR").frame["yi"].tolist()
    assert exp(effects(values, "OR").frame["yi"].iloc[0]) == pytest.approx(4 * 13 / (16 * 7))


def test_arms_swapped_turn_the_sign() -> None:
    for measure, rows in (("RR", counts(BCG)), ("SMD", means(STAY)), ("OR", counts(ZERO))):
        there, other = effects(rows, measure).used, effects(swapped(rows), measure).used
        assert (there["yi"].to_numpy() == pytest.approx(-other["yi"].to_numpy(), rel=1e-12)) and len(there)
