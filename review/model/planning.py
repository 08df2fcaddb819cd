"""Bodies of the facts about the plan: the protocol frozen and amended, the searches run, the files and entries taken in."""

from __future__ import annotations

from typing import ClassVar, Literal

from review.model.event import Body

SourceKind = Literal["register", "database", "other"]
Via = Literal["website", "organisation", "citation", "contact", "hand"]


class ProtocolFrozen(Body):
    """The protocol as frozen: the text is the blob named here."""

    kind: ClassVar[str] = "protocol.frozen"
    text_sha256: str
    number: int


class ProtocolAmended(Body):
    """A later version of the protocol, why, and what was already known when it was made."""

    kind: ClassVar[str] = "protocol.amended"
    text_sha256: str
    number: int
    reason: str
    results_known: bool
    stage_reached: str
    changed: tuple[str, ...]
    check_again: tuple[str, ...]


class SearchRecorded(Body):
    """One execution of one search, with or without a file. ``hits`` None means: not stated; '' means: nothing was said.

    together_with: the databases that were searched at the same time on one platform. prior_work: whose strategy was taken over or adapted.
    update_of: the earlier search that this one brings up to date, and updating: how.
    """

    kind: ClassVar[str] = "search.recorded"
    source: str
    source_kind: SourceKind
    via: Via | None
    platform: str | None
    strategy: str
    limits: str
    filters: str
    peer_review: str
    searched: str
    hits: int | None
    by: str
    run: int
    strategy_file: str = ""
    limits_reason: str = ""
    together_with: tuple[str, ...] = ()
    url: str = ""
    prior_work: str = ""
    update_of: str | None = None
    updating: str = ""
    note: str = ""


class ImportedItem(Body):
    """Where one entry of a file went: a new record, a sighting of a known one, or a version of a known one."""

    kind: ClassVar[str] = "-"
    record: str
    how: Literal["new", "sighting", "version"]
    index: int


class RefusedItem(Body):
    """One entry that could not be taken: where it stands and why."""

    kind: ClassVar[str] = "-"
    line: int
    reason: str


class RecordsImported(Body):
    """What came in with one file, where each entry went, and the sums that are checked."""

    kind: ClassVar[str] = "records.imported"
    search: str
    file_name: str
    raw_sha256: str
    parsed_sha256: str
    flat_sha256: str | None
    format: str
    parser: str
    address: str | None
    read: int
    kept: int
    refused: tuple[RefusedItem, ...]
    items: tuple[ImportedItem, ...]
    records_digest: str
    warnings: tuple[str, ...]
    mapping_sha256: str | None = None  # the text of the review's own mapping that a table was read by


class FileRefused(Body):
    """A file that was offered for a search and of which nothing could be taken, and why; *digest* is its SHA-256 where it could be read."""

    kind: ClassVar[str] = "records.refused"
    search: str
    file_name: str
    reason: str
    digest: str | None


class RecordAdded(Body):
    """One entry typed in by a person, without a file; the record is the blob named here."""

    kind: ClassVar[str] = "record.added"
    search: str
    record: str
    parsed_sha256: str
    note: str


class RecordReparsed(Body):
    """A better reading of a stored file: a new version of the same record, under the same id."""

    kind: ClassVar[str] = "record.reparsed"
    record: str
    parsed_sha256: str
    index: int
    parser: str
