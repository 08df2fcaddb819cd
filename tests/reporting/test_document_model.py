"""An executed notebook as a document: every table, figure and word in order, and nothing read as what it is not."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import ReportError
from review.reporting.documents.model import BLOCK_MIME, Document, Heading, Picture, Prose, Verbatim, combined, document_of
from review.reporting.documents.notebook_body import document_body
from review.reporting.figures import Figure
from review.reporting.table import Cell, Column, Table
from tests.reporting.examples import table

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x60\x00\x00\x00\x30"
texts = st.text(max_size=12)
cells = st.builds(
    Cell,
    texts,
    trace=st.none() | texts,
    missing=st.sampled_from((None, "not_reported", "empty")),
    why=texts,
    notes=st.lists(texts, max_size=2).map(tuple),
    flag=texts,
)
tables = st.integers(1, 3).flatmap(
    lambda n: st.builds(
        Table,
        texts,
        texts,
        st.lists(
            st.builds(Column, texts, texts, texts, st.integers(1, 9), st.sampled_from(("left", "right", "decimal"))), min_size=n, max_size=n
        ).map(tuple),
        st.lists(st.lists(cells, min_size=n, max_size=n).map(tuple), max_size=4).map(tuple),
        st.lists(texts, max_size=2).map(tuple),
        empty=texts,
        layout=st.sampled_from(("rows", "blocks")),
    )
)


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": text}


def shows(*shown: object) -> dict[str, Any]:
    outputs = [
        {"output_type": "display_data", "data": one if isinstance(one, dict) else one._repr_mimebundle_()}  # type: ignore[attr-defined]
        for one in shown
    ]
    return {"cell_type": "code", "source": "", "outputs": outputs}


def made(*parts: dict[str, Any]) -> Document:
    return document_of(json.loads(json.dumps(parts)), review="A review", as_of="2026-11-21", heads={"o": "e"})


@given(tables)
def test_a_table_comes_back_from_its_json_as_it_was(one: Table) -> None:
    assert Table.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_a_cell_of_text_alone_travels_as_that_text() -> None:
    one = Table("t", "T", (Column("a", "A"),), ((Cell("x"),), (Cell("y", flag="retracted"),)))
    assert one.to_json()["rows"] == [["x"], [{"text": "y", "flag": "retracted"}]]


def test_a_heading_under_which_nothing_was_shown_is_left_out_of_documents_and_pages() -> None:
    cells = [
        markdown("# Synthesis"), shows(), markdown("What it is."),
        markdown("## Empty"), shows(), shows(),
        markdown("## Sections"), shows(), markdown("### Of which one is empty"), shows(), markdown("### Full"), shows({"text/plain": "12"}),
        markdown("## With words\n\nSaid."), shows(),
        markdown("## Yet to write"),
        markdown("## Empty at the end"), shows(),
    ]  # fmt: skip
    kept = ["Sections", "Full", "With words", "Yet to write"]
    assert [one.text for one in made(*cells).blocks if isinstance(one, Heading)] == kept
    page = "".join(document_body(cells).parts)
    assert re.findall(r"<h[23][^>]*>([^<]*)</h", page) == kept and "12" in page and document_body(cells).title == "Synthesis"


def test_prose_tables_and_figures_keep_their_order() -> None:
    picture = Figure("<p>f</p>", "f", {}, "<svg/>", "in words", "A caption")
    found = made(
        markdown("# The title\n\nFirst words."),
        shows(table(3), picture),
        markdown("## Part\n\n- one\n\n#### Deep\n\nLast."),
        shows(table(1)),
    )
    assert (found.title, found.lang, found.heads) == ("The title", "en", {"o": "e"})
    assert found.blocks == (
        Prose("First words."),
        Table.from_json(table(3).to_json()),
        Picture("<svg/>", "in words", "A caption"),
        Heading(1, "Part"),
        Prose("- one"),
        Heading(2, "Deep"),
        Prose("Last."),
        Table.from_json(table(1).to_json()),
    )


def test_outputs_without_structure_are_shown_as_their_picture_or_their_text() -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": ["\x1b[31m4,305", " kept\x1b[0m\n"]}
    stopped = {"output_type": "error", "ename": "ReportError", "evalue": "no date", "traceback": []}
    code = {"cell_type": "code", "source": "x", "outputs": [stream, stopped]}
    frame = {"text/html": "<table></table>", "text/plain": "a  b\n1  2"}
    bitmap = {"image/png": b64encode(PNG).decode(), "text/plain": "two bars"}
    found = made(code, shows(frame, bitmap, {"image/png": b64encode(b"no picture").decode(), "text/plain": "instead"})).blocks
    assert found[:3] == (Verbatim("4,305 kept"), Verbatim("This step stopped: ReportError: no date"), Verbatim("a  b\n1  2"))
    assert isinstance(found[3], Picture) and found[3].alt == "two bars" and 'width="72pt" height="36pt"' in found[3].svg
    assert found[4] == Verbatim("instead")


def test_documents_are_combined_under_their_titles() -> None:
    one, two = made(markdown("# One\n\n## Part")), made(markdown("# Two"), shows(table(1)))
    both = combined([one, two], title="All")
    assert both.title == "All"
    assert both.blocks[:3] == (Heading(1, "One"), Heading(2, "Part"), Heading(1, "Two"))
    with pytest.raises(ReportError, match="no document to combine"):
        combined([], title="All")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"block": "table", "key": "t", "title": "T", "columns": [{"key": "a", "head": "A"}], "rows": [[{"text": 5}]]}, "rows.0.0"),
        ({"block": "table", "key": "t", "title": "T", "columns": [], "rows": [["x"]]}, "one cell for each column"),
        ({"block": "table"}, "Field required"),
        ({"block": "picture", "svg": "<svg/>", "alt": None, "caption": ""}, "calls itself 'picture'"),
        ({"block": "card"}, "calls itself 'card'"),
    ],
)
def test_a_damaged_output_is_refused(data: dict[str, Any], said: str) -> None:
    with pytest.raises(ReportError, match=said):
        made(shows({BLOCK_MIME: data}))


def test_a_page_shows_the_same_with_the_structure_and_without() -> None:
    with_it = table(3)._repr_mimebundle_()
    without = {kind: data for kind, data in with_it.items() if kind != BLOCK_MIME}
    assert document_body([shows(with_it)]) == document_body([shows(without)])
