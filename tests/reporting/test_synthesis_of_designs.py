"""A made review of a crossover and a cluster trial and effects as stated: numbers, people and sentences are those of what was done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review import Review
from review.reporting.table import Table
from tests.reporting import made_trials_review
from tests.reporting.evidence import texts
from tests.reporting.made_trials_review import COMPARISONS, Made, made_review
from tests.rooms.team import Team

FLARES, PAIN = "flares-drug", "pain-drug"
TRIALS = (
    Made("Alder", 2011, ((4, 40), (11, 41)), ((32.1, 12.0), (38.5, 13.1))),
    Made("Birch", 2013, ((2, 25), (3, 26)), ((30.5, 2.4), (37.9, 2.6)), spread="SE"),
    Made("Cedar", 2014, ((9, 80), (15, 80)), ((30.0, 10.0), (35.0, 10.0)), design="crossover-trial"),
)
POLICIES = '\n[synthesis]\nmethod = "EE"\ndirection = "lower"\nchange_r = 0.5\n'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_trials_review, "TRIALS", TRIALS)
        team = made_review(tmp_path_factory.mktemp("designs"), more=POLICIES + COMPARISONS.replace('measure = "MD"', 'measure = "SMD"'))
    studies = {study.label.partition(" ")[0]: study for study in team.nobody.studies.views()}
    alder, cedar = studies["Alder"], studies["Cedar"]
    for rv in team.both:
        for arm, said in (("Drug A", "30.0 (SD 10.0)"), ("Placebo", "35.0 (SD 10.0)")):
            rv.extraction.record(
                cedar.id, item="baseline_correlation", arm=arm, outcome="Pain", timepoint="26 weeks", value="0.9",
                quotation=f"Mean pain with {arm} was {said}.", location="abstract",
            )  # fmt: skip
        for item, value in (("effect_measure", "Relative risk (RR)"), ("effect", "0.37"), ("ci_lower", "0.13"), ("ci_upper", "1.07")):
            about = {"outcome": "Flare", "timepoint": "26 weeks", "quotation": "At 26 weeks 4 of 40 people with Drug A had a flare."}
            rv.extraction.record(alder.id, item=item, value=value, location="abstract", **about)
    yield team
    team.ledger.close()


@pytest.fixture(scope="module")
def rv(made: Team) -> Review:
    return made.nobody


def test_people_of_a_crossover_count_once(rv: Review) -> None:
    people = {row["label"]: row["n"] for row in rv.figures.albatross(FLARES).numbers if "n" in row}
    assert (people["Alder 2011"], people["Cedar 2014"]) == (81, 80)


def test_a_measure_is_known_by_the_words_of_a_report(rv: Review) -> None:
    """'Relative risk (RR)' is a risk ratio, and no other measure that would stop the pooling (E02)."""
    assert "excluded: the numbers of its arms stand for it" in texts(rv.tables.effects(FLARES), "standing")


def test_a_correlation_of_before_and_after_is_none_of_the_periods_of_a_crossover(rv: Review) -> None:
    told = " ".join(rv.tables.effects(PAIN).notes)
    assert "Cedar 2014 (a crossover trial whose periods are taken as separate groups)" in told and "(W05)" in told


def test_policies_that_changed_nothing_are_not_told_as_done(rv: Review) -> None:
    told = " ".join(rv.tables.pooled(PAIN).notes)
    assert "common-effect model" in told and "Signs were aligned" not in told and "Changes from baseline" not in told


def test_one_subgroup_has_no_test(rv: Review) -> None:
    told = " ".join(rv.tables.subgroups(FLARES).notes)
    assert "Test for subgroup differences" not in told and "One subgroup: there is no other to compare it with." in told


def test_a_common_effect_without_a_study_has_no_tau2(rv: Review) -> None:
    table: Table = rv.tables.sensitivity(PAIN)
    left_out = [at for at, what in enumerate(texts(table, "what")) if what == "Without one study"]
    assert len(left_out) == 3 and {texts(table, "tau2")[at] for at in left_out} == {""}


def test_an_interval_beyond_every_number_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_trials_review, "TRIALS", (Made("Alder", 2011, ((4, 40), (11, 41))), Made("Birch", 2013, ((20, 25), (3, 26)))))
    team = made_review(tmp_path, more="\n[synthesis]\nlevel = 99.9\n" + COMPARISONS)
    tables = team.nobody.tables
    for table in (tables.pooled(FLARES), tables.sensitivity(FLARES), tables.subgroups(FLARES)):
        assert "not\xa0estimable]" in texts(table, "estimate")[0]
    assert "the interval is not estimable, and is not drawn" in team.nobody.figures.forest(FLARES).caption
    team.ledger.close()


def test_subgroups_say_that_they_are_not_pooled_as_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No control of the open trials has an event: their counts give no ratio, and the subgroups are of the effects instead."""
    open_one = Made("Cedar", 2014, ((9, 80), (0, 78)), masking="open label")
    monkeypatch.setattr(made_trials_review, "TRIALS", (*made_trials_review.TRIALS[:2], open_one))
    team = made_review(tmp_path, more='\n[synthesis]\nmethod = "EE"\n' + COMPARISONS)
    told = "by inverse variance, with what was added to zero cells; the estimate of all studies is Mantel–Haenszel's"
    assert told in " ".join(team.nobody.tables.subgroups(FLARES).notes) and told in team.nobody.figures.forest(FLARES).caption
    team.ledger.close()


def test_a_study_without_a_ratio_of_its_own_is_shown_with_its_weight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_trials_review, "TRIALS", made_trials_review.TRIALS[:6])
    team = made_review(tmp_path, more='\n[synthesis]\nmethod = "EE"\nzero_cells = "none"\n' + COMPARISONS)
    table, figures = team.nobody.tables.effects(FLARES), team.nobody.figures
    at = texts(table, "study").index("Birch 2013")
    assert texts(table, "standing")[at] == "used" and texts(table, "weight")[at] and "no single-study ratio" in texts(table, "effect")[at]
    assert "Birch 2013" not in texts(team.nobody.tables.not_pooled(FLARES), "study")
    [drawn] = [row for row in figures.forest(FLARES).numbers if row.get("label") == "Birch 2013"]
    assert drawn["element"] == "study" and drawn["weight"] and "single-study ratio" in str(drawn["reason"])
    for make in (figures.funnel, figures.baujat, figures.labbe, figures.drapery, figures.harvest, figures.effect_direction):
        assert make(FLARES).svg()
    told = " ".join(team.nobody.tables.subgroups(FLARES).notes)
    assert "Test for subgroup differences" in told and "by inverse variance" not in told
    team.ledger.close()
