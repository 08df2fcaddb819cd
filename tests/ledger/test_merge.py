"""Merging: a union that loses nothing, is the same done twice and in either order, and keeps both tails of a forked origin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.errors import EventRefused
from review.ledger.exchange import export, merge, restore
from review.ledger.ledger import Ledger
from review.ledger.verifying import verify
from review.model.facts import Facts
from tests.ledger.notes import Clock, Where, counted_origins, note, open_ledger


def ids(ledger: Ledger) -> set[str]:
    return {event.id for event in ledger.events()}


def exchange(one: Ledger, other: Ledger, folder: Path) -> None:
    """Each takes what the other has."""
    for source, target in ((one, other), (other, one)):
        name = folder / f"{len(list(folder.iterdir()))}.zip"
        export(source, name)
        merge(target, name)


def test_two_who_worked_apart_hold_the_same_afterwards(places: Callable[[], Where], tmp_path: Path) -> None:
    with open_ledger(places()) as one, open_ledger(places()) as other:
        one.append([note("a", actor="r1"), note("b", actor="r1")], blobs=[(b"one", True)])
        other.append([note("c", actor="r2")], blobs=[(b"other", False)])
        exchange(one, other, tmp_path)
        assert list(one.events()) == list(other.events())
        assert one.heads() == other.heads()
        assert {event.body["text"] for event in one.events()} == {"a", "b", "c"}
        export(one, tmp_path / "one")
        export(other, tmp_path / "other")
        assert (tmp_path / "one" / "ledger.jsonl").read_bytes() == (tmp_path / "other" / "ledger.jsonl").read_bytes()
        assert merge(one, tmp_path / "other").events == 0
        assert verify(one, folder=tmp_path / "other") == []


def test_a_database_file_is_merged_as_it_is(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "a.sqlite3") as one, open_ledger(tmp_path / "b.sqlite3") as other:
        one.append([note("a")], blobs=[(b"page", True)])
        assert merge(other, tmp_path / "a.sqlite3").blobs == 1
        assert ids(one) == ids(other)


def test_corrections_made_apart_are_a_conflict_and_nothing_is_lost(places: Callable[[], Where], tmp_path: Path) -> None:
    with open_ledger(places()) as one, open_ledger(places()) as other:
        (first,) = one.append([note("first")])
        exchange(one, other, tmp_path)
        (mine,) = one.append([note("mine", replaces=first.id)])
        (theirs,) = other.append([note("theirs", replaces=first.id)])
        exchange(one, other, tmp_path)
        for ledger in (one, other):
            facts = Facts()
            for event in ledger.events():
                facts.add(event)
            assert facts.conflicts() == [first.id]
            assert sorted(facts.live_replacements(first.id)) == sorted([mine.id, theirs.id])


def test_a_token_used_in_two_places_is_kept_and_shown(places: Callable[[], Where], tmp_path: Path) -> None:
    with open_ledger(places()) as one, open_ledger(places()) as other:
        one.append([note("a", token="k")])
        other.append([note("b", token="k")])
        export(other, tmp_path)
        assert merge(one, tmp_path).reused_tokens == ("k",)
        assert one.count() == 2
        assert [finding.code for finding in verify(one)] == ["token_reused"]
        assert one.append([note("b", token="k")])[0].body["text"] == "b"
        assert one.count() == 2


def test_events_in_the_future_refuse_the_merge(places: Callable[[], Where], tmp_path: Path) -> None:
    ahead = Clock()
    ahead.forward(hours=25)
    with open_ledger(places()) as one, open_ledger(places(), ahead) as other:
        other.append([note("ahead")])
        export(other, tmp_path)
        with pytest.raises(EventRefused, match="1 events lie more than a day in the future"):
            merge(one, tmp_path)
        assert one.count() == 0


def forked(places: Callable[[], Where], folder: Path) -> tuple[Ledger, Ledger]:
    """Two ledgers that wrote different events under the same numbers of the same origin."""
    one = open_ledger(places(), mint=counted_origins("same"))
    one.append([note("shared")])
    export(one, folder / "before.zip")
    other = open_ledger(places(), mint=counted_origins("same"))
    merge(other, folder / "before.zip")
    one.append([note("one 2"), note("one 3")])
    other.append([note("other 2"), note("other 3"), note("other 4")])
    return one, other


def test_both_tails_of_a_fork_are_kept(places: Callable[[], Where], tmp_path: Path) -> None:
    one, other = forked(places, tmp_path)
    with one, other:
        before = ids(one) | ids(other)
        export(other, tmp_path / "other")
        assert merge(one, tmp_path / "other").forks == ("same1",)
        assert before < ids(one)
        told = [event for event in one.events() if event.kind == "ledger.forked"]
        assert [event.subject for event in told] == ["same1"]
        assert told[0].body["after"] == next(iter(one.events())).id
        assert len(told[0].body["tails"]) == 2
        tail = [event for event in one.events() if "~" in event.origin]
        assert [(event.seq, event.body["text"]) for event in tail] == [(2, "other 2"), (3, "other 3"), (4, "other 4")]
        assert [finding.code for finding in verify(one)] == ["fork"]
        assert merge(one, tmp_path / "other").events == 0


def test_a_forked_origin_is_written_no_more(places: Callable[[], Where], tmp_path: Path) -> None:
    one, other = forked(places, tmp_path)
    with one, other:
        export(other, tmp_path / "other")
        merge(one, tmp_path / "other")
        (new,) = one.append([note("new")])
        assert new.origin == "same2"


def test_after_a_fork_both_come_to_hold_the_same(places: Callable[[], Where], tmp_path: Path) -> None:
    one, other = forked(places, tmp_path)
    with one, other:
        for _ in range(3):
            exchange(one, other, tmp_path)
        assert ids(one) == ids(other)
        other.append([note("later")])
        exchange(one, other, tmp_path)
        assert ids(one) == ids(other)
        assert {finding.code for ledger in (one, other) for finding in verify(ledger)} == {"fork"}
        # and a third that has neither takes them as they are
        with open_ledger(places()) as third:
            export(one, tmp_path / "all")
            assert merge(third, tmp_path / "all").forks == ()
            assert list(third.events()) == list(one.events())


step = st.sampled_from(["one", "other", "third", "one>other", "other>one", "third>one", "other>third"])
steps = st.lists(step, max_size=14)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(steps=steps)
def test_in_whatever_order_they_exchange_they_agree(steps: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("exchange")
    clock = Clock()
    ledgers = {name: open_ledger(folder / f"{name}.sqlite3", clock) for name in ("one", "other", "third")}
    written: set[str] = set()
    for i, step in enumerate(steps):
        source, _, target = step.partition(">")
        if target:
            merge(ledgers[target], folder / f"{source}.sqlite3")
        else:
            clock.forward(seconds=1)
            written.update(event.id for event in ledgers[source].append([note(f"{source} {i}")]))
    for source, target in (("one", "other"), ("other", "third"), ("third", "other"), ("other", "one")):
        merge(ledgers[target], folder / f"{source}.sqlite3")
    assert all(ids(ledger) == written for ledger in ledgers.values())
    assert len({tuple(event.id for event in ledger.events()) for ledger in ledgers.values()}) == 1
    for ledger in ledgers.values():
        assert verify(ledger) == []
        ledger.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(steps=steps)
def test_forks_of_every_shape_come_together(steps: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Three files that all write under the same origin, as copies would that were not noticed."""
    _forks_come_together(steps, tmp_path_factory.mktemp("forks"))


