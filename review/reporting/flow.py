"""The PRISMA 2020 flow as sets of ids, derived from what was searched, screened and classified; no number is typed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.model.event import Event
from review.model.views import RecordView, ReportView, SearchView, Standing, StudyView
from review.reporting.drawing import Drawing
from review.reporting.labels import Labels, load_labels

if TYPE_CHECKING:
    import pandas as pd

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

    @cached_property
    def _set(self) -> frozenset[str]:
        return frozenset(self.ids)

    @property
    def counts(self) -> dict[str, int]:
        """Source or reason -> how many."""
        return {name: len(ids) for name, ids in self.by.items()}


class Drawn:
    """What can be done with every flow: one that was derived, and one that was typed into a file."""

    labels: Labels

    def svg(self, *, links: bool = True, key: str = "flow", **drawing: Any) -> str:
        """The diagram as SVG.

        links: each number leads to its list, ``#box-FIELD``; False for a journal. key: begins the ids inside.
        drawing: the choices of ``Drawing``.
        """
        from review.reporting.diagram import draw, to_list

        return draw(self, labels=self.labels, link=to_list if links else None, key=key, drawing=Drawing.of(drawing))  # type: ignore[arg-type]

    def pdf(self, path: str | Path, **drawing: Any) -> Path:
        """The diagram as a PDF of its own size, its text selectable."""
        from review.reporting.documents.picture import svg_to_pdf

        Path(path).write_bytes(svg_to_pdf(self.svg(links=False, **drawing)))
        return Path(path)

    def png(self, path: str | Path, *, ppi: int = 300, **drawing: Any) -> Path:
        """The diagram as PNG, so many pixels an inch at its printed size."""
        from review.reporting.documents.picture import svg_to_png

        Path(path).write_bytes(svg_to_png(self.svg(links=False, **drawing), ppi=ppi))
        return Path(path)

    def r_csv(self, path: str | Path) -> list[str]:
        """Write the numbers as the R package PRISMA2020 reads them; returns in words what its form cannot hold, or not as it is."""
        from review.reporting.r_package import write_r_csv

        return write_r_csv(self, self.labels, path)  # type: ignore[arg-type]

    def _repr_html_(self) -> str:
        return self.svg(links=False)

    def __str__(self) -> str:
        from review.reporting.diagram import as_text

        return as_text(self, self.labels)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Flow(Drawn):
    """The flow of a review as of a date. A field that does not apply is absent from ``boxes``; absent is not zero."""

    template: str
    as_of: str
    heads: Mapping[str, str]
    boxes: Mapping[str, Box]
    notes: tuple[str, ...] = ()
    report_of: Mapping[str, str] = field(default_factory=dict, repr=False)
    studies_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    previous_excluded: tuple[str, ...] = ()
    previous_open: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Labels = field(default_factory=load_labels, repr=False, compare=False)

    def ids(self, name: str) -> frozenset[str]:
        """The ids of a field; an absent one reads as the empty set."""
        return self.boxes[name]._set if name in self.boxes else frozenset()

    def moved_from(self, earlier: Flow) -> pd.DataFrame:
        """What is elsewhere than in *earlier*: a row each, box by box: box, id (of a record, report or study), change ('in', 'out')."""
        import pandas as pd

        rows = []
        for name in dict.fromkeys([*self.boxes, *earlier.boxes]):
            for change, one, other in (("in", self, earlier), ("out", earlier, self)):
                rows += [(name, i, change) for i in (one.boxes[name].ids if name in one.boxes else ()) if i not in other.ids(name)]
        return pd.DataFrame(rows, columns=["box", "id", "change"])

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


@dataclass(frozen=True)
class FlowFacts:
    """What the rooms hand to the flow; the callables answer for one report, the mappings are by the id of a report or study.

    known: records of an update whose report was settled before it -> that report; duplicates, and in no box after.
    """

    searches: Sequence[SearchView]
    records: Sequence[RecordView]
    reports: Sequence[ReportView]
    studies: Sequence[StudyView]
    title_abstract: Mapping[str, Standing]
    full_text: Mapping[str, Standing]
    retrieval: Callable[[ReportView], str | None]
    classifications: Mapping[str, str | None]
    removals: Mapping[str, Event]
    left_unseen: frozenset[str]
    reasons: Mapping[str, str]
    reason_of: Callable[[Standing], str]
    tools_of: Callable[[Standing], str]
    previous_studies: Sequence[str]
    previous_reports: Sequence[str]
    notes: Sequence[str]
    as_of: str
    heads: Mapping[str, str]
    words: Labels = field(default_factory=load_labels)
    known: Mapping[str, str] = field(default_factory=dict)


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
    screened = _identified(boxes, facts)
    _screened(boxes, facts, screened)
    old = set(facts.previous_studies)
    final = {s.id: facts.classifications.get(s.id) or ("included" if s.id in old else None) for s in facts.studies}
    passed = set(boxes["records_passed"].ids)
    sought = [r for r in screened if r.stands.id in passed]
    included = _assessed(boxes, facts, "dbr", sought, studies_of, final)
    if other:
        _found_otherwise(boxes, facts)
        included += _assessed(boxes, facts, "other", [r for r in facts.reports if r.lane == "other"], studies_of, final)
    new_reports = [r for r in included if any(final[s] == "included" and s not in old for s in studies_of[r])]
    new_studies = list(dict.fromkeys(s for r in new_reports for s in studies_of[r] if final[s] == "included" and s not in old))
    _put(boxes, "new_studies", new_studies)
    _put(boxes, "new_reports", new_reports)
    gone = _excluded_since(boxes, facts, studies_of, final)
    open_ = {place: tuple(s for s in facts.previous_studies if final.get(s) == place) for place in ("awaiting", "ongoing")}
    if previous:
        _put(boxes, "total_studies", [*(s for s in facts.previous_studies if s not in gone), *new_studies])
        known = set(facts.previous_reports)
        _put(boxes, "total_reports", [*(r for r in facts.previous_reports if r not in gone), *(r for r in included if r not in known)])
    template = ("upd" if previous else "new") + ("_v2" if other else "_v1")
    report_of = {record.id: report.id for report in facts.reports for record in report.records} | dict(facts.known)
    notes = (*facts.notes, *_notes(boxes, facts, gone, studies_of), *_open_notes(facts, open_))
    return Flow(template, facts.as_of, facts.heads, boxes, notes, report_of, studies_of, gone, open_, facts.words)


def _excluded_since(
    boxes: Mapping[str, Box], facts: FlowFacts, studies_of: Mapping[str, Sequence[str]], final: Mapping[str, str | None]
) -> tuple[str, ...]:
    """Studies and reports of the previous version that are excluded now."""
    studies = [s for s in facts.previous_studies if final.get(s) == "excluded"]
    excluded = {r for lane in ("dbr", "other") if f"{lane}_excluded" in boxes for r in boxes[f"{lane}_excluded"].ids}
    gone = set(studies)
    reports = [r for r in facts.previous_reports if r in excluded or (studies_of.get(r) and gone.issuperset(studies_of[r]))]
    return (*studies, *reports)


def _notes(boxes: Mapping[str, Box], facts: FlowFacts, gone: Sequence[str], studies_of: Mapping[str, Sequence[str]]) -> list[str]:
    notes, say = [], facts.words.say
    if twice := boxes["other_duplicates"].n if "other_duplicates" in boxes else 0:
        notes.append(say("flow.note.other_duplicates", n=facts.words.count(twice, "records")))
    if gone:
        notes.append(say("flow.note.previous_excluded", which="; ".join(gone)))
    named = {s for r in facts.previous_reports for s in studies_of.get(r, ())}
    if unknown := [s for s in facts.previous_studies if s in gone and s not in named]:
        notes.append(say("flow.note.previous_reports", which="; ".join(unknown)))
    return notes


def _open_notes(facts: FlowFacts, open_: Mapping[str, Sequence[str]]) -> list[str]:
    """What stays in the totals although nobody can say now that it is included."""
    labels = {s.id: s.label for s in facts.studies}
    found = ((place, "; ".join(labels.get(s, s) for s in studies)) for place, studies in open_.items())
    return [facts.words.say(f"flow.note.previous_{place}", which=which) for place, which in found if which]


def _put(boxes: dict[str, Box], name: str, ids: Iterable[str], by: Mapping[str, Sequence[str]] | None = None) -> None:
    boxes[name] = Box(name, unit_of(name), tuple(ids), {k: tuple(v) for k, v in (by or {}).items()})


def unit_of(field: str) -> str:
    """What a field counts: records, reports or studies."""
    reports = "reports" in field or (field.startswith(("dbr_", "other_")) and field != "other_duplicates")
    return _UNITS.get(field) or ("reports" if reports else "records")


def _by(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _identified(boxes: dict[str, Box], facts: FlowFacts) -> list[ReportView]:
    """Fill the boxes before screening; returns the reports that are screened."""
    for kind, name in (("database", "database_results"), ("register", "register_results")):
        _sources(boxes, facts, name, lambda search, kind=kind: search.kind == kind)  # type: ignore[misc]
    reports = [r for r in facts.reports if r.lane == "dbr"]
    _put(boxes, "duplicates", [*(d.id for r in reports for d in r.duplicates("dbr")), *_known(facts, "dbr")])
    removed: dict[str, list[tuple[str, str]]] = {"automation": [], "other": []}
    screened = []
    for report in reports:
        event = facts.removals.get(report.id)
        if event is None:
            screened.append(report)
        else:
            removed[event.body["by"]].append((removal_reason(event), report.stands.id))
    for name, by in (("excluded_automatic", "automation"), ("excluded_other", "other")):
        _put(boxes, name, [record for _, record in removed[by]], _by(removed[by]))
    return screened


def removal_reason(event: Event) -> str:
    """Why records were removed before screening, behind the tool where one did."""
    tool, reason = event.body["tool"], event.body["reason"]
    return f"{tool}: {reason}" if tool else reason


def _sources(boxes: dict[str, Box], facts: FlowFacts, name: str, belongs: Callable[[SearchView], bool]) -> None:
    """A source that was searched and gave nothing is zero; one that was not searched is absent."""
    by: dict[str, list[str]] = {s.source: [] for s in facts.searches if belongs(s)}
    if by:
        for record in facts.records:
            if belongs(record.search):
                by[record.search.source].append(record.id)
        _put(boxes, name, chain.from_iterable(by.values()), by)


def _screened(boxes: dict[str, Box], facts: FlowFacts, reports: Sequence[ReportView]) -> None:
    people, tools = dict[str, list[str]](), dict[str, list[str]]()
    human, automatic = list[str](), list[str]()
    waiting: list[str] = []
    passed: list[str] = []
    for report in reports:
        stand, record = facts.title_abstract[report.id], report.stands.id
        if stand.outcome == "exclude" and stand.by_tool:
            tools.setdefault(facts.tools_of(stand), []).append(record)
            automatic.append(record)
        elif stand.outcome == "exclude":
            people.setdefault(facts.reason_of(stand) or facts.words.say("flow.line.no_reason"), []).append(record)
            human.append(record)
        elif stand.outcome is None and not stand.people and not facts.left_unseen.isdisjoint(report.members):
            tools.setdefault(facts.words.say("flow.line.not_screened"), []).append(record)
            automatic.append(record)
        else:
            (passed if stand.outcome == "include" else waiting).append(record)
    _put(boxes, "records_screened", [r.stands.id for r in reports])
    _put(boxes, "records_excluded", [*human, *automatic])
    _put(boxes, "records_excluded_human", human, people)
    _put(boxes, "records_excluded_automatic", automatic, tools)
    _put(boxes, "records_waiting", waiting)
    _put(boxes, "records_passed", passed)


def _found_otherwise(boxes: dict[str, Box], facts: FlowFacts) -> None:
    for via, name in _VIA_FIELD.items():
        _sources(boxes, facts, name, lambda search, via=via: search.via == via)  # type: ignore[misc]
    _put(boxes, "other_duplicates", [*(d.id for r in facts.reports for d in r.duplicates("other")), *_known(facts, "other")])


def _known(facts: FlowFacts, lane: str) -> Iterable[str]:
    return (record.id for record in facts.records if record.lane == lane and record.id in facts.known)


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
        stand = facts.full_text[report.id]
        if stand.outcome == "exclude":
            excluded.append((facts.reason_of(stand) or facts.words.say("flow.line.no_reason"), report.id))
            continue
        classes = {final[s] for s in studies_of[report.id]} if stand.outcome == "include" else set()
        place = next((c for c in ("included", "ongoing", "awaiting") if c in classes), "assessed_waiting")
        where["included_reports" if place == "included" else place].append(report.id)
    order = {reason: at for at, reason in reversed(list(enumerate(facts.reasons.values())))}
    excluded.sort(key=lambda e: order.get(e[0], len(order)))
    _put(boxes, f"{lane}_sought_reports", [r.id for r in sought])
    for name, ids in where.items():
        _put(boxes, f"{lane}_{name}", ids)
        if name == "assessed":
            _put(boxes, f"{lane}_excluded", [i for _, i in excluded], _by(excluded))
    return where["included_reports"]
