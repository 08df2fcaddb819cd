"""Cuts files of tagged lines into entries and their values (RIS, MEDLINE, Web of Science, Ovid, RefWorks, EndNote); guesses no value.

What a dialect looks like is data (``Dialect``): how a tag line is written, what begins and ends an entry, how a value goes on. A file
that departs from it is read all the same, and every repair is a remark with its lines: a line that has lost its tag, a tag that is
written otherwise, an entry without its beginning or its end, and text outside of the entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from review.model.record import Lines, Problem, ProblemCode
from review.records.build import Context, Repeats
from review.records.citation import Value, article
from review.records.formats import Item, Refusal
from review.records.source import LineStream, Source

ENTRY_LIMIT: Final = 16 * 1024 * 1024  # characters; the longest entries met, with thousands of authors, hold a quarter of a million
_WRAPPED: Final = range(55, 121)  # the lengths of lines that a program broke, rather than a person who ended a paragraph
_SENTENCE_END: Final = re.compile(r"[.?!:;。）)\]\"'\u201d\u2019]\s*$")
_MANY: Final = 10_000  # lines behind an empty line that are held back until it is clear to what they belong
_ORDINARY, _BEGINS, _ENDS, _AROUND = range(4)


@dataclass(frozen=True)
class Dialect:
    """How one kind of tagged file is written.

    ``line`` matches an ordinary tag line and has two groups, tag and value; ``loose`` matches one that is written otherwise, with the
    groups lead, tag, gap and value. An entry begins with a tag of ``begins`` (one of ``once`` only where the entry has one already), with
    one of ``after_blank`` behind an empty line, or behind a line that ``opening`` matches; it ends with a tag of ``ends``. ``around`` are
    tags of the file itself. ``texts`` are tags of running text, in which a line may look like a tag by chance. Of the tags of ``each``
    every further line is a value of its own. ``indent`` matches how a line must begin that goes on (None: any line without a tag goes on,
    and each is remarked on). ``furniture`` matches what programs print between entries; ``kinds`` are the values with which a loosely
    written beginning is one. Without its beginning an entry counts as one only where a tag of ``titles`` stands. ``wrapped``: the
    program itself breaks long lines, and a line that goes on is no repair.
    """

    known: frozenset[str]
    line: re.Pattern[str]
    begins: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    after_blank: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    each: frozenset[str] = frozenset()
    opening: re.Pattern[str] | None = None
    loose: re.Pattern[str] | None = None
    indent: re.Pattern[str] | None = None
    furniture: re.Pattern[str] | None = None
    kinds: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    wrapped: bool = False


class Entry:
    """One entry while its lines come in: its rows as they stand, the values among them, and where something had to be repaired."""

    def __init__(self, first: int, *, begun: bool = True) -> None:
        self.first, self.begun = first, begun  # begun: with the tag that begins an entry
        self.closed = False  # with the tag that ends one
        self.rows: list[str] = []
        self.opened: list[Value] = []  # each as its first line has it
        self.further: dict[int, list[tuple[str, int]]] = {}  # the further lines of values, by the place of the value in ``opened``
        self.size = 0
        self.last = first
        self.faults: dict[str, list[int]] = {}
        self.styles: set[tuple[str, ...]] = set()  # how its tags were written otherwise so far
        self.refusal = ""
        self.encoding = "utf-8"

    def open(self, tag: str, text: str, number: int, line: str) -> None:
        """A new value begins."""
        self.opened.append(Value(tag, text, (number, number)))
        self.rows.append(line)
        self.last = number
        self.size += len(line)
        if self.size > ENTRY_LIMIT:
            self._refuse()

    def go_on(self, text: str, number: int, line: str) -> None:
        """The last value goes on."""
        self.further.setdefault(len(self.opened) - 1, []).append((text, number))
        self.rows.append(line)
        self.last = number
        self.size += len(line)
        if self.size > ENTRY_LIMIT:
            self._refuse()

    @property
    def tag(self) -> str:
        """The tag whose value may go on; none before the first."""
        return self.opened[-1].tag if self.opened else ""

    @property
    def so_far(self) -> str:
        """The last line of the value that may go on."""
        further = self.further.get(len(self.opened) - 1)
        return further[-1][0] if further else self.opened[-1].text

    def has(self, tag: str) -> bool:
        """Whether a value has this tag."""
        return any(value.tag == tag for value in self.opened)

    def fault(self, kind: str, number: int) -> None:
        """Something was repaired on this line."""
        self.faults.setdefault(kind, []).append(number)

    def values(self, *, wrapped: bool = False) -> list[Value]:
        """The values in the order of the file; *wrapped*: a further line is no paragraph of its own."""
        for place, further in self.further.items():
            tag, text, lines = self.opened[place]
            whole = _joined([text, *(more for more, _ in further)], wrapped=wrapped)
            self.opened[place] = Value(tag, whole, (lines[0], further[-1][1]) if lines else None)
        self.further = {}
        return self.opened

    def _refuse(self) -> None:
        self.refusal = f"one entry holds more than {ENTRY_LIMIT // 1024**2} MiB"
        del self.opened[1:], self.rows[1:]
        self.further.clear()
        self.faults.clear()


def _joined(parts: list[str], *, wrapped: bool) -> str:
    """A value of several lines: broken lines are put together again, paragraphs stay apart."""
    pieces = [parts[0].rstrip()]
    for before, part in pairwise(parts):
        broken = len(before) < _WRAPPED.stop if wrapped else len(before) in _WRAPPED and not before.endswith((".", ":"))
        pieces += (" " if broken else "\n") if pieces[-1] else "", part.strip()
    return "".join(pieces)


class Cutter:
    """Takes the lines of a file one after the other and gives the entries, each as soon as it is whole."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.entry: Entry | None = None
        self.blank = True  # whether an empty line stands before
        self.outside: tuple[int, str] | None = None  # the first line outside of entries
        self.outside_count = 0
        self._pending: list[tuple[int, str]] = []  # text behind an empty line: of this entry only if another tag of it follows
        self._kinds = {
            **dict.fromkeys(dialect.known, _ORDINARY),
            **dict.fromkeys(dialect.begins | dialect.once, _BEGINS),
            **dict.fromkeys(dialect.ends, _ENDS),
            **dict.fromkeys(dialect.around, _AROUND),
        }

    def whole(self, lines: Iterable[tuple[int, str]]) -> Iterator[Entry]:
        """The entries of *lines*, each as soon as it is whole."""
        match, kinds, after_blank = self.dialect.line.match, self._kinds, self.dialect.after_blank
        for number, line in lines:
            found = match(line)
            if found is None:
                whole = self._untagged(number, line)
            else:
                tag, text = found.groups()
                kind, entry = kinds.get(tag), self.entry
                if kind == _ORDINARY and entry is not None and not self._pending and not (self.blank and tag in after_blank):
                    entry.open(tag, text or "", number, line)
                    self.blank = False
                    continue
                whole = self._unusual(kind, tag, text or "", number, line)
            if whole is not None:
                yield whole
        if (last := self._finish()) is not None:
            yield last

    def _unusual(self, kind: int | None, tag: str, text: str, number: int, line: str) -> Entry | None:
        """A tag line that may begin or end an entry, or be no tag at all; gives the entry that is whole now, if one is."""
        if kind is None and (self.entry is None or self._within_sentence(self.entry)):
            return self._text(number, line, "like a tag")
        return self._tagged(kind, tag, text, number, line)

    def _finish(self) -> Entry | None:
        """The entry that the file ends with, if it ends within one."""
        self._settle(of_entry=False)
        entry, self.entry = self.entry, None
        return entry

    def _tagged(self, kind: int | None, tag: str, text: str, number: int, line: str) -> Entry | None:
        after_blank, self.blank = self.blank, False
        begins = self._begins(kind, tag, after_blank)
        self._settle(of_entry=not begins and kind != _AROUND)
        if kind == _AROUND:
            return self._finish()
        if kind == _ENDS:
            if self.entry is None:
                self._outside(number, line)
                return None
            self.entry.closed = True
            if text.strip():
                self.entry.open(tag, text, number, line)
            return self._finish()
        whole: Entry | None = None
        if self.entry is None or (begins and self.entry.tag):  # without a tag only its opening line came so far
            whole, self.entry = self._finish(), Entry(number, begun=begins)
        self.entry.open(tag, text, number, line)
        return whole

    def _begins(self, kind: int | None, tag: str, after_blank: bool) -> bool:
        """Whether this tag begins an entry here."""
        if tag in self.dialect.begins or (after_blank and tag in self.dialect.after_blank):
            return True
        return tag in self.dialect.once and (self.entry is None or self.entry.has(tag))

    def _settle(self, *, of_entry: bool) -> None:
        """What stood behind an empty line belongs to the last value of the entry, or to none."""
        pending, self._pending = self._pending, []
        for number, line in pending:
            if of_entry and self.entry is not None:
                self._goes_on(self.entry, line, number, "joined")
            else:
                self._outside(number, line)

    def _untagged(self, number: int, line: str) -> Entry | None:
        dialect = self.dialect
        if not line or line.isspace():
            self.blank = True
            return None
        if dialect.opening and dialect.opening.match(line):
            whole, self.entry, self.blank = self._finish(), Entry(number), False
            return whole
        if dialect.loose and (found := dialect.loose.match(line)):
            read = self._loosely(found, number, line)
            if read is not None:
                return read or None
        if line.strip().upper() in dialect.ends and self.entry is not None:
            self.entry.fault("tag", number)
            return self._tagged(_ENDS, line.strip().upper(), "", number, line)
        return self._text(number, line, "joined")

    def _loosely(self, found: re.Match[str], number: int, line: str) -> Entry | bool | None:
        """What a tag line gives that is written otherwise; None where it is text after all, False where no entry is whole yet."""
        tag, gap, text = found["tag"].upper(), found["gap"], found["value"]
        kind, entry, value = self._kinds.get(tag), self.entry, text.strip()
        glued = bool(value) and text[:1] == value[:1]
        style = (found["lead"], gap, "glued" if glued else "", "small" if found["tag"] != tag else "")
        if kind == _BEGINS:
            if value.upper() not in self.dialect.kinds and value:
                return None
        elif entry is None or (kind == _ENDS and value):
            return None
        elif kind != _ENDS and style not in entry.styles:
            apart = gap.strip("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212") or not glued
            if kind is None or not apart or self._within_sentence(entry) or (entry.tag == tag and tag in self.dialect.texts):
                if kind is not None and apart:
                    self._text(number, line, "like a tag")
                    return False
                return None
        elif kind is None and self._within_sentence(entry):
            return None
        whole = self._tagged(kind, tag, value, number, line)
        written = self.entry if self.entry is not None else whole
        if written is not None:
            written.fault("tag", number)
            written.styles.add(style)
        return whole or False

    def _within_sentence(self, entry: Entry) -> bool:
        """Whether running text is being read that has not ended: a line may look like a tag there by chance."""
        return entry.tag in self.dialect.texts and bool(entry.so_far.strip()) and not _SENTENCE_END.search(entry.so_far)

    def _text(self, number: int, line: str, fault: str) -> Entry | None:
        entry, dialect = self.entry, self.dialect
        if entry is None or not entry.tag:
            self._outside(number, line)
        elif not self._pending and dialect.indent is not None and (found := dialect.indent.match(line)):
            self._goes_on(entry, line[found.end() :], number, "")
        elif self.blank or self._pending:
            if dialect.furniture and dialect.furniture.match(line):
                self._outside(number, line)
                return None  # what comes next is still behind an empty line
            self._pending.append((number, line))
            if len(self._pending) > _MANY:
                self._settle(of_entry=False)
        else:
            self._goes_on(entry, line, number, fault)
        self.blank = False
        return None

    def _goes_on(self, entry: Entry, line: str, number: int, fault: str) -> None:
        if fault:
            entry.fault(fault, number)
        if entry.tag in self.dialect.each:
            entry.open(entry.tag, line.strip(), number, line)
        else:
            entry.go_on(line.strip(), number, line)

    def _outside(self, number: int, line: str) -> None:
        self.outside_count += 1
        if self.outside is None:
            self.outside = (number, line.strip()[:80])


