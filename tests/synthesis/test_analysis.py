"""One planned synthesis: what stands beside the estimate is made as the estimate is, and what cannot be made takes nothing else away."""

from __future__ import annotations

import pandas as pd
import pytest

from review.synthesis import SynthesisSettings, mantel_haenszel, peto
from review.synthesis.analysis import analyse, counts_alone, uncorrected, without_each
from review.synthesis.dataset import read_rows
from tests.synthesis.arm_rows import arm, counts, means

ZERO = {"A": (0, 50, 4, 50), "B": (3, 60, 6, 60), "C": (5, 80, 9, 80)}


def test_leaving_out_a_study_is_by_the_method_of_the_estimate() -> None:
    """Mantel–Haenszel without a study is of the counts of the others, without anything added to zeros."""
    done = analyse(read_rows(counts(ZERO)), "OR", SynthesisSettings(method="EE"))
    series = without_each(done)
    assert done.pooled is not None and done.pooled.method == "MH" and series is not None
    for label, found, se in zip(series.labels, series.estimate, series.se, strict=True):
        others = [row for study, row in ZERO.items() if study != label]
        a, n1, c, n2 = zip(*others, strict=True)
        expected = mantel_haenszel(a, n1, c, n2)
        assert found == pytest.approx(expected.estimate, abs=1e-12) and se == pytest.approx(expected.se, abs=1e-12)


def test_the_common_effect_is_of_the_same_studies_and_those_that_only_counts_can_use_are_named() -> None:
    """Nothing is added to the zero of A: it is in neither estimate, and in those from counts of the sensitivity table."""
    done = analyse(read_rows(counts(ZERO)), "OR", SynthesisSettings(zero_cells="none"))
    assert done.pooled is not None and done.beside
    a, n1, c, n2 = zip(*(row for study, row in ZERO.items() if study != "A"), strict=True)
    [beside] = done.beside.values()
    assert (beside.method, beside.k, done.pooled.k) == ("MH", 2, 2) and beside.estimate == mantel_haenszel(a, n1, c, n2).estimate
    assert [one.comparison.first.label for one in counts_alone(done)] == ["A"]
    whole = mantel_haenszel(*zip(*ZERO.values(), strict=True))
    found = uncorrected(done)["Mantel–Haenszel"]
    assert found.k == 3 and found.estimate == pytest.approx(whole.estimate, abs=1e-12)
    assert counts_alone(analyse(read_rows(counts(ZERO)), "OR", SynthesisSettings(method="EE", zero_cells="none"))) == []


def test_an_estimate_stands_where_the_one_beside_it_cannot_be() -> None:
    """No control has an event: Mantel–Haenszel has no risk ratio, the effects with their correction have; with five studies as with two."""
    done = analyse(read_rows(counts({"A": (3, 40, 0, 40), "B": (4, 50, 0, 50)})), "RR")
    assert done.pooled is not None and done.beside and not done.refused
    assert [one.method for one in done.beside.values()] == ["EE"]


def test_what_the_counts_refuse_leaves_the_other_warnings_standing() -> None:
    done = analyse(read_rows(counts({"A": (3, 40, 0, 40), "B": (4, 50, 0, 50)})), "RR", SynthesisSettings(method="EE"))
    assert done.pooled is None and [guard.code for guard in done.guards] == ["E06", "W10"]


def test_a_study_without_a_subgroup_is_in_none_and_not_in_their_test() -> None:
    rows = read_rows(counts({"A": (8, 52, 15, 50), "B": (5, 42, 9, 40), "C": (9, 70, 14, 72), "D": (3, 30, 12, 31), "E": (7, 60, 9, 61)}))
    some = analyse(rows, "RR", groups={"A": "two", "B": "two", "C": "three", "D": "three"})
    whole = analyse([row for row in rows if row.study != "E"], "RR", groups={"A": "two", "B": "two", "C": "three", "D": "three"})
    assert some.groups and whole.groups and list(some.groups.pooled) == ["three", "two"]
    assert (some.groups.q, some.groups.q_df) == (whole.groups.q, 1) and some.pooled and some.pooled.k == 5
    assert analyse(rows, "RR", groups={}).groups is None and analyse(rows, "RR", groups={"Z": "none of them"}).groups is None


