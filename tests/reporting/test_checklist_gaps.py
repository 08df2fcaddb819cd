"""What a line of a checklist lacks is named: a table that is there is no answer by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review import Review
from review.reporting.checklist import RULES
from review.reporting.checklist_facts import facts_of
from review.reporting.checklist_items import Finding
from tests.rooms.team import PLAN, Team, make_team

TWO = '\n[[outcomes]]\nid = "o2"\nname = "Serious adverse events"\n'
ABOUT = {"outcome": "Activity", "timepoint": "week 12"}


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def found(rv: Review, item: str, name: str = "PRISMA 2020") -> Finding:
    return RULES[name][item](facts_of(rv._rooms))


def searched(team: Team, source: str = "Embase", **told: object) -> str:
    about = {"kind": "database", "searched": "2026-01-05", "strategy": "drug", "platform": "Ovid"} | told
    return team.r1.searches.record(source, **about)  # type: ignore[arg-type]


def included(team: Team, *titles: str) -> list[str]:
    search = searched(team)
    return [team.include(team.article(search, title, year=2020 + n), "included") for n, title in enumerate(titles)]


def say(team: Team, study: str, about: dict[str, str], **values: str) -> None:
    for rv in team.both:
        for item, value in values.items():
            rv.extraction.record(study, item=item, value=value, quotation=value, location="p. 3", **about)


# 19


def test_figures_of_an_arm_need_their_participants(team: Team) -> None:
    (study,) = included(team, "One")
    say(team, study, {**ABOUT, "arm": "Drug"}, events="3")
    assert found(team.nobody, "19").lacks == "no number of participants analysed in Doe 2020: Activity, week 12, Drug"
    say(team, study, {**ABOUT, "arm": "Drug"}, n_analysed="10")
    assert found(team.nobody, "19").lacks == "" and found(team.nobody, "19").proofs


def test_a_conflict_among_results_is_no_result(team: Team) -> None:
    (study,) = included(team, "One")
    say(team, study, {**ABOUT, "arm": "Drug"}, n_analysed="40")
    for rv, value in zip(team.both, ("10", "12"), strict=True):
        rv.extraction.record(study, item="events", value=value, **ABOUT, arm="Drug", quotation=value, location="p. 3")
    line = found(team.nobody, "19")
    assert line.lacks == "conflict open in Doe 2020: Activity, week 12, Drug"
    assert [row for proof in line.proofs for row in proof.rows] == [("Doe 2020", "40")]


def test_an_outcome_of_the_protocol_needs_a_result_or_that_none_is_reported(tmp_path: Path) -> None:
    team = make_team(tmp_path / "review", plan=PLAN.replace('name = "Activity"\n', 'name = "Activity"\n' + TWO))
    one, two = included(team, "One", "Two")
    for study in (one, two):
        say(team, study, {**ABOUT, "arm": "Drug"}, events="3", n_analysed="10")
    assert "of the outcome Serious adverse events" in found(team.nobody, "19").lacks
    say(team, one, {"outcome": "serious  adverse events", "arm": "Drug"}, events="not reported")
    assert found(team.nobody, "19").lacks == ""
    team.ledger.close()


@pytest.mark.parametrize("too_little", [{}, {"ci_lower": "0.2"}, {"p_value": "0.04"}])
@pytest.mark.parametrize(
    "more", [{"se": "0.4"}, {"ci_lower": "0.2", "ci_upper": "1.1"}, {"ci_lower": "not reported", "ci_upper": "not reported"}]
)
def test_an_effect_needs_its_precision(team: Team, too_little: dict[str, str], more: dict[str, str]) -> None:
    (study,) = included(team, "One")
    say(team, study, ABOUT, effect_measure="MD", effect="-1.1", **too_little)
    assert found(team.nobody, "19").lacks == "no confidence interval or standard error of the effect in Doe 2020: Activity, week 12"
    say(team, study, ABOUT, **{k: v for k, v in more.items() if k not in too_little})
    assert found(team.nobody, "19").lacks == ""


def test_of_several_arms_each_has_figures_and_an_effect_stands_between_them(team: Team) -> None:
    (study,) = included(team, "One")
    for arm in ("Drug", "Placebo"):
        say(team, study, {"arm": arm}, intervention=arm)
    say(team, study, {**ABOUT, "arm": "Drug"}, events="3", n_analysed="10")
    assert found(team.nobody, "19").lacks == "no result of Placebo in Doe 2020: Activity; no effect between arms in Doe 2020: Activity"
    say(team, study, {**ABOUT, "arm": "Placebo"}, events="5", n_analysed="10")
    say(team, study, ABOUT, effect_measure="RR", effect="0.6", ci_lower="0.2", ci_upper="1.9")
    assert found(team.nobody, "19").lacks == ""


# 17


def test_a_study_without_characteristics_is_named_with_what_is_missing(team: Team) -> None:
    (study,) = included(team, "One")
    say(team, study, {}, title="A trial", registry_number="NCT00000001")
    assert found(team.nobody, "17").lacks == "no methods, interventions, outcomes, number of participants of Doe 2020"
    say(team, study, {}, start="2020-01")
    assert "no methods" in found(team.nobody, "17").lacks, "a date is no method"
    say(team, study, {}, allocation="not reported", intervention="a drug", outcome="Activity")
    assert found(team.nobody, "17").lacks == "no number of participants of Doe 2020"
    say(team, study, {}, participants="not reported")
    assert found(team.nobody, "17").lacks == ""


# 7 beside S9 and S10


def test_a_strategy_without_its_limits_and_filters_is_not_whole(team: Team) -> None:
    searched(team)
    for item, name, words in (
        ("9", "PRISMA-S", "limits are"),
        ("10", "PRISMA-S", "search filters are"),
        ("7", "PRISMA 2020", "search filters are"),
    ):
        assert f"{words} recorded for no search; say so where there were none" in found(team.nobody, item, name).lacks
    assert "limits are recorded for no search" in found(team.nobody, "7").lacks
    searched(team, "MEDLINE", limits="none", filters="none")
    assert found(team.nobody, "7").lacks == (
        "limits are not recorded for Embase; say so where there were none; search filters are not recorded for Embase; "
        "say so where there were none"
    )


def test_a_search_with_limits_and_filters_is_whole(team: Team) -> None:
    searched(team, limits="English", filters="none")
    assert found(team.nobody, "7").lacks == "" == found(team.nobody, "10", "PRISMA-S").lacks


# the others


def test_near_misses_are_open_until_one_is_marked(team: Team) -> None:
    search = searched(team)
    for n, near in enumerate((False, True)):
        report = team.article(search, f"Trial {n}", year=2020 + n)
        team.decide(report, "include", "include")
        team.r1.screening.retrieve(report, "retrieved")
        for rv in team.both:
            rv.screening.decide(report, stage="full_text", decision="exclude", reason="P1", near_miss=near)
        assert bool(found(team.nobody, "16b").lacks) is not near
        if not near:
            assert found(team.nobody, "16b").lacks.startswith("no report is marked as a near miss")


def test_records_that_did_not_come_in_are_named(team: Team) -> None:
    search = searched(team, hits=3)
    team.decide(team.article(search, "One"), "exclude", "exclude")
    for item, name in (("16a", "PRISMA 2020"), ("15", "PRISMA-S")):
        assert found(team.nobody, item, name).lacks == "fewer records came in than were found: Embase (1 of 3)"
    for n in (2, 3):
        team.decide(team.article(search, f"Number {n}"), "exclude", "exclude")
    assert found(team.nobody, "16a").lacks == "" == found(team.nobody, "15", "PRISMA-S").lacks


def test_two_databases_without_a_platform_may_share_one(team: Team) -> None:
    searched(team, platform="")
    searched(team, "MEDLINE", platform="")
    line = found(team.nobody, "2", "PRISMA-S")
    assert line.lacks == "no platform was recorded for Embase, MEDLINE" and not line.not_applicable


def test_a_source_that_the_protocol_does_not_name_is_a_change(team: Team) -> None:
    searched(team)
    assert found(team.nobody, "24c").lacks == ""
    searched(team, "MEDLINE")
    assert found(team.nobody, "24c").lacks == "searched and not in the protocol: MEDLINE; say why"


def test_an_assessment_by_one_of_two_is_not_finished(team: Team) -> None:
    (study,) = included(team, "One")
    team.r1.bias.not_assessed(study, tool="jbi-case-series", reason="No result is in hand.")
    assert found(team.r1, "18").lacks == "one assessment is not finished"
