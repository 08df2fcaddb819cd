"""Whether a value may stand in its item: type, choice, unit and what it may be repeated by. It says what is expected and invents nothing.

'not reported' is always a value and an empty text never is. An item that no form has takes any text.
"""

from __future__ import annotations

import re
from datetime import date

from review.errors import InputRefused
from review.extraction.form_check import NUMBERS, YES_NO, Item
from review.extraction.forms import Form
from review.extraction.quoted import only_as_percentage
from review.model.extraction import NOT_REPORTED, CellKey
from review.model.written_numbers import bounded_number, written_number

PERCENT = "%"
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_LEVEL = re.compile(r"\d{2}(\.\d+)?\s?%", re.ASCII)
_REPEATED = {"arm": "an arm", "outcome": "an outcome", "timepoint": "a time point", "analysis_set": "an analysis set"}


def check_cell(found: tuple[Form, Item] | None, key: CellKey, value: str, unit: str | None) -> Form | None:
    """The form that the value was checked against, None where no form has the item. Raises InputRefused."""
    if found is None:
        return None
    form, item = found
    refused = objection(item, key, value, unit)
    if refused is not None:
        raise refused
    return form


def check_words(found: tuple[Form, Item] | None, value: str, unit: str | None, quotation: str) -> None:
    """Raises InputRefused for a count whose words print it as a percentage and as nothing else: 45 of '45%' are no 45 people."""
    if found is None or unit == PERCENT or PERCENT not in found[1].units or found[1].type not in NUMBERS:
        return
    if only_as_percentage(value, quotation):
        raise _refused(
            found[1], f"{value[:60]!r} stands in the quotation as a percentage, and is taken for a number of {unit or 'people'}",
            "the unit %, or words that print the count",
            "record it with the unit %, from which a count is derived where only one is possible; or quote the words that print the count",
        )  # fmt: skip


def objection(item: Item, key: CellKey, value: str, unit: str | None) -> InputRefused | None:
    """Why a value cannot stand in its item, None where it can: the item, what was expected, and what to do."""
    for part, words in _REPEATED.items():
        if getattr(key, part) is not None and part not in item.repeat:
            repeated = " and ".join(_REPEATED[one] for one in item.repeat)
            expected = f"{repeated} at most" if repeated else "one value for the whole study"
            return _refused(item, f"{item.label} does not take {words}", expected, f"leave {part} away, or add it to repeat in the form")
    if value == NOT_REPORTED or value in item.also:
        return None
    expected = _expected(item, value)
    if expected:
        return _refused(item, f"{value[:60]!r} is no value of {item.label}", expected)
    return _unit(item, unit) if item.type in NUMBERS else None


def _refused(item: Item, message: str, expected: str, instead: str = "") -> InputRefused:
    silent = "record 'not reported' where the source does not say"
    return InputRefused(message, where=item.id, expected=expected, next_step=instead or f"compare it with the source; {silent}")


def _expected(item: Item, value: str) -> str:
    """What the item takes, where *value* is not that; else ''."""
    also = f", or {' or '.join(item.also)}" if item.also else ""
    if item.type == "yes_no" and value not in YES_NO:
        return f"yes or no{also}"
    if item.type == "choice" and value not in item.choices:
        return f"one of: {', '.join(item.choices)}{also}"
    if item.type == "date" and not _is_date(value):
        return f"a date as 2024-03-31, 2024-03 or 2024{also}"
    if item.type not in NUMBERS:
        return ""
    bound = bounded_number(value) if item.bound else None
    number = bound[1] if bound else written_number(value)
    whole = item.type == "whole"
    limits = _limits(item)
    out = number is not None and not (_from(item.minimum) <= number <= _to(item.maximum))
    if number is None or out or (whole and number != int(number)):
        kind = "a whole number" if whole else "a number with a point before decimals"
        return f"{kind}{limits}{', a bound as <0.05' if item.bound else ''}{also}; its unit stands apart"
    return ""


def _from(limit: float | None) -> float:
    return float("-inf") if limit is None else limit


def _to(limit: float | None) -> float:
    return float("inf") if limit is None else limit


def _limits(item: Item) -> str:
    if item.minimum is not None and item.maximum is not None:
        return f" from {item.minimum:g} to {item.maximum:g}"
    return (
        f" of {item.minimum:g} or more" if item.minimum is not None else f" of {item.maximum:g} or less" if item.maximum is not None else ""
    )


def _is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value + "-01-01"[len(value) - 4 :] if len(value) < 10 else value)
    except ValueError:
        return False
    return True


def _unit(item: Item, unit: str | None) -> InputRefused | None:
    """A unit that is none of the item's; a level stands in the place of a limit's unit, and a blank one is none."""
    taken = {one.casefold() for one in item.units}  # 'Participants' begins a line
    if unit is None or not taken or unit.casefold() in taken or _LEVEL.fullmatch(unit):
        return None
    instead = "record the value in the unit of the source, or add the unit to the form"
    return _refused(item, f"{unit[:40]!r} is no unit of {item.label}", f"one of: {', '.join(item.units)}", instead)


def value_text(value: str | int) -> str:
    """*value* as text without blanks around it, 'Not reported' as 'not reported'. Raises InputRefused for an empty one."""
    text = "" if value is None else str(value).strip()
    if not text:
        raise InputRefused(
            "an empty value is not 'not reported'", next_step="record 'not reported' where the source does not say, or leave the cell alone"
        )
    return NOT_REPORTED if " ".join(text.casefold().split()) == NOT_REPORTED else text
