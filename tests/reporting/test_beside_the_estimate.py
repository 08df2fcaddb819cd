"""Covariates, small studies, years and single studies in a made review: the numbers of the core, origins in cells, reasons for gaps."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log
from pathlib import Path

import pytest

from review import Review
from review.errors import GuardRefused, InputRefused, NotFound
from review.reporting.table import Table
from review.synthesis import begg, cumulative, egger, influence, leave_one_out, meta_regression, subgroups, trim_and_fill
from tests.reporting.evidence import texts
from tests.reporting.made_many import COVARIATES, DISPUTED, LOWEST, NOWHERE, RELIEF, TRIALS, UNASSESSED, made_many, name_of
from tests.reporting.small_synthesis import arms, planned, reviewed
from tests.rooms.appraised import level_of
from tests.rooms.team import Team

Y = [log(a / n1) - log(c / n2) for a, n1, c, n2, *_ in TRIALS]
V = [1 / a - 1 / n1 + 1 / c - 1 / n2 for a, n1, c, n2, *_ in TRIALS]
NAMES = [name_of(trial) for trial in range(1, len(TRIALS) + 1)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    team = made_many(tmp_path_factory.mktemp("many"))
    yield team
    team.ledger.close()


@pytest.fixture(scope="module")
def rv(made: Team) -> Review:
    return made.nobody


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    team = made_many(tmp_path_factory.mktemp("few"), trials=9)
    yield team.nobody
    team.ledger.close()


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def written(value: float, low: float, high: float, digits: int = 2) -> str:
    return f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]".replace("-", "−")


def leads_to_cells(rv: Review, table: Table) -> bool:
    keys = {cell.trace for row in table.rows for cell in row if not cell.missing}
    return None not in keys and all(rv._rooms.seat.event(e.event) for key in keys for e in table.traces[str(key)].entries if e.event)


def test_a_covariate_is_an_extracted_item_and_its_model_that_of_the_core(rv: Review) -> None:
    table = rv.tables.meta_regression()
    ages = [at for at, one in enumerate(TRIALS) if one[4] is not None]
    model = meta_regression([Y[at] for at in ages], [V[at] for at in ages], {"age": [float(TRIALS[at][4] or 0) for at in ages]})
    masked = meta_regression(Y, V, {"masking": [one[5] for one in TRIALS]})
    expected = [written(b, *ci, 3) for one in (model, masked) for b, ci in zip(one.coef, one.ci, strict=True)]
    assert [plain(text) for text in texts(table, "coefficient")[:4]] == expected
    assert texts(table, "k")[:4] == ["11", "11", "12", "12"]
    assert texts(table, "term")[:4] == ["at Mean age = 0", "one more (years)", "double-blind (reference)", "open label v double-blind"]
    assert leads_to_cells(rv, table)
    behind = next(trace for key, trace in table.traces.items() if "mean-age" in key)
    assert f"{NAMES[0]}: Mean age 41 years" in [entry.what for entry in behind.entries]


def test_studies_in_are_studies_with_a_value_and_without(rv: Review) -> None:
    table = rv.tables.meta_regression()
    assert f"Mean age (years): 12 studies with an effect = 11 with a value + 1 without (not extracted: {NAMES[11]})." in table.notes
    assert "Dose: 12 studies with an effect = 0 with a value + 12 without" in " ".join(table.notes)
    [dose] = [row for row in table.rows if row[0].text == "Dose"]
    assert all(cell.missing and "(W08)" in cell.why for cell in dose[1:])


def test_small_studies_are_tested_from_ten_on_and_the_page_says_why_not(rv: Review, few: Review) -> None:
    told = [plain(text) for text in texts(rv.tables.small_studies(), "found")]
    test, filled = egger(Y, V), trim_and_fill(Y, V)
    assert told[0].startswith(f"t = {test.statistic:.2f} (df = {test.df})".replace("-", "−")) and "τ = " in told[1]
    assert f"{begg(Y, V).tau:.2f}".replace("-", "−") in told[1]
    assert f"{filled.k0} studies filled in on the {filled.side}" in told[2]
    assert written(exp(filled.pooled.estimate), *map(exp, filled.pooled.ci)) in told[2]
    assert any("(I15)" in note for note in rv.tables.small_studies().notes)
    bare = few.tables.small_studies()
    assert not bare.rows and "a test of asymmetry with 9 studies" in bare.empty and "(W08)" in bare.empty
    assert all("(W08)" in cell.why for row in few.tables.meta_regression().rows for cell in row[1:])
    with pytest.raises(GuardRefused, match="a test of asymmetry with 9 studies"):
        few.figures.trim_and_fill()
    with pytest.raises(GuardRefused, match="1 covariate with 9 studies"):
        few.figures.bubble(moderator="mean_age")
    assert [plot.name for plot in few.figures.around()] == [f"leave-one-out-{RELIEF}", f"cumulative-{RELIEF}"]


def test_series_are_those_of_the_core(rv: Review) -> None:
    grown = cumulative(Y, V, list(range(len(Y))), labels=NAMES)
    table = rv.tables.cumulative()
    assert [plain(text) for text in texts(table, "estimate")][2:] == [
        written(exp(b), *map(exp, ci)) for b, ci in zip(grown.estimate[2:], grown.ci[2:], strict=True)
    ]
    assert texts(table, "k") == [str(n) for n in range(1, 13)] and leads_to_cells(rv, table)
    out = leave_one_out(Y, V, labels=NAMES)
    drawn = {row["label"]: row["estimate"] for row in rv.figures.leave_one_out().numbers if row["element"] == "study"}
    assert drawn == pytest.approx({f"without {name}": exp(b) for name, b in zip(out.labels, out.estimate, strict=True)}, rel=1e-9)
    moved = influence(Y, V)
    assert texts(rv.tables.influence(), "weight") == [f"{weight:.1f}" for weight in moved.weight]


def test_every_picture_leads_to_its_cells_and_has_words_and_numbers(rv: Review) -> None:
    plots = rv.figures.around()
    assert [plot.name.removesuffix(f"-{RELIEF}") for plot in plots] == ["leave-one-out", "cumulative", "trim-and-fill", "bubble-mean-age"]
    for plot in plots:
        keys = {str(row["key"]) for row in plot.numbers if row.get("key")}
        assert keys and keys <= set(plot.traces) and all(f"#trace-{key}" in "".join(plot.linked) for key in keys)
        assert plot.alt.endswith(".") and plot.csv().count("\n") == len(plot.numbers) + 1
    bubble = plots[-1]
    assert [row["covariate"] for row in bubble.numbers if row["element"] == "study"] == [one[4] for one in TRIALS if one[4] is not None]
    imputed = [row for row in plots[2].numbers if row["element"] == "imputed"]
    assert [row["estimate"] for row in imputed] == pytest.approx(list(trim_and_fill(Y, V).yi))


def test_what_is_not_planned_is_refused(rv: Review) -> None:
    with pytest.raises(InputRefused, match="3 covariates are planned"):
        rv.figures.bubble()
    with pytest.raises(NotFound, match="the covariate 'latitude' is not planned"):
        rv.figures.bubble(moderator="latitude")
    with pytest.raises(InputRefused, match="Masking is a word"):
        rv.figures.bubble(moderator="masking")
    with pytest.raises(InputRefused, match="no pictures about 'years'"):
        rv.figures.around(about="years")


def test_the_columns_of_bias_are_what_was_judged(rv: Review) -> None:
    forest = rv.figures.forest()
    rows = [row for row in forest.numbers if row["element"] == "study"]
    for trial, row in enumerate(rows, 1):
        judged = [value for name, value in row.items() if name.startswith("bias ")]
        if trial == UNASSESSED:
            assert judged == ["no judgement"] * 6
        elif trial == LOWEST:
            assert judged == ["Low"] * 6
        else:
            assert judged[:5] == [level_of(trial, domain) for domain in range(1, 6)]
    assert "Risk of bias by RoB 2" in forest.caption and "No judgement" in forest.svg()


def test_bars_of_the_harvest_are_filled_where_bias_was_judged_lowest(rv: Review) -> None:
    bars = [row for row in rv.figures.harvest().numbers if row["element"] == "result"]
    assert [row["label"] for row in bars if row["shade"] == "filled"] == [name_of(LOWEST)]
    assert {row["height_means"] for row in bars} == {"randomised"}


def test_a_study_without_the_subgroup_item_is_shown_and_not_tested(rv: Review) -> None:
    table, known = rv.tables.subgroups(), range(10)
    expected = subgroups([Y[at] for at in known], [V[at] for at in known], ["north"] * 5 + ["south"] * 5)
    assert texts(table, "model") == ["north", "south"] and texts(table, "k") == ["5", "5"]
    assert plain(table.notes[0]).startswith(f"Test for subgroup differences: Q = {expected.q:.2f} (df = 1)")
    said = f"In no subgroup, and not in the test between them: {name_of(DISPUTED)} (in conflict), {name_of(NOWHERE[0])} (not extracted)."
    forest = rv.figures.forest()
    assert said in table.notes and said in forest.caption
    assert [row["group"] for row in forest.numbers if row["element"] == "subtotal"] == ["Region: north", "Region: south"]


def test_diamonds_have_the_events_people_and_weight_of_their_studies(rv: Review) -> None:
    rows = rv.figures.forest().numbers
    groups = {"Region: north": TRIALS[:5], "Region: south": TRIALS[5:10], "": TRIALS}
    for total in (row for row in rows if row["element"] in ("subtotal", "pooled")):
        own = [[trial[at] for trial in groups[str(total["group"])]] for at in range(4)]
        drawn = [total[f"{arm}: {what}"] for arm in ("Drug A", "Placebo") for what in ("events", "n")]
        assert drawn == [sum(numbers) for numbers in own], total["group"]  # type: ignore[arg-type]
        weights = [float(row["weight"] or 0) for row in rows if row["element"] == "study" and total["group"] in ("", row["group"])]
        assert total["weight"] == pytest.approx(sum(weights), abs=1e-6)


def test_a_trial_of_three_arms_leaves_and_comes_as_one_study(tmp_path: Path) -> None:
    """Its split control makes two comparisons: k is then not the number of rows of a series."""
    trials = {name: arms("Flare", counts(at)) for at, name in enumerate(("Elm", "Fir", "Oak"))}
    low, high, placebo = {"events": 4, "n_analysed": 40}, {"events": 3, "n_analysed": 41}, {"events": 9, "n_analysed": 44}
    trials["Yew"] = arms("Flare", [("Low", "experimental", low), ("High", "experimental", high), ("Placebo", "control", placebo)])
    team = reviewed(tmp_path, planned("RR", policies='multi_arm = "split"'), trials)
    for plot in (team.nobody.figures.leave_one_out(), team.nobody.figures.cumulative()):
        assert sum(row["element"] == "study" for row in plot.numbers) == 4
        [whole] = [row for row in plot.numbers if row["element"] == "pooled"]
        assert whole["k"] == 5 and "(k\u00a0=\u00a05)" in plot.svg()
    team.ledger.close()


def test_a_labbe_plot_without_risks_says_so(tmp_path: Path) -> None:
    none: dict[str, object] = {"events": 0, "n_analysed": 50}
    without = arms("Flare", [("Drug A", "experimental", none), ("Placebo", "control", none)])
    team = reviewed(tmp_path, planned("RR"), {"Elm": without})
    with pytest.raises(InputRefused, match="no study that counts has them in both arms"):
        team.nobody.figures.labbe()
    team.ledger.close()


def counts(at: int) -> list[tuple[str, str, dict[str, object]]]:
    """A made trial of two arms."""
    drug, placebo = {"events": 3 + at, "n_analysed": 50}, {"events": 8 + at, "n_analysed": 52}
    return [("Drug A", "experimental", drug), ("Placebo", "control", placebo)]


def test_a_baujat_plot_calls_its_co_ordinate_what_it_is(rv: Review) -> None:
    plot = rv.figures.baujat()
    added = sum(float(row["contribution"] or 0) for row in plot.numbers)
    q = next(row["Q"] for row in rv.figures.forest().numbers if row["element"] == "pooled")
    assert added != pytest.approx(q, rel=1e-3)  # tau² is in the variances
    assert "Squared residual / (variance + τ²)" in plot.svg() and "Cochran" not in plot.svg() + plot.caption


def test_the_protocol_prints_its_covariates(rv: Review) -> None:
    [row] = rv.tables.comparisons().rows
    assert row[-1].text == ", ".join(COVARIATES).replace("_", " ")
    assert any("Meta-regression from ten studies on" in text for text in texts(rv.tables.synthesis_methods(), "text"))


def test_nothing_pooled_says_so_everywhere(tmp_path: Path) -> None:
    team = made_many(tmp_path, trials=1)
    tables = team.nobody.tables
    for table in (tables.small_studies(), tables.cumulative(), tables.influence()):
        assert not table.rows and "1 study has an effect" in table.empty and "(E06)" in table.empty
    assert team.nobody.figures.around() == []
    team.ledger.close()
