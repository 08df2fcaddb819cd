"""RoB 2 beside the tables of facts that it was written from, where those are at hand: every combination of answers."""

from __future__ import annotations

import csv
import re
import tomllib
from itertools import pairwise, product
from pathlib import Path

import pytest

from review.bias import load_tool
from review.errors import AnswerRefused

FACTS = Path(__file__).parents[3] / "shared" / "facts" / "bias"
if not FACTS.is_dir():
    pytest.skip("the tables of facts are not beside this checkout", allow_module_level=True)

ROB2 = load_tool("rob2-parallel")


def rows(name):
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fits(cell, answer):
    if not cell:
        return True
    wanted = set(cell.split("/"))
    return answer in wanted or ("any" in wanted and answer != "NA")


@pytest.mark.parametrize("domain", ROB2.all_domains, ids=lambda domain: f"{domain.id}{domain.effect}")
def test_exactly_one_row_of_the_table_fits_and_agrees(domain):
    table = [row for row in rows("rob2_algorithm.csv") if row["domain"] == domain.id and row["effect"] in ("both", domain.effect)]
    parts = {row["part"] for row in table} - {"combine"}
    order = [level.label for level in ROB2.levels]
    for answers in domain.answer_sets():
        given = [answers.get(question.id, "NA") for question in domain.questions]
        fired = [row for row in table if row["part"] in parts and all(fits(row[f"q{i}"], a) for i, a in enumerate(given, 1))]
        assert len(fired) == len(parts)
        worst = max((row["judgement"] for row in fired), key=order.index)
        assert ROB2.judge(domain.id, answers, effect=domain.effect or None).judgement == worst


def test_questions_answers_and_good_answers_agree_and_the_words_are_our_own():
    facts = [row for row in rows("rob2_questions.csv") if row["tool"] == "RoB2-parallel-2019"]
    ours = {(domain.id, domain.effect or "both", question.id): question for domain in ROB2.all_domains for question in domain.questions}
    assert len(facts) == len(ours)
    for row in facts:
        question = ours[row["domain"], row["effect"], row["id"]]
        legal = set(question.options) | ({"NA"} if question.conditional else set())
        assert legal == set(row["options"].split("/"))
        assert question.good == row["favourable_answer"]


def test_levels_and_order_agree():
    facts = tomllib.loads((FACTS / "rob2_parallel.tool.toml").read_text(encoding="utf-8"))
    theirs = {level["id"]: (level["label"], level["symbol"], level["colour"]["safe"]) for level in facts["levels"]}
    for level in ROB2.levels:
        assert theirs[level.id] == (level.label, level.symbol, level.colour["safe"])
    assert all(better.rank < worse.rank for better, worse in pairwise(ROB2.levels))


def opened(asked_if, answers):
    """Whether the table of questions says that a question is asked: '2.1 or 2.2 in Y/PY', '4.1 and 4.2 both in N', joined by ', or'."""
    condition = re.sub(r"if applicable;?|\(NA legal\)", "", asked_if).strip()
    if not condition:
        return True
    clauses = []
    for clause in condition.split(", or "):
        names, wanted = re.fullmatch(r"(.+?)(?: both)? in (\S+)", clause).groups()
        every = all if " and " in names else any
        clauses.append(every(answers[name] in wanted.split("/") for name in re.split(" and | or ", names)))
    return any(clauses)


ALL = [
    ("D1", "both", 125),
    pytest.param("D2", "assignment", 162_000, marks=pytest.mark.soak),
    pytest.param("D2", "adhering", 32_400, marks=pytest.mark.soak),
    ("D3", "both", 900),
    ("D4", "both", 5_400),
    ("D5", "both", 125),
]


@pytest.mark.parametrize(("domain", "effect", "combinations"), ALL)
def test_every_combination_of_answers_is_judged_or_refused_as_the_tables_say(domain, effect, combinations):
    questions = [
        row for row in rows("rob2_questions.csv") if (row["tool"], row["domain"], row["effect"]) == ("RoB2-parallel-2019", domain, effect)
    ]
    table = [row for row in rows("rob2_algorithm.csv") if (row["domain"], row["effect"]) == (domain, effect) and row["part"] != "combine"]
    ways = [([set(row[f"q{i}"].split("/")) if row[f"q{i}"] else None for i in range(1, len(questions) + 1)], row) for row in table]
    parts, order = {row["part"] for row in table}, ["Low", "Some concerns", "High"]
    tried = 0
    for given in product(*(row["options"].split("/") for row in questions)):
        tried += 1
        answers = {row["id"]: answer for row, answer in zip(questions, given, strict=True)}
        wrong = [
            row["id"]
            for row in questions
            if ("NA legal" not in row["asked_if"] and answers[row["id"]] == "NA")
            if opened(row["asked_if"], answers)
        ] + [row["id"] for row in questions if answers[row["id"]] != "NA" and not opened(row["asked_if"], answers)]
        if wrong:
            with pytest.raises(AnswerRefused, match="|".join(f"question {re.escape(name)}: " for name in wrong)):
                ROB2.judge(domain, answers, effect=None if effect == "both" else effect)
            continue
        fired = [
            row for cells, row in ways if all(c is None or a in c or (a != "NA" and "any" in c) for c, a in zip(cells, given, strict=True))
        ]
        assert {row["part"] for row in fired} == parts
        assert len(fired) == len(parts)
        worst = max((row["judgement"] for row in fired), key=order.index)
        assert ROB2.judge(domain, answers, effect=None if effect == "both" else effect).judgement == worst
    assert tried == combinations
