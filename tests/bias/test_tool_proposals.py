"""The tool that fits a design is proposed, with the reason; where none fits, what to do is said; a template is copied before it is used."""

from __future__ import annotations

import doctest
import importlib

import pytest

from review.bias import load_tool, propose_tools, tool_names
from review.bias.designs import design_word
from review.errors import InputRefused, ToolInvalid


@pytest.mark.parametrize(
    ("design", "claim", "proposed"),
    [
        ("randomised-trial", None, ["rob2-parallel"]),
        ("Randomized trial", "result", ["rob2-parallel"]),
        ("crossover-first-period", None, ["rob2-parallel"]),
        ("single-arm-trial", "proportion", ["jbi-case-series", "minors"]),
        ("single-arm-trial", "change", ["jbi-quasi-experimental", "minors"]),
        ("single-arm-trial", None, ["jbi-case-series", "jbi-quasi-experimental", "minors"]),
        ("before-after", "change", ["jbi-quasi-experimental", "minors"]),
        ("case-series", None, ["jbi-case-series", "minors"]),
        ("cohort", None, ["robins-i-2016", "minors", "nos-cohort"]),
        ("cohort", "result", ["robins-i-2016"]),
        ("case-control", None, ["robins-i-2016", "nos-case-control"]),
        ("non-randomised-trial", None, ["robins-i-2016", "jbi-quasi-experimental", "minors"]),
        ("interrupted-time-series", "comparison", ["robins-i-2016"]),
        ("systematic-review", "review", ["amstar-2"]),
        ("diagnostic-accuracy", "accuracy", ["quadas-2"]),
    ],
)
def test_the_tools_for_a_design_best_first(design, claim, proposed):
    found = propose_tools(design, claim)
    assert [tool.id for tool, _ in found] == proposed
    for tool, reason in found:
        assert reason
        assert tool.refuse_design(design) is None
        assert ("discouraged" in reason) == bool(tool.discouraged)


@pytest.mark.parametrize(
    ("design", "said", "next_step"),
    [
        ("cluster-randomised-trial", "groups were allocated, not people", "not encoded here; add it as a tool file of your own"),
        ("crossover-trial", "everybody had every treatment in turn", "crossover-first-period"),
        ("case-report", "a single patient is not a series", "JBI has a checklist for case reports"),
        ("network-meta-analysis", "many treatments are compared at once", "tool file of your own"),
        ("cohorts", "no tool is made for the design 'cohorts'", "did you mean 'cohort'"),
    ],
)
def test_where_no_tool_fits_the_reason_and_a_way_on_are_said(design, said, next_step):
    with pytest.raises(InputRefused, match=said) as caught:
        propose_tools(design)
    assert next_step in caught.value.next_step


@pytest.mark.parametrize("name", [name for name in tool_names() if not load_tool(name).template])
def test_a_tool_that_is_refused_names_the_right_one(name):
    tool = load_tool(name)
    for design in {design for other in map(load_tool, tool_names()) for design in other.designs} - {*tool.designs, "any"}:
        with pytest.raises(InputRefused, match=r"is not made for") as caught:
            tool.refuse_design(design)
        right = [one.id for one, _ in propose_tools(design)]
        assert any(one in caught.value.next_step for one in right), (name, design)
        assert "did you mean" not in caught.value.next_step


@pytest.mark.parametrize("name", ["rob2-parallel", "jbi-case-series", "amstar-2"])
@pytest.mark.parametrize("design", ["quasi-randomised", "Quasi-randomized trial", "cluster-randomised-trial"])
def test_what_no_tool_is_made_for_is_said_by_each_with_what_to_do(name, design):
    with pytest.raises(InputRefused, match="nobody was allocated at random|groups were allocated|single study|not made for") as caught:
        load_tool(name).refuse_design(design)
    assert ("non-randomised-trial" if design.casefold().startswith("quasi") else "tool file of your own") in caught.value.next_step
    assert "did you mean" not in caught.value.next_step


def test_a_near_word_is_offered_for_a_word_that_no_tool_knows():
    with pytest.raises(InputRefused, match="says nothing about the design 'cohorts'") as caught:
        load_tool("rob2-parallel").refuse_design("cohorts")
    assert "did you mean 'cohort'" in caught.value.next_step


@pytest.mark.parametrize("design", [None, "", "trial", "Not reported"])
def test_a_design_that_says_too_little_is_asked_about(design):
    with pytest.raises(InputRefused, match="no tool can be proposed while the design is") as caught:
        propose_tools(design)
    assert "was it at random, one by one or in groups" in caught.value.next_step


def test_what_no_tool_of_a_design_does_is_said():
    with pytest.raises(InputRefused, match="no tool for the design 'cohort' has 'review' as its unit or claim"):
        propose_tools("cohort", "review")
    with pytest.raises(InputRefused, match="no tool for the design 'interrupted-time-series' has 'accuracy'"):
        propose_tools("interrupted-time-series", "accuracy")
    with pytest.raises(InputRefused, match=r"'papers' is neither a unit nor a claim"):
        propose_tools("cohort", "papers")


