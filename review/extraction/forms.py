"""Extraction forms are data: finds, reads and refuses form files. A project's own files stand in its folder ``forms``."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from review.errors import FormInvalid, NotFound, near
from review.extraction.form_check import Item, check_form

__all__ = ["ANY", "SHIPPED", "Form", "Item", "changes", "find_form", "item_on", "items", "label_of", "load_forms", "parse_form"]

ANY = "any"
SHIPPED = ("general", "results")  # in the order in which their items are listed
FOLDER = "forms"
_PAGE = "docs/write-a-form.md"
_MEANS = ("label", "type", "unit", "units", "choices", "repeat", "also", "bound", "minimum", "maximum")  # what a value means by


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its items in order, the designs that it is for, and which bytes it was read from.

    outcome_units: outcome, as extractors name it -> the unit in which the review reports it. data: the bytes of its file.
    """

    id: str
    version: str
    title: str
    applies_to: tuple[str, ...]
    items: tuple[Item, ...]
    outcome_units: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    origin: str = "shipped"
    sha256: str = ""
    text: str = ""
    data: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> str:
        """Id, version and the first letters of the sha256, as a fact that was recorded under it names it."""
        return f"{self.id}@{self.version}:{self.sha256[:16]}"

    def item(self, id: str) -> Item:
        """The item of this id; raises NotFound with near ones."""
        for one in self.items:
            if one.id == id:
                return one
        raise NotFound(f"the form {self.id} has no item {id!r}", next_step=near(id, (one.id for one in self.items)))

    def for_design(self, design: str | None) -> bool:
        """Whether it is meant for a study of this *design*; None, a design that nobody has said, fits the forms for any."""
        return ANY in self.applies_to or (design or "").casefold() in self.applies_to

    def lines_of(self, item: str) -> tuple[tuple[int, str], ...]:
        """The lines of the file that state the item, each with its number from 1."""
        start = self.item(item).line
        numbered = list(enumerate(self.text.splitlines(), start=1))[start:]
        stop = next((at for at, (_, line) in enumerate(numbered) if not line.strip()), len(numbered))
        return tuple(numbered[:stop])


def load_forms(folder: Path | str | None = None) -> tuple[Form, ...]:
    """The forms in force: a project's own in alphabetical order, then those that ship, less those whose id a file of the project has.

    *folder* is the project's ``forms``. Raises FormInvalid with every problem of a file.
    """
    own: dict[str, Form] = {}
    for path in sorted(Path(folder).glob("*.toml")) if folder is not None else []:
        form = parse_form(path.read_bytes(), file=path.name, origin="project")
        if form.id in own:
            raise FormInvalid(
                f"the id {form.id!r} is also that of {own[form.id].file}",
                where=path.name,
                expected="one file for each id",
                next_step="rename one",
            )
        own[form.id] = form
    _no_item_twice(tuple(own.values()))
    return (*own.values(), *(form for form in _shipped() if form.id not in own))


def _no_item_twice(forms: Sequence[Form]) -> None:
    """Two forms of a project that fit one design must not ask the same in two ways."""
    for at, form in enumerate(forms):
        for other in forms[:at]:
            shared = [one.id for one in form.items if any(one.id == its.id for its in other.items)]
            if shared and (ANY in (*form.applies_to, *other.applies_to) or set(form.applies_to) & set(other.applies_to)):
                raise FormInvalid(
                    f"{', '.join(shared)} also on {other.file}, for the same design",
                    where=form.file,
                    expected="each item on one form of a design",
                    next_step="take it off one of the two, or name other designs in applies_to",
                )


@cache
def _shipped() -> tuple[Form, ...]:
    folder = resources.files("review.extraction") / FOLDER
    return tuple(parse_form((folder / f"{name}.toml").read_bytes(), file=f"{name}.toml", origin="shipped") for name in SHIPPED)


@lru_cache(maxsize=64)
def parse_form(data: bytes, *, file: str, origin: str = "project") -> Form:
    """A form from the bytes of its file. Raises FormInvalid with every problem and its line."""
    content, text = _content(data, file)
    head, found, outcome_units, problems = check_form(content, text)
    if told := problems.told():
        many = "one problem" if len(told) == 1 else f"{len(told)} problems"
        raise FormInvalid(
            f"{many} in this form{''.join(f'{chr(10)}  - {one}' for one in told)}", where=file, next_step=f"{_PAGE} describes every key"
        )
    applies = tuple(word.casefold() for word in head.pop("applies_to", (ANY,))) or (ANY,)
    read = {"file": file, "origin": origin, "sha256": hashlib.sha256(data).hexdigest(), "text": text, "data": data}
    return Form(**head, applies_to=applies, items=found, outcome_units=outcome_units, **read)


def _content(data: bytes, file: str) -> tuple[dict[str, Any], str]:
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
        return tomllib.loads(text), text
    except (ValueError, RecursionError) as problem:  # not UTF-8, or no TOML
        raise FormInvalid(f"no TOML in UTF-8: {problem}", where=file, next_step=f"{_PAGE} shows a whole file") from problem


def find_form(forms: Sequence[Form], id: str) -> Form:
    """The form of this id; raises NotFound with near ones."""
    for form in forms:
        if form.id == id:
            return form
    raise NotFound(f"there is no form {id!r}", where="forms", next_step=near(id, (form.id for form in forms)))


def item_on(forms: Sequence[Form], item: str, design: str | None = None) -> tuple[Form, Item] | None:
    """The form and the item that are in force for *item* in a study of *design*; None for an item of the team's own."""
    holding = [form for form in forms if any(one.id == item for one in form.items)]
    fitting = [form for form in holding if form.for_design(design)] or holding
    return (fitting[0], fitting[0].item(item)) if fitting else None


def changes(then: Item, now: Item) -> list[str]:
    """What an item says now where it said something else *then*, in words; nothing where a value means the same under both."""
    found = []
    for name in _MEANS:
        one, other = getattr(then, name), getattr(now, name)
        if one != other:
            found.append(f"{name.replace('also', 'words besides').replace('bound', 'bounds taken')}: {_said(one)}, now {_said(other)}")
    return found


def _said(value: object) -> str:
    return ", ".join(map(str, value)) or "any" if isinstance(value, tuple) else "none" if value in (None, "") else str(value)


def items(*, form: str = "") -> tuple[Item, ...]:
    """The items that ship, in the order of the forms; those of one *form* where it is named."""
    return tuple(item for one in _shipped() if form in ("", one.id) for item in one.items)


def label_of(item: str, forms: Sequence[Form] | None = None) -> str:
    """The item's label on *forms* (those that ship unless given), else its id in plain words."""
    found = item_on(_shipped() if forms is None else forms, item)
    return found[1].label if found else item.replace("_", " ")
