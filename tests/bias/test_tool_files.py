"""Where tool files come from, which of them wins, and how a broken one is refused: with all its problems at once."""

from __future__ import annotations

import copy
import doctest
import hashlib
import importlib
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from review.bias import load_tool, tool_names
from review.bias.algorithm import Choice, Domain, Hint, Level, Preliminary, Question, Refusal, Rule
from review.bias.rule_proof import gaps
from review.bias.scores import Grading, GradingRow, OverallForm, Span, WeaknessRow
from review.bias.tool_check import check
from review.bias.tool_form import NotFor, Proposed, ToolForm
from review.bias.tools import parse_tool
from review.errors import NotFound, ToolInvalid
from tests.patience import calls, ends

ROOT = Path(__file__).parents[2]
SHIPPED = [
    "amstar-2",
    "generic",
    "jbi-case-series",
    "jbi-quasi-experimental",
    "minors",
    "nos-case-control",
    "nos-cohort",
    "quadas-2",
    "rob2-parallel",
    "robins-i-2016",
]
PAGE = (ROOT / "docs" / "write-a-tool.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]


def write(folder, text, name="tool.toml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def told(text):
    """Each problem with its line, as it is shown."""
    with pytest.raises(ToolInvalid, match="in this tool file") as caught:
        parse_tool(text.encode("utf-8"), file="broken.toml")
    return caught.value.message.split("\n  - ")[1:]


def problems_of(text):
    """Each problem without its line; that it has one is checked."""
    shown = [re.fullmatch(r"line (\d+), (.*)", problem, re.DOTALL) for problem in told(text)]
    assert all(1 <= int(problem[1]) <= text.count("\n") + 1 for problem in shown)
    return [problem[2] for problem in shown]


def test_every_example_in_the_docstrings_runs():
    result = doctest.testmod(importlib.import_module("review.bias.tool"))
    assert result.attempted >= 4
    assert result.failed == 0


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_tools_load_and_carry_their_file(name):
    tool = load_tool(name)
    data = (ROOT / "review" / "bias" / "tools" / f"{name}.toml").read_bytes()
    assert tool.id == name
    assert (tool.text.encode("utf-8"), tool.sha256) == (data, hashlib.sha256(data).hexdigest())
    assert tool.origin == "shipped"
    assert tool.citation
    assert tool.verified
    assert tool.unverified, "no official form was at hand, and the form says so"
    assert tool.remarks[0] == tool.unverified
    assert "not part of this file" in tool.licence
    assert repr(tool).startswith(f"<Tool {name} ")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_level_has_a_symbol_and_both_colours(name):
    tool = load_tool(name)
    for level in (*tool.levels, *tool.overall_levels):
        assert len(level.symbol) == 1
        assert set(level.colour) == {"safe", "cochrane"}


@pytest.mark.parametrize("name", SHIPPED)
def test_tools_proposed_instead_of_another_exist(name):
    assert {use for entry in load_tool(name).not_for for use in entry.use} <= set(SHIPPED)


def test_a_tool_is_frozen():
    tool = load_tool("rob2-parallel")
    with pytest.raises(ValidationError, match="frozen"):
        tool.version = "2"


def test_names_tell_where_each_tool_comes_from(tmp_path):
    assert tool_names() == dict.fromkeys(SHIPPED, "shipped")
    write(tmp_path, EXAMPLE)
    assert tool_names(tmp_path) == {**dict.fromkeys(SHIPPED, "shipped"), "registry-form": "project"}


def test_an_unknown_name_is_answered_with_near_matches():
    with pytest.raises(NotFound, match=r"no appraisal tool 'rob2-paralel'.*\n.*did you mean 'rob2-parallel'"):
        load_tool("rob2-paralel")


def test_a_tool_of_the_project_wins_over_a_shipped_one(tmp_path):
    text = load_tool("jbi-case-series").text
    write(tmp_path, text.replace('version = "2020"', 'version = "2020, our reading"'), "any-name.toml")
    tool = load_tool("jbi-case-series", tmp_path)
    assert (tool.version, tool.origin) == ("2020, our reading", "project")
    assert tool.sha256 != load_tool("jbi-case-series").sha256
    assert tool_names(tmp_path)["jbi-case-series"] == "project"
    assert load_tool("rob2-parallel", tmp_path).origin == "shipped"


def test_a_folder_that_is_not_there_has_no_tools(tmp_path):
    assert load_tool("rob2-parallel", tmp_path / "tools").origin == "shipped"


def test_two_files_of_one_id_are_refused(tmp_path):
    write(write(tmp_path, EXAMPLE, "a.toml"), EXAMPLE, "b.toml")
    with pytest.raises(ToolInvalid, match=r"the id 'registry-form' is also that of a\.toml"):
        load_tool("registry-form", tmp_path)


def test_a_file_that_is_not_toml_is_refused_even_when_another_tool_is_asked_for(tmp_path):
    write(tmp_path, "id = \n", "rob2.toml")
    with pytest.raises(ToolInvalid, match=r"not TOML: .*line 1"):
        load_tool("rob2-parallel", tmp_path)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "tool.toml").write_bytes(EXAMPLE.replace("our own text", "unser Text für uns").encode("latin-1"))
    with pytest.raises(ToolInvalid, match="is not UTF-8"):
        load_tool("registry-form", tmp_path)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    data = b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode("utf-8")
    (tmp_path / "tool.toml").write_bytes(data)
    tool = load_tool("registry-form", tmp_path)
    assert (tool.sha256, tool.text.encode("utf-8")) == (hashlib.sha256(data).hexdigest(), data)


def test_a_kept_copy_is_the_same_tool():
    tool = load_tool("rob2-parallel")
    kept = parse_tool(tool.text.encode("utf-8"), file="kept")
    assert (kept.sha256, kept.all_domains, kept.levels) == (tool.sha256, tool.all_domains, tool.levels)


def plug_in(folder, monkeypatch, name, source):
    package = f"plug_{name.replace('-', '_')}_{abs(hash(folder)) % 10**8}"
    (folder / f"{package}.py").write_text(source, encoding="utf-8")
    info = folder / f"{package}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[review.tools]\n{name} = {package}:tool_file\n", encoding="utf-8")
    monkeypatch.syspath_prepend(folder)


