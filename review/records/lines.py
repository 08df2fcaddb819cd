"""The line model: every page, text or HTML, becomes numbered lines with list marks, depth and heading level.

Formats read these lines and nothing else, so a page that was saved as HTML and one that was copied as text go through
the same parser. Lines end at CR, LF and CRLF only; other separators (U+2028, VT, NEL) are part of a line.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from review.model.record import Lines, Problem, ProblemCode
from review.text import fold_blanks, unescape_markdown

_NEWLINE = re.compile(r"\r\n|\r|\n")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|h[1-6]|div|main|article|section)[\s>]", re.I)
_SIGNS = "•◦▪▫‣●○∙■□➢➤✓"
_BULLET = re.compile(rf"(?:[-*+·–—o](?=\s)|-(?=[A-Za-z])|[{_SIGNS}])\s*")
# A capital with a full stop is no list mark here: 'C. difficile' is a name. Criteria accept 'A.' where a 'B.' follows.
_ENUM = re.compile(
    r"(?:\(\s*(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})\s*\)\s*"
    r"|(?:\d{1,3}|[a-z]|[ivx]{1,5}|[IVX]{2,5})\.(?=\s|$)\s*"
    r"|(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})\)(?=\s|$)\s*"
    r"|\d{1,3}[.)](?=[^\s\d.)])\s*|\d{1,3}、\s*|[①-⑳]\s*)"
)
_MARK_END = re.compile(r"[.)、]")
_HEADING = re.compile(r"(#{1,6})\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of ``Line.plain`` that HTML marked: ``sup``, ``sub``, ``link`` (with its address), ``element``."""

    kind: str
    start: int
    end: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page.

    ``raw`` is the line as it stands, ``plain`` the same with blanks folded and Markdown escapes undone, ``text`` the plain
    text after the list marks, ``marker`` those marks as printed (``• 1.``), ``bullet`` and ``enum`` its two halves,
    ``depth`` how deep in a list (0: not in one), ``level`` the heading level 1 to 6 (0: not known to be one).
    """

    number: int
    raw: str
    plain: str
    text: str
    marker: str = ""
    bullet: str = ""
    enum: str = ""
    indent: int = 0
    depth: int = 0
    level: int = 0
    ident: str = ""
    spans: tuple[Span, ...] = ()

    @property
    def blank(self) -> bool:
        """True when the line shows nothing."""
        return not self.plain

    @property
    def lines(self) -> Lines:
        """This line as a span of lines."""
        return (self.number, self.number)

    @property
    def href(self) -> str:
        """The address of the first link of the line, or nothing."""
        return next((s.href for s in self.spans if s.kind == "link" and s.href), "")

    @property
    def chips(self) -> tuple[str, ...]:
        """The texts of inline HTML elements that together are the whole line, as where a site sets each value in a box."""
        parts = sorted({(s.start, s.end) for s in self.spans if s.kind in ("element", "link")})
        outer = [p for p in parts if not any(q != p and q[0] <= p[0] and p[1] <= q[1] for q in parts)]
        texts = [self.plain[start:end].strip() for start, end in outer]
        rest = self.plain
        for text in texts:
            rest = rest.replace(text, "", 1)
        return tuple(t for t in texts if t) if len(texts) > 1 and not rest.strip(" ,;|·•") else ()

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of a ``| a | b |`` table row; none when the line is no such row."""
        bare = self.plain
        if not bare.startswith("|") or len(bare) < 2:
            return ()
        return tuple(cell.strip() for cell in bare.strip("|").split("|"))


