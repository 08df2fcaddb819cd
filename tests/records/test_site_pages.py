"""ClinConnect, MedDataX and Veeva pages in every style: what is stated is read, what is not stated is not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from review.model.record import Record
from review.records import read, read_bytes

PAGES = Path(__file__).parent / "pages"


def record(name: str) -> Record:
    return read(PAGES / name).records[0]


def codes(found: Record) -> set[str]:
    return {p.code.value for p in found.problems}


def values(found: Record) -> dict[str, Any]:
    """The fields of a record without lines, ids and provenance."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k not in ("lines", "raw_lines")}
        return [bare(v) for v in value] if isinstance(value, list) else value

    return bare(found.model_dump(mode="json", exclude={"record_id", "provenance", "problems", "identifiers"}))


# --- ClinConnect


def test_both_clinconnect_styles_give_the_same_values() -> None:
    assert values(record("clinconnect_dash.txt")) == values(record("clinconnect_indented.txt"))


def test_clinconnect_fields() -> None:
    found = record("clinconnect_indented.txt")
    assert [i.value for i in found.identifiers] == ["NCT99999901"]
    assert found.brief_title == "Drops or Gel for Dry Eyes in Adults"
    assert (found.overall_status, found.sex) == ("ACTIVE_NOT_RECRUITING", "FEMALE")
    assert (found.brief_summary, found.abstract) == (None, None)
    assert found.lay_summary is not None
    assert found.lay_summary.count("\n\n") == 1
    assert found.dates.first_submitted is not None
    assert (found.dates.first_submitted.date, found.dates.first_submitted.confidence) == ("2024-02-03", "inferred")
    assert found.dates.start is None
    assert found.lead_sponsor is not None
    assert (found.lead_sponsor.name, found.lead_sponsor.name_raw) == ("Northern Eye Clinic", "NORTHERN EYE CLINIC")
    assert found.lead_sponsor.about == "The clinic treats eyes.\n\nIt also does research."
    assert [(o.role, o.affiliation) for o in found.overall_officials] == [
        ("STUDY_DIRECTOR", "Northern Eye Clinic"),
        ("PRINCIPAL_INVESTIGATOR", None),
    ]
    assert found.countries == ("Norway", "Korea, Republic of")
    assert [i.text for i in found.eligibility.inclusion] == [
        "Aged 18 to 64 years",
        "Tear film break-up time < 10 s in both eyes",
        "E. coli negative swab",
    ]
    assert found.derived["maximum_age"]["value"] == 64
    assert (found.minimum_age, found.maximum_age) == (None, None)
    assert {"launched_date_meaning", "conditions_unsplit"} <= codes(found)
    assert found.keywords == ("Dry Eye Eye Drops Gel",)


def test_clinconnect_html_keeps_boxes_apart_and_takes_the_number_from_its_own_address() -> None:
    found, text = record("clinconnect.html"), record("clinconnect_indented.txt")
    assert found.keywords == ("Dry Eye", "Eye Drops", "Gel")
    assert found.identifiers == text.identifiers
    for name in (
        "brief_title",
        "lay_summary",
        "sex",
        "overall_status",
        "dates",
        "lead_sponsor",
        "contacts",
        "locations",
        "overall_officials",
    ):
        assert getattr(found, name) == getattr(text, name), name


def test_an_older_clinconnect_page_lacks_headings_but_not_its_criteria() -> None:
    found = record("clinconnect_older.txt")
    assert ([i.text for i in found.eligibility.inclusion], [i.text for i in found.eligibility.exclusion]) == (
        ["Legs that are tired"],
        ["Open wounds"],
    )
    assert found.lay_summary == "People with tired legs stand in salt water."
    assert (found.overall_status, found.sex, found.keywords) == (None, None, ())
    assert found.lead_sponsor is not None
    assert (found.lead_sponsor.name, found.lead_sponsor.about) == ("INSTITUTE OF LEGS", None)
    assert "unplaced_text" in codes(found)


