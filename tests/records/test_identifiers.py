"""Registry numbers, DOIs and PubMed numbers: what is recognised, how it is written, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.records.identifiers import canonical, find, recognise

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
    assert value[-4:].lower() in text[found.start : found.end].lower()


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
