"""How fast the ledger is on this machine: appending one by one, replaying a million events, reading on, verifying.

python -m benchmarks.ledger            everything, with a million events (some minutes)
python -m benchmarks.ledger 100000     with fewer events
python -m benchmarks.ledger 100000 postgresql://user@host/empty_database
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from review.ledger.chain import event_id
from review.ledger.exchange import export, merge, restore
from review.ledger.ledger import Ledger, insert_rows
from review.ledger.moments import stamp
from review.ledger.snapshots import Snapshots
from review.ledger.verifying import verify
from review.model.decision import ScreeningDecided
from review.model.event import Draft, Event, canonical
from review.model.facts import Facts

START = datetime(2024, 1, 1, tzinfo=UTC)
Where = Path | str


def decided(i: int) -> Draft:
    """A decision as two screeners make them: a report, judgements, now and then a note."""
    body = ScreeningDecided(
        stage="title_abstract", decision="exclude" if i % 5 else "include", judgements={"P1": "met", "I1": "not_met" if i % 5 else "met"},
        reason="I1" if i % 5 else None, also_failed=(), override=False, note="", criteria_version=1, round=None,
    )  # fmt: skip
    return Draft(body.kind, f"rep:{i // 2}", body, f"r{1 + i % 2}")


def filled(where: Where, number: int) -> Ledger:
    """A ledger of *number* decisions, written in bulk; every hundredth replaces the one before it."""
    ledger = Ledger.open(where)
    drafts = [decided(i) for i in range(10)]
    bodies = [canonical(draft.body.model_dump(mode="json")) for draft in drafts]
    with ledger.store.writing() as connection:
        origin, prev, before, rows = ledger.own_origin(connection), "", None, []
        for i in range(number):
            draft, body = drafts[i % 10], bodies[i % 10]
            replaces = before if i % 100 == 99 else None
            at = stamp(START + timedelta(seconds=i))
            columns = (origin, i + 1, at, draft.actor, draft.kind, 1, f"rep:{i // 2}", body, replaces, None, None, prev)
            before = prev = event_id(columns)
            rows.append((*columns, prev))
            if len(rows) == 5000 or i == number - 1:
                insert_rows(connection, rows)
                rows.clear()
    return ledger


def start() -> dict[str, object]:
    """An empty state of the benchmark's fold."""
    return {"facts": Facts(), "decisions": {}}


def fold(state: dict[str, object], event: Event) -> dict[str, object]:
    """What a room's fold does with each event: index its corrections, parse its body, keep what was decided."""
    state["facts"].add(event)
    state["decisions"][event.subject, event.actor] = event.body["decision"]
    return state


@contextmanager
def timed(what: str, of: int = 0) -> Iterator[None]:
    """Prints how long the block took, by the clock and on the processor, and how many a second where there is something to count."""
    begin, begin_busy = time.perf_counter(), time.process_time()
    yield
    taken, busy = time.perf_counter() - begin, time.process_time() - begin_busy
    rate = f"{of / taken:>12,.0f} a second" if of else ""
    print(f"{what:<44}{taken:>10.3f} s{busy:>10.3f} s busy{rate}", flush=True)


def appending(where: Where, number: int = 1000) -> None:
    """One append after another, each its own transaction on the disk; then the same in one batch."""
    with Ledger.open(where) as ledger:
        with timed(f"append {number:,} one by one", number):
            for i in range(number):
                ledger.append([decided(i)])
        with timed(f"append {number:,} in one batch", number):
            ledger.append([decided(i) for i in range(number)])


def replaying(where: Where, number: int) -> None:
    """A fold from the first event; reading on from it; the state at a date in the past."""
    with timed(f"write {number:,} in bulk (not measured)", number):
        ledger = filled(where, number)
    with ledger:
        with timed(f"read {number:,} events", number):
            assert sum(1 for _ in ledger.events()) == number
        snapshots = Snapshots(ledger)
        with timed(f"fold {number:,} events, bodies parsed", number):
            snapshots.state("decisions", start, fold)
        with timed("read on, nothing new"):
            snapshots.state("decisions", start, fold)
        ledger.append([decided(i) for i in range(10)])
        with timed("read on, 10 new events"):
            snapshots.state("decisions", start, fold)
        half = stamp(START + timedelta(seconds=number // 2))
        with timed(f"fold as of the middle, {number // 2:,} events", number // 2):
            snapshots.state("decisions", start, fold, as_of=half)
        with timed("heads"):
            ledger.heads()
        with timed("verify", number):
            assert verify(ledger) == []
        carrying(ledger, number)


def carrying(ledger: Ledger, number: int) -> None:
    """Export, restore, and a merge that finds nothing new."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with timed("export", number):
            export(ledger, folder / "data")
        with timed("restore", number):
            restore(folder / "data", folder / "again.sqlite3")
        with timed("merge, nothing new", number):
            merge(ledger, folder / "data")


def main(arguments: list[str]) -> None:
    """Print every figure; arguments: how many events, and the address of an empty PostgreSQL database in place of SQLite."""
    number = int(arguments[0]) if arguments else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        if len(arguments) > 1:
            replaying(arguments[1], number)
            appending(arguments[1])
        else:
            appending(Path(name) / "appending.sqlite3")
            replaying(Path(name) / "replaying.sqlite3", number)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main(sys.argv[1:])
