"""Pictures and tables name who is missing, who was retracted, and which pictures are not there; comparisons are not called studies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from review import Review
from review.errors import InputRefused
from tests.reporting import made_trials_review
from tests.reporting.evidence import texts
from tests.reporting.made_trials_review import SYNTHESIS, made_review
from tests.rooms.team import PLAN, Team, make_team

FLARES, PAIN = "flares-drug", "pain-drug"
OUT = ("Hazel 2020", "Larch 2021", "Maple 2022", "Oak 2023", "NCT99999991")


@pytest.fixture(scope="module")
def rv(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    """The made review, one of whose trials was retracted; on pain nobody said which direction is better."""
    comparisons = made_trials_review.COMPARISONS.rpartition("direction")[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_trials_review, "PUBLICATION_TYPES", {"Fir": "Retracted Publication"})
        team = made_review(tmp_path_factory.mktemp("missing"), more=SYNTHESIS + comparisons)
    yield team.nobody
    team.ledger.close()


def test_every_picture_names_who_is_not_in_it(rv: Review) -> None:
    for plot in (*rv.figures.pooled(FLARES), *rv.figures.around(FLARES), *rv.figures.unpooled(FLARES)):
        kept = f"{plot.caption} {' '.join(str(row.get('label')) for row in plot.numbers)}"
        assert "10 = 5 used + 5 excluded" in plot.caption, plot.name
        if not plot.name.startswith(("leave-one-out", "cumulative")):
            assert all(name in kept for name in OUT), plot.name
    assert "(W10)" in rv.figures.harvest(FLARES).caption and "(E01)" in rv.figures.effect_direction(FLARES).caption


def test_a_retracted_trial_is_marked_wherever_its_result_is(rv: Review) -> None:
    said = "Among what is used, and said of it after it came out: Fir 2018 (retracted)."
    for make in (rv.tables.effects, rv.tables.pooled, rv.tables.sensitivity):
        assert said in make(FLARES).notes
    [flagged] = [row[0] for row in rv.tables.effects(FLARES).rows if row[0].flag]
    assert (flagged.text, flagged.flag) == ("Fir 2018", "retracted")
    for plot in (*rv.figures.pooled(FLARES), *rv.figures.unpooled(FLARES)):
        assert said in plot.caption and "Fir 2018 [retracted]" in {row.get("label") for row in plot.numbers}, plot.name
    assert "without Fir 2018 [retracted]" in texts(rv.tables.sensitivity(FLARES), "how")


def test_a_picture_that_is_not_there_says_why(rv: Review) -> None:
    missing = dict(zip(texts(rv.tables.not_drawn(PAIN), "picture"), texts(rv.tables.not_drawn(PAIN), "reason"), strict=True))
    assert list(missing) == [
        "L'Abbé plot", "Funnel plot with trim and fill", "Effect direction plot", "Harvest plot", "Albatross plot",
    ]  # fmt: skip
    assert "(W08)" in missing["Funnel plot with trim and fill"] and "does not say which direction is better" in missing["Harvest plot"]
    assert (
        rv.tables.not_drawn(FLARES, of="unpooled").empty == "Every picture is here." and not rv.tables.not_drawn(FLARES, of="pooled").rows
    )
    with pytest.raises(InputRefused, match="no group of pictures 'forest'"):
        rv.tables.not_drawn(FLARES, of="forest")


def test_comparisons_of_one_study_are_not_called_studies(tmp_path_factory: pytest.TempPathFactory) -> None:
    planned = (
        '\n[synthesis]\nmulti_arm = "split"\n[[comparisons]]\nid = "c1"\noutcome = "o1"\nmeasure = "RR"\nexperimental = ["A", "B"]\n'
        'control = "C"\ndirection = "lower is better"\n'
    )
    team: Team = make_team(tmp_path_factory.mktemp("arms"), plan=PLAN + planned)
    search = team.search()
    for at in range(3):
        study = team.include(team.article(search, f"Trial {at}", year=2001 + at), "included")
        for rv in team.both:
            for arm, events in zip("ABC", (4 + at, 6, 10), strict=True):
                about = {"arm": arm, "outcome": "Activity", "quotation": f"{events} of 40", "location": "p. 1"}
                rv.extraction.record(study, item="events", value=str(events), **about)
                rv.extraction.record(study, item="n_analysed", value="40", **about)
    figures = team.nobody.figures
    for plot in (figures.forest(), figures.funnel(), figures.labbe(), figures.baujat(), figures.drapery()):
        assert "6 comparisons of 3 studies" in plot.caption and "6 comparisons of 3 studies" in plot.alt, plot.name
    assert "Fewer than 10 studies" in figures.funnel().caption
    told = "Studies: 3 = 3 used + 0 excluded; comparisons: 6 = 6 used + 0 excluded; rows of results: 9 = 9 used + 0 excluded."
    assert told in figures.forest().caption and told in team.nobody.tables.pooled().notes
    team.ledger.close()
