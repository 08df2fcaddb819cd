"""Ovid's text exports: labels over indented values, and short tags; the receipt says that no real file was met yet."""

from __future__ import annotations

import pytest

from review.records import Reading, read_bytes
from review.records.detect import detect
from review.records.source import Source

LABELLED = """Database: Ovid MEDLINE(R) <1946 to May 2020>

<1>
Unique Identifier
  31000001.
Title
  Warm foot baths before sleep: a trial
  with nurses.
Source
  Journal of Night Work. 12(3):101-110, 2019 Mar 01.
Status
  MEDLINE
Authors
  Hale R.  Moss KJ.
Abstract
  Feet are cold. Forty nurses
  washed them (NCT01234567).
Sock Colour
  blue

<2>
Unique Identifier
  31000002.
Title
  Cold socks.
Authors
  Lund S
Year of Publication
  2020
"""
SHORT = """<1>
VN  - Ovid Technologies
DB  - Ovid MEDLINE(R)
UI  - 31000001
TI  - Warm foot baths before sleep: a trial
      with nurses.
SO  - Journal of Night Work. 12(3):101-110, 2019 Mar 01.
AU  - Hale R
AU  - Moss KJ
AB  - Feet are cold. Forty nurses
      washed them (NCT01234567).
XX  - blue

<2>
VN  - Ovid Technologies
DB  - Embase
UI  - 2000000001
TI  - Cold socks.
AU  - Lund S
YR  - 2020
"""


def ovid(text: str) -> Reading:
    """The reading of *text* as Ovid's export."""
    return read_bytes(text.encode(), "made.txt", "ovid_tagged", source="made")


@pytest.mark.parametrize("text", [LABELLED, SHORT])
def test_both_layouts_give_the_same_values(text: str) -> None:
    first, second = ovid(text).records
    assert first.brief_title == "Warm foot baths before sleep: a trial with nurses."
    assert first.abstract == "Feet are cold. Forty nurses washed them (NCT01234567)."
    paper = first.publication
    assert paper is not None
    assert [a.name.rstrip(".") for a in paper.authors] == ["Hale R", "Moss KJ"]
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("Journal of Night Work", 2019, "12", "3", "101-110")
    assert [(i.type, i.value) for i in first.identifiers] == [("PMID", "31000001"), ("NCT", "NCT01234567")]
    assert ("blue",) in first.extra.values()
    assert second.brief_title == "Cold socks."
    assert second.publication is not None
    assert second.publication.year == 2020


@pytest.mark.parametrize(("text", "outside"), [(LABELLED, ["text_outside_records"]), (SHORT, [])])
def test_the_receipt_says_what_was_passed_over_and_that_no_real_file_was_met(text: str, outside: list[str]) -> None:
    reading = ovid(text)
    assert [p.code.value for p in reading.problems] == [*outside, "untried_format", "unknown_tag"]


def test_a_number_of_embase_is_no_number_of_pubmed() -> None:
    second = ovid(SHORT).records[1]
    assert second.identifiers == ()
    assert second.extra["UI"] == ("2000000001",)


@pytest.mark.parametrize("text", [LABELLED, SHORT, SHORT.replace("<1>\n", "").replace("\n<2>", "")])
def test_the_content_tells_the_format(text: str) -> None:
    assert detect(Source(text.encode()))[0].name == "ovid_tagged"
    assert len(ovid(text).records) == 2


@pytest.mark.parametrize("text", [LABELLED, SHORT])
def test_a_file_cut_anywhere_is_read(text: str) -> None:
    data = text.encode()
    for at in range(0, len(data), 7):
        reading = ovid(data[:at].decode())
        assert reading.read == len(reading.records) + len(reading.refused) <= 2


def test_a_number_is_pubmed_s_only_where_the_database_is() -> None:
    for base, pmid in (("Ovid MEDLINE(R)", "31000001"), ("Global Health", None), ("AMED", None), ("Embase <1980 to 2020>", None)):
        (one, _) = ovid(SHORT.replace("DB  - Ovid MEDLINE(R)", f"DB  - {base}")).records
        assert one.publication is not None and one.publication.pmid == pmid, base
        assert pmid or one.extra["UI"] == ("31000001",)


def test_authors_that_commas_part_are_parted() -> None:
    (one,) = ovid("<1>\nUnique Identifier\n  1\nTitle\n  Cold socks\nAuthors\n  Van der Berg AB, O'Neil C\nDatabase\n  AMED\n").records
    assert one.publication is not None and [a.name for a in one.publication.authors] == ["Van der Berg AB", "O'Neil C"]
