"""Which numbers of free text an entry has as its own: those that stand alone, never those that a note mentions."""

from __future__ import annotations

import json

import pytest

from review.model.record import Record
from review.records import read_bytes

MENTIONS = "Erratum in: J Feet. 2021;3:4. doi: 10.9999/erratum.1 PMID: 33333333. See NCT09000001."


def csl(name: str, note: str) -> bytes:
    return json.dumps([{"type": "article-journal", "title": "Cold feet", "issued": {"date-parts": [[2020]]}, name: note}]).encode()


def endnote(name: str, note: str) -> bytes:
    return f'<xml><records><record><ref-type name="Journal Article">17</ref-type><titles><title>Cold feet</title></titles><{name}>{note}</{name}></record></records></xml>'.encode()  # noqa: E501


def bibtex(name: str, note: str) -> bytes:
    return f"@article{{a,\n  title = {{Cold feet}},\n  {name} = {{{note}}}\n}}\n".encode()


def ris(name: str, note: str) -> bytes:
    return f"TY  - JOUR\nTI  - Cold feet\n{name}  - {note}\nER  - \n".encode()


def zotero(name: str, note: str) -> bytes:
    return f'"Key","Item Type","Publication Title","Abstract Note","Title","{name}"\n"A","journalArticle","","","Cold feet","{note}"\n'.encode()  # noqa: E501


PLACES = [
    (endnote, "notes"), (endnote, "custom2"), (endnote, "label"), (bibtex, "note"), (csl, "note"), (ris, "ID"), (ris, "L3"),
    (zotero, "Extra"),
]  # fmt: skip
MINE = [(endnote, "research-notes"), (bibtex, "annote"), (bibtex, "annotation"), (csl, "annote")]


def numbers(data: bytes) -> tuple[str | None, str | None, list[tuple[str, str, str]], Record]:
    (one,) = read_bytes(data, source="made").records
    paper = one.publication
    return paper and paper.doi, paper and paper.pmid, [(i.type, i.value, i.role) for i in one.identifiers], one


@pytest.mark.parametrize(("make", "name"), PLACES)
def test_a_number_that_a_note_mentions_is_not_the_entry_s_own(make, name: str) -> None:  # type: ignore[no-untyped-def]
    doi, pmid, found, one = numbers(make(name, MENTIONS))
    assert (doi, pmid, found) == (None, None, [("NCT", "NCT09000001", "secondary")])
    assert any(MENTIONS in said for values in one.extra.values() for said in values)


@pytest.mark.parametrize(("make", "name"), PLACES)
def test_a_value_that_is_one_number_is_the_entry_s_own(make, name: str) -> None:  # type: ignore[no-untyped-def]
    assert numbers(make(name, "10.9999/own.1"))[:3] == ("10.9999/own.1", None, [("DOI", "10.9999/own.1", "secondary")])
    assert numbers(make(name, "PMID: 30000001"))[:3] == (None, "30000001", [("PMID", "30000001", "primary")])


@pytest.mark.parametrize(("make", "name"), [(bibtex, "note"), (csl, "note"), (zotero, "Extra")])
def test_lines_that_hold_a_named_number_alone_count_among_others(make, name: str) -> None:  # type: ignore[no-untyped-def]
    doi, pmid, found, _ = numbers(make(name, f"PMID: 30000001\nDOI: 10.9999/own.1\n{MENTIONS}"))
    assert (doi, pmid) == ("10.9999/own.1", "30000001")
    assert {value for _, value, _ in found} == {"30000001", "10.9999/own.1", "NCT09000001"}


@pytest.mark.parametrize(("make", "name"), MINE)
def test_what_a_reviewer_wrote_gives_nothing_and_is_kept(make, name: str) -> None:  # type: ignore[no-untyped-def]
    for note in (MENTIONS, "10.9999/main", "compare with NCT09000001"):
        doi, pmid, found, one = numbers(make(name, note))
        assert (doi, pmid, found) == (None, None, []) and one.extra[name] == (note,)


def test_a_field_of_its_own_wins_over_a_free_value_before_it() -> None:
    data = b"TY  - JOUR\nTI  - Cold feet\nL3  - 10.9999/free\nDO  - 10.9999/own\nER  - \n"
    doi, _, found, _ = numbers(data)
    assert doi == "10.9999/own" and {value for _, value, _ in found} == {"10.9999/own", "10.9999/free"}


@pytest.mark.parametrize(("base", "pmid"), [("EBSCOhost", "31000001"), ("Other", None)])
def test_ebsco_writes_pubmed_s_number_of_the_entry_into_its_note(base: str, pmid: str | None) -> None:
    note = "Accession Number: 140000001. Language: English. PMID: NLM31000001."
    text = f"TY  - JOUR\nT1  - Feet\nN1  - {note}\nN1  - It cites PMID: NLM32000002.\nDP  - {base}\nER  - \n"
    (one,) = read_bytes(text.encode()).records
    assert one.publication is None or one.publication.pmid == pmid
    assert [i.value for i in one.identifiers] == ([pmid] if pmid else [])
    assert note in one.extra["N1"]