@pytest.mark.parametrize("name", tool_names())
def test_a_tool_is_refused_for_every_design_of_the_others_that_it_does_not_name(name):
    tool = load_tool(name)
    for other in map(load_tool, tool_names()):
        for design in {*other.designs} - {*tool.designs, "any"} if not tool.template else ():
            with pytest.raises(InputRefused, match=r"is not made for a |says nothing about the design"):
                tool.refuse_design(design)
            assert not tool.for_design(design)


def test_no_tool_but_rob_2_takes_a_randomised_trial_and_none_a_cluster_or_crossover_trial():
    tools = [load_tool(name) for name in tool_names()]
    assert [tool.id for tool in tools if tool.for_design("randomised-trial")] == ["rob2-parallel"]
    assert [tool.id for tool in tools if tool.for_design("cluster-randomised-trial") or tool.for_design("crossover-trial")] == []
    for tool in tools:
        if not tool.template:
            with pytest.raises(InputRefused, match="cluster"):
                tool.refuse_design("cluster-randomised-trial")


def test_a_template_is_refused_until_it_is_copied(tmp_path):
    generic = load_tool("generic")
    with pytest.raises(InputRefused, match="is a template, nothing is assessed with it") as caught:
        generic.refuse_design("cohort")
    assert "take out template = true" in caught.value.next_step
    own = generic.text.replace('id = "generic"', 'id = "our-form"').replace("template = true\n", "").replace('["any"]', '["cohort"]')
    (tmp_path / "our-form.toml").write_text(own, encoding="utf-8")
    assert load_tool("our-form", tmp_path).refuse_design("cohort") is None
    assert [tool.id for tool, _ in propose_tools("cohort", None, tmp_path)][-2:] == ["our-form", "nos-cohort"]


def test_a_design_is_understood_as_people_write_it():
    assert design_word(" Single  arm_Trial") == design_word("single-arm trial") == "single-arm-trial"
    assert design_word("Cluster Randomized trial") == "cluster-randomised-trial"


def test_the_example_in_the_docstring_runs():
    result = doctest.testmod(importlib.import_module("review.bias.proposal"))
    assert (result.attempted, result.failed) == (1, 0)


# the official wording that a team may keep

OVERLAY = """tool = "rob2-parallel"
version = "2019-08-22"
source = "our licence"
[questions]
"1.1" = "The wording of 1.1"
[domains]
D1 = "The name of D1"
[effect.assignment.questions]
"2.3" = "The wording of 2.3 for assignment"
[effect.adhering.questions]
"2.3" = "The wording of 2.3 for adhering"
"""


def overlay(folder, text):
    (folder / "rob2-parallel.wording.toml").write_text(text, encoding="utf-8")
    return load_tool("rob2-parallel", folder)


def test_an_overlay_lies_over_our_words_and_is_no_tool(tmp_path):
    tool = overlay(tmp_path, OVERLAY)
    found = tool.official(tmp_path)
    assert found.question("1.1") == "The wording of 1.1"
    assert found.question("1.1", "adhering") == "The wording of 1.1"
    assert [found.question("2.3", effect) for effect in ("assignment", "adhering", None)] == [
        "The wording of 2.3 for assignment",
        "The wording of 2.3 for adhering",
        "",
    ]
    assert (found.domain("D1"), found.domain("D2"), found.source) == ("The name of D1", "", "our licence")
    assert len(found.sha256) == 64
    assert list(tool_names(tmp_path).values()) == ["shipped"] * len(tool_names())
    assert "The wording" not in tool.text
    assert tool.sha256 == load_tool("rob2-parallel").sha256


def test_without_an_overlay_there_is_none(tmp_path):
    assert load_tool("rob2-parallel").official(tmp_path) is None
    assert load_tool("rob2-parallel").official(None) is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('version = "2019-08-22"', 'version = "2016"', r"line 2, version: '2016'; accepted: '2019-08-22'"),
        ('tool = "rob2-parallel"\n', "", r"line 1, tool: None; accepted: 'rob2-parallel'"),
        ('"1.1" =', '"1.9" =', r"line 5, questions, 1.9: the tool has none of this name"),
        ('"The wording of 1.1"', "3", r"line 5, questions, 1.1: not a text"),
        (
            "[effect.adhering",
            "[effect.adherence",
            r"line 10, effect, adherence: there is no effect 'adherence'; accepted: assignment, adhering",
        ),
        ("[domains]\nD1 =", "[answers]\nD1 =", r"line 6, answers: unknown key"),
        ("[domains]\nD1 =", "[domains]\nD1 ", "not TOML"),
        (
            "[effect.adhering.questions]",
            "[effect.adhering.question]",
            r"line 10, effect, adhering, question: unknown key; accepted: questions",
        ),
        ('"our licence"', '["our licence"]', r"line 3, source: not a text; accepted: text in quotes"),
    ],
)
def test_an_overlay_of_another_form_is_refused_with_the_line(tmp_path, old, new, told):
    tool = overlay(tmp_path, OVERLAY.replace(old, new, 1))
    with pytest.raises(ToolInvalid, match=told):
        tool.official(tmp_path)
