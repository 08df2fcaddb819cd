"""BibTeX: dialects, TeX in values, names given by @string, repeated fields and keys, what bibtexparser cannot read, broken files."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.model.record import ProblemCode
from review.records import Reading, read_bytes
from review.records.formats.bibtex import detect
from review.records.source import Source
from review.records.tex import plain
from tests.patience import SIGNS, ends

LAMPS = r"""% Encoding: UTF-8
@string{jl = "Journal of"}
@preamble{"\newcommand{\x}{y}"}
@comment{jabref-meta: databaseType:bibtex;}

@article{hale2021,
  author   = {Hale, Rosa M. and {\"U}nal, Ece and {Lamp and Lantern Group} and others},
  title    = {Morning light for {T}ired {CO}$_{2}$ nurses \& others},
  journal  = jl # { lamps},
  year     = 2021,
  month    = feb,
  volume   = {7}, number = {2}, pages = {113--125},
  doi      = {https://doi.org/10.1234/Lamps\_7},
  url      = {https://lamps.example.org/~hale},
  keywords = {lamp; night shift, late; caf{\'e}},
  note     = {Registered as NCT09000001},
  note     = {A second note},
  my-field = {kept
              as well},
}
@Article{hale2021,
  Title = {Foot baths},
  Year = "2020",
  Keywords = {bath, tea},
}
"""
SCOPUS = """
@CONFERENCE{Okafor2019,
author={Okafor, B. and Hale, R.},
title={Lamps in wards},
journal={Ward Letters},
year={2019},
art_number={104},
document_type={Conference Paper},
affiliation={Ward of Lamps, Testtown; School of Sleep, Testtown},
pubmed_id={30000001},
source={Scopus},
}
"""


def read(text: str) -> Reading:
    reading = read_bytes(text.encode(), "lamps.bib")
    assert reading.format == "bibtex"
    assert reading.read == len(reading.records) + len(reading.refused)
    return reading


def test_an_article_with_tex_names_and_repeated_fields() -> None:
    reading = read(LAMPS)
    one, two = reading.records
    paper = one.publication
    assert paper is not None
    assert one.brief_title == "Morning light for Tired CO$_{2}$ nurses & others"
    assert [a.name for a in paper.authors] == ["Hale, Rosa M.", "Ünal, Ece", "Lamp and Lantern Group"]
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("Journal of lamps", 2021, "7", "2", "113-125")
    assert [(i.type, i.value) for i in one.identifiers] == [("DOI", "10.1234/lamps_7"), ("NCT", "NCT09000001")]
    assert one.keywords == ("lamp", "night shift, late", "café")
    assert one.extra["note"] == ("Registered as NCT09000001", "A second note")
    assert one.extra["url"] == ("https://lamps.example.org/~hale",)
    assert (one.extra["month"], one.extra["citation key"]) == (("feb",), ("hale2021",))
    assert [(p.code, p.lines) for p in one.problems] == [
        (ProblemCode.UNKNOWN_TAG, (18, 19)), (ProblemCode.UNPLACED_TEXT, (7, 7)),  # "and others"
    ]  # fmt: skip
    assert one.extra["my-field"] == ("kept\n              as well",)
    assert (two.brief_title, two.keywords) == ("Foot baths", ("bath", "tea"))
    assert not [p for p in reading.problems if p.code == ProblemCode.RECEIPT_MISMATCH]


def test_spans_point_to_the_lines_of_the_file() -> None:
    lines = LAMPS.split("\n")
    for record in read(LAMPS).records:
        first, last = record.provenance.raw_span or (0, 0)
        assert lines[first - 1].lower().startswith("@article{hale2021")
        assert lines[last - 1] == "}"
        where = record.provenance.field_spans["brief_title"]
        assert "title" in lines[where[0] - 1].lower()


def test_a_conference_paper_of_scopus_is_an_article() -> None:
    [one] = read(SCOPUS).records
    paper = one.publication
    assert paper is not None
    assert (one.record_type, paper.journal, paper.pages, paper.pmid) == ("article_report", "Ward Letters", "104", "30000001")
    assert [a.text for a in paper.affiliations] == ["Ward of Lamps, Testtown", "School of Sleep, Testtown"]
    assert paper.publication_types == ("Conference Paper",)


def test_a_chapter_has_the_book_as_its_journal() -> None:
    [one] = read("@inbook{a,\n title = {Lamps \\textendash{} wicks},\n booktitle = {A book of &#169; lamps},\n}").records
    assert (one.record_type, one.brief_title) == ("other", "Lamps – wicks")
    assert one.publication is not None
    assert one.publication.journal == "A book of © lamps"


def test_what_bibtexparser_cannot_read_is_refused_with_its_line() -> None:
    broken = "@article{a,\n title = {never closed,\n year = 2020,\n"
    reading = read(SCOPUS + broken + SCOPUS)
    assert [(r.line, r.excerpt.split("\n")[0]) for r in reading.refused] == [(SCOPUS.count("\n") + 1, "@article{a,")]
    assert len(reading.records) == 2


@pytest.mark.parametrize("text", ["@article{a,\n}", "@article{a}", "@article{,\n title = {}\n}"])
def test_an_entry_without_a_value_is_refused(text: str) -> None:
    reading = read_bytes(text.encode(), format="bibtex")
    assert (reading.records, len(reading.refused)) == ((), 1)


def test_words_between_entries_are_remarked_on() -> None:
    notes = [p for p in read("exported by hand\n" + SCOPUS).problems if p.code == ProblemCode.TEXT_OUTSIDE_RECORDS]
    assert [(p.message, p.lines) for p in notes] == [("text outside of the entries was passed over: 'exported by hand'", (1, 1))]


def test_lines_that_are_not_utf8_are_read_as_windows() -> None:
    reading = read_bytes("@article{a,\n title = {Café},\n}".encode("cp1252"))
    assert reading.records[0].brief_title == "Café"
    assert ProblemCode.DECODED_CP1252 in [p.code for p in reading.problems]


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (r"{\'{e}}t{\'e} \'a {\'\i} \c{c} \c c \~n", "été á í ç ç ñ"),
        (r"{\aa}rhus \AA ngstr\"om na\"{\i}ve \ss{} \v{S} \H{o} \k{a} {\L}{\'o}d{\'z}", "århus Ångström naïve ß Š ő ą Łódź"),
        (r"J.~Hale, ~5 \% of a\_b, \{x\} and 50% \unknown{y}", "J.\u00a0Hale, ~5 % of a_b, {x} and 50% \\unknowny"),
        (r"costs \$5, $\alpha_{1}$ < 3", r"costs $5, $\alpha_{1}$ < 3"),
    ],
)
def test_tex_becomes_plain_text(printed: str, shown: str) -> None:
    assert plain(printed) == shown


@pytest.mark.parametrize("piece", ["@a{", "@a{b,c={", "@a{b,c={x},", '"', "{", "}", "=", "#", "\n@", "\n@a{b,", "\\'", "$", "and "])
def test_a_sign_said_over_and_over_takes_little_time(piece: str) -> None:
    reading = read_bytes(("@article{a,\n title={x},\n note={" + piece * (20_000 // len(piece))).encode(), format="bibtex")
    assert reading.read == len(reading.records) + len(reading.refused) >= 1


@settings(max_examples=80)
@given(at=st.integers(0, len(LAMPS + SCOPUS)), flip=st.characters(max_codepoint=255), drop=st.integers(0, 30))
def test_cut_flipped_and_dropped_never_raise(at: int, flip: str, drop: int) -> None:
    text = LAMPS + SCOPUS
    lines = text.split("\n")
    for broken in (text[:at], text[:at] + flip + text[at + 1 :], "\n".join(lines[:drop] + lines[drop + 1 :])):
        reading = read_bytes(broken.encode(), format="bibtex")
        assert reading.read == len(reading.records) + len(reading.refused)
        assert reading.read >= 1 or not any(line.lstrip().lower().startswith(("@article{", "@conf")) for line in broken.split("\n"))


@settings(max_examples=200)
@given(st.text("@ar{},=\"# \n\\$'e0", max_size=60))
def test_any_signs_at_all_never_raise(noise: str) -> None:
    reading = read_bytes(("@article{a, title = {x" + noise).encode(), format="bibtex")
    assert reading.read == len(reading.records) + len(reading.refused) >= 1
    assert isinstance(plain(noise), str)


@pytest.mark.parametrize("piece", [" ", "\n", "\t\n", "a ", "@ ", "@a{", " and", "-", ", "])
def test_blanks_without_end_take_little_time(piece: str) -> None:
    text = piece * (SIGNS // len(piece))
    with ends(f"{piece!r} without end"):
        detect(Source(text.encode()))
        read_bytes(f"@article{{a,\n title={{x}},\n author={{a{text}x}},\n pages={{1{text}x}}}}".encode(), format="bibtex")


def test_names_of_names_are_not_written_out_beyond_measure() -> None:
    names = "".join(f"@string{{s{n} = {' # '.join([f's{n - 1}'] * 10)}}}\n" for n in range(1, 9))
    entry = "@article{one, title = {One}}\n@article{two, title = s5 # s5 # s5, note = {x}}\n@article{three, title = s4}\n"
    reading = read_bytes(f"@string{{s0 = {{0123456789}}}}\n{names}{entry}".encode())
    assert [len(record.brief_title or "") for record in reading.records] == [3, 100_000]
    assert [(one.line, "more than" in one.reason or "too much" in one.reason) for one in reading.refused] == [(7, True), (11, True)]
    assert reading.read == len(reading.records) + len(reading.refused)
