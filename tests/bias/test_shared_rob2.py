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
ORDER = [level.label for level in ROB2.levels]


def rows(name):
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table_of(domain, effect):
    """Each rule of the table with the answers that it allows to each question (None: any, or not asked), its part and its judgement."""
    found = []
    for row in rows("rob2_algorithm.csv"):
        if row["domain"] == domain and row["effect"] in ("both", effect) and row["part"] != "combine":
            cells = [row[f"q{i}"].replace("any", "Y/PY/PN/N/NI") for i in range(1, 8)]
            found.append(([set(cell.split("/")) if cell else None for cell in cells], row["part"], row["judgement"]))
    return found


def judged_by(table, given):
    """The worst of the parts; in each part exactly one rule fits these answers."""
    fired = [(part, said) for cells, part, said in table if all(cell is None or a in cell for cell, a in zip(cells, given, strict=False))]
    assert sorted(part for part, _ in fired) == sorted({part for _, part, _ in table})
    return max((said for _, said in fired), key=ORDER.index)


@pytest.mark.parametrize(
    "domain",
    [pytest.param(d, id=f"{d.id}{d.effect}", marks=pytest.mark.soak if d.id == "D2" else ()) for d in ROB2.all_domains],
)
def test_exactly_one_rule_of_the_table_fits_and_agrees(domain):
    table, names = table_of(domain.id, domain.effect), [question.id for question in domain.questions]
    for answers in domain.answer_sets():
        wanted = judged_by(table, [answers.get(name, "NA") for name in names])
        assert ROB2.judge(domain.id, answers, effect=domain.effect or None).judgement == wanted


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
    table = table_of(domain, effect)
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
        assert ROB2.judge(domain, answers, effect=None if effect == "both" else effect).judgement == judged_by(table, given)
    assert tried == combinations
