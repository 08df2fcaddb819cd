"""Effects, ways back and conversions are those of the reference numbers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from review.extraction import derive
from review.synthesis import SynthesisSettings, effects
from tests.structure.tree import ROOT
from tests.synthesis.arm_rows import arm

SHARED = ROOT.parent / "shared" / "facts" / "synthesis"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/facts/synthesis, which is not beside this checkout")

KEEP = {"zero_cells": "only0", "double_zero": "keep"}
MEASURES = [
    *((name, measure, measure, KEEP) for name in ("bcg", "nielweise2007") for measure in ("RR", "OR", "RD", "AS", "PETO")),
    *(("nielweise2007", f"OR_to_{to}_drop00_{dropped}", "OR", {"zero_cells": to, "double_zero": "drop" if dropped == "TRUE" else "keep"})
      for to in ("only0", "all", "if0all") for dropped in ("TRUE", "FALSE")),
    *(("normand1999", measure, measure, {}) for measure in ("MD", "SMD", "SMDH", "ROM")),
    ("normand1999", "SMD_vtypeUB", "SMD", {"smd_variance": "UB"}), ("normand1999", "MD_vtypeHO", "MD", {"md_variance": "pooled"}),
    *(("debruin2009", measure, measure, {}) for measure in ("PR", "PLN", "PLO", "PAS", "PFT")),
]  # fmt: skip
NAMES = {"tv": "t", "md": "mean_difference", "b": "sd_baseline", "f": "sd_final", "c": "sd_of_change", "m1": "mean1", "m2": "mean2",
         "s1": "sd1", "s2": "sd2", "est": "ratio", "lo": "low", "hi": "high"}  # fmt: skip


def reference() -> dict[str, Any]:
    return json.loads((SHARED / "reference.json").read_text(encoding="utf-8"))


def rows_of(name: str) -> pd.DataFrame:
    """A shared table in our layout; studies are numbered in its order."""
    table = pd.read_csv(SHARED / f"dat_{name}.csv")
    sides = {
        "bcg": [("experimental", "tpos", "tneg"), ("control", "cpos", "cneg")],
        "nielweise2007": [("experimental", "ai", "n1i"), ("control", "ci", "n2i")],
        "debruin2009": [("single", "xi", "ni")],
        "normand1999": [("experimental", "n1i", "m1i", "sd1i"), ("control", "n2i", "m2i", "sd2i")],
    }[name]
    rows = []
    for i, line in enumerate(table.to_dict("records"), start=1):
        for role, *columns in sides:
            given = [line[column] for column in columns]
            if len(given) == 3:
                rows.append(arm(str(i), role, n=given[0], mean=given[1], sd=given[2]))
            else:
                rows.append(arm(str(i), role, events=given[0], n=sum(given) if name == "bcg" else given[1]))
    return pd.DataFrame(rows)


@pytest.mark.parametrize(("name", "of", "measure", "policy"), MEASURES, ids=lambda one: one if isinstance(one, str) else "")
def test_effects_and_variances(name: str, of: str, measure: str, policy: dict[str, Any]) -> None:
    expected = reference()[name][of]
    frame = effects(rows_of(name), measure, SynthesisSettings(**policy)).frame
    for column in ("yi", "vi"):
        wanted = np.array([np.nan if value is None else value for value in expected[column]], dtype=float)
        np.testing.assert_allclose(frame[column], wanted, rtol=1e-8, atol=1e-14)
    assert ((frame["reason"] == "") == [value is not None for value in expected["yi"]]).all()


@pytest.mark.parametrize("measure", ["PR", "PLN", "PLO", "PAS", "PFT"])
def test_the_way_back(measure: str) -> None:
    expected = reference()["debruin2009"][measure]
    found, fit = effects(rows_of("debruin2009"), measure), expected["models"]["REML"]
    there = {"pred": "b", "ci_lb": "ci_lb", "ci_ub": "ci_ub", "pi_lb": "pi_lb", "pi_ub": "pi_ub"}
    back = {name: found.back(fit[key]) for name, key in there.items()}
    assert back == pytest.approx({name: expected["backtransformed_REML"][name] for name in there}, rel=1e-8)


def test_conversions() -> None:
    for formula, one in json.loads((SHARED / "conversions.json").read_text(encoding="utf-8")).items():
        own = {"sd_from_ci_t": "sd_from_ci", "sd_from_ci_z": "sd_from_ci"}.get(formula, formula)
        names = {**NAMES, "a": "minimum", "b": "maximum", "m": "median"} if formula[:3] in ("luo", "wan", "shi", "ske") else NAMES
        names |= {"m": "cluster_size"} if own == "design_effect" else {"est": "estimate"} if own == "se_from_est_p" else {}
        inputs = {names.get(name, name): value for name, value in one["input"].items() if name != "dist"}
        wanted = tuple(one["value"]) if isinstance(one["value"], list) else one["value"]
        assert derive(own, **inputs).value == pytest.approx(wanted, rel=1e-12), formula