@pytest.mark.soak  # nine seconds to find that there is no maximum
def test_a_mixed_model_without_a_maximum_is_left_out() -> None:
    done = analyse(read_rows(counts({"A": (10, 10, 0, 10), "B": (0, 8, 8, 8)})), "OR")
    assert "Generalised linear mixed model" not in uncorrected(done)


def test_comparisons_with_a_split_control_are_of_one_study() -> None:
    """One trial of three arms is nothing to pool, nor a subgroup of two studies."""
    second, split = arm("A", "experimental", arm="second dose", n=52, events=6), SynthesisSettings(multi_arm="split")
    alone = pd.DataFrame([*counts({"A": (4, 50, 9, 51)}).to_dict("records"), second])
    done = analyse(read_rows(alone), "RR", split)
    assert done.pooled is None and "1 study has an effect" in done.refused[0].message
    three = pd.DataFrame([*counts({"A": (4, 50, 9, 51), "B": (5, 40, 8, 40), "C": (7, 60, 12, 61)}).to_dict("records"), second])
    told = {guard.code: guard.message for guard in analyse(read_rows(three), "RR", split, groups={"A": "x", "B": "y", "C": "y"}).guards}
    assert "x has 1" in told["W11"] and "with few studies: 3 studies" in told["W06"]


def test_policies_that_changed_nothing_are_not_told_as_done() -> None:
    policy = SynthesisSettings(direction="lower", change_r=0.5)
    rows = {"A": (30, 5.0, 2.0, 31, 6.0, 2.2), "B": (40, 5.5, 2.1, 41, 6.2, 2.0)}
    plain = " ".join(analyse(read_rows(means(rows)), "SMD", policy).sentences)
    assert "Signs were aligned" not in plain and "Changes from baseline" not in plain
    told = " ".join(analyse(read_rows(means(rows, better="higher", mean_baseline=7.0, sd_baseline=2.0)), "SMD", policy).sentences)
    assert "Signs were aligned so that lower values are better." in told and "with a correlation of 0.5" in told


def test_a_study_of_a_split_control_is_left_out_once_with_all_its_comparisons() -> None:
    three = counts({"A": (4, 50, 9, 51), "B": (5, 40, 8, 40), "C": (7, 60, 12, 61)}).to_dict("records")
    rows = read_rows(pd.DataFrame([*three, arm("A", "experimental", arm="second dose", n=52, events=6)]))
    for method in ("REML", "EE"):
        series = without_each(analyse(rows, "RR", SynthesisSettings(multi_arm="split", method=method)))
        others = analyse(read_rows(pd.DataFrame(three[2:])), "RR", SynthesisSettings(method=method)).pooled
        assert series is not None and others is not None
        assert series.labels == ("A", "B", "C") and series.k == (2, 3, 3)
        assert series.estimate[0] == pytest.approx(others.estimate, abs=1e-12)


def test_a_refusal_names_what_is_offered() -> None:
    rows = [*counts({"A": (4, 50, 9, 51), "B": (5, 40, 8, 40)}).to_dict("records"), arm("A", "experimental", arm="x", n=52, events=6)]
    [told] = [guard for guard in analyse(read_rows(pd.DataFrame(rows)), "RR").refused if guard.code == "E04"]
    assert "(multi_arm)" in told.instead and "robust" not in told.instead


@pytest.mark.parametrize(("measure", "way"), [("OR", "mantel_haenszel"), ("RR", "mantel_haenszel"), ("OR", "peto")])
def test_a_study_with_one_zero_cell_counts_where_the_estimate_is_of_counts(measure: str, way: str) -> None:
    """Nothing is added to zeros, and nothing need be: one empty cell leaves no ratio of its own study and is in the estimate."""
    rows = {**ZERO, "D": (0, 30, 0, 31)}
    settings = SynthesisSettings(method="EE", zero_cells="none", common_effect=way)
    done = analyse(read_rows(counts(rows)), measure, settings, groups={"A": "x", "B": "x", "C": "y", "D": "y"})
    a, n1, c, n2 = zip(*ZERO.values(), strict=True)
    expected = peto(a, n1, c, n2) if way == "peto" else mantel_haenszel(a, n1, c, n2, measure=measure)
    assert done.pooled is not None and done.pooled.k == 3 and len(done.pooled.weights) == 3
    assert done.pooled.estimate == pytest.approx(expected.estimate, abs=1e-12)
    by_study = {one.comparison.first.study: one for one in done.found.each}
    assert by_study["A"].counted and by_study["A"].reason.startswith("no single-study ratio") and not by_study["D"].counted
    told = " ".join(done.sentences)
    assert "Not used (D): no events in either arm" in told and "Not used (A)" not in told
    assert not any("not pooled: A" in guard.message for guard in done.guards)
    assert done.groups is not None and {one.method for one in done.groups.pooled.values()} == {done.pooled.method}


