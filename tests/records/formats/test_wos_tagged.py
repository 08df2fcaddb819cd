"""Web of Science's tagged text: PT to ER, lists over indented lines, the file's own tags around."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.records import Reading, read_bytes
from review.records.detect import detect
from review.records.source import Source

ONE = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Hale, R
   Moss, K
AF Hale, Rose
   Moss, Kay
TI Warm foot baths before sleep: a randomised trial with forty nurses of
   three wards
SO JOURNAL OF NIGHT WORK
LA English
DT Article; Retracted Publication
DE feet; sleep
ID COLD; WATER TEMPERATURE;
   NURSES
AB Feet are cold. Of forty nurses
   all slept.
C1 [Hale, Rose; Moss, Kay] Ward of Sleep, Northtown.
   [Moss, Kay] Ward of Feet, Southtown.
CR Lund S, 2001, SOCKS, V1, P1, DOI 10.9999/cited.1
   Lund S, 2002, SOCKS, V2, P2
NR 2
J9 J NIGHT WORK
PY 2019
VL 12
IS 3
BP 101
EP 110
DI 10.9999/jnw.2019.7
UT WOS:000000000000001
PM 31000001
ER

EF
"""
TWO = "PT J\nAU Lund, S\nTI Cold socks\nSO SOCKS\nPY 2020\nAR 44\nUT WOS:000000000000002\nER\n"


def wos(text: str | bytes) -> Reading:
    """The reading of *text* as Web of Science's tagged text."""
    return read_bytes(text if isinstance(text, bytes) else text.encode(), "made.txt", "wos_tagged", source="made")


def test_an_entry_has_its_values_in_their_fields() -> None:
    reading = wos(ONE)
    (record,) = reading.records
    assert [(p.code.value, p.lines) for p in reading.problems] == [("retracted", (12, 12))]
    assert record.brief_title == "Warm foot baths before sleep: a randomised trial with forty nurses of three wards"
    assert record.abstract == "Feet are cold. Of forty nurses all slept."
    assert record.keywords == ("feet", "sleep", "COLD", "WATER TEMPERATURE", "NURSES")
    paper = record.publication
    assert paper is not None
    assert [a.name for a in paper.authors] == ["Hale, Rose", "Moss, Kay"]
    assert [a.text for a in paper.affiliations] == [
        "[Hale, Rose; Moss, Kay] Ward of Sleep, Northtown.",
        "[Moss, Kay] Ward of Feet, Southtown.",
    ]
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("JOURNAL OF NIGHT WORK", 2019, "12", "3", "101-110")
    assert [(i.type, i.value) for i in record.identifiers] == [("DOI", "10.9999/jnw.2019.7"), ("PMID", "31000001")]
    assert record.extra["CR"] == ("Lund S, 2001, SOCKS, V1, P1, DOI 10.9999/cited.1", "Lund S, 2002, SOCKS, V2, P2")
    assert record.extra["UT"] == ("WOS:000000000000001",)
    assert record.provenance.field_spans["brief_title"] == (8, 9)


@pytest.mark.parametrize(
    ("text", "titles", "remarks"),
    [
        (b"\xef\xbb\xbf" + TWO.encode(), ["Cold socks"], []),
        (TWO.replace("\n", "\r\n"), ["Cold socks"], []),
        (TWO.replace("ER\n", "") + TWO, ["Cold socks", "Cold socks"], ["missing_end"]),
        (TWO + TWO.replace("ER\n", ""), ["Cold socks", "Cold socks"], ["missing_end"]),
        (TWO.replace("ER\n", "ER \n\nEF"), ["Cold socks"], []),
        (TWO + "Export of a search\n", ["Cold socks"], ["text_outside_records"]),
        (TWO + TWO.replace("PT J\n", ""), ["Cold socks", "Cold socks"], ["missing_start", "receipt_mismatch"]),
        (TWO.replace("Cold socks", "Cold socks of\nnurses"), ["Cold socks of nurses"], ["continuation_joined"]),
    ],
)
def test_files_that_depart_from_the_layout_are_read(text: str | bytes, titles: list[str], remarks: list[str]) -> None:
    reading = wos(text)
    assert [r.brief_title for r in reading.records] == titles
    assert sorted(p.code.value for p in reading.problems) == remarks
    assert detect(Source(text if isinstance(text, bytes) else text.encode()))[0].name == "wos_tagged"


def test_an_article_number_stands_for_pages_and_the_kind_tells_meetings_apart() -> None:
    (record,) = wos(TWO.replace("PY 2020", "PY 2020\nDT Meeting Abstract")).records
    assert record.publication is not None
    assert record.publication.pages == "44"
    assert record.record_type == "conference_abstract"


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(ONE + TWO)), st.integers(0, 255))
def test_a_file_cut_anywhere_or_with_a_byte_changed_is_read(at: int, byte: int) -> None:
    data = (ONE + TWO).encode()
    for bad in (data[:at], data[:at] + bytes([byte]) + data[at + 1 :]):
        reading = wos(bad)
        assert reading.read == len(reading.records) + len(reading.refused) <= 4
