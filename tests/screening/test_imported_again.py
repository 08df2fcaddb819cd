"""Imports that come again or go: a table that a review wrote out, a file undone, two files of one name, one too large."""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review import Review
from review.errors import InputRefused
from review.reporting.decision_list import decision_list
from review.screening.decision_receipt import DecisionReceipt
from review.screening.importing import LARGEST
from tests.rooms.team import Team, broken, make_team

Step = tuple[int, int, str, bool]  # paper, reviewer, decision, whether it is taken back at once
STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from(["include", "exclude", "unsure"]), st.booleans()), max_size=8
)


def papers(folder: Path, *, frozen: bool) -> tuple[Team, list[str]]:
    """A review of three articles, and their reports."""
    team = make_team(folder, frozen=frozen)
    search = team.search()
    return team, [team.article(search, f"Trial {n}", f"doi:10.1000/x{n}") for n in range(3)]


def written(team: Team, to: Path, *, printed: bool = False) -> Path:
    """The CSV of every decision."""
    return decision_list(team.lead.screening.frame(), team.lead.studies.report_views()).csv(to, spreadsheet=printed)


def taken(team: Team, file: Path) -> list[DecisionReceipt]:
    """The file taken in at both stages, answers first."""
    return [
        team.lead.screening.import_decisions(file, stage=stage, as_=as_, retrieved=True)
        for stage in ("title_abstract", "full_text")
        for as_ in ("reviewers", "consensus")
    ]


def standing(team: Team) -> set[tuple[str, ...]]:
    """The live decisions outside every pilot; of what ended a stage without who did it."""
    frame = team.lead.screening.frame()
    found = frame[frame.live & frame["round"].isna()].to_dict("records")
    keys = ("report", "stage", "decision", "reason", "note", "reviewer")
    return {tuple("" if key == "reviewer" and one["kind"] == "screening.resolved" else _text(one[key]) for key in keys) for one in found}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""  # a missing value may be none of several things


def decide(rv: Review, report: str, stage: str, decision: str, **how: str) -> str:
    reason = "P1" if decision == "exclude" else None
    return rv.screening.decide(report, stage=stage, decision=decision, reason=reason, **how)  # type: ignore[arg-type]


@settings(max_examples=8, deadline=None)
@given(steps=STEPS, later=STEPS, pilot=st.sampled_from(["include", "exclude"]), printed=st.booleans())
def test_the_same_decisions_stand_in_a_copy_that_had_none(steps: list[Step], later: list[Step], pilot: str, printed: bool) -> None:
    with TemporaryDirectory() as folder:
        team, ids = papers(Path(folder) / "one", frozen=False)
        team.lead.screening.pilot(ids, round="1")
        decide(team.r1, ids[0], "title_abstract", pilot, round="1")
        team.lead.protocol.freeze()
        for n, who, decision, back in steps:
            event = decide(team.both[who], ids[n], "title_abstract", decision, note=f"note {n}")
            if back:
                team.both[who].screening.undo(event)
        for report, stage in team.lead.screening.unresolved("title_abstract"):
            team.lead.screening.resolve(report, stage=stage, decision="include", note="agreed")
        for n, who, decision, back in later:
            report = next(r for r in team.lead.studies.report_views() if r.id == ids[n])
            if team.lead.screening.sought(report):
                team.r1.screening.retrieve(ids[n], "retrieved")
                event = decide(team.both[who], ids[n], "full_text", decision)
                if back:
                    team.both[who].screening.undo(event)
        file = written(team, Path(folder) / "out.csv", printed=printed)
        copy, _ = papers(Path(folder) / "two", frozen=True)
        taken(copy, file)
        assert standing(copy) == standing(team)
        for made in (team, copy):
            made.ledger.close()


def test_what_was_changed_taken_back_or_of_a_pilot_is_a_remark(tmp_path: Path) -> None:
    team, ids = papers(tmp_path / "one", frozen=False)
    team.lead.screening.pilot(ids[2:], round="1")
    decide(team.r1, ids[2], "title_abstract", "include", round="1")
    team.lead.protocol.freeze()
    decide(team.r1, ids[0], "title_abstract", "include")
    decide(team.r1, ids[0], "title_abstract", "exclude")
    team.r1.screening.undo(decide(team.r1, ids[1], "title_abstract", "include"))
    file = written(team, tmp_path / "out.csv")
    copy, _ = papers(tmp_path / "two", frozen=True)
    first = taken(copy, file)[0]
    assert (first.read, first.kept, first.refused) == (1, 1, 0)
    told = "\n".join(first.lines())
    assert told.count("did not count when it was written out ('False')") == 2 and "pilot round '1'" in told
    assert standing(copy) == {(ids[0], "title_abstract", "exclude", "P1", "", "r1")}
    for made in (team, copy):
        made.ledger.close()


def test_a_table_of_others_with_such_a_head_is_read_as_before(tmp_path: Path) -> None:
    copy, _ = papers(tmp_path / "two", frozen=True)
    file = tmp_path / "other.csv"
    file.write_text("doi,decision,live,kind\n10.1000/x1,include,no,trial\n", encoding="utf-8")
    assert copy.lead.screening.import_decisions(file, stage="title_abstract").kept == 1
    copy.ledger.close()