def test_subgroups_without_an_estimate_of_counts_are_by_inverse_variance() -> None:
    rows = {"A": (3, 50, 0, 50), "B": (3, 60, 6, 60), "C": (5, 80, 9, 80)}
    done = analyse(read_rows(counts(rows)), "OR", SynthesisSettings(method="EE"), groups={"A": "x", "B": "y", "C": "y"})
    assert done.groups is not None and {one.method for one in done.groups.pooled.values()} == {"EE"}


def test_two_studies_are_pooled_from_counts_where_one_has_a_ratio_of_its_own() -> None:
    done = analyse(read_rows(counts({"A": (0, 50, 4, 50), "B": (3, 60, 6, 60)})), "OR", SynthesisSettings(method="EE", zero_cells="none"))
    assert done.pooled is not None and done.pooled.k == 2 and not done.refused


def test_people_do_not_count_twice_through_a_zero_cell() -> None:
    rows = [*counts({"A": (3, 50, 4, 50), "B": (3, 60, 6, 60)}).to_dict("records")]
    rows += counts({"A": (0, 48, 4, 49)}, analysis_set="per protocol", timepoint="later").to_dict("records")
    done = analyse(
        read_rows(pd.DataFrame(rows).fillna({"analysis_set": "", "timepoint": ""})), "OR", SynthesisSettings(method="EE", zero_cells="none")
    )
    assert [guard.code for guard in done.refused] == ["E04"]


def test_few_is_told_of_studies_and_not_of_comparisons() -> None:
    """Three trials of three arms are six comparisons with split controls; the common effect stands beside random effects all the same."""
    rows = [arm(name, side, arm=which, n=40, events=events) for name in "ABC" for side, which, events in (
        ("experimental", "low", 4), ("experimental", "high", 6), ("control", "none", 10))]  # fmt: skip
    done = analyse(read_rows(pd.DataFrame(rows)), "RR", SynthesisSettings(multi_arm="split"))
    assert done.pooled is not None and done.pooled.k == 6 and list(done.beside or {}) == ["common effect"]


def test_one_adjusted_arm_does_not_free_a_cluster_trial() -> None:
    rows = counts({"A": (4, 40, 10, 40), "B": (5, 42, 9, 40)}, design="cluster", n_clusters=4, icc=0.05)
    one, both = rows.assign(adjusted=["yes", None] * 2), rows.assign(adjusted="yes")
    found = [analyse(read_rows(frame), "OR").used[0].vi for frame in (rows, one, both)]
    assert found[0] == found[1] and found[2] is not None and found[0] is not None and found[0] > found[2]


def test_the_proportion_of_a_subgroup_is_read_by_the_people_of_its_own_studies() -> None:
    tables = {"A": (1, 10), "B": (2, 10), "C": (300, 1000), "D": (330, 1000), "E": (310, 1000)}
    rows = read_rows(pd.DataFrame([arm(study, "single", n=n, events=events) for study, (events, n) in tables.items()]))
    groups = {study: "small" if n == 10 else "large" for study, (_, n) in tables.items()}
    done = analyse(rows, "PFT", groups=groups)
    alone = analyse([row for row in rows if row.study in "CDE"], "PFT")
    assert done.groups and done.pooled and alone.pooled
    large = done.groups.pooled["large"]
    # the same studies alone are read alike; the harmonic mean of all five, which is near 25, would read them as another proportion
    assert done.back(large)(large.estimate) == pytest.approx(alone.back(alone.pooled)(alone.pooled.estimate), rel=1e-12)
    assert abs(done.back(large)(large.estimate) - done.found.back(large.estimate)) > 1e-3
    assert done.back(done.pooled)(done.pooled.estimate) == done.found.back(done.pooled.estimate)
