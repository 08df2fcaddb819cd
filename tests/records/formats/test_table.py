"""Tables of references: delimiter, preamble, header, stray quotation marks, rows of a wrong width, and mappings as data."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import InputRefused
from review.model.record import Record
from review.records import entries, read_bytes
from review.records.formats import formats
from review.records.formats.table import TableMapping, mapping
from review.records.source import Source
from review.records.tables import Layout, Row, layout, rows
from tests.patience import calls

KNOWN = frozenset(("title", "abstract", "authors", "year"))
RAYYAN = (
    "key,title,year,journal,issn,volume,issue,pages,authors,url,abstract,notes,doi,keywords,pubmed_id\n"
    'rayyan-1,Warm baths for cold feet,2021,J Feet,1111-2222,4,2,10-19,"Hale, R. and Okoye, N.",https://doi.org/10.5555/feet.7,'
    '"Feet were warm.\nNCT01234567 names the trial.",,10.5555/feet.7,"feet, warmth",12345678\n'
)


def written(cells: list[list[str]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(cells)
    return out.getvalue().encode()


def test_a_rayyan_export_goes_into_fields_with_the_lines_of_its_row() -> None:
    reading = read_bytes(RAYYAN.encode(), "export.txt")
    (record,) = reading.records
    assert (reading.format, reading.read, record.provenance.raw_span) == ("rayyan_csv", 1, (2, 3))
    assert (record.brief_title, record.abstract) == ("Warm baths for cold feet", "Feet were warm.\nNCT01234567 names the trial.")
    said = record.publication
    assert said is not None and [a.name for a in said.authors] == ["Hale, R.", "Okoye, N."]
    assert (said.journal, said.year, said.volume, said.issue, said.pages, said.doi, said.pmid) == (
        "J Feet", 2021, "4", "2", "10-19", "10.5555/feet.7", "12345678",
    )  # fmt: skip
    assert {(i.type, i.value, i.role) for i in record.identifiers} == {
        ("DOI", "10.5555/feet.7", "secondary"), ("PMID", "12345678", "primary"), ("NCT", "NCT01234567", "secondary"),
    }  # fmt: skip
    assert record.extra["key"] == ("rayyan-1",) and record.extra["issn"] == ("1111-2222",) and not reading.problems


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("above", [0, 3])
def test_the_delimiter_and_the_header_are_found_below_a_preamble(delimiter: str, above: int) -> None:
    preamble = [["SEARCH QUERY", "feet, warm; cold"], ["-----", ""], ["", ""]][:above]
    table = [*preamble, ["Title", "Abstract", "Year"], ["One; a trial", "With, commas|bars", "2020"], ["Two", "", "2021"]]
    reading = read_bytes(written(table, delimiter))
    assert [r.brief_title for r in reading.records] == ["One; a trial", "Two"]
    assert reading.records[0].abstract == "With, commas|bars" and not reading.problems


def test_a_quotation_mark_without_end_costs_no_row() -> None:
    data = b'Title,Abstract\nOne,"an open mark\nTwo,text\nThree,"a whole\none"\n'
    reading = read_bytes(data)
    assert [r.brief_title for r in reading.records] == ["One", "Two", "Three"]
    assert [p.lines for p in reading.problems if p.code == "malformed_tag"] == [(2, 2)]
    assert reading.records[2].abstract == "a whole\none" and reading.records[2].provenance.raw_span == (4, 5)


def test_a_row_of_another_width_is_kept_and_remarked_on() -> None:
    reading = read_bytes(b"Title,Abstract,Year\nOne,text,2020,more,\nTwo\n")
    assert [r.brief_title for r in reading.records] == ["One", "Two"]
    assert reading.records[0].extra["column 4"] == ("more",)
    assert [(p.code, p.lines) for p in reading.problems] == [("row_width", (2, 2)), ("row_width", (3, 3))]


def test_a_row_without_title_abstract_and_number_is_refused_with_its_line() -> None:
    reading = read_bytes(b"Title,Abstract,Year\nOne,text,2020\n,,2021\n,,\n")
    assert [(r.line, r.reason) for r in reading.refused] == [(3, "the row has no title, no abstract and no number")]
    assert reading.read == 2


def test_a_number_that_a_spreadsheet_was_told_to_leave_alone_is_read_bare() -> None:
    reading = read_bytes(b'Title,Abstract,ISSN\nOne,text,="0012-3456"\n')
    assert reading.records[0].extra["ISSN"] == ("0012-3456",)


def test_a_value_that_ran_into_the_next_field_gives_the_number_it_begins_with() -> None:
    data = RAYYAN.replace(",10.5555/feet.7,", ",10.5555/feet.7     LK  - https://example.org/x,")
    (record,) = read_bytes(data.encode()).records
    assert record.publication is not None and record.publication.doi == "10.5555/feet.7"
    assert record.extra["doi"] == ("10.5555/feet.7     LK  - https://example.org/x",)
    assert [p.code for p in record.problems] == ["repaired"]


def test_what_a_source_says_of_a_retraction_is_a_remark() -> None:
    data = b"id,display_name,ids.openalex,publication_year,title,is_retracted\nW1,Feet,W1,2020,Feet,True\nW2,Toes,W2,2020,Toes,False\n"
    reading = read_bytes(data)
    assert reading.format == "openalex_csv" and [[p.code for p in r.problems] for r in reading.records] == [["retracted"], []]


def test_bytes_that_are_not_utf_8_are_read_line_by_line_as_windows_1252() -> None:
    reading = read_bytes("Title,Abstract\nÄpfel,naïve\n".encode("cp1252") + "Öl,Größe\n".encode())
    assert [r.brief_title for r in reading.records] == ["Äpfel", "Öl"]
    assert [p.code for p in reading.problems if p.code != "repaired"] == ["decoded_cp1252"]


CLINIC = """
name = "clinic_table"
label = "Our clinic's table"
header = ["Study name", "Register"]

