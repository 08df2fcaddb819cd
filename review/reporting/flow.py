"""The PRISMA 2020 flow as sets of ids, derived from what was searched, screened and classified; no number is typed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from review.model.views import RecordView, ReportView, SearchView, Standing, StudyView

REASON_NOT_RECORDED = "reason not recorded"
_VIA_FIELD = {
    "website": "website_results",
    "organisation": "organisation_results",
    "citation": "citations_results",
    "contact": "contact_results",
    "hand": "hand_results",
}
_UNITS = {"previous_studies": "studies", "new_studies": "studies", "total_studies": "studies", "total_studies_ma": "studies"}


@dataclass(frozen=True)
class Box:
    """One number of the flow: the ids behind it, and how they divide by source or reason."""

    field: str
    unit: str
    ids: tuple[str, ...]
    by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many."""
        return len(self.ids)


@dataclass(frozen=True)
class Flow:
    """The flow of a review as of a date. A field that does not apply is absent from ``boxes``; absent is not zero."""

    template: str
    as_of: str
    heads: Mapping[str, str]
    boxes: Mapping[str, Box]
    notes: tuple[str, ...] = ()
    report_of: Mapping[str, str] = field(default_factory=dict, repr=False)
    studies_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    previous_excluded: tuple[str, ...] = ()

    def ids(self, name: str) -> frozenset[str]:
        """The ids of a field; an absent one reads as the empty set."""
        return frozenset(self.boxes[name].ids) if name in self.boxes else frozenset()

    def identities(self) -> list[tuple[str, bool, str]]:
        """(id, holds, message) of every rule of the flow; a message names what is too many or missing."""
        from review.reporting.identities import check

        return check(self)

    def to_json(self) -> str:
        """The flow as JSON: template, as_of, heads, boxes with n, ids and by, identities, notes."""
        return json.dumps(
            {
                "template": self.template,
                "as_of": self.as_of,
                "heads": dict(self.heads),
                "boxes": {
                    name: {"n": b.n, "ids": list(b.ids), "by": {k: list(v) for k, v in b.by.items()}} for name, b in self.boxes.items()
                },
                "identities": [{"id": i, "holds": holds, "message": message} for i, holds, message in self.identities()],
                "notes": list(self.notes),
            },
            ensure_ascii=False,
            indent=1,
        )

    def svg(self, **options: Any) -> str:
        """The diagram as SVG."""
        from review.reporting.diagram import draw

        return draw(self, **options)

    def _repr_html_(self) -> str:
        return self.svg()

    def __str__(self) -> str:
        from review.reporting.diagram import as_text

        return as_text(self)


@dataclass(frozen=True)
class FlowFacts:
    """What the rooms hand to the flow; the callables answer for one report or study."""

    searches: Sequence[SearchView]
    records: Sequence[RecordView]
    reports: Sequence[ReportView]
    studies: Sequence[StudyView]
    title_abstract: Callable[[ReportView], Standing]
    full_text: Callable[[ReportView], Standing]
    retrieval: Callable[[ReportView], str | None]
    classification: Callable[[StudyView], str | None]
    left_unseen: frozenset[str]
    reasons: Mapping[str, str]
    reason_of: Callable[[Standing], str]
    previous_studies: Sequence[str]
    previous_reports: Sequence[str]
    notes: Sequence[str]
    as_of: str
    heads: Mapping[str, str]


def derive(facts: FlowFacts) -> Flow:
    """The flow of these facts."""
    other = any(s.lane == "other" for s in facts.searches)
    previous = bool(facts.previous_studies or facts.previous_reports)
    studies_of: dict[str, tuple[str, ...]] = {}
    for study in facts.studies:
        for report in study.reports:
            studies_of[report.id] = (*studies_of.get(report.id, ()), study.id)
    boxes: dict[str, Box] = {}
    if previous:
        _put(boxes, "previous_studies", facts.previous_studies)
        _put(boxes, "previous_reports", facts.previous_reports)
    _identified(boxes, facts)
    _screened(boxes, facts)
    old = set(facts.previous_studies)
    final = {s.id: facts.classification(s) or ("included" if s.id in old else None) for s in facts.studies}
    gone = tuple(s for s in facts.previous_studies if final.get(s) == "excluded")
    passed = set(boxes["records_passed"].ids)
    sought = [r for r in facts.reports if r.lane == "dbr" and r.stands.id in passed]
    included = _assessed(boxes, facts, "dbr", sought, studies_of, final)
    if other:
        _found_otherwise(boxes, facts)
        included += _assessed(boxes, facts, "other", [r for r in facts.reports if r.lane == "other"], studies_of, final)
    new_reports = [r for r in included if any(final[s] == "included" and s not in old for s in studies_of[r])]
    new_studies = list(dict.fromkeys(s for r in new_reports for s in studies_of[r] if final[s] == "included" and s not in old))
    _put(boxes, "new_studies", new_studies)
    _put(boxes, "new_reports", new_reports)
    if previous:
        _put(boxes, "total_studies", [*(s for s in facts.previous_studies if s not in gone), *new_studies])
        _put(boxes, "total_reports", [*facts.previous_reports, *(r for r in included if r not in set(facts.previous_reports))])
    template = ("upd" if previous else "new") + ("_v2" if other else "_v1")
    report_of = {record.id: report.id for report in facts.reports for record in report.records}
    notes = list(facts.notes)
    if gone:
        notes.append(f"Studies of the previous version that are now excluded, and not counted in the total: {'; '.join(gone)}.")
    return Flow(template, facts.as_of, facts.heads, boxes, tuple(notes), report_of, studies_of, gone)


