"""What a notebook of this project is: one cell of plain parameters, then reading and showing.

Parameters are read from the source with ``ast``, before any kernel starts; whatever is not a plain one-line
``name: type = literal`` or ``name = literal`` of str, int, float or bool is refused with file, cell and line.
"""

from __future__ import annotations

import ast
import io
import json
import math
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused, NotFound, ParameterRefused, near

if TYPE_CHECKING:
    from nbformat import NotebookNode

Value = str | int | float | bool

TYPES: dict[str, type[Value]] = {"str": str, "int": int, "float": float, "bool": bool}
ACCEPTED = "one plain line each: name: type = literal, of str, int, float or bool"
TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")


@dataclass(frozen=True)
class Parameter:
    """One line of the parameters cell; ``note`` is the comment behind it."""

    name: str
    type: type[Value]
    default: Value
    line: int
    note: str = ""


@dataclass(frozen=True)
class Source:
    """One cell as it was written: its kind, its source, its tags; nothing of what it gave."""

    kind: str
    text: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """One notebook to run with these values, and the name (without ending) of what it makes."""

    notebook: Path
    name: str
    values: Mapping[str, Value] = field(default_factory=dict)


def inspect(path: Path) -> dict[str, Parameter]:
    """The declared parameters of a notebook by name, in their order.

    Raises NotFound for a missing file, InputRefused for one that is not a notebook, and ParameterRefused for a
    missing, second or unclear parameters cell, with every unclear line at once.
    """
    found = [(number, cell) for number, cell in enumerate(sources_of(path), start=1) if "parameters" in cell.tags]
    if len(found) != 1:
        raise ParameterRefused(
            f"{len(found)} cells are tagged 'parameters'",
            where=path.name,
            expected="exactly one code cell with the tag 'parameters'",
            next_step="tag the cell that sets the notebook's values, and only that one",
        )
    number, cell = found[0]
    where = f"{path.name}, cell {number}"
    if cell.kind != "code":
        raise ParameterRefused("the cell tagged 'parameters' is not a code cell", where=where, expected=ACCEPTED)
    try:
        tree = ast.parse(cell.text)
    except SyntaxError as error:
        raise ParameterRefused(f"line {error.lineno} is not Python: {error.msg}", where=where, expected=ACCEPTED) from error
    return _declared(tree, _comments(cell.text), where)


def check(path: Path, given: Mapping[str, Value], *, as_text: bool = False) -> dict[str, Value]:
    """The given values, each of its declared type; ``as_text`` reads texts from a command line by that type.

    Raises ParameterRefused with every unknown name and every mistyped value at once.
    """
    declared = inspect(path)
    problems, values = [], {}
    for name, value in given.items():
        if name not in declared:
            problems.append(f"unknown parameter {name!r}: {near(name, declared)}")
            continue
        read = _from_text(declared[name], value) if as_text and isinstance(value, str) else _typed(declared[name], value)
        if read is None:
            problems.append(f"{name} = {value!r} is not {_wanted(declared[name].type)}")
        else:
            values[name] = read
    if problems:
        raise _refused(path.name, problems)
    return values


def plan(notebooks: Sequence[Path], given: Mapping[str, Value] | None = None, *, as_text: bool = False) -> list[Job]:
    """One job for each notebook, with those of the given values that it declares.

    Raises ParameterRefused for a name that none of them declares, or a mistyped value; nothing has run by then.
    """
    given = given or {}
    names = [path.stem for path in notebooks]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputRefused(f"asked for twice: {', '.join(twice)}", expected="each notebook once")
    declared = {path: inspect(path) for path in notebooks}
    known = {name for parameters in declared.values() for name in parameters}
    unknown = [name for name in given if name not in known]
    if unknown:
        raise _refused(", ".join(names), [f"unknown parameter {name!r}: {near(name, known)}" for name in unknown])
    return [
        Job(path, path.stem, check(path, {name: given[name] for name in given if name in parameters}, as_text=as_text))
        for path, parameters in declared.items()
    ]


def assignments(pairs: Iterable[str]) -> dict[str, str]:
    """``["key=value", …]`` of a command line as a mapping; a pair without '=' or a key given twice is refused."""
    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise ParameterRefused(f"{pair!r} sets nothing", expected="key=value")
        if name.strip() in given:
            raise ParameterRefused(f"{name.strip()!r} is set twice", expected="each parameter once")
        given[name.strip()] = value
    return given


def strip(notebook: NotebookNode) -> NotebookNode:
    """A copy without outputs, counts and run-time metadata: what ``review init`` writes."""
    bare = tidy(notebook)
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return bare


