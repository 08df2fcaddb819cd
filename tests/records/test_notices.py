"""Retraction, concern and correction: read where a source states them, and from there on every table of the study."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.model.record import Provenance, Publication, Record
from review.records.notices import notices_of
from tests.reporting.evidence import column, texts
from tests.rooms.team import Team, make_team

STATED = [
    ("retracted", ["Retracted Publication"], []),
    ("retracted", ["Journal Article", "retraction of publication"], []),
    ("retracted", ["Article; Retracted Publication"], []),
    ("retracted", ["Tombstone"], []),
    ("retracted", [], [("RetractionIn", "J Things. 2020;3:4")]),
    ("retracted", [], [("RIN", "J Things. 2020;3:4")]),
    ("retracted", [], [("Retracted and republished in", "J Things. 2020;3:4")]),
    ("under_concern", ["Expression of Concern"], []),
    ("under_concern", ["Article; Publication with Expression of Concern"], []),
    ("under_concern", [], [("ExpressionOfConcernIn", "J Things. 2020")]),
    ("corrected", ["Published Erratum"], []),
    ("corrected", ["Correction, Addition"], []),
    ("corrected", ["Corrected and Republished Article"], []),
    ("corrected", [], [("EIN", "J Things. 2020;3:4")]),
    ("corrected", [], [("RetractedandRepublishedFrom", "J Things. 2020;3:4")]),
]
SILENT = [
    (["Journal Article", "Randomized Controlled Trial", "Comment", "Letter"], []),
    (["Retraction of the eyelid", "Correctional study"], []),
    ([], [("CommentIn", "J Things. 2020"), ("UpdateOf", "J Things. 2020"), ("Cites", "Retraction note"), ("", "")]),
]
MARKS = {
    "A drug in a disease (Retracted article. See vol. 3, pg. 4, 2020)": "retracted",
    "A drug in a disease (Retraction of Vol 3, Pg 4, 2020)": "retracted",
    "A drug in a disease (Publication with Expression of Concern. See vol. 3)": "under_concern",
    "Erratum: A drug in a disease (J Things (2020) 3 (4))": "corrected",
    "A drug in a disease (a study that was retracted from the market)": None,
    "A drug in a disease (withdrawal)": None,
}


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


@pytest.mark.parametrize(("code", "types", "comments"), STATED)
def test_what_a_source_states_is_a_remark(code: str, types: list[str], comments: list[tuple[str, str]]) -> None:
    [problem] = notices_of(types, "A drug in a disease", comments)
    assert problem.code == code
    assert (types[-1] if types else comments[0][1]) in problem.message
    assert problem.field == ("publication.publication_types" if types else None)


@pytest.mark.parametrize(("types", "comments"), SILENT)
def test_a_comment_or_a_study_is_no_notice(types: list[str], comments: list[tuple[str, str]]) -> None:
    assert notices_of(types, "A drug in a disease", comments) == ()


@pytest.mark.parametrize(("title", "code"), MARKS.items())
def test_a_mark_behind_the_title(title: str, code: str | None) -> None:
    assert [p.code for p in notices_of([], title)] == ([code] if code else [])


def test_each_place_is_told_once() -> None:
    found = notices_of(["Retracted Publication"] * 2, "RETRACTED: A drug", [("RetractionIn", "J Things")] * 2)
    assert [p.field for p in found] == ["publication.publication_types", "brief_title", None]


@given(st.lists(st.text(max_size=40)), st.none() | st.text(max_size=60), st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20))))
def test_no_text_stops_it(types: list[str], title: str | None, comments: list[tuple[str, str]]) -> None:
    assert {p.code for p in notices_of(types, title, comments)} <= {"retracted", "under_concern", "corrected"}


def test_a_notice_reaches_the_study_and_its_tables(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    remarked = Record(
        record_id="rec:" + "a" * 32,
        record_type="article_report",
        brief_title="A drug in a disease",
        publication=Publication(year=2020),
        provenance=Provenance(source_format="by_hand"),
        problems=notices_of([], None, [("RetractionIn", "J Things. 2020;3:4")]),
    )
    monkeypatch.setattr("review.records.steps.record_by_hand", lambda **_: remarked)
    study = team.include(team.article(team.search(), "A drug in a disease"), "included")
    [view] = team.nobody.studies.views()
    assert view.id == study and view.notices == view.records[0].notices == ("retracted",)
    assert list(team.nobody.studies.frame().notices) == ["retracted"]
    tables = team.nobody.tables
    assert [cell.flag for cell in column(tables.characteristics(), "study")] == ["retracted"]
    assert [cell.flag for cell in column(tables.records(), "title")] == ["retracted"]
    assert [cell.flag for cell in column(tables.standings(), "title")] == ["retracted"]
    assert texts(tables.remarks(), "message") == ["the source links it to a notice, 'RetractionIn': J Things. 2020;3:4"]
    assert "retracted" in tables.characteristics().html()
