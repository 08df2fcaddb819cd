"""Cells: recorded, pre-filled, confirmed, in conflict, settled; states as METHOD names them; two extractors blind to each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import InputRefused, NotAllowed, NotFound
from review.extraction.state import two_of
from tests.rooms.team import PLAN, Team, make_team

PAGE = Path(__file__).parents[1] / "example" / "pages" / "ictrp_NCT05605665.txt"


def state_of(team: Team, item: str, who: str = "lead") -> str:
    frame = getattr(team, who).extraction.frame()
    return str(frame[frame["item"] == item]["state"].iloc[0])


def event_of(team: Team, item: str) -> str:
    frame = team.lead.extraction.frame()
    return str(frame[frame["item"] == item]["event"].iloc[0])


@pytest.fixture
def registered(team: Team) -> Team:
    """A registration taken through to full text, so that its cells are pre-filled."""
    team.r1.import_files([PAGE], search=team.search("WHO ICTRP", "register"))
    report = team.lead.studies.report_views()[0].id
    team.decide(report, "include", "include")
    team.r1.screening.decide(report, stage="full_text", decision="include")
    return team


def test_cells_are_pre_filled_with_their_lines_and_nothing_twice(registered: Team) -> None:
    frame = registered.nobody.extraction.frame()
    assert set(frame["state"]) == {"pre-filled"}
    people = frame[frame["item"] == "participants"].iloc[0]
    assert (people["value"], people["unit"], people["analysis_set"]) == ("30", "participants", "type not stated")
    assert "Target sample size: 30" in people["quotation"] and "line" in people["location"]
    size = len(frame)
    registered.r2.screening.decide(registered.lead.studies.report_views()[0].id, stage="full_text", decision="include")
    assert len(registered.nobody.extraction.frame()) == size


def test_the_states_of_a_cell(registered: Team) -> None:
    event = event_of(registered, "participants")
    registered.r1.extraction.confirm(event)
    assert state_of(registered, "participants") == "checked by one"
    assert state_of(registered, "participants", "r2") == "pre-filled", "the second extractor does not see the confirmation"
    registered.r2.extraction.confirm(event)
    assert state_of(registered, "participants", "nobody") == "checked by two", "both saw the pre-filled value"
    study = registered.lead.studies.views()[0].id
    for rv in registered.both:
        rv.extraction.record(study, item="visits", value="4", quotation="Target sample size", location="page")
    assert state_of(registered, "visits", "nobody") == "extracted independently by two"


def test_two_values_are_a_conflict_until_it_is_settled(registered: Team) -> None:
    event = event_of(registered, "participants")
    study = registered.lead.studies.views()[0].id
    registered.r1.extraction.confirm(event)
    registered.r2.extraction.correct(event, value=32, quotation="Target sample size: 30")
    frame = registered.nobody.extraction.conflicts()
    assert set(frame.iloc[0][["value_first", "value_second"]]) == {"30", "32"}
    registered.lead.extraction.resolve(
        study, item="participants", analysis_set="type not stated", value="30", unit="participants", reason="as printed"
    )
    assert state_of(registered, "participants") == "consensus"
    assert registered.nobody.extraction.conflicts().empty


def test_a_quotation_is_found_in_the_page_and_keeps_its_lines(registered: Team) -> None:
    study = registered.lead.studies.views()[0]
    registered.r1.extraction.record(
        study.id, item="washout", value="3 months", quotation="another biological drug during the past 3 months", location="criteria"
    )
    cell = next(c for c in registered.r1.extraction.cells(study) if c.item == "washout")
    text = PAGE.read_text(encoding="utf-8").splitlines()
    assert cell.lines and "past 3 months" in text[cell.lines[0] - 1]


def test_not_reported_is_a_value_and_empty_is_refused(registered: Team) -> None:
    study = registered.lead.studies.views()[0].id
    registered.r1.extraction.record(study, item="dropouts", value="not reported", quotation="", location="the whole page")
    with pytest.raises(InputRefused, match="empty value is not 'not reported'"):
        registered.r1.extraction.record(study, item="dropouts", value=" ", quotation="x", location="y")
    with pytest.raises(InputRefused, match="needs the words that it was read from"):
        registered.r1.extraction.record(study, item="dropouts", value="3", quotation="", location="y")


def test_one_extractor_is_enough_where_the_protocol_names_one(tmp_path: Path) -> None:
    plan = PLAN.replace('id = "r2"\nroles = ["screener", "extractor", "assessor"]', 'id = "r2"\nroles = ["screener"]')
    team = make_team(tmp_path, plan=plan)
    study = team.include(team.article(team.search(), "A trial"), "included")
    team.r1.extraction.record(study, item="participants", value="12", quotation="12 people", location="page 2")
    assert state_of(team, "participants", "nobody") == "recorded by one"
    with pytest.raises(NotAllowed, match="no role extractor"):
        team.r2.extraction.record(study, item="participants", value="13", quotation="13 people", location="page 2")


def test_a_consensus_that_comes_too_early_does_not_tell_whether_the_other_has_answered(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"))
    team.r1.extraction.record(study, item="answered", value="45", quotation="q", location="p. 1")
    said = []
    for item in ("answered", "open"):
        with pytest.raises(NotFound, match="has no such cell") as refused:
            team.r2.extraction.resolve(study, item=item, value="45", reason="x")
        said.append(str(refused.value).replace(item, ""))
    assert said[0] == said[1]


def test_the_contact_log(registered: Team) -> None:
    study = registered.lead.studies.views()[0]
    registered.lead.extraction.contact(study.id, whom="the sponsor", when="2026-01-10", asked="Ages of participants?")
    assert [e.body["answer"] for e in registered.nobody.extraction.contacts(study)] == [None]


def test_undo(registered: Team) -> None:
    event = registered.r1.extraction.confirm(event_of(registered, "sex"))
    assert state_of(registered, "sex") == "checked by one"
    registered.r1.extraction.undo(event)
    assert state_of(registered, "sex") == "pre-filled"


def test_a_name_typed_with_combining_accents_is_the_name_of_the_same_cell(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial", "10.1000/abc"))
    for rv, value in ((team.r1, "45"), (team.r2, "46")):
        rv.extraction.record(study, item="age at entry", arm="Placebo re\u0301el", value=value, quotation="q", location="p. 1")
    team.r1.extraction.record(study, item="age at entry", arm="Placebo r\u00e9el", value="44", quotation="q", location="p. 1")
    [found] = team.lead.extraction.conflicts().to_dict("records")
    assert {found["value_first"], found["value_second"]} == {"44", "46"}
    team.lead.extraction.resolve(study, item="age at entry", arm="Placebo re\u0301el", value="45", reason="read again")
    cells = team.lead.extraction.frame()
    assert len(team.lead.extraction.conflicts()) == 0 and list(cells[cells["item"] == "age at entry"]["value"]) == ["45"]


def test_what_is_typed_and_not_recorded_is_its_authors_alone_and_no_answer(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"))
    [view] = [s for s in team.r1.studies.views() if s.id == study]
    key = ("masking", None, None, None, None)
    first = team.r1.extraction.keep_draft(study, item="masking", value="dou", token="typed-one")
    assert team.r1.extraction.keep_draft(study, item="masking", value="dou", token="typed-one") == first
    team.r1.extraction.keep_draft(study, item="masking", value="double", quotation="half a", token="typed-two")
    assert team.r1.extraction.drafts(view)[key].body["value"] == "double"
    for other in (team.r2, team.lead, team.nobody):
        draft = team.ledger.event(first)
        assert other.extraction.drafts(view) == {} and not other.extraction.visible_event(draft) and other.extraction.open_of_others()
        assert "masking" not in set(other.extraction.frame()["item"])
    assert "masking" not in set(team.r1.extraction.frame()["item"]), "a draft is no answer"
    with pytest.raises(NotAllowed, match="no role extractor"):
        team.lead.extraction.keep_draft(study, item="masking", value="x")
    said = {"quotation": "double blind", "location": "p. 1"}
    event = team.r1.extraction.record(study, item="masking", value="double", **said)
    assert team.r1.extraction.drafts(view) == {}
    with pytest.raises(InputRefused, match="answered since this was typed"):
        team.r1.extraction.keep_draft(study, item="masking", value="late", token="typed-three")
    team.r1.extraction.keep_draft(study, item="masking", value="trip", before=event)
    assert team.r1.extraction.drafts(view)[key].body["value"] == "trip"
    team.r1.extraction.keep_draft(study, item="masking", before=event)
    assert team.r1.extraction.drafts(view) == {}
    team.r2.extraction.record(study, item="masking", value="double", **said)
    assert all(rv.extraction.visible_event(team.ledger.event(first)) for rv in (team.r2, team.lead)), "both have answered: it is history"
    assert not team.r2.extraction.open_of_others()


def mean_of(team: Team, study: str, both: tuple[str, str], **more: str) -> list[str]:
    """Both extractors give one number; their events."""
    said = {"quotation": "as in the table", "location": "p. 3", **more}
    where = {"arm": "Drug", "outcome": "Pain"}
    return [rv.extraction.record(study, item="events", value=v, **where, **said) for rv, v in zip(team.both, both, strict=True)]


def events_cell(team: Team) -> tuple[str, str, bool, str]:
    [cell] = [c for s in team.nobody.studies.views() for c in team.nobody.extraction.cells(s) if c.item == "events"]
    return cell.value, cell.state, cell.conflict, cell.between


def test_a_late_slip_is_settled_and_says_so_and_its_undo_gives_back_what_was(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"))
    first = mean_of(team, study, ("8", "8"))
    before = events_cell(team)
    assert before == ("8", "extracted independently by two", False, "")
    late = [rv.extraction.correct(event, value="20") for rv, event in zip(team.both, first, strict=True)]
    assert events_cell(team)[2:] == (True, "an answer was changed after both were given"), "a late change clears no conflict"
    [row] = team.lead.extraction.reconcile().query("item == 'events'").to_dict("records")
    assert (row["agree"], row["state"]) == (True, "an answer was changed after both were given")
    for rv, event in zip(team.both, late, strict=True):
        rv.extraction.undo(event)
    assert events_cell(team) == before and team.lead.extraction.conflicts().empty


def test_a_conflict_of_first_answers_is_not_cleared_by_taking_a_late_one_back(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"))
    first = mean_of(team, study, ("8", "11"))
    late = team.r2.extraction.correct(first[1], value="8")
    assert events_cell(team)[2]
    team.r2.extraction.undo(late)
    assert events_cell(team)[2:] == (True, "two extractors differ")


def test_two_linked_studies_with_values_of_their_own_show_both(team: Team) -> None:
    search = team.search()
    reports = [team.article(search, title) for title in ("A trial in spring", "Another thing altogether")]
    studies = [team.include(report) for report in reports]
    for study, value in zip(studies, ("8", "11"), strict=True):
        mean_of(team, study, (value, value))
    team.r1.studies.link(reports[1], studies[0], reason="the same trial")
    [row] = team.lead.extraction.conflicts().to_dict("records")
    assert {row["value_first"], row["value_second"]} == {"8", "11"} and row["between"] == "studies that were linked differ"
    [both] = team.lead.extraction.reconcile().query("item == 'events'").to_dict("records")
    assert {both["value_first"], both["value_second"]} == {"8", "11"} and not both["agree"]


def test_names_in_other_capitals_are_the_same_cell_and_nobody_is_shown_anothers_spelling(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"))
    said = {"item": "events", "outcome": "Pain", "quotation": "in the table", "location": "p. 3"}
    first = team.r1.extraction.record(study, arm="DRUG a", timepoint="12 Weeks", value="3", **said)
    [view] = [s for s in team.r2.studies.views() if s.id == study]
    assert [c for c in team.r2.extraction.cells(view) if c.item == "events"] == []
    team.r2.extraction.keep_draft(study, item="events", arm="Drug  A", outcome="pain", timepoint="12 weeks", value="4")
    assert list(team.r2.extraction.drafts(view)) == [("events", "Drug  A", "pain", "12 weeks", None)]
    team.r2.extraction.record(study, arm="Drug  A", timepoint="12 weeks", value="3", **said)
    assert team.r2.extraction.drafts(view) == {}
    for rv in (team.r1, team.r2, team.nobody):
        [cell] = [c for c in rv.extraction.cells(view) if c.item == "events"]
        assert (cell.arm, cell.timepoint, cell.state) == ("DRUG a", "12 Weeks", "extracted independently by two")
    again = team.r1.extraction.record(study, arm="drug a", timepoint="12 weeks", value="5", **said)
    assert team.ledger.event(again).replaces == first and list(team.lead.extraction.conflicts()["arm"]) == ["DRUG a"]
    [own] = team.r2.extraction.own(view)
    assert own == ("events", "DRUG a", "Pain", "12 Weeks", None)
    rows = [row for row in team.r2.extraction.sheet(kind=".csv").decode("utf-8-sig").splitlines() if "Pain" in row]
    assert any("Drug  A" in row or "Drug A" in row for row in rows) and not any("DRUG a" in row for row in rows), (
        "a sheet has one's own words"
    )
    team.lead.extraction.resolve(study, item="events", arm="Drug A", outcome="PAIN", timepoint="12 weeks", value="3", reason="looked again")
    [cell] = [c for c in team.nobody.extraction.cells(view) if c.item == "events"]
    assert (cell.state, cell.value) == ("consensus", "3")


def test_before_both_have_answered_a_cell_stands_in_ones_own_spelling(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"))
    said = {"item": "events", "outcome": "Pain", "value": "3", "quotation": "in the table", "location": "p. 3"}
    event = team.r1.extraction.record(study, arm="SECRET SPELLING", **said)
    team.r1.extraction.undo(event)
    team.r2.extraction.record(study, arm="secret spelling", **said)
    [view] = [s for s in team.r2.studies.views() if s.id == study]
    assert [c.arm for c in team.r2.extraction.cells(view) if c.item == "events"] == ["secret spelling"]
    assert [key[1] for key in team.r2.extraction.own(view)] == ["secret spelling"]


def test_of_several_answers_two_that_differ_are_shown(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial"))
    said = {"outcome": "Pain", "quotation": "in the table", "location": "p. 3"}
    events = [
        team.ledger.event(rv.extraction.record(study, item="events", arm=arm, value=value, **said))
        for rv, arm, value in ((team.r1, "A", "10"), (team.r2, "B", "10"), (team.r1, "C", "12"))
    ]
    for order in ((0, 1, 2), (1, 0, 2), (2, 1, 0), (0, 2, 1)):
        assert {e.body["value"] for e in two_of([events[at] for at in order])} == {"10", "12"}
    assert [e.actor for e in two_of(events[:2])] == ["r1", "r2"] and two_of(events[:1]) == events[:1]


def test_what_was_read_from_an_article_does_not_stay_with_the_registration_when_they_are_parted(registered: Team) -> None:
    team = registered
    [trial] = team.lead.studies.views()
    article = team.article(team.search(), "The results of that trial")
    link = team.r1.studies.link(article, trial.id, reason="same trial")
    mean_of(team, trial.id, ("8", "8"))
    assert events_cell(team) == ("8", "extracted independently by two", False, "")
    unlinked = team.r1.studies.unlink(article, trial.id, reason="another trial")
    value, _, conflict, between = events_cell(team)
    assert (value, conflict) == ("8", True) and between == "a report belongs to the study no more"
    registration = [c for c in team.nobody.extraction.cells(team.lead.studies.views()[0]) if c.item != "events"]
    assert registration and not any(c.conflict for c in registration), "what the registration says stays"
    team.r1.studies.undo(unlinked)
    assert events_cell(team) == ("8", "extracted independently by two", False, "") and link
    team.r1.studies.unlink(article, trial.id, reason="another trial")
    mean_of(team, trial.id, ("9", "9"))
    assert events_cell(team)[0] == "9"
