"""The one line that goes with every exported record through other programs: its id here, its kind and all its identifiers.

Of the places in a file, programs for screening and for references keep the notes most surely. The line is read back: decisions find
their records by it, and identifiers that a format has no field for are not lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, get_args

from review.model.terms import IdentifierType, RecordType
from review.text import fold_blanks

HEAD: Final = "Review record"
_LINE: Final = re.compile(rf"{HEAD}: (rec:[0-9a-f]{{32}})((?: ?\|[^|\r\n]*)*)")
_TYPES: Final = frozenset(get_args(IdentifierType))
_KINDS: Final = frozenset(get_args(RecordType))


@dataclass(frozen=True, slots=True)
class Number:
    """One identifier as the line has it: a type of schema 0.1, its value, and whether the entry is known by it."""

    type: str
    value: str
    primary: bool


@dataclass(frozen=True, slots=True)
class Note:
    """What the line says; ``record_type`` None where it names no kind that is known."""

    record: str
    record_type: str | None
    identifiers: tuple[Number, ...]


def note_line(record: str, record_type: str, identifiers: Iterable[Number]) -> str:
    """The line of one record, such as ``Review record: rec:… | kind: article_report | PMID: 1234 | primary NCT: NCT01234567``."""
    named = (f"{'primary ' * one.primary}{one.type}: {_parted(one.value)}" for one in identifiers)
    return " | ".join((f"{HEAD}: {record}", f"kind: {record_type}", *named))


def read_note(text: str) -> Note | None:
    """What such a line in *text* says, wherever it stands; None where there is none. Types that are not known are passed over."""
    found = _LINE.search(text)
    if found is None:
        return None
    pairs = [(key.strip(), value.strip()) for key, _, value in (part.partition(":") for part in found[2].split("|")) if value.strip()]
    kind = next((value for key, value in pairs if key == "kind" and value in _KINDS), None)
    return Note(found[1], kind, tuple(_numbers(pairs)))


def _numbers(pairs: Iterable[tuple[str, str]]) -> Iterable[Number]:
    for key, value in pairs:
        type = key.removeprefix("primary ")
        if type in _TYPES:
            yield Number(type, value.removesuffix("</p>"), key != type)  # Zotero makes paragraphs of notes


def _parted(value: str) -> str:
    """A number in one line, without the sign that parts the pairs."""
    return fold_blanks(value.replace("|", "/"))
