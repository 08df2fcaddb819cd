"""Removal before screening: what it takes out, what it refuses, how it is counted and taken back; and tools as screeners."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import InputRefused, NotAllowed, NotFound
from review.model.decision import ScreeningDecided
from review.model.event import Draft
from tests.rooms.team import PLAN, Team, broken, make_team

AUTOMATIC = {"by": "automation", "tool": "date filter 2.1", "reason": "published before 2000"}


def record_of(report: str) -> str:
    return "rec:" + report.removeprefix("rep:")


def lines(team: Team, field: str) -> dict[str, int]:
    return {name: len(ids) for name, ids in team.nobody.flow().boxes[field].by.items()}


def by_tool(team: Team, report: str, decision: str, *, tool: str = "tool:classifier@1") -> None:
    """What a tool that screens writes."""
    body = ScreeningDecided(
        stage="title_abstract",
        decision=decision,  # type: ignore[arg-type]
        judgements={},
        reason=None,
        also_failed=(),
        override=False,
        note=f"said by {tool}",
        criteria_version=1,
        round=None,
    )
    team.ledger.append([Draft(ScreeningDecided.kind, report, body, tool)])


def test_what_is_removed_is_counted_by_reason_and_goes_no_further(team: Team) -> None:
    search = team.search()
    old, older, letter, kept = (team.article(search, f"Trial {n}") for n in range(4))
    team.r1.screening.remove([record_of(old), older], **AUTOMATIC)
    team.lead.screening.remove(record_of(letter), by="other", reason=" a letter without data ", note="agreed at the meeting")
    assert lines(team, "excluded_automatic") == {"date filter 2.1: published before 2000": 2}
    assert lines(team, "excluded_other") == {"a letter without data": 1}
    assert team.nobody.flow().ids("records_screened") == {record_of(kept)}
    assert team.r1.screening.queue("title_abstract") == [kept] and broken(team) == []
    with pytest.raises(NotAllowed, match="removed before screening"):
        team.r1.screening.decide(old, stage="title_abstract", decision="include")
    with pytest.raises(NotAllowed, match="not sought"):
        team.r1.screening.retrieve(old, "retrieved")


def test_undo_brings_all_of_it_back(team: Team) -> None:
    search = team.search()
    reports = [team.article(search, f"Trial {n}") for n in range(3)]
    event = team.r1.screening.remove(reports[:2], **AUTOMATIC)
    assert [e.id for e in team.nobody.screening.removals()] == [event] and team.r2.screening.queue("title_abstract") == reports[2:]
    with pytest.raises(NotAllowed, match="another reviewer"):
        team.r2.screening.undo(event)
    back = team.lead.screening.undo(event)
    assert team.r2.screening.queue("title_abstract") == reports and team.nobody.flow().boxes["excluded_automatic"].n == 0
    team.lead.screening.undo(back)
    assert team.r2.screening.queue("title_abstract") == reports[2:], "the withdrawal was withdrawn"


def test_what_somebody_has_decided_on_is_not_removed(team: Team) -> None:
    search = team.search()
    seen, unseen = team.article(search, "Trial 1"), team.article(search, "Trial 2")
    decision = team.r1.screening.decide(seen, stage="title_abstract", decision="exclude", reason="P1")
    with pytest.raises(NotAllowed, match="somebody has decided on it") as refused:
        team.r1.screening.remove([seen, unseen], by="other", reason="a letter")
    assert "undone first" in str(refused.value) and team.r1.screening.removals() == [], "all or none"
    team.r1.screening.undo(decision)
    team.r1.screening.remove([seen, unseen], by="other", reason="a letter")
    assert team.nobody.flow().boxes["excluded_other"].n == 2


def test_what_is_counted_elsewhere_is_not_removed(team: Team) -> None:
    first = team.article(team.search(), "Trial 1", "10.1000/abc1")
    second = team.article(team.search("WHO ICTRP", "register"), "Trial 1", "10.1000/abc1")
    site = team.article(team.search("A website", "other", "website"), "Trial 2")
    with pytest.raises(NotAllowed, match="duplicate of"):
        team.r1.screening.remove([record_of(second)], **AUTOMATIC)
    with pytest.raises(NotAllowed, match="other methods"):
        team.r1.screening.remove([record_of(site)], **AUTOMATIC)
    team.r1.screening.remove([second], **AUTOMATIC)  # as a report: the record that stands for it
    assert team.nobody.flow().ids("excluded_automatic") == {record_of(first)}
    with pytest.raises(NotAllowed, match="removed already"):
        team.r1.screening.remove([first], **AUTOMATIC)
    assert broken(team) == []


def test_what_a_stop_left_stays_with_the_stop(team: Team) -> None:
    report = team.article(team.search(), "Trial 1")
    team.lead.screening.stop(rule="by hand", target_recall="0.95", note="enough")
    with pytest.raises(NotAllowed, match="decision to stop"):
        team.r1.screening.remove([report], **AUTOMATIC)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"by": "automatic", "reason": "x"}, "did you mean 'automation'"),
        ({"by": "automation", "reason": "x"}, "names its tool"),
        ({"by": "automation", "tool": " ", "reason": "x"}, "names its tool"),
        ({"by": "other", "tool": "a filter", "reason": "x"}, "belongs to removal by automation"),
        ({"by": "other", "reason": " \n"}, "needs its reason"),
    ],
)
def test_a_removal_says_how_and_why(team: Team, given: dict[str, str], says: str) -> None:
    report = team.article(team.search(), "Trial 1")
    with pytest.raises(InputRefused, match=says):
        team.r1.screening.remove([report], **given)
    with pytest.raises(InputRefused, match="nothing to remove"):
        team.r1.screening.remove([], **AUTOMATIC)
    with pytest.raises(NotFound, match="did you mean"):
        team.r1.screening.remove([record_of(report)[:-1] + "x"], **AUTOMATIC)


def test_who_may_remove_and_when(tmp_path: Path) -> None:
    plan = PLAN + '\n[[reviewers]]\nid = "reader"\nroles = ["extractor"]\n'
    team = make_team(tmp_path, plan=plan, frozen=False)
    report = team.article(team.search(), "Trial 1")
    with pytest.raises(NotAllowed, match="frozen"):
        team.r1.screening.remove([report], **AUTOMATIC)
    team.lead.protocol.freeze()
    reader = type(team.r1).open(tmp_path, reviewer="reader", ledger=team.ledger)
    with pytest.raises(NotAllowed, match="ask a screener or the lead"):
        reader.screening.remove([report], **AUTOMATIC)
    with pytest.raises(NotAllowed, match="only to look"):
        team.nobody.screening.remove([report], **AUTOMATIC)
    team.ledger.close()


def test_many_refusals_are_one_message(team: Team) -> None:
    search = team.search("A website", "other", "website")
    reports = [team.article(search, f"Trial {n}") for n in range(7)]
    with pytest.raises(NotAllowed, match="and 2 more"):
        team.r1.screening.remove(reports, by="other", reason="a letter")


def test_a_decision_on_a_duplicate_outweighs_the_removal(team: Team) -> None:
    first, second = team.article(team.search(), "Trial 1"), team.article(team.search("WHO ICTRP", "register"), "Trial one")
    team.r1.screening.remove([first], **AUTOMATIC)
    team.decide(second, "include", "include")
    merge = team.lead.studies.merge([first, second], reason="the same document")
    flow = team.nobody.flow()
    assert flow.boxes["excluded_automatic"].n == 0 and flow.ids("records_passed") == {record_of(first)}, "somebody has screened it"
    assert flow.ids("duplicates") == {record_of(second)} and broken(team) == []
    team.lead.studies.undo(merge)
    assert team.nobody.flow().ids("excluded_automatic") == {record_of(first)}


def test_a_removed_report_takes_its_unseen_duplicates_along(team: Team) -> None:
    first = team.article(team.search(), "Trial 1", "10.1000/abc1")
    team.r1.screening.remove([first], **AUTOMATIC)
    team.article(team.search("WHO ICTRP", "register"), "Trial 1", "10.1000/abc1")
    assert team.r1.screening.queue("title_abstract") == [] and broken(team) == []
    assert team.nobody.flow().boxes["duplicates"].n == 1 and team.nobody.flow().boxes["excluded_automatic"].n == 1


def test_what_became_of_it_is_said_everywhere(team: Team) -> None:
    report = team.article(team.search(), "Trial 1")
    event = team.r1.screening.remove([report], note="run by r1", **AUTOMATIC)
    [row] = team.nobody.tables.standings().rows
    assert "removed before screening" in row[2].text
    traces = team.nobody.figures.flow().traces
    [entry] = [e for t in traces.values() for e in t.entries if e.event == event]
    assert "date filter 2.1" in str(entry) and "published before 2000" in str(entry) and "run by r1" in str(entry)


def test_pilot_decisions_do_not_hinder_it(tmp_path: Path) -> None:
    team = make_team(tmp_path, frozen=False)
    report = team.article(team.search(), "Trial 1")
    team.lead.screening.pilot([report], round="1")
    team.r1.screening.decide(report, stage="title_abstract", decision="include", round="1")
    team.lead.protocol.freeze()
    team.r1.screening.remove([report], **AUTOMATIC)
    assert team.nobody.flow().boxes["excluded_automatic"].n == 1
    team.ledger.close()


# tools as screeners


def test_exclusions_by_a_tool_stand_apart_from_those_by_people(tmp_path: Path) -> None:
    plan = PLAN + "\n[settings]\nreviewers_per_stage = { title_abstract = 1, full_text = 2 }\n"
    team = make_team(tmp_path, plan=plan)
    search = team.search()
    machine, person, both = (team.article(search, f"Trial {n}") for n in range(3))
    by_tool(team, machine, "exclude")
    team.r1.screening.decide(person, stage="title_abstract", decision="exclude", reason="P1")
    by_tool(team, both, "exclude")
    team.r1.screening.decide(both, stage="title_abstract", decision="exclude", reason="P1")
    flow = team.nobody.flow()
    assert flow.ids("records_excluded_automatic") == {record_of(machine)}
    assert flow.ids("records_excluded_human") == {record_of(person), record_of(both)}, "a person said so as well"
    assert lines(team, "records_excluded_automatic") == {"classifier 1": 1} and broken(team) == []
    team.ledger.close()


def test_one_answer_of_a_tool_is_half_of_what_is_needed(team: Team) -> None:
    report = team.article(team.search(), "Trial 1")
    by_tool(team, report, "exclude")
    assert team.nobody.flow().ids("records_waiting") == {record_of(report)}
    by_tool(team, report, "exclude", tool="tool:second@1")
    assert team.nobody.flow().ids("records_excluded_automatic") == {record_of(report)}
    assert lines(team, "records_excluded_automatic") == {"classifier 1, second 1": 1}


def test_a_stop_leaves_what_only_a_tool_has_read(team: Team) -> None:
    search = team.search()
    ranked, seen = team.article(search, "Trial 1"), team.article(search, "Trial 2")
    by_tool(team, ranked, "exclude")
    team.r1.screening.decide(seen, stage="title_abstract", decision="include")
    team.lead.screening.stop(rule="by hand", target_recall="0.95", note="enough")
    flow = team.nobody.flow()
    assert flow.ids("records_excluded_automatic") == {record_of(ranked)} and flow.ids("records_waiting") == {record_of(seen)}
    assert lines(team, "records_excluded_automatic") == {"not screened after stopping": 1}
    assert team.r1.screening.queue("title_abstract") == [], "nobody is asked about what was left"
    assert "Records seen by a person: 1; left by automation and not screened: 1." in flow.notes[0]
