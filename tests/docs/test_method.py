"""docs/method.md against the code: the boxes of the flow with the example's numbers, the identities, what is refused, the states."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from review import Review
from review.errors import InputRefused
from review.model.agreement import FEWEST_PAIRS
from review.model.decision import CLASSIFICATIONS, RETRIEVALS
from review.model.views import CellView
from review.reporting.flow_text import FIELDS, LANES
from review.screening.deciding import derive, settle
from review.synthesis import SynthesisSettings
from review.synthesis.guards import guard_rules
from tests.docs.pages import DOCS, section

PAGE = DOCS / "method.md"


def test_the_boxes_are_those_of_the_flow_with_the_examples_numbers(example: Path) -> None:
    rv = Review.open(example)
    try:
        flow = rv.flow()
    finally:
        rv.close()
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| .+ \| (\d+|–) \|$", section(PAGE, "The flow"), re.MULTILINE)
    told = {name: (unit, n) for name, unit, n in rows}
    assert list(told) == [field for lane in ("previous", "dbr", "other", "included") for field in FIELDS[lane]]
    assert {name: one for name, one in told.items() if one[1] != "–"} == {name: (box.unit, str(box.n)) for name, box in flow.boxes.items()}
    assert re.findall(r"^\| (I\d+) \|", section(PAGE, "The flow"), re.MULTILINE) == [name for name, _, _ in flow.identities()]
    assert set(LANES) == set(re.findall(r"`((?:new|upd)_v\d)`", section(PAGE, "The flow")))


def test_the_guards_and_settings_are_those_of_the_code() -> None:
    told = re.findall(r"^\| ([EWI]\d\d) \| (\w+) \|", section(PAGE, "Effects and guards"), re.MULTILINE)
    assert told == [(rule.code, rule.kind) for rule in guard_rules()]
    table = re.findall(r"^\| (`.+?`) \| (.+?) \|", section(PAGE, "Effects and guards"), re.MULTILINE)
    named = [name for cell, _ in table for name in re.findall(r"`(\w+)`", cell)]
    assert set(named) | {"choose"} == {one.name for one in fields(SynthesisSettings)}
    plain = SynthesisSettings().plain()
    for cell, default in table:
        stated = re.match(r"`(\w+)`", default)
        if stated:
            assert plain[cell.strip("`")] == stated[1], cell


def test_the_words_are_those_of_the_facts() -> None:
    states = re.findall(r"^\| ([a-z -]+) \|", section(PAGE, "Extracting"), re.MULTILINE)
    assert set(states) - {"state"} == set(get_args(get_type_hints(CellView)["state"]))
    assert set(RETRIEVALS) <= set(re.findall(r"`(\w+)`", section(PAGE, "Full texts")))
    assert set(CLASSIFICATIONS) <= set(re.findall(r"`(\w+)`", section(PAGE, "What becomes of a study")))
    assert f"Under {FEWEST_PAIRS} pairs" in section(PAGE, "Deciding")


def test_judgements_lead_where_the_table_says(example: Path) -> None:
    rv = Review.open(example)
    try:
        criteria = rv.protocol.plan.criteria
    finally:
        rv.close()
    met = {c.id: "met" for c in criteria}
    assert derive({**met, "I1": "not_met", "P2": "not_met", "S1": "not_assessed"}, criteria).failed == ("P2", "I1")
    assert derive(met, criteria).decision == "include"
    assert derive({**met, "S1": "not_assessed", "P1": "unclear"}, criteria).decision is None
    assert derive({**met, "P1": "unclear"}, criteria).decision == "unsure"
    with pytest.raises(InputRefused, match="needs its reason"):
        settle(stage="full_text", criteria=criteria, decision="exclude", judgements={}, reason=None, note="")
    with pytest.raises(InputRefused, match="absence of results or publication"):
        settle(stage="full_text", criteria=criteria, decision="exclude", judgements={}, reason="unpublished", note="")
