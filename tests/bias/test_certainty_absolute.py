"""Absolute effects: the published vectors, each formula, what always holds of them, and the numbers that are refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.certainty import Baseline, Effect, Risk, absolute
from review.certainty.absolute import whole
from review.errors import InputRefused
from review.reporting.certainty_words import difference, held, relative, short, with_comparator, with_intervention


def at(effect: Effect, risk: Any, **more: str) -> Risk:
    found = absolute(effect, Baseline(risk, source="stated", **more))
    assert found is not None and found.intervention is not None
    return found


def printed(found: Risk) -> tuple[int, ...]:
    assert found.intervention is not None
    return tuple(whole(n) for n in (found.intervention.value, found.intervention.low, found.intervention.high) if n is not None)


@pytest.mark.parametrize(
    ("risk", "effect", "expected"),
    [(0.010, (0.10, 0.04, 0.26), (1, 0, 3)), (0.030, (0.10, 0.04, 0.26), (3, 1, 8)), (0.013, (0.45, 0.18, 1.13), (6, 2, 15))],
)
def test_the_published_vectors(risk: float, effect: tuple[float, float, float], expected: tuple[int, ...]) -> None:
    assert printed(at(Effect("RR", *effect), risk)) == expected


@pytest.mark.parametrize(
    ("measure", "value", "risk", "per_1000"),
    [
        ("RR", "0.5", "0.2", "100"),
        ("OR", "0.5", "0.2", "111.11"),
        ("Peto OR", "0.5", "0.2", "111.11"),
        ("HR", "0.5", "0.19", "100"),
        ("RD", "-0.05", "0.2", "150"),
    ],
)
def test_each_measure_of_risk(measure: str, value: str, risk: str, per_1000: str) -> None:
    found = at(Effect(measure, value), risk)
    assert found.intervention is not None and abs(found.intervention.value - Decimal(per_1000)) < Decimal("0.005")
    assert abs(found.difference.value - (found.intervention.value - Decimal(risk) * 1000)) < Decimal("1e-20")
    assert (found.unit, found.intervention.low, found.comparator) == ("per 1,000", None, Decimal(risk) * 1000)


def test_rates_are_per_their_person_time() -> None:
    found = at(Effect("rate ratio", "0.7", "0.5", "0.98"), "4.2", per="100 person-years")
    assert with_comparator(found) == "4.2 per 100 person-years"
    assert with_intervention(found) == "2.94 per 100 person-years\n(2.1 to 4.12)"
    assert difference(found) == "1.26 fewer per 100 person-years\n(2.1 fewer to 0.084 fewer)"
    with pytest.raises(InputRefused, match="per stated person-time"):
        at(Effect("rate ratio", "0.7"), "4.2")


def test_means_are_lower_or_higher() -> None:
    found = absolute(Effect("MD", "-8.5", "-13", "4", unit="points"), Baseline("48.2", source="stated"))
    assert found is not None and found.intervention is not None and found.intervention.value == Decimal("39.7")
    assert with_comparator(found) == "mean 48.2 points"
    assert with_intervention(found) == difference(found) == "8.5 points lower\n(13 lower to 4 higher)"
    bare = absolute(Effect("SMD", "0.3", "0.1", "0.5"))
    assert bare is not None and bare.comparator is None and difference(bare) == "0.3 SD higher\n(0.1 higher to 0.5 higher)"


def test_missing_is_not_zero() -> None:
    for measure in ("RR", "OR", "Peto OR", "HR", "rate ratio"):
        assert absolute(Effect(measure, 1)) is None
    alone = absolute(Effect("RD", "-0.05"))
    assert alone is not None and alone.comparator is None and difference(alone) == "50 fewer per 1,000"
    assert difference(at(Effect("RR", 1, "0.5", 2), "0.1")) == "0 per 1,000\n(50 fewer to 100 more)"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Effect("RR", -0.5), "a ratio is never negative"),
        (lambda: Effect("HR", 1, -0.1, 2), "a ratio is never negative"),
        (lambda: Effect("RR", 0.5, 0.9, 0.2), "limits do not enclose the value"),
        (lambda: Effect("RR", 0.5, 0.6, 0.9), "limits do not enclose the value"),
        (lambda: Effect("RR", 0.5, 0.2), "one limit of the interval is missing"),
        (lambda: Effect("RD", -1.2), "between -1 and 1"),
        (lambda: Effect("rr", 0.5), "is no measure of effect"),
        (lambda: Effect("RR", "half"), "is no number"),
        (lambda: Effect("RR", float("nan")), "is no number"),
        (lambda: Effect("RR", float("inf")), "is no number"),
        (lambda: Effect("RR", True), "is no number"),
        (lambda: Effect("rate ratio", "1e30"), "no effect is of this size"),
        (lambda: Effect("MD", "1e999999"), "no effect is of this size"),
        (lambda: Effect("MD", "-1e-999999"), "no effect is of this size"),
        (lambda: Effect("MD", "1." + "3" * 40), "no effect is of this size"),
        (lambda: Baseline("1e40", source="s"), "no effect is of this size"),
        (lambda: Effect("RR", 1, level=100), "no level of an interval"),
        (lambda: Baseline(0.1), "has no source"),
        (lambda: Baseline(0.1, source=None), "is no text"),
        (lambda: Baseline(None, source="s"), "is no number"),
        (lambda: Effect("RR", None), "None is no number"),
        (lambda: Effect("RR", 1, level=None), "None is no number"),
        (lambda: Effect(None, 1), "the measure of effect: None is no text"),
        (lambda: Effect("RR", 1, source=None), "RR, source: None is no text"),
        (lambda: at(Effect("RR", 0.5), 1.2), "is impossible"),
        (lambda: at(Effect("OR", 0.5), -0.1), "is impossible"),
        (lambda: at(Effect("rate ratio", 0.5), -1, per="year"), "a rate is 0 or more"),
    ],
)
def test_impossible_numbers_are_refused_with_what_was_expected(call: Any, said: str) -> None:
    with pytest.raises(InputRefused, match=said) as refused:
        call()
    assert refused.value.expected


@pytest.mark.parametrize(
    ("effect", "risk", "shown", "led", "point"),
    [
        (("RD", "-0.05", "-0.10", "0.01"), "0.03", (0, 0, 40), (-20, -70, 40), True),
        (("RR", 3, 2, 5), "0.5", (1000, 1000, 1000), (1500, 1000, 2500), True),
        (("RR", "1.5", 1, 5), "0.3", (450, 300, 1000), (450, 300, 1500), False),
        (("RD", "0", "-0.9", "0.9"), "0.5", (500, 0, 1000), (500, -400, 1400), False),
    ],
)
def test_a_risk_that_is_held_says_so(effect: tuple[Any, ...], risk: str, shown: tuple[int, ...], led: tuple[int, ...], point: bool) -> None:
    found = at(Effect(*effect), risk)
    assert found.beyond is not None and printed(found) == shown
    assert (found.beyond.value, found.beyond.low, found.beyond.high) == led and found.point_held is point
    assert at(Effect("RR", 2, "1.5", "2.5"), "0.4").beyond is None, "1,000 itself is possible"


def test_a_difference_of_risks_stays_as_it_was_stated() -> None:
    found = at(Effect("RD", "-0.05", "-0.10", "0.01"), "0.03")
    assert difference(found) == "50 fewer per 1,000\n(100 fewer to 10 more)"
    assert held(found, "drug A") == ("With drug A: held at 0 per 1,000; the effect as stated leads to −20 (−70 to 40)",)
    both = absolute(Effect("RD", "0", "-0.9", "0.9"), Baseline("0.5", "high risk", "stated"))
    assert both is not None and held(both, "A") == (
        "With A, high risk: held at 0 and at 1,000 per 1,000; the effect as stated leads to 500 (−400 to 1,400)",
    )
    assert relative(Effect("RD", "-0.05", "-0.10", "0.01")) == "RD −0.05\n(−0.10 to 0.01)" and relative(Effect("MD", 1)) is None
    assert held(at(Effect("RR", 2), "0.1"), "drug A") == ()


ratios = st.decimals("0", "50", places=3)
risks = st.decimals("0", "1", places=4)
MEASURES = st.sampled_from(["RR", "OR", "Peto OR", "HR"])


@given(MEASURES, st.lists(ratios, min_size=3, max_size=3), risks)
def test_risks_stay_within_a_thousand_and_in_order(measure: str, numbers: list[Decimal], risk: Decimal) -> None:
    low, value, high = sorted(numbers)
    found = at(Effect(measure, value, low, high), risk)
    own = found.intervention
    assert own is not None and own.low is not None and own.high is not None
    assert 0 <= own.low <= own.value <= own.high <= 1000
    assert abs(found.difference.value - (own.value - risk * 1000)) < Decimal("1e-20")


@given(MEASURES, ratios, ratios, risks)
def test_a_larger_ratio_is_no_smaller_risk(measure: str, one: Decimal, other: Decimal, risk: Decimal) -> None:
    first, second = (at(Effect(measure, n), risk).intervention for n in sorted((one, other)))
    assert first is not None and second is not None and first.value <= second.value


@given(MEASURES, ratios, risks, risks)
def test_a_higher_baseline_is_no_smaller_risk(measure: str, ratio: Decimal, one: Decimal, other: Decimal) -> None:
    first, second = (at(Effect(measure, ratio), n).intervention for n in sorted((one, other)))
    assert first is not None and second is not None and first.value <= second.value + Decimal("1e-20")


@given(MEASURES, risks)
def test_a_ratio_of_one_changes_nothing(measure: str, risk: Decimal) -> None:
    assert abs(at(Effect(measure, 1), risk).difference.value) < Decimal("1e-20")


def test_numbers_are_printed_the_same_everywhere() -> None:
    assert [short(Decimal(n)) for n in ("0", "0.0840", "2.939", "12.34", "1234.5", "-0.5")] == [
        "0",
        "0.084",
        "2.94",
        "12.3",
        "1,235",
        "−0.5",
    ]
    assert [whole(Decimal(n)) for n in ("0.5", "1.5", "2.5", "-0.5", "2.4999")] == [1, 2, 3, -1, 2]


NUMBERS = st.builds(lambda digits, places: f"{digits}e{places - len(str(digits)) + 1}", st.integers(1, 10**28 - 1), st.integers(-12, 12))


@given(measure=st.sampled_from(["rate ratio", "MD", "SMD", "OR", "HR"]), value=NUMBERS, risk=NUMBERS)
def test_whatever_number_is_taken_can_be_printed(measure: str, value: str, risk: str) -> None:
    share = risk if measure in ("rate ratio", "MD", "SMD") or Decimal(risk) <= 1 else "0.5"
    found = absolute(Effect(measure, value), Baseline(share, source="s", per="100 person-years"))
    assert found is not None and difference(found) and with_intervention(found)
    assert (with_comparator(found) is None) == (measure == "SMD")
