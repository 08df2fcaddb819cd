"""Pieces of WordprocessingML as text: runs, paragraphs, tables, lists, section ends. Every word that they hold is escaped here.

A character that XML cannot hold is U+FFFD in the file; nothing that a record says can begin an element.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from review.reporting.documents.setting import MARGIN, PAD, PAGE, SetCell, SetTable
from review.reporting.escaping import escaped

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TWIPS = 1440 / 25.4  # in a millimetre
STEP = 360  # twips that each level of a list goes in
RULE = 'w:val="single" w:sz="6" w:space="0" w:color="1A1A1A"'
BOLD, ITALIC, GREY, RAISED = "<w:b/><w:bCs/>", "<w:i/><w:iCs/>", '<w:color w:val="595959"/>', '<w:vertAlign w:val="superscript"/>'
CODE = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>'
PART = re.compile(r"([\n\t])")


def run(text: str, face: str = "") -> str:
    """Text in one face; a line end is a line break, a tab a tab."""
    if not text:
        return ""
    marks = {"\n": "<w:br/>", "\t": "<w:tab/>"}
    inside = "".join(marks.get(part) or f'<w:t xml:space="preserve">{escaped(part)}</w:t>' for part in PART.split(text) if part)
    return f"<w:r><w:rPr>{face}</w:rPr>{inside}</w:r>" if face else f"<w:r>{inside}</w:r>"


def paragraph(style: str, runs: str, more: str = "") -> str:
    """A paragraph in *style*; more: further properties in the order of the schema."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{runs}</w:p>'


def caption(word: str, number: int, text: str, *, above: bool) -> str:
    """A caption with Word's own numbering, so that a list of tables and references can be made."""
    kind = "Table" if above else "Figure"
    counted = f'<w:fldSimple w:instr=" SEQ {kind} \\* ARABIC ">{run(str(number))}</w:fldSimple>'
    numbered = f"{run(f'{word} ')}{counted}{run('. ')}" if word else ""
    return paragraph("Caption", numbered + run(text), "<w:keepNext/>" if above else "")


def field(instruction: str) -> str:
    """A field that Word fills in, such as PAGE."""
    return f'<w:fldSimple w:instr=" {instruction} ">{run("1")}</w:fldSimple>'


def linked(relation: str, runs: str) -> str:
    return f'<w:hyperlink r:id="{relation}">{runs}</w:hyperlink>'


def table(one: SetTable, *, title: str, landscape: bool) -> str:
    """A table with three rules: its heads repeat on each page, its rows are not divided unless they are very high."""
    widths = [round(wide * TWIPS) for wide in one.widths]
    grid = "".join(f'<w:gridCol w:w="{wide}"/>' for wide in widths)
    heads = _heads(one, widths) if one.heads else _name(one, widths)
    tall = one.tall(landscape)
    last = len(one.rows) - 1  # stays with the notes below it
    rows = "".join(_row(row, one, widths, divided=at in tall, kept=at == last) for at, row in enumerate(one.rows))
    first = f'w:firstRow="{int(bool(heads))}" w:lastRow="0" w:firstColumn="1" w:lastColumn="0"'
    look = f'<w:tblLook w:val="04A0" {first} w:noHBand="1" w:noVBand="1"/>'
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableNormal"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblBorders><w:top {RULE}/><w:bottom {RULE}/></w:tblBorders><w:tblLayout w:type="fixed"/>{look}'
        f'<w:tblCaption w:val="{escaped(title)}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{heads}{rows}</w:tbl>'
    )


def _heads(one: SetTable, widths: Sequence[int]) -> str:
    spanned = [bool(group) for group, span in one.over for _ in range(span)]
    last = "".join(
        _head("" if one.over and not under else one.heads[at], one, at, widths, merged="" if under or not one.over else "<w:vMerge/>")
        for at, under in enumerate(spanned or [True] * len(widths))
    )
    return (_head_row(_over(one, widths)) if one.over else "") + _head_row(last)


def _name(one: SetTable, widths: Sequence[int]) -> str:
    """The name of a block over its lines, on each of its pages."""
    if one.name is None:
        return ""
    spanned = f'<w:gridSpan w:val="{len(widths)}"/>'
    return _head_row(_head_cell(cell_runs(one.name, BOLD), sum(widths), merged=spanned))


def _over(one: SetTable, widths: Sequence[int]) -> str:
    """The first of two rows of heads: those that span columns, and those that stand through both rows."""
    cells, at = "", 0
    for group, span in one.over:
        if group:
            cells += _head_cell(run(group, BOLD), sum(widths[at : at + span]), merged=f'<w:gridSpan w:val="{span}"/>')
        else:
            begun = '<w:vMerge w:val="restart"/>'
            cells += "".join(_head(one.heads[n], one, n, widths, merged=begun) for n in range(at, at + span))
        at += span
    return cells


