"""Pooling at 13 and at 1,000 studies: fits, leave-one-out, mixed models, and a forest; processor time, the fastest of several runs."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from review.reporting.plots import draw_forest
from review.synthesis import leave_one_out, mixed_odds_ratio, mixed_proportion, pool
from tests.reporting import forests
from tests.synthesis.trials import ADHERENT, CATHETER_COUNTS, log_risk_ratios

RUNS = 7


def fastest(call: Callable[[], object], times: int) -> float:
    """Milliseconds of one call, of the fastest of RUNS series of so many."""
    call()
    series = []
    for _ in range(RUNS):
        start = time.process_time()
        for _ in range(times):
            call()
        series.append((time.process_time() - start) / times * 1000)
    return min(series)


def made(k: int) -> tuple[np.ndarray, np.ndarray]:
    """Effects of k studies with tau² 0.1."""
    random = np.random.default_rng(1)
    v = random.gamma(2, 0.1, k) + 0.01
    return random.normal(0, np.sqrt(v + 0.1)), v


def main() -> None:
    bcg, thousand = tuple(map(np.array, log_risk_ratios())), made(1000)
    for name, (y, v) in (("13 trials (BCG)", bcg), ("1,000 studies", thousand)):
        for method in ("REML", "PM", "DL", "EE"):
            print(f"{name:16} {method:5} {fastest(lambda y=y, v=v, method=method: pool(y, v, method=method), 100):8.3f} ms")
        print(f"{name:16} leave-one-out by REML {fastest(lambda y=y, v=v: leave_one_out(y, v), 1):8.1f} ms")
    events, people = map(list, zip(*ADHERENT, strict=True))
    print(f"mixed model of 13 proportions {fastest(lambda: mixed_proportion(events, people), 1):8.0f} ms")
    print(f"mixed model of 18 odds ratios {fastest(lambda: mixed_odds_ratio(*CATHETER_COUNTS), 1):8.0f} ms")
    sixty = forests.made_up(60)
    print(f"forest plot of 60 studies     {fastest(lambda: draw_forest(sixty), 1):8.0f} ms")


if __name__ == "__main__":
    main()
