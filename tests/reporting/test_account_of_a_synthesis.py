"""What a synthesis says of its own contents: rows in are rows used and rows excluded, in the cases where used and computed differ."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from review import Review
from review.model.synthesis import DirectionCell
from review.reporting.analyses import Synthesis, synthesis
from review.reporting.analysis_account import flagged, identities, left_out
from review.reporting.analysis_directions import _test
from review.reporting.analysis_lines import Line, lines
from review.reporting.analysis_rows import design_of
from tests.reporting.small_synthesis import Cells, arms, planned, reviewed, stated

ONE = '\n[[comparisons]]\nid = "one"\noutcome = "o1"\nmeasure = "OR"\ndirection = "lower is better"\n'
MEANS = '\n[[comparisons]]\nid = "means"\noutcome = "pain"\nmeasure = "MD"\ndirection = "lower is better"\n'
PLAN = (
    planned("OR", policies='method = "EE"\nzero_cells = "none"', more='direction = "lower is better"\nsubgroup_by = "region"') + ONE + MEANS
)


def counts(outcome: str, drug: tuple[int, int], placebo: tuple[int, int], **also: str) -> Cells:
    """A trial's events and people with the drug and with placebo."""
    groups = (("Drug", "experimental", drug), ("Placebo", "control", placebo))
    return arms(outcome, [(arm, role, {"events": events, "n_analysed": n, **also}) for arm, role, (events, n) in groups])


def means(**also: str) -> Cells:
    """A trial's means of pain."""
    return arms(
        "Pain",
        [(arm, role, {"mean": mean, "sd": "1.1", **also}) for arm, role, mean in (("Drug", "experimental", 3), ("Placebo", "control", 4))],
    )


def two_names() -> Cells:
    """A trial that is not randomised, whose arms call the outcome by its name and by its id."""
    cells: Cells = [{"item": "design", "value": "non-randomised-trial"}]
    for arm, role, outcome, events in (("Drug", "experimental", "Flare", "4"), ("Placebo", "control", "flares", "9")):
        cells += [
            {"item": item, "arm": arm, "outcome": outcome, "value": value} for item, value in (("events", events), ("n_analysed", "40"))
        ]
        cells.append({"item": "arm_role", "arm": arm, "value": role})
    return cells


