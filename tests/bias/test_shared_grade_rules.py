"""Certainty beside the table of GRADE's rules, where it is at hand: every row of it is one test."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from review.certainty import DOWN, LEVELS, UP, Baseline, Effect, Threshold, absolute, rate, start_of, statement
from review.certainty.absolute import NAMES
from review.errors import InputRefused
from review.reporting.certainty_words import difference
from review.reporting.tables_certainty import MOST_OUTCOMES

TABLE = Path(__file__).parents[3] / "shared" / "facts" / "bias" / "grade_rules.csv"
if not TABLE.is_file():
    pytest.skip("the table of GRADE's rules is not beside this checkout", allow_module_level=True)

with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
STARTS = {
    "RCT": start_of("randomised"),
    "NRS assessed with ROBINS-I (or comparable)": start_of("non-randomised", "robins-i"),
    "NRS, other RoB tool / Core GRADE": start_of("non-randomised", "low"),
    "Single-arm / case series (no comparator)": start_of("single-arm"),
}
WORDS = {level.word: number for number, level in LEVELS.items()}


NO_CONCERN = dict.fromkeys(DOWN, 0)


def of(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", [r for r in ROWS if r["rule_type"] == kind], ids=lambda r: f"{r['item']}-{r['option']}"[:50])


def test_every_row_has_its_test() -> None:
    assert {r["rule_type"] for r in ROWS} == {"start", "down", "up", "combine", "level", "absolute", "narrative", "sof_column"}
    assert len(ROWS) == 62


@of("start")
def test_start(row: dict[str, str]) -> None:
    assert STARTS[row["item"]].level == int(re.search(r"\((\d)\)", row["result"])[1])


@of("down")
def test_down(row: dict[str, str]) -> None:
    domain, points = row["item"], int(row["score"])
    assert DOWN[domain][points] == re.sub(r" \(.*", "", row["option"])
    start = STARTS["NRS assessed with ROBINS-I (or comparable)" if points == -3 else "RCT"]
    assert rate(start, {**NO_CONCERN, domain: points}, {domain: "why"}).proposed == 4 + points
    if points:
        with pytest.raises(InputRefused, match="without an explanation"):
            rate(start, {**NO_CONCERN, domain: points})


@of("up")
def test_up(row: dict[str, str]) -> None:
    domain, points = row["item"], int(row["score"])
    assert points in UP[domain]
    cohorts = STARTS["NRS, other RoB tool / Core GRADE"]
    assert rate(cohorts, {**NO_CONCERN, domain: points}, {domain: "why"}).proposed == 2 + points
    if points:
        assert rate(cohorts, {**NO_CONCERN, domain: points, "imprecision": -1}, {domain: "why", "imprecision": "why"}).remarks
        assert rate(STARTS["RCT"], {**NO_CONCERN, domain: points}, {domain: "why"}).remarks
        with pytest.raises(InputRefused, match="never rated up"):
            rate(STARTS["Single-arm / case series (no comparator)"], {**NO_CONCERN, domain: points}, {domain: "why"})
    if "robins" in row["implementation_note"].lower() and points:
        with pytest.raises(InputRefused, match="part of risk_of_bias"):
            rate(STARTS["NRS assessed with ROBINS-I (or comparable)"], {**NO_CONCERN, domain: points}, {domain: "why"})


@of("combine")
def test_combine(row: dict[str, str]) -> None:
    assert "clamp" in row["item"]
    why = dict.fromkeys((*DOWN, *UP), "why")
    assert rate(STARTS["RCT"], dict.fromkeys(DOWN, -2), why).proposed == 1
    assert rate(STARTS["NRS, other RoB tool / Core GRADE"], {**NO_CONCERN, "large_effect": 2, "dose_response": 1}, why).proposed == 4


@of("level")
def test_level(row: dict[str, str]) -> None:
    level = LEVELS[int(row["score"])]
    assert (level.word, level.symbols) == (row["item"], row["option"])
    assert level.ascii == row["implementation_note"].split()[-1]


@of("absolute")
def test_absolute(row: dict[str, str]) -> None:
    for measure in row["item"].split(" / "):
        name = {"Rate ratio": "rate ratio"}.get(measure, measure)
        assert name in NAMES
        effect, risk = Effect(name, "0.5"), Decimal("0.2")
        found = absolute(effect, Baseline(risk, source="stated", per="year"))
        assert found is not None
        expected = {"RR": 100, "OR": Decimal(1000) / 9, "Peto OR": Decimal(1000) / 9, "RD": 700, "rate ratio": Decimal("0.1")}
        if name == "HR":
            assert abs(found.intervention.value - 1000 * (1 - Decimal("0.8").sqrt())) < Decimal("1e-20")
        elif name in expected:
            assert abs(found.intervention.value - expected[name]) < Decimal("1e-20")
        else:
            assert difference(found).endswith("higher")


@of("narrative")
def test_narrative(row: dict[str, str]) -> None:
    sizes = {"large": 100, "moderate": 20, "small important": 10, "trivial/none": 1}
    told = row["condition_or_text"].replace("{v0}", "reduce").replace("{v}", "reduces").replace("{d}", "reduction")
    told = told.replace("{o}", "pain").replace("probably/likely", "probably")
    threshold = Threshold(10, 20, 100, source="protocol")
    said = statement("A", "pain", Decimal(-sizes[row["option"]]), WORDS[row["item"]], threshold)
    assert said is not None and told.lower().removesuffix(" in") in said.lower()
    assert statement("A", "pain", Decimal(-sizes[row["option"]]), WORDS[row["item"]], None) is None


@of("sof_column")
def test_column_of_the_summary_of_findings(row: dict[str, str]) -> None:
    """What stands in each column is tried in tests/reporting/test_certainty_tables.py; here that each has one, and how many outcomes."""
    assert f"max {MOST_OUTCOMES} outcomes" in row["condition_or_text"] and 1 <= int(row["item"]) <= 6
