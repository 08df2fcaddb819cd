"""PubMed XML: every part of an article and of a chapter, notices, lines, and that nothing which stands in an entry is lost."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from review.model.record import ProblemCode, Record
from review.records import read_bytes

HEAD = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">
<PubmedArticleSet>
"""
ARTICLE = """<PubmedArticle>
<MedlineCitation Status="MEDLINE" Owner="NLM">
<PMID Version="1">30000001</PMID>
<DateRevised><Year>2022</Year><Month>11</Month><Day>15</Day></DateRevised>
<Article PubModel="Print">
<Journal><ISSN IssnType="Electronic">1234-5678</ISSN>
<JournalIssue CitedMedium="Internet"><Volume>7</Volume><Issue>2</Issue><PubDate><Year>2021</Year><Month>Feb</Month></PubDate></JournalIssue>
<Title>Journal of lamps</Title><ISOAbbreviation>J Lamps</ISOAbbreviation></Journal>
<ArticleTitle>Morning light for <i>tired</i> nurses: CO<sub>2</sub> and sleep.</ArticleTitle>
<Pagination><StartPage>113</StartPage><EndPage>125</EndPage><MedlinePgn>113-25</MedlinePgn></Pagination>
<ELocationID EIdType="doi" ValidYN="Y">10.1234/lamps.7</ELocationID>
<Abstract>
<AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Nurses are tired
(p &lt; 0.05).</AbstractText>
<AbstractText Label="RESULTS" NlmCategory="RESULTS">Light helped (ISRCTN12345678).</AbstractText>
<CopyrightInformation>Copyright 2021 Lamps.</CopyrightInformation>
</Abstract>
<AuthorList CompleteYN="Y">
<Author ValidYN="Y"><LastName>Hale</LastName><ForeName>Rosa M</ForeName><Initials>RM</Initials><Suffix>Jr</Suffix>
<Identifier Source="ORCID">http://orcid.org/0000-0002-1825-009x</Identifier>
<AffiliationInfo><Affiliation>Ward of Lamps, Testtown.</Affiliation></AffiliationInfo>
<AffiliationInfo><Affiliation>School of Sleep, Testtown.</Affiliation><Identifier Source="ROR">https://ror.org/0abc</Identifier></AffiliationInfo></Author>
<Author ValidYN="Y"><LastName>Ünal</LastName><ForeName>Ece</ForeName><Initials>E</Initials>
<AffiliationInfo><Affiliation>School of Sleep, Testtown.</Affiliation></AffiliationInfo></Author>
<Author ValidYN="Y"><CollectiveName>Lamp Study Group</CollectiveName></Author>
</AuthorList>
<Language>eng</Language>
<DataBankList CompleteYN="Y"><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>
<AccessionNumber>NCT09000001</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
<GrantList CompleteYN="Y"><Grant><GrantID>R01 HL001</GrantID><Acronym>HL</Acronym><Agency>NHLBI NIH HHS</Agency><Country>United States</Country></Grant></GrantList>
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType><PublicationType UI="D016441">Retracted Publication</PublicationType></PublicationTypeList>
<VernacularTitle>Morgenlicht</VernacularTitle>
<ArticleDate DateType="Electronic"><Year>2021</Year><Month>01</Month><Day>07</Day></ArticleDate>
</Article>
<MedlineJournalInfo><Country>Switzerland</Country><MedlineTA>J Lamps</MedlineTA><NlmUniqueID>0000001</NlmUniqueID></MedlineJournalInfo>
<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="D1">Lampin</NameOfSubstance></Chemical></ChemicalList>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J Lamps. 2023;9(1):1</RefSource><PMID Version="1">31111111</PMID></CommentsCorrections>
<CommentsCorrections RefType="CommentIn"><RefSource>J Lamps. 2022;8(1):1</RefSource></CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName UI="D1" MajorTopicYN="N">Sleep</DescriptorName><QualifierName UI="Q1" MajorTopicYN="Y">radiation effects</QualifierName></MeshHeading>
<MeshHeading><DescriptorName UI="D2" MajorTopicYN="Y">Nurses</DescriptorName></MeshHeading></MeshHeadingList>
<OtherAbstract Type="plain-language-summary" Language="eng"><AbstractText>Light wakes.</AbstractText></OtherAbstract>
<KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">night <b>shift</b></Keyword><Keyword MajorTopicYN="N">lamp</Keyword></KeywordList>
<CoiStatement>Nothing to declare.</CoiStatement>
<InvestigatorList><Investigator ValidYN="Y"><LastName>Okafor</LastName><ForeName>B</ForeName><Initials>B</Initials></Investigator></InvestigatorList>
<NewThing>not described</NewThing>
</MedlineCitation>
<PubmedData><History><PubMedPubDate PubStatus="received"><Year>2020</Year><Month>1</Month><Day>8</Day><Hour>6</Hour><Minute>5</Minute></PubMedPubDate></History>
<PublicationStatus>ppublish</PublicationStatus>
<ArticleIdList><ArticleId IdType="pubmed">30000001</ArticleId><ArticleId IdType="pmc">PMC9000001</ArticleId><ArticleId IdType="doi">10.1234/lamps.7</ArticleId></ArticleIdList>
<ReferenceList><Title>Cited</Title><Reference><Citation>Older lamps. 2001.</Citation><ArticleIdList><ArticleId IdType="doi">10.1234/old</ArticleId></ArticleIdList></Reference></ReferenceList>
</PubmedData>
</PubmedArticle>
"""  # noqa: E501
CHAPTER = """<PubmedBookArticle><BookDocument><PMID Version="1">20000002</PMID>
<ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList>
<Book><Publisher><PublisherName>Lamp Press</PublisherName><PublisherLocation>Testtown</PublisherLocation></Publisher>
<BookTitle book="lamps">A book of lamps</BookTitle><PubDate><Year>2019</Year></PubDate>
<AuthorList Type="editors"><Author><LastName>Okafor</LastName><ForeName>B</ForeName></Author></AuthorList><Isbn>9780000000000</Isbn></Book>
<ArticleTitle book="lamps" part="one">Lamps at night</ArticleTitle><Language>eng</Language>
<AuthorList Type="authors"><Author><LastName>Hale</LastName><ForeName>R</ForeName></Author></AuthorList>
<Abstract><AbstractText>Short.</AbstractText></Abstract></BookDocument></PubmedBookArticle>
"""
FOOT = "</PubmedArticleSet>"
WHOLE = HEAD + ARTICLE + CHAPTER + FOOT


