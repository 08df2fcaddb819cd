"""Whether a number stands among the words that it was quoted from, and whether it stands there as a percentage. It decides nothing.

Figures of any script and number words up to ninety-nine count; a comma or a raised point may be a mark for decimals. Signs are left
aside: a fall of 3 may be a change of -3.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from review.model.written_numbers import bounded_number, written_number

_FIGURES = re.compile(r"(?:\d+(?:[.,·'\u2009\u202f\u00a0 ]\d+)*|\.\d+)", re.ASCII)
_PERCENT = re.compile(r"\s*(?:%|％|٪|per cent\b|percent\b)", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}([,.'\u2009\u202f\u00a0 ])\d{3}(?:\1\d{3})*", re.ASCII)
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NONE = frozenset("no none nobody neither nil".split())


def number_of(value: str) -> Decimal | None:
    """The number of a value, without its sign; of a bound the number behind it."""
    bound = bounded_number(value)
    number = bound[1] if bound else written_number(value)
    return None if number is None else abs(number)


def stands_in(value: str, quotation: str) -> bool | None:
    """Whether the number *value* stands in *quotation*; None where that cannot be told: no number, no words, or words of another script.

    >>> stands_in("1204", "1,204 adults"), stands_in("38", "Thirty-eight of them"), stands_in("3.3", "a mean of 3·2")
    (True, True, False)
    """
    number = number_of(value)
    if number is None or not quotation.strip():
        return None
    text = _ascii_figures(quotation)
    if any(number in _meant(hit[0]) for hit in _FIGURES.finditer(text)) or number in set(_in_words(text)):
        return True
    return None if not any(c.isdigit() for c in text) and any(ord(c) > 0x24F and c.isalpha() for c in text) else False


def only_as_percentage(value: str, quotation: str) -> bool:
    """Whether *quotation* prints the number *value* as a percentage, and nowhere otherwise.

    >>> only_as_percentage("45", "45% of the 60"), only_as_percentage("27", "27 (45%) of 60"), only_as_percentage("45", "45 or 45%")
    (True, False, False)
    """
    number, text = number_of(value), _ascii_figures(quotation)
    if number is None:
        return False
    hits = [hit for hit in _FIGURES.finditer(text) if number in _meant(hit[0])]
    return bool(hits) and all(_PERCENT.match(text, hit.end()) for hit in hits) and number not in set(_in_words(text))


def _ascii_figures(text: str) -> str:
    """*text* with the figures of every script as 0 to 9, one letter for one."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _meant(printed: str) -> set[Decimal]:
    """Every number that the figures may be: those of a list one by one, with commas between thousands or before decimals."""
    found = {Decimal(part) for part in re.split(r"[,'\u2009\u202f\u00a0 ]", printed.replace("·", ".")) if re.fullmatch(r"\d*\.?\d+", part)}
    found |= {Decimal(part) for part in re.findall(r"\d+", printed)} if printed.count(".") > 1 else set()
    if _THOUSANDS.fullmatch(printed):
        found.add(Decimal(re.sub(r"\D", "", printed)))
    if re.fullmatch(r"\d+[,·]\d+", printed):
        found.add(Decimal(printed.replace(",", ".").replace("·", ".")))
    mixed = re.fullmatch(r"(\d{1,3}(?:[,' ]\d{3})+)\.(\d+)", printed)
    if mixed:
        found.add(Decimal(re.sub(r"[,' ]", "", mixed[1]) + "." + mixed[2]))
    return found


def _in_words(text: str) -> Iterator[Decimal]:
    """The numbers that stand in words, up to ninety-nine."""
    words = re.findall(r"[a-z]+", text.casefold())
    for at, word in enumerate(words):
        if word in _SMALL:
            yield Decimal(_SMALL.index(word))
        elif word in _NONE:
            yield Decimal(0)
        elif word in _TENS:
            tens, after = 20 + 10 * _TENS.index(word), words[at + 1] if at + 1 < len(words) else ""
            yield Decimal(tens)
            if after in _SMALL[1:10]:
                yield Decimal(tens + _SMALL.index(after))
