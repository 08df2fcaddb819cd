"""RIS as it comes: what its layout allows, and every way in which real files depart from it, without a record or a value lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from review.model.record import Problem, Record
from review.records import Reading, read_bytes
from review.records.detect import detect
from review.records.source import Source
from tests.patience import SIGNS, ends

ONE = """TY  - JOUR
AU  - Hale, R.
AU  - Moss, K.
TI  - Warm foot baths before sleep
JF  - Journal of Night Work
PY  - 2019
VL  - 12
IS  - 3
SP  - 101
EP  - 110
AB  - We washed the feet of forty nurses. They slept.
DO  - 10.9999/jnw.2019.7
KW  - sleep
KW  - feet
ER  -
"""
TWO = """TY  - CONF
A1  - Lund, S.
T1  - Cold socks
Y1  - 2020/05//
N2  - No effect was seen.
ER  -
"""


def ris(text: str | bytes) -> Reading:
    """The reading of *text* as RIS."""
    return read_bytes(text if isinstance(text, bytes) else text.encode(), "made.ris", "ris", source="made")


def codes(problems: tuple[Problem, ...]) -> list[str]:
    """What was remarked, in alphabetical order."""
    return sorted(p.code.value for p in problems)


def test_an_ordinary_entry_has_its_values_in_their_fields_with_their_lines() -> None:
    reading = ris(ONE + TWO)
    first, second = reading.records
    assert not reading.problems
    assert (first.record_type, first.brief_title, first.abstract) == (
        "article_report", "Warm foot baths before sleep", "We washed the feet of forty nurses. They slept.",
    )  # fmt: skip
    paper = first.publication
    assert paper is not None
    assert [a.name for a in paper.authors] == ["Hale, R.", "Moss, K."]
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("Journal of Night Work", 2019, "12", "3", "101-110")
    assert (paper.doi, first.keywords) == ("10.9999/jnw.2019.7", ("sleep", "feet"))
    assert first.provenance.raw_span == (1, 14)
    assert first.provenance.field_spans["brief_title"] == (4, 4)
    assert first.provenance.field_spans["publication.pages"] == (9, 10)
    assert (second.record_type, second.brief_title, second.abstract) == ("article_report", "Cold socks", "No effect was seen.")
    assert second.publication is not None
    assert second.publication.year == 2020
    assert second.extra == {"TY": ("CONF",), "Y1": ("2020/05//",)}


# name, file, titles of the records that must come out, codes that must be remarked on
CASES: list[tuple[str, str | bytes, list[str | None], list[str]]] = [
    ("byte order mark", b"\xef\xbb\xbf" + ONE.encode(), ["Warm foot baths before sleep"], []),
    ("UTF-16", "\ufeff".encode("utf-16-le") + ONE.encode("utf-16-le"), ["Warm foot baths before sleep"], []),
    ("carriage returns alone", ONE.replace("\n", "\r"), ["Warm foot baths before sleep"], []),
    ("CRLF", ONE.replace("\n", "\r\n"), ["Warm foot baths before sleep"], []),
    ("end missing between entries", ONE.replace("ER  -\n", "") + TWO, ["Warm foot baths before sleep", "Cold socks"], ["missing_end"]),
    ("last without end", ONE + TWO.replace("ER  -\n", ""), ["Warm foot baths before sleep", "Cold socks"], ["missing_end"]),
    ("one blank before the dash", ONE.replace("  - ", " - "), ["Warm foot baths before sleep"], ["malformed_tag"]),
    ("no blank before the dash", "TY- JOUR\nTI- Cold socks\nER- \n", ["Cold socks"], ["malformed_tag"]),
    ("no blank behind the dash", ONE.replace("  - ", "  -"), ["Warm foot baths before sleep"], ["malformed_tag"]),
    ("no blanks at all", "TY-JOUR\nTI-Cold socks\nER-\n", ["Cold socks"], ["malformed_tag"]),
    ("no-break spaces", ONE.replace("  - ", "\u00a0\u00a0-\u00a0"), ["Warm foot baths before sleep"], ["malformed_tag"]),
    ("no-break spaces in cp1252", ONE.replace("  - ", "\u00a0 - ").encode("cp1252"), ["Warm foot baths before sleep"],
     ["decoded_cp1252", "malformed_tag"]),
    ("two blanks behind the dash", ONE.replace("  - ", "  -  "), ["Warm foot baths before sleep"], []),
    ("end without a dash", ONE.replace("ER  -", "ER") + TWO, ["Warm foot baths before sleep", "Cold socks"], ["malformed_tag"]),
    ("end with a blank", ONE.replace("ER  -", "ER  - ") + TWO, ["Warm foot baths before sleep", "Cold socks"], []),
    ("tags in small letters", ONE.replace("TY", "ty").replace("TI", "ti").replace("ER", "er"), ["Warm foot baths before sleep"],
     ["malformed_tag"]),
    ("indented tags", "  " + ONE.replace("\n", "\n  "), ["Warm foot baths before sleep"], ["malformed_tag"]),
    ("a dash of a word processor", ONE.replace("  - ", "  \u2013 "), ["Warm foot baths before sleep"], ["malformed_tag"]),
    ("text before the entries", "Record #1 of 2\nProvider: A\n\n" + ONE, ["Warm foot baths before sleep"], ["text_outside_records"]),
    ("text between the entries", ONE + "\n2. \n" + TWO, ["Warm foot baths before sleep", "Cold socks"], ["text_outside_records"]),
    ("text behind the entries", ONE + "\nExported by a program\n", ["Warm foot baths before sleep"], ["text_outside_records"]),
    ("text between entries whose end is missing", ONE.replace("ER  -\n", "\nRecord #2 of 2\n") + TWO,
     ["Warm foot baths before sleep", "Cold socks"], ["missing_end", "text_outside_records"]),
    ("beginning missing", ONE + TWO.replace("TY  - CONF\n", ""), ["Warm foot baths before sleep", "Cold socks"],
     ["missing_start", "receipt_mismatch"]),
    ("empty kind", ONE.replace("TY  - JOUR", "TY  - "), ["Warm foot baths before sleep"], []),
    ("no empty line between entries", ONE.replace("\n\n", "\n") + TWO, ["Warm foot baths before sleep", "Cold socks"], []),
    ("no title", ONE.replace("TI  - Warm foot baths before sleep\n", ""), [None], ["no_title"]),
    ("empty file but for blank lines behind", ONE + "\n\n\n", ["Warm foot baths before sleep"], []),
    ("end twice", ONE + "ER  - \n" + TWO, ["Warm foot baths before sleep", "Cold socks"], ["text_outside_records"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "titles", "remarks"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_every_entry_is_kept_however_it_is_written(text: str | bytes, titles: list[str | None], remarks: list[str]) -> None:
    reading = ris(text)
    assert [record.brief_title for record in reading.records] == titles
    assert reading.refused == ()
    assert codes(reading.problems) == remarks
    assert detect(Source(text if isinstance(text, bytes) else text.encode()))[0].name == "ris"


@pytest.mark.parametrize("name", ["one blank before the dash", "no blank behind the dash", "no-break spaces", "tags in small letters"])
def test_what_is_written_otherwise_gives_the_same_values(name: str) -> None:
    def stated(record: Record) -> object:
        return record.model_dump(exclude={"record_id", "provenance", "problems"})

    text = next(case[1] for case in CASES if case[0] == name)
    assert stated(ris(text).records[0]) == stated(ris(ONE).records[0])


@pytest.mark.parametrize(
    ("tag", "field", "value"),
    [("AB", "abstract", "Another abstract."), ("DO", "publication.doi", "10.9999/other"), ("VL", "publication.volume", "13")],
)
def test_a_second_value_of_a_tag_that_holds_one_is_kept(tag: str, field: str, value: str) -> None:
    (record,) = ris(ONE.replace("ER  -", f"{tag}  - {value}\nER  -")).records
    assert value in record.extra.get(tag, ()) or any(i.value == value for i in record.identifiers)
    repeated = [p for p in record.problems if p.code == "repeated_tag"]
    assert [(p.field, p.lines) for p in repeated] == [(field, (15, 15))]


def test_repeated_and_unknown_tags_are_kept_in_their_order() -> None:
    (record,) = ris(
        ONE.replace("ER  -", "SN  - 1234-5678\nSN  - 8765-4321\nQ7  - one\nQ7  - two\nAD  - Northtown\nAD  - Southtown\nER  -")
    ).records
    assert record.extra["SN"] == ("1234-5678", "8765-4321")
    assert record.extra["Q7"] == ("one", "two")
    assert record.publication is not None
    assert [a.text for a in record.publication.affiliations] == ["Northtown", "Southtown"]
    assert [(p.code.value, p.lines) for p in record.problems] == [("unknown_tag", (17, 17))]


@pytest.mark.parametrize(
    ("abstract", "read"),
    [
        ("Blood of the groups\nAB - negative was taken.", "Blood of the groups\nAB - negative was taken."),
        ("A trial of phase\nII  - III with nurses.", "A trial of phase\nII  - III with nurses."),
        ("Cells were\nER-positive.", "Cells were\nER-positive."),
        ("Cells were\nER - positive and small.", "Cells were\nER - positive and small."),
        ("By the score\nTI-RADS four.", "By the score\nTI-RADS four."),
        ("They were\nso - called sleepers.", "They were\nso - called sleepers."),
        ("The first part.\n\nThe second part.", "The first part.\nThe second part."),
        ("   An indented\n   second line.", "An indented\nsecond line."),
    ],
)
def test_text_that_goes_on_is_joined_even_where_it_looks_like_a_tag(abstract: str, read: str) -> None:
    reading = ris(ONE.replace("We washed the feet of forty nurses. They slept.", abstract) + TWO)
    assert [record.abstract for record in reading.records] == [read, "No effect was seen."]
    (joined,) = [p for p in reading.records[0].problems if p.code == "continuation_joined"]
    assert joined.lines is not None
    assert joined.lines[1] == 12 + abstract.count("\n\n")


def test_a_tag_that_is_written_otherwise_behind_a_whole_sentence_is_a_tag() -> None:
    (record,) = ris(ONE.replace("KW  - sleep", "KW - sleep")).records
    assert record.keywords == ("sleep", "feet")
    assert [(p.code.value, p.lines) for p in record.problems] == [("malformed_tag", (13, 13))]


def test_lines_of_lists_are_values_of_their_own() -> None:
    (record,) = ris(ONE.replace("KW  - feet", "AD  - Northtown\nSouthtown\nKW  - feet\nsocks; shoes\nN1  - 7\nlast export")).records
    assert record.keywords == ("sleep", "feet", "socks", "shoes")
    assert record.publication is not None
    assert [a.text for a in record.publication.affiliations] == ["Northtown", "Southtown"]
    assert record.extra["N1"] == ("7\nlast export",)


def test_broken_lines_are_put_together_and_paragraphs_stay_apart() -> None:
    broken = "Forty nurses of three wards were asked to wash their feet in water of forty\ndegrees every evening."
    (record,) = ris(ONE.replace("We washed the feet of forty nurses. They slept.", broken + "\nRESULTS: They slept.")).records
    assert record.abstract == broken.replace("\n", " ") + "\nRESULTS: They slept."


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x1c", "\x1e"])
def test_marks_that_only_look_like_line_ends_stay_within_their_value(mark: str) -> None:
    (record,) = ris(ONE.replace("of forty nurses", f"of{mark}forty nurses")).records
    assert record.abstract == f"We washed the feet of{mark}forty nurses. They slept."
    assert not record.problems


def test_what_is_no_entry_is_refused_with_its_line() -> None:
    reading = ris(ONE + "\nTY  - JOUR\nER  - \n\nVL  - 12\nIS  - 3\nER  - \n")
    assert len(reading.records) == 1
    assert [(r.line, r.reason.split(" (")[0]) for r in reading.refused] == [
        (17, "the entry holds no value"),
        (20, "tagged lines without the beginning of an entry"),
    ]
    assert reading.read == 3


def test_a_line_that_nobody_wrote_costs_its_own_entry_alone() -> None:
    reading = ris(ONE + TWO.replace("No effect", "x" * 5_000_000) + ONE.replace("Warm", "Hot"))
    assert [r.brief_title for r in reading.records] == ["Warm foot baths before sleep", "Hot foot baths before sleep"]
    assert [(r.line, r.reason[:29]) for r in reading.refused] == [(16, "one of its lines is longer th")]


def test_an_entry_without_an_end_does_not_fill_the_memory() -> None:
    reading = ris(ONE.replace("ER  -\n", "") + ("AB  - " + "x" * 100_000 + "\n") * 200 + "ER  - \n" + TWO)
    assert [r.brief_title for r in reading.records] == ["Cold socks"]
    assert [r.reason for r in reading.refused] == ["one entry holds more than 16 MiB"]


def test_the_same_entry_twice_has_two_ids_and_blanks_do_not_count() -> None:
    ids = [r.record_id for r in ris(ONE + ONE.replace("forty", "  forty") + ONE.replace("ER  -\n", "")).records]
    assert len(set(ids)) == 3
    assert ids[0] == ris(ONE.replace("\n", "\r\n")).records[0].record_id
    assert ids[0] == ris(ONE.replace("ER  -\n", "")).records[0].record_id


CENTRAL = """Record #1 of 2
Provider: A Library
Content: text/plain; charset="UTF-8"

