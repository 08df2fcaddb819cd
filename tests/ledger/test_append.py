"""Appending: in one transaction, once only, in an order that no clock can upset, and not without the form of its kind."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import EventRefused, NotFound, TokenReused
from review.ledger.ledger import Ledger
from review.model.event import Draft, canonical
from tests.ledger.notes import Clock, MarkSet, NoteWritten, note, undo
from tests.structure.tree import ROOT


def texts(ledger: Ledger) -> list[str]:
    return [event.body["text"] for event in ledger.events()]


def test_what_is_appended_is_read_back(ledger: Ledger) -> None:
    written = ledger.append([note("first"), note("zweite – ü", subject="rep:2")])
    assert list(ledger.events()) == written
    assert [(event.seq, event.actor, event.subject) for event in written] == [(1, "r1", "rep:1"), (2, "r1", "rep:2")]
    assert written[0].stored == '{"file_sha256":null,"text":"first"}'
    assert written[1].prev == written[0].id
    assert ledger.event(written[1].id).body == {"text": "zweite – ü", "file_sha256": None}


# a process of its own: in that of the tests nobody waits for the disk
ON_THE_DISK = """
import json, os, sys
from pathlib import Path

synced = []
sync = os.fsync
os.fsync = lambda file: (synced.append(file), sync(file))

from review.ledger.exchange import export
from tests.ledger.notes import note, open_ledger

folder = Path(sys.argv[1])
with open_ledger(folder / "ledger.sqlite3") as ledger:
    ledger.append([note("kept")], blobs=[(b"page", True)])
    with ledger.store.writing() as connection:
        waits = connection.exec_driver_sql("PRAGMA synchronous").scalar()
    export(ledger, folder / "export")
