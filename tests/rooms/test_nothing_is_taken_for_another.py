"""Where two numbers, two sources or two tests could be meant none is taken; what nobody looked at is nothing that a report says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from review.bias.quoting import supported
from review.errors import InputRefused
from review.extraction.derived import derived_of, result_rows
from review.extraction.drafts import _read as read_by_rules
from review.extraction.forms import load_forms
from review.extraction.registered import Outcome, Said, Value, Version
from review.extraction.rows import wider
from review.extraction.switching import compare
from review.model.extraction import CellKey, CellRecorded
from review.model.views import CellView, StudyView
from tests.rooms.switched import V1, V2, study_of
from tests.rooms.team import Team


def cell(item: str, value: str, *, arm: str | None = "Drug", conflict: bool = False, **about: Any) -> CellView:
    about = {"outcome": "Fatigue", "timepoint": "24 weeks", "analysis_set": None, "unit": None} | about
    return CellView(
        study="stu:1", item=item, arm=arm, value=value, state="recorded by one", conflict=conflict, event=f"{arm}-{item}-{value}",
        history=(), quotation=value, location="p. 3", text_sha256=None, lines=None, record=None, **about,
    )  # fmt: skip


def derived(cells: list[CellView]) -> dict[tuple[str, str | None], float]:
    made, _ = derived_of(StudyView(id="stu:1", label="One 2020", reports=()), cells, load_forms())
    return {(one.item, one.arm): one.value for one in made}


def with_test(*arms: str, conflict: bool = False) -> list[CellView]:
    """Arms with means and people, and one test of a mean difference."""
    said = [cell(item, value, arm=arm) for arm in arms for item, value in (("mean", "5"), ("n_analysed", "30"))]
    measure = cell("effect_measure", "mean difference", arm=None, conflict=conflict)
    return [*said, measure, cell("effect", "-3.5", arm=None), cell("t_value", "2.4", arm=None)]


def test_a_test_is_of_two_arms_where_there_are_two_and_where_it_is_agreed_what_it_tests() -> None:
    assert set(derived(with_test("Drug", "Placebo"))) == {("sd", "Drug"), ("sd", "Placebo")}
    assert (
        derived(with_test("Drug", "Placebo", "Third"))
        == {}
        == derived(with_test("Drug", "Placebo", conflict=True))
        == derived(with_test("Drug"))
    )


def test_of_two_numbers_of_people_that_could_be_meant_neither_is() -> None:
    mean = cell("mean", "5")
    of_arm, of_time = cell("n_analysed", "40", outcome=None, timepoint=None), cell("n_analysed", "38", outcome=None)
    for counts, expected in (([of_arm], of_arm), ([of_time], of_time), ([of_arm, of_time], None)):
        [row] = [one for one in result_rows([mean, *counts]) if mean in one.cells]
        assert row.n == expected
    exact = cell("n_analysed", "37")
    [row] = [one for one in result_rows([mean, of_arm, of_time, exact]) if mean in one.cells]
    assert row.n == exact


def test_of_two_wider_values_that_could_be_meant_neither_is() -> None:
    mean = cell("mean", "5")
    of_arm, of_time = cell("icc", "0.05", outcome=None, timepoint=None), cell("icc", "0.02", outcome=None)
    for said, expected in (([of_arm], of_arm), ([of_time], of_time), ([of_arm, of_time], None)):
        [row] = [one for one in result_rows([mean, *said]) if mean in one.cells]
        assert wider([mean, *said], "icc", row) == expected


# where words were read


def of(team: Team, study: str) -> StudyView:
    return next(one for one in team.lead.studies.views() if study in one.subjects)


def recorded(team: Team, study: str, words: str, location: str = "p. 1") -> CellView:
    team.r1.extraction.record(study, item="own", value="a value", quotation=words, location=location)
    return next(one for one in team.r1.extraction.cells(of(team, study)) if one.item == "own")


def imported(team: Team, folder: Path, *titles: str, abstract: str = "") -> list[str]:
    """The reports of articles with these titles, each from a file of its own."""
    for at, title in enumerate(titles):
        file = folder / f"{at}.ris"
        file.write_text(f"TY  - JOUR\nAU  - Doe, J\nTI  - {title}\nAB  - {abstract}\nPY  - 2020\nER  - \n", encoding="utf-8")
        team.r1.import_files([file], search=team.search())
    found = team.r1.studies.reports().set_index("title")["report"]
    return [found[title] for title in titles]


def test_words_that_stand_in_two_articles_of_a_study_have_the_lines_of_neither(team: Team, tmp_path: Path) -> None:
    reports = imported(team, tmp_path, "A cream in spring", "Another cream in autumn", abstract="Hands were sore.")
    study, _ = (team.include(report) for report in reports)
    team.r1.studies.link(reports[1], study, reason="the same trial")
    assert recorded(team, study, "Hands were sore").record is None and recorded(team, study, "Another cream in autumn").record is not None


def test_words_that_stand_in_an_article_and_its_registration_are_the_articles(team: Team, tmp_path: Path) -> None:
    study = study_of(team, tmp_path, V1)
    [report] = imported(team, tmp_path, "A cream for sore hands, at last")
    team.r1.studies.link(report, study, reason="the same trial")
    for location, expected in (("p. 1", "rec:" + report.removeprefix("rep:")), ("ClinicalTrials.gov", None)):
        record = recorded(team, study, "A cream for sore hands", location).record
        assert record is not None and (record == expected) == (expected is not None)


def test_a_registration_says_nothing_of_what_was_done(team: Team, tmp_path: Path) -> None:
    [report] = imported(team, tmp_path, "A cream in spring", abstract="In all, 45 patients were randomised.")
    [article] = of(team, team.include(report)).records
    text = team.r1.extraction._text_of(article)
    registration = replace(article, doc={**article.doc, "record_type": "trial_registration"})
    assert [(one.key.item, one.value) for one in read_by_rules(article, text)] == [("n_randomised", "45")]
    assert read_by_rules(registration, text) == []


def of_one_file(team: Team, folder: Path) -> list[StudyView]:
    """Two studies whose articles came in with one file of references; only the second says how many were randomised."""
    file = folder / "export.ris"
    said = {"A cream in spring": "Hands were sore.", "An ointment in autumn": "In all, 45 patients were randomised."}
    entries = (f"TY  - JOUR\nAU  - Doe, J\nTI  - {title}\nAB  - {words}\nPY  - 2020\nER  - \n" for title, words in said.items())
    file.write_text("\n".join(entries), encoding="utf-8")
    team.r1.import_files([file], search=team.search())
    found = team.r1.studies.reports().set_index("title")["report"]
    return [of(team, study) for study in [team.include(found[title]) for title in said]]


def test_of_a_file_with_many_entries_only_its_own_is_a_records_text(team: Team, tmp_path: Path) -> None:
    first, second = of_one_file(team, tmp_path)
    for study, items in ((first, {"title"}), (second, {"title", "n_randomised"})):
        assert {one.item for one in team.r1.extraction.cells(study)} == items
    words = "45 patients were randomised"
    assert (recorded(team, first.id, words).record, recorded(team, first.id, words).lines) == (None, None)
    own = recorded(team, second.id, words)
    text = team.r1.extraction._text_of(second.records[0])
    assert own.record == second.records[0].id and own.lines is not None and words in text[own.lines[0] - 1]
    filled = next(one for one in team.r1.extraction.cells(second) if one.item == "n_randomised")
    assert filled.lines == own.lines and filled.quotation in text[own.lines[0] - 1]


def test_of_several_entries_on_one_line_rules_propose_what_the_records_own_fields_say(team: Team, tmp_path: Path) -> None:
    said = {"A cream in spring": "Hands were sore.", "An ointment in autumn": "In all, 45 patients were randomised."}
    entries = "".join(
        f'<record><source-app name="EndNote" version="20">EndNote</source-app><ref-type name="Journal Article">17</ref-type><contributors>'
        f"<authors><author>Doe, J</author></authors></contributors><titles><title>{title}</title></titles><dates><year>2020</year></dates>"
        f"<abstract>{words}</abstract></record>"
        for title, words in said.items()
    )
    (tmp_path / "export.xml").write_text(f"<xml><records>{entries}</records></xml>", encoding="utf-8")
    team.r1.import_files([tmp_path / "export.xml"], search=team.search())
    found = team.r1.studies.reports().set_index("title")["report"]
    for title, items in zip(said, ({"title"}, {"title", "n_randomised"}), strict=True):
        study = of(team, team.include(found[title]))
        assert {one.item for one in team.r1.extraction.cells(study)} == items


def test_an_answer_on_bias_is_not_supported_by_another_entry_of_the_file(team: Team, tmp_path: Path) -> None:
    first, second = of_one_file(team, tmp_path)
    for study, expected in ((first, None), (second, second.records[0].id)):
        [page] = team.r1.bias._texts_of(study)
        found = supported("1.1", {"text": "yes", "quotation": "45 patients were randomised", "location": "abstract"}, [page])
        assert found.record == expected


# registered against reported


def registered(number: int, *values: Value) -> Version:
    return Version("rec:1", number, f"20{18 + number}-01-10", "2026-01-05", (), values)


def value(field: str, words: str) -> Value:
    return Value(field, words, Said(words))


def test_what_a_version_states_is_not_set_beside_versions_that_state_nothing_of_it() -> None:
    first, second = registered(1), registered(2, value("planned enrolment", "60"))
    [found] = compare([first, second], [], [value("planned enrolment", "60")])
    assert found.versions == (2,) and found.differences == () == found.undetermined
    [alone] = compare([first], [], [value("planned enrolment", "60")])
    assert alone.undetermined == ("this version of the registration does not state it",)


def test_not_reported_is_no_difference_and_is_said() -> None:
    [found] = compare([registered(1, value("sex", "all"))], [], [value("sex", "not reported")])
    assert (found.differences, found.undetermined) == ((), ("the report does not state it",))


def test_what_only_a_program_filled_in_is_not_what_the_report_says(team: Team, tmp_path: Path) -> None:
    study = study_of(team, tmp_path, V2)
    [article] = [record.id for record in of(team, study).records if not record.is_registration]
    body = CellRecorded(cell=CellKey(item="n_randomised"), value="44", unit=None, quotation="44", location="p. 1", record=article)
    event = team.r1.extraction._seat.pen.write(CellRecorded.kind, study, body, actor="tool:reader@1").id
    assert team.r1.extraction.comparisons(of(team, study)) == [], "nobody has looked at the report yet"
    for rv in team.both:
        rv.extraction.confirm(event)
    assert reported(team, study, "actual enrolment") == [("44", ("value changed",))]


def test_outcomes_are_compared_whatever_the_order_in_which_a_report_lists_them() -> None:
    said = [Outcome("primary", name, ("12 weeks",), Said(name), True) for name in ("Pain at rest", "Grip strength")]
    known = Version("rec:1", 1, "2019-01-10", "2026-01-05", tuple(said), ())
    assert compare([known], said, []) == compare([known], said[::-1], [])


def reported(team: Team, study: str, field: str) -> list[tuple[str, tuple[str, ...]]]:
    """(what the report says, or '', differences) of one field beside the registration."""
    rows = (row.comparison for row in team.r1.extraction.comparisons(of(team, study)))
    return [(one.other.text if one.other else "", one.differences) for one in rows if one.field == field]


def test_a_value_on_which_the_extractors_differ_is_not_what_the_report_says(team: Team, tmp_path: Path) -> None:
    study = study_of(team, tmp_path, V1)
    for rv, sex, age in zip(team.both, ("women", "men"), ("21", "21"), strict=True):
        rv.extraction.record(study, item="sex", value=sex, quotation=sex, location="p. 1")
        rv.extraction.record(study, item="minimum_age", value=age, unit="years", quotation=age, location="p. 1")
    assert reported(team, study, "sex") == [("", ())] and reported(team, study, "minimum age") == [("21 years", ("value changed",))]


def test_the_number_enrolled_goes_before_the_number_randomised(team: Team, tmp_path: Path) -> None:
    study = study_of(team, tmp_path, V2)
    for rv in team.both:
        rv.extraction.record(study, item="n_randomised", value="44", quotation="44 were randomised", location="p. 1")
    assert reported(team, study, "actual enrolment") == [("44", ("value changed",))]
    for rv in team.both:
        rv.extraction.record(
            study, item="participants", value="58", unit="participants", analysis_set="enrolled", quotation="58", location="p. 1"
        )
    assert reported(team, study, "actual enrolment") == [("58", ())]


def test_the_completion_is_that_of_the_primary_outcome(team: Team, tmp_path: Path) -> None:
    first, second = (json.loads(json.dumps(entry)) for entry in (V1, V2))
    for entry in (first, second):
        entry["protocolSection"]["statusModule"]["completionDateStruct"] = {"date": "2021-06", "type": "ACTUAL"}
    study = of(team, study_of(team, tmp_path, first, second))
    [series] = team.r1.extraction.registered.registrations(study)
    at = team.r1.extraction.registered.in_force(study, series)
    assert at["completion"] == 1, "of June 2020, and not of June 2021, when the second version was in force"


def test_a_consensus_on_a_comparison_stands_and_an_explanation_is_more_than_blanks(team: Team, tmp_path: Path) -> None:
    study = study_of(team, tmp_path, V1)
    for rv in team.both:
        rv.extraction.record(study, item="sex", value="women", quotation="women", location="p. 1")
    [item] = [row.comparison.item for row in team.r1.extraction.comparisons(of(team, study)) if row.comparison.field == "sex"]
    with pytest.raises(InputRefused, match="'explained' needs the explanation"):
        team.r1.extraction.judge_switching(study, item, judgement="explained", note=" \n")
    for rv, judgement in zip(team.both, ("confirmed", "no_difference"), strict=True):
        rv.extraction.judge_switching(study, item, judgement=judgement)
    team.lead.extraction.resolve_switching(study, item, judgement="explained", reason="the amendment says why")
    [row] = [row for row in team.nobody.extraction.comparisons(of(team, study)) if row.comparison.item == item]
    assert (row.state, row.judgement, row.note) == ("consensus", "explained", "the amendment says why")
