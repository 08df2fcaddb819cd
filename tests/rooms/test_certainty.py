"""Certainty as facts: blind until both graded, conflicts and consensus, undo, roles, comparisons, and evidence that changed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import Review
from review.certainty import Baseline, Effect, Threshold
from review.errors import InputRefused, NotAllowed, NotFound
from tests.rooms.graded import ACTIVITY, COMPARISON, NO_CONCERN
from tests.rooms.team import PLAN, Team, make_team

CALL = {"comparison": "a drug versus placebo", **ACTIVITY}
UNRATED = {**CALL, "ratings": NO_CONCERN, "explanations": {}}


def standing(rv: Review) -> list[tuple[str, str | None]]:
    return [(row.status, row.level) for row in rv.certainty.frame().itertuples()]


def test_nobody_sees_a_grading_before_both_have_graded(team: Team) -> None:
    team.r1.certainty.grade("Activity", **{**CALL, "comparison": "A DRUG  vs placebo"})
    assert standing(team.r1) == [("by one", "Moderate")] == standing(team.lead)
    assert standing(team.r2) == standing(team.nobody) == [] == team.r2.certainty.comparisons()
    assert team.r2.certainty.open_of_others() and not team.lead.certainty.open_of_others()
    team.r2.certainty.grade("o1", **CALL)
    assert standing(team.nobody) == [("agreed", "Moderate")]
    assert len(team.r2.certainty.comparisons()) == 1, "a comparison is one whatever its capitals and blanks"
    one = team.nobody.certainty.frame().iloc[0]
    assert (one["effect"], one["entered"], one["ascii"], one["participants"]) == ("0.45", "by hand", "+++o", 238)


def test_two_who_differ_are_a_conflict_that_a_third_record_settles(team: Team) -> None:
    team.r1.certainty.grade("Activity", **CALL)
    with pytest.raises(NotAllowed, match="there is nothing to resolve yet"):
        team.lead.certainty.resolve("Activity", why="early", **CALL)
    team.r2.certainty.grade("Activity", **UNRATED)
    assert standing(team.nobody) == [("conflict", None)]
    told = team.nobody.certainty.conflicts().iloc[0]
    assert {told["first"].split(" ")[0], told["second"].split(" ")[0]} == {"High", "Moderate"} and "r1" not in str(told.tolist())
    assert any("1 conflict of certainty" in line for line in team.lead.status().lines)
    with pytest.raises(InputRefused, match="a consensus needs a reason"):
        team.lead.certainty.resolve("Activity", why=" ", **CALL)
    settled = team.lead.certainty.resolve("Activity", why="the interval is wide", **CALL)
    assert standing(team.nobody) == [("consensus", "Moderate")]
    team.lead.certainty.undo(settled)
    assert standing(team.nobody) == [("conflict", None)]


def test_what_is_typed_is_no_grading_and_its_authors_until_it_is_saved_or_dropped(team: Team) -> None:
    about = {"comparison": CALL["comparison"]}
    team.r1.certainty.keep_draft("Activity", **about, form="typed")
    assert list(team.r1.certainty.drafts().values()) == ["typed"] and standing(team.r1) == standing(team.nobody) == []
    assert not team.r2.certainty.drafts() and team.r2.certainty.open_of_others()
    team.r1.certainty.keep_draft("Activity", **about)
    assert not team.r1.certainty.drafts(), "dropped"
    team.r1.certainty.undo(team.r1.certainty.keep_draft("Activity", **about, form="not meant"))
    assert not team.r1.certainty.drafts(), "taken back"
    team.r1.certainty.keep_draft("Activity", **about, form="again")
    graded = team.r1.certainty.grade("Activity", **CALL)
    assert not team.r1.certainty.drafts(), "saved"
    team.r1.certainty.undo(graded)
    assert not team.r1.certainty.drafts(), "what was saved in its place does not bring it back"
    with pytest.raises(NotAllowed, match="there is nothing to settle yet"):
        team.lead.certainty.keep_draft("Activity", **about, settles=True, form="x")
    with pytest.raises(NotAllowed, match="has no role assessor"):
        team.lead.certainty.keep_draft("Activity", **about, form="x")
    for rv, call in ((team.r1, CALL), (team.r2, UNRATED)):
        rv.certainty.grade("Activity", **call)
    assert not team.r2.certainty.open_of_others(), "once both have graded nothing is hidden"
    team.lead.certainty.keep_draft("Activity", **about, settles=True, form="half")
    assert {settles: form for (_, _, settles), form in team.lead.certainty.drafts().items()} == {True: "half"}
    team.r1.certainty.resolve("Activity", why="by agreement", **CALL)
    assert not team.lead.certainty.drafts() and not team.nobody.certainty.drafts()


def test_a_change_after_the_consensus_is_a_conflict_again(team: Team) -> None:
    team.r1.certainty.grade("Activity", **CALL)
    taken = team.r2.certainty.grade("Activity", **UNRATED)
    settled = team.lead.certainty.resolve("Activity", why="the interval is wide", **CALL)
    team.r1.certainty.grade("Activity", **CALL)
    assert standing(team.nobody) == [("consensus", "Moderate")], "the same said again is no change"
    team.r1.certainty.grade("Activity", **{**CALL, "start": "non-randomised"})
    assert standing(team.nobody) == [("conflict", None)] and len(team.nobody.certainty.conflicts()) == 1
    anew = team.lead.certainty.resolve("Activity", why="looked at again", **UNRATED)
    assert standing(team.nobody) == [("consensus", "High")] and team.ledger.event(anew).replaces == settled
    team.r2.certainty.undo(taken)
    assert standing(team.nobody) == [("conflict", None)]


def test_a_conflict_of_which_one_side_or_both_were_taken_back_is_still_shown(team: Team) -> None:
    one, other = team.r1.certainty.grade("Activity", **CALL), team.r2.certainty.grade("Activity", **UNRATED)
    team.r2.certainty.undo(other)
    told = team.nobody.certainty.conflicts().iloc[0]
    assert told["first"].startswith("Moderate") and told["second"] is None
    assert any("1 conflict of certainty" in line for line in team.lead.status().lines)
    team.r1.certainty.undo(one)
    told = team.nobody.certainty.conflicts().iloc[0]
    assert (told["first"], told["second"], told["comparison"]) == (None, None, CALL["comparison"])


def test_a_conflict_may_be_settled_as_not_graded(team: Team) -> None:
    team.r1.certainty.grade("Activity", **CALL)
    team.r2.certainty.not_graded("Activity", comparison=CALL["comparison"], reason="one arm only")
    with pytest.raises(InputRefused, match="'not graded' goes with no grading: effect"):
        team.lead.certainty.resolve("Activity", comparison=CALL["comparison"], why="w", not_graded=True, effect=CALL["effect"])
    team.lead.certainty.resolve("Activity", comparison=CALL["comparison"], why="no second arm", not_graded=True)
    (view,) = team.nobody.certainty.gradings()
    assert (view.status, view.grading, view.reason) == ("not graded", None, "no second arm")
    assert team.nobody.certainty.conflicts().empty and standing(team.nobody) == [("not graded", None)]
    table = team.nobody.tables.evidence_profile(CALL["comparison"])
    assert any(entry.what == "Consensus: not graded" for one in table.traces.values() for entry in one.entries)


def test_explanations_may_be_worded_by_each(team: Team) -> None:
    team.r1.certainty.grade("Activity", **CALL)
    team.r2.certainty.grade("Activity", **{**CALL, "explanations": {"imprecision": "in other words"}})
    assert standing(team.nobody) == [("agreed", "Moderate")]


def test_numbers_agree_however_they_are_written_and_wherever_they_were_read(team: Team) -> None:
    effects = (Effect("RR", "0.80", "0.50", 1.2, "two trials"), Effect("RR", 0.8, 0.5, "1.20", "2 trials", level="95.0"))
    baselines = (Baseline("0.10", "high risk", "median of trials"), Baseline(0.1, "High", "the median"))
    sizes = (Threshold("5.0", 20, source="protocol"), Threshold(5, "20", source="the protocol"))
    for rv, effect, baseline, threshold in zip(team.both, effects, baselines, sizes, strict=True):
        rv.certainty.grade("Activity", **{**CALL, "effect": effect, "baseline": baseline, "threshold": threshold})
    assert standing(team.nobody) == [("agreed", "Moderate")] and team.lead.certainty.conflicts().empty


@pytest.mark.parametrize(
    ("change", "differs", "sides"),
    [
        ({"participants": 7}, "participants", {"participants 120 and 118", "participants 7"}),
        (
            {"effect": Effect("RR", 0.45, 0.18, 1.14)},
            "effect",
            {"effect RR 0.45 (0.18 to 1.13, 95%)", "effect RR 0.45 (0.18 to 1.14, 95%)"},
        ),
        (
            {"effect": None, "baseline": ()},
            "effect, risks with the comparator",
            {"effect not stated", "risks with the comparator 0.013; 0.13"},
        ),
        ({"ratings": NO_CONCERN, "explanations": {}}, "level, imprecision", {"High (nothing", "Moderate (imprecision -1)"}),
        ({"threshold": None}, "threshold", {"threshold not declared", "threshold small 5, moderate 20, large 50"}),
        ({"studies": 3}, "number of studies", {"number of studies 2", "number of studies 3"}),
        ({"importance": "important"}, "importance", {"importance critical", "importance important"}),
    ],
)
def test_a_conflict_says_what_differs(team: Team, change: dict[str, object], differs: str, sides: set[str]) -> None:
    team.r1.certainty.grade("Activity", **CALL)
    team.r2.certainty.grade("Activity", **{**CALL, **change})
    told = team.lead.certainty.conflicts().iloc[0]
    assert told["differs"] == differs and told["first"] != told["second"]
    assert all(words in told["first"] + told["second"] for words in sides)


def test_a_level_and_a_reason_for_none_differ_in_the_level(team: Team) -> None:
    team.r1.certainty.grade("Activity", **CALL)
    team.r2.certainty.not_graded("Activity", comparison=CALL["comparison"], reason="one arm")
    assert team.nobody.certainty.conflicts().iloc[0]["differs"] == "level"


def test_a_grading_is_corrected_and_taken_back_by_its_author(team: Team) -> None:
    first = team.r1.certainty.grade("Activity", **CALL, token="t1")
    assert team.r1.certainty.grade("Activity", **UNRATED) != first
    assert standing(team.r1) == [("by one", "High")]
    with pytest.raises(NotAllowed, match="may not replace or withdraw"):
        team.r2.certainty.undo(first)
    last = team.r1.certainty.frame()
    assert len(last) == 1
    with pytest.raises(InputRefused, match="a fact of the kind certainty"):
        team.r1.certainty.undo(team.r1.protocol.history[0].id)


def test_who_may_grade(team: Team) -> None:
    with pytest.raises(NotAllowed, match="lead has no role assessor"):
        team.lead.certainty.grade("Activity", **CALL)
    with pytest.raises(NotAllowed, match="opened without a reviewer"):
        team.nobody.certainty.grade("Activity", **CALL)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"comparison": None}, InputRefused, "the protocol states no comparator"),
        ({"comparison": "a drug"}, InputRefused, "states no comparison"),
        ({"comparison": "a drug versus none"}, InputRefused, "states no comparison"),
        ({"comparison": "a drug versus nothing"}, InputRefused, "states no comparison"),
        ({"comparison": "a drug versus A  drug"}, InputRefused, "compares something with itself"),
        ({"start": None}, InputRefused, r"does not follow from the studies(.|\n)*--start(.|\n)*name the planned synthesis"),
        ({"ratings": {**NO_CONCERN, "imprecision": -1}, "explanations": {}}, InputRefused, "without an explanation"),
        ({"final": "High"}, InputRefused, "'Moderate' follows from the ratings"),
        ({"start": "single-arm", "final": "Low", "reason": "r"}, InputRefused, "never rated up"),
        ({"importance": "vital"}, InputRefused, "importance: 'vital'"),
        ({"effect": None}, InputRefused, "needs an effect to be applied to"),
        ({"baseline": Baseline(4.2, source="s")}, InputRefused, "is impossible"),
        ({"baseline": [Baseline(0.1, source="s"), Baseline(0.2, source="s")]}, InputRefused, "need a label each"),
        ({"participants": -1}, InputRefused, "participants: -1"),
        ({"participants": (1, 2, 3)}, InputRefused, "participants"),
        ({"participants": 5.5}, InputRefused, "participants: 5.5"),
        ({"participants": "12"}, InputRefused, "participants: '12'"),
        ({"effect": ("RR", 1, 0, 2)}, InputRefused, "effect: .*'RR'"),
        ({"baseline": 0.1}, InputRefused, "baseline: 0.1"),
        ({"baseline": [0.1]}, InputRefused, "baseline: .0.1"),
        ({"threshold": 5}, InputRefused, "threshold: 5"),
        ({"ratings": ["imprecision"]}, InputRefused, "ratings: .'imprecision'"),
        ({"ratings": {**NO_CONCERN, "imprecision": -1.0}}, InputRefused, "imprecision: -1.0 is not among"),
        ({"ratings": {**NO_CONCERN, "imprecision": [1]}}, InputRefused, "imprecision: .1. is not among"),
        ({"ratings": {**NO_CONCERN, 5: "x"}}, InputRefused, "there is no domain 5"),
        ({"explanations": "few events"}, InputRefused, "explanations: 'few events'"),
        ({"explanations": {"imprecision": None}}, InputRefused, "the explanation of imprecision: None is no text"),
        ({"comment": None}, InputRefused, "comment: None is no text"),
        ({"final": [1]}, InputRefused, "is no level of certainty"),
        ({"start": 5}, InputRefused, "the start of the evidence: 5 is no text"),
        ({"comparison": 5}, InputRefused, "the comparison: 5 is no text"),
        ({"studies": 2.5}, InputRefused, "studies: 2.5"),
        ({"studies": [None]}, InputRefused, "a study: None is no text"),
        ({"studies": ["Doe 1900"]}, NotFound, "no included study 'Doe 1900'"),
        ({"studies": -2}, InputRefused, "-2 is no number of studies"),
        ({"ratings": {"imprecision": 0}}, InputRefused, "not rated: risk_of_bias, inconsistency, indirectness, publication_bias"),
        ({"studies": 0}, InputRefused, "there is no evidence to grade: 0 studies"),
        ({"studies": []}, InputRefused, "there is no evidence to grade: 0 studies"),
        ({"participants": (0, 0)}, InputRefused, "there is no evidence to grade: 0 participants"),
    ],
)
def test_what_is_refused(team: Team, change: dict[str, object], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        team.r1.certainty.grade("Activity", **{**CALL, **change})
    assert team.r1.certainty.frame().empty


def test_an_outcome_is_one_of_the_protocol(team: Team) -> None:
    with pytest.raises(NotFound, match="no outcome 'Actvity'"):
        team.r1.certainty.grade("Actvity", **CALL)
    with pytest.raises(InputRefused, match="'not graded' needs its reason"):
        team.r1.certainty.not_graded("Activity", comparison=COMPARISON, reason=" ")
    with pytest.raises(InputRefused, match="the reason: None is no text"):
        team.r1.certainty.not_graded("Activity", comparison=COMPARISON, reason=None)  # type: ignore[arg-type]
    with pytest.raises(InputRefused, match="the outcome: None is no text"):
        team.r1.certainty.grade(None, **CALL)  # type: ignore[arg-type]


def test_the_protocols_own_comparison_and_start(tmp_path: Path) -> None:
    text = PLAN.replace('intervention = "a drug"\n', 'intervention = "a drug"\ncomparator = "placebo"\n')
    team = make_team(tmp_path / "own", plan=text + '\n[settings]\ngrade_start_nrs = "robins-i"\n')
    try:
        assert team.nobody.certainty.comparison == "a drug versus placebo"
        team.r1.certainty.grade(
            "Activity", start="non-randomised", ratings={**NO_CONCERN, "risk_of_bias": -3}, explanations={"risk_of_bias": "critical"}
        )
        one = team.r1.certainty.frame().iloc[0]
        assert (one["comparison"], one["start"], one["final"]) == ("a drug versus placebo", 4, 1)
    finally:
        team.ledger.close()


def test_evidence_that_changed_since_is_said(team: Team) -> None:
    study = team.include(team.article(team.search(), "One"), "included")
    for rv in team.both:
        rv.extraction.record(study, item="design", value="randomised-trial", quotation="randomly", location="page 2")
        rv.certainty.grade("Activity", **{**CALL, "start": None, "studies": [study]})
    assert team.nobody.certainty.frame().iloc[0]["stale"] == []
    team.r1.bias.not_assessed(study, tool="rob2-parallel", reason="No result in hand.")
    assert team.r1.certainty.frame().iloc[0]["stale"] == [], "what is open tells nobody anything, its author included"
    team.r2.bias.not_assessed(study, tool="rob2-parallel", reason="No result in hand.")
    other = team.include(team.article(team.search("MEDLINE"), "Two"), "included")
    label = next(s.label for s in team.nobody.studies.views() if s.id == other)
    said = team.nobody.certainty.frame().iloc[0]["stale"]
    assert any(words.startswith("risk of bias assessed anew") for words in said) and f"included since: {label}" in said
    again = {**CALL, "effect": Effect("RR", 0.5), "studies": [study, other], "start": "randomised"}
    for rv in team.both:
        rv.certainty.grade("Activity", **again)
    assert standing(team.nobody) == [("conflict", None)], "what is changed once both saw is settled by a consensus"
    team.lead.certainty.resolve("Activity", why="graded anew on three studies", **again)
    assert team.nobody.certainty.frame().iloc[0]["stale"] == []


def test_the_stated_design_is_held_against_the_extracted_ones(team: Team) -> None:
    made = {}
    for design in ("cohort", "randomised-trial", "case-series"):
        made[design] = team.include(team.article(team.search(f"Source {design}"), f"A {design}"), "included")
        for rv in team.both:
            rv.extraction.record(made[design], item="design", value=design, quotation="as said", location="page 2")
    cohort, trial, series = made.values()
    for wrong, start in ([cohort], "randomised"), ([cohort, series], "randomised"), ([series], "non-randomised"):
        with pytest.raises(InputRefused, match=f"'{start}' is not what was extracted of the named studies"):
            team.r1.certainty.grade("Activity", **{**CALL, "start": start, "studies": wrong})
    labels = {s.id: s.label for s in team.nobody.studies.views()}
    for studies, start, other in (([cohort, trial], "randomised", cohort), ([trial], "non-randomised", trial)):
        team.r1.certainty.grade("Activity", **{**CALL, "start": start, "studies": studies})
        (remark,) = team.r1.certainty.frame().iloc[0]["remarks"]
        assert remark.startswith(f"stated to be {start}, and extracted otherwise: {labels[other]}: ")
    team.r1.certainty.grade("Activity", **{**CALL, "studies": [trial]})
    assert team.r1.certainty.frame().iloc[0]["remarks"] == []


def test_more_studies_than_are_included_are_remarked_in_the_table(team: Team) -> None:
    team.include(team.article(team.search(), "One"), "included")
    for rv in team.both:
        rv.certainty.grade("Activity", **CALL)
    assert team.nobody.certainty.frame().iloc[0]["remarks"] == ["2 studies were stated, and 1 are included in the review"]
    table = team.nobody.tables.summary_of_findings(CALL["comparison"])
    assert "Remark: 2 studies were stated, and 1 are included in the review" in table.letters


def test_a_comparison_with_baseline_is_remarked(team: Team) -> None:
    team.r1.certainty.grade("Activity", **{**CALL, "comparison": "a drug versus baseline", "start": "single-arm", "studies": None})
    (remark,) = team.r1.certainty.frame().iloc[0]["remarks"]
    assert remark.startswith("compared with baseline: a change over time")


def test_imprecision_is_suggested_at_each_baseline_and_beside_the_null(team: Team) -> None:
    def suggested(**change: object) -> str | None:
        team.r1.certainty.grade("Activity", **{**CALL, **change})
        return team.r1.certainty.frame().iloc[0]["imprecision"]

    null = Threshold(0, source="protocol")
    low, high = "the interval crosses one threshold of ±5", "the interval crosses both thresholds of ±5"
    assert suggested() == f"low risk: -1: {low}; high risk: -2: {high}"
    assert suggested(threshold=null) == "low risk: -1: the interval includes the null; high risk: -1: the interval includes the null"
    assert suggested(threshold=null, baseline=()) == "-1: the interval includes the null", "a ratio alone is held against 1"
    assert suggested(threshold=null, baseline=(), effect=Effect("RR", "0.5", "0.3", "0.9")) == "0: the interval does not include the null"
    assert suggested(baseline=()) is None, "a size per 1,000 says nothing of a ratio alone"


def test_what_waits_is_told_from_ones_own_gradings(tmp_path: Path) -> None:
    text = PLAN.replace('intervention = "a drug"\n', 'intervention = "a drug"\ncomparator = "placebo"\n')
    team = make_team(tmp_path / "own", plan=text)

    def told(rv: Review) -> list[str]:
        return [line for line in rv.status().lines if "your grading" in line]

    try:
        assert team.r1.certainty.due() == [] == told(team.r1), "no study is included yet"
        team.include(team.article(team.search(), "One"), "included")
        waits = [(o.id, "a drug versus placebo") for o in team.nobody.protocol.outcomes]
        assert team.r1.certainty.due() == waits == team.r2.certainty.due() and team.nobody.certainty.due() == []
        before = told(team.r2)
        assert before == [
            f"{len(waits)} outcome{'s wait' if len(waits) > 1 else ' waits'} for your grading of certainty: review desk or 66_grade"
        ]
        team.r1.certainty.grade("Activity", **CALL)
        team.r1.certainty.grade("Activity", **{**CALL, "comparison": "a drug versus usual care"})
        assert team.r1.certainty.due() == [one for one in [*waits, *((o, "a drug versus usual care") for o, _ in waits)] if one[0] != "o1"]
        assert team.r2.certainty.due() == waits and told(team.r2) == before, "nothing of what another has graded"
        team.r2.certainty.not_graded("Activity", comparison="a drug versus placebo", reason="none")
        assert team.r2.certainty.due() == [one for one in waits if one[0] != "o1"]
    finally:
        team.ledger.close()


def test_the_order_of_studies_changes_nothing(team: Team) -> None:
    made = [team.include(team.article(team.search(f"Source {n}"), f"Trial {n}"), "included") for n in range(3)]
    team.r1.certainty.grade("Activity", **{**CALL, "studies": made})
    team.r2.certainty.grade("Activity", **{**CALL, "studies": list(reversed(made))})
    assert standing(team.nobody) == [("agreed", "Moderate")]
