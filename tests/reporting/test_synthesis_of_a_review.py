"""From the quoted line to the forest plot: a made review, its planned comparisons, their tables, pictures, origins and checklist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import exp, log
from pathlib import Path

import pytest

from review import Review
from review.errors import InputRefused, NotFound
from review.reporting.checklist import checklist
from review.reporting.checklist_items import STATES
from review.reporting.table import Table
from review.synthesis import pool
from tests.reporting.boxes import boxes
from tests.reporting.evidence import texts
from tests.reporting.made_trials_review import TRIALS, made_review
from tests.rooms.graded import NO_CONCERN
from tests.rooms.team import Team, make_team

FLARES, PAIN = "flares-drug", "pain-drug"
USED = ["Alder 2011", "Birch 2013", "Cedar 2014", "Elm 2016", "Fir 2018"]
OUT = {
    "Hazel 2020": "no events in either arm",
    "Larch 2021": "E01: a study of a single arm",
    "Maple 2022": "two extractors differ on participants with an event of Drug A",
    "Oak 2023": "no result of this outcome was extracted, or not yet by both extractors",
    "NCT99999991": "no results: known from registrations alone",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    team = made_review(tmp_path_factory.mktemp("synthesis"))
    yield team
    team.ledger.close()


@pytest.fixture(scope="module")
def rv(made: Team) -> Review:
    return made.nobody


def reasons(table: Table, column: str) -> dict[str, str]:
    return dict(zip(texts(table, "study"), texts(table, column), strict=True))


def test_rows_in_are_rows_used_and_rows_excluded_with_a_reason(rv: Review) -> None:
    told = reasons(rv.tables.effects(FLARES), "standing")
    assert list(told) == [*USED, *OUT] and [name for name, said in told.items() if said == "used"] == USED
    assert all(said in told[name] for name, said in OUT.items())
    assert list(reasons(rv.tables.not_pooled(FLARES), "reason")) == list(OUT)
    assert texts(rv.tables.pooled(FLARES), "k") == ["5"]


def test_studies_comparisons_and_rows_in_are_those_used_and_those_excluded(rv: Review) -> None:
    """Fifteen rows were extracted on flares: two of each of seven trials, one of the single arm; the trial in conflict counts with both."""
    said = (
        "Studies: 10 = 5 used + 5 excluded; comparisons: 10 = 5 used + 5 excluded; rows of results: 15 = 10 used + 5 excluded, each with "
        "its reason."
    )
    tables = (rv.tables.effects, rv.tables.pooled, rv.tables.not_pooled, rv.tables.sensitivity, rv.tables.cumulative, rv.tables.influence)
    assert all(said in make(FLARES).notes for make in tables)
    counts = [note for note in rv.tables.pooled(FLARES).notes if "rows of results" in note and any(map(str.isdigit, note))]
    assert counts == [said], "one account of the rows, and no second number beside it"
    assert all(said in plot.caption for plot in (rv.figures.forest(FLARES), rv.figures.funnel(FLARES), rv.figures.cumulative(FLARES)))


def test_the_numbers_are_those_of_the_abstracts(rv: Review) -> None:
    forest = rv.figures.forest(FLARES).numbers
    by_hand = {}
    for one in TRIALS:
        if f"{one.name} {one.year}" in USED:
            (a, n1), (c, n2) = one.flares
            more = 0.5 if 0 in (a, c) else 0
            a, c, n1, n2 = a + more, c + more, n1 + 2 * more, n2 + 2 * more
            by_hand[one.name] = (log(a / n1) - log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2)
    expected = pool(*zip(*by_hand.values(), strict=True))
    drawn = {row["label"]: row for row in forest if row["element"] in ("study", "pooled")}
    for name, (yi, _) in by_hand.items():
        row = next(row for label, row in drawn.items() if str(label).startswith(name))
        assert row["estimate"] == pytest.approx(exp(yi), rel=1e-12)
    whole = next(row for row in reversed(forest) if row["element"] == "pooled")
    assert (whole["estimate"], whole["low"], whole["high"]) == pytest.approx([exp(v) for v in (expected.estimate, *expected.ci)], rel=1e-9)


def test_every_drawn_number_leads_to_its_quoted_line(rv: Review) -> None:
    plots = [*rv.figures.pooled(FLARES), *rv.figures.unpooled(FLARES)]
    for plot in plots:
        keys, svg = {row["key"] for row in plot.numbers if row.get("key")}, "".join(plot.linked)
        assert keys and keys <= set(plot.traces) and all(f"#trace-{key}" in svg for key in keys)
    plot = plots[0]
    alder = next(row for row in plot.numbers if row["label"] == "Alder 2011")
    quoted = [entry.quote for entry in plot.traces[str(alder["key"])].entries if entry.quote]
    lines = " ".join(text for quote in quoted for _, text in quote.lines)
    assert "4 of 40 people with Drug A had a flare" in lines and all(n > 0 for quote in quoted for n, _ in quote.lines)
    kinds = {rv._rooms.seat.event(event).kind for event in str(alder["events"]).split()}
    assert kinds == {"extraction.recorded"}


def test_a_derived_value_never_passes_for_a_reported_one(rv: Review) -> None:
    table = rv.tables.effects(PAIN)
    row = next(row for row in table.rows if row[0].text == "Birch 2013")
    assert row[1].text.replace("\u00a0", " ") == "30.50 (SD 12.00), n 25"
    assert row[1].notes == ("Derived, not reported: sd_from_se.",) and not table.rows[0][1].notes
    words = " ".join(box.words for box in boxes(rv.figures.forest(PAIN).svg()))
    assert "Derived, not reported: SD from SE, n by sd_from_se" in words
    reasons = [str(row["reason"]) for row in rv.figures.forest(FLARES).numbers if row["element"] == "excluded"]
    captions = [rv.figures.forest(one).caption for one in (PAIN, FLARES)]
    assert "Common effect (k = 4): inverse variance; 95% interval: Wald." in captions[0] and not re.search(r"\b(EE|MH),", str(captions))
    assert any(reason.startswith("A study of a single arm") and reason.endswith(" (E01)") for reason in reasons)
    assert all(reason[0].isupper() for reason in reasons)


def test_guards_stand_in_words_in_table_and_caption(rv: Review) -> None:
    caption = rv.figures.forest(FLARES).caption
    assert "Not pooled with the others: Larch 2021. (E01)" in caption and "(W10)" in caption
    assert "No result of this outcome was extracted, or not yet by both extractors: Oak 2023." in caption
    assert "(W06)" in rv.figures.forest(PAIN).caption and texts(rv.tables.pooled(PAIN), "model") == ["Random effects", "Common effect"]


def test_subgroups_and_sensitivity(rv: Review) -> None:
    assert texts(rv.tables.subgroups(FLARES), "model") == ["double-blind", "open label"]
    assert rv.tables.subgroups(PAIN).empty == "No subgroup is planned."
    how = texts(rv.tables.sensitivity(FLARES), "how")
    assert [words for words in how if words.startswith("without ")] == [f"without {name}" for name in USED] and "Mantel–Haenszel" in how
    assert {"Estimator and interval (zero cells: as planned)", "Estimator and interval (zero cells: all)"} <= set(
        texts(rv.tables.sensitivity(FLARES), "what")
    )


def test_there_is_no_diamond_of_one_study(rv: Review) -> None:
    drawn = {row["group"]: row["element"] for row in rv.figures.forest(FLARES).numbers if row["element"] == "subtotal"}
    sizes = dict(zip(texts(rv.tables.subgroups(FLARES), "model"), texts(rv.tables.subgroups(FLARES), "k"), strict=True))
    assert {name.removeprefix("Masking: ") for name in drawn} == {name for name, k in sizes.items() if k != "1"}


def test_directions_without_pooling(rv: Review) -> None:
    plot = rv.figures.effect_direction()
    tests = [row for row in plot.numbers if row["element"] == "sign test"]
    assert [(row["positive"], row["n"]) for row in tests] == [(5, 5), (4, 4)] and tests[0]["p"] == pytest.approx(2 / 2**5)
    assert {plot.name.split("-")[0] for plot in rv.figures.unpooled(PAIN)} == {"direction", "harvest", "albatross"}


def test_what_is_not_planned_is_not_pooled(rv: Review, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no comparison 'flare-drug' is planned"):
        rv.tables.pooled("flare-drug")
    with pytest.raises(NotFound, match="no comparison is planned for the outcome 'Sleep'"):
        rv.tables.chosen(outcome="Sleep")
    with pytest.raises(InputRefused, match="2 comparisons are planned"):
        rv.tables.pooled()
    assert rv.tables.chosen(outcome="pain") == [PAIN] and rv.tables.chosen(timepoint="26 weeks") == [FLARES]
    team = make_team(tmp_path / "descriptive")
    assert "plans no comparison" in team.nobody.tables.comparisons().text() and team.nobody.tables.chosen() == []
    with pytest.raises(InputRefused, match="this review is descriptive"):
        team.nobody.figures.effect_direction()
    team.ledger.close()


def test_another_viewer_is_shown_nothing_that_is_open(made: Team) -> None:
    study = next(s.id for s in made.lead.studies.views() if s.label == "Oak 2023")
    about = {"arm": "Drug A", "outcome": "Flare", "timepoint": "26 weeks", "quotation": "1 of 9", "location": "p. 2"}
    made.r1.extraction.record(study, item="events", value="1", **about)
    own = reasons(made.r1.tables.effects(FLARES), "standing")["Oak 2023"]
    assert own != f"excluded: {OUT['Oak 2023']}"
    for other in (made.r2, made.nobody):
        assert reasons(other.tables.effects(FLARES), "standing")["Oak 2023"] == f"excluded: {OUT['Oak 2023']}"


def test_a_grading_takes_its_effect_from_the_synthesis(made: Team) -> None:
    made.r1.certainty.grade("Flare", comparison="Drug A versus placebo", effect=FLARES, start="randomised", ratings=NO_CONCERN)
    line = made.r1.certainty.frame().iloc[0]
    assert line["entered"] == f"from the synthesis of {FLARES}" and line["measure"] == "RR"
    assert (line["effect"], line["low"], line["high"]) == ("0.499661", "0.272106", "0.917512")
    with pytest.raises(NotFound, match="no comparison 'none' is planned"):
        made.r1.certainty.grade("Flare", comparison="Drug A versus placebo", effect="none", start="randomised", ratings=NO_CONCERN)


def test_a_refused_pooling_shows_the_effects_and_says_why(tmp_path: Path) -> None:
    team = make_team(tmp_path / "one", plan=_one_study())
    study = team.include(team.article(team.search(), "Alone"), "included")
    for rv in team.both:
        for arm, events in (("A", "2"), ("B", "4")):
            about = {"arm": arm, "outcome": "Activity", "quotation": f"{events} of 20", "location": "p. 1"}
            rv.extraction.record(study, item="events", value=events, **about)
            rv.extraction.record(study, item="n_analysed", value="20", **about)
    table, plot = team.nobody.tables.pooled(), team.nobody.figures.forest()
    assert not table.rows and "Nothing is pooled. There is nothing to pool: 1 study has an effect." in table.empty
    assert "Nothing is pooled." in plot.caption and "(E06)" in plot.caption
    assert [row["element"] for row in plot.numbers if row["element"] in ("study", "pooled")] == ["study"]
    with pytest.raises(InputRefused, match="a funnel has no meaning here"):
        team.nobody.figures.funnel()
    team.ledger.close()


def _one_study() -> str:
    from tests.rooms.team import PLAN

    return PLAN + '\n[[comparisons]]\nid = "c1"\noutcome = "o1"\nmeasure = "OR"\nexperimental = "A"\ncontrol = "B"\n'


def test_without_rendered_reports_nothing_is_done(rv: Review) -> None:
    lines = {line.item.item: line for line in checklist(rv._rooms, {}, "PRISMA 2020").lines}
    asked = ("12", "13a", "13b", "13c", "13d", "13e", "13f", "14", "20a", "20b", "20c", "20d", "21")
    assert {lines[item].state for item in asked} == {STATES[2]}
