"""The verbs of taking in: record a search, import files, add an entry by hand; every entry is accounted for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.errors import FormatUnknown, InputRefused, NotAllowed, NotFound, near
from review.ledger.moments import iso_day
from review.ledger.seat import Seat, at_rest
from review.ledger.undo import take_back
from review.model.event import Draft, Event, canonical
from review.model.planning import ImportedItem, RecordAdded, RecordsImported, RefusedItem, SearchRecorded
from review.model.views import RecordView, SearchView
from review.protocol import Protocol
from review.records import state
from review.records.by_hand import record_by_hand
from review.records.reading import Reading, read_bytes
from review.records.receipt import FileReceipt, Receipt

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("register", "database", "other")
AGGREGATORS = ("clinconnect", "meddatax", "veeva_ctv")
VIAS = ("website", "organisation", "citation", "contact", "hand")


class Searches:
    """Which searches were run, with or without a file."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    @at_rest
    def views(self) -> list[SearchView]:
        """The live searches, in ledger order."""
        return state.searches(self._seat.state("records", state.RecordsState, state.fold))

    def record(
        self,
        source: str,
        *,
        kind: str,
        via: str | None = None,
        platform: str | None = None,
        strategy: str = "",
        limits: str = "",
        searched: str,
        hits: int | None = None,
        by: str | None = None,
        filters: str = "",
        peer_review: str = "",
    ) -> str:
        """Record one execution of one search. Returns its id.

        kind register, database or other; other needs via: website, organisation, citation, contact, hand.
        searched: the date, as 2026-03-01. hits: what the source said it found; None where it did not say.
        """
        if kind not in KINDS:
            raise InputRefused(f"{kind!r} is no kind of source", where=source, expected=", ".join(KINDS), next_step=near(kind, KINDS))
        if (kind == "other") != (via is not None):
            raise InputRefused(
                "a source of kind 'other' says via what; a register or database does not", where=source, expected="via: " + ", ".join(VIAS)
            )
        if via is not None and via not in VIAS:
            raise InputRefused(f"{via!r} is no way of finding", where=source, expected=", ".join(VIAS), next_step=near(via, VIAS))
        if not source.strip():
            raise InputRefused("a search names its source", expected="as 'WHO ICTRP' or 'Embase'")
        if hits is not None and (isinstance(hits, bool) or hits < 0):
            raise InputRefused(f"{hits!r} is no number of hits", where=source)
        iso_day(searched, where=source)
        run = 1 + sum(s.source == source and s.via == via for s in self.views())
        body = SearchRecorded(
            source=source.strip(),
            source_kind=kind,
            via=via,
            platform=platform,
            strategy=strategy,
            limits=limits,
            filters=filters,
            peer_review=peer_review,
            searched=searched,
            hits=hits,
            by=by or self._seat.pen.actor or "",
            run=run,
        )  # type: ignore[arg-type]
        # The same search recorded apart by two people is two facts: the writer is part of the name.
        name = hashlib.sha256(canonical({**body.model_dump(), "actor": self._seat.pen.actor}).encode()).hexdigest()[:16]
        self._seat.pen.write(SearchRecorded.kind, f"sea:{name}", body)
        return f"sea:{name}"

    def undo(self, event: str) -> str:
        """Take back a recorded search (``.event`` of its view); what it brought in is taken back first. Returns the event id."""
        found = self._seat.state("records", state.RecordsState, state.fold)
        subject = self._seat.event(event).subject
        if any(found.facts.live(e.id) for e in (*found.imports, *found.added) if e.subject == subject):
            raise NotAllowed("records came in with this search", next_step="take back its imports first: rv.records.undo(event)")
        return take_back(self._seat, event, of="search.")

    @at_rest
    def frame(self) -> pd.DataFrame:
        """One row a search: search, source, kind, via, run, searched, hits (missing where not stated), strategy, limits, by."""
        import pandas as pd

        rows = [
            (s.id, s.source, s.kind, s.via, s.run, s.searched, s.hits, s.body["strategy"], s.body["limits"], s.body["by"])
            for s in self.views()
        ]
        frame = pd.DataFrame(rows, columns=["search", "source", "kind", "via", "run", "searched", "hits", "strategy", "limits", "by"])
        return frame.astype({"hits": "Int64"})


