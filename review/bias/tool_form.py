"""The form of a tool file: its keys, and a reading that notes every value of the wrong type or in the wrong place and goes on."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails

from review.bias.algorithm import Domain, Form, Level, Question, Rule
from review.errors import near


class NotFor(Form):
    """A design that the tool must not be used for: why, and what to use instead."""

    design: str = ""
    why: str = ""
    use: tuple[str, ...] = ()
    hint: str = ""


class OverallForm(Form):
    """How the domains make the overall judgement, and when people are asked to look again."""

    rule: str = ""
    flag_level: str = ""
    flag_at: int = 0
    flag: str = ""
    note: str = ""


class ToolForm(Form):
    """The keys of a tool file; docs/write-a-tool.md explains each."""

    form: int = Field(0, alias="schema")
    id: str = ""
    version: str = ""
    label: str = ""
    unit: str = ""
    layout: str = ""
    judgement: str = ""
    designs: tuple[str, ...] = ()
    not_for: tuple[NotFor, ...] = ()
    effects: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    override: str = "with-reason"
    robvis: str = ""
    citation: str = ""
    url: str = ""
    wording: str = ""
    licence: str = ""
    verified: str = ""
    answers: dict[str, str] = Field(default_factory=dict)
    options: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    cells: dict[str, str] = Field(default_factory=dict)
    levels: tuple[Level, ...] = Field((), alias="level")
    overall_levels: tuple[Level, ...] = Field((), alias="overall_level")
    overall_form: OverallForm = Field(default_factory=OverallForm, alias="overall")
    all_domains: tuple[Domain, ...] = Field((), alias="domain")


_TABLES: dict[str, type[BaseModel]] = {
    "": ToolForm,
    "not_for": NotFor,
    "overall": OverallForm,
    "level": Level,
    "overall_level": Level,
    "domain": Domain,
    "question": Question,
    "rule": Rule,
}
_WANTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "tuple_type": "a list, or answers joined by '/'",
    "dict_type": "a table",
    "model_type": "a table",
}


class Problems(dict[str, str]):
    """What is wrong, by key; the first thing found about a key is kept."""

    def add(self, key: str, found: str, accepted: str = "") -> None:
        """Note one problem."""
        self.setdefault(key, found + (f"; accepted: {accepted}" if accepted else ""))

    def vocabulary(self, key: str, found: str, known: Sequence[str]) -> None:
        """Note *found* when it is none of the known words."""
        if found not in known:
            self.add(key, f"{found!r}" if found else "missing", ", ".join(known) or "nothing: none is defined")

    def unique(self, key: str, found: Sequence[str]) -> None:
        """Note what occurs more than once."""
        twice = sorted({word for word in found if word and list(found).count(word) > 1})
        if twice:
            self.add(f"{key} {twice[0]}" if len(twice) == 1 else key, f"used more than once: {', '.join(twice)}", "each once")


def read_form(data: Mapping[str, Any], problems: Problems) -> ToolForm:
    """Validate, noting and dropping what has the wrong type or no place, until the rest is a form."""
    rest = copy.deepcopy(dict(data))
    _put_options_in(rest, problems)
    while True:
        try:
            return ToolForm.model_validate(rest)
        except ValidationError as refusal:
            for error in sorted(refusal.errors(), key=_backwards, reverse=True):
                key = _key(rest, error["loc"])
                if error["type"] == "extra_forbidden":
                    table = next((str(step) for step in reversed(error["loc"][:-1]) if step in _TABLES), "")
                    names = [field.alias or name for name, field in _TABLES[table].model_fields.items()]
                    problems.add(key, "unknown key", near(str(error["loc"][-1]), names))
                else:
                    problems.add(key, f"{shorten(repr(error['input']), 60)} cannot stand here", _WANTED.get(error["type"], error["msg"]))
                _drop(rest, error["loc"])


def _backwards(error: ErrorDetails) -> list[str]:
    """A key for dropping from the end of a list to its start, so that the numbers of the others stay right."""
    return [f"{step:06}" if isinstance(step, int) else step for step in error["loc"]]


def _put_options_in(data: dict[str, Any], problems: Problems) -> None:
    """Replace the name of an option set in each question by its answers."""
    sets = data.get("options")
    sets = sets if isinstance(sets, dict) else {}
    for domain in _tables(data.get("domain")):
        for question in _tables(domain.get("question")):
            name = question.get("options")
            if isinstance(name, str):
                if name not in sets:
                    key = f"{domain_name(domain)}, question {question.get('id', '?')}, options"
                    problems.add(key, f"there is no option set {name!r}", ", ".join(sets) or "a set under [options]")
                question["options"] = copy.copy(sets.get(name, []))


def _tables(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _drop(data: Any, where: tuple[int | str, ...]) -> None:
    for step in where[:-1]:
        data = data[step]
    del data[where[-1]]


def _key(data: Any, where: tuple[int | str, ...]) -> str:
    """The place of a problem in a reader's words: 'domain D1, question 1.3, options'."""
    words: list[str] = []
    for step in where:
        data = data[step]
        if isinstance(step, int):
            named = data.get("id") or data.get("design") if isinstance(data, dict) else None
            words[-1] = domain_name(data) if words[-1] == "domain" and named else f"{words[-1]} {named or f'number {step + 1}'}"
        else:
            words.append(step)
    return ", ".join(words)


def domain_name(domain: Mapping[str, Any]) -> str:
    return f"domain {domain.get('id', '?')}" + (f" ({domain['effect']})" if domain.get("effect") else "")
