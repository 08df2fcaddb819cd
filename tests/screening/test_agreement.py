"""Agreement of two reviewers: reference values, refusals to show a bare number, and what must always hold."""

from __future__ import annotations

import doctest
import random
from importlib import import_module
from itertools import product
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from review.errors import InputRefused
from review.model.agreement import FEWEST_PAIRS, METHODS, agreement, t_deviate

TWO = ("include", "exclude")
THREE = ("include", "unsure", "exclude")
REFERENCE = [[42, 26], [46, 386]]


def test_every_example_in_the_docstrings_runs():
    result = doctest.testmod(import_module("review.model.agreement"))
    assert result.attempted >= 10
    assert result.failed == 0


@pytest.mark.parametrize(
    ("method", "value", "low", "high", "digits"),
    [
        ("raw", 0.856, None, None, 12),
        ("kappa", 0.4548097891931185, 0.349, 0.561, 14),
        ("pabak", 0.712, 0.65024, 0.77376, 12),
        ("ac1", 0.8045263020720211, 0.75724, 0.85181, 14),
        ("alpha", 0.45370, None, None, 5),
        ("positive", 0.53846, None, None, 5),
        ("negative", 0.91469, None, None, 5),
        ("prevalence", 0.156, None, None, 12),
    ],
)
def test_reference_table_of_five_hundred_records(method, value, low, high, digits):
    found = agreement(REFERENCE, categories=TWO, method=method)
    assert found.shown
    assert found.n == 500
    assert found.value == pytest.approx(value, abs=0.6 * 10**-digits)
    assert found.low < found.value < found.high
    if low is not None:
        places = 3 if method == "kappa" else 5
        assert (round(found.low, places), round(found.high, places)) == (low, high)


def test_standard_error_of_ac1_in_the_reference_table():
    found = agreement(REFERENCE, categories=TWO, method="ac1")
    assert (found.high - found.low) / (2 * t_deviate(499)) == pytest.approx(0.02407, abs=5e-6)


def test_prevalence_stands_beside_every_statistic():
    found = agreement(REFERENCE, categories=TWO)
    assert found.prevalence == pytest.approx((0.156, 0.844))


def test_pairs_and_their_table_give_the_same():
    pairs = [(a, b) for (a, b), count in zip(product(TWO, TWO), [42, 26, 46, 386], strict=True) for _ in range(count)]
    for method in METHODS:
        assert agreement(pairs, categories=TWO, method=method) == agreement(REFERENCE, categories=TWO, method=method)


def test_first_reviewer_is_in_rows():
    found = agreement([("include", "exclude")] * 3 + [("exclude", "exclude")] * 30, categories=TWO)
    assert found.table == ((0, 3), (0, 30))


def test_textbook_kappa_of_fifty_pairs():
    # raw 35/50, chance .5 * .6 + .5 * .4
    assert agreement([[20, 5], [10, 15]], categories=TWO).value == pytest.approx(0.4)


def test_three_categories_by_hand():
    # raw (10 + 10 + 10) / 60; every margin is 20 of 60, so chance is 1/3
    table = [[10, 5, 5], [5, 10, 5], [5, 5, 10]]
    assert agreement(table, categories=THREE).value == pytest.approx((0.5 - 1 / 3) / (2 / 3))
    assert agreement(table, categories=THREE, method="pabak").value == pytest.approx(0.25)
    assert agreement(table, categories=THREE, method="ac1").value == pytest.approx(0.25)
    # linear: weights 1, .5, 0; observed .5 + .5 * 20/60, chance 1/3 + .5 * 4/9
    assert agreement(table, categories=THREE, method="kappa_linear").value == pytest.approx((2 / 3 - 5 / 9) / (4 / 9))
    # quadratic: weights 1, .75, 0
    observed, chance = 0.5 + 0.75 / 3, 1 / 3 + 0.75 * 4 / 9
    assert agreement(table, categories=THREE, method="kappa_quadratic").value == pytest.approx((observed - chance) / (1 - chance))


def test_weights_change_nothing_with_two_categories():
    plain = agreement(REFERENCE, categories=TWO)
    for method in ("kappa_linear", "kappa_quadratic"):
        weighted = agreement(REFERENCE, categories=TWO, method=method)
        assert (weighted.value, weighted.low, weighted.high) == pytest.approx((plain.value, plain.low, plain.high))


@pytest.mark.parametrize("method", ["kappa", "kappa_linear", "kappa_quadratic", "pabak", "ac1", "alpha", "positive", "prevalence"])
def test_interval_agrees_with_a_bootstrap(method):
    table = [[60, 12, 8], [10, 30, 15], [9, 11, 145]]
    found = agreement(table, categories=THREE, method=method)
    cells = list(product(range(3), range(3)))
    dice = random.Random(7)
    values = []
    for _ in range(1500):
        drawn = [[0] * 3 for _ in range(3)]
        for i, j in dice.choices(cells, weights=[table[i][j] for i, j in cells], k=300):
            drawn[i][j] += 1
        values.append(agreement(drawn, categories=THREE, method=method).value)
    mean = sum(values) / len(values)
    error = sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(error, rel=0.08)


def test_twenty_nine_pairs_show_the_table_and_no_number():
    found = agreement([[20, 3], [2, 4]], categories=TWO)
    assert (found.n, found.shown, found.value, found.low, found.high) == (29, False, None, None, None)
    assert found.note.startswith("too few")
    assert found.table == ((20, 3), (2, 4))
    assert str(found) == "Cohen's kappa: too few: under 30 pairs (29 pairs)"


