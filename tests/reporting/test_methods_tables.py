"""The tables that state the methods: what was recorded is said whole, what was not is not said, and nobody's open answer shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from review import Review
from review.reporting.table import Table
from review.studies.duplicates.rules import RULES_VERSION
from tests.rooms.team import PLAN, Team, make_team

STRATEGY = '1. exp "Sjögren syndrome"/\n2. (sicca adj2 syndrom$).ti,ab.\n3. 1 OR 2\n4. limit 3 to yr="2010 -Current"'
OF_METHODS: tuple[Callable[[Review], Table], ...] = (
    lambda rv: rv.tables.statements(),
    lambda rv: rv.tables.strategies(),
    lambda rv: rv.tables.duplicates(),
    lambda rv: rv.tables.screening_process(),
    lambda rv: rv.tables.data_collection(),
    lambda rv: rv.tables.items_sought(),
    lambda rv: rv.tables.appraisal_process(),
    lambda rv: rv.tables.availability(),
)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def said(table: Table) -> dict[str, list[str]]:
    """First cell -> the others of its row."""
    return {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}


def told(rv: Review) -> list[object]:
    return [make(rv).to_json() for make in OF_METHODS]


def amended(team: Team, old: str, new: str) -> None:
    file = team.folder / "review.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    team.lead.protocol.amend(reason="it was missing", results_known=False)


def test_what_the_protocol_leaves_open_is_not_said(team: Team) -> None:
    table = team.nobody.tables.statements()
    missing = [row[0].text for row in table.rows if row[1].missing == "empty"]
    assert missing == ["Protocol", "Support", "Competing interests"]
    assert said(table)["Registration"] == ["This review was not registered."]
    assert said(table)["Amendments"] == ["None: the protocol was frozen on 5 Jan 2026 and has not been amended."]


def test_amendments_are_counted_with_their_dates(team: Team) -> None:
    amended(team, 'registration = "none"', 'registration = "PROSPERO 1"\nfunding = "None."')
    table = team.nobody.tables.statements()
    assert said(table)["Registration"] == ["PROSPERO 1"] and said(table)["Support"] == ["None."]
    assert "frozen on 5 Jan 2026 and amended once, on 5 Jan 2026" in said(table)["Amendments"][0]
    assert [e.reason for e in table.traces["statement-amendments"].entries] == ["", "it was missing"]


def test_a_draft_says_that_it_is_one(tmp_path: Path) -> None:
    team = make_team(tmp_path / "draft", frozen=False)
    assert team.nobody.tables.statements().notes == ("The protocol is a draft; it has not been frozen.",)
    team.ledger.close()


def test_a_strategy_is_shown_whole_line_by_line(team: Team) -> None:
    team.r1.searches.record("MEDLINE", kind="database", platform="Ovid", strategy=STRATEGY, limits="none", searched="2026-01-05")
    team.r1.searches.record("MEDLINE", kind="database", platform="Ovid", strategy=STRATEGY, searched="2026-06-05", peer_review="PRESS")
    table = team.nobody.tables.strategies()
    assert list(said(table)) == ["MEDLINE", "MEDLINE, run 2"]
    assert table.frame["strategy"].tolist() == [STRATEGY, STRATEGY]
    assert [c.key for c in table.columns] == ["source", "kind", "searched", "strategy", "platform", "limits", "peer_review", "hits"]
    assert table.notes == ("Recorded for no search: filters.",)
    assert table.html().count("<br>") == 6


def test_merges_are_counted_by_the_rule_that_made_them(team: Team) -> None:
    search = team.search()
    one, two, three = (team.article(search, title) for title in ("One", "Two", "Three"))
    team.article(search, "Four", "10.1000/182")
    team.article(search, "Four.", "10.1000/182")
    team.lead.studies.merge([one, two], reason="the same text")
    table = team.nobody.tables.duplicates()
    assert {rule: row[-1] for rule, row in said(table).items()} == {"same doi": "1", "person": "1"}
    assert said(table)["same doi"][1] == f"duplicate-rules, version {RULES_VERSION}" and said(table)["person"][1] == "a person"
    assert table.notes[0].startswith("Duplicate records removed: 2.") and three
    assert "those that joined nothing are not listed" in table.notes[1]


def test_screening_says_who_was_due_and_how_disagreements_ended(team: Team) -> None:
    search = team.search()
    one, two, three = (team.article(search, title) for title in ("One", "Two", "Three"))
    team.decide(one, "exclude", "exclude")
    team.decide(two, "include", "exclude")
    team.decide(three, "include", "exclude")
    team.lead.screening.resolve(two, stage="title_abstract", decision="exclude", note="another disease")
    table = team.nobody.tables.screening_process()
    first = {aspect: row[0] for aspect, row in said(table).items()}
    assert first["Reviewers due"] == first["Reviewers who decided"] == "2"
    assert first["Decided by all who were due"] == "3 of 3 reports"
    assert first["Disagreements"] == "1 settled by a third person; 1 open"
    assert first["Independence"] == "each decided without seeing the other's answer"
    assert said(table)["Independence"][1] == "" and said(table)["Automation"] == ["none", "none", "none"]
    settled = [(e.what.partition(",")[0], e.role) for e in table.traces["settled-title-abstract"].entries]
    two_, three_ = ([(f"{title}: {said}", "reviewer") for said in ("Include", "Exclude")] for title in ("Two", "Three"))
    assert settled == [*two_, ("Two: Exclude", "lead"), *three_]


def test_what_tools_took_out_is_said_with_their_names(team: Team) -> None:
    search = team.search()
    one, _, three = (team.article(search, title) for title in ("One", "Two", "Three"))
    team.r1.screening.remove([one], by="automation", tool="a filter, version 2", reason="not in people")
    team.decide(three, "exclude", "exclude")
    team.lead.screening.stop(rule="the last 50 were not eligible", target_recall="0.95", note="safe to stop")
    assert said(team.nobody.tables.screening_process())["Automation"][0].split("\n") == [
        "a filter, version 2: not in people: 1 removed before screening",
        "stopped by a person under the rule the last 50 were not eligible (target recall 0.95): 1 not screened. "
        "At that moment the test that recall was below 0.95 gave p = 0.500: the target was not reached with 95 % confidence",
    ]


def test_the_order_of_reading_is_said_with_what_made_it(team: Team) -> None:
    search = team.search()
    one, two, three = (team.article(search, title) for title in ("One", "Two", "Three"))
    for rv, model in zip(team.both, ("elas-u4", "random"), strict=True):
        rv.screening.decide(one, stage="title_abstract", decision="include", rank=1, model=model)
        rv.screening.decide(two, stage="title_abstract", decision="include", rank=2, model="elas-u4")
    team.decide(three, "include", "include")
    table = team.nobody.tables.screening_process()
    assert said(table)["Automation"][0] == (
        "order of reading, which decided nothing: of 6 answers of people 3 on records ranked by what had been decided (elas-u4); "
        "1 on records drawn at random; random share by the protocol 0.05"
    )
    assert len(table.traces["automation-title-abstract"].entries) == 4


def test_one_reviewer_alone_is_said_so(tmp_path: Path) -> None:
    alone = PLAN + "\n[settings]\nreviewers_per_stage = { title_abstract = 1, full_text = 2 }\n"
    team = make_team(tmp_path / "alone", plan=alone)
    report = team.article(team.search(), "One")
    team.r1.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1")
    assert said(team.nobody.tables.screening_process())["Independence"][0] == "one person decided alone"
    team.ledger.close()


def test_extraction_says_how_its_values_stand(team: Team) -> None:
    study = team.include(team.article(team.search(), "One"), "included")
    for rv in team.both:
        rv.extraction.record(study, item="participants", value="40", quotation="40 people", location="page 3")
    team.lead.extraction.contact(study, whom="the authors", when="2026-01-06", asked="How many were women?")
    found = said(team.nobody.tables.data_collection())
    assert found["Extractors due for each value"] == ["2"]
    assert "1 extracted independently by two" in found["How the values stand"][0]
    assert found["Questions to authors and sponsors"] == ["1 asked about 1 study, 0 answered"]


def test_independence_is_counted_from_what_people_did(tmp_path: Path) -> None:
    """Two who worked apart, a lead who answers blind like the others, one alone: each value and result is counted as what it is."""
    plan = PLAN.replace('roles = ["lead"]', 'roles = ["lead", "extractor", "assessor"]')
    team = make_team(tmp_path / "led", plan=plan)
    one, two = (team.include(team.article(team.search(), title, year=year), "included") for title, year in (("One", 2001), ("Two", 2002)))
    before = said(team.nobody.tables.data_collection()), said(team.nobody.tables.appraisal_process())
    assert before[0]["Independence"] == [""] and before[0]["Extractors who recorded or checked a value"] == ["0"]
    where = {"value": "4", "quotation": "4", "location": "p. 1"}
    for item, who in (("events", team.both), ("participants", (team.r1, team.lead)), ("centres", (team.lead, team.r2))):
        for rv in who:
            rv.extraction.record(one, item=item, **where)
    team.r1.extraction.record(two, item="events", **where)
    for study, who in ((one, (team.r1, team.lead)), (two, team.both)):
        for rv in who:
            rv.bias.not_assessed(study, tool="jbi-case-series", reason="no result")
    apart = "by two people, neither of whom could see the other's answer"
    found = said(team.nobody.tables.data_collection())
    assert found["Independence"] == [f"3 of 3 {apart}"], "what r1 alone has open is not counted"
    assert said(team.r1.tables.data_collection())["Independence"] == [f"3 of 4 {apart}\n1 of 4 by one person"]
    assert found["Extractors who recorded or checked a value"] == ["3"]
    [row] = said(team.nobody.tables.appraisal_process()).values()
    assert row[1:4] == ["2", "3", f"2 of 2 {apart}"]
    team.ledger.close()


def test_who_was_shown_an_open_answer_before_the_role_came_has_seen_it(team: Team) -> None:
    """The lead sees r1's first value while only leading, and is to extract from then on: the second value is given blind."""
    study = team.include(team.article(team.search(), "One"), "included")
    where = {"value": "4", "quotation": "4", "location": "p. 1"}
    team.r1.extraction.record(study, item="events", **where)
    amended(team, 'roles = ["lead"]', 'roles = ["lead", "extractor"]')
    team.r1.extraction.record(study, item="participants", **where)
    lead = Review.open(team.folder, reviewer="lead", ledger=team.ledger)
    for item in ("events", "participants"):
        lead.extraction.record(study, item=item, **where)
    assert said(team.nobody.tables.data_collection())["Independence"] == [
        "1 of 2 by two people, neither of whom could see the other's answer\n1 of 2 by two people, one of whom could see the other's answer"
    ]


def test_nobodys_open_answer_is_counted_or_shown(team: Team) -> None:
    """What r1 answered alone changes no table for r2, for one who only looks, and does for r1."""
    search = team.search()
    study = team.include(team.article(search, "One"), "included")
    open_ = team.article(search, "Two")
    before = {rv: told(rv) for rv in (team.r1, team.r2, team.nobody)}
    team.r1.screening.decide(open_, stage="title_abstract", decision="exclude", reason="P1")
    team.r1.extraction.record(study, item="masking", value="double", quotation="double-blind", location="page 1")
    team.r1.bias.not_assessed(study, tool="jbi-case-series", reason="no result")
    assert told(team.r2) == before[team.r2] and told(team.nobody) == before[team.nobody]
    assert told(team.r1) != before[team.r1]
