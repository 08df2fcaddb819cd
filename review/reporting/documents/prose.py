"""Markdown of notebooks as paragraphs, lists and runs of text, for files that are no HTML. Raw HTML in it stays text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from review.reporting.documents.markup import safe_link
from review.reporting.table import Cell, Column, Table


@dataclass(frozen=True)
class Run:
    """Text in one face. link: an address that leads out of the file, '' for none."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""


@dataclass(frozen=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Items:
    """A list; start: the first number, None for one with bullets."""

    items: tuple[tuple[Part, ...], ...]
    start: int | None = None


@dataclass(frozen=True)
class Quotation:
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Code:
    text: str


Part = Paragraph | Items | Quotation | Code | Table
ABROAD = ("http://", "https://", "mailto:")


def read_prose(markdown: str) -> tuple[Part, ...]:
    """The parts of *markdown* in order; a heading inside a list or a quotation is a bold paragraph."""
    return tuple(_parts(SyntaxTreeNode(_reader().parse(markdown)).children))


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.validateLink = safe_link  # type: ignore[method-assign]
    return reader


def _parts(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Part]:
    for node in nodes:
        if node.type == "paragraph":
            yield Paragraph(tuple(_inline(node, Run(""))))
        elif node.type == "heading":
            yield Paragraph(tuple(_inline(node, Run("", bold=True))))
        elif node.type in {"bullet_list", "ordered_list"}:
            start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
            yield Items(tuple(tuple(_parts(item.children)) for item in node.children), start)
        elif node.type == "blockquote":
            yield Quotation(tuple(_parts(node.children)))
        elif node.type in {"fence", "code_block"}:
            yield Code(node.content.rstrip("\n"))
        elif node.type == "table":
            yield _table(node)


def _inline(node: SyntaxTreeNode, face: Run) -> Iterator[Run]:
    for child in node.children:
        if child.type in {"text", "html_inline"}:
            yield replace(face, text=child.content)
        elif child.type == "code_inline":
            yield replace(face, text=child.content, code=True)
        elif child.type == "image":
            yield replace(face, text=child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            yield replace(face, text=" " if child.type == "softbreak" else "\n")
        elif child.type == "link":
            address = str(child.attrs.get("href", ""))
            yield from _inline(child, replace(face, link=address if address.startswith(ABROAD) else ""))
        else:  # strong, em, and the inline node that holds the others
            yield from _inline(child, replace(face, bold=face.bold or child.type == "strong", italic=face.italic or child.type == "em"))


def _table(node: SyntaxTreeNode) -> Table:
    """A table of the Markdown itself, without a title."""
    grid = [
        ["".join(run.text for run in _inline(cell, Run(""))) for cell in row.children] for part in node.children for row in part.children
    ]
    columns = tuple(Column(str(at), head) for at, head in enumerate(grid[0]))
    return Table("prose", "", columns, tuple(tuple(Cell(text) for text in row) for row in grid[1:]))
