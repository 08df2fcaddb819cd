"""BibTeX: bibtexparser reads back what was written, whatever signs of TeX it holds, and a count of braces alone finds the entries too."""

from __future__ import annotations

import re
from typing import Any

import bibtexparser
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import given, settings

from review.records.exporting import to_bytes
from tests.records.exporting.entries import ABSTRACT, abstract_of, authors_of, examples, flat, many, record_id, title_of

RAW = ("doi", "url")  # read as they stand, by Zotero and by styles
ONLY_OURS = str.maketrans({"ˆ": "^"})  # pylatexenc has the small accent for the sign that LaTeX prints


def written(records: list[tuple[str, Any]]) -> str:
    return to_bytes(records, "bibtex")[0].decode("utf-8")


def loaded(text: str) -> list[dict[str, str]]:
    plain, decoded = bibtexparser.parse_string(text), bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert not plain.failed_blocks and not decoded.failed_blocks and not plain.comments
    found = []
    for raw, entry in zip(plain.entries, decoded.entries, strict=True):
        values = {name: one.value for name, one in entry.fields_dict.items()} | {name: raw[name] for name in RAW if name in raw.fields_dict}
        found.append({"@": entry.entry_type, "key": entry.key, **values})
    return found


def by_braces(text: str) -> list[str]:
    """The entries as a reader finds them that counts braces and nothing else, as BibTeX itself does."""
    found, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            assert depth >= 0, text[:at]
            if depth == 0:
                found.append(text[start : at + 1].strip())
                start = at + 1
    assert depth == 0
    return found


def test_an_article() -> None:
    entry = loaded(written(examples()))[0]
    assert (entry["key"], entry["@"]) == (record_id("article"), "article")
    assert entry["title"] == 'Warm lids: 50% less gritty & "softer" -- a {blinded} trial'
    assert entry["author"] == "Nowak, Ewa and Li W and The Lid and Tear Group"
    assert (entry["journal"], entry["year"], entry["volume"], entry["number"], entry["pages"]) == (
        "Annals of Tears & Lids", "2021", "12", "3 Suppl", "101-9",
    )  # fmt: skip
    assert entry["doi"] == "10.9999/eyes_2021(4)" and entry["url"] == "https://tears.example/a_b?x=1&y=50%25#s"
    assert (entry["pmid"], entry["pmcid"], entry["issn"], entry["language"]) == ("11223344", "PMC7654321", "1234-567X", "eng")
    assert entry["keywords"] == "dry eye; Sjögren's syndrome, primary; Eyelids"
    assert flat(entry["abstract"]) == flat(ABSTRACT)


def test_names_that_are_not_family_and_given_stay_whole() -> None:
    assert "author = {Nowak, Ewa and {Li W} and {The Lid and Tear Group}}" in written(examples())


def test_a_registration_is_a_report_of_its_register() -> None:
    entry = loaded(written(examples()))[1]
    assert (entry["@"], entry["number"], entry["institution"]) == ("techreport", "NCT09999999", "ClinicalTrials.gov")
    assert "author" not in entry and "year" not in entry and "ORG_STUDY_ID: LID 7/b" in entry["note"]


def test_an_address_cannot_break_the_file() -> None:
    doc = examples()[0][1] | {"extra": {"UR": ["https://a.example/}\\{{x%20y_~"]}}
    text = written([("rec:1", doc), ("rec:2", doc)])
    assert len(by_braces(text)) == 2 and loaded(text)[1]["url"] == "https://a.example/%7D%5C%7B%7Bx%20y_~"


@settings(max_examples=20, deadline=None)
@given(many)
def test_what_was_written_is_read_back(docs: list[dict[str, Any]]) -> None:
    text = written([(doc["record_id"], doc) for doc in docs])
    assert "\r" not in text and len(by_braces(text)) == len(docs)
    entries = loaded(text)
    assert [entry["key"] for entry in entries] == [doc["record_id"] for doc in docs]
    for doc, entry in zip(docs, entries, strict=True):
        title, abstract = title_of(doc), abstract_of(doc)
        assert same(entry.get("title", ""), title) and same(entry.get("abstract", ""), abstract)
        journal = entry.get("booktitle" if entry["@"] == "inproceedings" else "journal", "")
        assert same(journal, doc["publication"].get("journal")) and same(entry.get("pages", ""), doc["publication"].get("pages"))
        assert same(entry.get("author", ""), " and ".join(flat(name) for name in authors_of(doc)))


def same(read: str, printed: str | None) -> bool:
    return squeezed(flat(read)) == squeezed(flat(printed))


def squeezed(text: str) -> str:
    """Without blanks, which TeX does not count, and with one form of the accent."""
    return re.sub(r"\s+", "", text.translate(ONLY_OURS))
