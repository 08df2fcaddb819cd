"""Comparisons of which little is stated, or of which an arm is missing, shared or twice: what counts, what does not, and what is said."""

from __future__ import annotations

import pandas as pd
import pytest

from review.synthesis import SynthesisSettings, check, effects
from review.synthesis.analysis import Analysis, analyse, choices, without_each, without_medians
from review.synthesis.dataset import read_rows
from tests.synthesis.arm_rows import BCG, arm, counts, means, stated

STAY = {"A": (20, 3.0, 1.0, 20, 4.0, 1.1), "B": (25, 2.9, 1.2, 24, 4.2, 1.0), "C": (30, 3.3, 0.9, 31, 3.9, 1.2)}


def reason_of(rows: list[dict[str, object]], measure: str, **settings: object) -> str:
    """Why the one comparison of these rows gives no effect; '' where it gives one."""
    [reason] = effects(pd.DataFrame(rows), measure, SynthesisSettings(**settings)).frame["reason"]  # type: ignore[arg-type]
    return str(reason)


def codes(rows: pd.DataFrame, measure: str, **settings: object) -> set[str]:
    """The codes of the guards that find something."""
    return {guard.code for guard in check(rows, measure, SynthesisSettings(**settings))}  # type: ignore[arg-type]


def groups(*names: str, study: str = "S", control: tuple[str, ...] = ("C",), **more: object) -> list[dict[str, object]]:
    """Arms of one study, each of 40 people with 5 events."""
    own = {"n": 40, "events": 5} | more
    return [
        *(arm(study, "experimental", arm=name, **own) for name in names),
        *(arm(study, "control", arm=name, **own) for name in control),
    ]


# arms that are combined, split or missing


def test_of_two_controls_none_is_split() -> None:
    rows = pd.DataFrame(groups("A", "B", control=("C", "D")))
    found = effects(rows, "RR", SynthesisSettings(multi_arm="split"))
    assert len(found.used) == 4 and not any(found.frame["changed"]) and set(found.frame["n_ctl"]) == {40}
    assert "E04" in codes(rows, "RR", multi_arm="split")


@pytest.mark.parametrize("missing", ["n", "events"])
def test_arms_of_which_one_does_not_state_a_number_do_not_state_it_together(missing: str) -> None:
    first, second, control = groups("A", "B")
    second.pop(missing)
    assert reason_of([first, second, control], "RR", multi_arm="combine") == f"{missing} not stated in A + B"
    assert reason_of([second, first, control], "RR", multi_arm="combine") == f"{missing} not stated in A + B"


def test_a_control_that_is_used_beside_one_arm_is_used_though_another_arm_gives_nothing() -> None:
    first, second, control = groups("A", "B")
    first.pop("events")
    found = effects(pd.DataFrame([first, second, control]), "RR")
    assert dict(zip(found.rows["arm"], found.rows["used"], strict=True)) == {"A": False, "B": True, "C": True}


def test_a_control_that_two_outcomes_share_counts_its_people_twice_though_each_splits_it() -> None:
    first = groups("A", "B", timepoint="12 weeks", row=None)
    later = groups("D", "E", timepoint="26 weeks", row=None)
    rows = pd.DataFrame([{**row, "row": str(at)} for at, row in enumerate([*first, *later])])
    assert "E04" in codes(rows, "RR", multi_arm="split")
    assert "E04" not in codes(rows[rows["timepoint"] == "12 weeks"], "RR", multi_arm="split")


# effects as they are stated


def test_two_stated_effects_of_one_study_are_of_the_same_people() -> None:
    about = {"ci_low": 0.5, "ci_high": 0.98}
    rows = [stated("S", "RR", 0.7, timepoint=at, row=at, **about) for at in ("12 weeks", "26 weeks")]
    assert "E04" in codes(pd.DataFrame(rows), "RR") and "E04" not in codes(pd.DataFrame(rows[:1]), "RR")


def test_a_ratio_of_one_has_no_standard_error_from_p_and_a_difference_of_one_has() -> None:
    lacks = "neither an interval, a standard error nor a p between 0 and 1 is stated with the effect"
    assert reason_of([stated("S", "RR", 1.0, p=0.5)], "RR") == lacks == reason_of([stated("S", "MD", 0.0, p=0.5)], "MD")
    assert reason_of([stated("S", "RR", 1.0, p=0.5, scale="log")], "RR") == "" == reason_of([stated("S", "MD", 1.0, p=0.5)], "MD")


@pytest.mark.parametrize("limits", [{"est": 0.0}, {"est": 0.5, "ci_low": 0.0, "ci_high": 1.2}])
def test_a_ratio_of_zero_is_refused_on_the_natural_scale(limits: dict[str, float]) -> None:
    told = reason_of([stated("S", "RR", limits["est"], se=0.2, **{name: x for name, x in limits.items() if name != "est"})], "RR")
    assert told.startswith("E02: a ratio of 0 cannot be on the natural scale")


