"""Flattens an HTML page into the line model, generically: blocks, headings, lists, tables, links, superscripts.

Nothing is fetched, no entity is expanded beyond HTML's own characters, scripts and styles are dropped. Any bytes give a page:
markup that cannot be read falls back to the text without tags, with a problem.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from review.model.record import Problem, ProblemCode
from review.records.lines import Element, Line, Page, Span, lost_characters, make_line, split_lines
from review.text import fold_blanks

_DROPPED = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "head", "select", "textarea"})
_BLOCK = frozenset(
    "address article aside blockquote body button center dd details dialog dir div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_CLOSE_SET = frozenset(("li", "tr", "td", "th", "thead", "tbody", "tfoot"))  # set off by a new line, not by a blank one
_CHIPS = frozenset(("a", "span", "label", "time", "data", "button"))
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_SAVED_FROM = re.compile(r"saved from url=\(?\d*\)?\s*(\S+)", re.I)
_MAX_DEPTH = 400
# A superscript that is a power, not a reference: after 10, or after a unit of length.
_POWER_BASE = re.compile(r"(?:(?<![\d.])10|(?<![A-Za-z])[kcdmnµμ]?m)$")


def html_page(data: bytes, text: str, *, encoding: str, newline: str, sha256: str, problems: tuple[Problem, ...]) -> Page:
    """The page of an HTML document; *text* is *data* decoded."""
    root = _parsed(text)
    if root is None:
        bare = re.sub(r"<[^<>]*>", "\n", text)
        note = Problem(code=ProblemCode.MARKUP_REPAIRED, message="the markup could not be read; the text between the tags was taken")
        lines = tuple(make_line(n, raw) for n, raw in enumerate(split_lines(bare), start=1))
        return Page(lines, encoding, newline, sha256, len(data), True, problems=(*problems, note))
    flattener = _Flattener()
    flattener.walk(root)
    lines = flattener.finished()
    meta = _meta(root)
    return Page(
        lines,
        encoding,
        newline,
        sha256,
        len(data),
        True,
        title=fold_blanks(root.findtext(".//title") or ""),
        language=(root.get("lang") or "").lower(),
        meta=meta,
        urls=_own_addresses(root, meta),
        json_ld=tuple(_json_ld(root)),
        elements=tuple(flattener.elements()),
        problems=problems + lost_characters(lines),
    )


def _parsed(text: str) -> Any:
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, huge_tree=False, recover=True)
    clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", text).encode("utf-8", errors="replace")
    try:
        root = html.document_fromstring(clean, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None
    return root


def _meta(root: Any) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for node in root.iter("meta"):
        name, content = node.get("name") or node.get("property"), node.get("content")
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), []).append(fold_blanks(content))
    return {name: tuple(values) for name, values in found.items()}


def _own_addresses(root: Any, meta: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Addresses under which the page knows itself: saved-from comment, canonical link, ``og:url``."""
    found: list[str] = []
    document = root.getroottree()
    comments = [node for node in document.iter(etree.Comment)] + [node for node in root.itersiblings(etree.Comment, preceding=True)]
    for node in comments:
        hit = _SAVED_FROM.search(node.text or "")
        if hit:
            found.append(hit.group(1))
    for node in root.iter("link"):
        if "canonical" in (node.get("rel") or "").lower().split() and node.get("href"):
            found.append(node.get("href").strip())
    found.extend(meta.get("og:url", ()))
    return tuple(dict.fromkeys(found))


def _json_ld(root: Any) -> Iterator[Mapping[str, Any]]:
    for node in root.iter("script"):
        if (node.get("type") or "").lower() != "application/ld+json" or not node.text:
            continue
        try:
            value = json.loads(node.text)
        except (ValueError, RecursionError):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield item


class _Draft:
    """A line while it is being written: text so far, and the stretches that are marked."""

    def __init__(self) -> None:
        self.text = ""
        self.spans: list[Span] = []

    def add(self, text: str) -> None:
        folded = re.sub(r"[\s\u00a0]+", " ", text)
        if not self.text or self.text.endswith(" "):
            folded = folded.lstrip(" ")
        self.text += folded


