"""How long what is left takes: the median pace of today, breaks left out, and nothing where little is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from review.desk.pace import at_todays_pace

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def moments(*pauses: float) -> list[datetime]:
    """One moment, and one after each of these pauses in seconds, the last of them now."""
    return [NOW - timedelta(seconds=sum(pauses[n:])) for n in range(len(pauses) + 1)]


@pytest.mark.parametrize(
    ("pauses", "left", "said"),
    [
        ((30, 30, 30, 30), 24, "about 12 min at today's pace"),
        ((20, 30, 3000, 40, 30), 24, "about 12 min at today's pace"),
        ((30, 30, 30, 30), 4312, "about 36 h at today's pace"),
        ((3, 3, 3, 3), 5, "under a minute at today's pace"),
        ((30, 30, 30), 24, ""),
        ((30, 30, 30, 30), 0, ""),
        ((900, 900, 900, 900), 24, ""),
    ],
)
def test_the_pace_of_today_in_words(pauses: tuple[float, ...], left: int, said: str) -> None:
    assert at_todays_pace(moments(*pauses), left, NOW) == said
    assert at_todays_pace(reversed(moments(*pauses)), left, NOW) == said


def test_yesterday_does_not_count() -> None:
    yesterday = [moment - timedelta(days=1) for moment in moments(1, 1, 1, 1, 1)]
    assert at_todays_pace([*yesterday, *moments(30, 30)], 24, NOW) == ""
    assert at_todays_pace([*yesterday, *moments(30, 30, 30, 30)], 24, NOW) == "about 12 min at today's pace"
