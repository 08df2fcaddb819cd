"""A consensus is written once: who settles what another settled meanwhile is told so, and nothing is laid over the other's word unseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from review.errors import NotAllowed
from review.ledger.seat import Seat
from review.model.consensus import Panel
from review.model.event import Body, Draft, Event


def settle(
    seat: Seat, subject: str, found: Panel, *, look: Callable[[], Panel], say: Callable[[tuple[str, ...]], Body], where: str,
    token: str | None = None, known: Event | None = None, blobs: Sequence[tuple[bytes, bool]] = (),
) -> Event:  # fmt: skip
    """Append the resolution of *found*, and return its event.

    subject  whose resolution it is
    found    the panel as it was judged
    look     looks the panel up anew, as it stands when the fact is written
    say      the body of the resolution, of the ids that it settles
    where    the question, for the message
    known    what was sent with *token* before: the same again is the same event, and another fact is refused by the ledger
    Raises NotAllowed where somebody settled the same question since *found* was looked up, and whatever the ledger refuses.
    """
    if known is not None:
        body = say(tuple(known.body.get("settles", ())))
        return seat.pen.write(body.kind, subject, body, replaces=known.replaces, token=token)

    def draft() -> Draft:
        now = look()
        if (now.replaces, now.apart) != (found.replaces, found.apart):
            raise NotAllowed(
                "this was settled by somebody else just now", where=where, expected="one consensus",
                next_step="look at it again; who still sees it otherwise may settle it anew",
            )  # fmt: skip
        body = say(now.settles)
        return seat.pen.draft(body.kind, subject, body, replaces=now.replaces, token=token)

    return seat.pen.write_as_read(draft, blobs=blobs)
