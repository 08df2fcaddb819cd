"""Reads eligibility criteria from lines: inclusion, exclusion, preambles, items with their sub-items, in every style of capture.

Lists may be indented, dashed, starred or numbered, wrapped at a margin, or run together in one line. The words stay as printed:
a wrapped line is joined with one blank, list marks and the semicolons between run-together items are left out, nothing else.
Where a source does not say which criteria include and which exclude, all of them are ``unclassified``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from review.model.record import Criterion, Eligibility, Lines, SubItem
from review.records.inline_lists import inline_subitems, run_together
from review.records.lines import Line, make_line, span_of, split_lines, trimmed, wrapped

Group = Literal["inclusion", "exclusion", "unclassified"]

_LEAD = (
    r"(?:(?:key|main|major|principal|general|common|patients?|subjects?|participants?|additional|primary|specific|study|trial|other|core"
    r"|eligibility|part \d|\d{1,4}(?:\.\d{1,4}){0,5})\W{1,3}){0,3}"
)
_HEADER = re.compile(
    rf"\W{{0,4}}{_LEAD}(?P<group>inclusion|exclusion|non-inclusion)(?P<word>\s+criteri(?:a|on))?\s*+(?P<note>\([^)]*+\))?\s*+"
    r"(?:[:：](?P<rest>.*)|[-–.*_ ]*)",
    re.I,
)
_QUALIFIED = re.compile(
    rf"\W{{0,4}}{_LEAD}(?P<group>inclusion|exclusion)\s+criteri(?:a|on)[,\s]+(?P<how>for|of|in|to|are|is|include|includes|included|will|consist)\b"
    r".{0,100}?[:：]?",
    re.I,
)
_FOR_SOME = re.compile(
    r"(?P<who>[A-Za-z][^:.;]{0,50}?)\s++(?P<group>inclusion|exclusion)\s+criteri(?:a|on)\s*+(?:\([^)]*+\))?\s*+[:：](?P<rest>.*)", re.I
)
_NEUTRAL = re.compile(r"(?:[\w&-]+\s+){0,4}(?:(?:inclusion\s*(?:/|and|&|or)\s*exclusion)|eligibility)\s+criteria\s*[:：.]?", re.I)
# Sponsors close their lists with a sentence on criteria that are not printed: it belongs to neither list.
_UNPRINTED = re.compile(
    r"(?:\W*note\W+)?(?:other|additional|further)\s+(?:protocol[- ]?(?:defined|specified)\s+)?"
    r"(?:inclusion\s*(?:/|and|or)\s*exclusion|eligibility)\s+criteria\s+(?:may|could|might|can|will|apply)\b.*",
    re.I,
)
_INSIDE = re.compile(
    r"(?:(?<=[.;；。:)]\s)|(?<=[.;；。]))"
    r"(?=(?:Key )?(?:Inclusion|Exclusion|INCLUSION|EXCLUSION) (?:[Cc]riteria|CRITERIA)\s*[:：])"
)
_CLUSION = re.compile("clusion", re.I)
_CRITERIA = re.compile("criteria", re.I)
_DIGITS = re.compile(r"\d+")
_LETTER_MARK = re.compile(r"[ivxIVX]{2,}|[A-Za-z]")
_CAPITAL = re.compile(r"([A-Z])\.\s+(\S.*)")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass
class _Section:
    group: Group
    head: Line | None = None
    note: str = ""
    lines: list[Line] = field(default_factory=list)


@dataclass
class _Item:
    """A criterion while lines are added to it."""

    number: str | None
    texts: list[str]
    lines: list[Line]
    indent: int = 0
    mark: str = ""
    subs: list[list[str]] = field(default_factory=list)  # the printed mark, then pieces of text

    def extend(self, line: Line) -> None:
        """Joins a continuation line to the newest part."""
        self.lines.append(line)
        (self.subs[-1] if self.subs else self.texts).append(line.plain if not line.marker else line.text)


def criteria_of_text(text: str, default: Group | None = None) -> Eligibility:
    """As ``read_criteria`` for a text value; line numbers count within that text."""
    return read_criteria([make_line(n, raw) for n, raw in enumerate(split_lines(text), start=1)], default)


def read_criteria(lines: Sequence[Line], default: Group | None = None) -> Eligibility:
    """The criteria in *lines*, which may hold headings of their own; *default* is the group of lines before any heading."""
    if not lines:
        return Eligibility()
    region = trimmed([part for line in lines for part in _split_inside(line)])
    if not any(line.plain for line in region):
        return Eligibility()
    groups: dict[Group, list[Criterion]] = {"inclusion": [], "exclusion": [], "unclassified": []}
    preambles: dict[Group, list[str]] = {"inclusion": [], "exclusion": [], "unclassified": []}
    sections = _sections(region, default or "unclassified")
    dashed = any(len(line.bullet) > 1 and line.bullet[0] in "-*" for line in region)
    spaced = any(line.blank for section in sections for line in trimmed(section.lines))
    for section in sections:
        preamble, items = _items(section.lines, dashed=dashed, spaced=spaced)
        groups[section.group].extend(items)
        preambles[section.group].extend(bit for bit in (section.note, *preamble) if bit)
    unclassified = groups["unclassified"]
    headed = {section.group for section in sections if section.head} - {"unclassified"}
    if len(headed) == 1:  # a list that counts anew under the one heading there is: another heading may be lost
        (group,) = headed
        again = next((n for n, item in enumerate(groups[group]) if n and item.number == "1" and groups[group][n - 1].number), None)
        unclassified += groups[group][again:] if again else []
        groups[group] = groups[group][:again]
    if preambles["unclassified"]:  # before the first heading, or without one: it is text of the page and stays visible
        shown = iter([line for line in region if line.plain])  # the bits stand in it in their order
        unclassified = [*(Criterion(text=bit, lines=_found(shown, bit)) for bit in preambles["unclassified"]), *unclassified]
        unclassified.sort(key=lambda item: item.lines or (0, 0))
    return Eligibility(
        inclusion=tuple(groups["inclusion"]),
        exclusion=tuple(groups["exclusion"]),
        unclassified=tuple(unclassified),
        preamble_inclusion="\n".join(preambles["inclusion"]) or None,
        preamble_exclusion="\n".join(preambles["exclusion"]) or None,
        raw_lines=span_of([line for line in region if line.plain]),
    )


def header_group(line: Line) -> Group | None:
    """``inclusion`` or ``exclusion`` when *line* is the heading of such a list, else None."""
    found = _header(line)
    return found.group if found else None


def _split_inside(line: Line) -> list[Line]:
    """A line in which a further heading stands (``… Exclusion Criteria: …``), as several lines of the same number."""
    raw = line.raw
    parts = _INSIDE.split(raw) if "clusion" in raw or "CLUSION" in raw else (raw,)
    if len(parts) < 2 or not any(c.isalnum() for c in parts[0]):
        return [line]
    return [make_line(line.number, part) for part in parts]


def _sections(region: Sequence[Line], default: Group) -> list[_Section]:
    sections = [_Section(default)]
    for line in region:
        head = _header(line)
        if head:
            sections.append(head)
        elif not _CRITERIA.search(line.text):
            sections[-1].lines.append(line)
        elif _UNPRINTED.fullmatch(line.text):
            sections.append(_Section("unclassified", line, line.text))
            sections.append(_Section(sections[-2].group))
        elif not _NEUTRAL.fullmatch(line.text.strip("*_# ")):
            sections[-1].lines.append(line)
    return [s for s in sections if s.head or any(line.plain for line in s.lines)]


def _header(line: Line) -> _Section | None:
    text = line.text.strip("*_# ")
    if len(text) > 4_000 or not _CLUSION.search(text, 0, 60):
        return None
    if found := _HEADER.fullmatch(text):
        rest = (found["rest"] or "").strip(" *_")
        if not found["word"] and not rest and ":" not in text and "：" not in text and not _bare_word(text):
            return None
        section = _Section(_group(found["group"]), line, found["note"] or "")
        if rest:
            section.lines.append(make_line(line.number, rest))
        return section
    if found := _FOR_SOME.fullmatch(text):
        section = _Section(_group(found["group"]), line, text.partition(":")[0] + ":")
        if found["rest"].strip():
            section.lines.append(make_line(line.number, found["rest"]))
        return section
    if found := _QUALIFIED.fullmatch(text):
        note = text if found["how"].lower() in ("for", "of", "in") else ""
        return _Section(_group(found["group"]), line, note)
    return None


def _bare_word(text: str) -> bool:
    return text.lower() in ("inclusion", "exclusion")


def _group(word: str) -> Group:
    return "inclusion" if word.lower() == "inclusion" else "exclusion"


def _items(lines: Sequence[Line], *, dashed: bool, spaced: bool) -> tuple[list[str], list[Criterion]]:
    """(preamble paragraphs, criteria) of one list. *dashed*: every line of the page begins with a dash, bullets come after it."""
    lines = _capital_marks(lines)
    marked = [line for line in lines if _shape(line, dashed)]
    if not marked:
        return _unmarked(lines, dashed=dashed, spaced=spaced)
    builder = _ListBuilder(marked, dashed=dashed, spaced=spaced)
    gap = True
    for line in lines:
        if line.blank:
            gap = True
            continue
        builder.take(line, gap)
        gap = False
    following = [*(_bare_value(item.number) for item in builder.items[1:]), 0]
    return builder.preamble, [c for item, number in zip(builder.items, following, strict=True) for c in _finished(item, number)]


def _capital_marks(lines: Sequence[Line]) -> Sequence[Line]:
    """``A.`` and ``B.`` as list marks, where both stand at line beginnings: alone they may be initials or species."""
    found = {line.number: hit for line in lines if not line.enum and (hit := _CAPITAL.fullmatch(line.text))}
    if not {"A", "B"} <= {hit[1] for hit in found.values()}:
        return lines
    return [
        replace(line, enum=f"{found[line.number][1]}.", text=found[line.number][2]) if line.number in found and not line.enum else line
        for line in lines
    ]


class _ListBuilder:
    """Takes the lines of one list in order and tells items from sub-items, continuations and preambles."""

    def __init__(self, marked: Sequence[Line], *, dashed: bool, spaced: bool) -> None:
        self.items: list[_Item] = []
        self.preamble: list[str] = []
        self._dashed, self._spaced, self._marked = dashed, spaced, marked
        self._indent = min(line.indent for line in marked)
        top = [line for line in marked if line.indent <= self._indent + 1]
        first = top[0]
        numbered = next((line for line in top if _value(line) == 1 and line.enum[-1] in ".)、"), None)
        if numbered is not None and not first.enum and first.text.endswith((":", "：")):
            first = numbered  # a bulleted sentence that announces a numbered list is its preamble
        self._shape = _shape(first, dashed)
        self._last = {_value(line): line.number for line in marked if _shape(line, dashed) == self._shape}  # value -> its last line
        self._inner = 0  # number reached in a numbered list inside an item, 0 outside of one

    def take(self, line: Line, gap: bool) -> None:
        """Puts one line that is not blank into its place."""
        shape = _shape(line, self._dashed)
        if not shape:
            self._plain(line, gap)
        elif not self.items and self._opens(line, shape):
            self.preamble.append(line.text)
        elif not self.items or self._is_top(line, shape):
            number = _bare_number(line.enum) if line.enum else None
            self.items.append(_Item(number, [line.text], [line], line.indent, line.enum))
            self._inner = 0
        else:
            self.items[-1].subs.append([line.enum, line.text])
            self.items[-1].lines.append(line)

    def _opens(self, line: Line, shape: str) -> bool:
        """True for a bulleted sentence that announces the list: what follows stands beside it, not inside of it."""
        if line.enum or not line.text.endswith((":", "：")):
            return False
        at = bisect_right(self._marked, line.number, key=lambda other: other.number)
        if at == len(self._marked) or (following := self._marked[at]).indent > line.indent:
            return False
        return shape != self._shape or shape == _shape(following, self._dashed)

    def _is_top(self, line: Line, shape: str) -> bool:
        if line.indent > self._indent + 1:
            return False
        if shape != self._shape:
            # Under bullets a numbered line is a part of an item that announces parts; under numbers a bullet always is one.
            return self._shape.startswith("bullet") and not self._announces() and (shape.startswith("bullet") is False)
        value, before = _value(line), _bare_value(self.items[-1].number)
        if not value or not before or value == before + 1:
            if self._inner and value == self._inner + 1 and self._comes_later(line, before + 1):
                self._inner = value
                return False
            return True
        if value == 1 and self._announces() and self._comes_later(line, before + 1):
            self._inner = 1
            return False
        if self._inner and value == self._inner + 1:
            self._inner = value
            return False
        return True

    def _announces(self) -> bool:
        """True when the newest item ends so that parts of it are expected."""
        item = self.items[-1]
        return bool(item.subs) or item.texts[-1].rstrip().endswith((":", "："))

    def _comes_later(self, line: Line, value: int) -> bool:
        return self._last.get(value, 0) > line.number

    def _plain(self, line: Line, gap: bool) -> None:
        dash = self._dashed and line.bullet in ("-", "*")
        text = line.text if dash else line.plain
        if not self.items:
            if self.preamble and not gap and not dash:
                self.preamble[-1] += " " + text
            elif dash and not text.endswith((":", "：")):
                self.items.append(_Item(None, [text], [line], line.indent))
            else:
                self.preamble.append(text)
            return
        if dash and line.indent > self.items[-1].indent and self._announces():
            self.items[-1].subs.append(["", text])
            self.items[-1].lines.append(line)
            return
        before = self.items[-1].lines[-1]
        starts_lower = text[:1].islower()
        announces = text.endswith((":", "：")) and not dash and not starts_lower
        paragraph = gap and self._spaced and not starts_lower and line.indent <= self._indent
        alone = not self._spaced and not starts_lower and not wrapped(before) and line.indent <= self._indent
        if announces and (paragraph or (not self._spaced and before.plain.endswith((".", ";", "。", "；")))):
            self.preamble.append(text)  # a heading between two criteria: 'For women only:'
        elif dash or paragraph or alone:
            self.items.append(_Item(None, [text], [line], line.indent))
        else:
            self.items[-1].extend(line)


def _unmarked(lines: Sequence[Line], *, dashed: bool, spaced: bool) -> tuple[list[str], list[Criterion]]:
    """Criteria without any list mark: one a paragraph, one a line where there are no paragraphs, or run together in one."""
    paragraphs: list[list[Line]] = []
    gap = True
    for line in lines:
        if line.blank:
            gap = True
            continue
        goes_on = line.plain[:1].islower() or (spaced and paragraphs and wrapped(paragraphs[-1][-1]))
        if paragraphs and goes_on and not gap and not (dashed and line.bullet):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
        gap = False
    preamble: list[str] = []
    items: list[Criterion] = []
    for n, paragraph in enumerate(paragraphs):
        text = " ".join(line.text if dashed and line.bullet else line.plain for line in paragraph)
        lead, parts = run_together(text)
        if parts:
            preamble += [lead] if lead else []
            items += [_criterion(number, part, span_of(paragraph)) for number, part in parts]
        elif n == 0 and len(paragraphs) > 1 and text.endswith((":", "：")):
            preamble.append(text)
        else:
            items.append(_criterion(None, text, span_of(paragraph)))
    return preamble, items


def _finished(item: _Item, following: int) -> list[Criterion]:
    """The criterion of an item; several when a numbered item runs on into the next numbers within its line."""
    text, lines = " ".join(item.texts), span_of(item.lines)
    number = _bare_value(item.number)
    if number and not item.subs and following != number + 1:
        lead, parts = run_together(f"{item.mark} {text}", start=number)
        if not lead and len(parts) > 1:
            return [_criterion(n, part, lines) for n, part in parts]
    if not item.subs:
        return [_criterion(item.number, text, lines)]
    subs: list[SubItem] = []
    for mark, *pieces in item.subs:
        piece = " ".join(pieces)
        within = inline_subitems(f"{mark} {piece}" if mark else piece)
        subs += within if len(within) > 1 and within[0].number == (mark or within[0].number) and mark else [_sub(mark, piece)]
    return [Criterion(number=item.number, text=text, subitems=tuple(subs), lines=lines)]


def _sub(mark: str, piece: str) -> SubItem:
    return SubItem(number=mark or None, text=piece.strip().rstrip(";；").rstrip() or piece)


def _criterion(number: str | None, text: str, lines: Lines) -> Criterion:
    text = text.strip()
    return Criterion(number=number, text=text, subitems=tuple(inline_subitems(text)), lines=lines)


def _shape(line: Line, dashed: bool) -> str:
    """The kind of list mark of a line, '' for none: ``1.``, ``(1)``, ``a)``, ``bullet•`` …"""
    if line.enum:
        if line.enum in _CIRCLED:
            return "①"
        return _LETTER_MARK.sub("a", _DIGITS.sub("1", line.enum)).replace(" ", "")
    if dashed and line.bullet in ("-", "*"):
        return ""
    return f"bullet{line.bullet[-1]}" if line.bullet else ""


def _bare_number(mark: str) -> str:
    if mark in _CIRCLED:
        return str(_CIRCLED.index(mark) + 1)
    return mark.strip("().、 ")


def _value(line: Line) -> int:
    return _bare_value(_bare_number(line.enum)) if line.enum else 0


def _bare_value(number: str | None) -> int:
    """1 for ``1`` and ``a``, 0 for what does not count."""
    if number and number.isdigit():
        return int(number)
    return ord(number.lower()) - 96 if number and len(number) == 1 and number.isascii() and number.isalpha() else 0


def _found(shown: Iterator[Line], text: str) -> Lines | None:
    return next((line.lines for line in shown if line.text in text or line.plain in text or line.plain.startswith(text)), None)
