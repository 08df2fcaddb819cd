"""Cuts an XML export into its entries while it streams: each entry is parsed alone, so that a broken one costs no other.

No entity is expanded beyond the five of XML, no document type is fetched, nothing is asked of a network. A file that declares entities
is refused, and so is an entry above ``ENTRY_LIMIT`` bytes. A tag within a comment or a CDATA section is text. Line numbers count the
lines of the file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final, Literal

from lxml import etree

from review.model.record import Lines, Problem, ProblemCode
from review.records.formats import Refusal
from review.records.source import Source

ENTRY_LIMIT: Final = 16 * 1024 * 1024
_OUTSIDE_LIMIT: Final = 1024 * 1024  # what is held of the text between two entries
_ENCODING: Final = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_SPECIAL: Final = re.compile(rb"<!(?:(--)|(\[CDATA\[)|(ENTITY\b))")
_LONGEST: Final = 12  # bytes of a special sign, or of what stands before and behind a name: the end of a chunk may cut them
_TAG_END: Final = 64  # blanks that may stand between the name of an end tag and its >
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_TAG: Final = re.compile(r"<[^<>]*>")
_SET_APART: Final = re.compile(r"<!(?:(--)|\[CDATA\[)")
# what the repairing parser would drop: signs that are no markup, and characters that XML has not
_STRAY: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_NO_TAG: Final = re.compile(r"<(?![A-Za-z_:/!?])")
_NO_CHARACTER: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NO_REFERENCE: Final = re.compile(r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]|d[89a-f]..)|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.I)
_UNDECLARED_PREFIX: Final = 201  # libxml2's number for it
_TOO_LARGE: Final = "XML_PARSE_HUGE"  # what its messages name where a limit of the parser is met
_AS_CP1252: Final = "review-cp1252"

_Kind = Literal["whole", "open", "outside", "entity"]  # an entry with its end, one without, text between entries, <!ENTITY there


@dataclass(frozen=True, slots=True)
class XmlEntry:
    """One entry: its element, its own text as it stands in the file, its lines in the file, and what had to be repaired."""

    element: etree._Element
    text: str
    lines: Lines
    problems: tuple[Problem, ...] = ()

    def lines_of(self, element: etree._Element) -> Lines:
        """The first and last line in the file of what stands within *element*."""
        begin, end = self.lines
        if begin == end:
            return self.lines
        first = last = begin + (element.sourceline or 1) - 1
        while len(element):
            element = element[-1]
            last = begin + (element.sourceline or 1) - 1
            last += (element.tail or "").rstrip().count("\n")
        if (text := element.text) and "\n" in text:
            last += text.count("\n")
        return (first, last) if last <= end else (min(first, end), end)


def xml_entries(source: Source, *names: str) -> Iterator[XmlEntry | Refusal | Problem]:
    """Every element called one of *names* (never one within another of them), a Refusal for each that cannot be read."""
    stray: list[tuple[int, str]] = []  # words between entries: their line, and the first of them
    for kind, line, data in _pieces(source.utf8(_declared_encoding(source)), names):
        if kind == "entity":
            note = "the file declares entities of its own, which may hide or multiply text; export it without them"
            yield Refusal(source.name, note, line)
            return
        if kind == "outside":
            if words := _words(data):
                stray.append((line, words))
        elif len(data) > ENTRY_LIMIT:
            yield Refusal(source.name, f"one entry holds more than {ENTRY_LIMIT // 1024**2} MiB", line)
        else:
            yield _entry(source, names, line, data, kind == "whole")
    if stray:
        more = f", and so in {len(stray) - 1:,} more places" if len(stray) > 1 else ""
        note = f"text outside of the entries was passed over: '{stray[0][1]}'{more}"
        yield Problem(code=ProblemCode.TEXT_OUTSIDE_RECORDS, message=note, lines=(stray[0][0], stray[0][0]))


def marks_of(source: Source, *names: str) -> int:
    """How often the end tag of one of *names* stands in the file: the reader begins its entries by another sign."""
    pattern, reach = _names(names)
    found, held = 0, b""
    for chunk in chain(source.utf8(_declared_encoding(source)), (b"",)):
        held += chunk
        for sign, at, _ in _signs(held, 0, pattern, reach, ended=not chunk):
            found += sign == "end"
            rest = at
        held = held[rest:]
    return found


def _names(names: tuple[str, ...]) -> tuple[re.Pattern[bytes], int]:
    """The pattern of a name as a tag has it, and how many bytes of one the end of a chunk may hold."""
    begin = names[0]  # what all begin with: put before the alternatives, it is found fast
    while not all(name.startswith(begin) for name in names):
        begin = begin[:-1]
    ends = b"|".join(name.removeprefix(begin).encode() for name in names)
    return re.compile(b"%b(?:%b)(?=[\\s/>])" % (begin.encode(), ends)), max(map(len, names)) + _LONGEST


def _pieces(chunks: Iterator[bytes], names: tuple[str, ...]) -> Iterator[tuple[_Kind, int, bytes]]:
    """(kind, first line, bytes) of each entry and of what stands between entries; of what is too long, its beginning."""
    pattern, reach = _names(names)
    held, start, at, line = b"", 0, 0, 1  # *held* is not given out from *start*, which is in *line*, and not looked through from *at*
    within = over = False  # whether an entry begins at *start*; whether an entry that was too long goes on there
    for chunk in chain(chunks, (b"",)):
        held, at, start = held[start:] + chunk, at - start, 0
        for sign, begin, end in _signs(held, at, pattern, reach, ended=not chunk):
            stop = end if sign == "end" else begin
            if sign == "rest":
                at = begin
            elif sign == "entity":
                if not within:
                    yield "entity", line + held.count(b"\n", start, begin), b""
            elif sign == "begin" or within:
                if stop > start and not over:
                    yield ("outside" if not within else "open" if sign == "begin" else "whole"), line, held[start:stop]
                line += held.count(b"\n", start, stop)
                start, within, over = stop, sign == "begin", False
        if len(held) - start > (ENTRY_LIMIT if within else _OUTSIDE_LIMIT) and (within or at > start):
            stop = max(at, start + ENTRY_LIMIT + 1) if within else at
            if not over:
                yield ("open" if within else "outside"), line, held[start:stop]
            line += held.count(b"\n", start, stop)
            start, at, over, within = stop, stop, within or over, False
    if held[start:] and not over:
        yield ("open" if within else "outside"), line, held[start:]


def _signs(held: bytes, at: int, pattern: re.Pattern[bytes], reach: int, *, ended: bool) -> Iterator[tuple[str, int, int]]:
    """(sign, begin, end) of each begin tag, end tag and <!ENTITY from *at* on, none within a comment or CDATA; last of all ('rest', from
    where the next chunk must be awaited). Of a begin tag only the name is looked at."""
    special, named = _SPECIAL.search(held, at), pattern.search(held, at)  # apart: each begins with letters that are found fast
    missing: set[bytes] = set()  # ends that are nowhere from here: looked for once
    while special or named:
        if special and (named is None or special.start() < named.start()):
            at = special.end()
            if special[3]:
                yield "entity", special.start(), at
            else:
                close = b"-->" if special[1] else b"]]>"
                found = -1 if close in missing else held.find(close, at)
                if found >= 0:
                    at = found + 3
                elif not ended and len(held) - at <= ENTRY_LIMIT:
                    yield "rest", special.start(), special.start()
                    return
                else:  # it never ends: taken for text
                    missing.add(close)
            if named and named.start() < at:
                named = pattern.search(held, at)
            special = _SPECIAL.search(held, at)
        elif named:
            at = named.end()
            before = held[max(named.start() - 2, 0) : named.start()]
            if before.endswith(b"<"):
                yield "begin", named.start() - 1, at
            elif before == b"</":
                close_at = held.find(b">", at, at + _TAG_END)
                if close_at < 0 and not ended and len(held) < at + _TAG_END:
                    yield "rest", named.start() - 2, named.start() - 2
                    return
                at = close_at + 1 or at
                yield "end", named.start() - 2, at
            named = pattern.search(held, at)
    rest = max(at, len(held) - reach)
    yield "rest", rest, rest


def _words(data: bytes) -> str:
    """The first words of what stands between entries; declarations, tags and comments are none."""
    text = _COMMENT.sub("", data[:4096].decode("utf-8", "replace"))
    words = _TAG.sub(" ", _TAG.sub(" ", text)).partition("<")[0]  # twice: a document type may hold declarations
    return " ".join(words.split())[:60] if re.search(r"\w", words) else ""


def _declared_encoding(source: Source) -> str | None:
    said = _ENCODING.match(source.beginning)
    return said[1].decode("ascii") if said else None


def _entry(source: Source, names: tuple[str, ...], line: int, data: bytes, closed: bool) -> XmlEntry | Refusal:
    lines = (line, line + data.count(b"\n"))
    problems: list[Problem] = []
    if not closed:
        problems.append(Problem(code=ProblemCode.MISSING_END, message="the entry has no end; what is whole was read", lines=lines))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors=_AS_CP1252)
        note = "bytes of this entry that are not UTF-8 were read as Windows-1252"
        problems.append(Problem(code=ProblemCode.DECODED_CP1252, message=note, lines=lines))
    element, fault = _parsed(text, closed)
    if _TOO_LARGE in fault:
        return Refusal(source.name, f"an entry <{names[0]}> that is nested too deeply or holds a value above 10 MB", line, text[:80])
    if fault:
        note = f"the markup of this entry is broken ({fault}); what could be read was read"
        problems.append(Problem(code=ProblemCode.REPAIRED, message=note, lines=lines))
    if element is None or element.tag not in names or not len(element):
        return Refusal(source.name, f"an entry <{names[0]}> without readable content", line, text[:80])
    return XmlEntry(element, text, lines, tuple(problems))


def _parsed(text: str, closed: bool) -> tuple[etree._Element | None, str]:
    """The element of *text*, None where there is none, and what is broken in it."""
    fault = ""
    if closed:
        try:
            return etree.fromstring(text.encode(), _parser(False)), ""
        except etree.XMLSyntaxError as error:
            fault = "" if error.code == _UNDECLARED_PREFIX else error.msg.split(", line")[0].strip() or "not readable"
    try:
        parser = _parser(True)
        element = etree.fromstring((_repaired(text) if fault or not closed else text).encode(), parser)
    except etree.XMLSyntaxError:  # not even a beginning
        return None, fault
    # a prefix that the file declares further up is no fault, but another may stand behind it
    faults = [entry.message.strip() for entry in parser.error_log if entry.type != _UNDECLARED_PREFIX]
    if large := next((one for one in faults if _TOO_LARGE in one), ""):
        return None, large
    return element, fault or (faults[0] if closed and faults else "")


def _repaired(text: str) -> str:
    """*text* with every sign that the parser would drop written so that it stays."""
    last = {"-->": text.rfind("-->"), "]]>": text.rfind("]]>")}
    parts, done = [], 0
    for opening in _SET_APART.finditer(text):
        close = "-->" if opening[1] else "]]>"
        if opening.start() < done:
            continue
        if opening.end() > last[close]:  # it never ends
            parts += [_readable(text[done : opening.start()]), "&lt;", opening.group()[1:]]
            done = opening.end()
            continue
        end = text.index(close, opening.end()) + 3
        parts += [_readable(text[done : opening.start()]), _NO_CHARACTER.sub("\ufffd", text[opening.start() : end])]
        done = end
    return "".join((*parts, _readable(text[done:])))


def _readable(text: str) -> str:
    text = _NO_REFERENCE.sub("\ufffd", _NO_CHARACTER.sub("\ufffd", text))
    return _NO_TAG.sub("&lt;", _STRAY.sub("&amp;", text))


@cache
def _parser(recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover, remove_comments=True, remove_pis=True
    )


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Reads the bytes that are not UTF-8 as Windows-1252, and no others."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(_AS_CP1252, _as_windows)
