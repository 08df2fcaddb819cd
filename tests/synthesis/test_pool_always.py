"""What holds for any effects and variances: order, scale, origin, bounds and closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import InputRefused
from review.synthesis import (
    begg,
    egger,
    influence,
    leave_one_out,
    mantel_haenszel,
    meta_regression,
    mixed_odds_ratio,
    mixed_proportion,
    peto,
    pool,
    subgroups,
    tarone,
    trim_and_fill,
)  # fmt: skip
from review.synthesis.tau2 import METHODS

EFFECTS = st.floats(-5, 5).map(lambda x: round(x, 3))
VARIANCES = st.floats(-6, 2).map(lambda x: 10**x)
STUDIES = st.lists(st.tuples(EFFECTS, VARIANCES), min_size=2, max_size=12)
CHOICES = st.tuples(st.sampled_from(METHODS), st.sampled_from(("hksj_floor", "hksj", "wald")))
always = settings(max_examples=20, deadline=None)


@always
@given(STUDIES, CHOICES, st.randoms(use_true_random=False))
def test_no_order_counts(rows: list[tuple[float, float]], choice: tuple[str, str], shuffle: object) -> None:
    """To the last bit, for studies are sorted before anything is added up."""
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    y, v = np.array(rows).T
    first = pool(y, v, method=choice[0], interval=choice[1])
    second = pool(y[order], v[order], method=choice[0], interval=choice[1], labels=[str(n + 1) for n in order])
    told = dict(zip(second.labels, second.weights, strict=True))
    assert {name: told[name] for name in first.labels} == dict(zip(first.labels, first.weights, strict=True))
    for name in ("estimate", "se", "ci", "tau2", "se_tau2", "tau2_ci", "i2", "h2", "q", "p", "pi"):
        assert getattr(first, name) == getattr(second, name), name


@always
@given(STUDIES, CHOICES, st.sampled_from((1e-3, 0.5, 7.0, 400.0)), st.sampled_from((-3.0, 0.25, 64.0)))
def test_unit_and_origin(rows: list[tuple[float, float]], choice: tuple[str, str], unit: float, origin: float) -> None:
    y, v = np.array(rows).T
    plain = pool(y, v, method=choice[0], interval=choice[1])
    moved = pool(y * unit + origin, v * unit**2, method=choice[0], interval=choice[1])
    near = {"rel": 1e-6, "abs": 1e-6 * unit * math.sqrt(v.min())}
    assert moved.estimate == pytest.approx(plain.estimate * unit + origin, **near)
    assert moved.se == pytest.approx(plain.se * unit, **near)
    assert moved.tau2 == pytest.approx(plain.tau2 * unit**2, rel=1e-5, abs=1e-5 * unit**2 * v.min())
    assert moved.weights == pytest.approx(plain.weights, rel=1e-4, abs=1e-9)


@always
@given(STUDIES, CHOICES)
def test_bounds(rows: list[tuple[float, float]], choice: tuple[str, str]) -> None:
    y, v = np.array(rows).T
    found = pool(y, v, method=choice[0], interval=choice[1])
    assert found.tau2 >= 0 and 0 <= found.i2 <= 100 and found.h2 >= 0 and 0 <= found.p <= 1 and 0 <= found.q_p <= 1
    assert sum(found.weights) == pytest.approx(100) and min(found.weights) >= 0
    assert y.min() - 1e-9 <= found.estimate <= y.max() + 1e-9
    assert found.ci[0] <= found.estimate <= found.ci[1]
    if found.tau2_ci:
        assert 0 <= found.tau2_ci[0] <= found.tau2_ci[1]
    if found.pi:
        assert found.pi[0] <= found.ci[0] and found.ci[1] <= found.pi[1]
    if choice[1] == "hksj_floor":
        wald = pool(y, v, method=choice[0], interval="wald")
        assert found.se >= wald.se and found.ci[1] - found.ci[0] >= wald.ci[1] - wald.ci[0]


@always
@given(STUDIES)
def test_dersimonian_and_lairds_closed_form(rows: list[tuple[float, float]]) -> None:
    y, v = np.array(rows).T
    w = 1 / v
    mean = (w * y).sum() / w.sum()
    q = (w * (y - mean) ** 2).sum()
    tau2 = max(0.0, (q - (y.size - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    assert pool(y, v, method="DL").tau2 == pytest.approx(tau2, rel=1e-6, abs=1e-6 * v.min())


@always
@given(STUDIES, st.sampled_from(("REML", "ML")))
def test_no_tau2_is_more_likely(rows: list[tuple[float, float]], method: str) -> None:
    y, v = np.array(rows).T

    def log_likelihood(tau2: float) -> float:
        w = 1 / (v + tau2)
        mean = (w * y).sum() / w.sum()
        return float(np.log(w).sum() - (w * (y - mean) ** 2).sum() - (np.log(w.sum()) if method == "REML" else 0))

    best = log_likelihood(pool(y, v, method=method).tau2)
    assert all(log_likelihood(tau2) <= best + 1e-6 * (1 + abs(best)) for tau2 in [0.0, *np.geomspace(1e-8, 1e3, 200)])


@always
@given(STUDIES)
def test_paule_and_mandels_equation(rows: list[tuple[float, float]]) -> None:
    y, v = np.array(rows).T
    tau2 = pool(y, v, method="PM").tau2
    if tau2 > 0:
        w = 1 / (v + tau2)
        assert (w * (y - (w * y).sum() / w.sum()) ** 2).sum() == pytest.approx(y.size - 1, rel=1e-6)


@always
@given(STUDIES)
def test_studies_given_twice(rows: list[tuple[float, float]]) -> None:
    y, v = np.array(rows).T
    once, twice = pool(y, v, method="EE"), pool([*y, *y], [*v, *v], method="EE")
    assert twice.estimate == pytest.approx(once.estimate, abs=1e-9)
    assert (twice.se, twice.q) == pytest.approx((once.se / math.sqrt(2), 2 * once.q), rel=1e-6, abs=1e-9)


@always
@given(st.lists(st.tuples(EFFECTS, VARIANCES, st.integers(0, 1)), min_size=4, max_size=12).filter(lambda r: len({x for *_, x in r}) == 2))
def test_groups_and_a_regression_on_them_agree(rows: list[tuple[float, float, int]]) -> None:
    """Under a common effect Q falls apart into that within and that between the groups."""
    y, v, x = np.array(rows).T
    words = ["a" if one else "b" for one in x]
    found = subgroups(y, v, words, method="EE")
    whole = pool(y, v, method="EE").q
    assert found.q + sum(one.q for one in found.pooled.values()) == pytest.approx(whole, rel=1e-6, abs=1e-6)
    line = meta_regression(y, v, {"group": words}, method="EE")
    assert line.qm == pytest.approx(found.q, rel=1e-5, abs=1e-6)


@always
@given(st.lists(st.tuples(EFFECTS, VARIANCES), min_size=3, max_size=8))
def test_leaving_one_out_is_pooling_the_others(rows: list[tuple[float, float]]) -> None:
    y, v = np.array(rows).T
    series = leave_one_out(y, v)
    for n in range(y.size):
        other = pool(np.delete(y, n), np.delete(v, n))
        assert (series.estimate[n], series.se[n], series.tau2[n], series.ci[n]) == (other.estimate, other.se, other.tau2, other.ci)


def told(make: Callable[[], object], order: list[int]) -> object:
    """What *make* gives, each study's own values in the order that they had before *order*, or why it gives nothing."""
    try:
        found = make()
    except InputRefused as why:
        return why.message
    place = np.argsort(order)
    fields = {name: getattr(found, name) for name in type(found).__dataclass_fields__ if name not in ("labels", "pooled")}
    each = {name: [value[n] for n in place] for name, value in fields.items() if name in OF_EACH}
    return {**fields, **each} | ({"pooled": found.pooled.estimate} if hasattr(found, "pooled") else {})


