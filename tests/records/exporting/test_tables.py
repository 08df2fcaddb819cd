"""The CSV files: heads that Rayyan and ASReview read, no formula for a spreadsheet, no cell that ASReview refuses."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd
from hypothesis import given, settings

from review.records.exporting import to_bytes
from tests.records.exporting.entries import abstract_of, article, examples, flat, many, record_id, title_of

# the heads of Rayyan's template for CSV files
RAYYAN = "key,title,authors,journal,issn,volume,issue,pages,year,publisher,url,abstract,notes,doi,keywords"
LONGEST_OF_CSV = 131_072  # the longest cell that Python's csv reads unless told otherwise, and so ASReview's reader


def rows(records: list[tuple[str, Any]], format: str) -> list[dict[str, str]]:
    text = to_bytes(records, format)[0].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_the_raw_table_has_the_heads_of_rayyan_and_its_way_of_lists() -> None:
    data = to_bytes(examples(), "csv-raw")[0]
    assert data.startswith(RAYYAN.encode()) and b"\r" not in data
    one, trial = rows(examples(), "csv-raw")[:2]
    assert one["key"] == record_id("article") and one["authors"] == "Nowak, Ewa; Li W; The Lid and Tear Group"
    assert (one["pubmed_id"], one["pmc_id"], one["issn"], one["pages"], one["year"]) == (
        "11223344",
        "PMC7654321",
        "1234-567X",
        "101-9",
        "2021",
    )
    assert (trial["registry_number"], trial["official_title"], trial["acronym"]) == (
        "NCT09999999", "A randomised, masked trial of warm lids", "LID-WARM",
    )  # fmt: skip


def test_no_text_becomes_a_formula_in_a_spreadsheet() -> None:
    doc = {**examples()[0][1], "brief_title": '=HYPERLINK("https://evil.test")', "abstract": "-1+2\ttab\t=3", "keywords": ["@x", "-5"]}
    data, _, altered = to_bytes([("rec:1", doc)], "csv")
    (one,) = rows([("rec:1", doc)], "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    assert (
        one["title"] == '\'=HYPERLINK("https://evil.test")' and one["abstract"] == "'-1+2\ttab\t'=3" and one["keywords"].startswith("'@x")
    )
    assert altered["cells that a spreadsheet would take for a formula, with an apostrophe before it"] == 3
    (raw,) = rows([("rec:1", doc)], "csv-raw")
    assert raw["title"] == '=HYPERLINK("https://evil.test")'


def test_asreview_has_its_own_heads_and_lists_without_blanks() -> None:
    data = to_bytes(examples(), "asreview")[0]
    assert data.startswith(b"record,title,abstract,authors,keywords,year,doi,url,")
    assert not {"included", "label", "asreview_label"} & set(data.split(b"\n")[0].decode().split(","))  # no decision leaves with it
    one = rows(examples(), "asreview")[0]
    assert one["authors"].split(";") == ["Nowak, Ewa", "Li W", "The Lid and Tear Group"] and one["record"] == record_id("article")


def test_a_cell_that_asreview_could_not_read_is_cut_and_said() -> None:
    doc = {**article().model_dump(mode="json"), "abstract": "word " * 50_000, "brief_title": "NA"}
    _, _, altered = to_bytes([("rec:1", doc)], "asreview")
    (one,) = rows([("rec:1", doc)], "asreview")
    assert len(one["abstract"]) == LONGEST_OF_CSV
    assert altered["cells of more than 131,072 letters, which were cut, because ASReview refuses the whole file with one"] == 1
    assert altered["cells whose one word pandas takes for a missing value"] == 1


@settings(max_examples=20, deadline=None)
@given(many)
def test_every_table_has_a_row_for_each_record_with_its_texts(docs: list[dict[str, Any]]) -> None:
    records = [(doc["record_id"], doc) for doc in docs]
    for format in ("csv-raw", "asreview"):
        for doc, row in zip(docs, rows(records, format), strict=True):
            assert flat(row["title"]) == flat(title_of(doc)) and flat(row["abstract"]) == flat(abstract_of(doc))
            assert doc["record_id"] in (row.get("key"), row.get("record"))
    for row in rows(records, "csv"):
        assert not any(
            cell.startswith(("=", "+", "-", "@", "\t")) and not cell.lstrip("+-").replace(".", "").isdigit() for cell in row.values()
        )


@settings(max_examples=8, deadline=None)
@given(many)
def test_pandas_reads_what_asreview_reads_with_it(docs: list[dict[str, Any]]) -> None:
    """ASReview reads with pandas' Python engine, which guesses the separator from the heads."""
    data = to_bytes([(doc["record_id"], doc) for doc in docs], "asreview")[0]
    frame = pd.read_csv(io.BytesIO(data), sep=None, engine="python", encoding="utf-8", keep_default_na=False, dtype=str)
    assert list(frame["record"]) == [doc["record_id"] for doc in docs]
    assert [flat(title) for title in frame["title"]] == [flat(title_of(doc)) for doc in docs]