def make_line(number: int, raw: str, *, depth: int = 0, level: int = 0, ident: str = "", spans: tuple[Span, ...] = ()) -> Line:
    """The line that *raw* is: marks, depth and text are read from it; what HTML knows already may be given."""
    folded = fold_blanks(raw)
    plain = unescape_markdown(folded)
    if spans and plain != folded:
        spans = tuple(Span(s.kind, *(len(unescape_markdown(folded[:at])) for at in (s.start, s.end)), s.href) for s in spans)
    rest, bullet, indent = plain, "", len(raw) - len(raw.lstrip(" \t"))
    heading = _HEADING.match(rest)
    if heading and not level:
        level, rest = len(heading.group(1)), rest[heading.end() :]
        plain = rest
    if rest[:2].isalpha() and not _MARK_END.search(rest, 1, 7):  # a plain word begins the line: most lines end here
        return Line(number, raw, plain, rest, "", "", "", indent, depth, level, ident, spans)
    count = 0
    while found := _BULLET.match(rest):
        bullet += found.group().strip()
        rest, count = rest[found.end() :], count + 1
        if not rest or count == 3:
            break
    if rest == "" and bullet in ("-", "*", "+", "o", "–", "—", "·"):
        rest, bullet, count = plain, "", 0
    enum = ""
    if found := _ENUM.match(rest):
        if found.end() < len(rest):
            enum, rest = found.group().strip(), rest[found.end() :]
    listed = bool(bullet or (enum and indent))
    if not depth and listed:
        depth = 1 + (indent // 4 if indent else 0)
    marker = " ".join(m for m in (bullet, enum) if m)
    return Line(number, raw, plain, rest, marker, bullet, enum, indent, depth, level, ident, spans)


@dataclass(frozen=True)
class Element:
    """An HTML element with an id: its text and the lines of the flattened page that it covers."""

    ident: str
    text: str
    lines: Lines


@dataclass(frozen=True)
class Page:
    """A decoded page. ``bytes`` is its size, ``lines`` hold blank lines too, ``urls`` the addresses that an HTML page gives itself."""

    lines: tuple[Line, ...]
    encoding: str
    newline: str
    sha256: str
    bytes: int
    is_html: bool = False
    title: str = ""
    language: str = ""
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    urls: tuple[str, ...] = ()
    json_ld: tuple[Mapping[str, Any], ...] = ()
    elements: tuple[Element, ...] = ()
    problems: tuple[Problem, ...] = ()

    @cached_property
    def flat(self) -> str:
        """The whole text, one line each: what the numbers in provenance point into."""
        return "\n".join(line.raw for line in self.lines)

    @cached_property
    def filled(self) -> tuple[Line, ...]:
        """The lines that show something."""
        return tuple(line for line in self.lines if line.plain)

    def by_id(self, suffix: str) -> tuple[Element, ...]:
        """The HTML elements whose id ends with *suffix*, in page order."""
        return tuple(e for e in self.elements if e.ident.endswith(suffix))

    def first_meta(self, name: str) -> str | None:
        """The first value of the ``<meta>`` called *name* (name or property, any case)."""
        values = self.meta.get(name.lower(), ())
        return values[0] if values else None


def decode(data: bytes) -> tuple[str, str, tuple[Problem, ...]]:
    """(text, encoding, problems) of *data*: byte order mark, then UTF-8, then cp1252 with a problem. Never raises."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            text = data[len(mark) :].decode(name, errors="replace")
            return text, name, _lost(text, name) if "\ufffd" in text else ()
    try:
        return data.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" and len(data) - error.start < 4
    if cut:  # a file that was cut inside its last character is still UTF-8
        whole = data.decode("utf-8", errors="replace")
        note = Problem(code=ProblemCode.CUT_OFF, message="the file ends inside a character; what is whole was read as UTF-8")
        return whole.rstrip("\ufffd"), "utf-8", (note,)
    text = data.decode("cp1252", errors="replace")
    note = Problem(code=ProblemCode.DECODED_CP1252, message="the bytes are not UTF-8; they were read as Windows-1252")
    return text, "cp1252", (note, *_lost(text, "cp1252")) if "\ufffd" in text else (note,)


def _lost(text: str, name: str) -> tuple[Problem, ...]:
    lost = text.count("\ufffd")
    return (Problem(code=ProblemCode.DECODED_WITH_LOSS, message=f"{lost} characters could not be read as {name}"),)


def newline_of(text: str) -> str:
    """``LF``, ``CRLF``, ``CR``, ``mixed`` or ``none``."""
    kinds = {m.group() for m in _NEWLINE.finditer(text)}
    if len(kinds) > 1:
        return "mixed"
    return {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}[kinds.pop()] if kinds else "none"


def split_lines(text: str) -> list[str]:
    """*text* at CR, LF and CRLF; a line end at the very end opens no further line."""
    parts = _NEWLINE.split(text)
    if parts and parts[-1] == "":
        parts.pop()
    return parts


def page_from_bytes(data: bytes) -> Page:
    """The page that *data* holds, text or HTML. Any bytes give a page; what could not be read is in its problems."""
    text, encoding, problems = decode(data)
    digest = hashlib.sha256(data).hexdigest()
    if _HTML.search(data[:20_000]) if encoding != "utf-16-le" else "<html" in text[:20_000].lower():
        from review.records.html_lines import html_page  # lxml is loaded for HTML only

        return html_page(data, text, encoding=encoding, newline=newline_of(text), sha256=digest, problems=problems)
    lines = tuple(make_line(n, raw) for n, raw in enumerate(split_lines(text), start=1))
    return Page(lines, encoding, newline_of(text), digest, len(data), problems=problems + lost_characters(lines))


def page_from_text(text: str) -> Page:
    """A page of *text* alone, as for tests and for text that a person pasted."""
    return page_from_bytes(text.encode("utf-8"))


def lost_characters(lines: Sequence[Line]) -> tuple[Problem, ...]:
    """One problem for each line that holds the replacement character, the trace of an earlier bad decoding."""
    return tuple(
        Problem(code=ProblemCode.LOST_CHARACTER, message="a character was lost before this file was made", lines=line.lines)
        for line in lines
        if "\ufffd" in line.plain
    )


def span_of(lines: Iterable[Line | Lines]) -> Lines:
    """The first and last line number of *lines* (lines or spans), which must not be empty."""
    spans = [item.lines if isinstance(item, Line) else item for item in lines]
    return (min(s[0] for s in spans), max(s[1] for s in spans))


def stretches(starts: Sequence[int], end: int) -> Iterator[tuple[int, int]]:
    """Each start with where its stretch ends: at the next start, the last one at *end*."""
    for n, start in enumerate(starts):
        yield start, starts[n + 1] if n + 1 < len(starts) else end


def joined(lines: Iterable[Line]) -> str:
    """The plain text of *lines* with one blank between them."""
    return " ".join(line.plain for line in lines if line.plain)


def paragraphs(lines: Sequence[Line]) -> str:
    """Running text: paragraphs joined by a blank line, list items by a newline with their mark (``•`` for any bullet).

    In text with blank lines, lines that stand together are one paragraph: joined by a blank where the first was wrapped at
    the margin, else by a newline. In text without blank lines each line is a paragraph.
    """
    kept = trimmed(lines)
    spaced = any(line.blank for line in kept)
    out: list[str] = []
    before: Line | None = None
    gap = False
    for line in kept:
        if line.blank:
            gap = True
            continue
        bit = f"{line.enum or '•'} {line.text}" if line.depth else line.plain
        out.append(_glue(before, line, gap=gap, spaced=spaced) + bit)
        before, gap = line, False
    return "".join(out)


def _glue(before: Line | None, line: Line, *, gap: bool, spaced: bool) -> str:
    if before is None:
        return ""
    if line.depth and before.depth:
        return "\n"
    if gap or not spaced:
        return "\n\n"
    if line.depth or before.depth:
        return "\n"
    return " " if wrapped(before) else "\n"


def wrapped(line: Line) -> bool:
    """True when *line* is as long as lines are that were broken at a margin of about 80 columns."""
    return 55 <= len(line.plain) <= 100


def trimmed(lines: Sequence[Line]) -> Sequence[Line]:
    """*lines* without the blank ones at both ends."""
    start, end = 0, len(lines)
    while start < end and lines[start].blank:
        start += 1
    while end > start and lines[end - 1].blank:
        end -= 1
    return lines[start:end]
