"""A grid of forty on a local Dask cluster of two workers: the same bytes as by threads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reporting.test_report import contents, notebook
from tests.rooms.team import make_team

SHOWS = """import pandas
from review import Review
rv = Review.open(reviewer=reviewer or None)
display(rv.flow(as_of=as_of))
print(outcome, population, level, pandas.Series([level]).mean())
rv.tables.records(as_of=as_of)"""
GRID = {
    "notebooks": ["70_own"],
    "parameters": {
        "outcome": ["pain", "fatigue", "dryness", "quality of life", "harms"],
        "population": ["adults", "children"],
        "level": [0.5, 1.0],
        "as_of": ["2026-01-04", "2026-01-06"],
    },
}


@pytest.mark.soak
@pytest.mark.filterwarnings("default")  # those of a scheduler are not ours
def test_a_grid_of_forty_on_a_cluster_gives_the_bytes_of_threads(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'review-toolkit[dask]'")
    team = make_team(tmp_path / "review")
    search = team.search()
    for n in range(5):
        team.article(search, f"Trial {n}")
    notebook(team.folder, "70_own", SHOWS, "outcome: str = ''\npopulation: str = ''\nlevel: float = 0.0")
    by_threads = team.nobody.report(grid=GRID, out=tmp_path / "threads")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        by_dask = team.nobody.report(grid=GRID, out=tmp_path / "dask", executor=client.get_executor(pure=False))
    assert len(by_dask) == 40 and all(outcome.ok for outcome in [*by_threads, *by_dask])
    assert contents(tmp_path / "dask") == contents(tmp_path / "threads")
    team.ledger.close()
