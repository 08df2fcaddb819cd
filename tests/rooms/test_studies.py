"""Reports that are one document, reports of one study, classification; every step can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import InputRefused, NotAllowed, NotFound
from tests.rooms.team import Team, broken


def counts(team: Team) -> dict[str, int]:
    return {name: box.n for name, box in team.nobody.flow().boxes.items()}


def test_the_same_doi_in_two_databases_is_one_report(team: Team) -> None:
    first = team.article(team.search("Embase"), "A trial of a drug", "10.1000/abc")
    second = team.article(team.search("MEDLINE"), "A trial of a drug.", "10.1000/ABC")
    assert [r.members for r in team.r1.studies.report_views()] == [(first, second)]
    assert counts(team)["duplicates"] == 1 and counts(team)["records_screened"] == 1
    assert team.r1.studies.find() == {"merged": 0, "linked": 0, "doubted": 0, "crowded": 0}, "finding again finds nothing new"


def test_an_erratum_with_the_papers_doi_stays_apart(team: Team) -> None:
    search = team.search()
    team.article(search, "A trial of a drug", "10.1000/abc")
    team.article(team.search("MEDLINE"), "Erratum: A trial of a drug", "10.1000/abc")
    assert len(team.r1.studies.report_views()) == 2


def test_a_registry_number_in_an_article_links_and_never_merges(team: Team) -> None:
    one = team.article(team.search(), "A trial of a drug", "10.1000/abc", "NCT01234567")
    two = team.article(team.search("MEDLINE"), "Long-term results of a drug", "10.1000/def", "NCT01234567")
    assert team.r1.studies.find() == {"merged": 0, "linked": 0, "doubted": 0, "crowded": 0}, "no registration is in the review to link to"
    team.lead.studies.link(two, team.study(one), reason="the same registration number")
    assert len(team.lead.studies.views()) == 1 and len(team.lead.studies.report_views()) == 2


def test_undoing_a_merge_gives_each_its_own_back(team: Team) -> None:
    one = team.article(team.search(), "A trial", "10.1000/abc")
    two = team.article(team.search("MEDLINE"), "The same trial", "10.1000/def")
    team.decide(one, "include", "include")
    team.decide(two, "exclude", "exclude")
    before = team.nobody.flow().boxes
    merge = team.lead.studies.merge([one, two], reason="the same document")
    assert counts(team)["records_waiting"] == 1, "different decisions on one document are a conflict"
    assert list(team.lead.screening.conflicts()["report"]) == [one]
    team.lead.studies.undo(merge)
    assert team.nobody.flow().boxes == before
    assert broken(team) == []


def test_what_a_person_undid_is_not_found_again(team: Team) -> None:
    team.article(team.search(), "A trial", "10.1000/abc")
    team.article(team.search("MEDLINE"), "A trial", "10.1000/abc")
    merge = team.r1.studies.report_views()[0].merged_by[0]
    team.r1.studies.undo(merge)
    assert team.r1.studies.find()["merged"] == 0
    assert len(team.r1.studies.report_views()) == 2


def test_what_a_person_keeps_apart_no_rule_merges(team: Team, tmp_path: Path) -> None:
    (tmp_path / "two.ris").write_text("".join(f"TY  - JOUR\nTI  - {part}\nDO  - 10.1000/abc\nER  - \n" for part in ("Part I", "Part II")))
    team.r1.records.import_files([tmp_path / "two.ris"], search=team.search())
    one, two = (report.id for report in team.r1.studies.report_views())
    team.lead.studies.keep_apart([one, two], reason="two parts of a series")
    assert team.r1.studies.find()["merged"] == 0


def test_a_report_found_first_elsewhere_counts_in_the_database_with_its_id(team: Team) -> None:
    first = team.article(team.search("Reference lists", "other", "citation"), "A trial", "10.1000/abc")
    team.article(team.search("Embase"), "A trial", "10.1000/abc")
    report = team.r1.studies.report_views()[0]
    assert (report.id, report.lane) == (first, "dbr")
    found = counts(team)
    assert (found["database_results"], found["records_screened"], found["citations_results"], found["other_duplicates"]) == (1, 1, 1, 1)
    assert found["other_sought_reports"] == 0 and broken(team) == []


def test_classification_needs_two_and_a_conflict_needs_a_resolution(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"))
    team.r1.studies.classify(study, "included", reason="as reported")
    assert counts(team)["dbr_assessed_waiting"] == 1
    with pytest.raises(NotAllowed, match="not everybody due has answered"):
        team.lead.studies.resolve(study, "included", reason="so")
    team.r2.studies.classify(study, "awaiting", reason="no ages")
    assert counts(team)["dbr_assessed_waiting"] == 1
    frame = team.nobody.studies.conflicts()
    assert set(frame.iloc[0][["first", "second"]]) == {"included", "awaiting"}
    team.lead.studies.resolve(study, "awaiting", reason="ages are asked for")
    assert counts(team)["dbr_awaiting"] == 1 and counts(team)["new_studies"] == 0


@pytest.mark.parametrize(
    ("classification", "box"),
    [("included", "dbr_included_reports"), ("ongoing", "dbr_ongoing"), ("awaiting", "dbr_awaiting"), ("excluded", "dbr_assessed_waiting")],
)
def test_where_an_included_report_stands(team: Team, classification: str, box: str) -> None:
    team.include(team.article(team.search(), "A trial"), classification)
    assert counts(team)[box] == 1 and counts(team)["dbr_assessed"] == 1


def test_a_report_of_two_studies_stands_with_the_included_one(team: Team) -> None:
    search = team.search()
    one, two = team.article(search, "Trial one"), team.article(search, "Trial two")
    first, second = team.include(one, "included"), team.include(two, "ongoing")
    both = team.article(search, "Both trials in one paper")
    team.include(both)
    for study in (first, second):
        team.lead.studies.link(both, study, reason="reports both")
    found = counts(team)
    assert (found["new_studies"], found["new_reports"], found["dbr_ongoing"]) == (1, 2, 1)
    assert broken(team) == []


def test_labels(team: Team) -> None:
    search = team.search()
    team.article(search, "A trial", "10.1000/abc", year=2022)
    team.article(search, "Another", "10.1000/def", year=2022)
    assert list(team.r1.studies.frame()["label"]) == ["Doe 2022a", "Doe 2022b"]


def test_words_of_refusal(team: Team) -> None:
    study = team.study(team.article(team.search(), "A trial"))
    with pytest.raises(InputRefused, match="'include' is no classification"):
        team.r1.studies.classify(study, "include", reason="so")
    with pytest.raises(InputRefused, match="needs a reason"):
        team.r1.studies.classify(study, "included", reason=" ")
    with pytest.raises(NotFound, match="there is no study"):
        team.r1.studies.classify("stu:none", "included", reason="so")
    with pytest.raises(InputRefused, match="not a date"):
        team.r1.studies.register_checked(study, date="1 March")
    with pytest.raises(InputRefused, match="two different reports"):
        team.lead.studies.merge([team.lead.studies.report_views()[0].id] * 2, reason="so")
