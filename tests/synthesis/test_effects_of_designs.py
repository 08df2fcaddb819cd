"""Several arms, clusters, crossovers, changes from baseline and scales that run in two directions: what is done, and that it is said."""

from __future__ import annotations

from math import exp, sqrt

import pandas as pd
import pytest

from review.errors import InputRefused
from review.model.formulas import combine_groups
from review.synthesis import SynthesisSettings, change_scores, check, effects, over_correlations
from tests.synthesis.arm_rows import arm, means, stated

DOSES = pd.DataFrame([
    arm("T", "experimental", arm="low", n=40, events=8, mean=10.0, sd=4.0),
    arm("T", "experimental", arm="high", n=60, events=9, mean=8.0, sd=5.0),
    arm("T", "control", n=50, events=20, mean=12.0, sd=4.5),
])  # fmt: skip


def test_arms_against_one_control_stay_apart_until_somebody_says_otherwise() -> None:
    found = effects(DOSES, "OR").frame
    assert found["arms"].tolist() == ["high v control", "low v control"] and found["n_ctl"].tolist() == [50, 50]


def test_arms_combined() -> None:
    [line] = effects(DOSES, "OR", SynthesisSettings(multi_arm="combine")).frame.iloc
    assert (line["events_exp"], line["n_exp"], line["n_ctl"]) == (17, 100, 50)
    assert exp(line["yi"]) == pytest.approx(17 * 30 / (83 * 20))
    assert line["changed"] == ("the arms high and low are combined into one",) and len(line["rows"]) == 3
    [of_means] = effects(DOSES, "MD", SynthesisSettings(multi_arm="combine")).frame.iloc
    n, mean, sd = combine_groups(60, 8, 5, 40, 10, 4)
    assert (of_means["n_exp"], of_means["mean_exp"], of_means["sd_exp"]) == (n, mean, sd)
    assert mean == pytest.approx(8.8) and of_means["yi"] == pytest.approx(8.8 - 12)


def test_a_control_that_is_split_says_so_and_counts_its_people_once() -> None:
    found = effects(DOSES, "OR", SynthesisSettings(multi_arm="split"))
    assert found.frame["n_ctl"].tolist() == [25, 25] and found.frame["events_ctl"].tolist() == [10, 10]
    assert all(line == ("the control control is split among 2 comparisons",) for line in found.frame["changed"])
    assert found.rows["used"].all() and len(found.rows) == 3
    of_means = effects(DOSES, "MD", SynthesisSettings(multi_arm="split")).frame
    assert of_means["sd_ctl"].tolist() == [4.5, 4.5], "mean and SD stay"


def test_an_arm_that_is_chosen_leaves_the_other_with_its_reason() -> None:
    found = effects(DOSES, "OR", SynthesisSettings(multi_arm="choose", choose={"T": "high"}))
    assert found.used["arms"].tolist() == ["high v control"]
    assert found.excluded[["arms", "reason"]].values.tolist() == [["low", "another arm was chosen: high"]]


def test_a_choice_that_names_no_arm_of_the_study_is_refused() -> None:
    with pytest.raises(InputRefused, match="no experimental arm 'middle'"):
        effects(DOSES, "OR", SynthesisSettings(multi_arm="choose", choose={"T": "middle"}))


def test_clusters_are_divided_by_their_design_effect_once() -> None:
    rows = pd.DataFrame([
        arm("C", "experimental", design="cluster", n=200, events=20, n_clusters=10, icc=0.02),
        arm("C", "control", design="cluster", n=200, events=40, n_clusters=10),
    ])  # fmt: skip
    [line] = effects(rows, "OR").frame.iloc
    plain = effects(rows.assign(adjusted="yes"), "OR").frame.iloc[0]
    assert line["n_exp"] == pytest.approx(200 / 1.38) and line["events_exp"] == pytest.approx(20 / 1.38)
    assert line["yi"] == pytest.approx(plain["yi"]) and line["vi"] == pytest.approx(1.38 * plain["vi"])
    assert line["changed"] == ("divided by the design effect 1.38 (mean cluster size 20, ICC 0.02)",) and plain["changed"] == ()
    [assumed] = effects(rows.assign(icc=None), "OR", SynthesisSettings(cluster_icc=0.05)).frame.iloc
    assert "ICC 0.05, assumed" in assumed["changed"][0]
    [own] = effects(rows, "OR", SynthesisSettings(cluster_icc=0.05)).frame.iloc  # a trial's own goes before what is assumed
    assert own["changed"] == line["changed"] and own["vi"] == line["vi"]
    given = pd.DataFrame([stated("C", "OR", 0.5, se=0.2, design="cluster", n=400, n_clusters=20, icc=0.02)])
    assert effects(given, "OR").frame["se"].iloc[0] == pytest.approx(0.2 * sqrt(1.38))
    assert effects(given.assign(adjusted=True), "OR").frame["se"].iloc[0] == pytest.approx(0.2)


