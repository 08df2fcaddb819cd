"""Spots numbers whose comparison sign was lost on the way: ``ESSDAI=4`` for ``≥4``, ``? 18 years``. It rewrites nothing."""

from __future__ import annotations

import re
from typing import Final

_SIGN: Final = re.compile(r"(?P<equals>=)\s?\d+(?:[.,]\d+)*\s?%?|(?<=[\s(])\?\s?\d+(?:[.,]\d+)*\s?%?")
_WORD: Final = re.compile(r"\S+\s?$")
# What is set equal to a number and means just that: a sample size, a probability, a code.
_DEFINED: Final = frozenset({"n", "p", "r", "alpha", "α", "code", "="})


def lost_comparison(text: str) -> str | None:
    """The first printed comparison of *text* that may have been ``≥`` or ``≤`` (``ESSDAI=4``), or None."""
    for found in _SIGN.finditer(text) if "=" in text or "?" in text else ():
        if not found["equals"]:
            return found.group().strip()
        before = _WORD.search(text, max(0, found.start() - 60), found.start())
        word = before.group().strip() if before else ""
        bare = word.strip("()[]\"',;:").lower()
        if word.endswith(("<", ">", "≤", "≥", "!", "~", "≈")) or bare in _DEFINED or bare.isdigit():
            continue
        return ((before.group() if before else "") + found.group()).strip()
    return None
