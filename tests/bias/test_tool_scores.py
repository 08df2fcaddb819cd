"""Sums, ratings, floors and hints of the shipped tools; a missing answer leaves them blank; nothing is summed where that is not allowed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.bias import load_tool, tool_names
from review.bias.tools import parse_tool
from review.errors import AnswerRefused, InputRefused, NotFound, ToolInvalid

AMSTAR = load_tool("amstar-2")
MINORS = load_tool("minors")
COHORT = load_tool("nos-cohort")
CONTROLS = load_tool("nos-case-control")
ROBINS = load_tool("robins-i-2016")
QUADAS = load_tool("quadas-2")

ALL_YES = {question.id: "Y" for question in AMSTAR.questions()}


# AMSTAR 2


@pytest.mark.parametrize(
    ("weak", "rating"),
    [
        ([], "High"),
        (["1"], "High"),
        (["1", "3"], "Moderate"),
        (["1", "3", "5", "6", "8", "10", "12", "14", "16"], "Moderate"),
        (["2"], "Low"),
        (["15", "1", "3", "5", "6", "8", "10", "12", "14", "16"], "Low"),
        (["2", "4"], "Critically low"),
        (["2", "4", "7", "9a", "11a", "13", "15", "1"], "Critically low"),
    ],
)
def test_the_four_rows_of_amstar_2_and_their_borders(weak, rating):
    found = AMSTAR.overall({}, answers=ALL_YES | dict.fromkeys(weak, "N"))
    assert (found.judgement, found.missing, found.score) == (rating, (), None)
    assert found.choices == ("High", "Moderate", "Low", "Critically low")
    assert bool(found.flag) == (rating == "Moderate")


def test_two_weak_halves_of_one_item_are_one_weakness():
    found = AMSTAR.overall({}, answers=ALL_YES | {"9a": "N", "9b": "N"})
    assert (found.judgement, found.because) == ("Low", "1 weakness in a critical item (9), no weakness in others")


def test_the_cell_of_an_item_in_halves_is_the_worse_of_what_was_asked():
    def cells(**given):
        answers = ALL_YES | {name.strip("i"): answer for name, answer in given.items()}
        return AMSTAR.judge("items", answers).cells

    assert cells(i9a="PY", i9b="N")["9"] == "no"
    assert cells(i9a="Y", i9b="PY")["9"] == "partial"
    assert cells(i9a="PY", i9b="ONLY_RCT", i11b="NA")["9"] == "partial"
    assert cells(i9b="ONLY_RCT", i11b="NA", i11a="NMA")["11"] == "na"
    assert cells(i11a="NMA", i11b="N")["11"] == "no"
    assert cells(i9a=None, i11a=None)["9"] is None


def test_a_review_without_any_studies_contradicts_itself():
    with pytest.raises(AnswerRefused, match="9a = ONLY_NRSI and 9b = ONLY_RCT contradict each other"):
        AMSTAR.judge("items", ALL_YES | {"9a": "ONLY_NRSI", "9b": "ONLY_RCT", "11a": None, "11b": None})


@pytest.mark.parametrize("half", [{"11a": "NMA", "11b": "NMA"}, {"9b": "ONLY_RCT", "11a": "NMA"}, {"9a": "ONLY_NRSI", "11b": "NMA"}])
def test_amstar_2_asks_to_look_again_where_nothing_was_pooled_and_the_pooled_result_was_judged(half):
    asked = {q: a for q, a in ALL_YES.items() if not (q == "11b" and "9b" in half) and not (q == "11a" and "9a" in half)} | half
    said = AMSTAR.judge("items", asked).hints
    assert [hint.split(", and ")[1][:2] for hint in said] == ["12", "15"]
    assert AMSTAR.judge("items", asked | {"12": "NMA", "15": "NMA"}).hints == ()
    assert AMSTAR.judge("items", ALL_YES).hints == ()


def test_minors_says_its_points_once():
    assert [f"{level.symbol} {level.label}" for level in MINORS.levels] == [
        "2 reported and sufficient", "1 reported and falls short", "0 not reported",
    ]  # fmt: skip


@pytest.mark.parametrize("left_out", [question.id for question in AMSTAR.questions()])
def test_amstar_2_rates_nothing_while_an_answer_is_missing(left_out):
    behind = {"9a": {"11a": "NA"}, "9b": {"11b": "NA"}}.get(left_out, {})
    found = AMSTAR.overall({}, answers=ALL_YES | {left_out: None} | behind)
    assert found.judgement is None
    assert left_out in found.missing
    assert left_out in found.because


def test_partial_yes_and_critical_items_are_settings_of_the_review_and_reported():
    partial = ALL_YES | {"2": "PY", "4": "PY"}
    assert AMSTAR.overall({}, answers=partial).judgement == "High"
    strict = AMSTAR.tailored(partial_yes="weakness")
    assert strict.overall({}, answers=partial).judgement == "Critically low"
    assert "A partial yes counts as a weakness, set by this review." in strict.remarks
    fewer = AMSTAR.tailored(critical_items=["4", "7"])
    assert fewer.overall({}, answers=ALL_YES | {"2": "N"}).judgement == "High"
    assert any("set by this review; the tool's own are 2, 4, 7, 9, 11, 13, 15" in remark for remark in fewer.remarks)
    assert any("2, 4, 7, 9, 11, 13, 15 (as the tool has them)" in remark for remark in AMSTAR.remarks)
    with pytest.raises(InputRefused, match="there is no item 17"):
        AMSTAR.tailored(critical_items=["4", "17"])
    assert MINORS.tailored(partial_yes="weakness", critical_items=["17"]).settings == ()


# MINORS


def minors(score, items, **further):
    return {str(item): score for item in range(1, items + 1)} | further


def test_minors_counts_to_16_or_to_24():
    alone = MINORS.overall({}, answers=minors("2", 8), preliminary={"P1": "N"})
    assert (alone.score.got, alone.score.of, str(alone.score), alone.judgement) == (16, 16, "16 of 16 points", None)
    compared = MINORS.overall({}, answers=minors("2", 12), preliminary={"P1": "Y"})
    assert (compared.score.got, compared.score.of) == (24, 24)
    mixed = MINORS.overall({}, answers=minors("1", 12) | {"3": "0", "12": "2"}, preliminary={"P1": "Y"})
    assert (mixed.score.got, mixed.score.of) == (12, 24)


def test_minors_sums_nothing_without_an_answer_or_without_knowing_whether_groups_are_compared():
    for answers, facts, missing in [
        (minors("2", 8) | {"5": ""}, {"P1": "N"}, ("5",)),
        (minors("2", 8), {"P1": "Y"}, ("9", "10", "11", "12")),
        (minors("2", 8), {}, ("P1",)),
        ({}, None, ("P1", "1", "2", "3", "4", "5", "6", "7", "8")),
    ]:
        found = MINORS.overall({}, answers=answers, preliminary=facts)
        assert (found.score.got, found.missing) == (None, missing)
        assert str(found.score).startswith("no sum: no answer to ")


def test_the_items_on_a_comparison_are_refused_where_nothing_is_compared():
    with pytest.raises(AnswerRefused, match=r"question 9: '2' was given, but the question is not asked(.|\n)*P1 is Y; given: P1 = N"):
        MINORS.judge("items", minors("2", 9), preliminary={"P1": "N"})


@pytest.mark.parametrize("strange", [2, "3", "two", "1.5"])
def test_a_score_that_does_not_exist_is_refused(strange):
    with pytest.raises(AnswerRefused, match="question 1: "):
        MINORS.judge("items", {"1": strange}, preliminary={"P1": "N"})


# Newcastle-Ottawa

COHORT_BEST = {"S1": "a", "S2": "a", "S3": "b", "S4": "a", "C1": "a+b", "O1": "b", "O2": "a", "O3": "b"}
CONTROLS_BEST = {"S1": "a", "S2": "a", "S3": "a", "S4": "a", "C1": "a+b", "E1": "b", "E2": "a", "E3": "a"}


@pytest.mark.parametrize(("tool", "best", "third"), [(COHORT, COHORT_BEST, "O"), (CONTROLS, CONTROLS_BEST, "E")])
def test_nine_stars_in_three_groups(tool, best, third):
    found = tool.overall({}, answers=best)
    assert (found.score.got, found.score.of, found.judgement, found.choices) == (9, 9, None, ())
    assert found.score.groups == {"S": (4, 4), "C": (2, 2), third: (3, 3)}
    assert str(found.score) == "9 of 9 stars"


def test_stars_of_choices_ticked_one_by_one():
    groups = [COHORT.overall({}, answers=COHORT_BEST | {"C1": ticked}).score.groups["C"][0] for ticked in ("none", "a", "b", "a+b")]
    assert groups == [0, 1, 1, 2]
    cells = [COHORT.judge("C", {"C1": ticked}).cells["C1"] for ticked in ("none", "a", "b", "a+b")]
    assert cells == ["none", "part", "part", "star"]
    assert COHORT.overall({}, answers=COHORT_BEST | {"S1": "d", "O1": "c"}).score.got == 7
    with pytest.raises(AnswerRefused, match=r"question C1: 'b\+a' was given"):
        COHORT.judge("C", {"C1": "b+a"})
    with pytest.raises(AnswerRefused, match=r"question S1: 'a\+b' was given"):
        COHORT.judge("S", {"S1": "a+b"})


def test_no_choice_ticked_is_said_and_is_not_a_missing_answer():
    found = COHORT.overall({}, answers=COHORT_BEST | {"C1": None})
    assert (found.score.got, found.missing, found.score.groups) == (None, ("C1",), {"S": (4, 4), "C": (None, 2), "O": (3, 3)})


def test_the_words_of_an_answer():
    assert COHORT.word("C1", "a+b") == "the confounder of P1 is dealt with; those of P2 are dealt with"
    assert COHORT.word("C1", "none") == "none of them"
    assert MINORS.word("1", "0") == "Not reported"


def test_unofficial_grades_are_off_until_switched_on_and_marked():
    assert COHORT.overall({}, answers=COHORT_BEST).score.grades == ()
    graded = COHORT.tailored(gradings=["good-fair-poor"])
    for answers, grade in [({}, "good"), ({"S1": "d"}, "good"), ({"S1": "d", "S2": "b"}, "fair"), ({"C1": "none"}, "poor")]:
        found = graded.overall({}, answers=COHORT_BEST | answers)
        assert found.score.grades == (f"{grade} (good, fair or poor; unofficial)",)
        assert found.judgement is None
    assert graded.overall({}, answers=COHORT_BEST | {"S1": None}).score.grades == ()
    assert any("not by the tool's authors" in remark for remark in graded.remarks)


def test_a_discouraged_scale_says_so():
    assert any(remark.startswith("Discouraged: ") for remark in COHORT.remarks)


# ROBINS-I

SEVEN = ["D1", "D2", "D3", "D4", "D5", "D6", "D7"]


def robins(*levels):
    return ROBINS.overall(dict(zip(SEVEN, [*levels, *["low"] * (7 - len(levels))], strict=True)))


def test_robins_i_may_be_raised_and_never_lowered():
    found = robins("serious", "moderate")
    assert (found.judgement, found.floor, found.choices) == ("Serious", "Serious", ("Serious", "Critical"))
    assert robins().choices == ("Low", "Moderate", "Serious", "Critical")
    assert robins("critical").choices == ("Critical",)


def test_several_moderate_domains_are_flagged_and_not_raised():
    assert (robins("moderate", "moderate").judgement, robins("moderate", "moderate").flag[:23]) == ("Moderate", "Moderate in D1 and D2: ")
    assert robins("moderate").flag == ""


def test_no_information_leads_there_unless_a_domain_is_serious_and_people_decide():
    found = robins("ni", "moderate")
    assert found.judgement == "No information"
    assert found.flag.startswith("people decide: D1 (No information): ")
    assert found.choices == ("Moderate", "Serious", "Critical", "No information")
    assert robins("ni", "serious").judgement == "Serious"
    assert robins("ni", "critical").choices == ("Critical",)
    assert robins(*["ni"] * 7).choices == ("Low", "Moderate", "Serious", "Critical", "No information")


def test_robins_i_opens_its_questions():
    def asked(domain, answers, effect=None):
        return [question.id for question in ROBINS.reached(domain, answers, effect)]

    assert asked("D1", {"1.1": "N"}) == ["1.1"]
    assert asked("D1", {"1.1": "Y", "1.2": "N"}) == ["1.1", "1.2", "1.4", "1.6"]
    assert asked("D1", {"1.1": "Y", "1.2": "Y", "1.3": "Y", "1.7": "Y"}) == ["1.1", "1.2", "1.3", "1.7", "1.8"]
    assert asked("D2", {"2.1": "Y", "2.2": "Y", "2.3": "N", "2.4": "N"}) == ["2.1", "2.2", "2.3", "2.4", "2.5"]
    assert asked("D4", {"4.3": "N"}, "adhering") == ["4.3", "4.4", "4.5", "4.6"]
    assert (len(ROBINS.questions("assignment")), len(ROBINS.questions("adhering")), len(ROBINS.questions())) == (30, 32, 34)
    assert ROBINS.domain("D1").directions == ("favours experimental", "favours comparator", "unpredictable")


# hints, applicability, preliminary facts


def test_hints_are_shown_and_decide_nothing():
    found = ROBINS.judge("D1", {"1.1": "PN"})
    assert (found.hints, found.judgement) == (("Nothing to confound: people usually say Low.",), None)
    assert QUADAS.judge("D4", dict.fromkeys(["4.1", "4.2", "4.3", "4.4"], "Y")).hints[0].startswith("Nothing speaks against")
    assert QUADAS.judge("D4", {"4.1": "Y", "4.2": "N"}).hints[0].startswith("Bias is possible")
    assert QUADAS.judge("D4", {"4.1": "Y", "4.2": "U"}).hints == ()
    assert QUADAS.judge("D2", {"2.1": "Y"}, preliminary={"P1": "N"}).hints[0].startswith("Nothing speaks against")


def test_a_threshold_opens_its_question():
    assert [question.id for question in QUADAS.reached("D2", {}, preliminary={"P1": "Y"})] == ["2.1", "2.2"]
    assert [question.id for question in QUADAS.reached("D2", {}, preliminary={"P1": "N"})] == ["2.1"]
    assert QUADAS.judge("D2", {"2.1": "Y"}).missing == ("P1",)


def test_applicability_is_judged_beside_bias_in_three_domains_and_there_is_no_overall():
    assert QUADAS.judged() == ("D1", "D1 applicability", "D2", "D2 applicability", "D3", "D3 applicability", "D4")
    assert (QUADAS.overall({}).judgement, QUADAS.overall({}).choices) == (None, ())
    with pytest.raises(NotFound, match="there is no domain 'D4 applicability'"):
        ROBINS.overall({"D4 applicability": "Low"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"P9": "x"}, "there is no preliminary fact 'P9'"),
        ({"P1": "age", "P2": "sex", "P3": "2 years", "P4": "many"}, "P4: Per cent that may be lost: 'many' was given"),
        ({"P1": 3}, "P1: .*: 3 was given"),
        ({"P1": "age", "P2": "sex", "P3": "2 years"}, "P4: .*: not given"),
    ],
)
def test_preliminary_facts_are_checked(given, said):
    with pytest.raises(AnswerRefused, match=said):
        COHORT.accept_preliminary(given, complete=True)
    assert COHORT.accept_preliminary({"P1": "age", "P2": "", "P4": "12.5"}) == {"P1": "age", "P4": "12.5"}


def test_rob_2_asks_for_deviations_where_adhering_is_judged():
    tool = load_tool("rob2-parallel")
    assert list(tool.deviations_by_effect) == ["adhering"]
    assert len(tool.deviations) == 3
    assert "registration" in tool.sources


def test_what_may_not_be_summed_says_so():
    for name in ("jbi-case-series", "jbi-quasi-experimental", "quadas-2", "amstar-2"):
        tool = load_tool(name)
        assert any("not summed" in remark for remark in tool.remarks)
        assert tool.overall({}, answers={}).score is None


# every tool, any answers


TOOLS = [load_tool(name) for name in tool_names()]


@st.composite
def appraisals(draw):
    """A tool, an effect, some facts and some answers, mostly allowed ones."""
    tool = draw(st.sampled_from(TOOLS))
    effect = draw(st.sampled_from(tool.effects)) if tool.effects else None
    facts = {
        fact.id: draw(st.sampled_from([*fact.options, "", "12"]))
        for fact in tool.preliminary
        if draw(st.booleans()) or fact.kind == "choice"
    }
    answers = {}
    for domain in tool.domains(effect):
        for question in domain.questions:
            if draw(st.integers(0, 9)):
                answers[question.id] = draw(st.sampled_from([*question.options, *question.options, "", "NA", None]))
    return tool, effect, facts, answers


@settings(max_examples=100, deadline=None)
@given(appraisals())
def test_any_answers_are_taken_or_refused_and_a_missing_one_is_never_summed(drawn):
    tool, effect, facts, answers = drawn
    try:
        missing = []
        for domain in tool.domains(effect):
            own = {question.id: answers.get(question.id) for question in domain.questions}
            judged = tool.judge(domain.id, own, effect=effect, preliminary=facts)
            missing += judged.missing
            if judged.cells is not None:
                gone = {question.column for question in domain.questions if question.id in judged.missing}
                assert {item for item, cell in judged.cells.items() if cell is None} == gone
        if tool.overall_form.rule == "worst":
            return
        found = tool.overall({}, effect=effect, answers=answers, preliminary=facts)
    except AnswerRefused:
        return
    if found.score is not None:
        assert (found.score.got is None) == bool(missing)
        assert found.score.got is None or 0 <= found.score.got <= found.score.of
    if tool.overall_form.rule == "amstar2":
        assert (found.judgement is None) == bool(missing)


# tool files with scores that are refused

SUM = MINORS.text
RATED = AMSTAR.text
STARS = COHORT.text


@pytest.mark.parametrize(
    ("text", "old", "new", "told"),
    [
        (SUM, "2 = 2\n", "", "points, 2: missing"),
        (SUM, "2 = 2\n", "2 = -1\n", "points, 2: -1; accepted: 0 or more"),
        (SUM, 'rule = "sum"', 'rule = "manual"', "points: given; accepted: only where overall, rule is 'sum'"),
        (SUM, 'rule = "sum"', 'rule = "sum"\nsum = "not-allowed"', "overall, sum: 'not-allowed' with rule 'sum'"),
        (
            SUM,
            'options = ["Y", "N"]\n',
            'options = ["Y", "N"]\nrequired = false\n',
            "preliminary P1: opens questions; accepted: kind 'choice', required",
        ),
        (SUM, '"P1" = "Y"', '"P1" = "Maybe"', "domain items, question 9, ask_if_any, P1: 'Maybe'; accepted: Y, N"),
        (RATED, 'then = "conf-low"', 'then = "low"', "overall, row number 3, then: 'low'; accepted: conf-high"),
        (RATED, "others = { from = 2 }", "others = { from = 3 }", "overall, row: no row fires for 0 critical and 2 other weaknesses"),
        (RATED, "others = { to = 1 }", "others = { to = 2 }", "overall, row number 2: fires with row number 1 for 0 critical and 2 other"),
        (RATED, 'critical = ["2",', 'critical = ["2", "9a",', "overall, critical: '9a'; accepted: 1, 2, 3"),
        (
            RATED,
            'why = "a review without',
            'reason = "a review without',
            "domain items, refuse number 1, reason: unknown key; accepted: one of: when, why",
        ),
        (RATED, 'rule = "amstar2"', 'rule = "amstar2"\nfloor = "worst-domain"', "overall, floor: given; accepted: only with rule 'worst'"),
        (STARS, 'part = "part"\n', "", "cells, part: missing; accepted: the level that this share"),
        (STARS, '[[grading.row]]\nthen = "poor"\n', "", "grading good-fair-poor, row: no row fits S = 0, C = 0, O = 0"),
        (
            STARS,
            "[[grading.row]]\nwhen",
            '[[grading.row]]\nthen = "all"\n[[grading.row]]\nwhen',
            "grading good-fair-poor, row number 2: can never fit",
        ),
        (STARS, 'select = "many"', 'select = "some"', "domain C, question C1, select: 'some'; accepted: one, many"),
        (STARS, 'select = "many"', 'select = "many"\noptions = ["a"]', "domain C, question C1, options: given beside choices"),
        (STARS, '{ id = "b", text = "those', '{ id = "a", text = "those', "domain C, question C1, choice a: used more than once"),
        (STARS, '{ id = "b", text = "those', '{ id = "b+c", text = "those', "domain C, question C1, choice b+c, id: 'b+c'"),
        (STARS, 'design = "cohort"\norder', 'design = "cohorts"\norder', "proposed cohorts, design: 'cohorts'; accepted: cohort"),
        (ROBINS.text, 'floor = "worst-domain"', 'floor = "any"', "overall, floor: 'any'; accepted: worst-domain"),
        (ROBINS.text, 'ni_level = "ni"', 'ni_level = "low"', "overall, ni_level: 'low'; accepted: ni"),
        (ROBINS.text, 'role = "route"', 'role = "route"\ngood = "Y"', "domain D1, question 1.2, good: given; accepted: none"),
        (ROBINS.text, '{ "1.1" = "N/PN" }', '{ "1.9" = "N/PN" }', "domain D1, hint number 1, when_all, 1.9: not a question"),
        (
            QUADAS.text,
            'applicability = "The people tested',
            'note = "The people tested',
            "domain D1, applicability: missing; accepted: a sentence",
        ),
        (QUADAS.text, '"applicability"]', '"use"]', "domain D1, judgements: ['bias', 'use']; accepted:"),
        (
            load_tool("rob2-parallel").text,
            "adhering = [",
            "adherence = [",
            "deviations, adherence: 'adherence'; accepted: assignment, adhering",
        ),
        (QUADAS.text, 'verified = "Domains', 'verified = "unverified" # "', "verified"),
    ],
)
def test_scores_gradings_and_facts_that_do_not_hold_together_are_refused(text, old, new, told):
    assert old in text
    changed = text.replace(old, new, 1)
    if told == "verified":
        changed = "\n".join(line for line in changed.splitlines() if not line.startswith("unverified"))
        told = "verified: 'unverified'; accepted: who compared what with what"
    with pytest.raises(ToolInvalid, match="in this tool file") as caught:
        parse_tool(changed.encode("utf-8"), file="broken.toml")
    assert any(told in problem.split(", ", 1)[1][: len(told)] for problem in caught.value.message.split("\n  - ")[1:]), caught.value.message