def _put(boxes: dict[str, Box], name: str, ids: Iterable[str], by: Mapping[str, Sequence[str]] | None = None) -> None:
    unit = _UNITS.get(name) or (
        "reports" if "reports" in name or (name.startswith(("dbr_", "other_")) and name != "other_duplicates") else "records"
    )
    boxes[name] = Box(name, unit, tuple(ids), {k: tuple(v) for k, v in (by or {}).items()})


def _by(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _identified(boxes: dict[str, Box], facts: FlowFacts) -> None:
    for kind, name in (("database", "database_results"), ("register", "register_results")):
        sources = list(dict.fromkeys(s.source for s in facts.searches if s.kind == kind))
        if sources:  # a source that was searched and gave nothing is zero; one that was not searched is absent
            by = {source: [r.id for r in facts.records if r.search.kind == kind and r.search.source == source] for source in sources}
            _put(boxes, name, [i for ids in by.values() for i in ids], by)
    reports = [r for r in facts.reports if r.lane == "dbr"]
    _put(boxes, "duplicates", [d.id for r in reports for d in r.duplicates("dbr")])
    _put(boxes, "excluded_automatic", [])
    _put(boxes, "excluded_other", [])


def _screened(boxes: dict[str, Box], facts: FlowFacts) -> None:
    reports = [r for r in facts.reports if r.lane == "dbr"]
    human: list[tuple[str, str]] = []
    automatic: list[str] = []
    waiting: list[str] = []
    passed: list[str] = []
    for report in reports:
        stand, record = facts.title_abstract(report), report.stands.id
        if stand.outcome == "exclude" and not stand.by_tool:
            human.append((facts.reason_of(stand) or REASON_NOT_RECORDED, record))
        elif stand.outcome == "exclude" or (stand.outcome is None and not stand.answered and facts.left_unseen & set(report.members)):
            automatic.append(record)
        else:
            (passed if stand.outcome == "include" else waiting).append(record)
    _put(boxes, "records_screened", [r.stands.id for r in reports])
    _put(boxes, "records_excluded", [*(record for _, record in human), *automatic])
    _put(boxes, "records_excluded_human", [record for _, record in human], _by(human))
    _put(boxes, "records_excluded_automatic", automatic)
    _put(boxes, "records_waiting", waiting)
    _put(boxes, "records_passed", passed)


def _found_otherwise(boxes: dict[str, Box], facts: FlowFacts) -> None:
    for via, name in _VIA_FIELD.items():
        sources = list(dict.fromkeys(s.source for s in facts.searches if s.via == via))
        if sources:
            by = {source: [r.id for r in facts.records if r.search.via == via and r.search.source == source] for source in sources}
            _put(boxes, name, [i for ids in by.values() for i in ids], by)
    _put(boxes, "other_duplicates", [d.id for r in facts.reports for d in r.duplicates("other")])


def _assessed(
    boxes: dict[str, Box],
    facts: FlowFacts,
    lane: str,
    sought: Sequence[ReportView],
    studies_of: Mapping[str, Sequence[str]],
    final: Mapping[str, str | None],
) -> list[str]:
    """Fill the boxes from 'sought' on for one lane; returns the included reports."""
    where: dict[str, list[str]] = {
        k: []
        for k in ("notretrieved_reports", "retrieval_waiting", "assessed", "ongoing", "awaiting", "assessed_waiting", "included_reports")
    }
    excluded: list[tuple[str, str]] = []
    for report in sought:
        status = facts.retrieval(report)
        if status is None or status == "not_retrieved":
            where["retrieval_waiting" if status is None else "notretrieved_reports"].append(report.id)
            continue
        where["assessed"].append(report.id)
        stand = facts.full_text(report)
        if stand.outcome == "exclude":
            excluded.append((facts.reason_of(stand) or REASON_NOT_RECORDED, report.id))
            continue
        classes = {final[s] for s in studies_of[report.id]} if stand.outcome == "include" else set()
        place = next((c for c in ("included", "ongoing", "awaiting") if c in classes), "assessed_waiting")
        where["included_reports" if place == "included" else place].append(report.id)
    order = list(facts.reasons.values())
    excluded.sort(key=lambda e: order.index(e[0]) if e[0] in order else len(order))
    _put(boxes, f"{lane}_sought_reports", [r.id for r in sought])
    for name, ids in where.items():
        _put(boxes, f"{lane}_{name}", ids)
        if name == "assessed":
            _put(boxes, f"{lane}_excluded", [i for _, i in excluded], _by(excluded))
    return where["included_reports"]
