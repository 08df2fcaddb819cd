"""WHO ICTRP record pages: the dialects of the registers, HTML, damaged captures, and what the portal's own losses look like."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.model.record import Record
from review.records import read, read_bytes
from review.records.comparisons import lost_comparison
from review.records.register_values import parse_design, parse_interventions, parse_limit, parse_outcomes, parse_sex, parse_size

PAGES = Path(__file__).parent / "pages"


def one(text: str | Path, **how: Any) -> Record:
    given_ = text.read_bytes() if isinstance(text, Path) else text.encode()
    (record,) = read_bytes(given_, "page.txt", "ictrp_page", **how).records
    return record


def codes(record: Record) -> set[str]:
    return {p.code.value for p in record.problems}


def stated(record: Record) -> dict[str, Any]:
    """The simple values of a record by name."""
    out: dict[str, Any] = {}
    for name, value in record.model_dump(mode="json").items():
        if name in ("provenance", "problems", "record_id", "derived", "extra", "eligibility", "contacts", "ethics_review"):
            continue
        out |= {f"{name}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {name: value}
    return {name: value for name, value in out.items() if value not in (None, [], {}, "")}


@pytest.mark.parametrize("name", ["ictrp_chictr.txt", "ictrp_euctr.txt", "ictrp_umin.txt", "ictrp_page.html"])
def test_a_page_is_recognised_by_its_labels(name: str) -> None:
    reading = read(PAGES / name)
    assert reading.format == "ictrp_page"
    assert reading.confidence > 0.9
    assert reading.read == len(reading.records) == 1


def test_chinese_register() -> None:
    record = one(PAGES / "ictrp_chictr.txt")
    assert [(i.type, i.value, i.role) for i in record.identifiers] == [
        ("CHICTR", "ChiCTR2000098765", "primary"),
        ("UTN", "U1111-1234-5678", "secondary"),
        ("ORG_STUDY_ID", "TH-TEA-2", "secondary"),
    ]
    assert record.enrollment is not None
    assert (record.enrollment.count, record.enrollment.type) == (78, None)
    assert [(arm.label, arm.count) for arm in record.enrollment.per_arm] == [("tea group", 40), ("water group", 38)]
    assert record.phases == ("NA",), "this register prints 0 for 'not applicable'"
    assert record.overall_status == "NOT_YET_RECRUITING"
    assert record.prospective_registration is False
    assert (record.intervention_model, record.allocation, record.masking) == ("PARALLEL", None, None)
    assert [(i.name, i.arm_group_labels) for i in record.interventions] == [
        ("green tea gargle", ("tea group",)),
        ("water", ("water group",)),
    ]
    assert [o.measure for o in record.primary_outcomes] == ["whole saliva flow", "dryness on a scale"]
    assert record.collaborators == ()
    assert record.funding_sources == ("self-raised",)
    (review,) = record.ethics_review
    assert (review.status, review.approval_date, review.contact) == ("Approved", "2020-04-01", "Ethics Committee of the Test Hospital")
    assert len(record.contacts) == 1, "a contact without any value is none"
    assert [len(record.eligibility.inclusion), len(record.eligibility.exclusion)] == [3, 3]
    assert "possible_lost_comparison" in codes(record)


def test_european_register() -> None:
    record = one(PAGES / "ictrp_euctr.txt")
    assert record.official_title == "Testimab in dry eyes - a first look at its safety"
    assert record.overall_status == "AUTHORISED"
    assert (record.allocation, record.intervention_model, record.masking) == ("RANDOMIZED", "PARALLEL", "DOUBLE")
    assert record.phases == ("PHASE2",)
    assert record.sex == "ALL"
    assert (record.minimum_age, record.maximum_age) == (None, None), "shown empty is not 'no limit'"
    assert record.conditions == ("Dry eyes",)
    assert [(i.name, i.other_names) for i in record.interventions] == [("Testimab", ("TESTIMAB",))]
    assert [(o.measure, o.time_frame) for o in record.primary_outcomes] == [("Adverse events", "week 24")]
    assert [c.text for c in record.eligibility.inclusion] == [
        "Dry eyes by the usual signs.",
        "Women and men ? 18 years.",
        "Tear film breaks ? 5 seconds.",
    ]
    assert [p.field for p in record.problems if p.code == "possible_lost_comparison"] == [
        "eligibility.inclusion[1]",
        "eligibility.inclusion[2]",
    ]
    assert record.has_results is True
    assert (record.results.date_posted, record.results.date_completed) == ("2019-02-07", "2013-06-30")
    assert record.results.url == "https://example.org/results/1"
    assert record.provenance.record_url is not None and "eudract_number" in record.provenance.record_url


def test_japanese_register_with_criteria_in_one_line() -> None:
    record = one(PAGES / "ictrp_umin.txt")
    assert record.identifiers[0].value == "UMIN000099999"
    assert [c.number for c in record.eligibility.exclusion] == ["1", "2", "3"]
    assert record.eligibility.inclusion == ()
    assert record.minimum_age is not None and record.minimum_age.value == 20
    assert record.maximum_age is not None and record.maximum_age.value is None
    assert record.phases == ()
    assert record.overall_status == "COMPLETED"
    assert record.dates.start is not None and record.dates.start.date == "2009-02-01"
    assert record.has_results is None
    assert "design_contradiction" in codes(record)


def test_html_gives_the_same_kind_of_record() -> None:
    record = one(PAGES / "ictrp_page.html")
    assert [i.value for i in record.identifiers] == ["NCT01000001", "2011-001234-56"]
    assert record.official_title == "Testolol against headache & nausea"
    assert record.dates.start is not None
    assert (record.dates.start.date, record.dates.start.precision) == ("2011-12", "month")
    assert (record.masking, record.who_masked) == ("DOUBLE", ("PARTICIPANT", "INVESTIGATOR"))
    assert record.countries == ("France", "Spain")
    assert [(o.measure, o.time_frame) for o in record.secondary_outcomes] == [("Nausea [scale 0 - 10]", "1 month")]
    assert [c.text for c in record.eligibility.exclusion] == ["MIDAS=21"]
    assert record.funding_sources == ()
    assert {"possible_lost_comparison", "placeholder_text"} <= codes(record)
    assert [c.name for c in record.collaborators] == ["Second Test Society"]
    assert record.provenance.source_url == "https://trialsearch.who.int/Trial2.aspx?TrialID=NCT01000001"


def test_text_and_html_of_one_page_agree() -> None:
    html = one(PAGES / "ictrp_page.html")
    lines = [
        "Register: ClinicalTrials.gov", "Last refreshed on: 15 July 2019", "Main ID:  NCT01000001", "Date of registration: 04/11/2011",
        "Prospective Registration: Yes", "Primary sponsor: Test Foundation", "Public title: Testolol against headache",
        "Scientific title: Testolol against headache & nausea", "Date of first enrolment: December 2011", "Target sample size: 120",
        "Recruitment status: Active, not recruiting", "URL:  https://clinicaltrials.gov/show/NCT01000001", "Study type:  Interventional",
        "Study design:  Allocation: Randomized. Intervention model: Crossover Assignment. Primary purpose: Treatment. "
        "Masking: Double (Participant, Investigator).  ",
        "Phase:  Phase 3", "Countries of recruitment", "France", "Spain", "Contacts", "Name:     Test Office", "Address:", "Telephone:",
        "Email:",
        "Affiliation:  Test Foundation", "Key inclusion & exclusion criteria", "", "Inclusion Criteria:", "",
        "- Headache on four days a month",
        "", "- Age 18-60 years", "", "Exclusion Criteria:", "", "- MIDAS=21", "", "Age minimum: 18 Years", "Age maximum: 60 Years",
        "Gender: Female", "Health Condition(s) or Problem(s) studied", "Headache", "Intervention(s)", "Drug: Testolol", "Other: Placebo",
        "Primary Outcome(s)", "Days without headache [Time Frame: 3 months]", "Secondary Outcome(s)",
        "Nausea [scale 0 - 10] [Time Frame: 1 month]", "Secondary ID(s)", "2011-001234-56", "Source(s) of Monetary Support",
        "Please refer to primary and secondary sponsors", "Secondary Sponsor(s)", "Second Test Society", "Ethics review", "Results",
        "Results available:", "Date Posted:", "Date Completed:", "URL:",
    ]  # fmt: skip
    text = one("\n".join(lines))
    assert stated(text) == stated(html)
    assert [c.text for c in text.eligibility.inclusion] == [c.text for c in html.eligibility.inclusion]


def as_table(text: str) -> str:
    """The page as another capture style prints it: no blank lines, labelled values as rows of a table, bullets as dashes."""
    rows = []
    for line in text.splitlines():
        label, colon, value = line.partition(":")
        if not line.strip():
            continue
        rows.append(f"| {label}: | {value.strip()} |" if colon and value.strip() and len(label) < 30 and "criteria" not in label else line)
    return "\n".join(rows)


@pytest.mark.parametrize("name", ["ictrp_chictr.txt", "ictrp_umin.txt"])
def test_values_do_not_depend_on_the_style_of_capture(name: str) -> None:
    text = (PAGES / name).read_text(encoding="utf-8")
    assert stated(one(as_table(text))) == stated(one(text))


def test_every_value_has_its_lines() -> None:
    record = one(PAGES / "ictrp_chictr.txt")
    lines = (PAGES / "ictrp_chictr.txt").read_text(encoding="utf-8").splitlines()
    spans = record.provenance.field_spans
    for path, printed in [
        ("enrollment", "tea group:40"),
        ("overall_status", "Pending"),
        ("dates.registration", "2020-04-09"),
        ("minimum_age", "18"),
        ("eligibility.exclusion[1]", "DMFT"),
        ("interventions[1]", "water group:water"),
    ]:
        assert printed in lines[spans[path][0] - 1], path
    assert "brief_summary" in record.provenance.not_on_page


def test_lost_labels_leave_values_unplaced() -> None:
    text = (PAGES / "ictrp_chictr.txt").read_text(encoding="utf-8")
    record = one(text.replace("Scientific title: ", "").replace("Intervention(s)\n", "").replace("Target sample size: ", ""))
    assert "lossy_capture" in codes(record)
    assert record.brief_title == "Green tea gargle against dryness of the mouth: a double-blind comparison"
    assert (record.official_title, record.enrollment) == (None, None)
    assert record.conditions == (), "what follows may belong to the heading that was lost"
    assert record.identifiers[0].value == "ChiCTR2000098765"


def test_the_number_may_come_from_the_address() -> None:
    text = (PAGES / "ictrp_chictr.txt").read_text(encoding="utf-8").replace("Main ID:  ChiCTR2000098765", "Main ID:")
    assert "no_identifier" in codes(one(text))
    record = one(text, address="https://trialsearch.who.int/Trial2.aspx?TrialID=ChiCTR2000098765")
    assert record.identifiers[0].value == "ChiCTR2000098765"
    assert "identifier_from_address" in codes(record)


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_page_gives_fewer_values_never_others(data: st.DataObject) -> None:
    text = (PAGES / "ictrp_chictr.txt").read_text(encoding="utf-8")
    whole = stated(one(text))
    lines = text.splitlines()
    hurt = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=25))
    how = data.draw(st.sampled_from(["label", "value", "line"]))
    kept = []
    for n, line in enumerate(lines):
        label, colon, value = line.partition(":")
        grouped = "group:" in line and not line.startswith("Target")  # a colon that is no label's
        if n not in hurt or grouped:
            kept.append(line)
        elif how == "label" and colon:
            kept.append(value.strip())
        elif how == "value" and colon:
            kept.append(label + ":")
        elif how != "line":
            kept.append(line)
    for name, value in stated(one("\n".join(kept))).items():
        before = whole.get(name)
        some = isinstance(value, list) and isinstance(before, list) and all(item in before for item in value)
        assert value == before or some, name


@settings(max_examples=60)
@given(st.integers(0, 6_000), st.sampled_from(["ictrp_chictr.txt", "ictrp_euctr.txt", "ictrp_page.html"]))
def test_a_page_cut_at_any_byte_is_read(cut: int, name: str) -> None:
    data = (PAGES / name).read_bytes()[:cut]
    reading = read_bytes(data, name, "ictrp_page")
    assert reading.read == 1


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Randomised controlled trial", {"allocation": "RANDOMIZED"}),
        ("Single arm Non-randomized", {"allocation": "NON_RANDOMIZED", "intervention_model": "SINGLE_GROUP"}),
        (
            "Purpose: Treatment; Allocation: Randomised controlled trial;Assignment: Parallel;",
            {"allocation": "RANDOMIZED", "intervention_model": "PARALLEL", "primary_purpose": "TREATMENT"},
        ),
        (
            "Allocation: N/A. Intervention model: Single Group Assignment. Masking: None (Open Label).",
            {"allocation": "NA", "intervention_model": "SINGLE_GROUP", "masking": "NONE"},
        ),
        (
            "Masking: Double Blind (Subject, Investigator, Outcomes Assessor)",
            {"masking": "DOUBLE_LEGACY", "who_masked": ("PARTICIPANT", "INVESTIGATOR", "OUTCOMES_ASSESSOR")},
        ),
        ("Controlled: no Randomised: no Open: no Single blind: no Double blind: no Parallel group: no", {}),
        ("Dose comparison", {}),
    ],
)  # fmt: skip
def test_designs_say_what_they_say_and_nothing_else(printed: str, expected: dict[str, Any]) -> None:
    assert parse_design(printed)[0] == expected


def test_a_design_word_that_is_in_no_table_is_handed_back() -> None:
    assert parse_design("Allocation: by the moon. Masking: None (Open Label).") == ({"masking": "NONE"}, [("allocation", "by the moon")])


@pytest.mark.parametrize(("printed", "count"), [("30", 30), ("1,200", 1200), ("A:80;B:75;", 155), ("120 participants", 120)])
def test_sizes(printed: str, count: int) -> None:
    size = parse_size(printed)
    assert size is not None and size.count == count


@pytest.mark.parametrize("printed", ["about 30 to 40", "A; B:1300;", "many", ""])
def test_sizes_with_two_readings_are_none(printed: str) -> None:
    assert parse_size(printed) is None


def test_sexes_ages_interventions_and_outcomes_of_the_registers() -> None:
    assert [parse_sex(s) for s in ("Both", "Female: yes Male: no", "Female: Male:", "Male and Female")] == ["ALL", "FEMALE", None, "ALL"]
    limit = parse_limit("20years-old <=")
    assert limit is not None and (limit.value, limit.raw) == (20, "20years-old <=")
    assert parse_limit("??") is None
    assert [i.name for i in parse_interventions(["Drug: A", "Ringing: a bell", "None"])] == ["A", "Ringing: a bell"]
    outcomes, aside = parse_outcomes(["Pain [0 - 10] [Time Frame: week 4]", "Main Objective: to see", "Sleep"])
    assert [(o.measure, o.time_frame) for o in outcomes] == [("Pain [0 - 10]", "week 4"), ("Sleep", None)]
    assert aside == ["Main Objective: to see"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Activity: ESSDAI=4 points.", "ESSDAI=4"), ("AST (SGOT)=3 x ULN", "(SGOT)=3"), ("aged ? 18 years", "? 18"), ("= 5", "= 5"),
        ("age >= 18", None), ("n=20 a group", None), ("1=none, 2=mild", None), ("p = 0.05", None), ("Why? 3 visits", None),
        ("eGFR<30", None),
    ],
)  # fmt: skip
def test_lost_comparisons(text: str, place: str | None) -> None:
    assert lost_comparison(text) == place


@pytest.mark.parametrize(
    ("printed", "stated_"),
    [
        ("Non controlled trial: Randomized: No, Masking: None, Group: Single group", ("NON_RANDOMIZED", "SINGLE_GROUP", "NONE")),
        ("Randomized: Yes, Masking: Double, Control: Placebo, Group: Parallel, Type: randomized", ("RANDOMIZED", "PARALLEL", "DOUBLE")),
        ("Allocation: Randomized controlled trial. Masking: Double Blind. Study design: Parallel.", ("RANDOMIZED", "PARALLEL", "DOUBLE")),
        ("Intervention Model : Parallel, Blinding/Masking : Open, Allocation : RCT", ("RANDOMIZED", "PARALLEL", "NONE")),
        ("Randomised: no Open: no Parallel group: no", (None, None, None)),
        ("Quasi-randomised controlled trial", (None, None, None)),
        ("Randomized, Crossover Trial\nBlinding and masking:Open Label", ("RANDOMIZED", "CROSSOVER", "NONE")),
    ],
)  # fmt: skip
def test_designs_as_further_registers_print_them(printed: str, stated_: tuple[str | None, ...]) -> None:
    found, _ = parse_design(printed)
    assert tuple(found.get(name) for name in ("allocation", "intervention_model", "masking")) == stated_


def test_a_group_without_an_upper_limit_is_no_maximum() -> None:
    text = (PAGES / "ictrp_umin.txt").read_text(encoding="utf-8").replace("Age maximum: Not applicable", "Age maximum: 65+")
    record = one(text)
    assert record.maximum_age is not None
    assert (record.maximum_age.value, record.maximum_age.raw) == (None, "65+")


def test_a_word_at_the_end_of_a_criterion_is_no_heading() -> None:
    text = (PAGES / "ictrp_chictr.txt").read_text(encoding="utf-8")
    text = text.replace(
        "2. Saliva below 0.25 ml a minute;", "2. Saliva below 0.25 ml a minute by earlier\nresults;\nResults\nPrimary Outcome(s)"
    )
    record = one(text)
    assert record.conditions == ("Dryness of the mouth",)
    assert len(record.primary_outcomes) == 2
    assert "lossy_capture" not in codes(record)


def test_the_rest_of_a_broken_title_is_kept_on_a_page_that_lost_a_label() -> None:
    text = (PAGES / "ictrp_umin.txt").read_text(encoding="utf-8")
    title = "A comparison of rests of four and of eight hours after long walks\nin people with tired feet"
    text = re.sub(r"(?m)^Scientific title:.*$", f"Scientific title: {title}", text)
    text = re.sub(r"(?m)^Target sample size:.*\n", "", text)
    record = one(text)
    assert record.official_title == title.replace("\n", " ")
    assert "lossy_capture" in codes(record)


def test_the_foot_of_the_page_and_an_address_are_no_values_where_headings_are_lost() -> None:
    text = (PAGES / "ictrp_umin.txt").read_text(encoding="utf-8")
    at = text.index("Secondary Sponsor(s)")
    foot = "https://example.org/results\nDisclaimer: own words.\nCopyright - World Health Organization - Version 3.6\n"
    record = one(f"{text[:at]}Secondary Sponsor(s)\nA Fund for Rest\n{foot}")
    assert [sponsor.name for sponsor in record.collaborators] in ([], ["A Fund for Rest"])
    assert record.ethics_review == ()


def test_a_condition_that_a_register_ends_with_a_semicolon_is_bare() -> None:
    text = (
        (PAGES / "ictrp_chictr.txt")
        .read_text(encoding="utf-8")
        .replace("Dryness of the mouth\nIntervention", "Dryness of the mouth;\nIntervention")
    )
    assert one(text).conditions == ("Dryness of the mouth",)
