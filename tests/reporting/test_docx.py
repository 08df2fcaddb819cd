"""A Word file: every row and word, heads that repeat, turned pages, alt texts, and the same bytes again."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from review.reporting.documents.docx import write_docx
from review.reporting.documents.model import Document, Heading, Picture, Prose, Verbatim, document_of_table
from review.reporting.table import Cell, Column, Table
from tests.needs import need_libreoffice
from tests.reporting.papers import CONTROLS, CRITERIA, HOSTILE, SCRIPTS, long_table, printed, squeezed
from tests.reporting.test_picture import DRAWING

WIDE = tuple(Column(f"c{at}", f"Column {at}") for at in range(9))


def document(*blocks: Any, as_of: str = "2026-03-02T19:26:00Z", demonstration: str = "") -> Document:
    return Document("A report", "A review", as_of, {"o": "9be0123456"}, demonstration, "en", blocks)


def written(made: Document, folder: Path) -> Any:
    return docx.Document(str(write_docx(made, folder / "made.docx")))


def rows_of(table: Any) -> list[list[str]]:
    """The text of each cell; python-docx's own cells take a minute for 2,000 rows."""
    return [
        [squeezed("".join(text.text or "" for text in cell.iter(qn("w:t")))) for cell in row.findall(qn("w:tc"))]
        for row in table._tbl.findall(qn("w:tr"))
    ]


@pytest.mark.parametrize("rows", [3, 100, 2000])
def test_rows_in_are_rows_out(rows: int, tmp_path: Path) -> None:
    one = long_table(rows, (*HOSTILE, *SCRIPTS, CRITERIA))
    [found] = docx.Document(str(one.docx(tmp_path / "made.docx"))).tables
    assert rows_of(found) == [["Study", "Enrolled(participants)", "Criteria", "Other"], *printed(one)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=4))
def test_no_text_stops_it_or_loses_its_row(texts: list[tuple[str, str]]) -> None:
    one = Table("t", texts[0][0], (Column("a", texts[0][1]), Column("b", "B")), tuple((Cell(a), Cell(b)) for a, b in texts))
    for layout in ("rows", "blocks"):
        kept = Table(one.key, one.title, one.columns, one.rows, layout=layout)  # type: ignore[arg-type]
        made = io.BytesIO(_bytes(document_of_table(kept)))
        found = docx.Document(made).tables
        heads = 1 if layout == "rows" else len(texts)  # one for the table, or the name of each block
        assert sum(len(table.rows) for table in found) == len(texts) + heads


def _bytes(made: Document) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write_docx(made, Path(folder) / "made.docx").read_bytes()


def test_a_character_that_xml_cannot_hold_is_seen_as_such(tmp_path: Path) -> None:
    [found] = docx.Document(str(long_table(1, (CONTROLS,)).docx(tmp_path / "made.docx"))).tables
    assert rows_of(found)[1][2] == "a�b�c�d�e�f�0"


def test_heads_repeat_and_rows_are_not_divided_unless_very_high(tmp_path: Path) -> None:
    one = Table("t", "T", (Column("a", "A"), Column("b", "B")), ((Cell("x"), Cell("y")), (Cell("z"), Cell(CRITERIA * 3))))
    [found] = docx.Document(str(one.docx(tmp_path / "made.docx"))).tables
    rows = [{etree.QName(mark).localname for mark in row._tr.iterfind(f"{qn('w:trPr')}/*")} for row in found.rows]
    assert rows == [{"cantSplit", "tblHeader"}, {"cantSplit"}, set()]


def test_notes_are_raised_letters_and_stand_below(tmp_path: Path) -> None:
    one = Table("t", "T", (Column("a", "A"),), ((Cell("5", notes=("Planned.",)),),), ("n: number.",))
    made = docx.Document(str(one.docx(tmp_path / "made.docx")))
    letter = made.tables[0].rows[1].cells[0].paragraphs[0].runs[1]
    assert letter.text == "a" and letter.font.superscript
    assert [paragraph.text for paragraph in made.paragraphs if paragraph.style.name == "Table Note"][:2] == ["a Planned.", "n: number."]


def test_not_reported_is_grey_in_words_and_empty_is_a_dash(tmp_path: Path) -> None:
    one = Table(
        "t", "T", (Column("a", "A"),), ((Cell("", missing="not_reported"),), (Cell("", missing="empty"),), (Cell("4", flag="retracted"),))
    )
    [found] = docx.Document(str(one.docx(tmp_path / "made.docx"))).tables
    runs = [row.cells[0].paragraphs[0].runs for row in found.rows[1:]]
    assert [[run.text for run in line] for line in runs] == [["not reported"], ["–"], ["4", " [retracted]"]]
    assert str(runs[0][0].font.color.rgb) == "595959" and runs[2][1].bold


