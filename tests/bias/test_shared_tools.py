"""Every shipped tool beside the facts that it was written from, where those are at hand: items, answers, conditions, levels, scores, and no
words taken over.
"""

from __future__ import annotations

import csv
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from review.bias import load_tool, tool_names

FACTS = Path(__file__).parents[3] / "shared" / "facts" / "bias"
if not FACTS.is_dir():
    pytest.skip("the tables of facts are not beside this checkout", allow_module_level=True)

THEIRS = {
    facts["id"]: facts
    for path in [FACTS / "rob2_parallel.tool.toml", *sorted((FACTS / "tools").glob("*.toml"))]
    for facts in [tomllib.loads(path.read_text(encoding="utf-8"))]
}
TOOLS = [load_tool(name) for name in tool_names()]


def questions(facts):
    return {
        (domain["id"], domain.get("effect", ""), question["id"]): question for domain in facts["domain"] for question in domain["question"]
    }


def test_every_tool_of_the_facts_ships():
    assert set(THEIRS) == set(tool_names())


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if not tool.template], ids=lambda tool: tool.id)
def test_items_answers_and_good_answers_agree(tool):
    facts = THEIRS[tool.id]
    ours = {(domain.id, domain.effect, question.id): question for domain in tool.all_domains for question in domain.questions}
    theirs = questions(facts)
    assert list(ours) == list(theirs)
    for key, question in ours.items():
        fact = theirs[key]
        if "choices" in fact:
            assert [(choice.id, choice.points) for choice in question.choices] == [
                (choice["id"], choice["stars"]) for choice in fact["choices"]
            ]
            assert question.select == fact["select"]
            continue
        options = facts["options"][fact["options"]] if isinstance(fact["options"], str) else fact["options"]
        assert set(question.options) | ({"NA"} if question.conditional else set()) == set(options) | (
            {"NA"} if question.conditional else set()
        )
        assert question.good == fact.get("good", "")
        assert question.role == fact.get("role", "")
        assert question.column == fact.get("item", question.id)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.id)
def test_conditions_agree(tool):
    facts = questions(THEIRS[tool.id])
    for domain in tool.all_domains:
        for question in domain.questions:
            fact = facts.get((domain.id, domain.effect, question.id), {}).get("ask_if", {})
            for condition, ours in (("any", question.ask_if_any), ("all", question.ask_if_all)):
                assert {name: set(answers) for name, answers in ours.items()} == {
                    name: set(answers.split("/")) for name, answers in fact.get(condition, [])
                }


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.id)
def test_levels_colours_and_order_agree(tool):
    facts = THEIRS[tool.id]
    for ours, theirs in ((tool.levels, facts["levels"]), (tool.overall_levels, facts.get("overall_levels", []))):
        known = {level["id"]: level for level in theirs}
        for level in ours:
            fact = known[level.id]
            assert (level.symbol, level.colour) == (fact["symbol"], fact["colour"])
            assert level.rank == (fact["rank"] if fact["rank"] >= 0 else None)
        ranked = [level.rank for level in ours if level.rank is not None]
        assert all(better < worse for better, worse in pairwise(ranked))
    if tool.cells_from == "answers" and tool.cells:
        assert tool.cells == {answer: level for answer, level in facts["cell"]["map"].items() if answer in tool.cells}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.id)
def test_unit_designs_and_designs_refused_agree(tool):
    facts = THEIRS[tool.id]
    assert tool.unit == facts["unit"]
    assert set(facts["designs"]) <= set(tool.designs)
    assert set(facts["not_for"]) <= {entry.design for entry in tool.not_for}
    assert {domain.id: domain.judgements for domain in tool.all_domains if not domain.effect} == {
        domain["id"]: tuple(domain.get("judgements", facts.get("judgements", ["bias"])))
        for domain in facts["domain"]
        if not domain.get("effect")
    }


def test_scores_and_rows_agree():
    for name in ("nos-cohort", "nos-case-control"):
        card = load_tool(name).overall({}).score
        overall = THEIRS[name]["overall"]
        assert (card.of, {group: of for group, (_, of) in card.groups.items()}) == (overall["max"], overall["groups"])
        (grading,), (fact,) = load_tool(name).gradings, THEIRS[name]["grading"]
        groups = list(overall["groups"])
        for s in range(overall["groups"]["S"] + 1):
            for c in range(3):
                for third in range(4):
                    got = dict(zip(groups, (s, c, third), strict=True))
                    fits = [r for r in fact["rows"] if "otherwise" in r or all(r[g][0] <= got[g] <= r[g][1] for g in groups)]
                    assert grading.grade(got) == fits[0]["then"]
    for facts, said in (("non_comparative", "N"), ("comparative", "Y")):
        assert load_tool("minors").overall({}, preliminary={"P1": said}).score.of == THEIRS["minors"]["overall"]["max"][facts]
    amstar, fact = load_tool("amstar-2").overall_form, THEIRS["amstar-2"]["overall"]
    assert list(amstar.critical) == fact["critical_items"]
    for critical in range(17):
        for others in range(17):
            counts = {"critical": critical, "noncritical": others}
            theirs = [r["then"] for r in fact["row"] if all(r[k]["min"] <= n <= r[k].get("max", 99) for k, n in counts.items())]
            assert [row.then for row in amstar.rows if row.fires(critical, others)] == theirs


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.id)
def test_no_words_are_taken_over(tool):
    facts = THEIRS[tool.id]
    said = [question["text"] for question in questions(facts).values()]
    said += [fact["text"] for fact in facts.get("preliminary", [])]
    said += [choice["text"] for question in questions(facts).values() for choice in question.get("choices", [])]
    with (FACTS / "rob2_questions.csv").open(encoding="utf-8", newline="") as file:
        said += [row["own_words_label (not the official wording: CC BY-NC-ND)"] for row in csv.DictReader(file)]
    theirs = {text.casefold() for text in said}
    long = {run for text in theirs for run in runs(text)}
    ours = [question.text for question in tool.questions()] + [fact.text for fact in tool.preliminary]
    ours += [choice.text for question in tool.questions() for choice in question.choices]
    for text in ours:
        assert text.casefold() not in theirs - {"yes", "no"}
        assert not long & runs(text.casefold()), text


def runs(text, length=5):
    """Every run of five words."""
    words = text.split()
    return {" ".join(words[i : i + length]) for i in range(len(words) - length + 1)}
