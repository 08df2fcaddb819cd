"""The verbs of screening: decide, retrieve, undo, pilot, resolve, stop, remove. What stands is read in ``standings``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from review.errors import InputRefused, NotAllowed, NotFound, near
from review.ledger.seat import Seat, at_rest
from review.ledger.settling import settle
from review.ledger.undo import take_back
from review.model.authority import LEAD, check_resolver, check_role
from review.model.decision import (
    RecordsRemoved,
    ReportRetrieved,
    ScreeningAllocated,
    ScreeningDecided,
    ScreeningPiloted,
    ScreeningResolved,
    ScreeningStopped,
    whose,
)
from review.model.event import Event
from review.model.views import ReportView
from review.protocol import Protocol
from review.screening import allocation, deciding, removing, retrieving, state
from review.screening.import_steps import Importing
from review.screening.standings import DECIDED
from review.screening.stopping import share_of


class Screening(Importing):
    """What people do at the two stages of screening; each verb is one fact in the ledger."""

    def __init__(
        self,
        seat: Seat,
        protocol: Protocol,
        reports: Callable[[], Sequence[ReportView]],
        on_full_text: Callable[[ReportView], None] = lambda report: None,
    ) -> None:
        super().__init__(seat, protocol, reports, on_full_text)

    # deciding

    def decide(
        self,
        report: str,
        *,
        stage: str,
        decision: str | None = None,
        judgements: Mapping[str, str] | None = None,
        reason: str | None = None,
        note: str = "",
        near_miss: bool = False,
        token: str | None = None,
        round: str | None = None,
        rank: int | None = None,
        model: str | None = None,
    ) -> str:
        """Store this reviewer's decision on *report* at *stage*; an earlier one of theirs is replaced, and stays readable.

        decision    include, exclude, unsure; left out, it follows from the judgements
        judgements  {criterion id: met, not_met, unclear, not_assessed}
        reason      criterion id; an exclusion at full text needs one
        near_miss   an exclusion at full text that readers would look for: it stands in the table of excluded studies
        token       sending the same decision again with the same token is the same event
        rank, model at which place the card presented it, from 1, and what had put it there
        Returns the event id. Raises InputRefused and NotAllowed with what to do.
        """
        deciding.known_stage(stage)
        sent = deciding.as_sent(stage, decision, judgements or {}, reason, note, near_miss=near_miss, round=round)
        known = self._seat.sent(token)
        if known is not None and self._says(known, ScreeningDecided.kind, report, sent):
            return known.id
        with self._seat.still():  # looked up once; what is replaced is read again as it is written
            own, round = self._asked(report, stage, round, retry=known is not None)
            criteria, version = self._protocol.plan.criteria, self._protocol.version
        settled = deciding.settle(stage=stage, criteria=criteria, decision=decision, judgements=judgements or {}, reason=reason, note=note)
        deciding.check_near_miss(near_miss, settled.decision, stage)
        body = ScreeningDecided(
            stage=stage,
            decision=settled.decision,
            judgements=dict(judgements or {}),
            reason=settled.reason,
            also_failed=settled.also_failed,
            override=settled.override,
            note=note.strip(),
            criteria_version=known.body.get("criteria_version", 0) if known is not None else version,
            round=round,
            near_miss=near_miss,
            **deciding.presented(rank, model, known.body if known is not None else None),
        )  # type: ignore[arg-type]
        if known is not None:  # a retry: the same fact is the same event, another fact is refused by the ledger
            subject = known.subject if known.subject in own.members else own.id
            return self._seat.pen.write(ScreeningDecided.kind, subject, body, replaces=known.replaces, token=token).id
        pen = self._seat.pen
        event = pen.write_as_read(
            lambda: pen.draft(ScreeningDecided.kind, own.id, body, replaces=self._earlier(own, stage, round), token=token)
        )
        if stage == "full_text" and round is None:
            self._on_full_text(own)
        return event.id

    @at_rest
    def _asked(self, report: str, stage: str, round: str | None, *, retry: bool) -> tuple[ReportView, str | None]:
        """The report and the round; refuses what may not be decided now (a retry was allowed before)."""
        own = self._report(report)
        round = self._round(own, round)
        if not retry:
            self._may_decide(own, stage, round)
        return own, round

    @at_rest
    def _earlier(self, report: ReportView, stage: str, round: str | None) -> str | None:
        """This reviewer's live answer on exactly this report, which a new one replaces."""
        answers = self._panel(report, stage, round=round).answers
        return next((a.id for a in reversed(answers) if a.actor == self._seat.pen.actor and a.subject == report.id), None)

    def _round(self, report: ReportView, asked: str | None) -> str | None:
        rounds = state.pilot_rounds(self._state)
        if asked is not None:
            if asked not in rounds:
                raise NotFound(f"there is no pilot round {asked!r}", next_step=near(asked, rounds))
            if not set(rounds[asked]) & set(report.members):
                raise NotAllowed(f"this report is not in the pilot round {asked!r}", where=report.title[:60])
            return asked
        if self._protocol.frozen:
            return None
        mine = [name for name, reports in rounds.items() if set(reports) & set(report.members)]
        return mine[-1] if mine else None

    def _may_decide(self, report: ReportView, stage: str, round: str | None) -> None:
        deciding.known_stage(stage)
        check_role(self._seat.viewer, "screener", otherwise="open the review as a screener, or resolve a conflict as lead")
        if not self._protocol.frozen and round is None:
            raise NotAllowed(
                "there is no screening before the protocol is frozen, except in a pilot round",
                next_step='review freeze, or rv.screening.pilot([...], round="1")',
            )
        if round is None and not self._is_at_stage(report, stage):
            raise NotAllowed(
                self._why_not(report, stage), where=report.title[:60], next_step="rv.screening.queue(stage) lists what waits for you"
            )

        if round is None and not self._is_allotted(report, stage):
            raise NotAllowed(
                "this report is not allotted to you: by the lead's rule others read it",
                where=report.title[:60],
                next_step="rv.screening.queue(stage) lists what is yours; the lead may allot anew with rv.screening.allocate",
            )

    def _is_allotted(self, report: ReportView, stage: str) -> bool:
        """Whether the rule gives this report to the viewer now, or did: an own answer may be changed. True where there is no rule."""
        if self.allocation(stage) is None:
            return True
        who = self._seat.viewer.name
        return any(whose(a) == who for a in self._panel(report, stage).answers) or who in self._asked_on(report, stage)

    def retrieve(
        self,
        report: str,
        status: str,
        *,
        file: str | Path | None = None,
        content: bytes | None = None,
        note: str = "",
        token: str | None = None,
    ) -> str:
        """Record how the document was obtained: retrieved, extract_only or not_retrieved; *file* is kept. Returns the event id.

        content  the bytes, where they are in hand; *file* then only names them
        token    sending the same fact again with the same token is the same event
        Raises NotAllowed for not_retrieved while a decision on the full text stands.
        """
        own = self._report(report)
        body, blobs = retrieving.retrieval_of(status, file, content, note.strip())
        known = self._seat.sent(token)
        if known is not None and self._says(known, ReportRetrieved.kind, report, body.model_dump(mode="json")):
            return known.id
        if not self.sought(own):
            raise NotAllowed("its full text is not sought: it has not passed title and abstract", where=own.title[:60])
        if known is None and status not in retrieving.IN_HAND:
            self._may_be_given_up(own)
        subject = known.subject if known is not None and known.subject in own.members else own.id
        draft = self._seat.pen.draft(ReportRetrieved.kind, subject, body, token=token)
        return self._seat.pen.write_all([draft], blobs=blobs).pop().id

    def undo(self, event: str) -> str:
        """Take back a decision, a retrieval, a resolution, a pilot, an allocation, a stop or a removal. Returns the event id.

        Raises NotAllowed for a retrieval without which the document would not be in hand, while a decision on its full text stands.
        """
        self._keep_document(event)
        return take_back(self._seat, event, of="screening.")

    @at_rest
    def _keep_document(self, event: str) -> None:
        """Refuses an undo that would take the document from a report whose full text somebody has decided on."""
        meant, returns = self._seat.event(event), False
        while meant.withdraws is not None:  # undoing an undo brings back what it took
            meant, returns = self._seat.event(meant.withdraws), not returns
        report = self._by_member().get(meant.subject) if meant.kind == ReportRetrieved.kind else None
        if report is None:
            return
        others = [e for e in state.retrievals(self._state, report) if e.id != meant.id]
        after = sorted([*others, meant], key=lambda e: e.position) if returns else others
        if retrieving.status_of(after, report) not in retrieving.IN_HAND:
            self._may_be_given_up(report)

    def _may_be_given_up(self, report: ReportView) -> None:
        retrieving.may_be_given_up(self._panel(report, "full_text"), self._seat.viewer, report.title[:60])

    def pilot(self, reports: Sequence[str] | None = None, *, round: str, size: int | None = None, seed: int = 0) -> str:
        """Open a pilot round, which every screener reads; its decisions have their own agreement and count in no box. Returns the event id.

        reports     ids of reports; left out, *size* of those from databases and registers are drawn by chance, which *seed* repeats
        size, seed  drawn are reports that no earlier round holds
        """
        if (reports is None) == (size is None):
            raise InputRefused("a pilot round takes its reports or a size to draw", next_step='rv.screening.pilot(size=50, round="1")')
        rounds = state.pilot_rounds(self._state)
        if round in rounds:
            raise InputRefused(f"there is a pilot round {round!r} already", next_step="choose another name for the new round")
        own = self._drawn(size, seed, rounds) if size is not None else tuple(self._report(r).id for r in reports or ())
        if not own:
            raise InputRefused("a pilot round needs at least one report")
        body = ScreeningPiloted(round=round, reports=own, reviewers=tuple(self._screeners))
        return self._seat.pen.write(ScreeningPiloted.kind, f"pilot:{round}", body).id

    @at_rest
    def _drawn(self, size: int, seed: int, rounds: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        """So many reports by chance; the same ones wherever they are drawn from the same records."""
        before = {report for reports in rounds.values() for report in reports}
        there = [r for r in self._reports() if r.lane == "dbr" and self.removal(r) is None and before.isdisjoint(r.members)]
        if not 0 < size <= len(there):
            raise InputRefused(
                f"{size} reports cannot be drawn", where="size", expected=f"from 1 to {len(there):,}, which no round holds yet"
            )
        return tuple(r.id for r in sorted(there, key=lambda r: (allocation.chance(r.stands.id, seed, "pilot"), r.id))[:size])

    def allocate(
        self,
        stage: str,
        *,
        scheme: str,
        reviewers: Sequence[str] = (),
        pairs: Sequence[Sequence[str]] = (),
        quotas: Mapping[str, float | str] | None = None,
        double_share: float | str | None = None,
        seed: int = 0,
        note: str = "",
    ) -> str:
        """The lead's rule of who reads what at *stage*, in force until the next one or its undo. Returns the event id.

        scheme        all (the *reviewers* named, or everybody who screens, in equal shares), pairs (each report goes to one of *pairs*),
                      quotas ({reviewer: share of the work}, together 1); each report has as many readers as the protocol asks
        double_share  from 0 to 1: only this random share of the records is read by two, the rest by one
        seed          repeats or changes the draw
        What was answered stays and counts, and what was begun keeps its number of readers.
        """
        deciding.known_stage(stage)
        check_role(self._seat.viewer, LEAD, otherwise="ask the lead to allot the work")
        body = allocation.rule_of(
            stage,
            scheme=scheme,
            reviewers=reviewers,
            pairs=pairs,
            quotas=quotas,
            double_share=double_share,
            seed=seed,
            note=note,
            screeners=self._screeners,
            needed=self._setting(stage),
        )
        return self._seat.pen.write(ScreeningAllocated.kind, "screening", body).id

    def resolve(
        self,
        report: str,
        *,
        stage: str,
        decision: str,
        reason: str | None = None,
        note: str = "",
        near_miss: bool = False,
        token: str | None = None,
    ) -> str:
        """End a conflict, as a third person or by agreement (then a note says so). Returns the event id.

        token  sending the same resolution again with the same token is the same event
        """
        sent = {"stage": stage, "decision": decision, "note": note.strip(), "near_miss": near_miss}
        sent |= {"reason": reason if decision == "exclude" else None}
        known = self._seat.sent(token)
        if known is not None and self._says(known, ScreeningResolved.kind, report, sent):
            return known.id
        own = self._report(report)
        deciding.known_stage(stage)
        found = self._panel(own, stage)
        if known is None:
            check_resolver(self._seat.viewer, found, note, role="screener", where=own.title[:60])
        if decision not in ("include", "exclude"):
            raise InputRefused(f"a conflict is resolved by include or exclude, not {decision!r}")
        ids = [c.id for c in self._protocol.plan.criteria if stage in c.stage]
        deciding.check_reason(reason, ids, stage)
        if decision == "exclude" and stage == "full_text" and reason is None:
            raise InputRefused("an exclusion at full text needs its reason", expected="one of: " + ", ".join(ids))
        deciding.check_near_miss(near_miss, decision, stage)

        def say(settles: tuple[str, ...]) -> ScreeningResolved:
            return ScreeningResolved(settles=settles, **sent)  # type: ignore[arg-type]

        return settle(
            self._seat, known.subject if known is not None and known.subject in own.members else own.id, found,
            look=lambda: self._panel(self._report(report), stage), say=say, where=own.title[:60], token=token, known=known,
        ).id  # fmt: skip

    def _says(self, known: Event, kind: str, report: str, sent: Mapping[str, object]) -> bool:
        """Whether the event that a token wrote says the same of the same report: what stands is not judged by the rules of today."""
        if (known.kind, known.actor) != (kind, self._seat.pen.actor):
            return False
        if known.subject != report and known.subject not in self._report(report).members:
            return False
        return all(known.body.get(name) == value for name, value in sent.items())

    def stop(self, *, rule: str, target_recall: float | str, note: str, p: str | None = None) -> str:
        """A person's decision to stop title and abstract screening: what nobody has looked at is excluded by automation from here on.

        The p of the stopping test is computed from what is finally decided and stored, where target_recall is a share such as 0.95.
        p: another one, which is kept beside it and printed as stated by the person.
        """
        if LEAD not in self._seat.viewer.roles:
            check_role(self._seat.viewer, "screener", otherwise="let a screener or the lead stop")
        self._protocol.require_frozen("stopping")
        if not note.strip():
            raise InputRefused("stopping needs a note on why it is safe to stop")
        for name, said in (("rule", rule), ("recall", str(target_recall))):
            if said.strip().casefold() in ("", "nan"):
                raise InputRefused(f"a stop without its {name} promises nothing", expected='rule="…", target_recall=0.95 or in words')
        body = self._stopping(rule=rule, target_recall=target_recall, note=note.strip(), stated_p=p)
        return self._seat.pen.write(ScreeningStopped.kind, "screening", body).id

    @at_rest
    def _stopping(self, *, rule: str, target_recall: float | str, note: str, stated_p: str | None) -> ScreeningStopped:
        """What a stop would leave and what may be promised, at one moment."""
        there = self._at_stage("title_abstract")
        left = tuple(r.id for r in there if not self._seen(r))
        share = share_of(target_recall)
        found = self.outlook(recall_target=share) if share is not None else None
        return ScreeningStopped(
            rule=rule,
            target_recall=str(target_recall),
            p=None if found is None or found.p is None else f"{found.p:.6g}",
            left=left,
            seen_by_a_person=len(there) - len(left),
            note=note,
            confidence=None if found is None else str(found.confidence),
            stated_p=stated_p,
            why_no_p="target" if found is None else found.why_no_p,
        )

    def remove(self, records: Sequence[str], *, by: str, reason: str, tool: str | None = None, note: str = "") -> str:
        """Take records out before anybody screens them; undo brings them back. Returns the event id.

        records  ids of records from databases and registers, or of reports, which means the records that stand for them
        by       automation (*tool* then names it or its rule) or other
        reason   why, in words; the flow counts by it
        Refused for duplicates, for what somebody has decided on, and for what a stop has left.
        """
        removing.may_remove(self._seat.viewer)
        self._protocol.require_frozen("removing records before screening")
        body = removing.removal_of(self._may_go(records), by=by, reason=reason, tool=tool, note=note)
        return self._seat.pen.write(RecordsRemoved.kind, "screening", body).id

    @at_rest
    def _may_go(self, records: Sequence[str]) -> list[str]:
        return removing.standing_records(records, self._reports(), self._why_kept)

    def _why_kept(self, report: ReportView) -> str:
        left = not self.left().isdisjoint(report.members)
        return removing.why_kept(report.lane, removed=self.removal(report) is not None, screened=self._screened(report), left=left)

    @at_rest
    def reached(self, changed: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """For an amendment: the stage reached, and the live decisions to check again when these parts of the protocol change."""
        main = (e for (_, _, round), asked in self._state.asked.items() if round is None for e in asked)
        live = [e for e in main if e.kind in DECIDED and self._state.facts.live(e.id)]
        stage = "full text" if any(e.body["stage"] == "full_text" for e in live) else "title and abstract" if live else "before screening"
        touched = any(part.split()[0] in ("criteria", "settings") for part in changed)
        return stage, tuple(e.id for e in live) if touched else ()
