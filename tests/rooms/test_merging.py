"""Merging by rule and by people: what a person said stands, the order of imports makes no difference, undo gives back what was."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from review.cli import app
from review.errors import InputRefused
from review.model.decision import ReportsMerged
from review.model.event import Draft
from review.studies.documents import PARTED
from tests.rooms.team import Team, broken, make_team

TITLE = "Warm socks for cold feet at night: a randomised trial in older people"
ENTRY = """TY  - JOUR
TI  - {title}
AU  - Hale, Rita
AU  - Moss, Tom
JO  - {journal}
PY  - 2012
VL  - 14
IS  - 2
SP  - {pages}
DO  - {doi}
{more}"""


def entry(
    n: int = 0, *, title: str = TITLE, journal: str = "Journal of Feet and Ankles", pages: str = "", doi: str = "", more: str = ""
) -> str:
    return (
        ENTRY.format(title=title, journal=journal, pages=pages or f"{101 + 20 * n}", doi=doi or f"10.5555/feet.{n}", more=more)
        + "ER  - \n\n"
    )


def take(team: Team, text: str, source: str = "Embase") -> list[str]:
    """The reports that the entries of this file founded."""
    path = team.folder / f"{source}.ris"
    path.write_text(text, encoding="utf-8")
    before = {r.id for r in team.r1.records.views()}
    team.r1.import_files([path], search=team.search(source))
    return ["rep:" + r.id.removeprefix("rec:") for r in team.r1.records.views() if r.id not in before]


def groups(team: Team) -> set[frozenset[str]]:
    return {frozenset(report.members) for report in team.nobody.studies.report_views()}


@contextmanager
def reviewed() -> Iterator[Team]:
    with tempfile.TemporaryDirectory() as name:
        team = make_team(Path(name))
        yield team
        team.ledger.close()


def merges(team: Team) -> list[str]:
    return [m for report in team.nobody.studies.report_views() for m in report.merged_by]


def test_a_merge_says_rule_fields_and_scores(team: Team) -> None:
    take(team, entry())
    take(team, entry(title=TITLE.upper()), "MEDLINE")
    [event] = merges(team)
    body = team.ledger.event(event).body
    assert (body["rule"], team.ledger.event(event).actor.partition("@")[0]) == ("same_doi", "tool:duplicate-rules")
    assert body["compared"]["doi"] == "10.5555/feet.0" and body["scores"]["doi"] == 100
    assert body["compared"]["title"] == f"{TITLE} | {TITLE.upper()}" or body["compared"]["title"] == f"{TITLE.upper()} | {TITLE}"


def test_a_group_of_n_takes_n_less_one_merges_and_undoing_one_parts_it(team: Team) -> None:
    for source in ("Embase", "MEDLINE", "CINAHL", "Scopus"):
        take(team, entry(), source)
    [members] = groups(team)
    made = merges(team)
    assert len(members) == 4 and len(made) == 3
    team.lead.studies.undo(made[0])
    assert sorted(map(len, groups(team))) in ([1, 3], [2, 2])
    before = groups(team)
    assert team.r1.studies.find() == {"merged": 0, "linked": 0, "doubted": 0, "crowded": 0} and groups(team) == before


def test_the_same_file_again_and_finding_again_write_nothing(team: Team) -> None:
    text = entry() + entry(1, title="Ten years of a clinic for sleep") + entry(0, title="Another title altogether", pages="300")
    take(team, text)
    take(team, entry(), "MEDLINE")
    held = team.ledger.arrived()
    assert team.r1.studies.find() == {"merged": 0, "linked": 0, "doubted": 0, "crowded": 0} and team.ledger.arrived() == held
    seen = groups(team), merges(team), [d.event for d in team.r1.studies.unsure()]
    assert take(team, text) == [] and (groups(team), merges(team), [d.event for d in team.r1.studies.unsure()]) == seen


def test_what_was_kept_apart_is_not_joined_through_a_third(team: Team) -> None:
    one, other = (*take(team, entry()), *take(team, entry(title="Ten years of a clinic for sleep", pages="7"), "MEDLINE"))
    assert [d.rule for d in team.r1.studies.unsure()] == ["one_doi_two_titles"]
    apart = team.lead.studies.keep_apart([one, other], reason="two papers of one supplement")
    assert team.nobody.studies.unsure() == []
    [third] = take(team, entry(), "Scopus")
    assert groups(team) == {frozenset({one, third}), frozenset({other})} and team.nobody.studies.unsure() == []
    team.lead.studies.undo(apart)
    assert [(d.first.id, d.second.id) for d in team.nobody.studies.unsure()] == [(one, other)], "the doubt is open again"


@pytest.mark.parametrize("how", ["undo", "keep_apart"])
def test_a_third_that_the_rules_would_join_to_both_is_for_a_person(team: Team, how: str) -> None:
    one, two = (*take(team, entry()), *take(team, entry(title=TITLE + "."), "MEDLINE"))
    [merge] = merges(team)
    team.lead.studies.undo(merge)
    if how == "keep_apart":
        team.lead.studies.keep_apart([one, two], reason="a reprint that was changed")
    assert team.r1.studies.find()["merged"] == 0 and team.nobody.studies.unsure() == [], "who has said so is not asked again"
    [third] = take(team, entry(title=TITLE + ";"), "Scopus")
    assert len(groups(team)) == 2 and {one, two} not in [set(g) for g in groups(team)]
    assert all(not {one, two} <= group for group in groups(team))
    [doubt] = team.nobody.studies.unsure()
    assert doubt.rule == PARTED and "parted" in doubt.says and third in {*doubt.first.members, *doubt.second.members}
    team.lead.studies.keep_apart([doubt.first.id, doubt.second.id], reason="the same")
    assert team.nobody.studies.unsure() == [] and team.r1.studies.find()["doubted"] == 0


def test_a_merge_that_a_later_record_speaks_against_goes_to_a_person(team: Team) -> None:
    review = "10.5555/14651858.CD000001"
    one, two = (*take(team, entry(doi=" ")), *take(team, entry(doi=review), "MEDLINE"))
    assert groups(team) == {frozenset({one, two})}
    [merge] = merges(team)
    take(team, entry(doi=f"{review}.pub2"), "Scopus")
    assert sorted(map(len, groups(team))) == [1, 1, 1], "the same as if all had come at once"
    assert {d.rule for d in team.nobody.studies.unsure()} == {"ends_disagree"}
    entries = [e for t in team.nobody.tables.standings().traces.values() for e in t.entries if e.event == merge]
    assert entries and {e.past for e in entries} == {"withdrawn"}
    held = team.ledger.arrived()
    assert team.r1.studies.find() == {"merged": 0, "linked": 0, "doubted": 0, "crowded": 0} and team.ledger.arrived() == held
    team.lead.studies.merge([one, two], reason="the abstract is the same")
    assert sorted(map(len, groups(team))) == [1, 2] and team.r1.studies.find()["merged"] == 0


def test_what_a_merge_of_rules_before_joined_reads_on(team: Team) -> None:
    one, other = (*take(team, entry()), *take(team, entry(1, title="Ten years of a clinic for sleep"), "MEDLINE"))
    body = ReportsMerged(reports=(one, other), rule="same_doi", rule_version=1, compared={"value": "10.5555/feet.0"}, reason="")
    team.ledger.append([Draft(ReportsMerged.kind, other, body.model_dump(exclude={"scores"}), "tool:identifier-rules@1")])
    assert groups(team) == {frozenset({one, other})}
    table = team.nobody.tables.duplicates()
    [row] = [row for row in table.rows if row[0].text == "same doi"]
    assert row[1].text.startswith("Two articles have the same DOI") and row[2].text == "identifier-rules, version 1"
    [merge] = merges(team)
    team.r1.studies.undo(merge)
    assert team.r1.studies.find()["merged"] == 0 and len(groups(team)) == 2


def test_a_key_that_is_sent_again_is_the_same_event(team: Team) -> None:
    one, other = (*take(team, entry()), *take(team, entry(1, title="Ten years of a clinic for sleep"), "MEDLINE"))
    study = team.study(other)
    said = [team.lead.studies.merge([one, other], reason="so", token="key-1") for _ in range(2)]
    assert len(set(said)) == 1
    with pytest.raises(InputRefused, match="two different reports"):
        team.lead.studies.merge([one, other], reason="so", token="key-2")
    team.lead.studies.undo(said[0])
    assert len({team.lead.studies.keep_apart([one, other], reason="so", token="key-3") for _ in range(2)}) == 1
    assert len({team.lead.studies.refuse_link(one, study, reason="so", token="key-4") for _ in range(2)}) == 1
    assert len({team.lead.studies.link(one, study, reason="so", token="key-5") for _ in range(2)}) == 1


def test_a_doubt_cannot_be_taken_back_and_so_does_not_vanish(team: Team) -> None:
    take(team, entry())
    take(team, entry(title="Ten years of a clinic for sleep", pages="7"), "MEDLINE")
    [doubt] = team.nobody.studies.unsure()
    for rv in (team.r1, team.lead):
        with pytest.raises(InputRefused, match="a doubt is not taken back"):
            rv.studies.undo(doubt.event)
    assert [d.event for d in team.nobody.studies.unsure()] == [doubt.event]


def test_what_is_one_already_is_parted_by_undo_and_the_refusal_says_so(team: Team) -> None:
    one, two, other = (
        *take(team, entry()), *take(team, entry(), "MEDLINE"), *take(team, entry(1, title="Ten years of a clinic for sleep"), "Scopus")
    )  # fmt: skip
    for named in ([one, two], [one, two, other]):
        with pytest.raises(InputRefused, match="some are one\n.*take back the merge"):
            team.lead.studies.keep_apart(named, reason="two papers")
    with pytest.raises(InputRefused, match="name another report too"):
        team.lead.studies.merge([one], reason="one paper")
    with pytest.raises(InputRefused, match="founded"):
        team.lead.studies.refuse_link(one, team.study(one), reason="no report of itself")
    assert team.nobody.studies.refused(team.nobody.studies.report_views()[0]) == []


def test_a_citation_entered_by_hand_without_a_number_is_compared(team: Team) -> None:
    [one] = take(team, entry())
    record = team.r1.records.add(
        team.search("Reference lists", "other", via="citation"), title=TITLE, authors=["Hale R", "Moss T"], year=2012,
        journal="Journal of Feet and Ankles", volume="14", pages="101",
    )  # fmt: skip
    assert groups(team) == {frozenset({one, "rep:" + record.removeprefix("rec:")})}


def test_the_command_prints_what_moved(team: Team) -> None:
    one, other = (*take(team, entry()), *take(team, entry(1, title="Ten years of a clinic for sleep"), "MEDLINE"))
    run, where = CliRunner(), ["--project", str(team.folder), "--as", "lead"]
    said = run.invoke(app, ["studies", "merge", one, other, "--reason", "one paper", *where]).output
    record = "rec:" + other.removeprefix("rep:")
    assert f"Duplicate records removed: now here:  {record}  " in said and f"Records screened: no longer here:  {record}" in said
    event = said.split()[1]
    assert "Records screened: now here" in run.invoke(app, ["studies", "undo", event, *where]).output
    assert "Saved" in run.invoke(app, ["studies", "apart", one, other, "--reason", "two papers", *where]).output
    moved = team.nobody.flow().moved_from(team.nobody.flow())
    assert list(moved.columns) == ["box", "id", "change"] and moved.empty
    found = run.invoke(app, ["studies", "best", one, "--json", *where])
    assert {row["field"] for row in json.loads(found.output)} >= {"title", "authors", "journal", "pages"}


def test_the_command_lists_what_was_decided_with_the_event_that_undo_takes(team: Team) -> None:
    one, other = (*take(team, entry()), *take(team, entry(title=TITLE.upper()), "MEDLINE"))
    run, where = CliRunner(), ["--project", str(team.folder), "--as", "lead"]
    [merge] = json.loads(run.invoke(app, ["studies", "decisions", "--json", *where]).output)
    assert (merge["decided"], merge["rule"], merge["of"]) == ("merged", "same_doi", [one, other])
    said = run.invoke(app, ["studies", "decisions", *where]).output
    assert said.startswith(f"{merge['event']}  merged by same_doi") and f"  {other}  {TITLE.upper()}" in said
    assert "Saved" in run.invoke(app, ["studies", "undo", merge["event"], *where]).output
    assert run.invoke(app, ["studies", "decisions", *where]).output == ""


def test_whose_review_it_is_stands_behind_the_command_and_is_not_passed_over(team: Team) -> None:
    with pytest.raises(InputRefused, match="stand behind the command"):
        CliRunner().invoke(app, ["studies", "--project", str(team.folder), "unsure"], catch_exceptions=False)


def test_the_place_of_an_article_is_that_of_its_print_alone(team: Team) -> None:
    take(team, entry())
    take(team, entry(pages="1-9").replace("VL  - 14\nIS  - 2\n", ""), "CINAHL")
    [report] = team.r1.studies.report_views()
    assert [report.best(name).value for name in ("volume", "issue", "pages")] == ["14", "2", "101"]


def test_the_best_value_of_each_field_and_what_the_others_say(team: Team) -> None:
    abstract = "Feet were warm in the group with socks, and cold in the other."
    [one] = take(team, entry(title=TITLE.upper(), journal="J Feet Ankles"))
    take(team, entry(more=f"AU  - Birk, Olaf\nAB  - {abstract}\n", pages="101\nEP  - 109"), "CINAHL")
    [report] = team.r1.studies.report_views()
    frame = team.nobody.studies.best(one).set_index("field")
    assert frame.loc["title", ["value", "source"]].tolist() == [TITLE, "CINAHL"] and TITLE.upper() in frame.loc["title", "others"]
    assert frame.loc["journal", "value"] == "Journal of Feet and Ankles" and "J Feet Ankles (Embase)" in frame.loc["journal", "others"]
    assert frame.loc["authors", "value"] == "Hale, Rita; Moss, Tom; Birk, Olaf" and frame.loc["pages", "value"].startswith("101-")
    assert frame.loc["abstract", "value"] == abstract == report.best("abstract").value
    assert report.best("language") is None and report.stands.search.source == "Embase"
    told = [e.what for e in team.nobody.tables.standings().traces.values() for e in e.entries]
    assert any("Taken for abstract" in what and "from CINAHL" in what for what in told)


# what always holds

KINDS = ("same", "retitled", "other doi", "erratum", "part two", "no doi")


def text_of(kind: str, n: int) -> str:
    more = f"N1  - {kind} {n}\n"
    if kind == "retitled":
        return entry(n, title=f"Ten years of a clinic for sleep {'abcdefg'[n]}", pages="300", more=more)
    if kind == "other doi":
        return entry(n, doi=f"10.5556/archive.{n}", more=more)
    if kind == "erratum":
        return entry(n, title=f"Erratum: {TITLE}", more=more)
    if kind == "part two":
        return entry(n, title=f"{TITLE}. Part II", more=more)
    return entry(n, doi=" ", more=more) if kind == "no doi" else entry(n, more=more)


FOUND = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2)), min_size=2, max_size=6, unique=True)


@pytest.mark.soak
@settings(max_examples=12, deadline=None)
@given(found=FOUND, seed=st.integers(0, 99))
def test_the_order_of_imports_makes_no_difference(found: list[tuple[str, int]], seed: int) -> None:
    same_groups(found, seed)


def test_the_order_of_a_few_imports_makes_no_difference() -> None:
    same_groups([("same", 0), ("no doi", 0), ("retitled", 0), ("other doi", 0)], 3)


def same_groups(found: list[tuple[str, int]], seed: int) -> None:
    texts = {f"Source {k}": text_of(*one) for k, one in enumerate(found)}
    ends = []
    order = list(texts)
    for mixed in (False, True):
        if mixed:
            random.Random(seed).shuffle(order)
        with reviewed() as team:
            name = {take(team, texts[source], source)[0]: source for source in order}
            ends.append({frozenset(name[i] for i in group) for group in groups(team)})
            assert broken(team) == []
    assert ends[0] == ends[1]


@pytest.mark.soak
@settings(max_examples=12, deadline=None)
@given(found=FOUND, seed=st.integers(0, 99))
def test_undo_gives_back_the_same_views_and_the_flow_adds_up(found: list[tuple[str, int]], seed: int) -> None:
    undone(found, seed)


def test_undo_gives_back_the_same_views_of_a_few() -> None:
    undone([("same", 0), ("retitled", 0), ("same", 1)], 3)


def undone(found: list[tuple[str, int]], seed: int) -> None:
    chance = random.Random(seed)
    with reviewed() as team:
        for k, one in enumerate(found):
            take(team, text_of(*one), f"Source {k}")
        ids = [r.id for r in team.nobody.studies.report_views()]
        for report in ids:
            if chance.random() < 0.7:
                team.decide(report, *chance.choices(("include", "exclude"), k=2))
        if len(ids) < 2:
            return
        for verb in ("merge", "keep_apart", "merge"):
            seen = told(team)
            reports = [r.id for r in team.nobody.studies.report_views()]
            event = getattr(team.lead.studies, verb)(chance.sample(reports, 2), reason="so")
            assert broken(team) == []
            team.lead.studies.undo(event)
            assert told(team) == seen and broken(team) == []


def told(team: Team) -> list[object]:
    rv = team.nobody
    return [rv.studies.report_views(), rv.studies.views(), rv.flow().boxes, rv.studies.unsure(), rv.studies.finals()]