def test_numbers_meet_at_their_decimal_point(tmp_path: Path) -> None:
    texts = ("54.25", "9", "−0.5", "61.7 (8.2)", "unclear")
    one = Table("t", "T", (Column("a", "A", align="decimal"),), tuple((Cell(text),) for text in texts))
    [found] = docx.Document(str(one.docx(tmp_path / "made.docx"))).tables
    formats = [row.cells[0].paragraphs[0].paragraph_format.right_indent for row in found.rows[1:]]
    insets = [0 if one is None else round(one.mm, 1) for one in formats]
    assert insets[3] == insets[4] == 0 and insets[1] > insets[2] > insets[0] > 0
    assert one.pdf(tmp_path / "made.pdf").standard == "ua-1"


def test_numbers_stand_apart_from_the_words_beside_them_and_notes_stay_together(tmp_path: Path) -> None:
    columns = (Column("a", "A", align="right"), Column("b", "B", align="right"), Column("c", "C"))
    one = Table("t", "T", columns, ((Cell("1"), Cell("2"), Cell("words")),), ("one note", "another"))
    made = docx.Document(str(one.docx(tmp_path / "made.docx")))
    [table] = made.tables
    free = [[cell._tc.tcPr.find(qn("w:tcMar")) is not None for cell in row.cells] for row in table.rows]
    assert free == [[False, True, False]] * 2
    notes = [paragraph for paragraph in made.paragraphs if paragraph.style.name == "Table Note" and paragraph.text]
    assert [paragraph.paragraph_format.keep_with_next for paragraph in notes] == [True, None]
    assert table.rows[-1].cells[0].paragraphs[0].paragraph_format.keep_with_next, "the last row with its notes"


def test_blocks_are_tables_under_their_names(tmp_path: Path) -> None:
    made = docx.Document(str(long_table(3, layout="blocks").docx(tmp_path / "made.docx")))
    assert [len(table.columns) for table in made.tables] == [2, 2, 2]
    assert [table.rows[1].cells[0].text for table in made.tables] == ["Enrolled (participants)"] * 3
    assert all(table.rows[1].cells[0].paragraphs[0].runs[0].bold for table in made.tables)
    assert [paragraph.text for paragraph in made.paragraphs if paragraph.style.name == "Caption"] == ["A table of many rows"]


def test_a_block_has_its_name_on_each_of_its_pages(tmp_path: Path) -> None:
    made = docx.Document(str(long_table(3, layout="blocks").docx(tmp_path / "made.docx")))
    heads = [table.rows[0] for table in made.tables]
    assert [[cell.text for cell in head.cells] for head in heads] == [[f"Study {at}"] * 2 for at in range(3)], "over both columns"
    assert all(head._tr.trPr.find(qn("w:tblHeader")) is not None for head in heads)


def test_headings_captions_and_the_demonstration_line_stand_in_order(tmp_path: Path) -> None:
    made = written(
        document(
            Heading(1, "Part"), Picture(DRAWING, "two boxes in words", "A flow"), long_table(1), long_table(1), demonstration="Do not cite."
        ),
        tmp_path,
    )
    told = [(paragraph.style.name, "".join(text.text for text in paragraph._p.iter(qn("w:t")))) for paragraph in made.paragraphs]
    assert told[:5] == [
        ("Demonstration", "Do not cite."),
        ("Stamp", "A review"),
        ("Title", "A report"),
        ("Stamp", "As of 2 Mar 2026, 19:26 UTC · Heads 9be01234"),
        ("Heading 1", "Part"),
    ]
    captions = [text for style, text in told if style == "Caption"]
    assert captions == ["Figure 1. A flow", "Table 1. A table of many rows", "Table 2. A table of many rows"]
    fields = [field.get(qn("w:instr")).split()[:2] for field in made.element.iter(qn("w:fldSimple"))]
    assert fields == [["SEQ", "Figure"], ["SEQ", "Table"], ["SEQ", "Table"]]


def test_every_picture_has_its_words_and_its_size(tmp_path: Path) -> None:
    made = written(document(Picture(DRAWING, "first", ""), Picture(DRAWING, "second", "B")), tmp_path)
    shapes = list(made.inline_shapes)
    assert [shape._inline.docPr.get("descr") for shape in shapes] == ["first", "second"]
    assert len({shape._inline.docPr.get("id") for shape in shapes}) == 2
    assert [round(shape.width.mm) for shape in shapes] == [85, 85]


