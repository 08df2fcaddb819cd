"""Runs the report notebooks on the example and writes them back executed: ``python -m tests.refresh [NAME …]``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

from review.reporting.notebook import inspect
from review.reporting.render import plan, render, strip
from review.reporting.report import READS_OTHERS
from tests.structure.test_notebooks import REPORTS
from tests.structure.tree import ROOT


def main(asked: list[str]) -> int:
    folder = ROOT / "notebooks"
    reports = [folder / f"{name}.ipynb" for name in (asked or sorted(REPORTS)) if name in REPORTS]
    last = [path for path in reports if READS_OTHERS in inspect(path)]  # these read what the others show
    outcomes = []
    for these in ([path for path in reports if path not in last], last):
        with tempfile.TemporaryDirectory() as out:
            made = render(plan(these), out=Path(out), root=ROOT)
            for outcome in made:
                if outcome.ok and outcome.path:
                    shutil.copyfile(outcome.path, outcome.notebook)
                print(outcome.notebook.name, outcome.error or "executed")
        outcomes += made
    for path in folder.glob("*.ipynb"):
        if path.stem not in REPORTS and path.stem in (asked or [path.stem]):
            path.write_text(nbformat.writes(strip(nbformat.read(path, as_version=4))) + "\n", encoding="utf-8", newline="\n")
            print(path.name, "stripped")
    return 0 if all(outcome.ok for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
