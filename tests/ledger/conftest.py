"""Every test that asks for ``place`` or ``places`` runs on a SQLite file and on a PostgreSQL server."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from review.ledger.ledger import Ledger
from tests.ledger.notes import Clock, Where, open_ledger

_schemas = itertools.count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def places(store: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[], Where]]:
    """Gives a fresh and empty place for a ledger each time it is called."""
    if store == "sqlite":
        numbers = itertools.count(1)
        yield lambda: tmp_path / f"ledger{next(numbers)}.sqlite3"
        return
    import psycopg

    address = request.getfixturevalue("postgres")
    made: list[str] = []
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as server:

        def schema() -> str:
            made.append(f"ledger_{next(_schemas)}")
            server.execute(f"CREATE SCHEMA {made[-1]}")
            return f"{address}?options=-csearch_path%3D{made[-1]}"

        yield schema
        for name in made:
            server.execute(f"DROP SCHEMA {name} CASCADE")


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
