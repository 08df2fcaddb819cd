"""A returned sheet taken back as one, and given back as one: its values by the fact that it was returned."""

from __future__ import annotations

from collections.abc import Iterator

from review.errors import NotAllowed
from review.extraction.state import ExtractionState
from review.ledger.seat import Seat
from review.model.event import Draft, Event
from review.model.extraction import SheetReturned
from review.model.ledger_facts import LedgerWithdrawn


def returned_by(seat: Seat, event: str) -> Event | None:
    """The returned sheet that *event* is, or takes or gives back; None for another fact."""
    meant = seat.event(event)
    while meant.withdraws is not None:
        meant = seat.event(meant.withdraws)
    return meant if meant.kind == SheetReturned.kind else None


def taken_back(seat: Seat, state: ExtractionState, sheet: Event) -> list[Draft]:
    """The facts that take back what stands of *sheet*, the sheet itself first; where it is taken back already, those that give it back.

    A value that its extractor corrected or took back since is left as it is. Raises NotAllowed for a viewer who may not see the sheet.
    """
    check_seen(seat, sheet)
    reason = f"with the sheet {sheet.id[:12]}"
    body, pen = LedgerWithdrawn(reason=reason), seat.pen
    if state.facts.live(sheet.id):
        gone = [sheet, *(one for one in values_of(seat, sheet) if state.facts.live(one.id))]
    else:
        values = {one.id for one in values_of(seat, sheet)}
        filed = (e for cells in state.cells.values() for events in cells.values() for e in events)
        with_it = [e for e in filed if e.withdraws in values and e.body["reason"] == reason and state.facts.live(e.id)]
        gone = [*(one for one in state.sheets_undone if one.withdraws == sheet.id and state.facts.live(one.id)), *with_it]
    return [pen.draft(LedgerWithdrawn.kind, one.subject, body, withdraws=one.id) for one in gone]


def values_of(seat: Seat, sheet: Event) -> Iterator[Event]:
    """The values that were recorded from *sheet*."""
    return (event for token in sheet.body["tokens"] if (event := seat.sent(token)) is not None)


def sees(seat: Seat, sheet: Event) -> bool:
    """Whether this viewer may see that *sheet* was returned: its author, and who sees open values."""
    return sheet.actor == seat.viewer.name or seat.viewer.sees_open("extraction.recorded")


def check_seen(seat: Seat, sheet: Event) -> None:
    """Raises NotAllowed for a viewer who may not see *sheet*."""
    if not sees(seat, sheet):
        raise NotAllowed("this sheet was returned by another extractor", next_step="rv.extraction.sheets() lists those that you returned")
