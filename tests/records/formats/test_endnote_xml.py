"""EndNote XML: values within style markup, names and numbers of its elements, PubMed numbers by database, broken files."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from review.model.record import ProblemCode, Record
from review.records import read_bytes
from review.records.formats.endnote_xml import detect
from review.records.source import Source
from tests.patience import SIGNS, ends


def styled(text: str) -> str:
    return f'<style face="normal" font="default" size="100%">{text}</style>'


def record(inner: str, kind: str = "Journal Article", number: int = 17) -> str:
    return (
        '<record><database name="lamps.enl" path="lamps.enl">lamps.enl</database><source-app name="EndNote" version="20.0">EndNote'
        f'</source-app><rec-number>1</rec-number><foreign-keys><key app="EN" db-id="x">1</key></foreign-keys>'
        f'<ref-type name="{kind}">{number}</ref-type>{inner}</record>'
    )


LAMPS = record(f"""
<contributors><authors><author>{styled("Hale, Rosa M.")}</author><author>{styled("Lamp Study Group")}</author></authors>
<secondary-authors><author>{styled("Okafor, B.")}</author></secondary-authors></contributors>
<auth-address>{styled("Ward of Lamps, Testtown.&#xD;School of Sleep, Testtown.")}</auth-address>
<titles><title>{styled("Morning light, ")}<style face="italic">tired</style>{styled(" nurses &lt;60")}</title><secondary-title>{styled("J Lamps")}</secondary-title></titles>
<periodical><full-title>{styled("Journal of lamps")}</full-title><abbr-1>{styled("J Lamps")}</abbr-1></periodical>
<pages>{styled("113-25")}</pages><volume>{styled("7")}</volume><number>{styled("2")}</number>
<keywords><keyword>{styled("*lamp")}</keyword><keyword>{styled("night shift")}</keyword></keywords>
<dates><year>{styled("2021")}</year><pub-dates><date>{styled("Feb 3")}</date></pub-dates></dates>
<isbn>{styled("1234-5678 (Print)&#xD;1234-5678")}</isbn><accession-num>{styled("30000001")}</accession-num>
<abstract>{styled("Nurses are tired.&#xD;Light helped (NCT09000001).")}</abstract>
<urls><related-urls><url>{styled("https://lamps.example.org/7")}</url></related-urls></urls>
<electronic-resource-num>{styled("https://doi.org/10.1234/Lamps.7")}</electronic-resource-num>
<remote-database-provider>{styled("NLM")}</remote-database-provider><language>{styled("eng")}</language>
<custom2>{styled("PMC9000001")}</custom2><new-thing>{styled("not described")}</new-thing><urls></urls>
""")  # noqa: E501
CENTRAL = record(f"<titles><title>{styled('Foot baths')}</title></titles><custom3>{styled('PUBMED 30000002,EMBASE 5')}</custom3>")
EMBASE = record(
    f"<titles><title>{styled('Foot baths and tea')}</title></titles><custom5>{styled('30000003')}</custom5><accession-num>"
    f"{styled('612345')}</accession-num><remote-database-name>{styled('Embase&#xD;Medline')}</remote-database-name>",
    "Book Section", 5,
)  # fmt: skip
WHOLE = f'<?xml version="1.0" encoding="UTF-8" ?><xml><records>{LAMPS}{CENTRAL}{EMBASE}</records></xml>'


@pytest.fixture(scope="module")
def records() -> tuple[Record, ...]:
    reading = read_bytes(WHOLE.encode(), "lamps.xml")
    assert (reading.format, reading.read, reading.refused) == ("endnote_xml", 3, ())
    return reading.records


def test_values_stand_without_their_style_markup(records: tuple[Record, ...]) -> None:
    one = records[0]
    assert one.brief_title == "Morning light, tired nurses <60"
    assert one.abstract == "Nurses are tired.\nLight helped (NCT09000001)."
    paper = one.publication
    assert paper is not None
    assert [a.name for a in paper.authors] == ["Hale, Rosa M.", "Lamp Study Group"]
    assert [a.text for a in paper.affiliations] == ["Ward of Lamps, Testtown.", "School of Sleep, Testtown."]
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("Journal of lamps", 2021, "7", "2", "113-25")
    assert one.keywords == ("*lamp", "night shift")
    assert one.extra["secondary-authors/author"] == ("Okafor, B.",)


def test_numbers_are_read_where_the_database_says_so(records: tuple[Record, ...]) -> None:
    assert [(i.type, i.value) for i in records[0].identifiers] == [
        ("PMID", "30000001"), ("DOI", "10.1234/lamps.7"), ("PMCID", "PMC9000001"), ("NCT", "NCT09000001"),
    ]  # fmt: skip
    assert [r.publication.pmid if r.publication else None for r in records] == ["30000001", "30000002", "30000003"]
    assert records[2].extra["accession-num"] == ("612345",)


def test_kinds_of_reference(records: tuple[Record, ...]) -> None:
    assert [r.record_type for r in records] == ["article_report", "article_report", "other"]
    assert (records[2].extra["ref-type"], records[2].extra["ref-type number"]) == (("Book Section",), ("5",))


def test_an_element_that_is_not_described_is_kept_and_remarked_on(records: tuple[Record, ...]) -> None:
    assert records[0].extra["new-thing"] == ("not described",)
    assert [p.message.split("'")[1] for p in records[0].problems if p.code == ProblemCode.UNKNOWN_TAG] == ["new-thing"]


def test_nothing_that_stands_in_an_entry_is_lost(records: tuple[Record, ...]) -> None:
    for element, one in zip(etree.fromstring(WHOLE.encode()).iter("record"), records, strict=True):
        held = " ".join(json.dumps(one.model_dump(mode="json"), ensure_ascii=False).replace("\\n", " ").split()).lower()
        for text in element.itertext():
            for line in re.split(r"[\r\n]+", text):
                assert line.strip().lower().removeprefix("https://doi.org/") in held


@settings(max_examples=60)
@given(at=st.integers(0, len(WHOLE.encode())), flip=st.integers(0, 255))
def test_cut_and_flipped_never_raise(at: int, flip: int) -> None:
    data = WHOLE.encode()
    for broken in (data[:at], data[:at] + bytes([flip]) + data[at + 1 :]):
        reading = read_bytes(broken, format="endnote_xml")
        assert reading.read == len(reading.records) + len(reading.refused) == len(re.findall(rb"<record[\s/>]", broken))


def test_records_that_begin_over_and_over_are_told_apart_in_little_time() -> None:
    with ends("records that begin over and over"):
        assert detect(Source(b"<record " * (SIGNS // 8))) == 0.0


@pytest.mark.parametrize(
    ("sign", "address", "number"),
    [
        ("Nct,", "https://clinicaltrials.gov/show/NCT09000001", "NCT09000001"),
        ("Per,", "https://trialsearch.who.int/Trial2.aspx?TrialID=PER-037-09", "PER-037-09"),
        ("NCT09000001,", "https://clinicaltrials.gov/show/NCT09000001", "NCT09000001"),
    ],
)
def test_a_registration_of_central_has_no_author_and_no_journal(sign: str, address: str, number: str) -> None:
    inner = (
        f"<contributors><authors><author>{styled(sign)}</author></authors></contributors><titles><title>{styled('Lamps')}</title>"
        f"<secondary-title>{styled(address)}</secondary-title></titles><periodical><full-title>{styled(address)}</full-title></periodical>"
    )
    (one,) = read_bytes(f"<xml><records>{record(inner)}</records></xml>".encode()).records
    assert one.record_type == "trial_registration"
    assert [(i.value, i.role) for i in one.identifiers] == [(number, "primary")]
    assert one.publication is None or (one.publication.authors, one.publication.journal) == ((), None)
    assert one.extra["authors/author (number)"] == (sign,)