def tidy(notebook: NotebookNode) -> NotebookNode:
    """A copy without what differs from run to run: times, papermill's notes, widget state, random cell ids, versions."""
    clean = deepcopy(notebook)
    for key in ("papermill", "widgets"):
        clean.metadata.pop(key, None)
    clean.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    clean.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(clean.cells, start=1):
        for key in ("papermill", "execution", "ExecuteTime"):
            cell.metadata.pop(key, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        cell["id"] = f"cell-{number:02d}"
    return clean


def cells_of(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook file as plain JSON, with what they gave; quicker than nbformat."""
    return _cells(_read(path), path.name)


def sources_of(path: Path) -> tuple[Source, ...]:
    """The cells of a notebook file as they were written. The same text is parsed once: one that was run may hold megabytes of outputs."""
    return _sources(_read(path), path.name)


@lru_cache(maxsize=32)
def _sources(text: str, name: str) -> tuple[Source, ...]:
    return tuple(Source(cell.get("cell_type", ""), source_of(cell), tuple(tags_of(cell))) for cell in _cells(text, name))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        others = [other.stem for other in path.parent.glob("*.ipynb")] if path.parent.is_dir() else []
        raise NotFound(f"there is no notebook {path.stem!r}", next_step=near(path.stem, others)) from error
    except UnicodeDecodeError as error:
        raise _no_notebook(error, path.name) from error


def _cells(text: str, name: str) -> list[dict[str, Any]]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise _no_notebook(error, name) from error
    if not isinstance(content, dict) or content.get("nbformat") != 4 or not isinstance(content.get("cells"), list):
        raise InputRefused("is not a notebook of nbformat 4", where=name, next_step="open and save it in JupyterLab once")
    return content["cells"]


def _no_notebook(error: Exception, name: str) -> InputRefused:
    return InputRefused(f"is not a notebook: {error}", where=name, expected="JSON of nbformat 4")


def tags_of(cell: Mapping[str, Any]) -> list[str]:
    return list(cell.get("metadata", {}).get("tags") or [])


def source_of(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _declared(tree: ast.Module, comments: Mapping[int, str], where: str) -> dict[str, Parameter]:
    """The parameters of a parsed cell; every line that is not one is named."""
    parameters: dict[str, Parameter] = {}
    problems: list[str] = []
    lines: set[int] = set()
    for statement in tree.body:
        parameter = _parameter(statement, comments)
        if isinstance(parameter, str) or statement.lineno in lines:
            reason = parameter if isinstance(parameter, str) else "a second statement in the line"
            problems.append(f"line {statement.lineno}: {reason}")
        elif parameter.name in parameters:
            problems.append(f"line {statement.lineno}: {parameter.name!r} is set a second time")
        else:
            parameters[parameter.name] = parameter
        lines.add(statement.lineno)
    if problems:
        raise ParameterRefused(
            "not a plain parameter: " + "; ".join(problems),
            where=where,
            expected=ACCEPTED,
            next_step="keep richer settings in review.toml and derive values in the next cell",
        )
    return parameters


def _parameter(statement: ast.stmt, comments: Mapping[int, str]) -> Parameter | str:
    """The parameter that a statement declares, or why it is none."""
    annotation = None
    if isinstance(statement, ast.AnnAssign):
        target, value = statement.target, statement.value
        annotation = statement.annotation.id if isinstance(statement.annotation, ast.Name) else "?"
        if annotation not in TYPES:
            return f"the type {ast.unparse(statement.annotation)!r} is not one of {', '.join(TYPES)}"
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    else:
        return f"{ast.unparse(statement)!r} is not one assignment"
    if not isinstance(target, ast.Name) or value is None:
        return f"{ast.unparse(statement)!r} does not set one name"
    if statement.end_lineno != statement.lineno:
        return f"the value of {target.id!r} is longer than its line"
    default = _literal(value)
    if default is None:
        return f"{ast.unparse(value)!r} is not a literal of {', '.join(TYPES)}"
    kind = TYPES[annotation] if annotation else type(default)
    parameter = Parameter(target.id, kind, default, statement.lineno, comments.get(statement.lineno, ""))
    typed = _typed(parameter, default)
    if typed is None:
        return f"{target.id!r} is declared {kind.__name__} and set to {default!r}"
    return Parameter(parameter.name, kind, typed, parameter.line, parameter.note)


def _literal(node: ast.expr) -> Value | None:
    """The value of a literal, a sign before a number allowed; None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _literal(node.operand)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.Constant) and type(node.value) in TYPES.values():
        return node.value
    return None


def _typed(parameter: Parameter, value: object) -> Value | None:
    """The value as its declared type, or None; a whole number may stand for a float, nothing else is converted."""
    if isinstance(value, bool) or parameter.type is bool:
        return value if isinstance(value, bool) and parameter.type is bool else None
    if parameter.type is str and isinstance(value, str):
        return str(value) if _writable(value) else None
    if parameter.type is int and isinstance(value, int):
        return int(value)
    if parameter.type is float and isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    return None


def _writable(text: str) -> bool:
    """False for a lone surrogate or NUL, which would not come back from a notebook file as it went in."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _from_text(parameter: Parameter, text: str) -> Value | None:
    if parameter.type is bool:
        return {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}.get(text.strip().lower())
    if parameter.type is str:
        return _typed(parameter, text)
    try:
        return _typed(parameter, parameter.type(text))
    except (ValueError, OverflowError):
        return None


def _comments(source: str) -> dict[int, str]:
    """The comment at the end of each line, by line; the source is known to parse."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ").strip() for token in tokens if token.type == tokenize.COMMENT}


def _wanted(kind: type[Value]) -> str:
    return {str: "a writable text", int: "a whole number", float: "a finite number", bool: "true or false"}[kind]


def _refused(where: str, problems: Sequence[str]) -> ParameterRefused:
    return ParameterRefused("; ".join(problems), where=where, expected="declared parameters with values of their types")
