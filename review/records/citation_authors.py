"""The authors of a citation from its tagged values: persons in full or short, groups, and what is told of the one named last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from review.model.record import Lines
from review.records.author_lists import without_et_al
from review.text import fold_blanks

Whose = tuple[bool, int]  # whether a group, and the how-many-th of its kind


class Value(NamedTuple):
    """One tagged value as it stands in the file: its tag, column or element, its text, and its first and last line."""

    tag: str
    text: str
    lines: Lines | None = None


def named_last(waiting: Mapping[str, list[Value]], whose: dict[Whose, dict[str, Any]]) -> dict[str, Any]:
    """What is told of the author who was named last, to be added to; of nobody before the first."""
    lists = ((name, waiting.get(name)) for name in ("author", "author_short", "author_group"))
    found = [(held[-1].lines or (0, 0), name == "author_group", len(held)) for name, held in lists if held]
    return whose.setdefault(max(found)[1:], {}) if found else {}


def authors_of(
    waiting: Mapping[str, list[Value]], whose: Mapping[Whose, dict[str, Any]]
) -> tuple[list[tuple[dict[str, Any], Lines | None]], list[Value], list[Value]]:
    """(authors in their order as a record has them, groups behind the persons, each with its lines; short forms of persons who are
    named in full; values that say 'et al.', which is no author)."""
    cut: list[Value] = []
    named, short = (_uncut(waiting.get(name, []), cut) for name in ("author", "author_short"))
    if not named:
        named, short = short, []
    paired = not short or len(short) == len(named)  # else it is open which short form is whose
    persons = [(value, whose.get((False, n), {}) if paired else {}) for n, value in enumerate(named, start=1)]
    groups = [(value, whose.get((True, n), {})) for n, value in enumerate(waiting.get("author_group", ()), start=1)]
    authors = [
        ({"position": n, "name": fold_blanks(value.text), **told, "affiliation_refs": tuple(told.get("affiliation_refs", ()))}, value.lines)
        for n, (value, told) in enumerate(persons + groups, start=1)
    ]
    return authors, short, cut


def _uncut(values: list[Value], cut: list[Value]) -> list[Value]:
    """*values* without 'et al.'; those that have it are added to *cut*."""
    kept = []
    for value in values:
        name = without_et_al(value.text)
        if name is not None:
            cut.append(value)
            value = value._replace(text=name)
        if value.text.strip():
            kept.append(value)
    return kept
