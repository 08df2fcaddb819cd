"""What is one document and what is not: DOIs of supplements, notices and their articles, related trials; and what names a study."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from review.cli import app
from review.studies.rule_words import says
from tests.rooms.team import Team

SUPPLEMENT = """TY  - JOUR
TI  - {title}
AU  - {author}
M3  - {kind}
DO  - 10.1000/supplement.1
SP  - {page}
PY  - 2019
ER  -

"""
ARTICLE = """PMID- 888001
TI  - A drug in a disease.
DP  - 2012
FAU - Doe, J
AID - 10.1000/abc1 [doi]
PT  - Journal Article

"""
NOTICE = """PMID- 888002
TI  - {title}
DP  - 2014
FAU - Roe, J
PT  - {kind}
{link}

"""


def ris(*entries: tuple[str, str, str, str]) -> str:
    return "".join(
        SUPPLEMENT.format(title=title, author=author, kind=kind, page=page).replace("ER  -\n", "ER  - \n")
        for title, author, kind, page in entries
    )


def take(team: Team, folder: Path, text: str, name: str = "file.ris", source: str = "Embase", kind: str = "database") -> None:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    assert team.r1.import_files([path], search=team.search(source, kind)).refused == 0


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        (("A drug in a disease", "Doe, J", "Article", "12"), ("Another drug in a rash", "Roe, K", "Article", "12"), False),
        (("A drug in a disease", "Doe, J", "Article", "12"), ("Another drug in a rash", "Doe, J", "Article", "40"), False),
        (("A drug in a disease", "Doe, J", "Article", "12"), ("Ein Mittel", "Doe, J", "Article", "12-9"), True),
        (("A drug in a disease", "Doe, J", "Article", "12"), ("A drug in a disease: a trial", "Roe, K", "Article", "40"), True),
        (("A drug in a disease", "Doe, J", "Conference Abstract", "S1"), ("A drug", "Doe, J", "Conference Abstract", "S1"), False),
        (("A drug in a disease", "Doe, J", "Conference Abstract", "S1"), ("A DRUG in a disease.", "Roe, K", "Article", "9"), True),
        (("P012: A drug in a disease", "Doe, J", "Conference Abstract", "S1"), ("A drug in a disease", "Doe, J", "Article", "9"), True),
    ],
)
def test_a_doi_merges_unless_the_titles_speak_against_it(
    team: Team, tmp_path: Path, one: tuple[str, str, str, str], other: tuple[str, str, str, str], merged: bool
) -> None:
    take(team, tmp_path, ris(one, other))
    assert len(team.r1.studies.report_views()) == (1 if merged else 2)
    assert [doubt.compared["doi"] for doubt in team.r1.studies.unsure()] == ([] if merged else ["10.1000/supplement.1"])


def test_what_no_rule_is_sure_of_waits_for_a_person(team: Team, tmp_path: Path) -> None:
    kind = "Conference Abstract"
    take(team, tmp_path, ris(("Drug one", "Doe, J", kind, "1"), ("Drug two", "Roe, K", kind, "1"), ("Drug two.", "Roe, K", kind, "1")))
    [doubt] = team.r1.studies.unsure()
    one, two = doubt.first, doubt.second
    assert doubt.rule == "one_doi_two_titles" and doubt.says.startswith("One DOI and two titles")
    assert (one.title, two.title, len(two.records)) == ("Drug one", "Drug two", 2), "the two that are alike are merged"
    assert "1 pair of reports may be one document" in str(team.nobody.status())
    shown = CliRunner().invoke(app, ["studies", "--project", str(team.folder), "--as", "r1"])
    assert "1 pair waits for a person: review studies unsure" in shown.output
    listed = CliRunner().invoke(app, ["studies", "unsure", "--project", str(team.folder)])
    assert "10.1000/supplement.1" in listed.output and "Drug two" in listed.output and one.id in listed.output
    team.lead.studies.keep_apart([one.id, two.id], reason="two abstracts of one supplement")
    assert team.r1.studies.unsure() == [] and "pair of reports" not in str(team.nobody.status())


def test_the_report_says_of_each_rule_what_the_rule_does(team: Team, tmp_path: Path) -> None:
    one, other = ("Warm feet at night", "Doe J", "journal article", "1"), ("Cold hands", "Roe J", "journal article", "9")
    take(team, tmp_path, ris(one, other, one))
    take(team, tmp_path, ris(("Warm feet at night.", "Doe J", "journal article", "1")), "second.ris", "MEDLINE")
    said = {row[0].text: row[1].text for row in team.nobody.tables.duplicates().rows}
    assert said == {name.replace("_", " "): says(name) for name in ("exact_copy", "same_doi", "person")}
    assert len(team.nobody.studies.unsure()) == 1
    assert "Pairs that no rule is sure of, and that wait for a person: 1." in team.nobody.tables.duplicates().notes


def test_an_erratum_by_its_type_is_never_merged_with_its_article(team: Team, tmp_path: Path) -> None:
    take(team, tmp_path, ris(("A drug", "Doe, J", "Article", "1"), ("A drug", "Doe, J", "Erratum", "1")))
    assert len(team.r1.studies.report_views()) == 2 and team.r1.studies.unsure() == []


@pytest.mark.parametrize(
    ("title", "kind", "link", "flag"),
    [
        (
            "Retraction: A drug in a disease.",
            "Retraction of Publication",
            "ROF - J. 2012;1:1. doi: 10.1000/abc1. PMID: 888001",
            "retracted",
        ),
        ("A drug in a disease.", "Journal Article", "EFR - J. 2012;1:1. doi: 10.1000/ABC1.", "corrected"),
        ("Concern.", "Expression of Concern", "ECF - J. 2012;1:1. PMID: 888001", "under a concern"),
    ],
)
def test_a_notice_flags_its_article_and_not_itself(team: Team, tmp_path: Path, title: str, kind: str, link: str, flag: str) -> None:
    take(team, tmp_path, NOTICE.format(title=title, kind=kind, link=link), "notice.nbib", "PubMed")
    [alone] = team.nobody.studies.views()
    assert alone.notices == () and alone.reports[0].is_notice, "the notice is not what was retracted"
    assert any("this record is a notice about" in p["message"] for p in alone.records[0].doc["problems"])
    take(team, tmp_path, ARTICLE, "article.nbib", "PubMed")
    [study] = team.nobody.studies.views()
    assert (study.label, study.notices, len(study.reports)) == ("Doe 2012", (flag,), 2)
    told = {report.title: report.told for report in study.reports if not report.is_notice}
    assert told == {"A drug in a disease": (flag,)} or told == {"A drug in a disease.": (flag,)}
    [event] = study.links.values()
    assert "notice_about" in str(team.ledger.event(event).body) and "about" in team.ledger.event(event).body["compared"]
    team.lead.studies.undo(event)
    assert {s.notices for s in team.nobody.studies.views()} == {()} and team.r1.studies.find()["linked"] == 0


def registration(number: str, *secondary: str, aliases: tuple[str, ...] = ()) -> str:
    module = {
        "nctId": number,
        "briefTitle": f"Trial {number}",
        "secondaryIdInfos": [{"id": one, "type": "REGISTRY"} for one in secondary],
        "nctIdAliases": list(aliases),
    }
    return json.dumps({"protocolSection": {"identificationModule": module, "statusModule": {"overallStatus": "COMPLETED"}}})


@pytest.mark.parametrize(("aliases", "studies"), [((), 2), (("NCT09990001",), 1)])
def test_an_extension_is_not_its_parent_and_an_earlier_number_is(
    team: Team, tmp_path: Path, aliases: tuple[str, ...], studies: int
) -> None:
    take(team, tmp_path, registration("NCT09990001"), "parent.json", "ClinicalTrials.gov", "register")
    second = () if aliases else ("NCT09990001",)
    take(team, tmp_path, registration("NCT09990002", *second, aliases=aliases), "second.json", "ClinicalTrials.gov", "register")
    assert len(team.nobody.studies.views()) == studies


def test_a_study_is_not_named_by_a_pubmed_number(team: Team, tmp_path: Path) -> None:
    take(team, tmp_path, "PMID- 777001\nTI  - Seven words of a title without authors.\nPT  - Letter\n", "one.nbib", "PubMed")
    assert [s.label for s in team.nobody.studies.views()] == ["Seven words of a title"]


def test_a_review_of_several_trials_names_none_of_them(team: Team, tmp_path: Path) -> None:
    numbers = ("NCT09990001", "NCT09990002")
    for number in numbers:
        take(team, tmp_path, registration(number), f"{number}.json", "ClinicalTrials.gov", "register")
    team.article(team.search(), "A systematic review", "10.1000/sr1", *numbers, year=2010)
    team.article(team.search(), "A trial", "10.1000/trial1", numbers[0], year=2020)
    for one in team.lead.studies.suggested():  # which of several numbers an article is about, a person says
        team.lead.studies.link(one.report.id, one.study, reason="it reviews both")
    assert [(s.label, len(s.reports)) for s in team.nobody.studies.views()] == [("Doe 2020", 3), ("NCT09990002", 2)]