@pytest.fixture(scope="module")
def records() -> tuple[Record, ...]:
    return read_bytes(WHOLE.encode(), "lamps.xml").records


def test_numbers_titles_and_journal(records: tuple[Record, ...]) -> None:
    record = records[0]
    assert [(i.type, i.value, i.role) for i in record.identifiers] == [
        ("PMID", "30000001", "primary"), ("DOI", "10.1234/lamps.7", "secondary"), ("NCT", "NCT09000001", "secondary"),
        ("PMCID", "PMC9000001", "secondary"), ("ISRCTN", "ISRCTN12345678", "secondary"),
    ]  # fmt: skip
    assert record.brief_title == "Morning light for tired nurses: CO2 and sleep."
    assert record.official_title == "Morgenlicht"
    paper = record.publication
    assert paper is not None
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("Journal of lamps", 2021, "7", "2", "113-25")
    assert (paper.doi, paper.pmid, paper.pmcid, paper.language) == ("10.1234/lamps.7", "30000001", "PMC9000001", "eng")
    assert paper.mesh == ("Sleep/*radiation effects", "*Nurses")
    assert record.keywords == ("night shift", "lamp")
    assert (paper.grant_numbers, paper.competing_interests) == (("R01 HL001",), "Nothing to declare.")
    assert record.extra["Grant"] == ("R01 HL001/HL/NHLBI NIH HHS/United States",)


def test_the_sections_of_the_abstract_keep_their_labels(records: tuple[Record, ...]) -> None:
    assert records[0].abstract == "BACKGROUND: Nurses are tired (p < 0.05).\n\nRESULTS: Light helped (ISRCTN12345678)."
    assert records[0].lay_summary == "Light wakes."


def test_authors_have_their_affiliations_and_orcid(records: tuple[Record, ...]) -> None:
    paper = records[0].publication
    assert paper is not None
    assert [(a.name, a.affiliation_refs, a.orcid) for a in paper.authors] == [
        ("Hale, Rosa M Jr", (1, 2), "0000-0002-1825-009X"), ("Ünal, Ece", (2,), None), ("Lamp Study Group", (), None),
    ]  # fmt: skip
    assert [(a.ref, a.text) for a in paper.affiliations] == [(1, "Ward of Lamps, Testtown."), (2, "School of Sleep, Testtown.")]
    assert records[0].extra["Investigator"] == ("Okafor, B",)


def test_notices_are_read_from_types_and_links(records: tuple[Record, ...]) -> None:
    notices = [(p.field, p.message) for p in records[0].problems if p.code == ProblemCode.RETRACTED]
    assert [field for field, _ in notices] == ["publication.publication_types", None]
    assert "J Lamps. 2023;9(1):1. PMID 31111111" in notices[1][1]
    assert records[0].extra["CommentIn"] == ("J Lamps. 2022;8(1):1",)


