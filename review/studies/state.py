"""What the facts say about which reports are one document, which study a report belongs to, and how studies are classified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from review.model.consensus import Panel, panel
from review.model.decision import (
    ClassificationResolved,
    LinkRefused,
    RegisterChecked,
    ReportLinked,
    ReportsDistinct,
    ReportsDoubted,
    ReportsMerged,
    StudyClassified,
)
from review.model.event import Event
from review.model.facts import Facts, Own
from review.model.notice_titles import NOTICES, Notice
from review.model.views import RecordView, ReportView, StudyView
from review.studies.disputes import Word, held_back
from review.studies.groups import groups_of
from review.studies.labels import study_label
from review.studies.link_rules import NOTICE_ABOUT

SAID_BOTH, LINKED_AND_REFUSED = "said_both_ways", "linked_and_refused"
_KINDS = {ReportsMerged.kind, ReportsDoubted.kind, ReportsDistinct.kind, ReportLinked.kind, LinkRefused.kind, RegisterChecked.kind}
_CLASSIFYING = {StudyClassified.kind, ClassificationResolved.kind}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two reports that may be one document, for a person to decide.

    ``says``: the sentence of the rule. ``compared``: field -> the value, or 'a | b' where the two differ. ``scores``: field -> per cent.
    ``event``: the fact that raised it.
    """

    first: ReportView
    second: ReportView
    rule: str
    says: str
    compared: Mapping[str, str]
    scores: Mapping[str, int]
    event: str


@dataclass(slots=True)
class StudiesState:
    """The facts of this room, in ledger order."""

    merges: list[Event] = field(default_factory=list)
    apart: list[Event] = field(default_factory=list)
    links: list[Event] = field(default_factory=list)
    doubts: list[Event] = field(default_factory=list)
    refusals: list[Event] = field(default_factory=list)
    checks: list[Event] = field(default_factory=list)
    classified: dict[str, list[Event]] = field(default_factory=dict)
    home: dict[str, str] = field(default_factory=dict)
    merged: dict[str, list[Event]] = field(default_factory=dict)  # report -> the merges that name it
    words: dict[str, Word] = field(default_factory=dict)  # id of a person's word -> it, and the groups that it parted then
    merges_by_id: dict[str, Event] = field(default_factory=dict)
    taken_back: dict[str, Event] = field(default_factory=dict)  # merges that anybody ever withdrew
    facts: Facts = field(default_factory=Facts)
    grouping: Own = field(default_factory=lambda: Own(_KINDS))
    changes: int = 0  # of what joins reports and studies: what is made from it is made anew when it moves


def fold(state: StudiesState, event: Event) -> StudiesState:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    state.changes += state.grouping.takes(event)
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
            ReportsDoubted.kind: state.doubts,
            LinkRefused.kind: state.refusals,
            RegisterChecked.kind: state.checks,
        }[event.kind]
        target.append(event)
    _part(state, event)
    return state


def _part(state: StudiesState, event: Event) -> None:
    """Keep what a person parted with this event, as the groups were then: by keeping reports apart, or by undoing a merge.

    Merges that were made elsewhere, and came here later, may stand before it: what they join on both sides is on neither.
    """
    if event.kind == ReportsMerged.kind:
        for report in event.body["reports"]:
            state.merged.setdefault(report, []).append(event)
        state.merges_by_id[event.id] = event
    merge = state.merges_by_id.get(event.withdraws or "")
    if merge is not None:
        state.taken_back[merge.id] = event
    if event.kind == ReportsDistinct.kind or (merge is not None and not event.by_tool):
        named = frozenset((merge or event).body["reports"])
        known = None if merge is None else event.origin  # who takes back one of two merges leaves the other, if it was known
        if merge is not None and len({_group(state, report, origin=known) for report in named}) < len(named):
            return
        sides = [_group(state, report, named - {report}) for report in sorted(named)]
        often = Counter(report for side in sides for report in side)
        state.words[event.id] = event, tuple(frozenset(r for r in side if often[r] == 1) for side in sides)