def listed(to: Path, *decisions: tuple[int, str]) -> Path:
    """A list of (paper, decision) as another tool writes it."""
    to.parent.mkdir(exist_ok=True)
    to.write_text("doi,decision,reason\n" + "".join(f"10.1000/x{n},{word},P1\n" for n, word in decisions), encoding="utf-8")
    return to


def test_a_name_of_two_files_is_not_undone_without_saying_which(tmp_path: Path) -> None:
    team, ids = papers(tmp_path / "one", frozen=True)
    undo = team.lead.screening.undo_import
    first, second = (
        team.lead.screening.import_decisions(listed(tmp_path / folder / "list.csv", (n, "exclude")), stage="title_abstract").sha256
        for n, folder in enumerate("ab")
    )
    with pytest.raises(InputRefused, match="2 files were imported by the name 'list.csv'") as told:
        undo("list.csv")
    assert first in told.value.expected and second in told.value.expected and len(standing(team)) == 2
    assert undo(first) == 1 and {one[0] for one in standing(team)} == {ids[1]}
    assert undo("list.csv") == 1, "of the other nothing counts any more"
    assert undo("list.csv") == 0 and standing(team) == set()
    team.ledger.close()


def test_an_import_undone_takes_its_retrievals_with_it_but_where_somebody_else_has_read(tmp_path: Path) -> None:
    team, ids = papers(tmp_path / "one", frozen=True)
    for report in ids:
        team.decide(report, "include", "include")
    team.lead.screening.retrieve(ids[2], "retrieved", note="by hand")
    file = listed(tmp_path / "a" / "full.csv", *((n, "exclude") for n in range(3)))
    how = {"as_": "reviewers", "reviewers": {"": "r1"}, "retrieved": True}
    assert team.lead.screening.import_decisions(file, stage="full_text", **how).kept == 3  # type: ignore[arg-type]
    decide(team.r2, ids[1], "full_text", "include")
    assert team.lead.screening.undo_import("full.csv") == 3
    views = {r.id: r for r in team.lead.studies.report_views()}
    assert [team.lead.screening.retrieval(views[report])[0] for report in ids] == [None, "retrieved", "retrieved"]
    assert team.lead.screening.import_decisions(file, stage="full_text", **how).new == 3  # type: ignore[arg-type]
    assert [team.lead.screening.retrieval(views[report])[0] for report in ids] == ["retrieved"] * 3
    assert broken(team) == []
    team.ledger.close()


def test_a_file_too_large_is_refused_in_words(tmp_path: Path) -> None:
    team, _ = papers(tmp_path / "one", frozen=True)
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)  # a hole, which takes no room
    with pytest.raises(InputRefused, match="large.csv has 257 MB"):
        team.lead.screening.import_decisions(large, stage="title_abstract")
    team.ledger.close()


@pytest.mark.parametrize("printed", [False, True])
def test_what_is_written_out_says_what_each_decision_rests_on(tmp_path: Path, printed: bool) -> None:
    team, ids = papers(tmp_path / "one", frozen=True)
    team.r1.screening.decide(ids[0], stage="title_abstract", judgements={"P1": "met", "I1": "unclear"})
    team.r2.screening.decide(
        ids[0], stage="title_abstract", decision="include", judgements={"P1": "not_met", "I1": "met"}, note="a subgroup"
    )
    team.r1.screening.retrieve(ids[0], "retrieved")
    team.r1.screening.decide(ids[0], stage="full_text", decision="exclude", reason="P1", near_miss=True)
    team.r1.screening.decide(ids[1], stage="title_abstract", judgements={"P1": "not_met"})
    with written(team, tmp_path / "out.csv", printed=printed).open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    names = ("Judgements", "Near miss", "Against the judgements") if printed else ("judgements", "near_miss", "override")
    at = [head.index(name) for name in names]
    assert [tuple(row[n] for n in at) for row in rows] == [
        ("I1=unclear; P1=met", "False", "False"),
        ("I1=met; P1=not_met", "False", "True"),
        ("", "True", "False"),
        ("P1=not_met", "False", "False"),
    ]
    own = team.r2.screening.frame()  # r1 alone has answered the rest: nothing of it is seen, in any column
    assert list(own.judgements) == ["I1=unclear; P1=met", "I1=met; P1=not_met"]
    team.ledger.close()


def test_of_imported_decisions_nothing_is_said_that_nobody_was_asked(tmp_path: Path) -> None:
    team, ids = papers(tmp_path / "one", frozen=True)
    file = tmp_path / "list.csv"
    file.write_text(f"report,decision\n{ids[0]},include\n", encoding="utf-8")
    team.lead.screening.import_decisions(file, stage="title_abstract")
    (row,) = team.lead.screening.frame().to_dict("records")
    assert row["judgements"] == "" and team.lead.screening.frame()[["near_miss", "override"]].isna().all(axis=None)
    team.ledger.close()
