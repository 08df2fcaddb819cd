"""Levels of certainty: where evidence starts, what each rating does, what is refused, and that no rating goes unexplained."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.certainty import DOWN, LEVELS, UP, Effect, Rated, Start, rate, start_of
from review.certainty.grading import compared, design_from, level_number, on_comparator, states_comparator
from review.errors import InputRefused

TRIALS, COHORTS, ROBINS, ONE_ARM = (
    start_of("randomised"),
    start_of("non-randomised"),
    start_of("non-randomised", "robins-i"),
    start_of("single-arm", "robins-i"),
)


NO_CONCERN = dict.fromkeys(DOWN, 0)


def rated(start: Start, effect: Effect | None = None, **ratings: int) -> Rated:
    return rate(start, {**NO_CONCERN, **ratings}, {name: f"why {name}" for name, points in ratings.items() if points}, effect=effect)


def test_where_evidence_starts() -> None:
    assert [s.level for s in (TRIALS, COHORTS, ROBINS, ONE_ARM)] == [4, 2, 4, 2]
    assert all(s.why for s in (TRIALS, COHORTS, ROBINS, ONE_ARM)) and len({s.why for s in (TRIALS, COHORTS, ROBINS, ONE_ARM)}) == 4
    with pytest.raises(InputRefused, match="'RCT' is no design that a grading starts from"):
        start_of("RCT")


def test_the_start_follows_from_designs_that_agree() -> None:
    assert design_from(["randomised-trial", "crossover-first-period"]) == "randomised"
    assert design_from(["single-arm-trial", "case-series"]) == "single-arm"
    assert design_from(["randomised-trial", "cohort"]) is None
    assert design_from(["randomised-trial", None]) is None and design_from([]) is None


@pytest.mark.parametrize(("domain", "points"), [(domain, points) for domain in DOWN for points in (-1, -2)])
def test_each_domain_rates_down_by_its_points(domain: str, points: int) -> None:
    assert rated(TRIALS, **{domain: points}).proposed == 4 + points
    assert rated(COHORTS, **{domain: points}).proposed == max(1, 2 + points)
    assert DOWN[domain][0] in ("not serious", "undetected")


def test_three_points_down_only_where_the_guidance_has_them() -> None:
    assert rated(TRIALS, imprecision=-3).proposed == 1
    assert rated(ROBINS, risk_of_bias=-3).proposed == 1
    for start in (TRIALS, COHORTS, ONE_ARM):
        with pytest.raises(InputRefused, match="-3 is for non-randomised evidence at critical risk"):
            rated(start, risk_of_bias=-3)
    for domain in ("inconsistency", "indirectness", "publication_bias"):
        with pytest.raises(InputRefused, match=rf"{domain}: -3 is not among"):
            rated(TRIALS, **{domain: -3})


@pytest.mark.parametrize(
    ("domain", "points"), [("large_effect", 1), ("large_effect", 2), ("dose_response", 1), ("plausible_confounding", 1)]
)
def test_non_randomised_evidence_is_rated_up(domain: str, points: int) -> None:
    assert rated(COHORTS, **{domain: points}).proposed == 2 + points
    assert points in UP[domain]


@pytest.mark.parametrize(
    ("value", "points", "stands"),
    [("2.01", 1, True), ("2", 1, False), ("0.49", 1, True), ("0.5", 1, False), ("5.01", 2, True), ("5", 2, False), ("0.19", 2, True)],
)
def test_a_large_effect_is_checked_by_the_risk_ratio(value: str, points: int, stands: bool) -> None:
    effect = Effect("RR", value)
    if stands:
        assert rated(COHORTS, effect, large_effect=points) == Rated(2 + points)
    else:
        with pytest.raises(InputRefused, match="large_effect: .* is for a risk ratio"):
            rated(COHORTS, effect, large_effect=points)


def test_what_is_unusual_is_said() -> None:
    assert "which is rare" in rated(TRIALS, dose_response=1).remarks[0]
    assert "although rated down for imprecision" in rated(COHORTS, imprecision=-1, dose_response=1).remarks[0]
    assert "no effect stands beside it" in rated(COHORTS, large_effect=1).remarks[0]
    assert "this is OR" in rated(COHORTS, Effect("OR", 4), large_effect=1).remarks[0]
    assert rated(COHORTS, dose_response=1).remarks == () == rated(TRIALS, imprecision=-2).remarks


@pytest.mark.parametrize(
    ("effect", "points", "words"),
    [
        (Effect("RR", "2.5", "0.5", 9), 1, "interval, 0.5 to 9, includes 1"),
        (Effect("RR", "2.5", 1, 9), 1, "includes 1"),
        (Effect("RR", "2.5", "1.5", 9), 1, "interval, 1.5 to 9, does not exclude 2"),
        (Effect("RR", "2.5", 2, 3), 1, "does not exclude 2"),
        (Effect("RR", "0.3", "0.1", "0.6"), 1, "does not exclude 0.5"),
        (Effect("RR", 6, "2.1", 9), 2, "does not exclude 5"),
        (Effect("RR", "0.1", "0.01", "0.2"), 2, "does not exclude 0.2"),
        (Effect("RR", "2.5", "2.1", 9), 1, None),
        (Effect("RR", "0.3", "0.1", "0.49"), 1, None),
        (Effect("RR", 7, "5.1", 9), 2, None),
        (Effect("RR", 3), 1, None),
    ],
)
def test_a_large_effect_that_is_not_precise_is_remarked(effect: Effect, points: int, words: str | None) -> None:
    remarks = rated(COHORTS, effect, large_effect=points).remarks
    assert (words is None and remarks == ()) or (words is not None and len(remarks) == 1 and words in remarks[0])
    assert any("includes 1" in said for said in rated(COHORTS, Effect("HR", 3, "0.5", 9), large_effect=1).remarks)


def test_confounding_is_a_part_of_risk_of_bias_with_robins_i() -> None:
    with pytest.raises(InputRefused, match="with ROBINS-I it is a part of risk_of_bias"):
        rated(ROBINS, plausible_confounding=1)


@pytest.mark.parametrize("domain", DOWN)
def test_a_domain_that_nobody_rated_is_no_rating_of_none(domain: str) -> None:
    with pytest.raises(InputRefused, match=f"not rated: {domain}; 0 says that there is no concern"):
        rate(TRIALS, {name: 0 for name in DOWN if name != domain})
    with pytest.raises(InputRefused, match=f"not rated: {', '.join(DOWN)}; 0 says"):
        rate(TRIALS, {})


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputRefused, match="this grading cannot stand") as refused:
        rate(ONE_ARM, {"imprecison": -1, "indirectness": -4, "dose_response": 1, "risk_of_bias": True}, {"humour": "x"})
    said = str(refused.value)
    for words in (
        "not rated: inconsistency, imprecision, publication_bias; 0 says",
        "did you mean 'imprecision'?",
        "indirectness: -4 is not among",
        "dose_response: rated +1 without",
        "is never rated up",
        "risk_of_bias: True is not",
        "no domain 'humour'",
    ):
        assert words in said


@given(st.sampled_from([d for d in (*DOWN, *UP)]), st.sampled_from(["", " ", "\n\t"]))
def test_a_rating_that_counts_is_explained(domain: str, blank: str) -> None:
    points = -1 if domain in DOWN else 1
    with pytest.raises(InputRefused, match=rf"{domain}: rated [+-]1 without an explanation"):
        rate(COHORTS, {**NO_CONCERN, domain: points}, {domain: blank})
    assert rate(COHORTS, {**NO_CONCERN, domain: 0}).proposed == 2


def options(start: Start) -> st.SearchStrategy[dict[str, int]]:
    """Ratings that may stand from this start."""
    down = {d: st.sampled_from([p for p in o if p > -3 or d == "imprecision"]) for d, o in DOWN.items()}
    up = {d: st.sampled_from([0]) if start.design == "single-arm" else st.sampled_from(list(o)) for d, o in UP.items()}
    if start.rule == "robins-i":
        up["plausible_confounding"] = st.just(0)
    return st.fixed_dictionaries(down, optional=up)


@given(st.data(), st.sampled_from([TRIALS, COHORTS, ROBINS, ONE_ARM]))
def test_a_level_is_one_of_four_and_follows_from_the_sum(data: st.DataObject, start: Start) -> None:
    ratings = data.draw(options(start))
    found = rated(start, **ratings).proposed
    assert found in LEVELS and found == max(1, min(4, start.level + sum(ratings.values())))
    assert start.design != "single-arm" or found <= start.level
    again = dict(reversed(ratings.items()))
    assert rated(start, **again).proposed == found


def test_the_levels_have_words_symbols_and_plain_letters() -> None:
    assert [(level.word, level.symbols, level.ascii) for level in LEVELS.values()] == [
        ("High", "⊕⊕⊕⊕", "++++"),
        ("Moderate", "⊕⊕⊕◯", "+++o"),
        ("Low", "⊕⊕◯◯", "++oo"),
        ("Very low", "⊕◯◯◯", "+ooo"),
    ]
    assert len({level.meaning for level in LEVELS.values()}) == 4
    assert [level_number(given) for given in ("High", " very  LOW ", 3)] == [4, 1, 3]
    for wrong in ("Fair", 0, 5, True):
        with pytest.raises(InputRefused, match="is no level of certainty"):
            level_number(wrong)


@pytest.mark.parametrize(
    "words", ["none", "Any, or none", "any or none", "No comparator", "no control group", "not applicable", "n/a", "nothing", "–", " "]
)
def test_nothing_to_compare_with_is_no_comparison(words: str) -> None:
    assert not states_comparator(words)
    with pytest.raises(InputRefused, match="states no comparison"):
        compared(f"drug A versus {words}")


@pytest.mark.parametrize("words", ["drug A versus placebo", "drug A  vs. placebo", "drug A VS placebo", "drug A compared with placebo"])
def test_a_comparison_names_two(words: str) -> None:
    assert compared(words) == ("drug A", "placebo") and on_comparator(words) == ()
    with pytest.raises(InputRefused, match="states no comparison"):
        compared("drug A")


@pytest.mark.parametrize("words", ["drug A versus drug A", "Drug A vs drug  a"])
def test_nothing_is_compared_with_itself(words: str) -> None:
    with pytest.raises(InputRefused, match="compares something with itself"):
        compared(words)


def test_no_treatment_is_a_comparator_and_baseline_is_remarked() -> None:
    assert compared("drug A versus no treatment") == ("drug A", "no treatment") and on_comparator("drug A versus no treatment") == ()
    for words in ("baseline", "Values at baseline", "before treatment", "pre-treatment"):
        assert f"compared with {words}: a change over time in one group" in on_comparator(f"drug A versus {words}")[0]