def _group(state: StudiesState, report: str, others: frozenset[str] = frozenset(), *, origin: str | None = None) -> frozenset[str]:
    """The reports that are one with *report* by the merges that count at this point of the fold, but for those that name *others*.

    *origin*: by the merges that were written there alone.
    """
    found, waiting = {report}, [report]
    while waiting:
        for merge in state.merged.get(waiting.pop(), ()):
            if state.facts.live(merge.id) and others.isdisjoint(merge.body["reports"]) and origin in (None, merge.origin):
                waiting += (fresh := set(merge.body["reports"]) - found)
                found |= fresh
    return frozenset(found)


def words_apart(state: StudiesState) -> list[Word]:
    """Each word of a person that counts today and parts reports, with the groups that it parted, as they were then."""
    return [word for event, word in state.words.items() if state.facts.live(event)]


def live_merges(state: StudiesState) -> list[Event]:
    """The merges that nobody took back, in ledger order; some may be held back by another person's word."""
    return [m for m in state.merges if state.facts.live(m.id)]


def disputed(state: StudiesState) -> dict[str, Event]:
    """Merge -> the word of another person that stands against it, so that it does not count."""
    words = words_apart(state)
    return held_back(live_merges(state), words, lambda merge: merge.id in state.taken_back) if words else {}


def spoken_against(state: StudiesState) -> dict[str, set[str]]:
    """Report -> the studies of which a person said that it is none, by refusing or taking back a link; by the ids named then."""
    found: dict[str, set[str]] = {}
    refused = (e for e in state.refusals if state.facts.live(e.id))
    for event in (*refused, *(e for e in state.links if state.facts.current(e.id) is None)):
        found.setdefault(event.body["report"], set()).add(event.body["study"])
    return found


def leading(state: StudiesState, report: ReportView, study: StudyView) -> list[Event]:
    """The live links by which *report* belongs to *study*, also by way of another report of it, in ledger order."""
    inside = {founding_study(member) for one in study.reports if one.id != report.id for member in one.members} | {study.id}
    own = (e for e in state.links if e.body["report"] in report.members and e.body["study"] in inside and state.facts.live(e.id))
    return sorted(own, key=lambda e: e.position)


def doubts(state: StudiesState, all_reports: Sequence[ReportView], says: Callable[[str], str]) -> list[Doubt]:
    """The open doubts, in ledger order: of two groups that are not joined since, and that nobody kept apart since.

    First come merges of people against which another person's word stands. The two stand in the order in which the fact names them, as
    what was compared does. *says*: the sentence of a rule.
    """
    group = {member: report for report in all_reports for member in report.members}
    apart = [(e.position, {group[r].id for r in e.body["reports"] if r in group}) for e in state.apart if state.facts.live(e.id)]
    found: dict[frozenset[str], Doubt] = {}
    by_id = {merge.id: merge for merge in state.merges}
    for merge, word in ((by_id[m], w) for m, w in disputed(state).items()):
        views = list({group[r].id: group[r] for r in merge.body["reports"] if r in group}.values())
        if len(views) > 1 and (not merge.by_tool or merge.id in state.taken_back):
            said = {"one document": merge.body["reason"] or merge.body["rule"], "two documents": word.body["reason"]}
            first, second = views[:2]
            found[frozenset({first.id, second.id})] = Doubt(first, second, SAID_BOTH, says(SAID_BOTH), said, {}, merge.id)
    for event in state.doubts:
        first, second = (group.get(report) for report in event.body["reports"])
        if first is None or second is None or first is second or not state.facts.live(event.id):
            continue
        if not any(position > event.position and {first.id, second.id} <= named for position, named in apart):
            body = event.body
            doubt = Doubt(first, second, body["rule"], says(body["rule"]), body["compared"], body["scores"], event.id)
            found.setdefault(frozenset({first.id, second.id}), doubt)
    return list(found.values())


def undone(state: StudiesState) -> list[Event]:
    """Merges and links that count no more, in ledger order; what a tool said twice is not among them."""
    said = (e for e in (*state.merges, *state.links) if not state.facts.live(e.id) and state.facts.current(e.id) is None)
    return sorted(said, key=lambda e: e.position)


