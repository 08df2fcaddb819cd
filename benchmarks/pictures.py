"""How long pictures of results take: ``python -m benchmarks.pictures``; the aim is a forest of 60 studies in under a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from review.reporting.plots import Plot, draw_baujat, draw_drapery, draw_forest, draw_funnel
from tests.reporting import forests


def cases() -> dict[str, Callable[[], Plot]]:
    """What is drawn, by its name."""
    found: dict[str, Callable[[], Plot]] = {}
    for n in (3, 13, 60, 200):
        for width in (174, 85):
            found[f"forest of {n} studies, {width} mm"] = lambda n=n, width=width: draw_forest(forests.made_up(n), width=width)  # type: ignore[misc]
    found["forest of 13 studies in 3 subgroups, 174 mm"] = lambda: draw_forest(forests.bcg_by_allocation())
    found["funnel of 13 studies"] = lambda: draw_funnel(forests.bcg_points())
    found["drapery of 13 studies"] = lambda: draw_drapery(forests.bcg_points())
    found["Baujat plot of 13 studies"] = lambda: draw_baujat(forests.influences(), title="BCG")
    return found


def main() -> None:
    draw_forest(forests.made_up(3))  # matplotlib is loaded once
    print("processor time of drawing the SVG, plain and with links")
    for name, draw in cases().items():
        start = time.process_time()
        plot = draw()
        print(f"{name:48} {time.process_time() - start:6.2f} s  {len(plot.pages)} page(s), {len(plot.pages[0]) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