def test_a_plug_in_wins_over_what_ships_and_the_project_over_the_plug_in(tmp_path, monkeypatch):
    text = load_tool("jbi-case-series").text.replace('version = "2020"', 'version = "plugged"')
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    plug_in(tmp_path, monkeypatch, "jbi-case-series", "from pathlib import Path\ntool_file = Path(__file__).with_name('mine.toml')\n")
    assert (load_tool("jbi-case-series").version, tool_names()["jbi-case-series"]) == ("plugged", "plug-in")
    own = tmp_path / "tools"
    own.mkdir()
    write(own, text.replace('"plugged"', '"own"'))
    assert load_tool("jbi-case-series", own).version == "own"


def test_installed_packages_are_looked_through_once(monkeypatch):
    def scan(**group):
        raise AssertionError("looked through again")

    load_tool("rob2-parallel")
    monkeypatch.setattr("review.bias.tools.entry_points", scan)
    assert load_tool("minors").id == "minors"
    assert "jbi-case-series" in tool_names()


def test_a_plug_in_may_offer_the_text_itself(tmp_path, monkeypatch):
    plug_in(tmp_path, monkeypatch, "registry-form", f"tool_file = {EXAMPLE!r}\n")
    assert load_tool("registry-form").origin == "plug-in"


@pytest.mark.parametrize(
    ("source", "said"), [("tool_file = 3\n", "offers a int"), ("", "cannot be loaded"), ("import nowhere_at_all\n", "cannot be loaded")]
)
def test_a_plug_in_that_offers_something_else_is_refused(tmp_path, monkeypatch, source, said):
    plug_in(tmp_path, monkeypatch, "strange", source)
    with pytest.raises(ToolInvalid, match=said):
        load_tool("strange")


def test_the_documented_example_works_as_the_page_says(tmp_path):
    tool = load_tool("registry-form", write(tmp_path, EXAMPLE))
    assert tool.judge("D1", {"1.1": "Y", "1.2": "N"}).judgement == "Low"
    assert tool.judge("D1", {"1.1": "NI", "1.2": "NI"}).path[0].rule == "different"
    assert tool.overall({"D1": "High"}).judgement == "High"


FORMS = [ToolForm, NotFor, Proposed, Preliminary, OverallForm, WeaknessRow, Grading, GradingRow, Span]
FORMS += [Level, Domain, Question, Choice, Rule, Hint, Refusal]


@pytest.mark.parametrize("form", FORMS)
def test_the_page_describes_every_key(form):
    for name, field in form.model_fields.items():
        key = field.alias or name
        assert re.search(rf"[`\[ ]{key}[`\]= ]", PAGE), key