@pytest.fixture(scope="module")
def rv(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    team = reviewed(
        tmp_path_factory.mktemp("account"), PLAN,
        {
            "Ash": [
                *counts("Flare", (5, 40), (9, 40), person_time="38"), {"item": "region", "value": "north"},
                *counts("Activity", (6, 40), (6, 40))[1:],
            ],
            "Beech": [*counts("Flare", (7, 50), (12, 50)), {"item": "region", "value": "south"}],
            "Cedar": counts("Flare", (0, 40), (5, 40)),
            "Hazel": [*two_names(), {"item": "region", "value": "north"}],
            "Larch": stated("Flare", {"effect_measure": "odds ratio", "effect": "0.8", "p_value": ">0.05"}),
            "Maple": means(),
            "Nutmeg": means(n_analysed="30"),
            "Olive": means(n_analysed="30"),
            "Pine": means(n_analysed="30"),
        },
    )  # fmt: skip
    labels = {study.label: study.id for study in team.lead.studies.views()}
    where = {"arm": "Drug", "outcome": "Pain", "quotation": "words", "location": "p. 1"}
    for one, n in zip(team.both, ("30", "31"), strict=True):
        one.extraction.record(labels["Doe 2005"], item="n_analysed", value=n, **where)
        one.extraction.record(labels["Doe 2005"], item="n_analysed", value="30", **{**where, "arm": "Placebo"})
    for one, better in zip(team.both, ("higher", "lower"), strict=True):
        one.extraction.record(labels["Doe 2006"], item="better_when", value=better, **{k: v for k, v in where.items() if k != "arm"})
    yield team.nobody
    team.ledger.close()


def found(rv: Review, comparison: str) -> Synthesis:
    """One planned synthesis of the review."""
    return synthesis(rv._at(None), comparison)


def reasons(one: Synthesis) -> dict[str, str]:
    """Label -> why, of all that is in no estimate."""
    unused = {effect.comparison.first.label: effect.reason for effect in one.each if not effect.pooled}
    return unused | {left.label: left.reason for left in one.left}


def test_a_table_that_counts_by_its_counts_alone_is_used_and_not_excluded(rv: Review) -> None:
    one = found(rv, "c")
    assert [effect.comparison.first.label for effect in one.done.pooled_of if not effect.used] == ["Doe 2002"]
    assert one.done.pooled is not None and one.done.pooled.method == "MH" and one.done.pooled.k == 4
    assert identities(one) == (
        "Studies: 9 = 4 used + 5 excluded; comparisons: 9 = 4 used + 5 excluded; rows of results: 9 = 8 used + 1 excluded, each with its "
        "reason."
    )
    assert one.ungrouped == {"Doe 2002": "not extracted"}
    weights = {line.label: line.weight for line in lines(one)}
    assert [label for label, weight in weights.items() if weight is None] == [f"Doe {year}" for year in range(2004, 2009)]
    assert sum(weight for weight in weights.values() if weight) == pytest.approx(100)


def test_arms_that_call_an_outcome_by_its_name_and_by_its_id_are_of_one_comparison(rv: Review) -> None:
    [effect] = [effect for effect in found(rv, "c").each if effect.comparison.first.label == "Doe 2003"]
    assert effect.used and {row.outcome for row in effect.comparison.rows} == {"Flare"}


def test_a_lower_bound_of_p_gives_no_standard_error(rv: Review) -> None:
    assert reasons(found(rv, "c"))["Doe 2004"] == "neither an interval, a standard error nor a p between 0 and 1 is stated with the effect"


def test_a_trial_that_says_not_randomised_is_none_of_the_randomised(rv: Review) -> None:
    one = found(rv, "c")
    labels = {study.id: study.label for study in one.gathered.studies.values()}
    assert "Doe 2003" not in {labels[study] for study in one.gathered.randomised} >= {"Doe 2000", "Doe 2001", "Doe 2002"}


def test_the_design_of_a_synthesis_is_that_of_the_words_of_the_tools() -> None:
    words = ("crossover-trial", "crossover-first-period", "cluster-trial", "single-arm-trial", "randomised-trial", "")
    assert [design_of(said) for said in words] == ["crossover", "parallel", "cluster", "single_arm", "parallel", "parallel"]


def test_what_has_an_effect_and_is_not_pooled_is_not_called_used(rv: Review) -> None:
    one = found(rv, "one")
    assert one.done.pooled is None
    assert identities(one).startswith("Studies: 9 = 1 with an effect, not pooled, + 8 excluded; ")


def test_an_effect_of_none_favours_neither(rv: Review) -> None:
    one = found(rv, "one")
    [effect] = one.done.used
    assert effect.yi == 0 and one.side(effect.yi) == "neither"
    assert {row["column"] for row in rv.figures.harvest("one").numbers} == {"Neither"}
    assert _test([DirectionCell("mixed", 1, "a"), None]) is None, "what has no direction is in no sign test"
    both = _test([DirectionCell("mixed", 1, "a"), DirectionCell("positive", 1, "b"), DirectionCell("negative", 2, "c")])
    assert both is not None and (both.positive, both.n, both.p) == (1, 2, 1.0)


def test_extractors_who_differ_on_what_an_effect_rests_on_leave_its_result_out(rv: Review) -> None:
    one = found(rv, "means")
    assert reasons(one)["Doe 2005"] == "two extractors differ on participants analysed of Drug"
    assert reasons(one)["Doe 2006"] == "two extractors differ on better when"
    assert {effect.comparison.first.label for effect in one.done.used} == {"Doe 2007", "Doe 2008"}


def line(study: str, key: str, *, estimate: float | None = None, reason: str = "", flag: str = "") -> Line:
    """A line of a synthesis."""
    return Line(study, study, key, "", reason, None, (), (), estimate=estimate, low=estimate, high=estimate, flag=flag)


def test_only_what_is_used_is_warned_of_as_retracted() -> None:
    out = line("Elm 2001", "a", reason="no result", flag="retracted")
    used = line("Fir 2002", "b", estimate=1.0, flag="corrected")
    assert flagged([out]) == [] and flagged([out, used]) == ["Among what is used, and said of it after it came out: Fir 2002 (corrected)."]


def test_who_is_missing_from_a_picture_is_told_by_line_or_where_one_stands_for_all_by_study() -> None:
    made = [line("Fir 2002", "a", estimate=1.0), line("Fir 2002", "b", estimate=2.0), line("Elm 2001", "c", reason="no result")]
    excluded = "Excluded: Elm 2001 (no result)."
    assert left_out(made, {"a"}, "a reason") == ["Used, and not drawn here, for a reason: Fir 2002.", excluded]
    assert left_out(made, {"a"}, "a reason", by_study=True) == left_out(made, {"a", "b"}) == [excluded]
