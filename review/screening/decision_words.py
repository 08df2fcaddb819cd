"""What the words, codes and notes of other screening tools say; it refuses to guess at a word that it does not know."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from review.model.own_note import read_note
from review.text import fold_blanks, fold_word

_INCLUDE = frozenset({"include", "included", "yes", "relevant", "in", "true", "asreview relevant"})
_EXCLUDE = frozenset({"exclude", "excluded", "no", "irrelevant", "out", "false", "asreview irrelevant"})
_UNSURE = frozenset({"unsure", "maybe", "uncertain", "unclear"})
_NONE = frozenset({"undecided", "unscreened", "nan", "none", "null", "na", "n a", "asreview not seen"})
_PLAIN = {
    **dict.fromkeys(_INCLUDE, "include"),
    **dict.fromkeys(_EXCLUDE, "exclude"),
    **dict.fromkeys(_UNSURE, "unsure"),
}
_WITH_REASON = re.compile(r"(excluded?)\s*[:;,\u2013\u2014-]\s*(\S.*)", re.IGNORECASE | re.DOTALL)

# The lengths are bounded so that no text, however it is made, takes long to read.
_RAYYAN = re.compile(r"(RAYYAN-INCLUSION|RAYYAN-LABELS|RAYYAN-EXCLUSION-REASONS|USER-NOTES)\s{0,5}:")
_VOTE = re.compile(r'"((?:[^"\\]|\\.){0,300})"\s{0,5}=>\s{0,5}"((?:[^"\\]|\\.){0,60})"', re.DOTALL)
_NOTE_OF = re.compile(r'"((?:[^"\\]|\\.){0,300})"\s{0,5}=>\s{0,5}\[', re.DOTALL)
_COVIDENCE_REASON = re.compile(r"exclusion reason\s{0,5}:([^;\r\n]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as a file gives it. ``decision`` None: none was found; ``words`` are then what was not understood, or ''."""

    decision: str | None
    words: str
    reason_words: str = ""
    reviewer: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Codes:
    """How the short codes of one file are read.

    numbers  what 1 and 0 mean there: 'labels' (1 include, 0 exclude), or 'reasons' (a number is a reason to exclude)
    letter_i what I means there: include, or None where R stands beside it, so that it may mean irrelevant
    reasons  the words that were said to be reasons, as ``fold_word`` has them
    """

    numbers: str
    letter_i: str | None
    reasons: frozenset[str]


def same_words(text: str) -> str:
    """The form in which two reasons are the same words, in any script."""
    return fold_blanks(text).casefold()


def codes_of(values: Iterable[str], reasons: Collection[str] = ()) -> Codes:
    """How the codes among *values*, all that one column or tag holds, are read; *reasons* are words said to be reasons to exclude."""
    found = {fold_word(value) for value in values if value.strip() != "-1"}
    coded = bool(found & {"i", "e"}) or any(one.isdigit() and one not in ("0", "1") for one in found)
    named = frozenset(same_words(one) for one in reasons)
    return Codes("reasons" if coded else "labels", None if "r" in found else "include", named)


def said(value: str, codes: Codes) -> Said:
    """What one value of a column or a tag of decisions says."""
    words = fold_blanks(value)
    key = fold_word(words)
    if words in ("", "-1") or key in _NONE:
        return Said(None, "")
    if same_words(words) in codes.reasons or (key.isdigit() and codes.numbers == "reasons"):
        return Said("exclude", words, words)
    if key in _PLAIN:
        return Said(_PLAIN[key], words)
    if key in ("i", "e"):
        return Said("exclude" if key == "e" else codes.letter_i, words)
    if key in ("0", "1"):
        return Said("include" if key == "1" else "exclude", words)
    if given := _WITH_REASON.fullmatch(words):
        return Said("exclude", words, given[2])
    return Said(None, words)


def is_plain(value: str) -> bool:
    """Whether a value that nobody pointed at is a decision: a whole word that says nothing else, or 'excluded' with its reason."""
    plain = _PLAIN.keys() - {"in", "out", "yes", "no", "true", "false"}
    return fold_word(value) in plain or _WITH_REASON.fullmatch(fold_blanks(value)) is not None


def own_id(given: str, notes: str) -> str:
    """The id of the record here that an export of a review left in these *notes*, else the *given* one."""
    found = read_note(notes)
    return found.record if found else fold_blanks(given)


def has_rayyan(notes: str) -> bool:
    """Whether these notes hold what Rayyan writes there."""
    return "RAYYAN-" in notes


def rayyan(notes: str) -> list[Said]:
    """The answers in Rayyan's notes: one for each reviewer; its reasons are those of the record, so they stand with every exclusion."""
    text = html.unescape(html.unescape(notes))
    marks = list(_RAYYAN.finditer(text))
    parts: dict[str, str] = {}
    for mark, end in zip(marks, [*(one.start() for one in marks[1:]), len(text)], strict=False):
        parts[mark[1]] = f"{parts.get(mark[1], '')} {text[mark.end() : end].strip().removesuffix('|')}".strip()
    reasons = ", ".join(one for part in parts.get("RAYYAN-EXCLUSION-REASONS", "").split(",") if (one := _reason(part)))
    notes_of = _user_notes(parts.get("USER-NOTES", ""))
    found = []
    for name, vote in _VOTE.findall(parts.get("RAYYAN-INCLUSION", "")):
        reviewer, one = _unquoted(name), said(_unquoted(vote), Codes("labels", "include", frozenset()))
        found.append(Said(one.decision, one.words, reasons if one.decision == "exclude" else "", reviewer, notes_of.get(reviewer, "")))
    return found


def _reason(text: str) -> str:
    return fold_blanks(text).removeprefix("__EXR__")


def _user_notes(text: str) -> dict[str, str]:
    """Reviewer -> what they noted: the quoted texts that follow the name."""
    marks = list(_NOTE_OF.finditer(text))
    ends = [*(one.start() for one in marks[1:]), len(text)]
    return {
        _unquoted(mark[1]): _unquoted(text[mark.end() : end].strip().rstrip(",}]").strip().strip('"'))
        for mark, end in zip(marks, ends, strict=False)
    }


def covidence(notes: str) -> Said | None:
    """The exclusion that Covidence writes into its notes, with its reason; None where there is none."""
    reasons = [fold_blanks(one) for one in _COVIDENCE_REASON.findall(html.unescape(notes))]
    return Said("exclude", "Exclusion reason", "; ".join(dict.fromkeys(filter(None, reasons)))) if reasons else None


def _unquoted(text: str) -> str:
    return fold_blanks(re.sub(r"\\(.)", r"\1", text))