def test_a_sponsor_text_without_its_heading_is_no_criterion() -> None:
    text = (PAGES / "clinconnect_dash.txt").read_text(encoding="utf-8").replace("About Northern Eye Clinic\n", "")
    text = text.replace("It also does research.", "It also does research, and writes about it at length. " * 6)
    found = read_bytes(text.encode()).records[0]
    assert [i.text for i in found.eligibility.exclusion] == ["Contact lenses", "An allergy to the gel"]
    assert "unplaced_text" in codes(found)


# --- MedDataX


def test_meddatax_study_page() -> None:
    found = record("meddatax_study.txt")
    assert [(i.type, i.value, i.issuer) for i in found.identifiers] == [
        ("NCT", "NCT99999903", "ClinicalTrials.gov"), ("EUDRACT", "2019-001234-22", "EudraCT"), ("ORG_STUDY_ID", "FOOT-1", None),
        ("OTHER", "GRANT 7", "Foot Fund"),
    ]  # fmt: skip
    assert found.related_record_ids == ("NCT99999904",)
    assert (found.phases, found.study_type, found.overall_status) == (("PHASE2", "PHASE3"), "INTERVENTIONAL", "ACTIVE_NOT_RECRUITING")
    assert (found.allocation, found.intervention_model, found.primary_purpose) == ("RANDOMIZED", "PARALLEL", "SUPPORTIVE_CARE")
    assert (found.masking, found.who_masked) == ("DOUBLE", ("PARTICIPANT", "OUTCOMES_ASSESSOR"))
    assert found.enrollment is not None
    assert (found.enrollment.count, found.enrollment.type) == (1240, None)
    assert (found.has_results, found.healthy_volunteers, found.sex) == (True, True, "FEMALE")
    assert found.maximum_age is not None
    assert (found.maximum_age.value, found.maximum_age.raw) == (None, "N/A")
    assert found.countries == ("United States", "Switzerland")
    assert found.conditions == ("Sore Feet", "Flat Feet")
    assert (
        found.detailed_description
        == "The shoes were made for the trial.\n\nEach person gets:\n\n• one pair for the house\n• one pair for the street"
    )


def test_meddatax_arms_and_interventions_are_linked_and_counted_once() -> None:
    found = record("meddatax_study.txt")
    assert [(a.label, a.type, a.description, a.intervention_names) for a in found.arm_groups] == [
        ("Soft shoes", "EXPERIMENTAL", "People who walk in soft shoes.", ("Soft shoe", "Advice")),
        ("Hard shoes", "ACTIVE_COMPARATOR", None, ("Hard shoe", "Advice")),
        ("No shoes", "NO_INTERVENTION", None, ()),
    ]
    assert [(i.name, i.type, i.description, i.arm_group_labels) for i in found.interventions] == [
        ("Soft shoe", "DEVICE", "A shoe with a soft sole", ("Soft shoes",)),
        ("Hard shoe", "DEVICE", None, ("Hard shoes",)),
        ("Advice", "BEHAVIORAL", "How to walk", ("Soft shoes", "Hard shoes")),
    ]


def test_meddatax_sites_and_contacts() -> None:
    found = record("meddatax_study.txt")
    assert [(p.facility, p.city, p.state, p.country, p.status) for p in found.locations] == [
        ("Foot Clinic One", "Footville", "Ohio", "United States", None),
        ("Foot Clinic Two, Second Floor", "Bern", "Canton of Bern", "Switzerland", "COMPLETED"),
    ]
    assert [(c.role, c.email) for c in found.contacts] == [("CENTRAL", "person@example.org"), ("FACILITY", None)]
    assert "facility_contact_scope" in codes(found)


def test_a_date_at_the_end_of_a_month_is_kept_and_its_precision_left_open() -> None:
    start, completion = record("meddatax_study.txt").dates.start, record("meddatax_study.txt").dates.completion
    assert start is not None and completion is not None
    assert (start.date, start.precision, completion.precision) == ("2020-02-29", None, "day")
    assert "month_end_date_precision" in codes(record("meddatax_study.txt"))


