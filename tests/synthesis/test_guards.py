"""Each guard fires on data made for it, and none on clean data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from review.errors import GuardRefused, InputRefused
from review.synthesis import Guard, Shown, SynthesisSettings, check, effects, for_pooling, pool
from review.synthesis.guards import guard_rules
from tests.synthesis.arm_rows import arm, counts, means, stated

TWELVE = {f"S{i}": (4 + i, 60 + 3 * i, 9 + (2 * i) % 5, 61 + 2 * i) for i in range(12)}
OF_MEANS = {f"S{i}": (30 + i, 5.0 + i % 3, 2.0, 31 + i, 6.0, 2.2) for i in range(12)}


def fired(rows: pd.DataFrame, measure: str, *, shown: Shown | None = None, pooled: Any = None, **policy: Any) -> dict[str, Guard]:
    """The guards that fire, by code."""
    return {one.code: one for one in check(rows, measure, SynthesisSettings(**policy), pooled, shown=shown)}


def pooled(rows: pd.DataFrame, measure: str, **how: Any) -> Any:
    """What pool makes of the effects used, whatever the guards say."""
    used = effects(rows, measure).used
    return pool(used["yi"].tolist(), used["vi"].tolist(), **how)


EVERYTHING = Shown(asymmetry_test=True, covariates=1, subgroups={"a": 6, "b": 6}, interaction=True)


def test_none_fires_on_clean_data() -> None:
    for rows, measure in (
        (counts(TWELVE), "OR"),
        (counts(TWELVE), "RR"),
        (counts(TWELVE), "RD"),
        (means(OF_MEANS), "MD"),
        (means(OF_MEANS), "SMD"),
    ):
        assert fired(rows, measure, pooled=pooled(rows, measure), shown=EVERYTHING) == {}, measure
    alone = pd.DataFrame([arm(study, "single", n=n, events=a) for study, (a, n, _, _) in TWELVE.items()])
    assert fired(alone, "PLO", pooled=pooled(alone, "PLO"), shown=EVERYTHING) == {}
    hazards = pd.DataFrame([stated(f"S{i}", "HR", 0.7 + i / 50, se=0.2 + i / 100) for i in range(12)])
    assert fired(hazards, "HR", pooled=pooled(hazards, "HR"), shown=EVERYTHING) == {}


def test_clean_data_may_be_pooled() -> None:
    yi, vi, labels = for_pooling(effects(counts(TWELVE), "OR"))
    assert len(yi) == len(vi) == 12 and labels[1:3] == ("S1", "S2") and labels[-1] == "S11"


CLEAN, CLEAN_MEANS = counts(TWELVE).to_dict("records"), means(OF_MEANS).to_dict("records")
ODDS = [stated(f"O{i}", "OR", 0.7, se=0.2) for i in range(6)]
SINGLES = [arm(f"A{i}", "single", n=30, events=5) for i in range(6)]
NIL, EMPTY = counts({"Nil": (0, 20, 3, 20)}).to_dict("records"), counts({"Nil": (0, 9, 0, 9)}).to_dict("records")


def unlike(**of_one: Any) -> list[dict[str, Any]]:
    """One study of means that differs from the others."""
    return means({"T": OF_MEANS["S1"]}, **of_one).to_dict("records")


SINGLE = [arm("Alone", "single", n=30, events=5)]
STATED = [stated("Other", "HR", 0.7, se=0.2)]
LATER = [arm("S0", "experimental", n=64, events=5, timepoint="later"), arm("S0", "control", n=61, events=9, timepoint="later")]
THREE_ARMS = [arm("S0", "experimental", arm="second dose", n=50, events=5)]
CLUSTERS = [arm("C", role, design="cluster", n=60, events=9) for role in ("experimental", "control")]
CROSSED = [arm("X", role, design="crossover", n=20, mean=5.0, sd=2.0) for role in ("experimental", "control")]
IMPOSSIBLE = [arm("Typo", "experimental", n=10, events=12), arm("Typo", "control", n=10, events=2)]


@pytest.mark.parametrize(
    ("code", "rows", "measure", "told"),
    [
        ("E01", [*CLEAN, *SINGLE], "OR", "Alone"),
        ("E01", [*CLEAN, *SINGLES], "PLO", "S0"),
        ("E01", [*CLEAN, arm("Uncontrolled", "experimental", design="single_arm", n=30, events=5)], "OR", "Uncontrolled"),
        ("E02", [*CLEAN, *STATED], "OR", "Other (HR, not OR)"),
        ("E02", [*ODDS, stated("A", "OR", -0.3, se=0.2)], "OR", "A (not above 0"),
        ("E02", [*ODDS, stated("A", "OR", -0.3, se=0.2, scale="log")], "OR", "A (log scale), O0 (natural scale)"),
        ("E02", [*means(OF_MEANS, unit="mm").to_dict("records"), *unlike(unit="cm")], "MD", "T (cm)"),
        ("E02", [*means(OF_MEANS, better="lower").to_dict("records"), *unlike(better="higher")], "MD", "T (higher values are better)"),
        ("E03", [*CLEAN, *IMPOSSIBLE], "OR", "Typo (there are more events (12) than participants (10))"),
        ("E04", [*CLEAN, *LATER], "OR", "S0 (2 outcomes, time points or analysis sets: later; one without a name)"),
        ("E04", [*CLEAN, *THREE_ARMS], "OR", "S0 (an arm stands in 2 effects)"),
        ("W05", [*CLEAN, *CLUSTERS], "OR", "C (a cluster trial without its intracluster correlation)"),
        ("W05", [*CLEAN_MEANS, *CROSSED], "MD", "X (a crossover trial whose periods"),
        ("E06", counts(TWELVE).to_dict("records")[:2], "OR", "1 study has an effect"),
        ("W06", counts(TWELVE).to_dict("records")[:8], "OR", "4 studies"),
        ("W10", [*CLEAN, *NIL], "OR", "1 of 13 tables; 0.5 added in 1"),
        ("W10", [*CLEAN, *EMPTY], "RR", "nothing added; not pooled: Nil"),
        ("W12", means(OF_MEANS, derived="luo_mean_iqr; wan_sd_iqr").to_dict("records"), "MD", "S0 (luo_mean_iqr, wan_sd_iqr)"),
        ("W12", means(OF_MEANS, derived="wan_sd_iqr", skewed=True).to_dict("records"), "MD", "S0 (wan_sd_iqr; skewed, by its test)"),
        ("W17", [*means(OF_MEANS).to_dict("records"), *unlike(unit="cm")], "MD", "T (cm); none in S0, S1"),
        ("W13", [*means(OF_MEANS, change=False).to_dict("records"), *unlike(change=True)], "SMD", "mixed"),
        ("W13", [*means(OF_MEANS, better="lower").to_dict("records"), *unlike(better="higher")], "SMD",
         "higher values are better on some scales"),
    ],
)  # fmt: skip
def test_it_fires_on_the_rows(code: str, rows: list[dict[str, Any]], measure: str, told: str) -> None:
    found = fired(pd.DataFrame(rows), measure)
    assert list(found) == [code], "it, and no other"
    guard = found[code]
    assert told in guard.message and guard.kind == {"E": "refuse", "W": "warn"}[code[0]] and guard.instead
    assert bool(guard.caption) == (code[0] == "W")
    if code[0] == "E":
        with pytest.raises(GuardRefused, match=code) as refused:
            for_pooling(effects(pd.DataFrame(rows), measure))
        assert refused.value.guards == (guard,) and guard.instead in str(refused.value)
    else:
        for_pooling(effects(pd.DataFrame(rows), measure))


def test_it_fires_on_what_is_shown() -> None:
    rows, few = counts(TWELVE), counts(dict(list(TWELVE.items())[:9]))
    assert list(fired(few, "OR", shown=Shown(asymmetry_test=True))) == ["W08"]
    assert (
        list(fired(rows, "OR", shown=Shown(covariates=2))) == ["W08"]
        and "2 covariates" in fired(rows, "OR", shown=Shown(covariates=2))["W08"].message
    )
    assert "b has 1" in fired(rows, "OR", shown=Shown(subgroups={"a": 11, "b": 1}))["W11"].message
    assert "no test for interaction" in fired(rows, "OR", shown=Shown(subgroups={"a": 6, "b": 6}, interaction=False))["W11"].message
    assert "chosen by Q" in fired(rows, "OR", shown=Shown(model_by_q=True))["W14"].caption
    for shown in (Shown(funnel=True), Shown(trim_and_fill=True)):
        assert list(fired(rows, "OR", shown=shown)) == ["I15"] and fired(rows, "OR", shown=shown)["I15"].kind == "inform"
    assert list(fired(rows, "OR", shown=Shown(votes=True))) == ["W16"]


def test_zero_cells_are_counted_with_all_that_something_was_added_to() -> None:
    rows = pd.DataFrame([*CLEAN, *NIL])
    assert "1 of 13 tables; 0.25 added in 13" in fired(rows, "OR", zero_cells="all", correction=0.25)["W10"].caption


def test_studies_are_named_in_the_order_of_their_labels() -> None:
    """Ids are hashes in a review: their order says nothing to a reader."""
    names = {"f0": "Doe 10", "01": "Doe 9", "a7": "Doe 2"}
    sides = [(study, role) for study in names for role in ("experimental", "control")]
    clusters = [arm(study, role, label=names[study], design="cluster", n=60, events=9) for study, role in sides]
    told = fired(pd.DataFrame([*CLEAN, *clusters]), "OR")["W05"].caption
    assert [told.index(name) for name in ("Doe 2", "Doe 9", "Doe 10")] == sorted(told.index(name) for name in ("Doe 2", "Doe 9", "Doe 10"))


def test_it_fires_on_directions_that_are_not_said_alike() -> None:
    silent, lower = means(OF_MEANS), means(OF_MEANS, better="lower")
    one = pd.concat([lower, means({"T": OF_MEANS["S1"]})])
    for measure in ("MD", "SMD"):
        assert fired(one, measure, direction="higher")["W18"].message.count("not stated in T, whose signs stay as they were") == 1
        assert list(fired(lower, measure, shown=Shown(better="higher"))) == ["W18"]
        for clean in (lower, silent):
            assert fired(clean, measure, shown=Shown(better="lower")) == {}
        assert fired(lower, measure, direction="higher", shown=Shown(better="higher")) == {}, "signs were turned"
    assert list(fired(silent, "SMD", direction="higher")) == ["W18"] and fired(silent, "MD", direction="higher") == {}, "MD is of one scale"


def test_it_fires_on_what_was_pooled() -> None:
    rows, four = counts(TWELVE), counts(dict(list(TWELVE.items())[:4]))
    alike = means({f"S{i}": (40, 5.0 + i / 1000, 2.0, 40, 6.0, 2.0) for i in range(12)})
    narrow = fired(alike, "MD", pooled=pooled(alike, "MD", interval="hksj"))
    assert list(narrow) == ["W07"] and narrow["W07"].caption.endswith("narrower than the Wald interval.")
    assert fired(alike, "MD", pooled=pooled(alike, "MD")) == {}, "with the floor it is not"
    assert list(fired(four, "OR", pooled=pooled(four, "OR"))) == ["W06", "W09"]
    assert fired(four, "OR", pooled=pooled(four, "OR", method="EE")) == {}
    groups = {"open": 2, "blind": 4, "other": 6}
    few = fired(rows, "OR", pooled=pooled(rows, "OR"), shown=Shown(subgroups=groups))
    assert list(few) == ["W06", "W09"]
    assert "(open: 2 studies, where the Hartung" in few["W06"].caption and "; blind: 4" in few["W06"].caption
    assert few["W09"].caption == "The prediction interval is imprecise (blind: 4 studies)."
    bare = replace(pooled(rows, "OR"), i2_ci=None)
    assert "the interval of I² is missing" in fired(rows, "OR", pooled=bare)["W14"].message
    two = counts(dict(list(TWELVE.items())[:2]))
    assert "hardly anything" in fired(two, "OR", pooled=pooled(two, "OR"))["W06"].message
    assert "hardly anything" not in fired(two, "OR", pooled=pooled(two, "OR", interval="wald"))["W06"].message


def test_policies_answer_the_guards() -> None:
    three = pd.DataFrame([*CLEAN, *THREE_ARMS])
    for policy in ({"multi_arm": "combine"}, {"multi_arm": "split"}, {"multi_arm": "choose", "choose": {"S0": "second dose"}}):
        assert "E04" not in fired(three, "OR", **policy)
    assert fired(pd.DataFrame([*CLEAN, *CLUSTERS]).assign(n_clusters=6), "OR", cluster_icc=0.02) == {}
    assert fired(pd.DataFrame([*CLEAN_MEANS, *CROSSED]), "MD", crossover_r=0.5) == {}
    turned = pd.concat([means(OF_MEANS, better="lower"), means({"T": OF_MEANS["S1"]}, better="higher")])
    assert fired(turned, "SMD", direction="lower") == {} and fired(turned, "MD", direction="lower") == {}
    assert fired(means(OF_MEANS, unit="cm", better="lower"), "MD") == {}, "one unit and one direction are none of several"
    left_out = pd.DataFrame([*CLEAN, *({**row, "excluded": "typing error, asked"} for row in IMPOSSIBLE)])
    assert fired(left_out, "OR") == {}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"n": 10.5}, "no whole number of participants"), ({"n": 0}, "no whole number"), ({"n": 10, "events": -1}, "no whole number"),
        ({"sd": 0.0}, "the SD is 0"), ({"se": -1.0}, "the SE is -1"), ({"r": 1.5}, "the correlation is 1.5"),
        ({"icc": -0.1}, "intracluster"),
        ({"person_time": 0.0}, "the person-time is 0"), ({"p": 1.2}, "p is 1.2"), ({"n": 5, "n_clusters": 9}, "there are 9 clusters"),
    ],
)  # fmt: skip
def test_what_cannot_be_in_an_arm(values: dict[str, float], told: str) -> None:
    assert told in fired(pd.DataFrame([*CLEAN, arm("Typo", "experimental", **values)]), "OR")["E03"].message


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"est": 0.5, "ci_low": 0.6, "ci_high": 0.9}, "outside its interval"), ({"est": 0.5, "ci_low": 0.9, "ci_high": 0.3}, "is empty"),
        ({"est": 0.55, "ci_low": 0.2, "ci_high": 0.8}, "not symmetric around 0.55 on the log scale (by 46 %)"),
        ({"est": 0.5, "ci_low": 0.4, "ci_high": 0.625, "ci_level": 100}, "the level of the interval is 100 %"),
    ],
)  # fmt: skip
def test_what_cannot_be_in_an_effect(values: dict[str, float], told: str) -> None:
    assert (
        told
        in fired(pd.DataFrame([stated("A", "HR", **values), stated("B", "HR", 0.8, se=0.1), stated("C", "HR", 0.8, se=0.1)]), "HR")[
            "E03"
        ].message
    )


@pytest.mark.parametrize("printed", [(0.98, 0.96, 1.01), (1.2, 1.0, 1.5), (0.93, 0.89, 0.98), (0.3, 0.1, 0.8), (0.72, 0.55, 0.94)])
def test_asymmetry_that_rounding_explains_is_let_through(printed: tuple[float, float, float]) -> None:
    est, low, high = printed
    rows = pd.DataFrame([stated("A", "HR", est, ci_low=low, ci_high=high), stated("B", "HR", 0.8, se=0.1)])
    assert "E03" not in fired(rows, "HR")


@pytest.mark.parametrize("policy", ["combine", "split", "refuse"])
def test_an_arm_that_stands_in_two_rows_is_no_second_arm(policy: str) -> None:
    """Combined with itself it would count its people twice."""
    again = arm("S0", "experimental", n=60, events=4, row="S0 again")
    found = effects(pd.DataFrame([*CLEAN, again]), "OR", SynthesisSettings(multi_arm=policy))
    assert "E04" in fired(pd.DataFrame([*CLEAN, again]), "OR", multi_arm=policy)
    assert "S0" not in found.used["study"].tolist() and len(found.rows) == len(CLEAN) + 1
    assert {line.reason for line in found.rows.itertuples() if line.study == "S0"} == {
        "E04: the arm experimental stands in 2 rows of one outcome, time point and analysis set"
    }


def test_a_refusal_says_what_can_help() -> None:
    """Combining arms is no way out of two time points; what cannot be mended may be left out with a reason."""
    several = fired(pd.DataFrame([*CLEAN, *LATER]), "OR")["E04"].instead
    assert "timepoint, analysis_set in its [[comparisons]]" in several and "multi_arm" in several
    rules = {rule.code: rule.instead for rule in guard_rules()}
    assert all("leave_out" in rules[code] for code in ("E02", "E03", "E04", "W17"))


def test_every_rule_has_its_words_and_codes_are_those_of_the_list() -> None:
    codes = [rule.code for rule in guard_rules()]
    assert codes == "E01 E02 E03 E04 W05 E06 W06 W07 W08 W09 W10 W11 W12 W13 W14 I15 W16 W17 W18".split()
    for rule in guard_rules():
        assert (
            "{what}" in rule.says and rule.instead.endswith(".") and rule.kind == {"E": "refuse", "W": "warn", "I": "inform"}[rule.code[0]]
        )


def test_rows_without_a_measure_are_refused() -> None:
    with pytest.raises(InputRefused, match="rows are checked for a measure"):
        check(counts(TWELVE))
