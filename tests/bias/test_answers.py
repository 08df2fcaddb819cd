"""Answers that an appraisal tool refuses, and why; designs and effects that it refuses; items that are shown and never summed."""

from __future__ import annotations

import pytest

from review.bias import load_tool
from review.errors import AnswerRefused, InputRefused, NotFound

ROB2 = load_tool("rob2-parallel")
SERIES = load_tool("jbi-case-series")
QUASI = load_tool("jbi-quasi-experimental")


def test_a_missing_answer_says_what_is_allowed_and_why_it_is_asked():
    with pytest.raises(AnswerRefused, match="no answer was given") as caught:
        ROB2.judge("D2", {"2.1": "PY", "2.2": "N", "2.6": "Y"}, effect="assignment")
    assert "rob2-parallel D2 (assignment), question 2.3" in str(caught.value)
    assert "Y, PY, PN, N or NI" in str(caught.value)
    assert "it is asked because 2.1 = PY" in str(caught.value)


def test_a_missing_answer_to_a_question_that_is_always_asked():
    with pytest.raises(AnswerRefused, match="it is always asked"):
        ROB2.judge("D1", {"1.2": "Y", "1.3": "N"})


@pytest.mark.parametrize("empty", [None, ""])
def test_none_and_empty_are_no_answer(empty):
    with pytest.raises(AnswerRefused, match=r"question 1.3: no answer was given"):
        ROB2.judge("D1", {"1.1": "Y", "1.2": "Y", "1.3": empty})
    assert ROB2.judge("D3", {"3.1": "Y", "3.2": empty}).judgement == "Low"


def test_not_applicable_to_a_question_that_is_asked_is_refused():
    with pytest.raises(AnswerRefused, match=r"question 2.4: NA was given, but the question is asked") as caught:
        ROB2.judge("D2", {"2.1": "Y", "2.2": "Y", "2.3": "Y", "2.4": "NA", "2.6": "Y"}, effect="assignment")
    assert "it is asked because 2.3 = Y" in str(caught.value)


def test_not_applicable_to_a_question_that_is_always_asked_is_refused():
    with pytest.raises(AnswerRefused, match=r"question 1.1: NA was given"):
        ROB2.judge("D1", {"1.1": "NA", "1.2": "Y", "1.3": "N"})


def test_no_information_is_refused_where_it_is_not_offered():
    with pytest.raises(AnswerRefused, match=r"question 3.2: 'NI' was given") as caught:
        ROB2.judge("D3", {"3.1": "N", "3.2": "NI"})
    assert "expected: Y, PY, PN or N\n" in str(caught.value)
    assert "it is asked because 3.1 = N" in str(caught.value)
    assert "there is no NI here" in str(caught.value)


@pytest.mark.parametrize("strange", ["y", "Yes", "maybe", 1, True, ["Y"]])
def test_answers_in_other_words_are_refused(strange):
    with pytest.raises(AnswerRefused, match=r"question 1.1: .* was given"):
        ROB2.judge("D1", {"1.1": strange, "1.2": "Y", "1.3": "N"})


def test_an_answer_to_a_question_that_is_not_asked_is_refused_with_its_condition():
    with pytest.raises(AnswerRefused, match=r"question 2.4: 'Y' was given, but the question is not asked") as caught:
        ROB2.judge("D2", {"2.1": "Y", "2.2": "Y", "2.3": "N", "2.4": "Y", "2.6": "Y"}, effect="assignment")
    assert "it is asked only when 2.3 is Y or PY; given: 2.3 = N" in str(caught.value)


def test_a_condition_on_two_questions_is_told_in_full():
    with pytest.raises(AnswerRefused, match=r"4.1 is N, PN or NI and 4.2 is N, PN or NI; given: 4.1 = Y, 4.2 = N"):
        ROB2.judge("D4", {"4.1": "Y", "4.2": "N", "4.3": "N"})
    with pytest.raises(AnswerRefused, match=r"2.1 is Y, PY or NI, or 2.2 is Y, PY or NI; given: 2.1 = N, 2.2 = PN"):
        ROB2.judge("D2", {"2.1": "N", "2.2": "PN", "2.3": "Y", "2.6": "Y"}, effect="assignment")


def test_not_applicable_or_nothing_for_a_question_that_is_not_asked_is_accepted():
    spare = {"3.1": "Y", "3.2": "NA", "3.3": "NA", "3.4": "NA"}
    assert ROB2.judge("D3", spare) == ROB2.judge("D3", {"3.1": "Y"})


def test_an_unknown_question_is_refused_with_near_matches():
    with pytest.raises(AnswerRefused, match=r"there is no question '1\.4'"):
        ROB2.judge("D1", {"1.1": "Y", "1.2": "Y", "1.3": "N", "1.4": "Y"})


def test_the_effect_of_interest_is_asked_for_where_questions_depend_on_it():
    with pytest.raises(InputRefused, match="the effect of interest is not stated"):
        ROB2.judge("D2", {"2.1": "N", "2.2": "N", "2.6": "Y"})
    with pytest.raises(InputRefused, match=r"no effect of interest 'adherence'.*\n.*\n.*did you mean 'adhering'"):
        ROB2.judge("D1", {}, effect="adherence")
    with pytest.raises(InputRefused, match="does not tell effects apart"):
        SERIES.judge("items", {}, effect="assignment")


def test_an_unknown_domain_names_the_known_ones():
    with pytest.raises(NotFound, match="there is no domain 'D6'"):
        ROB2.judge("D6", {})