def entries_of(source: Source, dialect: Dialect) -> Iterator[Entry | Problem]:
    """The entries of *source*, one after the other; at the end the remarks on the file."""
    stream, cutter = source.lines(), Cutter(dialect)
    for whole in cutter.whole(stream):
        _note_stream(whole, stream, source)
        yield whole
    yield from _file_remarks(stream, cutter)


def read_tagged(
    source: Source,
    context: Context,
    dialect: Dialect,
    name: str,
    fields: Mapping[str, str],
    types: Mapping[str, str],
    prepare: Callable[[list[Value]], Iterable[Value]] = list,
) -> Iterator[Item]:
    """The records of a tagged file. *fields* and *types* are those of ``article``; *prepare* may rename tags by what stands in an entry."""
    repeats = Repeats()
    index = -1
    for item in entries_of(source, dialect):
        if isinstance(item, Problem):
            yield item
            continue
        index += 1
        values = item.values(wrapped=dialect.wrapped)
        reason = item.refusal or _unfit(item, values, dialect)
        if reason:
            yield Refusal(source.name, reason, item.first, item.rows[0][:80] if item.rows else "")
            continue
        draft = article(prepare(values), fields, types)
        for code, message, lines in _repairs(item, dialect):
            draft.problem(code, None, message, lines)
        draft.note(record_index=index, raw_span=(item.first, item.last), encoding=item.encoding)
        own = "\n".join(item.rows)
        yield draft.finish(source_format=name, context=context, entry=own, n=repeats.count(own))


