"""Verifying: whatever single thing is changed in the database or beside it, it is named."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from review.errors import InputRefused, NotFound
from review.ledger import chain
from review.ledger.exchange import export
from review.ledger.ledger import Ledger
from review.ledger.verifying import Finding, verify
from tests.ledger.notes import note, open_ledger, undo

TABLES = ("events", "blobs", "origins", "migrations")


def fill(ledger: Ledger) -> None:
    page = ledger.put_blob(b"a page", raw=True)
    first, second = ledger.append([note("first", file_sha256=page), note("second", token="k-1")])
    ledger.append([note("third", replaces=first.id), undo(second.id)], blobs=[(b"parsed", False)])


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    fill(ledger)
    return ledger


def change(ledger: Ledger, statement: str, **values: Any) -> None:
    """What somebody does who opens the database and takes the guards away for a moment."""
    with ledger.store.writing() as connection:
        if ledger.store.on_sqlite:
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            guards = connection.exec_driver_sql(query).all()
            for name, _ in guards:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.execute(text(statement), values)
            for _, made in guards:
                connection.exec_driver_sql(made)
        else:
            for table in TABLES:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            connection.execute(text(statement), values)
            for table in TABLES:
                connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


def test_a_sound_ledger_has_no_findings(filled: Ledger, tmp_path: Path) -> None:
    export(filled, tmp_path)
    assert verify(filled, folder=tmp_path, heads=filled.heads()) == []


@pytest.mark.parametrize("column", chain.COLUMNS)
@pytest.mark.parametrize("seq", [1, 4])
def test_a_change_of_any_column_is_named(filled: Ledger, column: str, seq: int) -> None:
    value: Any = 7 if column in ("seq", "schema") else "2025-03-01T09:30:00.000000Z" if column == "at" else "other"
    change(filled, f"UPDATE events SET {column} = :value WHERE seq = {seq}", value=value)
    found = verify(filled)
    assert "event_changed" in codes(found)
    named = f"event {value}" if column == "id" else f"event {list(filled.events())[-1].id}" if seq == 4 else "number"
    assert any(named in finding.where for finding in found)


def test_an_arrival_that_was_moved_is_named(filled: Ledger) -> None:
    change(filled, "UPDATE events SET arrival = 9 WHERE seq = 1")
    assert set(codes(verify(filled))) == {"arrival_changed"}


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM events WHERE seq = 2", ["seq_gap", "arrival_changed", "target_missing"]),
        ("DELETE FROM events WHERE seq = 1", ["seq_gap", "arrival_changed", "target_missing"]),
        ("DELETE FROM events", ["origin_empty"]),
        ("DELETE FROM blobs WHERE raw = 1", ["blob_missing"]),
        ("UPDATE blobs SET sha256 = 'abc' WHERE raw = 0", ["blob_changed"]),
        ("UPDATE blobs SET raw = 3 WHERE raw = 0", ["blob_changed"]),
        ("UPDATE events SET body = 'no JSON' WHERE seq = 1", ["event_changed"]),
        ("UPDATE events SET origin = 'abc~0123456789abcdef' WHERE seq = 4", ["event_changed", "fork", "seq_gap", "chain_broken"]),
    ],
)
def test_what_was_taken_or_put_is_named(filled: Ledger, statement: str, says: list[str]) -> None:
    change(filled, statement)
    assert codes(verify(filled)) == says


def test_a_changed_blob_is_named(filled: Ledger) -> None:
    change(filled, "UPDATE blobs SET bytes = :data WHERE raw = 1", data=b"a pagE")
    assert [finding.code for finding in verify(filled)] == ["blob_changed"]


def test_a_recomputed_chain_and_a_missing_end_show_against_outside_heads(filled: Ledger, tmp_path: Path) -> None:
    heads = filled.heads()
    (origin,) = heads
    (tmp_path / "report.json").write_text(json.dumps({"heads": heads, "boxes": {}}), encoding="utf-8")
    change(filled, "DELETE FROM events WHERE seq = 4")
    assert verify(filled) == []
    for recorded in (heads, tmp_path / "report.json"):
        (finding,) = verify(filled, heads=recorded)
        assert (finding.code, finding.where) == ("head_missing", f"origin {origin}")
    assert codes(verify(filled, heads={"elsewhere": next(iter(filled.events())).id})) == ["head_missing"]
    (tmp_path / "bad.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(InputRefused, match="these are not heads"):
        verify(filled, heads=tmp_path / "bad.json")
    with pytest.raises(InputRefused, match="the heads cannot be read"):
        verify(filled, heads=tmp_path / "none.json")


def test_a_missing_guard_is_named(filled: Ledger, store: str) -> None:
    with filled.store.writing() as connection:
        connection.exec_driver_sql(
            "ALTER TABLE events DISABLE TRIGGER events_append_only" if store == "postgres" else "DROP TRIGGER events_no_delete"
        )
    (finding,) = verify(filled)
    assert finding.code == "guard_missing"
    assert finding.where == ("events_append_only" if store == "postgres" else "events_no_delete")


def test_database_and_export_are_compared(filled: Ledger, tmp_path: Path) -> None:
    export(filled, tmp_path)
    file = tmp_path / "ledger.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]))
    assert codes(verify(filled, folder=tmp_path)) == ["export_lacks"]
    file.write_bytes(b"".join(lines).replace(b"second", b"2nd"))
    assert codes(verify(filled, folder=tmp_path)) == ["export_differs", "export_lacks"]
    file.write_bytes(b"".join(lines) + b"=======\n")
    assert codes(verify(filled, folder=tmp_path)) == ["export_unreadable"]
    file.write_bytes(b"".join(lines))
    for path in (tmp_path / "raw").iterdir():
        path.write_bytes(b"other")
    for path in (tmp_path / "blobs").iterdir():
        path.unlink()
    assert codes(verify(filled, folder=tmp_path)) == ["file_changed", "file_missing"]
    with open_ledger(tmp_path / "empty.sqlite3") as empty:
        assert codes(verify(empty, folder=tmp_path))[:4] == ["export_adds"] * 4
    with pytest.raises(NotFound, match=r"there is no ledger.jsonl in"):
        verify(filled, folder=tmp_path / "raw")


def test_a_column_that_differs_from_the_export_is_named(filled: Ledger, tmp_path: Path) -> None:
    export(filled, tmp_path)
    change(filled, "UPDATE events SET actor = 'r2' WHERE seq = 2")
    found = verify(filled, folder=tmp_path)
    assert [finding.message for finding in found if finding.code == "export_differs"] == ["database and export differ in: actor"]


def test_bytes_that_are_no_text_are_named(filled: Ledger, store: str) -> None:
    if store == "sqlite":
        change(filled, "UPDATE events SET body = CAST(x'7bff7d' AS TEXT) WHERE seq = 2")
        assert codes(verify(filled)) == ["event_changed"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("sound") / "ledger.sqlite3"
    with open_ledger(file) as ledger:
        fill(ledger)
    return file.read_bytes()


values = (
    st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.binary(max_size=4) | st.text("ab~0Z-é{}", max_size=8)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(seq=st.integers(1, 4), column=st.sampled_from(chain.COLUMNS), value=values)
def test_no_value_in_any_column_goes_unseen(
    sound: bytes, tmp_path_factory: pytest.TempPathFactory, seq: int, column: str, value: object
) -> None:
    file = tmp_path_factory.mktemp("tampered") / "ledger.sqlite3"
    file.write_bytes(sound)
    connection = sqlite3.connect(file)
    connection.execute("DROP TRIGGER events_no_update")
    query = f"SELECT {column}, typeof({column}) FROM events WHERE seq = {seq}"
    before = connection.execute(query).fetchone()
    try:
        connection.execute(f"UPDATE events SET {column} = ? WHERE seq = {seq}", (value,))
        after = (connection.execute(query).fetchone() or ("moved", "")) if column != "seq" else (value, "?")
        connection.commit()
    except sqlite3.IntegrityError:
        after = before
    connection.close()
    with open_ledger(file) as ledger:
        found = codes(verify(ledger))
    assert found.count("guard_missing") == 1
    if after != before and not (column == "seq" and value == seq):
        assert set(found) - {"guard_missing"}
