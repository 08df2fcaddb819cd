"""Records of our own for the tests of exports: an article, a registration, a conference abstract, a bare one, and any that could be."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from hypothesis import strategies as st

from review.model.record import Author, Dates, DateStruct, Enrollment, Identifier, Provenance, Publication, Record, Sponsor
from review.text import canonical_text
from tests.hostile import HOSTILE

ABSTRACT = (
    "BACKGROUND: Dry eyes tire.\n\nMETHODS: 24 adults were randomised, n = 12 per arm.\nER  - is the tag that ends an entry\n"
    "TY  - JOUR begins one\n@article{x, begins one too\nRESULTS: p < 0.05 & 95% CI 1.2 to 3.4 {sic}.\tEnd."
)


def flat(text: str | None) -> str:
    """A text as any reader has it at the least: without what no file can hold, every run of blanks, seen or not, as one."""
    plain = re.sub("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]", "", re.sub("[\ud800-\udfff]", "\ufffd", text or ""))
    return canonical_text(plain)


def record_id(number: int | str) -> str:
    return "rec:" + hashlib.sha256(str(number).encode()).hexdigest()[:32]


def article() -> Record:
    return Record(
        record_id=record_id("article"),
        record_type="article_report",
        identifiers=(
            Identifier(type="PMID", value="11223344", role="primary", issuer="PubMed"),
            Identifier(type="DOI", value="10.9999/eyes_2021(4)", issuer="DOI"),
            Identifier(type="PMCID", value="PMC7654321", issuer="PubMed Central"),
            Identifier(type="NCT", value="NCT09999999", issuer="ClinicalTrials.gov"),
        ),
        brief_title='Warm lids: 50% less gritty & "softer" -- a {blinded} trial',
        abstract=ABSTRACT,
        keywords=("dry eye", "Sjögren's syndrome, primary"),
        publication=Publication(
            authors=tuple(
                Author(position=n, name=name) for n, name in enumerate(("Nowak, Ewa", "Li W", "The Lid and Tear Group"), start=1)
            ),
            journal="Annals of Tears & Lids",
            year=2021,
            volume="12",
            issue="3 Suppl",
            pages="101-9",
            doi="10.9999/eyes_2021(4)",
            pmid="11223344",
            pmcid="PMC7654321",
            language="eng",
            publication_types=("Journal Article", "Randomized Controlled Trial"),
            mesh=("Eyelids",),
            funding="a foundation",
        ),
        extra={"UR": ("https://tears.example/a_b?x=1&y=50%25#s",), "SN": ("1234-567X",)},
        provenance=Provenance(source_format="made", kind="export"),
    )


def registration() -> Record:
    return Record(
        record_id=record_id("registration"),
        record_type="trial_registration",
        identifiers=(
            Identifier(type="NCT", value="NCT09999999", role="primary", issuer="ClinicalTrials.gov"),
            Identifier(type="EUDRACT", value="2019-012345-67", issuer="EudraCT"),
            Identifier(type="ORG_STUDY_ID", value="LID 7/b"),
        ),
        brief_title="Warm lids",
        official_title="A randomised, masked trial of warm lids",
        acronym="LID-WARM",
        brief_summary="Warm compresses against none.",
        conditions=("Dry Eye",),
        lead_sponsor=Sponsor(name="A hospital"),
        enrollment=Enrollment(count=24, type="ESTIMATED"),
        dates=Dates(start=DateStruct(date="2019-05", precision="month")),
        provenance=Provenance(source_format="made", record_url="https://register.example/NCT09999999"),
    )


def conference() -> Record:
    return Record(
        record_id=record_id("conference"),
        record_type="conference_abstract",
        brief_title="Warm lids, early data",
        publication=Publication(
            authors=(Author(position=1, name="Nowak E"),), journal="Tears (Suppl)", year=2020, volume="11", pages="S12"
        ),
        provenance=Provenance(source_format="made"),
    )


def bare() -> Record:
    return Record(record_id=record_id("bare"), record_type="other", provenance=Provenance(source_format="made"))


def examples() -> list[tuple[str, dict[str, Any]]]:
    return [(one.record_id, one.model_dump(mode="json", by_alias=True)) for one in (article(), registration(), conference(), bare())]


# Lines and signs that mean something in one of the formats, whatever stands around them.
TRAPS = (
    "ER  - ", "TY  - JOUR", "\nER  - \n", "\n\nTY  - JOUR\n", "\nAB  - x", "PMID- 1", "@article{a,", "\n@misc{", "}", "{", "}}",
    "\\", "\\}", "%", "$x$", "#", "_", "^", "~", "&amp;", "--", "''", "``", '"', '""', ",", ";", " and ", "|", " | kind: other",
    "=1+1", "@SUM(1)", "-1+2", "+3", "\t", "\t=1", "\r", "\r\n", "\n", "\n\n", "\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x1c",
    "\x00", "\x07", "\ud800", "\ufeff", "\u202e", "é", "ß", "漢字", "🧪", "<b>", "</p>", "1.", "\n7\n", "NA", "null", "%0 Journal",
    "[]", '{"a": 1}', "Review record: rec:",
)  # fmt: skip
words = st.one_of(st.sampled_from(TRAPS), st.sampled_from(HOSTILE), st.text(max_size=12), st.from_regex(r"[A-Za-z]{1,9}", fullmatch=True))
texts = st.lists(words, max_size=6).map(" ".join)
optional = st.one_of(st.none(), texts)
NUMBERS = (
    ("NCT", "NCT01234567"), ("ISRCTN", "ISRCTN12345678"), ("EUDRACT", "2004-012345-67"), ("CHICTR", "ChiCTR2000029308"), ("PMID", "123"),
    ("PMCID", "PMC1234567"), ("DOI", "10.1000/a_b(1)<2>"), ("ORG_STUDY_ID", "AB-12 / c"), ("OTHER", "CN-00778158"),
    ("UTN", "U1111-1234-5678"),
)  # fmt: skip


def title_of(doc: dict[str, Any]) -> str:
    return doc.get("brief_title") or doc.get("official_title") or ""


def abstract_of(doc: dict[str, Any]) -> str:
    return doc.get("abstract") or doc.get("brief_summary") or ""


def authors_of(doc: dict[str, Any]) -> list[str]:
    return [author["name"] for author in doc["publication"].get("authors", ()) if flat(author["name"])]


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """The JSON of a record with anything in its texts."""
    listed = draw(st.lists(st.sampled_from(NUMBERS), max_size=4, unique=True))
    some = draw(st.lists(optional, min_size=14, max_size=14))
    publication = Publication(
        authors=tuple(Author(position=n, name=name) for n, name in enumerate(filter(None, some[:3]), start=1)),
        journal=some[3],
        year=draw(st.one_of(st.none(), st.integers(1500, 2099))),
        volume=some[4],
        issue=some[5],
        pages=draw(st.sampled_from((some[6], "1-9", "e12", "S1–S4", "12-12", "5, 9-11"))),
        doi=next((value for type, value in listed if type == "DOI"), None),
        pmid=next((value for type, value in listed if type == "PMID"), None),
        language=some[7],
        publication_types=tuple(filter(None, some[8:10])),
        mesh=tuple(filter(None, some[10:11])),
    )
    made = Record(
        record_id=record_id(draw(st.integers())),
        record_type=draw(st.sampled_from(("article_report", "trial_registration", "conference_abstract", "other"))),
        identifiers=tuple(
            Identifier.model_validate({"type": type, "value": value, "role": "secondary" if n else "primary"})
            for n, (type, value) in enumerate(listed)
        ),
        brief_title=some[11],
        official_title=some[12],
        acronym=some[6],
        abstract=some[13],
        brief_summary=some[3],
        keywords=tuple(filter(None, some[8:13])),
        publication=publication,
        extra={"UR": (draw(st.sampled_from(("https://a.example/x%20y?b=1&c={2}_~#z", "https://a.example/", "no address"))),)},
        provenance=Provenance(source_format="made"),
    )
    return {"publication": {}, **made.model_dump(mode="python", by_alias=True, exclude_defaults=True)}


many = st.lists(records(), min_size=1, max_size=3, unique_by=lambda one: one["record_id"])
