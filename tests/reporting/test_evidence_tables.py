"""What the evidence tables say: near misses, results with their formulas, studies without results, contacts; every cell with its origin."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review import Review
from review.errors import InputRefused
from review.reporting.overdue import due_on
from review.reporting.table import Table
from review.reporting.tables import CSV_TABLES
from review.reporting.tables_results import DEVIATION, RISK, WIDER
from tests.reporting.evidence import column, entry, extract, register, texts
from tests.rooms.team import PLAN, Team, make_team

ABOUT = {"outcome": "Activity", "timepoint": "week 12", "arm": "A drug"}


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def every_table(rv: Review) -> list[Table]:
    made = rv.tables
    several = [made.characteristics(of=of) for of in ("included", "ongoing", "awaiting", "excluded")]
    return [
        *several,
        made.excluded_reports(),
        made.results(),
        made.nice(),
        made.registry_only(),
        made.registry_only(of="undetermined"),
        made.contacts(),
    ]


def counts_in_words(team: Team) -> None:
    """A form of the project that takes any words for the number of events, as before there were forms."""
    (team.folder / "forms").mkdir()
    form = 'schema = 1\n[form]\nid = "counts"\nversion = "1"\ntitle = "Counts"\n[[item]]\nid = "events"\n'
    form += 'label = "Participants with an event"\nrepeat = ["arm", "outcome", "timepoint", "analysis_set"]\n'
    (team.folder / "forms" / "counts.toml").write_text(form, encoding="utf-8")


def assert_traced(table: Table) -> None:
    """A cell with a text leads to facts; an empty one says why."""
    for row in table.rows:
        for at, cell in zip(table.columns, row, strict=True):
            if cell.missing == "empty":
                assert cell.why, f"{table.key} {at.key}"
            elif cell.missing is None:
                assert cell.text and any(e.event and e.at for e in table.traces[cell.trace or ""].entries), f"{table.key} {at.key}"


def at_full_text(team: Team, report: str, *, near_miss: bool = False, reason: str = "P1") -> None:
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved")
    for rv in team.both:
        rv.screening.decide(report, stage="full_text", decision="exclude", reason=reason, near_miss=near_miss)


# near misses


def test_only_near_misses_are_excluded_studies_and_every_exclusion_is_listed(team: Team) -> None:
    search = team.search()
    near, far = team.article(search, "Nearly"), team.article(search, "By far", year=2021)
    assert team.nobody.tables.characteristics(of="excluded").empty == "No study is excluded at full text."
    at_full_text(team, far)
    table = team.nobody.tables.characteristics(of="excluded")
    assert table.rows == () and "No report excluded at full text is marked as a near miss" in table.html()
    at_full_text(team, near, near_miss=True)
    assert texts(team.nobody.tables.characteristics(of="excluded"), "study") == ["Doe 2020"]
    assert texts(team.nobody.tables.excluded_reports(), "study") == ["Doe 2020", "Doe 2021"]


def test_a_study_has_one_primary_reason(team: Team) -> None:
    search = team.search()
    one, two = team.article(search, "One"), team.article(search, "Two")
    team.lead.studies.link(two, team.study(one), reason="the same study")
    at_full_text(team, one, near_miss=True, reason="I1")
    at_full_text(team, two, near_miss=True, reason="P1")
    assert texts(team.nobody.tables.characteristics(of="excluded"), "reason") == ["Not met: People with the disease"]


# notices


@pytest.mark.parametrize(
    ("title", "flag"),
    [
        ("Retraction: A drug in a disease", "retracted"),
        ("RETRACTED: A drug in a disease", "retracted"),
        ("Retraction note to: A drug in a disease", "retracted"),
        ("Expression of concern: A drug in a disease", "under a concern"),
        ("Correction to: A drug in a disease", "corrected"),
        ("Erratum", "corrected"),
        ("Correction of anaemia in a disease", ""),
        ("Retraction of the eyelid in a disease", ""),
        ("Withdrawn patients in a trial", ""),
    ],
)
def test_a_notice_stands_beside_its_study_in_every_table(team: Team, title: str, flag: str) -> None:
    search = team.search()
    trial, notice = team.article(search, "A drug in a disease"), team.article(search, title, year=2022)
    study = team.include(trial, "included")
    team.lead.studies.link(notice, study, reason="it is about this trial")
    extract(team, study, ABOUT, events="3", n_analysed="10")
    team.lead.extraction.contact(study, whom="the authors", when="2026-01-05", asked="adult data")
    for table in every_table(team.nobody):
        assert {cell.flag for cell in column(table, "study")} <= {flag}, table.key
    assert len([t for t in every_table(team.nobody) if t.rows]) == 4


def test_a_page_that_says_that_its_article_is_corrected_flags_the_study(team: Team) -> None:
    page = Path(__file__).parents[1] / "records" / "pages" / "bmj_research.txt"
    team.r1.import_files([page], search=team.search("A database"))
    team.include(team.r1.studies.report_views()[0].id, "included")
    assert [cell.flag for cell in column(team.nobody.tables.nice(), "study")] == ["corrected"]


# data source and reports


def test_a_study_names_its_reports_and_the_class_of_its_data(team: Team, tmp_path: Path) -> None:
    (study,) = register(team, tmp_path, entry("NCT00000101"))
    said = texts(team.nobody.tables.characteristics(), "reports")[0].splitlines()
    assert said[0] == "Data source: registration (registered)" and said[1].startswith("Primary: NCT00000101: A drug")
    article = team.article(team.search(), "An article")
    team.lead.studies.link(article, study, reason="the same trial")
    assert texts(team.nobody.tables.characteristics(), "reports")[0].splitlines() == [
        "Data source: registration (registered)",
        "Primary: Doe J. An article. A journal 2020. [it waits at title and abstract]",
        "Further: NCT00000101: A drug in a disease, trial NCT00000101. ClinicalTrials.gov.",
    ]
    team.include(article)
    team.lead.extraction.contact(study, whom="the authors", when="2026-01-05", asked="adult data")
    assert texts(team.nobody.tables.characteristics(), "reports")[0].startswith(
        "Data source: article and registration (published; more was asked for, no answer)"
    )
    team.lead.extraction.contact(study, whom="the authors", when="2026-01-06", asked="adult data", answer="sent")
    assert "(published and obtained on request)" in texts(team.nobody.tables.characteristics(), "reports")[0]


def test_an_arm_has_one_line_with_dose_frequency_route_and_number(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    arm = {"arm": "A drug"}
    extract(team, study, arm, intervention="a drug", dose="5 mg", frequency="twice a day", route="by mouth", treatment_duration="12 weeks")
    extract(team, study, {"arm": "Placebo"}, intervention="placebo")
    extract(team, study, {"arm": "A drug", "analysis_set": "enrolled"}, participants="20")
    assert texts(team.nobody.tables.characteristics(), "interventions")[0].splitlines() == [
        "A drug: a drug; dose 5 mg; frequency twice a day; route by mouth; duration of treatment 12 weeks; n = 20 (enrolled)",
        "Placebo: placebo",
    ]
    assert column(team.nobody.tables.characteristics(), "participants")[0].missing == "empty"


def test_no_result_stands_in_the_characteristics(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    extract(team, study, ABOUT, mean="0.123456", flare_days="0.654321")
    for of in ("included", "ongoing", "awaiting"):
        assert not re.search("0.123456|0.654321", team.nobody.tables.characteristics(of=of).text())
    assert "0.123456" in team.nobody.tables.results().text() and "Flare days: 0.654321" in team.nobody.tables.results().text()


# results


def test_without_results_a_planned_outcome_is_no_row(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    extract(team, study, {"outcome": "Activity", "timepoint": "week 12"}, primary_outcome="Activity")
    table = team.nobody.tables.results()
    assert table.rows == () and table.empty == "No result of an included study has been extracted."
    assert texts(team.nobody.tables.nice(), "outcomes") == ["Primary: Activity [week 12]: no result extracted"]


def test_a_result_is_a_row_with_its_arm_its_numbers_and_its_place(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    extract(team, study, {**ABOUT, "arm": None}, effect_measure="risk ratio", effect="0.5", ci_lower="0.2", ci_upper="1.1", p_value="0.08")
    extract(team, study, ABOUT, events="3", n_analysed="10")
    extract(team, study, {**ABOUT, "timepoint": "week 24"}, mean="4.2", sd="1.5")
    table = team.nobody.tables.results()
    rows = [[cell.text for cell in row] for row in table.rows]
    assert rows == [
        ["Doe 2020", "Activity", "week 12", "A drug", "10", "3 (30.0%)", "", "", "p. 3"],
        ["Doe 2020", "Activity", "week 12", "between arms", "", "", "risk ratio 0.5\nP 0.08", "0.2 to 1.1", "p. 3"],
        ["Doe 2020", "Activity", "week 24", "A drug", "", "4.2 (SD 1.5)", "", "", "p. 3"],
    ]
    assert_traced(table)


def test_what_is_computed_carries_its_formula_and_leads_to_its_cells(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    extract(team, study, ABOUT, events="3", n_analysed="7", mean="4.2", se="0.50")
    table = team.nobody.tables.results()
    (cell,) = column(table, "value")
    assert cell.text == "3 (42.9%)\n4.2 (SD 1.32)"
    assert list(table.letters.values()) == ["a", "b"] and RISK in table.letters
    entries = table.traces[cell.trace or ""].entries
    assert {e.what.split(":")[0].split(",")[0] for e in entries if e.event} == {
        "Participants with an event",
        "Participants analysed",
        "Mean",
        "Standard error",
    }
    assert [e.what for e in entries if not e.event] == ["Computed here: 3 ÷ 7 × 100 = 42.9", "Computed here: 0.50 × √7 = 1.32"]
    assert "a Computed here" in table.text()


@pytest.mark.parametrize(
    ("events", "n", "said", "flag"),
    [
        ("3", "not reported", "3", ""),
        ("about a third", "10", "about a third", ""),
        ("11", "10", "11", "more events than participants"),
        ("3", "0", "3", ""),
        ("1,003", "2,006", "1,003 (50.0%)", ""),
        ("not reported", "10", "not reported", ""),
    ],
)
def test_nothing_is_computed_from_what_is_no_number(team: Team, events: str, n: str, said: str, flag: str) -> None:
    counts_in_words(team)
    study = team.include(team.article(team.search(), "A trial"), "included")
    extract(team, study, ABOUT, events=events, n_analysed=n)
    (cell,) = column(team.nobody.tables.results(), "value")
    assert (cell.text, cell.flag, cell.missing == "not_reported") == (said, flag, said == "not reported")
    assert bool(cell.notes) is ("%" in said)


def test_nothing_is_computed_from_a_conflict(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    extract(team, study, ABOUT, n_analysed="10")
    for rv, value in zip(team.both, ("3", "4"), strict=True):
        rv.extraction.record(study, item="events", value=value, **ABOUT, quotation=value, location="p. 3")
    (cell,) = column(team.nobody.tables.results(), "value")
    assert (cell.text, cell.flag, cell.notes) == ("in conflict", "conflict open", ())


def test_an_open_extraction_is_not_shown_to_the_other(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    team.r1.extraction.record(study, item="events", value="3", **ABOUT, quotation="3", location="p. 3")
    assert len(team.r1.tables.results().rows) == 1
    assert team.r2.tables.results().rows == () == team.nobody.tables.results().rows


ANALYSED = {"arm": "A drug", "analysis_set": "analysed"}
HERE = {"outcome": "Activity", "timepoint": "week 12"}


@pytest.mark.parametrize(
    ("counts", "of", "n", "said"),
    [
        ([HERE], {}, "40", "10 (25.0%)"),
        ([{"outcome": "ACTIVITY", "timepoint": " Week  12"}], {}, "40", "10 (25.0%)"),
        ([{"outcome": "Activity", "timepoint": "week 52"}], {}, "", "10"),
        ([{"outcome": "Harms", "timepoint": "week 12"}], {}, "", "10"),
        ([{"outcome": "Harms"}], {}, "", "10"),
        ([{"timepoint": "week 52"}], {}, "", "10"),
        ([{**HERE, "analysis_set": "per protocol"}], {}, "", "10"),
        ([{**HERE, "analysis_set": "enrolled"}], {}, "", "10"),
        ([{**HERE, "analysis_set": None}], {}, "", "10"),
        ([{**HERE, "arm": "Placebo"}], {}, "", "10"),
        ([{**HERE, "arm": None}], {}, "", "10"),
        ([HERE], {"analysis_set": "per protocol"}, "", "10"),
        ([{"analysis_set": "per protocol"}, HERE], {"analysis_set": "Per protocol"}, "40 wider", "10 (25.0%)"),
        ([HERE], {"outcome": None}, "", "10"),
        ([HERE], {"timepoint": None}, "", "10"),
        ([{}], {}, "40 wider", "10 (25.0%)"),
        ([{"timepoint": "week 12"}], {}, "40 wider", "10 (25.0%)"),
        ([{"outcome": "Activity"}, {"timepoint": "week 12"}], {}, "", "10"),
        ([HERE, {}], {}, "40", "10 (25.0%)"),
        ([{}, HERE, {"outcome": "Harms"}], {}, "41", "10 (24.4%)"),
    ],
)
def test_a_result_has_no_number_of_another_arm_outcome_time_point_or_set(
    team: Team, counts: list[dict[str, str | None]], of: dict[str, str | None], n: str, said: str
) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    for more, about in enumerate(counts):
        extract(team, study, {**ANALYSED, **about}, participants=str(40 + more))
    extract(team, study, {**ABOUT, **of}, events="10")
    table = team.nobody.tables.results()
    assert (texts(table, "value"), texts(table, "n")) == ([said], [n.removesuffix(" wider")])
    assert (WIDER in table.letters) is n.endswith("wider")
    set_ = f" ({of['analysis_set']})" if of.get("analysis_set") else ""
    line = texts(team.nobody.tables.nice(), "outcomes")[0]
    shown = f", n = {n.removesuffix(' wider')}" if n else ""
    assert f"A drug{set_}{shown}: {said}" in line


def test_what_was_analysed_of_a_result_itself_comes_before_every_other_number(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    extract(team, study, ABOUT, events="10", n_analysed="20")
    extract(team, study, {**ANALYSED, **HERE}, participants="40")
    extract(team, study, {**ABOUT, "timepoint": "week 24"}, events="10", n_analysed="not reported")
    extract(team, study, ANALYSED, participants="50")
    assert texts(team.nobody.tables.results(), "n") == ["20", "not reported"]
    assert texts(team.nobody.tables.results(), "value") == ["10 (50.0%)", "10"]


def test_a_number_of_one_outcome_says_so_among_the_characteristics(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    extract(team, study, {**ANALYSED, **HERE}, participants="40")
    extract(team, study, ANALYSED, participants="50")
    said = ["A drug: n = 40 (analysed, Activity, week 12)", "A drug: n = 50 (analysed)"]
    assert texts(team.nobody.tables.nice(), "number")[0].splitlines() == said
    assert texts(team.nobody.tables.characteristics(), "interventions") == [
        "A drug: n = 40 (analysed, Activity, week 12); n = 50 (analysed)"
    ]


@pytest.mark.parametrize(
    ("arm", "found", "value", "effect"),
    [
        ("A drug", {"mean": "5.1", "se": "0.50"}, "5.1 (SD 3.16)", ""),
        (None, {"mean": "-1.1", "se": "0.50"}, "-1.1 (SE 0.50)", ""),
        (None, {"effect_measure": "mean difference", "effect": "-1.1", "se": "0.50"}, "", "mean difference -1.1 (SE 0.50)"),
        (None, {"effect": "-1.1", "se": "0.50", "p_value": "0.03"}, "", "-1.1 (SE 0.50)\nP 0.03"),
        ("A drug", {"mean": "5.1", "effect_measure": "change", "effect": "-1.1", "se": "0.50"}, "5.1", "change -1.1 (SE 0.50)"),
        ("A drug", {"se": "0.50"}, "mean not extracted (SE 0.50)", ""),
    ],
)
def test_only_the_standard_error_of_an_arms_mean_becomes_a_standard_deviation(
    team: Team, arm: str | None, found: dict[str, str], value: str, effect: str
) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    extract(team, study, {**ABOUT, "arm": arm}, n_analysed="40", **found)
    table = team.nobody.tables.results()
    assert (texts(table, "value"), texts(table, "effect")) == ([value], [effect])
    assert (DEVIATION in table.letters) is ("SD" in value)
    assert texts(team.nobody.tables.nice(), "outcomes")[0].endswith("; ".join(t for t in (value, *effect.splitlines()) if t))
    assert_traced(table)


@pytest.mark.parametrize(
    ("item", "unit", "value", "n"),
    [
        ("events", "%", "25 %", "40"),
        ("events", "per 100 person-years", "25 per 100 person-years", "40"),
        ("n_analysed", "%", "25", "40 %"),
        ("events", "Participants", "25 (62.5%)", "40"),
    ],
)
def test_nothing_is_computed_from_another_unit_than_participants(team: Team, item: str, unit: str, value: str, n: str) -> None:
    counts_in_words(team)
    study = team.include(team.article(team.search(), "A trial"), "included")
    for rv in team.both:
        for one, counted in (("events", "25"), ("n_analysed", "40")):
            rv.extraction.record(
                study, item=one, value=counted, unit=unit if one == item else None, **ABOUT, quotation=counted, location="p. 3"
            )
    table = team.nobody.tables.results()
    assert (texts(table, "value"), texts(table, "n")) == ([value], [n])
    assert f"n = {n}: {value}" in texts(team.nobody.tables.nice(), "outcomes")[0]


def test_studies_and_outcomes_without_a_result_are_named(tmp_path: Path) -> None:
    more = '[[outcomes]]\nid = "o2"\nname = "Harms"\n\n[[outcomes]]\nid = "o3"\nname = "Quality of life"\n\n[[reviewers]]\nid = "r1"'
    team = make_team(tmp_path / "review", plan=PLAN.replace('[[reviewers]]\nid = "r1"', more, 1))
    search = team.search()
    assert not any("No result" in note for note in team.nobody.tables.results().notes), "no study is included"
    one, two = (team.include(team.article(search, f"Trial {year}", year=year), "included") for year in (2019, 2021))
    notes = team.nobody.tables.results().notes
    assert notes[0] == "No result extracted for: Doe 2019; Doe 2021."
    assert notes[1] == "No result extracted under the name of these outcomes of the protocol: Activity; Harms; Quality of life."
    extract(team, one, {**ABOUT, "outcome": " HARMS"}, events="3")
    notes = team.nobody.tables.results().notes
    assert notes[0] == "No result extracted for: Doe 2021."
    assert notes[1] == "No result extracted under the name of these outcomes of the protocol: Activity; Quality of life."
    team.r1.extraction.record(two, item="dose", value="3 mg", quotation="3 mg", location="p. 3")
    assert team.nobody.tables.results().notes == notes, "another item is no result"
    team.r1.extraction.record(two, item="events", value="3", **ABOUT, quotation="3", location="p. 3")
    assert team.nobody.tables.results().notes[0] == "No result extracted, or its extraction is not finished, for: Doe 2021."
    assert "Activity" not in " ".join(team.r1.tables.results().notes)
    team.ledger.close()


# registration numbers


def test_a_doi_is_no_registration_number_and_two_reports_are_no_contradiction(team: Team, tmp_path: Path) -> None:
    search = team.search()
    first, second = (team.article(search, title, doi) for title, doi in (("First", "10.1000/one"), ("Second", "10.1000/two")))
    study = team.include(first)
    team.include(second)
    team.lead.studies.link(second, study, reason="the same trial")
    for rv in team.both:
        rv.studies.classify(study, "included", reason="it fits")
    extract(team, study, {}, registry_number="10.1000/one")  # as facts of earlier days hold it
    table = team.nobody.tables.characteristics()
    assert column(table, "identification")[0].missing == "empty" and not table.letters
    assert "10.1000/one" in texts(table, "reports")[0] and "10.1000/two" in texts(table, "reports")[0]
    register(team, tmp_path, entry("NCT00000108"))
    (entered,) = [r.id for r in team.r1.studies.report_views() if r.stands.is_registration]
    frame = team.nobody.extraction.frame()
    assert list(frame.loc[(frame["item"] == "registry_number") & (frame["state"] == "pre-filled"), "value"]) == ["NCT00000108"]
    team.lead.studies.link(entered, study, reason="the same trial")
    assert not any("registration number" in note for note in team.nobody.tables.characteristics().letters)


def test_two_registrations_of_one_trial_do_not_contradict_each_other(team: Team, tmp_path: Path) -> None:
    study, _ = register(team, tmp_path, entry("NCT00000109"), entry("NCT00000110"))
    other = [r.id for r in team.r1.studies.report_views()][1]
    team.lead.studies.link(other, study, reason="the same trial")
    table = team.nobody.tables.characteristics()
    said = next(text for text in texts(table, "identification") if "Also registered" in text)
    assert "NCT00000109" in said and "Also registered as NCT00000110" in said
    assert not any("registration number" in note for note in table.letters)


# NICE


@pytest.mark.parametrize(
    ("planned", "about", "said"),
    [
        ("Activity", {"timepoint": "week 12"}, ""),
        ("ACTIVITY ", {"timepoint": " Week 12"}, ""),
        ("Activity", {}, ""),
        ("Disease activity by a score", {"outcome": "activity", "timepoint": "week 12"}, ""),
        ("Activity", {"timepoint": "week 52"}, "Outcome: Activity [week 52]: no result extracted under this time point"),
        ("Activity at week 12", {}, "Outcome: Activity at week 12: no result extracted under this name"),
        ("Harms", {"timepoint": "week 12"}, "Outcome: Harms [week 12]: no result extracted under this name"),
    ],
)
def test_a_planned_outcome_is_not_denied_beside_its_result(team: Team, planned: str, about: dict[str, str | None], said: str) -> None:
    study = team.include(team.article(team.search(), "A trial"), "included")
    extract(team, study, about, outcome=planned)
    extract(team, study, ABOUT, events="3", n_analysed="10")
    lines = texts(team.nobody.tables.nice(), "outcomes")[0].splitlines()
    assert lines == ["Activity [week 12], A drug, n = 10: 3 (30.0%)", *([said] if said else [])]


def test_comparators_stand_apart_from_the_intervention(team: Team, tmp_path: Path) -> None:
    register(team, tmp_path, entry("NCT00000102", arms={"Drug": "EXPERIMENTAL", "Sugar": "PLACEBO_COMPARATOR"}))
    table = team.nobody.tables.nice()
    assert texts(table, "intervention")[0].startswith("Drug:") and texts(table, "comparison")[0].startswith("Sugar:")
    assert column(table, "quality")[0].why == "nobody has assessed it or said why not"
    assert_traced(table)


# registrations alone


@pytest.mark.parametrize(
    ("made", "part", "said"),
    [
        ({"primary": "2024-06-30"}, "completed", "yes: due by 30 Jun 2025"),
        ({"primary": "2024-06-30", "results": True}, "completed", "no: results are posted"),
        ({"primary": "2025-06"}, "completed", "no: due by 30 Jun 2026"),
        ({"completion": "2024-02"}, "completed", "yes: due by 28 Feb 2025"),
        ({}, "undetermined", "cannot be determined: no date of completion is stated"),
        (
            {"primary": "2024-06-30", "results": None},
            "undetermined",
            "cannot be determined: the source leaves open whether results are posted",
        ),
        ({"primary": "2024-06-30", "status": "RECRUITING"}, "completed", "yes: due by 30 Jun 2025"),
        ({"status": "UNKNOWN"}, "undetermined", "cannot be determined: no date of completion is stated"),
    ],
)
def test_where_a_registered_study_stands(team: Team, tmp_path: Path, made: dict[str, object], part: str, said: str) -> None:
    register(team, tmp_path, entry("NCT00000103", **made))  # type: ignore[arg-type]
    tables = {of: team.nobody.tables.registry_only(of=of, as_of="2026-03-02") for of in ("completed", "undetermined")}
    assert {of for of, table in tables.items() if table.rows} == {part}
    assert texts(tables[part], "overdue") == [said]
    assert texts(tables[part], "reports") == ["no report linked in this review as of 2 Mar 2026"]
    assert column(tables[part], "overdue")[0].flag == ("by completion" if "completion" in made else "")
    assert_traced(tables[part])


@pytest.mark.parametrize(
    ("status", "why"), [("RECRUITING", "primary completion Jan 2027 lies after 2 Mar 2026"), ("WITHDRAWN", "withdrawn")]
)
def test_what_is_not_listed_is_named(team: Team, tmp_path: Path, status: str, why: str) -> None:
    register(team, tmp_path, entry("NCT00000104", status=status, primary="2027-01" if status == "RECRUITING" else None))
    table = team.nobody.tables.registry_only(as_of="2026-03-02")
    assert table.rows == () and f"Known from registrations alone, and not listed: {why}: NCT00000104." in table.notes


def test_a_linked_report_is_named_with_its_rule_and_ends_the_waiting(team: Team, tmp_path: Path) -> None:
    (study,) = register(team, tmp_path, entry("NCT00000105", primary="2020-01"))
    article = team.article(team.search(), "An article", "NCT00000105")
    table = team.nobody.tables.registry_only()
    assert texts(table, "overdue")[0].startswith("no: a report is linked in this review")
    assert "An article. A journal 2020. NCT" not in texts(table, "reports")[0]
    assert (
        "by the rule states_number, version 2" in texts(table, "reports")[0] and "waits at title and abstract" in texts(table, "reports")[0]
    )
    team.include(article)
    assert team.nobody.tables.registry_only().rows == (), "an article is in hand"
    assert study == team.study(article)


def test_a_link_that_waits_for_a_person_and_the_last_look_at_the_register_are_shown(team: Team, tmp_path: Path) -> None:
    made = entry("NCT00000111", primary="2020-01")
    listed = {"type": "BACKGROUND", "pmid": "30000111", "citation": "Doe J."}
    made["protocolSection"]["referencesModule"] = {"references": [listed]}
    (study,) = register(team, tmp_path, made)
    report = team.article(team.search(), "What was known before", "PMID 30000111")
    table = team.nobody.tables.registry_only(as_of="2026-03-02")
    assert (
        texts(table, "waiting")[0].startswith("Doe J. What was known before.")
        and "by the rule background_reference" in texts(table, "waiting")[0]
    )
    assert texts(table, "overdue")[0].startswith("yes") and texts(table, "snapshot")[0].endswith("entry not checked")
    assert_traced(table)
    team.lead.studies.register_checked(study, date="2026-02-01")
    team.lead.studies.refuse_link(report, study, reason="another trial")
    table = team.nobody.tables.registry_only(as_of="2026-03-02")
    assert column(table, "waiting")[0].missing == "empty" and texts(table, "snapshot")[0].endswith("entry checked 1 Feb 2026")
    assert_traced(table)


def test_what_nobody_has_classified_is_in_neither_part(team: Team, tmp_path: Path) -> None:
    register(team, tmp_path, entry("NCT00000106", primary="2020-01"), classification=None)
    for of in ("completed", "undetermined"):
        table = team.nobody.tables.registry_only(of=of)
        assert table.rows == () and "NCT00000106" not in " ".join(table.notes)


def test_a_part_that_is_not_there_is_refused(team: Team) -> None:
    with pytest.raises(InputRefused, match="there is no part 'overdue'"):
        team.nobody.tables.registry_only(of="overdue")


DATES = st.none() | st.dates(min_value=date(2018, 1, 1), max_value=date(2028, 12, 31)).flatmap(
    lambda d: st.sampled_from([d.isoformat(), d.isoformat()[:7], d.isoformat()[:4]])
)
STATUSES = st.sampled_from(["COMPLETED", "TERMINATED", "UNKNOWN", "RECRUITING", "NOT_YET_RECRUITING", "WITHDRAWN"])


@pytest.mark.soak
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(STATUSES, DATES, DATES, st.sampled_from([True, False, None])), min_size=1, max_size=6),
    st.dates(min_value=date(2026, 2, 1), max_value=date(2030, 1, 1)),
)
def test_every_registered_study_stands_once_and_nothing_is_called_unpublished(
    tmp_path_factory: pytest.TempPathFactory, stated: list[tuple[str, str | None, str | None, bool | None]], as_of: date
) -> None:
    folder = tmp_path_factory.mktemp("registered")
    team = make_team(folder / "review")
    entries = [
        entry(f"NCT0000{n:04}", status=status, primary=primary, completion=completion, results=posted)
        for n, (status, primary, completion, posted) in enumerate(stated, start=1)
    ]
    register(team, folder, *entries)
    at = as_of.isoformat()
    tables = [team.nobody.tables.registry_only(of=of, as_of=at) for of in ("completed", "undetermined")]
    team.ledger.close()
    listed = [text for table in tables for text in texts(table, "study")]
    below = [label for note in tables[0].notes if "not listed" in note for label in re.findall(r"NCT\d{8}", note)]
    assert sorted([*listed, *below]) == [f"NCT0000{n:04}" for n in range(1, len(stated) + 1)]
    said = dict(zip(texts(tables[0], "study"), texts(tables[0], "overdue"), strict=True))
    for n, (_, primary, completion, posted) in enumerate(stated, start=1):
        due = due_on(primary or completion or "")
        if said.get(f"NCT0000{n:04}", "").startswith("yes"):
            assert due is not None and as_of > due and posted is False
    for table in tables:
        assert "unpublished" not in table.html().casefold()


# contacts


def test_a_question_without_an_answer_says_up_to_when(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"), "awaiting")
    team.lead.extraction.contact(study, whom="the authors", when="2026-01-05", asked="adult data")
    team.lead.extraction.contact(study, whom="the sponsor", when="2026-01-06", asked="the protocol", answer="sent on 7 January")
    table = team.nobody.tables.contacts(as_of="2026-03-02")
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Doe 2020", "the authors", "5 Jan 2026", "adult data", "no answer as of 2 Mar 2026"],
        ["Doe 2020", "the sponsor", "6 Jan 2026", "the protocol", "sent on 7 January"],
    ]
    assert_traced(table)
    awaiting = team.nobody.tables.characteristics(of="awaiting", as_of="2026-03-02")
    assert "adult data. Answer: no answer as of 2 Mar 2026" in texts(awaiting, "asked")[0]
    assert "adult data" not in column(awaiting, "notes")[0].text
    assert_traced(awaiting)


# all of them


def test_the_tables_of_an_empty_review_say_so(team: Team) -> None:
    for table in every_table(team.nobody):
        assert table.rows == () and table.empty.endswith("."), table.key


def test_every_csv_table_has_as_many_rows_as_its_table(team: Team, tmp_path: Path) -> None:
    (study,) = register(team, tmp_path, entry("NCT00000107", primary="2020-01"))
    extract(team, study, ABOUT, events="3", n_analysed="10")
    rooms = team.nobody.tables._rooms(None)
    names = [name for made in CSV_TABLES.values() for name, _ in made]
    assert len(names) == len(set(names))
    for made in CSV_TABLES.values():
        for name, maker in made:
            table = maker(rooms)
            with table.csv(tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                assert len(list(csv.reader(file))) == len(table.rows) + 1


def test_what_was_typed_is_text_in_every_table(team: Team) -> None:
    typed = "<script>alert(1)</script>"
    study = team.include(team.article(team.search(), f"A {typed}"), "awaiting")
    team.lead.extraction.contact(study, whom=typed, when="2026-01-05", asked=typed, answer=typed)
    shown = [table.html() for table in every_table(team.nobody)]
    assert all("<script" not in html for html in shown) and sum("&lt;script&gt;" in html for html in shown) == 2
