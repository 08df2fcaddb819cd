"""Forms are data: a file's problems are told at once, values are checked against the form in force, and nothing recorded is lost."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import Review
from review.errors import FormInvalid, InputRefused, NotFound
from review.extraction.checking import objection
from review.extraction.form_check import TYPES, Item
from review.extraction.forms import items, label_of, load_forms, parse_form
from review.extraction.quoted import stands_in
from review.model.extraction import CellKey
from review.model.written_numbers import bounded_number, written_number
from tests.rooms.team import Team

PAGE = (Path(__file__).parents[2] / "docs" / "write-a-form.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
RESULT = {"arm": "Drug", "outcome": "Fatigue", "timepoint": "24 weeks"}
SAID = {"quotation": "as it stands", "location": "p. 3"}


def with_form(team: Team, text: str = EXAMPLE, name: str = "own.toml") -> Team:
    (team.folder / "forms").mkdir(exist_ok=True)
    (team.folder / "forms" / name).write_text(text, encoding="utf-8")
    return team


def a_study(team: Team) -> str:
    return team.include(team.article(team.search(), "A trial"), "included")


def of_item(rv: Review, item: str) -> list[dict[str, Any]]:
    frame = rv.extraction.frame()
    return frame[frame["item"] == item].to_dict("records")


def test_the_page_shows_a_whole_form_and_names_every_key() -> None:
    form = parse_form(EXAMPLE.encode(), file="saliva.toml")
    assert [one.id for one in form.items] == ["collection", "collection_time", "p_for_trend"]
    assert form.applies_to == ("randomised-trial", "crossover-trial") and form.outcome_units == {"Whole saliva": "mL/min"}
    keys = {key for line in PAGE.splitlines() if line.startswith("| `") for key in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert keys == {"id", "version", "title", "applies_to"} | (set(Item.__dataclass_fields__) - {"line"})
    assert all(f"`{one}`" in PAGE for one in TYPES)


def test_the_forms_that_ship_hold_each_item_once_and_every_number_says_what_it_is() -> None:
    ids = [one.id for one in items()]
    assert len(ids) == len(set(ids)) and {"title", "sd", "n_randomised", "baseline_correlation", "arm_role"} <= set(ids)
    assert [form.id for form in load_forms()] == ["general", "results"]
    assert all(one.help for one in items(form="results") if one.type in ("whole", "yes_no", "choice"))
    assert label_of("ci_lower") == "Lower confidence limit" and label_of("own_item") == "own item"


def test_all_problems_of_a_file_are_told_at_once_with_their_lines() -> None:
    wrong = EXAMPLE.replace('version = "1"', "version = 1").replace('type = "choice"', 'type = "choose"').replace('"s", "min"', '"s"')
    wrong = wrong.replace('label = "P for trend"', 'labels = "P for trend"').replace('repeat = ["outcome"]', 'repeat = ["eye"]')
    with pytest.raises(FormInvalid, match="5 problems|6 problems") as caught:
        parse_form(wrong.encode(), file="own.toml")
    told = [line.strip(" -") for line in caught.value.message.splitlines()[1:]]
    for start in ("version = 1", 'type = "choose"', 'labels = "P', 'repeat = ["eye"]', 'unit = "min"'):
        number = next(n for n, line in enumerate(wrong.splitlines(), 1) if line.startswith(start))
        assert any(one.startswith(f"line {number}, ") for one in told), (start, told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema = 1\nform", "no TOML in UTF-8"),
        ("schema = 2\n", "schema: 2"),
        ("", "missing; accepted: a \\[form\\] table"),
        (EXAMPLE.replace('"collection"', '"p_for_trend"'), "used more than once"),
        (EXAMPLE.replace("maximum = 1", "minimum = 2\nmaximum = 1"), "above the maximum"),
        (EXAMPLE.replace('choices = ["stimulated", "unstimulated"]\n', ""), "choices: missing"),
        (EXAMPLE.replace('also = ["both"]', 'unit = "mg"'), "unit: given"),
        (EXAMPLE.replace('"stimulated", "un', '"stimulated", "Stimulated", "un'), "'stimulated' more than once"),
        (EXAMPLE.replace('"mL/min"', "3"), "units, Whole saliva"),
    ],
)
def test_a_form_that_does_not_hold_is_refused(text: str, said: str) -> None:
    with pytest.raises(FormInvalid, match=said):
        parse_form(text.encode(), file="own.toml")


def test_a_projects_own_form_is_laid_over_those_that_ship(team: Team) -> None:
    with_form(team)
    assert [form.id for form in team.nobody.extraction.forms()] == ["saliva", "general", "results"]
    assert team.nobody.extraction.form("saliva").origin == "project"
    with pytest.raises(NotFound, match="no form 'salivo'"):
        team.nobody.extraction.form("salivo")
    with_form(team, EXAMPLE.replace('"saliva"', '"results"'))
    assert [form.origin for form in team.nobody.extraction.forms()] == ["project", "shipped"], "its id is that of one that ships"
    with_form(team, EXAMPLE, "twice.toml")
    with pytest.raises(FormInvalid, match="collection, collection_time, p_for_trend also on own.toml"):
        team.nobody.extraction.forms()
    with_form(team, EXAMPLE.replace('"saliva"', '"results"'), "twice.toml")
    with pytest.raises(FormInvalid, match="also that of own.toml"):
        team.nobody.extraction.forms()


GOOD = {"n_analysed": "12", "sd": "2", "mean": "3.5", "p_value": "0.2", "change_from_baseline": "yes"}
REFUSED = [
    ("n_analysed", "12.5", None, "a whole number of 0 or more"),
    ("sd", "-2", None, "of 0 or more"),
    ("mean", "3,5", None, "a point before decimals"),
    ("mean", "0,125", None, "a point before decimals"),
    ("p_value", "<0,001", None, "a bound as <0.05"),
    ("p_value", "0,001", None, "a bound as <0.05"),
    ("mean", "3.5 mg", None, "its unit stands apart"),
    ("p_value", "1.2", None, "from 0 to 1, a bound as <0.05"),
    ("p_value", "about .05", None, "or not significant"),
    ("change_from_baseline", "true", None, "yes or no"),
    ("n_analysed", "12", "kg", "one of: participants"),
]


@pytest.mark.parametrize(("item", "value", "unit", "expected"), REFUSED)
def test_what_the_form_does_not_take_is_refused_with_what_is_expected(
    team: Team, item: str, value: str, unit: str | None, expected: str
) -> None:
    study = a_study(team)
    with pytest.raises(InputRefused, match=f"{item}: ") as caught:
        team.r1.extraction.record(study, item=item, value=value, unit=unit, **RESULT, **SAID)
    assert expected in caught.value.expected and caught.value.where == item and caught.value.next_step
    event = team.r1.extraction.record(study, item=item, value="not reported", **RESULT, quotation="", location="whole report")
    with pytest.raises(InputRefused, match=f"{item}: "):
        team.r1.extraction.correct(event, value=value, unit=unit, quotation="as it stands")
    team.r2.extraction.record(study, item=item, value=GOOD[item], **RESULT, **SAID)
    with pytest.raises(InputRefused, match=f"{item}: "):
        team.lead.extraction.resolve(study, item=item, value=value, unit=unit, **RESULT, reason="seen together")
    written = [e for e in team.ledger.events() if e.kind.startswith("extraction.") and e.body["cell"]["item"] == item]
    assert [e.body["value"] for e in written] == ["not reported", GOOD[item]], "nothing of what was refused"


@pytest.mark.parametrize(
    ("item", "value", "unit"),
    [("p_value", "<0.001", None), ("p_value", "<.001", None), ("p_value", ".04", None),
     ("p_value", "not significant", None), ("mean", "−1,204.5", "mL"), ("ci_lower", "2.1", "95%"),
     ("n_analysed", "1,204", "Participants"), ("events", "0", None), ("change_from_baseline", "yes", None)],
)  # fmt: skip
def test_what_papers_print_is_taken_and_the_fact_names_its_form(team: Team, item: str, value: str, unit: str | None) -> None:
    event = team.r1.extraction.record(a_study(team), item=item, value=value, unit=unit, **RESULT, **SAID)
    assert team.ledger.event(event).body["form"] == team.nobody.extraction.form("results").name


def test_a_comma_behind_a_zero_is_never_a_mark_for_thousands() -> None:
    assert [written_number(text) for text in ("0,001", "00,123", "-0,500", "1,204", "10,000.5", ".05")] == [
        None, None, None, Decimal(1204), Decimal("10000.5"), Decimal("0.05"),
    ]  # fmt: skip
    assert bounded_number("<0,001") is None


@pytest.mark.parametrize("said", ["Not reported", "NOT REPORTED", " not  reported "])
def test_not_reported_is_that_value_however_it_is_spelt(team: Team, said: str) -> None:
    study = a_study(team)
    for more in ({"item": "sd", **RESULT}, {"item": "funding"}):
        event = team.r1.extraction.record(study, **more, value=said, quotation="", location="the whole report")
        assert team.ledger.event(event).body["value"] == "not reported"


@pytest.mark.parametrize(
    ("value", "unit", "quotation", "taken"),
    [
        ("45", None, "45% of the gum group", False), ("45", "participants", "45 per cent were better", False), ("45", "%", "45%", True),
        ("27", None, "27 (45%) of 60", True), ("45", None, "45 (75%) of 60", True), ("45", None, "forty-five, that is 45 %", True),
        ("27", None, "45% of the gum group", True),
    ],
)  # fmt: skip
def test_a_percentage_is_not_taken_for_a_number_of_people(team: Team, value: str, unit: str | None, quotation: str, taken: bool) -> None:
    study = a_study(team)
    said = {"item": "events", **RESULT, "value": value, "unit": unit, "quotation": quotation, "location": "p. 4"}
    if taken:
        team.r1.extraction.record(study, **said)
    else:
        with pytest.raises(InputRefused, match="stands in the quotation as a percentage") as caught:
            team.r1.extraction.record(study, **said)
        assert "unit %" in caught.value.next_step


@pytest.mark.parametrize(
    ("value", "quotation", "there"),
    [
        ("1204", "1,204 adults", True), ("1204.5", "1,204.5 mL", True), ("3.2", "Mittelwert 3,2 (SD 1,1)", True),
        ("1.4", "1·4 mL/min", True),
        ("<0.001", "P < .001", True), ("38", "Thirty-eight of them", True), ("0", "none of them", True),
        ("24", "weeks 12, 24 and 36", True),
        ("45", "４５人", True), ("-0.31", "−0.31 (95% CI", True), ("60", "(60/120)", True), ("1200", "1 200 adultes", True),
        ("3.3", "a mean of 3.2", False), ("120", "1200 adults", False), ("10", "10.5", False), ("5", "唾液は五", None),
        ("as said", "3", None),
    ],
)  # fmt: skip
def test_whether_a_number_stands_among_its_words(value: str, quotation: str, there: bool | None) -> None:
    assert stands_in(value, quotation) is there


def test_a_number_that_its_words_do_not_print_is_listed_and_stands(team: Team) -> None:
    study = a_study(team)
    for value, quotation in (("3.3", "a mean of 3.2"), ("3.2", "a mean of 3.2")):
        team.r1.extraction.record(study, item="mean", **RESULT, value=value, quotation=quotation, location="p. 4")
        listed = team.r1.extraction.remarks()["remark"].str.contains("does not stand among the words").tolist()
        assert listed == ([True] if value == "3.3" else [])


def test_an_item_is_repeated_by_what_its_form_says_and_no_more(team: Team) -> None:
    study = a_study(with_form(team))
    with pytest.raises(InputRefused, match="Time of collection does not take an arm") as caught:
        team.r1.extraction.record(study, item="collection_time", value="5", arm="Drug", **SAID)
    assert caught.value.expected == "an outcome at most"
    with pytest.raises(InputRefused, match="'sometimes' is no value of How saliva was collected") as caught:
        team.r1.extraction.record(study, item="collection", value="sometimes", **SAID)
    assert caught.value.expected == "one of: stimulated, unstimulated, or both"
    team.r1.extraction.record(study, item="collection", value="both", **SAID)


def test_an_item_on_no_form_is_the_teams_own_and_takes_any_text(team: Team) -> None:
    study = a_study(team)
    own = team.r1.extraction.record(study, item="mood", value="about so", unit="smiles", **RESULT, **SAID)
    team.r1.extraction.record(study, item="dose", value="3 mg", arm="Drug", **SAID)
    frame = team.r1.extraction.frame().set_index("item")
    assert frame["own"].to_dict() == {"title": False, "mood": True, "dose": False} and team.ledger.event(own).body["form"] == ""


def test_a_value_that_a_newer_form_would_refuse_stays_and_is_remarked(team: Team) -> None:
    study = a_study(team)
    team.r1.extraction.record(study, item="collection", value="by spoon", **SAID)
    assert team.r1.extraction.remarks().empty
    with_form(team)
    assert [row["value"] for row in of_item(team.r1, "collection")] == ["by spoon"]
    (remark,) = team.r1.extraction.remarks()["remark"]
    assert "'by spoon' is no value of How saliva was collected; expected: one of: stimulated" in remark
    assert team.r2.extraction.remarks().empty, "the value is still open"


def test_the_form_of_then_can_be_read_whatever_becomes_of_its_file(team: Team) -> None:
    with_form(team)
    study = a_study(team)
    cell = {"item": "collection", "value": "stimulated", **SAID}
    both = [rv.extraction.record(study, **cell) for rv in team.both]
    then = team.lead.extraction.form_of(both[0])
    assert then is not None and then.text == EXAMPLE and then.item("collection").choices == ("stimulated", "unstimulated")
    [view] = [c for c in team.lead.extraction.cells(team.lead.studies.views()[0]) if c.item == "collection"]
    assert team.lead.extraction.changed_since(view) == ""
    with_form(team, EXAMPLE + "\n# a remark, which changes no item\n")
    assert team.lead.extraction.changed_since(view) == "" and "collection" not in set(team.lead.extraction.remarks()["item"])
    label = f'label = "{then.item("collection").label}"'
    with_form(team, EXAMPLE.replace(label, 'label = "Another label"').replace('"stimulated", "unstimulated"', '"stimulated", "resting"'))
    said = team.lead.extraction.changed_since(view)
    assert "which said otherwise of label: " in said and "now Another label" in said and "choices: stimulated, unstimulated, now" in said
    assert list(team.lead.extraction.remarks().query("item == 'collection'")["remark"]) == [said]
    (team.folder / "forms" / "own.toml").unlink()
    [view] = [c for c in team.lead.extraction.cells(team.lead.studies.views()[0]) if c.item == "collection"]
    assert view.label == then.item("collection").label and "no form in force has the item" in team.lead.extraction.changed_since(view)
    assert team.lead.verify() == []


def test_a_form_is_shown_to_who_may_see_its_value_and_a_fact_without_one_says_so(team: Team) -> None:
    with_form(team)
    study = a_study(team)
    mine = team.r1.extraction.record(study, item="collection", value="stimulated", **SAID)
    own_item = team.r1.extraction.record(study, item="a_word_of_ours", value="x", **SAID)
    assert team.r1.extraction.form_of(mine) is not None and team.r1.extraction.form_of(own_item) is None
    with pytest.raises(NotFound, match="no value with the event"):
        team.r2.extraction.form_of(mine)


def test_both_values_stand_side_by_side_once_both_have_answered_and_nobody_is_named(team: Team) -> None:
    study = a_study(team)
    team.r1.extraction.record(study, item="mean", value="30", unit="mm", **RESULT, quotation="mean 30 mm", location="p. 3")
    for rv in (team.r1, team.r2, team.lead, team.nobody):
        assert rv.extraction.reconcile().empty
    team.r2.extraction.record(study, item="mean", value="31", unit="mm", **RESULT, quotation="was 31", location="p. 4")
    for rv in team.both:
        rv.extraction.record(study, item="sd", value="4", **RESULT, quotation="SD 4", location="p. 3")
    frame = team.nobody.extraction.reconcile(study)
    assert frame[["item", "agree", "differs_in", "state"]].to_numpy().tolist() == [
        ["mean", False, "value", "differ"],
        ["sd", True, "", "extracted independently by two"],
    ]
    row = frame.iloc[0]
    assert {(row["value_first"], row["quotation_first"]), (row["value_second"], row["quotation_second"])} == {
        ("30", "mean 30 mm"),
        ("31", "was 31"),
    }
    assert not {"r1", "r2", "lead"} & set(frame.astype(str).to_numpy().ravel()) and not any("actor" in name for name in frame.columns)
    assert frame.equals(team.r1.extraction.reconcile()), "in the same order for everybody"
    team.lead.extraction.resolve(study, item="mean", value="30", unit="mm", **RESULT, reason="table 2 counts")
    row = team.nobody.extraction.reconcile().iloc[0]
    assert (row["state"], row["consensus"], row["reason"], row["agree"]) == ("consensus", "30", "table 2 counts", False)


def test_which_of_two_stands_first_is_drawn_for_each_cell(team: Team) -> None:
    study = a_study(team)
    for n in range(16):
        for rv, value in zip(team.both, ("mine", "yours"), strict=True):
            rv.extraction.record(study, item=f"own_{n}", value=value, quotation=value, location="p. 1")
    assert set(team.nobody.extraction.reconcile()["value_first"]) == {"mine", "yours"}


def test_who_answered_first_in_time_is_not_told_by_who_stands_first(team: Team) -> None:
    study = a_study(team)
    for n in range(20):
        for rv, value in ((team.r1, "1"), (team.r2, "2")):
            rv.extraction.record(study, item="mean", value=value, **{**RESULT, "arm": f"Arm {n}"}, **SAID)
    assert set(team.nobody.extraction.reconcile()["value_first"]) == {"1", "2"}


def test_states_are_counted_for_each_study_and_item(team: Team) -> None:
    study = a_study(team)
    for arm in ("Drug", "Placebo"):
        team.r1.extraction.record(study, item="events", value="3", **(RESULT | {"arm": arm}), **SAID)
    team.r2.extraction.record(study, item="events", value="4", **RESULT, **SAID)
    _title, mine = team.r1.extraction.states().to_dict("records")
    assert (mine["cells"], mine["recorded by one"], mine["in conflict"], mine["item_label"]) == (2, 2, 1, "Participants with an event")
    team.lead.extraction.resolve(study, item="events", value="3", **RESULT, reason="table 2")
    _title, seen = team.nobody.extraction.states().to_dict("records")
    assert (seen["cells"], seen["consensus"], seen["in conflict"]) == (1, 1, 0), "the other arm is still open"


@given(st.sampled_from(items()), st.text(max_size=30), st.one_of(st.none(), st.text(max_size=5)))
def test_whatever_is_typed_a_refusal_names_the_item_and_what_is_expected(item: Item, value: str, unit: str | None) -> None:
    refused = objection(item, CellKey(item=item.id), value, unit)
    assert refused is None or (refused.where == item.id and refused.expected and refused.next_step)
    assert objection(item, CellKey(item=item.id), "not reported", unit) is None


@given(st.text(max_size=200))
def test_whatever_a_file_holds_it_is_a_form_or_refused(text: str) -> None:
    try:
        parse_form(text.encode("utf-8", "surrogatepass"), file="any.toml")
    except FormInvalid as refused:
        assert "any.toml" in str(refused)


@given(st.sampled_from(EXAMPLE.splitlines()), st.sampled_from(["3", '"x"', "[]", "true", "{}", "[1]", '["a"]', "1979-05-27"]))
def test_a_value_of_another_type_is_told_with_the_line_of_its_key(line: str, value: str) -> None:
    key, equals, _ = line.partition(" = ")
    wrong = EXAMPLE.replace(line, f"{key}{equals}{value}", 1) if equals else EXAMPLE
    try:
        parse_form(wrong.encode(), file="own.toml")
    except FormInvalid as refused:
        assert tomllib.loads(wrong) and re.search(r"\n  - line \d+, ", refused.message)
