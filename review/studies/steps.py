"""The verbs on studies: find duplicates and links by rule, link, merge, keep apart, undo, classify, resolve."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused, NotFound, near
from review.ledger.moments import iso_day
from review.ledger.seat import Seat, at_rest
from review.ledger.undo import take_back
from review.model.authority import check_resolver, check_role
from review.model.blinding import visible
from review.model.consensus import Panel
from review.model.decision import (
    CLASSIFICATIONS,
    ClassificationResolved,
    RegisterChecked,
    ReportLinked,
    ReportsDistinct,
    ReportsMerged,
    StudyClassified,
)
from review.model.event import Draft, Event
from review.model.views import RecordView, ReportView, StudyView
from review.protocol import Protocol
from review.studies import rules, state

if TYPE_CHECKING:
    import pandas as pd

TOOL = f"tool:identifier-rules@{rules.RULES_VERSION}"


class Studies:
    """Reports that are one document, reports of one study, and what becomes of each study."""

    def __init__(self, seat: Seat, protocol: Protocol, records: Callable[[], Sequence[RecordView]]) -> None:
        self._seat, self._protocol, self._records = seat, protocol, records

    # what there is

    @property
    def _state(self) -> state.StudiesState:
        return self._seat.state("studies", state.StudiesState, state.fold)

    @property
    def _needed(self) -> int:
        return self._protocol.plan.settings.reviewers_per_stage.full_text

    @at_rest
    def report_views(self) -> list[ReportView]:
        """Today's reports, in the order of their founding records."""
        return self._seat.made("reports", (self._state.changes, records := self._records()), lambda: state.reports(self._state, records))

    @at_rest
    def views(self) -> list[StudyView]:
        """Today's studies."""
        reports = self.report_views()
        previous = self._protocol.plan.previous.studies
        return self._seat.made("studies", (self._state.changes, reports, previous), lambda: state.studies(self._state, reports, previous))

    @at_rest
    def panel(self, study: StudyView) -> Panel:
        """The classifications of *study* as this viewer may see them."""
        return self._panel(study).seen_by(self._seat.viewer)

    def _panel(self, study: StudyView) -> Panel:
        return state.classification(self._state, study, self._needed)

    @at_rest
    def final(self, study: StudyView) -> str | None:
        """The final classification of *study*; None while it waits."""
        return state.final_classification(self._panel(study))

    @at_rest
    def finals(self) -> dict[str, str | None]:
        """Study -> its final classification, for each of today's studies of which something was said."""
        said = self._state.classified.keys()
        return {study.id: self.final(study) for study in self.views() if not said.isdisjoint(study.subjects)}

    @at_rest
    def history(self, study: StudyView) -> list[Event]:
        """Every classification and resolution of *study* that this viewer may see, replaced and withdrawn ones too, in ledger order."""
        closed = self._panel(study).closed
        asked = (e for s in study.subjects for e in self._state.classified.get(s, ()) if e.withdraws is None)
        return sorted((e for e in asked if visible(e, self._seat.viewer, lambda event: closed)), key=lambda e: e.position)

    @at_rest
    def undone(self, report: ReportView) -> list[Event]:
        """Merges and links that named *report* and count no more, in ledger order."""
        found = self._state
        gone = self._seat.made("undone", (found.changes,), lambda: state.undone(found))
        return [e for e in gone if set(report.members) & {e.subject, *e.body.get("reports", ())}]

    @at_rest
    def kept_apart(self, report: ReportView) -> list[Event]:
        """Each time that a person said that *report* and others are different documents, withdrawn words too, in ledger order."""
        found = self._state
        said = self._seat.made("kept apart", (found.changes,), lambda: state.apart_by_report(found))
        own = {event.id: event for member in report.members for event in said.get(member, ())}
        return sorted(own.values(), key=lambda e: e.position)

    def register_check(self, study: StudyView) -> Any:
        """{date, note, event} of the last look at the primary register; None when it was not checked."""
        return state.checked(self._state, study)

    @at_rest
    def frame(self) -> pd.DataFrame:
        """One row a study: id, label, reports, registry numbers, classification (None while it waits), conflict, notices."""
        import pandas as pd

        rows = [
            (s.id, s.label, len(s.reports), "; ".join(s.registry_numbers), self.final(s), self._panel(s).conflict, "; ".join(s.notices))
            for s in self.views()
        ]
        return pd.DataFrame(rows, columns=["study", "label", "reports", "registry_numbers", "classification", "conflict", "notices"])

    @at_rest
    def reports(self) -> pd.DataFrame:
        """One row a report: id, title, lane, records, the studies that it belongs to."""
        import pandas as pd

        owners: dict[str, list[str]] = {}
        for study in self.views():
            for report in study.reports:
                owners.setdefault(report.id, []).append(study.id)
        rows = [(r.id, r.title, r.lane, [x.id for x in r.records], owners.get(r.id, [])) for r in self.report_views()]
        return pd.DataFrame(rows, columns=["report", "title", "lane", "records", "studies"])

    # finding

    def find(self) -> dict[str, int]:
        """Apply the identifier rules; what a person undid or kept apart is not proposed again. Returns how many were written."""
        reports = self.report_views()
        merged = (m.body["reports"] for m in self._state.merges)
        taken = {frozenset({a, b}) for one in merged for a in one for b in one if a != b} | self._apart()
        members = {r.id: r.members for r in reports}
        drafts: list[Draft] = []
        for p in rules.duplicates(reports):
            if not _said_of(p, members, taken):
                body = ReportsMerged(
                    reports=(p.first, p.second), rule=p.rule, rule_version=rules.RULES_VERSION, compared=p.compared, reason=""
                )
                drafts.append(Draft(ReportsMerged.kind, p.second, body, TOOL))
        merged = len(self._seat.pen.write_all(drafts)) if drafts else 0
        return {"merged": merged, "linked": self._find_links()}

    @at_rest
    def unsure(self) -> list[tuple[ReportView, ReportView, str]]:
        """Pairs of reports with one DOI, and that DOI, which no rule merges as their titles differ: a person merges or keeps apart."""
        reports, apart = self.report_views(), self._apart()
        by_id = {r.id: r for r in reports}
        members = {r.id: r.members for r in reports}
        found = self._seat.made("unsure", (self._state.changes, reports), lambda: rules.unsure(reports))
        return [(by_id[p.first], by_id[p.second], p.compared["value"]) for p in found if not _said_of(p, members, apart)]

    def _find_links(self) -> int:
        ever = {(e.subject, e.body["study"]) for e in self._state.links}
        drafts = []
        for p in rules.links(self.report_views()):
            study = state.founding_study(p.first)
            if (p.second, study) not in ever:
                body = ReportLinked(
                    report=p.second, study=study, rule=p.rule, rule_version=rules.RULES_VERSION, compared=p.compared, reason=""
                )
                drafts.append(Draft(ReportLinked.kind, p.second, body, TOOL))
        return len(self._seat.pen.write_all(drafts)) if drafts else 0

    def _apart(self) -> set[frozenset[str]]:
        found = self._state
        return {
            frozenset({a, b}) for e in found.apart if found.facts.live(e.id) for a in e.body["reports"] for b in e.body["reports"] if a != b
        }

    # deciding

    def merge(self, reports: Sequence[str], *, reason: str) -> str:
        """Say that these reports are one document. Returns the event id."""
        own = [self._report(r) for r in reports]
        if len({r.id for r in own}) < 2:
            raise InputRefused("a merge needs two different reports", where=", ".join(reports))
        body = ReportsMerged(reports=tuple(r.id for r in own), rule="person", rule_version=1, compared={}, reason=_said(reason))
        return self._seat.pen.write(ReportsMerged.kind, own[-1].id, body).id

    def keep_apart(self, reports: Sequence[str], *, reason: str) -> str:
        """Say that these reports are different documents, against any rule. Returns the event id."""
        own = [self._report(r).id for r in reports]
        if len(set(own)) < 2:
            raise InputRefused("keeping apart needs two different reports", where=", ".join(reports))
        return self._seat.pen.write(ReportsDistinct.kind, own[0], ReportsDistinct(reports=tuple(own), reason=_said(reason))).id

    def link(self, report: str, study: str, *, reason: str) -> str:
        """Say that *report* is a report of *study*. Returns the event id."""
        own = self._report(report)
        known = {i for s in self.views() for i in s.subjects} | set(self._protocol.plan.previous.studies)
        if study not in known:
            raise NotFound(f"there is no study {study!r}", next_step=near(study, known))
        body = ReportLinked(report=own.id, study=study, rule="person", rule_version=1, compared={}, reason=_said(reason))
        return self._seat.pen.write(ReportLinked.kind, own.id, body).id

    def unlink(self, report: str, study: str, *, reason: str) -> str:
        """Take back the link of *report* to *study*. Returns the event id."""
        target = next((s for s in self.views() if s.id == study), None)
        event = target.links.get(self._report(report).id) if target else None
        if not event:
            raise NotFound(
                f"{report} is not linked to {study}",
                next_step="rv.studies.frame() lists the studies; a study's founding report cannot be unlinked from it",
            )
        return take_back(self._seat, event, of="studies.", reason=_said(reason))

    def undo(self, event: str) -> str:
        """Take back a merge, a link or a classification; decisions go back to the reports that they were made on."""
        return take_back(self._seat, event, of="studies.")

    def classify(self, study: str, classification: str, *, reason: str) -> str:
        """This reviewer's classification of *study*, with the reason. Returns the event id."""
        check_role(self._seat.viewer, "screener", otherwise="open the review as a screener, or resolve a conflict as lead")
        self._protocol.require_frozen("classifying")
        own = self._study(study)
        self._accept(classification, reason)
        body = StudyClassified(classification=classification, reason=reason.strip())  # type: ignore[arg-type]
        pen = self._seat.pen
        return pen.write_as_read(lambda: pen.draft(StudyClassified.kind, own.id, body, replaces=self._mine(own))).id

    @at_rest
    def _mine(self, study: StudyView) -> str | None:
        """This reviewer's live classification, which a new one replaces."""
        return next((a.id for a in reversed(self._panel(study).answers) if a.actor == self._seat.pen.actor), None)

    @at_rest
    def conflicts(self) -> pd.DataFrame:
        """Studies classified differently, with both reasons and no names: study, label, first, reason_first, second, reason_second."""
        import pandas as pd

        rows = []
        for study in self.views():
            found = self._panel(study)
            if found.conflict and found.closed:
                both = sorted(found.answers, key=lambda e: e.id)[:2]  # an order that does not follow who or when
                rows.append((study.id, study.label, *(v for e in both for v in (e.body["classification"], e.body["reason"]))))
        return pd.DataFrame(rows, columns=["study", "label", "first", "reason_first", "second", "reason_second"])

    def resolve(self, study: str, classification: str, *, reason: str) -> str:
        """End a conflict of classifications. Returns the event id."""
        own = self._study(study)
        self._accept(classification, reason)
        found = self._panel(own)
        check_resolver(self._seat.viewer, found, reason, role="screener", where=own.label)
        body = ClassificationResolved(classification=classification, reason=reason.strip(), settles=tuple(a.id for a in found.answers))  # type: ignore[arg-type]
        replaced = found.resolution.id if found.resolution else None
        return self._seat.pen.write(ClassificationResolved.kind, own.id, body, replaces=replaced).id

    def register_checked(self, study: str, *, date: str, note: str = "") -> str:
        """Record that the entry in the primary register was looked at on *date* (ISO). Returns the event id."""
        iso_day(date, where="register_checked")
        return self._seat.pen.write(RegisterChecked.kind, self._study(study).id, RegisterChecked(date=date, note=note)).id

    @at_rest
    def open_of_others(self) -> bool:
        """Whether the ledger holds a classification that this viewer may not see."""
        viewer = self._seat.viewer
        panels = [self._panel(s) for s in self.views()]
        return any(not p.closed and not viewer.sees_all and a.actor != viewer.name for p in panels for a in p.answers)

    # looking up

    @at_rest
    def _report(self, report: str) -> ReportView:
        views = self.report_views()
        for view in views:
            if report == view.id or report in view.members:
                return view
        raise NotFound(f"there is no report {report!r}", next_step=near(report, (v.id for v in views)))

    @at_rest
    def _study(self, study: str) -> StudyView:
        views = self.views()
        for view in views:
            if study == view.label or study in view.subjects:
                return view
        raise NotFound(f"there is no study {study!r}", next_step=near(study, (v.id for v in views)))

    @staticmethod
    def _accept(classification: str, reason: str) -> None:
        if classification not in CLASSIFICATIONS:
            raise InputRefused(
                f"{classification!r} is no classification",
                expected=", ".join(CLASSIFICATIONS),
                next_step=near(classification, CLASSIFICATIONS),
            )
        _said(reason)


def _said_of(found: rules.Proposal, members: Mapping[str, Sequence[str]], pairs: Collection[frozenset[str]]) -> bool:
    """Whether the two reports, or any that were merged into them, are one of *pairs*."""
    return any(frozenset({a, b}) in pairs for a in members[found.first] for b in members[found.second])


def _said(reason: str) -> str:
    if not reason.strip():
        raise InputRefused("this needs a reason", next_step="give one in a sentence")
    return reason.strip()