@dataclass(frozen=True, slots=True)
class _Written:
    """A finished line: list lead, text, list depth, heading level, marked stretches."""

    lead: str
    text: str
    depth: int = 0
    level: int = 0
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an element with an id stands: line index and character offset of its start and of its end."""

    ident: str
    first: int
    start: int
    last: int
    end: int


class _Flattener:
    """Walks the tree once and writes lines; keeps for every element with an id the text that it covers."""

    def __init__(self) -> None:
        self._lines: list[_Written] = []
        self._current = _Draft()
        self._marks: list[str] = []  # list marks that wait for the first text of their item
        self._level = 0
        self._depth = 0
        self._in_link = 0
        self._places: list[_Place] = []

    def walk(self, root: Any) -> None:
        """Flattens *root*, or its body."""
        body = root.find("body")
        self._element(body if body is not None else root, 0)
        self._flush()

    def finished(self) -> tuple[Line, ...]:
        """The numbered lines, without blank ones at the end."""
        while self._lines and not self._lines[-1].text:
            self._lines.pop()
        starts = {place.first: place.ident for place in reversed(self._places) if place.start == 0}
        return tuple(
            make_line(n, w.lead + w.text, depth=w.depth, level=w.level, ident=starts.get(n - 1, ""), spans=w.spans)
            for n, w in enumerate(self._lines, start=1)
        )

    def elements(self) -> Iterator[Element]:
        """The elements with an id, each with its own text and lines."""
        for place in self._places:
            bits = []
            for at in range(place.first, min(place.last, len(self._lines) - 1) + 1):
                text = self._lines[at].text
                text = text[: place.end] if at == place.last else text
                bits.append((at, fold_blanks(text[place.start :] if at == place.first else text)))
            shown = [at for at, bit in bits if bit] or [min(place.first, max(len(self._lines) - 1, 0))]
            yield Element(place.ident, "\n".join(bit for _, bit in bits if bit), (shown[0] + 1, shown[-1] + 1))

    def _element(self, node: Any, nesting: int) -> None:
        tag = node.tag if isinstance(node.tag, str) else ""
        if not tag or tag in _DROPPED or nesting > _MAX_DEPTH or _hidden(node):
            return
        block = tag in _BLOCK
        gap = block and tag not in _CLOSE_SET
        if block:
            self._break(gap)
        elif tag in _CHIPS and _follows_a_chip(node):
            self._current.add(" ")  # two elements side by side are set apart by style, not by a blank
        ident, first, start = node.get("id"), len(self._lines), len(self._current.text)
        if tag == "tr" and _is_data_row(node):
            self._row(node, nesting)
        elif tag == "br":
            self._flush()
        elif tag == "img":
            self._text(f" {node.get('alt') or ''} ")
        else:
            self._inside(node, tag, nesting)
        if ident:
            self._places.append(_Place(ident, first, start, len(self._lines), len(self._current.text)))
        if block:
            self._break(gap)

    def _inside(self, node: Any, tag: str, nesting: int) -> None:
        level, depth = self._level, self._depth
        self._level = _HEADINGS.get(tag, self._level)
        self._depth += tag in _LISTS
        if tag == "li":
            self._marks.append(_list_mark(node))
        start = len(self._current.text)
        self._in_link += tag == "a"
        self._children(node, tag, nesting)
        self._in_link -= tag == "a"
        if tag in _CHIPS and self._current.text[start:].strip():
            self._mark("link" if tag == "a" else "element", start, (node.get("href") or "").strip())
        if tag in ("sup", "sub") and self._current.text[start:].strip():
            self._power(start, tag, node)
        if tag in _BLOCK:
            self._flush()  # before the level and the marks of this block are gone
        if tag == "li":
            self._marks.pop()
        self._level, self._depth = level, depth

    def _children(self, node: Any, tag: str, nesting: int) -> None:
        self._text(node.text, keep_lines=tag == "pre")
        for child in node:
            self._element(child, nesting + 1)
            self._text(child.tail, keep_lines=tag == "pre")

    def _text(self, text: str | None, keep_lines: bool = False) -> None:
        if not text:
            return
        parts = split_lines(text) if keep_lines else [text]
        for n, part in enumerate(parts):
            if n:
                self._flush()
            self._current.add(part)

    def _mark(self, kind: str, start: int, href: str = "") -> None:
        end = len(self._current.text.rstrip())
        while start < end and self._current.text[start] == " ":
            start += 1
        self._current.spans.append(Span(kind, start, end, href))

    def _power(self, start: int, tag: str, node: Any) -> None:
        """Marks a superscript; writes ``10^9`` and ``m^2`` where the flat text would otherwise read 109 and m2."""
        before, inside = self._current.text[:start], self._current.text[start:].strip()
        linked = self._in_link or node.find(".//a") is not None
        if tag == "sup" and not linked and re.fullmatch(r"[-−–+]?\d{1,2}", inside) and _POWER_BASE.search(before):
            self._current.text = f"{before}^{inside}"
            return
        self._mark(tag, start)

    def _row(self, node: Any, nesting: int) -> None:
        cells = []
        for child in node:
            if isinstance(child.tag, str) and child.tag in ("td", "th"):
                inner = _Flattener()
                inner._element(child, nesting + 1)
                inner._flush()
                cells.append(" ".join(fold_blanks(line.text) for line in inner._lines if line.text))
        if any(cells):
            self._lines.append(_Written("", "| " + " | ".join(cells) + " |", level=self._level))

    def _break(self, gap: bool) -> None:
        self._flush()
        if gap and self._lines and self._lines[-1].text and not self._depth:
            self._lines.append(_Written("", ""))

    def _flush(self) -> None:
        draft, self._current = self._current, _Draft()
        text = draft.text.rstrip()
        if not text:
            return
        mark = self._marks[-1] if self._marks else ""
        if mark:
            self._marks[-1] = ""
        lead = "  " * self._depth + (f"{mark} " if mark else "")
        shift = len(lead.lstrip())
        spans = tuple(Span(s.kind, s.start + shift, min(s.end, len(text)) + shift, s.href) for s in draft.spans)
        self._lines.append(_Written(lead, text, self._depth if mark else 0, self._level, spans))


def _list_mark(node: Any) -> str:
    parent = node.getparent()
    if parent is None or parent.tag != "ol":
        return "•"
    before = sum(1 for sibling in node.itersiblings("li", preceding=True))
    start, value = parent.get("start") or "", node.get("value") or ""
    number = int(value) if value.isascii() and value.isdigit() else before + (int(start) if start.isascii() and start.isdigit() else 1)
    kind = parent.get("type") or "1"
    if kind in ("a", "A") and 1 <= number <= 26:
        return chr(ord(kind) + number - 1) + "."
    return f"{number}."


def _follows_a_chip(node: Any) -> bool:
    before = node.getprevious()
    while before is not None and not isinstance(before.tag, str):  # comments, which some sites write between text nodes
        if before.tail and before.tail.strip():
            return False
        before = before.getprevious()
    return before is not None and before.tag in _CHIPS and not (before.tail or "").strip()


def _hidden(node: Any) -> bool:
    style = re.sub(r"\s", "", (node.get("style") or "").lower())
    return "display:none" in style or node.get("hidden") is not None


def _is_data_row(node: Any) -> bool:
    """True for a row of a table of data: two or more cells with text and no list, table or heading in them."""
    cells = [child for child in node if isinstance(child.tag, str) and child.tag in ("td", "th")]
    if len(cells) < 2 or any(True for cell in cells for _ in cell.iter("table", "ul", "ol", "h1", "h2", "h3", "h4")):
        return False
    return not any(found.get("id") for cell in cells for found in cell.iter() if isinstance(found.tag, str))
