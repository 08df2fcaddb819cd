"""Taking back: a fact is withdrawn by another fact, and stands again when that one is withdrawn in its turn."""

from __future__ import annotations

from review.errors import InputRefused
from review.ledger.seat import Seat
from review.model.ledger_facts import LedgerWithdrawn


def take_back(seat: Seat, event: str, *, of: str, reason: str = "undone") -> str:
    """Withdraw an event whose kind begins with *of*, or the withdrawal of one; who may do so is the pen's to say. Returns the event id."""
    target = seat.event(event)
    meant = target
    while meant.withdraws is not None:
        meant = seat.event(meant.withdraws)
    if not meant.kind.startswith(of):
        raise InputRefused(
            f"{event[:12]} is a fact of the kind {meant.kind}", expected=f"a fact of the kind {of}…", next_step="undo it where it was made"
        )
    return seat.pen.write(LedgerWithdrawn.kind, target.subject, LedgerWithdrawn(reason=reason), withdraws=event).id
