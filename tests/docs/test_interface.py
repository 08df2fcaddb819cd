"""docs/interface.md against the code: every public name with its parameters, every command with its options, every key."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

import review
from review import Review, extraction, screening, studies, synthesis
from review.bias import load_tool, read_robvis, write_robvis
from review.bias.steps import Bias
from review.bias.tools import Tool
from review.certainty.steps import Certainty
from review.cli import app
from review.extraction.sheet import SheetReceipt
from review.extraction.steps import Extraction
from review.model.agreement import Agreement
from review.model.plan import Plan
from review.protocol import Protocol
from review.records import Reading, read
from review.records.receipt import Receipt
from review.records.steps import Records, Searches
from review.reporting import plots
from review.reporting.bias_pictures import BiasFigure
from review.reporting.figures import Figure, Figures
from review.reporting.flow import Box, Flow
from review.reporting.plots import Plot
from review.reporting.status import Status
from review.reporting.table import Table
from review.reporting.tables import Tables
from review.screening.steps import Screening
from review.studies.steps import Studies
from tests.docs.pages import DOCS, PAGES, command_of, commands, options, section
from tests.structure.tree import ROOT, modules, text

PAGE = DOCS / "interface.md"
ROOMS: dict[str, type] = {
    "protocol": Protocol, "searches": Searches, "records": Records, "studies": Studies, "screening": Screening,
    "extraction": Extraction, "bias": Bias, "certainty": Certainty, "tables": Tables, "figures": Figures,
}  # fmt: skip
VALUES: dict[str, type] = {
    "receipt": Receipt, "agreement": Agreement, "flow": Flow, "box": Box, "table": Table, "figure": Figure, "status": Status,
    "sheet": SheetReceipt, "reading": Reading, "picture": BiasFigure, "plot": Plot,
}  # fmt: skip
HOMES = {"Review": Review, "rv": Review, **{f"rv.{name}": room for name, room in ROOMS.items()}, **VALUES, "tool": Tool}
LOADED_WHEN_ASKED = {"tables", "figures"}
SET_AT_OPENING = {"folder", *ROOMS} - LOADED_WHEN_ASKED


def entries(title: str) -> list[str]:
    """The lines that begin a name or a command in the text blocks of a section, continued lines joined."""
    found: list[str] = []
    for block in re.findall(r"^```text\n(.*?)^```", section(PAGE, title), re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith(" " * 8):
                found[-1] += " " + line.strip()
            elif not line.startswith(" "):
                found.append(line)
    return found


def documented() -> dict[str, str | None]:
    """Dotted name -> its parameters as the page writes them, None for what is no call."""
    found = {}
    for line in entries("Python"):
        shape = re.match(r"([\w.]+)(?:\((.*?)\))?(?: -> .+)?$", line)
        assert shape, f"not readable as a name: {line}"
        found[shape[1]] = shape[2]
    return found


def parameters(written: str) -> list[tuple[str, bool, object]]:
    """(name, by keyword only, default) of parameters as the page writes them."""
    given = ast.parse(f"def f({written}): pass").body[0].args  # type: ignore[attr-defined]
    missing = [inspect.Parameter.empty] * (len(given.args) - len(given.defaults))
    first = zip(given.args, [*missing, *map(ast.literal_eval, given.defaults)], strict=True)
    last = zip(given.kwonlyargs, (inspect.Parameter.empty if d is None else ast.literal_eval(d) for d in given.kw_defaults), strict=True)
    rest = [(given.kwarg.arg, False, inspect.Parameter.empty)] if given.kwarg else []
    return [*((a.arg, False, d) for a, d in first), *((a.arg, True, d) for a, d in last), *rest]


def real(call: Any) -> list[tuple[str, bool, object]]:
    """The same of a call of the package."""
    own = [p for p in inspect.signature(call).parameters.values() if p.name != "self"]
    return [(p.name, p.kind is p.KEYWORD_ONLY, p.default) for p in own]


def public(home: type) -> set[str]:
    """The public names of a class: methods, properties, fields."""
    own = {name for base in home.__mro__[:-1] for name in vars(base)} | set(getattr(home, "__dataclass_fields__", ()))
    return {name for name in own if not name.startswith("_")}


@pytest.mark.parametrize("prefix", [p for p in HOMES if p not in ("Review", "tool")])
def test_every_public_name_is_on_the_page(prefix: str) -> None:
    wanted = public(HOMES[prefix])
    if prefix == "rv":
        wanted = (wanted | SET_AT_OPENING) - {"open", "create"} - set(ROOMS)
    told = {name.removeprefix(prefix + ".") for name in documented() if name.rpartition(".")[0] == prefix}
    assert told == wanted


def test_the_parts_of_a_review_are_those_of_the_page(tmp_path: Path) -> None:
    with_parts = Review.create(tmp_path / "made")
    try:
        assert {name for name in vars(with_parts) if not name.startswith("_")} == SET_AT_OPENING
        assert {name: type(getattr(with_parts, name)) for name in ROOMS} == ROOMS
        assert not [name for name in ROOMS if f"`rv.{name}`" not in section(PAGE, "The review")]
    finally:
        with_parts.close()


@pytest.mark.parametrize(("name", "written"), [(n, w) for n, w in documented().items() if w is not None])
def test_parameters_and_defaults_are_those_of_the_code(name: str, written: str) -> None:
    prefix, _, last = name.rpartition(".")
    of_bias = {"load_tool": load_tool, "read_robvis": read_robvis, "write_robvis": write_robvis}
    alone = {"read": read, **of_bias}
    alone |= {word: getattr(room, word) for room in (screening, studies, extraction, synthesis, plots) for word in room.__all__}
    call = getattr(HOMES[prefix], last) if prefix else alone[last]
    assert parameters(written) == real(call)


def test_the_names_of_the_package_are_on_the_page() -> None:
    told = re.findall(r"^\| (`.+?) \|", section(PAGE, "Python").split("###")[0], re.MULTILINE)
    assert {name for cell in told for name in re.findall(r"`(\w+)`", cell)} == set(review.__all__)


def test_every_command_is_on_the_page_with_its_options() -> None:
    told = {}
    for line in entries("Commands"):
        name = command_of(line.split()[1:])
        told[name] = set(re.findall(r"(?<!\w)(--?[a-z][a-z-]*)", line)) | {"--help"}
    assert told == options()


@pytest.mark.parametrize("command", sorted(options()))
def test_every_command_has_help(command: str) -> None:
    shown = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert len(shown.output.split()) > 12, "a sentence, and what it takes"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_only_commands_and_options_that_there_are(page: Path) -> None:
    known = options()
    for words in commands(page):
        assert command_of(words) in known, f"review {' '.join(words)}"
        used = {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert used <= known[command_of(words)] | {"--debug"}, f"review {' '.join(words)}"


def parts(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Each table of review.toml with the model of its keys."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        many = [one for one in get_args(kind) if isinstance(one, type) and issubclass(one, BaseModel)]
        yield (f"[[{name}]]", many[0]) if many else (f"[{name}]", kind)  # type: ignore[misc]


def test_the_keys_of_review_toml_are_on_the_page() -> None:
    told: dict[str, list[str]] = {}
    part = ""
    for head, key in re.findall(r"^\| (?:`(\[.+?\])`)? ?\| `(\w+)` \|", section(PAGE, "review.toml"), re.MULTILINE):
        part = head or part
        told.setdefault(part, []).append(key)
    assert told == {name: list(model.model_fields) for name, model in parts(Plan)}


def test_the_variables_are_those_that_the_code_reads() -> None:
    told = set(re.findall(r"^\| `(REVIEW_\w+)` \|", section(PAGE, "Environment"), re.MULTILINE))
    files = [*map(text, modules()), text(ROOT / "tests" / "needs.py")]
    assert told == {name for file in files for name in re.findall(r"REVIEW_[A-Z_]*[A-Z]", file)}


def test_the_targets_are_those_of_the_makefile() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", section(PAGE, "make"), re.MULTILINE))
    [phony] = re.findall(r"^\.PHONY: (.+)$", text(ROOT / "Makefile"), re.MULTILINE)
    assert told == set(phony.split())
