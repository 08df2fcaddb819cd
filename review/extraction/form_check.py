"""Checks of a form file: every problem at once, each with its line and what is accepted there; then the form itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.errors import near
from review.model.toml_lines import TomlLines

TYPES = ("text", "whole", "number", "choice", "yes_no", "date")
NUMBERS = ("whole", "number")
REPEATS = ("arm", "outcome", "timepoint", "analysis_set")
YES_NO = ("yes", "no")
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a form: what is asked, how the answer must look, and by what it may be repeated in a study.

    unit: in which the review reports it; units: those that may be recorded (none named: any). also: words that may stand in the place of
    a typed value. bound: whether '<0.05' is taken. fields: those of a record that pre-fill it, in order of preference. line: of the file.
    """

    id: str
    label: str
    help: str = ""
    type: str = "text"
    unit: str = ""
    units: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    repeat: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    bound: bool = False
    minimum: float | None = None
    maximum: float | None = None
    fields: tuple[str, ...] = ()
    line: int = 1

    @property
    def offered(self) -> tuple[str, ...]:
        """The words that may be chosen, for a list to choose from; none where anything may be written."""
        return (*(YES_NO if self.type == "yes_no" else self.choices), *self.also) if self.type in ("choice", "yes_no") else ()


_TEXT, _LIST, _FLAG, _NUMBER = "text in quotes", "a list of texts", "true or false", "a number"
_ITEM_KEYS = {
    "id": _TEXT, "label": _TEXT, "help": _TEXT, "type": _TEXT, "unit": _TEXT, "units": _LIST, "choices": _LIST, "repeat": _LIST,
    "also": _LIST, "bound": _FLAG, "minimum": _NUMBER, "maximum": _NUMBER, "fields": _LIST,
}  # fmt: skip
_FORM_KEYS = {"id": _TEXT, "version": _TEXT, "title": _TEXT, "applies_to": _LIST}
_KEYS = ("schema", "form", "item", "units")
_ID = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


class FormProblems:
    """What is wrong in one file, each with its line."""

    def __init__(self, text: str) -> None:
        self._lines = TomlLines(text)
        self._found: list[tuple[int, str]] = []

    def add(self, place: Sequence[str | int], name: str, found: str, accepted: str) -> None:
        """Note one problem at *place*; *name* says what it is of."""
        self._found.append((self._lines.of(place), f"{name}: {found}; accepted: {accepted}"))

    def line(self, place: Sequence[str | int]) -> int:
        """The line of *place* in the file."""
        return self._lines.of(place)

    def told(self) -> list[str]:
        """Each problem as 'line 34, item sd, type: …', in the order of the lines."""
        return [f"line {line}, {told}" for line, told in sorted(self._found, key=lambda one: one[0])]


def check_form(data: Mapping[str, Any], text: str) -> tuple[dict[str, Any], tuple[Item, ...], dict[str, str], FormProblems]:
    """(head, items, units by outcome, problems) of a form file's content; *text* is the file as written."""
    problems = FormProblems(text)
    for key in data:
        if key not in _KEYS:
            problems.add((key,), key, "unknown key", near(key, _KEYS))
    if data.get("schema") != SCHEMA or isinstance(data.get("schema"), bool):
        problems.add(("schema",), "schema", f"{data.get('schema', 'missing')!r}", f"{SCHEMA}; a higher number is for a newer release")
    head = _head(data.get("form"), problems)
    items = _items(data.get("item"), problems)
    return head, items, _units(data.get("units", {}), problems), problems


def _typed(
    given: Mapping[str, Any], keys: Mapping[str, str], place: tuple[str | int, ...], name: str, problems: FormProblems
) -> dict[str, Any]:
    """The values of *given* that are of the type that their key asks for; the others are noted."""
    kept: dict[str, Any] = {}
    for key, value in given.items():
        if key not in keys:
            problems.add((*place, key), f"{name}, {key}", "unknown key", near(key, keys))
        elif not _fits(value, keys[key]):
            problems.add((*place, key), f"{name}, {key}", f"{str(value)[:60]!r} cannot stand here", keys[key])
        else:
            kept[key] = tuple(value) if isinstance(value, list) else value
    return kept


