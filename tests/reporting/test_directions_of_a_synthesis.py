"""Which side an effect favours is one thing in tables and pictures, whichever way scales run and signs were turned."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.reporting.analyses import synthesis
from review.reporting.analysis_forest import favours
from tests.reporting.small_synthesis import Cells, arms, planned, reviewed

LOWER = 'direction = "lower is better"'


def _scores(drug: float, better: str) -> Cells:
    """A trial whose scores are lower with the drug, by 5 to 6 points."""
    drug_and_placebo = (
        ("Drug", "experimental", {"n_analysed": 40, "mean": drug, "sd": 9}),
        ("Placebo", "control", {"n_analysed": 41, "mean": 36, "sd": 9}),
    )
    said = {"item": "better_when", "outcome": "Pain", "value": better}
    return [*arms("Pain", drug_and_placebo), *([said] if better else [])]


@pytest.mark.parametrize(
    ("policies", "more", "turned"),
    [('direction = "higher"', "", True), ('direction = "lower"', "", False), ('direction = "lower"', LOWER, False), ("", LOWER, False)],
)
def test_a_benefit_is_on_the_side_of_the_drug_whichever_way_signs_are_turned(
    tmp_path: Path, policies: str, more: str, turned: bool
) -> None:
    team = reviewed(tmp_path, planned("SMD", "pain", policies, more), {f"S{at}": _scores(30 + at / 2, "lower") for at in range(3)})
    nobody = team.nobody
    one = synthesis(nobody._rooms, "c")
    found = [effect.yi for effect in one.each if effect.yi is not None]
    assert len(found) == 3 and {value > 0 for value in found} == {turned}
    assert {one.side(value) for value in found} == {"experimental"}
    assert favours(one) == (("Favours Placebo", "Favours Drug") if turned else ("Favours Drug", "Favours Placebo"))
    assert "3 positive" in nobody.figures.effect_direction("c").alt
    team.ledger.close()


def test_signs_of_a_scale_that_does_not_say_which_way_it_runs_stay_and_that_is_told(tmp_path: Path) -> None:
    team = reviewed(
        tmp_path, planned("SMD", "pain", 'direction = "higher"'), {f"S{at}": _scores(30 + at, "lower" if at else "") for at in range(3)}
    )
    first, *others = (row[3] for row in team.nobody.tables.effects("c").rows)
    assert "which values are better" in str(first.notes) and "-0." in first.text.replace("−", "-")
    assert all("its sign is turned" in str(cell.notes).lower() for cell in others)
    team.ledger.close()
