"""The settings of a synthesis: checked, kept as plain values, and told in sentences with the numbers that were used."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import InputRefused
from review.synthesis import SynthesisSettings, effects, mantel_haenszel, pool
from review.synthesis.analysis import analyse
from review.synthesis.dataset import read_rows
from review.synthesis.intervals import INTERVALS, PREDICTIONS
from review.synthesis.measures import measure_of
from review.synthesis.settings import _WORDS
from review.synthesis.tau2 import METHODS
from review.synthesis.wording import planned
from tests.synthesis.arm_rows import arm, counts, means, stated

ZERO = {"None": (0, 20, 3, 20), "Both": (0, 30, 0, 31), "Some": (4, 40, 8, 40), "More": (9, 40, 12, 40)}


def test_the_defaults_are_those_of_the_method_page() -> None:
    assert SynthesisSettings().plain() == {
        "zero_cells": "measure", "correction": 0.5, "double_zero": "drop", "multi_arm": "refuse", "choose": {}, "prefer": "arms",
        "direction": "", "change_r": None, "cluster_icc": None, "crossover_r": None, "common_effect": "mantel_haenszel",
        "method": "REML", "interval": "hksj_floor", "prediction": "t_k1", "level": 95, "smd_variance": "LS", "md_variance": "unequal",
    }  # fmt: skip
    with pytest.raises(FrozenInstanceError, match="cannot assign"):
        SynthesisSettings().level = 90  # type: ignore[misc]


def test_words_are_those_that_pooling_takes() -> None:
    assert (
        set(_WORDS["method"]) == set(METHODS)
        and set(_WORDS["interval"]) == set(INTERVALS)
        and set(_WORDS["prediction"]) == set(PREDICTIONS)
    )


@settings(max_examples=10, deadline=None)
@given(
    st.fixed_dictionaries({name: st.sampled_from(sorted(words)) for name, words in _WORDS.items() if name != "multi_arm"}), st.floats(2, 99)
)
def test_plain_values_give_the_same_settings(words: dict[str, str], level: float) -> None:
    one = SynthesisSettings(**words, level=level, multi_arm="choose", choose={"B": "high", "A": "low"})
    assert SynthesisSettings.from_plain(json.loads(json.dumps(one.plain()))) == one
    assert list(one.plain()) == [field.name for field in fields(one)] and hash(one) is not None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"zero_cells": "half"}, "zero_cells cannot be 'half'"), ({"method": "reml"}, "method cannot be 'reml'"),
        ({"correction": 0}, "correction cannot be 0"), ({"level": 0.95}, "level cannot be 0.95"), ({"level": 100}, "level cannot be 100"),
        ({"change_r": 1.5}, "change_r cannot be 1.5"), ({"cluster_icc": -0.1}, "cluster_icc cannot be -0.1"),
        ({"correction": True}, "correction cannot be True"), ({"prefer": "both"}, "prefer cannot be 'both'"),
        ({"multi_arm": "choose"}, "choose and multi_arm do not fit"), ({"choose": {"A": "low"}}, "choose and multi_arm do not fit"),
    ],
)  # fmt: skip
def test_what_none_can_be_is_refused(given: dict[str, object], told: str) -> None:
    with pytest.raises(InputRefused, match=told):
        SynthesisSettings(**given)


def test_an_unknown_setting_is_refused_by_its_name() -> None:
    with pytest.raises(InputRefused, match="'zerocells' is no setting") as refused:
        SynthesisSettings.from_plain({"zerocells": "none"})
    assert "zero_cells" in str(refused.value)


def test_the_paragraph_says_what_was_done() -> None:
    policy = SynthesisSettings(zero_cells="if0all")
    found = effects(counts(ZERO), "OR", policy)
    pooled = pool(found.used["yi"].tolist(), found.used["vi"].tolist())
    assert policy.sentences(found, pooled) == (
        "The effect measure was the odds ratio, analysed on the log scale.",
        "A correction of 0.5 was added to every cell of all tables where any of them had a zero cell.",
        "Studies without events, or without non-events, in both arms say nothing about a ratio; they are shown and not pooled, but count "
        "for differences.",
        "Effects were pooled in a random-effects model by inverse variance, with restricted maximum likelihood as the estimator of the "
        "between-study variance τ² and 95 % Hartung–Knapp–Sidik–Jonkman confidence intervals whose standard error is never "
        "below that of the Wald-type interval.",
        "Prediction intervals rest on Student's t with k − 1 degrees of freedom.",
        "Heterogeneity is described by τ² and I² with their intervals (Q-profile) and Cochran's Q.",
        "Of the 8 rows of results that came to the effects 6 were used, in 3 comparisons.",
        "Not used (Both): no events in either arm: says nothing about a ratio.",
        "In 3 effects: 0.5 added to each cell.",
    )  # fmt: skip


def test_the_paragraph_follows_what_was_pooled_and_not_what_was_planned() -> None:
    found = effects(counts(ZERO), "OR")
    common = pool(found.used["yi"].tolist(), found.used["vi"].tolist(), method="EE", level=90)
    told = " ".join(found.settings.sentences(found, common))
    assert "common-effect model by inverse variance, with 90 % Wald-type confidence intervals" in told
    assert "random" not in told and "Prediction" not in told and "Heterogeneity" not in told
    assert "A correction of 0.5 was added to every cell of tables with a zero cell." in told
    assert "Nothing was added to zero cells." in " ".join(SynthesisSettings(zero_cells="none").sentences(found))


def test_no_correction_is_told_where_none_was_made() -> None:
    """The one table with a zero has no events at all: it is dropped, and nothing is added anywhere."""
    trials = {"A": (4, 40, 9, 40), "B": (6, 50, 11, 50), "Both": (0, 30, 0, 30)}
    told = " ".join(effects(counts(trials), "OR").settings.sentences(effects(counts(trials), "OR")))
    assert "correction of" not in told and "Studies without events" in told


def test_a_method_that_corrects_nothing_is_told_apart_from_the_effects_of_studies() -> None:
    found = effects(counts(ZERO), "OR")
    used = found.used
    told = found.settings.sentences(found, mantel_haenszel(used["events_exp"], used["n_exp"], used["events_ctl"], used["n_ctl"]))
    assert told[1] == "In the effects of single studies, a correction of 0.5 was added to every cell of tables with a zero cell."
    assert told[3] == "Effects were pooled by the Mantel–Haenszel method without correction for zero cells, with 95 % confidence intervals."


def test_the_paragraph_names_assumptions() -> None:
    policy = SynthesisSettings(multi_arm="split", change_r=0.5, cluster_icc=0.02, crossover_r=0.4, direction="lower", smd_variance="UB")
    before = {"mean_baseline": 7.0, "sd_baseline": 2.0, "better": "lower"}
    found = effects(means({"A": (20, 5.0, 2.0, 20, 4.0, 2.0), "B": (20, 5.0, 2.0, 20, 4.0, 2.0)}, **before), "SMD", policy)
    own = " ".join(policy.sentences(found))  # no trial of several arms, no cluster trial and no crossover gave occasion
    assert not any(words in own for words in ("several arms", "intracluster", "crossover"))
    told = " ".join((*policy.sentences(found), *policy.sentences()))
    for words in (
        "Where several arms shared a control", "with a correlation of 0.5 where none was stated",
        "one of 0.02", "a correlation of 0.4 between periods",
        "so that lower values are better", "the unbiased estimate of their variance",
        "standardised mean difference (Hedges' g, exact factor)",
    ):  # fmt: skip
        assert words in told, words
    assert "zero" not in " ".join(policy.sentences(found)) and "Mean differences were" not in " ".join(policy.sentences(found))


def test_the_paragraph_does_not_tell_of_what_was_not_done() -> None:
    """No zero cell, so that nothing was added; and where a guard refuses, no model."""
    clean = analyse(read_rows(counts({"A": (8, 52, 15, 50), "B": (5, 42, 9, 40)})), "RR")
    assert not any("correction" in said or "both arms" in said for said in clean.sentences)
    assert any("random-effects model" in said for said in clean.sentences)
    alone = analyse(read_rows(counts({"A": (8, 52, 15, 50)})), "RR")
    assert "No estimate was pooled." in alone.sentences
    assert not any(words in said for said in alone.sentences for words in ("pooled in a", "Prediction", "Heterogeneity"))
    clusters = analyse(read_rows(counts({"A": (8, 52, 15, 50), "B": (5, 42, 9, 40)})), "RR", SynthesisSettings(cluster_icc=0.02))
    assert not any("intracluster" in said for said in clusters.sentences)


def test_the_paragraph_of_settings_alone_has_every_policy() -> None:
    told = " ".join(SynthesisSettings().sentences())
    for words in ("zero cell", "Mantel–Haenszel", "large-sample variance", "restricted maximum likelihood", "k − 1"):
        assert words in told
    hazards = pd.DataFrame([stated("A", "HR", 0.7, se=0.2), arm("B", "single", n=9, events=2)])
    of_hazards = " ".join(SynthesisSettings().sentences(effects(hazards, "HR")))
    assert "hazard ratio" in of_hazards and "zero" not in of_hazards and "Mantel" not in of_hazards
    assert "Of the 2 rows of results that came to the effects 1 was used, in 1 comparison." in of_hazards


def test_a_planned_common_effect_is_told_as_it_will_be_done() -> None:
    policy = SynthesisSettings(method="EE", interval="hksj_floor")
    for measure, way in (("MD", "inverse variance"), ("RR", "the Mantel–Haenszel method without correction"), ("PETO", "Peto's method")):
        said = " ".join(planned(policy, [measure_of(measure)]))
        assert f"under a common-effect model by {way}" in said and "95 % Wald-type confidence intervals" in said, said
        assert "Hartung" not in said and said.count("Effects were pooled") == 1 and "Common-effect estimates" not in said
    assert "Hartung" not in " ".join(policy.sentences()) and "of binary outcomes, by inverse variance where" in " ".join(policy.sentences())
    peto = " ".join(planned(SynthesisSettings(common_effect="peto"), [measure_of("RR")]))
    assert "Common-effect estimates by the risk ratio used the inverse-variance method." in peto, "Peto's is of odds ratios"


def test_what_was_kept_is_told_where_it_counts_and_rates_have_no_cells() -> None:
    """'Kept' of a study that nothing is added to, and that has no ratio therefore, would contradict the line that says it is not used."""
    without = effects(counts(ZERO), "OR", SynthesisSettings(zero_cells="none", double_zero="keep"))
    told = " ".join(without.settings.sentences(without))
    assert "were kept" not in told and "Not used (Both, None): a zero cell, and nothing is added." in told
    kept = effects(counts(ZERO), "OR", SynthesisSettings(double_zero="keep"))
    assert "in both arms were kept" in " ".join(kept.settings.sentences(kept))
    rates = pd.DataFrame([
        arm(study, role, events=events, person_time=100)
        for study, pair in {"A": (0, 5), "B": (4, 9)}.items()
        for role, events in zip(("experimental", "control"), pair, strict=True)
    ])  # fmt: skip
    of_rates = effects(rates, "IRR")
    assert "A correction of 0.5 was added to each number of events of tables with a zero cell." in of_rates.settings.sentences(of_rates)
