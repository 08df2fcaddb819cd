"""What reports state in another way reaches the synthesis, or stands excluded with what is stated: every number is made up.

Percentages, bounds of p, adjusted effects, clusters of arms, units, medians.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review import Review
from review.reporting.table import Table
from review.synthesis.settings import SynthesisSettings
from tests.reporting import made_trials_review
from tests.reporting.evidence import texts
from tests.reporting.made_trials_review import ARMS, COMPARISONS, Made, made_review
from tests.reporting.small_synthesis import arms, planned, reviewed
from tests.rooms.team import Team

FLARES, PAIN, DEATH = "flares-drug", "pain-drug", "death-drug"
MORE = """
[synthesis]
cluster_icc = 0.05

[[outcomes]]
id = "death"
name = "Death"

[[comparisons]]
id = "death-drug"
outcome = "death"
measure = "HR"

[[comparisons]]
id = "flares-itt"
outcome = "flares"
measure = "RR"
analysis_set = "ITT"
"""
TRIALS = (
    Made("Alder", 2011, ((4, 40), (11, 41)), ((32.1, 12.0), (38.5, 13.1))),
    Made("Birch", 2013, ((2, 25), (3, 26)), ((30.5, 12.4), (37.9, 12.6)), masking="open label"),
    Made("Cedar", 2014, ((9, 80), (15, 80)), masking="open label"),
    Made("Dogwood", 2015, design="cluster-randomised-trial"),
    Made("Elm", 2016),
    Made("Fir", 2018),
)
QUOTED = "A made double-blind trial for tests; the numbers are invented."


def more() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """(trial, item, value, about)."""
    flares, pain, death = ({"outcome": name, "timepoint": "26 weeks"} for name in ("Flare", "Pain", "Death"))
    for arm, share, randomised in zip(ARMS, ("20", "40"), ("50", "52"), strict=True):
        yield "Elm", "events", share, {**flares, "arm": arm, "unit": "%"}
        yield "Elm", "n_analysed", randomised, {**flares, "arm": arm}
        yield "Fir", "events", "5", {**flares, "arm": arm}
        yield "Fir", "n_randomised", randomised, {"arm": arm}
        for item, value in (("n_analysed", "160"), ("clusters", "8")):
            yield "Dogwood", item, value, {**pain, "arm": arm}
        for item, value in (("median", "12"), ("q1", "10"), ("q3", "60"), ("n_analysed", "100")):
            yield "Elm", item, value, {**pain, "arm": arm, **({} if item == "n_analysed" else {"unit": "mm"})}
        yield "Elm", "arm_role", "experimental" if arm == ARMS[0] else "control", {"arm": arm}
        yield "Fir", "arm_role", "experimental" if arm == ARMS[0] else "control", {"arm": arm}
        yield "Dogwood", "arm_role", "experimental" if arm == ARMS[0] else "control", {"arm": arm}
    for item, value in (("effect_measure", "mean difference"), ("effect", "-4"), ("ci_lower", "-6"), ("ci_upper", "-2")):
        yield "Dogwood", item, value, pain
    for item, value in (("effect_measure", "hazard ratio, adjusted for age"), ("effect", "0.9"), ("ci_lower", "0.6"), ("ci_upper", "1.35")):
        yield "Alder", item, value, death
    for item, value in (("effect_measure", "HR"), ("effect", "0.75"), ("p_value", "<0.05")):
        yield "Birch", item, value, death


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_trials_review, "TRIALS", TRIALS)
        team = made_review(tmp_path_factory.mktemp("odd"), more=MORE + COMPARISONS)
    studies = {study.label.partition(" ")[0]: study.id for study in team.nobody.studies.views()}
    for rv in team.both:
        for name, item, value, about in more():
            rv.extraction.record(studies[name], item=item, value=value, quotation=QUOTED, location="abstract", **about)
    yield team
    team.ledger.close()


@pytest.fixture(scope="module")
def rv(made: Team) -> Review:
    return made.nobody


def standing(table: Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, said in zip(texts(table, "study"), texts(table, "standing"), strict=True):
        found.setdefault(name, []).append(said)
    return found


def test_a_percentage_is_not_told_as_no_events(rv: Review, tmp_path: Path) -> None:
    table = rv.tables.effects(FLARES)
    told = standing(table)
    assert told["Elm 2016"] == ["used"], "20 % of 50 are 10, and of 52 only 21 are 40 %"
    elm = next(row for row in table.rows if row[0].text == "Elm 2016")
    assert sum("count_from_percentage" in note for cell in elm for note in cell.notes) == 2, "marked as derived in both arms"
    wide = {"n_analysed": 600, "events": 270}
    cells = arms("Flare", (("Drug", "experimental", wide), ("Placebo", "control", wide)))
    several = [cell | {"value": "45", "unit": "%"} if cell["item"] == "events" else cell for cell in cells]
    chosen = [cell | {"item": "events_chosen"} for cell in cells if cell["item"] == "events"]
    team = reviewed(tmp_path, planned("RR"), {"Several": several, "Chosen": [*several, *chosen], "Sound": cells})
    asked = standing(team.nobody.tables.effects("c"))
    assert asked["Doe 2000"] == ["excluded: events not stated in Drug (45 % is stated, and no count)"]
    assert asked["Doe 2001"] == asked["Doe 2002"] == ["used"]
    assert any("267 to 273 of 600 round to 45 %" in said for said in team.nobody.extraction.remarks()["remark"])
    team.ledger.close()
    randomised = "n not stated in Drug A (50 were randomised, and it is not stated how many were analysed)"
    assert told["Fir 2018"] == [f"excluded: {randomised}"]


def test_an_adjusted_effect_is_pooled_and_marked_and_so_is_a_bound_of_p(rv: Review) -> None:
    table = rv.tables.effects(DEATH)
    assert [told for name, told in standing(table).items() if told == ["used"]] and texts(rv.tables.pooled(DEATH), "k") == ["2", "2"]
    notes = {row[0].text: " ".join(note for cell in row for note in cell.notes) for row in table.rows}
    assert notes["Alder 2011"] == "As the study adjusted it: “hazard ratio, adjusted for age”."
    assert notes["Birch 2013"] == "P < 0.05 is taken as 0.05, by which its standard error is rather too large."


def test_the_clusters_of_its_arms_serve_a_stated_effect(rv: Review) -> None:
    table = rv.tables.effects(PAIN)
    rows = [row for row in table.rows if row[0].text == "Dogwood 2015"]
    notes = " ".join(note for row in rows for cell in row for note in cell.notes)
    assert "design effect 1.95 (mean cluster size 20, ICC 0.05, assumed), by the clusters and participants of its arms" in notes
    assert "W05" not in " ".join(rv.tables.pooled(PAIN).notes)
    [trace] = [table.traces[str(row[0].trace)] for row in rows if row[-1].text == "used"]
    assert "clusters" in str(trace.entries).casefold() and len(rows) == 1
    used = next(row for row in rv.figures.forest(PAIN).numbers if row.get("label") == "Dogwood 2015")
    assert float(str(used["high"])) + 4 == pytest.approx(2 * 1.95**0.5, rel=1e-3)


def test_what_the_test_finds_skewed_is_told_and_left_out_beside(rv: Review) -> None:
    caption = rv.figures.forest(PAIN).caption
    assert "skewed, by its test" in caption and "(W12)" in caption
    assert "Units: Elm 2016 (mm); none in " in caption and "(W17)" in caption
    table = rv.tables.sensitivity(PAIN)
    rows = [row for row in table.rows if row[0].text == "Values derived from medians"]
    assert [(row[1].text, row[2].text) for row in rows] == [("without all of them", "3")]


def test_two_studies_have_no_prediction_interval_and_guards_speak_of_subgroups(rv: Review) -> None:
    assert texts(rv.tables.pooled(DEATH), "prediction") == ["", ""]
    assert not [row for row in rv.figures.forest(DEATH).numbers if row["element"] == "prediction"]
    assert set(texts(rv.tables.subgroups(FLARES), "prediction")) == {""}
    assert (
        "open label: 2 studies" in " ".join(rv.tables.subgroups(FLARES).notes)
        and "open label: 2 studies" in rv.figures.forest(FLARES).caption
    )
    assert SynthesisSettings().prediction == "t_k1"


def test_a_missing_analysis_set_is_told_as_one(rv: Review) -> None:
    told = standing(rv.tables.effects("flares-itt"))
    assert told["Alder 2011"] == ["excluded: no result in the analysis set ITT; there are: 26 weeks, analysis set not stated"]