def test_periods_of_a_crossover_are_paired_by_their_correlation() -> None:
    rows = means({"X": (20, 10.0, 4.0, 20, 12.0, 5.0)}, design="crossover", r=0.6)
    [line] = effects(rows, "MD").frame.iloc
    assert line["vi"] == pytest.approx((16 + 25 - 2 * 0.6 * 20) / 20) and line["n"] == 20
    assert line["changed"] == ("a crossover, its periods paired with a correlation of 0.6",)
    [smd] = effects(rows, "SMD").frame.iloc
    assert smd["yi"] == pytest.approx((1 - 3 / (4 * 19 - 1)) * -2 / sqrt(20.5), rel=1e-3)
    assert smd["vi"] == pytest.approx((1 / 20 + smd["yi"] ** 2 / 40) * 0.8)
    [apart] = effects(rows.drop(columns="r"), "MD").frame.iloc
    assert apart["vi"] == pytest.approx(16 / 20 + 25 / 20)
    [assumed] = effects(rows.drop(columns="r"), "MD", SynthesisSettings(crossover_r=0.6)).frame.iloc
    assert assumed["vi"] == line["vi"] and assumed["changed"][0].endswith("assumed")
    [ratio] = effects(rows, "ROM").frame.iloc
    assert ratio["changed"] == (), "nothing is said of a pairing that was not done"


def test_changes_from_baseline_follow_from_a_correlation_that_is_told() -> None:
    rows = means({"A": (30, 8.0, 4.4, 30, 9.0, 4.0)}, mean_baseline=10.0, sd_baseline=4.0)
    stated_r = rows.assign(r=0.8)
    [line] = effects(stated_r, "MD", SynthesisSettings(change_r=0.5)).frame.iloc
    assert line["sd_exp"] == pytest.approx(2.683281572999747, rel=1e-14) and line["mean_exp"] == -2
    assert line["derived"] == ("sd_change with r = 0.8",)
    by_r = over_correlations(rows, "MD", grid=(0.3, 0.9))
    assert list(by_r) == [0.3, 0.9] and by_r[0.3].frame["vi"].iloc[0] > by_r[0.9].frame["vi"].iloc[0]
    assert by_r[0.3].frame["derived"].iloc[0] == ("sd_change with r = 0.3, assumed",)
    assert any(told.startswith("derived, not reported (control)") for told in by_r[0.3].frame["changed"].iloc[0])
    assert effects(stated_r, "MD").frame["mean_exp"].iloc[0] == 8, "final values stay where nothing was asked"
    assert [row.change for row in change_scores(rows)] == [None, None], "no correlation, no change"
    assert [row.mean for row in change_scores(stated_r)] == [-1, -2]
    with pytest.raises(InputRefused, match="a correlation cannot be 1.2"):
        change_scores(rows, 1.2)


def test_signs_are_turned_where_the_direction_is_set() -> None:
    rows = pd.concat(
        [means({"Up": (20, 5.0, 2.0, 20, 4.0, 2.0)}, better="higher"), means({"Down": (20, 4.0, 2.0, 20, 5.0, 2.0)}, better="lower")]
    )
    as_they_are = effects(rows, "SMD").frame["yi"].tolist()
    found = effects(rows, "SMD", SynthesisSettings(direction="higher")).frame
    assert as_they_are[0] < 0 < as_they_are[1] and found["yi"].tolist() == [-as_they_are[0], as_they_are[1]]
    assert found["changed"].tolist() == [("its sign is turned, for lower values are better on its scale",), ()]


