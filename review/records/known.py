"""Which known record of a source a newly read entry is another reading of: by its number, its own part of it, else by its title.

Nothing is settled by which entry came first or last: what fits several is told, and counts as new.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from review.model.notice_titles import notice_in
from review.model.record import Record
from review.model.views import NOT_TRIAL_NUMBERS, RecordView
from review.records.state import PART, numbered, version_key
from review.text import fold_blanks, fold_word

_OWN = frozenset({"PMID", "PMCID"})  # these one article alone can have, as one trial its registry number


@dataclass(frozen=True, slots=True)
class Held:
    """One entry with its number: the record that it is (its own id, while it has no place yet), its part of the number, its title."""

    record: str
    number: str
    part: str
    title: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Entry id -> the known record that it is a version of; *unclear*: entry id -> the known records, several of which fit it."""

    versions: Mapping[str, str]
    unclear: Mapping[str, Sequence[Held]]


@dataclass
class Known:
    """What a source has given so far; it grows with every file, so that a folder of files is looked through once."""

    ids: MutableMapping[str, str]  # id of an entry as it was read -> the record that it is
    numbers: MutableMapping[str, Mapping[str, Held]] = field(default_factory=dict)  # own number -> {record: what is held of it}
    newest: MutableMapping[str, Mapping[str, Any] | str] = field(default_factory=dict)  # record -> its newest reading, or that as JSON

    @classmethod
    def of(cls, ids: dict[str, str], views: Iterable[RecordView], source: str) -> Known:
        """What *source* has given, from the records that there are; *ids* of every source."""
        found = cls(ids)
        for record in views:
            if record.search.source == source and (key := version_key(record.doc)):
                title = record.doc.get("brief_title") or record.doc.get("official_title") or ""
                found.hold(Held(record.id, *key, title), record.doc)
        return found

    def apart(self) -> Known:
        """The same, to grow by one file without changing this one."""
        return Known(ChainMap({}, self.ids), ChainMap({}, self.numbers), ChainMap({}, self.newest))

    def grow(self, by: Known) -> None:
        """Take over what a file added that was ``apart``."""
        self.ids.update(by.ids.maps[0])  # type: ignore[attr-defined]
        self.numbers.update(by.numbers.maps[0])  # type: ignore[attr-defined]
        self.newest.update(by.newest.maps[0])  # type: ignore[attr-defined]

    def hold(self, held: Held, doc: Mapping[str, Any] | str) -> None:
        """*doc* is the newest reading of this record."""
        self.numbers[held.number] = {**self.numbers.get(held.number, {}), held.record: held}
        self.newest[held.record] = doc

    def place(self, entries: Sequence[Held], taken: set[str]) -> Placed:
        """Which of the *entries* of one file, all new in their text, are versions; *taken*: records that the file has as they were known.

        Two entries of one file are never versions of the same record.
        """
        versions: dict[str, str] = {}
        unclear: dict[str, Sequence[Held]] = {}
        groups: defaultdict[str, list[Held]] = defaultdict(list)
        for entry in entries:
            if entry.number in self.numbers:
                groups[entry.number].append(entry)
        for number, group in groups.items():
            pools = {e.record: _near(e, self.numbers[number].values()) for e in group}
            titled = {e.record: [k for k in pools[e.record] if _same_title(e.title, k.title)] for e in group}
            versions |= dict(_one_to_one(titled, taken))
            if _names_one(number):
                # that another entry has the title of a known record does not say which of the others is meant
                rest = {e.record: [k for k in pools[e.record] if k.part == e.part] for e in group if e.record not in versions}
                versions |= dict(_one_to_one(rest, taken | set(versions.values())))
            fitting = pools if _names_one(number) else {own: fits for own, fits in titled.items() if len(fits) > 1}
            done = taken | set(versions.values())
            unclear |= {own: fits for own, fits in fitting.items() if own not in versions and {k.record for k in fits} - done}
        return Placed(versions, unclear)


def held(record: Record) -> Held | None:
    """What is held of an entry; None where it has no number of its own."""
    own = record.primary_identifier
    if own is None:
        return None
    part, title = str(record.derived.get(PART) or ""), record.brief_title or record.official_title or ""
    return Held(record.record_id, numbered(own.type, own.value), part, title)


def _near(entry: Held, there: Iterable[Held]) -> list[Held]:
    """Those that have the entry's part of the number, else those of which the part is not known, or all where the entry's is not."""
    same = [known for known in there if known.part == entry.part]
    return same or [known for known in there if not (known.part and entry.part)]


def _one_to_one(fits: Mapping[str, Sequence[Held]], taken: set[str]) -> Iterator[tuple[str, str]]:
    """(entry, record) where the entry fits this record alone, and no other entry fits it."""
    wanted: defaultdict[str, int] = defaultdict(int)
    for found in fits.values():
        for known in found:
            wanted[known.record] += 1
    for own, found in fits.items():
        if len(found) == 1 and wanted[found[0].record] == 1 and found[0].record not in taken:
            yield own, found[0].record


def _names_one(number: str) -> bool:
    """Whether the number alone names one entry. A DOI may be that of a whole supplement, a number of an unknown kind that of a line."""
    kind = number.partition(":")[0]
    return kind in _OWN or kind not in NOT_TRIAL_NUMBERS


def _same_title(one: str, other: str) -> bool:
    """Whether two titles are the same, but for the mark of a notice on one of them."""
    a, b = sorted((fold_word(title) or fold_blanks(title).casefold() for title in (one, other)), key=len)
    return a == b or (a != "" and a in b and (notice_in(one) is not None) != (notice_in(other) is not None))
