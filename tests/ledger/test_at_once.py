"""Eight processes append at once: nothing is lost, no number is left out, and a token is one event for all of them."""

from __future__ import annotations

import multiprocessing

import pytest

from review.ledger.verifying import verify
from tests.ledger.notes import Where, open_ledger, write_many

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
