"""Sentences by certainty and size: the verbs, benefit and harm, none without a threshold; and what an interval speaks for."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.certainty import Threshold, statement, suggest_imprecision
from review.certainty.absolute import Absolute
from review.errors import InputRefused

SIZES = Threshold(10, 20, 100, source="protocol")


def said(difference: int, certainty: int, threshold: Threshold | None = SIZES) -> str | None:
    return statement("Drug A", "pain", Decimal(difference), certainty, threshold)


@pytest.mark.parametrize(
    ("certainty", "large", "plain", "slight", "none"),
    [
        (
            4,
            "Drug A results in a large reduction in pain.",
            "Drug A reduces pain.",
            "Drug A reduces pain slightly.",
            "Drug A results in little to no difference in pain.",
        ),
        (
            3,
            "Drug A probably results in a large reduction in pain.",
            "Drug A probably reduces pain.",
            "Drug A probably reduces pain slightly.",
            "Drug A probably results in little to no difference in pain.",
        ),
        (
            2,
            "Drug A may result in a large reduction in pain.",
            "Drug A may reduce pain.",
            "Drug A may reduce pain slightly.",
            "Drug A may result in little to no difference in pain.",
        ),
        (1, *["The evidence is very uncertain about the effect of Drug A on pain."] * 4),
    ],
)
def test_each_certainty_and_size_has_its_sentence(certainty: int, large: str, plain: str, slight: str, none: str) -> None:
    assert [said(-n, certainty) for n in (100, 20, 10, 9)] == [large, plain, slight, none]
    assert said(0, certainty) == none


def test_more_is_an_increase_and_what_is_better_an_improvement() -> None:
    assert said(50, 4) == "Drug A increases pain."
    lower, higher = Threshold(10, 20, 100, "protocol", "lower"), Threshold(10, 20, 100, "protocol", "higher")
    assert [said(-50, 3, lower), said(50, 3, lower)] == ["Drug A probably improves pain.", "Drug A probably worsens pain."]
    assert said(50, 2, higher) == "Drug A may improve pain."
    assert said(100, 4, lower) == "Drug A results in a large worsening of pain."


@given(st.integers(-2000, 2000), st.integers(1, 4))
def test_no_sentence_without_a_threshold(difference: int, certainty: int) -> None:
    assert said(difference, certainty, None) is None


def test_sizes_that_were_not_declared_are_not_said() -> None:
    only = Threshold(10, source="protocol")
    assert [said(-n, 4, only) for n in (9, 10, 900)] == [
        "Drug A results in little to no difference in pain.",
        "Drug A reduces pain.",
        "Drug A reduces pain.",
    ]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Threshold(-1, source="protocol"), "not in order"),
        (lambda: Threshold(0, 10, source="protocol"), "not in order"),
        (lambda: Threshold(20, 10, source="protocol"), "not in order"),
        (lambda: Threshold(10, large=5, source="protocol"), "not in order"),
        (lambda: Threshold(10), "has no source"),
        (lambda: Threshold(10, source=None), "is no text"),
        (lambda: Threshold(None, source="protocol"), "None is no number"),
        (lambda: Threshold(10, source="protocol", better="up"), "better"),
        (lambda: said(10, 5), "no level of certainty"),
    ],
)
def test_what_is_refused(call: object, words: str) -> None:
    with pytest.raises(InputRefused, match=words):
        call()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("low", "high", "points"), [(-50, -20, 0), (-50, -5, -1), (-50, 5, -1), (-5, 5, 0), (-50, 50, -2), (-5, 50, -1), (-10, 10, 0)]
)
def test_an_interval_suggests_a_rating_by_the_thresholds_that_it_crosses(low: int, high: int, points: int) -> None:
    found = suggest_imprecision(Absolute(Decimal(0), Decimal(low), Decimal(high)), SIZES)
    assert found is not None and found[0] == points and "±10" in found[1]


@pytest.mark.parametrize(("low", "high", "points"), [(-50, -20, 0), (-50, 5, -1), (-1, 1, -1), (0, 5, 0), (-5, 0, 0)])
def test_the_null_is_a_threshold_without_a_size(low: int, high: int, points: int) -> None:
    null = Threshold(0, source="protocol")
    found = suggest_imprecision(Absolute(Decimal(0), Decimal(low), Decimal(high)), null)
    assert found is not None and found[0] == points and "the null" in found[1]
    assert null.is_null and not SIZES.is_null and [said(-50, level, null) for level in (1, 2, 3, 4)] == [None] * 4


def test_nothing_is_suggested_without_an_interval_or_a_threshold() -> None:
    assert suggest_imprecision(Absolute(Decimal(0), None, None), SIZES) is None
    assert suggest_imprecision(Absolute(Decimal(0), Decimal(-1), Decimal(1)), None) is None
