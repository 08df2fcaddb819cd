"""Registry numbers, DOIs and PubMed numbers: what is recognised, how it is written, and what is refused."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.model.identifiers import canonical, find, recognise
from tests.patience import SIGNS, calls, ends

# printed, type, canonical form, issuer
KNOWN = [
    ("NCT04210987", "NCT", "NCT04210987", "ClinicalTrials.gov"),
    ("nCt#04210987", "NCT", "NCT04210987", "ClinicalTrials.gov"),
    ("NCT 04210987", "NCT", "NCT04210987", "ClinicalTrials.gov"),
    ("ISRCTN 41230987", "ISRCTN", "ISRCTN41230987", "ISRCTN"),
    ("2011-004321-29", "EUDRACT", "2011-004321-29", "EudraCT"),
    ("EudraCT No. 2011-004321-29", "EUDRACT", "2011-004321-29", "EudraCT"),
    ("EUCTR2011-004321-29-NL", "EUDRACT", "2011-004321-29", "EudraCT"),
    ("2023-504321-18-00", "EUCT", "2023-504321-18-00", "EU CT (CTIS)"),
    ("ChiCTR2100041234", "CHICTR", "ChiCTR2100041234", "ChiCTR"),
    ("chictr-opn-17010987", "CHICTR", "ChiCTR-OPN-17010987", "ChiCTR"),
    ("ITMCTR2024000123", "OTHER", "ITMCTR2024000123", "ITMCTR"),
    ("CTR20211234", "OTHER", "CTR20211234", "CTR (China CDE)"),
    ("JPRN-UMIN000034567", "UMIN", "UMIN000034567", "UMIN-CTR"),
    ("UMIN-CTR 000034567", "UMIN", "UMIN000034567", "UMIN-CTR"),
    ("Japic CTI-195432", "JPRN", "JapicCTI-195432", "JapicCTI"),
    ("JMA-IIA00321", "JPRN", "JMA-IIA00321", "JMACCT"),
    ("JPRN-jRCTs041190087", "JRCT", "jRCTs041190087", "jRCT"),
    ("jRCT2041200112", "JRCT", "jRCT2041200112", "jRCT"),
    ("ACTRN12619000543210", "ACTRN", "ACTRN12619000543210", "ANZCTR"),
    ("CTRI/2021/11/037654", "CTRI", "CTRI/2021/11/037654", "CTRI"),
    ("DRKS 00021345", "DRKS", "DRKS00021345", "DRKS"),
    ("NTR5432", "NTR", "NTR5432", "NTR"),
    ("NL8765", "NTR", "NL8765", "NTR"),
    ("NL-OMON54321", "OTHER", "NL-OMON54321", "NL-OMON"),
    ("IRCT20170501033765n4", "IRCT", "IRCT20170501033765N4", "IRCT"),
    ("PACTR201908765432109", "PACTR", "PACTR201908765432109", "PACTR"),
    ("KCT0006543", "KCT", "KCT0006543", "CRIS"),
    ("LBCTR2021054321", "LBCTR", "LBCTR2021054321", "LBCTR"),
    ("RPCEC00000412", "OTHER", "RPCEC00000412", "RPCEC"),
    ("SLCTR/2019/027", "SLCTR", "SLCTR/2019/027", "SLCTR"),
    ("TCTR20210415003", "TCTR", "TCTR20210415003", "TCTR"),
    ("PER-073-19", "OTHER", "PER-073-19", "REPEC"),
    ("RBR-9kzq4t7", "REBEC", "RBR-9kzq4t7", "ReBEC"),
    ("RBR-6nj2hs", "REBEC", "RBR-6nj2hs", "ReBEC"),
    ("U1111-1234-9876", "UTN", "U1111-1234-9876", "WHO"),
    ("IRAS ID 254321", "OTHER", "IRAS 254321", "IRAS"),
    ("CRD42021234567", "OTHER", "CRD42021234567", "PROSPERO"),
    ("https://doi.org/10.1000/Demo.2021.17", "DOI", "10.1000/demo.2021.17", "DOI"),
    ("PMID: 31234567", "PMID", "31234567", "PubMed"),
    ("PMC7654321", "PMCID", "PMC7654321", "PubMed Central"),
    ("EudraCT number: 2011 004321 29", "EUDRACT", "2011-004321-29", "EudraCT"),
    ("EUCTR2011-004321-29-Outside-EU/EEA", "EUDRACT", "2011-004321-29", "EudraCT"),
    ("EU CT No. 2023-504321-18-00", "EUCT", "2023-504321-18-00", "EU CT (CTIS)"),
    ("NCT\u00a004210987", "NCT", "NCT04210987", "ClinicalTrials.gov"),
    ("rbr-9kzq4t7", "REBEC", "RBR-9kzq4t7", "ReBEC"),
    ("UTN: u1111\u20101234\u20109876", "UTN", "U1111-1234-9876", "WHO"),
    ("PMID 77", "PMID", "77", "PubMed"),
    ("pubmed.ncbi.nlm.nih.gov/31234567", "PMID", "31234567", "PubMed"),
    ("PMCID: PMC7654321", "PMCID", "PMC7654321", "PubMed Central"),
]

NEAR_MISSES = [
    "NCT0421098",  # seven digits
    "NCT042109876",  # nine digits
    "XNCT04210987",
    "ISCRTN41230987",  # letters transposed
    "2023-504321-18",  # the newer EU form lacks its last part
    "2011-004321-29-1",
    "ChiCTR21000",
    "ITMCTR24",
    "ZINC000034567",
    "JapicCTI-1954",
    "JMA-IIA0032",
    "jRCT0411",
    "ACTRN1261900054321",
    "CTRI/2021/11/0376",
    "DRKS0021345",
    "NL34567.018.11",  # a Dutch ethics dossier
    "NL3456.018.11",
    "NL-OMON",
    "IRCT20170501033765N",
    "PACTR20190876",
    "KCT006543",
    "LBCTR2021",
    "RPCEC412",
    "SLCTR/2019/27",
    "TCTR2021041500312",
    "per 100 000 person years",
    "per-073-19",
    "RBR-12",
    "U1111-1234",
    "IRAS",
    "CRD4202",
    "10.1000",
    "between 2011-2012 and 2014",
    "2011 004321 29",  # blanks for dashes need the label
    "gutjnl-2012-302759",
    "nl-2012-302759",
    "NCT\u0660\u0664\u0662\u0661\u0660\u0669\u0668\u0667",  # digits of another script
    "PMC 2020",
    "the distinct function of albumin in the spectrum",
    "p=0.00004 of 10000 patients in 2015-2018",
]


@pytest.mark.parametrize(("printed", "type_", "value", "issuer"), KNOWN)
def test_a_number_is_recognised_in_its_canonical_form(printed: str, type_: str, value: str, issuer: str) -> None:
    found = recognise(printed)
    assert found is not None
    assert (found.type, found.value, found.issuer) == (type_, value, issuer)
    assert canonical(None, printed) == canonical(type_, printed) == value
    assert recognise(value, type_) is not None, "the canonical form is itself recognised"


@pytest.mark.parametrize(("printed", "type_", "value", "issuer"), KNOWN)
def test_a_number_is_found_inside_a_sentence_with_its_place(printed: str, type_: str, value: str, issuer: str) -> None:
    text = f"It was registered ({printed}), see there."
    assert [(f.type, f.value) for f in find(text)] == [(type_, value)]
    (found,) = find(text)
    assert text[found.start : found.end] in printed
    assert value[-2:].lower() in text[found.start : found.end].lower()


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_a_near_miss_is_refused(text: str) -> None:
    assert find(text) == []
    assert recognise(text) is None


def test_a_number_of_one_registry_is_not_read_as_that_of_another() -> None:
    assert [f.type for f in find("PACTR201302000498127")] == ["PACTR"]
    assert [f.type for f in find("ChiCTR2100041234")] == ["CHICTR"]
    assert [f.type for f in find("10.1186/ISRCTN41230987")] == ["ISRCTN"]


@pytest.mark.parametrize(
    ("text", "registers"),
    [
        ("U1111-1234-9876", False),
        ("IRAS 254321", False),
        ("CRD42021234567", False),
        ("10.1000/demo", False),
        ("PMID 31234567", False),
        ("NCT04210987", True),
    ],
)
def test_numbers_that_name_no_registration_of_a_trial_say_so(text: str, registers: bool) -> None:
    assert [f.is_registration for f in find(text)] == [registers]


def test_numbers_are_given_in_the_order_of_the_text() -> None:
    text = "Registered as DRKS00021345 and NCT04210987 (doi:10.1000/demo.9); an address: https://example.org/trials/NCT04210988?from=list."
    assert [f.value for f in find(text)] == ["DRKS00021345", "NCT04210987", "10.1000/demo.9", "NCT04210988"]


def test_a_doi_ends_before_the_sentence_does() -> None:
    assert [f.value for f in find("(see 10.1000/S0140-1(20)30183-5), and 10.1000/x.y.")] == ["10.1000/s0140-1(20)30183-5", "10.1000/x.y"]


def test_a_stated_type_admits_a_bare_number_and_refuses_another_type() -> None:
    assert canonical("PMID", "31234567") == "31234567"
    assert canonical("DRKS", "00021345") == "DRKS00021345"
    assert canonical("PMID", "NCT04210987") is None
    assert canonical("ORG_STUDY_ID", "XY-12") is None
    assert recognise("registered: NCT04210987") is None, "more than the number"


@pytest.mark.parametrize(
    ("printed", "values"),
    [
        ("https://example.org/doi/10.1000/demo.1/full?from=list#top", ["10.1000/demo.1"]),
        ("https://example.org/doi/pdf/10.1000/demo.1/pdf", ["10.1000/demo.1"]),
        ("https://doi.org/10.1000%2Fxy 10.1000/a%2Fb", ["10.1000/xy", "10.1000/a/b"]),
        ("10.1000/demo.1;https://doi.org/10.1000/demo.1;10.1000/demo.2", ["10.1000/demo.1", "10.1000/demo.1", "10.1000/demo.2"]),
        ("10.1000/demo.1|https://example.org", ["10.1000/demo.1"]),
        ("10.1000/(SICI)1097(1998)17:15/16<1661::AID-X>3.0.CO;2-2.", ["10.1000/(sici)1097(1998)17:15/16<1661::aid-x>3.0.co;2-2"]),
        ("<i>10.1000/demo.1</i>", ["10.1000/demo.1"]),
        ("DOI10.1000/demo.1", ["10.1000/demo.1"]),
        ("10.1000/demo.1\u3002\u65b9\u6cd5", ["10.1000/demo.1"]),
        ("10.1000/" + "x" * 400, []),
    ],
)
def test_dois_as_exports_print_them(printed: str, values: list[str]) -> None:
    assert [f.value for f in find(printed)] == values


SHAPES = [  # '#' is a digit; every form is canonical
    "NCT########", "ISRCTN########", "20##-0#####-##", "20##-5#####-##-##", "ChiCTR2#########", "ChiCTR-IPR-########", "ITMCTR##########",
    "CTR20######", "UMIN#########", "JapicCTI-######", "JMA-IIA#####", "jRCT##########", "jRCTs#########", "ACTRN126###########",
    "CTRI/20##/##/######", "DRKS000#####", "NTR####", "NL####", "NL-OMON#####", "IRCT20############N#", "PACTR20#############",
    "KCT#######", "LBCTR##########", "RPCEC########", "SLCTR/20##/###", "TCTR20#########", "PER-###-##", "RBR-2##x#y", "U1###-####-####",
    "IRAS ######", "CRD4##########", "PMC1######", "10.1###/x#y##",
]  # fmt: skip
canonical_forms = st.builds(
    lambda shape, seed: "".join(random.Random(seed).choice("0123456789") if c == "#" else c for c in shape),
    st.sampled_from(SHAPES),
    st.integers(0, 10**9),
)


@given(canonical_forms)
def test_every_canonical_form_is_read_as_itself(value: str) -> None:
    found = recognise(value)
    assert found is not None
    assert canonical(found.type, found.value) == found.value == value


AROUND = st.sampled_from([" ", "(", ")", "\n", "\t", ",", ": ", "'", '"', "[", "] ", "\u00a0", "\u2026", "\u6ce8\u518a\u53f7", "=", "; "])
prose = st.sampled_from(["", "the spectrum of function in 2015", "electronic control, 10.5 (SD 2.2)", "x " * 700])


@given(canonical_forms, AROUND, AROUND, prose, prose)
def test_a_number_between_signs_is_found_in_running_text(value: str, left: str, right: str, before: str, after: str) -> None:
    text = f"{before} {left}{value}{right} {after}"
    (found,) = find(text)
    assert (found.value, text[found.start : found.end]) == (value, value)


@given(canonical_forms.filter(lambda value: not value.startswith("10.")), st.sampled_from("aZ7"), st.sampled_from("aZ7"))
def test_a_number_glued_to_letters_or_digits_is_refused(value: str, left: str, right: str) -> None:
    assert not any(f.value == value for f in find(left + value))
    known = {f.value for f in find(value + right)} | {f.value for f in find(f" {left}{value}{right} ")}
    assert value not in known


@pytest.mark.parametrize(
    "piece",
    [
        "NCT ",
        "1",
        "2004-",
        "NCT01234567",
        "00000 ",
        "NTR ",
        "10.1000/a;",
        "10.1000/a)",
        ".1",
        "SLCTR/2020/",
        "U1111-1111-",
        "%25",
        "CTRI/2020/04/1",
    ],
)
def test_time_grows_with_the_length_alone(piece: str) -> None:
    text = "10.1000/" + piece * (SIGNS // len(piece))
    with ends(f"{piece!r} over and over"):
        find(text)


def test_an_abstract_without_a_number_costs_next_to_nothing() -> None:
    """Seven calls here, and 66 with a number: no rule is tried where no sign of its numbers stands."""
    plain = (
        "Background: the function of albumin in the spectrum of dry eyes is unclear. Methods: in a randomised controlled trial (RCT) we "
        "enrolled 240 patients in 12 hospitals between March 2015 and June 2018. Results: 3.2 points (95% CI 1.1 to 5.3; p=0.0003). "
    ) * 7
    assert len(plain) > 1500
    for text, bound in ((plain[:1500], 20), (plain[:1470] + " Registered: NCT01234567.", 130)):
        find(text)  # what is compiled once is compiled
        with calls(bound, "looking for numbers in an abstract"):
            find(text)


@given(st.text())
def test_any_text_is_read_and_places_are_in_order(text: str) -> None:
    ends = 0
    for found in find(text):
        assert ends <= found.start < found.end <= len(text)
        ends = found.end


@given(st.text(alphabet="NCTISR UMIN0123456789-/.10\u2013EudraCTİ", max_size=60))
def test_what_is_found_is_found_again_in_its_own_canonical_form(text: str) -> None:
    for found in find(text):
        again = recognise(found.value, found.type)
        assert again is not None
        assert again.value == found.value