@pytest.mark.parametrize(("adjusted", "warned"), [(None, True), (False, True), (True, False)])
def test_a_stated_effect_of_a_crossover_is_of_pairs_only_where_it_says_so(adjusted: bool | None, *, warned: bool) -> None:
    rows = [stated("S", "MD", 1.2, se=0.3, design="crossover", adjusted=adjusted), stated("T", "MD", 1.1, se=0.3)]
    assert ("W05" in codes(pd.DataFrame(rows), "MD")) is warned


def test_a_study_that_gives_the_measure_mixes_none_by_stating_another() -> None:
    rows = [*counts(BCG).to_dict("records"), stated("Aronson", "OR", 0.4, ci_low=0.2, ci_high=0.8)]
    assert "E02" not in codes(pd.DataFrame(rows), "RR")
    assert "E02" in codes(pd.DataFrame([*rows, stated("Other", "OR", 0.4, ci_low=0.2, ci_high=0.8)]), "RR")


def test_of_a_rate_there_may_be_more_events_than_people() -> None:
    rows = groups("A", events=55, person_time=400.0)
    assert reason_of(rows, "IRR") == "" and "more events (55) than participants (40)" in reason_of(groups("A", events=55), "RR")


def test_rows_come_in_one_order_whatever_the_order_in_which_they_are_given() -> None:
    rows = read_rows(counts({f"Study {at}": (4 + at, 100, 9 + at, 101) for at in (10, 2, 1)}))
    assert [row.study for row in rows] == [f"Study {at}" for at in (1, 1, 2, 2, 10, 10)]
    assert read_rows(rows[::-1]) == read_rows(list(rows)) == rows


# scales and their direction


def test_only_effects_on_a_scale_are_turned() -> None:
    settings = SynthesisSettings(direction="higher")
    for measure, rows in (("RR", counts(BCG)), ("SMD", means(STAY))):
        plain = effects(rows, measure).frame["yi"]
        turned = effects(rows.assign(better="lower"), measure, settings).frame["yi"]
        assert turned.tolist() == ((-plain).tolist() if measure == "SMD" else plain.tolist())


@pytest.mark.parametrize(
    ("first", "others", "warned"), [(True, None, True), (True, False, True), (False, None, False), (True, True, False)]
)
def test_changes_beside_what_is_not_said_to_be_changes_are_warned_of(first: bool, others: bool | None, *, warned: bool) -> None:
    rows = means(STAY)
    rows["change"] = pd.Series([first if study == "A" else others for study in rows["study"]], dtype="object")
    assert ("W13" in codes(rows, "SMD")) is warned


# how many there are is counted in studies


def test_a_prediction_interval_is_called_imprecise_below_five_studies() -> None:
    every = {f"S{at}": (4 + at, 100 + at, 9 + at, 101) for at in range(5)}
    for k, warned in ((4, True), (5, False)):
        done = analyse(read_rows(counts(dict(list(every.items())[:k]))), "RR")
        assert done.pooled is not None and done.pooled.pi is not None
        assert ("W09" in {guard.code for guard in done.guards}) is warned


def test_two_comparisons_of_a_study_are_one_study_for_tests_and_for_leaving_out() -> None:
    split = SynthesisSettings(multi_arm="split")

    def done(studies: int) -> Analysis:
        drug = [row for at in range(studies) for row in groups("A", "B", study=f"S{at}", control=(), n=40 + 7 * at, events=4 + at)]
        rows = [*drug, *(arm(f"S{at}", "control", arm="C", n=50, events=9 + at % 3) for at in range(studies))]
        return analyse(read_rows(pd.DataFrame(rows)), "RR", split)

    five, two, ten = done(5), done(2), done(10)
    assert len(five.used) == 10 and five.asymmetry is None and not five.untested and len(ten.used) == 20 and ten.asymmetry
    assert two.pooled is not None and without_each(two) is None and without_each(five) is not None


def test_the_estimator_of_the_plan_stands_first_in_a_comparison_of_estimators() -> None:
    rows = read_rows(counts(BCG))
    for method in ("HE", "REML"):
        grid = choices(rows, analyse(rows, "RR", SynthesisSettings(method=method)))
        assert grid is not None and method in set(grid.frame()["method"])


def test_without_what_is_skewed_is_an_estimate_of_its_own_only_where_not_all_is() -> None:
    def names(*skewed: bool | None) -> list[str]:
        rows = means({f"S{at}": (20 + at, 3.0 + at / 10, 1.0, 20, 4.0, 1.1) for at in range(4)})
        by = {f"S{at}": one for at, one in enumerate(skewed)}
        rows["derived"] = [("luo_mean_iqr",) if study in by else () for study in rows["study"]]
        rows["skewed"] = pd.Series([by.get(study) for study in rows["study"]], dtype="object")
        return list(without_medians(analyse(read_rows(rows), "MD")))

    both = ["without all of them", "without those that the test finds skewed"]
    assert names(True, False) == both and names(True, True) == both[:1] == names(False, False) and names() == []