def _note_stream(entry: Entry, stream: LineStream, source: Source) -> None:
    entry.encoding = "cp1252" if stream.as_cp1252 and stream.as_cp1252[0] <= entry.last else source.encoding
    if stream.has_long((entry.first, entry.last)):
        entry.refusal = "one of its lines is longer than any text that a person wrote (over 4 MiB)"


def _unfit(entry: Entry, values: list[Value], dialect: Dialect) -> str:
    """Why an entry is none, or nothing."""
    if not any(v.text and not v.text.isspace() for v in reversed(values) if v.tag not in dialect.begins):
        return "the entry holds no value"
    if not entry.begun and not any(v.tag in dialect.titles and v.text.strip() for v in values):
        return f"tagged lines without the beginning of an entry ({', '.join(sorted(dialect.begins | dialect.once))}) and without a title"
    return ""


def _repairs(entry: Entry, dialect: Dialect) -> Iterator[tuple[ProblemCode, str, Lines]]:
    said = {
        "tag": (ProblemCode.MALFORMED_TAG, "a tag is not written as this format has it, and was read all the same"),
        "joined": (ProblemCode.CONTINUATION_JOINED, "a line without a tag was taken for more of the value before it"),
        "like a tag": (ProblemCode.CONTINUATION_JOINED, "a line looks like a tag, and was read as text amid a sentence"),
    }
    if not entry.begun:
        note = f"the entry does not begin with its tag ({', '.join(sorted(dialect.begins | dialect.once))})"
        yield ProblemCode.MISSING_START, note, (entry.first, entry.first)
    for kind, numbers in entry.faults.items():
        code, words = said[kind]
        listed = ", ".join(map(str, numbers[:10])) + (" …" if len(numbers) > 10 else "")
        where = f"line {listed}" if len(numbers) == 1 else f"{len(numbers):,} lines: {listed}"
        yield code, f"{words} ({where})", (numbers[0], numbers[-1])
    if dialect.ends and not entry.closed:
        note = f"the end of the entry ({', '.join(sorted(dialect.ends))}) is missing; what stands before the next one was read"
        yield ProblemCode.MISSING_END, note, (entry.last, entry.last)


def _file_remarks(stream: LineStream, cutter: Cutter) -> Iterator[Problem]:
    yield from stream.problems()
    if cutter.outside:
        number, text = cutter.outside
        lines = "1 line" if cutter.outside_count == 1 else f"{cutter.outside_count:,} lines"
        note = f"{lines} outside of the entries passed over; the first is {text!r}"
        yield Problem(code=ProblemCode.TEXT_OUTSIDE_RECORDS, message=note, lines=(number, number))
