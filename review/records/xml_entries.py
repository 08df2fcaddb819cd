"""Cuts an XML export into its entries while it streams: each entry is parsed alone, so that a broken one costs no other.

No entity is expanded beyond the five of XML, no document type is fetched, nothing is asked of a network; an entry above
``ENTRY_LIMIT`` bytes is refused. Line numbers count the lines of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from lxml import etree

from review.model.record import Lines, Problem, ProblemCode
from review.records.formats import Refusal
from review.records.source import Source

ENTRY_LIMIT: Final = 16 * 1024 * 1024
_MAX_DEPTH: Final = 100
_DECLARED: Final = re.compile(rb"<!ENTITY\b")
_ENCODING: Final = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_STRAY: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")


@dataclass(frozen=True)
class XmlEntry:
    """One entry: its element, its own text as it stands in the file, its lines in the file, and what had to be repaired."""

    element: etree._Element
    text: str
    lines: Lines
    problems: tuple[Problem, ...] = ()

    def lines_of(self, element: etree._Element) -> Lines:
        """The first and last line in the file of what stands within *element*."""
        first = self.lines[0] + (element.sourceline or 1) - 1
        texts = (text for part in element.iter() for text in (part.text, part.tail if part is not element else None) if text)
        inside = sum(text.count("\n") for text in texts)
        return first, min(first + inside, self.lines[1])


def xml_entries(source: Source, name: str) -> Iterator[XmlEntry | Refusal | Problem]:
    """Every element called *name* (never one within another of that name), a Refusal for each that cannot be read."""
    if _DECLARED.search(source.beginning):
        yield Refusal(source.name, "the file declares entities of its own, which may hide or multiply text; export it without them", 1)
        return
    for start, data, closed in _cut(source, name):
        lines = (start, start + data.count(b"\n"))
        if len(data) > ENTRY_LIMIT:
            yield Refusal(source.name, f"one entry holds more than {ENTRY_LIMIT // 1024**2} MiB", start)
            continue
        yield _entry(source, name, data, lines, closed)


def marks_of(source: Source, name: str) -> int:
    """How often ``</name>`` stands in the file: the reader begins its entries by another sign."""
    end, found, rest = re.compile(rf"</{name}\s*>".encode()), 0, b""
    for chunk in source.utf8(_declared_encoding(source)):
        held, at = rest + chunk, 0
        for match in end.finditer(held):
            found, at = found + 1, match.end()
        rest = held[max(at, len(held) - len(name) - 16) :]
    return found


def _cut(source: Source, name: str) -> Iterator[tuple[int, bytes, bool]]:
    """(first line, bytes, whether its end tag is there) of each entry."""
    tag = re.compile(rf"<(/?){name}(?=[\s/>])".encode())
    held, line = b"", 1  # what is not dealt with yet, and the line on which it begins
    within, seek = False, 0  # whether an entry begins where *held* does, and from where tags are looked for
    for chunk in source.utf8(_declared_encoding(source)):
        held += chunk
        done = 0
        for found in tag.finditer(held, seek):
            stop = found.start()
            if found[1]:
                close = held.find(b">", found.end())
                if close < 0:  # the next chunk has it
                    break
                stop = close + 1
            if within:
                yield line, held[done:stop], bool(found[1])
            line += held.count(b"\n", done, stop)
            done, within = stop, not found[1]
        else:
            if within and len(held) - done > ENTRY_LIMIT:
                yield line, held[done : done + ENTRY_LIMIT + 1], False
                within = False
        keep = done if within else max(done, len(held) - len(name) - 2)
        line += held.count(b"\n", done, keep)
        held = held[keep:]
        seek = max(1, len(held) - 4096) if within else 0
    if within:
        yield line, held, False


def _declared_encoding(source: Source) -> str | None:
    said = _ENCODING.match(source.beginning)
    return said[1].decode("ascii") if said else None


def _entry(source: Source, name: str, data: bytes, lines: Lines, closed: bool) -> XmlEntry | Refusal:
    problems: list[Problem] = []
    if not closed:
        problems.append(Problem(code=ProblemCode.MISSING_END, message="the entry has no end; what is whole was read", lines=lines))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        note = "the bytes of this entry are not UTF-8; they were read as Windows-1252"
        problems.append(Problem(code=ProblemCode.DECODED_CP1252, message=note, lines=lines))
    try:
        element = etree.fromstring(text.encode(), _parser(False)) if closed else None
    except etree.XMLSyntaxError as error:
        element = None
        note = f"the markup of this entry is broken ({str(error).split(', line')[0]}); what could be read was read"
        problems.append(Problem(code=ProblemCode.REPAIRED, message=note, lines=lines))
    if element is None:
        try:
            element = etree.fromstring(_STRAY.sub("&amp;", text).encode(), _parser(True))
        except etree.XMLSyntaxError:  # not even a beginning
            element = None
    if element is None or element.tag != name or not len(element):
        return Refusal(source.name, f"an entry <{name}> without readable content", lines[0], text[:80])
    if _depth(element) > _MAX_DEPTH:
        return Refusal(source.name, f"an entry <{name}> whose elements are nested more than {_MAX_DEPTH} deep", lines[0])
    return XmlEntry(element, text, lines, tuple(problems))


@cache
def _parser(recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover, remove_comments=True, remove_pis=True
    )


def _depth(element: etree._Element) -> int:
    deepest, level = 0, 0
    for event, _ in etree.iterwalk(element, events=("start", "end")):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
    return deepest
