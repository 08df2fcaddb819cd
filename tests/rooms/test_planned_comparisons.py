"""What review.toml plans of a synthesis: its policies are those of the settings, and each mistake is listed with its line."""

from __future__ import annotations

from typing import get_args

import pytest

from review.errors import ProtocolInvalid
from review.model.plan import changed_parts, read_plan
from review.model.plan_synthesis import MeasureId, PlannedComparison, Synthesis
from review.synthesis import SynthesisSettings
from review.synthesis.measures import MEASURES
from review.synthesis.settings import _WORDS
from tests.rooms.team import PLAN

ONE = '\n[[comparisons]]\nid = "c1"\noutcome = "o1"\nmeasure = "RR"\n'


def test_policies_and_measures_are_those_of_the_settings() -> None:
    assert set(get_args(MeasureId)) == set(MEASURES)
    assert SynthesisSettings.from_plain(Synthesis().policies()) == SynthesisSettings()
    for name, words in _WORDS.items():
        assert set(get_args(Synthesis.model_fields[name].annotation)) == set(words), name


def test_a_comparison_has_defaults_and_takes_one_name_or_several() -> None:
    [one] = read_plan(PLAN + ONE + 'control = ["Placebo", "Usual care"]\n').comparisons
    assert one == PlannedComparison(id="c1", outcome="o1", measure="RR", experimental=("experimental",), control=("Placebo", "Usual care"))
    assert read_plan(PLAN).comparisons == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[synthesis]\nmethd = "REML"', "synthesis.methd: unknown key; did you mean 'method'"),
        ('[synthesis]\ninterval = "wold"', "synthesis.interval: 'wold' is not accepted; accepted: 'wald'"),
        ("[synthesis]\nlevel = 200", "synthesis.level: 200 is not accepted; accepted: a number below 100 (per cent: 95, not 0.95)"),
        ("[synthesis]\ncluster_icc = 2", "synthesis.cluster_icc: 2 is not accepted; accepted: a number up to 1"),
        ('[synthesis]\nmulti_arm = "choose"', "choose and multi_arm do not fit"),
        (ONE.replace('"o1"', '"o7"'), "comparisons c1: 'o7' is the id of no"),
        (ONE.replace('"RR"', '"RRR"'), "comparisons c1.measure: 'RRR' is not accepted"),
        (ONE + 'control = "Experimental"\n', "experimental and control both name experimental"),
        (ONE + ONE, "the id c1 stands more than once"),
        (
            ONE.replace('"c1"', '"C 1"'),
            "comparisons no. 1.id: 'C 1' is not accepted; accepted: small letters and digits with dashes between",
        ),
        (ONE + 'leave_out = { "Doe 2001" = " " }\n', "comparisons c1.leave_out.Doe 2001: a study is left out with its reason"),
    ],
)
def test_each_mistake_is_listed_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ProtocolInvalid, match=r"review\.toml:\d+: ") as found:
        read_plan(f"{PLAN}\n{text}\n")
    assert said in str(found.value)


def test_an_amendment_names_what_changed() -> None:
    before, after = read_plan(PLAN + ONE), read_plan(PLAN + ONE.replace("RR", "OR") + '[synthesis]\nmethod = "PM"\n')
    assert changed_parts(before, after) == ["synthesis method", "comparisons c1"]


def test_the_direction_of_a_comparison_stands_before_that_of_all() -> None:
    turned = '\n[synthesis]\ndirection = "higher"\n' + ONE.replace('"RR"', '"SMD"')
    [own] = read_plan(PLAN + turned + 'direction = "lower is better"\n').comparisons
    [none] = read_plan(PLAN + turned).comparisons
    assert (own.turned_to("higher"), own.better("higher")) == ("lower", "lower is better")
    assert (none.turned_to("higher"), none.better("higher"), none.better("")) == ("higher", "higher is better", "")
    assert (own.turned_to(""), own.better("")) == ("", "lower is better"), "its direction alone turns no sign"
    [counts] = read_plan(PLAN + turned.replace('"SMD"', '"RR"') + 'direction = "lower is better"\n').comparisons
    assert counts.better("higher") == "lower is better"  # events run one way: nothing is turned
