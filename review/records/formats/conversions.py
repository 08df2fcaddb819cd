"""Refuses, by name, JSON into which another package turned a register's own record: what it changed on the way is not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from review.records.build import Context
from review.records.formats import Format, Item, Refusal, text_of_lines
from review.records.source import Source

# what tells the conversion (all of them), whose record it was, and where that record is to be had
_KINDS: Final = {
    "isrctn_json": ((r'"isrctn"\s*:', r'"trialDescription"\s*:'), "ISRCTN", "from isrctn.com as XML"),
    "eudract_json": (
        (r'"a2_eudract_number"\s*:', r'"a3_full_title_of_the_trial'),
        "EU Clinical Trials Register",
        "from clinicaltrialsregister.eu as text",
    ),
}


def _sure(signs: tuple[str, ...], source: Source) -> float:
    head = source.head_text.lstrip("\ufeff \t\r\n")
    return 0.97 if head.startswith(("{", "[")) and all(re.search(sign, head) for sign in signs) else 0.0


def _refused(whose: str, take: str, source: Source, context: Context) -> Iterator[Item]:
    reason = f"this is a record of {whose} as another package converted it, which drops and renames fields; take it again {take}"
    yield Refusal(source.name, reason, 1)


def _format(name: str, signs: tuple[str, ...], whose: str, take: str) -> Format:
    detect: Callable[[Source], float] = partial(_sure, signs)
    return Format(name, f"{whose} record converted to JSON (refused)", detect, partial(_refused, whose, take), text_of_lines)


FORMATS: Final = [_format(name, *rest) for name, rest in _KINDS.items()]
