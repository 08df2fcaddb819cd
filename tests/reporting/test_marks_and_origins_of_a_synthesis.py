"""A derived value is marked wherever it is shown, and every number of a synthesis leads to its own origin, whatever arms are called."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from review.errors import ReportError
from review.reporting.analyses import synthesis
from review.reporting.trace import put
from review.reporting.trace_view import Trace
from tests.reporting.small_synthesis import Cells, arms, planned, reviewed, stated

FORM = 'schema = 1\n[form]\nid = "own"\nversion = "1"\ntitle = "Own"\n[units]\nPain = "mm"\n[[item]]\nid = "site"\nlabel = "Site"\n'
COUNTS = {"events": 9, "n_analysed": 41}


def _pain(drug: dict[str, object], *more: tuple[str, dict[str, object]]) -> Cells:
    """A trial of drug, further active arms, and placebo; a mean of its own each."""
    groups = [("Drug", "experimental", drug), *((name, "experimental", values) for name, values in more)]
    return arms("Pain", [*groups, ("Placebo", "control", {"n_analysed": 41, "mean": 36, "sd": 9})])


QUARTILES: dict[str, object] = {"n_analysed": 40, "mean": 30, "q1": 20, "q3": 40}
PLAIN: dict[str, object] = {"n_analysed": 38, "mean": 31, "sd": 8}
CM = [
    *stated("Pain", {"effect_measure": "MD"}),
    *stated("Pain", {"effect": "-1.0", "ci_lower": "-2.0", "ci_upper": "-0.1"}, unit="cm")[1:],
]


@pytest.mark.parametrize(
    ("policies", "first", "formula", "at"),
    [
        ("", _pain(QUARTILES), "wan_sd_iqr", "arm_0"),
        ('multi_arm = "combine"', _pain(QUARTILES, ("Double", PLAIN)), "wan_sd_iqr (Drug)", "arm_0"),
        ('multi_arm = "split"', _pain(QUARTILES, ("Double", PLAIN)), "wan_sd_iqr", "arm_0"),
        ("", CM, "unit", "effect"),
    ],
    ids=["arms", "combined", "split", "stated"],
)
def test_what_is_derived_says_so_in_table_picture_and_numbers(tmp_path: Path, policies: str, first: Cells, formula: str, at: str) -> None:
    team = reviewed(tmp_path, planned("MD", "pain", policies), {"First": first, "Other": _pain(PLAIN)})
    (tmp_path / "forms").mkdir(exist_ok=True)
    (tmp_path / "forms" / "own.toml").write_text(FORM, encoding="utf-8")
    nobody = team.nobody
    derived = [row for effect in synthesis(nobody._rooms, "c").each for row in effect.comparison.rows if row.derived and effect.used]
    assert derived and {row.label for row in derived} == {"Doe 2000"}
    table, forest = nobody.tables.effects("c"), nobody.figures.forest("c")
    columns = [column.key for column in table.columns]
    of_first = [dict(zip(columns, row, strict=True)) for row in table.rows if row[0].text.startswith("Doe 2000")]
    notes = {name: cell.notes for row in of_first for name, cell in row.items() if "erived" in str(cell.notes)}
    assert list(notes) == [at] and f"Derived, not reported: {formula}" in notes[at][0]
    assert "erived, not reported" in forest.svg()
    marked = [line for line in csv.DictReader(io.StringIO(forest.csv())) if "erived, not reported" in str(line)]
    assert {line["label"].partition(" (")[0] for line in marked} == {"Doe 2000"} and all(formula in str(line) for line in marked)
    team.ledger.close()


def test_arms_and_subgroups_in_any_script_lead_each_to_their_own_cells(tmp_path: Path) -> None:
    studies = {}
    for at in range(4):
        groups = (("药物", "experimental", {"events": 3 + at, "n_analysed": 40}), ("安慰剂", "control", COUNTS))
        group = {"item": "masking", "value": ">= 65" if at < 2 else "< 65"}
        studies[f"S{at}"] = [*arms("Flare", groups), group]
    team = reviewed(tmp_path, planned("RR", more='subgroup_by = "masking"\n'), studies)
    nobody = team.nobody
    effects, parts = nobody.tables.effects("c"), nobody.tables.subgroups("c")
    for row in effects.rows:
        drug, placebo = (effects.traces[str(cell.trace)] for cell in row[1:3])
        assert drug.value.startswith(row[1].text) and drug.label.endswith("药物") and placebo.label.endswith("安慰剂")
    assert len(parts.rows) == 2
    for row in parts.rows:
        origin = parts.traces[str(row[2].trace)]
        assert origin.label.endswith(row[0].text) and origin.value == row[2].text
    forest = nobody.figures.forest("c")
    pooled = {key: trace.value for key, trace in forest.traces.items() if key.startswith("pooled")}
    assert set(pooled.values()) >= {row[2].text for row in parts.rows} and len(pooled) == len(set(pooled.values()))
    team.ledger.close()


def test_a_subgroup_called_estimate_is_not_the_estimate(tmp_path: Path) -> None:
    studies = {}
    for at in range(4):
        groups = (("Drug", "experimental", {"events": 2 + at, "n_analysed": 40}), ("Placebo", "control", COUNTS))
        studies[f"S{at}"] = [*arms("Flare", groups), {"item": "masking", "value": "estimate" if at < 2 else "common effect"}]
    team = reviewed(tmp_path, planned("RR", more='subgroup_by = "masking"\n'), studies)
    nobody = team.nobody
    whole, forest = nobody.tables.pooled("c"), nobody.figures.forest("c")
    for row in whole.rows:
        key = str(row[2].trace)
        assert whole.traces[key] == forest.traces[key] and len(forest.traces[key].entries) == 5, "the plan and four studies"
    team.ledger.close()


def test_two_origins_under_one_key_are_refused() -> None:
    found = {"a": Trace("a", "Drug", "3/40", "", ())}
    put(found, Trace("a", "Drug", "3/40", "", ()))
    with pytest.raises(ReportError, match="two origins have the key 'a': Drug, and Placebo"):
        put(found, Trace("a", "Placebo", "9/41", "", ()))