OF_EACH = (
    "weights", "rstudent", "dffits", "cooks_d", "cov_ratio", "tau2_without", "q_without", "hat", "weight", "dfbetas", "baujat_x",
    "baujat_y",
)  # fmt: skip
COVERED = st.lists(st.tuples(EFFECTS, VARIANCES, st.integers(-9, 9).map(float), st.sampled_from("abc")), min_size=6, max_size=12)


@always
@given(COVERED, CHOICES, st.randoms(use_true_random=False))
def test_no_order_counts_for_what_stands_beside(rows: list[tuple[float, float, float, str]], choice: tuple[str, str], shuffle: Any) -> None:
    """To the last bit: regressions, tests of asymmetry, influence, trim and fill."""
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    method, interval = choice
    for made in (
        lambda y, v, x, g: meta_regression(y, v, {"x": x, "g": g}, method=method, interval=interval),
        lambda y, v, x, g: egger(y, v),
        lambda y, v, x, g: egger(y, v, model="rma", method=method),
        lambda y, v, x, g: begg(y, v),
        lambda y, v, x, g: influence(y, v, method=method, interval=interval),
    ):
        first, second = (
            told(lambda made=made, rows=given: made(*(list(one) for one in zip(*rows, strict=True))), place)
            for given, place in ((rows, list(range(len(rows)))), ([rows[n] for n in order], order))
        )
        assert first == second
    filled = [trim(given, method) for given in (rows, [rows[n] for n in order])]
    assert filled[0] == filled[1]


