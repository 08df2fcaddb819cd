"""What a spreadsheet may hold is pooled as it should be, or refused with row, column and what to do; nothing is dropped."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from review.errors import InputRefused
from review.synthesis import cumulative, effects, mantel_haenszel, meta_regression, pool, subgroups
from tests.synthesis.arm_rows import counts

V = [0.1, 0.2]
NULLABLE = pd.array([0.1, 0.2], dtype="Float64")
EXPECTED = pool(V, V)


@pytest.mark.parametrize(
    "given",
    [
        (0.1, 0.2), np.array(V, dtype=np.float64), pd.Series(V), pd.Series(NULLABLE), NULLABLE, pd.Series(V, dtype=object),
        ["0.1", " 0.2 "],
        [Decimal("0.1"), Decimal("0.2")], np.ma.array(V), pd.Index(V),
    ],
    ids=lambda given: type(given).__name__,
)  # fmt: skip
def test_numbers_are_numbers_in_whatever_they_come(given: Any) -> None:
    assert pool(given, given).estimate == EXPECTED.estimate


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([0.1, None], r"row 2 \(Doe\) has nan, and 1 of 2 rows are missing"),
        ([0.1, float("nan")], r"row 2 \(Doe\) has nan"),
        (pd.array([0.1, None], dtype="Float64"), r"row 2 \(Doe\) has nan"),
        (pd.Series([0.1, pd.NA], dtype=object), r"row 2 \(Doe\) has nan"),
        (np.ma.array(V, mask=[False, True]), r"row 2 \(Doe\) has nan"),
        (np.ma.array([1, 2], mask=[False, True]), r"row 2 \(Doe\) has nan"),
        ([0.1, float("inf")], r"row 2 \(Doe\) has inf"),
        ([0.1, "0,2"], r"row 2 \(Doe\) has '0,2', which is no number"),
        ([0.1, "1_0"], r"row 2 \(Doe\) has '1_0', which is no number"),
        ([0.1, ""], r"row 2 \(Doe\) has '', which is no number"),
        ([0.1, True], r"row 2 \(Doe\) has True, which is no number"),
        ([0.1, 1j], r"row 2 \(Doe\) has 1j, which is no number"),
        (pd.to_datetime(["2020-01-01", "2021-01-01"]), r"row 1 \(Roe\) has Timestamp"),
        (np.array(["2020", "2021"], dtype="datetime64[Y]"), r"row 1 \(Roe\) has .*2020.*, which is no number"),
        ([[0.1, 0.2]], "2 dimensions were given"),
        (np.array([V]), "2 dimensions were given"),
        (0.1, "a float and no list was given"),
        ({"a": 0.1}, "a dict and no list was given"),
        ([], "there is no study"),
        ([0.1], "the columns differ in length: yi 1, vi 2"),
    ],
)
def test_what_is_no_number_is_refused_by_its_row(given: Any, said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        pool(given, V, labels=["Roe", "Doe"])


@pytest.mark.parametrize("variance", [0.0, -0.1, 1e-120])
def test_a_variance_that_cannot_be_is_refused_by_its_row(variance: float) -> None:
    with pytest.raises(InputRefused, match=r"row 2 \(Doe\) has the variance"):
        pool(V, [0.1, variance], labels=["Roe", "Doe"])


def test_few_and_equal_studies_are_pooled_with_their_caution() -> None:
    assert "one study: nothing was pooled" in pool([0.3], [0.1]).warnings[0]
    two, equal = pool(V, V), pool([0.3] * 5, [0.1] * 5, interval="hksj")
    assert two.k == 2 and np.isfinite(two.ci).all()
    assert equal.tau2 == 0 and any("the effects are equal" in said for said in equal.warnings)


def hostile(**columns: Any) -> pd.DataFrame:
    return counts({"A": (1, 10, 2, 10), "B": (3, 20, 4, 20)}).assign(**columns)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"events": [11, 2, 3, 4]}, "E03: there are more events"),
        ({"n": [0, 10, 20, 20]}, "E03: n is 0"),
        ({"events": [-1, 2, 3, 4]}, "E03: events is -1"),
        ({"n": [10.5, 10, 20, 20]}, "E03: n is 10.5"),
        ({"events": [None, 2, 3, 4]}, "events"),
        ({"events": pd.array([None, 2, 3, 4], dtype="Int64")}, "events"),
    ],
)
def test_a_row_that_cannot_be_stays_with_its_reason(columns: dict[str, Any], said: str) -> None:
    frame = effects(hostile(**columns), "RR").frame
    first = frame[frame["study"] == "A"]
    assert not first["used"].any() and first["reason"].str.contains(said, regex=False).all()
    assert frame[frame["study"] == "B"]["used"].all() and len(effects(hostile(**columns), "RR").rows) == 4


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pd.DataFrame(), "the rows have no column study and no column role"),
        (hostile().drop(columns="role"), "the rows have no column role"),
        (hostile(events=["1", "two", "3", "4"]), "events is 'two', which is no number"),
        (hostile(events=["1,5", "2", "3", "4"]), "events is '1,5', which is no number"),
        (hostile(events=[True, False, True, False]), "events is True, which is no number"),
        (hostile(events=[float("inf"), 2, 3, 4]), "events is inf"),
        (hostile(role=["Experimental", "control"] * 2), "role is 'Experimental'\n.*did you mean 'experimental'"),
        (hostile(study=["A", None, "B", "B"]), "a row names no study"),
        (pd.concat([hostile(), hostile()]), "two rows have the id"),
        ([{"study": "A"}], "among the rows is {'study': 'A'}"),
        ({"study": ["A"]}, "the rows are dict"),
        (None, "the rows are NoneType"),
    ],
)
def test_rows_that_cannot_be_read_are_refused(given: Any, said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        effects(given, "RR")


def test_the_same_study_twice_is_refused_and_not_pooled_twice() -> None:
    twice = effects(pd.concat([hostile(), hostile()], ignore_index=True).drop(columns="row", errors="ignore"), "RR")
    assert len(twice.used) == 0 and set(twice.frame["reason"].str.partition(":")[0]) == {"E04"}


def test_text_and_nullable_numbers_of_a_frame_count() -> None:
    expected = effects(hostile(), "RR").frame["yi"].tolist()
    for column in (["1", "2", "3", "4"], pd.array([1, 2, 3, 4], dtype="Int64"), pd.Series([1, 2, 3, 4], dtype="float32")):
        assert effects(hostile(events=column), "RR").frame["yi"].tolist() == expected


def test_what_stands_beside_effects_is_refused_by_its_row_too() -> None:
    y = v = [0.1, 0.2, 0.3]
    for values in ([1, np.nan, 2], pd.array([1, None, 2], dtype="Int64")):
        with pytest.raises(InputRefused, match="x: row 2 has nan"):
            meta_regression(y, v, {"x": values})
    with pytest.raises(InputRefused, match="row 2 has None"):
        meta_regression(y, v, {"x": ["a", None, "b"]})  # type: ignore[list-item]
    with pytest.raises(InputRefused, match="moderators are list"):
        meta_regression(y, v, [1, 2, 3])  # type: ignore[arg-type]
    with pytest.raises(InputRefused, match="row 2 has None"):
        subgroups(y, v, ["a", None, "b"])  # type: ignore[list-item]
    with pytest.raises(InputRefused, match=r"order: row 2 \(2\) has nan"):
        cumulative(y, v, [2001, None, 2003])
    with pytest.raises(InputRefused, match="row 2 has 11 events of 10"):
        mantel_haenszel([1, 11], [10, 10], [2, 3], [10, 10])
    with pytest.raises(InputRefused, match="row 1 has 0 events of 0"):
        mantel_haenszel([0, 1], [0, 10], [2, 3], [10, 10])
