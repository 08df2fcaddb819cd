"""Who misspells a study or a report is shown what there is by the label that people use and by the id, and of many the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from review.errors import NotFound, near_named
from tests.rooms.team import Team, make_team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    search = made.search()
    for year in (2019, 2020):
        made.article(search, f"A trial of {year}", year=year)
    yield made
    made.ledger.close()


STUDIES: dict[str, Callable[[Team, str], Any]] = {
    "extraction": lambda t, name: t.r1.extraction.record(
        name, item="design", value="x", quotation="x", location="p. 1"),
    "bias": lambda t, name: t.r1.bias.not_assessed(name, tool="rob2-parallel", reason="no result"),
    "links": lambda t, name: t.r1.studies.link(t.r1.studies.report_views()[0].id, name, reason="the same trial"),
}  # fmt: skip
REPORTS: dict[str, Callable[[Team, str], Any]] = {
    "screening": lambda t, name: t.r1.screening.decide(name, stage="title_abstract", decision="include"),
    "studies": lambda t, name: t.r1.studies.merge([name, t.r1.studies.report_views()[0].id], reason="the same"),
}


@pytest.mark.parametrize("where", STUDIES)
def test_a_misspelt_study_is_answered_with_labels_and_ids(team: Team, where: str) -> None:
    first, second = ((s.label, s.id) for s in team.nobody.studies.views())
    with pytest.raises(NotFound, match="there is no study") as close:
        STUDIES[where](team, "Deo 2019")
    assert f"{first[0]!r} ({first[1]})" in close.value.next_step
    with pytest.raises(NotFound, match="there is no study") as far:
        STUDIES[where](team, "zzzzzz")
    assert far.value.next_step == f"one of: {first[0]} ({first[1]}), {second[0]} ({second[1]})"


@pytest.mark.parametrize("where", REPORTS)
def test_a_report_that_is_not_there_is_answered_with_titles_and_ids(team: Team, where: str) -> None:
    with pytest.raises(NotFound, match="there is no report") as far:
        REPORTS[where](team, "zzzzzz")
    assert far.value.next_step == "one of: " + ", ".join(f"{r.title} ({r.id})" for r in team.nobody.studies.report_views())


def test_a_study_is_linked_and_unlinked_by_its_label(team: Team) -> None:
    (first, report), (second, _) = ((s, s.reports[0].id) for s in team.nobody.studies.views())
    for name in (second.label, second.id):
        team.r1.studies.link(report, name, reason="the same trial")
        linked = next(s for s in team.nobody.studies.views() if s.id == second.id)
        assert linked.links
        team.r1.studies.unlink(report, linked.label if name == second.label else name, reason="a mistake")
        assert not next(s for s in team.nobody.studies.views() if s.id == second.id).links
    team.r1.studies.refuse_link(report, second.label, reason="another trial")
    assert [e.body["study"] for e in team.nobody.studies.decisions()] == [second.id]
    with pytest.raises(Exception, match=f"founded {first.id}"):
        team.r1.studies.refuse_link(report, first.label, reason="another trial")


def test_of_many_the_first_are_listed() -> None:
    said = near_named("zzzzzz", [(f"Study {n:03}", f"stu:{n}") for n in range(500)])
    assert said.startswith("one of: Study 000 (stu:0), ") and said.endswith("Study 019 (stu:19) and 480 more")
    assert near_named("x", []) == "there is none yet"
