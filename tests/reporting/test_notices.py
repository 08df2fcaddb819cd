"""A notice is read from the publishers' own forms: no study is called retracted or corrected for a word in its title."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.model.notice_titles import is_about_another, notice_in
from tests.reporting.evidence import column
from tests.rooms.team import Team, make_team

HEALTHY = [
    "Correction of metabolic acidosis in kidney disease: a randomised trial",
    "Correction of metabolic acidosis — a randomised trial",
    "Correction for multiple testing in trials: a survey",
    "Corrections officers and vaccination: a trial",
    "Correction to normal haemoglobin in kidney disease",
    "Corrected QT interval under a drug",
    "Retracted tympanic membranes treated with a drug",
    "[Retracted tympanic membranes treated with a drug]",
    "Retraction for exposure in surgery: a trial",
    "Retraction of the eyelid: a trial",
    "Retraction-free surgery: a trial",
    "Withdrawn patients: a trial",
    "Expression of concern in parents of ill children: a trial",
    "Expression of CD20 in a disease",
    "A trial of a drug; retraction: none",
    "Notice of results: a trial",
    "Commentary-based teaching: a trial",
    "Comment vivre avec une maladie",
    "",
]
NOTICES = {
    "retracted": [
        "RETRACTED: A drug in a disease",
        "Retracted: A drug in a disease",
        "[Retracted] A drug in a disease",
        "[RETRACTED] A drug in a disease",
        "RETRACTED ARTICLE: A drug in a disease",
        "Retracted article: A drug in a disease",
        "Retraction: A drug in a disease",
        "Retraction—A drug in a disease",
        "Retraction to: A drug in a disease",
        "Retraction notice to “A drug in a disease” [J. Things 12 (2019) 1]",
        "Retraction Note: A drug in a disease",
        "Retraction Note to: A drug in a disease",
        "RETRACTION STATEMENT: A drug in a disease",
        "Retraction for Doe et al., A drug in a disease",
        "Notice of Retraction and Replacement. Doe et al. A drug in a disease",
        "Retraction.",
        "WITHDRAWN: A drug in a disease",
    ],
    "under a concern": [
        "Expression of concern: A drug in a disease",
        "Expression of Concern on: A drug in a disease",
        "Editorial expression of concern for Doe et al.",
        "Expression of concern",
    ],
    "corrected": [
        "Correction: A drug in a disease",
        "Correction to: A drug in a disease",
        "Correction to “A drug in a disease”",
        "Correction for Doe et al., A drug in a disease",
        "Author Correction: A drug in a disease",
        "Publisher's correction: A drug in a disease",
        "Erratum",
        "Erratum to: A drug in a disease",
        "Corrigendum to “A drug in a disease”",
        "[Erratum: A drug in a disease]",
    ],
}
FORMS = [(title, flag) for flag, titles in NOTICES.items() for title in titles]
COMMENTS = ["Comment on: A drug in a disease", "Comment on “A drug in a disease”", "Comment: A drug in a disease", "Commentary"]


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


@pytest.mark.parametrize(("title", "flag"), [*FORMS, *((title, None) for title in (*HEALTHY, *COMMENTS))])
def test_what_a_title_says(title: str, flag: str | None) -> None:
    assert notice_in(title) == flag == notice_in(f"  {title} ")


@pytest.mark.parametrize("title", HEALTHY)
def test_a_study_is_about_no_other(title: str) -> None:
    assert not is_about_another(title)


@pytest.mark.parametrize("title", [*(title for title, _ in FORMS), *COMMENTS])
def test_a_notice_or_comment_is(title: str) -> None:
    assert is_about_another(title)


@given(
    st.sampled_from(["Correction", "Retraction", "Retracted", "Expression of concern"]),
    st.from_regex(r"[a-z]{3,9}( [a-z]{3,9}){1,6}", fullmatch=True),
)
def test_a_notice_word_in_a_plain_sentence_is_no_notice(word: str, rest: str) -> None:
    if rest.split()[0] not in ("notice", "note", "statement") and "et al" not in rest:
        assert notice_in(f"{word} {rest}") is None


def test_no_healthy_study_is_flagged(team: Team) -> None:
    search = team.search()
    for title in HEALTHY[:-1]:
        team.include(team.article(search, title), "included")
    assert {cell.flag for cell in column(team.nobody.tables.characteristics(), "study")} == {""}


@pytest.mark.parametrize("title", ["Correction of anaemia in a disease: a trial", "Comment vivre avec une maladie"])
def test_a_study_with_such_a_title_is_merged_with_its_duplicate(team: Team, title: str) -> None:
    search = team.search()
    team.article(search, title, "10.1000/abc")
    team.article(search, f"{title}.", "10.1000/abc")
    assert len(team.r1.studies.report_views()) == 1


def test_an_article_whose_title_was_marked_is_the_same_document_and_flagged(team: Team) -> None:
    search = team.search()
    team.article(search, "A drug in a disease", "10.1000/abc")
    team.article(search, "RETRACTED: A drug in a disease", "10.1000/abc")
    [report] = team.r1.studies.report_views()
    [study] = team.r1.studies.views()
    assert len(report.records) == 2 and study.notices == ("retracted",)


@pytest.mark.parametrize("title", ["Comment on: A drug in a disease", "Retraction: A drug in a disease", "Erratum: A drug in a disease"])
def test_a_notice_is_never_merged_with_its_article(team: Team, title: str) -> None:
    search = team.search()
    team.article(search, "A drug in a disease", "10.1000/abc")
    team.article(search, title, "10.1000/abc")
    assert len(team.r1.studies.report_views()) == 2
