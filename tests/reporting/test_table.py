"""A table as a journal sets it, as plain text and as CSV: the same rows in every form, and nothing of a record read as markup."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from review.errors import ReportError
from review.reporting.stylesheet import page_style
from review.reporting.table import BLOCK_MIME, Cell, Column, Table
from review.reporting.trace_view import MIME, traces_from_json
from tests.reporting.examples import table, trace

HOSTILE = "<script>alert(1)</script>'\"&<b>x</b>\u0000\x1f"
COLUMNS = (Column("name", "Name"), Column("n", "Enrolled", "participants", align="right"))


def small(*cells: Cell, align: str = "left") -> Table:
    column = Column("n", "Number", "mg/kg", align=align)  # type: ignore[arg-type]
    return Table("small", "A table", (Column("name", "Name"), column), tuple((Cell(f"row {at}"), cell) for at, cell in enumerate(cells)))


def parsed(one: Table) -> lxml_html.HtmlElement:
    return lxml_html.fromstring(one.html())


def test_it_has_a_caption_heads_with_scope_and_units() -> None:
    page = parsed(small(Cell("5")))
    assert page.findtext(".//caption") == "A table"
    assert [head.get("scope") for head in page.iterfind(".//thead//th")] == ["col", "col"]
    assert page.find(".//tbody//th").get("scope") == "row"
    assert page.findtext(".//thead//span[@class='unit']") == "(mg/kg)"
    assert page.find(".//div[@role='region']").get("aria-labelledby") == page.find(".//caption").get("id")


def test_not_reported_is_a_value_and_empty_says_why() -> None:
    page = parsed(small(Cell("", missing="not_reported"), Cell("", missing="empty", why="two wait for r2"), Cell("")))
    assert page.findtext(".//span[@class='missing']") == "not reported"
    empty = page.findall(".//span[@class='empty']")
    assert [one.get("title") for one in empty] == ["empty: two wait for r2", "empty"]
    assert empty[0].text_content() == "–empty: two wait for r2"


def test_a_traced_cell_links_to_its_origin_once_with_a_way_back() -> None:
    one = small(Cell("5", trace="k 1"), Cell("6", trace="k 1"), Cell("", missing="not_reported", trace="k2"))
    links = parsed(one).findall(".//a[@class='trace']")
    assert [link.get("href") for link in links] == ["#trace-k~201", "#trace-k~201", "#trace-k2"]
    assert [link.get("id") for link in links] == ["from-trace-k~201", None, "from-trace-k2"]


def test_notes_are_lettered_in_reading_order_and_the_others_are_not() -> None:
    rows = ((Cell("a", notes=("Late.",)), Cell("1", notes=("Planned.", "Late."))), (Cell("b"), Cell("2", notes=("Planned.",))))
    page = parsed(Table("t", "T", COLUMNS, rows, ("n: number.", "Planned.")))
    assert [sup.text for sup in page.iterfind(".//table//sup")] == ["a", "b,a", "b"]
    assert [item.text_content() for item in page.iterfind(".//ul/li")] == ["a Late.", "b Planned."]
    assert [item.text for item in page.iterfind(".//div[@class='notes']/p")] == ["n: number."]


def test_letters_go_on_after_z() -> None:
    rows = tuple((Cell(str(at)), Cell("1", notes=(f"Note {at}.",))) for at in range(28))
    assert list(Table("t", "T", COLUMNS, rows).letters.values())[-3:] == ["z", "aa", "ab"]


def test_decimals_are_aligned_on_their_point() -> None:
    found = small(Cell("54.25"), Cell("9"), Cell("61.7 (8.2)"), Cell("−0.5"), Cell("unclear"), align="decimal").html()
    assert '54<span class="after d8">.25</span>' in found
    assert '9<span class="after d8"></span>' in found
    assert '61<span class="after d8">.7 (8.2)</span>' in found
    assert '−0<span class="after d8">.5</span>' in found
    assert '<td class="decimal">unclear</td>' in found


def test_blocks_set_each_row_apart_and_keep_units_and_links() -> None:
    one = replace(table(3), layout="blocks")
    page = parsed(one)
    assert len(page.findall(".//table")) == 3 and not one.wide
    assert [caption.text_content() for caption in page.iterfind(".//caption")] == ["Study 1 2015", "Study 2 2016", "Study 3 2017 retracted"]
    assert "Enrolled (participants)" in [head.text_content() for head in page.iterfind(".//tbody//th")]
    assert len(page.findall(".//a[@class='trace']")) == 6


def test_wide_tables_say_so() -> None:
    assert table().wide and not small(Cell("5")).wide


def test_a_table_without_rows_is_a_sentence() -> None:
    one = Table("t", "T", COLUMNS, (), empty="No report is excluded yet.")
    assert "No report is excluded yet." in one.html() and "<table" not in one.html()
    assert "No report is excluded yet." in one.text()


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ReportError, match="row 2 has 1 cells and the table 2 columns"):
        Table("t", "T", COLUMNS, ((Cell("a"), Cell("b")), (Cell("c"),)))


def test_what_a_record_holds_stays_text() -> None:
    cells = (Cell(HOSTILE, trace=HOSTILE, notes=(HOSTILE,), flag=HOSTILE), Cell("", missing="empty", why=HOSTILE))
    one = Table(HOSTILE, HOSTILE, (Column("a", HOSTILE, HOSTILE), Column("b", HOSTILE, HOSTILE, align="decimal")), (cells,), (HOSTILE,))
    for found in (one.html(), one._repr_html_()):
        assert "<script" not in found and "<b>" not in found and "\x00" not in found


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=8))
def test_rows_in_are_rows_out(rows: list[tuple[str, str]]) -> None:
    one = Table("t", "T", COLUMNS, tuple((Cell(a), Cell(b)) for a, b in rows))
    page = parsed(one)
    assert len(page.findall(".//tbody/tr")) == len(rows) == len(one.frame)
    assert {element.tag for element in page.iter()} <= set("div table caption thead tbody tr th td span br".split())


def test_a_hundred_rows_stay_a_hundred(tmp_path: Path) -> None:
    one = table(100)
    assert one.html().count("<tr>") == 101
    assert len(one.frame) == 100
    with one.csv(tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 101
    assert all(f"Study {at} {2014 + at}" in one.text() for at in range(1, 101))


def test_text_keeps_columns_apart_and_ends_no_line_in_blanks() -> None:
    one = small(Cell("5", flag="planned"), Cell("王" * 20), Cell("x" * 70), Cell("", missing="empty"))
    lines = one.text().splitlines()
    assert lines[0] == "A table" and "5 [planned]" in one.text() and "–" in one.text()
    assert all(line == line.rstrip() for line in lines)
    assert one.text().count("x") == 70


def test_raw_csv_keeps_every_text_as_it_is(tmp_path: Path) -> None:
    one = small(Cell("=1+2"), Cell("-0.5"), Cell('a "b", c\nd'), Cell("", missing="not_reported"), Cell("", missing="empty"))
    text = one.csv(tmp_path / "t.csv").read_bytes().decode("utf-8")
    assert text.startswith("name,n\n") and "\r" not in text
    assert [row[1] for row in csv.reader(text.splitlines(keepends=True))] == ["n", "=1+2", "-0.5", 'a "b", c\nd', "not reported", ""]


@pytest.mark.parametrize("start", ["=1+2", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "  =1", "＝1", "-1+2", "+41 22"])
def test_a_spreadsheet_gets_no_formula(tmp_path: Path, start: str) -> None:
    text = small(Cell(start)).csv(tmp_path / "t.csv", spreadsheet=True).read_text(encoding="utf-8-sig")
    assert text.splitlines(keepends=True)[1].replace('"', "").startswith("row 0,'")


def test_a_spreadsheet_keeps_numbers_and_shows_units(tmp_path: Path) -> None:
    one = small(Cell("-0.5"), Cell("+3"), Cell("-1,200"), Cell("-5e-3"))
    lines = one.csv(tmp_path / "t.csv", spreadsheet=True).read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["Name,Number (mg/kg)", "row 0,-0.5", "row 1,+3", 'row 2,"-1,200"', "row 3,-5e-3"]
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("text", ["a;=cmd|' /C calc'!A0", "a; @SUM(1)", "b\t+x", "\ufeff=1+1", "\u200b=1+1", "c;-1+1;=2"])
def test_no_formula_begins_where_another_program_divides(text: str, tmp_path: Path) -> None:
    file = small(Cell(text), Cell("1; -5; +3")).csv(tmp_path / "t.csv", spreadsheet=True)
    for separator in ",;\t":
        with file.open(encoding="utf-8-sig", newline="") as source:
            cells = [cell.strip(" \t\ufeff\u200b") for row in csv.reader(source, delimiter=separator) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+x", "-1+"))], separator
    assert "1; -5; +3" in file.read_text(encoding="utf-8-sig")


def test_a_flag_has_its_own_column(tmp_path: Path) -> None:
    one = small(Cell("5", flag="retracted"), Cell("6"))
    assert one.csv(tmp_path / "t.csv").read_text(encoding="utf-8").splitlines() == ["name,n,n_flag", "row 0,5,retracted", "row 1,6,"]


def test_the_frame_tells_empty_from_not_reported() -> None:
    frame = small(Cell("5"), Cell("", missing="not_reported"), Cell("", missing="empty")).frame
    assert list(frame.columns) == ["name", "n"]
    assert list(frame["n"]) == ["5", "not reported", None]


def test_a_notebook_gets_html_text_and_origins() -> None:
    one = Table("t", "T", COLUMNS, ((Cell("a"), Cell("5", trace="k")),), traces={"k": trace("k", "Enrolled", "5")})
    bundle = one._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain", MIME, BLOCK_MIME}
    assert traces_from_json(bundle[MIME]) == one.traces
    assert 'id="trace-k"' in bundle["text/html"] and bundle["text/plain"] == one.text()


def test_the_same_table_gives_the_same_bytes() -> None:
    assert table()._repr_mimebundle_() == table()._repr_mimebundle_()


def test_every_class_of_the_markup_has_its_style() -> None:
    css = page_style()
    used = {name for found in re.findall(r'class="([^"]+)"', table().html()) for name in found.split()}
    assert not [name for name in used - {"left"} if f".{name}" not in css]


@pytest.mark.parametrize("spreadsheet", [False, True])
def test_a_carriage_return_begins_no_row_of_the_csv(tmp_path: Path, spreadsheet: bool) -> None:
    texts = ("a\rb", "c\r\nd", "\r=1+1", "lone \ud800")
    target = small(*(Cell(text) for text in texts)).csv(tmp_path / "t.csv", spreadsheet=spreadsheet)
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[1] for row in rows[1:]] == ["a\nb", "c\nd", "'\n=1+1" if spreadsheet else "\n=1+1", "lone ?"]
    assert b"\r" not in target.read_bytes()
