"""Looks a finished record over for values that may not mean what they say. It remarks and derives; it changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from review.model.record import Age, Criterion, Eligibility, Problem, ProblemCode

_UNITS = {"y": "YEARS", "m": "MONTHS", "w": "WEEKS", "d": "DAYS"}
_UNIT = r"(?P<unit>years?|yrs?|y/?o|months?|weeks?|days?)"
_SPAN = re.compile(
    r"(?:(?P<aged>\bage[sd]?\b[^.;:\d]{0,30}?)|\b)(?:from |between )?(?P<low>\d{1,3})"
    r"\s{0,3}(?P<low_unit>years?|yrs?|months?|weeks?|days?)?(?: old)?"
    rf"\s{{0,3}}(?:-|–|—|~|to|and)\s{{0,3}}(?P<high>\d{{1,3}})\b\s{{0,3}}{_UNIT}?(?P<old>[\s-]{{0,3}}(?:old|of age))?",
    re.I,
)
_SINGLE = re.compile(
    rf"(?:\bage[sd]?\b\s*(?:of\s*)?(?P<sign_a>>=|≥|>|<=|≤|<|over|above|at least|under|below)\s*(?P<value_a>\d{{1,3}})"
    rf"|(?P<sign_b>>=|≥|>|<=|≤|<)\s*(?P<value_b>\d{{1,3}})\s*+-?\s*+{_UNIT}(?P<old>[\s-]*+(?:old|of age)))",
    re.I,
)
_LOW = {">=": False, "≥": False, "at least": False, ">": True, "over": True, "above": True}
_HIGH = {"<=": False, "≤": False, "<": True, "under": True, "below": True}
_TILDE = re.compile(r"(?:less than|more than|below|above|under|over|at least|at most|[<>≤≥=])\s*\d+(?:\.\d+)?\s?[~∼〜～]\s?\d", re.I)
_LOOKED_AT = frozenset({"eligibility", "intervention_model", "masking", "study_type"})  # without one of these nothing is remarked
_DIGIT = re.compile(r"\d")
_POWER = re.compile(r"[×xX*]\s?10(?:[3-9]|1[0-2])\s*(?:/|per\b|cells?\b|copies\b|CFU\b|IU\b)", re.I)


def remarks(values: Mapping[str, Any]) -> tuple[list[Problem], dict[str, Any]]:
    """(problems, derived values) of a record's values before it is frozen."""
    if _LOOKED_AT.isdisjoint(values):  # an article, as a rule
        return [], {}
    problems = [*_numbers(values), *_design(values)]
    noted, derived = _ages(values)
    return problems + noted, derived


def _criteria(values: Mapping[str, Any]) -> Iterator[tuple[str, Criterion]]:
    eligibility = values.get("eligibility")
    if isinstance(eligibility, Eligibility):
        for group in ("inclusion", "exclusion", "unclassified"):
            for n, item in enumerate(getattr(eligibility, group)):
                yield f"eligibility.{group}[{n}]", item


def _numbers(values: Mapping[str, Any]) -> Iterator[Problem]:
    for path, item in _criteria(values):
        text = " ".join([item.text, *(sub.text for sub in item.subitems)])
        if any(sign in text for sign in "~∼〜～") and (found := _TILDE.search(text)):
            note = f"'{found.group().strip()}' may be a decimal or a range"
            yield Problem(code=ProblemCode.AMBIGUOUS_NUMBER, field=path, message=note, lines=item.lines)
        if "10" in text and (found := _POWER.search(text)):
            note = f"'{found.group().strip()}' may be a power of ten that lost its superscript"
            yield Problem(code=ProblemCode.SUPERSCRIPT_LOST, field=path, message=note, lines=item.lines)


def _design(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Statements on the design that cannot both hold; both are kept."""

    def both(field: str, message: str) -> Problem:
        return Problem(code=ProblemCode.DESIGN_CONTRADICTION, field=field, message=message)

    model, allocation, masking = (values.get(name) for name in ("intervention_model", "allocation", "masking"))
    if model == "SINGLE_GROUP" and allocation in ("RANDOMIZED", "NON_RANDOMIZED"):
        yield both("allocation", f"{allocation} and a single group exclude each other")
    arms = [arm for arm in values.get("arm_groups", ()) if getattr(arm, "label", None)]
    if model == "SINGLE_GROUP" and len(arms) > 1:
        yield both("intervention_model", f"a single group, but {len(arms)} arms are described")
    if masking == "NONE" and values.get("who_masked"):
        yield both("masking", "no masking, but somebody is named as masked")
    if values.get("study_type") == "OBSERVATIONAL" and allocation in ("RANDOMIZED", "NON_RANDOMIZED"):
        yield both("study_type", f"an observational study with the allocation {allocation}")


def _ages(values: Mapping[str, Any]) -> tuple[list[Problem], dict[str, Any]]:
    """Compares the age fields with what the inclusion criteria say; what only the criteria say is derived."""
    problems: list[Problem] = []
    derived: dict[str, Any] = {}
    for path, item in _criteria(values):
        if not path.startswith("eligibility.inclusion"):
            continue
        for name, value, unit, exclusive in _age_limits(item.text):
            stated = values.get(name)
            said = {"value": value, "unit": unit, "exclusive": exclusive, "from": path}
            if not isinstance(stated, Age):
                derived.setdefault(name, said)
            elif stated.unit in (None, unit) and not _agree(name, stated.value, value, exclusive):
                derived.setdefault(name, said)
                shown = "no limit" if stated.value is None else f"{stated.value} {stated.unit}"
                note = f"the field says {stated.raw or shown}, the criterion says {value} {unit.lower()}"
                problems.append(Problem(code=ProblemCode.AGE_CONFLICT, field=name, message=note, lines=item.lines))
    return problems, derived


def _agree(name: str, stated: int | None, value: int, exclusive: bool) -> bool:
    """'> 17' and '18', '< 18' and '17' are the same limit."""
    if stated == value:
        return True
    shift = 1 if name == "minimum_age" else -1
    return exclusive and stated == value + shift


def _age_limits(text: str) -> Iterator[tuple[str, int, str, bool]]:
    """(field, value, unit, exclusive) of the age statements in a criterion; numbers that need not be ages are left alone."""
    if not _DIGIT.search(text):
        return
    for found in _SPAN.finditer(text):
        unit = (found["unit"] or "").lower()
        is_age = found["aged"] or found["old"] or (found["low_unit"] and found["old"])
        if not is_age or int(found["high"]) > 120 or (int(found["low"]) >= int(found["high"]) and not found["low_unit"]):
            continue
        high = _UNITS[unit[0]] if unit else "YEARS"
        low = _UNITS[found["low_unit"][0].lower()] if found["low_unit"] else high
        yield "minimum_age", int(found["low"]), low, False
        yield "maximum_age", int(found["high"]), high, False
        return
    for found in _SINGLE.finditer(text):
        sign, value = (found["sign_a"] or found["sign_b"]).lower(), int(found["value_a"] or found["value_b"])
        if value > 120:
            continue
        unit = (found["unit"] or "years").lower()
        if sign in _LOW:
            yield "minimum_age", value, _UNITS[unit[0]], _LOW[sign]
        elif sign in _HIGH:
            yield "maximum_age", value, _UNITS[unit[0]], _HIGH[sign]
