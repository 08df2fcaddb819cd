"""Converts numbers between units of medicine. It refuses to guess: a unit that it does not know is left as it was recorded.

The factors are pint's. Words reach it only where they stand below, since its prefixes would read 'units' as a brightness and 'points' as a
length; and a unit whose zero lies elsewhere (a temperature) is not converted, because a spread would go wrong.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

_SAME = "kg g mg ng pg m cm mm nm mol mmol nmol pmol kPa Pa mmHg kcal kJ J L dL mL"
_WORDS = {  # unit in pint's words -> how it is written
    "second": "second seconds s sec", "minute": "minute minutes min mins", "hour": "hour hours h hr hrs", "day": "day days d",
    "week": "week weeks wk wks", "month": "month months mo", "year": "year years y yr yrs", "L": "l", "dL": "dl", "mL": "ml cc",
    "microgram": "mcg ug µg μg", "microliter": "uL µL μL", "micrometer": "µm μm", "micromole": "umol µmol μmol", "percent": "%",
}  # fmt: skip
_NAMES = {word: word for word in _SAME.split()} | {word: name for name, words in _WORDS.items() for word in words.split()}
_PART = re.compile(r"\s*([/*·]?)\s*([A-Za-zµμ%]+)([23²³]?)")
_POWERS = {"": "", "2": "**2", "3": "**3", "²": "**2", "³": "**3"}
_PERSON_TIME = re.compile(r"(?:person|patient)[- ]([a-z]+)")
LONGEST = 40  # characters of a unit


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(cache_folder=None)


@lru_cache(maxsize=1024)
def factor(unit: str, wanted: str) -> float | None:
    """By what a number in *unit* is multiplied to be in *wanted*; None where either is unknown or they measure different things.

    >>> factor("mg", "g"), factor("points", "mm")
    (0.001, None)
    """
    if unit == wanted:
        return 1.0
    first, second = _expression(unit), _expression(wanted)
    if first is None or second is None or bool(_PERSON_TIME.match(unit)) != bool(_PERSON_TIME.match(wanted)):
        return None
    registry = _registry()
    quantity = registry.Quantity(1.0, registry.parse_units(first))
    target = registry.parse_units(second)
    return float(quantity.to(target).magnitude) if quantity.is_compatible_with(target) else None


def same_unit(one: str, other: str) -> bool:
    """Whether two units are one, otherwise written: 'year' and 'years', 'Points' and 'points'; but 'mM' is no 'mm'.

    >>> same_unit("year", "years"), same_unit("Points", "points"), same_unit("mM", "mm")
    (True, True, False)
    """
    return one == other or factor(one, other) == 1.0 or (len(one) > 2 and one.casefold() == other.casefold())


def _expression(unit: str) -> str | None:
    """The unit in pint's words; None where one of its words is not known here."""
    text = unit.strip()
    person_time = _PERSON_TIME.fullmatch(text)
    text = person_time[1] if person_time else text
    made, at = "", 0
    while at < len(text) and len(text) <= LONGEST:
        part = _PART.match(text, at)
        if part is None or part[2] not in _NAMES or (not part[1] and made) or (part[1] and not made):
            return None
        made += ("/" if part[1] == "/" else "*" if part[1] else "") + _NAMES[part[2]] + _POWERS[part[3]]
        at = part.end()
    return made if made and at == len(text) else None
