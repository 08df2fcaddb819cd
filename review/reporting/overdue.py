"""Whether results of a registered study are overdue: a rule on dates, without a clock; it never guesses a date.

Overdue: twelve months after primary completion (else completion, which is flagged), with no posted results and no linked report. Twelve
months are those of the WHO joint statement on public disclosure of results from clinical trials (2017).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

MONTHS = 12
PASSED, NOT_PASSED = "twelve months have passed", "twelve months have not passed"
_STATED = re.compile(r"([12]\d{3})(?:-(\d\d)(?:-(\d\d))?)?")

Answer = Literal["overdue", "not overdue", "cannot be determined"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer with its reason in words. ``due``: the last day on which it is not overdue, None where no date is stated."""

    answer: Answer
    why: str
    due: date | None = None


def last_day(stated: str) -> date | None:
    """The last day that an ISO date ``YYYY[-MM[-DD]]`` may mean, so that nothing is called late too early; None for anything else.

    >>> last_day("2024-02"), last_day("2023")
    (datetime.date(2024, 2, 29), datetime.date(2023, 12, 31))
    """
    return _later(stated, 0)


def due_on(stated: str) -> date | None:
    """The last day of the twelve months after *stated*. A month end that the later month lacks becomes that month's last day.

    >>> due_on("2024-02-29"), due_on("2023-02"), due_on("2022")
    (datetime.date(2025, 2, 28), datetime.date(2024, 2, 29), datetime.date(2023, 12, 31))
    """
    return _later(stated, MONTHS)


def _later(stated: str, months: int) -> date | None:
    parts = _STATED.fullmatch(stated)
    if parts is None:
        return None
    year, month = int(parts[1]), int(parts[2] or 12)
    try:
        date(year, month, int(parts[3] or 1))  # a day that no calendar has is no date
    except ValueError:
        return None
    years, at = divmod(month - 1 + months, 12)
    end = monthrange(year + years, at + 1)[1]
    return date(year + years, at + 1, min(int(parts[3]), end) if parts[3] else end)


def judge(*, primary: str, completion: str, posted: bool | None, linked: bool, as_of: date) -> Verdict:
    """Whether results are overdue on *as_of*.

    primary, completion: ISO dates, '' where none is stated. posted: whether results are posted; None where the source leaves it blank.
    linked: whether a report that may tell results, not a protocol or a notice, is linked in this review.
    """
    due = due_on(primary) or due_on(completion)
    if linked:
        return Verdict("not overdue", "a report is linked in this review", due)
    if posted:
        return Verdict("not overdue", "results are posted", due)
    if due is None:
        return Verdict("cannot be determined", "no date of completion is stated")
    if as_of <= due:
        return Verdict("not overdue", NOT_PASSED, due)
    if posted is None:
        return Verdict("cannot be determined", "the source leaves open whether results are posted", due)
    return Verdict("overdue", PASSED, due)
