"""Reads a number as papers print it: thousands with commas, a point before decimals, a typographic minus. It refuses to guess any other."""

from __future__ import annotations

import re
from decimal import Decimal

# a mark for thousands never stands behind a leading zero: '0,001' is a thousandth, printed with a comma
_NUMBER = re.compile(r"[-−+]?(?:(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)", re.ASCII)
_BOUND = re.compile(r"([<>≤≥]=?)\s*")
LONGEST = 40  # characters of a printed number


def written_number(text: str) -> Decimal | None:
    """The number that *text* is, None for words and for '3,5', which may be three and a half or a list.

    >>> written_number("1,204.5"), written_number("−3"), written_number(".05"), written_number("3,5"), written_number("0,001")
    (Decimal('1204.5'), Decimal('-3'), Decimal('0.05'), None, None)
    """
    if len(text) > LONGEST or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text.replace(",", "").replace("−", "-"))


def bounded_number(text: str) -> tuple[str, Decimal] | None:
    """(sign, number) of a number that is printed as a bound, as '<0.05'; None for anything else."""
    sign = _BOUND.match(text)
    number = written_number(text[sign.end() :]) if sign else None
    return (sign[1], number) if sign and number is not None else None
