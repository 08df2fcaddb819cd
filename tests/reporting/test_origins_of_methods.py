"""The origins of the tables of methods: in every state of a review each value has facts of its own, and no open answer is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from review import Review
from review.reporting.table import Table
from review.reporting.trace_counts import MOST
from review.reporting.trace_view import Trace, traces_to_json
from review.studies.duplicates.rules import RULES_VERSION
from tests.example.build import PAGES
from tests.rooms.team import PLAN, Team, make_team

MADE: tuple[Callable[[Review], Table], ...] = (
    lambda rv: rv.tables.question(),
    lambda rv: rv.tables.criteria(),
    lambda rv: rv.tables.outcomes(),
    lambda rv: rv.tables.team(),
    lambda rv: rv.tables.versions(),
    lambda rv: rv.tables.statements(),
    lambda rv: rv.tables.summary(),
    lambda rv: rv.tables.searches(),
    lambda rv: rv.tables.strategies(),
    lambda rv: rv.tables.duplicates(),
    lambda rv: rv.tables.records(),
    lambda rv: rv.tables.standings(),
    lambda rv: rv.tables.screening_process(),
    lambda rv: rv.tables.conflicts(),
    lambda rv: rv.tables.agreement(),
    lambda rv: rv.tables.pairs("title_abstract"),
    lambda rv: rv.tables.characteristics(),
    lambda rv: rv.tables.characteristics(of="awaiting"),
    lambda rv: rv.tables.excluded_reports(),
    lambda rv: rv.tables.results(),
    lambda rv: rv.tables.nice(),
    lambda rv: rv.tables.contacts(),
    lambda rv: rv.tables.items_sought(),
    lambda rv: rv.tables.data_collection(),
    lambda rv: rv.tables.assessed("jbi-case-series"),
    lambda rv: rv.tables.not_assessed(),
    lambda rv: rv.tables.appraisal_process(),
    lambda rv: rv.tables.availability(),
    lambda rv: rv.figures.flow_numbers(),
)
WHERE = {"value": "4", "quotation": "4", "location": "p. 1"}


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review", plan=PLAN + '\n[appraisal]\ntools = ["rob2-parallel", "jbi-case-series"]\n')
    yield made
    made.ledger.close()


def halfway(team: Team) -> str:
    """A review with one of everything that is open to all; returns its included study."""
    search = team.search(hits=4)
    study = team.include(team.article(search, "One", "10.1000/182"), "included")
    for title, decisions in (("Two", ("include", "exclude")), ("Three", ("unsure", "unsure"))):
        team.decide(team.article(search, title), *decisions)
    removed, left = team.article(search, "Four"), team.article(search, "Five")
    team.r1.screening.remove([removed], by="automation", tool="a filter", reason="not in people")
    team.article(search, "One.", "10.1000/182")
    for rv in team.both:
        rv.extraction.record(study, item="participants", **WHERE)
        rv.bias.not_assessed(study, tool="jbi-case-series", reason="no result")
    team.r1.extraction.record(study, item="condition", value="dry eyes", quotation="dry eyes", location="p. 2")
    team.r2.extraction.record(study, item="condition", value="dry mouth", quotation="dry mouth", location="p. 2")
    team.lead.extraction.contact(study, whom="the authors", when="2026-01-06", asked="How many were women?")
    assert left
    return study


def bare(table: Table, *, dated: bool) -> list[str]:
    """The values of *table* that lead to no entry with a role and, where *dated*, a time."""
    found = []
    for row in table.rows:
        for cell in row[1:]:
            trace = table.traces.get(cell.trace or "")
            led = trace is not None and any(e.role and (e.at or not dated) for e in trace.entries)
            if (cell.text or cell.missing == "not_reported") and not led:
                found.append(f"{table.key}: {row[0].text}: {cell.text}")
    return found


@pytest.mark.parametrize("state", ["draft", "frozen", "halfway"])
def test_no_value_of_any_table_is_without_facts(tmp_path: Path, team: Team, state: str) -> None:
    looked = make_team(tmp_path / "draft", frozen=False) if state == "draft" else team
    if state == "halfway":
        halfway(team)
    assert [one for make in MADE for one in bare(make(looked.nobody), dated=state != "draft")] == []  # no fact, no time
    if state == "draft":
        looked.ledger.close()


def trace(table: Table, row: str, column: int = 1) -> Trace:
    (cells,) = [cells for cells in table.rows if cells[0].text == row]
    return table.traces[cells[column].trace or ""]


def whats(found: Trace) -> list[str]:
    return [e.what for e in found.entries]


def test_a_statement_quotes_the_line_of_each_version_that_wrote_it(team: Team) -> None:
    file = team.folder / "review.toml"
    text = file.read_text(encoding="utf-8").replace('registration = "none"', 'registration = "PROSPERO 1"\nfunding = "None."')
    file.write_text(text, encoding="utf-8")
    team.lead.protocol.amend(reason="it was registered", results_known=False)
    table = team.nobody.tables.statements()
    found = trace(table, "Registration")
    assert found.value == "PROSPERO 1"
    assert whats(found) == ["Protocol version 1: written; then “none”", "Protocol version 2: changed"]
    assert [e.quote.mark for e in found.entries if e.quote] == ["none", "PROSPERO 1"] and found.entries[1].reason == "it was registered"
    assert whats(trace(table, "Synthesis")) == ["Protocol version 1: not written there, so the default holds"]
    assert whats(trace(table, "Support")) == ["Protocol version 2: written"]
    assert whats(trace(table, "Amendments"))[1].startswith("Protocol version 2: amended: ")


@pytest.mark.parametrize("written", ["{ title_abstract = 1, full_text = 2 }", "[settings.reviewers_per_stage]"])
def test_how_many_are_due_quotes_the_setting(tmp_path: Path, written: str) -> None:
    inline = f"[settings]\nreviewers_per_stage = {written}\n" if written.startswith("{") else f"{written}\ntitle_abstract = 1\n"
    team = make_team(tmp_path / "alone", plan=f"{PLAN}\n{inline}")
    (entry,) = trace(team.nobody.tables.screening_process(), "Reviewers due").entries
    assert entry.quote is not None and entry.quote.mark == "title_abstract = 1" and entry.role == "lead"
    team.ledger.close()


def test_a_search_leads_to_its_plan_and_to_how_it_was_run(team: Team) -> None:
    team.search(hits=4)
    found = trace(team.nobody.tables.strategies(), "Embase", 0)
    assert whats(found) == ["Planned; Protocol version 1: written", "Search recorded; searched: 5 Jan 2026; hits: 4"]
    assert found.entries[0].quote is not None and found.entries[0].quote.mark == "Embase"


def test_merges_lead_to_what_the_rule_compared(team: Team) -> None:
    halfway(team)
    table = team.nobody.tables.duplicates()
    rule, merge = trace(table, "same doi", 3).entries
    assert rule.what == f"A rule of duplicate-rules, version {RULES_VERSION}; no fact of the ledger"
    assert merge.what.startswith("One: The same document: merged by the rule same_doi") and "10.1000/182" in merge.reason
    assert whats(trace(table, "person", 3)) == ["No merge, up to the last entry of the ledger"]


def test_people_lead_to_the_decisions_counted(team: Team) -> None:
    halfway(team)
    table = team.nobody.tables.screening_process()
    assert len(trace(table, "Reviewers who decided").entries) == 6
    assert whats(trace(table, "Unsure"))[1:] == ["Three: Unsure, title and abstract, criteria version 1"] * 2
    assert [what.partition(":")[0] for what in whats(trace(table, "Decided by all who were due"))] == ["One", "Two", "Three", "Five"]
    assert whats(trace(table, "Automation"))[0].startswith("Four (Embase): Removed before screening by a filter")
    assert [what.partition(",")[0] for what in whats(trace(table, "Disagreements"))] == ["Two: Include", "Two: Exclude"]


def test_values_lead_to_how_each_stands_the_rarest_first(team: Team) -> None:
    halfway(team)
    table = team.nobody.tables.data_collection()
    due = trace(table, "Extractors due for each value")
    assert [(e.what, e.quote.mark) for e in due.entries if e.quote] == [
        (f"Reviewer {name}: Protocol version 1: written", "extractor") for name in ("r1", "r2")
    ]
    settled = trace(table, "Disagreements")
    assert settled.value == "0 settled by consensus, 1 open" and {e.reason for e in settled.entries} == {""}
    assert [what.rpartition(" ")[2] for what in whats(settled)] == ["eyes”", "mouth”"]
    stand = whats(trace(table, "How the values stand"))
    often = [stand.count(one) for one in stand]
    assert often == sorted(often)
    assert whats(trace(table, "Questions to authors and sponsors")) == ["Doe 2020a: asked the authors; no answer"]


def test_an_item_leads_to_its_lines_in_the_form(team: Team) -> None:
    study = halfway(team)
    for rv in team.both:
        rv.extraction.record(study, item="saliva_test", **WHERE)
    table = team.nobody.tables.items_sought()
    (entry,) = trace(table, "Participants", 0).entries
    assert entry.quote is not None and entry.quote.mark == "Participants" and entry.quote.lines[0][1] == 'id = "participants"'
    (added,) = trace(table, "saliva test", 0).entries
    assert added.what.endswith("not on the form; added with its first value") and added.role == "extractor"
    assert whats(trace(table, "Participants", 2)) == ["Doe 2020a, Participants “4”: extracted independently by two"]


def test_a_tool_leads_to_the_plan_its_file_and_the_assessments(team: Team) -> None:
    halfway(team)
    table = team.nobody.tables.appraisal_process()
    label = next(row[0].text for row in table.rows if "case series" in row[0].text)
    plan, file = trace(table, label, 1).entries
    assert plan.quote is not None and plan.quote.mark == "jbi-case-series"
    assert file.quote is not None and file.quote.lines[0][1].startswith("version = ") and "no fact of the ledger" in file.what
    assert len(trace(table, label, 3).entries) == 2
    assert whats(trace(table, label, 7)) == ["Doe 2020a, the study: not assessed"]


def test_what_is_shared_leads_to_each_file(team: Team) -> None:
    halfway(team)
    table = team.nobody.tables.availability()
    (version,) = trace(table, "Versions of the protocol", 2).entries
    assert version.what.startswith("Version 1: ledger.jsonl, blobs/")
    assert whats(trace(table, "Searches with their strategies", 2)) == ["Embase: ledger.jsonl"]


def test_a_long_list_names_fifty_and_how_many_more(team: Team) -> None:
    search = team.search()
    for number in range(MOST // 2 + 3):
        team.decide(team.article(search, f"Trial {number}"), "exclude", "exclude")
    found = trace(team.nobody.tables.screening_process(), "Reviewers who decided")
    assert len(found.entries) == MOST and found.more == 6


def told(rv: Review) -> list[object]:
    """Every origin; up to when a zero was counted is not compared, since every fact moves that."""
    made = []
    for make in MADE:
        traces = make(rv).traces
        still = {k: replace(t, entries=tuple(replace(e, at="") if e.role == "count" else e for e in t.entries)) for k, t in traces.items()}
        made.append(traces_to_json(still))
    return made


def test_nobodys_open_answer_is_in_an_origin(team: Team) -> None:
    study = halfway(team)
    waiting = next(r for r in team.r1.screening.queue("title_abstract"))
    before = {rv: told(rv) for rv in (team.r1, team.r2, team.nobody)}
    team.r1.screening.decide(waiting, stage="title_abstract", decision="exclude", reason="P1", note="a secret")
    team.r1.extraction.record(study, item="masking", value="double", quotation="double-blind", location="page 1")
    team.r1.bias.not_assessed(study, tool="rob2-parallel", reason="a secret")
    assert told(team.r2) == before[team.r2] and told(team.nobody) == before[team.nobody]
    assert told(team.r1) != before[team.r1]


def test_what_a_person_noted_of_a_record_a_register_and_two_documents_is_read_again(team: Team) -> None:
    run = team.search()
    one, two = team.article(run, "One"), team.article(run, "Two")
    record = team.r1.records.add(run, title="Three", authors=["A"], year=2020, note="sent by its author")
    given = {"ctgov_search.json": "https://a.test/page"}
    team.r1.import_files([PAGES / "ctgov_search.json"], search=team.search("A register", kind="register"), addresses=given)
    apart = team.lead.studies.keep_apart([one, two], reason="another year")
    gone = team.lead.studies.keep_apart([one, "rep:" + record.removeprefix("rec:")], reason="a slip")
    team.lead.studies.undo(gone)
    team.lead.studies.register_checked(team.study(two), date="2026-02-02", note="ended early")
    rv = team.nobody
    (row,) = (row for row in rv.tables.duplicates().rows if row[0].text == "kept apart")
    (entry,) = rv.tables.duplicates().traces[row[3].trace or ""].entries
    assert (row[3].text, entry.event, entry.reason) == ("1", apart, "another year")
    assert entry.what == "Different documents, kept apart: “One” and “Two”"
    told = [e for t in rv.tables.standings().traces.values() for e in t.entries]
    assert {"another year", "sent by its author", "ended early"} <= {e.reason for e in told}
    assert {e.past for e in told if e.event == gone} == {"withdrawn"}
    assert any(e.what.endswith("file ctgov_search.json, captured from https://a.test/page") for e in told)