def test_overall_needs_a_judgement_for_every_domain():
    with pytest.raises(InputRefused, match="no judgement for D4, D5"):
        ROB2.overall({"D1": "Low", "D2": "Low", "D3": "High"})


def test_overall_refuses_unknown_levels_and_domains():
    done = {"D1": "Low", "D2": "Low", "D3": "Low", "D4": "Low", "D5": "Low"}
    with pytest.raises(InputRefused, match=r"'Some concern' is no level of this tool.*\n.*\n.*did you mean 'Some concerns'"):
        ROB2.overall({**done, "D5": "Some concern"})
    with pytest.raises(NotFound, match="there is no domain 'D9'"):
        ROB2.overall({**done, "D9": "Low"})


def test_questions_follow_the_effect_of_interest():
    assert len(ROB2.questions("assignment")) == 22
    assert len(ROB2.questions("adhering")) == 21
    assert len(ROB2.questions()) == 28
    assert [domain.id for domain in ROB2.domains("adhering")] == ["D1", "D2", "D3", "D4", "D5"]


def test_a_form_is_told_which_questions_are_asked_so_far():
    def asked(answers):
        return [question.id for question in ROB2.reached("D4", answers)]

    assert asked({}) == ["4.1", "4.2"]
    assert asked({"4.1": "N", "4.2": "NI"}) == ["4.1", "4.2", "4.3"]
    assert asked({"4.1": "N", "4.2": "NI", "4.3": "Y"}) == ["4.1", "4.2", "4.3", "4.4"]
    assert asked({"4.1": "Y", "4.2": "NI", "4.3": "Y", "4.4": "Y"}) == ["4.1", "4.2"], "an answer that no longer counts opens nothing"


@pytest.mark.parametrize(
    ("design", "proposed"),
    [
        ("single-arm-trial", "jbi-case-series for a proportion"),
        ("Single-arm trial", "jbi-quasi-experimental for a change"),
        ("before-after", "jbi-quasi-experimental"),
        ("non_randomised trial", "jbi-quasi-experimental"),
        ("non-randomized-trial", "jbi-quasi-experimental"),
        ("case-series", "jbi-case-series"),
        ("cluster-randomised-trial", "a tool file of your own"),
        ("crossover-trial", "crossover-first-period"),
        ("cohort", "use robins-i-2016"),
        ("non-randomised-trial", "use robins-i-2016 or jbi-quasi-experimental"),
    ],
)
def test_rob2_refuses_other_designs_and_names_the_tool_to_use(design, proposed):
    with pytest.raises(InputRefused, match="is not made for a ") as caught:
        ROB2.refuse_design(design)
    assert proposed in caught.value.next_step


@pytest.mark.parametrize("design", [None, "", "unknown", "Trial", "not stated"])
@pytest.mark.parametrize("tool", [ROB2, SERIES, QUASI])
def test_unknown_allocation_is_asked_about(tool, design):
    with pytest.raises(InputRefused, match="Were people allocated, was it at random"):
        tool.refuse_design(design)


def test_a_design_that_the_tool_does_not_mention_is_refused_with_the_tool_to_use():
    with pytest.raises(InputRefused, match=r"is not made for a diagnostic-accuracy\n(?s:.*)use quadas-2"):
        ROB2.refuse_design("diagnostic-accuracy")


@pytest.mark.parametrize(
    ("tool", "design"),
    [
        (ROB2, "randomised-trial"),
        (ROB2, "Randomized trial"),
        (ROB2, "crossover-first-period"),
        (SERIES, "single-arm-trial"),
        (SERIES, "case-series"),
        (QUASI, "single-arm-trial"),
        (QUASI, "before-after"),
        (QUASI, "non-randomised-trial"),
    ],
)
def test_designs_that_a_tool_is_made_for(tool, design):
    assert tool.refuse_design(design) is None


@pytest.mark.parametrize("tool", [SERIES, QUASI])
def test_jbi_refuses_randomised_trials(tool):
    with pytest.raises(InputRefused, match="use rob2-parallel"):
        tool.refuse_design("randomised-trial")


@pytest.mark.parametrize(("tool", "number"), [(SERIES, 10), (QUASI, 9)])
def test_items_show_their_answers_and_nothing_is_judged(tool, number):
    answers = {str(i): "Y" for i in range(1, number + 1)} | {"2": "U", "3": "NA", "4": "N"}
    found = tool.judge("items", answers)
    assert (found.judgement, found.level, found.path, found.missing) == (None, None, (), ())
    assert list(found.cells) == [str(i) for i in range(1, number + 1)]
    assert [found.cells[item] for item in ("1", "2", "3", "4")] == ["yes", "unclear", "na", "no"]


def test_a_missing_item_stays_missing_and_is_never_not_applicable():
    found = SERIES.judge("items", {"1": "Y", "2": "NA", "3": None, "4": ""})
    assert found.missing == ("3", "4", "5", "6", "7", "8", "9", "10")
    assert found.cells["2"] == "na"
    assert [found.cells[item] for item in found.missing] == [None] * 8


def test_items_refuse_answers_of_other_tools():
    with pytest.raises(AnswerRefused, match="question 1: 'PY' was given"):
        SERIES.judge("items", {"1": "PY"})


@pytest.mark.parametrize("tool", [SERIES, QUASI])
def test_use_of_a_study_is_decided_by_people(tool):
    found = tool.overall({})
    assert (found.judgement, found.level, found.flag) == (None, None, "")
    assert found.choices == ("Include", "Seek further information", "Exclude")
