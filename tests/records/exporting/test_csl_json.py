"""CSL-JSON: the variables and types of the published schema, texts exactly as they are."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings

from review.records.exporting import to_bytes
from review.text import fold_blanks
from tests.records.exporting.entries import ABSTRACT, abstract_of, examples, many, record_id, title_of

# of the schema of CSL 1.0.2, those that are used here: variable -> type of its value
VARIABLES = {
    "id": str, "type": str, "title": str, "title-short": str, "author": list, "issued": dict, "container-title": str, "volume": str,
    "issue": str, "page": str, "number": str, "publisher": str, "genre": str, "ISSN": str, "DOI": str, "PMID": str, "PMCID": str,
    "URL": str, "language": str, "keyword": str, "abstract": str, "note": str,
}  # fmt: skip
NAMES = ({"family", "given"}, {"literal"})
TYPES = {"article-journal", "paper-conference", "report", "document"}  # Zotero refuses a whole file for a type that it does not know


def items(records: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    return json.loads(to_bytes(records, "csl-json")[0].decode("utf-8"))


def test_an_article() -> None:
    one = items(examples())[0]
    assert one["id"] == record_id("article") and one["type"] == "article-journal" and one["issued"] == {"date-parts": [[2021]]}
    assert one["author"] == [{"family": "Nowak", "given": "Ewa"}, {"literal": "Li W"}, {"literal": "The Lid and Tear Group"}]
    assert one["abstract"] == ABSTRACT and one["page"] == "101-9" and one["URL"] == "https://tears.example/a_b?x=1&y=50%25#s"
    assert one["note"].split("\n")[:2] == ["PMID: 11223344", "PMCID: PMC7654321"]  # where Zotero's field Extra looks for them


def test_a_registration_is_a_report_of_its_register() -> None:
    one = items(examples())[1]
    assert (one["type"], one["number"], one["publisher"]) == ("report", "NCT09999999", "ClinicalTrials.gov")
    assert "author" not in one and "issued" not in one


@settings(max_examples=20, deadline=None)
@given(many)
def test_every_item_keeps_to_the_schema_and_every_text_is_as_it_was(docs: list[dict[str, Any]]) -> None:
    found = items([(doc["record_id"], doc) for doc in docs])
    assert [one["id"] for one in found] == [doc["record_id"] for doc in docs]
    for doc, one in zip(docs, found, strict=True):
        assert set(one) <= set(VARIABLES) and one["type"] in TYPES
        assert all(isinstance(value, VARIABLES[name]) and value for name, value in one.items())
        assert all(set(name) in NAMES for name in one.get("author", []))
        assert one.get("title", "") == exact(title_of(doc))
        assert one.get("abstract", "") == exact(abstract_of(doc))
        assert [", ".join(filter(None, (n.get("family"), n.get("given"), n.get("literal")))) for n in one.get("author", [])] == [
            exact(one["name"]) for one in doc["publication"].get("authors", ()) if fold_blanks(one["name"])
        ]


def exact(text: str | None) -> str:
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text or "")
