"""What a reader may rely on in every module: its size, its name, its first sentence, and what it never does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.structure.tree import PACKAGE, modules, nodes, parsed, place, said, text

LONGEST_MODULE, LONGEST_FUNCTION = 400, 60
VAGUE = {"util", "utils", "helper", "helpers", "manager", "managers", "handler", "handlers", "misc", "common", "base", "core"}
DOORS = {"cli.py", "cli_alone.py", "cli_decisions.py", "cli_desk.py", "cli_records.py", "cli_searches.py", "__main__.py", "desk"}
ROOMS = {"records", "studies", "screening", "extraction", "bias", "synthesis", "reporting"}
CLOCKS = {"now", "today", "utcnow", "fromtimestamp", "localtime", "gmtime", "perf_counter", "monotonic"}


def top(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def walk(within: set[str] | None = None, without: frozenset[str] | set[str] = frozenset()) -> Iterator[tuple[Path, ast.AST]]:
    for path in modules():
        if top(path) not in without and (within is None or top(path) in within):
            for node in nodes(path):
                yield path, node


def test_no_module_is_longer_than_one_idea() -> None:
    long = [f"{place(path)}: {lines} lines" for path in modules() if (lines := len(text(path).splitlines())) > LONGEST_MODULE]
    assert not long, said(long)


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{place(path, node.lineno)}: {node.name} has {lines} lines"
        for path, node in walk()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := node.end_lineno - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long, said(long)


def test_modules_have_names_of_the_trade() -> None:
    vague = [place(path) for path in modules() if VAGUE & set(path.stem.lower().split("_"))]
    assert not vague, said(vague)


def test_every_module_says_what_it_is_for() -> None:
    silent = [place(path) for path in modules() if not (ast.get_docstring(parsed(path)) or "").strip()]
    assert not silent, said(silent)


def test_every_function_states_its_types() -> None:
    bare = [
        f"{place(path, node.lineno)}: {node.name}"
        for path, node in walk()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.returns is None or any(argument.annotation is None for argument in arguments(node)))
    ]
    assert not bare, said(bare)


def arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [argument for argument in given if argument.arg not in ("self", "cls")]


def test_no_error_is_caught_without_its_name() -> None:
    broad = [
        place(path, node.lineno)
        for path, node in walk()
        if isinstance(node, ast.ExceptHandler) and (node.type is None or names(node.type) & {"Exception", "BaseException"})
    ]
    assert not broad, said(broad)


def test_errors_raised_are_those_of_the_tree() -> None:
    """ValueError tells nobody where and what next; a validator of pydantic raises PydanticCustomError instead."""
    bare = [
        place(path, node.lineno)
        for path, node in walk()
        if isinstance(node, ast.Raise)
        and node.exc is not None
        and names(node.exc) & {"ValueError", "Exception", "RuntimeError", "NotImplementedError"}
    ]
    assert not bare, said(bare)


def names(node: ast.expr) -> set[str]:
    """The names that an ``except`` or ``raise`` expression starts from."""
    if isinstance(node, ast.Tuple):
        return set().union(*(names(item) for item in node.elts))
    if isinstance(node, ast.Call):
        node = node.func
    return {node.id} if isinstance(node, ast.Name) else set()


def test_nothing_below_the_doors_prints() -> None:
    printed = [
        place(path, node.lineno)
        for path, node in walk(without=DOORS)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "input")
    ]
    assert not printed, said(printed)


def test_no_room_reads_the_clock_the_locale_or_the_time_zone() -> None:
    read = []
    for path, node in walk(within=ROOMS):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported = {alias.name for alias in node.names} | {getattr(node, "module", None)}
            if imported & {"time", "locale", "zoneinfo"}:
                read.append(f"{place(path, node.lineno)}: imports a clock")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            read.append(f"{place(path, node.lineno)}: .{node.func.attr}()")
    assert not read, said(read)


def test_text_files_are_opened_with_their_encoding() -> None:
    """What the locale would choose is different on another machine."""
    loose = []
    for path, node in walk():
        if not isinstance(node, ast.Call) or any(keyword.arg == "encoding" for keyword in node.keywords):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        mode = next((k.value for k in node.keywords if k.arg == "mode"), None)
        given = [mode, *node.args]
        binary = any(
            isinstance(a, ast.Constant) and isinstance(a.value, str) and a.value.startswith(("rb", "wb", "ab", "xb")) for a in given
        )
        if (name in ("read_text", "write_text") and len(node.args) < 2) or (
            name == "open" and isinstance(node.func, ast.Name) and not binary
        ):
            loose.append(f"{place(path, node.lineno)}: {name}")
    assert not loose, said(loose)


@pytest.mark.parametrize("folder", sorted({path.parent for path in modules()}), ids=lambda folder: folder.name)
def test_every_folder_of_modules_is_a_package(folder: Path) -> None:
    assert (folder / "__init__.py").is_file()