[columns]
"Study name" = "title"
"Register" = "numbers"
"Who" = {to = "author", split = "/"}
"""


def test_a_review_may_bring_a_mapping_of_its_own() -> None:
    found = entries(Source(b"Study name;Register;Who;Ward\nWarm feet;NCT01234567;Hale/Okoye;North\n"), also=[mapping(CLINIC).format()])
    (record,) = [one for one in found if isinstance(one, Record)]
    assert (found.format.name, record.brief_title, record.extra["Ward"]) == ("clinic_table", "Warm feet", ("North",))
    assert [i.value for i in record.identifiers] == ["NCT01234567"]
    assert record.publication is not None and [a.name for a in record.publication.authors] == ["Hale", "Okoye"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"title"', '"titel"'), r"clinic\.toml:7: the column 'Study name' leads to 'titel'(?s:.*)did you mean 'title'"),
        (("label", "lable"), r"clinic\.toml:3: 'lable' is not understood(?s:.*)did you mean 'label'"),
        (("[columns]", "[columns"), r"clinic\.toml: this is no TOML"),
        (('header = ["Study name", "Register"]', ""), r"clinic\.toml: header is missing"),
    ],
)
def test_a_mapping_that_says_what_nobody_understands_is_refused_with_its_line(change: tuple[str, str], says: str) -> None:
    with pytest.raises(InputRefused, match=says):
        mapping(CLINIC.replace(*change), "clinic.toml")


def test_every_shipped_mapping_is_told_by_its_own_header() -> None:
    kinds = [getattr(one.read, "args", (None,))[0] for one in formats().values()]
    shipped = [kind for kind in kinds if isinstance(kind, TableMapping) and kind.name != "table"]
    assert len(shipped) > 8
    for kind in shipped:
        table = written([[*kind.header, "title", "abstract"], ["x"] * (len(kind.header) + 2)])
        scores = sorted(((other.detect(Source(table)), name) for name, other in formats().items()), reverse=True)
        assert scores[0][1] == kind.name and scores[0][0] - scores[1][0] >= 0.05, (kind.name, scores[:2])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.text(alphabet="ab ,;\"\n'", max_size=8), min_size=3, max_size=3), max_size=6),
    st.sampled_from([",", ";", "\t"]),
)
def test_rows_are_those_that_pythons_own_writer_wrote(cells: list[list[str]], delimiter: str) -> None:
    source = Source(written([["title", "abstract", "year"], *cells], delimiter))
    found = layout("title,abstract,year".replace(",", delimiter), KNOWN)
    assert found is not None
    held: list[Row] = list(rows(source.lines(), found))
    assert [list(row.cells) for row in held] == [row for row in cells if any(c.strip() for c in row)]


def test_a_table_whose_cell_holds_lines_of_ris_is_a_table() -> None:
    reading = read_bytes(b'title,abstract,year\nWarm feet,"as exported:\nTY  - JOUR\nTI  - Feet\nER  - ",2020\n')
    assert (reading.format, reading.read) == ("table", 1)


def test_the_limit_of_pythons_reader_is_left_as_it_was() -> None:
    before = csv.field_size_limit()
    wide = read_bytes(b'title,abstract\nWarm feet,"' + b"warm " * 60_000 + b'"\n')
    assert wide.read == 1 and csv.field_size_limit() == before == 131_072


def test_a_cell_that_holds_a_list_is_parted_and_runs_nothing() -> None:
    cells = ["['Hale, R', \"O'Neil, C\"]", "[{[1]: 2}]", "[0x" + "f" * 5000 + "]", "['\\ud800']", "__import__('os')"]
    rows = [["title", "authors"], *([f"Feet {n}", cell] for n, cell in enumerate(cells))]
    first, *others = read_bytes(written(rows)).records
    assert first.publication is not None and [a.name for a in first.publication.authors] == ["Hale, R", "O'Neil, C"]
    assert len(others) == 4 and [r.model_dump_json() for r in others]


@pytest.mark.parametrize("line", ['x,"y z', 'x","y', 'x,"y', 'x","""'])
def test_the_work_for_stray_marks_grows_as_the_file_does(line: str) -> None:
    n = 1_500
    source = Source(f"title,abstract\n{f'{line}{chr(10)}' * n}".encode())
    with calls(250 * n, "reading a table of stray marks"):
        found = list(rows(source.lines(), Layout(",", ("title", "abstract"), 0)))
    assert sum(row.lines[1] - row.lines[0] + 1 for row in found) == n


