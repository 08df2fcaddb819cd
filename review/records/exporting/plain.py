"""Makes texts fit for a file: what no line or no UTF-8 can hold is written otherwise, and counted by what was done."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from review.text import fold_blanks

Remarks = Counter[str]  # what was written otherwise, in words -> how many values

LONE = "values with half a character, which no UTF-8 can hold: a replacement character stands for it"
CONTROLS = "values with control characters, which were left out"
BREAKS = "values with rare line breaks (form feed, U+2028 and the like), which became usual ones"
ONE_LINE = "values in several lines, which became one line"
SEMICOLON = "names and keywords with a semicolon, written as a comma, because readers part lists at semicolons"
_LONE: Final = re.compile("[\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_BREAK: Final = re.compile("[\x0b\x0c\x1c-\x1e\x85]")
_SEPARATOR: Final = re.compile("[\u2028\u2029]")
_LINE_END: Final = re.compile(r"(?<!\s)\s*\n\s*")


def encodable(text: str, remarks: Remarks) -> str:
    """*text* without lone surrogates, which no UTF-8 can hold."""
    return _put(_LONE, "\ufffd", text, remarks, LONE)


def clean(text: str, remarks: Remarks) -> str:
    """*text* in lines that end with LF, without control characters other than tabs, and without blanks around it."""
    text = encodable(text, remarks).replace("\r\n", "\n").replace("\r", "\n")
    return _put(_BREAK, "\n", _put(_CONTROL, "", text, remarks, CONTROLS), remarks, BREAKS).strip()


def block(text: str, remarks: Remarks) -> str:
    """As ``clean``, and LF is the only sign at which any program could break a line."""
    return _put(_SEPARATOR, "\n", clean(text, remarks), remarks, BREAKS).strip()


def line(text: str, remarks: Remarks) -> str:
    """*text* in one line: a blank for each line break."""
    return _put(_LINE_END, " ", block(text, remarks), remarks, ONE_LINE)


def parted(values: Sequence[str], remarks: Remarks) -> list[str]:
    """The values of a list without the sign that parts them there, those that say anything."""
    remarks[SEMICOLON] += sum(";" in one for one in values)
    return [one.replace(";", ",") for one in values if fold_blanks(one)]


def listed(values: Sequence[str], remarks: Remarks) -> str:
    """A list as one text, parted by semicolons; one value with a comma has a semicolon too, or readers would part it there."""
    made = parted(values, remarks)
    return "; ".join(made) + ";" * (len(made) == 1 and "," in made[0])


def _put(pattern: re.Pattern[str], instead: str, text: str, remarks: Remarks, words: str) -> str:
    made, n = pattern.subn(instead, text)
    if n:
        remarks[words] += 1
    return made