def _head_row(cells: str) -> str:
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _head(text: str, one: SetTable, at: int, widths: Sequence[int], *, merged: str) -> str:
    return _head_cell(run(text, BOLD), widths[at], aligned=_aligned(one.right[at]), merged=merged, free=_free(one, at))


def _head_cell(runs: str, wide: int, *, aligned: str = "", merged: str = "", free: str = "") -> str:
    place = f'<w:tcW w:w="{wide}" w:type="dxa"/>{merged}<w:tcBorders><w:bottom {RULE}/></w:tcBorders>{free}<w:vAlign w:val="bottom"/>'
    return f"<w:tc><w:tcPr>{place}</w:tcPr>{paragraph('TableText', runs, '<w:keepNext/>' + aligned)}</w:tc>"


def _row(row: Sequence[SetCell], one: SetTable, widths: Sequence[int], *, divided: bool, kept: bool) -> str:
    named = not one.heads  # the first column of a block names its lines
    first = "<w:keepNext/>" if kept and not divided else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{_free(one, at)}</w:tcPr>'
        f"{paragraph('TableText', cell_runs(cell, BOLD if named and at == 0 else ''), first + _aligned(right, cell.inset))}</w:tc>"
        for at, (wide, cell, right) in enumerate(zip(widths, row, one.right, strict=True))
    )
    return f"<w:tr>{'' if divided else '<w:trPr><w:cantSplit/></w:trPr>'}{cells}</w:tr>"


def _free(one: SetTable, at: int) -> str:
    """The room that a cell of that column keeps free at its right, where it is more than usual."""
    gutter = one.gutters[at] if one.gutters else 0.0
    return f'<w:tcMar><w:right w:w="{round((PAD + gutter) * TWIPS)}" w:type="dxa"/></w:tcMar>' if gutter else ""


def cell_runs(cell: SetCell, face: str = "") -> str:
    """The text of a cell, grey where it stands for no value, then the letters of its notes and its flag."""
    shown = run(cell.text, face + GREY if cell.grey else face)
    return shown + run(cell.letters, RAISED) + (run(f" [{cell.flag}]", BOLD) if cell.flag else "")


def _aligned(right: bool, inset: float = 0.0) -> str:
    indent = f'<w:ind w:right="{round(inset * TWIPS)}"/>' if inset else ""
    return f'{indent}<w:jc w:val="right"/>' if right else ""


def listed(numbering: int, level: int) -> str:
    """The properties of a list's item."""
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{numbering}"/></w:numPr><w:spacing w:after="40"/>'


def indented(level: int) -> str:
    """The properties of a paragraph that goes on in an item."""
    return f'<w:spacing w:after="40"/><w:ind w:left="{STEP * (level + 1)}"/>'


def numbering(starts: Sequence[int]) -> str:
    """Two forms of lists: number 1 has bullets, each further one counts from its start."""
    bullets = _levels("bullet", "•")
    numbers = "".join(_levels("decimal", f"%{level + 1}.", level) for level in range(9))
    forms = f'<w:abstractNum w:abstractNumId="0">{bullets}</w:abstractNum><w:abstractNum w:abstractNumId="1">{numbers}</w:abstractNum>'
    counted = "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="1"/>{_begins(start)}</w:num>' for at, start in enumerate(starts, start=2)
    )
    return f'<w:numbering xmlns:w="{NAMESPACE}">{forms}<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{counted}</w:numbering>'


def _levels(form: str, text: str, only: int | None = None) -> str:
    return "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{STEP * (level + 1)}" w:hanging="{STEP}"/></w:pPr></w:lvl>'
        for level in ([only] if only is not None else range(9))
    )


def _begins(start: int) -> str:
    return "".join(f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>' for level in range(9))


def section_end(landscape: bool) -> str:
    """Paper and margins of the section that ends here."""
    wide, high = (round(side * TWIPS) for side in (reversed(PAGE) if landscape else PAGE))
    turned = ' w:orient="landscape"' if landscape else ""
    margin = round(MARGIN * TWIPS)
    sides = " ".join(f'w:{side}="{margin}"' for side in ("top", "right", "bottom", "left"))
    return f'<w:sectPr><w:pgSz w:w="{wide}" w:h="{high}"{turned}/><w:pgMar {sides} w:header="567" w:footer="454" w:gutter="0"/></w:sectPr>'


def ended(text: str, end: str) -> str:
    """Paragraphs and tables with the section's end in their last paragraph, where Word keeps it."""
    at = text.rindex("</w:pPr>")
    return text[:at] + end + text[at:]