def trim(rows: list[tuple[float, float, float, str]], method: str) -> object:
    y, v, *_ = (list(one) for one in zip(*rows, strict=True))
    try:
        found = trim_and_fill(y, v, method=method, estimator="L0")
    except InputRefused as why:
        return why.message
    return found.k0, found.k0_se, found.side, found.pooled.estimate, found.pooled.ci, sorted(found.yi)


TABLE = st.tuples(st.integers(1, 60), st.integers(1, 60), st.floats(0, 1), st.floats(0, 1)).map(
    lambda one: (round(one[0] * one[2]), one[0], round(one[1] * one[3]), one[1])
)


@always
@given(st.lists(TABLE, min_size=1, max_size=8), st.sampled_from(("OR", "RR", "RD")), st.randoms(use_true_random=False))
def test_no_order_counts_for_counts(rows: list[tuple[int, ...]], measure: str, shuffle: Any) -> None:
    """To the last bit; and what gives no estimate is refused, never a number that is none."""
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    for made in (lambda *table: mantel_haenszel(*table, measure=measure), peto, tarone):
        first, second = (
            told(lambda made=made, rows=given: made(*(list(one) for one in zip(*rows, strict=True))), place)
            for given, place in ((rows, list(range(len(rows)))), ([rows[n] for n in order], order))
        )
        assert first == second
        if isinstance(first, dict) and "se" in first:
            assert 0 < first["se"] < math.inf and math.isfinite(first["estimate"])
            assert first["q_df"] > 0 or (first["q"], first["q_p"], first["i2"]) == (0, 1, 0)


@settings(max_examples=4, deadline=None)
@given(st.lists(TABLE, min_size=3, max_size=5), st.randoms(use_true_random=False))
def test_no_order_counts_for_mixed_models(rows: list[tuple[int, ...]], shuffle: Any) -> None:
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    for made in (lambda a, n1, *_: mixed_proportion(a, n1), mixed_odds_ratio):
        first, second = (
            told(lambda made=made, rows=given: made(*(list(one) for one in zip(*rows, strict=True))), order)
            for given in (rows, [rows[n] for n in order])
        )
        assert first == second


def test_what_differs_by_too_many_powers_of_ten_is_refused_with_the_next_step() -> None:
    y, v = [1e44, 2.0, 3.0, 4.0, 5.0], [0.1] * 5
    for of in (lambda: pool(y, v), lambda: meta_regression(y, v, {"x": [1.0, 2.0, 3.0, 4.0, 7.0]})):
        with pytest.raises(InputRefused, match="too many powers of ten") as refused:
            of()
        assert "mistyped" in refused.value.next_step
