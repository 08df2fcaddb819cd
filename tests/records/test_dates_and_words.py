"""Printed dates, ages and registry words: read exactly or not at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.records import read_bytes
from review.records.countries import country_code, location_of
from review.records.dates import is_month_end, parse_age, parse_age_range, parse_date
from review.records.register_fields import plain
from review.records.register_values import parse_design, parse_limit
from review.records.vocabulary import ALLOCATION, INTERVENTION_MODEL, SEX, STATUS, STUDY_TYPE, look_up, parse_masking, parse_phases
from tests.patience import SIGNS, ends


@pytest.mark.parametrize(
    ("printed", "iso", "precision"),
    [
        ("Mar 1, 2025", "2025-03-01", "day"), ("July 01, 2025", "2025-07-01", "day"), ("15 July 2024", "2024-07-15", "day"),
        ("December 5, 2022", "2022-12-05", "day"), ("2022-10-29", "2022-10-29", "day"), ("2022-10-29T00:00:00", "2022-10-29", "day"),
        ("20221029", "2022-10-29", "day"), ("29/10/2022", "2022-10-29", "day"), ("10/29/2022", "2022-10-29", "day"),
        ("29.10.2022", "2022-10-29", "day"), ("1st March 2025", "2025-03-01", "day"), ("Sept. 2020", "2020-09", "month"),
        ("2008-03", "2008-03", "month"), ("03/2008", "2008-03", "month"), ("2008", "2008", "year"),
    ],
)  # fmt: skip
def test_dates_are_read_in_the_forms_of_the_sites(printed: str, iso: str, precision: str) -> None:
    found = parse_date(printed)
    assert found is not None
    assert (found.iso, found.precision) == (iso, precision)


@pytest.mark.parametrize("printed", ["03/04/2022", "31/02/2020", "2020-13-01", "Mars 2020", "Not reported", "", "12"])
def test_what_is_no_date_or_has_two_readings_is_not_read(printed: str) -> None:
    assert parse_date(printed) is None


def test_the_order_of_a_site_settles_a_date() -> None:
    for day_first, iso in ((True, "2022-04-03"), (False, "2022-03-04")):
        found = parse_date("03/04/2022", day_first=day_first)
        assert found is not None
        assert found.iso == iso


@given(st.dates())
def test_iso_dates_are_themselves(day: object) -> None:
    found = parse_date(str(day))
    assert found is None or found.iso == str(day)


def test_the_last_day_of_a_month() -> None:
    assert [is_month_end(d) for d in ("2024-02-29", "2023-02-28", "2024-02-28", "2008-03-31", "2008-03")] == [
        True,
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("18 Years", 18, "YEARS"), ("6 Months", 6, "MONTHS"), ("18", 18, "YEARS"), (">= 20age old", 20, "YEARS"),
        ("17years-old", 17, "YEARS"),
        ("65+", 65, "YEARS"), ("N/A", None, None), ("No limit", None, None), ("0", 0, "YEARS"), ("2 Weeks", 2, "WEEKS"),
    ],
)  # fmt: skip
def test_one_age(printed: str, value: int | None, unit: str | None) -> None:
    age = parse_age(printed)
    assert age is not None
    assert (age.value, age.unit, age.raw) == (value, unit, printed)


@pytest.mark.parametrize("printed", ["adults", "18 bananas", "", "eighteen"])
def test_an_age_that_cannot_be_read_is_none(printed: str) -> None:
    assert parse_age(printed) is None


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [
        ("15 to 70 years old", (15, "YEARS"), (70, "YEARS")), ("18+ years old", (18, "YEARS"), (None, None)),
        ("6 months to 17 years old", (6, "MONTHS"), (17, "YEARS")), ("Up to 17 years old", (None, None), (17, "YEARS")),
        ("18 years and older", (18, "YEARS"), (None, None)), ("All ages", (None, None), (None, None)),
    ],
)  # fmt: skip
def test_a_range_of_ages(printed: str, low: object, high: object) -> None:
    found = parse_age_range(printed)
    assert found is not None
    assert found[0] is not None and found[1] is not None
    assert ((found[0].value, found[0].unit), (found[1].value, found[1].unit)) == (low, high)


def test_a_single_age_is_no_range() -> None:
    assert parse_age_range("18 years") is None
    assert parse_age_range("18 apples to 20 pears") is None


@pytest.mark.parametrize(
    ("printed", "phases"),
    [
        ("Phase 1/Phase 2", ("PHASE1", "PHASE2")), ("PHASE2, PHASE3", ("PHASE2", "PHASE3")), ("II-III", ("PHASE2", "PHASE3")),
        ("Phase 2 Phase 1", ("PHASE1", "PHASE2")), ("Early Phase 1", ("EARLY_PHASE1",)), ("EARLY_PHASE1", ("EARLY_PHASE1",)),
        ("N/A", ("NA",)), ("Not Applicable", ("NA",)), ("Phase IV", ("PHASE4",)), ("Phase 2b", ("PHASE2",)),
    ],
)  # fmt: skip
def test_phases(printed: str, phases: tuple[str, ...]) -> None:
    assert parse_phases(printed) == phases


@pytest.mark.parametrize("printed", ["Retrospective study", "Phase 7", "Phase one", ""])
def test_a_word_that_is_no_phase_is_not_guessed(printed: str) -> None:
    assert parse_phases(printed) is None


@pytest.mark.parametrize(
    ("printed", "masking", "who"),
    [
        ("None (Open Label)", "NONE", ()), ("Double (Participant, Investigator)", "DOUBLE", ("PARTICIPANT", "INVESTIGATOR")),
        ("Double Blind (Subject, Caregiver, Investigator, Outcomes Assessor)", "DOUBLE_LEGACY",
         ("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR")),
        ("Double-blind", "DOUBLE", ()), ("QUADRUPLE", "QUADRUPLE", ()), ("by candle light", None, ()),
        ("Participant and Investigator Blinded", "DOUBLE", ("PARTICIPANT", "INVESTIGATOR")),
        ("Participant Blinded", "SINGLE", ("PARTICIPANT",)),
        ("Participant, Outcome Assessor and Date-entry Operator Blinded", None, ("PARTICIPANT", "OUTCOMES_ASSESSOR")),
        ("Not blinded", "NONE", ()),
    ],
)  # fmt: skip
def test_masking(printed: str, masking: str | None, who: tuple[str, ...]) -> None:
    assert parse_masking(printed) == (masking, who)


def test_words_are_found_whatever_their_writing_and_never_guessed() -> None:
    assert look_up(STATUS, "Active, not recruiting") == look_up(STATUS, "ACTIVE_NOT_RECRUITING") == "ACTIVE_NOT_RECRUITING"
    assert look_up(STATUS, "Enrolling") == "RECRUITING"
    assert look_up(STATUS, "recruiting soon") is None
    assert look_up(ALLOCATION, "Non-Randomized") == "NON_RANDOMIZED"
    assert look_up(INTERVENTION_MODEL, "Single Group Assignment") == "SINGLE_GROUP"
    assert look_up(SEX, "Both") == "ALL"
    assert look_up(STUDY_TYPE, "Interventional Study") == "INTERVENTIONAL"


def test_places() -> None:
    assert location_of("Bern, , Switzerland").model_dump(exclude_defaults=True) == {
        "city": "Bern",
        "country": "Switzerland",
        "raw": "Bern, , Switzerland",
    }
    assert location_of("Seoul, , Korea, Republic of").country == "Korea, Republic of"
    for place, state in (("Leeds, , United Kingdom", None), ("Mobile, Alabama, United States", "Alabama")):
        found = location_of(place)
        assert (found.city, found.state, found.country) == (place.partition(",")[0], state, place.rpartition(", ")[2])
    assert location_of("somewhere").model_dump(exclude_defaults=True) == {"raw": "somewhere"}
    assert [country_code(name) for name in ("United States", "Viet Nam", "Türkiye", "Atlantis")] == ["US", "VN", "TR", None]


@pytest.mark.parametrize("piece", [" ", "a ", "\n", "no ", ": no ", "< ", "<br ", "<h4>", "<h4> ", ">", "\u00a0"])
def test_one_sign_over_and_over_takes_little_time(piece: str) -> None:
    text = piece * (SIGNS // len(piece))
    with ends(f"{piece!r} over and over"):
        parse_design(text)
        plain(text + "<")
        parse_limit(text)
        read_bytes(
            json.dumps({"resultList": {"result": [{"id": "1", "title": "One", "abstractText": text}]}}).encode(), format="europe_pmc"
        )


@pytest.mark.parametrize("printed", ["Open: no", "Open: no Double blind: no", "Open: no, Double blind:\nno"])
def test_what_a_design_denies_is_not_stated(printed: str) -> None:
    assert parse_design(printed)[0] == {}