def test_thirty_pairs_are_enough():
    assert agreement([[20, 3], [3, 4]], categories=TWO).shown


def test_no_pair_at_all_is_too_few():
    found = agreement([], categories=TWO)
    assert (found.n, found.shown, found.prevalence) == (0, False, (0.0, 0.0))


@pytest.mark.parametrize("method", ["kappa", "kappa_linear", "kappa_quadratic", "alpha"])
def test_kappa_is_undefined_where_every_decision_is_the_same(method):
    found = agreement([[0, 0], [0, 200]], categories=TWO, method=method)
    assert (found.shown, found.value) == (False, None)
    assert found.note.startswith("undefined")


def test_agreement_on_a_category_that_nobody_chose_is_undefined():
    assert not agreement([[0, 0], [0, 200]], categories=TWO, method="positive").shown
    assert agreement([[0, 0], [0, 200]], categories=TWO, method="negative").value == 1


def test_alpha_without_an_interval_is_not_shown():
    assert not agreement([[0, 1], [0, 99]], categories=TWO, method="alpha").shown


def test_perfect_agreement_has_no_interval_and_points_to_one_that_is():
    found = agreement([[40, 0], [0, 60]], categories=TWO)
    assert (found.shown, found.value, found.low, found.high) == (True, 1, None, None)
    assert "no interval can be estimated" in found.note and "Wilson" in str(found)
    drawn = agreement([[40, 0], [0, 60]], categories=TWO, interval="bootstrap")
    assert (drawn.value, drawn.low) == (1, None)
    raw = agreement([[40, 0], [0, 60]], categories=TWO, method="raw")
    assert 0.96 < raw.low < raw.high == 1


def test_a_category_that_nobody_used_still_counts_as_offered():
    table = [[42, 0, 26], [0, 0, 0], [46, 0, 386]]
    assert agreement(table, categories=THREE).value == pytest.approx(agreement(REFERENCE, categories=TWO).value)
    assert agreement(table, categories=THREE, method="pabak").value == pytest.approx((0.856 - 1 / 3) / (2 / 3))


def test_unknown_method_names_near_matches():
    with pytest.raises(InputRefused, match="did you mean 'kappa'"):
        agreement(REFERENCE, categories=TWO, method="kapa")


def test_unknown_category_names_the_pair():
    with pytest.raises(InputRefused, match="'maybe' in pair 2 is no category"):
        agreement([("include", "include"), ("include", "maybe")], categories=TWO)


def test_a_missing_decision_is_refused():
    with pytest.raises(InputRefused, match="None in pair 1 is no category"):
        agreement([("include", None)], categories=TWO)
    with pytest.raises(InputRefused, match="pair 1 has 1 decisions"):
        agreement([("include",)], categories=TWO)


@pytest.mark.parametrize("table", [[[1, 2, 3], [4, 5, 6]], [[1, 2]], [[40, -1], [1, 40]]])
def test_a_table_that_is_not_square_or_negative_is_refused(table):
    with pytest.raises(InputRefused, match="this table of counts cannot be used"):
        agreement(table, categories=TWO)


@pytest.mark.parametrize("categories", [(), ("include",), ("include", "include"), (0, 1)])
def test_categories_must_be_two_different_words_or_more(categories):
    with pytest.raises(InputRefused, match="these are no categories"):
        agreement(REFERENCE, categories=categories)


def test_negative_agreement_needs_two_categories():
    with pytest.raises(InputRefused, match="defined for two categories"):
        agreement([[30, 0, 0], [0, 0, 0], [0, 0, 0]], categories=THREE, method="negative")


@pytest.mark.parametrize("freedom", [29, 30, 60, 499, 10_000])
def test_deviates_of_t_agree_with_scipy(freedom):
    assert t_deviate(freedom) == pytest.approx(t.ppf(0.975, freedom), abs=1e-6)


counts = st.integers(0, 60)
squares = st.one_of(
    st.lists(st.lists(counts, min_size=2, max_size=2), min_size=2, max_size=2),
    st.lists(st.lists(counts, min_size=3, max_size=3), min_size=3, max_size=3),
)


@settings(max_examples=150, deadline=None)
@given(table=squares, method=st.sampled_from([name for name in METHODS if name != "negative"]))
def test_a_value_stands_with_its_interval_or_with_the_reason_why_there_is_none(table, method):
    found = agreement(table, categories=THREE[: len(table)], method=method)
    assert found.n == sum(map(sum, table))
    if found.shown and found.low is None:
        assert found.high is None and "no interval can be estimated" in found.note
    elif found.shown:
        assert found.n >= FEWEST_PAIRS
        assert -1 <= found.low <= found.value + 1e-12
        assert found.value - 1e-12 <= found.high <= 1
    else:
        assert (found.value, found.low, found.high) == (None, None, None)
        assert found.note


@settings(max_examples=100, deadline=None)
@given(table=squares, method=st.sampled_from([name for name in METHODS if name != "negative"]))
def test_the_order_of_the_two_reviewers_does_not_matter(table, method):
    turned = [list(column) for column in zip(*table, strict=True)]
    one = agreement(table, categories=THREE[: len(table)], method=method)
    other = agreement(turned, categories=THREE[: len(table)], method=method)
    assert one.shown == other.shown
    if one.shown:
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))
