"""The verbs on studies: find duplicates and links by rule, link, merge, keep apart, undo; what becomes of each is in ``classifying``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from review.errors import InputRefused, NotFound, near_named
from review.ledger.seat import Seat, at_rest
from review.ledger.undo import take_back
from review.model.best_values import in_words
from review.model.decision import (
    LinkRefused,
    ReportLinked,
    ReportsDoubted,
    ReportsMerged,
)
from review.model.event import Draft, Event
from review.model.ledger_facts import LedgerWithdrawn
from review.model.views import RecordView, ReportView, Standing, StudyView
from review.protocol import Protocol
from review.studies import documents, state
from review.studies.classifying import Classifying
from review.studies.comparing import Compared, Rows
from review.studies.duplicates.rules import RULES_VERSION
from review.studies.linking_steps import Linking, Suggestion
from review.studies.merging_steps import Merging
from review.studies.rule_words import says

if TYPE_CHECKING:
    import pandas as pd

DUPLICATE_RULES = f"{documents.RULES}{RULES_VERSION}"


class Studies(Classifying):
    """Reports that are one document, reports of one study, and what becomes of each study."""

    def __init__(self, seat: Seat, protocol: Protocol, records: Callable[[], Sequence[RecordView]]) -> None:
        self._seat, self._protocol, self._records = seat, protocol, records
        self.at_full_text: Callable[[], Mapping[str, Standing]] = dict
        self._rows = Rows()

    # what there is

    @property
    def _state(self) -> state.StudiesState:
        return self._seat.state("studies", state.StudiesState, state.fold)

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
    def decisions(self) -> list[Event]:
        """Merges, links, and what a person kept apart or refused, as far as they count, in ledger order."""
        found = self._state
        return list(self._seat.made("decisions", (found.changes,), lambda: state.decisions(found)))

    @at_rest
    def undone(self, report: ReportView) -> list[Event]:
        """Merges and links that named *report* and count no more, in ledger order."""
        found = self._state
        gone = self._seat.made("undone", (found.changes,), lambda: state.undone(found))
        return [e for e in gone if set(report.members) & {e.subject, *e.body.get("reports", ())}]

    @at_rest
    def kept_apart(self, report: ReportView) -> list[Event]:
        """Each time that a person said that *report* and others are different documents, withdrawn words too, in ledger order."""
        return self._naming(report, "kept apart", self._state.apart)

    @at_rest
    def doubted(self, report: ReportView) -> list[Event]:
        """Each doubt of a rule whether *report* and another are one document, settled ones too, in ledger order."""
        return self._naming(report, "doubted", self._state.doubts)

    @at_rest
    def refused(self, report: ReportView) -> list[Event]:
        """Each time that a person refused a link of *report* to a study, withdrawn words too, in ledger order."""
        return [e for e in self._state.refusals if e.body["report"] in report.members]

    def _naming(self, report: ReportView, name: str, events: list[Event]) -> list[Event]:
        said = self._seat.made(name, (self._state.changes,), lambda: state.by_report(events))
        own = {event.id: event for member in report.members for event in said.get(member, ())}
        return sorted(own.values(), key=lambda e: e.position)

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

    @at_rest
    def best(self, report: str) -> pd.DataFrame:
        """Of each field of *report* that is stated: field, value, record, source (several for lists), and what its other records say."""
        import pandas as pd

        rows = []
        for found in self._report(report).best_values():
            given, sources = "; ".join(r.id for r in found.records), "; ".join(dict.fromkeys(r.search.source for r in found.records))
            others = "; ".join(f"{in_words(value)} ({record.search.source})" for record, value in found.others)
            rows.append((found.field, in_words(found.value), given, sources, others))
        return pd.DataFrame(rows, columns=["field", "value", "record", "source", "others"])

    # finding

    def find(self, new: Collection[str] | None = None) -> dict[str, int]:
        """Find duplicates and links by rule; what a person undid, kept apart or refused is not proposed again.

        *new*: records that came in or changed since the last time; only what they may touch is compared. Without it all is.
        Returns how many were written: merged, linked, and doubted, which a person decides; and crowded: of how many records not every pair
        with a common key was compared, as too many share it.
        """
        if len(self._seat.snapshots.ledger.heads()) > 1:  # what a merge of work done apart brought was never compared with the rest
            new = None
        merged, doubted, crowded = self._find_duplicates(new)
        return {"merged": merged, "linked": self._linking.find(), "doubted": doubted, "crowded": crowded}

    def _find_duplicates(self, new: Collection[str] | None) -> tuple[int, int, int]:
        """Write what the engine found in today's records. Returns the number of merges, of doubts, and of records in a crowd."""
        with self._seat.still():
            if len(records := self._records()) < 2:
                return 0, 0, 0
            place = {state.founding_report(r.id): r.position for r in records}
            came = None if new is None else {state.founding_report(record) for record in new}
            touched = documents.concerned(self._state, place.keys(), came) if came is not None else ()
            if came is not None and not touched:
                return 0, 0, 0
            found = Compared(records, self._rows, new=came, asked=touched)
            said = documents.proposed(self._state, sorted(place, key=place.__getitem__), found)
        withdrawn = LedgerWithdrawn(reason=documents.HOLDS_NO_MORE)
        drafts = [Draft(LedgerWithdrawn.kind, e.subject, withdrawn, DUPLICATE_RULES, withdraws=e.id) for e in said.revoked]
        for form, pairs in ((ReportsMerged, said.merges), (ReportsDoubted, said.doubts)):
            drafts += [Draft(form.kind, body.reports[1], body, DUPLICATE_RULES) for body in documents.bodies(found, pairs, place, form)]
        if drafts:
            self._seat.pen.write_all(drafts)
        return len(said.merges), len(said.doubts), found.crowded

    @at_rest
    def unsure(self) -> list[state.Doubt]:
        """Two reports each that may be one document, in ledger order: a person merges them or keeps them apart."""
        reports, found = self.report_views(), self._state
        return self._seat.made("unsure", (found.changes, reports), lambda: state.doubts(found, reports, says))

    @property
    def _linking(self) -> Linking:
        return Linking(self._seat, lambda: self._state, self.report_views, self.views)

    @at_rest
    def suggested(self) -> list[Suggestion]:
        """Reports that may belong to the study of a registration, by registration: a person links them or refuses the link."""
        return self._linking.suggested()

    @at_rest
    def candidates(self, study: str | None = None, *, top: int = 10) -> pd.DataFrame:
        """The likeliest reports for *study*, or for each study known from registrations alone: study, label, report, title, rank, score,
        signals."""
        return self._linking.candidates(self._study(study) if study is not None else None, top)

    # deciding

    @property
    def _merging(self) -> Merging:
        return Merging(self._seat, lambda: self._state, self._report)

    def merge(self, reports: Sequence[str], *, reason: str, token: str | None = None) -> str:
        """Say that these reports are one document. Returns the event id. *token*: sent again with it, it is the same event.

        Where others said that they are two, their words give way, if they are this reviewer's to correct; else it is refused.
        """
        return self._merging.merge(reports, _said(reason), token)

    def keep_apart(self, reports: Sequence[str], *, reason: str, token: str | None = None) -> str:
        """Say that these reports are different documents, against any rule. Returns the event id. *token*: as in ``merge``."""
        return self._merging.keep_apart(reports, _said(reason), token)

    def link(self, report: str, study: str, *, reason: str, token: str | None = None) -> str:
        """Say that *report* is a report of *study*. Returns the event id. *token*: as in ``merge``."""
        study = self._known(study)
        body = ReportLinked(report=self._report(report).id, study=study, rule="person", rule_version=1, compared={}, reason=_said(reason))
        against = [e for e in self._of_link(self._state.refusals, report, study) if e.actor != self._seat.viewer.name]
        return self._merging.write(ReportLinked.kind, body.report, body, token, against)

    def refuse_link(self, report: str, study: str, *, reason: str, token: str | None = None) -> str:
        """Say that *report* is no report of *study*: no rule links or proposes it again. Returns the event id. *token*: as in ``merge``."""
        own, study = self._report(report), self._known(study)
        if study in map(state.founding_study, own.members):
            raise InputRefused(
                f"{report} founded {study}", next_step="link it to another study, if it is a report of that: rv.studies.link(…)"
            )
        if own.id in next((s.links for s in self.views() if study in s.subjects), {}):
            raise InputRefused(f"{report} is linked to {study}", next_step="take back the link: rv.studies.unlink(report, study, reason=…)")
        body = LinkRefused(report=own.id, study=study, reason=_said(reason))
        held = state.disputed_links(self._state, {member: r for r in self.report_views() for member in r.members})
        against = [e for e in self._of_link(self._state.links, report, study) if e.id in held]
        return self._merging.write(LinkRefused.kind, own.id, body, token, against)

    @at_rest
    def _of_link(self, events: Sequence[Event], report: str, study: str) -> list[Event]:
        """Those of *events* that count and name *report* with *study*, by any of their ids."""
        own, found = self._report(report).members, next((s.subjects for s in self.views() if study in s.subjects), (study,))
        return [e for e in events if e.body["report"] in own and e.body["study"] in found and self._state.facts.live(e.id)]

    @at_rest
    def _known(self, study: str) -> str:
        """The id of *study*, which is one of today's by its label or id, or one of the previous version."""
        views = self.views()
        if labelled := next((s.id for s in views if study == s.label), None):
            return labelled
        previous = self._protocol.plan.previous.studies
        if study not in {i for s in views for i in s.subjects} | set(previous):
            named = [(s.label, s.id) for s in views] + [(one, "of the previous version") for one in previous]
            raise NotFound(f"there is no study {study!r}", next_step=near_named(study, named))
        return study

    def unlink(self, report: str, study: str, *, reason: str) -> str:
        """Take back each link by which *report* belongs to *study*. Returns the id of the last event."""
        own, study = self._report(report), self._known(study)
        target = next((s for s in self.views() if study in s.subjects and own.id in s.links), None)
        links = state.leading(self._state, own, target) if target else []
        if not links:
            raise NotFound(
                f"{report} is not linked to {study}",
                next_step="rv.studies.frame() lists the studies; a study's founding report cannot be unlinked from it",
            )
        withdrawn = LedgerWithdrawn(reason=_said(reason))
        pen = self._seat.pen
        return pen.write_all([pen.draft(LedgerWithdrawn.kind, e.subject, withdrawn, withdraws=e.id) for e in links])[-1].id

    def undo(self, event: str) -> str:
        """Take back a merge, a link or a classification; decisions go back to the reports that they were made on."""
        if self._seat.event(event).kind == ReportsDoubted.kind:
            raise InputRefused("a doubt is not taken back", next_step="settle it: rv.studies.merge(…) or rv.studies.keep_apart(…)")
        return take_back(self._seat, event, of="studies.")

    # looking up

    @at_rest
    def _report(self, report: str) -> ReportView:
        views = self.report_views()
        for view in views:
            if report == view.id or report in view.members:
                return view
        raise NotFound(f"there is no report {report!r}", next_step=near_named(report, ((v.title, v.id) for v in views)))


def _said(reason: str) -> str:
    if not reason.strip():
        raise InputRefused("this needs a reason", next_step="give one in a sentence")
    return reason.strip()
