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


@cache
def items() -> tuple[Item, ...]:
    """The items that ship, in the order of the form."""
    data = tomllib.loads(resources.files("review.extraction").joinpath("items.toml").read_text(encoding="utf-8"))
    return tuple(Item(i["id"], i["label"], tuple(i["fields"])) for i in data["item"])


def label_of(item: str) -> str:
    """The item's label, else its id in plain words."""
    return next((i.label for i in items() if i.id == item), item.replace("_", " "))
