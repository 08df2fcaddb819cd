"""Cuts a page into sections by its printed labels. Nothing is assigned by position: text under no known label stays unplaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from review.records.lines import Line, trimmed
from review.text import fold_blanks, fold_word

_ABBREVIATED = re.compile(r"\b(?:Inc|Ltd|Co|Corp|Cie|LLC|Bros|Prof|Dr|Jr|Sr|St|M\.?D|Ph\.?D|[A-Z]\.[A-Za-z]|[A-Z])\.$")


@dataclass(frozen=True)
class Section:
    """The lines under one label. ``key`` is '' for what stands before the first label; ``head`` is the label's own line."""

    key: str
    head: Line | None
    lines: tuple[Line, ...] = ()
    inline: str = ""  # a value on the label's own line: 'Sex: All' or a two-cell table row

    @property
    def filled(self) -> list[Line]:
        """The lines that show something, without rows of dashes."""
        return [line for line in self.lines if line.plain and not _is_rule(line)]

    @property
    def all_lines(self) -> list[Line]:
        """Label and content."""
        return ([self.head] if self.head else []) + self.filled

    @property
    def label(self) -> str:
        """The label as printed, without its colon."""
        if self.head is None:
            return ""
        return self.head.cells[0] if self.head.cells else self.head.plain.partition(":")[0]

    @property
    def value(self) -> str:
        """The one-line value: that on the label's line, else the first line under it."""
        return self.inline or next((line.text for line in self.filled), "")

    @property
    def value_lines(self) -> list[Line]:
        """Where ``value`` stands."""
        if self.inline:
            return [self.head] if self.head else []
        return self.filled[:1]


@dataclass(frozen=True)
class Sections:
    """All sections of a page in order, and access by key."""

    ordered: tuple[Section, ...] = field(default_factory=tuple)

    def first(self, key: str) -> Section | None:
        """The first section of *key* that has content, else the first of it, else None."""
        found = self.all(key)
        return next((s for s in found if s.filled or s.inline), found[0] if found else None)

    def all(self, key: str) -> list[Section]:
        """Every section of *key*."""
        return [s for s in self.ordered if s.key == key]

    def has(self, key: str) -> bool:
        """True when the label stands on the page, with or without content."""
        return any(s.key == key for s in self.ordered)

    @property
    def before(self) -> list[Line]:
        """The lines that show something before the first label."""
        return self.ordered[0].filled if self.ordered and not self.ordered[0].key else []


def cut(
    lines: Sequence[Line],
    labels: Mapping[str, str],
    inline: frozenset[str] = frozenset(),
    *,
    running: frozenset[str] = frozenset(),
    order: Sequence[str] = (),
) -> Sections:
    """The sections of *lines*. *labels* maps folded label texts to keys; keys in *inline* may have their value on the label's line.

    A label is a whole line without a list mark (a heading mark or a final colon aside), or the first cell of a table row. Sections
    in *running* hold running text, which may have headings of its own that are words of the page's labels. There a line with a
    colon is text, and so is a label that the page's *order* of keys puts elsewhere: above, or below a label that is yet to come.
    Keys that are not in *order* may stand anywhere.
    """
    marks = [(n, line, *found) for n, line in enumerate(lines) if (found := _label(line, labels, inline))[0]]
    rank = {key: n for n, key in enumerate(order)}
    least = {key: _least_to_come([rank.get(mark[2], -1) for mark in marks], rank.get(key, -1)) for key in running}
    beyond = list(range(1, len(marks) + 1))  # where the next other label is: one that a capture printed twice is one
    for at in range(len(marks) - 2, -1, -1):
        if marks[at][2] == marks[at + 1][2] and not any(line.plain for line in lines[marks[at][0] + 1 : marks[at + 1][0]]):
            beyond[at] = beyond[at + 1]
    found: list[tuple[str, Line | None, int, str]] = [("", None, 0, "")]
    for at, (n, line, key, value) in enumerate(marks):
        inside, head = found[-1][:2]
        twice = key == inside and not any(line.plain for line in lines[found[-1][2] : n])
        if inside in running and key in rank and not twice:
            colon = not line.cells and ":" in line.plain and ":" not in (head.plain if head else "")
            if colon or rank[key] <= rank[inside] or least[inside][beyond[at]] <= rank[key]:
                continue
        found.append((key, line, n + 1, value))
    ends = [start - 1 for _, _, start, _ in found[1:]] + [len(lines)]
    made = [Section(key, head, tuple(trimmed(lines[start:end])), value) for (key, head, start, value), end in zip(found, ends, strict=True)]
    return Sections(tuple(made))


def one_value_each(parts: Sections, keys: Iterable[str]) -> tuple[list[str], list[Line]]:
    """(labels without a value, lines beyond the value) of the sections in *keys*, each of which holds one line: traces of what is lost."""
    found = {section.key: section for key in keys if (section := parts.first(key))}
    empty = [section.label for section in found.values() if not section.filled and not section.inline]
    beyond = [line for s in parts.ordered if s.key in found for line in s.filled[0 if s.inline else 1 :]]
    return empty, beyond


def is_sentence(text: str) -> bool:
    """True for text that ends as a sentence does, and not as a name with an abbreviation (``Glove Works, Inc.``)."""
    if text.endswith(("。", "！", "？")):
        return True
    return text.endswith((".", "!", "?")) and text.count(" ") > 1 and (len(text) > 120 or not _ABBREVIATED.search(text))


def without_values(lines: Sequence[Line], is_value: Callable[[Line], bool]) -> tuple[Sequence[Line], list[Line]]:
    """(text, lines left out): running text whose last lines are values of a section below, the label of which is lost."""
    kept, left = list(trimmed(lines)), []
    while kept and (not kept[-1].plain or is_value(kept[-1])):
        left += [kept[-1]] if kept[-1].plain else []
        kept.pop()
    return kept, left[::-1]


def _least_to_come(ranks: Sequence[int], above: int) -> list[int]:
    """For each place in *ranks*, the least one above *above* from there to the end; one more place for the end itself."""
    least = [len(ranks) + max(ranks, default=0) + 1]
    for one in reversed(ranks):
        least.append(min(least[-1], one) if one > above else least[-1])
    return least[::-1]


def _label(line: Line, labels: Mapping[str, str], inline: frozenset[str]) -> tuple[str, str]:
    if not line.plain or len(line.plain) > 160 or line.bullet or (line.enum and not line.level):
        return "", ""
    cells = line.cells
    if len(cells) == 2 and (key := labels.get(fold_word(cells[0]))):
        return key, cells[1]
    bare = line.plain
    if key := labels.get(fold_word(bare.strip("*_ "))):
        return key, ""
    name, colon, value = bare.partition(":")
    if colon and value.strip() and (key := labels.get(fold_word(name))) and key in inline:
        return key, fold_blanks(value)
    return "", ""


def _is_rule(line: Line) -> bool:
    return bool(re.fullmatch(r"[-=_*|\s:]+", line.plain)) and line.plain not in ("-",)