def test_all_problems_are_listed_at_once():
    text = (
        EXAMPLE.replace('licence = "our own text"\n', "")
        .replace('unit = "study"', 'unit = "patient"')
        .replace('version = "1"', "version = 1")
        .replace('symbol = "+"', 'symbol = "++"')
        .replace('safe = "#8B0000"', 'safe = "dark red"')
        .replace('text = "Those differ from the others"', 'txt = "Those differ from the others"')
        .replace('good = "N"\nask_if', 'good = "No"\nask_if')
        .replace('then = "high"', 'then = "hgh"')
        .replace('rule = "worst"', 'rule = "best"')
    )
    found = problems_of(text)
    for expected in (
        "version: 1 cannot stand here; accepted: text in quotes",
        "licence: missing; accepted: text in quotes",
        "unit: 'patient'; accepted: study, result, synthesis, review",
        "level low, symbol: '++'; accepted: one character",
        "level high, colour, safe: 'dark red'; accepted: a colour such as #56B4E9",
        "domain D1, question 1.2, txt: unknown key; accepted: did you mean 'text'?",
        "domain D1, question 1.2, text: missing; accepted: text in quotes",
        "domain D1, question 1.2, good: 'No'; accepted: Y, N, NI",
        "domain D1, rule different, then: 'hgh'; accepted: low, high",
        "overall, rule: 'best'; accepted: worst, manual, none, sum, amstar2",
    ):
        assert expected in found
    assert len(found) == 10


def test_the_refusal_names_the_file_and_the_page():
    with pytest.raises(ToolInvalid, match=r"broken\.toml: one problem in this tool file") as caught:
        parse_tool(EXAMPLE.replace('unit = "study"', "").encode("utf-8"), file="broken.toml")
    assert caught.value.next_step == "docs/write-a-tool.md describes every key"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("schema = 1", "schema = 2", "schema: 2; accepted: 1; a higher number is for a newer release"),
        ("schema = 1\n", "", "schema: missing; accepted: 1"),
        ('id = "registry-form"', 'id = "Registry Form"', "id: 'Registry Form'; accepted: small letters"),
        ('designs = ["cohort"]', "designs = []", "designs: missing"),
        ('designs = ["cohort"]', 'designs = "cohort/case-control"', "designs: 'cohort/case-control' cannot stand here"),
        ('designs = ["cohort"]', 'designs = ["randomised-trial"]', "not_for randomised-trial: the same design stands under designs"),
        ('why = "people were allocated at random"\n', "", "not_for randomised-trial: incomplete"),
        ('label = "High"', 'label = "Low"', "level, label Low: used more than once: Low"),
        ("rank = 1", "rank = 0", "level, rank 0: used more than once"),
        ("rank = 1", 'rank = "one"', "level high, rank: 'one' cannot stand here; accepted: a whole number"),
        ("rank = 1\n", "", "domain D1, rule different, then: 'high'; accepted: low"),
        ('options = "three"', 'options = "four"', "domain D1, question 1.1, options: there is no option set 'four'; accepted: three"),
        ('NI = "No information"\n', "", "answers, NI: missing"),
        (
            'ask_if_any = { "1.1" = "Y/NI" }',
            'ask_if_any = { "1.2" = "Y" }',
            "domain D1, question 1.2, ask_if_any, 1.2: a circle: 1.2 waits for 1.2; accepted: 1.1",
        ),
        (
            'ask_if_any = { "1.1" = "Y/NI" }',
            'ask_if_all = { "1.1" = "Y/PY" }',
            "domain D1, question 1.2, ask_if_all, 1.1: 'PY'; accepted: Y, N, NI",
        ),
        ('when = { "1.1" = "N" }', 'when = { "1.9" = "N" }', "domain D1, rule everybody, when, 1.9: not a question"),
        (
            'when = { "1.1" = "N" }',
            'when = { "1.1" = "not asked" }',
            "domain D1, rule everybody, when, 1.1: 'not asked'; accepted: Y, N, NI",
        ),
        ('when = { "1.1" = "N" }', "when = {}", "domain D1, rule everybody, when: missing"),
        ('id = "alike"', 'id = "everybody"', "domain D1, rule everybody: used more than once"),
        ('id = "1.2"', 'id = "1.1"', "question id 1.1: used more than once"),
        ('judgement = "rules"', 'judgement = "manual"', "domain D1, rule: given; accepted: none, because judgement is manual"),
        ('layout = "domains"', 'layout = "items"', "judgement: 'rules' with layout 'items'"),
        ('rule = "worst"', 'rule = "worst"\nflag_at = 1', "overall, flag_at: 1; accepted: 2 or more"),
        (
            'label = "Who is in the registry"',
            'label = "Who"\neffect = "adhering"',
            "domain D1, effect: adhering; accepted: once for each of",
        ),
        ('rule = "worst"', 'rule = "worst"\n[cells]\nY = "low"', "cells: given; accepted: only with layout 'items'"),
    ],
)
def test_each_problem_names_its_key_and_what_is_accepted(old, new, problem):
    assert old in EXAMPLE
    assert any(line.startswith(problem) for line in problems_of(EXAMPLE.replace(old, new, 1)))


def test_rules_that_leave_a_case_open_are_refused_with_an_example():
    text = EXAMPLE.replace('when = { "1.2" = "Y/NI" }', 'when = { "1.2" = "Y" }')
    assert problems_of(text) == ["domain D1, rules (1): no rule fires for 1.1 = Y, 1.2 = NI"]


