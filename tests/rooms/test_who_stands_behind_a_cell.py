"""Who stands behind a cell, what others may learn of an open answer, and what became of what was typed: the cases at the edges."""

from __future__ import annotations

from typing import Any

import pytest

from review import Review
from review.errors import InputRefused, NotFound
from review.model.extraction import CellKey, CellRecorded
from review.model.views import CellView, StudyView
from tests.rooms.team import Team

AT = {"quotation": "the words", "location": "p. 3"}


@pytest.fixture
def study(team: Team) -> str:
    return team.include(team.article(team.search(), "A trial in spring"))


def view(team: Team, study: str) -> StudyView:
    return next(one for one in team.lead.studies.views() if study in one.subjects)


def cell(rv: Review, team: Team, study: str, item: str = "masking") -> CellView:
    return next(one for one in rv.extraction.cells(view(team, study)) if one.item == item)


def recorded(rv: Review, study: str, value: str, item: str = "masking", **more: Any) -> str:
    return str(rv.extraction.record(study, item=item, value=value, **{**AT, **more}))


def read_by_tools(team: Team, study: str, *said: tuple[str, str]) -> None:
    """Tools read these (record, value) in turn."""
    pen = team.r1.extraction._seat.pen
    for record, value in said:
        body = CellRecorded(cell=CellKey(item="own"), value=value, unit=None, quotation=value, location="p. 1", record=record)
        pen.write(CellRecorded.kind, study, body, actor="tool:reader@1")


def test_of_two_extractors_of_whom_one_took_back_the_other_stands_alone(team: Team, study: str) -> None:
    first, second = (recorded(rv, study, "double-blind") for rv in team.both)
    assert cell(team.nobody, team, study).state == "extracted independently by two"
    team.r2.extraction.undo(second)
    left = cell(team.nobody, team, study)
    assert (left.value, left.state, left.event) == ("double-blind", "recorded by one", first), "what was open to all stays open"


def test_nothing_of_an_open_answer_stands_in_the_history_that_others_see(team: Team, study: str) -> None:
    read_by_tools(team, study, (view(team, study).records[0].id, "a value"))
    event = recorded(team.r1, study, "another", "own")
    assert event in cell(team.r1, team, study, "own").history
    for other in (team.r2, team.nobody):
        seen = cell(other, team, study, "own")
        assert (seen.value, seen.state) == ("a value", "pre-filled") and event not in seen.history


def test_an_open_answer_of_another_is_neither_confirmed_nor_corrected(team: Team, study: str) -> None:
    event = recorded(team.r1, study, "double-blind")
    with pytest.raises(NotFound, match="there is no cell with the event"):
        team.r2.extraction.confirm(event)
    with pytest.raises(NotFound, match="there is no cell with the event"):
        team.r2.extraction.correct(event, value="open label")
    recorded(team.r2, study, "double-blind")
    assert team.r2.extraction.confirm(event), "once both have answered"


def test_what_is_typed_after_all_have_answered_is_still_its_authors_own(team: Team, study: str) -> None:
    first, _ = (recorded(rv, study, "double-blind") for rv in team.both)
    draft = team.ledger.event(team.r1.extraction.keep_draft(study, item="masking", value="triple", before=first))
    assert not team.r2.extraction.visible_event(draft) and team.r2.extraction.open_of_others()
    recorded(team.r1, study, "triple-blind")
    assert team.r2.extraction.visible_event(draft) and not team.r2.extraction.open_of_others()


def test_to_take_back_an_answer_drops_nothing_that_was_typed_after_it(team: Team, study: str) -> None:
    event = recorded(team.r1, study, "double-blind")
    team.r1.extraction.keep_draft(study, item="masking", value="triple", before=event)
    team.r1.extraction.undo(event)
    [typed] = team.r1.extraction.drafts(view(team, study)).values()
    assert typed.body["value"] == "triple"


def test_what_was_typed_and_sent_again_is_known_though_the_cell_was_answered_meanwhile(team: Team, study: str) -> None:
    typed = team.r1.extraction.keep_draft(study, item="masking", value="dou", token="typed")
    recorded(team.r1, study, "double-blind")
    assert team.r1.extraction.keep_draft(study, item="masking", value="dou", token="typed") == typed
    with pytest.raises(InputRefused, match="was answered since this was typed"):
        team.r1.extraction.keep_draft(study, item="masking", value="dou", token="typed later")


def test_an_answer_that_is_sent_again_after_its_correction_is_the_same_event(team: Team, study: str) -> None:
    first = recorded(team.r1, study, "double-blind", token="once")
    second = recorded(team.r1, study, "open label", token="twice")
    assert (
        recorded(team.r1, study, "double-blind", token="once") == first and recorded(team.r1, study, "open label", token="twice") == second
    )
    assert cell(team.r1, team, study).value == "open label"


