"""The public names, and that ``import review`` costs and changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys

import review
from tests.structure.tree import ROOT

HEAVY = {
    "pandas",
    "numpy",
    "matplotlib",
    "papermill",
    "nbformat",
    "sqlalchemy",
    "sklearn",
    "scipy",
    "anywidget",
    "ipywidgets",
    "typer",
    "pydantic",
}


def test_public_names_are_sorted_and_all_there() -> None:
    assert list(review.__all__) == sorted(review.__all__)
    assert len(review.__all__) <= 14
    assert [name for name in review.__all__ if getattr(review, name, None) is None] == []


def test_import_loads_nothing_heavy_and_sets_no_global_option() -> None:
    code = """
import sys, json, locale, logging, os, warnings
def seen():
    return [list(logging.getLogger().handlers), list(warnings.filters), dict(os.environ), locale.setlocale(locale.LC_ALL)]
before = seen()
import review
print(json.dumps({"loaded": sorted({name.split(".")[0] for name in sys.modules}), "same": before == seen()}))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert not HEAVY & set(told["loaded"])
    assert told["same"]
