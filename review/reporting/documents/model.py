"""A report as a sequence of blocks, taken from an executed notebook: what a Word or PDF file is written from.

It chooses and orders; how a block looks is the business of ``docx.py`` and ``pdf.py``. No output is left out without its text.
"""

from __future__ import annotations

import re
import struct
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from review.errors import ReportError
from review.reporting.documents.markup import headings_apart, split_title
from review.reporting.documents.notebook_body import ANSI, WIDGET, alt_of, base64_of, data_of, joined
from review.reporting.documents.sections import filled
from review.reporting.escaping import escaped
from review.reporting.labels import Labels, load_labels
from review.reporting.notebook import source_of
from review.reporting.table import BLOCK_MIME, Table

__all__ = ["BLOCK_MIME", "Block", "Document", "Heading", "Picture", "Prose", "Table", "Verbatim", "combined", "document_of"]

DEEPEST = 6  # levels of headings, in Word as in HTML
SCREEN = 96  # pixels an inch: what a notebook shows a bitmap at
PNG = re.compile(rb"\x89PNG\r\n\x1a\n.{4}IHDR(.{8})", re.DOTALL)


@dataclass(frozen=True)
class Heading:
    """A heading below the document's title; level 1 is the first below it."""

    level: int
    text: str


@dataclass(frozen=True)
class Prose:
    """Words of the notebook's own Markdown cells; raw HTML in them is text."""

    markdown: str


@dataclass(frozen=True)
class Picture:
    """A drawing as SVG with its size in it, in words (``alt``), and with a caption ('' for none)."""

    svg: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Verbatim:
    """Text as it came out, line by line."""

    text: str


Block = Heading | Prose | Picture | Table | Verbatim


@dataclass(frozen=True)
class Document:
    """A titled report. as_of: ISO date or time, '' for the last entry. heads: origin to last event id. lang: BCP 47."""

    title: str
    review: str
    as_of: str
    heads: Mapping[str, str]
    demonstration: str
    lang: str
    blocks: tuple[Block, ...]

    @property
    def headed(self) -> bool:
        """Whether it prints its title: not where it is one table, whose caption says the same."""
        return not (len(self.blocks) == 1 and isinstance(self.blocks[0], Table) and self.blocks[0].title == self.title)


def document_of(
    notebook_cells: Iterable[Mapping[str, Any]],
    *,
    review: str,
    as_of: str,
    heads: Mapping[str, str],
    demonstration: str = "",
    labels: Labels | None = None,
) -> Document:
    """The cells of an executed notebook (nbformat 4) as a document: prose, tables and figures in their order, code left out.

    The first heading of level one becomes the title. Raises ReportError where an output's structured form is damaged.
    """
    words = labels or load_labels()
    title, blocks = "", []
    for cell in filled(notebook_cells):
        source = source_of(cell)
        if cell.get("cell_type") == "markdown":
            found, rest = ("", source) if title or blocks else split_title(source)
            title = title or found
            blocks += _sections(rest)
        elif cell.get("cell_type") == "code":
            for output in cell.get("outputs") or []:
                blocks += _shown(output, words)
    return Document(title, review, as_of, dict(heads), demonstration, words.lang, _in_order(blocks))


def document_of_table(table: Table) -> Document:
    """A document of one table."""
    return Document(table.title, "", "", {}, "", table.labels.lang, (table,))


def combined(documents: Sequence[Document], *, title: str) -> Document:
    """All documents as one, each under its own title as a heading; the date, heads and demonstration line are those of the first."""
    if not documents:
        raise ReportError("there is no document to combine", expected="at least one report")
    blocks: list[Block] = []
    for one in documents:
        blocks.append(Heading(1, one.title))
        blocks += [replace(block, level=block.level + 1) if isinstance(block, Heading) else block for block in one.blocks]
    review = "" if documents[0].review == title else documents[0].review  # not said twice
    return replace(documents[0], title=title, review=review, blocks=_in_order(blocks))


def _sections(markdown: str) -> Iterator[Block]:
    for level, text in headings_apart(markdown):
        if level:
            yield Heading(max(1, level - 1), text)  # the title took level one
        elif text.strip():
            yield Prose(text.strip("\n"))


def _in_order(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks with no heading more than one level below the one before it, which readers by ear need."""
    found, last = [], 0
    for block in blocks:
        if isinstance(block, Heading):
            last = min(block.level, last + 1, DEEPEST)
            block = Heading(last, block.text)
        found.append(block)
    return tuple(found)


def _shown(output: Mapping[str, Any], words: Labels) -> Iterator[Block]:
    kind, data = output.get("output_type"), data_of(output)
    if kind == "stream":
        yield Verbatim(ANSI.sub("", joined(output.get("text"))).rstrip("\n"))
    elif kind == "error":
        what = ": ".join(joined(output.get(part)) for part in ("ename", "evalue") if output.get(part))
        yield Verbatim(ANSI.sub("", words.say("page.stopped", what=what)))
    elif BLOCK_MIME in data:
        yield from _blocks(data[BLOCK_MIME], words)
    elif picture := _picture(output, words):
        yield picture
    elif "text/markdown" in data:
        yield from _sections(joined(data["text/markdown"]))
    elif "text/plain" in data and WIDGET not in data:
        yield Verbatim(ANSI.sub("", joined(data["text/plain"])).rstrip("\n"))


def _blocks(data: Mapping[str, Any], words: Labels) -> Iterator[Block]:
    """The block of an output; of a picture on several pages one for each."""
    if data.get("block") == "pictures" and isinstance(data.get("pages"), list) and all(isinstance(page, Mapping) for page in data["pages"]):
        yield from (_block({"block": "picture", **page}, words) for page in data["pages"])
    else:
        yield _block(data, words)


def _block(data: Mapping[str, Any], words: Labels) -> Block:
    if data.get("block") == "table":
        return Table.from_json(data, words)
    told = [data.get(part) for part in ("svg", "alt", "caption")]
    if data.get("block") == "picture" and all(isinstance(part, str) for part in told):
        return Picture(*map(str, told))
    raise ReportError(
        f"an output calls itself {data.get('block')!r}",
        expected="a table, or a picture with svg, alt and caption",
        next_step="run the notebook again with this version",
    )


def _picture(output: Mapping[str, Any], words: Labels) -> Picture | None:
    data = data_of(output)
    if "image/svg+xml" in data:
        return Picture(joined(data["image/svg+xml"]), alt_of(output, words), "")
    coded = base64_of(joined(data.get("image/png", "")))
    size = PNG.match(b64decode(coded))
    return Picture(_bitmap(coded, *struct.unpack(">II", size[1])), alt_of(output, words), "") if size else None


def _bitmap(png: str, wide: int, high: int) -> str:
    """A PNG in base64 as the only thing in an SVG, at its size on a screen."""
    size = f'width="{wide * 72 / SCREEN:g}pt" height="{high * 72 / SCREEN:g}pt" viewBox="0 0 {wide} {high}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image width="{wide}" height="{high}" href="data:image/png;base64,{escaped(png)}"/></svg>'
    )
