"""The frozen values that rooms hand on: records, reports, studies, cells, assessments. No room imports another; they meet here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from review.model.appraisal import Support
from review.model.best_values import FIELDS, BestValue, best_value
from review.model.event import Event
from review.model.notice_titles import (
    NOTICES,
    Notice,
    is_notice_title,
    is_notice_type,
    notice_in,
    notice_in_link,
    notice_in_type,
    pointed_to,
)

Lane = Literal["dbr", "other"]


@dataclass(frozen=True, slots=True)
class SearchView:
    """One search run as recorded. ``hits`` None means: not stated."""

    id: str
    event: str
    at: str
    source: str
    kind: str
    via: str | None
    run: int
    searched: str
    hits: int | None
    body: Mapping[str, Any] = field(compare=False, repr=False)

    @property
    def lane(self) -> Lane:
        """'dbr' for databases and registers, 'other' for other methods."""
        return "other" if self.kind == "other" else "dbr"


@dataclass(frozen=True, slots=True)
class RecordView:
    """One unique record: where it came from, and its newest reading (``doc``, the JSON of schema 0.1)."""

    id: str
    position: int
    event: str
    at: str
    search: SearchView
    file_name: str | None
    raw_sha256: str | None
    text_sha256: str | None
    address: str | None
    versions: tuple[str, ...]
    sightings: int
    doc: Mapping[str, Any] = field(compare=False, repr=False)

    @property
    def lane(self) -> Lane:
        """The lane of the source that gave it."""
        return self.search.lane

    def own_text(self, text: Sequence[str]) -> list[str]:
        """*text*, the lines of the file that it was read from, with those of the file's other entries empty: its own keep their numbers."""
        first, last = (self.doc.get("provenance") or {}).get("raw_span") or (1, len(text))
        return [""] * (first - 1) + list(text[first - 1 : last])

    @property
    def title(self) -> str:
        """The public title, else the official one, else words that say there is none."""
        return self.doc.get("brief_title") or self.doc.get("official_title") or "(no title)"

    @property
    def is_registration(self) -> bool:
        """Whether it is an entry about a registered trial."""
        return self.doc.get("record_type") == "trial_registration"

    @property
    def teaching(self) -> bool:
        """Whether its text is a teaching copy, not a quotation."""
        return (self.doc.get("provenance") or {}).get("kind") == "teaching_copy"

    @property
    def is_page(self) -> bool:
        """Whether its file is the page itself, and no export with entries.

        A page alone has its own count of lines. Records that were read before exports said that they are such are told by it too, and
        so is a teaching copy, which may be of either.
        """
        provenance = self.doc.get("provenance") or {}
        return provenance.get("kind") != "export" and provenance.get("lines") is not None

    @property
    def retrieved_on_import(self) -> bool:
        """A registration or a captured page counts as retrieved from import; an entry of an export only names its document."""
        return self.file_name is not None and (self.is_registration or self.is_page)

    def identifiers(self, *types: str) -> tuple[str, ...]:
        """Values of the identifiers of these types, all types when none is named; in the record's order."""
        return tuple(i["value"] for i in self.doc.get("identifiers") or () if not types or i["type"] in types)

    @property
    def authors(self) -> tuple[str, ...]:
        """Names of the authors as printed; empty for a registration. What has no letter is no name."""
        named = (a["name"] for a in (self.doc.get("publication") or {}).get("authors") or ())
        return tuple(name for name in named if any(map(str.isalnum, name)))

    @property
    def year(self) -> int | None:
        """Year of publication; None where the source does not state it."""
        return (self.doc.get("publication") or {}).get("year")

    @property
    def _types(self) -> tuple[str, ...]:
        return tuple((self.doc.get("publication") or {}).get("publication_types") or ())

    def _linked(self, itself: bool) -> list[tuple[Notice, str]]:
        """Its links to a notice, or as the notice *itself* to its article: what is said, and the link as printed."""
        kinds = ((notice_in_link(kind), texts) for kind, texts in (self.doc.get("extra") or {}).items())
        return [(found[0], text) for found, texts in kinds if found is not None and found[1] is itself for text in texts]

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """Numbers of the articles that the source says it is a notice about, as ('PMID', '123'); none as a rule."""
        return tuple(dict.fromkeys(number for _, text in self._linked(True) for number in pointed_to(text)))

    @property
    def is_notice(self) -> bool:
        """Whether it is itself a notice about another: by a type of publication, a link to its article, or the set form of the title."""
        if self.is_registration:
            return False
        return any(map(is_notice_type, self._types)) or bool(self._linked(True)) or is_notice_title(self.title)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was said of it after it came out, the gravest first: retracted, under a concern, corrected; none as a rule.

        Read from the reader's remarks; for what was entered by hand, or read before its reader looked for notices, from the types of
        publication and the set form of the title. What a notice says of another was not said of it.
        """
        said: set[Notice | None]
        if self.is_notice:
            said = {notice for notice, _ in self._linked(False)} | {notice_in_type(t) for t in self._types if not is_notice_type(t)}
        else:
            codes = {problem.get("code") for problem in self.doc.get("problems") or ()}
            said = {notice for notice, code in NOTICES.items() if code in codes}
            if not self.is_registration:
                said |= {notice_in(self.title), *map(notice_in_type, self._types)}
        return tuple(notice for notice in NOTICES if notice in said)

    @property
    def announced(self) -> tuple[Notice, ...]:
        """What it says, as a notice, of the article that it is about, the gravest first; none where it is no notice."""
        if not self.is_notice:
            return ()
        said = {notice for notice, _ in self._linked(True)} | {notice_in_type(t) for t in self._types if is_notice_type(t)}
        said |= {notice_in(self.title)} if is_notice_title(self.title) else set()
        return tuple(notice for notice in NOTICES if notice in said)


def notices(records: Iterable[RecordView]) -> tuple[Notice, ...]:
    """What was said of any of these records; what a notice says counts where something else is among them, which it is about."""
    own = tuple(records)
    said = {notice for record in own for notice in record.notices}
    if len(own) > 1 and not all(record.is_notice for record in own):
        said.update(notice for record in own for notice in record.announced)
    return tuple(notice for notice in NOTICES if notice in said)


@dataclass(frozen=True, slots=True)
class ReportView:
    """One document: its founding record, and the records that are duplicates of it in each lane.

    ``told``: what notices that are reports of their own say of it, the gravest first.
    """

    id: str
    records: tuple[RecordView, ...]
    stands: RecordView
    merged_by: tuple[str, ...]
    members: tuple[str, ...]
    told: tuple[Notice, ...] = ()

    @property
    def is_notice(self) -> bool:
        """Whether it is itself a notice about another document."""
        return all(record.is_notice for record in self.records)

    @property
    def lane(self) -> Lane:
        """Where it is counted: databases and registers when any of its records came from there."""
        return self.stands.lane

    @property
    def title(self) -> str:
        """Title of the record that stands for it."""
        return self.stands.title

    @property
    def retrieved_on_import(self) -> bool:
        """Whether the document was in hand with the import."""
        return any(r.retrieved_on_import for r in self.records)

    @property
    def in_order(self) -> tuple[RecordView, ...]:
        """The record that stands for it, then its other records."""
        return (self.stands, *(r for r in self.records if r.id != self.stands.id)) if len(self.records) > 1 else self.records

    def best(self, field: str) -> BestValue | None:
        """The best value of *field* (one of ``best_values.FIELDS``) among its records; None where none states it."""
        return best_value(field, self.in_order)

    def best_values(self) -> list[BestValue]:
        """The best value of every field that one of its records states."""
        return [found for name in FIELDS if (found := self.best(name)) is not None]

    def duplicates(self, lane: Lane) -> tuple[RecordView, ...]:
        """Its other records in that lane."""
        return tuple(r for r in self.records if r.lane == lane and r.id != self.stands.id) if len(self.records) > 1 else ()


@dataclass(frozen=True, slots=True)
class StudyView:
    """One investigation and its reports, with the link that made each belong (none for its founding report).

    ``subjects`` are the ids under which facts about it may stand: its own, and those of studies whose reports are all here now.
    ``shared``: its reports that belong to other studies too.
    """

    id: str
    label: str
    reports: tuple[ReportView, ...]
    links: Mapping[str, str] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    @property
    def records(self) -> tuple[RecordView, ...]:
        """All records of all its reports, in ledger order."""
        return tuple(sorted({r.id: r for p in self.reports for r in p.records}.values(), key=lambda r: r.position))

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was said of its reports after they came out: retracted, under a concern, corrected."""
        return notices(self.records)

    @property
    def registry_numbers(self) -> tuple[str, ...]:
        """Registry numbers by which its registrations are known, each once."""
        numbers = (v for r in self.records for v in r.identifiers() if r.is_registration and v in _trial_numbers(r.doc))
        return tuple(dict.fromkeys(numbers))


