"""What use of studies showed: names without letters, many of one label, three reviewers, notices without numbers, settled doubts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from review import Review
from review.cli import app
from review.studies.labels import family_name
from tests.plans import criterion, plan
from tests.reporting.evidence import column, register
from tests.reporting.evidence import entry as registered
from tests.rooms.team import SCREENS, Team, make_team
from tests.rooms.test_links import articles, listing, registers
from tests.rooms.test_merging import TITLE, entry, groups, merges, take

ELSE = "Ten years of a clinic for sleep"


@given(name=st.text(max_size=12))
def test_a_family_name_is_found_in_any_text(name: str) -> None:
    found = family_name(name)
    if any(map(str.isalnum, name)):
        assert any(map(str.isalnum, found))


@pytest.mark.parametrize("authors", [[""], [" "], [","], ["", "Doe J"]])
def test_a_name_without_a_letter_is_no_author(team: Team, authors: list[str]) -> None:
    team.r1.records.add(team.search(), title="A trial", authors=authors, year=2012, journal="A journal")
    [label] = team.nobody.studies.frame()["label"]
    assert label == ("Doe 2012" if authors[-1] == "Doe J" else ": A trial".removeprefix(": ")) and str(team.nobody.status())


def test_thirty_studies_of_one_author_and_year_are_told_apart(team: Team) -> None:
    search = team.search()
    for n in range(30):
        team.article(search, f"Trial {n} of drug {chr(97 + n % 26) * 9}", year=2020)
    labels = team.nobody.studies.frame()["label"].tolist()
    assert len(set(labels)) == 30 and labels[25:29] == ["Doe 2020z", "Doe 2020aa", "Doe 2020ab", "Doe 2020ac"]


def test_of_three_classifications_two_that_differ_are_shown(tmp_path: Path) -> None:
    people = {"r1": SCREENS, "r2": SCREENS, "r3": SCREENS, "lead": ["lead"]}
    criteria = (criterion("P1", "P", "People"), criterion("S1", "S", "A study", ["full_text"]))
    team = make_team(
        tmp_path, plan=plan("A review", *criteria, people=people, population="people", intervention="a drug", outcome=("o1", "Pain"))
    )
    third = Review.open(tmp_path, reviewer="r3", ledger=team.ledger)
    search = team.search()
    for n in range(6):  # which event comes first is chance: in some of these the two that are equal do
        study = team.include(team.article(search, f"A trial {chr(97 + n) * 9}", year=2000 + n))
        for rv, word in ((team.r1, "included"), (team.r2, "included"), (third, "excluded")):
            rv.studies.classify(study, word, reason=f"as {word}")
    assert [set(pair) for pair in team.lead.studies.conflicts()[["first", "second"]].values.tolist()] == [{"included", "excluded"}] * 6
    team.ledger.close()


def test_a_notice_without_a_number_is_suggested_by_the_title_that_it_bears(team: Team) -> None:
    [article] = take(team, entry())
    [notice] = take(team, entry(1, title=f"Erratum: {TITLE}", doi=" "), "MEDLINE")
    take(team, entry(2, title="Erratum: another paper on the warmth of feet", doi=" "), "Scopus")
    take(
        team, entry(3, title=f"Correction to: {TITLE}", doi=" ").replace("Hale, Rita", "Zorn, Q").replace("Moss, Tom", "Quist, P"), "CINAHL"
    )
    [asked] = team.nobody.studies.suggested()
    assert (asked.rule, asked.registration.id, asked.report.id, asked.study) == ("notice_of_title", article, notice, team.study(article))
    team.lead.studies.link(notice, asked.study, reason="the same article")
    assert team.nobody.studies.suggested() == []
    assert team.nobody.studies.frame().set_index("study").loc[asked.study, "notices"] == "corrected"


def test_a_protocol_makes_no_results_of_a_trial_due_less(team: Team, tmp_path: Path) -> None:
    register(team, tmp_path, registered("NCT00000301", primary="2019-06-01"))
    articles(team, tmp_path, "TI  - A drug in a disease: study protocol for a randomised trial\nAB  - NCT00000301.\nPY  - 2023")
    assert len(team.nobody.studies.views()) == 1
    [overdue] = column(team.nobody.tables.registry_only(of="completed", as_of="2026-03-02"), "overdue")
    assert overdue.text == "yes: due by 1 Jun 2020"
    articles(team, tmp_path, "TI  - A drug in a disease: results of a randomised trial\nAB  - NCT00000301.\nPY  - 2024")
    [overdue] = column(team.nobody.tables.registry_only(of="completed", as_of="2026-03-02"), "overdue")
    assert overdue.text == "no: a report is linked in this review"


def test_an_import_says_what_was_merged_and_what_waits(team: Team) -> None:
    def receipt(text: str, source: str) -> list[str]:
        path = team.folder / f"{source}.ris"
        path.write_text(text, encoding="utf-8")
        return list(team.r1.import_files([path], search=team.search(source)).lines())

    assert receipt(entry() + entry(5, title=ELSE), "Embase")[-1] == "Duplicates: 0 merged by rule, 0 wait for a person. Links: 0 by rule."
    said = receipt(entry() + entry(5, title="A third title of this supplement"), "MEDLINE")[-1]
    assert said == "Duplicates: 1 merged by rule, 1 waits for a person (review studies unsure, or the card 22_studies). Links: 0 by rule."
    path = team.folder / "again.ris"
    path.write_text(entry(), encoding="utf-8")
    shown = CliRunner().invoke(app, ["import", str(path), "--search", team.search("CINAHL"), "--project", str(team.folder), "--as", "r1"])
    assert "Duplicates: 1 merged by rule" in shown.output, shown.output


def test_a_doubt_is_not_settled_by_a_word_about_one_of_its_two(team: Team) -> None:
    one, two = (*take(team, entry()), *take(team, entry(title=ELSE, pages="7"), "MEDLINE"))
    [third] = take(team, entry(2, title="Salt baths for sore toes"), "Scopus")
    team.lead.studies.keep_apart([one, third], reason="two papers")
    [doubt] = team.nobody.studies.unsure()
    assert {doubt.first.id, doubt.second.id} == {one, two}


def test_a_merge_that_a_person_put_back_stays_where_a_later_record_speaks_against_it(team: Team) -> None:
    review = "10.5555/14651858.CD000001"
    one, two = (*take(team, entry(doi=" ")), *take(team, entry(doi=review), "MEDLINE"))
    [merge] = merges(team)
    undone = team.lead.studies.undo(merge)
    team.lead.studies.undo(undone)
    take(team, entry(doi=f"{review}.pub2"), "Scopus")
    assert frozenset({one, two}) in groups(team) and merges(team) == [merge]


def test_a_report_of_the_study_is_not_suggested_for_it_again(team: Team, tmp_path: Path) -> None:
    (study,) = registers(team, tmp_path, listing("NCT00000302", ("BACKGROUND", "30000009")))
    (report,) = articles(team, tmp_path, "TI  - An article\nAN  - PMID: 30000009")
    (other,) = articles(team, tmp_path, "TI  - Another article of these people")
    team.lead.studies.link(other, study, reason="told by the authors")
    team.lead.studies.link(report, team.study(other), reason="the same")
    assert team.nobody.studies.suggested() == []


def test_refused_candidates_do_not_take_the_places_of_others(team: Team, tmp_path: Path) -> None:
    (study,) = registers(team, tmp_path, listing("NCT00000303", title="Bright light for low mood"))
    found = articles(
        team, tmp_path, *(f"TI  - Bright light for low mood in {town}\nPY  - 2023" for town in ("Oslo", "Malta", "Peru", "Wales"))
    )
    for report in found[:2]:
        team.lead.studies.refuse_link(report, study, reason="another trial")
    assert set(team.nobody.studies.candidates(study, top=2)["report"]) == set(found[2:])


def test_a_title_of_two_lines_is_printed_on_one(team: Team) -> None:
    take(team, entry())
    record = team.r1.records.add(
        team.search("Hand", "other", via="hand"), title="Ten years\nof a clinic", authors=["Doe J"], journal="J", year=2012
    )
    one = "rep:" + record.removeprefix("rec:")
    team.lead.studies.keep_apart([one, next(r.id for r in team.nobody.studies.report_views() if r.id != one)], reason="two\npapers")
    said = CliRunner().invoke(app, ["studies", "decisions", "--project", str(team.folder)]).output
    assert "Ten years of a clinic" in said and "two papers" in said and len(said.splitlines()) == 3
