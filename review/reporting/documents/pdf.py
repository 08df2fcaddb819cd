"""A document as PDF: tagged, with selectable text and vector figures, to PDF/UA-1 where every character has a glyph.

Fonts: Liberation Sans comes with the package and stands first, so that a co-author's machine makes the same pages; a script that it lacks
is set in what typst or the machine has (``typesetting.py``). A character that no font has is named in ``PdfMade``, never passed over.
Everything reaches typst as JSON data and is set as strings: a record's text is never read as markup, and no row is clipped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from review.reporting.documents import typesetting
from review.reporting.documents.model import Block, Document, Heading, Picture, Prose, Table, Verbatim
from review.reporting.documents.picture import read_drawing
from review.reporting.documents.prose import Code, Items, Paragraph, Part, Quotation, read_prose
from review.reporting.documents.setting import (
    MM,
    PAD,
    SIZE,
    Section,
    SetCell,
    SetTable,
    captions,
    line,
    lines,
    sections,
    set_above,
    set_notes,
    set_tables,
    stamp,
)
from review.reporting.labels import Labels, load_labels
from review.reporting.lettering import wrap

DIVIDE = "\x1f"  # a character that no text has once it is legal
WORD = re.compile(r"[^ \n]+")
TOGETHER = 4000  # characters of notes, some more for each, that take less than half a page and are not divided


@dataclass(frozen=True)
class PdfMade:
    """What was written. standard: 'ua-1', or '' where the file is tagged but keeps no standard.

    missing: each character that no font here has, with its code point and where it stands first; it prints as an empty box.
    objection: what else kept the standard away, in typst's words.
    """

    path: Path
    standard: str
    missing: tuple[str, ...] = ()
    objection: str = ""


def write_pdf(document: Document, path: Path | str, labels: Labels | None = None) -> PdfMade:
    """Write *document* to *path*. The same document and fonts give the same bytes; its date is that of ``as_of``."""
    made = typesetting.pdf("document.typ", document=_told(document, labels or load_labels()))
    target = Path(path)
    target.write_bytes(made.content)
    missing = tuple(_named(letter, document) for letter in made.missing)
    return PdfMade(target, made.standard, missing, made.objection)


def _told(document: Document, words: Labels) -> dict[str, Any]:
    title = line(document.title) or words.say("document.untitled")
    date = re.match(r"(\d{4})-(\d\d)-(\d\d)", document.as_of)
    stamped, numbered = stamp(document, words), captions(document, words)
    return {
        "title": title,
        "review": line(document.review),
        "lang": document.lang,
        "date": [int(part) for part in date.groups()] if date else None,
        "demonstration": line(document.demonstration),
        "headed": document.headed,
        "stamp": stamped,
        "footer": " · ".join(part for part in (line(document.review), title) if part),
        "sections": [
            {"landscape": part.landscape, "blocks": [_block(block, part, numbered, words) for block in part.blocks]}
            for part in sections(document)
        ],
    }


def _block(block: Block, section: Section, numbered: Iterator[tuple[str, int, str]], words: Labels) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": line(block.text)}
    if isinstance(block, Prose):
        return {"kind": "prose", "parts": [_part(part, section, words) for part in read_prose(block.markdown)]}
    if isinstance(block, Verbatim):
        return {"kind": "verbatim", "text": lines(block.text).expandtabs()}
    caption = _caption(next(numbered)) if (block.title if isinstance(block, Table) else block.caption) else None
    if isinstance(block, Picture):
        drawing = read_drawing(block.svg)
        width = section.fitted(drawing.width, drawing.height)
        return {"kind": "picture", "svg": drawing.svg, "width": width, "alt": line(block.alt), "caption": caption}
    return _table(block, section, words) | {"caption": caption}


def _caption(told: tuple[str, int, str]) -> dict[str, str]:
    word, number, text = told
    return {"number": f"{word} {number}." if word else "", "text": text}


def _table(table: Table, section: Section, words: Labels) -> dict[str, Any]:
    noted = set_notes(table)
    return {
        "kind": "table",
        "caption": None,
        "above": set_above(table),
        "empty": lines(table.empty) or words.say("table.no_rows"),
        "notes": [(letter, _divided(note, section.room)) for letter, note in noted],
        "together": sum(len(note) for _, note in noted) + 100 * len(noted) <= TOGETHER,
        "tables": [_set(one, section) for one in set_tables(table, section.room)],
    }


def _set(one: SetTable, section: Section) -> dict[str, Any]:
    room = [width - 2 * PAD - gutter for width, gutter in zip(one.widths, one.gutters or [0.0] * len(one.widths), strict=True)]
    return {
        "name": None if one.name is None else _cell(one.name, section.room),
        "widths": one.widths,
        "right": one.right,
        "over": one.over,
        "gutters": one.gutters or [0] * len(one.widths),
        "heads": [_divided(head, wide) for head, wide in zip(one.heads, room, strict=False)],
        "rows": [[_cell(cell, wide) for cell, wide in zip(row, room, strict=True)] for row in one.rows],
        "tall": sorted(one.tall(section.landscape)),
    }


def _cell(cell: SetCell, room: float) -> str | dict[str, Any]:
    text = _divided(cell.text, room)
    return text if cell.bare else {"text": text, "grey": cell.grey, "letters": cell.letters, "flag": cell.flag, "inset": cell.inset}


def _divided(text: str, room: float) -> str:
    """*text* with a mark inside each word that is wider than *room* mm, where it may go on in the next line."""
    wide = room * MM

    def parts(word: re.Match[str]) -> str:
        return DIVIDE.join(wrap(word[0], wide, SIZE)) if len(word[0]) * SIZE > wide else word[0]

    text = text.replace("\t", " ")
    return WORD.sub(parts, text) if len(text) * SIZE > wide else text


def _part(part: Part, section: Section, words: Labels) -> dict[str, Any]:
    if isinstance(part, Paragraph):
        runs = [asdict(run) | {"text": _divided(lines(run.text), section.room), "link": line(run.link)} for run in part.runs]
        return {"kind": "paragraph", "runs": runs}
    if isinstance(part, Code):
        return {"kind": "code", "text": lines(part.text).expandtabs()}
    if isinstance(part, Quotation):
        return {"kind": "quotation", "parts": [_part(inner, section, words) for inner in part.parts]}
    if isinstance(part, Items):
        items = [[_part(inner, section, words) for inner in item] for item in part.items]
        return {"kind": "bullets", "items": items} if part.start is None else {"kind": "numbers", "start": part.start, "items": items}
    return _table(part, section, words)


def _named(letter: str, document: Document) -> str:
    """The character as people find it again: itself, code point, name, and where it stands first."""
    name = unicodedata.name(letter, "")
    where = next((place for place, text in _texts(document) if letter in text), "")
    code = " ".join(part for part in (f"U+{ord(letter):04X}", name) if part)
    return f"{letter} ({code})" + (f" in {where}" if where else "")


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    yield "the title", f"{document.title} {document.review} {document.demonstration}"
    for block in document.blocks:
        if isinstance(block, Heading):
            yield f"the heading {line(block.text)!r}", block.text
        elif isinstance(block, Prose):
            yield "the text", block.markdown
        elif isinstance(block, Verbatim):
            yield "an output", block.text
        elif isinstance(block, Picture):
            yield f"the figure {line(block.caption)!r}", f"{block.svg} {block.caption}"
        else:
            yield from _texts_of(block)


def _texts_of(table: Table) -> Iterator[tuple[str, str]]:
    name = f"the table {line(table.title)!r}"
    above = (f"{named} {text}" for named, text in table.above)
    yield name, " ".join([table.title, *above, table.empty, *table.notes, *(column.named for column in table.columns)])
    for at, row in enumerate(table.rows, start=1):
        for column, cell in zip(table.columns, row, strict=True):
            yield f"{name}, row {at}, {line(column.head)!r}", f"{cell.text} {cell.flag} {' '.join(cell.notes)}"
