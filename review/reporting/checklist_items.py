"""The items of PRISMA 2020, its checklist for abstracts and PRISMA-S as data, and what a rule finds about one; a gap is refused."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from review.errors import InputRefused, near

Kind = Literal["auto", "part", "human"]
State = Literal["done", "not applicable", "data available, author to write", "author to write"]
STATES: tuple[State, ...] = ("done", "not applicable", "data available, author to write", "author to write")
Row = tuple[str, ...]
SHIPPED = "checklists.toml"


@dataclass(frozen=True)
class Guideline:
    """A reporting guideline: its name, how many items it has, how it is cited, and its address."""

    name: str
    key: str
    items: int
    citation: str
    url: str


@dataclass(frozen=True)
class Item:
    """One item under its own number, in our words; ``kind`` says how much of it a report can answer by itself."""

    guideline: str
    section: str
    item: str
    kind: Kind
    text: str


@dataclass(frozen=True)
class Proof:
    """What must stand in one block of the rendered reports: for each of *rows*, its words in one row of the block that has this *key*."""

    key: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What the review itself holds about an item, before anybody looks at the rendered reports.

    proofs: what must be rendered for it. lacks: what no text states yet, '' where the proofs are the whole answer.
    not_applicable: the fact of the project that makes it so. figures: what an author needs for the text, in words.
    """

    proofs: tuple[Proof, ...] = ()
    lacks: str = ""
    not_applicable: str = ""
    figures: tuple[str, ...] = ()


def stated(*proofs: Proof) -> Finding:
    """The rendered tables answer the item."""
    return Finding(proofs)


def partly(lacks: str, *proofs: Proof, figures: tuple[str, ...] = ()) -> Finding:
    """Data are there, in tables or as *figures*; an author writes what they lack, or from figures alone the whole."""
    return Finding(proofs, lacks, figures=figures)


def unwritten(lacks: str) -> Finding:
    """Nothing of it is in the project."""
    return Finding(lacks=lacks)


def inapplicable(why: str) -> Finding:
    """The project's own facts say that the item asks for nothing here."""
    return Finding(not_applicable=why)


@cache
def guidelines() -> tuple[Guideline, ...]:
    """The guidelines, in the order of the file."""
    return tuple(Guideline(**one) for one in _data()["guideline"])


def guideline(name: str) -> Guideline:
    """The guideline of that name. Raises InputRefused for another."""
    for one in guidelines():
        if one.name == name:
            return one
    known = [one.name for one in guidelines()]
    raise InputRefused(f"there is no checklist {name!r}", expected=", ".join(known), next_step=near(name, known))


@cache
def items(name: str) -> tuple[Item, ...]:
    """The items of a guideline in its order. Raises InputRefused where the file lacks one, or has one twice."""
    wanted = guideline(name)
    found = tuple(Item(**one) for one in _data()["item"] if one["guideline"] == name)
    numbers = [one.item for one in found]
    if len(found) != wanted.items or len(set(numbers)) != len(numbers) or any(one.kind not in ("auto", "part", "human") for one in found):
        raise InputRefused(
            f"{name} has {len(found)} items, {len(set(numbers))} of them different",
            where=SHIPPED,
            expected=f"{wanted.items}, each once and of kind auto, part or human",
        )
    return found


@cache
def _data() -> dict[str, list[dict[str, str | int]]]:
    return tomllib.loads(resources.files("review.reporting").joinpath("assets", SHIPPED).read_text(encoding="utf-8"))
