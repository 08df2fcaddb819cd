"""What a table of sensitivity has no estimate of stands in it with the reason; no estimate of one study passes for one of all."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import InputRefused
from review.synthesis import SynthesisSettings
from review.synthesis.analysis import analyse, choices, not_done, uncorrected, without_each
from review.synthesis.dataset import read_rows
from tests.reporting.evidence import texts
from tests.reporting.small_synthesis import arms, planned, reviewed
from tests.synthesis.arm_rows import counts

ALONE = {"a": (0, 50, 5, 50), "b": (3, 50, 6, 50), "c": (0, 40, 4, 40)}  # one of them has an effect of its own
COMMON = SynthesisSettings(method="EE", zero_cells="none")


def test_estimators_of_one_effect_are_no_grid_and_a_study_that_cannot_leave_is_named() -> None:
    rows = read_rows(counts(ALONE))
    done = analyse(rows, "OR", COMMON)
    assert done.pooled is not None and done.pooled.k == 3
    grid, series = choices(rows, done), without_each(done)
    assert grid is not None and {one.k for one in grid.pooled} == {3} and "zero cells: as planned" not in grid.names
    assert series is not None and series.labels == ("a", "c") and set(series.k) == {2}
    lacks = not_done(rows, done)
    assert ("Estimator and interval (zero cells: as planned)", "each", "1 of the studies has an effect of its own") in lacks
    [(_, how, why)] = [one for one in lacks if one[0] == "Without one study"]
    assert how == "without b" and "an arm has no event" in why


def test_what_two_studies_lack_is_told_and_what_all_have_is_not() -> None:
    two = read_rows(counts({"b": (3, 50, 6, 50), "d": (4, 50, 6, 50)}))
    assert not_done(two, analyse(two, "OR")) == [("Without one study", "each", "fewer than two would be left")]
    whole = read_rows(counts({name: (2 + at, 50, 6, 50) for at, name in enumerate("abcd")}))
    done = analyse(whole, "OR")
    assert not_done(whole, done) == [] and uncorrected(done).keys() == {"Mantel–Haenszel", "Peto", "Generalised linear mixed model"}
    assert not_done(whole, analyse(read_rows(counts({"a": (2, 50, 6, 50)})), "OR")) == [], "nothing was pooled"


def test_the_table_has_a_row_with_the_reason(tmp_path: Path) -> None:
    studies = {
        name: arms(
            "Flare", (("Drug", "experimental", {"events": a, "n_analysed": n}), ("Placebo", "control", {"events": c, "n_analysed": m}))
        )
        for name, (a, n, c, m) in ALONE.items()
    }
    team = reviewed(tmp_path, planned("OR", policies='method = "EE"\nzero_cells = "none"'), studies)
    table = team.nobody.tables.sensitivity("c")
    rows = dict(zip(zip(texts(table, "what"), texts(table, "how"), strict=True), table.rows, strict=True))
    lacking = rows[("Without one study", "without Doe 2001")]
    assert lacking[3].missing == "empty" and lacking[3].why.startswith("no estimate: ") and lacking[0].trace in table.traces
    assert rows[("Estimator and interval (zero cells: as planned)", "each")][2].missing == "empty"
    with pytest.raises(InputRefused, match="there is no estimate without Doe 2001: these counts"):
        team.nobody.figures.leave_one_out("c")
    team.ledger.close()
