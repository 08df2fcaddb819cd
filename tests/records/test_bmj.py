"""Article pages of the BMJ journals: three lists, fused reference numbers, metadata of HTML, the other layout, damaged captures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.model.record import Author, Publication, Record
from review.records import read, read_bytes
from review.records.by_line import parse_affiliation, parse_author, parse_correspondence
from review.records.formats.bmj_article import fused_citation
from tests.patience import SIGNS, ends

PAGES = Path(__file__).parent / "pages"


def one(text: str | Path, **how: Any) -> Record:
    (record,) = read_bytes(text.read_bytes() if isinstance(text, Path) else text.encode(), "page", "bmj_article", **how).records
    return record


def article(record: Record) -> Publication:
    assert record.publication is not None
    return record.publication


def by_line(paper: Publication) -> list[tuple[str, tuple[int, ...], bool]]:
    return [(a.name, a.affiliation_refs, a.corresponding) for a in paper.authors]


@pytest.mark.parametrize("name", ["bmj_research.txt", "bmj_dash.txt", "bmj_letter.html", "bmj_main.txt"])
def test_a_page_is_recognised_by_what_it_shows(name: str) -> None:
    reading = read(PAGES / name)
    assert (reading.format, reading.read) == ("bmj_article", 1)
    assert reading.records[0].record_type == "article_report"


def test_lists_of_the_by_line_are_told_apart() -> None:
    record = one(PAGES / "bmj_research.txt")
    paper = article(record)
    assert record.brief_title == "Green tea against dryness of the mouth: a randomised controlled trial"
    assert paper.publication_types == ("Original research",)
    assert [(a.position, a.name, a.affiliation_refs, a.corresponding) for a in paper.authors] == [
        (1, "Ada First", (1,), False),
        (2, "Bert Second", (1, 2), True),
        (3, "Cleo Third", (3,), False),
        (4, "Test Mouth Group", (), False),
    ]
    assert paper.authors[0].orcid == "0000-0001-0000-1234"
    assert [(a.ref, a.text.split(",")[0]) for a in paper.affiliations] == [
        (1, "Department of Tests"), (2, "Second Test Hospital"), (3, "School of Dry Mouths"),
    ]  # fmt: skip
    (person,) = paper.corresponding
    assert (person.name, person.honorific, person.email) == ("Bert Second", "Professor", "b.second@example.org")
    assert person.email_raw == "b.second{at}example.org"


def test_abstract_keywords_body_and_footnotes() -> None:
    record = one(PAGES / "bmj_research.txt")
    paper = article(record)
    assert record.abstract is not None
    assert [p.split()[0] for p in record.abstract.split("\n\n")] == ["Objectives", "Methods", "Results", "Conclusions", "Trial"]
    assert record.keywords == ("oral medicine", "clinical trials")
    assert [b.split()[0] for b in paper.body_excerpt] == ["Dryness", "We"], "headings, licence and permission sentences are no body"
    assert (paper.body_truncated, paper.full_text_available) == (False, True)
    assert paper.grant_numbers == ("TC-2018-114", "TF/77/2019")
    assert paper.competing_interests == "BS has drunk tea."
    assert paper.peer_review == "Not commissioned; externally peer reviewed."
    assert record.extra["footnotes"][0].startswith("Disclaimer")
    assert (paper.journal, paper.year, paper.doi) == (None, None, None)


def test_a_registration_named_by_the_article_is_secondary() -> None:
    record = one(PAGES / "bmj_research.txt")
    assert [(i.type, i.value, i.role) for i in record.identifiers] == [("NCT", "NCT04000001", "secondary")]
    assert any(p.code == "no_identifier" for p in record.problems)


def test_both_styles_of_capture_give_the_same_values() -> None:
    def values(name: str) -> dict[str, Any]:
        return one(PAGES / name).model_dump(exclude={"record_id", "provenance", "problems"})

    assert values("bmj_dash.txt") == values("bmj_research.txt")


def test_fused_reference_numbers_are_kept_and_named() -> None:
    record = one(PAGES / "bmj_research.txt")
    assert [(p.field, p.message.split("'")[1]) for p in record.problems if p.code == "fused_citation"] == [
        ("abstract", "weeks.1"),
        ("publication.body_excerpt[0]", "before.2"),
        ("publication.body_excerpt[1]", "mL/min.4"),
    ]
    assert "less than 0.25 mL/min.4 The" in article(record).body_excerpt[1]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("an index of ≥5.6 The others", "≥5.6"), ("with arthritis (RA).2 Then", "(RA).2"), ("in lupus,3 too", "lupus,3"),
        ("the syndrome12 and", "syndrome12"), ("IL-17 and IL-23.1", "IL-23.1"), ("a mean of 5.6 points", None), ("CXCL10 rose", None),
        ("see fig. 2 and p.3 here", None), ("0.1 mL/min (95% CI 0.02 to 0.18)", None), ("", None),
    ],
)  # fmt: skip
def test_what_counts_as_fused(text: str, place: str | None) -> None:
    assert fused_citation(text) == place


def test_html_takes_references_out_and_metadata_in() -> None:
    record = one(PAGES / "bmj_letter.html")
    paper = article(record)
    assert [(i.type, i.value, i.role) for i in record.identifiers] == [
        ("DOI", "10.1136/annals-test-2020-000123", "primary"),
        ("PMID", "32000001", "secondary"),
    ]
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("Annals of Tests", 2020, "9", "3", "77-79")
    assert paper.publication_types == ("Letter",)
    assert paper.body_excerpt == (
        "Dry eyes (DE) hurt. Interleukin (IL)-23 may matter.",
        "We treated nine people with active disease, defined as an index ≥5. The cell count was 3×10^9/L, and more …",
    )
    assert not [p for p in record.problems if p.code == "fused_citation"]
    assert (paper.body_truncated, paper.full_text_available) == (True, False)
    assert [(a.name, a.affiliation_refs, a.corresponding) for a in paper.authors] == [
        ("Ada First", (1,), True),
        ("Bert Second", (1, 2), False),
    ]
    assert record.abstract is None
    assert record.provenance.source_url == "https://aot.bmj.com/content/9/3/77"


def test_metadata_alone_still_names_the_authors() -> None:
    html = (PAGES / "bmj_letter.html").read_text(encoding="utf-8")
    head = html[: html.index("</head>")] + "</head><body><h2>Article Text</h2><p>Log in to read on.</p></body></html>"
    paper = article(one(head))
    assert [a.name for a in paper.authors] == ["Ada First", "Bert Second"]
    assert [a.text for a in paper.affiliations] == ["First Test University, Testville, UK", "Second Test Hospital, Testburg, Netherlands"]


def test_layout_of_the_main_journal() -> None:
    record = one(PAGES / "bmj_main.txt")
    paper = article(record)
    assert record.brief_title == "Tea or water for dry mouths: cohort study"
    assert record.identifiers[0].value == "10.1136/bmj.l0001"
    assert (paper.journal, paper.year, paper.volume, paper.pages) == ("BMJ", 2019, "366", "l0001")
    assert [(a.name, a.affiliation_refs, a.corresponding) for a in paper.authors] == [
        ("Ada First", (1,), True),
        ("Bert Second", (1, 2), False),
    ]
    assert paper.corresponding[0].email == "a.first@example.org"


def test_a_letter_without_abstract_and_a_paywall() -> None:
    text = (PAGES / "bmj_research.txt").read_text(encoding="utf-8")
    start, end = text.index("Abstract\n"), text.index("This is an open")
    cut = text[:start] + text[end:]
    broken = (
        cut[: cut.index("Introduction")]
        + "We saw eleven people with dry mouths, and then we …\n\nView Full Text\n\n"
        + cut[cut.index("Footnotes") :]
    )
    record = one(broken)
    assert record.abstract is None
    assert article(record).body_excerpt == ("We saw eleven people with dry mouths, and then we …",)
    assert article(record).body_truncated is True
    assert article(record).contributors == "AF and BS planned the trial."


def test_a_doi_alone_on_its_line_is_that_of_the_article() -> None:
    text = (PAGES / "bmj_research.txt").read_text(encoding="utf-8")
    record = one(text.replace("Statistics from", "http://dx.doi.org/10.1136/test-2019-1\n\nStatistics from"))
    assert (record.identifiers[0].value, record.identifiers[0].role) == ("10.1136/test-2019-1", "primary")
    linked = one(text.replace("Statistics from", "Linked to http://dx.doi.org/10.1136/test-2019-2\n\nStatistics from"))
    assert "DOI" not in {i.type for i in linked.identifiers}


def test_an_abstract_before_a_paywall_is_not_the_whole_text() -> None:
    text = (PAGES / "bmj_research.txt").read_text(encoding="utf-8")
    record = one(text[: text.index("Introduction")] + "View Full Text\n\n" + text[text.index("Footnotes") :])
    assert (article(record).body_truncated, article(record).full_text_available) == (True, False)


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("This article has a correction. Please see:", "corrected"),
        ("This article has been corrected.", "corrected"),
        ("This article has been retracted. Please see:", "retracted"),
        ("This article has a retraction. Please see:", "retracted"),
        ("This article has an expression of concern. Please see:", "under_concern"),
        ("", ""),
    ],
)
def test_what_the_site_says_about_the_article_since_is_remarked_with_its_line(printed: str, code: str) -> None:
    text = (PAGES / "bmj_research.txt").read_text(encoding="utf-8")
    record = one(text.replace("This article has a correction. Please see:", printed))
    said = [(p.code.value, p.lines) for p in record.problems if p.code.value in ("corrected", "retracted", "under_concern")]
    assert said == ([(code, (3, 3))] if code else [])
    assert record.brief_title == "Green tea against dryness of the mouth: a randomised controlled trial"


def test_without_title_and_by_line_nothing_is_made_up() -> None:
    text = (PAGES / "bmj_research.txt").read_text(encoding="utf-8")
    record = one("Article Text\n" + text[text.index("Abstract\n") :])
    assert record.brief_title is None
    assert article(record).authors == ()
    assert {"no_title", "lossy_capture", "no_identifier"} <= {p.code.value for p in record.problems}
    assert record.abstract is not None


def test_one_author_and_one_unnumbered_affiliation() -> None:
    text = (
        "Article Text\n\nDownload PDFPDF\n\nA mouth of one's own\n  1. Ada First\n  1. First Test University, Testville, UK\n"
        "  1. Correspondence to Dr Ada First; a.first{at}example.org\n\nRequest Permissions\n\nA letter of some length about mouths.\n"
    )
    paper = article(one(text))
    assert [(a.name, a.affiliation_refs, a.corresponding) for a in paper.authors] == [("Ada First", (), True)]
    assert [(a.ref, a.text) for a in paper.affiliations] == [(1, "First Test University, Testville, UK")]


def test_a_by_line_in_running_text() -> None:
    text = (
        "Research\nTea and eyes: cohort study\nBMJ 2023; 380 doi: https://doi.org/10.1136/bmj-2022-000001 (Published 01 March 2023) "
        "Cite this as: BMJ 2023;380:e000001\n    Article\n    Metrics\n    Ada First, professor of tests1 2, Bert Second, reader3\n"
        "    Author affiliations\n    1Department of Tests, Testville, UK\n    2Centre of Tests, Testburg\n    3Clinic, Testown\n"
        "    Correspondence to: A First a.first{at}example.org\n    Accepted 16 January 2023\nAbstract\nObjective To assess tea.\n"
    )
    record = one(text)
    paper = article(record)
    assert record.brief_title == "Tea and eyes: cohort study"
    assert [(a.name, a.affiliation_refs, a.corresponding) for a in paper.authors] == [
        ("Ada First", (1, 2), True),
        ("Bert Second", (3,), False),
    ]
    assert [a.ref for a in paper.affiliations] == [1, 2, 3]
    assert [c.email for c in paper.corresponding] == ["a.first@example.org"]
    assert record.abstract == "Objective To assess tea."


def test_an_address_over_several_lines_and_keywords_below_the_permissions() -> None:
    text = (
        "Article Text\nDownload PDFPDF\nLetter\nTea and dry eyes\n- A First1\n- B Second2 and\n- C Third1\n"
        "- 1Clinic of Tests, Testville, Italy\n- 2Clinic of Eyes, Testburg\n- Correspondence to:\n Dr A First\n"
        " Clinic of Tests, Testville, Italy; a.first@example.org\n"
        "Statistics from Altmetric.com\nRequest Permissions\nPlease use the link below for permissions.\n- tea\n- dry eye\n"
        "We read with interest what was written on tea and eyes.1\nREFERENCES\n- 1. Tea. 2001.\nFootnotes\n- Funding None to declare.\n"
    )
    record = one(text)
    paper = article(record)
    assert [a.name for a in paper.authors] == ["A First", "B Second", "C Third"]
    (to,) = paper.corresponding
    assert (to.name, to.address, to.email) == ("A First", "Clinic of Tests, Testville, Italy", "a.first@example.org")
    assert record.keywords == ("tea", "dry eye")
    assert paper.body_excerpt == ("We read with interest what was written on tea and eyes.1",)
    assert paper.funding == "None to declare."


def test_an_abstract_of_a_meeting_is_one() -> None:
    text = (
        "Article Text\nPoster Presentations\nAB0001 Tea and dry eyes\n  1. A. First1\n  1. 1Clinic of Tests, Testville\nAbstract\n"
        "Background Tea is drunk.\n\nResults It was fine.\n\nDisclosure of Interest None declared\n\nDOI 10.1136/test-2017-eular.1\n\n"
        "Request Permissions\n"
    )
    record = one(text)
    assert record.record_type == "conference_abstract"
    assert record.brief_title == "AB0001 Tea and dry eyes"
    assert record.abstract == "Background Tea is drunk.\n\nResults It was fine."
    assert (article(record).competing_interests, article(record).doi) == ("None declared", "10.1136/test-2017-eular.1")


def test_the_doi_may_come_from_the_address() -> None:
    record = one(PAGES / "bmj_research.txt", address="https://doi.org/10.1136/test-2019-1")
    assert (record.identifiers[0].type, record.identifiers[0].value) == ("DOI", "10.1136/test-2019-1")
    assert article(record).doi == "10.1136/test-2019-1"


@pytest.mark.parametrize(
    ("printed", "name", "refs"),
    [
        ("Ada First1,2,", "Ada First", (1, 2)), ("Ada First 1 3", "Ada First", (1, 3)), ("Ada First,", "Ada First", ()),
        ("Ada First, reader in mouths1", "Ada First", (1,)), ("Ada First, MD, PhD2", "Ada First", (2,)),
        ("Ada First1*,", "Ada First", (1,)),
        ("on behalf of the Tea Group", "Tea Group", ()),
    ],
)  # fmt: skip
def test_authors(printed: str, name: str, refs: tuple[int, ...]) -> None:
    author = parse_author(printed, 1)
    assert author is not None
    assert (author.name, author.affiliation_refs) == (name, refs)


def test_affiliations_and_correspondence() -> None:
    glued, spaced, bare = (
        parse_affiliation("1Department of A, B", 4),
        parse_affiliation("2 Clinic C, D", 4),
        parse_affiliation("Clinic E", 4),
    )
    assert [(a.ref, a.text) for a in (glued, spaced, bare) if a] == [(1, "Department of A, B"), (2, "Clinic C, D"), (4, "Clinic E")]
    authors = [Author(position=1, name="Ada First"), Author(position=2, name="Bert Second")]
    people = parse_correspondence(
        ["Correspondence to Dr Ada First, Unit A; Unit B, Town; a{at}example.org; Bert Second; b@example.org"], authors
    )
    assert [(p.name, p.address, p.email) for p in people] == [
        ("Ada First", "Unit A; Unit B, Town", "a@example.org"),
        ("Bert Second", None, "b@example.org"),
    ]
    assert parse_author("12", 1) is None


@settings(max_examples=80)
@given(st.integers(0, 5_000), st.sampled_from(["bmj_research.txt", "bmj_letter.html", "bmj_main.txt", "bmj_dash.txt"]))
def test_a_page_cut_at_any_byte_is_read(cut: int, name: str) -> None:
    assert read_bytes((PAGES / name).read_bytes()[:cut], name, "bmj_article").read == 1


@settings(max_examples=80)
@given(st.text(alphabet="Article Text\n1. 2.*- Ab,{at}@;Correspondence to Dr Abstract Footnotes Funding 5.6 (RA).2", max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert read_bytes(text.encode(), "x", "bmj_article").read == 1


def letter(*below: str) -> str:
    people = ["  1. Ada First1", "  2. Bert Second2", "  1. 1 Clinic of Tests, Testville, UK", "  2. 2 School of Tests, Testburg, Italy"]
    to = "  1. Correspondence to Dr Ada First, Clinic of Tests, Testville, UK; a{at}example.org"
    return "\n".join(["Article Text", "", "Letter", "", "Tea in dry eyes", *people, to, "", *below, "", "Request Permissions", ""])


def test_keywords_right_below_the_by_line_are_no_affiliations() -> None:
    for text in (letter("  • Tea", "  • dry eyes"), re.sub(r"(?m)^  (?:\d\.|•) ", "- ", letter("  • Tea", "  • dry eyes"))):
        (record,) = read_bytes(text.encode(), "page", "bmj_article").records
        assert record.publication is not None
        assert record.keywords == ("Tea", "dry eyes")
        assert [one.text for one in record.publication.affiliations] == [
            "Clinic of Tests, Testville, UK",
            "School of Tests, Testburg, Italy",
        ]
        assert "lossy_capture" not in {problem.code.value for problem in record.problems}


@pytest.mark.parametrize("gone", ["Tea in dry eyes", "  2. 2 School of Tests, Testburg, Italy"])
def test_a_page_without_its_title_or_an_affiliation_is_lossy(gone: str) -> None:
    (record,) = read_bytes(letter().replace(gone, "").encode(), "page", "bmj_article").records
    assert "lossy_capture" in {problem.code.value for problem in record.problems}


@pytest.mark.parametrize("piece", ["20", " ", "a", "1,", "; ", "and ", "(", "*"])
def test_a_by_line_of_one_sign_over_and_over_takes_little_time(piece: str) -> None:
    text = piece * (SIGNS // len(piece))
    with ends(f"a by-line of {piece!r} over and over"):
        for printed in (text, f"Ada First {text}!", f"Dr Ada First, {text} x"):
            parse_author(printed, 1)
            parse_correspondence([printed, f"Correspondence to {printed}"], [])


def test_an_author_printed_twice_is_one() -> None:
    (record,) = read_bytes(
        letter().replace("  2. Bert Second2", "  2. Bert Second2\n  2. Bert Second2").encode(), "page", "bmj_article"
    ).records
    assert record.publication is not None
    assert [author.name for author in record.publication.authors] == ["Ada First", "Bert Second"]
    assert len(record.publication.affiliations) == 2


def test_a_correspondence_that_lost_its_first_part_names_nobody() -> None:
    (person,) = parse_correspondence([". ; {at}example.org (or @example on Twitter); Unit A, Town"], [])
    assert person.name is None
    assert person.address is not None and "Unit A, Town" in person.address
