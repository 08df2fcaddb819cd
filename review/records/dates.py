"""Reads printed dates and ages. What has two readings is not read: the caller keeps the printed text and says so."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from review.model.record import Age, AgeUnit, Precision
from review.text import fold_blanks

_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sep sept|october oct|november nov"
        "|december dec".split("|"),
        start=1,
    )
    for name in names.split()
}
_NAME = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[89]|20|21)\d\d)"
_TIME = r"(?:[T ,]+\d{1,2}:\d\d.*)?"
_SHAPES = tuple(
    re.compile(shape + r"\.?", re.I)
    for shape in (
        rf"{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)",
        rf"{_NAME}\s+{_DAY},?\s+{_YEAR}{_TIME}",
        rf"{_DAY}[\s-]+(?:of\s+)?{_NAME},?[\s-]+{_YEAR}{_TIME}",
        rf"{_YEAR}[\s-]+{_NAME}[\s-]+{_DAY}",
        rf"{_NAME},?[\s-]+{_YEAR}",
        rf"{_YEAR}[\s-]+{_NAME}",
        rf"{_YEAR}[-/](?P<month>\d{{1,2}})",
        rf"(?P<month>\d{{1,2}})[/-]{_YEAR}",
        _YEAR,
    )
)
_NUMERIC = re.compile(rf"(?P<first>\d{{1,2}})(?P<sep>[/.-])(?P<second>\d{{1,2}})(?P=sep){_YEAR}{_TIME}")


@dataclass(frozen=True)
class ReadDate:
    """A date in ISO form, as long as its precision says."""

    iso: str
    precision: Precision


def parse_date(text: str, *, day_first: bool | None = None) -> ReadDate | None:
    """The date that *text* is, or None when it is not a date, not a day of the calendar, or has two readings.

    *day_first* is the order of a site that is known to print ``DD/MM/YYYY`` (True) or ``MM/DD/YYYY`` (False); without it such
    a date is read only where one of the numbers is above 12 (or both are equal).
    """
    bare = fold_blanks(text).strip(" ,;")
    for shape in _SHAPES:
        if found := shape.fullmatch(bare):
            parts = found.groupdict()
            return _made(parts["year"], parts.get("month"), parts.get("day"))
    found = _NUMERIC.fullmatch(bare)
    if not found:
        return None
    first, second = int(found["first"]), int(found["second"])
    if day_first is None:
        day_first = True if found["sep"] == "." or first > 12 or first == second else False if second > 12 else None
    if day_first is None:
        return None
    day, month = (first, second) if day_first else (second, first)
    return _made(found["year"], str(month), str(day))


def _made(year: str, month: str | None, day: str | None) -> ReadDate | None:
    if not month:
        return ReadDate(year, "year")
    number = int(month) if month.isdigit() else _MONTHS[month.lower()]
    if not 1 <= number <= 12:
        return None
    if not day:
        return ReadDate(f"{year}-{number:02d}", "month")
    try:
        return ReadDate(date(int(year), number, int(day)).isoformat(), "day")
    except ValueError:
        return None


def is_month_end(iso: str) -> bool:
    """True for the last day of a month: what some sites print for a registry date that has no day."""
    if len(iso) != 10:
        return False
    year, month, day = (int(part) for part in iso.split("-"))
    return day == monthrange(year, month)[1]


_UNITS: dict[str, AgeUnit] = {
    "year": "YEARS", "years": "YEARS", "yr": "YEARS", "yrs": "YEARS", "y": "YEARS", "age": "YEARS",
    "month": "MONTHS", "months": "MONTHS", "mo": "MONTHS", "m": "MONTHS",
    "week": "WEEKS", "weeks": "WEEKS", "w": "WEEKS", "day": "DAYS", "days": "DAYS", "d": "DAYS",
    "hour": "HOURS", "hours": "HOURS", "h": "HOURS", "minute": "MINUTES", "minutes": "MINUTES",
}  # fmt: skip
_NO_LIMIT = frozenset(
    "n/a|na|none|no limit|not applicable|no maximum|no minimum|not specified|no age limit|nolimit|no maximum age|no minimum age"
    "|no maximum age limit|no minimum age limit|-".split("|")
)
_AGE = re.compile(
    r"(?:age ?)?(?P<sign>>=|<=|≥|≤|=)? ?"
    r"(?P<value>\d{1,3})(?:\.0+)? ?(?P<plus>\+)? ?-? ?(?P<unit>[a-z]+(?:\(s\))?)?(?:[ -]*(?:old|of age))?"
    r"(?: (?:and|or) (?:older|over|above|up|younger|under))?\.?",
    re.I,
)
_RANGE = re.compile(
    r"(?:aged? ?)?(?:from |between )?(?P<low>\d{1,3}) ?(?P<low_unit>[a-z]+)?(?: old)? ?(?:-|–|to|and|~) ?(?P<high>\d{1,3}) ?"
    r"(?P<high_unit>[a-z]+)?(?:[ -]*(?:old|of age))?\.?",
    re.I,
)
_UPWARDS = re.compile(r"\b(?:and|or)\s+(?:older|over|above|up)\.?$", re.I)
_UP_TO = re.compile(r"(?:up to|under|younger than|to) (?P<value>\d{1,3}) ?(?P<unit>[a-z]+)?(?:[ -]*(?:old|of age))?\.?", re.I)


def parse_age(text: str, field: str = "minimum_age") -> Age | None:
    """One age limit: ``18 Years``, ``18``, ``N/A`` (no limit: value null), ``>= 20age old``, ``65+``; None when unreadable.

    A bare number is in years, which is what registries mean by it. As *field* ``maximum_age``, ``65+`` is the group of the oldest, which
    has no upper limit.
    """
    raw = fold_blanks(text)
    if raw.lower().rstrip(".") in _NO_LIMIT:
        return Age(raw=raw)
    found = _AGE.fullmatch(raw)
    if not found:
        return None
    unit = _unit(found["unit"])
    if unit and field == "maximum_age" and (found["plus"] or _UPWARDS.search(raw)):
        return Age(raw=raw)
    return Age(value=int(found["value"]), unit=unit, raw=raw) if unit else None


def parse_age_range(text: str) -> tuple[Age | None, Age | None] | None:
    """(minimum, maximum) of one printed range: ``15 to 70 years old``, ``18+ years old``, ``6 months to 5 years old``, ``Up to 17``.

    A limit that the range does not state has value null; None when the text is no range of ages.
    """
    raw = fold_blanks(text)
    if raw.lower() in _NO_LIMIT or raw.lower() in ("any", "all", "all ages", "any age"):
        return Age(raw=raw), Age(raw=raw)
    if found := _RANGE.fullmatch(raw):
        high = _unit(found["high_unit"])
        low = _unit(found["low_unit"]) if found["low_unit"] else high
        if low and high:
            return Age(value=int(found["low"]), unit=low, raw=raw), Age(value=int(found["high"]), unit=high, raw=raw)
        return None
    if found := _UP_TO.fullmatch(raw):
        unit = _unit(found["unit"])
        return (Age(raw=raw), Age(value=int(found["value"]), unit=unit, raw=raw)) if unit else None
    found = _AGE.fullmatch(raw)
    open_above = found and (found["plus"] or found["sign"] in (">=", "≥") or re.search(r"older|over|above|up\.?$", raw, re.I))
    unit = _unit(found["unit"]) if found else None
    if found and open_above and unit:
        return Age(value=int(found["value"]), unit=unit, raw=raw), Age(raw=raw)
    return None


def _unit(word: str | None) -> AgeUnit | None:
    return "YEARS" if not word else _UNITS.get(word.lower().removesuffix("(s)"))
