"""Eight processes append at once: nothing is lost, no number is left out, and a token is one event for all of them."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from review.errors import LedgerBusy, StoreRefused
from review.ledger import store
from review.ledger.ledger import Ledger
from review.ledger.verifying import verify
from tests.ledger.notes import Where, note, open_ledger, write_many

PROCESSES = 8


def test_eight_processes_lose_nothing(place: Where) -> None:
    write_at_once(place, 12)


@pytest.mark.soak
def test_eight_processes_lose_nothing_at_length(place: Where) -> None:
    write_at_once(place, 150)


def write_at_once(place: Where, each: int) -> None:
    context = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
    context.set_forkserver_preload(["tests.ledger.notes"])
    # the file is not there yet: they also race to make the tables
    workers = [context.Process(target=write_many, args=(place, f"r{i}", each)) for i in range(PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(300)
    assert [worker.exitcode for worker in workers] == [0] * PROCESSES
    with open_ledger(place) as ledger:
        events = list(ledger.events())
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert len({event.origin for event in events}) == 1
        wanted = [f"r{i}-{j}" for i in range(PROCESSES) for j in range(each)] + [f"shared {j}" for j in range(each)]
        assert sorted(event.body["text"] for event in events) == sorted(wanted)
        assert verify(ledger) == []


def test_a_forked_process_opens_connections_of_its_own(place: Where) -> None:
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("this system cannot fork a process")
    with open_ledger(place) as ledger:
        ledger.append([note("parent")])
        child = multiprocessing.get_context("fork").Process(target=_append_as_child, args=(ledger,))
        child.start()
        child.join(300)
        assert child.exitcode == 0
        ledger.append([note("parent again")])
        assert [event.body["text"] for event in ledger.events()] == ["parent", "child", "parent again"]
        assert verify(ledger) == []


def _append_as_child(ledger: Ledger) -> None:
    ledger.append([note("child", actor="r2")])


def test_who_waits_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.1)
    file = tmp_path / "ledger.sqlite3"
    with open_ledger(file) as one, open_ledger(file) as other, one.store.writing():
        with pytest.raises(LedgerBusy, match="another process held the ledger for too long"):
            other.append([note("x")])


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite3"
    with open_ledger(file) as ledger:
        file.unlink()
        with pytest.raises(StoreRefused, match="the database file is gone"):
            ledger.append([note("x")])