def test_numbers_of_cited_works_are_not_those_of_the_article(records: tuple[Record, ...]) -> None:
    assert "10.1234/old" not in [i.value for i in records[0].identifiers]
    assert records[0].extra["Reference"] == ("Older lamps. 2001. | doi 10.1234/old",)
    assert records[0].extra["Title of reference list"] == ("Cited",)


def test_an_element_that_is_not_described_is_kept_and_remarked_on(records: tuple[Record, ...]) -> None:
    assert records[0].extra["NewThing"] == ("not described",)
    assert [p.message.split("'")[1] for p in records[0].problems if p.code == ProblemCode.UNKNOWN_TAG] == ["NewThing"]


def test_a_chapter_of_a_book(records: tuple[Record, ...]) -> None:
    record = records[1]
    assert (record.record_type, record.brief_title, record.abstract) == ("other", "Lamps at night", "Short.")
    assert record.publication is not None
    assert [a.name for a in record.publication.authors] == ["Hale, R"]
    assert (record.publication.journal, record.publication.year) == ("A book of lamps", 2019)
    assert (record.extra["Editor"], record.extra["ArticleId bookaccession"]) == (("Okafor, B",), ("NBK1",))


def test_spans_point_to_the_lines_of_the_file(records: tuple[Record, ...]) -> None:
    lines = WHOLE.split("\n")
    spans = records[0].provenance.field_spans
    shown = {path: " ".join(lines[a - 1 : b]) for path, (a, b) in spans.items()}
    assert "<ArticleTitle>" in shown["brief_title"]
    assert "(ISRCTN12345678)" in shown["abstract"]
    assert "Ünal" in shown["publication.authors[1]"]
    assert "School of Sleep" in shown["publication.affiliations[1]"]


def test_nothing_that_stands_in_an_entry_is_lost(records: tuple[Record, ...]) -> None:
    root = etree.fromstring(WHOLE.encode())
    for element, record in zip(root, records, strict=True):
        held = _flat(json.dumps(record.model_dump(mode="json"), ensure_ascii=False).replace("\\n", " "))
        for text in element.itertext():
            if text.strip():
                assert _flat(text) in held


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower().removeprefix("http://orcid.org/")


def test_equal_entries_are_told_apart_and_layout_does_not_count() -> None:
    twice = read_bytes((HEAD + ARTICLE + ARTICLE.replace("\n", "\n  ") + FOOT).encode()).records
    assert len({r.record_id for r in twice}) == 2
    once = read_bytes((HEAD + ARTICLE.replace("\n", "\n  ") + FOOT).encode()).records
    assert once[0].record_id == twice[0].record_id


@settings(max_examples=60)
@given(at=st.integers(0, len(WHOLE.encode())), flip=st.integers(0, 255), drop=st.integers(0, 60))
def test_cut_flipped_and_dropped_never_raise(at: int, flip: int, drop: int) -> None:
    data = WHOLE.encode()
    lines = data.split(b"\n")
    for broken in (
        data[:at],
        data[:at] + bytes([flip]) + data[at + 1 :],
        b"\n".join(lines[:drop] + lines[drop + 1 :]),
        b"\n".join(lines[: drop + 1] + lines[drop:]),
    ):
        reading = read_bytes(broken, format="pubmed_xml")
        begun = len(re.findall(rb"<Pubmed(?:Book)?Article[\s/>]", broken))
        assert reading.read == len(reading.records) + len(reading.refused) == begun


def test_a_data_set_of_a_data_bank_is_not_the_article() -> None:
    number = "<AccessionNumberList><AccessionNumber>{}</AccessionNumber></AccessionNumberList>"
    bank = f"<DataBank><DataBankName>{{}}</DataBankName>{number}</DataBank>"
    banks = bank.format("Dryad", "10.9999/dryad.feet") + bank.format("ClinicalTrials.gov", "NCT09000001")
    text = (
        '<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">30000009</PMID><Article><ArticleTitle>Cold feet</ArticleTitle>'
        f"<DataBankList>{banks}</DataBankList></Article></MedlineCitation><PubmedData><ArticleIdList>"
        '<ArticleId IdType="doi">10.9999/feet.9</ArticleId></ArticleIdList></PubmedData></PubmedArticle></PubmedArticleSet>'
    )
    (one,) = read_bytes(text.encode(), "feet.xml").records
    assert one.publication is not None and one.publication.doi == "10.9999/feet.9"
    assert {(i.type, i.value, i.role) for i in one.identifiers} == {
        ("PMID", "30000009", "primary"), ("DOI", "10.9999/feet.9", "secondary"), ("NCT", "NCT09000001", "secondary"),
    }  # fmt: skip
    assert "Dryad/10.9999/dryad.feet" in one.extra["DataBank"]