def test_a_lossy_meddatax_page_is_typed_by_shape_and_nothing_is_placed_by_position() -> None:
    found = record("meddatax_lossy.txt")
    assert "lossy_capture" in codes(found)
    assert (found.overall_status, found.phases, found.study_type) == ("COMPLETED", ("NA",), "INTERVENTIONAL")
    assert found.dates.start is not None and found.dates.completion is not None
    assert (found.dates.start.date, found.dates.completion.date) == ("2021-08-10", "2023-08-22")
    assert (found.allocation, found.intervention_model, found.masking) == ("RANDOMIZED", "PARALLEL", "NONE")
    assert found.primary_purpose is None  # OTHER may be a purpose or a model
    assert (found.minimum_age, found.maximum_age, found.healthy_volunteers) == (None, None, None)
    assert (found.lead_sponsor, found.collaborators, found.arm_groups, found.interventions) == (None, (), (), ())
    assert [i.text for i in found.eligibility.exclusion] == ["An operation"]
    assert found.has_results is False
    assert (found.brief_summary, found.detailed_description) == ("Soft and hard shoes are compared.", "The shoes were made for the trial.")


@pytest.mark.parametrize("name", ["meddatax_results.txt", "meddatax_results_lossy.txt"])
def test_a_meddatax_results_page_uses_other_labels(name: str) -> None:
    found = record(name)
    assert found.brief_title == "Two Kinds of Shoes for Sore Feet"
    assert (found.overall_status, found.phases, found.has_results) == ("COMPLETED", ("PHASE3",), True)
    assert found.enrollment is not None and found.enrollment.count == 395
    assert found.results.date_posted == "2024-11-15"
    assert [(o.measure, o.time_frame) for o in found.primary_outcomes] == [("Pain on walking", "Week 26")]
    assert found.secondary_outcomes == ()
    assert found.extra["Results Overview"] == ("Pain was asked for on a scale from 0 to 10.",)


def test_meddatax_html() -> None:
    found = record("meddatax.html")
    assert found.conditions == ("Sore Feet", "Flat Feet")
    assert "conditions_unsplit" not in codes(found)
    assert (found.lead_sponsor.name if found.lead_sponsor else None, [c.name for c in found.collaborators]) == (
        "Foot Company",
        ["Foot Fund"],
    )
    assert [i.text for i in found.eligibility.inclusion] == ["Platelets above 100 × 10^9/L", "Able to:"]
    assert [s.text for s in found.eligibility.inclusion[1].subitems] == ["walk", "stand"]
    assert [(a.label, a.type) for a in found.arm_groups] == [("Walkers", "OTHER")]
    assert (found.phases, found.has_results, found.results.status) == ((), False, "PENDING")
    assert found.minimum_age is not None and found.minimum_age.value == 18
    assert found.provenance.source_url == "https://meddatax.com/clinical-trials/NCT99999903"


# --- Veeva


def test_veeva_arms_identifiers_and_ages() -> None:
    found = record("veeva_arms.txt")
    assert [(i.type, i.value, i.issuer) for i in found.identifiers] == [
        ("NCT", "NCT99999905", "ClinicalTrials.gov"), ("EUDRACT", "2021-000123-45", "EudraCT"), ("OTHER", "U01 7", "Grant Number"),
        ("ORG_STUDY_ID", "GLOVE-1", None),
    ]  # fmt: skip
    assert [(a.label, a.type, a.description, a.intervention_names) for a in found.arm_groups] == [
        ("Warm", "EXPERIMENTAL", "Gloves with wool.\n\nThey are worn outside.", ("Warm gloves", "Advice")),
        ("Thin", "PLACEBO_COMPARATOR", "Gloves without wool.", ("Thin gloves",)),
        ("None", "NO_INTERVENTION", "Bare hands.", ()),
    ]
    assert [(i.type, i.name) for i in found.interventions] == [
        ("DEVICE", "Warm gloves"),
        ("OTHER", "Thin gloves"),
        ("BEHAVIORAL", "Advice"),
    ]
    assert found.minimum_age is not None and found.maximum_age is not None
    assert (found.minimum_age.value, found.minimum_age.unit, found.maximum_age.value) == (6, "MONTHS", 17)
    assert found.enrollment is not None
    assert (found.enrollment.count, found.enrollment.type) == (1024, "ACTUAL")
    assert (found.overall_status, found.phases, found.masking, found.location_count) == (
        "ACTIVE_NOT_RECRUITING",
        ("EARLY_PHASE1",),
        "TRIPLE",
        12,
    )
    assert (found.locations, found.countries) == ((), ())
    assert found.eligibility.preamble_inclusion == "For children at school:"


