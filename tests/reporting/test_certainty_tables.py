"""Summaries of findings, evidence profiles, findings that are not graded: columns, heads, footers, notes, files, and hostile text."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from pypdf import PdfReader

from review.certainty import DOWN, Baseline, Effect, Threshold
from review.errors import InputRefused
from review.model.certainty import CertaintyGraded
from review.reporting.table import Cell, Column, Table
from tests.rooms.graded import COMPARISON, HOSTILE, NO_CONCERN, graded
from tests.rooms.team import Team


@pytest.fixture(scope="module")
def fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    team = graded(tmp_path_factory.mktemp("graded") / "review")
    yield team
    team.ledger.close()


@pytest.fixture(scope="module")
def summary(fixture: Team) -> Table:
    return fixture.nobody.tables.summary_of_findings(COMPARISON)


@pytest.fixture(scope="module")
def profile(fixture: Team) -> Table:
    return fixture.nobody.tables.evidence_profile(COMPARISON)


def row(table: Table, name: str) -> dict[str, Cell]:
    found = next(cells for cells in table.rows if cells[0].text.startswith(name))
    return dict(zip([c.key for c in table.columns], found, strict=True))


def said(table: Table, cell: Cell) -> list[str]:
    assert all(note in table.letters for note in cell.notes)
    return list(cell.notes)


def test_the_columns_and_the_lines_above_them(summary: Table) -> None:
    assert [c.head for c in summary.columns][:3] == ["Outcome", "With placebo", "With drug A"]
    assert summary.groups == (("", 1), ("Anticipated absolute effects (CI)", 2), ("", 4))
    assert summary.above == (
        ("Population", "adults with a fixture disease"),
        ("Setting", "two clinics"),
        ("Intervention", "drug A"),
        ("Comparison", "placebo"),
    )


def test_a_row_holds_what_the_handbook_asks(summary: Table) -> None:
    death = row(summary, "Death (12 months)")
    assert (death["comparator"].text, death["intervention"].text) == ("30 per 1,000", "24 per 1,000\n(9 to 61)")
    assert (death["relative"].text, death["participants"].text) == ("OR 0.8\n(0.3 to 2.1)", "238\n(2 studies, randomised)")
    assert death["certainty"].text == "⊕◯◯◯\nVery low"
    assert death["comment"].text == "The evidence is very uncertain about the effect of drug A on Death."
    assert said(summary, death["comparator"]) == ["With the comparator: median of the trials"]
    assert said(summary, death["relative"]) == ["Effect entered by hand: Fixture trial 1"]
    assert said(summary, death["certainty"]) == [
        "Risk of bias, serious (−1): both trials were open",
        "Imprecision, very serious (−2): few events",
    ]


def test_each_baseline_risk_has_its_row_with_its_source_and_its_sentence(summary: Table) -> None:
    low, high = (row(summary, f"Activity\n{label} risk") for label in ("low", "high"))
    assert (low["comparator"].text, low["intervention"].text) == ("13 per 1,000", "6 per 1,000\n(2 to 15)")
    assert (high["comparator"].text, high["intervention"].text) == ("130 per 1,000", "59 per 1,000\n(23 to 147)")
    assert said(summary, low["comparator"]) == ["With the comparator, low risk: median of the trials"]
    assert said(summary, high["comparator"]) == ["With the comparator, high risk: Fixture trial 2"]
    assert low["comment"].text == "Drug A probably reduces Activity slightly."
    assert high["comment"].text == "Drug A probably results in a large reduction in Activity."
    for key in ("relative", "participants", "certainty"):
        assert low[key] == high[key], "one grading, whatever the risk"


def test_no_sentence_without_a_threshold_and_no_number_for_what_was_not_stated(summary: Table) -> None:
    infection, fatigue = row(summary, "Serious infection"), row(summary, "Fatigue")
    assert infection["comment"].missing == "empty" and "no threshold" in infection["comment"].why
    assert infection["certainty"].text.endswith("Moderate") and infection["participants"].text == "2,200\n(1 study, not randomised)"
    assert fatigue["relative"].missing == "empty" and fatigue["participants"].text == "number not stated\n(2 studies, randomised)"
    assert fatigue["comment"].text.endswith("Measured by the patients.") and "Lower is better" in fatigue["outcome"].text
    assert "The ratings give high" in said(summary, fatigue["certainty"])[0]


def test_an_impossible_risk_is_held_and_marked_and_the_effect_stands_as_stated(tmp_path: Path) -> None:
    team = graded(tmp_path / "review")
    given: dict[str, Any] = {"comparison": COMPARISON, "start": "randomised", "ratings": NO_CONCERN, "studies": 1}
    try:
        for rv in team.both:
            sizes = Threshold(5, 20, 40, "protocol")
            fewer, more = Effect("RD", "-0.05", "-0.10", "0.01", "a trial"), Effect("RR", 3, 2, 5, "a trial")
            rv.certainty.grade("Hospital days", effect=fewer, baseline=Baseline("0.03", source="a register"), threshold=sizes, **given)
            rv.certainty.grade("Quality of life", effect=more, baseline=Baseline("0.5", source="a register"), threshold=sizes, **given)
        table, profile = team.nobody.tables.summary_of_findings(COMPARISON), team.nobody.tables.evidence_profile(COMPARISON)
        days, life = row(table, "Hospital days"), row(table, "Quality of life")
        assert (days["intervention"].text, days["relative"].text) == ("0 per 1,000\n(0 to 40)", "RD −0.05\n(−0.10 to 0.01)")
        note = "With drug A: held at 0 per 1,000; the effect as stated leads to −20 (−70 to 40)"
        assert said(table, days["intervention"]) == [note] == said(profile, row(profile, "Hospital days")["absolute"])
        assert row(profile, "Hospital days")["absolute"].text == "50 fewer per 1,000\n(100 fewer to 10 more)"
        assert days["comment"].text == "Drug A results in a large reduction in Hospital days.", "of the size that was stated, 50 fewer"
        assert life["intervention"].text.startswith("1,000 per 1,000") and "held at 1,000 per 1,000" in said(table, life["intervention"])[0]
        assert life["comment"].missing == "empty" and "no size follows at this risk" in life["comment"].why
    finally:
        team.ledger.close()


def test_at_most_seven_outcomes_and_none_is_dropped(fixture: Team, summary: Table) -> None:
    second = fixture.nobody.tables.summary_of_findings(COMPARISON, part=2)
    first, further = ([cells[0].trace for cells in table.rows] for table in (summary, second))
    assert (len(set(first)), len(set(further))) == (7, 2) == (len(first) - 1, len(further)), "one outcome has two risks"
    assert len({*first, *further}) == 9 == len(fixture.nobody.protocol.outcomes)
    names = [cells[0].text.split("\n")[0].split(" (")[0] for cells in summary.rows]
    assert names[:4] == ["Activity", "Activity", "Death", "Serious infection"], "critical before important"
    assert any(note.startswith("2 more outcomes in part 2: ") for note in summary.notes)
    assert all(cell.missing == "empty" for cells in second.rows for cell in cells[1:]), "nothing was graded there"
    assert "Not graded: only one arm was reported" in [*summary.letters, *second.letters]
    with pytest.raises(InputRefused, match="has no part 3"):
        fixture.nobody.tables.summary_of_findings(COMPARISON, part=3)


def test_the_footers_say_on_what_the_numbers_rest(summary: Table) -> None:
    below = " ".join(summary.notes)
    for words in ("RR: risk ratio", "OR: odds ratio", "halves away from zero", "Randomised evidence starts at high", "⊕⊕◯◯ Low"):
        assert words in below
    assert "grade_start_nrs = 'low'" in below
    assert "MD: " not in below and "RD: " not in below, "only what is printed"


def test_the_profile_shows_every_domain(profile: Table) -> None:
    death, infection = row(profile, "Death"), row(profile, "Serious infection")
    assert len(profile.rows) == 9 and {*DOWN} <= {c.key for c in profile.columns}
    assert [death[d].text for d in DOWN] == ["serious (−1)", "not serious", "not serious", "very serious (−2)", "undetected"]
    assert death["absolute"].text == "6 fewer per 1,000\n(21 fewer to 31 more)"
    assert (death["n_intervention"].text, death["n_comparator"].missing) == ("238 in all", "empty")
    assert (infection["n_intervention"].text, infection["n_comparator"].text) == ("1,000", "1,200")
    assert infection["other"].text == "large effect: large (+1)" and infection["importance"].text == "important"
    assert [span for group, span in profile.groups if group] == [8, 2, 2]


def test_a_domain_that_a_stored_grading_does_not_rate_stays_empty(tmp_path: Path) -> None:
    team = graded(tmp_path / "review")
    try:
        certainty = team.r1.certainty
        event = certainty._seat.event(certainty.gradings(COMPARISON)[0].events[0])
        told = {**event.body, "outcome": "o9", "ratings": {"imprecision": -1}}
        for rv in team.both:
            rv.certainty._seat.pen.write(CertaintyGraded.kind, "outcome:o9", CertaintyGraded(**told))
        eyes = row(team.nobody.tables.evidence_profile(COMPARISON), "Dry eyes")
        assert eyes["imprecision"].text == "serious (−1)"
        assert {eyes[d].missing for d in DOWN if d != "imprecision"} == {"empty"}
    finally:
        team.ledger.close()


def test_each_level_leads_to_its_gradings(fixture: Team, summary: Table) -> None:
    trace = summary.traces[row(summary, "Death")["outcome"].trace]
    graded_ = [e for e in trace.entries if e.what.startswith("Graded: Very low")]
    assert len(graded_) == 2 and all(e.role == "assessor" for e in graded_)
    assert {fixture.nobody.certainty._seat.event(e.event).kind for e in graded_} == {"certainty.graded"}


def test_text_that_was_typed_stays_text(summary: Table, tmp_path: Path) -> None:
    page = html.fromstring(summary.html())
    assert not page.xpath("//script") and HOSTILE in " ".join(page.text_content().split())
    with zipfile.ZipFile(summary.docx(tmp_path / "s.docx")) as parts:
        word = parts.read("word/document.xml").decode("utf-8")
    assert "&lt;script&gt;" in word and "<script" not in word
    made = summary.pdf(tmp_path / "s.pdf")
    assert (made.standard, made.missing) == ("ua-1", ())
    printed = "".join("".join(p.extract_text() for p in PdfReader(made.path).pages).split())
    assert "<script>" in printed and "⊕⊕⊕◯" in printed and "Population:adultswithafixturedisease" in printed


def test_heads_over_heads_are_told_in_every_form(summary: Table, profile: Table, tmp_path: Path) -> None:
    page = html.fromstring(summary.html())
    first, second = page.xpath("//thead/tr")
    assert [(th.get("colspan"), th.get("rowspan")) for th in first] == [(None, "2"), ("2", None), *[(None, "2")] * 4]
    assert [th.text_content() for th in second] == ["With placebo", "With drug A"]
    with zipfile.ZipFile(profile.docx(tmp_path / "p.docx")) as parts:
        word = parts.read("word/document.xml").decode("utf-8")
    assert re.findall(r'w:gridSpan w:val="(\d+)"', word) == ["8", "2", "2"]
    assert word.count('<w:vMerge w:val="restart"/>') == word.count("<w:vMerge/>") == 3 and word.count("<w:tblHeader/>") == 2
    with summary.csv(tmp_path / "s.csv", spreadsheet=True).open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file))[1] == "Anticipated absolute effects (CI): With placebo"
    with summary.csv(tmp_path / "raw.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8 and rows[2]["certainty"] == "⊕◯◯◯\nVery low"
    assert Table.from_json(summary.to_json()).html() == Table.from_json(Table.from_json(summary.to_json()).to_json()).html()
    assert Table.from_json(summary.to_json()).above == summary.above


def test_a_table_without_heads_over_heads_is_as_before() -> None:
    plain = Table("t", "T", (Column("a", "A"), Column("b", "B", unit="mg")), ((Cell("1"), Cell("2")),))
    assert plain.groups == () and plain.html().count("<tr>") == 2 and 'class="above"' not in plain.html()
    assert "above" not in plain.to_json() and "group" not in plain.to_json()["columns"][0]


def test_changed_evidence_and_open_conflicts_are_flagged(tmp_path: Path) -> None:
    team = graded(tmp_path / "review")
    try:
        assert "evidence changed" not in team.nobody.tables.summary_of_findings(COMPARISON).text()
        team.include(team.article(team.search("Source 3"), "Fixture trial 3"), "included")
        flagged = team.nobody.tables.summary_of_findings(COMPARISON)
        assert {cell.flag for cells in flagged.rows for cell in cells if cell.flag} == {"evidence changed since"}
        assert any(note.startswith("Since it was graded: included since: ") for note in flagged.letters)
        team.r1.certainty.not_graded("Death", comparison=COMPARISON, reason="on second thoughts")
        death = row(team.nobody.tables.summary_of_findings(COMPARISON), "Death")
        assert (death["certainty"].missing, death["certainty"].flag) == ("empty", "conflict open")
        assert any("o1, drug A versus placebo: nothing → Moderate" in line for line in team.nobody.diff("2026-01-04", "2027-01-01").lines)
    finally:
        team.ledger.close()


def test_findings_without_a_comparison_are_set_out_and_not_graded(fixture: Team) -> None:
    table = fixture.nobody.tables.narrative_findings()
    assert len(table.rows) == 9 and {cells[3].text for cells in table.rows} == {"not graded"}
    assert any("graded for a stated comparison only" in note for note in table.notes)
    with pytest.raises(InputRefused, match="states no comparison"):
        fixture.nobody.tables.summary_of_findings("drug A versus none")


def test_how_certainty_was_judged(fixture: Team) -> None:
    told = {cells[0].text: cells[1].text for cells in fixture.nobody.tables.certainty_process().rows}
    assert told["Outcomes graded"] == "4 agreed\n1 not graded, with the reason" and told["Assessors who graded"] == "2"
    assert told["Where evidence starts"].startswith("randomised high; non-randomised low; single-arm low")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("药物 versus 安慰剂", "药物 versus 常规"),
        ("drug-A versus placebo", "drug A versus placebo"),
        ("A versus " + "b" * 99, "A versus " + "b" * 98),
    ],
)
def test_comparisons_never_share_a_key(fixture: Team, one: str, other: str) -> None:
    first, second = (fixture.nobody.tables.summary_of_findings(name) for name in (one, other))
    assert first.key != second.key and max(len(first.key), len(second.key)) < 120 and re.fullmatch(r"[a-z0-9-]+", first.key)
    assert not set(first.traces) & set(second.traces)


def test_a_comparison_that_nobody_graded_keeps_its_rows(fixture: Team) -> None:
    table = fixture.nobody.tables.summary_of_findings("drug A versus usual care")
    assert len(table.rows) == 7 and all(cell.missing == "empty" for cells in table.rows for cell in cells[1:])
    assert [t.key for t in fixture.nobody.tables.graded()] == [
        "summary-of-findings-drug-a-versus-placebo",
        "summary-of-findings-drug-a-versus-placebo-2",
        "evidence-profile-drug-a-versus-placebo",
    ]