@pytest.mark.soak
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(steps=st.lists(step, max_size=40))
def test_forks_of_every_shape_come_together_at_length(steps: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    _forks_come_together(steps, tmp_path_factory.mktemp("forks"))


def _forks_come_together(steps: list[str], folder: Path) -> None:
    clock = Clock()
    names = ("one", "other", "third")
    ledgers = {name: open_ledger(folder / f"{name}.sqlite3", clock, mint=counted_origins("same")) for name in names}
    written: set[str] = set()
    for i, step in enumerate(steps):
        source, _, target = step.partition(">")
        clock.forward(seconds=1)
        if target:
            merge(ledgers[target], folder / f"{source}.sqlite3")
        else:
            written.update(event.id for event in ledgers[source].append([note(f"{source} {i}", actor=source)]))
    # telling of a fork is itself an event: a few rounds until nobody has anything new
    for _ in range(6):
        new = sum(merge(ledgers[target], folder / f"{source}.sqlite3").events for source in names for target in names)
        if not new:
            break
    assert not new
    assert len({frozenset(ids(ledger)) for ledger in ledgers.values()}) == 1
    assert written <= ids(ledgers["one"])
    for name, ledger in ledgers.items():
        assert {finding.code for finding in verify(ledger)} <= {"fork"}
        export(ledger, folder / name)
        restored = folder / f"{name} restored.sqlite3"
        assert restore(folder / name, restored, clock=clock) is not None
        with open_ledger(restored, clock) as again:
            assert list(again.events()) == list(ledger.events())
        ledger.close()
