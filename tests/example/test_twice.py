"""The example's reports made twice in one environment, by two workers and by one: every file of every format has the same bytes."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from review import Review
from tests.example.build import ROOT

ENDINGS = {".csv", ".docx", ".html", ".ipynb", ".json", ".pdf", ".png", ".svg"}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def example(folder: Path) -> Review:
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "review.toml", folder)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("*.sqlite3*"))
    return Review.open(folder)


def test_two_workers_and_one_make_the_same_bytes_in_every_format(tmp_path: Path) -> None:
    first, second = example(tmp_path / "here"), example(tmp_path / "some" / "where else")
    made = first.report()
    assert [outcome.error for outcome in made] == [""] * len(made)
    with ThreadPoolExecutor(1) as one:
        second.report(executor=one)
    here, there = contents(first.folder / "reports"), contents(second.folder / "reports")
    assert {Path(name).suffix for name in here} == ENDINGS
    assert list(here) == list(there)
    assert [name for name in here if here[name] != there[name]] == []
    assert {"review.docx", "review.pdf", "figures/flow.svg", "figures/flow.pdf", "figures/flow.png"} <= set(here)
    assert all(str(tmp_path).encode() not in content and b"rv-review-" not in content for content in here.values())
    assert all(outcome.unchanged for outcome in first.report())
    for rv in (first, second):
        rv.close()
