"""Which side an effect favours is one thing in tables and pictures, whichever way scales run and signs were turned."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import InputRefused
from review.reporting.analyses import synthesis
from review.reporting.analysis_forest import favours
from review.reporting.checklist import RULES
from review.reporting.checklist_facts import facts_of
from tests.reporting.small_synthesis import Cells, arms, planned, reviewed
from tests.rooms.team import Team

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
    [
        ('direction = "higher"', "", True),
        ('direction = "lower"', "", False),
        ('direction = "lower"', LOWER, False),
        ("", LOWER, False),
        ('direction = "higher"', LOWER, False),  # its own stands before that of all
    ],
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
    directions = nobody.figures.effect_direction("c")
    assert "3 positive" in directions.alt and "An arrow up favours Drug." in directions.caption
    assert {row["column"] for row in nobody.figures.harvest("c").numbers} == {"Favours Drug"}
    assert "0 Favours Placebo, 3 Favours Drug" in nobody.figures.albatross("c").alt
    assert not [guard for guard in one.guards if guard.code == "W18"]
    team.ledger.close()


def test_signs_of_a_scale_that_does_not_say_which_way_it_runs_stay_and_that_is_told(tmp_path: Path) -> None:
    team = reviewed(
        tmp_path, planned("SMD", "pain", 'direction = "higher"'), {f"S{at}": _scores(30 + at, "lower" if at else "") for at in range(3)}
    )
    first, *others = (row[3] for row in team.nobody.tables.effects("c").rows)
    assert "which values are better" in str(first.notes) and "-0." in first.text.replace("−", "-")
    assert all("its sign is turned" in str(cell.notes).lower() for cell in others)
    team.ledger.close()


def _codes(team: Team) -> dict[str, str]:
    return {guard.code: guard.caption for guard in synthesis(team.nobody._rooms, "c").guards}


@pytest.mark.parametrize("measure", ["SMD", "MD"])
def test_a_sign_that_cannot_be_aligned_is_in_the_caption(tmp_path: Path, measure: str) -> None:
    team = reviewed(
        tmp_path, planned(measure, "pain", 'direction = "higher"'), {f"S{at}": _scores(30 + at, "lower" if at else "") for at in range(3)}
    )
    assert _codes(team)["W18"] == "Which values are better: not stated in Doe 2000, whose signs stay as they were."
    assert "(W18)" in team.nobody.figures.forest("c").caption
    team.ledger.close()


def test_no_side_is_named_where_the_direction_of_all_turns_no_sign(tmp_path: Path) -> None:
    """A mean difference of pain beside standardised differences of the review: who wrote the plan did not think of it."""
    studies = {f"S{at}": _scores(30 + at, "") for at in range(3)}
    team = reviewed(tmp_path / "none", planned("MD", "pain", 'direction = "higher"'), studies)
    one = synthesis(team.nobody._rooms, "c")
    assert one.better == "" and "Favours" not in str(team.nobody.figures.forest("c").svg())
    with pytest.raises(InputRefused, match="does not say which direction is better") as refused:
        one.side(-1.0)
    assert 'add direction = "lower is better"' in str(refused.value)
    team.ledger.close()
    team = reviewed(tmp_path / "own", planned("MD", "pain", 'direction = "higher"', LOWER), studies)
    assert synthesis(team.nobody._rooms, "c").side(-1.0) == "experimental"
    assert "its sign" not in str([row[3].notes for row in team.nobody.tables.effects("c").rows]).lower(), "nobody wanted it turned"
    team.ledger.close()


def test_studies_that_call_better_what_the_plan_calls_worse_are_named(tmp_path: Path) -> None:
    more = 'direction = "higher is better"'
    team = reviewed(tmp_path, planned("MD", "pain", "", more), {f"S{at}": _scores(30 + at, "lower" if at else "") for at in range(3)})
    assert "Doe 2001 (lower values are better)" in _codes(team)["W18"] and "and the plan says higher" in _codes(team)["W18"]
    for plot in (team.nobody.figures.effect_direction("c"), team.nobody.figures.harvest("c"), team.nobody.figures.albatross("c")):
        assert "Doe 2001 (lower values are better)" in plot.caption and "(W18)" in plot.caption, plot.name
    team.ledger.close()


def test_no_side_is_named_from_a_ratio_of_means_below_zero(tmp_path: Path) -> None:
    """Pain falls by 12 with the drug and by 6 without: the ratio is 2, and the drug is better where lower is."""
    fell = {"Drug": ("experimental", -12), "Placebo": ("control", -6)}
    groups = [(arm, role, {"n_analysed": 40, "mean": mean, "sd": 4}) for arm, (role, mean) in fell.items()]
    team = reviewed(tmp_path, planned("ROM", "pain", "", LOWER), {f"S{at}": arms("Pain", groups) for at in range(3)})
    one = synthesis(team.nobody._rooms, "c")
    assert one.done.pooled is not None and one.done.pooled.estimate > 0
    assert one.better == "" and favours(one) == ("", "") and "Favours" not in str(team.nobody.figures.forest("c").svg())
    assert "both means are below 0 in Doe 2000, Doe 2001, Doe 2002" in _codes(team)["W18"]
    for draw in (team.nobody.figures.harvest, team.nobody.figures.albatross, team.nobody.figures.effect_direction):
        with pytest.raises(InputRefused, match="means below 0, which grow as the means fall"):
            draw("c")
    told = str(RULES["PRISMA 2020"]["20b"](facts_of(team.nobody._rooms)))
    assert "no side can be named in c, whose ratios are of means below 0" in told and "is not planned" not in told
    team.ledger.close()


def test_the_methods_say_to_which_direction_signs_are_turned_in_each_comparison(tmp_path: Path) -> None:
    planned_too = (("d", "pain", "SMD"), ("e", "flares", "RR"))
    more = LOWER + "".join(f'\n\n[[comparisons]]\nid = "{id}"\noutcome = "{of}"\nmeasure = "{by}"' for id, of, by in planned_too)
    team = reviewed(tmp_path, planned("MD", "pain", 'direction = "higher"', more), {"S0": _scores(30, "lower")})
    [model] = [row[1].text for row in team.nobody.tables.synthesis_methods().rows if row[0].text == "Model"]
    said = "signs are aligned so that lower values are better in c and higher values are better in d."
    assert said in model and "Signs were aligned" not in model
    team.ledger.close()


@pytest.mark.parametrize(
    ("measure", "better", "lacks"),
    [("MD", "", "is not planned for c"), ("MD", "lower", ""), ("RR", "", "is not planned for c"), ("PLO", "", "")],
)
def test_the_checklist_asks_for_a_direction_where_sides_are_compared_and_no_sign_says_it(
    tmp_path: Path, measure: str, better: str, lacks: str
) -> None:
    team = reviewed(tmp_path, planned(measure, "pain", 'direction = "higher"'), {f"S{at}": _scores(30 + at, better) for at in range(2)})
    told = str(RULES["PRISMA 2020"]["20b"](facts_of(team.nobody._rooms)))
    assert ("which direction is better" in told) == bool(lacks) and lacks in told
    team.ledger.close()
