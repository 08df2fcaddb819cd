"""RoB 2 for parallel trials: every allowed set of answers against rules written out by hand, and the cases that are easily got wrong."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from review.bias import load_tool
from review.errors import AnswerRefused

ROB2 = load_tool("rob2-parallel")
YES, NO = {"Y", "PY"}, {"N", "PN"}
FIVE = ["Y", "PY", "PN", "N", "NI"]
SIX = ["NA", *FIVE]

# domain, effect, all combinations of answers, allowed ones, Low, Some concerns, High
TABLE = [
    ("D1", None, 125, 125, 18, 47, 60),
    ("D2", "assignment", 162_000, 13_277, 92, 3_132, 10_053),
    ("D2", "adhering", 32_400, 20_988, 603, 8_154, 12_231),
    ("D3", None, 900, 110, 20, 36, 54),
    ("D4", None, 5_400, 493, 48, 186, 259),
    ("D5", None, 125, 125, 8, 37, 80),
]


def by_hand_d1(a):
    if a["1.2"] in NO:
        return "High"
    if a["1.2"] == "NI":
        return "High" if a["1.3"] in YES else "Some concerns"
    if a["1.1"] in NO or a["1.3"] in YES:
        return "Some concerns"
    return "Low"


def by_hand_d2_assignment(a):
    def care():
        if a["2.1"] in NO and a["2.2"] in NO:
            return 0
        if a["2.3"] in NO:
            return 0
        if a["2.3"] == "NI" or a["2.4"] in NO:
            return 1
        return 1 if a["2.5"] in YES else 2

    def analysis():
        if a["2.6"] in YES:
            return 0
        return 1 if a["2.7"] in NO else 2

    return ("Low", "Some concerns", "High")[max(care(), analysis())]


def by_hand_d2_adhering(a):
    aware = not (a["2.1"] in NO and a["2.2"] in NO)
    uneven = aware and a["2.3"] in NO | {"NI"}
    matters = a["2.4"] in YES | {"NI"} or a["2.5"] in YES | {"NI"}
    if not uneven and not matters:
        return "Low"
    return "Some concerns" if a["2.6"] in YES else "High"


def by_hand_d3(a):
    if a["3.1"] in YES or a["3.2"] in YES or a["3.3"] in NO:
        return "Low"
    return "Some concerns" if a["3.4"] in NO else "High"


def by_hand_d4(a):
    if a["4.1"] in YES or a["4.2"] in YES:
        return "High"
    if a["4.3"] in NO or a["4.4"] in NO:
        return "Low" if a["4.2"] in NO else "Some concerns"
    return "Some concerns" if a["4.5"] in NO else "High"


def by_hand_d5(a):
    if a["5.2"] in YES or a["5.3"] in YES:
        return "High"
    if "NI" in (a["5.2"], a["5.3"]):
        return "Some concerns"
    return "Low" if a["5.1"] in YES else "Some concerns"


BY_HAND = {
    ("D1", None): by_hand_d1,
    ("D2", "assignment"): by_hand_d2_assignment,
    ("D2", "adhering"): by_hand_d2_adhering,
    ("D3", None): by_hand_d3,
    ("D4", None): by_hand_d4,
    ("D5", None): by_hand_d5,
}


def with_na(form, answers):
    return {question.id: answers.get(question.id, "NA") for question in form.questions}


# that of adhering is judged once, among all combinations below
@pytest.mark.parametrize(
    ("domain", "effect", "combinations", "allowed", "low", "some", "high"), [row for row in TABLE if row[1] != "adhering"]
)
def test_every_allowed_set_of_answers_is_judged_as_by_hand(domain, effect, combinations, allowed, low, some, high):
    form = ROB2.domain(domain, effect)
    by_hand, found = BY_HAND[domain, effect], Counter()
    for answers in form.answer_sets():
        judged = ROB2.judge(domain, answers, effect=effect)
        assert judged.judgement == by_hand(with_na(form, answers)), answers
        assert len(judged.path) == len(form.parts)
        found[judged.judgement] += 1
    assert (found["Low"], found["Some concerns"], found["High"]) == (low, some, high)
    assert found.total() == allowed


def test_allowed_sets_of_answers_are_35118():
    assert sum(row[3] for row in TABLE) == 35_118
    assert [sum(1 for _ in ROB2.domain(row[0], row[1]).answer_sets()) for row in TABLE] == [row[3] for row in TABLE]


def accepted(domain, effect, fixed, free):
    """How many combinations of the free questions' answers are accepted, by judgement, the others fixed; each is judged as by hand."""
    form, by_hand, found = ROB2.domain(domain, effect), BY_HAND[domain, effect], Counter()
    for combination in product(*free.values()):
        answers = {**fixed, **dict(zip(free, combination, strict=True))}
        try:
            judged = ROB2.judge(domain, answers, effect=effect)
        except AnswerRefused:
            continue
        assert judged.judgement == by_hand(with_na(form, answers)), answers
        assert len(judged.path) == len(form.parts)
        found[judged.judgement] += 1
    return found


