"""When results of a registered study are overdue: the rule on dates, at month ends, for months and years, at any date."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.reporting.overdue import due_on, judge, last_day

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
partial = st.one_of(days.map(date.isoformat), days.map(lambda d: d.isoformat()[:7]), days.map(lambda d: d.isoformat()[:4]))
broken = st.sampled_from(["", "unknown", "2024-13", "2024-00", "2023-02-29", "2024-1-1-1", "May 2024", "-"])


def verdict(primary: str = "", completion: str = "", posted: bool | None = False, linked: bool = False, as_of: str = "2026-03-02") -> str:
    return judge(primary=primary, completion=completion, posted=posted, linked=linked, as_of=date.fromisoformat(as_of)).answer


@pytest.mark.parametrize(
    ("stated", "due"),
    [
        ("2024-05-17", date(2025, 5, 17)),
        ("2024-02-29", date(2025, 2, 28)),
        ("2023-02-28", date(2024, 2, 28)),
        ("2023-02", date(2024, 2, 29)),
        ("2024-02", date(2025, 2, 28)),
        ("2024-05", date(2025, 5, 31)),
        ("2024", date(2025, 12, 31)),
        ("2024-12-31", date(2025, 12, 31)),
    ],
)
def test_twelve_months_end_on(stated: str, due: date) -> None:
    assert due_on(stated) == due


@given(broken)
def test_what_is_no_date_is_none(stated: str) -> None:
    assert due_on(stated) is None and last_day(stated) is None


@given(partial)
def test_a_part_of_a_date_counts_by_its_last_day(stated: str) -> None:
    last, due = last_day(stated), due_on(stated)
    assert last is not None and due is not None
    assert last.isoformat().startswith(stated)
    assert not (last + timedelta(days=1)).isoformat().startswith(stated), "no later day may be meant"
    assert (due.year, due.month) == (last.year + 1, last.month)
    if len(stated) == 10:
        assert due.day == min(last.day, monthrange(due.year, due.month)[1])
    else:
        assert due.day == monthrange(due.year, due.month)[1]


@given(partial, days)
def test_overdue_begins_the_day_after_and_never_ends(stated: str, as_of: date) -> None:
    due = due_on(stated)
    assert due is not None
    said = verdict(stated, as_of=as_of.isoformat())
    assert said == ("overdue" if as_of > due else "not overdue")


@given(partial | broken, partial | broken, st.sampled_from([True, False, None]), st.booleans(), days)
def test_what_is_never_said(primary: str, completion: str, posted: bool | None, linked: bool, as_of: date) -> None:
    said = judge(primary=primary, completion=completion, posted=posted, linked=linked, as_of=as_of)
    if linked or posted:
        assert said.answer == "not overdue"
    elif said.due is None:
        assert said.answer == "cannot be determined" and not due_on(primary) and not due_on(completion)
    elif posted is None:
        assert said.answer != "overdue", "a blank field is no 'no'"
    assert "unpublished" not in said.why


def test_primary_completion_goes_before_completion() -> None:
    assert verdict("2025-06", "2020-01") == "not overdue"
    assert verdict("", "2020-01") == "overdue"
    assert verdict("2020-01", "2025-12") == "overdue"
