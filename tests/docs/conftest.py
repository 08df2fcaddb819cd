from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.structure.tree import ROOT


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example review without a database, so that opening it restores the export."""
    folder = tmp_path / "example"
    folder.mkdir()
    shutil.copy(ROOT / "review.toml", folder)
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("*.sqlite3*"))
    return folder
