"""The verbs of taking in: import files, add an entry by hand; every entry is accounted for. Searches stand in ``searches.py``."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused, NotFound, near
from review.ledger.drafting import MAX_BLOB
from review.ledger.seat import Seat, at_rest
from review.ledger.undo import take_back
from review.model.event import Draft, Event, canonical
from review.model.planning import FileRefused, RecordAdded, RecordReparsed, RecordsImported
from review.model.views import RecordView, SearchView
from review.protocol import Protocol
from review.records import state
from review.records.by_hand import record_by_hand
from review.records.containers import sources
from review.records.exporting import Exported, export
from review.records.formats import Format, Refusal
from review.records.formats.table import mappings_in
from review.records.importing import refused, take, too_large
from review.records.known import Known
from review.records.receipt import FileReceipt, Receipt
from review.records.searches import Searches
from review.records.source import HELD, Source
from review.records.versions import differences

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], object]  # files done, files in all, what is being read


class Records:
    """Everything that came in, each entry once, with its versions."""

    def __init__(self, seat: Seat, protocol: Protocol, searches: Searches, mappings: Path) -> None:
        self._seat, self._protocol, self._searches = seat, protocol, searches
        self._mappings = mappings  # the folder of the review's own mappings of tables, if there is one
        # the rules for duplicates and links, run after an entry is made by hand, which is given
        self.find: Callable[[Collection[str]], object] = lambda new: None

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
    def refusals(self) -> list[Event]:
        """The files that were offered for a live search, refused whole, and have not come in since, in ledger order.

        Each event's body has search, file_name, reason and digest. ``undo`` of it takes back a file that was offered by mistake.
        """
        return state.refusals(self._state)

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

        rows = []
        for event, doc in self._readings(record):
            digest = hashlib.sha256(canonical(_exact(doc)).encode()).hexdigest()
            rows.append((event.id, event.at, doc["brief_title"], doc["overall_status"], digest))
        return pd.DataFrame(rows, columns=["event", "at", "title", "overall_status", "sha256"])

    @at_rest
    def changes(self, record: str) -> pd.DataFrame:
        """What reads otherwise from each reading of one record to the next: field, before, after, key, from_event, to_event, lines.

        before, after: as in the record, None where not stated. key: the word for what a review must see when it changes (primary outcome,
        enrolment, status, dates …), else missing. lines: first and last line of the newer text that say it.
        """
        import pandas as pd

        read = self._readings(record)
        rows = [
            (one.field, one.before, one.after, one.key, old.id, new.id, one.lines)
            for (old, was), (new, now) in pairwise(read)
            for one in differences(was, now)
        ]
        return pd.DataFrame(rows, columns=["field", "before", "after", "key", "from_event", "to_event", "lines"], dtype=object)

    @at_rest
    def readings_of(self, record: RecordView) -> list[str]:
        """The ids of the events that brought the live readings of *record*, oldest first."""
        return [event.id for event, _ in self._readings(record.id)]

    @at_rest
    def documents_of(self, record: RecordView) -> list[Mapping[str, Any]]:
        """The live readings of *record*, oldest first, each as a record in schema 0.1."""
        return [doc for _, doc in self._readings(record.id)]

    @at_rest
    def versions_of(self, record: RecordView) -> list[RecordView]:
        """Each version of *record*, oldest first, as a view of its own: its document, the text that its spans point into, its file."""
        found: list[RecordView] = []
        for event, parsed, index in self._live(record.id):
            doc = self._load(parsed)[index]
            if event.kind == RecordReparsed.kind and found:  # the same text, read anew
                found[-1] = replace(found[-1], doc=doc)
            else:
                found.append(state.reading_view(record, event, doc))
        return found

    def _readings(self, record: str) -> list[tuple[Event, Mapping[str, Any]]]:
        return [(event, self._load(parsed)[index]) for event, parsed, index in self._live(record)]

    def _live(self, record: str) -> list[state.Read]:
        entry = self._state.entries.get(record)
        live = state.live_readings(self._state, entry, self._load)[0] if entry else []
        if not live:
            raise NotFound(f"there is no record {record!r}", next_step=near(record, self._state.entries))
        return live

    def import_files(
        self,
        paths: Sequence[str | Path],
        *,
        search: str,
        addresses: Mapping[str, str] | None = None,
        format: str | None = None,
        progress: Progress | None = None,
    ) -> Receipt:
        """Take in these files as found by *search*; one that no reader knows is refused, which is a fact too, the others are taken.

        A folder gives its files and those of its folders, a ``.zip`` its members. Tables are read by the review's own mappings too, which
        stand in the folder ``mappings`` beside review.toml.

        addresses  {file name: the address of the page}, for pages whose capture lacks it
        progress   called with files done, files in all, and what is being read
        """
        run = self._searches.one(search)
        given = [paths] if isinstance(paths, (str, Path)) else paths
        files = deque(f for p in given for f in sources(Path(p)))
        pages = dict(addresses or {})
        unknown = set(pages) - {f.name for f in files if isinstance(f, Source)}
        if unknown:
            raise NotFound(
                f"an address was given for {', '.join(sorted(unknown))}, which is not among the files",
                next_step=near(min(unknown), (f.name for f in files if isinstance(f, Source))),
            )
        tell: Progress = progress or (lambda done, total, reading: None)
        also = mappings_in(self._mappings)
        known, receipts = self._known(run), list[FileReceipt]()
        total = len(files)
        for n in range(total):
            file = files.popleft()  # it is held in memory while it is taken in, and no longer
            before = None if files else self._read_for(run)
            if isinstance(file, Refusal):
                receipt = refused(file.file, file.reason, run, before).receipt
            else:
                told = _teller(tell, n, total, file.name)
                receipt = self._import(file, run, known, before, told, also, format=format, address=pages.get(file.name))
            if receipt.refusal:
                self._refuse(run, receipt, file.digest[0] if isinstance(file, Source) and file.was_read else None)
            receipts.append(receipt)
        tell(total, total, "")
        return Receipt(search, tuple(receipts))

    @at_rest
    def _known(self, run: SearchView) -> Known:
        return Known.of(state.known_ids(self._state, self._load), self.views(), run.source)

    def _read_for(self, run: SearchView) -> int:
        """How many entries the files of this search held so far."""
        return sum(e.body["read"] for e in self.imports() if e.body["search"] == run.id)

    def _refuse(self, run: SearchView, receipt: FileReceipt, digest: str | None) -> None:
        """Keeps as a fact that a file was refused whole, once for the same file and reason."""
        ((_, reason),) = receipt.refused
        body = FileRefused(search=run.id, file_name=receipt.file, reason=reason, digest=digest)
        if all(e.body != body.model_dump(mode="json") for e in self.refusals()):
            self._seat.pen.write(FileRefused.kind, run.id, body)

    def _import(
        self,
        file: Source,
        run: SearchView,
        known: Known,
        before: int | None,
        tell: Callable[[int], object],
        also: Sequence[Format],
        *,
        format: str | None,
        address: str | None,
    ) -> FileReceipt:
        try:
            size = file.digest[1]
        except OSError as problem:
            return refused(file.name, f"the file cannot be read: {problem.strerror}", run, before).receipt
        except InputRefused as problem:  # an archive that is broken or has no end
            return refused(file.name, problem.message, run, before, told=str(problem)).receipt
        if size > MAX_BLOB:
            return refused(file.name, too_large("it holds", size), run, before).receipt
        if size > HELD:  # what is read and what is kept are the same bytes
            file = Source(file.data, file.name, problems=file.problems)
        kind = "teaching_copy" if self._protocol.plan.settings.teaching_copy else None
        taken = take(file, run, known, before, tell, format=format, address=address, kind=kind, also=also)
        if taken.body is not None:
            draft = Draft(RecordsImported.kind, run.id, taken.body, self._seat.pen.actor or "")
            self._seat.pen.write_all([draft], blobs=taken.blobs)
        return taken.receipt

    def export(self, path: str | Path, *, format: str, records: Iterable[str] | None = None) -> Exported:
        """Write all records, or those with these ids, to *path* for another program; the receipt says what the format cannot hold.

        format  ris, bibtex, csl-json, csv (for spreadsheets), csv-raw, asreview
        """
        return export(self.views(), path, format=format, records=records)

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
        """Enter one record by hand, such as a citation without a file; the rules for duplicates and links follow. Returns its record id."""
        run = self._searches.one(search)
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
        if record.record_id in {r.id for r in self.views()}:
            return record.record_id
        parsed = f"[{record.model_dump_json()}]".encode()
        body = RecordAdded(search=search, record=record.record_id, parsed_sha256=hashlib.sha256(parsed).hexdigest(), note=note)
        draft = Draft(RecordAdded.kind, search, body, self._seat.pen.actor or "")
        self._seat.pen.write_all([draft], blobs=[(parsed, False)])
        self.find([record.record_id])
        return record.record_id


def _teller(tell: Progress, done: int, total: int, name: str) -> Callable[[int], object]:
    """Progress within one file, in entries: how many there are is not known before they were read."""
    return lambda read: tell(done, total, f"{name}: {read:,} entries" if read else name)


def _exact(doc: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(doc), parse_float=str)