NOT_TRIAL_NUMBERS = frozenset({"DOI", "PMID", "PMCID", "ORG_STUDY_ID", "OTHER", "UTN"})


def trial_number(type: str, value: str) -> str:
    """The number by which two mentions of a trial are compared: a fourth part of an EU CT number counts the resubmissions of one trial."""
    return value.rpartition("-")[0] if type == "EUCT" and value.count("-") == 3 else value


def _trial_numbers(doc: Mapping[str, Any]) -> set[str]:
    return {i["value"] for i in doc.get("identifiers") or () if i["type"] not in NOT_TRIAL_NUMBERS}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one report stands at one stage: ``outcome`` is include, exclude, or None while it waits.

    ``near_miss``: excluded at full text, and marked by anyone whose exclusion counts as one that readers would look for.
    ``said``: the answer or resolution that gives the reason; None where there is no reason.
    """

    report: str
    stage: str
    outcome: Literal["include", "exclude"] | None
    reason: str | None
    conflict: bool
    closed: bool
    answered: int
    events: tuple[str, ...]
    by_tool: bool = False
    people: int = 0
    near_miss: bool = False
    said: Event | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CellView:
    """One extracted value as it stands, with its history; ``state`` says who stands behind it."""

    study: str
    item: str
    arm: str | None
    outcome: str | None
    timepoint: str | None
    analysis_set: str | None
    value: str
    unit: str | None
    state: Literal["pre-filled", "recorded by one", "checked by one", "checked by two", "extracted independently by two", "consensus"]
    conflict: bool
    event: str
    history: tuple[str, ...]
    quotation: str
    location: str
    text_sha256: str | None
    lines: tuple[int, int] | None
    record: str | None
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # record id -> what another source says otherwise
    label: str = ""  # the item's, on the form in force
    between: str = ""  # who or what differs where the cell is in conflict, in words

    @property
    def key(self) -> tuple[str, str | None, str | None, str | None, str | None]:
        """What it is about: item, arm, outcome, time point, analysis set."""
        return self.item, self.arm, self.outcome, self.timepoint, self.analysis_set


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """One appraisal of one result as it stands; ``status`` says whether it is a judgement at all.

    A conflict shows no judgement and no answer. A draft, which its assessor alone is shown, has answers and no judgement.
    ``domains`` holds the final level of each, ``proposed`` what the rules proposed (of 'overall' too), ``overrides`` why the two differ.
    ``outcome`` is an id of the protocol, None where the result is of none. ``weight`` is in the units of its source, None where none was
    recorded. ``reopened``: an assessor changed after the consensus, which therefore stands no more.
    """

    study: str
    tool: str
    result: str | None
    effect: str | None
    status: Literal["not assessed", "draft", "by one", "agreed", "consensus", "conflict"]
    domains: Mapping[str, str]
    overall: str | None
    flag: str
    reason: str
    events: tuple[str, ...]
    answers: Mapping[str, str] = field(default_factory=dict)
    outcome: str | None = None
    support: Mapping[str, Support] = field(default_factory=dict)
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    proposed: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)
    preliminary: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    aside: Mapping[str, str] = field(default_factory=dict)
    copied: Mapping[str, str] = field(default_factory=dict)
    judgements: Mapping[str, str] = field(default_factory=dict)
    weight: Decimal | None = None
    weight_source: str = ""
    score: Any = None
    tool_sha256: str | None = None
    round: str | None = None
    reopened: bool = False