def test_rules_of_which_two_fire_are_refused_with_an_example():
    text = EXAMPLE.replace('when = { "1.2" = "Y/NI" }', 'when = { "1.2" = "Y/NI/N" }')
    assert problems_of(text) == ["domain D1, rules (1): alike and different both fire for 1.1 = Y, 1.2 = N"]


def test_a_rule_that_can_never_fire_is_refused():
    text = EXAMPLE + '\n[[domain.rule]]\nid = "never"\nwhen = { "1.1" = "N", "1.2" = "Y" }\nthen = "high"\n'
    assert problems_of(text) == ["domain D1, rules (1): rule never can never fire"]


def test_rules_are_needed_where_rules_judge():
    text = EXAMPLE.split("[[domain.rule]]")[0]
    assert problems_of(text) == ["domain D1, rule: missing; accepted: one or more [[domain.rule]] tables, or judgement manual"]


def test_items_need_a_cell_for_every_answer():
    text = load_tool("jbi-case-series").text.replace('NA = "na"\n', "").replace('U = "unclear"', 'U = "doubtful"')
    found = problems_of(text)
    assert "cells, NA: missing; accepted: the level that this answer is shown as" in found
    assert "cells, U: 'doubtful'; accepted: yes, unclear, no, na" in found
    assert len(found) == 2


def test_rules_too_many_to_prove_are_refused_and_do_not_hang():
    questions = [{"id": f"1.{i}", "text": "x", "options": ["Y", "N", "NI"]} for i in range(20)]
    rules = [{"id": f"{i}{answer}", "when": {f"1.{i}": answer}, "then": "low"} for i in range(20) for answer in ("Y", "N", "NI")]
    domain = Domain.model_validate({"id": "D1", "label": "x", "question": questions, "rule": rules})
    with ends("the proof of too many rules"):
        assert gaps(domain) == [("", "too many different answers to check the rules; accepted: fewer questions a part, or more parts")]


def test_loading_proves_the_rules_without_trying_every_answer_and_once():
    load_tool("rob2-parallel")  # what its modules import is imported
    parse_tool.cache_clear()
    with calls(120_000, "loading a tool and proving its rules"):
        load_tool("rob2-parallel")
    with calls(1_000, "loading a tool again"):
        load_tool("rob2-parallel")


def brute_force(domain):
    """Whether exactly one rule fires in each part for every allowed set of answers, by trying them all."""
    return all(
        sum(rule.part == part and rule.fires(answers) for rule in domain.rules) == 1
        for answers in domain.answer_sets()
        for part in domain.parts
    )


@pytest.mark.parametrize("domain", load_tool("rob2-parallel").all_domains, ids=lambda domain: f"{domain.id}{domain.effect}")
def test_the_proof_on_loading_agrees_with_trying_every_answer(domain):
    assert gaps(domain) == []
    assert brute_force(domain)


SMALL_DOMAINS = [domain for domain in load_tool("rob2-parallel").all_domains if not domain.effect]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_proof_finds_every_damage_that_trying_every_answer_finds(data):
    domain = data.draw(st.sampled_from(SMALL_DOMAINS))
    rules = list(domain.rules)
    at = data.draw(st.integers(0, len(rules) - 1))
    if data.draw(st.booleans()):
        del rules[at]
    else:
        asked = data.draw(st.sampled_from(sorted(rules[at].when)))
        answers = data.draw(st.lists(st.sampled_from(["Y", "PY", "PN", "N", "NI"]), min_size=1, max_size=4, unique=True))
        rules[at] = rules[at].model_copy(update={"when": {**rules[at].when, asked: tuple(answers)}})
    damaged = domain.model_copy(update={"rules": tuple(rules)})
    found = [line for _, line in gaps(damaged) if "never fire" not in line]
    assert (found == []) == brute_force(damaged)


SHIPPED_DATA = {name: tomllib.loads(load_tool(name).text) for name in SHIPPED}
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.builds(dict),
    st.builds(dict, id=st.just(1)),  # new each time: the test changes what it draws
)


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_file_is_told_and_never_a_crash(data):
    content = copy.deepcopy(SHIPPED_DATA[data.draw(st.sampled_from(SHIPPED))])
    for _ in range(data.draw(st.integers(1, 4))):
        place = content
        while True:
            keys = sorted(place) if isinstance(place, dict) else range(len(place))
            if not keys:
                break
            key = data.draw(st.sampled_from(list(keys)))
            if isinstance(place[key], dict | list) and place[key] and data.draw(st.integers(0, 5)):
                place = place[key]
                continue
            if data.draw(st.booleans()):
                del place[key]
            else:
                place[key] = data.draw(values)
            break
    _, problems = check(content)
    assert all(isinstance(key, str) and isinstance(found, str) for key, found in problems.items())
