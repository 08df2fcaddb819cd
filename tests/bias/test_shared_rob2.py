"""The shipped tools beside the tables of facts that they were written from, where those are at hand."""

from __future__ import annotations

import csv
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from review.bias import load_tool

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


@pytest.mark.parametrize("tool", ["rob2-parallel", "jbi-case-series", "jbi-quasi-experimental"])
def test_no_label_is_taken_over_word_for_word(tool):
    name = tool.replace("-", "_") + ".tool.toml"
    path = FACTS / name if (FACTS / name).exists() else FACTS / "tools" / name
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    theirs = {question["text"].casefold() for domain in facts["domain"] for question in domain["question"]}
    theirs |= {row["own_words_label (not the official wording: CC BY-NC-ND)"].casefold() for row in rows("rob2_questions.csv")}
    long = {" ".join(words) for text in theirs for words in _runs(text, 5)}
    for question in load_tool(tool).questions():
        assert question.text.casefold() not in theirs
        assert not long & {" ".join(words) for words in _runs(question.text.casefold(), 5)}


def _runs(text, length):
    words = text.split()
    return [words[i : i + length] for i in range(len(words) - length + 1)]


def test_levels_and_order_agree():
    facts = tomllib.loads((FACTS / "rob2_parallel.tool.toml").read_text(encoding="utf-8"))
    theirs = {level["id"]: (level["label"], level["symbol"], level["colour"]["safe"]) for level in facts["levels"]}
    for level in ROB2.levels:
        assert theirs[level.id] == (level.label, level.symbol, level.colour["safe"])
    assert all(better.rank < worse.rank for better, worse in pairwise(ROB2.levels))
