"""Agreement of assessors by domain and by question: values as R gives them, what is left out and said, and what must always hold.

Reference values: R 4.2.2, vcd::Kappa 1.4-11 with weights "Equal-Spacing" and its confint; raw agreement with prop.test(correct = FALSE);
AC1 and its interval in R from the formulas of Gwet 2008, item by item.
"""

from __future__ import annotations

import doctest
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.bias import load_tool
from review.bias.agreement import COLUMNS, Row, rows, scale
from review.model.event import Event

ROB = load_tool("rob2-parallel")
LEVELS = ("Low", "Some concerns", "High")
ANSWERS = ("Y", "PY", "NI", "PN", "N")
OF_LEVELS = ((14, 3, 1), (4, 9, 2), (0, 3, 4))
OF_ANSWERS = ((12, 3, 1, 0, 0), (2, 5, 1, 1, 0), (1, 0, 4, 0, 1), (0, 1, 0, 3, 2), (0, 0, 1, 1, 7))


def judged(actor: str, level: str, answer: str | None = "Y", **more: Any) -> Event:
    """A judgement in which every domain has the same level and question 1.1 an answer."""
    domains = {d.id: {"proposed": level, "final": level, "path": [], "override": None} for d in ROB.domains("assignment")}
    body = {"tool": ROB.id, "result": "activity", "effect": "assignment", "domains": domains, "overall": level}
    body["answers"] = {"1.1": answer} if answer else {}
    return Event("o", 1, "2026-01-05", actor, "appraisal.judged", 1, "stu:1", "{}", None, None, None, "", f"{actor} {level}", body | more)


def pairs(table: Sequence[Sequence[int]], names: Sequence[str], *, answers: bool = False) -> list[tuple[Event, ...]]:
    """So many pairs of judgements as the table counts: r1 in rows, r2 in columns."""
    of = (lambda who, name: judged(who, "Low", name)) if answers else judged
    return [(of("r1", names[i]), of("r2", names[j])) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]


def row(found: Sequence[Row], name: str) -> Row:
    return next(one for one in found if one.name == name)


def test_every_example_in_the_docstrings_runs() -> None:
    result = doctest.testmod(import_module("review.bias.agreement"))
    assert result.attempted >= 1
    assert result.failed == 0


@pytest.mark.parametrize("name", ["D1", "D5", "overall"])
def test_levels_as_r_has_them(name: str) -> None:
    one = row(rows(ROB, "assignment", pairs(OF_LEVELS, LEVELS)), name)
    assert (one.n, one.alike, one.one_only, one.outside) == (40, 27, 0, 0)
    assert one.raw is not None and one.kappa is not None and one.ac1 is not None
    assert one.raw.value == pytest.approx(0.675, abs=1e-12)
    assert (one.raw.low, one.raw.high) == pytest.approx((0.52017746, 0.79915498), abs=5e-9)
    assert one.kappa.value == pytest.approx(0.553429027113238, abs=1e-14)
    assert (one.kappa.low, one.kappa.high) == pytest.approx((0.34229060, 0.76456745), abs=5e-9)
    assert one.ac1.value == pytest.approx(0.526842584167425, abs=1e-14)
    assert (one.ac1.low, one.ac1.high) == pytest.approx((0.3017931509, 0.7518920174), abs=1e-6)


def test_answers_as_r_has_them() -> None:
    one = row(rows(ROB, "assignment", pairs(OF_ANSWERS, ANSWERS, answers=True)), "1.1")
    assert (one.n, one.alike) == (46, 31)
    assert one.kappa is not None and one.ac1 is not None
    assert one.kappa.value == pytest.approx(0.733443708609271, abs=1e-14)
    assert (one.kappa.low, one.kappa.high) == pytest.approx((0.60665260, 0.86023482), abs=5e-9)
    assert one.ac1.value == pytest.approx(0.596018735362998, abs=1e-14)


def test_under_thirty_pairs_there_is_no_bare_statistic() -> None:
    one = row(rows(ROB, "assignment", pairs(OF_LEVELS, LEVELS)[:29]), "D1")
    assert one.n == 29 and one.alike > 0
    assert [found.value for found in (one.raw, one.kappa, one.ac1) if found is not None] == [None, None, None]
    assert one.note == "too few: under 30 pairs"


def test_what_one_alone_was_asked_is_missing_and_counted() -> None:
    both = [*pairs(OF_ANSWERS, ANSWERS, answers=True), (judged("r1", "Low", "Y"), judged("r2", "Low", None))]
    one = row(rows(ROB, "assignment", both), "1.1")
    assert (one.n, one.one_only) == (46, 1)
    assert row(rows(ROB, "assignment", both), "2.3").n == 0


def test_na_has_no_place_in_the_order_and_is_left_out_of_weighted_kappa_alone() -> None:
    form = load_tool("jbi-case-series")
    items = [form.questions()[0].id]

    def one(actor: str, answer: str) -> Event:
        return judged(actor, "Low", None, domains={}, overall="Include", answers={items[0]: answer})

    both = [(one("r1", "Y"), one("r2", "Y"))] * 20 + [(one("r1", "N"), one("r2", "U"))] * 12 + [(one("r1", "NA"), one("r2", "N"))] * 5
    found = row(rows(form, None, both), items[0])
    assert (found.n, found.alike, found.outside) == (37, 20, 5)
    assert found.raw is not None and found.kappa is not None
    assert (found.raw.n, found.kappa.n) == (37, 32)
    assert "5 outside the order" in found.note


def test_several_pairs_of_assessors_have_no_kappa_in_common() -> None:
    both = [*pairs(OF_LEVELS, LEVELS), (judged("r1", "Low"), judged("r3", "Low"))]
    one = row(rows(ROB, "assignment", both), "D1")
    assert one.kappa is None and one.ac1 is not None and one.ac1.value is not None
    assert "several pairs of assessors" in one.note


def test_other_words_keep_the_order_of_the_file() -> None:
    assert scale(("2", "1", "0"))[1] == ["2", "1", "0"]
    assert scale(("N", "Y", "U", "NA")) == (["Y", "U", "N", "NA"], ["Y", "U", "N"])


@settings(max_examples=10, deadline=None)
@given(
    table=st.lists(st.lists(st.integers(0, 8), min_size=3, max_size=3), min_size=3, max_size=3),
    order=st.randoms(use_true_random=False),
)
def test_who_is_named_first_makes_no_difference(table: list[list[int]], order: Any) -> None:
    both = pairs(table, LEVELS)
    turned = [tuple(order.sample(pair, 2)) for pair in order.sample(both, len(both))]
    for one, other in zip(rows(ROB, "assignment", both), rows(ROB, "assignment", turned), strict=True):
        assert one.flat() == other.flat()
        assert len(one.flat()) == len(COLUMNS)
        assert one.alike <= one.n <= len(both)
