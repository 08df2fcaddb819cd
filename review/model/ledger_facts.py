"""Bodies of the facts about the ledger itself: an event undone, and an origin that was found to have two tails."""

from __future__ import annotations

from typing import ClassVar

from review.model.event import Body

WITHDRAWN = "ledger.withdrawn"
FORKED = "ledger.forked"


class LedgerWithdrawn(Body):
    """The event named by ``withdraws`` no longer counts; withdrawing this event restores it."""

    kind: ClassVar[str] = WITHDRAWN
    reason: str


class LedgerForked(Body):
    """Two tails of one origin were met in a merge; both are kept.

    origin: the origin that forked. after: the last id that both share, '' when they share none.
    tails: the first ids of the tails, sorted.
    """

    kind: ClassVar[str] = FORKED
    origin: str
    after: str
    tails: tuple[str, ...]


LEDGER_KINDS: dict[str, type[Body]] = {body.kind: body for body in (LedgerWithdrawn, LedgerForked)}