@pytest.mark.parametrize("direction", ["higher", "lower", ""])
def test_arms_that_disagree_on_which_values_are_better_are_refused_and_named(direction: str) -> None:
    rows = pd.DataFrame(
        [arm("T", "experimental", n=20, mean=5.0, sd=2.0, better="higher"), arm("T", "control", n=20, mean=4.0, sd=2.0, better="lower")]
    )
    found = effects(rows, "SMD", SynthesisSettings(direction=direction))
    said = "higher values are better in experimental; lower values are better in control"
    assert found.used.empty and found.excluded["reason"].iloc[0].startswith(f"E03: {said}")
    [guard] = [one for one in check(found) if one.code == "E03"]
    assert guard.kind == "refuse" and said in guard.message and guard.studies == ("T",)
    assert len(effects(rows.assign(better=["higher", ""]), "SMD").used) == 1, "one arm may say it for both"


def test_an_arm_is_chosen_by_the_label_of_its_study_or_its_id_and_no_name_reaches_nothing() -> None:
    rows = DOSES.assign(study="stu:1", label="Doe 2000")
    for name in ("stu:1", "Doe 2000", "doe  2000"):
        found = effects(rows, "OR", SynthesisSettings(multi_arm="choose", choose={name: "High"}))
        assert found.used["arms"].tolist() == ["high v control"], name
    with pytest.raises(InputRefused, match="choose names 'Do 2000', which is none of these studies") as refused:
        effects(rows, "OR", SynthesisSettings(multi_arm="choose", choose={"Do 2000": "high"}))
    assert refused.value.next_step == "did you mean 'Doe 2000'?"


def test_capitals_and_blanks_make_no_other_time_point_and_no_other_people() -> None:
    exp, ctl = arm("T", "experimental", arm="Drug", n=40, events=8), arm("T", "control", arm="Placebo", n=41, events=9)
    one = pd.DataFrame([{**exp, "timepoint": "12 weeks", "outcome": "Flare"}, {**ctl, "timepoint": "12  Weeks", "outcome": "flare"}])
    assert len(effects(one, "RR").used) == 1 and len(effects(one.iloc[::-1], "RR").used) == 1
    later = one.assign(timepoint="24 weeks", arm=["DRUG", "placebo"], row=["l1", "l2"])
    [guard] = [said for said in check(pd.concat([one, later]), "RR") if said.code == "E04"]
    assert guard.kind == "refuse" and "2 outcomes, time points or analysis sets" in guard.message
    twice = pd.concat([one, later.iloc[:1].assign(timepoint="12 weeks")])
    assert set(effects(twice, "RR").excluded["reason"].str.partition(" stands")[0]) == {"E04: the arm DRUG"}


def test_an_effect_beside_its_arms_is_used_once() -> None:
    rows = pd.DataFrame([*DOSES.iloc[[0, 2]].to_dict("records"), stated("T", "OR", 0.5, ci_low=0.25, ci_high=1.0)])
    found = effects(rows, "OR")
    assert found.excluded["reason"].tolist() == ["the numbers of its arms stand for it"] and len(found.used) == 1
    found = effects(rows, "OR", SynthesisSettings(prefer="given"))
    assert found.excluded["reason"].tolist() == ["the effect as stated stands for it"] and exp(found.used["yi"].iloc[0]) == pytest.approx(
        0.5
    )


def test_a_stated_effect_serves_where_its_arms_lack_numbers() -> None:
    arms = DOSES.iloc[[0, 2]].drop(columns="events").to_dict("records")
    rows = pd.DataFrame([*arms, stated("T", "OR", 0.5, se=0.3)])
    found = effects(rows, "OR")
    assert exp(found.used["yi"].iloc[0]) == pytest.approx(0.5) and found.excluded["reason"].tolist() == ["events not stated in low"]
    assert effects(rows.assign(se=None), "OR").frame["used"].tolist() == [False, False]
    bare = pd.DataFrame([*DOSES.iloc[[0, 2]].to_dict("records"), stated("T", "OR", 0.5)])
    assert effects(bare, "OR", SynthesisSettings(prefer="given")).used["arms"].tolist() == ["low v control"]


def test_what_a_row_derives_is_carried_to_the_effect() -> None:
    rows = means({"A": (30, 8.0, 4.4, 30, 9.0, 4.0)}).assign(derived=["sd_from_se; luo_mean_iqr", None])
    [line] = effects(rows, "MD").frame.iloc
    assert line["derived"] == ("sd_from_se", "luo_mean_iqr")
    assert line["changed"] == ("derived, not reported (experimental): sd_from_se, luo_mean_iqr",)
