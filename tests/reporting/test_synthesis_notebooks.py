"""The notebooks of effects, synthesis and results without pooling, run on the made review; and the checklist that reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.reporting.checklist import checklist
from review.reporting.notebook import Job
from review.reporting.render import render
from review.reporting.rendered import rendered_texts
from tests.reporting.made_trials_review import made_review
from tests.structure.tree import ROOT

THREE = ("70_effects", "71_synthesis", "72_without_pooling")


@pytest.mark.soak
def test_they_run_and_the_checklist_finds_what_they_show(tmp_path: Path) -> None:
    team = made_review(tmp_path / "review")
    out = tmp_path / "out"
    made = render([Job(ROOT / "notebooks" / f"{name}.ipynb", name) for name in THREE], out=out, root=team.folder)
    assert all(one.ok for one in made), [one.error for one in made]
    reports = rendered_texts(out)
    keys = {block.key for report in reports.values() for block in report.blocks}
    assert {"comparisons", "synthesis-methods"} <= keys
    assert {f"{stem}-flares-drug" for stem in ("effects", "pooled", "subgroups", "sensitivity", "not-pooled")} <= keys
    lines = {line.item.item: line for line in checklist(team.nobody._rooms, reports, "PRISMA 2020").lines}
    done = [item for item, line in lines.items() if line.state == "done" and item[:2] in ("12", "13", "14", "20", "21")]
    assert done == ["12", "13a", "13b", "13c", "13e", "13f", "14", "20b", "20c", "20d"]
    assert "why results were synthesised so is stated nowhere" in lines["13d"].why and "not assessed" in lines["20a"].why
    (out / "71_synthesis.ipynb").unlink()
    lines = {line.item.item: line for line in checklist(team.nobody._rooms, rendered_texts(out), "PRISMA 2020").lines}
    assert {lines[item].state for item in done} == {"data available, author to write"}
    team.ledger.close()
