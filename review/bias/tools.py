"""Appraisal tools: finds, reads and checks their files. It refuses a file with any problem, with the line of each.

A tool file in the project wins over a plug-in (entry-point group ``review.tools``), a plug-in over what ships.
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from functools import lru_cache
from importlib import resources
from importlib.metadata import EntryPoint, entry_points
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from review.bias.tool import Tool
from review.bias.tool_check import check
from review.bias.wording import SUFFIX
from review.errors import NotFound, ToolInvalid, near

__all__ = ["GROUP", "Tool", "load_tool", "load_tools", "parse_tool", "tool_names"]

GROUP = "review.tools"


def load_tool(name: str, folder: Path | str | None = None) -> Tool:
    """The tool of this name: from *folder* (a project's own files), else from a plug-in, else as shipped.

    Raises NotFound with near matches, and ToolInvalid with every problem of the file.
    """
    project = _in_project(folder)
    if name in project:
        path, data = project[name]
        return parse_tool(data, file=str(path), origin="project")
    plugged = _plugged()
    if name in plugged:
        return parse_tool(plugged[name], file=name, origin="plug-in")
    shipped = _shipped()
    if name in shipped:
        return parse_tool(shipped[name], file=f"{name}.toml", origin="shipped")
    raise NotFound(f"there is no appraisal tool {name!r}", where="tools", next_step=near(str(name), {*project, *plugged, *shipped}))


def tool_names(folder: Path | str | None = None) -> dict[str, str]:
    """Every tool that can be loaded, in alphabetical order, with where it comes from: 'project', 'plug-in' or 'shipped'."""
    return {name: origin for name, (_, _, origin) in _files(folder).items()}


def load_tools(folder: Path | str | None = None) -> dict[str, Tool | ToolInvalid]:
    """Every tool by name, each file read once; in the place of a tool whose file is wrong, what is wrong with it."""
    found: dict[str, Tool | ToolInvalid] = {}
    for name, (file, data, origin) in _files(folder).items():
        try:
            found[name] = parse_tool(data, file=file, origin=origin)
        except ToolInvalid as problem:
            found[name] = problem
    return found


def _files(folder: Path | str | None) -> dict[str, tuple[str, bytes, str]]:
    """Name -> file, its bytes and where it comes from, in alphabetical order."""
    shipped = {name: (f"{name}.toml", data, "shipped") for name, data in _shipped().items()}
    plugged = {name: (name, data, "plug-in") for name, data in _plugged().items()}
    own = {name: (str(path), data, "project") for name, (path, data) in _in_project(folder).items()}
    return dict(sorted((shipped | plugged | own).items()))


@lru_cache(maxsize=64)
def parse_tool(data: bytes, *, file: str, origin: str = "kept copy") -> Tool:
    """A tool from the bytes of its file, such as the copy that a ledger keeps. Raises ToolInvalid with every problem."""
    text = _decoded(data, file)
    content = _content(text, file)
    form, problems = check(content, text)
    if problems:
        many = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "".join(f"\n  - {told}" for told in problems.told())
        raise ToolInvalid(f"{many} in this tool file{lines}", where=file, next_step="docs/write-a-tool.md describes every key")
    kept = {"file": file, "origin": origin, "sha256": hashlib.sha256(data).hexdigest(), "text": text}
    return Tool.model_validate(form.model_dump(by_alias=True) | kept).tailored()


def _decoded(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise ToolInvalid(
            f"line {line}: byte {problem.start} is not UTF-8", where=file, expected="text in UTF-8", next_step="save the file as UTF-8"
        ) from problem


def _content(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))  # some editors put a byte order mark first
    except (ValueError, RecursionError) as problem:  # a number of thousands of digits, or brackets within brackets, end so
        raise ToolInvalid(f"not TOML: {problem}", where=file, next_step="docs/write-a-tool.md shows a whole file") from problem


def _in_project(folder: Path | str | None) -> dict[str, tuple[Path, bytes]]:
    """The project's own tool files by id. One that cannot be read is refused, lest a shipped tool be used in its place unseen."""
    found: dict[str, tuple[Path, bytes]] = {}
    for path in sorted(Path(folder).glob("*.toml")) if folder is not None else []:
        if path.name.endswith(SUFFIX):
            continue
        data = path.read_bytes()
        name = _content(_decoded(data, str(path)), str(path)).get("id")
        name = name if isinstance(name, str) and name else path.stem
        if name in found:
            raise ToolInvalid(
                f"the id {name!r} is also that of {found[name][0].name}",
                where=str(path),
                expected="one file for each id",
                next_step="rename one",
            )
        found[name] = (path, data)
    return found


@lru_cache(maxsize=4)
def _entries(places: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """The entry points of plug-ins, looked for once a process and search path: it reads every installed package."""
    return tuple(entry_points(group=GROUP))


def _plugged() -> dict[str, bytes]:
    """The tools of installed plug-ins by id: an entry point names a path to a tool file, or its text."""
    found: dict[str, bytes] = {}
    for entry in _entries(tuple(sys.path)):
        place = f"plug-in {entry.name} ({entry.value})"
        try:
            offered = entry.load()
        except (ImportError, AttributeError) as problem:
            raise ToolInvalid(f"cannot be loaded: {problem}", where=place, next_step="reinstall or remove this plug-in") from problem
        if entry.name in found:
            raise ToolInvalid("two plug-ins offer this tool", where=place, expected="one", next_step="remove one of them")
        if isinstance(offered, Traversable):
            found[entry.name] = offered.read_bytes()
        elif isinstance(offered, str):
            found[entry.name] = offered.encode("utf-8")
        else:
            raise ToolInvalid(
                f"offers a {type(offered).__name__}", where=place, expected="a path to a tool file, or its text", next_step="ask its author"
            )
    return found


def _shipped() -> dict[str, bytes]:
    """The tools that ship, by id."""
    folder = resources.files("review.bias") / "tools"
    return {entry.name.removesuffix(".toml"): entry.read_bytes() for entry in folder.iterdir() if entry.name.endswith(".toml")}
