"""Reading: one order, as of any date, with kinds that this release does not know kept and counted."""

from __future__ import annotations

from typing import Any

import pytest

from review.errors import InputRefused, LedgerBroken, NewerSchema, NotFound
from review.ledger.ledger import Ledger
from review.ledger.moments import as_of_limit
from review.model import upcast as upcasting
from review.model.event import Draft, Event
from review.model.upcast import require_known, upcast
from tests.ledger.notes import KINDS, Clock, MarkSet, NoteWritten, Where, note, open_ledger


@pytest.fixture
def three_days(ledger: Ledger, clock: Clock) -> Ledger:
    for day in (1, 2, 3):
        ledger.append([note(f"day {day}, early"), note(f"day {day}, late")])
        clock.forward(days=1)
    return ledger


def test_a_bare_date_means_the_end_of_that_day(three_days: Ledger) -> None:
    assert [event.body["text"] for event in three_days.events(as_of="2025-03-02")][-1] == "day 2, late"
    assert three_days.count(as_of="2025-03-02") == 4
    assert three_days.count(as_of="2025-03-02T09:00:00Z") == 3
    assert three_days.count(as_of="2025-03-02T10:00:00+01:00") == 3
    assert three_days.count(as_of="2025-02-28") == 0
    assert three_days.last_at(as_of="2025-03-02") == "2025-03-02T09:00:00.000001Z"


def test_heads_name_the_last_event_of_each_origin(three_days: Ledger) -> None:
    everything = list(three_days.events())
    origin = everything[0].origin
    assert three_days.heads() == {origin: everything[-1].id}
    assert three_days.heads(as_of="2025-03-01") == {origin: everything[1].id}
    assert three_days.heads(as_of="2025-02-01") == {}


def test_reading_goes_on_behind_a_position(three_days: Ledger) -> None:
    everything = list(three_days.events())
    middle = everything[2].position
    assert list(three_days.events(after=middle)) == everything[3:]
    assert list(three_days.events(after=middle, as_of="2025-03-02")) == everything[3:4]
    assert three_days.count(up_to=middle) == 3


def test_a_reader_sees_one_state_while_others_write(three_days: Ledger) -> None:
    reader = three_days.events()
    first = next(reader)
    three_days.append([note("meanwhile")])
    assert [first, *reader][-1].body["text"] == "day 3, late"
    assert three_days.count() == 7


def test_an_empty_ledger_has_nothing(ledger: Ledger) -> None:
    assert (list(ledger.events()), ledger.count(), ledger.heads(), ledger.last_at()) == ([], 0, {}, None)


def test_what_is_not_there_is_said(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="there is no event 'abc'"):
        ledger.event("abc")
    with pytest.raises(NotFound, match="there is no blob 'abc'"):
        ledger.blob("abc")


@pytest.mark.parametrize("date", ["yesterday", "2025-13-01", "", "01.03.2025"])
def test_a_date_that_cannot_be_read_is_refused(ledger: Ledger, date: str) -> None:
    with pytest.raises(InputRefused, match="is not a date"):
        list(ledger.events(as_of=date))


def test_moments_sort_as_text() -> None:
    texts = ["2025-03-01T00:00:00Z", "2025-03-01T01:30:00+02:00", "2025-03-01"]
    assert sorted(map(as_of_limit, texts)) == [
        "2025-02-28T23:30:00.000000Z",
        "2025-03-01T00:00:00.000000Z",
        "2025-03-01T23:59:59.999999Z",
    ]


class FutureMark(MarkSet):
    version = 3


def test_what_a_newer_release_wrote_is_kept_counted_and_shown(place: Where) -> None:
    newer: dict[str, Any] = {**KINDS, "mark.set": FutureMark, "note.sung": type("NoteSung", (NoteWritten,), {"kind": "note.sung"})}
    with open_ledger(place, kinds=newer) as ledger:
        ledger.append([
            Draft("mark.set", "rep:1", {"value": 1, "unit": "mm"}, "r1"),
            Draft("note.sung", "rep:1", {"text": "la"}, "r1"),
            note("plain"),
        ])  # fmt: skip
    with open_ledger(place) as ledger:
        events = list(ledger.events())
        assert [event.known for event in events] == [False, False, True]
        assert events[1].body["text"] == "la"
        assert ledger.unknown() == {("mark.set", 3): 1, ("note.sung", 1): 1}
        with pytest.raises(NewerSchema, match=r"1 mark.set \(version 3\)"):
            require_known(events, ["mark.set"])
        with pytest.raises(NewerSchema, match=r"1 note.sung \(version 1\)"):
            require_known(events, ["note.written"])
        require_known(events, ["study.linked"])
        require_known(events[2:], ["note.written"])


def test_an_old_body_is_read_as_todays_and_stays_as_stored(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    class FirstMark(NoteWritten):
        version = 1

    with open_ledger(place, kinds={"mark.set": FirstMark}) as ledger:
        ledger.append([Draft("mark.set", "rep:1", {"text": "3 mm"}, "r1")])

    def split(body: dict[str, Any]) -> dict[str, Any]:
        value, unit = body["text"].split()
        return {"value": int(value), "unit": unit}

    monkeypatch.setitem(upcasting.STEPS, ("mark.set", 1), split)
    with open_ledger(place) as ledger:
        (event,) = ledger.events()
        assert (event.schema, event.known, event.body) == (1, True, {"value": 3, "unit": "mm"})
        assert event.stored == '{"file_sha256":null,"text":"3 mm"}'


def test_upcasting_takes_every_step() -> None:
    steps = {("k", version): (lambda body, version=version: {**body, f"from {version}": True}) for version in (1, 2, 4)}
    assert upcast("k", 1, {}, steps) == {"from 1": True, "from 2": True}
    assert upcast("k", 3, {}, steps) == {}


def test_a_body_that_is_not_json_is_named() -> None:
    event = Event.stored_as(("o", 1, "2025", "r1", "note.written", 1, "rep:1", "{", None, None, None, "", "abc"), True)
    with pytest.raises(LedgerBroken, match="the body of event abc is not JSON"):
        assert event.body
    with pytest.raises(AttributeError, match="an event has no 'boddy'"):
        assert event.boddy  # type: ignore[attr-defined]
