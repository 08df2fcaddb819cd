"""A review of three records to screen, and it as its first reviewer has it open."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import Review
from tests.desk.reviews import lay_out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "review")


@pytest.fixture
def rv(folder: Path) -> Review:
    return Review.open(folder, reviewer="r1")