def test_funder_types_of_several_do_not_decide_the_class_of_the_sponsor() -> None:
    found = record("veeva_arms.txt")
    assert found.lead_sponsor is not None
    assert (found.lead_sponsor.name, found.lead_sponsor.agency_class) == ("Glove Works", None)
    assert "sponsor_class_undecided" in codes(found)
    assert record("veeva_observational.txt").lead_sponsor is not None
    assert record("veeva_observational.txt").lead_sponsor.agency_class == "OTHER"  # type: ignore[union-attr]


def test_an_observational_veeva_page_has_a_status_and_no_phase() -> None:
    found = record("veeva_observational.txt")
    assert (found.overall_status, found.phases, found.study_type) == ("RECRUITING", (), "OBSERVATIONAL")
    assert [(a.label, a.type, a.intervention_names) for a in found.arm_groups] == [
        ("Cold", None, ("Finger test",)),
        ("Warm", None, ("Finger test",)),
    ]
    assert found.enrollment is not None
    assert (found.enrollment.count, found.enrollment.type) == (100, "ESTIMATED")
    assert [(i.number, i.text) for i in found.eligibility.inclusion] == [("1", "Hands"), ("2", "Consent")]


def test_a_lossy_veeva_page_states_only_what_stands_under_a_label() -> None:
    found = record("veeva_lossy.txt")
    assert {"lossy_capture", "no_title", "no_identifier"} <= codes(found)
    assert found.brief_summary == "Warm gloves are worn for a winter.\n\nEvery child gets two pairs."
    assert [i.text for i in found.eligibility.inclusion] == ["Cold hands", "A glove size that is known"]
    empty = (
        "brief_title",
        "overall_status",
        "study_type",
        "sex",
        "minimum_age",
        "allocation",
        "masking",
        "design_raw",
        "lead_sponsor",
        "location_count",
    )
    assert [name for name in empty if getattr(found, name) is not None] == []
    assert (found.conditions, found.interventions, found.identifiers, found.arm_groups) == ((), (), (), ())


def test_veeva_html() -> None:
    found = record("veeva.html")
    assert (found.brief_title, found.lead_sponsor.name if found.lead_sponsor else None) == ("Warm Gloves for Cold Hands", "Glove Works")
    assert (found.overall_status, found.phases, found.location_count) == ("WITHDRAWN", ("PHASE2", "PHASE3"), 0)
    assert found.detailed_description == "The plan:\n\n• first winter\n• second winter"
    assert [(i.text, [s.text for s in i.subitems]) for i in found.eligibility.inclusion] == [
        ("Cold hands", []),
        ("Any of:", ["school", "work outside"]),
    ]
    assert found.enrollment is not None and found.enrollment.count == 0
    assert found.provenance.source_url == "https://ctv.veeva.com/study/warm-gloves-for-cold-hands"


def test_a_word_that_is_in_no_table_is_kept_as_printed_and_not_guessed() -> None:
    text = (
        (PAGES / "veeva_arms.txt")
        .read_text(encoding="utf-8")
        .replace("Active, not enrolling", "Almost there")
        .replace("Parallel Assignment", "Zigzag")
    )
    found = read_bytes(text.encode()).records[0]
    assert (found.overall_status, found.intervention_model) == (None, None)
    assert found.extra["overall_status"] == ("Almost there",)
    assert found.extra["intervention_model"] == ("Zigzag",)
    assert "unknown_word" in codes(found)


# --- remarks that every format shares


