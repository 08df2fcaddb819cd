"""Pages of the sites whose headings, labels or values are lost: what stands there then is no value of the field before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.model.record import Record
from review.records import read_bytes

PAGES = Path(__file__).parent / "pages"


def page(name: str, *changes: tuple[str, str]) -> Record:
    text = (PAGES / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (record,) = read_bytes(text.encode(), "page").records
    return record


def codes(record: Record) -> set[str]:
    return {problem.code.value for problem in record.problems}


def test_people_below_a_lost_heading_are_no_countries() -> None:
    assert page("meddatax_study.txt").countries == ("United States", "Switzerland")
    lost = page("meddatax_study.txt", ("United States Switzerland\n\nCentral Contacts\n", ""), ("Role: CONTACT\n", ""))
    assert [one for one in lost.countries if "Person" in one or "@" in one or "0049" in one] == []
    assert "lossy_capture" in codes(lost)


def test_a_sentence_that_invites_the_reader_is_no_keyword() -> None:
    said = "Explore keywords of this study that help you to find others like it."
    record = page("meddatax_study.txt", ("Keywords\n\n", f"Keywords\n\n{said}\n\n"))
    assert record.keywords == ("shoes feet walking",)


@pytest.mark.parametrize("line", ["Launched by · Feb 3, 2024", "Launched by  •  Feb 3, 2024"])
def test_a_clinconnect_page_that_lost_its_sponsor_has_none(line: str) -> None:
    record = page("clinconnect_dash.txt", ("Launched by NORTHERN EYE CLINIC · Feb 3, 2024", line))
    assert record.lead_sponsor is None or record.lead_sponsor.name == "Northern Eye Clinic"
    assert record.dates.first_submitted is not None and record.dates.first_submitted.date == "2024-02-03"


@pytest.mark.parametrize("line", ["Home/Trial/NCT01234567", "Home › Trial › NCT01234567", "Trial / NCT01234567"])
def test_the_way_to_a_clinconnect_page_gives_its_number_and_is_no_title(line: str) -> None:
    record = page("clinconnect_dash.txt", ("Drops or Gel", f"{line}\nDrops or Gel"))
    assert ([i.value for i in record.identifiers], record.brief_title) == (["NCT01234567"], "Drops or Gel for Dry Eyes in Adults")


def test_what_follows_a_sentence_of_the_site_is_no_condition() -> None:
    said = "Explore keywords of this study that help you to find others like it."
    record = page("meddatax_study.txt", ("Keywords\n\nshoes", f"{said}\n\nshoes"))
    assert record.conditions == ("Sore Feet", "Flat Feet") and "lossy_capture" in codes(record)


def test_a_number_below_a_lost_heading_is_no_place() -> None:
    record = page("clinconnect_dash.txt", ("Patients applied\n", "14\n"))
    assert [place.raw for place in record.locations] == ["Northtown, North Region, Norway", "Seoul, , Korea, Republic of"]


def test_a_telephone_is_no_ethics_committee() -> None:
    record = page("ictrp_chictr.txt", ("Ethics Committee of the Test Hospital\n", "+86 10 0000 0000\ntest@example.org\n"))
    assert [review["status"] for review in record.model_dump()["ethics_review"]] == ["Approved"]
    assert not any("0000" in str(review) for review in record.model_dump()["ethics_review"])


def test_the_menu_of_a_journal_is_no_title_and_its_permissions_are_no_body() -> None:
    record = page(
        "bmj_research.txt",
        ("Article Text\n", "Article Text\n\nArticle menu\n"),
        ("Request Permissions\n\nAsk for a licence", "Ask for a licence"),
    )
    assert record.brief_title == "Green tea against dryness of the mouth: a randomised controlled trial"
