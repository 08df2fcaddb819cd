"""What was exported and is read back is the same records: their number, and every value that the format holds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, given, settings

from review.model.record import Record
from review.records import Reading, read_bytes
from review.records.exporting import FORMATS, to_bytes
from tests.records.exporting.entries import abstract_of, authors_of, examples, flat, many, title_of

READERS = {
    "ris": "ris", "bibtex": "bibtex", "csl-json": "csl_json", "csv": "review_csv", "csv-raw": "review_csv",
    "asreview": "review_asreview_csv",
}  # fmt: skip
EXACT = ("csl-json", "csv-raw", "asreview")  # these hold the lines of a text


def read_back(docs: list[tuple[str, dict[str, Any]]], format: str, *, named: bool = False) -> Reading:
    return read_bytes(to_bytes(docs, format)[0], f"records.{format}", READERS[format] if named else None)


def plain(values: Any) -> list[str]:
    """The values of a list as a file holds them: the sign that parts them is a comma."""
    return [flat(value).replace(";", ",") for value in values if flat(value)]


def held(doc: dict[str, Any], format: str) -> dict[str, Any]:
    """What an export of this record must give back."""
    publication = doc.get("publication") or {}
    words = dict.fromkeys([*doc.get("keywords", ()), *doc.get("conditions", ()), *publication.get("mesh", ())])
    values = {
        "record_type": doc["record_type"], "title": flat(title_of(doc)), "abstract": flat(abstract_of(doc)),
        "authors": plain(authors_of({"publication": publication})), "keywords": plain(words), "year": publication.get("year"),
        "identifiers": [(i["type"], i["value"], i.get("role", "secondary")) for i in doc.get("identifiers", ())],
        "url": doc["provenance"].get("record_url") or next((one for one in doc.get("extra", {}).get("UR", ()) if one[:4] == "http"), ""),
        **{name: flat(publication.get(name)) for name in ("journal", "volume", "issue", "pages", "language")},
    }  # fmt: skip
    if format == "bibtex":
        values["pages"] = re.sub(r"\s*--+\s*", "-", values["pages"])  # as pages are written there
    lacking = {"volume", "issue", "pages", "language"} if format == "asreview" else set()
    return {name: value for name, value in values.items() if name not in lacking}


def found(record: Record, names: set[str]) -> dict[str, Any]:
    publication = record.publication
    values = {
        "record_type": record.record_type, "title": flat(record.brief_title), "abstract": flat(record.abstract),
        "authors": plain(a.name for a in publication.authors) if publication else [], "keywords": plain(record.keywords),
        "identifiers": [(i.type, i.value, i.role) for i in record.identifiers], "year": publication.year if publication else None,
        "url": next((one for tag in ("UR", "url", "URL") for one in record.extra.get(tag, ()) if one[:4] == "http"), ""),
        **{name: flat(getattr(publication, name, None)) for name in ("journal", "volume", "issue", "pages", "language")},
    }  # fmt: skip
    return {name: value for name, value in values.items() if name in names}


def without_markup(value: Any) -> Any:
    """The value with other signs where the readers of these formats look for HTML; identifiers keep theirs."""
    if isinstance(value, str):
        return value if value.startswith(("10.", "http")) else value.replace("<", "‹").replace("&", "+")
    if isinstance(value, dict):
        return {name: without_markup(part) for name, part in value.items()}
    return [without_markup(part) for part in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("format", FORMATS)
def test_the_examples_come_back(format: str) -> None:
    docs = [(record, {**doc, "abstract": (doc["abstract"] or "").replace("TY  - JOUR", "TY - a tag")}) for record, doc in examples()[:3]]
    back = read_back(docs, format)
    assert back.format == READERS[format] and not back.refused
    for (_, doc), record in zip(docs, back.records, strict=True):
        wanted = held(doc, format)
        assert found(record, set(wanted)) == wanted
        if format in EXACT:
            assert (record.abstract or "") == (doc["abstract"] or doc["brief_summary"] or "").strip()
    article = back.records[0].publication
    assert article is not None
    assert (article.doi, article.pmid, article.pmcid) == ("10.9999/eyes_2021(4)", "11223344", "PMC7654321")


GUARDED = "csv"  # puts apostrophes before formulas


def come_back(format: str, how_many: int) -> None:
    """So many files of records made by chance, each written and read back."""

    @settings(max_examples=how_many, deadline=None)
    @given(many)
    def tried(docs: list[dict[str, Any]]) -> None:
        assume(all(flat(title_of(doc)) for doc in docs))  # a reader may refuse an entry that says nothing
        if format in ("bibtex", "csl-json"):
            docs = [without_markup(doc) for doc in docs]
        back = read_back([(doc["record_id"], doc) for doc in docs], format, named=True)
        assert len(back.records) == len(docs) and not back.refused
        for doc, record in zip(docs, back.records, strict=True):
            wanted = held(doc, format)
            assert found(record, set(wanted)) == wanted

    tried()


@pytest.mark.parametrize("format", [name for name in FORMATS if name != GUARDED])
def test_any_records_come_back(format: str) -> None:
    come_back(format, 8)


@pytest.mark.soak
@pytest.mark.parametrize("format", [name for name in FORMATS if name != GUARDED])
def test_very_many_records_come_back(format: str) -> None:
    come_back(format, 400)


@pytest.mark.parametrize("format", FORMATS)
def test_an_entry_that_says_nothing_is_read_or_refused_and_never_lost(format: str) -> None:
    docs = examples()
    assert read_back(docs, format, named=True).read == len(docs)
