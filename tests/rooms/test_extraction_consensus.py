"""What stands in a cell and in whose words: consensus, third values, changes after it, and reports that are linked no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from review.errors import InputRefused, NotAllowed
from review.extraction.state import APART, DIFFER, LINKED, STRAYED
from review.model.views import CellView
from tests.rooms.team import PLAN, Team, make_team

ROW = {"item": "events", "arm": "Drug", "outcome": "Pain", "timepoint": "12 weeks"}
WORDS = {"8": ("eight of them had pain (8)", "p. 3"), "11": ("there were 11 with pain", "p. 7")}


@pytest.fixture
def study(team: Team) -> str:
    return team.include(team.article(team.search(), "A trial in spring"))


def given(team: Team, study: str, *values: str) -> list[str]:
    return [
        rv.extraction.record(study, **ROW, value=value, quotation=WORDS[value][0], location=WORDS[value][1])
        for rv, value in zip(team.both, values, strict=True)
    ]


def cell(team: Team, study: str, who: str = "nobody") -> CellView:
    rv = getattr(team, who)
    [view] = [one for one in rv.studies.views() if study in one.subjects]
    return next(one for one in rv.extraction.cells(view) if one.item == "events")


def settled(team: Team, study: str, value: str, who: str = "lead", **more: Any) -> str:
    return str(getattr(team, who).extraction.resolve(study, **ROW, value=value, reason="looked together", **more))


@pytest.mark.parametrize("value", ["8", "11"])
def test_a_consensus_stands_in_the_words_of_who_gave_its_value(team: Team, study: str, value: str) -> None:
    given(team, study, "8", "11")
    settled(team, study, value)
    assert (cell(team, study).value, cell(team, study).quotation, cell(team, study).location) == (value, *WORDS[value])


def test_a_value_that_neither_gave_has_words_of_its_own_or_none_and_is_listed(team: Team, study: str) -> None:
    given(team, study, "8", "11")
    settled(team, study, "9")
    assert (cell(team, study).value, cell(team, study).quotation) == ("9", ""), "the words of another value are not its words"
    listed = team.nobody.extraction.remarks().query("item == 'events'")["remark"]
    assert any("neither extractor gave" in said for said in listed)
    settled(team, study, "9", quotation="nine (9) in the erratum", location="erratum, p. 1")
    assert (cell(team, study).quotation, cell(team, study).location) == ("nine (9) in the erratum", "erratum, p. 1")
    assert team.nobody.extraction.remarks().query("item == 'events'").empty


def test_who_says_otherwise_after_a_consensus_is_heard(team: Team, study: str) -> None:
    given(team, study, "8", "11")
    settled(team, study, "8")
    again = team.r2.extraction.record(study, **ROW, value="8", quotation=WORDS["8"][0], location="p. 3")
    assert cell(team, study).state == "consensus", "to say the same as the consensus changes nothing"
    late = team.r1.extraction.record(study, **ROW, value="11", quotation=WORDS["11"][0], location="p. 7")
    assert cell(team, study).conflict and cell(team, study).state != "consensus"
    [row] = team.lead.extraction.conflicts().to_dict("records")
    assert {row["value_first"], row["value_second"]} == {"8", "11"}
    settled(team, study, "11")
    assert (cell(team, study).value, cell(team, study).conflict) == ("11", False)
    for event in (late, again):
        assert team.lead.extraction.visible_event(team.ledger.event(event))


@pytest.fixture
def parted(team: Team) -> tuple[str, str]:
    """(study, a second report of it): both extractors gave 8 without a line that says from which; the second is linked no more."""
    search = team.search()
    reports = [team.article(search, title) for title in ("A trial in spring", "Another thing altogether")]
    study, _ = (team.include(report) for report in reports)
    team.r1.studies.link(reports[1], study, reason="the same trial")
    given(team, study, "8", "8")
    assert cell(team, study).state == "extracted independently by two"
    team.r1.studies.unlink(reports[1], study, reason="another trial")
    return study, reports[1]


def stands(team: Team, study: str) -> tuple[str, bool, str]:
    now = cell(team, study)
    return now.value, now.conflict, now.between


def test_one_new_value_does_not_make_the_other_extractors_vanish(team: Team, parted: tuple[str, str]) -> None:
    study, _ = parted
    assert stands(team, study) == ("8", True, STRAYED) and cell(team, study).state != "extracted independently by two"
    for value in ("8", "11"):
        team.r1.extraction.record(study, **ROW, value=value, quotation=WORDS[value][0], location="p. 3")
        assert stands(team, study) == (value, True, STRAYED), "of the other's it is as open as before from which report it is"
        [row] = team.lead.extraction.conflicts().to_dict("records")
        assert {row["value_first"], row["value_second"], row["between"]} == {"8", value, STRAYED}
        assert team.lead.extraction.sides(next(s for s in team.lead.studies.views() if study in s.subjects))
    team.r2.extraction.record(study, **ROW, value="8", quotation=WORDS["8"][0], location="p. 3")
    assert stands(team, study)[1:] == (True, DIFFER)
    team.r2.extraction.record(study, **ROW, value="11", quotation=WORDS["11"][0], location="p. 7")
    assert team.lead.extraction.conflicts()["between"].tolist() == ["an answer was changed after both were given"]
    settled(team, study, "11")
    assert stands(team, study) == ("11", False, "")


def test_once_both_gave_it_anew_it_stands_by_two(team: Team, parted: tuple[str, str]) -> None:
    study, _ = parted
    for rv in team.both:
        rv.extraction.record(study, **ROW, value="11", quotation=WORDS["11"][0], location="p. 7")
    assert stands(team, study) == ("11", False, "") and cell(team, study).state == "extracted independently by two"


def test_a_lead_settles_what_was_read_from_a_report_that_is_linked_no_more(team: Team, parted: tuple[str, str]) -> None:
    study, report = parted
    with pytest.raises(NotAllowed, match="may resolve only by agreement"):
        team.r1.extraction.resolve(study, **ROW, value="8", reason="")
    settled(team, study, "8")
    assert stands(team, study) == ("8", False, "") and cell(team, study).state == "consensus"
    assert team.lead.extraction.conflicts().empty and team.nobody.extraction.remarks().query("item == 'events'").empty
    team.r1.studies.link(report, study, reason="it is, after all")
    team.r1.studies.unlink(report, study, reason="it is not")
    assert stands(team, study) == ("8", False, ""), "the consensus was given for the reports that are left"


def test_a_consensus_that_rests_on_a_report_that_is_linked_no_more_waits_too(team: Team) -> None:
    search = team.search()
    reports = [team.article(search, title) for title in ("A trial in spring", "Another thing altogether")]
    study, _ = (team.include(report) for report in reports)
    team.r1.studies.link(reports[1], study, reason="the same trial")
    given(team, study, "8", "11")
    first = settled(team, study, "11")
    team.r1.studies.unlink(reports[1], study, reason="another trial")
    assert stands(team, study)[1:] == (True, STRAYED)
    again = settled(team, study, "8")
    assert team.ledger.event(again).replaces == first and stands(team, study) == ("8", False, "")


def test_two_who_settle_at_once_are_told_of_one_another(team: Team, study: str) -> None:
    given(team, study, "8", "11")
    pen = team.lead.extraction._seat.pen
    written = pen.write_all

    def just_before(*drafts: Any, **more: Any) -> Any:
        pen.write_all = written  # type: ignore[method-assign]
        settled(team, study, "11", "r1")
        return written(*drafts, **more)

    pen.write_all = just_before  # type: ignore[method-assign]
    with pytest.raises(NotAllowed, match="settled by somebody else just now"):
        settled(team, study, "8")
    assert (cell(team, study).value, cell(team, study).state) == ("11", "consensus")
    settled(team, study, "8")
    assert cell(team, study).value == "8", "having looked, a lead may replace it"


def test_consensus_values_that_were_given_apart_are_named_and_settled_by_one(team: Team, study: str) -> None:
    given(team, study, "8", "11")
    drafts = []
    for value, rv in (("8", team.r1), ("11", team.r2)):
        body = {"cell": dict.fromkeys(("arm", "outcome", "timepoint", "analysis_set")) | ROW, "value": value, "unit": None}
        own = rv.extraction.own(next(s for s in rv.studies.views() if study in s.subjects))
        settles = [side.event for side in own.values()]
        drafts.append((rv, {**body, "reason": "apart", "settles": settles}))
    for rv, body in drafts:  # as two files that are merged hold them
        rv.extraction._seat.pen.write("extraction.resolved", study, body)
    assert stands(team, study)[1:] == (True, APART)
    assert team.lead.extraction.conflicts()["between"].tolist() == [APART]
    settled(team, study, "11")
    assert stands(team, study) == ("11", False, "") and team.lead.extraction.conflicts().empty


def test_studies_that_were_linked_are_settled_as_one_and_each_has_its_own_again_when_parted(team: Team) -> None:
    search = team.search()
    reports = [team.article(search, title) for title in ("A trial in spring", "Another thing altogether")]
    studies = [team.include(report) for report in reports]
    for study, value in zip(studies, ("8", "11"), strict=True):
        given(team, study, "8", "11")
        settled(team, study, value)
    link = team.r1.studies.link(reports[1], studies[0], reason="the same trial")
    assert stands(team, studies[0])[1:] == (True, LINKED)
    settled(team, studies[0], "11")
    assert stands(team, studies[0]) == ("11", False, "")
    team.r1.studies.undo(link)
    assert [(cell(team, study).value, cell(team, study).state) for study in studies] == [("8", "consensus"), ("11", "consensus")]


def test_a_conflict_whose_sides_were_taken_back_is_listed_with_what_is_left(team: Team, study: str) -> None:
    events = given(team, study, "8", "11")
    for rv, event, left in zip(team.both, events, (["11", ""], ["", ""]), strict=True):
        rv.extraction.undo(event)
        [row] = team.lead.extraction.conflicts().to_dict("records")
        assert [row["value_first"], row["value_second"]] == left and row["between"] == "an answer was changed after both were given"
        assert all("1 conflict of extraction waits for a resolution" in one.status().lines for one in (*team.both, team.nobody))
    [view] = team.lead.studies.views()
    assert team.lead.extraction.sides(view) == {}, "nothing is there to compare"
    settled(team, study, "8", quotation=WORDS["8"][0], location=WORDS["8"][1])
    assert team.lead.extraction.conflicts().empty and cell(team, study).value == "8"


def test_a_third_value_is_no_count_where_its_words_print_a_percentage(team: Team, study: str) -> None:
    given(team, study, "8", "11")
    with pytest.raises(InputRefused, match="stands in the quotation as a percentage"):
        settled(team, study, "45", quotation="45% of them had pain", location="p. 9")
    assert cell(team, study).conflict
    settled(team, study, "45", unit="%", quotation="45% of them had pain", location="p. 9")
    assert (cell(team, study).value, cell(team, study).unit) == ("45", "%")


def test_nobody_is_alone_while_the_other_has_not_begun(team: Team, study: str) -> None:
    team.r1.extraction.record(study, **ROW, value="8", quotation=WORDS["8"][0], location="p. 3")
    assert team.lead.extraction.remarks().query("item == 'row'").empty
    team.r2.extraction.record(study, item="masking", value="double", quotation="double blind", location="p. 1")
    assert len(team.lead.extraction.remarks().query("item == 'row'")) == 1


def test_a_lead_is_told_of_rows_that_one_extractor_alone_has(team: Team, study: str) -> None:
    names = (("Drug A 15 mg", "12 weeks", "ITT"), ("drug a", "Week 12", None))
    for rv, (arm, time, who) in zip(team.both, names, strict=True):
        row = {"arm": arm, "outcome": "Pain", "timepoint": time, "analysis_set": who}
        rv.extraction.record(study, item="events", **row, value="8", quotation=WORDS["8"][0], location="p. 3")
        rv.extraction.record(study, item="arm_role", arm="Placebo", value="control", quotation="placebo", location="p. 1")
    team.r1.extraction.record(study, item="mean", arm="Drug A 15 mg", outcome="Sleep", value="3", quotation="3", location="p. 4")
    told = team.lead.extraction.remarks().query("item == 'row'").sort_values(["outcome", "arm"])
    assert told[["arm", "outcome"]].to_numpy().tolist() == [["Drug A 15 mg", "Pain"], ["drug a", "Pain"], ["Drug A 15 mg", "Sleep"]]
    said = told["remark"].tolist()
    assert "another has 'drug a · Pain · Week 12'" in said[0] and "another has 'Drug A 15 mg · Pain · 12 weeks · ITT'" in said[1]
    assert "another has" not in said[2], "another outcome is not like it"
    for rv in (*team.both, team.nobody):
        assert rv.extraction.remarks().query("item == 'row'").empty, "it would tell of what the other wrote"


def test_what_a_report_says_otherwise_is_not_told_once_it_is_linked_no_more(team: Team) -> None:
    search = team.search()
    first, second = (team.article(search, title) for title in ("A trial in spring", "Another thing altogether"))
    study = team.include(first)
    team.r1.studies.link(second, study, reason="the same trial")
    team.include(second)

    def titles() -> tuple[str, list[str], bool]:
        [view] = [one for one in team.nobody.studies.views() if study in one.subjects]
        [title] = [one for one in team.nobody.extraction.cells(view) if one.item == "title"]
        return title.value, list(title.elsewhere.values()), title.conflict

    assert titles() == ("A trial in spring", ["Another thing altogether"], False)
    team.r1.studies.unlink(second, study, reason="another trial")
    assert titles() == ("A trial in spring", [], False)


def test_where_one_person_is_due_a_value_of_a_parted_report_waits_alone_and_is_settled(tmp_path: Path) -> None:
    alone = PLAN.replace('id = "r2"\nroles = ["screener", "extractor", "assessor"]', 'id = "r2"\nroles = ["screener"]')
    team = make_team(tmp_path, plan=alone)
    search = team.search()
    first, second = (team.article(search, title) for title in ("A trial in spring", "Another thing altogether"))
    study = team.include(first)
    link = team.r1.studies.link(second, study, reason="the same trial")
    team.r1.extraction.record(study, **ROW, value="8", quotation=WORDS["8"][0], location="p. 3")
    team.r1.studies.undo(link)
    [row] = team.lead.extraction.conflicts().to_dict("records")
    assert (row["value_first"], row["value_second"], row["event_second"], row["between"]) == ("8", "", "", STRAYED)
    settled(team, study, "8")
    assert team.lead.extraction.conflicts().empty and stands(team, study) == ("8", False, "")
    team.ledger.close()
