"""Which measure the words of a report name, as 'Relative risk (RR)' or 'hazard ratio, adjusted for age'; it guesses none."""

from __future__ import annotations

import re

from review.synthesis.measures import MEASURES
from review.text import fold_blanks

_NAMES = {one.name.partition(" (")[0].casefold(): one.id for one in MEASURES.values()} | {name.casefold(): name for name in MEASURES}
_NAMES |= {"relative risk": "RR", "difference in means": "MD", "rate ratio": "IRR"}
_SHORT = {f"a{short}": short.upper() for short in ("hr", "or", "rr", "irr")}  # aHR, aOR: adjusted
_OF = r"fully|partly|partially|multivaria\w+|covariates?|confounders?|baseline|propensity|score|model|age|sex|and|&|centre|center"
_BY = rf"(?:(?:{_OF})[-, ]+)*"
_ADJUSTED = re.compile(r"(?<!non-)(?<!not )\badj(?:usted\b|\.)")
_BEFORE = re.compile(rf"^(?:{_BY}(?:(?:un|non-)?adjusted|adj\.)|crude)[-, ]+")
_AFTER = re.compile(rf"[,;:]? ?\b(?:{_BY}(?:(?:un|non-|not )?adjusted\b|adj\.).*|crude)$")


def measure_said(words: str) -> tuple[str, bool]:
    """(id of the measure that *words* name, '' for none; whether they say that the effect is adjusted for other variables)."""
    said = fold_blanks(words).casefold()
    bare = said.partition(" (")[0]
    if bare in _SHORT:
        return _SHORT[bare], True
    core = _AFTER.sub("", _BEFORE.sub("", bare)).strip()
    return _NAMES.get(said) or _NAMES.get(bare) or _NAMES.get(core, ""), _ADJUSTED.search(said) is not None
