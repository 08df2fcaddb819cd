"""The pages of the documentation, their code blocks, and the commands that they name."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from typer.main import get_command

from review.cli import app
from tests.structure.tree import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of *page* in *language*, in their order."""
    return [code for name, code in _BLOCK.findall(page.read_text(encoding="utf-8")) if name == language]


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def section(page: Path, title: str) -> str:
    """What stands below the heading *title*, up to the next one of its rank."""
    text = page.read_text(encoding="utf-8")
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^\1 |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"{page.name} has no section {title!r}"
    return found[2]


def commands(page: Path) -> Iterator[list[str]]:
    """Every ``review …`` command of the page, in sh blocks and in code spans, as its words."""
    lines = [line for code in blocks(page, "sh") for line in code.splitlines()]
    for line in [*lines, *_SPAN.findall(prose(page))]:
        if re.match(r"review [a-z]", line):
            yield shlex.split(line, comments=True)[1:]


def options() -> dict[str, set[str]]:
    """Command -> the options that it takes, ``--help`` among them; a command of a group by both words."""
    found = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {f"{name} {word}": one for word, one in inner.items()} if inner else {}
        if not inner or command.invoke_without_command:
            found[name] = command
    return {
        name: {spelling for one in command.params for spelling in (*one.opts, *one.secondary_opts) if spelling.startswith("-")} | {"--help"}
        for name, command in found.items()
    }


def command_of(words: list[str]) -> str:
    """The command that these words name: the first, or the first two where it is one of a group."""
    return " ".join(words[:2]) if " ".join(words[:2]) in options() else words[0]
