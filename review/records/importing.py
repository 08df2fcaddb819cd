"""What one file brings: where each of its entries goes, what its import is as a fact, and the receipt. It writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from review.errors import FormatUnknown, InputRefused
from review.ledger.drafting import MAX_BLOB
from review.model.planning import ImportedItem, RecordsImported, RefusedItem
from review.model.record import Kind, Problem, ProblemCode
from review.model.views import SearchView
from review.records.formats import Format, Refusal
from review.records.known import Held, Known, held
from review.records.lines import split_lines
from review.records.reading import Entries, entries
from review.records.receipt import FileReceipt, Remark
from review.records.source import Source
from review.records.versions import differences, in_words
from review.text import fold_blanks

AGGREGATORS = ("clinconnect", "meddatax", "veeva_ctv")
EVERY = 500  # entries between two words of progress
_QUOTED = 160  # characters of a line that a remark quotes

Tell = Callable[[int], object]  # is told how many entries of the file have been read


@dataclass
class Brought:
    """The entries of one file, each with its place."""

    docs: list[str] = field(default_factory=list)
    items: list[ImportedItem] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    remarks: list[tuple[str, Problem]] = field(default_factory=list)  # title of the entry, remark
    changes: list[tuple[str, str]] = field(default_factory=list)  # title of a known record, what reads otherwise
    unclear: list[str] = field(default_factory=list)  # entries of which several known records may be an older state
    older: list[str] = field(default_factory=list)  # titles of known records of which a newer state is in hand
    parser_version: str = "1"

    def read(self, found: Entries, known: Known, tell: Tell) -> None:
        """Go through the file; *known* grows. Two entries of one file are two entries, also where they have one number."""
        read: list[tuple[str, Held | None]] = []
        for n, entry in enumerate(found):
            if n % EVERY == 0:
                tell(n)
            if isinstance(entry, Refusal):
                self.refused.append(entry)
                continue
            self.docs.append(entry.model_dump_json())
            read.append((entry.record_id, held(entry)))
            self.parser_version = entry.provenance.parser_version or self.parser_version
            self.remarks += ((entry.brief_title or "", problem) for problem in entry.problems)
        self._place(read, known)

    def _place(self, read: Sequence[tuple[str, Held | None]], known: Known) -> None:
        """Each entry was seen before, is a version of a known record of this source, or is new."""
        seen = {own: known.ids[own] for own, _ in read if own in known.ids}
        placed = known.place([one for own, one in read if one is not None and own not in seen], set(seen.values()))
        for index, (own, one) in enumerate(read):
            version_of = placed.versions.get(own)
            record, how = seen.get(own) or version_of or own, "sighting" if own in seen else "version" if version_of else "new"
            if one is not None and version_of:
                self._compare(one.title or "(no title)", known.newest[version_of], self.docs[index])
            if one is not None and own not in seen:
                known.hold(replace(one, record=record), self.docs[index])
            if own in placed.unclear:
                named = ", ".join(f"{k.record} ({k.title or 'no title'})" for k in placed.unclear[own])
                self.unclear.append(f"{one.title or '(no title)'}: {named}" if one else named)
            known.ids[own] = record
            self.items.append(ImportedItem(record=record, how=how, index=index))  # type: ignore[arg-type]

    def _compare(self, title: str, before: Mapping[str, Any] | str, now: str) -> None:
        old, new = json.loads(before) if isinstance(before, str) else before, json.loads(now)
        self.changes.append((title, in_words(differences(old, new))))
        was, is_now = _last_update(old), _last_update(new)
        precision = min(len(was), len(is_now))
        if is_now[:precision] < was[:precision]:
            self.older.append(title)


@dataclass(frozen=True)
class Taken:
    """What is to be written of one file, and its receipt; no body where the file was refused."""

    receipt: FileReceipt
    body: RecordsImported | None = None
    blobs: tuple[tuple[bytes, bool], ...] = ()


def take(
    source: Source,
    run: SearchView,
    known: Known,
    before: int | None,
    tell: Tell,
    *,
    format: str | None,
    address: str | None,
    kind: Kind | None,
    also: Iterable[Format] = (),
) -> Taken:
    """What the file *source* brings as found by *run*. *before*: what earlier files of this search held, None where more files follow.
    *also* are the review's own mappings of tables.

    A file that cannot be taken gives a receipt that says why: no reader knows it, or it is larger than a database can keep.
    """
    brought, grown, name = Brought(), known.apart(), source.name
    try:
        found = entries(source, format, address, searched=f"{run.source}|{run.via or run.kind}", kind=kind, also=also)
        if run.kind != "other" and found.format.name in AGGREGATORS:
            raise InputRefused(
                f"{found.format.label}: a page that repeats entries of registers, which is neither a register nor a database",
                next_step="record the search of this site as kind other, via website, and import the file with that search",
            )
        brought.read(found, grown, tell)
        lines = split_lines(found.format.text(found.source))
    except (FormatUnknown, InputRefused) as problem:
        next_step = f"\n  next: {problem.next_step}" if problem.next_step else ""
        return refused(name, problem.message, run, before, told=f"{problem.message}{next_step}")
    data, parsed, flat = source.data, f"[{','.join(brought.docs)}]".encode(), "\n".join(lines).encode()
    if len(parsed) > MAX_BLOB:
        return refused(name, too_large("what was read of it takes", len(parsed)), run, before)
    known.grow(grown)
    mapped = found.format.mapping.encode()
    warnings = [*((str(p.code), p.message) for p in found.problems), *_warnings(found, brought, run, before)]
    body = RecordsImported(
        search=run.id,
        file_name=name,
        raw_sha256=found.source.digest[0],
        parsed_sha256=_sha(parsed),
        flat_sha256=None if flat == data else _sha(flat),
        format=found.format.name,
        parser=f"{found.format.name}@{brought.parser_version}",
        address=address,
        read=found.kept + found.refused,
        kept=len(brought.items),
        refused=tuple(RefusedItem(line=r.line or 0, reason=r.reason) for r in brought.refused),
        items=tuple(brought.items),
        records_digest=_sha("\n".join(sorted(i.record for i in brought.items)).encode()),
        warnings=tuple(words for _, words in warnings),
        mapping_sha256=_sha(mapped) if mapped else None,
    )
    more = [held for held, wanted in ((flat, body.flat_sha256), (mapped, body.mapping_sha256)) if wanted is not None]
    blobs = ((data, True), (parsed, False), *((held, False) for held in more))
    return Taken(_receipt(body, brought, warnings, lines), body, blobs)


def refused(name: str, why: str, run: SearchView, before: int | None, *, told: str = "") -> Taken:
    """A whole file that was not taken; it counts as one entry."""
    said = _of_hits(run, before, 0)
    remarks = [Remark(None, "", "", "", code, words) for code, words in [("refused", why), *(("warning", words) for words in said)]]
    return Taken(FileReceipt(name, "unknown", 1, 0, 0, 0, ((0, why),), tuple(remarks), tuple(said), (), told or why))


def too_large(what: str, size: int) -> str:
    """The words for what no database can keep."""
    return f"{what} {size:,} bytes, and at most {MAX_BLOB:,} can be kept: export the search in parts"


def _receipt(body: RecordsImported, brought: Brought, warnings: Sequence[tuple[str, str]], lines: Sequence[str]) -> FileReceipt:
    count = Counter(item.how for item in body.items)
    remarks = [Remark(r.line, r.excerpt or _quoted(lines, r.line, r.line), "", "", "refused", r.reason) for r in brought.refused]
    remarks += [Remark(None, "", "", "", code, words) for code, words in warnings]
    for title, problem in brought.remarks:
        first, last = problem.lines or (None, None)
        remarks.append(Remark(first, _quoted(lines, first, last), title, problem.field or "", str(problem.code), problem.message))
    told = tuple((r.line or 0, r.reason) for r in brought.refused)
    said = tuple(words for _, words in warnings)
    counts = (body.read, count["new"], count["version"], count["sighting"])
    return FileReceipt(body.file_name, body.format, *counts, told, tuple(remarks), said, tuple(brought.changes))


def _quoted(lines: Sequence[str], first: int | None, last: int | None) -> str:
    """The lines from *first* to *last*, counted from 1, as one, shortened."""
    if not first:
        return ""
    text = fold_blanks(" ".join(line[: 2 * _QUOTED] for line in lines[first - 1 : min(last or first, first + 4)]))
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _warnings(found: Entries, brought: Brought, run: SearchView, before: int | None) -> list[tuple[str, str]]:
    """What the receipt warns of beside what the reader of the file said: (code, words)."""
    said = _of_hits(run, before, found.kept + found.refused)
    if brought.unclear:
        named = "; ".join(brought.unclear[:3]) + ("; …" if len(brought.unclear) > 3 else "")
        said.append(
            f"{len(brought.unclear):,} came in as new though their number is known, as it is not certain of which record they are a "
            f"newer state: {named}"
        )
    if brought.older:
        named = "; ".join(brought.older[:3]) + ("; …" if len(brought.older) > 3 else "")
        words = f"{len(brought.older):,} are older states of records that are here already, which now stand as the newest: {named}"
        said.append(f"{words}. If that is not meant, take this import back: review searches lists it with its event for undo")
    if untitled := [problem.lines for _, problem in brought.remarks if problem.code == ProblemCode.NO_TITLE]:
        lines = ", ".join(str(lines[0]) for lines in untitled[:3] if lines) + (", …" if len(untitled) > 3 else "")
        came = "1 entry came in" if len(untitled) == 1 else f"{len(untitled):,} entries came in"
        said.append(f"{came} without a title{f' (line {lines})' if lines else ''}: see in the file whether the export lost it")
    return [("warning", words) for words in said]


def _of_hits(run: SearchView, before: int | None, here: int) -> list[str]:
    """What is to be said of the hits once the last file of an import was read: *before* and *here* are the entries of the files."""
    if before is None or run.hits is None or before + here == run.hits:
        return []
    less = "the export may have been capped, or more files are to come"
    why = less if before + here < run.hits else "a file may be of another search, or have come twice"
    return [f"the search found {run.hits:,}, its files hold {before + here:,}: {why}"]


def _last_update(doc: Mapping[str, Any]) -> str:
    """The date of the state that an entry shows; '' where the source does not say."""
    dates = doc.get("dates") or {}
    return next((dates[name]["date"] for name in ("last_update", "last_refreshed") if (dates.get(name) or {}).get("date")), "")


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
