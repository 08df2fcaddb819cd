"""Registered against reported: every kind of difference is found, none where the words are the same, and a person says what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import InputRefused, NotAllowed, NotFound
from review.extraction.outcome_words import ALIKE, likeness, same_measure, same_time, times_in
from review.extraction.registered import Outcome, Said, Value, Version, in_force
from review.extraction.switching import DIFFERENCES, Comparison, compare
from review.reporting.table import Table
from tests.rooms.switched import FIRST, NUMBER, REPORTED, V1, V2, registration, report, study_of, version
from tests.rooms.team import Team, make_team

# pure: versions and cells as frozen values


def outcome(role: str | None, measure: str, *times: str, listed: bool = True) -> Outcome:
    return Outcome(role, measure, times, Said(measure), listed)


def registered(number: int, *outcomes: Outcome, date: str = "2019-01-10", values: tuple[Value, ...] = ()) -> Version:
    return Version("rec:1", number, date, "2026-01-05", outcomes, values)


def one(of: list[Comparison]) -> Comparison:
    [found] = of
    return found


PAIN = outcome("primary", "Pain at rest", "12 weeks")


@pytest.mark.parametrize(
    ("said", "differences"),
    [
        (outcome("primary", "Pain at rest", "week 12"), ()),
        (outcome("primary", "pain, at REST", "84 days"), ()),
        (outcome("secondary", "Pain at rest", "12 weeks"), ("demoted",)),
        (outcome("other", "Pain at rest", "12 weeks"), ("demoted",)),
        (outcome("primary", "Pain at rest", "3 months"), ("time changed",)),
        (outcome("primary", "Pain at rest", "4 and 12 weeks"), ("time changed",)),
        (outcome("primary", "Pain on movement", "12 weeks"), ("changed in measure",)),
        (outcome("secondary", "Pain at night", "24 weeks"), ("demoted", "time changed", "changed in measure")),
    ],
)
def test_an_outcome_beside_the_report(said: Outcome, differences: tuple[str, ...]) -> None:
    found = one(compare([registered(1, PAIN)], [said], []))
    assert (found.differences, found.field, found.against, found.undetermined) == (differences, "primary outcome", "report", ())


def test_promoted_added_and_dropped() -> None:
    known = registered(1, outcome("secondary", "Grip strength", "12 weeks"), PAIN)
    found = compare([known], [outcome("primary", "Grip strength", "12 weeks"), outcome("secondary", "Sleep", "12 weeks")], [])
    assert {(c.registered and c.registered.text, c.other and c.other.text): c.differences for c in found} == {
        ("Grip strength", "Grip strength"): ("promoted",), ("Pain at rest", None): ("dropped",), (None, "Sleep"): ("added",),
    }  # fmt: skip


def test_what_one_side_does_not_say_is_not_determined() -> None:
    results = outcome(None, "Pain at rest", "4 weeks", "12 weeks", listed=False)
    found = one(compare([registered(1, PAIN)], [results], []))
    assert found.differences == () and found.undetermined == ("the report does not say which role the outcome has",)
    untimed = one(compare([registered(1, PAIN)], [outcome("primary", "Pain at rest")], []))
    assert untimed.differences == () and untimed.undetermined == ("no time frame in the report",)
    unlisted = one(compare([registered(1, PAIN)], [], []))
    assert unlisted.differences == () and "reported_outcome" in unlisted.undetermined[0]
    empty = one(compare([registered(1)], [PAIN], []))
    assert empty.differences == () and empty.undetermined == ("this version of the registration states no outcomes",)
    late = one(compare([registered(1, PAIN)], [replace(results, times=("24 weeks",))], []))
    assert late.differences == ("time changed",), "results at other times alone"


def test_every_version_is_compared_and_those_that_read_the_same_are_one_row() -> None:
    later = outcome("primary", "Pain at rest", "24 weeks")
    known = [registered(1, PAIN), registered(2, PAIN), registered(3, later)]
    found = compare(known, [later], [])
    assert [(c.against, c.versions, c.differences) for c in found] == [
        ("report", (1, 2), ("time changed",)), ("report", (3,), ()), ("later version", (2, 3), ("time changed",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "first", "second", "differ"),
    [
        ("minimum age", "18 years", "18 Years", False),
        ("minimum age", "1 year", "12 months", False),
        ("minimum age", "18 years", "21 years", True),
        ("maximum age", "no limit", "70 years", True),
        ("sex", "all", "Women and men", False),
        ("sex", "female", "men", True),
        ("actual enrolment", "1058", "1,058", False),
        ("actual enrolment", "58", "60", True),
        ("inclusion criteria", "Sore hands\nAdults", "Adults with sore hands", False),
        ("exclusion criteria", "Allergy to the cream", "Pregnancy", True),
    ],
)
def test_enrolment_and_eligibility(field: str, first: str, second: str, differ: bool) -> None:
    known = registered(1, values=(Value(field, first, Said(first)),))
    assert one(compare([known], [], [Value(field, second, Said(second))])).differences == (("value changed",) if differ else ())


def test_a_planned_number_is_never_held_against_an_actual_one() -> None:
    known = registered(1, values=(Value("planned enrolment", "60", Said("60")),))
    found = compare([known], [], [Value("actual enrolment", "58", Said("58"))])
    assert [(c.field, c.differences, bool(c.undetermined)) for c in found] == [
        ("planned enrolment", (), True), ("actual enrolment", (), True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Hyperglycaemia", "Hypoglycaemia"), ("LDL below 100", "LDL below 130"), ("Score ≥ 3", "Score < 3"), ("TNF-α", "TNF-β"),
        ("Overall survival", "Progression-free survival"), ("Change from baseline in ESSDAI score", "Change from baseline in ESSPRI score"),
    ],
)  # fmt: skip
def test_words_that_look_alike_are_not_the_same(first: str, second: str) -> None:
    assert not same_measure(first, second)


@pytest.mark.parametrize(
    ("registered_as", "reported_as"),
    [
        ("Number of participants with treatment-emergent adverse events", "Treatment-emergent adverse events"),
        ("Incidence of serious adverse events", "Serious adverse events"),
        ("Visual Analogue Scale (VAS) for pain", "pain VAS"),
        ("Treatment-emergent adverse events (TEAEs)", "TEAEs"),
    ],
)
def test_words_of_a_registers_form_and_explained_abbreviations_are_no_other_measure(registered_as: str, reported_as: str) -> None:
    assert same_measure(registered_as, reported_as) and same_measure(reported_as, registered_as)
    found = one(compare([registered(1, outcome("primary", registered_as, "12 weeks"))], [outcome("primary", reported_as, "12 weeks")], []))
    assert found.differences == () and found.says == "the same words but for a register's own and abbreviations"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Number of falls", "Proportion of falls"), ("Change from baseline in pain", "Pain"), ("Number of participants", "Participants"),
        ("Overall survival (OS)", "Progression-free survival"), ("Rate of falls", "Falls"),
    ],
)  # fmt: skip
def test_how_it_is_counted_stays_a_difference_where_both_say_it_or_more_is_said(first: str, second: str) -> None:
    assert not same_measure(first, second) and not same_measure(second, first)


def test_the_thresholds_keep_their_examples() -> None:
    assert likeness("Overall survival", "Progression-free survival") < ALIKE
    assert likeness("Change from baseline in ESSDAI score", "Change from baseline in ESSPRI score") < ALIKE
    assert likeness("Hyperglycaemia", "Hypoglycaemia") < ALIKE
    assert ALIKE <= likeness("Pain at rest", "Pain on movement") < 100
    assert ALIKE <= likeness("Pain", "Pain at rest on a scale of 100 mm") < 100, "nothing is named that the other has not"
    assert likeness("Tumour response, randomised patients", "tumor responses in randomized patients") == 100
    assert times_in("from baseline to week 12") == times_in("twelve weeks") and not times_in("end of treatment")
    assert not same_time(["12 weeks"], ["3 months"]) and same_time(["End of treatment"], ["end of the treatment"])


_some = st.lists(
    st.builds(
        outcome,
        st.sampled_from(["primary", "secondary", "other"]),
        st.sampled_from(["Pain", "Pain at rest", "Grip strength", "Grip", "Sleep quality", "Serious adverse events", "Adverse events"]),
        st.sampled_from(["12 weeks", "24 weeks", "end of treatment"]),
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(left=_some, right=_some, data=st.data())
def test_no_order_counts_and_the_same_is_no_difference(left: list[Outcome], right: list[Outcome], data: st.DataObject) -> None:
    found = compare([registered(1, *left)], right, [])
    again = compare([registered(1, *data.draw(st.permutations(left)))], data.draw(st.permutations(right)), [])
    assert found == again
    assert all(c.differences == () and c.undetermined == () for c in compare([registered(1, *left)], left, []))
    assert len({c.item for c in found}) == len(found)
    assert {d for c in found for d in c.differences} <= set(DIFFERENCES)


def test_which_version_was_in_force() -> None:
    known = [registered(1, date="2019-01-10"), registered(2, date="2020-11-05")]
    assert [in_force(known, at) for at in ("2019-01-10", "2020-06", "2021")] == [1, 1, 2]
    assert "earliest version in hand is of 2019-01-10" in str(in_force(known, "2018"))
    assert in_force(known, "2020-11") == "version 2 may be of before or after 2020-11"
    assert in_force(known, "") == "the date is not stated"
    assert in_force([replace(known[0], date=""), known[1]], "2021") == "a version has no date"


# in a review


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    made = make_team(tmp_path_factory.mktemp("switched") / "review")
    yield made
    made.ledger.close()


@pytest.fixture(scope="module")
def study(team: Team, tmp_path_factory: pytest.TempPathFactory) -> str:
    made = study_of(team, tmp_path_factory.mktemp("files"), V2, V1)  # the older version comes in last
    report(team, made)
    return made


def item(team: Team, difference: str, who: str = "nobody") -> str:
    """The id of the first comparison with exactly this difference, of those that nobody has judged."""
    frame = getattr(team, who).extraction.switching()
    return str(frame[(frame["difference"] == difference) & (frame["state"] == "proposed")]["item"].iloc[0])


def row(team: Team, id: str, who: str = "nobody") -> dict[str, object]:
    frame = getattr(team, who).extraction.switching()
    return dict(frame[frame["item"] == id].iloc[0])


def test_versions_stand_by_their_dates_with_both_sides_and_their_lines(team: Team, study: str) -> None:
    frame = team.nobody.extraction.switching(study)
    found = {(r.field, r.registered, r.other, r.versions): r.difference for r in frame[frame["against"] == "report"].itertuples()}
    assert found[("primary outcome", "Grip strength [12 weeks]", "Grip strength [12 weeks]", (1,))] == "demoted"
    assert found[("secondary outcome", "Grip strength [12 weeks]", "Grip strength [12 weeks]", (2,))] == ""
    assert found[("secondary outcome", "Fatigue score [12 weeks]", "Fatigue score [12 weeks]", (1, 2))] == "promoted"
    assert found[("secondary outcome", "Days off work [24 weeks]", None, (1, 2))] == "dropped"
    assert found[("secondary outcome", None, "Quality of life [24 weeks]", (1, 2))] == "added"
    assert found[("minimum age", "18 years", "21 years", (1, 2))] == "value changed"
    assert found[("actual enrolment", "58", "58", (2,))] == ""
    between = frame[frame["against"] == "later version"]
    assert list(between["difference"]) == ["demoted", "time changed"]
    first = frame[frame["versions"] == (1,)].iloc[0]
    assert first["in_force"] == "study start, completion" and set(frame["state"]) == {"proposed"}
    view = team.lead.studies.views()[0]
    said = next(c.comparison.registered for c in team.nobody.extraction.comparisons(view) if c.comparison.versions == (1,))
    assert said is not None and "Grip strength" in said.quotation and said.lines is not None


def test_what_was_read_from_a_report_that_is_linked_no_more_is_listed_with_what_to_do(tmp_path: Path) -> None:
    team = make_team(tmp_path / "apart")
    study = study_of(team, tmp_path, V1, V2)
    report(team, study)
    assert not team.nobody.extraction.remarks()["remark"].str.contains("belongs to the study no more").any()
    article = next(r.id for s in team.lead.studies.views() if s.id == study for r in s.reports if not r.stands.is_registration)
    team.lead.studies.unlink(article, study, reason="It is of another trial.")
    for there, rv in ((True, team.r1), (True, team.r2), (False, None)):
        listed = team.nobody.extraction.remarks().query("remark.str.contains('records it anew')")["item"]
        assert ("minimum_age" in set(listed)) == there and "reported_outcome" in set(listed)
        if rv is not None:
            rv.extraction.record(study, item="minimum_age", value="21", unit="years", quotation="18 Years", location="the register")
    team.ledger.close()


def test_several_values_of_one_field_are_none(tmp_path: Path) -> None:
    team = make_team(tmp_path / "several")
    study = study_of(team, tmp_path, V1, V2)
    report(team, study)
    asked = "field == 'actual enrolment' and against == 'report'"
    before = team.nobody.extraction.switching().query(asked)
    assert before["undetermined"].tolist() == [""] and before["other"].tolist() == ["58"]
    for value in ("58", "61"):
        for rv in team.both:
            said = {"item": "participants", "analysis_set": "enrolled", "timepoint": f"report of {value}", "unit": "participants"}
            rv.extraction.record(study, **said, value=value, quotation=f"{value} were enrolled", location="p. 1")
    after = team.nobody.extraction.switching().query(asked)
    assert after["difference"].tolist() == [""] and after["other"].tolist() == ["58; 61"]
    assert after["undetermined"].tolist() == ["several values have been extracted from reports"]
    team.ledger.close()


def test_a_judgement_whose_words_were_changed_since_is_listed(tmp_path: Path) -> None:
    team = make_team(tmp_path / "changed")
    study = study_of(team, tmp_path, V1, V2)
    report(team, study)
    found = team.r1.extraction.switching().query("difference == 'added'").iloc[0]
    events = [rv.extraction.judge_switching(study, found["item"], judgement="confirmed") for rv in team.both]
    assert team.nobody.extraction.remarks().query("item == 'switching'").empty
    for rv in team.both:
        said = {"item": "reported_outcome", "outcome": "Quality of life", "timepoint": "24 weeks", "value": "primary"}
        rv.extraction.record(study, **said, quotation="The primary outcome was quality of life.", location="p. 2")
    assert found["item"] not in set(team.nobody.extraction.switching()["item"])
    [row] = team.nobody.extraction.remarks().query("item == 'switching'").to_dict("records")
    assert (row["value"], row["event"] in events) == ("confirmed: added", True)
    assert "judged of the secondary outcome" in row["remark"] and "words were changed since" in row["remark"]
    team.ledger.close()


def test_two_judge_blind_to_each_other(team: Team, study: str) -> None:
    id = item(team, "promoted")
    event = team.r1.extraction.judge_switching(study, id, judgement="confirmed")
    assert row(team, id, "r1")["state"] == "judged by one"
    for who in ("r2", "nobody"):
        assert (row(team, id, who)["state"], row(team, id, who)["event"]) == ("proposed", None)
    seen = team.ledger.event(event)
    assert not team.r2.extraction.visible_event(seen) and team.r1.extraction.visible_event(seen)
    assert team.r2.extraction.open_of_others() and "confirmed" not in team.r2.tables.switching().text()
    with pytest.raises(NotFound, match="there is nothing to settle of") as judged:
        team.r2.extraction.resolve_switching(study, id, judgement="confirmed", reason="x")
    with pytest.raises(NotFound, match="there is nothing to settle of") as not_judged:
        team.r2.extraction.resolve_switching(study, unjudged := item(team, "added"), judgement="confirmed", reason="x")
    assert str(judged.value).replace(id, unjudged) == str(not_judged.value), "whether the other has judged is not to be learnt"
    team.r2.extraction.judge_switching(study, id, judgement="confirmed")
    assert row(team, id)["state"] == "judged by two" and team.r2.extraction.visible_event(seen)
    assert team.nobody.extraction.switching_conflicts().empty and not team.nobody.extraction.open_of_others()


def test_two_judgements_are_a_conflict_until_it_is_settled(team: Team, study: str) -> None:
    id = item(team, "dropped")
    team.r1.extraction.judge_switching(study, id, judgement="confirmed")
    other = team.r2.extraction.judge_switching(study, id, judgement="explained", note="Promised for a second article, p. 9.")
    [conflict] = team.nobody.extraction.switching_conflicts().itertuples()
    assert {conflict.judgement_first, conflict.judgement_second} == {"confirmed, dropped", "explained, dropped"}
    assert row(team, id)["state"] == "in conflict"
    with pytest.raises(InputRefused, match="a consensus needs a reason"):
        team.lead.extraction.resolve_switching(study, id, judgement="explained", reason=" ")
    team.lead.extraction.resolve_switching(study, id, judgement="explained", reason="the article says so")
    assert (row(team, id)["state"], row(team, id)["judgement"]) == ("consensus", "explained")
    with pytest.raises(NotAllowed, match="may not replace or withdraw"):
        team.r1.extraction.undo(other)


def test_a_conflict_whose_judgements_were_taken_back_is_listed_with_what_is_left(tmp_path: Path) -> None:
    team = make_team(tmp_path / "review")
    study = study_of(team, tmp_path, V1)
    report(team, study)
    id = item(team, "dropped")
    first = team.r1.extraction.judge_switching(study, id, judgement="confirmed")
    second = team.r2.extraction.judge_switching(study, id, judgement="explained", note="Promised for a second article, p. 9.")
    for rv, event, left in ((team.r1, first, ["explained, dropped", ""]), (team.r2, second, ["", ""])):
        rv.extraction.undo(event)
        [row] = team.nobody.extraction.switching_conflicts().to_dict("records")
        assert [row["judgement_first"], row["judgement_second"]] == left and row["field"]
        assert team.lead.status().next_step.startswith("resolve the conflicts of extraction")
    view = next(one for one in team.lead.studies.views() if one.id == study)
    assert team.lead.extraction.registered.sides(view) == {}, "nothing is there to compare"


def test_a_judgement_finds_something_or_says_that_there_is_nothing(team: Team, study: str) -> None:
    same = item(team, "")
    with pytest.raises(InputRefused, match="no difference was proposed here"):
        team.r1.extraction.judge_switching(study, same, judgement="confirmed")
    with pytest.raises(InputRefused, match="'explained' needs the explanation"):
        team.r1.extraction.judge_switching(study, item(team, "added"), judgement="explained")
    with pytest.raises(InputRefused, match="there is no judgement 'maybe'"):
        team.r1.extraction.judge_switching(study, same, judgement="maybe")
    with pytest.raises(InputRefused, match="there is no difference 'moved'"):
        team.r1.extraction.judge_switching(study, same, judgement="confirmed", difference=["moved"])
    with pytest.raises(NotFound, match="has no comparison 'x'"):
        team.r1.extraction.judge_switching(study, "x", judgement="confirmed")
    with pytest.raises(NotAllowed, match="no role extractor"):
        team.lead.extraction.judge_switching(study, same, judgement="no_difference")
    with pytest.raises(InputRefused, match="'no_difference' goes with no difference, and 'added' is named"):
        team.r1.extraction.judge_switching(study, same, judgement="no_difference", difference=["added"])
    event = team.r1.extraction.judge_switching(study, same, judgement="confirmed", difference=["changed in measure"], token="key-1")
    again = team.r1.extraction.judge_switching(study, same, judgement="confirmed", difference=["changed in measure"], token="key-1")
    assert event == again and row(team, same, "r1")["difference"] == "changed in measure"
    team.r1.extraction.undo(event)
    assert row(team, same, "r1")["state"] == "proposed"


def test_the_table_opens_the_lines_of_both_sides(team: Team, study: str) -> None:
    table: Table = team.nobody.tables.switching()
    keys = [c.key for c in table.columns]
    added = next(r for r in table.rows if r[keys.index("difference")].text == "added")
    assert (added[keys.index("registered")].text, added[keys.index("judgement")].text) == ("not registered", "proposed")
    first = next(r for r in table.rows if r[keys.index("difference")].text == "demoted, time changed")
    trace = table.traces[first[keys.index("difference")].trace or ""]
    quoted = [" ".join(line for _, line in entry.quote.lines) for entry in trace.entries if entry.quote]
    assert "Pain at rest on a scale of 100 mm" in quoted[0] and '"12 weeks"' in quoted[0]
    assert any(REPORTED[1][3] in words for words in quoted)
    assert trace.entries[0].reason.startswith("compared: the same words; registered as primary, reported as secondary")
    words = table.text()
    assert "not determined: nothing of it has been extracted from a report" in " ".join(table.frame["difference"])
    assert "version 1, 10 Jan 2019 (in force at study start, completion)" in words


def test_what_was_judged_stands_in_what_changed(team: Team, study: str) -> None:
    before, id = str(team.ledger.last_at()), item(team, "added")
    assert "registered and reported" not in "\n".join(team.nobody.diff(before, str(team.ledger.last_at())).lines)
    for rv in team.both:
        rv.extraction.judge_switching(study, id, judgement="confirmed")
    told = [one for one in team.nobody.diff(before, str(team.ledger.last_at())).lines if "registered and reported" in one]
    assert len(told) == 1 and "confirmed, added (judged by two)" in told[0] and id in told[0]


def test_a_report_that_says_what_was_registered_differs_in_nothing(tmp_path: Path) -> None:
    team = make_team(tmp_path / "review")
    entry = version("2019-01-10", FIRST, count=58, planned=False, minimumAge="21 Years")
    study = study_of(team, tmp_path, entry)
    report(team, study, [(role, name, time, f"{name} at {time}") for role, several in FIRST.items() for name, time in several])
    frame = team.nobody.extraction.switching()
    assert len(frame) == 10 and set(frame["difference"]) == {""}
    assert set(frame[frame["undetermined"] != ""]["field"]) == {"inclusion criteria", "exclusion criteria"}
    team.ledger.close()


def test_a_study_with_one_side_alone_is_not_compared(tmp_path: Path) -> None:
    team = make_team(tmp_path / "review")
    team.include(team.article(team.search(), "A trial"), "included")
    study_of(team, tmp_path, V1)
    assert team.nobody.extraction.switching().empty and team.nobody.tables.switching().rows == ()
    assert "nothing has been extracted from one: Doe 2021." in team.nobody.tables.switching().notes[0]
    team.ledger.close()


def test_what_has_results_alone_is_reported_and_what_is_known_of_people_is_not(tmp_path: Path) -> None:
    team = make_team(tmp_path / "review")
    study = study_of(team, tmp_path, V1)
    for rv in team.both:
        for item, outcome in (("baseline", "Smokers"), ("mean", "Fatigue score"), ("mean", "Quality of life")):
            about = {"arm": "cream", "outcome": outcome, "timepoint": "12 weeks"}
            rv.extraction.record(study, item=item, value="3", **about, quotation=f"{outcome}: 3", location="Table 2")
    frame = team.nobody.extraction.switching()
    assert list(frame[frame["difference"] != ""]["other"]) == ["Quality of life [12 weeks]"]
    assert not frame["other"].astype(str).str.contains("Smokers").any()
    assert set(frame[frame["registered"] == "Days off work [24 weeks]"]["difference"]) == {""}, "nothing is dropped before a report's list"
    team.ledger.close()


def test_words_that_stand_in_a_registration_too_are_the_articles_unless_the_place_names_the_register(tmp_path: Path) -> None:
    team = make_team(tmp_path / "review")
    study = study_of(team, tmp_path, version("2019-01-10", FIRST, count=60, planned=True))
    of_first = [(role, name, time) for role, several in FIRST.items() for name, time in several]
    for rv in team.both:
        for role, name, time in of_first:
            about = {"item": "reported_outcome", "value": role, "outcome": name, "timepoint": time}
            rv.extraction.record(study, **about, quotation=name, location="Doe 2021, p. 2, Methods")
        rv.extraction.record(
            study, item="condition", value="sore hands", quotation="Sore hands", location="ClinicalTrials.gov, eligibility"
        )
    rows = team.lead.extraction.switching(study)
    assert set(rows[rows["field"].str.contains("outcome")]["difference"]) == {""}, "an honest trial has dropped nothing"
    [view] = [s for s in team.r1.studies.views() if s.id == study]
    cells = {cell.item: cell for cell in team.r1.extraction.cells(view)}
    assert cells["reported_outcome"].record is None and cells["reported_outcome"].lines is None
    assert cells["condition"].record is not None and cells["condition"].lines is not None
    team.ledger.close()


def test_a_judgement_sent_again_is_the_same_event_whatever_came_between(tmp_path: Path) -> None:
    team = make_team(tmp_path / "review")
    study = study_of(team, tmp_path, V1, V2)
    report(team, study)
    id = item(team, "dropped")
    judge = team.r1.extraction.judge_switching
    first = judge(study, id, judgement="confirmed", token="judged-once")
    between = judge(study, id, judgement="no_difference", token="judged-twice")
    assert judge(study, id, judgement="confirmed", token="judged-once") == first
    assert row(team, id, "r1")["event"] == between
    team.r2.extraction.judge_switching(study, id, judgement="confirmed")
    settle = team.lead.extraction.resolve_switching
    settled = settle(study, id, judgement="confirmed", reason="Looked.", token="settled-once")
    assert settle(study, id, judgement="confirmed", reason="Looked.", token="settled-once") == settled
    team.ledger.close()


@pytest.mark.parametrize(("posted", "year", "first"), [("2020-03-01", 2021, "2020-03-01"), ("2022-05-01", 2019, "2019")])
def test_the_first_results_are_those_that_came_first(tmp_path: Path, posted: str, year: int, first: str) -> None:
    team = make_team(tmp_path / "review")
    entries = [json.loads(json.dumps(one)) for one in (V1, V2)]
    for entry in entries:
        entry["protocolSection"]["statusModule"]["resultsFirstPostDateStruct"] = {"date": posted}
    registration(team, tmp_path, *entries)
    study = team.include(team.article(team.search(), "A cream for sore hands: a randomised trial", NUMBER, year=year), "included")
    [view] = [s for s in team.lead.studies.views() if s.id == study]
    [known] = team.lead.extraction.registered.registrations(view)
    said = team.lead.extraction.registered.in_force(view, known)["first results"]
    assert said == in_force(known, first) and said != in_force(known, posted if first != posted else f"{year}")
    team.ledger.close()
