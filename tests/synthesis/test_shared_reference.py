"""Every number of ../shared/facts/synthesis/reference.json (metafor 3.8.1): measures, models, intervals, and what stands around them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from review.synthesis import (
    Pooled,
    begg,
    cochran_mantel_haenszel,
    cumulative,
    egger,
    influence,
    leave_one_out,
    mantel_haenszel,
    meta_regression,
    mixed_odds_ratio,
    mixed_proportion,
    peto,
    pool,
    subgroups,
    tarone,
    trim_and_fill,
)  # fmt: skip
from tests.structure.tree import ROOT

SHARED = ROOT.parent / "shared" / "facts" / "synthesis"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/facts/synthesis, which is not beside this checkout")

EXACT, LOOSE = 1e-8, 1e-5  # LOOSE: where metafor itself was stopped at 1e-10
NAMES = {
    "b": "estimate", "se": "se", "zval": "z_or_t", "pval": "p", "tau2": "tau2", "se_tau2": "se_tau2", "I2": "i2", "H2": "h2", "QE": "q",
    "QE_df": "q_df", "QEp": "q_p", "weights_pct": "weights", "k": "k",
}  # fmt: skip
INTERVALS = {"": "wald", "knha": "hksj", "adhoc": "hksj_floor"}


@cache
def reference() -> dict[str, Any]:
    return json.loads((SHARED / "reference.json").read_text(encoding="utf-8")) if SHARED.is_dir() else {}


def rows(name: str) -> list[dict[str, str]]:
    with (SHARED / f"dat_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measures(part: str) -> list[tuple[str, str]]:
    data = {name: one for name, one in reference().items() if name != "meta"}
    return [(name, measure) for name, one in data.items() for measure, found in one.items() if part in found]


def given(data: str, measure: str) -> tuple[list[float], list[float]]:
    one = reference()[data][measure]
    kept = [pair for pair in zip(one["yi"], one["vi"], strict=True) if None not in pair]
    return [y for y, _ in kept], [v for _, v in kept]


def counts(data: str) -> tuple[list[int], ...]:
    if data == "bcg":
        return tuple(
            [int(row[a]) + (int(row[b]) if b else 0) for row in rows("bcg")]
            for a, b in (("tpos", ""), ("tpos", "tneg"), ("cpos", ""), ("cpos", "cneg"))
        )
    return tuple([int(row[name]) for row in rows("nielweise2007")] for name in ("ai", "n1i", "ci", "n2i"))


def same(mine: object, theirs: object, what: str, rel: float = EXACT) -> None:
    if theirs is not None:
        np.testing.assert_allclose(np.atleast_1d(mine), np.atleast_1d(theirs), rtol=rel, atol=1e-300, err_msg=what)


def same_pooled(mine: Pooled, theirs: Mapping[str, Any], what: str, rel: float = EXACT) -> None:
    for name, own in NAMES.items():
        if name in theirs:
            same(getattr(mine, own), theirs[name], f"{what} {name}", rel)
    same(mine.ci, [theirs["ci_lb"], theirs["ci_ub"]], f"{what} interval", rel)


@pytest.mark.parametrize(("data", "measure"), measures("models"))
def test_models(data: str, measure: str) -> None:
    y, v = given(data, measure)
    for name, theirs in reference()[data][measure]["models"].items():
        what = f"{data} {measure} {name}"
        if name == "REML_confint_Qprofile":
            mine = pool(y, v)
            for own, key in ((mine.tau2_ci, "tau2"), (mine.i2_ci, "I2"), (mine.h2_ci, "H2")):
                same(own, theirs[key][1:], f"{what} {key}")
            continue
        method, _, suffix = name.partition("_")
        for convention, key in (("normal" if not suffix else "t_k1", "pi"), ("t_k1", "pi_t_km1"), ("t_k2", "pi_t_km2")):
            mine = pool(y, v, method=method, interval=INTERVALS[suffix], prediction=convention)
            same(
                mine.pi,
                theirs.get(key) if key != "pi" else [theirs["pi_lb"], theirs["pi_ub"]] if "pi_lb" in theirs else None,
                f"{what} {key}",
            )
        same_pooled(mine, theirs, what)


@pytest.mark.parametrize(("data", "measure"), measures("bias"))
def test_small_study_effects(data: str, measure: str) -> None:
    y, v = given(data, measure)
    for name, theirs in reference()[data][measure]["bias"].items():
        if name.startswith(("egger", "regtest")):
            with_n = (
                {"predictor": "ninv", "n": [a + b for a, b in zip(counts(data)[1], counts(data)[3], strict=True)]} if "ninv" in name else {}
            )
            mine = egger(y, v, model="rma" if "_rma" in name else "lm", **with_n)
            same([mine.statistic, mine.p], [theirs["stat"], theirs["p"]], name)
            same([mine.limit, mine.slope], theirs.get("coef"), name)
            same([mine.limit_se, mine.slope_se], theirs.get("se"), name)
            same(mine.limit_ci, theirs.get("limit_ci"), name)
        elif name == "begg":
            ranks = begg(y, v)
            same([ranks.tau, ranks.p], [theirs["tau"], theirs["p"]], name)
        else:
            _, method, estimator = name.split("_")
            filled = trim_and_fill(y, v, method=method, estimator=estimator, interval="wald")
            rel = LOOSE if method == "REML" else EXACT
            assert (filled.k0, filled.side) == (theirs["k0"], theirs["side"]), name
            same(filled.k0_se, theirs["se_k0"], name)
            for key in ("b", "se", "tau2"):
                same(getattr(filled.pooled, NAMES[key]), theirs[key], f"{name} {key}", rel)
            same(filled.yi, theirs["filled_yi"], name, rel)
            same(filled.vi, theirs["filled_vi"], name)


@pytest.mark.parametrize("method", ["REML", "DL"])
def test_leave_one_out(method: str) -> None:
    for data, measure in measures(f"leave1out_{method}"):
        theirs = reference()[data][measure][f"leave1out_{method}"]
        mine = leave_one_out(*given(data, measure), method=method, interval="wald")
        for key, own in {"estimate": "estimate", "se": "se", "pval": "p", "Q": "q", "tau2": "tau2", "I2": "i2", "H2": "h2"}.items():
            same(getattr(mine, own), theirs[key], f"{data} {measure} {key}", LOOSE if method == "REML" else EXACT)
        same([low for low, _ in mine.ci], theirs["ci_lb"], f"{data} {measure}", LOOSE if method == "REML" else EXACT)


def test_influence_and_cumulative() -> None:
    theirs, (y, v) = reference()["bcg"]["RR"]["influence"], given("bcg", "RR")
    mine = influence(y, v, method="EE")
    same(mine.baujat_x, theirs["baujat_x"], "Baujat")
    same(mine.baujat_y, theirs["baujat_y"], "Baujat")
    for data, measure in measures("cumulative_DL_by_year"):
        theirs = reference()[data][measure]["cumulative_DL_by_year"]
        series = cumulative(*given(data, measure), [int(row["year"]) for row in rows(data)], method="DL", interval="wald")
        for key, own in {"estimate": "estimate", "se": "se", "tau2": "tau2", "I2": "i2"}.items():
            same(getattr(series, own), theirs[key], f"{measure} {key}")


def test_subgroups() -> None:
    groups = [row["alloc"] for row in rows("bcg")]
    for data, measure in measures("subgroup_alloc"):
        theirs, (y, v) = reference()[data][measure]["subgroup_alloc"], given(data, measure)
        for method in ("REML", "DL"):
            mine = subgroups(y, v, groups, method=method, interval="wald", prediction="normal")
            assert list(mine.pooled) == theirs["levels"]
            for level, one in theirs[f"separate_{method}"].items():
                same_pooled(mine.pooled[level], one, f"{measure} {method} {level}")
            between = theirs[f"Qbetween_separate_{method}"]
            same([mine.q, mine.q_df, mine.q_p], [between["Q"], between["df"], between["p"]], measure)
        same_regression(subgroups(y, v, groups, interval="wald", tau2="common").model, theirs["common_tau2_REML"])
        f_test, knha = subgroups(y, v, groups, interval="hksj", tau2="common").model, theirs["common_tau2_REML_knha"]
        same([f_test.qm, f_test.qm_p, *f_test.qm_df], [knha["F"], knha["p"], *knha["df"]], measure)


def same_regression(mine: Any, theirs: Mapping[str, Any]) -> None:
    same([mine.coef, mine.se], [theirs["coef"], theirs["se"]], "coefficients")
    names = {"pval": "p", "tau2": "tau2", "QM": "qm", "QMp": "qm_p", "QE": "qe", "QEp": "qe_p", "I2": "i2", "R2": "r2"}
    for key, own in names.items():
        same(getattr(mine, own), theirs.get(key), key)


def test_meta_regression() -> None:
    latitude = [float(row["ablat"]) for row in rows("bcg")]
    for data, measure in measures("metareg_ablat_REML"):
        same_regression(
            meta_regression(*given(data, measure), {"latitude": latitude}, interval="wald"),
            reference()[data][measure]["metareg_ablat_REML"],
        )


@pytest.mark.parametrize(("data", "name"), [(d, n) for d, n in measures("QE") if n.startswith(("MH_", "Peto"))])
def test_counts_without_correction(data: str, name: str) -> None:
    theirs, table = reference()[data][name], counts(data)
    if name.endswith("drop00"):
        kept = [n for n in range(len(table[0])) if table[0][n] + table[2][n]]
        table = tuple([column[n] for n in kept] for column in table)
    if name.startswith("Peto"):
        same_pooled(peto(*table), theirs, f"{data} {name}")
        return
    rows_of_q = "as_they_are" if name.endswith("no_yivi_adj") else "half_to_zero_rows"
    same_pooled(mantel_haenszel(*table, measure=name[3:5], zero_cells=rows_of_q), theirs, f"{data} {name}")
    if theirs["TA"] is not None:
        common, equal = cochran_mantel_haenszel(*table), tarone(*table)
        same([common.statistic, common.p, equal.statistic, equal.p], [theirs[key] for key in ("MH", "MHp", "TA", "TAp")], name)


def test_mixed_models() -> None:
    """The sheet has where lme4's default stops, some 1e-5 short of the maximum for proportions, 3e-4 (9e-4 for tau²) for odds ratios.

    The same calls with lme4 1.1-31 tightened (bobyqa, rhoend 1e-9) go on to the values written here, which are taken to 1e-5; the sheet's
    are taken as far as they are one another's.
    """
    adherent = rows("debruin2009")
    proportion = mixed_proportion([int(row["xi"]) for row in adherent], [int(row["ni"]) for row in adherent])
    ratio = mixed_odds_ratio(*counts("nielweise2007"))
    for mine, name, tightened, stopped in (
        (proportion, ("debruin2009", "GLMM_PLO"), (-0.1118126812, 0.1880443669, 0.3786881187), (1.2e-5, 6e-6, 1.5e-5)),
        (ratio, ("nielweise2007", "GLMM_UM.FS"), (-1.2364934230, 0.2803375500, 0.3195127446), (3.6e-4, 2.6e-4, 9e-4)),
    ):
        theirs = reference()[name[0]][name[1]]
        for own, key, value, short in zip(("estimate", "se", "tau2"), ("b", "se", "tau2"), tightened, stopped, strict=True):
            same(getattr(mine, own), value, f"{name} {key}", LOOSE)
            same(getattr(mine, own), theirs[key], f"{name} {key} of the sheet", short)
        same(mine.ci, [theirs["ci_lb"], theirs["ci_ub"]], "interval of the sheet", 4.5e-4 if mine is ratio else 1.5e-5)
