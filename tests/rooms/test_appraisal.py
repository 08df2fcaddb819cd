"""Appraisal per result and assessor: judged by the rules, overridden with a reason, refused for the wrong design, not assessed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.errors import AnswerRefused, InputRefused, NotAllowed, NotFound, TokenReused
from tests.rooms.assessing import JBI, LOW, ROB, attach, both_judge, trial
from tests.rooms.team import Team


@pytest.fixture
def study(team: Team) -> str:
    return trial(team)


def view(rv: Any, at: int = 0) -> Any:
    """The assessment view at that place of all studies."""
    return [one for s in rv.studies.views() for one in rv.bias.assessments(s)][at]


def test_the_rules_propose_and_two_agree(team: Team, study: str) -> None:
    both_judge(team, study)
    one = team.nobody.bias.frame().iloc[0]
    assert (one["status"], one["overall"]) == ("agreed", "Low")
    assert set(one["domains"].values()) == {"Low"}
    assert one["proposed"] == {"D1": "Low", "D2": "Low", "D3": "Low", "D4": "Low", "D5": "Low", "overall": "Low"}


def test_the_path_that_led_to_a_proposal_is_kept(team: Team, study: str) -> None:
    both_judge(team, study)
    (step,) = view(team.nobody).paths["D3"]
    assert step.startswith("3.1 Y → Low")


def test_an_override_says_why(team: Team, study: str) -> None:
    call = {**ROB, "answers": LOW, "judgements": {"D4": "Some concerns"}}
    with pytest.raises(InputRefused, match="the rules propose 'Low'"):
        team.r1.bias.judge(study, **call)
    with pytest.raises(InputRefused, match="the rules propose 'Low'"):
        team.r1.bias.judge(study, **call, override={"D4": "  "})
    team.r1.bias.judge(study, **call, override={"D4": "Assessors met the patients."})
    one = view(team.r1)
    assert one.overall == "Some concerns"
    assert (one.domains["D4"], one.proposed["D4"], one.overrides) == ("Some concerns", "Low", {"D4": "Assessors met the patients."})


@pytest.mark.parametrize(("name", "level"), [("D4", None), ("D4", "Low"), ("overall", None), ("overall", "Low")])
def test_a_reason_without_a_difference_is_refused(team: Team, study: str, name: str, level: str | None) -> None:
    judgements = {name: level} if level else {}
    with pytest.raises(InputRefused, match="a reason for another judgement was given, but the judgement is what the rules propose"):
        team.r1.bias.judge(study, **ROB, answers=LOW, judgements=judgements, override={name: "because"})


def test_a_reason_where_nothing_is_proposed_is_refused(team: Team) -> None:
    single = trial(team, "A single-arm trial", "single-arm-trial")
    with pytest.raises(InputRefused, match="the rules propose nothing here"):
        team.r1.bias.judge(
            single, tool="jbi-case-series", result="activity", answers=JBI, judgements={"overall": "Include"}, override={"overall": "so"}
        )


def test_answers_that_the_tool_does_not_allow(team: Team, study: str) -> None:
    with pytest.raises(AnswerRefused, match="3.2"):
        team.r1.bias.judge(study, **ROB, answers={**LOW, "3.1": "N", "3.2": "NI"})
    with pytest.raises(AnswerRefused, match="'Y' was given, but the question is not asked"):
        team.r1.bias.judge(study, **ROB, answers={**LOW, "2.3": "Y"})
    assert team.r1.bias.frame().empty


def test_an_answer_to_a_question_that_is_asked_no_longer_is_kept_aside(team: Team, study: str) -> None:
    aware = {**LOW, "2.1": "Y", "2.3": "PY", "2.4": "N"}
    team.r1.bias.judge(study, **ROB, answers=aware)
    team.r1.bias.judge(study, **ROB, answers={**aware, "2.1": "N"})  # 2.3 and 2.4 are asked no longer, and were answered before
    one = view(team.r1)
    assert one.aside == {"2.3": "PY", "2.4": "N"}
    assert one.answers == LOW
    assert one.domains["D2"] == "Low"
    team.r1.bias.judge(study, **ROB, answers=aware)
    assert view(team.r1).aside == {}, "asked again, they are answers again"


def test_what_is_put_aside_by_hand_is_no_answer(team: Team, study: str) -> None:
    team.r1.bias.judge(study, **ROB, answers=LOW, aside={"2.3": "NI", "4.5": "NA"})
    assert view(team.r1).aside == {"2.3": "NI"}, "NA is no answer to keep"


def test_a_tool_for_another_design_is_refused_with_the_right_one(team: Team, study: str) -> None:
    with pytest.raises(InputRefused, match="rob2-parallel"):
        team.r1.bias.judge(study, tool="jbi-case-series", result="activity", answers=JBI, judgements={"overall": "Include"})
    single = trial(team, "A single-arm trial", "single-arm-trial")
    with pytest.raises(InputRefused, match="jbi-case-series"):
        team.r1.bias.judge(single, **ROB, answers=LOW)
    team.r1.bias.judge(single, tool="jbi-case-series", result="activity", answers=JBI, judgements={"overall": "Include"})
    assert team.r1.bias.frame().iloc[-1]["overall"] == "Include"


def test_an_unknown_design_asks(team: Team) -> None:
    unclear = team.include(team.article(team.search("MEDLINE"), "A trial"), "included")
    with pytest.raises(InputRefused, match="Were people allocated, was it at random"):
        team.r1.bias.judge(unclear, **ROB, answers=LOW)


def test_a_design_on_which_two_extractors_differ_is_unknown_until_it_is_settled(team: Team) -> None:
    differs = team.include(team.article(team.search("MEDLINE"), "A trial"), "included")
    for rv, design in zip(team.both, ("randomised-trial", "single-arm-trial"), strict=True):
        rv.extraction.record(differs, item="design", value=design, quotation=design, location="page 2")
    with pytest.raises(InputRefused, match=r"two extractors differ on it(.|\n)*a lead settles it there. Were people allocated"):
        team.r1.bias.judge(differs, **ROB, answers=LOW)


def test_directions_sources_and_outcome_are_kept(team: Team, study: str) -> None:
    team.r1.bias.judge(
        study, tool="rob2-parallel", result="Activity", effect="assignment", answers=LOW,
        directions={"D3": "favours experimental"}, sources=["trial registration", "journal article"],
    )  # fmt: skip
    one = view(team.r1)
    assert (one.outcome, dict(one.directions), one.sources) == (
        "o1", {"D3": "favours experimental"}, ("trial registration", "journal article"),
    )  # fmt: skip
    with pytest.raises(InputRefused, match="'upwards' is no direction"):
        team.r1.bias.judge(study, **ROB, answers=LOW, directions={"D3": "upwards"})
    with pytest.raises(InputRefused, match="the protocol has no outcome 'pain'"):
        team.r1.bias.judge(study, **ROB, answers=LOW, outcome="pain")
    team.r1.bias.judge(study, **ROB, answers=LOW, outcome="activity")
    assert view(team.r1, 1).outcome == "o1", "by its name or its id, also where the result has words of its own"


def test_the_effect_of_adhering_names_its_deviations(team: Team, study: str) -> None:
    call = {**ROB, "effect": "adhering", "answers": {**{q: a for q, a in LOW.items() if q != "2.6"}, "2.4": "N", "2.5": "N"}}
    known = team.r1.bias.tool("rob2-parallel").deviations_by_effect["adhering"]
    with pytest.raises(InputRefused, match="the effect of adhering is about certain deviations"):
        team.r1.bias.judge(study, **call)
    with pytest.raises(InputRefused, match="'another one' is no deviation here"):
        team.r1.bias.judge(study, **call, deviations=["another one"])
    team.r1.bias.judge(study, **call, deviations=known[:1])
    assert view(team.r1).deviations == known[:1]


def test_not_assessed_needs_a_reason_and_is_no_judgement(team: Team, study: str) -> None:
    with pytest.raises(InputRefused, match="needs its reason"):
        team.r1.bias.not_assessed(study, tool="rob2-parallel", reason=" ")
    for rv in team.both:
        rv.bias.not_assessed(study, tool="rob2-parallel", reason="No result in hand.")
    one = view(team.nobody)
    assert (one.status, one.overall, one.domains, one.reason) == ("not assessed", None, {}, "No result in hand.")


def test_who_says_not_assessed_after_judging_has_judged_no_longer(team: Team, study: str) -> None:
    team.r1.bias.judge(study, **ROB, answers=LOW)
    team.r1.bias.not_assessed(study, tool="rob2-parallel", result=ROB["result"], reason="The result was withdrawn.")
    assert list(team.r1.bias.frame()["status"]) == ["not assessed"]
    team.r1.bias.judge(study, **ROB, answers=LOW)
    assert list(team.r1.bias.frame()["status"]) == ["by one"]


def test_two_some_concerns_flag_and_never_escalate(team: Team, study: str) -> None:
    both_judge(team, study, {**LOW, "1.1": "N", "5.1": "N"}, {**LOW, "1.1": "N", "5.1": "N"})
    one = view(team.nobody)
    assert one.overall == "Some concerns"
    assert "D1 and D5" in one.flag


def test_two_who_differ_are_a_conflict_that_a_third_settles(team: Team, study: str) -> None:
    both_judge(team, study, LOW, {**LOW, "1.1": "N"})
    one = view(team.nobody)
    assert (one.status, one.overall, one.domains, one.answers) == ("conflict", None, {}, {}), "no side of a conflict is the answer"
    assert list(team.nobody.bias.conflicts()["differ"]) == [("D1", "overall")]
    levels = {"D1": "Some concerns", "D2": "Low", "D3": "Low", "D4": "Low", "D5": "Low"}
    team.lead.bias.resolve(study, **ROB, judgements=levels, reason="the sequence is not described")
    one = view(team.nobody)
    assert (one.status, one.overall, one.reason) == ("consensus", "Some concerns", "the sequence is not described")


def test_items_that_differ_are_a_conflict_although_both_include(team: Team) -> None:
    single = trial(team, "A single-arm trial", "single-arm-trial")
    for rv, third in zip(team.both, ("Y", "N"), strict=True):
        rv.bias.judge(single, tool="jbi-case-series", result="", answers={**JBI, "3": third}, judgements={"overall": "Include"})
    assert list(team.nobody.bias.conflicts()["differ"]) == [("3",)]


def test_a_consensus_with_answers_of_its_own(team: Team, study: str) -> None:
    both_judge(team, study, LOW, {**LOW, "1.2": "N"})
    agreed = {**LOW, "1.2": "NI"}
    with pytest.raises(InputRefused, match="the rules propose 'Some concerns'"):
        team.lead.bias.resolve(study, **ROB, answers=agreed, judgements={"D1": "High"}, reason="talked over")
    team.lead.bias.resolve(study, **ROB, answers=agreed, support={"1.2": "Nothing is said of concealment."}, reason="talked over")
    one = view(team.nobody)
    assert (one.status, one.domains["D1"], one.answers["1.2"]) == ("consensus", "Some concerns", "NI")
    assert one.support["1.2"].text == "Nothing is said of concealment."
    assert one.paths["D1"] and one.proposed["D1"] == "Some concerns"


def test_a_consensus_may_be_not_to_assess(team: Team, study: str) -> None:
    both_judge(team, study, LOW, {**LOW, "1.2": "N"})
    with pytest.raises(InputRefused, match="what is not assessed has no judgement"):
        team.lead.bias.resolve(study, **ROB, judgements={"D1": "Low"}, not_assessed=True, reason="no number is given")
    team.lead.bias.resolve(study, **ROB, not_assessed=True, reason="no number is given")
    one = view(team.nobody)
    assert (one.status, one.overall, one.reason) == ("not assessed", None, "no number is given")


def test_who_may_not_settle(team: Team, study: str) -> None:
    levels = dict.fromkeys(("D1", "D2", "D3", "D4", "D5"), "Low")
    team.r1.bias.judge(study, **ROB, answers=LOW)
    with pytest.raises(NotAllowed, match="there is nothing to resolve yet"):
        team.lead.bias.resolve(study, **ROB, judgements=levels, reason="so")
    team.r2.bias.judge(study, **ROB, answers=LOW)
    with pytest.raises(NotAllowed, match="there is no conflict to resolve"):
        team.lead.bias.resolve(study, **ROB, judgements=levels, reason="so")
    team.r2.bias.judge(study, **ROB, answers={**LOW, "1.2": "N"})
    with pytest.raises(NotAllowed, match="one of the two may resolve only by agreement"):
        team.r1.bias.resolve(study, **ROB, judgements=levels, reason="")
    with pytest.raises(NotAllowed, match="opened without a reviewer"):
        team.nobody.bias.resolve(study, **ROB, judgements=levels, reason="so")
    with pytest.raises(InputRefused, match="a consensus needs a reason"):
        team.lead.bias.resolve(study, **ROB, judgements=levels, reason=" ")
    with pytest.raises(NotAllowed, match="has no role assessor"):
        team.lead.bias.judge(study, **ROB, answers=LOW)


def test_a_change_after_the_consensus_reopens_it(team: Team, study: str) -> None:
    both_judge(team, study, LOW, {**LOW, "1.2": "N"})
    levels = {**dict.fromkeys(("D2", "D3", "D4", "D5"), "Low"), "D1": "High"}
    team.lead.bias.resolve(study, **ROB, judgements=levels, reason="not concealed")
    team.r1.bias.judge(study, **ROB, answers=LOW)
    assert view(team.nobody).status == "consensus", "the same said again is no change"
    team.r1.bias.judge(study, **ROB, answers={**LOW, "1.3": "Y"})
    one = view(team.nobody)
    assert (one.status, one.reopened, one.overall) == ("conflict", True, None)
    assert list(team.nobody.bias.conflicts()["reopened"]) == [True]
    team.lead.bias.resolve(study, **ROB, judgements=levels, reason="looked at again")
    one = view(team.nobody)
    assert (one.status, one.reopened, one.overall) == ("consensus", False, "High")


def test_who_takes_an_answer_back_after_the_consensus_reopens_it(team: Team, study: str) -> None:
    _, second = both_judge(team, study, LOW, {**LOW, "1.2": "N"})
    team.lead.bias.resolve(study, **ROB, judgements=dict.fromkeys(("D1", "D2", "D3", "D4", "D5"), "Low"), reason="concealed")
    team.r2.bias.undo(second)
    (row,) = team.nobody.bias.conflicts().to_dict("records")
    assert row["reopened"] and row["second"] is None


def test_domain_1_is_copied_between_results_with_its_provenance(team: Team, study: str) -> None:
    said = {"1.1": {"text": "A web system.", "quotation": "randomly assigned", "location": "report, page 2"}}
    first = team.r1.bias.judge(study, **ROB, answers={**LOW, "1.2": "PY"}, support=said)
    other = {**ROB, "result": "pain at week 24"}
    place: dict[str, Any] = {"tool": "rob2-parallel", "from_result": ROB["result"], "to_result": other["result"], "effect": "assignment"}
    taken = team.r1.bias.copy_domain(study, **place)
    assert (taken.event, dict(taken.answers), taken.judgement) == (first, {"1.1": "Y", "1.2": "PY", "1.3": "N"}, "Low")
    rest = {q: a for q, a in LOW.items() if not q.startswith("1.")}
    team.r1.bias.judge(study, **other, answers={**rest, **taken.answers}, support=taken.support, copied={"D1": taken.event})
    assert view(team.r1, 1).copied == {"D1": first}
    assert view(team.r1, 1).support["1.1"].quotation == "randomly assigned"
    with pytest.raises(InputRefused, match="the answers of D1 are not those that were copied"):
        team.r1.bias.judge(study, **other, answers=LOW, copied={"D1": taken.event})
    with pytest.raises(InputRefused, match="D3 is about one result"):
        team.r1.bias.copy_domain(study, **place, domain="D3")
    with pytest.raises(NotFound, match="you have not assessed"):
        team.r2.bias.copy_domain(study, **place)
    with pytest.raises(InputRefused, match="D1 cannot be copied"):
        team.r2.bias.judge(study, **other, answers={**LOW, "1.2": "PY"}, copied={"D1": first})
    with pytest.raises(InputRefused, match="D3 is about one result"):
        team.r1.bias.judge(study, **other, answers=LOW, copied={"D3": first})
    team.r1.bias.undo(first)
    with pytest.raises(InputRefused, match="D1 cannot be copied"):
        team.r1.bias.judge(study, **other, answers={**rest, **taken.answers}, copied={"D1": first})


def test_a_quotation_is_held_to_the_lines_that_its_location_names(team: Team, study: str) -> None:
    attach(team, study)
    words = {"text": "By computer.", "quotation": "assigned by a web system in blocks", "location": "main report, lines 2-3"}
    team.r1.bias.judge(study, **ROB, answers=LOW, support={"1.1": words})
    kept = view(team.r1).support["1.1"]
    assert (kept.lines, kept.record, len(kept.text_sha256 or "")) == ((2, 3), None, 64)
    with pytest.raises(InputRefused, match=r"(?s)does not stand in line 5.*it stands in main report.txt, lines 2-3"):
        team.r1.bias.judge(study, **ROB, answers=LOW, support={"1.1": {**words, "location": "main report, line 5"}})
    with pytest.raises(InputRefused, match="a quotation needs its location"):
        team.r1.bias.judge(study, **ROB, answers=LOW, support={"1.1": {"text": "", "quotation": "nowhere to be found"}})
    team.r1.bias.judge(study, **ROB, answers=LOW, support={"1.1": {"text": "", "quotation": "blocks of four"}})
    assert view(team.r1).support["1.1"].location == "main report.txt, line 3", "left out, it is that of the lines found"
    team.r1.bias.judge(study, **ROB, answers=LOW, support={"1.1": {"text": "", "quotation": "not in the text", "location": "figure 2"}})
    assert view(team.r1).support["1.1"].lines is None, "a page or a figure has no lines to hold it to"


def test_sent_again_with_its_token_it_is_the_same_event(team: Team, study: str) -> None:
    call: dict[str, Any] = {**ROB, "answers": LOW, "support": {"1.1": "A web system."}, "token": "key-7"}
    first = team.r1.bias.judge(study, **call)
    assert team.r1.bias.judge(study, **call) == first
    with pytest.raises(TokenReused, match="already used for another fact"):
        team.r1.bias.judge(study, **{**call, "answers": {**LOW, "1.1": "PY"}})
    draft = team.r1.bias.judge(study, **{**call, "token": "key-8", "draft": True})
    assert team.r1.bias.judge(study, **{**call, "token": "key-8", "draft": True}) == draft
    said = {"tool": "rob2-parallel", "reason": "no number", "result": "pain", "token": "key-9"}
    assert team.r1.bias.not_assessed(study, **said) == team.r1.bias.not_assessed(study, **said)
    team.r2.bias.judge(study, **ROB, answers={**LOW, "1.2": "N"})
    settled: dict[str, Any] = {**ROB, "judgements": dict.fromkeys(("D1", "D2", "D3", "D4", "D5"), "Low"), "reason": "so", "token": "key-10"}
    assert team.lead.bias.resolve(study, **settled) == team.lead.bias.resolve(study, **settled)


def test_weights_are_recorded_with_their_source(team: Team, study: str) -> None:
    both_judge(team, study)
    with pytest.raises(InputRefused, match="is no weight"):
        team.r1.bias.weigh(study, **ROB, weight=0, source="forest plot")
    with pytest.raises(InputRefused, match="needs its source"):
        team.r1.bias.weigh(study, **ROB, weight="12.5", source=" ")
    with pytest.raises(InputRefused, match="there is no effect of interest 'bogus'"):
        team.r1.bias.weigh(study, **{**ROB, "effect": "bogus"}, weight=1, source="forest plot")
    with pytest.raises(InputRefused, match="is of a result for one effect of interest"):
        team.r1.bias.weigh(study, **{**ROB, "effect": None}, weight=1, source="forest plot")
    with pytest.raises(InputRefused, match="a weight is of one result"):
        team.r1.bias.weigh(study, **{**ROB, "result": " "}, weight=1, source="forest plot")
    with pytest.raises(InputRefused, match="there is no effect of interest 'bogus'"):
        team.r1.bias.agreement("rob2-parallel", effect="bogus")
    team.r1.bias.weigh(study, **ROB, weight="12.50", source="forest plot of activity")
    assert (view(team.nobody).weight, view(team.nobody).weight_source) == (Decimal("12.5"), "forest plot of activity")
    table = team.nobody.tables.assessed(ROB["tool"])
    (shown,) = [row[[c.key for c in table.columns].index("weight")] for row in table.rows]
    assert (shown.text, shown.notes) == ("12.5", ("weight from: forest plot of activity",))
    with pytest.raises(NotAllowed, match="may not replace or withdraw"):
        team.r2.bias.weigh(study, **ROB, weight=13, source="forest plot")
    team.lead.bias.weigh(study, **ROB, weight=13, source="forest plot")
    assert view(team.nobody).weight == 13


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_answered_a_judgement_differs_only_with_a_reason(team: Team, data: st.DataObject) -> None:
    made = team.r1.studies.views()
    study = made[0].id if made else trial(team)
    sets = list(team.r1.bias.tool("rob2-parallel").domain("D5").answer_sets())
    answers = {**LOW, **data.draw(st.sampled_from(sets))}
    level = data.draw(st.sampled_from(["Low", "Some concerns", "High"]))
    why = data.draw(st.sampled_from(["", "because of this"]))
    call: dict[str, Any] = {**ROB, "answers": answers, "judgements": {"D5": level}, "override": {"D5": why} if why else {}}
    proposed = team.r1.bias.tool("rob2-parallel").judge("D5", {q: answers[q] for q in ("5.1", "5.2", "5.3")}).judgement
    if (level == proposed) is bool(why):
        with pytest.raises(InputRefused, match="the rules propose|a reason for another judgement"):
            team.r1.bias.judge(study, **call)
        return
    team.r1.bias.judge(study, **call)
    one = view(team.r1)
    assert (one.domains["D5"], one.proposed["D5"], one.overrides.get("D5", "")) == (level, proposed, why)
