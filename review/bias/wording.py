"""The official wording of a tool, from a file that a team keeps for its own use and that is never passed on.

The file stands beside the review's own tools as ``<id>.wording.toml``; it is laid over our own words, and its SHA-256 says which it was.
Refuses a file that is about another tool or version, or that names what the tool does not have.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.bias.tool_form import ToolForm
from review.errors import ToolInvalid
from review.model.toml_lines import TomlLines

SUFFIX = ".wording.toml"
TEXTS = ("questions", "domains")
KEYS = ("tool", "version", "source", *TEXTS, "effect")


@dataclass(frozen=True, slots=True)
class Wording:
    """Official texts by (effect or '', question or domain id); ``sha256`` is of the file, ``source`` where the team has them from."""

    sha256: str
    source: str
    questions: Mapping[tuple[str, str], str]
    domains: Mapping[tuple[str, str], str]

    def question(self, name: str, effect: str | None = None) -> str:
        """The official text of a question, '' where the file has none."""
        return self.questions.get((effect or "", name), self.questions.get(("", name), ""))

    def domain(self, name: str, effect: str | None = None) -> str:
        """The official name of a domain, '' where the file has none."""
        return self.domains.get((effect or "", name), self.domains.get(("", name), ""))


def read_wording(path: Path, tool: ToolForm) -> Wording:
    """The wording in *path* for *tool*. Raises ToolInvalid with every problem and its line."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ToolInvalid(f"not TOML in UTF-8: {problem}", where=str(path), next_step="docs/write-a-tool.md shows such a file") from problem
    problems: dict[tuple[str, ...], str] = {}
    for key in content:
        if key not in KEYS:
            problems[(key,)] = f"unknown key; accepted: {', '.join(KEYS)}"
    for key, wanted in (("tool", tool.id), ("version", tool.version)):
        if content.get(key) != wanted:
            problems[(key,)] = f"{content.get(key)!r}; accepted: {wanted!r}, so that texts of another form are not laid over this one"
    if not isinstance(content.get("source", ""), str):
        problems[("source",)] = "not a text; accepted: text in quotes"
    questions: dict[tuple[str, str], str] = {}
    domains: dict[tuple[str, str], str] = {}
    places: list[tuple[str, tuple[str, ...], Any]] = [("", (), content)]
    effects = content.get("effect", {})
    if isinstance(effects, dict):
        places += [(str(effect), ("effect", str(effect)), found) for effect, found in effects.items()]
    else:
        problems[("effect",)] = "not a table; accepted: [effect.NAME.questions]"
    for effect, place, table in places:
        if effect and effect not in tool.effects:
            problems[place] = f"there is no effect {effect!r}; accepted: {', '.join(tool.effects) or 'none'}"
        elif not isinstance(table, dict):
            problems[place] = "not a table; accepted: questions and domains"
        else:
            problems |= {(*place, key): f"unknown key; accepted: {', '.join(TEXTS)}" for key in table if effect and key not in TEXTS}
            own = [domain for domain in tool.all_domains if not effect or domain.effect in ("", effect)]
            known = {
                "questions": [question.id for domain in own for question in domain.questions],
                "domains": [domain.id for domain in own],
            }
            for name, texts in (("questions", questions), ("domains", domains)):
                _take(table.get(name, {}), (*place, name), effect, known[name], texts, problems)
    if problems:
        lines = TomlLines(text)
        told = sorted((lines.of(place), ", ".join(place), found) for place, found in problems.items())
        listed = "".join(f"\n  - line {line}, {place}: {found}" for line, place, found in told)
        raise ToolInvalid(
            f"{len(told)} in this file of wording{listed}", where=str(path), next_step="docs/write-a-tool.md shows such a file"
        )
    return Wording(hashlib.sha256(data).hexdigest(), str(content.get("source", "")), questions, domains)


def _take(
    given: Any,
    place: tuple[str, ...],
    effect: str,
    known: list[str],
    texts: dict[tuple[str, str], str],
    problems: dict[tuple[str, ...], str],
) -> None:  # fmt: skip
    """Keep the texts of one table; note what is no text, or of what the tool does not have."""
    if not isinstance(given, dict):
        problems[place] = "not a table; accepted: id = text"
        return
    for name, text in given.items():
        if name not in known:
            problems[(*place, name)] = f"the tool has none of this name; accepted: {', '.join(dict.fromkeys(known))}"
        elif not isinstance(text, str) or not text.strip():
            problems[(*place, name)] = "not a text; accepted: text in quotes"
        else:
            texts[(effect, name)] = text
