"""Every problem of a tool file is told with its line; a file damaged in any way is refused as a tool file, never a crash."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.bias import load_tool, tool_names
from review.bias.tools import parse_tool
from review.errors import ToolInvalid
from review.model.toml_lines import TomlLines

PAGE = Path(__file__).parents[2] / "docs" / "write-a-tool.md"
EXAMPLE = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
SHIPPED = {name: load_tool(name).text for name in tool_names()}


def lines_of(text):
    """(line, what is told) of every problem."""
    with pytest.raises(ToolInvalid, match="in this tool file") as caught:
        parse_tool(text.encode("utf-8"), file="broken.toml")
    found = [re.fullmatch(r"line (\d+), (.*)", problem, re.DOTALL) for problem in caught.value.message.split("\n  - ")[1:]]
    return [(int(problem[1]), problem[2]) for problem in found]


def line_with(text, words, nth=1):
    """The line on which *words* stand for the nth time."""
    return [number for number, line in enumerate(text.splitlines(), 1) if words in line][nth - 1]


@pytest.mark.parametrize(
    ("old", "new", "at", "nth", "told"),
    [
        ('version = "1"', "version = 1", "version", 1, "version: 1 cannot stand here"),
        ('unit = "study"', 'unit = "patient"', "unit =", 1, "unit: 'patient'"),
        ('layout = "domains"', 'layout = "domains"\ncolour = "red"', "colour = ", 1, "colour: unknown key"),
        ("rank = 1", 'rank = "1"', "rank =", 2, "level high, rank: '1' cannot stand here; accepted: a whole number"),
        ("rank = 1", "rank = 0", "[[level]]", 2, "level, rank 0: used more than once"),
        ('safe = "#8B0000"', 'safe = "red"', '"red"', 1, "level high, colour, safe: 'red'"),
        ('id = "1.2"', 'id = "1.1"', "[[domain.question]]", 2, "question id 1.1: used more than once"),
        (
            'options = "three"\ngood = "N"\nask_if',
            'options = "four"\ngood = "N"\nask_if',
            '"four"',
            1,
            "domain D1, question 1.2, options: there is no",
        ),
        (
            'ask_if_any = { "1.1" = "Y/NI" }',
            'ask_if_any = { "1.1" = "Maybe" }',
            "ask_if_any",
            1,
            "domain D1, question 1.2, ask_if_any, 1.1: 'Maybe'",
        ),
        ('then = "high"', 'then = "worse"', '"worse"', 1, "domain D1, rule different, then: 'worse'; accepted: low, high"),
        (
            'when = { "1.2" = "Y/NI" }',
            'when = { "1.2" = "Y" }',
            "[[domain]]",
            1,
            "domain D1, rules (1): no rule fires for 1.1 = Y, 1.2 = NI",
        ),
        (
            'when = { "1.2" = "Y/NI" }',
            'when = { "1.2" = "Y/NI/N" }',
            "[[domain.rule]]",
            3,
            "domain D1, rules (1): alike and different both fire",
        ),
        ('rule = "worst"', 'rule = "best"', '"best"', 1, "overall, rule: 'best'"),
        ('rule = "worst"\n', "", "[overall]", 1, "overall, rule: missing"),
        ('unit = "study"\n', "", "schema", 1, "unit: missing"),
    ],
)
def test_a_problem_names_the_line_where_it_stands(old, new, at, nth, told):
    assert old in EXAMPLE
    text = EXAMPLE.replace(old, new, 1)
    assert (line_with(text, at, nth), told) in [(line, problem[: len(told)]) for line, problem in lines_of(text)]


def test_all_problems_come_in_the_order_of_their_lines():
    text = (
        EXAMPLE.replace('unit = "study"', 'unit = "patient"').replace('then = "high"', 'then = "worse"').replace("rank = 1", "rank = true")
    )
    lines = [line for line, _ in lines_of(text)]
    assert lines == sorted(lines)
    assert len(lines) == 3


def test_the_page_shows_a_refusal_as_it_is():
    text = EXAMPLE.replace('unit = "study"', 'unit = "patient"').replace('when = { "1.2" = "Y/NI" }', 'when = { "1.2" = "Y/NI/N" }')
    with pytest.raises(ToolInvalid, match="2 problems in this tool file") as caught:
        parse_tool(text.encode("utf-8"), file="tools/registry-form.toml")
    assert str(caught.value).split("\n  next: ")[0] in PAGE.read_text(encoding="utf-8")


def test_a_circle_of_conditions_is_refused_and_walked_through():
    text = EXAMPLE.replace('good = "N"\n', 'good = "N"\nask_if_any = { "1.2" = "Y" }\n', 1)
    told = "domain D1, question 1.1, ask_if_any, 1.2: a circle: 1.1 waits for 1.2 waits for 1.1; accepted: none stands before it"
    assert (line_with(text, "ask_if_any"), told) in lines_of(text)


def test_a_condition_on_a_later_question_is_refused_also_without_a_circle():
    text = EXAMPLE.replace('good = "N"\n', 'good = "N"\nask_if_any = { "1.2" = "Y" }\n', 1).replace('ask_if_any = { "1.1" = "Y/NI" }\n', "")
    assert any("ask_if_any, 1.2: stands after the question that it is to open" in problem for _, problem in lines_of(text))


def test_a_question_that_no_answers_open_is_refused_in_a_form_without_rules_too():
    rest = EXAMPLE.split("[[domain.rule]]")[0].replace('judgement = "rules"', 'judgement = "manual"')
    rest += '[[domain.question]]\nid = "1.3"\ntext = "x"\noptions = "three"\nask_if_all = { "1.1" = "N", "1.2" = "Y" }\n'
    assert lines_of(rest) == [
        (
            line_with(rest, "[[domain.question]]", 3),
            "domain D1, question 1.3: no answers can ever open it; accepted: a condition that can be met",
        )
    ]


def test_a_file_that_is_not_utf8_names_the_line():
    with pytest.raises(ToolInvalid, match=r"line 3: byte \d+ is not UTF-8"):
        parse_tool(b'schema = 1\nid = "x"\nlabel = "\xfc"\n', file="latin.toml")


@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a = " + "9" * 5_000, "a = 1\na = 2\n", "[a\n", "\x00"])
def test_what_is_no_toml_is_refused(text):
    with pytest.raises(ToolInvalid, match="not TOML"):
        parse_tool(text.encode("utf-8"), file="x.toml")


def test_lines_are_found_through_every_way_to_write_toml():
    text = (
        'plain = 1 # key = 2\n"quoted key" = """\nfalse = 1\n"""\n[table.inner]\n'
        "list = [\n  { id = \"a\" },\n\n  { id = 'b', deep = [1,\n 2] },\n]\n"
        '[[many]]\nx = 1\n[[many.sub]]\ny = 2\n[[many]]\n[[many.sub]]\n[[many.sub]]\ndotted."k.e.y" = 2026-01-02\n'
    )
    tomllib.loads(text)
    at = TomlLines(text)
    assert [at.of(place) for place in (("plain",), ("quoted key",), ("false",), ("table", "inner", "list"))] == [1, 2, 1, 6]
    assert [at.of(("table", "inner", "list", *rest)) for rest in ((0, "id"), (1, "id"), (1, "deep", 1))] == [7, 9, 10]
    assert [at.of(("many", *rest)) for rest in ((0,), (0, "sub", 0, "y"), (1,), (1, "sub", 1), (1, "sub", 1, "dotted", "k.e.y"))] == [
        12,
        15,
        16,
        18,
        19,
    ]


def places(content, place=()):
    for step in content if isinstance(content, dict) else range(len(content)) if isinstance(content, list) else ():
        yield (*place, step)
        yield from places(content[step], (*place, step))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_place_of_a_shipped_file_is_found_on_a_line_that_shows_it(name):
    text, lines = SHIPPED[name], SHIPPED[name].splitlines()
    at = TomlLines(text)
    for place in places(tomllib.loads(text)):
        keys = [step for step in place if isinstance(step, str)]
        shown = lines[at.of(place) - 1]
        assert keys[-1] in shown or (isinstance(place[-1], int) and at.of(place) > 1), place


damage = st.one_of(
    st.tuples(st.just("drop"), st.integers(0, 10**6), st.just("")),
    st.tuples(st.just("twice"), st.integers(0, 10**6), st.just("")),
    st.tuples(st.just("swap"), st.integers(0, 10**6), st.just("")),
    st.tuples(
        st.just("value"),
        st.integers(0, 10**6),
        st.sampled_from(["1", '""', "[]", "{}", "true", '["NA"]', '"Y/N"', "-1", "1.5", '{ "1" = "Y" }']),
    ),
    st.tuples(st.just("text"), st.integers(0, 10**6), st.text(max_size=3)),
)


@settings(max_examples=120, deadline=None)
@given(name=st.sampled_from(sorted(SHIPPED)), damages=st.lists(damage, min_size=1, max_size=4))
def test_a_damaged_file_is_a_tool_or_refused_as_one(name, damages):
    lines = SHIPPED[name].splitlines()
    for kind, number, new in damages:
        at = number % len(lines)
        if kind == "drop":
            lines[at] = ""
        elif kind == "twice":
            lines.insert(at, lines[at])
        elif kind == "swap":
            lines[at], lines[-1 - at] = lines[-1 - at], lines[at]
        elif kind == "value" and "=" in lines[at]:
            lines[at] = f"{lines[at].split('=')[0]}= {new}"
        elif kind == "text":
            lines[at] = lines[at][: number % 7] + new + lines[at][number % 7 :]
    try:
        parse_tool("\n".join(lines).encode("utf-8", "surrogatepass"), file="damaged.toml")
    except ToolInvalid as refused:
        assert re.search(r"line \d+|not TOML|not UTF-8", str(refused))
