"""Which items are extracted: read from data, so that a review adds its own without code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its id, its label for people, and the fields of a record that pre-fill it, in order of preference."""

    id: str
    label: str
    fields: tuple[str, ...]


FORM = "items.toml"


@cache
def _form() -> str:
    return resources.files("review.extraction").joinpath(FORM).read_text(encoding="utf-8")


@cache
def items() -> tuple[Item, ...]:
    """The items that ship, in the order of the form."""
    return tuple(Item(i["id"], i["label"], tuple(i["fields"])) for i in tomllib.loads(_form())["item"])


def lines_of(item: str) -> tuple[tuple[int, str], ...]:
    """The lines of the form that state the item, each with its number from 1; none for an item that extractors added."""
    lines = tuple(enumerate(_form().splitlines(), start=1))
    start = next((n for n, line in lines if line == f'id = "{item}"'), None)
    return lines[start - 1 : start + 2] if start else ()


def label_of(item: str) -> str:
    """The item's label, else its id in plain words."""
    return next((i.label for i in items() if i.id == item), item.replace("_", " "))