def test_a_wide_table_turns_its_section_and_no_other(tmp_path: Path) -> None:
    wide = Table("w", "W", WIDE, (tuple(Cell(str(at)) for at in range(9)),))
    blocks = (Heading(1, "One"), wide, Heading(1, "Two"), Prose("More."))
    made = written(document(long_table(1), *blocks), tmp_path)
    assert [section.page_width > section.page_height for section in made.sections] == [False, True, False]
    made = written(document(Prose("Words."), *blocks), tmp_path)
    turned = [section.page_width > section.page_height for section in made.sections]
    assert turned == [True, False], "a few words at the beginning have no page of their own"
    assert [round(section.page_width.mm) for section in made.sections] == [297, 210]
    assert all(section.footer.paragraphs[0].text.startswith("A review · A report") for section in made.sections)


def test_prose_keeps_lists_links_and_faces(tmp_path: Path) -> None:
    words = "A **bold** and *slanted* `word`, [away](https://example.org/x), [inside](10_protocol.html)."
    text = words + "\n\n3. three\n4. four\n   - deeper\n\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    made = written(document(Prose(text), Verbatim("as  it\nis")), tmp_path)
    assert [(link.text, link.address) for paragraph in made.paragraphs for link in paragraph.hyperlinks] == [
        ("away", "https://example.org/x")
    ]
    faces = {run.text: (run.bold, run.italic) for paragraph in made.paragraphs for run in paragraph.runs}
    assert faces["bold"][0] and faces["slanted"][1] and faces["inside"] == (None, None)
    levels = [level.val for level in made.element.iter(qn("w:ilvl"))]
    assert levels == [0, 0, 1] and [paragraph.text for paragraph in made.paragraphs if paragraph.style.name == "Quote"] == ["said"]
    assert rows_of(made.tables[0]) == [["a", "b"], ["1", "2"]]
    starts = [start.get(qn("w:val")) for start in made.part.numbering_part.element.iter(qn("w:startOverride"))]
    assert set(starts) == {"3"}


def test_properties_hold_no_clock_and_no_name(tmp_path: Path) -> None:
    told = written(document(Prose("x")), tmp_path).core_properties
    assert (told.title, told.author, told.comments, told.language) == ("A report", "", "", "en")
    assert told.created == told.modified and told.created is not None and told.created.date().isoformat() == "2026-03-02"
    bare = docx.Document(str(long_table(1).docx(tmp_path / "bare.docx"))).core_properties
    assert bare.created is None and bare.modified is None
    with zipfile.ZipFile(tmp_path / "made.docx") as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in parts.namelist() if "thumbnail" in name]


MAKE = (
    "import sys; from tests.reporting.test_docx import document; from tests.reporting.papers import long_table;"
    "from tests.reporting.test_picture import DRAWING; from review.reporting.documents.{kind} import write_{kind};"
    "from review.reporting.documents.model import Picture, Prose;"
    "write_{kind}(document(Prose('1. a'), Picture(DRAWING, 'alt', 'c'), long_table(50)), sys.argv[1])"
)


def same_elsewhere(kind: str, folder: Path) -> bool:
    """Whether two processes with another zone, hash seed and locale write the same bytes."""
    made = []
    for zone, seed in (("UTC", "1"), ("Pacific/Auckland", "2")):
        target = folder / f"{seed}.{kind}"
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C"}
        subprocess.run(
            [sys.executable, "-c", MAKE.format(kind=kind), str(target)], check=True, env=environment, cwd=Path(__file__).parents[2]
        )
        made.append(target.read_bytes())
    return made[0] == made[1]


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    assert same_elsewhere("docx", tmp_path)


def converted(file: Path, form: str, options: Sequence[str] = ()) -> Path:
    """*file* as LibreOffice reads it, in another form beside it."""
    profile = f"-env:UserInstallation={(file.parent / 'profile').as_uri()}"
    command = [need_libreoffice(), "--headless", profile, *options, "--convert-to", form, "--outdir", str(file.parent), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return file.with_suffix("." + form.partition(":")[0])


@pytest.mark.libreoffice
def test_libreoffice_opens_it_with_every_row(tmp_path: Path) -> None:
    one = long_table(100, (*HOSTILE, *SCRIPTS, CRITERIA, CONTROLS))
    page = html.fromstring(converted(one.docx(tmp_path / "made.docx"), "html").read_text(encoding="utf-8"))
    found = [[squeezed(cell.text_content()) for cell in row.iterfind("td")] for row in page.iterfind(".//tr")]
    wanted = [[cell.replace("\ufeff", "") for cell in row] for row in printed(one)]
    assert [[cell.replace("\ufeff", "") for cell in row] for row in found if row][-100:] == wanted
    assert not page.findall(".//script")
