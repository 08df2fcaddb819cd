"""The verbs by which a lead takes in the decisions of another tool's file, and takes them back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from review.errors import InputRefused, NotFound, near
from review.ledger.seat import Seat, at_rest
from review.model.event import Draft, Event
from review.model.ledger_facts import LedgerWithdrawn
from review.model.views import ReportView
from review.protocol import Protocol
from review.screening import deciding, importing
from review.screening.concordance import Concordance
from review.screening.decision_files import DecisionFile, read_decisions
from review.screening.decision_receipt import DecisionReceipt
from review.screening.imported import ImportedFile, files
from review.screening.matching import Finder


class Importing(Concordance):
    """Decisions of Covidence, Rayyan, ASReview and others, each a fact of its own in the ledger, with the file it came from."""

    def __init__(
        self,
        seat: Seat,
        protocol: Protocol,
        reports: Callable[[], Sequence[ReportView]],
        on_full_text: Callable[[ReportView], None],
    ) -> None:
        super().__init__(seat, protocol, reports)
        self._on_full_text = on_full_text

    def _why_not(self, report: ReportView, stage: str) -> str:
        """Why nothing can be decided on *report* at *stage*."""
        if stage == "title_abstract":
            return deciding.why_not_screened(report.lane, removed=self.removal(report) is not None)
        return deciding.why_not_assessed(sought=self.sought(report), status=self.retrieval(report)[0])

    def import_decisions(
        self,
        file: str | Path,
        *,
        stage: str,
        as_: str = "consensus",
        reviewers: Mapping[str, str] | None = None,
        reasons: Mapping[str, str] | None = None,
        decision: str | None = None,
        tool: str | None = None,
        columns: Mapping[str, str] | None = None,
        retrieved: bool = False,
    ) -> DecisionReceipt:
        """Take in the decisions of a Covidence, Rayyan or ASReview export, of RIS with codes, or of any CSV; the file itself is kept.

        as_        consensus: each ends the stage for its report; reviewers: each is the answer of the reviewer it names
        reviewers  {name in the file: reviewer}; '' stands for who decided where the file names nobody
        reasons    {words or code in the file: criterion of this stage}
        decision   what every entry is that says nothing itself, for an export of one list
        tool       its name, where the content does not tell it
        columns    {purpose: head or RIS tag}; purposes: title, year, doi, pmid, number, id, decision, reason, reviewer, note, notes, stage
        retrieved  that the full text of what was decided at full text had been retrieved, where nothing is recorded of it
        A record is found by its identifiers, else by title and year. Nothing is overwritten; the same file again is nothing new.
        Returns a receipt: read = kept + unmatched + refused. Raises NotAllowed (but for a lead), NotFound, FormatUnknown, InputRefused.
        """
        importing.may_import(self._seat.viewer)
        deciding.known_stage(stage)
        importing.check_asked(as_, decision, reviewers)
        self._protocol.require_frozen("importing decisions")
        data, name = importing.read_whole(file)
        found = read_decisions(data, name, columns=columns, reasons=tuple(reasons or ()), decision=decision)
        plan = self._protocol.plan
        criteria = [c for c in plan.criteria if stage in c.stage]
        asked = importing.Asked(
            stage=stage,
            as_=as_,
            reviewers=importing.reviewer_ids(reviewers or {}, plan.reviewers),
            reasons=importing.reason_ids(reasons or {}, criteria, stage),
            tool=(tool or found.tool).strip(),
            retrieved=retrieved,
            criteria=criteria,
            criteria_version=self._protocol.version,
        )
        return self._take_in(found, asked, data)

    def _take_in(self, found: DecisionFile, asked: importing.Asked, data: bytes) -> DecisionReceipt:
        intake = self._intake(found, asked)
        actor = self._seat.pen.actor or ""
        drafts = [Draft(body.kind, subject, body, actor, token=token) for subject, body, token in intake.drafts]
        if drafts:
            self._seat.pen.write_all(drafts, blobs=[(data, True)])
            if asked.stage == "full_text":
                for subject in dict.fromkeys(draft.subject for draft in drafts):
                    self._on_full_text(self._report(subject))
        return intake.receipt

    @at_rest
    def _intake(self, found: DecisionFile, asked: importing.Asked) -> importing.Intake:
        now = self._state
        intake = importing.Intake(
            found,
            asked,
            Finder(self._reports()),
            lambda report: self._place(report, asked),
            {e.token: e for e in now.imported if e.token},
            lambda event: now.facts.current(event) is None and not now.facts.live_replacements(event),
        )
        intake.take()
        return intake

    def _place(self, report: ReportView, asked: importing.Asked) -> importing.Place:
        panel, outcome = self._panel(report, asked.stage), self.standing(report, asked.stage).outcome
        if self._is_at_stage(report, asked.stage):
            return importing.Place(panel, outcome)
        if asked.stage == "full_text" and self.sought(report) and self.retrieval(report)[0] is None:
            if asked.retrieved:
                return importing.Place(panel, outcome, to_retrieve=True)
            return importing.Place(panel, outcome, self._why_not(report, asked.stage), "say that it was: retrieved=True, or retrieve it")
        return importing.Place(panel, outcome, self._why_not(report, asked.stage), "leave it out, or undo what stands in the way")

    @at_rest
    def imports(self) -> list[ImportedFile]:
        """The files of other tools of which decisions count today, with how many at which stage; what they say is not in it."""
        return files(self._state.imported, self._state.facts.live)

    def undo_import(self, file: str, *, stage: str | None = None) -> int:
        """Take back every decision that counts of an imported *file* (its name or sha256), at one *stage* or both. Returns how many.

        A retrieval that the import noted goes with them, unless another decision on that full text stands. Raises NotFound, and
        InputRefused for a name of several files that count.
        """
        importing.may_import(self._seat.viewer)
        drafts, decisions = self._taken_back(file, stage)
        self._seat.pen.write_all(drafts)
        return decisions

    @at_rest
    def _taken_back(self, file: str, stage: str | None) -> tuple[list[Draft], int]:
        """What undoes an import, and how many decisions it takes back."""
        facts = self._state.facts
        there = [e for e in self._state.imported if stage in (None, e.body["stage"])]
        meant = [e for e in there if file in (e.body["file_name"], e.body["file_sha256"])]
        if not meant:
            raise NotFound(f"no decisions were imported from {file!r}", next_step=near(file, (e.body["file_name"] for e in there)))
        live = [e for e in meant if facts.live(e.id)]
        hashes = list(dict.fromkeys(e.body["file_sha256"] for e in live))
        if len(hashes) > 1:
            raise InputRefused(
                f"{len(hashes):,} files were imported by the name {file!r}", expected="the sha256 of one: " + ", ".join(hashes)
            )
        body, actor = LedgerWithdrawn(reason=f"import of {meant[0].body['file_name']} undone"), self._seat.pen.actor or ""
        gone = [*live, *self._noted_retrievals(live)]
        return [Draft(LedgerWithdrawn.kind, e.subject, body, actor, withdraws=e.id) for e in gone], len(live)

    def _noted_retrievals(self, taken: Sequence[Event]) -> list[Event]:
        """The retrievals that the import of these decisions noted, of each report on whose full text no other decision stands."""
        found, ids = list[Event](), {e.id for e in taken}
        of = {e.subject: e for e in taken if e.body["stage"] == "full_text"}
        for subject, event in of.items():
            report = self._by_member().get(subject)
            members = report.members if report is not None else (subject,)
            others = {e.id for m in members for e in self._state.asked.get((m, "full_text", None), ()) if e.withdraws is None}
            if any(self._state.facts.live(other) for other in others - ids):
                continue
            note = importing.retrieval_note(event.body["file_name"])
            noted = self._state.retrievals.get(subject, ())
            found += [e for e in noted if e.body["note"] == note and e.actor == event.actor and self._state.facts.live(e.id)]
        return found
