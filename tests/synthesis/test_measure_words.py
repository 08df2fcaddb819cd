"""Measures in the words of reports: adjusted effects are known and marked, and no word is taken for a measure that it does not name."""

from __future__ import annotations

import pandas as pd
import pytest

from review.synthesis import effects
from review.synthesis.measure_words import measure_said
from tests.synthesis.arm_rows import stated


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("hazard ratio", ("HR", False)), ("Hazard ratio (Cox)", ("HR", False)), ("HR (95% CI)", ("HR", False)), ("rd", ("RD", False)),
        ("Relative risk (RR)", ("RR", False)), ("adjusted hazard ratio", ("HR", True)), ("Adjusted  Odds Ratio (95% CI)", ("OR", True)),
        ("hazard ratio, adjusted for age", ("HR", True)), ("odds ratio adjusted for age and sex", ("OR", True)), ("aHR", ("HR", True)),
        ("hazard ratio (adjusted)", ("HR", True)), ("multivariable-adjusted risk ratio", ("RR", True)), ("adj. OR", ("OR", True)),
        ("age- and sex-adjusted rate ratio", ("IRR", True)), ("mean difference, baseline-adjusted", ("MD", True)),
        ("unadjusted hazard ratio", ("HR", False)), ("crude odds ratio", ("OR", False)), ("odds ratio, unadjusted", ("OR", False)),
        ("non-adjusted odds ratio", ("OR", False)), ("hazard ratio, not adjusted", ("HR", False)),
        ("log adjusted odds ratio", ("", True)), ("adjusted difference", ("", True)), ("median survival", ("", False)), ("", ("", False)),
    ],
)  # fmt: skip
def test_words_name_a_measure_or_none(words: str, found: tuple[str, bool]) -> None:
    assert measure_said(words) == found


def test_what_a_study_adjusted_is_told_beside_its_effect() -> None:
    rows = pd.DataFrame([stated("A", "HR", 0.8, se=0.1, est_words="adjusted hazard ratio"), stated("B", "HR", 0.7, se=0.2)])
    assert effects(rows, "HR").used["changed"].tolist() == [("as the study adjusted it: “adjusted hazard ratio”",), ()]


def test_a_bound_of_p_is_taken_and_marked() -> None:
    rows = pd.DataFrame([stated("A", "HR", 0.75, p=0.05, p_bound=True), stated("B", "HR", 0.75, p=0.05)])
    bound, plain = effects(rows, "HR").used.to_dict("records")
    assert bound["vi"] == plain["vi"] and plain["changed"] == ()
    assert bound["changed"] == ("p < 0.05 is taken as 0.05, by which its standard error is rather too large",)
    beside = pd.DataFrame([stated("A", "HR", 0.75, p=0.05, p_bound=True, se=0.2)])
    assert effects(beside, "HR").used["changed"].tolist() == [()], "it is not needed"
