from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rooms.team import Team, make_team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()
