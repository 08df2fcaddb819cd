"""A PDF: tagged, its text selectable and complete, to PDF/UA-1 or with every missing glyph named, and the same bytes again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from review.reporting.documents.model import Heading, Picture, Prose, Verbatim
from review.reporting.documents.pdf import PdfMade, write_pdf
from review.reporting.table import Cell, Column, Table
from tests.reporting.papers import CONTROLS, COVERED, CRITERIA, HOSTILE, long_table, printed, squeezed
from tests.reporting.test_docx import WIDE, document, same_elsewhere
from tests.reporting.test_picture import DRAWING

UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")


def text_of(made: PdfMade) -> str:
    """All text of the pages without white space and without what no reader sees."""
    return UNSEEN.sub("", squeezed("".join(page.extract_text() for page in PdfReader(made.path).pages)))


def root(made: PdfMade) -> Any:
    return PdfReader(made.path).trailer["/Root"]


@pytest.mark.parametrize("rows", [3, 100, pytest.param(2000, marks=pytest.mark.soak)])  # a hundred are pages long already
def test_rows_in_are_rows_out(rows: int, tmp_path: Path) -> None:
    one = long_table(rows, COVERED)
    made = one.pdf(tmp_path / "made.pdf")
    assert made == PdfMade(tmp_path / "made.pdf", "ua-1")
    found, at = text_of(made), 0
    for row in printed(one):
        place = found.find("".join(row), at)
        assert place >= at, f"{row} is not where it belongs"
        at = place + 1


def test_hostile_words_stand_as_they_are(tmp_path: Path) -> None:
    one = long_table(2 * len(HOSTILE), HOSTILE)
    made = one.pdf(tmp_path / "made.pdf")
    assert (made.standard, made.missing, made.objection) == ("ua-1", (), "")
    found = text_of(made)
    lost = [row for row in printed(one) if UNSEEN.sub("", "".join(row[:3])) not in found and "right" not in row[2]]
    assert not lost
    assert len(PdfReader(made.path).pages) < 8


def test_a_row_higher_than_a_page_goes_on_in_the_next(tmp_path: Path) -> None:
    one = Table("t", "T", (Column("a", "A"), Column("b", "B")), ((Cell("x"), Cell(CRITERIA * 2)), (Cell("y"), Cell("last"))))
    made = one.pdf(tmp_path / "made.pdf")
    found = text_of(made)
    assert [line for line in CRITERIA.split("\n") if found.count(squeezed(line)) < 2] == []
    assert "ylast" in found


def test_a_long_word_stays_in_its_column_and_in_one_piece(tmp_path: Path) -> None:
    word = "x" * 400
    made = Table("t", "T", (Column("a", "A"), Column("b", "B")), ((Cell(word), Cell("next")),)).pdf(tmp_path / "made.pdf")
    page = PdfReader(made.path).pages[0]
    assert squeezed(page.extract_text()).count(word) == 1
    assert max(map(len, page.extract_text().splitlines())) < 200


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_no_text_stops_it(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    rows = tuple((Cell(text), Cell(text, flag=text, notes=(text,))) for text in texts)
    path = tmp_path_factory.mktemp("any") / "made.pdf"
    made = Table("t", texts[0], (Column("a", texts[0]), Column("b", "B")), rows, (texts[0],), layout="rows").pdf(path)
    assert made.path.read_bytes().startswith(b"%PDF") and (made.standard == "ua-1") == (not made.missing and not made.objection)


def test_a_character_without_a_glyph_is_named_with_its_place(tmp_path: Path) -> None:
    rows = ((Cell("a"), Cell("b")), (Cell("c"), Cell("here \u0378 and \U000e0101")))
    made = Table("t", "Titled", (Column("a", "A"), Column("b", "Remark")), rows).pdf(tmp_path / "made.pdf")
    assert made.standard == ""
    assert [one for one in made.missing if "U+0378" in one] == ["\u0378 (U+0378) in the table 'Titled', row 2, 'Remark'"]
    assert root(made)["/MarkInfo"]["/Marked"], "it is tagged all the same"
    assert "here" in text_of(made)


def test_a_glyph_that_a_drawing_lacks_is_named_too(tmp_path: Path) -> None:
    made = write_pdf(document(Picture(DRAWING.replace("more", "\u0378"), "alt", "Drawn")), tmp_path / "made.pdf")
    assert made.missing == ("\u0378 (U+0378) in the figure 'Drawn'",)


def test_a_control_character_is_seen_as_such(tmp_path: Path) -> None:
    made = long_table(1, (CONTROLS,)).pdf(tmp_path / "made.pdf")
    assert made.standard == "ua-1" and "a�b�c�d�e�f�0" in text_of(made)


def test_it_has_a_title_a_language_tags_and_alt_texts(tmp_path: Path) -> None:
    blocks = (Heading(1, "Part"), Prose("Words."), Picture(DRAWING, "two boxes in words", "A flow"), long_table(2))
    made = write_pdf(document(*blocks, demonstration="Do not cite."), tmp_path / "made.pdf")
    reader = PdfReader(made.path)
    assert made.standard == "ua-1" and root(made)["/Lang"] == "en" and root(made)["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None and reader.metadata.title == "A report"
    assert reader.metadata.creation_date is not None and reader.metadata.creation_date.date().isoformat() == "2026-03-02"
    tags, alts = tagged(root(made)["/StructTreeRoot"])
    assert {"/H1", "/Table", "/TH", "/TD", "/Figure", "/Caption"} <= tags and "two boxes in words" in alts
    first = reader.pages[0].extract_text().strip().splitlines()
    assert first[0] == "Do not cite."
    for said in ("Figure 1. A flow", "Table 1. A table of many rows", "As of 2 Mar 2026, 19:26 UTC · Heads 9be01234", "n ≥ 4 & more"):
        assert squeezed(said) in text_of(made)


def tagged(node: Any) -> tuple[set[str], set[str]]:
    """The kinds of all tags below *node*, and their alternative texts."""
    node = node.get_object()
    kinds, alts = {str(node.get("/S"))}, {str(node["/Alt"])} if "/Alt" in node else set()
    inside = node.get("/K", [])
    inside = inside.get_object() if hasattr(inside, "get_object") else inside
    for child in inside if isinstance(inside, list) else [inside]:
        child = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(child, dict) and "/S" in child:
            more = tagged(child)
            kinds, alts = kinds | more[0], alts | more[1]
    return kinds, alts


def test_heads_repeat_and_a_wide_table_turns_its_pages(tmp_path: Path) -> None:
    wide = Table("w", "W", WIDE, tuple(tuple(Cell(f"{at}.{n}") for n in range(9)) for at in range(80)))
    made = write_pdf(document(Prose("Words."), Heading(1, "One"), wide, Heading(1, "Two"), Verbatim("as  it\nis")), tmp_path / "made.pdf")
    pages = PdfReader(made.path).pages
    turned = [page.mediabox.width > page.mediabox.height for page in pages]
    assert turned[-1] is False and all(turned[:-1]) and len(turned) > 3
    assert all("Column 8" in page.extract_text() for page in pages[1:-1])


def test_prose_keeps_its_lists_and_outer_links(tmp_path: Path) -> None:
    text = "A **bold** [away](https://example.org/x) [inside](10_protocol.html) #set.\n\n3. three\n4. four\n   - deeper\n\n> said\n\n`c`"
    made = write_pdf(document(Prose(text)), tmp_path / "made.pdf")
    found = [note.get_object()["/A"]["/URI"] for page in PdfReader(made.path).pages for note in page.get("/Annots", [])]
    assert made.standard == "ua-1" and found == ["https://example.org/x"]
    for said in ("A bold away inside #set.", "3. three", "4. four", "deeper", "said"):
        assert squeezed(said) in text_of(made)


def test_blocks_keep_each_study_under_its_name(tmp_path: Path) -> None:
    found = text_of(long_table(3, ("words",), layout="blocks").pdf(tmp_path / "made.pdf"))
    assert [squeezed(f"Study {at} Enrolled (participants) {at * 7} Criteria words {at}") in found for at in range(3)] == [True] * 3


def test_a_block_has_its_name_on_each_of_its_pages(tmp_path: Path) -> None:
    columns = (Column("study", "Study"), *(Column(f"c{at}", f"Item {at}") for at in range(4)))
    long = Table("t", "T", columns, ((Cell("Xu 2012"), *(Cell("a line\n" * 20) for _ in range(4))),), layout="blocks")
    pages = [page.extract_text() for page in PdfReader(long.pdf(tmp_path / "made.pdf").path).pages]
    assert len(pages) > 1 and all("Xu 2012" in page for page in pages)


def test_a_table_without_rows_says_so(tmp_path: Path) -> None:
    made = Table("t", "Open conflicts", (Column("a", "A"),), (), empty="No conflict is open.").pdf(tmp_path / "made.pdf")
    assert "OpenconflictsNoconflictisopen." in text_of(made)


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    assert same_elsewhere("pdf", tmp_path)
