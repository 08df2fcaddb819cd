"""Export and restore: the same bytes each time, whole or not at all, and never over events that are not held."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from review.errors import InputRefused, LedgerBroken, NotFound, StoreRefused
from review.ledger.exchange import Exported, Merged, backup, difference, export, merge, restore
from review.ledger.ledger import Ledger
from review.ledger.verifying import verify
from tests.ledger.notes import KINDS, Clock, Where, note, open_ledger


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    page = ledger.put_blob(b"a page\r\n", raw=True)
    (first,) = ledger.append([note('she said ","body":{"x":1} – ü\u2028', file_sha256=page)], blobs=[(b"parsed", False)])
    ledger.append([note("better", replaces=first.id, token="k-1"), note("auto", actor="tool:prefill@1")])
    return ledger


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_an_export_restores_to_the_same_ledger(filled: Ledger, places: Callable[[], Where], tmp_path: Path) -> None:
    assert export(filled, tmp_path / "data") == Exported(events=3, blobs=2)
    there = places()
    assert restore(tmp_path / "data", there, kinds=KINDS, clock=Clock()) == Merged(events=3, held=0, blobs=2)
    with open_ledger(there) as again:
        assert list(again.events()) == list(filled.events())
        assert verify(again, folder=tmp_path / "data") == []
        export(again, tmp_path / "again")
        assert tree(tmp_path / "again") == tree(tmp_path / "data")
        (new,) = again.append([note("new")])
        assert new.origin not in filled.heads()


@pytest.mark.parametrize("name", ["data", "data.zip"])
def test_an_export_made_twice_has_the_same_bytes(filled: Ledger, tmp_path: Path, name: str) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        export(filled, tmp_path / folder / name)
        export(filled, tmp_path / folder / name)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert not [path for path in tree(tmp_path) if path.rpartition("/")[2].startswith(".")]


def test_a_zip_is_as_good_as_a_folder(filled: Ledger, tmp_path: Path) -> None:
    export(filled, tmp_path / "data.zip")
    export(filled, tmp_path / "data")
    with zipfile.ZipFile(tmp_path / "data.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == tree(tmp_path / "data")
    for source in ("data.zip", "data"):
        assert difference(filled, tmp_path / source).there == difference(filled, tmp_path / source).here == ()
    with zipfile.ZipFile(tmp_path / "by hand.zip", "w") as archive:
        for name, data in tree(tmp_path / "data").items():
            archive.writestr(f"data/{name}", data)
        archive.writestr("data/notes.txt", b"left alone")
    assert merge(filled, tmp_path / "by hand.zip") == Merged(events=0, held=3, blobs=0)


def test_a_line_is_json_with_the_body_as_it_was_stored(filled: Ledger, tmp_path: Path) -> None:
    export(filled, tmp_path)
    lines = (tmp_path / "ledger.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines[-1] == ""
    for event, line in zip(filled.events(), lines, strict=False):
        read = json.loads(line)
        assert read["body"] == event.body
        assert line.endswith(f'"body":{event.stored}}}')
        assert read["id"] == event.id


def test_an_export_does_not_write_over_events_that_are_not_held(filled: Ledger, places: Callable[[], Where], tmp_path: Path) -> None:
    export(filled, tmp_path)
    with open_ledger(places()) as other:
        other.append([note("elsewhere")])
        with pytest.raises(StoreRefused, match=r"3 events that this ledger lacks(.|\n)*review merge"):
            export(other, tmp_path)
        merge(other, tmp_path)
        assert export(other, tmp_path).events == 4
    assert len(difference(filled, tmp_path).there) == 1


def test_a_changed_file_in_the_export_is_written_anew_and_named(filled: Ledger, tmp_path: Path) -> None:
    export(filled, tmp_path)
    (file,) = (tmp_path / "raw").iterdir()
    file.write_bytes(b"a page\n")
    assert export(filled, tmp_path).repaired == (file.name,)
    assert file.read_bytes() == b"a page\r\n"


def test_lines_in_another_order_and_twice_are_read(filled: Ledger, places: Callable[[], Where], tmp_path: Path) -> None:
    export(filled, tmp_path)
    file = tmp_path / "ledger.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(reversed(lines)).replace(b"\n", b"\r\n") + lines[0] + b"\n")
    there = places()
    restore(tmp_path, there, kinds=KINDS, clock=Clock())
    with open_ledger(there) as again:
        assert list(again.events()) == list(filled.events())


@pytest.mark.parametrize(
    ("old", "new", "error", "says"),
    [
        (b"better", b"worse!", LedgerBroken, "this event was changed after it was written"),
        (b'"actor":"r1"', b'"actor":"r2"', LedgerBroken, "this event was changed after it was written"),
        (b'"seq":2', b'"seq":"2"', InputRefused, "unknown, missing or mistyped: seq"),
        (b'"seq":2', b'"seq":-2', InputRefused, "unknown, missing or mistyped: seq"),
        (b'"at":"2025-03-01T', b'"at":"2025-03-01 ', InputRefused, "unknown, missing or mistyped: at"),
        (b'"actor"', b'"author"', InputRefused, "unknown, missing or mistyped: actor, author"),
        (b'{"at"', b'<<<<<<< mine\n{"at"', InputRefused, "left side by side by a version-control merge"),
        (b'{"at"', b'["at"', InputRefused, "not a line of a ledger"),
        (b'"kind"', b'"body":{},"kind"', InputRefused, "not a line of a ledger"),
    ],
)
def test_a_changed_export_is_refused(
    filled: Ledger, places: Callable[[], Where], tmp_path: Path, old: bytes, new: bytes, error: type[Exception], says: str
) -> None:
    export(filled, tmp_path)
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(file.read_bytes().replace(old, new, 1))
    there = places()
    with pytest.raises(error, match=says):
        restore(tmp_path, there, kinds=KINDS, clock=Clock())
    with open_ledger(there) as again:
        assert again.count() == 0
    with pytest.raises(error, match=says):
        merge(filled, tmp_path)


def test_a_changed_blob_and_a_gap_are_refused(filled: Ledger, places: Callable[[], Where], tmp_path: Path) -> None:
    export(filled, tmp_path / "a")
    (file,) = (tmp_path / "a" / "raw").iterdir()
    file.write_bytes(b"another page")
    with pytest.raises(LedgerBroken, match="its bytes do not give its name"):
        restore(tmp_path / "a", places(), kinds=KINDS, clock=Clock())
    export(filled, tmp_path / "b")
    lines = (tmp_path / "b" / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "b" / "ledger.jsonl").write_bytes(lines[0] + lines[2])
    with pytest.raises(LedgerBroken, match="1 events cannot be placed: number 3 of origin"):
        restore(tmp_path / "b", places(), kinds=KINDS, clock=Clock())


def test_a_missing_blob_is_named(filled: Ledger, places: Callable[[], Where], tmp_path: Path) -> None:
    export(filled, tmp_path)
    (file,) = (tmp_path / "raw").iterdir()
    file.unlink()
    there = places()
    done = restore(tmp_path, there, kinds=KINDS, clock=Clock())
    assert done is not None
    assert done.missing_blobs == (file.name,)
    with open_ledger(there) as again:
        assert [finding.code for finding in verify(again)] == ["blob_missing"]


def test_events_in_the_future_are_shown_on_restore(ledger: Ledger, clock: Clock, places: Callable[[], Where], tmp_path: Path) -> None:
    clock.forward(days=40)
    (ahead,) = ledger.append([note("ahead")])
    export(ledger, tmp_path)
    there = places()
    done = restore(tmp_path, there, kinds=KINDS, clock=Clock())
    assert done is not None
    assert done.future == (ahead.id,)
    with open_ledger(there) as again:
        assert [finding.code for finding in verify(again)] == ["future"]


def test_there_is_nothing_to_restore_from(tmp_path: Path, place: Where) -> None:
    with pytest.raises(NotFound, match=r"there is no ledger.jsonl in"):
        restore(tmp_path, place, kinds=KINDS)
    with pytest.raises(NotFound, match="there is nothing at"):
        restore(tmp_path / "x", place, kinds=KINDS)
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(InputRefused, match="not an exported ledger"):
        restore(tmp_path / "notes.txt", place, kinds=KINDS)


def test_a_ledger_is_not_restored_over(filled: Ledger, place: Where, tmp_path: Path) -> None:
    export(filled, tmp_path)
    with pytest.raises(StoreRefused, match="there is a ledger already"):
        restore(tmp_path, place, kinds=KINDS)
    assert restore(tmp_path, place, kinds=KINDS, if_missing=True) is None


def test_two_that_restore_at_once_make_one_ledger(filled: Ledger, places: Callable[[], Where], tmp_path: Path) -> None:
    export(filled, tmp_path / "data")
    there, results = places(), []

    def work() -> None:
        results.append(restore(tmp_path / "data", there, kinds=KINDS, clock=Clock(), if_missing=True))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([result for result in results if result is not None]) == 1
    assert len(results) == 4
    with open_ledger(there) as again:
        assert again.count() == 3
        assert verify(again) == []
    assert not [path.name for path in tmp_path.iterdir() if "restoring" in path.name]


def test_a_backup_is_a_ledger_that_writes_under_a_new_origin(filled: Ledger, store: str, tmp_path: Path) -> None:
    if store == "postgres":
        with pytest.raises(StoreRefused, match="by the server's own means"):
            backup(filled, tmp_path / "copy.sqlite3")
        return
    file = backup(filled, tmp_path / "copy.sqlite3")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("copy")] == ["copy.sqlite3"]
    with pytest.raises(StoreRefused, match="a backup writes over nothing"):
        backup(filled, file)
    assert filled.store.file is not None
    filled.append([note("after the backup")])
    filled.close()
    # put back into the very file that it was taken from
    filled.store.file.write_bytes(file.read_bytes())
    with open_ledger(filled.store.file) as again:
        (new,) = again.append([note("new")])
        assert again.count() == 4
        assert (new.seq, new.prev) == (1, "")
        assert verify(again) == []


def test_a_changed_ledger_is_not_exported(filled: Ledger, store: str, tmp_path: Path) -> None:
    export(filled, tmp_path / "data")
    before = tree(tmp_path / "data")
    with filled.store.writing() as connection:
        switch = "ALTER TABLE events DISABLE TRIGGER ALL" if store == "postgres" else "DROP TRIGGER events_no_update"
        connection.exec_driver_sql(switch)
        connection.exec_driver_sql("UPDATE events SET subject = 'rep:9' WHERE seq = 2")
    with pytest.raises(LedgerBroken, match="so nothing was exported"):
        export(filled, tmp_path / "data")
    assert tree(tmp_path / "data") == before
