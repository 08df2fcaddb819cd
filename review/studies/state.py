"""What the facts say about which reports are one document, which study a report belongs to, and how studies are classified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from review.model.consensus import Panel, panel
from review.model.decision import ClassificationResolved, RegisterChecked, ReportLinked, ReportsDistinct, ReportsMerged, StudyClassified
from review.model.event import Event
from review.model.facts import Facts
from review.model.views import RecordView, ReportView, StudyView
from review.studies.groups import groups_of
from review.studies.labels import study_label

_KINDS = {ReportsMerged.kind, ReportsDistinct.kind, ReportLinked.kind, RegisterChecked.kind}
_CLASSIFYING = {StudyClassified.kind, ClassificationResolved.kind}


@dataclass(slots=True)
class StudiesState:
    """The facts of this room, in ledger order."""

    merges: list[Event] = field(default_factory=list)
    apart: list[Event] = field(default_factory=list)
    links: list[Event] = field(default_factory=list)
    checks: list[Event] = field(default_factory=list)
    classified: dict[str, list[Event]] = field(default_factory=dict)
    home: dict[str, str] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    changes: int = 0


def fold(state: StudiesState, event: Event) -> StudiesState:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    state.changes += event.kind in _KINDS or event.withdraws is not None
    if event.kind in _CLASSIFYING:
        state.classified.setdefault(event.subject, []).append(event)
        state.home[event.id] = event.subject
    elif event.withdraws and event.withdraws in state.home:
        subject = state.home[event.id] = state.home[event.withdraws]
        state.classified[subject].append(event)
    elif event.kind in _KINDS:
        target = {
            ReportsMerged.kind: state.merges,
            ReportsDistinct.kind: state.apart,
            ReportLinked.kind: state.links,
            RegisterChecked.kind: state.checks,
        }[event.kind]
        target.append(event)
    return state


def founding_report(record: str) -> str:
    """The id of the report that a record founds."""
    return "rep:" + record.removeprefix("rec:")


def founding_study(report: str) -> str:
    """The id of the study that a report founds."""
    return "stu:" + report.removeprefix("rep:")


def reports(state: StudiesState, records: Sequence[RecordView]) -> list[ReportView]:
    """Today's reports: records grouped by the live merges, in the order of their founding records."""
    by_report = {founding_report(r.id): r for r in sorted(records, key=lambda r: r.position)}
    merges = [m for m in state.merges if state.facts.live(m.id)]
    groups = groups_of(list(by_report), [[r for r in m.body["reports"] if r in by_report] for m in merges])
    found: list[ReportView] = []
    for members in groups:
        own = tuple(by_report[m] for m in members)
        stands = next((r for r in own if r.lane == "dbr"), own[0])
        inside = set(members)
        merged_by = tuple(m.id for m in merges if inside & set(m.body["reports"]))
        found.append(ReportView(members[0], own, stands, merged_by, tuple(members)))
    return found


def studies(state: StudiesState, all_reports: Sequence[ReportView], previous: Iterable[str] = ()) -> list[StudyView]:
    """Today's studies: each report's own, or those that it is linked to; *previous* are studies of an earlier version."""
    group = {member: report for report in all_reports for member in report.members}
    known = set(previous)
    belongs: dict[str, dict[str, str]] = {}
    linked: set[str] = set()
    for event in state.links:
        report = group.get(event.subject)
        if report is None or not state.facts.live(event.id):
            continue
        study = event.body["study"]
        owner = group.get("rep:" + study.removeprefix("stu:"))
        if owner is not None:
            study = founding_study(owner.id)
        elif study not in known:
            continue
        belongs.setdefault(study, {})[report.id] = event.id
        linked.add(report.id)
    by_id = {report.id: report for report in all_reports}
    for report in all_reports:
        own = founding_study(report.id)
        if report.id not in linked:
            belongs.setdefault(own, {}).setdefault(report.id, "")
    found = []
    for study, links in belongs.items():
        members = tuple(sorted((by_id[r] for r in links), key=lambda r: r.records[0].position))
        found.append(StudyView(study, study if study in known else study_label(members), members, {r: e for r, e in links.items() if e}))
    return _told_apart(sorted(found, key=lambda s: s.reports[0].records[0].position))


def _told_apart(found: list[StudyView]) -> list[StudyView]:
    """Studies of one label get a letter each: Bai 2022a, Bai 2022b."""
    count: dict[str, list[StudyView]] = {}
    for study in found:
        count.setdefault(study.label, []).append(study)
    letters = {s.id: chr(ord("a") + n) for same in count.values() if len(same) > 1 for n, s in enumerate(same[:26])}
    return [StudyView(s.id, s.label + letters.get(s.id, ""), s.reports, s.links) for s in found]


def classification(state: StudiesState, study: StudyView, needed: int) -> Panel:
    """The panel that classifies *study*: two equal answers are final, unequal ones a conflict."""
    # A report linked here from elsewhere keeps the classification of its own study out of this one.
    founders = [r for r in study.reports if r.id not in study.links]
    ids = {study.id} | {founding_study(m) for r in founders for m in r.members}
    events = sorted((e for i in ids for e in state.classified.get(i, ())), key=lambda e: e.position)
    return panel(events, needed=needed, differ=_differ, resolution_kind=ClassificationResolved.kind)


def _differ(answers: Sequence[Event]) -> bool:
    return len({a.body["classification"] for a in answers}) > 1


def final_classification(found: Panel) -> str | None:
    """included, ongoing, awaiting or excluded; None while it waits or is in conflict."""
    if found.conflict:
        return None
    if found.resolution is not None:
        return str(found.resolution.body["classification"])
    return str(found.answers[0].body["classification"]) if found.complete else None


def checked(state: StudiesState, study: StudyView) -> Mapping[str, str] | None:
    """When the primary register was last looked at for this study: {date, note, event}; None when never."""
    own = [c for c in state.checks if c.subject == study.id and state.facts.live(c.id)]
    return {"date": own[-1].body["date"], "note": own[-1].body["note"], "event": own[-1].id} if own else None
