"""What one version of a registration says of outcomes, enrolment and eligibility, each with its lines. It compares nothing."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from review.extraction.prefill import quotation, span_of
from review.model.views import RecordView
from review.text import lines_in_words

ROLES = ("primary", "secondary", "other")  # highest first: a lower one later is a demotion
ENROLMENT = {"ESTIMATED": "planned enrolment", "ACTUAL": "actual enrolment", None: "enrolment, type not stated"}
# by which a version of a registration is dated: the register's own day of the change, else that of its copy, else that it was first there
DATED_BY = ("last_update", "last_refreshed", "first_posted", "first_submitted", "registration")
_STATED = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class Said:
    """The words of one side: of a version of a registration (``number``), or of a report.

    ``events``: those of the cells, or the one that brought the version.
    """

    text: str
    quotation: str = ""
    location: str = ""
    record: str | None = None
    number: int | None = None
    text_sha256: str | None = None
    lines: tuple[int, int] | None = None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome. ``role`` None: not stated. ``times``: its time frames as printed. ``listed``: the report itself names it an outcome."""

    role: str | None
    measure: str
    times: tuple[str, ...]
    said: Said
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Value:
    """One value of enrolment or eligibility: its field in words, the value and its unit as stated; ``several``: values that differ."""

    field: str
    value: str
    said: Said
    several: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a registration. ``date`` is its own ('' where it states none), ``came`` the day on which the review took it in."""

    record: str
    number: int
    date: str
    came: str
    outcomes: tuple[Outcome, ...]
    values: tuple[Value, ...]


def versions(views: Sequence[RecordView], texts: Sequence[Sequence[str]]) -> list[Version]:
    """The versions of one registration by their own dates, with the lines of each; undated ones stand in the order in which they came in.

    views, texts: each version as a view of its own, and the lines that its spans point into; in any order where all are dated.
    """
    every = [(dated(view.doc), view, text) for view, text in zip(views, texts, strict=True)]
    if all(stated for stated, _, _ in every):
        every.sort(key=lambda one: one[0])
    return [_version(n, stated, view, text) for n, (stated, view, text) in enumerate(every, start=1)]


def dated(doc: Mapping[str, Any]) -> str:
    """The date of the version that *doc* is; '' where it states none."""
    dates = doc.get("dates") or {}
    return next((stated for name in DATED_BY if (stated := (dates.get(name) or {}).get("date"))), "")


def days(stated: str) -> tuple[date, date] | None:
    """The first and the last day that an ISO date ``YYYY[-MM[-DD]]`` may mean; None for anything else.

    >>> days("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    parts = _STATED.fullmatch(stated)
    if parts is None or not 1 <= int(parts[2] or 1) <= 12 or int(parts[1]) < 1:
        return None
    year, first, last = int(parts[1]), int(parts[2] or 1), int(parts[2] or 12)
    end = monthrange(year, last)[1]
    if parts[3]:
        return (date(year, first, int(parts[3])),) * 2 if 1 <= int(parts[3]) <= end else None
    return date(year, first, 1), date(year, last, end)


def in_force(known: Sequence[Version], moment: str) -> int | str:
    """The number of the version in force at *moment* (an ISO date), of those in hand; or in words why that cannot be determined."""
    at = days(moment)
    if at is None:
        return "the date is not stated"
    spans = [(version.number, days(version.date)) for version in known]
    if any(span is None for _, span in spans):
        return "a version has no date"
    before = [number for number, span in spans if span and span[1] <= at[0]]
    within = [number for number, span in spans if span and span[0] <= at[1] and number not in before]
    if within:
        return f"version {within[0]} may be of before or after {moment}"
    return before[-1] if before else f"the earliest version in hand is of {known[0].date}, later than {moment}"


def _version(number: int, stated: str, view: RecordView, text: Sequence[str]) -> Version:
    def said(words: str, path: str) -> Said:
        span = span_of(view.doc, path)
        place = ", ".join(part for part in (view.search.source, lines_in_words(span)) if part)
        return Said(words, quotation(text, span), place, view.id, number, view.text_sha256, span, (view.event,))

    outcomes = tuple(
        Outcome(role, one["measure"], (one["time_frame"],) if one.get("time_frame") else (), said(_outcome(one), f"{role}_outcomes[{n}]"))
        for role in ROLES
        for n, one in enumerate(view.doc.get(f"{role}_outcomes") or ())
    )
    values = tuple(Value(field, value, said(value, path)) for field, value, path in _values(view.doc))
    return Version(view.id, number, stated, view.at[:10], outcomes, values)


def _outcome(one: Mapping[str, Any]) -> str:
    return one["measure"] + (f" [{one['time_frame']}]" if one.get("time_frame") else "")


def _values(doc: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Field in words, value, and the path of the field, of enrolment and eligibility."""
    counted = doc.get("enrollment") or {}
    if counted.get("count") is not None:
        yield ENROLMENT[counted.get("type")], str(counted["count"]), "enrollment"
    for end in ("minimum", "maximum"):
        age = doc.get(f"{end}_age") or {}
        if age.get("value") is not None:
            yield f"{end} age", f"{age['value']} {(age.get('unit') or '').lower()}".strip(), f"{end}_age"
        elif age.get("raw"):
            yield f"{end} age", "no limit", f"{end}_age"
    if doc.get("sex"):
        yield "sex", str(doc["sex"]).lower(), "sex"
    for list_ in ("inclusion", "exclusion"):
        criteria = (doc.get("eligibility") or {}).get(list_) or ()
        if criteria:
            yield f"{list_} criteria", "\n".join(_criterion(one) for one in criteria), f"eligibility.{list_}"


def _criterion(one: Mapping[str, Any]) -> str:
    parts = [sub["text"] for sub in one.get("subitems") or () if sub["text"] not in one["text"]]
    return " ".join([one["text"], *parts])
