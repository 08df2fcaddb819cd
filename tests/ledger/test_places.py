"""Where a ledger is refused: network and syncing drives, files that are something else, databases of another make."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from review.errors import LedgerBroken, StoreRefused
from review.ledger import places
from review.ledger.ledger import Ledger
from review.ledger.store import _in_our_words
from tests.ledger.notes import note, open_ledger

FILE = "ledger.sqlite3"


@pytest.mark.parametrize("folder", ["Dropbox", "OneDrive - The Institute", "Google Drive", "iCloud Drive", "Nextcloud", "pCloudDrive"])
def test_a_syncing_folder_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder / "review").mkdir(parents=True)
    with pytest.raises(StoreRefused, match=r"a syncing drive(.|\n)*next: move the project"):
        Ledger.open(tmp_path / folder / "review" / FILE)
    assert not (tmp_path / folder / "review" / FILE).exists()


def test_a_folder_with_a_clients_mark_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".stfolder").mkdir()
    with pytest.raises(StoreRefused, match="kept in step by a client"):
        Ledger.open(tmp_path / FILE)


@pytest.mark.parametrize("folder", ["dropbox-study", "My reviews", "boxes"])
def test_a_folder_of_a_similar_name_is_not(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    open_ledger(tmp_path / folder / FILE).close()


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p", "fuse.sshfs", "fuse.rclone"])
def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    shared = tmp_path / "our share"
    shared.mkdir()
    table = tmp_path / "mounts"
    mounted = str(shared).replace(" ", "\\040")
    table.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {mounted} {kind} rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(places, "MOUNTS", table)
    with pytest.raises(StoreRefused, match=f"a network drive .{kind}, mounted at"):
        Ledger.open(shared / FILE)
    open_ledger(tmp_path / FILE).close()
    monkeypatch.setenv(places.OVERRIDE, "1")
    open_ledger(shared / FILE).close()


def test_a_machine_whose_only_disk_is_of_that_kind_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    table.write_text("none / 9p rw 0 0\nbroken line\n", encoding="utf-8")
    monkeypatch.setattr(places, "MOUNTS", table)
    open_ledger(tmp_path / FILE).close()
    monkeypatch.setattr(places, "MOUNTS", tmp_path / "no such file")
    open_ledger(tmp_path / FILE).close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("id;title\n" * 500, encoding="utf-8")
    with pytest.raises(LedgerBroken, match="not a readable database"):
        Ledger.open(tmp_path / FILE)


def test_a_database_of_another_make_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("CREATE TABLE songs (name TEXT)")
    other.close()
    with pytest.raises(StoreRefused, match="holds other tables .songs. and is not a ledger"):
        Ledger.open(tmp_path / FILE)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreRefused, match="there is no folder"):
        Ledger.open(tmp_path / "a" / "b" / FILE)


@pytest.mark.parametrize("address", ["mysql://host/db", "sqlite:///x.db"])
def test_another_server_is_refused(address: str) -> None:
    with pytest.raises(StoreRefused, match="cannot be kept in"):
        Ledger.open(address)


def test_a_server_that_does_not_answer_is_said_without_the_password() -> None:
    pytest.importorskip("psycopg", reason="psycopg: the extra [postgres] is not installed")
    with pytest.raises(StoreRefused, match="did not let us in") as caught:
        Ledger.open("postgresql://somebody:secret@127.0.0.1:1/reviews")
    assert "secret" not in str(caught.value)


def test_a_moved_file_keeps_its_origin_and_a_copied_one_does_not(tmp_path: Path) -> None:
    with open_ledger(tmp_path / FILE) as ledger:
        (first,) = ledger.append([note("before")])
    (tmp_path / "copy").mkdir()
    copy = tmp_path / "copy" / FILE
    copy.write_bytes((tmp_path / FILE).read_bytes())
    moved = (tmp_path / FILE).rename(tmp_path / "moved.sqlite3")
    with open_ledger(moved) as ledger:
        (after,) = ledger.append([note("after")])
    assert (after.origin, after.seq, after.prev) == (first.origin, 2, first.id)
    with open_ledger(copy) as ledger:
        (apart,) = ledger.append([note("apart")])
    assert apart.origin != first.origin
    assert (apart.seq, apart.prev) == (1, "")


@pytest.mark.parametrize("said", ["disk I/O error", "database or disk is full"])
def test_a_full_disk_is_told_in_words_with_the_next_step(said: str) -> None:
    told = _in_our_words(sqlite3.OperationalError(said), "data/ledger.sqlite3")
    assert isinstance(told, StoreRefused) and said in str(told) and "data/ledger.sqlite3" in str(told)
    assert re.search("make room|free space", told.next_step)
