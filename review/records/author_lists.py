"""Parts a list of authors that stands in one value, where only commas part it; tells where 'et al.' stands for the rest of it."""

from __future__ import annotations

import re
from typing import Final

REMARK: Final = "the list of authors was cut here ('{}'): those who follow are not known"
_ET_AL: Final = re.compile(r"(?:^|[\s,;(])(?:and\s|&\s?)?et\.?\s?al\b\W{0,3}$|^(?:and\s)?others\W{0,3}$", re.I)
_SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv"})


def without_et_al(name: str) -> str | None:
    """*name* without 'et al.' or 'others' at its end, which may leave nothing; None where neither stands there.

    >>> without_et_al("Walsh, DS, et al."), without_et_al("Walsh, DS")
    ('Walsh, DS', None)
    """
    end = name[-10:].lower()
    if ("al" not in end or "et" not in end) and "others" not in end:
        return None
    found = _ET_AL.search(name, max(len(name) - 20, 0))
    return name[: found.start()].rstrip(" ,;(") if found else None


def persons_in(text: str) -> list[str] | None:
    """The persons that commas part, where each is a family name with initials behind it; None where that is not so of each.

    >>> persons_in("Van der Berg AB, O'Neil C.-D."), persons_in("Berg, A. B.")
    (['Van der Berg AB', "O'Neil C.-D."], None)
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    persons = [part for n, part in enumerate(parts) if n < len(parts) - 1 or without_et_al(part) is None]
    return parts if len(parts) > 1 and all(map(_with_initials, persons)) else None


def doubt(text: str) -> str:
    """What is doubtful of a value that is read as one name, as 'John Smith, Kim Lee'; nothing as a rule."""
    sides = [side.split() for side in text.split(",")]
    one = len(sides) < 2 or (len(sides) == 2 and min(map(len, sides)) < 2) or persons_in(text) is not None
    return "" if one or text.lstrip().startswith("[") else "commas may part several authors here; the value was read as one name"


def _with_initials(text: str) -> bool:
    words = [word for word in text.split() if word.strip(".").lower() not in _SUFFIXES]
    if len(words) < 2 or not any(sum(map(str.isalpha, word)) > 1 for word in words[:-1]):
        return False
    letters = re.sub(r"[.\-\u2010-\u2015']", "", words[-1])
    return letters.isalpha() and letters.isupper() and len(letters) < 5
