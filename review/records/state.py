"""What the facts say was searched and taken in: searches, imports, unique records with their versions and sightings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from review.model.event import Event
from review.model.facts import Facts, Own
from review.model.planning import FileRefused, RecordAdded, RecordReparsed, RecordsImported, SearchRecorded
from review.model.views import RecordView, SearchView, trial_number
from review.records.build import PART

Load = Callable[[str], list[dict[str, Any]]]  # sha-256 of a parsed blob -> its records


@dataclass(slots=True)
class Entry:
    """Where one record's readings are: the events that brought it, and the blobs that hold its versions, oldest first."""

    record: str
    position: int
    event: Event
    readings: list[tuple[Event, str, int]] = field(default_factory=list)
    sightings: list[tuple[Event, str, int]] = field(default_factory=list)


_KINDS = {SearchRecorded.kind, RecordsImported.kind, FileRefused.kind, RecordAdded.kind, RecordReparsed.kind}


@dataclass(slots=True)
class RecordsState:
    """Everything that came in, in ledger order."""

    searches: dict[str, Event] = field(default_factory=dict)
    imports: list[Event] = field(default_factory=list)
    refused: list[Event] = field(default_factory=list)
    added: list[Event] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    own: Own = field(default_factory=lambda: Own(_KINDS))
    changes: int = 0  # of all of these: what is made from them is made anew when it moves


def fold(state: RecordsState, event: Event) -> RecordsState:
    """The state after one more event (the state is the fold's own and is advanced in place)."""
    state.facts.add(event)
    state.changes += state.own.takes(event)
    if event.kind == SearchRecorded.kind:
        state.searches[event.subject] = event
    elif event.kind == RecordsImported.kind:
        state.imports.append(event)
        for item in event.body["items"]:
            _take(state, event, item["record"], item["how"], event.body["parsed_sha256"], item["index"])
    elif event.kind == FileRefused.kind:
        state.refused.append(event)
    elif event.kind == RecordAdded.kind:
        state.added.append(event)
        _take(state, event, event.body["record"], "new", event.body["parsed_sha256"], 0)
    elif event.kind == RecordReparsed.kind:
        _take(state, event, event.body["record"], "version", event.body["parsed_sha256"], event.body["index"])
    return state


def _take(state: RecordsState, event: Event, record: str, how: str, parsed: str, index: int) -> None:
    entry = state.entries.get(record)
    if entry is None:
        # After a merge of work done apart, a version or sighting may come before the import that founded the record.
        entry = state.entries[record] = Entry(record, len(state.entries), event)
        entry.readings.append((event, parsed, index))
    elif how == "sighting" or (parsed, index) in {(p, i) for _, p, i in entry.readings}:
        entry.sightings.append((event, parsed, index))
    elif how == "version":
        entry.readings.append((event, parsed, index))
    else:  # imported as new twice, by people who worked apart
        entry.sightings.append((event, parsed, index))


def searches(state: RecordsState) -> list[SearchView]:
    """The live searches, in ledger order."""
    return [_search(e) for e in state.searches.values() if state.facts.live(e.id)]


# what events of before these fields say of them: nothing
_UNSAID = {name: info.get_default() for name, info in SearchRecorded.model_fields.items() if not info.is_required()}


def _search(event: Event) -> SearchView:
    b = {**_UNSAID, **event.body}
    return SearchView(event.subject, event.id, event.at, b["source"], b["source_kind"], b["via"], b["run"], b["searched"], b["hits"], b)


def refusals(state: RecordsState) -> list[Event]:
    """The files that were refused whole and have not come in since, in ledger order, one event for the same file and reason.

    What came in is a file of that name by the same search, or one with the same bytes by any.
    """
    live = {e.subject for e in state.searches.values() if state.facts.live(e.id)}
    came = [(e.position, e.body) for e in state.imports if state.facts.live(e.id)]
    found: dict[tuple[str, ...], Event] = {}
    for event in state.refused:
        body = event.body
        if body["search"] not in live or not state.facts.live(event.id):
            continue
        named, digest = (body["search"], body["file_name"]), body["digest"]
        if not any(at > event.position and (named == (b["search"], b["file_name"]) or digest == b["raw_sha256"]) for at, b in came):
            found.setdefault((*named, digest or "", body["reason"]), event)
    return list(found.values())


Read = tuple[Event, str, int]


def live_readings(state: RecordsState, entry: Entry, load: Load) -> tuple[list[Read], list[Read]]:
    """(readings, sightings) of one record that count: one whose import was taken back counts where a live import saw it too."""
    seen = [one for one in entry.sightings if state.facts.live(one[0].id)]
    readings: list[Read] = []
    for reading in entry.readings:
        if state.facts.live(reading[0].id):
            readings.append(reading)
            continue
        own = load(reading[1])[reading[2]]["record_id"]
        again = next((one for one in seen if load(one[1])[one[2]]["record_id"] == own), None)
        if again is not None:
            seen.remove(again)
            readings.append(again)
    return readings, seen


def known_ids(state: RecordsState, load: Load) -> dict[str, str]:
    """Id of each entry as it was read -> the record that it is, of those that count."""
    return {
        load(parsed)[index]["record_id"]: entry.record
        for entry in state.entries.values()
        for _, parsed, index in live_readings(state, entry, load)[0]
    }


def records(state: RecordsState, load: Load) -> list[RecordView]:
    """Every unique record with its newest reading, in ledger order; those of a withdrawn import are left out."""
    found: list[RecordView] = []
    runs = {subject: _search(event) for subject, event in state.searches.items()}
    for entry in state.entries.values():
        live, seen = live_readings(state, entry, load)
        if not live:
            continue
        founder, (event, parsed, index) = live[0][0], live[-1]
        body = event.body
        if "search" not in body:  # a reparsed reading keeps the search of the import that it reads anew
            body = founder.body
        found.append(
            RecordView(
                id=entry.record,
                position=entry.position,
                event=founder.id,
                at=founder.at,
                search=runs[founder.body["search"]],
                file_name=body.get("file_name"),
                raw_sha256=body.get("raw_sha256"),
                text_sha256=body.get("flat_sha256") or body.get("raw_sha256"),
                address=body.get("address"),
                versions=tuple(p for _, p, _ in live),
                sightings=len(seen),
                doc=load(parsed)[index],
            )
        )
    return found


def reading_view(record: RecordView, event: Event, doc: Mapping[str, Any]) -> RecordView:
    """*record* as it came in with *event*, which brought *doc*."""
    body = event.body
    return replace(
        record, event=event.id, at=event.at, file_name=body.get("file_name"), raw_sha256=body.get("raw_sha256"),
        text_sha256=body.get("flat_sha256") or body.get("raw_sha256"), address=body.get("address"), doc=doc,
    )  # fmt: skip


def numbered(type: str, value: str) -> str:
    """The number of one entry as it is compared with others of its source."""
    return f"{type}:{trial_number(type, value)}"


def version_key(doc: Mapping[str, Any]) -> tuple[str, str] | None:
    """The entry's own number and its part of it ('' where a number has one entry), by which a later snapshot is known as a version."""
    for identifier in doc.get("identifiers") or ():
        if identifier["role"] == "primary":
            return numbered(identifier["type"], identifier["value"]), str((doc.get("derived") or {}).get(PART) or "")
    return None
