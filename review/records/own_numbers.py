"""Finds which numbers in a value are the entry's own; a PubMed number or DOI that a text merely mentions is none."""

from __future__ import annotations

import re
from typing import Final

from review.model.identifiers import PUBLICATION_TYPES, Found, recognise

_NAMED: Final = re.compile(r"(PMID|PMCID|DOI)\s*:\s*(\S+)", re.I)
_LINE: Final = re.compile(r"\s*+(?:(?:PMID|PMCID|DOI)\s*+:\s*+\S++\s*+)++", re.I)


def own_numbers(text: str) -> list[Found]:
    """The number that *text* as a whole is, or those of its lines that hold nothing but ``PMID: n``, ``PMCID: n``, ``DOI: x``.

    >>> [one.value for one in own_numbers("PMID: 30000001\\nErratum in PMID: 31000001")]
    ['30000001']
    """
    if (whole := recognise(text)) is not None:
        return [whole] if whole.type in PUBLICATION_TYPES else []
    if ":" not in text:
        return []
    named = (one for line in text.splitlines() if _LINE.fullmatch(line) for one in _NAMED.findall(line))
    return [found for label, number in named if (found := recognise(number.strip(" ;,."), label.upper())) is not None]


def leading(text: str, type: str) -> Found | None:
    """The number with which *text* begins, where a blank ends it: some exports let the next field run into it."""
    first = text.split(maxsplit=1)
    return recognise(first[0], type) if len(first) > 1 else None
