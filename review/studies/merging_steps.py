"""What a person says of two reports, that they are one document or two: writes it, also where another person said otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from review.errors import InputRefused
from review.ledger.seat import Seat
from review.model.authority import may_correct
from review.model.decision import ReportsDistinct, ReportsMerged
from review.model.event import Body, Event
from review.model.views import ReportView
from review.studies import state
from review.studies.disputes import words_against

_UNDO_MERGE = "to part them, take back the merge: `review studies decisions` lists its event for `review studies undo`"


class Merging:
    """What ``Studies`` knows of people's words about documents. *known*: the facts; *report*: today's report of an id."""

    def __init__(self, seat: Seat, known: Callable[[], state.StudiesState], report: Callable[[str], ReportView]) -> None:
        self._seat, self._known, self._report = seat, known, report

    def merge(self, reports: Sequence[str], reason: str, token: str | None) -> str:
        """Write that these are one; the event takes the place of what others said against it."""
        own = self._named(reports, "a merge", token)
        body = ReportsMerged(reports=own, rule="person", rule_version=1, compared={}, reason=reason)
        with self._seat.still():
            members = {member for report in own for member in self._report(report).members}
            against = [w for w in words_against(state.words_apart(self._known()), members) if w.actor != self._seat.viewer.name]
        return self.write(ReportsMerged.kind, own[-1], body, token, against)

    def keep_apart(self, reports: Sequence[str], reason: str, token: str | None) -> str:
        """Write that no two of these are one; the event takes the place of a merge of them that is held back."""
        own = self._named(reports, "keeping apart", token, each=True)
        body = ReportsDistinct(reports=own, reason=reason)
        with self._seat.still():
            members = {member for report in own for member in self._report(report).members}
            held = state.disputed(self._known())
            against = [m for m in state.live_merges(self._known()) if m.id in held and members.issuperset(m.body["reports"])]
        return self.write(ReportsDistinct.kind, own[0], body, token, against)

    def write(self, kind: str, subject: str, body: Body, token: str | None, against: Sequence[Event]) -> str:
        """Write a person's word in place of what others said *against* it; refused where that is not this reviewer's to correct."""
        pen, sent = self._seat.pen, self._seat.sent(token)
        if sent is not None:
            return pen.write(kind, subject, body, token=token, replaces=sent.replaces).id
        for event in against:
            if not may_correct(pen.actor or "", pen.roles, event):
                raise InputRefused(
                    f"{event.actor} said otherwise of this",
                    where=event.id,
                    next_step=f"let {event.actor} take it back (`review studies undo {event.id}`), or let a lead decide",
                )
        drafts = [pen.draft(kind, subject, body, token=None if n else token, replaces=e.id) for n, e in enumerate(against)]
        return pen.write_all(drafts or [pen.draft(kind, subject, body, token=token)])[0].id

    def _named(self, reports: Sequence[str], what: str, token: str | None, *, each: bool = False) -> tuple[str, ...]:
        """The founding ids as they were named, of at least two reports; what was written with *token* is not checked again.

        *each*: no two of them may be one report.
        """
        homes = [self._report(report).id for report in reports]
        own = tuple(dict.fromkeys(reports))
        enough = len(set(homes)) >= (max(2, len(own)) if each else 2)
        if not enough and (len(own) < 2 or self._seat.sent(token) is None):
            said, then = ("", "name another report too") if len(own) < 2 else (", and of these some are one", _UNDO_MERGE)
            raise InputRefused(f"{what} needs two different reports{said}", where=", ".join(reports), next_step=then)
        return own