def _fits(value: Any, wanted: str) -> bool:
    if wanted == _LIST:
        return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)
    if wanted == _NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, bool if wanted == _FLAG else str)


def _head(given: Any, problems: FormProblems) -> dict[str, Any]:
    if not isinstance(given, dict):
        problems.add(("form",), "form", "missing", "a [form] table with id, version and title")
        return {}
    head = _typed(given, _FORM_KEYS, ("form",), "form", problems)
    for key in ("id", "version", "title"):
        if key not in given or (key in head and not head[key].strip()):
            problems.add(("form", key), f"form, {key}", "missing", _TEXT)
    if head.get("id", "").strip() and not _ID.fullmatch(head["id"]):
        problems.add(("form", "id"), "form, id", f"{head['id']!r}", "small letters, figures and single hyphens or underlines")
    return head


def _items(given: Any, problems: FormProblems) -> tuple[Item, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        problems.add(("item",), "item", "missing", "one or more [[item]] tables")
        return ()
    found: list[Item] = []
    for at, one in enumerate(given):
        name = f"item {one['id']}" if isinstance(one.get("id"), str) and one["id"] else f"item number {at + 1}"
        place = ("item", at)
        kept = _typed(one, _ITEM_KEYS, place, name, problems)
        for key in ("id", "label"):
            if key not in one or (key in kept and not kept[key].strip()):
                problems.add((*place, key), f"{name}, {key}", "missing", _TEXT)
        item = Item(**{"id": "", "label": "", **kept}, line=problems.line(place))
        if item.id and any(item.id == other.id for other in found):
            problems.add((*place, "id"), f"{name}, id", "used more than once", "each id once")
        _check_item(item, place, name, problems)
        found.append(item)
    return tuple(found)


def _check_item(item: Item, place: tuple[str | int, ...], name: str, problems: FormProblems) -> None:
    if item.id and not _ID.fullmatch(item.id):
        problems.add((*place, "id"), f"{name}, id", f"{item.id!r}", "small letters, figures and single underlines or hyphens")
    if item.type not in TYPES:
        problems.add((*place, "type"), f"{name}, type", f"{item.type!r}", ", ".join(TYPES))
        return
    for word in item.repeat:
        if word not in REPEATS:
            problems.add((*place, "repeat"), f"{name}, repeat", f"{word!r}", ", ".join(REPEATS))
    for key, words in (("choices", item.choices), ("units", item.units), ("also", item.also), ("repeat", item.repeat)):
        for word in _twice(words):
            problems.add((*place, key), f"{name}, {key}", f"{word!r} more than once", "each once")
    if (item.type == "choice") != bool(item.choices):
        problems.add((*place, "choices"), f"{name}, choices", "given" if item.choices else "missing", "with type 'choice', and only there")
    if item.unit and item.units and item.unit not in item.units:
        problems.add((*place, "unit"), f"{name}, unit", f"{item.unit!r}", f"one of its units: {', '.join(item.units)}")
    if item.type not in NUMBERS:
        for key in ("unit", "units", "bound", "minimum", "maximum"):
            if getattr(item, key) not in ("", (), False, None):
                problems.add((*place, key), f"{name}, {key}", "given", "with type 'whole' or 'number', and only there")
    if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
        problems.add((*place, "minimum"), f"{name}, minimum", f"{item.minimum:g}, above the maximum", f"{item.maximum:g} or less")


def _units(given: Any, problems: FormProblems) -> dict[str, str]:
    if not isinstance(given, dict):
        problems.add(("units",), "units", "no table", "a [units] table: outcome = unit")
        return {}
    for outcome, unit in given.items():
        if not isinstance(unit, str) or not unit.strip():
            problems.add(("units", outcome), f"units, {outcome}", f"{str(unit)[:60]!r}", "a unit in quotes")
    return {outcome: unit for outcome, unit in given.items() if isinstance(unit, str) and unit.strip()}


def _twice(words: Iterable[str]) -> list[str]:
    found = [word.casefold() for word in words]
    return sorted({word for word in found if found.count(word) > 1})
