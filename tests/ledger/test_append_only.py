"""Nothing stored is changed: the database itself refuses it, whoever asks."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from review.errors import LedgerError
from review.ledger.ledger import Ledger
from tests.ledger.notes import note

TABLES = ("events", "blobs", "origins", "migrations")


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    ledger.append([note("x")], blobs=[(b"page", True)])
    return ledger


def ask(ledger: Ledger, statement: str) -> None:
    with ledger.store.writing() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("table", TABLES)
def test_update_and_delete_are_refused(filled: Ledger, table: str) -> None:
    column = {"events": "actor", "blobs": "bytes", "origins": "fingerprint", "migrations": "what"}[table]
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(LedgerError, match="append-only"):
            ask(filled, statement)


@pytest.mark.parametrize("table", TABLES)
def test_truncate_is_refused(filled: Ledger, table: str, store: str) -> None:
    if store == "postgres":
        with pytest.raises(LedgerError, match="append-only"):
            ask(filled, f"TRUNCATE {table}")


@pytest.mark.parametrize("table", TABLES)
def test_a_row_is_not_replaced(filled: Ledger, table: str, store: str) -> None:
    if store == "sqlite":
        with pytest.raises(LedgerError, match="append-only"):
            ask(filled, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
