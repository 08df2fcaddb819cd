"""Measures of an order: their definitions, bounds, and a case counted by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import InputRefused
from review.screening import atd, loss, recall_at, wss
from review.screening.metrics import ndcg

orders = st.lists(st.integers(0, 1), min_size=1, max_size=60).filter(any)
# twenty records, four relevant at ranks 1, 2, 5 and 20
COUNTED = [1, 1, 0, 0, 1] + [0] * 14 + [1]


def test_a_case_counted_by_hand() -> None:
    # c(i) = 1, 2, 2, 2, then 3 fifteen times (ranks 5 to 19), then 4: in all 7 + 45 + 4 = 56; best 4 * (20 - 1.5) = 74
    assert loss(COUNTED) == pytest.approx((74 - 56) / (4 * 16))
    assert atd(COUNTED) == pytest.approx(7 / 20)
    assert atd(COUNTED, in_records=True) == 7
    assert recall_at(COUNTED, 0.1) == 0.5
    assert recall_at(COUNTED, 0.25) == 0.75
    assert wss(COUNTED) == pytest.approx(-0.05)  # all four, since ceil(3.8) = 4, are found at the very end
    assert wss(COUNTED, 0.75) == pytest.approx((20 - 5) / 20 - 0.25)
    # three found at rank 5; at random round(step * 4 / 19) is 3 first at step 12, counted from 0
    assert wss(COUNTED, definition="insights") == pytest.approx((12 - 4) / 20)


@given(orders)
def test_every_measure_keeps_its_bounds(order: list[int]) -> None:
    assert -1e-12 <= loss(order) <= 1 + 1e-12
    assert 0 < atd(order) <= 1
    assert recall_at(order, 1) == 1
    assert -1 <= wss(order) <= 0.95
    assert -1 <= wss(order, definition="insights") <= 1
    assert 0 < ndcg(order) <= 1 + 1e-12


@given(orders)
def test_the_best_order_is_best_and_the_worst_worst(order: list[int]) -> None:
    best, worst = sorted(order, reverse=True), sorted(order)
    assert loss(best) == pytest.approx(0)
    assert ndcg(best) == pytest.approx(1)
    assert loss(best) <= loss(order) + 1e-12
    if not all(order):
        assert loss(worst) == pytest.approx(1)
    assert atd(best) <= atd(order) <= atd(worst)
    for share in (0.05, 0.1, 0.5):
        assert recall_at(worst, share) <= recall_at(order, share) <= recall_at(best, share)


@given(orders, st.integers(1, 100))
def test_a_share_may_be_written_as_a_percentage(order: list[int], percent: int) -> None:
    if percent > 1:
        assert recall_at(order, percent) == recall_at(order, percent / 100)


def test_seven_per_cent_of_a_hundred_is_seven() -> None:
    assert recall_at([0] * 6 + [1] + [0] * 93, 0.07) == 1


@pytest.mark.parametrize("measure", [loss, atd, wss, ndcg, lambda order: recall_at(order, 0.1)])
def test_without_a_relevant_record_nothing_is_measured(measure) -> None:
    with pytest.raises(InputRefused, match="no record in this order is relevant"):
        measure([0, 0])
    with pytest.raises(InputRefused, match="the label at rank 2 is 2"):
        measure([1, 2])


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(InputRefused, match="no definition 'cohen'"):
        wss([1], definition="cohen")
    with pytest.raises(InputRefused, match="no recall"):
        wss([1], 0)
    with pytest.raises(InputRefused, match="no share"):
        recall_at([1], 0)