TY  -  JOUR
AN  -  CN-00000001
AU  -  Hale, R
TI  -  Foot baths
JA  -  Night work
YR  -  2011
C3  -  PUBMED 21000001,EMBASE 361000001
M3  -  Journal article
NS  -  Foot Baths 2011
NS  -  Hale 2011
ER  -

Record #2 of 2
Provider: A Library
Content: text/plain; charset="UTF-8"

TY  -  JOUR
AN  -  CN-00000002
AU  -  NCT01234567,
TI  -  Foot Baths for Nurses
JA  -  https://clinicaltrials.gov/show/NCT01234567
YR  -  2010
C3  -  CTgov NCT01234567
M3  -  Trial registry record
ER  -
"""


def test_central_keeps_its_study_links_and_says_what_a_registration_is() -> None:
    report, registration = ris(CENTRAL).records
    assert report.extra["NS"] == ("Foot Baths 2011", "Hale 2011")
    assert report.publication is not None
    assert (report.publication.pmid, report.publication.journal, report.publication.year) == ("21000001", "Night work", 2011)
    assert "PUBMED 21000001,EMBASE 361000001" in report.extra["C3"]
    assert registration.record_type == "trial_registration"
    assert [(i.type, i.value, i.role) for i in registration.identifiers] == [("NCT", "NCT01234567", "primary")]
    assert registration.publication is not None
    assert registration.publication.authors == ()
    assert not registration.problems


@pytest.mark.parametrize(
    ("lines", "pmid"),
    [
        ("AN  - 21000001\nDP  - NLM", "21000001"),
        ("AN  - 21000001\nDB  - Ovid MEDLINE(R)", "21000001"),
        ("C2  - 21000001\nDB  - Scopus", "21000001"),
        ("PMID - 21000001", "21000001"),
        ("AN  - 2000000001\nDB  - Embase", None),
        ("AN  - 21000001\nDB  - ERIC", None),
    ],
)
def test_a_number_of_pubmed_is_read_where_the_entry_says_whose_number_it_is(lines: str, pmid: str | None) -> None:
    (record,) = ris(ONE.replace("ER  -", lines + "\nER  -")).records
    assert record.publication is not None
    assert record.publication.pmid == pmid


@pytest.mark.parametrize(
    ("lines", "journal"),
    [
        ("J2  - J Night\nT2  - Journal of Night Work", "Journal of Night Work"),
        ("JO  - J Night\nJF  - Journal of Night Work\nT2  - Other", "Journal of Night Work"),
        ("JA  - J Night", "J Night"),
    ],
)
def test_the_journal_in_full_counts_before_its_short_forms(lines: str, journal: str) -> None:
    (record,) = ris(f"TY  - JOUR\nTI  - Cold socks\n{lines}\nER  - \n").records
    assert record.publication is not None
    assert record.publication.journal == journal


def test_references_in_a_note_give_no_identifiers() -> None:
    note = "N1  - Trial NCT01234567. References: Moss, K., doi 10.9999/cited.1 NCT07654321;\nLund, S., doi: 10.9999/cited.2"
    (record,) = ris(f"TY  - JOUR\nTI  - Cold socks\n{note}\nER  - \n").records
    assert [(i.type, i.value) for i in record.identifiers] == [("NCT", "NCT01234567")]


@pytest.mark.parametrize(
    ("line", "code"),
    [("TI  - RETRACTED: Cold socks", "retracted"), ("M3  - Retracted Publication", "retracted"), ("M3  - Erratum", "corrected")],
)
def test_a_notice_is_read_from_title_and_type(line: str, code: str) -> None:
    (record,) = ris(f"TY  - JOUR\n{line}\n{'' if line.startswith('TI') else 'TI  - Cold socks' + chr(10)}ER  - \n").records
    assert [(p.code.value, p.lines) for p in record.problems] == [(code, (2, 2))]


_LINES = st.sampled_from(
    [*ONE.splitlines(), *TWO.splitlines(), "", "II  - text", "text", "TY", "ER", "ty - jour", "AB - of", "1.", "\u2028"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(_LINES, st.text(max_size=20)), max_size=40), st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_lines_give_records_and_refusals_and_no_text_is_lost(lines: list[str], end: str) -> None:
    reading = ris(end.join(lines).encode("utf-8", "surrogatepass"))
    assert reading.read == len(reading.records) + len(reading.refused)
    spans = [r.provenance.raw_span for r in reading.records]
    assert all(a is not None and b is not None and a[1] < b[0] for a, b in pairwise(spans))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(ONE + TWO)), st.integers(0, 255))
def test_a_file_cut_anywhere_or_with_a_byte_changed_is_read(at: int, byte: int) -> None:
    data = (ONE + TWO).encode()
    cut = ris(data[:at])
    assert cut.read == len(cut.records) + len(cut.refused)
    changed = ris(data[:at] + bytes([byte]) + data[at + 1 :])
    assert 1 <= changed.read <= 4


def test_an_ordinary_file_gives_what_rispy_gives() -> None:
    texts = [ONE.replace("forty", str(n)).replace("2019", str(1990 + n)).replace("Hale", f"Hale{n}") for n in range(20)]
    text = "\n".join(texts)
    ours, theirs = ris(text).records, rispy.loads(text)
    assert len(ours) == len(theirs) == 20
    for record, entry in zip(ours, theirs, strict=True):
        paper = record.publication
        assert paper is not None
        assert [a.name for a in paper.authors] == entry["authors"]
        assert (record.brief_title, record.abstract, list(record.keywords)) == (entry["title"], entry["abstract"], entry["keywords"])
        assert (paper.doi, paper.journal, paper.volume, str(paper.year)) == (
            entry["doi"], entry["alternate_title3"], entry["volume"], entry["year"],
        )  # fmt: skip
        assert paper.pages == f"{entry['start_page']}-{entry['end_page']}"


@pytest.mark.parametrize("tag", ["KW", "PT", "AU", "SP", "M3", "AD", "N1", "DO", "PY", "AB"])
def test_blanks_without_end_take_little_time(tag: str) -> None:
    for blank in (" ", "\u00a0", "\t", "a "):
        with ends(f"{tag} with {blank!r} without end"):
            reading = read_bytes(f"TY  - JOUR\nTI  - One\n{tag}  - a;{blank * SIGNS}x\nER  - \n".encode(), format="ris")
        assert len(reading.records) == 1


@pytest.mark.parametrize("journal", ["JA", "T2", "JO"])
def test_a_registration_of_central_has_no_author_and_no_journal(journal: str) -> None:
    address = "https://trialsearch.who.int/Trial2.aspx?TrialID=EUCTR2010-012345-12-DE"
    (one,) = ris(f"TY  - JOUR\nTI  - Cold socks\nAU  - EUCTR2010-012345-12-DE,\n{journal}  - {address}\nPY  - 2012\nER  - \n").records
    assert one.publication is not None and (one.publication.authors, one.publication.journal) == ((), None)
    assert one.record_type == "trial_registration"
    assert [(i.type, i.value, i.role) for i in one.identifiers] == [("EUDRACT", "2010-012345-12", "primary")]


def test_embase_has_pubmed_s_number_among_its_custom_fields() -> None:
    for base, pmid in (("Embase", "30000001"), ("AMED", None)):
        (one,) = ris(f"TY  - JOUR\nDB  - {base}\nTI  - Feet\nPY  - 2020\nC5  - 30000001\nER  - \n").records
        assert one.publication is not None and one.publication.pmid == pmid


def test_a_doi_that_is_made_of_a_registration_gives_its_number_and_is_kept() -> None:
    (one,) = ris("TY  - DATA\nTI  - Feet\nDO  - 10.1186/ISRCTN12345678\nER  - \n").records
    assert [(i.type, i.value, i.role) for i in one.identifiers] == [("ISRCTN", "ISRCTN12345678", "secondary")]
    assert (one.extra["DO"], one.problems) == (("10.1186/ISRCTN12345678",), ())
