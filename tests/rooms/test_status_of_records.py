"""`review status` says what an update brought to light: included studies with a notice, and exports that hold less than was found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rooms.team import Team, make_team

ARTICLE = """PMID- 9100000{n}
TI  - A trial of drug {n}.
AB  - People were given the drug.
FAU - Doe{n}, Jane
DP  - 2020
PT  - {types}
JT  - A journal

"""


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return make_team(tmp_path)


def taken(team: Team, types: dict[int, str], *, hits: int | None = None) -> str:
    file = team.folder / "a.nbib"
    file.write_text("".join(ARTICLE.format(n=n, types=said) for n, said in types.items()), encoding="utf-8", newline="\n")
    search = team.search("MEDLINE", hits=hits)
    team.r1.import_files([file], search=search)
    return search


def lines(team: Team, words: str) -> list[str]:
    return [one for one in team.nobody.status().lines if words in one]


def test_an_included_study_that_was_retracted_since_is_said_at_once(team: Team) -> None:
    taken(team, {1: "Journal Article", 2: "Journal Article"})
    first, second = (r.id for r in team.nobody.studies.report_views())
    team.include(first, "included")
    label = next(s.label for s in team.nobody.studies.views() if s.reports[0].id == first)
    assert not lines(team, "Included and")
    taken(team, {1: "Retracted Publication", 2: "Retracted Publication"})
    assert lines(team, "Included and") == [f"Included and retracted: {label}"], "a study that is not included is not named"
    team.include(second, "included")
    assert len(lines(team, "Included and")[0].split(",")) == 2


def test_an_export_that_holds_less_than_the_search_found_is_said_until_the_rest_is_in(team: Team) -> None:
    search = taken(team, {1: "Journal Article"}, hits=3)
    assert lines(team, "capped") == [
        "Exports that were capped, or are not all here: MEDLINE, searched 2026-01-05, found 3 and its files hold 1"
    ]
    file = team.folder / "rest.nbib"
    file.write_text("".join(ARTICLE.format(n=n, types="Journal Article") for n in (2, 3)), encoding="utf-8", newline="\n")
    team.r1.import_files([file], search=search)
    assert not lines(team, "capped")
    lacks = taken(team, {4: "Journal Article"}, hits=2)
    assert "found 2 and its files hold 1" in lines(team, "capped")[0]
    team.r1.records.add(lacks, title="What the export left out")
    assert not lines(team, "capped"), "the rest may be entered by hand"
    for n in range(7):
        one = team.search(f"Source {n}", hits=5)
        team.r1.import_files([file], search=one)
    assert lines(team, "capped")[0].endswith("; and 2 more") and "Source 0" in lines(team, "capped")[0]
    team.search("Nothing came of it", hits=4)
    assert "Nothing came" not in lines(team, "capped")[0], "a search without a file is no capped export"
