"""Pages of the WHO portal in the words of twelve registers and seven styles of capture: what they state, and nothing that they do not."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.model.record import ProblemCode, Record
from review.records import read_bytes
from tests.records.made_registers import LABELS, Made, make
from tests.records.printed_registers import STYLES, compared, printed, stated
from tests.records.register_words import REGISTERS

LABELED = {label for label, _ in LABELS} | {"Age minimum", "Age maximum", "Gender"}  # of the head and the ages, one value each
ONLY = "Exclusion Criteria:"  # without it the page looks like one of a trial that excludes nobody


def one(data: bytes, name: str | None = None) -> Record:
    (record,) = read_bytes(data, "page", name).records
    return record


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.kind)
def test_what_a_page_states_is_read_and_nothing_else(register: Any, style: str) -> None:
    for seed in (1, 2):
        made = make(seed, register)
        record = one(printed(made, style, random.Random(seed)))
        assert compared(made.truth, stated(record))[1:] == ([], [])
        assert not {ProblemCode.LOSSY_CAPTURE, ProblemCode.UNPLACED_TEXT} & {p.code for p in record.problems}


@given(st.integers(0, 10**6), st.sampled_from(STYLES))
@settings(max_examples=25)
def test_any_made_page(seed: int, style: str) -> None:
    made = make(seed)
    assert compared(made.truth, stated(one(printed(made, style, random.Random(seed)))))[1:] == ([], [])


def values(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [leaf for one_ in value for leaf in values(one_)]
    return [] if value in ("", None) else [value]


def not_stated(made: Made, lines: list[str]) -> dict[str, list[Any]]:
    """What the damaged page gives that the whole page does not state under that name."""
    found = stated(one("\n".join(lines).encode(), "ictrp_page"))
    known = {name: values(value) for name, value in made.truth.items()}
    known["unclassified"] = known["inclusion"] + known["exclusion"]
    extra = {name: [x for x in values(value) if x not in known.get(name, [])] for name, value in found.items()}
    return {name: bits for name, bits in extra.items() if bits}


def is_labeled(line: str) -> bool:
    """True for a line that begins with a label and its colon; a title may begin with the word of one, 'Phase 2 study of sleep'."""
    name, colon, _ = line.strip("| -").partition(":")
    return bool(colon) and name in LABELED


@given(
    st.integers(0, 10**6),
    st.sampled_from(["plain", "below", "table", "dash"]),
    st.sampled_from(["drop", "double", "label", "value"]),
    st.data(),
)
@settings(max_examples=50)
def test_a_line_that_is_lost_or_doubled_makes_no_value(seed: int, style: str, damage: str, data: st.DataObject) -> None:
    made = make(seed, REGISTERS[0])
    lines = printed(made, style, random.Random(seed)).decode().split("\n")
    able = [n for n, line in enumerate(lines) if line.strip() and line != ONLY and (damage in ("drop", "double") or is_labeled(line))]
    at = data.draw(st.sampled_from(able))
    label, _, value = lines[at].partition(":")
    kept = {"drop": [], "double": [lines[at]] * 2, "label": [value.strip(" |\u00a0")], "value": [f"{label}:"]}[damage]
    assert not_stated(made, lines[:at] + kept + lines[at + 1 :]) == {}


@given(st.integers(0, 10**6), st.lists(st.integers(0, 200), min_size=3, max_size=30))
@settings(max_examples=25)
def test_a_page_that_lost_many_lines_says_so_and_makes_nothing_up(seed: int, gone: list[int]) -> None:
    made = make(seed, REGISTERS[0])
    lines = printed(made, "plain", random.Random(seed)).decode().split("\n")
    head = range(5, 5 + len(made.head))
    kept = [line for n, line in enumerate(lines) if n not in gone or line == ONLY]
    assert not_stated(made, kept) == {}
    if any(n in head and not lines[n].startswith("Acronym") for n in gone):
        assert ProblemCode.LOSSY_CAPTURE in {p.code for p in one("\n".join(kept).encode(), "ictrp_page").problems}