def decisions(state: StudiesState) -> list[Event]:
    """Merges, links, and what a person kept apart or refused, as far as they count, in ledger order."""
    said = (*state.merges, *state.apart, *state.links, *state.refusals)
    return sorted((e for e in said if state.facts.live(e.id)), key=lambda e: e.position)


def by_report(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Report -> the *events* that name it among others, in their order."""
    found: dict[str, list[Event]] = {}
    for event in events:
        for report in dict.fromkeys(event.body["reports"]):
            found.setdefault(report, []).append(event)
    return found


def founding_report(record: str) -> str:
    """The id of the report that a record founds."""
    return "rep:" + record.removeprefix("rec:")


def founding_study(report: str) -> str:
    """The id of the study that a report founds."""
    return "stu:" + report.removeprefix("rep:")


def reports(state: StudiesState, records: Sequence[RecordView]) -> list[ReportView]:
    """Today's reports: records grouped by the live merges, in the order of their founding records."""
    by_report = {founding_report(r.id): r for r in sorted(records, key=lambda r: r.position)}
    held = disputed(state)
    merges = [m for m in live_merges(state) if m.id not in held]
    groups = groups_of(list(by_report), [[r for r in m.body["reports"] if r in by_report] for m in merges])
    founder = {report: members[0] for members in groups for report in members}
    merged_by: dict[str, list[str]] = {}
    for merge in merges:
        own_group = next((founder[r] for r in merge.body["reports"] if r in founder), None)
        merged_by.setdefault(own_group or "", []).append(merge.id)
    told = _told(state, by_report, founder)
    found: list[ReportView] = []
    for members in groups:
        own = tuple(by_report[m] for m in members)
        stands = next((r for r in own if r.lane == "dbr"), own[0])
        found.append(ReportView(members[0], own, stands, tuple(merged_by.get(members[0], ())), tuple(members), told.get(members[0], ())))
    return found


def _told(state: StudiesState, by_report: Mapping[str, RecordView], founder: Mapping[str, str]) -> dict[str, tuple[Notice, ...]]:
    """Report -> what the notices say that a live link has led to it."""
    said: dict[str, set[Notice]] = {}
    for event in state.links:
        article = founder.get("rep:" + event.body["study"].removeprefix("stu:"))
        notice = by_report.get(event.subject)
        if event.body["rule"] in (NOTICE_ABOUT, "person") and article and notice and state.facts.live(event.id):
            said.setdefault(article, set()).update(notice.announced)
    return {report: tuple(notice for notice in NOTICES if notice in words) for report, words in said.items()}


def studies(state: StudiesState, all_reports: Sequence[ReportView], previous: Iterable[str] = ()) -> list[StudyView]:
    """Today's studies: each report's own, or those that it is linked to; *previous* are studies of an earlier version."""
    known = set(previous)
    linked = _links(state, all_reports, known)
    by_id = {report.id: report for report in all_reports}
    belongs: dict[str, dict[str, str]] = {}
    subjects: dict[str, list[str]] = {}
    shared: set[str] = set()
    for report in all_reports:
        own = founding_study(report.id)
        homes = _homes(own, linked, by_id)
        if len(homes) > 1:
            shared.add(report.id)
        for study in homes:
            belongs.setdefault(study, {})[report.id] = linked.get(report.id, {}).get(study, "") or next(
                iter(linked.get(report.id, {}).values()), ""
            )
        # What was said about a study whose founding report went elsewhere is said about the study that it went to.
        subjects.setdefault(homes[0], []).extend(founding_study(m) for m in report.members)
    found = []
    for study, links in belongs.items():
        members = tuple(sorted((by_id[r] for r in links), key=lambda r: r.records[0].position))
        label = study if study in known else study_label(members, shared)
        own_subjects = tuple(dict.fromkeys([study, *subjects.get(study, ())]))
        found.append(
            StudyView(
                study, label, members, {r: e for r, e in links.items() if e}, own_subjects, tuple(m.id for m in members if m.id in shared)
            )
        )
    return _told_apart(sorted(found, key=lambda s: s.reports[0].records[0].position))


def _links(state: StudiesState, all_reports: Sequence[ReportView], known: set[str]) -> dict[str, dict[str, str]]:
    """Report -> the studies that live links name for it -> the event of the link."""
    group = {member: report for report in all_reports for member in report.members}
    held = disputed_links(state, group)
    linked: dict[str, dict[str, str]] = {}
    for event in state.links:
        report = group.get(event.subject)
        if report is None or event.id in held or not state.facts.live(event.id):
            continue
        study = _study_of(event, group)
        if study in known or "rep:" + study.removeprefix("stu:") in group:
            linked.setdefault(report.id, {}).setdefault(study, event.id)
    return linked


def disputed_links(state: StudiesState, group: Mapping[str, ReportView]) -> dict[str, Event]:
    """Link -> the word of another that refuses it, so that it does not count. *group*: founding id -> today's report.

    What a person linked after refusing it counts; a rule's link gives way to anybody's refusal.
    """
    refused: dict[tuple[str, str], list[Event]] = {}
    for event in state.refusals:
        if event.body["report"] in group and state.facts.live(event.id):
            refused.setdefault((group[event.body["report"]].id, _study_of(event, group)), []).append(event)
    found = {}
    for link in state.links if refused else ():
        if link.subject in group and state.facts.live(link.id):
            against = refused.get((group[link.subject].id, _study_of(link, group)), [])
            word = next((e for e in against if e.actor != link.actor or e.position > link.position), None)
            if word is not None:
                found[link.id] = word
    return found


def _study_of(event: Event, group: Mapping[str, ReportView]) -> str:
    """The study that a link or a refusal names, by the report that founds it today."""
    study: str = event.body["study"]
    owner = group.get("rep:" + study.removeprefix("stu:"))
    return founding_study(owner.id) if owner is not None else study


def _homes(own: str, linked: Mapping[str, Mapping[str, str]], by_id: Mapping[str, ReportView]) -> list[str]:
    """Where the report that founded *own* belongs, links followed to their end; among studies linked in a circle the earliest stands."""
    ends: list[str] = []
    open_paths: list[tuple[str, ...]] = [(own,)]
    while open_paths:
        path = open_paths.pop(0)
        report = "rep:" + path[-1].removeprefix("stu:")
        further = linked.get(report, {})
        if not further:
            ends.append(path[-1])
        for study in further:
            if study in path:  # a circle: the study that came first stands for it
                circle = path[path.index(study) :]
                ends.append(min(circle, key=lambda s: by_id["rep:" + s.removeprefix("stu:")].records[0].position))
            else:
                open_paths.append((*path, study))
    return list(dict.fromkeys(ends))


def _told_apart(found: list[StudyView]) -> list[StudyView]:
    """Studies of one label get a letter each: Bai 2022a, Bai 2022b; behind z come aa, ab."""
    count: dict[str, list[StudyView]] = {}
    for study in found:
        count.setdefault(study.label, []).append(study)
    letters = {s.id: _letters(n) for same in count.values() if len(same) > 1 for n, s in enumerate(same)}
    return [StudyView(s.id, s.label + letters.get(s.id, ""), s.reports, s.links, s.subjects, s.shared) for s in found]


def _letters(n: int) -> str:
    """a to z, aa to az, ba …"""
    more, last = divmod(n, 26)
    return (_letters(more - 1) if more else "") + chr(ord("a") + last)


def classification(state: StudiesState, study: StudyView, needed: int) -> Panel:
    """The panel that classifies *study*: two equal answers are final, unequal ones a conflict."""
    events = sorted((e for i in study.subjects for e in state.classified.get(i, ())), key=lambda e: e.position)
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
    own = [c for c in state.checks if c.subject in study.subjects and state.facts.live(c.id)]
    return {"date": own[-1].body["date"], "note": own[-1].body["note"], "event": own[-1].id} if own else None
