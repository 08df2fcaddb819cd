"""Checks the words that support an answer against the texts of the study. It refuses a quotation that its lines do not hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review.errors import InputRefused
from review.model.appraisal import Support
from review.text import lines_of

_LINES = re.compile(r"\blines?\s+(\d+)(?:\s*(?:-|–|to)\s*(\d+))?", re.IGNORECASE)
_KEYS = ("text", "quotation", "location")


@dataclass(frozen=True, slots=True)
class StudyText:
    """A text of a study in lines: the page that a record was read from, or an attached file, which has no ``record``."""

    name: str
    lines: Sequence[str]
    sha256: str
    record: str | None = None


def supported(question: str, given: str | Mapping[str, str], texts: Sequence[StudyText]) -> Support:
    """The support of one answer, with the lines of its quotation where a text of the study holds it.

    given: the text, or {text, quotation, location}. A location that names lines is held to them; one left out is that of the lines found.
    Raises InputRefused for a quotation without a location, and for one that does not stand where the location says.
    """
    words = {"text": given} if isinstance(given, str) else dict(given) if isinstance(given, Mapping) else {"": given}
    if not all(isinstance(said, str) for name, said in words.items() if name in _KEYS) or "" in words:
        raise InputRefused(
            f"{given!r} was given", where=f"support of {question}", expected="a text, or {text, quotation, location} of texts"
        )
    if set(words) - set(_KEYS):
        raise InputRefused(f"support of {question} has {', '.join(sorted(set(words) - set(_KEYS)))}", expected=", ".join(_KEYS))
    text, quotation, location = (words.get(name, "").strip() for name in _KEYS)
    source, lines = _found(quotation, texts)
    named = _LINES.search(location) if quotation and texts else None
    if named is not None:
        source, lines = _in_lines(question, quotation, int(named[1]), int(named[2] or named[1]), texts)
    if quotation and not location:
        if source is None or lines is None:
            raise InputRefused(
                "a quotation needs its location", where=f"support of {question}", expected="document and page, as 'main report, page 3'"
            )
        location = f"{source.name}, {_said(lines)}"
    return Support(
        text=text,
        quotation=quotation,
        location=location,
        record=source.record if source else None,
        text_sha256=source.sha256 if source else None,
        lines=lines,
    )


def _found(quotation: str, texts: Sequence[StudyText]) -> tuple[StudyText | None, tuple[int, int] | None]:
    for source in texts:
        lines = lines_of(quotation, source.lines)
        if lines is not None:
            return source, lines
    return None, None


def _in_lines(question: str, quotation: str, first: int, last: int, texts: Sequence[StudyText]) -> tuple[StudyText, tuple[int, int]]:
    """The text whose lines *first* to *last* hold the quotation, and the lines within them."""
    for source in texts:
        lines = lines_of(quotation, source.lines[first - 1 : last]) if first else None
        if lines is not None:
            return source, (lines[0] + first - 1, lines[1] + first - 1)
    source, elsewhere = _found(quotation, texts)
    raise InputRefused(
        f"the quotation does not stand in {_said((first, last))}",
        where=f"support of {question}",
        expected="the words as they are printed there",
        next_step=f"it stands in {source.name}, {_said(elsewhere)}" if source and elsewhere else "compare it with the text of the study",
    )


def _said(lines: tuple[int, int]) -> str:
    return f"line {lines[0]}" if lines[0] == lines[1] else f"lines {lines[0]}-{lines[1]}"
