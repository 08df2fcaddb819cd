"""What stands beside an estimate of derived medians, of very few effects and of clusters; what is not stated is said to be so."""

from __future__ import annotations

import pandas as pd
import pytest

from review.synthesis import SynthesisSettings, effects, pool
from review.synthesis.analysis import analyse, without_medians
from review.synthesis.dataset import read_rows
from tests.synthesis.arm_rows import arm, counts, means, stated

PAIN = {name: (30, 5.0 + at, 2.0, 30, 6.0, 2.2) for at, name in enumerate("ABCDE")}


def pain(**of: dict[str, object]) -> pd.DataFrame:
    """The rows of PAIN, with what is said of single studies."""
    return pd.concat([means({name: table}, **of.get(name, {})) for name, table in PAIN.items()])


def test_the_estimate_stands_without_medians_and_without_skewed_ones() -> None:
    median = {"derived": "luo_mean_iqr; wan_sd_iqr"}
    done = analyse(read_rows(pain(D={**median, "skewed": False}, E={**median, "skewed": True})), "MD")
    found = without_medians(done)
    yi, vi = ([getattr(one, name) for one in done.used] for name in ("yi", "vi"))
    assert [(name, one.k) for name, one in found.items()] == [("without all of them", 3), ("without those that the test finds skewed", 4)]
    assert [one.estimate for one in found.values()] == [pool(yi[:k], vi[:k]).estimate for k in (3, 4)]
    assert without_medians(analyse(read_rows(pain()), "MD")) == {}
    every = analyse(read_rows(pain(**{name: {**median, "skewed": True} for name in PAIN})), "MD")
    assert without_medians(every) == {}, "nothing is left"


def test_fewer_than_three_effects_have_no_prediction_interval() -> None:
    tables = {name: (4 + at, 60, 9 + at, 61) for at, name in enumerate("ABCDE")}
    groups = dict(zip("ABCDE", ("one", "one", "two", "two", "two"), strict=True))
    done = analyse(read_rows(counts(tables)), "RR", groups=groups)
    assert done.pooled is not None and done.pooled.pi is not None and done.groups is not None
    assert {name: one.pi is None for name, one in done.groups.pooled.items()} == {"one": True, "two": False}
    two = analyse(read_rows(counts(dict(list(tables.items())[:2]))), "RR")
    assert two.pooled is not None and two.pooled.pi is None and "no prediction interval of 2 effects" in " ".join(two.pooled.warnings)
    assert not any("Prediction" in words for words in two.sentences)


@pytest.mark.parametrize(("own", "effect"), [({}, 1.95), ({"icc": 0.1}, 2.9), ({"n": 320, "n_clusters": 32}, 1.45)])
def test_clusters_of_the_arms_serve_a_stated_effect_that_states_none(own: dict[str, float], effect: float) -> None:
    arms = [arm("C", role, design="cluster", n=160, n_clusters=8) for role in ("experimental", "control")]
    given = stated("C", "MD", -4.0, ci_low=-6.0, ci_high=-2.0, design="cluster", **own)
    found = effects(pd.DataFrame([given, *arms]), "MD", SynthesisSettings(cluster_icc=0.05))
    [used] = found.used.to_dict("records")
    plain = effects(pd.DataFrame([stated("C", "MD", -4.0, ci_low=-6.0, ci_high=-2.0)]), "MD").used["vi"].iloc[0]
    if not own or "icc" in own:
        assert len(found.frame) == 1 and used["vi"] == pytest.approx(plain * effect, rel=1e-12) and len(used["rows"]) == 3
    else:
        assert "mean cluster size 10" in " ".join(used["changed"]) and len(used["rows"]) == 1
    assert len(found.rows) == 3, "every row is in one"


def test_a_count_that_is_not_stated_is_told_with_what_is() -> None:
    rows = pd.DataFrame([
        arm("A", "experimental", n=50, stated_instead="20 % is stated, and no count"), arm("A", "control", n=50, events=9),
    ])  # fmt: skip
    said = "events not stated in experimental (20 % is stated, and no count)"
    assert effects(rows, "RR").excluded["reason"].tolist() == [said]
