"""Tables, captions and sections as they are set on paper, alike in Word and PDF: widths of columns, letters, turned pages.

It measures and words; it drops no row, and shortens nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from review.reporting.documents.model import Block, Document, Heading, Picture, Table
from review.reporting.escaping import legal
from review.reporting.labels import Labels
from review.reporting.lettering import width
from review.reporting.table import LONGEST_FRACTION, NUMBER, Cell, Column

MM = 72 / 25.4  # points
PAGE, MARGIN = (210.0, 297.0), 18.0  # mm: A4, whose text is then 174 mm wide, the two columns of a journal
SIZE, PAD = 8.0, 1.2  # points of a table's text; mm at either side of a cell
GUTTER = 2.0  # mm more between numbers and the words to the right of them
LONGEST_WORD, WISH = 34.0, 28.0  # mm: a longer word is divided; what a column of width 1 may wish for
SHORT_LINE = 20.0  # mm: a column of shorter lines keeps them whole
LOOSE = 1.5  # a narrow table is not drawn out further than this: the eye would lose the line
BOLD = 1.1  # a head is set bold
SLACK = 1.04  # letters are reckoned from their usual widths, and a word that does not fit is broken
TALL = 0.35  # of a page
CHARACTER, LEADING = 0.5, 1.2  # em: of an average character, of a line
HIGHEST = {False: 225.0, True: 140.0}  # mm of a figure on an upright and on a turned page, with room for its caption
NAMES = 42.0  # mm, of the names of a block's lines
SHORT = 8  # characters of an id that are enough to tell heads apart by eye


@dataclass(frozen=True)
class SetCell:
    """What is printed of a cell. grey: words that stand for no value. letters: of its notes, as ``a,b``.

    inset: how far in mm it stands from the right, so that the numbers of a column meet at their decimal point.
    """

    text: str
    grey: bool = False
    letters: str = ""
    flag: str = ""
    inset: float = 0.0

    @property
    def bare(self) -> bool:
        """Whether it is nothing but its text."""
        return not (self.grey or self.letters or self.flag or self.inset)


@dataclass(frozen=True)
class SetTable:
    """Rows under heads, with the widths of the columns in mm. heads: none in a block, whose first column names the others.

    over: heads over the heads, each with the number of columns that it spans, '' where there is none; empty without any.
    gutters: by column, how many mm more than usual stay free at the right of its cells; none in a block.
    """

    widths: tuple[float, ...]
    heads: tuple[str, ...]
    right: tuple[bool, ...]
    rows: tuple[tuple[SetCell, ...], ...]
    name: SetCell | None = None
    over: tuple[tuple[str, int], ...] = ()
    gutters: tuple[float, ...] = ()

    def tall(self, landscape: bool) -> frozenset[int]:
        """The rows, counted from 0, that are likely to be so high that they may be divided between two pages."""
        most = TALL * ((PAGE[0] if landscape else PAGE[1]) - 2 * MARGIN) * MM
        rooms = [wide - 2 * PAD for wide in self.widths]
        return frozenset(
            at for at, row in enumerate(self.rows) if any(_height(cell.text, room) > most for cell, room in zip(row, rooms, strict=True))
        )


@dataclass(frozen=True)
class Section:
    """Blocks that stand on pages of one orientation."""

    landscape: bool
    blocks: tuple[Block, ...]

    @property
    def room(self) -> float:
        """How wide its text is, in mm."""
        return (PAGE[1] if self.landscape else PAGE[0]) - 2 * MARGIN

    def fitted(self, width: float, height: float) -> float:
        """How wide a figure of that size is set here, in points: as it is, or as far as it goes, a hair within the margins."""
        return min(width, (self.room - 0.5) * MM, width / height * HIGHEST[self.landscape] * MM)


def sections(document: Document) -> list[Section]:
    """The document's parts from heading to heading; one with a wide table is turned, and neighbours that agree are one."""
    parts: list[list[Block]] = [[]]
    for block in document.blocks:
        if isinstance(block, Heading) and not all(isinstance(before, Heading) for before in parts[-1]):
            parts.append([])
        parts[-1].append(block)
    if len(parts) > 1 and not any(isinstance(block, Table | Picture) for block in parts[0]):
        parts[:2] = [parts[0] + parts[1]]  # a few words alone would stand on a page of their own before a turned one
    joined: list[Section] = []
    for part in parts:  # at least one, if an empty one
        landscape = any(isinstance(block, Table) and block.wide and block.rows for block in part)
        if joined and joined[-1].landscape == landscape:
            joined[-1] = Section(landscape, (*joined[-1].blocks, *part))
        else:
            joined.append(Section(landscape, tuple(part)))
    return joined


def captions(document: Document, words: Labels) -> Iterator[tuple[str, int, str]]:
    """For each titled table and each figure with a caption, in order: the word, its number and its text.

    A document of one table gives no number.
    """
    tables = figures = 0
    alone = len(document.blocks) == 1
    for block in document.blocks:
        if isinstance(block, Table) and block.title:
            tables += 1
            yield ("", 0, line(block.title)) if alone else (words.say("document.table"), tables, line(block.title))
        elif isinstance(block, Picture) and block.caption:
            figures += 1
            yield words.say("document.figure"), figures, line(block.caption)


