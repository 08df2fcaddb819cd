"""Finds lists that were flattened into one line: ``… : (1)…; (2)…``, ``a) … b) …``, `` -- … -- …``, ``1. … 2. …``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from review.model.record import SubItem

_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_NUMBERS = tuple(str(n) for n in range(1, 40))
_BRACKETED = (
    (r"\(\s?{n}\s?\)", _NUMBERS),
    (r"（\s?{n}\s?）", _NUMBERS),
    (r"{n}\)", _NUMBERS),
    (r"\(\s?{n}\s?\)", _LETTERS),
    (r"{n}\)", _LETTERS),
    (r"\(\s?{n}\s?\)", _ROMAN),
    (r"{n}\)", _ROMAN),
)
_FORMS = (r"{n}\.(?!\d)", r"{n}\)", r"\({n}\)", r"（{n}）", r"{n}、", r"{n}）")
_SIGNS = (("--", True), ("•", True), ("-", False), ("*", False), ("·", False))
_SIGN_MARKS = {sign: re.compile(rf"(?:^|\s)({re.escape(sign)})\s+(?=\S)") for sign, _ in _SIGNS}
_BEFORE = r"(?:(?<=^)|(?<=[\s:;,.：；，。(]))"


@dataclass(frozen=True)
class _Mark:
    start: int  # where the mark begins
    end: int  # where its text begins
    printed: str


def inline_subitems(text: str) -> list[SubItem]:
    """The parts of a criterion that stand in its own line, with their marks as printed; none when it has no parts."""
    found = [marks for marks in _sequences(text) if marks]
    if not found:
        return []
    marks = min(found, key=lambda m: (m[0].start, -len(m)))
    parts = [(mark.printed, part) for mark, part in _cut(text, marks) if part]
    if parts and all(text[: mark.start].rstrip().endswith((";", "；")) for mark in marks[1:]) and len(marks) > 1:
        parts[-1] = (parts[-1][0], parts[-1][1].rstrip("."))  # in a list with semicolons the full stop closes the list
    return [SubItem(number=mark, text=part) for mark, part in parts]


def run_together(text: str, start: int = 1) -> tuple[str, list[tuple[str, str]]]:
    """(text before, [(number, text)]) of numbered criteria in one paragraph, counted from *start*; no parts when it is not such a list."""
    best: list[_Mark] = []
    values = _counted(start)
    for form in _FORMS if values[0] in text and values[1] in text else ():
        marks = _ascending(text, form, values)
        if len(marks) > len(best) and (marks[0].start == 0 or text[: marks[0].start].rstrip().endswith((":", "：", ";", "；"))):
            best = marks
    if len(best) < 2:
        return "", []
    parts = [(re.sub(r"\D", "", mark.printed), part) for mark, part in _cut(text, best) if part]
    return text[: best[0].start].strip(), parts


def _sequences(text: str) -> Iterator[list[_Mark]]:
    bracket = ")" in text or "）" in text
    for form, values in _BRACKETED if bracket else ():
        if values is _NUMBERS and "2" not in text:
            continue
        marks = _ascending(text, form, values)
        if len(marks) > 1:
            yield marks
    marks = _ascending(text, "{n}", _CIRCLED) if "②" in text else []
    if len(marks) > 1:
        yield marks
    marks = _ascending(text, r"{n}\.(?=\s)", _NUMBERS) if "2." in text else []
    if len(marks) > 1 and text[: marks[0].start].rstrip().endswith((":", "：")):
        yield marks
    for sign, alone in _SIGNS:
        if sign not in text:
            continue
        marks = [_Mark(m.start(1), m.end(), sign) for m in _SIGN_MARKS[sign].finditer(text)]
        announced = bool(marks) and text[: marks[0].start].rstrip().endswith((":", "："))
        if marks and (announced if len(marks) == 1 or not alone else True) and (len(marks) > 1 or (alone and announced)):
            yield marks


def _ascending(text: str, form: str, values: Sequence[str]) -> list[_Mark]:
    """The marks of *form* that count up without a gap from the first value, each after the one before."""
    marks: list[_Mark] = []
    at = 0
    for value in values:
        found = _mark_pattern(form, value).search(text, at)
        if not found:
            break
        marks.append(_Mark(found.start(), found.end(), found.group().strip()))
        at = found.end()
    return marks


@cache
def _counted(start: int) -> tuple[str, ...]:
    return tuple(str(n) for n in range(start, start + 60))


@cache
def _mark_pattern(form: str, value: str) -> re.Pattern[str]:
    return re.compile(_BEFORE + form.replace("{n}", re.escape(value)) + r"\s*", re.I)


def _cut(text: str, marks: list[_Mark]) -> Iterator[tuple[_Mark, str]]:
    ends = [mark.start for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        yield mark, text[mark.end : end].strip().rstrip(";；").rstrip()