@pytest.mark.parametrize(
    ("domain", "effect", "free", "combinations", "allowed"),
    [
        ("D1", None, {"1.1": FIVE, "1.2": FIVE, "1.3": FIVE}, 125, 125),
        (
            "D2",
            "adhering",
            {"2.1": FIVE, "2.2": FIVE, "2.3": SIX, "2.4": SIX, "2.5": SIX, "2.6": SIX},
            32_400,
            20_988,
        ),
        ("D3", None, {"3.1": FIVE, "3.2": SIX[:-1], "3.3": SIX, "3.4": SIX}, 900, 110),
        ("D4", None, {"4.1": FIVE, "4.2": FIVE, "4.3": SIX, "4.4": SIX, "4.5": SIX}, 5_400, 493),
        ("D5", None, {"5.1": FIVE, "5.2": FIVE, "5.3": FIVE}, 125, 125),
    ],
)
def test_of_all_combinations_only_the_allowed_are_accepted(domain, effect, free, combinations, allowed):
    assert len(list(product(*free.values()))) == combinations
    found = accepted(domain, effect, {}, free)
    assert found.total() == allowed
    assert (domain, effect, combinations, allowed, found["Low"], found["Some concerns"], found["High"]) in TABLE


def test_of_all_combinations_of_d2_assignment_only_the_allowed_are_accepted():
    # its two parts share no question, so their numbers multiply
    care = accepted("D2", "assignment", {"2.6": "Y", "2.7": "NA"}, {"2.1": FIVE, "2.2": FIVE, "2.3": SIX, "2.4": SIX, "2.5": SIX})
    analysis = accepted("D2", "assignment", {"2.1": "N", "2.2": "N"}, {"2.6": FIVE, "2.7": SIX})
    assert (5 * 5 * 6 * 6 * 6) * (5 * 6) == 162_000
    assert (care.total(), analysis.total(), care.total() * analysis.total()) == (781, 17, 13_277)


def judged(domain, effect=None, **answers):
    given = {name.strip("q").replace("_", "."): answer for name, answer in answers.items()}
    return ROB2.judge(domain, given, effect=effect).judgement


def test_concealed_but_not_random_is_some_concerns_not_high():
    assert judged("D1", q1_1="N", q1_2="Y", q1_3="N") == "Some concerns"
    assert judged("D1", q1_1="N", q1_2="PY", q1_3="Y") == "Some concerns"


def test_no_information_on_sequence_and_baseline_is_low_once_concealed():
    assert judged("D1", q1_1="NI", q1_2="Y", q1_3="NI") == "Low"


def test_aware_without_departures_is_low_not_some_concerns():
    assert judged("D2", "assignment", q2_1="Y", q2_2="Y", q2_3="N", q2_6="Y") == "Low"


@pytest.mark.parametrize("answer", ["N", "PN"])
def test_harmless_departures_are_some_concerns_not_low(answer):
    assert judged("D2", "assignment", q2_1="Y", q2_2="Y", q2_3="Y", q2_4=answer, q2_6="Y") == "Some concerns"


@pytest.mark.parametrize("effect", ["assignment", "adhering"])
def test_no_information_on_awareness_counts_as_aware(effect):
    asked = [question.id for question in ROB2.reached("D2", {"2.1": "N", "2.2": "NI"}, effect)]
    assert "2.3" in asked


def test_no_information_on_the_analysis_is_not_yes():
    asked = [question.id for question in ROB2.reached("D2", {"2.1": "N", "2.2": "N", "2.6": "NI"}, "assignment")]
    assert "2.7" in asked
    assert judged("D2", "assignment", q2_1="N", q2_2="N", q2_6="NI", q2_7="NI") == "High"
    assert judged("D2", "adhering", q2_1="N", q2_2="N", q2_4="Y", q2_5="N", q2_6="NI") == "High"


