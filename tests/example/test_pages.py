"""The teaching pages are read as the example needs them: who, how many, how old, which design, and the traps they keep."""

from __future__ import annotations

from pathlib import Path

from review.model.record import Record
from review.records import read

PAGES = Path(__file__).parent / "pages"


def one(name: str, address: str | None = None) -> Record:
    reading = read(PAGES / name, address=address, kind="teaching_copy")
    assert reading.refused == ()
    (record,) = reading.records
    assert record.provenance.kind == "teaching_copy"
    return record


def codes(record: Record) -> set[str]:
    return {p.code.value for p in record.problems}


def test_clinconnect_has_its_number_in_the_address_alone() -> None:
    assert "no_identifier" in codes(one("clinconnect_upadacitinib.txt"))
    record = one("clinconnect_upadacitinib.txt", "https://clinconnect.io/trials/NCT06862284")
    assert record.identifiers[0].value == "NCT06862284"
    assert (record.overall_status, record.sex, record.minimum_age) == ("NOT_YET_RECRUITING", "ALL", None)
    assert (len(record.eligibility.inclusion), len(record.eligibility.exclusion)) == (8, 11)
    assert len(record.eligibility.exclusion[2].subitems) == 7
    assert record.contacts == ()
    assert [o.name for o in record.overall_officials] == ["Jing He"]


def test_ictrp_and_the_register_itself_disagree_on_a_sign() -> None:
    portal = one("ictrp_NCT05605665.txt")
    register, aside = read(PAGES / "ctgov_search.json").records
    assert portal.identifiers[0].value == register.identifiers[0].value == "NCT05605665"
    assert {"possible_lost_comparison", "age_conflict"} <= codes(portal)
    assert "ESSDAI=4" in portal.eligibility.inclusion[3].text
    assert "ESSDAI≥4" in register.eligibility.inclusion[3].text
    for record in (portal, register):
        assert record.enrollment is not None
        assert (record.enrollment.count, record.phases) == (30, ("PHASE1", "PHASE2"))
        assert (record.allocation, record.intervention_model, record.masking) == ("RANDOMIZED", "PARALLEL", "NONE")
        assert (len(record.eligibility.inclusion), len(record.eligibility.exclusion)) == (6, 8)
        assert (len(record.primary_outcomes), len(record.secondary_outcomes)) == (1, 4)
    assert len(register.arm_groups) == 3
    assert aside.identifiers[0].value == "NCT99999999"
    assert aside.brief_title is not None and "demonstration record" in aside.brief_title


def test_meddatax_is_a_trial_in_children() -> None:
    record = one("meddatax_NCT06410833.txt")
    assert record.identifiers[0].value == "NCT06410833"
    assert record.minimum_age is not None and record.maximum_age is not None and record.enrollment is not None
    assert (record.minimum_age.value, record.maximum_age.value, record.enrollment.count) == (5, 18, 15)
    assert (record.allocation, record.intervention_model, record.phases) == ("NA", "SEQUENTIAL", ("PHASE4",))
    assert record.lead_sponsor is not None and record.lead_sponsor.name == "Peking Union Medical College Hospital"
    assert len(record.collaborators) == 11
    assert (len(record.eligibility.inclusion), len(record.eligibility.exclusion)) == (4, 11)
    assert [i.name for i in record.interventions] == ["Rituximab", "Belimumab"]
    assert "month_end_date_precision" in codes(record)


def test_veeva_is_a_trial_of_mixed_ages() -> None:
    record = one("veeva_NCT00953485.txt")
    assert [i.value for i in record.identifiers] == ["NCT00953485", "NJGLYY002"]
    assert record.minimum_age is not None and record.maximum_age is not None and record.enrollment is not None
    assert (record.minimum_age.value, record.maximum_age.value) == (15, 70)
    assert (record.enrollment.count, record.enrollment.type) == (20, "ESTIMATED")
    assert (record.overall_status, record.allocation, record.intervention_model) == ("UNKNOWN", "NON_RANDOMIZED", "SINGLE_GROUP")
    assert {"ambiguous_number", "design_contradiction"} <= codes(record)


def test_the_letter_keeps_a_number_fused_with_its_reference() -> None:
    record = one("bmj_baricitinib_letter.txt")
    assert record.publication is not None
    assert len(record.publication.authors) == 9
    assert len(record.publication.affiliations) == 3
    assert [p.name for p in record.publication.corresponding] == ["XiaoMei Leng", "Yan Zhao"]
    assert "11 patients" in record.publication.body_excerpt[1]
    assert "≥5.6 " in record.publication.body_excerpt[1]
    assert [p.message.split("'")[1] for p in record.problems if p.code == "fused_citation"] == ["IL-23.1", "≥5.6"]
    assert record.abstract is None
    assert record.publication.body_truncated is True
