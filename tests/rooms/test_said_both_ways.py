"""What two people who worked apart said of the same reports: both words are shown, and a person settles it; rules give way."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from review import Review
from review.cli import app
from review.errors import InputRefused
from review.ledger.ledger import Ledger
from tests.rooms.team import Clock, Team, broken, make_team
from tests.rooms.test_merging import TITLE, entry, groups, take

Copies = Callable[..., tuple[Team, Team, list[str]]]


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Copies]:
    """Two copies of a review that holds *entries*, one of which is a day ahead; and the reports."""
    opened: list[Ledger] = []

    def made(*entries: str, ahead: int = 0) -> tuple[Team, Team, list[str]]:
        team = make_team(tmp_path / "here")
        reports = [report for n, text in enumerate(entries) for report in take(team, text, f"Source {n}")]
        team.ledger.close()
        shutil.copytree(tmp_path / "here", tmp_path / "there")
        found = []
        for n, name in enumerate(("here", "there")):
            clock = Clock()
            clock.now = datetime(2026, 2, 1 + (n if ahead == 0 else 1 - n), tzinfo=UTC) + timedelta(hours=1)
            opened.append(ledger := Ledger.open(tmp_path / name / "data" / "ledger.sqlite3", clock=clock))
            seats = [Review.open(tmp_path / name, reviewer=who, ledger=ledger) for who in ("r1", "r2", "lead", None)]
            found.append(Team(tmp_path / name, ledger, *seats))
        return found[0], found[1], reports

    yield made
    for ledger in opened:
        ledger.close()


def together(here: Team, there: Team) -> Team:
    """What *there* holds comes here."""
    there.lead.export(there.folder / "out")
    here.lead.merge(there.folder / "out")
    return here


OTHER = entry(1, title="Ten years of a clinic for sleep")


@pytest.mark.parametrize("ahead", [0, 1])
def test_a_merge_in_one_copy_and_keeping_apart_in_another_wait_for_a_person(copies: Copies, ahead: int) -> None:
    here, there, (one, other) = copies(entry(), OTHER, ahead=ahead)
    merged = here.r1.studies.merge([one, other], reason="the same trial")
    there.r2.studies.keep_apart([one, other], reason="two trials")
    team = together(here, there)
    assert groups(team) == {frozenset({one}), frozenset({other})}, "nothing is lost while people disagree"
    [doubt] = team.nobody.studies.unsure()
    assert (doubt.rule, doubt.event) == ("said_both_ways", merged) and "another that they are two" in doubt.says
    assert doubt.compared == {"one document": "the same trial", "two documents": "two trials"} and doubt.scores == {}
    assert {doubt.first.id, doubt.second.id} == {one, other} and broken(team) == []
    assert team.r1.studies.find() == {"merged": 0, "linked": 0, "doubted": 0, "crowded": 0}
    said = CliRunner().invoke(app, ["studies", "unsure", "--project", str(team.folder)]).output
    assert "said_both_ways" in said and "one document: the same trial" in said
    assert "1 pair" in str(team.nobody.status()) and {d["decided"] for d in decided(team)} == {"merged", "kept_apart"}
    assert "that wait for a person: 1" in " ".join(team.nobody.tables.duplicates().notes)


def decided(team: Team) -> list[dict[str, str]]:
    return [{"decided": e.kind.removeprefix("studies."), "event": e.id} for e in team.nobody.studies.decisions()]


@pytest.mark.parametrize(("verb", "left"), [("merge", 1), ("keep_apart", 2)])
def test_a_lead_settles_it_and_undo_opens_it_again(copies: Copies, verb: str, left: int) -> None:
    here, there, (one, other) = copies(entry(), OTHER)
    here.r1.studies.merge([one, other], reason="the same trial")
    there.r2.studies.keep_apart([one, other], reason="two trials")
    team = together(here, there)
    seen = groups(team), team.nobody.studies.unsure(), team.nobody.flow().boxes
    settled = getattr(team.lead.studies, verb)([one, other], reason="both were read", token="key-1")
    assert getattr(team.lead.studies, verb)([one, other], reason="both were read", token="key-1") == settled
    assert len(groups(team)) == left and team.nobody.studies.unsure() == [] and broken(team) == []
    team.lead.studies.undo(settled)
    assert (groups(team), team.nobody.studies.unsure(), team.nobody.flow().boxes) == seen


def test_each_may_give_way_and_neither_may_overrule_the_other(copies: Copies) -> None:
    here, there, (one, other) = copies(entry(), OTHER)
    merged = here.r1.studies.merge([one, other], reason="the same trial")
    there.r2.studies.keep_apart([one, other], reason="two trials")
    team = together(here, there)
    with pytest.raises(InputRefused, match="r2 said otherwise of this"):
        team.r1.studies.merge([one, other], reason="still the same")
    with pytest.raises(InputRefused, match="r1 said otherwise of this"):
        team.r2.studies.keep_apart([one, other], reason="still two")
    team.r1.studies.undo(merged)
    assert len(groups(team)) == 2 and team.nobody.studies.unsure() == []


def test_nobody_joins_in_passing_what_another_keeps_apart(team: Team) -> None:
    one, other = (*take(team, entry()), *take(team, OTHER, "MEDLINE"))
    word = team.r2.studies.keep_apart([one, other], reason="two trials")
    with pytest.raises(InputRefused, match=f"r2 said otherwise(.|\n)*review studies undo {word}"):
        team.r1.studies.merge([one, other], reason="the same")
    team.lead.studies.merge([one, other], reason="both were read")
    assert len(groups(team)) == 1


def test_what_one_merged_after_keeping_it_apart_is_that_persons_to_change(team: Team) -> None:
    one, other = (*take(team, entry()), *take(team, OTHER, "MEDLINE"))
    team.r1.studies.keep_apart([one, other], reason="two trials")
    team.r1.studies.merge([one, other], reason="the same, on reading")
    assert len(groups(team)) == 1 and team.nobody.studies.unsure() == []


def test_rules_give_way_to_a_word_that_they_did_not_know_also_through_a_third(copies: Copies) -> None:
    here, there, [one] = copies(entry())
    same = entry(title=TITLE + ".")
    [third] = take(here, same, "Scopus")
    [two] = take(here, same, "MEDLINE")
    take(there, same, "MEDLINE")
    [merge] = there.r2.studies.decisions()
    there.r2.studies.undo(merge.id)
    there.r2.studies.keep_apart([one, two], reason="a reprint with other data")
    team = together(here, there)
    assert len(groups(team)) == 2 and not any({one, two} <= group for group in groups(team))
    assert team.r1.studies.find()["merged"] == 0 and len(groups(team)) == 2
    [doubt] = team.nobody.studies.unsure()
    assert doubt.rule == "parted_before" and third in {*doubt.first.members, *doubt.second.members}
    held = team.ledger.arrived()
    assert team.r1.studies.find() == {"merged": 0, "linked": 0, "doubted": 0, "crowded": 0} and team.ledger.arrived() == held


@pytest.mark.parametrize("verb", ["link", "refuse_link"])
def test_a_link_in_one_copy_and_its_refusal_in_another_wait_for_a_person(copies: Copies, verb: str) -> None:
    here, there, (one, other) = copies(entry(), OTHER)
    study = f"stu:{one.removeprefix('rep:')}"
    here.r1.studies.link(other, study, reason="the same trial")
    there.r2.studies.refuse_link(other, study, reason="another trial")
    team = together(here, there)
    [asked] = team.nobody.studies.suggested()
    assert (asked.rule, asked.study, asked.report.id) == ("linked_and_refused", study, other) and len(team.nobody.studies.views()) == 2
    assert asked.compared == {"linked": "the same trial", "refused": "another trial"} and broken(team) == []
    with pytest.raises(InputRefused, match="r2 said otherwise"):
        team.r1.studies.link(other, study, reason="still the same")
    settled = getattr(team.lead.studies, verb)(other, study, reason="both were read")
    assert team.nobody.studies.suggested() == [] and len(team.nobody.studies.views()) == (1 if verb == "link" else 2)
    team.lead.studies.undo(settled)
    assert team.nobody.studies.suggested() == [asked]


def test_nobody_links_in_passing_what_another_refused(team: Team) -> None:
    one, other = (*take(team, entry()), *take(team, OTHER, "MEDLINE"))
    study = team.study(one)
    team.r2.studies.refuse_link(other, study, reason="another trial")
    with pytest.raises(InputRefused, match="r2 said otherwise"):
        team.r1.studies.link(other, study, reason="the same")
    team.lead.studies.link(other, study, reason="both were read")
    assert team.study(other) == study


def test_links_in_a_circle_are_one_study_and_undo_gives_the_same_views_back(team: Team) -> None:
    """A to B, B to C, C to A: the study that came first stands for all, and each link is taken back alone, in any order."""
    ids = [*take(team, entry()), *take(team, OTHER, "MEDLINE"), *take(team, entry(2, title="Salt baths for sore toes"), "Scopus")]
    own = [f"stu:{one.removeprefix('rep:')}" for one in ids]
    seen = [(team.nobody.studies.views(), team.nobody.flow().boxes)]
    made = []
    for at, report in enumerate(ids):
        made.append(team.lead.studies.link(report, own[(at + 1) % 3], reason="one trial"))
        seen.append((team.nobody.studies.views(), team.nobody.flow().boxes))
    [whole] = team.nobody.studies.views()
    assert whole.id == own[0] and {r.id for r in whole.reports} == set(ids) and set(whole.subjects) == set(own)
    for event, before in zip(reversed(made), reversed(seen[:-1]), strict=True):
        team.lead.studies.undo(event)
        assert (team.nobody.studies.views(), team.nobody.flow().boxes) == before and broken(team) == []
    again = [team.lead.studies.link(ids[at], own[(at + 1) % 3], reason="one trial") for at in range(3)]
    for at in (1, 0, 2):
        undone = team.lead.studies.undo(again[at])
        assert broken(team) == []
        if at == 1:
            assert len(team.nobody.studies.views()) == 1, "C leads to A, and A to B"
    assert team.nobody.studies.views() == seen[0][0]
    team.lead.studies.undo(undone)
    assert len(team.nobody.studies.views()) == 2


def test_a_circle_is_unlinked_report_by_report(team: Team) -> None:
    ids = [*take(team, entry()), *take(team, OTHER, "MEDLINE"), *take(team, entry(2, title="Salt baths for sore toes"), "Scopus")]
    own = [f"stu:{one.removeprefix('rep:')}" for one in ids]
    seen = team.nobody.studies.views()
    for at, report in enumerate(ids):
        team.lead.studies.link(report, own[(at + 1) % 3], reason="one trial")
    for report in ids:
        [study] = [s for s in team.nobody.studies.views() if report in {r.id for r in s.reports}][:1]
        if report in study.links:
            team.lead.studies.unlink(report, study.id, reason="three trials")
            assert broken(team) == []
    assert team.nobody.studies.views() == seen
