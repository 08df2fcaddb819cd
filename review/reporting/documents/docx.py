"""A document as a Word file, for co-authors and journals: real headings, captions, repeated heads, alt texts, turned pages.

It writes what it is given, row for row, and no clock: the same document gives the same bytes. A character that XML cannot hold becomes
U+FFFD, so that no text stops it. Set in Arial, which Word has and others replace by a face of the same widths.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from review.reporting.documents import word
from review.reporting.documents.model import Block, Document, Heading, Picture, Prose, Table, Verbatim
from review.reporting.documents.picture import read_drawing, svg_to_png
from review.reporting.documents.prose import Code, Items, Paragraph, Part, Quotation, Run, read_prose
from review.reporting.documents.setting import Section, captions, line, lines, sections, set_above, set_notes, set_tables, stamp
from review.reporting.escaping import escaped
from review.reporting.labels import Labels, load_labels

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip file can state
WORDS_NAME = {"en": "en-GB"}  # Word knows languages by their region; ours are spelt the British way
BULLETS = 1  # the number of the list form with bullets


def write_docx(document: Document, path: Path | str, labels: Labels | None = None) -> Path:
    """Write *document* to *path* and give the path back. Dates in its properties are that of ``as_of``, or none."""
    import docx

    words = labels or load_labels()
    file = docx.Document()
    writer = _Writer(file, document, words)
    parts = sections(document)
    texts = ["".join(writer.section(section)) for section in parts]
    texts[0] = "".join(writer.front()) + texts[0]
    ends = [word.section_end(section.landscape) for section in parts]
    body = "".join(map(word.ended, texts[:-1], ends[:-1])) + texts[-1] + ends[-1]
    file = _with_body(file, body)
    _replace(file.part.numbering_part.element, word.numbering(writer.starts))
    _replace(file.styles.element, _styles(WORDS_NAME.get(document.lang, document.lang)))
    for section in file.sections:
        section.footer.is_linked_to_previous = False
        _replace(section.footer._element, _footer(document, section.page_width - section.left_margin - section.right_margin, words))
    _describe(file, document, words)
    target = Path(path)
    target.write_bytes(_packed(file))
    return target


class _Writer:
    """The body of one document as WordprocessingML, block by block; relations and list numbers collect on the way."""

    def __init__(self, file: WordDocument, document: Document, words: Labels) -> None:
        self.part, self.document, self.words = file.part, document, words
        self.starts: list[int] = []
        self._captions = captions(document, words)
        self._pictures = 0

    def front(self) -> Iterator[str]:
        document = self.document
        if document.demonstration:
            yield word.paragraph("Demonstration", word.run(line(document.demonstration)))
        if document.headed:
            if document.review:
                yield word.paragraph("Stamp", word.run(line(document.review)), "<w:keepNext/>")
            yield word.paragraph("Title", word.run(line(document.title) or self.words.say("document.untitled")))
        if stamped := stamp(document, self.words):
            yield word.paragraph("Stamp", word.run(stamped))

    def section(self, section: Section) -> Iterator[str]:
        for block in section.blocks:
            yield from self._block(block, section)

    def _block(self, block: Block, section: Section) -> Iterator[str]:
        if isinstance(block, Heading):
            yield word.paragraph(f"Heading{block.level}", word.run(line(block.text)))
        elif isinstance(block, Prose):
            for part in read_prose(block.markdown):
                yield from self._part(part, section, 0, "Normal")
        elif isinstance(block, Verbatim):
            yield word.paragraph("Verbatim", word.run(lines(block.text)))
        elif isinstance(block, Picture):
            yield self._drawn(block, section)
            if block.caption:
                yield word.caption(*next(self._captions), above=False)
        else:
            if block.title:
                yield word.caption(*next(self._captions), above=True)
            for name, text in set_above(block):
                yield word.paragraph("TableNote", word.run(f"{name}: ", word.BOLD) + word.run(text), "<w:keepNext/>")
            yield from self._table(block, section)

    def _table(self, table: Table, section: Section) -> Iterator[str]:
        """The table with a paragraph after it, since two tables without one between them become one."""
        set_all = list(set_tables(table, section.room))
        if not set_all:
            yield word.paragraph("Normal", word.run(lines(table.empty) or self.words.say("table.no_rows")))
        for at, one in enumerate(set_all):
            if at:
                yield word.paragraph("TableNote", "", '<w:spacing w:after="0"/>')
            yield word.table(one, title=one.name.text if one.name else line(table.title), landscape=section.landscape)
        noted = set_notes(table)
        for at, (letter, note) in enumerate(noted):  # they stand together
            kept = "<w:keepNext/>" if at < len(noted) - 1 else ""
            yield word.paragraph("TableNote", word.run(letter, word.RAISED) + word.run(f" {note}" if letter else note), kept)
        yield word.paragraph("TableNote", "", '<w:spacing w:after="160"/>')

    def _drawn(self, picture: Picture, section: Section) -> str:
        drawing = read_drawing(picture.svg)
        width = section.fitted(drawing.width, drawing.height)
        self._pictures += 1
        inline = self.part.new_pic_inline(io.BytesIO(svg_to_png(picture.svg)), width=round(width * 12700))
        alt = line(picture.alt)
        for side in "TBLR":
            inline.set(f"dist{side}", "0")
        inline.docPr.set("id", str(self._pictures))
        inline.docPr.set("name", f"{self.words.say('document.figure')} {self._pictures}")
        inline.docPr.set("descr", alt)
        drawn = etree.tostring(inline, encoding="unicode")
        return word.paragraph("Normal", f"<w:r><w:drawing>{drawn}</w:drawing></w:r>", "<w:keepNext/>" if picture.caption else "")

    def _part(self, part: Part, section: Section, level: int, style: str, first: str = "") -> Iterator[str]:
        """A part of prose. level: how deep in lists it stands, 0 for outside; first: the properties of an item's first paragraph."""
        place = first or (word.indented(level - 1) if level else "")
        if isinstance(part, Paragraph):
            yield word.paragraph(style, "".join(self._run(run) for run in part.runs), place)
        elif isinstance(part, Code):
            yield word.paragraph("Verbatim", word.run(lines(part.text)), place)
        elif isinstance(part, Quotation):
            for inner in part.parts:
                yield from self._part(inner, section, level, "Quote")
        elif isinstance(part, Items):
            numbering = BULLETS if part.start is None else self._counted(part.start)
            for item in part.items:
                for at, inner in enumerate(item):
                    yield from self._part(inner, section, level + 1, style, word.listed(numbering, level) if at == 0 else "")
        else:
            yield from self._table(part, section)

    def _counted(self, start: int) -> int:
        """The number of a new list that counts from *start*."""
        self.starts.append(start)
        return BULLETS + len(self.starts)

    def _run(self, run: Run) -> str:
        from docx.opc.constants import RELATIONSHIP_TYPE

        face = (word.CODE if run.code else "") + (word.BOLD if run.bold else "") + (word.ITALIC if run.italic else "")
        if not run.link:
            return word.run(lines(run.text), face)
        relation = self.part.relate_to(line(run.link), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return word.linked(relation, word.run(lines(run.text), '<w:rStyle w:val="Hyperlink"/>' + face))


def _with_body(file: WordDocument, body: str) -> WordDocument:
    """The file with another body, read in one go: moving large tables from tree to tree takes minutes."""
    from docx.oxml import parse_xml

    names = f'xmlns:w="{word.NAMESPACE}" xmlns:r="{word.RELATIONS}"'
    root = parse_xml(f"<w:document {names}><w:body>{body}</w:body></w:document>")
    file.part._element = root
    return type(file)(root, file.part)


def _replace(root: Any, text: str) -> None:
    """The children of *root* by those of the XML in *text*."""
    from docx.oxml import parse_xml

    for child in list(root):
        root.remove(child)
    for child in list(parse_xml(text)):
        root.append(child)


@cache
def _styles(lang: str) -> str:
    text = files("review.reporting").joinpath("assets", "styles.xml").read_text(encoding="utf-8")
    return text.replace(
        '<w:szCs w:val="20"/></w:rPr></w:rPrDefault>', f'<w:szCs w:val="20"/><w:lang w:val="{escaped(lang)}"/></w:rPr></w:rPrDefault>', 1
    )


def _footer(document: Document, wide: int, words: Labels) -> str:
    title = " · ".join(part for part in (line(document.review), line(document.title)) if part)
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{round(wide / 635)}"/></w:tabs>'
    numbers = f"{word.run(chr(9))}{word.field('PAGE')}{word.run(' / ')}{word.field('NUMPAGES')}"
    return f'<w:ftr xmlns:w="{word.NAMESPACE}">{word.paragraph("Footer", word.run(title) + numbers, tab)}</w:ftr>'


def _describe(file: WordDocument, document: Document, words: Labels) -> None:
    """The file's properties, from the document alone: no clock, no name of a person or program."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    told = file.core_properties
    told.title = line(document.title)[:255] or words.say("document.untitled")
    told.subject, told.language = line(document.review)[:255], document.lang
    told.author = told.comments = told.last_modified_by = told.keywords = ""
    told.revision = 1
    if document.as_of:
        told.created = told.modified = datetime.fromisoformat(document.as_of[:10])
    else:
        for name in ("created", "modified"):
            for element in told._element.findall(f"{{http://purl.org/dc/terms/}}{name}"):
                told._element.remove(element)
    for setting in file.settings.element.iter(f"{{{word.NAMESPACE}}}compatSetting"):
        if setting.get(f"{{{word.NAMESPACE}}}name") == "compatibilityMode":
            setting.set(f"{{{word.NAMESPACE}}}val", "15")  # today's Word: a table's rules begin at the margin
    package = file.part.package
    for key in [key for key, rel in package.rels.items() if rel.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del package.rels[key]  # a picture of python-docx's own empty page


def _packed(file: WordDocument) -> bytes:
    """The file as a zip with its parts in the order of their names and no time in it."""
    loose, packed = io.BytesIO(), io.BytesIO()
    file.save(loose)
    with zipfile.ZipFile(loose) as parts, zipfile.ZipFile(packed, "w") as target:
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(entry, parts.read(name))
    return packed.getvalue()