def test_of_what_one_record_says_its_newest_reading_stands(team: Team, study: str) -> None:
    record = view(team, study).records[0].id
    read_by_tools(team, study, (record, "41"), (record, "42"))
    assert (cell(team.nobody, team, study, "own").value, cell(team.nobody, team, study, "own").elsewhere) == ("42", {})


@pytest.mark.parametrize(("one", "other", "alike"), [("< 5", "5", False), ("≥18 years", "18 years", False), ("5 %", "5", False),
                                                     ("18 Years", "18 years.", True)])  # fmt: skip
def test_a_sign_that_changes_what_a_value_means_is_a_difference_between_sources(team: Team, one: str, other: str, *, alike: bool) -> None:
    search = team.search()
    reports = [team.article(search, title) for title in ("A trial in spring", "Another thing altogether")]
    study, _ = (team.include(report) for report in reports)
    team.r1.studies.link(reports[1], study, reason="the same trial")
    records = [record.id for record in view(team, study).records]
    read_by_tools(team, study, *zip(records, (one, other), strict=True))
    assert list(cell(team.nobody, team, study, "own").elsewhere.values()) == ([] if alike else [other])


def test_a_design_on_which_the_extractors_differ_is_none(team: Team, study: str) -> None:
    for rv, design in zip(team.both, ("randomised-trial", "cohort"), strict=True):
        recorded(rv, study, design, "design")
    assert team.nobody.extraction.design(view(team, study)) is None
    team.lead.extraction.resolve(study, item="design", value="cohort", reason="read again")
    assert team.nobody.extraction.design(view(team, study)) == "cohort"


def two_studies(team: Team) -> tuple[list[str], list[str]]:
    """(reports, studies) that are one, as will turn out."""
    search = team.search()
    reports = [team.article(search, title) for title in ("A trial in spring", "Another thing altogether")]
    return reports, [team.include(report) for report in reports]


def test_studies_that_are_merged_differ_only_where_each_had_an_agreed_value(team: Team) -> None:
    reports, (one, other) = two_studies(team)
    for rv, value in zip(team.both, ("8", "9"), strict=True):
        recorded(rv, one, value, "own")
        recorded(rv, other, "11", "own")
        recorded(rv, one, "a", "agreed")
        recorded(rv, other, "b", "agreed")
    team.r1.studies.merge(reports, reason="one document")
    between = {c.item: c.between for c in team.nobody.extraction.cells(view(team, one)) if c.conflict}
    assert (between["own"], between["agreed"]) == ("two extractors differ", "studies that were linked differ")


def test_of_what_was_typed_in_studies_that_are_merged_the_last_is_kept(team: Team) -> None:
    reports, (one, other) = two_studies(team)
    for item, order in (("there", (one, other)), ("and back", (other, one))):
        for at, study in enumerate(order):
            team.r1.extraction.keep_draft(study, item=item, value=f"{at}")
    team.r1.studies.merge(reports, reason="one document")
    typed = {key[0]: event.body["value"] for key, event in team.r1.extraction.drafts(view(team, one)).items()}
    assert typed == {"there": "1", "and back": "1"}


def test_blank_words_are_no_words(team: Team, study: str) -> None:
    with pytest.raises(InputRefused, match="needs the words that it was read from"):
        recorded(team.r1, study, "double-blind", quotation=" \n")
    with pytest.raises(InputRefused, match="who was asked, and what"):
        team.r1.extraction.contact(study, whom="the author", when="2026-01-05", asked=" ")


def test_one_extractors_values_of_two_studies_that_are_merged_are_open_until_the_other_has_answered(team: Team) -> None:
    reports, (one, other) = two_studies(team)
    recorded(team.r1, one, "8", "own")
    recorded(team.r1, other, "9", "own")
    team.r1.studies.merge(reports, reason="one document")
    for rv in (team.r2, team.nobody):
        assert rv.extraction.reconcile().empty and rv.extraction.conflicts().empty


def test_who_confirms_what_was_filled_in_has_not_extracted_it_independently(team: Team, study: str) -> None:
    read_by_tools(team, study, (view(team, study).records[0].id, "42"))
    filled = cell(team.nobody, team, study, "own").event
    recorded(team.r1, study, "42", "own")
    team.r2.extraction.confirm(filled)
    [row] = team.nobody.extraction.reconcile().query("item == 'own'").to_dict("records")
    assert row["agree"] and row["state"] == "checked by two" == cell(team.nobody, team, study, "own").state
