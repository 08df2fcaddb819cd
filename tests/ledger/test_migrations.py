"""Migrations: numbered, taken once, backed up first, and a newer ledger is left alone."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, inspect

from review.errors import LedgerError, StoreRefused
from review.ledger.tables import MIGRATIONS, Migration
from tests.ledger.notes import Where, note, open_ledger


def _add_column(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE origins ADD COLUMN remark TEXT")


def _fail(connection: Connection) -> None:
    _add_column(connection)
    connection.exec_driver_sql("CREATE TABLE events (x TEXT)")


NEXT = (*MIGRATIONS, Migration(2, "a remark on each origin", _add_column))


def columns(where: Where, **options: object) -> set[str]:
    with open_ledger(where, **options) as ledger, ledger.at_one_time() as connection:
        return {column["name"] for column in inspect(connection).get_columns("origins")}


def test_a_step_is_taken_once_with_a_backup_first(place: Where, store: str) -> None:
    with open_ledger(place) as ledger:
        (first,) = ledger.append([note("before")])
    assert "remark" in columns(place, migrations=NEXT)
    assert "remark" in columns(place, migrations=NEXT)
    with open_ledger(place, migrations=NEXT) as ledger:
        assert [event.id for event in ledger.events()] == [first.id]
    if store == "sqlite":
        assert not isinstance(place, str)
        copy = place.with_name(place.name + ".before-migration-2")
        assert "remark" not in columns(copy)


def test_a_fresh_ledger_is_made_in_todays_form(place: Where) -> None:
    with open_ledger(place, migrations=NEXT):
        pass
    assert "remark" not in columns(place, migrations=NEXT)


def test_a_step_that_fails_changes_nothing(place: Where) -> None:
    open_ledger(place).close()
    with pytest.raises(LedgerError, match="already exists"):
        open_ledger(place, migrations=(*MIGRATIONS, Migration(2, "broken", _fail)))
    assert "remark" not in columns(place)


def test_tables_of_a_newer_release_are_left_alone(place: Where) -> None:
    open_ledger(place, migrations=NEXT).close()
    with pytest.raises(StoreRefused, match=r"tables of number 2, made by a newer release(.|\n)*install the newer release"):
        open_ledger(place)
