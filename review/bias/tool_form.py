"""The form of a tool file: its keys, and a reading that notes every value of the wrong type or in the wrong place and goes on."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from textwrap import shorten
from typing import Any, get_args

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails

from review.bias.algorithm import AND, NONE_OF_THEM, Domain, Form, Level, Preliminary, Whole, YesNo
from review.bias.scores import Grading, OverallForm
from review.errors import near
from review.model.toml_lines import TomlLines

MOST_CHOICES = 5  # of which several may be ticked: 32 answers


class NotFor(Form):
    """A design that the tool must not be used for: why, and what to use instead."""

    design: str = ""
    why: str = ""
    use: tuple[str, ...] = ()
    hint: str = ""


class Proposed(Form):
    """Where the tool is offered for a design: for which claim, why, and how early among the tools that fit (1 comes first)."""

    design: str = ""
    claim: str = ""
    why: str = ""
    order: Whole = 1


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
    proposed: tuple[Proposed, ...] = ()
    template: YesNo = False
    discouraged: str = ""
    effects: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    deviations_by_effect: dict[str, tuple[str, ...]] = Field(default_factory=dict, alias="deviations")
    preliminary: tuple[Preliminary, ...] = ()
    override: str = "with-reason"
    robvis: str = ""
    citation: str = ""
    url: str = ""
    wording: str = ""
    licence: str = ""
    verified: str = ""
    unverified: str = ""
    answers: dict[str, str] = Field(default_factory=dict)
    options: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    cells: dict[str, str] = Field(default_factory=dict)
    cells_from: str = "answers"
    points: dict[str, Whole] = Field(default_factory=dict)
    levels: tuple[Level, ...] = Field((), alias="level")
    overall_levels: tuple[Level, ...] = Field((), alias="overall_level")
    overall_form: OverallForm = Field(default_factory=OverallForm, alias="overall")
    gradings: tuple[Grading, ...] = Field((), alias="grading")
    all_domains: tuple[Domain, ...] = Field((), alias="domain")


_WANTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list, or answers joined by '/'",
    "dict_type": "a table",
    "model_type": "a table",
}


class Problems(dict[str, str]):
    """What is wrong, by key; the first thing found about a key is kept. ``lines`` finds where each stands."""

    def __init__(self, lines: ToolLines) -> None:
        super().__init__()
        self._lines = lines
        self._at: dict[str, int] = {}

    def add(self, key: str, found: str, accepted: str = "", *, at: str = "", last: bool = False) -> None:
        """Note one problem; *at* is the key whose line is meant where it is not *key*, *last*: the last place of that key."""
        if key not in self:
            self[key] = found + (f"; accepted: {accepted}" if accepted else "")
            self._at[key] = self._lines.of(at or key, last=last)

    def vocabulary(self, key: str, found: str, known: Sequence[str]) -> None:
        """Note *found* when it is none of the known words."""
        if found not in known:
            self.add(key, f"{found!r}" if found else "missing", ", ".join(known) or "nothing: none is defined")

    def unique(self, key: str, found: Sequence[str], places: Sequence[str] = ()) -> None:
        """Note what occurs more than once; *places* are the keys where the words stand, the last of them is shown."""
        twice = sorted({word for word in found if word and list(found).count(word) > 1})
        if twice:
            where = [place for word, place in zip(found, places, strict=bool(places)) if word == twice[0]] if places else [key]
            self.add(
                f"{key} {twice[0]}" if len(twice) == 1 else key,
                f"used more than once: {', '.join(twice)}",
                "each once",
                at=where[-1],
                last=True,
            )

    def told(self) -> list[str]:
        """Each problem as 'line 34, domain D1, question 1.3, options: …', in the order of the lines."""
        order = sorted(self, key=lambda key: self._at[key])
        return [f"line {self._at[key]}, {key}: {self[key]}" for key in order]


class ToolLines:
    """Where a reader's words for a place, such as 'domain D1, question 1.3, options', stand in the text of a tool file."""

    def __init__(self, text: str, data: Mapping[str, Any]) -> None:
        self._text, self._data = (
            text.removeprefix("\ufeff"),
            copy.deepcopy(dict(data)),
        )  # the reading drops from its copy what it cannot use
        self._found: dict[str, list[int]] | None = None

    def of(self, key: str, *, last: bool = False) -> int:
        """The line of *key*, else of the nearest part above it; 1 where nothing of it is written."""
        if self._found is None:
            self._found = {}
            written = TomlLines(self._text)
            for place in _places(self._data, ()):
                self._found.setdefault(_key(self._data, place), []).append(written.of(place))
        words = key.split(", ")
        for end in range(len(words), 0, -1):
            lines = self._found.get(", ".join(words[:end]))
            if lines:
                return lines[-1 if last else 0]
        return 1


def _places(data: Any, place: tuple[int | str, ...]) -> Iterator[tuple[int | str, ...]]:
    steps: Iterable[int | str] = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for step in steps:
        yield (*place, step)
        yield from _places(data[step], (*place, step))


def read_form(data: Mapping[str, Any], problems: Problems) -> ToolForm:
    """Validate, noting and dropping what has the wrong type or no place, until the rest is a form."""
    rest = copy.deepcopy(dict(data))
    _put_options_in(rest, problems)
    _put_choices_in(rest, problems)
    while True:
        try:
            return ToolForm.model_validate(rest)
        except ValidationError as refusal:
            for error in sorted(refusal.errors(), key=_backwards, reverse=True):
                key = _key(rest, error["loc"])
                if error["type"] == "extra_forbidden":
                    problems.add(key, "unknown key", near(str(error["loc"][-1]), _known_keys(error["loc"])))
                else:
                    problems.add(key, f"{shorten(repr(error['input']), 60)} cannot stand here", _WANTED.get(error["type"], error["msg"]))
                _drop(rest, error["loc"])


def _known_keys(where: Sequence[int | str]) -> list[str]:
    """The keys of the table in which the last step of *where* stands."""
    form: type[BaseModel] = ToolForm
    for step in where[:-1]:
        if isinstance(step, str):
            field = next(field for name, field in form.model_fields.items() if step in (name, field.alias))
            inner = next((part for part in (field.annotation, *get_args(field.annotation)) if _is_form(part)), None)
            form = inner if inner is not None else form
    return [field.alias or name for name, field in form.model_fields.items()]


def _is_form(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


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


def _put_choices_in(data: dict[str, Any], problems: Problems) -> None:
    """Give each question that spells out its choices the answers that follow from them."""
    for domain in _tables(data.get("domain")):
        for question in _tables(domain.get("question")):
            ids = [choice.get("id") for choice in _tables(question.get("choice"))]
            if not ids:
                continue
            if "options" in question:
                key = f"{domain_name(domain)}, question {question.get('id', '?')}, options"
                problems.add(key, "given beside choices", "one of the two")
            named = [name for name in ids if isinstance(name, str) and name]
            question["options"] = _combinations(named) if question.get("select") == "many" and len(named) <= MOST_CHOICES else named


def _combinations(names: Sequence[str]) -> list[str]:
    """'none', and every way to tick some of the choices: 'a', 'b', 'a+b'."""
    ticked = [combination for size in range(1, len(names) + 1) for combination in combinations(names, size)]
    return [NONE_OF_THEM, *(AND.join(combination) for combination in ticked)]


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
