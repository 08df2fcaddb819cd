"""Times as the ledger writes them: UTC, ISO 8601, microseconds, suffix Z, always 27 characters, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from review.errors import InputRefused

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def utc_now() -> datetime:
    """The present, with its time zone. The only clock of the package."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """The text of a moment that knows its time zone.

    >>> stamp(datetime(2025, 3, 1, 12, tzinfo=UTC))
    '2025-03-01T12:00:00.000000Z'
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment(text: str) -> datetime:
    """The moment of a stored text. Raises ValueError for a text that ``stamp`` did not write."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def iso_day(text: str, *, where: str) -> str:
    """*text*, a day written year-month-day. Raises InputRefused for anything else.

    >>> iso_day("2026-03-01", where="searched")
    '2026-03-01'
    """
    try:
        if isinstance(text, str) and date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise InputRefused(f"{text!r} is not a date", where=where, expected="year-month-day, as 2026-03-01", next_step="give the day in full")


def as_of_limit(text: str) -> str:
    """The last moment that an ``as_of`` includes. A bare date means the end of that day in UTC.

    text: ISO 8601, a date or a date with time; without a zone it is UTC.
    Raises InputRefused for anything else.

    >>> as_of_limit("2025-03-01")
    '2025-03-01T23:59:59.999999Z'
    """
    clean = text.strip()
    try:
        if len(clean) == 10:
            return f"{date.fromisoformat(clean).isoformat()}T23:59:59.999999Z"
        when = datetime.fromisoformat(clean)
        return stamp(when if when.tzinfo else when.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as problem:
        raise InputRefused(
            f"{text!r} is not a date", where="as_of", expected="2025-03-01, or 2025-03-01T12:00:00Z", next_step="give the day in full"
        ) from problem
