"""How long what is left takes at the pace of today, from when this person decided; breaks are left out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

FEWEST = 5  # decisions of today from which there is a pace
BREAK = timedelta(minutes=5)  # a longer pause between two decisions was none of the work


def at_todays_pace(decided: Iterable[datetime], left: int, now: datetime) -> str:
    """In words, how long *left* records take at the median pace of today's decisions; '' where there are too few of them.

    decided, now: moments with their time zone; today is the day of *now* in its own.
    """
    today = sorted(at for at in (one.astimezone(now.tzinfo) for one in decided) if at.date() == now.date())
    pauses = [later - earlier for earlier, later in pairwise(today) if later - earlier <= BREAK]
    if len(today) < FEWEST or not pauses or not left:
        return ""
    minutes = left * median(pause.total_seconds() for pause in pauses) / 60
    if minutes < 1:
        words = "under a minute"
    elif minutes < 90:
        words = f"about {minutes:.0f} min"
    else:
        words = f"about {minutes / 60:,.0f} h"
    return f"{words} at today's pace"
