"""Puts the printed values of a trial register into a draft: sizes, phases, designs, ages, sexes, criteria, lists parted by a sign.

What a value does not say is not put in; what cannot be read is kept as printed with a remark.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from review.model.record import Criterion, Eligibility, Lines, ProblemCode, Sponsor
from review.records import register_values as register
from review.records import vocabulary as words
from review.records.build import RecordDraft, Where
from review.records.comparisons import lost_comparison
from review.records.criteria import criteria_of_text
from review.text import fold_blanks, fold_word

_BREAK: Final = re.compile(r"(?:(?<!\s)\s+)?<\s*+(?:br|p|/p|/div)\s*+(?:/\s*+)?>\s*", re.I)
_SPACES: Final = re.compile(r"[ \t]+")
_CHINESE: Final = ("chictr", "itmctr")


def plain(text: str) -> str:
    """*text* without the line marks of HTML that registers leave in their exports; lines end with LF."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text:
        text = _BREAK.sub("\n", text)
    if "&" in text:
        text = html.unescape(text)
    if "  " in text or "\t" in text:
        text = _SPACES.sub(" ", text)
    return text.strip()


def parts(text: str, sign: str = ";") -> Iterator[str]:
    """The values of a list that *sign* parts, without those that say nothing."""
    for part in plain(text).split(sign):
        if not register.is_empty_word(part):
            yield fold_blanks(part)


def put_size(draft: RecordDraft, text: str, where: Where) -> None:
    """The number of participants, with the sizes of the arms where they are told."""
    made = register.parse_size(plain(text)) if text else None
    if text and made is None and not register.is_empty_word(text):
        draft.unknown("enrollment", text, where)
    draft.put("enrollment", made, where)


def put_phases(draft: RecordDraft, text: str, where: Where, portal: str = "") -> None:
    """The phases; '0' is 'not applicable' in the Chinese registers."""
    if not text or fold_word(text) == "not selected":  # a form that was left alone, not the statement 'not applicable'
        return
    phases = ("NA",) if text.strip() == "0" and fold_word(portal) in _CHINESE else words.parse_phases(plain(text))
    if phases is None and not re.search(r"(?i)phase I+\)\s*:\s*(?!yes)", text):
        draft.unknown("phases", text, where)
    draft.put("phases", phases, where)


def put_design(draft: RecordDraft, text: str, where: Where) -> None:
    """The design as printed, and what its words say of allocation, model, purpose and masking."""
    text = fold_blanks(plain(text))
    if not text:
        return
    draft.put("design_raw", text, where)
    found, unknown = register.parse_design(text)
    for field, term in found.items():
        draft.put(field, term, where)
    for field, raw in unknown:
        draft.unknown(field, raw, where)


def put_age(draft: RecordDraft, field: str, text: str, where: Where) -> None:
    """``minimum_age`` or ``maximum_age``."""
    if not text.strip():
        return
    age = register.parse_limit(plain(text), field)
    if age is None:
        draft.unknown(field, text, where)
    draft.put(field, age, where)


def put_sex(draft: RecordDraft, text: str, where: Where) -> None:
    """Who may take part."""
    if not text.strip():
        return
    sex = register.parse_sex(plain(text))
    if sex is None:
        draft.unknown("sex", plain(text), where)
    draft.put("sex", sex, where)


def put_sponsors(draft: RecordDraft, field: str, texts: Iterator[str], where: Where) -> None:
    """Each name as a sponsor in the list *field*."""
    for name in texts:
        draft.add(field, Sponsor(name=name, name_raw=name), where)


def put_criteria(draft: RecordDraft, inclusion: tuple[str, Where], exclusion: tuple[str, Where] = ("", None), *, both: bool = True) -> None:
    """The criteria of the printed texts. *both*: the first text may hold the exclusion criteria too, under a heading of its own."""
    made, apart = criteria_of_text(plain(inclusion[0]), None if both else "inclusion"), criteria_of_text(plain(exclusion[0]), "exclusion")
    groups = {
        name: (*lined(getattr(made, name), _of_file(inclusion[1])), *lined(getattr(apart, name), _of_file(exclusion[1])))
        for name in ("inclusion", "exclusion", "unclassified")
    }
    if not any(groups.values()):
        return
    preambles = {"preamble_inclusion": made.preamble_inclusion, "preamble_exclusion": made.preamble_exclusion or apart.preamble_exclusion}
    found = Eligibility.model_validate({**groups, **preambles, "raw_lines": _of_file(inclusion[1])})
    draft.eligibility(found)
    remark_lost_comparisons(draft, found, ": registers print '=' or '?' for ≥ and ≤")


def remark_lost_comparisons(draft: RecordDraft, made: Eligibility, why: str) -> None:
    """A remark on each criterion with a sign that may have been ≥ or ≤; *why* ends it."""
    for group in ("inclusion", "exclusion", "unclassified"):
        for n, item in enumerate(getattr(made, group)):
            if sign := lost_comparison(" ".join([item.text, *(sub.text for sub in item.subitems)])):
                note = f"'{sign}' may have been a comparison{why}"
                draft.problem(ProblemCode.POSSIBLE_LOST_COMPARISON, f"eligibility.{group}[{n}]", note, item.lines)


def lined(items: tuple[Criterion, ...], lines: Lines | None) -> tuple[Criterion, ...]:
    """The criteria with the lines of the file: those within the text do not count there."""
    return tuple(Criterion(number=item.number, text=item.text, subitems=item.subitems, lines=lines) for item in items)


def _of_file(where: Where) -> Lines | None:
    return where if isinstance(where, tuple) else None  # type: ignore[return-value]
