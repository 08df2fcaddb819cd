"""What reports say once, or hardly, or not: clusters of all arms, effects that are not given, roles that nobody extracted. Invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import ProtocolInvalid
from review.model.formulas import design_effect
from review.reporting.analyses import synthesis
from review.reporting.analysis_forest import forest_of
from review.reporting.analysis_lines import lines
from tests.reporting.evidence import texts
from tests.reporting.small_synthesis import Cells, arms, planned, reviewed, stated
from tests.rooms.team import Team

DRUG, PLACEBO = {"n_analysed": 110, "events": 12}, {"n_analysed": 108, "events": 20}
SOUND: dict[str, Cells] = {
    name: arms("Flare", (("Drug", "experimental", {"n_analysed": 40, "events": events}), ("Placebo", "control", {**PLACEBO})))
    for name, events in (("First", 3), ("Second", 5))
}


def clustered(*more: dict[str, str]) -> Cells:
    return [
        *arms("Flare", (("Drug", "experimental", DRUG), ("Placebo", "control", PLACEBO)))[1:],
        {"item": "design", "value": "cluster-randomised-trial"},
        *more,
    ]


def made(folder: Path, studies: dict[str, Cells], measure: str = "RR", **more: str) -> Team:
    return reviewed(folder, planned(measure, **more), studies)


def standing(team: Team, year: int) -> str:
    """How the study of that year stands among the effects."""
    table = team.nobody.tables.effects("c")
    return dict(zip(texts(table, "study"), texts(table, "standing"), strict=True))[f"Doe {year}"]


@pytest.mark.parametrize(
    "said",
    [
        ({"item": "icc", "outcome": "Flare", "value": "0.05"}, {"item": "clusters", "outcome": "Flare", "value": "22"}),
        ({"item": "icc", "value": "0.05"}, {"item": "clusters", "value": "22"}),
        ({"item": "icc", "value": "0.05"}, *({"item": "clusters", "arm": arm, "value": "11"} for arm in ("Drug", "Placebo"))),
    ],
)
def test_an_icc_and_clusters_that_are_said_once_serve_all_arms(tmp_path: Path, said: tuple[dict[str, str], ...]) -> None:
    team = made(tmp_path, {**SOUND, "Wards": clustered(*said)})
    [one] = [each.comparison for each in synthesis(team.nobody._rooms, "c").each if each.comparison.first.design == "cluster"]
    effect = design_effect(218 / 22, 0.05)
    assert not one.loose and one.exp and one.ctl
    assert (one.exp.n, one.ctl.events) == (pytest.approx(110 / effect), pytest.approx(20 / effect))
    table = team.nobody.tables.effects("c")
    [at] = [at for at, name in enumerate(texts(table, "study")) if name == "Doe 2002"]
    behind = " ".join(entry.what for entry in table.traces[table.rows[at][3].trace or ""].entries)
    assert "cluster" in behind.casefold() and "W05" not in " ".join(table.notes)
    team.ledger.close()


def test_clusters_of_all_arms_are_not_shared_out_where_an_arm_does_not_say_how_many_people_it_has(tmp_path: Path) -> None:
    cells = clustered({"item": "icc", "value": "0.05"}, {"item": "clusters", "value": "22"})
    cells = [cell for cell in cells if not (cell["item"] == "n_analysed" and cell["arm"] == "Placebo")]
    team = made(tmp_path, {**SOUND, "Wards": cells})
    assert standing(team, 2002) == "excluded: n not stated in Placebo"
    team.ledger.close()


def test_an_effect_that_allows_for_clusters_stands_before_arms_that_do_not(tmp_path: Path) -> None:
    own = {"effect_measure": "RR", "effect": "0.7", "ci_lower": "0.4", "ci_upper": "1.225", "adjusted_for_design": "yes"}
    team = made(tmp_path, {**SOUND, "Wards": clustered(*stated("Flare", own)[1:])})
    table = team.nobody.tables.effects("c")
    [at] = [at for at, words in enumerate(texts(table, "effect")) if words.startswith("0.70")]
    assert texts(table, "standing")[at] == "used" and "W05" not in " ".join(table.notes)
    said = "the effect as stated stands for it, which allows for clusters or crossover, and its arms do not"
    assert f"excluded: {said}" in texts(table, "standing")
    team.ledger.close()


def test_an_effect_that_is_not_reported_stops_no_synthesis(tmp_path: Path) -> None:
    silent = {"Silent": stated("Flare", {"effect": "not reported"}), "Only p": stated("Flare", {"p_value": "< 0.05"})}
    other = {"Other": stated("Flare", {"effect_measure": "odds ratio", "effect": "not reported"})}
    team = made(tmp_path, {**SOUND, **silent, **other})
    assert texts(team.nobody.tables.pooled("c"), "k") == ["2", "2"]
    assert standing(team, 2002) == standing(team, 2004) == "excluded: no estimate is stated (it is recorded as not reported)"
    assert standing(team, 2003) == "excluded: no estimate is stated (there is only: p value < 0.05)"
    team.ledger.close()


def test_another_measure_with_a_number_still_stops_it(tmp_path: Path) -> None:
    team = made(tmp_path, {**SOUND, "Other": stated("Flare", {"effect_measure": "odds ratio", "effect": "0.7", "se": "0.2"})})
    assert "E02" in team.nobody.tables.pooled("c").empty
    team.ledger.close()


def test_an_arm_whose_role_nobody_extracted_says_so(tmp_path: Path) -> None:
    cells = [cell for cell in arms("Flare", (("Drug", "", DRUG), ("Placebo", "", PLACEBO))) if cell["item"] != "arm_role"]
    team = made(tmp_path, {**SOUND, "Roles": cells})
    said = "no arm of this comparison (its role was not extracted, and the comparison does not name it)"
    table = team.nobody.tables.effects("c")
    assert texts(table, "study")[2:] == ["Doe 2002 (Drug)", "Doe 2002 (Placebo)"]
    assert texts(table, "standing")[2:] == [f"excluded: {said}"] * 2
    team.ledger.close()


def test_an_arm_that_a_study_has_nowhere_is_not_chosen_in_silence(tmp_path: Path) -> None:
    doses = arms("Flare", (("Low dose", "experimental", DRUG), ("Placebo", "control", PLACEBO)))
    doses += arms("Pain", (("High dose", "experimental", {"n_analysed": 9, "mean": 3}),))[1:]
    team = made(tmp_path, {**SOUND, "Doses": doses})
    file = team.folder / "review.toml"
    text = file.read_text(encoding="utf-8")

    def choose(arm: str) -> None:
        chosen = f'\n[synthesis]\nmulti_arm = "choose"\nchoose = {{ "Doe 2002" = "{arm}" }}\n'
        file.write_text(text + chosen, encoding="utf-8")
        team.lead.protocol.amend(reason="one dose", results_known=True)

    choose("Hihg dose")
    with pytest.raises(ProtocolInvalid, match=r"review.toml:\d+: choose .* 'Hihg dose', which Doe 2002 has not\n.*'High dose'"):
        team.nobody.tables.effects("c")
    choose("high dose")  # which it has, and not on this outcome
    assert "another arm was chosen: high dose" in " ".join(texts(team.nobody.tables.effects("c"), "standing"))
    choose("low dose")
    assert standing(team, 2002) == "used"
    team.ledger.close()


def test_effects_of_one_study_are_told_apart_by_what_they_differ_in(tmp_path: Path) -> None:
    doses = (("10 mg", "experimental", DRUG), ("20 mg", "experimental", {**DRUG, "events": 9}), ("Placebo", "control", PLACEBO))
    times = [cell for at in ("6 weeks", "12 weeks") for cell in arms("Flare", doses[1:], timepoint=at)]
    team = made(tmp_path, {**SOUND, "Doses": arms("Flare", doses), "Times": times}, policies='multi_arm = "split"')
    told = texts(team.nobody.tables.effects("c"), "study")
    assert told[2:] == ["Doe 2002 (10 mg v Placebo)", "Doe 2002 (20 mg v Placebo)", "Doe 2003 (6 weeks)", "Doe 2003 (12 weeks)"]
    assert texts(team.nobody.tables.not_pooled("c"), "study")[2:] == told[2:]
    assert "Doe 2003 (2 outcomes, time points or analysis sets: 6 weeks; 12 weeks)" in team.nobody.tables.pooled("c").empty
    team.ledger.close()


@pytest.mark.parametrize(("measure", "events"), [("PLO", (3, 5, 7)), ("PFT", (0, 5, 9))])
def test_a_proportion_is_its_own_and_is_tested_against_nothing(tmp_path: Path, measure: str, events: tuple[int, ...]) -> None:
    def alone(x: int, n: int) -> Cells:
        values = {"n_analysed": n, "events": x}
        return [{"item": "design", "value": "single-arm-trial"}, *arms("Flare", (("Drug", "experimental", values),))[1:]]

    sizes = (300, 25, 9)
    team = made(tmp_path, {f"S{n}": alone(x, n) for x, n in zip(events, sizes, strict=True)}, measure)
    tables = team.nobody.tables
    shown = [line.estimate for line in lines(synthesis(team.nobody._rooms, "c"))]
    assert shown == pytest.approx([x / n for x, n in zip(events, sizes, strict=True)], abs=1e-9)
    assert tables.effects("c").title == "Effects: Flare: single arms"
    for table in (tables.pooled("c"), tables.sensitivity("c"), tables.cumulative("c")):
        cells = [row[[column.key for column in table.columns].index("p")] for row in table.rows]
        assert cells and all(cell.missing == "empty" for cell in cells) and "no value of no effect" in cells[0].why
    one = synthesis(team.nobody._rooms, "c")
    [diamond, *_] = forest_of(team.nobody._rooms, one, lines(one)).overall
    assert diamond.test is None and diamond.heterogeneity is not None
    team.ledger.close()
