"""Derived values: by the stated order, from reported values alone, never over one; each says its formula, its inputs and their facts."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.extraction import CONVERSIONS, derive
from review.extraction.counts import counts_of
from review.extraction.derived import COUNT, ON_SCALE, ORDER, UNIT, DerivedCell, derived_of
from review.extraction.forms import load_forms, parse_form
from review.extraction.units import factor
from review.model.views import CellView, StudyView
from tests.rooms.team import PLAN, Team, make_team

PLACE = {"outcome": "Fatigue", "timepoint": "24 weeks"}
ONE_EXTRACTOR = PLAN.replace('id = "r2"\nroles = ["screener", "extractor", "assessor"]', 'id = "r2"\nroles = ["screener"]')
STUDY = StudyView(id="stu:1", label="One 2020", reports=())


def cell(item: str, value: str, *, arm: str | None = "Drug", unit: str | None = None, conflict: bool = False, **about: Any) -> CellView:
    about = {"outcome": "Fatigue", "timepoint": "24 weeks", "analysis_set": None} | about
    return CellView(
        study="stu:1", item=item, arm=arm, value=value, unit=unit, state="recorded by one", conflict=conflict, event=f"{arm}-{item}",
        history=(), quotation=value, location="p. 3", text_sha256=None, lines=None, record=None, **about,
    )  # fmt: skip


def derived(*cells: CellView) -> dict[tuple[str, str | None], DerivedCell]:
    return {(one.item, one.arm): one for one in derived_of(STUDY, cells, load_forms())[0]}


def row(**values: str) -> list[CellView]:
    return [cell(item, value) for item, value in values.items()]


FIVE = {"median": "30", "q1": "20", "q3": "42", "minimum": "5", "maximum": "80", "n_analysed": "50"}


@pytest.mark.parametrize(
    ("given", "item", "formula"),
    [
        ({"mean": "30", "se": "2", "n_analysed": "25"}, "sd", "sd_from_se"),
        ({"mean": "30", "se": "2", "ci_lower": "26", "ci_upper": "34", "n_analysed": "25"}, "sd", "sd_from_se"),
        ({"mean": "30", "ci_lower": "26", "ci_upper": "34", "n_analysed": "25"}, "sd", "sd_from_ci"),
        (FIVE, "sd", "shi_sd_5num"),
        (FIVE, "mean", "luo_mean_5num"),
        ({k: v for k, v in FIVE.items() if k not in ("minimum", "maximum")}, "sd", "wan_sd_iqr"),
        ({k: v for k, v in FIVE.items() if k not in ("minimum", "maximum")}, "mean", "luo_mean_iqr"),
        ({k: v for k, v in FIVE.items() if k not in ("q1", "q3")}, "sd", "wan_sd_range"),
        ({k: v for k, v in FIVE.items() if k not in ("q1", "q3")}, "mean", "luo_mean_range"),
    ],
)
def test_the_first_formula_whose_inputs_are_there_fills_what_is_missing(given: dict[str, str], item: str, formula: str) -> None:
    one = derived(*row(**given))[item, "Drug"]
    assert one.formula == formula and one.source == CONVERSIONS[formula].source
    wanted = derive(formula, **{name: value for name, value in one.inputs.items()}).value
    assert one.value == wanted
    assert one.events == tuple(f"Drug-{step}" for step in next(s for s in ORDER if s.formula == formula).inputs.values())
    assert (one.outcome, one.timepoint, one.analysis_set) == ("Fatigue", "24 weeks", None)


def test_a_reported_value_is_never_derived_nor_is_one_in_conflict() -> None:
    assert derived(*row(mean="30", sd="9", se="2", n_analysed="25")) == {}
    assert derived(*row(mean="30", se="2", n_analysed="25"), cell("sd", "9", conflict=True)) == {}
    assert derived(cell("mean", "30"), cell("se", "2", conflict=True), cell("n_analysed", "25")) == {}
    assert ("sd", "Drug") in derived(*row(mean="30", sd="not reported", se="2", n_analysed="25"))


def test_an_error_or_an_interval_that_may_be_of_something_else_gives_nothing() -> None:
    assert derived(*row(se="2", n_analysed="25")) == {}, "no mean"
    assert derived(*row(mean="30", se="2", effect="1.4", n_analysed="25")) == {}, "the error is that of the effect"
    found, refused = derived_of(STUDY, row(mean="50", ci_lower="26", ci_upper="34", n_analysed="25"), load_forms())
    assert found == [] and "does not lie within the interval" in refused[0].why
    assert derived(*row(mean="30", se="2"), cell("n_analysed", "80", unit="%")) == {}, "a percentage is no number of people"


def test_the_level_of_an_interval_counts_wherever_it_is_said() -> None:
    own = row(mean="30", n_analysed="25", ci_lower="26", ci_upper="34", ci_level="90")
    as_unit = [*row(mean="30", n_analysed="25"), cell("ci_lower", "26", unit="90%"), cell("ci_upper", "34", unit="90%")]
    wanted = derive("sd_from_ci", low=26, high=34, n=25, level=90).value
    assert derived(*own)["sd", "Drug"].value == derived(*as_unit)["sd", "Drug"].value == wanted


def test_the_skewness_test_is_told_beside_every_value_from_a_median() -> None:
    skewed = derived(*row(median="11", q1="10", q3="40", n_analysed="60"))
    even = derived(*row(median="25", q1="10", q3="40", n_analysed="60"))
    assert "skewed, so that the estimate may mislead" in skewed["mean", "Drug"].warning
    assert "no sign of skewness" in even["mean", "Drug"].warning and "estimated from median and quantiles" in even["mean", "Drug"].warning
    assert "skewness not tested: no median" in derived(*row(q1="10", q3="40", n_analysed="60"))["sd", "Drug"].warning


def two_arms(test: str, value: str, measure: str = "mean difference") -> list[CellView]:
    arms = [
        cell(item, value, arm=arm) for arm, n in (("Drug", "30"), ("Placebo", "28")) for item, value in (("mean", "5"), ("n_analysed", n))
    ]
    return [*arms, *(cell(item, v, arm=None) for item, v in (("effect_measure", measure), ("effect", "-3.5"), (test, value)))]


def test_the_test_between_two_arms_gives_both_one_standard_deviation() -> None:
    found = derived(*two_arms("t_value", "2.4"))
    wanted = derive("sd_from_t", mean_difference=-3.5, t=2.4, n1=30, n2=28).value
    assert {key: one.value for key, one in found.items()} == {("sd", "Drug"): wanted, ("sd", "Placebo"): wanted}
    assert "one SD for both arms" in found["sd", "Drug"].warning and "None-effect_measure" in found["sd", "Drug"].events
    bound = derived(*two_arms("p_value", "<0.05"))["sd", "Drug"]
    assert (
        bound.value == derive("sd_from_p", mean_difference=-3.5, p=0.05, n1=30, n2=28).value and "known only to be below" in bound.warning
    )
    assert derived(*two_arms("p_value", "0.02", measure="odds ratio")) == {}
    assert derived(*two_arms("p_value", "0.02"), cell("mean", "3", arm="Third")) == {}, "whose test it is, is not known"


def of_percentage(value: str, n: str | None = "60", chosen: str | None = None, **more: Any) -> list[CellView]:
    cells = [cell("events", value, unit="%", **more)]
    cells += [cell("n_analysed", n)] if n else []
    return cells + ([cell("events_chosen", chosen)] if chosen else [])


@pytest.mark.parametrize(
    ("value", "n", "chosen", "count"),
    [("45", "60", None, 27), ("31.7", "60", None, 19), ("0", "60", None, 0), ("100", "60", None, 60), ("4.5", "600", None, 27),
     ("12.5", "8", None, 1), ("45", "600", "270", 270), ("45", "60", "27", 27)],
)  # fmt: skip
def test_of_a_percentage_the_only_possible_count_is_derived_or_the_one_that_was_chosen(
    value: str, n: str, chosen: str | None, count: int
) -> None:
    cells = of_percentage(value, n, chosen)
    one = derived(*cells)["events", "Drug"]
    assert (one.value, one.formula, one.inputs["percentage"], one.inputs["n"]) == (count, COUNT, float(value), float(n))
    assert set(one.events) == {c.event for c in cells} and one.warning
    assert ("of 600 round to 45 %" in one.warning) == (n == "600" and value == "45")


@pytest.mark.parametrize(
    ("value", "n", "chosen", "why"),
    [("45", "600", None, "267 to 273 of 600 round to 45 %; choose one of them"),
     ("45.3", "60", None, "no whole number of 60 rounds to 45.3 %"),
     ("45", None, None, "the number of participants analysed was not extracted"), ("45", "600", "280", "280 was chosen"),
     ("45", "60", "28", "only 27 rounds to 45 %; 28 was chosen"),
     ("101", "60", None, "no whole number"), ("-3", "60", None, "no whole number")],
)  # fmt: skip
def test_where_several_counts_or_none_round_to_a_percentage_none_is_made_up(
    value: str, n: str | None, chosen: str | None, why: str
) -> None:
    found, refused = derived_of(STUDY, of_percentage(value, n, chosen), load_forms())
    assert found == [] and [one.formula for one in refused] == [COUNT] and why in refused[0].why


def test_a_count_stays_as_it_was_reported_and_a_percentage_in_conflict_gives_none() -> None:
    assert derived(cell("events", "27"), cell("n_analysed", "60")) == {}
    assert derived(*of_percentage("45", conflict=True)) == {}
    found, refused = derived_of(STUDY, [*of_percentage("45", "600"), cell("events_chosen", "270", conflict=True)], load_forms())
    assert found == [] and "two extractors differ on the count" in refused[0].why


@given(st.integers(1, 400), st.data())
def test_every_count_is_among_those_that_its_own_percentage_allows(n: int, data: st.DataObject) -> None:
    k, decimals = data.draw(st.integers(0, n)), data.draw(st.integers(0, 2))
    printed = Decimal(100 * k) / n
    rounding = data.draw(st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]))
    found = counts_of(printed.quantize(Decimal(1).scaleb(-decimals), rounding=rounding), n)
    assert k in found and len(found) <= n / (100 * 10**decimals) + 1 and all(0 <= one <= n for one in found)


def test_units_are_converted_with_the_original_kept() -> None:
    form = parse_form(
        b'schema = 1\n[form]\nid = "u"\nversion = "1"\ntitle = "t"\n[units]\n"Fatigue" = "g"\n[[item]]\nid = "x"\nlabel = "X"\n', file="u"
    )
    cells = [cell("mean", "3500", unit="mg"), cell("se", "200"), cell("n_analysed", "25"), cell("age", "18", outcome=None, arm=None)]
    cells.append(cell("minimum_age", "18", unit="months", outcome=None, arm=None, timepoint=None))
    found = {(one.item, one.formula): one for one in derived_of(STUDY, cells, (form, *load_forms()))[0]}
    assert {key: (round(one.value, 9), one.unit) for key, one in found.items()} == {
        ("mean", UNIT): (3.5, "g"), ("se", UNIT): (0.2, "g"), ("sd", "sd_from_se"): (1.0, "g"), ("minimum_age", UNIT): (1.5, "years"),
    }  # fmt: skip
    assert found["mean", UNIT].inputs["mean"] == 3500 and "taken from its row" in found["se", UNIT].warning
    mixed = [cell("mean", "3", unit="g"), cell("se", "20", unit="mg"), cell("n_analysed", "25")]
    found, refused = derived_of(STUDY, mixed, load_forms())
    assert found == [] and refused[0].why == "the numbers of its row are in g and mg"


@pytest.mark.parametrize(("one", "other", "same"), [("year", "years", True), ("Points", "points", True), ("mM", "mm", False)])
def test_a_unit_that_is_written_otherwise_is_no_other_unit(one: str, other: str, same: bool) -> None:
    cells = [cell("mean", "3", unit=one), cell("se", "2", unit=other), cell("n_analysed", "25")]
    assert (("sd", "Drug") in derived(*cells)) is same


@pytest.mark.parametrize(
    ("unit", "wanted", "by"),
    [
        ("mg/dL", "g/L", 0.01), ("weeks", "days", 7.0), ("µg", "mg", 0.001), ("kg/m2", "g/cm²", 0.1),
        ("person-months", "person-years", 1 / 12),
        ("points", "mm", None), ("units", "mg", None), ("mg/dL", "mmol/L", None), ("person-months", "years", None), ("degC", "degF", None),
        ("m**9**9**9", "m", None), ("(mg", "g", None), ("", "g", None), ("mg g", "g", None), ("%", "mg", None), ("x" * 5000, "g", None),
    ],
)  # fmt: skip
def test_only_units_that_are_known_are_converted(unit: str, wanted: str, by: float | None) -> None:
    found = factor(unit, wanted)
    assert found is None if by is None else math.isclose(found or 0, by, rel_tol=1e-12)


VALUES = st.one_of(
    st.just("not reported"), st.integers(-50, 500).map(str), st.floats(0.01, 99).map(lambda x: f"{x:.2f}"), st.text(max_size=6)
)
CELLS = st.lists(
    st.builds(
        cell, st.sampled_from((*ON_SCALE, "n_analysed", "effect", "effect_measure", "t_value", "p_value", "ci_level")), VALUES,
        arm=st.sampled_from((None, "A", "B")), unit=st.sampled_from((None, "mg", "g", "95%")), conflict=st.booleans(),
    ),
    max_size=14, unique_by=lambda one: (one.item, one.arm),
)  # fmt: skip


@given(CELLS)
def test_whatever_was_extracted_no_value_stands_over_a_reported_one_and_each_is_a_number(cells: list[CellView]) -> None:
    stated = {(one.item, one.arm) for one in cells if one.value != "not reported"}
    events = {one.event for one in cells}
    found, refused = derived_of(STUDY, cells, load_forms())
    for one in found:
        assert one.formula == UNIT or (one.item, one.arm) not in stated
        assert math.isfinite(one.value) and one.events and set(one.events) <= events
    for one in refused:
        assert one.why and set(one.events) <= events
    again, _ = derived_of(STUDY, list(reversed(cells)), load_forms())
    assert {(o.key, o.value, o.formula) for o in again} == {(o.key, o.value, o.formula) for o in found}, "order makes no difference"


def extracted(team: Team) -> str:
    study = team.include(team.article(team.search(), "A trial"), "included")
    for item, value in (("mean", "30"), ("se", "2"), ("n_analysed", "25")):
        team.r1.extraction.record(study, item=item, value=value, arm="Drug", **PLACE, quotation=f"{item} {value}", location="p. 3")
    return study


@pytest.fixture
def alone(tmp_path: Any) -> Team:
    return make_team(tmp_path / "review", plan=ONE_EXTRACTOR)


def test_the_table_leads_from_a_derived_value_to_the_cells_of_its_inputs(alone: Team) -> None:
    assert alone.nobody.tables.derived().rows == ()
    extracted(alone)
    frame = alone.nobody.extraction.derived()
    assert frame[["item", "value", "formula", "inputs"]].to_numpy().tolist() == [["sd", 10.0, "sd_from_se", "se = 2; n = 25"]]
    table = alone.nobody.tables.derived()
    (line,) = table.rows
    shown = dict(zip((c.key for c in table.columns), line, strict=True))
    entries = table.traces[shown["value"].trace or ""].entries
    assert shown["value"].text == "10" and "p. 3" in shown["inputs"].text and "se from" not in shown["formula"].text
    assert {e.event for e in entries if e.event} == set(frame["from_events"][0].split(";"))
    assert "Derived here: Standard deviation 10 by sd from se" in entries[0].what
    alone.r1.extraction.record(table_study(alone), item="sd", value="9", arm="Drug", **PLACE, quotation="SD 9", location="p. 4")
    assert alone.nobody.extraction.derived().empty, "now a report states it"


def table_study(team: Team) -> str:
    return team.lead.studies.views()[0].id


def test_nobody_derives_from_what_another_has_not_shown(team: Team) -> None:
    extracted(team)
    assert len(team.r1.extraction.derived()) == 1
    for other in (team.r2, team.nobody):
        assert other.extraction.derived().empty and other.tables.derived().rows == () and other.extraction.remarks().empty
