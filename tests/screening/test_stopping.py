"""The stopping test: values of an independent program (buscarpy 0.0.2), and what must hold of any p."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import InputRefused
from review.screening import probability_recall_missed
from review.screening.stopping import outlook

ALTERNATING, EARLY, LATE_ONE = [1, 0] * 20 + [0] * 200, [1] * 10 + [0] * 90, [1] * 5 + [0] * 45 + [1] + [0] * 49


@pytest.mark.parametrize(
    ("labels", "records", "expected"),
    [
        (ALTERNATING, 1000, {0.95: 0.6252601456815816, 0.90: 0.49420979189430536, 0.80: 0.243635535924438}),
        (EARLY, 500, {0.95: 0.8163265306122449, 0.90: 0.6660823838737949, 0.80: 0.5432393212741198}),
        (LATE_ONE, 300, {0.95: 0.8032128514056225, 0.90: 0.8032128514056225, 0.80: 0.64451353802306}),
    ],
)
def test_p_is_that_of_an_independent_program(labels: list[int], records: int, expected: dict[float, float]) -> None:
    for target, p in expected.items():
        assert probability_recall_missed(labels, records, target) == pytest.approx(p, abs=1e-12)


@given(st.lists(st.integers(0, 1), max_size=60), st.integers(0, 200), st.sampled_from([0.8, 0.9, 0.95]))
def test_p_is_a_probability_and_grows_with_the_target(labels: list[int], unseen: int, target: float) -> None:
    records = len(labels) + unseen
    p = probability_recall_missed(labels, records, target)
    assert 0 <= p <= 1
    assert p <= probability_recall_missed(labels, records, min(0.99, target + 0.04)) + 1e-12


def test_more_irrelevant_ones_make_a_miss_less_likely_and_a_bias_too() -> None:
    few, many = [1] * 20 + [0] * 100, [1] * 20 + [0] * 800
    assert probability_recall_missed(many, 1000) < 0.05 < probability_recall_missed(few, 1000)
    assert probability_recall_missed(few, 1000, bias=3) < probability_recall_missed(few, 1000)


def test_nothing_seen_promises_nothing() -> None:
    assert probability_recall_missed([], 100) == 1
    assert not outlook([], 100).reached


def test_the_outlook_says_what_may_be_promised_and_warns_of_the_habit() -> None:
    ready, not_ready = outlook([1] * 20 + [0] * 800, 1000), outlook([1] * 20 + [0] * 100, 1000)
    assert ready.reached
    assert ready.left == 180
    assert "at least 95 % of what these reviewers would include" in ready.words
    assert not not_ready.reached
    assert not_ready.in_a_row == 100
    assert "promise nothing" in not_ready.words
    everything = outlook([0, 1], 2)
    assert everything.reached
    assert "nothing is left" in everything.words


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], 10), "neither 1 nor 0"),
        (([1, 0, 0], 2), "3 were screened of 2 records"),
        (([1], 10, 1.0), "no recall"),
        (([1], 10, 0.9, 0.5), "promise too much"),
        (([1], 10, 0.9, float("nan")), "promise too much"),
        (([1, 0], 10.5), "2 were screened of 10.5 records"),
    ],
)
def test_what_cannot_be_is_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(InputRefused, match=message):
        probability_recall_missed(*arguments)


def test_p_is_printed_as_that_of_a_test_and_never_as_zero() -> None:
    found = outlook([1] * 50 + [0] * 5000, 5060)
    assert found.reached and found.p is not None and found.p < 0.0005
    said = dict(found.as_rows())
    assert said["Test that recall is below 95 %"] == "p < 0.001" and "p < 0.001" in found.words
    assert not [what for what in said if "hance" in what]


def test_only_labels_whose_place_is_known_make_urns() -> None:
    assert probability_recall_missed(EARLY, 500, in_order=0) == 1
    assert probability_recall_missed(EARLY, 500, in_order=100) == probability_recall_missed(EARLY, 500)
    assert probability_recall_missed(EARLY, 500, in_order=10) > probability_recall_missed(EARLY, 500)
    with pytest.raises(InputRefused, match="101 of 100 labels cannot be in order"):
        probability_recall_missed(EARLY, 500, in_order=101)
