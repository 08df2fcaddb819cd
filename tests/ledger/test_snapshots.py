"""Folds that are kept: advanced by new events only, made afresh when a merge put events before their position."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from review.ledger.exchange import export, merge
from review.ledger.ledger import Ledger
from review.ledger.snapshots import DATES_KEPT, Snapshots
from review.model.event import Event
from tests.ledger.notes import Clock, Where, note, open_ledger


class Counting:
    """A fold that lists the texts and remembers how often it was asked."""

    def __init__(self) -> None:
        self.starts = 0
        self.events = 0

    def start(self) -> tuple[str, ...]:
        self.starts += 1
        return ()

    def fold(self, state: tuple[str, ...], event: Event) -> tuple[str, ...]:
        self.events += 1
        return (*state, event.body["text"])


def test_a_fold_advances_by_new_events_only(ledger: Ledger) -> None:
    snapshots, counting = Snapshots(ledger), Counting()
    ledger.append([note("a"), note("b")])
    assert snapshots.state("texts", counting.start, counting.fold) == ("a", "b")
    ledger.append([note("c")])
    assert snapshots.state("texts", counting.start, counting.fold) == ("a", "b", "c")
    assert snapshots.state("texts", counting.start, counting.fold) == ("a", "b", "c")
    assert (counting.starts, counting.events) == (1, 3)
    snapshots.clear()
    assert snapshots.state("texts", counting.start, counting.fold) == ("a", "b", "c")
    assert counting.starts == 2


def test_what_another_process_wrote_is_seen(place: Where) -> None:
    with open_ledger(place) as mine, open_ledger(place) as theirs:
        snapshots, counting = Snapshots(mine), Counting()
        assert snapshots.state("texts", counting.start, counting.fold) == ()
        theirs.append([note("a")])
        assert snapshots.state("texts", counting.start, counting.fold) == ("a",)


def test_a_merge_into_the_past_makes_the_fold_afresh(places: Callable[[], Where], tmp_path: Path) -> None:
    early, late = Clock(), Clock()
    late.forward(hours=1)
    with open_ledger(places(), early) as theirs, open_ledger(places(), late) as mine:
        snapshots, counting = Snapshots(mine), Counting()
        mine.append([note("second")])
        assert snapshots.state("texts", counting.start, counting.fold) == ("second",)
        theirs.append([note("first")])
        export(theirs, tmp_path / "theirs")
        merge(mine, tmp_path / "theirs")
        assert snapshots.state("texts", counting.start, counting.fold) == ("first", "second")
        early.forward(hours=2)
        theirs.append([note("third")])
        export(theirs, tmp_path / "theirs")
        merge(mine, tmp_path / "theirs")
        assert snapshots.state("texts", counting.start, counting.fold) == ("first", "second", "third")
        assert counting.starts == 2


def test_dates_have_folds_of_their_own(ledger: Ledger, clock: Clock) -> None:
    snapshots, counting = Snapshots(ledger), Counting()
    ledger.append([note("a")])
    clock.forward(days=1)
    ledger.append([note("b")])
    assert snapshots.state("texts", counting.start, counting.fold, as_of="2025-03-01") == ("a",)
    assert snapshots.state("texts", counting.start, counting.fold, as_of="2025-03-02") == ("a", "b")
    assert snapshots.state("texts", counting.start, counting.fold) == ("a", "b")
    ledger.append([note("c")])
    assert snapshots.state("texts", counting.start, counting.fold, as_of="2025-03-02") == ("a", "b", "c")
    assert snapshots.state("texts", counting.start, counting.fold, as_of="2025-03-01") == ("a",)
    assert counting.starts == 3
    for day in range(3, 3 + DATES_KEPT):
        snapshots.state("texts", counting.start, counting.fold, as_of=f"2025-03-{day:02}")
    snapshots.state("texts", counting.start, counting.fold, as_of="2025-03-01")
    assert counting.starts == 4 + DATES_KEPT


def test_only_the_kinds_asked_for_are_folded(ledger: Ledger) -> None:
    (first,) = ledger.append([note("a")])
    ledger.append(
        [note("b"), note("c", replaces=first.id)],
    )
    seen = Snapshots(ledger).state("kinds", list, lambda state, event: [*state, event.kind], kinds=["mark.set"])
    assert seen == []
    assert len(Snapshots(ledger).state("kinds", list, lambda state, event: [*state, event.kind], kinds=["note.written"])) == 3


def test_a_fold_that_stops_half_way_is_not_read_again(ledger: Ledger) -> None:
    snapshots = Snapshots(ledger)

    def fold(state: list[str], event: Event) -> list[str]:
        state.append(event.body["text"])
        if event.body["text"] == "b" and broken:
            raise LookupError("stopped")
        return state

    broken = False
    ledger.append([note("a")])
    assert snapshots.state("texts", list, fold) == ["a"]
    broken = True
    ledger.append([note("b")])
    with pytest.raises(LookupError, match="stopped"):
        snapshots.state("texts", list, fold)
    broken = False
    assert snapshots.state("texts", list, fold) == ["a", "b"]


def test_threads_share_one_fold(ledger: Ledger) -> None:
    snapshots, counting = Snapshots(ledger), Counting()
    lengths: list[int] = []

    def work(name: str) -> None:
        for i in range(5):
            ledger.append([note(f"{name} {i}", actor=name)])
            lengths.append(len(snapshots.state("texts", counting.start, counting.fold)))

    threads = [threading.Thread(target=work, args=(f"r{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(lengths) == 20
    assert (counting.starts, counting.events) == (1, 20)
