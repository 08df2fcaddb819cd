"""What holds of every table of results: signs turn with the arms, order makes no difference, every row is told of."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.synthesis import SynthesisSettings, check, effects
from review.synthesis.measures import MEASURES
from tests.synthesis.arm_rows import arm, counts, means, stated, swapped

FEW = settings(max_examples=20, deadline=None)


@st.composite
def table(draw: st.DrawFn) -> tuple[int, int, int, int]:
    n1, n2 = draw(st.integers(1, 60)), draw(st.integers(1, 60))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


TABLES = st.lists(table(), min_size=1, max_size=5).map(lambda found: {f"S{i}": one for i, one in enumerate(found)})
GROUP = st.tuples(st.integers(2, 90), st.floats(-50, 50), st.floats(0.1, 20))
GROUPS = st.lists(st.tuples(GROUP, GROUP), min_size=1, max_size=4).map(lambda found: {f"S{i}": (*a, *b) for i, (a, b) in enumerate(found)})
POLICY = st.sampled_from(["measure", "none", "only0", "all", "if0all"])


@FEW
@given(TABLES, POLICY, st.sampled_from(["RR", "OR", "RD", "AS", "PETO"]), st.sampled_from(["keep", "drop"]))
def test_swapping_arms_turns_the_sign_of_counts(tables: dict[str, Any], policy: str, measure: str, double: str) -> None:
    same_way(counts(tables), measure, SynthesisSettings(zero_cells=policy, double_zero=double))


@FEW
@given(GROUPS, st.sampled_from(["MD", "SMD", "SMDH"]), st.sampled_from(["LS", "UB"]), st.sampled_from(["unequal", "pooled"]))
def test_swapping_arms_turns_the_sign_of_means(groups: dict[str, Any], measure: str, smd: str, md: str) -> None:
    same_way(means(groups), measure, SynthesisSettings(smd_variance=smd, md_variance=md))


def same_way(rows: pd.DataFrame, measure: str, policy: SynthesisSettings) -> None:
    there, other = effects(rows, measure, policy).frame, effects(swapped(rows), measure, policy).frame
    assert there["used"].tolist() == other["used"].tolist()
    assert there["yi"].to_numpy() == pytest.approx(-other["yi"].to_numpy(), rel=1e-9, abs=1e-9, nan_ok=True)
    assert there["vi"].to_numpy() == pytest.approx(other["vi"].to_numpy(), rel=1e-9, nan_ok=True)


@FEW
@given(TABLES, POLICY, st.sampled_from(["RR", "OR", "RD", "AS", "PETO"]))
def test_something_is_added_only_where_it_is_said(tables: dict[str, Any], policy: str, measure: str) -> None:
    frame = effects(counts(tables), measure, SynthesisSettings(zero_cells=policy)).frame
    zero = {study: 0 in (a, n1 - a, c, n2 - c) for study, (a, n1, c, n2) in tables.items()}
    for line in frame.itertuples():
        assert (line.added > 0) == any(told.startswith("0.5 added") for told in line.changed)
        if policy == "none" or measure == "AS" or (policy in ("measure", "only0") and not zero[line.study]):
            assert line.added == 0
        elif line.used and not (measure == "PETO" and policy == "measure"):
            assert (line.added > 0) == (policy == "all" or zero[line.study] or (policy == "if0all" and frame["added"].max() > 0))
    assert frame["events_exp"].tolist() == [tables[study][0] for study in frame["study"]], "counts are shown as they were reported"


ROWS = st.lists(
    st.fixed_dictionaries(
        {"study": st.sampled_from(["1", "2", "10"]), "role": st.sampled_from(["experimental", "control", "single", "contrast", ""])},
        optional={
            "arm": st.sampled_from(["a", "b"]), "n": st.integers(-1, 30), "events": st.integers(0, 12), "mean": st.floats(-3, 9),
            "sd": st.floats(-1, 4), "est": st.floats(-1, 3), "est_type": st.sampled_from(["OR", "HR", "MD"]), "p": st.floats(0, 1),
            "ci_low": st.floats(-1, 2), "ci_high": st.floats(-1, 4), "person_time": st.floats(0, 90),
            "excluded": st.sampled_from(["", "asked"]),
            "timepoint": st.sampled_from(["", "week 8"]), "design": st.sampled_from(["parallel", "cluster", "crossover"]),
            "icc": st.floats(0, 1), "n_clusters": st.integers(1, 9), "r": st.floats(-1, 1), "change": st.booleans(),
        },
    ),
    min_size=1, max_size=9,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(ROWS, st.sampled_from(sorted(MEASURES)), st.sampled_from(["refuse", "combine", "split"]), st.randoms(use_true_random=False))
def test_whatever_comes_in_is_used_or_told_of(rows: list[dict[str, Any]], measure: str, several: str, random: Any) -> None:
    given = [{**row, "row": str(i), "cells": (f"cell {i}",)} for i, row in enumerate(rows)]
    policy = SynthesisSettings(multi_arm=several, change_r=0.5)
    found = effects(pd.DataFrame(given), measure, policy)
    assert sorted(found.rows["row"]) == sorted(row["row"] for row in given)
    assert (found.rows["used"] == (found.rows["reason"] == "")).all()
    assert (found.frame["used"] == (found.frame["reason"] == "")).all() and len(found.used) + len(found.excluded) == len(found.frame)
    assert {cell for cells in found.frame["events"] for cell in cells} == {row["cells"][0] for row in given}
    for line in found.used.itertuples():
        assert math.isfinite(line.yi) and 0 < line.vi < math.inf and line.formula
    told = check(found)
    random.shuffle(given)
    again = effects(pd.DataFrame(given), measure, policy)
    pd.testing.assert_frame_equal(again.frame, found.frame)
    assert check(again) == told and policy.sentences(again) == policy.sentences(found)


def test_numbers_of_any_kind_of_frame_are_read_alike() -> None:
    rows = pd.DataFrame([arm("A", "experimental", n=20, events=4), arm("A", "control", n=20, events=7), stated("B", "OR", 0.5, se=0.3)])
    expected = effects(rows, "OR").frame
    for kind in (object, str):
        typed = rows.astype({"n": kind, "events": kind}).where(rows.notna(), None)
        pd.testing.assert_frame_equal(effects(typed, "OR").frame, expected)
    pd.testing.assert_frame_equal(effects(rows.astype({"n": "Int64", "events": "Int64"}), "OR").frame, expected)
