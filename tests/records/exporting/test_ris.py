"""RIS: every reader finds the same entries in it, strict or lenient, and no value can begin or end one."""

from __future__ import annotations

import re
from typing import Any

import rispy
from hypothesis import given, settings

from review.records.exporting import to_bytes
from tests.records.exporting.entries import ABSTRACT, abstract_of, authors_of, examples, flat, many, record_id, title_of

# The tags that Rayyan's reader knows; a line with any other is a part of the value before it.
KNOWN = (
    "A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DO DP ED EP ER ET ID IS J1 J2 JA JF JO KW L1 L2 L3 L4 LA "
    "LB M1 M2 M3 N1 N2 NV OP PB PY RI RN RP SE SN SP ST SV T1 T2 T3 TA TI TT TY U1 U5 UR VL Y1 Y2 Y3"
).split()
TAG = re.compile(rf"^({'|'.join(KNOWN)})  -(?:\s*(.*))?$")


def strictly(text: str) -> list[dict[str, list[str]]]:
    """The entries as a reader of Rayyan's kind has them: known tags alone, other lines belong to the value before, ER ends an entry."""
    found: list[dict[str, list[str]]] = []
    now: dict[str, list[str]] | None = None
    last: list[str] = []
    for line in re.split(r"\r\n|\n|\r", text):
        tag = TAG.match(line)
        if now is None:
            if not line.strip():
                continue
            assert tag and tag[1] == "TY", f"an entry begins with {line!r}"
            now = {}
        if not line.strip():
            continue
        if tag and tag[1] == "ER":
            found.append(now)
            now = None
        elif tag:
            last = now.setdefault(tag[1], [])
            last.append((tag[2] or "").strip())
        else:
            last[-1] += "     " + line
    assert now is None, "the last entry has no end"
    return found


def written(records: list[tuple[str, Any]]) -> str:
    return to_bytes(records, "ris")[0].decode("utf-8")


def test_an_article() -> None:
    entry = strictly(written(examples()))[0]
    assert entry["TY"] == ["JOUR"] and entry["PY"] == ["2021"] and entry["DO"] == ["10.9999/eyes_2021(4)"]
    assert entry["TI"] == ['Warm lids: 50% less gritty & "softer" -- a {blinded} trial']
    assert entry["AU"] == ["Nowak, Ewa", "Li W", "The Lid and Tear Group"]
    assert (entry["T2"], entry["VL"], entry["IS"], entry["SP"], entry["EP"]) == (
        ["Annals of Tears & Lids"], ["12"], ["3 Suppl"], ["101"], ["9"],
    )  # fmt: skip
    assert entry["KW"] == ["dry eye", "Sjögren's syndrome, primary", "Eyelids"]
    assert entry["UR"] == ["https://tears.example/a_b?x=1&y=50%25#s"] and entry["SN"] == ["1234-567X"]
    assert entry["M2"] == ["PMID: 11223344", "PMCID: PMC7654321"] and entry["ID"] == [record_id("article")]
    assert entry["AB"] == [re.sub(r"\s*\n\s*", " ", ABSTRACT)]


def test_a_registration_is_a_report_with_its_number_and_no_author() -> None:
    entry = strictly(written(examples()))[1]
    assert entry["TY"] == ["RPRT"] and entry["AN"] == entry["SN"] == ["NCT09999999"] and entry["PB"] == ["ClinicalTrials.gov"]
    assert "AU" not in entry and "PY" not in entry  # the sponsor is no author, the date of registration no year of publication
    assert entry["N1"] == [
        f"Review record: {record_id('registration')} | kind: trial_registration | primary NCT: NCT09999999 | EUDRACT: 2019-012345-67 "
        "| ORG_STUDY_ID: LID 7/b"
    ]


def test_zotero_and_rayyan_would_take_m1_for_an_issue() -> None:
    assert not any("M1" in entry for entry in strictly(written(examples())))


def test_one_value_is_one_line_whatever_it_holds() -> None:
    lines = written(examples()).split("\r\n")
    assert sum(line.startswith("AB  - ") for line in lines) == 2 and all(not line or TAG.match(line) for line in lines)


@settings(max_examples=20, deadline=None)
@given(many)
def test_every_reader_finds_the_entries_that_were_written(docs: list[dict[str, Any]]) -> None:
    text = written([(doc["record_id"], doc) for doc in docs])
    assert text.split("\r\n") == [*text.splitlines(), ""]  # CRLF alone breaks lines, also for who breaks them at U+2028
    for entries in (strictly(text), rispy.loads(text, newline="\r\n")):
        assert len(entries) == len(docs)
    assert len(re.findall(r"(?mi)^\s*TY\b", text)) == len(re.findall(r"(?mi)^\s*ER\b", text)) == len(docs)
    for doc, strict, loaded in zip(docs, strictly(text), rispy.loads(text, newline="\r\n"), strict=True):
        title = flat(title_of(doc))
        assert flat("".join(strict.get("TI", []))) == flat(loaded.get("title", "")) == title
        assert [flat(name) for name in strict.get("AU", [])] == [flat(name).replace(";", ",") for name in authors_of(doc)]
        abstract = abstract_of(doc)
        assert flat("".join(strict.get("AB", []))) == flat(loaded.get("abstract", "")) == flat(abstract)
        assert strict["ID"] == [doc["record_id"]] == [loaded["id"]]
