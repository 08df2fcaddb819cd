"""Tells the entries of CENTRAL that are registrations: their journal is an address of a register, their author its sign or number."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from review.model.identifiers import find, recognise
from review.records.citation_authors import Value

_DIGIT: Final = re.compile(r"\d")
ADDRESS: Final = "(address)"  # behind the tag of a journal that is an address of a registration
NUMBER: Final = "(number)"  # behind the tag of an author who is a number, or the sign of a register


def registration(values: list[Value], authors: Collection[str], journals: Collection[str]) -> list[Value]:
    """*values*, with tags of their own for what names a registration under the tags of *authors* and *journals*.

    Addresses come first, so that the number in them is the entry's own. Where one stands, an author of one word with no given name, as
    'Nct,', is the sign of the register.
    """
    addresses = [v for v in values if v.tag in journals and v.text.lstrip()[:4].lower() == "http" and _named(v.text)]
    if not addresses and not any(v.tag in authors and is_number(v.text) for v in values):
        return values
    told = [Value(f"{v.tag} {ADDRESS}", v.text, v.lines) for v in addresses]
    for value in values:
        if value.tag in authors and (is_number(value.text) or (addresses and _is_sign(value.text))):
            told.append(Value(f"{value.tag} {NUMBER}", value.text, value.lines))
        elif value not in addresses:
            told.append(value)
    return told


def is_number(text: str) -> bool:
    """Whether *text* as a whole is the number of a registration."""
    text = text.strip(" ,")
    if not _DIGIT.search(text) or ("," in text and "://" not in text):  # a person, as a rule
        return False
    found = recognise(text)
    return found is not None and found.is_registration


def _is_sign(text: str) -> bool:
    return len(text.split()) == 1 and text.rstrip().endswith(",")


def _named(text: str) -> bool:
    return len({found.value for found in find(text) if found.is_registration}) == 1