def test_a_stray_mark_takes_nothing_from_a_whole_row_behind_it() -> None:
    data = b'Title,Abstract\nOne,"stray\nTwo,"stray too\nThree,"a whole\n\n\none"\n'
    assert [(r.brief_title, r.abstract) for r in read_bytes(data).records][-1] == ("Three", "a whole\n\n\none")


def test_the_full_stop_behind_pubmed_s_list_is_no_author_s() -> None:
    head = "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date\n"
    rows = '30000001,Feet,"Hale R, Moss K.",x,Hale R,J Feet,2020,2020/01/02\n30000002,Feet,Hale R.,x,Hale R,J Feet,2020,2020/01/02\n'
    reading = read_bytes((head + rows).encode())
    assert reading.format == "pubmed_csv"
    assert [[a.name for a in r.publication.authors] for r in reading.records if r.publication] == [["Hale R", "Moss K"], ["Hale R"]]


def test_subjects_of_ebsco_are_keywords_and_its_first_page_stands_alone() -> None:
    head = "Article Title,Author,Journal Title,First Page,Page Count,Accession Number,Subjects,PLink\n"
    (one,) = read_bytes((head + 'Feet,"Hale, R",J Feet,101,10,12345678,Foot Care; Sleep,https://example.org/1\n').encode()).records
    assert one.publication is not None and (one.publication.pages, one.publication.mesh) == ("101", ())
    assert (one.keywords, one.extra["Page Count"]) == (("Foot Care", "Sleep"), ("10",))


