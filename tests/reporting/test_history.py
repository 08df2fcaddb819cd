"""The history of a value in its origin: earlier values in order, who corrected and why, what was withdrawn, nothing that is not open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from review import Review
from review.reporting.table import Table
from review.reporting.trace_counts import MOST
from review.reporting.trace_view import TraceEntry, article
from tests.reporting.examples import trace
from tests.rooms.team import PLAN, Team, make_team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def entries(table: Table, what: str = "") -> list[TraceEntry]:
    return [entry for one in table.traces.values() for entry in one.entries if what in entry.what]


def said(entry: TraceEntry) -> tuple[str, str, str]:
    return entry.what, entry.past, entry.quote.lines[0][1] if entry.quote else ""


def test_a_corrected_cell_keeps_its_first_value_and_quotation(team: Team) -> None:
    study = team.include(team.article(team.search(), "A trial", "10.1000/abc1"), "included")
    words = {"item": "condition", "location": "page 2"}
    first = team.r1.extraction.record(study, value="a dry eye", quotation="they had a dry eye", **words)
    second = team.r1.extraction.correct(first, value="a dry mouth", quotation="they had a dry mouth")
    team.r1.extraction.undo(second)
    team.r2.extraction.record(study, value="a dry eye", quotation="with a dry eye", **words)
    found = [said(e) for e in entries(team.lead.tables.characteristics(of="included"), "Condition")]
    assert found == [
        ("Condition: recorded “a dry eye”", "", "they had a dry eye"),
        ("Condition: recorded “a dry mouth”", "withdrawn", "they had a dry mouth"),
        ("Withdrawn: Condition: recorded “a dry mouth”", "", ""),
        ("Condition: recorded “a dry eye”", "", "with a dry eye"),
    ]


def test_a_replaced_decision_stays_readable_with_its_reason(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    team.r1.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1", note="first thought")
    team.r1.screening.decide(report, stage="title_abstract", decision="include", note="second thought")
    team.r2.screening.decide(report, stage="title_abstract", decision="include")
    found = [(e.past, e.reason) for e in entries(team.nobody.tables.standings(), "title and abstract")]
    assert found[:3] == [("replaced", "Not met: People with the disease; first thought"), ("", "second thought"), ("", "")]


def test_a_replaced_classification_and_an_undone_link_stay_readable(team: Team) -> None:
    search = team.search()
    one, two = team.article(search, "One"), team.article(search, "Two")
    study = team.include(one, "awaiting")
    team.r1.studies.undo(team.r1.studies.link(two, study, reason="it looked the same"))
    for rv in team.both:
        rv.studies.classify(study, "included", reason="the authors answered")
    found = [(e.what, e.past, e.reason) for e in entries(team.nobody.tables.standings(), "Classified")]
    assert next(one for one in found if one[0] == "Classified as awaiting") == ("Classified as awaiting", "replaced", "as the report says")
    assert ("Classified as included", "", "the authors answered") in found
    linked = entries(team.nobody.tables.standings(), "Report linked")
    assert {(e.what.partition(":")[0], e.past) for e in linked} >= {
        ("Report linked to a study by a person", "withdrawn"),
        ("Withdrawn", ""),
    }


def test_an_amended_criterion_shows_both_texts_and_the_reason(team: Team) -> None:
    plan = PLAN.replace('text = "The drug is given"', 'text = "The drug is given for a month"')
    (team.folder / "review.toml").write_text(plan, encoding="utf-8")
    team.lead.protocol.amend(reason="too many short trials", results_known=False)
    origin = team.nobody.tables.criteria().traces["criteria-i1"]
    assert [e.what.partition(":")[0] for e in origin.entries] == ["Protocol version 1", "Protocol version 2"]
    assert "then “The drug is given" in origin.entries[0].what and origin.entries[1].reason == "too many short trials"
    assert origin.entries[1].quote is not None and origin.entries[1].quote.mark == "The drug is given for a month"


def test_a_past_entry_says_so_on_the_page() -> None:
    one = trace("k", "L", "120")
    shown = article(replace(one, entries=(replace(one.entries[0], past="withdrawn"), *one.entries[1:]), more=1950))
    assert '<span class="past">withdrawn later</span>' in shown and "and 1,950 more" in shown


def test_a_long_count_lists_so_many_and_says_how_many_more(team: Team) -> None:
    search = team.search()
    for number in range(MOST + 7):
        team.article(search, f"Trial {number}")
    origin = team.nobody.tables.summary().traces["summary-records-identified"]
    assert origin.value == f"{MOST + 7}" and len(origin.entries) == MOST and origin.more == 7
    assert all(e.role and e.at and e.quote is None for e in origin.entries)


def test_a_count_of_zero_says_up_to_when(team: Team) -> None:
    origin = team.nobody.tables.summary().traces["summary-studies-included"]
    assert origin.value == "0" and origin.entries[0].role == "count" and origin.entries[0].at == team.ledger.last_at()


@pytest.mark.parametrize("who", ["r2", "nobody"])
def test_an_open_decision_of_another_is_in_no_origin(team: Team, who: str) -> None:
    secret = "xyzzy-plugh"
    report = team.article(team.search(), "A trial")
    study = team.include(report)
    waiting = team.article(team.search("Other"), "Another trial")
    r1 = team.r1
    r1.screening.decide(waiting, stage="title_abstract", decision="exclude", reason="P1", note=secret)
    r1.screening.decide(waiting, stage="title_abstract", decision="exclude", reason="P1", note=secret + " again")
    r1.studies.undo(r1.studies.classify(study, "awaiting", reason=secret))
    r1.studies.classify(study, "awaiting", reason=secret)
    r1.bias.undo(r1.bias.not_assessed(study, tool="jbi-case-series", reason=secret))
    r1.bias.not_assessed(study, tool="jbi-case-series", reason=secret)
    r1.extraction.undo(r1.extraction.record(study, item="condition", value=secret, quotation=secret, location=secret))
    assert secret not in everything(getattr(team, who))
    assert secret in everything(team.lead)


def everything(rv: Review) -> str:
    made = [rv.tables.summary(), rv.tables.standings(), rv.tables.records(), rv.tables.not_assessed(), rv.tables.agreement()]
    made += [rv.tables.versions(), rv.tables.pairs("title_abstract"), rv.tables.assessed("jbi-case-series"), rv.figures.flow_numbers()]
    made += [rv.tables.characteristics(of=of) for of in ("included", "awaiting")]
    return "\n".join(repr(table) for table in made)


def test_a_title_that_turns_the_direction_does_not_turn_the_decision_behind_it(team: Team) -> None:
    report = team.article(team.search(), "A \u202etrial")
    team.decide(report, "include", "exclude")
    origin = team.lead.tables.agreement().traces["agreement-title-abstract-1"]
    assert [e.what.startswith("A \u202etrial\u202c: ") for e in origin.entries] == [True, True]
