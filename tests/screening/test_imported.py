"""Decisions of other tools in a review: what is kept, matched, refused; who may see them, what replaces them, what the reports say."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from review import Review
from review.cli import app, main
from review.errors import InputRefused, NotAllowed, NotFound
from review.reporting.exclusions import excluded_reports
from review.screening.decision_receipt import DecisionReceipt
from tests.rooms.team import PLAN, Team, broken, make_team
from tests.screening.exports import Paper, asreview, covidence, rayyan, table, votes

PAPERS = [
    Paper(f"Dry mouth, part {n}: a trial", 2000 + n, f"10.1000/x{n}" if n % 2 else "", "" if n % 2 else str(500 + n)) for n in range(8)
]
HOSTILE = '</script><img src=x onerror="alert(1)">=cmd|calc'


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    search = made.search()
    for paper in PAPERS:
        made.article(search, paper.title, *([f"doi:{paper.doi}"] if paper.doi else [f"PMID: {paper.pmid}"]), year=paper.year)
    yield made
    made.ledger.close()


def ids(team: Team) -> list[str]:
    """The reports of PAPERS, in their order."""
    return [r.id for p in PAPERS for r in team.lead.studies.report_views() if r.title == p.title]


def take(team: Team, data: bytes, name: str = "export.csv", **how: object) -> DecisionReceipt:
    """The receipt of these bytes, imported by the lead at title and abstract unless said otherwise."""
    file = team.folder / name
    file.write_bytes(data)
    found = team.lead.screening.import_decisions(file, **{"stage": "title_abstract", **how})  # type: ignore[arg-type]
    assert found.read == found.kept + found.unmatched + found.refused
    return found


def outcome(team: Team, n: int, stage: str = "title_abstract") -> str | None:
    """What stands on the n-th paper."""
    report = {r.id: r for r in team.nobody.studies.report_views()}[ids(team)[n]]
    return team.nobody.screening.standing(report, stage).outcome


def simple(rows: Sequence[tuple[Paper, str, str]]) -> bytes:
    """A table of (paper, decision, reason)."""
    head = ("title", "year", "doi", "pmid", "decision", "reason")
    return table(
        head,
        [{"title": p.title, "year": str(p.year), "doi": p.doi, "pmid": p.pmid, "decision": d, "reason": r} for p, d, r in rows],
    )


def test_a_consensus_ends_the_stage_and_stands_in_the_flow(team: Team) -> None:
    found = take(team, simple([(PAPERS[0], "include", ""), (PAPERS[1], "exclude", "P1"), (PAPERS[2], "exclude", ""), (PAPERS[3], "", "")]))
    assert (found.read, found.kept, found.new, found.unmatched, found.refused) == (4, 3, 3, 0, 1)
    assert [outcome(team, n) for n in range(4)] == ["include", "exclude", "exclude", None]
    flow = team.nobody.flow()
    assert flow.boxes["records_excluded_human"].counts == {"Not met: People with the disease": 1, "reason not recorded": 1}
    assert any("imported as consensus from export.csv (CSV): 3" in note for note in flow.notes) and broken(team) == []
    assert set(team.r1.screening.queue("title_abstract")) == set(ids(team)[3:])
    assert team.nobody.screening.agreement("title_abstract").n == 0, "a consensus has no agreement"
    assert [one.decisions for one in team.nobody.screening.imports()] == [3]


def test_fewer_named_reviewers_than_are_due_are_no_consensus(team: Team) -> None:
    votes_of = (
        votes(("Anna", "Excluded")),
        votes(("Anna", "Excluded"), ("Ben", "Excluded")),
        votes(("Anna", "Included"), ("Ben", "Included"), ("Cleo", "?")),
        votes(("Anna", "Included"), ("Ben", "")),
    )
    found = take(team, rayyan([(PAPERS[n], said) for n, said in enumerate(votes_of)]))
    assert (found.read, found.kept, found.refused) == (4, 1, 3)
    assert [outcome(team, n) for n in range(4)] == [None, "exclude", None, None]
    one, split, half = found.problems[found.problems.outcome == "refused"].itertuples()
    assert "the decision of 1 of the 2 reviewers due" in one.message and 'as_="reviewers"' in one.next_step
    assert "is not one decision" in split.message and "1 of the 2" in half.message
    head = ("title", "year", "doi", "pmid", "decision", "reviewer")
    rows = [{"title": PAPERS[5].title, "year": str(PAPERS[5].year), "decision": "include", "reviewer": who} for who in ("Anna", "Ben")]
    assert take(team, table(head, rows), "rows.csv").refused == 2, "a line of one reviewer is an answer"
    team.lead.screening.allocate("title_abstract", scheme="all", double_share=0)
    assert take(team, rayyan([(PAPERS[0], votes_of[0])]), "alone.csv").kept == 1, "where one is due, one is enough"


def test_tables_say_what_an_imported_consensus_decided_and_that_its_readers_are_not_known(team: Team) -> None:
    def process(rv: Review) -> dict[str, str]:
        return {row[0].text: row[1].text for row in rv.tables.screening_process().rows}

    assert [column.head for column in team.nobody.tables.allocation().columns][2:] == ["Read by two", "Read by one", "Wait"]
    team.r1.screening.decide(ids(team)[0], stage="title_abstract", decision="include")
    for n, second in ((1, "include"), (2, "exclude")):
        team.decide(ids(team)[n], "include", second)
    take(team, simple([(PAPERS[n], "include", "") for n in (0, 2, 3)]))
    for rv in (team.nobody, team.r2, team.lead):
        allotted = rv.tables.allocation()
        assert [column.head for column in allotted.columns][2:] == [
            "Read by two",
            "Read by one",
            "By imported consensus, readers not known",
            "Wait",
        ]
        assert [cell.text for cell in allotted.rows[0]][2:] == ["2", "0", "2", "4"]
        said = process(rv)
        assert said["Decided by all who were due"] == "2 of 8 reports; 2 more by imported consensus, readers not known"
        assert said["Disagreements"] == "1 settled by an imported consensus"
        assert said["Reviewers who decided"] == "2; not known for 2 decided by imported consensus"
    team.r2.screening.decide(ids(team)[0], stage="title_abstract", decision="include")
    assert process(team.lead)["Disagreements"] == "1 settled by an imported consensus", "those two agreed"
    team.lead.screening.undo_import("export.csv")
    only = take(team, simple([(PAPERS[5], "exclude", "P1")]), "only.csv")
    assert only.kept == 1 and process(team.nobody)["Disagreements"] == "1 open"


def test_a_conflict_shows_the_words_of_an_imported_reason(team: Team) -> None:
    given_ = votes(("r1", "Excluded"), ("r2", "Included"), reasons=HOSTILE)
    take(team, rayyan([(PAPERS[0], given_)]), as_="reviewers")
    conflict = team.lead.screening.conflict(ids(team)[0], "title_abstract")
    assert conflict is not None
    assert sorted((side.decision, side.reason, side.reason_words) for side in conflict.sides) == [
        ("exclude", None, HOSTILE),
        ("include", None, ""),
    ]
    row = team.lead.screening.conflicts().iloc[0]
    assert {row.reason_first, row.reason_second} == {f"“{HOSTILE}”, as imported", None}


def test_answers_of_reviewers_make_panels_conflicts_and_agreement(team: Team) -> None:
    given_ = [("Anna", "Included"), ("Ben", "Excluded")]
    data = rayyan([(PAPERS[n], votes(*given_[: 1 + n % 2], reasons="wrong population")) for n in range(4)])
    found = take(team, data, as_="reviewers", reviewers={"Anna": "r1", "ben": "r2"}, reasons={"Wrong population": "P1"})
    assert (found.read, found.kept, found.tool) == (6, 6, "Rayyan")
    assert team.lead.screening.unresolved("title_abstract") == [(ids(team)[n], "title_abstract") for n in (1, 3)]
    assert team.nobody.screening.agreement("title_abstract", method="raw").n == 2
    assert ids(team)[0] in team.r2.screening.queue("title_abstract") and ids(team)[0] not in team.r1.screening.queue("title_abstract")
    report = team.lead.screening.resolve(ids(team)[1], stage="title_abstract", decision="include")
    assert report and outcome(team, 1) == "include"


def test_an_imported_answer_is_as_blind_as_another(team: Team) -> None:
    take(team, rayyan([(PAPERS[0], votes(("r1", "Excluded"), reasons=HOSTILE))]), as_="reviewers")
    view = {r.id: r for r in team.lead.studies.report_views()}[ids(team)[0]]
    assert [len(rv.screening.visible_events()) for rv in (team.r1, team.r2, team.nobody, team.lead)] == [1, 0, 0, 1]
    assert [len(rv.screening.panel(view, "title_abstract").answers) for rv in (team.r1, team.r2, team.nobody)] == [1, 0, 0]
    assert team.r2.screening.open_of_others() and not team.r1.screening.open_of_others()
    assert "HOSTILE" not in str(team.r2.flow()) and HOSTILE not in team.r2.tables.screening_process().html()
    with pytest.raises(NotAllowed, match="cannot be exported by you now"):
        team.r2.export(team.folder / "out")


def test_the_same_file_again_is_nothing_new_and_undone_it_can_come_again(team: Team) -> None:
    data = simple([(PAPERS[0], "include", ""), (PAPERS[1], "exclude", "P1")])
    assert take(team, data).new == 2
    events = team.ledger.count()
    again = take(team, data)
    assert (again.kept, again.new, again.refused, team.ledger.count()) == (2, 0, 0, events)
    assert team.lead.screening.undo_import("export.csv") == 2
    assert [outcome(team, n) for n in range(2)] == [None, None] and team.nobody.screening.imports() == []
    assert team.lead.screening.undo_import(again.sha256) == 0
    assert take(team, data).new == 2
    assert [outcome(team, n) for n in range(2)] == ["include", "exclude"]
    one = next(
        e
        for e in team.lead.screening.visible_events()
        if e.subject == ids(team)[0] and team.lead.screening.frame().set_index("event").live[e.id]
    )
    team.lead.screening.undo(one.id)
    assert [outcome(team, n) for n in range(2)] == [None, "exclude"]
    with pytest.raises(NotFound, match="no decisions were imported from 'expert.csv'"):
        team.lead.screening.undo_import("expert.csv")


def test_the_file_is_kept_whole(team: Team) -> None:
    data = simple([(PAPERS[0], "include", "")])
    found = take(team, data)
    assert team.ledger.blob(found.sha256) == data
    assert team.lead.verify() == []


def test_a_later_own_decision_replaces_the_imported_one_and_no_import_replaces_it(team: Team) -> None:
    data = rayyan([(PAPERS[0], votes(("r1", "Included")))])
    take(team, data, as_="reviewers")
    team.r1.screening.decide(ids(team)[0], stage="title_abstract", decision="exclude", reason="P1")
    frame = team.lead.screening.frame()
    assert list(zip(frame.kind, frame.reviewer, frame.live, strict=True)) == [
        ("screening.imported", "r1", False),
        ("screening.decided", "r1", True),
    ]
    again = take(team, data, as_="reviewers")
    assert (again.kept, again.new) == (1, 0), "it was taken in, and then changed"
    other = take(team, rayyan([(PAPERS[0], votes(("r1", "Maybe")))]), "other.csv", as_="reviewers")
    assert other.refused == 1 and "an answer of r1 stands already" in other.problems.message[0]
    with pytest.raises(NotAllowed, match="r2 may not replace or withdraw"):
        team.r2.screening.undo(frame.event[0])


def test_what_is_settled_is_not_settled_again(team: Team) -> None:
    team.decide(ids(team)[0], "exclude", "exclude")
    team.decide(ids(team)[1], "include", "exclude")
    found = take(team, simple([(PAPERS[0], "include", ""), (PAPERS[1], "include", "")]))
    assert (found.kept, found.refused) == (1, 1), "an open conflict may be ended, what two have decided may not"
    assert (outcome(team, 0), outcome(team, 1)) == ("exclude", "include")
    twice = take(team, simple([(PAPERS[1], "exclude", ""), (PAPERS[2], "include", ""), (PAPERS[2], "exclude", "")]), "b.csv")
    assert list(twice.problems.message[:2]) == ["a resolution stands already", "line 3 of this file has decided on the same report already"]


def test_a_record_is_found_by_identifiers_then_by_title_and_year_and_never_nearly(team: Team) -> None:
    shouted = Paper(PAPERS[3].title.upper().replace(":", " – ") + ".", PAPERS[3].year)
    rows = [
        (Paper("Another title", 1990, PAPERS[1].doi.upper()), "include", ""),
        (shouted, "include", ""),
        (Paper(PAPERS[5].title, 1999), "include", ""),
        (Paper(PAPERS[5].title, PAPERS[5].year, "10.1000/another"), "include", ""),
        (Paper("x", 2020, PAPERS[1].doi, PAPERS[2].pmid), "include", ""),
        (Paper("Nobody has this"), "include", ""),
    ]
    found = take(team, simple(rows))
    assert (found.kept, found.unmatched) == (2, 4)
    assert [outcome(team, n) for n in (1, 3, 5)] == ["include", "include", None]
    told = list(found.problems[found.problems.outcome == "unmatched"].message)
    assert "no report of this review" in told[0] and "another DOI" in told[1] and "those of 2 reports" in told[2]
    assert list(found.problems[found.problems.outcome == "unmatched"].line) == [4, 5, 6, 7]


def test_two_reports_of_one_title_are_not_told_apart_by_it(team: Team) -> None:
    search = team.search("Scopus", "database")
    for doi in ("10.1000/aaa", "10.1000/bbb"):
        team.article(search, "Editorial", f"doi:{doi}", year=2020)
    found = take(team, simple([(Paper("Editorial"), "include", ""), (Paper("Editorial", 2020, "10.1000/bbb"), "include", "")]))
    assert (found.kept, found.unmatched) == (1, 1)


def test_full_text_needs_a_document_in_hand_and_reasons_that_are_reasons(team: Team) -> None:
    take(team, simple([(p, "include", "") for p in PAPERS[:5]] + [(PAPERS[5], "exclude", "")]))
    rows = [
        (PAPERS[0], "include", ""), (PAPERS[1], "exclude", "Wrong design"), (PAPERS[2], "exclude", ""),
        (PAPERS[3], "exclude", "Odd; animals"),
        (PAPERS[4], "exclude", "Ongoing study"), (PAPERS[5], "exclude", ""),
    ]  # fmt: skip
    how = {"stage": "full_text", "reasons": {"wrong design": "S1"}}
    bare = take(team, simple(rows), "full.csv", **how)
    assert (bare.kept, bare.refused) == (0, 6) and "has not been retrieved yet" in bare.problems.message[0]
    found = take(team, simple(rows), "full.csv", retrieved=True, **how)
    assert (found.kept, found.refused) == (4, 2)
    assert [line for line, what in zip(found.problems.line, found.problems.outcome, strict=True) if what == "refused"] == [6, 7]
    flow = team.nobody.flow()
    assert flow.boxes["dbr_assessed"].n == 4 and broken(team) == []
    assert flow.boxes["dbr_excluded"].counts == {
        "Not met: An interventional study": 1,
        "reason not recorded": 1,
        "“Odd; animals”, as imported": 1,
    }
    words = [row[3].text for row in excluded_reports(team.nobody._at(None)).rows]
    assert "reason not recorded" in words and "“Odd; animals”, as imported" in words


def test_of_several_reasons_the_first_of_the_protocol_is_the_primary_one(team: Team) -> None:
    data = rayyan([(PAPERS[0], votes(("r1", "Excluded"), reasons="no drug,wrong people"))])
    take(team, data, as_="reviewers", reasons={"wrong people": "P1", "no drug": "I1"})
    assert list(team.lead.screening.frame().reason) == ["P1"]
    assert list(team.lead.screening.frame().reason_words) == ["no drug, wrong people"]


def test_origins_and_tables_say_where_a_decision_came_from(team: Team) -> None:
    notes = f"Exclusion reason: {HOSTILE}; "
    take(team, covidence([(PAPERS[0], notes), (PAPERS[1], "Exclusion reason: People;")]), "covidence.csv", reasons={"people": "P1"})
    page = team.nobody.tables.standings()
    told = [e for trace in page.traces.values() for e in trace.entries if "imported from covidence.csv" in e.what]
    assert [("line 2, Covidence" in e.what, e.role) for e in told][:1] == [(True, "import")]
    assert any(f"“{HOSTILE}”" in e.reason for e in told) and any("“People”" in e.reason for e in told)
    assert "<img" not in page._repr_html_() and "<img" not in team.nobody.flow().svg()
    process = {row[0].text: row[1].text for row in team.nobody.tables.screening_process().rows}
    assert process["Imported from other tools"] == "2 as consensus" and process["Disagreements"] == "none"
    assert "imported: exclude at title abstract" in str(team.lead.diff("2026-01-04", "2026-01-30"))


def test_only_a_lead_imports_and_only_what_makes_sense(team: Team, tmp_path: Path) -> None:
    file = team.folder / "x.csv"
    file.write_bytes(simple([(PAPERS[0], "include", ""), (PAPERS[1], "maybe", "")]))
    for rv in (team.r1, team.nobody):
        with pytest.raises(NotAllowed, match="only a lead imports decisions"):
            rv.screening.import_decisions(file, stage="title_abstract")
        with pytest.raises(NotAllowed, match="only a lead imports decisions"):
            rv.screening.undo_import("x.csv")
    asks = team.lead.screening.import_decisions
    for how, match in (
        ({"stage": "abstract"}, "is no stage"),
        ({"as_": "both"}, "not imported as 'both'"),
        ({"decision": "keep"}, "'keep' is no decision"),
        ({"reviewers": {"a": "r1"}}, "a consensus is of no reviewer"),
        ({"reasons": {"x": "Q9"}}, "no criterion 'Q9' at this stage"),
        ({"reasons": {"x": "S1"}}, "no criterion 'S1' at this stage"),
    ):
        with pytest.raises(InputRefused, match=match):
            asks(file, **{"stage": "title_abstract", **how})  # type: ignore[arg-type]
    with pytest.raises(NotFound, match="'r9' is not a reviewer"):
        asks(file, stage="title_abstract", as_="reviewers", reviewers={"a": "r9"})
    with pytest.raises(NotFound, match="not there"):
        asks(team.folder / "y.csv", stage="title_abstract")
    assert asks(file, stage="title_abstract").refused == 1, "a consensus is never unsure"
    assert asks(file, stage="title_abstract", as_="reviewers").refused == 2, "the file names nobody"
    assert asks(file, stage="title_abstract", as_="reviewers", reviewers={"": "r2"}).kept == 2, "answers may come beside a consensus"
    draft = make_team(tmp_path / "draft", frozen=False)
    with pytest.raises(NotAllowed, match="frozen"):
        draft.lead.screening.import_decisions(file, stage="title_abstract")
    draft.ledger.close()


def test_stopping_counts_an_imported_consensus_as_seen_and_removal_spares_it(team: Team) -> None:
    take(team, simple([(PAPERS[0], "include", "")]))
    with pytest.raises(NotAllowed, match="somebody has decided on it"):
        team.lead.screening.remove([ids(team)[0]], by="other", reason="too many")
    team.lead.screening.stop(rule="by hand", target_recall="0.95", note="for a test")
    assert ids(team)[0] not in team.nobody.screening.left() and broken(team) == []
    found = take(team, simple([(PAPERS[1], "include", "")]), "late.csv")
    assert found.refused == 1 and "screening of it was stopped" in found.problems.message[0]


def test_asreview_brings_its_notes(team: Team) -> None:
    take(team, asreview([(PAPERS[1], "0", "not the drug"), (PAPERS[3], "1", "")]), as_="reviewers", reviewers={"": "r1"})
    frame = team.r1.screening.frame()
    assert list(zip(frame.decision, frame.note, frame.tool, strict=True)) == [
        ("exclude", "not the drug", "ASReview"),
        ("include", "", "ASReview"),
    ]


def test_the_command_takes_in_takes_back_and_writes_out(team: Team) -> None:
    file, out = team.folder / "=a.csv", team.folder / "out.csv"
    file.write_bytes(simple([(PAPERS[0], "include", ""), (PAPERS[1], "exclude", "Wrong=people"), (Paper("?"), "include", "")]))
    place = ["--project", str(team.folder), "--as", "lead"]
    how = ["--stage", "title_abstract", "--as-consensus", "--reason", "Wrong=people=P1", "--out", str(out)]
    done = CliRunner().invoke(app, ["decisions", str(file), *how, *place])
    assert done.exit_code == 1 and "3 read = 2 kept + 1 unmatched + 0 refused" in done.output and "=a.csv:4: unmatched" in done.output
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [(r["title"], r["decision"], r["reason"], r["file"], r["line"]) for r in rows] == [
        (PAPERS[0].title, "include", "", "=a.csv", "2"),
        (PAPERS[1].title, "exclude", "P1", "=a.csv", "3"),
    ]
    assert "as it is: with --spreadsheet none is taken for a formula" in done.output
    safe = CliRunner().invoke(app, ["decisions", "--out", str(out), "--spreadsheet", *place])
    assert safe.exit_code == 0 and "--spreadsheet" not in safe.output and "'=a.csv" in out.read_text(encoding="utf-8-sig")
    assert "2 decisions taken back" in CliRunner().invoke(app, ["decisions", "--undo", "=a.csv", *place]).output
    for wrong in ([str(file), "--stage", "title_abstract"], []):
        with pytest.raises(SystemExit, match="^1$"):
            main(["decisions", *wrong, *place])


def test_what_is_written_out_can_be_taken_in(team: Team, tmp_path: Path) -> None:
    team.decide(ids(team)[0], "include", "exclude")
    team.decide(ids(team)[1], "exclude", "exclude")
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(app, ["decisions", "--out", str(out), "--project", str(team.folder), "--as", "lead"])
    assert done.exit_code == 0, done.output
    other = make_team(tmp_path / "other")
    search = other.search()
    for paper in PAPERS:
        other.article(search, paper.title, *([f"doi:{paper.doi}"] if paper.doi else [f"PMID: {paper.pmid}"]), year=paper.year)
    found = take(other, out.read_bytes(), as_="reviewers")
    assert (found.read, found.kept) == (4, 4)
    assert other.lead.screening.unresolved("title_abstract") == [(ids(other)[0], "title_abstract")]
    other.ledger.close()


WORDS = st.sampled_from(["include", "exclude", "maybe", "", "?", "1", "5", HOSTILE, "\u202e", "excluded: P1"])
ROWS = st.lists(st.tuples(st.integers(0, 9), WORDS, WORDS), max_size=12)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    made = make_team(tmp_path_factory.mktemp("shared") / "review", plan=PLAN)
    search = made.search()
    for paper in PAPERS:
        made.article(search, paper.title, year=paper.year)
    yield made
    made.ledger.close()


@settings(max_examples=40)
@given(rows=ROWS, as_=st.sampled_from(["consensus", "reviewers"]), seed=st.integers(0, 9))
def test_every_answer_is_kept_unmatched_or_refused_and_the_flow_adds_up(
    shared: Team, rows: list[tuple[int, str, str]], as_: str, seed: int
) -> None:
    papers = [*PAPERS, Paper("Nobody's"), Paper(HOSTILE)]
    file = shared.folder / f"{random.Random(seed).random()}.csv"
    file.write_bytes(simple([(papers[n], decision, reason) for n, decision, reason in rows]))
    how = {"reviewers": {"": "r1"}} if as_ == "reviewers" else {}
    found = shared.lead.screening.import_decisions(file, stage="title_abstract", as_=as_, **how)  # type: ignore[arg-type]
    assert found.read == found.kept + found.unmatched + found.refused == len(rows)
    assert len(found.problems) >= found.unmatched + found.refused and broken(shared) == []
