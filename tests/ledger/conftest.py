"""Every test that asks for ``place`` runs on a SQLite file and on a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from review.ledger.ledger import Ledger
from tests.ledger.notes import Clock, Where, open_ledger


@pytest.fixture
def place(places: Callable[[], Where]) -> Where:
    return places()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(place: Where, clock: Clock) -> Iterator[Ledger]:
    with open_ledger(place, clock) as opened:
        yield opened