def test_the_worse_part_of_departures_counts():
    assert judged("D2", "assignment", q2_1="N", q2_2="N", q2_6="N", q2_7="Y") == "High"
    assert judged("D2", "assignment", q2_1="Y", q2_2="N", q2_3="Y", q2_4="Y", q2_5="N", q2_6="Y") == "High"
    assert judged("D2", "assignment", q2_1="Y", q2_2="N", q2_3="NI", q2_6="N", q2_7="PN") == "Some concerns"


def test_not_applicable_is_legal_where_departures_of_a_type_are_not_looked_at():
    assert judged("D2", "adhering", q2_1="Y", q2_2="Y", q2_3="NA", q2_4="NA", q2_5="NA") == "Low"
    assert judged("D2", "adhering", q2_1="N", q2_2="N", q2_4="NA", q2_5="NI", q2_6="Y") == "Some concerns"


def test_missing_data_shown_harmless_is_low():
    assert judged("D3", q3_1="NI", q3_2="PY") == "Low"


def test_measurement_is_capped_at_some_concerns_where_likeness_is_unknown():
    assert judged("D4", q4_1="N", q4_2="NI", q4_3="N") == "Some concerns"
    assert judged("D4", q4_1="NI", q4_2="N", q4_3="N") == "Low"


def test_a_plan_alone_does_not_make_the_reported_result_low():
    assert judged("D5", q5_1="Y", q5_2="NI", q5_3="N") == "Some concerns"
    assert judged("D5", q5_1="Y", q5_2="N", q5_3="Y") == "High"


def test_the_path_holds_the_answers_that_led_there():
    answers = {"2.1": "PN", "2.2": "Y", "2.3": "PY", "2.4": "NI", "2.5": "N", "2.6": "Y"}
    found = ROB2.judge("D2", answers, effect="assignment")
    care, analysis = found.path
    assert care.rule == "D2-departures-uneven"
    assert care.answers == (("2.2", "Y"), ("2.3", "PY"), ("2.4", "NI"), ("2.5", "N"))
    assert (care.level, analysis.level, found.level) == ("high", "low", "high")
    assert analysis.answers == (("2.6", "Y"),)
    assert str(analysis) == "2.6 Y → Low: the analysis keeps people in the arm they were allocated to (D2-analysed-as-allocated)"


def test_the_path_of_a_question_left_out_holds_what_kept_it_out():
    found = ROB2.judge("D2", {"2.1": "N", "2.2": "N", "2.4": "NA", "2.5": "PN"}, effect="adhering")
    assert found.path[0].answers == (("2.1", "N"), ("2.2", "N"), ("2.4", "NA"), ("2.5", "PN"))


@pytest.mark.parametrize(
    ("levels", "judgement", "flagged"),
    [
        (("Low", "Low", "Low", "Low", "Low"), "Low", False),
        (("Low", "Low", "Some concerns", "Low", "Low"), "Some concerns", False),
        (("Some concerns", "Low", "Some concerns", "Low", "Low"), "Some concerns", True),
        (("Some concerns",) * 5, "Some concerns", True),
        (("Some concerns", "Some concerns", "Some concerns", "Some concerns", "High"), "High", False),
        (("Low", "Low", "Low", "Low", "High"), "High", False),
    ],
)
def test_overall_is_the_worst_domain_and_several_concerns_are_flagged_never_raised(levels, judgement, flagged):
    found = ROB2.overall(dict(zip(["D1", "D2", "D3", "D4", "D5"], levels, strict=True)))
    assert found.judgement == judgement
    assert bool(found.flag) == flagged
    assert found.choices == LEVELS[LEVELS.index(judgement) :], "people may raise it, and never settle below a domain"


LEVELS = ("Low", "Some concerns", "High")


def test_overall_over_every_combination_of_levels():
    order = ["low", "some", "high"]
    for levels in product(order, repeat=5):
        found = ROB2.overall(dict(zip(["D1", "D2", "D3", "D4", "D5"], levels, strict=True)), effect="assignment")
        assert found.level == max(levels, key=order.index)
        assert bool(found.flag) == ("high" not in levels and levels.count("some") >= 2)


def test_the_flag_names_the_domains():
    found = ROB2.overall({"D1": "some", "D2": "low", "D3": "low", "D4": "some", "D5": "low"})
    assert found.flag.startswith("Some concerns in D1 and D4: ")
