"""Replays of published labelled data, where they are at hand, against figures that ASReview 3.0.8 gives for the same priors."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.screening.simulation import read_labelled, simulate

DATA = Path(__file__).resolve().parents[3] / "shared" / "bench" / "screening"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the labelled data beside the project are not here")


def test_a_replay_has_the_figures_of_asreview() -> None:
    done = simulate(read_labelled(DATA / "Donners_2021.csv"), priors=(208, 135), seed=42)
    expected = {"loss": 0.0640, "recall at 5 %": 0.2857, "recall at 10 %": 0.7143, "ATD": 0.0898, "WSS@95 classic": 0.5711,
                "WSS@95 insights": 0.7344, "NDCG": 0.7599}  # fmt: skip
    assert {name: round(value, 4) for name, value in done.figures().items() if name in expected} == expected
    assert done.last == 97