print(json.dumps([waits, len(synced)]))
"""


def test_what_is_written_is_on_the_disk(tmp_path: Path) -> None:
    """SQLite waits for it at every commit (2 is FULL), an export for each of its files."""
    done = subprocess.run([sys.executable, "-c", ON_THE_DISK, tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    files = [file for file in (tmp_path / "export").rglob("*") if file.is_file()]
    assert len(files) == 2 and json.loads(done.stdout) == [2, len(files)]


def test_times_rise_even_when_the_clock_stands_or_goes_back(ledger: Ledger, clock: Clock) -> None:
    ledger.append([note("a"), note("b")])
    clock.forward(hours=-5)
    ledger.append([note("c")])
    times = [event.at for event in ledger.events()]
    assert times == ["2025-03-01T09:00:00.000000Z", "2025-03-01T09:00:00.000001Z", "2025-03-01T09:00:00.000002Z"]


def test_a_ledger_from_the_future_is_not_written_to(ledger: Ledger, clock: Clock) -> None:
    clock.forward(days=3)
    ledger.append([note("ahead")])
    clock.forward(days=-3)
    with pytest.raises(EventRefused, match="more than a day after this machine's clock"):
        ledger.append([note("now")])


def test_a_batch_is_written_whole_or_not_at_all(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="there is no event 'nowhere'"):
        ledger.append([note("good"), note("bad", replaces="nowhere")], blobs=[(b"page", True)])
    assert ledger.count() == 0
    with pytest.raises(NotFound, match="there is no blob"):
        ledger.blob("0" * 64)


def test_the_same_token_and_fact_is_the_same_event(ledger: Ledger) -> None:
    (first,) = ledger.append([note("once", token="key-1")])
    assert ledger.append([note("once", token="key-1"), note("other")])[0] == first
    assert ledger.by_token("key-1") == first
    assert ledger.by_token("key-2") is None
    assert texts(ledger) == ["once", "other"]


def test_a_fact_sent_twice_in_one_batch_is_one_event(ledger: Ledger) -> None:
    one, two, three = ledger.append([note("x", token="k"), note("y"), note("x", token="k")])
    assert one == three
    assert one != two
    assert texts(ledger) == ["x", "y"]


def test_a_decision_sent_again_does_not_replace_itself(ledger: Ledger) -> None:
    (first,) = ledger.append([note("include", token="key-1")])
    assert ledger.append([note("include", token="key-1", replaces=first.id)]) == [first]
    assert ledger.count() == 1


@pytest.mark.parametrize(
    "other", [note("other", token="k"), note("once", token="k", actor="r2"), note("once", token="k", subject="rep:9")], ids=str
)
def test_a_token_is_not_used_for_another_fact(ledger: Ledger, other: Draft) -> None:
    ledger.append([note("once", token="k")])
    with pytest.raises(TokenReused, match="the token 'k' was already used for another fact"):
        ledger.append([other])
    with pytest.raises(TokenReused, match="another fact of the same batch"):
        ledger.append([note("a", token="new"), note("b", token="new")])


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        (Draft("note.writen", "rep:1", {"text": "x"}, "r1"), "did you mean 'note.written'"),
        (Draft("note.written", "rep:1", {"txt": "x"}, "r1"), "text: Field required; txt: Extra inputs are not permitted"),
        (Draft("note.written", "rep:1", MarkSet(value=1, unit="mm"), "r1"), "the body is a MarkSet"),
        (note("a\x00b"), "a NUL character cannot be stored"),
        (note("x", actor="tool:prefill"), "tool:NAME@VERSION"),
        (note("x", actor=""), "actor is ''"),
        (note("x", subject=" rep:1"), "subject is ' rep:1'"),
        (note("x", subject="rep:\ud800"), "subject is not valid Unicode"),
        (note("\ud800"), "cannot be written as canonical JSON"),
        (note("x", token="a\x00"), "token holds a NUL"),
        (Draft("ledger.withdrawn", "rep:1", {"reason": ""}, "r1"), "must name the event that it undoes"),
        (note("x", file_sha256="0" * 64), "is not held"),
    ],
)
def test_what_is_refused_is_said(ledger: Ledger, draft: Draft, says: str) -> None:
    with pytest.raises(EventRefused, match=says):
        ledger.append([draft])
    assert ledger.count() == 0


def test_only_a_live_event_is_corrected(ledger: Ledger) -> None:
    (first,) = ledger.append([note("first")])
    with pytest.raises(EventRefused, match="corrected twice at once"):
        ledger.append([note("second", replaces=first.id), undo(first.id)])
    (second,) = ledger.append([note("second", replaces=first.id)])
    with pytest.raises(EventRefused, match=f"was replaced by {second.id}"):
        ledger.append([note("third", replaces=first.id)])
    (gone,) = ledger.append([undo(second.id)])
    with pytest.raises(EventRefused, match="cannot be withdrawn: it was withdrawn"):
        ledger.append([undo(second.id)])
    ledger.append([undo(gone.id)])
    ledger.append([note("fourth", replaces=second.id)])


def test_blobs_come_with_the_fact_that_names_them(ledger: Ledger) -> None:
    import hashlib

    name = hashlib.sha256(b"a page").hexdigest()
    ledger.append([note("seen", file_sha256=name)], blobs=[(b"a page", True)])
    assert ledger.blob(name) == b"a page"
    assert ledger.put_blob(b"a page") == ledger.put_blob(b"a page", raw=True) == name


def test_threads_lose_nothing(ledger: Ledger) -> None:
    def write(name: str) -> None:
        for i in range(12):
            ledger.append([note(f"{name}-{i}", actor=name)])

    threads = [threading.Thread(target=write, args=(f"r{i}",)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(texts(ledger)) == sorted(f"r{i}-{j}" for i in range(6) for j in range(12))
    assert [event.seq for event in ledger.events()] == list(range(1, 73))


leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
)
bodies = st.dictionaries(
    st.text("abcé", max_size=3), st.recursive(leaves, lambda inner: st.lists(inner, max_size=3), max_leaves=6), max_size=4
)


@given(bodies)
def test_a_canonical_body_is_the_same_whatever_the_order(body: dict[str, object]) -> None:
    import json

    text = canonical(body)
    assert canonical(dict(reversed(body.items()))) == text
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"a": 0.5}, "expected: a decimal as a string"),
        ({"a": 2**60}, "cannot be written as canonical JSON"),
        ({"a": {1, 2}}, "a set cannot be stored"),
        ({"e\u0301": 1, "é": 2}, "same text once normalised"),
    ],
)
def test_a_body_that_json_would_bend_is_refused(body: dict[str, object], says: str) -> None:
    with pytest.raises(EventRefused, match=says):
        canonical(body)


def test_text_is_stored_composed(ledger: Ledger) -> None:
    ledger.append([note("Sjo\u0308gren")])
    assert texts(ledger) == ["Sjögren"]
    assert NoteWritten.version == 1
