"""Screening by the rules of METHOD, through the public names."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import InputRefused, NotAllowed, NotFound, TokenReused
from tests.rooms.team import PLAN, Team, make_team


def outcome(team: Team, report: str, stage: str = "title_abstract") -> str:
    view = next(r for r in team.lead.studies.report_views() if report in r.members)
    stand = team.lead.screening.standing(view, stage)
    return "conflict" if stand.conflict else stand.outcome or "waits"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("include", "include", "include"),
        ("include", "unsure", "include"),
        ("unsure", "unsure", "include"),
        ("exclude", "exclude", "exclude"),
        ("include", "exclude", "conflict"),
        ("unsure", "exclude", "conflict"),
    ],
)
def test_title_and_abstract(team: Team, first: str, second: str, expected: str) -> None:
    report = team.article(team.search(), "A trial")
    team.decide(report, first, second)
    assert outcome(team, report) == expected


@pytest.mark.parametrize(
    ("first", "second", "reasons", "expected"),
    [
        ("include", "include", (None, None), "include"),
        ("exclude", "exclude", ("P1", "P1"), "exclude"),
        ("exclude", "exclude", ("P1", "S1"), "conflict"),
        ("include", "exclude", (None, "I1"), "conflict"),
        ("unsure", "include", (None, None), "conflict"),
        ("unsure", "unsure", (None, None), "conflict"),
    ],
)
def test_full_text(team: Team, first: str, second: str, reasons: tuple[str | None, str | None], expected: str) -> None:
    report = team.article(team.search(), "A trial")
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved")
    team.decide(report, first, second, stage="full_text", reasons=reasons)
    assert outcome(team, report, "full_text") == expected


def test_one_decision_of_two_waits(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.r1.screening.decide(report, stage="title_abstract", decision="include")
    assert outcome(team, report) == "waits"
    assert team.r1.screening.queue("title_abstract") == []
    assert team.r2.screening.queue("title_abstract") == [report]


def test_a_change_after_unblinding_clears_no_conflict_and_leaves_agreement(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.decide(report, "include", "exclude")
    team.r2.screening.decide(report, stage="title_abstract", decision="include")
    assert outcome(team, report) == "conflict"
    found = team.lead.screening.agreement("title_abstract")
    assert found.n == 1 and found.table[0][2] == 1, "the independent answers were include and exclude"
    team.lead.screening.resolve(report, stage="title_abstract", decision="include")
    assert outcome(team, report) == "include"


def test_a_change_while_blind_is_the_independent_answer(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.r1.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1")
    team.r1.screening.decide(report, stage="title_abstract", decision="include")
    team.r2.screening.decide(report, stage="title_abstract", decision="include")
    assert outcome(team, report) == "include"
    assert team.lead.screening.agreement("title_abstract").table[0][0] == 1


def test_undo_gives_the_answer_before_it_back(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.r1.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1")
    second = team.r1.screening.decide(report, stage="title_abstract", decision="include")
    team.r1.screening.undo(second)
    live = team.r1.screening.frame().query("live")
    assert list(live["decision"]) == ["exclude"]


def test_the_later_conflict_of_agreed_answers_is_a_conflict(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.decide(report, "include", "include")
    team.r1.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1")
    assert outcome(team, report) == "conflict"
    team.r2.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1")
    assert outcome(team, report) == "conflict", "only a resolution clears it"


def test_judgements_lead_to_a_decision(team: Team) -> None:
    search = team.search()
    one, two, three = (team.article(search, f"Trial {n}") for n in "abc")
    frame = team.r1.screening.frame
    team.r1.screening.decide(one, stage="title_abstract", judgements={"P1": "met", "I1": "met"})
    team.r1.screening.decide(two, stage="title_abstract", judgements={"P1": "unclear", "I1": "met"})
    team.r1.screening.decide(three, stage="title_abstract", judgements={"P1": "met", "I1": "not_met"})
    assert list(frame()["decision"]) == ["include", "unsure", "exclude"]
    assert list(frame()["reason"])[-1] == "I1"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"judgements": {"P1": "met"}}, "no decision follows"),
        ({"judgements": {"P9": "met"}}, "no criterion 'P9'"),
        ({"judgements": {"P1": "yes"}}, "'yes' is no judgement"),
        ({"judgements": {"S1": "met"}}, "no criterion 'S1' at this stage"),
        ({"decision": "maybe"}, "'maybe' is no decision"),
        ({"decision": "include", "reason": "P1"}, "a reason belongs to an exclusion"),
        ({"decision": "exclude", "reason": "unpublished"}, "no reason to exclude"),
        ({"decision": "exclude", "reason": "No results yet"}, "no reason to exclude"),
        ({"decision": "include", "judgements": {"P1": "not_met"}}, "lead to 'exclude'"),
        ({"judgements": {"P1": "not_met", "I1": "not_met"}, "reason": "I1"}, "first criterion not met, 'P1'"),
    ],
)
def test_what_is_refused(team: Team, call: dict[str, object], words: str) -> None:
    report = team.article(team.search(), "A trial")
    with pytest.raises(InputRefused, match=words):
        team.r1.screening.decide(report, stage="title_abstract", **call)  # type: ignore[arg-type]
    assert team.r1.screening.frame().empty


def test_an_override_needs_a_note_and_is_marked(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.r1.screening.decide(
        report, stage="title_abstract", decision="include", judgements={"P1": "not_met"}, note="The abstract is about a subgroup."
    )
    assert list(team.r1.screening.frame()["decision"]) == ["include"]


def test_a_full_text_exclusion_needs_its_reason(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved")
    with pytest.raises(InputRefused, match="needs its reason"):
        team.r1.screening.decide(report, stage="full_text", decision="exclude")


def test_no_full_text_decision_before_the_full_text(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    with pytest.raises(NotAllowed, match="has not passed title and abstract"):
        team.r1.screening.decide(report, stage="full_text", decision="include")
    team.decide(report, "include", "include")
    with pytest.raises(NotAllowed, match="has not been retrieved yet"):
        team.r1.screening.decide(report, stage="full_text", decision="include")


def test_other_methods_go_straight_to_full_text(team: Team) -> None:
    report = team.article(team.search("Reference lists", "other", "citation"), "A trial")
    assert team.r1.screening.queue("title_abstract") == []
    with pytest.raises(NotAllowed, match="straight to full text"):
        team.r1.screening.decide(report, stage="title_abstract", decision="include")
    team.r1.screening.retrieve(report, "extract_only")
    assert team.r1.screening.queue("full_text") == [report]


def test_no_screening_before_the_protocol_is_frozen_except_in_a_pilot(tmp_path: Path) -> None:
    team = make_team(tmp_path, frozen=False)
    report, other = team.article(team.search(), "A trial"), team.article(team.search("MEDLINE"), "Another trial")
    with pytest.raises(NotAllowed, match="before the protocol is frozen"):
        team.r1.screening.decide(report, stage="title_abstract", decision="include")
    team.lead.screening.pilot([report], round="1")
    team.decide(report, "include", "exclude")
    with pytest.raises(NotAllowed, match="before the protocol is frozen"):
        team.r1.screening.decide(other, stage="title_abstract", decision="include")
    team.lead.protocol.freeze()
    assert team.lead.screening.agreement("title_abstract", round="1").n == 1
    assert team.lead.screening.agreement("title_abstract").n == 0
    assert team.r1.screening.queue("title_abstract") == [report, other], "pilot decisions count in no box"


def test_the_same_token_is_the_same_event(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    first = team.r1.screening.decide(report, stage="title_abstract", decision="include", token="key-1")
    assert team.r1.screening.decide(report, stage="title_abstract", decision="include", token="key-1") == first
    team.r1.screening.decide(report, stage="title_abstract", decision="unsure", token="key-2")
    assert team.r1.screening.decide(report, stage="title_abstract", decision="include", token="key-1") == first, (
        "a late retry changes nothing"
    )
    assert list(team.r1.screening.frame().query("live")["decision"]) == ["unsure"]
    with pytest.raises(TokenReused, match="key-1"):
        team.r1.screening.decide(report, stage="title_abstract", decision="unsure", token="key-1")
    other = team.article(team.search("MEDLINE"), "Another trial")
    with pytest.raises(TokenReused, match="key-1"):
        team.r1.screening.decide(other, stage="title_abstract", decision="include", token="key-1")
    assert other in team.r1.screening.queue("title_abstract")


def test_the_status_names_the_next_card(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    assert "review desk --as r1" in team.r1.status().next_step
    team.decide(report, "include", "exclude")
    assert "1 conflict of screening waits for a resolution" in team.lead.status().lines
    assert "42_resolve" in team.lead.status().next_step
    team.lead.screening.resolve(report, stage="title_abstract", decision="include")
    assert "43_full_text" in team.r1.status().next_step
    team.r1.screening.retrieve(report, "retrieved")
    assert "wait for r1 at full text" in str(team.r1.status())


def test_who_may_decide_and_resolve(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    with pytest.raises(NotAllowed, match="no role screener"):
        team.lead.screening.decide(report, stage="title_abstract", decision="include")
    with pytest.raises(NotAllowed, match="only to look"):
        team.nobody.screening.decide(report, stage="title_abstract", decision="include")
    team.r1.screening.decide(report, stage="title_abstract", decision="include")
    with pytest.raises(NotAllowed, match="not everybody due has answered"):
        team.lead.screening.resolve(report, stage="title_abstract", decision="include")
    team.r2.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1")
    with pytest.raises(NotAllowed, match="only by agreement"):
        team.r1.screening.resolve(report, stage="title_abstract", decision="include")
    team.r1.screening.resolve(report, stage="title_abstract", decision="include", note="r2 agrees after discussion")
    assert outcome(team, report) == "include"


def test_unknown_names_are_answered_with_near_ones(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    with pytest.raises(NotFound, match="did you mean"):
        team.r1.screening.decide(report[:-1] + "x", stage="title_abstract", decision="include")
    with pytest.raises(InputRefused, match="title_abstract, full_text"):
        team.r1.screening.queue("abstract")


def test_stopping_excludes_what_nobody_saw_by_automation(team: Team) -> None:
    search = team.search()
    seen, half, *unseen = [team.article(search, f"Trial {n}") for n in range(5)]
    team.decide(seen, "include", "include")
    team.r1.screening.decide(half, stage="title_abstract", decision="include")
    stop = team.lead.screening.stop(rule="hypergeometric", target_recall="0.95", p="0.03", note="the test is met")
    flow = team.nobody.flow()
    assert flow.boxes["records_excluded_automatic"].n == len(unseen)
    assert flow.boxes["records_waiting"].n == 1, "half-seen records still wait for the second reviewer"
    assert "Records seen by a person: 2;" in flow.notes[0]
    assert "gave p = 1.000: the target was not reached with 95 % confidence. The p as the person stated it: 0.03." in flow.notes[0]
    assert all(holds for _, holds, _ in flow.identities())
    team.lead.screening.undo(stop)
    assert team.nobody.flow().boxes["records_excluded_automatic"].n == 0


def test_there_is_no_resolution_without_a_conflict(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.decide(report, "include", "include")
    with pytest.raises(NotAllowed, match="no conflict to resolve"):
        team.lead.screening.resolve(report, stage="title_abstract", decision="exclude", reason="P1")


def test_a_resolution_can_be_replaced_by_the_lead(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.decide(report, "include", "exclude")
    team.lead.screening.resolve(report, stage="title_abstract", decision="include")
    team.lead.screening.resolve(report, stage="title_abstract", decision="exclude", reason="P1")
    assert outcome(team, report) == "exclude"


def test_one_reviewer_who_is_unsure_at_full_text_is_asked_again(tmp_path: Path) -> None:
    team = make_team(tmp_path, plan=PLAN + "\n[settings]\nreviewers_per_stage = { title_abstract = 1, full_text = 1 }\n")
    report = team.article(team.search(), "A trial")
    team.r1.screening.decide(report, stage="title_abstract", decision="include")
    team.r1.screening.retrieve(report, "retrieved")
    team.r1.screening.decide(report, stage="full_text", decision="unsure")
    assert outcome(team, report, "full_text") == "waits" and team.r1.screening.queue("full_text") == [report]
    team.r1.screening.decide(report, stage="full_text", decision="include")
    assert team.r1.screening.queue("full_text") == []


def test_a_change_after_unblinding_is_marked(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.decide(report, "include", "include")
    team.r2.screening.decide(report, stage="title_abstract", decision="unsure")
    text = str([t for t in team.nobody.tables.standings().traces.values() if "A trial" in t.label])
    assert text.count("after unblinding") == 1


# near misses


def excluded(team: Team, *, first: bool = False, second: bool = False) -> str:
    """A report that both exclude at full text, marked as a near miss by those who are asked to."""
    report = team.article(team.search(), "A trial")
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved")
    for rv, near_miss in ((team.r1, first), (team.r2, second)):
        rv.screening.decide(report, stage="full_text", decision="exclude", reason="P1", near_miss=near_miss)
    return report


def near_miss(team: Team, report: str) -> bool:
    view = next(r for r in team.lead.studies.report_views() if report in r.members)
    return team.nobody.screening.standing(view, "full_text").near_miss


@pytest.mark.parametrize(("first", "second"), [(False, False), (True, False), (False, True), (True, True)])
def test_the_mark_of_one_excluder_makes_a_near_miss(team: Team, first: bool, second: bool) -> None:
    assert near_miss(team, excluded(team, first=first, second=second)) is (first or second)


def test_a_near_miss_needs_the_exclusion_to_stand(team: Team) -> None:
    report = excluded(team, first=True)
    team.r1.screening.decide(report, stage="full_text", decision="include")
    assert outcome(team, report, "full_text") == "conflict" and not near_miss(team, report)
    team.lead.screening.resolve(report, stage="full_text", decision="exclude", reason="P1", note="agreed", near_miss=True)
    assert near_miss(team, report)
    team.lead.screening.resolve(report, stage="full_text", decision="include", note="agreed")
    assert not near_miss(team, report)


def test_a_near_miss_is_an_exclusion_at_full_text(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    with pytest.raises(InputRefused, match="only an exclusion at full text"):
        team.r1.screening.decide(report, stage="title_abstract", decision="exclude", near_miss=True)
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved")
    with pytest.raises(InputRefused, match="only an exclusion at full text"):
        team.r1.screening.decide(report, stage="full_text", decision="include", near_miss=True)
    team.decide(report, "exclude", "include", stage="full_text")
    with pytest.raises(InputRefused, match="only an exclusion at full text"):
        team.lead.screening.resolve(report, stage="full_text", decision="include", note="agreed", near_miss=True)
