"""The same printed type makes the same of an entry in every format: an abstract only where the source says abstract."""

from __future__ import annotations

import json

import pytest

from review.records import read_bytes
from review.records.publication_types import PRINTED, record_type_of

ENDNOTE = '<xml><records><record><ref-type name="{}">17</ref-type><titles><title>Feet</title></titles>{}</record></records></xml>'
PUBMED = (
    '<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">30000009</PMID><Article><ArticleTitle>Feet</ArticleTitle>'
    "<PublicationTypeList><PublicationType>Journal Article</PublicationType><PublicationType>{}</PublicationType></PublicationTypeList>"
    "</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
)
EUROPE = {"id": "1", "source": "MED", "title": "Feet", "citedByCount": 0}
WORK = "<work-type>{}</work-type>"


def kind(text: str) -> str:
    (one,) = read_bytes(text.encode(), source="made").records
    return one.record_type


@pytest.mark.parametrize("printed", ["Meeting Abstract", "Conference Abstract", "Journal: Conference Abstract"])
def test_what_a_source_calls_an_abstract_is_one_in_every_format(printed: str) -> None:
    europe = {"resultList": {"result": [{**EUROPE, "pubTypeList": {"pubType": ["research-article", printed.lower()]}}]}}
    csl = [{"genre": printed, "type": "article-journal", "title": "Feet", "issued": {"date-parts": [[2020]]}}]
    head = "Title,Original Title,Author Names,Emtree Drug Index Terms,Publication Type"
    texts = [
        f"TY  - JOUR\nTI  - Feet\nM3  - {printed}\nER  - \n",
        f"PMID- 30000009\nOWN - NLM\nTI  - Feet\nPT  - {printed}\nPT  - Journal Article\n",
        ENDNOTE.format("Journal Article", WORK.format(printed)),
        PUBMED.format(printed),
        f'{head}\nFeet,,"Hale R.",,"{printed}"\n',
        f"FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nTI Feet\nDT {printed}\nPY 2020\nER\n\nEF\n",
        f"PT\tAU\tTI\tSO\tUT\tDT\nJ\tHale, R\tFeet\tJ Feet\tWOS:1\t{printed}\n",
        f"Authors,Title,Source title,EID,Document Type\nHale R.,Feet,J Feet,2-s2.0-1,{printed}\n",
        f"<1>\nUnique Identifier\n  612345678\nTitle\n  Feet\nPublication Type\n  {printed}\n",
        f"@article{{a,\n  title = {{Feet}},\n  type = {{{printed}}}\n}}\n",
        json.dumps(europe),
        json.dumps(csl),
    ]
    assert [kind(text) for text in texts] == ["conference_abstract"] * len(texts)


def test_a_paper_of_a_conference_is_an_article() -> None:
    csl = [{"type": "paper-conference", "title": "Feet", "issued": {"date-parts": [[2020]]}, "container-title": "Proc Feet"}]
    texts = [
        "TY  - CONF\nTI  - Feet\nER  - \n",
        "TY  - CPAPER\nTI  - Feet\nM3  - Conference Paper\nER  - \n",
        "PMID- 30000009\nOWN - NLM\nTI  - Feet\nPT  - Congress\nPT  - Journal Article\n",
        PUBMED.format("Congress"),
        ENDNOTE.format("Conference Proceedings", ""),
        "@inproceedings{a,\n  title = {Feet},\n  booktitle = {Proc Feet}\n}\n",
        "Authors,Title,Source title,EID,Document Type\nHale R.,Feet,J Feet,2-s2.0-1,Conference paper\n",
        '"Key","Item Type","Publication Title","Abstract Note","Title"\n"A","conferencePaper","","","Feet"\n',
        "PT\tAU\tTI\tSO\tUT\tDT\nC\tHale, R\tFeet\tJ Feet\tWOS:1\tProceedings Paper\n",
        json.dumps(csl),
    ]
    assert [kind(text) for text in texts] == ["article_report"] * len(texts)


def test_the_table_is_found_however_a_type_is_written() -> None:
    for printed, made in PRINTED.items():
        assert record_type_of(f" Journal: {printed.replace(' ', '-').title()}.") == made
    assert record_type_of("Abstract of Published Item") is record_type_of("") is None
