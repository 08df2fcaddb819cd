"""MEDLINE text: entries by PubMed's number, values that go on in indented lines, links that are notices."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.records import Reading, read_bytes
from review.records.detect import detect
from review.records.source import Source

ONE = """
PMID- 31000001
OWN - NLM
STAT- MEDLINE
IS  - 1234-5678 (Electronic)
IS  - 8765-4321 (Print)
VI  - 12
IP  - 3
DP  - 2019 Mar
TI  - Warm foot baths before sleep: a trial
      with nurses.
PG  - 101-110
LID - 10.9999/jnw.2019.7 [doi]
LID - S0000(19)00007-X [pii]
AB  - BACKGROUND: Feet are cold. METHODS: Forty nurses
      washed their feet (NCT01234567).
FAU - Hale, Rose
AU  - Hale R
AUID- ORCID: 0000-0000-0000-0001
AD  - Ward of Sleep, Northtown.
FAU - Moss, Kay
AU  - Moss K
AD  - Ward of Feet.
AD  - Ward of Sleep, Northtown.
CN  - Foot Bath Group
AD  - All wards.
LA  - eng
SI  - ClinicalTrials.gov/NCT07654321
SI  - Dryad/10.9999/dryad.feet
GR  - 7/Feet Fund/International
PT  - Journal Article
PT  - Randomized Controlled Trial
TA  - J Night Work
JT  - Journal of night work
MH  - *Foot
MH  - Sleep/*physiology
OT  - feet
PMC - PMC7000001
COIS- None declared.
EDAT- 2019/03/02 06:00
SO  - J Night Work. 2019 Mar;12(3):101-110. doi: 10.9999/jnw.2019.7.
"""
TWO = """
PMID- 31000002
OWN - NLM
TI  - Cold socks.
AU  - Lund S
DP  - 2020
"""


def medline(text: str | bytes) -> Reading:
    """The reading of *text* as MEDLINE."""
    return read_bytes(text if isinstance(text, bytes) else text.encode(), "made.nbib", "medline", source="made")


def test_an_entry_has_its_values_in_their_fields() -> None:
    reading = medline(ONE + TWO)
    first, second = reading.records
    assert not reading.problems
    assert first.brief_title == "Warm foot baths before sleep: a trial with nurses."
    assert first.abstract == "BACKGROUND: Feet are cold. METHODS: Forty nurses washed their feet (NCT01234567)."
    assert [(i.type, i.value, i.role) for i in first.identifiers] == [
        ("PMID", "31000001", "primary"),
        ("DOI", "10.9999/jnw.2019.7", "secondary"),
        ("NCT", "NCT07654321", "secondary"),
        ("PMCID", "PMC7000001", "secondary"),
        ("NCT", "NCT01234567", "secondary"),
    ]
    paper = first.publication
    assert paper is not None
    assert [(a.name, a.orcid, a.affiliation_refs) for a in paper.authors] == [
        ("Hale, Rose", "0000-0000-0000-0001", (1,)),
        ("Moss, Kay", None, (2, 1)),
        ("Foot Bath Group", None, (3,)),
    ]
    assert [(a.ref, a.text) for a in paper.affiliations] == [(1, "Ward of Sleep, Northtown."), (2, "Ward of Feet."), (3, "All wards.")]
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("Journal of night work", 2019, "12", "3", "101-110")
    assert (paper.doi, paper.pmid, paper.pmcid, paper.language) == ("10.9999/jnw.2019.7", "31000001", "PMC7000001", "eng")
    assert (paper.mesh, first.keywords) == (("*Foot", "Sleep/*physiology"), ("feet",))
    assert paper.publication_types == ("Journal Article", "Randomized Controlled Trial")
    assert (paper.grant_numbers, paper.competing_interests) == (("7/Feet Fund/International",), "None declared.")
    assert first.extra["IS"] == ("1234-5678 (Electronic)", "8765-4321 (Print)")
    assert first.extra["AU"] == ("Hale R", "Moss K")
    assert first.provenance.field_spans["brief_title"] == (10, 11)
    assert second.publication is not None
    assert [a.name for a in second.publication.authors] == ["Lund S"]


@pytest.mark.parametrize(
    ("text", "titles", "remarks"),
    [
        (b"\xef\xbb\xbf" + TWO.encode(), ["Cold socks."], []),
        (TWO.replace("\n", "\r"), ["Cold socks."], []),
        (TWO.lstrip() + TWO.lstrip(), ["Cold socks.", "Cold socks."], []),  # no empty line between
        (TWO.replace("TI  - ", "TI - "), ["Cold socks."], ["malformed_tag"]),
        (TWO.replace("Cold socks.", "Cold socks of\nnurses."), ["Cold socks of nurses."], ["continuation_joined"]),
        ("1: Some list\n" + TWO, ["Cold socks."], ["text_outside_records"]),
        (TWO.replace("PMID- 31000002\nOWN - NLM", "OWN - ERIC"), ["Cold socks."], []),
        (TWO + "QQQQ- kept\n", ["Cold socks."], ["unknown_tag"]),
    ],
)
def test_files_that_depart_from_the_layout_are_read(text: str | bytes, titles: list[str], remarks: list[str]) -> None:
    reading = medline(text)
    assert [r.brief_title for r in reading.records] == titles
    assert [p.code.value for p in reading.problems] == remarks
    assert detect(Source(text if isinstance(text, bytes) else text.encode()))[0].name == "medline"


def test_a_number_of_a_data_set_is_no_number_of_the_article() -> None:
    (record,) = medline(ONE.replace("LID - 10.9999/jnw.2019.7 [doi]\n", "")).records
    assert record.publication is not None
    assert record.publication.doi is None
    assert record.extra["SI"] == ("ClinicalTrials.gov/NCT07654321", "Dryad/10.9999/dryad.feet")


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("RIN", "retracted"), ("ROF", "retracted"), ("ECI", "under_concern"), ("EIN", "corrected"), ("EFR", "corrected"),
        ("CRI", "corrected"), ("CIN", None), ("CON", None), ("UIN", None),
    ],
)  # fmt: skip
def test_a_link_to_a_notice_flags_the_record(tag: str, code: str | None) -> None:
    (record,) = medline(TWO + f"{tag:<4}- J Things. 2021;1:1. PMID: 32000000\n").records
    assert [(p.code.value, p.lines) for p in record.problems] == ([(code, (7, 7))] if code else [])
    assert record.extra[tag] == ("J Things. 2021;1:1. PMID: 32000000",)
    assert [i.value for i in record.identifiers] == ["31000002"]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(ONE + TWO)), st.integers(0, 255))
def test_a_file_cut_anywhere_or_with_a_byte_changed_is_read(at: int, byte: int) -> None:
    data = (ONE + TWO).encode()
    for bad in (data[:at], data[:at] + bytes([byte]) + data[at + 1 :]):
        reading = medline(bad)
        assert reading.read == len(reading.records) + len(reading.refused) <= 3
