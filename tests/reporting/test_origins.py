"""The example's pages, as they are rendered: every value of a table and every number of a figure leads to the facts behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from lxml import html as lxml_html

from review import Review
from tests.example.build import ROOT
from tests.reporting.pages import CHECKLIST, write_pages

DIGIT = re.compile(r"\d")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, lxml_html.HtmlElement]]:
    """Name -> the page."""
    with pytest.MonkeyPatch.context() as patch, closing(Review.open(ROOT)) as review:
        patch.setenv("REVIEW_PROJECT", str(ROOT))
        made = write_pages(review, tmp_path_factory.mktemp("origins"))
    yield {name: lxml_html.parse(str(path)).getroot() for name, path in made.items()}


def tables(page: lxml_html.HtmlElement) -> list[tuple[str, lxml_html.HtmlElement]]:
    found = page.xpath("//div[contains(concat(' ', @class, ' '), ' table ')]")
    return [(one.get("id").removeprefix("table-"), one) for one in found]


def values(table: lxml_html.HtmlElement) -> list[tuple[str, lxml_html.HtmlElement]]:
    """(head, cell) of every cell that shows a value; where rows are blocks, the head is the row's."""
    heads = [" ".join(head.text_content().split()) for head in table.xpath(".//thead//th")]
    cells = []
    for row in table.xpath(".//tbody/tr"):
        for at, cell in enumerate(row):
            if at and not cell.xpath(".//*[contains(@class, 'empty')]") and cell.text_content().strip():
                cells.append((heads[at] if heads else row[0].text_content(), cell))
    return cells


def told(page: lxml_html.HtmlElement, name: str) -> bool:
    """Whether the origin *name* holds an entry that says in which role and when."""
    (origin,) = page.xpath(f"//article[@id='{name}']")
    return any(entry.xpath(".//*[@class='role']") and entry.xpath(".//time[@datetime]") for entry in origin.xpath(".//ol/li"))


def test_every_value_of_a_table_leads_to_an_entry_with_role_and_time(pages: dict[str, lxml_html.HtmlElement]) -> None:
    """The checklist aside: no fact of the ledger makes it, and its lines lead to places of the other pages."""
    bare, looked = [], 0
    for name, page in pages.items():
        for key, table in tables(page) if name != CHECKLIST else ():
            for head, cell in values(table):
                looked += 1
                links = [link.get("href")[1:] for link in cell.xpath(".//a[@class='trace']")]
                if not links or not all(told(page, link) for link in links):
                    bare.append(f"{name}: {key}: {head}: {cell.text_content()[:40]}")
    assert looked > 700
    assert not bare, "\n".join(bare[:40])


def test_every_number_of_the_flow_leads_to_its_list_and_each_entry_to_its_facts(pages: dict[str, lxml_html.HtmlElement]) -> None:
    page = pages["30_flow"]
    numbers = [text for text in page.xpath("//*[name()='svg']//*[name()='text']") if DIGIT.search(text.text_content())]
    assert len(numbers) > 10
    for text in numbers:
        (link,) = text.xpath("ancestor::*[name()='a'][1]") or [None]
        assert link is not None, text.text_content()
        (listed,) = page.xpath(f"//article[@id='{link.get('href')[1:]}']")
        entries = listed.xpath(".//ul[@class='ids']/li/a/@href")
        assert entries or listed.xpath("./p[@class='value']")[0].text_content().startswith("0 ")
        assert all(told(page, entry[1:]) for entry in entries)


def test_a_trace_link_never_leads_nowhere(pages: dict[str, lxml_html.HtmlElement]) -> None:
    for name, page in pages.items():
        ids = set(page.xpath("//@id"))
        assert not [href for href in page.xpath("//a/@href") if href.startswith("#") and href[1:] not in ids], name


def test_the_text_of_a_criterion_shows_its_version_and_its_line(pages: dict[str, lxml_html.HtmlElement]) -> None:
    (origin,) = pages["10_protocol"].xpath("//article[@id='trace-criteria-p1']")
    said = " ".join(origin.text_content().split())
    assert "Protocol version 1: written" in said and "Quoted from review.toml, version 1" in said and "lead · 2 Mar 2026" in said
    assert origin.xpath(".//mark")[0].text == "People with primary Sjögren's disease"


def test_each_rule_of_the_flow_says_what_it_is_about_in_the_words_of_the_diagram(pages: dict[str, lxml_html.HtmlElement]) -> None:
    page = pages["30_flow"]
    rules = page.xpath("//div[@id='table-identities']//tbody/tr")
    assert [row[0].text_content().strip() for row in rules] == [f"I{n}" for n in range(1, 15)]
    says = [" ".join(row[1].text_content().split()) for row in rules]
    assert says[2] == "Records excluded are those excluded by people and those excluded by automation tools."
    assert len(set(says)) == 14 and "_" not in "".join(says)
    (origin,) = page.xpath("//article[@id='trace-rule-i1']")
    assert "Records from registers 3" in origin.text_content() and "_" not in origin.text_content()


def test_origins_write_dates_as_the_page_does(pages: dict[str, lxml_html.HtmlElement]) -> None:
    """Times stand in words and as data beside them; only lines that are quoted, files and addresses have their own ways."""
    iso = re.compile(r"(?<![\w/.-])\d{4}-\d\d(-\d\d)?(?![\w/.-])")
    said = [(name, one) for name, page in pages.items() for one in page.xpath("//ol[@class='entries']//p[@class='what' or @class='who']")]
    assert len(said) > 700
    assert [f"{name}: {text}" for name, one in said if iso.search(text := one.text_content())] == []
    assert any("searched 16 Feb 2026" in one.text_content() for _, one in said)


def test_pages_stay_light(pages: dict[str, lxml_html.HtmlElement]) -> None:
    """A page repeats no lists: the whole example fits where one picture of a phone would."""
    assert sum(len(lxml_html.tostring(page)) for page in pages.values()) < 3_000_000
