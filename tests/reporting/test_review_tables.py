"""What the tables of a review say: reasons in the right words, and the same studies as the flow has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.errors import ProtocolInvalid
from review.model.plan import read_plan
from review.reporting.table import Cell, Table
from tests.rooms.team import PLAN, Team, broken, make_team

NOT_MET = PLAN.replace('text = "People with the disease"', 'text = "People with the disease"\nnot_met = "Another disease"')
PAGES = Path(__file__).parents[1] / "example" / "pages"


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review", plan=NOT_MET)
    yield made
    made.ledger.close()


def column(table: Table, key: str) -> list[Cell]:
    place = [c.key for c in table.columns].index(key)
    return [row[place] for row in table.rows]


def texts(table: Table, key: str) -> list[str]:
    return [cell.text for cell in column(table, key)]


def at_full_text(team: Team, report: str, decision: str, reason: str = "P1") -> None:
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved")
    team.decide(report, decision, decision, stage="full_text", reasons=(reason, reason))


def near_miss(team: Team, report: str, reason: str = "P1") -> None:
    """Excluded at full text by both, and marked by one of them."""
    at_full_text(team, report, "exclude", reason)
    team.r2.screening.decide(report, stage="full_text", decision="exclude", reason=reason, near_miss=True)


def amend(team: Team, old: str, new: str) -> None:
    file = team.folder / "review.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    team.lead.protocol.amend(reason="clearer words", results_known=False)


# reasons


def test_a_reason_is_said_as_not_met(team: Team) -> None:
    search = team.search()
    one, two = team.article(search, "One"), team.article(search, "Two")
    at_full_text(team, one, "exclude", "P1")
    at_full_text(team, two, "exclude", "I1")
    assert list(team.nobody.flow().boxes["dbr_excluded"].by) == ["Another disease", "Not met: The drug is given"]
    assert texts(team.nobody.tables.excluded_reports(), "reason") == ["Another disease", "Not met: The drug is given"]
    assert texts(team.nobody.tables.standings(), "second")[0] == "exclude: Another disease"
    assert texts(team.nobody.tables.criteria(), "reason")[:2] == ["Another disease", "Not met: The drug is given"]


def test_a_decision_keeps_the_words_of_its_version(team: Team) -> None:
    search = team.search()
    one, two = team.article(search, "One"), team.article(search, "Two")
    at_full_text(team, one, "exclude")
    amend(team, "Another disease", "A disease of another kind")
    at_full_text(team, two, "exclude")
    table = team.nobody.tables.standings()
    assert texts(table, "second") == ["exclude: Another disease", "exclude: A disease of another kind"]
    words = [entry.reason for key in ("title",) for cell in column(table, key) for entry in table.traces[cell.trace or ""].entries]
    assert words.count("Another disease") == 2 and words.count("A disease of another kind") == 2
    assert texts(team.nobody.tables.excluded_reports(), "reason") == ["Another disease", "A disease of another kind"]


def test_a_resolution_is_read_by_the_version_then_in_force(team: Team) -> None:
    report = team.article(team.search(), "One")
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved")
    team.decide(report, "exclude", "include", stage="full_text")
    team.lead.screening.resolve(report, stage="full_text", decision="exclude", reason="P1", note="another disease")
    amend(team, "Another disease", "A disease of another kind")
    assert texts(team.nobody.tables.excluded_reports(), "reason") == ["Another disease"]


# excluded studies and reports


def test_an_excluded_study_is_one_row_and_a_standing_study_is_none(team: Team) -> None:
    search = team.search()
    one, two = team.article(search, "First report"), team.article(search, "Second report")
    team.lead.studies.link(two, team.study(one), reason="the same study")
    stays, beside = team.article(search, "Kept report"), team.article(search, "Report beside it")
    team.lead.studies.link(beside, team.study(stays), reason="the same study")
    team.include(stays, "included")
    for report in (one, two, beside):
        near_miss(team, report)
    table = team.nobody.tables.characteristics(of="excluded")
    assert table.title == "Characteristics of excluded studies"
    assert texts(table, "title") == ["Doe J. First report. A journal 2020.\nDoe J. Second report. A journal 2020."]
    every = team.nobody.tables.excluded_reports()
    assert every.title == "Reports excluded at full text"
    assert [text.split(". ")[1] for text in texts(every, "title")] == ["First report", "Second report", "Report beside it"]


def test_a_study_with_a_report_still_sought_is_not_excluded(team: Team) -> None:
    search = team.search()
    one, two = team.article(search, "First report"), team.article(search, "Second report")
    team.lead.studies.link(two, team.study(one), reason="the same study")
    near_miss(team, one)
    team.decide(two, "include", "include")
    assert team.nobody.tables.characteristics(of="excluded").rows == ()
    assert texts(team.nobody.tables.standings(), "study")[0].endswith(": waits")
    team.r1.screening.retrieve(two, "not_retrieved")
    assert len(team.nobody.tables.characteristics(of="excluded").rows) == 1


# the tables have the studies that the flow has


def test_a_study_whose_report_was_lost_again_is_in_no_table_of_included_studies(team: Team) -> None:
    report = team.article(team.search(), "One")
    team.include(report, "included")
    assert len(team.nobody.tables.characteristics().rows) == 1
    for answer in team.nobody.screening.panel(team.nobody.studies.report_views()[0], "full_text").answers:
        team.lead.screening.undo(answer.id)
    team.r1.screening.retrieve(report, "not_retrieved")
    assert team.nobody.flow().boxes["new_studies"].n == 0
    assert team.nobody.tables.characteristics().rows == ()
    assert len(team.nobody.tables.characteristics(of="awaiting").rows) == 1
    assert broken(team) == []


@pytest.mark.parametrize("classification", ["included", "ongoing", "awaiting"])
def test_tables_and_summary_count_alike(team: Team, classification: str) -> None:
    team.include(team.article(team.search(), "One"), classification)
    rows = {of: len(team.nobody.tables.characteristics(of=of).rows) for of in ("included", "ongoing", "awaiting", "excluded")}
    assert rows == {of: int(of == classification) for of in rows}
    said = {row[0].text: row[1].text for row in team.nobody.tables.summary().rows}
    words = {"included": "Studies included", "ongoing": "Studies ongoing", "awaiting": "Studies awaiting classification"}
    assert {of: said[label] for of, label in words.items()} == {of: str(rows[of]) for of in words}


def test_a_study_of_which_nothing_was_obtained_awaits_and_is_counted(team: Team) -> None:
    report = team.article(team.search(), "One")
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "not_retrieved")
    assert texts(team.nobody.tables.characteristics(of="awaiting"), "why") == ["The full text was not obtained"]
    said = {row[0].text: row[1].text for row in team.nobody.tables.summary().rows}
    assert said["Studies awaiting classification"] == "1" == str(len(team.nobody.tables.characteristics(of="awaiting").rows))


def test_a_report_of_several_studies_shows_all_of_them(team: Team) -> None:
    search = team.search()
    one, two, both = (team.article(search, title, year=year) for title, year in (("One", 2001), ("Two", 2002), ("Both", 2003)))
    first, second = team.include(one, "included"), team.include(two, "ongoing")
    team.include(both)
    for study in (first, second):
        team.lead.studies.link(both, study, reason="reports both")
    table = team.nobody.tables.standings()
    assert texts(table, "study")[2] == "Doe 2001: included\nDoe 2002: ongoing"
    assert column(table, "study")[2].trace in table.traces


def test_an_unclassified_study_of_a_shared_report_waits(team: Team) -> None:
    search = team.search()
    one, both = team.article(search, "One", year=2001), team.article(search, "Both", year=2002)
    first = team.include(one, "included")
    team.include(both)
    team.lead.studies.link(both, first, reason="reports both")
    rest = team.article(search, "Three", year=2003)
    team.lead.studies.link(both, team.study(rest), reason="reports a third study as well")
    said = texts(team.nobody.tables.standings(), "study")
    assert said[1] == "Doe 2001: included\nDoe 2003: waits", "a study is not called by an article that it shares with another"


# remarks on retrieval


def test_a_remark_says_where_the_report_stands(team: Team) -> None:
    search = team.search("WHO ICTRP", "register")
    team.r1.import_files([PAGES / "ictrp_NCT05605665.txt"], search=search)
    page = team.r1.studies.report_views()[0].id
    team.decide(page, "include", "include")
    team.decide(page, "include", "include", stage="full_text")
    study = team.study(page)
    for rv in team.both:
        rv.studies.classify(study, "included", reason="as the page says")
    article = team.article(team.search(), "An article")
    team.lead.studies.link(article, study, reason="the same trial")

    def said() -> str:
        return next(line for line in texts(team.nobody.tables.characteristics(), "notes")[0].splitlines() if line.startswith("A report"))

    assert said() == "A report is linked; it waits at title and abstract"
    team.decide(article, "include", "include")
    assert said() == "A report is linked; its full text is sought"
    team.r1.screening.retrieve(article, "not_retrieved")
    assert said() == "A report is linked; its full text was not obtained"


def test_a_remark_says_that_a_report_was_excluded_at_title_and_abstract(team: Team) -> None:
    search = team.search("WHO ICTRP", "register")
    team.r1.import_files([PAGES / "ictrp_NCT05605665.txt"], search=search)
    page = team.r1.studies.report_views()[0].id
    article = team.article(team.search(), "An article")
    team.lead.studies.link(article, team.study(page), reason="the same trial")
    team.decide(article, "exclude", "exclude")
    team.decide(page, "include", "include")
    team.decide(page, "include", "include", stage="full_text")
    for rv in team.both:
        rv.studies.classify(team.study(page), "included", reason="as the page says")
    assert "it was excluded at title and abstract" in texts(team.nobody.tables.characteristics(), "notes")[0]


def test_what_a_stop_left_was_not_screened(team: Team) -> None:
    search = team.search()
    seen, left = team.article(search, "Seen"), team.article(search, "Left")
    team.decide(seen, "exclude", "exclude")
    team.lead.screening.stop(rule="none left", target_recall=0.95, note="enough was seen")
    table = team.nobody.tables.standings()
    assert texts(table, "first") == ["exclude: Another disease", "exclude, by automation: not screened after stopping"]
    entries = table.traces[column(table, "title")[1].trace or ""].entries
    assert entries[-1].what == "By automation: not screened after stopping" and entries[-1].reason == "enough was seen"
    assert left in team.nobody.flow().report_of.values()


# cells


def registration(team: Team, *names: str) -> str:
    """The included study of these pages."""
    for name in names:
        source = name.partition("_")[0]
        kind, via = ("register", None) if source == "ictrp" else ("other", "website")
        team.r1.import_files([PAGES / name], search=team.search(source, kind, via))
    team.r1.studies.find()
    page = team.r1.studies.report_views()[0].id
    team.decide(page, "include", "include")
    team.decide(page, "include", "include", stage="full_text")
    study = team.study(page)
    for rv in team.both:
        rv.studies.classify(study, "included", reason="as the page says")
    return study


def test_a_status_that_no_page_says_has_no_page_date(team: Team) -> None:
    study = registration(team, "ictrp_NCT05605665.txt")
    dated = texts(team.nobody.tables.characteristics(), "status")[0]
    assert "(page of " in dated
    for rv in team.both:
        rv.extraction.record(study, item="status", value="Halted", quotation="it was halted", location="a letter")
    assert texts(team.nobody.tables.characteristics(), "status")[0] == "Halted (page without a date)"


@pytest.mark.parametrize(
    ("other", "dated"), [("veeva_NCT00953485.txt", "page without a date"), ("meddatax_NCT06410833.txt", "page of 16 May 2024")]
)
def test_a_status_is_dated_by_its_own_page(team: Team, other: str, dated: str) -> None:
    study = registration(team, "ictrp_NCT05605665.txt", other)
    second = team.r1.studies.report_views()[1].id
    team.lead.studies.link(second, study, reason="for the test: one study, two pages")
    team.decide(second, "include", "include", stage="full_text")  # what a page says is proposed when it is judged there
    assert texts(team.nobody.tables.characteristics(), "status")[0] == "Completed (page of 15 Jul 2024)"
    words = team.r1.records.views()[1].title
    for rv in team.both:
        rv.extraction.record(study, item="status", value="Halted", quotation=words, location="the other page")
    assert texts(team.nobody.tables.characteristics(), "status")[0] == f"Halted ({dated})"


def test_a_value_in_conflict_is_not_printed(team: Team) -> None:
    study = registration(team, "ictrp_NCT05605665.txt")
    for rv, value in zip(team.both, ("Halted", "Stopped"), strict=True):
        rv.extraction.record(study, item="status", value=value, quotation=value, location="a letter")
    cell = column(team.nobody.tables.characteristics(), "status")[0]
    assert (cell.text, cell.flag) == ("in conflict", "conflict open")
    team.lead.extraction.resolve(study, item="status", value="Halted", reason="the letter says so")
    cell = column(team.nobody.tables.characteristics(), "status")[0]
    assert cell.text.startswith("Halted (") and cell.flag == ""


# appraisal, protocol, searches


def test_an_unfinished_appraisal_is_not_denied(team: Team) -> None:
    study = team.include(team.article(team.search(), "One"), "included")
    assert column(team.nobody.tables.not_assessed(), "reason")[0].why == "nobody has assessed it or said why not"
    team.r1.bias.not_assessed(study, tool="rob2-parallel", reason="no result yet")
    assert column(team.nobody.tables.not_assessed(), "reason")[0].why == "not assessed yet, or not finished"


def test_a_freeze_says_only_what_it_was_asked(team: Team) -> None:
    amend(team, "Another disease", "A disease of another kind")
    table = team.nobody.tables.versions()
    assert texts(table, "results") == ["not asked", "no"]
    first, second = column(table, "stage")
    assert (first.text, first.missing, first.why) == ("", "empty", "a freeze does not record it")
    assert second.text == "before screening"


def test_searches_show_filters_and_peer_review_where_there_are_any(team: Team) -> None:
    team.search()
    assert "filters" not in [c.key for c in team.nobody.tables.searches().columns]
    team.r1.searches.record("MEDLINE", kind="database", searched="2026-01-05", filters="a filter for trials", peer_review="by a librarian")
    table = team.nobody.tables.searches()
    assert texts(table, "filters") == ["", "a filter for trials"] and texts(table, "peer_review") == ["", "by a librarian"]


# what changed


def test_what_moved_is_named(team: Team) -> None:
    search = team.search()
    reports = [team.article(search, f"Trial {n:02}") for n in range(12)]
    before = str(team.ledger.last_at())
    team.decide(reports[0], "exclude", "exclude")
    said = team.nobody.diff(before, None)
    place = next(n for n, line in enumerate(said) if line.startswith("records_excluded: 0 → 1"))
    assert said[place + 1] == "  entered: Trial 00 (Embase)"
    place = next(n for n, line in enumerate(said) if line.startswith("records_waiting: 12 → 11"))
    assert said[place + 1] == "  left: Trial 00 (Embase)"
    every = team.nobody.diff("2026-01-04", None)
    assert any(line.startswith("  entered: ") and line.endswith("; and 2 more") for line in every)


# criteria


def one_criterion(text: str, element: str = "S") -> str:
    because = 'because = "the question is about it"\n' if element == "O" else ""
    head = '[review]\ntitle = "T"\nregistration = "none"\n[[criteria]]\nid = "X1"\n'
    return f'{head}element = "{element}"\nstage = ["full_text"]\ntext = "{text}"\n{because}'


@pytest.mark.parametrize(
    "text",
    [
        "People with ongoing treatment",
        "Reports of randomised trials",
        "No case reports",
        "People who report dryness",
        "A scale that was published before the trial",
        "Adults: 18 years and over; of mixed ages, adult data apart or at least 80 % adults",
        "Fatigue as reported by the person",
    ],
)
def test_criteria_about_people_and_designs_stand(text: str) -> None:
    assert read_plan(one_criterion(text, "P")).criteria[0].text == text


@pytest.mark.parametrize(
    "text",
    [
        "The study is ongoing",
        "No ongoing trials",
        "Unpublished",
        "The trial is unpublished",
        "Studies with no results",
        "The article was not published",
        "Results are available",
        "The study reports ESSDAI",
        "Reports ESSDAI",
        "Outcomes were reported",
    ],
)
@pytest.mark.parametrize("element", ["P", "I", "S", "O"])
def test_criteria_on_reporting_are_refused(text: str, element: str) -> None:
    with pytest.raises(ProtocolInvalid, match="criteria X1"):
        read_plan(one_criterion(text, element))