@pytest.mark.parametrize(
    ("criterion", "low", "high", "conflict"),
    [
        ("Aged 18 to 64 years", 18, 64, True), ("Between 15 and 70 years old", 15, 70, False), ("Age > 14 years", 14, None, False),
        ("Age at least 16", 16, None, True), ("Pain for 3 to 6 months", None, None, False), ("Score 18-70", None, None, False),
    ],
)  # fmt: skip
def test_ages_in_criteria_are_compared_with_the_fields(criterion: str, low: int | None, high: int | None, conflict: bool) -> None:
    text = (
        (PAGES / "veeva_observational.txt")
        .read_text(encoding="utf-8")
        .replace("18+ years old", "15 to 70 years old")
        .replace("1. Hands", f"1. {criterion}")
    )
    found = read_bytes(text.encode()).records[0]
    assert ("age_conflict" in codes(found)) is conflict
    assert found.minimum_age is not None and found.minimum_age.value == 15
    if conflict and low:
        assert found.derived["minimum_age"]["value"] == low
    if conflict and high:
        assert found.derived["maximum_age"]["value"] == high


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("Flow less than 1~6 ml", "ambiguous_number"), ("Platelets below 100 x 109/L", "superscript_lost"), ("Flow of 1.6 ml", None),
        ("Platelets below 100 x 10^9/L", None),
    ],
)  # fmt: skip
def test_numbers_that_may_not_be_what_they_seem(printed: str, code: str | None) -> None:
    text = (PAGES / "veeva_observational.txt").read_text(encoding="utf-8").replace("1. Hands", f"1. {printed}")
    found = codes(read_bytes(text.encode()).records[0])
    assert found & {"ambiguous_number", "superscript_lost"} == ({code} if code else set())


def test_a_design_that_contradicts_itself_is_kept_and_flagged() -> None:
    text = (PAGES / "veeva_arms.txt").read_text(encoding="utf-8").replace("Parallel Assignment", "Single Group Assignment")
    found = read_bytes(text.encode()).records[0]
    assert (found.allocation, found.intervention_model) == ("RANDOMIZED", "SINGLE_GROUP")
    assert "design_contradiction" in codes(found)


def test_a_treatment_described_in_a_few_words_is_read_where_the_heading_of_the_treatments_is_lost() -> None:
    groups = [
        "Study Groups",
        "Needles",
        "Group Type ACTIVE_COMPARATOR",
        "Needling",
        "Intervention Type PROCEDURE",
        "Eight points",
        "Sham",
        "Group Type SHAM_COMPARATOR",
        "Blunt needles",
        "Intervention Type DEVICE",
        "Waiting",
        "Group Type NO_INTERVENTION",
    ]
    own = ["Needling", "Eight points", "Intervention Type PROCEDURE", "Blunt needles", "Intervention Type DEVICE"]  # fmt: skip
    found = read_bytes("\n".join(["A title", "NCT ID: NCT01234567", *groups, *own]).encode(), "page", "meddatax").records[0]
    assert [(arm.label, arm.intervention_names) for arm in found.arm_groups] == [
        ("Needles", ("Needling",)), ("Sham", ("Blunt needles",)), ("Waiting", ()),
    ]  # fmt: skip
    assert [(one.name, one.type) for one in found.interventions] == [("Needling", "PROCEDURE"), ("Blunt needles", "DEVICE")]


@pytest.mark.parametrize(("label", "model"), [("Intervention Model", None), ("Observational Model", "OTHER")])
def test_other_is_a_model_of_observational_studies_only(label: str, model: str | None) -> None:
    text = f"A title\nNCT ID: NCT01234567\nStudy Design\n{label}\nOTHER"  # the purpose of a trial, which lost its own label
    assert read_bytes(text.encode(), "page", "meddatax").records[0].intervention_model == model


def test_values_below_a_lost_status_are_none() -> None:
    text = "A title\nA\nA body\nStatus and phase\nCold hands\nUnknown\nIdentifiers\nNCT01234567\n12 estimated patients"
    found = read_bytes(text.encode(), "page", "veeva_ctv").records[0]
    assert (found.overall_status, [one.value for one in found.identifiers]) == (None, ["NCT01234567"])


def test_an_issuer_may_hold_brackets() -> None:
    text = "A title\nA\nA body\nIdentifiers\nNCT01234567\n2024-515270-29-00 (EU Trial (CTIS) Number)"
    found = read_bytes(text.encode(), "page", "veeva_ctv").records[0]
    assert [one.type for one in found.identifiers] == ["NCT", "EUCT"]