class Records:
    """Everything that came in, each entry once, with its versions."""

    def __init__(self, seat: Seat, protocol: Protocol, searches: Searches) -> None:
        self._seat, self._protocol, self._searches = seat, protocol, searches

    @property
    def _state(self) -> state.RecordsState:
        return self._seat.state("records", state.RecordsState, state.fold)

    @at_rest
    def views(self) -> list[RecordView]:
        """Every unique record with its newest reading, in ledger order."""
        found = self._state
        return self._seat.made("records", (found.changes,), lambda: state.records(found, self._load))

    @at_rest
    def imports(self) -> list[Event]:
        """The live imports, in ledger order."""
        return [e for e in self._state.imports if self._state.facts.live(e.id)]

    @at_rest
    def readings_of(self, record: RecordView) -> list[str]:
        """The ids of the events that brought the live readings of *record*, oldest first."""
        return [e.id for e, _, _ in self._state.entries[record.id].readings if self._state.facts.live(e.id)]

    def text_of(self, record: RecordView) -> list[str]:
        """The lines that the record's spans point into; empty for an entry made by hand."""
        if record.text_sha256 is None:
            return []
        sha = record.text_sha256
        return self._seat.made(f"text {sha}", (sha,), lambda: self._seat.blob(sha).decode("utf-8").split("\n"))

    def _load(self, sha: str) -> list[dict[str, Any]]:
        return self._seat.made(f"parsed {sha}", (sha,), lambda: json.loads(self._seat.blob(sha)))

    @at_rest
    def frame(self) -> pd.DataFrame:
        """One row a record: record, title, source, kind, via, record_type, identifiers, file, versions, sightings."""
        import pandas as pd

        rows = [
            (
                r.id,
                r.title,
                r.search.source,
                r.search.kind,
                r.search.via,
                r.doc["record_type"],
                "; ".join(r.identifiers()),
                r.file_name,
                len(r.versions),
                r.sightings,
            )
            for r in self.views()
        ]
        return pd.DataFrame(
            rows, columns=["record", "title", "source", "kind", "via", "record_type", "identifiers", "file", "versions", "sightings"]
        )

    @at_rest
    def versions(self, record: str) -> pd.DataFrame:
        """The readings of one record, oldest first: event, at, title, status, and the digest of the whole reading."""
        import pandas as pd

        entry = self._state.entries.get(record)
        if entry is None:
            raise NotFound(f"there is no record {record!r}", next_step=near(record, self._state.entries))
        rows = []
        for event, parsed, index in entry.readings:
            doc = self._load(parsed)[index]
            rows.append(
                (event.id, event.at, doc["brief_title"], doc["overall_status"], hashlib.sha256(canonical(_exact(doc)).encode()).hexdigest())
            )
        return pd.DataFrame(rows, columns=["event", "at", "title", "overall_status", "sha256"])

    def import_files(
        self, paths: Sequence[str | Path], *, search: str, addresses: Mapping[str, str] | None = None, format: str | None = None
    ) -> Receipt:
        """Take in these files (a folder gives its files) as found by *search*; one that no reader knows is refused, the others are taken.

        addresses  {file name: the address of the page}, for pages whose capture lacks it
        """
        run = next((s for s in self._searches.views() if s.id == search), None)
        if run is None:
            raise NotFound(f"there is no search {search!r}", next_step=near(search, (s.id for s in self._searches.views())))
        given = [paths] if isinstance(paths, (str, Path)) else paths
        files = [f for p in given for f in _files(Path(p))]
        unknown = set(addresses or {}) - {f.name for f in files}
        if unknown:
            raise NotFound(
                f"an address was given for {', '.join(sorted(unknown))}, which is not among the files",
                next_step=near(min(unknown), (f.name for f in files)),
            )
        last = len(files) - 1
        return Receipt(
            search, tuple(self._import(file, run, (addresses or {}).get(file.name), format, last=n == last) for n, file in enumerate(files))
        )

    def _import(self, file: Path, run: SearchView, address: str | None, format: str | None, *, last: bool) -> FileReceipt:
        data = file.read_bytes()
        kind = "teaching_copy" if self._protocol.plan.settings.teaching_copy else None
        try:
            reading = read_bytes(data, file.name, format, address, source=f"{run.source}|{run.via or run.kind}", kind=kind)
        except FormatUnknown as problem:
            return FileReceipt(file.name, "unknown", 1, 0, 0, 0, ((0, problem.message),), (), (), str(problem))
        parsed = _json([r.model_dump(mode="json") for r in reading.records])
        items = self._items(reading, run)
        before = sum(e.body["read"] for e in self.imports() if e.body["search"] == run.id)
        warnings = _warnings(reading, run, before, last)
        flat = reading.text.encode("utf-8")
        body = RecordsImported(
            search=run.id,
            file_name=file.name,
            raw_sha256=reading.sha256,
            parsed_sha256=_sha(parsed),
            flat_sha256=_sha(flat),
            format=reading.format,
            parser=f"{reading.format}@{reading.records[0].provenance.parser_version if reading.records else '1'}",
            address=address,
            read=reading.read,
            kept=len(items),
            refused=tuple(RefusedItem(line=r.line or 0, reason=r.reason) for r in reading.refused),
            items=items,
            records_digest=_sha("\n".join(sorted(i.record for i in items)).encode()),
            warnings=tuple(warnings),
        )
        draft = Draft(RecordsImported.kind, run.id, body, self._seat.pen.actor or "")
        self._seat.pen.write_all([draft], blobs=[(data, True), (parsed, False), (flat, False)])
        count = {how: sum(i.how == how for i in items) for how in ("new", "version", "sighting")}
        problems = tuple((r.brief_title or "", p.field or "", str(p.code), p.message) for r in reading.records for p in r.problems)
        return FileReceipt(
            file.name,
            reading.format,
            reading.read,
            count["new"],
            count["version"],
            count["sighting"],
            tuple((r.line or 0, r.reason) for r in reading.refused),
            problems,
            tuple(warnings),
        )

    @at_rest
    def _items(self, reading: Reading, run: SearchView) -> tuple[ImportedItem, ...]:
        """Where each entry goes: seen before, a version of a known record of this source, or new."""
        found = self._state
        known = set(found.entries)
        versions = {i for e in found.entries.values() for _, p, n in e.readings for i in [self._load(p)[n]["record_id"]]}
        by_number = {number: r.id for r in self.views() if r.search.source == run.source and (number := state.primary_identifier(r.doc))}
        items = []
        for index, record in enumerate(reading.records):
            number = state.primary_identifier(record.model_dump(mode="json"))
            own = record.record_id
            if own in known or own in versions:
                items.append(ImportedItem(record=own if own in known else by_number.get(number or "", own), how="sighting", index=index))
            elif number in by_number:
                items.append(ImportedItem(record=by_number[number], how="version", index=index))
            else:
                items.append(ImportedItem(record=own, how="new", index=index))
                known.add(own)
                if number:
                    by_number[number] = own
        return tuple(items)

    def undo(self, event: str) -> str:
        """Take back an import or an entry made by hand; the records that only it brought leave every view. Returns the event id."""
        return take_back(self._seat, event, of="record")

    def add(
        self,
        search: str,
        *,
        title: str,
        identifiers: Sequence[str] = (),
        authors: Sequence[str] = (),
        year: int | None = None,
        journal: str | None = None,
        pages: str | None = None,
        note: str = "",
        volume: str | None = None,
    ) -> str:
        """Enter one record by hand, such as a citation without a file. Returns its record id."""
        run = next((s for s in self._searches.views() if s.id == search), None)
        if run is None:
            raise NotFound(f"there is no search {search!r}", next_step=near(search, (s.id for s in self._searches.views())))
        record = record_by_hand(
            source=f"{run.source}|{run.via or run.kind}",
            title=title,
            identifiers=identifiers,
            authors=authors,
            year=year,
            journal=journal,
            volume=volume,
            pages=pages,
            teaching=self._protocol.plan.settings.teaching_copy,
        )
        if record.record_id in self._state.entries:
            return record.record_id
        parsed = _json([record.model_dump(mode="json")])
        body = RecordAdded(search=search, record=record.record_id, parsed_sha256=_sha(parsed), note=note)
        draft = Draft(RecordAdded.kind, search, body, self._seat.pen.actor or "")
        self._seat.pen.write_all([draft], blobs=[(parsed, False)])
        return record.record_id


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
    if not path.is_file():
        raise NotFound(
            f"{path} is not there", next_step=near(path.name, (p.name for p in path.parent.glob("*"))) if path.parent.is_dir() else ""
        )
    return [path]


def _warnings(reading: Reading, run: SearchView, before: int, last: bool) -> list[str]:
    """What the receipt warns of; *before* is what earlier files of this search held, *last* whether no further file follows now."""
    found = [p.message for p in reading.problems if not any(p in r.problems for r in reading.records)]
    total = before + reading.read
    if last and run.hits is not None and total < run.hits:
        found.append(f"the search found {run.hits:,}, its files hold {total:,}: the export may have been capped, or more files are to come")
    if run.kind == "register" and reading.format in AGGREGATORS:
        found.append("this page repeats registry entries and is no register itself: such a source is of kind other, via website")
    return found


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json(records: list[dict[str, Any]]) -> bytes:
    return json.dumps(records, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _exact(doc: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(doc), parse_float=str)