def stamp(document: Document, words: Labels) -> str:
    """As-of and heads in short; '' for a document that is not of a review's ledger."""
    if not document.heads and not document.as_of:
        return ""
    date = words.say("page.as_of", date=words.moment(document.as_of)) if document.as_of else words.say("page.no_as_of")
    heads = ", ".join(head[:SHORT] for _, head in sorted(document.heads.items())) or words.say("page.no_heads")
    return line(f"{date} · {words.say('page.heads')} {heads}")


def set_tables(table: Table, room: float) -> Iterator[SetTable]:
    """The table as one for print in *room* mm, or as one for each row where its layout is 'blocks'; none where it has no rows."""
    if table.layout == "blocks":
        names = tuple(SetCell(_head(column)) for column in table.columns)
        for row in table.rows:
            told = tuple((name, _set(table, cell)) for name, cell in zip(names[1:], row[1:], strict=True))
            yield SetTable((NAMES, room - NAMES), (), (False, False), told, _set(table, row[0]))
    elif table.rows:
        heads = tuple(_head(column) for column in table.columns)
        insets = [_insets(table, at) for at in range(len(table.columns))]
        rows = tuple(
            tuple(_set(table, cell, inset[at]) for cell, inset in zip(row, insets, strict=True)) for at, row in enumerate(table.rows)
        )
        right = tuple(column.align != "left" for column in table.columns)
        over = tuple((lines(group), span) for group, span in table.groups)
        gutters = tuple(GUTTER if one and not after else 0.0 for one, after in zip(right, (*right[1:], True), strict=True))
        yield SetTable(tuple(_widths(table.columns, heads, rows, gutters, room)), heads, right, rows, over=over, gutters=gutters)


def set_above(table: Table) -> list[tuple[str, str]]:
    """What stands between the title and the table: name and text of each line."""
    return [(line(name), lines(text)) for name, text in table.above]


def set_notes(table: Table) -> list[tuple[str, str]]:
    """The notes under the table: letter ('' for none) and text."""
    lettered = [(letter, lines(note)) for note, letter in table.letters.items()]
    return [*lettered, *(("", lines(note)) for note in table.notes if note not in table.letters)]


def lines(text: str) -> str:
    """*text* with its line ends as ``\\n``, and with U+FFFD for what XML and fonts cannot hold."""
    return legal(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n"))


def line(text: str) -> str:
    """*text* in one line."""
    return " ".join(lines(text).split())


def _head(column: Column) -> str:
    return lines(f"{column.head} ({column.unit})" if column.unit else column.head)


def _insets(table: Table, at: int) -> list[float]:
    """For each row, how much shorter what follows the decimal point is in column *at* than where it is longest, in mm."""
    if table.columns[at].align != "decimal":
        return [0.0] * len(table.rows)
    after = [NUMBER.match(row[at].text) if row[at].missing is None else None for row in table.rows]
    long = [width(found[2] or "", SIZE) / MM if found and len(found[2] or "") <= LONGEST_FRACTION else None for found in after]
    longest = max((one for one in long if one is not None), default=0.0)
    return [0.0 if one is None else round(longest - one, 2) for one in long]


def _set(table: Table, cell: Cell, inset: float = 0.0) -> SetCell:
    said = table.value(cell)
    letters = ",".join(table.letters[note] for note in cell.notes)
    return SetCell(lines(said) if said else "–", cell.missing == "not_reported", letters, line(cell.flag), inset)


def _widths(
    columns: tuple[Column, ...], heads: tuple[str, ...], rows: tuple[tuple[SetCell, ...], ...], gutters: tuple[float, ...], room: float
) -> list[float]:
    """Widths in mm within *room*: each column its longest word or short line, the rest by what its texts need and ``width`` allows."""
    least, wish, full = [], [], []
    for at, (column, head) in enumerate(zip(columns, heads, strict=True)):
        texts = [f"{row[at].text}{row[at].letters} [{row[at].flag}]" if row[at].flag else row[at].text + row[at].letters for row in rows]
        needs = max(_measured(chain.from_iterable(text.split() for text in texts)), BOLD * _measured(head.split()))
        wants = max(_measured(chain.from_iterable(text.split("\n") for text in texts)), BOLD * _measured(head.split("\n"))) + max(
            (row[at].inset for row in rows), default=0.0
        )
        beside = 2 * PAD + gutters[at]
        least.append((wants if wants < SHORT_LINE else min(needs, LONGEST_WORD)) + beside)
        wish.append(max(least[-1], min(wants + beside, WISH * max(1, column.width))))
        full.append(max(wish[-1], wants + beside))
    if sum(wish) <= room:  # what is left goes to those whose texts are longer than they might wish, then to all
        share = min(1.0, (room - sum(wish)) / max(sum(full) - sum(wish), 1.0))
        wish = [one + share * (more - one) for one, more in zip(wish, full, strict=True)]
        return [one * min(room / sum(wish), LOOSE) for one in wish]
    if sum(least) >= room:
        return [one * room / sum(least) for one in least]
    share = (room - sum(least)) / (sum(wish) - sum(least))
    return [one + share * (more - one) for one, more in zip(least, wish, strict=True)]


def _height(text: str, room: float) -> float:
    """About how high *text* is in a column of *room* mm, in points."""
    return (len(text) * CHARACTER * SIZE / (room * MM) + text.count("\n") + 1) * SIZE * LEADING


def _measured(texts: Iterable[str]) -> float:
    """How wide the longest of the texts is, in mm, a little more than reckoned; the one with the most characters stands for all."""
    return SLACK * width(max(texts, key=len, default="")[:200], SIZE) / MM