def test_a_row_with_the_line_of_an_export_is_kept_without_title_and_number() -> None:
    line = f"Review record: rec:{'0' * 32} | kind: conference_abstract"
    columns = ("key", "title", "authors", "abstract", "notes", "pubmed_id", "pmc_id", "record_type", "registry_number", "official_title")
    cells = [[*columns, "acronym"], ["a", "", "Hale, R", "", line, *([""] * 6)], ["b", "", "Hale, R", "", "", *([""] * 6)]]
    reading = read_bytes(written(cells))
    assert (reading.format, [r.record_type for r in reading.records], len(reading.refused)) == ("review_csv", ["conference_abstract"], 1)


DIMENSIONS = (
    '"About the data: exported on some day. All rights reserved."\n'
    "Rank,Publication ID,DOI,PMID,Title,Abstract,Source title,Publication date,PubYear,Volume,Issue,Pagination,Authors,Dimensions URL\n"
    '1,pub.1,10.5555/feet.9,31000001,Feet,Cold.,J Feet,2020-01-15,2020,4,2,10-19,"Hale, R.; Moss, K.",https://example.org/1\n'
)
PERISH = (
    "Cites,Authors,Title,Year,Source,Publisher,ArticleURL,CitesURL,GSRank,QueryDate,Type,DOI,Volume,Issue,StartPage,EndPage,Abstract\n"
    '3,"R Hale, K Moss",Feet,2020,J Feet,x.org,https://x.org/a,https://x.org/c,1,2026-01-05 10:00:00,PDF,10.5555/feet.9,4,2,10,19,Cold.\n'
)
IEEE = (
    "Document Title,Authors,Author Affiliations,Publication Title,Date Added To Xplore,Publication Year,Volume,Issue,Start Page,End Page,"
    "Abstract,DOI,Document Identifier\n"
    '"Feet","R. Hale; K. Moss","Test University, UK; Other University, Mali","J Feet","1 Jan 2020","2020","4","2","10",'
    '"19","Cold.","10.5555/feet.9","Journals"\n'
)


@pytest.mark.parametrize(
    ("text", "kind", "authors"),
    [
        (DIMENSIONS, "dimensions_csv", ["Hale, R.", "Moss, K."]),
        (PERISH, "publish_or_perish_csv", ["R Hale", "K Moss"]),
        (IEEE, "ieee_csv", ["R. Hale", "K. Moss"]),
    ],
)
def test_tables_of_which_no_real_file_was_tried_say_so(text: str, kind: str, authors: list[str]) -> None:
    reading = read_bytes(text.encode())
    (record,) = reading.records
    said = record.publication
    assert (reading.format, [p.code.value for p in reading.problems]) == (kind, ["untried_format"])
    assert (record.brief_title, record.abstract, record.problems) == ("Feet", "Cold.", ())
    assert said is not None and [a.name for a in said.authors] == authors
    assert (said.journal, said.year, said.volume, said.issue, said.pages, said.doi) == ("J Feet", 2020, "4", "2", "10-19", "10.5555/feet.9")


def test_a_group_behind_pubmed_s_authors_is_one_of_its_own() -> None:
    head = "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date\n"
    (one,) = read_bytes(f'{head}30000001,Feet,"Hale R, Moss K; Foot Study Group.",x,Hale R,J Feet,2020,2020/01/02\n'.encode()).records
    assert one.publication is not None and [a.name for a in one.publication.authors] == ["Hale R", "Moss K", "Foot Study Group"]


@pytest.mark.parametrize("address", ["https://www.ncbi.nlm.nih.gov/pmc/articles/7000001", "https://pmc.ncbi.nlm.nih.gov/articles/7000001/"])
def test_the_address_of_an_article_in_pubmed_central_is_its_number(address: str) -> None:
    (one,) = read_bytes(f"title,pmcid\nFeet,{address}\n".encode()).records
    assert [(i.type, i.value) for i in one.identifiers] == [("PMCID", "PMC7000001")]
